"""Answers of a store for people at a terminal: a matrix as a grid, a pair over time, records with their words.

grid(rows, show="mean", width=100)      # rows act on columns
series(rows, "USA", "RUS")              # both directions side by side
events(rows); statements(rows); sentences(rows); sheet(rows)

Rows are dictionaries, as an Answer holds them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from dragoman.exchange import answers
from dragoman.exchange.tables import columns, cut, passage

Row = Mapping[str, Any]

SHOWN: dict[str, Callable[[Row], str]] = {
    "mean": lambda row: f"{row['mean']:+.1f} ({row['events']})",
    "sum": lambda row: f"{row['sum']:+.1f}",
    "events": lambda row: str(row["events"]),
}
_TOLD = {
    "mean": "mean PLOVER score from -10 to 10, and in brackets how many events",
    "sum": "sum of PLOVER scores",
    "events": "how many events",
}
_CELL = 60  # characters
_SHORT = 14  # characters of an article's id: enough to find it by


def grid(
    rows: Sequence[Row],
    *,
    show: str,
    width: int,
    by: str = "all",
    order: Sequence[str] = (),
    most: int | None = None,
) -> tuple[str, int]:
    """A grid for each period, row acts on column, and how many actors had no room in it.

    Several actors stand in this order, else those of most events first: `most` of them, or as many as the width holds.
    """
    cells = [(row, SHOWN[show](row)) for row in rows]
    actors = _by_events(rows)
    if len(order) > 1:
        actors = [name for name in order if name in actors]
    if most is None:
        label = max((len(name) for name in actors), default=0)
        wide = 2 + max([len(text) for _, text in cells] + [label])
        most = max(2, (width - label) // wide)
    kept = actors[:most]
    out = []
    for period, group in groupby(cells, key=lambda one: one[0].get("period")):
        texts = {(row["source"], row["target"]): text for row, text in group}
        acting = [name for name in kept if any((name, other) in texts for other in kept)]
        upon = [name for name in kept if any((other, name) in texts for other in kept)]
        if acting:
            head = [_period(period, by) if period else "", *upon]
            out.append(columns(head, [[name, *(texts.get((name, other), "") for other in upon)] for name in acting]))
    out.append(f"Row acts on column: {_TOLD[show]}. Empty: no event.\n")
    return "\n".join(out), len(actors) - len(kept)


def series(rows: Sequence[Row], one: str, other: str, *, by: str = "all") -> str:
    """What the two did to each other, a line for each period."""
    ways = ((one, other), (other, one))
    head = ["period", *(part for a, b in ways for part in (f"{a} > {b}", "mean", "cooperation", "conflict"))]
    lines = []
    for period, group in groupby(rows, key=lambda row: row.get("period")):
        found = {(row["source"], row["target"]): row for row in group}
        lines.append([_period(period, by), *(cell for way in ways for cell in _sums(found.get(way)))])
    return columns(head, lines)


def events(rows: Iterable[Row]) -> str:
    """Each event: day, who and whom, type, status, score, and the words."""
    return "\n".join(passage(_event(row), f"“{row['words']}”") for row in rows)


def statements(rows: Iterable[Row]) -> str:
    """Each statement: day, who says, to whom, and the words said."""
    return "\n".join(passage(_statement(row), f"“{row['said']}”") for row in rows)


def sentences(rows: Iterable[Row]) -> str:
    """Each sentence that was found: day, where, whom it names, and the words."""
    out = []
    for row in rows:
        about = [", ".join(row["actors"]), ", ".join(f"{one['kind']} {one['id']}" for one in row["records"])]
        out.append(passage(_label(row["day"], [*about, *_where(row)]), f"“{row['words']}”"))
    return "\n".join(out)


def sheet(names: Sequence[str], rows: Iterable[Row]) -> str:
    """Any rows as columns; long cells are cut in the middle."""
    return columns(names, [[cut(answers.cell(value), _CELL) for value in row.values()] for row in rows])


def _period(first: dt.date | None, by: str) -> str:
    if first is None:
        return "all"
    if by == "quarter":
        return f"{first.year}-Q{(first.month + 2) // 3}"
    return first.isoformat()[: {"year": 4, "month": 7}.get(by, 10)]


def _by_events(rows: Sequence[Row]) -> list[str]:
    count: Counter[str] = Counter()
    for row in rows:
        count[row["source"]] += row["events"]
        count[row["target"]] += row["events"]
    return sorted(count, key=lambda name: (-count[name], name))


def _sums(row: Row | None) -> list[str]:
    if row is None:
        return ["", "", "", ""]
    return [str(row["events"]), *(f"{row[name]:+.1f}" for name in ("mean", "cooperation", "conflict"))]


def _event(row: Row) -> str:
    mutual = not row["targets"]
    who = " – ".join(row["sources"]) if mutual else f"{', '.join(row['sources'])} > {', '.join(row['targets'])}"
    kind = f"{row['type']} {row['mode']}" if row["mode"] else row["type"]
    parts = [who, kind, row["status"], f"{row['score']:+.1f}"]
    return _label(row["day"] or _about(row["published"]), [*parts, *_where(row)])


def _statement(row: Row) -> str:
    who = f"{row['speaker_name'] or 'somebody'}" + (f" ({row['speaker']})" if row["speaker"] else "")
    to = row["addressee"] or row["addressee_name"]
    return _label(row["day"], [who + (f" to {to}" if to else ""), row["act"], *_where(row)])


def _label(day: dt.date | str | None, parts: Sequence[str | None]) -> str:
    return f"{day or 'no date'}: {', '.join(part for part in parts if part)}"


def _about(published: dt.date | None) -> str | None:
    return f"no date, published {published}" if published else None


def _where(row: Row) -> list[str | None]:
    return [row["site"], str(row["article"])[:_SHORT]]
