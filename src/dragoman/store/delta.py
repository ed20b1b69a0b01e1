"""The embedded store: a folder (or an address in an object store) of Delta tables, asked through DuckDB.

    store = open_store("dragoman.store")            # StoreMissing where there is none
    store = create_store("dragoman.store")          # an empty one, or the one that is there
    store.commit(readings); store.tally(Question(actors=("USA", "RUS"), since="2020"))

The tables are the only truth; `derived/` (roll-ups, sentence index) is made from them and may be deleted at any time.
Answers are of one commit (`snapshot.py`); writers take turns (`lock.py`). On s3://, gs:// and abfss:// the same tables
are read and written by deltalake with `storage_options`; what is derived is then kept in a folder of this machine.
There no lock keeps writers apart: a second one at the same time is noticed and refused, but should not be started.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dragoman.errors import StoreError
from dragoman.records import Coder, Reading
from dragoman.store import (
    check,
    columns,
    imported,
    lock,
    query,
    readonly,
    rollups,
    rows,
    search,
    snapshot,
    tally,
    writer,
)
from dragoman.store.base import (
    OWN,
    Check,
    Committed,
    Correction,
    Hit,
    Info,
    Question,
    StoreDamaged,
    StoreFormat,
    StoreMissing,
    StoreRefused,
    StoreUnwritable,
    TableInfo,
    Tallies,
    checked,
)
from dragoman.store.view import View

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Made = TypeVar("Made")

DERIVED = "derived"
_MEMORY = "1GB"
_READINGS_AT_ONCE = 500
_WINDOW = 6  # months
_TRIES = 3
_PATIENCE_SECONDS = 600.0  # another process may be making the same roll-ups or index
# not part of an answer: they are large, or mean nothing outside the store
_KEPT_BACK = {"articles": ("text", "record", "digest", "month"), "statements": ("month",), "events": ("month",)}
_KEPT_BACK["positions"] = ("month",)


def open_store(
    address: str | Path,
    *,
    storage_options: Mapping[str, str] | None = None,
    wait_seconds: float = 30.0,
    told: Callable[[str], None] | None = None,
) -> DeltaStore:
    """The store at this address. Raises StoreMissing, StoreFormat, StoreDamaged.

    A writer waits `wait_seconds` for another one; `told` is called once with a line that says for whom.
    """
    place, options = _address(address), dict(storage_options or {})
    _whole(place, options)
    snapshot.Commits(place, options).latest()
    return DeltaStore(place, options, wait_seconds, told)


def create_store(
    address: str | Path,
    *,
    storage_options: Mapping[str, str] | None = None,
    wait_seconds: float = 30.0,
    told: Callable[[str], None] | None = None,
) -> DeltaStore:
    """The store at this address, made where there is none. Raises StoreUnwritable, StoreRefused (a folder in use)."""
    place, options = _address(address), dict(storage_options or {})
    with contextlib.suppress(StoreMissing):
        return open_store(place, storage_options=options, wait_seconds=wait_seconds, told=told)
    if "://" in place:
        snapshot.create(place, options)
    else:
        folder = Path(place)
        strange = sorted(p.name for p in folder.iterdir() if p.name not in _NAMES) if folder.is_dir() else []
        if strange or folder.is_file():
            raise StoreRefused(
                f"{folder} holds something else ({', '.join(strange[:3]) or 'a file'})",
                name="address",
                value=place,
                hint="name a folder that is empty or not there yet",
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with lock.writing(folder, wait_seconds, told):
                snapshot.create(place, options)
        except OSError as cause:
            raise StoreUnwritable(f"{folder} cannot be made: {cause}", address=place) from cause
    return open_store(place, storage_options=options, wait_seconds=wait_seconds, told=told)


def migrate(address: str | Path, *, storage_options: Mapping[str, str] | None = None) -> int:
    """Brings an older store to the present format; returns the format it had. Raises StoreFormat."""
    place, options = _address(address), dict(storage_options or {})
    try:
        snapshot.Commits(place, options).latest()
    except StoreFormat as cause:
        # format 1 is the first: nothing older was ever released
        raise StoreFormat(
            f"there is no way from format {cause.found} to {cause.wanted}",
            found=cause.found,
            wanted=cause.wanted,
            hint="read the articles again into a new store: dragoman ingest",
        ) from cause
    return snapshot.FORMAT


class DeltaStore:
    """A Store of Delta tables. Safe to ask from several threads; opened again in every process."""

    name = "delta"

    def __init__(
        self, address: str, options: snapshot.Options, wait_seconds: float, told: Callable[[str], None] | None
    ) -> None:
        self.address = address
        self._options, self._wait, self._told = options, wait_seconds, told
        self._local = "://" not in address
        self._commits = snapshot.Commits(address, options)
        self._root = _connect()
        self._guard = threading.RLock()
        self._seen: View | None = None
        self._writer: writer.Writer | None = None
        self._session: Path | None = None
        self._end = weakref.finalize(self, self._root.close)

    # what goes in

    def commit(self, readings: Iterable[Reading], *, origin: str = OWN) -> Committed:
        """Keeps a batch, all or nothing; see Store. A Reading that cannot be kept is named in `refused`."""
        batch, refused, repeated = _batch(readings)
        with self._writing() as (w, now):
            w.known.read(w.view(now), self._cursor())
            had = {identity: w.known.digest(identity) for identity in batch}
            changed = {i: pair for i, pair in batch.items() if had[i] != writer.start(pair[1])}
            replaced = [identity for identity in changed if had[identity] is not None]
            if not changed:
                return Committed(commit=now.commit, unchanged=len(batch), repeated=repeated, refused=refused)
            added = rows.tables(list(changed.values()), now.commit + 1, origin)
            after = w.write(now, {k: [t] for k, t in added.items()}, self._deletions(w.view(now), replaced))
            w.known.learn(after.commit, {identity: mark for identity, (_, mark) in changed.items()})
            return Committed(
                commit=after.commit,
                added=len(changed) - len(replaced),
                replaced=len(replaced),
                unchanged=len(batch) - len(changed),
                repeated=repeated,
                refused=refused,
                rows={name: table.num_rows for name, table in added.items()},
            )

    def load(self, events: Iterable[Any], *, origin: str, name: str, replace: bool = False) -> Committed:
        """Keeps Arrow tables or batches of event rows without articles; see Store and `imported.py`."""
        if origin == OWN:
            raise StoreRefused(f"loaded rows cannot be of origin {OWN}", name="origin", value=origin)
        with self._writing() as (w, now):
            again = name in now.loads
            if again and not replace:
                return Committed(commit=now.commit, unchanged=1)
            w.known.read(w.view(now), self._cursor())
            counted = [0]
            chunks = imported.complete(events, origin, name, now.commit + 1, counted)
            after = w.write(
                now,
                {"events": chunks},
                {"events": [writer.those("load", [name])]} if again else None,
                loads=now.loads if again else (*now.loads, name),
            )
            w.known.learn(after.commit, {})
            return Committed(
                commit=after.commit, added=int(not again), replaced=int(again), rows={"events": counted[0]}
            )

    def correct(self, corrections: Iterable[Correction]) -> Committed:
        """Keeps people's verdicts."""
        found = [correction.to_dict() for correction in corrections]
        with self._writing() as (w, now):
            if not found:
                return Committed(commit=now.commit)
            at = datetime.now(UTC).isoformat("T", "seconds")
            kept = [row | {"commit": now.commit + 1, "at": row["at"] or at} for row in found]
            w.known.read(w.view(now), self._cursor())
            after = w.write(now, {"corrections": [rows.table("corrections", kept)]})
            w.known.learn(after.commit, {})
            return Committed(commit=after.commit, added=len(kept), rows={"corrections": len(kept)})

    # what comes out

    def corrections(self) -> tuple[Correction, ...]:
        """All verdicts, oldest first."""
        found = self._selected("* EXCLUDE (commit)", "corrections", then='ORDER BY "at", commit')
        return tuple(Correction(**row) for row in found.to_pylist())

    def reading(self, article: str) -> Reading | None:
        """The Reading of this article, exactly as it went in; None where there is none."""
        return next(iter(self.readings([article])), None)

    def readings(self, articles: Sequence[str] = (), *, not_by: Coder | None = None) -> Iterator[Reading]:
        """Readings, by month of publication; see Store."""
        conditions = query.one_of("article", list(articles))
        if not_by:
            mine = query.quoted(f"{not_by.name}/{not_by.version}/{not_by.lexicon}")
            conditions.append(f"concat_ws('/', coder, coder_version, lexicon) <> {mine}")
            conditions += query.one_of("origin", [OWN])
        view = self._view()
        portions: list[list[str] | None] = [None] if articles else [[month] for month in view.months("articles")]
        for month in portions:
            with self._reading(view), contextlib.closing(self._cursor()) as connection:
                articles_table = view.relation(connection, "articles", month)
                found = connection.sql(f"SELECT record, text FROM {articles_table} {query.where(conditions)}")
                for batch in found.to_arrow_reader(_READINGS_AT_ONCE):
                    for record, text in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                        yield rows.reading_of(record, text)

    def articles(self, question: Question) -> pa.Table:
        """Rows of articles, without text; actors, types and issues are not looked at."""
        conditions = [*query.one_of("site", question.sites), *query.one_of("article", question.articles)]
        return self._rows("articles", question, conditions, "", newest=False)

    def events(
        self, question: Question, *, limit: int | None = None, offset: int = 0, newest: bool = False
    ) -> pa.Table:
        """Rows of events (columns of `columns.TABLES`), by day, article and place in it; see Store."""
        import pyarrow as pa

        checked(question)
        view = self._view()
        months = self._months(question, view, newest)
        if limit is None or not newest or question.undated:
            return self._events(question, view, months, _page(limit, offset), newest)
        # who asks for the newest few seldom needs more than the last partitions
        found = []
        window, wanted = _WINDOW, limit + offset
        while months and wanted > 0:
            now, months, window = months[:window], months[window:], window * 2
            found.append(self._events(question, view, now, _page(wanted, 0), newest))
            wanted -= found[-1].num_rows
        if not found:
            return self._events(question, view, [], "", newest)
        return pa.concat_tables(found).slice(offset)

    def statements(
        self, question: Question, *, limit: int | None = None, offset: int = 0, newest: bool = False
    ) -> pa.Table:
        """Rows of statements: by or to one actor; among several, by one to another; `acting` by, `upon` to."""
        among = query.members(question, question.actors)
        conditions = _said(among, one=len(question.actors) == 1)
        conditions += _any("speakers", query.members(question, question.acting))
        conditions += query.one_of("addressee", query.members(question, question.upon))
        return self._rows("statements", question, conditions, _page(limit, offset), newest)

    def positions(
        self, question: Question, *, limit: int | None = None, offset: int = 0, newest: bool = False
    ) -> pa.Table:
        """Rows of positions: of, toward or about one actor; among several, of one toward another or shared."""
        among = query.members(question, question.actors)
        conditions = [f"confidence >= {float(question.confidence)}"] if question.confidence else []
        conditions += query.one_of("issue", question.issues)
        if among:
            codes = query.listed(among)
            others = "list_filter(list_append(list_append(shared_with, toward), regarding), lambda x: x IS NOT NULL)"
            if len(question.actors) == 1:
                conditions.append(f"(list_contains({codes}, actor) OR list_has_any({others}, {codes}))")
            else:
                conditions.append(f"(list_contains({codes}, actor) AND list_has_any({others}, {codes}))")
        conditions += query.one_of("actor", query.members(question, question.acting))
        conditions += query.one_of("toward", query.members(question, question.upon))
        return self._rows("positions", question, conditions, _page(limit, offset), newest)

    def tally(self, question: Question) -> Tallies:
        """Counts by pair and period, from the roll-ups where they hold the answer."""
        checked(question)
        view = self._view()
        rollup = tally.rollup_for(question)
        if rollup:
            found = self._of_rollup(rollup, view, lambda table: tally.from_rollup(question, rollup, table))
        else:

            def asked(view: View, connection: duckdb.DuckDBPyConnection) -> str:
                months = query.event_months(question, view.months("events"), undated=True)
                return tally.from_events(question, view.relation(connection, "events", months))

            found = self._ask(asked, view)
        return tally.answer(question, found, view.snapshot.commit)

    def volume(self, question: Question) -> pa.Table:
        """Articles that were read, by period and site: columns period, site, articles."""
        checked(question)
        view = self._view()
        period = "CAST(NULL AS DATE)"
        if question.unit != "all":
            period = f"CAST(date_trunc('{question.unit}', day) AS DATE)"
        conditions = [
            *query.dated(question, "day"),
            *query.one_of("site", question.sites),
            *query.one_of("origin", question.origins),
        ]

        def asked(table: str) -> str:
            counted = f"SELECT {period} AS period, site, CAST(sum(articles) AS BIGINT) AS articles FROM {table}"
            return f"{counted} {query.where(conditions)} GROUP BY ALL ORDER BY ALL"

        return self._of_rollup("volumes", view, asked)

    def search(self, words: str, question: Question | None = None, *, limit: int = 20) -> tuple[Hit, ...]:
        """The sentences that hold all the words, most relevant first; see Store."""
        if question is not None:
            checked(question)
        if not words.strip():
            raise StoreRefused("there are no words to search for", name="words", value=words)
        view = self._view()
        with self._guard:
            self._follow(view)
            return search.find(self._place(), words, question, limit)

    def sql(self, query: str) -> pa.Table:
        """The answer to one SELECT over the tables; see `readonly.py`. Raises StoreRefused."""
        view = self._view()
        with contextlib.closing(_connect()) as connection, self._reading(view):
            return readonly.answer(connection, view, query)

    # how it is kept

    def check(self) -> Check:
        """What is wrong with the store, if anything."""
        view = self._view()
        with self._reading(view):
            return check.check(view, self._cursor())

    def compact(self) -> Committed:
        """Many small files become few; answers stay the same."""
        with self._writing() as (w, now):
            w.known.read(w.view(now), self._cursor())
            after = w.compact(now)
            w.known.learn(after.commit, {})
            return Committed(commit=after.commit)

    def vacuum(self, *, keep_hours: float = 24.0) -> int:
        """Removes files no answer needs since that time; returns how many."""
        with self._writing() as (w, now):
            return w.vacuum(now, keep_hours)

    def rebuild(self) -> Info:
        """Makes the roll-ups and the sentence index anew."""
        view = self._view()
        with self._guard:
            folder = self._place()
            for stamp in (rollups.STAMP, search.STAMP):
                with contextlib.suppress(OSError):
                    (folder / stamp).unlink(missing_ok=True)
            for table in sorted(set(rollups.SOURCES.values())):
                self._rolled(table, view)
            self._follow(view)
        return self.info()

    def info(self) -> Info:
        """The store as it stands."""
        view = self._view()
        now = view.snapshot
        tables = {}
        for name, version in now.versions.items():
            files = view.files(name)
            tables[name] = TableInfo(
                rows=sum(f.rows for f in files), files=len(files), bytes=sum(f.bytes for f in files), version=version
            )
        coders = self._ask(
            lambda view, c: (
                f"SELECT coder, coder_version, lexicon, count(*) AS articles FROM {view.relation(c, 'articles')}"
                " WHERE coder IS NOT NULL GROUP BY ALL ORDER BY ALL"
            ),
            view,
        )
        spread = self._ask(
            lambda view, c: (
                f"SELECT origin, count(*) AS events, min(day) AS first, max(day) AS last"
                f" FROM {view.relation(c, 'events')} GROUP BY ALL ORDER BY ALL"
            ),
            view,
        ).to_pylist()
        folder = self._place()
        stamps = {
            table: found.get("commit") if (found := rollups.read_stamp(folder).get(table)) else None
            for table in sorted(set(rollups.SOURCES.values()))
        }
        return Info(
            address=self.address,
            format=now.format,
            made_by=now.made_by,
            commit=now.commit,
            at=now.at,
            tables=tables,
            bytes=sum(table.bytes for table in tables.values()),
            derived_bytes=sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) if folder.is_dir() else 0,
            derived={
                **{name: stamps[source] for name, source in rollups.SOURCES.items()},
                search.FOLDER: search.read_stamp(folder).get("commit"),
            },
            first=min((row["first"] for row in spread if row["first"]), default=None),
            last=max((row["last"] for row in spread if row["last"]), default=None),
            coders=tuple(tuple(row.values()) for row in coders.to_pylist()),
            origins={row["origin"]: row["events"] for row in spread},
            writer=lock.owner(Path(self.address)) if self._local else None,
        )

    def close(self) -> None:
        """Lets go of what is held."""
        self._end()
        if self._session:
            shutil.rmtree(self._session, ignore_errors=True)
            self._session = None

    def __enter__(self) -> DeltaStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # parts of the above

    def _view(self) -> View:
        now = self._commits.latest()
        with self._guard:
            if self._seen is None or self._seen.snapshot != now:
                self._seen = View(self.address, self._options, now, self._seen)
            return self._seen

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        return self._root.cursor()

    def _ask(self, sql: Callable[[View, duckdb.DuckDBPyConnection], str], view: View | None = None) -> pa.Table:
        """The answer as an Arrow table; `sql` names the tables of the view it is given."""
        view = view or self._view()
        with self._reading(view), contextlib.closing(self._cursor()) as connection:
            return connection.sql(sql(view, connection)).to_arrow_table()

    def _selected(
        self, what: str, table: str, conditions: Sequence[str] = (), then: str = "", view: View | None = None
    ) -> pa.Table:
        def asked(view: View, connection: duckdb.DuckDBPyConnection) -> str:
            return f"SELECT {what} FROM {view.relation(connection, table)} {query.where(conditions)} {then}"

        return self._ask(asked, view)

    @contextlib.contextmanager
    def _reading(self, view: View) -> Iterator[None]:
        import duckdb

        try:
            yield
        except (duckdb.Error, FileNotFoundError) as cause:
            text = str(cause).partition("\n")[0]
            files = [f.uri for t in columns.TABLES for f in view.files(t) if view.local]
            bad = [file for file in files if file in text or not Path(file).is_file()]
            if not bad and not isinstance(cause, FileNotFoundError):
                raise StoreError(f"{self.address} could not answer: {text}") from cause
            raise StoreDamaged(
                f"{self.address} cannot be read: {text}",
                files=bad,
                hint=f"dragoman store check --store {self.address} lists what is missing",
            ) from cause

    def _rows(self, table: str, question: Question, conditions: list[str], page: str, newest: bool) -> pa.Table:
        checked(question)
        conditions = conditions + query.dated(question, "day") + query.one_of("origin", question.origins)
        if table != "articles":
            conditions += query.one_of("site", question.sites) + query.one_of("article", question.articles)

        def asked(view: View, connection: duckdb.DuckDBPyConnection) -> str:
            months = columns.months_between(*question.days, view.months(table))
            if not question.since and not question.until:
                months = view.months(table)
            order = "day DESC NULLS LAST, article" if newest else "day, article"
            order += "" if table == "articles" else ", n"
            return (
                f"SELECT * EXCLUDE ({', '.join(_KEPT_BACK[table])}) FROM {view.relation(connection, table, months)}"
                f" {query.where(conditions)} ORDER BY {order} {page}"
            )

        return self._ask(asked)

    def _events(self, question: Question, view: View, months: list[str], page: str, newest: bool) -> pa.Table:
        day = query.when(question)

        def asked(view: View, connection: duckdb.DuckDBPyConnection) -> str:
            relation = view.relation(connection, "events", months)
            conditions = query.event_conditions(question) + query.of_parties(question) + query.dated(question, day)
            if question.blocs:
                pairs = query.pairs(question, relation, ["id"])
                conditions.append(f"(article, id, n) IN (SELECT (article, id, n) FROM ({pairs}))")
            order = f"{day} DESC NULLS LAST" if newest else f"{day} NULLS LAST"
            kept = f"SELECT * EXCLUDE (month) FROM {relation} {query.where(conditions)}"
            return f"{kept} ORDER BY {order}, article, n {page}"

        return self._ask(asked, view)

    def _months(self, question: Question, view: View, newest: bool) -> list[str]:
        """The partitions of events that can hold an answer, in the order asked for, those without a date last."""
        present = view.months("events")
        months = query.event_months(question, present, undated=not (question.since or question.until))
        two_sided = len(question.actors) > 1 or (question.acting and question.upon)
        if two_sided and not question.blocs and not question.within and len(months) > _WINDOW:
            wanted = query.where(query.sides(question))
            held = self._of_rollup("pairs", view, lambda table: f"SELECT DISTINCT part FROM {table} {wanted}")
            parts = set(held.column("part").to_pylist())
            months = [month for month in months if month in parts]
        rank = {columns.EARLIER: "0", columns.LATER: "9"}
        dated = sorted((m for m in months if m != columns.UNDATED), key=lambda m: rank.get(m, m), reverse=newest)
        return dated + [m for m in months if m == columns.UNDATED]

    def _deletions(self, view: View, articles: Sequence[str]) -> dict[str, list[str]]:
        """For each table the condition on the rows of these articles, narrowed to the partitions they lie in."""
        found: dict[str, list[str]] = {}
        for name in columns.BY_ARTICLE if articles else ():
            held = self._selected("DISTINCT month", name, query.one_of("article", articles), view=view)
            if months := held.column("month").to_pylist():
                found[name] = [f"{writer.those('month', months)} AND {writer.those('article', articles)}"]
        return found

    @contextlib.contextmanager
    def _writing(self) -> Iterator[tuple[writer.Writer, snapshot.Snapshot]]:
        with self._guard, contextlib.ExitStack() as stack:
            if self._local:
                stack.enter_context(lock.writing(Path(self.address), self._wait, self._told))
            if self._writer is None:
                self._writer = writer.Writer(self.address, self._options)
            yield self._writer, self._writer.start()

    def _of_rollup(self, name: str, view: View, sql: Callable[[str], str]) -> pa.Table:
        """The answer of a roll-up; `sql` is given what stands after FROM."""
        for _ in range(_TRIES):
            file = self._rolled(rollups.SOURCES[name], view)[name]
            asked = sql(f"read_parquet({query.quoted(file)})")
            try:
                return self._ask(lambda _view, _connection, asked=asked: asked, view)  # type: ignore[misc]
            except StoreError:
                if file.is_file():  # else another process made it anew just now, under a new name
                    raise
        raise StoreError(f"the roll-ups of {self.address} change faster than they can be read", hint="ask again")

    def _rolled(self, table: str, view: View) -> dict[str, Path]:
        with self._guard, self._reading(view):
            ready = rollups.ready(self._place(), view, table)
            return ready or self._made(lambda folder: rollups.fresh(folder, view, self._cursor, table))

    def _follow(self, view: View) -> None:
        with self._guard, self._reading(view):
            if not search.ready(self._place(), view):
                self._made(lambda folder: search.follow(folder, view, self._cursor))

    def _made(self, make: Callable[[Path], Made]) -> Made:
        """What `make` gives; in a folder of this session where the store's own cannot be written to."""
        for fallback in (False, True):
            folder = self._place(fallback=fallback)
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with lock.writing(folder, _PATIENCE_SECONDS):
                    return make(folder)
            except (OSError, StoreUnwritable) as cause:
                failed = cause
        raise StoreUnwritable(
            f"there is no room for roll-ups and index: {failed}", address=str(folder), hint="make room, or set TMPDIR"
        ) from failed

    def _place(self, *, fallback: bool = False) -> Path:
        """Where derived files lie: beside the tables, or for this session only where nothing can be written there."""
        if self._session is None and self._local and not fallback:
            return Path(self.address) / DERIVED
        if self._session is None:
            self._session = Path(tempfile.mkdtemp(prefix="dragoman-"))
            weakref.finalize(self, shutil.rmtree, self._session, True)
        return self._session


