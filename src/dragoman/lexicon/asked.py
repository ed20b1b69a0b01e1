"""Actors and issues as people ask for them, by code or by name, to the codes of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dragoman.errors import SettingsError
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import fold
from dragoman.lexicon.nearest import nearest
from dragoman.lexicon.rows import ArmedGroup, Organisation


def actor(written: str, tables: Lexicon) -> str:
    """The code of a state, body or group that is meant: `USA`, `usa`, `United States`, `NATO`.

    Raises SettingsError with the nearest known ones, or with those that share the name.
    """
    would_do = "a code or name of the tables: USA, Russia, IGO:NATO"
    return _one("actor", written, _actors_by_name(tables), tables, would_do)


def issue(written: str, tables: Lexicon) -> str:
    """The key of the issue that is meant: `arms-control`, `Arms control`. Raises SettingsError as `actor` does."""
    forms = (form for one in tables.issues for form in ((one.key, one.key), (one.name, one.key)))
    return _one("issue", written, _by_name(forms), tables, f"one of {', '.join(one.key for one in tables.issues)}")


def event_type(written: str, tables: Lexicon) -> str:
    """The type of event that is meant: `CONSULT`, `consult`. Raises SettingsError as `actor` does."""
    forms = ((name, name) for name in tables.ontology)
    return _one("event", written, _by_name(forms), tables, f"one of {', '.join(tables.ontology)}")


def about_pairs(tables: Lexicon) -> tuple[str, ...]:
    """The issues that are about a pair of actors, such as talks between them."""
    return tuple(one.key for one in tables.issues if one.table.get("pair"))


def _one(kind: str, written: str, known: Mapping[str, Sequence[str]], tables: Lexicon, would_do: str) -> str:
    found = known.get(_plain(written), ())
    # a code is nobody else's name
    exact = [value for value in found if value.casefold() == written.strip().casefold()]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        raise SettingsError(f"{written!r} may be {' or '.join(found)}", name=kind, hint="give the code")
    near = nearest(kind, written, tables)
    raise SettingsError(
        f"no {kind} is called {written!r}", name=kind, hint=f"did you mean {near}?" if near else would_do
    )


def _actors(tables: Lexicon) -> Iterator[tuple[str, str]]:
    for state in tables.states:
        for form in (state.code, state.name, state.official, *state.aliases):
            yield form, state.code
    bodies: tuple[Organisation | ArmedGroup, ...] = (*tables.organisations, *tables.armed_groups)
    for body in bodies:
        for form in (body.code, body.code.partition(":")[2], body.name, *body.aliases):
            yield form, body.code


def _actors_by_name(tables: Lexicon) -> Mapping[str, Sequence[str]]:
    known = _KNOWN.get(tables.version)
    if known is None:
        if len(_KNOWN) >= _MOST_TABLES:
            _KNOWN.clear()
        known = _KNOWN[tables.version] = _by_name(_actors(tables))
    return known


# the tables have some thousand names, and pages ask for actors again and again; by version of the tables
_KNOWN: dict[str, Mapping[str, Sequence[str]]] = {}
_MOST_TABLES = 4


def _by_name(forms: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """What each name may mean, each meaning once."""
    out: dict[str, dict[str, None]] = {}
    for form, value in forms:
        if plain := _plain(form):
            out.setdefault(plain, {})[value] = None
    return {plain: tuple(values) for plain, values in out.items()}


def _plain(form: str) -> str:
    return " ".join(fold(form).lower().replace("-", " ").removeprefix("the ").split())
