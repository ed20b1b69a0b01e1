"""The seam of the store: what can be asked, what comes back, and what every store must do.

A store keeps Readings, gives them back exactly as they went in, and answers a Question with Tally rows. It knows no
measure: what the rows mean is worked out elsewhere, from these values alone. Row acts on column: in a Tally `source`
acts on `target`; an event without a target (a meeting) counts in both directions.

    StoreError
    |-- StoreMissing     there is no store at the address
    |-- StoreFormat      the store was written in another format (found, wanted)
    |-- StoreHeld        another writer has it (owner)
    |-- StoreUnwritable  it can be read but not written: a read-only folder, a full disk
    |-- StoreDamaged     files of the store are missing or broken (files)
    `-- StoreRefused     the question, the SQL or the record cannot be taken (name, value)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import msgspec

from dragoman.errors import StoreError
from dragoman.records import Article, Coder, Reading, Record, Status

if TYPE_CHECKING:
    import pyarrow as pa

OWN = "dragoman"  # the origin of what our own coder made; imported rows carry the name of their format
UNITS = ("all", "year", "quarter", "month", "week", "day")
Unit = Literal["all", "year", "quarter", "month", "week", "day"]
Dimension = Literal["type", "mode", "quad", "issue", "status", "site", "origin", "article"]
Verdict = Literal["right", "wrong", "unsure"]
Count = Literal["happening", "report"]
Said = Literal["events", "statements", "positions"]  # tables that are told of row by row
COUNTED: tuple[Status, ...] = ("actual", "planned", "hypothetical", "historical")

_ACTOR = re.compile(r"[A-Z]{3}|[A-Z]{2,4}:[A-Z0-9][A-Z0-9_.&-]*")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Member(Record, frozen=True):
    """An actor that belongs to a bloc from `since` to `until` (ISO days, both included; None is open)."""

    actor: str
    since: str | None = None
    until: str | None = None


class Bloc(Record, frozen=True):
    """A name that stands for its members at the date of the event.

    Pairs inside a bloc are not counted, and of two blocs none of two actors that both belong to both. Else who belongs
    to two blocs counts under each of them.
    """

    code: str
    members: tuple[Member, ...]


class Question(Record, frozen=True):
    """What is asked. An empty tuple asks for everything; `status` leaves out negated events unless told otherwise.

    `actors`: one actor asks for all pairs it is part of, several for the pairs among them; `acting` and `upon` name
    the acting and the receiving side apart. `since`, `until`: a year, a month or a day, both included. An event
    belongs to the day it began. `undated`: count events without a date of their own on the day of their article,
    unless they are told as history.

    `count`: an act that several articles report counts once, as the report tells it that stands for it, or every
    report counts. Sites, articles, origins and confidence choose among reports first: an act that one of them tells
    counts, as the best of those chosen tells it.
    """

    actors: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()
    upon: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    unit: Unit = "month"
    by: tuple[Dimension, ...] = ()
    types: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    quads: tuple[int, ...] = ()
    issues: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    status: tuple[str, ...] = COUNTED
    sites: tuple[str, ...] = ()
    origins: tuple[str, ...] = (OWN,)
    articles: tuple[str, ...] = ()
    confidence: float = 0.0
    undated: bool = False
    within: bool = False  # also pairs of an actor with itself
    count: Count = "happening"
    blocs: tuple[Bloc, ...] = ()

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day asked for."""
        return (day_of(self.since, last=False), day_of(self.until, last=True))


class Tally(Record, frozen=True):
    """What `source` did to `target` in a period, in events. `period` is its first day; None where the unit is all.

    `score` sums the scores, `cooperation` those above zero, `conflict` those below; `quads` counts the four classes;
    `confidence` is a sum. `reports` is how many reports told these events, `outlets` sums for each how many outlets
    did (both by happening; by report every event is one). The last fields are set where the question asked with `by`.
    """

    source: str
    target: str
    period: date | None
    events: int
    score: float
    cooperation: float
    conflict: float
    quads: tuple[int, int, int, int]
    confidence: float
    type: str | None = None
    mode: str | None = None
    quad: int | None = None
    issue: str | None = None
    status: str | None = None
    site: str | None = None
    origin: str | None = None
    article: str | None = None
    reports: int = 0
    outlets: int = 0


