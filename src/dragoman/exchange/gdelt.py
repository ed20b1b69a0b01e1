"""GDELT events: files of version 2 (61 columns) and 1 (58, before April 2013 57), and rows like them.

for found in read("20240301.export.CSV.gz", codes): ...      # EventRow or SetAside
written = write(rows, stream, codes)                         # 61 columns, no header, as version 2

The format: GDELT Event Codebook 2.0 (2015). A row is one source, one target and one CAMEO code; countries of places are
FIPS 10-4. What the columns of mentions, sources, articles and tone said is kept under their names in `extra`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

from dragoman.exchange import cells, given
from dragoman.exchange.account import NO_CODE, Account, Written, left_out
from dragoman.exchange.crosswalk import Codes, cameo_quad, fips_of, schemes
from dragoman.exchange.event_rows import EventRow, Party, pairs
from dragoman.exchange.lines import Source, name_of, taken
from dragoman.exchange.set_aside import SetAside, Unfit

ORIGIN = "gdelt"


def _actor(n: int) -> list[str]:
    parts = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code"
    return [f"Actor{n}{part}" for part in parts.split()]


def _place(of: str, version: int) -> list[str]:
    parts = f"Type FullName CountryCode ADM1Code {'ADM2Code ' * (version == 2)}Lat Long FeatureID"
    return [f"{of}Geo_{part}" for part in parts.split()]


def _layout(version: int) -> tuple[str, ...]:
    event = "IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources "
    return (
        *("GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate"),
        *(*_actor(1), *_actor(2)),
        *(event + "NumArticles AvgTone").split(),
        *(column for of in ("Actor1", "Actor2", "Action") for column in _place(of, version)),
        *("DATEADDED", "SOURCEURL"),
    )


COLUMNS = _layout(2)
LAYOUTS = {61: COLUMNS, 58: _layout(1), 57: _layout(1)[:-1]}
_KEPT = ("IsRootEvent", "QuadClass", "NumMentions", "NumSources", "NumArticles", "AvgTone", "ActionGeo_Type",
         "ActionGeo_ADM1Code", "ActionGeo_ADM2Code", "ActionGeo_FeatureID")  # fmt: skip
_CARRIED = (
    "published", "mode", "score", "sectors", "names", "place", "country", "coordinates", "url", "cameo", "goldstein"
)  # fmt: skip


def read(source: Source, codes: Codes, *, origin: str = ORIGIN) -> Iterator[EventRow | SetAside]:
    """The events of a file, and the rows that are none. Raises SourceError where the file cannot be opened."""
    name = name_of(source)

    def take(line: str, number: int) -> Iterator[EventRow]:
        cut = cells.tab_cells(line)
        layout = LAYOUTS.get(len(cut))
        if layout is None:
            raise Unfit(f"{len(cut)} columns", "61 columns (GDELT 2) or 58 (GDELT 1) with a tab between each")
        yield _event(given.by_name(layout, cut), codes, origin, name, number)

    yield from taken(source, take)


def _event(row: dict[str, str], codes: Codes, origin: str, name: str, number: int) -> EventRow:
    day = given.day(row["SQLDATE"], "SQLDATE")
    code, root = row["EventCode"].strip(), row["EventRootCode"].strip()
    if len(root) == 1 or not code.startswith(root):
        raise Unfit(f"EventCode {code!r} and EventRootCode {root!r}", "codes that belong together, zeros in front kept")
    act = codes.happened(code)
    quad, score = codes.worth(act.type, act.mode)
    if row["QuadClass"].strip() not in ("", "1", "2", "3", "4"):
        raise Unfit(f"QuadClass is {row['QuadClass']!r}", "1, 2, 3 or 4")
    fips = row["ActionGeo_CountryCode"].strip()
    country = schemes()["fips"].get(fips)
    extra = {column: row[column] for column in _KEPT if row.get(column)}
    if fips and not country:
        extra["ActionGeo_CountryCode"] = fips
    added = row["DATEADDED"].strip()
    url = row.get("SOURCEURL") or None
    one, other = (codes.party(row[f"Actor{n}Code"], row[f"Actor{n}Name"] or None) for n in (1, 2))
    sources, targets = given.sides(one, other, swap=act.swap)
    return EventRow(
        id=row["GLOBALEVENTID"],
        type=act.type,
        mode=act.mode,
        quad=quad,
        score=score,
        sources=sources,
        targets=targets,
        day=day,
        published=given.day(added, "DATEADDED") if added else None,
        place=row["ActionGeo_FullName"] or None,
        country=country,
        latitude=cells.number(row["ActionGeo_Lat"], "ActionGeo_Lat", low=-90, high=90),
        longitude=cells.number(row["ActionGeo_Long"], "ActionGeo_Long", low=-180, high=180),
        site=given.site(url),
        url=url,
        origin=origin,
        file=name,
        line=number,
        cameo=code,
        goldstein=cells.number(row["GoldsteinScale"], "GoldsteinScale", low=-10, high=10),
        extra=extra,
    )


def write(rows: Iterable[EventRow], stream: IO[str], codes: Codes, *, undated: bool = False) -> Written:
    """What was written to the stream (UTF-8, newline=""): a row for each pair.

    `undated` gives events without a date of their own the day on which they were published. One article stands for
    one mention, source and article where the row itself does not say otherwise; tone is left empty.
    """
    account = Account(_CARRIED)
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
            cut, less = _row(row, act.code, act.goldstein, (other, one) if act.swap else (one, other), number, codes)
            lost |= less
            stream.write("\t".join(cells.tab_cell(cell) for cell in cut) + "\n")
            account.wrote()
        account.look(row, *lost)
    return account.written()


def _row(
    row: EventRow,
    code: str,
    goldstein: float | None,
    sides: tuple[Party | None, Party | None],
    number: int,
    codes: Codes,
) -> tuple[list[str], set[str]]:
    lost: set[str] = set()
    day = row.day or row.published
    assert day is not None
    out = dict.fromkeys(COLUMNS, "")
    for n, party in enumerate(sides, 1):
        if party is None:
            continue
        actor, faithful = codes.cameo_actor(party)
        if not faithful:
            lost.add("actors")
        parts = [actor[at : at + 3] for at in range(0, len(actor), 3)]
        out[f"Actor{n}Code"], out[f"Actor{n}Name"] = actor, party.name or party.words or ""
        out[f"Actor{n}CountryCode"] = party.code if party.code in codes.states else ""
        if (party.code or "").startswith("IGO:") and len(parts) > 1:
            out[f"Actor{n}KnownGroupCode"], parts = parts[-1], parts[:1]
        types = parts if not out[f"Actor{n}CountryCode"] else parts[1:]
        for k, part in enumerate(types[:3], 1):
            out[f"Actor{n}Type{k}Code"] = part
    kept = {column: row.extra[column] for column in _KEPT if column in row.extra}
    fips = fips_of().get(row.country or "") or row.extra.get("ActionGeo_CountryCode", "")
    if row.country and not fips:
        lost.add("country")
    published = row.published or day
    out |= {
        "GLOBALEVENTID": row.known_as if not number else f"{row.known_as}-{number + 1}",
        "SQLDATE": f"{day:%Y%m%d}".zfill(8),
        "MonthYear": f"{day:%Y%m}".zfill(6),
        "Year": f"{day:%Y}".zfill(4),
        "FractionDate": f"{day.year + (day.timetuple().tm_yday - 1) / 365.25:.4f}",
        "IsRootEvent": "1",
        "EventCode": code,
        "EventBaseCode": code[:3],
        "EventRootCode": code[:2],
        "QuadClass": str(cameo_quad(code)),
        "GoldsteinScale": _real(row.goldstein if row.goldstein is not None else goldstein),
        "NumMentions": "1",
        "NumSources": "1",
        "NumArticles": "1",
        "ActionGeo_Type": ("1" if row.place and row.latitude is None else "4") if row.place else "0",
        "ActionGeo_FullName": row.place or "",
        "ActionGeo_CountryCode": fips,
        "ActionGeo_Lat": _real(row.latitude),
        "ActionGeo_Long": _real(row.longitude),
        "DATEADDED": f"{published:%Y%m%d}".zfill(8) + "000000" if row.published else "",
        "SOURCEURL": row.url or "",
    }
    out |= kept
    if row.extra.keys() - set(COLUMNS):
        lost.add("extra")
    if row.site and row.site != given.site(row.url):
        lost.add("site")
    if cells.has_breaks(out.values()):
        lost.add("controls")
    return list(out.values()), lost


def _real(value: float | None) -> str:
    return "" if value is None else repr(float(value))
