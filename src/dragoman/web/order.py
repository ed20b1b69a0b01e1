"""In which order the actors of a matrix stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol


class Valued(Protocol):
    @property
    def value(self) -> float | None: ...


def ordered(
    actors: Sequence[str], cells: Mapping[tuple[str, str], Valued], how: str, name: Callable[[str], str]
) -> tuple[str, ...]:
    """The actors by `name`, or `like` beside like; otherwise as they come."""
    if how == "name":
        return tuple(sorted(actors, key=lambda code: name(code).casefold()))
    if how == "like" and len(actors) > 2:
        return _clustered(actors, cells)
    return tuple(actors)


def _clustered(actors: Sequence[str], cells: Mapping[tuple[str, str], Valued]) -> tuple[str, ...]:
    """Average linkage on how alike rows and columns of two actors are; groups are joined with their nearest ends."""
    given = {
        one: {(way, other): value for other in actors for way, value in _both(one, other, cells) if value is not None}
        for one in actors
    }
    largest = max((abs(v) for row in given.values() for v in row.values()), default=1.0) or 1.0
    apart = {(a, b): _apart(given[a], given[b], a, b, largest) for a in actors for b in actors if a != b}
    groups: list[list[str]] = [[one] for one in actors]
    while len(groups) > 1:
        _, i, j = min(
            (sum(apart[a, b] for a in one for b in other) / (len(one) * len(other)), i, j)
            for i, one in enumerate(groups)
            for j, other in enumerate(groups[:i])
        )
        one, other = groups[j], groups[i]
        ways = [(one, other), (one, other[::-1]), (one[::-1], other), (one[::-1], other[::-1])]
        best = min(ways, key=lambda way: apart[way[0][-1], way[1][0]])
        groups = [g for k, g in enumerate(groups) if k not in (i, j)]
        groups.insert(min(i, j), [*best[0], *best[1]])
    return tuple(groups[0])


def _both(one: str, other: str, cells: Mapping[tuple[str, str], Valued]) -> list[tuple[str, float | None]]:
    out, back = cells.get((one, other)), cells.get((other, one))
    return [("to", out.value if out else None), ("from", back.value if back else None)]


def _apart(
    one: Mapping[tuple[str, str], float], other: Mapping[tuple[str, str], float], a: str, b: str, largest: float
) -> float:
    # what both did to a third is compared, and what they do to each other counts as it is
    shared = [key for key in one if key in other]
    direct = [row[key] for row, mate in ((one, b), (other, a)) for key in row if key[1] == mate]
    found = [abs(one[key] - other[key]) / (2 * largest) for key in shared]
    found += [(1 - value / largest) / 2 for value in direct]
    known = len(one.keys() | other.keys()) or 1
    return sum(found) / len(found) + 0.5 * (1 - len(shared) / known) if found else 1.0
