"""Positions as people read them, as a table for spreadsheets, and as JSON.

stream.write(text(found))
write_csv(found.rows, open("positions.csv", "w", encoding="utf-8", newline=""))
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import IO, Any

from dragoman.exchange.statements_csv import harmless
from dragoman.exchange.tables import columns, passage
from dragoman.relate.listed import Listed, Listing

COLUMNS = (
    "date", "until", "actor", "issue", "stance", "regarding", "toward", "shared_with", "reporter", "person",
    "condition", "text", "spans", "confidence", "article", "outlet", "title", "url",
)  # fmt: skip
SHORT = 14  # characters of a document's name: enough to find it by


def text(found: Listing) -> str:
    """How many there are by actor and stance, then each with its words, for people."""
    if not found.rows:
        return f"{found.empty}\n"
    out = [_count(found.rows)]
    if found.undated:
        out.append(f"{found.undated} left out: without a day close enough to tell\n")
    out.append("\n" + _overview(found.rows))
    for row in found.rows:
        out.append("\n" + passage(_label(row), f"“{row.text}”"))
        if row.condition:
            out.append(under(f"on the condition “{row.condition}”", 4))
        out.append(under(_document(row), 4))
        out.append(f"    {row.url}\n" if row.url else "")
    return "".join(out)


def write_csv(rows: Iterable[Listed], stream: IO[str]) -> int:
    """How many positions were written, a row each; cells that a spreadsheet would run get an apostrophe before them."""
    table = csv.writer(stream)
    table.writerow(COLUMNS)
    written = 0
    for row in rows:
        table.writerow([harmless(_cell(row, name)) for name in COLUMNS])
        written += 1
    return written


def write_json(found: Listing, stream: IO[str]) -> None:
    """One JSON object: `rows`, and what was left out and why."""
    json.dump(found.to_dict(), stream, ensure_ascii=False, indent=2)
    stream.write("\n")


def day(first: object, last: object) -> str:
    """`2019-05-14`, or from when to when; words where nobody knows."""
    if first is None:
        return "no date"
    return str(first) if last in (None, first) else f"{first} to {last}"


def under(told: str, indent: int) -> str:
    """What is told, wrapped, without a label over it; each line with its end."""
    return passage("", told, indent=indent).removeprefix("\n")


def _count(rows: Iterable[Listed]) -> str:
    rows = list(rows)
    parts = [
        (len(rows), "position"),
        (len({r.actor for r in rows}), "actor"),
        (len({r.article for r in rows}), "document"),
    ]
    return ", ".join(f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in parts) + "\n"


def _overview(rows: Iterable[Listed]) -> str:
    stances = ("for", "against", "conditional", "neutral")
    tally: dict[str, dict[str, int]] = {}
    for row in rows:
        line = tally.setdefault(row.actor, dict.fromkeys((*stances, "reported"), 0))
        line[row.stance if row.own else "reported"] += 1
    lines = sorted(tally.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    return columns(["actor", *stances, "reported"], [[name, *map(str, line.values())] for name, line in lines])


def _label(row: Listed) -> str:
    about = [f"toward {row.toward}"] if row.toward else []
    about += [f"regarding {row.regarding}"] if row.regarding else []
    about += [f"shared with {', '.join(row.shared_with)}"] if row.shared_with else []
    about += [f"as {row.reporter} reports"] if not row.own else []
    who = ", ".join([f"{row.actor} {row.stance} {row.issue}", *about])
    return f"{day(row.date, row.until)}: {who}" + (f" ({row.person})" if row.person else "")


def _document(row: Listed) -> str:
    return ", ".join(part for part in (row.title, row.outlet, row.article[:SHORT]) if part)


def _cell(row: Listed, name: str) -> str:
    value: Any = getattr(row, name)
    if value is None:
        return ""
    if name == "spans":
        return " ".join(f"{start}-{end}" for start, end in value)
    return " ".join(value) if isinstance(value, tuple) else str(value)
