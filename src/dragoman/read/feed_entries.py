"""What stands in an RSS, Atom or JSON feed, entry by entry, as plain values."""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec

from dragoman.read import xml
from dragoman.read.lines import plain


class Entry(msgspec.Struct, frozen=True):
    """One entry. `published` is the date as it was written; `full`: the text is more than a summary."""

    title: str | None
    url: str | None
    published: str | None
    author: str | None
    text: str
    full: bool
    language: str | None


class Entries(msgspec.Struct, frozen=True):
    """A feed: what it calls itself, its entries in order, and whether the end of it is missing."""

    name: str | None
    entries: tuple[Entry, ...]
    cut_off: bool


def entries(text: str, url: str | None) -> Entries:
    """The entries of a feed. Raises ValueError for what is no feed."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _of_json(json.loads(text.lstrip("\ufeff")))
    return _of_xml(text, url)


def _of_xml(text: str, url: str | None) -> Entries:
    import feedparser

    # bytes in a stream: a string might be taken for an address
    raw = io.BytesIO(xml.harmless(text).encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url or ""}
    parsed = feedparser.parse(raw, response_headers=headers, sanitize_html=False, resolve_relative_uris=bool(url))
    feed = parsed["feed"]
    language = dict.get(feed, "language")
    found = tuple(_entry(entry, language) for entry in parsed["entries"])
    ended = text.rstrip().lower().endswith(("</rss>", "</feed>", "</rdf:rdf>"))
    return Entries(_line(dict.get(feed, "title")), found, cut_off=bool(parsed.get("bozo")) and not ended)


def _entry(entry: Any, language: str | None) -> Entry:
    # dict.get: feedparser's own falls back on other fields, with a warning
    bodies = [_fragment(body) for body in dict.get(entry, "content") or ()]
    body = max(bodies, key=len, default="")
    summary = _fragment(dict.get(entry, "summary_detail") or {"value": dict.get(entry, "summary") or ""})
    dates = (dict.get(entry, name) for name in ("published", "created", "updated"))
    content = dict.get(entry, "content") or [{}]
    return Entry(
        title=_line(_fragment(dict.get(entry, "title_detail") or {"value": dict.get(entry, "title") or ""})),
        url=dict.get(entry, "link") or None,
        published=next((str(date) for date in dates if date), None),
        author=_line(dict.get(entry, "author")),
        text=body or summary,
        full=bool(body) and len(body) > len(summary),
        language=dict.get(content[0], "language") or language or None,
    )


def _of_json(value: Any) -> Entries:
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        raise ValueError("it has no list of items")
    language = _text(value.get("language"))
    found = []
    for item in value["items"]:
        if not isinstance(item, dict):
            continue
        body = _fragment({"value": _text(item.get("content_html")) or "", "type": "text/html"})
        body = body or _text(item.get("content_text")) or ""
        authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
        names = [name for author in authors or () if isinstance(author, dict) and (name := _text(author.get("name")))]
        entry = Entry(
            title=_line(_text(item.get("title"))),
            url=_text(item.get("url")) or _text(item.get("external_url")),
            published=_text(item.get("date_published")) or _text(item.get("date_modified")),
            author=_line(", ".join(names)),
            text=body or _text(item.get("summary")) or "",
            full=bool(body),
            language=_text(item.get("language")) or language,
        )
        found.append(entry)
    return Entries(_line(_text(value.get("title"))), tuple(found), cut_off=False)


def _fragment(detail: Any) -> str:
    """The text of a piece of HTML, block by block."""
    from lxml import etree, html  # type: ignore[import-untyped]

    from dragoman.read import blocks

    value = str(detail.get("value") or "")
    if detail.get("type") == "text/plain" or ("<" not in value and "&" not in value):
        return value
    try:
        tree = html.document_fromstring(f"<div>{value}</div>")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    return "\n".join(blocks.rows(tree)).strip()


def _line(text: str | None) -> str | None:
    return plain(text) or None if text else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
