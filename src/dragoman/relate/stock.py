"""What is left of past acts: a stock that each act adds to and time wears away.

    S(t) = Σ w · 2^(-(t - d) / h)      over all acts of weight w on a day d up to t

h is the half-life in days, stated with every answer: after h days an act weighs half. Geometric weights on the past are
Koyck's distributed lag (1954, Distributed Lags and Investment Analysis); a half-life for what past violence weighs is
how Hegre, Ellingsen, Gates and Gleditsch put it (2001, American Political Science Review 95, 33-48). With an infinite
half-life the stock is the sum of all that went before.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dragoman.errors import SettingsError
from dragoman.relate.sums import PLACE, Counts, grouped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# what time wears away; how many acts there were it does not
_WORN = ("score", "cooperation", "conflict", "goldstein")


def stocks(
    found: Counts, half_life: float, days: Sequence[dt.date], *, by: Sequence[str] = ("source", "target")
) -> Counts:
    """The sums of `found`, a tally by day, as they weigh on each of these days, for each of these keys.

    `period` of the answer is the day asked for. Acts later than a day take no part in it, nor those of which less than
    a thousandth is left (`run_up`). Numbers of acts and reports are those that the stock holds.
    Raises SettingsError for a half-life that is not above nought.
    """
    import numpy as np

    check(half_life)
    reach = run_up(half_life)
    told = np.array([day.toordinal() for day in found.keys["period"]] if len(found) else [], dtype=np.int64)
    order = np.argsort(told, kind="stable")
    told, rest = told[order], Counts({k: v for k, v in found.keys.items() if k != "period"}, found.parts, found.weighed)
    wanted = sorted(set(days))
    pieces = []
    for day in wanted:
        first = 0 if reach is None else np.searchsorted(told, day.toordinal() - reach)
        within = order[first : np.searchsorted(told, day.toordinal(), side="right")]
        held = rest.only(within)
        held.parts[:, [PLACE[part] for part in _WORN]] *= _left(
            day.toordinal() - told[first : first + len(within)], half_life
        )[:, None]
        pieces.append(grouped(held, by))
    keys = {name: [one for piece in pieces for one in piece.keys[name]] for name in by}
    keys["period"] = [day for day, piece in zip(wanted, pieces, strict=True) for _ in range(len(piece))]
    parts = np.concatenate([piece.parts for piece in pieces]) if pieces else found.parts[:0]
    return Counts(keys, parts, found.weighed)


def run_up(half_life: float, left_over: float = 0.001) -> int | None:
    """How many days before the first one asked for the acts must begin, for all but this share of an act to show.

    None where no stretch is long enough.
    """
    return None if math.isinf(half_life) else math.ceil(half_life * math.log2(1 / left_over))


def check(half_life: float) -> float:
    """The half-life. Raises SettingsError where it is not above nought."""
    if not half_life > 0:
        raise SettingsError(f"a half-life cannot be {half_life!r}", name="half_life", hint="days, more than 0")
    return half_life


def _left(days: NDArray[np.int64], half_life: float) -> NDArray[np.float64]:
    """The share of its weight that an act keeps after so many days."""
    import numpy as np

    left: NDArray[np.float64] = np.exp2(-days / half_life)
    return left
