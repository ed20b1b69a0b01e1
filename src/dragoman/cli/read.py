"""read, explain and schema: articles in, records out."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from dragoman.cli import options
from dragoman.cli import output as out

if TYPE_CHECKING:
    from dragoman.records import Reading

_FIELDS = ("text", "html", "title", "url", "published", "id", "language", "author", "site")


def _columns(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    told: dict[str, str] = {}
    for value in values:
        field, sign, name = value.partition("=")
        if not sign or not name.strip() or field.strip() not in _FIELDS:
            raise click.BadParameter(f"{value!r} is not FIELD=NAME with a FIELD of {', '.join(_FIELDS)}.")
        told[field.strip()] = name.strip()
    return told


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@options.about_the_page
@click.option("--json", "form", flag_value="json", help="One JSON object; a JSON array for several articles.")
@click.option("--jsonl", "form", flag_value="jsonl", help="One line of JSON for each article, failures included.")
@click.option("--html", "form", flag_value="html", help="One page that holds everything it needs.")
@click.option("-o", "--output", metavar="FILE", help="Write there; .json, .jsonl and .html choose the form.")
@click.option(
    "--column",
    "columns",
    metavar="FIELD=NAME",
    multiple=True,
    callback=_columns,
    help="Where a table holds text, title, url, published ...: a column's name or number.",
)
@click.option("--follow", is_flag=True, help="Fetch the page of a feed's entry that has only a summary.")
@options.limits
@options.model
@click.option("-q", "--quiet", is_flag=True, help="No progress, no word about sources that could not be read.")
@click.pass_context
def read(ctx: click.Context, /, sources: tuple[str, ...], form: str | None, output: str | None, **given: Any) -> int:
    """Read articles and show what is in them.

    A SOURCE is a page, a text or a PDF; a file of many (JSONL, CSV, TSV, Parquet, WARC); a feed or a sitemap; an
    archive or a folder of these; a pattern, a URL, s3://; or - for standard input. What is packed is unpacked.

    \b
    dragoman read page.html                             look at it here
    dragoman read page.html -o marked.html              look at it in a browser
    dragoman read articles.jsonl --jsonl > out.jsonl    one record for each article
    dragoman read table.csv --column text=body          a table with a column of its own
    """
    from dragoman import desk

    chosen = options.settings_of(ctx, given)
    about = options.about_of(given, several=len(sources) > 1)
    about |= {"columns": given["columns"], "follow": given["follow"]}
    form = form or out.form_of(output)
    tally = out.Tally(quiet=given["quiet"])
    with out.opened(output, form) as stream, _told(quiet=given["quiet"]):
        elsewhere = output is not None or not sys.stdout.isatty()
        found = _pages(desk.read_each(sources, given=about, settings=chosen), quiet=given["quiet"])
        readings = tally.watch(found, several=len(sources) > 1, bar=elsewhere and not given["quiet"])
        out.WRITERS[form](readings, stream, chosen)
    return tally.exit_code


def _pages(found: Iterable[tuple[str, Reading]], *, quiet: bool) -> Iterator[tuple[str, Reading]]:
    """The Readings without those records of a web archive that hold no page, of which there are two to a page."""
    others = 0
    for source, reading in found:
        if reading.article.outcome == "no_page":
            others += 1
        else:
            yield source, reading
    if others and not quiet:
        out.tell(f"records of web archives that hold no page were passed over: {others:,}")


@contextmanager
def _told(*, quiet: bool) -> Iterator[None]:
    """Has the lines shown that readers tell on their way, each once."""
    log, handler = logging.getLogger("dragoman.read"), _Shown()
    level = log.level
    if not quiet:
        log.addHandler(handler)
        log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


class _Shown(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.seen: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if line not in self.seen:
            self.seen.add(line)
            out.tell(line)


@click.command()
@click.argument("source", metavar="SOURCE")
@options.about_the_page
@options.limits
@options.model
@click.pass_context
def explain(ctx: click.Context, /, source: str, **given: Any) -> int:
    """Show sentence by sentence what was found, by which rule, or why nothing was."""
    from dragoman import desk
    from dragoman.exchange import terminal

    chosen = options.settings_of(ctx, given)
    tally = out.Tally(quiet=False)
    out.reconfigure(sys.stdout, encoding=None)
    found = desk.read_each([source], given=options.about_of(given, several=False), settings=chosen)
    for reading in tally.watch(found, several=False, bar=False):
        if reading.article.text:
            shown = terminal.console(sys.stdout)
            terminal.explain(reading, desk.sentences(reading, chosen), desk.names(chosen), shown)
    return tally.exit_code


@click.command()
def schema() -> None:
    """Print the JSON Schema of a record."""
    import json

    from dragoman.records import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
