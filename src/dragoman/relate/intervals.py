"""How sure a share is, when it was counted in articles.

What one article says of one actor is not independent of what else it says, so articles are drawn again, not statements.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from statistics import NormalDist
from typing import Literal

from dragoman.records import Record

Cell = tuple[int, int, int, int]  # of one article: one side for, against; the other side for, against


class Interval(Record, frozen=True):
    """A share between `low` and `high`, and how that was reckoned."""

    low: float
    high: float
    method: Literal["bootstrap", "wilson"]


def agreement_share(cell: Iterable[int]) -> float | None:
    """How often two statements, one drawn from each side, take the same stance: (f₁f₂ + a₁a₂) / ((f₁+a₁)(f₂+a₂)).

    With one actor's counts as rows and the other's as columns this is congruence over congruence plus conflict on one
    concept (Leifeld 2017). None where a side has said nothing.
    """
    for1, against1, for2, against2 = cell
    whole = (for1 + against1) * (for2 + against2)
    return (for1 * for2 + against1 * against2) / whole if whole else None


def interval(
    articles: Iterable[Cell], *, level: float = 0.95, resamples: int = 2000, seed: int = 1, least: int = 10
) -> Interval | None:
    """Around the agreement share of these articles; None where there is no share.

    The bootstrap draws as many articles with replacement, reckons the share anew, and takes the percentiles
    (Efron and Tibshirani 1993, chapter 13); draws in which a side falls silent are left out. With fewer than `least`
    articles, with all draws alike, or with half of them silent, it would claim too much: then Wilson's interval (1927)
    stands in, for as many trials as the side with fewer articles has. The interval always holds the share itself.
    The same articles give the same interval, in whatever order they come.
    """
    kinds = Counter(cell for cell in articles if any(cell))
    whole = [sum(cell[n] * count for cell, count in kinds.items()) for n in range(4)]
    share = agreement_share(whole)
    if share is None:
        return None
    if sum(kinds.values()) >= least and (drawn := _drawn(kinds, level, resamples, seed)):
        return Interval(low=min(drawn[0], share), high=max(drawn[1], share), method="bootstrap")
    trials = min(
        sum(count for cell, count in kinds.items() if cell[0] + cell[1]),
        sum(count for cell, count in kinds.items() if cell[2] + cell[3]),
    )
    low, high = wilson(share, trials, level=level)
    return Interval(low=low, high=high, method="wilson")


def wilson(share: float, trials: float, *, level: float = 0.95) -> tuple[float, float]:
    """Low and high for a share of so many trials: (p + z²/2n ± z√(p(1-p)/n + z²/4n²)) / (1 + z²/n).

    The score interval, Wilson 1927, Journal of the American Statistical Association 22, 209-212.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    whole = 1 + z * z / trials
    return max(0.0, min(share, (middle - spread) / whole)), min(1.0, max(share, (middle + spread) / whole))


def _drawn(kinds: Counter[Cell], level: float, resamples: int, seed: int) -> tuple[float, float] | None:
    import numpy as np

    cells = sorted(kinds)  # the draws must not depend on which article came first
    counts = np.array([kinds[cell] for cell in cells])
    articles = int(counts.sum())
    draws = np.random.default_rng(seed).multinomial(articles, counts / articles, size=resamples)
    for1, against1, for2, against2 = (draws @ np.array(cells)).T.astype(float)
    whole = (for1 + against1) * (for2 + against2)
    spoken = whole > 0
    if spoken.sum() * 2 < resamples:
        return None
    shares = (for1 * for2 + against1 * against2)[spoken] / whole[spoken]
    if shares.min() == shares.max():
        return None
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
