"""Networks as GraphML, for Gephi, visone, igraph, Cytoscape and others.

write([("USA", {"frequency": 12})], [], stream)
write(nodes, edges, stream, directed=True, about={"kind": "actor congruence"})

The format: Brandes, Eiglsperger, Herman, Himsolt and Marshall 2002, GraphML progress report; http://graphml.graphdrawing.org.
Names go into the attribute `label`, for an id may hold neither spaces nor slashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import IO
from xml.sax.saxutils import escape

from dragoman.exchange.figures import Figures, attributes, ids_of, quoted, writable, written

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


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
    ids = ids_of(named, tied)

    labelled: list[Figures] = [{"label": name} | {**figures, "label": name} for name, figures in named]
    keys = {
        "graph": attributes("g", [about or {}]),
        "node": attributes("n", labelled),
        "edge": attributes("e", [figures for *_, figures in tied]),
    }
    stream.write(_HEAD)
    for place, declared in keys.items():
        for name, (key, kind) in declared.items():
            stream.write(
                f"<key id={quoted(key)} for={quoted(place)} attr.name={quoted(name)} attr.type={quoted(kind)}/>\n"
            )
    stream.write(f'<graph id="g" edgedefault={quoted("directed" if directed else "undirected")}>\n')
    stream.writelines(_data(about or {}, keys["graph"]))
    for (name, _), figures in zip(named, labelled, strict=True):
        stream.write(f"<node id={quoted(ids[name])}>\n")
        stream.writelines(_data(figures, keys["node"]))
        stream.write("</node>\n")
    for number, (source, target, figures) in enumerate(tied):
        stream.write(f'<edge id="e{number}" source={quoted(ids[source])} target={quoted(ids[target])}>\n')
        stream.writelines(_data(figures, keys["edge"]))
        stream.write("</edge>\n")
    stream.write("</graph>\n</graphml>\n")
    return len(tied)


def _data(figures: Figures, keys: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    for name, value in figures.items():
        if value is not None:
            yield f"<data key={quoted(keys[name][0])}>{_text(written(value))}</data>\n"


def _text(words: str) -> str:
    # a bare carriage return would come back as a line feed
    return escape(writable(words), {"\r": "&#13;"})
