"""The parts of what a store tells of two: the series, its changes, reciprocity, mixed signals, agreement, events."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

from msgspec.structs import replace

from dragoman.desk import answering, wants
from dragoman.desk.kept import articles_between
from dragoman.desk.measured import Measured, measured
from dragoman.errors import SettingsError
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.relate.matrix import Columns, Reckoning
    from dragoman.relate.turns import Turn, Turns
    from dragoman.store.arrow import Answer
    from dragoman.store.base import Question, Store

Part = Literal["series", "changes", "reciprocity", "signals", "agreement", "events"]
PARTS: tuple[Part, ...] = get_args(Part)
MOST_READINGS = 5_000  # articles; more than these are held against each other only where somebody asks for the part
_EVENTS = 10_000  # to look for the evidence of a change in


class Pair:
    """One question about two, and its parts, each made when it is asked for, while the store is open."""

    def __init__(
        self,
        kept: Store,
        asked: Question,
        blocs: dict[str, str],
        measure: str,
        how: Reckoning,
        settings: Settings | None,
        **given: Any,
    ) -> None:
        self.kept, self.asked, self.blocs, self.measure, self.how = kept, asked, blocs, measure, how
        self.settings, self.given = settings, given
        self.limit: int | None = given.pop("limit", None)

    def part(self, name: str, *, most: int | None = None) -> Answer:
        """One part as an Answer. `most` is how many articles may be read for it; more give an empty Answer with a note.

        Raises SettingsError for a part that is none, StoreError.
        """
        if name not in PARTS:
            raise SettingsError(f"a dyad has no part {name!r}", name="part", hint=", ".join(PARTS))
        asked: tuple[Any, ...] = (most,) if name in ("signals", "agreement") else ()
        found: Answer = getattr(self, f"_{name}")(*asked)
        return found

    def _series(self) -> Answer:
        from dragoman.relate import turns
        from dragoman.relate.series import Point
        from dragoman.store import arrow

        columns = self._columns
        found = arrow.of_columns(Point, columns | {"stretch": turns.stretches(self._turns, columns)})
        return self._answered(found, "dyad", without_changes=self._why_steady())

    def _changes(self) -> Answer:
        from dragoman.relate.turns import Shown, shown
        from dragoman.store import arrow

        found = arrow.answer(Shown, [shown(turn, self._acts(turn), self.measure) for turn in self._turns.turns])
        return self._answered(found, "changes", without_changes=self._why_steady())

    def _reciprocity(self) -> Answer:
        from dragoman.relate.reciprocity import Lag, reciprocity
        from dragoman.relate.series import halves
        from dragoman.store import arrow

        there, back = halves(self._columns, "value")
        found = reciprocity(there, back, level=self.how.level)
        more = {"periods": found.periods, "least": found.least, "difference": found.difference}
        return self._answered(arrow.answer(Lag, found.lags if there else ()), "reciprocity", **more)

    def _signals(self, most: int | None) -> Answer:
        why = self._too_many(most, acts=True)
        if why:
            return self._answered(wants.signals_answer(None), "signals", notes=(why,))
        since, until = self.asked.days
        found = wants.signals(*self._two, store=self.kept, since=since, until=until, settings=self.settings)
        return self._answered(wants.signals_answer(found), "signals")

    def _agreement(self, most: int | None) -> Answer:
        why = self._too_many(most, acts=False)
        if why:
            return self._answered(wants.agreement_answer(None), "agreement", notes=(why,))
        since, until = self.asked.days
        found = wants.agree(
            *self._two,
            store=self.kept,
            by="issue",
            since=since,
            until=until,
            settings=self.settings,
            minimum=self.how.minimum,
        )
        return self._answered(wants.agreement_answer(found), "agreement")

    def _events(self) -> Answer:
        from dragoman.store.arrow import Answer

        limit = self.limit
        asked = replace(self.asked, unit="all")
        return self._answered(Answer(self.kept.events(asked, limit=limit, newest=limit is not None)), "events")

    # -- what several parts need ---------------------------------------------------------------------------------------

    @cached_property
    def _measured(self) -> Measured:
        return measured(self.kept, self.asked, self.measure, self.how, reading=True, **self.given)

    @cached_property
    def _columns(self) -> Columns:
        from dragoman.relate.series import series

        got = self._measured
        first, last = self.asked.days
        unit: Any = self.asked.unit
        one, other = self.asked.actors
        return series(
            got.counts,
            one,
            other,
            self.measure,
            unit=unit,
            since=first,
            until=last,
            articles=got.articles,
            read=got.read,
            how=self.how,
        )

    @cached_property
    def _turns(self) -> Turns:
        from dragoman.relate.turns import turns

        return turns(self._columns, self.measure, level=self.how.level)

    def _acts(self, turn: Turn) -> list[dict[str, Any]]:
        """Rows of the events that may show the change: of its first periods."""
        from dragoman.relate.turns import days
        from dragoman.store.base import COUNTED

        unit: Any = self.asked.unit
        first, last = days(turn, unit)
        since, until = self.asked.days
        asked = replace(
            self.asked,
            acting=(turn.source,),
            upon=(turn.target,),
            status=self.asked.status or COUNTED,
            since=max(first, since or first).isoformat(),
            until=min(last, until or last).isoformat(),
        )
        found: list[dict[str, Any]] = self.kept.events(asked, limit=_EVENTS).to_pylist()
        return found

    def _why_steady(self) -> dict[str, str]:
        return {f"{source} > {target}": why for (source, target), why in self._turns.empty.items()}

    @property
    def _two(self) -> tuple[str, str]:
        one, other = self.asked.actors
        return one, other

    def _too_many(self, most: int | None, *, acts: bool) -> str | None:
        """Why what the two said and did is not held against each other; None where it is."""
        if self.blocs:
            return f"{' and '.join(self.blocs)} stand for several, and only two actors are held against each other"
        if self.asked.origins not in (answering.OURS, ()):
            return "only what Dragoman read itself has statements to hold against each other"
        if most is None:
            return None
        number = articles_between(self.kept, self._two, *self.asked.days, acts=acts)
        return f"{number:,} articles are more than {most:,}, which are looked into unasked" if number > most else None

    def _answered(self, found: Answer, kind: str, **more: Any) -> Answer:
        left_out = self._measured.tallies.left_out if kind in ("dyad", "changes", "reciprocity") else {}
        about = self._measured.about if kind in ("dyad", "changes", "reciprocity") else answering.about(self.asked)
        whole = {**about, **found.about, **more}
        return answering.answered(
            found, kind, actors=self.asked.actors, blocs=self.blocs, left_out=left_out, about=whole
        )
