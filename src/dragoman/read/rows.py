"""JSON to Articles: one object a line, or a file that holds one article or a list of them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from dragoman.errors import SourceError
from dragoman.read.article import Given, failure, from_page, from_text
from dragoman.read.limits import Limits, too_large
from dragoman.read.lines import plain
from dragoman.records import Article

_KEYS = frozenset(("id", "url", "title", "text", "html", "published", "language", "author", "site"))


def lines(stream: io.BufferedReader, name: str, given: Given, limits: Limits) -> Iterator[Article]:
    """The articles in JSON lines, each line read by itself: exactly one Article a line, in order."""
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
            yield failure(too_large("the line", None, limits.max_bytes, source=where), given)
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            any_line = True
            yield _from_row(line, where, given, limits)
    if not any_line:
        yield failure(
            SourceError("there is no line in it", source=name, outcome="empty", hint="write one article a line"), given
        )


def file(raw: bytes, name: str, given: Given, limits: Limits) -> Iterator[Article]:
    """The articles in a JSON file: one, a list of them, or one a line."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        yield from lines(io.BufferedReader(io.BytesIO(raw)), name, given, limits)
        return
    rows: Iterable[Any] = value if isinstance(value, list) else [value]
    for number, row in enumerate(rows, start=1):
        yield _from_row(row, f"{name}:{number}", given, limits)


def look_like_lines(head: bytes) -> bool:
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


def _from_row(line: Any, where: str, given: Given, limits: Limits) -> Article:
    """The article in one JSON object, given as bytes or read already."""
    row = line
    if isinstance(line, bytes):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as fault:
            reason = fault.msg if isinstance(fault, json.JSONDecodeError) else "it is nested too deeply or not UTF-8"
            return failure(
                SourceError(
                    f"not JSON: {reason}", source=where, outcome="bad_json", hint="one object a line, in UTF-8"
                ),
                given,
            )
    if not isinstance(row, dict):
        return failure(
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
            article = from_text(text, merged, limits, source=where, isolated=True)
        elif html is not None:
            article = from_page(html, merged, limits, source=where, isolated=True)
        else:
            raise SourceError(
                "the line has neither text nor html", source=where, outcome="empty", hint="add one of them"
            )
    except SourceError as error:
        return failure(error, merged, id=id)
    return msgspec.structs.replace(
        article,
        id=id or article.id,
        author=plain(known["author"]) if "author" in known else article.author,
        site=plain(known["site"]) if "site" in known else article.site,
    )
