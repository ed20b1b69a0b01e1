"""What the user names to Articles: files, folders, JSON lines, addresses, standard input.

A bad source is a named outcome on an Article with a line that says what happened and what would help, never an
exception: one bad page does not end a run.
"""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from dragoman.errors import SourceError
from dragoman.read import charset, rows
from dragoman.read.article import OUTCOMES, Given, content_id, failure, from_page, from_text
from dragoman.read.limits import Limits, too_large
from dragoman.records import Article

NOTHING = Given()
USUAL = Limits()
_HTML = (".html", ".htm", ".xhtml")
_TEXT = (".txt", ".text", ".md")
_LINES = (".jsonl", ".ndjson")


def articles(source: str | Path, *, given: Given = NOTHING, limits: Limits = USUAL) -> Iterator[Article]:
    """The articles a source holds, in order, failures included. Never raises for what the source holds."""
    name = str(source)
    if isinstance(source, str) and "://" in source[:12]:
        yield _from_url(source, given, limits)
    elif name == "-":
        yield from _from_stream(sys.stdin.buffer, "standard input", given, limits)
    else:
        path = Path(source)
        try:
            folder = path.is_dir()
        except (OSError, ValueError):
            folder = False
        if folder:
            yield from _from_folder(path, given, limits)
        else:
            yield from _from_file(path, given, limits)


def article_from_text(text: str, given: Given = NOTHING, *, limits: Limits = USUAL) -> Article:
    """The article in a plain text, furniture removed; read in this process."""
    return _guarded(given, lambda: from_text(text, given, limits, source="text", isolated=False))


def article_from_html(html: bytes | str, given: Given = NOTHING, *, limits: Limits = USUAL) -> Article:
    """The article on an HTML page; read in this process."""
    markup = charset.decode(html) if isinstance(html, bytes) else html
    return _guarded(given, lambda: from_page(markup, given, limits, source="page", isolated=False))


def _from_folder(folder: Path, given: Given, limits: Limits) -> Iterator[Article]:
    found = False
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not _is_store(Path(place) / name))
        for name in sorted(files):
            if name.startswith(".") or not _readable_name(name):
                continue
            found = True
            yield from _from_file(Path(place) / name, given, limits)
    if not found:
        yield failure(
            SourceError(
                "the folder holds no page, text or JSONL file",
                source=str(folder),
                outcome="empty",
                hint="files that end in .html, .txt, .jsonl or .gz of these are read",
            ),
            given,
        )


def _is_store(folder: Path) -> bool:
    # a store often lies beside the pages that went into it, and its log is written in JSON
    return (folder / "commits" / "_delta_log").is_dir()


def _readable_name(name: str) -> bool:
    bare = name.lower().removesuffix(".gz")
    return bare.endswith((*_HTML, *_TEXT, *_LINES, ".json")) or "." not in bare


def _from_file(path: Path, given: Given, limits: Limits) -> Iterator[Article]:
    name = str(path)
    try:
        stream = path.open("rb", buffering=65536)
    except (OSError, ValueError) as fault:
        yield failure(_unopened(name, fault), given)
        return
    with stream:
        yield from _from_stream(stream, name, given, limits)


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


def _from_stream(stream: BinaryIO, name: str, given: Given, limits: Limits) -> Iterator[Article]:
    """Articles out of bytes: JSON lines are read line by line, anything else at once and bounded."""
    bare = name.lower().removesuffix(".gz")
    plain: Any = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)
    try:
        if plain.peek(2)[:2] == b"\x1f\x8b":
            plain = io.BufferedReader(gzip.GzipFile(fileobj=plain), 65536)
        sniffed = not given.as_is and not bare.endswith(".json") and rows.look_like_lines(plain.peek(65536))
        if bare.endswith(_LINES) or sniffed:
            yield from rows.lines(plain, name, given, limits)
            return
        raw = plain.read(limits.max_bytes + 1)
    except (OSError, EOFError, zlib.error) as fault:
        yield failure(
            SourceError(
                f"the file could not be read: {fault}",
                source=name,
                outcome="unreadable",
                hint="the file may be damaged or cut off",
            ),
            given,
        )
        return
    if len(raw) > limits.max_bytes:
        yield failure(too_large("the source", None, limits.max_bytes, source=name), given)
    elif bare.endswith(".json"):
        yield from rows.file(raw, name, given, limits)
    else:
        yield _guarded(given, lambda: _from_bytes(raw, name, given, limits))


def _from_url(url: str, given: Given, limits: Limits) -> Article:
    from dragoman.read import fetch

    web = url[:8].lower().startswith(("http://", "https://"))
    asked = msgspec.structs.replace(given, url=given.url or (url if web else None))

    def read() -> Article:
        got = fetch.get(url, limits)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        known = given if given.url else msgspec.structs.replace(given, url=got.url)
        try:
            article = _from_bytes(got.raw, got.url, known, limits, header=got.content_type)
        except SourceError as error:
            article = failure(error, known)
        return msgspec.structs.replace(article, retrieved=now)

    return _guarded(asked, read)


def _from_bytes(raw: bytes, name: str, given: Given, limits: Limits, *, header: str | None = None) -> Article:
    """The article in the bytes of one file or page."""
    if not raw.strip(b"\x00 \t\r\n"):
        raise SourceError(
            "there is nothing in it", source=name, outcome="empty", hint="check that the file was saved whole"
        )
    what = charset.binary(raw)
    if what is not None:
        raise SourceError(f"this is {what}", source=name, outcome="binary", hint="save its text and read that")
    text = charset.decode(raw, header=header)
    if _is_feed(text):
        raise SourceError(
            "this is a feed, not an article",
            source=name,
            outcome="not_news",
            hint="give the address of one of its articles",
        )
    if not given.as_is and _is_html(text, name, header):
        return from_page(text, given, limits, source=name, isolated=True)
    return from_text(text, given, limits, source=name, isolated=True)


def _is_html(text: str, name: str, header: str | None) -> bool:
    if header and ("html" in header.lower()):
        return True
    bare = name.lower().removesuffix(".gz")
    if bare.endswith(_HTML):
        return True
    if bare.endswith(_TEXT) and not header:
        return False
    head = text[:4000].lower()
    return (
        any(mark in head for mark in ("<!doctype html", "<html", "<head", "<body"))
        or head.count("</") + head.count("<p>") > 5
    )


def _is_feed(text: str) -> bool:
    head = text[:1000].lstrip().lower()
    return head.startswith(("<?xml", "<rss", "<feed")) and any(mark in head for mark in ("<rss", "<feed", "<rdf:rdf"))


def _guarded(given: Given, read: Callable[[], Article]) -> Article:
    """The article, or one that says why there is none."""
    try:
        return read()
    except SourceError as error:
        return failure(error, given)


__all__ = ["OUTCOMES", "Given", "Limits", "article_from_html", "article_from_text", "articles", "content_id"]
