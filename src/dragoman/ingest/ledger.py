"""What became of every article, kept beside the store: which pieces are done, by whom, and what was set aside why.

    <store>/ingest/ledger.sqlite     runs, pieces, articles, aside

The store is the truth: the ledger is written after it and only saves work. Lost, it costs one more parse of what is
there; it is never ahead of the store. A store at an address (s3://...) has its ledger on this machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from dragoman import records
from dragoman.errors import StoreError
from dragoman.ingest.segments import Span
from dragoman.ingest.staged import Settled
from dragoman.read.lines import whole
from dragoman.read.piece import Piece

FOLDER = "ingest"
FILE = "ledger.sqlite"
STAGED = "staged"
_BUSY_SECONDS = 30.0
_ASKED = 500  # names in one question
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, began TEXT, ended TEXT, kind TEXT, coder TEXT, given TEXT, sources TEXT, outcomes TEXT,
    seconds REAL, stopped INTEGER, commits INTEGER, losses TEXT
);
CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY, text TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS pieces (
    place INTEGER PRIMARY KEY, address INTEGER, file INTEGER, stamp INTEGER, coder INTEGER, outcomes INTEGER,
    run INTEGER, piece BLOB
);
CREATE INDEX IF NOT EXISTS pieces_by_address ON pieces (address);
CREATE TABLE IF NOT EXISTS articles (key INTEGER PRIMARY KEY, content INTEGER, mark INTEGER);
CREATE TABLE IF NOT EXISTS aside (
    place INTEGER, run INTEGER, where_ TEXT, article TEXT, outcome TEXT, detail TEXT
);
CREATE INDEX IF NOT EXISTS aside_by_place ON aside (place);
CREATE INDEX IF NOT EXISTS aside_by_outcome ON aside (outcome, run);
"""

# outcome -> (kept, not kept)
Counts = dict[str, tuple[int, int]]


