"""Feeds (RSS, Atom, JSON Feed) to articles: each entry with the text it brings, or the page it leads to."""

from __future__ import annotations

import html
from collections.abc import Iterator

import msgspec

from dragoman.errors import SourceError
from dragoman.read import charset, feed_entries, published
from dragoman.read.article import failure, from_text, guarded
from dragoman.read.feed_entries import Entries, Entry
from dragoman.read.limits import Limits, in_worker, suspicious
from dragoman.read.opened import Cut, Found, Opened, Way, empty
from dragoman.records import Article, Published

_LARGE = 1_000_000  # characters: a feed of more is read where it can be stopped


def cut(opened: Opened, size: int, way: Way) -> Iterator[Cut]:
    """The feed, whole."""
    yield Cut(size=opened.size)


def read(opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    """An article for each entry."""
    text = charset.decode(opened.whole(way.limits, "the feed"), header=opened.header)
    feed = entries_of(text, opened.name, way.limits)
    if not feed.entries and not feed.cut_off:
        raise SourceError(
            "this is a feed without entries", source=opened.name, outcome="not_news", hint="try again later"
        )
    for number, entry in enumerate(feed.entries, start=1):
        where = f"{opened.name}:{number}"
        if way.given.follow and not entry.full and leads(entry.url):
            yield from followed(entry, way)
        else:
            yield where, article_of(entry, feed.name, where, way)
    if feed.cut_off:
        error = SourceError(
            "the feed ends before it should", source=opened.name, outcome="truncated", hint="fetch it anew"
        )
        yield f"{opened.name}:{len(feed.entries) + 1}", failure(error, way.given)


def entries_of(text: str, name: str, limits: Limits) -> Entries:
    """The entries of a feed; one that could take very long is read where it can be stopped. Raises SourceError."""
    url = name if leads(name) else None
    # the pages in a feed are packed into it as text
    if len(text) > _LARGE or suspicious(html.unescape(text.replace("<![CDATA[", " ")[:_LARGE])):
        return msgspec.msgpack.decode(in_worker("feed", (text, url), limits=limits, source=name), type=Entries)
    try:
        return feed_entries.entries(text, url)
    except (ValueError, RecursionError, LookupError, AttributeError, TypeError) as fault:
        raise SourceError(
            f"the feed cannot be read: {fault}", source=name, outcome="unreadable", hint="fetch it anew"
        ) from fault


def article_of(entry: Entry, site: str | None, where: str, way: Way) -> Article:
    """The article that an entry brings, or one that says why there is none."""
    given = msgspec.structs.replace(
        way.given,
        url=way.given.url or entry.url,
        title=way.given.title or entry.title,
        language=way.given.language or entry.language,
    )

    def made() -> Article:
        if not entry.text.strip():
            raise empty(where, "the entry has no text", "--follow reads the page that it leads to")
        article = from_text(entry.text, given, way.limits, source=where, isolated=True)
        return msgspec.structs.replace(
            article,
            author=entry.author or article.author,
            site=article.site or site,
            published=article.published if given.published else _date(entry) or article.published,
        )

    return guarded(made, given, source=where)


def followed(entry: Entry, way: Way) -> Iterator[Found]:
    """The page of an entry; what it does not say of itself is taken from the entry."""
    date = _date(entry)
    for where, article in way.fetched(entry.url or "", way):
        own = article.published
        known = own if own and (date is None or own.confidence >= date.confidence) else date
        yield where, msgspec.structs.replace(article, title=article.title or entry.title, published=known)


def leads(url: str | None) -> bool:
    """Whether this is an address from which a page can be fetched."""
    return url is not None and url.lower().startswith(("http://", "https://"))


def _date(entry: Entry) -> Published | None:
    return published.parse(entry.published, source="feed", confidence=0.95) if entry.published else None
