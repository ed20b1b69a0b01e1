"""Settings into parts: the tables, the parser, the coder, made once each; and what is written into codes and days."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dragoman import plugins, settings
from dragoman.errors import SettingsError
from dragoman.records import Article
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.coder import Coder
    from dragoman.exchange.words import Names
    from dragoman.lexicon.load import Lexicon
    from dragoman.parse.base import Parsed, Parser

Source = str | os.PathLike[str]


Day = dt.date | str  # "2019-05-14", "2019-05", "2019"


def loaded() -> Settings:
    return settings.load()


def coder(settings: Settings) -> Coder:
    """The coder that these settings ask for, made once."""
    return _coder(settings.lexicon, settings.parser, settings.model)


def forget() -> None:
    """Tables or a model on disk have changed: the next coder is made anew."""
    _coder.cache_clear()


def lexicon(settings: Settings) -> Lexicon:
    """The tables in use. Raises LexiconError with every fault in them."""
    from dragoman.lexicon.load import load

    return load(settings.lexicon)


def names(settings: Settings | None = None) -> Names:
    """Readable names for the codes of a record, from the tables in use."""
    return _names(lexicon(settings or loaded()))


@cache
def _coder(folders: tuple[str, ...], parsed_by: str, model: str) -> Coder:
    from dragoman.coder import Coder
    from dragoman.lexicon.load import load

    strict = bool(os.environ.get(settings.TRACEBACK_VARIABLE))
    judge = None if model == "none" else AwaitedModel(model)
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
    stances = None if model == "none" else AwaitedReader()
    return Coder(tables, parser(parsed_by), judge=judge, stances=stances, strict=strict)


def articles(
    sources: Iterable[Source], given: Mapping[str, Any], chosen: Settings, named: list[str]
) -> Iterator[Article]:
    from dragoman.read.sources import Given, Limits, articles

    limits = Limits(**msgspec.structs.asdict(chosen.read))
    for source in sources:
        for article in articles(os.fspath(source), given=Given(**given), limits=limits):
            named.append(os.fspath(source))
            yield article


@cache
def parser(name: str) -> Parser:
    return _Awaited(plugins.find("parsers", name))


class AwaitedModel:
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


class AwaitedReader:
    # as the model of events: loaded for the first topic that needs it

    def __init__(self) -> None:
        from dragoman.classify import stances

        self.name = stances.name_of()
        self._load = stances.load

    def answers(self, asks: Any) -> Any:
        return self._load().answers(asks)


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


def _names(tables: Any) -> Names:
    from dragoman.exchange.words import Names

    actors = {r.code: r.name for r in (*tables.armed_groups, *tables.organisations, *tables.states)}
    meanings = {}
    for kind in tables.ontology.values():
        meanings[kind.name] = kind.meaning
        meanings |= {f"{kind.name} {mode.name}": mode.meaning for mode in kind.modes.values()}
    return Names(actors=actors, issues={i.key: i.name for i in tables.issues}, meanings=meanings)


def codes(settings: Settings | None, **written: Sequence[str]) -> dict[str, list[str]]:
    """Codes for the names of actors and issues that somebody asks for."""
    from dragoman.lexicon import asked

    for name, given in written.items():
        if isinstance(given, str):
            raise SettingsError(f"{name} cannot be {given!r}", name=name, hint=f"a list: [{given!r}]")
    if not any(written.values()):
        return {name: [] for name in written}
    tables = lexicon(settings or loaded())
    return {
        name: [asked.issue(one, tables) if name == "issues" else asked.actor(one, tables) for one in given]
        for name, given in written.items()
    }


def terms(kind: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    fields = getattr(kind, "__struct_fields__", ())
    if unknown := sorted(set(given) - set(fields)):
        raise SettingsError(f"no term is called {unknown[0]!r}", name=unknown[0], hint=", ".join(fields))
    return kind(**given)


def first_day(day: Day | None) -> dt.date | None:
    return _day(day, "start")


def last_day(day: Day | None) -> dt.date | None:
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
