"""A measure of a pair that left its usual range, told from stretches of as many days that end today.

    x_0                       the measure in the last `days`;  x_1 ... x_n  in the n windows of as many days before
    usual m                   the median of x_1 ... x_n
    spread s                  1.4826 · the median of |x_i - m|, which is the standard deviation where values are normal
                              (Hampel 1974, Journal of the American Statistical Association 69, 383-393); never below
                              the square root of m for counts, as Poisson's law has it, a hundredth of the measure's
                              scale where it has two ends, and else 1
    beyond                    |x_0 - m| > times · s

Windows without a value are left out: a mean of no events, or a count while nothing was read. A window belongs to no
calendar month, so that the last one is as long as the others.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from statistics import median
from typing import TYPE_CHECKING

from dragoman.watch.alerts import Moved
from dragoman.watch.plan import RangeRule

if TYPE_CHECKING:
    from dragoman.relate.indices import Measure
    from dragoman.relate.sums import Counts

_NORMAL = 1.4826
_LEAST = 8  # windows with a value, below which nothing is usual


def first_day(rule: RangeRule, today: dt.date) -> dt.date:
    """The first day that the rule looks at."""
    return today - dt.timedelta(days=rule.days * (rule.windows + 1) - 1)


def found(rule: RangeRule, counts: Counts, read: Mapping[dt.date, int], today: dt.date) -> Iterator[Moved]:
    """Each pair whose measure can be judged, with how far it moved. `counts` by day; `read`: articles by day."""
    import numpy as np

    from dragoman.relate import indices, sums

    measure = indices.measure(rule.measure)
    if not len(counts):
        return
    places = [(today - day).days // rule.days for day in counts.keys["period"]]
    inside = np.array([0 <= place <= rule.windows for place in places])
    kept = sums.Counts({**counts.keys, "period": places}, counts.parts, counts.weighed).only(inside)
    by_window = sums.grouped(kept, ("source", "target", "period"))
    articles = [0.0] * (rule.windows + 1)
    for day, number in read.items():
        if 0 <= (place := (today - day).days // rule.days) <= rule.windows:
            articles[place] += number
    pairs: dict[tuple[str, str], list[int]] = {}
    for row in range(len(by_window)):
        pair = (by_window.keys["source"][row], by_window.keys["target"][row])
        pairs.setdefault(pair, []).append(row)
    for (source, target), rows in sorted(pairs.items()):
        parts = np.zeros((rule.windows + 1, by_window.parts.shape[1]))
        for row in rows:
            parts[by_window.keys["period"][row]] = by_window.parts[row]
        values = indices.values(rule.measure, parts, read=np.array(articles)).tolist()
        reports = parts[:, sums.PLACE["reports"]].tolist()
        if told := _judged(rule, measure, values, reports):
            usual, spread, windows = told
            yield Moved(
                measure=rule.measure,
                source=source,
                target=target,
                since=(today - dt.timedelta(days=rule.days - 1)).isoformat(),
                until=today.isoformat(),
                value=values[0],
                usual=usual,
                spread=spread,
                times=abs(values[0] - usual) / spread,
                windows=windows,
                reports=int(reports[0]),
            )


def _judged(
    rule: RangeRule, measure: Measure, values: list[float], reports: list[float]
) -> tuple[float, float, int] | None:
    """What is usual, its spread, and of how many windows; None where too little is told."""
    before = [value for value in values[1:] if not math.isnan(value)]
    # a sum falls where fewer reports come: then those of before must have been many
    told = reports[0] if measure.over else max(reports[0], median(reports[1:]))
    if math.isnan(values[0]) or len(before) < _LEAST or told < rule.minimum:
        return None
    usual = median(before)
    return usual, max(_NORMAL * median(abs(value - usual) for value in before), _floor(measure, usual)), len(before)


def _floor(measure: Measure, usual: float) -> float:
    if measure.kind == "counts":
        return max(1.0, math.sqrt(abs(usual)))
    if math.isfinite(measure.low) and math.isfinite(measure.high):
        return (measure.high - measure.low) / 100
    return 1.0
