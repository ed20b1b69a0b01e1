"""Named measures of what one actor did to another, each with its formula, its bounds and where it comes from.

whole = sums(rows)                                  # Tally rows of one pair and period
value("score_mean", whole)                          # -2.25
between("score_mean", by_article(rows))             # its interval, articles drawn again
value("rate", whole, read=1200)                     # events per 1,000 articles read

Every measure is a sum of what is counted, or one such sum over another, so the parts of a period add up to the whole.
All formulas stand in MEASURES; what they need of the tally (by type, by article) is said there too.
"""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import convert

from dragoman.errors import SettingsError
from dragoman.records import Record
from dragoman.relate.intervals import wilson
from dragoman.relate.sums import Counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Weights = Mapping[tuple[str, str | None], float | None]  # (PLOVER type, mode) -> weight, None where it has none
Form = tuple[tuple[str, float], ...]  # what is summed, and times what


class Tallied(Counted, Protocol):
    """A row of a tally: what `source` did to `target` in a period. The store's Tally is one."""

    @property
    def type(self) -> str | None: ...
    @property
    def mode(self) -> str | None: ...
    @property
    def article(self) -> str | None: ...


class Sums(Record, frozen=True):
    """What was counted in a set of rows. `conflict` is below zero; `weighted` are the events that Goldstein weighs."""

    events: int = 0
    score: float = 0.0
    cooperation: float = 0.0
    conflict: float = 0.0
    quad1: int = 0
    quad2: int = 0
    quad3: int = 0
    quad4: int = 0
    goldstein: float = 0.0
    weighted: int = 0


class Measure(Record, frozen=True):
    """One measure: `over` of nothing makes it a plain sum, for which a period without events has a value."""

    name: str
    label: str
    formula: str
    source: str
    sum: Form
    over: Form = ()
    low: float = -math.inf
    high: float = math.inf
    needs: tuple[str, ...] = ()  # dimensions that the tally must be counted by
    per_read: float = 0.0  # times this, over the articles read

    @property
    def additive(self) -> bool:
        """Whether the values of two halves make the value of the whole."""
        return not self.over and not self.per_read


class Interval(Record, frozen=True):
    """A value lies between `low` and `high`, and how that was reckoned."""

    low: float
    high: float
    method: Literal["poisson bootstrap", "wilson"]


_PLOVER = "scores of the PLOVER manual, draft 2.0 (Open Event Data Alliance); the sum as in Goldstein 1992"
_GOLDSTEIN = "Goldstein 1992, Journal of Conflict Resolution 36, 369-385; weights by CAMEO code as GDELT publishes them"
_QUADS = "quad classes after Duval and Thompson 1980, American Journal of Political Science 24, 511-525"

MEASURES: dict[str, Measure] = {
    m.name: m
    for m in (
        Measure(name="events", label="events", formula="n", source="a count", sum=(("events", 1),), low=0),
        Measure(name="score_sum", label="PLOVER score, sum", formula="Σ s", source=_PLOVER, sum=(("score", 1),)),
        Measure(
            name="score_mean",
            label="PLOVER score, mean",
            formula="Σ s / n",
            source=_PLOVER,
            sum=(("score", 1),),
            over=(("events", 1),),
            low=-10,
            high=10,
        ),
        Measure(
            name="goldstein_sum",
            label="Goldstein, sum",
            formula="Σ g",
            source=_GOLDSTEIN,
            sum=(("goldstein", 1),),
            needs=("type", "mode"),
        ),
        Measure(
            name="goldstein_mean",
            label="Goldstein, mean",
            formula="Σ g / n_g, n_g the events that have a weight",
            source=_GOLDSTEIN,
            sum=(("goldstein", 1),),
            over=(("weighted", 1),),
            low=-10,
            high=10,
            needs=("type", "mode"),
        ),
        Measure(
            name="cooperation",
            label="cooperation",
            formula="c = Σ max(s, 0)",
            source=_PLOVER,
            sum=(("cooperation", 1),),
            low=0,
        ),
        Measure(
            name="conflict",
            label="conflict",
            formula="k = Σ max(-s, 0)",
            source=_PLOVER,
            sum=(("conflict", -1),),
            low=0,
        ),
        Measure(
            name="net",
            label="net cooperation, in events",
            formula="q1 + q2 - q3 - q4",
            source=_QUADS,
            sum=(("quad1", 1), ("quad2", 1), ("quad3", -1), ("quad4", -1)),
        ),
        Measure(
            name="balance",
            label="balance of cooperation and conflict",
            formula="(c - k) / (c + k)",
            source="a relative difference, as Kim and Fording 2002, European Journal of Political Research 41, 187-206",
            sum=(("cooperation", 1), ("conflict", 1)),
            over=(("cooperation", 1), ("conflict", -1)),
            low=-1,
            high=1,
        ),
        Measure(
            name="material_conflict",
            label="share of material conflict",
            formula="q4 / n",
            source=_QUADS,
            sum=(("quad4", 1),),
            over=(("events", 1),),
            low=0,
            high=1,
        ),
        Measure(
            name="rate",
            label="events per 1,000 articles read",
            formula="1000 n / N, N the articles read of the same sources in the period",
            source="the count over its exposure: McCullagh and Nelder 1989, Generalized Linear Models, section 6.2",
            sum=(("events", 1),),
            low=0,
            per_read=1000,
        ),
    )
}


