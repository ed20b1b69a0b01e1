"""Networks as a table of edges, a row each, for spreadsheets and for what reads edge lists.

write([found], open("edges.csv", "w", encoding="utf-8", newline=""))
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import IO

from dragoman.exchange.statements_csv import harmless
from dragoman.relate.networks import Network

COLUMNS = ("since", "until", "source", "target", "weight", "agree", "disagree")


def write(networks: Iterable[Network], stream: IO[str]) -> int:
    """How many edges were written to the stream (opened with newline=""), network by network."""
    table = csv.writer(stream)
    table.writerow(COLUMNS)
    written = 0
    for one in networks:
        period = [str(day or "") for day in (one.since, one.until)]
        for edge in one.edges:
            ends = [harmless(edge.source), harmless(edge.target)]
            # a weight may be below nought, which a spreadsheet takes for the number it is
            table.writerow([*period, *ends, repr(edge.weight), edge.agree, edge.disagree])
            written += 1
    return written
