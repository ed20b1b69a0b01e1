"""A profile: how types are named in another reading of the ontology, as conversions at output; coding never sees one.

    profile = load("plv", ["builtin", "mine/"])
    profile.convert("RETREAT", "release", "Norway released two sailors.")  # "YIELD"
    profile.quad("YIELD")                                                  # 2

Profiles stand in ontology/profiles.toml, which explains itself; a folder laid over adds its own, or replaces by name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import msgspec

from dragoman.errors import Fault, LexiconError, SettingsError
from dragoman.lexicon.load import load as tables_of
from dragoman.records import Status

FILE = "ontology/profiles.toml"
STATUSES = get_args(Status)
FORM = (
    'meaning = "...", [NAME.quads] TYPE = 1 to 4, [[NAME.conversions]] from = ["TYPE-mode"], words = "...", to = "TYPE"'
)


class Conversion(msgspec.Struct, frozen=True):
    """One row: these types, where the words stand near, are called `to`."""

    types: frozenset[str]
    to: str
    words: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    status: frozenset[str] = frozenset()
    example: str = ""

    def fits(self, kind: str, mode: str | None, near: str, status: str | None = None) -> bool:
        """Whether this row speaks of such an event; a status that is not known keeps no row from fitting."""
        return (
            not self.types.isdisjoint((kind, f"{kind}-{mode}"))
            and (not self.status or status is None or status in self.status)
            and (self.words is None or self.words.search(near) is not None)
            and (self.unless is None or self.unless.search(near) is None)
        )


class Profile(msgspec.Struct, frozen=True):
    """Another reading; that of the ontology itself has no conversions and no name."""

    name: str
    meaning: str
    quads: Mapping[str, int]
    conversions: tuple[Conversion, ...] = ()

    def convert(self, kind: str, mode: str | None, near: str, status: str | None = None) -> str:
        """What this reading calls an event of this type, mode and status, with these words near it: the first row that
        fits."""
        return next((row.to for row in self.conversions if row.fits(kind, mode, near, status)), kind)

    def quad(self, kind: str | None) -> int | None:
        """The quad class of a type; None for one that nobody knows."""
        return self.quads.get(kind) if kind else None


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"types": "from"}):
    types: list[str]
    to: str
    words: str | None = None
    unless: str | None = None
    status: list[str] = []
    example: str = ""
    note: str = ""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meaning: str
    quads: dict[str, int] = {}
    conversions: list[_Row] = []


def load(name: str | None = None, folders: Sequence[str | Path] = ("builtin",)) -> Profile:
    """The profile of this name; without one that of the ontology itself.

    Raises SettingsError for a name that nobody knows, LexiconError with every fault of the profiles.
    """
    if name is None:
        return Profile(name="", meaning="the ontology's own reading", quads=_quads(folders))
    found = every(folders)
    if name not in found:
        close = get_close_matches(name, found, n=1)
        hint = f"did you mean {close[0]}?" if close else f"the profiles are {', '.join(sorted(found))}"
        raise SettingsError(f"there is no profile {name}", name="profile", hint=hint)
    return found[name]


def every(folders: Sequence[str | Path] = ("builtin",)) -> dict[str, Profile]:
    """All profiles by name, of later folders laid over earlier ones. Raises LexiconError with every fault of them."""
    types = tables_of(folders).ontology
    known = {*types, *(f"{kind.name}-{mode}" for kind in types.values() for mode in kind.modes)}
    found: dict[str, Profile] = {}
    faults: list[Fault] = []
    for folder in folders:
        for key, table in _tables(folder, faults):
            found[key] = _profile(key, table, _quads(folders), known, faults)
    if faults:
        raise LexiconError(faults)
    return found


def _quads(folders: Sequence[str | Path]) -> dict[str, int]:
    return {kind.name: kind.quad for kind in tables_of(folders).ontology.values()}


def _tables(folder: str | Path, faults: list[Fault]) -> Iterator[tuple[str, _Table]]:
    root: Any = files("dragoman").joinpath("data") if str(folder) == "builtin" else Path(folder)
    place = root.joinpath(FILE)
    if not place.is_file():
        return
    try:
        profiles = tomllib.loads(place.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        faults.append(Fault(FILE, 1, str(fault), "valid TOML in UTF-8"))
        return
    for key, table in profiles.items():
        try:
            yield key, msgspec.convert(table, _Table)
        except msgspec.ValidationError as cause:
            faults.append(Fault(FILE, 1, f"[{key}]: {str(cause).replace('`', '')}", f"write {FORM}"))


def _profile(key: str, table: _Table, quads: Mapping[str, int], known: set[str], faults: list[Fault]) -> Profile:
    def fault(found: str, wanted: str) -> None:
        faults.append(Fault(FILE, 1, f"[{key}]: {found}", wanted))

    def pattern(words: str | None) -> re.Pattern[str] | None:
        try:
            return None if words is None else re.compile(words, re.IGNORECASE | re.VERBOSE)
        except re.error as cause:
            fault(f"{words!r}: {cause}", "a regular expression")
            return None

    mine = {**quads, **table.quads}
    for kind, quad in table.quads.items():
        if quad not in (1, 2, 3, 4):
            fault(f"{kind} has the quad {quad}", "a number from 1 to 4")
    rows = []
    for row in table.conversions:
        for kind in row.types:
            if kind not in known:
                close = get_close_matches(kind, known, n=1)
                fault(f"from {kind}", f"did you mean {close[0]}?" if close else "a type or TYPE-mode of the ontology")
        if row.to not in mine:
            fault(f"to {row.to}, which has no quad", f"write {row.to} = 1 to 4 under [{key}.quads]")
        for status in row.status:
            if status not in STATUSES:
                fault(f"status {status}", f"one of {', '.join(STATUSES)}")
        made = Conversion(
            frozenset(row.types), row.to, pattern(row.words), pattern(row.unless), frozenset(row.status), row.example
        )
        if row.example and not any(made.fits(*_parts(kind), row.example) for kind in row.types):
            fault(f"the example {row.example!r} does not fit its row", "a sentence of which the row speaks")
        rows.append(made)
    return Profile(name=key, meaning=table.meaning, quads=mine, conversions=tuple(rows))


def _parts(kind: str) -> tuple[str, str | None]:
    name, _, mode = kind.partition("-")
    return name, mode or None
