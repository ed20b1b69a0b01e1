"""What the user names to Articles: files, folders, JSON lines, addresses, standard input.

A bad source is a named outcome on an Article with a line that says what happened and what would help, never an
exception: one bad page does not end a run.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from dragoman.errors import SourceError
from dragoman.read import charset, language, packed, published, scrape
from dragoman.read.limits import Limits, in_worker, suspicious, too_large
from dragoman.read.lines import plain, tidy
from dragoman.read.scrape import Cleaned
from dragoman.records import Article, Dropped

OUTCOMES: dict[str, str] = {
    "read": "The article was read.",
    "not_found": "There is no such file or folder.",
    "unreadable": "The file is there but cannot be opened or parsed.",
    "empty": "There is no text in the source.",
    "too_large": "The source, or its text, is over the size limit.",
    "timed_out": "Reading took longer than the time limit, and was stopped.",
    "binary": "The source is a picture, an archive, a PDF or other data, not text.",
    "bad_json": "A line that should be a JSON object with an article in it is not.",
    "not_news": "Nothing in the source reads like the text of an article.",
    "paywall": "Only the beginning of the article is there; the rest is for subscribers.",
    "unsupported_language": "The text is in a language Dragoman has no tables for; it was cleaned all the same.",
    "unsupported_address": "The address is not an http or https address.",
    "forbidden_address": "The address belongs to a private network or to this machine.",
    "robots_disallowed": "The site's robots.txt asks programs not to read the page.",
    "http_error": "The site answered with an error.",
    "fetch_failed": "The page could not be fetched.",
}

_HTML = (".html", ".htm", ".xhtml")
_TEXT = (".txt", ".text", ".md")
_LINES = (".jsonl", ".ndjson")
_KEYS = frozenset(("id", "url", "title", "text", "html", "published", "language", "author", "site"))
_STUB_WORDS = 150  # an article behind a wall shows a paragraph or two
_MANY_LINES = 20_000


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a source from outside. `as_is`: the text is the body, to be kept to the letter."""

    url: str | None = None
    published: str | None = None
    title: str | None = None
    language: str | None = None
    as_is: bool = False


def articles(source: str | Path, *, given: Given = Given(), limits: Limits = Limits()) -> Iterator[Article]:
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


def article_from_text(text: str, given: Given = Given(), *, limits: Limits = Limits()) -> Article:
    """The article in a plain text, furniture removed; read in this process."""
    return _guarded("text", given, lambda: _text(text, given, limits, source="text", isolated=False))


def article_from_html(html: bytes | str, given: Given = Given(), *, limits: Limits = Limits()) -> Article:
    """The article on an HTML page; read in this process."""
    markup = charset.decode(html) if isinstance(html, bytes) else html
    return _guarded("page", given, lambda: _page(markup, given, limits, source="page", isolated=False))


def content_id(url: str | None, title: str | None, text: str) -> str:
    """An id that is the same whenever the same text comes from the same address."""
    seed = f"{url or title or ''}\n{text}"
    return "sha256-" + hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:16]


def _guarded(source: str, given: Given, read: Any) -> Article:
    """The article, or one that says why there is none."""
    try:
        article: Article = read()
    except SourceError as error:
        return _failure(error, given)
    return article


def _failure(error: SourceError, given: Given, *, id: str | None = None) -> Article:
    detail = f"{error.source}: {error.message}" + (f"; {error.hint}" if error.hint else "")
    url = given.url or (error.source if error.source.startswith(("http://", "https://")) else None)
    return Article(
        id=id or content_id(url or error.source, None, error.outcome),
        url=url,
        title=given.title,
        outcome=error.outcome,
        detail=plain(detail),
    )


def _from_folder(folder: Path, given: Given, limits: Limits) -> Iterator[Article]:
    found = False
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.startswith(".") or not _readable_name(name):
                continue
            found = True
            yield from _from_file(Path(place) / name, given, limits)
    if not found:
        yield _failure(
            SourceError(
                "the folder holds no page, text or JSONL file",
                source=str(folder),
                outcome="empty",
                hint="files that end in .html, .txt, .jsonl or .gz of these are read",
            ),
            given,
        )


def _readable_name(name: str) -> bool:
    bare = name.lower().removesuffix(".gz")
    return bare.endswith((*_HTML, *_TEXT, *_LINES, ".json")) or "." not in bare


