"""The words of a text as the readers of time see them, and what a phrase of time says."""

from __future__ import annotations

import re

import msgspec

from dragoman.parse.base import Parsed
from dragoman.records import DateType, Granularity

BREAK = "\n"  # stands between the words of two lines, so that no phrase runs across
DASHES = frozenset("-–—")


class Phrase(msgspec.Struct):
    """Words `first` up to `last` (positions in `Words`) that speak of time, not yet placed in a calendar.

    `kind` says how the days are reckoned:
    exact (ISO dates), year, decade, century; date, month, season, quarter, half, holiday (come back every year);
    weekday; unit (last week, today), ago, in, window (the past three days), overnight: from the day of writing;
    offset, same: from another time; words: not at all.
    """

    first: int
    last: int
    kind: str
    granularity: Granularity
    type: DateType = "point"
    mode: str = ""  # since, until, by, before, after, from, asof: how the preposition stretches the time
    prenominal: bool = False  # "Tuesday's talks", "the 2015 deal"
    rel: str = ""  # last, this, next
    edge: str = ""  # early, mid, late, half1, quarter3, week2, day-1: which part of it
    side: str = ""  # earlier, later
    part: bool = False  # of a day
    n: int | None = None
    unit: str = ""
    name: str = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    until_day: int | None = None
    weekday: int | None = None
    exact: tuple[str, ...] = ()  # ISO dates: one, or two where the order of day and month is open
    inside: Phrase | None = None  # "Tuesday of last week", "May last year"
    base: Phrase | None = None  # "two days after Easter"
    to: Phrase | None = None  # the far end of a range


class Words(msgspec.Struct):
    """The words of a text, those with a dash and a figure taken apart ("3–5"), lines kept apart by BREAK."""

    text: list[str]
    low: list[str]
    start: list[int]
    end: list[int]
    token: list[int]  # position in Parsed.tokens, -1 for BREAK


def words_of(parsed: Parsed) -> Words:
    """The words, with a BREAK before each line and at the end."""
    words = Words([], [], [], [], [])
    line = -1
    for sentence in parsed.sentences:
        if sentence.paragraph != line:
            line = sentence.paragraph
            _add(words, BREAK, BREAK, sentence.start, sentence.start, -1)
        for t in parsed.tokens[sentence.first : sentence.last]:
            word = t.text
            if len(word) > 2 and ("–" in word or ("-" in word and _FIGURE.search(word))):
                for piece in _DASHED.finditer(word):
                    cut = piece.group()
                    _add(words, cut, cut.lower(), t.start + piece.start(), t.start + piece.end(), t.i)
            elif word == "d" and words.end[-1] == t.start and words.low[-1] == "we":
                # the tokeniser reads "Wed" as "We'd"
                words.text[-1], words.low[-1], words.end[-1] = "Wed", "wed", t.end
            else:
                _add(words, word, t.lower.replace("’", "'") if "’" in word else t.lower, t.start, t.end, t.i)
    _add(words, BREAK, BREAK, len(parsed.text), len(parsed.text), -1)
    return words


def _add(words: Words, text: str, low: str, start: int, end: int, token: int) -> None:
    words.text.append(text)
    words.low.append(low)
    words.start.append(start)
    words.end.append(end)
    words.token.append(token)


_FIGURE = re.compile(r"\d")
_DASHED = re.compile(r"[-–—]|[^-–—]+")
