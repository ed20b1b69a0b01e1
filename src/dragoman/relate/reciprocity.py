"""Whether two answer each other in kind: how the two directions of a pair go together, and how far they lie apart.

    r(k)  = correlation of x(t) and y(t + k)      x what one did to the other, y what the other did to it
    d     = mean of x(t) - y(t)

At a lag k above nought the second answers what the first did k periods earlier, below nought the first answers the
second. Reciprocity in this sense, contingent and roughly equal, is Keohane's (1986, International Organization 40,
1-27); directed series held against each other at a lag are how Goldstein and Freeman tell it (1990, Three-Way Street).
The interval is Fisher's (1915, Biometrika 10, 507-521), for periods that are independent: events come in bouts, so it
is too narrow rather than too wide, and one of many lags will look strong by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from dragoman.errors import SettingsError
from dragoman.records import Record


class Lag(Record, frozen=True):
    """The correlation at one lag, over so many periods; None where either side never changes or too few are shared."""

    lag: int
    periods: int
    correlation: float | None
    low: float | None
    high: float | None


class Reciprocity(Record, frozen=True):
    """`same` is the lag 0; `lags` go from -k to k. `difference` is the mean over the periods both have a value in."""

    periods: int
    least: int
    same: Lag
    lags: tuple[Lag, ...]
    difference: float | None
    differences: tuple[float | None, ...]


def reciprocity(
    there: Sequence[float | None],
    back: Sequence[float | None],
    *,
    lags: int = 3,
    least: int = 8,
    level: float = 0.95,
) -> Reciprocity:
    """How two series over the same periods go together. A period without a value on either side takes no part.

    Raises SettingsError where they differ in length, for lags below nought and for fewer than 4 periods at least.
    """
    if len(there) != len(back):
        raise SettingsError(
            f"one series has {len(there)} periods, the other {len(back)}", name="series", hint="ask for the same ones"
        )
    if lags < 0:
        raise SettingsError(f"there cannot be {lags} lags", name="lags", hint="0 or more")
    if least < 4:
        raise SettingsError(f"a correlation cannot rest on {least} periods", name="least", hint="4 or more")
    if not 0 < level < 1:
        raise SettingsError(f"level cannot be {level!r}", name="level", hint="between 0 and 1")
    all_lags = tuple(_at(there, back, lag, least, level) for lag in range(-lags, lags + 1))
    apart = tuple(None if x is None or y is None else x - y for x, y in zip(there, back, strict=True))
    known = [d for d in apart if d is not None]
    return Reciprocity(
        periods=len(known),
        least=least,
        same=all_lags[lags],
        lags=all_lags,
        difference=math.fsum(known) / len(known) if known else None,
        differences=apart,
    )


def correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's r, from -1 to 1; None where one side never changes."""
    if len(pairs) < 2:
        return None
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    mean_x, mean_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    # a constant need not equal its mean to the last digit
    if min(xs) == max(xs) or min(ys) == max(ys):
        return None
    both = math.fsum((x - mean_x) * (y - mean_y) for x, y in pairs)
    spread = math.sqrt(math.fsum((x - mean_x) ** 2 for x in xs)) * math.sqrt(math.fsum((y - mean_y) ** 2 for y in ys))
    return max(-1.0, min(1.0, both / spread)) if spread else None


def _at(there: Sequence[float | None], back: Sequence[float | None], lag: int, least: int, level: float) -> Lag:
    first, second = (there, back[lag:]) if lag >= 0 else (there[-lag:], back)
    shared = [(x, y) for x, y in zip(first, second, strict=False) if x is not None and y is not None]
    found = correlation(shared) if len(shared) >= least else None
    low, high = _fisher(found, len(shared), level) if found is not None else (None, None)
    return Lag(lag=lag, periods=len(shared), correlation=found, low=low, high=high)


def _fisher(r: float, n: int, level: float) -> tuple[float, float]:
    if abs(r) == 1:
        return r, r
    z, spread = math.atanh(r), NormalDist().inv_cdf((1 + level) / 2) / math.sqrt(n - 3)
    return math.tanh(z - spread), math.tanh(z + spread)
