"""Who voted how: for, against or neither, on the matter that the sentence or the one before names.

"Mexico voted for the draft on disarmament, France against it, and Japan abstained": one matter, three stances.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from dragoman.find.about.topics import Topic, Topics
from dragoman.find.base import References, says
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.claims import Climber
from dragoman.find.wanted.sides import codes
from dragoman.find.wanted.stances import Stances
from dragoman.find.wanted.voices import Voices, officials
from dragoman.parse.base import Parsed, Sentence, Token

_SIDES = {"for": 1, "against": -1, "yes": 1, "no": -1}
_SAYING = ("say", "announce", "declare", "add")
_FINITE = ("VBD", "VBZ", "VBP")
# read as votes whatever the parser takes them for
_VOTES = frozenset(["vote", "abstain", "abstained", "abstaining"])


class Vote(msgspec.Struct, frozen=True, gc=False):
    """Somebody's vote on a topic, as a claim of his own."""

    actor: str
    topic: Topic
    claim: Claim


class Votes:
    """Reads the votes of one text. `topics` are those whose stance the votes tell: nobody else speaks on them there."""

    def __init__(
        self, parsed: Parsed, references: References, stances: Stances, voices: Voices, climber: Climber, topics: Topics
    ) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.references = references
        self.stances = stances
        self.voices = voices
        self.climber = climber
        self.mentions = topics.mentions
        self.topics: set[Topic] = set()

    def read(self) -> list[Vote]:
        """The votes, in order."""
        out: list[Vote] = []
        matters: list[tuple[Topic, int]] = []
        known = -2
        for sentence in self.parsed.sentences:
            words = [t for t in self.parsed.words(sentence) if self._voting(t)]
            if not words:
                continue
            here = list(self._matters(sentence)) or list(self._only(sentence))
            if here:
                matters = here
            elif known != sentence.i - 1 or not matters:
                matters = list(self._spoken_of(sentence.i - 1))
            known = sentence.i
            cast = list(self._cast(sentence, words))
            if not cast or not matters:
                continue
            self.topics.update(topic for topic, _ in here)
            for actor, side, at, word in cast:
                out.extend(self._vote(actor, side, at, word, topic, content) for topic, content in matters)
        return out

    def _vote(self, actor: str, side: int, at: int, word: str, topic: Topic, content: int) -> Vote:
        claim = Claim(side * content if side else 1, top=at, kind="attitude", words=[word], path=[at])
        claim.neutral = side == 0
        return Vote(actor, topic, claim)

    def _voting(self, token: Token) -> bool:
        if token.pos != "VERB" and token.lower not in _VOTES:
            return False
        row = self.stances.votes(token)
        if row is None:
            return False
        after = self.tokens[token.i + 1].lower if token.i + 1 < len(self.tokens) else ""
        return "side" in row.kinds or after != "from"  # "abstained from force"

    def _matters(self, sentence: Sentence) -> Iterator[tuple[Topic, int]]:
        """The topics that are voted on in this sentence, and what the text put to the vote says of each."""
        here = [t for t in self.mentions if sentence.first <= t.first < sentence.last and not self._by_name(t)]
        for topic in here:
            outer = {k for t in here if t is not topic for k in range(t.first, t.last)}
            if outer & {t.i for t in self.parsed.ancestors(topic.last - 1)} - set(range(topic.first, topic.last)):
                continue  # "a tribunal for the crime of aggression": the tribunal is voted on
            for above in self.parsed.ancestors(topic.last - 1):
                if self.stances.votes(above) is not None or self._carries(above):
                    yield topic, self.climber.content(topic)
                    break
                if above.tag in _FINITE and above.dep != "relcl":
                    break

    def _only(self, sentence: Sentence) -> Iterator[tuple[Topic, int]]:
        """The one topic of the sentence: "... abstained when they decided on the embargo"."""
        here = list(self._spoken_of(sentence.i))
        if len({topic.issue for topic, _ in here}) == 1:
            yield from here[:1]

    def _spoken_of(self, number: int) -> Iterator[tuple[Topic, int]]:
        for topic in self.mentions:
            if self.tokens[topic.first].sentence == number and not self._by_name(topic):
                yield topic, self.climber.content(topic)

    def _by_name(self, topic: Topic) -> bool:
        """Whether the words only name a body, or the vote itself: where it was voted, not on what."""
        words = [self.tokens[k] for k in range(topic.first, topic.last)]
        return all(t.pos in ("PROPN", "DET", "ADP") for t in words) or any(t.lemma == "vote" for t in words)

    def _carries(self, token: Token) -> bool:
        row = self.stances.echo(token)
        return row is not None and "draft" in row.kinds

    def _cast(self, sentence: Sentence, words: list[Token]) -> Iterator[tuple[str, int, int, str]]:
        """(actor, +1 | -1 | 0, word, what it says) for each vote of the sentence."""
        for verb in words:
            side = self._side(verb)
            if side is None:
                continue
            for actor in self._voters(verb):
                said = " ".join(t.lower for t in self.tokens[verb.i + 1 : verb.i + 5] if t.sentence == verb.sentence)
                yield actor, side, verb.i, f"{verb.lemma} {said}"
        for token in self.parsed.words(sentence):
            # "France against it", "Minsk against"
            if token.lower not in ("for", "against") or token.dep not in ("prep", "advmod", "prt"):
                continue
            head = self.parsed.head(token.i)
            if head.pos not in ("NOUN", "PROPN") or head.i > token.i or self._carries(head):
                continue
            below = self.parsed.kids(token.i, "pobj")
            if below and below[0].lower not in ("it", "them", "this", "that"):
                continue
            for actor in self._actors(head.i):
                yield actor, _SIDES[token.lower], token.i, f"{words[0].lemma} {token.lower}"

    def _voters(self, verb: Token) -> list[str]:
        heads = list(self.voices.agents(verb))
        if not heads and verb.dep in ("conj", "advcl", "acl"):
            heads = list(self.voices.agents(self.parsed.head(verb.i)))
        if not heads:
            heads = self._just_before(verb)
        if any(says(self.tokens[i], self.voices.first_person) for i in heads):
            statement, _ = self.voices.statement(verb.i)
            return (
                officials(statement.speakers or ((statement.speaker,) if statement.speaker else ()))
                if statement
                else []
            )
        return list(dict.fromkeys(c for i in heads for c in self._actors(i)))

    def _just_before(self, verb: Token) -> list[int]:
        """ "In the vote on the union, Peru and Chile | abstained": names taken for part of the matter."""
        out: list[int] = []
        for i in range(verb.i - 1, max(-1, verb.i - 8), -1):
            token = self.tokens[i]
            if token.pos == "PROPN":
                out.insert(0, i)
            elif token.lower not in ("and", "the") or not out:
                break
        return out

    def _actors(self, i: int) -> list[str]:
        people = officials(self.references.of(i))
        return people or (codes(self.references, i) if not self.references.of(i) else [])

    def _side(self, verb: Token) -> int | None:
        row = self.stances.votes(verb)
        if row is None:
            return None
        kids = self.parsed.kids(verb.i)
        negated = any(t.dep == "neg" for t in kids)
        supposed = any(t.dep == "aux" and t.lower in ("would", "could", "might", "may") for t in kids)
        if supposed and verb.dep == "ccomp" and self.parsed.head(verb.i).lemma not in _SAYING:
            return None
        if "side" not in row.kinds:
            return -row.sign if negated else row.sign
        for i in range(verb.i + 1, min(verb.i + 6, len(self.tokens))):
            word = self.tokens[i]
            if word.sentence != verb.sentence or word.text in (",", ";"):
                break
            if word.lower in ("favour", "favor"):
                return 1
            if word.lower in _SIDES and word.head in (verb.i, i - 1):
                side = _SIDES[word.lower]
                return -side if negated else side
            if word.lower == "to" and word.tag == "TO":
                return -1 if negated else 1
        return None
