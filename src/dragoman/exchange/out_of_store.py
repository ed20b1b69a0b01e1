"""Events, articles and Readings of a store for writers of formats.

for row in rows(store, question): ...          # EventRow; our own with everything their Readings know
for article in articles(store, question): ...  # Article
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from dragoman.exchange import citation
from dragoman.exchange.event_rows import OWN, EventRow, of_reading, of_stored
from dragoman.records import Article, Reading

if TYPE_CHECKING:
    from dragoman.store.base import Question, Store

_AT_ONCE = 2000


def rows(
    store: Store, question: Question, *, whole: bool = True, texts: dict[str, str] | None = None
) -> Iterator[EventRow]:
    """The events asked for, by day, those without a date of their own last. With `whole` our own come from their
    Readings, which know what belongs to which of several actors, offices and addresses; else from the table, which is
    faster.

    `texts` holds the text of the article of the row at hand, and of those around it, by the id of the article.
    """
    for batch in store.batches("events", question):
        found = batch.to_pylist()
        own = sorted({row["article"] for row in found if not row["load"]}) if whole else []
        coded: dict[tuple[str, str], EventRow] = {}
        if texts is not None:
            texts.clear()
        for reading in store.readings(own) if own else ():
            coded |= {(reading.article.id, row.id): row for row in of_reading(reading)}
            if texts is not None:
                texts[reading.article.id] = reading.article.text
        for row in found:
            yield coded.get((row["article"], row["id"])) or of_stored(row)


def readings(store: Store, question: Question) -> Iterator[Reading]:
    """The Readings of the articles asked for, which is by day of publication, site and origin."""
    table = store.articles(question)
    for batch in table.select(["article"]).to_batches(max_chunksize=_AT_ONCE):
        names = batch.column(0).to_pylist()
        found = {reading.article.id: reading for reading in store.readings(names)}
        yield from (found[name] for name in names if name in found)


def articles(store: Store, question: Question) -> Iterator[Article]:
    """The articles asked for, and those that imported events name."""
    for reading in readings(store, question):
        if reading.article.outcome == "read":
            yield reading.article
    elsewhere = tuple(name for name in question.origins or store.info().origins if name != OWN)
    if elsewhere:
        yield from citation.articles_of(rows(store, msgspec.structs.replace(question, origins=elsewhere), whole=False))
