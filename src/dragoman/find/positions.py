"""Who wants what on which issue: topics on which somebody takes sides, with whom, toward whom, in which words.

    1. every phrase of an issue is read upwards (`claims.py`): support, demand, rejection, duty, intention, deed;
    2. whose stance it is (`voices.py`), and toward whom, regarding what, shared with whom (`bearings.py`);
    3. some acts are positions by themselves (rules stand with the issue);
    4. votes are read together with the matter voted on (`votes.py`);
    5. "rejected the proposal", "is against it" take up what was spoken of before (`echoes.py`), and so does
       "we could do that if ..."; a denial that arms are aimed at somebody is kept as such;
    6. where nothing of this speaks, a trained model is asked of whoever stands beside the topic (`asked.py`);
    7. equal positions become one with several pieces of evidence; "does not oppose" gives way to a plainer word.

A topic that is only mentioned gives no position.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from dragoman.find.about.topics import Topic, Topics
from dragoman.find.base import References
from dragoman.find.wanted.asked import Answer, Asked, Judge, Questions
from dragoman.find.wanted.bearings import Bearings
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.claims import Climber
from dragoman.find.wanted.echoes import Spoken, echo_at
from dragoman.find.wanted.found import Found, merged
from dragoman.find.wanted.fragments import fragment_at
from dragoman.find.wanted.loose import Loose
from dragoman.find.wanted.received import Received
from dragoman.find.wanted.sides import actors, codes
from dragoman.find.wanted.stances import OBJECT, Stances, stances
from dragoman.find.wanted.voices import Voice, Voices, officials, speakers_of
from dragoman.find.wanted.votes import Votes
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.rows import Issue
from dragoman.parse.base import Parsed, Sentence
from dragoman.records import Event, Position, Span, Stance, Statement


def find_positions(
    parsed: Parsed,
    references: References,
    statements: Sequence[Statement],
    events: Sequence[Event],
    topics: Topics,
    lexicon: Lexicon,
    judge: Judge | None = None,
) -> list[Position]:
    """The positions of a text, in the order of their first evidence."""
    if not topics.mentions and not events:
        return []
    return _Reader(parsed, references, statements, events, topics, lexicon).read(judge)


class _Reader:
    def __init__(
        self,
        parsed: Parsed,
        references: References,
        statements: Sequence[Statement],
        events: Sequence[Event],
        topics: Topics,
        lexicon: Lexicon,
    ) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.references = references
        self.statements = statements
        self.events = [e for e in events if e.status in ("actual", "planned")]
        self.topics = topics
        self.issues = {issue.key: issue for issue in lexicon.issues}
        self.stances: Stances = stances(lexicon)
        self.voices = Voices(parsed, references, statements, lexicon)
        self.bearings = Bearings(parsed, references, self.events, topics, self.voices)
        triggers: dict[int, Event] = {}
        for event in events:
            for k in self._words(event.trigger):
                triggers.setdefault(k, event)
        self.climber = Climber(parsed, references, self.stances, triggers, self.voices.first_person)

        self.received = Received(parsed, references, self.stances, self.voices, self.climber)
        self.loose = Loose(parsed, self.stances, self.climber, topics.mentions)
        self.votes = Votes(parsed, references, self.stances, self.voices, self.climber, topics)

    def read(self, judge: Judge | None = None) -> list[Position]:
        found = self._voted()
        spoken: list[Spoken] = []
        for topic in self.topics.mentions:
            said = self._fragment(topic)
            if said:
                found.extend(said)
                continue
            if self._silent(topic):
                continue
            if topic in self.votes.topics:
                spoken.append(Spoken(topic, None))
                continue
            claim = self.climber.claim(topic, mild=bool(self.issues[topic.issue].table.get("pair")))
            new = self._positions(topic, claim) if claim is not None else []
            new += self._offered(topic)
            new += [f for g in self.received.of(topic) for f in self._held(topic, g.claim, [Voice(g.actor)])]
            if not new:
                claim, new = self._loosely(topic, claim)
            found.extend(new)
            spoken.append(_spoken(topic, claim, new))
        found.extend(self._echoed(spoken))
        found.extend(self._acts())
        found.extend(self._aims())
        found.extend(self._taken_up(found))
        if judge is not None:
            found.extend(self._put_before(judge, found))
        return merged(found)

    def _put_before(self, judge: Judge, found: Sequence[Found]) -> list[Found]:
        """What the model sees in sentences where the patterns tell nothing of an issue."""
        questions = Questions(self.parsed, self.references, self.voices)
        told = {(f.position.issue, f.sentence) for f in found}
        asked: dict[tuple[str, str, int], Asked] = {}
        for topic in self.topics.mentions:
            at = self.tokens[topic.first].sentence
            if self._silent(topic) or topic in self.votes.topics or (topic.issue, at) in told:
                continue
            for one in questions.of(topic):
                asked.setdefault((one.voice.actor, topic.issue, at), one)
        if not asked:
            return []
        answers = judge.answers([one.question for one in asked.values()])
        return [
            held
            for one, answer in zip(asked.values(), answers, strict=True)
            if answer.stance is not None
            for held in self._judged(judge, questions, one, answer)
        ]

    def _judged(self, judge: Judge, questions: Questions, one: Asked, answer: Answer) -> list[Found]:
        stance = answer.stance
        sign = -1 if (stance == "against") != (one.topic.polarity < 0) else 1
        claim = questions.claim(one, sign, neutral=stance == "neutral")
        if stance == "conditional":
            claim.condition = self._condition_asked(one)
        words = self.parsed.text[one.topic.start : one.topic.end]
        out = self._held(one.topic, claim, [one.voice])
        for held in out:
            held.position = msgspec.structs.replace(
                held.position,
                stance="conditional" if stance == "conditional" else held.position.stance,
                confidence=round(_BELIEVED * answer.share, 2),
                reason=f"model {judge.name}: {answer.share:.0%} for {stance} on '{words}'",
            )
        return out

    def _condition_asked(self, asked: Asked) -> Span | None:
        """The words of the condition that the model saw, where the sentence has some."""
        sentence = self.parsed.sentence_of(asked.topic.first)
        self.climber.conditions.topic = asked.topic.first
        for k in (k for k in range(sentence.first, sentence.last) if self.tokens[k].pos in ("VERB", "AUX")):
            found = self.climber.conditions.of(k, negated=True)
            if found is not None and not found[0] <= asked.topic.start < found[1]:
                return found
        return None

    def _loosely(self, topic: Topic, claim: Claim | None) -> tuple[Claim | None, list[Found]]:
        """What is wanted of a topic to which grammar does not lead."""
        guess = self.loose.claim(topic) if claim is None else None
        if guess is None:
            return claim, []
        new = self._positions(topic, guess)
        for f in new:
            f.position = msgspec.structs.replace(f.position, confidence=round(f.position.confidence - 0.2, 2))
        return guess, new

    def _fragment(self, topic: Topic) -> list[Found]:
        """What the speaker says of it without a verb."""
        statement, told = self.voices.statement(topic.first)
        start = self.tokens[topic.first].start
        said = next(((a, b) for a, b in statement.content if a <= start < b), None) if statement else None
        claim = fragment_at(self.parsed, self.stances, self.climber, topic, said)
        if claim is None or statement is None or told:
            return []
        speakers = officials(speakers_of(statement))
        return self._held(topic, claim, [Voice(s, (), (), statement.id, 0.1) for s in speakers])

    def _offered(self, topic: Topic) -> list[Found]:
        """ "the truce offered by Chad": whatever others want of it, Chad is for it."""
        out = []
        for verb in self.parsed.kids(topic.last - 1, "acl"):
            row = self.stances.between(self.parsed, verb, OBJECT) if verb.tag == "VBN" else None
            if row is not None and "thing" in row.kinds and self.parsed.kids(verb.i, "agent", "prep"):
                claim = Claim((-1 if topic.polarity < 0 else 1) * row.sign, top=verb.i, kind="attitude")
                claim.words.append(row.row.words)
                claim.path.append(verb.i)
                if self.voices.agents(verb):
                    out.extend(self._positions(topic, claim))
        return out

    def _voted(self) -> list[Found]:
        """For, against and neither, as people voted."""
        out = []
        for vote in self.votes.read():
            out.extend(self._held(vote.topic, vote.claim, [Voice(vote.actor)]))
        return out

    def _echoed(self, spoken: list[Spoken]) -> list[Found]:
        """What is wanted of "the proposal", "it": of the topic that they take up."""
        if not spoken:
            return []
        out: list[Found] = []
        taken = {k for s in spoken for k in range(s.topic.first, s.topic.last)}
        voted = {self.tokens[t.first].sentence for t in self.votes.topics}
        nouns = {self.tokens[k].lemma for k in taken}
        for token in self.tokens[spoken[0].topic.last :]:
            if token.pos not in ("NOUN", "PRON", "DET") or token.i in taken or token.sentence in voted:
                continue
            again = token.tag == "WDT" or (token.pos == "NOUN" and token.lemma in nouns)
            if not again and self.stances.echo(token) is None:
                continue
            before = [s for s in spoken if s.topic.last <= token.i]
            echo = echo_at(self.parsed, self.references, self.stances, token, before)
            if echo is None or any(k in taken for k in self.parsed.subtree(token.i)) or self._silent(echo.topic):
                continue
            claim = self.climber.claim(echo.topic)
            if claim is None or claim.kind not in ("attitude", "judgement", "duty", "intent"):
                continue
            source = echo.source.claim
            if source is not None and claim.top in (source.top, *source.path):
                continue
            new = [
                msgspec.structs.replace(
                    f,
                    follows=f.position.stance == "conditional" and f.position.actor in echo.source.actors,
                    position=msgspec.structs.replace(
                        f.position,
                        confidence=round(f.position.confidence - 0.1, 2),
                        evidence=self._with_source(echo.source.topic, f.position.evidence),
                        regarding=f.position.regarding or _other(echo.source.regarding, f.position),
                        toward=f.position.toward
                        or (_other(echo.source.actors[0], f.position) if echo.deed and echo.source.actors else None),
                    ),
                )
                for f in self._positions(echo.topic, claim)
            ]
            out.extend(new)
            spoken.append(_spoken(echo.topic, claim, new))
            nouns.add(token.lemma)
            spoken.sort(key=lambda s: s.topic.first)
        return out

    def _with_source(self, topic: Topic, evidence: tuple[Span, ...]) -> tuple[Span, ...]:
        """The evidence, and the sentence that names what is taken up."""
        sentence = self.parsed.sentence_of(topic.first)
        return tuple(sorted({(sentence.start, sentence.end), *evidence}))

    def _silent(self, topic: Topic) -> bool:
        """Whether the words are part of a longer name or of a question."""
        word = self.tokens[topic.first]
        if topic.last - topic.first == 1 and word.dep in ("attr", "oprd") and self.stances.judging(word) is not None:
            return True  # "called the blockade a crime": a judgement, no topic
        name = self.references.mention(topic.first)
        if name is not None and name.first <= topic.first and topic.last <= name.last:
            return name.last - name.first > topic.last - topic.first
        return self._asks(self.parsed.sentence_of(topic.first))

    def _asks(self, sentence: Sentence) -> bool:
        end = [t.text for t in self.tokens[max(sentence.first, sentence.last - 3) : sentence.last]]
        return "?" in end

    def _positions(self, topic: Topic, claim: Claim) -> list[Found]:
        wrong = bool(self.issues[topic.issue].table.get("wrong"))
        voices = self.voices.of(claim, polarity=topic.polarity, wrong=wrong)
        return self._held(topic, claim, [*voices, *self._signed_with(claim, voices)])

    def _signed_with(self, claim: Claim, voices: Sequence[Voice]) -> list[Voice]:
        """ "signed an agreement with Malawi": Malawi signed it, too."""
        top = self.tokens[claim.top]
        if len(voices) != 1 or voices[0].reporter or top.lemma not in self.stances.wanted("signing") or claim.negated:
            return []
        if top.tag not in ("VBD", "VBZ", "VBP", "VBN"):
            return []
        me = voices[0]
        near = [top.i, *(t.i for t in self.parsed.kids(top.i, "dobj"))]
        partners = [
            code
            for k in near
            for prep in self.parsed.kids(k, "prep")
            if prep.lower == "with"
            for pobj in self.parsed.kids(prep.i, "pobj")
            for code in codes(self.references, pobj.i)
        ]
        partners = [code for code in dict.fromkeys(partners) if code != me.actor]
        if not partners:
            return []
        me.shared = tuple(dict.fromkeys((*me.shared, *partners)))
        both = (me.actor, *partners)
        return [Voice(p, tuple(c for c in both if c != p), (), me.statement, me.doubt + 0.1) for p in partners]

    def _held(self, topic: Topic, claim: Claim, voices: Sequence[Voice]) -> list[Found]:
        issue = self.issues[topic.issue]
        sentence = self.parsed.sentence_of(topic.first)
        condition = claim.condition or self._condition_elsewhere(claim)
        words = " + ".join([*reversed(claim.words), f"'{self.parsed.text[topic.start : topic.end]}'"])
        out = []
        for voice in voices:
            sign = -claim.sign if voice.flipped else claim.sign
            bearing = self.bearings.of(topic, claim, voice, issue, sign)
            trust = _TRUST[claim.kind] - voice.doubt - 0.25 * claim.neutral - 0.05 * (topic.polarity == 0)
            position = Position(
                actor=voice.actor,
                issue=topic.issue,
                regarding=bearing.regarding,
                stance=_stance(sign, neutral=claim.neutral, conditional=condition is not None),
                toward=bearing.toward,
                shared_with=bearing.shared,
                statement=voice.statement,
                evidence=self._evidence(sentence, condition),
                confidence=round(max(0.2, trust), 2),
                condition=condition,
                reporter=voice.reporter,
                reason=f"{_HOW[claim.kind]}: {words}",
            )
            out.append(Found(position, sentence.i))
        return out

    def _evidence(self, sentence: Sentence, condition: Span | None) -> tuple[Span, ...]:
        """The sentence, and the next one where the condition stands there."""
        if condition is None or sentence.start <= condition[0] < sentence.end:
            return ((sentence.start, sentence.end),)
        other = self.parsed.sentence_of(self.parsed.at(condition[0]))
        return tuple(sorted([(sentence.start, sentence.end), (other.start, other.end)]))

    def _condition_elsewhere(self, claim: Claim) -> Span | None:
        """ "We are ready. Of course, only if they are, too", "The guns must fall silent. Only then ...": in the same
        mouth, in the sentence after or before."""
        conditions = self.climber.conditions
        here, _ = self.voices.statement(claim.top)
        sentence = self.parsed.sentence_of(claim.top)
        if sentence.i + 1 < len(self.parsed.sentences):
            following = self.parsed.sentences[sentence.i + 1]
            words = conditions.after(following) if self._same_mouth(here, following) else None
            if words is not None:
                return self._inside(here, words)
        if sentence.i and (words := conditions.before(sentence)) is not None:
            earlier = self.parsed.sentences[sentence.i - 1]
            if self._same_mouth(here, earlier):
                return self._inside(here, words)
        return None

    def _same_mouth(self, here: Statement | None, sentence: Sentence) -> bool:
        """Whether a sentence begins in this statement, in another one of its speaker, or after the article's words."""
        there, _ = self.voices.statement(self._first_word(sentence))
        if here is None or (there is not None and here.id == there.id):
            return True
        if there is None:
            return False
        return bool(set(actors(speakers_of(here))) & set(actors(speakers_of(there))))

    def _first_word(self, sentence: Sentence) -> int:
        words = (t.i for t in self.parsed.words(sentence) if t.pos != "PUNCT")
        return next(words, sentence.first)

    def _inside(self, here: Statement | None, words: Span) -> Span:
        """The words as far as they are said, without the "he added" behind them."""
        for a, b in here.content if here is not None else ():
            if a <= words[0] < b < words[1]:
                return words[0], b
        return words

    def _taken_up(self, found: Sequence[Found]) -> list[Found]:
        """ "we could do that if ...": the stance on what the speaker said just before."""
        out: list[Found] = []
        busy = {f.sentence for f in found}
        for sentence in self.parsed.sentences:
            if sentence.i in busy or self._asks(sentence):
                continue
            for token in self.parsed.words(sentence):
                if token.lower not in ("this", "that", "it", "so") or token.dep not in ("dobj", "pobj", "advmod"):
                    continue
                claim = self.climber.claim(Topic("", token.i, token.i + 1, token.start, token.end, 0, False))
                if claim is None or claim.kind not in ("attitude", "intent", "duty"):
                    continue
                condition = claim.condition or self._condition_elsewhere(claim)
                if condition is None and claim.sign > 0:
                    continue
                for voice in self.voices.of(claim, polarity=0, wrong=False):
                    before = [f for f in found if f.position.actor == voice.actor and 0 < sentence.i - f.sentence <= 2]
                    before = [f for f in before if f.position.stance in ("for", "against")]
                    nearest = max((f.sentence for f in before), default=-1)
                    out.extend(
                        self._followed(f, claim, condition, voice, sentence) for f in before if f.sentence == nearest
                    )
                break
        return out

    def _followed(
        self, earlier: Found, claim: Claim, condition: Span | None, voice: Voice, sentence: Sentence
    ) -> Found:
        was = earlier.position
        sign = claim.sign if was.stance == "for" else -claim.sign
        position = msgspec.structs.replace(
            was,
            stance=_stance(sign, neutral=False, conditional=condition is not None),
            condition=condition,
            statement=voice.statement or was.statement,
            evidence=(*was.evidence, *self._evidence(sentence, condition)),
            confidence=round(was.confidence - 0.1, 2),
            reason=f"{' + '.join(reversed(claim.words))} takes up: {was.reason}",
        )
        return Found(position, sentence.i, follows=True)

    def _aims(self) -> list[Found]:
        """Denials that a deployment, exercise or weapon is aimed at somebody: on the record, and neutral."""
        out: list[Found] = []
        done: set[int] = set()
        aimed = (t for t in self.topics.mentions if self.issues[t.issue].table.get("aimed"))
        spoken_of = sorted({self.tokens[t.first].sentence for t in aimed})
        idioms = (one for n in spoken_of for one in sorted(self.climber.idioms.of(n).items()))
        for i, (first, last, row) in idioms:
            if "aim" not in row.kinds or first in done:
                continue
            done.add(first)
            if not self._denied(first, last):
                continue
            sentence = self.parsed.sentence_of(i)
            topics = [
                t for t in self.topics.mentions
                if self.tokens[t.first].sentence == sentence.i and self.issues[t.issue].table.get("aimed")
            ]  # fmt: skip
            target = next(
                (
                    c
                    for k in range(first, last)
                    for t in self.parsed.kids(k, "pobj", "dobj")
                    for c in codes(self.references, t.i)
                ),
                None,
            )
            if not topics or target is None:
                continue
            for actor, statement in self._deniers(first):
                if actor != target:
                    out.append(
                        Found(self._denial(actor, topics[0], target, statement, row.row.words, sentence), sentence.i)
                    )
        return out

    def _denial(
        self, actor: str, topic: Topic, target: str, statement: str | None, words: str, sentence: Sentence
    ) -> Position:
        return Position(
            actor=actor,
            issue=topic.issue,
            regarding=target,
            stance="neutral",
            toward=None,
            shared_with=(),
            statement=statement,
            evidence=((sentence.start, sentence.end),),
            confidence=0.4,
            reason=f"denies that it is aimed: not {words} + '{self.parsed.text[topic.start : topic.end]}'",
        )

    def _denied(self, first: int, last: int) -> bool:
        start = self.tokens[first].start
        if any(s.act == "denial" and any(a <= start < b for a, b in s.content) for s in self.statements):
            return True
        for k in range(first, last):
            for at in (self.tokens[k], *self.parsed.ancestors(k)):
                if at.sentence != self.tokens[first].sentence:
                    break
                if (
                    any(t.dep == "neg" or (t.dep == "det" and t.lower == "no") for t in self.parsed.kids(at.i))
                    or at.lemma == "deny"
                ):
                    return True
        return False

    def _deniers(self, i: int) -> list[tuple[str, str | None]]:
        statement, told = self.voices.statement(i)
        if told:
            return []
        if statement is None:
            for k in (self.tokens[i], *self.parsed.ancestors(i)):
                if k.pos == "VERB" and k.lemma in self.stances.wanted("asking"):
                    return [
                        (c, None)
                        for c in dict.fromkeys(c for a in self.voices.agents(k) for c in actors(self.references.of(a)))
                    ]
            return []
        return [(c, statement.id) for c in officials(speakers_of(statement))]

    def _acts(self) -> list[Found]:
        """Recognising, expelling diplomats, refusing to meet: rules stand with the issue (`acts`)."""
        out: list[Found] = []
        for event in self.events:
            reporter = self.voices.by_id.get(event.statement or "")
            sources = officials(event.source)
            if reporter is not None:
                speakers = officials(speakers_of(reporter))
                sources = [s for s in sources if s in speakers]
            for issue in self.issues.values():
                for rule in issue.table.get("acts", ()):
                    if self._ruled(rule, event):
                        found = [self._by_act(issue, rule, event, source) for source in sources]
                        out.extend(f for f in found if f.position.toward or f.position.regarding)
        return out

    def _ruled(self, rule: dict[str, Any], event: Event) -> bool:
        if rule["type"] != event.type or rule.get("mode", event.mode) != event.mode:
            return False
        words = self._words(event.trigger)
        lemmas = rule.get("lemmas")
        if isinstance(lemmas, list) and not any(self.tokens[k].lemma in lemmas for k in words):
            return False
        wanted = rule.get("words")
        if isinstance(wanted, list):
            below = {self.tokens[k].lemma.lower() for i in words for k in self.parsed.subtree(i)}
            return bool(below & set(wanted))
        return True

    def _by_act(self, issue: Issue, rule: dict[str, Any], event: Event, source: str) -> Found:
        others = [c for c in actors((*event.target, *event.source)) if c != source]
        other = others[0] if others else None
        kind = f"{event.type}-{event.mode}" if event.mode else event.type
        about = issue.table.get("named") == "regarding"
        sentence = self.parsed.sentence_of(self._words(event.trigger)[0])
        position = Position(
            actor=source,
            issue=issue.key,
            regarding=other if about else None,
            stance=cast(Stance, rule["stance"]),
            toward=None if about else other,
            shared_with=(),
            statement=event.statement,
            evidence=event.evidence,
            confidence=round(min(0.7, event.confidence), 2),
            reason=f"act: {kind} '{self.parsed.text[slice(*event.trigger)]}'",
        )
        return Found(position, sentence.i)

    def _words(self, span: Span) -> list[int]:
        out = []
        k = self.parsed.at(span[0])
        while k < len(self.tokens) and self.tokens[k].start < span[1]:
            out.append(k)
            k += 1
        return out or [min(k, len(self.tokens) - 1)]


_TRUST = {
    "attitude": 0.85,
    "field": 0.85,
    "duty": 0.8,
    "judgement": 0.75,
    "intent": 0.75,
    "purpose": 0.65,
    "deed": 0.65,
    "act": 0.65,
    "model": 0.5,
}
# on news of all kinds the model is right less often than it thinks
_BELIEVED = 0.7
_HOW = {
    "attitude": "attitude",
    "field": "shared task",
    "duty": "what should be",
    "judgement": "judgement",
    "intent": "intention",
    "purpose": "purpose",
    "deed": "deed",
    "act": "act",
    "model": "model",
}


def _stance(sign: int, *, neutral: bool, conditional: bool) -> Stance:
    if conditional:
        return "conditional"
    if neutral:
        return "neutral"
    return "for" if sign > 0 else "against"


def _spoken(topic: Topic, claim: Claim | None, found: Sequence[Found]) -> Spoken:
    own = [f.position for f in found if f.position.reporter is None]
    return Spoken(topic, claim, tuple(p.actor for p in own), next((p.regarding for p in own if p.regarding), None))


def _other(code: str | None, position: Position) -> str | None:
    """The code, where it is nobody of the position itself."""
    return None if code in (position.actor, position.toward, *position.shared_with) else code
