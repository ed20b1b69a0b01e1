"""HTML to an article: trafilatura finds the body, the page's own data tell the rest, the scrape cleaner checks."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from dragoman.errors import SourceError
from dragoman.read import blocks, furniture, metadata, scrape, shapes
from dragoman.read.lines import ends_sentence, fold, plain, tidy, whole_initial
from dragoman.read.prose import UNKNOWN
from dragoman.read.scrape import Cleaned
from dragoman.records import Dropped

_PLACED = frozenset((UNKNOWN, scrape.ABOVE_TEXT, scrape.ABOVE_TITLE))
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
    rows = list(blocks.rows(tree))
    called = blocks.called(tree, rows)
    text = "\n".join(rows)
    title = plain(title) if title else _headline(about.title, text)
    scraped = scrape.clean(text, title=title)
    paragraphs = _without_title(_body(tree, url), title)
    if _better(scraped, paragraphs) or _glued(paragraphs, rows, scraped):
        paragraphs = list(scraped.paragraphs)
    else:
        called |= _about_author(paragraphs, about.author)
        paragraphs = _pruned(paragraphs, scraped, called)
    if not paragraphs and len(markup) > 100_000:
        # the parser gives up on markup nested too deeply; the words are still there
        scraped = scrape.clean(_stripped(markup), title)
        paragraphs = list(scraped.paragraphs)
    dropped = _dropped(scraped, paragraphs, rows, called)
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


def _headline(title: str | None, text: str) -> str | None:
    """The title of the page, or the line over the text where the page is only called after who publishes it."""
    if title is None or len(title.split()) > 8 or not shapes.names_outlet(title, furniture.table()):
        return title
    if any(word.islower() and len(word) > 3 for word in title.split()):
        return title
    return scrape.clean(text).title or title


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
        if (row := whole_initial(plain(line.replace("|", " ") if line.startswith("|") else line), text))
    ]


def _stripped(markup: str) -> str:
    """The text between the tags, found without building a tree."""
    text = _TAG.sub(lambda tag: "\n" if (tag[1] or "").lower() in blocks.BLOCKS else " ", _UNREAD.sub(" ", markup))
    return unescape(text)


def _without_title(paragraphs: list[str], title: str | None) -> list[str]:
    """The paragraphs without a repetition of the title among the first of them."""
    if not title:
        return paragraphs
    head = fold(title)
    return [row for at, row in enumerate(paragraphs) if at > 3 or fold(row) != head]


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
    folded = fold(longest)
    held = sum(1 for row in scraped.paragraphs if len(row) > 40 and fold(row) in folded)
    return held >= 3 and held >= 0.6 * len(scraped.paragraphs)


def _pruned(paragraphs: list[str], scraped: Cleaned, called: dict[str, str]) -> list[str]:
    """The paragraphs without those that are furniture by name, or by place and shape."""
    why = {fold(item.text): item.reason for item in scraped.dropped}
    last = max((at for at, row in enumerate(paragraphs) if fold(row) not in why), default=-1)
    kept: list[str] = []
    within = False  # in a box whose heading was taken for part of the body as well
    for at, row in enumerate(paragraphs):
        reason = why.get(fold(row))
        short = len(row.split()) <= 16 and not ends_sentence(row)
        if fold(row) in called and len(row.split()) <= 60:
            within = True
        elif reason == "said twice on the page":
            within = row[0] in '“"‘«' and sum(fold(row) in fold(other) for other in paragraphs) > 1
        elif reason is None or reason in _UNSURE:
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


def _about_author(paragraphs: list[str], author: str | None) -> dict[str, str]:
    """The paragraph at the end that says who the author is, folded, with its reason."""
    table = furniture.table()
    for row in paragraphs[1:][-3:]:
        name = shapes.first_person(row)
        if author and name and name in author and shapes.is_about_author(row, table):
            return {fold(row): "note on the author"}
    return {}


def _shingles(paragraphs: list[str] | tuple[str, ...]) -> set[tuple[str, ...]]:
    words = _WORD.findall(" ".join(paragraphs))
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


def _dropped(scraped: Cleaned, paragraphs: list[str], rows: list[str], called: dict[str, str]) -> tuple[Dropped, ...]:
    """What stood in and about the article and was left out; menus far above and below are only counted."""
    kept = fold(" ".join(paragraphs))
    whole = {fold(row) for row in paragraphs}
    places = [at for at, row in enumerate(rows) if len(row) > 40 and fold(row) in kept]
    near = {fold(row) for row in rows[max(0, places[0] - 12) : places[-1] + 20]} if places else set()
    found: list[Dropped] = []
    others = 0
    leftover = tuple(Dropped(text=row, reason=UNKNOWN) for row in scraped.paragraphs)
    for item in (*scraped.dropped, *leftover):
        folded = fold(item.text)
        if not folded or folded in whole or (len(folded) > 30 and folded in kept):
            continue
        reason = called.get(folded, item.reason) if item.reason in _PLACED else item.reason
        told = folded in near or (len(item.text.split()) > 4 and reason != UNKNOWN)
        if told and len(found) < _MOST_DROPPED:
            found.append(Dropped(text=item.text[:500], reason=reason))
        else:
            others += 1
    if others:
        found.append(Dropped(text=f"[{others} more lines]", reason="menus and lists around the article"))
    return tuple(found)
