"""Events drawn at random: by a digest of their keys and a seed, so that the same seed draws the same ones again."""

from __future__ import annotations

from dragoman.store import query
from dragoman.store.base import Question, Store


def drawn(store: Store, question: Question, number: int, *, seed: int = 1) -> list[tuple[str, str]]:
    """Article and id of so many events that the question means, each as likely as any other, in the order drawn.

    Only events that have an article: what was imported as rows has no sentence to judge by. Raises StoreError.
    """
    key = f"md5(concat_ws('/', article, id, {query.quoted(seed)}))"
    meant = query.where(_conditions(question))
    found = store.sql(f"SELECT article, id FROM events {meant} ORDER BY {key}, article, id LIMIT {number:d}")
    return [(row["article"], row["id"]) for row in found.to_pylist()]


def by_type(store: Store, question: Question) -> dict[str, int]:
    """How many events of each type the question means, of those that can be drawn. Raises StoreError."""
    found = store.sql(f"SELECT type, count(*) AS n FROM events {query.where(_conditions(question))} GROUP BY type")
    return {row["type"]: row["n"] for row in found.to_pylist()}


def _conditions(question: Question) -> list[str]:
    return [
        "article IS NOT NULL",
        "article <> ''",
        *query.event_conditions(question),
        *query.of_parties(question),
        *query.dated(question, query.when(question)),
    ]
