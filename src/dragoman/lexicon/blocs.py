"""Whom somebody asks for: an actor, or a bloc that stands for its members from when to when.

meant("Russia", tables)       # RUS
meant("EU", tables)           # EU: the body and its members, each from when to when; IGO:EU is the body alone
meant("quad.csv", tables)     # quad: the actors in the file, a line each: a code or name, and from when to when
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from dragoman.errors import Fault, LexiconError, SettingsError
from dragoman.lexicon import asked
from dragoman.lexicon.load import Lexicon

# bodies whose name is used for those who belong to them; courts, banks and organs act for themselves
_KINDS = frozenset(["bloc", "alliance", "forum"])
_FILES = (".csv", ".txt")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class Belonging(msgspec.Struct, frozen=True):
    """An actor that belongs to a bloc from `since` to `until`, both included; None is open."""

    actor: str
    since: str | None = None
    until: str | None = None


class Meant(msgspec.Struct, frozen=True):
    """The code asked for. A bloc has members, and a name to tell people."""

    code: str
    members: tuple[Belonging, ...] = ()
    name: str = ""


def meant(written: str, tables: Lexicon) -> Meant:
    """The actor or bloc that is meant. Raises SettingsError for an unknown one, LexiconError for faults in a file."""
    if written.lower().endswith(_FILES):
        return _of_file(Path(written), tables)
    code = asked.actor(written, tables)
    if ":" in written:  # who writes IGO:EU means the body itself
        return Meant(code)
    body = next((body for body in tables.organisations if body.code == code), None)
    rows = [row for row in tables.members if row.org == code]
    # what most states belong to, as the United Nations, is nobody's bloc
    if body is None or body.kind not in _KINDS or not rows or len({r.state for r in rows}) > len(tables.states) // 2:
        return Meant(code)
    members = (Belonging(row.state, row.from_ or None, row.to or None) for row in rows)
    return Meant(code.partition(":")[2], (Belonging(code), *members), body.name)


def _of_file(path: Path, tables: Lexicon) -> Meant:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as cause:
        why = getattr(cause, "strerror", None) or "it is not UTF-8"
        raise SettingsError(
            f"{path}: cannot be read: {why}", name="actor", hint="a file of actors, one a line, in UTF-8"
        ) from cause
    faults: list[Fault] = []
    found = tuple(_members(text.splitlines(), path, tables, faults))
    if faults:
        raise LexiconError(faults)
    if not found:
        raise SettingsError(f"{path}: no actor stands in it", name="actor", hint="write a code or name a line")
    return Meant(path.stem, found, path.name)


def _members(lines: Sequence[str], path: Path, tables: Lexicon, faults: list[Fault]) -> Iterator[Belonging]:
    # a comma parts the columns; names with one in them stand in quotes
    kept = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")]
    for number, line in kept:
        cells = [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True))]
        if number == kept[0][0] and cells[0].lower() in ("actor", "code", "state"):
            continue
        actor, since, until = (*cells, "", "")[:3]
        if len(cells) > 3 or any(date and not _DATE.fullmatch(date) for date in (since, until)):
            wanted = "actor,from,to: USA,2017-11,2024 with days, months, years or nothing"
            faults.append(Fault(str(path), number, repr(line.strip()), wanted))
            continue
        try:
            yield Belonging(asked.actor(actor, tables), since or None, until or None)
        except SettingsError as fault:
            faults.append(Fault(str(path), number, fault.message, fault.hint or "a code or name of the tables"))
