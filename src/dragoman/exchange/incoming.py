"""Formats of other people's events that can be imported, by name, and which of them a file is.

form = form_of("20240301.export.CSV.zip")       # "gdelt"
for found in read("20240301.export.CSV.zip", codes): ...     # EventRow or SetAside
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from dragoman.errors import SettingsError, SourceError
from dragoman.exchange import cells, events_csv, events_jsonl, gdelt, icews, lines, ngec, phoenix, plover, polecat
from dragoman.exchange.crosswalk import Codes
from dragoman.exchange.event_rows import EventRow
from dragoman.exchange.event_rows import columns as columns_of
from dragoman.exchange.lines import Source, name_of
from dragoman.exchange.set_aside import SetAside

Reader = Callable[[Source, Codes], Iterator[EventRow | SetAside]]
FORMS: dict[str, Reader] = {
    "gdelt": gdelt.read,
    "icews": icews.read,
    "polecat": polecat.read,
    "ngec": ngec.read,
    "phoenix": phoenix.read,
    "plover": plover.read,
    "events-jsonl": lambda source, codes: events_jsonl.read(source),
    "events-csv": lambda source, codes: events_csv.read_file(source),
}
# what the events are of, where the form is only how they are written down
ORIGINS = {"ngec": polecat.ORIGIN, "events-jsonl": "events", "events-csv": "events"}


def read(source: Source, codes: Codes, form: str | None = None) -> Iterator[EventRow | SetAside]:
    """The events of a file and the rows that are none, in the form named or told by the file itself.

    Raises SettingsError for a form that is not known, SourceError where a file cannot be opened or told.
    """
    if form is not None and form not in FORMS:
        raise SettingsError(f"no format is called {form!r}", name="format", hint=f"known: {', '.join(FORMS)}")
    return FORMS[form or form_of(source)](source, codes)


def origin_of(form: str) -> str:
    """The origin under which a store keeps the events of a form."""
    return ORIGINS.get(form, form)


def form_of(source: Source) -> str:
    """Which of FORMS a file is, by its first lines. Raises SourceError."""
    first = lines.head(source)
    for line in first[:1]:
        cut = cells.tab_cells(line)
        names = {cell.strip() for cell in cut}
        if set(icews.NEEDED) <= names:
            return "icews"
        if set(polecat.NEEDED) <= names:
            return "polecat"
        if phoenix.names_in(line):
            return "phoenix"
        if events_csv.is_head(line):
            return "events-csv"
    for line in first:
        cut = cells.tab_cells(line)
        if len(cut) in gdelt.LAYOUTS and cut[1].strip().isdigit():
            return "gdelt"
        if len(cut) == len(phoenix.DAILY) or (4 <= len(cut) <= len(phoenix.PETRARCH) and cut[0].strip().isdigit()):
            return "phoenix"
        if found := _json(line):
            return found
    raise SourceError(
        f"{name_of(source)} holds no events in a format that is known",
        source=name_of(source),
        outcome="unreadable",
        hint=f"known: {', '.join(FORMS)}",
    )


def batches(rows: Iterable[EventRow], size: int = 50_000) -> Iterator[dict[str, list[object]]]:
    """Column -> values for so many rows at a time, as `Store.load` takes them."""
    each = iter(rows)
    while some := list(islice(each, size)):
        yield columns_of(some)


def _json(line: str) -> str | None:
    try:
        told = msgspec.json.decode(line)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    if "event_type" in told and "attributes" in told:
        return "ngec"
    if isinstance(told.get("event"), list):
        return "plover"
    return "events-jsonl" if {"id", "type", "quad", "sources"} <= told.keys() else None
