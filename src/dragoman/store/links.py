"""Which reports tell one act, and which articles are copies: what somebody found by comparing them, kept beside.

    links/PART-SERIAL.parquet     article, id, happening, rank, n_reports, n_outlets, part: of acts with several reports
    links/copies-SERIAL.parquet   article, original

Derived from the tables and never the truth: the store hands out reports, is told which are of one act, and keeps that.
The stamp tells up to which commit all reports were looked at. A report of that commit or an earlier one that has no row
is the only one of its act; a later one waits, and counts for itself. Rows imported without articles do not wait: their
source counted acts already. `seen` is the commit at which something last changed in a partition.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.store import columns, query
from dragoman.store.base import Linked, ToLink
from dragoman.store.view import View

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

STAMP = "links.json"
FOLDER = "links"
VERSION = 1
_WRITTEN_AT_ONCE = 100_000


@dataclass(frozen=True)
class Links:
    """What is known of happenings and copies, as one stamp tells it."""

    folder: Path
    commit: int = -1  # reports up to this commit were looked at
    serial: int = 0
    by: str = ""
    parts: Mapping[str, tuple[str | None, int]] = field(default_factory=dict)  # partition -> file, seen
    copies: str | None = None

    @property
    def ever(self) -> bool:
        """Whether reports were ever linked."""
        return self.commit >= 0

    def files(self, months: Iterable[str] | None = None) -> list[str]:
        """The files of some partitions, or of all."""
        chosen = self.parts if months is None else {m: self.parts[m] for m in months if m in self.parts}
        return [str(self.folder / FOLDER / name) for name, _ in chosen.values() if name]

    def copies_file(self) -> str | None:
        return str(self.folder / FOLDER / self.copies) if self.copies else None

    def mark(self, table: str, month: str) -> str:
        """Changes with whatever is known of the rows of this partition."""
        if table == "articles":
            return f"{self.copies}"
        name, seen = self.parts.get(month, (None, -1))
        return f"{name} {seen}"

    def told(self, events: str, months: Iterable[str] | None = None) -> str:
        """Rows of events with `happening`, `rank`, `several`, `n_reports`, `n_outlets`, `waiting`, to stand after FROM.

        `rank` is 0 where the row stands for its act.
        """
        waiting = f"(e.load IS NULL AND e.commit > {self.commit})"
        own = f"if({waiting}, NULL, concat(e.article, '/', e.id))"
        outlets = "CAST(e.site IS NOT NULL AS INTEGER)"
        files = self.files(months)
        if not files:
            return (
                f"(SELECT e.*, {own} AS happening, 0 AS rank, false AS several, 1 AS n_reports,"
                f" {outlets} AS n_outlets, {waiting} AS waiting FROM {events} AS e)"
            )
        return (
            f"(SELECT e.*, coalesce(l.happening, {own}) AS happening, coalesce(l.rank, 0) AS rank,"
            f" l.happening IS NOT NULL AS several, coalesce(l.n_reports, 1) AS n_reports,"
            f" coalesce(l.n_outlets, {outlets}) AS n_outlets, {waiting} AS waiting FROM {events} AS e"
            f" LEFT JOIN {plain(files)} AS l"
            f" ON l.article = e.article AND l.id = e.id AND e.commit <= {self.commit})"
        )

    def copied(self, articles: str) -> str:
        """Rows of articles (or of anything with `article` and `commit`) with `copy_of`, to stand after FROM."""
        file = self.copies_file()
        if file is None:
            return f"(SELECT a.*, CAST(NULL AS VARCHAR) AS copy_of FROM {articles} AS a)"
        return (
            f"(SELECT a.*, c.original AS copy_of FROM {articles} AS a LEFT JOIN {plain([file])} AS c"
            f" ON c.article = a.article AND a.commit <= {self.commit})"
        )


def read(folder: Path, view: View) -> Links:
    """What is known; nothing where there is no stamp, or one of another version, another store or a later commit."""
    try:
        found = json.loads((folder / STAMP).read_text("utf-8"))
        if found["version"] != VERSION or found["store"] != view.identity or found["commit"] > view.snapshot.commit:
            return Links(folder)
        known = Links(
            folder=folder,
            commit=found["commit"],
            serial=found["serial"],
            by=found["by"],
            parts={month: (name, seen) for month, (name, seen) in found["parts"].items()},
            copies=found["copies"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Links(folder)
    files = [*known.files(), *filter(None, [known.copies_file()])]
    return known if all(Path(file).is_file() for file in files) else Links(folder)


def to_link(links: Links, view: View, connection: duckdb.DuckDBPyConnection, by: str, *, whole: bool) -> ToLink:
    """What waits to be linked."""
    now = view.snapshot.commit
    whole = whole or not links.ever or links.by != by
    since = -1 if whole else links.commit
    counts = [0, 0]
    if since < now:
        for k, (table, more) in enumerate((("events", " AND load IS NULL"), ("articles", ""))):
            asked = f"SELECT count(*) FROM {view.relation(connection, table)} WHERE commit > {since}{more}"
            ((counts[k],),) = connection.execute(asked).fetchall()
    return ToLink(
        commit=now,
        linked=links.commit if links.ever else None,
        whole=whole,
        serial=links.serial,
        reports=counts[0],
        articles=counts[1],
        by=by,
    )


def known_copies(links: Links, connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Every copy -> its original."""
    file = links.copies_file()
    return dict(connection.execute(f"SELECT article, original FROM {plain([file])}").fetchall()) if file else {}


