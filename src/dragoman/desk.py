"""The verbs of the Python API: from settings to parts, and from sources to Readings. No logic of its own.

read(source) -> Reading              one article; raises SourceError where there is none
read_many(sources) -> Readings       any number, in order; what cannot be read comes back with its outcome
explain(source) -> str               sentence by sentence: what was found, by which rule, or why nothing was
evaluate_statements(gold) -> Score   how what is found compares with gold; so do evaluate_events, evaluate_references,
                                     evaluate_pages
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dragoman import plugins, settings
from dragoman.errors import SourceError
from dragoman.records import Article, Reading, Span
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.coder import Coder
    from dragoman.evaluate import events, page_gold, pages, references, statements
    from dragoman.exchange.words import Names
    from dragoman.find.base import References
    from dragoman.lexicon.add import Added
    from dragoman.lexicon.bring import Brought
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
    return coder(settings or _loaded()).sentences(reading.article.text)


def names(settings: Settings | None = None) -> Names:
    """Readable names for the codes of a record, from the tables in use."""
    return _names(lexicon(settings or _loaded()))


def lexicon(settings: Settings) -> Lexicon:
    """The tables in use. Raises LexiconError with every fault in them."""
    from dragoman.lexicon.load import load

    return load(settings.lexicon)


def check_lexicon(settings: Settings) -> Lexicon:
    """The tables in use, looked at cell by cell. Raises LexiconError with every fault in them."""
    from dragoman.lexicon.check import check

    return check(settings.lexicon)


def add_to_lexicon(
    kind: str,
    row: Mapping[str, str | Sequence[str]],
    *,
    folder: Source,
    settings: Settings | None = None,
    dry_run: bool = False,
) -> Added:
    """What became of a row, given by column, in a folder of tables of the user's own.

    Raises LexiconError, and writes nothing, where the row would be a fault.
    """
    from dragoman.lexicon.add import add

    chosen = settings or _loaded()
    added = add(kind, row, folder=os.fspath(folder), folders=chosen.lexicon, dry_run=dry_run)
    if added.written:
        _coder.cache_clear()
    return added


def evaluate_statements(
    gold: Source,
    *,
    settings: Settings | None = None,
    watch: Callable[[statements.Text, Reading], object] = lambda text, reading: None,
) -> statements.Score:
    """How the statements found in texts compare with the attributions people marked in them (JSONL, or `-`).

    `watch` is handed every text with its Reading as it comes. Raises GoldError with every fault of the gold.
    """
    from dragoman.evaluate import statements
    from dragoman.read.sources import Given, article_from_text

    texts = statements.read(os.fspath(gold))
    articles = (article_from_text(text.text, Given(as_is=True, published=text.date)) for text in texts)
    readings = coder(settings or _loaded()).code(articles)
    watched = ((text, reading, watch(text, reading)) for text, reading in zip(texts, readings, strict=True))
    return statements.measure((text, statements.found_in(reading)) for text, reading, _ in watched)


def evaluate_events(
    gold: Source,
    *,
    pair_given: bool = True,
    profile: str | None = None,
    settings: Settings | None = None,
    watch: Callable[[events.Line, Reading, events.Found | Sequence[events.Found]], object] = lambda *seen: None,
) -> events.PairScore | events.SentenceScore:
    """How the events found compare with what people say happens in sentences (JSONL, or `-`).

    Where the lines name two sides and `pair_given` stands, the type is asked of these; otherwise the sentences are read
    like any other. A profile names the reading of the gold. `watch` is handed every line with its Reading and what
    was found. Raises GoldError with every fault of the gold.
    """
    from dragoman.evaluate import events
    from dragoman.lexicon import profiles
    from dragoman.read.sources import Given, article_from_text

    chosen = settings or _loaded()
    scheme = profiles.load(profile, chosen.lexicon)
    lines = events.read(os.fspath(gold), pair_given=pair_given)
    articles = (article_from_text(line.text, Given(as_is=True, published=line.date)) for line in lines)
    if not lines[0].pair:
        readings = coder(chosen).code(articles)
        each = ((line, r, events.found_in(line, r, scheme)) for line, r in zip(lines, readings, strict=True))
        seen = ((line, found, watch(line, r, found)) for line, r, found in each)
        return events.measure_sentences((line, found) for line, found, _ in seen)
    readings = coder(msgspec.structs.replace(chosen, model="none")).code(articles)
    answers = None if chosen.model == "none" else _Asker(chosen).answers
    whole = chosen.model != "none" and _is_whole(chosen.model)
    silence = events.knows_silence(lines)
    asked = events.ask(zip(lines, readings, strict=True), scheme, answers, silence=silence, whole=whole)
    told = ((line, found, watch(line, reading, found)) for line, reading, found in asked)
    return events.measure_pairs(((line, found) for line, found, _ in told), scheme)


def evaluate_references(
    cases: Source,
    *,
    settings: Settings | None = None,
    watch: Callable[[references.Case], object] = lambda case: None,
) -> references.Score:
    """How often words stand for whom the cases say (TOML, or `-`). Raises GoldError with every fault of the cases."""
    from dragoman.evaluate import references

    chosen = settings or _loaded()
    made = coder(chosen)
    gold = references.read(os.fspath(cases))
    parses = _parser(chosen.parser).parse(made.casing.plain(case.text) for case in gold)
    found = (
        (case, _stand_for(parsed, case.published, made.lexicon), watch(case))
        for case, parsed in zip(gold, parses, strict=True)
    )
    return references.measure((case, who) for case, who, _ in found)


def evaluate_pages(
    folder: Source,
    *,
    settings: Settings | None = None,
    watch: Callable[[page_gold.Page, Reading], object] = lambda page, reading: None,
) -> pages.Pages:
    """How the Readings of the pages in a folder compare with what a careful reader expects of them.

    `watch` is handed every page with its Reading as it comes. Raises GoldError with every fault of the expectations.
    """
    from dragoman.evaluate import page_gold, pages

    chosen = settings or _loaded()
    gold = page_gold.read(os.fspath(folder))
    articles = (next(_articles([page.source], page.given, chosen, [])) for page in gold)
    watched = (
        (page, reading, watch(page, reading)) for page, reading in zip(gold, coder(chosen).code(articles), strict=True)
    )
    return pages.measure((page.name, page.expect, reading) for page, reading, _ in watched)


def import_to_lexicon(
    form: Literal["petrarch", "wikidata"],
    files: Sequence[Source],
    *,
    folder: Source,
    settings: Settings | None = None,
    report: Source | None = None,
    dry_run: bool = False,
    **given: Any,
) -> Brought:
    """What came of the actors in these files, laid into a folder of tables; nothing that stands there is changed.

    Dictionaries of PETRARCH take `kind` (actors, agents, verbs), exports of Wikidata take `since` (a year).
    """
    from dragoman.lexicon import bring
    from dragoman.lexicon.petrarch import files as petrarch
    from dragoman.lexicon.wikidata import files as wikidata

    chosen = settings or _loaded()
    tables = bring.tables_with(os.fspath(folder), chosen.lexicon)
    read: Any = {"petrarch": petrarch.read, "wikidata": wikidata.read}[form]
    found = read([os.fspath(file) for file in files], tables, **given)
    brought = bring.bring(
        found, os.fspath(folder), chosen.lexicon, report=None if report is None else os.fspath(report), dry_run=dry_run
    )
    if brought.files:
        _coder.cache_clear()
    return brought


def coder(settings: Settings) -> Coder:
    """The coder that these settings ask for, made once."""
    return _coder(settings.lexicon, settings.parser, settings.model)


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


def _stand_for(parsed: Parsed, day: str | None, tables: Lexicon) -> References:
    """Whom the words of a text stand for, found as the coder finds it."""
    from dragoman.find import actors, references, statements

    who = references.resolve(parsed, actors.find_mentions(parsed, tables, published=day), tables, published=day)
    return references.spoken(who, statements.find_statements(parsed, who, tables, body_start=0), tables)


@cache
def _coder(folders: tuple[str, ...], parser: str, model: str) -> Coder:
    from dragoman.coder import Coder
    from dragoman.lexicon.load import load

    strict = bool(os.environ.get(settings.TRACEBACK_VARIABLE))
    judge = None if model == "none" else _AwaitedModel(model)
    return Coder(load(folders), _parser(parser), judge=judge, strict=strict)


def questions(
    pairs: Sequence[tuple[str, tuple[Span, ...], tuple[Span, ...]]], *, settings: Settings | None = None
) -> list[tuple[str, tuple[Span, ...], tuple[Span, ...], tuple[Span, ...], tuple[str, ...], tuple[str, ...]]]:
    """What a model is asked of sentences with their two sides: with the traits of the grammar and the patterns' hints."""
    from dragoman.evaluate import events
    from dragoman.read.sources import Given, article_from_text

    chosen = msgspec.structs.replace(settings or _loaded(), model="none")
    texts = list(dict.fromkeys(text for text, *_ in pairs))
    articles = (article_from_text(text, Given(as_is=True)) for text in texts)
    read = dict(zip(texts, coder(chosen).code(articles), strict=True))
    hinted = [(text, source, target, events.hints(read[text], source, target)) for text, source, target in pairs]
    return _Asker(chosen).questions(hinted)


