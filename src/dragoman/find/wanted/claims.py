"""What is wanted of a topic: the words above it, read upwards one by one, until somebody wants or rejects it.

"Japan opposes lifting sanctions": sanctions -> lifting turns the sign round -> opposes turns it back and takes sides.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dragoman.find.about.topics import Topic
from dragoman.find.base import References
from dragoman.find.wanted.sides import codes
from dragoman.find.wanted.stances import (
    CLAUSE,
    GERUND,
    INFINITIVE,
    MODIFIER,
    OBJECT,
    PREPOSITION,
    SUBJECT,
    StanceRow,
    Stances,
)
from dragoman.parse.base import Parsed, Token
from dragoman.parse.frames import is_passive, verb_frame
from dragoman.records import Event, Span

_VERBAL = ("VERB", "AUX")
_HEDGES = frozenset(["can", "could", "may", "might", "ca"])
_WOULD = frozenset(["would", "'d", "’d"])
_RAISING = frozenset(["seem", "appear", "continue", "begin", "start", "deserve", "remain", "be", "tend", "cease"])
# acts that take sides by themselves when no row of stance.csv stands on their word
_BY_TYPE = {"AGREE": 1, "SUPPORT": 1, "COOPERATE": 1, "AID": 1, "REJECT": -1}
_ABOUT = frozenset(["on", "about", "to", "of", "in", "over", "against"])


class Claim(msgspec.Struct, gc=False):
    """A topic taken sides on: `sign` +1 for the issue's pole, -1 against; `top` is the word whose subject holds it."""

    sign: int
    top: int = -1
    kind: str = ""  # attitude | judgement | duty | intent | purpose | field | deed | act
    words: list[str] = msgspec.field(default_factory=list)
    path: list[int] = msgspec.field(default_factory=list)
    addressed: list[str] = msgspec.field(default_factory=list)  # who should do it, or is accused of it
    condition: Span | None = None
    neutral: bool = False
    nobody: bool = False  # may be said without anybody who wants it ("there is a need for")
    mild: bool = False  # doing it does not tell that one wants it ("held talks")
    quality: bool = False  # told as a quality of its subject ("is committed to")
    done: int = -1  # the verb that does something to the topic
    ended: bool = False  # nothing above changes it any more
    possible: bool = False  # only that it could be
    event: Event | None = None

    negated: bool = False

    @property
    def takes_sides(self) -> bool:
        return bool(self.kind)

    @property
    def flimsy(self) -> bool:
        """Whether it takes sides by one open word only, too little to ascribe to others."""
        return self.nobody


