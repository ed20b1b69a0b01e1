"""watch: feeds asked again and again, new articles into a store, alerts by rule."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from dragoman.cli import codes, options
from dragoman.cli import output as out

if TYPE_CHECKING:
    from dragoman.settings import Settings
    from dragoman.watch.alerts import Alert
    from dragoman.watch.poll import Polled
    from dragoman.watch.round import Watched


@click.command()
@click.argument("feeds", metavar="FEEDS", type=click.Path())
@options.store
@click.option("--once", is_flag=True, help="Ask each feed one time, and end.")
@click.option(
    "--every",
    type=click.FloatRange(min=1, max=10080),
    metavar="MINUTES",
    help="Ask each feed at most so often, instead of what the file says.",
)
@click.option("--check", is_flag=True, help="Check the file, ask each feed once, tell what is there; keep nothing.")
@click.option("--gate/--no-gate", default=True, help="Code only articles that can hold anything, or all.")
@options.limits
@options.model
@click.option("--json", "as_json", is_flag=True, help="Alerts (with --check: feeds) as JSON lines.")
@click.option("-q", "--quiet", is_flag=True, help="Nothing but alerts.")
@click.pass_context
def watch(ctx: click.Context, /, feeds: str, store: str, **given: Any) -> int:
    """Watch the feeds that a file names: what is new goes into the store, what its rules ask for becomes an alert.

    FEEDS is a TOML file of [[feed]] (address), [[alert]] (who, what) and [output]. What was read and told is remembered
    in the store: stopped, even killed, the same command goes on from there. Ctrl-C stops.

    \b
    dragoman watch feeds.toml --check        is the file right, and what do the feeds hold?
    dragoman watch feeds.toml                until Ctrl-C
    dragoman watch feeds.toml --once         for a timer such as cron
    """
    from dragoman.watch.plan import PlanError

    chosen = options.settings_of(ctx, given)
    try:
        with _stopping() as stopped:
            if given["check"]:
                return _checked(feeds, chosen, given, stopped)
            return _watched(feeds, store, chosen, given, stopped)
    except PlanError as wrong:
        for fault in wrong.faults:
            out.tell(str(fault))
        return codes.WRONG_USAGE


def _watched(feeds: str, store: str, chosen: Settings, given: dict[str, Any], stopped: _Stopped) -> int:
    import msgspec

    from dragoman.desk import watching

    def tell(line: str) -> None:
        if not given["quiet"]:
            out.tell(line)

    plan = watching.plan_of(feeds, every=given["every"], settings=chosen)
    if given["as_json"]:  # who asks for lines has them, whatever the file says of the terminal
        plan = msgspec.structs.replace(plan, outputs=msgspec.structs.replace(plan.outputs, terminal=True))
    show = _line if given["as_json"] else _shown
    out.reconfigure(sys.stdout, encoding="utf-8" if given["as_json"] else None)
    done = watching.watch(
        plan,
        store=store,
        once=given["once"],
        gate=given["gate"],
        settings=chosen,
        show=show,
        tell=tell,
        stop=stopped,
    )
    tell(_summary(done, store))
    if stopped.by == signal.SIGINT:
        return codes.INTERRUPTED
    return _exit_code(done) if given["once"] else codes.ALL_READ


def _exit_code(done: Watched) -> int:
    if not done.failed:
        return codes.ALL_READ
    return codes.SOME_FAILED if sum(done.polls.values()) > done.failed else codes.NOTHING_READ


def _summary(done: Watched, store: str) -> str:
    def counted(numbers: dict[str, int]) -> str:
        return ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in sorted(numbers.items())) or "none"

    return f"feeds asked: {counted(done.polls)}; articles for {store}: {counted(done.articles)}; " + (
        f"alerts: {sum(done.alerts.values())}"
    )


def _line(alert: Alert) -> None:
    click.echo(alert.to_json())
    sys.stdout.flush()


def _shown(alert: Alert) -> None:
    from dragoman.exchange.tables import passage
    from dragoman.exchange.words import plain

    click.echo(f"{alert.at[:16].replace('T', ' ')} {plain(alert.text)}")
    for told in alert.told:
        where = told.url or told.title or ""
        for words in told.words:
            click.echo(passage(plain(where), plain(words)), nl=False)
    sys.stdout.flush()


def _checked(feeds: str, chosen: Settings, given: dict[str, Any], stopped: _Stopped) -> int:
    from dragoman.desk import watching

    plan = watching.plan_of(feeds, every=given["every"], settings=chosen)
    if not given["quiet"]:
        rules = len(plan.acts) + len(plan.ranges)
        out.tell(f"{feeds}: {len(plan.feeds)} feeds, {rules} alerts")
    failed = 0
    for polled in watching.looked_at(plan, settings=chosen, stop=stopped):
        failed += polled.outcome not in ("read", "truncated")
        click.echo(json.dumps(_found(polled), ensure_ascii=False) if given["as_json"] else _told(polled))
    if stopped():
        return codes.INTERRUPTED if stopped.by == signal.SIGINT else codes.ALL_READ
    if not failed:
        return codes.ALL_READ
    return codes.SOME_FAILED if failed < len(plan.feeds) else codes.NOTHING_READ


def _found(polled: Polled) -> dict[str, Any]:
    return {
        "name": polled.feed.name,
        "address": polled.feed.address,
        "outcome": polled.outcome,
        "detail": polled.detail,
        "kind": polled.kind,
        "title": polled.title,
        "entries": polled.listed,
        "full": polled.full,
        "newest": polled.newest,
        "conditional": bool(polled.validators),
    }


def _told(polled: Polled) -> str:
    from dragoman.exchange.words import plain

    if polled.kind is None:
        return plain(f"{polled.feed.name}: {polled.outcome.replace('_', ' ')}: {polled.detail}")
    about = [f"{polled.listed} {'pages' if polled.kind == 'sitemap' else 'entries'}"]
    if polled.kind == "feed":
        short = polled.listed - polled.full
        hint = "" if polled.feed.follow or not short else " (follow = true reads the pages)"
        about.append("all with their whole text" if not short else f"{short} with no more than a summary{hint}")
    if polled.newest:
        about.append(f"the newest of {polled.newest[:16].replace('T', ' ')} UTC")
    if not polled.validators:
        about.append("sent whole each time, for it has neither ETag nor Last-Modified")
    if polled.detail:
        about.append(polled.detail)
    title = f" ({polled.title})" if polled.title else ""
    return plain(f"{polled.feed.name}{title}: {'; '.join(about)}")


class _Stopped:
    # whether a signal asked to stop, and which; a second Ctrl-C leaves at once
    by: int | None = None

    def __call__(self) -> bool:
        return self.by is not None

    def heard(self, number: int, _: object) -> None:
        if self.by is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.by = number


@contextmanager
def _stopping() -> Iterator[_Stopped]:
    stopped = _Stopped()
    before: dict[int, Any] = {}
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, stopped.heard)
    except ValueError:  # signals belong to the main thread
        yield stopped
        return
    try:
        yield stopped
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
