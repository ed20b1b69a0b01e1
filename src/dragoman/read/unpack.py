"""Packed bytes (gz, bz2, xz, zst) as a stream of what is in them, within measure, and with a name for a missing end."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from dragoman.errors import SourceError

MAGIC = {"gz": b"\x1f\x8b\x08", "bz2": b"BZh", "xz": b"\xfd7zXZ\x00", "zst": b"\x28\xb5\x2f\xfd"}
_STEP = 1 << 16
FREE = 16_000_000  # bytes that may come out before anybody asks for proportion
_XZ_MEMORY = 256_000_000


class Budget:
    """How much may come out of one source, all its layers together."""

    def __init__(self, size: int | None, ratio: int) -> None:
        self.most = None if size is None else max(4 * FREE, size * ratio)
        self.ratio = ratio
        self.spent = 0

    def spend(self, count: int, *, source: str) -> None:
        """Raises SourceError with the outcome "bomb"."""
        self.spent += count
        if self.most is not None and self.spent > self.most:
            raise bomb(source)


def packing(head: bytes) -> str | None:
    """How bytes that begin like this are packed; None where they are not."""
    return next((name for name, magic in MAGIC.items() if head.startswith(magic)), None)


def unpacked(stream: BinaryIO, how: str, budget: Budget, *, source: str) -> io.BufferedReader:
    """What is in a packed stream. Reading raises SourceError: "truncated", "unreadable" or "bomb"."""
    if how == "zst":
        return io.BufferedReader(_Arrow(stream, budget, source), _STEP)
    return io.BufferedReader(_Inflating(stream, how, budget, source), _STEP)


def beginning(head: bytes, how: str) -> bytes:
    """What can be had of the content from the first bytes of its packing."""
    budget = Budget(None, 1_000_000)
    try:
        return unpacked(io.BytesIO(head), how, budget, source="").peek(_STEP)
    except SourceError:
        return b""


def recoded(stream: BinaryIO, encoding: str) -> io.BufferedReader:
    """Text in a wide encoding as UTF-8."""
    return io.BufferedReader(_Recoded(stream, encoding), _STEP)


def skip(stream: BinaryIO, count: int) -> int:
    """How many bytes were passed over: count, or fewer at the end."""
    left = count
    while left:
        got = len(stream.read(min(left, 1 << 20)))
        if not got:
            break
        left -= got
    return count - left


def go_to(stream: BinaryIO, at: int) -> int:
    """Where a stream that nothing was read of stands then: at this byte, or at its end before."""
    if not at:
        return 0  # standard input may be a file of which a part was read before
    return stream.seek(at) if stream.seekable() else skip(stream, at)


def bomb(source: str) -> SourceError:
    """The error for what is packed too closely to be believed."""
    return SourceError(
        "what is packed in it is out of all proportion to its size",
        source=source,
        outcome="bomb",
        hint="unpack it yourself if you trust it, and name what comes out",
    )


class _Layer(io.RawIOBase):
    def __init__(self, stream: BinaryIO, budget: Budget, source: str) -> None:
        self._stream, self._budget, self._source = stream, budget, source
        self._in = self._out = 0
        self._asked = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._more(len(buffer))
        self._out += len(data)
        if self._out > FREE and self._out > self._budget.ratio * max(1, self._in):
            raise bomb(self._source)
        self._budget.spend(len(data), source=self._source)
        buffer[: len(data)] = data
        return len(data)

    def _more(self, most: int) -> bytes:
        raise NotImplementedError


class _Inflating(_Layer):
    def __init__(self, stream: BinaryIO, how: str, budget: Budget, source: str) -> None:
        super().__init__(stream, budget, source)
        self._how = how
        self._make = _DECOMPRESSORS[how]
        self._inflater = self._make()
        self._rest = b""
        self._ended = False

    def _more(self, most: int) -> bytes:
        while not self._ended:
            if not self._rest and getattr(self._inflater, "needs_input", True):
                self._rest = self._stream.read(_STEP)
                self._in += len(self._rest)
            dry = not self._rest
            try:
                data: bytes = self._inflater.decompress(self._rest, most)
            except (zlib.error, OSError, lzma.LZMAError, ValueError, EOFError) as fault:
                raise SourceError(
                    f"what is packed in it is damaged: {fault}",
                    source=self._source,
                    outcome="unreadable",
                    hint="fetch or pack it anew",
                ) from fault
            self._rest = getattr(self._inflater, "unconsumed_tail", b"")
            if self._inflater.eof:
                self._next()
            if data:
                return data
            if dry and not self._ended:
                raise _cut_off(self._source)
        return b""

    def _next(self) -> None:
        # packed files may be written one after another; rubbish after the last is passed over
        rest: bytes = self._inflater.unused_data
        more = self._stream.read(_STEP) if len(rest) < 6 else b""
        self._in += len(more)
        self._rest = rest + more
        self._ended = not self._rest.startswith(MAGIC[self._how])
        if not self._ended:
            self._inflater = self._make()


class _Arrow(_Layer):
    def __init__(self, stream: BinaryIO, budget: Budget, source: str) -> None:
        import pyarrow as pa

        super().__init__(stream, budget, source)
        # it must not lead back here: a circle through Arrow is never let go, and holds a megabyte
        self._told = _Told(stream)
        self._packed = pa.CompressedInputStream(pa.PythonFile(self._told, mode="r"), "zstd")

    def _more(self, most: int) -> bytes:
        try:
            data: bytes = self._packed.read(most)
            self._in = self._told.taken
        except (OSError, ValueError) as fault:
            if "trunc" in str(fault).lower():
                raise _cut_off(self._source) from fault
            raise SourceError(
                f"what is packed in it is damaged: {fault}",
                source=self._source,
                outcome="unreadable",
                hint="fetch or pack it anew",
            ) from fault
        return data


class _Told:
    # Arrow reads from this, which counts how much it took
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.taken = 0
        self.closed = False

    def read(self, count: int = -1) -> bytes:
        data = self._stream.read(count)
        self.taken += len(data)
        return data

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True


class _Recoded(io.RawIOBase):
    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        import codecs

        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            raw = self._stream.read(_STEP)
            self._held = self._decoder.decode(raw, final=not raw).encode("utf-8", "replace")
            if not raw:
                break
        data, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


_DECOMPRESSORS: dict[str, Callable[[], Any]] = {
    "gz": lambda: zlib.decompressobj(31),
    "bz2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY),
}


def _cut_off(source: str) -> SourceError:
    return SourceError(
        "the file ends before it should", source=source, outcome="truncated", hint="fetch or copy it anew"
    )
