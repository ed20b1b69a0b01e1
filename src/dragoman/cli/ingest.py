"""ingest and recode: articles into a store, once each, and old ones brought to the present coder."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from dragoman.cli import codes, options
from dragoman.cli import output as out
from dragoman.cli import read as reading

if TYPE_CHECKING:
    from dragoman.ingest import Ingested
    from dragoman.ingest.report import Report
    from dragoman.ingest.run import Progress
    from dragoman.records import Article

FATES = ("added", "replaced", "unchanged", "not_kept")
# no fault of the source, and no loss: there was nothing to be had
_NO_LOSS = frozenset(["no_page", "not_relevant"])
_LOG_SECONDS = 5.0
_json = click.option("--json", "as_json", is_flag=True, help="What became of the articles, as one JSON object.")
_quiet = click.option("-q", "--quiet", is_flag=True, help="No progress, no table, no word about sources not read.")
_log = click.option("--log-json", is_flag=True, help="What happens, as JSON lines on standard error.")


def _workers(command: Any) -> Any:
    for option in (
        click.option("--cluster", metavar="ADDRESS", help="A Dask scheduler, or local:2 for one of this machine."),
        click.option("--runner", metavar="NAME", help="Who does the work: local (the usual), dask."),
        click.option("--workers", type=click.IntRange(min=1), metavar="N", help="How many at a time; one a core."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("sources", metavar="[SOURCE...]", nargs=-1)
@options.store
@options.about_the_page
@click.option(
    "--column",
    "columns",
    metavar="FIELD=NAME",
    multiple=True,
    callback=reading._columns,
    help="Where a table holds text, title, url, published ...: a column's name or number.",
)
@click.option("--follow", is_flag=True, help="Fetch the page of a feed's entry that has only a summary.")
@_workers
@click.option("--gate/--no-gate", default=True, help="Code only articles that can hold anything, or all.")
@click.option("--retry", metavar="OUTCOME", multiple=True, help="Read again what ended so; all, or of these sources.")
@click.option("--report", is_flag=True, help="Tell what became of all articles, and stop.")
@options.limits
@options.model
@_json
@_log
@_quiet
@click.pass_context
def ingest(ctx: click.Context, /, sources: tuple[str, ...], store: str, **given: Any) -> int:
    """Read articles into a store, each once.

    A SOURCE is what `dragoman read` takes, a pattern such as "news/2019-*/*.html", or a file of records as `dragoman
    read --jsonl` writes them. What was read before and has not changed is passed over; an article whose text has
    changed takes the place of the old one. What was interrupted, even killed, goes on where it was.

    \b
    dragoman ingest news/                               into ./dragoman.store
    dragoman ingest articles.jsonl --store 2019.store
    dragoman ingest --report                            what became of every article
    dragoman ingest --retry fetch_failed                once more
    """
    from dragoman import desk
    from dragoman.desk import filling

    if given["report"]:
        return _report(store, as_json=given["as_json"])
    if not sources and not given["retry"]:
        raise click.UsageError("Missing argument 'SOURCE...'.", ctx)
    chosen = options.settings_of(ctx, given)
    about = options.about_of(given, several=len(sources) > 1)
    about |= {name: given[name] for name in ("columns", "follow", "gate", "retry")}
    run = _Watched(given, store, lambda: filling.weight(sources, settings=chosen) if sources else None)
    with run.running() as control, reading._told(quiet=given["quiet"] or given["log_json"]):
        done = desk.ingest(sources, store=store, settings=chosen, told=run.tell, **about, **_by(given), **control)
    if not done.stopped and not done.articles and not given["retry"]:
        run.tally.tell_if_nothing()
    return run.end(done)


@click.command()
@options.store
@options.model
@_workers
@_json
@_log
@_quiet
@click.pass_context
def recode(ctx: click.Context, /, store: str, **given: Any) -> int:
    """Code anew the articles of a store that another version, other tables or another model had coded.

    The text is the one the store has; nothing is fetched. What was interrupted goes on where it was.
    """
    from dragoman import desk

    run = _Watched(given, store, lambda: None)
    with run.running() as control:
        done = desk.recode(
            store=store, settings=options.settings_of(ctx, given), told=run.tell, **_by(given), **control
        )
    if not done.articles and not done.stopped:
        if not given["quiet"]:
            run.tell("all articles of the store are by the present coder")
        return codes.ALL_READ
    return run.end(done)


def _by(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("runner", "workers", "cluster")}


class _Watched:
    # what goes by while a run lasts, and what is told when it ends
    def __init__(self, given: Mapping[str, Any], store: str, reckon: Callable[[], int | None]) -> None:
        self.as_json, self.store, self.log_json = given["as_json"], store, given["log_json"]
        self.quiet = given["quiet"]
        self.tally = out.Tally(quiet=True if self.log_json else self.quiet)
        self.counts: Counter[str] = Counter(dict.fromkeys(FATES, 0))
        self._reckon = reckon
        self._clear: Callable[[], None] = lambda: None
        self._logged = 0.0

    @contextmanager
    def running(self) -> Iterator[dict[str, Any]]:
        shown = not self.quiet and not self.log_json and sys.stderr.isatty()
        with _line(shown, self._reckon) as line, _stopping() as stop:
            self._clear = line.clear if line else self._clear

            def watch(source: str, article: Article, fate: str) -> None:
                self.counts[fate] += 1
                if article.outcome in _NO_LOSS:
                    return
                if article.outcome != "read" or article.detail:
                    self._clear()
                    told = {"event": "article", "source": source, "article": article.id, "outcome": article.outcome}
                    self.log({**told, "detail": article.detail, "fate": fate})
                self.tally.count(source, article)

            def look(progress: Progress) -> None:
                if line:
                    line.look(progress)
                if self.log_json and time.monotonic() - self._logged >= _LOG_SECONDS:
                    from dragoman.cli import pace

                    self._logged = time.monotonic()
                    self.log({"event": "progress", **pace.counts(progress)})

            self.log({"event": "begin", "store": self.store})
            yield {"stop": stop, "watch": watch, "look": look, "log": self.log}
            self._clear()

    def tell(self, line: str) -> None:
        """One line for whoever looks on."""
        self._clear()
        if self.log_json:
            self.log({"event": "told", "line": line})
        elif not self.quiet:
            out.tell(line)

    def log(self, event: Mapping[str, Any]) -> None:
        """One event for programs, and what was lost for people."""
        if self.log_json:
            at = datetime.now(UTC).isoformat("T", "milliseconds")
            print(json.dumps({"at": at, **event}, ensure_ascii=False), file=sys.stderr, flush=True)

    def end(self, done: Ingested) -> int:
        """Prints what became of the articles and gives the exit code."""
        for article, why in done.refused:
            self.tell(f"{article}: the store cannot keep it: {why}")
        if self.log_json:
            self.log({"event": "end", **done.to_dict()})
        if self.as_json:
            import msgspec

            click.echo(msgspec.json.encode(done).decode())
        elif not self.quiet:
            click.echo(_summary(done, self.store), nl=False)
        if done.stopped:
            self.tell("stopped; the same command goes on from here")
            return codes.INTERRUPTED
        return _exit_code(done)


def _exit_code(done: Ingested) -> int:
    lost = sum(sum(fates.values()) for name, fates in done.outcomes.items() if name != "read" and name not in _NO_LOSS)
    lost += len(done.refused)
    read = sum(done.outcomes.get("read", {}).values()) - len(done.refused)
    if lost:
        return codes.SOME_FAILED if read > 0 else codes.NOTHING_READ
    return codes.ALL_READ if done.articles else codes.NOTHING_READ


def _summary(done: Ingested, store: str) -> str:
    from dragoman.exchange import progress
    from dragoman.exchange.tables import columns

    rows = [
        [outcome.replace("_", " "), str(sum(fates.values())), *(str(fates.get(fate, 0)) for fate in FATES)]
        for outcome, fates in done.outcomes.items()
    ]
    if len(rows) > 1:
        totals = [sum(fates.get(fate, 0) for fates in done.outcomes.values()) for fate in FATES]
        rows.append(["all", str(done.articles), *map(str, totals)])
    table = columns(["outcome", "articles", *(fate.replace("_", " ") for fate in FATES)], rows) if rows else ""
    wrote = ", ".join(
        f"{number} {name[:-1] if number == 1 else name}"
        for name, number in done.rows.items()
        if number and name != "articles"
    )
    pace = progress.line({"": done.articles - done.passed}, done.seconds).partition(":")[0]
    if done.passed:
        pace = f"{done.passed} passed over, read before" + (f"; {pace}" if done.articles > done.passed else "")
    return f"{table}{pace}; " + (f"{wrote} written to {store}\n" if wrote else f"nothing new for {store}\n")


def _report(store: str, *, as_json: bool) -> int:
    from dragoman.desk import filling

    found = filling.report(store=store)
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        click.echo(_told(found, store), nl=False)
    return codes.ALL_READ


def _told(found: Report, store: str) -> str:
    from dragoman.exchange.tables import columns, passage

    if not found.runs:
        return f"nothing was ever ingested into {store}, or its ledger is gone\n"
    last = found.runs[0]
    of_last = {name: sum(fates.values()) for name, fates in last.outcomes.items()}
    every = {row.outcome: row for row in found.outcomes}
    names = [*every, *(name for name in of_last if name not in every)]
    rows = []
    for name in names:
        row = every.get(name)
        kept, aside = (row.kept, row.not_kept) if row else (0, 0)
        rows.append([name.replace("_", " "), str(of_last.get(name, 0)), str(kept + aside), str(kept)])
    state = "stopped" if last.stopped else "" if last.ended else "under way, or killed"
    table = columns(["outcome", "last run", "all runs", "kept"], rows) if rows else ""
    number = len(found.runs)
    head = f"last run: {last.kind} of {last.began}, {last.seconds:.0f} s{', ' + state if state else ''}\n"
    lost = sum(last.losses.values())
    head += f"{lost} worker{'s were' if lost != 1 else ' was'} lost in it\n" if lost else ""
    shown = [
        passage(f"{row.outcome.replace('_', ' ')}: {one.where}", one.detail or "")
        for row in found.outcomes
        for one in row.examples
    ]
    return f"{head}{table}" + ("\n" + "".join(shown) if shown else "") + f"runs so far: {number}\n"


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed; a second one leaves at once."""
    asked: list[bool] = []

    def heard(*_: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)
        # nothing may be printed the usual way: whatever was interrupted may be printing itself
        os.write(2, b"\ndragoman: stopping; what is done will be kept (Ctrl-C again leaves at once)\n")

    try:
        before = signal.signal(signal.SIGINT, heard)
    except ValueError:  # signals belong to the main thread
        yield lambda: False
        return
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _line(wanted: bool, reckon: Callable[[], int | None]) -> Iterator[Any]:
    if not wanted:
        yield None
        return
    from dragoman.cli import pace

    line = pace.Line(reckon)
    try:
        yield line
    finally:
        line.clear()
