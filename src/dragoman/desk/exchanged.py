"""Other people's events into a store, and ours out of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import msgspec

from dragoman.desk import parts, stores
from dragoman.desk.parts import Day, Source
from dragoman.desk.stores import STORE, Kept
from dragoman.errors import SettingsError
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.exchange.account import Written
    from dragoman.exchange.crosswalk import Codes
    from dragoman.exchange.event_rows import EventRow
    from dragoman.exchange.into_store import Imported
    from dragoman.exchange.readings_jsonl import WrittenReadings
    from dragoman.exchange.set_aside import SetAside
    from dragoman.relate.compare import Comparison
    from dragoman.relate.periods import Unit
    from dragoman.store.base import Store

SAID = ("events", "statements", "positions")


def import_events(
    files: Source | Iterable[Source],
    *,
    store: Kept = STORE,
    form: str | None = None,
    set_aside: Source | None = None,
    again: bool = False,
    settings: Settings | None = None,
    told: Callable[[str], None] | None = None,
    done: Callable[[Imported], object] = lambda one: None,
    watch: Callable[[EventRow | SetAside], object] = lambda found: None,
) -> list[Imported]:
    """What became of each of these files of events: GDELT, ICEWS, POLECAT, NGEC, Phoenix, PLOVER JSON, our own exports.

    They stand beside our own coding under an origin of their own. A file tells its form, unless `form` does; a file
    whose name the store has is passed over, or with `again` read anew in place of what it brought. Rows that are no
    events are counted, handed to `watch`, and written to `set_aside` as they stood, with what is wrong in a file of
    that name and `.txt`. `done` is handed each file as it is done. Raises SettingsError, StoreError; a file that cannot
    be read is counted.
    """
    from contextlib import nullcontext

    from dragoman.exchange import into_store

    named = [os.fspath(file) for file in ([files] if isinstance(files, str | os.PathLike) else files)]
    codes = _codes(settings)
    keeping = nullcontext(None) if set_aside is None else into_store.kept(os.fspath(set_aside), named)
    results = []
    with stores.opened(store, make=True, told=told) as kept, keeping as keep:
        given: dict[str, Any] = {} if keep is None else {"keep": keep}
        for one in into_store.load(named, kept, codes, form, again=again, watch=watch, **given):
            results.append(one)
            done(one)
    return results


def export_forms() -> dict[str, str]:
    """The formats that `export` writes, each with what it is."""
    from dragoman.exchange import outgoing

    return {name: form.told for name, form in outgoing.FORMS.items()} | {
        "readings": "the whole records, as dragoman read --jsonl prints them"
    }


def export(
    form: str,
    out: Source | IO[str] | IO[bytes],
    *,
    of: str = "events",
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    origins: Sequence[str] = ("dragoman",),
    undated: bool = False,
    with_text: bool = False,
    settings: Settings | None = None,
    watch: Callable[[int], object] = lambda number: None,
) -> Written | WrittenReadings:
    """What was written, what was left out and what the format could not carry; `.told()` says so in lines.

    `out` is a file, or a stream of text with newline="", or of bytes for parquet. `of` is events, or statements or
    positions, which go as csv, jsonl and parquet. Without `origins` our own coding is written, for an empty list
    all there is. Articles and Readings are taken by day of publication, events by their own; with `undated` an event
    without a date takes the day of its article. The text of articles leaves only with `with_text`, in the formats
    plover and readings. `watch` is handed the number of those that went by. Raises SettingsError, StoreError.
    """
    from dragoman.exchange import citation, out_of_store, outgoing, plover, readings_jsonl, said

    if form not in export_forms():
        raise SettingsError(f"no format is called {form!r}", name="format", hint=f"known: {', '.join(export_forms())}")
    if with_text and form not in ("plover", "readings"):
        raise SettingsError(f"{form} carries no text of articles", name="with_text", hint="plover and readings do")
    if of not in SAID:
        raise SettingsError(f"of cannot be {of!r}", name="of", hint=f"known: {', '.join(SAID)}")
    if of != "events" and form not in said.FORMS:
        raise SettingsError(f"{form} holds no {of}", name="of", hint=f"{', '.join(said.FORMS)} do")
    if isinstance(origins, str):
        raise SettingsError(f"origins cannot be {origins!r}", name="origins", hint=f"a list: [{origins!r}]")
    asked, _ = stores.question(since=since, until=until, status=(), settings=settings)
    asked = msgspec.structs.replace(asked, origins=tuple(origins), undated=undated, count="report")
    with stores.opened(store) as kept:
        _known_origins(origins, kept)
        if of != "events":
            kind: said.Kind = "statements" if of == "statements" else "positions"
            batches = _counted(kept.batches(kind, asked), watch)
            return _to(out, lambda stream: said.write(kind, batches, stream, form), binary=form == "parquet")
        texts: dict[str, str] = {}
        if form == "readings":
            found = _passing(out_of_store.readings(kept, asked), watch)
            return _to(out, lambda stream: readings_jsonl.write(found, stream, with_text=with_text))
        if form == "csl-json":
            articles = _passing(out_of_store.articles(kept, asked), watch)
            return _to(out, lambda stream: citation.write(articles, stream))
        codes = _codes(settings)
        rows = _passing(out_of_store.rows(kept, asked, texts=texts if with_text else None), watch)
        if with_text:
            return _to(out, lambda s: plover.write(rows, s, codes, undated=undated, text_of=texts.get))
        chosen = outgoing.FORMS[form]
        return _to(out, lambda stream: chosen.write(rows, stream, codes, undated=undated), binary=chosen.binary)


def compare(
    ours: Source,
    theirs: Source,
    pair: tuple[str, str],
    *,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    by: Unit = "month",
    undated: bool = False,
    settings: Settings | None = None,
    watch: Callable[[EventRow | SetAside], object] = lambda found: None,
    **terms: Any,
) -> Comparison:
    """Two codings of what a pair does to each other: both series, how they move together, what only one has.

    Each is an origin in the store (`dragoman` is our own coding), a file of events of any format that can be imported,
    or a file of records. Without `since` and `until` the days count on which both have something of the pair; with
    `undated` an event without a date is of the day of its article. `terms` are those of
    `dragoman.relate.compare.Terms`: days, alike and others. `watch` is handed what is read from files of events.
    Raises SettingsError, SourceError, StoreError.
    """
    from dragoman.exchange import compare_text
    from dragoman.relate.compare import Terms
    from dragoman.relate.compare import compare as side_by_side

    one, other = parts.codes(settings, actors=pair)["actors"]
    made = parts.terms(Terms, terms)
    first, last = parts.first_day(since), parts.last_day(until)
    mine, another = (
        compare_text.acts(_coding(os.fspath(side), (one, other), store, settings, watch), undated=undated)
        for side in (ours, theirs)
    )
    return side_by_side(mine, another, (one, other), unit=by, since=first, until=last, terms=made)


def _coding(
    named: str,
    pair: tuple[str, str],
    store: Kept,
    settings: Settings | None,
    watch: Callable[[EventRow | SetAside], object],
) -> Iterator[EventRow]:
    """The events of an origin in the store between two actors, or those of a file."""
    from dragoman.exchange import event_rows, incoming, out_of_store, record_files
    from dragoman.exchange.set_aside import SetAside

    known = {event_rows.OWN, *map(incoming.origin_of, incoming.FORMS)}
    if named in known or not Path(named).exists():
        with stores.opened(store) as kept:
            _known_origins([named], kept, or_file=True)
            asked, _ = stores.question(pair, status=(), settings=settings)
            asked = msgspec.structs.replace(asked, origins=(named,), count="report")
            yield from out_of_store.rows(kept, asked, whole=False)
    elif record_files.holds_records(named):
        for reading in record_files.read(named):
            yield from event_rows.of_reading(reading)
    else:
        for found in incoming.read(named, _codes(settings)):
            watch(found)
            if not isinstance(found, SetAside):
                yield found


def _known_origins(origins: Iterable[str], store: Store, *, or_file: bool = False) -> None:
    there = store.info().origins
    for name in origins:
        if name not in there and (name != "dragoman" or (there and or_file)):
            what = f"no file and no origin in the store is called {name!r}" if or_file else f"no event is of {name!r}"
            has = f"the store has events of {', '.join(there)}" if there else "the store has no events"
            raise SettingsError(what, name="origin", hint=has)


def _codes(settings: Settings | None) -> Codes:
    """Codes of other schemes into ours and back, by the tables in use."""
    from dragoman.exchange.crosswalk import crosswalk
    from dragoman.lexicon.crosswalk import cameo_rows

    tables = parts.lexicon(settings or parts.loaded())
    labels = {state.code: state.name for state in tables.states}
    labels |= {body.code: body.name for body in tables.organisations}
    labels |= {group.code: group.name for group in tables.armed_groups}
    names = [(name, state.code) for state in tables.states for name in (state.official, *state.aliases) if name]
    names += [(name, body.code) for body in tables.organisations for name in body.aliases]
    return crosswalk(*cameo_rows(), tables.ontology, labels, names)


def _passing(found: Iterable[Any], watch: Callable[[int], object]) -> Iterator[Any]:
    for number, one in enumerate(found, 1):
        yield one
        watch(number)


def _counted(batches: Iterable[Any], watch: Callable[[int], object]) -> Iterator[Any]:
    passed = 0
    for batch in batches:
        yield batch
        passed += batch.num_rows
        watch(passed)


def _to(out: Source | IO[str] | IO[bytes], write: Callable[[IO[Any]], Out], *, binary: bool = False) -> Out:
    """What `write` gives for the stream, or for the file of that name. Bytes go under a stream of text."""
    if not isinstance(out, str | os.PathLike):
        return write(getattr(out, "buffer", out) if binary else out)
    try:
        with Path(out).open("wb") if binary else Path(out).open("w", encoding="utf-8", newline="") as stream:
            return write(stream)
    except OSError as fault:
        raise SettingsError(f"{os.fspath(out)} cannot be written: {fault.strerror or fault}", name="out") from fault


Out = TypeVar("Out")
