"""A Question -> SQL: the conditions on rows, and events split into pairs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from dragoman.store import columns
from dragoman.store.base import Question, day_of

if TYPE_CHECKING:
    import pyarrow as pa

# how wide a date may be (GRAIN) and still belong to one day, week, month ...
UNIT_WIDTHS = {"day": 0, "week": 1, "month": 2, "quarter": 3, "year": 4, "all": 5}
GRAIN = (
    "CASE granularity WHEN 'week' THEN 1 WHEN 'month' THEN 2 WHEN 'quarter' THEN 3 WHEN 'season' THEN 3"
    " WHEN 'year' THEN 4 WHEN 'decade' THEN 5 ELSE 0 END"
)
COARSE, UNDATED = "coarse", "undated"
_FEW = 4
_MONTH = timedelta(days=31)


def quoted(value: object) -> str:
    """A value as SQL writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def listed(values: Iterable[object]) -> str:
    """Values between brackets, as a list of SQL; an empty one is a list of texts."""
    inner = ", ".join(quoted(value) for value in values)
    return f"[{inner}]" if inner else "CAST([] AS VARCHAR[])"


def event_months(question: Question, present: list[str], *, undated: bool) -> list[str]:
    """The partitions of events that can hold an answer."""
    months = columns.months_between(*question.days, present)
    return months + [m for m in present if m == columns.UNDATED and (undated or question.undated)]


def when(question: Question) -> str:
    """The day an event counts on."""
    return f"if({by_article(question)}, published, day)" if question.undated else "day"


def by_article(question: Question) -> str:
    """Whether the day an event counts on is that of its article: what is told as long past is not of that day."""
    return "(day IS NULL AND published IS NOT NULL AND status <> 'historical')" if question.undated else "false"


