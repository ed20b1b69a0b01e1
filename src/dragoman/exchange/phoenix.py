"""Phoenix and PETRARCH 2: tables with tabs, CAMEO codes of acts and actors.

for found in read("events.full.20150218.txt.gz", codes): ... # EventRow or SetAside

Three layouts are known by what stands in the file: the daily files of Phoenix (26 columns, no header), the lines that
PETRARCH 2 prints (date, source, target, code, then issues, ids of the stories, their sources and addresses, as far as
given), and tables with a first line that names source, target, code and date or story_date (the historical Phoenix
data, Althaus et al. 2020, whose commas are understood as well).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from dragoman.exchange import cells, given
from dragoman.exchange.crosswalk import Codes
from dragoman.exchange.event_rows import EventRow
from dragoman.exchange.lines import Source, name_of, taken
from dragoman.exchange.set_aside import SetAside, Unfit

ORIGIN = "phoenix"
DAILY = (
    "EventID", "Date", "Year", "Month", "Day", "SourceActorFull", "SourceActorEntity", "SourceActorRole",
    "SourceActorAttribute", "TargetActorFull", "TargetActorEntity", "TargetActorRole", "TargetActorAttribute",
    "EventCode", "EventRootCode", "PentaClass", "GoldsteinScore", "Issues", "ActionLat", "ActionLong", "LocationName",
    "GeoCountryName", "GeoStateName", "SentenceID", "URLs", "NewsSources",
)  # fmt: skip
PETRARCH = ("Date", "Source", "Target", "EventCode", "Issues", "StoryID", "NewsSources", "URLs")
# what a column of a table with a first line is called there -> the daily files' name
_HEADED = {
    "eid": "EventID", "event_id": "EventID", "date": "Date", "story_date": "Date", "source": "Source",
    "target": "Target", "code": "EventCode", "root_code": "EventRootCode", "goldstein": "GoldsteinScore",
    "joined_issues": "Issues", "lat": "ActionLat", "lon": "ActionLong", "placename": "LocationName",
    "countryname": "GeoCountryName", "statename": "GeoStateName", "aid": "StoryID", "url": "URLs", "urls": "URLs",
}  # fmt: skip
_USED = frozenset((
    "EventID", "Date", "Year", "Month", "Day", "Source", "Target", "SourceActorFull", "TargetActorFull", "EventCode",
    "EventRootCode", "GoldsteinScore", "ActionLat", "ActionLong", "LocationName", "GeoCountryName", "URLs",
    "NewsSources", "year", "month", "day", "SourceActorEntity", "SourceActorRole", "SourceActorAttribute",
    "TargetActorEntity", "TargetActorRole", "TargetActorAttribute", "source_root", "source_agent", "source_others",
    "target_root", "target_agent", "target_others",
))  # fmt: skip


def read(source: Source, codes: Codes, *, origin: str = ORIGIN) -> Iterator[EventRow | SetAside]:
    """The events of a file, and the rows that are none. Raises SourceError where the file cannot be opened."""
    name = name_of(source)
    names: list[str] = []
    started = commas = False

    def take(line: str, number: int) -> Iterator[EventRow]:
        nonlocal started, commas
        if not started:
            started = True
            if headed := names_in(line):
                names.extend(headed)
                commas = "\t" not in line
                return
        cut = next(csv.reader([line]), []) if commas else cells.tab_cells(line)
        yield _event(_row(names, cut), codes, origin, name, number)

    yield from taken(source, take)


def names_in(line: str) -> list[str]:
    """The names of columns, by the daily files' words, where this is a line of names; else nothing."""
    cut = cells.tab_cells(line) if "\t" in line else next(csv.reader([line]), [])
    names = [_HEADED.get(cell.strip().lower(), cell.strip()) for cell in cut]
    return names if {"Date", "Source", "Target", "EventCode"} <= set(names) else []


def _row(names: list[str], cut: list[str]) -> dict[str, str]:
    if names:
        return given.by_name(names, cut)
    if len(cut) == len(DAILY):
        row = dict(zip(DAILY, cut, strict=True))
        return row | {"Source": row["SourceActorFull"], "Target": row["TargetActorFull"]}
    if 4 <= len(cut) <= len(PETRARCH):
        return dict(zip(PETRARCH, cut, strict=False))
    raise Unfit(f"{len(cut)} columns", "26 columns (Phoenix) or 4 to 8 (PETRARCH 2) with a tab between each")


def _event(row: dict[str, str], codes: Codes, origin: str, name: str, number: int) -> EventRow:
    day = given.day(row["Date"])
    code, root = row["EventCode"].strip(), row.get("EventRootCode", "").strip()
    if root and (len(root) == 1 or not code.startswith(root)):
        raise Unfit(f"event code {code!r} and root code {root!r}", "codes that belong together, zeros in front kept")
    act = codes.happened(code)
    quad, score = codes.worth(act.type, act.mode)
    sources, targets = given.sides(codes.party(row["Source"]), codes.party(row["Target"]), swap=act.swap)
    country = row.get("GeoCountryName", "")
    addresses = [part for part in row.get("URLs", "").split(";") if part.strip()]
    url = addresses[0].strip() if addresses else None
    sites = row.get("NewsSources", "").strip()
    extra = given.beside(row, _USED)
    if len(addresses) > 1:
        extra["URLs"] = row["URLs"]
    return EventRow(
        id=row.get("EventID") or f"{name}:{number}",
        type=act.type,
        mode=act.mode,
        quad=quad,
        score=score,
        sources=sources,
        targets=targets,
        day=day,
        place=row.get("LocationName") or None,
        country=(country if country in codes.states else codes.actor_named(country) or country) or None,
        latitude=cells.number(row.get("ActionLat", ""), "latitude", low=-90, high=90),
        longitude=cells.number(row.get("ActionLong", ""), "longitude", low=-180, high=180),
        site=sites or given.site(url),
        url=url,
        origin=origin,
        file=name,
        line=number,
        cameo=code,
        goldstein=cells.number(row.get("GoldsteinScore", ""), "the Goldstein score", low=-10, high=10),
        extra=extra,
    )
