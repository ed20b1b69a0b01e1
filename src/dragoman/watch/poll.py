"""A feed or sitemap to the articles in it that were not read before, under a named outcome whatever happens.

polled = poll(feed, memory, limits, hosts, unseen, now=...)
polled.outcome, polled.items, polled.memory
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import msgspec

from dragoman.errors import DragomanError, SourceError
from dragoman.read import charset, formats, published, sitemap
from dragoman.read import feed as feeds
from dragoman.read.article import Given
from dragoman.read.feed_entries import Entry
from dragoman.read.limits import Limits
from dragoman.read.opened import Found, Way, opened
from dragoman.read.sitemap import Link
from dragoman.records import Article
from dragoman.watch.hosts import Hosts
from dragoman.watch.pace import lasting, retry_after
from dragoman.watch.plan import Feed
from dragoman.watch.state import Memory
from dragoman.watch.web import Answer

UNCHANGED = "unchanged"
FINE = ("read", UNCHANGED, "truncated")  # what a poll may end in without being a fault of the feed
TRIES = 3  # of a page that cannot be fetched
PASSING = ("fetch_failed", "timed_out", "http_error")  # outcomes that another day may mend
_FOLLOW_SECONDS = 120.0  # for the pages of one poll
_IN_A_ROW = 3  # pages that fail, after which the others wait
_CHARACTERS = 20_000_000  # of the articles of one poll
_MAPS = 5  # sitemaps below an index that are looked into at one poll
_LONG = 100  # characters of a text that two entries do not share by chance
_ALTERNATE = re.compile(r"<link\b[^>]*\btype=[\"']application/(?:rss|atom|feed)\+(?:xml|json)[\"'][^>]*>", re.I)
_HREF = re.compile(r"\bhref=[\"']([^\"'\s]+)[\"']", re.I)

Unseen = Callable[[Sequence[Sequence[str]]], list[bool]]


class New(msgspec.Struct, frozen=True):
    """An article that is new, where it stands, and the keys by which its entry is known."""

    keys: tuple[str, ...]
    where: str
    article: Article


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """What one poll brought. `listed`: entries in the feed; `left`: some new ones wait for the next poll.

    `failed`: keys of pages to be tried again. `asked`, `lasts`: seconds, as in `pace.next_pace`.
    """

    feed: Feed
    outcome: str
    detail: str | None = None
    items: tuple[New, ...] = ()
    failed: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()  # keys of what is not read, now or later
    listed: int = 0
    known: tuple[str, ...] = ()  # keys of what is still listed
    left: bool = False
    newest: str | None = None
    title: str | None = None
    full: int = 0  # entries that bring their whole text
    kind: str | None = None  # feed | sitemap
    validators: dict[str, dict[str, str]] = {}
    digest: str = ""
    asked: float | None = None
    lasts: float | None = None


class _Listed(msgspec.Struct):
    # what a feed lists: for each entry its keys, its date as written, and how to read it
    kind: str
    title: str | None
    entries: list[tuple[tuple[str, ...], str | None, Entry | Link]]
    cut_off: bool = False
    full: int = 0
    passed: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()  # of an index, that need no other look
    always: bool = False  # what is below may change while this stays as it is


def poll(
    feed: Feed,
    memory: Memory,
    limits: Limits,
    hosts: Hosts,
    unseen: Unseen,
    *,
    tries: Callable[[str], int] = lambda key: 0,
    look: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Polled:
    """What is new. With `look` nothing is read, only listed. Raises nothing: a fault is an outcome."""
    answer: Answer | None = None
    try:
        answer = hosts.get(feed.address, memory.validators)
        now = hosts.clock.now()
        told: dict[str, object] = {"lasts": lasting(answer.headers.get("cache-control"))}
        if answer.status == 304:
            return Polled(feed=feed, outcome=UNCHANGED, validators=memory.validators, digest=memory.digest, **told)  # type: ignore[arg-type]
        if answer.status != 200:
            asked = retry_after(answer.headers.get("retry-after"), now)
            return Polled(feed=feed, outcome="http_error", detail=_refused(answer.status), asked=asked)
        digest = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
        kept = {"digest": digest, "validators": _validators(answer), **told}
        if digest == memory.digest:
            return Polled(feed=feed, outcome=UNCHANGED, **kept)  # type: ignore[arg-type]
        way = formats.way(Given(language=feed.language, follow=feed.follow), limits)
        listed = _listed(answer, feed, way, hosts, memory.first, unseen)
        are_new = unseen([keys for keys, _, _ in listed.entries])
        new = [one for one, is_new in zip(listed.entries, are_new, strict=True) if is_new]
        dates = [date for _, written, _ in listed.entries if written and (date := _moment(written))]
        found = _Read() if look else _read(new, listed, feed, way, hosts, tries, stop)
        left = not look and (found.left or bool(found.failed))
        return Polled(
            feed=feed,
            outcome="truncated" if listed.cut_off else "read",
            detail="the feed ends before it should; what came before that was read" if listed.cut_off else None,
            items=tuple(found.items),
            failed=tuple(found.failed),
            passed=listed.passed if left else (*listed.passed, *listed.parts),
            listed=len(listed.entries),
            known=tuple(key for keys, _, _ in listed.entries for key in keys),
            left=found.left,
            newest=max(dates, default=None),
            title=listed.title,
            full=listed.full,
            kind=listed.kind,
            # what is left would never be read if the next answer were "nothing is new"
            **({**told, "digest": "", "validators": {}} if left or listed.cut_off or listed.always else kept),  # type: ignore[arg-type]
        )
    except SourceError as error:
        detail = error.message + (f"; {error.hint}" if error.hint else "")
        return Polled(feed=feed, outcome=error.outcome, detail=detail)
    except DragomanError as error:
        return Polled(feed=feed, outcome="unreadable", detail=str(error))
    except Exception as fault:  # whatever a feed makes a library do: the others go on
        return Polled(feed=feed, outcome="unreadable", detail=f"{type(fault).__name__}: {str(fault)[:200]}")


def _listed(answer: Answer, feed: Feed, way: Way, hosts: Hosts, first: bool, unseen: Unseen) -> _Listed:
    limits = way.limits
    header = answer.headers.get("content-type")
    source = opened(answer.url, io.BytesIO(answer.body), limits, size=len(answer.body), header=header)
    kind, known = formats.sniffed(source, way)
    if kind not in ("feed", "sitemap"):
        raise SourceError(
            "this is neither a feed nor a sitemap", source=answer.url, outcome="not_news", hint=_alternative(answer)
        )
    raw = known.whole(limits, "the feed")
    if kind == "sitemap":
        return _of_sitemap(raw, answer.url, way, hosts, feed, first, unseen)
    found = feeds.entries_of(charset.decode(raw, header=header), answer.url, limits)
    if not found.entries and not found.cut_off:
        raise SourceError(
            "this is a feed without entries", source=answer.url, outcome="empty", hint="it is asked again later"
        )
    entries = [(_keys(entry, feed), entry.published, entry) for entry in found.entries]
    full = sum(1 for entry in found.entries if entry.full)
    return _Listed("feed", found.name, [*_once(entries)], found.cut_off, full)


def _of_sitemap(raw: bytes, url: str, way: Way, hosts: Hosts, feed: Feed, first: bool, unseen: Unseen) -> _Listed:
    """The pages of a sitemap, newest first; of an index, those in the parts of it that changed last."""
    links = sitemap.links_in(raw, url)
    parts = sorted((link for link in links if link.is_map), key=_appeared, reverse=True)
    new = [part for part, is_new in zip(parts, unseen([(_part(p),) for p in parts]), strict=True) if is_new]
    pages = [link for link in links if not link.is_map]
    for part in new[:_MAPS]:
        if part.url == url:
            raise SourceError("the sitemap leads back to itself", source=url, outcome="looping", hint="name a part")
        answer = hosts.get(part.url)
        if answer.status != 200:
            raise SourceError(_refused(answer.status), source=part.url, outcome="http_error", hint="try again later")
        source = opened(part.url, io.BytesIO(answer.body), way.limits, size=len(answer.body))
        _, known = formats.sniffed(source, way)
        below = sitemap.links_in(known.whole(way.limits, "the sitemap"), part.url)
        if any(link.is_map for link in below):
            raise SourceError(
                "sitemaps lie too deep in one another", source=part.url, outcome="looping", hint="name a part by itself"
            )
        pages += below
    if not pages and not parts:
        raise SourceError("the sitemap names no page", source=url, outcome="empty", hint="check the address")
    pages.sort(key=_appeared, reverse=True)
    entries = [*_once([((_bare(page.url),), page.published or page.modified, page) for page in pages])]
    # the pages of years are there from the first day: watching begins with the newest
    old = entries[feed.most :] if first else []
    done = new if first else new[:_MAPS]
    return _Listed(
        "sitemap",
        None,
        entries[: feed.most] if first else entries,
        passed=tuple(key for keys, _, _ in old for key in keys),
        parts=tuple(_part(part) for part in done if part.modified),
        always=any(not part.modified for part in parts),
    )


class _Read(msgspec.Struct):
    items: list[New] = []
    failed: list[str] = []
    left: bool = False


def _read(
    new: Sequence[tuple[tuple[str, ...], str | None, Entry | Link]],
    listed: _Listed,
    feed: Feed,
    way: Way,
    hosts: Hosts,
    tries: Callable[[str], int],
    stop: Callable[[], bool],
) -> _Read:
    """The articles of entries, as far as one poll goes."""
    found = _Read()
    began = time.monotonic()
    characters = in_a_row = 0

    def fetched(url: str, way: Way) -> Iterator[Found]:
        hosts.turn(url)
        yield from formats.fetched(url, way)

    way = replace(way, fetched=fetched)
    for keys, _, entry in new:
        over = characters > _CHARACTERS or time.monotonic() - began > _FOLLOW_SECONDS
        if stop() or over or in_a_row >= _IN_A_ROW or len(found.items) >= feed.most:
            found.left = True
            break
        for where, article in _articles(entry, listed.title, feed, way):
            if article.outcome in PASSING and tries(keys[0]) + 1 < TRIES:
                found.failed.append(keys[0])
                in_a_row += 1
                continue
            in_a_row = in_a_row + 1 if article.outcome in PASSING else 0
            characters += len(article.text)
            now = dt.datetime.fromtimestamp(hosts.clock.now(), dt.UTC).isoformat(timespec="seconds")
            dated = msgspec.structs.replace(article, retrieved=article.retrieved or now)
            found.items.append(New(keys, where, dated))
    return found


def _articles(entry: Entry | Link, site: str | None, feed: Feed, way: Way) -> Iterator[Found]:
    if isinstance(entry, Link):
        yield from sitemap.of_link(entry, way)
    elif feed.follow and not entry.full and feeds.leads(entry.url):
        yield from feeds.followed(entry, way)
    else:
        where = entry.url or f"{feed.address}: {entry.title or 'an entry'}"
        yield where, feeds.article_of(entry, site, where, way)


def _keys(entry: Entry, feed: Feed) -> tuple[str, ...]:
    """By what an entry is known: its address, and a text that it brings, for some addresses are others every day."""
    text = f"{entry.title or ''}\n{entry.text}"
    keys = [_bare(entry.url)] if entry.url else []
    if not keys or (len(entry.text) >= _LONG and not (feed.follow and not entry.full)):
        keys.append("text:" + hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest())
    return tuple(keys)


def _once(
    entries: Sequence[tuple[tuple[str, ...], str | None, Entry | Link]],
) -> Iterator[tuple[tuple[str, ...], str | None, Entry | Link]]:
    seen: set[str] = set()
    for one in entries:
        if not seen & {*one[0]}:
            seen |= {*one[0]}
            yield one


def _bare(url: str) -> str:
    """The address without what only tells by which way somebody came."""
    parts = urlsplit(url)
    query = parts.query
    if "utm_" in query:
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode([(name, value) for name, value in pairs if not name.startswith("utm_")])
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, query, ""))


def _part(link: Link) -> str:
    return f"map:{link.url} {link.modified or ''}"


def _appeared(link: Link) -> str:
    return _moment(link.published or link.modified or "") or ""


def _moment(written: str) -> str | None:
    """A date as it sorts, in UTC where it says its zone."""
    found = published.parse(written, source="feed", confidence=0.9)
    if found is None:
        return None
    try:
        when = dt.datetime.fromisoformat(found.start)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=dt.UTC)
    return when.astimezone(dt.UTC).isoformat(timespec="seconds")


def _validators(answer: Answer) -> dict[str, dict[str, str]]:
    """What the next request says, so that the answer may be "nothing is new" (RFC 9110, 13.1)."""
    asked = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    sent = {
        ask: answer.headers[name]
        for name, ask in asked.items()
        if answer.headers.get(name, "").isprintable() and 0 < len(answer.headers.get(name, "")) < 1000
    }
    return {answer.url: sent} if sent else {}


def _alternative(answer: Answer) -> str:
    """Where the feed of a page is, if it says so."""
    named = _ALTERNATE.search(answer.body[:200_000].decode("utf-8", "replace"))
    href = _HREF.search(named[0]) if named else None
    if href:
        return f"the page names this one: {urljoin(answer.url, href[1])}"
    return "give the address of a feed (RSS, Atom, JSON Feed) or of a sitemap"


def _refused(status: int) -> str:
    hints = {
        401: "the feed asks for a login",
        403: "the site refuses programs",
        404: "check the address",
        410: "the feed is gone; take it out of the file",
        429: "the site asks for fewer requests; raise every",
    }
    return f"the site answered {status}; {hints.get(status, 'it is asked again later')}"
