"""Work for the runners' contract: what a segment asks for is done, however unkind. Imported by name in the workers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Segment = tuple[Any, ...]


@dataclass(frozen=True)
class Deeds:
    """Does what the first word of a segment says."""

    broken: bool = False

    def ready(self) -> Callable[[Segment, Callable[[object, float], None]], object]:
        if self.broken:
            raise ValueError("the tables are not there")
        return do


def do(segment: Segment, beat: Callable[[object, float], None]) -> object:
    """The value of a segment."""
    match segment:
        case ("square", number):
            print("words on standard output must not harm")
            return number * number
        case ("sleep", seconds, number):
            beat(("asleep", number), 60.0)
            time.sleep(seconds)
            return number
        case ("large", size, raw):
            return bytes(size) + raw
        case ("fail", number):
            beat(("failing", number), 5.0)
            raise ValueError("this cannot be done")
        case ("die", number, how):
            beat(("dying", number), 5.0)
            time.sleep(0.1)  # until it is told
            os.kill(os.getpid(), how)
        case ("hang", number):
            beat(("hanging", number), 0.5)
            if number % 2:
                time.sleep(1000)
            while True:
                pass
        case ("grow", number):
            beat(("growing", number), 60.0)
            held = []
            while True:
                held.append(bytearray(os.urandom(1000) * 10_000))
        case ("ask at once for too much", number):
            beat(("asking", number), 60.0)
            return len(bytearray(10**13))
        case ("once", marker, number):
            # kills its first worker only
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return number
            os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError(segment)
