"""A source as readers get it: its bytes, how they are packed, what is known of it, and the way to what it leads to.

A reader is anything with the two functions of `Reader`; modules beside this one are readers, and packages offer more
under the entry points `dragoman.readers`.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Protocol

import msgspec

from dragoman.errors import SourceError
from dragoman.read import unpack
from dragoman.read.article import Given
from dragoman.read.limits import Limits
from dragoman.records import Article

Found = tuple[str, Article]  # where it stands, as in news.jsonl:12, and the article


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a source: from `start` up to `stop` in the reader's own units, whose first is number `first`.

    `size` is an estimate in bytes. `within`: members of archives, one in the other, in which the part lies.
    """

    start: int = 0
    stop: int | None = None
    first: int = 1
    size: int = 0
    within: tuple[int, ...] = ()


WHOLE = Cut()
_IN_MEMORY = 32_000_000  # bytes; more goes to a temporary file
_BUFFER = 1 << 19  # bytes, enough to see what is in a file packed with bz2


@dataclass(frozen=True, slots=True)
class Opened:
    """A source with its bytes at hand, to be read once.

    `direct`: the user named it; it does not merely lie in a folder or an archive. `header`: what a server called it.
    """

    name: str
    stream: io.BufferedReader
    budget: unpack.Budget
    packing: tuple[str, ...] = ()
    size: int = 0
    direct: bool = True
    depth: int = 0
    header: str | None = None

    def packed(self, packing: tuple[str, ...]) -> Opened:
        """The same source, known to be packed so."""
        return replace(self, packing=packing)

    def content(self) -> io.BufferedReader:
        """The bytes behind all packing."""
        stream = self.stream
        for how in self.packing:
            stream = unpack.unpacked(stream, how, self.budget, source=self.name)
        return stream

    @contextmanager
    def seekable(self) -> Iterator[Any]:
        """The bytes behind all packing, where one can go back and forth."""
        stream = self.content()
        if stream.seekable():
            yield stream
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
            while chunk := stream.read(1 << 20):
                kept.write(chunk)
            kept.seek(0)
            yield kept

    def whole(self, limits: Limits, what: str = "the source") -> bytes:
        """All bytes at once. Raises SourceError where they are more than allowed."""
        from dragoman.read.limits import too_large

        raw = self.content().read(limits.max_bytes + 1)
        if len(raw) > limits.max_bytes:
            raise too_large(what, None, limits.max_bytes, source=self.name)
        return raw


@dataclass(frozen=True, slots=True)
class Way:
    """What a reader is told, and how it reaches what its source leads to.

    `inside` reads a part of a member of an archive, `cut_inside` names its parts, `fetched` reads an address that a
    feed or sitemap names; `tell` is handed a line that somebody who watches should see.
    """

    given: Given
    limits: Limits
    inside: Callable[[Opened, Cut, Way], Iterator[Found]]
    cut_inside: Callable[[Opened, int, Way], Iterator[Cut]]
    fetched: Callable[[str, Way], Iterator[Found]]
    tell: Callable[[str], object]


class Reader(Protocol):
    """How a source of one kind becomes articles."""

    def cut(self, opened: Opened, size: int, way: Way) -> Iterator[Cut]:
        """The parts of a source, each of about so many bytes, in order; reading them all is reading the whole."""

    def read(self, opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
        """The articles of a part, failures included. May raise SourceError for what ends the reading of the source."""


def opened(
    name: str,
    stream: BinaryIO,
    limits: Limits,
    *,
    size: int = 0,
    direct: bool = True,
    header: str | None = None,
) -> Opened:
    """A source out of a stream, its packing not looked at yet."""
    raw: Any = stream
    plain = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw, _BUFFER)
    return Opened(name, plain, unpack.Budget(size or None, limits.max_ratio), size=size, direct=direct, header=header)


def empty(name: str, what: str, hint: str) -> SourceError:
    return SourceError(what, source=name, outcome="empty", hint=hint)
