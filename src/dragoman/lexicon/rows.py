"""What a line of each table holds, as typed values. The columns are explained in data/README.md."""

from __future__ import annotations

from typing import Any

import msgspec

Words = tuple[str, ...]


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of a table. `where` is `file:line`, for reasons and faults."""

    where: str = ""


class State(Row, frozen=True, kw_only=True, gc=False):
    code: str
    name: str
    official: str = ""
    aliases: Words = ()
    adjectives: Words = ()
    nationals: Words = ()
    capital: Words = ()
    from_: str = ""
    to: str = ""
    source: str = ""


class Ambiguous(Row, frozen=True, kw_only=True, gc=False):
    form: str
    code: str = ""
    before: Words = ()
    after: Words = ()
    page: Words = ()
    page_for: Words = ()
    source: str = ""


class Seat(Row, frozen=True, kw_only=True, gc=False):
    form: str
    aliases: Words = ()
    code: str
    sector: str = ""
    kind: str
    name: str = ""
    from_: str = ""
    to: str = ""
    source: str = ""


class Organisation(Row, frozen=True, kw_only=True, gc=False):
    code: str
    name: str
    aliases: Words = ()
    adjectives: Words = ()
    kind: str = ""
    part_of: str = ""
    seat: str = ""
    from_: str = ""
    to: str = ""
    wikidata: str = ""
    source: str = ""


class Member(Row, frozen=True, kw_only=True, gc=False):
    org: str
    state: str
    from_: str = ""
    to: str = ""
    source: str = ""


class ArmedGroup(Row, frozen=True, kw_only=True, gc=False):
    code: str
    name: str
    aliases: Words = ()
    country: Words = ()
    sector: Words = ("REB",)
    from_: str = ""
    to: str = ""
    source: str = ""


class StateGroup(Row, frozen=True, kw_only=True, gc=False):
    """A name for several states at once that is no body of its own: the Baltic states, both Koreas."""

    form: str
    aliases: Words = ()
    members: Words
    from_: str = ""
    to: str = ""
    source: str = ""


class Person(Row, frozen=True, kw_only=True, gc=False):
    name: str
    spellings: Words = ()
    short: Words = ()
    gender: str = ""
    office: str = ""
    title: str = ""
    actor: str
    sector: str = ""
    from_: str = ""
    to: str = ""
    wikidata: str = ""
    source: str = ""


class Role(Row, frozen=True, kw_only=True, gc=False):
    role: str
    sector: str = ""
    number: str = "both"
    kind: str = "group"
    example: str = ""


class GivenName(Row, frozen=True, kw_only=True, gc=False):
    name: str
    gender: str
    source: str = ""


class Description(Row, frozen=True, kw_only=True, gc=False):
    words: str
    codes: Words
    source: str = ""


class City(Row, frozen=True, kw_only=True, gc=False):
    name: str
    ascii: str = ""
    aliases: Words = ()
    country: str
    admin: str = ""
    latitude: float
    longitude: float
    population: int = 0
    geonames: int = 0


class Region(Row, frozen=True, kw_only=True, gc=False):
    name: str
    aliases: Words = ()
    country: str = ""
    countries: Words = ()
    kind: str = ""
    latitude: float | None = None
    longitude: float | None = None
    geonames: int | None = None
    source: str = ""


class VerbPattern(Row, frozen=True, kw_only=True, gc=False):
    pattern: str
    event: str
    mode: str = ""
    example: str = ""


class Reporting(Row, frozen=True, kw_only=True, gc=False):
    lemma: str
    kind: str = "verb"
    act: str = "statement"
    frame: Words = ()
    tone: str = "neutral"
    example: str = ""


class Cue(Row, frozen=True, kw_only=True, gc=False):
    words: str
    kind: str
    example: str = ""


class StanceWord(Row, frozen=True, kw_only=True, gc=False):
    words: str
    part: str
    stance: str
    complement: str = "thing"
    example: str = ""


class Dispute(Row, frozen=True, kw_only=True, gc=False):
    """A place that states dispute: whom a position on it regards, on which issues (on all, if none is named)."""

    words: str
    regarding: str
    issues: Words = ()
    example: str = ""


class Office(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An office and the ways English news names it; `only` maps words to the states where they mean it."""

    key: str
    words: Words
    sector: str = "GOV"
    level: str = "other"
    only: dict[str, Words] = {}
    example: str = ""


class Issue(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One issue: what it covers, the aim that stance "for" is for, and the words that speak of it."""

    key: str
    name: str
    pole: str
    table: dict[str, Any]


class Mode(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    name: str
    score: float
    meaning: str = ""


class EventType(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A type of the ontology with its quad class, score and modes."""

    name: str
    quad: int
    score: float
    meaning: str = ""
    needs_target: bool = False
    modes: dict[str, Mode] = {}
