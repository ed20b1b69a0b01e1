"""Sources cut into pieces of bounded size, which can be sent elsewhere and read there.

    for piece in pieces(["news/", "archive.warc.gz"], size=8_000_000):
        for where, article in items(piece):      # where: "archive.warc.gz:1043"
            ...

A piece is a file, a stretch of lines, rows, records or members of one, or an address. The articles of all pieces, in
order, are the articles of the whole; reading the whole is reading one piece. Cutting looks only for the places where
one can cut. Pieces with one `id` hold the same articles, where they have a `stamp`; an empty stamp promises nothing.
"""

from __future__ import annotations

import atexit
import glob
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from dragoman.errors import SourceError
from dragoman.read import formats, kinds, remote, sitemap
from dragoman.read.article import Given
from dragoman.read.limits import Limits
from dragoman.read.lines import whole
from dragoman.read.opened import Opened, Way, opened
from dragoman.read.piece import NOTHING, USUAL, Piece, articles, closing_stream, items, local, opened_piece, stream_of

SIZE = 8_000_000  # bytes of a piece, about
_PACKED = 8  # how much larger what is packed is reckoned to be
_STDIN = "standard input"


def pieces(
    sources: Iterable[str | os.PathLike[str]],
    *,
    given: Given = NOTHING,
    limits: Limits = USUAL,
    size: int | None = SIZE,
    tell: Callable[[str], object] | None = None,
) -> Iterator[Piece]:
    """The pieces of these sources, in order; with `size` None each file whole. What cannot be read is a piece as well.

    Raises MissingExtra where an address needs a package that is not installed, and nothing else.
    """
    way = formats.way(given, limits, tell)
    for source in sources:
        name = os.fspath(source)
        if isinstance(source, str) and "://" in name[:12]:
            yield from _of_address(name, way, size)
        elif name == "-":
            yield from _of_stream(name, _STDIN, way, size)
        else:
            yield from map(_sayable, _of_path(name, way, size))


def _sayable(piece: Piece) -> Piece:
    """The piece under a name that can be written down; the name of a file may be no text."""
    name = whole(piece.name)
    return piece if name == piece.name else msgspec.structs.replace(piece, name=name, source=whole(piece.source))


def _of_path(name: str, way: Way, size: int | None) -> Iterator[Piece]:
    """The pieces of a file, a folder, or what a pattern means."""
    try:
        about = Path(name).stat()
    except (OSError, ValueError):
        about = None
    if about is None:
        matched = _matched(name)
        for path in matched:
            for piece in _of_path(path, way, size):
                yield msgspec.structs.replace(piece, source=name)
        if not matched:
            yield Piece(source=name, name=name, address=name)
    elif stat.S_ISDIR(about.st_mode):
        yield from _of_folder(name, way, size)
    elif not stat.S_ISREG(about.st_mode) and size is not None:
        yield from _of_stream(name, name, way, size)
    else:
        yield from _of_file(
            Piece(source=name, name=name, address=name, size=about.st_size, stamp=_stamp(about)), way, size
        )


def _matched(pattern: str) -> list[str]:
    """The files and folders that a pattern (`*`, `?`, `[...]`, `**`) means."""
    if not glob.has_magic(pattern) or "\x00" in pattern:
        return []
    found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 (names go on as they were written)
    if "**" in pattern:  # a folder it means and the files in it would be read twice
        return [path for path in found if Path(path).is_file()]
    return found


def _of_folder(folder: str, way: Way, size: int | None) -> Iterator[Piece]:
    found = False
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_looked_into(Path(place) / name))
        for name in sorted(files):
            if name.startswith(".") or not kinds.readable(name):
                continue
            found = True
            path = Path(place) / name
            piece = Piece(source=folder, name=str(path), address=str(path), direct=False)
            with suppress(OSError):
                about = path.stat()
                piece = msgspec.structs.replace(piece, size=about.st_size, stamp=_stamp(about))
            yield from _of_file(piece, way, size)
    if not found:
        yield _nothing_in(folder)


def _of_file(piece: Piece, way: Way, size: int | None) -> Iterator[Piece]:
    """The pieces of one file, which is looked into only where it may be large or lead elsewhere."""
    leads = piece.direct and kinds.bare_name(piece.name).endswith(".xml")
    large = size is not None and piece.size * (_PACKED if _is_packed(piece.name) else 1) > size
    if size is None or not (large or leads):
        yield piece
        return
    done = False
    try:
        with closing_stream(stream_of(piece)) as stream:
            source = opened_piece(piece, stream, way.limits)
            kind, known = formats.sniffed(source, way)
            if kind == "sitemap" and piece.direct:
                yield from _of_sitemap(piece, known, way)
                return
            for cut in formats.reader(kind).cut(known, size, way):
                done = True
                yield msgspec.structs.replace(
                    piece,
                    start=cut.start,
                    stop=cut.stop,
                    first=cut.first,
                    within=cut.within,
                    size=cut.size or piece.size,
                )
    except (SourceError, OSError, EOFError, ValueError, LookupError, RuntimeError):
        if done:
            raise
        yield piece  # reading it tells what is wrong


def _of_sitemap(piece: Piece, known: Opened, way: Way) -> Iterator[Piece]:
    for item in sitemap.pages(sitemap.own(known, way), known.name, way):
        if isinstance(item, SourceError):
            told = (item.message, item.source, item.outcome, item.hint)
            yield Piece(source=piece.source, name=item.source, address=item.source, kind="fault", fault=told)
        else:
            yield Piece(
                source=piece.source,
                name=item.url,
                address=item.url,
                kind="page of a sitemap",
                stamp=item.modified or "",
                link=item,
            )


