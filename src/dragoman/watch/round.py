"""The loop: which feed is due, what it brought into the store, which alerts that makes, and again.

Fetching and reading run in a few threads, one feed and one host at a time each; everything else happens here, in order.
"""

from __future__ import annotations

import datetime as dt
import queue
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from dragoman.errors import StoreError
from dragoman.read.limits import Limits
from dragoman.records import Event, Reading, Record
from dragoman.watch.alerts import Alert, Moved, Told, digest
from dragoman.watch.clock import Clock
from dragoman.watch.hosts import Hosts, host_of
from dragoman.watch.outputs import Delivery
from dragoman.watch.pace import Pace, next_pace
from dragoman.watch.plan import DAY, HOUR, Feed, Plan, RangeRule
from dragoman.watch.poll import FINE, UNCHANGED, New, Polled, poll
from dragoman.watch.rules import alerts_of
from dragoman.watch.state import Memory, State

_THREADS = 4
_LOOK = 0.1  # seconds between two looks at what threads have brought, and whether to stop
_IDLE = 60.0  # seconds: a clock that was set is noticed
_RANGES_EVERY = HOUR / 4  # measures are not reckoned after every single article


class Kept(msgspec.Struct, frozen=True):
    """What became of articles: id -> (outcome, fate); `readings` of those that stand in the store."""

    fates: dict[str, tuple[str, str]]
    readings: list[Reading]


class Base(Protocol):
    """The store as watching needs it. Raises StoreError."""

    def keep(self, items: Sequence[New], stop: Callable[[], bool]) -> Kept:
        """Codes and keeps articles, each once."""

    def moved(self, rule: RangeRule, today: dt.date) -> Iterable[Moved]:
        """Each pair whose measure can be judged."""

    def told(self, rule: RangeRule, moved: Moved) -> tuple[Told, ...]:
        """The newest acts between the two, with their words."""

    def issues_of(self, event: Event, reading: Reading) -> Sequence[str]:
        """On which issues an event is."""


class Watched(Record, frozen=True):
    """What went on: polls by outcome, articles by fate, alerts by rule."""

    polls: dict[str, int]
    articles: dict[str, int]
    alerts: dict[str, int]
    stopped: bool = False

    @property
    def failed(self) -> int:
        """How many polls ended in a fault."""
        return sum(number for name, number in self.polls.items() if name not in FINE)


