"""Which articles are worth the parse: those in which two actors come near each other.

An event between states needs two of them, and a writer who tells of it names both within a few sentences. One pass of a
phrase matcher over the text finds that out a hundred times faster than a parse. What is passed over keeps its reason.

    gate = near(lexicon)
    gate.why_not(article)       # None: to be coded; else in one line why not
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from dragoman.find.who.titles import LEVEL
from dragoman.lexicon.gazetteer import gazetteer
from dragoman.lexicon.match import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dragoman.lexicon.gazetteer import Figure, Gazetteer
    from dragoman.lexicon.load import Lexicon
    from dragoman.records import Article

NEAR = 3  # sentences within which two actors must be named; of two sentences one report in a hundred was lost
_LEADS = 4  # how high an office must be for its holder to be known by surname alone, behind a title
_SENTENCE = re.compile(r"(?<=[.!?”\"])\s+(?=[A-Z“\"])|\n+")
_SLACK = 2  # years before and after an office in which its holder's name still tells of the state


class Near:
    """Lets an article pass that names two actors within NEAR sentences of each other."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.stamp = f"near-{NEAR}-{lexicon.version}"
        self._lexicon = lexicon

    @cached_property
    def _known(self) -> Gazetteer:
        return gazetteer(self._lexicon)

    @cached_property
    def _surnames(self) -> Matcher[Figure]:
        """The last names of whoever held a high office, which may stand behind a title."""
        surnames: dict[str, list[Figure]] = defaultdict(list)
        for figure in self._known.figures:
            if any(LEVEL.get(term.office, 0) >= _LEADS for term in figure.terms):
                for name in {figure.name.split()[-1], *(short for term in figure.terms for short in term.short)}:
                    surnames[name].append(figure)
        return Matcher((name, figure) for name, figures in surnames.items() for figure in figures)

    @cached_property
    def _titled(self) -> re.Pattern[str] | None:
        leading = self._lexicon.language.get("leading_titles", ())
        titles = sorted({title[:1].upper() + title[1:] for title in leading} | {*leading})
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, titles))})\.? $") if titles else None

    def why_not(self, article: Article) -> str | None:
        """None where the article should be coded, else why it cannot tell of anything between two actors."""
        text = article.text
        found = sorted(self._named(text, article.published.start[:10] if article.published else None))
        actors = sorted({code for _, code in found})
        if not actors:
            return "it names no state, body or armed group of the tables"
        if len(actors) == 1:
            return f"it names one actor only, {actors[0]}"
        starts = [0, *(match.end() for match in _SENTENCE.finditer(text))]
        last: dict[str, int] = {}  # actor -> the sentence in which it was named last
        for at, code in found:
            here = bisect_right(starts, at)
            if any(here - there < NEAR for other, there in last.items() if other != code):
                return None
            last[code] = here
        return f"it never names two actors within {NEAR} sentences; {_listed(actors)} stand apart"

    def _named(self, text: str, day: str | None) -> Iterator[tuple[int, str]]:
        for start, _, values in self._known.names.find(text):
            for value in values:
                yield start, value.code
        if self._titled is not None:
            for start, _, figures in self._surnames.find(text):
                if self._titled.search(text, max(0, start - 24), start):
                    for figure in figures:
                        if figure.active(day, slack_years=_SLACK if day else 0):
                            yield start, figure.term(day).actor


def near(lexicon: Lexicon) -> Near:
    """The gate of a lexicon, made once."""
    known = lexicon.__dict__.get("near")
    if known is None:
        known = lexicon.__dict__["near"] = Near(lexicon)
    assert isinstance(known, Near)
    return known


def _listed(actors: list[str]) -> str:
    return ", ".join(actors[:3]) + (f" and {len(actors) - 3} more" if len(actors) > 3 else "")