def measure(name: str) -> Measure:
    """The measure of this name. Raises SettingsError listing the known ones."""
    if name not in MEASURES:
        raise SettingsError(f"no measure is called {name!r}", name="measure", hint=", ".join(MEASURES))
    return MEASURES[name]


def sums(rows: Iterable[Tallied], *, weights: Weights | None = None, wanted: str = "events") -> Sums:
    """What these rows count together, in whatever order they come.

    Raises SettingsError where the measure `wanted` needs weights, or rows counted by more than they are.
    """
    kept = list(rows)
    _check(kept, measure(wanted), weights)
    goldstein = [(w * r.events, r.events) for r in kept if (w := weight(r.type, r.mode, weights)) is not None]
    quads = [sum(r.quads[n] for r in kept) for n in range(4)]
    return Sums(
        events=sum(r.events for r in kept),
        score=math.fsum(r.score for r in kept),
        cooperation=math.fsum(r.cooperation for r in kept),
        conflict=math.fsum(r.conflict for r in kept),
        quad1=quads[0],
        quad2=quads[1],
        quad3=quads[2],
        quad4=quads[3],
        goldstein=math.fsum(g for g, _ in goldstein),
        weighted=sum(n for _, n in goldstein),
    )


def by_article(rows: Iterable[Tallied], *, weights: Weights | None = None, wanted: str = "events") -> dict[str, Sums]:
    """The same for every article, of rows counted by article. Raises SettingsError where they are not."""
    found: dict[str, list[Tallied]] = defaultdict(list)
    for row in rows:
        if row.article is None:
            raise SettingsError("an interval needs a tally by article", name="by", hint="ask with by=('article',)")
        found[row.article].append(row)
    return {article: sums(mine, weights=weights, wanted=wanted) for article, mine in found.items()}


def value(name: str, whole: Sums, *, read: int | None = None) -> float | None:
    """The measure; None where it has none: a mean or share of nothing, or a rate of articles nobody counted.

    A sum of no events is nought only where `read` says that articles were read; what was not looked for is unknown.
    """
    asked = measure(name)
    if not whole.events and not read:
        return None
    below = _form(asked.over, whole) if asked.over else 1.0
    if asked.per_read:
        below = (read or 0) / asked.per_read
    if below == 0:
        return None
    return min(asked.high, max(asked.low, _form(asked.sum, whole) / below))


