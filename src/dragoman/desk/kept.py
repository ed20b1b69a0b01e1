"""What a store keeps of our own coding, for the verbs that take Readings: Readings, or the rows they would become.

Of an article and its copies only the original is taken.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dragoman.desk import happened, stores
from dragoman.desk.stores import STORE, Kept
from dragoman.records import Reading
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.relate.rows import Did, Said
    from dragoman.store.base import Store


def kept_readings(
    actors: Sequence[str] = (), *, store: Kept = STORE, settings: Settings | None = None
) -> Iterator[Reading]:
    """Readings that hold a position of one of these actors; of all without actors. Raises StoreError."""
    with stores.opened(store) as kept:
        happened.ready(kept, settings=settings)
        copies = kept.copies()
        articles = [one for one in _articles(kept, actors) if one not in copies] if actors else []
        for reading in kept.readings(articles) if articles or not actors else ():
            if reading.article.id not in copies:
                yield reading


def kept_said(actors: Sequence[str] = (), *, store: Kept = STORE, settings: Settings | None = None) -> Iterator[Said]:
    """A row for every position of these actors; of all without actors. Raises StoreError."""
    from dragoman.relate.stored import row_said
    from dragoman.store.base import Question

    with stores.opened(store) as kept:
        happened.ready(kept, settings=settings)
        copies = kept.copies()
        rows = _rows(kept.positions(Question(unit="all", acting=tuple(actors))), _SAID)
        yield from row_said(row for row in rows if row["article"] not in copies)


def kept_told(
    actors: Sequence[str],
    *,
    store: Kept = STORE,
    since: dt.date | None = None,
    until: dt.date | None = None,
    settings: Settings | None = None,
) -> Iterator[tuple[list[Did], list[Said]]]:
    """For each article what these actors did to each other in the period and what they said; an act is told once."""
    from dragoman.relate.stored import row_did, row_said
    from dragoman.store.base import Question

    first, last = (day.isoformat() if day else None for day in (since, until))
    with stores.opened(store) as kept:
        happened.ready(kept, settings=settings)
        copies = kept.copies()
        told: dict[str, tuple[list[Did], list[Said]]] = defaultdict(lambda: ([], []))
        among = Question(
            unit="all", actors=tuple(actors), status=(), since=first, until=last, undated=bool(first or last)
        )
        for act in row_did(_rows(kept.events(among), _DID)):
            told[act.article][0].append(act)
        between = Question(unit="all", acting=tuple(actors), upon=tuple(actors))
        for word in row_said(row for row in _rows(kept.positions(between), _SAID) if row["article"] not in copies):
            told[word.article][1].append(word)
    yield from (told[article] for article in sorted(told))


def articles_between(
    kept: Store, actors: Sequence[str], since: dt.date | None, until: dt.date | None, *, acts: bool
) -> int:
    """How many articles tell of positions of these actors, and with `acts` of events among them, in the period."""
    return len(_articles(kept, actors, since, until, acts=acts))


_ROW: tuple[str, ...] = ("article", "day", "site", "evidence", "words", "confidence")
_SAID = (*_ROW, "published_end", "actor", "issue", "regarding", "stance", "toward", "shared_with", "reporter", "person")
_DID = (*_ROW, "id", "day_end", "date_words", "published", "type", "mode", "quad", "score", "status", "sources")
_DID += ("targets", "trigger", "happening")


def _rows(table: Any, names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Rows of a table with these columns, some at a time."""
    for batch in table.select(list(names)).to_batches(10_000):
        yield from batch.to_pylist()


def _articles(
    kept: Store,
    actors: Sequence[str],
    since: dt.date | None = None,
    until: dt.date | None = None,
    *,
    acts: bool = False,
) -> list[str]:
    codes = ", ".join("'" + one.replace("'", "''") + "'" for one in actors)
    asked = {"positions": (f"actor IN ({codes})", "day")}
    if acts:
        among = f"list_has_any(sources, [{codes}]) AND (len(targets) = 0 OR list_has_any(targets, [{codes}]))"
        asked["events"] = (among, "coalesce(day, published)")
    found: set[str] = set()
    for table, (condition, day) in asked.items():
        more = [f"{day} >= DATE '{since}'"] * bool(since) + [f"{day} <= DATE '{until}'"] * bool(until)
        where = " AND ".join([condition, "origin = 'dragoman'", *more])
        found.update(kept.sql(f"SELECT DISTINCT article FROM {table} WHERE {where}").column("article").to_pylist())
    return sorted(found)
