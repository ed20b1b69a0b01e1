"""A run: pieces of sources through a runner into the store. Stopped or killed, the same run goes on where it was.

    done = run_segments(parts, work, runner, store, ledger)

Pieces that the ledger knows as committed are passed over unread. The rest goes out in segments and comes back in any
order; results wait on disk and are committed in the order of the sources, so that the store does not depend on who was
quick. What kills its worker is tried again, cut, and set aside alone (lost.py).
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dragoman.engine.base import Finished, Lost, Runner
from dragoman.errors import DragomanError, StoreError
from dragoman.ingest import lost, segments, staged
from dragoman.ingest.coming import Coming, Part, Passed, Ready
from dragoman.ingest.committer import Committer, Watch
from dragoman.ingest.ledger import Ledger
from dragoman.ingest.segments import Segment, Span
from dragoman.ingest.staged import Settled
from dragoman.ingest.stream import Fate, Ingested
from dragoman.ingest.work import IngestWork
from dragoman.records import Article
from dragoman.store.base import Store

BATCH = 1000  # articles of a commit
SECONDS = 30.0
_BACKLOG = 200  # segments that may wait on disk for one before them
_LOOK_SECONDS = 0.2
_IN_VAIN = 25
_LINES = 1000  # of readers that are told; one a file
_log = logging.getLogger("dragoman.read")


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is. `bytes` count the text that is done with, as it was reckoned beforehand (segments.weight)."""

    articles: int
    coded: int
    relevant: int
    passed: int
    outcomes: dict[str, int]
    bytes: int
    seconds: float
    losses: dict[str, int]


class AllLost(DragomanError):
    """The workers lose whatever they are given; none of it is counted as done."""


def _unheard(source: str, article: Article, fate: Fate) -> None:
    return None


def run_segments(
    parts: Iterable[Part],
    work: IngestWork,
    runner: Runner,
    store: Store,
    ledger: Ledger,
    *,
    again: frozenset[int] = frozenset(),
    batch: int = BATCH,
    seconds: float = SECONDS,
    stop: Callable[[], bool] = lambda: False,
    watch: Watch = _unheard,
    look: Callable[[Progress], object] = lambda progress: None,
    log: Callable[[dict[str, Any]], object] = lambda event: None,
    tell: Callable[[str], object] = _log.info,
) -> Ingested:
    """What became of all articles in these parts. `again`: places of pieces that are not passed over.

    `look` is told how far the run is, `log` what happens in it, `tell` each line of a reader once. When `stop` answers
    yes, the work under way is dropped and what is done is committed. Raises StoreError, AllLost, and what the parts
    raise; what was committed stays.
    """
    committer = Committer(store, ledger, work.stamp, batch=batch, seconds=seconds, watch=watch)
    run = _Run(parts, work, runner, ledger, committer, again, stop, look, log, tell)
    try:
        stopped = run.through()
    except (StoreError, AllLost):
        raise
    except BaseException:
        committer.keep()
        raise
    done = committer.end(stopped=stopped)
    if not stopped:
        staged.clear(ledger.staged)
    return done


@dataclass
class _Whole:
    """A segment as it was cut from the sources, until all that becomes of it is there."""

    spans: tuple[Span, ...]
    size: int
    open: int = 1  # parts that are not there yet
    staged: list[tuple[str, int]] = field(default_factory=list)  # names of files, and where their spans begin in ours
    found: list[Settled] = field(default_factory=list)  # what is in no file


