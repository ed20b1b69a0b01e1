"""Every fault in the tables of some folders, those of single cells too, with what would do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from dragoman.errors import Fault, LexiconError
from dragoman.lexicon import profiles, terms
from dragoman.lexicon.columns import KINDS, columns, rows_of
from dragoman.lexicon.load import TABLES, Lexicon, load, read_table
from dragoman.lexicon.nearest import sectors, with_nearest
from dragoman.lexicon.patterns import patterns
from dragoman.lexicon.rows import Row

_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])")
_CODES = {
    KINDS["state"].table: (r"[A-Z]{3}", "three capital letters"),
    KINDS["organisation"].table: (r"(IGO|NGO|MNC):[A-Z0-9]+", "IGO:, NGO: or MNC: and capital letters or digits"),
    KINDS["armed-group"].table: (r"NSA:[A-Z0-9]+", "NSA: and capital letters or digits"),
}
_WIKIDATA = re.compile(r"Q[1-9]\d*")


def check(folders: Sequence[str | Path]) -> Lexicon:
    """The tables of these folders, later ones laid over earlier ones. Raises LexiconError with every fault in them."""
    found, tables = faults(folders)
    if found or tables is None:
        raise LexiconError(found)
    return tables


def faults(folders: Sequence[str | Path]) -> tuple[list[Fault], Lexicon | None]:
    """(what is at fault, the tables if they can be loaded)."""
    tables: Lexicon | None = None
    out: list[Fault] = []
    try:
        tables = load(folders)
        patterns(tables)
        profiles.every(folders)
    except LexiconError as fault:
        out.extend(fault.faults)
    known = tables or load()
    allowed = _allowed()
    for folder in folders:
        if folder == "builtin" and len(folders) > 1:
            continue  # looked at when it is checked by itself
        for table, row in _rows(folder):
            out.extend(_cells(table, row, known, allowed))
    return [with_nearest(fault, known) for fault in dict.fromkeys(out)], tables


def _rows(folder: str | Path) -> Iterator[tuple[str, Row]]:
    root: Any = files("dragoman").joinpath("data") if folder == "builtin" else Path(folder)
    for kind in KINDS.values():
        place = root.joinpath(kind.table)
        if place.is_file():
            row_type, key = TABLES[kind.table]
            for row in read_table(kind.table, place.read_bytes(), row_type, key, []).values():
                yield kind.table, row


def _allowed() -> dict[tuple[str, str], frozenset[str]]:
    """What a column with few words may hold: those we explain and those that the built-in tables use."""
    out = {}
    for kind in KINDS.values():
        for column in columns(kind.table):
            if column.choices:
                used = (getattr(row, column.field) for row in rows_of(load(), kind.table))
                found = {w for value in used for w in (value if column.many else (str(value),))}
                out[kind.table, column.name] = frozenset({*column.choices, *found})
    return out


def _cells(table: str, row: Row, tables: Lexicon, allowed: dict[tuple[str, str], frozenset[str]]) -> Iterator[Fault]:
    """What a cell of this row cannot hold, whatever stands in the others."""
    name, _, line = row.where.rpartition(":")
    shape, told = _CODES.get(table, ("", ""))
    if shape and not re.fullmatch(shape, str(getattr(row, "code", ""))):
        yield Fault(name, int(line), f"code {getattr(row, 'code', '')!r}", told)
    for column in columns(table):
        value = getattr(row, column.field)
        for one in value if column.many else (str(value),):
            if not one or one in allowed.get((table, column.name), ()):
                continue
            if column.many and column.name == "sector":
                continue  # with days, which loading looks at
            wanted = _wanted(column.name, column.choices, one, tables)
            if wanted:
                yield Fault(name, int(line), f"{column.name} {one!r}", wanted)


def _wanted(column: str, choices: tuple[str, ...], value: str, tables: Lexicon) -> str:
    """What would do in place of a value, or nothing where it does."""
    if choices:
        return f"one of {', '.join(choices)}"
    if column in ("from", "to"):
        # anything else that is wrong with a date is found in loading
        return "" if terms.exists(value) or not _DAY.fullmatch(value) else "a day that the calendar has"
    if column == "wikidata":
        return "" if _WIKIDATA.fullmatch(value) else "a Q-number"
    if column == "sector" and value not in sectors(tables):
        return f"one of {', '.join(sectors(tables))}"
    if column in ("part_of", "country") and not _is_actor(value, tables):
        return "a code of states, organisations or armed-groups"
    return ""


def _is_actor(code: str, tables: Lexicon) -> bool:
    known = tables.__dict__.get("actor_codes")
    if known is None:
        bodies = {o.code for o in tables.organisations} | {g.code for g in tables.armed_groups}
        known = tables.__dict__["actor_codes"] = {s.code for s in tables.states} | bodies
    return code in known
