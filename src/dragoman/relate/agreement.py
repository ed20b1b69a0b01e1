"""Where actors coincide and where they differ, issue by issue, in their own words.

found = agreement(rows, ["USA", "RUS"], since=date(2030, 1, 1), terms=Terms(minimum=3, window="year"))
for topic in found.topics:
    topic.label, topic.pairs[0].outcome, topic.sides[0].first.text

What others report of a side is counted apart and never as its own; who says nothing of their own is silent.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Literal, get_args

from msgspec import field
from msgspec.structs import replace

from dragoman.errors import SettingsError
from dragoman.records import Record, Span, Stance
from dragoman.relate.concepts import Concept, Once, concept_of, once, order
from dragoman.relate.intervals import Cell, agreement_share, interval
from dragoman.relate.periods import Unit, inside, periods, touches
from dragoman.relate.rows import Said

Outcome = Literal["coincide", "differ", "mixed", "conditional", "not enough said", "one silent", "both silent"]
Leaning = Literal["for", "against", "mixed", "conditional"]


class Terms(Record, frozen=True):
    """How agreement is reckoned; the answer carries the terms it was given."""

    minimum: int = 3  # statements with a stance that each side must have made, after counting once
    once: Once = "document"
    regarding: bool = True  # compare only what regards the same third party or place
    pair_issues: tuple[str, ...] = ()  # issues that are about a pair of actors, such as talks between them
    agree_from: float = (
        2 / 3
    )  # share of agreement from which two sides coincide, and of one stance that makes a leaning
    differ_to: float = 1 / 3  # share up to which they differ; between the two they are mixed
    level: float = 0.95
    resamples: int = 2000
    least_articles: int = 10  # fewer are too few to draw from again
    seed: int = 1
    window: Unit | None = None  # change is told by this unit
    window_width: int = 1
    window_step: int | None = None
    window_minimum: int = 1  # as `minimum`, within one window

    def __post_init__(self) -> None:
        wanted: list[tuple[str, bool, str]] = [
            ("minimum", self.minimum >= 1, "1 or more"),
            ("window_minimum", self.window_minimum >= 1, "1 or more"),
            ("agree_from", 0.5 <= self.agree_from <= 1, "0.5 to 1"),
            ("differ_to", 0 <= self.differ_to < self.agree_from, "0 or more, below agree_from"),
            ("level", 0 < self.level < 1, "between 0 and 1"),
            ("resamples", self.resamples >= 100, "100 or more"),
            ("once", self.once in get_args(Once), ", ".join(get_args(Once))),
            ("window", self.window is None or self.window in get_args(Unit), ", ".join(get_args(Unit))),
            ("window_width", self.window_width >= 1, "1 or more"),
            ("window_step", 1 <= (self.window_step or self.window_width) <= self.window_width, "1 to window_width"),
        ]
        for name, fits, range_ in wanted:
            if not fits:
                raise SettingsError(f"{name} cannot be {getattr(self, name)!r}", name=name, hint=range_)


class Counts(Record, frozen=True):
    """Statements by stance."""

    for_: int = field(default=0, name="for")
    against: int = 0
    conditional: int = 0
    neutral: int = 0

    @property
    def clear(self) -> int:
        """For and against."""
        return self.for_ + self.against

    @property
    def taken(self) -> int:
        """With a stance, be it on a condition."""
        return self.clear + self.conditional

    @property
    def all(self) -> int:
        return self.taken + self.neutral


class Quote(Record, frozen=True):
    """The words, and where they stand."""

    article: str
    date: dt.date | None
    until: dt.date | None
    outlet: str | None
    person: str | None
    stance: Stance
    text: str
    spans: tuple[Span, ...]


class Side(Record, frozen=True):
    """One actor on one topic: what it said itself, and apart from it what others said it wants."""

    actor: str
    counts: Counts
    articles: int
    outlets: int
    leaning: Leaning | None  # None where it has said less than the minimum
    first: Quote | None
    latest: Quote | None
    reported: Counts


class Pair(Record, frozen=True):
    """Two actors on one topic.

    `share` is how often a statement of one and a statement of the other, each for or against, take the same stance; it
    lies between `low` and `high`. `claims` counts statements of the first that say the second wants the same, and the
    other way round. `since` is the day on which the unbroken run of windows with the present outcome began, where
    change was asked for.
    """

    actors: tuple[str, str]
    outcome: Outcome
    share: float | None
    low: float | None
    high: float | None
    interval: Literal["bootstrap", "wilson"] | None
    articles: int
    claims: tuple[int, int] = (0, 0)
    since: dt.date | None = None


class Window(Record, frozen=True):
    """One stretch of the period: counts in the order of the topic's sides, and each pair."""

    start: dt.date
    end: dt.date
    counts: tuple[Counts, ...]
    pairs: tuple[Pair, ...]


