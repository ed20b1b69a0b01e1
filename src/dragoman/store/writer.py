"""How a batch becomes a commit: the tables are put right, rows are deleted and added, the snapshot is written last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dragoman.errors import StoreError
from dragoman.store import query, snapshot
from dragoman.store.base import StoreHeld, StoreUnwritable
from dragoman.store.snapshot import Options, Snapshot
from dragoman.store.view import View

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from deltalake import DeltaTable, WriterProperties
    from numpy.typing import NDArray

# new articles are kept in a dictionary until there are so many, then merged into the sorted arrays
_RECENT = 100_000
_FILE_BYTES = 256 * 2**20
_FAILURES = ("No space left", "Read-only file system", "Permission denied", "Disk quota", "File too large")


class Writer:
    """The tables opened for writing, kept from one commit to the next. Whoever uses it holds the store's lock."""

    def __init__(self, address: str, options: Options) -> None:
        self.address, self.options = address, options
        self._tables: dict[str, DeltaTable] = {}
        self._commits = snapshot.Commits(address, options)
        self._put_back: dict[tuple[str, int], int] = {}
        self.known = Known()

    def start(self) -> Snapshot:
        """The last commit, every table standing exactly there. Puts back what a writer that died left behind."""
        from deltalake import DeltaTable

        def one(name: str) -> DeltaTable:
            table = self._tables.get(name)
            if table is None:
                table = DeltaTable(snapshot.place(self.address, name), storage_options=self.options or None)
            else:
                table.update_incremental()
            # where nothing was committed since, a table put back once is right as it is
            right = {now.versions[name], self._put_back.get((name, now.commit), now.versions[name])}
            if table.version() not in right:
                table.restore(now.versions[name])
                self._put_back = {**self._put_back, (name, now.commit): int(table.version())}
            return table

        now = self._commits.latest()
        with told(self.address), ThreadPoolExecutor(len(now.versions)) as threads:
            self._tables = dict(zip(now.versions, threads.map(one, now.versions), strict=True))
        # a table that was put back has a new version with the old rows
        return replace(now, versions={name: int(table.version()) for name, table in self._tables.items()})

    def view(self, now: Snapshot) -> View:
        """What the writer stands on."""
        return View(self.address, self.options, now, tables=self._tables)

    def write(
        self,
        now: Snapshot,
        added: Mapping[str, Iterable[pa.Table]],
        deleted: Mapping[str, Sequence[str]] | None = None,
        loads: Iterable[str] | None = None,
    ) -> Snapshot:
        """Commits: for each table rows that meet any of the conditions go, then these tables are added."""
        from deltalake import write_deltalake

        names = sorted({*added, *(deleted or {})})

        def one(name: str) -> int:
            table = self._tables[name]
            before, steps = table.version(), 0
            for condition in (deleted or {}).get(name, ()):
                table.delete(condition, writer_properties=properties(name))
                steps += table.version() != before + steps
            for rows in added.get(name, ()):
                write_deltalake(table, rows, mode="append", writer_properties=properties(name))
                steps += 1
            if table.version() != before + steps:
                raise StoreHeld(
                    f"another writer wrote to {name} of {self.address} at the same time",
                    owner="another machine",
                    hint="let one writer at a time write to a store; nothing of this batch was kept",
                )
            return int(table.version())

        with told(self.address):
            try:
                with ThreadPoolExecutor(max(1, len(names))) as threads:
                    versions = dict(zip(names, threads.map(one, names), strict=True))
                return self._acknowledge(now, versions, loads)
            except BaseException:
                self._tables.clear()  # they may stand anywhere; the next start opens them and puts them back
                raise

    def compact(self, now: Snapshot) -> Snapshot:
        """Commits the same rows in few files."""

        def one(name: str) -> int:
            table = self._tables[name]
            table.optimize.compact(
                target_size=_FILE_BYTES, max_concurrent_tasks=1, writer_properties=properties(name, settled=True)
            )
            return int(table.version())

        with told(self.address):
            try:
                versions = {name: one(name) for name in now.versions}
                if versions == now.versions:
                    return now
                return self._acknowledge(now, versions, None)
            except BaseException:
                self._tables.clear()
                raise

    def vacuum(self, now: Snapshot, keep_hours: float) -> int:
        """Removes files that neither the commit nor, within those hours, an older one needs; how many."""
        gone = 0
        with told(self.address):
            for table in self._tables.values():
                gone += len(
                    table.vacuum(
                        retention_hours=int(keep_hours), dry_run=False, enforce_retention_duration=False, full=True
                    )
                )
            gone += self._commits.vacuum(keep_hours)
            # looking moved nothing, but a vacuum writes to the log; the commit names the versions it left
            versions = {name: int(self._tables[name].version()) for name in now.versions}
            if versions != now.versions:
                self._acknowledge(now, versions, None)
        return gone

    def _acknowledge(self, now: Snapshot, versions: dict[str, int], loads: Iterable[str] | None) -> Snapshot:
        after = Snapshot(
            now.commit + 1, now.versions | versions, loads=tuple(loads) if loads is not None else now.loads
        )
        return self._commits.write(after)


