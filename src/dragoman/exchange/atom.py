"""Entries to an Atom feed (RFC 4287), as feed readers take it.

text = feed("Alerts", "urn:x", entries, updated="2024-05-14T08:00:00+00:00")
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from dragoman.records import Record

SPACE = "http://www.w3.org/2005/Atom"
# what XML 1.0 cannot hold, however it is written
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Entry(Record, frozen=True):
    """One entry: `updated` in ISO 8601 with a time zone, `quotes` as (words, where they stand), `link` where to go."""

    id: str
    title: str
    updated: str
    summary: str = ""
    quotes: tuple[tuple[str, str], ...] = ()
    link: str | None = None
    category: str | None = None


def feed(title: str, id: str, entries: Iterable[Entry], *, updated: str, generator: str = "Dragoman") -> str:
    """The feed as one XML document."""
    root = Element("feed", xmlns=SPACE)
    _text(root, "title", title)
    _text(root, "id", id)
    _text(root, "updated", updated)
    _text(SubElement(root, "author"), "name", generator)
    _text(root, "generator", generator)
    for one in entries:
        entry = SubElement(root, "entry")
        _text(entry, "title", one.title)
        _text(entry, "id", one.id)
        _text(entry, "updated", one.updated)
        if one.link:
            SubElement(entry, "link", rel="alternate", href=_plain(one.link))
        if one.category:
            SubElement(entry, "category", term=_plain(one.category))
        if one.summary:
            _text(entry, "summary", one.summary)
        if one.quotes:
            _text(entry, "content", "".join(map(_quoted, one.quotes))).set("type", "html")
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _quoted(quote: tuple[str, str]) -> str:
    from html import escape

    words, where = quote
    told = f"<p>{escape(where)}</p>" if where else ""
    return f"<blockquote><p>{escape(words)}</p></blockquote>{told}"


def _text(parent: Element, name: str, value: str) -> Element:
    found = SubElement(parent, name)
    found.text = _plain(value)
    return found


def _plain(value: str) -> str:
    return _NOT_XML.sub("", value)
