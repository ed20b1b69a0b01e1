"""Mixed signals among actors, out of Readings, with how much there was to seek them in.

found = mixed(readings, ["USA", "RUS"], terms=Terms(days=7))
found = mixed_rows(told, ["USA", "RUS"])          # of rows that come otherwise, article by article
found.acts, found.words, found.signals[0].score
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from dragoman.errors import SettingsError
from dragoman.records import Reading, Record
from dragoman.relate.listed import check_period, nothing
from dragoman.relate.periods import inside, touches
from dragoman.relate.rows import Did, Said, did, said
from dragoman.relate.signals import COOPERATIVE, Signal, Terms, signals


class Mixed(Record, frozen=True):
    """The signals, and what they were sought in; `empty` says why there are none."""

    actors: tuple[str, ...]
    since: dt.date | None
    until: dt.date | None
    terms: Terms
    signals: tuple[Signal, ...]
    acts: int  # done by one of them to another in the period, each article's report for itself
    words: int  # positions of one toward another in the period: own words, no deeds, on issues about the two
    undated: int  # acts and words whose day is not known, or not closely enough for the period
    empty: str | None = None


def mixed(
    readings: Iterable[Reading],
    actors: Sequence[str],
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> Mixed:
    """The mixed signals among these actors; see `relate/signals.py` for what they are.

    Raises SettingsError for fewer than two actors and for a period that ends before it begins.
    """
    return mixed_rows(((did([one]), said([one])) for one in readings), actors, since=since, until=until, terms=terms)


def mixed_rows(
    told: Iterable[tuple[Iterable[Did], Iterable[Said]]],
    actors: Sequence[str],
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> Mixed:
    """The same of rows: for each article what it tells was done, and what it tells was said."""
    check_period(since, until)
    asked = set(actors)
    if len(asked) < 2:
        raise SettingsError(f"mixed signals need two actors, not {len(asked)}", name="actors")
    acts: list[Did] = []
    words: list[Said] = []
    for deeds, positions in told:
        done = [r for r in deeds if _between(r.source, r.target, asked) and r.status in terms.statuses]
        acted = {(r.source, r.target, span) for r in done if _weighs(r) for span in r.spans}
        acts += done
        words += (
            r
            for r in positions
            if r.own
            and _between(r.actor, r.toward, asked)
            and r.issue in terms.pair_issues
            # a deed that is a position as well, an expulsion, is no word besides
            and not any((r.actor, r.toward, span) in acted for span in r.spans)
        )
    found = signals(acts, actors, said=words, since=since, until=until, terms=terms)
    all_days = [*((r.date, r.until) for r in acts), *((r.date, r.until) for r in words)]
    placed = sum(_dated(days, since, until) for days in all_days)
    undated = sum(touches(*days, since, until) for days in all_days) - placed
    between = " and ".join(dict.fromkeys(actors))
    what = f"no mixed signals between {between}" if placed else f"nothing between {between}"
    return Mixed(
        actors=tuple(dict.fromkeys(actors)),
        since=since,
        until=until,
        terms=terms,
        signals=found,
        acts=sum(_dated((r.date, r.until), since, until) for r in acts),
        words=sum(_dated((r.date, r.until), since, until) for r in words),
        undated=undated,
        empty=None if found else nothing(what, since, until, undated),
    )


def _between(source: str, target: str | None, asked: set[str]) -> bool:
    return source in asked and target in asked and source != target


def _weighs(act: Did) -> bool:
    """Whether the act is of a track; what its scale puts at nought, or on the other side than its class, is not."""
    return act.score > 0 if act.quad in COOPERATIVE else act.score < 0


def _dated(days: tuple[dt.date | None, dt.date | None], since: dt.date | None, until: dt.date | None) -> bool:
    return days[0] is not None and inside(*days, since, until)
