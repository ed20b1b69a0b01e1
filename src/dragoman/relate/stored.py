"""Rows of a store's tables as rows that can be counted: the same as `relate.rows` makes of Readings.

row_said(store.positions(question).to_pylist())     # Said
row_did(store.events(question).to_pylist())         # Did, with the name of the happening
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from dragoman.records import Span
from dragoman.relate.rows import Did, Said

Row = Mapping[str, Any]


def row_said(rows: Iterable[Row]) -> Iterator[Said]:
    """A row for every position."""
    for row in rows:
        yield Said(
            article=row["article"],
            actor=row["actor"],
            issue=row["issue"],
            stance=row["stance"],
            regarding=row["regarding"],
            toward=row["toward"],
            shared_with=tuple(row["shared_with"] or ()),
            reporter=row["reporter"],
            person=row["person"],
            outlet=row["site"],
            date=row["day"],
            until=row["published_end"] or row["day"],
            text=" ".join((row["words"] or "").split()),
            spans=_spans(row),
            confidence=row["confidence"],
        )


def row_did(rows: Iterable[Row]) -> Iterator[Did]:
    """A row for every ordered pair of every event; those who met stand in one list, and each met each.

    An event that takes the day of its article takes the first one on which that may have appeared.
    """
    for row in rows:
        first, last = row["day"], row["day_end"] or row["day"]
        dated_by: Literal["event", "article"] | None = "event" if first else None
        # words for a date that nobody could reckon are no reason to put the act on the day of the article
        if first is None and not row["date_words"] and row["published"]:
            first = last = row["published"]
            dated_by = "article"
        sources, targets = row["sources"] or [], row["targets"] or []
        for source in sources:
            for target in targets or sources:
                if source == target and not targets:
                    continue
                yield Did(
                    article=row["article"],
                    event=row["id"],
                    source=source,
                    target=target,
                    type=row["type"],
                    quad=row["quad"],
                    score=row["score"],
                    status=row["status"],
                    mode=row["mode"],
                    outlet=row["site"],
                    date=first,
                    until=last,
                    dated_by=dated_by,
                    text=" ".join((row["words"] or row["trigger"] or "").split()),
                    spans=_spans(row),
                    confidence=row["confidence"],
                    happening=row.get("happening"),
                )


def _spans(row: Row) -> tuple[Span, ...]:
    return tuple((span["start"], span["end"]) for span in row["evidence"] or ())
