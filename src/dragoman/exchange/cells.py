"""Cells of tables: harmless to spreadsheets, one line each, and back to what they held.

"\\t".join(map(tab_cell, ["USA", "=1+1"]))     # "USA\\t'=1+1"
tab_cells("USA\\t'=1+1")                       # ["USA", "=1+1"]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dragoman.exchange.set_aside import Unfit
from dragoman.exchange.statements_csv import harmless

_BREAKS = re.compile("\r\n|[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LONE = re.compile("[\ud800-\udfff]")  # halves of a character, which no file can hold
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?")
_QUOTED = re.compile('"(?:[^"]|"")*"')


def sheet_cell(cell: str) -> str:
    """The cell for a CSV file that spreadsheets open: what one would run as a formula gets an apostrophe before it.

    A negative number is no formula, and stays one.
    """
    return cell if _NUMBER.fullmatch(cell) else harmless(whole_text(cell))


def whole_text(cell: str) -> str:
    """The text without halves of characters, which no file in UTF-8 can hold."""
    return _LONE.sub("\ufffd", cell)


def plain(cell: str) -> str:
    """The cell as it was before `sheet_cell`."""
    return cell[1:] if cell.startswith("'") and harmless(cell) != cell else cell


def tab_cell(cell: str) -> str:
    """The cell for a table with tabs, as `sheet_cell`; tabs and line breaks become blanks."""
    if not cell or cell.isalnum():
        return cell
    found = sheet_cell(_BREAKS.sub(" ", cell))
    # a reader that knows quotes would look for the end of one
    return '"' + found.replace('"', '""') + '"' if found.startswith('"') else found


def has_breaks(cells: Iterable[str]) -> bool:
    """Whether one of the cells holds what a table with tabs cannot."""
    return _BREAKS.search("".join(cells)) is not None


def tab_cells(line: str) -> list[str]:
    """The cells of a line of a table with tabs, whether its writer used quotes or not."""
    if '"' not in line and "'" not in line:
        return line.split("\t")
    return [plain(_unquoted(cell)) for cell in line.split("\t")]


def listed(values: Sequence[str]) -> str:
    """Several values in one cell, with | between them; a | inside one has a backslash before it."""
    return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


def unlisted(cell: str) -> list[str]:
    """The values of such a cell; none of an empty one."""
    if not cell:
        return []
    if "\\" not in cell:
        return cell.split("|")
    out, escaped = [""], False
    for letter in cell:
        if letter == "|" and not escaped:
            out.append("")
        elif letter == "\\" and not escaped:
            escaped = True
            continue
        else:
            out[-1] += letter
        escaped = False
    return out


def number(cell: str, what: str, *, low: float, high: float) -> float | None:
    """The number in a cell, None of an empty one. Raises Unfit."""
    if not cell.strip():
        return None
    try:
        found = float(cell)
    except ValueError:
        found = float("nan")
    if not low <= found <= high:
        raise Unfit(f"{what} is {cell!r}", f"a number from {low:g} to {high:g}, or nothing")
    return found


def whole(cell: str, what: str) -> int | None:
    """The whole number in a cell, None of an empty one. Raises Unfit."""
    if not cell.strip():
        return None
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,18}(?:\.0*)?\s*", cell):
        raise Unfit(f"{what} is {cell!r}", "a whole number, or nothing")
    return int(cell.strip().partition(".")[0])


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and _QUOTED.fullmatch(cell) else cell
