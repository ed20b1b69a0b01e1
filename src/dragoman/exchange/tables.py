"""Figures as columns of plain text, which a pipe carries as well as a screen shows them.

columns(["group", "F1"], [["all", "72.4"]])      # the first column to the left, the others to the right
passage("missed", "who said what", width=100)    # a label, and words that go on under each other

Where no width is given it is that of the terminal which standard output is, up to 100 columns, else 100.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence

from dragoman.exchange import words

GAP = "  "
WIDEST = 100  # columns of running words


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, each line with its end; columns are as wide as what stands in them, closer where there is no room."""
    lines = [[_clean(cell) for cell in line] for line in (head, *rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    gap = GAP if sum(widths) + len(GAP) * (len(widths) - 1) <= _room() else " "
    return "".join(_line(line, widths, gap) for line in lines)


def passage(label: str, told: str, *, width: int | None = None, indent: int = 4) -> str:
    """A label and what is told under it, both wrapped; each line with its end. Addresses stay whole."""
    lead, width = " " * indent, screen() if width is None else width
    head = _wrapped(_clean(label), width, "", "  ")
    return "".join(f"{line}\n" for line in (*(head or [""]), *_wrapped(_clean(told), width, lead, lead)))


def screen() -> int:
    """Columns for running words: those of the terminal, where standard output is one, but never more than WIDEST."""
    return min(WIDEST, _room())


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


def _room() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 10**6


def _wrapped(told: str, width: int, first: str, then: str) -> list[str]:
    lines = textwrap.wrap(
        told, width, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )
    # a word that no line holds, as of Chinese or Japanese, is broken all the same; an address is not
    return [
        part
        for line in lines
        for part in (
            [line] if len(line) <= width or "://" in line else textwrap.wrap(line, width, subsequent_indent=then)
        )
    ]


def _line(cells: Sequence[str], widths: Sequence[int], gap: str) -> str:
    padded = [
        cell + " " * (width - _width(cell)) if n == 0 else " " * (width - _width(cell)) + cell
        for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return gap.join(padded).rstrip() + "\n"


def _width(cell: str) -> int:
    """Columns on a screen: Chinese, Japanese and Korean characters take two, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in cell)


def _clean(cell: str) -> str:
    return " ".join(words.plain(cell).split())
