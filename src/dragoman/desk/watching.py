"""Feeds watched: new articles into a store, and alerts to whoever waits for them."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dragoman.desk import answering, filling, happened, parts, stores
from dragoman.desk.parts import Source
from dragoman.desk.stores import STORE
from dragoman.errors import StoreError
from dragoman.records import Article, Event, Reading
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.ingest import Fate, Ingested
    from dragoman.read.limits import Limits
    from dragoman.store.base import Question, Store
    from dragoman.watch.alerts import Alert, Moved, Told
    from dragoman.watch.clock import Clock
    from dragoman.watch.plan import Plan, RangeRule
    from dragoman.watch.poll import New, Polled
    from dragoman.watch.round import Kept, Watched

_TOLD = 5  # acts that an alert of a measure carries
_COMPACT_AFTER = 500  # commits: many small files make every question slower


def watch(
    plan: Source | Plan,
    *,
    store: Source = STORE,
    once: bool = False,
    every: float | None = None,
    gate: bool = True,
    allow_private: bool = False,
    settings: Settings | None = None,
    show: Callable[[Alert], None] | None = None,
    tell: Callable[[str], None] = lambda line: None,
    note: Callable[[Polled], None] = lambda polled: None,
    stop: Callable[[], bool] = lambda: False,
    clock: Clock | None = None,
) -> Watched:
    """What went on while the feeds of a file were watched, until `stop` answers yes; with `once` each is asked once.

    `every`: minutes between two requests, instead of what the file says. `show` is handed every alert, `tell` a line
    where something changes, `note` every poll. What was read and told is remembered beside the store, so that the next
    run goes on from there. Raises PlanError (a SettingsError) with every fault of the file, StoreError; StoreHeld where
    somebody else watches into this store.
    """
    from dragoman.store import lock
    from dragoman.watch.clock import SystemClock
    from dragoman.watch.round import Watch
    from dragoman.watch.state import State

    chosen = settings or parts.loaded()
    made = plan_of(plan, every=every, settings=chosen)
    limits = _limits(chosen, made, allow_private)
    with stores.open_store(store, make=True, told=tell) as kept:
        folder = _folder(kept.address)
    folder.mkdir(parents=True, exist_ok=True)
    with lock.writing(folder, 0.0), contextlib.closing(State(folder)) as state:
        base = _Base(store, chosen, gate, tell, [feed.address for feed in made.feeds])
        run = Watch(made, state, base, limits, clock or SystemClock(), stop=stop, tell=tell, note=note, show=show)
        try:
            return run.run(once=once)
        finally:
            base.end(stopped=stop())


def plan_of(plan: Source | Plan, *, every: float | None = None, settings: Settings | None = None) -> Plan:
    """The feeds, alerts and outputs of a file. `every` in minutes. Raises PlanError with every fault."""
    from dragoman.relate.indices import measure
    from dragoman.watch import plan as plans

    if isinstance(plan, plans.Plan):
        return plan
    tables = parts.lexicon(settings or parts.loaded())
    return plans.read(Path(plan), tables, measure, every=every * plans.MINUTE if every else None)


def looked_at(
    plan: Source | Plan,
    *,
    allow_private: bool = False,
    settings: Settings | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Polled]:
    """Each feed of a file asked once: what is there, nothing of it read or kept. Raises PlanError."""
    from dragoman.watch.clock import SystemClock
    from dragoman.watch.hosts import Hosts
    from dragoman.watch.poll import poll
    from dragoman.watch.state import Memory

    chosen = settings or parts.loaded()
    made = plan_of(plan, settings=chosen)
    limits = _limits(chosen, made, allow_private)
    hosts = Hosts(limits, SystemClock(), made.pause, stop)
    for feed in made.feeds:
        if stop():
            return
        yield poll(feed, Memory(), limits, hosts, lambda keys: [True] * len(keys), look=True, stop=stop)


def _limits(chosen: Settings, plan: Plan, allow_private: bool) -> Limits:
    from dragoman.read.limits import Limits

    read = msgspec.structs.asdict(chosen.read)
    read["allow_private_addresses"] = read["allow_private_addresses"] or plan.allow_private or allow_private
    return Limits(**read)


def _folder(address: str) -> Path:
    """Where what was watched is remembered: in the store, or on this machine where the store is at an address."""
    from dragoman.ingest.ledger import folder_of
    from dragoman.watch.state import FOLDER

    ledger = folder_of(address)
    assert ledger is not None
    return ledger.parent / FOLDER if "://" not in address else ledger.with_name(f"{ledger.name}-{FOLDER}")


class _Base:
    # the store, opened for each batch: it is not held while nothing happens, and others may write to it
    def __init__(
        self, address: Source, chosen: Settings, gate: bool, tell: Callable[[str], None], feeds: Sequence[str]
    ) -> None:
        self.address, self.chosen, self.tell, self.feeds = address, chosen, tell, feeds
        self.gate = filling.gate_of(chosen, gate)
        self.commits = 0
        self.run = 0  # in the ledger, once there is something to be told
        self.done: Ingested | None = None

    def keep(self, items: Sequence[New], stop: Callable[[], bool]) -> Kept:
        from dragoman.ingest import ingest
        from dragoman.watch.round import Kept

        fates: dict[str, tuple[str, str]] = {}
        found_there: list[tuple[str, Article, Fate]] = []

        def watch(source: str, article: Article, fate: Fate) -> None:
            fates[article.id] = (article.outcome, fate)
            found_there.append((source, article, fate))

        with stores.opened(self.address) as kept:
            found = ((one.where, one.article) for one in items)
            done = ingest(found, parts.coder(self.chosen), kept, gate=self.gate, stop=stop, watch=watch)
            for article, why in done.refused:
                self.tell(f"{article}: the store cannot keep it: {why}")
            self._note(kept, found_there, done)
            self.commits += done.commits
            if self.commits >= _COMPACT_AFTER:
                self.commits = 0
                kept.compact()
                kept.vacuum()
            there = [name for name, (_, fate) in fates.items() if fate != "not_kept"]
            return Kept(fates, list(kept.readings(there)) if there else [])

    def end(self, *, stopped: bool) -> None:
        """Nothing more comes: the run is over in the ledger."""
        if self.done is not None:
            done = msgspec.structs.replace(self.done, stopped=stopped)
            with (
                contextlib.suppress(StoreError),
                stores.opened(self.address) as kept,
                filling.ledger_of(kept) as ledger,
            ):
                ledger.run = self.run
                ledger.end(filling.totals_of(done))

    def _note(self, kept: Store, found: Sequence[tuple[str, Article, Fate]], done: Ingested) -> None:
        """What became of them, into the ledger: `dragoman ingest --report` tells of it."""
        from dragoman.ingest import watched
        from dragoman.ingest.stream import together
        from dragoman.watch.poll import PASSING

        self.done = done if self.done is None else together([self.done, done])
        stamp = parts.coder(self.chosen).stamp
        # the store has the articles already, and a ledger only tells of them
        with contextlib.suppress(StoreError), filling.ledger_of(kept) as ledger:
            if self.run:
                ledger.run = self.run
            else:
                ledger.begin("watch", stamp, {}, self.feeds)
                self.run = ledger.run
            refused = dict(done.refused)
            watched.note(ledger, ((w, a, "not_kept" if a.id in refused else f) for w, a, f in found), stamp, PASSING)
            ledger.keep(filling.totals_of(self.done))

    def moved(self, rule: RangeRule, today: dt.date) -> list[Moved]:
        from dragoman.relate import sums
        from dragoman.relate.indices import measure
        from dragoman.store import arrow
        from dragoman.watch import ranges

        asked = self._asked(rule, ranges.first_day(rule, today), today)
        needs = measure(rule.measure).needs
        with stores.opened(self.address) as kept:
            happened.ready(kept, settings=self.chosen)
            by: Any = ("type", "mode") if "type" in needs else ()
            tallies = kept.tally(msgspec.structs.replace(asked, unit="day", by=by))
            counts = sums.counts(arrow.columns(tallies.table), weights=answering.weights() if by else None)
            read = _read(kept, asked)
        return list(ranges.found(rule, counts, read, today))

    def told(self, rule: RangeRule, moved: Moved) -> tuple[Told, ...]:

        asked = self._asked(rule, dt.date.fromisoformat(moved.since), dt.date.fromisoformat(moved.until))
        ours = {one.code for one in asked.blocs}
        if not {moved.source, moved.target} & ours:
            asked = msgspec.structs.replace(asked, actors=(moved.source, moved.target))
        with stores.opened(self.address) as kept:
            rows = kept.events(asked, limit=_TOLD * 20, newest=True).to_pylist()
            rows = [row for row in rows if _between(row, moved, asked)][:_TOLD]
            pages = {one.article.id: one.article for one in kept.readings([row["article"] for row in rows])}
        return tuple(_told(row, pages.get(row["article"])) for row in rows)

    def issues_of(self, event: Event, reading: Reading) -> Sequence[str]:
        from dragoman.store.rows import issues_of

        return issues_of(event, reading)

    def _asked(self, rule: RangeRule, since: dt.date, until: dt.date) -> Question:
        asked, _ = answering.question(
            rule.actors,
            since=since,
            until=until,
            types=rule.types,
            issues=rule.issues,
            status=rule.status,
            undated=True,
            settings=self.chosen,
        )
        return asked


def _read(kept: Store, asked: Question) -> dict[dt.date, int]:
    found = kept.volume(msgspec.structs.replace(asked, unit="day"))
    counted: dict[dt.date, int] = {}
    for row in found.group_by("period").aggregate([("articles", "sum")]).to_pylist():
        if row["period"] is not None:
            counted[row["period"]] = int(row["articles_sum"])
    return counted


def _between(row: dict[str, Any], moved: Moved, asked: Question) -> bool:
    """Whether an event counts for the pair: the one acts on the other, or both act together."""
    sides = []
    for code in (moved.source, moved.target):
        bloc = next((one for one in asked.blocs if one.code == code), None)
        sides.append({member.actor for member in bloc.members} if bloc else {code})
    acting, upon = set(row["sources"]), set(row["targets"]) or set(row["sources"])
    return bool(acting & sides[0] and upon & sides[1])


def _told(row: dict[str, Any], page: Any) -> Told:
    from dragoman.watch.alerts import Told

    return Told(
        article=row["article"],
        kind="event",
        id=row["id"],
        code=f"{row['type']} {row['mode']}" if row["mode"] else row["type"],
        sources=tuple(row["sources"]),
        targets=tuple(row["targets"]),
        words=(row["words"],) if row["words"] else (),
        spans=tuple((one["start"], one["end"]) for one in row["evidence"] or ()),
        status=row["status"],
        quad=row["quad"],
        issues=tuple(row["issues"] or ()),
        day=row["day"].isoformat() if row["day"] else None,
        confidence=row["confidence"],
        title=page.title if page else None,
        url=page.url if page else None,
    )
