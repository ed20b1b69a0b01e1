"""Two codings of one pair side by side: both series, how they move together, and the acts that only one has.

found = compare(ours, theirs, ("USA", "RUS"), unit="month")
found.ways[0].series            # USA -> RUS, period by period
found.ways[0].correlations      # of events, cooperation, conflict, score
found.only_ours, found.only_theirs

Acts are counted once a day, pair and type on each side, however many reports a coder kept of them (the one-a-day filter
of Schrodt, Yilmaz, Gerner and Hermreck 2008). Two acts are the same where pair and type agree and their days lie no
further apart than `Terms.days`; each is matched once, the nearest first.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import NormalDist, mean
from typing import Literal, Protocol

from dragoman.errors import SettingsError
from dragoman.records import Record
from dragoman.relate.periods import Period, Unit, inside, periods

Alike = Literal["type", "quad", "any"]
MEASURES = ("events", "cooperation", "conflict", "score")


class Act(Protocol):
    """What is asked of an event between one pair; `until` is its last day, `text` whatever shows it to people."""

    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def quad(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def date(self) -> dt.date | None: ...
    @property
    def until(self) -> dt.date | None: ...
    @property
    def text(self) -> str: ...


class Terms(Record, frozen=True):
    """What counts as the same act: its days at most so many apart, and alike in type, in quad class, or in neither."""

    days: int = 1
    widest: int = 7  # an act dated less exactly than that could be the same as any
    alike: Alike = "type"
    once: bool = True  # acts of one pair, type and day count once
    level: float = 0.95
    least: int = 4  # periods below which no correlation is told


class Happened(Record, frozen=True):
    """An act as one side has it, with the number of its reports there."""

    source: str
    target: str
    type: str
    quad: int
    score: float
    date: dt.date
    until: dt.date
    reports: int
    text: str


class Match(Record, frozen=True):
    """One act that both have, and how many days lie between the two."""

    ours: Happened
    theirs: Happened
    days: int


class Sums(Record, frozen=True):
    """One side in one period; `cooperation` sums scores above nought, `conflict` those below, `score` all of them."""

    events: int
    cooperation: float
    conflict: float
    score: float


class Point(Record, frozen=True):
    """Both sides in one period."""

    period: Period
    ours: Sums
    theirs: Sums


class Correlation(Record, frozen=True):
    """How two series of one measure move together; None where one never changes or there are too few periods."""

    measure: str
    periods: int
    pearson: float | None
    low: float | None  # by Fisher's z; neighbours in time are not independent, so it is the narrowest it can be
    high: float | None
    spearman: float | None


class Way(Record, frozen=True):
    """One direction, or both together where `source` and `target` are None."""

    source: str | None
    target: str | None
    series: tuple[Point, ...]
    correlations: tuple[Correlation, ...]


class Left(Record, frozen=True):
    """Acts of the pair that one side has but that have no place here."""

    undated: int
    outside: int
    coarse: int  # dated less exactly than the unit, or than `Terms.widest` days


class Comparison(Record, frozen=True):
    """Two codings of a pair; `empty` says why there is nothing to compare."""

    pair: tuple[str, str]
    unit: Unit
    since: dt.date | None
    until: dt.date | None
    terms: Terms
    ours: int
    theirs: int
    ours_left: Left
    theirs_left: Left
    ways: tuple[Way, ...]
    matches: tuple[Match, ...]
    only_ours: tuple[Happened, ...]
    only_theirs: tuple[Happened, ...]
    empty: str | None = None

    @property
    def ours_found(self) -> float | None:
        """The share of their acts that we have as well."""
        return len(self.matches) / self.theirs if self.theirs else None

    @property
    def theirs_found(self) -> float | None:
        """The share of our acts that they have as well."""
        return len(self.matches) / self.ours if self.ours else None


def compare(
    ours: Iterable[Act],
    theirs: Iterable[Act],
    pair: tuple[str, str],
    *,
    unit: Unit = "month",
    since: dt.date | None = None,
    until: dt.date | None = None,
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> Comparison:
    """The two codings of what the pair does to each other, each way by itself and both together.

    Without `since` and `until` the days count on which both codings have something of the pair: where one has not
    begun, its silence is no nought. Raises SettingsError for a pair of one, a unit that is not known, and days below 0.
    """
    if pair[0] == pair[1]:
        raise SettingsError(f"a pair needs two actors, not {pair[0]} twice", name="pair")
    if terms.days < 0:
        raise SettingsError(f"{terms.days} days cannot lie between two acts", name="days", hint="0 or more")
    mine, my_undated = _of_pair(ours, pair)
    other, their_undated = _of_pair(theirs, pair)
    starts = [min(a.date for a in side if a.date) for side in (mine, other) if side]
    ends = [max(a.until or a.date for a in side if a.date) for side in (mine, other) if side]
    if len(starts) == 2:
        since, until = since or max(starts), until or min(ends)
    days = periods(since, until, unit) if since and until and since <= until else ()
    placed = [_placed(side, undated, days, terms) for side, undated in ((mine, my_undated), (other, their_undated))]
    (my_acts, my_left), (their_acts, their_left) = placed
    matches, only_mine, only_theirs = _matched(my_acts, their_acts, terms)
    ways = [_way(my_acts, their_acts, days, way, terms) for way in (None, pair, pair[::-1])]
    return Comparison(
        pair=pair,
        unit=unit,
        since=days[0].start if days else since,
        until=days[-1].end if days else until,
        terms=terms,
        ours=len(my_acts),
        theirs=len(their_acts),
        ours_left=my_left,
        theirs_left=their_left,
        ways=tuple(ways) if days else (),
        matches=matches,
        only_ours=only_mine,
        only_theirs=only_theirs,
        empty=_empty(pair, mine, other, days),
    )


def _of_pair(acts: Iterable[Act], pair: tuple[str, str]) -> tuple[list[Act], int]:
    """Acts between the two with a day, and how many have none."""
    found = [a for a in acts if (a.source, a.target) in (pair, pair[::-1])]
    dated = [a for a in found if a.date]
    return dated, len(found) - len(dated)


def _placed(acts: Sequence[Act], undated: int, days: Sequence[Period], terms: Terms) -> tuple[list[Happened], Left]:
    """Acts within the periods, once a day where so asked, by day; and what has no place."""
    kept: dict[tuple[object, ...], list[Act]] = defaultdict(list)
    outside = coarse = 0
    for n, act in enumerate(acts):
        first = act.date
        assert first is not None
        last = max(first, act.until or first)
        if not days or not inside(first, last, days[0].start, days[-1].end):
            outside += 1
        elif (last - first).days >= terms.widest or not any(
            period.start <= first and last <= period.end for period in _near(days, first)
        ):
            coarse += 1
        else:
            key = (act.source, act.target, _class(act, terms), first, last)
            kept[key if terms.once else (*key, n)].append(act)
    found = []
    for several in kept.values():
        act = several[0]
        assert act.date is not None
        found.append(
            Happened(
                source=act.source,
                target=act.target,
                type=act.type,
                quad=act.quad,
                score=mean(a.score for a in several),
                date=act.date,
                until=max(act.date, act.until or act.date),
                reports=len(several),
                text=next((a.text for a in several if a.text), ""),
            )
        )
    found.sort(key=lambda h: (h.date, h.until, h.source, h.type, h.text))
    return found, Left(undated=undated, outside=outside, coarse=coarse)


def _near(days: Sequence[Period], first: dt.date) -> Sequence[Period]:
    """The period that holds a day."""
    low, high = 0, len(days)
    while low < high:
        middle = (low + high) // 2
        if days[middle].end < first:
            low = middle + 1
        else:
            high = middle
    return days[low : low + 1]


def _class(act: Act | Happened, terms: Terms) -> object:
    return {"type": act.type, "quad": act.quad, "any": ""}[terms.alike]


def _matched(
    ours: Sequence[Happened], theirs: Sequence[Happened], terms: Terms
) -> tuple[tuple[Match, ...], tuple[Happened, ...], tuple[Happened, ...]]:
    """Pairs of acts, nearest first and each once; what is left on either side."""
    shelf: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for n, act in enumerate(theirs):  # by day, and so are the shelves
        shelf[act.source, act.target, _class(act, terms)].append(n)
    chances = []
    reach = terms.days + terms.widest
    for m, act in enumerate(ours):
        shelved = shelf[act.source, act.target, _class(act, terms)]
        start = bisect_left(shelved, act.date.toordinal() - reach, key=lambda n: theirs[n].date.toordinal())
        end = bisect_right(shelved, act.until.toordinal() + reach, key=lambda n: theirs[n].date.toordinal())
        for n in shelved[start:end]:
            apart = _apart(act, theirs[n])
            if apart <= terms.days:
                chances.append((apart, act.type != theirs[n].type, m, n))
    mine: dict[int, tuple[int, int]] = {}
    taken: set[int] = set()
    for apart, _, m, n in sorted(chances):
        if m not in mine and n not in taken:
            mine[m] = (n, apart)
            taken.add(n)
    return (
        tuple(Match(ours=ours[m], theirs=theirs[n], days=apart) for m, (n, apart) in sorted(mine.items())),
        tuple(act for m, act in enumerate(ours) if m not in mine),
        tuple(act for n, act in enumerate(theirs) if n not in taken),
    )


def _apart(one: Happened, other: Happened) -> int:
    return max(0, (max(one.date, other.date) - min(one.until, other.until)).days)


def _way(
    ours: Sequence[Happened],
    theirs: Sequence[Happened],
    days: Sequence[Period],
    way: tuple[str, str] | None,
    terms: Terms,
) -> Way:
    mine, other = (
        _summed([a for a in side if way is None or (a.source, a.target) == way], days) for side in (ours, theirs)
    )
    series = tuple(Point(period=p, ours=a, theirs=b) for p, a, b in zip(days, mine, other, strict=True))
    return Way(
        source=way[0] if way else None,
        target=way[1] if way else None,
        series=series,
        correlations=tuple(_correlation(name, series, terms) for name in MEASURES),
    )


def _summed(acts: Sequence[Happened], days: Sequence[Period]) -> list[Sums]:
    scores: dict[dt.date, list[float]] = defaultdict(list)
    for act in acts:
        scores[_near(days, act.date)[0].start].append(act.score)
    out = []
    for period in days:
        found = sorted(scores.get(period.start, ()))
        plus, minus = sum(s for s in found if s > 0), sum(s for s in found if s < 0)
        out.append(Sums(events=len(found), cooperation=plus, conflict=minus, score=plus + minus))
    return out


def _correlation(name: str, series: Sequence[Point], terms: Terms) -> Correlation:
    pick: Callable[[Sums], float] = lambda sums: float(getattr(sums, name))  # noqa: E731 (it is one expression)
    one, other = [pick(p.ours) for p in series], [pick(p.theirs) for p in series]
    r = pearson(one, other) if len(series) >= terms.least else None
    low, high = _fisher(r, len(series), terms.level) if r is not None else (None, None)
    rho = pearson(ranks(one), ranks(other)) if r is not None else None
    return Correlation(measure=name, periods=len(series), pearson=r, low=low, high=high, spearman=rho)


def pearson(one: Sequence[float], other: Sequence[float]) -> float | None:
    """The product-moment correlation; None where a series does not change."""
    n = len(one)
    if n < 2:
        return None
    a, b = mean(one), mean(other)
    across = math.fsum((x - a) * (y - b) for x, y in zip(one, other, strict=True))
    spread = math.sqrt(math.fsum((x - a) ** 2 for x in one) * math.fsum((y - b) ** 2 for y in other))
    return max(-1.0, min(1.0, across / spread)) if spread > 0 else None


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1, ties sharing their mean; the correlation of ranks is Spearman's."""
    counts = Counter(values)
    rank: dict[float, float] = {}
    before = 0
    for value in sorted(counts):
        rank[value] = before + (counts[value] + 1) / 2
        before += counts[value]
    return [rank[value] for value in values]


def _fisher(r: float, n: int, level: float) -> tuple[float, float]:
    """tanh(artanh r ± z / √(n-3)), Fisher 1921."""
    if abs(r) >= 1 or n <= 3:
        return (r, r) if abs(r) >= 1 else (-1.0, 1.0)
    reach = NormalDist().inv_cdf((1 + level) / 2) / math.sqrt(n - 3)
    return math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach)


def _empty(pair: tuple[str, str], ours: Sequence[Act], theirs: Sequence[Act], days: Sequence[Period]) -> str | None:
    between = " and ".join(pair)
    if not ours and not theirs:
        return f"neither has anything between {between}"
    if not ours or not theirs:
        return f"{'theirs' if ours else 'ours'} has nothing between {between}"
    return None if days else f"there is no day on which both have something between {between}"
