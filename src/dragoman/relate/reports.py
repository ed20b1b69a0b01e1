"""Events as reports that can be held against each other: who, what, when, where, on which issue, in which words.

for report in reports(readings, wording): report.key, report.sources, report.tokens
row_reports(rows, wording)                 # the same of rows of the store's table of events
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from dragoman.records import Event, Reading, Record, Span, Status
from dragoman.relate.rows import published
from dragoman.relate.wording import Wording, tokens

Key = tuple[str, str]  # the article, and the event within it


class Report(Record, frozen=True):
    """One event of one article. `first` to `last` are its days; `appeared` is the first day of the article."""

    article: str
    event: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]  # empty where the act is mutual, or nobody is named
    type: str
    quad: int
    score: float
    status: Status = "actual"
    mode: str | None = None
    outlet: str | None = None
    appeared: dt.date | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    dated_by: Literal["event", "article"] | None = None
    place: str | None = None
    country: str | None = None
    issues: tuple[str, ...] = ()
    tokens: frozenset[str] = frozenset()
    text: str = ""
    spans: tuple[Span, ...] = ()
    confidence: float = 1.0

    @property
    def key(self) -> Key:
        return self.article, self.event


def reports(readings: Iterable[Reading], wording: Wording) -> Iterator[Report]:
    """A report for every event that names an actor."""
    for reading in readings:
        article = reading.article
        for event in reading.events:
            sources, targets = _codes(p.actor for p in event.source), _codes(p.actor for p in event.target)
            if not sources and not targets:
                continue
            first, last, dated_by = _when(reading, event)
            spans = event.evidence or (event.trigger,)
            text = " … ".join(" ".join(reading.words(span).split()) for span in spans)
            appeared, _ = published(article)
            issues = (p.issue for p in reading.positions if any(_touch(s, t) for s in p.evidence for t in spans))
            yield Report(
                article=article.id,
                event=event.id,
                sources=sources,
                targets=targets,
                type=event.type,
                mode=event.mode,
                quad=event.quad,
                score=event.score,
                status=event.status,
                outlet=article.site,
                appeared=appeared,
                first=first,
                last=last,
                dated_by=dated_by,
                place=event.place.name if event.place else None,
                country=event.place.country if event.place else None,
                issues=_codes(issues),
                tokens=tokens(text, wording, without=_named(event)),
                text=text,
                spans=spans,
                confidence=event.confidence,
            )


def row_reports(rows: Iterable[Mapping[str, Any]], wording: Wording) -> Iterator[Report]:
    """A report for every row of the store's table of events with an article and an actor; absent columns are empty."""
    for row in rows:
        sources, targets = tuple(row.get("sources") or ()), tuple(row.get("targets") or ())
        if not row.get("article") or not (sources or targets):
            continue
        own, appeared = row.get("day"), row.get("published")
        first = own or (None if row.get("date_words") else appeared)
        text = row.get("words") or ""
        # whoever and wherever is known by its code or name already, and is no further sign
        names = [*(row.get("source_names") or ()), *(row.get("target_names") or ()), row.get("place") or ""]
        yield Report(
            article=row["article"],
            event=row["id"],
            sources=sources,
            targets=targets,
            type=row["type"],
            mode=row.get("mode"),
            quad=row["quad"],
            score=row["score"],
            status=row.get("status") or "actual",
            outlet=row.get("site"),
            appeared=appeared,
            first=first,
            last=(row.get("day_end") or own) if own else first,
            dated_by="event" if own else "article" if first else None,
            place=row.get("place"),
            country=row.get("country"),
            issues=tuple(row.get("issues") or ()),
            tokens=tokens(text, wording, without=names),
            text=text,
            spans=tuple((span["start"], span["end"]) for span in row.get("evidence") or ()),
            confidence=row.get("confidence") or 0.0,
        )


def _named(event: Event) -> list[str]:
    place = [event.place.name, event.place.text or ""] if event.place else []
    return [*(p.text for p in (*event.source, *event.target)), *place]


def _when(reading: Reading, event: Event) -> tuple[dt.date | None, dt.date | None, Literal["event", "article"] | None]:
    if event.date is not None:
        first, last = _day(event.date.start), _day(event.date.end)
        # words for a date that nobody could reckon are no reason to put the act on the day of the article
        return (first, max(first, last or first), "event") if first else (None, None, None)
    first, last = published(reading.article)
    return first, last, "article" if first else None


def _day(written: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written[:10]) if written else None
    except ValueError:
        return None


def _codes(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _touch(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
