"""An http or https address to its bytes, as a source like any other."""

from __future__ import annotations

import io

from dragoman.read import kinds
from dragoman.read.limits import Limits
from dragoman.read.opened import Opened, opened


def fetched(url: str, limits: Limits, *, direct: bool) -> Opened:
    """What an address holds. Raises SourceError with a named outcome."""
    from dragoman.read import fetch

    got = fetch.get(url, limits)
    return opened(got.url, io.BytesIO(got.raw), limits, size=len(got.raw), direct=direct, header=got.content_type)


def unpacked(url: str, limits: Limits) -> bytes:
    """The bytes behind an address, unpacked where it leads to a packed file. Raises SourceError."""
    found = fetched(url, limits, direct=False)
    _, packing = kinds.kind_of(found.stream.peek(1 << 16), found.name)
    return found.packed(packing).whole(limits)
