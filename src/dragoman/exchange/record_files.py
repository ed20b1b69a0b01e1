"""Readings out of files that hold records, as `dragoman read` printed them: --jsonl or --json, packed or not.

if holds_records("records.jsonl"):
    for reading in read("records.jsonl"): ...

A line that is no record is a Reading of the outcome `bad_json`: one bad line does not end a run.
"""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec

from dragoman.records import Article, Reading, from_json

_HEAD = 65536
# never the same blank lines from two starts, or a page of blank lines would take hours
_STARTS = re.compile(rb'^[^\S\n]*+(?:\[\s*+)?\{\s*+"article"\s*+:\s*+\{\s*+"id"\s*+:', re.MULTILINE)


class _Known(msgspec.Struct):
    id: str


class _Record(msgspec.Struct):
    article: _Known


def holds_records(source: str) -> bool:
    """Whether a file, or standard input (`-`), holds records rather than articles. What cannot be opened does not."""
    if "://" in source[:12]:
        return False
    try:
        if source == "-":
            return _are_records(_peeked(sys.stdin.buffer))
        with Path(source).open("rb") as stream:
            return _are_records(stream.read(_HEAD))
    except (OSError, ValueError):
        return False


def read(source: str) -> Iterator[Reading]:
    """The Readings in a file, or in standard input (`-`), in order, failures included."""
    name = "standard input" if source == "-" else source
    try:
        with nullcontext(sys.stdin.buffer) if source == "-" else Path(source).open("rb") as stream:
            yield from _of_stream(_unpacked(stream), name)
    except (OSError, EOFError, zlib.error) as fault:
        yield _failed(name, f"the file could not be read: {fault}; it may be damaged or cut off")


def _of_stream(stream: Any, name: str) -> Iterator[Reading]:
    first = b""
    number = 0
    while not first.strip():
        first = stream.readline()
        number += 1
        if not first:
            return
    if not _is_whole(first):
        # indented, or a list: --json and no line of its own
        whole = first + stream.read()
        try:
            found = msgspec.json.decode(whole, type=list[Reading] | Reading)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            yield from _of_lines(enumerate(whole.splitlines(), number), name)
        else:
            yield from found if isinstance(found, list) else [found]
        return
    yield from _of_lines([(number, first)], name)
    yield from _of_lines(enumerate(stream, number + 1), name)


def _of_lines(lines: Any, name: str) -> Iterator[Reading]:
    for number, line in lines:
        if line.strip():
            try:
                yield from_json(line.removeprefix(b"\xef\xbb\xbf"))
            except (msgspec.MsgspecError, UnicodeError, RecursionError) as fault:
                wanted = "each line is one as `dragoman read --jsonl` prints it"
                yield _failed(f"{name}:{number}", f"this is no record: {fault}; {wanted}")


def _failed(where: str, told: str) -> Reading:
    return Reading(article=Article(id=where, outcome="bad_json", detail=f"{where}: {told}"))


def _is_whole(line: bytes) -> bool:
    """Whether the line is a JSON object by itself."""
    try:
        return isinstance(msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf")), dict)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False


def _are_records(head: bytes) -> bool:
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        except zlib.error:
            return False
    head = head.removeprefix(b"\xef\xbb\xbf")
    return bool(_STARTS.search(head)) or any(map(_is_record, head.split(b"\n")[:20]))


def _is_record(line: bytes) -> bool:
    try:
        return bool(msgspec.json.decode(line, type=_Record))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False


def _peeked(stream: Any) -> bytes:
    """The first bytes of a stream, which stay in it."""
    if hasattr(stream, "peek"):
        return bytes(stream.peek(_HEAD)[:_HEAD])
    at = stream.tell()
    head = bytes(stream.read(_HEAD))
    stream.seek(at)
    return head


def _unpacked(stream: Any) -> Any:
    plain: Any = stream if hasattr(stream, "peek") else io.BufferedReader(stream)
    return gzip.open(plain) if plain.peek(2)[:2] == b"\x1f\x8b" else plain
