"""Events drawn for people to judge, their verdicts, and what these say of all events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from dragoman.desk import stores
from dragoman.desk.stores import STORE, Kept
from dragoman.errors import SettingsError
from dragoman.records import Event, Reading, Record

if TYPE_CHECKING:
    from dragoman.exchange.examples import Example
    from dragoman.relate.verdicts import Precision, Verdict
    from dragoman.store.base import Correction, Store

FIELDS = ("event", "type", "source", "target", "status", "date", "place")  # what can be wrong; `event`: there is none


class Audit(Record, frozen=True):
    """What the verdicts in a store say: precision by type and of `all`, and what could not be used.

    `agreed` of `pairs` verdicts by two people on one event are the same. `disputed` events have as many voices for as
    against; `gone` verdicts speak of events that stand there no more, as their article was coded anew.
    """

    precision: tuple[Precision, ...]
    agreed: int
    pairs: int
    disputed: int
    gone: int


def audit_sample(
    number: int = 100,
    *,
    store: Kept = STORE,
    seed: int = 1,
    by: str | None = None,
    again: bool = False,
    settings: Any = None,
    **asked: Any,
) -> Iterator[tuple[Reading, Event]]:
    """So many events drawn at random, each with its Reading; those that `by` has judged come only with `again`.

    `asked` is that of `events`: actors, since, until, types, issues, status. The same seed draws the same events.
    Raises SettingsError, StoreError.
    """
    from dragoman.store import draw

    question, _ = stores.question(**asked, settings=settings)
    with stores.opened(store) as kept:
        done = set() if again else {(one.article, one.id) for one in kept.corrections() if one.by == by}
        keys = [key for key in draw.drawn(kept, question, number + len(done), seed=seed) if key not in done][:number]
        for article, identity in keys:
            reading = kept.reading(article)
            found = next((event for event in reading.events if event.id == identity), None) if reading else None
            if reading is not None and found is not None:
                yield reading, found


def judge(
    reading: Reading,
    event: Event,
    verdict: str,
    *,
    store: Kept = STORE,
    field: str | None = None,
    should: str | None = None,
    note: str | None = None,
    by: str | None = None,
) -> None:
    """Keeps one verdict on one event: right, wrong or unsure; and where it is wrong, in which `field`.

    What is kept is the event as it should have been: of type NONE where there is none, of the type that `should` names
    where that is wrong. Raises SettingsError, StoreError.
    """
    from dragoman.store.base import Correction

    if verdict not in ("right", "wrong", "unsure"):
        raise SettingsError(f"a verdict cannot be {verdict!r}", name="verdict", hint="right, wrong, unsure")
    if field is not None and field not in FIELDS:
        raise SettingsError(f"{field!r} is no part of an event", name="field", hint=", ".join(FIELDS))
    stands = event
    if verdict == "wrong" and field == "event":
        stands = msgspec.structs.replace(event, type="NONE", mode=None)
    elif verdict == "wrong" and field == "type" and should:
        stands = msgspec.structs.replace(event, type=should, mode=None)
    record = msgspec.json.encode(stands).decode()
    kept = Correction(
        article=reading.article.id, kind="event", id=event.id, verdict=verdict,  # type: ignore[arg-type]
        field=field, record=record, note=note, by=by,
    )  # fmt: skip
    with stores.opened(store) as opened:
        opened.correct([kept])


def audit(*, store: Kept = STORE, settings: Any = None, **asked: Any) -> Audit:
    """How many of the events judged are right, by type and of all; `asked` as in `audit_sample`."""
    from dragoman.relate import verdicts
    from dragoman.store import draw

    question, _ = stores.question(**asked, settings=settings)
    with stores.opened(store) as kept:
        found: list[Verdict] = []
        gone = 0
        for correction, event in _judged(kept):
            if event is None:
                gone += 1
            elif not question.types or event.type in question.types:
                key = (correction.article, correction.id)
                found.append(verdicts.Verdict(event=key, type=event.type, word=correction.verdict, by=correction.by))
        there = draw.by_type(kept, question)
    events = verdicts.judged(found)
    agreed, pairs = verdicts.agreement(found)
    return Audit(
        precision=verdicts.precision(events, there), agreed=agreed, pairs=pairs,
        disputed=sum(one.word == "disputed" for one in events), gone=gone,
    )  # fmt: skip


def audit_examples(*, store: Kept = STORE) -> tuple[list[Example], int]:
    """The events judged as examples to train and to measure on, and how many verdicts give none.

    None comes of an unsure verdict, of one that names no right type, and where a side does not stand in the sentence.
    """
    from dragoman.exchange import examples

    made: dict[tuple[str, str], Example] = {}
    without = 0
    with stores.opened(store) as kept:
        for correction, event in _judged(kept):
            reading = kept.reading(correction.article) if event is not None else None
            example = None
            if reading is not None and event is not None and correction.record:
                stands = msgspec.json.decode(correction.record, type=Event)
                sure = correction.verdict == "right" or stands.type != event.type
                example = examples.example(reading, stands) if sure and correction.verdict != "unsure" else None
            if example is None:
                without += 1
            else:
                made[correction.article, correction.id] = example
    return list(made.values()), without


def type_named(written: str, settings: Any = None) -> str:
    """The type of event that is meant. Raises SettingsError, which names those known."""
    from dragoman.desk import parts
    from dragoman.lexicon import asked

    return asked.event_type(written, parts.lexicon(settings or parts.loaded()))


def _judged(store: Store) -> Iterator[tuple[Correction, Event | None]]:
    """Every verdict on an event with the event as it stands today, None where that is not the one that was judged."""
    held: dict[str, Mapping[str, Event]] = {}
    found = [one for one in store.corrections() if one.kind == "event"]
    for reading in store.readings(sorted({one.article for one in found})) if found else ():
        held[reading.article.id] = {event.id: event for event in reading.events}
    for one in found:
        event = held.get(one.article, {}).get(one.id)
        same = event is not None and _is_same(event, one.record)
        yield one, event if same else None


def _is_same(event: Event, record: str | None) -> bool:
    if record is None:
        return True
    try:
        return msgspec.json.decode(record, type=Event).trigger == event.trigger
    except msgspec.MsgspecError:  # a part of the record only: nothing speaks against it
        return True


def audit_sheet(sample: Iterable[tuple[Reading, Event]], settings: Any = None) -> list[dict[str, str]]:
    """The sample as rows to fill in by hand: article, id, what was coded, the sentence, and empty verdicts."""
    from dragoman.desk import parts
    from dragoman.exchange import audit_text

    return [audit_text.row(reading, event, parts.names(settings)) for reading, event in sample]


def audit_filled(
    rows: Sequence[Mapping[str, str]], *, store: Kept = STORE, by: str | None = None, settings: Any = None
) -> tuple[int, list[tuple[int, str]]]:
    """How many verdicts of a filled sheet were kept, and the rows that could not be, by number, with what is wrong."""
    from dragoman.desk import parts
    from dragoman.lexicon import asked

    tables = parts.lexicon(settings or parts.loaded())
    kept, faults = 0, []
    with stores.opened(store) as held:
        for number, row in enumerate(rows, 2):  # the first line holds the names of the columns
            verdict = (row.get("verdict") or "").strip().lower()
            if not verdict:
                continue
            reading = held.reading(row.get("article") or "")
            event = next((e for e in reading.events if e.id == row.get("id")), None) if reading else None
            if reading is None or event is None:
                faults.append((number, f"the store has no event {row.get('id')} of article {row.get('article')}"))
                continue
            try:
                should = (row.get("should_be") or "").strip()
                judge(
                    reading, event, verdict, store=held, by=(row.get("by") or "").strip() or by,
                    field=(row.get("field") or "").strip().lower() or ("type" if should else None),
                    should=asked.event_type(should, tables) if should else None,
                    note=(row.get("note") or "").strip() or None,
                )  # fmt: skip
                kept += 1
            except SettingsError as fault:
                faults.append((number, fault.message))
    return kept, faults
