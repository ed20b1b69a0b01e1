"""Dates cut short: which days they can mean, and whether two terms must have overlapped."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Protocol

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


class Dated(Protocol):
    """Anything that held from one day to another."""

    @property
    def from_(self) -> str: ...
    @property
    def to(self) -> str: ...


def together(one: Dated, other: Dated) -> bool:
    """Whether both must have held on one day, however their dates are completed; handing over is no overlap."""
    _, one_begun = _begin(one)
    _, other_begun = _begin(other)
    one_ends, _ = _end(one)
    other_ends, _ = _end(other)
    return one_begun < other_ends and other_begun < one_ends


def begin_together(one: Dated, other: Dated, *, days: int = 31) -> bool:
    """Whether both can have begun within so many days of each other."""
    one_first, one_last = _begin(one)
    other_first, other_last = _begin(other)
    return (one_first - other_last).days <= days and (other_first - one_last).days <= days


def span(date: str) -> tuple[dt.date, dt.date]:
    """The first and the last day that a date, whole or cut short, can mean. Raises ValueError where there is none."""
    parts = _DATE.fullmatch(date)
    if parts is None:
        raise ValueError(date)
    year, month, day = (None if part is None else int(part) for part in parts.groups())
    assert year is not None
    first = dt.date(year, 1 if month is None else month, 1 if day is None else day)
    last_month = 12 if month is None else month
    return first, dt.date(year, last_month, calendar.monthrange(year, last_month)[1] if day is None else day)


def exists(date: str) -> bool:
    """Whether the calendar has such a day, month or year."""
    try:
        span(date)
    except ValueError:
        return False
    return True


def _begin(term: Dated) -> tuple[dt.date, dt.date]:
    return span(term.from_) if term.from_ else (dt.date.min, dt.date.min)


def _end(term: Dated) -> tuple[dt.date, dt.date]:
    return span(term.to) if term.to else (dt.date.max, dt.date.max)
