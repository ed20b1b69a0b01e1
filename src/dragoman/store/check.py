"""What is wrong with a store: missing files, counts that disagree, spans outside the text, references to nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from dragoman.records import Reading, Span
from dragoman.store import columns, rows
from dragoman.store.base import Check, Finding
from dragoman.store.view import View

if TYPE_CHECKING:
    import duckdb

_SHOWN = 100
# rows of our own coding are compared with the Reading they came from, so many articles at a time
_ARTICLES_AT_ONCE = 500


def check(view: View, connection: duckdb.DuckDBPyConnection) -> Check:
    """Counts, and everything that is wrong."""
    counts: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    findings: list[Finding] = []
    for finding in _all(view, connection, counts):
        seen[finding.kind] += 1
        if seen[finding.kind] <= _SHOWN:
            findings.append(finding)
    return Check(
        commit=view.snapshot.commit,
        counts=dict(counts),
        findings=tuple(findings),
        more=sum(max(0, number - _SHOWN) for number in seen.values()),
    )


def _all(view: View, connection: duckdb.DuckDBPyConnection, counts: Counter[str]) -> Iterator[Finding]:
    broken = list(_files(view, connection, counts))
    yield from broken
    if broken:  # what follows reads every file
        return
    tables = {name: view.relation(connection, name) for name in columns.TABLES}
    yield from _doubles(connection, tables)
    yield from _strays(connection, tables)
    yield from _records(connection, tables, counts)


def _files(view: View, connection: duckdb.DuckDBPyConnection, counts: Counter[str]) -> Iterator[Finding]:
    import duckdb

    for name in columns.TABLES:
        for file in view.files(name):
            counts["files"] += 1
            counts[name] += file.rows
            if not view.local:
                continue
            try:
                counted = connection.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [file.uri])
                ((found,),) = counted.fetchall()
            except duckdb.Error as cause:
                yield Finding(kind="file", where=file.uri, found=str(cause).partition("\n")[0], wanted="a Parquet file")
                continue
            if found != file.rows:
                yield Finding(kind="file", where=file.uri, found=f"{found} rows", wanted=f"{file.rows} rows")


def _doubles(connection: duckdb.DuckDBPyConnection, tables: dict[str, str]) -> Iterator[Finding]:
    for name in columns.BY_ARTICLE:
        key = "article" if name == "articles" else "article, n"
        doubled = connection.execute(
            f"SELECT {key}, count(*) FROM {tables[name]} GROUP BY {key} HAVING count(*) > 1 ORDER BY ALL LIMIT {_SHOWN}"
        )
        for *where, number in doubled.fetchall():
            yield Finding(
                kind="double", where=f"{name} {' '.join(map(str, where))}", found=f"{number} rows", wanted="one row"
            )


def _strays(connection: duckdb.DuckDBPyConnection, tables: dict[str, str]) -> Iterator[Finding]:
    for name in columns.BY_ARTICLE[1:]:
        loaded = "WHERE load IS NULL" if name == "events" else ""
        counted = f"SELECT article, count(*) AS n FROM {tables[name]} {loaded} GROUP BY article"
        wrong = connection.execute(
            f"SELECT coalesce(a.article, r.article), coalesce(r.n, 0), a.{name} FROM"
            f" (SELECT article, {name} FROM {tables['articles']}) AS a FULL JOIN ({counted}) AS r USING (article)"
            f" WHERE a.article IS NULL OR coalesce(r.n, 0) <> a.{name} ORDER BY 1 LIMIT {_SHOWN}"
        )
        for article, found, wanted in wrong.fetchall():
            right = "no row, there is no such article" if wanted is None else f"{wanted} rows"
            yield Finding(kind="count", where=f"{name} of article {article}", found=f"{found} rows", wanted=right)


def _records(connection: duckdb.DuckDBPyConnection, tables: dict[str, str], counts: Counter[str]) -> Iterator[Finding]:
    cursor = connection.execute(
        f"SELECT article, digest, record, text, characters FROM {tables['articles']} ORDER BY month"
    )
    while batch := cursor.fetchmany(_ARTICLES_AT_ONCE):
        for article, mark, record, text, characters in batch:
            counts["readings"] += 1
            try:
                reading = rows.reading_of(record, text)
            except (msgspec.ValidationError, msgspec.DecodeError) as cause:
                yield Finding(kind="record", where=f"article {article}", found=str(cause), wanted="a Reading")
                continue
            if reading.article.id != article or rows.digest(reading) != mark or len(text) != characters:
                yield Finding(
                    kind="digest",
                    where=f"article {article}",
                    found=rows.digest(reading),
                    wanted=f"{mark}, as committed",
                )
            yield from _of_reading(reading, counts)


def _of_reading(reading: Reading, counts: Counter[str]) -> Iterator[Finding]:
    length = len(reading.article.text)
    for where, span in _spans(reading):
        counts["spans"] += 1
        if not 0 <= span[0] < span[1] <= length:
            yield Finding(
                kind="span",
                where=f"article {reading.article.id}, {where}",
                found=f"{span[0]} to {span[1]}",
                wanted=f"words within 0 to {length}",
            )
    known = {statement.id for statement in reading.statements}
    references = [(f"event {event.id}", event.statement) for event in reading.events]
    references += [(f"position {n}", position.statement) for n, position in enumerate(reading.positions)]
    references += [(f"statement {statement.id}", statement.within) for statement in reading.statements]
    for where, reference in references:
        if reference is None:
            continue
        counts["references"] += 1
        if reference not in known:
            yield Finding(
                kind="reference",
                where=f"article {reading.article.id}, {where}",
                found=f"statement {reference}",
                wanted="a statement of the article",
            )


def _spans(reading: Reading) -> Iterator[tuple[str, Span]]:
    for statement in reading.statements:
        where = f"statement {statement.id}"
        spans = [*statement.content, *statement.evidence, *([statement.cue] if statement.cue else [])]
        yield from ((where, span) for span in spans)
    for event in reading.events:
        spans = [event.trigger, *event.evidence, *(who.span for who in (*event.source, *event.target))]
        yield from ((f"event {event.id}", span) for span in spans)
    for n, position in enumerate(reading.positions):
        spans = [*position.evidence, *([position.condition] if position.condition else [])]
        yield from ((f"position {n}", span) for span in spans)
    for n, note in enumerate(reading.notes):
        yield (f"note {n}", note.span)
