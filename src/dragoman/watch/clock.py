"""What time it is, and waiting: the one place where watching meets the clock, so that tests can bring their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

_SLICE = 0.5  # seconds after which one who waits looks up


class Clock(Protocol):
    """`now` in seconds since 1970; `sleep` returns early where `stop` answers yes."""

    def now(self) -> float: ...

    def sleep(self, seconds: float, stop: Callable[[], bool]) -> None: ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float, stop: Callable[[], bool]) -> None:
        """Waits, in slices: a handler of signals may set a flag, and nothing more than that is safe in it."""
        end = time.monotonic() + seconds
        while not stop() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE))
