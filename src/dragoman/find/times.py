"""Phrases of a text that speak of time, recognised by their words and not yet placed in a calendar.

    "on Tuesday night"            weekday, part of a day
    "from 3 to 5 May last year"   date, inside a unit
    "two days after the vote"     offset from something

The words of time stand in lang/en/calendar.toml; here stands the company they must keep to be times:
"in May" is a month, "May said" is not; "since 2014" is a year, "2014 soldiers" is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from dragoman.parse.base import Parsed
from dragoman.records import DateType, Granularity

BREAK = "\n"  # stands between the words of two lines, so that no phrase runs across


class Phrase(msgspec.Struct):
    """Words `first` up to `last` (positions in `Words`) that speak of time, with what they say of it."""

    first: int
    last: int
    kind: str
    granularity: Granularity
    type: DateType = "point"
    mode: str = ""  # since, until, by, before, after, from, asof: how the preposition stretches the time
    prenominal: bool = False  # "Tuesday's talks", "the 2015 deal"
    rel: str = ""  # last, this, next
    edge: str = ""  # early, mid, late
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
    """The words of a text, those with a dash and a digit taken apart ("3–5"), lines kept apart by BREAK."""

    text: list[str]
    low: list[str]
    start: list[int]
    end: list[int]
    token: list[int]  # position in Parsed.tokens, -1 for BREAK


def find_phrases(parsed: Parsed, calendar: Calendar) -> tuple[Words, list[Phrase]]:
    """The words, and the phrases of time among them in order, none overlapping another."""
    words = _words(parsed)
    scan = _Scan(words, parsed, calendar)
    return words, scan.phrases()


class Holiday(msgspec.Struct, frozen=True):
    """How the day of a holiday is told for a year: one of the fields is set, or none where nobody can tell."""

    date: tuple[int, int] | None = None
    easter: int | None = None
    nth: tuple[int, int, int] | None = None
    dates: tuple[str, ...] = ()
    length: int = 1


class Calendar(msgspec.Struct):
    """calendar.toml turned round for looking up words."""

    triggers: dict[str, tuple[str, Any]]
    names: dict[str, list[tuple[tuple[str, ...], bool, str, Any]]]  # first word -> the rest, capital, kind, payload
    words: dict[str, frozenset[str]]
    modes: dict[str, list[tuple[tuple[str, ...], str]]]  # last word of a preposition -> all its words, mode
    months: dict[str, int]
    short_months: dict[str, int]
    days: dict[str, int]
    short_days: dict[str, int]
    units: dict[str, str]
    numbers: dict[str, int]
    ordinals: dict[str, int]
    seasons: dict[str, tuple[int, int]]
    holidays: dict[str, Holiday]
    tense: dict[str, frozenset[str]]
    dots: str
    slashes: str


_MODES = ("since", "until", "by", "before", "after", "from", "asof", "plain", "for")


def calendar_of(table: dict[str, Any]) -> Calendar:
    """The Calendar of a `calendar.toml`; empty where the table is."""
    triggers: dict[str, tuple[str, Any]] = {}
    names: dict[str, list[tuple[tuple[str, ...], bool, str, Any]]] = {}
    words = {k: frozenset(v) for k, v in table.get("words", {}).items()}
    short_months = {f: n for k, n in table.get("months-short", {}).items() for f in (k, k + ".")}
    short_days = {f: n for k, n in table.get("days-short", {}).items() for f in (k, k + ".")}
    months = dict(table.get("months", {}))
    days = dict(table.get("days", {}))
    seasons = {k: (int(v[0]), int(v[1])) for k, v in table.get("seasons", {}).items()}
    units = dict(table.get("units", {}))
    for kind, forms in (
        ("part", {w: w for w in words.get("parts", ())}),
        ("adverb", {w: w for w in words.get("adverbs", ())}),
        ("unit", units),
        ("season", seasons),
        ("decade", table.get("decades", {})),
        ("deictic", table.get("deictic", {})),
        ("weekday", {f: n for k, n in days.items() for f in (k, k + "s")}),
        ("weekday", short_days),
        ("month", {**short_months, **months}),
        ("eve", {"eve": 0}),
        ("q", {f"q{n}": n for n in range(1, 5)}),
    ):
        triggers.update({form: (kind, value) for form, value in forms.items()})
    holidays: dict[str, Holiday] = {}
    for entry in table.get("holidays", ()):
        month_day = entry.get("date", "").split("-")
        holiday = Holiday(
            date=(int(month_day[0]), int(month_day[1])) if len(month_day) == 2 else None,
            easter=entry.get("easter"),
            nth=tuple(entry["nth"]) if "nth" in entry else None,
            dates=tuple(entry.get("dates", ())),
            length=entry.get("length", 1),
        )
        for name in entry["names"]:
            holidays[name] = holiday
            _add_name(names, name, "holiday", name)
    for entry in table.get("happenings", ()):
        for name in entry["names"]:
            _add_name(names, name, "exact", entry["date"])
    for name in table.get("names", {}).get("phrases", ()):
        _add_name(names, name, "none", None)
    for rows in names.values():
        rows.sort(key=lambda row: -len(row[0]))
    modes: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for mode in _MODES:
        for form in words.get(mode, ()):
            parts = tuple(form.split())
            modes.setdefault(parts[-1], []).append((parts, "" if mode in ("plain", "for") else mode))
    for forms_of in modes.values():
        forms_of.sort(key=lambda row: -len(row[0]))
    words.update({k: frozenset(v) for k, v in table.get("not-years", {}).items()})
    return Calendar(
        triggers=triggers,
        names=names,
        words=words,
        modes=modes,
        months=months,
        short_months=short_months,
        days=days,
        short_days=short_days,
        units=units,
        numbers=dict(table.get("numbers", {})),
        ordinals=dict(table.get("ordinals", {})),
        seasons=seasons,
        holidays=holidays,
        tense={k: frozenset(v) for k, v in table.get("tense", {}).items()},
        dots=table.get("numeric", {}).get("dots", ""),
        slashes=table.get("numeric", {}).get("slashes", ""),
    )


def _add_name(names: dict[str, list[tuple[tuple[str, ...], bool, str, Any]]], name: str, kind: str, value: Any) -> None:
    parts = tuple(re.sub(r"('s|')(?= |$)", r" \1", name.replace("-", " - ")).lower().split())
    names.setdefault(parts[0], []).append((parts, name[0].isupper(), kind, value))


def _words(parsed: Parsed) -> Words:
    text: list[str] = []
    low: list[str] = []
    start: list[int] = []
    end: list[int] = []
    token: list[int] = []
    tokens = parsed.tokens
    line = -1
    for sentence in parsed.sentences:
        if sentence.paragraph != line:
            line = sentence.paragraph
            text.append(BREAK)
            low.append(BREAK)
            start.append(sentence.start)
            end.append(sentence.start)
            token.append(-1)
        for t in tokens[sentence.first : sentence.last]:
            word = t.text
            if len(word) > 2 and ("–" in word or ("-" in word and not word.isalpha() and _DIGIT.search(word))):
                for piece in _DASHED.finditer(word):
                    text.append(piece.group())
                    low.append(piece.group().lower())
                    start.append(t.start + piece.start())
                    end.append(t.start + piece.end())
                    token.append(t.i)
                continue
            if word == "d" and end[-1] == t.start and low[-1] == "we":  # the tokeniser reads "Wed" as "We'd"
                text[-1], low[-1], end[-1] = "Wed", "wed", t.end
                continue
            text.append(word)
            low.append(t.lower.replace("’", "'") if "’" in word else t.lower)
            start.append(t.start)
            end.append(t.end)
            token.append(t.i)
    text.append(BREAK)
    low.append(BREAK)
    start.append(len(parsed.text))
    end.append(len(parsed.text))
    token.append(-1)
    return Words(text, low, start, end, token)


_DIGIT = re.compile(r"\d")
_DASHED = re.compile(r"[-–—]|[^-–—]+")
_DAY = re.compile(r"(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?$")
_DATE = re.compile(r"(\d{1,4})([./])(\d{1,2})\2(\d{2,4})\.?$")
_YEARS = re.compile(r"(1\d{3}|20\d\d)/(\d\d|\d{4})$")
_DECADE = re.compile(r"(?:(1[0-9]|20)?([0-9])0)'?s$")
_DASHES = frozenset("-–—")


class _Scan:
    """One walk over the words. Every reader is given the position of its key word and how far left it may reach."""

    def __init__(self, words: Words, parsed: Parsed, calendar: Calendar) -> None:
        self.low, self.text, self.token = words.low, words.text, words.token
        self.parsed = parsed
        self.c = calendar
        self.w = calendar.words
        self.n = len(words.low)
        self.readers: dict[str, Callable[[int, int, Any], Phrase | None]] = {
            "month": self.month,
            "weekday": self.weekday,
            "deictic": self.deictic,
            "unit": self.unit,
            "season": self.season,
            "decade": self.decade_word,
            "part": self.part,
            "adverb": self.adverb,
            "eve": self.eve,
            "q": self.q,
        }

    def phrases(self) -> list[Phrase]:
        found: list[Phrase] = []
        low, triggers, names = self.low, self.c.triggers, self.c.names
        floor = 1
        for i, word in enumerate(low):
            if i < floor or not (word in triggers or word in names or word[0] in "0123456789'"):
                continue
            phrase, skip = self.at(i, floor, found)
            if phrase is not None:
                found.append(phrase)
                floor = phrase.last
            elif skip:
                floor = skip
        self.close(found)
        return self.ranges(found)

    def at(self, i: int, floor: int, found: list[Phrase]) -> tuple[Phrase | None, int]:
        """The phrase whose key word is `i`; else None and where to go on behind a name that is no time."""
        word = self.low[i]
        for parts, capital, kind, value in self.c.names.get(word, ()):
            if tuple(self.low[i : i + len(parts)]) == parts and (not capital or self.text[i][0].isupper() or word[0].isdigit()):
                last = i + len(parts)
                if kind == "none":
                    return None, last
                if kind == "exact":
                    return Phrase(self.the(i, floor), last, "exact", "day", exact=(value,), name="happening"), last
                return self.holiday(i, floor, last, value), last
        entry = self.c.triggers.get(word)
        if entry is not None:
            return self.readers[entry[0]](i, floor, entry[1]), 0
        if word[0].isdigit() or word[0] == "'":
            return self.figure(i, floor, found), 0
        return None, 0

    def following(self, k: int) -> Phrase | None:
        """The phrase that starts at `k`, or behind an article there."""
        if self.low[k] in ("the", "a", "his", "her", "their", "its"):
            k += 1
        for key in range(k, min(k + 4, self.n)):
            if self.low[key] == BREAK:
                return None
            phrase, _ = self.at(key, k, [])
            if phrase is not None:
                return phrase if phrase.first <= k else None
            if not (self.day_number(key) or self.low[key] in ("of", "the", "last", "next", "this")):
                return None
        return None

    # small questions

    def day_number(self, k: int) -> int | None:
        word = self.low[k]
        if word[0].isdigit():
            match = _DAY.match(word)
            return int(match.group(1)) if match else None
        return self.c.ordinals.get(word)

    def year_number(self, k: int) -> int | None:
        word = self.low[k]
        return int(word) if len(word) == 4 and word.isdecimal() and word.isascii() and word[0] in "12" else None

    def counted(self, k: int) -> bool:
        """Whether word `k` is something the number before it counts."""
        if self.low[k] in self.w["counted"]:
            return True
        i = self.token[k]
        return i >= 0 and self.parsed.tokens[i].tag in ("NNS", "NNPS") and self.low[k - 1][-2:] == "00"

    def tag(self, k: int) -> str:
        i = self.token[k]
        return self.parsed.tokens[i].tag if i >= 0 else ""

    def the(self, first: int, floor: int) -> int:
        return first - 1 if first > floor and self.low[first - 1] == "the" else first

    def count(self, j: int, floor: int) -> tuple[int | None, int, bool]:
        """The number that ends at word `j`: how many (None when vague), where it starts, whether there is one."""
        if j < floor:
            return None, j + 1, False
        word = self.low[j]
        if word in ("a", "an"):
            return 1, j, True
        if word == "of" and self.low[j - 1] in self.w["vague"]:
            first = j - 1
            two = self.low[first] == "couple"
            return 2 if two else None, first - (self.low[first - 1] in ("a", "an")), True
        if word in self.w["vague"]:
            article = 1 if self.low[j - 1] in ("a", "an", "the") and j - 1 >= floor and word in ("few", "couple", "dozen") else 0
            return {"couple": 2, "dozen": 12}.get(word), j - (article and self.low[j - 1] != "the"), True
        value = self.c.numbers.get(word)
        if value is None and word[0].isdigit():
            bare = word.replace(",", "")
            value = int(bare) if bare.isdecimal() and bare.isascii() and len(bare) < 6 else None
        if value is None:
            return None, j + 1, False
        first = j
        if value < 10 and j - 2 >= floor and self.low[j - 1] in _DASHES and self.c.numbers.get(self.low[j - 2], 0) >= 20:
            value, first = value + self.c.numbers[self.low[j - 2]], j - 2
        return value, first, True

    def edge_before(self, j: int, floor: int) -> tuple[str, int]:
        """An edge that ends at word `j` ("early", "mid -", "the end of", "in the first half of"), and its start."""
        if j < floor:
            return "", j + 1
        word = self.low[j]
        hyphen = word in _DASHES
        k = j - 1 if hyphen else j
        if k >= floor:
            for edge in ("early", "mid", "late"):
                if self.low[k] == edge or self.low[k] == edge + "-":
                    return edge, k
        if hyphen:
            return "", j + 1
        if word in ("the", "this", "its") and j - 1 >= floor:
            j, word = j - 1, self.low[j - 1]
        if word in ("of", "in", "on") and j - 1 >= floor:
            noun = self.low[j - 1]
            for edge in ("early", "mid", "late"):
                if noun in self.w[edge] and (word == "of" or noun == edge):
                    return edge, self.the(j - 1, floor)
            if noun == "half" and j - 2 >= floor and self.low[j - 2] in ("first", "second"):
                return f"half{self.c.ordinals[self.low[j - 2]]}", self.the(j - 2, floor)
            if noun == "quarter" and j - 2 >= floor and self.low[j - 2] in self.c.ordinals:
                nth = self.c.ordinals[self.low[j - 2]]
                return (f"quarter{nth}" if nth < 5 else ""), self.the(j - 2, floor)
            if noun in ("week", "weekend", "day") and j - 2 >= floor:
                nth_word = self.low[j - 2]
                if nth_word in self.c.ordinals or nth_word in self.w["last"]:
                    nth = self.c.ordinals.get(nth_word, -1)
                    return f"{noun}{nth}", self.the(j - 2, floor)
        return "", j + 1

    def rel(self, j: int) -> str:
        word = self.low[j]
        for rel in ("last", "this", "next"):
            if word in self.w[rel]:
                return rel
        return ""

    def container(self, k: int, units: tuple[str, ...]) -> Phrase | None:
        """A year or "(of) last week" that starts at word `k` and holds what stands before it."""
        first = k
        if self.low[k] in ("of", "in", ","):
            k += 1
        year = self.year_number(k)
        if year is not None and "year" in units:
            if (self.low[k - 1] == "," and self.counted(k + 1)) or (self.low[first] == "in" and self.low[k + 1] in _DASHES):
                return None
            return Phrase(first, k + 1, "year", "year", year=year)
        if self.low[first] == ",":
            return None
        if self.low[k] == "the":
            k += 1
        word = self.low[k]
        unit = self.c.units.get(self.low[k + 1], "") if k + 1 < self.n else ""
        if unit not in units or self.low[k + 1] not in units:
            if word in units and self.low[k - 1] == "the" and self.low[first] == "of":
                return Phrase(first, k + 1, "unit", self.gran(word), unit=word, n=0)
            return None
        rel = self.rel(k)
        if rel:
            return Phrase(first, k + 2, "unit", self.gran(unit), unit=unit, n={"last": -1, "this": 0, "next": 1}[rel])
        if word in self.w["same"]:
            return Phrase(first, k + 2, "same", self.gran(unit), unit=unit, n=0)
        if word in self.w["previous"]:
            return Phrase(first, k + 2, "same", self.gran(unit), unit=unit, n=-1)
        if word in self.w["following"]:
            return Phrase(first, k + 2, "same", self.gran(unit), unit=unit, n=1)
        return None

    @staticmethod
    def gran(unit: str) -> Granularity:
        plain: dict[str, Granularity] = {
            "minute": "minute",
            "hour": "hour",
            "week": "week",
            "month": "month",
            "quarter": "quarter",
            "half": "month",
            "year": "year",
            "decade": "decade",
            "century": "decade",
        }
        return plain.get(unit, "day")

    def head_outside(self, first: int, last: int) -> Any:
        """The token on which the phrase hangs, with the relation; None at a root."""
        inner = set(self.token[first:last])
        for k in range(last - 1, first - 1, -1):
            token = self.parsed.tokens[self.token[k]]
            if token.head not in inner:
                return token, self.parsed.tokens[token.head]
        return None

    def before_noun(self, first: int, last: int) -> bool:
        """Whether the words qualify a common noun to their right ("Tuesday talks", "Tuesday's talks")."""
        if last < self.n and self.low[last] in ("'s", "'"):
            return True
        if "of" in self.low[first:last]:
            return False
        hung = self.head_outside(first, last)
        if hung is None:
            return False
        token, head = hung
        year = last == first + 1 and self.text[first].isdecimal()
        return head.i > self.token[last - 1] and token.dep in _BEFORE and (head.pos == "NOUN" or (year and head.pos == "PROPN"))

    # the readers

    def month(self, i: int, floor: int, number: int) -> Phrase | None:
        word = self.low[i]
        capital = self.text[i][0].isupper()
        short = word not in self.c.months
        first, last = i, i + 1
        # "14 May", "14th of May", "the 14 of May", "3 to 5 May", "3, 4 and 5 May"
        day = until = None
        j = i - 1
        if j >= floor and self.low[j] in ("of", "-") and j - 1 >= floor:
            j -= 1
        if j >= floor and not (self.low[i - 1] == "of" and self.low[j] in ("first", "second", "third")):
            day = self.day_number(j)
        if day is not None:
            if self.low[j - 1] in self.w["designators"] and self.low[i - 1] != "of" and self.low[j - 1] not in _LOOSE:
                return None
            first = j
            start = day
            while first - 2 >= floor and (self.low[first - 1] in self.w["range"] or self.low[first - 1] in ("and", ",", "or", "&")):
                other = self.day_number(first - 2)
                between = self.low[first - 1] == "and" and self.low[first - 3] == "between"
                if other is None or other >= start:
                    break
                if self.low[first - 1] in ("and", ",", "&") and other != start - 1 and not between:
                    break
                start, first = other, first - 2
            if start != day:
                day, until = start, day
            first = self.the(first, floor)
        elif last < self.n:
            k = last
            if self.low[k] == "." and short:
                k += 1
            if self.low[k] == "the":
                k += 1
            day = self.day_number(k) if not self.low[k].isalpha() or self.low[k - 1] == "the" else None
            if day is not None and not (k + 1 < self.n and self.low[k + 1] == ":"):
                last = k + 1
                start = day
                while last + 1 < self.n and (self.low[last] in self.w["range"] or self.low[last] in ("and", "&", "or")):
                    other = self.day_number(last + 1)
                    after = self.tag(last + 2) if last + 2 < self.n else ""
                    if (
                        other is None
                        or other <= start
                        or self.low[last + 1].isalpha()
                        or after in ("NN", "NNS")
                        or self.low[last + 2] in self.c.triggers
                        or (self.low[last] in ("and", "&") and other != start + 1)
                    ):
                        break
                    start, last = other, last + 2
                until = start if start != day else None
            else:
                day = None
        if self.tag(i) == "MD" and not (capital and day is not None):
            return None
        if day is not None and not capital:
            named = self.low[first - 1] in ("on", "until", "since", "from", "by", "of") or self.year_number(last if last > i else i)
            if not named and word in ("may", "march", "mar", "sun", "jan"):
                return None
        inside = None
        if last < self.n:
            after = last + (self.low[last] == "." and short)
            inside = self.container(after, ("year",)) if after < self.n else None
            if inside is None and self.low[last] == "," and day is None:
                inside = None
            if inside is not None:
                last = inside.last
        if day is not None:
            return Phrase(
                first, last, "date", "day", month=number, day=day, until_day=until, inside=inside, n=0
            )
        if not capital:
            return None
        if short and inside is None:
            return None
        if not short and inside is not None and self.low[i + 1] == "in" and inside.kind == "year":
            pass
        edge, start = self.edge_before(i - 1, floor)
        if edge:
            first = start
        rel = self.rel(i - 1) if not edge and i - 1 >= floor else ""
        if not edge and not rel and i - 1 >= floor and self.low[i - 1] in self.w["past"]:
            rel = "last"
        if rel:
            first = self.the(i - 1, floor)
            edge = self.low[first - 1] if first - 1 >= floor and self.low[first - 1] in ("early", "mid", "late") else ""
            first -= bool(edge)
        if self.low[i - 1] == "of" and i - 2 >= floor and self.low[i - 2] == "month":
            first = self.the(i - 2, floor)
        if not (edge or rel or inside) and not self.month_company(i, floor):
            return None
        return Phrase(first, last, "month", self.edge_gran(edge, "month"), month=number, rel=rel, edge=edge, inside=inside)

    def month_company(self, i: int, floor: int) -> bool:
        """Whether a bare capitalised month keeps the company of times, and is no surname, verb or given name."""
        before, after = self.low[i - 1], self.low[i + 1]
        # "June Smith", "April Fools", "March On"; in lines all of capitals nothing is told by a capital
        if self.text[i + 1][0].isupper() and self.tag(i + 1) == "NNP" and after not in self.c.triggers:
            return False
        if before in ("in", "since", "until", "till", "during", "throughout", "between", "through", "before", "after", "late", "early"):
            return not (self.low[i] == "may" and before in ("before", "after", "between") and self.person_on_page(i))
        if before in ("by", "for", "from", "to", "of", "and", "-", "–", "on"):
            if before == "and" and not (self.low[i - 2] in self.c.months):
                return False
            if before in ("to", "-", "–") and self.low[i - 2] not in self.c.months and self.year_number(i - 2) is None:
                return before == "to" and not self.ambiguous(i)
            return not (self.ambiguous(i) and self.person_on_page(i)) and self.tag(i).startswith("NN")
        if after in ("'s", "'"):
            return not self.ambiguous(i) and before != BREAK
        # "the March referendum", "a May meeting"
        return (
            self.tag(i).startswith("NN")
            and before not in (BREAK, ".", "“", '"', "mr", "mrs", "ms", "mr.", "mrs.", "ms.", "minister", "president")
            and self.tag(i - 1) in ("DT", "PRP$", "JJ", "POS", "CC", "IN")
            and self.before_noun(i, i + 1)
            and not (self.ambiguous(i) and self.person_on_page(i))
        )

    def ambiguous(self, i: int) -> bool:
        return self.low[i] in ("may", "march", "april", "june", "august")

    def person_on_page(self, i: int) -> bool:
        """Whether this month stands somewhere on the page right behind a given name or a title ("Theresa May")."""
        form = self.text[i]
        for k, word in enumerate(self.text):
            if word == form and k and self.text[k - 1][0].isupper() and self.tag(k - 1) == "NNP" and self.low[k - 1] not in self.c.triggers:
                token = self.parsed.tokens[self.token[k]]
                if not self.text[k + 1][0].isdigit() and self.parsed.tokens[self.token[k - 1]].head == token.i:
                    return True
        return False

    def weekday(self, i: int, floor: int, number: int) -> Phrase | None:
        word = self.low[i]
        short = word in self.c.short_days
        if not self.text[i][0].isupper() and (short or self.tag(i - 1) not in ("IN", "JJ", "DT")):
            return None
        last = i + 1
        if word[:-1] in self.c.days:  # "on Tuesdays"
            return Phrase(i, last, "set", "day", type="set")
        if self.low[last] == "." and short:
            last += 1
        part = False
        k = last
        if self.low[k] in self.w["parts"] and not short:
            part, last, k = True, k + 1, k + 1
        # "Tuesday, May 14, 2019", "Tuesday (14 May)"
        opened = self.low[k] == "("
        dated = self.dated(k + (self.low[k] in (",", "(")))
        if dated is not None and dated.kind in ("date", "numeric", "exact"):
            dated.first, dated.weekday, dated.part = i, number, part
            if opened and dated.last < self.n and self.low[dated.last] == ")":
                dated.last += 1
            dated.first = self.weekday_left(i, floor, dated)
            return dated
        if short:
            return None
        phrase = Phrase(i, last, "weekday", "day", weekday=number, part=part)
        inside = self.container(last, ("week",))
        if inside is not None:
            phrase.inside, phrase.last = inside, inside.last
        phrase.first = self.weekday_left(i, floor, phrase)
        if phrase.type == "set":
            phrase.kind = "set"
        return phrase

    def dated(self, k: int) -> Phrase | None:
        """A day of a month that starts at word `k`, in letters or in figures."""
        if k + 1 >= self.n:
            return None
        key = k + 1 if self.low[k] == "the" else k
        word = self.low[key]
        if word in self.c.triggers and self.c.triggers[word][0] == "month":
            phrase = self.month(key, k, self.c.triggers[word][1])
            return phrase if phrase is not None and phrase.kind == "date" else None
        if word[0].isdigit() or word in self.c.ordinals:
            for at in (key + 1, key + 2):
                if at < self.n and self.low[at] in self.c.triggers and self.c.triggers[self.low[at]][0] == "month":
                    phrase = self.month(at, k, self.c.triggers[self.low[at]][1])
                    return phrase if phrase is not None and phrase.kind == "date" else None
                if at < self.n and self.low[at] not in ("of", "-"):
                    break
            return self.figure(key, k, [])
        return None

    def weekday_left(self, i: int, floor: int, phrase: Phrase) -> int:
        """Where the phrase of a day starts: with its "last", "late on", "the night of" taken in."""
        first = i
        j = i - 1
        if j >= floor:
            word = self.low[j]
            rel = self.rel(j)
            if rel and phrase.inside is None and phrase.kind == "weekday":
                phrase.rel, first = rel, j
            elif word in self.w["past"] and phrase.kind == "weekday":
                phrase.rel, first = "last", j - (j - 1 >= floor and self.low[j - 1] == "this")
            elif word in self.w["every"]:
                phrase.type, phrase.kind = "set", "set"
                return j
            elif word in self.w["following"] and phrase.kind == "weekday":
                phrase.rel, phrase.name, first = "next", "memory", j
            elif word in self.w["previous"] and phrase.kind == "weekday":
                phrase.rel, phrase.name, first = "last", "memory", j
        first = self.the(first, floor)
        return self.day_left(first, floor, phrase)

    def day_left(self, first: int, floor: int, phrase: Phrase) -> int:
        """The start of a day's phrase with "early", "late on", "in the early hours of", "overnight on" before it."""
        k = first - 1
        if k < floor:
            return first
        preposition = self.low[k] in ("on", "of") and k - 1 >= floor
        at = k - 1 if preposition else k
        word = self.low[at]
        if preposition and self.low[k] == "of":
            if word in self.w["parts"] or word == "evening":
                phrase.part = True
                start = at - 1 if at - 1 >= floor and self.low[at - 1] in ("early", "late", "small", "wee") else at
                return self.the(start, floor)
            if word == "week":
                phrase.unit = "week"
                return self.the(at, floor)
            return first
        if word in ("early", "late", "mid"):
            phrase.part = True
            return at
        if word in self.w["sides"] and (preposition or self.low[at - 1] not in _MEASURES):
            return at
        if word == "overnight" or (word in self.w["parts"] and preposition and word != "hours"):
            phrase.part = True
            if word == "overnight":
                return at
            return self.the(at, floor)
        return first

    def deictic(self, i: int, floor: int, shift: int) -> Phrase | None:
        word = self.low[i]
        if self.text[i] == word.capitalize() and self.text[i - 1][0].isupper() and self.low[i - 1] not in ("“", '"', BREAK):
            return None
        first, last = i, i + 1
        part = word in ("tonight", "overnight")
        if word == "overnight":
            k = last + (self.low[last] in ("on", "into", "to"))
            day = self.c.days.get(self.low[k]) if k < self.n else None
            if day is not None:
                turn = -1 if self.low[last] in ("into", "to") else 0
                last = k + 1
                return Phrase(first, last, "weekday", "part", weekday=day, part=True, n=turn, name="overnight")
            return Phrase(first, last, "overnight", "part", part=True)
        if self.low[last] in self.w["parts"]:
            part, last = True, last + 1
        if self.low[i - 1] in ("before", "after") and i - 2 >= floor and self.low[i - 2] == "day" and shift:
            shift += -1 if self.low[i - 1] == "before" else 1
            first = self.the(i - 2, floor)
        elif i - 1 >= floor and (self.low[i - 1] in self.w["sides"] or self.low[i - 1] in ("early", "late")):
            part = part or self.low[i - 1] in ("early", "late")
            first = i - 1
        return Phrase(first, last, "unit", "part" if part else "day", unit="day", n=shift, part=part)

    def unit(self, i: int, floor: int, unit: str) -> Phrase | None:
        low = self.low
        word, after = low[i], low[i + 1]
        single = word == unit
        j = i - 1
        before = low[j] if j >= floor else ""
        if after in ("old", "olds") or (after in _DASHES and low[i + 2] in ("old", "olds")):
            return None
        if self.text[i][0].isupper() and self.text[i - 1][0].isupper() and not self.text[i].isupper():
            return None
        gran = self.gran(unit)
        # "a two-day visit", "a week-long truce", "year-end"
        if before in _DASHES:
            n, first, some = self.count(j - 1, floor)
            if some and low[first] not in ("a", "an"):
                return Phrase(first, i + 1, "duration", gran, type="duration", n=n)
            edge, first = self.edge_before(j, floor)
            if edge and unit not in ("hour", "minute"):
                return Phrase(first, i + 1, "unit", gran, unit=unit, n=0, edge=edge)
            return None
        if after in _DASHES and single:
            if low[i + 2] == "long":
                return Phrase(i, i + 3, "duration", gran, type="duration", n=1)
            if low[i + 2] == "end" and unit in ("year", "month"):
                return Phrase(self.the(i, floor), i + 3, "unit", gran, unit=unit, n=0, edge="late")
            return None
        if unit in ("quarter", "half"):
            return self.ordinal_part(i, floor, unit)
        if unit == "century":
            return self.century(i, floor)
        found = self.repeated(i, floor, unit, gran) or self.counted_off(i, floor, unit, gran) or self.related(i, floor, unit, gran)
        if found is not None:
            return found
        if single and unit in ("day", "week", "month", "year") and before == "the":
            edge, first = self.edge_before(j, floor)
            if edge and edge[:4] not in ("week", "half", "quar") and low[j - 1] != "half":
                if unit == "day":
                    return None
                if after == "of":
                    return None
                return Phrase(first, i + 1, "unit", gran, unit=unit, n=0, edge=edge)
            if edge:
                return Phrase(first, i + 1, "unit", gran, unit=unit, n=0, edge=edge)
            side = low[j - 2] if j - 2 >= floor and low[j - 1] == "in" else ""
            if side in self.w["sides"]:
                if unit == "day":
                    return Phrase(j - 2, i + 1, "same", "day", unit="day", n=0, name="anchor")
                return Phrase(j - 2, i + 1, "unit", gran, unit=unit, n=0, side=side)
            if unit == "week" and after == "of":
                sub = self.following(i + 2)
                if sub is not None and sub.kind in ("date", "exact") and sub.until_day is None:
                    sub.first, sub.unit = j, "week"
                    return sub
            if after in ("before", "after"):
                return self.offset(j, i + 1, 1, unit)
        if unit == "weekend" and before == "the":
            return Phrase(j, i + 1, "unit", "day", unit="weekend", n=None)
        return self.lasting(i, floor, gran)

    def repeated(self, i: int, floor: int, unit: str, gran: Granularity) -> Phrase | None:
        """ "twice a year", "every two weeks", "each month"."""
        low, j = self.low, i - 1
        if j < floor:
            return None
        if low[j] in ("a", "an", "per", "each", "every"):
            k = j - 1
            if k >= floor and low[k] in self.w["frequency"]:
                return Phrase(k, i + 1, "set", gran, type="set")
            if k >= floor and low[k] == "times":
                _, first, some = self.count(k - 1, floor)
                if some:
                    return Phrase(first, i + 1, "set", gran, type="set")
        k = j
        if low[k] == "other" or low[k] in self.c.ordinals:
            k -= 1
        elif low[k] not in self.w["every"]:
            _, first, some = self.count(k, floor)
            if some:
                k = first - 1
        if k >= floor and low[k] in self.w["every"]:
            if unit == "day" and low[i + 1] == "life":
                return None
            return Phrase(k, i + 1, "set", gran, type="set")
        return None

    def counted_off(self, i: int, floor: int, unit: str, gran: Granularity) -> Phrase | None:
        """ "two days ago", "a year earlier", "a week after the vote", "three months from now"."""
        low = self.low
        after = low[i + 1]
        n, first, some = self.count(i - 1, floor)
        if after == "ago":
            if not some:
                return Phrase(i, i + 2, "words", gran)
            first = self.more(first, floor)
            if unit in ("hour", "minute"):
                return Phrase(first, i + 2, "unit", "day", unit="day", n=0) if unit == "minute" or (n or 0) < 6 else Phrase(first, i + 2, "words", gran)
            if n is None:
                return Phrase(first, i + 2, "words", gran)
            return Phrase(first, i + 2, "ago", gran, unit=unit, n=-n)
        if not some:
            return None
        if after == "from" and low[i + 2] in ("now", "today"):
            return Phrase(first, i + 3, "ago", gran, unit=unit, n=n) if n is not None else Phrase(first, i + 3, "words", gran)
        if unit in ("hour", "minute"):
            return Phrase(first, i + 2, "words", gran) if after in ("earlier", "later", "before", "after") else None
        if after in ("earlier", "later", "before", "after"):
            return self.offset(first, i + 1, n, unit)
        return None

    def more(self, first: int, floor: int) -> int:
        """The start of a number with "more than", "about", "nearly" before it."""
        if first - 2 >= floor and self.low[first - 1] == "than" and self.low[first - 2] in ("more", "less"):
            return first - 2
        if first - 1 >= floor and self.low[first - 1] in ("about", "nearly", "almost", "over", "around", "exactly", "just", "some"):
            return first - 1
        return first

    def offset(self, first: int, at: int, n: int | None, unit: str) -> Phrase | None:
        """A time counted from another; `at` is the position of earlier, later, before or after."""
        word = self.low[at]
        sign = -1 if word in ("earlier", "before") else 1
        gran = self.gran(unit)
        if word in ("before", "after"):
            base = self.following(at + 1)
            if base is not None and base.type == "point":
                return Phrase(first, base.last, "offset", gran, unit=unit, n=None if n is None else sign * n, base=base)
            if self.low[at + 1] not in (".", ",", ";", ":", ")", "”", '"', BREAK, "and", "but", "in", "at", "on", "by", "when", "said"):
                return Phrase(first, at + 1, "words", gran)
        return Phrase(first, at + 1, "offset", gran, unit=unit, n=None if n is None else sign * n, name=word)

    def related(self, i: int, floor: int, unit: str, gran: Granularity) -> Phrase | None:
        """ "last week", "the past three days", "the next day", "that year", "earlier this month"."""
        low = self.low
        single = low[i] == unit
        n, k, some = self.count(i - 1, floor)
        if some and low[k] in ("a", "an"):
            return None
        k -= 1
        if k < floor:
            return None
        word = low[k]
        the = low[k - 1] == "the" if k - 1 >= floor else False
        first = k - 1 if the or (k - 1 >= floor and low[k - 1] == "this") else k
        rel = self.rel(k)
        last = i + 1
        if some or not single or word in self.w["past"]:
            if word in self.w["this"] and not the:
                return None
            back = word in self.w["last"] or word in self.w["past"] or word in self.w["previous"]
            if not back and not (word in self.w["next"] or word in self.w["following"]):
                return None
            if unit in ("weekend",) and single:
                return Phrase(first, last, "unit", "day", unit=unit, n=-1 if back else 1)
            if unit == "minute":
                return None
            count = n if some else (1 if single else None)
            if word in self.w["recent" if "recent" in self.w else "past"] and not some and not single:
                count = None
            if unit == "hour":
                unit, count = "day", (None if count is None else max(1, round(count / 24)))
            return Phrase(first, last, "window", gran, unit=unit, n=None if count is None else (-count if back else count), side="earlier" if back else "later")
        if unit in ("hour", "minute"):
            return None
        if low[last] == "of" and unit in ("day", "week", "weekend") and (the or word in self.w["same"]):
            return None  # "the last day of the visit"
        if word in self.w["same"] and word != "very":
            if low[k - 1] in self.w["sides"]:
                first = k - 1
            return Phrase(first, last, "same", gran, unit=unit, n=0)
        if word in self.w["previous"] or word in self.w["following"] or (the and word == "next"):
            if unit == "day" and low[last] == "'s":
                pass
            sign = -1 if word in self.w["previous"] else 1
            return Phrase(first, last, "same", gran, unit=unit, n=sign)
        if the and word == "last":
            return None if unit == "day" else Phrase(first, last, "window", gran, unit=unit, n=-1, side="earlier")
        if not rel or unit == "day" and word not in ("this", "next"):
            return None
        if unit == "day":
            return None
        edge, start = self.edge_before(first - 1, floor)
        side = ""
        if edge:
            first = start
        elif first - 1 >= floor and low[first - 1] in self.w["sides"]:
            side, first = low[first - 1], first - 1
        elif first - 2 >= floor and low[first - 2] in self.w["sides"] and low[first - 1] == "in":
            side, first = low[first - 2], first - 2
        shift = {"last": -1, "this": 0, "next": 1}[rel]
        phrase = Phrase(first, last, "unit", self.edge_gran(edge, gran), unit=unit, n=shift, edge=edge, side=side)
        if unit == "week":
            # "last week on Tuesday"
            k = last + (low[last] == "on")
            day = self.c.days.get(low[k]) if k < self.n else None
            if day is not None:
                return Phrase(first, k + 1, "weekday", "day", weekday=day, inside=phrase)
        if unit == "year" and low[last] == "'s" and False:
            return None
        return phrase

    @staticmethod
    def edge_gran(edge: str, gran: Granularity) -> Granularity:
        if edge.startswith(("week", "day")):
            return "week" if edge[:5] in ("week1", "week2", "week3", "week4", "week5", "week-") else "day"
        return "quarter" if edge.startswith("quarter") else gran

    def lasting(self, i: int, floor: int, gran: Granularity) -> Phrase | None:
        """ "for three days", "in two weeks", "three days of talks"."""
        low = self.low
        n, first, some = self.count(i - 1, floor)
        plural = low[i] != self.c.units[low[i]]
        if not some:
            if plural and low[i - 1] == "for" and i - 1 >= floor:
                return Phrase(i - 1, i + 1, "duration", gran, type="duration")
            return None
        k = first - 1
        if low[first] in ("the",):
            k = first
        preposition = low[k] if k >= floor else ""
        if preposition in _ABOUT and k - 1 >= floor:
            preposition, k = (low[k - 1], k - 1) if low[k - 1] in _FOR else ("", k)
        if low[first] in ("a", "an") and preposition not in _FOR:
            return None
        if low[first] not in ("a", "an") and not plural:
            return None
        last = i + 1
        if low[last] == "'" and low[last + 1] == "time":
            last += 2
        elif low[last] == "'s" and low[last + 1] == "time":
            last += 2
        start = k if preposition in _FOR else first
        kind = "in" if preposition == "in" or last > i + 1 else "duration"
        unit = self.c.units[low[i]]
        if unit in ("hour", "minute"):
            kind = "duration"
        return Phrase(start, last, kind, gran, type="duration" if kind == "duration" else "point", n=n, unit=unit)

    def ordinal_part(self, i: int, floor: int, unit: str) -> Phrase | None:
        """ "the third quarter", "the first half of 2019"."""
        low = self.low
        j = i - 1
        rel = self.rel(j) if j >= floor else ""
        if unit == "quarter" and rel and low[i + 1] not in ("-", "of"):
            return Phrase(self.the(j, floor), i + 1, "unit", "quarter", unit=unit, n={"last": -1, "this": 0, "next": 1}[rel])
        nth = self.c.ordinals.get(low[j]) if j >= floor else None
        if nth is None or nth > (4 if unit == "quarter" else 2):
            return None
        first = self.the(j, floor)
        k = i + 1
        if unit == "quarter" and low[k] == "of" and low[k + 1] == "the" and low[k + 2] == "year":
            return Phrase(first, k + 3, "quarter", "quarter", n=nth)
        inside = self.container(k, ("year",))
        month = low[k + 1] if low[k] == "of" else ""
        if unit == "half":
            if inside is None:
                return None  # "the second half" of anything; "first half of May" is read from its month
            return Phrase(first, inside.last, "half", "month", n=nth, inside=inside)
        if inside is None and (low[k] == "of" or month or low[first] != "the"):
            return None
        return Phrase(first, inside.last if inside else k, "quarter", "quarter", n=nth, inside=inside)

    def q(self, i: int, floor: int, number: int) -> Phrase | None:
        inside = self.container(i + 1, ("year",))
        if inside is None and self.low[i - 1] not in ("in", "for", "since"):
            return None
        return Phrase(i, inside.last if inside else i + 1, "quarter", "quarter", n=number, inside=inside)

    def century(self, i: int, floor: int) -> Phrase | None:
        low, j = self.low, i - 1
        match = re.match(r"(\d{1,2})(?:st|nd|rd|th)$", low[j]) if j >= floor else None
        number = int(match.group(1)) if match else self.c.ordinals.get(low[j] if j >= floor else "")
        if number is None or not 10 <= number <= 21:
            return self.related(i, floor, "century", "decade") or self.counted_off(i, floor, "century", "decade")
        edge, first = self.edge_before(j - 1, floor)
        return Phrase(first if edge else self.the(j, floor), i + 1, "century", "decade", n=number, edge=edge)

    def season(self, i: int, floor: int, _: Any) -> Phrase | None:
        low, j = self.low, i - 1
        if j < floor or self.tag(i)[:1] != "N":
            return None
        name = low[i]
        inside = self.container(i + 1, ("year",))
        if inside is not None and inside.kind == "year" and low[i + 1] == ",":
            inside = None
        if inside is None and low[i + 1] == "of":
            return None
        first, edge = i, ""
        rel = self.rel(j)
        the = low[j] == "the"
        if rel:
            first = self.the(j, floor)
        elif the:
            first = j
        edge, start = self.edge_before(first - 1 if (rel or the) else j, floor)
        if edge in ("early", "mid", "late"):
            first = start
        else:
            edge = ""
        if rel or inside:
            pass
        elif the or edge:
            if self.before_noun(i, i + 1) or (low[first - 1] not in _SEASON_AFTER and not edge) or (name == "fall" and low[i + 1] in ("in", "from")):
                return None
        elif low[j] not in ("in", "by", "since", "until", "during") or name == "fall" or self.before_noun(i, i + 1):
            return None
        return Phrase(first, inside.last if inside else i + 1, "season", "season", name=name, rel=rel, edge=edge, inside=inside)

    def part(self, i: int, floor: int, word: str) -> Phrase | None:
        low, j = self.low, i - 1
        if j < floor or word == "hours":
            return None
        before = low[j]
        if before in ("this", "last") and word in ("morning", "afternoon", "evening", "night"):
            first = j - 1 if j - 1 >= floor and low[j - 1] in ("early", "late", "earlier", "later") else j
            return Phrase(first, i + 1, "unit", "part", unit="day", n=-1 if before == "last" else 0, part=True)
        if before in ("that", "same") and word in ("morning", "afternoon", "evening", "night"):
            return Phrase(self.the(j, floor), i + 1, "same", "part", unit="day", n=0)
        if before in ("next", "following", "previous") and low[j - 1] == "the":
            return Phrase(j - 1, i + 1, "same", "part", unit="day", n=-1 if before == "previous" else 1)
        if before in self.w["every"]:
            return Phrase(j, i + 1, "set", "part", type="set")
        return None

    def adverb(self, i: int, floor: int, _: Any) -> Phrase | None:
        if self.tag(i) != "RB" or self.text[i][0].isupper() or self.low[i - 1] in _DASHES:
            return None
        return Phrase(i, i + 1, "set", "day" if self.low[i] == "daily" else "year" if self.low[i] in ("annually", "yearly") else "week", type="set")

    def eve(self, i: int, floor: int, _: Any) -> Phrase | None:
        if self.low[i - 1] != "the" or i - 1 < floor:
            return None
        if self.low[i + 1] != "of":
            if self.low[i - 2] != "on":
                return None
            return Phrase(i - 1, i + 1, "unit", "day", unit="day", n=-1)
        base = self.following(i + 2)
        if base is not None and base.type == "point":
            return Phrase(i - 1, base.last, "offset", "day", unit="day", n=-1, base=base)
        last = i + 2
        token = self.parsed.tokens[self.token[i + 1]]
        objects = self.parsed.kids(token.i, "pobj")
        if objects:
            while last < self.n and self.token[last] <= objects[0].i and self.low[last] != BREAK:
                last += 1
        return Phrase(i - 1, last, "words", "day")

    def holiday(self, i: int, floor: int, last: int, name: str) -> Phrase | None:
        after = self.parsed.tokens[self.token[last - 1]]
        if self.text[last][0].isupper() and after.dep == "compound" and self.tag(last).startswith("NNP"):
            return None  # part of a longer name
        rel = self.rel(i - 1) if i - 1 >= floor else ""
        first = i - 1 if rel else self.the(i, floor)
        inside = self.container(last, ("year",)) if last < self.n else None
        long = self.c.holidays[name].length > 1
        return Phrase(first, inside.last if inside else last, "holiday", "month" if long else "day", name=name, rel=rel, inside=inside)

    def decade_word(self, i: int, floor: int, number: int) -> Phrase | None:
        if self.low[i - 1] != "the" and self.low[i - 1] not in ("early", "mid", "late", "-"):
            return None
        return self.decade(i, floor, 1900 + number)

    def decade(self, i: int, floor: int, year: int) -> Phrase:
        j = i - 2 if self.low[i - 1] == "'" and i - 1 >= floor else i - 1
        edge, first = self.edge_before(j, floor)
        return Phrase(self.the(first if edge else j + 1, floor), i + 1, "decade", "decade", year=year, edge=edge)

    def figure(self, i: int, floor: int, found: list[Phrase]) -> Phrase | None:
        """Years, decades and dates written in figures."""
        word = self.low[i]
        if word[-1] == "s":
            match = _DECADE.match(word.lstrip("'"))
            if match and self.low[i - 1] not in ("her", "his", "their", "my"):
                century = match.group(1)
                if century is None and self.low[i - 1] not in ("'", "the", "-", "early", "late", "mid") and word[0] != "'":
                    return None
                if match.group(2) is not None:
                    year = int((century or "19") + match.group(2) + "0")
                    return self.decade(i, floor, year)
            return None
        if self.year_number(i) is not None:
            return self.year(i, floor, found)
        if "." in word or "/" in word:
            match = _DATE.match(word)
            if match:
                return self.numeric(i, floor, match)
            match = _YEARS.match(word)
            if match and 1900 <= int(match.group(1)) and self.low[i - 1] in self.w["year_before"] | {"the"}:
                start = int(match.group(1))
                end = start // 100 * 100 + int(match.group(2)[-2:])
                if end == start + 1:
                    first = self.the(i, floor)
                    return Phrase(first, i + 1, "year", "year", year=start, to=Phrase(i, i + 1, "year", "year", year=end))
        return None

    def year(self, i: int, floor: int, found: list[Phrase]) -> Phrase | None:
        low = self.low
        year = int(low[i])
        # 2019-05-14, 2019-05-14T10:00
        if low[i + 1] == "-" and i + 4 < self.n and low[i + 3] == "-" and len(low[i + 2]) == 2:
            match = re.match(r"(\d\d)(?:t\d.*)?$", low[i + 4])
            if match and low[i + 2].isdecimal():
                return Phrase(i, i + 5, "exact", "day", exact=(f"{year:04}-{low[i + 2]}-{match.group(1)}",))
        before, after = low[i - 1], low[i + 1]
        if self.counted(i + 1) or before in self.w["designators"] and before not in _LOOSE:
            return None
        if after in ("%", ":", ",") and low[i + 2][:1].isdigit() and len(low[i + 2]) == 3:
            return None
        first = i
        if before == "year" and i - 1 >= floor:
            first = self.the(i - 1, floor)
        edge, start = self.edge_before(first - 1, floor)
        if edge:
            return Phrase(start, i + 1, "year", self.edge_gran(edge, "year"), year=year, edge=edge)
        far = self.year_number(i + 2) if after in _DASHES else None
        short = low[i + 2] if after in _DASHES and i + 2 < self.n else ""
        chained = bool(found) and found[-1].kind == "year" and found[-1].last == i - 1 and (before in _DASHES or before in ("and", "to", "or", ","))
        likely = 1900 <= year < 2100
        ok = (
            first < i
            or (before in self.w["year_before"] and not (before in ("to", "for", "about", "by", "of", "around") and not likely))
            or chained
            or (likely and far is not None)
            or (likely and after == "'s")
            or (likely and before == "(" and after == ")")
            or (before in _DASHES and low[i - 2] in ("pre", "post"))
            or (likely and self.qualifies(i))
        )
        if not ok:
            return None
        if before in _DASHES and low[i - 2] in ("pre", "post"):
            return Phrase(i - 2, i + 1, "year", "year", year=year, mode="before" if low[i - 2] == "pre" else "after")
        phrase = Phrase(first, i + 1, "year", "year", year=year)
        if far is None and len(short) == 2 and short.isdecimal():
            end = year // 100 * 100 + int(short)
            if year < end < year + 50:
                phrase.to, phrase.last = Phrase(i + 2, i + 3, "year", "year", year=end), i + 3
        return phrase

    def qualifies(self, i: int) -> bool:
        """Whether a bare year stands before the noun that it dates: "the 2015 deal", "its 2014 annexation"."""
        token = self.parsed.tokens[self.token[i]]
        head = self.parsed.tokens[token.head]
        if head.i <= token.i or head.pos not in ("NOUN", "PROPN") or head.sentence != token.sentence:
            return False
        before = self.tag(i - 1)
        if self.text[i - 1][0].isupper() and before.startswith("NNP") and self.low[i - 1] not in self.c.triggers:
            return False  # "the G20 2019 summit": part of its name
        return before in ("DT", "PRP$", "POS", "JJ", "IN", "CC", "VBN", "VBD", "VBZ", "VBG", "") or self.low[i - 1] == BREAK

    def numeric(self, i: int, floor: int, match: re.Match[str]) -> Phrase | None:
        first, mark, second, third = match.groups()
        readings: list[tuple[int, int, int]] = []
        if len(first) == 4:
            if len(third) > 2:
                return None
            readings = [(int(first), int(second), int(third))]
        elif len(third) == 3 or len(first) == 3:
            return None
        else:
            year = int(third) if len(third) == 4 else 2000 + int(third)
            if mark == "." and len(third) == 2 and year > 2060:
                return None
            order = self.c.dots if mark == "." else self.c.slashes
            if order != "month-day-year":
                readings.append((year, int(second), int(first)))
            if order != "day-month-year":
                readings.append((year, int(first), int(second)))
        good = [r for r in readings if 1 <= r[1] <= 12 and 1 <= r[2] <= 31 and 1000 <= r[0] < 2200]
        if not good:
            return None
        exact = tuple(dict.fromkeys(f"{y:04}-{m:02}-{d:02}" for y, m, d in good))
        # the order that this date shows, for the others of the page
        name = ""
        if mark == "/" and len(first) < 4 and len(exact) == 1 and first != second:
            name = "day-first" if good[0][2] == int(first) else "month-first"
        return Phrase(i, i + 1, "exact", "day", exact=exact, name=name)

    # what is done once all are found

    def close(self, found: list[Phrase]) -> None:
        """Take in parts of days, articles and prepositions at the left of each phrase."""
        floor = 1
        for p in found:
            if p.kind in ("date", "exact", "holiday") and p.weekday is None:
                p.first = self.day_left(p.first, floor, p)
            if p.part and p.granularity == "day":
                p.granularity = "part"
            if p.unit == "week" and p.kind in ("date", "exact"):
                p.granularity = "week"
            p.prenominal = p.name == "happening" or (p.type == "point" and self.before_noun(p.first, p.last))
            if p.prenominal and self.low[p.first] == "the" and p.kind not in ("window", "same", "decade"):
                p.first += 1
            if p.type == "point" and not p.prenominal:
                self.preposition(p, floor)
            elif p.type == "duration" and p.first > floor and self.low[p.first - 1] in ("for", "within", "during", "over"):
                p.first -= 1
            elif p.type == "set" and p.first > floor and self.low[p.first - 1] in ("on", "in"):
                p.first -= 1
            floor = p.last

    def preposition(self, p: Phrase, floor: int) -> None:
        k = p.first - 1
        if k < floor:
            return
        if self.low[k] == "the" and k - 1 >= floor and p.kind not in ("weekday",):
            k -= 1
        for parts, mode in self.c.modes.get(self.low[k], ()):
            start = k - len(parts) + 1
            if start >= floor and tuple(self.low[start : k + 1]) == parts:
                ranged = p.until_day is not None and mode == "from"
                p.mode, p.first = p.mode or ("" if ranged else mode), start
                return
        if self.low[k] == "between" and p.until_day is not None:
            p.first = k

    def ranges(self, found: list[Phrase]) -> list[Phrase]:
        """Join "from A to B", "between A and B", "A-B"."""
        out: list[Phrase] = []
        for p in found:
            a = out[-1] if out else None
            if a is not None and a.to is None and self.joined(a, p):
                a.to, a.last = p, p.last
                if a.first > 1 and self.low[a.first - 1] == "between":
                    a.first -= 1
                a.mode = ""
                continue
            out.append(p)
        return out

    def joined(self, a: Phrase, b: Phrase) -> bool:
        if a.type != "point" or b.type != "point" or a.kind not in _RANGED or b.kind not in _RANGED:
            return False
        gap = self.low[a.last : b.first]
        if b.mode == "until" and not gap:
            gap = ["to"]
        if len(gap) == 2 and gap[1] == "the":
            gap = gap[:1]
        if len(gap) != 1:
            return False
        if gap[0] == "and":
            return a.first > 1 and (self.low[a.first - 1] == "between" or self.low[a.first] == "between")
        if gap[0] not in self.w["range"]:
            return False
        if gap[0] in _DASHES:
            return a.kind == b.kind
        sentence = self.parsed.sentence_of(self.token[a.last - 1])
        lemmas = {t.lemma for t in self.parsed.tokens[sentence.first : self.token[a.last - 1]]}
        return not lemmas & self.c.tense["shifting"]


_BEFORE = ("compound", "nmod", "amod", "nummod", "npadvmod", "poss", "det")
_LOOSE = frozenset(["about", "over", "some", "nearly", "almost", "roughly", "no", "base", "area", "order", "law", "bill", "line", "case", "type"])
_MEASURES = frozenset(["day", "days", "week", "weeks", "month", "months", "year", "years", "hours", "hour"])
_ABOUT = frozenset(["about", "nearly", "almost", "around", "over", "roughly", "just", "only", "another", "the", "some"])
_FOR = frozenset(["for", "within", "in", "over", "during", "after", "throughout"])
_SEASON_AFTER = frozenset(["in", "since", "until", "by", "during", "over", "through", "throughout", "before", "after", "till", "from", "for", "of"])
_RANGED = frozenset(["date", "month", "year", "weekday", "exact", "season", "decade", "century", "unit", "holiday", "quarter", "half"])