class Known:
    """Which articles the store has, and the digest of each, in 16 bytes an article."""

    def __init__(self) -> None:
        import numpy as np

        self.commit = -1
        self._keys: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._marks: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._recent: dict[int, int] = {}

    def read(self, view: View, connection: Any) -> None:
        """Learns what the view holds, unless it is what was learnt last."""
        if self.commit == view.snapshot.commit:
            return
        rows = connection.execute(
            f"SELECT md5_number_lower(article) AS key, CAST('0x' || digest[1:16] AS UBIGINT) AS mark"
            f" FROM {view.relation(connection, 'articles')} ORDER BY key"
        ).fetchnumpy()
        self._keys, self._marks, self._recent = rows["key"], rows["mark"], {}
        self.commit = view.snapshot.commit

    def digest(self, article: str) -> int | None:
        """The start of the digest of an article's Reading, None where it is new."""
        key = _key(article)
        if key in self._recent:
            return self._recent[key]
        at = int(self._keys.searchsorted(_unsigned(key)))
        return int(self._marks[at]) if at < len(self._keys) and int(self._keys[at]) == key else None

    def learn(self, commit: int, marks: Mapping[str, str]) -> None:
        """Takes in what a commit changed."""
        self.commit = commit
        self._recent.update((_key(article), start(mark)) for article, mark in marks.items())
        if len(self._recent) > _RECENT:
            self._merge()

    def _merge(self) -> None:
        import numpy as np

        keys = np.fromiter(self._recent.keys(), np.uint64, len(self._recent))
        marks = np.fromiter(self._recent.values(), np.uint64, len(self._recent))
        # the later of two equal keys wins: unique keeps the first, so the new ones stand in front
        together, first = np.unique(np.concatenate([keys, self._keys]), return_index=True)
        self._keys, self._marks = together, np.concatenate([marks, self._marks])[first]
        self._recent = {}


def start(mark: str) -> int:
    """The number a digest starts with."""
    return int(mark[:16], 16)


def those(column: str, values: Iterable[str]) -> str:
    """A condition, as Delta takes it, that the column is one of these."""
    return f"{column} IN ({', '.join(query.quoted(value) for value in values)})"


def properties(table: str, *, settled: bool = False) -> WriterProperties:
    """How Parquet files of a table are written; `settled` ones have dictionaries, and a filter for an article's id."""
    from deltalake import BloomFilterProperties, ColumnProperties, WriterProperties

    # articles carry their text; a small group is passed over where no row of it is asked for
    group = 4096 if table == "articles" else 16 * 1024
    sought = ColumnProperties(dictionary_enabled=True, bloom_filter_properties=BloomFilterProperties(True, 0.01, group))
    return WriterProperties(
        compression="ZSTD",
        compression_level=3,
        max_row_group_size=group,
        # a batch goes to the files of a hundred months at once, and dictionaries of each column of each file are held;
        # small files are no larger without them
        default_column_properties=ColumnProperties(dictionary_enabled=settled),
        column_properties={"article": sought} if settled and table == "articles" else None,
    )


def _key(article: str) -> int:
    # the same number DuckDB's md5_number_lower gives; nothing secret hangs on it
    return int.from_bytes(hashlib.md5(article.encode(), usedforsecurity=False).digest()[8:], "little")


def _unsigned(key: int) -> np.uint64:
    import numpy as np

    return np.uint64(key)


class told:  # noqa: N801 - reads as a word where it is used
    """Turns what a full disk or a read-only folder raises into StoreUnwritable."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, cause: BaseException | None, trace: object) -> None:
        if cause is None or isinstance(cause, StoreError) or not isinstance(cause, Exception):
            return
        text = str(cause)
        if isinstance(cause, OSError) or any(failure in text for failure in _FAILURES):
            raise StoreUnwritable(
                f"{self.address} cannot be written to: {text.partition(chr(10))[0]}",
                address=self.address,
                hint="make room or make it writable, and run again; the store is as it was before this batch",
            ) from cause
        raise StoreError(
            f"{self.address} could not be written to: {text.partition(chr(10))[0]}",
            hint="run it again; the store is as it was before this batch",
        ) from cause
