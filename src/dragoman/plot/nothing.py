"""A chart of nothing: it says so, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dragoman.plot import marks
from dragoman.plot.look import TEXT, dressed, room, wrapped
from dragoman.plot.sheet import Sheet

if TYPE_CHECKING:
    from altair.typing import ChartType

_WHAT = {
    "matrix": "Nothing was told of these actors",
    "dyad": "Nothing was told of the two",
    "agreement": "Neither side has said anything",
    "signals": "No mixed signals",
    "events": "No events",
    "positions": "No positions",
    "happenings": "No acts",
}


def draw(sheet: Sheet) -> ChartType:
    """What was asked for, and that there is nothing of it."""
    import altair as alt

    who = ", ".join(sheet.name(actor) for actor in sheet.actors[:6]) + (" …" if len(sheet.actors) > 6 else "")
    why = str(sheet.about.get("empty") or "")
    for actor in sheet.actors:  # whoever said why had only codes
        why = sheet.name(actor).join(re.split(rf"(?<![\w:]){re.escape(actor)}(?!\w)", why))
    what = _WHAT.get(sheet.kind, "Nothing")
    said = why.casefold().startswith(what.casefold())
    lines = [
        "" if said else f"{what}{f', {sheet.span()}' if sheet.span() else ''}.",
        f"{why[:1].upper()}{why[1:]}." if why and not why.endswith(".") else why,
        *sheet.notes(),
    ]
    width = room(sheet.width)
    shown = [line for told in lines if told for line in wrapped(told, width * 0.9, TEXT + 1)]
    text = (
        marks.of([{"text": shown}])
        .mark_text(align="center", baseline="middle", fontSize=TEXT + 1, lineHeight=20, color=sheet.look.soft)
        .encode(text="text:N", x=alt.value(width / 2), y=alt.value(70))
        .properties(width=width, height=140, view=alt.ViewBackground(stroke=sheet.look.line, cornerRadius=4))
    )
    return dressed(text, sheet.look, title=sheet.title or who or "Nothing to show", notes=[], width=width)