class Done(msgspec.Struct, frozen=True):
    """A piece that was committed: where, what was in it, and what became of its articles."""

    place: int
    file: int
    stamp: int
    address: int
    counts: Counts
    piece: Piece | None = None  # where something in it was set aside and may be tried again


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """An article that was set aside, or is not plain: where it stands, its outcome, and why."""

    place: int
    where: str
    article: str
    outcome: str
    detail: str | None


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run as the ledger has it."""

    id: int
    began: str
    ended: str | None
    kind: str
    coder: str
    sources: tuple[str, ...]
    outcomes: dict[str, dict[str, int]]
    seconds: float
    stopped: bool
    commits: int
    losses: dict[str, int]


def folder_of(address: str | None) -> Path | None:
    """Where the ledger of a store lies; None for a store that has no address."""
    if address is None:
        return None
    if "://" not in address:
        return Path(address) / FOLDER
    import platformdirs

    name = hashlib.sha256(address.encode()).hexdigest()[:16]
    return platformdirs.user_state_path("dragoman") / FOLDER / name


class Ledger:
    """The ledger in a folder, made where there is none. Raises StoreError where it can be neither read nor written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.staged = folder / STAGED
        self.file = folder / FILE
        self.run = 0
        self._words: dict[str, int] = {}
        with self._told():
            self.staged.mkdir(parents=True, exist_ok=True)
        try:
            self._base = self._opened()
        except sqlite3.DatabaseError as cause:
            if isinstance(cause, sqlite3.OperationalError):
                raise self._error(cause) from cause
            # torn beyond reading: nothing depends on it
            self.file.replace(self.file.with_suffix(".broken"))
            self._base = self._opened()

    def begin(self, kind: str, coder: records.Coder, given: Mapping[str, Any], sources: Iterable[str]) -> None:
        """A run begins."""
        shown = whole(json.dumps(list(sources)[:100], ensure_ascii=False))
        with self._told(), self._base:
            found = self._base.execute(
                "INSERT INTO runs (began, kind, coder, given, sources, outcomes, seconds, stopped, commits, losses)"
                " VALUES (?, ?, ?, ?, ?, '{}', 0, 0, 0, '{}')",
                (_now(), kind, coder_name(coder), json.dumps(dict(given), ensure_ascii=False), shown),
            )
            self.run = int(found.lastrowid or 0)
            if kind == "recode":  # what other coders had done is no longer as they left it
                mine = self._word(coder_name(coder))
                self._base.execute("UPDATE pieces SET coder = 0 WHERE coder <> ?", (mine,))

    def done(self, spans: Sequence[Span], coder: records.Coder) -> dict[int, Counts]:
        """Of those spans that are pieces committed as they are, by this coder: what became of their articles."""
        stamps = {span.place: span.stamp for span in spans if span.stamp and span.start == 0 and span.stop is None}
        found: dict[int, Counts] = {}
        places = list(stamps)
        with self._told():
            mine = self._known_word(coder_name(coder))
            for at in range(0, len(places) if mine else 0, _ASKED):
                some = places[at : at + _ASKED]
                rows = self._base.execute(
                    "SELECT place, stamp, text FROM pieces JOIN words ON words.id = outcomes"
                    f" WHERE coder = ? AND place IN ({_marks(some)})",
                    (mine, *some),
                )
                for place, stamp, text in rows:
                    if stamps[place] == stamp:
                        found[place] = {name: (pair[0], pair[1]) for name, pair in json.loads(text).items()}
        return found

    def commit(
        self,
        done: Sequence[Done],
        aside: Sequence[Aside],
        kept: Sequence[Settled],
        coder: records.Coder,
        totals: Mapping[str, Any],
    ) -> None:
        """What the store has just committed: these pieces, what was set aside of them, and the articles kept."""
        with self._told(), self._base:
            mine = self._word(coder_name(coder))
            for one in done:
                if one.address and one.file:
                    # other stretches of a file that has changed since are gone with what they were
                    old = self._base.execute(
                        "SELECT place FROM pieces WHERE address = ? AND file <> ?", (one.address, one.file)
                    ).fetchall()
                    self._drop([place for (place,) in old])
                self._base.execute("DELETE FROM aside WHERE place = ?", (one.place,))
                text = json.dumps(one.counts, sort_keys=True)
                self._base.execute(
                    "INSERT OR REPLACE INTO pieces (place, address, file, stamp, coder, outcomes, run, piece)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (one.place, one.address, one.file, one.stamp, mine, self._word(text), self.run, _blob(one.piece)),
                )
            self._base.executemany(
                "INSERT INTO aside (place, run, where_, article, outcome, detail) VALUES (?, ?, ?, ?, ?, ?)",
                [(a.place, self.run, a.where, a.article, a.outcome, a.detail) for a in aside],
            )
            self._base.executemany(
                "INSERT OR REPLACE INTO articles (key, content, mark) VALUES (?, ?, ?)",
                [(one.key, one.content, one.mark) for one in kept if one.key],
            )
            self._update(totals)

    def keep(self, totals: Mapping[str, Any]) -> None:
        """How far the run is."""
        with self._told(), self._base:
            self._update(totals)

    def end(self, totals: Mapping[str, Any]) -> None:
        """The run is over."""
        with self._told(), self._base:
            self._update({**totals, "ended": _now()})

    # what it tells

    def runs(self, last: int | None = None) -> list[RunRow]:
        """The runs, the latest first."""
        with self._told():
            rows = self._base.execute(
                "SELECT id, began, ended, kind, coder, sources, outcomes, seconds, stopped, commits, losses FROM runs"
                " ORDER BY id DESC LIMIT ?",
                (-1 if last is None else last,),
            ).fetchall()
        return [
            RunRow(
                id=row[0],
                began=row[1],
                ended=row[2],
                kind=row[3],
                coder=row[4],
                sources=tuple(json.loads(row[5])),
                outcomes=json.loads(row[6]),
                seconds=row[7],
                stopped=bool(row[8]),
                commits=row[9],
                losses=json.loads(row[10]),
            )
            for row in rows
        ]

    def totals(self) -> Counts:
        """What became of every article that any run met, as it was met last: outcome -> (kept, not kept)."""
        found: Counts = {}
        with self._told():
            rows = self._base.execute(
                "SELECT text, count(*) FROM pieces JOIN words ON words.id = outcomes GROUP BY outcomes"
            ).fetchall()
        for text, times in rows:
            for name, (kept, not_kept) in json.loads(text).items():
                before = found.get(name, (0, 0))
                found[name] = (before[0] + times * kept, before[1] + times * not_kept)
        return found

    def examples(self, outcome: str, limit: int, run: int | None = None) -> list[Aside]:
        """Articles of this outcome, the latest first."""
        of_run = "" if run is None else " AND run = ?"
        with self._told():
            rows = self._base.execute(
                f"SELECT place, where_, article, outcome, detail FROM aside WHERE outcome = ?{of_run}"
                " ORDER BY run DESC, rowid LIMIT ?",
                (outcome, *(() if run is None else (run,)), limit),
            ).fetchall()
        return [Aside(place=r[0], where=r[1], article=r[2], outcome=r[3], detail=r[4]) for r in rows]

    def with_outcome(self, outcomes: Iterable[str]) -> Iterator[tuple[Piece, dict[str, Any]]]:
        """The pieces in which an article had one of these outcomes, each with what was given of it."""
        wanted = list(outcomes)
        with self._told():
            rows = self._base.execute(
                "SELECT DISTINCT pieces.place, piece, given FROM aside JOIN pieces ON pieces.place = aside.place"
                f" JOIN runs ON runs.id = pieces.run WHERE outcome IN ({_marks(wanted)}) AND piece IS NOT NULL"
                " ORDER BY pieces.rowid",
                wanted,
            ).fetchall()
        for _, blob, given in rows:
            yield msgspec.msgpack.decode(blob, type=Piece), json.loads(given)

    def places_with(self, outcomes: Iterable[str]) -> set[int]:
        """The places of pieces in which an article had one of these outcomes."""
        wanted = list(outcomes)
        with self._told():
            rows = self._base.execute(f"SELECT DISTINCT place FROM aside WHERE outcome IN ({_marks(wanted)})", wanted)
            return {row[0] for row in rows}

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._base.close()

    # parts of the above

    def _opened(self) -> sqlite3.Connection:
        base = sqlite3.connect(self.file, timeout=_BUSY_SECONDS, check_same_thread=False)
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")
        base.executescript(_SCHEMA)
        return base

    def _update(self, totals: Mapping[str, Any]) -> None:
        if not totals:
            return
        values = {name: json.dumps(v) if isinstance(v, dict) else v for name, v in totals.items()}
        setting = ", ".join(f"{name} = :{name}" for name in values)
        self._base.execute(f"UPDATE runs SET {setting} WHERE id = :id", {**values, "id": self.run})

    def _drop(self, places: list[int]) -> None:
        for at in range(0, len(places), _ASKED):
            some = places[at : at + _ASKED]
            self._base.execute(f"DELETE FROM pieces WHERE place IN ({_marks(some)})", some)
            self._base.execute(f"DELETE FROM aside WHERE place IN ({_marks(some)})", some)

    def _known_word(self, text: str) -> int:
        if text not in self._words:
            found = self._base.execute("SELECT id FROM words WHERE text = ?", (text,)).fetchone()
            if found is None:
                return 0
            if len(self._words) > 10_000:
                self._words.clear()
            self._words[text] = found[0]
        return self._words[text]

    def _word(self, text: str) -> int:
        self._base.execute("INSERT OR IGNORE INTO words (text) VALUES (?)", (text,))
        return self._known_word(text)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as cause:
            raise self._error(cause) from cause

    def _error(self, cause: Exception) -> StoreError:
        return StoreError(
            f"{self.folder} cannot be used: {cause}", hint="make room or make it writable; the store itself is whole"
        )


class Known:
    """Which articles are in the ledger as they are now; for workers, which only read. Without a file: none."""

    def __init__(self, file: str | None) -> None:
        self._base: sqlite3.Connection | None = None
        if file is not None:
            with contextlib.suppress(sqlite3.Error):
                self._base = sqlite3.connect(
                    f"{Path(file).absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS
                )

    def mark(self, key: int, content: int) -> int | None:
        """The mark of the Reading that this article gave; None where that is not known."""
        if self._base is None or not content:
            return None
        with contextlib.suppress(sqlite3.Error):  # it only saves work
            found = self._base.execute("SELECT mark FROM articles WHERE key = ? AND content = ?", (key, content))
            row = found.fetchone()
            return int(row[0]) if row and row[0] else None
        return None


def coder_name(coder: records.Coder) -> str:
    return f"{coder.name}/{coder.version}/{coder.lexicon}"


def _blob(piece: Piece | None) -> bytes | None:
    try:
        return None if piece is None else msgspec.msgpack.encode(piece)
    except UnicodeEncodeError:  # the name of its file is no text: it has to be named again to be tried again
        return None


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _now() -> str:
    return datetime.now(UTC).isoformat("T", "seconds")
