"""Words and their grammar as plain values, whatever parser made them.

Labels are those of Universal POS (`pos`), Penn Treebank (`tag`) and spaCy's English dependency scheme (`dep`:
nsubj, dobj, prep, pobj, ccomp, xcomp, relcl ...). A parser for another scheme translates to these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

import msgspec


class Token(msgspec.Struct, frozen=True, gc=False):
    """One word. `i`, `head` and `children` are positions in `Parsed.tokens`; `start`, `end` count characters."""

    i: int
    start: int
    end: int
    text: str
    lower: str
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int
    sentence: int
    children: tuple[int, ...] = ()


class Sentence(msgspec.Struct, frozen=True, gc=False):
    """A sentence: tokens `first` up to but not including `last`, characters `start` up to `end`."""

    i: int
    first: int
    last: int
    start: int
    end: int
    paragraph: int  # 0 is the title where there is one; counts lines of the text


class Parsed(msgspec.Struct, frozen=True, dict=True):
    """A text with its words and sentences, and the few ways of walking the tree that the finders share."""

    text: str
    tokens: tuple[Token, ...]
    sentences: tuple[Sentence, ...]

    def subtree(self, i: int) -> list[int]:
        """Positions of the word and of all that hang on it, in order."""
        out = []
        stack = [i]
        while stack:
            k = stack.pop()
            out.append(k)
            stack.extend(self.tokens[k].children)
        out.sort()
        return out

    def kids(self, i: int, *deps: str) -> list[Token]:
        """The words that hang directly on `i` by one of these relations (by any, if none is given)."""
        tokens = self.tokens
        return [tokens[k] for k in tokens[i].children if not deps or tokens[k].dep in deps]

    def head(self, i: int) -> Token:
        """The word on which `i` hangs (itself for the root)."""
        return self.tokens[self.tokens[i].head]

    def ancestors(self, i: int) -> Iterator[Token]:
        """The words above `i`, nearest first."""
        tokens = self.tokens
        while tokens[i].head != i:
            i = tokens[i].head
            yield tokens[i]

    def span(self, positions: Sequence[int]) -> tuple[int, int]:
        """Characters from the first to the last of these words."""
        return self.tokens[positions[0]].start, self.tokens[positions[-1]].end

    def words(self, sentence: Sentence) -> tuple[Token, ...]:
        """The words of a sentence."""
        return self.tokens[sentence.first : sentence.last]

    def sentence_of(self, i: int) -> Sentence:
        """The sentence in which word `i` stands."""
        return self.sentences[self.tokens[i].sentence]

    def at(self, char: int) -> int:
        """Position of the first word that ends after this character (the number of words, past the last)."""
        from bisect import bisect_right

        return bisect_right(self._ends, char)

    def top(self, span: tuple[int, int]) -> int:
        """Position of the word of a span on which the others hang (the number of words, for a span without any)."""
        first = self.at(span[0])
        last = self.at(max(span[0], span[1] - 1))
        for k in range(first, min(last + 1, len(self.tokens))):
            if not first <= self.tokens[k].head <= last or self.tokens[k].head == k:
                return k
        return first

    @cached_property
    def _ends(self) -> list[int]:
        return [t.end for t in self.tokens]


class Parser(Protocol):
    """Turns texts into Parsed values. `name` and `version` go on the record."""

    name: str
    version: str

    def parse(self, texts: Iterable[str]) -> Iterator[Parsed]:
        """One Parsed a text, in order. Sentences never run across a line end."""
        ...

    def common(self, word: str) -> bool:
        """Whether the language has this word, written in small letters, as no name. False where it cannot be told."""
        ...
