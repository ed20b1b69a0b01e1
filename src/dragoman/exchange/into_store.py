"""Files of other people's events into a store, and what was set aside into files of its own.

for one in load(["20240301.export.CSV.zip"], store, codes): one.fate, one.events, one.aside
with kept("aside.tsv") as keep: keep(found, form, head)      # aside.tsv, and why in aside.tsv.txt
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

import msgspec

from dragoman.errors import SettingsError, SourceError
from dragoman.exchange import incoming, lines, phoenix, set_aside
from dragoman.exchange.crosswalk import Codes
from dragoman.exchange.event_rows import EventRow
from dragoman.exchange.set_aside import SetAside
from dragoman.records import Record

if TYPE_CHECKING:
    from dragoman.store.base import Store

Fate = Literal["added", "replaced", "unchanged", "empty", "unreadable"]
Keep = Callable[[SetAside, str, str], object]
_HEADED = ("icews", "polecat", "events-csv")
_PACKED = (".gz", ".zip")


class Imported(Record, frozen=True):
    """What became of one file: its form and origin, how many events went in, and how many rows did not, by reason.

    `unchanged`: the store had a file of this name already; `empty`: no row of it is an event; `unreadable`: `detail`
    tells why.
    """

    file: str
    fate: Fate
    form: str | None = None
    origin: str | None = None
    events: int = 0
    aside: dict[str, int] = msgspec.field(default_factory=dict)
    detail: str | None = None


def load(
    files: Sequence[str],
    store: Store,
    codes: Codes,
    form: str | None = None,
    *,
    again: bool = False,
    keep: Keep = lambda found, form, head: None,
    watch: Callable[[EventRow | SetAside], object] = lambda found: None,
) -> Iterator[Imported]:
    """What became of each file; each goes in whole or not at all, under its name without folders and packing.

    A name that the store has is passed over, or with `again` read anew in place of what it brought. `keep` is handed
    each row that is set aside, with the form of its file and the line that heads it; `watch` whatever is read. Raises
    SettingsError, before anything is read, for a form that is not known and for two files of one name; StoreError.
    """
    if form is not None and form not in incoming.FORMS:
        raise SettingsError(f"no format is called {form!r}", name="format", hint=f"known: {', '.join(incoming.FORMS)}")
    if twice := [name for name, number in Counter(map(name_of, files)).items() if number > 1]:
        raise SettingsError(
            f"two files are called {twice[0]}",
            name="files",
            hint="a store knows a file by its name; give one of them another",
        )
    there = _loaded(store)
    for file in files:
        try:
            lines.head(file, 1)  # a file that is not there is told of, whatever the store has
            name = name_of(file)
            if name in there and not again:
                yield Imported(file=file, fate="unchanged")
            else:
                yield _one(file, name, store, codes, form or incoming.form_of(file), again, keep, watch)
        except SourceError as fault:
            detail = f"{fault.message}; {fault.hint}" if fault.hint else fault.message
            yield Imported(file=file, fate="unreadable", detail=detail)


def name_of(file: str) -> str:
    """The name under which a store keeps what a file brought."""
    path = Path(file)
    return path.stem if path.suffix.lower() in _PACKED else path.name


def _one(
    file: str,
    name: str,
    store: Store,
    codes: Codes,
    form: str,
    again: bool,
    keep: Keep,
    watch: Callable[[EventRow | SetAside], object],
) -> Imported:
    aside: Counter[str] = Counter()
    first_line = "".join(lines.head(file, 1))
    head = first_line if form in _HEADED or (form == "phoenix" and phoenix.names_in(first_line)) else ""

    def taken() -> Iterator[EventRow]:
        for found in incoming.read(file, codes, form):
            watch(found)
            if isinstance(found, SetAside):
                aside[found.why] += 1
                keep(found, form, head)
            else:
                yield found

    rows = taken()
    origin = incoming.origin_of(form)
    first = next(rows, None)
    if first is None:  # a name without events would bar the way of the same file once it is mended
        return Imported(file=file, fate="empty", form=form, origin=origin, aside=dict(aside))
    done = store.load(incoming.batches(chain([first], rows)), origin=origin, name=name, replace=again)
    fate: Fate = "added" if done.added else "replaced" if done.replaced else "unchanged"
    return Imported(
        file=file, fate=fate, form=form, origin=origin, events=done.rows.get("events", 0), aside=dict(aside)
    )


def _loaded(store: Store) -> set[str]:
    found = store.sql("SELECT DISTINCT load FROM events WHERE load IS NOT NULL")
    return set(found.column("load").to_pylist())


@contextmanager
def kept(file: str, inputs: Sequence[str] = ()) -> Iterator[Keep]:
    """Takes rows that are set aside: as they stood to the file, so that they can be mended and imported, and what is
    wrong with them, a line each, to the same name with `.txt` behind it.

    A file has rows of one form, under the line that heads them; those of others go to `NAME-2`, `NAME-3` and so on.
    Nothing is made where nothing is set aside. Raises SettingsError where a file would be written that is being read,
    or cannot be written.
    """
    place = Path(file)
    read = {Path(name).resolve() for name in inputs}
    with ExitStack() as stack:
        streams: dict[tuple[str, str], tuple[IO[str], IO[str]]] = {}

        def opened(path: Path) -> IO[str]:
            if path.resolve() in read:
                raise SettingsError(f"{path} is being imported", name="set_aside", hint="name another file")
            try:
                return stack.enter_context(path.open("w", encoding="utf-8", newline="\n", errors="replace"))
            except OSError as fault:
                raise SettingsError(f"{path} cannot be written: {fault.strerror or fault}", name="set_aside") from fault

        def keep(found: SetAside, form: str, head: str) -> None:
            if (form, head) not in streams:
                number = len(streams) + 1
                path = place if number == 1 else place.with_name(f"{place.stem}-{number}{place.suffix}")
                streams[form, head] = opened(path), opened(path.with_name(path.name + ".txt"))
                if head:
                    streams[form, head][0].write(head + "\n")
            rest, faults = streams[form, head]
            set_aside.write([found], faults, rest)

        yield keep
