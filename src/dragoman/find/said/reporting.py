"""The words that report, as the table of the language has them (`reporting.csv`), ready to be looked up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from dragoman.find.said.units import Page
from dragoman.lexicon.rows import Reporting
from dragoman.parse.base import Parsed, Token


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A row of the table: `rest` is what must follow the first word."""

    row: Reporting
    rest: tuple[str, ...]
    frames: frozenset[str]


class ReportingWords(msgspec.Struct, frozen=True):
    """The table by first word, longest entries first. `channels` tell where it was said ("on Twitter")."""

    verbs: dict[str, tuple[Entry, ...]]
    nouns: dict[str, tuple[Entry, ...]]
    phrases: dict[str, tuple[Entry, ...]]
    channels: dict[str, tuple[Entry, ...]]
    replies: dict[str, tuple[Entry, ...]]  # whom the speaker turns to: "in reply to", "addressing"
    adverbs: dict[str, tuple[Entry, ...]]  # somebody says so, nobody tells who: "reportedly"
    labels: dict[str, str]  # what stands before a colon in questions and answers, and the act it tells
    manners: frozenset[str]  # after "according to" they tell how, not who: "according to plan"
    rules: frozenset[str]  # the same, where no comma parts it from the rest: "according to the law"
    things: frozenset[str]  # have no words, wishes or views: "airplane"
    speaking: frozenset[str]  # verbs that can stand after a passage
    forms: dict[str, str]  # regular forms of the verbs, for lemmatisers that take "hoped" for "hop"

    def verb(self, token: Token) -> tuple[Entry, ...]:
        """The rows for a verb; none if it does not report."""
        found = self.verbs.get(token.lemma.lower())
        if found is None and token.lower in self.forms:
            found = self.verbs[self.forms[token.lower]]
        return found or ()


@lru_cache(maxsize=4)
def reporting_words(rows: tuple[Reporting, ...]) -> ReportingWords:
    """The table in the shape that the search needs."""
    tables: dict[str, dict[str, list[Entry]]] = {
        kind: {} for kind in ("verb", "noun", "phrase", "channel", "reply", "adverb")
    }
    for row in rows:
        words = tuple(row.lemma.lower().replace("-", " - ").split())
        kind = "channel" if row.kind == "phrase" and set(row.frame) <= {"to-person"} else row.kind
        if words and kind in tables:
            tables[kind].setdefault(words[0], []).append(Entry(row, words[1:], frozenset(row.frame)))
    verbs, nouns, phrases, channels, replies, adverbs = (
        {first: tuple(sorted(found, key=lambda e: -len(e.rest))) for first, found in table.items()}
        for table in tables.values()
    )

    def listed(kind: str) -> frozenset[str]:
        return frozenset(row.lemma.lower() for row in rows if row.kind == kind)

    speaking = frozenset(
        first for first, found in verbs.items() if any("quote" in e.frames and not e.rest for e in found)
    )
    forms = {form: first for first in verbs for form in _forms(first)}
    labels = {row.lemma.lower(): row.act for row in rows if row.kind == "label"}
    manners, rules, things = listed("manner"), listed("rule"), listed("thing")
    return ReportingWords(
        verbs, nouns, phrases, channels, replies, adverbs, labels, manners, rules, things, speaking, forms
    )


def _forms(verb: str) -> tuple[str, ...]:
    if verb.endswith("e"):
        return verb + "s", verb + "d", verb[:-1] + "ing"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    return verb + "s", verb + "ed", verb + "ing"


def speaks(parsed: Parsed, words: ReportingWords, i: int) -> bool:
    """Whether word `i` is a verb that can stand after a passage, as in `“Why?” Holm asked.`"""
    token = parsed.tokens[i]
    return token.lemma.lower() in words.speaking or words.forms.get(token.lower) in words.speaking


def matched(page: Page, i: int, rest: Sequence[str], gap: int = 4) -> list[int] | None:
    """Where the other words of an entry follow word `i`, each with at most `gap` words between."""
    out: list[int] = []
    at = i
    for word in rest:
        for k in range(at + 1, min(at + 2 + gap, len(page.tokens))):
            token = page.tokens[k]
            if (token.lower == word or token.lemma.lower() == word) and (k == at + 1 or _governed(page, k, i, at)):
                if word == "on" and _day_after(page, k):
                    continue
                out.append(k)
                at = k
                break
            if token.pos == "PUNCT" or page.quote_at[k] != page.quote_at[i] or token.lower == "that":
                return None
        else:
            return None
    return out


def _day_after(page: Page, k: int) -> bool:
    """ "agreed on Thursday", "insisted on the second day" """
    return any(t.lower in _DAYS for t in page.parsed.kids(k, "pobj"))


_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday day eve morning evening".split())


def _governed(page: Page, k: int, i: int, at: int) -> bool:
    """Whether a preposition some words on belongs to the entry rather than to a noun between."""
    token = page.tokens[k]
    return token.pos != "ADP" or token.head in (i, at)
