"""What every runner keeps to, on real processes that really die. A new one adds itself to RUNNERS."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from runner_work import Deeds

import ingest_work
from dragoman.engine.base import Finished, Lost, Runner
from dragoman.engine.here import HereRunner
from dragoman.engine.local import LocalRunner
from dragoman.errors import DragomanError, MissingExtra, SettingsError
from dragoman.store import delta
from processes import below, command_of

_NO_DASK = pytest.mark.skipif(find_spec("distributed") is None, reason="distributed is not installed: no Dask runner")
# Dask's own code warns of what is none of ours
_DASK = [_NO_DASK, pytest.mark.filterwarnings("default")]
MEMORY = 400_000_000


def local() -> Runner:
    return LocalRunner(2, memory=MEMORY, patience=20.0)


def dask() -> Runner:
    from dragoman.engine.dask import DaskRunner

    return DaskRunner(2, cluster="local:2", memory=MEMORY, patience=20.0)


def here() -> Runner:
    return HereRunner()


RUNNERS = [
    pytest.param(local, id="local"),
    pytest.param(here, id="here"),
    pytest.param(dask, id="dask", marks=_DASK),
]
OF_PROCESSES = [RUNNERS[0], RUNNERS[2]]
_made: dict[str, Runner] = {}


@pytest.fixture(scope="module")
def kept() -> Iterator[dict[str, Runner]]:
    """Runners that are kept from test to test: a cluster takes seconds to start."""
    made: dict[str, Runner] = {}
    yield made
    for runner in made.values():
        runner.stop()


@pytest.fixture
def runner(request: pytest.FixtureRequest, kept: dict[str, Runner]) -> Runner:
    make: Callable[[], Runner] = request.param
    if make.__name__ not in kept:
        kept[make.__name__] = make()
    return kept[make.__name__]


every = pytest.mark.parametrize("runner", RUNNERS, indirect=True)
of_processes = pytest.mark.parametrize("runner", OF_PROCESSES, indirect=True)


def ends(runner: Runner, segments: Any, ahead: int = 4) -> list[Finished | Lost]:
    return [end for end in runner.run(Deeds(), segments, ahead) if end is not None]


def values(found: list[Finished | Lost]) -> dict[Any, Any]:
    return {end.segment: end.value for end in found if isinstance(end, Finished)}


@every
def test_every_segment_ends_once(runner: Runner) -> None:
    found = ends(runner, [("square", n) for n in range(30)])

    assert len(found) == 30 and values(found) == {("square", n): n * n for n in range(30)}
    assert ends(runner, []) == []
    assert values(ends(runner, [("square", 7)])) == {("square", 7): 49}


@every
def test_no_more_than_asked_for_is_under_way(runner: Runner) -> None:
    out, most = 0, 0

    def flow() -> Iterator[Any]:
        nonlocal out, most
        for n in range(20):
            out += 1
            most = max(most, out)
            yield ("square", n)

    for end in runner.run(Deeds(), flow(), 3):
        if end is not None:
            time.sleep(0.02)  # whoever commits is slow
            out -= 1
    assert most <= 4  # three, and the one just looked at


@every
def test_a_fault_is_told_with_its_place(runner: Runner) -> None:
    found = ends(runner, [("fail", 1), ("square", 2)])

    (lost,) = [end for end in found if isinstance(end, Lost)]
    assert (lost.segment, lost.why, lost.at) == (("fail", 1), "failed", ("failing", 1))
    assert "ValueError: this cannot be done" in lost.detail and values(found) == {("square", 2): 4}


@every
def test_more_may_come_later(runner: Runner) -> None:
    asked = []

    def flow() -> Iterator[Any]:
        yield ("square", 1)
        while len(asked) < 3:
            asked.append(time.monotonic())
            yield None
        yield ("square", 2)

    assert values(ends(runner, flow())) == {("square", 1): 1, ("square", 2): 4} and len(asked) == 3


@every
def test_work_that_cannot_be_done_is_told_and_not_tried_for_ever(runner: Runner) -> None:
    with pytest.raises((DragomanError, ValueError), match="the tables are not there"):
        list(runner.run(Deeds(broken=True), [("square", 1)], 2))
    assert values(ends(runner, [("square", 3)])) == {("square", 3): 9}


@of_processes
def test_large_segments_and_values_travel(runner: Runner) -> None:
    raw = os.urandom(3_000_000)
    (end,) = ends(runner, [("large", 1_000_000, raw)])

    assert isinstance(end, Finished) and end.value == bytes(1_000_000) + raw


@of_processes
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_dies_costs_only_its_segment(runner: Runner, how: signal.Signals) -> None:
    found = ends(runner, [("square", 1), ("die", 5, int(how)), *(("square", n) for n in range(2, 8))])

    (lost,) = [end for end in found if isinstance(end, Lost)]
    assert (lost.segment[0], lost.why, lost.at) == ("die", "killed", ("dying", 5)) and how.name in lost.detail
    assert len(values(found)) == 7


@of_processes
@pytest.mark.parametrize("number", [2, 3])  # one computes for ever, the other sleeps
def test_what_hangs_is_ended(runner: Runner, number: int) -> None:
    began = time.monotonic()
    found = ends(runner, [("hang", number), ("square", 1)])

    (lost,) = [end for end in found if isinstance(end, Lost)]
    assert (lost.why, lost.at) == ("hung", ("hanging", number)) and time.monotonic() - began < 30
    assert values(found) == {("square", 1): 1}


@of_processes
@pytest.mark.parametrize("how", ["grow", "ask at once for too much"])
def test_what_needs_too_much_memory_is_ended(runner: Runner, how: str) -> None:
    found = ends(runner, [(how, 1), ("square", 1)])

    (lost,) = [end for end in found if isinstance(end, Lost)]
    assert lost.why == "memory" and lost.at is not None and values(found) == {("square", 1): 1}


@of_processes
def test_what_was_lost_can_be_given_again(runner: Runner, tmp_path: Path) -> None:
    again: list[Any] = [("once", str(tmp_path / str(n)), n) for n in range(3)]
    done: dict[Any, Any] = {}

    def flow() -> Iterator[Any]:
        while len(done) < 3:
            yield again.pop() if again else None

    for end in runner.run(Deeds(), flow(), 2):
        if isinstance(end, Lost):
            assert end.why == "killed"
            again.append(end.segment)
        elif end is not None:
            done[end.segment] = end.value
    assert sorted(done.values()) == [0, 1, 2]


@of_processes
def test_an_iterator_that_is_closed_ends_the_work(runner: Runner) -> None:
    began = time.monotonic()
    flow = runner.run(Deeds(), [("square", 1), ("sleep", 60, 1), ("sleep", 60, 2)], 4)
    assert any(isinstance(end, Finished) for end in flow)
    flow.close()  # type: ignore[attr-defined]

    assert time.monotonic() - began < 25
    assert values(ends(runner, [("square", 4)])) == {("square", 4): 16}


@of_processes
def test_workers_may_be_killed_at_any_moment(runner: Runner) -> None:
    """Whatever dies, every segment ends; those that were lost are given again."""
    waiting = [("sleep", 0.1, n) for n in range(30)]
    done: dict[Any, int] = {}
    stop = threading.Event()

    def kill() -> None:
        pick = random.Random(7)
        for _ in range(6):
            if stop.wait(pick.uniform(0.2, 0.8)):
                return
            for child in pick.sample(found := children_of_workers(runner), min(1, len(found))):
                os.kill(child, signal.SIGKILL)

    def flow() -> Iterator[Any]:
        while len(done) < 30:
            yield waiting.pop() if waiting else None

    killer = threading.Thread(target=kill)
    killer.start()
    for end in runner.run(Deeds(), flow(), 4):
        if isinstance(end, Lost):
            assert end.why == "killed"
            waiting.append(end.segment)
        elif end is not None:
            assert end.segment not in done
            done[end.segment] = end.value
    stop.set()
    killer.join()
    assert len(done) == 30


def children_of_workers(runner: Runner) -> list[int]:
    """The processes that do the work: below this one, and below the workers of its cluster."""
    return [process for process in below(os.getpid()) if b"dragoman.engine.child" in command_of(process)]


# each for itself


def test_a_local_worker_does_not_outlive_its_owner() -> None:
    code = textwrap.dedent("""
        from runner_work import Deeds
        from dragoman.engine.local import LocalRunner
        runner = LocalRunner(1)
        flow = runner.run(Deeds(), [("square", 1), ("hang", 2)], 2)
        while next(flow) is None:
            pass
        next(flow)
        print(runner.processes[0], flush=True)
        while True:
            next(flow)
    """)
    paths = os.pathsep.join(path for path in sys.path if path)
    owner = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}
    )
    assert owner.stdout is not None
    worker = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()
    for _ in range(50):
        if not command_of(worker):
            return
        time.sleep(0.1)
    pytest.fail("the worker is still there")


def test_workers_are_replaced_in_time() -> None:
    runner = LocalRunner(1, recycle=3)
    seen = set()
    for end in runner.run(Deeds(), [("square", n) for n in range(9)], 1):
        if end is not None:
            seen.update(runner.processes)
    assert len(seen) == 3 and not runner.processes


def test_no_worker_is_started_for_nothing() -> None:
    runner = LocalRunner(8)
    most = 0
    for _ in runner.run(Deeds(), [("square", 1), ("square", 2)], 8):
        most = max(most, len(runner.processes))
    assert most <= 2


@pytest.mark.skipif(find_spec("distributed") is not None, reason="distributed is installed")
def test_without_dask_its_extra_is_named() -> None:
    from dragoman.engine.dask import DaskRunner

    with pytest.raises(MissingExtra, match=r"dragoman\[dask\]"):
        DaskRunner(2)


@_NO_DASK
def test_a_cluster_that_is_not_there_is_told() -> None:
    from dragoman.engine.dask import DaskRunner

    with pytest.raises(SettingsError, match="no number of workers"):
        DaskRunner(cluster="local:many")


def test_runners_are_found_by_name() -> None:
    from dragoman import plugins

    assert {"local", "dask"} <= set(plugins.known("runners"))
    assert plugins.find("runners", "local") is LocalRunner


# a cluster of processes of its own, whose parts die one after another


class Cluster:
    """A scheduler and workers, each started and killed at will."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.folder = folder
        paths = os.pathsep.join(path for path in sys.path if path)
        # who does not answer for so long is given up
        timing = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "4s", "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "8"}
        self.environment = {**os.environ, "PYTHONPATH": paths, **timing, ingest_work.SLOWLY: "0.01"}
        self.scheduler = self.start_scheduler()
        self.workers = [self.start_worker() for _ in range(2)]

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        return self._start("dask_scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")

    def start_worker(self) -> subprocess.Popen[bytes]:
        options = ("--nthreads", "1", "--no-dashboard", "--death-timeout", "60", "--memory-limit", "0")
        return self._start("dask_worker", self.address, *options)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        for one in (process.pid, *below(process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.wait()

    def cut_off(self, process: subprocess.Popen[bytes]) -> None:
        for one in (process.pid, *below(process.pid)):
            os.kill(one, signal.SIGSTOP)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            self.kill(process)

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{what}", *options],
            env=self.environment, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


@_NO_DASK
@pytest.mark.filterwarnings("default")
def test_a_cluster_that_falls_apart_makes_the_same_store(tmp_path: Path) -> None:
    """A worker dies with its machine, one is cut off, the scheduler starts anew: the store is what it would be."""
    from dragoman.engine.dask import DaskRunner

    source = tmp_path / "many.jsonl"
    lines = ({"id": f"a{n}", "text": f"Report {n}. " + "Words of no weight. " * 10} for n in range(1200))
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    ingest_work.run(source, tmp_path / "alone", runner=HereRunner())
    cluster = Cluster(tmp_path)
    blows = [
        lambda: cluster.kill(cluster.workers[0]),
        lambda: cluster.workers.append(cluster.start_worker()),
        lambda: cluster.cut_off(cluster.workers[1]),
        lambda: cluster.workers.append(cluster.start_worker()),
        lambda: cluster.kill(cluster.scheduler),
        lambda: setattr(cluster, "scheduler", cluster.start_scheduler()),
        # Dask's workers leave with their scheduler; who runs a cluster has them started again
        lambda: cluster.workers.append(cluster.start_worker()),
    ]
    struck = []

    def look(progress: Any) -> None:
        if (blows and progress.articles > 100 * (len(struck) + 1)) or (struck and time.monotonic() - struck[-1] > 6):
            struck.append(time.monotonic())
            if blows:
                blows.pop(0)()

    try:
        runner = DaskRunner(2, cluster=cluster.address)
        done = ingest_work.run(source, tmp_path / "store", runner=runner, look=look)
        runner.stop()
    finally:
        cluster.end()
    assert not blows and done.outcomes == {"read": {"added": 1200}}
    assert rows(tmp_path / "store") == rows(tmp_path / "alone")


def rows(folder: Path) -> list[Any]:
    with delta.open_store(folder) as store:
        assert store.check().ok
        found: list[Any] = store.sql('SELECT * EXCLUDE ("commit") FROM articles ORDER BY article').to_pylist()
        return found + store.sql('SELECT * EXCLUDE ("commit") FROM notes ORDER BY ALL').to_pylist()
