"""What the user names to Articles: files, folders, patterns, archives, tables, feeds, addresses, standard input.

A bad source is a named outcome on an Article with a line that says what happened and what would help, never an
exception: one bad page does not end a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dragoman.read import charset, pieces
from dragoman.read.article import OUTCOMES, Given, content_id, from_page, from_text, guarded
from dragoman.read.limits import Limits
from dragoman.read.pieces import NOTHING, USUAL
from dragoman.records import Article


def articles(source: str | Path, *, given: Given = NOTHING, limits: Limits = USUAL) -> Iterator[Article]:
    """The articles a source holds, in order, failures included. Never raises for what the source holds."""
    for piece in pieces.pieces([source], given=given, limits=limits, size=None):
        yield from pieces.articles(piece, given=given, limits=limits)


def article_from_text(text: str, given: Given = NOTHING, *, limits: Limits = USUAL) -> Article:
    """The article in a plain text, furniture removed; read in this process."""
    return guarded(lambda: from_text(text, given, limits, source="text", isolated=False), given, source="text")


def article_from_html(html: bytes | str, given: Given = NOTHING, *, limits: Limits = USUAL) -> Article:
    """The article on an HTML page; read in this process."""
    markup = charset.decode(html) if isinstance(html, bytes) else html
    return guarded(lambda: from_page(markup, given, limits, source="page", isolated=False), given, source="page")


__all__ = ["OUTCOMES", "Given", "Limits", "article_from_html", "article_from_text", "articles", "content_id"]