def _from_file(path: Path, given: Given, limits: Limits) -> Iterator[Article]:
    name = str(path)
    try:
        with path.open("rb") as stream:
            yield from _from_stream(stream, name, given, limits)
    except (FileNotFoundError, NotADirectoryError):
        yield _failure(
            SourceError("there is no such file", source=name, outcome="not_found", hint="check the name"), given
        )
    except PermissionError:
        yield _failure(
            SourceError("the file may not be opened", source=name, outcome="unreadable", hint="check its permissions"), given
        )
    except (OSError, ValueError) as fault:
        # a text given in place of a name ends here, too: it is too long for one
        missing = len(name) > 200 or "\x00" in name or "\n" in name
        yield _failure(
            SourceError(
                "this is no file name" if missing else f"the file could not be read: {fault.__class__.__name__}",
                source=name[:80],
                outcome="not_found" if missing else "unreadable",
                hint="to read a text itself, send it to standard input and give - as the source" if missing else "check the disk",
            ),
            given,
        )


def _from_stream(stream: BinaryIO, name: str, given: Given, limits: Limits) -> Iterator[Article]:
    """Articles out of bytes: JSON lines are read line by line, anything else at once and bounded."""
    lower = name.lower()
    bare = lower.removesuffix(".gz")
    try:
        head = _peek(stream)
        if head[0].startswith(b"\x1f\x8b"):
            packed_stream = gzip.GzipFile(fileobj=_Joined(head[0], stream))  # type: ignore[arg-type]
            head = (packed_stream.read1(65536), packed_stream)  # type: ignore[assignment]
        first, rest = head
        if not given.as_is and (bare.endswith(_LINES) or _looks_like_lines(first)) and not bare.endswith(".json"):
            yield from _json_lines(_Joined(first, rest), name, given, limits)
            return
        raw = first + rest.read(max(0, limits.max_bytes + 1 - len(first)))
    except (OSError, EOFError, zlib.error) as fault:
        if isinstance(fault, (FileNotFoundError, PermissionError)):
            raise
        yield _failure(
            SourceError(
                f"the file could not be read: {fault}", source=name, outcome="unreadable", hint="the file may be damaged or cut off"
            ),
            given,
        )
        return
    if len(raw) > limits.max_bytes:
        yield _failure(too_large("the source", None, limits.max_bytes, source=name), given)
    elif bare.endswith(".json") and not given.as_is:
        yield from _json_file(raw, name, given, limits)
    else:
        yield _guarded(name, given, lambda: _from_bytes(raw, name, given, limits))


class _Joined:
    """A stream whose first bytes have been read already."""

    def __init__(self, first: bytes, rest: Any) -> None:
        self._first, self._rest = first, rest

    def read(self, size: int = -1) -> bytes:
        if size is None or size < 0:
            held, self._first = self._first, b""
            return held + bytes(self._rest.read())
        if self._first:
            held, self._first = self._first[:size], self._first[size:]
            return held
        return bytes(self._rest.read(size))

    def readline(self, size: int) -> bytes:
        """A line, or as much of it as fits."""
        end = self._first.find(b"\n", 0, size)
        if end >= 0:
            held, self._first = self._first[: end + 1], self._first[end + 1 :]
            return held
        if len(self._first) >= size:
            held, self._first = self._first[:size], self._first[size:]
            return held
        held, self._first = self._first, b""
        return held + bytes(self._rest.readline(size - len(held)))


