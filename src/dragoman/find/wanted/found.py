"""Positions in the making, and how equal ones become one with several pieces of evidence."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dragoman.records import Position


class Found(msgspec.Struct, gc=False):
    """A position in the making, and where it was read."""

    position: Position
    sentence: int
    follows: bool = False  # takes up, and so replaces, what was said just before


def merged(found: Sequence[Found]) -> list[Position]:
    """Equal positions become one; a position that takes up an earlier one replaces it."""
    out: list[Position] = []
    replaced = [f.position for f in found if f.follows]
    for item in sorted(found, key=lambda f: (f.sentence, f.follows)):
        position = item.position
        if not item.follows and any(_same_matter(position, r) and _evidence_in(position, r) for r in replaced):
            continue
        for n, known in enumerate(out):
            if known.stance == position.stance and _same_matter(known, position):
                out[n] = _joined(known, position)
                break
        else:
            out.append(position)
    plain = [p for p in out if p.stance != "neutral"]
    out = [p for p in out if p.stance != "neutral" or not any(_same_matter(p, q) for q in plain)]
    return sorted(out, key=lambda p: p.evidence[0])


def _same_matter(a: Position, b: Position) -> bool:
    same = a.actor == b.actor and a.issue == b.issue and a.reporter == b.reporter
    return same and _agree(a.toward, b.toward) and _agree(a.regarding, b.regarding)


def _agree(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a == b


def _evidence_in(a: Position, b: Position) -> bool:
    return set(a.evidence) <= set(b.evidence)


def _joined(a: Position, b: Position) -> Position:
    best = a if a.confidence >= b.confidence else b
    evidence = tuple(sorted(set(a.evidence) | set(b.evidence)))
    more = 0.03 if evidence != a.evidence else 0.0
    return msgspec.structs.replace(
        best,
        regarding=a.regarding or b.regarding,
        toward=a.toward or b.toward,
        shared_with=tuple(dict.fromkeys((*a.shared_with, *b.shared_with))),
        statement=a.statement or b.statement,
        evidence=evidence,
        condition=a.condition or b.condition,
        confidence=round(min(0.95, best.confidence + more), 2),
    )
