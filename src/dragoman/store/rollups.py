"""What pages read instead of events: counts by pair and month, and articles by site and day.

    pairs      source, target, month, grain, status, origin, standing -> the measures
    details    the same by type and issue; issue '*' counts every event once
    volumes    day, site, origin, language, copy -> articles

Derived from the tables and never the truth. `standing` rows are of events that stand for their act, the others are of
further reports. Rows lie in segments: files that hold some partitions each, sorted by pair, so that a few changed
partitions cost one small segment and not the whole. For every partition the stamp tells which segment has it, and from
which files and which links its rows were made; a query first makes anew the partitions where that has changed, and only
those. `month` is the first of the month of the event, or of its article where the event has no date (`grain` -1).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.store import query, tally
from dragoman.store.links import Links
from dragoman.store.view import View, parquet

if TYPE_CHECKING:
    import duckdb

STAMP = "rollups.json"
VERSION = 2
SOURCES = {"pairs": "events", "details": "events", "volumes": "articles"}
# partitions are made so many rows at a time, to keep within the memory
_ROWS_AT_ONCE = 1_000_000
# more segments than this, beside the full ones, are made into fewer
_SMALL_SEGMENTS = 8
_KEYS = "source, target, month, grain, status, origin, standing"


@dataclass(frozen=True)
class Rolled:
    """The segments of the roll-ups that come from one table: files by kind, and the partitions that count in each.

    None for the partitions means all that stand in the files.
    """

    segments: tuple[tuple[dict[str, Path], tuple[str, ...] | None], ...]

    def files(self) -> list[Path]:
        return [file for files, _ in self.segments for file in files.values()]

    def relation(self, kind: str) -> str:
        """What stands after FROM."""
        whole = [str(files[kind]) for files, months in self.segments if months is None]
        selects = [f"SELECT * FROM {parquet(whole)}"] if whole else []
        for files, months in self.segments:
            if months is not None:
                selects.append(f"SELECT * FROM {parquet([str(files[kind])])} WHERE part IN ({_texts(months)})")
        return f"({' UNION ALL BY NAME '.join(selects)})"


def fresh(
    folder: Path, view: View, connect: Callable[[], duckdb.DuckDBPyConnection], table: str, links: Links
) -> Rolled:
    """The roll-ups that come from this table, up to date. Raises OSError where they cannot be written."""
    return ready(folder, view, table, links) or _make(folder, view, connect, table, links)


def ready(folder: Path, view: View, table: str, links: Links) -> Rolled | None:
    """The roll-ups that come from this table; None where they are not up to date."""
    segments = read_stamp(folder).get(table, {}).get("segments", [])
    if not segments or {m: mark for one in segments for m, mark in one["months"].items()} != stamps(view, table, links):
        return None
    found = _rolled(folder, segments)
    return found if all(file.is_file() for file in found.files()) else None


def read_stamp(folder: Path) -> dict[str, Any]:
    """What the roll-ups were made from, by table; empty where there are none."""
    try:
        found = json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("version") == VERSION else {}


def stamps(view: View, table: str, links: Links) -> dict[str, str]:
    """For each partition a digest of what its rows are made from: its files, which never change, and the links."""
    return {
        month: hashlib.blake2b(
            "\n".join([*sorted(file.name for file in view.files(table, [month])), links.mark(table, month)]).encode(),
            digest_size=8,
        ).hexdigest()
        for month in view.months(table)
    }


def _rolled(folder: Path, segments: list[dict[str, Any]]) -> Rolled:
    return Rolled(
        tuple(
            (
                {kind: folder / name for kind, name in one["files"].items()},
                None if len(one["months"]) == one["made"] else tuple(one["months"]),
            )
            for one in segments
        )
    )


def _make(
    folder: Path, view: View, connect: Callable[[], duckdb.DuckDBPyConnection], table: str, links: Links
) -> Rolled:
    wanted = stamps(view, table, links)
    segments = []
    for one in read_stamp(folder).get(table, {}).get("segments", []):
        right = {month: mark for month, mark in one["months"].items() if wanted.get(month) == mark}
        if right and all((folder / name).is_file() for name in one["files"].values()):
            segments.append(one | {"months": right})
    old = set(folder.glob("*.parquet"))
    small = [one for one in segments if one["rows"] < _ROWS_AT_ONCE // 2]
    if len(small) > _SMALL_SEGMENTS:
        segments = [one for one in segments if one not in small]
    held = {month for one in segments for month in one["months"]}
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.blake2b(json.dumps(wanted, sort_keys=True).encode(), digest_size=8).hexdigest()
    work = folder / f"making-{os.getpid()}-{name}"
    work.mkdir(exist_ok=True)
    try:
        connection = connect()
        missing = [month for month in wanted if month not in held]
        # without any partition an empty segment still has the columns
        for k, months in enumerate([*_portions(view, table, missing)] or ([[]] if not segments else [])):
            relation = view.relation(connection, table, months)
            files = {}
            for kind, select, order in _selects(table, relation, links, months, work / f"details-{k}.parquet"):
                _copy(connection, f"SELECT * FROM ({select}) ORDER BY {order}", work / f"{kind}-{k}.parquet")
                files[kind] = f"{kind}-{name}-{k}.parquet"
            for kind, file in files.items():
                (work / f"{kind}-{k}.parquet").replace(folder / file)
            rows = sum(file.rows for file in view.files(table, months))
            marks = {month: wanted[month] for month in months}
            segments.append({"files": files, "months": marks, "made": len(months), "rows": rows})
        _sign(folder, view, table, segments)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    stamp = read_stamp(folder)
    signed = [one for source in SOURCES.values() for one in stamp.get(source, {}).get("segments", [])]
    needed = {name for one in signed for name in one["files"].values()}
    for path in old:
        # who still reads the file keeps it until the end of the query; who comes late looks at the stamp again
        if path.name not in needed:
            with contextlib.suppress(OSError):
                path.unlink()
    return _rolled(folder, segments)


def _copy(connection: duckdb.DuckDBPyConnection, select: str, file: Path) -> None:
    import duckdb

    try:
        connection.execute(
            f"COPY ({select}) TO {query.quoted(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384)"
        )
    except duckdb.IOException as cause:
        if str(file) in str(cause):  # else a file it reads from is broken
            raise OSError(str(cause)) from cause
        raise


def _sign(folder: Path, view: View, table: str, segments: list[dict[str, Any]]) -> None:
    stamp = read_stamp(folder)
    stamp |= {"version": VERSION, table: {"commit": view.snapshot.commit, "segments": segments}}
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


def _selects(table: str, relation: str, links: Links, months: list[str], details: Path) -> list[tuple[str, str, str]]:
    """For each kind that comes from the table the SELECT and its order; `details` is where the first will lie."""
    if table == "articles":
        counted = (
            "SELECT month AS part, day, site, origin, language, copy_of IS NOT NULL AS copy, count(*) AS articles"
            f" FROM {links.copied(relation)} GROUP BY ALL"
        )
        return [("volumes", counted, "day, site")]
    split = f"""
        SELECT month AS part, CAST(date_trunc('month', coalesce(day, published)) AS DATE) AS month,
               CAST(if(day IS NULL, -1, {query.GRAIN}) AS TINYINT) AS grain,
               status, origin, type, score, quad, confidence, list_prepend('*', issues) AS issues,
               rank = 0 AS standing, n_reports, n_outlets, waiting, sources, targets
        FROM {links.told(relation, months)}"""
    by_issue = f"SELECT * EXCLUDE (issues), unnest(issues) AS issue FROM ({query.in_pairs(split)})"
    measures = ", ".join(tally.MEASURES)
    sums = ", ".join(f"sum({name}) AS {name}" for name in tally.NAMES)
    order = "source, target, month"
    return [
        ("details", f"SELECT part, {_KEYS}, type, issue, {measures} FROM ({by_issue}) GROUP BY ALL", order),
        ("pairs", f"SELECT part, {_KEYS}, {sums} FROM {parquet([str(details)])} WHERE issue = '*' GROUP BY ALL", order),
    ]


def _texts(values: Iterable[str]) -> str:
    return ", ".join(query.quoted(value) for value in values)
