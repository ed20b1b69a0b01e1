"""Readings -> rows of the tables, and back. A Reading comes back exactly as it went in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from dragoman.records import Article, Event, Participant, Position, Reading, Span, from_json
from dragoman.store import columns

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]


def tables(readings: Sequence[tuple[Reading, str]], commit: int, origin: str) -> dict[str, pa.Table]:
    """Arrow tables of Readings, each with its digest; tables without a row are left out."""
    found: dict[str, list[Row]] = {name: [] for name in columns.BY_ARTICLE}
    for reading, mark in readings:
        for name, rows in rows_of(reading, mark, commit, origin).items():
            found[name] += rows
    return {name: table(name, rows) for name, rows in found.items() if rows}


def table(name: str, rows: Sequence[Row]) -> pa.Table:
    """Rows as an Arrow table of this name; what a row lacks is null."""
    import pyarrow as pa

    schema = columns.schema(name)
    arrays = [pa.array([row.get(field.name) for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def digest(reading: Reading) -> str:
    """32 hexadecimal digits that change with anything in the Reading but the time it was fetched."""
    article = msgspec.structs.replace(reading.article, retrieved=None)
    return hashlib.blake2b(
        msgspec.json.encode(msgspec.structs.replace(reading, article=article)), digest_size=16
    ).hexdigest()


def reading_of(record: str, text: str) -> Reading:
    """The Reading of a row of `articles`."""
    reading = from_json(record)
    return msgspec.structs.replace(reading, article=msgspec.structs.replace(reading.article, text=text))


def day(text: str | None) -> date | None:
    """The day an ISO date or time starts with; None where it is none."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def rows_of(reading: Reading, mark: str, commit: int, origin: str) -> dict[str, list[Row]]:
    """The rows one Reading gives, by table."""
    article, coder = reading.article, reading.coder
    published = article.published
    appeared = day(published.start) if published else None
    coded: Row = {
        "coder": coder.name if coder else None,
        "coder_version": coder.version if coder else None,
        "lexicon": coder.lexicon if coder else None,
        "origin": origin,
        "commit": commit,
    }
    page: Row = coded | {
        "article": article.id,
        "month": columns.month_of(appeared),
        "day": appeared,
        "site": article.site,
    }
    return {
        "articles": [_article(reading, mark, page)],
        "statements": [row | {"n": n} for n, row in enumerate(_statements(reading, page))],
        "events": [row | {"n": n} for n, row in enumerate(_events(reading, coded, appeared))],
        "positions": [row | {"n": n} for n, row in enumerate(_positions(reading, page))],
        "notes": [
            page | {"n": n, "start": note.span[0], "end": note.span[1], "reason": note.reason}
            for n, note in enumerate(reading.notes)
        ],
    }


def _article(reading: Reading, mark: str, page: Row) -> Row:
    article = reading.article
    bare: Article = msgspec.structs.replace(article, text="")
    return page | {
        "published_end": day(article.published.end) if article.published else None,
        "granularity": article.published.granularity if article.published else None,
        "url": article.url,
        "title": article.title,
        "author": article.author,
        "language": article.language,
        "outcome": article.outcome,
        "retrieved": article.retrieved,
        "characters": len(article.text),
        "statements": len(reading.statements),
        "events": len(reading.events),
        "positions": len(reading.positions),
        "notes": len(reading.notes),
        "digest": mark,
        "text": article.text,
        "record": msgspec.json.encode(msgspec.structs.replace(reading, article=bare)).decode(),
    }


def _statements(reading: Reading, page: Row) -> Iterable[Row]:
    for statement in reading.statements:
        speaker, addressee, cue = statement.speaker, statement.addressee, statement.cue
        speakers = statement.speakers or ((speaker,) if speaker else ())
        yield page | {
            "id": statement.id,
            "kind": statement.kind,
            "act": statement.act,
            "speaker": speaker.actor if speaker else None,
            "speaker_sector": speaker.sector if speaker else None,
            "speaker_name": _name(speaker),
            "speaker_role": speaker.role if speaker else None,
            "speakers": _actors(speakers),
            "addressee": addressee.actor if addressee else None,
            "addressee_name": _name(addressee),
            "channel": statement.channel,
            "cue": reading.words(cue) if cue else None,
            "cue_start": cue[0] if cue else None,
            "cue_end": cue[1] if cue else None,
            "content": _spans(statement.content),
            "said": _words(reading, statement.content),
            "evidence": _spans(statement.evidence),
            "words": _words(reading, statement.evidence),
            "within_statement": statement.within,
            "reason": statement.reason,
        }


