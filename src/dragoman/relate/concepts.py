"""What a position is about, when positions are compared, and which of them to count.

Two actors can only agree on the same thing. That is an issue, by default together with the third party or place it
regards: being for sanctions on one state is no agreement with being for sanctions on another. Where an issue is about
a pair of actors (better relations, talks), the pair belongs to it too: whoever wants better relations with a neighbour
does not thereby agree with everybody who wants better relations with somebody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, get_args

from dragoman.errors import SettingsError
from dragoman.records import Record, Stance
from dragoman.relate.periods import beginning
from dragoman.relate.rows import Said

Once = Literal["all", "document", "week", "month", "year", "range"]


class Concept(Record, frozen=True, order=True):
    """One thing to agree or differ on. Absent parts are empty, so that concepts sort."""

    issue: str
    regarding: str = ""
    between: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """`armed-conflict`, `armed-conflict/SYR`, `dialogue/RUS+USA`."""
        return "/".join(part for part in (self.issue, "+".join(self.between), self.regarding) if part)


class StatementRow(Record, frozen=True):
    """A position as discourse network analysis lists it."""

    document: str
    date: dt.date | None
    person: str | None
    organisation: str
    concept: str
    stance: Stance
    reporter: str | None


def concept_of(row: Said, *, regarding: bool = True, pair_issues: Iterable[str] = ()) -> Concept:
    """What the row is about. `pair_issues` are the issues that are about a pair of actors."""
    paired = row.toward is not None and row.toward != row.actor and row.issue in pair_issues
    between = tuple(sorted({row.actor, row.toward or row.actor})) if paired else ()
    third = row.regarding if regarding and row.regarding not in between else None
    return Concept(issue=row.issue, regarding=third or "", between=between)


def statement_rows(
    rows: Iterable[Said], *, regarding: bool = True, pair_issues: Iterable[str] = ()
) -> Iterator[StatementRow]:
    """The rows as a statement list, in the order given; nothing is left out."""
    pairs = frozenset(pair_issues)
    for row in rows:
        yield StatementRow(
            document=row.article,
            date=row.date,
            person=row.person,
            organisation=row.actor,
            concept=concept_of(row, regarding=regarding, pair_issues=pairs).label,
            stance=row.stance,
            reporter=None if row.own else row.reporter,
        )


def once(
    rows: Iterable[Said],
    how: Once,
    *,
    who: Callable[[Said], str | None],
    about: Callable[[Said], Concept],
) -> list[Said]:
    """The rows that count, in order of date: the first of each that say the same.

    The same is the same actor, concept and stance (and reporter, if any) within an article ("document"), within a week,
    month or year, or anywhere ("range"); "all" counts every row. These are the choices that Discourse Network Analyzer
    offers for duplicates (Leifeld 2017). A row without a day, or known to no finer stretch than asked for, can only be
    held against those of its own article.
    """
    if how not in get_args(Once):
        raise SettingsError(
            f"duplicates cannot be counted once per {how!r}", name="once", hint=", ".join(get_args(Once))
        )
    ordered = sorted(rows, key=order)
    if how == "all":
        return ordered
    kept: dict[tuple[object, ...], Said] = {}
    for row in ordered:
        reporter = None if row.own else row.reporter
        kept.setdefault((who(row), about(row), row.stance, reporter, _stretch(row, how)), row)
    return list(kept.values())


def order(row: Said) -> tuple[object, ...]:
    """Sorts by day, then by article and place in it; rows without a day come last."""
    return (
        row.date is None,
        row.date or dt.date.min,
        row.article,
        row.spans,
        row.actor,
        row.issue,
        row.stance,
        row.regarding or "",
        row.toward or "",
        row.reporter or "",
        row.person or "",
        row.text,
    )


def _stretch(row: Said, how: Once) -> object:
    if how == "range":
        return None
    if how in {"week", "month", "year"} and row.date is not None:
        first = beginning(row.date, how)
        if first == beginning(row.until or row.date, how):
            return first
    return row.article
