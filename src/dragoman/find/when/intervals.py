"""Days, weeks, months and years as intervals of days, both ends included; plain arithmetic without any words."""

from __future__ import annotations

from datetime import date, timedelta

Interval = tuple[date, date]

EDGES = ("early", "mid", "late")


def day(when: date, shift: int = 0) -> Interval:
    """One day, `shift` days after `when`."""
    moved = when + timedelta(days=shift)
    return moved, moved


def week(when: date, shift: int = 0) -> Interval:
    """Monday to Sunday around a day, `shift` weeks on."""
    monday = when + timedelta(days=7 * shift - when.weekday())
    return monday, monday + timedelta(days=6)


def weekend(when: date, shift: int = 0) -> Interval:
    """Saturday and Sunday of the week around a day, `shift` weeks on."""
    monday, sunday = week(when, shift)
    return monday + timedelta(days=5), sunday


def month(year: int, number: int) -> Interval:
    """A month; numbers beyond 1 to 12 run into the years beside it."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    start = date(year, number, 1)
    after = date(year + number // 12, number % 12 + 1, 1) if (year, number) != (9999, 12) else date.max
    return start, after - timedelta(days=1)


def months(year: int, first: int, last: int) -> Interval:
    """From the first day of one month to the last of another; a last before the first lies in the next year."""
    return month(year, first)[0], month(year, last + 12 if last < first else last)[1]


def quarter(year: int, number: int) -> Interval:
    """Three months of a year, 1 to 4."""
    return months(year, 3 * number - 2, 3 * number)


def half(year: int, number: int) -> Interval:
    """Six months of a year, 1 or 2."""
    return months(year, 6 * number - 5, 6 * number)


def years(first: int, last: int) -> Interval:
    """Whole years."""
    return date(first, 1, 1), date(last, 12, 31)


def around(unit: str, when: date, shift: int = 0) -> Interval:
    """The day, week, month, quarter, year ... in which a day lies, `shift` such units on."""
    if unit == "day":
        return day(when, shift)
    if unit == "week":
        return week(when, shift)
    if unit == "weekend":
        return weekend(when, shift)
    if unit == "month":
        return month(when.year, when.month + shift)
    if unit == "quarter":
        start = (when.month - 1) // 3 * 3 + 1 + 3 * shift
        return month(when.year, start)[0], month(when.year, start + 2)[1]
    if unit == "half":
        start = (1 if when.month <= 6 else 7) + 6 * shift
        return month(when.year, start)[0], month(when.year, start + 5)[1]
    if unit == "year":
        return years(when.year + shift, when.year + shift)
    length = {"decade": 10, "century": 100}[unit]
    first = when.year // length * length + shift * length
    return years(first, first + length - 1)


def moved(when: date, unit: str, count: int) -> date:
    """The day `count` units away; the last of the month where the month is too short."""
    if unit in ("day", "week", "weekend"):
        return when + timedelta(days=count * (1 if unit == "day" else 7))
    length = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120, "century": 1200}[unit]
    start, end = month(when.year, when.month + count * length)
    return min(start + timedelta(days=when.day - 1), end)


def edge(of: Interval, which: str) -> Interval:
    """The early, middle or late third of an interval; of longer ones along the ends of months and years."""
    start, end = of
    days = (end - start).days + 1
    at = EDGES.index(which)
    if days > 3000:
        span = end.year - start.year + 1
        cuts = [0, round(span * 0.4), round(span * 0.7), span]
        return years(start.year + cuts[at], start.year + cuts[at + 1] - 1)
    if days > 300:
        return months(start.year, 4 * at + 1, 4 * at + 4)
    cuts = [0, days // 3, days - days // 3, days]
    return start + timedelta(days=cuts[at]), start + timedelta(days=cuts[at + 1] - 1)


def easter(year: int) -> date:
    """Easter Sunday of the western churches (the anonymous Gregorian reckoning)."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    back = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * back) // 451
    number = epact + back - 7 * late + 114
    return date(year, number // 31, number % 31 + 1)


def nth_weekday(year: int, number: int, weekday: int, nth: int) -> date:
    """The n-th Monday (1) to Sunday (7) of a month; -1 is the last."""
    start, end = month(year, number)
    if nth < 0:
        return end - timedelta(days=(end.isoweekday() - weekday) % 7 + 7 * (-nth - 1))
    return start + timedelta(days=(weekday - start.isoweekday()) % 7 + 7 * (nth - 1))
