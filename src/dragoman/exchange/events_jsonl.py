"""Events as JSON, one object a line, and back: the one form that carries everything.

written = write(rows, stream)
for found in read("events.jsonl"): ...     # EventRow or SetAside
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

import msgspec

from dragoman.exchange.account import Account, Written
from dragoman.exchange.cells import whole_text
from dragoman.exchange.event_rows import EventRow
from dragoman.exchange.lines import Source, taken
from dragoman.exchange.set_aside import SetAside, Unfit

_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_EVERYTHING = (
    "day_end", "published", "mode", "score", "status", "sectors", "names", "offices", "contexts", "issues", "words",
    "place", "country", "coordinates", "geonames", "site", "url", "title", "article", "confidence", "reason", "cameo",
    "goldstein", "line", "extra",
)  # fmt: skip


def write(rows: Iterable[EventRow], stream: IO[str]) -> Written:
    """What was written to the stream (UTF-8), a line each."""
    account = Account(_EVERYTHING)
    for row in rows:
        try:
            raw = msgspec.json.encode(row)
        except UnicodeEncodeError:  # half a character, which no file in UTF-8 can hold
            raw = msgspec.json.encode(_whole(msgspec.to_builtins(row)))
        stream.write(raw.decode("utf-8").translate(_LINE_ENDS) + "\n")
        account.wrote()
        account.look(row)
    return account.written()


def read(source: Source) -> Iterator[EventRow | SetAside]:
    """The events that `write` wrote, and the lines that are none. Raises SourceError."""
    decoder = msgspec.json.Decoder(EventRow)

    def take(line: str, number: int) -> Iterator[EventRow]:
        try:
            yield decoder.decode(line)
        except (msgspec.MsgspecError, RecursionError) as fault:
            raise Unfit(str(fault), f"an event as this format writes it, in line {number}") from fault

    yield from taken(source, take)


def _whole(value: object) -> object:
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list | tuple) else value
