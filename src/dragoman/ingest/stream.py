"""Articles into a store: what stands there already is passed over, the rest is coded and kept, batch by batch.

    run = ingest(articles, coder, store)       # (source, Article or Reading) in, Ingested out
    run = recode(coder, store)                 # what another coder made is coded anew
    names = expanded(["news/2019-*/*.html"])   # a pattern becomes the files it means

A batch is kept whole or not at all, and what was kept stays kept: after a kill the same call goes on where it was.
An article without text, or none that can be coded, is counted under its outcome and not kept.
"""

from __future__ import annotations

import glob
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from dragoman import records
from dragoman.errors import StoreError
from dragoman.ingest.gate import OUTCOME, Gate, Open
from dragoman.records import Article, Reading, Record
from dragoman.store.base import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

Fate = Literal["added", "replaced", "unchanged", "not_kept"]
Item = tuple[str, Article | Reading]

BATCH = 200  # articles
SECONDS = 30.0
_AT_ONCE = 64  # articles the store is asked for together
_PATIENCE = 5.0  # seconds that articles which are there wait for more to be asked for with them


class Coding(Protocol):
    """What codes articles, as `dragoman.coder.Coder` does."""

    stamp: records.Coder

    def code(self, articles: Iterable[Article]) -> Iterator[Reading]: ...


class Ingested(Record, frozen=True):
    """What became of the articles: outcome -> fate (added, replaced, unchanged, not_kept) -> number.

    `rows` counts what was written by table; `refused` names articles that the store could not take, and why. `passed`:
    articles of pieces that were committed before and were not looked at again. `losses`: workers lost, by why.
    """

    outcomes: dict[str, dict[str, int]]
    commits: int
    rows: dict[str, int]
    refused: tuple[tuple[str, str], ...]
    seconds: float
    stopped: bool = False
    passed: int = 0
    losses: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def articles(self) -> int:
        return sum(number for fates in self.outcomes.values() for number in fates.values())


def ingest(
    items: Iterable[Item],
    coder: Coding,
    store: Store,
    *,
    gate: Gate | None = None,
    batch: int = BATCH,
    seconds: float = SECONDS,
    stop: Callable[[], bool] = lambda: False,
    watch: Callable[[str, Article, Fate], object] = lambda source, article, fate: None,
) -> Ingested:
    """What became of the articles of these sources. A Reading among them is kept as it is.

    Batches are kept when they have `batch` articles or are `seconds` old. When `stop` answers yes, and on Ctrl-C, what
    is coded is kept and nothing more is read. `watch` is told of every article as it goes by. Raises StoreError; what
    was kept before stays kept.
    """
    run = _Run(store, batch, seconds)
    try:
        for group in _groups(items):
            for source, article, reading, fate in _settled(group, coder, store, run.waiting, gate or Open()):
                run.take(article, reading, fate)
                watch(source, article, fate)
                if stop():
                    return run.end(stopped=True)
    except StoreError:
        raise
    except BaseException:
        run.keep()
        raise
    return run.end(stopped=False)


def recode(
    coder: Coding,
    store: Store,
    *,
    batch: int = BATCH,
    seconds: float = SECONDS,
    stop: Callable[[], bool] = lambda: False,
    watch: Callable[[str, Article, Fate], object] = lambda source, article, fate: None,
) -> Ingested:
    """What became of the articles that another coder, version or lexicon had coded: coded anew from the text kept."""
    old = (("", to_code(reading.article)) for reading in store.readings(not_by=coder.stamp))
    return ingest(old, coder, store, batch=batch, seconds=seconds, stop=stop, watch=watch)


def expanded(sources: Iterable[str]) -> Iterator[str]:
    """The sources, with files in place of patterns (`*`, `?`, `[...]`, `**`); one that means nothing stays as it is."""
    for source in sources:
        if "://" in source[:12] or not glob.has_magic(source) or _is_there(source):
            yield source
            continue
        found = sorted(glob.glob(source, recursive=True))  # noqa: PTH207 (names go on as they were written)
        if "**" in source:  # a folder it means and the files in it would be read twice
            found = [name for name in found if Path(name).is_file()]
        yield from found or [source]


class _Run:
    # the batch that waits to be kept, and what became of all before it
    def __init__(self, store: Store, batch: int, seconds: float) -> None:
        self.store, self.batch, self.seconds = store, batch, seconds
        self.began = time.monotonic()
        self.waiting: dict[str, Reading] = {}
        self.fates: list[tuple[str, str, Fate]] = []  # id, outcome, fate of what waits
        self.since = 0.0
        self.outcomes: dict[str, dict[str, int]] = {}
        self.commits = 0
        self.rows: dict[str, int] = {}
        self.refused: list[tuple[str, str]] = []

    def take(self, article: Article, reading: Reading | None, fate: Fate) -> None:
        if reading is None:
            self._count(article.outcome, fate)
        else:
            if not self.fates:
                self.since = time.monotonic()
            self.waiting[article.id] = reading
            self.fates.append((article.id, article.outcome, fate))
        if len(self.waiting) >= self.batch or (self.fates and time.monotonic() - self.since >= self.seconds):
            self.keep()

    def keep(self) -> None:
        if not self.fates:
            return
        done = self.store.commit(self.waiting.values())
        self.waiting.clear()
        fates, self.fates = self.fates, []
        refused = dict(done.refused)
        self.refused += done.refused
        self.commits += 1
        for name, number in done.rows.items():
            self.rows[name] = self.rows.get(name, 0) + number
        for identity, outcome, fate in fates:
            self._count(outcome, "not_kept" if identity in refused else fate)

    def end(self, *, stopped: bool) -> Ingested:
        self.keep()
        return Ingested(
            outcomes=dict(sorted(self.outcomes.items(), key=lambda item: (item[0] != "read", item[0]))),
            commits=self.commits,
            rows=self.rows,
            refused=tuple(self.refused),
            seconds=time.monotonic() - self.began,
            stopped=stopped,
        )

    def _count(self, outcome: str, fate: Fate) -> None:
        fates = self.outcomes.setdefault(outcome, {})
        fates[fate] = fates.get(fate, 0) + 1


