"""Events as the coder NGEC prints them: a JSON object a line, with the words of the text and what they resolve to.

for found in read("NGEC_output.jsonl", codes): ...           # EventRow or SetAside

Read are id, date, event_type, event_mode, contexts, event_text, pub_date, publisher or source, attributes (ACTOR and
RECIP: text, wiki, country, code_1, code_2), event_geolocation (resolved_placename or name, lat, lon, geonameid,
country_code3); what else a line holds is not kept. (Halterman et al. 2023, Creating Custom Event Data Without
Dictionaries.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from dragoman.exchange import cells, given, plover_codes
from dragoman.exchange.crosswalk import Codes
from dragoman.exchange.event_rows import EventRow, Party
from dragoman.exchange.lines import Source, name_of, taken
from dragoman.exchange.set_aside import SetAside, Unfit

ORIGIN = "polecat"


def read(source: Source, codes: Codes, *, origin: str = ORIGIN) -> Iterator[EventRow | SetAside]:
    """The events of a file, and the lines that are none. Raises SourceError where the file cannot be opened."""
    name = name_of(source)
    yield from taken(source, lambda line, number: (_event(line, codes, origin, name, number),))


def _event(line: str, codes: Codes, origin: str, name: str, number: int) -> EventRow:
    try:
        told: Any = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError) as fault:
        raise Unfit(f"no JSON: {fault}", "a JSON object a line") from fault
    if not isinstance(told, dict) or "event_type" not in told:
        raise Unfit("no event_type", "a JSON object with id, date, event_type, attributes")
    modes = told.get("event_mode") or []
    kind, mode, more = plover_codes.act(
        _text(told["event_type"]), [_text(m) for m in (modes if isinstance(modes, list) else [modes])], codes
    )
    quad, score = codes.worth(kind, mode)
    sides = told.get("attributes")
    sources, targets = (_parties(sides, key, codes) for key in ("ACTOR", "RECIP"))
    if not sources and not targets:
        raise Unfit("no actor on either side", "an event has somebody who acts", "no_actor")
    where = told.get("event_geolocation")
    place = where.get("event_loc", where) if isinstance(where, dict) else {}
    place = place if isinstance(place, dict) else {}
    country = _text(place.get("country_code3"))
    published = _text(told.get("pub_date"))
    url = _text(told.get("url")) or None
    contexts = told.get("contexts") or []
    return EventRow(
        id=_text(told.get("id")) or f"{name}:{number}",
        type=kind,
        mode=mode,
        quad=quad,
        score=score,
        sources=sources,
        targets=targets,
        day=given.day(_text(told.get("date")), "date"),
        published=given.day(published, "pub_date") if published else None,
        contexts=tuple(dict.fromkeys(_text(c) for c in contexts if c)) if isinstance(contexts, list) else (),
        place=_text(place.get("resolved_placename") or place.get("name")) or None,
        country=country or None,
        latitude=cells.number(_text(place.get("lat")), "lat", low=-90, high=90),
        longitude=cells.number(_text(place.get("lon")), "lon", low=-180, high=180),
        geonames=cells.whole(_text(place.get("geonameid")), "geonameid"),
        site=_text(told.get("publisher") or told.get("source")) or given.site(url),
        url=url,
        words=_text(told.get("event_text")) or None,
        origin=origin,
        file=name,
        line=number,
        extra={"event_mode": ";".join(more)} if more else {},
    )


def _parties(sides: object, key: str, codes: Codes) -> tuple[Party, ...]:
    found = sides.get(key) if isinstance(sides, dict) else None
    listed = found if isinstance(found, list) else [found] if isinstance(found, dict) else []
    out = []
    for one in listed:
        if isinstance(one, dict):
            sectors = [_text(one.get(name)) for name in ("code_1", "code_2")]
            name = _text(one.get("wiki")) or None
            party = plover_codes.party(_text(one.get("country")), sectors, name, codes, words=_text(one.get("text")))
            if party is not None:
                out.append(party)
    return tuple(out)


def _text(value: object) -> str:
    return "" if value in (None, "None") else str(value)
