"""An ingest under a hail of kill -9, for as long as asked: nothing may be lost, and nothing kept twice.

python benchmarks/soak.py [--minutes 30] [--articles 20000] [--seed 1] [--real]

A process ingests the same file again and again; it and its workers are killed at random moments. Whenever a run comes
to its end, the store is compared row by row with one that was left in peace, and another store is begun. With --real
the articles are coded in earnest, else by a coder that only takes its time. Exit code 0 where every store was right.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import ingest_work
from processes import below, command_of

_SENTENCES = (
    "The government of Norway expelled a diplomat of Denmark on Monday.",
    "Finland and Sweden held talks on trade in the spring.",
    "The minister said his country wanted to end the dispute.",
    "Poland condemned the decision and summoned the ambassador of Belarus.",
    "Nobody at the harbour had heard of it.",
)


def main() -> int:
    """The exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=float, default=30)
    asked.add_argument("--articles", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--real", action="store_true")
    given = asked.parse_args()
    pick = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="dragoman-soak-") as name:
        folder = Path(name)
        source = written(folder / "many.jsonl", given.articles, pick)
        subprocess.run(command(source, folder / "peace", real=given.real), check=True, stdout=subprocess.DEVNULL)
        wanted = rows(folder / "peace")
        return soaked(folder, source, wanted, given, pick)


def soaked(folder: Path, source: Path, wanted: list[Any], given: argparse.Namespace, pick: random.Random) -> int:
    """0 where every store was what it had to be."""
    end = time.monotonic() + 60 * given.minutes
    kills = {"main": 0, "worker": 0}
    runs = stores = 0
    while time.monotonic() < end:
        runs += 1
        process = subprocess.Popen(command(source, folder / "store", real=given.real), stdout=subprocess.DEVNULL)
        life = time.monotonic() + pick.expovariate(1 / 20)
        while process.poll() is None and time.monotonic() < min(life, end):
            workers = [one for one in below(process.pid) if b"engine.child" in command_of(one)]
            if workers and pick.random() < 0.05:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pick.choice(workers), signal.SIGKILL)
                    kills["worker"] += 1
            time.sleep(0.1)
        if process.poll() is None:
            process.kill()
            kills["main"] += 1
        if process.wait() == 0:
            stores += 1
            if rows(folder / "store") != wanted:
                print(f"store {stores} is not what it had to be, after {kills}", file=sys.stderr)
                return 1
            shutil.rmtree(folder / "store")
        elif process.returncode != -signal.SIGKILL:
            print(f"an ingest ended with {process.returncode}", file=sys.stderr)
            return 1
    # the last one is led to its end
    subprocess.run(command(source, folder / "store", real=given.real), check=True, stdout=subprocess.DEVNULL)
    right = rows(folder / "store") == wanted
    print(json.dumps({"minutes": given.minutes, "runs": runs, "kills": kills, "stores": stores + 1, "right": right}))
    return 0 if right else 1


def written(path: Path, number: int, pick: random.Random) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        for n in range(number):
            text = " ".join(pick.choices(_SENTENCES, k=8))
            stream.write(json.dumps({"id": f"a{n}", "title": f"Report {n}", "text": text}) + "\n")
    return path


def command(source: Path, store: Path, *, real: bool) -> list[str]:
    if real:
        options = ("--store", str(store), "--workers", "2", "--quiet")
        return [sys.executable, "-m", "dragoman", "ingest", str(source), *options]
    return [sys.executable, ingest_work.__file__, str(source), str(store)]


def rows(folder: Path) -> list[Any]:
    """What is in the store, but for the commits it came with."""
    from dragoman.store import delta

    found: list[Any] = []
    with delta.open_store(folder) as store:
        if not store.check().ok:
            return [store.check()]
        for table in ("articles", "statements", "events", "positions", "notes"):
            kept = "article, digest" if table == "articles" else '* EXCLUDE ("commit")'
            found.append(store.sql(f"SELECT {kept} FROM {table} ORDER BY ALL").to_pylist())
    return found


if __name__ == "__main__":
    sys.exit(main())
