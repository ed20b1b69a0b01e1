"""A parsed text cut into units: sentences as full stops and quotation marks tell them.

Parsers lose their way around quotation marks: they end a sentence inside a passage, or run on past its end. A unit
keeps `“Is it over? I doubt it,” he said.` together and parts `“It is over.” The hall was silent.`
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import msgspec

from dragoman.find.said.quotes import Quote, find_quotes
from dragoman.parse.base import Parsed

Range = tuple[int, int]  # words from the first up to, but not including, the second

FULL_STOPS = frozenset([".", ";", "!", "?", "…", "...", "!!", "??", "?!", "!?", "...."])
DASHES = frozenset(["-", "–", "—", "--", "―"])
PAUSES = frozenset([",", ":"]) | DASHES
MARKS = frozenset("“”„‟\"«»‹›‘’‚`'「」『』〝〞〟") | {"''", "``", "‘‘", "’’", "‚‚"}
FINITE = ("VBD", "VBZ", "VBP")
NOMINAL = ("NOUN", "PROPN", "PRON")
STEPS = 15  # how far up the tree to look; deeper ones come from broken parses
LONGEST = 300  # words; what runs on without a full stop for longer is no sentence, and is cut
FRAGMENT = 4  # quoted words up to this number only colour a sentence


class Unit(msgspec.Struct, frozen=True, gc=False):
    """Words `first` up to `last` of line `line`; `quoted` if no word stands outside quotation marks."""

    i: int
    first: int
    last: int
    line: int
    quoted: bool


class Page:
    """A text with its passages and units, and the reach of each word's subtree.

    `speaks(i)` tells whether word `i` is a verb that can follow a passage as in `“Why?” Holm asked.`
    """

    def __init__(self, parsed: Parsed, speaks: Callable[[int], bool]) -> None:
        self.parsed = parsed
        self.text = parsed.text
        self.tokens = parsed.tokens
        self.left, self.right = _edges(parsed)
        self.quotes: list[Quote] = []
        self.ranges: list[Range] = []  # words of each passage, marks included
        self.quote_at = [-1] * len(self.tokens)  # passage in which a word stands
        self.speaks = speaks
        self.nested: dict[Range, Quote] = {}  # words of each passage inside another one
        self.inside: dict[int, list[Range]] = {}  # the same, by the passage they stand in
        for quote in find_quotes(self.text):
            if not quote.depth:
                self._place(quote)
            elif quote.closed:
                words = (
                    min(parsed.at(quote.start), len(self.tokens) - 1),
                    min(parsed.at(quote.end - 1) + 1, len(self.tokens)),
                )
                self.nested.setdefault(words, quote)
                self.inside.setdefault(self.quote_at[words[0]], []).append(words)
        self.words_in = [sum(self.tokens[k].pos != "PUNCT" for k in range(*r)) for r in self.ranges]
        self.units = self._units()
        self.unit_at = [u.i for u in self.units for _ in range(u.first, u.last)]
        self.long = [
            words > FRAGMENT or self.units[self.unit_at[r[0]]].quoted
            for words, r in zip(self.words_in, self.ranges, strict=True)
        ]

    def _place(self, quote: Quote) -> None:
        first = self.parsed.at(quote.start)
        last = min(self.parsed.at(quote.end - 1) + 1, len(self.tokens))
        if last > first and self.quote_at[first] < 0:
            self.quote_at[first:last] = [len(self.quotes)] * (last - first)
            self.quotes.append(quote)
            self.ranges.append((first, last))

    @cached_property
    def doers(self) -> dict[str, list[int]]:
        """Word in small letters -> where it stands as a subject or an owner."""
        out: dict[str, list[int]] = {}
        for token in self.tokens:
            if token.dep in ("nsubj", "nsubjpass", "poss"):
                out.setdefault(token.lower, []).append(token.i)
        return out

    def unit(self, i: int) -> Unit:
        """The unit in which word `i` stands."""
        return self.units[self.unit_at[i]]

    def in_long_quote(self, i: int) -> bool:
        """Whether word `i` stands in a passage that is more than a few quoted words."""
        return self.quote_at[i] >= 0 and self.long[self.quote_at[i]]

    def opens(self, i: int) -> bool:
        """Whether a passage starts with word `i`."""
        return i < len(self.tokens) and self.quote_at[i] >= 0 and self.ranges[self.quote_at[i]][0] == i

    def ends(self, i: int) -> bool:
        """Whether a passage ends with word `i`."""
        return i >= 0 and self.quote_at[i] >= 0 and self.ranges[self.quote_at[i]][1] == i + 1

    def starts_small(self, i: int) -> bool:
        """Whether the passage in which word `i` stands starts with a small letter, as one that goes on does."""
        first = self.quotes[self.quote_at[i]].inner[0]
        return self.text[first : first + 1].islower()

    def last_sign(self, q: int) -> str:
        """The last character inside passage `q`."""
        end = self.quotes[q].inner[1]
        return self.text[end - 1 : end]

    def passages(self, unit: Unit) -> list[int]:
        """The passages of a unit, in order."""
        out: list[int] = []
        for k in range(unit.first, unit.last):
            q = self.quote_at[k]
            if q >= 0 and (not out or out[-1] != q):
                out.append(q)
        return out

    def glued(self, i: int) -> int:
        """The last word of the compound that word `i` is in: "escalation" for the "de" of "de-escalation"."""
        tokens = self.tokens
        while i + 2 < len(tokens) and tokens[i + 1].text in ("-", "‐", "‑"):
            if tokens[i].end != tokens[i + 1].start or tokens[i + 1].end != tokens[i + 2].start:
                break
            i += 2
        return i

    def trimmed(self, first: int, last: int) -> Range:
        """These words without the punctuation at either end; a passage at an end keeps both its marks."""
        tokens = self.tokens
        while first < last and tokens[first].text in PAUSES and not self.opens(first):
            first += 1
        q = self.quote_at[last - 1] if last > first else -1
        if q >= 0:
            opening, closing = self.ranges[q]
            if last < closing and all(tokens[k].pos == "PUNCT" for k in range(last, closing)):
                last = closing
            elif opening >= first and all(tokens[k].pos == "PUNCT" for k in range(opening, last)):
                last = opening
        while last > first and (tokens[last - 1].text in PAUSES or tokens[last - 1].text in (".", ";")):
            if self.quote_at[last - 1] >= 0:
                break
            last -= 1
        return first, last

    def whole(self, first: int, last: int, limit: int) -> int:
        """`last`, or the end of the passage that it would cut in two."""
        if first < last < limit and self.quote_at[last] >= 0 and self.quote_at[last - 1] == self.quote_at[last]:
            opening, closing = self.ranges[self.quote_at[last]]
            if opening >= first:
                return min(closing, limit)
        return last

    def kept(self, *ranges: Range) -> list[Range]:
        """These ranges, trimmed; one without a word is left out."""
        out = []
        for first, last in ranges:
            a, b = self.trimmed(first, last)
            if any(self.tokens[k].pos != "PUNCT" for k in range(a, b)):
                out.append((a, b))
        return out

    def _units(self) -> list[Unit]:
        tokens = self.tokens
        out: list[Unit] = []
        line_of = [s.paragraph for s in self.parsed.sentences]
        first, quoted = 0, True
        for i in range(len(tokens)):
            quoted = quoted and self.quote_at[i] >= 0
            endless = i - first >= LONGEST and (self.quote_at[i] < 0 or self.ends(i))
            if i + 1 == len(tokens) or endless or self._parts(i):
                out.append(Unit(len(out), first, i + 1, line_of[tokens[first].sentence], quoted))
                first, quoted = i + 1, True
        return out

    def _parts(self, i: int) -> bool:
        """Whether a unit ends with word `i`."""
        token, after = self.tokens[i], self.tokens[i + 1]
        if "\n" in self.text[token.end : after.start]:
            return True
        passage = self.quote_at[i]
        if passage >= 0 and passage == self.quote_at[i + 1]:
            return False
        goes_on = after.text[0].islower() or after.text in FULL_STOPS | PAUSES or after.text in (")", "]")
        if self.ends(i):
            if goes_on or self.last_sign(passage) not in ".!?…":
                return False
            return not self._cue_follows(i + 1)
        if token.text in FULL_STOPS:
            return not goes_on or token.text == ";"
        return token.text.endswith(".") and after.sentence != token.sentence and not goes_on

    def _cue_follows(self, i: int) -> bool:
        """Whether the words from `i` are a short "Holm asked." that belongs to the passage before them."""
        if self.tokens[i].pos in ("ADP", "SCONJ", "ADV") and self.tokens[i].text[0].isupper():
            return False  # “... for all.” In May he asked for more
        for k in range(i, min(i + 14, len(self.tokens))):
            token = self.tokens[k]
            if token.text in FULL_STOPS or token.text == ":" or self.quote_at[k] >= 0:
                return False
            if token.tag in ("VBD", "VBZ", "VBP") and k > i:
                if not self.speaks(k):
                    return False
                after = self.tokens[k + 1] if k + 1 < len(self.tokens) else None
                if after is None or after.text in FULL_STOPS:
                    return True
                if after.text == ":" or self.quote_at[k + 1] >= 0 or after.lower == "that":
                    return False
                return not any(c > k and self.tokens[c].dep in ("ccomp", "xcomp", "dobj") for c in token.children)
        return False


def _edges(parsed: Parsed) -> tuple[list[int], list[int]]:
    """For each word the first and the last word of its subtree."""
    tokens = parsed.tokens
    left, right = list(range(len(tokens))), list(range(len(tokens)))
    order = [t.i for t in tokens if t.head == t.i]
    for i in order:  # grows while it is walked: heads before what hangs on them
        order.extend(tokens[i].children)
    for i in reversed(order):
        head = tokens[i].head
        left[head] = min(left[head], left[i])
        right[head] = max(right[head], right[i])
    return left, right
