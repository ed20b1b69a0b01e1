"""Acts for people at a terminal: who did what to whom, how many tell it, the best sentence, and where they differ.

happenings(rows)      # rows as `desk.happened.Act`
reports(rows)         # rows of events with `happening`, act by act
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from dragoman.exchange.tables import passage, screen

Row = Mapping[str, Any]

_SHORT = 14  # characters of an article's id: enough to find it by
_NAMED = 4  # outlets


def happenings(rows: Iterable[Row]) -> str:
    """Each act: days, who and whom, type, status, score, place; how many reports; the words; the differences."""
    return "\n".join(_act(row) for row in rows)


def reports(rows: Iterable[Row]) -> str:
    """Each act with all its reports, the one that stands for it first."""
    out = []
    for _, group in groupby(rows, key=lambda row: row["happening"] or (row["article"], row["id"])):
        told = [*group]
        lines = [passage(f"{_label(told[0], told[0]['day'], told[0]['day_end'])}; {_number(len(told), 'report')}", "")]
        for row in told:
            about = [row["site"], str(row["article"])[:_SHORT], row["type"] if row["type"] != told[0]["type"] else None]
            about += [f"copy of {row['copy_of'][:_SHORT]}"] if row["copy_of"] else []
            report = passage(", ".join(filter(None, about)), f"“{row['words'] or ''}”", width=screen() - 4)
            lines.append(_indented(report))
        out.append("".join(lines))
    return "\n".join(out)


def _act(row: Row) -> str:
    outlets = ", ".join(row["outlets"][:_NAMED])
    more = f" and {len(row['outlets']) - _NAMED} more" if len(row["outlets"]) > _NAMED else ""
    told = _number(row["n_reports"], "report")
    if row["n_reports"] > row["independent"]:
        told += f", {row['independent']} without copies"
    label = f"{_label(row, row['first'], row['last'])}; {told}" + (f" ({outlets}{more})" if outlets else "")
    text = passage(label, f"“{row['words']}”")
    return text + "".join(passage("", line).removeprefix("\n") for line in row["differences"])


def _label(row: Row, first: dt.date | None, last: dt.date | None) -> str:
    days = f"{first or 'no date'}" if last in (None, first) else f"{first} to {last}"
    if first is None and row.get("published"):
        days = f"no date, published {row['published']}"
    mutual = not row["targets"]
    acting = ", ".join(row["sources"]) or "somebody"
    who = " – ".join(row["sources"]) if mutual else f"{acting} > {', '.join(row['targets'])}"
    kind = f"{row['type']} {row['mode']}" if row["mode"] else row["type"]
    parts = [who, kind, row["status"], f"{row['score']:+.1f}", row["place"]]
    return f"{days}: {', '.join(part for part in parts if part)}"


def _number(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
