"""Days, numbers and sizes as people write them, and the class that colours a value."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dragoman.web.answers import Cell, Scale

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def day(given: dt.date | dt.datetime | str | None) -> str:
    """A day as people write it: 14 May 2019."""
    if given is None or given == "":
        return "no date"
    if isinstance(given, str):
        try:
            return day(dt.datetime.fromisoformat(given))
        except ValueError:
            return given
    return f"{given.day} {_MONTHS[given.month - 1]} {given.year}"


def period(start: dt.date, unit: str) -> str:
    """A period by its first day: May 2019, 2019, the second quarter."""
    if unit == "year":
        return str(start.year)
    if unit == "quarter":
        return f"Q{(start.month + 2) // 3} {start.year}"
    if unit == "month":
        return f"{_MONTHS[start.month - 1]} {start.year}"
    return f"week of {day(start)}" if unit == "week" else day(start)


def last_day(start: dt.date, unit: str) -> dt.date:
    """The last day of the period that begins on `start`."""
    if unit == "week":
        return start + dt.timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if months is None:
        return start
    number = start.year * 12 + start.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1) - dt.timedelta(days=1)


def number(given: float | None) -> str:
    """A count with thin spaces between thousands."""
    return "" if given is None else f"{given:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def value(given: float | None, scale: Scale) -> str:
    """A value of a measure, with a sign where it may go both ways."""
    if given is None or math.isnan(given):
        return ""
    if float(given).is_integer() and scale.low is None and abs(given) < 1e6 and not scale.diverges:
        return f"{given:.0f}"
    digits = 2 if scale.high is not None and scale.high <= 1 else 1
    if scale.name in ("events", "net") or (scale.low == 0 and float(given).is_integer() and scale.high is None):
        digits = 0
    shown = f"{given:+.{digits}f}" if scale.diverges else f"{given:.{digits}f}"
    if float(shown) == 0:
        return shown.lstrip("+-")
    return shown.replace("-", "\N{MINUS SIGN}")


def shade(cell: Cell, scale: Scale, largest: float) -> str:
    """The class that colours a cell: v-c1 to v-c4 for conflict, v-k1 to v-k4 for cooperation, v-s1 to v-s4 for counts.

    v-n is near nought, v-none has no value. `largest` bounds a measure that has no bounds of its own.
    """
    if cell.value is None or math.isnan(cell.value):
        return "v-none"
    bound = max(abs(scale.low or 0), abs(scale.high or 0)) if scale.high is not None else largest
    if not bound:
        return "v-n"
    share = min(1.0, abs(cell.value) / bound)
    if scale.high is None:  # sums and counts have few large values and many small ones
        share = math.sqrt(share)
    step = min(4, max(1, math.ceil(share * 4)))
    if scale.diverges:
        if share < 0.05:
            return "v-n"
        return f"v-k{step}" if cell.value > 0 else f"v-c{step}"
    if share == 0:
        return "v-n"
    return {1: "v-k", -1: "v-c", 0: "v-s"}[scale.rises_with] + str(step)


def size(given: float) -> str:
    """So many bytes, in words."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if given < 1000 or unit == "GB":
            break
        given /= 1000
    return f"{given:.0f} {unit}" if unit == "bytes" else f"{given:.1f} {unit}"


def web_address(given: str | None) -> str:
    """An address that may become a link, empty for anything but http and https."""
    return given if given and given.lower().startswith(("http://", "https://")) else ""
