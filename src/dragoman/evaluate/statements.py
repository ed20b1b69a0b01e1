"""Found statements against texts in which people marked who said what: source, cue and content of each attribution.

Words are runs of letters and digits; an apostrophe or hyphen inside one does not end it. Marks never count.

content    A statement's content is the set of its words' positions, over all its pieces. It is found when a statement
           found shares half or more of the words of both together (Jaccard 0.5), and found exactly when both are the
           same. Pairs are taken by falling share, each side once; of equal ones the earlier in the file.
source     Right when it shares a word with the gold source that is no function word, exact when it has the same words.
           Where the gold has none, right when none was found.
statement  Content found and source right.
cue        Shares a word with the gold cue.

Groups sort gold and found alike; recall counts over the gold of a group, precision over what was found of it.
direct and mixed: five or more words stand in one quoted passage of five or more; indirect: the others.
speech cue: the cue holds a form of a verb of saying, or "according to"; other cue: thought, stance, act, noun, none.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal

import msgspec

from dragoman.evaluate import gold
from dragoman.evaluate.measures import Interval, Rates, f1, interval, rates, share
from dragoman.records import Reading, Span

GROUPS = ("all", "speech cue", "other cue", "direct and mixed", "indirect")
HALF = 0.5
FORM = (
    '{"id": ..., "text": ..., "attributions": [{"source": [[start, end]], "cue": [[start, end]], '
    '"content": [[start, end]]}]}'
)

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_MARK = re.compile(r"[“”\"„«»]|''|``")
_OPENING, _CLOSING = frozenset(["“", "„", "«", "``"]), frozenset("”»")
_PASSAGE = 5  # words; shorter quotations are names and single words rather than speech

Words = frozenset[int]
What = Literal["missed", "extra", "source"]


class Said(msgspec.Struct, frozen=True):
    """One statement as spans of the text: an attribution of the gold, or what was found."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]


class Text(msgspec.Struct, frozen=True):
    """One text of the gold with its attributions."""

    id: str | int
    text: str
    said: tuple[Said, ...]
    date: str | None = None


def read(source: str) -> list[Text]:
    """The gold in a JSONL file. Raises GoldError with every fault, by line."""
    rows = gold.lines(source, _Row, FORM, _Check())
    return [
        Text(
            id=row.id,
            text=row.text,
            date=row.date,
            said=tuple(Said(_spans(a.source), _spans(a.cue), _spans(a.content)) for a in row.attributions),
        )
        for row in rows
    ]


def found_in(reading: Reading) -> list[Said]:
    """The statements of a Reading, those inside others left out: corpora of attributions mark the outermost."""
    return [
        Said(
            source=(s.speaker.span,) if s.speaker else (),
            cue=(s.cue,) if s.cue else (),
            content=s.content,
        )
        for s in reading.statements
        if s.within is None
    ]


def prediction(text: Text, found: Sequence[Said]) -> dict[str, object]:
    """What was found in a text, in the form that scorers read: no source is null, and so is no cue."""
    return {
        "id": text.id,
        "statements": [{"source": s.source or None, "cue": s.cue or None, "content": s.content} for s in found],
    }


def measure(pairs: Iterable[tuple[Text, Sequence[Said]]]) -> Score:
    """The score of what was found in each text of the gold. Raises ValueError for a span outside of its text."""
    return Score([_article(text, found) for text, found in pairs])


# -- the score -----------------------------------------------------------------------------------------------------


class Counts(msgspec.Struct):
    """What is counted in a group; what ends in `_gold` counts attributions, in `_found` statements found."""

    gold: int = 0
    found: int = 0
    exact_gold: int = 0
    exact_found: int = 0
    content_gold: int = 0
    content_found: int = 0
    statement_gold: int = 0
    statement_found: int = 0
    sourced: int = 0  # attributions with a source whose content was found, and how often it was right
    source_exact: int = 0
    source_right: int = 0
    sourceless: int = 0  # the same for attributions without one
    sourceless_right: int = 0
    cued: int = 0
    cue_right: int = 0


class Group(msgspec.Struct, frozen=True):
    """The figures of one group; intervals are those of F1."""

    gold: int
    found: int
    content: Rates
    content_interval: Interval
    statement: Rates
    statement_interval: Interval
    exact: Rates
    sourced: int
    source_right: float
    source_exact: float
    sourceless: int
    sourceless_right: float
    cued: int
    cue_right: float


class Miss(msgspec.Struct, frozen=True):
    """One difference from the gold, in words: `other` is the source found where the gold has another."""

    article: str | int
    what: What
    groups: tuple[str, ...]
    source: str
    cue: str
    content: str
    other: str | None = None


class Article(msgspec.Struct, frozen=True):
    """How one text does: counts for each group, and what differs, in the order of the text."""

    id: str | int
    counts: dict[str, Counts]
    misses: tuple[Miss, ...]


