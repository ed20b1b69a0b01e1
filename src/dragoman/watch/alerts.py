"""What an alert is: which rule, on what, in which words."""

from __future__ import annotations

import hashlib

import msgspec

from dragoman.records import Record, Span


class Told(Record, frozen=True):
    """One event or position an alert rests on, with its sentences. `code`: COERCE expel, or against sanctions."""

    article: str
    kind: str  # event | position
    id: str
    code: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    words: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    status: str | None = None
    quad: int | None = None
    issues: tuple[str, ...] = ()
    day: str | None = None
    confidence: float = 1.0
    title: str | None = None
    url: str | None = None


class Moved(Record, frozen=True):
    """How far a measure lies from what is usual. `value` is that of `since` to `until`; `usual` is the median of the
    `windows` before, `spread` their usual distance from it, `times` how many spreads the value lies away.
    """

    measure: str
    source: str
    target: str
    since: str
    until: str
    value: float
    usual: float
    spread: float
    times: float
    windows: int
    reports: int


class Alert(Record, frozen=True):
    """One alert. `kind`: report (of an article) or range (of a measure). `text`: all of it in a few words."""

    id: str
    rule: str
    kind: str
    at: str
    text: str
    told: tuple[Told, ...]
    title: str | None = None
    url: str | None = None
    site: str | None = None
    published: str | None = None
    article: str | None = None
    moved: Moved | None = None

    def to_json(self) -> str:
        """One line of JSON, non-ASCII letters kept."""
        return msgspec.json.encode(self).decode("utf-8")


def from_json(text: str | bytes) -> Alert:
    """The Alert that `to_json` wrote. Raises msgspec.ValidationError."""
    return msgspec.json.decode(text, type=Alert)


def digest(*parts: object) -> str:
    """A name for these parts; another for other parts."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:24]
