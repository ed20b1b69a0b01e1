"""Whose stance a claim is: the subject's, or the speaker's for "we" and what is said of nobody; never another's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from dragoman.find.base import References, says
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.sides import actors, codes
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed, Token
from dragoman.parse.frames import is_passive, passive_subjects, subjects, verb_frame
from dragoman.records import Participant, Span, Statement


class Voice(msgspec.Struct, gc=False):
    """Somebody who holds a claim, and those with whom, and of whom, it is said."""

    actor: str
    shared: tuple[str, ...] = ()
    addressed: tuple[str, ...] = ()
    statement: str | None = None
    doubt: float = 0.0
    reporter: str | None = None  # who says so of the actor
    flipped: bool = False  # a complaint about what another does: the claim's sign turned round


class Voices:
    """Tells for each claim in a text whose it is."""

    def __init__(
        self, parsed: Parsed, references: References, statements: Sequence[Statement], lexicon: Lexicon
    ) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.references = references
        self.statements = statements
        self.by_id = {s.id: s for s in statements}
        self._inner = self._innermost()
        self._reported: dict[str, bool] = {}
        pronouns = lexicon.language.get("pronouns", {})
        self.first_person = frozenset(w for kind in ("first_singular", "first_plural") for w in pronouns.get(kind, ()))
        self.first_plural = frozenset(pronouns.get("first_plural", ()))
        self.impersonal = frozenset(lexicon.wanted.get("impersonal", ()))
        self.heard_in = frozenset(lexicon.wanted.get("heard_in", ()))
        self.jests = frozenset(lexicon.wanted.get("jests", ()))
        self.things = frozenset(lexicon.wanted.get("things", ()))
        self.judged_by = frozenset(lexicon.wanted.get("judged_by", ()))
        self.joint_words = frozenset(lexicon.language.get("joint_words", ()))
        self.joint_nouns = frozenset(lexicon.language.get("joint", ()))

    def of(self, claim: Claim, *, polarity: int, wrong: bool) -> list[Voice]:
        """Those who hold the claim. `wrong`: the reverse of the issue is something others are accused of."""
        statement, reported = self.statement(claim.top)
        if statement is not None and self._in_jest(statement):
            return []
        if reported:
            return self._relayed(claim, statement)
        heads = self.heads(claim)
        speakers = officials(speakers_of(statement)) if statement else []
        who, first = self._named(heads)
        if not who and not first and statement is not None and heads and all(self._own(i) for i in heads):
            first = True
        if first:
            if not speakers:
                return []
            who = [*speakers, *[w for w in who if w not in speakers]]
        if statement is not None:
            return self._said(claim, statement, speakers, who, heads, polarity=polarity, wrong=wrong)
        return self._told(claim, who, heads, polarity)

    def _said(
        self,
        claim: Claim,
        statement: Statement,
        speakers: list[str],
        who: list[str],
        heads: Sequence[int],
        *,
        polarity: int,
        wrong: bool,
    ) -> list[Voice]:
        """Of a claim inside what somebody says."""
        addressed = tuple(claim.addressed)
        if claim.kind == "deed" and any(self.tokens[i].lower in self.things for i in heads):
            return []  # mostly a thing, whatever it was taken for
        mine = [w for w in who if w in speakers]
        if mine:
            return [Voice(s, tuple(w for w in who if w != s), addressed, statement.id) for s in mine]
        if who and all(p.via == "sentence" or (p.actor is None and p.office) for p in speakers_of(statement)):
            # the state of the spokesman or minister is a guess or not known, the subject is named
            return [Voice(w, tuple(x for x in who if x != w), addressed, statement.id, 0.15) for w in who]
        if not who:
            if heads and claim.kind not in ("duty", "judgement") and not claim.nobody:
                if not self._impersonal(heads, claim.kind) and not (claim.kind == "field" and self.together(claim)):
                    return []
            elif not heads and claim.kind in ("deed", "purpose", "act"):
                return []
            return [Voice(s, tuple(x for x in speakers if x != s), addressed, statement.id, 0.1) for s in speakers]
        if claim.kind == "duty":
            others = tuple(w for w in who if w not in speakers)
            return [Voice(s, (), others + addressed, statement.id, 0.05) for s in speakers]
        if claim.kind == "judgement":
            return [Voice(s, (), addressed, statement.id, 0.05) for s in speakers]
        asserted = claim.kind in ("attitude", "deed") and claim.condition is None and not claim.neutral
        if wrong and asserted and claim.sign < 0 and polarity < 0 and not claim.negated:
            # "Ruritania sponsors terrorism", said by somebody else, is a complaint
            return [Voice(s, (), tuple(who), statement.id, 0.25, flipped=True) for s in speakers]
        return self._ascribed(claim, statement, speakers, who)

    def _in_jest(self, statement: Statement) -> bool:
        if statement.cue is None:
            return False
        return any(self.tokens[k].lemma in self.jests for k in self._words(statement.cue))

    def _words(self, span: Span) -> range:
        first = last = self.parsed.at(span[0])
        while last < len(self.tokens) and self.tokens[last].start < span[1]:
            last += 1
        return range(first, last)

    def _ascribed(self, claim: Claim, statement: Statement, speakers: list[str], who: list[str]) -> list[Voice]:
        """ "Washington wants ...", said in Moscow: kept with the one who says so, never Washington's own."""
        if len(speakers) != 1 or claim.kind not in ("attitude", "intent", "field") or claim.flimsy:
            return []
        addressed = tuple(claim.addressed)
        reporter = None if self._beside(claim.top, statement) else speakers[0]
        return [Voice(w, tuple(x for x in who if x != w), addressed, statement.id, 0.3, reporter=reporter) for w in who]

    def _beside(self, i: int, statement: Statement) -> bool:
        """Whether the article itself says it, beside what somebody thinks: "backs the plan, which Algeria rejects"."""
        if statement.cue is None or statement.kind != "indirect":
            return False
        cue = set(self._words(statement.cue))
        at = self.tokens[i]
        if at.dep not in ("relcl", "acl"):
            return False
        for above in (at, *self.parsed.ancestors(i)):
            if above.i in cue:
                return True
            if above.dep in ("ccomp", "xcomp", "ROOT"):
                return above.head in cue and above.dep == "xcomp"
        return False

    def _relayed(self, claim: Claim, statement: Statement | None) -> list[Voice]:
        """ "Rabat said that Madrid had told it that ...": Madrid's, as Rabat reports it."""
        outer = self.by_id.get(statement.within or "") if statement is not None else None
        if statement is None or outer is None or claim.flimsy:
            return []
        tellers, speakers = officials(speakers_of(outer)), officials(speakers_of(statement))
        heads = self.heads(claim)
        who, first = self._named(heads)
        mine = [s for s in speakers if s in who or first or (heads and all(self._own(i) for i in heads)) or not heads]
        if len(tellers) != 1 or tellers[0] in mine:
            return []
        return [Voice(s, (), tuple(claim.addressed), statement.id, 0.3, reporter=tellers[0]) for s in mine]

    def _told(self, claim: Claim, who: list[str], heads: Sequence[int], polarity: int) -> list[Voice]:
        """Of a claim that the article tells in its own words."""
        if claim.kind == "judgement" and (judges := self._judges(claim)):
            return [Voice(w, tuple(x for x in judges if x != w), tuple(claim.addressed), None, 0.1) for w in judges]
        if claim.kind in ("duty", "judgement"):
            return []  # nobody says so
        if claim.kind == "deed":
            # what the police of a state did is not yet the state's word
            people = [p for i in heads for p in self.references.of(i)]
            who = [w for w in who if not people or any(p.actor == w and p.sector not in NO_DEEDS for p in people)]
        cue = self._cue(claim.top)
        doubt = 0.0 if cue is not None else 0.1
        if not who and not heads:
            if claim.event is not None and claim.kind in ("act", "deed", "attitude"):
                who = officials(claim.event.source)
            elif cue is not None:
                who = officials(speakers_of(cue))
        if claim.sign < 0 and polarity < 0 and claim.kind == "attitude" and not claim.addressed:
            doubt += 0.2  # that somebody is for a bad thing is more often said of him than by him
        return [
            Voice(w, tuple(x for x in who if x != w), tuple(claim.addressed), cue.id if cue else None, doubt)
            for w in who
        ]

    def _judges(self, claim: Claim) -> list[str]:
        """Who judges so where nobody speaks: "is unacceptable to Chad", "for Chad, it is a mistake"."""
        verb = self.tokens[claim.top]
        for _ in range(4):
            if verb.pos in ("VERB", "AUX") or verb.head == verb.i:
                break
            verb = self.parsed.head(verb.i)
        near = [verb, *self.parsed.kids(verb.i, "acomp", "attr", "oprd", "prep")]
        near += [self.tokens[k] for p in near[1:] for k in self.parsed.subtree(p.i) if k > verb.i and k != p.i]
        for word in near:
            for prep in self.parsed.kids(word.i, "prep"):
                if prep.lower not in self.judged_by or not (claim.verdict or prep.i < verb.i):
                    continue
                who = [c for pobj in self.parsed.kids(prep.i, "pobj") for c in self._codes_of(pobj.i)[0]]
                who += [c for p in self.parsed.kids(prep.i, "pobj") for k in self.parsed.kids(p.i, "conj")
                        for c in self._codes_of(k.i)[0]]  # fmt: skip
                if who:
                    return list(dict.fromkeys(who))
        return []

    def _named(self, heads: Sequence[int]) -> tuple[list[str], bool]:
        """The actors that subjects stand for, and whether the speaker is among them."""
        who: list[str] = []
        first = False
        for i in heads:
            if says(self.tokens[i], self.first_person):
                first = True
                continue
            found, mine = self._codes_of(i)
            who.extend(c for c in found if c not in who)
            first = first or mine
        return who, first

    def statement(self, i: int) -> tuple[Statement | None, bool]:
        """The innermost statement in whose content word `i` stands, and whether another side reports it."""
        inner = self._inner.get(i)
        if inner is None:
            return None, False
        known = self._reported.get(inner.id)
        if known is None:
            known = self._reported[inner.id] = self._is_told(inner)
        return inner, known

    def _is_told(self, inner: Statement) -> bool:
        """Whether somebody else says that it was said."""
        mine = set(actors(speakers_of(inner)))
        outer = self.by_id.get(inner.within or "")
        while outer is not None:
            if by_media(outer):
                outer = self.by_id.get(outer.within or "")
                continue
            theirs = set(actors(speakers_of(outer)))
            if outer.speaker is not None and not mine & theirs and theirs:
                return True
            outer = self.by_id.get(outer.within or "")
        return False

    def _innermost(self) -> dict[int, Statement]:
        """Word -> the shortest statement in whose content it stands."""
        out: dict[int, Statement] = {}
        own = [s for s in self.statements if not by_media(s)]
        for statement in sorted(own, key=lambda s: -sum(b - a for a, b in s.content)):
            for start, end in statement.content:
                k = self.parsed.at(start)
                while k < len(self.tokens) and self.tokens[k].start < end:
                    if self.tokens[k].start >= start and not within(statement.cue, self.tokens[k].start):
                        out[k] = statement
                    k += 1
        return out

    def _cue(self, i: int) -> Statement | None:
        start = self.tokens[i].start
        return next((s for s in self.statements if within(s.cue, start)), None)

    def heads(self, claim: Claim) -> list[int]:
        """The words that stand for whoever holds the claim."""
        if claim.held_by:
            return claim.held_by
        top = self.tokens[claim.top]
        if top.pos in ("VERB", "AUX"):
            if top.dep in ("acomp", "oprd", "attr"):
                return list(subjects(self.parsed, top.head))  # "are united in"
            if claim.quality and is_passive(self.parsed, top.i):
                heads = list(passive_subjects(self.parsed, top.i))
            else:
                heads = list(self.agents(top))
            if not heads and top.lemma in self.heard_in and is_passive(self.parsed, top.i):
                heads = self._where(top)
            if not heads and top.dep == "acl" and top.tag in ("VBP", "VBZ", "VBD"):
                return [top.head]  # a clause taken for an attribute: "the interests of the two coincide"
            # "Chad is committed": parsers hang the subject on "is" now and then
            return heads or [
                t.i for aux in self.parsed.kids(top.i, "aux", "auxpass") for t in self.parsed.kids(aux.i, "nsubj")
            ]
        if top.pos in ("NOUN", "PROPN"):
            owners = [
                t.i
                for t in self.parsed.kids(top.i, "poss")
                if t.tag != "PRP$" or says(t, self.first_person) or self.references.of(t.i)
            ]
            owners += [t.i for t in self.parsed.kids(top.i, "amod", "compound", "nmod") if self._names(t)]
            if owners:
                return owners
            if top.dep == "appos":
                return [top.head]  # "Peru, an opponent of the embargo"
            for k in claim.path[claim.path.index(top.i) + 1 :] if top.i in claim.path else ():
                if self.tokens[k].pos in ("VERB", "AUX"):
                    return list(self.agents(self.tokens[k]))
            above = self.parsed.head(top.i)
            if above.pos in ("VERB", "AUX") and top.dep in ("dobj", "attr") and above.lemma != "be":
                return list(self.agents(above))
            return []
        above = top
        for _ in range(4):
            if above.pos in ("VERB", "AUX") or above.head == above.i:
                break
            above = self.parsed.head(above.i)
        if above.pos in ("VERB", "AUX") and above.i != top.i:
            return (
                list(self.agents(above))
                if above.dep != "relcl" or not self.parsed.kids(above.i, "nsubj")
                else [t.i for t in self.parsed.kids(above.i, "nsubj")]
            )
        return list(subjects(self.parsed, top.i))

    def _where(self, verb: Token) -> list[int]:
        """ "was welcomed in Tokyo": a capital stands for its state where nobody else is told."""
        return [
            pobj.i
            for prep in self.parsed.kids(verb.i, "prep")
            if prep.lower == "in"
            for pobj in self.parsed.kids(prep.i, "pobj")
            if self._names(pobj) or officials(self.references.of(pobj.i))
        ]

    def agents(self, verb: Token) -> tuple[int, ...]:
        """The words that do what the verb says."""
        frame = verb_frame(self.parsed, verb.i)
        if frame.agents:
            return frame.agents
        return () if frame.passive else subjects(self.parsed, verb.i)

    def _names(self, token: Token) -> bool:
        mention = self.references.mention(token.i)
        return mention is not None and not mention.bound and mention.code is not None

    def _codes_of(self, i: int) -> tuple[list[str], bool]:
        """Actors a subject stands for, through "the interests of ..."; whether the speaker is among them ("our")."""
        people = self.references.of(i)
        found = officials(people)
        if people and not found:
            return [], False
        mention = self.references.mention(i)
        if not found and mention is not None and mention.code and not mention.bound:
            found = [mention.code]
        token = self.tokens[i]
        mine = False
        if token.pos in ("NOUN", "PROPN"):
            for owner in self.parsed.kids(i, "poss"):
                if says(owner, self.first_person):
                    mine = True
                elif not found:
                    found = codes(self.references, owner.i)
            if not found and not mine:
                for prep in self.parsed.kids(i, "prep"):
                    if prep.lower == "of":
                        for owner in self.parsed.kids(prep.i, "pobj"):
                            if any(says(t, self.first_person) for t in self.parsed.kids(owner.i, "poss")):
                                mine = True
                            found = found or codes(self.references, owner.i)
        return found, mine

    def _own(self, i: int) -> bool:
        """Whether "they" or "the government", told by its own spokesman, is the speaker's side."""
        token = self.tokens[i]
        if self.references.of(i):
            return False
        if token.lower in ("they", "he", "she"):
            return True
        owners = [t for t in self.parsed.kids(i, "poss", "amod", "compound", "nmod") if t.tag != "PRP$"]
        return (
            token.lemma in self.joint_nouns
            and token.tag == "NN"
            and not owners
            and not self.parsed.kids(i, "prep", "relcl")
        )

    def _impersonal(self, heads: Sequence[int], kind: str) -> bool:
        return all(self.tokens[i].lower in self.impersonal for i in heads) or (
            kind == "field" and all(self.tokens[i].lower in ("they", "these", "both") for i in heads)
        )

    def together(self, claim: Claim) -> bool:
        """Whether the subject is "we", "our interests", "both sides", "the views of the two countries"."""
        return any(
            says(self.tokens[k], self.first_plural) or self.tokens[k].lower in self.joint_words
            for i in self.heads(claim)
            for k in self.parsed.subtree(i)
            if k <= claim.top
        )


