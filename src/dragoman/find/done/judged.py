"""What becomes of the trained model's answers: an act between two sides, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dragoman.find.done.acts import Act
from dragoman.find.done.codebook import ALONE, DOMESTIC, stands, when_planned
from dragoman.find.done.pairs import Pair, Pairs
from dragoman.find.done.parties import distinct, one_state
from dragoman.lexicon.patterns import Pattern
from dragoman.lexicon.rows import VerbPattern
from dragoman.records import Span, Status

# the model is believed from this share on; below, the note says what it leant to
SURE = 0.93
# the target of an act that a pattern read without one
AIMED = 0.6
# what a pattern read is dropped where the model is so sure that there is nothing
DENIED = 0.9
# what is done to those who are in a place; words are not said to it
FELT = frozenset(["ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "AID", "RETREAT"])


# a sentence, characters of it where the source, the target and the act stand, traits of the grammar, what patterns said
Question = tuple[str, tuple[Span, ...], tuple[Span, ...], tuple[Span, ...], tuple[str, ...], tuple[str, ...]]


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
    def answers(self, asks: Sequence[Question]) -> Sequence[Answer]: ...


MODEL = Pattern(
    row=VerbPattern(pattern="the model", event="NONE"), heads=frozenset(), noun=False, subject="SOURCE",
    symmetric=False, particle="", parts=(), weight=0,
)  # fmt: skip


class JudgedActs(Pairs):
    """Acts that the model finds where the patterns are silent."""

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
        source, target = pair.source, tuple(p for p in pair.target if stands(kind, p))
        together = kind == "CONSULT" and mode != "visit"
        if together:
            source, target = distinct((*source, *target)), ()
        inside = kind in ("REQUEST", "ACCUSE") and all(p.sector in (None, "GOV") for p in (*source, *target))
        if pair.scene and kind not in FELT:
            return f"only the place stands beside '{word}' (the model, {kind})"
        if one_state(pair.source, pair.target) and (inside or kind not in DOMESTIC):
            return f"both sides are one state ('{word}')"
        unknown = all(p.actor is None for p in (*source, *target)) and all(p.sector is None for p in source)
        if unknown or (not target and not together and kind not in ALONE):
            return f"only one side is political ('{word}')"
        source, target = distinct(source), distinct(target)
        return Act(pair.verb, MODEL, kind, mode, source, target, together), kind, mode, status
