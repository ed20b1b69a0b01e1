"""What a store answers: counts and measures, and the rows themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from dragoman.desk import stores
from dragoman.desk.parts import Day
from dragoman.desk.stores import STORE, Kept
from dragoman.errors import SettingsError
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.store.arrow import Answer
    from dragoman.store.base import Tallies


def matrix(
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    by: str = "all",
    types: Sequence[str] = (),
    issues: Sequence[str] = (),
    status: Sequence[str] | None = None,
    undated: bool = False,
    limit: int | None = None,
    settings: Settings | None = None,
) -> Answer:
    """Who did what to whom: a row for each pair (and period, where `by` is day, week, month, quarter or year).

    One actor asks for all its pairs, several for the pairs among them, none for all there are. `EU` or `G7` stand for
    their members of the time, `IGO:EU` for the body alone; a file `name.csv` of codes is a bloc too. `undated` counts
    events without a date on the day of their article; `limit` keeps so many actors, those of most events. Columns are
    those of `dragoman.relate.sums.Cell`.
    Raises SettingsError for what is unknown, StoreError.
    """
    asked, blocs = stores.question(
        actors, since=since, until=until, types=types, issues=issues, status=status, settings=settings
    )
    asked = msgspec.structs.replace(asked, unit=by, undated=undated)
    with stores.opened(store) as kept:
        return _measured(kept.tally(asked), blocs, limit)


def dyad(one: str, other: str, *, by: str = "month", settings: Settings | None = None, **given: Any) -> Answer:
    """What two actors did to each other over time: as `matrix`, for the one pair, by month unless told otherwise."""
    asked, _ = stores.question((one, other), settings=settings)
    if len(asked.actors) < 2:
        raise SettingsError(f"{one} and {other} are one actor", name="actor", hint="a dyad is made of two")
    return matrix(one, other, by=by, settings=settings, **given)


def events(
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    types: Sequence[str] = (),
    issues: Sequence[str] = (),
    status: Sequence[str] | None = None,
    undated: bool = False,
    limit: int | None = None,
    newest: bool = False,
    settings: Settings | None = None,
) -> Answer:
    """Events by day, each with its words; of one actor, or among several. Actors, dates and errors as in `matrix`."""
    from dragoman.store.arrow import Answer

    asked, blocs = stores.question(
        actors, since=since, until=until, types=types, issues=issues, status=status, settings=settings
    )
    with stores.opened(store) as kept:
        asked = msgspec.structs.replace(asked, undated=undated)
        return Answer(kept.events(asked, limit=limit, newest=newest), asked.actors, blocs=blocs)


def statements(
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    limit: int | None = None,
    newest: bool = False,
    settings: Settings | None = None,
) -> Answer:
    """Statements by day of publication: by or to one actor, or by one to another of several."""
    from dragoman.store.arrow import Answer

    asked, blocs = stores.question(actors, since=since, until=until, settings=settings)
    with stores.opened(store) as kept:
        return Answer(kept.statements(asked, limit=limit, newest=newest), asked.actors, blocs=blocs)


def search(
    words: str,
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    limit: int = 20,
    settings: Settings | None = None,
) -> Answer:
    """The sentences that hold all the words and that a record points at, the most relevant first.

    "Words in quotation marks" stand together; AND, OR, NOT and brackets combine.
    """
    from dragoman.store import arrow
    from dragoman.store.base import Hit

    asked, blocs = stores.question(actors, since=since, until=until, settings=settings)
    with stores.opened(store) as kept:
        return arrow.answer(Hit, kept.search(words, asked, limit=limit), actors=asked.actors, blocs=blocs)


def sql(query: str, *, store: Kept = STORE) -> Answer:
    """The answer to one SELECT over the tables of a store. Raises StoreRefused for anything else."""
    from dragoman.store.arrow import Answer

    with stores.opened(store) as kept:
        return Answer(kept.sql(query))


def _measured(tallies: Tallies, blocs: Mapping[str, str], limit: int | None) -> Answer:
    from dragoman.relate import sums
    from dragoman.store import arrow

    cells = sums.cells(tallies.rows)
    kept = cells if limit is None else sums.busiest(cells, limit)
    found = arrow.answer(sums.Cell, kept, actors=tallies.question.actors, left_out=tallies.left_out, blocs=blocs)
    return found if tallies.question.unit != "all" else found.without("period")
