"""Sentences that no pattern reads, put before the trained model: which two sides, and where the act stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from dragoman.find.done.acts import Act, Acts
from dragoman.find.done.codebook import ALONE, ANYBODY, DOMESTIC, when_planned
from dragoman.find.done.parties import apart, distinct, one_state
from dragoman.lexicon.patterns import Pattern
from dragoman.lexicon.rows import VerbPattern
from dragoman.parse.base import Sentence
from dragoman.parse.frames import Frame, verb_frame
from dragoman.records import Participant, Span, Status

# the model is believed from this share on; below, the note says what it leant to
SURE = 0.93
# what is done to those who are in a place; words are not said to it
FELT = frozenset(["ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "AID", "RETREAT"])
MOST = 4  # pairs of one sentence that are asked about


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


class Judge(Protocol):
    """Answers what sentences tell between two sides (dragoman.classify.model.EventModel)."""

    @property
    def name(self) -> str: ...
    def answers(self, asks: Sequence[tuple[str, tuple[Span, ...], tuple[Span, ...]]]) -> Sequence[Answer]: ...


class Pair(msgspec.Struct, frozen=True, gc=False):
    """Two sides around a verb of a sentence; spans are characters of the sentence."""

    sentence: int
    verb: int
    source: tuple[Participant, ...]
    target: tuple[Participant, ...]
    at_source: tuple[Span, ...]
    at_target: tuple[Span, ...]
    scene: bool = False  # the target is only where it happened ("spoke in Hanoi")


MODEL = Pattern(
    row=VerbPattern(pattern="the model", event="NONE"), heads=frozenset(), noun=False, subject="SOURCE",
    symmetric=False, particle="", parts=(), weight=0,
)  # fmt: skip


class JudgedActs(Acts):
    """Acts that the model finds where the patterns are silent."""

    def _pairs(self, sentence: Sentence, quiet: frozenset[str]) -> list[Pair]:
        """The pairs worth a question: a doer and somebody else around one verb, most likely first."""
        out: list[Pair] = []
        for i in range(sentence.first, sentence.last):
            token = self.tokens[i]
            if token.pos != "VERB" or (token.lemma in quiet and self.parsed.kids(i, "ccomp")):
                continue
            frame = verb_frame(self.parsed, i)
            doers = [k for k in frame.agents if sentence.first <= k < sentence.last]
            source = distinct(p for k in doers for p in self._doer(k))
            if not source:
                continue
            for k in self._around(frame, doers, sentence):
                found = self._who(k, loose=True)[0] or self._unknown(k)
                target = tuple(
                    p for p in distinct(found) if p.actor not in {s.actor for s in source} or apart(p, source)
                )
                if target:
                    pair = self._pair(sentence, i, doers, k, source, target)
                    if all((p.at_source, p.at_target) != (pair.at_source, pair.at_target) for p in out):
                        out.append(pair)
                        if len(out) == MOST:
                            return out
        return out

    def _doer(self, k: int) -> list[Participant]:
        """Who does it: an actor, what belongs to one ("four Taliban members"), or people nobody can place."""
        who = self._who(k, loose=False)[0]
        if who:
            return who
        near = self.parsed.kids(k, "poss", "amod", "compound", "nmod") or any(
            t.lower == "of" for t in self.parsed.kids(k, "prep")
        )
        owners = self._owners(k) if near else []
        return [self._belonging(p, k) for p in owners] or self._unknown(k)

    def _around(self, frame: Frame, doers: Sequence[int], sentence: Sentence) -> list[int]:
        """The phrases below a verb that may be the other side, objects first, then by how far they stand."""
        own = {j for k in doers for j in self.parsed.subtree(k)}
        verb = frame.head
        first = (*frame.objects, *(k for ks in frame.preps.values() for k in ks))
        below = [k for k in self.parsed.subtree(verb) if self.tokens[k].pos in ("NOUN", "PROPN", "PRON") and k > verb]
        heads = [
            k for k in below if self.tokens[k].dep not in ("compound", "amod", "nmod", "poss", "npadvmod", "appos")
        ]
        return [
            k
            for k in dict.fromkeys((*first, *heads))
            if sentence.first <= k < sentence.last and k not in own and k != verb
        ]

    def _pair(
        self,
        sentence: Sentence,
        verb: int,
        doers: Sequence[int],
        k: int,
        source: tuple[Participant, ...],
        target: tuple[Participant, ...],
    ) -> Pair:
        def inside(span: Span) -> Span:
            return max(0, span[0] - sentence.start), min(sentence.end, span[1]) - sentence.start

        return Pair(
            sentence.i, verb, source, target,
            tuple(inside(self.references.phrase(d)) for d in doers), (inside(self.references.phrase(k)),),
            self._is_scene(k),
        )  # fmt: skip

    def _is_scene(self, k: int) -> bool:
        token = self.tokens[k]
        place = k in self.place_at or (self.references.mention(k) is not None)
        return place and token.dep == "pobj" and self.tokens[token.head].lower in ("in", "at", "near", "outside")

    def _judged(self, pair: Pair, answer: Answer) -> tuple[Act, str, str | None, Status] | str:
        """The act, its type, mode and status; or why there is none."""
        kind, mode, status = answer.type, answer.mode, answer.status
        word = self.tokens[pair.verb].text
        if kind == "NONE":
            return f"the model sees no event between the sides of '{word}' ({answer.share:.0%})"
        if answer.share < SURE:
            return f"the model leans to {kind} on '{word}' and is not sure ({answer.share:.0%})"
        if status == "hypothetical":
            return f"only supposed, not reported as done (the model, {kind} on '{word}')"
        if status == "planned":
            kind, mode = when_planned(kind, mode)
        source, target = pair.source, pair.target
        if all(p.actor is None for p in target) and kind not in ANYBODY:
            target = ()  # "urged people": nobody in particular
        together = kind == "CONSULT" and mode != "visit"
        if together:
            source, target = distinct((*source, *target)), ()
        inside = kind in ("REQUEST", "ACCUSE") and all(p.sector in (None, "GOV") for p in (*source, *target))
        if pair.scene and kind not in FELT:
            return f"only the place stands beside '{word}' (the model, {kind})"
        if one_state(pair.source, pair.target) and (inside or kind not in DOMESTIC):
            return f"both sides are one state ('{word}')"
        if all(p.actor is None for p in (*source, *target)) or (not target and not together and kind not in ALONE):
            return f"only one side is political ('{word}')"
        source, target = distinct(source), distinct(target)
        return Act(pair.verb, MODEL, kind, mode, source, target, together), kind, mode, status
