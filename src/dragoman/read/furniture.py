"""What a line of page furniture is called: the phrase table, loaded once, and a matcher over words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|[:|©*@/]")
_LONGEST = 60  # words of a line that are looked at; longer lines are prose and rarely anything else


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of furniture. `ends`: the article is over; `starts`: it begins after this."""

    name: str
    reason: str
    weight: float
    ends: bool
    starts: bool


Index = dict[str, list[tuple[tuple[str, ...], Kind]]]


@dataclass(frozen=True, slots=True)
class Match:
    """A kind, and how it was recognised: the whole line, its first words, words inside, or such at the edge."""

    kind: Kind
    how: str


@dataclass(frozen=True, slots=True)
class Table:
    """The phrases of one language, ready for matching."""

    function_words: frozenset[str]
    open_words: frozenset[str]
    agencies: tuple[str, ...]
    outlets: frozenset[str]
    offices: frozenset[str]
    trades: frozenset[str]
    address: frozenset[str]
    platforms: frozenset[str]
    months: frozenset[str]
    kinds: dict[str, Kind]
    marks: dict[str, Kind] = field(repr=False)
    whole: dict[tuple[str, ...], Kind] = field(repr=False)
    begins: Index = field(repr=False)
    within: Index = field(repr=False)
    labels: Index = field(repr=False)
    hints: Index = field(repr=False)
    edges: Index = field(repr=False)
    paywall: Index = field(repr=False)


def match(words: tuple[str, ...], table: Table, *, sentence: bool = False) -> Match | None:
    """The kind of furniture whose phrase the line is, begins with or holds; None for anything else."""
    if not words:
        return None
    kind = table.whole.get(words)
    if kind is not None:
        return Match(kind, "line")
    found = _first(words, table.begins)
    if found is None and not sentence:
        found = _first(words, table.labels)
    if found is not None:
        return Match(found, "begins")
    found = _inside(words, table.within)
    if found is None and not sentence:
        found = _inside(words, table.hints)
    if found is not None:
        return Match(found, "within")
    found = _inside(words, table.edges)
    return None if found is None else Match(found, "edge" if sentence else "within")


def paywalled(words: tuple[str, ...], table: Table) -> bool:
    """Whether the words ask for a subscription where the text should go on."""
    return _inside(words, table.paywall) is not None


def tokens(line: str) -> tuple[str, ...]:
    """The words of a line as the table writes them: lower case, numbers as "#", colon, bar and such kept."""
    found = _TOKEN.findall(line[:600].lower())
    return tuple("#" if word[0].isdigit() else word.replace("’", "'") for word in found[:_LONGEST])


@lru_cache(maxsize=4)
def table(language: str = "en") -> Table:
    """The table of a language, read from the package's data."""
    place = resources.files("dragoman") / "data" / "lang" / language / "furniture.toml"
    raw = tomllib.loads(place.read_text(encoding="utf-8"))
    kinds: dict[str, Kind] = {}
    whole: dict[tuple[str, ...], Kind] = {}
    indexes: dict[str, Index] = {key: {} for key in ("begins", "within", "labels", "hints", "edges")}
    for name, row in raw["kind"].items():
        kind = Kind(name, row["reason"], float(row["weight"]), row.get("ends", False), row.get("starts", False))
        kinds[name] = kind
        for phrase in row.get("lines", ()):
            whole.setdefault(_phrase(phrase), kind)
        for key, index in indexes.items():
            for phrase in row.get(key, ()):
                _add(index, phrase, kind)
    paywall: Index = {}
    for phrase in raw["paywall"]["within"]:
        _add(paywall, phrase, kinds["subscribe"])
    prose = raw["prose"]
    return Table(
        function_words=frozenset(prose["function_words"].split()),
        open_words=frozenset(prose["open_words"].split()),
        agencies=tuple(prose["agencies"]),
        outlets=frozenset(prose["outlets"].split()),
        offices=frozenset(prose["offices"].split()),
        trades=frozenset(prose["trades"].split()),
        address=frozenset(prose["address"].split()),
        platforms=frozenset(prose["platforms"].split()),
        months=frozenset(prose["months"]),
        kinds=kinds,
        marks={word: kinds[name] for name, words in raw["marks"].items() for word in words.split()},
        whole=whole,
        begins=indexes["begins"],
        within=indexes["within"],
        labels=indexes["labels"],
        hints=indexes["hints"],
        edges=indexes["edges"],
        paywall=paywall,
    )


def _first(words: tuple[str, ...], index: Index) -> Kind | None:
    for phrase, kind in index.get(words[0], ()):
        if words[: len(phrase)] == phrase:
            return kind
    return None


def _inside(words: tuple[str, ...], index: Index) -> Kind | None:
    for at, word in enumerate(words):
        for phrase, kind in index.get(word, ()):
            if words[at : at + len(phrase)] == phrase:
                return kind
    return None


def _phrase(text: str) -> tuple[str, ...]:
    found = _TOKEN.findall(text.lower().replace("#", "0"))
    return tuple("#" if word[0].isdigit() else word.replace("’", "'") for word in found)


def _add(index: Index, text: str, kind: Kind) -> None:
    phrase = _phrase(text)
    index.setdefault(phrase[0], []).append((phrase, kind))