def _settled(
    group: Sequence[Item], coder: Coding, store: Store, waiting: dict[str, Reading], gate: Gate
) -> Iterator[tuple[str, Article, Reading | None, Fate]]:
    """Each article with its Reading, where there is one to keep, and what will become of it."""
    wanted = list(dict.fromkeys(_article(item).id for _, item in group if _keepable(item)))
    held = {reading.article.id: reading for reading in store.readings(wanted)} if wanted else {}
    # the last of an id counts: what stands in the store, in the batch, and before it in this group
    last: dict[str, Article | Reading] = {**held, **{id: waiting[id] for id in wanted if id in waiting}}
    plan: list[tuple[Fate, Article | Reading | None]] = []
    for _, item in group:
        before = last.get(_article(item).id)
        if not _keepable(item):
            plan.append(("not_kept", None))
        else:
            same = before is not None and _same(item, before, coder.stamp)
            if not same and isinstance(item, Article) and (reason := gate.why_not(item)):
                plan.append(("not_kept", msgspec.structs.replace(item, outcome=OUTCOME, detail=reason)))
                continue
            plan.append(("unchanged" if same else "replaced" if before else "added", before))
            last[_article(item).id] = item
    is_new = [fate in ("added", "replaced") for fate, _ in plan]
    coded = coder.code(item for (_, item), new in zip(group, is_new, strict=True) if new and isinstance(item, Article))
    for (source, item), (fate, before), new in zip(group, plan, is_new, strict=True):
        if not new:
            yield source, before if fate == "not_kept" and isinstance(before, Article) else _article(item), None, fate
            continue
        reading = item if isinstance(item, Reading) else next(coded)
        if isinstance(before, Reading) and _bare(before) == _bare(reading):  # failed before, and failed again
            yield source, reading.article, None, "unchanged"
        else:
            yield source, reading.article, reading, fate


def _same(item: Article | Reading, before: Article | Reading, stamp: records.Coder) -> bool:
    """Whether keeping the item would change nothing. An Article is to be coded, by the coder of this stamp."""
    if isinstance(item, Reading):
        return isinstance(before, Reading) and _bare(item) == _bare(before)
    if isinstance(before, Reading):
        return before.coder == stamp and _bare_article(item) == _bare_article(before.article)
    return _bare_article(item) == _bare_article(before)


def _keepable(item: Article | Reading) -> bool:
    from dragoman.coder import CODED

    article = _article(item)
    kept = CODED | {"failed"} if isinstance(item, Reading) else CODED
    return bool(article.text.strip()) and article.outcome in kept


def _article(item: Article | Reading) -> Article:
    return item.article if isinstance(item, Reading) else item


def _bare(reading: Reading) -> Reading:
    return msgspec.structs.replace(reading, article=_bare_article(reading.article))


def _bare_article(article: Article) -> Article:
    """The article without the time it was fetched: the same page fetched again is the same."""
    return msgspec.structs.replace(article, retrieved=None)


def to_code(article: Article) -> Article:
    """The article as it is coded anew: one on which an older coder failed is tried again."""
    return msgspec.structs.replace(article, outcome="read", detail=None) if article.outcome == "failed" else article


def _groups(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items a few at a time; those that come slowly do not wait for many others."""
    flow = iter(items)
    for first in flow:
        group, began = [first], time.monotonic()
        for item in flow:
            group.append(item)
            if len(group) == _AT_ONCE or time.monotonic() - began >= _PATIENCE:
                break
        yield group


def _is_there(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        return False


def together(runs: Sequence[Ingested]) -> Ingested:
    """Several runs as one."""
    outcomes: dict[str, dict[str, int]] = {}
    rows: dict[str, int] = {}
    losses: dict[str, int] = {}
    for run in runs:
        for outcome, fates in run.outcomes.items():
            _add(outcomes.setdefault(outcome, {}), fates)
        _add(rows, run.rows)
        _add(losses, run.losses)
    return Ingested(
        outcomes=outcomes,
        commits=sum(run.commits for run in runs),
        rows=rows,
        refused=tuple(one for run in runs for one in run.refused),
        seconds=sum(run.seconds for run in runs),
        stopped=any(run.stopped for run in runs),
        passed=sum(run.passed for run in runs),
        losses=losses,
    )


def _add(sums: dict[str, int], more: dict[str, int]) -> None:
    for name, number in more.items():
        sums[name] = sums.get(name, 0) + number
