"""Gold files: JSON lines and TOML as typed values, or every fault with its file and line.

A figure over part of the gold would look like one over all of it, so a file with a fault gives none.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from dragoman.errors import DragomanError, Fault, SourceError

T = TypeVar("T")

_AT = re.compile(r"(.*?)(?: - at `\$\.?(.*)`)?", re.S)
_TOML_AT = re.compile(r"(.*?)(?: \(at line (\d+), column \d+\))?(?: \(at end of document\))?", re.S)


class GoldError(DragomanError, ValueError):
    """The gold has faults; all of them are in `faults`, none is held back."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        shown = "\n".join(f"  {fault}" for fault in self.faults[:20])
        more = f"\n  and {len(self.faults) - 20} more" if len(self.faults) > 20 else ""
        super().__init__(f"{len(self.faults)} fault(s) in the gold:\n{shown}{more}")


def lines(
    source: str, kind: type[T], form: str, check: Callable[[T], Iterable[tuple[str, str]]] = lambda row: ()
) -> list[T]:
    """The rows of a JSONL file, one for each line that is not blank.

    `form` shows a line as it should be; `check` gives (found, wanted) for what a type cannot say.
    Raises GoldError with every fault, SourceError where there is no such file or nothing in it.
    """
    decoder = msgspec.json.Decoder(kind)
    rows: list[T] = []
    faults: list[Fault] = []
    for number, line in enumerate(_bytes(source).removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(decoder.decode(line))
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as cause:
            faults.append(Fault(_name(source), number, _told(cause), f"write {form}"))
            continue
        faults += [Fault(_name(source), number, found, wanted) for found, wanted in check(rows[-1])]
    if faults:
        raise GoldError(faults)
    if not rows:
        raise empty(source, f"write a line {form}")
    return rows


def table(source: str) -> tuple[dict[str, Any], str]:
    """A TOML file as a table, and its text, in which `line_of` finds things. Raises GoldError, SourceError."""
    try:
        text = _bytes(source).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as cause:
        raise GoldError([Fault(_name(source), 1, "not UTF-8", "save it as UTF-8")]) from cause
    try:
        return tomllib.loads(text), text
    except (tomllib.TOMLDecodeError, RecursionError) as cause:
        found = _TOML_AT.fullmatch(str(cause))
        line = int(found[2]) if found and found[2] else text.count("\n") + 1
        what = found[1] if found else str(cause)
        raise GoldError([Fault(_name(source), line, f"not TOML: {what}", "mend it there")]) from cause


def typed(value: Any, kind: type[T], form: str, *, file: str, line: int) -> T | Fault:
    """A value of a table as this type, or what is wrong with it."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.MsgspecError as cause:
        return Fault(_name(file), line, _told(cause), f"write {form}")


def line_of(text: str, start: str, nth: int = 0) -> int:
    """The line of a file on which the nth line that begins so stands; the first where there is none."""
    numbers = [n for n, line in enumerate(text.split("\n"), 1) if line.strip().startswith(start)]
    return numbers[nth] if nth < len(numbers) else 1


def sound(found: Iterable[T | Fault]) -> list[T]:
    """These values. Raises GoldError where there are faults among them."""
    kept = list(found)
    faults = [one for one in kept if isinstance(one, Fault)]
    if faults:
        raise GoldError(faults)
    return [one for one in kept if not isinstance(one, Fault)]


def empty(source: str, hint: str) -> SourceError:
    """The error for gold that holds nothing."""
    return SourceError(f"{_name(source)}: there is no gold in it", source=source, outcome="empty", hint=hint)


def _bytes(source: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except FileNotFoundError as cause:
        raise SourceError(
            f"{source}: there is no such file", source=source, outcome="not_found", hint="check the name"
        ) from cause
    except (OSError, ValueError) as cause:
        folder = isinstance(cause, IsADirectoryError)
        what = "it is a folder" if folder else f"it cannot be read: {getattr(cause, 'strerror', None) or cause}"
        hint = "name a file" if folder else "check the name and its permissions"
        raise SourceError(f"{source}: {what}", source=source, outcome="unreadable", hint=hint) from cause


def _name(source: str) -> str:
    return "standard input" if source == "-" else source


def _told(cause: Exception) -> str:
    """What msgspec found, in plain words and with the place first."""
    if isinstance(cause, RecursionError):
        return "nested too deeply"
    if isinstance(cause, UnicodeError):
        return "not UTF-8"
    if not isinstance(cause, msgspec.ValidationError):
        return "not JSON: " + str(cause).removeprefix("JSON is malformed: ")
    found = _AT.fullmatch(str(cause))
    what, where = (found[1], found[2]) if found else (str(cause), None)
    what = what[:1].lower() + what[1:]
    what = what.replace("object missing required field", "there is no").replace("`", "")
    return f"{where}: {what}" if where else what
