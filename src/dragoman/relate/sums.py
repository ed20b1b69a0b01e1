"""What one actor did to another in a period, summed: how many events, the sum and the mean of their PLOVER scores.

for cell in cells(store.tally(question).rows): cell.source, cell.target, cell.period, cell.mean

A pair without events has no cell: empty is not zero. Row acts on column.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from dragoman.records import Record


class Counted(Protocol):
    """What is asked of a row of counts."""

    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def period(self) -> dt.date | None: ...
    @property
    def events(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def cooperation(self) -> float: ...
    @property
    def conflict(self) -> float: ...
    @property
    def quads(self) -> tuple[int, int, int, int]: ...


class Cell(Record, frozen=True):
    """What `source` did to `target` in the period that begins on `period` (None: in all of it).

    `sum` and `mean` are of PLOVER scores (-10 to 10); `cooperation` sums those above zero, `conflict` those below.
    """

    source: str
    target: str
    period: dt.date | None
    events: int
    sum: float
    mean: float
    cooperation: float
    conflict: float
    verbal_cooperation: int
    material_cooperation: int
    verbal_conflict: int
    material_conflict: int


def cells(rows: Iterable[Counted]) -> tuple[Cell, ...]:
    """A cell for each period and pair that has events, by period, source and target."""
    groups: dict[tuple[dt.date, str, str], list[Counted]] = {}
    for row in rows:
        groups.setdefault((row.period or dt.date.min, row.source, row.target), []).append(row)
    return tuple(_cell(group) for _, group in sorted(groups.items()))


def busiest(found: Iterable[Cell], most: int) -> tuple[Cell, ...]:
    """The cells between the actors of most events, `most` of them."""
    found = tuple(found)
    events: Counter[str] = Counter()
    for cell in found:
        events[cell.source] += cell.events
        events[cell.target] += cell.events
    kept = set(sorted(events, key=lambda actor: (-events[actor], actor))[:most])
    return tuple(cell for cell in found if cell.source in kept and cell.target in kept)


def _cell(group: list[Counted]) -> Cell:
    first = group[0]
    events = sum(row.events for row in group)
    total = sum(row.score for row in group)
    quads = [sum(row.quads[k] for row in group) for k in range(4)]
    return Cell(
        source=first.source,
        target=first.target,
        period=first.period,
        events=events,
        sum=total,
        mean=total / events if events else 0.0,
        cooperation=sum(row.cooperation for row in group),
        conflict=sum(row.conflict for row in group),
        verbal_cooperation=quads[0],
        material_cooperation=quads[1],
        verbal_conflict=quads[2],
        material_conflict=quads[3],
    )
