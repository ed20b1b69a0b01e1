"""What somebody who wrote an unknown code, office or sector probably meant, from the tables themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches

from dragoman.errors import Fault
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import fold
from dragoman.lexicon.rows import ArmedGroup, Organisation

_FOUND = re.compile(r"(\w+) '([^']+)'")
_ACTORS = {"actor", "code", "org", "state", "part_of", "country"}


def with_nearest(fault: Fault, tables: Lexicon) -> Fault:
    """The fault, its last part naming what comes nearest to what was found."""
    found = _FOUND.fullmatch(fault.found)
    if found is None or "did you mean" in fault.wanted or "letters" in fault.wanted:
        return fault
    near = nearest(found[1], found[2], tables)
    return Fault(fault.file, fault.line, fault.found, f"{fault.wanted}; did you mean {near}?") if near else fault


def nearest(column: str, written: str, tables: Lexicon) -> str:
    """The nearest values of a column in words ("POL (Poland) or PLW (Palau)"), or nothing."""
    known: dict[str, list[str]] = {}
    for form, value in _known(column, tables):
        known.setdefault(_plain(form), []).append(value)
    key = _plain(written)
    close = [key] if key in known else _close(key, known)
    return " or ".join(list(dict.fromkeys(value for form in close for value in known[form]))[:3])


def _close(key: str, known: Iterable[str]) -> list[str]:
    """The forms most like the key, the best first; those far behind the best say nothing more."""
    found = get_close_matches(key, known, n=6, cutoff=0.75)
    alike = [SequenceMatcher(None, form, key).ratio() for form in found]
    return [form for form, ratio in zip(found, alike, strict=True) if ratio > alike[0] - 0.08]


def sectors(tables: Lexicon) -> tuple[str, ...]:
    """The sectors that the tables know."""
    rows: Iterable[str] = (
        *(o.sector for o in tables.offices),
        *(r.sector for r in tables.roles),
        *(s.sector for s in tables.seats),
    )
    return tuple(sorted({sector for sector in rows if sector}))


def _known(column: str, tables: Lexicon) -> Iterator[tuple[str, str]]:
    if column in _ACTORS:
        for state in tables.states:
            value = f"{state.code} ({state.name})"
            for form in (state.code, state.name, state.official, *state.aliases, *state.adjectives):
                yield form, value
        bodies: tuple[Organisation | ArmedGroup, ...] = (*tables.organisations, *tables.armed_groups)
        for body in bodies:
            value = f"{body.code} ({body.name})"
            for form in (body.code, body.code.partition(":")[2], body.name, *body.aliases):
                yield form, value
    elif column == "office":
        for office in tables.offices:
            for form in (office.key, *office.words, *office.only):
                yield form, office.key
    elif column == "sector":
        for sector in sectors(tables):
            yield sector, sector
    elif column == "event":
        for name in tables.ontology:
            yield name, name
    elif column == "issue":
        for issue in tables.issues:
            for form in (issue.key, issue.name, *issue.table.get("words", ())):
                yield form, f"{issue.key} ({issue.name})"


def _plain(form: str) -> str:
    return " ".join(fold(form).lower().replace("-", " ").split())
