"""Events as a network: actors as nodes, what one did to the other as an edge, for GraphML and GEXF.

woven = weave(rows)
gexf.write(woven.nodes, woven.edges, stream, directed=True, about=woven.about)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dragoman.exchange.account import Account, Written
from dragoman.exchange.event_rows import EventRow, pairs

NO_PAIR = "with one actor only, or one that is not known"
_CARRIED: tuple[str, ...] = ()
_QUADS = ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")


@dataclass(frozen=True)
class Woven:
    """Nodes with their names and counts, directed edges with counts and scores, and what did not go in."""

    nodes: list[tuple[str, dict[str, object]]]
    edges: list[tuple[str, str, dict[str, object]]]
    about: dict[str, object]
    written: Written


@dataclass
class _Edge:
    events: int = 0
    score: float = 0.0
    cooperation: float = 0.0
    conflict: float = 0.0
    quads: tuple[int, ...] = (0, 0, 0, 0)


def weave(rows: Iterable[EventRow], names: dict[str, str] | None = None) -> Woven:
    """The network of these events, row acting on column; negated events and acts upon oneself are no edges.

    `weight` is the number of events, `score` the mean of their PLOVER scores; `cooperation` and `conflict` sum those
    above and below nought.
    """
    account = Account(_CARRIED)
    found: dict[tuple[str, str], _Edge] = {}
    days = []
    for row in rows:
        ends = {(a.code, b.code) for a, b in pairs(row) if a and b and a.code and b.code and a.code != b.code}
        if row.status == "negated" or not ends:
            account.leave_out("negated" if row.status == "negated" else NO_PAIR)
            continue
        account.look(row)
        days += [row.day] if row.day else []
        for end in ends:
            edge = found.setdefault(end, _Edge())
            edge.events += 1
            edge.score += row.score
            edge.cooperation += max(row.score, 0.0)
            edge.conflict += min(row.score, 0.0)
            edge.quads = tuple(n + (k == row.quad) for k, n in enumerate(edge.quads, 1))
    edges: list[tuple[str, str, dict[str, object]]] = []
    acted: dict[str, list[int]] = {}
    for (source, target), edge in sorted(found.items()):
        figures: dict[str, object] = {
            "weight": edge.events,
            "score": edge.score / edge.events,
            "cooperation": edge.cooperation,
            "conflict": edge.conflict,
        }
        edges.append((source, target, figures | dict(zip(_QUADS, edge.quads, strict=True))))
        acted.setdefault(source, [0, 0])[0] += edge.events
        acted.setdefault(target, [0, 0])[1] += edge.events
        account.wrote()
    nodes: list[tuple[str, dict[str, object]]] = [
        (code, {"name": (names or {}).get(code), "acts": acts, "acted_upon": upon})
        for code, (acts, upon) in sorted(acted.items())
    ]
    about: dict[str, object] = {
        "kind": "events, source acting on target",
        "since": min(days).isoformat() if days else None,
        "until": max(days).isoformat() if days else None,
    }
    return Woven(nodes, edges, about, account.written())
