"""A page in pieces that are compressed once and sent many times; holes between them are filled anew each time.

page = press(text, hole="...")                     # pieces, None for each hole
joined(page, lambda: "another each time")          # gzip, with that in the holes
plain(page, lambda: "another each time")           # the same for whoever takes no gzip

Each piece is a whole run of deflate blocks, so that pieces stand one after the other; the checksum of the whole is that
of the pieces, moved along by the length of what follows (as crc32_combine of zlib does it).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import msgspec

HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LEVEL = 4
_END = b"\x03\x00"  # an empty last block
_POLYNOMIAL = 0xEDB88320


class Piece(msgspec.Struct, frozen=True):
    """Compressed bytes, with checksum and length of what they stand for."""

    deflated: bytes
    crc: int
    length: int


Pressed = tuple[Piece | None, ...]


class Joining:
    """A gzip stream made of pieces."""

    def __init__(self) -> None:
        self._crc = self._length = 0

    def add(self, piece: Piece) -> bytes:
        """What is sent for this piece."""
        self._crc = _moved(self._crc, piece.length) ^ piece.crc
        self._length += piece.length
        return piece.deflated

    def end(self) -> bytes:
        """What is sent last."""
        return _END + struct.pack("<II", self._crc, self._length & 0xFFFFFFFF)


def press(text: str, hole: str) -> Pressed:
    """The text as pieces with holes between them."""
    found: list[Piece | None] = []
    for part in text.split(hole):
        found += [piece(part.encode("utf-8", "replace")), None]
    return tuple(found[:-1])


def piece(raw: bytes, level: int = _LEVEL) -> Piece:
    """Bytes as a piece."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Piece(packer.compress(raw) + packer.flush(zlib.Z_FULL_FLUSH), zlib.crc32(raw), len(raw))


def filled(page: Pressed, filling: Callable[[], str]) -> Iterator[Piece]:
    """The pieces, with something in each hole."""
    for one in page:
        yield piece(filling().encode("utf-8", "replace"), 0) if one is None else one


def joined(page: Pressed, filling: Callable[[], str]) -> bytes:
    """The page as gzip."""
    joining = Joining()
    return b"".join([HEAD, *map(joining.add, filled(page, filling)), joining.end()])


def plain(page: Pressed, filling: Callable[[], str]) -> bytes:
    """The page as it is."""
    return b"".join(map(unpacked, filled(page, filling)))


def unpacked(one: Piece) -> bytes:
    """What a piece stands for."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(one.deflated)


def _moved(crc: int, length: int) -> int:
    """A checksum as it is so many bytes later."""
    power = 0
    while length:
        if length & 1:
            crc = _apply(_shift(power), crc)
        length >>= 1
        power += 1
    return crc


@cache
def _shift(power: int) -> tuple[int, ...]:
    """What 2**power more bytes make of each bit of a checksum."""
    if power == -3:  # a bit: every bit moves down, the lowest comes back as the polynomial
        return (_POLYNOMIAL, *(1 << bit for bit in range(31)))
    half = _shift(power - 1)
    return tuple(_apply(half, column) for column in half)


def _apply(matrix: tuple[int, ...], crc: int) -> int:
    found = bit = 0
    while crc:
        if crc & 1:
            found ^= matrix[bit]
        crc >>= 1
        bit += 1
    return found
