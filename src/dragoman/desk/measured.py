"""What a measure takes from a store: counts, the same by article where the answer is small enough, articles read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from dragoman.desk import answering

if TYPE_CHECKING:
    from dragoman.relate.matrix import Read, Reckoning
    from dragoman.relate.sums import Counts
    from dragoman.store.base import Question, Store, Tallies

HALF_LIFE = 90.0  # days
MOST_CELLS, MOST_REPORTS = 1_000, 100_000  # for which intervals are reckoned unasked: a second or two


class Measured(NamedTuple):
    """What to reckon with, and what to tell of it."""

    counts: Counts
    articles: Counts | None  # None where no intervals are reckoned
    read: Read | None
    how: Reckoning
    tallies: Tallies
    about: dict[str, Any]


def measured(
    kept: Store,
    asked: Question,
    name: str,
    how: Reckoning,
    *,
    half_life: float = HALF_LIFE,
    limit: int | None = None,
    intervals: bool | None = None,
    reading: bool = False,
) -> Measured:
    """The counts that the measure needs. `limit` keeps so many actors, those of most events.

    With `intervals` the same are asked by article, which takes longer: None asks so for small answers only. `reading`
    asks for the articles read as well, which a rate does by itself. Raises SettingsError, StoreError.
    """
    from dragoman.relate import sums
    from dragoman.relate.indices import measure
    from dragoman.relate.matrix import CELL, busiest

    taken = measure(name)
    counts, tallies = _counts(kept, asked, name, half_life)
    if not len(counts):
        answering.check_origins(asked, kept)
    if limit is not None:
        counts = busiest(counts, limit)
        among = tuple(sorted({*counts.keys["source"], *counts.keys["target"]}))
        asked = replace(asked, acting=among, upon=among) if among else asked
    ends = _ends(counts, asked, _newest(kept)) if "day" in taken.needs else {}
    whole = _stocked(counts, ends, half_life) if "day" in taken.needs else counts
    cells = len(sums.grouped(whole, CELL)) if whole.keys.keys() - CELL else len(whole)
    why = _why_not(asked, cells, int(counts.part("reports").sum()), intervals)
    articles = None
    if why is None and cells:
        articles, _ = _counts(kept, asked, name, half_life, by=("article",))
        articles = _stocked(articles, ends, half_life) if "day" in taken.needs else articles
    read = _read(kept, asked) if reading or taken.per_read else None
    notes = [why] if why and intervals is not False else []
    if taken.per_read and not read:
        notes.append(f"no {taken.name}: nobody counted the articles of {' or '.join(asked.origins) or 'all origins'}")
    if tallies.unlinked:
        notes.append(
            f"{tallies.unlinked} reports are not linked yet, each counts as an act; dragoman store link links them"
        )
    told = answering.about(
        asked,
        measure=taken.name,
        label=taken.label,
        formula=taken.formula,
        source=taken.source,
        unit=taken.unit,
        low=taken.low,
        high=taken.high,
        minimum=how.minimum,
        minimum_of="articles" if articles is not None else "reports",
        intervals=articles is not None,
        notes=tuple(notes),
    )
    if articles is not None:
        told |= {"method": "poisson bootstrap over articles", "seed": how.seed}
        told |= {"level": how.level, "resamples": how.resamples, "least_articles": how.least_articles}
    if "day" in taken.needs:
        told |= {"half_life": half_life, "taken_on": max(ends).isoformat() if ends else None}
    return Measured(whole, articles, read, how, tallies, told)


def _counts(
    kept: Store, asked: Question, name: str, half_life: float, by: tuple[Any, ...] = ()
) -> tuple[Counts, Tallies]:
    from dragoman.relate import stock, sums
    from dragoman.relate.indices import measure
    from dragoman.store import arrow

    needs = measure(name).needs
    if "type" in needs:
        by = ("type", "mode", *by)
    asked = replace(asked, by=by)
    if "day" in needs:
        stock.check(half_life)
        asked = replace(asked, unit="day", since=_earlier(asked, stock.run_up(half_life)))
    tallies = kept.tally(asked)
    weights = answering.weights() if "type" in needs else None
    return sums.counts(arrow.columns(tallies.table), weights=weights), tallies


def _why_not(asked: Question, cells: int, reports: int, intervals: bool | None) -> str | None:
    """Why no intervals are reckoned; None where they are."""
    if intervals is False:
        return "no intervals were asked for"
    if asked.origins != answering.OURS:
        return "no intervals: what was imported has no articles to draw again"
    if intervals is None and (cells > MOST_CELLS or reports > MOST_REPORTS):
        return (
            f"no intervals: {cells:,} cells of {reports:,} reports are more than {MOST_CELLS:,} of {MOST_REPORTS:,}, "
            "which are reckoned unasked"
        )
    return None


def _read(kept: Store, asked: Question) -> Read | None:
    """Articles read by the first day of each period; None where nobody counted any."""
    found = kept.volume(asked).group_by("period").aggregate([("articles", "sum")]).to_pylist()
    return {row["period"]: row["articles_sum"] for row in found} or None


# -- a stock is taken on the last day of each period, and reaches back before the first --------------------------------


def _earlier(asked: Question, days: int | None) -> str | None:
    first, _ = asked.days
    if first is None or days is None:
        return None
    return dt.date.fromordinal(max(1, first.toordinal() - days)).isoformat()


def _newest(kept: Store) -> dt.date | None:
    """The newest day of which the store tells: on it stocks are taken, whoever is asked about."""
    found = kept.sql("SELECT max(coalesce(day_end, day)) AS newest FROM events WHERE day <= current_date")
    newest: dt.date | None = found.to_pylist()[0]["newest"]
    return newest


def _ends(counts: Counts, asked: Question, newest: dt.date | None) -> Mapping[dt.date, dt.date | None]:
    """The last day of each period, and the period's name: its first day."""
    from dragoman.relate.periods import beginning, periods

    first, last = asked.days
    told = sorted(counts.keys["period"]) if len(counts) else []
    if not told:
        return {}
    if asked.unit == "all":
        return {last or max(newest or told[-1], told[-1]): None}
    begin, end = max(first or told[0], told[0]), min(last or told[-1], told[-1])
    if begin > end:
        return {}
    return {one.end: beginning(one.start, asked.unit) for one in periods(begin, end, asked.unit)}


def _stocked(counts: Counts, ends: Mapping[dt.date, dt.date | None], half_life: float) -> Counts:
    from dragoman.relate.stock import stocks
    from dragoman.relate.sums import Counts

    by = ("source", "target", *(("article",) if "article" in counts.keys else ()))
    found = stocks(counts, half_life, list(ends), by=by)
    return Counts({**found.keys, "period": [ends[day] for day in found.keys["period"]]}, found.parts, found.weighed)
