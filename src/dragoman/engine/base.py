"""The seam of the runners: segments of work go in, each comes back finished or lost.

    for end in runner.run(work, segments, ahead=8):
        match end:                                   # None: nothing has ended for a moment
            case Finished(segment, value): ...
            case Lost(segment, why, detail, at): ...

A runner keeps workers and outlives their deaths. It knows nothing of what a segment is: whether a lost one is tried
again, cut or set aside is for whoever runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Why = Literal["killed", "hung", "memory", "failed"]
# where the work is, in whatever terms; and after how many seconds without another such word it is to be given up
Beat = Callable[[object, float], None]

MEMORY = 2_000_000_000  # bytes a worker may use
PATIENCE = 120.0  # seconds a worker may be silent before its work has said how long


@dataclass(frozen=True, slots=True)
class Finished:
    """A segment that was worked on to its end, and what came of it."""

    segment: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Lost:
    """A segment whose worker died of it, or beside it: `at` is the last it said of where it was (None: it did not)."""

    segment: Any
    why: Why
    detail: str
    at: object = None


class Work(Protocol):
    """What is done to every segment. Can be pickled, as segments and values can."""

    def ready(self) -> Callable[[Any, Beat], Any]:
        """Called once in every worker; what it gives is called with each segment. Both may raise."""


class Runner(Protocol):
    """Keeps workers. `workers` is how many segments are worked on at a time."""

    name: str
    workers: int

    def run(self, work: Work, segments: Iterable[Any], ahead: int) -> Iterator[Finished | Lost | None]:
        """The end of every segment, in the order they end.

        No more than `ahead` segments are under way or waiting to be looked at. A None among the segments means that
        there is none at present: more are asked for soon. A None among the ends means that none came for a moment, so
        that whoever waits can look about. Raises DragomanError where no worker
        can be started. Closing the iterator ends the work under way.
        """

    def stop(self) -> None:
        """Ends the workers at once. Can be called from a signal handler, and twice."""
