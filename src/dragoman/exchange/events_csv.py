"""Events as a table for spreadsheets and statistics, a row each, and back.

written = write(rows, open("events.csv", "w", encoding="utf-8", newline=""))
for found in read(open("events.csv", encoding="utf-8", newline="")): ...     # EventRow or SetAside

Where several take part their codes, sectors and names stand in one cell with | between them, in the same order in each
of the three; sectors of one party have a blank between them. Cells that a spreadsheet would run as a formula get an
apostrophe before them, which `read` takes away.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import msgspec

from dragoman.exchange import cells, given
from dragoman.exchange.account import Account, Written
from dragoman.exchange.event_rows import EventRow, Party
from dragoman.exchange.lines import Source, name_of, opened
from dragoman.exchange.set_aside import SetAside, Unfit

COLUMNS = (
    "id", "date", "until", "granularity", "published", "source", "source_sectors", "source_names", "target",
    "target_sectors", "target_names", "type", "mode", "quad", "score", "status", "contexts", "issues", "place",
    "country", "latitude", "longitude", "geonames", "site", "url", "title", "words", "confidence", "reason", "article",
    "origin", "file", "line", "cameo", "goldstein", "extra",
)  # fmt: skip
_TEXTS = (
    "mode",
    "granularity",
    "place",
    "country",
    "site",
    "url",
    "title",
    "words",
    "reason",
    "article",
    "file",
    "cameo",
)
_REALS = ("latitude", "longitude", "goldstein", "score", "confidence")
CARRIED = (
    "day_end", "published", "mode", "score", "status", "sectors", "names", "contexts", "issues", "words", "place",
    "country", "coordinates", "geonames", "site", "url", "title", "article", "confidence", "reason", "cameo",
    "goldstein", "line", "extra",
)  # fmt: skip


def write(rows: Iterable[EventRow], stream: IO[str]) -> Written:
    """What was written to the stream (UTF-8, newline=""), under a line of column names."""
    account = Account(CARRIED)
    table = csv.writer(stream)
    table.writerow(COLUMNS)
    for row in rows:
        found = _cells(row)
        table.writerow([cells.sheet_cell(c) if isinstance(c, str) else c for c in (found[name] for name in COLUMNS)])
        account.wrote()
        account.look(row)
    return account.written()


def read(stream: Iterable[str], name: str = "events") -> Iterator[EventRow | SetAside]:
    """The events of such a table, whatever the order of its columns, and the rows that are none."""
    table = csv.reader(stream, strict=True)
    names: list[str] = []
    while True:
        cut: list[str] = []
        try:
            cut = next(table)
            if not names:
                first = [cut[0].removeprefix("\ufeff"), *cut[1:]] if cut else []
                names = given.columns(first, ("type", "source", "target"), "events.csv")
            elif cut:
                yield _event(given.by_name(names, [cells.plain(cell) for cell in cut]), name, table.line_num)
        except StopIteration:
            return
        except (Unfit, csv.Error) as fault:
            found, wanted = (fault.found, fault.wanted) if isinstance(fault, Unfit) else (str(fault), "CSV")
            yield SetAside(file=name, line=table.line_num, found=found, wanted=wanted, raw=",".join(cut))
            if not names:
                return


def read_file(source: Source) -> Iterator[EventRow | SetAside]:
    """The same out of a file, packed or not. Raises SourceError where it cannot be opened."""
    name = name_of(source)
    with opened(source) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        counted = _Counted(text)
        try:
            yield from read(counted, name)
        except (UnicodeDecodeError, OSError, EOFError, zlib.error) as fault:
            where = counted.lines + 1
            yield SetAside(
                file=name, line=where, found=f"the table breaks off: {fault}", wanted="the whole file, in UTF-8"
            )
        finally:
            text.detach()


def is_head(line: str) -> bool:
    """Whether this is the first line of such a table."""
    return {"type", "quad", "source_sectors", "target_sectors"} <= set(line.split(","))


class _Counted:
    # which line a fault of the file itself stands in, the reader of the table cannot tell
    def __init__(self, stream: Iterable[str]) -> None:
        self.lines = 0
        self._stream = stream

    def __iter__(self) -> Iterator[str]:
        for line in self._stream:
            self.lines += 1
            yield line


def _cells(row: EventRow) -> dict[str, Any]:
    """Texts, which are made harmless, and numbers, which are so."""
    out: dict[str, Any] = {name: getattr(row, name) or "" for name in _TEXTS}
    out |= {name: "" if (v := getattr(row, name)) is None else float(v) for name in _REALS}
    out |= {
        "id": row.id,
        "date": row.day.isoformat() if row.day else "",
        "until": row.day_end.isoformat() if row.day_end else "",
        "published": row.published.isoformat() if row.published else "",
        "type": row.type,
        "quad": row.quad,
        "status": row.status,
        "contexts": cells.listed(row.contexts),
        "issues": cells.listed(row.issues),
        "geonames": "" if row.geonames is None else row.geonames,
        "origin": row.origin,
        "line": "" if row.line is None else row.line,
        "extra": msgspec.json.encode(row.extra).decode() if row.extra else "",
    }
    for side, parties in (("source", row.sources), ("target", row.targets)):
        out[side] = cells.listed([p.code or "" for p in parties])
        out[f"{side}_sectors"] = cells.listed([" ".join(p.sectors) for p in parties])
        out[f"{side}_names"] = cells.listed([p.name or p.words or "" for p in parties])
    return out


def _event(cell: Mapping[str, str], name: str, line: int) -> EventRow:
    quad = cells.whole(cell.get("quad", ""), "quad")
    score = cells.number(cell.get("score", ""), "score", low=-10, high=10)
    if not cell["type"] or quad not in (1, 2, 3, 4) or score is None:
        raise Unfit("no type, quad or score", "a type of event, its quad class from 1 to 4, its score")
    confidence = cells.number(cell.get("confidence", ""), "confidence", low=0, high=1)
    return EventRow(
        id=cell.get("id") or f"{name}:{line}",
        type=cell["type"],
        mode=cell.get("mode") or None,
        quad=quad,
        score=score,
        sources=_parties(cell, "source"),
        targets=_parties(cell, "target"),
        day=_day(cell, "date"),
        day_end=_day(cell, "until"),
        granularity=cell.get("granularity") or None,
        published=_day(cell, "published"),
        status=cell.get("status") or "actual",
        contexts=tuple(cells.unlisted(cell.get("contexts", ""))),
        issues=tuple(cells.unlisted(cell.get("issues", ""))),
        place=cell.get("place") or None,
        country=cell.get("country") or None,
        latitude=cells.number(cell.get("latitude", ""), "latitude", low=-90, high=90),
        longitude=cells.number(cell.get("longitude", ""), "longitude", low=-180, high=180),
        geonames=cells.whole(cell.get("geonames", ""), "geonames"),
        site=cell.get("site") or None,
        url=cell.get("url") or None,
        title=cell.get("title") or None,
        words=cell.get("words") or None,
        confidence=1.0 if confidence is None else confidence,
        reason=cell.get("reason") or None,
        article=cell.get("article") or None,
        origin=cell.get("origin") or "csv",
        file=cell.get("file") or None,
        line=cells.whole(cell.get("line", ""), "line"),
        cameo=cell.get("cameo") or None,
        goldstein=cells.number(cell.get("goldstein", ""), "goldstein", low=-10, high=10),
        extra=_extra(cell.get("extra", "")),
    )


def _parties(cell: Mapping[str, str], side: str) -> tuple[Party, ...]:
    codes, sectors, names = (cells.unlisted(cell.get(f"{side}{what}", "")) for what in ("", "_sectors", "_names"))
    number = max(len(codes), len(sectors), len(names))
    out = []
    for code, several, name in zip(*(_filled(column, number) for column in (codes, sectors, names)), strict=True):
        found = several.split(" ") if several else []
        out.append(
            Party(code=code or None, sector=found[0] if found else None, others=tuple(found[1:]), name=name or None)
        )
    return tuple(out)


def _filled(column: Sequence[str], number: int) -> list[str]:
    if column and len(column) != number:
        raise Unfit(f"{len(column)} parts where {number} take part", "as many codes, sectors and names, parted by |")
    return list(column) or [""] * number


def _day(cell: Mapping[str, str], name: str) -> dt.date | None:
    return given.day(cell[name], name) if cell.get(name) else None


def _extra(cell: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(cell, type=dict[str, str]) if cell else {}
    except msgspec.MsgspecError as fault:
        raise Unfit(f"extra is {cell[:40]!r}", "a JSON object of texts, or nothing") from fault
