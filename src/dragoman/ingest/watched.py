"""What became of articles that came of watching, for the ledger: as pieces of one article each."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dragoman import records
from dragoman.ingest import segments
from dragoman.ingest.ledger import Aside, Done, Ledger
from dragoman.ingest.stream import Fate
from dragoman.read.piece import Piece
from dragoman.records import Article


def note(
    ledger: Ledger,
    found: Iterable[tuple[str, Article, Fate]],
    coder: records.Coder,
    passing: Collection[str],
) -> None:
    """Writes down what became of articles, each with where it stands. Raises StoreError.

    `passing`: outcomes of pages that may be fetched another time, so that `--retry` knows them.
    """
    done: list[Done] = []
    aside: list[Aside] = []
    for where, article, fate in found:
        # an address that is ingested by itself is the same piece
        piece = Piece(source=where, name=where, address=where, kind="address")
        span = segments.spanned(piece, "")
        lost = fate == "not_kept"
        done.append(
            Done(
                place=span.place,
                file=0,
                stamp=0,
                address=span.address,
                counts={article.outcome: (not lost, lost)},
                piece=piece if article.outcome in passing and where.startswith(("http://", "https://")) else None,
            )
        )
        if article.outcome != "read":
            aside.append(
                Aside(
                    place=span.place,
                    where=where,
                    article=article.id,
                    outcome=article.outcome,
                    detail=article.detail,
                )
            )
    ledger.commit(done, aside, (), coder, {})
