"""One step up from a verb that does something to the topic: "agreed to lift", "it is time that"."""

from __future__ import annotations

from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.predicates import Predicates
from dragoman.find.wanted.sides import codes
from dragoman.find.wanted.stances import (
    CLAUSE,
    GERUND,
    INFINITIVE,
    MODIFIER,
    OBJECT,
    PREPOSITION,
    SUBJECT,
)
from dragoman.parse.base import Token

_VERBAL = ("VERB", "AUX")
_FINITE = ("VBD", "VBZ", "VBP")


class Clauses(Predicates):
    """Steps from a verb to the word on which its clause hangs."""

    def _timely(self, noun: Token, claim: Claim) -> int | None:
        """ "it is high time the embargo was lifted": what has not been done yet is wanted."""
        if claim.takes_sides or (claim.done < 0 and not self._moved):
            return None
        self._side("duty", noun.i, claim, "time")
        claim.nobody = True
        return noun.i

    def _clause(self, k: int, above: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        """The topic's verb stands below another verb, an adjective or a noun."""
        token = self.tokens[k]
        kids = self.parsed.kids(k)
        infinitive = any(t.dep == "aux" and t.lower == "to" for t in kids) or token.tag == "VB"
        if token.dep == "ccomp" and k < above.i and any(self.tokens[i].text == ";" for i in range(k, above.i)):
            return None  # two sentences in one
        if (
            token.dep == "advcl"
            and not any(t.lower == "for" for t in kids if t.dep == "mark")
            and not (above.pos == "ADJ" and self.stances.names(self.parsed.head(above.i)))
        ):
            jump = self._idiom_over(k, above, claim, span, used)
            return jump if jump is not None else self._adverbial(k, above, claim, span, used, infinitive=infinitive)
        if above.pos in ("ADP", "SCONJ"):
            return self._behind(k, above, claim, span, used)
        subjects = [t.i for t in kids if t.dep in ("nsubj", "nsubjpass")]
        relation = (
            CLAUSE
            if token.dep == "ccomp" and not (infinitive and _has_to(kids))
            else INFINITIVE
            if infinitive
            else GERUND
        )
        if token.dep == "acl" and not infinitive:
            # "the demand that the embargo be lifted"
            if (self._moved_here(claim) or claim.takes_sides) and self.parsed.kids(k, "mark"):
                jump = self._idiom(above.i, claim, span, used)
                if jump is not None:
                    return jump
            # "a resolution condemning the war"
            row = self.stances.between(self.parsed, above, MODIFIER)
            return above.i if row is not None and "carrier" in row.kinds else None
        if relation == CLAUSE and above.lemma == "be" and not claim.takes_sides:
            for noun in self.parsed.kids(above.i, "attr"):
                if noun.lemma == "time":
                    timely = self._timely(noun, claim)
                    return above.i if timely is not None else None
        if self._unforced(k, above, claim):
            return above.i
        asked = self.stances.pair(above, "for")
        if asked is not None and "thing" in asked.kinds and any(t.lower == "for" for t in self.parsed.kids(k, "mark")):
            self._apply(asked, above, claim, OBJECT)  # "called for the embargo to be lifted"
            return above.i
        if relation == INFINITIVE and claim.done >= 0 and not claim.takes_sides and self._coming(above):
            self._side("intent", above.i, claim, f"{above.lower} to")
            return above.i
        duty = self.stances.duties.get(above.lemma) or self.stances.modals.get(above.lemma)
        if (
            duty is not None
            and relation == INFINITIVE
            and "duty" in duty.kinds
            and above.pos in _VERBAL
            and not subjects
        ):
            self._side("duty", above.i, claim, duty.row.words)
            return above.i
        jump = self._idiom_over(k, above, claim, span, used)
        row = None
        if jump is None:
            row = self.stances.between(self.parsed, above, relation)
            if relation == INFINITIVE and (row is None or "carrier" in row.kinds):
                for preposition in ("on", "upon", "to"):  # "called on Chad to"
                    if any(t.lower == preposition for t in self.parsed.kids(above.i, "prep")):
                        pair = self.stances.between(self.parsed, above, PREPOSITION, preposition)
                        row = pair if pair is not None and "act" in pair.kinds else row
                for other in self.parsed.kids(above.i, "dobj"):  # "expressed its wish to"
                    wish = self.stances.between(self.parsed, other, INFINITIVE)
                    if wish is not None and other.pos in ("NOUN", "PROPN") and other.i < k:
                        self._apply(wish, other, claim, INFINITIVE, gerund=True)
                        claim.path.append(other.i)
                        return self._object(other.i, above, claim, span, used)
            if (
                row is None
                and relation == CLAUSE
                and (
                    token.tag in ("VB", "VBN")
                    or (token.tag == "VBD" and not self.parsed.kids(k, "mark", "aux", "dobj"))
                )
            ):
                row = self.stances.between(self.parsed, above, GERUND)
        if jump is not None or row is not None:
            if row is not None:
                if not row.sign:
                    return -1  # what is denied is neither wanted nor done
                self._apply(row, above, claim, relation, gerund=True)
                self._address(above, claim, row)
            for subject in subjects:
                claim.addressed.extend(c for c in codes(self.references, subject) if c not in claim.addressed)
            return jump if jump is not None else above.i
        if relation in (INFINITIVE, CLAUSE) and not claim.takes_sides and (claim.done >= 0 or self._moved):
            # "it is necessary to fight crime", "it is unacceptable that the truce is violated"
            be = above if above.lemma == "be" else self.parsed.head(above.i)
            for at in self._predicates(be) if be.lemma == "be" else ():
                idiom = self.idioms.get(at)
                judging = self.stances.judging(self.tokens[at]) or (
                    idiom[2] if idiom is not None and "subject" in idiom[2].kinds else None
                )
                if judging is not None:
                    self._apply(judging, self.tokens[at], claim, SUBJECT)
                    claim.top = be.i
                    return be.i
        naming = self.parsed.head(above.i)
        if above.pos in ("ADJ", "NOUN") and self.stances.names(naming) and self._moved_here(claim):
            judging = self.stances.judging(above)
            if judging is not None and not claim.takes_sides:
                # "considers it wrong to lift"
                claim.sign *= judging.sign
                self._last, self._at = judging, naming.i
                self._side("attitude", naming.i, claim, f"{naming.lemma} {judging.row.words}")
                return naming.i
        if above.lemma == "be" and relation == INFINITIVE:
            for noun in self.parsed.kids(above.i, "nsubj"):
                judging = self.stances.judging(noun)
                if judging is not None and not claim.takes_sides:
                    # "our aim is to end ..."
                    self._apply(judging, noun, claim, SUBJECT)
                    claim.top = noun.i
            if not claim.takes_sides and claim.done >= 0:
                self._side("intent", above.i, claim, "is to")
            return above.i
        if above.lemma in self.words("causing") and token.tag in ("VBN", "VB") and self._moved_here(claim):
            return above.i  # "to see the embargo lifted", "to have the base closed"
        if relation == CLAUSE and above.lemma == "let" and self._imperative(above) and claim.done >= 0:
            self._side("duty", above.i, claim, "let")
            claim.nobody = True
            return above.i
        if relation == CLAUSE:
            return None
        if above.i in self.events and self._by_event(above, claim):
            return above.i
        if claim.kind in ("duty", "judgement"):
            return None
        return -1

    def _coming(self, above: Token) -> bool:
        """ "is going to", "is about to"."""
        if above.lemma == "go" and above.tag == "VBG":
            return bool(self.parsed.kids(above.i, "aux"))
        return above.lower == "about" and self.parsed.head(above.i).lemma == "be"

    def _adverbial(
        self, k: int, above: Token, claim: Claim, span: range, used: set[int], *, infinitive: bool
    ) -> int | None:
        token = self.tokens[k]
        marks = {t.lower for t in self.parsed.kids(k, "mark", "advmod")}
        if marks & set(self.stances.conditions):
            return -1 if not claim.takes_sides else None
        if infinitive and above.pos in _VERBAL and not marks - {"to", "order", "so"}:
            for noun in self.parsed.kids(above.i, "dobj"):  # "rejected calls | to close"
                wish = self.stances.between(self.parsed, noun, INFINITIVE)
                if wish is not None and noun.pos == "NOUN" and noun.i < k and "to" in wish.words:
                    self._apply(wish, noun, claim, INFINITIVE, gerund=True)
                    claim.path.append(noun.i)
                    return self._object(noun.i, above, claim, span, used)
            row = self.stances.between(self.parsed, above, INFINITIVE)
            if row is not None:
                self._apply(row, above, claim, INFINITIVE, gerund=True)
                self._address(above, claim, row)
                return above.i
            if not claim.takes_sides and claim.done >= 0:
                self._side("purpose", above.i, claim, f"to {token.lower}")
                return above.i
        return None


def _has_to(kids: list[Token]) -> bool:
    return any(t.dep == "aux" and t.lower == "to" for t in kids)
