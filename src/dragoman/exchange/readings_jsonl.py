"""Readings to give away, a JSON object a line; the text of the articles stays behind unless it is meant to leave.

written = write(readings, stream)                    # spans still tell where the words stand in the article
written = write(readings, stream, with_text=True)    # as `dragoman read --jsonl` prints them
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

import msgspec

from dragoman.exchange import jsonl
from dragoman.records import Reading, Record


class WrittenReadings(Record, frozen=True):
    """How many Readings were written, and of how many the text stayed behind."""

    readings: int
    without_text: int

    def told(self) -> list[str]:
        """The same in lines for people."""
        lines = [f"{self.readings} articles"]
        if self.without_text:
            lines.append(f"not carried in {self.without_text}: the text of the article, at which the spans point")
        return lines


def write(readings: Iterable[Reading], stream: IO[str], *, with_text: bool = False) -> WrittenReadings:
    """What was written to the stream (UTF-8), a line each."""
    number = without = 0
    for reading in readings:
        number += 1
        without += not with_text and bool(reading.article.text)
        stream.write(jsonl.line(reading if with_text else bare(reading)))
    return WrittenReadings(readings=number, without_text=without)


def bare(reading: Reading) -> Reading:
    """The Reading without the text of its article and what was removed from the page; spans stay as they are."""
    article = msgspec.structs.replace(reading.article, text="", dropped=())
    return msgspec.structs.replace(reading, article=article)
