"""What every step of a climb needs: the rows of stance.csv put on a claim, negation, lists, imperatives."""

from __future__ import annotations

from collections.abc import Mapping

from dragoman.find.base import References, says
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.conditions import Conditions
from dragoman.find.wanted.stances import (
    CLAUSE,
    GERUND,
    INFINITIVE,
    OBJECT,
    PREPOSITION,
    SUBJECT,
    StanceRow,
    Stances,
)
from dragoman.parse.base import Parsed, Token
from dragoman.parse.frames import verb_frame
from dragoman.records import Event

_VERBAL = ("VERB", "AUX")
# acts that take sides by themselves when no row of stance.csv stands on their word
_BY_TYPE = {"AGREE": 1, "SUPPORT": 1, "COOPERATE": 1, "AID": 1, "REJECT": -1}


class Ground:
    """The words of one text, and how a claim takes in a row. The climb itself stands in `claims.py`."""

    def __init__(
        self,
        parsed: Parsed,
        references: References,
        stances: Stances,
        events: Mapping[int, Event],
        first_person: frozenset[str],
    ) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.references = references
        self.stances = stances
        self.events = events
        self.first_person = first_person
        self.idioms = stances.idioms(parsed)
        self.words = stances.wanted
        self._tying = frozenset(row.words[0] for row in stances.ties)
        self.conditions = Conditions(parsed, stances)
        self._last: StanceRow | None = None
        self._at = -1
        self._moved = False

    def _head(self, first: int, last: int) -> int:
        """The topmost word of the phrase; "relations with" has the noun, not the preposition."""
        tops = [i for i in range(first, last) if not first <= self.tokens[i].head < last or self.tokens[i].head == i]
        strong = [i for i in tops if self.tokens[i].pos not in ("ADP", "PART", "CCONJ", "PUNCT", "DET")] or tops
        if len(strong) == 1:
            return strong[0]
        return min(strong, key=lambda i: (sum(1 for _ in self.parsed.ancestors(i)), -i))

    def _nobody(self, token: Token) -> bool:
        """Whether a subject is nobody or nothing: "nothing in the world", "no power"."""
        if token.lower in self.words("nobody"):
            return True
        if token.dep in ("nsubj", "nsubjpass") and any(
            t.lower == "neither" for t in self.parsed.kids(token.i, "det", "preconj", "cc")
        ):
            return True
        return any(t.dep == "det" and t.lower == "no" for t in self.parsed.kids(token.i)) and token.pos == "NOUN"

    def _unforced(self, k: int, above: Token, claim: Claim) -> bool:
        """ "nothing will make Peru lift the embargo", "nobody can stop us from building it": its own will, whatever."""
        if claim.takes_sides or not any(self._nobody(t) for t in self.parsed.kids(above.i, "nsubj")):
            return False
        gerund = self.tokens[k].tag == "VBG"
        if above.lemma not in self.words("stopping" if gerund else "forcing"):
            return False
        kids = self.parsed.kids(k, "nsubj") or self.parsed.kids(above.i, "dobj", "nsubj")
        claim.held_by = [t.i for t in kids if not self._nobody(t)]
        if not gerund:
            claim.sign = -claim.sign
        self._side("intent", k, claim, f"nothing {above.lemma}")
        claim.ended = True
        return True

    def _negate(self, k: int, claim: Claim, word: Token) -> None:
        here = self._at == k or (self.tokens[k].lemma == "be" and self.tokens[self._at].head == k)
        last = self._last
        if (
            claim.kind in ("attitude", "judgement")
            and here
            and last is not None
            and last.sign < 0
            and last.kinds & {"thing", "act", "subject"}
            and not last.kinds & {"effect"}
            and last.part != "phrase"
        ):
            claim.neutral = True  # "does not oppose" is not yet support
        claim.sign = -claim.sign
        claim.negated = True
        claim.words.append(word.lower)

    def _listed(self, k: int) -> int | None:
        """The item before this one, where a long list fell apart: "in the fight against X, the reduction of Y"."""
        first = self.parsed.subtree(k)[0]
        if (
            first < 2
            or self.tokens[first - 1].text not in (",", ";")
            or self.tokens[first].sentence != self.tokens[first - 1].sentence
        ):
            return None
        before = self.tokens[first - 2]
        for item in (before, *self.parsed.ancestors(before.i)):
            if item.pos in ("NOUN", "PROPN") and item.dep in ("pobj", "dobj", "conj", "nsubjpass", "appos"):
                outer = self.parsed.head(item.i)
                if (
                    item.dep == "pobj"
                    and outer.lower in ("of", "against", "on", "for")
                    and self.parsed.head(outer.i).pos == "NOUN"
                ):
                    continue
                return item.i
            if item.pos in _VERBAL:
                return None
        return None

    def _predicates(self, verb: Token) -> list[int]:
        out = []
        for child in self.parsed.kids(verb.i, "acomp", "attr", "prep", "advmod"):
            out.append(child.i)
            if child.dep in ("attr", "prep"):
                out.extend(t.i for t in self.parsed.kids(child.i, "amod", "pobj", "conj", "det"))
        return out

    def _moved_here(self, claim: Claim) -> bool:
        return claim.done >= 0 or self._moved

    def _idiom(self, i: int, claim: Claim, span: range, used: set[int]) -> int | None:
        """Apply the long phrase that covers word `i`; its topmost word, to go on from."""
        idiom = self.idioms.get(i)
        if idiom is None or "aim" in idiom[2].kinds or idiom[0] in used or idiom[0] in span or idiom[1] - 1 in span:
            return None
        first, last, row = idiom
        if row.kinds == frozenset(["subject"]):
            return None
        used.add(first)
        top = i
        for _ in range(6):
            head = self.tokens[top].head
            if head == top or not first <= head < last:
                break
            top = head
        self._apply(row, self.tokens[top], claim, PREPOSITION, gerund=True)
        self._address(self.tokens[top], claim, row)
        return top

    def _idiom_over(self, k: int, above: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        jump = self._idiom(above.i, claim, span, used)
        if jump is None:
            to = next((t for t in self.parsed.kids(k, "aux") if t.lower == "to"), None)
            jump = self._idiom(to.i, claim, span, used) if to is not None else None
            if jump is not None and self.tokens[jump].i in (k, to.i if to else -1):
                jump = above.i
                claim.top = above.i
        return jump

    def _apply(self, row: StanceRow, at: Token, claim: Claim, relation: str, *, gerund: bool = False) -> None:
        kinds = row.kinds
        self._last, self._at = row, at.i
        claim.words.append(row.row.words)
        if "grant" in kinds and not claim.takes_sides and row.sign:
            # "Chile has every right to", "nobody has the right to": the speaker says so
            claim.sign *= row.sign
            claim.kind, claim.top, claim.nobody = "judgement", at.i, True
            return
        if "field" in kinds and relation in (PREPOSITION, OBJECT):
            claim.sign = row.sign
            claim.kind, claim.top, claim.nobody, claim.quality = "field", at.i, False, True
            return
        if relation == SUBJECT:
            claim.sign *= row.sign
            if "self" not in kinds:
                claim.kind, claim.top = "judgement", at.i
                claim.verdict = "view" in kinds
            self._moved = "self" in kinds
            return
        if not row.sign:
            claim.neutral = True
        side = ("act" in kinds and (gerund or relation in (INFINITIVE, CLAUSE, GERUND))) or "thing" in kinds
        if side:
            claim.sign *= row.sign or 1
            claim.kind, claim.top = "attitude", at.i
            claim.nobody = "subject" in kinds
            claim.quality = row.part == "adjective"
        elif "effect" in kinds:
            claim.sign *= row.sign
            if at.pos in _VERBAL and not claim.takes_sides:
                claim.done, claim.mild = at.i, "mild" in kinds
        if at.i in self.events and claim.event is None:
            claim.event = self.events[at.i]

    def _side(self, kind: str, at: int, claim: Claim, word: str) -> None:
        claim.kind, claim.top = kind, at
        claim.words.append(word)

    def _address(self, verb: Token, claim: Claim, row: StanceRow) -> None:
        """Who is urged, asked, accused or thanked stands as the object of the verb."""
        if verb.pos not in _VERBAL or row.part != "verb" or "field" in row.kinds:
            return
        frame = verb_frame(self.parsed, verb.i)
        phrases = [*frame.objects]
        if row.kinds == frozenset(["act"]) and len(row.words) > 1:
            phrases += frame.preps.get(row.words[-1], ()) if row.words[-1] in ("on", "upon", "to") else ()
        for i in phrases:
            if not says(self.tokens[i], self.first_person):
                found = [p.actor for p in self.references.of(i) if p.actor]
                claim.addressed.extend(c for c in found if c not in claim.addressed)

    def _by_event(self, at: Token, claim: Claim) -> bool:
        event = self.events[at.i]
        sign = _BY_TYPE.get(event.type)
        if sign is None or claim.takes_sides or event.status not in ("actual", "planned"):
            return False
        if sign > 0 or not any(t.dep == "neg" for t in self.parsed.kids(at.i)):
            claim.sign *= sign  # "will not take the loans" is a REJECT by its "not", which is read already
        claim.event = event
        self._side("act", at.i, claim, at.lower)
        return True

    def _carried(self, noun: Token, claim: Claim) -> int:
        return noun.i

    def _unknown(self, claim: Claim) -> int | None:
        """Above stands a word that no table knows: nouns such as "support" need somebody who gives it."""
        if claim.takes_sides and not claim.nobody and not claim.neutral and claim.kind in ("attitude", "field"):
            top = self.tokens[claim.top]
            if top.pos in ("NOUN", "PROPN") and not self.parsed.kids(top.i, "poss"):
                return -1
        return None

    def _imperative(self, verb: Token) -> bool:
        """ "Lift the sanctions", "let them come": a bare verb without a subject."""
        if verb.tag != "VB" or verb.dep not in ("ROOT", "ccomp", "conj", "parataxis"):
            return False
        return not self.parsed.kids(verb.i, "nsubj", "nsubjpass", "aux", "auxpass", "mark", "expl") and (
            verb.dep != "conj" or self._imperative(self.parsed.head(verb.i))
        )
