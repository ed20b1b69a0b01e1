"""Where a pair's series changed, each way by itself, and the acts that show each change best.

for turn in turns(columns, "score_mean").turns: turn.source, turn.start, turn.before, turn.after
stretches(found, columns)                       # which stretch between changes each row of the series belongs to
shown(turn, acts, "score_mean").words           # of rows of events
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from dragoman.errors import MissingExtra
from dragoman.records import Record
from dragoman.relate.change import changes
from dragoman.relate.indices import measure
from dragoman.relate.matrix import Columns
from dragoman.relate.periods import Unit, periods
from dragoman.relate.series import halves

SHORTEST = 3  # periods that a level lasts
MOST = {"counts": 1000, "means": 5000}  # periods; more take minutes


class Turn(Record, frozen=True):
    """What `source` does to `target` is on another level from `period` on than before.

    The change lies between the beginning of `earliest` and the end of `latest`, with the probability 0.95; levels are
    means a period, of events for the measure rate per 1,000 articles read.
    """

    source: str
    target: str
    period: dt.date
    earliest: dt.date
    latest: dt.date
    before: float
    after: float


class Shown(Turn, frozen=True):
    """A change, and the act that shows it best: when, what, its score, the words, and where they stand."""

    day: dt.date | None = None
    type: str | None = None
    mode: str | None = None
    score: float | None = None
    words: str | None = None
    site: str | None = None
    article: str | None = None


class Turns(Record, frozen=True):
    """All changes, one direction after the other; `empty` says for each direction without one why there is none."""

    turns: tuple[Turn, ...]
    empty: dict[tuple[str, str], str]


def turns(columns: Columns, by: str, *, level: float = 0.95) -> Turns:
    """The changes of level in a series as `relate/series.py` makes it; `relate/change.py` tells how they are found."""
    asked = measure(by)
    names = ("source", "target", "period", "value", "events", "read")
    found: list[Turn] = []
    empty = {}
    for way in (0, 1):
        source, target, starts, values, events, read = (
            halves(columns, name)[way] if columns[name] is not None else [] for name in names
        )
        if not starts:
            continue
        pair = (source[0], target[0])
        if "day" in asked.needs:
            empty[pair] = "a stock falls by itself between two acts, so that its bends are no changes; ask by score_sum"
            continue
        if len(starts) > MOST[asked.kind]:
            empty[pair] = f"{len(starts)} periods are too many to look for changes in; ask by a longer one"
            continue
        counted = bool(asked.per_read) and bool(read)
        try:
            sought = changes(
                events if counted else values,
                kind=asked.kind,
                starts=starts,
                read=read if counted else (),
                shortest=SHORTEST,
                level=level,
            )
        except MissingExtra as fault:
            empty[pair] = fault.message
            continue
        times = asked.per_read if counted else 1.0
        found += (
            Turn(
                source=pair[0],
                target=pair[1],
                period=starts[one.at],
                earliest=starts[one.first],
                latest=starts[one.last],
                before=one.before * times,
                after=one.after * times,
            )
            for one in sought.changes
        )
        if sought.empty:
            empty[pair] = sought.empty
    return Turns(turns=tuple(found), empty=empty)


def stretches(found: Turns, columns: Columns) -> list[int | None]:
    """For each row of the series the number of its stretch, from 1; None in a direction without a change."""
    cuts: dict[tuple[str, str], list[dt.date]] = {}
    for turn in found.turns:
        cuts.setdefault((turn.source, turn.target), []).append(turn.period)
    rows = zip(columns["source"], columns["target"], columns["period"], strict=True)
    return [
        1 + sum(cut <= start for cut in cuts[(source, target)]) if (source, target) in cuts else None
        for source, target, start in rows
    ]


def shown(turn: Turn, acts: Iterable[Mapping[str, Any]], by: str) -> Shown:
    """The change with the best of these acts, which are rows of events; without any where none shows it."""
    found = best(turn, acts, by)
    told = {name: found[0][name] for name in Shown.__struct_fields__ if name in found[0]} if found else {}
    return Shown(**msgspec.structs.asdict(turn), **told)


def days(turn: Turn, unit: Unit) -> tuple[dt.date, dt.date]:
    """The first and the last day on which acts may show the change: its first periods, as many as make a level."""
    until = turn.period
    for _ in range(SHORTEST):
        ahead = min(until.toordinal() + 400, dt.date.max.toordinal())  # no period is longer
        end = periods(until, dt.date.fromordinal(ahead), unit)[0].end
        if end == dt.date.max:
            break
        until = end + dt.timedelta(days=1)
    return turn.period, end


def best(turn: Turn, acts: Iterable[Mapping[str, Any]], by: str, most: int = 1) -> Sequence[Mapping[str, Any]]:
    """The acts that show the change best: those furthest on the side that the measure moved to, and surest.

    `acts` are rows of events, with `score` and `confidence`. Where more or fewer acts are all that changed, those
    furthest from nought.
    """
    side = measure(by).rises_with * (1 if turn.after > turn.before else -1)
    worth = [
        ((abs(act["score"]) if not side else side * act["score"]) * (act["confidence"] or 0.0), -n, act)
        for n, act in enumerate(acts)
    ]
    ordered = sorted(worth, key=lambda one: (one[0], one[1]), reverse=True)
    return [act for value, _, act in ordered[:most] if value > 0]
