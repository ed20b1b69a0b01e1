"""Small Readings for the tests of stores: nobody said or did any of it."""

from __future__ import annotations

from typing import Any

from dragoman.records import (
    Article,
    Coder,
    Event,
    EventDate,
    Participant,
    Position,
    Published,
    Reading,
    Statement,
)

TEXT = "Some words that stand for a report of an act between two states."


def reading(
    identity: str,
    *records: Event | Statement | Position,
    text: str = TEXT,
    published: str | None = "2024-03-05",
    site: str | None = "news.example",
    coder: Coder | None = None,
) -> Reading:
    """A Reading of these records; events are numbered e1, e2 ..."""
    events = [record for record in records if isinstance(record, Event)]
    statements = tuple(record for record in records if isinstance(record, Statement))
    when = (
        Published(start=published, end=published, granularity="day", source="given", confidence=1.0)
        if published
        else None
    )
    said = " ".join(s.reason or "" for s in statements)
    return Reading(
        article=Article(
            id=identity,
            text=f"{text}{said}",
            site=site,
            published=when,
        ),
        statements=statements,
        events=tuple(numbered(event, f"e{n + 1}") for n, event in enumerate(events)),
        positions=tuple(record for record in records if isinstance(record, Position)),
        coder=coder,
    )


def numbered(event: Event, identity: str) -> Event:
    from msgspec.structs import replace

    return replace(event, id=identity)


def event(
    sources: str,
    targets: str | None,
    day: str | EventDate | None = "2024-03-05",
    *,
    status: Any = "actual",
    **more: Any,
) -> Event:
    """An event; actors stand between spaces, the day is one day."""
    date = EventDate(start=day, end=day, granularity="day", text=day) if isinstance(day, str) else day
    values: dict[str, Any] = {
        "id": "",
        "type": "CONSULT",
        "mode": None,
        "contexts": (),
        "quad": 1,
        "score": 2.5,
        "place": None,
        "statement": None,
        "trigger": (0, 4),
        "evidence": ((0, 10),),
        "confidence": 0.9,
        "reason": "made for a test",
    }
    return Event(source=who(sources), target=who(targets or ""), date=date, status=status, **(values | more))


def who(codes: str) -> tuple[Participant, ...]:
    """Participants by name."""
    return tuple(
        Participant(actor=code, sector="GOV", name=None, role=None, text="Some", span=(0, 4), via="name")
        for code in codes.split()
    )


def statement(identity: str, speaker: str | None, *, to: str | None = None, words: str | None = None) -> Statement:
    """A statement; `words` come to stand at the end of the text."""
    span = (len(TEXT), len(TEXT) + len(words)) if words else (0, 10)
    return Statement(
        id=identity,
        kind="indirect",
        act="statement",
        speaker=who(speaker)[0] if speaker else None,
        cue=None,
        content=(span,),
        addressee=who(to)[0] if to else None,
        channel=None,
        evidence=(span,),
        reason=words,
    )


def position(actor: str, issue: str, **more: Any) -> Position:
    """A position for the pole of an issue."""
    values: dict[str, Any] = {
        "regarding": None,
        "stance": "for",
        "toward": None,
        "shared_with": (),
        "statement": None,
        "evidence": ((0, 10),),
        "confidence": 0.8,
    }
    return Position(actor=actor, issue=issue, **(values | more))
