"""What several charts have in common: rows to draw, what a pointer reads, the line of nought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dragoman.plot.look import Look

if TYPE_CHECKING:
    import altair as alt

_MOST_LETTERS = 160  # of somebody's words under the pointer


def of(rows: Sequence[dict[str, Any]]) -> alt.Chart:
    """A chart of these rows that has no marks yet."""
    import altair as alt

    return alt.Chart(alt.InlineData(values=tuple(rows)))


def tips(**called: str) -> list[alt.Tooltip]:
    """What a pointer reads: field -> what it is called."""
    import altair as alt

    return [alt.Tooltip(field=field, type="nominal", title=title) for field, title in called.items()]


def nought(look: Look) -> alt.Chart:
    """The line of nought, to be laid over others."""
    made: alt.Chart = of([{"nought": 0}]).mark_rule(color=look.soft, strokeWidth=0.8).encode(y="nought:Q")
    return made


def brief(words: Any) -> str:
    """Somebody's words, short enough to be read under a pointer; a dash for none."""
    text = " ".join(str(words or "–").split())
    return text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1].rstrip() + "…"
