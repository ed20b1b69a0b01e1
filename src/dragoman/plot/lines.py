"""Two over time: both directions with intervals and changes, the events behind them, and how much was read.

The changes stand above, the measure in the middle, counts and articles read below, all on one axis of time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Any

from dragoman.plot import colours, marks, times
from dragoman.plot.look import SMALL, TEXT, dressed, room, text_width
from dragoman.plot.sheet import Row, Sheet, counted, finite, number
from dragoman.relate.periods import Unit

if TYPE_CHECKING:
    from altair.typing import ChartType

_HEIGHT, _COUNTS, _READ, _LANE, _GAP = 270, 80, 46, 17, 14
_MARGIN = 52  # left of the plots, for the numbers of every axis
_DOTTED = 60  # periods up to which each has a dot
_MOST_CHANGES = 14
_SHAPES = ("circle", "triangle-up")


@dataclass(frozen=True)
class _Way:
    """One direction, period by period."""

    name: str
    rows: Sequence[Row]
    starts: list[dt.date]
    up: bool  # whether its events stand up


@dataclass(frozen=True)
class _Turn:
    """A change of one direction: from the period that begins on `start` another mean."""

    way: str
    start: dt.date
    before: float | None
    after: float | None


def draw(sheet: Sheet) -> ChartType:
    """The dyad as a stack of strips."""
    import altair as alt

    ways = _ways(sheet)
    starts = sorted({start for way in ways for start in way.starts})
    unit = times.unit_of(starts, sheet.about.get("by"))
    scale = colours.of(sheet, sheet.rows)
    width = room(sheet.width) - _MARGIN - 4
    when = times.scale(starts, unit)
    decimals = max(1, scale.decimals)
    points = [point for way in ways for point in _points(sheet, way, unit, decimals)]
    turns = [turn for way in ways for turn in _turns(way)]
    some = sorted(turns, key=lambda turn: -abs((turn.after or 0) - (turn.before or 0)))[:_MOST_CHANGES]
    shown = sorted(some, key=lambda turn: (turn.start, turn.way))
    has_read = any(point["read"] is not None for point in points)
    strips: list[Any] = []
    if shown:
        strips.append(_labels(sheet, shown, ways, unit, width, when, decimals))
    counts_too = sheet.about.get("measure") != "events"  # which the measure itself would only repeat
    last = not (counts_too or has_read)
    strips.append(_measure(sheet, points, ways, shown, starts, unit, width, when, scale, last=last))
    if counts_too:
        strips.append(_counts(sheet, points, ways, starts, unit, width, when, last=not has_read))
    if has_read:
        strips.append(_read(sheet, points, starts, unit, width, when))
    stacked = alt.vconcat(*strips, spacing=_GAP, bounds="flush")
    stacked = stacked.resolve_scale(color="shared", shape="shared", x="independent")
    notes = _notes(sheet, scale, points, len(turns), len(shown), unit)
    return dressed(stacked, sheet.look, title=_title(sheet, ways), notes=notes, width=room(sheet.width))


# -- the strips --------------------------------------------------------------------------------------------------------


def _measure(
    sheet: Sheet,
    points: list[dict[str, Any]],
    ways: Sequence[_Way],
    turns: Sequence[_Turn],
    starts: list[dt.date],
    unit: Unit,
    width: float,
    when: Any,
    scale: colours.Colours,
    *,
    last: bool,
) -> Any:
    import altair as alt

    look = sheet.look
    x = alt.X("mid:T", scale=when, axis=times.axis(starts, unit, width, labels=last, ticks=last, domain=False))
    label = f"{scale.label[:1].upper()}{scale.label[1:]}"
    y = alt.Y(
        "value:Q",
        title=label,
        axis=_axis(tickCount=6),
        scale=alt.Scale(zero=scale.diverging, nice=True, padding=8 if scale.diverging else 0),
    )
    colour, shape = _by_way(sheet, ways)
    base = marks.of(points).encode(x=x, color=colour)
    layers: list[Any] = []
    unread = [point for point in points if point["unread"] and point["way"] == ways[0].name]
    if unread and len(unread) < len(starts):
        gap = marks.of(unread).mark_rect(color=look.panel)
        layers.append(gap.encode(x=alt.X("begin:T", scale=when), x2="end:T"))
    if scale.diverging:
        layers.append(marks.nought(look))
    if any(point["low"] is not None for point in points):
        band = base.mark_area(opacity=0.16, invalid="break-paths-show-path-domains", line=False)
        layers.append(band.encode(y=alt.Y("low:Q"), y2="high:Q"))
        # the interval of a period without neighbours has no area
        layers.append(
            base.transform_filter("datum.alone && datum.low !== null")
            .mark_rule(opacity=0.35, strokeWidth=3).encode(y=alt.Y("low:Q"), y2="high:Q")
        )  # fmt: skip
    for turn in turns:
        one = [{"at": times.stamp(turn.start)}]
        rule = marks.of(one).mark_rule(color=_hue(sheet, ways, turn.way), strokeDash=[2, 3], strokeWidth=1.2)
        layers.append(rule.encode(x=alt.X("at:T", scale=when)))
    for up, dash in ((True, [1, 0]), (False, [5, 2])):  # grey paper tells the two by dashes
        theirs = base.transform_filter("datum.up" if up else "!datum.up")
        line = theirs.mark_line(strokeWidth=1.6, strokeDash=dash, invalid="break-paths-show-path-domains")
        layers.append(line.encode(y=y))
    steps = [step for way in ways for step in _steps(way, unit)]
    if steps:
        stair = marks.of(steps).mark_rule(strokeWidth=4, opacity=0.42)
        layers.append(stair.encode(x=alt.X("begin:T", scale=when), x2="end:T", y="mean:Q", color=colour))
    dots = base.transform_filter("datum.dot && datum.value !== null")
    tips = marks.tips(way="Who", when="When", measured="Value", told="Told by", read_words="Read")
    size = 34 if len(starts) <= _DOTTED else 16
    solid = dots.transform_filter("!datum.faded").mark_point(filled=True, size=size, opacity=1)
    thin = dots.transform_filter("datum.faded").mark_point(
        filled=False, fill=look.paper, size=size, strokeWidth=1.3, opacity=1
    )
    layers.append(solid.encode(y=y, shape=shape, tooltip=tips))
    layers.append(thin.encode(y=y, shape=shape, tooltip=tips))
    # whoever points at a period reads it, dot or none
    layers.append(base.transform_filter("datum.value !== null").mark_point(size=120, opacity=0, filled=True)
                  .encode(y=y, tooltip=tips))  # fmt: skip
    return alt.layer(*layers).properties(width=width, height=_HEIGHT)


def _labels(
    sheet: Sheet, turns: Sequence[_Turn], ways: Sequence[_Way], unit: Unit, width: float, when: Any, decimals: int
) -> Any:
    """What changed, above the place where it did, in as many lanes as keep the words apart."""
    import altair as alt

    begin, end = times.ends([start for way in ways for start in way.starts], unit)
    lanes: list[float] = []
    placed: list[dict[str, Any]] = []
    for turn in turns:
        text = f"{times.label(turn.start, unit)}: {number(turn.before, decimals)} → {number(turn.after, decimals)}"
        wide = text_width(text, SMALL) + 14
        at = (turn.start - begin) / (end - begin) * width
        left = at + wide > width  # words that would leave the chart stand before their mark
        first = at - wide if left else at
        lane = next((n for n, taken in enumerate(lanes) if taken <= first), len(lanes))
        lanes[lane : lane + 1] = [first + wide]
        placed.append({"at": times.stamp(turn.start), "text": text, "way": turn.way, "lane": lane, "left": left})
    height = _LANE * len(lanes)
    rules, words = [], []
    for one in placed:
        hue = _hue(sheet, ways, one["way"])
        base = marks.of([one]).encode(x=alt.X("at:T", scale=when, axis=None))
        high = height - _LANE * (one["lane"] + 0.5)
        rule = base.mark_rule(color=hue, strokeDash=[2, 3], strokeWidth=1.2)
        rules.append(rule.encode(y=alt.value(high - _LANE * 0.4), y2=alt.value(height + _GAP)))
        shape: dict[str, Any] = {"align": "right" if one["left"] else "left", "dx": -5 if one["left"] else 5,
                                 "baseline": "middle", "fontSize": SMALL, "fontWeight": 600}  # fmt: skip
        # the rule of a label further up may pass behind this one
        words.append(base.mark_text(stroke=sheet.look.paper, strokeWidth=5, strokeJoin="round", **shape)
                     .encode(text="text:N", y=alt.value(high)))  # fmt: skip
        words.append(base.mark_text(color=hue, **shape).encode(text="text:N", y=alt.value(high)))
    layers = [*rules, *words]
    return alt.layer(*layers).properties(width=width, height=height)


def _counts(
    sheet: Sheet, points: list[dict[str, Any]], ways: Sequence[_Way], starts: list[dt.date], unit: Unit, width: float,
    when: Any, *, last: bool,
) -> Any:  # fmt: skip
    """Events of one direction upwards, of the other downwards."""
    import altair as alt

    most = max((abs(point["bar"]) for point in points), default=0) or 1
    labels = "format(abs(datum.value), ',d')"
    axis = _axis(tickCount=3, labelExpr=labels, tickMinStep=1)
    ticks = times.axis(starts, unit, width, labels=last, ticks=last, domain=False, grid=True)
    tips = marks.tips(way="Who", when="When", told="Told by")
    base = marks.of([point for point in points if point["bar"]])
    bars = base.mark_rect(opacity=0.85).encode(
        x=alt.X("begin:T", scale=when, axis=ticks),
        x2="end:T",
        y=alt.Y("bar:Q", title="Events", axis=axis, scale=alt.Scale(domain=_both(points, most), nice=False)),
        y2="nought:Q",
        color=_by_way(sheet, ways)[0],
        tooltip=tips,
    )
    return alt.layer(bars, marks.nought(sheet.look)).properties(width=width, height=_COUNTS)


def _read(
    sheet: Sheet, points: list[dict[str, Any]], starts: list[dt.date], unit: Unit, width: float, when: Any
) -> Any:
    """How many articles were read, which says what silence is worth."""
    import altair as alt

    seen: dict[str, dict[str, Any]] = {}
    for point in points:
        if point["read"] is not None:
            seen.setdefault(point["begin"], point)
    axis = _axis(tickCount=2, tickMinStep=1, format="~s")
    bars = marks.of(list(seen.values())).mark_rect(color=sheet.look.between, opacity=0.7)
    return bars.encode(
        x=alt.X("begin:T", scale=when, axis=times.axis(starts, unit, width, domain=False)),
        x2="end:T",
        y=alt.Y("read:Q", title="Articles read", axis=axis),
        y2="nought:Q",
        tooltip=marks.tips(when="When", read_words="Read"),
    ).properties(width=width, height=_READ)


# -- the data ----------------------------------------------------------------------------------------------------------


def _ways(sheet: Sheet) -> list[_Way]:
    asked = list(sheet.actors)

    def rank(pair: tuple[str, str]) -> tuple[int, str]:
        return (asked.index(pair[0]) if pair[0] in asked else len(asked), pair[0])

    pairs = sorted({(row["source"], row["target"]) for row in sheet.rows}, key=rank)[:2]
    # both directions stand beside each other in the legend
    each = (room(sheet.width) - _MARGIN - 110) / 4
    names = sheet.labels([actor for pair in pairs for actor in pair], max(60.0, each), TEXT)
    found: list[_Way] = []
    for pair in pairs:
        theirs = [row for row in sheet.rows if (row["source"], row["target"]) == pair and times.day(row.get("period"))]
        theirs.sort(key=lambda row: times.day(row["period"]) or dt.date.min)
        starts = [day for row in theirs if (day := times.day(row["period"]))]
        found.append(_Way(f"{names[pair[0]]} → {names[pair[1]]}", theirs, starts, up=not found))
    return found


def _points(sheet: Sheet, way: _Way, unit: Unit, decimals: int) -> list[dict[str, Any]]:
    found = []
    values = [row.get("value") for row in way.rows]
    for n, (row, start) in enumerate(zip(way.rows, way.starts, strict=True)):
        value, read = values[n], row.get("read")
        beside = [values[m] for m in (n - 1, n + 1) if 0 <= m < len(values)]
        counts = [("events", "event"), ("reports", "report"), ("articles", "article")]
        told = ", ".join(counted(row[name], one) for name, one in counts if row.get(name) is not None)
        alone = value is not None and all(other is None for other in beside)
        faded = bool(row.get("faded")) and bool(row.get("events"))
        found.append(
            {
                "way": way.name,
                "begin": times.stamp(start),
                "mid": times.middle(start, unit),
                "end": times.stamp(times.end_of(start, unit)),
                "when": times.label(start, unit),
                "value": value,
                "low": row.get("low"),
                "high": row.get("high"),
                "measured": colours.told(value, row.get("low"), row.get("high"), decimals),
                "told": told + ("; too little to lean on" if faded else ""),
                "bar": (row.get("events") or 0) * (1 if way.up else -1),
                "read": read,
                "read_words": counted(read, "article") if read is not None else "not counted",
                "unread": read == 0,
                "nought": 0,
                "up": way.up,
                "faded": faded,
                "alone": alone,
                "dot": alone or len(values) <= _DOTTED,
            }
        )
    return found


def _stretches(way: _Way) -> list[list[tuple[Row, dt.date]]]:
    both = [pair for pair in zip(way.rows, way.starts, strict=True) if pair[0].get("stretch") is not None]
    return [list(group) for _, group in groupby(both, key=lambda pair: pair[0]["stretch"])]


def _mean(stretch: Sequence[tuple[Row, dt.date]]) -> float | None:
    values = finite(row.get("value") for row, _ in stretch)
    return fmean(values) if values else None


def _turns(way: _Way) -> list[_Turn]:
    return [_Turn(way.name, after[0][1], _mean(before), _mean(after)) for before, after in pairwise(_stretches(way))]


def _steps(way: _Way, unit: Unit) -> list[dict[str, Any]]:
    stretches = _stretches(way)
    if len(stretches) < 2:
        return []
    return [
        {
            "way": way.name,
            "begin": times.stamp(stretch[0][1]),
            "end": times.stamp(times.end_of(stretch[-1][1], unit)),
            "mean": mean,
        }
        for stretch in stretches
        if (mean := _mean(stretch)) is not None
    ]


# -- looks and words ---------------------------------------------------------------------------------------------------


def _axis(**given: Any) -> Any:
    import altair as alt

    return alt.Axis(**{"minExtent": _MARGIN - 14, "maxExtent": _MARGIN - 14, "domain": False, "ticks": False,
                       "labelPadding": 4, "titlePadding": 6, "labelOverlap": True, **given})  # fmt: skip


def _both(points: Sequence[dict[str, Any]], most: float) -> list[float]:
    up = max((point["bar"] for point in points), default=0)
    down = min((point["bar"] for point in points), default=0)
    room_ = most * 0.08
    return [down - room_ if down else 0, up + room_ if up else 0]


def _hues(sheet: Sheet, ways: Sequence[_Way]) -> Any:
    import altair as alt

    return alt.Scale(domain=[way.name for way in ways], range=list(sheet.look.ways[: len(ways)]))


def _hue(sheet: Sheet, ways: Sequence[_Way], name: str) -> str:
    return sheet.look.ways[[way.name for way in ways].index(name)]


def _by_way(sheet: Sheet, ways: Sequence[_Way]) -> tuple[Any, Any]:
    """Colour and shape of a direction, told by one legend."""
    import altair as alt

    domain = [way.name for way in ways]
    legend = alt.Legend(orient="top", direction="horizontal", title=None, symbolSize=70, offset=2, columns=2,
                        symbolOpacity=1)  # fmt: skip
    shapes = alt.Scale(domain=domain, range=list(_SHAPES[: len(ways)]))
    return (
        alt.Color("way:N", scale=_hues(sheet, ways), legend=legend),
        alt.Shape("way:N", scale=shapes, legend=legend),
    )


def _title(sheet: Sheet, ways: Sequence[_Way]) -> str:
    if sheet.title:
        return sheet.title
    first = sheet.rows[0]
    pair = sheet.actors if len(sheet.actors) == 2 else (first["source"], first["target"])
    return " and ".join(sheet.name(actor) for actor in pair)


def _notes(
    sheet: Sheet, scale: colours.Colours, points: Sequence[dict[str, Any]], turns: int, shown: int, unit: Unit
) -> list[str]:
    about = sheet.about
    head = ", ".join(
        part for part in (scale.label, colours.scope(sheet, scale), times.adverb(unit), sheet.span()) if part
    )
    keys = []
    if any(point["low"] is not None for point in points):
        level = about.get("level")
        keys.append(f"Bands: intervals of {round(level * 100)} %." if level else "Bands: intervals.")
    if any(point["faded"] for point in points):
        minimum, of = about.get("minimum"), about.get("minimum_of") or "articles"
        keys.append(f"Hollow: it rests on {f'fewer than {minimum} {of}' if minimum else 'little'}.")
    if turns:
        keys.append("Thick steps: means between changes.")
    if turns > shown:
        keys.append(f"Of {turns} changes the {shown} largest are named.")
    if any(point["unread"] for point in points):
        keys.append("Grey: nothing was read.")
    two = len({point["way"] for point in points}) > 1
    if two and about.get("measure") != "events":
        keys.append("Events of the first stand up, of the second hang down.")
    return [f"{head[:1].upper()}{head[1:]}.", " ".join(keys), *sheet.notes()]
