"""Readings as rows that can be counted: who said what on which issue, and who did what to whom.

for row in said(readings): row.actor, row.issue, row.stance, row.text
for row in did(readings): row.source, row.target, row.type, row.quad
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Literal

from dragoman.records import Article, Event, Participant, Position, Reading, Record, Span, Stance, Status

BETWEEN = " … "  # stands between pieces of a quotation that do not touch


class Said(Record, frozen=True):
    """One position in one article, which appeared on a day from `date` to `until`, both included."""

    article: str
    actor: str
    issue: str
    stance: Stance
    regarding: str | None = None
    toward: str | None = None
    shared_with: tuple[str, ...] = ()
    reporter: str | None = None  # whoever else says so of the actor; None where the actor says so itself
    person: str | None = None
    outlet: str | None = None
    date: dt.date | None = None
    until: dt.date | None = None
    text: str = ""
    spans: tuple[Span, ...] = ()
    confidence: float = 1.0

    @property
    def own(self) -> bool:
        """Whether the actor's own word stands for it, and not somebody else's report."""
        return self.reporter in {None, self.actor}


class Did(Record, frozen=True):
    """One event in one article between one pair. `date` to `until` are its days, both included."""

    article: str
    event: str
    source: str
    target: str
    type: str
    quad: int  # 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict
    score: float
    status: Status
    mode: str | None = None
    outlet: str | None = None
    date: dt.date | None = None
    until: dt.date | None = None
    dated_by: Literal["event", "article"] | None = None
    text: str = ""
    spans: tuple[Span, ...] = ()
    confidence: float = 1.0
    happening: str | None = None  # one name for all reports of one act, where somebody has linked them


def said(readings: Iterable[Reading]) -> Iterator[Said]:
    """A row for every position."""
    for reading in readings:
        first, last = published(reading.article)
        for position in reading.positions:
            reporter = _reporter(position)
            yield Said(
                article=reading.article.id,
                actor=position.actor,
                issue=position.issue,
                stance=position.stance,
                regarding=position.regarding,
                toward=position.toward,
                shared_with=position.shared_with,
                reporter=reporter,
                # who speaks of others speaks for the reporter, not for them
                person=_person(reading, position) if reporter in {None, position.actor} else None,
                outlet=reading.article.site,
                date=first,
                until=last,
                text=_quoted(reading, position.evidence),
                spans=position.evidence,
                confidence=position.confidence,
            )


def did(readings: Iterable[Reading]) -> Iterator[Did]:
    """A row for every ordered pair of every event; those who met stand in one list, and each met each."""
    for reading in readings:
        for event in reading.events:
            first, last, dated_by = _when(reading.article, event)
            for source, target in _pairs(event):
                yield Did(
                    article=reading.article.id,
                    event=event.id,
                    source=source,
                    target=target,
                    type=event.type,
                    quad=event.quad,
                    score=event.score,
                    status=event.status,
                    mode=event.mode,
                    outlet=reading.article.site,
                    date=first,
                    until=last,
                    dated_by=dated_by,
                    text=_quoted(reading, event.evidence or (event.trigger,)),
                    spans=event.evidence or (event.trigger,),
                    confidence=event.confidence,
                )


def published(article: Article) -> tuple[dt.date | None, dt.date | None]:
    """First and last day on which the article may have appeared; both None where that is not known."""
    if article.published is None:
        return None, None
    return _days(article.published.start, article.published.end)


def _when(article: Article, event: Event) -> tuple[dt.date | None, dt.date | None, Literal["event", "article"] | None]:
    if event.date is not None:
        first, last = _days(event.date.start, event.date.end)
        if first is not None:
            return first, last, "event"
        # an event with words for its date that nobody could reckon did not happen on the day of the article
        return None, None, None
    first, last = published(article)
    return first, last, "article" if first else None


def _days(start: str | None, end: str | None) -> tuple[dt.date | None, dt.date | None]:
    first, last = _day(start), _day(end)
    if first is None:
        return None, None
    return first, max(first, last or first)


def _day(written: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written[:10]) if written else None
    except ValueError:
        return None


def _pairs(event: Event) -> list[tuple[str, str]]:
    sources = _codes(p.actor for p in event.source)
    targets = _codes(p.actor for p in event.target) if event.target else sources
    # one state in both lists is a domestic event where it is told so, and no meeting with itself
    return [(s, t) for s in sources for t in targets if s != t or event.target]


def _codes(actors: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(actor for actor in actors if actor))


def _reporter(position: Position) -> str | None:
    # positions coded before reporters were told apart have no such field
    reporter: str | None = getattr(position, "reporter", None)
    return reporter


def _person(reading: Reading, position: Position) -> str | None:
    """The one speaker of the statement who speaks for the actor; None where there are several."""
    if position.statement is None:
        return None
    for statement in reading.statements:
        if statement.id == position.statement:
            speakers = statement.speakers or ((statement.speaker,) if statement.speaker else ())
            names = _codes(p.name for p in speakers if p.actor == position.actor and _is_person(p))
            return names[0] if len(names) == 1 else None
    return None


def _is_person(speaker: Participant) -> bool:
    # a state or body that speaks by itself has a name as well, its own
    return bool(speaker.role or speaker.office) or speaker.via in {"name", "repair"}


def _quoted(reading: Reading, spans: Iterable[Span]) -> str:
    return BETWEEN.join(" ".join(reading.words(span).split()) for span in spans)
