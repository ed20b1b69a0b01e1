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


@dataclass(frozen=True, slots=True)
class Match:
    """A kind, and how it was recognised: the whole line, its first words, or words inside."""

    kind: Kind
    how: str


@dataclass(frozen=True, slots=True)
class Table:
    """The phrases of one language, ready for matching."""

    function_words: frozenset[str]
    open_words: frozenset[str]
    agencies: tuple[str, ...]
    months: frozenset[str]
    kinds: dict[str, Kind]
    whole: dict[tuple[str, ...], Kind] = field(repr=False)
    begins: dict[str, list[tuple[tuple[str, ...], Kind]]] = field(repr=False)
    within: dict[str, list[tuple[tuple[str, ...], Kind]]] = field(repr=False)
    paywall: dict[str, list[tuple[tuple[str, ...], Kind]]] = field(repr=False)


def match(words: tuple[str, ...], table: Table) -> Match | None:
    """The kind of furniture whose phrase the line is, begins with or holds; None for anything else."""
    if not words:
        return None
    kind = table.whole.get(words)
    if kind is not None:
        return Match(kind, "line")
    for phrase, kind in table.begins.get(words[0], ()):
        if words[: len(phrase)] == phrase:
            return Match(kind, "begins")
    return _inside(words, table.within)


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
    begins: dict[str, list[tuple[tuple[str, ...], Kind]]] = {}
    within: dict[str, list[tuple[tuple[str, ...], Kind]]] = {}
    for name, row in raw["kind"].items():
        kind = Kind(name, row["reason"], float(row["weight"]), row.get("ends", False), row.get("starts", False))
        kinds[name] = kind
        for phrase in row.get("lines", ()):
            whole.setdefault(_phrase(phrase), kind)
        for phrase in row.get("begins", ()):
            _add(begins, phrase, kind)
        for phrase in row.get("within", ()):
            _add(within, phrase, kind)
    paywall: dict[str, list[tuple[tuple[str, ...], Kind]]] = {}
    for phrase in raw["paywall"]["within"]:
        _add(paywall, phrase, kinds["subscribe"])
    prose = raw["prose"]
    return Table(
        function_words=frozenset(prose["function_words"].split()),
        open_words=frozenset(prose["open_words"].split()),
        agencies=tuple(prose["agencies"]),
        months=frozenset(prose["months"]),
        kinds=kinds,
        whole=whole,
        begins=begins,
        within=within,
        paywall=paywall,
    )


def _inside(words: tuple[str, ...], index: dict[str, list[tuple[tuple[str, ...], Kind]]]) -> Match | None:
    for at, word in enumerate(words):
        for phrase, kind in index.get(word, ()):
            if words[at : at + len(phrase)] == phrase:
                return Match(kind, "within")
    return None


def _phrase(text: str) -> tuple[str, ...]:
    found = _TOKEN.findall(text.lower().replace("#", "0"))
    return tuple("#" if word[0].isdigit() else word.replace("’", "'") for word in found)


def _add(index: dict[str, list[tuple[tuple[str, ...], Kind]]], text: str, kind: Kind) -> None:
    phrase = _phrase(text)
    index.setdefault(phrase[0], []).append((phrase, kind))
