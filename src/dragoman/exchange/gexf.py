"""Networks as GEXF 1.3, for Gephi and what reads its files.

write([("USA", {"frequency": 12})], [("USA", "RUS", {"weight": 3})], stream, directed=True)

The format: GEXF Working Group, GEXF 1.3 (2022), http://gexf.net. An edge's figure called `weight` is its weight, which
Gephi draws; a negative one, which Gephi refuses, stands as a figure only. What is told of the network as a whole, for
which GEXF has no figures, becomes its description.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from dragoman.exchange.figures import Figures, attributes, ids_of, quoted, written

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
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

    Characters that XML cannot hold become U+FFFD. Raises DragomanError for two nodes of one name and for an edge that
    leads to no node, before anything is written.
    """
    named, tied = list(nodes), list(edges)
    ids = ids_of(named, tied)
    of_nodes = attributes("n", [figures for _, figures in named])
    of_edges = attributes("e", [figures for *_, figures in tied])
    stream.write(_HEAD)
    told = "; ".join(f"{name}: {written(value)}" for name, value in (about or {}).items() if value is not None)
    stream.write(f"<meta>\n<creator>Dragoman</creator>\n<description>{quoted(told)[1:-1]}</description>\n</meta>\n")
    stream.write(f'<graph defaultedgetype="{"directed" if directed else "undirected"}" mode="static">\n')
    for kind, declared in (("node", of_nodes), ("edge", of_edges)):
        if declared:
            stream.write(f'<attributes class="{kind}" mode="static">\n')
            for name, (key, form) in declared.items():
                stream.write(f"<attribute id={quoted(key)} title={quoted(name)} type={quoted(form)}/>\n")
            stream.write("</attributes>\n")
    stream.write("<nodes>\n")
    for name, figures in named:
        stream.write(f"<node id={quoted(ids[name])} label={quoted(name)}>\n")
        stream.writelines(_values(figures, of_nodes))
        stream.write("</node>\n")
    stream.write("</nodes>\n<edges>\n")
    for number, (source, target, figures) in enumerate(tied):
        weight = figures.get("weight")
        shown = f" weight={quoted(repr(float(weight)))}" if _is_weight(weight) else ""  # type: ignore[arg-type]
        stream.write(f'<edge id="e{number}" source={quoted(ids[source])} target={quoted(ids[target])}{shown}>\n')
        stream.writelines(_values(figures, of_edges))
        stream.write("</edge>\n")
    stream.write("</edges>\n</graph>\n</gexf>\n")
    return len(tied)


def _values(figures: Figures, declared: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    found = [(declared[name][0], value) for name, value in figures.items() if value is not None]
    if found:
        yield "<attvalues>\n"
        for key, value in found:
            yield f"<attvalue for={quoted(key)} value={quoted(written(value))}/>\n"
        yield "</attvalues>\n"


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
