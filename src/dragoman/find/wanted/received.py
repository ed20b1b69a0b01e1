"""What a topic is told to have met with: "won the backing of Chad", "drew support from Mali and a no from Peru"."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from dragoman.find.about.topics import Topic
from dragoman.find.base import References
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.claims import Climber
from dragoman.find.wanted.sides import codes
from dragoman.find.wanted.stances import StanceRow, Stances
from dragoman.find.wanted.voices import Voices, officials
from dragoman.parse.base import Parsed, Token


class Given(msgspec.Struct, frozen=True, gc=False):
    """Somebody's stance on a topic, as the topic is told to have met with it."""

    actor: str
    claim: Claim


class Received:
    """Reads what the topics of one text met with."""

    def __init__(
        self, parsed: Parsed, references: References, stances: Stances, voices: Voices, climber: Climber
    ) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.references = references
        self.stances = stances
        self.voices = voices
        self.climber = climber
        self.receiving = stances.wanted("receiving")

    def of(self, topic: Topic) -> list[Given]:
        """Who is told to have given the topic what, in order."""
        if not any(t.lemma in self.receiving for t in self.parsed.ancestors(topic.last - 1)):
            return []
        risen = self.climber.rise(topic)
        below = self.tokens[risen.top]
        verb = self.parsed.head(below.i)
        if below.dep not in ("nsubj", "nsubjpass") or verb.pos not in ("VERB", "AUX"):
            return []
        if verb.lemma not in self.receiving or self.parsed.kids(verb.i, "neg"):
            return []
        out = []
        for noun, row in self._nouns(verb, passive=below.dep == "nsubjpass"):
            for actor, sign in self._givers(noun, row):
                claim = Claim(risen.sign * sign if sign else risen.sign, top=noun.i, kind="attitude")
                claim.neutral = sign == 0
                claim.words = [*risen.words, row.row.words]
                claim.path = [*risen.path]
                out.append(Given(actor, claim))
        return out

    def _nouns(self, verb: Token, *, passive: bool) -> Iterator[tuple[Token, StanceRow]]:
        """The words for what is given: "support", "a shrug", "no"."""
        firsts = [] if passive else self.parsed.kids(verb.i, "dobj")
        for prep in self.parsed.kids(verb.i, "prep"):
            if prep.lower in ("with", "into", "against"):
                firsts += self.parsed.kids(prep.i, "pobj")
        for prep in self.parsed.kids(verb.i, "prep"):
            for giver in self.parsed.kids(prep.i, "pobj"):
                firsts += self.parsed.kids(giver.i, "conj")  # "praise from Chad and | criticism from Mali"
        seen: set[int] = set()
        while firsts:
            noun = firsts.pop(0)
            if noun.i in seen:
                continue
            seen.add(noun.i)
            firsts += self.parsed.kids(noun.i, "conj", "appos")
            for prep in self.parsed.kids(noun.i, "prep"):
                for giver in self.parsed.kids(prep.i, "pobj"):
                    firsts += self.parsed.kids(giver.i, "conj")
            row = self.stances.given(noun)
            if row is not None and not any(t.lower in ("no", "neither") for t in self.parsed.kids(noun.i, "det")):
                yield noun, row

    def _givers(self, noun: Token, row: StanceRow) -> Iterator[tuple[str, int]]:
        """(actor, sign) of those who give it: "Chad's, but not Mali's", "from Chad", "in Chad"."""
        heads = [t.i for t in self.parsed.kids(noun.i, "poss")]
        for k in range(noun.i + 1, min(noun.i + 6, len(self.tokens))):
            token = self.tokens[k]
            if heads or token.sentence != noun.sentence or token.text in (",", ";"):
                break
            if token.lower in self.stances.wanted("given_by"):
                heads = [t.i for t in self.parsed.kids(k, "pobj")]
        statement, _ = self.voices.statement(noun.i)
        for i in heads:
            people = self.references.of(i)
            for actor in officials(people) if people else codes(self.references, i):
                if statement is None or (statement.speaker is not None and statement.speaker.actor == actor):
                    yield actor, row.sign
        after = self.tokens[noun.i + 1 : noun.i + 6]
        words = [t.lower for t in after if t.pos != "PUNCT"]
        if heads and words[:2] == ["but", "not"] and len(words) > 2:
            other = next(t for t in after if t.lower == words[2])
            for actor in codes(self.references, other.i):
                yield actor, -row.sign
