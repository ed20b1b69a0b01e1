"""Which version of every table is the store now: one row, written last.

A commit touches several Delta tables, each with versions of its own. It counts from the moment the row in the table
`commits` is replaced by one that names the new version of every table: that is one Delta commit, whole or not at all.
Readers open the versions the row names and see nothing later. Whatever a writer that died left behind lies after those
versions; the next writer puts each table back (`Delta restore`) before it adds anything.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dragoman.store import columns
from dragoman.store.base import StoreDamaged, StoreFormat, StoreMissing
from dragoman.version import VERSION

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable

FORMAT = 2
TABLE = "commits"
# a table is opened by its last checkpoint and the entries after it
_LOG_ENTRIES = "20"
Options = dict[str, str]


@dataclass(frozen=True)
class Snapshot:
    """A commit: its number, when, and the version of every table."""

    commit: int
    versions: dict[str, int]
    at: str = ""
    format: int = FORMAT
    made_by: str = VERSION
    loads: tuple[str, ...] = field(default=())


def place(address: str, table: str) -> str:
    """Where a table of the store lies."""
    return f"{address.rstrip('/')}/{table}"


def exists(address: str, options: Options) -> bool:
    """Whether there is a store, whole or damaged."""
    from deltalake import DeltaTable

    return bool(DeltaTable.is_deltatable(place(address, TABLE), storage_options=options or None))


class Commits:
    """The list of commits, opened once and looked at again and again."""

    def __init__(self, address: str, options: Options, *, formats: Sequence[int] = (FORMAT,)) -> None:
        self.address, self.options, self.formats = address, options, formats
        self._table: DeltaTable | None = None
        self._last: tuple[int, Snapshot] | None = None
        self._guard = threading.Lock()

    def latest(self) -> Snapshot:
        """The last commit. Raises StoreMissing, StoreFormat, StoreDamaged."""
        with self._guard:
            return self._latest()

    def write(self, snapshot: Snapshot) -> Snapshot:
        """Makes this the last commit: the moment it counts. Fails if anybody else committed since the last look."""
        import pyarrow as pa
        from deltalake import CommitProperties, write_deltalake

        at = datetime.now(UTC).isoformat("T", "milliseconds")
        row = {
            "commit": snapshot.commit,
            "at": at,
            "format": FORMAT,
            "made_by": VERSION,
            "versions": json.dumps(snapshot.versions),
            "loads": json.dumps(snapshot.loads),
        }
        rows = pa.Table.from_pylist([row], schema=_schema())
        with self._guard:
            table, self._table, self._last = self._table, None, None
            assert table is not None, "look before you write"
            write_deltalake(table, rows, mode="overwrite", commit_properties=CommitProperties(max_commit_retries=0))
            done = Snapshot(snapshot.commit, snapshot.versions, at, FORMAT, VERSION, snapshot.loads)
            self._table, self._last = table, (table.version(), done)
            return done

    def vacuum(self, keep_hours: float) -> int:
        """Removes the rows of older commits; how many."""
        assert self._table is not None, "look before you clean"
        return len(
            self._table.vacuum(
                retention_hours=int(keep_hours), dry_run=False, enforce_retention_duration=False, full=True
            )
        )

    def _latest(self) -> Snapshot:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError, TableNotFoundError

        address, options, table = self.address, self.options, self._table
        for attempt in (1, 2, 3):
            try:
                if table is None:
                    table = DeltaTable(place(address, TABLE), storage_options=options or None)
                else:
                    table.update_incremental()
                if self._last and self._last[0] == table.version():
                    return self._last[1]
                found = table.to_pyarrow_table().to_pylist()
                break
            except (DeltaError, OSError, ValueError) as cause:
                # a vacuum may take the row's file between the two steps; the next look finds the new one
                table = self._table = self._last = None
                if not exists(address, options):
                    raise StoreMissing(
                        f"there is no store at {address}",
                        address=address,
                        hint="dragoman ingest makes one, or name another with --store",
                    ) from cause
                if attempt == 3 or not isinstance(cause, TableNotFoundError | OSError):
                    raise StoreDamaged(
                        f"the list of commits of {address} cannot be read: {cause}",
                        files=[place(address, TABLE)],
                        hint="put the folder back from a copy",
                    ) from cause
        if not found:
            raise StoreMissing(
                f"the store at {address} was never finished", address=address, hint="dragoman ingest finishes making it"
            )
        (row,) = found
        last = Snapshot(
            commit=row["commit"],
            versions=json.loads(row["versions"]),
            at=row["at"],
            format=row["format"],
            made_by=row["made_by"],
            loads=tuple(json.loads(row["loads"])),
        )
        if last.format not in self.formats:
            newer = last.format > FORMAT
            raise StoreFormat(
                f"{address} is a store of format {last.format}, made by Dragoman {last.made_by};"
                f" this is Dragoman {VERSION}, format {FORMAT}",
                found=last.format,
                wanted=FORMAT,
                hint="pip install --upgrade dragoman" if newer else f"dragoman store migrate --store {address}",
            )
        assert table is not None
        self._table, self._last = table, (int(table.version()), last)
        return last


def create(address: str, options: Options) -> None:
    """Makes the empty tables, the row last. What a creation that died left behind is used as it is."""
    from deltalake import DeltaTable

    versions = {}
    for name in columns.TABLES:
        schema = columns.schema(name)
        table = DeltaTable.create(
            place(address, name),
            schema,
            mode="ignore",
            partition_by=["month"] if "month" in schema.names else None,
            # only what queries prune by; statistics of the text columns would fill the log
            configuration={
                "delta.dataSkippingStatsColumns": "article,day" if "day" in schema.names else "article",
                "delta.checkpointInterval": _LOG_ENTRIES,
            },
            storage_options=options or None,
        )
        versions[name] = table.version()
    table = DeltaTable.create(
        place(address, TABLE),
        _schema(),
        mode="ignore",
        configuration={"delta.checkpointInterval": _LOG_ENTRIES},
        storage_options=options or None,
    )
    if not table.file_uris():
        commits = Commits(address, options)
        commits._table = table
        commits.write(Snapshot(0, versions))


def _schema() -> pa.Schema:
    import pyarrow as pa

    fields = [("commit", pa.int64()), ("format", pa.int32())]
    return pa.schema(fields + [(name, pa.string()) for name in ("at", "made_by", "versions", "loads")])
