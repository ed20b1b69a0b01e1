"""Passages between quotation marks, whatever the marks: “ ”, " ", « », „ “, '' '', ‘ ’, ' ', 「 」.

A passage never runs over a line end. One that is left open ends with its paragraph, and where the next paragraph opens
with a mark it is said to go on there. Marks that open or close nothing (inches, apostrophes) are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from dragoman.records import Span


class Quote(msgspec.Struct, frozen=True, gc=False):
    """One passage: `start` to `end` with its marks, `inner` without them.

    `depth` is 0 for a passage that stands in no other; `closed` tells whether its closing mark was found;
    `continues` whether it goes on from a passage left open in the paragraph before; `single` whether its marks are
    single ones, which often only set off a word.
    """

    start: int
    end: int
    inner: Span
    depth: int
    closed: bool
    continues: bool
    single: bool


class _Mark(msgspec.Struct, gc=False):
    start: int
    end: int
    family: str  # which marks go together
    opens: bool
    closes: bool


def find_quotes(text: str) -> tuple[Quote, ...]:
    """All quoted passages of a text, in order of their start."""
    found: list[Quote] = []
    left_open = False  # the paragraph before ended inside a passage
    at = 0
    for line in text.split("\n"):
        if line.strip():
            passages = _paragraph(line, left_open)
            found.extend(_moved(p, at) for p in passages)
            left_open = any(not p.closed and not p.depth and not p.single for p in passages)
        at += len(line) + 1
    return tuple(found)


_MARK = re.compile(r"[“”„‟\"«»‹›‘’‚`']{1,2}|[″「」『』〝〞〟]")
_DOUBLE = frozenset(["''", "``", "’’", "‘‘", "‚‚"])
_LOW = frozenset(["„", "‚", "‚‚"])
_MAX_OPEN = 3  # deeper nesting than this is a fault of the page


def _moved(quote: Quote, by: int) -> Quote:
    return Quote(
        quote.start + by,
        quote.end + by,
        (quote.inner[0] + by, quote.inner[1] + by),
        quote.depth,
        quote.closed,
        quote.continues,
        quote.single,
    )


def _marks(line: str) -> list[_Mark]:
    """The marks of a paragraph with what each could do by its shape and its neighbours."""
    out: list[_Mark] = []
    for match in _MARK.finditer(line):
        signs = match.group()
        pieces = [signs] if len(signs) == 1 or signs in _DOUBLE else list(signs)
        at = match.start()
        for piece in pieces:
            mark = _judge(line, piece, at)
            if mark is not None:
                out.append(mark)
            at += len(piece)
    return out


def _judge(line: str, piece: str, at: int) -> _Mark | None:
    end = at + len(piece)
    before = line[at - 1] if at else " "
    after = line[end] if end < len(line) else " "
    free_left = before.isspace() or before in "([{—–-/\u200f\u200e\u202a\u202b" or before in _OPENERS
    free_right = after.isspace() or after in ")]}—–-/,.;:!?…" or after in _CLOSERS
    if piece == "“":
        # the closing mark of the German and Czech pair, and by slip of the English one
        return _Mark(at, end, "curly", not (free_right and not free_left), free_right and not free_left)
    if piece in ("”", "‟"):
        return _Mark(at, end, "curly", free_left and not free_right, not (free_left and not free_right))
    if piece == "„":
        return _Mark(at, end, "curly", True, False)
    if piece in "«»":
        return _Mark(at, end, "angle", piece == "«" or (free_left and not free_right), piece == "»" or free_right)
    if piece in "‹›":
        reverse = piece == "›" and free_left and not free_right  # ›so‹, as in German books
        closing = piece == "›" or (free_right and not free_left)
        return _Mark(at, end, "single angle", piece == "‹" or reverse, closing and not reverse)
    if piece in _EASTERN:
        family, opens = _EASTERN[piece]
        return _Mark(at, end, family, opens, not opens)
    if piece == "``":
        return _Mark(at, end, "typed", True, False)
    if piece in _DOUBLE:
        return _Mark(at, end, "typed", not free_right or free_left, not free_left or free_right)
    if piece in ('"', "″"):
        if before.isdigit() and not free_left and (after.isspace() or after.isalpha()) and piece == "″":
            return None
        return _Mark(at, end, "straight", not free_right or free_left, not free_left or free_right)
    if piece == "`":
        return _Mark(at, end, "single", free_left and not free_right, False)
    if piece == "‚":
        return _Mark(at, end, "single", free_left and not free_right, False)
    # single marks are mostly apostrophes
    opens = free_left and after.isalnum() and piece != "’" and not _ELIDED.match(line, end)
    closes = piece in "’'‘" and not before.isspace() and not after.isalnum() and at > 0
    if piece == "‘":
        opens = not free_right
    return _Mark(at, end, "single", opens, closes) if opens or closes else None


_EASTERN = {  # each mark with its family, and whether it opens
    "「": ("corner", True), "」": ("corner", False), "『": ("white corner", True), "』": ("white corner", False),
    "〝": ("prime", True), "〞": ("prime", False), "〟": ("prime", False),
}  # fmt: skip
_OPENERS = "“„«\"‘'‹「『"
_CLOSERS = "”»\"’'“›」』"
_ELIDED = re.compile(r"(?:\d0s|em|til|tis|twas|cause|round|n)\b", re.IGNORECASE)


def _paragraph(line: str, left_open: bool) -> list[Quote]:
    """The passages of one paragraph."""
    marks = _marks(line)
    if not marks:
        return []
    out: list[Quote] = []
    stack: list[_Mark] = []
    first = len(line) - len(line.lstrip())
    last = len(line.rstrip())
    singles = _single_closers(line, marks)

    def close(opened: _Mark, inner_end: int, end: int, closed: bool) -> None:
        depth = len(stack)
        if inner_end > opened.end:
            out.append(
                Quote(
                    opened.start,
                    end,
                    (opened.end, inner_end),
                    depth,
                    closed,
                    left_open and opened.start == first,
                    opened.family == "single",
                )
            )

    doubles_seen = False
    for number, mark in enumerate(marks):
        top = stack[-1] if stack else None
        if mark.family == "single":
            if top is not None and top.family == "single":
                if mark.closes and singles.get(top.start) == mark.start:
                    stack.pop()
                    close(top, mark.start, mark.end, True)
            elif mark.opens and mark.start in singles and len(stack) < _MAX_OPEN:
                stack.append(mark)
            continue
        place = next((k for k in range(len(stack) - 1, -1, -1) if _pair(stack[k], mark)), None)
        if mark.closes and place is not None and not (mark.opens and _restarts(line, marks, number, stack[place])):
            while len(stack) > place + 1:  # what was opened inside and never closed opened nothing
                stack.pop()
            opened = stack.pop()
            close(opened, mark.start, mark.end, True)
        elif mark.opens and len(stack) < _MAX_OPEN:
            if place is not None and mark.family == "straight" and not _nested(marks, number):
                # a second opening mark of the same shape: the first was never closed
                while len(stack) > place + 1:
                    stack.pop()
                opened = stack.pop()
                cut = len(line[: mark.start].rstrip())
                close(opened, cut, cut, False)
            stack.append(mark)
        elif mark.closes and not mark.opens and not stack and not doubles_seen and _ends_a_saying(line, mark.start):
            # closed and never opened: all of the paragraph so far
            out.append(Quote(first, mark.end, (first, mark.start), 0, False, left_open, False))
        doubles_seen = True
    stack = [m for m in stack if m.family != "single"]
    if stack:
        opened = stack[0]
        stack.clear()
        inner = [q for q in out if q.start > opened.start]
        kept = [q for q in out if q.start <= opened.start]
        stop = _sentence_end(line, opened.end, inner[0].start) if inner else None
        if stop is None:
            out = [*kept, *inner]
            close(opened, last, last, False)
        else:  # a new passage opens after a full stop: the first was meant to end there
            out = [*kept, *(msgspec.structs.replace(q, depth=max(0, q.depth - 1)) for q in inner)]
            close(opened, stop, stop, False)
    out.sort(key=lambda q: (q.start, -q.end))
    return _disjoint(out)


def _disjoint(quotes: list[Quote]) -> list[Quote]:
    """The passages without those left open over which another one, that stands in none, runs on."""
    out: list[Quote] = []
    for quote in quotes:
        while not quote.depth and out and out[-1].end > quote.start:
            out.pop()
        out.append(quote)
    return out


def _pair(opened: _Mark, mark: _Mark) -> bool:
    if opened.family == mark.family:
        return True
    double = {"curly", "straight", "typed"}  # careless typing mixes these
    return opened.family in double and mark.family in double and mark.closes and not mark.opens


def _restarts(line: str, marks: Sequence[_Mark], number: int, opened: _Mark) -> bool:
    """Whether a mark that could close looks more like one that opens: a space before it and none after."""
    mark = marks[number]
    before = line[mark.start - 1] if mark.start else " "
    after = line[mark.end] if mark.end < len(line) else " "
    return before.isspace() and mark.start - opened.end > 1 and (after.isalnum() or after in ("[", "("))


def _nested(marks: Sequence[_Mark], number: int) -> bool:
    """Whether the next two marks of this shape both close, as they do after a passage inside a passage."""
    following = [m for m in marks[number + 1 : number + 5] if m.family == marks[number].family][:2]
    return len(following) == 2 and all(m.closes and not m.opens for m in following)


def _ends_a_saying(line: str, at: int) -> bool:
    return at > 0 and line[at - 1] in ",.!?…" and line[:at].count(" ") >= 3


def _sentence_end(line: str, start: int, end: int) -> int | None:
    """Where the words before `end` stop, if they stop with a full stop, a comma or the like."""
    cut = len(line[:end].rstrip())
    return cut if cut > start and line[cut - 1] in ".!?," else None


def _single_closers(line: str, marks: Sequence[_Mark]) -> dict[int, int]:
    """For each single mark that opens, where its closing mark stands; apostrophes are told by what follows them."""
    pairs: dict[int, int] = {}
    opened: _Mark | None = None
    weak: _Mark | None = None  # might close, might be the apostrophe of "workers'"
    for mark in marks:
        if mark.family != "single":
            continue
        if opened is not None and mark.closes and not (mark.opens and line[mark.start - 1].isspace()):
            before, after = line[mark.start - 1], line[mark.end : mark.end + 1]
            if before in ',.!?…”"' or not after or after in ',.;:!?)”"—' or before not in "sS":
                pairs[opened.start] = mark.start
                opened = weak = None
            else:
                weak = mark
        elif mark.opens:
            if opened is not None and weak is not None:
                pairs[opened.start] = weak.start
            opened, weak = mark, None
    if opened is not None and weak is not None:
        pairs[opened.start] = weak.start
    return pairs
