"""A Question -> counts by pair and period: from the roll-ups where they hold the answer, else from the events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dragoman.store import query
from dragoman.store.base import Question, Tallies

if TYPE_CHECKING:
    import pyarrow as pa

MEASURES = (
    "count(*) AS events",
    "sum(score) AS score",
    "sum(greatest(score, 0)) AS cooperation",
    "sum(least(score, 0)) AS conflict",
    *(f"count(*) FILTER (quad = {k}) AS quad{k}" for k in (1, 2, 3, 4)),
    "sum(confidence) AS confidence",
    "sum(n_reports) AS reports",
    "sum(n_outlets) AS outlets",
    "count(*) FILTER (waiting) AS unlinked",
)
NAMES = tuple(measure.rpartition(" AS ")[2] for measure in MEASURES)
_BY_ARTICLE = "by_article"
_ROLLED = frozenset(("type", "issue", "status", "origin"))


_ONE = ("reports", "outlets")  # by report every event is one report of one outlet


def rollup_for(question: Question) -> str | None:
    """The roll-up that can answer: `pairs` or `details`; None where only the events can."""
    first, last = question.days
    if question.unit in ("day", "week") or question.blocs or not set(question.by) <= _ROLLED:
        return None
    if question.modes or question.quads or question.contexts or question.sites or question.articles:
        return None
    # what chooses among the reports of an act needs all of them
    if question.confidence > 0 or (first and first.day != 1) or (last and not _ends(last)):
        return None
    by_issue = "issue" in question.by
    if by_issue and not question.issues:
        return None  # events without an issue have no row of their own there
    if len(question.issues) > 1 and not by_issue:
        return None  # an event under two of them would count twice
    return "details" if question.types or question.issues or "type" in question.by else "pairs"


def from_rollup(question: Question, rollup: str, table: str) -> str:
    """SQL of the rows, from a roll-up, with those left out (`left_out` set, period null)."""
    bounds = query.dated(question, "month")
    left = "grain < 0 AND status = 'historical'" if question.undated else "grain < 0"
    day = f"if({left}, NULL, month)"
    conditions = [
        *query.sides(question),
        *query.one_of("origin", question.origins),
        *query.one_of("status", question.status),
        *query.one_of("type", [kind.upper() for kind in question.types]),
    ]
    if question.count == "happening":
        conditions.append("standing")
    if rollup == "details":
        conditions += query.one_of("issue", question.issues or ("*",))
    undated_out = f"{day} IS NULL"
    if bounds:
        conditions.append(f"(({' AND '.join(bounds)}) OR {undated_out})")
    open_ended = question.unit == "all" and not bounds
    undated = "NULL" if open_ended else f"CASE WHEN {undated_out} THEN '{query.UNDATED}' END"
    coarse = f"CASE WHEN grain > {query.UNIT_WIDTHS[question.unit]} THEN '{query.COARSE}' END"
    sums = ", ".join(f"sum({name}) AS {name}" for name in NAMES)
    sums += f", coalesce(sum(events) FILTER (grain < 0), 0) AS {_BY_ARTICLE}"
    pairs = f"SELECT *, {day} AS day, coalesce({undated}, {coarse}) AS left_out FROM {table} {query.where(conditions)}"
    return _grouped(question, pairs, sums)


def from_events(question: Question, events: str) -> str:
    """SQL of the rows, from those events that count."""
    extra = [name for name in question.by if name not in ("issue", "article", "quad")]
    measures = ", ".join([*MEASURES, f"count(*) FILTER (by_article) AS {_BY_ARTICLE}"])
    return _grouped(question, query.pairs(question, events, extra), measures)


def answer(question: Question, table: pa.Table, commit: int) -> Tallies:
    """The rows apart from what was left out."""
    import pyarrow.compute as pc

    kept = table.filter(pc.is_null(table.column("left_out"))).drop_columns(["left_out"])
    rest = table.filter(pc.is_valid(table.column("left_out")))
    unlinked = pc.sum(kept.column("unlinked")).as_py() or 0
    if question.count == "report":
        unlinked = 0
        for name in _ONE:
            kept = kept.set_column(kept.column_names.index(name), name, kept.column("events"))
    by_article = pc.sum(kept.column(_BY_ARTICLE)).as_py() or 0 if question.undated else 0
    if question.unit == "all" and not any(question.days):
        by_article = 0  # nobody looks at days
    kept = kept.drop_columns(["unlinked", _BY_ARTICLE])
    left_out: dict[str, int] = {}
    for why, events in zip(rest.column("left_out").to_pylist(), rest.column("events").to_pylist(), strict=True):
        left_out[why] = left_out.get(why, 0) + events
    return Tallies(question, kept, dict(sorted(left_out.items())), commit, unlinked, by_article)


def _grouped(question: Question, pairs: str, measures: str) -> str:
    period = "CAST(NULL AS DATE)" if question.unit == "all" else f"CAST(date_trunc('{question.unit}', day) AS DATE)"
    period = f"if(left_out IS NULL, {period}, NULL)"
    by = list(dict.fromkeys(question.by))
    keys = ["source", "target", f"{period} AS period", *by, "left_out"]
    inner = f"SELECT {', '.join(keys)}, * EXCLUDE ({', '.join(['source', 'target', *by, 'left_out'])}) FROM ({pairs})"
    names = ["source", "target", "period", *by, "left_out"]
    numbers = ", ".join(
        f"CAST({name} AS {'DOUBLE' if name in _REAL else 'BIGINT'}) AS {name}" for name in (*NAMES, _BY_ARTICLE)
    )
    summed = f"SELECT {', '.join(names)}, {measures} FROM ({inner}) GROUP BY ALL"
    return f"SELECT {', '.join(names)}, {numbers} FROM ({summed}) ORDER BY period, source, target{_then(by)}"


_REAL = ("score", "cooperation", "conflict", "confidence")


def _then(by: Sequence[str]) -> str:
    return "".join(f", {name}" for name in by)


def _ends(last: date) -> bool:
    return last == date.max or (last + timedelta(days=1)).day == 1
