"""Events over time by class: cooperation stands up, conflict hangs down, deeds next to the line, words beyond."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dragoman.plot import marks, times
from dragoman.plot.look import dressed, room
from dragoman.plot.sheet import Sheet, counted
from dragoman.relate.periods import beginning

if TYPE_CHECKING:
    from altair.typing import ChartType

_HEIGHT = 300
_MARGIN = 56
CLASSES = {2: "cooperation in deeds", 1: "cooperation in words", 3: "conflict in words", 4: "conflict in deeds"}


def draw(sheet: Sheet) -> ChartType:
    """Bars for each period; the period fits the time that the events fill."""
    import altair as alt

    look, width = sheet.look, room(sheet.width)
    across = width - _MARGIN
    dated = [(day, int(row["quad"])) for row in sheet.rows
             if (day := times.day(row.get("day") or row.get("first"))) and row.get("quad") in CLASSES]  # fmt: skip
    without = sum(times.day(row.get("day") or row.get("first")) is None for row in sheet.rows)
    if not dated:
        from dragoman.plot import nothing

        return nothing.draw(sheet)
    everything = [day for day, _ in dated]
    window = times.crowd(everything)
    dated = [pair for pair in dated if window[0] <= pair[0] <= window[1]]
    unit = times.fitting([day for day, _ in dated])
    starts = times.all_starts(min(day for day, _ in dated), max(day for day, _ in dated), unit)
    found = Counter((beginning(day, unit), quad) for day, quad in dated)
    bars = []
    for start in starts:
        for side in ((2, 1), (4, 3)):
            at = 0
            for quad in side:
                count = found[start, quad]
                sign = 1 if quad < 3 else -1
                if count:
                    bars.append(
                        {
                            "begin": times.stamp(start),
                            "end": times.stamp(times.end_of(start, unit)),
                            "from": sign * at,
                            "to": sign * (at + count),
                            "class": CLASSES[quad],
                            "count": f"{count:,}",
                            "when": times.label(start, unit),
                        }
                    )
                at += count
    hues = alt.Scale(
        domain=list(CLASSES.values()),
        range=[look.cooperation[1], look.cooperation[0], look.conflict[0], look.conflict[1]],
    )
    legend = alt.Legend(title=None, orient="top", direction="horizontal", symbolType="square", offset=6,
                        columns=4 if across > 600 else 2)  # fmt: skip
    axis = alt.Axis(labelExpr="format(abs(datum.value), ',d')", tickMinStep=1, domain=False, ticks=False)
    gap = 0.8 if across / len(starts) > 5 else 0
    made = marks.of(bars).mark_rect(stroke=look.paper, strokeWidth=gap).encode(
        x=alt.X("begin:T", scale=times.scale(starts, unit),
                axis=times.axis(starts, unit, across, domain=False)),
        x2="end:T",
        y=alt.Y("from:Q", title="Conflict  ←  events  →  cooperation", axis=axis),
        y2="to:Q",
        color=alt.Color("class:N", scale=hues, sort=None, legend=legend),
        tooltip=marks.tips(when="When", **{"class": "Class"}, count="Events"),
    )  # fmt: skip
    layered = alt.layer(made, marks.nought(look)).properties(width=across, height=_HEIGHT)
    span = sheet.span()
    notes = [f"{counted(len(everything), 'event')} {times.adverb(unit)}{f', {span}' if span else ''}."]
    if without:
        notes.append(f"{counted(without, 'event')} without a date left out.")
    notes.append(sheet.elsewhen(everything, window, "event"))
    who = [sheet.name(actor) for actor in sheet.actors]
    usual = f"Events: {' and '.join(who)}" if 1 <= len(who) <= 2 else "Events"
    return dressed(
        layered,
        look,
        title=sheet.title or usual,
        notes=[" ".join(note for note in notes if note), *sheet.notes()],
        width=width,
    )
