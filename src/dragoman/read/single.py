"""A file that holds one article: an HTML page or a plain text."""

from __future__ import annotations

from collections.abc import Iterator

from dragoman.errors import SourceError
from dragoman.read import charset
from dragoman.read.article import Given, from_page, from_text, guarded
from dragoman.read.kinds import bare_name
from dragoman.read.limits import Limits
from dragoman.read.opened import Cut, Found, Opened, Way, empty
from dragoman.records import Article

_HTML = (".html", ".htm", ".xhtml")
_TEXT = (".txt", ".text", ".md")


def cut(opened: Opened, size: int, way: Way) -> Iterator[Cut]:
    """The file, whole."""
    yield Cut(size=opened.size)


def read(opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    """The one article."""

    def article() -> Article:
        try:
            raw = opened.whole(way.limits)
        except SourceError as error:
            if error.outcome == "truncated":  # a half of a page is no page
                raise SourceError(error.message, source=opened.name, outcome="unreadable", hint=error.hint) from error
            raise
        return from_bytes(raw, opened.name, way.given, way.limits, header=opened.header)

    yield opened.name, guarded(article, way.given, source=opened.name)


def from_bytes(raw: bytes, name: str, given: Given, limits: Limits, *, header: str | None = None) -> Article:
    """The article in the bytes of one page or text. Raises SourceError with a named outcome."""
    if not raw.strip(b"\x00 \t\r\n"):
        raise empty(name, "there is nothing in it", "check that the file was saved whole")
    what = charset.binary(raw)
    if what is not None:
        raise SourceError(f"this is {what}", source=name, outcome="binary", hint="save its text and read that")
    text = charset.decode(raw, header=header)
    if not given.as_is and _is_html(text, name, header):
        return from_page(text, given, limits, source=name, isolated=True)
    return from_text(text, given, limits, source=name, isolated=True)


def _is_html(text: str, name: str, header: str | None) -> bool:
    if header and ("html" in header.lower()):
        return True
    bare = bare_name(name)
    if bare.endswith(_HTML):
        return True
    if bare.endswith(_TEXT) and not header:
        return False
    head = text[:4000].lower()
    return (
        any(mark in head for mark in ("<!doctype html", "<html", "<head", "<body"))
        or head.count("</") + head.count("<p>") > 5
    )
