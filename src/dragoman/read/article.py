"""The record of one article: what was cleaned, with its id, language, date and a named outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from dragoman.errors import SourceError
from dragoman.read import language, published, scrape
from dragoman.read.limits import Limits, in_worker, suspicious, too_large
from dragoman.read.lines import plain, tidy, whole
from dragoman.read.scrape import Cleaned
from dragoman.records import Article

OUTCOMES: dict[str, str] = {
    "read": "The article was read.",
    "not_found": "There is no such file or folder.",
    "unreadable": "The file is there but cannot be opened or parsed.",
    "empty": "There is no text in the source.",
    "too_large": "The source, or its text, is over the size limit.",
    "timed_out": "Reading took longer than the time limit, and was stopped.",
    "truncated": "The file ends before it should; what came before that was read.",
    "bomb": "What is packed in the source is out of all proportion to its size; it was not unpacked further.",
    "too_many": "The source leads to more members or pages than are allowed; the rest was not read.",
    "looping": "A sitemap leads back to itself, or archives and sitemaps lie too deep in one another.",
    "binary": "The source is a picture, an office document or other data, not text.",
    "no_column": "No column of the table is known to hold the text of the articles.",
    "bad_row": "A row of the table cannot be told from the next, as where a quotation mark is never closed.",
    "bad_record": "A part of the web archive is damaged and was passed over.",
    "no_page": "A record of the web archive holds no page: a request, a redirect, a picture, a note.",
    "bad_json": "A line that should be a JSON object with an article in it is not.",
    "not_news": "Nothing in the source reads like the text of an article.",
    "paywall": "Only the beginning of the article is there; the rest is for subscribers.",
    "unsupported_language": "The text is in a language Dragoman has no tables for; it was cleaned all the same.",
    "unsupported_address": "The address is of a kind that is not read.",
    "forbidden_address": "The address belongs to a private network or to this machine.",
    "robots_disallowed": "The site's robots.txt asks programs not to read the page.",
    "http_error": "The site answered with an error.",
    "fetch_failed": "The page could not be fetched.",
}

_STUB_WORDS = 150  # an article behind a wall shows a paragraph or two
_MANY_LINES = 20_000


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a source from outside. `as_is`: the text is the body, to be kept to the letter.

    `columns`: what holds text, title and so on in a table or a JSON object, where it bears another name. `follow`:
    where a feed has only the summary of an article, its page is fetched.
    """

    url: str | None = None
    published: str | None = None
    title: str | None = None
    language: str | None = None
    as_is: bool = False
    columns: dict[str, str] = {}
    follow: bool = False


def guarded(read: Callable[[], Article], given: Given, *, source: str, id: str | None = None) -> Article:
    """The article, or one that says why there is none, whatever went wrong with it."""
    try:
        return read()
    except SourceError as error:
        return failure(error, given, id=id)
    except Exception as fault:  # what a library does with a page nobody thought of must not cost the others
        told = SourceError(
            f"it could not be read: {type(fault).__name__}: {str(fault)[:200]}",
            source=source,
            outcome="unreadable",
            hint="save its text and read that",
        )
        return failure(told, given, id=id)


def from_text(text: str, given: Given, limits: Limits, *, source: str, isolated: bool) -> Article:
    """The article in a plain text. `isolated`: what could take very long is read where it can be stopped."""
    if given.as_is:
        return _as_is(text, given)
    if len(text) > 4 * limits.max_characters:
        raise too_large("the text", len(text), limits.max_characters, source=source, unit="characters")
    if isolated and (len(text) > limits.max_characters or text.count("\n") > _MANY_LINES):
        answer = in_worker("text", (tidy(text), given.title), limits=limits, source=source)
        cleaned = msgspec.msgpack.decode(answer, type=Cleaned)
    else:
        cleaned = scrape.clean(text, title=given.title)
    return _article(cleaned, given, limits, source=source)


