"""Hostile articles through the real command: it ends by itself, and every source has an outcome.

`benchmarks/hostile.py` does the same with a thousand of them, some of 50 MB.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import hostile_material
from dragoman import cli
from dragoman.ingest.segments import number_of
from dragoman.read.sources import OUTCOMES
from dragoman.store import delta

FILES, ADDRESSES = 52, 12


def test_hostile_articles_have_their_outcomes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DRAGOMAN_READ_MAX_CHARACTERS", "20000")
    (tmp_path / "news").mkdir()
    files = hostile_material.made(tmp_path / "news", FILES, seed=6, huge=False)
    store = tmp_path / "store"
    limits = ("--max-bytes", "300000", "--timeout", "0.7", "--allow-private", "--model", "none")
    with hostile_material.Site(ADDRESSES, seed=6) as site:
        sources = [*map(str, files), *site.addresses]
        told = ("--store", str(store), "--workers", "2", "--json", "--log-json")
        assert cli.run(["ingest", *sources, *told, *limits]) in (0, 1)

    shown = capsys.readouterr()
    events = [json.loads(line) for line in shown.err.splitlines() if line.startswith("{")]
    assert [event for event in events if event["event"] == "lost"] == []
    assert set(json.loads(shown.out)["outcomes"]) <= {*OUTCOMES, "not_relevant"}
    with closing(sqlite3.connect(store / "ingest" / "ledger.sqlite")) as base:
        there = {row[0] for row in base.execute("SELECT address FROM pieces")}
    # what a sitemap leads to stands in the ledger under its own address
    known = {event["source"] for event in events if event["event"] == "article"}
    assert [one for one in sources if number_of("address", one) not in there and one not in known] == []
    with delta.open_store(store) as opened:
        assert opened.check().ok
