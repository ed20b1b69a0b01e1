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
import itertools
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from dragoman.errors import StoreError
from dragoman.records import Article, Coder, Reading, Record
from dragoman.store import (
    awaiting,
    check,
    columns,
    imported,
    links,
    lock,
    migration,
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
    Linked,
    Question,
    Said,
    StoreDamaged,
    StoreMissing,
    StoreRefused,
    StoreUnwritable,
    TableInfo,
    Tallies,
    ToLink,
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
_ROWS_AT_ONCE = 2000
_WINDOW = 6  # months
_TRIES = 3
_PATIENCE_SECONDS = 600.0  # another process may be making the same roll-ups or index
# what only the store needs to know of a row
_HIDDEN = "(month, rank, several, waiting)"
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


def migrate(
    address: str | Path,
    *,
    storage_options: Mapping[str, str] | None = None,
    wait_seconds: float = 30.0,
    told: Callable[[str], None] | None = None,
) -> int:
    """Brings an older store to the present format; returns the format it had. Raises StoreFormat, StoreUnwritable.

    Killed on the way it leaves the store in the old format, whole, and can be run again.
    """
    place, options = _address(address), dict(storage_options or {})
    with contextlib.ExitStack() as stack:
        if "://" not in place and snapshot.exists(place, options):
            stack.enter_context(lock.writing(Path(place), wait_seconds, told))
        return migration.migrate(place, options)


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
        self._handed: tuple[ToLink, links.Gone] | None = None
        self._looked = False
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
        months, held = self._months(question, view, newest)
        if limit is None or not newest:
            return self._events(question, view, months, _page(limit, offset), newest)
        if question.undated and columns.UNDATED in months:
            own = self._newest(question, view, [m for m in months if m != columns.UNDATED], held, limit + offset)
            lent = self._events(question, view, [columns.UNDATED], _page(limit + offset, 0), newest)
            return query.newest(pa.concat_tables([own, lent])).slice(offset, limit)
        return self._newest(question, view, months, held, limit + offset).slice(offset)

    def _newest(
        self, question: Question, view: View, months: list[str], held: Mapping[str, int], wanted: int
    ) -> pa.Table:
        import pyarrow as pa

        # who asks for the newest few seldom needs more than the last partitions
        found = []
        window = _WINDOW
        while months and wanted > 0:
            if held:  # as many partitions as seem to hold enough; mutual acts count twice there
                before = [*itertools.accumulate(held[month] for month in months)]
                window = next((n for n, sum_ in enumerate(before, 1) if sum_ >= wanted), len(months))
            now, months, window = months[:window], months[window:], window * 2
            found.append(self._events(question, view, now, _page(wanted, 0), newest=True))
            wanted -= found[-1].num_rows
        return pa.concat_tables(found) if found else self._events(question, view, [], "", newest=True)

    def statements(
        self, question: Question, *, limit: int | None = None, offset: int = 0, newest: bool = False
    ) -> pa.Table:
        """Rows of statements: by or to one actor; among several, by one to another; `acting` by, `upon` to."""
        return self._rows("statements", question, _of_statements(question), _page(limit, offset), newest)

    def positions(
        self, question: Question, *, limit: int | None = None, offset: int = 0, newest: bool = False
    ) -> pa.Table:
        """Rows of positions: of, toward or about one actor; among several, of one toward another or shared."""
        return self._rows("positions", question, _of_positions(question), _page(limit, offset), newest)

    def batches(self, table: Said, question: Question) -> Iterator[pa.RecordBatch]:
        """Rows of this table as its verb gives them, some thousands at a time; see Store."""
        import pyarrow as pa

        checked(question)
        view = self._view()
        if table == "events":
            months, _ = self._months(question, view, newest=False)
            sqls = [self._events_asked(question, [month], "", newest=False) for month in months]
            sqls = sqls or [self._events_asked(question, [], "", newest=False)]
        else:
            conditions = _of_statements(question) if table == "statements" else _of_positions(question)
            present = sorted(view.months(table), key=_by_time)
            sqls = [self._rows_asked(table, question, conditions, months=[month]) for month in present or [""]]
        told = False
        for sql in sqls:
            with self._reading(view), contextlib.closing(self._cursor()) as connection:
                reader = connection.sql(sql(view, connection)).to_arrow_reader(_ROWS_AT_ONCE)
                for batch in reader:
                    yield batch
                    told = True
        if not told:
            yield pa.RecordBatch.from_pylist([], schema=reader.schema)

    def tally(self, question: Question) -> Tallies:
        """Counts by pair and period, from the roll-ups where they hold the answer."""
        checked(question)
        view = self._view()
        rollup = tally.rollup_for(question)
        if rollup:
            found = self._of_rollup(rollup, view, lambda table: tally.from_rollup(question, rollup, table))
        else:

            def asked(view: View, connection: duckdb.DuckDBPyConnection) -> str:
                wide = query.spread(question) if question.count == "happening" else question
                months = query.event_months(wide, view.months("events"), undated=True)
                return tally.from_events(question, self._counted(question, view, connection, months))

            found = self._ask(asked, view)
        return tally.answer(question, found, view.snapshot.commit)

    def volume(self, question: Question) -> pa.Table:
        """Articles that were read, by period and site: columns period, site, articles."""
        checked(question)
        view = self._view()
        period = "CAST(NULL AS DATE)"
        if question.unit != "all":
            period = f"CAST(date_trunc('{question.unit}', day) AS DATE)"
        dated, origins = query.dated(question, "day"), query.one_of("origin", question.origins)
        sites = query.one_of("site", question.sites)
        if sites and question.count == "happening":

            def counted(view: View, connection: duckdb.DuckDBPyConnection) -> str:
                articles = view.relation(connection, "articles")
                narrow = f"(SELECT article, commit, day, site FROM {articles} {query.where(sites + origins)})"
                first = (
                    f"SELECT * FROM {self._links(view).copied(narrow)} QUALIFY row_number() OVER (PARTITION BY"
                    " coalesce(copy_of, article) ORDER BY copy_of IS NOT NULL, day NULLS LAST, article) = 1"
                )
                return (
                    f"SELECT {period} AS period, site, count(*) AS articles FROM ({first}) {query.where(dated)}"
                    " GROUP BY ALL ORDER BY ALL"
                )

            return self._ask(counted, view)
        own = ["NOT copy"] if question.count == "happening" else []

        def asked(table: str) -> str:
            counted = f"SELECT {period} AS period, site, CAST(sum(articles) AS BIGINT) AS articles FROM {table}"
            return f"{counted} {query.where(dated + sites + origins + own)} GROUP BY ALL ORDER BY ALL"

        return self._of_rollup("volumes", view, asked)

    # which reports are of one act

    def to_link(self, by: str, *, whole: bool = False) -> ToLink:
        """What waits to be linked; see Store."""
        view = self._view()
        with self._reading(view), contextlib.closing(self._cursor()) as connection:
            return links.to_link(self._links(view), view, connection, by, whole=whole)

    def pages(self, job: ToLink, *, days: int) -> Iterator[tuple[Article, bool]]:
        """The articles to be held against each other, by day; see Store."""
        view = self._view()
        known = self._links(view)
        with self._reading(view), contextlib.closing(self._cursor()) as connection:
            spans = None if job.whole else awaiting.spans(known, view, connection, job, days)
            since = -1 if job.whole else known.commit
            for month in view.months("articles"):
                within = awaiting.in_month(spans, month, known.commit)
                if within is None:
                    continue
                found = connection.sql(
                    f"SELECT record, text, commit FROM {view.relation(connection, 'articles', [month])}"
                    f" WHERE commit <= {job.commit} {within} ORDER BY day, article"
                )
                for batch in found.to_arrow_reader(_READINGS_AT_ONCE):
                    for record, text, at in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                        article = msgspec.json.decode(record, type=_Page).article
                        yield msgspec.structs.replace(article, text=text), at > since

    def copies(self) -> dict[str, str]:
        """Every article that is a copy -> the article it is a copy of."""
        view = self._view()
        with self._reading(view), contextlib.closing(self._cursor()) as connection:
            return links.known_copies(self._links(view), connection)

    def reports(self, job: ToLink, moved: Iterable[str] = ()) -> Iterator[list[dict[str, Any]]]:
        """Rows of events to link, by first day, article and id; see Store."""
        view = self._view()
        with self._reading(view), contextlib.closing(self._cursor()) as connection:
            if job.whole:
                self._handed = job, links.Gone()
                yield from awaiting.everything(view, connection, job)
                return
            gone, found = awaiting.neighbourhood(self._links(view), view, connection, job, moved)
            self._handed = job, gone
            yield from found

    def keep_links(self, job: ToLink, copies: Mapping[str, str], found: Iterable[Linked]) -> ToLink:
        """Keeps which reports are of one act; see Store."""
        view = self._view()
        begun = False

        def kept(folder: Path) -> links.Links:
            nonlocal begun
            if begun:
                raise StoreUnwritable(f"{folder} has no room for what was linked", address=str(folder))
            known = links.read(folder, view)
            if not job.whole and (known.serial, known.commit) != (job.serial, job.linked):
                return known  # somebody else kept links meanwhile, or these lie where they cannot be added to
            begun, made = True, iter(found)
            first = next(made, None)  # sees to it that the reports were handed out
            gone = self._handed[1] if self._handed and self._handed[0] == job else links.Gone()
            whole = made if first is None else itertools.chain([first], made)
            return links.keep(known, view, self._cursor, job, gone, copies, whole)

        with self._guard, self._reading(view):
            after = self._made(kept)
        return self.to_link(after.by or job.by)

    def reports_of(self, happenings: Sequence[str]) -> pa.Table:
        """Rows of events: all reports of these acts, the one that stands for its act first."""
        view = self._view()

        def asked(view: View, connection: duckdb.DuckDBPyConnection) -> str:
            months, keys = links.members(self._links(view), connection, happenings, view.months("events"))
            connection.register("chosen", keys)
            told = self._counted(Question(count="report"), view, connection, months)
            return (
                f"SELECT * EXCLUDE {_HIDDEN} FROM {told} WHERE (article, id) IN (SELECT (article, id) FROM chosen)"
                " ORDER BY happening, rank, article, n"
            )

        return self._ask(asked, view)

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
        """Makes the roll-ups and the sentence index anew; what was found out about happenings and copies stays."""
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
                "happenings": known.commit if (known := self._links(view)).ever else None,
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
            self._intact(view, columns.TABLES)
            bad = [f.uri for t in columns.TABLES for f in view.files(t) if view.local and f.uri in text]
            if not bad and not isinstance(cause, FileNotFoundError):
                raise StoreError(f"{self.address} could not answer: {text}") from cause
            raise self._damaged(text, bad) from cause

    def _intact(self, view: View, tables: Iterable[str]) -> None:
        """Raises StoreDamaged where a file of these tables is not there, which can be told of local stores only."""
        missing = view.missing(tables)
        if missing:
            number = "a file is" if len(missing) == 1 else f"{len(missing)} files are"
            first = Path(missing[0]).relative_to(self.address)
            raise self._damaged(f"{number} missing ({first}{', ...' if missing[1:] else ''})", missing)

    def _damaged(self, what: str, files: Sequence[str]) -> StoreDamaged:
        return StoreDamaged(
            f"{self.address} cannot be read: {what}",
            files=files,
            hint=f"put back what is missing from a copy; dragoman store check --store {self.address} lists all of it",
        )

    def _rows(self, table: str, question: Question, conditions: list[str], page: str, newest: bool) -> pa.Table:
        checked(question)
        return self._ask(self._rows_asked(table, question, conditions, page, newest))

    def _rows_asked(
        self,
        table: str,
        question: Question,
        conditions: list[str],
        page: str = "",
        newest: bool = False,
        months: list[str] | None = None,
    ) -> Callable[[View, duckdb.DuckDBPyConnection], str]:
        conditions = conditions + query.dated(question, "day") + query.one_of("origin", question.origins)
        if table != "articles":
            conditions += query.one_of("site", question.sites) + query.one_of("article", question.articles)

        def asked(view: View, connection: duckdb.DuckDBPyConnection) -> str:
            asked_for = columns.months_between(*question.days, view.months(table))
            if not question.since and not question.until:
                asked_for = view.months(table)
            chosen = asked_for if months is None else [month for month in asked_for if month in months]
            order = "day DESC NULLS LAST, article" if newest else "day, article"
            order += "" if table == "articles" else ", n"
            return (
                f"SELECT * EXCLUDE ({', '.join(_KEPT_BACK[table])}) FROM {view.relation(connection, table, chosen)}"
                f" {query.where(conditions)} ORDER BY {order} {page}"
            )

        return asked

    def _events(self, question: Question, view: View, months: list[str], page: str, newest: bool) -> pa.Table:
        return self._ask(self._events_asked(question, months, page, newest), view)

    def _events_asked(
        self, question: Question, months: list[str], page: str, newest: bool
    ) -> Callable[[View, duckdb.DuckDBPyConnection], str]:
        day = query.when(question)

        def asked(view: View, connection: duckdb.DuckDBPyConnection) -> str:
            conditions = query.event_conditions(question) + query.of_parties(question) + query.dated(question, day)
            relation = self._counted(question, view, connection, months)
            if question.blocs:
                pairs = query.pairs(question, relation, ["id"])
                conditions.append(f"(article, id, n) IN (SELECT (article, id, n) FROM ({pairs}))")
            order = f"{day} DESC NULLS LAST" if newest else f"{day} NULLS LAST"
            kept = f"SELECT * EXCLUDE {_HIDDEN} FROM {relation} {query.where(conditions)}"
            return f"{kept} ORDER BY {order}, article, n {page}"

        return asked

    def _months(self, question: Question, view: View, newest: bool) -> tuple[list[str], dict[str, int]]:
        """The partitions of events that can hold an answer, in the order asked for, those without a date last.

        Where the question is of pairs, and of many partitions, also about how many events of theirs each one holds.
        """
        counts: dict[str, int] = {}
        present = view.months("events")
        months = query.event_months(question, present, undated=not (question.since or question.until))
        two_sided = len(question.actors) > 1 or (question.acting and question.upon)
        if two_sided and not question.blocs and not question.within and len(months) > _WINDOW:
            wanted = query.where(query.sides(question))
            asked = "SELECT part, CAST(sum(events) AS BIGINT) AS events FROM {} " + wanted + " GROUP BY part"
            held = self._of_rollup("pairs", view, asked.format)
            counts = dict(zip(held.column("part").to_pylist(), held.column("events").to_pylist(), strict=True))
            months = [month for month in months if month in counts]
        dated = sorted((m for m in months if m != columns.UNDATED), key=_by_time, reverse=newest)
        return dated + [m for m in months if m == columns.UNDATED], counts

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
            now = self._writer.start()
            if not self._looked:  # whoever writes for hours need not look again before each batch
                self._intact(self._writer.view(now), columns.TABLES)
                self._looked = True
            yield self._writer, now

    def _of_rollup(self, name: str, view: View, sql: Callable[[str], str]) -> pa.Table:
        """The answer of a roll-up; `sql` is given what stands after FROM."""
        for _ in range(_TRIES):
            rolled = self._rolled(rollups.SOURCES[name], view)
            asked = sql(rolled.relation(name))
            try:
                return self._ask(lambda _view, _connection, asked=asked: asked, view)  # type: ignore[misc]
            except StoreError:
                if all(file.is_file() for file in rolled.files()):
                    raise
                # else another process made some of them anew just now, under new names
        raise StoreError(f"the roll-ups of {self.address} change faster than they can be read", hint="ask again")

    def _rolled(self, table: str, view: View) -> rollups.Rolled:
        # they would answer for rows that are lost
        self._intact(view, [table])
        known = self._links(view)
        with self._guard, self._reading(view):
            ready = rollups.ready(self._place(), view, table, known)
            return ready or self._made(lambda folder: rollups.fresh(folder, view, self._cursor, table, known))

    def _links(self, view: View) -> links.Links:
        return links.read(self._place(), view)

    def _counted(self, question: Question, view: View, connection: duckdb.DuckDBPyConnection, months: list[str]) -> str:
        """Those rows of events that count, with what is known of their acts and copies, to stand after FROM."""
        known = self._links(view)
        told = known.told(view.relation(connection, "events", months), months)
        return known.copied(query.counted(question, told))

    def _follow(self, view: View) -> None:
        self._intact(view, search.KINDS)
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
    # it would read the narrow columns, sort, and then all columns of all files once more: twice the work for our pages
    "late_materialization_max_rows": "0",
}
# beside the tables: what ingest, watch and the web app keep of their own
_NAMES = {*columns.TABLES, snapshot.TABLE, DERIVED, lock.FILE, "ingest", "watch", "web"}


class _Page(Record, frozen=True):
    """Of a Reading the article alone."""

    article: Article


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


def _by_time(month: str) -> str:
    return {columns.EARLIER: "0", columns.LATER: "9", columns.UNDATED: "u"}.get(month, month)


def _of_statements(question: Question) -> list[str]:
    conditions = _said(query.members(question, question.actors), one=len(question.actors) == 1)
    conditions += _any("speakers", query.members(question, question.acting))
    return conditions + query.one_of("addressee", query.members(question, question.upon))


def _of_positions(question: Question) -> list[str]:
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
    return conditions


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
