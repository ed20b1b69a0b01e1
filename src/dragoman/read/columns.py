"""Which columns of a table hold text, title, date and so on: as told, or guessed from their names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec

from dragoman.errors import SourceError


class Columns(msgspec.Struct, frozen=True):
    """Field -> place in the row. `guessed`: one line that tells the guess, None where everything was told.

    `headless`: the columns were told by number alone, so the first row is an article as well.
    """

    places: dict[str, int]
    guessed: str | None
    headless: bool = False


def find(header: Sequence[str], given: Mapping[str, str], *, source: str) -> Columns:
    """The columns of a table with this header. Raises SourceError with the outcome "no_column"."""
    headless = bool(given) and all(name.isdigit() and name not in header for name in given.values())
    places = {field: _told(field, name, header, source) for field, name in given.items()}
    guessed: dict[str, int] = {}
    if not headless:
        folded = [fold(name) for name in header]
        for field, names in usual().items():
            if field in places or (field in ("text", "html") and {"text", "html"} & places.keys()):
                continue
            place = next((folded.index(name) for name in names if name in folded), None)
            if place is not None and place not in places.values() and place not in guessed.values():
                guessed[field] = place
    if not {"text", "html"} & (places.keys() | guessed.keys()):
        shown = ", ".join(" ".join(name.split())[:40] for name in header[:20])
        raise SourceError(
            f"no column is known to hold the text; there are: {shown}",
            source=source,
            outcome="no_column",
            hint="say which one does: --column text=NAME",
        )
    told = None
    if guessed:
        pairs = ", ".join(f"{field} = {' '.join(header[place].split())}" for field, place in guessed.items())
        told = f"columns taken by their names: {pairs}; --column FIELD=NAME says otherwise"
    return Columns({**places, **guessed}, told, headless)


def fold(name: str) -> str:
    """A name of a column as it is compared."""
    return re.sub(r"[\W_]+", "_", name.strip().casefold()).strip("_")


@cache
def usual() -> dict[str, list[str]]:
    """Field -> names that columns with it usually bear."""
    text = (resources.files("dragoman") / "read" / "columns.toml").read_text("utf-8")
    return {field: list(names) for field, names in tomllib.loads(text).items()}


def _told(field: str, name: str, header: Sequence[str], source: str) -> int:
    if name in header:
        return header.index(name)
    folded = [fold(column) for column in header]
    if fold(name) in folded:
        return folded.index(fold(name))
    if name.isdigit() and 1 <= int(name) <= len(header):
        return int(name) - 1
    shown = ", ".join(" ".join(column.split())[:40] for column in header[:20])
    raise SourceError(
        f"there is no column {name!r} for {field}; there are: {shown}",
        source=source,
        outcome="no_column",
        hint="name one of these, or its number",
    )