def _of_address(address: str, way: Way, size: int | None) -> Iterator[Piece]:
    """The pieces of an address; one that is called a sitemap is asked for its pages."""
    if remote.is_ours(address):
        yield from _of_remote(address, way, size)
        return
    piece = Piece(source=address, name=address, address=address, kind="address")
    called = kinds.bare_name(address)
    if size is None or not (called.endswith(".xml") and "sitemap" in called):
        yield piece
        return
    from dragoman.read import address as web

    try:
        source = web.fetched(address, way.limits, direct=True)
        kind, known = formats.sniffed(source, way)
        if kind == "sitemap":
            yield from _of_sitemap(piece, known, way)
        else:
            yield piece
    except SourceError as error:
        told = (error.message, error.source, error.outcome, error.hint)
        yield msgspec.structs.replace(piece, kind="fault", fault=told)


def _of_remote(address: str, way: Way, size: int | None) -> Iterator[Piece]:
    try:
        there, many = remote.found(address)
    except SourceError as error:
        told = (error.message, error.source, error.outcome, error.hint)
        yield Piece(source=address, name=address, address=address, kind="fault", fault=told)
        return
    listed = 0
    for file in there:
        parts = file.address.removeprefix(address).split("/") if many else []
        if many and (
            any(part.startswith(".") or part == "__MACOSX" for part in parts) or not kinds.readable(parts[-1])
        ):
            continue
        listed += 1
        name = file.address if many else address
        piece = Piece(source=address, name=name, address=name, size=file.size, stamp=file.stamp, direct=not many)
        yield from _of_file(piece, way, size)
    if not listed:
        yield _nothing_in(address)


def _of_stream(address: str, name: str, way: Way, size: int | None) -> Iterator[Piece]:
    """The pieces of what can be read but once. With `size`, its bytes travel with them or are kept in a file."""
    if size is None:
        yield Piece(source=address, name=name, address=address)
        return
    try:
        with closing_stream(sys.stdin.buffer if address == "-" else local(address)) as stream:
            source = opened(name, stream, way.limits)
            kind, known = formats.sniffed(source, way)
            if kind == "jsonl":
                yield from _of_lines(address, known, size)
                return
            raw = known.stream.read(size + 1)
            if len(raw) > size:
                yield from _of_file(_kept(address, name, raw, known.stream), way, size)
                return
    except SourceError as error:
        told = (error.message, name, error.outcome, error.hint)
        yield Piece(source=address, name=name, address=address, kind="fault", fault=told)
        return
    yield Piece(source=address, name=name, address=address, kind="held", held=raw, size=len(raw), stamp=_hash(raw))


def _of_lines(address: str, known: Opened, size: int) -> Iterator[Piece]:
    stream = known.content()
    number, any_piece, fault = 1, False, None
    while fault is None:
        lines: list[bytes] = []
        held = 0
        first, filled = number, False
        while held < size or not (filled and lines[-1].endswith(b"\n")):
            try:
                line = stream.readline(1 << 20)
            except SourceError as error:
                fault = error
                break
            if not line:
                break
            lines.append(line)
            held += len(line)
            number += line.endswith(b"\n")
            filled = filled or bool(line.strip())
        raw = b"".join(lines)
        if filled or not (any_piece or fault):
            any_piece = True
            yield Piece(
                source=address,
                name=known.name,
                address=address,
                kind="held",
                first=first,
                held=raw,
                size=held,
                stamp=_hash(raw),
            )
        if not raw or (held < size and fault is None):
            break
    if fault is not None:
        told = (fault.message, known.name, fault.outcome, fault.hint)
        yield Piece(source=address, name=known.name, address=address, kind="fault", fault=told)


def _kept(address: str, name: str, raw: bytes, rest: BinaryIO) -> Piece:
    """What came in a stream as a file that is there until the program ends."""
    digest = hashlib.sha256(raw)
    descriptor, path = tempfile.mkstemp(prefix="dragoman-")
    atexit.register(lambda: Path(path).unlink(missing_ok=True))
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        while chunk := rest.read(1 << 20):
            digest.update(chunk)
            file.write(chunk)
        size = file.tell()
    return Piece(source=address, name=name, address=path, size=size, stamp=digest.hexdigest()[:32])


def _nothing_in(folder: str) -> Piece:
    told = (
        "the folder holds no page, text, table, feed or archive",
        folder,
        "empty",
        "files that end in .html, .txt, .jsonl, .csv, .parquet, .warc, .xml, .pdf, .zip, or .gz of these are read",
    )
    return Piece(source=folder, name=folder, address=folder, kind="fault", fault=told)


def _is_packed(name: str) -> bool:
    return name.lower().endswith((".gz", ".bz2", ".xz", ".zst", ".zip", ".tgz", ".tbz2", ".txz", ".parquet"))


def _is_looked_into(folder: Path) -> bool:
    # a store often lies beside the pages that went into it, and its log is written in JSON
    is_store = (folder / "commits" / "_delta_log").is_dir()
    return not is_store and not folder.name.startswith(".") and folder.name != "__MACOSX"


def _stamp(about: os.stat_result) -> str:
    return f"{about.st_size}-{about.st_mtime_ns}"


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]


__all__ = ["NOTHING", "SIZE", "USUAL", "Piece", "articles", "items", "pieces"]
