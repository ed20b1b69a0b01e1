"""What becomes of a segment whose worker died: it is tried again, then cut until what kills stands alone.

Nothing is done here; it is only decided. A worker tells where it is, article by article once it is careful, so that one
cut mostly finds the place; where it could not tell, the segment is halved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from dragoman.engine.base import Lost, Why
from dragoman.ingest.segments import Segment, Span, named
from dragoman.ingest.staged import Settled

OUTCOMES: dict[Why, str] = {"killed": "failed", "failed": "failed", "hung": "hung", "memory": "too_much_memory"}
# a worker can be killed for nothing that was in its article; it hardly is three times at the same
_TRIES_ALONE: dict[Why, int] = {"killed": 3, "failed": 1, "hung": 1, "memory": 1}
_TRIES_BLIND = 3
_HELP = {
    "failed": "please report it; --retry failed tries it again",
    "hung": "cut it into shorter texts, or save its text and read that; --retry hung tries it again",
    "too_much_memory": "cut it into shorter texts; --retry too_much_memory tries it again",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to run, and what is set aside; `spans` of what is set aside count in the whole segment."""

    again: tuple[Segment, ...] = ()
    aside: Settled | None = None


@dataclass(frozen=True, slots=True)
class _At:
    span: int
    index: int
    article: str | None  # None while it was being read
    where: str


def judged(lost: Lost) -> Verdict:
    """What to do about a lost segment."""
    segment: Segment = lost.segment
    worse = msgspec.structs.replace(segment, careful=True, losses=segment.losses + 1)
    at = _at(lost.at, segment)
    if at is None:
        if worse.losses < _TRIES_BLIND:
            return Verdict((worse,))
        if len(segment.spans) > 1:
            half = len(segment.spans) // 2
            return Verdict((_part(segment, segment.spans[:half], 0), _part(segment, segment.spans[half:], half)))
        span = segment.spans[0]
        return _aside(segment, _At(0, span.start, None, span.name), lost, ())
    if not segment.careful:
        return Verdict((worse,))
    if not _is_alone(segment, at):
        return Verdict(_cut(segment, at))
    if worse.losses < _TRIES_ALONE[lost.why]:
        return Verdict((worse,))
    return _aside(segment, at, lost, ())


def _at(told: object, segment: Segment) -> _At | None:
    if not isinstance(told, tuple | list) or len(told) != 4 or not 0 <= told[0] < len(segment.spans):
        return None
    return _At(*told)


def _is_alone(segment: Segment, at: _At) -> bool:
    if len(segment.spans) != 1:
        return False
    span = segment.spans[0]
    if at.article is None:
        # nothing behind what cannot be read can be reached
        return at.index <= span.start
    return span.stop == span.start + 1


def _cut(segment: Segment, at: _At) -> tuple[Segment, ...]:
    """What stands before the place, the place itself, and what stands behind it."""
    span = segment.spans[at.span]
    index = max(at.index, span.start)
    before = segment.spans[: at.span] + _of(span, span.start, index)
    behind = segment.spans[at.span + 1 :]
    if at.article is None:
        there = _of(span, index, span.stop)
        rest, skipped = behind, at.span + 1
    else:
        there = _of(span, index, index + 1)
        rest_of_span = _of(span, index + 1, span.stop)
        rest, skipped = rest_of_span + behind, at.span + (0 if rest_of_span else 1)
    parts = ((before, 0), (there, at.span), (rest, skipped))
    return tuple(
        _part(segment, spans, offset, careful=number == 1) for number, (spans, offset) in enumerate(parts) if spans
    )


def _of(span: Span, start: int, stop: int | None) -> tuple[Span, ...]:
    if stop is not None and stop <= start:
        return ()
    if span.articles and start >= len(span.articles):
        return ()
    return (msgspec.structs.replace(span, start=start, stop=stop),)


def _part(segment: Segment, spans: Sequence[Span], offset: int, *, careful: bool = False) -> Segment:
    return msgspec.structs.replace(
        segment,
        id=named(spans),
        spans=tuple(spans),
        offset=segment.offset + offset,
        careful=careful,
        losses=0,
    )


def _aside(segment: Segment, at: _At, lost: Lost, again: tuple[Segment, ...]) -> Verdict:
    outcome = OUTCOMES[lost.why]
    span = segment.spans[at.span]
    rest = "; what stands behind it in the same source was not reached" if at.article is None and span.start else ""
    told = Settled(
        span=segment.offset + at.span,
        index=max(at.index, span.start),
        where=at.where,
        article=at.article or "",
        outcome=outcome,
        detail=f"{at.where}: {lost.detail}{rest}; {_HELP[outcome]}",
    )
    return Verdict(again, told)
