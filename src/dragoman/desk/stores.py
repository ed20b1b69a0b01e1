"""A store opened, and a question to it in codes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from dragoman.desk import parts
from dragoman.desk.parts import Day, Source
from dragoman.errors import SettingsError
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.store.base import Question, Store
    from dragoman.store.delta import DeltaStore

STORE = "dragoman.store"


# where a store is, or one that is open
Kept: TypeAlias = "Source | Store"


def open_store(
    address: Source = STORE, *, make: bool = False, told: Callable[[str], None] | None = None, **given: Any
) -> DeltaStore:
    """The store at this address, which is a folder or s3://, gs://, abfss://; with `make` an empty one if need be.

    `told` is called once with a line where a writer must wait for another. Raises StoreError.
    """
    from dragoman.store import delta

    opened = delta.create_store if make else delta.open_store
    return opened(os.fspath(address), told=told, **given)


def migrate_store(address: Source = STORE) -> int:
    """Brings an older store to the present format; returns the format it had. Raises StoreError."""
    from dragoman.store import delta

    return delta.migrate(os.fspath(address))


@contextmanager
def opened(store: Kept, *, make: bool = False, told: Callable[[str], None] | None = None) -> Iterator[Store]:
    """The store; one that was opened here is closed again."""
    if not isinstance(store, str | os.PathLike):
        yield store
        return
    opened = open_store(store, make=make, told=told)
    try:
        yield opened
    finally:
        opened.close()


def question(
    actors: Sequence[str] = (),
    *,
    since: Day | None = None,
    until: Day | None = None,
    types: Sequence[str] = (),
    issues: Sequence[str] = (),
    status: Sequence[str] | None = None,
    settings: Settings | None = None,
) -> tuple[Question, dict[str, str]]:
    """What is asked, in codes, and for each bloc in it what it stands for."""
    from dragoman.lexicon import asked, blocs
    from dragoman.store.base import Bloc, Member, Question

    for name, written in (("types", types), ("issues", issues), ("status", status)):
        if isinstance(written, str):
            raise SettingsError(f"{name} cannot be {written!r}", name=name, hint=f"a list: [{written!r}]")
    first, last = parts.first_day(since), parts.last_day(until)
    question = Question(
        since=first.isoformat() if first else None, until=last.isoformat() if last else None, unit="all"
    )
    if status is not None:
        question = msgspec.structs.replace(question, status=tuple(status))
    if not (actors or types or issues):
        return question, {}
    tables = parts.lexicon(settings or parts.loaded())
    meant = list(dict.fromkeys(blocs.meant(one, tables) for one in actors))
    if twice := {one.code for one in meant if sum(other.code == one.code for other in meant) > 1}:
        raise SettingsError(f"{', '.join(sorted(twice))} would mean two things", name="actor", hint="rename the file")
    if len(actors) > 1 and len(meant) == 1:
        raise SettingsError(
            f"{' and '.join(actors)} are one actor",
            name="actor",
            hint=f"name it once for all its pairs, or name another one beside {actors[0]}",
        )
    made = tuple(
        Bloc(code=one.code, members=tuple(Member(**msgspec.structs.asdict(m)) for m in one.members))
        for one in meant
        if one.members
    )
    question = msgspec.structs.replace(
        question,
        actors=tuple(one.code for one in meant),
        blocs=made,
        types=tuple(asked.event_type(one, tables) for one in types),
        issues=tuple(asked.issue(one, tables) for one in issues),
    )
    return question, {one.code: one.name for one in meant if one.members}
