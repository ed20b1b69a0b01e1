"""Answers that speak Arrow, and Arrow in files: the only place besides the tables where Arrow is made.

found = answer(hits)                      # Records of one kind -> Answer
of_columns(Cell, columns)                 # the same, of columns
polars.DataFrame(found), found.rows       # whoever speaks Arrow takes it as it is
write(found, "parquet", stream)           # parquet, or arrow (the stream format of Arrow IPC)
write_parquet(batches, stream)            # batches of Arrow, however many
write_parquet(batches, stream, {"id": "text", "source": "texts"})      # batches of dictionaries
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from dragoman.errors import SettingsError

if TYPE_CHECKING:
    import pyarrow as pa

FORMS = ("parquet", "arrow")
_ROW_GROUP = 20_000


@dataclass(frozen=True)
class Answer:
    """An Arrow table, the same as `rows`, what it is an answer to, and what has no place in it.

    `kind` is what was asked for (matrix, dyad, events ...). `about` tells how the answer was made: the measure and its
    unit, the period, the minimum, the actors, what was reckoned and what not. `left_out` counts pairs of events without
    a date (`undated`) or with one that is wider than the period (`coarse`); `actors` are the codes asked for; `blocs`
    tells for each bloc among them what it stands for.
    """

    table: pa.Table
    actors: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    blocs: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    # whoever makes answers knows how to draw them; the store does not
    draw: Callable[..., Any] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        found: list[dict[str, Any]] = self.table.to_pylist()
        return found

    def without(self, column: str) -> Answer:
        """The same without a column."""
        return replace(self, table=self.table.drop_columns([column]))

    def plot(self, **given: Any) -> Any:
        """A chart of the answer, which notebooks show; `given` is passed on. Raises SettingsError without one."""
        if self.draw is None:
            raise SettingsError(f"there is no chart of {self.kind or 'this answer'}", name="plot")
        return self.draw(self, **given)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return int(self.table.num_rows)


def answer(kind: type[msgspec.Struct], rows: Sequence[msgspec.Struct], **more: Any) -> Answer:
    """Records of one kind as an Answer; without any it still has their columns."""
    return of_columns(kind, {name: [getattr(row, name) for row in rows] for name in kind.__struct_fields__}, **more)


def of_columns(kind: type[msgspec.Struct], columns: Mapping[str, Any], **more: Any) -> Answer:
    """Columns, named and typed as the fields of this kind of Record, as an Answer.

    A column is a list or an array; None stands for one without a value, NaN for no value.
    """
    import pyarrow as pa

    hints = get_type_hints(kind)
    rows = max((len(values) for values in columns.values() if values is not None), default=0)
    arrays = {}
    for name in kind.__struct_fields__:
        values = columns.get(name)
        arrays[name] = pa.array([None] * rows if values is None else values, _type(hints[name]), from_pandas=True)
    return Answer(pa.table(arrays), **more)


def columns(table: pa.Table) -> dict[str, Any]:
    """The columns of a table of counts by name: numbers as arrays, everything else as lists."""
    import pyarrow as pa

    found = {}
    for field_, column in zip(table.schema, table.columns, strict=True):
        number = pa.types.is_integer(field_.type) or pa.types.is_floating(field_.type)
        found[field_.name] = column.to_numpy() if number and not column.null_count else _listed(column)
    return found


def _listed(column: Any) -> list[Any]:
    # the same few actors and months again and again: each is made a value of Python once
    coded = column.combine_chunks().dictionary_encode()
    values = [*coded.dictionary.to_pylist(), None]
    return [values[n] for n in coded.indices.fill_null(len(values) - 1).to_pylist()]


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


def write_parquet(batches: Iterable[Any], stream: IO[bytes], columns: Mapping[str, str] | None = None) -> int:
    """How many rows were written to the stream as Parquet, while they come: no more are held than a row group has.

    A batch is one of Arrow; with `columns` (name -> text, texts, lists of texts, day, whole or real) it is a list of
    dictionaries. Without columns there is at least one batch. Raises OSError.
    """
    import pyarrow as pa
    from pyarrow import parquet

    schema = None if columns is None else pa.schema([(name, _kind(kind)) for name, kind in columns.items()])
    sink: Any = None
    written = 0
    try:
        for group in _groups(batches, schema):
            sink = sink or parquet.ParquetWriter(stream, group.schema, compression="zstd")
            sink.write_table(group, row_group_size=group.num_rows or None)
            written += group.num_rows
    finally:
        if sink is not None:
            sink.close()
    return written


def _groups(batches: Iterable[Any], schema: Any) -> Iterator[Any]:
    import pyarrow as pa

    held: list[Any] = [] if schema is None else [pa.RecordBatch.from_pylist([], schema=schema)]
    done = False
    for batch in batches:
        held.append(batch if schema is None else pa.RecordBatch.from_pylist(batch, schema=schema))
        if sum(one.num_rows for one in held) >= _ROW_GROUP:
            yield pa.Table.from_batches(held)
            held, done = [], True
    if held and not (done and not any(one.num_rows for one in held)):
        yield pa.Table.from_batches(held)


def _kind(kind: str) -> Any:
    import pyarrow as pa

    text = pa.string()
    known = {"text": text, "texts": pa.list_(text), "lists": pa.list_(pa.list_(text)), "day": pa.date32()}
    return (known | {"whole": pa.int64(), "real": pa.float64()})[kind]


def _type(hint: Any) -> Any:
    import datetime as dt

    import pyarrow as pa

    known = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), dt.date: pa.date32()}
    known[tuple[str, str]] = pa.struct([("kind", pa.string()), ("id", pa.string())])  # a record that is pointed at
    if hint in known:
        return known[hint]
    if get_origin(hint) is Literal:
        return pa.string()
    parts = [part for part in get_args(hint) if part is not type(None)]
    return pa.list_(_type(parts[0])) if parts[1:] == [...] else _type(parts[0])  # several values, or one or none
