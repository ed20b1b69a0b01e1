"""Two codings of a pair as people read them, as a table for spreadsheets, and the events they are made from.

found = compare(acts(ours), acts(theirs), ("USA", "RUS"))
stream.write(text(found))
write_csv(found, open("series.csv", "w", encoding="utf-8", newline=""))
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from dragoman.exchange.event_rows import EventRow, pairs
from dragoman.exchange.position_list import under
from dragoman.exchange.statements_csv import harmless
from dragoman.exchange.tables import columns, percent
from dragoman.records import Record
from dragoman.relate.compare import Comparison, Happened, Left, Way

COLUMNS = (
    "source", "target", "since", "until", "ours_events", "theirs_events", "ours_cooperation", "theirs_cooperation",
    "ours_conflict", "theirs_conflict", "ours_score", "theirs_score",
)  # fmt: skip


class ActRow(Record, frozen=True):
    """One event between one pair, with the words or the row that show it."""

    source: str
    target: str
    type: str
    quad: int
    score: float
    date: dt.date | None
    until: dt.date | None
    text: str


def acts(rows: Iterable[EventRow], *, undated: bool = False) -> Iterator[ActRow]:
    """A row for every pair of every event that is not negated; with `undated` the day of the article may stand in."""
    for row in rows:
        if row.status == "negated":
            continue
        first = row.day or (row.published if undated else None)
        where = f"{row.file}:{row.line}" if row.file else row.known_as
        told = row.words or " ".join(part for part in (row.cameo, row.url) if part)
        for one, other in pairs(row):
            if one and other and one.code and other.code and one.code != other.code:
                yield ActRow(
                    source=one.code,
                    target=other.code,
                    type=row.type,
                    quad=row.quad,
                    score=row.score,
                    date=first,
                    until=row.day_end if row.day else None,
                    text=f"{told} ({where})" if told else where,
                )


def text(found: Comparison, *, ours: str = "ours", theirs: str = "theirs", show: int = 10) -> str:
    """Both series, how they move together, and of the acts that only one has so many, for people."""
    one, other = found.pair
    lines = [f"{one} and {other}" + (f" from {found.since} until {found.until}" if found.since else "") + "\n"]
    for name, left in ((ours, found.ours_left), (theirs, found.theirs_left)):
        if told := _left(left):
            lines.append(f"{name}: {told}\n")
    if found.empty:
        return "".join([*lines, f"{found.empty}\n"])
    lines.append(
        f"{len(found.matches)} acts in both: {_share(found.theirs_found)} of {found.ours} in {ours}, "
        f"{_share(found.ours_found)} of {found.theirs} in {theirs}\n"
    )
    for way in found.ways:
        lines.append(f"\n{_name(way)}\n")
        lines.append(_series(way, ours, theirs))
        lines.append(_correlations(way))
    for name, only in ((ours, found.only_ours), (theirs, found.only_theirs)):
        lines.append(f"\nonly in {name}: {len(only)}\n")
        lines += [_act(act) for act in only[:show]]
        if len(only) > show:
            lines.append(f"    and {len(only) - show} more\n")
    return "".join(lines)


def write_csv(found: Comparison, stream: IO[str]) -> int:
    """How many rows were written: each way and both together (no source), period by period."""
    table = csv.writer(stream)
    table.writerow(COLUMNS)
    written = 0
    for way in found.ways:
        for point in way.series:
            sums = [
                getattr(side, name)
                for name in ("events", "cooperation", "conflict", "score")
                for side in (point.ours, point.theirs)
            ]
            ends = [harmless(way.source or ""), harmless(way.target or "")]
            table.writerow([*ends, point.period.start, point.period.end, *sums])
            written += 1
    return written


def _name(way: Way) -> str:
    return f"{way.source} to {way.target}" if way.source else "both ways together"


def _left(left: Left) -> str:
    parts = [
        (left.undated, "without a day"),
        (left.outside, "outside these days"),
        (left.coarse, "dated too broadly"),
    ]
    return ", ".join(f"{number} left out {why}" for number, why in parts if number)


def _share(share: float | None) -> str:
    return "none" if share is None else f"{percent(share)} %"


def _series(way: Way, ours: str, theirs: str) -> str:
    head = ["period", *(f"{side} {name}" for name in ("events", "coop.", "confl.") for side in (ours, theirs))]
    rows = [
        [
            f"{p.period.start}",
            *(str(s.events) for s in (p.ours, p.theirs)),
            *(f"{s.cooperation:g}" for s in (p.ours, p.theirs)),
            *(f"{s.conflict:g}" for s in (p.ours, p.theirs)),
        ]
        for p in way.series
    ]
    return columns(head, rows)


def _correlations(way: Way) -> str:
    told: list[Sequence[str]] = []
    for c in way.correlations:
        if c.pearson is not None and c.low is not None and c.high is not None:
            rank = "" if c.spearman is None else f"{c.spearman:.2f}"
            told.append([c.measure, f"{c.pearson:.2f}", f"{c.low:.2f} to {c.high:.2f}", rank, str(c.periods)])
    if not told:
        return "no correlation: too few periods, or one side never changes\n"
    return columns(["correlation", "r", "interval", "rank", "periods"], told)


def _act(act: Happened) -> str:
    days = str(act.date) if act.until == act.date else f"{act.date} to {act.until}"
    reports = f", {act.reports} reports" if act.reports > 1 else ""
    return under(f"{days}: {act.source} to {act.target}, {act.type}{reports}: {act.text}", 4)
