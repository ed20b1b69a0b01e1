"""The days that a phrase of time means."""

from __future__ import annotations

from datetime import date, timedelta

from dragoman.find.when import intervals
from dragoman.find.when.calendar import Calendar
from dragoman.find.when.intervals import Interval
from dragoman.find.when.phrases import Phrase, Words
from dragoman.find.when.tense import lean
from dragoman.parse.base import Parsed
from dragoman.records import EventDate

Open = tuple[date | None, date | None]  # an interval that may lack an end
UNKNOWN: Open = (None, None)


class Resolver:
    """Places phrases in the calendar, one after the other; remembers the last for "the next day".

    `days` are the first and the last day on which the text can have been written, none where that is not known.
    """

    def __init__(
        self, parsed: Parsed, words: Words, calendar: Calendar, days: tuple[date, ...], phrases: list[Phrase]
    ) -> None:
        self.parsed, self.words, self.calendar = parsed, words, calendar
        self.days = tuple(dict.fromkeys(days))
        self.memory: Interval | None = None
        # how this page orders day and month in 04/05/2019, if one of its dates shows it
        shown = {p.name for p in phrases if p.name in ("day-first", "month-first")}
        self.order = shown.pop() if len(shown) == 1 else ""

    def event_date(self, p: Phrase) -> EventDate:
        """The record of a phrase."""
        start, end = self.interval(p)
        span = (self.words.start[p.first], self.words.end[p.last - 1])
        return EventDate(
            start=start.isoformat() if start else None,
            end=end.isoformat() if end else None,
            granularity=p.granularity,
            text=self.parsed.text[span[0] : span[1]],
            type=p.type,
            span=span,
        )

    def interval(self, p: Phrase) -> Open:
        """The days of a phrase with its preposition and its range; what cannot be reckoned is unknown."""
        if p.type != "point":
            return UNKNOWN
        ahead = lean(self.parsed, self.words, self.calendar, p)
        if p.kind == "in" and ahead < 1 and self.words.low[p.last - 1] != "time":
            p.type = "duration"  # "took the town in three days"
            return UNKNOWN
        try:
            # an anchor that is no single day tells only what all its days tell
            found = {self._stretched(p, today, ahead) for today in (self.days or (None,))}
        except (ValueError, OverflowError):
            return UNKNOWN
        start, end = found.pop() if len(found) == 1 else UNKNOWN
        return (start, end) if start is None or end is None or start <= end else UNKNOWN

    def _stretched(self, p: Phrase, today: date | None, ahead: int) -> Open:
        if p.to is not None:
            return self._range(p, p.to, today, ahead)
        start, end = self._core(p, today, ahead)
        if p.mode == "since":
            return start, (today if start is None or today is None or today >= start else end)
        if p.mode in ("until", "by"):
            return (today if today and end and today <= end and ahead >= 0 else None), end
        if p.mode == "before":
            return None, (start - timedelta(days=1) if start else None)
        if p.mode == "after":
            return (end + timedelta(days=1) if end else None), None
        if p.mode == "from" or (p.mode == "asof" and ahead > 0):
            return start, None
        return start, end

    def _range(self, p: Phrase, to: Phrase, today: date | None, ahead: int) -> Open:
        """ "from A to B": the year may stand with B only; A comes before B; a range that is past is over."""
        open_year = p.inside is None and p.kind in ("date", "month", "weekday") and not p.rel
        if ahead > 0 and open_year and to.inside is None:
            # its far end lies ahead, its near end is the last before that
            _, end = self._core(to, today, ahead)
            return (self._core(p, end, -1)[0] if end else None), end
        if to.inside is not None and p.inside is None and p.kind in ("date", "month"):
            _, end = self._core(to, today, ahead)
            p.inside = to.inside
            start, _ = self._core(p, today, ahead)
            if start and end and start > end and p.inside.year:
                p.inside = Phrase(p.inside.first, p.inside.last, "year", "year", year=p.inside.year - 1)
                start, _ = self._core(p, today, ahead)
            return start, end
        start, _ = self._core(p, today, ahead)
        end = self._core(to, today, ahead)[1] if start is None else self._far_end(to, start, today, ahead)
        over = ahead < 0 and p.kind == "weekday" and open_year
        if over and today and start and end and start < today < end:
            return start - timedelta(days=7), end - timedelta(days=7)
        return start, end

    def _far_end(self, p: Phrase, start: date, today: date | None, ahead: int) -> date | None:
        """The first end that does not lie before the start."""
        if p.year or p.inside or p.exact or p.rel:
            return self._core(p, today, ahead)[1]
        if p.kind == "weekday":
            return intervals.day(start, ((p.weekday or 1) - start.isoweekday()) % 7)[1]
        choices = [c for y in (start.year, start.year + 1) if (c := self._in_year(p, y)) is not None and c[1] >= start]
        return choices[0][1] if choices else self._core(p, today, ahead)[1]

    def _core(self, p: Phrase, today: date | None, ahead: int) -> Open:
        """The days that the words themselves name, without preposition and range."""
        start, end = self._named(p, today, ahead)
        if start is None or end is None:
            return start, end
        whole = (start, end) if not p.edge else _part(start, end, p.edge)
        self.memory = whole
        if p.side and p.kind == "unit" and today:
            if p.side == "earlier" and whole[0] <= today:
                return whole[0], min(today, whole[1])
            if p.side == "later" and today <= whole[1]:
                return max(today, whole[0]), whole[1]
        return whole

    def _named(self, p: Phrase, today: date | None, ahead: int) -> Open:
        kind, n = p.kind, p.n or 0
        if kind == "exact":
            return self._exact(p)
        if kind in ("year", "decade") and p.year:
            return intervals.years(p.year, p.year + (9 if kind == "decade" else 0))
        if kind == "century":
            return intervals.years(100 * (n - 1) + 1, 100 * n)
        if kind in ("date", "month", "season", "quarter", "half", "holiday"):
            return self._recurring(p, today, ahead)
        if kind == "weekday":
            return self._weekday(p, today, ahead)
        if kind == "offset":
            return self._offset(p, today, ahead)
        if kind == "same":
            if self.memory is None:
                return UNKNOWN
            return intervals.around(p.unit, self.memory[1] if n > 0 else self.memory[0], n)
        if today is None:
            return UNKNOWN
        if kind == "overnight":
            return today - timedelta(days=1), today
        if kind == "unit":
            return self._weekend(p, today, ahead) if p.unit == "weekend" else intervals.around(p.unit, today, n)
        if kind in ("ago", "in") and p.n is not None:
            return intervals.around(p.unit, intervals.moved(today, p.unit, n))
        if kind == "window":
            there = None if p.n is None else intervals.moved(today, p.unit, n)
            return (there, today) if p.side == "earlier" else (today, there)
        return UNKNOWN

    @staticmethod
    def _weekend(p: Phrase, today: date, ahead: int) -> Open:
        if p.n:
            return intervals.weekend(today, p.n)
        here = intervals.weekend(today)
        if ahead > 0 or here[0] <= today or (p.n == 0 and ahead == 0):
            return here
        return intervals.weekend(today, -1)

    def _exact(self, p: Phrase) -> Open:
        readings = p.exact
        if len(readings) == 2 and self.order:
            readings = readings[:1] if self.order == "day-first" else readings[1:]
        if len(readings) != 1:
            return UNKNOWN
        when = date.fromisoformat(readings[0])
        return intervals.week(when) if p.unit == "week" else (when, when)

    def _offset(self, p: Phrase, today: date | None, ahead: int) -> Open:
        """ "two days after Easter", "a year earlier"."""
        base = self.memory
        if p.base is not None:
            start, end = self._core(p.base, today, ahead)
            base = (start, end) if start and end else None
        elif base is None and today is not None and p.name in ("earlier", "before"):
            base = (today, today)
        if base is None or p.n is None:
            return UNKNOWN
        return intervals.around(p.unit, intervals.moved(base[0] if p.n < 0 else base[1], p.unit, p.n))

    def _weekday(self, p: Phrase, today: date | None, ahead: int) -> Open:
        number = p.weekday or 1
        if p.inside is not None:
            start, _ = self._core(p.inside, today, ahead)
            return intervals.day(start, number - 1) if start else UNKNOWN
        if p.name == "memory":  # "the following Tuesday"
            today = self.memory[1] if self.memory else None
        if today is None:
            return UNKNOWN
        back = (today.isoweekday() - number) % 7
        if p.rel == "last":
            return intervals.day(today, -(back or 7))
        if p.rel == "next" and p.name == "memory":
            return intervals.day(today, 7 - back)
        if p.rel == "next":
            return intervals.day(intervals.week(today, 1)[0], number - 1)
        if p.rel == "this":
            return intervals.day(intervals.week(today)[0], number - 1)
        there, _ = intervals.day(today, -back if ahead <= 0 or not back else 7 - back)
        if p.name == "overnight":
            there += timedelta(days=p.n or 0)
            return there, there + timedelta(days=1)
        return there, there

    def _recurring(self, p: Phrase, today: date | None, ahead: int) -> Open:
        """Days, months, seasons, quarters and holidays: which year is meant."""
        if p.inside is not None:
            start, end = self._core(p.inside, today, ahead)
            if start is None or end is None:
                return UNKNOWN
            within = (self._in_year(p, year) for year in range(start.year, end.year + 1))
            return next((w for w in within if w is not None and w[0] <= end and w[1] >= start), UNKNOWN)
        if today is None:
            return UNKNOWN
        choices = [c for y in range(today.year - 8, today.year + 9) if (c := self._in_year(p, y)) is not None]
        if p.weekday and p.kind == "date":  # "Tuesday, May 14": a year in which that was a Tuesday
            named = [c for c in choices if c[0].isoweekday() == p.weekday]
            if named:
                return min(named, key=lambda c: abs((c[0] - today).days))
        past = [c for c in choices if c[0] <= today]
        coming = [c for c in choices if c[1] >= today]
        if p.rel == "last":
            return next((c for c in reversed(choices) if c[1] < today), UNKNOWN)
        if p.rel == "next":
            return next((c for c in choices if c[0] > today), UNKNOWN)
        if p.rel == "this":
            return next((c for c in choices if c[0].year == today.year), UNKNOWN)
        if not past or not coming:
            return past[-1] if past else coming[0] if coming else UNKNOWN
        # where the clause does not say, a day two months ahead is nearer than one ten months back
        near = ahead == 0 and (today - past[-1][1]).days >= 300 and (coming[0][0] - today).days <= 60
        return coming[0] if ahead > 0 or near else past[-1]

    def _in_year(self, p: Phrase, year: int) -> Interval | None:
        """The time in a given year, if there is one."""
        if not 1 <= year <= 9998:
            return None
        if p.kind == "month":
            return intervals.month(year, p.month or 1)
        if p.kind == "season":
            return intervals.months(year, *self.calendar.seasons[p.name])
        if p.kind == "quarter":
            return intervals.quarter(year, p.n or 1)
        if p.kind == "half":
            return intervals.half(year, p.n or 1)
        if p.kind == "date":
            start = _day(year, p.month or 1, p.day or 1)
            end = _day(year, p.month or 1, p.until_day) if p.until_day else start
            if start is None or end is None:
                return None
            return intervals.week(start) if p.unit == "week" else (start, end)
        return self._holiday(p, year)

    def _holiday(self, p: Phrase, year: int) -> Interval | None:
        holiday = self.calendar.holidays.get(p.name)
        if holiday is None:
            return None
        start = None
        if holiday.date:
            start = _day(year, *holiday.date)
        elif holiday.easter is not None:
            start = intervals.easter(year) + timedelta(days=holiday.easter)
        elif holiday.nth:
            start = intervals.nth_weekday(year, *holiday.nth)
        else:
            listed = [d for d in holiday.dates if d.startswith(f"{year:04}")]
            start = date.fromisoformat(listed[0]) if listed else None
        return (start, start + timedelta(days=holiday.length - 1)) if start else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _part(start: date, end: date, which: str) -> Interval:
    """A third, a half, or the n-th quarter, week, weekend or day of an interval (-1 is the last)."""
    if which in intervals.EDGES:
        return intervals.edge((start, end), which)
    name = which.rstrip("-0123456789")
    number = int(which[len(name) :])
    if name == "half":
        if (end - start).days > 300:
            return intervals.half(start.year, number)
        middle = start + timedelta(days=(end - start).days // 2)
        return (start, middle) if number == 1 else (middle + timedelta(days=1), end)
    if name == "quarter":
        return intervals.quarter(start.year, number)
    if name == "day":
        return intervals.day(end if number < 0 else start, 0 if number < 0 else number - 1)
    if name == "weekend":
        if number > 0:
            return intervals.weekend(start + timedelta(days=(5 - start.weekday()) % 7), number - 1)
        last = intervals.weekend(end)
        return last if last[0] <= end else intervals.weekend(end, -1)
    if number < 0:
        return end - timedelta(days=6), end
    return start + timedelta(days=7 * number - 7), min(start + timedelta(days=7 * number - 1), end)
