"""Passages without a cue: joined to the saying they go on, or sayings of whoever speaks or acts beside them."""

from __future__ import annotations

from dragoman.find.said.saying import Saying
from dragoman.find.said.units import FRAGMENT, Page, Unit


def with_loose_passages(page: Page, sayings: list[Saying]) -> list[Saying]:
    """The sayings, with each passage that has no cue joined to one or made one with its neighbour's speaker."""
    taken = bytearray(len(page.tokens))
    starts: dict[int, Saying] = {}  # unit -> the saying that takes its first words
    ends: dict[int, Saying] = {}  # unit -> the last saying in it that is not inside another
    for saying in sorted(sayings, key=lambda s: s.start):
        for a, b in saying.content:
            taken[a:b] = b"\x01" * (b - a)
            if a <= page.unit(a).first + 1:
                starts.setdefault(page.unit_at[a], saying)
            last = page.unit_at[b - 1]
            if last not in ends or not ends[last].holds(saying.head):
                ends[last] = saying
        ends.setdefault(page.unit_at[saying.head], saying)
    out = list(sayings)
    for unit in reversed(page.units):  # of a chain of paragraphs the last one tells who speaks
        q = page.quote_at[unit.first]
        after = starts.get(unit.i + 1)
        if not unit.quoted or after is None or after.frame not in ("aside", "quote") or not _left_open(page, q):
            continue
        if unit.i and unit.i - 1 in ends and page.units[unit.i - 1].line == unit.line:
            continue  # “...,” Holm said. “...
        if page.ranges[q][0] == unit.first and not any(taken[slice(*page.ranges[q])]):
            after.content.insert(0, page.ranges[q])
            taken[slice(*page.ranges[q])] = b"\x01" * (page.ranges[q][1] - page.ranges[q][0])
            starts[unit.i] = after
            ends[unit.i] = after
    for unit in page.units:
        for q in page.passages(unit):
            first, last = page.ranges[q]
            if any(taken[first : min(last, first + 2)]):
                continue
            joined = _joined(page, unit, q, starts, ends)
            if joined is None:
                joined = _loose(page, unit, q, starts, ends)
                if joined is None:
                    continue
                out.append(joined)
            taken[first:last] = b"\x01" * (last - first)
            ends[unit.i] = joined
            if unit.quoted:
                starts.setdefault(unit.i, joined)
    out.sort(key=lambda s: s.start)
    return out


def _joined(page: Page, unit: Unit, q: int, starts: dict[int, Saying], ends: dict[int, Saying]) -> Saying | None:
    """The saying that goes on in a passage which is a unit by itself; the passage becomes part of its content."""
    if not unit.quoted:
        return None
    before = ends.get(unit.i - 1)
    near = before is not None and unit.line - page.units[unit.i - 1].line <= 1 and before.frame in _WITH_PASSAGES
    if before is not None and near and page.quote_at[before.content[-1][1] - 1] >= 0:
        before.content.append(page.ranges[q])
        return before
    after = starts.get(unit.i + 1)
    if after is None or after.frame not in ("aside", "quote"):
        return None
    if _left_open(page, q) or (after.frame == "aside" and page.units[unit.i + 1].line == unit.line):
        after.content.insert(0, page.ranges[q])
        return after
    return None


def _left_open(page: Page, q: int) -> bool:
    """Whether passage `q` is not closed and the next one goes on from it."""
    return not page.quotes[q].closed and page.quotes[min(q + 1, len(page.quotes) - 1)].continues


_WITH_PASSAGES = frozenset(["quote", "aside", "colon", "loose"])


def _loose(page: Page, unit: Unit, q: int, starts: dict[int, Saying], ends: dict[int, Saying]) -> Saying | None:
    """A new saying for a passage without a cue, spoken by whoever speaks or acts before it, or speaks after it."""
    words, long = page.ranges[q], page.words_in[q] > FRAGMENT

    def saying(reason: str, speaker: int | None = None, follows: Saying | None = None, colon: bool = False) -> Saying:
        cue = (words[0] - 1, words[0]) if colon else None
        return Saying(words[0], cue, "statement", "loose", [words], speaker, reason=reason, follows=follows)

    if not unit.quoted:
        handed_over = words[0] > unit.first and page.tokens[words[0] - 1].text == ":"
        if handed_over and long and not page.quotes[q].single:
            subject = _subject_of(page, unit)
            if subject is not None:
                return saying("a colon before the words", subject, colon=True)
        return None
    before = page.units[unit.i - 1] if unit.i else None
    if before is not None and unit.line - before.line <= 1:
        if before.i in ends and page.words_in[q] > 1:
            return saying("follows the speaker's words", follows=ends[before.i])
        subject = _subject_of(page, before) if before.line == unit.line and long else None
        if subject is not None:
            return saying("follows what the speaker did", subject)
    after = page.units[unit.i + 1] if unit.i + 1 < len(page.units) else None
    if after is not None and after.i in starts and after.line - unit.line <= 1 and long:
        return saying("stands before the speaker's words", follows=starts[after.i])
    return None


def _subject_of(page: Page, unit: Unit) -> int | None:
    """The first subject in a unit that can be somebody."""
    for k in range(unit.first, unit.last):
        token = page.tokens[k]
        if token.dep in ("nsubj", "nsubjpass") and page.quote_at[k] < 0 and token.lower not in _NOBODY:
            return k
    return None


_NOBODY = frozenset(["it", "that", "there", "this", "which", "what"])
