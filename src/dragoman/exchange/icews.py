"""ICEWS event data: tables with tabs and a first line of column names, twenty columns.

for found in read("events.2014.tab", codes): ...             # EventRow or SetAside
written = write(rows, stream, codes)

The format: ICEWS Coded Event Data (Boschee et al. 2015, Harvard Dataverse, doi:10.7910/DVN/28075). Countries stand by
their English names, sectors in words; Intensity is CAMEO's Goldstein score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import IO

from dragoman.exchange import cells, given
from dragoman.exchange.account import NO_CODE, Account, Written, left_out
from dragoman.exchange.crosswalk import Act, Codes, schemes
from dragoman.exchange.event_rows import EventRow, Party, pairs
from dragoman.exchange.lines import Source, name_of, taken
from dragoman.exchange.set_aside import SetAside, Unfit

ORIGIN = "icews"
COLUMNS = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
    "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City",
    "District", "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip
NEEDED = ("Event Date", "Source Name", "Source Country", "CAMEO Code", "Target Name", "Target Country")
_USED = frozenset(COLUMNS) - {"Story ID", "Sentence Number", "District", "Province", "Event Text"}
_CARRIED = (
    "mode", "score", "sectors", "names", "place", "country", "coordinates", "site", "article", "cameo", "goldstein"
)  # fmt: skip


def read(source: Source, codes: Codes, *, origin: str = ORIGIN) -> Iterator[EventRow | SetAside]:
    """The events of a file, and the rows that are none. Raises SourceError where the file cannot be opened."""
    name = name_of(source)
    names: list[str] = []

    def take(line: str, number: int) -> Iterator[EventRow]:
        cut = cells.tab_cells(line)
        if not names:
            names.extend(given.columns(cut, NEEDED, "ICEWS"))
            return
        yield _event(given.by_name(names, cut), codes, origin, name, number)

    for found in taken(source, take):
        yield found
        if not names:  # without its first line nothing can be told of the others
            return


def _event(row: dict[str, str], codes: Codes, origin: str, name: str, number: int) -> EventRow:
    day = given.day(row["Event Date"], "Event Date")
    code = row["CAMEO Code"].strip()
    intensity = cells.number(row.get("Intensity", ""), "Intensity", low=-10, high=10)
    act = codes.act(code)
    longer = codes.acts.get(f"0{code}") if len(code) == 2 else None
    if longer and intensity is not None and intensity == longer.goldstein != act.goldstein:
        raise Unfit(
            f"the event code is {code!r} with the intensity of {longer.code}", "codes with their zeros in front"
        )
    act = codes.happened(code)
    quad, score = codes.worth(act.type, act.mode)
    sources, targets = given.sides(_party(row, "Source", codes), _party(row, "Target", codes), swap=act.swap)
    country = row.get("Country", "")
    place = next((row[c] for c in ("City", "District", "Province", "Country") if row.get(c)), None)
    extra = given.beside(row, _USED)
    if extra.get("Event Text", "").casefold() == act.title.casefold():
        extra.pop("Event Text")
    return EventRow(
        id=row.get("Event ID") or f"{name}:{number}",
        type=act.type,
        mode=act.mode,
        quad=quad,
        score=score,
        sources=sources,
        targets=targets,
        day=day,
        place=place,
        country=(codes.actor_named(country) or country) or None,
        latitude=cells.number(row.get("Latitude", ""), "Latitude", low=-90, high=90),
        longitude=cells.number(row.get("Longitude", ""), "Longitude", low=-180, high=180),
        site=row.get("Publisher") or None,
        origin=origin,
        file=name,
        line=number,
        cameo=code,
        goldstein=intensity,
        extra=extra,
    )


def _party(row: Mapping[str, str], side: str, codes: Codes) -> Party | None:
    name, country = row[f"{side} Name"], row[f"{side} Country"]
    if not name and not country:
        return None
    code = codes.actor_named(country) or country if country else codes.actor_named(name)
    sectors = _sectors(row.get(f"{side} Sectors", ""))
    return Party(
        code=code or name,
        sector=sectors[0] if sectors else None,
        others=sectors[1:],
        name=name or None,
    )


def _sectors(cell: str) -> tuple[str, ...]:
    table = schemes()["icews_sectors"]
    words = [word.strip() for word in cell.split(",")]
    found = [(word, table["words"][word]) for word in words if word in table["words"]]
    narrow = [sector for word, sector in found if word not in table["wider"]]
    return tuple(dict.fromkeys(narrow or [sector for _, sector in found]))


def write(rows: Iterable[EventRow], stream: IO[str], codes: Codes, *, undated: bool = False) -> Written:
    """What was written to the stream (UTF-8, newline=""): a row for each pair, under a line of column names."""
    account = Account(_CARRIED)
    stream.write("\t".join(COLUMNS) + "\n")
    for row in rows:
        why, code = left_out(row, undated=undated), codes.cameo(row)
        if why or code is None:
            account.leave_out(why or NO_CODE)
            continue
        act, changed = code
        lost = {changed} - {""}
        found = pairs(row)
        if len(found) > 1:
            lost.add("pairs")
        for number, (one, other) in enumerate(found):
            cut, less = _row(row, act, (other, one) if act.swap else (one, other), number, codes)
            lost |= less
            stream.write("\t".join(cells.tab_cell(cell) for cell in cut) + "\n")
            account.wrote()
        account.look(row, *lost)
    return account.written()


def _row(
    row: EventRow, act: Act, sides: tuple[Party | None, Party | None], number: int, codes: Codes
) -> tuple[list[str], set[str]]:
    lost: set[str] = set()
    day = row.day or row.published
    assert day is not None
    goldstein = row.goldstein if row.goldstein is not None else act.goldstein
    kept = {name: cell for name, cell in row.extra.items() if name in COLUMNS and name not in _USED}
    country = codes.label(row.country) if row.country else ""
    places = dict.fromkeys(("City", "District", "Province"), "") | kept
    if row.place and row.place not in (*kept.values(), country, row.country):
        places["City"] = row.place
    out = dict.fromkeys(COLUMNS, "") | kept | places
    out |= {
        "Event ID": row.known_as if not number else f"{row.known_as}-{number + 1}",
        "Event Date": day.isoformat(),
        "Event Text": kept.get("Event Text") or act.title,
        "CAMEO Code": act.code,
        "Intensity": "" if goldstein is None else repr(goldstein),
        "Story ID": row.article or kept.get("Story ID", ""),
        "Publisher": row.site or "",
        "Country": country,
        "Latitude": "" if row.latitude is None else repr(row.latitude),
        "Longitude": "" if row.longitude is None else repr(row.longitude),
    }
    for side, party in zip(("Source", "Target"), sides, strict=True):
        if party is None:
            continue
        sectors = [word for sector in party.sectors if (word := _words().get(sector))]
        out[f"{side} Name"] = party.name or party.words or (codes.label(party.code) if party.code else "")
        out[f"{side} Sectors"] = ",".join(sectors)
        out[f"{side} Country"] = codes.label(party.code) if party.code else ""
        if party.code and ":" in party.code and codes.actor_named(out[f"{side} Name"]) == party.code:
            out[f"{side} Country"] = ""  # a body stands by its name, as ICEWS has it
        back = _party(out, side, codes)
        if back is None or back.code != (party.code or out[f"{side} Name"]):
            lost.add("actors")
        if back is None or set(back.sectors) != set(party.sectors):
            lost.add("sectors")
    if len(row.extra) > len(kept):
        lost.add("extra")
    if cells.has_breaks(out.values()):
        lost.add("controls")
    return [out[name] for name in COLUMNS], lost


@cache
def _words() -> Mapping[str, str]:
    """Our sector -> the word that is written for it."""
    table = schemes()["icews_sectors"]
    words: dict[str, str] = {}
    for word, sector in table["words"].items():
        words.setdefault(sector, word)
    return words
