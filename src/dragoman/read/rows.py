"""JSON lines to articles, one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from dragoman.errors import SourceError
from dragoman.read import unpack
from dragoman.read.article import Given, failure, from_page, from_text, guarded
from dragoman.read.limits import Limits, too_large
from dragoman.read.lines import plain, whole
from dragoman.read.opened import Cut, Found, Opened, Way, empty
from dragoman.records import Article

_KEYS = frozenset(("id", "url", "title", "text", "html", "published", "language", "author", "site"))


def cut(opened: Opened, size: int, way: Way) -> Iterator[Cut]:
    """Stretches of lines by bytes, each with something in it; `first` is the number of the first line."""
    stream = opened.content()
    start = at = 0
    first = number = 1
    filled = False  # whether anything but blank lines came since the start
    while True:
        try:
            line = stream.readline(1 << 20)
        except SourceError:  # whoever reads the last part comes upon it again
            yield Cut(start=start, first=first, size=size)
            return
        if not line:
            break
        at += len(line)
        number += line.endswith(b"\n")
        filled = filled or bool(line.strip())
        if filled and at - start >= size and line.endswith(b"\n"):
            yield Cut(start=start, stop=at, first=first, size=at - start)
            start, first, filled = at, number, False
    if filled or start == 0:
        yield Cut(start=start, stop=at, first=first, size=at - start)


def read(opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    """The articles in JSON lines, each line read by itself: exactly one article a line, in order."""
    stream, limits = opened.content(), way.limits
    at = unpack.go_to(stream, cut.start)
    number = cut.first
    any_line = cut.start > 0
    while cut.stop is None or at < cut.stop:
        line = stream.readline(limits.max_bytes + 1)
        if not line:
            break
        at += len(line)
        number += 1
        if line.isspace() and len(line) <= limits.max_bytes:
            continue
        where = f"{opened.name}:{number - 1}"
        if len(line) > limits.max_bytes and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 20)
                at += len(line)
            any_line = True
            yield where, failure(too_large("the line", None, limits.max_bytes, source=where), way.given)
            continue
        if where.endswith(":1"):
            line = line.removeprefix(b"\xef\xbb\xbf")
        any_line = True
        yield where, article(line, where, way.given, limits)
    if not any_line:
        raise empty(opened.name, "there is no line in it", "write one article a line")


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


def named(row: dict[str, Any], given: Given) -> dict[str, Any]:
    """A row by our own names of fields, where the user has told other names."""
    return {field: row.get(given.columns.get(field, field)) for field in _KEYS} if given.columns else row


def article(line: Any, where: str, given: Given, limits: Limits) -> Article:
    """The article in one JSON object, given as bytes or read already; of a table, a row by our own names of fields."""
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
    if isinstance(line, bytes):
        row = named(row, given)
    own = row.get("id")
    id = whole(str(own)) if isinstance(own, (str, int)) and str(own).strip() else None
    known = {key: whole(row[key]) for key in _KEYS - {"id"} if isinstance(row.get(key), str) and row[key].strip()}
    merged = msgspec.structs.replace(
        given,
        url=known.get("url") or given.url,
        title=known.get("title") or given.title,
        published=known.get("published") or given.published,
        language=known.get("language") or given.language,
    )

    def made() -> Article:
        if "text" in known:
            found = from_text(known["text"], merged, limits, source=where, isolated=True)
        elif "html" in known:
            found = from_page(known["html"], merged, limits, source=where, isolated=True)
        else:
            raise empty(where, "the line has neither text nor html", "add one of them")
        return msgspec.structs.replace(
            found,
            id=id or found.id,
            author=plain(known["author"]) if "author" in known else found.author,
            site=plain(known["site"]) if "site" in known else found.site,
        )

    return guarded(made, merged, source=where, id=id)
