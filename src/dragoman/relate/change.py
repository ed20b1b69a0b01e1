"""When a series changed, each change with the stretch in which it lies.

found = changes([3, 4, 2, 3, 9, 11, 8, 10, 12], kind="counts", starts=months)
found.changes[0].at, found.changes[0].first, found.changes[0].last, found.changes[0].before, found.changes[0].after

The series is cut where the cost of its pieces, with a penalty for each cut, is least; the cuts are found exactly by
PELT (Killick, Fearnhead and Eckley 2012, Journal of the American Statistical Association 107, 1590-1598) as the library
ruptures has it (Truong, Oudre and Vayatis 2020, Signal Processing 167, 107299). With n periods and s events in a piece
of exposure e (its length, or the articles read):

    counts   cost = 2 (s - s ln(s / e)) / φ        twice the Poisson log-likelihood, the other way round
    means    cost = Σ (x - mean)² / σ²
    penalty  2 ln n a cut                          Schwarz's criterion, a level and a place for each (Yao 1988,
                                                   Statistics and Probability Letters 6, 181-189)

News comes in bouts, so counts vary more than Poisson's law allows. φ, at least 1, says how much more: the mean of
(x' - x)² / (x' + x) over neighbours, which is 1 where the law holds (as quasi-likelihood has it, McCullagh and Nelder
1989, section 4.5). σ is likewise told from neighbours, (√π / 2) times their mean distance, the moving range of control
charts (Duncan 1986, Quality Control and Industrial Statistics), so that a change of level is not taken for noise.

A change's interval is the smallest set of places that holds it with the stated probability, given the changes before
and after it, and no place preferred: Smith 1975, Biometrika 62, 407-416 for means, Raftery and Akman 1986, Biometrika
73, 85-89 for counts. It speaks of the place, not of whether there was a change at all. Slow drifts, seasons and a
memory of the series for its own past are all read as changes of level; look at the series before believing one.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, get_args

from dragoman.errors import MissingExtra, SettingsError
from dragoman.records import Record

Kind = Literal["counts", "means"]


class Change(Record, frozen=True):
    """The level from period `at` on is another than before. `first` and `last` bound where it may have begun.

    Levels are means a period, or for counts with exposure events per unit of it.
    """

    at: int
    first: int
    last: int
    before: float
    after: float
    start: dt.date | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None


class Changes(Record, frozen=True):
    """All changes in order. `spread` is φ of counts or σ² of means. `empty` says why there are none."""

    kind: Kind
    level: float
    penalty: float
    spread: float
    periods: int
    left_out: int  # periods without a value
    changes: tuple[Change, ...]
    empty: str | None = None


def changes(
    values: Sequence[float | None],
    *,
    kind: Kind,
    starts: Sequence[dt.date] = (),
    read: Sequence[float | None] = (),
    penalty: float | None = None,
    shortest: int = 3,
    level: float = 0.95,
) -> Changes:
    """Where the level of the series changed. Periods without a value, or in which nothing was read, are left out.

    `read` holds the articles read in each period: counts are then held against them. `penalty` takes the place of
    Schwarz's; a greater one finds fewer changes. No piece is shorter than `shortest` periods.
    Raises SettingsError for what does not fit together, MissingExtra where ruptures is not installed.
    """
    _check(values, kind, starts, read, penalty, shortest, level)
    places = [n for n, x in enumerate(values) if x is not None and (not read or (read[n] or 0) > 0)]
    xs = [float(values[n] or 0.0) for n in places]
    exposure = [float(read[n] or 0.0) for n in places] if read else [1.0] * len(xs)
    costs = 2 * math.log(len(xs)) if penalty is None and len(xs) > 1 else penalty or 0.0
    spread = 1.0
    empty = None
    cuts: list[int] = []
    if len(xs) < 2 * shortest:
        empty = f"{len(xs)} of the {2 * shortest} periods with a value that a change needs"
    else:
        spread = overdispersion(xs, exposure) if kind == "counts" else noise(xs)
        cuts = _cuts(xs, exposure, kind, spread, costs, shortest) if spread > 0 else []
        empty = None if cuts else "no change is worth its penalty"
    bounds = [0, *cuts, len(xs)]
    found = []
    for start, cut, end in zip(bounds, cuts, bounds[2:], strict=False):
        low, high = _stretch(xs[start:end], exposure[start:end], kind, spread, cut - start, shortest, level)
        at, first, last = places[cut], places[start + low], places[start + high]
        found.append(
            Change(
                at=at,
                first=first,
                last=last,
                before=math.fsum(xs[start:cut]) / math.fsum(exposure[start:cut]),
                after=math.fsum(xs[cut:end]) / math.fsum(exposure[cut:end]),
                start=starts[at] if starts else None,
                earliest=starts[first] if starts else None,
                latest=starts[last] if starts else None,
            )
        )
    return Changes(
        kind=kind,
        level=level,
        penalty=costs,
        spread=spread,
        periods=len(xs),
        left_out=len(values) - len(xs),
        changes=tuple(found),
        empty=empty,
    )


def overdispersion(counts: Sequence[float], exposure: Sequence[float]) -> float:
    """How much more the counts vary than Poisson's law allows, 1 or more."""
    ratios = []
    for (x, e), (y, f) in pairwise(zip(counts, exposure, strict=True)):
        if x + y:
            rate = (x + y) / (e + f)
            ratios.append((y / f - x / e) ** 2 / (rate * (1 / e + 1 / f)))
    return max(1.0, math.fsum(ratios) / len(ratios)) if ratios else 1.0


