"""ingest and recode: articles into a store, once each, and old ones brought to the present coder."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from dragoman.cli import codes, options
from dragoman.cli import output as out

if TYPE_CHECKING:
    from dragoman.ingest import Ingested
    from dragoman.records import Article

FATES = ("added", "replaced", "unchanged", "not_kept")
_json = click.option("--json", "as_json", is_flag=True, help="What became of the articles, as one JSON object.")


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@options.store
@options.about_the_page
@options.limits
@options.model
@_json
@click.option("-q", "--quiet", is_flag=True, help="No progress, no table, no word about sources that were not read.")
@click.pass_context
def ingest(ctx: click.Context, /, sources: tuple[str, ...], store: str, **given: Any) -> int:
    """Read articles into a store, each once.

    A SOURCE is what `dragoman read` takes, a pattern such as "news/2019-*/*.html", or a file of records as `dragoman
    read --jsonl` writes them. An article that the store has already, with the same text and by the same coder, is
    passed over; one whose text has changed takes the place of the old one. What was interrupted goes on where it was.

    \b
    dragoman ingest news/                               into ./dragoman.store
    dragoman ingest articles.jsonl --store 2019.store
    """
    from dragoman import desk

    chosen = options.settings_of(ctx, given)
    about = options.about_of(given, several=len(sources) > 1)
    run = _Watched(given, store)
    with run.running() as control:
        done = desk.ingest(sources, store=store, settings=chosen, told=out.tell, **about, **control)
    if not done.stopped:
        run.tally.tell_if_nothing()
    return run.end(done)


@click.command()
@options.store
@options.model
@_json
@click.option("-q", "--quiet", is_flag=True, help="No progress, no table.")
@click.pass_context
def recode(ctx: click.Context, /, store: str, **given: Any) -> int:
    """Code anew the articles of a store that another version, other tables or another model had coded.

    The text is the one the store has; nothing is fetched. What was interrupted goes on where it was.
    """
    from dragoman import desk

    run = _Watched(given, store)
    with run.running() as control:
        done = desk.recode(store=store, settings=options.settings_of(ctx, given), told=out.tell, **control)
    if not done.articles and not done.stopped:
        if not given["quiet"]:
            out.tell("all articles of the store are by the present coder")
        return codes.ALL_READ
    return run.end(done)


class _Watched:
    # what goes by while a run lasts, and what is told when it ends
    def __init__(self, given: Mapping[str, Any], store: str) -> None:
        self.quiet, self.as_json, self.store = given["quiet"], given["as_json"], store
        self.tally = out.Tally(quiet=self.quiet)
        self.counts: Counter[str] = Counter(dict.fromkeys(FATES, 0))

    @contextmanager
    def running(self) -> Iterator[dict[str, Any]]:
        with _step(not self.quiet and sys.stderr.isatty()) as step, _stopping() as stop:

            def watch(source: str, article: Article, fate: str) -> None:
                self.counts[fate] += 1
                self.tally.count(source, article)
                step(self.counts)

            yield {"stop": stop, "watch": watch}

    def end(self, done: Ingested) -> int:
        """Prints what became of the articles and gives the exit code."""
        for article, why in done.refused:
            self.tally.read, self.tally.failed = self.tally.read - 1, self.tally.failed + 1
            out.tell(f"{article}: the store cannot keep it: {why}")
        if self.as_json:
            import msgspec

            click.echo(msgspec.json.encode(done).decode())
        elif not self.quiet:
            click.echo(_summary(done, self.store), nl=False)
        if done.stopped:
            out.tell("stopped; the same command goes on from here")
            return codes.INTERRUPTED
        return self.tally.exit_code


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
    pace = progress.line({"": done.articles}, done.seconds).partition(":")[0]
    return f"{table}{pace}; " + (f"{wrote} written to {store}\n" if wrote else f"nothing new for {store}\n")


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
def _step(wanted: bool) -> Iterator[Callable[[Mapping[str, int]], None]]:
    if wanted:
        from dragoman.exchange import progress

        with progress.progress(sys.stderr) as step:
            yield step
    else:
        yield lambda counts: None
