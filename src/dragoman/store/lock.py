"""One writer at a time on one machine: a lock the system lets go of when its holder dies, however it dies."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from dragoman.store.base import StoreHeld, StoreUnwritable

FILE = "writer.lock"
_PAUSE_SECONDS = 0.02


@contextlib.contextmanager
def writing(folder: Path, wait_seconds: float, told: Callable[[str], None] | None = None) -> Iterator[None]:
    """Holds the lock of this folder. Waits for another writer, `told` once; StoreHeld when it waited long enough."""
    try:
        file = (folder / FILE).open("a+", encoding="utf-8")
    except OSError as cause:
        raise StoreUnwritable(
            f"{folder} cannot be written to: {cause.strerror}",
            address=str(folder),
            hint="make the folder writable, or work on a copy; reading needs no writing",
        ) from cause
    with file:
        _wait(file, folder, wait_seconds, told)
        try:
            _sign(file)
            yield
        finally:
            with contextlib.suppress(OSError):
                file.seek(0)
                file.truncate()
            _release(file)


def owner(folder: Path) -> str | None:
    """Who is writing now, in words; None where nobody is."""
    try:
        with (folder / FILE).open("r+", encoding="utf-8") as file:
            if _take(file):
                _release(file)
                return None
            return _words(file)
    except OSError:
        return None


def _wait(file: IO[str], folder: Path, wait_seconds: float, told: Callable[[str], None] | None) -> None:
    deadline = time.monotonic() + wait_seconds
    while not _take(file):
        who = _words(file)
        if time.monotonic() >= deadline:
            raise StoreHeld(
                f"{folder} is being written to by {who}",
                owner=who,
                hint="wait until it is done, or stop that process; nothing was changed",
            )
        if told:
            told(f"waiting for {who}, which writes to {folder}")
            told = None
        time.sleep(_PAUSE_SECONDS)


def _sign(file: IO[str]) -> None:
    # for people and messages only: the lock itself is the system's
    signature = {
        "process": os.getpid(),
        "machine": socket.gethostname(),
        "since": datetime.now(UTC).isoformat("T", "seconds"),
    }
    with contextlib.suppress(OSError):
        file.seek(0)
        file.truncate()
        file.write(json.dumps(signature))
        file.flush()


def _words(file: IO[str]) -> str:
    try:
        file.seek(0)
        found = json.loads(file.read())
        return f"process {found['process']} on {found['machine']} since {found['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


if os.name == "nt":  # pragma: no cover
    import msvcrt

    def _take(file: IO[str]) -> bool:
        try:
            os.lseek(file.fileno(), 1_000_000, os.SEEK_SET)  # past the signature, which others must be able to read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        os.lseek(file.fileno(), 1_000_000, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def _take(file: IO[str]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