@dataclass(frozen=True)
class Tallies:
    """The answer to a Question: an Arrow table, the same as `rows`, and what could not be counted.

    `left_out` counts pairs of events the question meant but that have no place in it: `undated`, and `coarse`, whose
    date is wider than the unit (a year, asked by month). `unlinked` counts the reports that were asked for by happening
    and came after acts were last linked: each of them counts for itself. `by_article` counts pairs of events without a
    day of their own that were counted on that of their article. Speaks Arrow (`__arrow_c_stream__`).
    """

    question: Question
    table: pa.Table
    left_out: dict[str, int]
    commit: int
    unlinked: int = 0
    by_article: int = 0

    @cached_property
    def rows(self) -> tuple[Tally, ...]:
        """The rows as values, by period, source, target."""
        columns = {name: self.table.column(name).to_pylist() for name in self.table.column_names}
        quads = list(zip(*(columns.pop(f"quad{k}") for k in (1, 2, 3, 4)), strict=True))
        names = tuple(columns)
        return tuple(
            Tally(quads=four, **dict(zip(names, row, strict=True)))
            for four, row in zip(quads, zip(*columns.values(), strict=True), strict=True)
        )

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return int(self.table.num_rows)


class Hit(Record, frozen=True):
    """A sentence that holds the words searched for, and the records that point at it."""

    article: str
    start: int
    end: int
    words: str
    relevance: float
    day: date | None
    site: str | None
    actors: tuple[str, ...]
    records: tuple[tuple[str, str], ...]  # (event | statement | position, id)


class Correction(Record, frozen=True):
    """A person's verdict on one record. `record` holds what it should have been, as JSON, where that was said."""

    article: str
    kind: str  # event | statement | position
    id: str
    verdict: Verdict
    field: str | None = None
    record: str | None = None
    note: str | None = None
    by: str | None = None
    at: str | None = None


class ToLink(Record, frozen=True):
    """What waits to be linked: reports that came with commits after `linked`, up to `commit`.

    `whole` is set where all there is must be linked: it never was, or by other terms. `serial` counts what was kept.
    """

    commit: int
    linked: int | None
    whole: bool
    serial: int
    reports: int
    articles: int
    by: str = ""


class Linked(Record, frozen=True):
    """One report of an act that has several; `day` is that of the event itself. `rank` 0 stands for the act."""

    article: str
    event: str
    day: date | None
    happening: str
    rank: int
    n_reports: int
    n_outlets: int


class Committed(Record, frozen=True):
    """What became of a batch: counts of articles, and of rows written per table."""

    commit: int
    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    repeated: int = 0  # the same article again inside the batch; the last one counts
    refused: tuple[tuple[str, str], ...] = ()  # (article, why)
    rows: dict[str, int] = msgspec.field(default_factory=dict)


class TableInfo(Record, frozen=True):
    """One table as it stands."""

    rows: int
    files: int
    bytes: int
    version: int


class Info(Record, frozen=True):
    """The store as it stands. `derived` tells for each derived part the commit it was built from (None: never)."""

    address: str
    format: int
    made_by: str
    commit: int
    at: str
    tables: dict[str, TableInfo]
    bytes: int
    derived_bytes: int
    derived: dict[str, int | None]
    first: date | None
    last: date | None
    coders: tuple[tuple[str, str, str, int], ...]  # name, version, lexicon, articles
    origins: dict[str, int]  # events by origin
    writer: str | None  # who is writing just now


class Finding(Record, frozen=True):
    """Something wrong: what, where, and what it should be."""

    kind: str
    where: str
    found: str
    wanted: str


