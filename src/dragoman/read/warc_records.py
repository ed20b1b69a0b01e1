"""The records of a web archive, each with its place and its bytes, and a name for what is wrong between them.

The reading of headers and HTTP is fastwarc's; where a record begins and ends is settled here, because only that tells a
file that was cut off, and lets a damaged part be passed over.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from dragoman.read import unpack

_STEP = 1 << 16
_HEAD = 1 << 16  # bytes of the headers of one record
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^warc-type:[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)
_GAP = re.compile(rb"[\r\n]*")
_OPENING = b"WARC/"
_RATIO = 200  # a record over the limit that is packed closer than this is not unpacked to its end


@dataclass(frozen=True, slots=True)
class Framed:
    """One record, or what stands where one should.

    `start`: where it can be found again. `raw`: head and block, None where `fault` says "truncated", "too_large",
    "bomb" or "bad_record". `kind`: its WARC-Type.
    """

    number: int
    start: int
    raw: bytes | None
    kind: str = ""
    fault: str | None = None


def by_member(stream: io.BufferedReader, start: int, first: int, limit: int) -> Iterator[Framed]:
    """The records of a WARC.gz in which each is packed by itself, from the one at byte `start` on."""
    source = _Source(stream, start)
    number = first
    while source.fill():
        at = source.at
        member = source.member(limit + _HEAD)
        if isinstance(member, str):
            yield Framed(number, at, None, fault=member)
            number += 1
            source.resume(at)
            continue
        data, whole, more = member
        for framed in _framed(data, at, number, whole=whole, more=more, limit=limit):
            yield framed
            number += 1


def in_a_row(stream: io.BufferedReader, start: int, first: int, limit: int) -> Iterator[Framed]:
    """The records of an unpacked WARC from the one at byte `start` on, where the stream stands."""
    at, number = start, first
    line = stream.readline(_HEAD)
    while line:
        if not line.strip(b"\r\n"):
            at += len(line)
            line = stream.readline(_HEAD)
            continue
        begin, head = at, bytearray()
        while line.strip(b"\r\n") and len(head) <= _HEAD and (head or line.startswith(_OPENING)):
            head += line
            at += len(line)
            line = stream.readline(_HEAD)
        length = _LENGTH.search(head)
        if length is None:
            if head and not line:
                yield Framed(number, begin, None, fault="truncated")
                return
            while line and not line.startswith(_OPENING):
                at += len(line)
                line = stream.readline(_HEAD)
            yield Framed(number, begin, None, fault="bad_record")
            number += 1
            continue
        if not line:
            yield Framed(number, begin, None, fault="truncated")
            return
        at += len(line)
        size = int(length[1])
        block = stream.read(size) if size <= limit else None
        got = len(block) if block is not None else unpack.skip(stream, size)
        at += got
        if got < size:
            yield Framed(number, begin, None, fault="truncated")
            return
        raw = None if block is None else bytes(head) + b"\r\n" + block + b"\r\n\r\n"
        yield Framed(number, begin, raw, _kind(head), None if raw else "too_large")
        number += 1
        line = stream.readline(_HEAD)


def packed_singly(head: bytes) -> bool:
    """Whether in a WARC.gz that begins like this each record is packed by itself, and not the file as one."""
    inflater = zlib.decompressobj(31)
    try:
        data = inflater.decompress(head, 1 << 20)
    except zlib.error:
        return True
    end = _end(data)
    return inflater.eof or end is None or not data[end:].lstrip(b"\r\n").startswith(_OPENING)


class _Source:
    # bytes of a packed file, with the place where the reading stands
    def __init__(self, stream: io.BufferedReader, at: int) -> None:
        self.stream, self.at, self.rest = stream, at, b""

    def fill(self) -> bool:
        if not self.rest:
            self.rest = self.stream.read(_STEP)
        return bool(self.rest)

    def member(self, limit: int) -> tuple[bytes, bool, bool] | str:
        """What the next member holds, at most so much; whether it has its end; whether it holds more. Or its fault."""
        inflater = zlib.decompressobj(31)
        out, size, taken = bytearray(), 0, 0
        while not inflater.eof:
            if not self.fill():
                return bytes(out), False, size > len(out)
            before = len(self.rest)
            try:
                data = inflater.decompress(self.rest, 1 << 20)
            except zlib.error:
                self.at += taken
                return "bad_record"
            size += len(data)
            out += data[: max(0, limit - len(out))]
            self.rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            taken += before - len(self.rest)
            if size > limit and size > _RATIO * taken:
                self.at += taken
                return "bomb"
        self.at += taken
        return bytes(out), True, size > len(out)

    def resume(self, begun: int) -> None:
        """Goes on to the next member that holds a record; the end where there is none."""
        # what was read of the bad one is searched again: the next may begin in it
        if self.at == begun:
            self.rest, self.at = self.rest[1:], self.at + 1
        while self.fill():
            found = self.rest.find(unpack.MAGIC["gz"])
            if found < 0:
                keep = 2 if len(self.rest) > 2 else 0
                more = self.stream.read(_STEP)
                if not more:
                    self.at += len(self.rest)
                    self.rest = b""
                    return
                self.at += len(self.rest) - keep
                self.rest = self.rest[len(self.rest) - keep :] + more
                continue
            self.rest, self.at = self.rest[found:], self.at + found
            if len(self.rest) < 4096:
                self.rest += self.stream.read(_STEP)
            if unpack.beginning(self.rest[:_STEP], "gz").startswith(_OPENING):
                return
            self.rest, self.at = self.rest[1:], self.at + 1


def _framed(data: bytes, at: int, number: int, *, whole: bool, more: bool, limit: int) -> Iterator[Framed]:
    """The records in one member; usually one."""
    begin = 0
    while True:
        begin = _GAP.match(data, begin).end()  # type: ignore[union-attr]
        if begin >= len(data):
            if not whole and begin == 0:
                yield Framed(number, at, None, fault="truncated")
            return
        end = _end(data, begin)
        if end is None:
            fault = "truncated" if not whole else "bad_record"
            yield Framed(number, at, None, fault=fault)
            return
        kind = _kind(data[begin : begin + _HEAD])
        if end > len(data):
            fault = "too_large" if more else "bad_record" if whole else "truncated"
            yield Framed(number, at, None, kind, fault)
            return
        if end - begin > limit + _HEAD:
            yield Framed(number, at, None, kind, "too_large")
        else:
            yield Framed(number, at, data[begin:end] + b"\r\n\r\n", kind)
        begin, number = end, number + 1


def _end(data: bytes, begin: int = 0) -> int | None:
    """Where the record that begins there ends, perhaps beyond the data; None where none begins."""
    if not data.startswith(_OPENING, begin):
        return None
    marks = [(data.find(mark, begin, begin + _HEAD), len(mark)) for mark in (b"\r\n\r\n", b"\n\n")]
    found = min((mark for mark in marks if mark[0] >= 0), default=None)
    if found is None:
        return None
    length = _LENGTH.search(data[begin : found[0] + 1].rstrip(b"\r\n"))
    return None if length is None else found[0] + found[1] + int(length[1])


def _kind(head: bytes | bytearray) -> str:
    found = _TYPE.search(head)
    return found[1].decode("ascii", "replace").lower() if found else ""
