"""What a page says about itself: title, site, author, language, date, each from the most trustworthy place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from dragoman.read import furniture, published
from dragoman.read.language import primary
from dragoman.read.lines import plain
from dragoman.records import Published

_ARTICLES = ("Article", "Posting", "Report", "LiveBlog")
_DATES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "publication_date",
    "article.published",
    "article_date_original",
    "cxenseparse:recs:publishtime",
    "rnews:datepublished",
    "originalpublicationdate",
    "citation_publication_date",
    "citation_date",
    "date",
    "article.created",
    "date_published",
)
_SEPARATOR = re.compile(r"\s+(?:[|–—·•»«:/]|-{1,2}|::)\s+|\s*\|\s*")
_LD_DATE = re.compile(r"\"datePublished\"\s*:\s*\"([^\"]{4,40})\"")
_WORD = re.compile(r"\w+")


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about a page without reading its text."""

    title: str | None = None
    site: str | None = None
    author: str | None = None
    language: str | None = None
    url: str | None = None
    published: Published | None = None
    paid: bool = False  # the page itself says that it is not free to read


def about(tree: Any, *, url: str | None) -> About:
    """Everything the page's head, its data blocks and its address tell."""
    meta = _meta(tree)
    blocks = list(_blocks(tree))
    address = url or _canonical(tree, meta)
    article = _main_block(blocks, meta, address)
    site = _site(meta, article, blocks, address)
    host = urlsplit(address).hostname if address else None
    title = _title(tree, meta, article, [name for name in (site, host) if name])
    return About(
        title=title,
        site=site,
        author=_author(tree, meta, article),
        language=primary(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"))
        or primary(_text(article.get("inLanguage")))
        or primary(meta.get("content-language") or meta.get("og:locale") or meta.get("language")),
        url=address,
        published=_published(tree, meta, article, address),
        paid=article.get("isAccessibleForFree") in (False, "False", "false", "no"),
    )


def _meta(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        value = element.get("content")
        if key and value and value.strip():
            found.setdefault(key.strip().lower(), plain(value))
        if len(found) > 400:
            break
    return found


def _blocks(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in the page's JSON-LD, however nested."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        raw = (script.text or "").strip()
        try:
            stack = [json.loads(raw, strict=False)]
        except (ValueError, RecursionError):
            found = _LD_DATE.search(raw)  # broken data blocks are common, and the date is what is wanted most
            if found:
                yield {"@type": "Article", "datePublished": found[1]}
            continue
        seen = 0
        while stack and seen < 2000:
            value = stack.pop()
            seen += 1
            if isinstance(value, list):
                stack.extend(reversed(value))
            elif isinstance(value, dict):
                yield value
                stack.extend(value[key] for key in ("mainEntity", "mainEntityOfPage", "@graph") if key in value)


def _main_block(blocks: list[dict[str, Any]], meta: dict[str, str], url: str | None) -> dict[str, Any]:
    """The data block of the article itself: the one with its address or headline, else the first of its kind."""
    kinds = [block for block in blocks if any(part in str(block.get("@type", "")) for part in _ARTICLES)]
    kinds += [block for block in blocks if block.get("datePublished") and block not in kinds]
    title = _fold(meta.get("og:title", ""))
    for block in kinds:
        if title and _fold(_text(block.get("headline")) or "") == title:
            return block
    for block in kinds:
        place = _text(block.get("url")) or _text(block.get("mainEntityOfPage")) or _text(block.get("@id"))
        if url and place and urlsplit(place).path.rstrip("/") == urlsplit(url).path.rstrip("/") != "":
            return block
    return kinds[0] if kinds else {}


def _text(value: Any) -> str | None:
    """A plain string out of what may be a string, an object with a name, or a list of them."""
    if isinstance(value, str):
        return plain(value) or None
    if isinstance(value, dict):
        return _text(value.get("name") or value.get("@value") or value.get("@id"))
    if isinstance(value, list) and value:
        return _text(value[0])
    return None


def _site(meta: dict[str, str], article: dict[str, Any], blocks: list[dict[str, Any]], url: str | None) -> str | None:
    named = meta.get("og:site_name") or _text(article.get("publisher")) or meta.get("application-name")
    if not named:
        named = next((_text(block) for block in blocks if "Organization" in str(block.get("@type"))), None)
    if named and len(named) <= 80 and not named.startswith("http"):
        return named
    host = urlsplit(url).hostname if url else None
    return host.removeprefix("www.") if host else None


def _title(tree: Any, meta: dict[str, str], article: dict[str, Any], names: list[str]) -> str | None:
    """The headline as printed: the page's heading where what it says elsewhere agrees, without the site's name."""
    first = [text for element in tree.iter("h1") if (text := plain("".join(element.itertext())))][:8]
    second = [text for element in tree.iter("h2", "h3") if (text := plain("".join(element.itertext())))][:12]
    heads = first or second
    page = next((plain(element.text_content()) for element in tree.iter("title")), "")
    claims = [
        claim
        for claim in (
            _bare(said, names, first + second, tree)
            for said in (meta.get("og:title"), _text(article.get("headline")), meta.get("twitter:title"), page)
        )
        if claim
    ]
    best, mark = None, 0.0
    for head in heads[:8]:
        if len(head) > 300 or _fold(head) in map(_fold, names):
            continue
        likeness = max((_alike(head, claim) for claim in claims), default=0.0)
        if likeness > mark:
            best, mark = head, likeness
    if best is not None and mark >= (0.5 if first else 0.8):
        return best
    if claims:
        return claims[0]
    return first[0] if first and len(first[0]) <= 300 else None


def _bare(title: str | None, names: list[str], heads: list[str], tree: Any) -> str | None:
    """A title without the name of the site, of the section and the like after it or before it."""
    if not title:
        return None
    title = plain(title)
    folded = [_fold(head) for head in heads]
    if _fold(title) in folded:
        return title
    cuts = list(_SEPARATOR.finditer(title))
    for cut in cuts:
        for part in (title[: cut.start()], title[cut.end() :]):
            if len(part) > 12 and _fold(part) in folded:
                return part.strip()
    sites = ["".join(_WORD.findall(part)) for name in names for part in (name.casefold(), _domain(name.casefold()))]
    for cut in reversed(cuts):
        short = _fold(title[cut.end() :]).replace(" ", "")
        if short and any(short.removeprefix("the") in name or (len(name) > 3 and name in short) for name in sites):
            title = title[: cut.start()].strip()
        else:
            break
    cuts = list(_SEPARATOR.finditer(title))
    if cuts:
        head, tail = title[: cuts[-1].start()].strip(), title[cuts[-1].end() :]
        barred = "|" in cuts[-1][0] and len(tail.split()) <= 4 and len(head) > 20
        if barred or (len(head.split()) >= 3 and _names_site(tail, tree)):
            title = head
    return title or None


def _names_site(words: str, tree: Any) -> bool:
    """Whether the end of a title is the name of a paper or an office: by its words, or as it stands on the page too."""
    named = [word for word in words.split() if word[0].isalpha() and len(word) > 3]
    if not 1 <= len(words.split()) <= 8 or not named or not all(word[0].isupper() for word in named):
        return False
    if any(word.strip(".,").lower() in furniture.table().outlets for word in named):
        return True
    folded = _fold(words)
    for element in islice(tree.iter("p", "div", "span", "a", "b", "strong", "td", "li", "h1", "h2", "img"), 3000):
        text = element.get("alt") if element.tag == "img" else element.text
        if text and len(text) < 100 and _fold(text) == folded:
            return True
    return False


def _domain(host: str) -> str:
    """The part of a host's name that names the site."""
    parts = host.removeprefix("www.").split(".")
    return parts[-2] if len(parts) > 1 and " " not in host else host


def _author(tree: Any, meta: dict[str, str], article: dict[str, Any]) -> str | None:
    names: list[str] = []
    given = article.get("author") or article.get("creator")
    for entry in given if isinstance(given, list) else [given]:
        names.append(_text(entry) or "")
    names = [name for name in map(_name, names) if name]
    if not names:
        for key in (
            "author",
            "byl",
            "article:author",
            "dc.creator",
            "parsely-author",
            "sailthru.author",
            "cxenseparse:author",
        ):
            name = _name(meta.get(key, ""))
            if name:
                names = [name]
                break
    if not names:
        for element in tree.xpath('//*[@rel="author" or @itemprop="author"]')[:4]:
            name = _name(plain(element.text_content())[:120])
            if name and name not in names:
                names.append(name)
    return ", ".join(dict.fromkeys(names[:6])) or None


def _name(text: str) -> str | None:
    text = re.sub(r"^by\s*:?\s+", "", plain(text), flags=re.IGNORECASE).strip(" ,|-–—")
    if not text or len(text) > 100 or text.startswith(("http", "www.", "@", "/")) or "/" in text:
        return None
    return text


def _published(tree: Any, meta: dict[str, str], article: dict[str, Any], url: str | None) -> Published | None:
    """The date, from the most trustworthy place that gives one."""
    found: list[Published] = []
    for raw, source, confidence in (
        (_text(article.get("datePublished")), "json-ld", 0.95),
        (_text(article.get("dateCreated")), "json-ld", 0.7),
        *((meta.get(key), "meta", 0.9) for key in _DATES),
    ):
        date = published.parse(raw, source=source, confidence=confidence) if raw else None
        if date is not None:
            found.append(date)
    timed = _timed(tree)
    if timed is not None:
        found.append(timed)
    path = published.of_path(url) if url else None
    if path is not None:
        found.append(path)
    return published.best(found)


def _timed(tree: Any) -> Published | None:
    """The date of a <time> element, or of one marked as the date of publication."""
    for confidence, path in (
        (0.85, '//*[@itemprop="datePublished" or @property="datePublished" or @pubdate]'),
        (0.65, "//article//time[@datetime] | //main//time[@datetime] | //header//time[@datetime]"),
        (0.5, "//time[@datetime]"),
    ):
        for element in tree.xpath(path)[:3]:
            raw = element.get("datetime") or element.get("content") or element.text_content()
            date = published.parse(plain(raw or ""), source="meta", confidence=confidence)
            if date is not None:
                return date
    return None


def _canonical(tree: Any, meta: dict[str, str]) -> str | None:
    for element in tree.iter("link"):
        if (element.get("rel") or "").lower() == "canonical":
            found = _absolute(element.get("href"))
            if found:
                return found
    base = next((element.get("href") for element in tree.iter("base")), None)
    return _absolute(meta.get("og:url")) or _absolute(base)


def _absolute(address: str | None) -> str | None:
    if not address or len(address) > 2000:
        return None
    try:
        parts = urlsplit(urljoin("", address.strip()))
    except ValueError:
        return None
    return address.strip() if parts.scheme in ("http", "https") and parts.hostname else None


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _alike(one: str, other: str) -> float:
    left, right = set(_fold(one).split()), set(_fold(other).split())
    if not left or not right:
        return 0.0
    shared = len(left & right)
    return shared / max(len(left), len(right)) if len(left) > 2 else float(left == right)
