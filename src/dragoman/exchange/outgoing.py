"""Formats that events can be exported to, by name.

written = FORMS["icews"].write(rows, stream, codes)
for line in written.told(): ...     # what was written, left out, not carried
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO

from dragoman.exchange import (
    citation,
    event_network,
    events_csv,
    events_jsonl,
    gdelt,
    gexf,
    graph,
    icews,
    parquet,
    plover,
    polecat,
)  # fmt: skip
from dragoman.exchange.account import Written
from dragoman.exchange.crosswalk import Codes
from dragoman.exchange.event_rows import EventRow

Write = Callable[..., Written]


@dataclass(frozen=True)
class Form:
    """A format: what it is, the usual ending of a file, and its writer (rows, stream, codes, undated=False).

    The stream takes bytes where the format is `binary`, else text.
    """

    name: str
    told: str
    ending: str
    write: Write
    binary: bool = False


def _csv(rows: Iterable[EventRow], stream: IO[str], codes: Codes, *, undated: bool = False) -> Written:
    return events_csv.write(rows, stream)


def _jsonl(rows: Iterable[EventRow], stream: IO[str], codes: Codes, *, undated: bool = False) -> Written:
    return events_jsonl.write(rows, stream)


def _parquet(rows: Iterable[EventRow], stream: IO[bytes], codes: Codes, *, undated: bool = False) -> Written:
    return parquet.write(rows, stream)


def _citation(rows: Iterable[EventRow], stream: IO[str], codes: Codes, *, undated: bool = False) -> Written:
    return citation.write(citation.articles_of(rows), stream)


def _graphml(rows: Iterable[EventRow], stream: IO[str], codes: Codes, *, undated: bool = False) -> Written:
    woven = event_network.weave(rows, dict(codes.labels))
    graph.write(woven.nodes, woven.edges, stream, directed=True, about=woven.about)
    return woven.written


def _gexf(rows: Iterable[EventRow], stream: IO[str], codes: Codes, *, undated: bool = False) -> Written:
    woven = event_network.weave(rows, dict(codes.labels))
    gexf.write(woven.nodes, woven.edges, stream, directed=True, about=woven.about)
    return woven.written


FORMS = {
    form.name: form
    for form in (
        Form("csv", "a table for spreadsheets and statistics", ".csv", _csv),
        Form("parquet", "the same table for statistics and databases, with lists in it", ".parquet", _parquet, True),
        Form("jsonl", "a JSON object a line; carries everything", ".jsonl", _jsonl),
        Form("plover", "PLOVER JSON, an object a line", ".jsonl", plover.write),
        Form("polecat", "POLECAT's table", ".tsv", polecat.write),
        Form("icews", "ICEWS's table", ".tab", icews.write),
        Form("gdelt", "rows like GDELT 2, no header", ".csv", gdelt.write),
        Form("graphml", "the network of who acted on whom, GraphML", ".graphml", _graphml),
        Form("gexf", "the same network, GEXF", ".gexf", _gexf),
        Form("csl-json", "the articles, for citing them", ".json", _citation),
    )
}
