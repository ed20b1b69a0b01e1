"""What becomes of the trained model's answers: an act between two sides, or why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from dragoman.find.done.acts import Act
from dragoman.find.done.codebook import ALONE, DOMESTIC, stands, when_planned
from dragoman.find.done.demands import Demands
from dragoman.find.done.pairs import Pair
from dragoman.find.done.parties import distinct, one_state
from dragoman.find.done.sameact import Draft
from dragoman.lexicon.patterns import Pattern
from dragoman.lexicon.rows import VerbPattern
from dragoman.parse.traits import traits
from dragoman.records import Participant, Span, Status

# the model is believed from this share on; below, the note says what it leant to
SURE = 0.65
NEAR = 5  # words from a helping verb to what it helps
MOST_TOLD = 12  # acts of one sentence about which the model is asked
# the target of an act that a pattern read without one
AIMED = 0.6
# the type of a user's own model on what a pattern read
LIKELY = 0.7
# what a pattern read is dropped where the model is so sure that there is nothing
DENIED = 0.8
# the same of a pattern that asks for more words than a verb ("hit with tariffs")
DENIED_WORDING = 0.9
# what the model finds is told only from this share on where the doer is a name or people that no table places
SURE_OF_ANYBODY = 0.9
# what is done to those who are in a place; words are not said to it
FELT = frozenset(["ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "AID", "RETREAT"])


# a sentence, characters of it where the source, the target and the act stand, traits of the grammar, what the patterns
# said, the share from which an event would be told
Question = tuple[str, tuple[Span, ...], tuple[Span, ...], tuple[Span, ...], tuple[str, ...], tuple[str, ...], float]


class Answer(Protocol):
    """What the model says of one question."""

    @property
    def type(self) -> str: ...
    @property
    def share(self) -> float: ...
    @property
    def mode(self) -> str | None: ...
    @property
    def status(self) -> Status: ...
    @property
    def shares(self) -> Mapping[str, float]: ...  # of every type


class Judge(Protocol):
    """Answers what sentences tell between two sides (dragoman.classify.model.EventModel)."""

    @property
    def name(self) -> str: ...
    @property
    def whole(self) -> bool: ...  # it has its say on what patterns read, too
    @property
    def defined(self) -> Mapping[str, tuple[int, float]]: ...  # types beyond the ontology: quad class, score
    def answers(self, asks: Sequence[Question]) -> Sequence[Answer]: ...


MODEL = Pattern(
    row=VerbPattern(pattern="the model", event="NONE"), heads=frozenset(), noun=False, subject="SOURCE",
    symmetric=False, particle="", parts=(), weight=0,
)  # fmt: skip


class JudgedActs(Demands):
    """Acts that the model finds where the patterns are silent."""

    judge: Judge | None

    def _judged(self, pair: Pair, answer: Answer) -> tuple[Act, str, str | None, Status] | str:
        """The act, its type, mode and status; or why there is none."""
        kind, mode, status = answer.type, answer.mode, answer.status
        word = self.tokens[pair.verb].text
        least = self._least(pair)
        if kind == "NONE" and answer.share >= 0.5:
            return f"the model sees no event between the sides of '{word}' ({answer.share:.0%})"
        if kind == "NONE":
            return f"the model is not {least:.0%} sure of any event between the sides of '{word}'"
        if answer.share < least:
            return f"the model leans to {kind} on '{word}' and is not sure ({answer.share:.0%})"
        if status == "hypothetical":
            return f"only supposed, not reported as done (the model, {kind} on '{word}')"
        if status == "planned":
            kind, mode = when_planned(kind, mode)
        sides = self._sides(pair, kind, mode)
        if isinstance(sides, str):
            return sides
        source, target, together = sides
        return Act(pair.verb, MODEL, kind, mode, source, target, together), kind, mode, status

    def _least(self, pair: Pair) -> float:
        """The share from which an event between the two is told."""
        nobody = all(p.actor is None and p.sector in (None, "CVL") for p in pair.source)
        return SURE_OF_ANYBODY if nobody else SURE

    def _useless(self, pair: Pair, judge: Judge) -> str | None:
        """Why nothing could come of the question, whatever the answer; None where something could."""
        reason = None
        for kind in (*self.lexicon.ontology, *judge.defined):
            for mode in (None, "visit") if kind == "CONSULT" else (None,):
                sides = self._sides(pair, kind, mode)
                if not isinstance(sides, str):
                    return None
                reason = reason or sides
        return reason

    def _sides(
        self, pair: Pair, kind: str, mode: str | None
    ) -> tuple[tuple[Participant, ...], tuple[Participant, ...], bool] | str:
        """Who does it to whom, and whether they do it together; or why such an act cannot be between them."""
        word = self.tokens[pair.verb].text
        source, target = pair.source, tuple(p for p in pair.target if stands(kind, p))
        together = kind == "CONSULT" and mode != "visit"
        if together:
            source, target = distinct((*source, *target)), ()
        inside = kind in ("REQUEST", "ACCUSE") and all(p.sector in (None, "GOV") for p in (*source, *target))
        if all(p.actor is None for p in (*source, *target)) and all(p.sector is None for p in source):
            return f"no table knows either side of '{word}'"
        if pair.scene and kind not in FELT:
            return f"only the place stands beside '{word}'"
        if one_state(pair.source, pair.target) and (inside or kind not in DOMESTIC):
            return f"both sides are one state ('{word}')"
        if not target and not together and kind not in ALONE:
            return f"only one side is political ('{word}')"
        return distinct(source), distinct(target), together

    def _put_before(self, judge: Judge, told: Sequence[Draft]) -> list[Draft]:
        """What the patterns told and the model does not deny, and events that it sees around other verbs."""
        quiet = frozenset(r.lemma for r in self.lexicon.reporting if r.kind == "verb" and r.act == "statement")
        taken = self._taken(told)
        useless: dict[int, str] = {}
        found = []
        for pair in (p for s in self.parsed.sentences for p in self.pairs(s, quiet, taken)):
            reason = self._useless(pair, judge)
            if reason is None:
                found.append(pair)
            else:
                useless.setdefault(pair.verb, reason)
        doubted = self._doubted(told)
        sought = [
            (d, pair)
            for d in doubted
            if not d.target and not d.act.symmetric and d.source and self.tokens[d.act.head].pos == "VERB"
            for pair in self.aims(self.parsed.sentences[d.sentence], d.act.head, d.act.used, d.source)
        ]
        pairs = [*(self._pair_of(d) for d in doubted), *(pair for _, pair in sought)]
        hints = [(d.type, f"{d.type}-{d.mode}", f"{d.type} {d.status}") for d in (*doubted, *(d for d, _ in sought))]
        asks = [self._question(p, h) for p, h in zip(pairs, hints, strict=True)]
        asks += [self._question(p, (), self._least(p)) for p in found]
        answers = judge.answers(asks) if asks else ()
        denied = {id(d) for d, answer in zip(doubted, answers, strict=False) if self._denied_by(judge, d, answer)}
        kept = [d for d in told if id(d) not in denied]
        for draft, answer in zip(doubted, answers, strict=False):
            # half for the type, half for there being an event at all: on types people differ too
            draft.share = (answer.shares.get(draft.type, 0.0) + 1 - answer.shares.get("NONE", 0.0)) / 2
            self._rename(judge, draft, answer)
        answered = iter(answers[len(doubted) :])
        self._aim_at(judge, [(d, pair, next(answered)) for d, pair in sought])
        best: dict[int, Draft] = {}
        for pair, answer in zip(found, answered, strict=True):
            judged = self._judged(pair, answer)
            if isinstance(judged, str):
                self.failures.setdefault(pair.verb, judged)
                continue
            act, kind, mode, status = judged
            sentence = self.parsed.sentences[pair.sentence]
            around = self.inside.get(act.head, ())
            draft = Draft(
                act, kind, mode, act.source, act.target, status, self._date(act), self._place(act),
                around[0].id if around else None, self._trigger(act), sentence.i, answer.share,
                f"model {judge.name}: {answer.share:.0%} for {answer.type} on '{self.tokens[act.head].text}'",
                [(sentence.start, sentence.end)], self.contexts(sentence.i), False, answer.share, True,
            )  # fmt: skip
            # of one verb's pairs the one the model is surest of
            if pair.verb not in best or answer.share > (best[pair.verb].share or 0.0):
                best[pair.verb] = draft
        for verb, reason in useless.items():
            self.failures.setdefault(verb, reason)
        return [*kept, *best.values()]

    def _doubted(self, told: Sequence[Draft]) -> list[Draft]:
        """The acts of patterns that are put before the model: a sentence that tells very many is no sentence."""
        seen: Counter[int] = Counter()
        out = []
        for draft in told:
            seen[draft.sentence] += 1
            if seen[draft.sentence] <= MOST_TOLD:
                out.append(draft)
        return out

    def _rename(self, judge: Judge, draft: Draft, answer: Answer) -> None:
        """Where a user's own model has a say on what patterns read, its type stands."""
        own = answer.type in judge.defined or (judge.whole and answer.type != "NONE")
        if own and answer.type != draft.type and answer.share >= LIKELY:
            draft.reason += (
                f"; called {draft.type} by the pattern, {answer.type} by model {judge.name} ({answer.share:.0%})"
            )
            draft.type, draft.mode = answer.type, answer.mode

    def _aim_at(self, judge: Judge, sought: Sequence[tuple[Draft, Pair, Answer]]) -> None:
        """Gives acts that a pattern read without a target the one that the model sees."""
        best: dict[int, tuple[float, Draft, Pair]] = {}
        for draft, pair, answer in sought:
            same = answer.type == draft.type and answer.share >= AIMED
            aimed = same and not (pair.scene and draft.type not in FELT) and not one_state(draft.source, pair.target)
            if aimed and (id(draft) not in best or answer.share > best[id(draft)][0]):
                best[id(draft)] = (answer.share, draft, pair)
        for share, draft, pair in best.values():
            target = tuple(p for p in pair.target if stands(draft.type, p))
            if target:
                draft.target = target
                draft.reason += f"; the target by model {judge.name} ({share:.0%})"

    def _question(self, pair: Pair, hints: tuple[str, ...], least: float = 0.0) -> Question:
        """A pair as the model is asked of it."""
        sentence = self.parsed.sentences[pair.sentence]
        sides = [
            [(a + sentence.start, b + sentence.start) for a, b in side] for side in (pair.at_source, pair.at_target)
        ]
        words = self.parsed.text[sentence.start : sentence.end]
        return words, pair.at_source, pair.at_target, pair.at_act, tuple(traits(self.parsed, *sides)), hints, least

    def _pair_of(self, draft: Draft) -> Pair:
        """The question whether an act that a pattern read is one."""
        sentence = self.parsed.sentences[draft.sentence]

        def inside(who: Sequence[Participant]) -> tuple[Span, ...]:
            here = [p.span for p in who if sentence.start <= p.span[0] and p.span[1] <= sentence.end]
            return tuple(dict.fromkeys((a - sentence.start, b - sentence.start) for a, b in here))

        start, end = self._told_by(draft)
        act = ((max(0, start - sentence.start), min(end, sentence.end) - sentence.start),)
        return Pair(
            draft.sentence, draft.act.head, draft.source, draft.target, inside(draft.source), inside(draft.target), act
        )

    def _told_by(self, draft: Draft) -> Span:
        """The words that tell an act; of "was ready to mediate" not "was" alone."""
        words = sorted({draft.act.head, *draft.act.used, *([draft.act.inner.head] if draft.act.inner else [])})
        near = [k for k in words if abs(k - draft.act.head) <= NEAR]
        if self.tokens[draft.act.head].pos != "AUX" or len(near) < 2:
            return draft.trigger
        return self.tokens[near[0]].start, self.tokens[near[-1]].end

    def _denied_by(self, judge: Judge, draft: Draft, answer: Answer) -> bool:
        """Whether the model is sure that what a pattern read is no event."""
        # an act inside another ("was ready to mediate") is told in so many words; models stumble over such
        least = (
            DENIED_WORDING if any(part.words and part.slot != "TARGET" for part in draft.act.pattern.parts) else DENIED
        )
        if answer.type != "NONE" or answer.share < least or draft.act.inner is not None:
            return False
        word = self.tokens[draft.act.head].text
        self.failures[draft.act.head] = (
            f"{draft.reason}, but model {judge.name} is sure that '{word}' tells none here ({answer.share:.0%})"
        )
        return True
