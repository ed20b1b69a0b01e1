"""The verbs of the desk as the values that pages show; everything the app tells of a store comes through here.

What was asked once is kept until the store has a new commit.
"""

from __future__ import annotations

import datetime as dt
import math
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from dragoman.errors import SettingsError
from dragoman.records import Event, EventDate, Participant, Reading
from dragoman.web import order
from dragoman.web.site import Kept, Site
from dragoman.web.view import View

if TYPE_CHECKING:
    from dragoman.exchange.words import Names
    from dragoman.relate.agreement import Agreement
    from dragoman.relate.indices import Measure
    from dragoman.relate.mixed import Mixed
    from dragoman.store.arrow import Answer
    from dragoman.store.base import Correction, Info, Question
    from dragoman.store.delta import DeltaStore
    from dragoman.web.watched import Watched

Found = TypeVar("Found")
_REMEMBERED_BYTES = 64_000_000
_REMEMBERED = 2_000  # names
_MOST_COMPARED = 5_000  # articles, to be looked into for signals while a page waits
_PAGE = 25


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """A measure as pages need it: what it is called, its bounds, and which way is up."""

    name: str
    label: str
    formula: str
    source: str
    unit: str
    low: float | None
    high: float | None
    rises_with: int  # cooperation 1, conflict -1, any act 0
    diverges: bool  # has a middle at nought


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What `source` did to `target`, over all or in the period that begins on `period`."""

    source: str
    target: str
    value: float | None
    events: int
    low: float | None = None
    high: float | None = None
    reports: int | None = None
    articles: int | None = None
    read: int | None = None
    faded: bool = False
    stretch: int | None = None
    period: dt.date | None = None


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """A matrix: actors as rows and columns, a cell where something was told."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    scale: Scale
    left_out: Mapping[str, int]
    blocs: Mapping[str, str]
    notes: tuple[str, ...]
    more: int  # actors that have no room
    events: int


class Over(msgspec.Struct, frozen=True, kw_only=True):
    """A pair over time: both directions of each period, in order."""

    actors: tuple[str, str]
    periods: tuple[dt.date, ...]
    there: dict[dt.date, Cell]
    back: dict[dt.date, Cell]
    changes: tuple[Mapping[str, Any], ...]  # rows of relate.turns.Shown
    told: bool  # whether anything was, in any period
    notes: tuple[str, ...]
    scale: Scale
    left_out: Mapping[str, int]
    blocs: Mapping[str, str]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One event with its words, as a list of them shows it."""

    article: str
    id: str
    n: int
    line: str
    kind: str
    meaning: str
    status: str
    words: str
    day: dt.date | None
    site: str | None
    score: float
    quad: int
    confidence: float
    reports: int | None
    outlets: int | None
    imported: str | None
    happening: str | None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A page of rows, and whether there are more."""

    rows: tuple[Any, ...]
    page: int
    more: bool


