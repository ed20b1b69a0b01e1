"""Articles into a store, and articles in it coded anew: here where there are few, by a runner where there are many."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec

from dragoman import plugins
from dragoman.desk import parts, stores
from dragoman.desk.parts import Source
from dragoman.desk.stores import STORE, Kept
from dragoman.errors import SettingsError
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.engine.base import Runner
    from dragoman.ingest import Ingested, Item
    from dragoman.ingest.coming import Part
    from dragoman.ingest.gate import Gate
    from dragoman.ingest.ledger import Ledger
    from dragoman.ingest.report import Report
    from dragoman.ingest.work import IngestWork
    from dragoman.store.base import Store

_FEW_BYTES = 150_000  # of text: coded here before two workers had started
_FEW_PARTS = 100
_WAIT_SECONDS = 30.0
_HERE = ("batch", "seconds", "stop", "watch")  # what a run in this process knows of control


def ingest(
    sources: Source | Iterable[Source] = (),
    *,
    store: Kept = STORE,
    url: str | None = None,
    published: str | None = None,
    title: str | None = None,
    language: str | None = None,
    as_is: bool = False,
    columns: Mapping[str, str] | None = None,
    follow: bool = False,
    runner: str | Runner | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    gate: bool = True,
    retry: Sequence[str] = (),
    settings: Settings | None = None,
    told: Callable[[str], None] | None = None,
    **control: Any,
) -> Ingested:
    """What became of the articles in these sources: files, folders, patterns, addresses, and files of records.

    An article that stands in the store with the same text, by the same coder, is passed over. Few articles are coded in
    this process, many by the workers of a `runner` (local or dask; `cluster`: the address of a Dask scheduler, or
    local:2), one a core unless `workers` says otherwise. `retry` names outcomes: the pieces in which an article ended
    so are read again, of these sources or, where none are named, of all that went into this store. Without `gate` every
    article is coded. `control`: batch, seconds, stop, watch of `dragoman.ingest.ingest`; look and log of
    `dragoman.ingest.run`. Raises StoreError; what is wrong with a source is counted.
    """
    chosen = settings or parts.loaded()
    control |= {"tell": told} if told else {}
    given: dict[str, Any] = {"url": url, "published": published, "title": title, "language": language, "as_is": as_is}
    given |= {"columns": dict(columns or {}), "follow": follow}
    named = [os.fspath(one) for one in ([sources] if isinstance(sources, str | os.PathLike) else sources)]
    if not named and not retry:
        raise SettingsError("no source is named", name="sources", hint="name a file, a folder or an address")
    asked = runner is not None or workers is not None or cluster is not None
    run_by = partial(_runner, runner, workers, cluster)
    with stores.opened(store, make=True, told=told) as kept, ledger_of(kept) as ledger:
        if not named:
            return _retried(retry, chosen, gate, run_by, kept, ledger, told, control)
        work = _work(chosen, given, gate, ledger)
        head, flow = _looked_at(_parts(named, work))
        if flow is None and not asked and not retry:
            return _linked(_here(head, work, kept, ledger, named, control), kept, chosen)
        again = frozenset(ledger.places_with(retry))
        every = chain(head, flow or ())
        with _held(ledger, told):
            ledger.begin("retry" if retry else "ingest", work.stamp, given, named)
            wanted = (part for part in every if not isinstance(part, tuple) and part.place in again)
            done = _by_runner(wanted if retry else every, work, run_by(), kept, ledger, control, again)
        return _linked(done, kept, chosen)


def recode(
    *,
    store: Kept = STORE,
    runner: str | Runner | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    settings: Settings | None = None,
    told: Callable[[str], None] | None = None,
    **control: Any,
) -> Ingested:
    """What became of the articles in the store that another coder, version or lexicon had coded: all coded anew."""
    from dragoman.ingest import recode as run
    from dragoman.ingest import segments, stream

    chosen = settings or parts.loaded()
    control |= {"tell": told} if told else {}
    with stores.opened(store, told=told) as kept, ledger_of(kept) as ledger:
        work = _work(chosen, {}, False, ledger)
        old = (stream.to_code(reading.article) for reading in kept.readings(not_by=work.stamp))
        head, flow = _looked_at(segments.of_articles(old, "the store", _way_of(work)))
        if not head:
            return _linked(run(work.coder(), kept), kept, chosen)
        ledger.begin("recode", work.stamp, {}, ())
        if flow is None and runner is None and workers is None and cluster is None:
            done = run(work.coder(), kept, **_known(control))
            ledger.end(totals_of(done))
            return _linked(done, kept, chosen)
        with _held(ledger, told):
            every = chain(head, flow or ())
            done = _by_runner(every, work, _runner(runner, workers, cluster), kept, ledger, control, frozenset())
        return _linked(done, kept, chosen)


def _linked(done: Ingested, kept: Store, chosen: Settings) -> Ingested:
    """What was done, once its reports are held against those of the days around; what was stopped waits."""
    from dragoman.desk import happened

    if done.commits and not done.stopped:
        happened.link(kept, settings=chosen)
    return done


def report(*, store: Kept = STORE, examples: int = 3) -> Report:
    """What became of every article that went into a store: in the last run, and in all runs together."""
    from dragoman.ingest.report import reported

    with stores.opened(store) as kept, ledger_of(kept) as ledger:
        return reported(ledger, examples)


def gate_of(chosen: Settings, wanted: bool) -> Gate:
    """What tells which articles are worth coding; one that lets all pass where none is wanted."""
    from dragoman.ingest.gate import Open
    from dragoman.ingest.near import near

    return near(parts.lexicon(chosen)) if wanted else Open()


@contextlib.contextmanager
def ledger_of(store: Store) -> Iterator[Ledger]:
    """The ledger of a store; of one without an address, for this time only."""
    import tempfile
    from pathlib import Path

    from dragoman.ingest.ledger import Ledger, folder_of

    with contextlib.ExitStack() as stack:
        folder = folder_of(getattr(store, "address", None))
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dragoman-")))
        yield stack.enter_context(contextlib.closing(Ledger(folder)))


def totals_of(done: Ingested) -> dict[str, Any]:
    """What the ledger keeps of a run."""
    return {
        "outcomes": done.outcomes,
        "seconds": done.seconds,
        "commits": done.commits,
        "losses": done.losses,
        "stopped": int(done.stopped),
    }


def weight(sources: Iterable[Source], *, settings: Settings | None = None) -> int | None:
    """About how many bytes of text a run over these sources has before it; None where nobody can tell."""
    from dragoman.ingest import expanded, segments
    from dragoman.read import pieces
    from dragoman.read.limits import Limits

    named = [os.fspath(source) for source in sources]
    if any(name == "-" or "://" in name[:12] for name in named):
        return None
    limits = Limits(**msgspec.structs.asdict((settings or parts.loaded()).read))
    return sum(
        segments.weight(segments.spanned(piece, ""))
        for piece in pieces.pieces(expanded(named), limits=limits, size=None)
    )


def _way_of(work: IngestWork) -> str:
    """All but the text that the records of an article depend on, in one line."""
    limits = msgspec.structs.replace(work.limits, user_agent="")
    return msgspec.json.encode((work.given, limits, work.gate().stamp)).decode()


def _parts(named: Iterable[str], work: IngestWork) -> Iterator[Part]:
    """Pieces of the sources, and the records in those that hold records, in order."""
    from dragoman.exchange import record_files
    from dragoman.ingest import expanded, segments
    from dragoman.read import pieces

    way = _way_of(work)
    for source in expanded(named):
        if record_files.holds_records(source):
            yield from ((source, reading) for reading in record_files.read(source))
        else:
            cut = pieces.pieces([source], given=work.given, limits=work.limits, size=segments.PIECE)
            for piece in segments.joined(cut):
                yield segments.spanned(piece, way)


def _looked_at(flow: Iterable[Part]) -> tuple[list[Part], Iterator[Part] | None]:
    """The first parts, and the others; None where there are few, and those are all."""
    from dragoman.ingest import segments

    head: list[Part] = []
    size = 0
    rest = iter(flow)
    for part in rest:
        head.append(part)
        size += segments.weight(part) if not isinstance(part, tuple) else 0
        if size > _FEW_BYTES or len(head) > _FEW_PARTS:
            return head, rest
    return head, None


def _here(
    head: Sequence[Part],
    work: IngestWork,
    store: Store,
    ledger: Ledger,
    named: Sequence[str],
    control: Mapping[str, Any],
) -> Ingested:
    """Few articles, coded in this process; the store itself tells what is there already."""
    from dragoman.ingest import account, stream

    counted = account.Account(control.get("watch"))

    def items() -> Iterator[Item]:
        from dragoman.read.piece import items as found_in

        for part in head:
            if isinstance(part, tuple):
                yield counted.read(None, part[0], part)
                continue
            assert part.piece is not None
            for where, article in found_in(part.piece, given=work.given, limits=work.limits):
                yield counted.read(part, where, (part.source, article))

    chosen = {**_known(control), "watch": counted.watch}
    ledger.begin("ingest", work.stamp, msgspec.to_builtins(work.given), named)
    done = stream.ingest(items(), work.coder(), store, gate=work.gate(), **chosen)
    pieces, aside = counted.settled(head, done)
    ledger.commit(pieces, aside, (), work.stamp, {})
    ledger.end(totals_of(done))
    return done


def _retried(
    outcomes: Sequence[str],
    chosen: Settings,
    gate: bool,
    run_by: Callable[[], Runner],
    store: Store,
    ledger: Ledger,
    told: Callable[[str], None] | None,
    control: Mapping[str, Any],
) -> Ingested:
    """What became of the pieces of earlier runs in which an article ended so."""
    from dragoman.ingest import segments
    from dragoman.ingest.stream import together
    from dragoman.read import pieces

    groups: dict[str, tuple[dict[str, Any], list[Any]]] = {}
    for piece, given in ledger.with_outcome(outcomes):
        now = next(iter(pieces.pieces([piece.address], size=None)), piece) if piece.kind == "file" else piece
        if now.stamp != piece.stamp and told:
            told(f"{piece.name} has changed since; name it as a source to read it anew")
        elif now.stamp == piece.stamp:
            groups.setdefault(msgspec.json.encode(given).decode(), (given, []))[1].append(piece)
    done = []
    with _held(ledger, told):
        for given, found in groups.values():
            work = _work(chosen, given, gate, ledger)
            spans = [segments.spanned(piece, _way_of(work)) for piece in found]
            ledger.begin("retry", work.stamp, given, [piece.name for piece in found])
            again = frozenset(span.place for span in spans)
            done.append(_by_runner(spans, work, run_by(), store, ledger, control, again))
    return together(done)


def _by_runner(
    found: Iterable[Part],
    work: IngestWork,
    runner: Runner,
    store: Store,
    ledger: Ledger,
    control: Mapping[str, Any],
    again: frozenset[int],
) -> Ingested:
    from dragoman.ingest.run import run_segments

    try:
        return run_segments(found, work, runner, store, ledger, again=again, **control)
    finally:
        runner.stop()


def _work(chosen: Settings, given: Mapping[str, Any], gate: bool, ledger: Ledger) -> IngestWork:
    from dragoman.ingest.work import IngestWork
    from dragoman.read.article import Given
    from dragoman.read.limits import Limits

    return IngestWork(
        coder=partial(parts.coder, chosen),
        stamp=parts.coder(chosen).stamp,
        given=Given(**given),
        limits=Limits(**msgspec.structs.asdict(chosen.read)),
        gate=partial(gate_of, chosen, gate),
        ledger=str(ledger.file),
    )


def _runner(runner: str | Runner | None, workers: int | None, cluster: str | None) -> Runner:
    if runner is not None and not isinstance(runner, str):
        return runner
    name = runner or ("dask" if cluster else "local")
    made: Runner = plugins.find("runners", name)(workers, cluster=cluster)
    return made


def _held(ledger: Ledger, told: Callable[[str], None] | None) -> contextlib.AbstractContextManager[None]:
    """One run with workers at a time: another waits, or is told who is at it."""
    from dragoman.store import lock

    return lock.writing(ledger.folder, _WAIT_SECONDS, told)


def _known(control: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in control.items() if name in _HERE}
