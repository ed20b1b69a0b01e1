"""What became of the articles of a run in this process, piece by piece, for the ledger."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dragoman.ingest.ledger import Aside, Counts, Done
from dragoman.ingest.segments import Span
from dragoman.ingest.stream import Fate, Ingested, Item
from dragoman.records import Article

if TYPE_CHECKING:
    from dragoman.ingest.coming import Part


class Account:
    """Told of every item as it is read and as it is settled, in the same order."""

    def __init__(self, watch: Callable[[str, Article, Fate], object] | None) -> None:
        self._watch = watch
        self._read: deque[tuple[Span | None, str]] = deque()
        self._counts: dict[int, Counts] = {}
        self._articles: dict[int, set[str]] = {}
        self._aside: list[Aside] = []

    def read(self, span: Span | None, where: str, item: Item) -> Item:
        """The item, which stands there."""
        self._read.append((span, where))
        return item

    def watch(self, source: str, article: Article, fate: Fate) -> None:
        """An article goes by."""
        span, where = self._read.popleft()
        if span is not None:
            counts = self._counts.setdefault(span.place, {})
            kept, not_kept = counts.get(article.outcome, (0, 0))
            counts[article.outcome] = (kept + (fate != "not_kept"), not_kept + (fate == "not_kept"))
            self._articles.setdefault(span.place, set()).add(article.id)
            if article.outcome != "read":
                self._aside.append(
                    Aside(
                        place=span.place,
                        where=where,
                        article=article.id,
                        outcome=article.outcome,
                        detail=article.detail,
                    )
                )
        if self._watch is not None:
            self._watch(source, article, fate)

    def settled(self, parts: Sequence[Part], done: Ingested) -> tuple[list[Done], list[Aside]]:
        """The pieces that are done with, and what was set aside of them."""
        refused = {article for article, _ in done.refused}
        # where a run was stopped, the piece it was at may hold more
        last = next((span.place for span, _ in self._read if span is not None), None)
        seen = [part for part in parts if not isinstance(part, tuple) and part.place in self._counts]
        if done.stopped:
            seen = [part for part in seen[:-1] if part.place != last]
        pieces = [
            Done(
                place=part.place,
                file=part.file,
                stamp=part.stamp,
                address=part.address,
                counts=self._counts[part.place],
                piece=part.piece
                if part.piece is not None and part.piece.held is None and set(self._counts[part.place]) != {"read"}
                else None,
            )
            for part in seen
            if not refused & self._articles[part.place]
        ]
        places = {piece.place for piece in pieces}
        return pieces, [one for one in self._aside if one.place in places]