class Answers:
    """All that is asked of one store."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.kept = Kept(site.store)
        self._guard = threading.Lock()
        self._found: OrderedDict[tuple[Any, ...], tuple[Any, int]] = OrderedDict()
        self._coming: dict[tuple[Any, ...], Future[Any]] = {}
        self._stamp: tuple[int, ...] = ()
        self._weight = 0
        self._asked: dict[str, Question] = {}

    @cached_property
    def names(self) -> Names:
        """Readable names for codes, by the tables as they were at the start."""
        from dragoman import desk

        return desk.names(self.site.settings)

    def commit(self) -> int:
        """The number of the store's last commit. Raises StoreError."""
        return self.kept.commit()

    # what two or many did to each other

    def matrix(self, view: View, *, limit: int | None = None) -> Answer:
        """The rows behind a matrix page, of so many actors or of all. Raises SettingsError, StoreError."""
        from dragoman import desk

        def ask(store: DeltaStore) -> Answer:
            self.linked()
            return desk.matrix(
                *view.actors, measure=view.measure, by=view.by or "all", store=store, limit=limit, **self.given(view)
            )

        return self._once(("matrix", limit, msgspec.structs.replace(view, order="", most=0, page=1)), ask)

    def grid(self, view: View) -> Grid:
        """The matrix of the whole period, as a page shows it."""
        return self._once(("grid", msgspec.structs.replace(view, by="", page=1)), lambda _: self._grid(view))

    def _grid(self, view: View) -> Grid:
        answer = self.matrix(msgspec.structs.replace(view, by="all"))
        scale = self.scale(view.measure)
        busy: Counter[str] = Counter()
        pairs = [answer.table.column(name).to_pylist() for name in ("source", "target")]
        for source, target, events in zip(*pairs, answer.table.column("events").to_pylist(), strict=True):
            busy[source] += events
            busy[target] += events
        actors = sorted(busy, key=lambda code: (-busy[code], self.names.actor(code)))
        if len(answer.actors) > 1:
            actors = [code for code in answer.actors if code in busy or len(answer.actors) <= view.most]
        shown, more = actors[: view.most], len(actors) - len(actors[: view.most])
        room = {*shown, *(answer.actors if len(answer.actors) == 1 else ())}
        kept_rows = [n for n, pair in enumerate(zip(*pairs, strict=True)) if room.issuperset(pair)]
        kept_table = answer.table.take(kept_rows) if kept_rows else answer.table.slice(0, 0)
        cells = {(cell.source, cell.target): cell for cell in _cells(kept_table.to_pylist())}
        if len(answer.actors) == 1:
            # of one actor only its own row and column hold anything
            alone = [code for code in shown if code != answer.actors[0]]
            rows = columns = (answer.actors[0], *order.ordered(alone, cells, view.order, self.names.actor))
        else:
            rows = columns = order.ordered(shown, cells, view.order, self.names.actor)
        kept = {key: cell for key, cell in cells.items() if key[0] in rows and key[1] in columns}
        return Grid(
            rows=tuple(rows), columns=tuple(columns), cells=kept, scale=scale, left_out=answer.left_out,
            blocs=answer.blocs, notes=_notes(answer), more=more, events=sum(cell.events for cell in kept.values()),
        )  # fmt: skip

    def dyad(self, view: View, one: str, other: str, part: str = "series") -> Answer:
        """The rows behind one part of a pair page. Raises SettingsError, StoreError."""
        from dragoman import desk

        def ask(store: DeltaStore) -> dict[str, Answer]:
            given: dict[str, Any] = {"by": view.by or "month", "measure": view.measure, **self.given(view)}
            self.linked()
            # both of one reckoning, which is most of the work
            parts = ("series", "changes") if part in ("series", "changes") else (part,)
            return desk.dyad_parts(one, other, parts, store=store, most=_MOST_COMPARED, **given)

        called = "series" if part == "changes" else part
        return self._once(("dyad", called, one, other, msgspec.structs.replace(view, order="", most=0, page=1)), ask)[
            part
        ]

    def over_time(self, view: View, one: str, other: str) -> Over:
        """A pair over time, as a page shows it."""
        answer = self.dyad(view, one, other)
        a, b = answer.actors[:2]
        there: dict[dt.date, Cell] = {}
        back: dict[dt.date, Cell] = {}
        for cell in _cells(answer.rows):
            if cell.period is not None:
                (there if cell.source == a else back)[cell.period] = cell
        changes = tuple(self.dyad(view, one, other, "changes").rows) if any(c.stretch for c in there.values()) or any(
            c.stretch for c in back.values()
        ) else ()  # fmt: skip
        return Over(
            actors=(a, b), periods=tuple(sorted(set(there) | set(back))), there=there, back=back, changes=changes,
            told=any(cell.events for cell in (*there.values(), *back.values())), notes=_notes(answer),
            scale=self.scale(view.measure), left_out=answer.left_out, blocs=answer.blocs,
        )  # fmt: skip

    # the rows themselves

    def question(self, view: View, *, actors: Sequence[str] = (), acting: str = "", upon: str = "") -> Question:
        """What is asked, in codes. Raises SettingsError."""
        key = ("question", msgspec.structs.replace(view, measure="", by="", order="", most=0, page=1))
        return self._once(
            (*key, tuple(actors), acting, upon), lambda _: self._question(view, actors, acting=acting, upon=upon)
        )

    def _question(self, view: View, actors: Sequence[str], *, acting: str, upon: str) -> Question:
        from dragoman.desk import answering

        sides = [one for one in (acting, upon) if one]
        named = [self._named(one) for one in actors or sides or view.actors]
        found, _ = answering.question((), **self.given(view))
        codes_of = tuple(dict.fromkeys(code for one in named for code in one.actors))
        blocs = {bloc.code: bloc for one in named for bloc in one.blocs}
        found = msgspec.structs.replace(found, actors=codes_of, blocs=tuple(blocs.values()))
        if sides:
            codes = iter(found.actors)
            found = msgspec.structs.replace(
                found, actors=(), acting=(next(codes),) if acting else (), upon=(next(codes),) if upon else ()
            )
        return found

    def _named(self, written: str) -> Question:
        # to find a name means to look through all there are, and what is found changes with the tables alone
        from dragoman.desk import stores

        found = self._asked.get(written)
        if found is None:
            found = stores.question([written], settings=self.site.settings)[0]
            if len(self._asked) > _REMEMBERED:
                self._asked.clear()
            self._asked[written] = found
        return found

    def events(self, view: View, *, actors: Sequence[str] = (), acting: str = "", upon: str = "") -> Shown:
        """A page of events with their words, newest first."""
        asked = self.question(view, actors=actors, acting=acting, upon=upon)

        def ask(store: DeltaStore) -> Shown:
            rows = store.events(asked, limit=_PAGE + 1, offset=(view.page - 1) * _PAGE, newest=True).to_pylist()
            names = self.names
            told = tuple(_told(row, names) for row in rows[:_PAGE])
            return Shown(rows=told, page=view.page, more=len(rows) > _PAGE)

        return self._once(("events", asked, view.page), ask)

    def statements(self, view: View, *, actors: Sequence[str] = (), limit: int = _PAGE) -> Shown:
        """A page of statements, newest first."""
        asked = self.question(view, actors=actors)

        def ask(store: DeltaStore) -> Shown:
            rows = store.statements(asked, limit=limit + 1, offset=(view.page - 1) * limit, newest=True).to_pylist()
            return Shown(rows=tuple(rows[:limit]), page=view.page, more=len(rows) > limit)

        return self._once(("statements", asked, view.page, limit), ask)

    def positions(self, view: View, *, actors: Sequence[str] = ()) -> Shown:
        """A page of positions, newest first."""
        asked = self.question(view, actors=actors)

        def ask(store: DeltaStore) -> Shown:
            rows = store.positions(asked, limit=_PAGE + 1, offset=(view.page - 1) * _PAGE, newest=True).to_pylist()
            return Shown(rows=tuple(rows[:_PAGE]), page=view.page, more=len(rows) > _PAGE)

        return self._once(("positions", asked, view.page), ask)

    def wants(self, view: View, one: str, other: str) -> Agreement:
        """What two sides want, issue by issue."""
        from dragoman import desk

        given = {"issues": view.issues, "since": view.since or None, "until": view.until or None}

        def ask(store: DeltaStore) -> Agreement:
            return desk.agree(
                one, other, store=store, by="issue", settings=self.site.settings, minimum=1, **given  # type: ignore[arg-type]
            )  # fmt: skip

        return self._once(("wants", one, other, *given.values()), ask)

    def signals(self, view: View, one: str, other: str) -> tuple[Mixed | None, str]:
        """When one of them cooperated with the other and pressed it on the same days; or None, and why not."""
        from dragoman import desk
        from dragoman.desk import kept, parts

        codes = [self.code(name) for name in (one, other)]
        if any(self._named(name).blocs for name in (one, other)):
            return None, "A bloc stands for several; only two actors are held against each other."
        days = parts.first_day(view.since or None), parts.last_day(view.until or None)

        def ask(store: DeltaStore) -> tuple[Mixed | None, str]:
            number = kept.articles_between(store, (codes[0], codes[1]), *days, acts=True)
            if number > _MOST_COMPARED:
                most = f"{number:,} articles tell of the two, more than the {_MOST_COMPARED:,} looked into here"
                return None, f"{most}. Choose a shorter period, or ask dragoman signals."
            since, until = view.since or None, view.until or None
            return desk.signals(*codes, store=store, since=since, until=until, settings=self.site.settings), ""

        return self._once(("signals", *codes, *days), ask)

    def watched(self) -> Watched:
        """What came into the store and how. Feeds are asked between commits, so nothing of it is remembered."""
        from dragoman.web.watched import watched

        with self.kept.store() as store:
            return watched(self.site.store, store)

    def linked(self) -> None:
        """What came lately is linked once for all who ask."""
        from dragoman.desk import happened

        self._once(("linked",), lambda store: happened.ready(store, settings=self.site.settings))

    def acts(self, view: View) -> Shown:
        """A page of acts, each with who reports it and how the reports differ; newest first."""
        from dragoman import desk

        given = {name: value for name, value in self.given(view).items() if name not in ("count", "origins")}
        upto = view.page * _PAGE

        def ask(store: DeltaStore) -> Shown:
            self.linked()
            found = desk.happenings(*view.actors, store=store, limit=upto + 1, newest=True, **given)
            rows = found.rows
            return Shown(rows=tuple(rows[upto - _PAGE : upto]), page=view.page, more=len(rows) > upto)

        return self._once(("acts", msgspec.structs.replace(view, measure="", by="", order="", most=0)), ask)

    def reports(self, happening: str) -> tuple[Told, ...]:
        """All reports of one act, the one that stands for it first; nothing where there is no such act."""

        def ask(store: DeltaStore) -> tuple[Told, ...]:
            names = self.names
            return tuple(_told(row, names) for row in store.reports_of([happening]).to_pylist())

        return self._once(("reports", happening), ask)

    def stances(self, view: View, *, issue: str = "", actor: str = "") -> list[tuple[str, dict[str, int]]]:
        """How often each actor took which stance on an issue, or one actor on each issue: most spoken of first."""
        from dragoman.desk import parts

        column, among = ("actor", ("issue", issue)) if issue else ("issue", ("actor", actor))
        first, last = parts.first_day(view.since or None), parts.last_day(view.until or None)
        named = among[1].replace("'", "''")
        where = [f"{among[0]} = '{named}'", "origin = 'dragoman'"]
        where += [f"day >= DATE '{first}'"] if first else []
        where += [f"day <= DATE '{last}'"] if last else []

        def ask(store: DeltaStore) -> list[tuple[str, dict[str, int]]]:
            query = (
                f"SELECT {column} AS k, stance, count(*) AS n FROM positions WHERE {' AND '.join(where)} GROUP BY ALL"
            )
            found: dict[str, dict[str, int]] = {}
            for row in store.sql(query).to_pylist():
                found.setdefault(row["k"], {})[row["stance"]] = row["n"]
            return sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0]))

        return self._once(("stances", column, *among, first, last), ask)

    def code(self, actor: str) -> str:
        """The code of an actor as it was written. Raises SettingsError."""
        return self._named(actor).actors[0]

    def search(self, words: str, view: View, limit: int = 50) -> Answer:
        """The sentences that hold the words. Raises SettingsError, StoreError."""
        from dragoman import desk

        def ask(store: DeltaStore) -> Answer:
            since, until, chosen = view.since or None, view.until or None, self.site.settings
            return desk.search(words, *view.actors, store=store, since=since, until=until, limit=limit, settings=chosen)

        return self._once(("search", words, view.actors, view.since, view.until, limit), ask)

    # one article

    def reading(self, article: str) -> Reading | None:
        """An article with everything found in it."""
        return self._once(("reading", article), lambda store: store.reading(article))

    def verdicts(self, article: str) -> dict[tuple[str, str], list[Correction]]:
        """What people said of the records of an article, by kind and id, oldest first."""
        found: dict[tuple[str, str], list[Correction]] = {}
        for one in self._once(("verdicts",), lambda store: store.corrections()):
            if one.article == article:
                found.setdefault((one.kind, one.id), []).append(one)
        return found

    def judge(self, reading: Reading, kind: str, identity: str, verdict: Correction) -> None:
        """Keeps a verdict. Raises StoreError."""
        with self.kept.store() as store:
            store.correct([verdict])
        self.kept.follow()

    # the store

    def info(self) -> Info:
        """The store as it stands."""
        return self._once(("info",), lambda store: store.info())

    def coverage(self) -> tuple[list[tuple[str, int, dt.date | None, dt.date | None]], list[tuple[dt.date, int]]]:
        """Articles by source, with first and last month, the most first; and articles by month."""
        from dragoman.store.base import Question

        def ask(store: DeltaStore) -> Any:
            rows = store.volume(Question(unit="month", origins=(), count="report")).to_pylist()
            sites: dict[str, list[tuple[dt.date | None, int]]] = {}
            months: Counter[dt.date] = Counter()
            for row in rows:
                sites.setdefault(row["site"] or "", []).append((row["period"], row["articles"]))
                if row["period"]:
                    months[row["period"]] += row["articles"]
            by_site = [
                (site, sum(n for _, n in had), min((p for p, _ in had if p), default=None),
                 max((p for p, _ in had if p), default=None))
                for site, had in sites.items()
            ]  # fmt: skip
            return sorted(by_site, key=lambda one: (-one[1], one[0])), sorted(months.items())

        return self._once(("coverage",), ask)  # type: ignore[no-any-return]

    # measures

    def scales(self) -> tuple[Scale, ...]:
        """The measures there are."""
        from dragoman import desk

        return tuple(_scale(one) for one in desk.measures())

    def scale(self, name: str) -> Scale:
        """The measure of that name. Raises SettingsError."""
        known = {one.name: one for one in self.scales()}
        if name not in known:
            raise SettingsError(f"no measure is called {name!r}", name="measure", hint=", ".join(known))
        return known[name]

    # parts of the above

    def check_origin(self, view: View) -> None:
        """Raises SettingsError for an origin that the store has nothing of."""
        there = self.info().origins
        if view.origin not in ("dragoman", "all", *there):
            hint = f"the store has events of {', '.join(there)}" if there else "the store has no events"
            raise SettingsError(f"no event is of {view.origin!r}", name="origin", hint=hint)

    def given(self, view: View) -> dict[str, Any]:
        """What the verbs of the desk are told of a view."""
        status = () if "all" in view.status else (view.status or None)
        return {
            "since": view.since or None,
            "until": view.until or None,
            "types": view.types,
            "issues": view.issues,
            "status": status,
            "undated": not view.dated,
            "count": view.count,
            "origins": (view.origin,),
            "settings": self.site.settings,
        }

    def _once(self, key: tuple[Any, ...], ask: Callable[[DeltaStore], Found]) -> Found:
        stamp = self.kept.stamp()
        whole = (stamp, *key)
        with self._guard:
            if stamp != self._stamp:  # nobody asks for what an earlier commit said
                self._stamp, self._weight = stamp, 0
                self._found.clear()
            if whole in self._found:
                self._found.move_to_end(whole)
                found: Found = self._found[whole][0]
                return found
            # who asks for what another is just being told waits for it
            coming = self._coming.get(whole)
            mine = coming is None
            if coming is None:
                coming = self._coming[whole] = Future()
        if not mine:
            waited: Found = coming.result()
            return waited
        try:
            with self.kept.store() as store:
                made = ask(store)
            with self._guard:
                if stamp == self._stamp:
                    weight = _weight(made)
                    self._found[whole] = made, weight
                    self._weight += weight
                    while self._weight > _REMEMBERED_BYTES and len(self._found) > 1:
                        self._weight -= self._found.popitem(last=False)[1][1]
            coming.set_result(made)
            return made
        except BaseException as fault:
            coming.set_exception(fault)
            raise
        finally:
            with self._guard:
                self._coming.pop(whole, None)


