"""One step up from a topic that is an object, stands behind a preposition or before a noun."""

from __future__ import annotations

from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.ground import Ground
from dragoman.find.wanted.stances import (
    INFINITIVE,
    MODIFIER,
    OBJECT,
    PREPOSITION,
    SUBJECT,
    StanceRow,
)
from dragoman.parse.base import Token
from dragoman.parse.frames import is_passive

_VERBAL = ("VERB", "AUX")
_BEING = ("be", "remain", "stay", "become")


class Objects(Ground):
    """Steps over verbs, nouns and prepositions that govern a topic."""

    def _behind(self, k: int, prep: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        """The topic stands behind a preposition."""
        if prep.pos == "VERB":
            return self._object(k, prep, claim, span, used)
        above = self.parsed.head(prep.i)
        if above.lemma in self.words("camps") and any(
            t.lower in self.words("opposing") for t in self.parsed.kids(above.i, "amod")
        ):
            return -1  # "support opposing sides in the war": one for, one against
        if prep.lower == "among" and above.lemma == "be" and claim.takes_sides:
            return above.i  # "is among the opponents of"
        jump = self._idiom(prep.i, claim, span, used)
        if jump is not None:
            return jump
        if prep.i in span:
            return above.i if above.i != prep.i else None
        # "as well as", "because of", "in addition to": the outer preposition leads on
        outer = prep.lower
        while above.pos == "ADP" and above.dep in ("prep", "agent") and above.i not in span:
            jump = self._idiom(above.i, claim, span, used)
            if jump is not None:
                return jump
            outer, above = above.lower, self.parsed.head(above.i)
        gerund = self.tokens[k].pos in _VERBAL
        if gerund and prep.lower == "from" and self._unforced(k, above, claim):
            return above.i
        said = self._answered(above, claim)
        if said is not None:
            return said
        if prep.lower == "in" and self._seen_in(above, claim):
            return self.parsed.head(above.i).i if above.pos == "NOUN" else above.i
        row = self.stances.between(self.parsed, above, PREPOSITION, prep.lower) or (
            self.stances.between(self.parsed, above, PREPOSITION, outer) if outer != prep.lower else None
        )
        at = above
        if row is None or "mild" in row.kinds:
            # "expressed its dedication to", "suspected Chad of": parsers hang the preposition on either word
            near = self.parsed.kids(above.i, "dobj", "attr") if above.pos in _VERBAL else [self.parsed.head(above.i)]
            for other in near:
                found = self.stances.between(self.parsed, other, PREPOSITION, prep.lower)
                if (
                    found is not None
                    and (len(found.words) == 2 or "carrier" in found.kinds)
                    and (other.pos in ("NOUN", "PROPN") or above.dep in ("dobj", "nsubjpass"))
                ):
                    row, at = found, other
        if row is not None:
            self._apply(row, at, claim, PREPOSITION, gerund=gerund)
            self._address(at, claim, row)
            return at.i
        own = self.stances.preposition(prep.lower)
        if own is not None and "be" in own.kinds and above.lemma != "be":
            own = None  # "is for a truce"
        if own is not None and "subject" not in own.kinds:
            if "thing" in own.kinds and (above.lemma == "be" or above.pos in ("ADJ", "ADV")):
                self._apply(own, prep, claim, PREPOSITION)
            elif above.lemma == "be":
                if not self.parsed.kids(above.i, "expl") or not any(
                    t.lower == "no" for a in self.parsed.kids(above.i, "attr") for t in self.parsed.kids(a.i, "det")
                ):
                    return None  # "have been without relations": no wish
                self._side("judgement", above.i, claim, f"{own.row.words} ... no")  # "without trade there is no growth"
                claim.nobody = claim.ended = True
            elif prep.lower in self.words("without") and above.lemma in self.words("living"):
                return None  # "have lived without": no wish either
            else:
                claim.sign *= own.sign
                claim.words.append(own.row.words)
                if above.pos in _VERBAL:
                    claim.done = above.i
            if above.pos in _VERBAL or above.pos in ("ADJ", "ADV"):
                return above.i
            return self._carried(above, claim)
        if prep.lower in self.words("about") and above.i in self.events and self._by_event(above, claim):
            return above.i
        jump = self._idiom(above.i, claim, span, used)
        if jump is not None:
            return jump
        if prep.lower in self.words("measures_of") and above.lemma.lower() in self.words("units"):
            return above.i  # "90 million dollars in food aid"
        if prep.lower == "of" and (
            above.lemma in self.words("partitive") or (claim.sign > 0 and not claim.words and self._made(above))
        ):
            return above.i
        if gerund and claim.takes_sides and prep.lower not in self.words("alongside"):
            return -1  # "stopped short of endorsing"
        return self._unknown(claim)

    def _answered(self, noun: Token, claim: Claim) -> int | None:
        """ "the answer to the pipeline is no": the word above, where that is so."""
        verb = self.parsed.head(noun.i)
        if noun.lemma not in self.words("answers") or verb.lemma != "be" or claim.takes_sides:
            return None
        said = {t.lower for t in self.parsed.kids(verb.i)}
        if not said & (self.words("yes") | self.words("no")):
            return None
        if said & self.words("no"):
            claim.sign = -claim.sign
        self._side("judgement", verb.i, claim, f"{noun.lemma} is {'no' if said & self.words('no') else 'yes'}")
        claim.ended = True
        return verb.i

    def _seen_in(self, above: Token, claim: Claim) -> bool:
        """ "sees in the pipeline a danger", "sees a threat in the pipeline"."""
        verb = self.parsed.head(above.i) if above.pos == "NOUN" else above
        if claim.takes_sides or not self.stances.names(verb):
            return False
        for noun in self.parsed.kids(verb.i, "dobj"):
            row = self.stances.judging(noun)
            if row is not None and (above.i in (noun.i, verb.i)):
                claim.sign *= row.sign
                self._last, self._at = row, verb.i
                self._side("attitude", verb.i, claim, f"{verb.lemma} {row.row.words} in")
                return True
        return False

    def _made(self, noun: Token) -> bool:
        """ "build a new climate of trust": whatever the noun, the verb above it brings the topic about."""
        if noun.pos != "NOUN" or noun.dep not in ("dobj", "nsubjpass", "conj"):
            return False
        verb = self.parsed.head(noun.i)
        row = self.stances.between(self.parsed, verb, OBJECT) if verb.pos in _VERBAL else None
        return row is not None and "effect" in row.kinds and row.sign > 0

    def _object(self, k: int, verb: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        jump = self._idiom(verb.i, claim, span, used)
        if jump is not None:
            return jump
        if self.stances.names(verb) and any(t.lower == "what" for t in self.parsed.kids(verb.i)):
            # "rejected what it called interference"
            outer = self.parsed.head(verb.i)
            row = self.stances.between(self.parsed, outer, OBJECT)
            if row is None:
                return self._unknown(claim)
            self._apply(row, outer, claim, OBJECT)
            return outer.i
        if self.stances.names(verb) and (self._named(verb, verb, claim) or self._named(verb, self.tokens[k], claim)):
            return verb.i
        if self._tied(verb, claim, subject=False):
            return verb.i
        row = self.stances.between(self.parsed, verb, OBJECT)
        if row is None and self.tokens[k].dep == "nsubjpass":
            judging = self.stances.judging(verb)
            if judging is not None:
                self._apply(judging, verb, claim, SUBJECT)
                return verb.i
            return self._raised(verb, claim)
        if self._higher(verb) and (row is None or row.sign < 0):
            claim.words.append(f"{verb.lemma} to a higher level")
            claim.done = verb.i
            return verb.i
        if row is not None:
            if claim.takes_sides and "thing" not in row.kinds and "act" not in row.kinds and "carrier" not in row.kinds:
                claim.sign *= row.sign  # "withdrew its support for"
                claim.words.append(row.row.words)
                return verb.i
            if row.kinds & {"thing", "act"}:
                self._wanted_so(k, claim)
            told = self._told_to(verb, claim) if "thing" in row.kinds else None
            self._apply(told or row, verb, claim, INFINITIVE if told else OBJECT, gerund=told is not None)
            return verb.i
        if verb.i in self.events and self._by_event(verb, claim):
            return verb.i
        listed = self._listed(k)
        return listed if listed is not None else self._unknown(claim)

    def _wanted_so(self, k: int, claim: Claim) -> None:
        """ "wants the base closed": the participle behind the topic tells what is wanted done to it."""
        for child in self.parsed.kids(k, "acl"):
            row = self.stances.between(self.parsed, child, OBJECT) if child.tag == "VBN" else None
            if row is not None and "effect" in row.kinds and not self.parsed.kids(child.i, "agent"):
                claim.sign *= row.sign
                claim.words.append(row.row.words)

    def _told_to(self, verb: Token, claim: Claim) -> StanceRow | None:
        """ "ordered the staff to leave": what the topic is told to do counts; the row of the verb before "to"."""
        for inner in self.parsed.kids(verb.i, "xcomp"):
            does = self.stances.between(self.parsed, inner, SUBJECT)
            row = self.stances.between(self.parsed, verb, INFINITIVE)
            if does is not None and "self" in does.kinds and row is not None:
                claim.sign *= does.sign
                claim.words.append(does.row.words)
                return row
        return None

    def _higher(self, verb: Token) -> bool:
        """ "lift the partnership to a higher level" lifts nothing away."""
        return any(
            self.stances.heightens(pobj)
            for prep in self.parsed.kids(verb.i, "prep")
            if prep.lower in ("to", "onto")
            for pobj in self.parsed.kids(prep.i, "pobj")
            if not any(t.lemma == "low" or t.lower in ("lowest", "lower") for t in self.parsed.kids(pobj.i, "amod"))
        )

    def _named(self, verb: Token, word: Token, claim: Claim) -> bool:
        """ "called the tariffs unfair", "regards the drills as a threat": `verb` names, `word` or the next judges."""
        found = [word] if word.pos not in ("NOUN", "PROPN") and word.i != verb.i else []
        for child in self.parsed.kids(word.i, "oprd", "acomp", "attr", "xcomp", "ccomp", "prep", "advcl", "conj"):
            if found or word.i == verb.i:
                found.append(child)
            if child.lower == "as":
                found.extend(self.parsed.kids(child.i, "pobj", "amod", "pcomp"))
        if word.i != verb.i:  # "declared the ambassador, Jane Roe, an unwelcome person"
            names = self.parsed.kids(word.i, "appos")
            found.extend(t for name in names for t in (name, *self.parsed.kids(name.i, "appos")))
        found.extend(t for other in list(found) for t in self.parsed.kids(other.i, "amod") if other.i != word.i)
        for other in found:
            row = self.stances.judging(other)
            if (
                other.pos == "ADJ"
                and not claim.takes_sides
                and any(t.lower == "too" for t in self.parsed.kids(other.i, "advmod"))
            ):
                claim.sign = -claim.sign
                self._side("attitude", verb.i, claim, f"{verb.lemma} too {other.lower}")
                return True
            idiom = self.idioms.get(other.i)
            if row is None and idiom is not None and "subject" in idiom[2].kinds:
                row = idiom[2]
            if row is not None and not claim.takes_sides:
                claim.sign *= row.sign
                self._last, self._at = row, verb.i
                self._side("attitude", verb.i, claim, f"{verb.lemma} {row.row.words}")
                return True
        return False

    def _tied(self, verb: Token, claim: Claim, *, subject: bool) -> bool:
        """ "links the opening of the embassy to ...", "the talks depend on ...": wanted, but on a condition."""
        if claim.takes_sides or not (verb.lemma in self._tying or (subject and verb.lemma in _BEING)):
            return False
        sentence = self.parsed.sentence_of(verb.i)
        below = set(self.parsed.subtree(verb.i))
        for row in self.stances.ties:
            first, *rest = row.words
            at = verb.i
            if verb.lemma != first:
                if not subject or verb.lemma not in _BEING:
                    continue
                at = next(
                    (i for i in range(verb.i + 1, min(verb.i + 4, sentence.last)) if self.tokens[i].lower == first), -1
                )
                if at < 0:
                    continue
            for word in rest:
                at = next((i for i in range(at + 1, sentence.last) if i in below and self.tokens[i].lower == word), -1)
                if at < 0:
                    break
            if at < 0 or (subject and at > verb.i + 5):
                continue
            claim.condition = self.conditions.span(at) if self.tokens[at].dep == "prep" else None
            if claim.condition is None or claim.condition[1] <= self.tokens[at].end:
                continue
            self._side("judgement" if subject else "attitude", verb.i, claim, row.row.words)
            claim.ended = True
            return True
        return False

    def _raised(self, verb: Token, claim: Claim) -> int | None:
        """ "sanctions need to be lifted": the verb below "need" tells what is done to the topic."""
        for inner in self.parsed.kids(verb.i, "xcomp"):
            passive = is_passive(self.parsed, inner.i)
            duty = self.stances.duties.get(verb.lemma) or self.stances.modals.get(verb.lemma)
            if duty is None and verb.lemma not in self.words("raising"):
                continue
            row = self.stances.between(self.parsed, inner, OBJECT if passive else SUBJECT)
            if row is None or not row.kinds & {"effect", "thing", "self"}:
                continue
            claim.sign *= row.sign
            claim.words.append(row.row.words)
            if any(t.dep == "neg" for t in self.parsed.kids(inner.i)):
                claim.sign = -claim.sign
            if duty is not None:
                self._side("duty", verb.i, claim, duty.row.words)
            return verb.i
        return None

    def _modifier(self, noun: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        """ "sanctions relief", "the ceasefire proposal"."""
        row = self.stances.between(self.parsed, noun, MODIFIER)
        if row is None:
            for (first, preposition), known in self._noun_rows(noun):
                if first and preposition and known.kinds & {"effect", "carrier"}:
                    row = known
                    break
        if row is None:
            if claim.sign < 0 and not claim.words and len(span) == 1:
                return noun.i  # "jihadist cells", "coal plants" are as bad as what they are named for
            return self._unknown(claim)
        self._apply(row, noun, claim, MODIFIER)
        return noun.i

    def _noun_rows(self, noun: Token) -> list[tuple[tuple[str, str], StanceRow]]:
        out = []
        for preposition in ("of", "for"):
            row = self.stances.between(self.parsed, noun, PREPOSITION, preposition)
            if row is not None and len(row.words) == 2:
                out.append(((row.words[0], preposition), row))
        return out
