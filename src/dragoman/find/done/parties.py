"""Who stands on a side of an act: actors, those they belong to, places, first persons, and people nobody can place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dragoman.find.base import References, participant_of
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed
from dragoman.records import Participant, Place, Statement


class Parties:
    """Answers who a phrase stands for when it is the source or the target of an act."""

    def __init__(
        self,
        parsed: Parsed,
        references: References,
        statements: Sequence[Statement],
        places: Sequence[Place],
        lexicon: Lexicon,
    ) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.references = references
        self.statements = statements
        self.lexicon = lexicon
        self.relational = frozenset(lexicon.language.get("relational", ()))
        self.first_person = frozenset(
            w for kind in ("first_singular", "first_plural") for w in lexicon.language.get("pronouns", {}).get(kind, ())
        )
        self.places = [(parsed.top(p.span), p) for p in places if p.span is not None]
        self.place_at = {k: p for place in places for k, p in _words_of(parsed, place)}
        self.roles = {r.role.lower(): r for r in lexicon.roles}
        self.office_words = {w.lower(): o.sector for o in lexicon.offices for w in (*o.words, *o.only)}
        nouns = lexicon.language.get("act_nouns", {})
        self.meetings = frozenset(nouns.get("CONSULT", ())) | _GATHERINGS
        self.signed = frozenset(n for kind in ("SUPPORT", "AGREE", "CONCEDE") for n in nouns.get(kind, ()))
        capitals = {capital for state in lexicon.states for capital in state.capital}
        seats = Counter(body.seat for body in lexicon.organisations if body.kind == "court" and body.seat)
        self.court_seats = {seat for seat, courts in seats.items() if courts > 1 or seat not in capitals}
        self.state_names = {s.code: s.name for s in lexicon.states}
        self.inside = statement_index(parsed, statements)

    def _who(self, k: int, *, loose: bool) -> tuple[list[Participant], float]:
        """Actors a phrase stands for, first person included; loosely also those it belongs to, and places."""
        token = self.tokens[k]
        if token.pos == "PRON" and token.lower in self.first_person:
            here = {"text": token.text, "span": (token.start, token.end), "via": "pronoun"}
            return [msgspec.structs.replace(p, **here) for p in self._speaker(k) if p.actor], 0.05
        who = self._actors(k, loose=loose)
        if who:
            return who, 0.15 if any(p.via == "sentence" for p in who) else 0.05 * any(p.via == "pronoun" for p in who)
        who = self._members(k)
        if who:
            return who, 0.05
        inner = self._counted(k)
        if inner is not None:
            return self._who(inner, loose=loose)
        if not loose:
            return [], 0.0
        owners = self._owners(k)
        if owners:
            return [self._belonging(p, k) for p in owners], 0.1
        place = self.place_at.get(k)
        if place is not None and place.country and place.span is not None:
            return [self._of_place(place)], 0.1
        return [], 0.0

    def _actors(self, k: int, *, loose: bool) -> list[Participant]:
        """The actors a word refers to. What is done to a court abroad is not done to the state it sits in."""
        who = [p for p in self.references.of(k) if p.actor]
        if who and (loose or self.tokens[k].lemma.lower() == "tribunal") and self._sits_abroad(k):
            return [p for p in who if len(p.actor or "") != 3]
        return who

    def _counted(self, k: int) -> int | None:
        """Of whom there are "hundreds" or "a group"."""
        if self.tokens[k].lemma.lower() not in PARTITIVE:
            return None
        of = [t for t in self.parsed.kids(k, "prep") if t.lower == "of"]
        return next((p.i for t in of for p in self.parsed.kids(t.i, "pobj")), None)

    def _members(self, k: int) -> list[Participant]:
        """The organisation all of whose members act: "the ASEAN members", not "two ASEAN members"."""
        token = self.tokens[k]
        if token.lemma.lower() not in _MEMBERS or token.tag not in ("NNS", "NNPS"):
            return []
        if any(t.dep in ("nummod", "det", "amod") and t.lower not in ("the", "all") for t in self.parsed.kids(k)):
            return []
        who = [p for t in self.parsed.kids(k, "compound", "nmod", "poss") for p in self.references.of(t.i)]
        return [p for p in who if (p.actor or "").startswith("IGO:")]

    def _belonging(self, owner: Participant, k: int) -> Participant:
        """ "Afghan villages": not the state itself but what is its own, in the page's words."""
        token = self.tokens[k]
        if owner.span[0] <= token.start < owner.span[1] or token.pos not in ("NOUN", "PROPN", "NUM"):
            return owner
        start, end = self.references.phrase(k)
        if not start <= owner.span[0] < end:
            start, end = min(start, owner.span[0]), max(end, owner.span[1])
        role = self.roles.get(token.lemma.lower())
        return msgspec.structs.replace(
            owner, name=None, wikidata=None, office=None, role=token.text, sector=role.sector or None if role else None,
            text=self.parsed.text[start:end], span=(start, end), via="description",
        )  # fmt: skip

    def _of_place(self, place: Place) -> Participant:
        span = place.span or (0, 0)
        return Participant(
            actor=place.country,
            sector=None,
            name=self.state_names.get(place.country or ""),
            role=None,
            text=self.parsed.text[span[0] : span[1]],
            span=span,
            via="metonym",
        )

    def _owners(self, k: int) -> list[Participant]:
        """Actors a thing belongs to: "Russian diplomats", "the embassy of Chad", "ships from Iran"."""
        if self.tokens[k].lemma.lower() in self.relational:
            return []  # "the neighbours of Ghana" are not Ghana
        out: list[Participant] = []
        for t in self.parsed.kids(k, "poss", "amod", "compound", "nmod", "nummod"):
            mention = self.references.mention(t.i)
            if mention is not None and not mention.bound and mention.code:
                out.append(participant_of(mention, self.parsed))
            elif t.pos == "PRON" and t.lower in self.first_person:
                out.extend(p for p in self._speaker(t.i) if p.actor)
            else:
                out.extend(p for p in self.references.of(t.i) if p.actor)
            if t.dep in ("compound", "nmod", "amod") and not out:
                out.extend(self._owners(t.i))
            if not out and t.lemma.lower() in _FLAGGED:
                out.extend(self._before_hyphen(t.i))
        if out:
            return list(distinct(out))
        for wanted in (("of",), ("by", "from"), ("against", "on"), _IN):
            for t in self.parsed.kids(k, "prep", "agent"):
                if t.lower in wanted:
                    for pobj in self.parsed.kids(t.i, "pobj"):
                        if wanted == _IN and self._only_sits(k, pobj.i):
                            continue
                        who = self._actors(pobj.i, loose=True)
                        place = self.place_at.get(pobj.i)
                        if not who and place is not None and place.country:
                            who = [self._of_place(place)]
                        if not who and (wanted != _IN or pobj.lemma.lower() in _GROUND):
                            who = self._owners(pobj.i)
                        out.extend(who)
            if out:
                break
        if not out:
            return [] if self._sits_abroad(k) else [p for p in self.references.alone(k) if p.actor]
        return list(distinct(out))

    def _sits_abroad(self, k: int) -> bool:
        """Whether a noun is a court that is not of the state it sits in."""
        if self.tokens[k].lemma.lower() not in _JUDGES:
            return False
        sits = (p.i for t in self.parsed.kids(k, "prep") if t.lower in _IN for p in self.parsed.kids(t.i, "pobj"))
        return any(self._only_sits(k, at) for at in sits)

    def _only_sits(self, k: int, at: int) -> bool:
        """Whether a thing is not of the place it is in: "talks in Oman", "the ceasefire agreed in Minsk", "the tribunal
        in The Hague"."""
        noun = self.tokens[k].lemma.lower()
        if noun in self.meetings:
            return True
        mention = self.references.mention(at)
        if noun in self.signed and mention is not None and mention.kind == "capital":
            return True
        start, end = self.references.phrase(at)
        return noun in _JUDGES and any(seat in self.parsed.text[start:end] for seat in self.court_seats)

    def _before_hyphen(self, k: int) -> list[Participant]:
        """ "Greek-owned", "Panamanian-flagged": whose it is by the word before."""
        if k < 2 or self.tokens[k - 1].text not in ("-", "‑", "–"):
            return []
        mention = self.references.mention(k - 2)
        return [participant_of(mention, self.parsed)] if mention is not None and mention.code else []

    def _unknown(self, k: int, *, bodies: bool = False) -> list[Participant]:
        """People whom no table can place ("a journalist", "dozens of demonstrators"): a side without an actor."""
        token = self.tokens[k]
        head = token
        if token.lemma in PARTITIVE or token.pos == "NUM":
            inner = [p for t in self.parsed.kids(k, "prep") if t.lower == "of" for p in self.parsed.kids(t.i, "pobj")]
            head = inner[0] if inner else token
        found = self._role_at(head.i)
        if found is None or (found[1] == "body" and not bodies):
            return []
        start, end = self.references.phrase(k)
        return [
            Participant(
                actor=None, sector=found[0] or None, name=None, role=head.text,
                text=self.parsed.text[start:end], span=(start, end), via="description",
            )
        ]  # fmt: skip

    def _role_at(self, k: int) -> tuple[str, str] | None:
        """Sector and kind of the role or office that a noun names, with the words before it ("opposition member")."""
        token = self.tokens[k]
        if token.pos not in ("NOUN", "PROPN"):
            return None
        lemma = token.lemma.lower()
        before = [t.lower for t in self.parsed.kids(k, "compound", "amod", "nmod") if t.i < k]
        for n in range(len(before)):
            words = " ".join([*before[n:], lemma])
            if words in self.roles:
                return self.roles[words].sector, self.roles[words].kind
            if words in self.office_words:
                return self.office_words[words], "person"
        if lemma in self.roles:
            return self.roles[lemma].sector, self.roles[lemma].kind
        if lemma in self.office_words:
            return self.office_words[lemma], "person"
        # "militia groups", "opposition members": the word before tells what kind they are
        if lemma in _OF_A_KIND:
            for word in reversed(before):
                if word in self.roles:
                    return self.roles[word].sector, "group"
        return None

    def _speaker(self, k: int) -> tuple[Participant, ...]:
        """Who says "we" at word `k`: the speaker of the statement around it."""
        for statement in self.inside.get(k, ()):
            if statement.kind != "indirect":
                who = statement.speakers or ((statement.speaker,) if statement.speaker else ())
                return tuple(p for p in who if p is not None)
        return ()