def _weight(made: Any) -> int:
    """About how many bytes an answer holds on to."""
    if isinstance(made, dict):
        return sum(map(_weight, made.values()))
    if isinstance(made, Grid):
        return 400 * len(made.cells) + 4_000
    table = getattr(made, "table", None)
    return 3 * table.nbytes + 4_000 if table is not None else 8_000


def _cells(rows: Iterable[Mapping[str, Any]]) -> Iterable[Cell]:
    for row in rows:
        yield Cell(
            source=row["source"], target=row["target"], value=row["value"], events=row["events"], low=row["low"],
            high=row["high"], reports=row["reports"], articles=row["articles"], read=row.get("read"),
            faded=row["faded"], stretch=row.get("stretch"), period=row.get("period"),
        )  # fmt: skip


def _notes(answer: Answer) -> tuple[str, ...]:
    """What is to be said of how an answer was made."""
    return tuple(str(one) for one in answer.about.get("notes") or ())


def _scale(one: Measure) -> Scale:
    counts = one.low == 0 or one.rises_with == 0
    return Scale(
        name=one.name,
        label=one.label,
        formula=one.formula,
        source=one.source,
        unit=one.unit,
        low=one.low if math.isfinite(one.low) else None,
        high=one.high if math.isfinite(one.high) else None,
        rises_with=one.rises_with,
        diverges=not counts,
    )


