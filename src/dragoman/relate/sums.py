"""What the rows of a tally add up to: how many events, their scores, their classes.

found = counts(columns)                              # the columns of a tally, by name
grouped(found, ("source", "target", "period"))       # one row a cell
whole(found)                                         # Sums of all there is

A tally of millions of events has tens of thousands of rows, so they are held as columns: keys as lists, and everything
that can be added as one array, a row each and a column for every field of Sums.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from dragoman.records import Record
from dragoman.relate.goldstein import Weights, weight

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KEYS = ("source", "target", "period", "type", "mode", "origin", "article")


class Tallied(Protocol):
    """A row of a tally: what `source` did to `target` in a period. The store's Tally is one."""

    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def period(self) -> dt.date | None: ...
    @property
    def events(self) -> int: ...
    @property
    def reports(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def cooperation(self) -> float: ...
    @property
    def conflict(self) -> float: ...
    @property
    def quads(self) -> tuple[int, int, int, int]: ...
    @property
    def type(self) -> str | None: ...
    @property
    def mode(self) -> str | None: ...
    @property
    def article(self) -> str | None: ...


class Sums(Record, frozen=True):
    """What was counted in a set of rows. `conflict` is below zero; `weighted` are the events that Goldstein weighs.

    `reports` tell of these events: by happening several may tell of one, by report each is one.
    """

    events: float = 0
    reports: float = 0
    score: float = 0.0
    cooperation: float = 0.0
    conflict: float = 0.0
    quad1: float = 0
    quad2: float = 0
    quad3: float = 0
    quad4: float = 0
    goldstein: float = 0.0
    weighted: float = 0


PARTS: tuple[str, ...] = Sums.__struct_fields__
PLACE = {part: n for n, part in enumerate(PARTS)}


@dataclass(frozen=True)
class Counts:
    """Rows of a tally as columns: `keys` say of what each is, `parts` has a row each and a column for each of PARTS.

    `weighed` tells whether Goldstein's weights are among them.
    """

    keys: Mapping[str, Sequence[Any]]
    parts: Floats
    weighed: bool = False

    def __len__(self) -> int:
        return int(self.parts.shape[0])

    def part(self, name: str) -> Floats:
        """One column of what was added."""
        column: Floats = self.parts[:, PLACE[name]]
        return column

    def only(self, rows: Any) -> Counts:
        """The rows that a mask or a list of places names."""
        import numpy as np

        places = np.arange(len(self))[rows].tolist()
        keys = {name: [column[n] for n in places] for name, column in self.keys.items()}
        return Counts(keys, self.parts[rows], self.weighed)


def counts(columns: Mapping[str, Sequence[Any]], *, weights: Weights | None = None) -> Counts:
    """The columns of a tally, by the names the store gives them (`quad1` to `quad4`), and Goldstein's weights if given.

    Keys that are missing, or null in every row, are left out: the tally was not counted by them.
    """
    import numpy as np

    rows = len(columns["source"])
    parts = np.zeros((rows, len(PARTS)))
    for part in PARTS:
        if part in columns:
            parts[:, PLACE[part]] = columns[part]
    if "reports" not in columns:
        parts[:, PLACE["reports"]] = parts[:, PLACE["events"]]
    keys = {name: columns[name] for name in KEYS if name in columns and _any(columns[name])}
    weighed = weights is not None and (not rows or "type" in keys)
    if weighed and rows:
        kinds = list(zip(keys["type"], keys.get("mode") or [None] * rows, strict=True))
        worth = {kind: weight(*kind, weights) for kind in set(kinds)}
        each = np.array([math.nan if (w := worth[kind]) is None else w for kind in kinds])
        known, events = ~np.isnan(each), parts[:, PLACE["events"]]
        parts[:, PLACE["goldstein"]] = np.where(known, each, 0.0) * events
        parts[:, PLACE["weighted"]] = known * events
    return Counts(keys, parts, weighed)


def of_tallies(rows: Iterable[Tallied], *, weights: Weights | None = None) -> Counts:
    """The same, of rows that come as values."""
    kept = list(rows)
    columns: dict[str, list[Any]] = {
        name: [getattr(row, name, None) for row in kept] for name in (*KEYS, "events", "score", "cooperation")
    }
    columns["conflict"] = [row.conflict for row in kept]
    columns["reports"] = [row.reports or row.events for row in kept]
    for n in range(4):
        columns[f"quad{n + 1}"] = [row.quads[n] for row in kept]
    return counts(columns, weights=weights)


def grouped(found: Counts, by: Sequence[str]) -> Counts:
    """A row for each combination of these keys that occurs, in order of the keys, added up. Missing keys are one."""
    import numpy as np

    if not len(found):
        return Counts({name: [] for name in by}, found.parts, found.weighed)
    code = np.zeros(len(found), dtype=np.int64)
    values = []
    for name in by:
        column = found.keys.get(name) or [None] * len(found)
        distinct = sorted(set(column), key=lambda one: (one is not None, one))
        places = {one: n for n, one in enumerate(distinct)}
        code = code * len(distinct) + np.fromiter((places[one] for one in column), np.int64, len(column))
        values.append(distinct)
    groups, at = np.unique(code, return_inverse=True)
    parts = np.stack([np.bincount(at, column, len(groups)) for column in found.parts.T], axis=1).astype(float)
    keys: dict[str, Sequence[Any]] = {}
    for name, distinct in zip(reversed(by), reversed(values), strict=True):
        groups, places_ = np.divmod(groups, len(distinct))
        keys[name] = [distinct[n] for n in places_.tolist()]
    return Counts({name: keys[name] for name in by}, parts, found.weighed)


def whole(found: Counts) -> Sums:
    """All rows together, in whatever order they come."""
    return Sums(*(math.fsum(column) for column in found.parts.T.tolist()))


def _any(column: Sequence[Any]) -> bool:
    return any(one is not None for one in column) or not len(column)
