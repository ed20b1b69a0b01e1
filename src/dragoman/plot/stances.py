"""Positions over time: a line for each issue, on which stances have a place, a shape and a size by their number."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from dragoman.plot import marks, times
from dragoman.plot.look import TEXT, dressed, room, text_width
from dragoman.plot.sheet import Sheet, counted
from dragoman.relate.periods import beginning

if TYPE_CHECKING:
    from altair.typing import ChartType

_MOST_ISSUES = 16
_ROW = 48
_STANCES = ("for", "conditional", "neutral", "against")
_CALLED = {"for": "for", "conditional": "on a condition", "neutral": "neither", "against": "against"}
_PLACES = {"for": -0.3, "conditional": 0.0, "neutral": 0.0, "against": 0.3}  # of a line's height, from its middle
_SHAPES = ("triangle-up", "diamond", "circle", "triangle-down")


def draw(sheet: Sheet) -> ChartType:
    """The issues most spoken of, each with what was said for and against it, period by period."""
    import altair as alt

    look, width = sheet.look, room(sheet.width)
    rows = [row for row in sheet.rows if row.get("issue") and row.get("stance") in _STANCES]
    dated = [(day, row) for row in rows if (day := times.day(row.get("day") or row.get("date")))]
    if not dated:
        from dragoman.plot import nothing

        return nothing.draw(sheet)
    everything = [day for day, _ in dated]
    window = times.crowd(everything)
    dated = [pair for pair in dated if window[0] <= pair[0] <= window[1]]
    volume = Counter(row["issue"] for _, row in dated)
    issues = sorted(volume, key=lambda issue: (-volume[issue], issue))
    notes = [f"{counted(len(everything), 'position')}{f', {sheet.span()}' if sheet.span() else ''}."]
    if len(issues) > _MOST_ISSUES:
        notes.append(f"Of {len(issues)} issues the {_MOST_ISSUES} most spoken of are shown.")
        issues = issues[:_MOST_ISSUES]
    labels = sheet.labels(issues, 180, TEXT)
    across = width - max(text_width(label, TEXT) for label in labels.values()) - 18
    days = [day for day, _ in dated]
    unit = times.fitting(days, 40)
    starts = times.all_starts(min(days), max(days), unit)
    found = Counter((beginning(day, unit), row["issue"], row["stance"]) for day, row in dated)
    place = {issue: n for n, issue in enumerate(issues)}
    dots: list[dict[str, Any]] = []
    for (start, issue, stance), count in sorted(found.items()):
        if issue in place:
            level = place[issue] + _PLACES[stance]
            # on a condition and neither share a place, and stand side by side where both are there
            beside = {"conditional": "neutral", "neutral": "conditional"}.get(stance)
            aside = min(0.25, 11 * len(starts) / across) if beside and found[start, issue, beside] else 0.0
            share = 0.5 - aside if stance == "conditional" else 0.5 + aside
            dots.append(
                {
                    "mid": times.stamp(start, share, times.end_of(start, unit)),
                    "when": times.label(start, unit),
                    "issue": labels[issue],
                    "stance": _CALLED[stance],
                    "count": count,
                    "level": level,
                }
            )
    names = [labels[issue] for issue in issues]
    lines = [{"level": n + 0.5} for n in range(-1, len(issues))]
    scale = alt.Scale(domain=[-0.5, len(issues) - 0.5], reverse=True, nice=False, zero=False)
    listed = "[" + ",".join("'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'" for name in names) + "]"
    axis = alt.Axis(values=list(range(len(names))), labelExpr=f"{listed}[datum.value]", grid=False, ticks=False,
                    domain=False, labelLimit=0, labelColor=look.ink, labelFontSize=TEXT, labelPadding=8)  # fmt: skip
    y = alt.Y("level:Q", scale=scale, title=None, axis=axis)
    shown = [stance for stance in _STANCES if any(dot["stance"] == _CALLED[stance] for dot in dots)]
    domain = [_CALLED[stance] for stance in shown]
    hues = dict(zip(_STANCES, (look.cooperation[1], look.ways[1], look.between, look.conflict[1]), strict=True))
    shapes = dict(zip(_STANCES, _SHAPES, strict=True))
    most = max(dot["count"] for dot in dots)
    legend = alt.Legend(title=None, orient="top", direction="horizontal", symbolSize=90, offset=6, symbolOpacity=1)
    largest = min(210, max(60, (across / len(starts)) ** 2))
    sizes = [1] if most == 1 else [1, most] if most < 4 else [1, round(most / 2), most]
    points = marks.of(dots).mark_point(filled=True, opacity=0.9, stroke=look.paper, strokeWidth=0.6)
    drawn = points.encode(
        x=alt.X("mid:T", scale=times.scale(starts, unit),
                axis=times.axis(starts, unit, across, domain=False)),
        y=y,
        color=alt.Color("stance:N", scale=alt.Scale(domain=domain, range=[hues[s] for s in shown]), legend=legend),
        shape=alt.Shape("stance:N", scale=alt.Scale(domain=domain, range=[shapes[s] for s in shown]), legend=legend),
        size=alt.Size("count:Q", scale=alt.Scale(domain=[0, most], range=[20, largest]),
                      legend=alt.Legend(title="statements", orient="top", direction="horizontal", values=sizes,
                                        symbolType="circle", symbolFillColor=look.soft, format="d", offset=6,
                                        titleOrient="left", symbolStrokeWidth=0)),
        tooltip=marks.tips(issue="Issue", when="When", stance="Stance", count="Statements"),
    )  # fmt: skip
    rules = marks.of(lines).mark_rule(color=look.line).encode(y=y)
    layered = alt.layer(rules, drawn).properties(width=across, height=_ROW * len(issues))
    without = len(rows) - len(everything)
    if without:
        notes.append(f"{counted(without, 'position')} without a date left out.")
    notes.append(sheet.elsewhen(everything, window, "position"))
    notes.append(f"On each line what is for stands up, what is against hangs down, {times.adverb(unit)}.")
    who = [sheet.name(actor) for actor in sheet.actors]
    usual = f"Positions: {' and '.join(who)}" if 1 <= len(who) <= 2 else "Positions by issue"
    return dressed(
        layered,
        look,
        title=sheet.title or usual,
        notes=[" ".join(note for note in notes if note), *sheet.notes()],
        width=width,
    )