def between(
    name: str,
    articles: Mapping[str, Sums] | Iterable[Sums],
    *,
    read: int | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 1,
    least: int = 10,
) -> Interval | None:
    """Where the measure lies, were the news told again; None where too few articles tell of it.

    Articles are drawn again, not events, for what one article tells hangs together. Each is drawn as often as a Poisson
    variable of mean 1 says (Hanley and MacGibbon 2006, Computer Methods and Programs in Biomedicine 83, 57-62): that is
    the bootstrap of a great many articles of which few tell of the pair, so that counts vary as well as means. The
    bounds are percentiles (Efron and Tibshirani 1993, chapter 13); draws without a value are left out. Below `least`
    articles a share has Wilson's interval (1927) for as many trials as articles, and other measures have none. The
    interval always holds the value. The same articles give the same interval, in whatever order they come.
    """
    asked = measure(name)
    told = articles.values() if isinstance(articles, Mapping) else articles
    cells = Counter(tuple(float(getattr(one, part)) for part in Sums.__struct_fields__) for one in told if one.events)
    count = sum(cells.values())
    whole = _together(cells)
    found = value(name, whole, read=read)
    if found is None or not count:
        return None
    if count >= least and (drawn := _drawn(asked, cells, read, level, resamples, seed)):
        return Interval(low=min(found, drawn[0]), high=max(found, drawn[1]), method="poisson bootstrap")
    if asked.over and (asked.low, asked.high) == (0, 1):
        low, high = wilson(found, count, level=level)
        return Interval(low=low, high=high, method="wilson")
    return None


def weight(kind: str | None, mode: str | None, weights: Weights | None) -> float | None:
    """Goldstein's weight of a type and mode: the type's for a mode without a row; None where there is none."""
    if weights is None or kind is None:
        return None
    # a mode that the table names without a weight has none: that of its type would be a guess
    return weights[(kind, mode)] if (kind, mode) in weights else weights.get((kind, None))


def goldstein(table: str) -> Weights:
    """The weights of `data/ontology/goldstein.csv`, given as its text. Raises SettingsError naming the line."""
    found: dict[tuple[str, str | None], float | None] = {}
    for line, row in enumerate(csv.DictReader(table.splitlines()), 2):
        try:
            weighs = float(row["weight"]) if row["weight"] else None
            if weighs is not None and not -10 <= weighs <= 10:
                raise ValueError("out of range")
            found[(row["type"], row["mode"] or None)] = weighs
        except (KeyError, TypeError, ValueError) as cause:
            raise SettingsError(
                f"line {line} has no weight that can be read",
                name="goldstein.csv",
                hint="type, mode, and a weight from -10 to 10 or nothing",
            ) from cause
    return found


def _check(rows: list[Tallied], asked: Measure, weights: Weights | None) -> None:
    if "type" not in asked.needs:
        return
    if weights is None:
        raise SettingsError(f"{asked.name} needs weights by type and mode", name="weights", hint="goldstein.csv")
    if any(row.type is None for row in rows):
        raise SettingsError(
            f"{asked.name} needs a tally by type and mode", name="by", hint="ask with by=('type', 'mode')"
        )


def _form(form: Form, whole: Sums) -> float:
    return math.fsum(times * getattr(whole, part) for part, times in form)


def _together(cells: Counter[tuple[float, ...]]) -> Sums:
    columns = [math.fsum(cell[n] * count for cell, count in cells.items()) for n in range(len(Sums.__struct_fields__))]
    return convert(dict(zip(Sums.__struct_fields__, columns, strict=True)), Sums, strict=False)


def _drawn(
    asked: Measure, cells: Counter[tuple[float, ...]], read: int | None, level: float, resamples: int, seed: int
) -> tuple[float, float] | None:
    import numpy as np

    kinds = sorted(cells)  # the draws must not depend on which article came first
    counts = np.array([cells[kind] for kind in kinds], dtype=float)
    # m articles that are alike, each drawn Poisson(1) times, are drawn Poisson(m) times together
    draws = np.random.default_rng(seed).poisson(counts, size=(resamples, len(kinds))).astype(float)
    table = draws @ np.array(kinds)
    above = _column(asked.sum, table)
    below = _column(asked.over, table) if asked.over else np.ones(resamples)
    if asked.per_read:
        below = np.full(resamples, (read or 0) / asked.per_read)
    there = below > 0
    if there.sum() * 2 < resamples:
        return None
    shares = above[there] / below[there]
    if shares.min() == shares.max():
        return None
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return max(asked.low, float(low)), min(asked.high, float(high))


def _column(form: Form, table: NDArray[np.float64]) -> NDArray[np.float64]:
    places = {part: n for n, part in enumerate(Sums.__struct_fields__)}
    column: NDArray[np.float64] = sum(times * table[:, places[part]] for part, times in form)  # type: ignore[assignment]
    return column
