"""Who did what to whom, as a table of actors, and one pair over time. Row acts on column; empty is not nought.

found = matrix(tallies.rows, "score_mean", actors=["USA", "RUS"], minimum=3)
found.cell("USA", "RUS").value                        # None stands for no cell: nothing was told
there, back = dyad(tallies.rows, "USA", "RUS", "events", unit="month", since=..., until=..., read=articles_by_month)
there.points[0].value, there.points[0].state

A cell that rests on less than the stated minimum is `faded`: it keeps its value, and no reader should lean on it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from dragoman.errors import SettingsError
from dragoman.records import Record
from dragoman.relate.indices import Interval, Sums, Tallied, Weights, between, by_article, measure, sums, value
from dragoman.relate.periods import Period, Unit, beginning, periods

State = Literal["told", "thin", "silent", "unread"]


class Cell(Record, frozen=True):
    """What one actor did to another. `articles` is None where the tally was not counted by article."""

    value: float | None
    interval: Interval | None
    events: int
    articles: int | None
    faded: bool
    sums: Sums


class Matrix(Record, frozen=True):
    """Rows act on columns. `cells[row][column]` is None where nothing was told, which is not nought."""

    measure: str
    minimum: int
    counted_in: Literal["articles", "events"]  # what the minimum counts
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell | None, ...], ...]

    def cell(self, source: str, target: str) -> Cell | None:
        """What the source did to the target; None where nothing was told. Raises SettingsError for a stranger."""
        for name, among in ((source, self.rows), (target, self.columns)):
            if name not in among:
                raise SettingsError(f"{name} is not in this matrix", name="actors", hint=", ".join(among))
        return self.cells[self.rows.index(source)][self.columns.index(target)]


class Point(Record, frozen=True):
    """One pair in one period.

    `state`: told; thin, on less than the minimum; silent, where articles were read and none told of the pair, so that
    a sum is nought and a mean has no value; unread, where no article was read, or nobody says whether any was.
    """

    start: dt.date
    end: dt.date
    value: float | None
    interval: Interval | None
    events: int
    articles: int | None
    read: int | None
    state: State


class Series(Record, frozen=True):
    """What the source did to the target, period by period, without gaps between the periods."""

    source: str
    target: str
    measure: str
    unit: Unit
    minimum: int
    points: tuple[Point, ...]

    @property
    def values(self) -> tuple[float | None, ...]:
        return tuple(point.value for point in self.points)


class Reckoning(Record, frozen=True):
    """How values and intervals are reckoned."""

    minimum: int = 3  # articles, or events where articles are not told apart, below which a cell fades
    intervals: bool = True  # where the tally is by article
    level: float = 0.95
    resamples: int = 2000
    least_articles: int = 10  # fewer are too few to draw from again
    seed: int = 1

    def __post_init__(self) -> None:
        wanted: list[tuple[str, bool, str]] = [
            ("minimum", self.minimum >= 1, "1 or more"),
            ("level", 0 < self.level < 1, "between 0 and 1"),
            ("resamples", self.resamples >= 100, "100 or more"),
            ("least_articles", self.least_articles >= 2, "2 or more"),
        ]
        for name, fits, range_ in wanted:
            if not fits:
                raise SettingsError(f"{name} cannot be {getattr(self, name)!r}", name=name, hint=range_)


def matrix(
    rows: Iterable[Tallied],
    by: str = "score_mean",
    *,
    actors: Sequence[str] = (),
    acting: Sequence[str] = (),
    upon: Sequence[str] = (),
    weights: Weights | None = None,
    read: int | None = None,
    how: Reckoning = Reckoning(),  # noqa: B008 (frozen)
) -> Matrix:
    """The matrix of this measure over all periods of the rows.

    `actors` are rows and columns both, in the order given; `acting` and `upon` name the two apart. Whoever is asked
    for has a row, told of or not; where nobody is, all come, those with most events first.
    Raises SettingsError for an unknown measure, or one that the tally cannot give.
    """
    kept = list(rows)
    found: dict[tuple[str, str], list[Tallied]] = defaultdict(list)
    for row in kept:
        found[(row.source, row.target)].append(row)
    across = tuple(dict.fromkeys(acting or actors)) or _busiest(kept, sending=None if not upon else True)
    down = tuple(dict.fromkeys(upon or actors)) or _busiest(kept, sending=None if not acting else False)
    by_articles = bool(kept) and all(row.article is not None for row in kept)
    return Matrix(
        measure=measure(by).name,
        minimum=how.minimum,
        counted_in="articles" if by_articles else "events",
        rows=across,
        columns=down,
        cells=tuple(
            tuple(
                _cell(found[pair], by, weights, read, how, by_articles) if (pair := (one, other)) in found else None
                for other in down
            )
            for one in across
        ),
    )


def series(
    rows: Iterable[Tallied],
    source: str,
    target: str,
    by: str = "score_mean",
    *,
    unit: Unit,
    since: dt.date | None = None,
    until: dt.date | None = None,
    weights: Weights | None = None,
    read: Mapping[dt.date, int] | None = None,
    how: Reckoning = Reckoning(),  # noqa: B008 (frozen)
) -> Series:
    """The measure for one direction in every period from `since` to `until`, else from the first row to the last.

    `read` is how many articles of the same sources were read, by the first day of each period.
    Raises SettingsError for rows without a period, an unknown unit or measure, or one that the tally cannot give.
    """
    theirs = [row for row in rows if (row.source, row.target) == (source, target)]
    found: dict[dt.date, list[Tallied]] = defaultdict(list)
    for row in theirs:
        if row.period is None:
            raise SettingsError("a series needs a tally by period", name="unit", hint="ask with a unit such as month")
        found[beginning(row.period, unit)].append(row)
    days = sorted(found)
    first, last = since or (days[0] if days else None), until or (days[-1] if days else None)
    stretches = periods(first, last, unit) if first and last else ()
    by_articles = bool(theirs) and all(row.article is not None for row in theirs)
    points = (_point(p, found.get(beginning(p.start, unit), []), by, unit, weights, read, how, by_articles)
              for p in stretches)  # fmt: skip
    return Series(
        source=source,
        target=target,
        measure=measure(by).name,
        unit=unit,
        minimum=how.minimum,
        points=tuple(points),
    )


def dyad(
    rows: Iterable[Tallied],
    one: str,
    other: str,
    by: str = "score_mean",
    *,
    unit: Unit,
    since: dt.date | None = None,
    until: dt.date | None = None,
    weights: Weights | None = None,
    read: Mapping[dt.date, int] | None = None,
    how: Reckoning = Reckoning(),  # noqa: B008 (frozen)
) -> tuple[Series, Series]:
    """Both directions over the same periods: what one did to the other, and what the other did to it."""
    theirs = [row for row in rows if {row.source, row.target} == {one, other}]
    days = sorted(row.period for row in theirs if row.period is not None)
    first, last = since or (days[0] if days else None), until or (days[-1] if days else None)
    there, back = (
        series(theirs, *pair, by, unit=unit, since=first, until=last, weights=weights, read=read, how=how)
        for pair in ((one, other), (other, one))
    )
    return there, back


def _cell(
    rows: list[Tallied], by: str, weights: Weights | None, read: int | None, how: Reckoning, by_articles: bool
) -> Cell:
    whole = sums(rows, weights=weights, wanted=by)
    articles = {row.article for row in rows if row.events} if by_articles else None
    rests_on = whole.events if articles is None else len(articles)
    return Cell(
        value=value(by, whole, read=read),
        interval=_interval(rows, by, weights, read, how) if by_articles else None,
        events=whole.events,
        articles=None if articles is None else len(articles),
        faded=rests_on < how.minimum,
        sums=whole,
    )


def _point(
    period: Period,
    rows: list[Tallied],
    by: str,
    unit: Unit,
    weights: Weights | None,
    read: Mapping[dt.date, int] | None,
    how: Reckoning,
    by_articles: bool,
) -> Point:
    there = None if read is None else read.get(beginning(period.start, unit), 0)
    cell = _cell(rows, by, weights, there, how, by_articles)
    state: State = "thin" if cell.faded else "told"
    if not cell.events:
        state = "silent" if there else "unread"
    return Point(
        start=period.start,
        end=period.end,
        value=cell.value,
        interval=cell.interval,
        events=cell.events,
        articles=cell.articles,
        read=there,
        state=state,
    )


def _interval(
    rows: list[Tallied], by: str, weights: Weights | None, read: int | None, how: Reckoning
) -> Interval | None:
    if not how.intervals:
        return None
    return between(
        by,
        by_article(rows, weights=weights, wanted=by),
        read=read,
        level=how.level,
        resamples=how.resamples,
        seed=how.seed,
        least=how.least_articles,
    )


def _busiest(rows: list[Tallied], *, sending: bool | None) -> tuple[str, ...]:
    """All that act (True), are acted upon (False), or either (None), those with most events first."""
    events: dict[str, int] = defaultdict(int)
    for row in rows:
        for name in {row.source} if sending else {row.target} if sending is False else {row.source, row.target}:
            events[name] += row.events
    return tuple(sorted(events, key=lambda name: (-events[name], name)))