# sectors of people whose deeds, and views of a case, are not yet their state's
NO_DEEDS = frozenset(["COP", "JUD", "SPY"])
# sectors of people who are of a state but do not speak for it
_NO_STATE = frozenset(
    ["OPP", "REB", "CVL", "JRN", "BUS", "LAB", "EDU", "PTY", "ELI", "CRM", "AGR", "MED", "UAF", "PRM", "ACT", "NGO"]
)


def speakers_of(statement: Statement) -> tuple[Participant, ...]:
    """All who say it."""
    return statement.speakers or ((statement.speaker,) if statement.speaker else ())


def by_media(statement: Statement) -> bool:
    """Whether a newspaper or agency reports it: its word is that of the article."""
    who = speakers_of(statement)
    return bool(who) and all((p.actor or "").startswith("MNC:") or p.sector == "JRN" for p in who)


def officials(people: Iterable[Participant]) -> list[str]:
    """Codes of those who can speak for a state or body: not an opposition leader, a journalist, a company."""
    able = [p for p in people if p.sector not in _NO_STATE or ":" in (p.actor or "")]
    return [code for code in actors(able) if not code.startswith("MNC:")]


def within(span: Span | None, char: int) -> bool:
    """Whether a character stands in a span."""
    return span is not None and span[0] <= char < span[1]
