"""Rows of an Arrow table as CSV and as JSON, a batch at a time.

write_csv(table, open("events.csv", "w", encoding="utf-8", newline=""))
write_json(table, stream)

In CSV a list is joined by `|`, a span is `12-40`, and what a spreadsheet would run gets an apostrophe before it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import IO, Any, Protocol

import msgspec

from dragoman.exchange.statements_csv import harmless


class Batch(Protocol):
    """Some rows of an Arrow table."""

    def to_pylist(self) -> list[dict[str, Any]]: ...


class Table(Protocol):
    """What is asked of an Arrow table."""

    @property
    def column_names(self) -> list[str]: ...
    def to_batches(self, max_chunksize: int | None = None) -> Iterable[Batch]: ...


_AT_ONCE = 10_000
_JSON = msgspec.json.Encoder(enc_hook=str, decimal_format="number")
# JSON allows these inside a string, but many tools would see the end of a line in them
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def write_csv(table: Table, stream: IO[str]) -> int:
    """How many rows were written, under a line of column names."""
    sheet = csv.writer(stream, lineterminator="\n")
    sheet.writerow(table.column_names)
    written = 0
    for row in _rows(table):
        sheet.writerow([cell(value) for value in row.values()])
        written += 1
    return written


def write_json(table: Table, stream: IO[str]) -> int:
    """How many rows were written: one JSON array, an object a row, each on a line of its own."""
    written = 0
    stream.write("[")
    for row in _rows(table):
        stream.write((",\n" if written else "\n") + _JSON.encode(row).decode().translate(_LINE_ENDS))
        written += 1
    stream.write("\n]\n" if written else "]\n")
    return written


def cell(value: Any) -> str:
    """A value as a cell of a sheet."""
    if value is None:
        return ""
    if isinstance(value, list):
        return harmless("|".join(_part(one) for one in value))
    return harmless(_part(value)) if isinstance(value, str | dict) else _part(value)


def _part(value: Any) -> str:
    if isinstance(value, dict):
        return ("-" if value.keys() == {"start", "end"} else " ").join(map(_part, value.values()))
    if isinstance(value, list):
        return " ".join(map(_part, value))
    return "" if value is None else str(value)


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(_AT_ONCE):
        yield from batch.to_pylist()