class Score:
    """How all texts do."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = tuple(articles)

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The figures of every group, "all" first."""
        return {name: self._group(name) for name in GROUPS}

    @property
    def misses(self) -> Iterator[Miss]:
        """Everything that differs, article by article."""
        return (miss for article in self.articles for miss in article.misses)

    def _group(self, name: str) -> Group:
        rows = [msgspec.structs.astuple(a.counts[name]) for a in self.articles]
        sums = [sum(column) for column in zip(*rows, strict=True)] if rows else []
        c = Counts(*sums)
        return Group(
            gold=c.gold,
            found=c.found,
            content=rates(c.gold, c.found, c.content_gold, c.content_found),
            content_interval=self._interval(name, "content"),
            statement=rates(c.gold, c.found, c.statement_gold, c.statement_found),
            statement_interval=self._interval(name, "statement"),
            exact=rates(c.gold, c.found, c.exact_gold, c.exact_found),
            sourced=c.sourced,
            source_right=share(c.source_right, c.sourced),
            source_exact=share(c.source_exact, c.sourced),
            sourceless=c.sourceless,
            sourceless_right=share(c.sourceless_right, c.sourceless),
            cued=c.cued,
            cue_right=share(c.cue_right, c.cued),
        )

    def _interval(self, name: str, what: str) -> Interval:
        columns = ("gold", "found", f"{what}_gold", f"{what}_found")
        counts = [[getattr(a.counts[name], column) for column in columns] for a in self.articles]
        return interval(counts, lambda sums: f1(share(sums[3], sums[1]), share(sums[2], sums[0])))


# -- one article ---------------------------------------------------------------------------------------------------


class _Piece(msgspec.Struct, frozen=True):
    """A statement as sets of words, with its groups."""

    said: Said
    source: Words
    cue: Words
    content: Words
    groups: tuple[str, ...]


def _article(text: Text, found: Sequence[Said]) -> Article:
    for span in (span for s in found for span in (*s.source, *s.cue, *s.content)):
        if not _inside(span, text.text):
            raise ValueError(f"{text.id}: the span {list(span)} is outside of the text, which ends at {len(text.text)}")
    words = _Worded(text.text)
    gold_side = [words.piece(s) for s in text.said]
    found_side = [piece for piece in map(words.piece, found) if piece.content]
    counts = {name: Counts() for name in GROUPS}
    misses: list[tuple[_Piece, What, str | None]] = []

    def count(piece: _Piece, *fields: str) -> None:
        for name in piece.groups:
            for field in fields:
                setattr(counts[name], field, getattr(counts[name], field) + 1)

    for piece in gold_side:
        count(piece, "gold")
    for piece in found_side:
        count(piece, "found")
    shares = _shares(gold_side, found_side)
    for g, f in _matched(shares, 1.0):
        count(gold_side[g], "exact_gold")
        count(found_side[f], "exact_found")
    pairs = _matched(shares, HALF)
    for g, f in pairs:
        want, got = gold_side[g], found_side[f]
        count(want, "content_gold")
        count(got, "content_found")
        right = words.same_source(want.source, got.source)
        if want.source:
            count(want, "sourced", *["source_right"] * right, *["source_exact"] * (want.source == got.source))
        else:
            count(want, "sourceless", *["sourceless_right"] * right)
        if want.cue:
            count(want, "cued", *["cue_right"] * bool(want.cue & got.cue))
        if right:
            count(want, "statement_gold")
            count(got, "statement_found")
        else:
            misses.append((want, "source", words.told(got.said.source)))
    met, used = {g for g, _ in pairs}, {f for _, f in pairs}
    misses += [(piece, "missed", None) for g, piece in enumerate(gold_side) if g not in met]
    misses += [(piece, "extra", None) for f, piece in enumerate(found_side) if f not in used]
    misses.sort(key=lambda miss: min(miss[0].content, default=0))
    return Article(text.id, counts, tuple(words.miss(text.id, *miss) for miss in misses))


