"""Dragoman reads news about international relations into records that point at their words.

    import dragoman

    reading = dragoman.read("page.html")
    reading.events, reading.statements, reading.positions
    for reading in dragoman.read_many(["monday.jsonl", "pages/"]):
        print(reading.to_json())
    dragoman.agree(dragoman.readings(["records.jsonl"]), "USA", "RUS").topics
    dragoman.ingest(["news/"])              # into ./dragoman.store, each article once
    dragoman.matrix("EU", "USA", "RUS")     # speaks Arrow: polars, pandas and duckdb take it as it is

Importing this loads no heavy library; they come with the first page that is read.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dragoman import ingest as _ingesting
from dragoman import read as _reading
from dragoman import watch as _watching
from dragoman.version import VERSION

if TYPE_CHECKING:
    from dragoman.desk import (
        agree,
        audit,
        audit_sample,
        compare,
        dyad,
        dyad_parts,
        evaluate_events,
        evaluate_pages,
        evaluate_positions,
        evaluate_references,
        evaluate_statements,
        events,
        explain,
        export,
        happenings,
        import_events,
        ingest,
        judge,
        matrix,
        measures,
        network,
        networks,
        open_store,
        positions,
        read,
        read_many,
        readings,
        recode,
        search,
        signals,
        sql,
        statements,
        watch,
    )
    from dragoman.errors import DragomanError, LexiconError, SettingsError, SourceError, StoreError
    from dragoman.records import (
        Article,
        Coder,
        Dropped,
        Event,
        EventDate,
        Note,
        Participant,
        Place,
        Position,
        Published,
        Reading,
        Statement,
        from_json,
        json_schema,
    )
    from dragoman.settings import Settings

__version__ = VERSION

__all__ = [
    "Article",
    "Coder",
    "DragomanError",
    "Dropped",
    "Event",
    "EventDate",
    "LexiconError",
    "Note",
    "Participant",
    "Place",
    "Position",
    "Published",
    "Reading",
    "Settings",
    "SettingsError",
    "SourceError",
    "Statement",
    "StoreError",
    "__version__",
    "agree",
    "audit",
    "audit_sample",
    "compare",
    "dyad",
    "dyad_parts",
    "evaluate_events",
    "evaluate_pages",
    "evaluate_positions",
    "evaluate_references",
    "evaluate_statements",
    "events",
    "explain",
    "export",
    "from_json",
    "happenings",
    "import_events",
    "ingest",
    "json_schema",
    "judge",
    "matrix",
    "measures",
    "network",
    "networks",
    "open_store",
    "positions",
    "read",
    "read_many",
    "readings",
    "recode",
    "search",
    "signals",
    "sql",
    "statements",
    "watch",
]

_HOMES = {
    "dragoman.desk": (
        "agree",
        "audit",
        "audit_sample",
        "compare",
        "dyad",
        "dyad_parts",
        "evaluate_events",
        "evaluate_pages",
        "evaluate_positions",
        "evaluate_references",
        "evaluate_statements",
        "events",
        "explain",
        "export",
        "happenings",
        "import_events",
        "judge",
        "matrix",
        "measures",
        "network",
        "networks",
        "open_store",
        "positions",
        "read_many",
        "readings",
        "recode",
        "search",
        "signals",
        "sql",
        "statements",
    ),
    "dragoman.errors": ("DragomanError", "LexiconError", "SettingsError", "SourceError", "StoreError"),
    "dragoman.settings": ("Settings",),
}


class _Verb(ModuleType):
    # `dragoman.read`, `dragoman.ingest` and `dragoman.watch` are rooms of the house and verbs of the Python API: the
    # import system binds the name to the room, so the room answers when it is called
    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._of_desk()(*given, **named)

    @property
    def __signature__(self) -> Any:
        from inspect import signature

        return signature(self._of_desk())

    def _of_desk(self) -> Any:
        from dragoman import desk

        return getattr(desk, self.__name__.rpartition(".")[2])


for _room in (_reading, _ingesting, _watching):
    sys.modules[_room.__name__].__class__ = _Verb


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'dragoman' has no attribute {name!r}")
    home = next((home for home, names in _HOMES.items() if name in names), "dragoman.records")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
