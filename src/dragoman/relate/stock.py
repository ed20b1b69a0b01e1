"""What is left of past acts: a stock that each act adds to and time wears away.

    S(t) = Σ w · 2^(-(t - d) / h)      over all acts of weight w on a day d up to t

h is the half-life in days, stated with every answer: after h days an act weighs half. Geometric weights on the past are
Koyck's distributed lag (1954, Distributed Lags and Investment Analysis); a half-life for what past violence weighs is
how Hegre, Ellingsen, Gates and Gleditsch put it (2001, American Political Science Review 95, 33-48). With an infinite
half-life the stock is the sum of all that went before.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence

from dragoman.errors import SettingsError
from dragoman.records import Record
from dragoman.relate.indices import Tallied, Weights, measure, sums, value

Act = tuple[dt.date, float]  # the day, and what it weighs


class Stock(Record, frozen=True):
    """The stock at the end of each of these days."""

    half_life: float
    days: tuple[dt.date, ...]
    values: tuple[float, ...]


def stock(acts: Iterable[Act], half_life: float, days: Sequence[dt.date]) -> Stock:
    """The stock at these days, in order. Acts later than a day take no part in it.

    Raises SettingsError for a half-life that is not above nought.
    """
    if not half_life > 0:
        raise SettingsError(f"a half-life cannot be {half_life!r}", name="half_life", hint="days, more than 0")
    ordered = sorted(acts)
    wanted = sorted(set(days))
    values, held, at, when = [], 0.0, 0, None
    for day in wanted:
        fresh = []
        while at < len(ordered) and ordered[at][0] <= day:
            then, worth = ordered[at]
            fresh.append(worth * left((day - then).days, half_life))
            at += 1
        held = math.fsum([*fresh, held * left((day - when).days, half_life) if when else 0.0])
        when = day
        values.append(held)
    return Stock(half_life=half_life, days=tuple(wanted), values=tuple(values))


def acts(rows: Iterable[Tallied], by: str = "score_sum", *, weights: Weights | None = None) -> list[Act]:
    """What to put into a stock: the days and their sums, of a tally by day. A coarser tally counts on its first days.

    Raises SettingsError for a measure that is no sum, and for rows without a period.
    """
    asked = measure(by)
    if not asked.additive:
        raise SettingsError(f"{by} cannot be heaped up", name="measure", hint="a sum, such as score_sum or events")
    found: dict[dt.date, list[Tallied]] = {}
    for row in rows:
        if row.period is None:
            raise SettingsError("a stock needs a tally by day", name="unit", hint="ask with unit='day'")
        found.setdefault(row.period, []).append(row)
    return [(day, value(by, sums(theirs, weights=weights, wanted=by)) or 0.0) for day, theirs in sorted(found.items())]


def run_up(half_life: float, left_over: float = 0.05) -> int | None:
    """How many days before the first one asked for the acts must begin, for all but this share of an act to show.

    None where no stretch is long enough.
    """
    return None if math.isinf(half_life) else math.ceil(half_life * math.log2(1 / left_over))


def left(days: int, half_life: float) -> float:
    """The share of its weight that an act keeps after so many days."""
    return math.exp2(-days / half_life)
