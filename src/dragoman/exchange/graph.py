"""Networks as GraphML, for Gephi, visone, igraph, Cytoscape and others.

write([("USA", {"frequency": 12})], [], stream)
write(nodes, edges, stream, directed=True, about={"kind": "actor congruence"})

The format: Brandes, Eiglsperger, Herman, Himsolt and Marshall 2002, GraphML progress report; http://graphml.graphdrawing.org.
Names go into the attribute `label`, for an id may hold neither spaces nor slashes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from dragoman.errors import DragomanError

Figures = Mapping[str, object]  # text, whole and broken numbers, true and false; None is left out

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
# what XML 1.0 has no way to write, not even escaped
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(
    nodes: Iterable[tuple[str, Figures]],
    edges: Iterable[tuple[str, str, Figures]],
    stream: IO[str],
    *,
    directed: bool = False,
    about: Figures | None = None,
) -> int:
    """How many edges were written to the stream (UTF-8), in the order given, all nodes before them.

    `about` tells of the network as a whole. Characters that XML cannot hold become U+FFFD. Raises DragomanError for two
    nodes of one name and for an edge that leads to no node, before anything is written.
    """
    named, tied = list(nodes), list(edges)
    ids: dict[str, str] = {}
    for name, _ in named:
        if name in ids:
            raise DragomanError(f"two nodes are called {name!r}", hint="a network names each once")
        ids[name] = f"n{len(ids)}"
    for source, target, _ in tied:
        for end in (source, target):
            if end not in ids:
                raise DragomanError(f"an edge leads to {end!r}, which is no node")

    labelled: list[Figures] = [{"label": name} | {**figures, "label": name} for name, figures in named]
    keys = {
        "graph": _keys("graph", [about or {}]),
        "node": _keys("node", labelled),
        "edge": _keys("edge", [figures for *_, figures in tied]),
    }
    stream.write(_HEAD)
    for place, declared in keys.items():
        for name, (key, kind) in declared.items():
            stream.write(f"<key id={_q(key)} for={_q(place)} attr.name={_q(name)} attr.type={_q(kind)}/>\n")
    stream.write(f'<graph id="g" edgedefault={_q("directed" if directed else "undirected")}>\n')
    stream.writelines(_data(about or {}, keys["graph"]))
    for (name, _), figures in zip(named, labelled, strict=True):
        stream.write(f"<node id={_q(ids[name])}>\n")
        stream.writelines(_data(figures, keys["node"]))
        stream.write("</node>\n")
    for number, (source, target, figures) in enumerate(tied):
        stream.write(f'<edge id="e{number}" source={_q(ids[source])} target={_q(ids[target])}>\n')
        stream.writelines(_data(figures, keys["edge"]))
        stream.write("</edge>\n")
    stream.write("</graph>\n</graphml>\n")
    return len(tied)


def _keys(place: str, all_figures: Iterable[Figures]) -> dict[str, tuple[str, str]]:
    """Attribute -> id and GraphML type, in the order in which they first come."""
    kinds: dict[str, str] = {}
    for figures in all_figures:
        for name, value in figures.items():
            if value is not None:
                kind = _kind(value)
                kinds[name] = kind if kinds.get(name, kind) == kind else _wider(kinds[name], kind)
    return {name: (f"{place[0]}{n}", kind) for n, (name, kind) in enumerate(kinds.items())}


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "long" if -(2**63) <= value < 2**63 else "string"
    return "double" if isinstance(value, float) else "string"


def _wider(one: str, two: str) -> str:
    return "double" if {one, two} == {"long", "double"} else "string"


def _data(figures: Figures, keys: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    for name, value in figures.items():
        if value is not None:
            yield f"<data key={_q(keys[name][0])}>{_text(_written(value))}</data>\n"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
    return repr(value) if isinstance(value, float) else str(value)


def _text(words: str) -> str:
    # a bare carriage return would come back as a line feed
    return escape(_UNWRITABLE.sub("\ufffd", words), {"\r": "&#13;"})


def _q(words: str) -> str:
    return quoteattr(_UNWRITABLE.sub("\ufffd", words))
