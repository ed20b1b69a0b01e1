"""import, export and compare: other people's events in, ours out, and two codings of a pair side by side."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dragoman.cli import codes, options
from dragoman.cli import output as out

if TYPE_CHECKING:
    from dragoman.exchange.event_rows import EventRow
    from dragoman.exchange.into_store import Imported
    from dragoman.exchange.set_aside import SetAside

FORMS_IN = ("gdelt", "icews", "polecat", "ngec", "phoenix", "plover", "events-jsonl", "events-csv")
FORMS_OUT = (
    "csv",
    "parquet",
    "jsonl",
    "plover",
    "polecat",
    "icews",
    "gdelt",
    "graphml",
    "gexf",
    "csl-json",
    "readings",
)
SAID = ("events", "statements", "positions")
UNITS = ("day", "week", "month", "quarter", "year")
_SHOWN = 10  # malformed rows of a file that are told of one by one
_STEP = 500

_since = click.option("--since", metavar="DATE", help="From this day, month (2019-05) or year on.")
_until = click.option("--until", metavar="DATE", help="Up to this day, month or year, which is included.")
_undated = click.option("--undated", is_flag=True, help="Date events without a date by the day of their article.")


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.store
@click.option("--format", "form", type=click.Choice(FORMS_IN), help="The format, instead of finding it out.")
@click.option(
    "--set-aside", metavar="FILE", help="Write rows that became no event there as they stand, and why to FILE.txt."
)
@click.option("--again", is_flag=True, help="Read files anew that were imported before, in place of what they brought.")
@click.option("--json", "as_json", is_flag=True, help="What became of the files, as a JSON array.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, no table, no word about single rows.")
@click.pass_context
def import_events(ctx: click.Context, /, files: tuple[str, ...], store: str, **given: Any) -> int:
    """Take other people's events into a store, beside our own.

    A FILE is of GDELT, ICEWS, POLECAT, NGEC or Phoenix, PLOVER JSON, or what `dragoman export` wrote as csv or jsonl;
    packed (.gz, .zip) or not. It goes in whole or not at all, and once: a store knows it by its name. A row that
    becomes no event is counted, and told of by its line where it cannot be read.

    \b
    dragoman import gdelt/*.zip --set-aside rows.csv
    dragoman import events.tab --format icews --store 2019.store
    """
    from dragoman import desk

    faults: Counter[str] = Counter()
    with _watched(given["quiet"]) as step:

        def watch(found: EventRow | SetAside) -> None:
            step(_why(found) is not None)
            if _why(found) == "malformed":
                faults[found.file or ""] += 1
                if not given["quiet"] and faults[found.file or ""] <= _SHOWN:
                    out.tell(str(found))

        def done(one: Imported) -> None:
            if one.fate == "unreadable":
                out.tell(f"{one.file}: {one.detail}")
            elif (more := faults[one.file] - _SHOWN) > 0 and not given["quiet"]:
                hint = "" if given["set_aside"] else "; --set-aside FILE keeps them all"
                out.tell(f"{one.file}: {more} more such rows{hint}")

        imported = desk.import_events(
            files,
            store=store,
            form=given["form"],
            set_aside=given["set_aside"],
            again=given["again"],
            settings=options.settings_of(ctx, given),
            told=out.tell,
            done=done,
            watch=watch,
        )
    if given["as_json"]:
        import msgspec

        click.echo(msgspec.json.encode(imported).decode())
    elif not given["quiet"]:
        click.echo(_summary(imported), nl=False)
        if any(one.fate == "unchanged" for one in imported):
            out.tell("unchanged: a file of that name was imported before; --again reads it anew in its place")
    if not any(one.events or one.fate == "unchanged" for one in imported):
        return codes.NOTHING_READ
    whole = all(one.fate not in ("unreadable", "empty") and not one.aside.get("malformed") for one in imported)
    return codes.ALL_READ if whole else codes.SOME_FAILED


@click.command()
@options.store
@click.option("--format", "form", type=click.Choice(FORMS_OUT), required=True, help="What to write.")
@click.option("--of", type=click.Choice(SAID), default="events", help="Of what (events); csv, parquet, jsonl do all.")
@click.option("-o", "--output", metavar="FILE", help="Write there.")
@_since
@_until
@click.option(
    "--origin", "origins", multiple=True, metavar="ORIGIN", help="Only events of this origin (dragoman), or all."
)
@_undated
@click.option("--with-text", is_flag=True, help="The text of articles as well (plover, readings).")
@click.option("-q", "--quiet", is_flag=True, help="No progress, no word about what was not carried.")
@click.pass_context
def export(ctx: click.Context, /, store: str, form: str, output: str | None, **given: Any) -> int:
    """Write what a store holds in a format of other programs, and tell what it cannot carry.

    csv, parquet, jsonl, plover, polecat, icews and gdelt are of events, and the first three of statements or positions
    with --of; graphml and gexf are of the network events make, csl-json of the articles, for citing them; readings are
    whole records. The text of articles stays behind unless --with-text is
    given. --origin may be given several times.

    \b
    dragoman export --format icews -o ours.tab --since 2019
    dragoman export --format parquet --of positions -o positions.parquet
    dragoman export --format plover --origin gdelt --origin dragoman > events.jsonl
    """
    from dragoman import desk

    if form == "parquet" and output in (None, "-") and sys.stdout.isatty():
        raise click.UsageError("parquet is no text for a terminal; name a file with --output.")
    origins = given["origins"] or ("dragoman",)
    passed = 0

    def passing(number: int) -> None:
        nonlocal passed
        passed = number
        step(False)

    with out.opened(output, form) as stream, _watched(given["quiet"] or output in (None, "-")) as step:
        written = desk.export(
            form,
            stream,
            of=given["of"],
            store=store,
            since=given["since"],
            until=given["until"],
            origins=() if "all" in origins else origins,
            undated=given["undated"],
            with_text=given["with_text"],
            settings=options.settings_of(ctx, given),
            watch=passing,
        )
    if not given["quiet"]:
        if not passed:
            out.tell(f"nothing of {' or '.join(origins)} in {store}; `dragoman store info` tells of what it has events")
        for line in written.told():
            out.tell(line)
    return codes.ALL_READ


@click.command()
@click.argument("ours", metavar="OURS")
@click.argument("theirs", metavar="THEIRS")
@options.store
@click.option("--pair", nargs=2, required=True, metavar="ACTOR ACTOR", help="Between whom.")
@click.option("--by", type=click.Choice(UNITS), default="month", help="A line for each of these (month).")
@_since
@_until
@_undated
@click.option("--days", type=click.IntRange(min=0), metavar="N", help="The same act: at most so many days apart (1).")
@click.option(
    "--alike", type=click.Choice(["type", "quad", "any"]), help="The same act: of one type (the usual), class, or any."
)
@click.option("--show", type=click.IntRange(min=0), default=10, metavar="N", help="So many acts only one has (10).")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), help="table on a terminal, else csv.")
@click.option("-o", "--output", metavar="FILE", help="Write there; its ending chooses the form.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, no word about what was left out.")
@click.pass_context
def compare(ctx: click.Context, /, ours: str, theirs: str, **given: Any) -> int:
    """Set two codings of a pair side by side.

    OURS and THEIRS are origins in the store (dragoman, gdelt, icews, polecat, ...), files that `dragoman import` takes,
    or files of records as `dragoman read --jsonl` writes them. A table shows both series, how they move together, and
    the acts that only one has; csv has the series, json everything.

    \b
    dragoman compare dragoman gdelt --pair USA RUS
    dragoman compare records.jsonl events.tab --pair USA RUS --by quarter --format json
    """
    from dragoman import desk
    from dragoman.exchange import compare_text

    form = _form_of(given)
    aside: Counter[str] = Counter()
    with _watched(given["quiet"]) as step:

        def watch(found: EventRow | SetAside) -> None:
            step(_why(found) is not None)
            if _why(found) == "malformed":
                aside[found.file or ""] += 1

        found = desk.compare(
            ours,
            theirs,
            given["pair"],
            store=given["store"],
            since=given["since"],
            until=given["until"],
            by=given["by"],
            undated=given["undated"],
            settings=options.settings_of(ctx, given),
            watch=watch,
            **{name: given[name] for name in ("days", "alike") if given[name] is not None},
        )
    one, other = (Path(ours).name, Path(theirs).name) if ours != theirs else ("ours", "theirs")
    with out.opened(given["output"], "text" if form == "table" else form) as stream:
        if form == "table":
            stream.write(compare_text.text(found, ours=one, theirs=other, show=given["show"]))
        elif form == "csv":
            compare_text.write_csv(found, stream)
        else:
            import msgspec

            stream.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
    if not given["quiet"]:
        for file, number in aside.items():
            out.tell(f"{file}: {number} row{'' if number == 1 else 's'} could not be read; dragoman import tells which")
        if found.empty and form != "table":
            out.tell(found.empty)
    return codes.ALL_READ if not aside else codes.SOME_FAILED


def _why(found: EventRow | SetAside) -> str | None:
    """Why a row was set aside; None for an event."""
    return getattr(found, "why", None)


def _summary(imported: list[Imported]) -> str:
    from dragoman.exchange.set_aside import WHY
    from dragoman.exchange.tables import columns

    there = [why for why in WHY if any(why in one.aside for one in imported)]
    rows = [
        [one.file, one.form or "", one.fate, str(one.events), *(str(one.aside.get(why, 0)) for why in there)]
        for one in imported
    ]
    if len(rows) > 1:
        sums = [sum(one.aside.get(why, 0) for one in imported) for why in there]
        rows.append(["all", "", "", str(sum(one.events for one in imported)), *map(str, sums)])
    head = ["file", "format", "fate", "events", *(why.replace("_", " ") for why in there)]
    told = "".join(f"{why.replace('_', ' ')}: {WHY[why]}\n" for why in there)
    return columns(head, rows) + told


def _form_of(given: Mapping[str, Any]) -> str:
    if given["form"]:
        return str(given["form"])
    if given["output"] not in (None, "-"):
        return {".json": "json", ".txt": "table"}.get(Path(given["output"]).suffix.lower(), "csv")
    return "table" if sys.stdout.isatty() else "csv"


@contextmanager
def _watched(quiet: bool) -> Iterator[Callable[[bool], None]]:
    """A function to call for each row, told whether it was set aside; it shows the counts on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda aside: None
        return
    from dragoman.exchange import progress

    counts = {"read": 0, "set aside": 0}
    with progress.progress(sys.stderr, "row") as step:

        def one(aside: bool) -> None:
            counts["set aside" if aside else "read"] += 1
            if sum(counts.values()) % _STEP == 0:
                step(counts)

        yield one
