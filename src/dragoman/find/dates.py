"""When: every time the text names, as an interval of days, anchored on the day the words were written.

The conventions are those of news. A bare weekday is the latest one, the day of writing included, or the coming one
where the verb looks ahead ("will", "are to meet", "is due"). "last Tuesday" is the nearest before the day of writing,
"next Tuesday" that of the week after. "early", "mid-" and "late" are thirds, seasons those of the north. "Two weeks ago" is
a week, "a year ago" a year. "since March" runs to the day of writing, "until" and "by" from it; "before" and "after" have
one open end. What cannot be told keeps its words, and its start and end are null.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from dragoman.find import intervals, times
from dragoman.find.intervals import Interval
from dragoman.find.times import Calendar, Phrase, Words
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed, Token
from dragoman.records import EventDate, Granularity, Published, Span

Open = tuple[date | None, date | None]  # an interval that may lack an end
UNKNOWN: Open = (None, None)


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """The day on which the words were written (or the month, the year, if no more is known)."""

    start: str
    end: str
    granularity: Granularity = "day"
    source: str = "given"  # dateline | text | what Published says: given, json-ld, meta, feed, url
    span: Span | None = None


def find_dates(parsed: Parsed, anchor: Anchor | None, lexicon: Lexicon) -> list[EventDate]:
    """Every time that the text names, in order. Without an anchor what is told relative to it has no start and end."""
    calendar = calendar_of(lexicon)
    words, phrases = times.find_phrases(parsed, calendar)
    if not phrases:
        return []
    resolver = _Resolver(parsed, words, calendar, anchor, phrases)
    return [resolver.event_date(phrase) for phrase in phrases]


def anchor_of(published: Published | None, parsed: Parsed, lexicon: Lexicon) -> Anchor | None:
    """The day the text was written: its dateline, a date standing alone above it, or when it was published."""
    known = _of_published(published)
    calendar = calendar_of(lexicon)
    written = _written(parsed, calendar, known)
    if written is None:
        return known
    if written.source == "text" and known is not None:
        apart = abs((_iso(written.start) - _iso(known.start)).days)
        if apart > 10:  # a date above the text may be that of the happening
            return known
    return written


def calendar_of(lexicon: Lexicon) -> Calendar:
    """The lexicon's calendar, turned round for looking up words (once for each lexicon)."""
    known: Calendar | None = lexicon.__dict__.get("_calendar")
    if known is None:
        known = lexicon.__dict__["_calendar"] = times.calendar_of(lexicon.calendar)
    return known


def _of_published(published: Published | None) -> Anchor | None:
    if published is None:
        return None
    granularity: Granularity = published.granularity
    if granularity in ("second", "minute", "hour", "part"):
        granularity = "day"
    try:
        start, end = _iso(published.start), _iso(published.end or published.start)
    except ValueError:
        return None
    return Anchor(start=start.isoformat(), end=end.isoformat(), granularity=granularity, source=published.source)


def _iso(text: str) -> date:
    return date.fromisoformat(text[:10])


LINES = 6  # where a dateline can stand: counted from the top
LINE = 30  # words of each of these lines that are looked at


def _written(parsed: Parsed, calendar: Calendar, known: Anchor | None) -> Anchor | None:
    """A dateline or a date alone on its line, near the top."""
    top = [s for s in parsed.sentences[: LINES * 2] if s.paragraph < LINES]
    if not top:
        return None
    last = min(top[-1].last, LINES * LINE * 2)
    head = Parsed(parsed.text, parsed.tokens[:last], tuple(s for s in top if s.last <= last) or (top[0],))
    words, phrases = times.find_phrases(head, calendar)
    for p in phrases:
        if p.kind not in ("date", "exact") or p.to or p.until_day or p.mode or len(p.exact) > 1 or words.low[p.first] in _PREPOSITIONS:
            continue
        start = max(k for k in range(p.first + 1) if words.low[k] == times.BREAK) + 1
        end = next(k for k in range(p.last, len(words.low)) if words.low[k] == times.BREAK)
        source = _line_says(words, head, start, p, end)
        if source is None:
            continue
        found = _Resolver(head, words, calendar, known, [p]).interval(p)
        if found[0] is None or found[0] != found[1]:
            continue
        iso = found[0].isoformat()
        return Anchor(start=iso, end=iso, source=source, span=(words.start[p.first], words.end[p.last - 1]))
    return None


