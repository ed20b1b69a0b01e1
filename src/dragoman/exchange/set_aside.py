"""Rows of imported files that became no event: where they stand, what was found, what would do.

for found in gdelt.read("20240301.export.CSV.gz", codes):
    if isinstance(found, SetAside): print(found)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import IO, Literal

from dragoman.records import Record

Why = Literal["malformed", "no_event", "no_actor"]
WHY = {
    "malformed": "could not be read",
    "no_event": "plain statements and appeals, which are no events here",
    "no_actor": "with no actor on either side",
}


class SetAside(Record, frozen=True):
    """One row, or what is left of a file from there on. `raw` is the row as it stands."""

    file: str
    line: int
    found: str
    wanted: str
    why: Why = "malformed"
    raw: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.found}; {self.wanted}"


class Unfit(Exception):
    """A cell that cannot be taken; the reader of the file knows where it stands."""

    def __init__(self, found: str, wanted: str, why: Why = "malformed") -> None:
        super().__init__(found)
        self.found = found
        self.wanted = wanted
        self.why: Why = why


def counted(rows: Iterable[SetAside]) -> dict[str, int]:
    """Why -> how many, in words for people."""
    tally: Counter[str] = Counter(row.why for row in rows)
    return {WHY[why]: tally[why] for why in WHY if tally[why]}


def write(rows: Iterable[SetAside], faults: IO[str], rest: IO[str]) -> int:
    """How many were written: the reports to one stream, a line each, the rows as they stood to the other."""
    written = 0
    for row in rows:
        written += 1
        faults.write(str(row).replace("\n", " ").replace("\r", " ") + "\n")
        if row.raw:
            rest.write(row.raw + "\n")
    return written
