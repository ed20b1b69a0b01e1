"""Acts over time, each as high as the reports that tell it; the most reported are named."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from dragoman.plot import counts, marks, times
from dragoman.plot.look import SMALL, cut, dressed, room, text_width
from dragoman.plot.sheet import Row, Sheet, counted, day_words

if TYPE_CHECKING:
    from altair.typing import ChartType

_HEIGHT = 320
_MARGIN = 52
_NAMED = 12  # acts that are named where their words find room
_MOST = 4000  # acts that are drawn
_SHAPES = ("circle", "circle", "triangle-down", "triangle-down")


def draw(sheet: Sheet) -> ChartType:
    """A mark for each act; rows of reports are drawn as events are."""
    import altair as alt

    if not any("n_reports" in row and "first" in row for row in sheet.rows):
        return counts.draw(sheet)
    look, width = sheet.look, room(sheet.width)
    across = width - _MARGIN
    dated = [(day, row) for row in sheet.rows if (day := times.day(row.get("first")))]
    if not dated:
        from dragoman.plot import nothing

        return nothing.draw(sheet)
    without = len(sheet.rows) - len(dated)
    dated.sort(key=lambda pair: (-(pair[1].get("n_reports") or 1), pair[0]))
    window = times.crowd([day for day, _ in dated])
    shown = [pair for pair in dated if window[0] <= pair[0] <= window[1]][:_MOST]
    days = [day for day, _ in shown]
    unit = times.fitting(days, 30)
    starts = times.all_starts(min(days), max(days), unit)
    most = max(int(row.get("n_reports") or 1) for _, row in shown)
    logarithmic = most > 40
    dots = [_dot(sheet, day, row) for day, row in shown]
    for dot in dots:
        dot["foot"] = 0.9 if logarithmic else 0
    _name(dots, times.ends(starts, unit), across, most, logarithmic)
    classes = [called for quad, called in counts.CLASSES.items() if any(dot["class"] == called for dot in dots)]
    hue = dict(zip(counts.CLASSES.values(), (look.cooperation[1], look.cooperation[0], look.conflict[0],
                                             look.conflict[1]), strict=True))  # fmt: skip
    shape = dict(zip(counts.CLASSES.values(), _SHAPES, strict=True))
    legend = alt.Legend(title=None, orient="top", direction="horizontal", symbolSize=70, offset=6, symbolOpacity=1,
                        columns=4 if across > 600 else 2)  # fmt: skip
    axis = alt.Axis(title="Reports", tickMinStep=1, domain=False, ticks=False, format=",d", tickCount=6)
    scale = alt.Scale(type="log", domain=[0.9, most * 1.3], nice=False) if logarithmic else alt.Scale(
        domain=[0, most * 1.12 + 0.4], nice=False)  # fmt: skip
    if logarithmic:
        steps = [step * 10**power for power in range(6) for step in (1, 2, 5)]
        axis.values = [step for step in steps if step <= most * 1.3]
    when = times.axis(starts, unit, across, on_days=True, domain=False)
    base = marks.of(dots).encode(
        x=alt.X("at:T", scale=times.scale(starts, unit), axis=when),
        y=alt.Y("reports:Q", scale=scale, axis=axis),
    )
    tips = marks.tips(who="Who", what="Act", when="When", told="Told by", differ="Reports differ on", words="Words")
    layers: list[Any] = []
    if len(dots) <= 400:
        layers.append(base.mark_rule(color=look.line).encode(y2="foot:Q"))
    layers.append(
        base.mark_point(filled=True, size=58 if len(dots) <= 400 else 30, opacity=0.9, stroke=look.paper,
                        strokeWidth=0.5)
        .encode(
            color=alt.Color("class:N", scale=alt.Scale(domain=classes, range=[hue[c] for c in classes]), legend=legend),
            shape=alt.Shape("class:N", scale=alt.Scale(domain=classes, range=[shape[c] for c in classes]),
                            legend=legend),
            tooltip=tips,
        )
    )  # fmt: skip
    places: tuple[tuple[str, Literal["left", "right"], int], ...] = (("right", "left", 8), ("left", "right", -8))
    for side, align, dx in places:
        named = base.transform_filter(f"datum.side === '{side}'")
        layers.append(named.mark_text(align=align, dx=dx, baseline="middle", fontSize=SMALL, color=look.ink)
                      .encode(text="label:N"))  # fmt: skip
    layered = alt.layer(*layers).properties(width=across, height=_HEIGHT)
    span = sheet.span()
    notes = [f"{counted(len(dated), 'act')}{f', {span}' if span else ''}."]
    if without:
        notes.append(f"{counted(without, 'act')} without a date left out.")
    notes.append(sheet.elsewhen([day for day, _ in dated], window, "act"))
    if len(shown) == _MOST:
        notes.append(f"The {_MOST:,} most reported are shown.")
    notes.append("Triangles hang where an act is conflict.")
    if logarithmic:
        notes.append("Each step of the scale multiplies.")
    who = [sheet.name(actor) for actor in sheet.actors]
    usual = f"Acts: {' and '.join(who)}" if 1 <= len(who) <= 2 else "Acts, by how many reports tell them"
    title = sheet.title or usual
    return dressed(
        layered, look, title=title, notes=[" ".join(note for note in notes if note), *sheet.notes()], width=width
    )


def _dot(sheet: Sheet, day: dt.date, row: Row) -> dict[str, Any]:
    last = times.day(row.get("last"))
    sources, targets = row.get("sources") or (), row.get("targets") or ()
    kind, mode = str(row.get("type") or ""), str(row.get("mode") or "").replace("_", " ").lower()
    act = sheet.names.get(kind) or kind.replace("_", " ").capitalize()
    who = " and ".join(sheet.name(code) for code in sources) or "Somebody"
    if targets:
        who += f" → {' and '.join(sheet.name(code) for code in targets)}"
    told = [counted(int(row.get("n_reports") or 1), "report")]
    if row.get("n_outlets") is not None:
        told.append(f"{counted(int(row['n_outlets']), 'outlet')}")
    return {
        "at": times.stamp(day, 0.5, day + dt.timedelta(days=1) if day < dt.date.max else day),
        "when": day_words(day) if last in (None, day) else f"{day_words(day)} to {day_words(last)}",
        "reports": int(row.get("n_reports") or 1),
        "class": counts.CLASSES.get(int(row.get("quad") or 0), "unclassed"),
        "who": who,
        "what": f"{act}, {mode}" if mode else act,
        "told": ", ".join(told),
        "differ": "; ".join(str(one) for one in row.get("differences") or ()) or "–",
        "words": marks.brief(row.get("words")),
        "label": f"{cut(who, 190, SMALL)}: {act.lower()}",
        "side": "",
    }


def _name(
    dots: list[dict[str, Any]], ends: tuple[dt.date, dt.date], across: float, most: int, logarithmic: bool
) -> None:
    """Says of the most reported acts on which side of its mark each has its name, where it covers no other."""
    from math import log

    begin, end = (dt.datetime(day.year, day.month, day.day) for day in ends)
    taken: list[tuple[float, float, float]] = []
    places = []
    for dot in dots:
        x = (dt.datetime.fromisoformat(dot["at"]) - begin) / (end - begin) * across
        share = log(dot["reports"] / 0.9) / log(most * 1.3 / 0.9) if logarithmic else dot["reports"] / (
            most * 1.12 + 0.4)  # fmt: skip
        places.append((x, _HEIGHT * (1 - share)))
    for dot, (x, y) in list(zip(dots, places, strict=True))[:_NAMED]:
        wide = text_width(dot["label"], SMALL) + 10
        for side, left in (("right", x + 4), ("left", x - wide - 4)):
            right = left + wide
            if left < 0 or right > across:
                continue
            clear = all(right < a or left > b or abs(y - other) > 14 for a, b, other in taken)
            if clear and not any(left < px < right and abs(y - py) < 9 for px, py in places if (px, py) != (x, y)):
                dot["side"] = side
                taken.append((left, right, y))
                break