def _events(reading: Reading, coded: Row, appeared: date | None) -> Iterable[Row]:
    for event in reading.events:
        when, place = event.date, event.place
        began = day(when.start) if when else None
        yield coded | {
            "article": reading.article.id,
            "month": columns.month_of(began),
            "id": event.id,
            "day": began,
            "day_end": day(when.end) if when else None,
            "granularity": when.granularity if when else None,
            "date_words": when.text if when else None,
            "published": appeared,
            "site": reading.article.site,
            "type": event.type,
            "mode": event.mode,
            "contexts": list(event.contexts),
            "issues": issues_of(event, reading),
            "quad": event.quad,
            "score": event.score,
            "status": event.status,
            "sources": _actors(event.source),
            "targets": _actors(event.target),
            "source_sectors": _distinct(who.sector for who in event.source),
            "target_sectors": _distinct(who.sector for who in event.target),
            "source_names": _distinct(_name(who) for who in event.source),
            "target_names": _distinct(_name(who) for who in event.target),
            "place": place.name if place else None,
            "country": place.country if place else None,
            "latitude": place.latitude if place else None,
            "longitude": place.longitude if place else None,
            "geonames": place.geonames if place else None,
            "statement": event.statement,
            "trigger": reading.words(event.trigger),
            "trigger_start": event.trigger[0],
            "trigger_end": event.trigger[1],
            "evidence": _spans(event.evidence),
            "words": _words(reading, event.evidence),
            "confidence": event.confidence,
            "reason": event.reason,
        }


def _positions(reading: Reading, page: Row) -> Iterable[Row]:
    published = reading.article.published
    until = (day(published.end) if published else None) or page["day"]
    for position in reading.positions:
        yield page | {
            "actor": position.actor,
            "issue": position.issue,
            "regarding": position.regarding,
            "stance": position.stance,
            "toward": position.toward,
            "shared_with": list(position.shared_with),
            "statement": position.statement,
            "condition": reading.words(position.condition) if position.condition else None,
            "reporter": position.reporter,
            "person": _person(reading, position),
            "published_end": until,
            "evidence": _spans(position.evidence),
            "words": _words(reading, position.evidence),
            "confidence": position.confidence,
            "reason": position.reason,
        }


def _person(reading: Reading, position: Position) -> str | None:
    """The one speaker of the statement who speaks for the actor; None where there are several, or others report it."""
    if position.reporter not in (None, position.actor):
        return None  # who speaks of others speaks for the reporter, not for them
    for statement in reading.statements:
        if statement.id == position.statement:
            speakers = statement.speakers or ((statement.speaker,) if statement.speaker else ())
            # a state or body that speaks by itself has a name as well, its own
            people = (p for p in speakers if p.role or p.office or p.via in ("name", "repair"))
            names = _distinct(p.name for p in people if p.actor == position.actor)
            return names[0] if len(names) == 1 else None
    return None


def issues_of(event: Event, reading: Reading) -> list[str]:
    """The issues on which a party to the event takes a position in the same words."""
    parties = {who.actor for who in (*event.source, *event.target) if who.actor}
    return _distinct(
        position.issue
        for position in reading.positions
        if position.actor in parties and any(_meet(a, b) for a in position.evidence for b in event.evidence)
    )


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _name(who: Participant | None) -> str | None:
    return (who.name or who.text) if who else None


def _actors(participants: Iterable[Participant]) -> list[str]:
    return _distinct(who.actor for who in participants)


def _distinct(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _spans(spans: Iterable[Span]) -> list[dict[str, int]]:
    return [{"start": start, "end": end} for start, end in spans]


def _words(reading: Reading, spans: Iterable[Span]) -> str:
    return " … ".join(reading.words(span) for span in spans)