def from_page(markup: str, given: Given, limits: Limits, *, source: str, isolated: bool) -> Article:
    """The article on a page; one that could take very long is read in a process that can be stopped."""
    if len(markup) > limits.max_bytes:
        raise too_large("the page", len(markup), limits.max_bytes, source=source, unit="characters")
    if isolated and suspicious(markup):
        answer = in_worker("page", (tidy(markup), given.url, given.title), limits=limits, source=source)
        cleaned = msgspec.msgpack.decode(answer, type=Cleaned)
    else:
        from dragoman.read import page

        cleaned = page.read(markup, given.url, given.title)
    return _article(cleaned, given, limits, source=source)


def content_id(url: str | None, title: str | None, text: str) -> str:
    """An id that is the same whenever the same text comes from the same address."""
    seed = f"{url or title or ''}\n{text}"
    return "sha256-" + hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:16]


def failure(error: SourceError, given: Given, *, id: str | None = None) -> Article:
    detail = f"{error.source}: {error.message}" + (f"; {error.hint}" if error.hint else "")
    url = given.url or (error.source if error.source.startswith(("http://", "https://")) else None)
    url = whole(url) if url else None
    return Article(
        id=id or content_id(url or error.source, None, error.outcome),
        url=url,
        title=whole(given.title) if given.title else None,
        outcome=error.outcome,
        detail=plain(detail),
    )


def _as_is(text: str, given: Given) -> Article:
    text = whole(text)
    code, _ = language.identify(text)
    url, title = (whole(told) if told else None for told in (given.url, given.title))
    return Article(
        id=content_id(url, title, text),
        url=url,
        title=title,
        text=text,
        language=language.primary(given.language) or code,
        published=published.parse(given.published, source="given", confidence=1.0) if given.published else None,
    )


def _article(cleaned: Cleaned, given: Given, limits: Limits, *, source: str) -> Article:
    """The record of what was cleaned, with the outcome that fits."""
    title = plain(given.title) if given.title else cleaned.title
    body = "\n".join(cleaned.paragraphs)
    text = f"{title}\n\n{body}" if title else body
    if len(text) > limits.max_characters:
        raise too_large("the text", len(text), limits.max_characters, source=source, unit="characters")
    url = given.url or cleaned.url
    url = whole(url) if url else None
    declared = language.primary(given.language)
    code, _ = (declared, 1.0) if declared else language.identify(body or title or "", declared=cleaned.language)
    when = published.parse(given.published, source="given", confidence=1.0) if given.published else None
    if when is None:
        when = cleaned.published
        if when is None or when.source == "text":
            path = published.of_path(url) if url else None
            when = published.best([date for date in (when, path) if date is not None])
    outcome, detail = _outcome(cleaned, body, code, source)
    if given.published and (when is None or when.source != "given"):
        detail = detail or f'{source}: the date "{given.published}" was not understood; write it as 2019-05-14'
    return Article(
        id=content_id(url, title, text),
        url=url,
        title=title,
        text=text,
        body_start=len(title) + 2 if title else 0,
        language=code,
        site=cleaned.site,
        author=cleaned.author,
        published=when,
        outcome=outcome,
        detail=detail,
        dropped=tuple(item for item in cleaned.dropped if item.text) or (),
    )


def _outcome(cleaned: Cleaned, body: str, code: str | None, source: str) -> tuple[str, str | None]:
    if not body.strip():
        if cleaned.dropped:
            return (
                "not_news",
                f"{source}: nothing in it reads like an article; give the page of one article, or its text",
            )
        return "empty", f"{source}: there is no text in it; check that the page was saved whole"
    if cleaned.paywalled and len(body.split()) < _STUB_WORDS:
        return (
            "paywall",
            f"{source}: only the beginning is there, the rest is for subscribers; give the full text if you have it",
        )
    wordless = sum(1 for word in body[:20000].split() if any(char.isalpha() for char in word[:50])) < 2
    listed = len(cleaned.paragraphs) > 2 or all(len(row.split()) < 3 for row in cleaned.paragraphs)
    if wordless or (not cleaned.prose and listed):
        return "not_news", f"{source}: nothing in it reads like an article; give the page of one article, or its text"
    if code is not None and code not in language.supported():
        known = ", ".join(sorted(language.supported()))
        return (
            "unsupported_language",
            f'{source}: the text is in "{code}", and {known} is read; '
            "give a translation, or name its language if that is wrong",
        )
    return "read", None
