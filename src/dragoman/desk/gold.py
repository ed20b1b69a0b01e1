"""How what is found compares with gold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from dragoman.desk import parts, training
from dragoman.desk.parts import Source
from dragoman.records import Reading
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.evaluate import events as event_gold
    from dragoman.evaluate import page_gold, pages, references
    from dragoman.evaluate import positions as position_gold
    from dragoman.evaluate import statements as statement_gold
    from dragoman.find.base import References
    from dragoman.lexicon.load import Lexicon
    from dragoman.parse.base import Parsed


class _Text(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def date(self) -> str | None: ...


Told = TypeVar("Told", bound=_Text)


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

    coded = _coded(statements.read(os.fspath(gold)), settings or parts.loaded())
    watched = ((text, reading, watch(text, reading)) for text, reading in coded)
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

    chosen = settings or parts.loaded()
    scheme = profiles.load(profile, chosen.lexicon)
    lines = events.read(os.fspath(gold), pair_given=pair_given)
    if not lines[0].pair:
        each = ((line, r, events.found_in(line, r, scheme)) for line, r in _coded(lines, chosen))
        seen = ((line, found, watch(line, r, found)) for line, r, found in each)
        return events.measure_sentences((line, found) for line, found, _ in seen)
    coded = _coded(lines, msgspec.structs.replace(chosen, model="none"))
    answers = None if chosen.model == "none" else training.Asker(chosen).answers
    whole = chosen.model != "none" and _is_whole(chosen.model)
    silence = events.knows_silence(lines)
    asked = events.ask(coded, scheme, answers, silence=silence, whole=whole)
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

    coded = _coded(position_gold.read(os.fspath(gold)), settings or parts.loaded())
    watched = ((text, reading, watch(text, reading)) for text, reading in coded)
    return position_gold.measure((text, position_gold.found_in(reading)) for text, reading, _ in watched)


def evaluate_references(
    cases: Source,
    *,
    settings: Settings | None = None,
    watch: Callable[[references.Case], object] = lambda case: None,
) -> references.Score:
    """How often words stand for whom the cases say (TOML, or `-`). Raises GoldError with every fault of the cases."""
    from dragoman.evaluate import references

    chosen = settings or parts.loaded()
    made = parts.coder(chosen)
    gold = references.read(os.fspath(cases))
    parses = parts.parser(chosen.parser).parse(made.casing.plain(case.text) for case in gold)
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

    chosen = settings or parts.loaded()
    gold = page_gold.read(os.fspath(folder))
    articles = (next(parts.articles([page.source], page.given, chosen, [])) for page in gold)
    watched = (
        (page, reading, watch(page, reading))
        for page, reading in zip(gold, parts.coder(chosen).code(articles), strict=True)
    )
    return pages.measure((page.name, page.expect, reading) for page, reading, _ in watched)


def _coded(texts: Sequence[Told], settings: Settings) -> Iterator[tuple[Told, Reading]]:
    """Each text of a gold, kept to the letter, with its Reading."""
    from dragoman.read.sources import Given, article_from_text

    articles = (article_from_text(text.text, Given(as_is=True, published=text.date)) for text in texts)
    return zip(texts, parts.coder(settings).code(articles), strict=True)


def _stand_for(parsed: Parsed, day: str | None, tables: Lexicon) -> References:
    """Whom the words of a text stand for, found as the coder finds it."""
    from dragoman.find import actors, references, statements

    who = references.resolve(parsed, actors.find_mentions(parsed, tables, published=day), tables, published=day)
    return references.spoken(who, statements.find_statements(parsed, who, tables, body_start=0), tables)


def _is_whole(folder: str) -> bool:
    from dragoman.classify import model

    return model.is_whole(folder)
