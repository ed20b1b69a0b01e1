"""The process in which segments are worked on: asked on standard input, answering on standard output.

A frame is eight bytes of length and a pickle. In: the work, then segments. Out: ("ready",), then for each segment any
number of ("at", where, seconds) and one ("done", value) or ("failed", why, detail); ("broken", detail) where it cannot
work at all.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import sys
import threading
import time
from typing import BinaryIO

_LENGTH = 8
_WATCH_SECONDS = 1.0


def main(memory: int, parent: int) -> int:
    """Answers until nobody asks any more; returns the exit code."""
    gc.set_threshold(100_000, 50, 100)  # what the work loads stays: looking through it again and again costs a tenth
    _die_with(parent)
    _confine(memory)
    asked = os.fdopen(os.dup(0), "rb")
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not stand between the frames
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        do = pickle.loads(receive(asked)).ready()
    except EOFError:
        return 0
    except BaseException as fault:
        send(told, ("broken", words(fault)))
        return 1
    send(told, ("ready",))
    # nothing waits for long to be told: where the work is matters only if it dies there
    while True:
        try:
            segment = pickle.loads(receive(asked))
        except EOFError:
            return 0
        try:
            answer: tuple[object, ...] = ("done", do(segment, lambda at, seconds: send(told, ("at", at, seconds))))
        except MemoryError:
            answer = ("failed", "memory", "it needed more memory than a worker may use")
        except Exception as fault:
            answer = ("failed", "failed", words(fault))
        send(told, answer)


def send(stream: BinaryIO, message: object) -> None:
    """Writes one frame."""
    raw = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(len(raw).to_bytes(_LENGTH, "little") + raw)
    stream.flush()


def receive(stream: BinaryIO) -> bytes:
    """What the next frame holds. Raises EOFError where there is none, or not all of one."""
    head = stream.read(_LENGTH)
    raw = stream.read(int.from_bytes(head, "little")) if len(head) == _LENGTH else b""
    if len(head) < _LENGTH or len(raw) < int.from_bytes(head, "little"):
        raise EOFError
    return raw


def words(fault: BaseException) -> str:
    """An exception in one line."""
    told = " ".join(str(fault).split())[:500]
    return f"{type(fault).__name__}: {told}" if told else type(fault).__name__


def _die_with(parent: int) -> None:
    """Nobody waits for the work of an orphan, and it may never end by itself."""
    with contextlib.suppress(Exception):  # Linux has a way that works whatever this process is at
        import ctypes

        ctypes.CDLL(None).prctl(1, 9)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _confine(memory: int) -> None:
    # whoever started this process watches what it uses; this stops what would grow faster than anyone can look
    try:
        import resource
    except ImportError:  # not on every system
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (2 * memory, 2 * memory))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
