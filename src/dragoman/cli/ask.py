"""matrix, dyad, events, statements, search and sql: what a store answers, as a table, a picture, a file or Arrow."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import partial
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
_USUAL = 20  # rows on a terminal
_LATEST = 5  # events under a dyad
_STRONGEST = 3  # mixed signals in a dyad
PARTS = ("series", "changes", "reciprocity", "signals", "agreement", "events")
_HEADS = {
    "series": "",
    "changes": "Changes",
    "reciprocity": "Do they answer each other?",
    "signals": "Cooperation and pressure on the same days",
    "agreement": "Agreement by issue",
    "events": "Newest events",
}
_HOW = ("measure", "half_life", "minimum", "intervals", "seed")


def _asking(*more: Callable[[Any], Any], pictures: bool = False) -> Callable[[Callable[..., Any]], click.Command]:
    """The command with these options and those that all questions share: the store, the form and where to write."""
    forms = (*FORMS, *PICTURES) if pictures else FORMS
    shared = (
        options.store,
        *more,
        click.option("--format", "form", type=click.Choice(forms), help="table on a terminal, else csv."),
        click.option("-o", "--output", metavar="FILE", help="Write there; its ending chooses the form."),
        click.option("-q", "--quiet", is_flag=True, help="No word about what was left out."),
    )

    def made(command: Callable[..., Any]) -> click.Command:
        for option in reversed(shared):
            command = option(command)
        return click.command()(click.pass_context(command))

    return made


_actors = click.argument("actors", metavar="[ACTOR]...", nargs=-1)
_period = (
    click.option("--since", metavar="DATE", help="From this day, month (2019-05) or year on."),
    click.option("--until", metavar="DATE", help="Up to this day, month or year, which is included."),
)
_kinds = (
    click.option("--type", "types", multiple=True, metavar="TYPE", help="Only events of this PLOVER type."),
    click.option("--issue", "issues", multiple=True, metavar="ISSUE", help="Only on this issue, by key or name."),
    click.option(
        "--status",
        multiple=True,
        type=click.Choice([*STATUSES, "all"]),
        help="Only of this status. Without it, all but negated.",
    ),
    click.option("--undated", is_flag=True, help="Count events without a date on the day of their article."),
)
_counting = (
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
_measuring = (
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
_newest = click.option("--newest", is_flag=True, help="The newest first, as a table has them.")


def _by(usual: str) -> Callable[[Any], Any]:
    return click.option("--by", type=click.Choice(UNITS), help=f"A line for each of these. Without it: {usual}.")


def _limit(what: str) -> Callable[[Any], Any]:
    return click.option("--limit", type=click.IntRange(min=0), metavar="N", help=what)


@_asking(
    _actors,
    *_period,
    _by("the whole period at once"),
    *_kinds,
    *_counting,
    *_measuring,
    _limit("Only so many actors, those of most events; 0 for all. Without it a table has those that fit."),
    pictures=True,
)
def matrix(ctx: click.Context, /, actors: tuple[str, ...], **given: Any) -> int:
    """Measure who did what to whom.

    An ACTOR is a code or a name; EU or G7 stand for their members of the time, IGO:EU for the body alone, and a file
    quad.csv with an actor a line for those. One ACTOR asks for all its pairs, several for the pairs among them.

    \b
    dragoman matrix USA RUS CHN --since 2019 --by year
    dragoman matrix EU RUS --type SANCTION -o sanctions.parquet
    dragoman matrix --measure list
    """
    from dragoman import desk
    from dragoman.exchange import answer_text

    if given["measure"] == "list":
        return _list_measures(given)
    form = _form_of(given)
    found = desk.matrix(*actors, **_wanted(ctx, given, "since", "until", "types", "issues", "undated", *_HOW),
                        **_counted(given), by=given["by"] or "all", limit=given["limit"] or None)  # fmt: skip

    def shown(found: Answer) -> str:
        text, out_of_it = answer_text.grid(
            found.rows,
            found.about,
            width=_width(given),
            order=found.actors,
            most=None if given["limit"] is None else 10**6,
        )
        if out_of_it and not given["quiet"]:
            more = "actor has" if out_of_it == 1 else "actors have"
            out.tell(f"{out_of_it} more {more} no room here; --limit 0 shows all, --format csv holds them")
        return text

    return _write(found, form, given, shown, nothing="no event between two actors")


@_asking(
    click.argument("one", metavar="ACTOR"),
    click.argument("other", metavar="ACTOR"),
    *_period,
    _by("month"),
    *_kinds,
    *_counting,
    *_measuring,
    click.option("--part", type=click.Choice(PARTS), help="Only this part. Without it a table has all, a file series."),
    _limit("So many of the newest events in a table (5)."),
    pictures=True,
)
def dyad(ctx: click.Context, /, one: str, other: str, **given: Any) -> int:
    """Show what two actors did to each other over time, and how they stand to each other.

    ACTORs are as for `dragoman matrix`. A table has the series of each direction, where it changed and the act that
    shows each change best, whether they answer each other, cooperation and pressure on the same days, agreement by
    issue, and the newest events; --part picks one of these.

    \b
    dragoman dyad USA RUS --since 2019 --by year
    dragoman dyad EU China --format csv > eu-china.csv
    dragoman dyad USA RUS --part changes --format json
    """
    from dragoman import desk
    from dragoman.desk.counts import dyad_parts
    from dragoman.desk.dyads import MOST_READINGS

    if given["measure"] == "list":
        return _list_measures(given)
    form, part = _form_of(given), given["part"]
    asked = _wanted(ctx, given, "since", "until", "types", "issues", "undated", *_HOW) | _counted(given)
    asked["by"] = given["by"] or "month"
    nothing = f"no event between {one} and {other}"
    if form != "table" or part:
        limit = given["limit"] if part == "events" else None
        found = desk.dyad(one, other, part=part or "series", limit=limit or None, **asked)
        told = partial(_told_part, given=given, part=part or "series", whole=True)
        return _write(found, form, given, told, nothing=nothing if part in (None, "series", "events") else "")
    latest = _LATEST if given["limit"] is None else given["limit"]
    parts = dyad_parts(one, other, [name for name in PARTS if name != "events" or latest],
                       limit=latest, most=MOST_READINGS, **asked)  # fmt: skip

    def shown(found: Answer) -> str:
        sections = (f"{_HEADS[name]}\n{_told_part(answer, given, name)}" for name, answer in parts.items())
        return "\n".join(sections).removeprefix("\n")

    return _write(parts["series"], form, given, shown, nothing="" if any(map(len, parts.values())) else nothing)


@_asking(
    *(
        _actors,
        *_period,
        *_kinds,
        *_counting,
        _limit("At most so many; 0 for all. Without it a table has 20."),
        _newest,
    ),
    pictures=True,
)
def events(ctx: click.Context, /, actors: tuple[str, ...], **given: Any) -> int:
    """List events with their words: of one ACTOR, or among several.

    \b
    dragoman events USA RUS --since 2019-05 --type CONSULT
    dragoman events --status planned --format json
    """
    from dragoman import desk

    form = _form_of(given)
    asked = _wanted(ctx, given, "since", "until", "types", "issues", "undated") | _counted(given)
    found = desk.events(*actors, **asked, **_page(given, form))
    told = partial(_told_part, given=given, part="events")
    return _write(found, form, given, told, nothing="no event")


@_asking(_actors, *_period, _limit("At most so many; 0 for all. Without it a table has 20."), _newest)
def statements(ctx: click.Context, /, actors: tuple[str, ...], **given: Any) -> int:
    """List statements with their words: by or to one ACTOR, or by one to another of several.

    \b
    dragoman statements RUS --since 2019 --newest
    dragoman statements USA RUS --format json
    """
    from dragoman import desk
    from dragoman.exchange import answer_text

    form = _form_of(given)
    found = desk.statements(*actors, **_wanted(ctx, given, "since", "until"), **_page(given, form))
    return _write(
        found,
        form,
        given,
        lambda found: answer_text.statements(found.rows, width=_width(given)),
        nothing="no statement",
    )


@_asking(
    click.argument("words", metavar="WORDS"),
    *_period,
    click.option("--actor", "actors", multiple=True, metavar="ACTOR", help="Only what speaks of this actor."),
    _limit("At most so many (20)."),
)
def search(ctx: click.Context, /, words: str, actors: tuple[str, ...], **given: Any) -> int:
    """Find the sentences that hold all these WORDS, the most relevant first.

    Endings and capitals do not count. '"words in quotation marks"' stand together; AND, OR, NOT and brackets combine.
    --actor may be given several times: two ask for what lies between them. Sentences that no record points at are not
    searched.

    \b
    dragoman search "gas transit" --since 2019
    dragoman search '"gas transit" OR pipeline' --actor UKR
    """
    from dragoman import desk
    from dragoman.exchange import answer_text

    form = _form_of(given)
    limit = _USUAL if given["limit"] is None else given["limit"] or 10**6
    found = desk.search(words, *actors, **_wanted(ctx, given, "since", "until"), limit=limit)
    return _write(
        found, form, given, lambda found: answer_text.sentences(found.rows, width=_width(given)), nothing="no sentence"
    )


@_asking(click.argument("query", metavar="QUERY"))
def sql(ctx: click.Context, /, query: str, **given: Any) -> int:
    """Ask the tables of a store in SQL: one SELECT, which can change nothing.

    The tables are articles, statements, events, positions, notes and corrections.

    \b
    dragoman sql "SELECT type, count(*) AS n FROM events GROUP BY type ORDER BY n DESC"
    """
    from dragoman import desk
    from dragoman.exchange import answer_text

    form = _form_of(given)
    found = desk.sql(query, store=given["store"])
    return _write(found, form, given, lambda found: answer_text.sheet(found.table.column_names, found.rows), nothing="")


# -- what they share ---------------------------------------------------------------------------------------------------


def _wanted(ctx: click.Context, given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names} | {
        "store": given["store"],
        "settings": options.settings_of(ctx, given),
    }


def _counted(given: dict[str, Any]) -> dict[str, Any]:
    """Which events count, and how."""
    origins = {"origins": given["origins"]} if given["origins"] else {}
    return {"status": _status(given), "count": given["count"], **origins}


def _told_part(found: Answer, given: dict[str, Any], part: str, *, whole: bool = False) -> str:
    """One part of a dyad for a terminal; `whole` leaves nothing of it out."""
    from dragoman.exchange import answer_text

    width, rows, about = _width(given), found.rows, found.about
    if part == "events":
        return answer_text.events(rows, width=width)
    if part == "signals":
        return answer_text.signals(rows, about, most=None if whole else _STRONGEST, width=width)
    if part == "agreement":
        return answer_text.agreement(rows, about)
    if part == "changes":
        return answer_text.changes(rows, about, width=width)
    one, other = found.actors[:2]
    if part == "reciprocity":
        return answer_text.reciprocity(rows, one, other, about, lags=3 if whole else 1)
    return answer_text.series(rows, one, other, about, width=width)


def _list_measures(given: dict[str, Any]) -> int:
    from dragoman.desk.counts import measures
    from dragoman.exchange import answer_text

    with out.opened(given["output"], "text") as stream:
        stream.write(answer_text.measures(measures(), width=_width(given)))
    return codes.ALL_READ


def _status(given: dict[str, Any]) -> tuple[str, ...] | None:
    if "all" in given["status"]:
        return ()
    return given["status"] or None


def _page(given: dict[str, Any], form: str) -> dict[str, Any]:
    usual = _USUAL if form == "table" else None
    limit = usual if given["limit"] is None else given["limit"] or None
    return {"limit": limit, "newest": given["newest"] or form == "table"}


def _form_of(given: dict[str, Any]) -> str:
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


def _write(found: Answer, form: str, given: dict[str, Any], shown: Callable[[Answer], str], *, nothing: str) -> int:
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
    why = {"undated": "without a date (--undated counts them on the day of their article)"}
    told += [note for note in found.about.get("notes", ()) if len(found)]
    why["coarse"] = f"with a date wider than a {given.get('by') or 'month'}"
    told += [f"left out: {number} {why.get(name, name)}" for name, number in found.left_out.items() if number]
    return told


def _width(given: dict[str, Any]) -> int:
    elsewhere = given["output"] not in (None, "-") or not sys.stdout.isatty()
    return 10**6 if elsewhere else shutil.get_terminal_size().columns
