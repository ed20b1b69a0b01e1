"""When: every time the text names, as an interval of days, anchored on the day the words were written.

The conventions are those of news. A bare weekday is the latest one, the day of writing included, or the coming one
where the verb looks ahead ("will", "are to meet", "is due"). "last Tuesday" is the nearest before the day of writing,
"next Tuesday" that of the week after. "early", "mid-" and "late" are thirds, seasons those of the north. "Two weeks
ago" is a week, "a year ago" a year. "since March" runs to the day of writing, "until" and "by" from it; "before" and
"after" have one open end. What cannot be told keeps its words, and its start and end are null.
"""

from __future__ import annotations

from datetime import date

import msgspec

from dragoman.find.when.calendar import Calendar, calendar_of
from dragoman.find.when.phrases import BREAK, Phrase, Words
from dragoman.find.when.resolve import Resolver
from dragoman.find.when.walk import find_phrases
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed
from dragoman.records import EventDate, Granularity, Published, Span


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
    words, phrases = find_phrases(parsed, calendar)
    resolver = Resolver(parsed, words, calendar, _days(anchor), phrases)
    return [resolver.event_date(phrase) for phrase in phrases]


def anchor_of(published: Published | None, parsed: Parsed, lexicon: Lexicon) -> Anchor | None:
    """The day the text was written: its dateline, a date standing alone above it, or when it was published."""
    known = _of_published(published)
    written = _written(parsed, calendar_of(lexicon), known)
    if written is None:
        return known
    if written.source == "text" and known is not None:
        apart = abs((_iso(written.start) - _iso(known.start)).days)
        if apart > NEAR:  # a date above the text may be that of the happening
            return known
    return written


NEAR = 10  # days between a date above the text and the day of publishing
LINES = 6  # where a dateline can stand, counted from the top
SENTENCES = 12


def _days(anchor: Anchor | None) -> tuple[date, ...]:
    return () if anchor is None else (_iso(anchor.start), _iso(anchor.end))


def _of_published(published: Published | None) -> Anchor | None:
    if published is None:
        return None
    try:
        start, end = _iso(published.start), _iso(published.end or published.start)
    except ValueError:
        return None
    granularity = published.granularity
    if granularity in ("second", "minute", "hour", "part"):
        granularity = "day"
    return Anchor(start=start.isoformat(), end=end.isoformat(), granularity=granularity, source=published.source)


def _iso(text: str) -> date:
    return date.fromisoformat(text[:10])


def _written(parsed: Parsed, calendar: Calendar, known: Anchor | None) -> Anchor | None:
    """A dateline or a date alone on its line, near the top."""
    top = tuple(s for s in parsed.sentences[:SENTENCES] if s.paragraph < LINES)
    if not top:
        return None
    head = Parsed(parsed.text, parsed.tokens[: top[-1].last], top)
    words, phrases = find_phrases(head, calendar)
    for p in phrases:
        if p.kind not in ("date", "exact") or p.to or p.until_day or p.mode or len(p.exact) > 1:
            continue
        source = _line_says(words, p, calendar)
        if source is None:
            continue
        start, end = Resolver(head, words, calendar, _days(known), [p]).interval(p)
        if start is None or start != end:
            continue
        span = (words.start[p.first], words.end[p.last - 1])
        return Anchor(start=start.isoformat(), end=start.isoformat(), source=source, span=span)
    return None


def _line_says(words: Words, p: Phrase, calendar: Calendar) -> str | None:
    """ "text" for a date alone on its line, "dateline" for one behind a place or a name, else None."""
    low = words.low
    start = max(k for k in range(p.first + 1) if low[k] == BREAK) + 1
    end = next(k for k in range(p.last, len(low)) if low[k] == BREAK)
    stamp = calendar.words["stamp"]
    tail = end - p.last <= 10 and all(w in stamp or not w[0].isalpha() for w in low[p.last : end])
    if tail and p.first - start <= 10 and all(w in stamp or not w[0].isalpha() for w in low[start : p.first]):
        return "text" if p.inside is not None or p.kind == "exact" else None
    if low[p.first] in calendar.words["plain"] or p.first - start > 10:
        return None
    capitals = _names_a_place(words, start, p.first, calendar)
    # the line ends with the date ("Geneva, 3 May 2019"), or the story begins behind it
    return "dateline" if capitals is not None and (tail or _opens_a_story(words, p.last, end, capitals)) else None


def _names_a_place(words: Words, start: int, end: int, calendar: Calendar) -> bool | None:
    """Whether the words before a date can be a place, as in a dateline: True when in capitals, None when not at all."""
    depth = 0
    capitals = False
    for k in range(start, end):
        word = words.text[k]
        depth += (word == "(") - (word == ")")
        if depth or not word[0].isalpha():
            continue
        if not word[0].isupper() and words.low[k] not in calendar.words["dateline"]:
            return None
        if k == start and words.low[k] in calendar.words["plain"]:
            return None
        capitals = capitals or word.isupper()
    if start < end and words.low[end - 1][0].isalpha():
        return None  # "Moscow May 14": no comma, no dateline
    return capitals


def _opens_a_story(words: Words, start: int, end: int, capitals: bool) -> bool:
    """Whether the words behind a date end a dateline: "(Agency) -", "/AGENCY/.", ":"."""
    depth = 0
    for k in range(start, min(start + 9, end)):
        word = words.text[k]
        if word in ("(", "["):
            depth += 1
        elif word in (")", "]"):
            depth -= 1
        elif depth == 0:
            if word in ("-", "–", "—", "--", "―") or (word == ":" and k == start) or word[0] == "/":
                return True
            if word not in (".", ","):
                # "MOSCOW, May 14. The ministry ..."
                return capitals and k == start + 1 and words.low[start] == "." and word[0].isupper()
    return False
