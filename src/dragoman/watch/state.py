"""What must outlive the process, in one file beside the store: what was read of each feed, and which alerts were told.

    <store>/watch/watch.sqlite       feeds, seen, told, outbox, alerts, beyond

What one poll brought is written in one transaction, after its articles stand in the store: killed before it, the same
entries are read again, and the store knows them; killed after it, nothing is lost, and what waits is delivered later.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dragoman.errors import StoreError
from dragoman.watch.alerts import Alert, from_json

FILE = "watch.sqlite"
FOLDER = "watch"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feeds (address TEXT PRIMARY KEY, memory TEXT);
CREATE TABLE IF NOT EXISTS seen (
    feed TEXT, key BLOB, at REAL, tries INTEGER, PRIMARY KEY (feed, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (key TEXT PRIMARY KEY, at REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alerts (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, body TEXT);
CREATE TABLE IF NOT EXISTS outbox (
    n INTEGER PRIMARY KEY AUTOINCREMENT, output TEXT, body TEXT, tries INTEGER DEFAULT 0, next REAL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS outbox_by_output ON outbox (output, n);
CREATE TABLE IF NOT EXISTS beyond (rule TEXT, source TEXT, target TEXT, at REAL, PRIMARY KEY (rule, source, target));
"""
_KEPT_ALERTS = 500
_KEPT_SECONDS = 400 * 86400.0  # of what no feed lists any more, and of acts told


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a feed. `validators`: address -> headers of the next request to it; `due`: when that is."""

    due: float = 0.0
    interval: float = 0.0
    faults: int = 0
    validators: dict[str, dict[str, str]] = {}
    digest: str = ""
    outcome: str = ""
    polls: int = 0
    articles: int = 0
    first: bool = True  # nothing of it was ever read


class Waiting(msgspec.Struct, frozen=True):
    """An alert that an output has not taken yet."""

    n: int
    alert: Alert
    tries: int
    next: float


class State:
    """The state in a folder, made where there is none. Raises StoreError where it cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        self._lock = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(self.file, timeout=30.0, isolation_level=None, check_same_thread=False)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA journal_size_limit=4000000")
            self._base.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as cause:
            raise StoreError(
                f"{self.file} cannot be used: {cause}",
                hint="check the disk; if the file is damaged remove it: feeds are then read anew, articles stay as "
                "they are, and alerts of the last days come once more",
            ) from cause

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._base.close()

    # -- feeds ---------------------------------------------------------------------------------------------------------

    def memory(self, address: str) -> Memory:
        """What is known of this feed."""
        row = self._one("SELECT memory FROM feeds WHERE address = ?", address)
        try:
            return msgspec.json.decode(row[0], type=Memory) if row else Memory()
        except msgspec.DecodeError:
            return Memory()

    def unseen(self, feed: str, keys: Sequence[Sequence[str]]) -> list[bool]:
        """For each entry, told by one key or several, whether it is to be read."""
        with self._lock, self._guarded():
            known: set[bytes] = set()
            for group in _some([_key(one) for entry in keys for one in entry], 500):
                marks = ",".join("?" * len(group))
                query = f"SELECT key FROM seen WHERE feed = ? AND tries = 0 AND key IN ({marks})"
                known |= {row[0] for row in self._base.execute(query, (feed, *group))}
        return [not any(_key(one) in known for one in entry) for entry in keys]

    def tries(self, feed: str, key: str) -> int:
        """How often an entry was tried without success."""
        row = self._one("SELECT tries FROM seen WHERE feed = ? AND key = ?", feed, _key(key))
        return int(row[0]) if row else 0

    def keep(
        self,
        feed: str,
        memory: Memory,
        *,
        now: float,
        seen: Iterable[str] = (),
        failed: Iterable[str] = (),
        alerts: Iterable[tuple[Alert, Sequence[str]]] = (),
        outputs: Sequence[str] = (),
        most: int = 1000,
    ) -> dict[str, int]:
        """Writes what a poll brought, all or nothing; returns how many alerts a full queue cost each output."""
        with self._changing():
            encoded = msgspec.json.encode(memory).decode()
            self._base.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?)", (feed, encoded))
            self._base.executemany(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, 0)", [(feed, _key(key), now) for key in seen]
            )
            self._base.executemany(
                "INSERT INTO seen VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET tries = tries + 1, at = excluded.at",
                [(feed, _key(key), now) for key in failed],
            )
            return self._add(alerts, outputs, now, most)

    # -- alerts --------------------------------------------------------------------------------------------------------

    def is_told(self, key: str) -> bool:
        """Whether this act or alert was told."""
        return self._one("SELECT 1 FROM told WHERE key = ?", key) is not None

    def is_beyond(self, rule: str, source: str, target: str) -> bool:
        """Whether it was told that this measure is beyond its range, and it has not come back since."""
        sql = "SELECT 1 FROM beyond WHERE rule = ? AND source = ? AND target = ?"
        return self._one(sql, rule, source, target) is not None

    def keep_ranges(
        self,
        alerts: Iterable[tuple[Alert, Sequence[str]]],
        back: Iterable[tuple[str, str, str]],
        *,
        now: float,
        outputs: Sequence[str],
        most: int = 1000,
    ) -> dict[str, int]:
        """Writes alerts of measures, and which of them (rule, source, target) are `back` in their range."""
        told = list(alerts)
        with self._changing():
            self._base.executemany("DELETE FROM beyond WHERE rule = ? AND source = ? AND target = ?", list(back))
            self._base.executemany(
                "INSERT OR REPLACE INTO beyond VALUES (?, ?, ?, ?)",
                [(alert.rule, alert.moved.source, alert.moved.target, now) for alert, _ in told if alert.moved],
            )
            return self._add(told, outputs, now, most)

    def waiting(self, output: str, *, limit: int = 100) -> list[Waiting]:
        """What waits for an output, oldest first."""
        with self._lock, self._guarded():
            rows = self._base.execute(
                "SELECT n, body, tries, next FROM outbox WHERE output = ? ORDER BY n LIMIT ?", (output, limit)
            ).fetchall()
        return [Waiting(n, from_json(body), tries, due) for n, body, tries, due in rows]

    def delivered(self, taken: Iterable[int]) -> None:
        """The output has taken these."""
        with self._changing():
            self._base.executemany("DELETE FROM outbox WHERE n = ?", [(n,) for n in taken])

    def postpone(self, n: int, due: float) -> None:
        """The output did not take this one; it is tried again then."""
        with self._changing():
            self._base.execute("UPDATE outbox SET tries = tries + 1, next = ? WHERE n = ?", (due, n))

    def latest(self, limit: int) -> list[Alert]:
        """The newest alerts, newest first."""
        with self._lock, self._guarded():
            rows = self._base.execute("SELECT body FROM alerts ORDER BY n DESC LIMIT ?", (limit,)).fetchall()
        return [from_json(row[0]) for row in rows]

    def tidy(self, now: float) -> None:
        """Forgets what nobody will ask for again."""
        with self._changing():
            self._base.execute("DELETE FROM seen WHERE at < ?", (now - _KEPT_SECONDS,))
            self._base.execute("DELETE FROM told WHERE at < ?", (now - _KEPT_SECONDS,))

    def touch(self, feed: str, keys: Iterable[str], now: float) -> None:
        """A feed still lists these: they are not forgotten."""
        with self._changing():
            self._base.executemany(
                "UPDATE seen SET at = ? WHERE feed = ? AND key = ?", [(now, feed, _key(key)) for key in keys]
            )

    def _add(
        self, alerts: Iterable[tuple[Alert, Sequence[str]]], outputs: Sequence[str], now: float, most: int
    ) -> dict[str, int]:
        lost: dict[str, int] = {}
        for alert, keys in alerts:
            self._base.executemany("INSERT OR REPLACE INTO told VALUES (?, ?)", [(key, now) for key in keys])
            body = alert.to_json()
            self._base.execute("INSERT OR IGNORE INTO alerts (id, body) VALUES (?, ?)", (alert.id, body))
            self._base.executemany(
                "INSERT INTO outbox (output, body) VALUES (?, ?)", [(output, body) for output in outputs]
            )
        for output in outputs:
            over = (
                "DELETE FROM outbox WHERE output = ? AND n NOT IN "
                "(SELECT n FROM outbox WHERE output = ? ORDER BY n DESC LIMIT ?)"
            )
            if gone := self._base.execute(over, (output, output, most)).rowcount:
                lost[output] = gone
        self._base.execute("DELETE FROM alerts WHERE n <= (SELECT max(n) FROM alerts) - ?", (_KEPT_ALERTS,))
        return lost

    def _one(self, query: str, *values: Any) -> Any:
        with self._lock, self._guarded():
            return self._base.execute(query, values).fetchone()

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock, self._guarded():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as cause:
            raise StoreError(f"{self.file} cannot be used: {cause}", hint="check the disk and its room") from cause


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _some(every: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(every), size):
        yield every[start : start + size]
