"""A Dask cluster, or one of this machine's own: the same work on as many machines as it has.

    DaskRunner(cluster="tcp://scheduler:8786")
    DaskRunner(cluster="local:2")

A task of Dask keeps a process of its own for the work (see keeper.py) and hands back the segment's end. So what hangs,
grows or crashes is dealt with beside the work, Dask's own worker stays answerable, and a worker that vanishes with its
machine is a task that Dask gives to another. A scheduler that was started anew is given again what it had forgotten.
"""

from __future__ import annotations

import atexit
import contextlib
import queue
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from dragoman.engine.base import MEMORY, PATIENCE, Finished, Lost, Work
from dragoman.engine.keeper import RECYCLE, Keeper
from dragoman.errors import DragomanError, MissingExtra, SettingsError

_LOOK_SECONDS = 0.2
_CHECK_SECONDS = 2.0
_AWAY_SECONDS = 300.0  # how long a scheduler may be gone


class DaskRunner:
    """Runs segments on a cluster. `cluster`: the address of a scheduler, or local:N. `away`: seconds it may be gone."""

    name = "dask"

    def __init__(
        self,
        workers: int | None = None,
        *,
        cluster: str | None = None,
        memory: int = MEMORY,
        patience: float = PATIENCE,
        recycle: int = RECYCLE,
        away: float = _AWAY_SECONDS,
    ) -> None:
        try:
            import distributed  # noqa: F401
        except ImportError as cause:
            raise MissingExtra("distributed", "dask") from cause
        self._address = cluster or f"local:{workers or 0}"
        self._settings = {"memory": memory, "patience": patience, "recycle": recycle}
        self._away = away
        self._cluster: Any = None
        self._client: Any = None
        self._stopped = threading.Event()
        self._known = ""
        self._connect(time.monotonic() + 30.0)
        self.workers = workers or max(1, self._slots())

    def run(self, work: Work, segments: Iterable[Any], ahead: int) -> Iterator[Finished | Lost | None]:
        """The end of every segment; see Runner."""
        self._stopped.clear()
        if self._client is None:
            self._connect(time.monotonic() + 30.0)
        key = uuid.uuid4().hex
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        under_way: dict[Any, Any] = {}  # future -> segment
        again: list[Any] = []
        away: float | None = None  # since when nobody answers
        flow, more, checked = iter(segments), True, time.monotonic()
        try:
            while True:
                if away is not None:
                    if self._stopped.is_set():
                        return
                    if not self._is_back(away):
                        yield None
                        continue
                    away = None
                while again or (more and len(under_way) < max(1, ahead)):
                    if again:
                        segment = again.pop(0)
                    else:
                        try:
                            segment = next(flow)
                        except StopIteration:
                            more = False
                            break
                        if segment is None:
                            break
                    future = self._client.submit(
                        _do, key, work, segment, self._settings, key=f"dragoman-{uuid.uuid4().hex}", pure=False
                    )
                    under_way[future] = segment
                    future.add_done_callback(ended.put)
                if not under_way and not more:
                    return
                try:
                    future = ended.get(timeout=_LOOK_SECONDS)
                except queue.Empty:
                    future = None
                if self._stopped.is_set():
                    return
                if future is None:
                    if time.monotonic() - checked > _CHECK_SECONDS:
                        checked = time.monotonic()
                        if not self._answers():
                            # another scheduler knows nothing of what this one was given
                            away = time.monotonic()
                            again += under_way.values()
                            under_way.clear()
                        else:
                            gone = [one for one in under_way if one.status in ("cancelled", "lost")]
                            again += [under_way.pop(one) for one in gone]
                    yield None
                    continue
                if (segment := under_way.pop(future, None)) is None:
                    continue  # it was given up, and the segment given again
                end = self._end(future, segment)
                if end is None:
                    again.append(segment)
                    checked = 0.0
                else:
                    yield end
        finally:
            self._let_go(key, under_way)

    def stop(self) -> None:
        """What runs is given up, and what was started here is ended."""
        self._stopped.set()
        self._close()

    def _end(self, future: Any, segment: Any) -> Finished | Lost | None:
        """What became of a task that is over; None where it has to be given again."""
        from distributed.scheduler import KilledWorker

        try:
            if future.status in ("cancelled", "lost"):
                return None
            # what came is a segment's end without the segment, which is here already
            value, lost = future.result(timeout=self._away)
        except KilledWorker as fault:
            return Lost(segment, "killed", f"the workers it was given to died: {' '.join(str(fault).split())[:300]}")
        except DragomanError:
            raise
        except BaseException as fault:
            if isinstance(fault, KeyboardInterrupt | SystemExit | GeneratorExit):
                raise
            if future.status == "error" and not _is_about_the_cluster(fault):
                return Lost(segment, "failed", f"{type(fault).__name__}: {' '.join(str(fault).split())[:300]}")
            return None
        return Finished(segment, value) if lost is None else Lost(segment, *lost)

    def _answers(self) -> bool:
        """Whether the scheduler is there, and the one that was."""
        try:
            return bool(self._client.status == "running" and self._identity() == self._known)
        except Exception:
            return False

    def _is_back(self, since: float) -> bool:
        """Tries to connect anew. Raises DragomanError where nobody has answered for too long."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.close(timeout=1)
        try:
            self._connect(0.0, timeout=3)
        except DragomanError:
            if time.monotonic() - since > self._away:
                raise
            return False
        return True

    def _identity(self) -> str:
        return str(self._client.sync(self._client.scheduler.identity, callback_timeout=5)["id"])

    def _connect(self, limit: float, timeout: float = 10) -> None:
        import distributed

        kind, _, number = self._address.partition(":")
        connect: Any = distributed.Client
        while True:
            client: Any = None
            try:
                if kind == "local" and self._cluster is None:
                    self._cluster = _own(number)
                client = connect(self._cluster or self._address, timeout=timeout, set_as_default=False)
                self._client = client
                self._known = self._identity()
                return
            except SettingsError:
                raise
            except (OSError, TimeoutError, ValueError) as fault:
                self._client = None
                if client is not None:
                    with contextlib.suppress(Exception):
                        client.close(timeout=1)
                if time.monotonic() > limit or isinstance(fault, ValueError):
                    raise DragomanError(
                        f"there is no Dask scheduler at {self._address}: {' '.join(str(fault).split())[:200]}",
                        hint="start one with `dask scheduler`, or use --cluster local:2",
                    ) from fault
                if self._stopped.wait(1.0):
                    raise DragomanError("the run was stopped") from fault

    def _slots(self) -> int:
        """How many tasks the cluster takes at a time, once its first worker is there."""
        with contextlib.suppress(Exception):
            self._client.wait_for_workers(1, timeout=60)
        return sum(self._client.nthreads().values())

    def _let_go(self, key: str, under_way: dict[Any, Any]) -> None:
        client = self._client
        if client is None or client.status != "running":
            return
        with contextlib.suppress(Exception):
            for future in under_way:
                future.release()
            client.cancel(list(under_way), force=True)
        with contextlib.suppress(Exception):
            client.sync(client._run, _close, key, on_error="ignore", callback_timeout=5)

    def _close(self) -> None:
        client, self._client = self._client, None
        cluster, self._cluster = self._cluster, None
        for one in (client, cluster):
            if one is not None:
                with contextlib.suppress(Exception):
                    one.close(timeout=5)


def _own(number: str) -> Any:
    """A cluster of this machine's own."""
    import distributed

    from dragoman.engine.local import cores

    if not number.isdigit():
        raise SettingsError(f"{number!r} is no number of workers", name="cluster", hint="local:2")
    cluster: Any = distributed.LocalCluster
    return cluster(
        n_workers=int(number) or cores(),
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        memory_limit=0,  # the work is done beside Dask's workers, and is watched there
        silence_logs=50,
    )


def _is_about_the_cluster(fault: BaseException) -> bool:
    from concurrent.futures import CancelledError

    return isinstance(fault, OSError | TimeoutError | CancelledError)


# what runs in Dask's workers

_keepers: dict[tuple[str, int], Keeper] = {}  # by run and thread: a keeper works for one thread
_shut: set[str] = set()


def _do(key: str, work: Work, segment: Any, settings: dict[str, Any]) -> tuple[Any, tuple[Any, ...] | None]:
    """The value of a segment, or why, how and where it was lost."""
    place = (key, threading.get_ident())
    keeper = _keepers.get(place)
    if keeper is None:
        keeper = _keepers[place] = Keeper(work, **settings)
        atexit.register(keeper.close)
    end = keeper.do(segment)
    if isinstance(end, Finished):
        return end.value, None
    return None, (end.why, end.detail, end.at)


def _close(key: str) -> None:
    for place in [place for place in _keepers if place[0] == key]:
        _keepers.pop(place).close()
