"""Words that take up a topic spoken of before: "rejected the proposal", "is against it", "it must end".

They become topics of their own, so that what is wanted of them is read like anything else. A word such as "the deal"
or "it" stands for the matter; "the decision", "the ban", "the offer" for what was done or wanted of the matter.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dragoman.find.about.topics import Topic
from dragoman.find.base import References
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.stances import Stances
from dragoman.parse.base import Parsed, Token

_DEFINITE = frozenset(["the", "this", "that", "these", "those", "such", "both", "any"])
_FILLING = frozenset(["of", "for", "on", "to", "about", "between", "against", "with"])
_REACH = 1  # sentences back


class Spoken(msgspec.Struct, frozen=True, gc=False):
    """A topic and what was claimed of it; `actors` are those who claimed it."""

    topic: Topic
    claim: Claim | None
    actors: tuple[str, ...] = ()
    regarding: str | None = None


class Echo(msgspec.Struct, frozen=True, gc=False):
    """A word that takes up what was spoken of: as a topic, with what it takes up."""

    topic: Topic
    source: Spoken
    deed: bool  # stands for what was done or wanted, not for the matter


def echo_at(
    parsed: Parsed, references: References, stances: Stances, token: Token, before: Sequence[Spoken]
) -> Echo | None:
    """What the word `token` takes up of what was spoken of `before` it, the latest last; None: nothing."""
    if not before:
        return None
    if token.tag == "WDT":
        return _relative(parsed, token, before)
    row = stances.echo(token)
    if row is not None:
        if row.part == "noun" and not _definite(parsed, token):
            return None
        if row.part == "pronoun" and not _free(parsed, references, token):
            return None
        deed = "echo-deed" in row.kinds
        same: list[Spoken] = []
        if "carrier" in row.kinds and not deed:
            # "the agreement" of the next sentence takes up a deal or a treaty, not whatever was spoken of
            before = [s for s in before if _alike(parsed, stances, token, s)]
    else:
        if token.pos != "NOUN" or not _definite(parsed, token):
            return None
        deed = False
        same = [s for s in before if _named_alike(parsed, token, s.topic)]
        if not same:
            return None
    last = _latest(parsed, token, same or before, deed=deed)
    if last is None:
        return None
    sign = 0 if last.topic.deed else last.topic.polarity
    if deed and last.claim is not None:
        sign = last.claim.sign
    topic = Topic(
        last.topic.issue, token.i, token.i + 1, token.start, token.end, -1 if sign < 0 else max(sign, 0), False
    )
    return Echo(topic, last, deed and last.claim is not None)


def _relative(parsed: Parsed, token: Token, before: Sequence[Spoken]) -> Echo | None:
    """ "the agreement, which Panama had signed": the relative pronoun stands for the topic of its noun."""
    if token.dep not in ("dobj", "pobj", "nsubjpass"):
        return None
    verb = parsed.head(token.i)
    while verb.dep != "relcl" and parsed.head(verb.i).i != verb.i:
        verb = parsed.head(verb.i)
    if verb.dep != "relcl":
        return None
    noun = parsed.head(verb.i).i
    for spoken in reversed(before):
        topic = spoken.topic
        if topic.first <= noun < topic.last or _near(parsed, noun, topic):
            if parsed.tokens[topic.first].sentence != token.sentence:
                continue
            found = Topic(topic.issue, token.i, token.i + 1, token.start, token.end, topic.polarity, False)
            return Echo(found, spoken, False)
    return None


def _near(parsed: Parsed, noun: int, topic: Topic) -> bool:
    above = {t.i for t in parsed.ancestors(noun)}
    return any(t.i == noun for t in parsed.ancestors(topic.first)) or bool(above & set(range(topic.first, topic.last)))


def _latest(parsed: Parsed, token: Token, before: Sequence[Spoken], *, deed: bool) -> Spoken | None:
    near = [s for s in before if 0 <= token.sentence - parsed.tokens[s.topic.first].sentence <= _REACH]
    near = [s for s in near if s.topic.last <= token.i]
    if not near:
        return None
    claimed = [s for s in near if s.claim is not None and s.actors]
    if claimed or deed:
        return claimed[-1] if claimed else None
    # mentioned only: nearest sentence, its first topic
    sentence = max(parsed.tokens[s.topic.first].sentence for s in near)
    return next(s for s in near if parsed.tokens[s.topic.first].sentence == sentence)


def _definite(parsed: Parsed, token: Token) -> bool:
    """Whether a noun stands bare behind an article: "the new offer", not "the offer of talks" nor "its offer"."""
    kids = parsed.kids(token.i)
    if not any(t.dep in ("det", "predet", "amod") and t.lower in _DEFINITE for t in kids):
        return False
    return not any(
        t.dep in ("prep", "acl", "relcl", "compound", "poss", "appos", "nummod") for t in kids if t.i < token.i + 2
    )


def _free(parsed: Parsed, references: References, token: Token) -> bool:
    """Whether a pronoun stands for a thing: no state, no "it is necessary to"."""
    if any(p.actor for p in references.of(token.i)) and token.dep in ("nsubj", "poss"):
        return False
    above = parsed.head(token.i)
    if token.dep in ("dobj", "pobj"):
        return True
    if token.dep not in ("nsubj", "nsubjpass") or (token.lower in ("they", "this", "that") and above.lemma != "be"):
        return token.dep == "nsubjpass"
    return not any(
        t.dep in ("ccomp", "xcomp", "advcl", "csubj") or t.lower == "for" for t in parsed.kids(above.i)
    ) and not any(
        t.dep in ("ccomp", "xcomp", "relcl") for c in parsed.kids(above.i, "acomp", "attr") for t in parsed.kids(c.i)
    )


def _alike(parsed: Parsed, stances: Stances, token: Token, spoken: Spoken) -> bool:
    topic = spoken.topic
    if parsed.tokens[topic.first].sentence == token.sentence:
        return True
    words = [*range(topic.first, topic.last), *(spoken.claim.path if spoken.claim is not None else ())]
    rows = [stances.echo(parsed.tokens[k]) for k in words]
    return any(row is not None and "carrier" in row.kinds for row in rows)


def _named_alike(parsed: Parsed, token: Token, topic: Topic) -> bool:
    """Whether the noun is the head of an earlier phrase: "the exercises" after "joint naval exercises"."""
    return any(
        parsed.tokens[k].lemma == token.lemma and parsed.tokens[k].pos == "NOUN" for k in range(topic.first, topic.last)
    )
