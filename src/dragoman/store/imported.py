"""Event rows of other origins, as Arrow -> whole rows of `events`: columns checked, the missing ones filled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dragoman.store import columns
from dragoman.store.base import StoreRefused

if TYPE_CHECKING:
    import pyarrow as pa

NEEDED = ("type", "quad", "score", "sources", "targets")
# fewer make more commits and files, whose log the writer holds; more are held themselves, and again while written
_ROWS_AT_ONCE = 250_000


def complete(
    batches: Iterable[Any], origin: str, name: str, commit: int, counted: list[int] | None = None
) -> Iterator[pa.Table]:
    """Tables of whole rows, in pieces that fit the memory; `counted[0]` grows by their rows. Raises StoreRefused.

    Needed are type, quad, score, sources and targets. Missing columns are null; `status` is actual, `granularity` of a
    row with a day is day, `article` is the name of the load, `id` and `n` number its rows, `confidence` is 1.
    """
    import pyarrow as pa

    counted = [0] if counted is None else counted
    waiting: list[pa.Table] = []
    for batch in batches:
        rest = pa.table(batch) if not isinstance(batch, pa.Table) else batch
        while True:
            table = rest.slice(0, _ROWS_AT_ONCE - sum(t.num_rows for t in waiting))
            rest = rest.slice(table.num_rows)
            waiting.append(_whole(table, origin, name, commit, counted[0]))
            counted[0] += table.num_rows
            if sum(t.num_rows for t in waiting) == _ROWS_AT_ONCE:
                yield pa.concat_tables(waiting)
                waiting = []
            if not rest.num_rows:
                break
    if waiting:
        yield pa.concat_tables(waiting)


def _whole(table: pa.Table, origin: str, name: str, commit: int, before: int) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    schema = columns.schema("events")
    _refuse(table, schema)
    rows = table.num_rows
    given = {column: table.column(column) for column in table.column_names}
    numbers = pa.array(range(before, before + rows), pa.int32())
    day = given.get("day", pa.nulls(rows, pa.date32())).cast(pa.date32())
    constant: dict[str, Any] = {
        "origin": pa.repeat(origin, rows),
        "load": pa.repeat(name, rows),
        "commit": pa.repeat(commit, rows),
        "month": _months(day),
        "n": numbers,
    }
    fallback: dict[str, Any] = {
        "article": pa.repeat(name, rows),
        "id": pc.cast(numbers, pa.string()),
        "status": pa.repeat("actual", rows),
        "confidence": pa.repeat(1.0, rows),
        "day_end": day,
        "published": day,
        "granularity": pc.if_else(pc.is_valid(day), "day", pa.scalar(None, pa.string())),
    }
    made = []
    for field in schema:
        column = constant.get(field.name)
        if column is None:
            column = given.get(field.name, fallback.get(field.name))
        if column is None:
            column = pa.nulls(rows, field.type)
        if pa.types.is_list(field.type) and column.null_count:
            column = pc.coalesce(column.cast(field.type), pa.scalar([], field.type))
        made.append(column.cast(field.type))
    return pa.Table.from_arrays(made, schema=schema)


def _months(day: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    year = pc.year(day)
    month = pc.strftime(pc.cast(day, pa.timestamp("s")), format="%Y-%m")
    month = pc.if_else(pc.less(year, columns.FIRST_YEAR), columns.EARLIER, month)
    month = pc.if_else(pc.greater(year, columns.LAST_YEAR), columns.LATER, month)
    return pc.fill_null(month, columns.UNDATED)


def _refuse(table: pa.Table, schema: pa.Schema) -> None:
    missing = [name for name in NEEDED if name not in table.column_names]
    strange = [name for name in table.column_names if name not in schema.names]
    if missing or strange:
        raise StoreRefused(
            f"these are not rows of events: {_words('missing', missing)}{_words('unknown', strange)}".rstrip("; "),
            name="columns",
            value=tuple(missing + strange),
            hint=f"needed: {', '.join(NEEDED)}; further columns as in the table events",
        )
    for name in NEEDED:
        if table.column(name).null_count:
            raise StoreRefused(f"the column {name} has empty values", name="columns", value=name)


def _words(what: str, names: list[str]) -> str:
    return f"{what} {', '.join(names)}; " if names else ""
