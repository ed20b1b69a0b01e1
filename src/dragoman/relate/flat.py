"""Agreement and mixed signals as flat rows, for sheets and charts: one for each topic and pair, one for each signal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dragoman.records import Record
from dragoman.relate.agreement import Agreement, Outcome, Side
from dragoman.relate.mixed import Mixed


class Verdict(Record, frozen=True):
    """How `a` and `b` stand to each other on an issue: their own statements by stance, `n` in all.

    `share` is how often two statements, one of each, take the same stance; it lies between `low` and `high`. The words
    are the latest of each.
    """

    label: str
    issue: str
    regarding: str | None
    a: str
    b: str
    verdict: Outcome
    a_for: int
    a_against: int
    a_conditional: int
    a_neutral: int
    b_for: int
    b_against: int
    b_conditional: int
    b_neutral: int
    n: int
    share: float | None
    low: float | None
    high: float | None
    since: dt.date | None
    a_words: str | None
    b_words: str | None


class Mix(Record, frozen=True):
    """From `start` to `end` the source cooperated with the target and pressed it; both weights, and the best words."""

    source: str
    target: str
    start: dt.date
    end: dt.date
    score: float
    balance: float
    cooperative: float
    coercive: float
    cooperative_words: str
    coercive_words: str


def verdicts(found: Agreement) -> Iterator[Verdict]:
    """A row for each topic and pair, in the order of the answer."""
    for topic in found.topics:
        sides = {side.actor: side for side in topic.sides}
        for pair in topic.pairs:
            a, b = (sides[actor] for actor in pair.actors)
            yield Verdict(
                label=topic.label,
                issue=topic.issue,
                regarding=topic.regarding,
                a=a.actor,
                b=b.actor,
                verdict=pair.outcome,
                a_for=a.counts.for_,
                a_against=a.counts.against,
                a_conditional=a.counts.conditional,
                a_neutral=a.counts.neutral,
                b_for=b.counts.for_,
                b_against=b.counts.against,
                b_conditional=b.counts.conditional,
                b_neutral=b.counts.neutral,
                n=a.counts.all + b.counts.all,
                share=pair.share,
                low=pair.low,
                high=pair.high,
                since=pair.since,
                a_words=_latest(a),
                b_words=_latest(b),
            )


def mixes(found: Mixed) -> Iterator[Mix]:
    """A row for each signal, in the order of the answer."""
    for signal in found.signals:
        yield Mix(
            source=signal.source,
            target=signal.target,
            start=signal.start,
            end=signal.end,
            score=signal.score,
            balance=signal.balance,
            cooperative=signal.cooperation.weight,
            coercive=signal.coercion.weight,
            cooperative_words=signal.cooperation.best[0].text,
            coercive_words=signal.coercion.best[0].text,
        )


def _latest(side: Side) -> str | None:
    return side.latest.text if side.latest else None
