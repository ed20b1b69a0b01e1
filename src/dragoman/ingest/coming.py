"""What is to be done next: sources are cut, looked up and gathered in a thread, a little ahead of the work.

Cutting a packed archive takes its time, and standard input may be slow: neither may hold up what is done already.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from dragoman.ingest import segments
from dragoman.ingest.ledger import Counts, Ledger
from dragoman.ingest.segments import Span
from dragoman.ingest.staged import Settled
from dragoman.ingest.work import IngestWork, settled_reading
from dragoman.records import Reading

Part = Span | tuple[str, Reading]  # what is to be read or coded, or a record that only has to be kept
_LOOKED_UP = 200  # pieces asked for together
_AHEAD = 16
_RECORDS = 200
_PUT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Passed:
    """Articles of a piece that was committed before."""

    counts: Counts
    size: int


@dataclass(frozen=True, slots=True)
class Ready:
    """Records that need no work."""

    span: Span
    found: tuple[Settled, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Lot:
    """Spans for one segment."""

    spans: tuple[Span, ...]
    size: int


class Coming:
    """A context in which `next` gives what comes next. Raises there what cutting raised."""

    def __init__(
        self, parts: Iterable[Part], work: IngestWork, ledger: Path, again: frozenset[int], workers: int
    ) -> None:
        self._parts, self._work, self._ledger, self._again, self._workers = parts, work, ledger, again, workers
        self._queue: queue.Queue[Passed | Ready | Lot | BaseException | None] = queue.Queue(_AHEAD)
        self._ended = threading.Event()
        self.over = False

    def __enter__(self) -> Coming:
        threading.Thread(target=self._fill, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def next(self) -> Passed | Ready | Lot | None:
        """What comes next; None where nothing is there yet, or (`over`) will be."""
        if self.over:
            return None
        try:
            found = self._queue.get(timeout=0.02)
        except queue.Empty:
            return None
        if isinstance(found, BaseException):
            raise found
        self.over = found is None
        return found

    def _fill(self) -> None:
        try:
            ledger = Ledger(self._ledger)  # a connection of this thread's own
            with contextlib.closing(ledger):
                for found in self._found(ledger):
                    self._put(found)
            self._put(None)
        except _Over:
            pass
        except BaseException as fault:
            with contextlib.suppress(_Over):
                self._put(fault)

    def _put(self, found: Passed | Ready | Lot | BaseException | None) -> None:
        while not self._ended.is_set():
            try:
                self._queue.put(found, timeout=_PUT_SECONDS)
            except queue.Full:
                continue
            return
        raise _Over

    def _found(self, ledger: Ledger) -> Iterator[Ready | Lot]:
        # records stand between pieces, and the order of all is kept
        flow = iter(self._parts)
        held: list[tuple[str, Reading]] = []
        number = 0
        for part in flow:
            if not isinstance(part, Span):
                held.append(part)
                if len(held) >= _RECORDS:
                    yield self._ready(held, number)
                    held, number = [], number + 1
                continue
            if held:
                yield self._ready(held, number)
                held, number = [], number + 1
            for lot in segments.gathered(
                self._not_done(_until_record(part, flow, held), ledger), workers=self._workers
            ):
                yield Lot(lot, sum(map(segments.weight, lot)))
        if held:
            yield self._ready(held, number)

    def _not_done(self, spans: Iterator[Span], ledger: Ledger) -> Iterator[Span]:
        """Those spans of which the ledger does not know that they were committed as they are; tells of the others."""
        while some := list(_some(spans)):
            done = ledger.done(some, self._work.stamp)
            counts: Counts = {}
            size = 0
            left = []
            for span in some:
                if span.place not in done or span.place in self._again:
                    left.append(span)
                    continue
                size += segments.weight(span)
                for outcome, (kept, not_kept) in done[span.place].items():
                    before = counts.get(outcome, (0, 0))
                    counts[outcome] = (before[0] + kept, before[1] + not_kept)
            if counts:
                self._put(Passed(counts, size))
            yield from left

    def _ready(self, held: list[tuple[str, Reading]], number: int) -> Ready:
        from dragoman.coder import CODED

        found = []
        for index, (where, reading) in enumerate(held):
            article = reading.article
            if article.text.strip() and article.outcome in CODED | {"failed"}:
                stamp = reading.coder or self._work.stamp
                found.append(settled_reading(0, index, where, article, reading, stamp))
            else:
                found.append(
                    Settled(
                        span=0,
                        index=index,
                        where=where,
                        article=article.id,
                        outcome=article.outcome,
                        detail=article.detail,
                    )
                )
        place = segments.number_of("records", held[0][0], number)
        span = Span(place=place, file=0, stamp=0, address=0, label=held[0][0])
        return Ready(span, tuple(found), sum(len(reading.article.text) for _, reading in held))


class _Over(Exception):
    pass


def _some(spans: Iterator[Span]) -> Iterator[Span]:
    """The next few; what may come slowly does not wait for many others."""
    for span in islice(spans, _LOOKED_UP):
        yield span
        if span.piece is not None and span.piece.kind == "held":
            return


def _until_record(first: Span, flow: Iterator[Part], held: list[tuple[str, Reading]]) -> Iterator[Span]:
    yield first
    for part in flow:
        if not isinstance(part, Span):
            held.append(part)
            return
        yield part
