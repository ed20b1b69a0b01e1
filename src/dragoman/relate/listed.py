"""Every position with its words, person, day and document, of those that somebody asks for.

found = listed(readings, actors=["USA"], issues=["sanctions"], since=date(2030, 1, 1))
for row in found.rows: row.date, row.actor, row.stance, row.text
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter

from dragoman.errors import SettingsError
from dragoman.records import Reading, Record
from dragoman.relate.concepts import order
from dragoman.relate.periods import inside, touches
from dragoman.relate.rows import Said, said


class Listed(Said, frozen=True):
    """A position, what its document is called, and the condition in the speaker's words, if there is one."""

    title: str | None = None
    url: str | None = None
    condition: str | None = None
    statement: str | None = None
    reason: str | None = None


class Listing(Record, frozen=True):
    """The positions asked for, in order of day; those without a day come last. `empty` says why there are none."""

    rows: tuple[Listed, ...]
    undated: int  # left out because their day is not known, or not closely enough for the period
    since: dt.date | None
    until: dt.date | None
    empty: str | None = None


def listed(
    readings: Iterable[Reading],
    *,
    actors: Collection[str] = (),
    issues: Collection[str] = (),
    regarding: Collection[str] = (),
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Listing:
    """The positions of these actors, on these issues, regarding these third parties; an empty list asks for all.

    Positions that others report of an actor are among them and name their reporter. Raises SettingsError for a period
    that ends before it begins.
    """
    check_period(since, until)
    fitting = [
        row
        for row in _rows(readings)
        if (not actors or row.actor in actors)
        and (not issues or row.issue in issues)
        and (not regarding or row.regarding in regarding)
    ]
    rows = tuple(sorted((r for r in fitting if inside(r.date, r.until, since, until)), key=order))
    undated = sum(touches(r.date, r.until, since, until) for r in fitting) - len(rows)
    what = "no position" + (f" of {' or '.join(actors)}" if actors else "")
    what += f" on {' or '.join(issues)}" if issues else ""
    what += f" regarding {' or '.join(regarding)}" if regarding else ""
    return Listing(
        rows=rows,
        undated=undated,
        since=since,
        until=until,
        empty=None if rows else nothing(what, since, until, undated),
    )


def nothing(what: str, since: dt.date | None, until: dt.date | None, undated: int = 0) -> str:
    """What there is not, in which period, and what could not be placed in it."""
    days = (f" from {since}" if since else "") + (f" until {until}" if until else "")
    return what + days + (f"; {undated} without a day close enough to tell" if undated else "")


def check_period(since: dt.date | None, until: dt.date | None) -> None:
    """Raises SettingsError for a period that ends before it begins."""
    if since and until and until < since:
        raise SettingsError(f"the period ends on {until}, before it begins on {since}", name="until")


_SAID = attrgetter(*Said.__struct_fields__)


def _rows(readings: Iterable[Reading]) -> Iterator[Listed]:
    for reading in readings:
        for row, position in zip(said([reading]), reading.positions, strict=True):
            yield Listed(
                **dict(zip(Said.__struct_fields__, _SAID(row), strict=True)),
                title=reading.article.title,
                url=reading.article.url,
                condition=" ".join(reading.words(position.condition).split()) if position.condition else None,
                statement=position.statement,
                reason=position.reason,
            )
