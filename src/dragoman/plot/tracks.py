"""Mixed signals: cooperation above, pressure below, on the same days, and how mixed they are together."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from dragoman.plot import marks, times
from dragoman.plot.look import TEXT, dressed, room
from dragoman.plot.sheet import Sheet, counted, day_words, number

if TYPE_CHECKING:
    from altair.typing import ChartType

_MOST_PAIRS = 6
_TRACKS, _SCORE = 120, 56
_MARGIN = 52
_THINNEST = 3.0  # pixels of a signal
_COLUMNS = {"cooperative": ("cooperative", "cooperation"), "coercive": ("coercive", "coercion")}


def draw(sheet: Sheet) -> ChartType:
    """Two strips for each direction: both tracks, and the score."""
    import altair as alt

    look, width = sheet.look, room(sheet.width)
    across = width - _MARGIN - 6
    rows = [row for row in sheet.rows if times.day(row.get("start"))]
    pairs = list(dict.fromkeys((row.get("source"), row.get("target")) for row in rows))
    pairs.sort(key=lambda pair: -sum((row.get("source"), row.get("target")) == pair for row in rows))
    names = sheet.labels([actor for pair in pairs for actor in pair if actor], 200, TEXT)
    first = times.day(sheet.about.get("since")) or min(d for row in rows if (d := times.day(row["start"])))
    last = times.day(sheet.about.get("until")) or max(
        d for row in rows if (d := times.day(row.get("end")) or times.day(row["start"]))
    )
    unit = times.fitting([first, last], 120)
    starts = times.all_starts(first, last, unit)
    when = times.scale(starts, unit)
    days = (times.end_of(starts[-1], unit) - starts[0]).days
    least = days * _THINNEST / across / 2
    most = max([1.0, *(abs(_weight(row, track)) for row in rows for track in _COLUMNS)])
    strips: list[Any] = []
    for number_, pair in enumerate(pairs[:_MOST_PAIRS], 1):
        one, other = pair
        theirs = [row for row in rows if (row.get("source"), row.get("target")) == pair]
        named = f"{names[one]} → {names[other]}" if one and other else None
        final = number_ == min(len(pairs), _MOST_PAIRS)
        axis = times.axis(starts, unit, across, on_days=True, labels=final, ticks=final, domain=False)
        two = _strips(sheet, theirs, named, when, axis, across, least, most)
        strips.append(alt.vconcat(*two, spacing=12, bounds="flush"))
    stacked = alt.vconcat(*strips, spacing=16)
    notes = [f"{counted(len(rows), 'stretch', 'stretches')} with both{f', {sheet.span()}' if sheet.span() else ''}."]
    gap = sheet.about.get("days")
    if gap:
        notes[0] = f"{notes[0][:-1]}; both within {counted(gap, 'day')}."
    notes.append("The score is 0 where one track stands alone, and nears 1 where both weigh the same on much evidence.")
    if len(pairs) > _MOST_PAIRS:
        notes.append(f"Of {len(pairs)} pairs the {_MOST_PAIRS} with most are shown.")
    who = " and ".join(sheet.name(actor) for actor in sheet.actors[:2]) if len(sheet.actors) == 2 else ""
    title = sheet.title or (f"Mixed signals: {who}" if who else "Mixed signals")
    return dressed(stacked, look, title=title, notes=[notes[0], " ".join(notes[1:]), *sheet.notes()], width=width)


def _strips(
    sheet: Sheet, rows: list[dict[str, Any]], named: str | None, when: Any, axis: Any, across: float, least: float,
    most: float,
) -> list[Any]:  # fmt: skip
    import altair as alt

    look = sheet.look
    bars, scores = [], []
    for row in rows:
        start = times.day(row["start"]) or dt.date.min
        end = times.day(row.get("end")) or start
        told = {
            "when": day_words(start) if start == end else f"{day_words(start)} to {day_words(end)}",
            "who": named or "",
            "score": row.get("score"),
            "shown": number(row.get("score"), 2),
            "nought": 0,
        }
        middle = dt.datetime.combine(start, dt.time()) + (dt.timedelta(days=(end - start).days + 1)) / 2
        half = max(dt.timedelta(days=(end - start).days + 1) / 2, dt.timedelta(days=least))
        told |= {"at": middle.isoformat(timespec="seconds")}
        scores.append(told)
        for track, sign in (("cooperative", 1), ("coercive", -1)):
            bars.append(
                told
                | {
                    "begin": (middle - half).isoformat(timespec="seconds"),
                    "finish": (middle + half).isoformat(timespec="seconds"),
                    "track": "cooperation" if sign > 0 else "pressure",
                    "height": sign * abs(_weight(row, track)),
                    "weight": number(abs(_weight(row, track)), 1),
                    "words": marks.brief(row.get(f"{track}_words")),
                }
            )
    hues = alt.Scale(domain=["cooperation", "pressure"], range=[look.cooperation[1], look.conflict[1]])
    legend = alt.Legend(title=None, orient="top", direction="horizontal", symbolType="square", offset=4)
    ends: dict[str, Any] = {
        "minExtent": _MARGIN - 14,
        "maxExtent": _MARGIN - 14,
        "domain": False,
        "ticks": False,
        "titlePadding": 6,
    }
    silent = times.axis([], "day", across).copy()
    silent.values, silent.labels, silent.ticks, silent.domain = axis.values, False, False, False
    tips = marks.tips(who="Who", when="When", track="Track", weight="Weight", shown="Score", words="Best words")
    both = marks.of(bars).mark_rect(stroke=look.paper, strokeWidth=0.4).encode(
        x=alt.X("begin:T", scale=when, axis=silent),
        x2="finish:T",
        y=alt.Y("height:Q", title="Weight", scale=alt.Scale(domain=[-most * 1.06, most * 1.06], nice=False),
                axis=alt.Axis(labelExpr="format(abs(datum.value), '~s')", tickCount=5, **ends)),
        y2="nought:Q",
        color=alt.Color("track:N", scale=hues, legend=legend),
        tooltip=tips,
    )  # fmt: skip
    upper = alt.layer(both, marks.nought(look)).properties(width=across, height=_TRACKS)
    if named:
        upper = upper.properties(title=alt.TitleParams(text=named, fontSize=TEXT, color=look.ink, offset=6,
                                                       font="sans-serif", frame="group"))  # fmt: skip
    read = marks.tips(who="Who", when="When", shown="Score")
    base = marks.of(scores).encode(x=alt.X("at:T", scale=when, axis=axis), tooltip=read)
    height = alt.Y("score:Q", title="Score", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=2, **ends))
    stalks = base.mark_rule(color=look.soft).encode(y=height, y2="nought:Q")
    heads = base.mark_point(filled=True, size=42, opacity=1, color=look.ink).encode(y=height)
    return [upper, alt.layer(stalks, heads).properties(width=across, height=_SCORE)]


def _weight(row: dict[str, Any], track: str) -> float:
    return next((float(row[name]) for name in _COLUMNS[track] if row.get(name) is not None), 0.0)
