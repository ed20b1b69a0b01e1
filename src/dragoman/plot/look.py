"""How charts look: colours, letters, room. The colours are those of our pages.

Blue stands for cooperation, rust for conflict: the two stay apart for those who see no red or no green. Grey paper
loses them, so whatever sign or side matters is told by place, shape or a mark as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from altair.typing import ChartType

# what is there without the network; the last of each always is
SANS = "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
SERIF = "Palatino Linotype, Palatino, Georgia, Liberation Serif, DejaVu Serif, serif"
TEXT = 12  # pixels
SMALL = 11
LEAST = 9  # nothing is smaller
_TITLE = 19
_PADDING = 16


@dataclass(frozen=True)
class Look:
    """Colours of one mode."""

    paper: str
    ink: str
    soft: str
    line: str
    panel: str
    cooperation: tuple[str, str]  # in words, in deeds
    conflict: tuple[str, str]
    between: str  # neither
    ways: tuple[str, str]  # two directions, or two sides
    stances: tuple[str, str, str]  # for, on a condition, against: dark, light and between, so that grey tells them
    on_stances: tuple[str, str, str]  # letters on them
    diverging: tuple[str, ...]  # conflict to cooperation; the middle is nought, which is not empty
    more: tuple[str, ...]  # nought to much
    worse: tuple[str, ...]  # nought to much conflict
    on_strong: str  # letters on either end of the scales


LIGHT = Look(
    paper="#fcfbf8",
    ink="#23262b",
    soft="#62666e",
    line="#dedbd3",
    panel="#eeebe3",
    cooperation=("#8db8d4", "#1d5f8f"),
    conflict=("#e7a580", "#a8381f"),
    between="#a9a69d",
    ways=("#1f6f78", "#b8690a"),
    stances=("#1d5f8f", "#d3d0c8", "#d2683f"),
    on_stances=("#ffffff", "#23262b", "#23262b"),
    diverging=("#8a2a0c", "#c7663c", "#eab897", "#e9e6de", "#a8c8dc", "#4988b4", "#114a73"),
    more=("#e9e6de", "#bdd5d6", "#83b5ba", "#438a92", "#14525a"),
    worse=("#e9e6de", "#eac3a6", "#db8e63", "#b8532b", "#7a260a"),
    on_strong="#ffffff",
)
DARK = Look(
    paper="#17191c",
    ink="#e4e2dc",
    soft="#a2a5ab",
    line="#36393f",
    panel="#26292e",
    cooperation=("#3f7296", "#86c5ef"),
    conflict=("#96543a", "#f0907a"),
    between="#7d8087",
    ways=("#6fc3cc", "#e0b64f"),
    stances=("#8ccbf5", "#4d5057", "#d9734e"),
    on_stances=("#101214", "#e4e2dc", "#101214"),
    diverging=("#ffb391", "#e2774a", "#8d4f36", "#3d4046", "#33607f", "#4d9cd1", "#a9ddff"),
    more=("#33373c", "#2f585d", "#3d868d", "#63b6be", "#a8e6ec"),
    worse=("#38363a", "#6b4334", "#a85f40", "#e08a64", "#ffc4a6"),
    on_strong="#101214",
)


def dressed(chart: ChartType, look: Look, *, title: str, notes: Sequence[str], width: float) -> ChartType:
    """The chart with its title, what is to be said below it, and our colours and letters."""
    import altair as alt

    lines = [line for note in notes if note for line in wrapped(note, width, TEXT)]
    heading = alt.TitleParams(text=wrapped(title, width, _TITLE), subtitle=lines)
    spoken = " ".join((title + ".", *(note for note in notes if note)))
    whole: ChartType = chart.configure(**_config(look)).properties(title=heading, description=spoken, padding=_PADDING)
    return whole


def room(width: float) -> float:
    """What of the picture's width is left inside its border."""
    return width - 2 * _PADDING


def text_width(text: str, size: float) -> float:
    """About how many pixels wide a text is, without measuring it: every chart must look the same everywhere."""
    return sum(_width_of(letter) for letter in text) * size


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The text in lines no wider than this, broken at spaces; empty text is one empty line."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def cut(text: str, width: float, size: float) -> str:
    """The text, shortened with an ellipsis to about this width."""
    if text_width(text, size) <= width:
        return text
    kept = text
    while len(kept) > 1 and text_width(kept + "…", size) > width:
        kept = kept[:-1]
    return kept.rstrip(" ,;:-") + "…"


def _width_of(letter: str) -> float:
    if letter in "iljtfrI.,:;'|!() -[]":
        return 0.32
    if letter in "mwMW@%—→":
        return 0.88
    if ord(letter) >= 0x2E80:  # Chinese, Japanese, Korean: as wide as high
        return 1.0
    return 0.68 if letter.isupper() else 0.55


def _config(look: Look) -> dict[str, Any]:
    letters = {"labelFont": SANS, "titleFont": SANS, "labelColor": look.soft, "titleColor": look.soft}
    return {
        "background": look.paper,
        "font": SANS,
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "font": SERIF,
            "fontSize": _TITLE,
            "fontWeight": 600,
            "color": look.ink,
            "subtitleFont": SANS,
            "subtitleFontSize": TEXT,
            "subtitleColor": look.soft,
            "subtitleLineHeight": 16,
            "subtitlePadding": 6,
            "offset": 14,
        },
        "axis": {
            **letters,
            "labelFontSize": SMALL,
            "titleFontSize": SMALL,
            "titleFontWeight": "normal",
            "domainColor": look.line,
            "tickColor": look.line,
            "gridColor": look.line,
            "gridOpacity": 0.7,
        },
        "legend": {
            **letters,
            "labelFontSize": TEXT,
            "titleFontSize": SMALL,
            "titleFontWeight": "normal",
            "titleLimit": 0,
            "labelLimit": 0,
            "labelColor": look.ink,
        },
        "header": {"labelFont": SANS, "labelColor": look.ink, "labelFontSize": TEXT, "labelFontWeight": 600},
        "text": {"font": SANS, "color": look.ink, "fontSize": SMALL},
        "concat": {"spacing": 10},
    }
