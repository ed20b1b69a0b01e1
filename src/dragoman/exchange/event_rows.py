"""Plain events, whoever coded them: what importers yield, what exporters take, and the rows of a store in between.

for row in of_reading(reading): row.sources, row.type, row.day
columns(rows)          # a dictionary of columns, as a store loads them
of_stored(mapping)     # the same out of a row that a store gives back
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import msgspec

from dragoman.records import Participant, Reading, Record

COARSE = frozenset({"week", "month", "season", "quarter", "year", "decade"})
OWN = "dragoman"


class Party(Record, frozen=True):
    """One who acts or is acted upon. `given` is the code as the file had it, `words` those of the text."""

    code: str | None = None
    sector: str | None = None
    others: tuple[str, ...] = ()  # further sectors
    name: str | None = None
    given: str | None = None
    words: str | None = None
    office: str | None = None
    wikidata: str | None = None

    @property
    def sectors(self) -> tuple[str, ...]:
        """All sectors, the first of them first."""
        return ((self.sector,) if self.sector else ()) + self.others


class EventRow(Record, frozen=True):
    """One event. `article` names the article of our own coding; imported rows have `file` and `line` instead.

    `score` is PLOVER's for the type and mode; `goldstein` and `cameo` are kept as the file had them, and so is, under
    the file's own names of columns, what has no field here (`extra`).
    """

    id: str
    type: str
    quad: int
    score: float
    mode: str | None = None
    sources: tuple[Party, ...] = ()
    targets: tuple[Party, ...] = ()
    day: dt.date | None = None
    day_end: dt.date | None = None
    granularity: str | None = None
    published: dt.date | None = None
    status: str = "actual"
    contexts: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    place: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geonames: int | None = None
    site: str | None = None
    url: str | None = None
    title: str | None = None
    words: str | None = None
    confidence: float = 1.0
    reason: str | None = None
    article: str | None = None
    origin: str = OWN
    file: str | None = None
    line: int | None = None
    cameo: str | None = None
    goldstein: float | None = None
    extra: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def known_as(self) -> str:
        """A name of the event that no other event of the same store has."""
        return f"{self.article}/{self.id}" if self.article else self.id


def of_reading(reading: Reading) -> Iterator[EventRow]:
    """The events of a Reading."""
    article = reading.article
    published = _day(article.published.start) if article.published else None
    for event in reading.events:
        when, place = event.date, event.place
        day, day_end = (_day(when.start), _day(when.end)) if when else (None, None)
        yield EventRow(
            id=event.id,
            type=event.type,
            mode=event.mode,
            quad=event.quad,
            score=event.score,
            sources=tuple(_party(who) for who in event.source),
            targets=tuple(_party(who) for who in event.target),
            day=day,
            day_end=day_end if day_end != day else None,
            granularity=when.granularity if when else None,
            published=published,
            status=event.status,
            contexts=event.contexts,
            issues=_issues(reading, event.evidence, {p.actor for p in (*event.source, *event.target)}),
            place=place.name if place else None,
            country=place.country if place else None,
            latitude=place.latitude if place else None,
            longitude=place.longitude if place else None,
            geonames=place.geonames if place else None,
            site=article.site,
            url=article.url,
            title=article.title,
            words=" … ".join(reading.words(span) for span in event.evidence) or None,
            confidence=event.confidence,
            reason=event.reason,
            article=article.id,
        )


def pairs(row: EventRow) -> list[tuple[Party | None, Party | None]]:
    """Who does it to whom, one by one, as a matrix counts it: where there is no target each does it to each other."""
    sources, targets = distinct(row.sources), distinct(row.targets)
    if not targets and len(sources) > 1:
        return [(one, other) for one, other in product(sources, sources) if one is not other]
    acting: list[Party | None] = [*sources] or [None]
    upon: list[Party | None] = [*targets] or [None]
    return [(one, other) for one in acting for other in upon]


def distinct(parties: Iterable[Party]) -> list[Party]:
    """One party for every actor, with the sectors of all its people; those without a code stay apart by name."""
    found: dict[tuple[str | None, str | None], Party] = {}
    for party in parties:
        key = (party.code, None) if party.code else (None, party.name or party.words)
        first = found.get(key)
        if first is None:
            found[key] = party
        elif more := [s for s in party.sectors if s not in first.sectors]:
            found[key] = msgspec.structs.replace(
                first,
                sector=first.sector or more[0],
                others=(*first.others, *(more if first.sector else more[1:])),
            )
    return list(found.values())


STORED = (
    "id", "day", "day_end", "granularity", "published", "site", "type", "mode", "contexts", "issues", "quad", "score",
    "status", "sources", "targets", "source_sectors", "target_sectors", "source_names", "target_names", "place",
    "country", "latitude", "longitude", "geonames", "words", "confidence", "reason", "extra",
)  # fmt: skip
_PLAIN = tuple(
    name for name in STORED if name in EventRow.__struct_fields__ and name not in ("extra", "sources", "targets")
)
_BESIDE = ("url", "title", "file", "line", "cameo", "goldstein")


def columns(rows: Iterable[EventRow]) -> dict[str, list[Any]]:
    """Column -> values, by the names a store's table of events has; `extra` holds as JSON what has no column there."""
    out: dict[str, list[Any]] = {name: [] for name in STORED}
    for row in rows:
        for name, value in stored(row).items():
            out[name].append(value)
    return out


