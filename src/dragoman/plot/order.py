"""In which order actors stand in a matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from dragoman.plot.sheet import Row

ORDERS = ("given", "volume", "name", "cluster")


def ordered(rows: Sequence[Row], order: str, *, given: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """The actors of these rows: as they were asked for, most events first, by name, or like beside like.

    Like are those that do and suffer alike (average linkage of what they do to each and of what each does to them,
    leaves ordered so that neighbours are closest). Whoever is named in `given` and did nothing comes last.
    """
    volume: Counter[str] = Counter()
    for row in rows:
        for side in ("source", "target"):
            volume[row[side]] += row.get("events") or 1
    asked = [actor for actor in given if actor in volume]
    by_volume = sorted(volume, key=lambda actor: (-volume[actor], actor))
    if order == "given":
        return [*asked, *(actor for actor in by_volume if actor not in asked)]
    if order == "name":
        return sorted(volume, key=lambda actor: names.get(actor, actor).casefold())
    return _clustered(rows, by_volume) if order == "cluster" and len(by_volume) > 2 else by_volume


def _clustered(rows: Sequence[Row], actors: list[str]) -> list[str]:
    import numpy as np
    from scipy.cluster.hierarchy import leaves_list, linkage

    place = {actor: n for n, actor in enumerate(actors)}
    # what nobody told of pulls nobody apart: it counts as nought here, and only here
    done = np.zeros((len(actors), 2 * len(actors)))
    for row in rows:
        one, other = place[row["source"]], place[row["target"]]
        if one != other and row.get("value") is not None:
            done[one, other] += row["value"]
            done[other, len(actors) + one] += row["value"]
    if not done.any():
        return actors
    tree = linkage(done, method="average", optimal_ordering=True)
    return [actors[n] for n in leaves_list(tree)]
