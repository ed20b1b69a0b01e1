"""Staged results into the store, in the order of the sources, each once; and the ledger after it.

One committer at a time commits for a run. It may die at any moment: the store takes a batch whole or not at all, takes
the same article again for nothing, and what the ledger does not know is committed anew from the staged files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dragoman import records
from dragoman.ingest import staged
from dragoman.ingest.ledger import Aside, Counts, Done, Ledger
from dragoman.ingest.segments import Span
from dragoman.ingest.staged import Settled
from dragoman.ingest.stream import Fate, Ingested
from dragoman.records import Article, Reading
from dragoman.store.base import Store

Watch = Callable[[str, Article, Fate], object]
_PLAIN = "read"
# most of a web archive or a mixed stream ends so: a few examples a piece tell enough
_MANY = ("no_page", "not_relevant")
_EXAMPLES = 3


class Committer:
    """Takes the results of segments in order; `keep` commits those that wait."""

    def __init__(
        self, store: Store, ledger: Ledger, coder: records.Coder, *, batch: int, seconds: float, watch: Watch
    ) -> None:
        self.store, self.ledger, self.coder = store, ledger, coder
        self.batch, self.seconds, self.watch = batch, seconds, watch
        self.began = time.monotonic()
        self.outcomes: dict[str, dict[str, int]] = {}
        self.commits = 0
        self.rows: dict[str, int] = {}
        self.refused: list[tuple[str, str]] = []
        self.passed = 0
        self.losses: dict[str, int] = {}
        self._waiting: list[tuple[tuple[Span, ...], list[Settled], list[Fate], Sequence[str]]] = []
        self._readings: dict[str, Reading] = {}
        self._marks: dict[str, int] = {}  # of what waits
        self._number = 0
        self._since = 0.0

    def take(self, spans: tuple[Span, ...], found: list[Settled], names: Sequence[str]) -> bool:
        """Takes one segment's results, staged under these names. False where the ledger was wrong about the store."""
        there = self._there(found)
        marks = dict(self._marks)
        fates: list[Fate] = []
        for one in found:
            before = marks.get(one.article, there.get(one.article))
            if one.known and before != one.mark:
                return False
            if not one.known and one.reading is None:
                fates.append("not_kept")
            else:
                fates.append("added" if before is None else "unchanged" if before == one.mark else "replaced")
                marks[one.article] = one.mark
        if not self._waiting:
            self._since = time.monotonic()
        for one, fate in zip(found, fates, strict=True):
            if one.reading is not None and fate != "unchanged":
                self._readings[one.article] = one.reading
        self._marks = marks
        self._waiting.append((spans, found, fates, names))
        self._number += len(found)
        self.keep_if_due()
        return True

    def pass_over(self, counts: Iterable[Counts]) -> None:
        """Counts articles of pieces that were committed before."""
        for one in counts:
            for outcome, (kept, not_kept) in one.items():
                self._count(outcome, "unchanged", kept)
                self._count(outcome, "not_kept", not_kept)
                self.passed += kept + not_kept

    def lose(self, why: str) -> None:
        """Counts a segment that was lost, and tried again or cut."""
        self.losses[why] = self.losses.get(why, 0) + 1

    def keep_if_due(self) -> None:
        """Commits where enough waits, or has waited long enough."""
        if self._waiting and (
            len(self._readings) >= self.batch
            or self._number >= 10 * self.batch
            or time.monotonic() - self._since >= self.seconds
        ):
            self.keep()

    def keep(self) -> None:
        """Commits all that waits."""
        if not self._waiting:
            return
        refused: dict[str, str] = {}
        if self._readings:
            done = self.store.commit(self._readings.values())
            refused = dict(done.refused)
            self.refused += done.refused
            self.commits += 1
            for name, number in done.rows.items():
                self.rows[name] = self.rows.get(name, 0) + number
        waiting, self._waiting = self._waiting, []
        self._readings, self._marks, self._number = {}, {}, 0
        pieces, aside, kept = [], [], []
        told: list[tuple[str, Settled, Fate]] = []
        for spans, found, fates, _ in waiting:
            counts: list[Counts] = [{} for _ in spans]
            odd: set[int] = set()
            for one, fate in zip(found, fates, strict=True):
                span = spans[one.span]
                if one.article in refused and fate != "not_kept":
                    aside.append(_aside(span, one, f"the store cannot keep it: {refused[one.article]}"))
                    fate = "not_kept"  # noqa: PLW2901
                    odd.add(one.span)
                elif one.outcome != _PLAIN:
                    if one.outcome not in _MANY or counts[one.span].get(one.outcome, (0, 0))[1] < _EXAMPLES:
                        aside.append(_aside(span, one, one.detail))
                    odd.add(one.span)
                if fate != "not_kept":
                    kept.append(one)
                before = counts[one.span].get(one.outcome, (0, 0))
                counts[one.span][one.outcome] = (before[0] + (fate != "not_kept"), before[1] + (fate == "not_kept"))
                self._count(one.outcome, fate, 1)
                told.append((span.source, one, fate))
            pieces += [
                Done(
                    place=span.place,
                    file=span.file,
                    stamp=span.stamp,
                    address=span.address,
                    counts=counts[number],
                    piece=span.piece if number in odd and span.piece is not None and span.piece.held is None else None,
                )
                for number, span in enumerate(spans)
            ]
        self.ledger.commit(pieces, aside, kept, self.coder, self._totals())
        for *_, names in waiting:
            for name in names:
                staged.remove(self.ledger.staged, name)
        for source, one, fate in told:
            self.watch(source, _article(one), fate)

    def end(self, *, stopped: bool) -> Ingested:
        """What became of all articles of the run."""
        self.keep()
        self.ledger.end({**self._totals(), "stopped": int(stopped)})
        return Ingested(
            outcomes=_sorted(self.outcomes),
            commits=self.commits,
            rows=self.rows,
            refused=tuple(self.refused),
            seconds=time.monotonic() - self.began,
            stopped=stopped,
            passed=self.passed,
            losses=self.losses,
        )

    def _there(self, found: list[Settled]) -> dict[str, int]:
        """The marks of those articles that the store has."""
        wanted = list(dict.fromkeys(one.article for one in found if one.known or one.reading is not None))
        if not wanted:
            return {}
        names = ", ".join("'" + one.replace("'", "''") + "'" for one in wanted if _is_sayable(one))
        if not names:
            return {}
        rows = self.store.sql(f"SELECT article, digest FROM articles WHERE article IN ({names})").to_pylist()
        return {row["article"]: int(row["digest"][:15], 16) for row in rows}

    def _totals(self) -> Mapping[str, Any]:
        return {
            "outcomes": _sorted(self.outcomes),
            "seconds": time.monotonic() - self.began,
            "commits": self.commits,
            "losses": self.losses,
        }

    def _count(self, outcome: str, fate: Fate, number: int) -> None:
        if number:
            fates = self.outcomes.setdefault(outcome, {})
            fates[fate] = fates.get(fate, 0) + number


def _aside(span: Span, one: Settled, detail: str | None) -> Aside:
    return Aside(place=span.place, where=one.where, article=one.article, outcome=one.outcome, detail=detail)


def _article(one: Settled) -> Article:
    if one.reading is not None:
        return one.reading.article
    return Article(id=one.article, outcome=one.outcome, detail=one.detail)


def _is_sayable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in name


def _sorted(outcomes: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return dict(sorted(outcomes.items(), key=lambda item: (item[0] != _PLAIN, item[0])))
