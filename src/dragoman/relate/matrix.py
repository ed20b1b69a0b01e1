"""Who did what to whom: a row for each pair and period in which anything was told. Row acts on column.

found = cells(counts(tally), "score_mean", articles=counts(tally_by_article), how=Reckoning(minimum=3))
found["source"], found["target"], found["value"], found["low"], found["high"], found["faded"]

Empty is not nought: a pair of which nothing was told has no row. What rests on less than the stated minimum is `faded`:
it keeps its value, and no reader should lean on it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from dragoman.errors import SettingsError
from dragoman.records import Record
from dragoman.relate.indices import between, fitting, values
from dragoman.relate.sums import PLACE, Counts, grouped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CELL = ("source", "target", "period")
QUADS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")
Columns: TypeAlias = "dict[str, Any]"  # columns by name, one list or array each
Read = Mapping[dt.date | None, int]  # articles read, by the first day of each period


class Cell(Record, frozen=True):
    """What `source` did to `target` in the period that begins on `period` (None: in all of it).

    `value` is the measure, which lies between `low` and `high`; None where there is none. `sum` and `mean` are of
    PLOVER scores (-10 to 10); `cooperation` sums those above zero, `conflict` those below. `articles` is None where the
    tally was not counted by article.
    """

    source: str
    target: str
    period: dt.date | None
    value: float | None
    low: float | None
    high: float | None
    events: int
    reports: int
    articles: int | None
    faded: bool
    sum: float
    mean: float | None
    cooperation: float
    conflict: float
    verbal_cooperation: int
    material_cooperation: int
    verbal_conflict: int
    material_conflict: int


class Reckoning(Record, frozen=True):
    """How values and intervals are reckoned."""

    minimum: int = 3  # articles, or reports where articles are not told apart, below which a cell fades
    level: float = 0.95
    resamples: int = 2000
    least_articles: int = 10  # fewer are too few to draw from again
    seed: int = 1

    def __post_init__(self) -> None:
        wanted: list[tuple[str, bool, str]] = [
            ("minimum", self.minimum >= 1, "1 or more"),
            ("level", 0 < self.level < 1, "between 0 and 1"),
            ("resamples", self.resamples >= 100, "100 or more"),
            ("least_articles", self.least_articles >= 2, "2 or more"),
        ]
        for name, fits, range_ in wanted:
            if not fits:
                raise SettingsError(f"{name} cannot be {getattr(self, name)!r}", name=name, hint=range_)


def cells(
    found: Counts,
    by: str = "score_mean",
    *,
    articles: Counts | None = None,
    read: Read | None = None,
    how: Reckoning = Reckoning(),  # noqa: B008 (frozen)
) -> Columns:
    """The columns of Cell, a row for each pair and period that has events, by period, source and target.

    `articles` are the same counts by article: with them come intervals and the number of articles, which the minimum
    then counts; without them it counts reports. `read` is how many articles of the same sources were read.
    Raises SettingsError for an unknown measure, or one that the tally cannot give.
    """
    fitting(found, by)
    if found.keys.keys() - CELL:
        found = grouped(found, ("period", "source", "target"))
    rows = list(zip(*(_key(found, name) for name in CELL), strict=True))
    made = reckoned(rows, found.parts, by, articles=articles, read=read, how=how)
    return {name: _key(found, name) for name in CELL} | made


def reckoned(
    keys: Sequence[tuple[Any, ...]],
    parts: Floats,
    by: str,
    *,
    articles: Counts | None,
    read: Read | None,
    how: Reckoning,
) -> Columns:
    """The columns of Cell but its keys, for these cells (source, target, period) and their sums."""
    import numpy as np

    seen = None if read is None else np.array([float(read.get(key[2], 0)) for key in keys])
    low, high, told = _around(keys, by, articles, read, how)
    events, reports = _column(parts, "events"), _column(parts, "reports")
    return {
        "value": values(by, parts, read=seen),
        "low": low,
        "high": high,
        "events": events.astype(np.int64),
        "reports": reports.astype(np.int64),
        "articles": told,
        "faded": (reports if told is None else np.array(told)) < how.minimum,
        "sum": _column(parts, "score"),
        "mean": values("score_mean", parts),
        "cooperation": _column(parts, "cooperation"),
        "conflict": _column(parts, "conflict"),
    } | {name: _column(parts, f"quad{n}").astype(np.int64) for n, name in enumerate(QUADS, 1)}


def busiest(found: Counts, most: int) -> Counts:
    """The counts between the actors of most events, `most` of them."""
    count: Counter[str] = Counter()
    for side in ("source", "target"):
        for actor, events in zip(found.keys[side], found.part("events").tolist(), strict=True):
            count[actor] += events
    kept = set(sorted(count, key=lambda actor: (-count[actor], actor))[:most])
    both = zip(found.keys["source"], found.keys["target"], strict=True)
    return found.only([n for n, (one, other) in enumerate(both) if one in kept and other in kept])


def _around(
    keys: Sequence[tuple[Any, ...]], by: str, articles: Counts | None, read: Read | None, how: Reckoning
) -> tuple[Any, Any, list[int] | None]:
    """The bounds of each cell, and how many articles tell of it; None for all where articles are not told apart."""
    import numpy as np

    bounds = np.full((2, len(keys)), np.nan)
    if articles is None:
        return *bounds, None
    each = grouped(fitting(articles, by), (*CELL, "article"))
    each = each.only(each.part("events") > 0)
    first: dict[tuple[Any, ...], int] = {}
    number: Counter[tuple[Any, ...]] = Counter()
    for n, key in enumerate(zip(*(each.keys[name] for name in CELL), strict=True)):
        first.setdefault(key, n)
        number[key] += 1
    for n, key in enumerate(keys):
        if key not in first:
            continue
        around = between(
            by,
            each.parts[first[key] : first[key] + number[key]],
            read=None if read is None else read.get(key[2], 0),
            level=how.level,
            resamples=how.resamples,
            seed=how.seed,
            least=how.least_articles,
        )
        if around:
            bounds[:, n] = around.low, around.high
    return *bounds, [number[key] for key in keys]


def _key(found: Counts, name: str) -> Sequence[Any]:
    return found.keys.get(name) or [None] * len(found)


def _column(parts: Floats, name: str) -> Floats:
    column: Floats = parts[:, PLACE[name]]
    return column
