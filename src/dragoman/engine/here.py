"""No other process: segments are worked on where they are asked for. For tests, and for what cannot hang."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

from dragoman.engine.base import Finished, Lost, Work
from dragoman.engine.child import words

_PAUSE_SECONDS = 0.05


class HereRunner:
    """Runs segments in this process, one after another. What would kill a worker kills this process."""

    name = "here"
    workers = 1

    def __init__(self, workers: int | None = None, *, cluster: str | None = None) -> None:
        del workers, cluster
        self._stopped = False

    def run(self, work: Work, segments: Iterable[Any], ahead: int) -> Iterator[Finished | Lost | None]:
        """The end of every segment, in order."""
        self._stopped = False
        do = work.ready()
        for segment in segments:
            if self._stopped:
                return
            if segment is None:
                time.sleep(_PAUSE_SECONDS)
                yield None
                continue
            where: list[object] = [None]

            def beat(at: object, seconds: float, where: list[object] = where) -> None:
                where[0] = at

            try:
                end: Finished | Lost = Finished(segment, do(segment, beat))
            except MemoryError:
                end = Lost(segment, "memory", "it needed more memory than there is", where[0])
            except Exception as fault:
                end = Lost(segment, "failed", words(fault), where[0])
            yield end

    def stop(self) -> None:
        """No further segment is begun."""
        self._stopped = True
