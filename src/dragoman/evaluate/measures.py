"""Precision, recall, F1 of counts, and how far a figure would move with other articles of the same kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import msgspec

DRAWS = 1000
LEVEL = 0.95

Interval = tuple[float, float]


class Rates(msgspec.Struct, frozen=True):
    """Precision: of what was found, how much is right. Recall: of the gold, how much was found. F1: both in one."""

    precision: float
    recall: float
    f1: float


def rates(gold: int, found: int, gold_right: int, found_right: int) -> Rates:
    """The rates of these counts; each is 0 where there is nothing to count."""
    precision, recall = share(found_right, found), share(gold_right, gold)
    return Rates(precision, recall, f1(precision, recall))


def share(part: int, whole: int) -> float:
    """The part of the whole, 0 of nothing."""
    return part / whole if whole else 0.0


def f1(precision: float, recall: float) -> float:
    """Their harmonic mean, 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def interval(counts: Sequence[Sequence[int]], figure: Callable[[Sequence[int]], float]) -> Interval:
    """Between what a figure lies in 95 of 100 draws of as many articles, with repetition, from these.

    `counts` has a row for each article; `figure` is handed their sums. Articles are drawn, not single statements,
    since what one article holds stands or falls together. The draws are the same every time.
    """
    random = Random(1)
    columns = [list(column) for column in zip(*counts, strict=True)]
    numbers = range(len(counts))
    drawn = []
    for _ in range(DRAWS if counts else 0):
        draw = random.choices(numbers, k=len(counts))
        drawn.append(figure([sum(map(column.__getitem__, draw)) for column in columns]))
    drawn.sort()
    if not drawn:
        return 0.0, 0.0
    tail = round(DRAWS * (1 - LEVEL) / 2)
    return drawn[tail], drawn[-tail - 1]
