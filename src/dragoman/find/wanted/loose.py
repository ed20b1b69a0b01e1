"""What is wanted of a topic where grammar does not lead from it to a word that takes sides.

Headlines, metaphors and rare turns break the chain of words that `claims.py` climbs: "Lima pours cold water on an idea
that would have had it mediate". Here one word that takes sides, the topic and nothing between them that speaks against
it are enough: both in one clause, or the topic behind the word. Less sure than a chain, so it costs confidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from dragoman.find.about.topics import Topic
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.claims import Climber
from dragoman.find.wanted.stances import StanceRow, Stances
from dragoman.parse.base import Parsed, Sentence, Token

_VERBAL = ("VERB", "AUX")
_FINITE = ("VBD", "VBZ", "VBP", "MD")
_SIDES = frozenset(["thing", "subject"])
_VAGUE = frozenset(["mild", "naming", "carrier"])


class _Cue(msgspec.Struct, frozen=True, gc=False):
    first: int
    last: int
    top: int
    row: StanceRow


class Loose:
    """Reads one text; `claim` is asked for topics that nothing else told a stance of."""

    def __init__(self, parsed: Parsed, stances: Stances, climber: Climber, topics: Sequence[Topic]) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.stances = stances
        self.climber = climber
        self.covered = {k for t in topics for k in range(t.first, t.last)}
        self._cues: dict[int, list[_Cue]] = {}

    def claim(self, topic: Topic) -> Claim | None:
        """What is claimed of the topic; None where no word takes sides near it, or where two do."""
        sentence = self.parsed.sentence_of(topic.first)
        name = self.climber.references.mention(topic.first)
        if name is not None and name.code and not topic.polarity:
            return None  # a body where things happen, more often than a matter
        if any(t.lemma in self.stances.wanted("silencing") for t in self.parsed.words(sentence)):
            return None
        described = self._described(topic)
        if described is not None:
            return described
        cues = self._cues.get(sentence.i)
        if cues is None:
            cues = self._cues[sentence.i] = list(self._in(sentence))
        near = [cue for cue in cues if self._near(cue, topic)]
        if not near:
            return None
        nearest = min(near, key=lambda c: min(abs(c.last - topic.first), abs(c.first - topic.last)))
        if any(c.row.sign != nearest.row.sign for c in near if c is not nearest and "subject" not in c.row.kinds):
            return None
        return self._read(topic, nearest)

    def _described(self, topic: Topic) -> Claim | None:
        """ "this shameful embargo": what the speaker calls it in passing."""
        for k in range(topic.first, topic.last):
            for child in self.parsed.kids(k, "amod"):
                row = self.stances.judging(child)
                if row is None or row.sign >= 0 or child.i in self.covered:
                    continue
                claim = Claim((1 if topic.polarity < 0 else -1), top=k, kind="judgement", nobody=True)
                claim.words.append(row.row.words)
                prep = self.parsed.head(k)
                verb = self.parsed.head(prep.i)
                if prep.lower == "of" and verb.lemma in ("speak", "talk"):
                    claim.kind, claim.top = "attitude", verb.i
                return claim
        return None

    def _in(self, sentence: Sentence) -> Iterator[_Cue]:
        """The words of a sentence that take sides, longer phrases first to come, none overlapping another."""
        k = sentence.first
        while k < sentence.last:
            side = self._for_or_against(k)
            if side is not None:
                yield side
                k += 1
                continue
            idiom = self.climber.idioms.get(k)
            if idiom is not None and idiom[0] == k:
                first, last, row = idiom
                if row.sign and row.kinds & _SIDES:
                    yield _Cue(first, last, self._top(first, last), row)
                k = last
                continue
            found = self._pair(k, sentence)
            if found is not None:
                yield found
            k += 1

    def _for_or_against(self, k: int) -> _Cue | None:
        """ "for a ceasefire stands", "speaks against": with a verb that only says that somebody has a view."""
        token = self.tokens[k]
        if token.lower not in ("for", "against") or token.dep != "prep":
            return None
        verb = self._clause(token)
        if verb.lemma not in self.stances.wanted("standing"):
            return None
        row = self.stances.preposition(token.lower)
        return _Cue(k, k + 1, verb.i, row) if row is not None and row.sign else None

    def _pair(self, k: int, sentence: Sentence) -> _Cue | None:
        """ "frowned upon", "fury over": a word of the table with its preposition near behind it, or alone."""
        token = self.tokens[k]
        if token.pos not in ("VERB", "NOUN", "ADJ") or k in self.covered:
            return None
        for end in range(k + 1, min(k + 4, sentence.last)):
            after = self.tokens[end]
            if after.pos in ("ADP", "PART", "ADV"):
                row = self.stances.pair(token, after.lower)
                if row is not None and row.sign and row.kinds & _SIDES:
                    return _Cue(k, end + 1, k, row)
            elif after.pos not in ("PRON", "DET", "ADJ"):
                break
        if token.tag == "NNS" and k and self.tokens[k - 1].pos == "PROPN":
            # "Peru yearns for peace": a verb taken for a noun behind a name
            for end in range(k + 1, min(k + 2, sentence.last)):
                row = self.stances.verb_pair(token.lemma.lower(), self.tokens[end].lower)
                if row is not None and row.sign and row.kinds & _SIDES:
                    return _Cue(k, end + 1, k, row)
        row = self.stances.single(token)
        if row is not None and row.sign and "thing" in row.kinds and not row.kinds & _VAGUE and token.pos == "VERB":
            return _Cue(k, k + 1, k, row)
        return None

    def _top(self, first: int, last: int) -> int:
        for k in range(first, last):
            if not first <= self.tokens[k].head < last or self.tokens[k].head == k:
                return k
        return first

    def _near(self, cue: _Cue, topic: Topic) -> bool:
        if cue.first < topic.last and topic.first < cue.last:
            return False
        here = self._clause(self.tokens[cue.top])
        there = self._clause(self.tokens[topic.first])
        if self._supposed(here) or self._supposed(there):
            return False
        if self._between(cue, topic) or self._taken(cue, topic):
            return False
        if cue.last <= topic.first:
            inside = {t.i for t in self.parsed.ancestors(topic.first)}
            return here.i == there.i or here.i in inside or cue.top in inside or topic.first - cue.last <= 3
        if here.i != there.i:
            return False
        return "subject" in cue.row.kinds or self._behind(cue, topic)

    def _behind(self, cue: _Cue, topic: Topic) -> bool:
        """Whether the word comes last, as in translations: "for the ceasefire Chad speaks out"."""
        after = self.tokens[cue.last : cue.last + 2]
        if after and after[0].pos == "ADV":
            after = after[1:]
        ends = not after or after[0].pos in ("PUNCT", "CCONJ", "ADV", "SCONJ")
        above = [self.tokens[topic.first], *self.parsed.ancestors(topic.first)]
        below = next((t for t in above if t.head == cue.top), None)
        return ends and (below is None or below.dep not in ("nsubj", "nsubjpass", "poss", "compound", "agent"))

    def _taken(self, cue: _Cue, topic: Topic) -> bool:
        """Whether the verb has another object: "signed a paper at the meeting"."""
        if self.tokens[cue.top].pos != "VERB" or cue.last - cue.first > 2:
            return False
        above = {topic.first, *(t.i for t in self.parsed.ancestors(topic.first))}
        objects = [t.i for t in self.parsed.kids(cue.top, "dobj") if not cue.first <= t.i < cue.last]
        return cue.last - cue.first == 1 and bool(objects) and not above & set(objects)

    def _between(self, cue: _Cue, topic: Topic) -> bool:
        """Whether another clause, a second topic or a turn of phrase stands between them."""
        low, high = (cue.last, topic.first) if cue.last <= topic.first else (topic.last, cue.first)
        if high - low > 12:
            return True
        for k in range(low, high):
            token = self.tokens[k]
            if token.text in (";", ":", "“", "”", '"', "?", "—", "–") or token.lower in self.stances.wanted("turning"):
                return True
            if k in self.covered and self.tokens[k].pos != "ADP":
                return True
            if token.tag in _FINITE and token.pos in _VERBAL and token.dep not in ("aux", "auxpass"):
                return cue.last <= topic.first or "subject" not in cue.row.kinds
        return False

    def _clause(self, token: Token) -> Token:
        """The verb of the clause in which a word stands."""
        for above in (token, *self.parsed.ancestors(token.i)):
            if above.pos in _VERBAL and (
                above.tag in _FINITE or self.parsed.kids(above.i, "nsubj", "nsubjpass", "aux")
            ):
                return above
        return token

    def _supposed(self, verb: Token) -> bool:
        return any(
            t.lower in self.stances.wanted("supposing") for t in self.parsed.kids(verb.i, "mark", "advmod")
        ) or any(t.lower in ("may", "might") for t in self.parsed.kids(verb.i, "aux"))

    def _read(self, topic: Topic, cue: _Cue) -> Claim | None:
        claim = Claim((-1 if topic.polarity < 0 else 1) * cue.row.sign, top=cue.top)
        claim.kind = "judgement" if cue.row.kinds <= {"subject", "view", "given"} else "attitude"
        claim.verdict = "view" in cue.row.kinds
        claim.nobody = "subject" in cue.row.kinds
        claim.words.append(cue.row.row.words)
        claim.path.append(cue.top)
        low, high = (cue.last, topic.first) if cue.last <= topic.first else (topic.last, cue.first)
        for k in range(low, high):
            row = self.stances.single(self.tokens[k])
            if row is not None and "effect" in row.kinds and row.sign and self.tokens[k].pos in ("VERB", "NOUN"):
                claim.sign *= row.sign
                claim.words.insert(0, row.row.words)
                if row.sign < 0 and self.tokens[k].pos == "NOUN":
                    return None  # "the end of": read by grammar or not at all
        clause = self._clause(self.tokens[cue.top])
        for child in (*self.parsed.kids(clause.i), *self.parsed.kids(cue.top)):
            inside = cue.first <= child.i < cue.last
            if not inside and (child.dep == "neg" or child.lower in ("never", *self.stances.wanted("nobody"))):
                claim.sign = -claim.sign
                claim.negated = True
                claim.words.append(child.lower)
                break
        claim.condition = self.climber.conditions.of(clause.i, negated=claim.negated)
        if claim.condition is not None and cue.row.sign < 0:
            return None  # a warning of what will follow
        return claim
