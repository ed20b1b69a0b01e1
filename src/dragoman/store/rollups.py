"""What pages read instead of events: counts by pair and month, and articles by site and day.

    pairs      source, target, month, grain, status, origin -> the measures
    details    the same by type and issue; issue '*' counts every event once
    volumes    day, site, origin, language -> articles

Derived from the tables and never the truth. For every partition the stamp tells from which files its rows were made;
a query first makes anew the partitions whose files have changed, and only those. `month` is the first of the month of
the event, or of its article where the event has no date (`grain` -1).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.store import query, tally
from dragoman.store.view import View, parquet

if TYPE_CHECKING:
    import duckdb

STAMP = "rollups.json"
VERSION = 1
SOURCES = {"pairs": "events", "details": "events", "volumes": "articles"}
# partitions are made anew so many rows at a time, to keep within the memory
_ROWS_AT_ONCE = 1_000_000
_KEYS = "source, target, month, grain, status, origin"


def fresh(folder: Path, view: View, connect: Callable[[], duckdb.DuckDBPyConnection], table: str) -> dict[str, Path]:
    """Files of the roll-ups that come from this table, up to date. Raises OSError where it cannot be written."""
    stamp = read_stamp(folder).get(table, {})
    return ready(folder, view, table) or _make(folder, view, connect, table, stamps(view, table), stamp)


def ready(folder: Path, view: View, table: str) -> dict[str, Path] | None:
    """Files of the roll-ups that come from this table; None where they are not up to date."""
    stamp = read_stamp(folder).get(table, {})
    if stamp.get("months") != stamps(view, table):
        return None
    files = {name: folder / file for name, file in stamp["files"].items()}
    return files if all(file.is_file() for file in files.values()) else None


def read_stamp(folder: Path) -> dict[str, Any]:
    """What the roll-ups were made from, by table; empty where there are none."""
    try:
        found = json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("version") == VERSION else {}


def stamps(view: View, table: str) -> dict[str, str]:
    """For each partition a digest of the names of its files; files never change."""
    return {
        month: hashlib.blake2b(
            "\n".join(sorted(file.name for file in view.files(table, [month]))).encode(), digest_size=8
        ).hexdigest()
        for month in view.months(table)
    }


def _make(
    folder: Path,
    view: View,
    connect: Callable[[], duckdb.DuckDBPyConnection],
    table: str,
    wanted: dict[str, str],
    stamp: dict[str, Any],
) -> dict[str, Path]:
    old = {name: folder / file for name, file in stamp.get("files", {}).items()}
    had = stamp.get("months", {}) if old and all(file.is_file() for file in old.values()) else {}
    kept = [month for month, mark in had.items() if wanted.get(month) == mark]
    changed = [month for month in wanted if month not in kept]
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.blake2b(json.dumps(wanted, sort_keys=True).encode(), digest_size=8).hexdigest()
    work = folder / f"making-{os.getpid()}-{name}"
    work.mkdir(exist_ok=True)
    try:
        connection = connect()
        parts: dict[str, list[Path]] = {kind: [] for kind, source in SOURCES.items() if source == table}
        for k, months in enumerate(_portions(view, table, changed)):
            relation = view.relation(connection, table, months)
            for kind, select in (_of_events if table == "events" else _of_articles)(
                relation, work / f"details-{k}.parquet"
            ):
                file = work / f"{kind}-{k}.parquet"
                _copy(connection, select, file)
                parts[kind].append(file)
        files = {}
        for kind, made in parts.items():
            sources = [f"SELECT * FROM {parquet([str(file) for file in made])}"] if made else []
            if kept and kind in old:
                sources.append(f"SELECT * FROM {parquet([str(old[kind])])} WHERE part IN ({_texts(kept)})")
            if not sources:
                sources.append(f"SELECT * FROM ({_empty(connection, view, table, kind)}) WHERE false")
            order = "day, site" if kind == "volumes" else "source, target, month"
            whole = work / f"{kind}.parquet"
            _copy(connection, f"SELECT * FROM ({' UNION ALL BY NAME '.join(sources)}) ORDER BY {order}", whole)
            files[kind] = folder / f"{kind}-{name}.parquet"
            whole.replace(files[kind])
        _sign(folder, view, table, wanted, {kind: file.name for kind, file in files.items()})
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for kind, before in old.items():
        # who still reads the file keeps it until the end of the query; who comes late looks at the stamp again
        if before != files.get(kind):
            with contextlib.suppress(OSError):
                before.unlink()
    return files


def _copy(connection: duckdb.DuckDBPyConnection, select: str, file: Path) -> None:
    import duckdb

    try:
        connection.execute(
            f"COPY ({select}) TO {query.quoted(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 50000)"
        )
    except duckdb.IOException as cause:
        if str(file) in str(cause):  # else a file it reads from is broken
            raise OSError(str(cause)) from cause
        raise


def _sign(folder: Path, view: View, table: str, months: dict[str, str], files: dict[str, str]) -> None:
    stamp = read_stamp(folder)
    stamp |= {"version": VERSION, table: {"commit": view.snapshot.commit, "months": months, "files": files}}
    fresh_file = folder / f"{STAMP}.{os.getpid()}"
    fresh_file.write_text(json.dumps(stamp), "utf-8")
    fresh_file.replace(folder / STAMP)


def _portions(view: View, table: str, months: Iterable[str]) -> Iterable[list[str]]:
    portion: list[str] = []
    rows = 0
    for month in months:
        size = sum(file.rows for file in view.files(table, [month]))
        if portion and rows + size > _ROWS_AT_ONCE:
            yield portion
            portion, rows = [], 0
        portion.append(month)
        rows += size
    if portion:
        yield portion


def _of_events(events: str, details: Path) -> list[tuple[str, str]]:
    split = f"""
        SELECT month AS part, CAST(date_trunc('month', coalesce(day, published)) AS DATE) AS month,
               CAST(if(day IS NULL, -1, {query.GRAIN}) AS TINYINT) AS grain,
               status, origin, type, score, quad, confidence, list_prepend('*', issues) AS issues,
               sources, targets
        FROM {events}"""
    by_issue = f"SELECT * EXCLUDE (issues), unnest(issues) AS issue FROM ({query.in_pairs(split)})"
    measures = ", ".join(tally.MEASURES)
    sums = ", ".join(f"sum({name}) AS {name}" for name in tally.NAMES)
    return [
        ("details", f"SELECT part, {_KEYS}, type, issue, {measures} FROM ({by_issue}) GROUP BY ALL"),
        ("pairs", f"SELECT part, {_KEYS}, {sums} FROM {parquet([str(details)])} WHERE issue = '*' GROUP BY ALL"),
    ]


def _of_articles(articles: str, _: Path) -> list[tuple[str, str]]:
    counted = f"SELECT month AS part, day, site, origin, language, count(*) AS articles FROM {articles} GROUP BY ALL"
    return [("volumes", counted)]


def _empty(connection: duckdb.DuckDBPyConnection, view: View, table: str, kind: str) -> str:
    relation = view.relation(connection, table, [])
    if kind == "volumes":
        return _of_articles(relation, Path())[0][1]
    details = _of_events(relation, Path())[0][1]
    return details if kind == "details" else f"SELECT * EXCLUDE (type, issue) FROM ({details})"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(query.quoted(value) for value in values)