class Check(Record, frozen=True):
    """The result of `check`: what was counted, and what is wrong (a hundred of a kind; `more` counts the rest)."""

    commit: int
    counts: dict[str, int]
    findings: tuple[Finding, ...]
    more: int = 0

    @property
    def ok(self) -> bool:
        return not self.findings


class Store(Protocol):
    """What a store does. Every answer is of one commit: never half of one. Raises StoreError."""

    name: str

    def commit(self, readings: Iterable[Reading], *, origin: str = OWN) -> Committed:
        """Keep a batch, all or nothing. The same article again changes nothing; another text or coder replaces it."""

    def load(self, events: Iterable[Any], *, origin: str, name: str, replace: bool = False) -> Committed:
        """Keep Arrow batches of event rows that have no article, all or nothing; the same `name` again does nothing."""

    def correct(self, corrections: Iterable[Correction]) -> Committed:
        """Keep people's verdicts."""

    def corrections(self) -> tuple[Correction, ...]:
        """All verdicts, oldest first."""

    def reading(self, article: str) -> Reading | None:
        """The Reading of this article, exactly as it went in; None where there is none."""

    def readings(self, articles: Sequence[str] = (), *, not_by: Coder | None = None) -> Iterator[Reading]:
        """Readings, by month of publication: of these articles or of all; `not_by`: only those another coder made."""

    def articles(self, question: Question) -> pa.Table:
        """Rows of articles, without text."""

    def events(
        self, question: Question, *, limit: int | None = None, offset: int = 0, newest: bool = False
    ) -> pa.Table:
        """Rows of events, by day; the newest first if so asked, those without a date last.

        By happening a row is the report that stands for its act. `happening` names the act (null where it was not
        linked yet), `n_reports` and `n_outlets` count who tells it, `copy_of` is the article whose copy this one is.
        """

    def statements(
        self, question: Question, *, limit: int | None = None, offset: int = 0, newest: bool = False
    ) -> pa.Table:
        """Rows of statements by or to the actors, by day of publication."""

    def positions(
        self, question: Question, *, limit: int | None = None, offset: int = 0, newest: bool = False
    ) -> pa.Table:
        """Rows of positions by or toward the actors, by day of publication."""

    def batches(self, table: Said, question: Question) -> Iterator[pa.RecordBatch]:
        """Rows of a table as the verb of its name gives them, some at a time, so that there may be any number of them.

        There is at least one batch, with the columns. Events are in the order of their months, those without a date of
        their own last.
        """

    def tally(self, question: Question) -> Tallies:
        """Counts by pair and period."""

    def volume(self, question: Question) -> pa.Table:
        """Articles read by period and site (columns period, site, articles): the denominators.

        By happening an article and its copies are one article, that of the original; where sites are chosen, of the
        first among them.
        """

    def to_link(self, by: str, *, whole: bool = False) -> ToLink:
        """What waits to be linked by a linker of this name; all there is, where another one linked it before."""

    def pages(self, job: ToLink, *, days: int) -> Iterator[tuple[Article, bool]]:
        """The articles to be held against each other, by day: those of the job (True), others up to `days` apart."""

    def copies(self) -> dict[str, str]:
        """Every article that is a copy -> the article it is a copy of."""

    def reports(self, job: ToLink, moved: Iterable[str] = ()) -> Iterator[list[dict[str, Any]]]:
        """Rows of events to link, with `reported` (their first day), by that day, article and id, in batches.

        Besides the reports of the job and of the articles `moved`, all that share a pair and days with one of them, and
        all the acts these belong to, whole.
        """

    def keep_links(self, job: ToLink, copies: Mapping[str, str], links: Iterable[Linked]) -> ToLink:
        """Keeps what was found: all copies there are, and the reports of each act that has several, of those handed out
        by `reports`. What somebody else kept meanwhile is left as it is. Returns what waits now.
        """

    def reports_of(self, happenings: Sequence[str]) -> pa.Table:
        """Rows of events: all reports of these acts, the one that stands for its act first."""

    def search(self, words: str, question: Question | None = None, *, limit: int = 20) -> tuple[Hit, ...]:
        """The sentences that hold the words, most relevant first."""

    def sql(self, query: str) -> pa.Table:
        """The answer to one SELECT over the tables. Anything else is refused."""

    def check(self) -> Check:
        """What is wrong with the store, if anything."""

    def compact(self) -> Committed:
        """Many small files become few; answers stay the same."""

    def vacuum(self, *, keep_hours: float = 24.0) -> int:
        """Removes files no answer needs since that time; returns how many."""

    def rebuild(self) -> Info:
        """Makes all derived parts anew."""

    def info(self) -> Info:
        """The store as it stands."""

    def close(self) -> None:
        """Lets go of what is held."""


