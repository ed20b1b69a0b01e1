"""What an export wrote, and what it could not carry.

told = Account({"day", "type"})
told.look(row)                 # counts the fields of the row that are filled and not among those
told.written().told()          # lines for people
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from dragoman.exchange.event_rows import COARSE, EventRow, Party
from dragoman.records import Record

# the fields of an event that an export may or may not carry, with the words for people
FIELDS = {
    "day_end": "the last day of what went on for several",
    "published": "the day of publication",
    "type": "the type, which reads back as another",
    "mode": "the mode",
    "score": "the PLOVER score, which an import reckons anew from type and mode",
    "status": "that it is planned, hypothetical, negated or historical",
    "sectors": "sectors",
    "names": "names of who took part",
    "actors": "which actor it is, where the format has a class only",
    "offices": "offices and Wikidata numbers of people",
    "contexts": "contexts",
    "issues": "issues",
    "words": "the words of the text",
    "place": "the place",
    "country": "the country of the place",
    "coordinates": "latitude and longitude",
    "geonames": "the GeoNames number",
    "site": "where it was published",
    "url": "the address of the article",
    "title": "the title of the article",
    "article": "the id of the article",
    "confidence": "the confidence",
    "reason": "which rule found it",
    "cameo": "the CAMEO code",
    "goldstein": "the Goldstein score",
    "line": "file and line it was imported from",
    "extra": "further columns of the file it was imported from",
    "pairs": "that several took part together; each pair has a row of its own",
    "speakers": "where in the text those stand who speak and are spoken to, and their Wikidata numbers",
    "condition": "where in the text the condition stands",
    "controls": "tabs and line breaks inside a cell, which became blanks",
}
UNDATED = "without a date of their own"
COARSELY = "dated less exactly than to the day"
NEGATED = "that did not happen, which the format cannot tell"
NO_CODE = "of a type that the format has no code for"


class Written(Record, frozen=True):
    """How many events came, how many rows were written, which events were left out and what was not carried.

    `left_out` is why -> events; `lost` is a key of `FIELDS` -> events in which it was filled. `what` was written, where
    it was not events.
    """

    events: int
    rows: int
    left_out: dict[str, int]
    lost: dict[str, int]
    what: str = "events"

    def told(self) -> list[str]:
        """The same in lines for people; the first tells what was written."""
        lines = [f"{self.events - sum(self.left_out.values())} of {self.events} {self.what} in {self.rows} rows"]
        lines += [f"{number} left out: {why}" for why, number in self.left_out.items()]
        return lines + [f"not carried in {number}: {FIELDS.get(what, what)}" for what, number in self.lost.items()]


class Account:
    """Counts while an export goes on; `carried` are the keys of FIELDS that the format has room for."""

    def __init__(self, carried: Iterable[str] = ()) -> None:
        self._not_carried = [name for name in _FILLED if name not in frozenset(carried)]
        self._lost: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._events = self._rows = 0

    def look(self, row: EventRow, *more: str) -> None:
        """Counts an event that is written, and what of it the format does not carry; `more` names further losses."""
        self._events += 1
        lost = {name for name in self._not_carried if _FILLED[name](row)} | set(more)
        self._lost.update(lost)

    def leave_out(self, why: str) -> None:
        """Counts an event that is not written."""
        self._events += 1
        self._left_out[why] += 1

    def wrote(self, rows: int = 1) -> None:
        """Counts rows."""
        self._rows += rows

    def written(self) -> Written:
        """All that was counted, in the order of FIELDS."""
        return Written(
            events=self._events,
            rows=self._rows,
            left_out=dict(sorted(self._left_out.items())),
            lost={name: self._lost[name] for name in FIELDS if name in self._lost},
        )


def left_out(row: EventRow, *, undated: bool, status: bool = False) -> str | None:
    """Why a format with one day for every event cannot hold this one; None where it can.

    With `undated` the day of the article may stand in; `status` tells that the format says of an event that it did not
    happen, where others would make it one that did.
    """
    if row.status == "negated" and not status:
        return NEGATED
    if row.day is None:
        return None if undated and row.published else UNDATED
    return COARSELY if row.granularity in COARSE else None


def _any(row: EventRow, *fields: str) -> bool:
    return any(getattr(party, field) for party in (*row.sources, *row.targets) for field in fields)


def _named(party: Party) -> bool:
    return bool(party.name or party.words)


_FILLED: dict[str, Callable[[EventRow], bool]] = {
    "day_end": lambda row: row.day_end not in (None, row.day),
    "published": lambda row: row.published is not None,
    "mode": lambda row: row.mode is not None,
    "status": lambda row: row.status != "actual",
    "sectors": lambda row: _any(row, "sector", "others"),
    "names": lambda row: any(_named(p) for p in (*row.sources, *row.targets)),
    "offices": lambda row: _any(row, "office", "wikidata"),
    "contexts": lambda row: bool(row.contexts),
    "issues": lambda row: bool(row.issues),
    "words": lambda row: bool(row.words),
    "place": lambda row: bool(row.place),
    "country": lambda row: bool(row.country),
    "coordinates": lambda row: row.latitude is not None or row.longitude is not None,
    "geonames": lambda row: row.geonames is not None,
    "site": lambda row: bool(row.site),
    "url": lambda row: bool(row.url),
    "title": lambda row: bool(row.title),
    "article": lambda row: bool(row.article),
    "confidence": lambda row: row.confidence != 1,
    "reason": lambda row: bool(row.reason),
    "cameo": lambda row: row.cameo is not None,
    "goldstein": lambda row: row.goldstein is not None,
    "line": lambda row: row.line is not None or row.file is not None,
    "extra": lambda row: bool(row.extra),
}
