"""What came into a store and how: runs of ingest, feeds that are watched, alerts they gave."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from dragoman.errors import StoreError

if TYPE_CHECKING:
    from dragoman.ingest.report import Report
    from dragoman.store.delta import DeltaStore
    from dragoman.watch.alerts import Alert
    from dragoman.watch.state import Memory

_ALERTS = 50


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as it was last asked. `due` is when it is asked next."""

    address: str
    outcome: str
    polls: int
    articles: int
    faults: int
    due: dt.datetime | None


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; `trouble` says what could not be read."""

    report: Report | None = None
    feeds: tuple[Feed, ...] = ()
    alerts: tuple[Alert, ...] = ()
    trouble: str = ""


def watched(address: str, store: DeltaStore) -> Watched:
    """What is known beside the store at this address; what nobody has written yet is empty, and nothing is made."""
    from dragoman.desk import filling
    from dragoman.ingest.ledger import folder_of

    ledger = folder_of(address)
    report, trouble = None, ""
    if ledger is not None and ledger.is_dir():
        try:
            report = filling.report(store=store)
        except StoreError as fault:
            trouble = fault.message
    feeds, alerts, more = _feeds(address)
    return Watched(report=report, feeds=feeds, alerts=alerts, trouble=trouble or more)


def _feeds(address: str) -> tuple[tuple[Feed, ...], tuple[Alert, ...], str]:
    from dragoman.watch import alerts, state

    file = _folder(address) / state.FILE
    if not file.is_file():
        return (), (), ""
    try:
        # the watch may be writing: it is only looked at
        with contextlib.closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=2.0)) as base:
            memories = base.execute("SELECT address, memory FROM feeds ORDER BY address").fetchall()
            told = base.execute("SELECT body FROM alerts ORDER BY n DESC LIMIT ?", (_ALERTS,)).fetchall()
        feeds = tuple(_feed(where, msgspec.json.decode(raw, type=state.Memory)) for where, raw in memories)
        return feeds, tuple(alerts.from_json(row[0]) for row in told), ""
    except (sqlite3.Error, msgspec.DecodeError, OSError) as fault:
        return (), (), f"what was watched cannot be read: {fault}"


def _folder(address: str) -> Path:
    from dragoman.desk import watching

    return watching._folder(address)


def _feed(address: str, memory: Memory) -> Feed:
    due = dt.datetime.fromtimestamp(memory.due, dt.UTC) if memory.due else None
    return Feed(
        address=address, outcome=memory.outcome, polls=memory.polls, articles=memory.articles, faults=memory.faults,
        due=due,
    )  # fmt: skip
