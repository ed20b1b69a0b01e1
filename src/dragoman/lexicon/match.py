"""Where known phrases stand in a text: one pass for all of them, whatever their number.

Matching is by characters with word borders, so it does not depend on how a parser cuts words. Letters are compared
without accents and with plain apostrophes; capitals count. In a line that is written in capitals only, capitals
are compared with capitals.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_LETTERS = {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "ı": "i", "’": "'", "‘": "'", "ʼ": "'",
            "`": "'", "‐": "-", "‑": "-", "–": "-", "ə": "a", "Ə": "A"}  # fmt: skip


class _Fold(dict[int, int]):
    """Character to plain character, one for one, so that positions stay what they are."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        plain = _LETTERS.get(char)
        if plain is None:
            parts = unicodedata.normalize("NFD", char)
            plain = parts[0] if len(parts) > 1 and all(map(unicodedata.combining, parts[1:])) else char
        self[code] = ord(plain)
        return self[code]


_FOLD = _Fold()


def fold(text: str) -> str:
    """The text without accents and with plain apostrophes and hyphens; same length, same positions."""
    return text if text.isascii() and "`" not in text else text.translate(_FOLD)


class Matcher(Generic[T]):
    """Finds phrases; each phrase carries values, and a phrase given twice carries both."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._values: dict[str, list[T]] = {}
        for phrase, value in phrases:
            key = fold(phrase.strip())
            if key:
                known = self._values.setdefault(key, [])
                if value not in known:
                    known.append(value)
        self._plain: Any = None
        self._upper: Any = None

    def __len__(self) -> int:
        return len(self._values)

    def get(self, phrase: str) -> tuple[T, ...]:
        """The values of exactly this phrase."""
        return tuple(self._values.get(fold(phrase), ()))

    def find(self, text: str) -> list[tuple[int, int, tuple[T, ...]]]:
        """(start, end, values) for the longest phrases, left to right, none overlapping another."""
        import ahocorasick_rs

        if self._plain is None:
            self._phrases = list(self._values)
            self._plain = ahocorasick_rs.AhoCorasick(self._phrases)
        folded = fold(text)
        hits = [
            (start, -end, self._phrases[number])
            for number, start, end in self._plain.find_matches_as_indexes(folded, overlapping=True)
            if _borders(folded, start, end)
        ]
        for start, end in _capital_lines(folded):
            hits.extend(self._in_capitals(folded, start, end))
        hits.sort()
        out: list[tuple[int, int, tuple[T, ...]]] = []
        reached = 0
        for start, minus_end, phrase in hits:
            if start >= reached:
                reached = -minus_end
                out.append((start, reached, tuple(self._values[phrase])))
        return out

    def _in_capitals(self, folded: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        import ahocorasick_rs

        if self._upper is None:
            self._by_upper = {p.upper(): p for p in reversed(self._phrases) if len(p) > 3}
            self._uppers = list(self._by_upper)
            self._upper = ahocorasick_rs.AhoCorasick(self._uppers)
        for number, a, b in self._upper.find_matches_as_indexes(folded[start:end], overlapping=True):
            if _borders(folded, start + a, start + b):
                yield start + a, -(start + b), self._by_upper[self._uppers[number]]


def _borders(text: str, start: int, end: int) -> bool:
    """Whether the phrase stands as whole words."""
    return not (start and (text[start - 1].isalnum() and text[start].isalnum())) and not (
        end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    )


def _capital_lines(text: str) -> Iterator[tuple[int, int]]:
    """Lines of at least three words without one small letter."""
    start = 0
    for line in text.split("\n"):
        if line.count(" ") >= 2 and line.isupper():
            yield start, start + len(line)
        start += len(line) + 1
