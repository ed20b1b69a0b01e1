"""Compressed bytes to bytes, never more than asked for: a small file may hold a very large one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_STEP = 65536


class Overflow(Exception):
    """There is more than the limit allows."""


def expand(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The bytes behind a content encoding ("", "gzip" or "deflate"). Raises Overflow or zlib.error."""
    out = bytearray()
    if encoding in ("", "identity"):
        for chunk in chunks:
            out += chunk
            if len(out) > limit:
                raise Overflow
        return bytes(out)
    # 47 takes gzip and zlib headers alike
    inflater = zlib.decompressobj(47)
    for chunk in chunks:
        data = chunk
        while data:
            out += inflater.decompress(data, _STEP)
            if len(out) > limit:
                raise Overflow
            data = inflater.unconsumed_tail
            if inflater.eof:
                # gzip files may be written one after another; rubbish after the last is passed over
                data = inflater.unused_data
                if not data.startswith(b"\x1f\x8b"):
                    return bytes(out)
                inflater = zlib.decompressobj(47)
    out += inflater.flush()
    if len(out) > limit:
        raise Overflow
    return bytes(out)
