"""HTML to an article: trafilatura finds the body, the page's own data tell the rest, the scrape cleaner checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import msgspec

from dragoman.errors import SourceError
from dragoman.read import metadata, scrape, shapes
from dragoman.read.lines import ends_sentence, plain, tidy
from dragoman.read.prose import UNKNOWN
from dragoman.read.scrape import Cleaned
from dragoman.records import Dropped

_BLOCK_NAMES = """
address article aside blockquote br button caption dd details dialog div dl dt fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 header hr label legend li main menu nav ol option p pre section select summary table tbody td th
thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SKIP_NAMES = "script style noscript template svg head iframe textarea object canvas math video audio"
_SKIP = frozenset(_SKIP_NAMES.split())
_WORD = re.compile(r"\w+")
_MOST_DROPPED = 60
# what the scrape cleaner leaves out for these reasons may well stand in the article of a page
_UNSURE = frozenset(
    (UNKNOWN, scrape.ABOVE_TEXT, "repeated on the page", "said twice on the page", "picture caption", "title repeated")
)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^<>]*>|<!--[^<>]*-->")
_WIDE_TAG = re.compile(r"<([a-zA-Z][\w:-]{0,40})\s[^<>]{20000,}>")
_UNREAD = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1>", re.IGNORECASE)


def read(markup: str, url: str | None = None, title: str | None = None) -> Cleaned:
    """The article on a page, with what the page says about itself. Raises SourceError for what is no page."""
    # thousands of attributes on one tag hold the parser up for minutes, and none of them is text
    markup = _WIDE_TAG.sub(r"<\1>", markup)
    tree = _parse(markup, url)
    about = metadata.about(tree, url=url)
    title = plain(title) if title else about.title
    rows = list(_rows(tree))
    scraped = scrape.clean("\n".join(rows), title=title)
    paragraphs = _without_title(_body(tree, url), title)
    if _better(scraped, paragraphs) or _glued(paragraphs, rows, scraped):
        paragraphs = list(scraped.paragraphs)
    else:
        paragraphs = _pruned(paragraphs, scraped)
    if not paragraphs and len(markup) > 100_000:
        # the parser gives up on markup nested too deeply; the words are still there
        scraped = scrape.clean(_stripped(markup), title)
        paragraphs = list(scraped.paragraphs)
    dropped = _dropped(scraped, paragraphs, rows)
    paragraphs, tail = scrape.without_sign_off(paragraphs)
    return Cleaned(
        title=title or scraped.title,
        paragraphs=tuple(paragraphs),
        dropped=(*dropped, *tail),
        published=about.published or scraped.published,
        author=about.author or scraped.author,
        site=about.site,
        prose=scraped.prose or any(len(paragraph) > 80 for paragraph in paragraphs),
        paywalled=about.paid or scraped.paywalled,
        language=about.language,
        url=about.url,
    )


