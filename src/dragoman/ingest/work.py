"""What is done to a segment, in a worker: its articles are read, looked up, passed through the gate, and coded.

Depends on nothing but the segment, what is set here and the ledger as it stands; touches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from dragoman import records
from dragoman.engine.base import Beat
from dragoman.ingest import staged
from dragoman.ingest.gate import OUTCOME, Gate, Open
from dragoman.ingest.segments import Segment, Span, number_of
from dragoman.ingest.staged import Settled
from dragoman.ingest.stream import Coding
from dragoman.read.article import Given
from dragoman.read.limits import Limits
from dragoman.records import Article, Reading

AT_ONCE = 8  # articles coded together: as many as the parser takes in one go
_PATIENCE = 90.0  # seconds an article may take, however short it is
_PACE = 500.0  # characters that even a busy machine codes in a second


class IngestWork(msgspec.Struct, frozen=True, kw_only=True):
    """Work for a Runner. `coder` and `gate` make what they are named for, in the worker; `ledger` is a file or None."""

    coder: Callable[[], Coding]
    stamp: records.Coder
    given: Given
    limits: Limits
    gate: Callable[[], Gate] = Open
    ledger: str | None = None
    patience: float = _PATIENCE

    def ready(self) -> Callable[[Segment, Beat], bytes]:
        """A function from a segment to the bytes of its staged file."""
        coder, gate = self.coder(), self.gate()
        if coder.stamp != self.stamp:
            raise ValueError(f"this worker has another coder ({coder.stamp}) than the run ({self.stamp})")
        from dragoman.ingest.ledger import Known

        known = Known(self.ledger)

        def do(segment: Segment, beat: Beat) -> bytes:
            told: dict[int, list[str]] = {}
            found = sorted(
                _settled(self, segment, coder, gate, known, beat, told), key=lambda one: (one.span, one.index)
            )
            for at, one in enumerate(found):
                if lines := told.pop(one.span, ()):  # with the first of what they speak of
                    found[at] = msgspec.structs.replace(one, told=tuple(lines))
            return staged.packed(found)

        return do


def content_of(article: Article, stamp: records.Coder) -> int:
    """Another number for another article, or for the same by another coder. When it was fetched does not matter."""
    return number_of(msgspec.structs.replace(article, retrieved=None), stamp)


def settled_reading(
    span: int, index: int, where: str, article: Article, reading: Reading, stamp: records.Coder
) -> Settled:
    """What is kept of an article that was coded, or whose record was read."""
    from dragoman.store import rows

    found = reading.article
    try:
        mark = int(rows.digest(reading)[:15], 16)
    except (ValueError, TypeError):  # the store will say what it cannot keep
        mark = 0
    return Settled(
        span=span,
        index=index,
        where=where,
        article=found.id,
        outcome=found.outcome,
        detail=found.detail,
        key=number_of(found.id),
        content=content_of(article, stamp) if found.outcome != "failed" else 0,  # what failed is tried again
        mark=mark,
        reading=reading,
        relevant=bool(reading.events or reading.statements or reading.positions),
    )


def _settled(
    work: IngestWork,
    segment: Segment,
    coder: Coding,
    gate: Gate,
    known: Any,
    beat: Beat,
    told: dict[int, list[str]],
) -> Iterator[Settled]:
    from dragoman.coder import CODED

    at_once = 1 if segment.careful else AT_ONCE
    waiting: list[tuple[tuple[int, int], str, Article]] = []

    def coded() -> Iterator[Settled]:
        first, _, _ = waiting[0]
        size = sum(len(article.text) for _, _, article in waiting)
        beat((*first, waiting[0][2].id, waiting[0][1]), work.patience + size / _PACE)
        readings = coder.code(article for _, _, article in waiting)
        for ((span, index), where, article), reading in zip(waiting, readings, strict=True):
            yield settled_reading(span, index, where, article, reading, work.stamp)
        waiting.clear()

    for number, span in enumerate(segment.spans):
        for index, where, article in _read(work, number, span, beat, told.setdefault(number, []).append):
            if article.outcome not in CODED or not article.text.strip():
                yield Settled(
                    span=number,
                    index=index,
                    where=where,
                    article=article.id,
                    outcome=article.outcome,
                    detail=article.detail,
                )
                continue
            key, content = number_of(article.id), content_of(article, work.stamp)
            mark = None if segment.fresh else known.mark(key, content)
            if mark is not None:
                yield Settled(
                    span=number,
                    index=index,
                    where=where,
                    article=article.id,
                    outcome=article.outcome,
                    detail=article.detail,
                    key=key,
                    content=content,
                    mark=mark,
                    known=True,
                )
            elif reason := gate.why_not(article):
                yield Settled(span=number, index=index, where=where, article=article.id, outcome=OUTCOME, detail=reason)
            else:
                waiting.append(((number, index), where, article))
                if len(waiting) >= at_once:
                    yield from coded()
    if waiting:
        yield from coded()


def _read(
    work: IngestWork, number: int, span: Span, beat: Beat, tell: Callable[[str], object]
) -> Iterator[tuple[int, str, Article]]:
    """The articles of a span, each with its number in the piece and where it stands."""
    from dragoman.read import piece

    if span.piece is None:
        found: Iterator[tuple[str, Article]] = iter(span.articles)
    else:
        found = piece.items(span.piece, given=work.given, limits=work.limits, tell=tell)
    index = 0
    while span.stop is None or index < span.stop:
        beat((number, index, None, span.name), work.patience + 2 * work.limits.timeout_seconds)
        item = next(found, None)
        if item is None:
            return
        if index >= span.start:
            yield index, *item
        index += 1
