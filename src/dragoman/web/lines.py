"""Where the points and lines of a pair over time stand in a small picture."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import msgspec

from dragoman.web import written
from dragoman.web.answers import Cell, Over

WIDTH, HEIGHT = 960, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 16, 32


class Tick(msgspec.Struct, frozen=True):
    at: float
    label: str
    nought: bool = False


class Point(msgspec.Struct, frozen=True):
    x: float
    y: float
    r: float
    thin: bool
    title: str


class Way(msgspec.Struct, frozen=True):
    name: str
    lines: tuple[str, ...]
    bands: tuple[str, ...]
    points: tuple[Point, ...]


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of this width and height; lines are lists of points as SVG writes them."""

    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = _RIGHT
    across: tuple[Tick, ...]
    along: tuple[Tick, ...]
    ways: tuple[Way, ...]


def lines(over: Over) -> Drawn:
    """The picture of a pair over time: a line breaks where a period has no value."""
    cells = [*over.there.values(), *over.back.values()]
    ends = [v for c in cells for v in (c.value, c.low, c.high) if v is not None and math.isfinite(v)]
    low, high, step = _bounds(min([0.0, *ends]), max([0.0, *ends]), over)
    first, last = over.periods[0], over.periods[-1]
    days = max(1, (last - first).days)

    def x(day: dt.date) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * ((day - first).days / days if last > first else 0.5), 1)

    def y(value: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low), 1)

    levels = [low + step * n for n in range(round((high - low) / step) + 1)]
    across = tuple(Tick(y(v), f"{v:g}".replace("-", "\N{MINUS SIGN}"), abs(v) < step / 1000) for v in levels)
    ways = tuple(
        _way(name, [(x(p), cells.get(p), p) for p in over.periods], y, over)
        for name, cells in (("there", over.there), ("back", over.back))
    )
    return Drawn(across=across, along=tuple(_along(first, last, x)), ways=ways)


def _way(name: str, row: list[tuple[float, Cell | None, dt.date]], y: Callable[[float], float], over: Over) -> Way:
    told = [(at, c, p) for at, c, p in row if c is not None and c.value is not None and math.isfinite(c.value)]
    runs: list[list[tuple[float, Cell]]] = []
    before = None
    for number, (at, cell, _) in enumerate(row):
        if cell is None or cell.value is None or not math.isfinite(cell.value):
            continue
        # across a long silence nothing is known, so no line is drawn
        if before is not None and number - before <= 1:
            runs[-1].append((at, cell))
        else:
            runs.append([(at, cell)])
        before = number
    bands = []
    for run in runs:
        held = [(at, c.low, c.high) for at, c in run if c.low is not None and c.high is not None]
        if len(held) > 1:
            there = [f"{at},{y(hi)}" for at, _, hi in held]
            bands.append(" ".join(there + [f"{at},{y(lo)}" for at, lo, _ in reversed(held)]))
    most = max((c.events for _, c, _ in told), default=1) or 1
    points = tuple(
        Point(
            at, y(c.value or 0.0), round(2.5 + 3.5 * math.sqrt(c.events / most), 1), c.faded,
            f"{written.day(p)}: {written.value(c.value, over.scale)}, {c.events} event{'' if c.events == 1 else 's'}",
        )
        for at, c, p in told if c.events
    )  # fmt: skip
    drawn = tuple(" ".join(f"{at},{y(c.value or 0.0)}" for at, c in run) for run in runs if len(run) > 1)
    return Way(name, drawn, tuple(bands), points)


def _bounds(low: float, high: float, over: Over) -> tuple[float, float, float]:
    scale = over.scale
    if scale.low is not None and scale.high is not None:
        return scale.low, scale.high, (scale.high - scale.low) / 4
    span = (high - low) or 1.0
    size = 10 ** math.floor(math.log10(span / 4))
    step = next(size * n for n in (1, 2, 2.5, 5, 10) if size * n >= span / 5)
    return math.floor(low / step) * step, math.ceil(high / step) * step or step, step


def _along(first: dt.date, last: dt.date, x: Callable[[dt.date], float]) -> list[Tick]:
    years = last.year - first.year
    if years >= 2:
        step = next(n for n in (1, 2, 5, 10, 20, 50, 100) if years / n <= 12)
        days = [dt.date(year, 1, 1) for year in range(first.year, last.year + 1) if year % step == 0]
        return [Tick(x(d), str(d.year)) for d in days if first <= d <= last]
    months = [dt.date(n // 12, n % 12 + 1, 1) for n in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]  # noqa: E501  # fmt: skip
    step = max(1, math.ceil(len(months) / 10))
    kept = [d for d in months[::step] if first <= d <= last]
    if len(kept) < 2:
        return [Tick(x(d), written.day(d)) for d in dict.fromkeys((first, last))]
    return [Tick(x(d), written.period(d, "month")) for d in kept]
