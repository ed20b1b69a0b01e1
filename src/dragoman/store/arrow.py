"""Answers that speak Arrow, and Arrow in files: the only place besides the tables where Arrow is made.

found = answer(hits)                      # Records or dictionaries of one shape -> Answer
polars.DataFrame(found), found.rows       # whoever speaks Arrow takes it as it is
write(found, "parquet", stream)           # parquet, or arrow (the stream format of Arrow IPC)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, get_args, get_type_hints

import msgspec

if TYPE_CHECKING:
    import pyarrow as pa

FORMS = ("parquet", "arrow")


@dataclass(frozen=True)
class Answer:
    """An Arrow table, the same as `rows`, and what has no place in it.

    `left_out` counts pairs of events without a date (`undated`) or with one that is wider than the period (`coarse`);
    `actors` are the codes asked for; `blocs` tells for each bloc among them what it stands for.
    """

    table: pa.Table
    actors: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    blocs: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        found: list[dict[str, Any]] = self.table.to_pylist()
        return found

    def without(self, column: str) -> Answer:
        """The same without a column."""
        return replace(self, table=self.table.drop_columns([column]))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return int(self.table.num_rows)


def answer(kind: type[msgspec.Struct], rows: Sequence[msgspec.Struct], **more: Any) -> Answer:
    """Records of one kind as an Answer; without any it still has their columns."""
    import pyarrow as pa

    hints = get_type_hints(kind)
    names = kind.__struct_fields__
    plain = [[getattr(row, name) for row in rows] for name in names]
    arrays = [pa.array(values, _type(hints[name])) for name, values in zip(names, plain, strict=True)]
    return Answer(pa.table(dict(zip(names, arrays, strict=True))), **more)


def write(found: Any, form: str, stream: IO[bytes]) -> None:
    """Writes what speaks Arrow to a stream of bytes, as `parquet` or `arrow`."""
    import pyarrow as pa

    table = found.table if isinstance(found, Answer) else pa.table(found)
    if form == "parquet":
        from pyarrow import parquet

        parquet.write_table(table, stream, compression="zstd")
    else:
        with pa.ipc.new_stream(stream, table.schema) as sink:
            sink.write_table(table)


def _type(hint: Any) -> Any:
    import datetime as dt

    import pyarrow as pa

    known = {str: pa.string(), int: pa.int64(), float: pa.float64(), dt.date: pa.date32()}
    known[tuple[str, str]] = pa.struct([("kind", pa.string()), ("id", pa.string())])  # a record that is pointed at
    if hint in known:
        return known[hint]
    parts = [part for part in get_args(hint) if part is not type(None)]
    return pa.list_(_type(parts[0])) if parts[1:] == [...] else _type(parts[0])  # several values, or one or none
