"""PDF communiques to articles: lines joined to paragraphs, running heads left out, title and date from the metadata."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from dragoman.errors import SourceError
from dragoman.read import published
from dragoman.read.article import from_text, guarded
from dragoman.read.limits import in_worker, too_large
from dragoman.read.lines import ends_sentence
from dragoman.read.opened import Cut, Found, Opened, Way
from dragoman.read.pdf_text import PdfText
from dragoman.records import Article, Published

_NUMBER = re.compile(r"\W*(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\W*$", re.IGNORECASE)
_NO_TITLE = re.compile(r"\.(?:docx?|pdf|odt|rtf|indd|pages|qxd|p65)\b|^(?:untitled|microsoft word|document\d*)\b", re.I)
_ITEM = re.compile(r"(?:[•·–—*-]|\(?\d{1,3}[.)]|\(?[a-zivx]{1,4}[.)])\s")


def cut(opened: Opened, size: int, way: Way) -> Iterator[Cut]:
    """The document, whole."""
    yield Cut(size=opened.size)


def read(opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    """The one article in the document."""
    yield opened.name, guarded(lambda: _article(opened, way), way.given, source=opened.name)


def paragraphs(pages: tuple[str, ...]) -> list[str]:
    """The paragraphs of a document from the lines of its pages.

    A line goes on in the next unless it is short and ends a sentence, or the next begins a list item or stands apart.
    What stands at the edge of most pages is left out; so are page numbers. A word broken at a hyphen is mended.
    """
    lines = [[row.strip() for row in page.splitlines()] for page in pages]
    running = _running(lines)
    rows = [row for page in lines for row in _without_edges(page, running)]
    widths = sorted(len(row) for row in rows if row)
    usual = widths[int(len(widths) * 0.75)] if widths else 0
    whole = "\n".join(rows)
    out: list[str] = []
    joins = False
    for row in rows:
        if not row:
            # a blank line between the halves of a sentence is the foot of a page
            joins = joins and bool(out) and not ends_sentence(out[-1]) and len(out[-1]) > 0.6 * usual
            continue
        if joins and out and not _ITEM.match(row):
            out[-1] = _joined(out[-1], row, whole)
        else:
            out.append(row)
        joins = not (len(row) < 0.8 * usual and (ends_sentence(row) or len(row) < 0.6 * usual))
    return out


def _article(opened: Opened, way: Way) -> Article:
    raw = opened.whole(way.limits)
    most = 4 * way.limits.max_characters
    try:
        answer = in_worker("pdf", (raw, most), limits=way.limits, source=opened.name)
    except SourceError as error:
        if error.outcome != "unreadable":
            raise
        raise SourceError(
            "the PDF is damaged", source=opened.name, outcome="unreadable", hint="fetch it anew, or save its text"
        ) from error
    found = msgspec.msgpack.decode(answer, type=PdfText)
    if found.locked:
        raise SourceError(
            "the PDF asks for a password", source=opened.name, outcome="unreadable", hint="save it without one"
        )
    if sum(map(len, found.pages)) > most:
        raise too_large("the text", None, most, source=opened.name, unit="characters")
    rows = paragraphs(found.pages)
    if not any(rows):
        raise SourceError(
            "there are pictures of pages in it and no text",
            source=opened.name,
            outcome="empty",
            hint="have its text recognised (OCR), and read that",
        )
    title = found.title if found.title and not _NO_TITLE.search(found.title) else None
    given = msgspec.structs.replace(way.given, title=way.given.title or title)
    article = from_text("\n\n".join(rows), given, way.limits, source=opened.name, isolated=True)
    return msgspec.structs.replace(
        article,
        author=article.author or found.author,
        published=article.published if given.published else _date(found, article.published),
    )


def _date(found: PdfText, written: Published | None) -> Published | None:
    """The date of the text where it tells one; a document may be made long after what it holds."""
    made = published.parse(found.created, source="pdf", confidence=0.6) if found.created else None
    dates = [date for date in (written, made) if date is not None]
    return published.best(dates)


def _running(pages: list[list[str]]) -> set[str]:
    """What stands at the head or foot of most pages, with figures as #."""
    if len(pages) < 3:
        return set()
    edges = Counter(
        edge for page in pages for edge in {_figureless(row) for row in [*_ends(page)[:2], *_ends(page)[-2:]]}
    )
    return {edge for edge, count in edges.items() if count > len(pages) / 2}


def _without_edges(page: list[str], running: set[str]) -> list[str]:
    kept = list(page)
    for end in (0, -1):
        for _ in range(3):
            while kept and not kept[end]:
                kept.pop(end)
            if kept and (_NUMBER.match(kept[end]) or _figureless(kept[end]) in running):
                kept.pop(end)
    return [*kept, ""]


def _ends(page: list[str]) -> list[str]:
    return [row for row in page if row]


def _figureless(row: str) -> str:
    return re.sub(r"\d+", "#", row)


def _joined(before: str, after: str, whole: str) -> str:
    if before.endswith("-") and len(before) > 1 and before[-2].isalpha() and after[0].islower():
        # a word broken at the margin keeps its hyphen where the text writes it so elsewhere
        word = before.rsplit(" ", 1)[-1] + re.split(r"\W", after, maxsplit=1)[0]
        return before + after if word in whole else before[:-1] + after
    return f"{before} {after}"
