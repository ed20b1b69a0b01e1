"""What an export of Wikidata holds, one thing at a time: bindings of a query, or entities. Packed files are unpacked.

    for item in items("people.json.gz"):
        item.shape, item.where, item.value      # "binding" or "entity", "people.json.gz:#12", the object

Read are: the JSON of a query (`results.bindings`, or the plain array of rows that the query page also offers), an
array of entities, entities one a line, and `{"entities": {...}}`. Memory holds one of them at a time.
"""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, cast

from dragoman.errors import DragomanError
from dragoman.lexicon.bring import LeftOut

CHUNK = 1 << 20
LARGEST = 64 << 20  # characters; the largest entities have about four million
_HOLDERS = ("head", "results", "entities", "success")
_JSON = json.JSONDecoder()


class Item(NamedTuple):
    """One binding or entity, and where it stood."""

    shape: Literal["binding", "entity"]
    where: str
    value: dict[str, Any]


def items(path: str | Path, step: Callable[[int], None] | None = None) -> Iterator[Item | LeftOut]:
    """The bindings or entities of an export, in order; from where it is no JSON any more, one LeftOut."""
    path = Path(path)
    number = 0
    try:
        with _opened(path) as stream:
            for value in _values(stream):
                number += 1
                if step is not None and number % 100 == 0:
                    step(number)
                where = f"{path.name}:#{number}"
                if not isinstance(value, dict):
                    yield LeftOut(where, _cut(value), "no_object")
                elif "claims" in value or ("id" in value and "labels" in value):
                    yield Item("entity", where, value)
                else:
                    yield Item("binding", where, value)
    except _Broken as fault:
        yield LeftOut(f"{path.name}:#{number + 1}", fault.words, "broken_json", str(fault))
    except (EOFError, gzip.BadGzipFile) as fault:
        yield LeftOut(f"{path.name}:#{number + 1}", "", "broken_json", f"the packed file ends too early: {fault}")
    except OSError as fault:
        raise DragomanError(f"{path}: cannot be read: {fault.strerror or fault}") from fault


class _Broken(Exception):
    def __init__(self, message: str, words: str) -> None:
        super().__init__(message)
        self.words = words


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as raw:
        magic = raw.read(3)
    opener: Any = gzip.open if magic[:2] == b"\x1f\x8b" else bz2.open if magic == b"BZh" else open
    return cast(IO[str], opener(path, "rt", encoding="utf-8-sig", errors="replace"))


class _Buffer:
    """The part of a stream that is looked at, and how far it has been read."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.text = ""
        self.at = 0
        self.mark: int | None = None  # what stands from here on may be read again
        self.over = False

    def more(self) -> bool:
        if self.over:
            return False
        chunk = self.stream.read(CHUNK)
        self.over = not chunk
        kept = self.at if self.mark is None else self.mark
        self.text = self.text[kept:] + chunk
        self.at -= kept
        self.mark = None if self.mark is None else 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is no blank; nothing at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at].isspace():
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def value(self) -> Any:
        """The JSON value that begins here."""
        self.peek()
        while True:
            try:
                value, end = _JSON.raw_decode(self.text, self.at)
            except (json.JSONDecodeError, RecursionError) as fault:
                if len(self.text) - self.at > LARGEST or not self._double():
                    raise _Broken(str(fault), _cut(self.text[self.at : self.at + 80])) from fault
                continue
            # a number at the end of the buffer may go on behind it
            if end == len(self.text) and not self.over and self.more():
                continue
            self.at = end
            return value

    def _double(self) -> bool:
        # reading as much again keeps the work on a large value in proportion
        wanted = max(len(self.text) - self.at, 1)
        got = False
        while wanted > 0 and self.more():
            wanted -= CHUNK
            got = True
        return got

    def skip(self, mark: str) -> bool:
        if self.peek() == mark:
            self.at += 1
            return True
        return False


def _values(stream: IO[str]) -> Iterator[Any]:
    buffer = _Buffer(stream)
    while buffer.peek():
        if buffer.skip("["):
            yield from _array(buffer)
        elif buffer.text.startswith("{", buffer.at):
            yield from _object(buffer)
        elif not buffer.skip(","):
            raise _Broken("neither an array nor an object", _cut(buffer.text[buffer.at : buffer.at + 80]))


def _array(buffer: _Buffer) -> Iterator[Any]:
    while not buffer.skip("]"):
        if not buffer.peek():
            raise _Broken("the array does not end", "")
        if buffer.skip(","):
            continue
        yield buffer.value()


def _object(buffer: _Buffer) -> Iterator[Any]:
    """An object's own value; or, of a query's answer or a map of entities, what stands in it."""
    buffer.mark = buffer.at
    buffer.skip("{")
    key = buffer.value() if buffer.peek() == '"' else None
    mark, buffer.mark = buffer.mark, None
    if key in _HOLDERS and buffer.skip(":"):
        yield from _holder(buffer, key)
    else:
        buffer.at = mark or 0
        yield buffer.value()


def _holder(buffer: _Buffer, key: str) -> Iterator[Any]:
    while True:
        if key == "entities" and buffer.skip("{"):
            yield from _members(buffer)
        elif key == "results" and buffer.skip("{"):
            while buffer.peek() == '"':
                inner = buffer.value()
                buffer.skip(":")
                if inner == "bindings" and buffer.skip("["):
                    yield from _array(buffer)
                else:
                    buffer.value()
                buffer.skip(",")
            if not buffer.skip("}"):
                raise _Broken("the answer of the query does not end", "")
        else:
            buffer.value()
        if not buffer.skip(","):
            if not buffer.skip("}"):
                raise _Broken("the object does not end", "")
            return
        key = str(buffer.value())
        buffer.skip(":")


def _members(buffer: _Buffer) -> Iterator[Any]:
    while buffer.peek() == '"':
        buffer.value()
        buffer.skip(":")
        yield buffer.value()
        buffer.skip(",")
    if not buffer.skip("}"):
        raise _Broken("the map of entities does not end", "")


def _cut(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split())[:80]
