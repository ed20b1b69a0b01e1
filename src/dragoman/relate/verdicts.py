"""What people's verdicts on a sample of events say of all of them: precision by type, with its interval.

judged(verdicts)                        # several verdicts on one event -> one, or disputed
precision(judged, there)                # type -> how many of how many are right, and of all types together
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Literal

from dragoman.records import Record
from dragoman.relate.intervals import wilson

Word = Literal["right", "wrong", "unsure"]


class Verdict(Record, frozen=True):
    """What one person says of one event, which was coded as `type`."""

    event: tuple[str, str]  # article, id
    type: str
    word: Word
    by: str | None = None


class Judged(Record, frozen=True):
    """One event after all verdicts: right, wrong, unsure, or disputed where people are of two minds in equal number."""

    event: tuple[str, str]
    type: str
    word: Literal["right", "wrong", "unsure", "disputed"]


class Precision(Record, frozen=True):
    """How many of the events judged are right, between `low` and `high` (95 %).

    `there` is how many events of the kind the sample speaks for; `share`, `low` and `high` are None without a verdict
    of right or wrong.
    """

    type: str
    there: int
    right: int
    wrong: int
    unsure: int
    share: float | None
    low: float | None
    high: float | None


def judged(verdicts: Iterable[Verdict]) -> tuple[Judged, ...]:
    """One word for each event: the last of each person counts, then what more people say.

    Who is unsure has no voice where others are sure.
    """
    last: dict[tuple[str, str], dict[str | None, Verdict]] = defaultdict(dict)
    for verdict in verdicts:
        last[verdict.event][verdict.by] = verdict
    found = []
    for event, voices in last.items():
        words = Counter(voice.word for voice in voices.values())
        sure = words["right"], words["wrong"]
        word: Literal["right", "wrong", "unsure", "disputed"]
        if not any(sure):
            word = "unsure"
        elif sure[0] == sure[1]:
            word = "disputed"
        else:
            word = "right" if sure[0] > sure[1] else "wrong"
        found.append(Judged(event, next(iter(voices.values())).type, word))
    return tuple(found)


def agreement(verdicts: Iterable[Verdict]) -> tuple[int, int]:
    """Of how many pairs of verdicts by two people on one event how many are the same; unsure ones are left out."""
    last: dict[tuple[str, str], dict[str | None, Word]] = defaultdict(dict)
    for verdict in verdicts:
        if verdict.word != "unsure":
            last[verdict.event][verdict.by] = verdict.word
    pairs = [pair for voices in last.values() for pair in combinations(voices.values(), 2)]
    return sum(one == other for one, other in pairs), len(pairs)


def precision(found: Iterable[Judged], there: Mapping[str, int]) -> tuple[Precision, ...]:
    """By type, those with most events first, and last of all types together under the name `all`.

    `there` counts the events of each type that stand in the store. A type's interval is Wilson's (1927). Samples drawn
    type by type say nothing of all until they are weighted, so `all` is the mean over the types judged, each weighted
    with its share of the events there (post-stratification, Cochran 1977, chapter 5A); its interval is Wilson's for as
    many trials as would give the same variance, in which each type's share is drawn a little to the middle,
    (right + 1) / (n + 2), so that three of three does not pass for certainty.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        counts[one.type]["unsure" if one.word == "disputed" else one.word] += 1
    kinds = sorted(counts, key=lambda kind: (-there.get(kind, 0), kind))
    rows = [_row(kind, there.get(kind, 0), counts[kind]) for kind in kinds]
    return (*rows, _all(rows)) if rows else ()


def _row(kind: str, there: int, words: Counter[str]) -> Precision:
    trials = words["right"] + words["wrong"]
    share = words["right"] / trials if trials else None
    low, high = wilson(share, trials) if share is not None else (None, None)
    return Precision(kind, there, words["right"], words["wrong"], words["unsure"], share, low, high)


def _all(rows: list[Precision]) -> Precision:
    there, right, wrong, unsure = (
        sum(getattr(row, name) for row in rows) for name in ("there", "right", "wrong", "unsure")
    )
    told = [row for row in rows if row.share is not None]
    whole = sum(max(row.there, 1) for row in told)
    if not told:
        return Precision("all", there, right, wrong, unsure, None, None, None)
    share = sum(max(row.there, 1) / whole * (row.share or 0.0) for row in told)
    spread = 0.0
    for row in told:
        trials = row.right + row.wrong
        near = (row.right + 1) / (trials + 2)
        spread += (max(row.there, 1) / whole) ** 2 * near * (1 - near) / trials
    middle = sum(max(row.there, 1) / whole * (row.right + 1) / (row.right + row.wrong + 2) for row in told)
    low, high = wilson(share, middle * (1 - middle) / spread)
    return Precision("all", there, right, wrong, unsure, share, low, high)
