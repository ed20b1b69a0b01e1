"""What GraphML and GEXF share: ids of nodes, figures with their types, and words that XML can hold."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import quoteattr

from dragoman.errors import DragomanError

Figures = Mapping[str, object]  # text, whole and broken numbers, true and false; None is left out

# what XML 1.0 has no way to write, not even escaped
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def ids_of(nodes: Sequence[tuple[str, Figures]], edges: Iterable[tuple[str, str, Figures]]) -> dict[str, str]:
    """Name -> id of each node. Raises DragomanError for two of one name and for an edge that leads to none."""
    ids: dict[str, str] = {}
    for name, _ in nodes:
        if name in ids:
            raise DragomanError(f"two nodes are called {name!r}", hint="a network names each once")
        ids[name] = f"n{len(ids)}"
    for source, target, _ in edges:
        for end in (source, target):
            if end not in ids:
                raise DragomanError(f"an edge leads to {end!r}, which is no node")
    return ids


def attributes(prefix: str, all_figures: Iterable[Figures]) -> dict[str, tuple[str, str]]:
    """Figure -> id and type (boolean, long, double, string), in the order in which they first come."""
    kinds: dict[str, str] = {}
    for figures in all_figures:
        for name, value in figures.items():
            if value is not None:
                kind = _kind(value)
                kinds[name] = kind if kinds.get(name, kind) == kind else _wider(kinds[name], kind)
    return {name: (f"{prefix}{n}", kind) for n, (name, kind) in enumerate(kinds.items())}


def written(value: object) -> str:
    """A figure as XML Schema writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
    return repr(value) if isinstance(value, float) else str(value)


def writable(words: str) -> str:
    """The words with U+FFFD for what XML cannot hold."""
    return _UNWRITABLE.sub("\ufffd", words)


def quoted(words: str) -> str:
    """The words as the value of an attribute, with its quotes."""
    return quoteattr(writable(words))


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "long" if -(2**63) <= value < 2**63 else "string"
    return "double" if isinstance(value, float) else "string"


def _wider(one: str, two: str) -> str:
    return "double" if {one, two} == {"long", "double"} else "string"
