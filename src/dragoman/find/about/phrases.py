"""Phrases of a table where they stand in the words of a text: one walk for all, capitals and plurals forgiven."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

from dragoman.parse.base import Parsed, Sentence, Token

T = TypeVar("T", bound=Hashable)

_WORD = re.compile(r"\w+|[^\w\s]")
_END = ""  # key of a node under which the values of a whole phrase stand
_ARTICLES = frozenset(["the", "a", "an"])
_SKIPPED = frozenset(["-", "‑", "–", "'", '"', "“", "”", "‘", "’", "'s", "’s", "«", "»"])
_GAP = 2  # words such as "new", "our", "Russian" that may stand inside a phrase


class Phrases(Generic[T]):
    """Finds phrases by their words: as printed or as lemma; an abbreviation in capitals only as printed.

    Articles do not count; up to two adjectives, adverbs or possessives may stand inside ("the new Russian weapons").
    """

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._root: dict[str, Any] = {}
        for phrase, value in entries:
            words = [w for w in _WORD.findall(phrase) if w.lower() not in _ARTICLES and w not in _SKIPPED]
            if not words:
                continue
            for forms in _variants(words):
                node = self._root
                for form in forms:
                    node = node.setdefault(form, {})
                values = node.setdefault(_END, [])
                if value not in values:
                    values.append(value)

    def find(
        self, parsed: Parsed, fits: Callable[[int, int], bool] | None = None, *, inside: Sentence | None = None
    ) -> list[tuple[int, int, tuple[T, ...]]]:
        """(first word, word after the last, values) for the longest phrases, left to right, none overlapping another.

        `fits(first, last)` may turn a phrase down; only those `inside` a sentence where one is given.
        """
        out: list[tuple[int, int, tuple[T, ...]]] = []
        tokens, root = parsed.tokens, self._root
        reached = 0
        for token in tokens if inside is None else tokens[inside.first : inside.last]:
            if token.i < reached or (
                token.lower not in root
                and token.lemma not in root
                and not (token.text.isupper() and token.text in root)
            ):
                continue
            hit = self._longest(tokens, token.i)
            if hit is not None and (fits is None or fits(token.i, hit[0])):
                reached = hit[0]
                out.append((token.i, hit[0], tuple(hit[1])))
        return out

    def _longest(self, tokens: tuple[Token, ...], i: int) -> tuple[int, list[T]] | None:
        best: tuple[int, list[T]] | None = None
        sentence = tokens[i].sentence
        stack: list[tuple[dict[str, Any], int, int]] = [(self._root, i, 0)]
        while stack:
            node, k, gaps = stack.pop()
            if k >= len(tokens) or tokens[k].sentence != sentence:
                continue
            token = tokens[k]
            keys = (token.lower, token.lemma, token.lemma.lower(), token.text if token.text.isupper() else token.lower)
            for key in dict.fromkeys(keys):  # as printed first: in an order that is the same on every run
                below = node.get(key) if key else None
                if below is None:
                    continue
                values = below.get(_END)
                if values is not None and (best is None or k + 1 > best[0]):
                    best = (k + 1, values)
                elif values is not None and best is not None and k + 1 == best[0] and k == i:
                    best = (k + 1, [*best[1], *(v for v in values if v not in best[1])])  # "hacking", "hack"
                if len(below) > (values is not None):
                    stack.append((below, k + 1, gaps))
            if k == i:
                continue
            if token.lower in _ARTICLES or token.text in _SKIPPED:
                stack.append((node, k + 1, gaps))
            elif gaps < _GAP and (
                token.pos in ("ADJ", "ADV", "NUM")
                or (token.pos == "DET" and token.lower != "no")
                or token.tag == "PRP$"
                or token.dep in ("amod", "poss", "neg")
            ):
                stack.append((node, k + 1, gaps + 1))
        return best


def _variants(words: list[str]) -> Iterable[list[str]]:
    """The phrase as given and with its last word in the singular; capitals stay only in abbreviations."""
    plain = [w if w.isupper() and len(w) > 1 else w.lower() for w in words]
    yield plain
    last = plain[-1]
    if len(plain) > 1 and len(last) > 3 and last.endswith("s") and not last.endswith(("ss", "us", "is")):
        yield [*plain[:-1], last[:-3] + "y" if last.endswith("ies") else last[:-1]]
