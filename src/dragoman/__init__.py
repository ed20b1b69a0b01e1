"""Dragoman reads news about international relations into records that point at their words.

    import dragoman

    reading = dragoman.read("page.html")
    reading.events, reading.statements, reading.positions
    for reading in dragoman.read_many(["monday.jsonl", "pages/"]):
        print(reading.to_json())
    dragoman.agree(dragoman.readings(["records.jsonl"]), "USA", "RUS").topics

Importing this loads no heavy library; they come with the first page that is read.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dragoman import read as _room
from dragoman.version import VERSION

if TYPE_CHECKING:
    from dragoman.desk import (
        agree,
        evaluate_events,
        evaluate_pages,
        evaluate_positions,
        evaluate_references,
        evaluate_statements,
        explain,
        network,
        networks,
        positions,
        read,
        read_many,
        readings,
        signals,
    )
    from dragoman.errors import DragomanError, LexiconError, SettingsError, SourceError
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
    "__version__",
    "agree",
    "evaluate_events",
    "evaluate_pages",
    "evaluate_positions",
    "evaluate_references",
    "evaluate_statements",
    "explain",
    "from_json",
    "json_schema",
    "network",
    "networks",
    "positions",
    "read",
    "read_many",
    "readings",
    "signals",
]

_HOMES = {
    "dragoman.desk": (
        "agree",
        "evaluate_events",
        "evaluate_pages",
        "evaluate_positions",
        "evaluate_references",
        "evaluate_statements",
        "explain",
        "network",
        "networks",
        "positions",
        "read_many",
        "readings",
        "signals",
    ),
    "dragoman.errors": ("DragomanError", "LexiconError", "SettingsError", "SourceError"),
    "dragoman.settings": ("Settings",),
}


class _Verb(ModuleType):
    # `dragoman.read` is a room of the house and a verb of the Python API: the import system binds the name to the
    # room, so the room answers when it is called
    def __call__(self, source: Any, **given: Any) -> Reading:
        from dragoman import desk

        return desk.read(source, **given)

    @property
    def __signature__(self) -> Any:
        from inspect import signature

        from dragoman import desk

        return signature(desk.read)


sys.modules[_room.__name__].__class__ = _Verb


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'dragoman' has no attribute {name!r}")
    home = next((home for home, names in _HOMES.items() if name in names), "dragoman.records")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
