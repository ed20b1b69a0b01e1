"""Figures as columns of plain text, which a pipe carries as well as a screen shows them.

columns(["group", "F1"], [["all", "72.4"]])      # the first column to the left, the others to the right
passage("missed", "who said what", width=100)    # a label, and words that go on under each other
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

from dragoman.exchange import words

GAP = "  "


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, each line with its end; columns are as wide as what stands in them."""
    lines = [[_clean(cell) for cell in line] for line in (head, *rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return "".join(_line(line, widths) for line in lines)


def passage(label: str, told: str, *, width: int = 100, indent: int = 4) -> str:
    """A label and what is told under it, wrapped; each line with its end."""
    lead = " " * indent
    lines = textwrap.wrap(_clean(told), width, initial_indent=lead, subsequent_indent=lead)
    return "".join(f"{line}\n" for line in (_clean(label), *lines))


def percent(share: float) -> str:
    """72.4 for 0.724."""
    return f"{100 * share:.1f}"


def between(interval: tuple[float, float]) -> str:
    """70.9–73.8 for (0.709, 0.738)."""
    return f"{percent(interval[0])}–{percent(interval[1])}"


def cut(told: str, most: int) -> str:
    """The words, and where they are too many their beginning and end: both tell where something went wrong."""
    if len(told) <= most:
        return told
    half = (most - 3) // 2
    return f"{told[:half].rstrip()} … {told[-half:].lstrip()}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell + " " * (width - _width(cell)) if n == 0 else " " * (width - _width(cell)) + cell
        for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return GAP.join(padded).rstrip() + "\n"


def _width(cell: str) -> int:
    """Columns on a screen: Chinese, Japanese and Korean characters take two, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in cell)


def _clean(cell: str) -> str:
    return " ".join(words.plain(cell).split())
