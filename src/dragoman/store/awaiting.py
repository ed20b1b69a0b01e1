"""The reports that must be looked at to link new ones: these, their neighbours, and all of the acts they belong to.

A neighbour shares a pair of actors with a new report, in the same direction, and its days lie within `_NEAR` of the new
one's. Whatever else an act of a neighbour holds comes too, so that acts are made anew whole. A report whose date is a
year or a quarter is a neighbour of all in it; one whose date is a decade only of those at its beginning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dragoman.store import columns, query
from dragoman.store.base import ToLink
from dragoman.store.links import Gone, Links, plain
from dragoman.store.view import View

if TYPE_CHECKING:
    import duckdb

_NEAR = 3  # days; reports of one act lie at most so far apart
_AT_ONCE = 5_000
# without a date of its own a report is of the day of its article, unless it has words for a date nobody could reckon
REPORTED = "coalesce(day, if(date_words IS NULL, published, NULL))"
_TILL = f"coalesce(day_end, {REPORTED})"
_COLUMNS = (
    "article, id, sources, targets, type, mode, quad, score, status, site, published, day, day_end, date_words, place,"
    " country, issues, words, source_names, target_names, confidence"
)


def everything(view: View, connection: duckdb.DuckDBPyConnection, job: ToLink) -> Iterator[list[dict[str, Any]]]:
    """All reports that have a day, by that day, article and id; a month in memory at a time."""
    present = view.months("events")
    undated = [columns.UNDATED] if columns.UNDATED in present else []
    months = {month for month in present if month != columns.UNDATED}
    if undated:
        found = connection.execute(
            f"SELECT DISTINCT CAST(date_trunc('month', published) AS DATE) FROM"
            f" {view.relation(connection, 'events', undated)} WHERE published IS NOT NULL AND date_words IS NULL"
        )
        months |= {columns.month_of(first) for (first,) in found.fetchall()}
    rank = {columns.EARLIER: "0", columns.LATER: "9"}
    for month in sorted(months, key=lambda m: rank.get(m, m)):
        kept = [f"load IS NULL AND commit <= {job.commit} AND {REPORTED} IS NOT NULL"]
        sources = []
        if month in present:
            sources.append(_rows(view.relation(connection, "events", [month]), kept))
        if undated:
            within = [f"{REPORTED} >= {query.quoted(first)}" for first in [_first(month)] if first]
            within += [f"{REPORTED} < {query.quoted(after)}" for after in [_after(month)] if after]
            sources.append(_rows(view.relation(connection, "events", undated), kept + within))
        yield from _batches(connection, " UNION ALL ".join(sources))


def neighbourhood(
    links: Links, view: View, connection: duckdb.DuckDBPyConnection, job: ToLink, moved: Iterable[str]
) -> tuple[Gone, Iterator[list[dict[str, Any]]]]:
    """What the job takes the place of, and the reports to link: new ones, neighbours, and the acts of these."""
    import pyarrow as pa

    connection.register("moved", pa.table({"article": pa.array(sorted(moved), pa.string())}))
    articles = view.relation(connection, "articles")
    connection.execute(
        f"CREATE TEMP TABLE changed AS SELECT article FROM {articles} WHERE commit > {links.commit}"
        f" AND commit <= {job.commit} UNION SELECT article FROM moved"
    )
    events = view.relation(connection, "events")
    keys = f"article, id, month AS part, sources, targets, {REPORTED} AS first, {_TILL} AS till"
    own = f"load IS NULL AND commit <= {job.commit}"
    connection.execute(
        f"CREATE TEMP TABLE fresh AS SELECT {keys} FROM {events}"
        f" WHERE {own} AND (commit > {links.commit} OR article IN (SELECT article FROM moved))"
    )
    connection.execute(f"CREATE TEMP TABLE ours AS {_pairs('fresh')}")
    spans = connection.execute("SELECT DISTINCT first, till FROM fresh WHERE first IS NOT NULL").fetchall()
    parts = _parts(spans, view.months("events"))
    connection.execute("CREATE TEMP TABLE near (article VARCHAR, id VARCHAR, part VARCHAR)")
    if parts:
        beside = view.relation(connection, "events", parts)
        low, high = min(first for first, _ in spans), max(till for _, till in spans)
        low, high = _shifted(low, -_NEAR), _shifted(high, _NEAR)
        bounds = f"{REPORTED} <= {query.quoted(high)} AND {_TILL} >= {query.quoted(low)}"
        old = (
            f"SELECT {keys} FROM {beside} WHERE {own} AND commit <= {links.commit} AND {bounds}"
            " AND list_has_any(list_concat(sources, targets), (SELECT list(DISTINCT source) FROM ours))"
        )
        connection.execute(
            f"INSERT INTO near SELECT DISTINCT t.article, t.id, t.part FROM ({_pairs(f'({old})')}) AS t"
            " JOIN ours AS o ON o.source = t.source AND o.target = t.target"
            f" AND t.first <= o.till + {_NEAR} AND t.till >= o.first - {_NEAR}"
        )
    files = links.files()
    known = plain(files) if files else "(SELECT '' AS article, '' AS id, '' AS happening, '' AS part WHERE false)"
    connection.execute(
        f"CREATE TEMP TABLE acts AS SELECT DISTINCT happening FROM {known}"
        " WHERE article IN (SELECT article FROM changed) OR (article, id) IN (SELECT (article, id) FROM near)"
    )
    connection.execute(
        f"CREATE TEMP TABLE lost AS SELECT article, id, part FROM {known}"
        " WHERE happening IN (SELECT happening FROM acts) OR article IN (SELECT article FROM changed)"
    )
    losing = {part for (part,) in connection.execute("SELECT DISTINCT part FROM lost").fetchall()}
    seen = {part for (part,) in connection.execute("SELECT DISTINCT part FROM fresh").fetchall()}
    near = {part for (part,) in connection.execute("SELECT DISTINCT part FROM near").fetchall()}
    lost = connection.sql("SELECT article, id FROM lost").to_arrow_table()
    gone = Gone(lost, frozenset(losing), frozenset(seen))
    chosen = "SELECT article, id FROM fresh UNION SELECT article, id FROM near UNION SELECT article, id FROM lost"
    where = [f"{own} AND {REPORTED} IS NOT NULL AND (article, id) IN (SELECT (article, id) FROM ({chosen}))"]
    within = sorted(seen | near | losing)
    if not within:
        return gone, iter(())
    relation = view.relation(connection, "events", [m for m in within if m in view.months("events")])
    return gone, _batches(connection, _rows(relation, where))


def spans(
    links: Links, view: View, connection: duckdb.DuckDBPyConnection, job: ToLink, days: int
) -> list[tuple[dt.date, dt.date]]:
    """Stretches of days around those on which the articles of the job appeared, in order, none touching another."""
    found: list[tuple[dt.date, dt.date]] = []
    asked = f"SELECT DISTINCT day FROM {view.relation(connection, 'articles')} WHERE commit > {links.commit}"
    asked += f" AND commit <= {job.commit} AND day IS NOT NULL ORDER BY day"
    for (day,) in connection.execute(asked).fetchall():
        low, high = _shifted(day, -days), _shifted(day, days)
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def in_month(found: list[tuple[dt.date, dt.date]] | None, month: str, since: int) -> str | None:
    """The condition on articles of this partition to lie in the stretches; None where none of them can.

    Articles without a day lie in none: only those of the job itself are looked at.
    """
    if found is not None and month == columns.UNDATED:
        return f"AND commit > {since}"
    if found is None:
        return ""
    meets = [span for span in found if columns.months_between(*span, [month])]
    if not meets:
        return None
    told = (f"day BETWEEN {query.quoted(low)} AND {query.quoted(high)}" for low, high in meets)
    return f"AND ({' OR '.join(told)})"


def _rows(events: str, conditions: list[str]) -> str:
    return f"SELECT {_COLUMNS}, {REPORTED} AS reported FROM {events} {query.where(conditions)}"


def _batches(connection: duckdb.DuckDBPyConnection, asked: str) -> Iterator[list[dict[str, Any]]]:
    for batch in connection.sql(f"SELECT * FROM ({asked}) ORDER BY reported, article, id").to_arrow_reader(_AT_ONCE):
        if batch.num_rows:
            yield batch.to_pylist()


def _pairs(events: str) -> str:
    """Rows once for every ordered pair: sides; where one is empty, all among themselves; who is alone, with nobody."""
    sides = f"""
        SELECT article, id, part, first, till,
               if(len(sources) = 0, targets, sources) AS acting,
               if(len(targets) = 0, sources, if(len(sources) = 0, targets, targets)) AS upon,
               len(sources) = 0 OR len(targets) = 0 AS mutual
        FROM {events} WHERE first IS NOT NULL"""
    one = f"SELECT * EXCLUDE (acting), unnest(acting) AS source, len(acting) AS number FROM ({sides})"
    both = f"SELECT * EXCLUDE (upon), unnest(if(mutual AND number = 1, [''], upon)) AS target FROM ({one})"
    return f"SELECT * EXCLUDE (mutual, number) FROM ({both}) WHERE NOT mutual OR source <> target"


def _parts(spans: list[tuple[dt.date, dt.date]], present: list[str]) -> list[str]:
    """Partitions that may hold neighbours: the months of the days, of the beginning of the quarter and the year."""
    found: set[str] = set()
    for first, till in set(spans):
        low, high = _shifted(first, -_NEAR), _shifted(till, _NEAR)
        found |= {f"{low.year:04d}-01", f"{low.year:04d}-{low.month - (low.month - 1) % 3:02d}"}
        found |= set(columns.months_between(low, high, present))
    return [month for month in present if month in found or month == columns.UNDATED] if spans else []


def _shifted(day: dt.date, days: int) -> dt.date:
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return day


def _first(month: str) -> dt.date | None:
    if month == columns.EARLIER:
        return None
    return dt.date(columns.LAST_YEAR + 1, 1, 1) if month == columns.LATER else dt.date.fromisoformat(f"{month}-01")


def _after(month: str) -> dt.date | None:
    if month == columns.LATER:
        return None
    if month == columns.EARLIER:
        return dt.date(columns.FIRST_YEAR, 1, 1)
    year, number = int(month[:4]), int(month[5:])
    return dt.date(year + number // 12, number % 12 + 1, 1)