class Watch:
    """One run. `tell` is told a line where something changes; `note` every poll as it ends."""

    def __init__(
        self,
        plan: Plan,
        state: State,
        base: Base,
        limits: Limits,
        clock: Clock,
        *,
        stop: Callable[[], bool],
        tell: Callable[[str], None],
        note: Callable[[Polled], None] = lambda polled: None,
        show: Callable[[Alert], None] | None = None,
        seed: int | None = None,
    ) -> None:
        self.plan, self.state, self.base, self.limits, self.clock = plan, state, base, limits, clock
        self.stop, self.tell, self.note = stop, tell, note
        self.hosts = Hosts(limits, clock, plan.pause, stop)
        self.delivery = Delivery(plan.outputs, state, limits, clock, show, tell, stop)
        self.rng = random.Random(seed)
        self.polls: Counter[str] = Counter()
        self.articles: Counter[str] = Counter()
        self.alerts: Counter[str] = Counter()
        self._memory = {feed.address: state.memory(feed.address) for feed in plan.feeds}
        self._held: dict[str, float] = {}  # host -> until when it wants to be left alone
        self._ranges_at = 0.0
        self._came = True
        self._tidied = 0.0

    def run(self, *, once: bool = False) -> Watched:
        """Until `stop` answers yes; with `once` until each feed was asked one time. Raises StoreError at the start."""
        self.delivery.deliver()  # what waited when the last run ended
        todo = list(self.plan.feeds) if once else None
        flying: dict[str, Feed] = {}
        done: queue.Queue[Polled] = queue.Queue()
        asked: queue.Queue[tuple[Feed, Memory] | None] = queue.Queue()
        threads = min(_THREADS, len({host_of(feed.address) for feed in self.plan.feeds}))
        for _ in range(threads):
            # daemons: a fetch that hangs must not hold up the end
            threading.Thread(target=self._fetch, args=(asked, done), daemon=True).start()
        try:
            while not self.stop():
                self._send(todo, flying, asked, threads)
                if flying:
                    try:
                        polled = done.get(timeout=_LOOK)
                    except queue.Empty:
                        continue
                    del flying[host_of(polled.feed.address)]
                    if not self.stop():
                        self._take(polled)
                elif todo is not None and not todo:
                    break
                else:
                    self._quiet()
            if not self.stop():
                self._judge(always=True)
                self.delivery.deliver()
                self._tidy()
        finally:
            for _ in range(threads):
                asked.put(None)
        return Watched(
            polls=dict(self.polls), articles=dict(self.articles), alerts=dict(self.alerts), stopped=self.stop()
        )

    # -- asking ------------------------------------------------------------------------------------------------------

    def _fetch(self, asked: queue.Queue[tuple[Feed, Memory] | None], done: queue.Queue[Polled]) -> None:
        while (one := asked.get()) is not None:
            feed, memory = one
            done.put(
                poll(
                    feed,
                    memory,
                    self.limits,
                    self.hosts,
                    lambda keys, feed=feed: self.state.unseen(feed.address, keys),  # type: ignore[misc]
                    tries=lambda key, feed=feed: self.state.tries(feed.address, key),  # type: ignore[misc]
                    stop=self.stop,
                )
            )

    def _send(
        self,
        todo: list[Feed] | None,
        flying: dict[str, Feed],
        asked: queue.Queue[tuple[Feed, Memory] | None],
        most: int,
    ) -> None:
        """Hands out what is due, one feed of a host at a time."""
        now = self.clock.now()
        for feed in sorted(self.plan.feeds if todo is None else todo, key=self._due):
            host = host_of(feed.address)
            if len(flying) >= most:
                return
            if host in flying:
                continue
            if todo is None:
                if self._due(feed) > now:
                    continue
            else:
                todo.remove(feed)
                if self._forbidden(feed, now):
                    continue
            flying[host] = feed
            asked.put((feed, self._memory[feed.address]))

    def _due(self, feed: Feed) -> float:
        memory = self._memory[feed.address]
        # a clock that was set back must not silence a feed for longer than it can be meant to
        due = min(memory.due, self.clock.now() + 7 * DAY + feed.at_most)
        return max(due, self._held.get(host_of(feed.address), 0.0))

    def _forbidden(self, feed: Feed, now: float) -> bool:
        """Whether a feed failed so lately that it is not asked even by hand."""
        wait = self._due(feed) - now
        if not self._memory[feed.address].faults or wait <= 0:
            return False
        self.polls["waits"] += 1
        outcome = self._memory[feed.address].outcome.replace("_", " ")
        self.tell(f"{feed.name}: {outcome} last time; asked again in {wait / 60:.0f} minutes")
        return True

    def _quiet(self) -> None:
        """Nothing flies: what waits is delivered, measures are judged, and then it is slept."""
        self._judge()
        self.delivery.deliver()
        self._tidy()
        now = self.clock.now()
        wait = min((self._due(feed) for feed in self.plan.feeds), default=now) - now
        if wait > 0 and not self.stop():
            self.clock.sleep(min(wait, _IDLE), self.stop)

    def _tidy(self) -> None:
        now = self.clock.now()
        if now - self._tidied >= DAY:
            self._tidied = now
            self.state.tidy(now)

    # -- what came ---------------------------------------------------------------------------------------------------

    def _take(self, polled: Polled) -> None:
        """What a poll brought: into the store, then its alerts and all that is remembered of it, then the outputs."""
        feed, now = polled.feed, self.clock.now()
        try:
            kept = self.base.keep(polled.items, self.stop) if polled.items else Kept({}, [])
        except StoreError as fault:
            # the entries are not remembered, and so will be read again
            self.tell(f"{feed.name}: {fault.message}")
            polled = Polled(feed=feed, outcome="not_kept", detail=fault.message)
            kept = Kept({}, [])
        whole = all(one.article.id in kept.fates for one in polled.items)
        alerts = self._alerts_of(kept.readings)
        before = self._memory[feed.address]
        memory = self._remembered(polled, before, whole, len(kept.fates), now)
        seen = [key for one in polled.items if one.article.id in kept.fates for key in one.keys]
        lost = self.state.keep(
            feed.address,
            memory,
            now=now,
            seen=[*seen, *polled.passed],
            failed=polled.failed,
            alerts=alerts,
            outputs=self.delivery.names,
            most=self.plan.outputs.queue,
        )
        if polled.known:
            self.state.touch(feed.address, polled.known, now)
        self._memory[feed.address] = memory
        self._came = self._came or bool(kept.readings)
        self.polls[polled.outcome] += 1
        self.articles.update(fate for _, fate in kept.fates.values())
        self.alerts.update(alert.rule for alert, _ in alerts)
        self._tell_of(polled, before)
        self.note(polled)
        self.delivery.lost(lost)
        self.delivery.deliver()

    def _alerts_of(self, readings: Iterable[Reading]) -> list[tuple[Alert, list[str]]]:
        now = dt.datetime.fromtimestamp(self.clock.now(), dt.UTC)
        found: list[tuple[Alert, list[str]]] = []
        here: set[str] = set()

        def known(key: str) -> bool:
            return key in here or self.state.is_told(key)

        for reading in readings:
            for alert, keys in alerts_of(
                reading,
                self.plan.acts,
                now=now,
                fresh=self.plan.fresh,
                known=known,
                issues_of=self.base.issues_of,
            ):
                here |= set(keys)
                found.append((alert, keys))
        return found

    def _remembered(self, polled: Polled, before: Memory, whole: bool, articles: int, now: float) -> Memory:
        feed = polled.feed
        failed = polled.outcome not in FINE and polled.outcome != "empty"
        pace = next_pace(
            feed,
            Pace(0.0, before.interval, before.faults),
            failed=failed,
            fresh=bool(polled.items),
            left=polled.left or bool(polled.failed),
            asked=polled.asked,
            lasts=polled.lasts,
            rng=self.rng,
        )
        if polled.asked:
            self._held[host_of(feed.address)] = now + pace.wait
        answered = whole and not failed
        return Memory(
            due=now + pace.wait,
            interval=pace.interval,
            faults=pace.faults,
            validators=polled.validators if answered else {},
            digest=polled.digest if answered else "",
            outcome=polled.outcome,
            polls=before.polls + 1,
            articles=before.articles + articles,
            first=before.first and not (polled.kind and whole),
        )

    def _tell_of(self, polled: Polled, before: Memory) -> None:
        """A line where something is new: articles came, a fault began, a fault is over."""
        feed, outcome = polled.feed, polled.outcome
        if outcome not in FINE:
            if outcome != before.outcome:
                self.tell(f"{feed.name}: {polled.detail or outcome.replace('_', ' ')}")
            return
        if before.outcome and before.outcome not in FINE:
            self.tell(f"{feed.name}: answers again")
        if polled.items or polled.failed:
            more = f", {len(polled.failed)} pages to be tried again" if polled.failed else ""
            self.tell(f"{feed.name}: {len(polled.items)} new{more}{', more wait' if polled.left else ''}")
        elif outcome not in (UNCHANGED, before.outcome) and polled.detail:
            self.tell(f"{feed.name}: {polled.detail}")

    # -- measures ----------------------------------------------------------------------------------------------------

    def _judge(self, *, always: bool = False) -> None:
        """Which measures left their range, and which came back. Told once, until it has come half the way back."""
        now = self.clock.now()
        if not self.plan.ranges or not (self._came or now - self._ranges_at >= DAY):
            return
        if not always and now - self._ranges_at < _RANGES_EVERY:
            return
        self._ranges_at, self._came = now, False
        moment = dt.datetime.fromtimestamp(now, dt.UTC)
        for rule in self.plan.ranges:
            alerts: list[tuple[Alert, Sequence[str]]] = []
            back: list[tuple[str, str, str]] = []
            try:
                for moved in self.base.moved(rule, moment.date()):
                    told = self.state.is_beyond(rule.name, moved.source, moved.target)
                    if moved.times > rule.times and not told:
                        alert = _of_range(rule, moved, self.base.told(rule, moved), moment)
                        alerts.append((alert, [alert.id]))
                    elif moved.times <= rule.times / 2 and told:
                        back.append((rule.name, moved.source, moved.target))
            except StoreError as fault:
                self.tell(f"{rule.name}: {fault.message}")
                continue
            lost = self.state.keep_ranges(
                alerts, back, now=now, outputs=self.delivery.names, most=self.plan.outputs.queue
            )
            self.alerts.update(alert.rule for alert, _ in alerts)
            self.delivery.lost(lost)


def _of_range(rule: RangeRule, moved: Moved, told: tuple[Told, ...], now: dt.datetime) -> Alert:
    way = "above" if moved.value > moved.usual else "below"
    text = (
        f"{rule.name}: {moved.measure} of {moved.source} > {moved.target} was {moved.value:.3g} in {rule.days} days, "
        f"{moved.times:.1f} times its usual spread {way} {moved.usual:.3g}"
    )
    return Alert(
        id=digest("range", rule.name, moved.source, moved.target, moved.until, way),
        rule=rule.name,
        kind="range",
        at=now.isoformat(timespec="seconds"),
        text=text,
        told=told,
        moved=moved,
        url=next((one.url for one in told if one.url), None),
    )
