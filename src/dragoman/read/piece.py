"""A piece of a source: where it is, and the articles in it."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from dragoman.errors import DragomanError, SourceError
from dragoman.read import formats, remote, sitemap
from dragoman.read.article import Given, failure
from dragoman.read.limits import Limits
from dragoman.read.opened import Cut, Found, Opened, Way, opened
from dragoman.read.sitemap import Link
from dragoman.records import Article

NOTHING = Given()
USUAL = Limits()


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a source: `source` as the user named it, `name` as it is told of, `address` where its bytes are.

    `kind`: "file", "address", "page of a sitemap", "held" (its bytes come with it) or "fault" (nothing is there, and
    why). `start`, `stop`, `first`, `within` as in `Cut`. `size`: bytes, an estimate. `stamp`: another where the bytes
    may be others; empty where nobody can tell.
    """

    source: str
    name: str
    address: str
    kind: str = "file"
    start: int = 0
    stop: int | None = None
    first: int = 1
    within: tuple[int, ...] = ()
    size: int = 0
    stamp: str = ""
    direct: bool = True
    held: bytes | None = None
    link: Link | None = None
    fault: tuple[str, str, str, str | None] | None = None  # message, source, outcome, hint

    @property
    def id(self) -> str:
        """A name for what is in the piece; another where anything of it is another."""
        told = (self.source, self.address, self.start, self.stop, self.within, self.stamp, self.first)
        try:
            raw = msgspec.msgpack.encode(told)
        except UnicodeEncodeError:  # the name of a file may be no text
            raw = ascii(told).encode()
        return hashlib.sha256(raw).hexdigest()[:32]


def items(
    piece: Piece,
    *,
    given: Given = NOTHING,
    limits: Limits = USUAL,
    tell: Callable[[str], object] | None = None,
) -> Iterator[Found]:
    """The articles of a piece, failures included, each with the place where it stands, as in news.jsonl:12."""
    try:
        yield from _read(piece, formats.way(given, limits, tell))
    except SourceError as error:
        yield error.source or piece.name, failure(error, given)
    except DragomanError:
        raise
    except Exception as fault:  # whatever a library makes of what nobody thought of: the run goes on
        told = SourceError(
            f"it could not be read on: {type(fault).__name__}: {str(fault)[:200]}",
            source=piece.name,
            outcome="unreadable",
            hint="the file may be damaged or cut off",
        )
        yield piece.name, failure(told, given)


def articles(piece: Piece, *, given: Given = NOTHING, limits: Limits = USUAL) -> Iterator[Article]:
    """The articles of a piece, failures included."""
    for _, article in items(piece, given=given, limits=limits):
        yield article


def _read(piece: Piece, way: Way) -> Iterator[Found]:
    if piece.fault is not None:
        message, source, outcome, hint = piece.fault
        raise SourceError(message, source=source, outcome=outcome, hint=hint)
    if piece.link is not None:
        yield from sitemap.of_link(piece.link, way)
    elif piece.kind == "address":
        yield from formats.of_address(piece.address, way)
    else:
        cut = Cut(start=piece.start, stop=piece.stop, first=piece.first, within=piece.within)
        with closing_stream(stream_of(piece)) as stream:
            yield from formats.inside(opened_piece(piece, stream, way.limits), cut, way)


def stream_of(piece: Piece) -> BinaryIO:
    """The bytes in which a piece lies. Raises SourceError."""
    if piece.held is not None:
        return io.BytesIO(piece.held)
    if piece.address == "-":
        return sys.stdin.buffer
    if remote.is_ours(piece.address):
        return remote.stream(piece.address)
    return local(piece.address)


def local(name: str) -> BinaryIO:
    try:
        return Path(name).open("rb", buffering=1 << 19)
    except (OSError, ValueError) as fault:
        raise _unopened(name, fault) from fault


def opened_piece(piece: Piece, stream: BinaryIO, limits: Limits) -> Opened:
    """The source in which a piece lies."""
    # how much may come out is reckoned from the whole, which is read up to the piece
    size = stream.seek(0, 2) if stream.seekable() and piece.address != "-" else 0
    if size:
        stream.seek(0)
    return opened(piece.name, stream, limits, size=size, direct=piece.direct)


def closing_stream(stream: BinaryIO) -> Any:
    # standard input is not ours to close
    return nullcontext(stream) if stream is getattr(sys.stdin, "buffer", None) else closing(stream)


def _unopened(name: str, fault: Exception) -> SourceError:
    """Why a file could not be opened."""
    if isinstance(fault, (FileNotFoundError, NotADirectoryError)):
        return SourceError("there is no such file", source=name, outcome="not_found", hint="check the name")
    if isinstance(fault, PermissionError):
        return SourceError(
            "the file may not be opened", source=name, outcome="unreadable", hint="check its permissions"
        )
    if len(name) > 200 or "\x00" in name or "\n" in name:
        return SourceError(
            "this is no file name",
            source=name[:80],
            outcome="not_found",
            hint="to read a text itself, send it to standard input and give - as the source",
        )
    return SourceError(
        f"the file could not be opened: {fault}", source=name, outcome="unreadable", hint="check the disk"
    )
