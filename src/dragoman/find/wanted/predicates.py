"""One step up from a topic of which something is said: "sanctions are illegal", "our goal is a truce"."""

from __future__ import annotations

from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.objects import Objects
from dragoman.find.wanted.stances import (
    GERUND,
    OBJECT,
    PREPOSITION,
    SUBJECT,
    StanceRow,
)
from dragoman.parse.base import Token
from dragoman.parse.frames import is_passive

_VERBAL = ("VERB", "AUX")


class Predicates(Objects):
    """Steps over verbs and predicates whose subject is the topic."""

    def _predicate_noun(self, k: int, verb: Token, claim: Claim) -> int | None:
        """ "Our goal is a ceasefire": the subject judges what stands behind "is"."""
        if claim.takes_sides or self.parsed.kids(verb.i, "expl"):
            return verb.i
        for subject in self.parsed.kids(verb.i, "nsubj"):
            row = self.stances.judging(subject)
            if row is not None:
                self._apply(row, subject, claim, SUBJECT)
                claim.top = subject.i
                return verb.i
        for subject in self.parsed.kids(verb.i, "nsubj"):
            # "all we ask for is a truce", "the last thing we need is a pipeline"
            for clause in self.parsed.kids(subject.i, "relcl"):
                row = self.stances.between(self.parsed, clause, OBJECT) or self._with_preposition(clause)
                if row is not None and "thing" in row.kinds and subject.lemma in self.words("whatever"):
                    self._apply(row, clause, claim, OBJECT)
                    if any(t.lower == "last" for t in self.parsed.kids(subject.i, "amod")):
                        claim.sign = -claim.sign
                    return verb.i
        for clause in self.parsed.kids(verb.i, "csubj"):
            # "what we need is a ceasefire", "what is wanted is trade"
            row = self.stances.between(self.parsed, clause, OBJECT)
            if (
                row is not None
                and row.kinds & {"thing"}
                and any(t.lower == "what" for t in self.parsed.kids(clause.i, "dobj", "nsubjpass", "pobj", "nsubj"))
            ):
                self._apply(row, clause, claim, OBJECT)
                if is_passive(self.parsed, clause.i):
                    claim.kind, claim.nobody = "duty", True
                return verb.i
        if verb.dep == "xcomp" and verb.lemma in ("be", "become", "remain", "stay"):
            claim.done = verb.i  # "wants to be a member of"
            return verb.i
        return None

    def _with_preposition(self, verb: Token) -> StanceRow | None:
        """The row of a verb with the preposition that stands bare behind it: "all we ask for"."""
        for prep in self.parsed.kids(verb.i, "prep"):
            row = self.stances.between(self.parsed, verb, PREPOSITION, prep.lower)
            if row is not None:
                return row
        return None

    def _subject(self, k: int, verb: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        """The topic is what somebody says something about: "sanctions are illegal", "the violence must stop"."""
        if claim.takes_sides:
            if verb.lemma in self.words("vanishing") and claim.kind == "attitude":
                claim.sign = -claim.sign  # "Peru's resistance has crumbled"
                claim.words.append(verb.lemma)
            return None
        if self._alone_can(k, verb):
            self._side("judgement", verb.i, claim, "only")
            claim.ended = True
            return verb.i
        naming = self.parsed.head(verb.i)
        if verb.dep in ("ccomp", "oprd", "xcomp") and self.stances.names(naming) and self._named(naming, verb, claim):
            return naming.i
        if verb.dep == "ccomp" and verb.tag in ("VBN", "VBD") and not self.parsed.kids(verb.i, "mark", "dobj", "aux"):
            # "wants the mission closed"
            row = self.stances.between(self.parsed, verb, OBJECT)
            if (
                row is not None
                and "effect" in row.kinds
                and (
                    naming.lemma in self.words("causing")
                    or self.stances.between(self.parsed, naming, GERUND) is not None
                )
            ):
                self._apply(row, verb, claim, OBJECT)
                return verb.i
        found = self._judged(verb, claim)
        if found is None:
            # "the embargo was wrong and had to end"
            for joined in self.parsed.kids(verb.i, "conj"):
                if joined.pos in _VERBAL and not self.parsed.kids(joined.i, "nsubj", "nsubjpass", "dobj"):
                    found = found or self._judged(joined, claim)
        return found

    def _alone_can(self, k: int, verb: Token) -> bool:
        """ "only talks can bring peace"."""
        first = self.parsed.subtree(k)[0]
        only = any(t.lower in ("only", "nothing") and t.i < k for t in self.parsed.kids(k)) or (
            self.tokens[first - 1].lower == "only" if first else False
        )
        return only and any(t.lower in ("can", "will", "could") for t in self.parsed.kids(verb.i, "aux"))

    def _judged(self, verb: Token, claim: Claim) -> int | None:
        """What the verb or its predicate says of the topic as its subject."""
        if self._tied(verb, claim, subject=True):
            return verb.i
        if verb.lemma == "be" or self.parsed.kids(verb.i, "acomp", "attr"):
            for i in self._predicates(verb):
                idiom = self.idioms.get(i)
                if idiom is not None and "subject" in idiom[2].kinds:
                    self._apply(idiom[2], self.tokens[i], claim, SUBJECT)
                    return verb.i
                row = self.stances.judging(self.tokens[i])
                if row is None and self.tokens[i].lower in self.words("possible") and not claim.takes_sides:
                    claim.condition = self.conditions.of(verb.i, negated=False)
                    if claim.condition is not None:
                        self._side("judgement", verb.i, claim, self.tokens[i].lower)
                        return verb.i
                if row is not None:
                    self._apply(row, self.tokens[i], claim, SUBJECT)
                    if any(t.lower == "no" for t in self.parsed.kids(i, "det")):
                        claim.sign = -claim.sign  # "war is no solution"
                    claim.top = verb.i
                    return verb.i
        row = self.stances.between(self.parsed, verb, SUBJECT)
        if verb.lemma in ("have", "enjoy", "deserve"):
            # "the truce has our full support"
            for given in self.parsed.kids(verb.i, "dobj"):
                noun = self.stances.single(given)
                if noun is not None and noun.part == "noun" and "thing" in noun.kinds:
                    self._apply(noun, given, claim, OBJECT)
                    return None
        idiom = self.idioms.get(verb.i)
        if row is None and idiom is not None and "subject" in idiom[2].kinds:
            row = idiom[2]
        if row is None:
            for prep in self.parsed.kids(verb.i, "prep"):
                pair = self.stances.between(self.parsed, verb, PREPOSITION, prep.lower)
                if pair is not None and "subject" in pair.kinds:
                    row = pair
                idiom = self.idioms.get(prep.i)
                if row is None and idiom is not None and "subject" in idiom[2].kinds:
                    row = idiom[2]
        if row is not None:
            objects = self.parsed.kids(verb.i, "dobj")
            if "effect" in row.kinds and objects:
                # "the strikes violate the truce": a judgement on the strikes
                if "self" in row.kinds:
                    if not any(t.lemma in self.words("home") for t in objects):
                        return None
                    self._apply(row, verb, claim, SUBJECT)  # "the troops must leave our country"
                    return verb.i
                claim.sign *= row.sign
                self._side("judgement", verb.i, claim, row.row.words)
                return verb.i
            self._apply(row, verb, claim, SUBJECT)
            if any(t.lower in self.words("nobody") for t in objects):
                claim.sign = -claim.sign  # "benefits nobody"
            return verb.i
        return self._raised(verb, claim)

    def _shared(self, k: int, verb: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        """ "sanctions have ruined us and should be scrapped": the second verb tells what is wanted."""
        for other in self.parsed.kids(verb.i, "conj"):
            if other.pos in _VERBAL and not self.parsed.kids(other.i, "nsubj", "nsubjpass"):
                if is_passive(self.parsed, other.i):
                    return self._object(k, other, claim, span, used)
                return self._subject(k, other, claim, span, used)
        return None
