"""A thousand hostile articles through the real command: no hang, no crash, an outcome for each.

python benchmarks/hostile.py [--articles 1000] [--seed 1] [--workers 2] [--minutes 30] [--json]

The articles are made from our own pages (tests/hostile_material.py): bytes flipped, cut off, nested, with huge
attributes and paragraphs of 50 MB, bombs in gzip, zip and entities, wrong charsets, NULs; and one in ten comes from a
site on loopback that redirects for ever, drips, lies and breaks off. Printed is what became of each kind. Exit code 0
where the command ended by itself in time, every source has an outcome, no worker was lost and the store is whole.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import hostile_material

_LIMITS = {"DRAGOMAN_READ_MAX_CHARACTERS": "300000", "DRAGOMAN_READ_MEMORY_BYTES": "1000000000"}
_OPTIONS = ("--max-bytes", "3000000", "--timeout", "3", "--allow-private", "--log-json", "--json")
_CAUGHT = "it could not be read"  # what readers make of an exception that nobody had thought of


def main() -> int:
    """The exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--articles", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--minutes", type=float, default=30)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="dragoman-hostile-") as name:
        found = ingested(Path(name), given)
    print(json.dumps(found, indent=2) if given.json else table(found))
    return 0 if found["right"] else 1


def ingested(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """What became of the articles: kind -> outcome -> number, and what went wrong."""
    number = given.articles // 10
    (folder / "news").mkdir()
    files = hostile_material.made(folder / "news", given.articles - number, seed=given.seed, huge=True)
    store = folder / "store"
    with hostile_material.Site(number, seed=given.seed) as site:
        kinds = {str(path): kind for path, kind in files.items()} | site.addresses
        command = [sys.executable, "-m", "dragoman", "ingest", *kinds, "--store", str(store), *_OPTIONS]
        began = time.monotonic()
        try:
            done = subprocess.run(
                [*command, "--workers", str(given.workers)],
                check=False,
                capture_output=True,
                text=True,
                timeout=60 * given.minutes,
                env=os.environ | _LIMITS,
            )
        except subprocess.TimeoutExpired:
            return {"right": False, "wrong": [f"it had not ended after {given.minutes} minutes"], "kinds": {}}
        seconds = time.monotonic() - began
    if done.returncode not in (0, 1):
        return {"right": False, "wrong": [f"it ended with {done.returncode}: {done.stderr[-2000:]}"], "kinds": {}}
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    lost = [f"{event['why']}: {event['sources']}: {event['detail']}" for event in events if event["event"] == "lost"]
    articles = [event for event in events if event["event"] == "article"]
    # what a sitemap leads to stands in the ledger under its own address
    missing = set(kinds) - in_ledger(store, kinds) - {event["source"] for event in articles}
    wrong = lost + [f"without an outcome: {one}" for one in sorted(missing)] + unsound(store)
    caught = Counter(event["detail"].partition(_CAUGHT)[2][:60] for event in articles if _CAUGHT in event["detail"])
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        if event["event"] == "article":
            told[kinds[event["source"]]][event["outcome"]] += 1
    outcomes = {
        name: sum(fates.values()) for name, fates in json.loads(done.stdout or "{}").get("outcomes", {}).items()
    }
    return {
        "right": not wrong,
        "wrong": wrong,
        "sources": len(kinds),
        "seconds": round(seconds),
        "cpu": round(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])),
        "largest MB": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000),
        "outcomes": outcomes,
        "caught": dict(caught),
        "kinds": {kind: dict(told[kind]) for kind in sorted(set(kinds.values()))},
    }


def in_ledger(store: Path, sources: Iterable[str]) -> set[str]:
    """The sources of which the ledger knows what became of them."""
    from dragoman.ingest.segments import number_of

    with closing(sqlite3.connect(store / "ingest" / "ledger.sqlite")) as base:
        there = {row[0] for row in base.execute("SELECT address FROM pieces")}
    return {source for source in sources if number_of("address", source) in there}


def unsound(store: Path) -> list[str]:
    """What is wrong with the store."""
    from dragoman.store import delta

    with delta.open_store(store) as opened:
        found = opened.check()
    return [] if found.ok else [f"the store is not whole: {found}"]


def table(found: dict[str, Any]) -> str:
    """The same for people."""
    if not found["kinds"]:
        return "\n".join(found["wrong"])
    lines = [
        f"{found['sources']} sources in {found['seconds']} s, {found['cpu']} CPU s, largest process "
        f"{found['largest MB']} MB",
        "all: " + ", ".join(f"{number} {name}" for name, number in found["outcomes"].items()),
        "faults that only the last net caught: "
        + (", ".join(f"{n} {what}" for what, n in found["caught"].items()) or "none"),
        "not plainly read, by kind:",
    ]
    for kind, outcomes in found["kinds"].items():
        lines.append(f"  {kind:26}" + ", ".join(f"{number} {name}" for name, number in sorted(outcomes.items())))
    return "\n".join([*lines, *found["wrong"], "right" if found["right"] else "WRONG"])


if __name__ == "__main__":
    sys.exit(main())
