"""What is wanted of a topic: the words above it, read upwards one by one, until somebody wants or rejects it.

"Japan opposes lifting sanctions": sanctions -> lifting turns the sign round -> opposes turns it back and takes sides.
"""

from __future__ import annotations

from dragoman.find.about.topics import Topic
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.clauses import Clauses
from dragoman.parse.base import Token

_VERBAL = ("VERB", "AUX")


class Climber(Clauses):
    """Reads claims in one text."""

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
        self.conditions.topic = first
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

    def rise(self, topic: Topic) -> Claim:
        """The claim below the finite verb of the topic's clause; `top` is the word that hangs on that verb."""
        claim = Claim(-1 if topic.polarity < 0 else 1)
        self._last, self._at, self._moved = None, -1, False
        k, span, used = self._head(topic.first, topic.last), range(topic.first, topic.last), set[int]()
        for _ in range(10):
            claim.top = k
            above = self.parsed.head(k)
            if above.i == k or self.tokens[k].dep in _CLAUSAL or not self._here(k, claim):
                break
            step = self._step(k, above, claim, span, used)
            if step is None or step < 0:
                break
            k = step
            claim.path.append(k)
        return claim

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

    def _here(self, k: int, claim: Claim) -> bool:
        """Take in negation, modal verbs and conditions at word `k`; False when the clause only supposes."""
        if claim.ended:
            return True
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
            if any(t.lower in self.words("lessening") for t in kids if t.dep == "amod"):
                claim.sign = -claim.sign  # "lighter sanctions", "fewer troops"
            first = min([k, *(t.i for t in kids if t.i < k)])
            if first > 1 and self.tokens[first - 1].lower == "not" and self.tokens[first - 2].text == ",":
                self._negate(k, claim, self.tokens[first - 1])  # "talks, not sanctions"
            return True
        if any(t.dep == "mark" and t.lower in ("if", "unless", "whether", "lest") for t in kids):
            return self._deterred(k, claim)
        negated = self._neither(k, claim)
        bound = any(  # "could not but denounce"
            t.dep == "neg" and t.i + 1 < len(self.tokens) and self.tokens[t.i + 1].lower == "but" for t in kids
        )
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
        if not claim.ended and any(
            self._nobody(t) and self.conditions.topic not in self.parsed.subtree(t.i)
            for t in kids
            if t.dep in ("nsubj", "nsubjpass", "expl")
        ):
            negated = True
            self._negate(k, claim, token)
        for child in sorted(kids, key=lambda t: t.lower in ("no", "not")):
            if child.dep not in ("aux", "auxpass"):
                continue
            row = self.stances.modals.get(_MODAL_FORMS.get(child.lower, child.lower))
            if row is not None and "duty" in row.kinds:
                self._side("duty", k, claim, child.lower)
            elif row is not None and "intent" in row.kinds:
                if not claim.takes_sides and claim.done == k:
                    self._side("intent", k, claim, child.lower)
                elif not claim.takes_sides and (
                    (self._moved and self._at == k) or ("no" in claim.words and self.parsed.kids(k, "expl"))
                ):
                    self._side("judgement", k, claim, child.lower)
                    claim.nobody = True
            elif child.lower in ("can", "could") and "no" in claim.words and self.parsed.kids(k, "expl"):
                self._side("judgement", k, claim, "there can be")
            elif (
                child.lower in ("can", "could", "ca") and negated and (claim.done == k or self._moved or claim.top == k)
            ):
                # "cannot wait", "we cannot accept": said of nobody in particular, it is the speaker's
                if not claim.takes_sides:
                    self._side("duty", k, claim, child.lower)
                claim.nobody = True
            elif child.lower in self.words("hedges") and not negated and not bound:
                if claim.takes_sides and claim.top == k:
                    # "could only be signed once ..." is a condition, "could sign" is nothing yet
                    claim.condition = self.conditions.of(k, negated=negated)
                    if claim.condition is None:
                        return False
                    claim.nobody = True
                claim.possible = True
            elif child.lower in self.words("would") and not claim.takes_sides:
                if claim.done == k and any(t.lower in ("rather", "sooner") for t in kids):
                    self._side("intent", k, claim, "would rather")
                elif claim.done == k and token.dep == "ccomp" and self.parsed.head(k).tag in ("VBD", "VBN"):
                    self._side("intent", k, claim, child.lower)  # "said it would reopen"
                else:
                    claim.possible = True
        if claim.condition is None and (claim.takes_sides or claim.done >= 0):
            claim.condition = self.conditions.of(k, negated=negated)
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
        if dep in ("nsubj", "csubj"):
            return self._subject(k, above, claim, span, used)
        if dep in ("compound", "amod", "nmod", "poss"):
            return self._modifier(above, claim, span, used)
        if dep in ("xcomp", "ccomp", "acl", "advcl"):
            return self._clause(k, above, claim, span, used)
        if (
            dep == "relcl"
            and above.lower in self.words("whoever")
            and above.dep in ("dobj", "pobj")
            and (claim.takes_sides or claim.done >= 0)
        ):
            claim.kind = claim.kind or "deed"
            claim.nobody = True
            return above.i  # "criticised those who stand in the way of peace": read on as the object
        if (
            dep in ("relcl", "acl", "ccomp")
            and above.lemma == "time"
            and above.pos == "NOUN"
            and not _has_to(self.parsed.kids(k))
        ):
            return self._timely(above, claim)
        if dep in ("relcl", "ccomp", "advcl") and any(t.lower == "why" for t in self.parsed.kids(k, "advmod", "mark")):
            why = next(t.i for t in self.parsed.kids(k, "advmod", "mark") if t.lower == "why")
            jump = self._idiom(why, claim, span, used)
            claim.top = above.i if jump is not None else claim.top
            return above.i if jump is not None else -1  # "why should we": nobody says that we should
        if dep == "relcl" and _has_to(self.parsed.kids(k)) and not self.parsed.kids(k, "nsubj"):
            return self._clause(k, above, claim, span, used)  # "it is time to lift"
        if dep == "cc" and token.pos == "ADP":
            return above.i  # "instead of"
        if dep in ("dep", "npadvmod", "attr", "dobj", "ROOT") and token.pos in ("NOUN", "PROPN"):
            return self._listed(k)
        return None

    def _settled(self, claim: Claim) -> Claim | None:
        if claim.kind == "attitude" and "neither" in claim.words and self._last is not None and self._last.sign < 0:
            claim.neutral = True  # "condemned neither the strike nor the answer"
        if claim.takes_sides:
            return claim
        if self._moved and not claim.possible and claim.condition is None and self.tokens[self._at].pos in _VERBAL:
            claim.condition = self.conditions.of(self._at, negated=True)  # "the sanctions stay until ..."
            if claim.condition is not None:
                self._side("judgement", self._at, claim, "until")
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
                t.dep in ("aux", "auxpass") and t.lower in self.words("tenses") for t in self.parsed.kids(verb.i)
            ):
                helping = self.parsed.kids(verb.i, "aux", "auxpass")
                if claim.negated and any(t.lower in self.words("past") for t in helping):
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


_MODAL_FORMS = {"'ll": "will", "’ll": "will", "wo": "will"}
_FINITE = ("VBD", "VBZ", "VBP")
_CLAUSAL = ("nsubj", "nsubjpass", "csubj", "csubjpass")