_PREPOSITIONS = frozenset(["on", "in", "at", "for", "during"])
_STAMP = frozenset(
    "published updated posted last modified date on at am pm a.m. p.m. gmt utc edt est cet et bst msk time : , . | - – — ( ) © by 's".split()
)


def _line_says(words: Words, parsed: Parsed, start: int, p: Phrase, end: int) -> str | None:
    """ "text" for a date alone on its line, "dateline" for one behind a place and before a dash, else None."""
    rest = [*words.low[start : p.first], *words.low[p.last : end]]
    if all(w in _STAMP or not w[0].isalpha() for w in rest) and len(rest) <= 10:
        return "text" if p.inside is not None or p.kind == "exact" else None
    before = range(start, p.first)
    if len(before) > 10 or p.first == start and p.last == end:
        return None
    depth = 0
    capitals = 0
    for k in before:
        word = words.text[k]
        depth += (word == "(") - (word == ")")
        if depth or not word[0].isalpha():
            continue
        if not word[0].isupper() and words.low[k] not in ("of", "the", "de", "al", "el", "and", "on", "la"):
            return None
        if words.low[k] in ("on", "in", "by", "from", "at") and k == start:
            return None
        capitals += word.isupper()
    if before and words.low[p.first - 1][0].isalpha():
        return None  # "Moscow May 14": no comma, no dateline
    # after the date: "(Agency) -", "/TASS/.", ". -", ":"
    k = p.last
    depth = 0
    for at in range(k, min(k + 9, end)):
        word = words.text[at]
        if word in ("(", "["):
            depth += 1
        elif word in (")", "]"):
            depth -= 1
        elif depth == 0:
            if word in ("-", "–", "—", "--", "―") or (word == ":" and at == k) or word.strip(".").startswith("/"):
                return "dateline"
            if word not in (".", ",") and not word.startswith("/"):
                return "dateline" if capitals and at == k + 1 and words.low[k] == "." and word[0].isupper() else None
    return None


