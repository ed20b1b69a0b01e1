"""Readings as JSON, one line each, and back.

for reading in read(open("records.jsonl", encoding="utf-8")): ...
stream.write(line(reading))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

import msgspec

from dragoman.errors import SourceError
from dragoman.records import Reading, from_json

# JSON allows these inside a string, but many tools would see the end of a line in them
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def line(reading: Reading) -> str:
    """The record as one line of JSON, its end included."""
    return reading.to_json().translate(_LINE_ENDS) + "\n"


def write(readings: Iterable[Reading], stream: IO[str]) -> int:
    """How many records were written to the stream, one line each."""
    written = 0
    for reading in readings:
        stream.write(line(reading))
        written += 1
    return written


def read(stream: Iterable[str | bytes], name: str = "records") -> Iterator[Reading]:
    """The records that `write` wrote. Raises SourceError naming the line that is not one."""
    for number, found in enumerate(stream, 1):
        if not found.strip():
            continue
        try:
            yield from_json(found)
        except (msgspec.MsgspecError, UnicodeError) as fault:
            raise SourceError(
                f"{name}, line {number}: {fault}",
                source=name,
                outcome="not_a_record",
                hint="each line is a record as `dragoman read --jsonl` prints it",
            ) from fault
