"""A JSON file that holds one article, a list of them, or one a line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from dragoman.read import rows
from dragoman.read.opened import WHOLE, Cut, Found, Opened, Way


def cut(opened: Opened, size: int, way: Way) -> Iterator[Cut]:
    """The file, whole: it cannot be understood in parts."""
    yield Cut(size=opened.size)


def read(opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    """The articles, numbered."""
    raw = opened.whole(way.limits)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        again = replace(opened, stream=io.BufferedReader(io.BytesIO(raw)), packing=())
        yield from rows.read(again, WHOLE, way)
        return
    items: Iterable[Any] = value if isinstance(value, list) else [value]
    for number, item in enumerate(items, start=1):
        where = f"{opened.name}:{number}"
        named = rows.named(item, way.given) if isinstance(item, dict) else item
        yield where, rows.article(named, where, way.given, way.limits)
