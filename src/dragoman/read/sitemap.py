"""Sitemaps and indexes of sitemaps: the pages that a site names, each read from its address."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

import msgspec

from dragoman.errors import SourceError
from dragoman.read import address, charset, published, xml
from dragoman.read.article import failure
from dragoman.read.opened import Cut, Found, Opened, Way, empty


class Link(msgspec.Struct, frozen=True):
    """A page or another sitemap; `modified` and `published` as the sitemap tells them."""

    url: str
    is_map: bool = False
    modified: str | None = None
    published: str | None = None


def cut(opened: Opened, size: int, way: Way) -> Iterator[Cut]:
    """The sitemap, whole; its pages are parts of their own where pieces are made."""
    yield Cut(size=opened.size)


def read(opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    """The articles on the pages of a sitemap. One that merely lies in a folder is not followed."""
    for item in pages(own(opened, way), opened.name, way):
        if isinstance(item, SourceError):
            yield item.source, failure(item, way.given)
        else:
            yield from of_link(item, way)


def of_link(link: Link, way: Way) -> Iterator[Found]:
    """What is read at a page that a sitemap names."""
    date = published.parse(link.published, source="feed", confidence=0.9) if link.published else None
    for where, article in way.fetched(link.url, way):
        kept = article.published or date if article.text else None
        yield where, msgspec.structs.replace(article, published=kept)


def own(opened: Opened, way: Way) -> bytes:
    """The bytes of a sitemap that the user named. Raises SourceError for one that he did not."""
    if not opened.direct:
        raise SourceError(
            "this is a sitemap, not an article",
            source=opened.name,
            outcome="not_news",
            hint="name it by itself to have its pages read",
        )
    return opened.whole(way.limits, "the sitemap")


def pages(raw: bytes, name: str, way: Way) -> Iterator[Link | SourceError]:
    """The pages that a sitemap leads to, through other sitemaps if need be, each once; faults in their place."""
    seen = {name}
    listed: set[str] = set()
    count = 0
    waiting: list[tuple[str, bytes | None, int]] = [(name, raw, 0)]
    while waiting:
        url, content, depth = waiting.pop()
        try:
            links = links_in(address.unpacked(url, way.limits) if content is None else content, url)
        except SourceError as error:
            yield error
            continue
        if not links:
            yield empty(url, "the sitemap names no page", "check the address")
        below: list[tuple[str, bytes | None, int]] = []
        for link in links:
            if count >= way.limits.max_members:
                yield SourceError(
                    f"the sitemap names more than {way.limits.max_members:,} pages",
                    source=name,
                    outcome="too_many",
                    hint="name its parts one by one",
                )
                return
            count += 1
            if not link.is_map:
                if link.url not in listed:
                    listed.add(link.url)
                    yield link
            elif link.url in seen or depth + 1 > way.limits.max_depth:
                yield SourceError(
                    "the sitemap leads back to itself" if link.url in seen else "the sitemaps lie too deep",
                    source=link.url,
                    outcome="looping",
                    hint="name the sitemap that you mean by itself",
                )
            else:
                seen.add(link.url)
                below.append((link.url, None, depth + 1))
        waiting += reversed(below)


def links_in(raw: bytes, name: str) -> list[Link]:
    """What a sitemap names, in its order. Raises SourceError where it is none."""
    root = xml.parse(charset.decode(raw), source=name)
    kind = _local(root.tag)
    if kind not in ("urlset", "sitemapindex"):
        raise SourceError("this is no sitemap", source=name, outcome="not_news", hint="check the address")
    found = []
    for element in root:
        told: dict[str, str] = {}
        for part in element.iter():
            name_of = _local(part.tag)
            if name_of in ("loc", "lastmod", "publication_date") and part.text and name_of not in told:
                told[name_of] = part.text.strip()
        url = _joined(name, told.get("loc", ""))
        if url.lower().startswith(("http://", "https://")) and len(url) < 4000:
            date = told.get("publication_date")
            found.append(Link(url, kind == "sitemapindex", told.get("lastmod"), date))
    return found


def _joined(name: str, written: str) -> str:
    """The address that is written there; nothing where it is none."""
    try:
        return urljoin(name, written) if written else ""
    except ValueError:
        return ""


def _local(tag: object) -> str:
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
