"""What a store answers: who did what to whom, measured, and the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from dragoman.desk import answering, happened, stores
from dragoman.desk.dyads import PARTS, Pair, Part
from dragoman.desk.measured import HALF_LIFE, measured
from dragoman.desk.parts import Day
from dragoman.desk.stores import STORE, Kept
from dragoman.errors import SettingsError
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.relate.indices import Measure
    from dragoman.store.arrow import Answer
    from dragoman.store.base import Question, Store


def matrix(
    *actors: str,
    store: Kept = STORE,
    measure: str = "score_mean",
    half_life: float = HALF_LIFE,
    minimum: int = 3,
    intervals: bool | None = None,
    seed: int = 1,
    since: Day | None = None,
    until: Day | None = None,
    by: str = "all",
    types: Sequence[str] = (),
    issues: Sequence[str] = (),
    status: Sequence[str] | None = None,
    origins: Sequence[str] = answering.OURS,
    count: str = "happening",
    undated: bool = True,
    limit: int | None = None,
    settings: Settings | None = None,
) -> Answer:
    """Who did what to whom: a row for each pair (and period, where `by` is day, week, month, quarter or year).

    One actor asks for all its pairs, several for the pairs among them, none for all there are. `EU` or `G7` stand for
    their members of the time, `IGO:EU` for the body alone; a file `name.csv` of codes is a bloc too.

    `measure` is one of `measures()`; a stock has a `half_life` in days. A row that rests on fewer than `minimum`
    articles is faded. Intervals come from drawing the articles again, with this `seed`; None reckons them where the
    answer is small, and `about["notes"]` says where they were not. `origins` are those of the events, our own coding
    unless told otherwise, "all" for all; by `count` an act that several articles tell is one happening, or each report
    counts. Events without a day of their own count on that of their article, and `about["by_article"]` says how many;
    without `undated` they are left out where days matter. What is negated did not happen, and counts only where
    `status` asks for it alone; an empty one asks for all that count. `limit` keeps so many actors, those of
    most events. Columns are those of `dragoman.relate.matrix.Cell`.
    Raises SettingsError for what is unknown, StoreError.
    """
    from dragoman.relate.matrix import Cell, Reckoning, cells
    from dragoman.store import arrow

    asked, blocs = answering.question(
        actors,
        since=since,
        until=until,
        types=types,
        issues=issues,
        status=status,
        origins=origins,
        count=count,
        undated=undated,
        settings=settings,
    )
    asked = replace(asked, unit=by)
    how = Reckoning(minimum=minimum, seed=seed)
    with stores.opened(store) as kept:
        _ready(kept, asked, settings)
        got = measured(kept, asked, measure, how, half_life=half_life, limit=limit, intervals=intervals)
    columns = cells(got.counts, measure, articles=got.articles, read=got.read, how=how)
    found = answering.answered(
        arrow.of_columns(Cell, columns, actors=asked.actors, left_out=got.tallies.left_out, blocs=blocs),
        "matrix",
        about=got.about,
    )
    return found if by != "all" else found.without("period")


def dyad(one: str, other: str, *, part: Part = "series", **given: Any) -> Answer:
    """What two actors did to each other, and how they stand to each other, one part of it.

    series: every period of each direction, with interval, articles read, and the number of its stretch between changes
    (`dragoman.relate.series.Point`). changes: where it changed, and the act that shows it best. reciprocity: how the
    two directions go together, by lag. signals: cooperation and pressure on the same days. agreement: by issue.
    events: each with its words. `given` is what `matrix` takes, with `by` a month unless told otherwise.
    Raises SettingsError, StoreError.
    """
    return dyad_parts(one, other, (part,), **given)[part]


def dyad_parts(
    one: str,
    other: str,
    parts: Sequence[str] = PARTS,
    *,
    store: Kept = STORE,
    measure: str = "score_mean",
    half_life: float = HALF_LIFE,
    minimum: int = 3,
    intervals: bool | None = None,
    seed: int = 1,
    by: str = "month",
    limit: int | None = None,
    most: int | None = None,
    settings: Settings | None = None,
    **given: Any,
) -> dict[str, Answer]:
    """Several parts of a dyad by name, the store opened and the series reckoned once.

    `limit` is for the events, of which it gives the newest. `most` is how many articles may be looked into for signals
    and agreement; where there are more, the part is empty and `about["notes"]` says why. All else as in `dyad`.
    """
    from dragoman.relate.indices import measure as named
    from dragoman.relate.matrix import Reckoning

    asked, blocs = answering.question((one, other), settings=settings, **given)
    if by == "all":
        raise SettingsError("a dyad is told by period", name="by", hint="day, week, month, quarter, year")
    how = Reckoning(minimum=minimum, seed=seed)
    more: dict[str, Any] = {"half_life": half_life, "intervals": intervals, "limit": limit}
    with stores.opened(store) as kept:
        _ready(kept, asked, settings)
        pair = Pair(kept, replace(asked, unit=by), blocs, named(measure).name, how, settings, **more)
        return {name: pair.part(name, most=most) for name in parts}


def measures() -> tuple[Measure, ...]:
    """The measures that a matrix or a dyad can be asked for, each with its formula and where it comes from."""
    from dragoman.relate.indices import MEASURES

    return tuple(MEASURES.values())


def events(
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    types: Sequence[str] = (),
    issues: Sequence[str] = (),
    status: Sequence[str] | None = None,
    origins: Sequence[str] = answering.OURS,
    count: str = "happening",
    undated: bool = True,
    limit: int | None = None,
    newest: bool = False,
    settings: Settings | None = None,
) -> Answer:
    """Events by day, each with its words; of one actor, or among several. Questions and errors are as in `matrix`.

    By happening a row is the report that stands for its act.
    """
    from dragoman.store.arrow import Answer

    asked, blocs = answering.question(
        actors,
        since=since,
        until=until,
        types=types,
        issues=issues,
        status=status,
        origins=origins,
        count=count,
        undated=undated,
        settings=settings,
    )
    with stores.opened(store) as kept:
        _ready(kept, asked, settings)
        found = Answer(kept.events(asked, limit=limit, newest=newest), asked.actors, blocs=blocs)
        if not len(found):
            answering.check_origins(asked, kept)
        return answering.answered(found, "events", about=answering.about(asked))


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

    asked, blocs = answering.question(actors, since=since, until=until, settings=settings)
    with stores.opened(store) as kept:
        found = Answer(kept.statements(asked, limit=limit, newest=newest), asked.actors, blocs=blocs)
        return answering.answered(found, "statements", about=answering.about(asked))


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

    asked, blocs = answering.question(actors, since=since, until=until, settings=settings)
    with stores.opened(store) as kept:
        found = arrow.answer(Hit, kept.search(words, asked, limit=limit), actors=asked.actors, blocs=blocs)
        return answering.answered(found, "search", about=answering.about(asked, words=words))


def sql(query: str, *, store: Kept = STORE) -> Answer:
    """The answer to one SELECT over the tables of a store. Raises StoreRefused for anything else."""
    from dragoman.store.arrow import Answer

    with stores.opened(store) as kept:
        return answering.answered(Answer(kept.sql(query)), "sql", about={"query": query})


def _ready(kept: Store, asked: Question, settings: Settings | None) -> None:
    """What came lately is linked, where that is soon done."""
    if asked.count == "happening":
        happened.ready(kept, settings=settings)
