"""The nouns: what one article becomes, as frozen values that travel between processes and into JSON.

A span is `(start, end)` in Unicode code points of `Article.text`; `text[start:end]` is the words themselves.
An actor is a code: ISO 3166-1 alpha-3 for a state, `IGO:`, `NGO:`, `MNC:` or `NSA:` and a name for others.
What is not known is None. `to_json`, `from_json` and `json_schema` are the contract other programs rely on.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Span = tuple[int, int]
Via = Literal["name", "gazetteer", "role", "metonym", "pronoun", "description", "repair", "sentence"]
StatementKind = Literal["direct", "indirect", "mixed"]
Act = Literal["statement", "belief", "intention", "question", "denial"]
Status = Literal["actual", "planned", "hypothetical", "negated", "historical"]
Stance = Literal["for", "against", "conditional", "neutral"]
Granularity = Literal["second", "minute", "hour", "part", "day", "week", "month", "season", "quarter", "year", "decade"]
DateType = Literal["point", "duration", "set"]

SCHEMA_VERSION = "1"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Anything the record is made of."""

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries and lists, as `--json` prints them."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


class Dropped(Record, frozen=True):
    """Page furniture that was removed, and why."""

    text: str
    reason: str


class Published(Record, frozen=True):
    """When the article appeared, and where that was read."""

    start: str
    end: str
    granularity: Granularity
    source: str  # given | json-ld | meta | feed | pdf | url | text
    confidence: float


class Article(Record, frozen=True):
    """One page, its text fixed for good: title, blank line, body. `text[body_start:]` is the body."""

    id: str
    url: str | None = None
    title: str | None = None
    text: str = ""
    body_start: int = 0
    language: str | None = None
    site: str | None = None
    author: str | None = None
    published: Published | None = None
    retrieved: str | None = None
    outcome: str = "read"
    detail: str | None = None  # one line: what happened and what would help, where the outcome is not plain success
    dropped: tuple[Dropped, ...] = ()

    @property
    def body(self) -> str:
        return self.text[self.body_start :]


class Participant(Record, frozen=True):
    """Who: a person or body, the actor it stands for, and the words that say so."""

    actor: str | None
    sector: str | None
    name: str | None
    role: str | None
    text: str
    span: Span
    via: Via
    wikidata: str | None = None
    office: str | None = None  # a key of actors/offices.toml, where the words or the tables tell it


class Statement(Record, frozen=True):
    """Somebody says, thinks, wants, asks or denies something."""

    id: str
    kind: StatementKind
    act: Act
    speaker: Participant | None
    cue: Span | None
    content: tuple[Span, ...]
    addressee: Participant | None
    channel: str | None
    evidence: tuple[Span, ...]
    speakers: tuple[Participant, ...] = ()  # all of them when several speak together; `speaker` is the first
    within: str | None = None  # id of the statement that contains this one
    reason: str | None = None


class EventDate(Record, frozen=True):
    """When: from `start` to `end`, both included (ISO 8601), as far as the words tell."""

    start: str | None
    end: str | None
    granularity: Granularity
    text: str
    type: DateType = "point"
    span: Span | None = None


class Place(Record, frozen=True):
    """Where: a country, or a town or region with its country."""

    name: str
    country: str | None
    latitude: float | None
    longitude: float | None
    geonames: int | None
    kind: str = "country"
    text: str | None = None
    span: Span | None = None


class Event(Record, frozen=True):
    """Who did what to whom, coded by PLOVER."""

    id: str
    type: str
    mode: str | None
    contexts: tuple[str, ...]
    quad: int
    score: float
    source: tuple[Participant, ...]
    target: tuple[Participant, ...]
    status: Status
    date: EventDate | None
    place: Place | None
    statement: str | None
    trigger: Span
    evidence: tuple[Span, ...]
    confidence: float
    reason: str


class Position(Record, frozen=True):
    """Who wants what on which issue, toward whom."""

    actor: str
    issue: str
    regarding: str | None
    stance: Stance
    toward: str | None
    shared_with: tuple[str, ...]
    statement: str | None
    evidence: tuple[Span, ...]
    confidence: float
    condition: Span | None = None
    reporter: str | None = None  # who says so of `actor`; what is reported never counts as the actor's own word
    reason: str | None = None


class Note(Record, frozen=True):
    """Why something was not coded."""

    span: Span
    reason: str


class Coder(Record, frozen=True):
    """Which coder and which tables made this."""

    name: str
    version: str
    lexicon: str


class Reading(Record, frozen=True):
    """One article and everything found in it."""

    article: Article
    actors: tuple[Participant, ...] = ()
    statements: tuple[Statement, ...] = ()
    events: tuple[Event, ...] = ()
    positions: tuple[Position, ...] = ()
    notes: tuple[Note, ...] = ()
    coder: Coder | None = None

    def words(self, span: Span) -> str:
        """The words a span points at."""
        return self.article.text[span[0] : span[1]]

    def to_json(self, *, indent: int | None = None) -> str:
        """The record as JSON, non-ASCII letters kept."""
        raw = msgspec.json.encode(self)
        return (msgspec.json.format(raw, indent=indent) if indent else raw).decode("utf-8")

    def _repr_html_(self) -> str:
        # a notebook asks for this by name; the page maker loads only then
        from dragoman.exchange.html import fragment

        return fragment(self)


def from_json(text: str | bytes) -> Reading:
    """The Reading that `to_json` wrote. Raises msgspec.ValidationError naming the path that is wrong."""
    return msgspec.json.decode(text, type=Reading)


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a Reading."""
    schema = msgspec.json.schema(Reading)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema
