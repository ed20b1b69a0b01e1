"""An act in its clause: when and where it was, by which words, and whether it is told in somebody's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from dragoman.find.base import References
from dragoman.find.done.acts import Act
from dragoman.find.done.pairs import Pairs
from dragoman.find.done.sameact import Draft
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed
from dragoman.records import EventDate, Participant, Place, Span, Statement, Status

StatusOf = Callable[[int], tuple[Status, str]]
Governs = Callable[[int, int], bool]
T = TypeVar("T")


class Clauses(Pairs):
    """Answers for an act what belongs to its clause and to no other."""

    def __init__(
        self,
        parsed: Parsed,
        references: References,
        statements: Sequence[Statement],
        dates: Sequence[EventDate],
        places: Sequence[Place],
        lexicon: Lexicon,
        status: StatusOf,
        governs: Governs,
        contexts: Callable[[int], tuple[str, ...]],
    ) -> None:
        super().__init__(parsed, references, statements, places, lexicon)
        self.status = status
        self.governs = governs
        self.contexts = contexts
        self.dates_in = self._by_sentence((parsed.top(d.span), d) for d in dates if d.span is not None)
        self.places_in = self._by_sentence(self.places)
        self.consumed: set[int] = set()
        self.local = frozenset(lexicon.language.get("local_measures", ()))

    def _by_sentence(self, found: Iterable[tuple[int, T]]) -> dict[int, list[tuple[int, T]]]:
        out: dict[int, list[tuple[int, T]]] = {}
        for k, what in found:
            if k < len(self.tokens):
                out.setdefault(self.tokens[k].sentence, []).append((k, what))
        return out

    def _trigger(self, act: Act) -> Span:
        if act.support is not None:
            a, b = sorted((act.support, act.head))
            if b - a <= 8:
                return self.tokens[a].start, self.tokens[b].end
        return self.tokens[act.head].start, self.tokens[act.head].end

    def _heads(self, act: Act) -> list[int]:
        """The words whose clause tells when and where: a promise has the time and place of what is promised."""
        heads = [act.head] + ([act.support] if act.support is not None else [])
        inner = act.inner if act.type in ("AGREE", "THREATEN", "CONCEDE") else None
        while inner is not None:
            heads += [inner.head] + ([inner.support] if inner.support is not None else [])
            inner = inner.inner
        return heads

    def _date(self, act: Act) -> EventDate | None:
        heads = self._heads(act)
        found = [
            d for k, d in self.dates_in.get(self.tokens[act.head].sentence, ())
            if d.type == "point" and any(self.governs(h, k) for h in heads)
        ]  # fmt: skip
        if not found:
            return None
        return min(found, key=lambda d: (d.start is None, abs((d.span or (0, 0))[0] - self.tokens[act.head].start)))

    def _place(self, act: Act) -> Place | None:
        heads = self._heads(act)
        found = [
            p for k, p in self.places_in.get(self.tokens[act.head].sentence, ())
            if any(self.governs(h, k) for h in heads)
        ]  # fmt: skip
        if not found:
            return None
        # a town says more than a country
        return min(found, key=lambda p: (p.kind == "country", abs((p.span or (0, 0))[0] - self.tokens[act.head].start)))

    def _taken(self, told: Sequence[Draft]) -> frozenset[int]:
        """The verbs that patterns have read: of their acts, of what these take along, and of the clauses around."""
        out: set[int] = set(self.consumed)
        for draft in told:
            act: Act | None = draft.act
            while act is not None:
                out |= {act.head, *act.used} | ({act.support} if act.support is not None else set())
                out |= {t.i for t in self.parsed.ancestors(act.head)}
                act = act.inner
        return frozenset(out)

    def _consume(self, act: Act) -> None:
        self.consumed.add(act.head)
        self.consumed.update(k for k in act.used if self.tokens[k].pos in ("NOUN", "PROPN"))
        if act.inner is not None:
            self._consume(act.inner)

    def _felt_there(self, act: Act) -> tuple[Participant, ...]:
        """Who is meant by a measure that holds for a place: "declared a ceasefire in Tripoli", "a curfew in Pando"."""
        words = [t for k in (act.head, *act.used) for t in (self.tokens[k], *self.parsed.kids(k, "dobj"))]
        if not any(t.lemma.lower() in self.local for t in words):
            return ()
        place = self._place(act)
        if place is None or not place.country or place.span is None:
            return ()
        mention = self.references.mention(self.parsed.at(place.span[0]))
        if act.type == "SUPPORT" and mention is not None and mention.kind == "capital":
            return ()  # "welcomed the ceasefire in Minsk": it was only agreed there
        return (self._of_place(place),)
