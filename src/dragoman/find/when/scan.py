"""Small questions that all readers of time ask of the words around them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dragoman.find.when.calendar import Calendar
from dragoman.find.when.phrases import BREAK, DASHES, Phrase, Words
from dragoman.parse.base import Parsed, Token
from dragoman.records import Granularity

Reader = Callable[[int, int, Any], Phrase | None]
SHIFTS = {"last": -1, "this": 0, "next": 1}


class Scan:
    """A text and its calendar. Readers are given the position of their key word and how far left they may reach."""

    def __init__(self, words: Words, parsed: Parsed, calendar: Calendar) -> None:
        self.low, self.text, self.token = words.low, words.text, words.token
        self.parsed = parsed
        self.calendar = calendar
        self.w = calendar.words
        self.n = len(words.low)
        self.readers: dict[str, Reader] = {}

    def at(self, i: int, floor: int, found: list[Phrase]) -> tuple[Phrase | None, int]:
        """The phrase whose key word is `i`; else None and where to go on behind a name that is no time (or 0)."""
        word = self.low[i]
        for name in self.calendar.names.get(word, ()):
            last = i + len(name.words)
            if tuple(self.low[i:last]) != name.words:
                continue
            if name.capital and not (self.text[i][0].isupper() or word[0].isdigit()):
                continue
            if name.kind == "none":
                return None, last
            if name.kind == "exact":
                first = self.the(i, floor)
                return Phrase(first, last, "exact", "day", exact=(name.value,), name="happening"), last
            return self.readers["holiday"](i, floor, (last, name.value)), last
        entry = self.calendar.triggers.get(word)
        if entry is not None:
            return self.readers[entry[0]](i, floor, entry[1]), 0
        if word[0].isdigit() or word[0] == "'":
            return self.readers["figure"](i, floor, found), 0
        return None, 0

    def following(self, k: int) -> Phrase | None:
        """The phrase that starts at word `k`, or behind an article there."""
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

    def is_month(self, k: int) -> bool:
        return k < self.n and self.calendar.triggers.get(self.low[k], ("", 0))[0] == "month"

    def day_number(self, k: int) -> int | None:
        """14, 14th, fourteenth."""
        word = self.low[k]
        if word[0].isdigit():
            match = _DAY.match(word)
            return int(match.group(1)) if match else None
        return self.calendar.ordinals.get(word)

    def year_number(self, k: int) -> int | None:
        word = self.low[k]
        return int(word) if len(word) == 4 and word.isdecimal() and word.isascii() and word[0] in "12" else None

    def counted(self, k: int) -> bool:
        """Whether word `k` is something the number before it counts."""
        return self.low[k] in self.w["counted"] or (self.tag(k) in ("NNS", "NNPS") and self.low[k - 1][-2:] == "00")

    def tag(self, k: int) -> str:
        i = self.token[k] if k < self.n else -1
        return self.parsed.tokens[i].tag if i >= 0 else ""

    def the(self, first: int, floor: int) -> int:
        """The position of "the" before `first`, or `first`."""
        return first - 1 if first > floor and self.low[first - 1] == "the" else first

    def count(self, j: int, floor: int) -> tuple[int | None, int, bool]:
        """The number that ends at word `j`: how many (None when vague), where it starts, whether there is one."""
        low, numbers = self.low, self.calendar.numbers
        if j < floor:
            return None, j + 1, False
        word = low[j]
        if word in ("a", "an"):
            return 1, j, True
        if word == "of" and low[j - 1] in self.w["vague"]:
            first = j - 1
            return _DOZENS.get(low[first]), first - (low[first - 1] in ("a", "an")), True
        if word in self.w["vague"]:
            return _DOZENS.get(word), j - (low[j - 1] in ("a", "an") and j > floor), True
        value = numbers.get(word)
        if value is None and word[0].isdigit():
            bare = word.replace(",", "")
            value = int(bare) if bare.isdecimal() and bare.isascii() and len(bare) < 6 else None
        if value is None:
            return None, j + 1, False
        if value < 10 and j - 2 >= floor and low[j - 1] in DASHES and numbers.get(low[j - 2], 0) >= 20:
            return value + numbers[low[j - 2]], j - 2, True
        return value, j, True

    def rel(self, j: int) -> str:
        """last, this or next, whatever the word for it."""
        word = self.low[j]
        for rel in SHIFTS:
            if word in self.w[rel]:
                return rel
        return ""

    def edge_before(self, j: int, floor: int) -> tuple[str, int]:
        """An edge that ends at word `j` ("early", "mid -", "the end of", "in the first half of"), and its start."""
        if j < floor:
            return "", j + 1
        low = self.low
        hyphen = low[j] in DASHES
        k = j - 1 if hyphen else j
        if k >= floor:
            for edge in ("early", "mid", "late"):
                if low[k] in (edge, edge + "-"):
                    return edge, k
        if low[j] in ("the", "this", "its") and j - 1 >= floor:
            j -= 1
        if hyphen or low[j] not in ("of", "in", "on") or j - 1 < floor:
            return "", j + 1
        noun = low[j - 1]
        for edge in ("early", "mid", "late"):
            if noun in self.w[edge] and (low[j] == "of" or noun == edge):
                return edge, self.the(j - 1, floor)
        if j - 2 < floor:
            return "", j + 1
        nth = -1 if low[j - 2] in self.w["last"] else self.calendar.ordinals.get(low[j - 2], 0)
        most = {"half": 2, "quarter": 4}.get(noun, 31 if noun in ("week", "weekend", "day") else 0)
        if nth and nth <= most and (nth > 0 or most == 31):
            return f"{noun}{nth}", self.the(j - 2, floor)
        return "", j + 1

    def container(self, k: int, units: tuple[str, ...]) -> Phrase | None:
        """A year or "(of) last week" that starts at word `k` and holds what stands before it."""
        low, first = self.low, k
        if low[k] in ("of", "in", ","):
            k += 1
        year = self.year_number(k)
        if year is not None and "year" in units:
            if low[first] == "," and self.counted(k + 1):
                return None
            return Phrase(first, k + 1, "year", "year", year=year)
        if low[first] == ",":
            return None
        if low[k] == "the":
            k += 1
        word = low[k]
        if word in units and low[k - 1] == "the" and low[first] == "of":
            return Phrase(first, k + 1, "unit", granularity(word), unit=word, n=0)
        unit = low[k + 1] if k + 1 < self.n else ""
        if unit not in units:
            return None
        rel = self.rel(k)
        if rel:
            return Phrase(first, k + 2, "unit", granularity(unit), unit=unit, n=SHIFTS[rel])
        for role, shift in (("same", 0), ("previous", -1), ("following", 1)):
            if word in self.w[role]:
                return Phrase(first, k + 2, "same", granularity(unit), unit=unit, n=shift)
        return None

    def hung(self, first: int, last: int) -> tuple[Token, Token] | None:
        """The word of these that hangs on one outside, and that one; None at a root."""
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
        hung = self.hung(first, last)
        if hung is None:
            return False
        token, head = hung
        if head.i <= self.token[last - 1] or token.dep not in _BEFORE:
            return False
        # a year may also stand before a name ("the 2003 London Marathon")
        return head.pos == "NOUN" or (head.pos == "PROPN" and last == first + 1 and self.text[first].isdecimal())


def granularity(unit: str) -> Granularity:
    """How finely a time told in this unit is known."""
    return _GRANULARITY.get(unit, "day")


def edge_granularity(edge: str, whole: Granularity) -> Granularity:
    """How finely a part of a longer time is known: the first week of May is a week, early May is May."""
    if edge.startswith("week") and not edge.startswith("weekend"):
        return "week"
    if edge.startswith(("weekend", "day")):
        return "day"
    return "quarter" if edge.startswith("quarter") else whole


_GRANULARITY: dict[str, Granularity] = {
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
_BEFORE = ("compound", "nmod", "amod", "nummod", "npadvmod", "poss", "det")
_DAY = re.compile(r"(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?$")
_DOZENS = {"couple": 2, "dozen": 12}