class _Asker:
    # between evaluation, which knows sentences and sides, and a model, which wants the traits of their grammar too
    def __init__(self, settings: Settings) -> None:
        self._parser = _parser(settings.parser)
        self._model = None if settings.model == "none" else _AwaitedModel(settings.model)

    def questions(self, asks: Sequence[Any]) -> list[Any]:
        from dragoman.find.done.traits import traits

        texts = list(dict.fromkeys(text for text, *_ in asks))
        parsed = dict(zip(texts, self._parser.parse(texts), strict=True))
        return [
            (text, source, target, (), tuple(traits(parsed[text], source, target)), hints)
            for text, source, target, hints in asks
        ]

    def answers(self, asks: Sequence[Any]) -> Any:
        assert self._model is not None
        return self._model.answers(self.questions(asks))


def _is_whole(folder: str) -> bool:
    from dragoman.classify import model

    return model.is_whole(folder)


class _AwaitedModel:
    # loading a model takes a third of a second, which a page without doubtful sentences should not cost
    def __init__(self, folder: str) -> None:
        from dragoman.classify import model

        self.name: str = model.name_of(folder)
        self._make = cache(lambda: model.load(folder))

    def answers(self, asks: Any) -> Any:
        return self._make().answers(asks)


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

    def common(self, word: str) -> bool:
        return bool(self._make().common(word))


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
