"""Named measures of what one actor did to another, each with its formula, its bounds and where it comes from.

value("score_mean", whole(counts))                     # -2.25
between("score_mean", by_article.parts)                # its interval, articles drawn again
value("rate", whole(counts), read=1200)                # events per 1,000 articles read
values("net", cells.parts)                             # of many cells at once, NaN where there is none

Every measure is a sum of what is counted, or one such sum over another, so the parts of a period add up to the whole.
All formulas stand in MEASURES; what they need of the tally (by type, by day) is said there too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dragoman.errors import SettingsError
from dragoman.records import Record
from dragoman.relate.intervals import wilson
from dragoman.relate.sums import PARTS, PLACE, Counts, Sums

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Form = tuple[tuple[str, float], ...]  # what is summed, and times what
Need = Literal["type", "mode", "day"]


class Measure(Record, frozen=True):
    """One measure: `over` of nothing makes it a plain sum, for which a period without events has a value."""

    name: str
    label: str
    formula: str
    source: str
    unit: str  # of the values
    sum: Form
    over: Form = ()
    low: float = -math.inf
    high: float = math.inf
    needs: tuple[Need, ...] = ()  # what the tally must be counted by
    per_read: float = 0.0  # times this, over the articles read
    rises_with: int = 1  # acts scored above zero (1), below zero (-1) or any (0) raise it

    @property
    def additive(self) -> bool:
        """Whether the values of two halves make the value of the whole."""
        return not self.over and not self.per_read

    @property
    def kind(self) -> Literal["counts", "means"]:
        """What its series is, for whoever looks for changes."""
        return "counts" if self.sum == (("events", 1),) else "means"


class Interval(Record, frozen=True):
    """A value lies between `low` and `high`, and how that was reckoned."""

    low: float
    high: float
    method: Literal["poisson bootstrap", "wilson"]


_PLOVER = "scores of the PLOVER manual, draft 2.0 (Open Event Data Alliance); the sum as in Goldstein 1992"
_GOLDSTEIN = "Goldstein 1992, Journal of Conflict Resolution 36, 369-385; weights by CAMEO code as GDELT publishes them"
_QUADS = "quad classes after Duval and Thompson 1980, American Journal of Political Science 24, 511-525"
_SCALE = "-10 to 10"

MEASURES: dict[str, Measure] = {
    m.name: m
    for m in (
        Measure(
            name="score_mean",
            label="PLOVER score, mean",
            formula="Σ s / n",
            source=_PLOVER,
            unit=_SCALE,
            sum=(("score", 1),),
            over=(("events", 1),),
            low=-10,
            high=10,
        ),
        Measure(
            name="score_sum",
            label="PLOVER score, sum",
            formula="Σ s",
            source=_PLOVER,
            unit="sum of scores",
            sum=(("score", 1),),
        ),
        Measure(
            name="goldstein_mean",
            label="Goldstein, mean",
            formula="Σ g / n_g, n_g the events that have a weight",
            source=_GOLDSTEIN,
            unit=_SCALE,
            sum=(("goldstein", 1),),
            over=(("weighted", 1),),
            low=-10,
            high=10,
            needs=("type", "mode"),
        ),
        Measure(
            name="goldstein_sum",
            label="Goldstein, sum",
            formula="Σ g",
            source=_GOLDSTEIN,
            unit="sum of weights",
            sum=(("goldstein", 1),),
            needs=("type", "mode"),
        ),
        Measure(
            name="cooperation",
            label="cooperation",
            formula="c = Σ max(s, 0)",
            source=_PLOVER,
            unit="sum of scores above zero",
            sum=(("cooperation", 1),),
            low=0,
        ),
        Measure(
            name="conflict",
            label="conflict",
            formula="k = Σ max(-s, 0)",
            source=_PLOVER,
            unit="sum of scores below zero, without the sign",
            sum=(("conflict", -1),),
            low=0,
            rises_with=-1,
        ),
        Measure(
            name="balance",
            label="balance of cooperation and conflict",
            formula="(c - k) / (c + k)",
            source="a relative difference, as Kim and Fording 2002, European Journal of Political Research 41, 187-206",
            unit="-1 to 1",
            sum=(("cooperation", 1), ("conflict", 1)),
            over=(("cooperation", 1), ("conflict", -1)),
            low=-1,
            high=1,
        ),
        Measure(
            name="net",
            label="net cooperation, in events",
            formula="q1 + q2 - q3 - q4",
            source=_QUADS,
            unit="events",
            sum=(("quad1", 1), ("quad2", 1), ("quad3", -1), ("quad4", -1)),
        ),
        Measure(
            name="material_conflict",
            label="share of material conflict",
            formula="q4 / n",
            source=_QUADS,
            unit="0 to 1",
            sum=(("quad4", 1),),
            over=(("events", 1),),
            low=0,
            high=1,
            rises_with=-1,
        ),
        Measure(
            name="stock",
            label="stock of past acts",
            formula="Σ s · 2^(-t / h), t the days since the act, h the half-life",
            source="a distributed lag, Koyck 1954; a half-life as in Hegre and others 2001, American Political Science "
            "Review 95, 33-48",
            unit="what is left of the sum of scores",
            sum=(("score", 1),),
            needs=("day",),
        ),
        Measure(
            name="rate",
            label="events per 1,000 articles read",
            formula="1000 n / N, N the articles read of the same sources in the period",
            source="a count over its exposure: McCullagh and Nelder 1989, Generalized Linear Models, chapter 6",
            unit="events per 1,000 articles",
            sum=(("events", 1),),
            low=0,
            per_read=1000,
            rises_with=0,
        ),
        Measure(
            name="events",
            label="events",
            formula="n",
            source="a count",
            unit="events",
            sum=(("events", 1),),
            low=0,
            rises_with=0,
        ),
    )
}


def measure(name: str) -> Measure:
    """The measure of this name. Raises SettingsError listing the known ones."""
    if name not in MEASURES:
        raise SettingsError(f"no measure is called {name!r}", name="measure", hint=", ".join(MEASURES))
    return MEASURES[name]


def fitting(found: Counts, name: str) -> Counts:
    """The counts, if this measure can be taken of them. Raises SettingsError telling what they lack."""
    asked = measure(name)
    if "type" in asked.needs and not found.weighed:
        hint = "count by type and mode, with the weights of goldstein.csv"
        raise SettingsError(f"{name} needs weights by type and mode", name="weights", hint=hint)
    if "day" in asked.needs and len(found) and "period" not in found.keys:
        raise SettingsError(f"{name} needs a tally by day", name="unit", hint="ask with unit='day'")
    return found


def value(name: str, whole: Sums, *, read: int | None = None) -> float | None:
    """The measure; None where it has none: a mean or share of nothing, or a rate of articles nobody counted.

    A sum of no events is nought only where `read` says that articles were read; what was not looked for is unknown.
    """
    import numpy as np

    (found,) = values(name, np.array([msgspec.structs.astuple(whole)]), read=np.array([read or 0.0])).tolist()
    return None if math.isnan(found) else float(found)


def values(name: str, parts: Floats, *, read: Floats | None = None) -> Floats:
    """The measure of each row of sums (a column for each of PARTS); NaN where `value` has None."""
    import numpy as np

    asked = measure(name)
    seen = np.zeros(len(parts)) if read is None else np.nan_to_num(read)
    below = _column(asked.over, parts) if asked.over else np.ones(len(parts))
    if asked.per_read:
        below = seen / asked.per_read
    there = (below != 0) & ((parts[:, PLACE["events"]] > 0) | (seen > 0))
    found = np.full(len(parts), math.nan)
    np.divide(_column(asked.sum, parts), below, out=found, where=there)
    bounded: Floats = np.clip(found, asked.low, asked.high)
    return bounded


def between(
    name: str,
    articles: Floats | Iterable[Sums],
    *,
    read: int | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 1,
    least: int = 10,
) -> Interval | None:
    """Where the measure lies, were the news told again; None where too few articles tell of it.

    `articles` holds what each article told, a row of sums for each. Articles are drawn again, not events, for what one
    article tells hangs together. Each is drawn as often as a Poisson variable of mean 1 says (Hanley and MacGibbon
    2006, Computer Methods and Programs in Biomedicine 83, 57-62): that is the bootstrap of a great many articles of
    which few tell of the pair, so that counts vary as well as means. The bounds are percentiles (Efron and Tibshirani
    1993, chapter 13); draws without a value are left out. Below `least` articles a share has Wilson's interval (1927)
    for as many trials as articles, and other measures have none. The interval always holds the value. The same articles
    give the same interval, in whatever order they come.
    """
    import numpy as np

    asked = measure(name)
    told = articles if isinstance(articles, np.ndarray) else _stacked(articles)
    told = told[told[:, PLACE["events"]] > 0]
    count = len(told)
    if not count:
        return None
    (found,) = values(name, told.sum(axis=0)[None, :], read=np.array([read or 0.0])).tolist()
    if math.isnan(found):
        return None
    if count >= least and (drawn := _drawn(asked, told, read, level, resamples, seed)):
        return Interval(low=min(found, drawn[0]), high=max(found, drawn[1]), method="poisson bootstrap")
    if asked.over and (asked.low, asked.high) == (0, 1):
        low, high = wilson(found, count, level=level)
        return Interval(low=low, high=high, method="wilson")
    return None


def _drawn(
    asked: Measure, told: Floats, read: int | None, level: float, resamples: int, seed: int
) -> tuple[float, float] | None:
    import numpy as np

    above = _column(asked.sum, told)
    below = _column(asked.over, told) if asked.over else np.zeros(len(told))
    # m articles that are alike, each drawn Poisson(1) times, are drawn Poisson(m) times together; and the draws must
    # not depend on which article came first, nor on the last digits of its sums
    kinds, alike = np.unique(np.round(np.stack([above, below], axis=1), 9), axis=0, return_counts=True)
    draws = np.random.default_rng(seed).poisson(alike.astype(float), size=(resamples, len(kinds)))
    table = draws @ kinds
    under = table[:, 1] if asked.over else np.ones(resamples)
    if asked.per_read:
        under = np.full(resamples, (read or 0) / asked.per_read)
    there = under > 0
    if there.sum() * 2 < resamples:
        return None
    shares = table[there, 0] / under[there]
    if shares.min() == shares.max():
        return None
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return max(asked.low, float(low)), min(asked.high, float(high))


def _column(form: Form, parts: Floats) -> Floats:
    column: Any = sum(times * parts[:, PLACE[part]] for part, times in form)
    return column  # type: ignore[no-any-return]


def _stacked(articles: Iterable[Sums]) -> Floats:
    import numpy as np

    return np.array([msgspec.structs.astuple(one) for one in articles], dtype=float).reshape(-1, len(PARTS))
