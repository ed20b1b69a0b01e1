"""Processes of this machine, one for each core unless told otherwise. One that dies costs only what it was at."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from dragoman.engine.base import MEMORY, PATIENCE, Finished, Lost, Work
from dragoman.engine.keeper import RECYCLE, Keeper

_LOOK_SECONDS = 0.2


class LocalRunner:
    """Runs segments in `workers` processes. `memory`: bytes each may use; `patience`: seconds it may be silent."""

    name = "local"

    def __init__(
        self,
        workers: int | None = None,
        *,
        cluster: str | None = None,
        memory: int = MEMORY,
        patience: float = PATIENCE,
        recycle: int = RECYCLE,
    ) -> None:
        del cluster  # there is none
        self.workers = workers or cores()
        self._settings: dict[str, Any] = {"memory": memory, "patience": patience, "recycle": recycle}
        self._keepers: list[Keeper] = []
        self._stopped = threading.Event()

    @property
    def processes(self) -> list[int]:
        """The ids of the processes that are there now."""
        return [process for keeper in self._keepers if (process := keeper.process) is not None]

    def run(self, work: Work, segments: Iterable[Any], ahead: int) -> Iterator[Finished | Lost | None]:
        """The end of every segment; see Runner."""
        self._stopped.clear()
        waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
        ended: queue.SimpleQueue[Finished | Lost | BaseException] = queue.SimpleQueue()
        self._keepers = [Keeper(work, **self._settings) for _ in range(self.workers)]
        threads: list[threading.Thread] = []
        flow = iter(segments)
        under_way, more = 0, True
        try:
            while True:
                while more and under_way < max(1, ahead):
                    try:
                        segment = next(flow)
                    except StopIteration:
                        more = False
                        break
                    if segment is None:
                        break
                    under_way += 1
                    waiting.put(segment)
                    if len(threads) < min(self.workers, under_way):  # no process for which there is nothing to do
                        keeper = self._keepers[len(threads)]
                        thread = threading.Thread(target=_serve, args=(keeper, waiting, ended), daemon=True)
                        thread.start()
                        threads.append(thread)
                if not under_way and not more:
                    return
                try:
                    end = ended.get(timeout=_LOOK_SECONDS)
                except queue.Empty:
                    if self._stopped.is_set():
                        return
                    yield None
                    continue
                if self._stopped.is_set():
                    return
                if isinstance(end, BaseException):
                    raise end
                under_way -= 1
                yield end
        finally:
            self.stop()
            for _ in threads:
                waiting.put(_NO_MORE)

    def stop(self) -> None:
        """Ends the processes at once."""
        self._stopped.set()
        for keeper in self._keepers:
            keeper.close()


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


class _NoMore:
    pass


_NO_MORE = _NoMore()


def _serve(keeper: Keeper, waiting: queue.SimpleQueue[Any], ended: queue.SimpleQueue[Any]) -> None:
    while (segment := waiting.get()) is not _NO_MORE:
        try:
            ended.put(keeper.do(segment))
        except BaseException as fault:
            ended.put(fault)
            return
