"""positions, agree, signals and network: what was read, listed and held against each other."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from dragoman.cli import asking, codes, options
from dragoman.cli import output as out

if TYPE_CHECKING:
    import datetime as dt

    from dragoman.records import Reading
    from dragoman.settings import Settings
    from dragoman.store.arrow import Answer

    By = Literal["topic", "issue"]

UNITS = ("day", "week", "month", "quarter", "year")
ONCE = ("document", "week", "month", "year", "range", "all")


def _relating(command: Callable[..., Any]) -> click.Command:
    """The command with the options that all of these share: the period, how sources are read, and where to write."""
    for option in (
        click.option("-q", "--quiet", is_flag=True, help="No progress, no word about what could not be read."),
        options.model,
        options.limits,
        options.about_the_page,
        click.option("-o", "--output", metavar="FILE", help="Write there; its ending chooses the form."),
        click.option("--until", metavar="DATE", help="Up to this day, month or year, which is included."),
        click.option("--since", metavar="DATE", help="From this day, month (2019-05) or year on."),
        options.store,
    ):
        command = option(command)
    return click.command()(click.pass_context(command))


_sources = click.argument("sources", metavar="[SOURCE]...", nargs=-1)
_one, _other = click.argument("one", metavar="ACTOR"), click.argument("other", metavar="ACTOR")
_issues = click.option("--issue", "issues", multiple=True, metavar="ISSUE", help="Only on this issue, by key or name.")
_by = click.option(
    "--by",
    type=click.Choice(["topic", "issue"]),
    default="topic",
    help="topic (the usual) is an issue with the third party it regards; issue leaves that aside.",
)
_once = click.option(
    "--once",
    type=click.Choice(ONCE),
    default="document",
    help="Count what somebody says again once in an article (document, the usual), in a stretch of time, or always.",
)
_window = click.option("--window", type=click.Choice(UNITS), help="Tell how it changed, by this unit of time.")
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object, with all there is.")
_ROWS = ("csv", "parquet", "arrow", "png", "svg", "html")  # what an Answer is written as


def _format(*forms: str) -> Callable[[Any], Any]:
    told = f"{', '.join(forms)}; {forms[0]} is the usual one."
    return click.option("--format", "form", type=click.Choice(forms), help=told)


@_relating
@_sources
@click.option("--actor", "actors", multiple=True, metavar="ACTOR", help="Only of this actor, by code or name.")
@_issues
@click.option("--regarding", multiple=True, metavar="ACTOR", help="Only what regards this third party.")
@_format("table", "csv", "json", "statements-csv")
@_by
def positions(ctx: click.Context, /, sources: tuple[str, ...], **given: Any) -> int:
    """List who wants what: each position with its words, person, day and document.

    A SOURCE is what `dragoman read` takes, or a file of records as `dragoman read --jsonl` writes them; without one the
    store is asked. --actor, --issue and --regarding may be given several times. statements-csv is the statement list of
    discourse network analysis; --by is for its concepts.

    \b
    dragoman positions records.jsonl --actor USA --issue sanctions
    dragoman positions records.jsonl --format statements-csv -o statements.csv
    """
    from dragoman import desk
    from dragoman.exchange import position_list, statements_csv

    desired = {name: given[name] for name in ("actors", "issues", "regarding", "since", "until")}
    form = _form_of(given, "table", "csv", "json")
    heard = _Heard(ctx, sources, given)
    with out.opened(given["output"], "text" if form == "table" else form) as stream:
        found = heard.told(desk.positions, **desired, settings=heard.chosen)
        empty = heard.why_nothing(found.empty, told=form != "table")
        if form == "table":
            stream.write(f"{empty}\n" if empty else position_list.text(found))
        elif form == "csv":
            position_list.write_csv(found.rows, stream)
        elif form == "json":
            position_list.write_json(found, stream)
        else:
            written = statements_csv.write(
                desk.statement_rows(found, by=cast("By", given["by"]), settings=heard.chosen), stream
            )
            left = [f"{n} {kind}" for kind in ("conditional", "neutral", "reported") if (n := getattr(written, kind))]
            if left and not given["quiet"]:
                out.tell(f"{written.rows} statements written; the list has no place for others: {', '.join(left)}")
    return heard.exit_code


@_relating
@_one
@_other
@_sources
@_issues
@_by
@click.option(
    "--minimum", type=int, default=3, metavar="N", help="Statements with a stance that each side must have made (3)."
)
@_once
@_window
@_format("table", "text", "json", *_ROWS)
@_json
def agree(ctx: click.Context, /, one: str, other: str, sources: tuple[str, ...], **given: Any) -> int:
    """Tell where two actors coincide and where they differ, in their own words.

    ACTORs are codes or names. A SOURCE is what `dragoman read` takes, or a file of records as `dragoman read --jsonl`
    writes them; without one the store is asked.

    \b
    dragoman agree USA RUS --since 2019 --by issue
    dragoman agree "United States" Russia records.jsonl --issue arms-control --window year
    """
    from dragoman import desk
    from dragoman.desk import wants
    from dragoman.exchange import agreement_text

    form = _form_of(given, "table", "json", *_ROWS).replace("table", "text")
    heard = _Heard(ctx, sources, given)
    names = ("issues", "by", "since", "until", "minimum", "once", "window")
    asked = {name: given[name] for name in names} | {"settings": heard.chosen}
    if form in _ROWS:
        found = heard.told(desk.agree, one, other, **asked)
        return heard.written(wants.agreement_answer(found), form, found.empty)
    with out.opened(given["output"], form) as stream:
        found = heard.told(desk.agree, one, other, **asked)
        empty = heard.why_nothing(found.empty, told=form != "text")
        if form == "json":
            _write_json(found.to_dict(), stream)
        else:
            stream.write(agreement_text.agreement(found, desk.names(heard.chosen), empty=empty))
    return heard.exit_code


@_relating
@_one
@_other
@_sources
@click.option("--days", type=int, default=7, metavar="N", help="How close together the two must lie (7).")
@click.option("--least-score", type=float, default=0.2, metavar="SCORE", help="From 0 to 1 (0.2).")
@click.option("--both-ways", is_flag=True, help="Take what either does to the other together.")
@_format("table", "text", "json", *_ROWS)
@_json
def signals(ctx: click.Context, /, one: str, other: str, sources: tuple[str, ...], **given: Any) -> int:
    """Show when one actor cooperated with another and pressed it on the same days.

    ACTORs are codes or names. A SOURCE is what `dragoman read` takes, or a file of records as `dragoman read --jsonl`
    writes them; without one the store is asked.
    """
    from dragoman import desk
    from dragoman.desk import wants
    from dragoman.exchange import agreement_text

    form = _form_of(given, "table", "json", *_ROWS).replace("table", "text")
    heard = _Heard(ctx, sources, given)
    names = ("since", "until", "days", "least_score")
    asked = {name: given[name] for name in names} | {"settings": heard.chosen, "directed": not given["both_ways"]}
    if form in _ROWS:
        found = heard.told(desk.signals, one, other, **asked)
        return heard.written(wants.signals_answer(found), form, found.empty)
    with out.opened(given["output"], form) as stream:
        found = heard.told(desk.signals, one, other, **asked)
        empty = heard.why_nothing(found.empty, told=form != "text")
        if form == "json":
            _write_json(found.to_dict(), stream)
        else:
            stream.write(agreement_text.signals(found, desk.names(heard.chosen), empty=empty))
    return heard.exit_code


@_relating
@_sources
@click.option(
    "--kind",
    type=click.Choice(["congruence", "conflict", "subtract", "affiliation"]),
    default="congruence",
    help="What ties: the same stances (congruence, the usual), opposite ones, the one less the other; "
    "affiliation ties actors to what they speak of.",
)
@click.option(
    "--of", type=click.Choice(["actor", "person", "concept"]), default="actor", help="What the nodes are (actor)."
)
@_format("graphml", "csv", "json")
@_by
@_once
@click.option(
    "--normalise",
    type=click.Choice(["none", "average", "jaccard", "cosine", "activity", "prominence"]),
    default="none",
    help="What weights are divided by (none).",
)
@click.option("--binary", is_flag=True, help="A stance is taken or not, however often.")
@click.option("--least-said", type=int, default=1, metavar="N", help="Only actors with so many statements (1).")
@click.option("--least-weight", type=float, default=0.0, metavar="W", help="Only edges so far from nought (0).")
@_window
def network(ctx: click.Context, /, sources: tuple[str, ...], **given: Any) -> int:
    """Weave who stands with whom over all that was said, as discourse network analysis does.

    A SOURCE is what `dragoman read` takes, or a file of records as `dragoman read --jsonl` writes them; without one the
    store is asked.

    \b
    dragoman network records.jsonl --kind subtract --normalise jaccard -o network.graphml
    dragoman network records.jsonl --kind conflict --window year --format csv
    """
    from dragoman import desk
    from dragoman.exchange import edges_csv, graph
    from dragoman.relate import networks

    form = _form_of(given, "graphml", "csv", "json")
    if given["window"] and form == "graphml":
        raise click.UsageError("GraphML holds one network; --window goes with --format csv or json.")
    heard = _Heard(ctx, sources, given)
    names = ("kind", "of", "by", "since", "until", "once", "normalise", "binary", "least_said", "least_weight")
    asked = {name: given[name] for name in names} | {"settings": heard.chosen}
    with out.opened(given["output"], form) as stream:
        if given["window"]:
            found = heard.told(desk.networks, window=given["window"], **asked)
        else:
            found = (heard.told(desk.network, **asked),)
        if form == "csv":
            edges_csv.write(found, stream)
        elif form == "json":
            _write_json([one.to_dict() for one in found] if given["window"] else found[0].to_dict(), stream)
        else:
            nodes, edges, about = (
                networks.node_rows(found[0]),
                networks.edge_rows(found[0]),
                networks.about_rows(found[0]),
            )
            graph.write(nodes, edges, stream, about=about)
        heard.why_nothing(_no_network(found), told=True)
    return heard.exit_code


# -- what they share ---------------------------------------------------------------------------------------------------


class _Heard:
    """The Readings of the sources, or the store where none is named, and what there is to tell of them."""

    def __init__(self, ctx: click.Context, sources: tuple[str, ...], given: dict[str, Any]) -> None:
        self.sources = sources
        self.given = given
        self.chosen: Settings = options.settings_of(ctx, given)
        self.tally = out.Tally(quiet=given["quiet"])
        self.about = options.about_of(given, several=len(sources) > 1)
        self.first: dt.date | None = None
        self.last: dt.date | None = None
        self.undated = 0

    def told(self, verb: Callable[..., Any], *actors: str, **asked: Any) -> Any:
        """What the verb finds."""
        if self.sources:
            return verb(self.readings(), *actors, **asked)
        return verb(*actors, store=self.given["store"], **asked)

    def written(self, found: Answer, form: str, empty: str | None) -> int:
        """Writes the rows; the exit code."""
        asking.write(found, form, self.given, lambda _: "", nothing="")
        self.why_nothing(empty, told=not self.given["quiet"])
        return self.exit_code

    def readings(self) -> Iterator[Reading]:
        from dragoman import desk
        from dragoman.relate.rows import published

        elsewhere = self.given["output"] is not None or not sys.stdout.isatty()
        found = desk.readings_each(self.sources, given=self.about, settings=self.chosen)
        bar = elsewhere and not self.given["quiet"]
        for reading in self.tally.watch(found, several=len(self.sources) > 1, bar=bar):
            first, last = published(reading.article)
            if first and last:
                self.first = min(first, self.first or first)
                self.last = max(last, self.last or last)
            elif reading.article.text:
                self.undated += 1
            yield reading

    def why_nothing(self, empty: str | None, *, told: bool) -> str | None:
        """Why there is nothing, and of which days there is something; on standard error where that is asked for."""
        if empty is None:
            return None
        there = []
        if self.first:
            there.append(f"what was read is of {self.first}" + (f" to {self.last}" if self.last != self.first else ""))
        if self.undated:
            there.append(f"{self.undated} article{'s have' if self.undated > 1 else ' has'} no date")
        whole = "; ".join([empty, *there])
        if told:
            out.tell(whole)
        return whole

    @property
    def exit_code(self) -> int:
        return self.tally.exit_code if self.sources else codes.ALL_READ


def _form_of(given: dict[str, Any], usual: str, *others: str) -> str:
    """The form asked for, else the one that the name of the output ends in."""
    if given.get("as_json"):
        return "json"
    suffix = Path(given["output"] or "").suffix.lower().lstrip(".")
    return str(given["form"] or (suffix if suffix in others else usual))


def _write_json(value: Any, stream: Any) -> None:
    import msgspec

    json.dump(msgspec.to_builtins(value), stream, ensure_ascii=False, indent=2)
    stream.write("\n")


def _no_network(found: Sequence[Any]) -> str | None:
    from dragoman.relate.listed import nothing

    if any(one.nodes for one in found):
        return None
    if not found:
        return "no statement with a day to place it by"
    left: Iterable[tuple[str, str]] = (
        ("unsided", "conditional or neutral"),
        ("reported", "reported by others"),
        ("nameless", "by speakers without a name"),
        ("thin", "of those who said too little"),
    )
    why = [f"{number} {told}" for name, told in left if (number := sum(getattr(one, name) for one in found))]
    what = "no statement for or against" + (f" ({', '.join(why)})" if why else "")
    return nothing(what, found[0].since, found[-1].until, found[0].undated)
