"""Who is named around a topic: whose it is, with whom, against whom, where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from dragoman.find.base import References
from dragoman.parse.base import Parsed, Token
from dragoman.records import Participant

_WITH = frozenset(["with", "between", "to", "toward", "towards", "among", "and"])
_BY = frozenset(["by", "from"])
_AT = frozenset(["on", "against", "at", "upon"])
_PLACE = frozenset(
    ["in", "over", "of", "for", "about", "near", "inside", "across", "through", "throughout", "regarding", "around"]
)
_FAR = ("relcl", "acl", "advcl", "ccomp", "appos", "punct", "cc", "parataxis")


class Sides(msgspec.Struct, gc=False):
    """Codes of the actors named in and around a phrase, by the part they have; no code stands twice in one list."""

    doers: list[str]
    partners: list[str]
    targets: list[str]
    places: list[str]

    def all(self) -> list[str]:
        """Everybody, partners first."""
        return list(dict.fromkeys([*self.partners, *self.targets, *self.doers, *self.places]))


def sides_of(parsed: Parsed, references: References, first: int, last: int, path: Sequence[int]) -> Sides:
    """The sides of the topic at words `first` up to `last`; `path` are the words that govern it, nearest first."""
    out = Sides([], [], [], [])
    span = range(first, last)
    for i in span:
        token = parsed.tokens[i]
        for child in parsed.kids(i):
            if child.i in span:
                continue
            if token.pos == "VERB" and child.dep in ("nsubj", "dobj", "nsubjpass"):
                # "if Ruritania invaded Syldavia"
                _add(out, "by" if child.dep == "nsubj" else "on", codes(references, child.i))
            elif token.pos in ("ADP", "SCONJ") and child.dep in ("pobj", "pcomp"):
                _add(out, token.lower, codes(references, child.i))
            else:
                _beside(parsed, references, child, out, noun=True)
    for k in path:
        token = parsed.tokens[k]
        noun = token.pos in ("NOUN", "PROPN")
        if not noun and token.pos not in ("VERB", "AUX"):
            continue
        for child in parsed.kids(k):
            if child.i in span or child.i in path or any(first <= d < last for d in parsed.subtree(child.i)):
                continue
            if noun or child.dep == "prep":
                _beside(parsed, references, child, out, noun=noun, after=last)
    # "recognition of Kosovo" is one phrase of the table
    found = [m for i in span if (m := references.mention(i)) is not None and m.code and not m.bound]
    if not out.all() or any(m.first in span and m.last <= last for m in found):
        out.places.extend(c for c in dict.fromkeys(m.code for m in found if m.code) if c not in out.all())
    return out


def codes(references: References, i: int) -> list[str]:
    """Codes of the actors that the phrase headed by word `i` stands for, or that are named inside it."""
    found = [p.actor for p in references.of(i) if p.actor]
    if not found:
        mention = references.mention(i)
        found = (
            [mention.code]
            if mention is not None and mention.code and not mention.bound
            else actors(references.within(i))
        )
    return list(dict.fromkeys(found))


def actors(people: Iterable[Participant]) -> list[str]:
    """The codes of these people, each once."""
    return list(dict.fromkeys(p.actor for p in people if p.actor))


def _beside(parsed: Parsed, references: References, child: Token, out: Sides, *, noun: bool, after: int = 0) -> None:
    if child.dep in _FAR:
        return
    if noun and child.dep in ("poss", "amod", "compound", "nmod", "nummod"):
        found = actors(references.of(child.i))
        mention = references.mention(child.i)
        if not found and mention is not None and mention.code and not mention.bound:
            found = [mention.code]
        out.doers.extend(c for c in found if c not in out.doers)
        for below in parsed.kids(child.i, "amod", "compound", "nmod", "poss", "conj"):
            _beside(parsed, references, below, out, noun=True) if below.dep != "conj" else out.doers.extend(
                c for c in codes(references, below.i) if c not in out.doers
            )
    elif child.dep in ("prep", "agent", "dative"):
        if not noun and child.lower in _PLACE and child.i < after:
            return  # "said in Kampala": where it was said, not what it is about
        for pobj in parsed.kids(child.i, "pobj"):
            _add(out, child.lower, codes(references, pobj.i))
            # "sanctions on banks in Iran": what hangs on the noun behind it
        for deeper in parsed.kids(child.i, "prep"):
            _beside(parsed, references, deeper, out, noun=noun, after=after)


def _add(out: Sides, preposition: str, found: list[str]) -> None:
    where = (
        out.partners if preposition in _WITH
        else out.doers if preposition in _BY
        else out.targets if preposition in _AT
        else out.places if preposition in _PLACE
        else None
    )  # fmt: skip
    if where is not None:
        where.extend(c for c in found if c not in where)