class Climber:
    """Reads claims in one text."""

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
        self._starts = frozenset(
            phrase.split()[0] for phrase in stances.conditions if " " in phrase or phrase.endswith(("ed", "ing"))
        )
        self._last: StanceRow | None = None
        self._at = -1
        self._moved = False

    def claim(self, topic: Topic, *, mild: bool = False) -> Claim | None:
        """What is claimed of a topic; None when nobody takes sides on it. `mild`: "met" alone tells nothing."""
        found = self._claim(topic, self._head(topic.first, topic.last), mild=mild)
        if found is None and topic.polarity:
            # "called for the release of the president and a return to ...": the parser joined it to the nearer noun
            outer = self._outer(self._head(topic.first, topic.last))
            if outer >= 0:
                found = self._claim(topic, outer, mild=mild)
        return found

    def _outer(self, k: int) -> int:
        """The noun that governs the list in which word `k` stands, -1 where there is none."""
        at = self.tokens[k]
        if at.dep != "conj":
            return -1
        while at.dep == "conj":
            at = self.parsed.head(at.i)
        prep = self.parsed.head(at.i)
        outer = self.parsed.head(prep.i)
        return outer.i if at.dep == "pobj" and prep.lower == "of" and outer.pos == "NOUN" else -1

    def _claim(self, topic: Topic, k: int, *, mild: bool) -> Claim | None:
        first, last = topic.first, topic.last
        claim = Claim(-1 if topic.polarity < 0 else 1, mild=mild and not topic.polarity)
        self._last, self._at, self._moved = None, -1, False
        span = range(first, last)
        if self.tokens[k].pos in _VERBAL and (topic.deed or first != last - 1):
            claim.done = k  # "combat terrorism", "end the war"
            claim.words.append(self.tokens[k].lemma)
        used: set[int] = set()
        own = True
        for _ in range(18):
            if own and not self._here(k, claim):
                return None
            if claim.ended:
                break
            above = self.parsed.head(k)
            if above.i == k:
                break
            step = self._step(k, above, claim, span, used)
            if step is None and self.tokens[k].dep in ("nsubj", "nsubjpass") and not claim.words:
                step = self._shared(k, above, claim, span, used)
            if step is None:
                break
            if step < 0:
                return None
            # "will not extradite him and regards": the "not" is the first verb's alone
            own = (
                self.tokens[k].dep != "conj"
                or self.tokens[k].tag not in _FINITE
                or self.tokens[step].pos not in _VERBAL
            )
            k = step
            if k not in claim.path:
                claim.path.append(k)
        return self._settled(claim)

    def content(self, topic: Topic) -> int:
        """+1 or -1: what a text put to the vote says of its topic: -1 for "a draft condemning the invasion"."""
        claim = Claim(-1 if topic.polarity < 0 else 1)
        self._last, self._at, self._moved = None, -1, False
        k, span, used = self._head(topic.first, topic.last), range(topic.first, topic.last), set[int]()
        for _ in range(12):
            above = self.parsed.head(k)
            over = self.parsed.head(above.i) if above.pos == "ADP" else above
            if above.i == k or self.stances.votes(over) is not None or not self._here(k, claim):
                break
            step = self._step(k, above, claim, span, used)
            if step is None or step < 0:
                break
            k = step
        return claim.sign

    def _head(self, first: int, last: int) -> int:
        """The topmost word of the phrase; "relations with" has the noun, not the preposition."""
        tops = [i for i in range(first, last) if not first <= self.tokens[i].head < last or self.tokens[i].head == i]
        strong = [i for i in tops if self.tokens[i].pos not in ("ADP", "PART", "CCONJ", "PUNCT", "DET")] or tops
        return min(strong, key=lambda i: (sum(1 for _ in self.parsed.ancestors(i)), -i))

    # -- the word itself -----------------------------------------------------------------------------------------

    def _here(self, k: int, claim: Claim) -> bool:
        """Take in negation, modal verbs and conditions at word `k`; False when the clause only supposes."""
        token = self.tokens[k]
        kids = self.parsed.kids(k)
        if token.pos not in _VERBAL:
            for child in kids:
                follows = self.tokens[child.i + 1].lower if child.i + 1 < len(self.tokens) else ""
                if (
                    child.lower in ("no", "neither", "not")
                    and child.i < k
                    and follows != "only"
                    and k not in self.idioms
                ):
                    self._negate(k, claim, child)
            first = min([k, *(t.i for t in kids if t.i < k)])
            if first > 1 and self.tokens[first - 1].lower == "not" and self.tokens[first - 2].text == ",":
                self._negate(k, claim, self.tokens[first - 1])  # "talks, not sanctions"
            return True
        if any(t.dep == "mark" and t.lower in ("if", "unless", "whether", "lest") for t in kids):
            return self._deterred(k, claim)
        negated = self._neither(k, claim)
        for child in kids:
            follows = self.tokens[child.i + 1].lower if child.i + 1 < len(self.tokens) else ""
            if claim.neutral and child.lower in ("neither", "nor"):
                continue
            if (
                (child.dep in ("neg", "preconj") and child.lower != "either") or child.lower == "never"
            ) and follows not in ("only", "just", "merely", "simply", "but"):
                if child.i not in self.idioms:
                    negated = True
                    self._negate(k, claim, child)
            elif child.dep == "advmod" and child.lower == "longer" and self.tokens[child.i - 1].lower == "no":
                negated = True
                self._negate(k, claim, child)
        for child in sorted(kids, key=lambda t: t.lower in ("no", "not")):
            if child.dep not in ("aux", "auxpass"):
                continue
            row = self.stances.modals.get(_MODAL_FORMS.get(child.lower, child.lower))
            if row is not None and "duty" in row.kinds:
                self._side("duty", k, claim, child.lower)
            elif row is not None and "intent" in row.kinds:
                if not claim.takes_sides and claim.done == k:
                    self._side("intent", k, claim, child.lower)
            elif child.lower in ("can", "could") and "no" in claim.words and self.parsed.kids(k, "expl"):
                self._side("judgement", k, claim, "there can be")
            elif (
                child.lower in ("can", "could", "ca") and negated and (claim.done == k or self._moved or claim.top == k)
            ):
                # "cannot wait", "we cannot accept": said of nobody in particular, it is the speaker's
                if not claim.takes_sides:
                    self._side("duty", k, claim, child.lower)
                claim.nobody = True
            elif child.lower in _HEDGES and not negated:
                if claim.takes_sides and claim.top == k:
                    # "could only be signed once ..." is a condition, "could sign" is nothing yet
                    claim.condition = self._condition(k, negated=negated)
                    if claim.condition is None:
                        return False
                    claim.nobody = True
                claim.possible = True
            elif child.lower in _WOULD and not claim.takes_sides:
                if claim.done == k and token.dep == "ccomp" and self.parsed.head(k).tag in ("VBD", "VBN"):
                    self._side("intent", k, claim, child.lower)  # "said it would reopen"
                else:
                    claim.possible = True
        if claim.condition is None and (claim.takes_sides or claim.done >= 0):
            claim.condition = self._condition(k, negated=negated)
        return True

    def _neither(self, k: int, claim: Claim) -> bool:
        """ "neither supports nor rejects" is neutral; "neither needs nor wants" negates both."""
        first = self.parsed.head(k) if self.tokens[k].dep == "conj" else self.tokens[k]
        if not any(t.lower == "neither" for t in self.parsed.kids(first.i, "preconj", "advmod", "det", "cc", "neg")):
            return False
        joined = [first, *(t for t in self.parsed.kids(first.i, "conj"))]
        if {sign for v in joined for sign in [self.stances.verb_sign(v.lemma)] if sign} >= {1, -1}:
            claim.neutral = True
        else:
            self._negate(k, claim, self.tokens[k])
        return True

    def _deterred(self, k: int, claim: Claim) -> bool:
        """ "will retaliate if new sanctions are imposed", "would be a mistake": who says so is against it."""
        if self.tokens[k].dep != "advcl" or claim.takes_sides:
            return False
        if any(t.i and self.tokens[t.i - 1].lower == "only" for t in self.parsed.kids(k, "mark")):
            return False  # "only if" is a condition, no threat
        for n, above in enumerate(self.parsed.ancestors(k)):
            row = self.stances.deterring(above)
            if row is not None:
                claim.sign *= row.sign
                claim.path.append(above.i)
                self._side("attitude", above.i, claim, f"{row.row.words} if")
                claim.ended = True
                return True
            if n > 2 or above.dep not in ("ccomp", "conj", "xcomp", "dobj", "pobj", "prep"):
                break
        return False

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

    def _condition(self, k: int, *, negated: bool) -> Span | None:
        """The words of a condition that hangs on the verb at `k`, or on the "said" around it."""
        near = self._reach(k)
        sentence = self.parsed.sentence_of(k)
        for i in range(sentence.first, sentence.last):
            token = self.tokens[i]
            if token.lower not in self.stances.conditions or token.dep not in ("mark", "advmod"):
                continue
            if token.lower == "until" and not negated:
                continue  # "will keep them until" sets no condition, "not until" does
            if i and self.tokens[i - 1].lower in _NO_CONDITION:
                continue
            clause = self.parsed.head(i)
            if clause.dep not in ("advcl", "ccomp") or clause.i == k:
                continue
            over = self.parsed.head(clause.i)
            if over.pos not in _VERBAL and over.i != k:
                over = self.parsed.head(over.i)
            if over.i == k or (over.i in near and not clause.i < self.tokens[over.i].i < k):
                return self._span(clause.i)
        for i in range(k, sentence.last - 1):
            if self.tokens[i].lower not in self._starts:
                continue
            for phrase in self.stances.conditions:
                words = phrase.split()
                if (len(words) > 1 or self.tokens[i].tag in ("VBN", "VBG")) and [
                    t.lower for t in self.tokens[i : i + len(words)]
                ] == words:
                    return self.tokens[i].start, self.tokens[sentence.last - 1].start
        return None

    def _reach(self, k: int) -> set[int]:
        """The verbs on which a condition for the verb at `k` may stand, too: "would agree, he said, if ..."."""
        out: set[int] = set()
        at = self.tokens[k]
        for _ in range(4):
            above = self.parsed.head(at.i)
            if above.i == at.i or above.pos not in (*_VERBAL, "ADJ", "NOUN"):
                break
            if at.dep in ("ccomp", "xcomp", "parataxis", "acomp"):
                out.add(above.i)
            elif at.dep != "conj":
                break
            at = above
        out.update(t.i for t in self.parsed.kids(k, "parataxis", "xcomp"))
        for joined in self.parsed.kids(k, "conj"):
            # "will ease the sanctions, but will reimpose them if ..."
            if any(t.lower in _ECHOING for t in self.parsed.kids(joined.i, "dobj")):
                out.add(joined.i)
        return out

    def _span(self, i: int) -> Span:
        words = [w for w in self.parsed.subtree(i) if self.tokens[w].pos != "PUNCT" or w not in (i,)]
        while words and self.tokens[words[-1]].pos == "PUNCT":
            words.pop()
        while words and self.tokens[words[0]].pos == "PUNCT":
            words.pop(0)
        return self.parsed.span(words)

    # -- one step up ---------------------------------------------------------------------------------------------

    def _step(self, k: int, above: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        """The next word to go on from; None to stop here with what is known, -1 to fall silent."""
        token = self.tokens[k]
        dep = token.dep
        if dep == "conj":
            if token.pos in _VERBAL and self.parsed.kids(k, "nsubj", "nsubjpass") and above.pos in _VERBAL:
                return None
            return above.i
        if dep == "appos":
            listed = self._listed(k)
            return listed if listed is not None else above.i
        if dep == "acomp" or (dep in ("prep", "advmod") and token.pos != "NOUN"):
            return above.i
        if dep in ("pobj", "pcomp") and above.pos in ("ADP", "SCONJ", "ADV", "PART", "VERB"):
            return self._behind(k, above, claim, span, used)
        if dep in ("dobj", "nsubjpass", "oprd", "dative"):
            return self._object(k, above, claim, span, used)
        if dep == "attr" and above.pos in _VERBAL:
            return self._predicate_noun(k, above, claim)
        if dep == "nsubj":
            return self._subject(k, above, claim, span, used)
        if dep in ("compound", "amod", "nmod", "poss"):
            return self._modifier(above, claim, span, used)
        if dep in ("xcomp", "ccomp", "acl", "advcl"):
            return self._clause(k, above, claim, span, used)
        if dep == "relcl" and _has_to(self.parsed.kids(k)) and not self.parsed.kids(k, "nsubj"):
            return self._clause(k, above, claim, span, used)  # "it is time to lift"
        if dep == "cc" and token.pos == "ADP":
            return above.i  # "instead of"
        if dep in ("dep", "npadvmod", "attr", "dobj", "ROOT") and token.pos in ("NOUN", "PROPN"):
            return self._listed(k)
        return None

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

    def _behind(self, k: int, prep: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        """The topic stands behind a preposition."""
        if prep.pos == "VERB":
            return self._object(k, prep, claim, span, used)
        above = self.parsed.head(prep.i)
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
            else:
                claim.sign *= own.sign
                claim.words.append(own.row.words)
                if above.pos in _VERBAL:
                    claim.done = above.i
            if above.pos in _VERBAL or above.pos in ("ADJ", "ADV"):
                return above.i
            return self._carried(above, claim)
        if prep.lower in _ABOUT and above.i in self.events and self._by_event(above, claim):
            return above.i
        jump = self._idiom(above.i, claim, span, used)
        if jump is not None:
            return jump
        if prep.lower in ("in", "of", "for", "to") and above.lemma.lower() in _UNITS:
            return above.i  # "90 million dollars in food aid"
        if prep.lower == "of" and (
            above.lemma in _PARTITIVE or (claim.sign > 0 and not claim.words and self._made(above))
        ):
            return above.i
        if gerund and claim.takes_sides and prep.lower not in _ALONGSIDE:
            return -1  # "stopped short of endorsing"
        return self._unknown(claim)

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
        )

    def _named(self, verb: Token, word: Token, claim: Claim) -> bool:
        """ "called the tariffs unfair", "regards the drills as a threat": `verb` names, `word` or the next judges."""
        found = [word] if word.pos not in ("NOUN", "PROPN") and word.i != verb.i else []
        for child in self.parsed.kids(word.i, "oprd", "acomp", "attr", "xcomp", "ccomp", "prep", "advcl", "conj"):
            if found or word.i == verb.i:
                found.append(child)
            if child.lower == "as":
                found.extend(self.parsed.kids(child.i, "pobj", "amod", "pcomp"))
        found.extend(t for other in list(found) for t in self.parsed.kids(other.i, "amod") if other.i != word.i)
        for other in found:
            row = self.stances.judging(other)
            idiom = self.idioms.get(other.i)
            if row is None and idiom is not None and "subject" in idiom[2].kinds:
                row = idiom[2]
            if row is not None and not claim.takes_sides:
                claim.sign *= row.sign
                self._last, self._at = row, verb.i
                self._side("attitude", verb.i, claim, f"{verb.lemma} {row.row.words}")
                return True
        return False

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
        if verb.dep == "xcomp" and verb.lemma in ("be", "become", "remain", "stay"):
            claim.done = verb.i  # "wants to be a member of"
            return verb.i
        return None

    def _subject(self, k: int, verb: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        """The topic is what somebody says something about: "sanctions are illegal", "the violence must stop"."""
        if claim.takes_sides:
            return None
        naming = self.parsed.head(verb.i)
        if verb.dep in ("ccomp", "oprd", "xcomp") and self.stances.names(naming) and self._named(naming, verb, claim):
            return naming.i
        if verb.dep == "ccomp" and verb.tag in ("VBN", "VBD") and not self.parsed.kids(verb.i, "mark", "dobj", "aux"):
            # "wants the mission closed"
            row = self.stances.between(self.parsed, verb, OBJECT)
            if (
                row is not None
                and "effect" in row.kinds
                and self.stances.between(self.parsed, naming, GERUND) is not None
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

    def _judged(self, verb: Token, claim: Claim) -> int | None:
        """What the verb or its predicate says of the topic as its subject."""
        if verb.lemma == "be" or self.parsed.kids(verb.i, "acomp", "attr"):
            for i in self._predicates(verb):
                idiom = self.idioms.get(i)
                if idiom is not None and "subject" in idiom[2].kinds:
                    self._apply(idiom[2], self.tokens[i], claim, SUBJECT)
                    return verb.i
                row = self.stances.judging(self.tokens[i])
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
                    return None
                claim.sign *= row.sign
                self._side("judgement", verb.i, claim, row.row.words)
                return verb.i
            self._apply(row, verb, claim, SUBJECT)
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

    def _raised(self, verb: Token, claim: Claim) -> int | None:
        """ "sanctions need to be lifted": the verb below "need" tells what is done to the topic."""
        for inner in self.parsed.kids(verb.i, "xcomp"):
            passive = is_passive(self.parsed, inner.i)
            duty = self.stances.duties.get(verb.lemma) or self.stances.modals.get(verb.lemma)
            if duty is None and verb.lemma not in _RAISING:
                continue
            row = self.stances.between(self.parsed, inner, OBJECT if passive else SUBJECT)
            if row is None or not row.kinds & {"effect", "thing"}:
                continue
            claim.sign *= row.sign
            claim.words.append(row.row.words)
            if any(t.dep == "neg" for t in self.parsed.kids(inner.i)):
                claim.sign = -claim.sign
            if duty is not None:
                self._side("duty", verb.i, claim, duty.row.words)
            return verb.i
        return None

    def _predicates(self, verb: Token) -> list[int]:
        out = []
        for child in self.parsed.kids(verb.i, "acomp", "attr", "prep", "advmod"):
            out.append(child.i)
            if child.dep in ("attr", "prep"):
                out.extend(t.i for t in self.parsed.kids(child.i, "amod", "pobj", "conj", "det"))
        return out

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

    def _clause(self, k: int, above: Token, claim: Claim, span: range, used: set[int]) -> int | None:
        """The topic's verb stands below another verb, an adjective or a noun."""
        token = self.tokens[k]
        kids = self.parsed.kids(k)
        infinitive = any(t.dep == "aux" and t.lower == "to" for t in kids) or token.tag == "VB"
        if token.dep == "ccomp" and k < above.i and any(self.tokens[i].text == ";" for i in range(k, above.i)):
            return None  # two sentences in one
        if token.dep == "advcl":
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
            # "a resolution condemning the war"
            row = self.stances.between(self.parsed, above, MODIFIER)
            return above.i if row is not None and "carrier" in row.kinds else None
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
                judging = self.stances.judging(self.tokens[at])
                if judging is not None:
                    self._apply(judging, self.tokens[at], claim, SUBJECT)
                    claim.top = be.i
                    return be.i
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

    # -- rows ----------------------------------------------------------------------------------------------------

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
        if "field" in kinds and relation in (PREPOSITION, OBJECT):
            claim.sign = row.sign
            claim.kind, claim.top, claim.nobody, claim.quality = "field", at.i, False, True
            return
        if relation == SUBJECT:
            claim.sign *= row.sign
            if "self" not in kinds:
                claim.kind, claim.top = "judgement", at.i
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
            if self.tokens[i].lower not in self.first_person:
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

    def _settled(self, claim: Claim) -> Claim | None:
        if claim.kind == "attitude" and "neither" in claim.words and self._last is not None and self._last.sign < 0:
            claim.neutral = True  # "condemned neither the strike nor the answer"
        if claim.takes_sides:
            return claim
        if claim.done >= 0 and claim.neutral:
            claim.kind, claim.top = "attitude", claim.done  # "neither backs nor blocks"
            return claim
        if claim.done >= 0 and claim.condition is not None:
            claim.kind, claim.top = "intent", claim.done  # "could send tanks if the others did"
            return claim
        if claim.done >= 0 and not claim.possible and not claim.mild:
            verb = self.tokens[claim.done]
            if self._imperative(verb):
                self._side("duty", verb.i, claim, "!")
                claim.nobody = True
                return claim
            if verb.tag in ("VBD", "VBZ", "VBP") or any(
                t.dep in ("aux", "auxpass") and t.lower in _TENSES for t in self.parsed.kids(verb.i)
            ):
                if claim.negated and any(t.lower in _PAST for t in self.parsed.kids(verb.i, "aux", "auxpass")):
                    return None  # that something was not done is no stance yet
                if verb.dep == "advcl" and self.parsed.kids(verb.i, "mark", "advmod") and verb.tag in _FINITE:
                    return None  # "after the junta put off the elections": told as a ground for something else
                claim.kind, claim.top = "deed", claim.done
                claim.event = claim.event or self.events.get(claim.done)
                if claim.event is not None and claim.event.status not in ("actual", "planned"):
                    return None
                return claim
        return None


def _has_to(kids: list[Token]) -> bool:
    return any(t.dep == "aux" and t.lower == "to" for t in kids)


_PAST = frozenset(["did", "had", "was", "were", "have", "has"])
_TENSES = frozenset("has have had is are was were do does did 's ’s 've ’ve 're ’re 'm ’m".split())
_MODAL_FORMS = {"'ll": "will", "’ll": "will", "wo": "will"}
_FINITE = ("VBD", "VBZ", "VBP")
_UNITS = frozenset(
    "dollar euro pound million billion ton tonne crown krone kroner krona franc yen yuan rupee rouble ruble lira peso "
    "money cash dose $ € £".split()
)
_ALONGSIDE = frozenset(["after", "before", "by", "in", "while", "since", "on", "besides", "when", "upon", "through"])
_NO_CONDITION = frozenset(["even", "as", "ask", "asked", "what", "wonder", "doubt"])
_ECHOING = frozenset(["it", "them", "this", "that", "so"])
_PARTITIVE = frozenset(
    [
        "some",
        "all",
        "most",
        "many",
        "part",
        "hundred",
        "thousand",
        "dozen",
        "kind",
        "form",
        "sort",
        "type",
        "series",
        "number",
        "package",
        "set",
        "wave",
        "round",
        "act",
    ]
)

__all__ = ["Claim", "Climber"]
