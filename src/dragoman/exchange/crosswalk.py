"""Codes of other schemes into ours and back: CAMEO's acts and actors, countries by name and by FIPS.

codes = crosswalk(acts, actors, kinds, labels, names)   # rows of ontology/cameo.csv and cameo-actors.csv, and so on
codes.act("0211")            # None type: no event here; leading zeros matter, a code is text
codes.party("USAGOV")        # Party(code="USA", sector="GOV", given="USAGOV")
codes.cameo("COERCE", "cyber")

What is not sure stays as it was given: a region, an ethnic group, a kind of body that is not told.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, Protocol

import msgspec

from dragoman.exchange.event_rows import EventRow, Party
from dragoman.exchange.set_aside import Unfit


class ModeWorth(Protocol):
    """What is asked of a mode of the ontology."""

    @property
    def score(self) -> float: ...


class TypeWorth(Protocol):
    """What is asked of a type of the ontology."""

    @property
    def quad(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def modes(self) -> Mapping[str, ModeWorth]: ...


class Act(NamedTuple):
    """A CAMEO event code as we read it; no type: it is no event here. `swap`: the sides change places."""

    code: str
    title: str
    type: str
    mode: str | None
    swap: bool
    goldstein: float | None


@dataclass(frozen=True)
class Codes:
    """Both ways. `acts` reads CAMEO codes, `writes` writes (type, mode); `names` and `labels` are of actors."""

    acts: Mapping[str, Act]
    writes: Mapping[tuple[str, str | None], Act]
    actors: Mapping[tuple[str, str], tuple[str, str]]  # (part, CAMEO code) -> our actor, our sector
    kinds: Mapping[str, TypeWorth]
    labels: Mapping[str, str]  # our code -> name
    names: Mapping[str, str]  # folded name -> our code
    states: frozenset[str]
    sector_codes: Mapping[str, str]  # our sector -> CAMEO's
    body_codes: Mapping[str, str]  # our body -> CAMEO's
    _parties: dict[str, Party] = field(default_factory=dict, repr=False, compare=False)

    def act(self, code: str) -> Act:
        """What a CAMEO event code is here. Raises Unfit, which tells of a leading zero that was lost on the way."""
        found = self.acts.get(code)
        if found is None:
            lost = f"0{code}" if f"0{code}" in self.acts else ""
            wanted = f"{lost}; the leading zero was lost on the way" if lost else "a code of CAMEO, as 042 or 0211"
            raise Unfit(f"the event code is {code!r}", wanted)
        return found

    def happened(self, code: str) -> Act:
        """As `act`, of a code that is an event here. Raises Unfit."""
        found = self.act(code)
        if not found.type:
            raise Unfit(f"{code} {found.title}", "a plain statement or appeal is no event here", "no_event")
        return found

    def worth(self, kind: str, mode: str | None) -> tuple[int, float]:
        """Quad class and score of a type and mode. Raises Unfit for a type that nobody knows."""
        worth = self.kinds.get(kind)
        if worth is None:
            raise Unfit(f"the type is {kind!r}", f"one of {', '.join(self.kinds)}")
        return worth.quad, worth.modes[mode].score if mode and mode in worth.modes else worth.score

    def cameo(self, row: EventRow) -> tuple[Act, str] | None:
        """The CAMEO code to write an event as, and what of it reads back as another: `type`, `mode` or nothing.

        None where no code fits.
        """
        kept = self.acts.get(row.cameo or "")
        if kept and (kept.type, kept.mode) == (row.type, row.mode):
            return kept, ""
        found = self.writes.get((row.type, row.mode)) or self.writes.get((row.type, None))
        if found is None:
            return None
        back = self.acts.get(found.code)
        if back is None or back.type != row.type:
            return found, "type"
        return found, "" if back.mode == row.mode else "mode"

    def party(self, given: str, name: str | None = None) -> Party | None:
        """Whom a CAMEO actor code and a name mean; None where both are empty."""
        given = given.strip()
        if not given.strip("-"):  # PETRARCH writes --- for nobody it knows
            return Party(name=name) if name else None
        found = self._parties.get(given)
        if found is None:
            code, sectors = self._apart(given)
            found = Party(code=code or given, sector=sectors[0] if sectors else None, others=sectors[1:])
            if self.cameo_actor(found)[0] != given:  # what would be written the same way need not be kept twice
                found = msgspec.structs.replace(found, given=given)
            self._parties[given] = found
        return Party(code=found.code, sector=found.sector, others=found.others, name=name, given=found.given)

    def cameo_actor(self, party: Party) -> tuple[str, bool]:
        """The CAMEO actor code of a party, and whether reading it gives back actor and sectors."""
        if party.given and self._apart(party.given) in ((party.code, party.sectors), ("", party.sectors)):
            return party.given, True
        code = party.code or ""
        sectors = "".join(self.sector_codes.get(sector, "") for sector in party.sectors)
        prefix, _, rest = code.partition(":")
        if rest:
            body = self.body_codes.get(code)
            head = f"IGO{body}" if body else {"NSA": "IMG"}.get(prefix, prefix)
            written = head if body else head + sectors
        else:
            written = code + sectors
        back = self._apart(written)
        return written, (back[0] or written, back[1]) == (code, party.sectors)

    def actor_named(self, name: str) -> str | None:
        """Our code of a state or body with this name; None where nobody or several bear it."""
        return self.names.get(_folded(name)) or None

    def label(self, code: str) -> str:
        """The name of an actor, else the code itself."""
        return self.labels.get(code, code)

    def _apart(self, given: str) -> tuple[str, tuple[str, ...]]:
        """Our actor, or nothing, and our sectors."""
        if given in self.states:
            return given, ()
        if len(given) % 3 or not (given.isascii() and given.isalnum()) or given != given.upper():
            return "", ()
        head, *rest = (given[at : at + 3] for at in range(0, len(given), 3))
        country = head if head in self.states else self.actors.get(("country", head), ("", ""))[0]
        if country:
            sectors = [sector for part in rest if (sector := self.actors.get(("sector", part), ("", ""))[1])]
            # a people or a faith of a country is not the country
            return (country, tuple(dict.fromkeys(sectors))) if sectors or not rest else ("", ())
        if not rest or ("kind", head) in self.actors:
            body = self.actors.get(("body", (rest or [head])[-1]), ("", ""))[0]
            if body and (rest or not any((part, head) in self.actors for part in ("kind", "sector", "region"))):
                return body, ()
        return "", ()


def crosswalk(
    acts: Iterable[Mapping[str, str]],
    actors: Iterable[Mapping[str, str]],
    kinds: Mapping[str, TypeWorth],
    labels: Mapping[str, str],
    names: Iterable[tuple[str, str]] = (),
) -> Codes:
    """The codes, from rows by column (cameo.csv: code, name, type, mode, direction, swap, goldstein; cameo-actors.csv:
    code, part, actor, sector), the types of the ontology, our actors by code with their names, and further names."""
    read: dict[str, Act] = {}
    written: dict[tuple[str, str | None], Act] = {}
    for row in acts:
        act = Act(
            code=row["code"],
            title=row["name"],
            type=row["type"],
            mode=row["mode"] or None,
            swap=row["swap"] == "yes",
            goldstein=float(row["goldstein"]) if row["goldstein"] else None,
        )
        if row["direction"] in ("in", "both"):
            read[act.code] = act
        if row["direction"] in ("out", "both"):
            written[act.type, act.mode] = act
    known: dict[str, str] = {}
    for name, code in (*((label, code) for code, label in labels.items()), *names):
        key = _folded(name)
        known[key] = code if known.get(key, code) == code else ""
    parts = {(row["part"], row["code"]): (row["actor"] or "", row["sector"] or "") for row in actors}
    sectors: dict[str, str] = {}
    bodies: dict[str, str] = {}
    for (part, code), (actor, sector) in parts.items():
        if part == "sector" and sector:
            sectors.setdefault(sector, code)
        elif part == "body" and actor:
            bodies.setdefault(actor, code)
    return Codes(
        acts=read,
        writes=written,
        actors=parts,
        kinds=kinds,
        labels=labels,
        names=known,
        states=frozenset(code for code in labels if ":" not in code),
        sector_codes=sectors | schemes()["cameo_sectors"],
        body_codes=bodies,
    )


@cache
def schemes() -> dict[str, Any]:
    """The tables of schemes.toml."""
    return tomllib.loads(files("dragoman.exchange").joinpath("schemes.toml").read_text("utf-8"))


@cache
def fips_of() -> Mapping[str, str]:
    """Our code of a state -> FIPS 10-4; where a code was followed by another the later one."""
    return {code: fips for fips, code in sorted(schemes()["fips"].items()) if fips not in ("GZ", "RB")}


def cameo_quad(code: str) -> int:
    """CAMEO's own quad class, by the root of the code: 01-05, 06-08, 09-13, 14-20 (GDELT's QuadClass)."""
    root = int(code[:2])
    return 1 if root <= 5 else 2 if root <= 8 else 3 if root <= 13 else 4


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