class _Worded:
    """A text with its words numbered."""

    def __init__(self, text: str) -> None:
        self.text = text
        spans = [found.span() for found in _WORD.finditer(text)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        self.quoted = [words for start, end in _quotations(text) if len(words := self._within(start, end)) >= _PASSAGE]

    def piece(self, said: Said) -> _Piece:
        source, cue, content = (self._touched(spans) for spans in (said.source, said.cue, said.content))
        direct = any(len(content & quoted) >= _PASSAGE for quoted in self.quoted)
        kind = "direct and mixed" if direct else "indirect"
        return _Piece(said, source, cue, content, ("all", "speech cue" if self._speech(cue) else "other cue", kind))

    def miss(self, article: str | int, piece: _Piece, what: What, other: str | None) -> Miss:
        source, cue, content = (self.told(spans) for spans in (piece.said.source, piece.said.cue, piece.said.content))
        return Miss(article, what, piece.groups[1:], source, cue, content, other)

    def told(self, spans: Iterable[Span]) -> str:
        """The words of these spans, on one line."""
        return " … ".join(" ".join(self.text[start:end].split()) for start, end in spans)

    def same_source(self, want: Words, got: Words) -> bool:
        if not want:
            return not got
        shared = want & got
        return bool(shared) if len(want) == 1 else any(self._word(i) not in _speech().function_words for i in shared)

    def _speech(self, cue: Words) -> bool:
        words = [self._word(i) for i in sorted(cue)]
        joined = " ".join(words)
        return not _speech().forms.isdisjoint(words) or any(phrase in joined for phrase in _speech().phrases)

    def _word(self, i: int) -> str:
        return self.text[self.starts[i] : self.ends[i]].lower()

    def _touched(self, spans: Iterable[Span]) -> Words:
        """The words that these spans cover, if only in part."""
        return frozenset(
            i for start, end in spans for i in range(bisect_right(self.ends, start), bisect_left(self.starts, end))
        )

    def _within(self, start: int, end: int) -> Words:
        return frozenset(range(bisect_left(self.starts, start), bisect_right(self.ends, end)))


def _quotations(text: str) -> Iterator[Span]:
    """What stands between double quotation marks; a quotation left open ends with its paragraph."""
    at = 0
    for paragraph in text.split("\n"):
        start: int | None = None
        for found in _MARK.finditer(paragraph):
            mark = found[0]
            if start is None:
                start = None if mark in _CLOSING else at + found.end()
            elif mark not in _OPENING:
                yield start, at + found.start()
                start = None
        if start is not None:
            yield start, at + len(paragraph)
        at += len(paragraph) + 1


def _shares(gold_side: Sequence[_Piece], found_side: Sequence[_Piece]) -> list[tuple[float, int, int]]:
    """(share of words in common, gold, found) of every pair with any, the largest first."""
    owners: dict[int, list[int]] = {}
    for g, piece in enumerate(gold_side):
        for word in piece.content:
            owners.setdefault(word, []).append(g)
    out = []
    for f, piece in enumerate(found_side):
        for g, common in Counter(g for word in piece.content for g in owners.get(word, ())).items():
            out.append((common / len(gold_side[g].content | piece.content), g, f))
    return sorted(out, key=lambda one: (-one[0], one[1], one[2]))


def _matched(shares: Iterable[tuple[float, int, int]], least: float) -> list[tuple[int, int]]:
    """Pairs (gold, found) with at least this share, each side in one pair only."""
    met: set[int] = set()
    used: set[int] = set()
    out = []
    for common, g, f in shares:
        if common >= least and g not in met and f not in used:
            met.add(g)
            used.add(f)
            out.append((g, f))
    return out


# -- verbs of saying, and the form of the gold ---------------------------------------------------------------------


class _Speech(msgspec.Struct, frozen=True):
    forms: frozenset[str]
    phrases: tuple[str, ...]
    function_words: frozenset[str]


@cache
def _speech() -> _Speech:
    given = tomllib.loads(files("dragoman.evaluate").joinpath("speech.toml").read_text("utf-8"))
    forms = set(given["forms"].split())
    for verb in given["verbs"].split():
        forms |= _forms(verb, given["doubled"].get(verb))
    return _Speech(frozenset(forms), tuple(given["phrases"]), frozenset(given["function_words"].split()))


def _forms(verb: str, doubled: str | None) -> set[str]:
    out = {verb, verb + "s", verb + "ed", verb + "ing"}
    if verb.endswith("e"):
        out |= {verb + "d", verb[:-1] + "ing"}
    if verb.endswith("y") and verb[-2] not in "aeiou":
        out |= {verb[:-1] + "ies", verb[:-1] + "ied"}
    if verb.endswith("ss"):
        out.add(verb + "es")
    return out | {doubled + "ed", doubled + "ing"} if doubled else out


class _Bounds(msgspec.Struct, frozen=True, array_like=True):
    start: int
    end: int
    words: str | None = None


class _Attribution(msgspec.Struct, frozen=True):
    content: list[_Bounds]
    source: list[_Bounds] | None = None
    cue: list[_Bounds] | None = None


class _Row(msgspec.Struct, frozen=True):
    id: str | int
    text: str
    attributions: list[_Attribution]
    date: str | None = None


class _Check:
    """What is wrong with a row beyond its types; it remembers the ids it has seen."""

    def __init__(self) -> None:
        self.seen: set[str | int] = set()

    def __call__(self, row: _Row) -> Iterator[tuple[str, str]]:
        if row.id in self.seen:
            yield f"a second line with the id {row.id!r}", "give every text an id of its own"
        self.seen.add(row.id)
        for number, attribution in enumerate(row.attributions):
            for name in ("source", "cue", "content"):
                for span in getattr(attribution, name) or ():
                    where = f"attributions[{number}].{name}: the span [{span.start}, {span.end}]"
                    there = row.text[span.start : span.end]
                    if not _inside((span.start, span.end), row.text):
                        yield (
                            f"{where} is outside of the text",
                            f"a span is [start, end], from 0 to {len(row.text)} here",
                        )
                    elif span.words is not None and there != span.words:
                        yield f"{where} is {_cut(there)}, not {_cut(span.words)}", "count characters as code points"


def _inside(span: Span, text: str) -> bool:
    return 0 <= span[0] <= span[1] <= len(text)


def _spans(bounds: Iterable[_Bounds] | None) -> tuple[Span, ...]:
    return tuple((b.start, b.end) for b in bounds or ())


def _cut(words: str, most: int = 40) -> str:
    return repr(words if len(words) <= most else words[: most - 1] + "…")