def members(
    links: Links, connection: duckdb.DuckDBPyConnection, happenings: Sequence[str], present: list[str]
) -> tuple[list[str], pa.Table]:
    """The keys (article, id) of all reports of these acts, and the partitions they lie in."""
    import pyarrow as pa

    wanted = list(dict.fromkeys(happenings))
    found: list[tuple[str, str, str, str]] = []
    if files := links.files():
        connection.register("wanted", pa.table({"happening": pa.array(wanted, pa.string())}))
        found = connection.execute(
            f"SELECT happening, article, id, part FROM {plain(files)} WHERE happening IN (SELECT happening FROM wanted)"
        ).fetchall()
    several = {name for name, *_ in found}
    # an act of one report is called after it
    alone = [(name.rpartition("/")[0], name.rpartition("/")[2]) for name in wanted if name not in several]
    months = present if alone else [month for month in present if month in {part for *_, part in found}]
    keys = [(article, event) for _, article, event, _ in found] + alone
    columns_ = {name: pa.array([key[k] for key in keys], pa.string()) for k, name in enumerate(("article", "id"))}
    return months, pa.table(columns_)


def keep(
    links: Links,
    view: View,
    connect: Any,
    job: ToLink,
    gone: Gone,
    copies: Mapping[str, str],
    found: Iterable[Linked],
) -> Links:
    """Writes what was found, signs it last. Raises OSError where it cannot be written."""
    folder, serial = links.folder, job.serial + 1
    home = folder / FOLDER
    work = home / f"making-{os.getpid()}-{serial}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        connection = connect()
        new = work / "new.parquet"
        added = _write(found, new)
        parts = {} if job.whole else dict(links.parts)
        seen = set(view.months("events")) if job.whole else gone.parts
        for month in sorted(seen | added | gone.losing):
            sources = [f"SELECT * FROM {plain([str(new)])} WHERE part = {query.quoted(month)}"]
            if month not in added:
                sources = []
            if not job.whole and (before := links.files([month])):
                kept = f"SELECT * FROM {plain(before)}"
                if month in gone.losing:
                    connection.register("lost", gone.table)
                    kept += " WHERE (article, id) NOT IN (SELECT (article, id) FROM lost)"
                if month not in added and month not in gone.losing:
                    parts[month] = (links.parts[month][0], job.commit)
                    continue
                sources.append(kept)
            name = f"{month}-{serial}.parquet" if sources else None
            if name:
                asked = f"SELECT * FROM ({' UNION ALL BY NAME '.join(sources)}) ORDER BY article, id"
                connection.execute(f"COPY ({asked}) TO {query.quoted(work / name)} (FORMAT parquet, COMPRESSION zstd)")
                (work / name).replace(home / name)
            parts[month] = (name, job.commit)
        copied = _copies(links, connection, copies, work, home, serial)
        after = Links(folder, job.commit, serial, job.by, parts, copied)
        _sign(after, view)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _tidy(home, links, after)
    return after


@dataclass(frozen=True)
class Gone:
    """What a job takes the place of: links that no longer hold (`table`: article, id), and where reports came."""

    table: pa.Table | None = None
    losing: frozenset[str] = frozenset()  # partitions that lose links
    parts: frozenset[str] = frozenset()  # partitions that have new reports


def _write(found: Iterable[Linked], file: Path) -> set[str]:
    """Writes links with their partition, and tells which partitions there are."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    schema = _schema()
    parts: set[str] = set()
    rest = iter(found)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := list(islice(rest, _WRITTEN_AT_ONCE)):
            months = [columns.month_of(one.day) for one in batch]
            parts.update(months)
            rows = [
                [one.article for one in batch],
                [one.event for one in batch],
                [one.happening for one in batch],
                [one.rank for one in batch],
                [one.n_reports for one in batch],
                [one.n_outlets for one in batch],
                months,
            ]
            arrays = [pa.array(row, kind.type) for row, kind in zip(rows, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    return parts


def _schema() -> pa.Schema:
    import pyarrow as pa

    texts = [(name, pa.string()) for name in ("article", "id", "happening")]
    numbers = [(name, pa.int32()) for name in ("rank", "n_reports", "n_outlets")]
    return pa.schema([*texts, *numbers, ("part", pa.string())])


def _copies(
    links: Links, connection: Any, copies: Mapping[str, str], work: Path, home: Path, serial: int
) -> str | None:
    """The file of the copies; the one there is where nothing has changed."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    if dict(copies) == known_copies(links, connection):
        return links.copies
    if not copies:
        return None
    ordered = sorted(copies.items())
    table = pa.table({"article": [copy for copy, _ in ordered], "original": [original for _, original in ordered]})
    name = f"copies-{serial}.parquet"
    pq.write_table(table, work / name, compression="zstd")
    (work / name).replace(home / name)
    return name


def _sign(links: Links, view: View) -> None:
    stamp = {
        "version": VERSION,
        "store": view.identity,
        "commit": links.commit,
        "serial": links.serial,
        "by": links.by,
        "parts": {month: list(told) for month, told in links.parts.items()},
        "copies": links.copies,
    }
    fresh = links.folder / f"{STAMP}.{os.getpid()}"
    fresh.write_text(json.dumps(stamp), "utf-8")
    fresh.replace(links.folder / STAMP)


def _tidy(home: Path, before: Links, after: Links) -> None:
    """Removes files that neither this state nor the last one needs: somebody may be reading by that one."""
    needed = {Path(file).name for one in (before, after) for file in (*one.files(), one.copies_file()) if file}
    for file in home.glob("*.parquet"):
        if file.name not in needed:
            with contextlib.suppress(OSError):
                file.unlink()


def plain(files: list[str]) -> str:
    """DuckDB's table function over files whose names tell nothing."""
    return f"read_parquet([{', '.join(query.quoted(file) for file in files)}])"
