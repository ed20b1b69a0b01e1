"""Values that one finder makes and another is handed: names found, and who a phrase stands for."""

from __future__ import annotations

import msgspec

from dragoman.lexicon.gazetteer import Kind
from dragoman.parse.base import Parsed, Token
from dragoman.records import Participant, Span


class Mention(msgspec.Struct, frozen=True, gc=False):
    """Tokens `first` up to `last` (not included) name the actor `code`; characters `start` up to `end`."""

    first: int
    last: int
    start: int
    end: int
    kind: Kind
    code: str | None
    sector: str | None = None
    name: str | None = None  # standard name of the person, body or state
    wikidata: str | None = None
    bound: bool = False  # part of a compound such as "Iran-backed" or "Paris Agreement": names nobody who acts


class References:
    """Answers, for any word of a text, who the noun phrase that it heads stands for.

    Words are given by their position in `Parsed.tokens`. `mentions` holds the names the tables know, in order.
    `remarks` are (span, reason) for phrases that look like an actor and are none ("Western countries").
    """

    def __init__(
        self,
        parsed: Parsed,
        mentions: tuple[Mention, ...],
        who: dict[int, tuple[Participant, ...]],
        remarks: tuple[tuple[Span, str], ...] = (),
    ) -> None:
        self.parsed = parsed
        self.mentions = mentions
        self.remarks = remarks
        self._who = who
        self._mention_at = {k: m for m in mentions for k in range(m.first, m.last)}

    def also(self, more: dict[int, tuple[Participant, ...]]) -> References:
        """The same, where words that stood for nobody stand for these."""
        return References(self.parsed, self.mentions, more | self._who, self.remarks)

    def of(self, i: int) -> tuple[Participant, ...]:
        """The actors that the phrase headed by word `i` stands for: () when it stands for none we can tell.

        Several for joint phrases ("Lavrov and Pompeo", "the two ministers", "both sides"). Names, titles, seats,
        capitals, pronouns, "his counterpart", "three Russian diplomats" (RUS, role "diplomats") are resolved.
        """
        out = list(self.alone(i))
        for conjunct in self.parsed.kids(i, "conj", "appos"):
            if conjunct.dep == "appos" and not (self._listed(i, conjunct.i) or self._named_by(i, conjunct.i)):
                continue
            if conjunct.pos in ("NOUN", "PROPN", "PRON", "X", "ADJ", "NUM"):
                for person in self.of(conjunct.i):
                    if all(not _same(person, other) for other in out):
                        out.append(person)
        return tuple(out)

    def _named_by(self, i: int, k: int) -> bool:
        """Whether the apposition `k` is the name of title `i` ("President Biden"): what is joined to it counts."""
        one, other = self._who.get(i, ()), self._who.get(k, ())
        return len(one) == 1 and one[0].name is not None and one == other

    def _listed(self, i: int, k: int) -> bool:
        """Whether two names in a row are a list ("Canada, Brazil and Chile"), though the parser reads an apposition."""
        one, other = self._mention_at.get(i), self._mention_at.get(k)
        return (
            one is not None and other is not None and one.code != other.code
            and all(m.kind in ("state", "organisation", "group", "capital") for m in (one, other))
        )  # fmt: skip

    def alone(self, i: int) -> tuple[Participant, ...]:
        """Like `of`, without what is joined on by "and"."""
        known = self._who.get(i, ())
        if known:
            return known
        # "the bloc ECOWAS", "the group, Boko Haram,"
        for apposed in self.parsed.kids(i, "appos"):
            if apposed.i in self._who:
                return self.of(apposed.i)
        return ()

    def anyone(self, i: int) -> Participant:
        """Like `of`, but always one Participant: for "analysts" or "a witness" its actor is None."""
        known = self.of(i)
        if known:
            return known[0]
        span = self.phrase(i)
        text = self.parsed.text[span[0] : span[1]]
        token = self.parsed.tokens[i]
        name = text if token.pos == "PROPN" else None
        return Participant(
            actor=None,
            sector=None,
            name=name,
            role=None if name else token.text,
            text=text,
            span=span,
            via="description",
        )

    def everybody(self) -> tuple[Participant, ...]:
        """Everybody that some phrase of the text stands for, in order."""
        return tuple(p for i in sorted(self._who) for p in self._who[i] if p.span[0] <= self.parsed.tokens[i].start)

    def mention(self, i: int) -> Mention | None:
        """The name of the tables that covers word `i`."""
        return self._mention_at.get(i)

    def within(self, i: int) -> tuple[Participant, ...]:
        """Actors named anywhere inside the phrase headed by `i`, nearest first ("relations with Russia")."""
        out: list[Participant] = []
        reach = [i]
        while reach:
            k = reach.pop(0)
            found = self._who.get(k, ())
            mention = self._mention_at.get(k)
            if not found and mention is not None and not mention.bound and k == mention.last - 1:
                found = (participant_of(mention, self.parsed),)
            out.extend(p for p in found if all(not _same(p, other) for other in out))
            reach.extend(
                t.i
                for t in self.parsed.kids(k)
                if t.dep not in ("relcl", "acl", "advcl", "ccomp", "punct", "mark", "parataxis")
            )
        return tuple(out)

    def phrase(self, i: int) -> Span:
        """Characters of the noun phrase headed by `i`, without relative clauses, appositions and what is joined on."""
        tokens = self.parsed.tokens
        first = last = i
        for child in self.parsed.kids(i):
            if child.i < i and child.dep not in ("punct", "cc", "conj", "preconj", "relcl", "acl", "mark", "advmod"):
                first = min(first, self.parsed.subtree(child.i)[0])
            elif child.i > i and child.dep == "prep" and child.lower in ("of", "for"):
                subtree = [k for k in self.parsed.subtree(child.i) if not self._beyond(k, child.i)]
                last = max(last, subtree[-1])
            elif child.i > i and child.dep in ("case", "flat", "compound") and child.i == last + 1:
                last = child.i
        while first < i and tokens[first].pos == "PUNCT":
            first += 1
        return tokens[first].start, tokens[last].end

    def _beyond(self, k: int, top: int) -> bool:
        while k != top:
            token = self.parsed.tokens[k]
            if token.dep in ("relcl", "acl", "appos", "conj", "cc", "punct", "advcl"):
                return True
            k = token.head
        return False


def says(token: Token, pronouns: frozenset[str]) -> bool:
    """Whether a word is one of some pronouns: "us" is, "US" is a state."""
    return token.lower in pronouns and token.text != "US"


def participant_of(mention: Mention, parsed: Parsed) -> Participant:
    """The participant a name of the tables stands for."""
    seat = mention.kind in ("capital", "seat")
    return Participant(
        actor=mention.code,
        sector=mention.sector or ("GOV" if mention.kind == "capital" else None),
        name=mention.name,
        role=None,
        text=parsed.text[mention.start : mention.end],
        span=(mention.start, mention.end),
        via="metonym" if seat else "description" if mention.kind in ("adjective", "nationals") else "gazetteer",
        wikidata=mention.wikidata,
    )


def _same(a: Participant, b: Participant) -> bool:
    return a.span == b.span or (a.actor == b.actor and a.name == b.name and a.role == b.role and a.actor is not None)
