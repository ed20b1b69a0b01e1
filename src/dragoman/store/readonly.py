"""The answer to a query somebody typed: one SELECT over the tables, which can neither write nor read anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dragoman.store import columns
from dragoman.store.base import StoreRefused
from dragoman.store.view import View

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_HINT = "write one SELECT over " + ", ".join(columns.TABLES)


def answer(connection: duckdb.DuckDBPyConnection, view: View, sql: str) -> pa.Table:
    """The rows. `connection` is used up: it can do nothing else afterwards. Raises StoreRefused."""
    import duckdb

    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as cause:
        raise StoreRefused(f"this is not SQL: {cause}", name="sql", value=sql, hint=_HINT) from cause
    # EXPLAIN is refused too: EXPLAIN ANALYZE runs what it explains
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(statement.type.name for statement in statements) or "nothing"
        raise StoreRefused(f"only one SELECT can be asked, not {kinds}", name="sql", value=sql, hint=_HINT)
    allowed = []
    for table in columns.TABLES:
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM {view.relation(connection, table)}")
        if view.local:
            allowed += [file.uri for file in view.files(table)]
    connection.execute("SET allowed_paths = ?", [allowed])
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    try:
        return connection.sql(sql).to_arrow_table()
    except duckdb.Error as cause:
        if isinstance(cause, duckdb.IOException) or any(file in str(cause) for file in allowed):
            raise  # a file of the store is broken
        raise StoreRefused(str(cause), name="sql", value=sql, hint=_HINT) from cause
