"""Stretches of days, side by side or sliding.

periods(date(2030, 1, 10), date(2030, 3, 2), "month")                    # 10-31 January, February, 1-2 March
periods(date(2030, 1, 1), date(2030, 12, 31), "month", width=3, step=1)  # three months at a time, moving by one
"""

from __future__ import annotations

import datetime as dt
from typing import Literal, get_args

from dragoman.errors import SettingsError
from dragoman.records import Record

Unit = Literal["day", "week", "month", "quarter", "year"]
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Period(Record, frozen=True):
    """From `start` to `end`, both included."""

    start: dt.date
    end: dt.date


def periods(
    since: dt.date, until: dt.date, unit: Unit, *, width: int = 1, step: int | None = None
) -> tuple[Period, ...]:
    """Periods of `width` calendar units, each `step` units after the last, cut to fit between `since` and `until`.

    Without `step` they stand side by side; a smaller step than the width lets them overlap (a moving window).
    The last is the first that reaches `until`. Weeks start on Monday. Raises SettingsError for an unknown unit, a
    width or step below 1, or a step that leaves days out.
    """
    step = width if step is None else step
    if unit not in get_args(Unit):
        raise SettingsError(f"no unit of time is called {unit!r}", name="unit", hint=", ".join(get_args(Unit)))
    if width < 1:
        raise SettingsError(f"a period cannot be {width} units wide", name="width", hint="1 or more")
    if not 1 <= step <= width:
        raise SettingsError(f"a step of {step} does not fit a width of {width}", name="step", hint=f"1 to {width}")
    found = []
    start = beginning(since, unit)
    while start <= until:
        following = _later(start, unit, width)
        end = following - dt.timedelta(days=1) if following else dt.date.max
        found.append(Period(start=max(start, since), end=min(end, until)))
        next_start = _later(start, unit, step)
        if end >= until or next_start is None:
            break
        start = next_start
    return tuple(found)


def beginning(day: dt.date, unit: Unit) -> dt.date:
    """The first day of the unit that holds this day."""
    if unit == "day":
        return day
    if unit == "week":
        return day - dt.timedelta(days=day.weekday())
    months = _MONTHS[unit]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def inside(first: dt.date | None, last: dt.date | None, since: dt.date | None, until: dt.date | None) -> bool:
    """Whether all of `first` to `last` lies between `since` and `until`; an open end lets everything in.

    What is only known to have happened some time in a year lies in that year and in no week of it.
    """
    if since is None and until is None:
        return True
    if first is None:
        return False
    return (since is None or first >= since) and (until is None or (last or first) <= until)


def touches(first: dt.date | None, last: dt.date | None, since: dt.date | None, until: dt.date | None) -> bool:
    """Whether `first` to `last` may lie between `since` and `until`: part of it does, or nobody knows when it is."""
    if first is None:
        return True
    return (until is None or first <= until) and (since is None or (last or first) >= since)


def _later(day: dt.date, unit: Unit, count: int) -> dt.date | None:
    """The day so many units on; None beyond the calendar."""
    try:
        if unit in _MONTHS:
            months = day.year * 12 + day.month - 1 + count * _MONTHS[unit]
            return dt.date(months // 12, months % 12 + 1, 1)
        return day + dt.timedelta(days=count * (7 if unit == "week" else 1))
    except (OverflowError, ValueError):
        return None
