"""Who might take sides on a topic of which no pattern tells a stance: questions for a trained model, and its answers.

    ("Lima pours cold water on the fishing pact", actor at ((0, 4),), topic at ((25, 41),), traits of the grammar)

Asked are the speaker of the words in which the topic stands, and whoever else is named beside it in the same mouth. A
speaker who is named elsewhere stands before the sentence as `SPEAKER`. The answer is of the topic as worded: against
"the arms race" is for the issue's pole, so signs turn with the topic's polarity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from dragoman.find.about.topics import Topic
from dragoman.find.base import References
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.voices import NO_DEEDS, Voice, Voices, officials, speakers_of, within
from dragoman.parse.base import Parsed, Sentence
from dragoman.parse.traits import traits
from dragoman.records import Span, Statement

SPEAKER = "The speaker: "
MOST = 4  # actors asked about for one topic
LONGEST = 120  # words of a sentence; what is longer is a list or a broken parse

# a sentence, characters of it where the actor and the topic stand, traits of the grammar
Question = tuple[str, tuple[Span, ...], tuple[Span, ...], tuple[str, ...]]


class Answer(Protocol):
    """What the model says of one question."""

    @property
    def stance(self) -> str | None: ...  # for | against | conditional | neutral; None where no side is taken
    @property
    def share(self) -> float: ...


class Judge(Protocol):
    """Answers which side somebody takes on a topic (dragoman.classify.stances.StanceModel)."""

    @property
    def name(self) -> str: ...
    def answers(self, asks: Sequence[Question]) -> Sequence[Answer]: ...


class Asked(msgspec.Struct, frozen=True, gc=False):
    """A question with the topic it is about and the one it asks of."""

    topic: Topic
    voice: Voice
    question: Question


class _Named(msgspec.Struct, gc=False):
    """Where a sentence names an actor, and in which sectors."""

    spans: list[Span]
    sectors: set[str]


class Questions:
    """Makes the questions of one text."""

    def __init__(self, parsed: Parsed, references: References, voices: Voices) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.references = references
        self.voices = voices
        self._named: dict[int, Mapping[str, _Named]] = {}

    def of(self, topic: Topic) -> list[Asked]:
        """A question for everybody who may take sides on the topic; none where no one can."""
        sentence = self.parsed.sentence_of(topic.first)
        if sentence.last - sentence.first > LONGEST:
            return []
        statement, told = self.voices.statement(topic.first)
        if told:
            return []
        named = self._named.get(sentence.i)
        if named is None:
            named = self._named[sentence.i] = self._beside(sentence)
        out = []
        people = speakers_of(statement) if statement is not None else ()
        speakers = officials(people)
        for speaker in speakers:
            here = named.get(speaker)
            spans = [s for s in here.spans if not _meets(s, topic)] if here is not None else []
            sectors = {p.sector or "" for p in people if p.actor == speaker}
            if sectors <= NO_DEEDS:
                continue
            shared = tuple(s for s in speakers if s != speaker)
            voice = Voice(speaker, shared, (), statement.id if statement else None, 0.1)
            out.append(Asked(topic, voice, self._question(sentence, topic, spans, sectors, statement)))
        for actor, here in named.items():
            spans = [s for s in here.spans if not _meets(s, topic) and self._same_mouth(s, statement)]
            if actor in speakers or not spans or (here.sectors and here.sectors <= NO_DEEDS):
                continue
            if statement is None and all(self._object(a) for a, _ in spans):
                continue
            voice = Voice(actor)
            if statement is not None:
                if len(speakers) != 1:
                    continue
                voice = Voice(actor, (), (), statement.id, 0.3, reporter=speakers[0])
            out.append(Asked(topic, voice, self._question(sentence, topic, spans, here.sectors, statement)))
        return out[:MOST]

    def claim(self, asked: Asked, sign: int, *, neutral: bool) -> Claim:
        """The claim that an answer makes."""
        topic = asked.topic
        claim = Claim(sign, kind="model", neutral=neutral)
        at = self.tokens[topic.last - 1]
        for above in self.parsed.ancestors(at.i):
            claim.path.append(above.i)
            if above.pos in ("VERB", "AUX"):
                break
        claim.top = claim.path[-1] if claim.path else at.i
        return claim

    def _beside(self, sentence: Sentence) -> Mapping[str, _Named]:
        """Who is named in a sentence, of officials, states and bodies."""
        out: dict[str, _Named] = {}
        for k in range(sentence.first, sentence.last):
            mention = self.references.mention(k)
            people = self.references.alone(k)
            if not people and mention is None:
                continue
            codes = officials(people)
            if not people and mention is not None and mention.code and not mention.bound and k == mention.last - 1:
                codes = [] if mention.code.startswith("MNC:") else [mention.code]
            word = mention or self.tokens[k]
            span = (word.start, word.end)
            if not sentence.start <= span[0] < span[1] <= sentence.end:
                continue
            for code in codes:
                here = out.setdefault(code, _Named([], set()))
                here.sectors |= {p.sector or "" for p in people if p.actor == code}
                if span not in here.spans:
                    here.spans.append(span)
        return out

    def _object(self, char: int) -> bool:
        """Whether somebody stands only at the far end of a verb or preposition, where the article seldom tells what he
        wants; "of" and "by" may tell whose a wish is."""
        k = self.parsed.at(char)
        while self.tokens[k].dep in ("compound", "flat") and self.tokens[k].head > k:
            k = self.tokens[k].head
        token = self.tokens[k]
        if token.dep == "pobj":
            return self.parsed.head(k).lower not in ("of", "by", "for", "in", "from")
        return token.dep in ("dobj", "dative", "attr", "appos")

    def _same_mouth(self, span: Span, statement: Statement | None) -> bool:
        """Whether somebody is named in the words in which the topic stands."""
        if statement is None:
            at = self.parsed.at(span[0])
            return self.voices.statement(at)[0] is None
        return any(a <= span[0] < b for a, b in statement.content) and not within(statement.cue, span[0])

    def _question(
        self, sentence: Sentence, topic: Topic, spans: Sequence[Span], sectors: set[str], statement: Statement | None
    ) -> Question:
        text = self.parsed.text[sentence.start : sentence.end]
        shift = -sentence.start
        marks = [
            f"topic={topic.polarity:+d}",
            f"deed={topic.deed}",
            f"clear={topic.clear}",
            f"words={topic.last - topic.first}",
            f"told={statement.kind if statement else 'article'}",
            *(f"sector={sector}" for sector in sorted(sectors)),
            *traits(self.parsed, tuple(spans), ((topic.start, topic.end),)),
        ]
        if spans:
            source = tuple((a + shift, b + shift) for a, b in spans)
        else:
            text = SPEAKER + text
            shift += len(SPEAKER)
            source = ((0, len(SPEAKER) - 2),)
        return text, source, ((topic.start + shift, topic.end + shift),), tuple(marks)


def _meets(span: Span, topic: Topic) -> bool:
    return span[0] < topic.end and topic.start < span[1]