class StoreMissing(StoreError):
    """There is no store at `address`."""

    def __init__(self, message: str, *, address: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.address = address


class StoreFormat(StoreError):
    """The store is of format `found`, this Dragoman writes `wanted`."""

    def __init__(self, message: str, *, found: int, wanted: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.found = found
        self.wanted = wanted


class StoreHeld(StoreError):
    """Another writer, `owner`, has the store."""

    def __init__(self, message: str, *, owner: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.owner = owner


class StoreUnwritable(StoreError):
    """The store at `address` cannot be written to; what it held before is untouched."""

    def __init__(self, message: str, *, address: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.address = address


class StoreDamaged(StoreError):
    """Files of the store are missing or broken; `files` names them."""

    def __init__(self, message: str, *, files: Sequence[str], hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.files = tuple(files)


class StoreRefused(StoreError, ValueError):
    """What was asked or given cannot be taken: `value` under `name`."""

    def __init__(self, message: str, *, name: str, value: object, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.name = name
        self.value = value


def day_of(text: str | None, *, last: bool) -> date | None:
    """The first (or last) day of `2024`, `2024-03` or `2024-03-09`. Raises StoreRefused."""
    if text is None:
        return None
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError("not a date")
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        if day is not None and month is not None:
            return date(year, month, day)
        if not last:
            return date(year, month or 1, 1)
        after = date(year + 1, 1, 1) if month in (None, 12) else date(year, (month or 0) + 1, 1)
        return after - timedelta(days=1)
    except (ValueError, OverflowError) as cause:
        raise StoreRefused(
            f"{text!r} is not a date", name="date", value=text, hint="write 2024, 2024-03 or 2024-03-09"
        ) from cause


def checked(question: Question) -> Question:
    """The question, if it can be asked. Raises StoreRefused naming the part that is wrong."""
    first, last = question.days
    if first and last and first > last:
        raise StoreRefused(
            f"since {question.since} lies after until {question.until}", name="since", value=question.since
        )
    blocs = {bloc.code for bloc in question.blocs}
    named = [("actors", question.actors), ("acting", question.acting), ("upon", question.upon)]
    named += [("blocs", tuple(m.actor for bloc in question.blocs for m in bloc.members))]
    for name, codes in named:
        for code in codes:
            if code not in blocs and not _ACTOR.fullmatch(code):
                raise StoreRefused(
                    f"{code!r} is not the code of an actor",
                    name=name,
                    value=code,
                    hint="a state has three capital letters, as USA; others a kind and a name, as IGO:NATO",
                )
    for bloc in question.blocs:
        for member in bloc.members:
            day_of(member.since, last=False), day_of(member.until, last=True)
    known: tuple[tuple[str, tuple[Any, ...], tuple[Any, ...]], ...] = (
        ("unit", (question.unit,), get_args(Unit)),
        ("count", (question.count,), get_args(Count)),
        ("by", question.by, get_args(Dimension)),
        ("status", question.status, get_args(Status)),
        ("quads", question.quads, (1, 2, 3, 4)),
    )
    for name, values, allowed in known:
        for value in values:
            if value not in allowed:
                raise StoreRefused(
                    f"{name} cannot be {value!r}", name=name, value=value, hint=f"known: {', '.join(map(str, allowed))}"
                )
    return question
