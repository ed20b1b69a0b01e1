"""Words that tell a stance, compiled from stance.csv, and the row that holds between a word and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from dragoman.find.about.phrases import Phrases
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.rows import StanceWord
from dragoman.parse.base import Parsed, Token

# how something hangs on the word above it
OBJECT, SUBJECT, PREPOSITION, INFINITIVE, GERUND, CLAUSE, MODIFIER = (
    "object", "subject", "preposition", "infinitive", "gerund", "clause", "modifier",
)  # fmt: skip
_ALLOWED = {
    OBJECT: frozenset(["thing", "effect", "carrier", "field"]),
    GERUND: frozenset(["thing", "act", "effect", "carrier"]),
    INFINITIVE: frozenset(["act", "carrier", "effect"]),
    CLAUSE: frozenset(["act"]),
    MODIFIER: frozenset(["effect", "carrier"]),
    SUBJECT: frozenset(["subject", "self"]),
    PREPOSITION: frozenset(["thing", "act", "effect", "carrier", "field", "subject"]),
}
_PARTS = {
    "VERB": ("verb",),
    "AUX": ("verb",),
    "NOUN": ("noun", "verb"),
    "PROPN": ("noun",),
    "ADJ": ("adjective", "verb"),
    "ADV": ("adjective", "phrase"),
    "ADP": ("phrase",),
    "SCONJ": ("phrase",),
    "PRON": ("pronoun", "adjective"),
}


class StanceRow(msgspec.Struct, frozen=True):
    """A row of stance.csv: its words, whether it speaks for (+1), against (-1) or neither (0), and of what."""

    words: tuple[str, ...]
    part: str
    sign: int
    kinds: frozenset[str]
    row: StanceWord


Idiom = tuple[int, int, StanceRow]  # first word, word after the last, row


class Idioms:
    """Word -> the long phrase of the table that covers it ("in favour of", "put an end to"); looked for sentence by
    sentence, where somebody asks."""

    def __init__(self, parsed: Parsed, phrases: Phrases[StanceRow]) -> None:
        self._parsed = parsed
        self._phrases = phrases
        self._known: dict[int, dict[int, Idiom]] = {}

    def __contains__(self, i: int) -> bool:
        return self.get(i) is not None

    def get(self, i: int) -> Idiom | None:
        """The phrase that covers a word."""
        return self.of(self._parsed.tokens[i].sentence).get(i)

    def of(self, sentence: int) -> dict[int, Idiom]:
        """Those of a sentence, word by word."""
        known = self._known.get(sentence)
        if known is None:
            found = self._phrases.find(self._parsed, inside=self._parsed.sentences[sentence])
            known = self._known[sentence] = {
                k: (first, last, rows[0]) for first, last, rows in found for k in range(first, last)
            }
        return known


class Stances:
    """The rows by their words. Made once a lexicon (`stances`)."""

    def __init__(self, rows: tuple[StanceWord, ...], small: Mapping[str, Any]) -> None:
        self._small = {name: frozenset(value) for name, value in small.items() if isinstance(value, list)}
        self._single: dict[tuple[str, str], StanceRow] = {}
        self._pairs: dict[tuple[str, str, str], StanceRow] = {}
        self.modals: dict[str, StanceRow] = {}  # must, will: beside the verb
        self.duties: dict[str, StanceRow] = {}  # have to, need to: above the verb
        self.conditions: dict[str, StanceRow] = {}
        self.afterwards: dict[str, StanceRow] = {}  # begin a sentence that sets a condition for the one before
        self.thereupon: dict[str, StanceRow] = {}  # begin a sentence for which the one before is the condition
        self.ties: list[StanceRow] = []  # "link to": wanted, but on a condition
        self.answers: list[StanceRow] = []  # "never", "only if": after a question of one's own
        self._by_first: dict[int, dict[str, list[tuple[str, ...]]]] = {}
        long: list[tuple[str, StanceRow]] = []
        for row in rows:
            words = tuple(row.words.lower().split())
            sign = {"for": 1, "against": -1}.get(row.stance, 0)
            compiled = StanceRow(words, row.part, sign, frozenset(row.complement.split("|")), row)
            if row.part == "modal":
                (self.modals if len(words) == 1 else self.duties)[words[0]] = compiled
            elif "tie" in compiled.kinds:
                self.ties.append(compiled)
            elif "answer" in compiled.kinds:
                self.answers.append(compiled)
            elif compiled.kinds & {"after", "then", "condition"}:
                for kind, table in (
                    ("after", self.afterwards),
                    ("then", self.thereupon),
                    ("condition", self.conditions),
                ):
                    if kind in compiled.kinds:
                        table[" ".join(words)] = compiled
            elif (
                "aim" in compiled.kinds
                or len(words) > 2
                or (len(words) == 2 and (row.part == "phrase" or words[1] not in _SMALL))
            ):
                long.append((row.words, compiled))
            elif len(words) == 2:
                self._pairs[words[0], words[1], row.part] = compiled
            else:
                self._single[words[0], row.part] = compiled
        self._long = Phrases(long)

    def wanted(self, name: str) -> frozenset[str]:
        """The words of this list of wanted.toml; none where there is no such list."""
        return self._small.get(name, frozenset())

    def by_first(self, phrases: Mapping[str, StanceRow]) -> dict[str, list[tuple[str, ...]]]:
        """The words of each phrase, by their first word; worked out once for a table."""
        known = self._by_first.get(id(phrases))
        if known is None:
            known = self._by_first[id(phrases)] = {}
            for phrase in phrases:
                words = tuple(phrase.split())
                known.setdefault(words[0], []).append(words)
        return known

    def idioms(self, parsed: Parsed) -> Idioms:
        """The long phrases of the table in a text."""
        return Idioms(parsed, self._long)

    def between(self, parsed: Parsed, above: Token, relation: str, preposition: str = "") -> StanceRow | None:
        """The row for what hangs on `above` by this relation, behind `preposition` where there is one."""
        allowed = _ALLOWED[relation]
        particle = _particle(parsed, above)
        for form, part in _forms(above):
            if preposition:
                row = self._pairs.get((form, preposition, part))
                if row is not None and row.kinds & _ALLOWED[PREPOSITION]:
                    return row
            if relation == INFINITIVE:
                row = self._pairs.get((form, "to", part))
                if row is not None and row.kinds & allowed:
                    return row
            if particle and not preposition:
                row = self._pairs.get((form, particle, part))
                if row is not None and row.kinds & allowed:
                    return row
        for form, part in _forms(above):
            row = self._single.get((form, part))
            if row is None or not row.kinds & allowed:
                continue
            if preposition and (part == "verb" or preposition not in (_ON if "carrier" in row.kinds else _LOOSE)):
                continue
            return row
        return None

    def deterring(self, token: Token) -> StanceRow | None:
        """The row of a word that tells what follows if the thing is done ("warn", "retaliate")."""
        for form, part in _forms(token):
            row = self._single.get((form, part))
            if row is not None and "if" in row.kinds:
                return row
        return None

    def names(self, token: Token) -> bool:
        """Whether this verb calls things something ("call", "consider")."""
        row = self._single.get((token.lemma, "verb"))
        return row is not None and "naming" in row.kinds

    def verb_sign(self, lemma: str) -> int:
        """+1, -1 or 0: what the verb of this lemma says by itself."""
        row = self._single.get((lemma, "verb"))
        return row.sign if row is not None else 0

    def echo(self, token: Token) -> StanceRow | None:
        """The row of a word that takes up what was spoken of before ("the proposal", "it")."""
        for part in ("noun", "pronoun"):
            row = self._single.get((token.lemma.lower(), part)) or self._single.get((token.lower, part))
            if row is not None and row.kinds & {"echo", "echo-deed"}:
                return row
        return None

    def pair(self, token: Token, after: str) -> StanceRow | None:
        """The row of this word with a preposition or particle behind it ("frown on")."""
        for form, part in _forms(token):
            row = self._pairs.get((form, after, part))
            if row is not None:
                return row
        return None

    def verb_pair(self, lemma: str, after: str) -> StanceRow | None:
        """The row of a verb with a preposition behind it, by its lemma."""
        return self._pairs.get((lemma, after, "verb"))

    def given(self, token: Token) -> StanceRow | None:
        """The row of a noun that names what a topic may meet with ("support", "a shrug")."""
        for part in ("noun", "adjective"):
            row = self._single.get((token.lemma.lower(), part)) or self._single.get((token.lower, part))
            if row is not None and row.kinds & {"given"}:
                return row
        return None

    def heightens(self, token: Token) -> bool:
        """Whether this noun is where things are lifted to ("a higher level")."""
        row = self._single.get((token.lemma.lower(), "noun"))
        return row is not None and "height" in row.kinds

    def votes(self, token: Token) -> StanceRow | None:
        """The row of a verb by which one votes ("vote", "abstain", "veto")."""
        row = self._single.get((token.lemma.lower(), "verb"))
        return row if row is not None and "vote" in row.kinds else None

    def single(self, token: Token) -> StanceRow | None:
        """The row of this one word."""
        for form, part in _forms(token):
            row = self._single.get((form, part))
            if row is not None:
                return row
        return None

    def judging(self, token: Token) -> StanceRow | None:
        """The row by which this word judges its subject ("necessary", "a mistake")."""
        for form, part in _forms(token):
            row = self._single.get((form, part))
            if row is not None and "subject" in row.kinds:
                return row
        return None

    def preposition(self, word: str) -> StanceRow | None:
        """The row of a preposition that takes sides by itself ("against", "without")."""
        return self._single.get((word, "phrase"))


def stances(lexicon: Lexicon) -> Stances:
    """The compiled rows of a lexicon, made once."""
    known: Stances | None = lexicon.__dict__.get("stances")
    if known is None:
        known = lexicon.__dict__["stances"] = Stances(lexicon.stance, lexicon.wanted)
    return known


# behind a noun without a row of its own for the preposition: "the abolition in law of", "support to"
_LOOSE = frozenset(["of", "to", "for"])
_ON = _LOOSE | {"on", "about", "against", "concerning"}
_SMALL = frozenset(
    "home about after against as at away back by down for from in into of off on out over through to toward towards "
    "up upon with".split()
)


def _forms(token: Token) -> Iterator[tuple[str, str]]:
    parts = ("adjective", "verb") if token.tag == "VBN" else _PARTS.get(token.pos, ())
    lemma = token.lemma.lower()
    for part in parts:
        if part == "verb" and token.pos in ("NOUN", "ADJ") and not token.lower.endswith(("ing", "ed")):
            continue
        yield lemma, part
        if token.lower != lemma:
            yield token.lower, part
        if part == "verb" and token.lower.endswith(("es", "ed")) and token.lower[:-1] != lemma:
            yield token.lower[:-1], part  # "hopes" is sometimes taken for "hop"


def _particle(parsed: Parsed, token: Token) -> str:
    for k in token.children:
        child = parsed.tokens[k]
        if child.dep == "prt" or (child.dep == "advmod" and child.lower in _PARTICLES and child.i == token.i + 1):
            return child.lower
    return ""


_PARTICLES = frozenset(["off", "out", "up", "down", "back", "away", "over", "home"])