def _peek(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    return stream.read(65536), stream


def _looks_like_lines(head: bytes) -> bool:
    """Whether the first line is a JSON object with an article's keys."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        return False
    line = start.split(b"\n", 1)[0]
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        # too long for the part that was read: the keys still show
        return any(f'"{key}"'.encode() in line[:4000] for key in ("text", "html")) and b"\n" not in start
    return isinstance(value, dict) and bool(_KEYS & value.keys())


def _json_lines(stream: _Joined, name: str, given: Given, limits: Limits) -> Iterator[Article]:
    number = 0
    any_line = False
    while True:
        number += 1
        line = stream.readline(limits.max_bytes + 1)
        if not line:
            break
        where = f"{name}:{number}"
        if len(line) > limits.max_bytes and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 20)
            any_line = True
            yield _failure(too_large("the line", None, limits.max_bytes, source=where), given)
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            any_line = True
            yield _from_row(line, where, given, limits)
    if not any_line:
        yield _failure(SourceError("there is no line in it", source=name, outcome="empty", hint="write one article a line"), given)


def _json_file(raw: bytes, name: str, given: Given, limits: Limits) -> Iterator[Article]:
    """A JSON file holds one article, a list of them, or one a line."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        yield from _json_lines(_Joined(raw, gzip.io.BytesIO()), name, given, limits)  # type: ignore[attr-defined]
        return
    rows: Iterable[Any] = value if isinstance(value, list) else [value]
    for number, row in enumerate(rows, start=1):
        yield _from_row(row, f"{name}:{number}", given, limits)


def _from_row(line: Any, where: str, given: Given, limits: Limits) -> Article:
    """The article in one JSON object, given as bytes or read already."""
    row = line
    if isinstance(line, bytes):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as fault:
            reason = fault.msg if isinstance(fault, json.JSONDecodeError) else "it is nested too deeply or not UTF-8"
            return _failure(
                SourceError(f"not JSON: {reason}", source=where, outcome="bad_json", hint="one object a line, in UTF-8"), given
            )
    if not isinstance(row, dict):
        return _failure(
            SourceError(
                "not a JSON object",
                source=where,
                outcome="bad_json",
                hint='write {"id": ..., "title": ..., "text": ..., "published": ...}',
            ),
            given,
        )
    own = row.get("id")
    id = str(own) if isinstance(own, (str, int)) and str(own) else None
    known = {key: row[key] for key in _KEYS - {"id"} if isinstance(row.get(key), str) and row[key].strip()}
    merged = msgspec.structs.replace(
        given,
        url=known.get("url") or given.url,
        title=known.get("title") or given.title,
        published=known.get("published") or given.published,
        language=known.get("language") or given.language,
    )
    text, html = known.get("text"), known.get("html")
    try:
        if text is not None:
            article = _text(text, merged, limits, source=where, isolated=True)
        elif html is not None:
            article = _page(html, merged, limits, source=where, isolated=True)
        else:
            raise SourceError("the line has neither text nor html", source=where, outcome="empty", hint="add one of them")
    except SourceError as error:
        return _failure(error, merged, id=id)
    return msgspec.structs.replace(
        article,
        id=id or article.id,
        author=plain(known["author"]) if "author" in known else article.author,
        site=plain(known["site"]) if "site" in known else article.site,
    )


def _from_url(url: str, given: Given, limits: Limits) -> Article:
    from dragoman.read import fetch

    def read() -> Article:
        got = fetch.get(url, limits)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        known = given if given.url else msgspec.structs.replace(given, url=got.url)
        try:
            article = _from_bytes(got.raw, got.url, known, limits, header=got.content_type)
        except SourceError as error:
            article = _failure(error, known)
        return msgspec.structs.replace(article, retrieved=now)

    return _guarded(url, given, read)


def _from_bytes(raw: bytes, name: str, given: Given, limits: Limits, *, header: str | None = None) -> Article:
    """The article in the bytes of one file or page."""
    if not raw.strip(b"\x00 \t\r\n"):
        raise SourceError("there is nothing in it", source=name, outcome="empty", hint="check that the file was saved whole")
    what = charset.binary(raw)
    if what is not None:
        raise SourceError(f"this is {what}", source=name, outcome="binary", hint="save its text and read that")
    text = charset.decode(raw, header=header)
    if _is_feed(text):
        raise SourceError(
            "this is a feed, not an article", source=name, outcome="not_news", hint="give the address of one of its articles"
        )
    if not given.as_is and _is_html(text, name, header):
        return _page(text, given, limits, source=name, isolated=True)
    return _text(text, given, limits, source=name, isolated=True)


def _is_html(text: str, name: str, header: str | None) -> bool:
    if header and ("html" in header.lower()):
        return True
    bare = name.lower().removesuffix(".gz")
    if bare.endswith(_HTML):
        return True
    if bare.endswith(_TEXT) and not header:
        return False
    head = text[:4000].lower()
    return any(mark in head for mark in ("<!doctype html", "<html", "<head", "<body")) or head.count("</") + head.count("<p>") > 5


def _is_feed(text: str) -> bool:
    head = text[:1000].lstrip().lower()
    return head.startswith(("<?xml", "<rss", "<feed")) and any(mark in head for mark in ("<rss", "<feed", "<rdf:rdf"))


def _page(markup: str, given: Given, limits: Limits, *, source: str, isolated: bool) -> Article:
    """The article on a page; one that could take very long is read in a process that can be stopped."""
    if len(markup) > limits.max_bytes:
        raise too_large("the page", len(markup), limits.max_bytes, source=source, unit="characters")
    if isolated and suspicious(markup):
        answer = in_worker("page", (tidy(markup), given.url, given.title), limits=limits, source=source)
        cleaned = msgspec.msgpack.decode(answer, type=Cleaned)
    else:
        from dragoman.read import page

        cleaned = page.read(markup, given.url, given.title)
    return _article(cleaned, given, limits, source=source)


def _text(text: str, given: Given, limits: Limits, *, source: str, isolated: bool) -> Article:
    if given.as_is:
        return _as_is(text, given)
    if len(text) > 4 * limits.max_characters:
        raise too_large("the text", len(text), limits.max_characters, source=source, unit="characters")
    if isolated and (len(text) > limits.max_characters or text.count("\n") > _MANY_LINES):
        answer = in_worker("text", (tidy(text), given.title), limits=limits, source=source)
        cleaned = msgspec.msgpack.decode(answer, type=Cleaned)
    else:
        cleaned = scrape.clean(text, title=given.title)
    return _article(cleaned, given, limits, source=source)


def _as_is(text: str, given: Given) -> Article:
    code, _ = language.identify(text)
    return Article(
        id=content_id(given.url, given.title, text),
        url=given.url,
        title=given.title,
        text=text,
        language=language.primary(given.language) or code,
        published=published.parse(given.published, source="given", confidence=1.0) if given.published else None,
    )


def _article(cleaned: Cleaned, given: Given, limits: Limits, *, source: str) -> Article:
    """The record of what was cleaned, with the outcome that fits."""
    title = plain(given.title) if given.title else cleaned.title
    body = "\n".join(cleaned.paragraphs)
    text = f"{title}\n\n{body}" if title else body
    if len(text) > limits.max_characters:
        raise too_large("the text", len(text), limits.max_characters, source=source, unit="characters")
    url = given.url or cleaned.url
    declared = language.primary(given.language)
    code, _ = (declared, 1.0) if declared else language.identify(body or title or "", declared=cleaned.language)
    when = published.parse(given.published, source="given", confidence=1.0) if given.published else None
    if when is None:
        when = cleaned.published or (published.of_path(url) if url else None)
    outcome, detail = _outcome(cleaned, body, code, source)
    if given.published and when is not None and when.source != "given":
        detail = detail or f'{source}: the date "{given.published}" was not understood; write it as 2019-05-14'
    return Article(
        id=content_id(url, title, text),
        url=url,
        title=title,
        text=text,
        body_start=len(title) + 2 if title else 0,
        language=code,
        site=cleaned.site,
        author=cleaned.author,
        published=when,
        outcome=outcome,
        detail=detail,
        dropped=tuple(item for item in cleaned.dropped if item.text) or (),
    )


def _outcome(cleaned: Cleaned, body: str, code: str | None, source: str) -> tuple[str, str | None]:
    if not body.strip():
        if cleaned.dropped:
            return "not_news", f"{source}: nothing in it reads like an article; give the page of one article, or its text"
        return "empty", f"{source}: there is no text in it; check that the page was saved whole"
    if cleaned.paywalled and len(body.split()) < _STUB_WORDS:
        return "paywall", f"{source}: only the beginning is there, the rest is for subscribers; give the full text if you have it"
    if code is not None and code not in language.supported():
        known = ", ".join(sorted(language.supported()))
        return "unsupported_language", f'{source}: the text is in "{code}"; languages that are read: {known}'
    if not cleaned.prose and len(cleaned.paragraphs) > 3:
        return "not_news", f"{source}: nothing in it reads like an article; give the page of one article, or its text"
    return "read", None


__all__ = ["OUTCOMES", "Dropped", "Given", "Limits", "article_from_html", "article_from_text", "articles", "content_id"]
