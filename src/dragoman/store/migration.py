"""Stores of older formats brought to the present one, a format at a time; the row of the commit is written last.

1 -> 2    positions get the columns reporter, person and published_end, from the Readings that the articles keep
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from dragoman.store import rows, snapshot, writer
from dragoman.store.base import StoreFormat
from dragoman.store.snapshot import FORMAT, Options, Snapshot

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable

_READINGS_AT_ONCE = 500
_ROWS_AT_ONCE = 50_000


def migrate(address: str, options: Options) -> int:
    """The format the store had; it has the present one then. Raises StoreMissing, StoreFormat, StoreUnwritable."""
    commits = snapshot.Commits(address, options, formats=(*_STEPS, FORMAT))
    try:
        now = commits.latest()
    except StoreFormat as cause:
        newer = cause.found > FORMAT
        raise StoreFormat(
            f"there is no way from format {cause.found} to {FORMAT}",
            found=cause.found,
            wanted=FORMAT,
            hint=cause.hint if newer else "read the articles again into a new store: dragoman ingest",
        ) from cause
    if now.format == FORMAT:
        return FORMAT
    with writer.told(address):
        versions = dict(now.versions)
        for found in range(now.format, FORMAT):
            versions |= _STEPS[found](address, options, versions)
        commits.write(Snapshot(now.commit + 1, versions, loads=now.loads))
    return now.format


def _reporters(address: str, options: Options, versions: dict[str, int]) -> dict[str, int]:
    """Writes all positions anew."""
    from deltalake import write_deltalake

    positions = _standing(address, options, "positions", versions)
    articles = _standing(address, options, "articles", versions)
    first = True
    for table in _positions(articles):
        write_deltalake(
            positions,
            table,
            mode="overwrite" if first else "append",
            schema_mode="overwrite" if first else None,
            writer_properties=writer.properties("positions"),
        )
        first = False
    return {"positions": int(positions.version()), "articles": int(articles.version())}


def _positions(articles: DeltaTable) -> Iterator[pa.Table]:
    """All positions of the Readings that the articles keep, some at a time; one table at least."""
    kept = articles.to_pyarrow_dataset()
    columns = ["record", "text", "digest", "commit", "origin"]
    found: list[dict[str, Any]] = []
    written = False
    for batch in kept.to_batches(
        columns=columns, batch_size=_READINGS_AT_ONCE, batch_readahead=1, fragment_readahead=1
    ):
        for row in batch.to_pylist():
            reading = rows.reading_of(row["record"], row["text"])
            found += rows.rows_of(reading, row["digest"], row["commit"], row["origin"])["positions"]
        if len(found) >= _ROWS_AT_ONCE:
            yield rows.table("positions", found)
            found, written = [], True
    if found or not written:
        yield rows.table("positions", found)


def _standing(address: str, options: Options, name: str, versions: dict[str, int]) -> DeltaTable:
    """The table as the commit sees it; what a writer or a migration that died left behind is put back."""
    from deltalake import DeltaTable

    table = DeltaTable(snapshot.place(address, name), storage_options=options or None)
    if table.version() != versions[name]:
        table.restore(versions[name])
    return table


_STEPS: dict[int, Callable[[str, Options, dict[str, int]], dict[str, int]]] = {1: _reporters}
