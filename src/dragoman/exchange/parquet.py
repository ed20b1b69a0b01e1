"""Events as Parquet, with the columns that their CSV has.

written = write(rows, open("events.parquet", "wb"))

Where CSV joins several values with | there is a list here: of codes, of names, of contexts, and for the sectors of each
who takes part a list of their own. Numbers and days are such, what is not known is null. Rows are written as they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

import msgspec

from dragoman.exchange.account import Account, Written
from dragoman.exchange.cells import whole_text
from dragoman.exchange.event_rows import EventRow
from dragoman.exchange.events_csv import CARRIED, COLUMNS

_KINDS = {
    **dict.fromkeys(("date", "until", "published"), "day"),
    **dict.fromkeys(("source", "target", "source_names", "target_names", "contexts", "issues"), "texts"),
    **dict.fromkeys(("source_sectors", "target_sectors"), "lists"),
    **dict.fromkeys(("quad", "geonames", "line"), "whole"),
    **dict.fromkeys(("score", "latitude", "longitude", "confidence", "goldstein"), "real"),
}
_TYPES = {name: _KINDS.get(name, "text") for name in COLUMNS}
_AT_ONCE = 2000


def write(rows: Iterable[EventRow], stream: IO[bytes]) -> Written:
    """What was written to the stream, a row an event."""
    from dragoman.store import arrow

    account = Account(CARRIED)

    def told() -> Iterator[list[dict[str, Any]]]:
        held: list[dict[str, Any]] = []
        for row in rows:
            held.append(_row(row))
            account.wrote()
            account.look(row)
            if len(held) == _AT_ONCE:
                yield held
                held = []
        yield held

    arrow.write_parquet(told(), stream, _TYPES)
    return account.written()


def _row(row: EventRow) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(row, name, None) for name in COLUMNS}
    found |= {"date": row.day, "until": row.day_end, "contexts": row.contexts, "issues": row.issues}
    for side, parties in (("source", row.sources), ("target", row.targets)):
        found[side] = [party.code for party in parties]
        found[f"{side}_sectors"] = [party.sectors for party in parties]
        found[f"{side}_names"] = [party.name or party.words for party in parties]
    found["extra"] = msgspec.json.encode(row.extra).decode() if row.extra else None
    return {name: _whole(value) for name, value in found.items()}


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return whole_text(value)
    return [_whole(one) for one in value] if isinstance(value, list | tuple) else value