def codes(who: Iterable[Participant]) -> frozenset[str | None]:
    return frozenset(p.actor for p in who)


def distinct(who: Iterable[Participant]) -> tuple[Participant, ...]:
    """Each actor and person once; a bare state gives way to its named people."""
    out: list[Participant] = []
    for p in who:
        if any(p.actor == o.actor and (p.name == o.name or (p.office is None and p.role is None)) for o in out):
            continue
        out = [
            o for o in out if not (o.actor == p.actor and o.office is None and o.role is None and p.name and p.office)
        ]
        out.append(p)
    return tuple(out)


def apart(who: Participant, others: Sequence[Participant]) -> bool:
    """Whether somebody of the same state is another person or branch: police and protesters."""
    return all(
        who.actor != o.actor
        or (who.sector and o.sector and who.sector != o.sector)
        or (who.office and o.office and who.name != o.name)
        for o in others
    )


def one_state(source: Sequence[Participant], target: Sequence[Participant]) -> bool:
    return bool(target) and codes(source) == codes(target)


def statement_index(parsed: Parsed, statements: Sequence[Statement]) -> dict[int, tuple[Statement, ...]]:
    """Word -> the statements whose content holds it, innermost first."""
    out: dict[int, list[Statement]] = {}
    for statement in statements:
        for start, end in statement.content:
            k = parsed.at(start)
            while k < len(parsed.tokens) and parsed.tokens[k].start < end:
                out.setdefault(k, []).append(statement)
                k += 1
    return {k: tuple(sorted(v, key=lambda s: sum(e - b for b, e in s.content))) for k, v in out.items()}


