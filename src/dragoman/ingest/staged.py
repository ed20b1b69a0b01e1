"""What came of a segment, on disk until it is committed: written whole or not at all, and known to be whole.

Readings as msgpack and not as Parquet: it is packed four times faster, comes back as the Readings the store takes, and
lives for seconds. A file is its mark, the digest of what follows, and that; one that was torn is as good as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from dragoman.records import Reading

_MARK = b"dragoman staged 1\n"
_DIGEST = 16
SUFFIX = ".staged"


class Settled(msgspec.Struct, frozen=True, array_like=True):
    """What became of one article in a worker.

    `span` counts in the segment's spans, `index` in the span's piece. `known`: the ledger has it as it is here, so that
    nothing was coded. `reading` is to be kept, and `mark` is the start of its digest; `key` and `content` name the
    article and what is in it.
    """

    span: int
    index: int
    where: str
    article: str
    outcome: str
    detail: str | None = None
    key: int = 0
    content: int = 0
    mark: int = 0
    known: bool = False
    reading: Reading | None = None
    relevant: bool = False
    told: tuple[str, ...] = ()  # lines of the reader that somebody who watches should see


def packed(settled: list[Settled]) -> bytes:
    """The bytes of a staged file."""
    raw = msgspec.msgpack.encode(settled)
    return _MARK + hashlib.blake2b(raw, digest_size=_DIGEST).digest() + raw


def unpacked(raw: bytes) -> list[Settled]:
    """What is in these bytes. Raises ValueError where they are not whole."""
    head = len(_MARK) + _DIGEST
    body = raw[head:]
    if raw[: len(_MARK)] != _MARK or hashlib.blake2b(body, digest_size=_DIGEST).digest() != raw[len(_MARK) : head]:
        raise ValueError("this is no staged file, or not all of one")
    return msgspec.msgpack.decode(body, type=list[Settled])


def write(folder: Path, name: str, raw: bytes) -> None:
    """Puts a staged file in its place. Raises OSError; then nothing is there, or what was."""
    part = folder / f"{name}.{os.getpid()}.part"
    try:
        part.write_bytes(raw)
        part.replace(folder / (name + SUFFIX))
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def read(folder: Path, name: str) -> list[Settled] | None:
    """What is staged under this name; None where nothing is, or where it is not whole."""
    try:
        return unpacked((folder / (name + SUFFIX)).read_bytes())
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def there(folder: Path, name: str) -> bool:
    """Whether something whole is staged under this name."""
    return (folder / (name + SUFFIX)).is_file() and read(folder, name) is not None


def remove(folder: Path, name: str) -> None:
    with contextlib.suppress(OSError):
        (folder / (name + SUFFIX)).unlink()


def clear(folder: Path) -> None:
    """Removes whatever a run left behind."""
    for path in folder.glob("*"):
        if path.suffix in (SUFFIX, ".part"):
            with contextlib.suppress(OSError):
                path.unlink()
