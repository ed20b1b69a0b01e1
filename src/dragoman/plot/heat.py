"""A matrix as a heat map: rows act on columns, empty is not nought, what rests on little is hatched.

Few periods give a map each, many a line for each pair; one actor and all its partners give a line for each partner.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dragoman.plot import colours, marks, times
from dragoman.plot.colours import Colours
from dragoman.plot.look import LEAST, SMALL, TEXT, Look, dressed, room, text_width
from dragoman.plot.order import ordered
from dragoman.plot.sheet import Row, Sheet, counted, number

if TYPE_CHECKING:
    from altair.typing import ChartType

_MOST_ACTORS = 60
_MOST_MAPS = 6
_MOST_PAIRS = 45  # lines of pairs over time
_FEW_PAIRS = 12
_WRITTEN = 32  # pixels from which a cell has room for its number
_SMALLEST, _LARGEST = 9, 56  # pixels of a cell
# diagonals from edge to edge of a square, which tell a thin cell without colour
_HATCH = "M-1,1L1,-1M-1,0L0,-1M0,1L1,0"
_ITSELF = "M-1,-1L1,1"
_MINUS = "M-0.55,0L0.55,0"


@dataclass(frozen=True)
class _Map:
    """One map: cells at (down, across), whose labels these are in order."""

    cells: list[dict[str, Any]]
    down: list[str]
    across: list[str]
    cell: float
    size: float  # of letters
    marked: list[dict[str, str]]  # cells of an actor with itself


def draw(sheet: Sheet) -> ChartType:
    """The map or maps of a matrix."""
    rows = [row for row in sheet.rows if row.get("source") and row.get("target")]
    periods = sorted({day for row in rows if (day := times.day(row.get("period")))})
    pairs = {(row["source"], row["target"]) for row in rows}
    notes: list[str] = []
    if len(periods) > _MOST_MAPS or (len(periods) > 1 and len(pairs) <= _FEW_PAIRS):
        return _over_time(sheet, rows, periods)
    order = ordered(rows, sheet.order or _usual(sheet, rows), given=sheet.actors, names=sheet.names)
    if len(order) > _MOST_ACTORS:
        busiest = set(ordered(rows, "volume", given=(), names={})[:_MOST_ACTORS])
        notes.append(f"Of {len(order)} actors the {_MOST_ACTORS} of most events are shown.")
        order = [actor for actor in order if actor in busiest]
        rows = [row for row in rows if row["source"] in busiest and row["target"] in busiest]
    scale = colours.of(sheet, rows)
    center = _center(rows, order)
    if len(periods) > 1:
        made = _side_by_side(sheet, rows, order, periods, scale)
        notes.insert(0, "Each row acts on the columns.")
    elif center:
        made = _around(sheet, rows, order, center, scale)
    else:
        made = _map(_square(sheet, rows, order, room(sheet.width), scale), sheet.look, scale, room(sheet.width))
        notes.insert(0, "Each row acts on the columns.")
    return _finished(made, sheet, rows, notes, scale, center=None if len(periods) > 1 else center)


# -- the three ways to lay a matrix out --------------------------------------------------------------------------------


def _square(sheet: Sheet, rows: Sequence[Row], order: list[str], width: float, scale: Colours) -> _Map:
    across = [actor for actor in order if any(row["target"] == actor for row in rows)]
    down = [actor for actor in order if any(row["source"] == actor for row in rows)]
    if 2 * len(set(across) & set(down)) >= len(order) or len(order) <= 2:
        across = down = order  # who acts is acted upon, but for the odd one
    size = _letters(len(across), width)
    labels = sheet.labels(order, min(170.0, width * 0.24), size)
    heads = sheet.labels(order, min(120.0, max(width * 0.2, 90)), size)  # they stand upright, where room is dearer
    margin = max(text_width(label, size) for label in labels.values()) + 14
    cell = max(_SMALLEST, min(_LARGEST, (width - margin - 24) / len(across)))
    cells = [_cell(sheet, row, scale) | {"down": labels[row["source"]], "across": heads[row["target"]]} for row in rows]
    told = {row["source"] for row in rows if row["source"] == row["target"]}
    return _Map(
        cells=cells,
        down=[labels[actor] for actor in down],
        across=[heads[actor] for actor in across],
        cell=cell,
        size=size,
        marked=[{"down": labels[a], "across": heads[a]} for a in across if a in set(down) and a not in told],
    )


def _side_by_side(
    sheet: Sheet, rows: Sequence[Row], order: list[str], periods: list[dt.date], scale: Colours
) -> ChartType:
    import altair as alt

    width = room(sheet.width)
    columns = 1 if len(order) > 28 or width < 500 else 2 if len(order) > 9 or len(periods) in (2, 4) else 3
    each = (width - (columns - 1) * 24) / columns
    unit = times.unit_of(periods, sheet.about.get("by"))
    maps = []
    for period in periods:
        theirs = [row for row in rows if times.day(row.get("period")) == period]
        square = _square(sheet, rows, order, each, scale)
        kept = {id(row) for row in theirs}
        cells = [cell for row, cell in zip(rows, square.cells, strict=True) if id(row) in kept]
        one = replace(square, cells=cells)
        made = _map(one, sheet.look, scale, width)
        heading = alt.TitleParams(
            text=times.label(period, unit), fontSize=TEXT + 1, color=sheet.look.ink, font="sans-serif", offset=6
        )
        maps.append(made.properties(title=heading))
    together: ChartType = alt.concat(*maps, columns=columns, spacing=24)
    return together


def _around(sheet: Sheet, rows: Sequence[Row], order: list[str], center: str, scale: Colours) -> ChartType:
    """A line for each partner of one actor, with what goes out and what comes in."""
    others = [actor for actor in order if actor != center]
    labels = sheet.labels(others, 220, TEXT)
    name = sheet.labels([center], 150, TEXT)[center]
    ways = [f"{name} acts", f"{name} is acted on"]
    cells = []
    for row in rows:
        out = row["source"] == center
        cells.append(
            _cell(sheet, row, scale)
            | {"down": labels[row["target"] if out else row["source"]], "across": ways[0] if out else ways[1]}
        )
    height = max(18, min(30, 640 / len(others)))
    one = _Map(cells, [labels[actor] for actor in others], ways, height, TEXT, [])
    wide = max(text_width(way, TEXT) for way in ways) + 24
    return _map(one, sheet.look, scale, room(sheet.width), across=wide)


def _over_time(sheet: Sheet, rows: list[dict[str, Any]], periods: list[dt.date]) -> ChartType:
    """A line for each pair, a cell for each period."""
    import altair as alt

    look, width = sheet.look, room(sheet.width)
    volume: Counter[tuple[str, str]] = Counter()
    for row in rows:
        volume[row["source"], row["target"]] += row.get("events") or 1
    both = {(one, other): volume[one, other] + volume[other, one] for one, other in list(volume)}
    # there and back stand together
    pairs = sorted(both, key=lambda pair: (-both[pair], sorted(pair), -volume[pair], pair))
    notes = []
    if len(pairs) > _MOST_PAIRS:
        notes.append(f"Of {len(pairs)} pairs the {_MOST_PAIRS} of most events are shown.")
        pairs = pairs[:_MOST_PAIRS]
        rows = [row for row in rows if (row["source"], row["target"]) in set(pairs)]
    scale = colours.of(sheet, rows)
    unit = times.unit_of(periods, sheet.about.get("by"))
    starts = times.all_starts(periods[0], periods[-1], unit)
    names = sheet.labels({actor for pair in pairs for actor in pair}, width * 0.17, SMALL)
    lines = {pair: f"{names[pair[0]]} → {names[pair[1]]}" for pair in pairs}
    margin = max(text_width(line, SMALL) for line in lines.values()) + 14
    across = max(120.0, width - margin - 12)
    height = 20 if len(pairs) <= 24 else 15
    cells = []
    for row in rows:
        begins = times.day(row.get("period"))
        if begins is None:
            continue
        begin, end = times.stamp(begins), times.stamp(times.end_of(begins, unit))
        line = lines[row["source"], row["target"]]
        cells.append(
            _cell(sheet, row, scale) | {"down": line, "begin": begin, "end": end, "mid": times.middle(begins, unit)}
        )
    column = across / len(starts)
    y = alt.Y("down:N", scale=alt.Scale(domain=list(lines.values()), paddingInner=0.12), title=None,
              axis=alt.Axis(labelLimit=0, labelColor=look.ink, ticks=False, domain=False, labelPadding=6))  # fmt: skip
    base = marks.of(cells).encode(y=y)
    axis = times.axis(starts, unit, across, domain=False)
    when = alt.X("begin:T", scale=times.scale(starts, unit), axis=axis)
    plain = base.mark_rect(stroke=look.paper, strokeWidth=0.6 if column > 4 else 0).encode(
        x=when, x2="end:T", color=_colour(scale, across), opacity=_opacity(), tooltip=_tips(when="When")
    )
    layers = [plain]
    middle = base.encode(x=alt.X("mid:T"))
    if column >= _WRITTEN:
        layers.append(_figures(middle, scale, look, SMALL - 1))
    elif column >= 4:
        layers.append(_hatched(middle, look, min(column, height * 0.88)))
        if scale.diverging and column >= 5:
            layers.append(_minuses(middle, scale, look, min(column, 10)))
    made = alt.layer(*layers).properties(width=across, height=alt.Step(height))
    return _finished(made, sheet, rows, notes, scale)


# -- one map -----------------------------------------------------------------------------------------------------------


def _map(one: _Map, look: Look, scale: Colours, width: float, *, across: float | None = None) -> ChartType:
    import altair as alt

    column = across or one.cell
    longest = max(text_width(label, one.size) for label in one.across)
    angle = 0 if longest < column - 4 else -45 if one.cell >= 16 else -90
    wide = column * len(one.across)
    shared: dict[str, Any] = {"title": None}
    shape: dict[str, Any] = {
        "labelLimit": 0,
        "labelFontSize": one.size,
        "labelColor": look.ink,
        "labelPadding": 5,
        "labelOverlap": False,
        "ticks": False,
        "domain": False,
        "grid": True,
        "gridOpacity": 0.8,
        "bandPosition": 0,
    }
    x = alt.X("across:N", scale=alt.Scale(domain=one.across, padding=0), **shared,
              axis=alt.Axis(orient="top", labelAngle=angle, labelAlign="left" if angle else "center",
                            labelBaseline="middle" if angle == -90 else "bottom", **shape))  # fmt: skip
    y = alt.Y("down:N", scale=alt.Scale(domain=one.down, padding=0), **shared, axis=alt.Axis(**shape))
    base = marks.of(one.cells).encode(x=x, y=y)
    layers = []
    if one.marked:
        own = marks.of(one.marked).mark_point(
            shape=_ITSELF, size=(one.cell * 0.96) ** 2, filled=False, strokeWidth=1, color=look.line
        )
        layers.append(own.encode(x=x, y=y))
    gap = 1.0 if one.cell >= 16 else 0.5
    layers.append(
        base.mark_rect(stroke=look.paper, strokeWidth=gap).encode(
            color=_colour(scale, wide), opacity=_opacity(), tooltip=_tips()
        )
    )
    if column >= _WRITTEN and one.cell >= 14:
        layers.append(_figures(base, scale, look, max(LEAST + 1, min(TEXT, one.cell * 0.3))))
    else:
        layers.append(_hatched(base, look, one.cell))
        if scale.diverging:
            layers.append(_minuses(base, scale, look, one.cell))
        layers.append(
            base.transform_filter("datum.value === null").mark_point(shape="circle", size=6, filled=True)
            .encode(color=alt.value(look.soft))
        )  # fmt: skip
    made: ChartType = alt.layer(*layers).properties(width=wide, height=one.cell * len(one.down))
    return made.properties(view=alt.ViewBackground(stroke=look.line))


def _colour(scale: Colours, width: float) -> Any:
    import altair as alt

    scaled = alt.Color("value:Q", scale=scale.scale(), legend=scale.legend(max(width, 200)))
    return alt.condition("datum.value === null", alt.value("transparent"), scaled)


def _opacity() -> Any:
    import altair as alt

    return alt.condition("datum.faded", alt.value(0.3), alt.value(1))


def _figures(base: Any, scale: Colours, look: Look, size: float) -> Any:
    import altair as alt

    strong = f"!datum.faded && {scale.strong()}"
    return base.mark_text(fontSize=size, baseline="middle").encode(
        text="figure:N", color=alt.condition(strong, alt.value(look.on_strong), alt.value(look.ink))
    )


def _hatched(base: Any, look: Look, cell: float) -> Any:
    """Strokes over cells that rest on little."""
    return base.transform_filter("datum.faded").mark_point(
        shape=_HATCH, size=(cell * 0.84) ** 2, filled=False, strokeWidth=0.7, opacity=0.28, color=look.ink
    )


def _minuses(base: Any, scale: Colours, look: Look, cell: float) -> Any:
    """A stroke on every cell below nought, for grey paper."""
    import altair as alt

    strong = f"!datum.faded && {scale.strong()}"
    below = base.transform_filter("datum.value < 0 && !datum.faded")
    mark = below.mark_point(shape=_MINUS, size=(cell * 0.55) ** 2, filled=False, strokeWidth=1.1, opacity=0.75)
    return mark.encode(color=alt.condition(strong, alt.value(look.on_strong), alt.value(look.ink)))


def _tips(**when: str) -> list[Any]:
    called = {"source": "Acts", "target": "On", **when, "measured": "Value", "told": "Told by"}
    return marks.tips(**called)


# -- what all share ----------------------------------------------------------------------------------------------------


def _cell(sheet: Sheet, row: Row, scale: Colours) -> dict[str, Any]:
    begins = times.day(row.get("period"))
    value = row.get("value")
    counts = [("events", "event"), ("reports", "report"), ("articles", "article")]
    told = ", ".join(counted(row[name], one) for name, one in counts if row.get(name) is not None)
    figure = number(value, scale.decimals)
    cell = {
        "source": sheet.name(row["source"]),
        "target": sheet.name(row["target"]),
        "value": value,
        "figure": (f"({figure})" if row.get("faded") else figure) if value is not None else "•",
        "measured": colours.told(value, row.get("low"), row.get("high"), max(1, scale.decimals)),
        "told": told + ("; too little to lean on" if row.get("faded") else ""),
        "faded": bool(row.get("faded")),
    }
    if begins:
        cell["when"] = times.label(begins, times.unit_of([begins], sheet.about.get("by")))
    return cell


def _usual(sheet: Sheet, rows: Sequence[Row]) -> str:
    told = {row[side] for row in rows for side in ("source", "target")}
    return "given" if sheet.actors and told <= set(sheet.actors) else "volume"


def _center(rows: Sequence[Row], order: list[str]) -> str | None:
    """The actor that is part of every pair, where there are several others."""
    if len(order) < 4:
        return None
    common = set(order)
    for row in rows:
        common &= {row["source"], row["target"]}
    return next(iter(common)) if len(common) == 1 else None


def _letters(count: int, width: float) -> float:
    return max(LEAST, min(TEXT, (width * 0.82 / count) * 0.86))


def _finished(
    made: ChartType, sheet: Sheet, rows: Sequence[Row], notes: list[str], scale: Colours, center: str | None = None
) -> ChartType:
    about = sheet.about
    minimum, of = about.get("minimum"), about.get("minimum_of") or "articles"
    faded = any(row.get("faded") for row in rows)
    without = any(row.get("value") is None for row in rows)
    keys = ["Blank: nothing was told, which is not nought."]
    if faded:
        less = f"fewer than {minimum} {of}" if minimum else "little"
        keys.append(f"Pale, and hatched or in brackets: it rests on {less}.")
    if without:
        keys.append("Dot: told of, but without a value.")
    if scale.diverging:
        keys.append("A minus marks conflict.")
    by = times.adverb(times.unit_of([], about["by"])) if about.get("by") in times.UNITS else ""
    head = ", ".join(part for part in (scale.label, colours.scope(sheet, scale), by, sheet.span()) if part)
    lines = [f"{head[:1].upper()}{head[1:]}.", " ".join([*notes, *keys]), *sheet.notes()]
    usual = f"{sheet.name(center)}: what it did to others, and they to it" if center else "Who did what to whom"
    return dressed(made, sheet.look, title=sheet.title or usual, notes=lines, width=room(sheet.width))
