"""matrix, dyad, events, statements, search and sql: what a store answers, as a table, a picture, a file or Arrow."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from dragoman.cli import asking, codes
from dragoman.cli import output as out

if TYPE_CHECKING:
    from dragoman.store.arrow import Answer


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


@asking.command(
    asking.actors,
    *asking.period,
    asking.by("the whole period at once"),
    *asking.kinds,
    *asking.counting,
    *asking.measuring,
    asking.limit("Only so many actors, those of most events; 0 for all. Without it a table has those that fit."),
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
    form = asking.form_of(given)
    found = desk.matrix(*actors, **asking.wanted(ctx, given, "since", "until", "types", "issues", "undated", *_HOW),
                        **asking.counted(given), by=given["by"] or "all", limit=given["limit"] or None)  # fmt: skip

    def shown(found: Answer) -> str:
        text, out_of_it = answer_text.grid(
            found.rows,
            found.about,
            width=asking.width(given),
            order=found.actors,
            most=None if given["limit"] is None else 10**6,
        )
        if out_of_it and not given["quiet"]:
            more = "actor has" if out_of_it == 1 else "actors have"
            out.tell(f"{out_of_it} more {more} no room here; --limit 0 shows all, --format csv holds them")
        return text

    return asking.write(found, form, given, shown, nothing="no event between two actors")


@asking.command(
    click.argument("one", metavar="ACTOR"),
    click.argument("other", metavar="ACTOR"),
    *asking.period,
    asking.by("month"),
    *asking.kinds,
    *asking.counting,
    *asking.measuring,
    click.option("--part", type=click.Choice(PARTS), help="Only this part. Without it a table has all, a file series."),
    asking.limit("So many of the newest events in a table (5)."),
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
    form, part = asking.form_of(given), given["part"]
    asked = asking.wanted(ctx, given, "since", "until", "types", "issues", "undated", *_HOW) | asking.counted(given)
    asked["by"] = given["by"] or "month"
    nothing = f"no event between {one} and {other}"
    if form != "table" or part:
        limit = given["limit"] if part == "events" else None
        found = desk.dyad(one, other, part=part or "series", limit=limit or None, **asked)
        told = partial(_told_part, given=given, part=part or "series", whole=True)
        return asking.write(found, form, given, told, nothing=nothing if part in (None, "series", "events") else "")
    latest = _LATEST if given["limit"] is None else given["limit"]
    parts = dyad_parts(one, other, [name for name in PARTS if name != "events" or latest],
                       limit=latest, most=MOST_READINGS, **asked)  # fmt: skip

    def shown(found: Answer) -> str:
        sections = (f"{_HEADS[name]}\n{_told_part(answer, given, name)}" for name, answer in parts.items())
        return "\n".join(sections).removeprefix("\n")

    return asking.write(parts["series"], form, given, shown, nothing="" if any(map(len, parts.values())) else nothing)


@asking.command(
    *(
        asking.actors,
        *asking.period,
        *asking.kinds,
        *asking.counting,
        asking.limit("At most so many; 0 for all. Without it a table has 20."),
        asking.newest,
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

    form = asking.form_of(given)
    asked = asking.wanted(ctx, given, "since", "until", "types", "issues", "undated") | asking.counted(given)
    found = desk.events(*actors, **asked, **asking.page(given, form))
    told = partial(_told_part, given=given, part="events")
    return asking.write(found, form, given, told, nothing="no event")


@asking.command(
    asking.actors, *asking.period, asking.limit("At most so many; 0 for all. Without it a table has 20."), asking.newest
)
def statements(ctx: click.Context, /, actors: tuple[str, ...], **given: Any) -> int:
    """List statements with their words: by or to one ACTOR, or by one to another of several.

    \b
    dragoman statements RUS --since 2019 --newest
    dragoman statements USA RUS --format json
    """
    from dragoman import desk
    from dragoman.exchange import answer_text

    form = asking.form_of(given)
    found = desk.statements(*actors, **asking.wanted(ctx, given, "since", "until"), **asking.page(given, form))
    return asking.write(
        found,
        form,
        given,
        lambda found: answer_text.statements(found.rows, width=asking.width(given)),
        nothing="no statement",
    )


@asking.command(
    click.argument("words", metavar="WORDS"),
    *asking.period,
    click.option("--actor", "actors", multiple=True, metavar="ACTOR", help="Only what speaks of this actor."),
    asking.limit("At most so many (20)."),
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

    form = asking.form_of(given)
    limit = asking.USUAL if given["limit"] is None else given["limit"] or 10**6
    found = desk.search(words, *actors, **asking.wanted(ctx, given, "since", "until"), limit=limit)
    return asking.write(
        found,
        form,
        given,
        lambda found: answer_text.sentences(found.rows, width=asking.width(given)),
        nothing="no sentence",
    )


@asking.command(click.argument("query", metavar="QUERY"))
def sql(ctx: click.Context, /, query: str, **given: Any) -> int:
    """Ask the tables of a store in SQL: one SELECT, which can change nothing.

    The tables are articles, statements, events, positions, notes and corrections.

    \b
    dragoman sql "SELECT type, count(*) AS n FROM events GROUP BY type ORDER BY n DESC"
    """
    from dragoman import desk
    from dragoman.exchange import answer_text

    form = asking.form_of(given)
    found = desk.sql(query, store=given["store"])
    return asking.write(
        found,
        form,
        given,
        lambda found: answer_text.sheet(found.table.column_names, found.rows, width=asking.width(given)),
        nothing="",
    )


def _told_part(found: Answer, given: dict[str, Any], part: str, *, whole: bool = False) -> str:
    """One part of a dyad for a terminal; `whole` leaves nothing of it out."""
    from dragoman.exchange import answer_text

    width, rows, about = asking.width(given), found.rows, found.about
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
        stream.write(answer_text.measures(measures(), width=asking.width(given)))
    return codes.ALL_READ
