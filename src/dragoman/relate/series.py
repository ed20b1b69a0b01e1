"""What two did to each other, period by period without gaps, each way by itself.

found = series(counts(tally), "USA", "RUS", "events", unit="month", since=..., until=..., read=articles_by_month)
found["source"], found["period"], found["value"], found["read"]

A period is told; thin, on less than the minimum (`faded`); silent, where articles were read and none told of the pair,
so that a sum is nought and a mean has no value; or unread, where no article was read or nobody says whether any was:
there nothing has a value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dragoman.errors import SettingsError
from dragoman.records import Record
from dragoman.relate.indices import fitting
from dragoman.relate.matrix import CELL, Columns, Read, Reckoning, reckoned
from dragoman.relate.periods import Unit, beginning, periods
from dragoman.relate.sums import PARTS, Counts, grouped


class Point(Record, frozen=True):
    """What `source` did to `target` in the period that begins on `period`.

    `value`, `low`, `high` and the sums as in a matrix; `read` is how many articles of the same sources were read in the
    period, None where nobody counted. `stretch` numbers the stretches between the changes of this direction; None where
    there is none.
    """

    source: str
    target: str
    period: dt.date
    value: float | None
    low: float | None
    high: float | None
    events: int
    reports: int
    articles: int | None
    read: int | None
    faded: bool
    stretch: int | None
    sum: float
    cooperation: float
    conflict: float


def series(
    found: Counts,
    one: str,
    other: str,
    by: str = "score_mean",
    *,
    unit: Unit,
    since: dt.date | None = None,
    until: dt.date | None = None,
    articles: Counts | None = None,
    read: Read | None = None,
    how: Reckoning = Reckoning(),  # noqa: B008 (frozen)
) -> Columns:
    """The columns of Point but `stretch`: every period of one direction, then every period of the other.

    The periods go from `since` to `until`, as far as anything was read or told; without them from the first that tells
    of the two to the last. `read` is by the first day of each period.
    Raises SettingsError for counts without a period, an unknown unit or measure, or one that the tally cannot give.
    """
    import numpy as np

    ways = ((one, other), (other, one))
    if len(found) and "period" not in found.keys:
        raise SettingsError("a series needs a tally by period", name="unit", hint="ask with a unit such as month")
    whole = grouped(fitting(found, by), CELL)
    told = dict(zip(zip(*(whole.keys[name] for name in CELL), strict=True), whole.parts, strict=True))
    days = sorted(period for source, target, period in told if (source, target) in ways)
    starts = frame(days, read, unit, since, until)
    keys = [(*way, start) for way in ways for start in starts]
    nothing = np.zeros(len(PARTS))
    parts = np.array([told.get(key, nothing) for key in keys]).reshape(-1, len(PARTS))
    made = reckoned(keys, parts, by, articles=articles, read=read, how=how)
    columns: Columns = {name: [key[n] for key in keys] for n, name in enumerate(CELL)}
    return columns | made | {"read": None if read is None else [read.get(start, 0) for _ in ways for start in starts]}


def frame(
    told: Sequence[dt.date], read: Read | None, unit: Unit, since: dt.date | None, until: dt.date | None
) -> list[dt.date]:
    """The first days of the periods of a series: `told` are those in which anything was told, in order."""
    known = sorted({*told, *(day for day in read or () if day is not None)})
    if not known or not (told or since or until):
        return []
    first = max(beginning(since, unit), known[0]) if since else told[0] if told else known[0]
    last = min(until, known[-1]) if until else told[-1] if told else known[-1]
    return [beginning(period.start, unit) for period in periods(first, last, unit)] if first <= last else []


def halves(columns: Columns, name: str) -> tuple[list[Any], list[Any]]:
    """One column of a series for each direction: None where there is no value."""
    import numpy as np

    every = [None if one is None or (isinstance(one, float) and np.isnan(one)) else one for one in _list(columns[name])]
    return every[: len(every) // 2], every[len(every) // 2 :]


def _list(column: Any) -> list[Any]:
    return list(column.tolist() if hasattr(column, "tolist") else column)
