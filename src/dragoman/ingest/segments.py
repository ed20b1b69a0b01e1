"""Pieces of sources gathered into segments of work, each named by what is in it and by who is to code it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dragoman.read.piece import Piece
from dragoman.records import Article

ARTICLES = 200
BYTES = 600_000  # of text; coding it takes a core half a minute or less, which is what a kill costs
PIECE = 150_000  # of a large file: so that what there is can be shared out
_PIECES = 500  # of a packed file at most: each is reached by unpacking all before it
_LEAST = 20_000  # bytes a worker is asked to start for
_SHARES = 4  # segments a worker, where there is little to do
# how much of a file is text, by how it is packed or marked up; estimates, which only even out the segments
_OF_PAGE, _OF_PACKED = 8, 4
_UNKNOWN = 20_000
_PACKED = (".gz", ".bz2", ".xz", ".zst")


class Span(msgspec.Struct, frozen=True):
    """A part of a piece: its articles from `start` up to `stop`, or articles that were read already.

    `place` and `address` name where the piece and its file are, `file` what is in that, and `stamp` that and all else
    that the records depend on; 0 where nobody can tell.
    """

    place: int
    file: int
    stamp: int
    address: int
    piece: Piece | None = None
    start: int = 0
    stop: int | None = None
    articles: tuple[tuple[str, Article], ...] = ()
    label: str = ""

    @property
    def name(self) -> str:
        """What it is called where people read it."""
        return self.piece.name if self.piece is not None else self.label

    @property
    def source(self) -> str:
        """What the user named."""
        return self.piece.source if self.piece is not None else self.label


class Segment(msgspec.Struct, frozen=True):
    """Work for one worker. Where it was cut, `offset` counts the spans of the whole before its own.

    `careful`: article by article, because it was lost before; `fresh`: what the ledger knows does not count.
    """

    id: str
    number: int
    spans: tuple[Span, ...]
    size: int
    offset: int = 0
    careful: bool = False
    fresh: bool = False
    losses: int = 0


def spanned(piece: Piece, way: str) -> Span:
    """The piece as a span. `way` tells all else that an article's record depends on: settings, gate, what is given."""
    address = piece.address
    if piece.kind == "file" and "://" not in address[:12]:
        address = os.path.abspath(address)  # noqa: PTH100 (the name alone; nothing is looked up)
    inside = (piece.start, piece.stop, piece.within, piece.first)
    return Span(
        place=number_of("place", address, inside, piece.stamp if piece.kind == "held" else ""),
        file=number_of("file", piece.stamp) if piece.stamp else 0,
        stamp=number_of("stamp", piece.stamp, way) if piece.stamp else 0,
        address=number_of("address", address) if piece.kind != "held" else 0,
        piece=piece,
    )


def joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces, with those of a large packed file joined until there are not too many of them."""
    held: Piece | None = None
    most = 0
    for piece in pieces:
        if held is not None and _goes_on(held, piece) and held.size + piece.size <= most:
            held = msgspec.structs.replace(held, stop=piece.stop, size=held.size + piece.size)
            continue
        if held is not None:
            yield held
        if held is None or held.address != piece.address:
            most = _most(piece)
        held = piece
    if held is not None:
        yield held


def _goes_on(held: Piece, piece: Piece) -> bool:
    same = (held.address, held.within, held.kind, held.stamp) == (piece.address, piece.within, piece.kind, piece.stamp)
    return same and held.stop is not None and held.stop == piece.start and held.kind == "file"


def _most(piece: Piece) -> int:
    """Bytes that pieces of this file may have together when they are joined; 0 where there is no need."""
    name = piece.name.lower()
    if not name.endswith(_PACKED) or name.endswith((".warc.gz", ".wet.gz")) or piece.kind != "file":
        return 0
    try:
        return os.stat(piece.address).st_size * _OF_PACKED // _PIECES  # noqa: PTH116 (an address is no Path)
    except (OSError, ValueError):
        return 0


def of_articles(found: Iterable[Article], label: str, way: str) -> Iterator[Span]:
    """Articles that were read already, as spans of a segment each."""
    held: list[Article] = []
    size = 0
    for article in found:
        held.append(article)
        size += len(article.text)
        if len(held) >= ARTICLES or size >= BYTES:
            yield _of_these(held, label, way)
            held, size = [], 0
    if held:
        yield _of_these(held, label, way)


def _of_these(found: Sequence[Article], label: str, way: str) -> Span:
    inside = hashlib.sha256(msgspec.msgpack.encode(found)).hexdigest()
    return Span(
        place=number_of("articles", inside),
        file=0,
        stamp=number_of("stamp", inside, way),
        address=0,
        articles=tuple((article.id, article) for article in found),
        label=label,
    )


def gathered(
    spans: Iterable[Span], *, workers: int, articles: int = ARTICLES, size: int = BYTES
) -> Iterator[tuple[Span, ...]]:
    """The spans, in order, in lots of about so many articles or bytes; smaller where not all workers got one."""
    ahead: list[Span] = []
    weighed = 0
    flow = iter(spans)
    for span in flow:
        ahead.append(span)
        weighed += weight(span)
        if weighed >= size * workers * 2 or (span.piece is not None and span.piece.kind == "held"):
            break  # what is held may come slowly
    else:
        size = min(size, max(_LEAST, weighed // (workers * _SHARES)))
        articles = min(articles, max(1, -(-sum(map(_number, ahead)) // (workers * _SHARES))))
    lot: list[Span] = []
    held, number = 0, 0
    for some in (ahead, flow):
        for span in some:
            if lot and (held + weight(span) > size or number + _number(span) > articles):
                yield tuple(lot)
                lot, held, number = [], 0, 0
            lot.append(span)
            held, number = held + weight(span), number + _number(span)
    if lot:
        yield tuple(lot)


def weight(span: Span) -> int:
    """About how many bytes of text there are in a span."""
    if span.piece is None:
        return sum(len(article.text) for _, article in span.articles)
    name = span.piece.name.lower()
    if span.piece.kind in ("address", "page of a sitemap"):
        return span.piece.size // _OF_PAGE or _UNKNOWN
    if name.endswith((".html", ".htm", ".xhtml", ".warc", ".warc.gz")):
        return span.piece.size // _OF_PAGE
    return span.piece.size * (_OF_PACKED if name.endswith(_PACKED) else 1)


def _number(span: Span) -> int:
    return len(span.articles) or 1


def named(spans: Sequence[Span]) -> str:
    """A name that is the same for the same spans, for a staged file."""
    told = [(span.place, span.stamp, span.start, span.stop) for span in spans]
    return hashlib.sha256(msgspec.msgpack.encode(told)).hexdigest()[:32]


def number_of(*told: object) -> int:
    """63 bits that are others for others."""
    try:
        raw = msgspec.msgpack.encode(told)
    except UnicodeEncodeError:  # names of files may be no text
        raw = ascii(told).encode()
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little") >> 1
