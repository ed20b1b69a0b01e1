"""Parquet files to articles, a row each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from dragoman.errors import SourceError
from dragoman.read import columns, rows
from dragoman.read.article import failure
from dragoman.read.columns import Columns
from dragoman.read.limits import too_large
from dragoman.read.opened import Cut, Found, Opened, Way, empty

_ROWS = 64  # read at once
_GROUP = 8_000_000_000  # bytes of a row group; what claims more is not opened


def cut(opened: Opened, size: int, way: Way) -> Iterator[Cut]:
    """Ranges of row groups; `first` is the number of the first row."""
    start, row, held, number = 0, 1, 0, 1
    with opened.seekable() as stream:
        about = _file(stream, opened.name).metadata
    for group in range(about.num_row_groups):
        held += about.row_group(group).total_byte_size
        number += about.row_group(group).num_rows
        if held >= size or group + 1 == about.num_row_groups:
            yield Cut(start=start, stop=group + 1, first=row, size=held)
            start, row, held = group + 1, number, 0
    if not about.num_row_groups:
        yield Cut(size=opened.size)


def read(opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    """The articles of a range of row groups."""
    with opened.seekable() as stream:
        yield from _rows(_file(stream, opened.name), opened, cut, way)


def _rows(file: Any, opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    names: list[str] = file.schema_arrow.names
    found = columns.find(names, way.given.columns, source=opened.name)
    if cut.start == 0 and found.guessed:
        way.tell(f"{opened.name}: {found.guessed}")
    if not file.metadata.num_rows:
        raise empty(opened.name, "there is no row in it", "write an article a row")
    number = cut.first
    for group in range(cut.start, cut.stop if cut.stop is not None else file.num_row_groups):
        about = file.metadata.row_group(group)
        if about.total_byte_size > _GROUP:
            raise too_large("a row group", about.total_byte_size, _GROUP, source=opened.name)
        yield from _group(file, group, number, names, found, opened, way)
        number += about.num_rows


def _group(
    file: Any, group: int, number: int, names: list[str], found: Columns, opened: Opened, way: Way
) -> Iterator[Found]:
    wanted = {field: names[at] for field, at in found.places.items()}
    try:
        for batch in file.iter_batches(_ROWS, row_groups=[group], columns=sorted(set(wanted.values()))):
            taken = {field: batch.column(name) for field, name in wanted.items()}
            for at in range(batch.num_rows):
                where = f"{opened.name}:{number}"
                number += 1
                row = {field: _plain(values[at]) for field, values in taken.items()}
                yield where, rows.article(row, where, way.given, way.limits)
    except (OSError, ValueError, TypeError, NotImplementedError) as fault:  # Arrow's own errors are of these
        if isinstance(fault, SourceError):
            raise
        where = f"{opened.name}:{number}"
        error = SourceError(
            f"this row and those that are stored with it cannot be read: {fault}",
            source=where,
            outcome="unreadable",
            hint="the file may be damaged; write it anew",
        )
        yield where, failure(error, way.given)


def _plain(cell: Any) -> Any:
    """A cell as text: bytes decoded, moments as ISO 8601, several authors in one line; None for no moment at all."""
    try:
        value = cell.as_py()
    except OverflowError:  # a date before the first year or after the last
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return ", ".join(str(item) for item in value if item is not None)
    return value if value is None or isinstance(value, str) else str(value)


def _file(stream: Any, name: str) -> Any:
    import pyarrow.parquet as pq

    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(max(0, size - 4))
    tail = stream.read(4)
    if size < 12 or tail != b"PAR1":
        raise SourceError(
            "the file ends before its table of contents, without which none of it can be read",
            source=name,
            outcome="truncated" if size else "empty",
            hint="fetch or copy it anew",
        )
    stream.seek(0)
    try:
        return pq.ParquetFile(stream)
    except (OSError, ValueError, TypeError, NotImplementedError) as fault:
        raise SourceError(
            f"it is no Parquet file: {fault}", source=name, outcome="unreadable", hint="write it anew"
        ) from fault