def _told(row: Mapping[str, Any], names: Names) -> Told:
    from dragoman.exchange import words

    event = event_of(row)
    return Told(
        article=row["article"],
        id=row["id"],
        n=row["n"],
        line=words.sentence(event, names),
        kind=words.kind(event),
        meaning=names.meaning(event.type, event.mode),
        status=words.status(event),
        words=row["words"] or "",
        day=row["day"],
        site=row["site"],
        score=row["score"],
        quad=row["quad"],
        confidence=row["confidence"],
        reports=row.get("n_reports"),
        outlets=row.get("n_outlets"),
        imported=None if row["origin"] == "dragoman" else row["origin"],
        happening=row.get("happening"),
    )


def event_of(row: Mapping[str, Any]) -> Event:
    """The event of a row of the store, as far as a line about it needs it."""
    date = None
    if row["day"] or row["date_words"]:
        date = EventDate(
            start=row["day"].isoformat() if row["day"] else None,
            end=(row["day_end"] or row["day"]).isoformat() if row["day"] else None,
            granularity=row["granularity"] or "day",
            text=row["date_words"] or "",
        )
    return Event(
        id=row["id"],
        type=row["type"],
        mode=row["mode"],
        contexts=(),
        quad=row["quad"],
        score=row["score"],
        source=_side(row["sources"], row["source_names"]),
        target=_side(row["targets"], row["target_names"]),
        status=row["status"],
        date=date,
        place=None,
        statement=row["statement"],
        trigger=(0, 0),
        evidence=(),
        confidence=row["confidence"] or 0.0,
        reason=row["reason"] or "",
    )


def event_of_act(row: Mapping[str, Any]) -> Event:
    """The event of a row of `desk.happened.Act`, as far as a line about it needs it."""
    return event_of(
        {
            **row,
            "id": row["event"],
            "day": row["first"],
            "day_end": row["last"],
            "date_words": None,
            "granularity": None,
            "source_names": (),
            "target_names": (),
            "statement": None,
            "reason": "",
        }
    )


def _side(codes: Sequence[str] | None, named: Sequence[str] | None) -> tuple[Participant, ...]:
    if codes:
        return tuple(_one(code, code) for code in codes)
    return tuple(_one(None, name) for name in named or ())


def _one(code: str | None, name: str) -> Participant:
    return Participant(
        actor=code, sector=None, name=None if code else name, role=None, text=name, span=(0, 0), via="gazetteer"
    )
