"""One label each, found against gold: how many are right, how each class fares, what is taken for what.

No label is a miss, never left out. Macro-F1 is the plain mean over the classes that occur in the gold. Intervals come
from draws of as many texts, with repetition, from these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from random import Random

import msgspec

from dragoman.evaluate.measures import DRAWS, LEVEL, Interval, Rates, rates, share

Cells = Mapping[tuple[str, str | None], int]
CONFUSIONS = 12  # pairs of classes that are told


class Class(msgspec.Struct, frozen=True):
    """How one class fares; the interval is that of F1."""

    gold: int
    found: int
    rates: Rates
    interval: Interval


class Confusion(msgspec.Struct, frozen=True):
    """How often one class is taken for another, none for no answer, and which share of the class that is."""

    gold: str
    found: str | None
    number: int
    share: float


class Labels(msgspec.Struct, frozen=True):
    """How the labels compare; classes with the most gold stand first."""

    number: int
    answered: int
    accuracy: float
    accuracy_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    classes: dict[str, Class]
    confusions: tuple[Confusion, ...]


def measure(pairs: Iterable[tuple[str, str | None]]) -> Labels:
    """How labels compare, given as (gold, found) one text after the other."""
    cells = Counter(pairs)
    number = cells.total()
    gold = Counter[str]()
    found = Counter[str | None]()
    for (want, got), times in cells.items():
        gold[want] += times
        found[got] += times
    names = sorted(gold, key=lambda name: (-gold[name], name))
    accuracy, by_class = _figures(cells, names)
    drawn = [_figures(draw, names) for draw in _draws(cells)]
    confused = [(want, got, n) for (want, got), n in cells.items() if want != got]
    confused.sort(key=lambda one: (-one[2], one[0], one[1] or ""))
    return Labels(
        number=number,
        answered=number - found[None],
        accuracy=accuracy,
        accuracy_interval=_between(one for one, _ in drawn),
        macro_f1=_mean(by_class),
        macro_f1_interval=_between(_mean(one) for _, one in drawn),
        classes={
            name: Class(gold[name], found[name], by_class[name], _between(one[name].f1 for _, one in drawn))
            for name in names
        },
        confusions=tuple(Confusion(want, got, n, share(n, gold[want])) for want, got, n in confused[:CONFUSIONS]),
    )


def _figures(cells: Cells, names: Iterable[str]) -> tuple[float, dict[str, Rates]]:
    gold, found = Counter[str](), Counter[str | None]()
    for (want, got), times in cells.items():
        gold[want] += times
        found[got] += times
    right = {name: cells.get((name, name), 0) for name in names}
    by_class = {name: rates(gold[name], found[name], right[name], right[name]) for name in names}
    return share(sum(right.values()), sum(gold.values())), by_class


def _mean(by_class: Mapping[str, Rates]) -> float:
    return sum(one.f1 for one in by_class.values()) / len(by_class) if by_class else 0.0


def _draws(cells: Cells) -> Iterable[Cells]:
    # drawing texts is drawing the cells they fall in, which is all that the figures know of them
    random = Random(1)
    keys, weights = list(cells), list(cells.values())
    for _ in range(DRAWS if keys else 0):
        yield Counter(random.choices(keys, weights, k=sum(weights)))


def _between(figures: Iterable[float]) -> Interval:
    ordered = sorted(figures)
    if not ordered:
        return 0.0, 0.0
    tail = round(len(ordered) * (1 - LEVEL) / 2)
    return ordered[tail], ordered[-tail - 1]