_CONFIG: dict[str, Any] = {
    "memory_limit": _MEMORY,
    "preserve_insertion_order": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_NAMES = {*columns.TABLES, snapshot.TABLE, DERIVED, lock.FILE}


def _connect() -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect(config=_CONFIG)
    connection.execute("SET GLOBAL parquet_metadata_cache = true")  # files never change once they are written
    return connection


def _address(address: str | Path) -> str:
    text = str(address)
    if set(text) & set("*?["):
        raise StoreRefused(
            f"{text} cannot name a store", name="address", value=text, hint="use a name without *, ? and ["
        )
    return text.rstrip("/") if "://" in text else str(Path(text).absolute())


def _whole(place: str, options: snapshot.Options) -> None:
    """Raises StoreDamaged where tables stand without the list of their commits."""
    from deltalake import DeltaTable

    if snapshot.exists(place, options):
        return
    used = [
        name
        for name in columns.TABLES
        if DeltaTable.is_deltatable(snapshot.place(place, name), storage_options=options or None)
        and DeltaTable(snapshot.place(place, name), storage_options=options or None).version() > 0
    ]
    if used:
        raise StoreDamaged(
            f"{place} has tables ({', '.join(used)}) but the list of its commits is gone",
            files=[snapshot.place(place, snapshot.TABLE)],
            hint="put that folder back from a copy",
        )


def _batch(readings: Iterable[Reading]) -> tuple[dict[str, tuple[Reading, str]], tuple[tuple[str, str], ...], int]:
    batch: dict[str, tuple[Reading, str]] = {}
    refused = []
    repeated = 0
    for reading in readings:
        identity = reading.article.id
        try:
            if not identity:
                raise ValueError("the article has no id")
            mark = rows.digest(reading)
            identity.encode()
        except (ValueError, TypeError) as cause:  # letters that no file can hold (lone surrogates)
            refused.append((identity, str(cause)))
            continue
        repeated += identity in batch
        batch[identity] = (reading, mark)
    return batch, tuple(refused), repeated


def _said(among: Sequence[str], *, one: bool) -> list[str]:
    if not among:
        return []
    codes = query.listed(among)
    by, to = f"list_has_any(speakers, {codes})", f"coalesce(list_contains({codes}, addressee), false)"
    return [f"({by} OR {to})" if one else f"({by} AND {to})"]


def _any(column: str, codes: Sequence[str]) -> list[str]:
    return [f"list_has_any({column}, {query.listed(codes)})"] if codes else []


def _page(limit: int | None, offset: int) -> str:
    return (f"LIMIT {int(limit)}" if limit is not None else "") + (f" OFFSET {int(offset)}" if offset else "")
