"""PLOVER JSON: an object a line, as the manual's section on records has it.

for found in read("events.jsonl", codes): ...                # EventRow or SetAside
written = write(rows, stream, codes)

Beside the manual's fields stand five of ours, for what these have no room for: `actor_code` of a party (PLOVER has
only a class for most bodies), and of the event `status`, `issues`, `publication_date` and `confidence`. The whole text
of an article (`text_story`) is written only where it is handed over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

import msgspec

from dragoman.exchange import cells, given, plover_codes
from dragoman.exchange.account import NO_CODE, Account, Written, left_out
from dragoman.exchange.crosswalk import Codes
from dragoman.exchange.event_rows import EventRow, Party
from dragoman.exchange.lines import Source, name_of, taken
from dragoman.exchange.set_aside import SetAside, Unfit

ORIGIN = "plover"
VERSION = "PLOVER 2.0 draft"
STATUSES = ("actual", "planned", "hypothetical", "negated", "historical")
_CARRIED = (
    "day_end", "published", "mode", "score", "status", "sectors", "names", "offices", "contexts", "issues", "words",
    "place", "country", "coordinates", "geonames", "site", "url", "title", "confidence", "reason",
)  # fmt: skip
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def read(source: Source, codes: Codes, *, origin: str = ORIGIN) -> Iterator[EventRow | SetAside]:
    """The events of a file, one for each type that a line lists, and the lines that are none. Raises SourceError."""
    name = name_of(source)
    yield from taken(source, lambda line, number: _events(line, codes, origin, name, number))


def _events(line: str, codes: Codes, origin: str, name: str, number: int) -> Iterator[EventRow]:
    try:
        told: Any = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError) as fault:
        raise Unfit(f"no JSON: {fault}", "a JSON object a line") from fault
    if not isinstance(told, dict) or not isinstance(told.get("event"), list) or not told["event"]:
        raise Unfit("no event", "a JSON object with id, date, actor and event, the last two of them lists")
    if told.get("has_event") is False:
        raise Unfit("has_event is false", "a text in which something happens", "no_event")
    sources, targets = (_parties(told.get(key), key, codes) for key in ("actor", "recipient"))
    if not sources and not targets:
        raise Unfit("no actor on either side", "an event has somebody who acts", "no_actor")
    status = _text(told.get("status")) or "actual"
    if status not in STATUSES:
        raise Unfit(f"status is {status!r}", f"one of {', '.join(STATUSES)}")
    place, cite = (_object(told.get(key)) for key in ("event_loc", "cite_info"))
    published = _text(told.get("publication_date"))
    end = _text(told.get("enddate"))
    confidence = cells.number(_text(told.get("confidence")), "confidence", low=0, high=1)
    modes = _texts(told.get("mode"))
    for n, listed in enumerate(_texts(told["event"])):
        kind, mode, more = plover_codes.act(listed, modes, codes)
        quad, score = codes.worth(kind, mode)
        scale = cells.number(_text(told.get("event_scale")), "event_scale", low=-10, high=10)
        country = _text(place.get("country_code"))
        yield EventRow(
            id=(_text(told.get("id")) or f"{name}:{number}") + (f"-{n + 1}" if n else ""),
            type=kind,
            mode=mode,
            quad=quad,
            score=scale if scale is not None and len(told["event"]) == 1 else score,
            sources=sources,
            targets=targets,
            day=given.day(_text(told.get("date")), "date"),
            day_end=given.day(end, "enddate") if end else None,
            published=given.day(published, "publication_date") if published else None,
            status=status,
            contexts=tuple(_texts(told.get("context"))),
            issues=tuple(_texts(told.get("issues"))),
            place=_text(place.get("resolved_place") or place.get("extracted_place")) or None,
            country=(country or codes.actor_named(_text(place.get("country"))) or _text(place.get("country"))) or None,
            latitude=cells.number(_text(place.get("lat")), "lat", low=-90, high=90),
            longitude=cells.number(_text(place.get("lon")), "lon", low=-180, high=180),
            geonames=cells.whole(_text(place.get("geonameid")), "geonameid"),
            site=_text(cite.get("publication")) or None,
            url=_text(cite.get("url")) or None,
            title=_text(cite.get("title")) or None,
            words=_text(told.get("event_text")) or None,
            confidence=1.0 if confidence is None else confidence,
            reason=_text(told.get("comment")) or None,
            origin=origin,
            file=name,
            line=number,
            extra={"mode": ";".join(more)} if more and len(told["event"]) == 1 else {},
        )


def _parties(found: object, key: str, codes: Codes) -> tuple[Party, ...]:
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Unfit(f"{key} is no list of objects", "a list, empty where there is nobody")
    out = []
    for one in found:
        sectors = one.get("sector")
        name = _text(one.get("identifier_text")) or None
        party = plover_codes.party(
            _text(one.get("code")),
            _texts(sectors) if isinstance(sectors, list) else [_text(sectors)],
            name,
            codes,
            words=_text(one.get("entity_text")),
        )
        if party is not None:
            out.append(
                msgspec.structs.replace(
                    party,
                    code=_text(one.get("actor_code")) or party.code,
                    wikidata=_text(one.get("identifier_id")) or None,
                    office=_text(one.get("office")) or None,
                )
            )
    return tuple(out)


def write(
    rows: Iterable[EventRow],
    stream: IO[str],
    codes: Codes,
    *,
    undated: bool = False,
    text_of: Callable[[str], str | None] | None = None,
    coder: str | None = None,
) -> Written:
    """What was written to the stream (UTF-8, newline=""), an object a line.

    `text_of` gives the whole text of an article by its id and is left out unless texts are meant to leave.
    """
    account = Account(_CARRIED)
    for row in rows:
        why = left_out(row, undated=undated, status=True) or (None if row.type in codes.kinds else NO_CODE)
        if why:
            account.leave_out(why)
            continue
        text = text_of(row.article) if text_of and row.article else None
        raw = msgspec.json.encode(_without_halves(_record(row, text, coder))).decode("utf-8")
        stream.write(raw.translate(_LINE_ENDS) + "\n")
        account.wrote()
        account.look(row, *(["extra"] if row.extra else []))
    return account.written()


def _record(row: EventRow, text: str | None, coder: str | None) -> dict[str, Any]:
    day = row.day or row.published
    country = row.country or None
    place = {
        "resolved_place": row.place,
        "geonameid": row.geonames,
        "lat": row.latitude,
        "lon": row.longitude,
        "country_code": country,
        "resolution": 1 if row.place and row.latitude is None else None,
    }
    cite = {"url": row.url, "title": row.title, "publication": row.site, "codebook": VERSION, "coder": coder}
    record = {
        "id": row.known_as,
        "date": day,
        "enddate": row.day_end if row.day_end != row.day else None,
        "has_event": True,
        "actor": [_actor(party) for party in row.sources],
        "recipient": [_actor(party) for party in row.targets],
        "event": [row.type],
        "mode": [row.mode] if row.mode else [],
        "context": list(row.contexts),
        "quad_code": row.quad,
        "event_scale": row.score,
        "event_loc": _filled(place),
        "event_text": row.words,
        "text": [{"sequence": 1, "start": 0, "end": len(text), "text_story": text}] if text else None,
        "cite_info": _filled(cite),
        "comment": row.reason,
        "status": row.status,
        "issues": list(row.issues),
        "publication_date": row.published,
        "confidence": row.confidence,
    }
    return {name: value for name, value in record.items() if value is not None and value != {}}


def _actor(party: Party) -> dict[str, Any]:
    return _filled({
        "code": plover_codes.code_of(party),
        "sector": list(party.sectors),
        "entity_text": party.words,
        "identifier_id": party.wikidata,
        "identifier_text": party.name,
        "office": party.office,
        "actor_code": party.code,
    })  # fmt: skip


def _filled(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not None}


def _without_halves(value: Any) -> Any:
    """The same without halves of characters, which JSON in UTF-8 cannot hold."""
    if isinstance(value, str):
        return cells.whole_text(value)
    if isinstance(value, dict):
        return {name: _without_halves(inner) for name, inner in value.items()}
    return [_without_halves(inner) for inner in value] if isinstance(value, list) else value


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    return [_text(one) for one in value if one] if isinstance(value, list) else [_text(value)] if value else []


def _text(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, dt.date) else str(value)
