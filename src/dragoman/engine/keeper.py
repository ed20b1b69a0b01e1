"""One worker process, started when it is needed, watched while it works, started anew when it has died.

keeper = Keeper(work)
end = keeper.do(segment)     # Finished or Lost; waits for it
keeper.close()
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

from dragoman.engine import child
from dragoman.engine.base import MEMORY, PATIENCE, Finished, Lost, Work
from dragoman.errors import DragomanError

RECYCLE = 100  # segments a process works on before a fresh one takes its place
_LOOK_SECONDS = 0.1
_START_SECONDS = 300.0
_TRIES = 3
_TRIES_KILLED = 12  # somebody else ended it, as a system short of memory does: that may pass
_FULL = 0.8  # of the memory allowed: a process that keeps so much between segments is replaced
_TAIL = 400  # characters


class Keeper:
    """Works on one segment at a time, in a process of its own. For one thread, but `close` may come from any."""

    def __init__(self, work: Work, *, memory: int = MEMORY, patience: float = PATIENCE, recycle: int = RECYCLE) -> None:
        self.memory, self.patience, self.recycle = memory, patience, recycle
        self._work = pickle.dumps(work)
        self._process: subprocess.Popen[bytes] | None = None
        self._told: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._errors: IO[bytes] | None = None
        self._done = 0
        self._closed = False

    @property
    def process(self) -> int | None:
        """The id of the process, where there is one."""
        return self._process.pid if self._process else None

    def do(self, segment: object) -> Finished | Lost:
        """What became of the segment. Raises DragomanError where no process can be started for it."""
        if self._process is None or self._process.poll() is not None or self._done >= self.recycle:
            self._start()
        assert self._process is not None and self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has died just now: what it told says so
            child.send(self._process.stdin, segment)  # type: ignore[arg-type]
        self._done += 1
        at: object = None
        limit = time.monotonic() + self.patience
        while True:
            message = self._next(limit)
            match message:
                case ("at", where, seconds):
                    at, limit = where, time.monotonic() + seconds
                case ("done", value):
                    if self._size() > _FULL * self.memory:
                        self._done = self.recycle
                    return Finished(segment, value)
                case ("failed", why, detail):
                    if why == "memory":
                        self._end()
                    return Lost(segment, why, detail, at)
                case ("gone", why, detail):
                    return Lost(segment, why, detail, at)
                case _:
                    pass

    def close(self) -> None:
        """Ends the process at once."""
        self._closed = True
        self._end()

    def _start(self) -> None:
        told = ""
        tries = killed = 0
        while tries < _TRIES and killed < _TRIES_KILLED:
            self._end()
            if self._closed:
                raise DragomanError("the workers were stopped")
            self._open()
            assert self._process is not None and self._process.stdin is not None
            with contextlib.suppress(OSError):
                head = len(self._work).to_bytes(8, "little")
                self._process.stdin.write(head + self._work)
                self._process.stdin.flush()
            match self._next(time.monotonic() + _START_SECONDS):
                case ("ready",):
                    return
                case ("broken", detail):
                    self._end()
                    raise DragomanError(f"no worker can do this work: {detail}", hint="nothing was done")
                case (_, "killed", detail) if "ended by SIGKILL" in detail:
                    told = str(detail)
                    killed += 1
                    time.sleep(min(1.0, 0.05 * killed))
                case (_, _, detail):
                    told = str(detail)
                    tries += 1
        raise DragomanError(
            f"workers die when they start: {told}", hint="there may be too little memory; try fewer workers"
        )

    def _open(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            environment.setdefault(name, "1")  # there are as many workers as cores
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        self._told = queue.SimpleQueue()
        self._done = 0
        # a fresh interpreter, and not multiprocessing: that would run the caller's main module again; and a session
        # of its own, or Ctrl-C would end it before whoever keeps it has decided
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dragoman.engine.child", str(self.memory), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            start_new_session=True,
        )
        threading.Thread(target=_listen, args=(self._process.stdout, self._told), daemon=True).start()

    def _next(self, limit: float) -> tuple[Any, ...]:
        """What the process tells next; ("gone", why, detail) where it was ended, or has ended by itself."""
        while True:
            try:
                message = self._told.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                pass
            else:
                return message if message != ("end",) else self._gone()
            size = self._size()
            if size > self.memory:
                self._end()
                return (
                    "gone",
                    "memory",
                    f"its process used {size / 1e6:.0f} MB, and {self.memory / 1e6:.0f} are allowed",
                )
            if time.monotonic() > limit:
                self._end()
                return "gone", "hung", "its process showed no sign of life for too long and was ended"

    def _gone(self) -> tuple[Any, ...]:
        tail = self._tail()
        code = self._end()
        if code is not None and code < 0:
            with contextlib.suppress(ValueError):
                return "gone", "killed", f"its process was ended by {signal.Signals(-code).name}{tail}"
        return "gone", "killed", f"its process ended with the code {code}{tail}"

    def _end(self) -> int | None:
        """The exit code of the process, which is over now."""
        process, self._process = self._process, None
        if process is None:
            return None
        code = process.poll()
        if code is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                # one that has told its end is about to go, and its own code says why
                code = process.wait(0.05)
        if code is None:
            process.kill()
            code = process.wait()
        for stream in (process.stdin, self._errors):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._errors = None
        return code

    def _tail(self) -> str:
        """The last it said on standard error."""
        if self._errors is None:
            return ""
        with contextlib.suppress(OSError, ValueError):
            end = self._errors.seek(0, os.SEEK_END)
            self._errors.seek(max(0, end - 4 * _TAIL))
            said = " ".join(self._errors.read().decode("utf-8", "replace").split())[-_TAIL:]
            return f": {said}" if said else ""
        return ""

    def _size(self) -> int:
        """Bytes of memory the process has in use; 0 where the system does not tell."""
        if self._process is None:
            return 0
        try:
            fields = Path(f"/proc/{self._process.pid}/statm").read_bytes().split()
            return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError, ValueError):
            return 0


def _listen(stream: Any, told: queue.SimpleQueue[tuple[Any, ...]]) -> None:
    with contextlib.suppress(Exception), stream:  # a frame that breaks off is the end as well
        while True:
            told.put(pickle.loads(child.receive(stream)))
    told.put(("end",))
