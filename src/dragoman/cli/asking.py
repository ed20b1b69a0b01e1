"""What the commands that ask a store share: their options, what is asked, and how an answer is written."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from dragoman.cli import codes, options
from dragoman.cli import output as out

if TYPE_CHECKING:
    from dragoman.store.arrow import Answer

FORMS = ("table", "csv", "json", "parquet", "arrow")
PICTURES = ("png", "svg", "html")
_SUFFIXES = {".ndjson": "json", ".pq": "parquet", ".arrows": "arrow", ".txt": "table"}
UNITS = ("day", "week", "month", "quarter", "year")
STATUSES = ("actual", "planned", "hypothetical", "historical", "negated")
USUAL = 20  # rows on a terminal


def command(*more: Callable[[Any], Any], pictures: bool = False) -> Callable[[Callable[..., Any]], click.Command]:
    """The command with these options and those that all questions share: the store, the form and where to write."""
    forms = (*FORMS, *PICTURES) if pictures else FORMS
    shared = (
        options.store,
        *more,
        click.option("--format", "form", type=click.Choice(forms), help="table on a terminal, else csv."),
        click.option("-o", "--output", metavar="FILE", help="Write there; its ending chooses the form."),
        click.option("-q", "--quiet", is_flag=True, help="No word about what was left out."),
    )

    def made(function: Callable[..., Any]) -> click.Command:
        for option in reversed(shared):
            function = option(function)
        return click.command()(click.pass_context(function))

    return made


actors = click.argument("actors", metavar="[ACTOR]...", nargs=-1)


period = (
    click.option("--since", metavar="DATE", help="From this day, month (2019-05) or year on."),
    click.option("--until", metavar="DATE", help="Up to this day, month or year, which is included."),
)


kinds = (
    click.option("--type", "types", multiple=True, metavar="TYPE", help="Only events of this PLOVER type."),
    click.option("--issue", "issues", multiple=True, metavar="ISSUE", help="Only on this issue, by key or name."),
    click.option(
        "--status",
        multiple=True,
        type=click.Choice([*STATUSES, "all"]),
        help="Only of this status. Without it all but negated, which no sum holds unless asked for alone.",
    ),
    click.option(
        "--undated/--dated",
        default=True,
        help="Count events without a day of their own on that of their article (the usual), or leave them out.",
    ),
)


counting = (
    click.option(
        "--origin", "origins", multiple=True, metavar="ORIGIN", help="Events of this origin (dragoman), or all."
    ),
    click.option(
        "--count",
        type=click.Choice(["happening", "report"]),
        default="happening",
        help="An act that several articles report counts once (happening), or every report counts.",
    ),
)


measuring = (
    click.option(
        "--measure", metavar="NAME", default="score_mean", help="What is measured (score_mean); list tells all."
    ),
    click.option("--half-life", type=float, default=90.0, metavar="DAYS", help="Of the measure stock (90)."),
    click.option(
        "--minimum", type=click.IntRange(min=1), default=3, metavar="N", help="Faded is what fewer articles tell (3)."
    ),
    click.option(
        "--intervals/--no-intervals",
        default=None,
        help="Reckon intervals, however long it takes, or never. Without it: where the answer is small.",
    ),
    click.option(
        "--seed", type=click.IntRange(min=0), default=1, metavar="N", help="Of the draws behind intervals (1)."
    ),
)


newest = click.option("--newest", is_flag=True, help="The newest first, as a table has them.")


def by(usual: str) -> Callable[[Any], Any]:
    return click.option("--by", type=click.Choice(UNITS), help=f"A line for each of these. Without it: {usual}.")


def limit(what: str) -> Callable[[Any], Any]:
    return click.option("--limit", type=click.IntRange(min=0), metavar="N", help=what)


def wanted(ctx: click.Context, given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names} | {
        "store": given["store"],
        "settings": options.settings_of(ctx, given),
    }


def counted(given: dict[str, Any]) -> dict[str, Any]:
    """Which events count, and how."""
    origins = {"origins": given["origins"]} if given["origins"] else {}
    return {"status": status(given), "count": given["count"], **origins}


def status(given: dict[str, Any]) -> tuple[str, ...] | None:
    if "all" in given["status"]:
        return ()
    return given["status"] or None


def page(given: dict[str, Any], form: str) -> dict[str, Any]:
    usual = USUAL if form == "table" else None
    limit = usual if given["limit"] is None else given["limit"] or None
    return {"limit": limit, "newest": given["newest"] or form == "table"}


def form_of(given: dict[str, Any]) -> str:
    """The form asked for, else the one the name of the output ends in, else what suits where it goes."""
    where = given["output"]
    if given["form"]:
        form = str(given["form"])
    elif where and where != "-":
        suffix = Path(where).suffix.lower()
        form = _SUFFIXES.get(suffix, suffix.lstrip("."))
        form = form if form in (*FORMS, *PICTURES) else "csv"
    else:
        form = "table" if sys.stdout.isatty() else "csv"
    if form in ("parquet", "arrow", "png") and where in (None, "-") and sys.stdout.isatty():
        raise click.UsageError(f"{form} is no text for a terminal; name a file with --output.")
    return form


def write(found: Answer, form: str, given: dict[str, Any], shown: Callable[[Answer], str], *, nothing: str) -> int:
    """Writes the answer and tells what it leaves out; gives the exit code."""
    from dragoman.exchange import answers

    with out.opened(given["output"], "text" if form == "table" else form) as stream:
        if form in ("parquet", "arrow"):
            from dragoman.store import arrow

            stream.flush()
            arrow.write(found, form, cast("Any", stream).buffer)
        elif form in PICTURES:
            from dragoman.desk import answering

            stream.flush()
            answering.save_plot(found, form, cast("Any", stream).buffer)
        elif form == "csv":
            answers.write_csv(found.table, stream)
        elif form == "json":
            answers.write_json(found.table, stream)
        elif len(found) or not nothing:
            stream.write(shown(found))
    if not given["quiet"]:
        for line in _notes(found, given, nothing):
            out.tell(line)
    return codes.ALL_READ


def _notes(found: Answer, given: dict[str, Any], nothing: str) -> list[str]:
    told = [
        f"{code}: {name} and whoever belonged to it at the time"
        if not name.endswith((".csv", ".txt"))
        else f"{code}: whom {name} names"
        for code, name in found.blocs.items()
    ]
    if not len(found) and nothing:
        period = "".join(f" {word} {given[word]}" for word in ("since", "until") if given.get(word))
        told.append(f"{nothing}{period} in {given['store']}")
    why = {"undated": "without a day" + ("" if given.get("undated", True) else " of their own (--undated counts them)")}
    told += [note for note in found.about.get("notes", ()) if len(found)]
    why["negated"] = "negated: told of as not done (--status negated counts them alone)"
    why["coarse"] = f"with a date wider than a {given.get('by') or 'month'}"
    told += [f"left out: {number} {why.get(name, name)}" for name, number in found.left_out.items() if number]
    return told


def width(given: dict[str, Any]) -> int:
    elsewhere = given["output"] not in (None, "-") or not sys.stdout.isatty()
    return 10**6 if elsewhere else shutil.get_terminal_size().columns