def noise(values: Sequence[float]) -> float:
    """The variance of the values about their level, from the distance of neighbours; 0 where nothing ever moves."""
    steps = [y - x for x, y in pairwise(values)]
    # two normal values of one level lie 2/√π of their deviation apart on average
    return (math.fsum(abs(step) for step in steps) / len(steps)) ** 2 * math.pi / 4


def _cuts(
    xs: Sequence[float], exposure: Sequence[float], kind: Kind, spread: float, penalty: float, shortest: int
) -> list[int]:
    import numpy as np

    try:
        import ruptures  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError as cause:
        raise MissingExtra("ruptures", "change") from cause
    signal = np.array(xs)[:, None]
    if kind == "means":
        search = ruptures.KernelCPD(kernel="linear", min_size=shortest).fit(signal)
        found = search.predict(pen=penalty * spread)
    else:
        cost = _poisson(ruptures.base.BaseCost, xs, exposure, shortest)
        found = ruptures.Pelt(custom_cost=cost, min_size=shortest, jump=1).fit(signal).predict(pen=penalty * spread)
    return [int(cut) for cut in found[:-1]]


def _poisson(base: Any, xs: Sequence[float], exposure: Sequence[float], shortest: int) -> Any:
    """The cost of a piece of counts, in the form that ruptures takes."""
    counts, exposures = _running(xs), _running(exposure)

    class Poisson(base):  # type: ignore[misc]
        model = "poisson"
        min_size = shortest

        def fit(self, signal: Any) -> Any:
            self.signal = signal
            return self

        def error(self, start: int, end: int) -> float:
            events = counts[end] - counts[start]
            return 2 * (events - events * math.log(events / (exposures[end] - exposures[start]))) if events else 0.0

    return Poisson()


def _stretch(
    xs: Sequence[float], exposure: Sequence[float], kind: Kind, spread: float, cut: int, shortest: int, level: float
) -> tuple[int, int]:
    """The first and the last of the smallest set of places that holds the change, counted within these periods."""
    counts, exposures = _running(xs), _running(exposure)
    squares = _running([x * x for x in xs])

    def piece(start: int, end: int) -> float:
        events, e, n = counts[end] - counts[start], exposures[end] - exposures[start], end - start
        if kind == "counts":  # all rates weighed out, with Jeffreys' prior
            shape = events / spread + 0.5
            return math.lgamma(shape) - shape * math.log(e / spread)
        return -(squares[end] - squares[start] - events * events / n) / (2 * spread) - math.log(n) / 2

    logs = {at: piece(0, at) + piece(at, len(xs)) for at in range(shortest, len(xs) - shortest + 1)}
    best = max(logs.values())
    weights = {at: math.exp(log - best) for at, log in logs.items()}
    whole = math.fsum(weights.values())
    held, inside = 0.0, [cut]  # where the pieces beside it were cut too, the likeliest place may lie a period off
    for at in sorted(weights, key=lambda at: (-weights[at], abs(at - cut), at)):
        if held >= level * whole:
            break
        held += weights[at]
        inside.append(at)
    return min(inside), max(inside)


def _running(values: Sequence[float]) -> list[float]:
    sums = [0.0]
    for x in values:
        sums.append(sums[-1] + x)
    return sums


def _check(
    values: Sequence[float | None],
    kind: Kind,
    starts: Sequence[dt.date],
    read: Sequence[float | None],
    penalty: float | None,
    shortest: int,
    level: float,
) -> None:
    if kind not in get_args(Kind):
        raise SettingsError(f"no series is of the kind {kind!r}", name="kind", hint=", ".join(get_args(Kind)))
    for name, beside in (("starts", starts), ("read", read)):
        if beside and len(beside) != len(values):
            raise SettingsError(f"{len(beside)} {name} beside {len(values)} values", name=name, hint="one each")
    if read and kind == "means":
        raise SettingsError("means are not held against the articles read", name="read", hint="kind='counts'")
    if kind == "counts" and any(x is not None and x < 0 for x in values):
        raise SettingsError("counts cannot be below nought", name="values", hint="kind='means'")
    if penalty is not None and not penalty > 0:
        raise SettingsError(f"penalty cannot be {penalty!r}", name="penalty", hint="more than 0")
    if shortest < 1:
        raise SettingsError(f"a piece cannot be {shortest} periods long", name="shortest", hint="1 or more")
    if not 0 < level < 1:
        raise SettingsError(f"level cannot be {level!r}", name="level", hint="between 0 and 1")