def stored(row: EventRow) -> dict[str, Any]:
    """One row of such a table."""
    flat = {name: getattr(row, name) for name in _PLAIN}
    flat |= {"contexts": list(row.contexts), "issues": list(row.issues), "day_end": row.day_end or row.day}
    if row.day and not row.granularity:
        flat["granularity"] = "day"
    beside: dict[str, Any] = {n: v for n in _BESIDE if (v := getattr(row, n)) is not None}
    if row.extra:
        beside["more"] = row.extra
    for side, parties in (("source", row.sources), ("target", row.targets)):
        codes = _distinct(p.code for p in parties)
        sectors = _distinct(s for p in parties for s in p.sectors)
        names = _distinct(p.name or p.words for p in parties)
        flat |= {f"{side}s": codes, f"{side}_sectors": sectors, f"{side}_names": names}
        if _parties(codes, sectors, names) != parties:
            beside[f"{side}s"] = parties
    flat["extra"] = msgspec.json.encode(beside).decode() if beside else None
    return {name: flat[name] for name in STORED}


class _Beside(msgspec.Struct):
    url: str | None = None
    title: str | None = None
    file: str | None = None
    line: int | None = None
    cameo: str | None = None
    goldstein: float | None = None
    more: dict[str, str] = {}
    sources: tuple[Party, ...] | None = None
    targets: tuple[Party, ...] | None = None


def of_stored(found: Mapping[str, Any], *, url: str | None = None, title: str | None = None) -> EventRow:
    """The event of a row that a store gave back, which may have more columns; for our own, the article's address.

    What belongs to which of several actors (sectors, names) is known of imported rows and of an event with one on each
    side; otherwise those are left to Readings, which know it.
    """
    try:
        beside = msgspec.json.decode(found.get("extra") or "{}", type=_Beside)
    except msgspec.MsgspecError:
        beside = _Beside(more={"extra": str(found["extra"])})  # a row that somebody else loaded
    sides: dict[str, Any] = {}
    for side in ("source", "target"):
        told = getattr(beside, f"{side}s")
        names = (f"{side}s", f"{side}_sectors", f"{side}_names")
        sides[f"{side}s"] = told if told is not None else _parties(*(found.get(name) or [] for name in names))
    plain: dict[str, Any] = {name: found[name] for name in _PLAIN if found.get(name) is not None}
    plain |= {"contexts": tuple(found.get("contexts") or ()), "issues": tuple(found.get("issues") or ())}
    if plain.get("day_end") == plain.get("day"):
        plain.pop("day_end", None)
    return EventRow(
        **plain,
        **sides,
        url=beside.url or url,
        title=beside.title or title,
        file=beside.file,
        line=beside.line,
        cameo=beside.cameo,
        goldstein=beside.goldstein,
        extra=beside.more,
        article=None if found.get("load") or found.get("origin", OWN) != OWN else found.get("article"),
        origin=found.get("origin") or OWN,
    )


def _parties(codes: Sequence[str], sectors: Sequence[str], names: Sequence[str]) -> tuple[Party, ...]:
    """The parties that flat lists tell of, as far as it is plain what belongs together."""
    if len(codes) > 1:
        return tuple(Party(code=code) for code in codes)
    if not codes and not names and not sectors:
        return ()
    if not codes and len(names) > 1:
        return tuple(Party(name=name) for name in names)
    return (
        Party(
            code=codes[0] if codes else None,
            sector=sectors[0] if sectors else None,
            others=tuple(sectors[1:]),
            name=names[0] if names else None,
        ),
    )


def _party(who: Participant) -> Party:
    return Party(
        code=who.actor, sector=who.sector, name=who.name, words=who.text, office=who.office, wikidata=who.wikidata
    )


def _issues(reading: Reading, evidence: Iterable[tuple[int, int]], parties: set[str | None]) -> tuple[str, ...]:
    spans = list(evidence)
    return tuple(
        dict.fromkeys(
            position.issue
            for position in reading.positions
            if position.actor in parties and any(a[0] < b[1] and b[0] < a[1] for a in position.evidence for b in spans)
        )
    )


def _day(written: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written[:10]) if written else None
    except ValueError:
        return None


def _distinct(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))