class _Resolver:
    """Places phrases in the calendar, one after the other; remembers the last for "the next day"."""

    def __init__(
        self, parsed: Parsed, words: Words, calendar: Calendar, anchor: Anchor | None, phrases: list[Phrase]
    ) -> None:
        self.parsed, self.words, self.calendar = parsed, words, calendar
        self.anchors = () if anchor is None else tuple(dict.fromkeys((_iso(anchor.start), _iso(anchor.end))))
        self.memory: Interval | None = None
        shown = {p.name for p in phrases if p.name in ("day-first", "month-first")}
        self.order = shown.pop() if len(shown) == 1 else ""

    def event_date(self, p: Phrase) -> EventDate:
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
        if p.kind == "in" and self.lean(p) < 1 and p.last - p.first < 5 and "time" not in self.words.low[p.last - 1]:
            p.kind, p.type = "duration", "duration"
        if p.type != "point":
            return UNKNOWN
        try:
            lean = self.lean(p)
            # an anchor that is no single day tells only what all its days tell
            found = {self.stretched(p, today, lean) for today in (self.anchors or (None,))}
        except (ValueError, OverflowError):
            return UNKNOWN
        return found.pop() if len(found) == 1 else UNKNOWN

    def stretched(self, p: Phrase, today: date | None, lean: int) -> Open:
        if p.to is not None and lean > 0 and p.inside is None and p.kind in ("date", "month", "weekday"):
            return self.ahead(p, p.to, today, lean)
        start, end = self.core(p, today, lean)
        if p.to is not None:
            if p.to.inside is not None and p.inside is None and p.kind in ("date", "month"):
                p.inside = p.to.inside
                start, _ = self.core(p, today, lean)
                far = self.core(p.to, today, lean)
                if start and far[1] and start > far[1] and p.inside.year:
                    p.inside = Phrase(p.inside.first, p.inside.last, "year", "year", year=p.inside.year - 1)
                    start, _ = self.core(p, today, lean)
                return start, far[1]
            far = self.core(p.to, today, lean) if start is None else self.after(p.to, start, today, lean)
            if lean < 0 and today and start and far[1] and far[1] > today and p.kind == "weekday" and not p.inside:
                return start - timedelta(days=7), far[1] - timedelta(days=7)  # it is over
            return start, far[1]
        if p.mode == "since":
            return start, (today if start is None or today is None or today >= start else end)
        if p.mode in ("until", "by"):
            return (today if today and end and today <= end and lean >= 0 else None), end
        if p.mode == "before":
            return None, (start - timedelta(days=1) if start else None)
        if p.mode == "after":
            return (end + timedelta(days=1) if end else None), None
        if p.mode == "from" or (p.mode == "asof" and lean > 0):
            return start, None
        return start, end

    def ahead(self, p: Phrase, to: Phrase, today: date | None, lean: int) -> Open:
        """A range that is not over yet: its far end lies ahead, its near end is the last before that."""
        _, end = self.core(to, today, lean)
        if end is None:
            return self.core(p, today, lean)[0], None
        return self.core(p, end, -1)[0] if not p.rel else self.core(p, today, lean)[0], end

    def after(self, p: Phrase, start: date, today: date | None, lean: int) -> Open:
        """The far end of a range: the first that does not lie before its near end."""
        if p.year or p.inside or p.exact or p.rel:
            return self.core(p, today, lean)
        if p.kind == "weekday":
            return intervals.day(start, ((p.weekday or 1) - start.isoweekday()) % 7)
        choices = [c for y in (start.year, start.year + 1) if (c := self.in_year(p, y)) is not None and c[1] >= start]
        return choices[0] if choices else self.core(p, today, lean)

    def core(self, p: Phrase, today: date | None, lean: int) -> Open:
        """The days that the words themselves name."""
        found = self.named(p, today, lean)
        if found[0] is not None and found[1] is not None:
            whole = (found[0], found[1])
            if p.edge:
                found = whole = _edge(whole, p.edge)
            if p.side == "earlier" and p.kind == "unit" and today and whole[0] <= today:
                found = whole[0], min(today, whole[1])
            elif p.side == "later" and p.kind == "unit" and today and today <= whole[1]:
                found = max(today, whole[0]), whole[1]
            self.memory = whole
        return found

    def named(self, p: Phrase, today: date | None, lean: int) -> Open:
        kind = p.kind
        if kind == "exact":
            return self.exact(p)
        if kind == "year":
            return intervals.years(p.year or 0, p.year or 0) if p.year else UNKNOWN
        if kind == "decade":
            return intervals.years(p.year or 0, (p.year or 0) + 9)
        if kind == "century":
            return intervals.years(100 * ((p.n or 0) - 1) + 1, 100 * (p.n or 0))
        if kind in ("date", "month", "season", "quarter", "half", "holiday"):
            return self.recurring(p, today, lean)
        if kind == "weekday":
            return self.weekday(p, today, lean)
        if kind == "offset":
            return self.offset(p, today, lean)
        if kind == "same":
            base = self.memory
            if base is None or p.name == "anchor":
                if p.name != "anchor" or today is None:
                    return UNKNOWN
                base = (today, today)
            return intervals.around(p.unit, base[1] if (p.n or 0) > 0 else base[0], p.n or 0)
        if today is None:
            return UNKNOWN
        if kind == "overnight":
            return today - timedelta(days=1), today
        if kind == "unit":
            if p.unit == "weekend" and (p.n is None or p.n == 0):
                here = intervals.weekend(today)
                if lean > 0 or here[0] <= today or (p.n == 0 and lean == 0):
                    return here
                return intervals.weekend(today, -1)
            return intervals.around(p.unit, today, p.n or 0)
        if kind in ("ago", "in") and p.n is not None:
            there = intervals.moved(today, p.unit, p.n)
            return intervals.around(p.unit, there)
        if kind == "window":
            if p.n is None:
                return (None, today) if p.side == "earlier" else (today, None)
            there = intervals.moved(today, p.unit, p.n)
            return (there, today) if p.n < 0 else (today, there)
        return UNKNOWN

    def exact(self, p: Phrase) -> Open:
        readings = p.exact
        if len(readings) == 2 and self.order:
            readings = readings[:1] if self.order == "day-first" else readings[1:]
        if len(readings) != 1:
            return UNKNOWN
        when = date.fromisoformat(readings[0])
        return intervals.week(when) if p.unit == "week" else (when, when)

    def offset(self, p: Phrase, today: date | None, lean: int) -> Open:
        if p.base is not None:
            start, end = self.core(p.base, today, lean)
            base = (start, end) if start and end else None
        else:
            base = self.memory
            if base is None and today is not None and p.name in ("earlier", "before"):
                base = (today, today)
        if base is None or p.n is None:
            return UNKNOWN
        if p.n < 0:
            return intervals.around(p.unit, intervals.moved(base[0], p.unit, p.n))
        return intervals.around(p.unit, intervals.moved(base[1], p.unit, p.n))

    def weekday(self, p: Phrase, today: date | None, lean: int) -> Open:
        number = p.weekday or 1
        if p.inside is not None:
            start, _ = self.core(p.inside, today, lean)
            return intervals.day(start, number - 1) if start else UNKNOWN
        if p.name == "memory":
            today = self.memory[1] if self.memory else None
        if today is None:
            return UNKNOWN
        back = (today.isoweekday() - number) % 7
        if p.rel == "last":
            return intervals.day(today, -(back or 7))
        if p.rel == "next":
            if p.name == "memory":
                return intervals.day(today, 7 - back)
            return intervals.day(intervals.week(today, 1)[0], number - 1)
        if p.rel == "this":
            return intervals.day(intervals.week(today)[0], number - 1)
        found = intervals.day(today, -back if lean <= 0 or not back else 7 - back)
        if p.name == "overnight":
            turn = p.n or 0
            return found[0] + timedelta(days=min(turn, 0)), found[1] + timedelta(days=1 + min(turn, 0))
        return found

    def recurring(self, p: Phrase, today: date | None, lean: int) -> Open:
        """Days, months, seasons, quarters and holidays: which year is meant."""
        if p.inside is not None:
            start, end = self.core(p.inside, today, lean)
            if start is None or end is None:
                return UNKNOWN
            for year in range(start.year, end.year + 1):
                found = self.in_year(p, year)
                if found is not None and found[0] <= end and found[1] >= start:
                    return found
            return UNKNOWN
        if today is None:
            return UNKNOWN
        choices = [c for y in range(today.year - 4, today.year + 5) if (c := self.in_year(p, y)) is not None]
        if p.weekday and p.kind == "date":  # "Tuesday, May 14": the year in which that was a Tuesday
            choices = [c for c in choices if c[0].isoweekday() == p.weekday] or choices
        past = [c for c in choices if c[0] <= today]
        ahead = [c for c in choices if c[1] >= today]
        if p.rel == "last":
            gone = [c for c in choices if c[1] < today]
            return gone[-1] if gone else UNKNOWN
        if p.rel == "next":
            coming = [c for c in choices if c[0] > today]
            return coming[0] if coming else UNKNOWN
        if p.rel == "this":
            here = [c for c in choices if c[0].year == today.year]
            return here[0] if here else UNKNOWN
        if not past or not ahead:
            return (past or ahead or [UNKNOWN])[-1 if past else 0]
        if lean > 0:
            return ahead[0]
        if lean == 0 and (today - past[-1][1]).days >= 300 and (ahead[0][0] - today).days <= 60:
            return ahead[0]
        return past[-1]

    def in_year(self, p: Phrase, year: int) -> Interval | None:
        if not 1 <= year <= 9998:
            return None
        if p.kind == "month":
            return intervals.month(year, p.month or 1)
        if p.kind == "date":
            start = _day_of(year, p.month or 1, p.day or 1)
            end = _day_of(year, p.month or 1, p.until_day) if p.until_day else start
            if start is None or end is None:
                return None
            return intervals.week(start) if p.unit == "week" else (start, end)
        if p.kind == "season":
            return intervals.months(year, *self.calendar.seasons[p.name])
        if p.kind == "quarter":
            return intervals.quarter(year, p.n or 1)
        if p.kind == "half":
            return intervals.half(year, p.n or 1)
        holiday = self.calendar.holidays.get(p.name)
        if holiday is None:
            return None
        start = None
        if holiday.date:
            start = _day_of(year, *holiday.date)
        elif holiday.easter is not None:
            start = intervals.easter(year) + timedelta(days=holiday.easter)
        elif holiday.nth:
            start = intervals.nth_weekday(year, *holiday.nth)
        else:
            listed = [d for d in holiday.dates if d.startswith(f"{year:04}")]
            start = date.fromisoformat(listed[0]) if listed else None
        return (start, start + timedelta(days=holiday.length - 1)) if start else None

    # which way the clause looks

    def lean(self, p: Phrase) -> int:
        """1 where the clause looks ahead, -1 where it looks back, 0 where it does not say."""
        low = self.words.low
        before = low[p.first - 1] if p.prenominal else low[p.first]
        if p.prenominal and before == "the":
            before = low[p.first - 2]
        if before == "of" and p.prenominal and low[p.first - 2] == "ahead":
            return 1
        if before == "for" and not p.prenominal:
            return 1
        if p.mode == "since":
            return -1
        hung = self.hung(p)
        if hung is None:
            return 0
        return self.looks(hung, p)

    def hung(self, p: Phrase) -> Token | None:
        """The word on which the phrase hangs."""
        tokens = self.parsed.tokens
        inner = {self.words.token[k] for k in range(p.first, p.last)}
        for k in range(p.last - 1, p.first - 1, -1):
            token = tokens[self.words.token[k]]
            if token.head not in inner:
                return tokens[token.head]
        return None

    def looks(self, token: Token, p: Phrase) -> int:
        tense = self.calendar.tense
        parsed = self.parsed
        direct = not p.prenominal  # nothing but prepositions between the phrase and the verb
        for _ in range(12):
            if token.tag.startswith("VB") or token.pos in ("VERB", "AUX"):
                told = self.verb_looks(token, p, direct)
                if told is not None:
                    return told
                direct = False
            elif token.pos in ("ADJ", "NOUN", "PROPN"):
                if token.lemma in tense["scheduled"]:
                    return 1
                direct = direct and token.pos == "ADJ"
            if token.head == token.i:
                return 0
            token = parsed.tokens[token.head]
        return 0

    def verb_looks(self, verb: Token, p: Phrase, direct: bool) -> int | None:
        """What a verb says of the time that hangs on it; None where the verb above it decides."""
        tense = self.calendar.tense
        parsed = self.parsed
        helpers = {t.lower for t in parsed.kids(verb.i, "aux", "auxpass")}
        perfect = helpers & {"have", "had", "has", "having", "'ve"}
        if helpers & tense["future_aux"]:
            if helpers & tense["certain_aux"]:
                return 1
            # "Tuesday's talks might help": the talks may be over
            return -1 if perfect else 1 if direct else 0
        if verb.lower in tense["future_aux"] and verb.pos == "AUX":
            return 1
        if p.mode == "until":
            return -1 if verb.lemma in tense["lasting"] and (verb.tag in ("VBD", "VBN") or "was" in helpers) else 1
        if verb.tag in ("VBN", "VBD") and verb.lemma in tense["scheduled"]:
            return 1
        if perfect:
            return -1
        if p.mode == "by":
            return -1 if verb.tag == "VBD" and verb.lemma in tense["lasting"] else 1
        if verb.tag == "VB" and "to" in helpers:
            above = parsed.head(verb.i)
            if above.i == verb.i:
                return 1  # "Leaders to meet on Friday"
            if above.lemma in tense["future"] or above.pos in ("NOUN", "PROPN", "ADJ"):
                return 1
            return None
        if verb.tag == "VBG":
            if helpers & {"is", "are", "am", "'re", "'s", "'m"}:
                return 1
            if helpers & {"was", "were", "been"}:
                return -1
            return None
        if verb.tag in ("VBD", "VBN"):
            return -1
        if verb.tag in ("VBZ", "VBP") and verb.lemma not in tense["report"]:
            # headlines tell the past in the present; a text does not
            sentence = parsed.sentence_of(verb.i)
            headline = sentence.paragraph == 0 and parsed.tokens[sentence.last - 1].text not in (".", "!", "?", "”", '"')
            return 0 if headline or not direct else 1
        return 0 if verb.tag in ("VBZ", "VBP") else None


def _day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _edge(of: Interval, which: str) -> Interval:
    """A third, a half or the n-th week or day of an interval."""
    start, end = of
    if which in intervals.EDGES:
        return intervals.edge(of, which)
    number = int(which.lstrip("abcdefghijklmnopqrstuvwxyz"))
    if which.startswith("half"):
        if (end - start).days > 300:
            return intervals.months(start.year, 6 * number - 5, 6 * number)
        middle = start + timedelta(days=(end - start).days // 2)
        return (start, middle) if number == 1 else (middle + timedelta(days=1), end)
    if which.startswith("quarter"):
        return intervals.quarter(start.year, number)
    if which.startswith("day"):
        when = end if number < 0 else start + timedelta(days=number - 1)
        return when, when
    if which.startswith("weekend"):
        first = start + timedelta(days=(5 - start.weekday()) % 7)
        if number < 0:
            last = intervals.weekend(end)
            return last if last[0] <= end else intervals.weekend(end, -1)
        return intervals.weekend(first, number - 1)
    if number < 0:
        return end - timedelta(days=6), end
    return start + timedelta(days=7 * number - 7), min(start + timedelta(days=7 * number - 1), end)