class Topic(Record, frozen=True):
    """One issue, and whom it regards or whom it lies between."""

    label: str
    issue: str
    regarding: str | None
    between: tuple[str, ...]
    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]
    change: tuple[Window, ...] = ()


class Agreement(Record, frozen=True):
    """The answer; most spoken-of topics first. `empty` says why there are none."""

    actors: tuple[str, ...]
    since: dt.date | None
    until: dt.date | None
    terms: Terms
    topics: tuple[Topic, ...]
    statements: int  # own statements counted
    repeated: int  # own statements left out because they were counted once already
    reported: int  # statements of others about a side, counted apart
    undated: int  # statements left out because their day is not known, or not closely enough for the period
    elsewhere: int  # statements left out because they are about relations with somebody who was not asked about
    empty: str | None = None


def agreement(
    rows: Iterable[Said],
    actors: Sequence[str],
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    issues: Sequence[str] | None = None,
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> Agreement:
    """Every topic on which one of the actors has spoken, with each of them as a side and each two of them as a pair.

    Issues asked for and not spoken of come too, both sides silent. Raises SettingsError for fewer than two actors, a
    period that ends before it begins, or a window that does not fit.
    """
    asked = tuple(dict.fromkeys(actors))
    if len(asked) < 2:
        raise SettingsError(f"agreement needs two actors, not {len(asked)}", name="actors")
    if since and until and until < since:
        raise SettingsError(f"the period ends on {until}, before it begins on {since}", name="until")

    def about(row: Said) -> Concept:
        return concept_of(row, regarding=terms.regarding, pair_issues=terms.pair_issues)

    theirs = [r for r in rows if r.actor in asked and (issues is None or r.issue in issues)]
    placed = [r for r in theirs if inside(r.date, r.until, since, until)]
    undated = sum(touches(r.date, r.until, since, until) for r in theirs) - len(placed)
    here = [r for r in placed if set(about(r).between) <= set(asked)]
    spoken: dict[Concept, list[Said]] = defaultdict(list)
    for row in here:
        spoken[about(row)].append(row)
    for issue in issues or ():
        if not any(concept.issue == issue for concept in spoken):
            spoken[Concept(issue=issue)] = []

    frame = _frame(here, since, until)
    topics = [_topic(concept, asked, found, terms, frame) for concept, found in spoken.items()]
    topics.sort(key=lambda t: (-sum(s.counts.all for s in t.sides), t.label))
    statements = sum(side.counts.all for topic in topics for side in topic.sides)
    reported = sum(side.reported.all for topic in topics for side in topic.sides)
    return Agreement(
        actors=asked,
        since=since,
        until=until,
        terms=terms,
        topics=tuple(topics),
        statements=statements,
        repeated=sum(1 for r in here if r.own) - statements,
        reported=reported,
        undated=undated,
        elsewhere=len(placed) - len(here),
        empty=None if statements or reported else _nothing(asked, since, until, undated),
    )


def _topic(
    concept: Concept, actors: tuple[str, ...], rows: list[Said], terms: Terms, frame: tuple[dt.date, dt.date] | None
) -> Topic:
    # relations between two of them are no business of a third
    sides = [a for a in actors if not concept.between or a in concept.between]
    spoken = [r for r in rows if r.own]
    own = _once(spoken, concept, terms)
    reported = _once((r for r in rows if not r.own), concept, terms)
    change = _change(sides, spoken, concept, terms, frame)
    return Topic(
        label=concept.label,
        issue=concept.issue,
        regarding=concept.regarding or None,
        between=concept.between,
        sides=tuple(_side(actor, own, reported, terms) for actor in sides),
        pairs=tuple(_with_since(pair, change, own) for pair in _pairs(sides, own, terms, terms.minimum)),
        change=change,
    )


def _side(actor: str, own: list[Said], reported: list[Said], terms: Terms) -> Side:
    mine = sorted((r for r in own if r.actor == actor), key=order)
    dated = [r for r in mine if r.date is not None] or mine
    counts = _counts(mine)
    return Side(
        actor=actor,
        counts=counts,
        articles=len({r.article for r in mine}),
        outlets=len({r.outlet for r in mine if r.outlet}),
        leaning=_leaning(counts, terms) if counts.taken >= terms.minimum else None,
        first=_quote(dated[0]) if dated else None,
        latest=_quote(dated[-1]) if dated else None,
        reported=_counts(r for r in reported if r.actor == actor),
    )


def _pairs(sides: Sequence[str], own: list[Said], terms: Terms, minimum: int) -> list[Pair]:
    by_actor = {actor: [r for r in own if r.actor == actor] for actor in sides}
    return [_pair(a, b, by_actor[a], by_actor[b], terms, minimum) for a, b in combinations(sides, 2)]


def _pair(a: str, b: str, said_a: list[Said], said_b: list[Said], terms: Terms, minimum: int) -> Pair:
    counts_a, counts_b = _counts(said_a), _counts(said_b)
    share = agreement_share((counts_a.for_, counts_a.against, counts_b.for_, counts_b.against))
    between = interval(
        _cells(said_a, said_b),
        level=terms.level,
        resamples=terms.resamples,
        seed=terms.seed,
        least=terms.least_articles,
    )
    return Pair(
        actors=(a, b),
        outcome=_outcome(counts_a, counts_b, share, terms, minimum),
        share=share,
        low=between.low if between else None,
        high=between.high if between else None,
        interval=between.method if between else None,
        articles=len({r.article for r in (*said_a, *said_b)}),
        claims=(sum(b in r.shared_with for r in said_a), sum(a in r.shared_with for r in said_b)),
    )


def _outcome(a: Counts, b: Counts, share: float | None, terms: Terms, minimum: int) -> Outcome:
    if not a.all or not b.all:
        return "one silent" if a.all or b.all else "both silent"
    if min(a.taken, b.taken) < minimum:
        return "not enough said"
    if share is None or "conditional" in {_leaning(a, terms), _leaning(b, terms)}:
        return "conditional"
    if share >= terms.agree_from:
        return "coincide"
    return "differ" if share <= terms.differ_to else "mixed"


def _leaning(counts: Counts, terms: Terms) -> Leaning:
    if counts.conditional >= counts.clear:
        return "conditional"
    if counts.for_ >= terms.agree_from * counts.clear:
        return "for"
    return "against" if counts.against >= terms.agree_from * counts.clear else "mixed"


def _change(
    sides: Sequence[str], spoken: list[Said], concept: Concept, terms: Terms, frame: tuple[dt.date, dt.date] | None
) -> tuple[Window, ...]:
    if terms.window is None or frame is None:
        return ()
    windows = []
    for period in periods(*frame, terms.window, width=terms.window_width, step=terms.window_step):
        # what counts once in a window is settled within it: a repetition next year is news of next year
        within = _once((r for r in spoken if inside(r.date, r.until, period.start, period.end)), concept, terms)
        windows.append(
            Window(
                start=period.start,
                end=period.end,
                counts=tuple(_counts(r for r in within if r.actor == actor) for actor in sides),
                pairs=tuple(_pairs(sides, within, terms, terms.window_minimum)),
            )
        )
    return tuple(windows)


def _with_since(pair: Pair, change: tuple[Window, ...], own: list[Said]) -> Pair:
    """The pair with the day its present outcome began: windows too thin to tell do not break the run."""
    start: dt.date | None = None
    for window in reversed(change):
        there = next(p for p in window.pairs if p.actors == pair.actors)
        if there.outcome in {"not enough said", "one silent", "both silent"}:
            continue
        if there.outcome != pair.outcome:
            break
        said = (r.date for r in own if r.actor in pair.actors and inside(r.date, r.until, window.start, window.end))
        start = min((day for day in said if day), default=window.start)
    if start is None:
        return pair
    return replace(pair, since=start)


def _cells(said_a: list[Said], said_b: list[Said]) -> Iterable[Cell]:
    cells: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for first, said in ((0, said_a), (2, said_b)):
        for row in said:
            if row.stance in {"for", "against"}:
                cells[row.article][first + (row.stance == "against")] += 1
    return ((c[0], c[1], c[2], c[3]) for c in cells.values())


def _counts(rows: Iterable[Said]) -> Counts:
    tally = {"for": 0, "against": 0, "conditional": 0, "neutral": 0}
    for row in rows:
        tally[row.stance] += 1
    return Counts(
        for_=tally["for"], against=tally["against"], conditional=tally["conditional"], neutral=tally["neutral"]
    )


def _quote(row: Said) -> Quote:
    return Quote(
        article=row.article,
        date=row.date,
        until=row.until,
        outlet=row.outlet,
        person=row.person,
        stance=row.stance,
        text=row.text,
        spans=row.spans,
    )


def _frame(rows: list[Said], since: dt.date | None, until: dt.date | None) -> tuple[dt.date, dt.date] | None:
    firsts = [r.date for r in rows if r.date]
    lasts = [r.until or r.date for r in rows if r.date]
    if not firsts:
        return None
    return since or min(firsts), until or max(day for day in lasts if day)


def _nothing(actors: Sequence[str], since: dt.date | None, until: dt.date | None, undated: int) -> str:
    days = f" from {since}" if since else ""
    days += f" until {until}" if until else ""
    more = f"; {undated} without a day close enough to tell" if undated else ""
    return f"no position of {' or '.join(actors)}{days}{more}"


def _once(rows: Iterable[Said], concept: Concept, terms: Terms) -> list[Said]:
    return once(rows, terms.once, who=lambda row: row.actor, about=lambda row: concept)
