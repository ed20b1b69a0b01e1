"""The verbs of the Python API: from settings to parts, and from sources to Readings. No logic of its own.

read(source) -> Reading              one article; raises SourceError where there is none
read_many(sources) -> Readings       any number, in order; what cannot be read comes back with its outcome
explain(source) -> str               sentence by sentence: what was found, by which rule, or why nothing was
readings(sources) -> Readings        as read_many, and of files that hold records already the records themselves
positions(readings) -> Listing       each position with its words, person, day and document
agree(readings, a, b) -> Agreement   where they coincide and where they differ, issue by issue
signals(readings, a, b) -> Mixed     cooperation and pressure on the same days
network(readings, kind) -> Network   who stands with whom over all they said; networks(...) window by window
ingest(sources) -> Ingested          articles into a store, each once; recode() brings old ones to the present coder
matrix(*actors) -> Answer            who did what to whom, counted and summed from a store; dyad(a, b) over time
events(*actors) -> Answer            the rows themselves; so do statements, search(words), sql(query)
import_events(files) -> [Imported]   other people's events into a store; export(form, out) gives events away
compare(ours, theirs, pair)          two codings of a pair side by side
evaluate_statements(gold) -> Score   how what is found compares with gold; so do evaluate_events, evaluate_positions,
                                     evaluate_references, evaluate_pages
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import msgspec

from dragoman import plugins, settings
from dragoman.errors import SettingsError, SourceError
from dragoman.records import Article, Reading, Span
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.coder import Coder
    from dragoman.evaluate import events as event_gold
    from dragoman.evaluate import labels, page_gold, pages, references
    from dragoman.evaluate import positions as position_gold
    from dragoman.evaluate import statements as statement_gold
    from dragoman.exchange.account import Written
    from dragoman.exchange.crosswalk import Codes
    from dragoman.exchange.event_rows import EventRow
    from dragoman.exchange.into_store import Imported
    from dragoman.exchange.readings_jsonl import WrittenReadings
    from dragoman.exchange.set_aside import SetAside
    from dragoman.exchange.words import Names
    from dragoman.find.base import References
    from dragoman.ingest import Ingested, Item
    from dragoman.lexicon.add import Added
    from dragoman.lexicon.bring import Brought
    from dragoman.lexicon.load import Lexicon
    from dragoman.parse.base import Parsed, Parser
    from dragoman.relate.agreement import Agreement
    from dragoman.relate.compare import Comparison
    from dragoman.relate.concepts import StatementRow
    from dragoman.relate.listed import Listing
    from dragoman.relate.mixed import Mixed
    from dragoman.relate.networks import Kind, Network
    from dragoman.relate.networks import Terms as NetworkTerms
    from dragoman.relate.periods import Unit
    from dragoman.store.arrow import Answer
    from dragoman.store.base import Question, Store, Tallies
    from dragoman.store.delta import DeltaStore

Source = str | os.PathLike[str]


class Trained(msgspec.Struct, frozen=True):
    """A model that was made: where, of how many examples of each type, and how good it is by cross-validation.

    `undefined` are types that no table and no `define` knows: they can be measured, not coded; `few` have so little
    examples that their figures mean little.
    """

    name: str
    folder: str
    counts: dict[str, int]
    whole: bool
    undefined: tuple[str, ...]
    few: tuple[str, ...]
    score: labels.Labels
    left_out: int  # lines without a type, or of whose sides none stands in the sentence


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
    watch: Callable[[statement_gold.Text, Reading], object] = lambda text, reading: None,
) -> statement_gold.Score:
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
    watch: Callable[[event_gold.Line, Reading, event_gold.Found | Sequence[event_gold.Found]], object] = lambda *seen: (
        None
    ),
) -> event_gold.PairScore | event_gold.SentenceScore:
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


def evaluate_positions(
    gold: Source,
    *,
    settings: Settings | None = None,
    watch: Callable[[position_gold.Text, Reading], object] = lambda text, reading: None,
) -> position_gold.Score:
    """How the positions found in texts compare with those people told of (TOML cases, JSONL, or `-`).

    `watch` is handed every text with its Reading as it comes. Raises GoldError with every fault of the gold.
    """
    from dragoman.evaluate import positions as position_gold
    from dragoman.read.sources import Given, article_from_text

    texts = position_gold.read(os.fspath(gold))
    articles = (article_from_text(text.text, Given(as_is=True, published=text.date)) for text in texts)
    readings = coder(settings or _loaded()).code(articles)
    watched = ((text, reading, watch(text, reading)) for text, reading in zip(texts, readings, strict=True))
    return position_gold.measure((text, position_gold.found_in(reading)) for text, reading, _ in watched)


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
    tables = load(folders)
    if judge is not None:
        unknown = sorted(set(judge.types) - set(tables.ontology) - set(judge.defined) - {"NONE"})
        if unknown:
            raise SettingsError(
                f"the model {model} answers {', '.join(unknown)}, which no table has",
                name="model",
                hint=f"train it with --define {unknown[0]}=QUAD,SCORE, or write the type into ontology/plover.toml of "
                "your own tables",
            )
    return Coder(tables, _parser(parser), judge=judge, strict=strict)


def train(
    examples: Source,
    out: Source,
    *,
    define: Mapping[str, tuple[int, float]] | None = None,
    whole: bool | None = None,
    settings: Settings | None = None,
) -> Trained:
    """A model of one's own labels in the folder `out`, with the quality that five-fold cross-validation finds.

    Examples are lines as for `evaluate_events`: sentence, source, target, type (NONE where nothing is told). Types that
    the ontology does not have need a quad class and a score in `define` to be coded by `read`. Raises GoldError with
    every fault of the examples, SettingsError where they cannot teach anything or the folder cannot be written.
    """
    from dragoman.classify import model, teach
    from dragoman.evaluate import events, labels
    from dragoman.lexicon.load import load

    chosen = settings or _loaded()
    every = events.read(os.fspath(examples))
    lines = [line for line in every if line.type and (line.source or line.target)]
    types = [line.type or "" for line in lines]
    known = frozenset(load(chosen.lexicon).ontology)
    teach.check_place(Path(out))
    asks = [model.Ask(*ask) for ask in questions([(x.text, x.source, x.target) for x in lines], settings=chosen)]
    taught = teach.teach(asks, types, known, whole=whole)
    if os.fspath(examples) == "-":
        source = msgspec.json.encode([(line.text, line.type) for line in lines])
    else:
        source = Path(examples).read_bytes()
    name = teach.save(taught, Path(out), define or {}, source)
    _coder.cache_clear()  # a coder may hold what this folder held before
    new = tuple(sorted(set(taught.counts) - known - {model.NONE} - set(define or {})))
    return Trained(
        name, os.fspath(out), taught.counts, taught.whole, new, taught.few,
        labels.measure(zip(types, taught.crossed, strict=True)), len(every) - len(lines),
    )  # fmt: skip


def questions(
    pairs: Sequence[tuple[str, tuple[Span, ...], tuple[Span, ...]]], *, settings: Settings | None = None
) -> list[tuple[str, tuple[Span, ...], tuple[Span, ...], tuple[Span, ...], tuple[str, ...], tuple[str, ...]]]:
    """What a model is asked of sentences with two sides, with the traits of their grammar and the patterns' hints."""
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
        self.types: list[str] = model.types_of(folder)
        self.whole: bool = model.is_whole(folder)
        self.defined: dict[str, tuple[int, float]] = model.defined_by(folder)
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


