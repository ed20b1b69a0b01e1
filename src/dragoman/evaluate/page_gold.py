"""Folders that hold a page and what a careful reader finds on it: `page.html` or `page.txt`, and `meta.toml`.

`[given]` of the meta.toml is what the page does not say (published, title, url, language); `[expect]` is what should be
found. A key that nobody asks for is a fault: misspelt, it would silently ask for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from dragoman.errors import Fault, SourceError
from dragoman.evaluate import gold

META = "meta.toml"
FORM = "[expect] with events, speakers, positions, furniture, must_not, title, published as the manual shows them"


class Page(msgspec.Struct, frozen=True):
    """One page with its expectations; `source` is the file to read."""

    name: str
    source: str
    given: dict[str, str]
    expect: dict[str, Any]


def read(folder: str) -> list[Page]:
    """The pages of a folder, or the one page that it is. Raises GoldError with every fault, by file and line."""
    place = Path(folder)
    if not place.is_dir():
        outcome, what = (
            ("unreadable", "it is no folder") if place.exists() else ("not_found", "there is no such folder")
        )
        raise SourceError(f"{folder}: {what}", source=folder, outcome=outcome, hint="name a folder of pages")
    inner = [place] if _holds_something(place) else sorted(f for f in place.iterdir() if _is_page(f))
    if not inner:
        raise gold.empty(folder, f"each of its folders holds a page (page.html, page.txt) and a {META}")
    return gold.sound(one for there in inner for one in _page(there))


def _holds_something(folder: Path) -> bool:
    return (folder / META).exists() or any(folder.glob("page.*"))


def _is_page(folder: Path) -> bool:
    return folder.is_dir() and not folder.name.startswith(".") and _holds_something(folder)


def _page(folder: Path) -> Iterator[Page | Fault]:
    meta = folder / META
    pages = sorted(folder.glob("page.*"))
    if not meta.exists():
        yield Fault(str(meta), 1, "there is no such file", "write [expect] with what should be found")
        return
    if len(pages) != 1:
        yield Fault(str(folder), 1, f"{len(pages)} pages in it", "let one file be page.html or page.txt")
    try:
        table, text = gold.table(str(meta))
    except gold.GoldError as cause:
        yield from cause.faults
        return
    line = gold.line_of(text, "[expect]")
    found = gold.typed(table, _Meta, FORM, file=str(meta), line=line)
    if isinstance(found, Fault):
        yield found
    elif pages:
        given = {name: value for name, value in msgspec.to_builtins(found.given).items() if value is not None}
        yield Page(folder.name, str(pages[0]), given, table["expect"])


class _Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    published: str | None = None
    title: str | None = None
    url: str | None = None
    language: str | None = None


class _Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    source: list[str]
    target: list[str] = []
    mode: str | None = None
    status: str | None = None
    date: str | None = None
    place: str | None = None
    optional: bool = False
    others: list[str] = msgspec.field(default_factory=list, name="or")


class _Speaker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    speaker: str
    first_words: str
    last_words: str | None = None
    actor: str | None = None
    kind: str | None = None
    act: str | None = None
    channel: str | None = None
    nested: bool = False
    optional: bool = False


class _Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    actor: str
    issue: str
    stance: str
    toward: str | None = None
    regarding: str | None = None
    shared_with: list[str] = []
    optional: bool = False


class _Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    events: list[_Event] = []
    speakers: list[_Speaker] = []
    positions: list[_Position] = []
    furniture: list[str] = []
    must_not: list[str] = []
    title: str | None = None
    published: str | None = None
    published_source: str | None = None
    dateline: str | None = None


class _Meta(msgspec.Struct, frozen=True):
    expect: _Expect
    given: _Given = _Given()
