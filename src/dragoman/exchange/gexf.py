"""Networks as GEXF 1.3, for Gephi and what reads its files.

write([("USA", {"frequency": 12})], [("USA", "RUS", {"weight": 3})], stream, directed=True)

The format: GEXF Working Group, GEXF 1.3 (2022), http://gexf.net. An edge's figure called `weight` is its weight, which
Gephi draws; a negative one, which Gephi refuses, stands as a figure only. What is told of the network as a whole, for
which GEXF has no figures, becomes its description.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO
from xml.sax.saxutils import quoteattr

from dragoman.errors import DragomanError

Figures = Mapping[str, object]  # text, whole and broken numbers, true and false; None is left out

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
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

    Characters that XML cannot hold become U+FFFD. Raises DragomanError for two nodes of one name and for an edge that
    leads to no node, before anything is written.
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
    of_nodes = _attributes("n", [figures for _, figures in named])
    of_edges = _attributes("e", [figures for *_, figures in tied])
    stream.write(_HEAD)
    told = "; ".join(f"{name}: {_written(value)}" for name, value in (about or {}).items() if value is not None)
    stream.write(f"<meta>\n<creator>Dragoman</creator>\n<description>{_q(told)[1:-1]}</description>\n</meta>\n")
    stream.write(f'<graph defaultedgetype="{"directed" if directed else "undirected"}" mode="static">\n')
    for kind, declared in (("node", of_nodes), ("edge", of_edges)):
        if declared:
            stream.write(f'<attributes class="{kind}" mode="static">\n')
            for name, (key, form) in declared.items():
                stream.write(f"<attribute id={_q(key)} title={_q(name)} type={_q(form)}/>\n")
            stream.write("</attributes>\n")
    stream.write("<nodes>\n")
    for name, figures in named:
        stream.write(f"<node id={_q(ids[name])} label={_q(name)}>\n")
        stream.writelines(_values(figures, of_nodes))
        stream.write("</node>\n")
    stream.write("</nodes>\n<edges>\n")
    for number, (source, target, figures) in enumerate(tied):
        weight = figures.get("weight")
        shown = f" weight={_q(repr(float(weight)))}" if _is_weight(weight) else ""  # type: ignore[arg-type]
        stream.write(f'<edge id="e{number}" source={_q(ids[source])} target={_q(ids[target])}{shown}>\n')
        stream.writelines(_values(figures, of_edges))
        stream.write("</edge>\n")
    stream.write("</edges>\n</graph>\n</gexf>\n")
    return len(tied)


def _attributes(prefix: str, all_figures: Iterable[Figures]) -> dict[str, tuple[str, str]]:
    """Figure -> id and GEXF type, in the order in which they first come."""
    forms: dict[str, str] = {}
    for figures in all_figures:
        for name, value in figures.items():
            if value is not None:
                form = _form(value)
                known = forms.get(name, form)
                forms[name] = form if known == form else "double" if {known, form} == {"long", "double"} else "string"
    return {name: (f"{prefix}{n}", form) for n, (name, form) in enumerate(forms.items())}


def _form(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "long" if -(2**63) <= value < 2**63 else "string"
    return "double" if isinstance(value, float) else "string"


def _values(figures: Figures, declared: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    found = [(declared[name][0], value) for name, value in figures.items() if value is not None]
    if found:
        yield "<attvalues>\n"
        for key, value in found:
            yield f"<attvalue for={_q(key)} value={_q(_written(value))}/>\n"
        yield "</attvalues>\n"


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
    return repr(value) if isinstance(value, float) else str(value)


def _q(words: str) -> str:
    return quoteattr(_UNWRITABLE.sub("\ufffd", words), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