# -- positions and what they tell of two and of many: of Readings, wherever these come from ----------------------------


Day = dt.date | str  # "2019-05-14", "2019-05", "2019"


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


def positions(
    readings: Iterable[Reading],
    *,
    actors: Sequence[str] = (),
    issues: Sequence[str] = (),
    regarding: Sequence[str] = (),
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
) -> Listing:
    """Each position of these actors, on these issues, regarding these third parties; empty lists ask for all.

    Actors and issues are given by code or name. Raises SettingsError, with the nearest known ones, for others, and for
    a day that cannot be understood.
    """
    from dragoman.relate.listed import listed

    wanted = _asked(settings, actors=actors, issues=issues, regarding=regarding)
    return listed(readings, **wanted, since=_first_day(since), until=_last_day(until))


def agree(
    readings: Iterable[Reading],
    *actors: str,
    issues: Sequence[str] = (),
    by: Literal["topic", "issue"] = "topic",
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> Agreement:
    """Where two actors or more coincide and where they differ, in their own words.

    A topic is an issue with the third party or place it regards; by issue, that is left aside. `terms` are those of
    `dragoman.relate.agreement.Terms`: minimum, once, window and others. Raises SettingsError as `positions` does.
    """
    from dragoman.relate.agreement import Terms, agreement
    from dragoman.relate.rows import said

    wanted = _asked(settings, actors=actors, issues=issues)
    made = _terms(Terms, terms | {"regarding": _by(by), "pair_issues": _about_pairs(settings)})
    return agreement(
        said(readings),
        wanted["actors"],
        since=_first_day(since),
        until=_last_day(until),
        issues=wanted["issues"] or None,
        terms=made,
    )


def signals(
    readings: Iterable[Reading],
    *actors: str,
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> Mixed:
    """When one of these actors cooperated with another and pressed it on the same days, with the best evidence of each.

    `terms` are those of `dragoman.relate.signals.Terms`: days, least_score and others. Raises SettingsError as
    `positions` does.
    """
    from dragoman.relate.mixed import mixed
    from dragoman.relate.signals import Terms

    wanted = _asked(settings, actors=actors)
    made = _terms(Terms, terms | {"pair_issues": _about_pairs(settings)})
    return mixed(readings, wanted["actors"], since=_first_day(since), until=_last_day(until), terms=made)


def network(
    readings: Iterable[Reading],
    kind: str = "congruence",
    *,
    of: Literal["actor", "person", "concept"] = "actor",
    by: Literal["topic", "issue"] = "topic",
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> Network:
    """Who stands with whom over all that was said: affiliation, congruence, conflict or subtract.

    `of` says what the nodes are; an affiliation network has concepts besides. `terms` are those of
    `dragoman.relate.networks.Terms`: normalise, once, binary, least_said and others.
    """
    from dragoman.relate import networks
    from dragoman.relate.rows import said

    whole, made = _network_terms(kind, of, by, settings, terms)
    return networks.network(said(readings), whole, since=_first_day(since), until=_last_day(until), terms=made)


def networks(
    readings: Iterable[Reading],
    kind: str = "congruence",
    *,
    window: Unit,
    width: int = 1,
    step: int | None = None,
    of: Literal["actor", "person", "concept"] = "actor",
    by: Literal["topic", "issue"] = "topic",
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> tuple[Network, ...]:
    """As `network`, one for each window of so many days, weeks, months, quarters or years, moving by `step` of them."""
    from dragoman.relate.networks import series
    from dragoman.relate.rows import said

    whole, made = _network_terms(kind, of, by, settings, terms)
    return series(
        said(readings),
        whole,
        unit=window,
        width=width,
        step=step,
        since=_first_day(since),
        until=_last_day(until),
        terms=made,
    )


def statement_rows(
    found: Listing, *, by: Literal["topic", "issue"] = "topic", settings: Settings | None = None
) -> Iterator[StatementRow]:
    """The positions of a listing as discourse network analysis lists them, for `exchange.statements_csv`."""
    from dragoman.relate import concepts

    return concepts.statement_rows(found.rows, regarding=_by(by), pair_issues=_about_pairs(settings))


def _asked(settings: Settings | None, **written: Sequence[str]) -> dict[str, list[str]]:
    """Codes for the names of actors and issues that somebody asks for."""
    from dragoman.lexicon import asked

    for name, given in written.items():
        if isinstance(given, str):
            raise SettingsError(f"{name} cannot be {given!r}", name=name, hint=f"a list: [{given!r}]")
    if not any(written.values()):
        return {name: [] for name in written}
    tables = lexicon(settings or _loaded())
    return {
        name: [asked.issue(one, tables) if name == "issues" else asked.actor(one, tables) for one in given]
        for name, given in written.items()
    }


def _about_pairs(settings: Settings | None) -> tuple[str, ...]:
    from dragoman.lexicon import asked

    return asked.about_pairs(lexicon(settings or _loaded()))


def _by(by: str) -> bool:
    if by not in ("topic", "issue"):
        raise SettingsError(f"by cannot be {by!r}", name="by", hint="topic, issue")
    return by == "topic"


def _terms(kind: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    fields = getattr(kind, "__struct_fields__", ())
    if unknown := sorted(set(given) - set(fields)):
        raise SettingsError(f"no term is called {unknown[0]!r}", name=unknown[0], hint=", ".join(fields))
    return kind(**given)


def _network_terms(
    kind: str, of: str, by: str, settings: Settings | None, terms: Mapping[str, Any]
) -> tuple[Kind, NetworkTerms]:
    from dragoman.relate.networks import Terms

    if of not in ("actor", "person", "concept"):
        raise SettingsError(f"of cannot be {of!r}", name="of", hint="actor, person, concept")
    kinds = ("affiliation", "congruence", "conflict", "subtract")
    if kind not in kinds:
        raise SettingsError(f"no network is called {kind!r}", name="kind", hint=", ".join(kinds))
    node = "person" if of == "person" else "actor"
    given = {"regarding": _by(by), "pair_issues": _about_pairs(settings), "node": node}
    whole: Any = kind if kind == "affiliation" else f"{'concept' if of == 'concept' else 'actor'} {kind}"
    return whole, _terms(Terms, {**terms, **given})


def _first_day(day: Day | None) -> dt.date | None:
    return _day(day, "start")


def _last_day(day: Day | None) -> dt.date | None:
    return _day(day, "end")


def _day(day: Day | None, end: Literal["start", "end"]) -> dt.date | None:
    """The first or last day of what is written; a month or a year is all of its days."""
    from dragoman.read.published import parse

    if not isinstance(day, str):
        return day
    found = parse(day, source="given", confidence=1.0)
    if found is None:
        name = "since" if end == "start" else "until"
        raise SettingsError(f"{day!r} is not a date", name=name, hint="2019-05-14, 2019-05 or 2019")
    return dt.date.fromisoformat(getattr(found, end)[:10])


# -- the store: what is kept, and what is asked of it ------------------------------------------------------------------


STORE = "dragoman.store"
# where a store is, or one that is open
Kept: TypeAlias = "Source | Store"
Out = TypeVar("Out")


def open_store(
    address: Source = STORE, *, make: bool = False, told: Callable[[str], None] | None = None, **given: Any
) -> DeltaStore:
    """The store at this address, which is a folder or s3://, gs://, abfss://; with `make` an empty one if need be.

    `told` is called once with a line where a writer must wait for another. Raises StoreError.
    """
    from dragoman.store import delta

    opened = delta.create_store if make else delta.open_store
    return opened(os.fspath(address), told=told, **given)


def migrate_store(address: Source = STORE) -> int:
    """Brings an older store to the present format; returns the format it had. Raises StoreError."""
    from dragoman.store import delta

    return delta.migrate(os.fspath(address))


def ingest(
    sources: Source | Iterable[Source],
    *,
    store: Kept = STORE,
    url: str | None = None,
    published: str | None = None,
    title: str | None = None,
    language: str | None = None,
    as_is: bool = False,
    settings: Settings | None = None,
    told: Callable[[str], None] | None = None,
    **control: Any,
) -> Ingested:
    """What became of the articles in these sources: files, folders, patterns, addresses, and files of records.

    An article that stands in the store with the same text, by the same coder, is passed over. `control` is that of
    `dragoman.ingest.ingest`: batch, seconds, stop, watch. Raises StoreError; what is wrong with a source is counted.
    """
    from dragoman.ingest import ingest as run

    chosen = settings or _loaded()
    given = {"url": url, "published": published, "title": title, "language": language, "as_is": as_is}
    named = [sources] if isinstance(sources, str | os.PathLike) else sources
    with _kept(store, make=True, told=told) as kept:
        return run(_items(named, given, chosen), coder(chosen), kept, **control)


def recode(
    *,
    store: Kept = STORE,
    settings: Settings | None = None,
    told: Callable[[str], None] | None = None,
    **control: Any,
) -> Ingested:
    """What became of the articles in the store that another coder, version or lexicon had coded: all coded anew."""
    from dragoman.ingest import recode as run

    with _kept(store, told=told) as kept:
        return run(coder(settings or _loaded()), kept, **control)


def matrix(
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    by: str = "all",
    types: Sequence[str] = (),
    issues: Sequence[str] = (),
    status: Sequence[str] | None = None,
    undated: bool = False,
    limit: int | None = None,
    settings: Settings | None = None,
) -> Answer:
    """Who did what to whom: a row for each pair (and period, where `by` is day, week, month, quarter or year).

    One actor asks for all its pairs, several for the pairs among them, none for all there are. `EU` or `G7` stand for
    their members of the time, `IGO:EU` for the body alone; a file `name.csv` of codes is a bloc too. `undated` counts
    events without a date on the day of their article; `limit` keeps so many actors, those of most events. Columns are
    those of `dragoman.relate.sums.Cell`.
    Raises SettingsError for what is unknown, StoreError.
    """
    asked, blocs = _question(
        actors, since=since, until=until, types=types, issues=issues, status=status, settings=settings
    )
    asked = msgspec.structs.replace(asked, unit=by, undated=undated)
    with _kept(store) as kept:
        return _measured(kept.tally(asked), blocs, limit)


def dyad(one: str, other: str, *, by: str = "month", settings: Settings | None = None, **given: Any) -> Answer:
    """What two actors did to each other over time: as `matrix`, for the one pair, by month unless told otherwise."""
    asked, _ = _question((one, other), settings=settings)
    if len(asked.actors) < 2:
        raise SettingsError(f"{one} and {other} are one actor", name="actor", hint="a dyad is made of two")
    return matrix(one, other, by=by, settings=settings, **given)


def events(
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    types: Sequence[str] = (),
    issues: Sequence[str] = (),
    status: Sequence[str] | None = None,
    undated: bool = False,
    limit: int | None = None,
    newest: bool = False,
    settings: Settings | None = None,
) -> Answer:
    """Events by day, each with its words; of one actor, or among several. Actors, dates and errors as in `matrix`."""
    from dragoman.store.arrow import Answer

    asked, blocs = _question(
        actors, since=since, until=until, types=types, issues=issues, status=status, settings=settings
    )
    with _kept(store) as kept:
        asked = msgspec.structs.replace(asked, undated=undated)
        return Answer(kept.events(asked, limit=limit, newest=newest), asked.actors, blocs=blocs)


def statements(
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    limit: int | None = None,
    newest: bool = False,
    settings: Settings | None = None,
) -> Answer:
    """Statements by day of publication: by or to one actor, or by one to another of several."""
    from dragoman.store.arrow import Answer

    asked, blocs = _question(actors, since=since, until=until, settings=settings)
    with _kept(store) as kept:
        return Answer(kept.statements(asked, limit=limit, newest=newest), asked.actors, blocs=blocs)


def search(
    words: str,
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    limit: int = 20,
    settings: Settings | None = None,
) -> Answer:
    """The sentences that hold all the words and that a record points at, the most relevant first.

    "Words in quotation marks" stand together; AND, OR, NOT and brackets combine.
    """
    from dragoman.store import arrow
    from dragoman.store.base import Hit

    asked, blocs = _question(actors, since=since, until=until, settings=settings)
    with _kept(store) as kept:
        return arrow.answer(Hit, kept.search(words, asked, limit=limit), actors=asked.actors, blocs=blocs)


def sql(query: str, *, store: Kept = STORE) -> Answer:
    """The answer to one SELECT over the tables of a store. Raises StoreRefused for anything else."""
    from dragoman.store.arrow import Answer

    with _kept(store) as kept:
        return Answer(kept.sql(query))


def _measured(tallies: Tallies, blocs: Mapping[str, str], limit: int | None) -> Answer:
    from dragoman.relate import sums
    from dragoman.store import arrow

    cells = sums.cells(tallies.rows)
    kept = cells if limit is None else sums.busiest(cells, limit)
    found = arrow.answer(sums.Cell, kept, actors=tallies.question.actors, left_out=tallies.left_out, blocs=blocs)
    return found if tallies.question.unit != "all" else found.without("period")


def _question(
    actors: Sequence[str] = (),
    *,
    since: Day | None = None,
    until: Day | None = None,
    types: Sequence[str] = (),
    issues: Sequence[str] = (),
    status: Sequence[str] | None = None,
    settings: Settings | None = None,
) -> tuple[Question, dict[str, str]]:
    """What is asked, in codes, and for each bloc in it what it stands for."""
    from dragoman.lexicon import asked, blocs
    from dragoman.store.base import Bloc, Member, Question

    for name, written in (("types", types), ("issues", issues), ("status", status)):
        if isinstance(written, str):
            raise SettingsError(f"{name} cannot be {written!r}", name=name, hint=f"a list: [{written!r}]")
    first, last = _first_day(since), _last_day(until)
    question = Question(
        since=first.isoformat() if first else None, until=last.isoformat() if last else None, unit="all"
    )
    if status is not None:
        question = msgspec.structs.replace(question, status=tuple(status))
    if not (actors or types or issues):
        return question, {}
    tables = lexicon(settings or _loaded())
    meant = list(dict.fromkeys(blocs.meant(one, tables) for one in actors))
    if twice := {one.code for one in meant if sum(other.code == one.code for other in meant) > 1}:
        raise SettingsError(f"{', '.join(sorted(twice))} would mean two things", name="actor", hint="rename the file")
    made = tuple(
        Bloc(code=one.code, members=tuple(Member(**msgspec.structs.asdict(m)) for m in one.members))
        for one in meant
        if one.members
    )
    question = msgspec.structs.replace(
        question,
        actors=tuple(one.code for one in meant),
        blocs=made,
        types=tuple(asked.event_type(one, tables) for one in types),
        issues=tuple(asked.issue(one, tables) for one in issues),
    )
    return question, {one.code: one.name for one in meant if one.members}


def _items(sources: Iterable[Source], given: Mapping[str, Any], chosen: Settings) -> Iterator[Item]:
    from dragoman.exchange import record_files
    from dragoman.ingest import expanded

    for source in expanded(os.fspath(source) for source in sources):
        if record_files.holds_records(source):
            yield from ((source, reading) for reading in record_files.read(source))
        else:
            yield from ((source, article) for article in _articles([source], given, chosen, []))


@contextmanager
def _kept(store: Kept, *, make: bool = False, told: Callable[[str], None] | None = None) -> Iterator[Store]:
    """The store; one that was opened here is closed again."""
    if not isinstance(store, str | os.PathLike):
        yield store
        return
    opened = open_store(store, make=make, told=told)
    try:
        yield opened
    finally:
        opened.close()


# -- exchange: other people's events, and ours for other people --------------------------------------------------------


def import_events(
    files: Source | Iterable[Source],
    *,
    store: Kept = STORE,
    form: str | None = None,
    set_aside: Source | None = None,
    again: bool = False,
    settings: Settings | None = None,
    told: Callable[[str], None] | None = None,
    done: Callable[[Imported], object] = lambda one: None,
    watch: Callable[[EventRow | SetAside], object] = lambda found: None,
) -> list[Imported]:
    """What became of each of these files of events: GDELT, ICEWS, POLECAT, NGEC, Phoenix, PLOVER JSON, our own exports.

    They stand beside our own coding under an origin of their own. A file tells its form, unless `form` does; a file
    whose name the store has is passed over, or with `again` read anew in place of what it brought. Rows that are no
    events are counted, handed to `watch`, and written to `set_aside` as they stood, with what is wrong in a file of
    that name and `.txt`. `done` is handed each file as it is done. Raises SettingsError, StoreError; a file that cannot
    be read is counted.
    """
    from contextlib import nullcontext

    from dragoman.exchange import into_store

    named = [os.fspath(file) for file in ([files] if isinstance(files, str | os.PathLike) else files)]
    codes = _codes(settings)
    keeping = nullcontext(None) if set_aside is None else into_store.kept(os.fspath(set_aside), named)
    results = []
    with _kept(store, make=True, told=told) as kept, keeping as keep:
        given: dict[str, Any] = {} if keep is None else {"keep": keep}
        for one in into_store.load(named, kept, codes, form, again=again, watch=watch, **given):
            results.append(one)
            done(one)
    return results


def export_forms() -> dict[str, str]:
    """The formats that `export` writes, each with what it is."""
    from dragoman.exchange import outgoing

    return {name: form.told for name, form in outgoing.FORMS.items()} | {
        "readings": "the whole records, as dragoman read --jsonl prints them"
    }


def export(
    form: str,
    out: Source | IO[str],
    *,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    origins: Sequence[str] = ("dragoman",),
    undated: bool = False,
    with_text: bool = False,
    settings: Settings | None = None,
    watch: Callable[[int], object] = lambda number: None,
) -> Written | WrittenReadings:
    """What was written, what was left out and what the format could not carry; `.told()` says so in lines.

    `out` is a file, or a stream of text with newline="". Without `origins` our own coding is written, for an empty list
    all there is. Articles and Readings are taken by day of publication, events by their own; with `undated` an event
    without a date takes the day of its article. The text of articles leaves only with `with_text`, in the formats
    plover and readings. `watch` is handed the number of those that went by. Raises SettingsError, StoreError.
    """
    from dragoman.exchange import citation, out_of_store, outgoing, plover, readings_jsonl

    if form not in export_forms():
        raise SettingsError(f"no format is called {form!r}", name="format", hint=f"known: {', '.join(export_forms())}")
    if with_text and form not in ("plover", "readings"):
        raise SettingsError(f"{form} carries no text of articles", name="with_text", hint="plover and readings do")
    if isinstance(origins, str):
        raise SettingsError(f"origins cannot be {origins!r}", name="origins", hint=f"a list: [{origins!r}]")
    asked, _ = _question(since=since, until=until, status=(), settings=settings)
    asked = msgspec.structs.replace(asked, origins=tuple(origins), undated=undated)
    with _kept(store) as kept:
        _known_origins(origins, kept)
        texts: dict[str, str] = {}
        if form == "readings":
            found = _passing(out_of_store.readings(kept, asked), watch)
            return _to(out, lambda stream: readings_jsonl.write(found, stream, with_text=with_text))
        if form == "csl-json":
            articles = _passing(out_of_store.articles(kept, asked), watch)
            return _to(out, lambda stream: citation.write(articles, stream))
        codes = _codes(settings)
        rows = _passing(out_of_store.rows(kept, asked, texts=texts if with_text else None), watch)
        if with_text:
            return _to(out, lambda s: plover.write(rows, s, codes, undated=undated, text_of=texts.get))
        return _to(out, lambda stream: outgoing.FORMS[form].write(rows, stream, codes, undated=undated))


def compare(
    ours: Source,
    theirs: Source,
    pair: tuple[str, str],
    *,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    by: Unit = "month",
    undated: bool = False,
    settings: Settings | None = None,
    watch: Callable[[EventRow | SetAside], object] = lambda found: None,
    **terms: Any,
) -> Comparison:
    """Two codings of what a pair does to each other: both series, how they move together, what only one has.

    Each is an origin in the store (`dragoman` is our own coding), a file of events of any format that can be imported,
    or a file of records. Without `since` and `until` the days count on which both have something of the pair; with
    `undated` an event without a date is of the day of its article. `terms` are those of
    `dragoman.relate.compare.Terms`: days, alike and others. `watch` is handed what is read from files of events.
    Raises SettingsError, SourceError, StoreError.
    """
    from dragoman.exchange import compare_text
    from dragoman.relate.compare import Terms
    from dragoman.relate.compare import compare as side_by_side

    one, other = _asked(settings, actors=pair)["actors"]
    made = _terms(Terms, terms)
    first, last = _first_day(since), _last_day(until)
    mine, another = (
        compare_text.acts(_coding(os.fspath(side), (one, other), store, settings, watch), undated=undated)
        for side in (ours, theirs)
    )
    return side_by_side(mine, another, (one, other), unit=by, since=first, until=last, terms=made)


def _coding(
    named: str,
    pair: tuple[str, str],
    store: Kept,
    settings: Settings | None,
    watch: Callable[[EventRow | SetAside], object],
) -> Iterator[EventRow]:
    """The events of an origin in the store between two actors, or those of a file."""
    from dragoman.exchange import event_rows, incoming, out_of_store, record_files
    from dragoman.exchange.set_aside import SetAside

    known = {event_rows.OWN, *map(incoming.origin_of, incoming.FORMS)}
    if named in known or not Path(named).exists():
        with _kept(store) as kept:
            _known_origins([named], kept, or_file=True)
            asked, _ = _question(pair, status=(), settings=settings)
            asked = msgspec.structs.replace(asked, origins=(named,))
            yield from out_of_store.rows(kept, asked, whole=False)
    elif record_files.holds_records(named):
        for reading in record_files.read(named):
            yield from event_rows.of_reading(reading)
    else:
        for found in incoming.read(named, _codes(settings)):
            watch(found)
            if not isinstance(found, SetAside):
                yield found


def _known_origins(origins: Iterable[str], store: Store, *, or_file: bool = False) -> None:
    there = store.info().origins
    for name in origins:
        if name not in there and (name != "dragoman" or (there and or_file)):
            what = f"no file and no origin in the store is called {name!r}" if or_file else f"no event is of {name!r}"
            has = f"the store has events of {', '.join(there)}" if there else "the store has no events"
            raise SettingsError(what, name="origin", hint=has)


def _codes(settings: Settings | None) -> Codes:
    """Codes of other schemes into ours and back, by the tables in use."""
    from dragoman.exchange.crosswalk import crosswalk
    from dragoman.lexicon.crosswalk import cameo_rows

    tables = lexicon(settings or _loaded())
    labels = {state.code: state.name for state in tables.states}
    labels |= {body.code: body.name for body in tables.organisations}
    labels |= {group.code: group.name for group in tables.armed_groups}
    names = [(name, state.code) for state in tables.states for name in (state.official, *state.aliases) if name]
    names += [(name, body.code) for body in tables.organisations for name in body.aliases]
    return crosswalk(*cameo_rows(), tables.ontology, labels, names)


def _passing(found: Iterable[Any], watch: Callable[[int], object]) -> Iterator[Any]:
    for number, one in enumerate(found, 1):
        yield one
        watch(number)


def _to(out: Source | IO[str], write: Callable[[IO[str]], Out]) -> Out:
    """What `write` gives for the stream, or for the file of that name."""
    if not isinstance(out, str | os.PathLike):
        return write(out)
    try:
        with Path(out).open("w", encoding="utf-8", newline="") as stream:
            return write(stream)
    except OSError as fault:
        raise SettingsError(f"{os.fspath(out)} cannot be written: {fault.strerror or fault}", name="out") from fault
