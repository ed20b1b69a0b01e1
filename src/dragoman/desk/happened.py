"""Acts out of reports: what a store holds is linked, and each act told with who reports it and how they differ.

The store hands out rows of reports, `relate.happenings` says which are of one act, `read.copies` which articles are
copies, and the store keeps that beside its tables.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dragoman.desk import answering, parts, stores
from dragoman.desk.parts import Day
from dragoman.desk.stores import STORE, Kept
from dragoman.records import Record
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.relate.happenings import Difference, Happening, Terms
    from dragoman.relate.reports import Report
    from dragoman.store.arrow import Answer
    from dragoman.store.base import Info, Linked, Store, ToLink

CHEAP = 2_000  # reports that are linked while somebody waits for an answer: about two seconds
_AROUND = 3  # days: so far around new articles others are held against them; all at once it is a month
_KINDS, _WORDS = "ontology/happenings.toml", "lang/en/happenings.toml"
_KIND = "happenings"
_VERSION = 1  # of the way of linking: another one links everything anew


class Linking(Record, frozen=True):
    """What linking found: among so many reports that were looked at, the acts that several tell, and the copies.

    `waiting` counts the reports that came meanwhile, or could not be kept.
    """

    reports: int
    acts: int
    repeated: int  # reports beyond the first of their act
    copies: int  # articles, of all there are
    whole: bool
    waiting: int
    seconds: float


class Act(Record, frozen=True):
    """One act. Type, mode, status and words are those of the report that stands for it, `article` and `event` name it.

    `independent` counts articles with copies counted once; `differences` say what the reports do not agree on, the way
    of most first: "place: Selby (Post, Times) | Harrow (Mail)".
    """

    happening: str
    first: dt.date | None
    last: dt.date | None
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    type: str
    mode: str | None
    quad: int
    score: float
    status: str
    issues: tuple[str, ...]
    place: str | None
    country: str | None
    n_reports: int
    n_articles: int
    n_outlets: int
    independent: int
    outlets: tuple[str, ...]
    differences: tuple[str, ...]
    words: str
    article: str
    event: str
    confidence: float


def link(
    store: Kept = STORE,
    *,
    whole: bool = False,
    settings: Settings | None = None,
    told: Callable[[str], None] | None = None,
) -> Linking:
    """Finds which reports are of one act and which articles are copies, and keeps that in the store.

    Only what came since it was last done is looked at, with its neighbourhood: same pair, days around. `whole` looks at
    everything anew, in bounded memory. Raises StoreError, SettingsError (tables of happenings that cannot be read).
    """
    terms, by = _terms(settings)
    with stores.opened(store, told=told) as kept:
        return _link(kept, kept.to_link(by, whole=whole), terms)


def ready(store: Store, *, settings: Settings | None = None) -> int:
    """How many reports wait to be linked, after what can be linked in about two seconds was linked.

    Call it before asking a store by happening: the reports that still wait count each for itself.
    """
    terms, by = _terms(settings)
    job = store.to_link(by)
    if job.commit == job.linked and not job.whole:
        return 0
    if job.reports + job.articles > CHEAP:
        return job.reports
    return _link(store, job, terms).waiting


def rebuild(
    store: Kept = STORE, *, settings: Settings | None = None, told: Callable[[str], None] | None = None
) -> tuple[Linking, Info]:
    """Makes all that is derived anew: happenings and copies, the roll-ups, the index of sentences."""
    with stores.opened(store, told=told) as kept:
        done = link(kept, whole=True, settings=settings)
        return done, kept.rebuild()


def happenings(
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    types: Sequence[str] = (),
    issues: Sequence[str] = (),
    status: Sequence[str] | None = None,
    undated: bool = True,
    reports: bool = False,
    limit: int | None = None,
    newest: bool = False,
    settings: Settings | None = None,
) -> Answer:
    """Acts by day, each once, with how many reports and outlets tell it and how they differ; the columns of `Act`.

    With `reports` every report of these acts instead, as rows of events, act by act, the one that stands for it first.
    Actors, dates and errors as in `matrix`. `about["waiting"]` counts reports not linked yet: each is its own act.
    """
    from dragoman.store import arrow

    asked, blocs = stores.question(
        actors, since=since, until=until, types=types, issues=issues, status=status, settings=settings
    )
    asked = msgspec.structs.replace(asked, undated=undated, count="happening")
    with stores.opened(store) as kept:
        about = {"count": "report" if reports else "happening", "waiting": ready(kept, settings=settings)}
        more: dict[str, Any] = {"actors": asked.actors, "blocs": blocs, "about": about}
        found = kept.events(asked, limit=limit, newest=newest)
        names = found.column("happening").to_pylist()
        if reports:
            # what waits has no name yet: it is its own only report
            rows = kept.reports_of([name or f"{a}/{e}" for name, a, e in zip(names, *_keys(found), strict=True)])
            order = {key: n for n, key in enumerate(dict.fromkeys(_acts(found)))}
            ranks = [order.get(act, len(order)) for act in _acts(rows)]
            told = arrow.Answer(rows.take(sorted(range(len(ranks)), key=ranks.__getitem__)), **more)
            return answering.answered(told, _KIND)
        several = [n for n, count in zip(names, found.column("n_reports").to_pylist(), strict=True) if n and count > 1]
        members = defaultdict(list)
        for row in kept.reports_of(several).to_pylist() if several else ():
            members[row["happening"]].append(row)
        copies = kept.copies() if several else {}
        acts = [_act(row, members.get(row["happening"]) or [row], copies, settings) for row in found.to_pylist()]
        return answering.answered(arrow.answer(Act, acts, **more), _KIND)


def _link(kept: Store, job: ToLink, terms: Terms) -> Linking:
    from dragoman.relate.happenings import acts
    from dragoman.relate.reports import row_reports

    began = time.monotonic()
    counts = [0, 0, 0]
    copies, moved = _copies(kept, job)

    def rows() -> Iterator[dict[str, Any]]:
        for batch in kept.reports(job, moved):
            counts[0] += len(batch)
            yield from batch

    def links() -> Iterator[Linked]:
        for members in acts(row_reports(rows(), terms.wording), terms, copies=copies):
            counts[1] += len(members) > 1
            counts[2] += len(members) - 1
            yield from _links(members)

    after = kept.keep_links(job, copies, links())
    return Linking(
        reports=counts[0],
        acts=counts[1],
        repeated=counts[2],
        copies=len(copies),
        whole=job.whole,
        waiting=after.reports,
        seconds=time.monotonic() - began,
    )


def _links(members: Sequence[Report]) -> Iterator[Linked]:
    """What the store keeps of an act; nothing of one with a single report."""
    from dragoman.relate.happenings import ranked
    from dragoman.store.base import Linked

    if len(members) < 2:
        return
    outlets = len({report.outlet for report in members if report.outlet})
    for rank, report in enumerate(ranked(members)):
        yield Linked(
            article=report.article,
            event=report.event,
            day=report.first if report.dated_by == "event" else None,
            happening="/".join(members[0].key),
            rank=rank,
            n_reports=len(members),
            n_outlets=outlets,
        )


def _copies(kept: Store, job: ToLink) -> tuple[dict[str, str], set[str]]:
    """Every copy -> its original, and the articles that were there before and of which that has changed."""
    from dragoman.read.copies import Copies, originals

    if job.whole:
        return originals(article for article, _ in kept.pages(job, days=0)), set()
    before = kept.copies()
    if not job.articles:
        return before, set()
    index, new = Copies(), set()
    for article, is_new in kept.pages(job, days=_AROUND):
        index.add(article)
        if is_new:
            new.add(article.id)
    after = {copy: original for copy, original in before.items() if copy not in new and original not in new}
    for group in index.groups():
        # the others stand as they were found, when more around them was looked at
        if any(name in new or before.get(name) in new for name in group.articles):
            if after.get(group.original) in index:
                del after[group.original]
            after |= dict.fromkeys((copy.article for copy in group.copies), group.original)
    # what was a copy of an article that turns out to be one itself
    after = {copy: after.get(original, original) for copy, original in after.items()}
    after = {copy: original for copy, original in after.items() if copy != original}
    moved = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} - new
    return after, moved


def _act(row: dict[str, Any], members: list[dict[str, Any]], copies: dict[str, str], settings: Settings | None) -> Act:
    from dragoman.relate.happenings import happening
    from dragoman.relate.reports import row_reports

    terms, _ = _terms(settings)
    reports = sorted(row_reports(members, terms.wording), key=lambda r: (r.first is None, str(r.first), *r.key))
    told: Happening | None = happening(reports, copies) if reports else None
    one_of: dict[str, Any] = told.to_dict() if told else {}
    return Act(
        happening=row["happening"] or f"{row['article']}/{row['id']}",
        first=told.first if told else row["day"],
        last=told.last if told else row["day_end"] or row["day"],
        sources=tuple(row["sources"]),
        targets=tuple(row["targets"]),
        type=row["type"],
        mode=row["mode"],
        quad=row["quad"],
        score=row["score"],
        status=row["status"],
        issues=told.issues if told else tuple(row["issues"] or ()),
        place=one_of.get("place"),
        country=one_of.get("country") or row["country"],
        n_reports=one_of.get("n_reports", 1),
        n_articles=one_of.get("n_articles", 1),
        n_outlets=one_of.get("n_outlets", int(row["site"] is not None)),
        independent=one_of.get("independent", 1),
        outlets=told.outlets if told else tuple(filter(None, [row["site"]])),
        differences=tuple(_told(difference) for difference in told.differences) if told else (),
        words=row["words"] or "",
        article=row["article"],
        event=row["id"],
        confidence=row["confidence"],
    )


def _told(difference: Difference) -> str:
    ways = (f"{one.value} ({', '.join(one.outlets or one.articles)})" for one in difference.told)
    return f"{difference.field}: {' | '.join(ways)}"


def _keys(found: Any) -> tuple[list[str], list[str]]:
    return found.column("article").to_pylist(), found.column("id").to_pylist()


def _acts(found: Any) -> list[str]:
    """For each row the name of its act, which is its own where it waits."""
    names = found.column("happening").to_pylist()
    return [name or f"{article}/{event}" for name, article, event in zip(names, *_keys(found), strict=True)]


def _terms(settings: Settings | None) -> tuple[Terms, str]:
    """How reports are linked, and the name of that, which changes with the tables and the weights."""
    from dragoman.relate.happenings import terms

    folders = (settings or parts.loaded()).lexicon
    if folders not in _MADE:
        kinds, words = _text(folders, _KINDS), _text(folders, _WORDS)
        made = terms(kinds, words)
        marks = chain((kinds, words), map(str, msgspec.structs.astuple(made.weights)), [str(made.threshold)])
        digest = hashlib.blake2b("\n".join(marks).encode(), digest_size=6).hexdigest()
        _MADE[folders] = made, f"{_VERSION}-{digest}"
    return _MADE[folders]


def _text(folders: Iterable[str], name: str) -> str:
    """The text of a table: of the last of the folders that has it, else the one that comes with the package."""
    for folder in reversed([*folders]):
        if folder != "builtin" and (Path(folder) / name).is_file():
            return (Path(folder) / name).read_text("utf-8")
    return files("dragoman").joinpath("data", name).read_text("utf-8")


_MADE: dict[tuple[str, ...], tuple[Any, str]] = {}