class _Run:
    def __init__(
        self,
        parts: Iterable[Part],
        work: IngestWork,
        runner: Runner,
        ledger: Ledger,
        committer: Committer,
        again: frozenset[int],
        stop: Callable[[], bool],
        look: Callable[[Progress], object],
        log: Callable[[dict[str, Any]], object],
        tell: Callable[[str], object],
    ) -> None:
        self.work, self.runner, self.ledger, self.committer = work, runner, ledger, committer
        self.stop, self.look, self.log, self.tell = stop, look, log, tell
        self.told: set[str] = set()
        self.coming = Coming(parts, work, ledger.folder, again, runner.workers)
        self.began = self.looked = time.monotonic()
        self.waiting: deque[Segment] = deque()  # to be run again, before anything new
        self.wholes: dict[int, _Whole] = {}
        self.begun = 0
        self.next = 0  # the number of the segment to be committed next
        self.outcomes: dict[str, int] = {}
        self.articles = self.coded = self.relevant = self.bytes = 0
        self.drained = False
        self.fine = False  # an article was coded
        self.vain = 0  # articles set aside before one did

    def through(self) -> bool:
        """Whether the run was stopped before its end."""
        ends = self.runner.run(self.work, self._segments(), 2 * self.runner.workers + 2)
        try:
            with self.coming:
                for end in ends:
                    if isinstance(end, Finished):
                        self._finished(end)
                    elif isinstance(end, Lost):
                        self._lost(end)
                    self._commit()
                    if self.stop():
                        return True
        finally:
            close = getattr(ends, "close", None)
            if close is not None:
                close()
        self._commit()
        self._look(now=True)
        return not self.drained

    def _segments(self) -> Iterator[Segment | None]:
        """What is to be run now; None where that has to wait."""
        while not self.stop():
            if self.waiting:
                yield self.waiting.popleft()
                continue
            found = self.coming.next() if len(self.wholes) < _BACKLOG else None
            if found is None:
                if self.coming.over and not self.wholes and not self.waiting:
                    self.drained = True
                    return
                self._commit()
                yield None
            elif isinstance(found, Passed):
                self.committer.pass_over([found.counts])
                self.bytes += found.size
                for outcome, pair in found.counts.items():
                    self.outcomes[outcome] = self.outcomes.get(outcome, 0) + sum(pair)
                    self.articles += sum(pair)
                self._look()
            elif isinstance(found, Ready):
                self._begin((found.span,), found.size)
                self._arrived(self.begun - 1, found=found.found)
            else:
                segment = self._begin(found.spans, found.size)
                there = staged.read(self.ledger.staged, segment.id)
                if there is None:
                    yield segment
                else:  # an earlier run got so far
                    self._arrived(segment.number, name=segment.id)
                    self._count(there)

    def _begin(self, spans: tuple[Span, ...], size: int) -> Segment:
        segment = Segment(id=segments.named(spans), number=self.begun, spans=spans, size=size)
        self.wholes[self.begun] = _Whole(spans, size)
        self.begun += 1
        return segment

    def _finished(self, end: Finished) -> None:
        segment: Segment = end.segment
        try:
            staged.write(self.ledger.staged, segment.id, end.value)
        except OSError as cause:
            raise StoreError(
                f"{self.ledger.staged} cannot be written to: {cause}",
                hint="make room and run it again; it goes on from what was committed",
            ) from cause
        found = staged.unpacked(end.value)
        self.fine = self.fine or any(one.reading is not None for one in found)
        self._arrived(segment.number, name=segment.id, offset=segment.offset)
        self._count(found)

    def _lost(self, end: Lost) -> None:
        segment: Segment = end.segment
        verdict = lost.judged(end)
        self.committer.lose(end.why)
        self.log(
            {
                "event": "lost",
                "segment": segment.id,
                "why": end.why,
                "detail": end.detail,
                "sources": [span.name for span in segment.spans[:3]],
                "again": len(verdict.again),
            }
        )
        self.vain += verdict.aside is not None
        if self.vain >= _IN_VAIN and not self.fine:
            raise AllLost(
                f"{self.vain} articles in a row were lost, and none was coded: {end.detail}",
                hint="something is wrong with the workers rather than with the articles; mend it and run again",
            )
        whole = self.wholes[segment.number]
        whole.open += len(verdict.again) - 1
        if verdict.aside is not None:
            whole.found.append(verdict.aside)
            self._count([verdict.aside])
        self.waiting.extend(verdict.again)

    def _arrived(self, number: int, *, name: str | None = None, offset: int = 0, found: Iterable[Settled] = ()) -> None:
        whole = self.wholes[number]
        whole.open -= 1
        whole.found.extend(found)
        if name is not None:
            whole.staged.append((name, offset))

    def _commit(self) -> None:
        """Hands over all that is there, in order."""
        while (whole := self.wholes.get(self.next)) is not None and whole.open == 0:
            before = self.committer.commits
            if not self._handed_over(whole):
                return
            del self.wholes[self.next]
            self.next += 1
            self.bytes += whole.size
            self._tell_commit(before)
        before = self.committer.commits
        self.committer.keep_if_due()
        self._tell_commit(before)
        self._look()

    def _handed_over(self, whole: _Whole) -> bool:
        """Whether the committer took it; otherwise it is on its way to be run anew."""
        found = list(whole.found)
        for name, offset in whole.staged:
            there = staged.read(self.ledger.staged, name)
            if there is None:  # gone or torn since it was written
                return self._anew(whole, fresh=False)
            found += [msgspec.structs.replace(one, span=one.span + offset) if offset else one for one in there]
        found.sort(key=lambda one: (one.span, one.index))
        return self.committer.take(whole.spans, found, [name for name, _ in whole.staged]) or self._anew(
            whole, fresh=True
        )

    def _anew(self, whole: _Whole, *, fresh: bool) -> bool:
        for name, _ in whole.staged:
            staged.remove(self.ledger.staged, name)
        whole.staged, whole.found, whole.open = [], [], 1
        self.waiting.append(
            Segment(id=segments.named(whole.spans), number=self.next, spans=whole.spans, size=whole.size, fresh=fresh)
        )
        return False

    def _count(self, found: Iterable[Settled]) -> None:
        for one in found:
            self.articles += 1
            self.coded += one.reading is not None
            self.relevant += one.relevant
            self.outcomes[one.outcome] = self.outcomes.get(one.outcome, 0) + 1
            for line in one.told:
                if line not in self.told and len(self.told) < _LINES:
                    self.told.add(line)
                    self.tell(line)
        self._look()

    def _tell_commit(self, before: int) -> None:
        if self.committer.commits != before:
            self.log({"event": "commit", "commits": self.committer.commits, "rows": dict(self.committer.rows)})

    def _look(self, *, now: bool = False) -> None:
        if not now and time.monotonic() - self.looked < _LOOK_SECONDS:
            return
        self.looked = time.monotonic()
        self.look(
            Progress(
                articles=self.articles,
                coded=self.coded,
                relevant=self.relevant,
                passed=self.committer.passed,
                outcomes=dict(self.outcomes),
                bytes=self.bytes,
                seconds=time.monotonic() - self.began,
                losses=dict(self.committer.losses),
            )
        )
