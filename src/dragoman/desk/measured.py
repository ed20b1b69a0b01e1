"""What a measure takes from a store: counts, the same by article where the answer is small enough, articles read."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from dragoman.desk import answering
from dragoman.errors import SettingsError

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
    asked, negated = _done(kept, asked)
    counts, tallies = _counts(kept, asked, name, half_life)
    if negated:
        tallies = dataclasses.replace(tallies, left_out={**tallies.left_out, "negated": negated})
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
    notes += _shared(asked)
    if tallies.by_article:
        number = int(tallies.table.column("events").to_numpy().sum())
        lent = "has no day of its own, and counts on that of its article"
        if tallies.by_article > 1:
            lent = "have no day of their own, and count on that of their article"
        notes.append(f"dated by the article: {tallies.by_article} of {number} events {lent}")
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
        by_article=tallies.by_article,
        notes=tuple(notes),
    )
    if articles is not None:
        told |= {"method": "poisson bootstrap over articles", "seed": how.seed}
        told |= {"level": how.level, "resamples": how.resamples, "least_articles": how.least_articles}
    if "day" in taken.needs:
        told |= {"half_life": half_life, "taken_on": max(ends).isoformat() if ends else None}
    return Measured(whole, articles, read, how, tallies, told)


def _done(kept: Store, asked: Question) -> tuple[Question, int]:
    """The question about what counts together, and how many events it leaves out that are told of as not done."""
    from dragoman.store.base import COUNTED

    if asked.status == ("negated",) or "negated" not in (asked.status or ("negated",)):
        return asked, 0
    if asked.status:
        raise SettingsError(
            f"{' and '.join(asked.status)} cannot be summed: what is negated did not happen",
            name="status",
            hint="ask for negated alone, or without it; dragoman events lists them side by side",
        )
    found = kept.tally(replace(asked, status=("negated",), by=())).table.column("events")
    return replace(asked, status=COUNTED), int(found.to_numpy().sum())


def _shared(asked: Question) -> list[str]:
    """For each two blocs asked for, and for each actor beside its own bloc, who belongs to both, in words."""
    from dragoman.store.base import day_of

    first, last = (day or end for day, end in zip(asked.days, (dt.date.min, dt.date.max), strict=True))
    members: dict[str, list[tuple[str, dt.date, dt.date]]] = {name: [(name, first, last)] for name in asked.actors}
    for bloc in asked.blocs:
        for one in bloc.members:
            since, until = day_of(one.since, last=False) or first, day_of(one.until, last=True) or last
            members[bloc.code].append((one.actor, max(first, since), min(last, until)))
    found = []
    for name, other in combinations(asked.actors, 2):
        both = {
            one
            for (one, since, until), (another, begin, end) in product(members[name], members[other])
            if one == another and max(since, begin) <= min(until, end)
        }
        if len(both) == 1:
            found.append(f"{next(iter(both))} belongs to {name} and {other}: what it does or suffers counts under each")
        elif both:
            found.append(
                f"{len(both)} actors belong to {name} and to {other}: what they do or suffer counts under each, "
                "what they do to each other under neither"
            )
    return found


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
