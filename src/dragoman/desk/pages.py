"""From sources to Readings, and a Reading told sentence by sentence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from dragoman.desk import parts
from dragoman.desk.parts import Source
from dragoman.errors import SourceError
from dragoman.records import Article, Reading, Span
from dragoman.settings import Settings

if TYPE_CHECKING:
    pass


def read(
    source: Source,
    *,
    url: str | None = None,
    published: str | None = None,
    title: str | None = None,
    language: str | None = None,
    as_is: bool = False,
    settings: Settings | None = None,
) -> Reading:
    """The Reading of one article: an HTML, text or JSONL file, a URL, or `-` for standard input.

    What the page does not say can be given: its address, its date (ISO 8601), its title, its language. With `as_is` a
    text is kept to the letter, nothing is taken for page furniture.
    Raises SourceError, with the named outcome, where nothing could be read or where the source holds several articles.
    """
    given = {"url": url, "published": published, "title": title, "language": language, "as_is": as_is}
    found: list[Reading] = []
    for _, reading in read_each([source], given=given, settings=settings):
        found.append(reading)
        if len(found) == 2:
            raise SourceError(
                f"{os.fspath(source)} holds several articles",
                source=os.fspath(source),
                outcome="several",
                hint="dragoman.read_many reads them all",
            )
    if not found or not found[0].article.text:
        article = found[0].article if found else Article(id="", outcome="empty", detail="there is no article in it")
        raise SourceError(
            article.detail or f"{os.fspath(source)}: {article.outcome}",
            source=os.fspath(source),
            outcome=article.outcome,
        )
    return found[0]


def read_many(
    sources: Iterable[Source],
    *,
    published: str | None = None,
    language: str | None = None,
    settings: Settings | None = None,
) -> Iterator[Reading]:
    """The Readings of all articles in these sources, in order, folders and files of many articles included.

    What is wrong with a source is not raised: `reading.article.outcome` names it, `reading.article.detail` tells it.
    """
    for _, reading in read_each(sources, given={"published": published, "language": language}, settings=settings):
        yield reading


def explain(
    source: Source,
    *,
    url: str | None = None,
    published: str | None = None,
    title: str | None = None,
    language: str | None = None,
    as_is: bool = False,
    settings: Settings | None = None,
    width: int = 100,
) -> str:
    """What was found sentence by sentence, by which rule, or why nothing was, as plain text."""
    import io

    from dragoman.exchange import terminal

    given = {"url": url, "published": published, "title": title, "language": language}
    reading = read(source, **given, as_is=as_is, settings=settings)
    out = io.StringIO()
    terminal.explain(reading, sentences(reading, settings), parts.names(settings), terminal.console(out, width=width))
    return out.getvalue()


def read_each(
    sources: Iterable[Source], *, given: Mapping[str, Any], settings: Settings | None = None
) -> Iterator[tuple[str, Reading]]:
    """Every article's Reading with the source it came from, as the user named it."""
    chosen = settings or parts.loaded()
    named: list[str] = []  # sources of the articles that went in and have not come out yet
    for reading in parts.coder(chosen).code(parts.articles(sources, given, chosen, named)):
        yield named.pop(0), reading


def readings(
    sources: Iterable[Source],
    *,
    published: str | None = None,
    language: str | None = None,
    settings: Settings | None = None,
) -> Iterator[Reading]:
    """The Readings of all these sources, in order: articles are read, and what is a record already is taken as it is.

    What is wrong with a source is not raised: `reading.article.outcome` names it, `reading.article.detail` tells it.
    """
    for _, reading in readings_each(sources, given={"published": published, "language": language}, settings=settings):
        yield reading


def readings_each(
    sources: Iterable[Source], *, given: Mapping[str, Any], settings: Settings | None = None
) -> Iterator[tuple[str, Reading]]:
    """As `readings`, each with the source it came from, as the user named it."""
    from dragoman.exchange import record_files

    for are_records, group in groupby((os.fspath(source) for source in sources), record_files.holds_records):
        if are_records:
            for source in group:
                for reading in record_files.read(source):
                    yield source, reading
        else:
            yield from read_each(list(group), given=given, settings=settings)


def understands_date(written: str) -> bool:
    """Whether a date of publication written like this would be understood."""
    from dragoman.read.published import parse

    return parse(written, source="given", confidence=1.0) is not None


def sentences(reading: Reading, settings: Settings | None = None) -> list[Span]:
    """Where the sentences of an article stand, as the parser cuts them."""
    return parts.coder(settings or parts.loaded()).sentences(reading.article.text)
