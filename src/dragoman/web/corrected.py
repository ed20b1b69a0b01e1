"""A person's verdict on one record, and the record as it should have been.

kept = correction(reading, "event", "e1", "wrong", field="type", should="AID", note="", by="Ada", settings=settings)
"""

from __future__ import annotations

from typing import get_args

import msgspec

from dragoman.errors import SettingsError
from dragoman.records import Event, EventDate, Participant, Place, Position, Reading, Stance, Statement, Status
from dragoman.settings import Settings
from dragoman.store.base import Correction, Verdict

STATUSES: tuple[Status, ...] = get_args(Status)
STANCES: tuple[Stance, ...] = get_args(Stance)
FIELDS = {
    "event": ("event", "type", "source", "target", "status", "date", "place"),
    "statement": ("statement", "speaker", "content", "addressee"),
    "position": ("position", "issue", "stance", "actor", "toward", "regarding"),
}


def correction(
    reading: Reading,
    kind: str,
    identity: str,
    verdict: str,
    *,
    field: str,
    should: str,
    note: str,
    by: str | None,
    settings: Settings,
) -> Correction:
    """The verdict to keep. Raises SettingsError where something in it cannot be."""
    if kind not in FIELDS:
        raise SettingsError(f"no record is a {kind!r}", name="kind", hint=", ".join(FIELDS))
    record = _record(reading, kind, identity)
    if verdict not in get_args(Verdict):
        raise SettingsError("no verdict was chosen", name="verdict", hint="right, wrong or unsure")
    if verdict != "wrong":
        field = should = ""
    if field and field not in FIELDS[kind]:
        raise SettingsError(f"{field!r} is no part of a {kind}", name="field", hint=", ".join(FIELDS[kind]))
    if should and not field:
        raise SettingsError("what should it be?", name="field", hint="choose which part of it is wrong")
    stands = _as_it_should_be(record, field, should, settings)
    # a statement and a position have no words for "there is none"; an event has the type NONE
    kept = msgspec.json.encode(stands).decode() if stands is not None else None
    told = "; ".join(filter(None, [f"should be: {should}" if should and stands is record else "", note]))
    return Correction(
        article=reading.article.id, kind=kind, id=identity, verdict=verdict,  # type: ignore[arg-type]
        field=field or None, record=kept, note=told or None, by=by,
    )  # fmt: skip


def types(settings: Settings) -> tuple[str, ...]:
    """The types of event there are."""
    from dragoman.desk import parts

    return tuple(parts.lexicon(settings).ontology)


def _record(reading: Reading, kind: str, identity: str) -> Event | Statement | Position:
    found: Event | Statement | Position | None = None
    if kind == "event":
        found = next((one for one in reading.events if one.id == identity), None)
    elif kind == "statement":
        found = next((one for one in reading.statements if one.id == identity), None)
    elif identity.isascii() and identity.isdigit() and int(identity) < len(reading.positions):
        found = reading.positions[int(identity)]
    if found is None:
        raise SettingsError(
            f"the article has no {kind} {identity!r}", name="record", hint="it was coded anew; load the page again"
        )
    return found


def _as_it_should_be(
    record: Event | Statement | Position, field: str, should: str, settings: Settings
) -> Event | Statement | Position | None:
    """The record changed; as it is where nothing was said that can be put into it; None where there is none."""
    from dragoman import desk
    from dragoman.desk import parts

    replace = msgspec.structs.replace
    if isinstance(record, Event):
        if field == "event":
            return replace(record, type="NONE", mode=None)
        if not should:
            return record
        if field == "type":
            return replace(record, type=desk.type_named(should, settings), mode=None)
        if field == "status":
            return replace(record, status=_among(should, STATUSES, "status"))
        if field in ("source", "target"):
            code = parts.codes(settings, actors=[should])["actors"][0]
            side = record.source if field == "source" else record.target
            return replace(record, **{field: (_stand_in(side, code, record),)})
        if field == "date":
            first, last = parts.first_day(should), parts.last_day(should)
            assert first is not None and last is not None
            granularity = "day" if first == last else ("month" if first.month == last.month else "year")
            date = EventDate(start=first.isoformat(), end=last.isoformat(), granularity=granularity, text="")  # type: ignore[arg-type]
            return replace(record, date=date)
        if field == "place":
            return replace(record, place=Place(name=should, country=None, latitude=None, longitude=None, geonames=None))
        return record
    if isinstance(record, Position):
        if field == "position":
            return None
        if not should:
            return record
        if field == "stance":
            return replace(record, stance=_among(should, STANCES, "stance"))
        if field == "issue":
            return replace(record, issue=parts.codes(settings, issues=[should])["issues"][0])
        code = parts.codes(settings, actors=[should])["actors"][0]
        return replace(record, **{field: code})
    return None if field == "statement" else record


def _stand_in(side: tuple[Participant, ...], code: str, event: Event) -> Participant:
    if side:  # the same words, read otherwise
        return msgspec.structs.replace(side[0], actor=code, name=None, wikidata=None)
    return Participant(actor=code, sector=None, name=None, role=None, text="", span=event.trigger, via="sentence")


def _among(value: str, known: tuple[str, ...], name: str) -> str:
    if value not in known:
        raise SettingsError(f"{name} cannot be {value!r}", name=name, hint=", ".join(known))
    return value
