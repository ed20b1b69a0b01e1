"""Statements and positions of a store as CSV, JSON lines and Parquet, a row each, with the columns the store has.

written = write("positions", batches, stream, "csv")          # batches of Arrow
written = write("statements", batches, raw, "parquet")        # raw takes bytes
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any, Literal

import msgspec

from dragoman.exchange import answers
from dragoman.exchange.account import Written
from dragoman.exchange.cells import whole_text

Kind = Literal["statements", "positions"]
FORMS = ("csv", "jsonl", "parquet")
# what the record of a row tells and its columns do not: why -> the columns that are filled where it does
_LOST: dict[str, dict[str, tuple[str, ...]]] = {
    "statements": {"speakers": ("speaker_name", "addressee_name")},
    "positions": {"condition": ("condition",)},
}
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def write(kind: Kind, batches: Iterable[Any], stream: IO[Any], form: str) -> Written:
    """What was written, and in how many rows something was not carried. Parquet wants a stream of bytes."""
    from dragoman.store import arrow

    lost = dict.fromkeys(_LOST[kind], 0)

    def counted() -> Iterator[Any]:
        for batch in batches:
            for why, names in _LOST[kind].items():
                columns = [batch.column(name).is_valid().to_pylist() for name in names]
                lost[why] += sum(map(any, zip(*columns, strict=True)))
            yield batch

    if form == "parquet":
        rows = arrow.write_parquet(counted(), stream)
    elif form == "csv":
        rows = answers.write_csv(_Table(counted()), stream)
    else:
        rows = _write_jsonl(counted(), stream)
    found = {why: number for why, number in lost.items() if number}
    return Written(events=rows, rows=rows, left_out={}, lost=found, what=kind)


def _write_jsonl(batches: Iterable[Any], stream: IO[str]) -> int:
    encoder = msgspec.json.Encoder(enc_hook=str)
    rows = 0
    for batch in batches:
        for row in batch.to_pylist():
            stream.write(whole_text(encoder.encode(row).decode()).translate(_LINE_ENDS) + "\n")
            rows += 1
    return rows


class _Table:
    """Batches that come one by one, as a table whose names of columns are asked for first."""

    def __init__(self, batches: Iterable[Any]) -> None:
        self._batches = iter(batches)
        self._first = next(self._batches)

    @property
    def column_names(self) -> list[str]:
        return list(self._first.schema.names)

    def to_batches(self, max_chunksize: int | None = None) -> Iterator[Any]:
        yield self._first
        yield from self._batches
