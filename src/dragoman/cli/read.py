"""read, explain and schema: articles in, records out."""

from __future__ import annotations

import sys
from typing import Any

import click

from dragoman.cli import options
from dragoman.cli import output as out


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@options.about_the_page
@click.option("--json", "form", flag_value="json", help="One JSON object; a JSON array for several articles.")
@click.option("--jsonl", "form", flag_value="jsonl", help="One line of JSON for each article, failures included.")
@click.option("--html", "form", flag_value="html", help="One page that holds everything it needs.")
@click.option("-o", "--output", metavar="FILE", help="Write there; .json, .jsonl and .html choose the form.")
@options.limits
@options.model
@click.option("-q", "--quiet", is_flag=True, help="No progress, no word about sources that could not be read.")
@click.pass_context
def read(ctx: click.Context, /, sources: tuple[str, ...], form: str | None, output: str | None, **given: Any) -> int:
    """Read articles and show what is in them.

    A SOURCE is an HTML file, a text file, a JSONL file of articles, a folder of these, a URL, or - for standard input.

    \b
    dragoman read page.html                             look at it here
    dragoman read page.html -o marked.html              look at it in a browser
    dragoman read articles.jsonl --jsonl > out.jsonl    one record for each article
    """
    from dragoman import desk

    chosen = options.settings_of(ctx, given)
    about = options.about_of(given, several=len(sources) > 1)
    form = form or out.form_of(output)
    tally = out.Tally(quiet=given["quiet"])
    with out.opened(output, form) as stream:
        elsewhere = output is not None or not sys.stdout.isatty()
        found = desk.read_each(sources, given=about, settings=chosen)
        readings = tally.watch(found, several=len(sources) > 1, bar=elsewhere and not given["quiet"])
        out.WRITERS[form](readings, stream, chosen)
    return tally.exit_code


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