def _parse(markup: str, url: str | None) -> Any:
    from lxml import etree, html  # type: ignore[import-untyped]

    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", tidy(markup))
    try:
        tree = html.document_fromstring(
            markup.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", remove_pis=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as fault:
        raise SourceError(
            "the page holds nothing that can be read as HTML",
            source=url or "page",
            outcome="empty",
            hint="save the text of the page and read that",
        ) from fault
    return tree


def _body(tree: Any, url: str | None) -> list[str]:
    """The paragraphs that trafilatura takes for the article."""
    import logging

    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it has to say is said by our outcomes
    found = trafilatura.bare_extraction(tree, url=url, favor_precision=True, include_comments=False)
    text = getattr(found, "text", None) or ""
    return [
        row
        for line in tidy(text).split("\n")
        if (row := plain(line.replace("|", " ") if line.startswith("|") else line))
    ]


def _rows(tree: Any) -> Iterator[str]:
    """The visible text of a page, one block a line, blank lines between larger blocks.

    Without recursion, for pages can be deep.
    """
    from lxml import etree

    held: list[str] = []
    skipping = None
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment")):
        if event == "comment":
            if skipping is None and element.tail:
                held.append(element.tail)
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        if skipping is not None:
            if event == "end" and element is skipping:
                skipping = None
                if element.tail:
                    held.append(element.tail)
            continue
        if event == "start":
            if tag in _SKIP or element.get("hidden") is not None:
                skipping = element
                continue
            if tag in _BLOCKS:
                yield from _flush(held)
            if element.text:
                held.append(element.text)
        else:
            if tag in _BLOCKS:
                yield from _flush(held)
                if tag not in ("br", "li", "option", "td", "th", "label", "button"):
                    yield ""
            if element.tail:
                held.append(element.tail)
    yield from _flush(held)


def _stripped(markup: str) -> str:
    """The text between the tags, found without building a tree."""
    text = _TAG.sub(lambda tag: "\n" if (tag[1] or "").lower() in _BLOCKS else " ", _UNREAD.sub(" ", markup))
    return unescape(text)


def _flush(held: list[str]) -> Iterator[str]:
    row = " ".join("".join(held).split())
    held.clear()
    if row:
        yield row


def _without_title(paragraphs: list[str], title: str | None) -> list[str]:
    """The paragraphs without a repetition of the title among the first of them."""
    if not title:
        return paragraphs
    head = _fold(title)
    return [row for at, row in enumerate(paragraphs) if at > 3 or _fold(row) != head]


def _better(scraped: Cleaned, paragraphs: list[str]) -> bool:
    """Whether trafilatura found a part only of what the scrape cleaner found around the same words."""
    if not paragraphs:
        return bool(scraped.paragraphs) and scraped.prose
    ours, theirs = _shingles(scraped.paragraphs), _shingles(paragraphs)
    return bool(theirs) and len(theirs) < 0.7 * len(ours) and len(ours & theirs) >= 0.85 * len(theirs)


def _glued(paragraphs: list[str], rows: list[str], scraped: Cleaned) -> bool:
    """Whether one paragraph holds most of the page's blocks, as where a table lays out the page."""
    longest = max(paragraphs, key=len, default="")
    if 2 * len(longest) < sum(map(len, paragraphs)) or len(scraped.paragraphs) < 3:
        return False
    folded = _fold(longest)
    held = sum(1 for row in scraped.paragraphs if len(row) > 40 and _fold(row) in folded)
    return held >= 3 and held >= 0.6 * len(scraped.paragraphs)


def _pruned(paragraphs: list[str], scraped: Cleaned) -> list[str]:
    """The paragraphs without those that are furniture by name, or by place and shape."""
    why = {_fold(item.text): item.reason for item in scraped.dropped}
    last = max((at for at, row in enumerate(paragraphs) if _fold(row) not in why), default=-1)
    kept: list[str] = []
    within = False  # in a box whose heading was taken for part of the body as well
    for at, row in enumerate(paragraphs):
        reason = why.get(_fold(row))
        short = len(row.split()) <= 16 and not ends_sentence(row)
        if reason is None or reason in _UNSURE:
            within = False
        elif reason == scrape.ABOVE_TITLE:
            within = short
        elif reason.startswith(scrape.BELOW):
            comment = reason.endswith("comment box") and at > last and len(row.split()) <= 40
            within = comment or (within and short and not row.isupper() and not shapes.has_bullet(row))
        else:
            within = True
        if not within:
            kept.append(row)
    # where so much goes the cleaner has misread the page
    return kept if 2 * sum(map(len, kept)) > sum(map(len, paragraphs)) else paragraphs


def _shingles(paragraphs: list[str] | tuple[str, ...]) -> set[tuple[str, ...]]:
    words = _WORD.findall(" ".join(paragraphs))
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


def _dropped(scraped: Cleaned, paragraphs: list[str], rows: list[str]) -> tuple[Dropped, ...]:
    """What stood in and about the article and was left out; menus far above and below are only counted."""
    kept = _fold(" ".join(paragraphs))
    whole = {_fold(row) for row in paragraphs}
    places = [at for at, row in enumerate(rows) if len(row) > 40 and _fold(row) in kept]
    near = {_fold(row) for row in rows[max(0, places[0] - 12) : places[-1] + 20]} if places else set()
    found: list[Dropped] = []
    others = 0
    leftover = tuple(Dropped(text=row, reason=UNKNOWN) for row in scraped.paragraphs)
    for item in (*scraped.dropped, *leftover):
        folded = _fold(item.text)
        if not folded or folded in whole or (len(folded) > 30 and folded in kept):
            continue
        told = folded in near or (len(item.text.split()) > 4 and item.reason != UNKNOWN)
        if told and len(found) < _MOST_DROPPED:
            found.append(msgspec.structs.replace(item, text=item.text[:500]))
        else:
            others += 1
    if others:
        found.append(Dropped(text=f"[{others} more lines]", reason="menus and lists around the article"))
    return tuple(found)


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
