"""All rows that a question asks for, some days at a time, so that a long answer never stands in memory as a whole.

for table in tables(store, "events", question, limit=1_000_000):   # Arrow tables of one schema, the first maybe empty
    ...

Rows come by day; those without a date come last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    import pyarrow as pa

    from dragoman.store.base import Question
    from dragoman.store.delta import DeltaStore

_FEW, _MANY = 4_000, 20_000  # rows at once, about
_ARTICLES = 500  # named in one question
_WHOLE = dt.timedelta(days=31)


def tables(
    store: DeltaStore, what: Literal["events", "statements"], question: Question, *, limit: int
) -> Iterator[pa.Table]:
    """The rows, in tables of some thousand; the first comes even where there are none. Raises what the store raises."""
    ask = getattr(store, what)
    sent = 0
    schema = None
    for part in _parts(store, ask, what, question):
        if schema is None:
            schema = part.schema
        elif not part.num_rows:
            continue
        table = part.slice(0, limit - sent).cast(schema)
        sent += table.num_rows
        yield table
        if sent >= limit:
            return


def _parts(store: DeltaStore, ask: Any, what: str, question: Question) -> Iterator[pa.Table]:
    import pyarrow.compute as pc

    day = "coalesce(day, published)" if question.undated and what == "events" else "day"
    ends = store.sql(f"SELECT min({day}) AS first, max({day}) AS last FROM {what}").to_pylist()[0]
    since, until = question.days
    first, last = max(filter(None, (since, ends["first"])), default=None), ends["last"]
    if until is not None and last is not None:
        last = min(last, until)
    if first is None or last is None or first > last:
        # the answer is empty, or all that there is has no date
        yield ask(question, limit=0)
    else:
        yield from _by_days(ask, question, first, last)
    if since is not None or until is not None:
        return
    there = store.sql(f"SELECT DISTINCT article FROM {what} WHERE {day} IS NULL ORDER BY ALL")
    articles = there.column("article").to_pylist()
    for start in range(0, len(articles), _ARTICLES):
        among = question.articles or articles
        some = tuple(one for one in articles[start : start + _ARTICLES] if one in among)
        if some:
            found = ask(msgspec.structs.replace(question, articles=some))
            yield found.filter(pc.is_null(found.column("day")))


def _by_days(ask: Any, question: Question, first: dt.date, last: dt.date) -> Iterator[pa.Table]:
    step = dt.timedelta(days=1)
    window, empty = _WHOLE, True
    while first <= last:
        upto = min(last, first + window - step)
        found = ask(msgspec.structs.replace(question, since=first.isoformat(), until=upto.isoformat()))
        if found.num_rows or empty:
            for start in range(0, max(1, found.num_rows), _MANY):
                yield found.slice(start, _MANY)
            empty = False
        if found.num_rows > _MANY:
            window = max(step, dt.timedelta(days=window.days // 2))
        elif found.num_rows < _FEW:
            window = window * 2
        first = upto + step
