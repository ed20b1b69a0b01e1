"""Colours of a measure: about nought where it has one, else from little to much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from dragoman.plot.look import SMALL
from dragoman.plot.sheet import Sheet, finite, number
from dragoman.relate.indices import MEASURES

if TYPE_CHECKING:
    import altair as alt

_SKEWED = 8.0  # times the middling value, from which the largest would drown all others
_PALE = 0.55  # so far out on a scale a colour is too strong for letters of ink


@dataclass(frozen=True)
class Colours:
    """A scale: `most` is its end (both ends, where it diverges), `bend` the value up to which it is straight."""

    label: str
    diverging: bool
    most: float
    bend: float | None
    decimals: int
    hues: tuple[str, ...]

    def scale(self) -> alt.Scale:
        """The scale itself."""
        import altair as alt

        count = len(self.hues)
        places = [2 * n / (count - 1) - 1 if self.diverging else n / (count - 1) for n in range(count)]
        kind: Any = {"type": "symlog", "constant": self.bend} if self.bend else {"type": "linear"}
        return alt.Scale(
            domain=[self._at(place) for place in places], range=list(self.hues), clamp=True, interpolate="rgb", **kind
        )

    def legend(self, width: float, **given: Any) -> alt.Legend:
        """What the colours mean."""
        import altair as alt

        title = f"conflict  ←  {self.label}  →  cooperation" if self.diverging else self.label
        steps = (-1, -0.5, 0, 0.5, 1) if self.diverging else (0, 0.5, 1)
        values = list(dict.fromkeys(_round(self._at(step)) for step in steps))
        whole = all(float(value).is_integer() for value in values)
        asked: dict[str, Any] = {
            "title": title,
            "orient": "bottom",
            "direction": "horizontal",
            "gradientLength": min(280, width * 0.6),
            "gradientThickness": 10,
            "values": values,
            "format": ",.0f" if whole else ",.2~f",
            "labelFontSize": SMALL,
            "labelOverlap": True,
            "offset": 14,
        }
        return alt.Legend(**(asked | given))

    def strong(self, field: str = "value") -> str:
        """A test in the chart: is the colour of this field too strong for letters of ink?"""
        edge = self._at(_PALE)
        return f"abs(datum.{field}) > {edge:.6g}"

    def _at(self, place: float) -> float:
        if not self.bend:
            return self.most * place
        return math.copysign(self.bend * math.expm1(abs(place) * math.log1p(self.most / self.bend)), place)


def of(sheet: Sheet, rows: Sequence[Any]) -> Colours:
    """The scale for these rows. Where others are, faded ones do not stretch it."""
    name = str(sheet.about.get("measure") or "")
    known = MEASURES.get(name)
    label = str(sheet.about.get("label") or (known.label if known else name.replace("_", " ")) or "value")
    sure = finite(row.get("value") for row in rows if not row.get("faded"))
    values = sure or finite(row.get("value") for row in rows)
    below = sheet.about.get("low", known.low if known else None)
    least = min(values, default=0.0)
    diverging = below < 0 if below is not None else least < 0
    diverging = diverging or least < 0
    sizes = sorted(abs(value) for value in values if value)
    largest = sizes[-1] if sizes else 1.0
    high = sheet.about.get("high", known.high if known else None)
    bounded = high is not None and math.isfinite(high)
    middling = median(sizes) if sizes else 1.0
    worse = known is not None and known.rises_with < 0
    return Colours(
        label=label,
        diverging=diverging,
        # with ends of its own a scale is the same in every chart, and nothing lies beyond it
        most=high if bounded and high is not None else _upward(largest),
        bend=_round(middling) if not bounded and largest > _SKEWED * middling else None,
        decimals=_decimals(finite(row.get("value") for row in rows), largest),
        hues=sheet.look.diverging if diverging else sheet.look.worse if worse else sheet.look.more,
    )


def scope(sheet: Sheet, scale: Colours) -> str:
    """The unit of the values, where their label does not say as much."""
    unit = str(sheet.about.get("unit") or "")
    known = scale.label.casefold()
    words = [word.rstrip("s") for word in unit.casefold().replace(",", "").split() if word not in ("of", "the")]
    return "" if all(word in known for word in words) else unit.replace("-", "−")


def told(value: float | None, low: float | None, high: float | None, decimals: int) -> str:
    """−2.3 (−3.1 to −1.4)"""
    shown = number(value, decimals) if value is not None else "no value"
    return shown if low is None or high is None else f"{shown} ({number(low, decimals)} to {number(high, decimals)})"


def _decimals(values: Sequence[float], largest: float) -> int:
    if all(float(value).is_integer() for value in values) or largest >= 100:
        return 0
    return 2 if largest <= 1 else 1


def _upward(value: float) -> float:
    """The next round number."""
    if value <= 0:
        return 1.0
    unit = 10 ** math.floor(math.log10(value))
    return float(next(step * unit for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * unit >= value * 0.999))


def _round(value: float) -> float:
    """The number with one digit, or two where it is a half."""
    if value == 0:
        return 0.0
    unit = 10 ** math.floor(math.log10(abs(value)))
    return float(round(value / unit * 2) / 2 * unit)
