"""Positions as the statement list of discourse network analysis: one line a statement, as a table, and back.

written = write(rows, open("statements.csv", "w", encoding="utf-8", newline=""))
for line in read(open("statements.csv", encoding="utf-8", newline="")): line.organisation, line.agreement

Columns: document, date (ISO 8601), person, organisation, concept, agreement (1 for, 0 against).

A cell that begins as a formula does (= + - @, a tab or a line break, wide letters of these, blanks before them) would
be run by a spreadsheet when the file is opened. Such a cell gets an apostrophe before it, which `read` takes away.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Protocol

from dragoman.errors import SourceError

COLUMNS = ("document", "date", "person", "organisation", "concept", "agreement")
_AGREEMENT = {"for": "1", "against": "0"}
# an apostrophe that was there before is counted in, so that taking one away gives back the cell
_FORMULA = re.compile("'*[\\s\u200b\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n]")


class Row(Protocol):
    """What is asked of a statement."""

    @property
    def document(self) -> str: ...
    @property
    def date(self) -> dt.date | None: ...
    @property
    def person(self) -> str | None: ...
    @property
    def organisation(self) -> str: ...
    @property
    def concept(self) -> str: ...
    @property
    def stance(self) -> str: ...
    @property
    def reporter(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Written:
    """How many statements the list holds, and how many it could not carry, by reason."""

    rows: int
    conditional: int  # agreement is yes or no, and these are neither
    neutral: int
    reported: int  # what others say of an actor would read as its own word here
    undated: int  # among `rows`: lines whose date is empty


@dataclass(frozen=True, slots=True)
class Line:
    """One statement as it stands in the list."""

    document: str
    date: dt.date | None
    person: str | None
    organisation: str
    concept: str
    agreement: bool


def write(rows: Iterable[Row], stream: IO[str]) -> Written:
    """What was written to the stream (opened with newline=""), in the order given."""
    table = csv.writer(stream)
    table.writerow(COLUMNS)
    carried = conditional = neutral = reported = undated = 0
    for row in rows:
        if row.reporter is not None:
            reported += 1
        elif row.stance not in _AGREEMENT:
            conditional += row.stance == "conditional"
            neutral += row.stance != "conditional"
        else:
            day = row.date.isoformat() if row.date else ""
            cells = (row.document, day, row.person or "", row.organisation, row.concept, _AGREEMENT[row.stance])
            table.writerow([harmless(cell) for cell in cells])
            carried += 1
            undated += row.date is None
    return Written(rows=carried, conditional=conditional, neutral=neutral, reported=reported, undated=undated)


def read(stream: Iterable[str], name: str = "statements") -> Iterator[Line]:
    """The statements of a list with these columns, in any order. Raises SourceError naming the line."""
    table = csv.reader(stream, strict=True)
    try:
        head = [cell.strip().lstrip("\ufeff").lower() for cell in next(table, [])]
        missing = [column for column in COLUMNS if column not in head]
        if missing:
            raise _fault(name, 1, f"no column {', '.join(missing)}")
        at = [head.index(column) for column in COLUMNS]
        for cells in table:
            if not any(cells):
                continue
            if len(cells) < len(head):
                raise _fault(name, table.line_num, f"{len(cells)} cells, and {len(head)} columns")
            yield _line([_plain(cells[n]) for n in at], name, table.line_num)
    except csv.Error as fault:
        raise _fault(name, table.line_num, str(fault)) from fault


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _line(cells: list[str], name: str, number: int) -> Line:
    document, day, person, organisation, concept, agreement = cells
    if agreement.strip().lower() not in {"0", "1", "true", "false", "yes", "no"}:
        raise _fault(name, number, f"agreement is {agreement!r}, not 1 or 0")
    try:
        date = dt.date.fromisoformat(day.strip()[:10]) if day.strip() else None
    except ValueError as fault:
        raise _fault(name, number, f"date is {day!r}, not YYYY-MM-DD") from fault
    return Line(
        document=document,
        date=date,
        person=person or None,
        organisation=organisation,
        concept=concept,
        agreement=agreement.strip().lower() in {"1", "true", "yes"},
    )


def _fault(name: str, number: int, what: str) -> SourceError:
    return SourceError(
        f"{name}, line {number}: {what}",
        source=name,
        outcome="not_a_statement_list",
        hint=f"columns: {', '.join(COLUMNS)}",
    )
