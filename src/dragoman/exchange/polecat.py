"""POLECAT: tables with tabs and a first line of column names, PLOVER's types and actors.

for found in read("ngecEvents.DV.2023.txt.gz", codes): ...   # EventRow or SetAside
written = write(rows, stream, codes)

The format: POLECAT weekly and yearly files (Halterman et al. 2023, Harvard Dataverse, doi:10.7910/DVN/AJGVIT). A row is
one pair; several contexts stand in a cell with ; between them; what is missing is empty or None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from dragoman.exchange import cells, given, plover_codes
from dragoman.exchange.account import NO_CODE, Account, Written, left_out
from dragoman.exchange.crosswalk import Codes
from dragoman.exchange.event_rows import EventRow, Party, pairs
from dragoman.exchange.lines import Source, name_of, taken
from dragoman.exchange.set_aside import SetAside

ORIGIN = "polecat"
COLUMNS = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
    "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw",
    "Wikipedia Actor ID", "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector",
    "Recipient Sectors", "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID", "Placename", "City",
    "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type",
    "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language", "Version",
)  # fmt: skip
NEEDED = ("Event Date", "Event Type", "Actor Name", "Actor Country", "Recipient Name", "Recipient Country")
_USED = frozenset((
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
    "Actor Country", "Primary Actor Sector", "Actor Sectors", "Actor Name Raw", "Recipient Name", "Recipient Country",
    "Primary Recipient Sector", "Recipient Sectors", "Recipient Name Raw", "Placename", "Country", "Latitude",
    "Longitude", "GeoNames ID", "Source", "Publication Date",
))  # fmt: skip
_CARRIED = (
    "published", "mode", "score", "sectors", "names", "contexts", "place", "country", "coordinates", "geonames", "site"
)  # fmt: skip


def read(source: Source, codes: Codes, *, origin: str = ORIGIN) -> Iterator[EventRow | SetAside]:
    """The events of a file, and the rows that are none. Raises SourceError where the file cannot be opened."""
    name = name_of(source)
    names: list[str] = []

    def take(line: str, number: int) -> Iterator[EventRow]:
        cut = cells.tab_cells(line)
        if not names:
            names.extend(given.columns(cut, NEEDED, "POLECAT"))
            return
        row = {column: _told(cell) for column, cell in given.by_name(names, cut).items()}
        yield _event(row, codes, origin, name, number)

    for found in taken(source, take):
        yield found
        if not names:
            return


def _event(row: dict[str, str], codes: Codes, origin: str, name: str, number: int) -> EventRow:
    day = given.day(row["Event Date"], "Event Date")
    modes = _several(row.get("Event Mode", ""))
    kind, mode, more = plover_codes.act(row["Event Type"], modes, codes)
    quad, score = codes.worth(kind, mode)
    intensity = cells.number(row.get("Intensity", ""), "Intensity", low=-10, high=10)
    sources, targets = given.sides(_party(row, "Actor", codes), _party(row, "Recipient", codes))
    country = row.get("Country", "")
    extra = given.beside(row, _USED)
    if more:
        extra["Event Mode"] = row["Event Mode"]
    if intensity is not None and intensity != score:
        extra["Intensity"] = row["Intensity"]
    published = row.get("Publication Date", "")
    return EventRow(
        id=row.get("Event ID") or f"{name}:{number}",
        type=kind,
        mode=mode,
        quad=quad,
        score=score,
        sources=sources,
        targets=targets,
        day=day,
        published=given.day(published, "Publication Date") if published else None,
        contexts=tuple(dict.fromkeys(_several(row.get("Contexts", "")))),
        place=row.get("Placename") or None,
        country=(country if country in codes.states else codes.actor_named(country) or country) or None,
        latitude=cells.number(row.get("Latitude", ""), "Latitude", low=-90, high=90),
        longitude=cells.number(row.get("Longitude", ""), "Longitude", low=-180, high=180),
        geonames=cells.whole(row.get("GeoNames ID", ""), "GeoNames ID"),
        site=row.get("Source") or None,
        origin=origin,
        file=name,
        line=number,
        extra=extra,
    )


def _party(row: Mapping[str, str], side: str, codes: Codes) -> Party | None:
    first = row.get(f"Primary {side} Sector", "")
    sectors = ([first] if first else []) + _several(row.get(f"{side} Sectors", ""))
    raw = row.get(f"{side} Name Raw", "")
    return plover_codes.party(row[f"{side} Country"], sectors, row[f"{side} Name"] or None, codes, words=raw)


def _told(cell: str) -> str:
    return "" if cell.strip() in ("", "None", "NA", "nan") else cell


def _several(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def write(rows: Iterable[EventRow], stream: IO[str], codes: Codes, *, undated: bool = False) -> Written:
    """What was written to the stream (UTF-8, newline=""): a row for each pair, under a line of column names."""
    account = Account(_CARRIED)
    stream.write("\t".join(COLUMNS) + "\n")
    for row in rows:
        why = left_out(row, undated=undated) or (None if row.type in codes.kinds else NO_CODE)
        if why:
            account.leave_out(why)
            continue
        found = pairs(row)
        lost = {"pairs"} if len(found) > 1 else set()
        for number, (one, other) in enumerate(found):
            cut, less = _row(row, one, other, number, codes)
            lost |= less
            stream.write("\t".join(cells.tab_cell(cell) for cell in cut) + "\n")
            account.wrote()
        account.look(row, *lost)
    return account.written()


def _row(
    row: EventRow, actor: Party | None, recipient: Party | None, number: int, codes: Codes
) -> tuple[list[str], set[str]]:
    lost: set[str] = set()
    day = row.day or row.published
    assert day is not None
    kept = {name: cell for name, cell in row.extra.items() if name in COLUMNS and name not in _USED - {"Event Mode"}}
    out = dict.fromkeys(COLUMNS, "") | kept
    out |= {
        "Event ID": row.known_as if not number else f"{row.known_as}-{number + 1}",
        "Event Date": day.isoformat(),
        "Event Type": row.type,
        "Event Mode": kept.get("Event Mode") or row.mode or "",
        "Intensity": row.extra.get("Intensity") or repr(row.score),
        "Quad Code": str(row.quad),
        "Contexts": ";".join(row.contexts),
        "Placename": row.place or "",
        "Country": row.country or "",
        "Latitude": "" if row.latitude is None else repr(row.latitude),
        "Longitude": "" if row.longitude is None else repr(row.longitude),
        "GeoNames ID": "" if row.geonames is None else str(row.geonames),
        "Source": row.site or "",
        "Publication Date": row.published.isoformat() if row.published else "",
    }
    for side, party in (("Actor", actor), ("Recipient", recipient)):
        if party is None:
            continue
        name = party.name or (codes.label(party.code) if party.code and ":" in party.code else "")
        out[f"{side} Name"] = name
        out[f"{side} Name Raw"] = party.words or ""
        out[f"{side} Country"] = plover_codes.code_of(party)
        out[f"Primary {side} Sector"] = party.sector or ""
        out[f"{side} Sectors"] = ";".join(party.sectors)
        back = _party({column: _told(cell) for column, cell in out.items()}, side, codes)
        if back is None or back.code != party.code:
            lost.add("actors")
    if codes.worth(row.type, row.mode)[1] != row.score and "Intensity" not in row.extra:
        lost.add("score")
    if set(row.extra) - set(kept) - {"Intensity"}:
        lost.add("extra")
    if cells.has_breaks(out.values()):
        lost.add("controls")
    return [out[name] for name in COLUMNS], lost