def newest(events: pa.Table) -> pa.Table:
    """Rows of events, the newest first, those without a day of their own by that of their article; see `when`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    day, past = events.column("day"), pc.equal(events.column("status"), "historical")
    lent = pc.if_else(past, pa.scalar(None, pa.date32()), events.column("published"))
    when = pc.fill_null(pc.coalesce(day, lent), date.min)  # which comes last
    keys = pa.table({"when": when, "article": events.column("article"), "n": events.column("n")})
    order = [("when", "descending"), ("article", "ascending"), ("n", "ascending")]
    return events.take(pc.sort_indices(keys, sort_keys=order))


def dated(question: Question, column: str) -> list[str]:
    """Conditions: the column lies between the days asked for."""
    first, last = question.days
    return [f"{column} >= {quoted(first)}"] * bool(first) + [f"{column} <= {quoted(last)}"] * bool(last)


def event_conditions(question: Question) -> list[str]:
    """Conditions on a row of events, actors and dates apart."""
    found = [
        *one_of("origin", question.origins),
        *one_of("status", question.status),
        *one_of("type", [kind.upper() for kind in question.types]),
        *one_of("mode", question.modes),
        *one_of("quad", question.quads),
        *one_of("site", question.sites),
        *one_of("article", question.articles),
    ]
    if question.issues:
        found.append(f"list_has_any(issues, {listed(question.issues)})")
    if question.contexts:
        found.append(f"list_has_any(contexts, {listed(question.contexts)})")
    if question.confidence > 0:
        found.append(f"confidence >= {float(question.confidence)}")
    return found


def of_parties(question: Question) -> list[str]:
    """Conditions: the event has the actors asked for on the sides asked for. A bloc is all its members ever."""
    found = []
    among = members(question, question.actors)
    if len(question.actors) == 1:
        found.append(f"({has_any('sources', among)} OR {has_any('targets', among)})")
    elif question.actors:
        codes = listed(among)
        both = f"list_concat(list_intersect(sources, {codes}), list_intersect(targets, {codes}))"
        enough = (
            f"{has_any('sources', among)} AND (len(targets) = 0 OR {has_any('targets', among)})"
            f" AND (len(list_distinct({both})) > 1{_or_within(question)})"
        )
        found.append(f"({enough})")
    acting, upon = members(question, question.acting), members(question, question.upon)
    if acting:
        found.append(has_any("sources", acting))
    if upon:
        found.append(f"list_has_any(if(len(targets) = 0, sources, targets), {listed(upon)})")
    return found


def has_any(column: str, values: Sequence[str]) -> str:
    """A condition that a list holds one of the values."""
    if len(values) > _FEW:
        return f"list_has_any({column}, {listed(values)})"
    # three times as fast, where there are few
    return f"({' OR '.join(f'list_contains({column}, {quoted(value)})' for value in values)})"


def members(question: Question, codes: Sequence[str]) -> list[str]:
    """The codes, and for each bloc among them its members of any time."""
    blocs = {bloc.code: [m.actor for m in bloc.members] for bloc in question.blocs}
    return list(dict.fromkeys(actor for code in codes for actor in (code, *blocs.get(code, ()))))


def counted(question: Question, told: str) -> str:
    """Those rows of events that count, to stand after FROM; `told` are rows as `links.Links.told` gives them.

    By happening that is one for each act: the report that stands for it, or, where the question chooses among reports,
    the first among those chosen, with their number.
    """
    if question.count == "report":
        return told
    chosen = [
        *one_of("site", question.sites),
        *one_of("article", question.articles),
        *([f"confidence >= {float(question.confidence)}"] if question.confidence > 0 else []),
    ]
    apart = [name for name in ("site", "article") if name in question.by]
    if not chosen and not apart:
        return f"(SELECT * FROM {told} WHERE rank = 0)"
    within = f"PARTITION BY {', '.join(['happening', *apart])}"
    several = f"""
        SELECT * REPLACE (count(*) OVER ({within}) AS n_reports, count(DISTINCT site) OVER ({within}) AS n_outlets)
        FROM {told} {where([*chosen, "several"])}
        QUALIFY row_number() OVER ({within} ORDER BY rank) = 1"""
    alone = f"SELECT * FROM {told} {where([*chosen, 'NOT several'])}"
    return f"({alone} UNION ALL BY NAME {several})"


def spread(question: Question) -> Question:
    """The question with a month more on both sides: there the report may lie that stands for an act."""
    first, last = question.days
    return replace(
        question,
        since=(first - min(_MONTH, first - date.min)).isoformat() if first else None,
        until=(last + min(_MONTH, date.max - last)).isoformat() if last else None,
    )


def pairs(question: Question, events: str, extra: Sequence[str] = ()) -> str:
    """A SELECT of events split into pairs: source, target, day, left_out, the measures, article, n and `extra` columns.

    `left_out` is null where the event has its place in the answer, else says why it has none.
    """
    day = when(question)
    conditions = event_conditions(question) + of_parties(question)
    bounds = dated(question, day)
    open_ended = question.unit == "all" and not bounds
    if bounds:
        conditions.append(f"(({' AND '.join(bounds)}) OR {day} IS NULL)")
    undated = "NULL" if open_ended else f"CASE WHEN {day} IS NULL THEN '{UNDATED}' END"
    width = f"if(day IS NULL, 0, {GRAIN})" if question.undated else GRAIN
    coarse = f"CASE WHEN {width} > {UNIT_WIDTHS[question.unit]} THEN '{COARSE}' END"
    issue = "issue" in question.by
    columns_ = ["article", "n", "score", "quad", "confidence", "n_reports", "n_outlets", "waiting", *extra]
    inner = f"""
        SELECT {", ".join(dict.fromkeys(columns_))}, {by_article(question)} AS by_article, {day} AS day,
               coalesce({undated}, {coarse}) AS left_out,
               sources, targets {", " + _issues(question) + " AS issue" if issue else ""}
        FROM {events} {where(conditions)}"""
    split = in_pairs(inner)
    if not question.blocs:
        return f"SELECT * FROM ({split}) {where(sides(question))}"
    # an actor is counted as each bloc it belongs to on that day, and as itself where it was asked for by name; two that
    # both belong to both blocs stand on neither side more than on the other: theirs is an act inside of them
    table = ", ".join(f"({row})" for row in _membership(question))
    named = f"(SELECT * FROM (VALUES {table}) AS m(actor, name, since, until))"
    joined = f"""
        SELECT DISTINCT p.* EXCLUDE (source, target),
               coalesce(a.name, p.source) AS source, coalesce(b.name, p.target) AS target
        FROM ({split}) AS p
        LEFT JOIN {named} AS a ON a.actor = p.source AND {_on_that_day("a")}
        LEFT JOIN {named} AS b ON b.actor = p.target AND {_on_that_day("b")}
        LEFT JOIN {named} AS c ON c.actor = p.source AND c.name = b.name AND {_on_that_day("c")}
        LEFT JOIN {named} AS d ON d.actor = p.target AND d.name = a.name AND {_on_that_day("d")}
        WHERE a.name IS NULL OR b.name IS NULL OR a.name = b.name OR c.name IS NULL OR d.name IS NULL"""
    return f"SELECT * FROM ({joined}) {where(sides(question))}"


def in_pairs(events: str) -> str:
    """Each row of a SELECT with `sources` and `targets` once for every `source` and `target`.

    Where there is no target the act is mutual: all participants act on each other, nobody on himself.
    """
    split = f"""
        SELECT * EXCLUDE (sources, targets), unnest(sources) AS source,
               if(len(targets) = 0, sources, targets) AS others, len(targets) = 0 AS mutual
        FROM ({events})"""
    split = f"SELECT * EXCLUDE (others), unnest(others) AS target FROM ({split})"
    return f"SELECT * EXCLUDE (mutual) FROM ({split}) WHERE source <> target OR NOT mutual"


def sides(question: Question) -> list[str]:
    """Conditions on a pair: `source` and `target` are whom the question asks for."""
    found = [] if question.within else ["source <> target"]
    if len(question.actors) == 1:
        found.append(f"(source = {quoted(question.actors[0])} OR target = {quoted(question.actors[0])})")
    elif question.actors:
        found += one_of("source", question.actors) + one_of("target", question.actors)
    return found + one_of("source", question.acting) + one_of("target", question.upon)


def where(conditions: Sequence[str]) -> str:
    """The conditions as a WHERE clause, or nothing."""
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def one_of(column: str, values: Sequence[Any]) -> list[str]:
    """A condition that the column is one of the values; none where there are no values."""
    return [f"{column} IN ({', '.join(quoted(value) for value in values)})"] if values else []


def _or_within(question: Question) -> str:
    return " OR list_has_any(sources, targets)" if question.within else ""


def _issues(question: Question) -> str:
    wanted = f"list_intersect(issues, {listed(question.issues)})" if question.issues else "issues"
    return f"unnest(if(len({wanted}) = 0, [NULL], {wanted}))"


def _on_that_day(table: str) -> str:
    return f"(p.day IS NULL OR p.day BETWEEN {table}.since AND {table}.until)"


def _membership(question: Question) -> list[str]:
    asked = {*question.actors, *question.acting, *question.upon}
    found = []
    for bloc in question.blocs:
        for member in bloc.members:
            since, until = day_of(member.since, last=False), day_of(member.until, last=True)
            found.append((member.actor, bloc.code, since or date.min, until or date.max))
        found.append((bloc.code, bloc.code, date.min, date.max))
    for actor, _ in groupby(sorted(found), key=lambda row: row[0]):
        if actor in asked and (actor, actor, date.min, date.max) not in found:
            found.append((actor, actor, date.min, date.max))
    return [", ".join(quoted(value) for value in row) for row in dict.fromkeys(found)]
