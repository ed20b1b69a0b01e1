"""The readers by the kind of source they read, and the reading of whatever comes by the one that fits.

A package adds a kind with an entry point in the group `dragoman.readers`: an object with `cut` and `read` as
`dragoman.read.opened.Reader` has them, `knows(head, name)` that tells by the first bytes whether a source is of its
kind, and `suffixes`, the endings of such names.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from dragoman.read import address, feed, json_file, kinds, parquet, pdf, rows, single, sitemap, table, warc
from dragoman.read.archive import Archive, tar_members, zip_members
from dragoman.read.article import Given
from dragoman.read.limits import Limits
from dragoman.read.opened import WHOLE, Cut, Found, Opened, Reader, Way

READERS: dict[str, Reader] = {
    "page": single,
    "jsonl": rows,
    "json": json_file,
    "table": table,
    "parquet": parquet,
    "warc": warc,
    "feed": feed,
    "sitemap": sitemap,
    "pdf": pdf,
    "zip": Archive(zip_members),
    "tar": Archive(tar_members),
}
_ALONE = ("page", "pdf")  # what holds one article, whose address is the address of the source
_log = logging.getLogger("dragoman.read")


def way(given: Given, limits: Limits, tell: Callable[[str], object] | None = None) -> Way:
    """How readers reach what their source leads to. Without `tell`, lines go to the log "dragoman.read"."""
    return Way(given, limits, inside, cut_inside, fetched, tell or _log.info)


def sniffed(opened: Opened, way: Way) -> tuple[str, Opened]:
    """The kind of a source, and the source with its packing known; nothing of it is used up."""
    kind, packing = kinds.kind_of(opened.stream.peek(1 << 16), opened.name, as_is=way.given.as_is)
    return kind, opened.packed(packing)


def reader(kind: str) -> Reader:
    """The reader of this kind, ours or one that a package offers. Raises SettingsError."""
    found = READERS.get(kind)
    return found if found is not None else kinds.reader(kind)


def inside(opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    """The articles of a part of a source, whatever it is. May raise SourceError for what ends its reading."""
    kind, known = sniffed(opened, way)
    if known.direct is False and way.given.url and kind not in _ALONE:
        # the address of a whole is not the address of what is in it
        way = replace(way, given=msgspec.structs.replace(way.given, url=None))
    yield from reader(kind).read(known, cut, way)


def cut_inside(opened: Opened, size: int, way: Way) -> Iterator[Cut]:
    """The parts of a source of about so many bytes, whatever it is. Raises SourceError for one that cannot be cut."""
    kind, known = sniffed(opened, way)
    yield from reader(kind).cut(known, size, way)


def of_address(url: str, way: Way, *, direct: bool = True) -> Iterator[Found]:
    """The articles at an http or https address. Raises SourceError where it holds none."""
    opened = address.fetched(url, way.limits, direct=direct)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    kind, known = sniffed(opened, way)
    if kind in _ALONE and not way.given.url:
        way = replace(way, given=msgspec.structs.replace(way.given, url=known.name))
    for where, article in reader(kind).read(known, WHOLE, way):
        yield where, msgspec.structs.replace(article, retrieved=article.retrieved or now)


def fetched(url: str, way: Way) -> Iterator[Found]:
    """The articles at an address that a source leads to, failures included."""
    from dragoman.errors import SourceError
    from dragoman.read.article import failure

    given = msgspec.structs.replace(way.given, url=url, title=None, published=None)
    try:
        yield from of_address(url, replace(way, given=given), direct=False)
    except SourceError as error:
        yield url, failure(error, given)


def in_memory(raw: bytes) -> io.BufferedReader:
    """Bytes as a stream."""
    return io.BufferedReader(io.BytesIO(raw))
