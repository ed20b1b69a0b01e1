"""A text as it is printed: its lines, their words, and what is loud about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_STOPPED = re.compile(r"[.!?:…]['\"”’»)\]]*\s*['\"“‘«(\[]*$|^\W*$|[,]\s*['\"“‘«]+$|(?:^|\s)[-–—]+\s+['\"“‘«]*$")
_DATELINE = re.compile(r"^[^\W\d_][\w .'’/-]{2,40}(?:, [\w .,]{2,40})?(?: ?\([^)\n]{2,40}\))? ?[-–—]{1,2} (?=\S)")
_LITTLE = 4  # letters; shorter words may be small in a headline


class PrintedWord(msgspec.Struct, frozen=True):
    """A word and where it stands in the text."""

    start: int
    text: str
    lower: str

    @property
    def capitals(self) -> bool:
        return self.text.isupper()

    @property
    def initial(self) -> bool:
        """Whether only the first letter is a capital."""
        return self.text[0].isupper() and self.text[1:].islower()


def printed_lines(text: str) -> Iterator[PrintedLine]:
    """The lines of a text."""
    at = 0
    for line in text.split("\n"):
        yield PrintedLine(at, line)
        at += len(line) + 1


def small_letters(text: str) -> str:
    """The text in small letters, letter for letter."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


class PrintedLine:
    """One line and where it begins; `small` tells whether it holds a small letter."""

    def __init__(self, at: int, line: str) -> None:
        self.at, self.line = at, line
        self.small = any(c.islower() for c in line) if line else False

    @cached_property
    def words(self) -> list[PrintedWord]:
        return [
            PrintedWord(self.at + m.start(), m.group(), small_letters(m.group())) for m in _WORD.finditer(self.line)
        ]

    def shouts(self, least: int) -> bool:
        """Whether the line has no small letter and so many words."""
        if self.small or not self.line or not self.line.isupper():
            return False
        return sum(w.capitals and len(w.text) > 1 for w in self.words) >= least

    def has_capital_words(self) -> bool:
        return self.small and any(w.capitals and len(w.text) >= 3 for w in self.words)

    def like_a_headline(self, little: frozenset[str]) -> bool:
        """Whether every word but the little ones begins with a capital, and no full stop ends the line."""
        if not self.small or self.line.rstrip()[-1:] in (".", "!", ","):
            return False
        words = [w for w in self.words if w.text[0].isalpha()]
        if not 4 <= len(words) <= 30:
            return False
        long = [w for w in words if len(w.text) >= _LITTLE and w.lower not in little]
        small = [w for w in long if w.text[0].islower()]
        return len(long) >= 3 and len(small) * 10 <= len(long) and sum(w.initial for w in words) >= 3

    def dateline(self) -> int:
        """How many words stand in a dateline, which keeps its capitals."""
        found = _DATELINE.match(self.line)
        return sum(w.start < self.at + found.end() for w in self.words) if found else 0

    def opens(self, word: PrintedWord) -> bool:
        """Whether a sentence or what is quoted begins with this word."""
        return bool(_STOPPED.search(self.line[max(0, word.start - self.at - 6) : word.start - self.at]))
