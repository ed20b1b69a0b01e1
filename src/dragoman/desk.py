"""The verbs of the Python API: from settings to parts, and from sources to Readings. No logic of its own.

read(source) -> Reading              one article; raises SourceError where there is none
read_many(sources) -> Readings       any number, in order; what cannot be read comes back with its outcome
explain(source) -> str               sentence by sentence: what was found, by which rule, or why nothing was
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec

from dragoman import plugins, settings
from dragoman.errors import SourceError
from dragoman.records import Article, Reading, Span
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.coder import Coder
    from dragoman.exchange.words import Names
    from dragoman.lexicon.load import Lexicon
    from dragoman.parse.base import Parsed, Parser

Source = str | os.PathLike[str]


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
    terminal.explain(reading, sentences(reading, settings), names(settings), terminal.console(out, width=width))
    return out.getvalue()


def read_each(
    sources: Iterable[Source], *, given: Mapping[str, Any], settings: Settings | None = None
) -> Iterator[tuple[str, Reading]]:
    """Every article's Reading with the source it came from, as the user named it."""
    chosen = settings or _loaded()
    named: list[str] = []  # sources of the articles that went in and have not come out yet
    for reading in coder(chosen).code(_articles(sources, given, chosen, named)):
        yield named.pop(0), reading


def understands_date(written: str) -> bool:
    """Whether a date of publication written like this would be understood."""
    from dragoman.read.published import parse

    return parse(written, source="given", confidence=1.0) is not None


def sentences(reading: Reading, settings: Settings | None = None) -> list[Span]:
    """Where the sentences of an article stand, as the parser cuts them."""
    parsed = next(_parser((settings or _loaded()).parser).parse([reading.article.text]))
    return [(sentence.start, sentence.end) for sentence in parsed.sentences]


def names(settings: Settings | None = None) -> Names:
    """Readable names for the codes of a record, from the tables in use."""
    return _names(lexicon(settings or _loaded()))


def lexicon(settings: Settings) -> Lexicon:
    """The tables in use. Raises LexiconError with every fault in them."""
    from dragoman.lexicon.load import load

    return load(settings.lexicon)


def coder(settings: Settings) -> Coder:
    """The coder that these settings ask for, made once."""
    return _coder(settings.lexicon, settings.parser)


def _articles(
    sources: Iterable[Source], given: Mapping[str, Any], chosen: Settings, named: list[str]
) -> Iterator[Article]:
    from dragoman.read.sources import Given, Limits, articles

    limits = Limits(**msgspec.structs.asdict(chosen.read))
    for source in sources:
        for article in articles(os.fspath(source), given=Given(**given), limits=limits):
            named.append(os.fspath(source))
            yield article


def _loaded() -> Settings:
    return settings.load()


@cache
def _coder(folders: tuple[str, ...], parser: str) -> Coder:
    from dragoman.coder import Coder
    from dragoman.lexicon.load import load

    strict = bool(os.environ.get(settings.TRACEBACK_VARIABLE))
    return Coder(load(folders), _parser(parser), strict=strict)


class _Awaited:
    # loading a parser takes a second, which a file that is not there should not cost
    def __init__(self, kind: Any) -> None:
        self.name: str = kind.name
        self.version: str = kind.version
        self._make = cache(kind)

    def parse(self, texts: Iterable[str]) -> Iterator[Parsed]:
        waiting = iter(texts)
        for first in waiting:
            yield from self._make().parse(chain([first], waiting))


@cache
def _parser(name: str) -> Parser:
    return _Awaited(plugins.find("parsers", name))


def _names(tables: Any) -> Names:
    from dragoman.exchange.words import Names

    actors = {r.code: r.name for r in (*tables.armed_groups, *tables.organisations, *tables.states)}
    meanings = {}
    for kind in tables.ontology.values():
        meanings[kind.name] = kind.meaning
        meanings |= {f"{kind.name} {mode.name}": mode.meaning for mode in kind.modes.values()}
    return Names(actors=actors, issues={i.key: i.name for i in tables.issues}, meanings=meanings)
