"""Which office of which actor the label of a position names: "Minister of Foreign Affairs of Poland"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from dragoman.lexicon.gazetteer import Known, gazetteer
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import fold

_BEFORE = re.compile(r"(?:\b(?:of|for|in|the)\b|[,(–-]|\s)+$", re.I)
_AFTER = re.compile(r"^(?:['’]s\b|[,)–-]|\s)+", re.I)
_SENT_TO = re.compile(r" (?:to|in) .*$", re.I)
_OF_STATES = ("head of state", "head of government", "minister", "envoy")
_ORDINAL = re.compile(r"^\d+(?:st|nd|rd|th)\s+", re.I)


class Position(NamedTuple):
    """An office, the actor that the label names if it does, and how it is printed."""

    office: str
    actor: str
    title: str
    sure: bool  # the name of the actor means nothing else


class Positions:
    """Labels of positions, read by the words of offices.toml and the names of the actor tables."""

    def __init__(self, tables: Lexicon) -> None:
        self.known = gazetteer(tables)
        self._cached = lru_cache(maxsize=50_000)(self._of)

    def read(self, label: str, actor: str = "") -> Position | None:
        """The office; None where its words name none. `actor` is whose it is when the label does not say."""
        return self._cached(label, actor)

    def _of(self, label: str, actor: str) -> Position | None:
        label = " ".join(_ORDINAL.sub("", label).split())
        named = [(at, end, who) for at, end, values in self.known.names.find(label) if (who := self._actor(values))]
        whole = self._office(label, actor or None)
        if whole:  # "president of the European Commission", "permanent representative to the United Nations"
            own = self.known.offices[whole].level not in _OF_STATES
            bodies = [who.code for _, _, who in named if who.kind == "organisation"]
            return Position(whole, bodies[-1] if own and bodies else "", _title(label), True)
        for start, end, who in reversed(named):
            words = " ".join(part for part in (_before(label[:start]), _after(label[end:])) if part)
            office = self._office(words, who.code) or self._office(_SENT_TO.sub("", words), who.code, level="envoy")
            if office:
                # a governor of Georgia is another country's; a president of Georgia is not
                sure = self.known.offices[office].level in _OF_STATES
                sure = sure or fold(label[start:end]) not in self.known.ambiguous
                return Position(office, who.code, _title(words), sure)
        return None

    def _actor(self, values: tuple[Known, ...]) -> Known | None:
        fitting = [k for k in values if k.kind in ("state", "organisation", "adjective")]
        return fitting[0] if len({k.code for k in fitting}) == 1 else None

    def _office(self, words: str, code: str | None, *, level: str = "") -> str:
        key = self.known.office_key(words.lower().removeprefix("the "), code) if words else None
        return key if key and (not level or self.known.offices[key].level == level) else ""


def _before(words: str) -> str:
    return _BEFORE.sub("", words)


def _after(words: str) -> str:
    return _AFTER.sub("", words).rstrip(" )")


def _title(words: str) -> str:
    small = {"of", "the", "for", "and", "to", "in", "at"}
    return " ".join(w if w in small and at else w[:1].upper() + w[1:] for at, w in enumerate(words.split()))