def _words_of(parsed: Parsed, place: Place) -> Iterator[tuple[int, Place]]:
    """The words that name a place, each with it."""
    if place.span is not None:
        k = parsed.at(place.span[0])
        while k < len(parsed.tokens) and parsed.tokens[k].start < place.span[1]:
            yield k, place
            k += 1


_IN = ("in", "at", "near")
# words that are not of the place they are held or sit in
_GATHERINGS = frozenset(["conference", "ceremony", "session", "round", "discussion", "consultation", "forum", "game"])
_JUDGES = frozenset(["court", "tribunal", "judge", "panel", "arbitrator", "arbitration", "hearing"])
# stretches of a state's soil
_GROUND = frozenset(
    "province region district county governorate oblast area territory village town city part north south east west"
    " coast island desert mountain mountains valley water waters soil border".split()
)
# "the Greek-owned tanker" is Greek, "the Greek-backed plan" is not
_FLAGGED = frozenset(["flagged", "flag", "owned", "own", "registered", "register", "operated", "operate"])
_MEMBERS = frozenset(["member", "state", "country", "nation", "power", "government", "leader", "minister"])
# words for people that say nothing of who they are
_OF_A_KIND = frozenset(["group", "member", "leader", "figure", "cell", "supporter", "activist", "unit"])
PARTITIVE = frozenset(
    "series round set number package string spate barrage wave couple group pair dozen dozens hundred hundreds"
    " thousand thousands score scores majority member".split()
)
