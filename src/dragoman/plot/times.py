"""Days, periods and their axis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

from dragoman.plot.look import SMALL, text_width
from dragoman.relate.periods import Unit, beginning, periods

if TYPE_CHECKING:
    import altair as alt

UNITS: tuple[Unit, ...] = get_args(Unit)
_DAYS: dict[Unit, float] = {"day": 1, "week": 7, "month": 30.4, "quarter": 91.3, "year": 365.2}
_NOUNS: dict[Unit, str] = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}


def day(value: Any) -> dt.date | None:
    """The day of a date, a time or an ISO string; None for anything else."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def unit_of(starts: Sequence[dt.date], told: Any = None) -> Unit:
    """The unit of periods that begin on these days; what was `told` goes first."""
    if told in UNITS:
        return next(unit for unit in UNITS if unit == told)
    step = min(((b - a).days for a, b in pairwise(sorted(set(starts)))), default=30)
    return min(UNITS, key=lambda unit: abs(_DAYS[unit] - step))


def fitting(days: Sequence[dt.date], most: int = 60) -> Unit:
    """The smallest unit of which these days fill no more than so many."""
    span = (max(days) - min(days)).days + 1 if days else 1
    return next((unit for unit in UNITS if span / _DAYS[unit] <= most), "year")


def crowd(days: Sequence[dt.date]) -> tuple[dt.date, dt.date]:
    """From the first to the last day; without the odd ones far from all others, which would push these together."""
    known = sorted(days)
    odd = max(1, len(known) // 50)  # so many may lie apart at either end
    if len(known) < 20:
        return known[0], known[-1]
    first, last = known[odd], known[-1 - odd]
    if first < last and (known[-1] - known[0]) > 2.5 * (last - first):
        margin = (last - first) * 0.1
        near = [day for day in known if first - margin <= day <= last + margin]
        return near[0], near[-1]
    return known[0], known[-1]


def all_starts(first: dt.date, last: dt.date, unit: Unit) -> list[dt.date]:
    """The first day of every period from one day's to another's."""
    return [beginning(one.start, unit) for one in periods(beginning(first, unit), last, unit)]


def end_of(start: dt.date, unit: Unit) -> dt.date:
    """The first day after the period that begins here."""
    (whole, *_) = periods(start, dt.date.max, unit)[:1] if start.year > 9990 else periods(start, _later(start), unit)
    return whole.end + dt.timedelta(days=1) if whole.end < dt.date.max else dt.date.max


def label(start: dt.date, unit: Unit) -> str:
    """What a period is called: 2019, Q2 2019, May 2019, week of 6 May 2019, 6 May 2019."""
    if unit == "year":
        return str(start.year)
    if unit == "quarter":
        return f"Q{(start.month + 2) // 3} {start.year}"
    if unit == "month":
        return f"{start:%b} {start.year}"
    words = f"{start.day} {start:%b} {start.year}"
    return f"week of {words}" if unit == "week" else words


def stamp(moment: dt.date, share: float = 0.0, until: dt.date | None = None) -> str:
    """A moment for the chart, local time; with `share` so far on the way to another day."""
    # a bare day would be read as one of Greenwich and shift by hours wherever it is shown
    when = dt.datetime(moment.year, moment.month, moment.day)
    if until is not None:
        when += (dt.datetime(until.year, until.month, until.day) - when) * share
    return when.isoformat(timespec="seconds")


def middle(start: dt.date, unit: Unit) -> str:
    """The middle of a period, for the chart."""
    return stamp(start, 0.5, end_of(start, unit))


def adverb(unit: Unit) -> str:
    """by month"""
    return f"by {_NOUNS[unit]}"


def axis(starts: Sequence[dt.date], unit: Unit, width: float, *, on_days: bool = False, **given: Any) -> alt.Axis:
    """An axis with a label in the middle of as many periods as there is room for; where marks stand `on_days`, and not
    for a whole period, at its beginning, so that a year's line is its first day.
    """
    import altair as alt

    shown, form = _shown(sorted(set(starts)), unit, width)
    expression = f"timeFormat(datum.value, '{form}')"
    if form == "%b":
        # the year is told once, below the first label and every January
        first = [start.year * 12 + start.month - 1 for start in shown[:1]] or [0]
        expression = (
            f"month(datum.value) == 0 || year(datum.value) * 12 + month(datum.value) == {first[0]}"
            " ? [timeFormat(datum.value, '%b'), timeFormat(datum.value, '%Y')] : timeFormat(datum.value, '%b')"
        )

    def place(start: dt.date) -> str:
        return stamp(start) if on_days and unit != "day" else middle(start, unit)

    asked = {"title": None, "values": [place(start) for start in shown], "labelExpr": expression, "grid": True}
    # labels that are too many are left out above, not by the browser, which would leave out others
    return alt.Axis(**{**asked, "labelOverlap": False, "labelFlush": False, "ticks": True, **given})


def scale(starts: Iterable[dt.date], unit: Unit) -> alt.Scale:
    """From the first period's beginning to the end of the last."""
    import altair as alt

    # two ends, for a whole domain of dates would be held against itself where a mark has a beginning and an end
    first, last = (f"datetime({day.year}, {day.month - 1}, {day.day})" for day in ends(starts, unit))
    return alt.Scale(domainMin=alt.ExprRef(first), domainMax=alt.ExprRef(last), nice=False)


def ends(starts: Iterable[dt.date], unit: Unit) -> tuple[dt.date, dt.date]:
    """The first day of the first period, and the first day after the last."""
    known = sorted(starts)
    return known[0], end_of(known[-1], unit)


def _shown(starts: list[dt.date], unit: Unit, width: float) -> tuple[list[dt.date], str]:
    """The periods that get a label, and its form."""
    forms: dict[Unit, str] = {"year": "%Y", "quarter": "Q%q %Y", "month": "%b", "week": "%-d %b %Y", "day": "%-d %b %Y"}
    form = forms[unit]
    places = max(2, int(width / (text_width("30 Nov 2020" if unit in ("day", "week") else "Q4 2020", SMALL) + 14)))
    if len(starts) <= places:
        return starts, form
    if unit in ("month", "quarter"):
        months = {"month": (1, 2, 3, 6), "quarter": (3, 6)}[unit]
        for every in months:
            some = [start for start in starts if (start.month - 1) % every == 0]
            if len(some) <= places:
                return some, form
        starts, form = [start for start in starts if start.month == 1], "%Y"
    if form == "%Y":
        for every in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000):
            some = [start for start in starts if start.year % every == 0]
            if len(some) <= places:
                return some, form
    every = -(-len(starts) // places)
    return starts[::every], form


def _later(start: dt.date) -> dt.date:
    return start + dt.timedelta(days=400)
