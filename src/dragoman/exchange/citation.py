"""The articles behind the data as CSL-JSON, which Zotero, pandoc and other programs that cite understand.

written = write(articles, stream)
written = write(articles_of(rows), stream)     # of imported events, as far as their rows name an address

The format: Citation Style Language 1.0.2, JSON schema of items; https://citationstyles.org.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from typing import IO, Any

from dragoman.exchange.account import Written
from dragoman.exchange.cells import whole_text
from dragoman.exchange.event_rows import EventRow
from dragoman.records import Article, Published

NOTHING_TO_CITE = "with neither title nor address"
_PARTS = {"month": 2, "year": 1}  # by granularity: how much of a date is known
_BETWEEN = re.compile(r"\s*(?:;|\||,\s+and\s|\sand\s|\s&\s)\s*")


def write(articles: Iterable[Article], stream: IO[str]) -> Written:
    """What was written to the stream (UTF-8): a JSON list of items, each article once, in the order given.

    The text of an article has no place there. Authors are written as the page names them, several where `and`, `&`
    or `;` stands between them; what is a family name is not guessed.
    """
    seen: set[str] = set()
    articles_, rows, nothing = 0, 0, 0
    stream.write("[")
    for article in articles:
        if article.id in seen:
            continue
        seen.add(article.id)
        articles_ += 1
        if not article.title and not article.url:
            nothing += 1
            continue
        stream.write(",\n" if rows else "\n")
        stream.write(json.dumps(_whole(item(article)), ensure_ascii=False))
        rows += 1
    stream.write("\n]\n")
    return Written(events=articles_, rows=rows, left_out={NOTHING_TO_CITE: nothing} if nothing else {}, lost={})


def item(article: Article) -> dict[str, Any]:
    """One article as an item: `article-newspaper` where the outlet is known, else `webpage`."""
    found: dict[str, Any] = {
        "id": article.id,
        "type": "article-newspaper" if article.site else "webpage",
        "title": article.title,
        "author": [{"literal": name} for name in _BETWEEN.split(article.author or "") if name.strip()],
        "container-title": article.site,
        "issued": _issued(article.published),
        "accessed": _date(article.retrieved, 3),
        "URL": article.url,
        "language": article.language,
    }
    return {name: value for name, value in found.items() if value}


def articles_of(rows: Iterable[EventRow]) -> Iterator[Article]:
    """What the rows tell of their articles, each once; rows that name none are passed over."""
    seen: set[str] = set()
    for row in rows:
        key = row.article or row.url
        if key and key not in seen:
            seen.add(key)
            day = row.published.isoformat() if row.published else None
            published = (
                Published(start=day, end=day, granularity="day", source="given", confidence=1.0) if day else None
            )
            yield Article(id=key, url=row.url, title=row.title, site=row.site, published=published)


def _issued(published: Published | None) -> dict[str, Any] | None:
    if published is None:
        return None
    parts = _PARTS.get(published.granularity, 3)
    first, last = _date(published.start, parts), _date(published.end, parts)
    if first and last and first != last:
        return {"date-parts": [*first["date-parts"], *last["date-parts"]]}
    return first


def _date(written: str | None, parts: int) -> dict[str, Any] | None:
    try:
        day = dt.date.fromisoformat((written or "")[:10])
    except ValueError:
        return None
    return {"date-parts": [[day.year, day.month, day.day][:parts]]}


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value
