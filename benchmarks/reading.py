"""How well bodies are found: pages and plain scrapes against the bodies people marked.

    python benchmarks/reading.py FOLDER [--predictions FOLDER]

FOLDER holds `ground-truth.json` ({id: {"articleBody", "url"}}) with `html/ID.html.gz`, and `furniture_dev.jsonl` (one
object a line: id, variant, title, url, text, gold). Either may be missing. Printed are F1, precision and recall over
4-word shingles, averaged over documents, and milliseconds a document. With `--predictions` what was found is written
as {id: {"articleBody": text}}, so that another scorer can judge it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from dragoman.read import page, scrape

_WORD = re.compile(r"\w+")
Counts = tuple[int, int, int]


def main() -> None:
    """Measures both yardsticks and prints one line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--predictions", type=Path, help="folder to write what was found to")
    parser.add_argument("--titles", action="store_true", help="hand the scrape cleaner the page titles")
    asked = parser.parse_args()
    if (asked.folder / "ground-truth.json").exists():
        measure_pages(asked.folder, asked.predictions)
    if (asked.folder / "furniture_dev.jsonl").exists():
        measure_scrapes(asked.folder, asked.predictions, titles=asked.titles)


def measure_pages(folder: Path, predictions: Path | None) -> None:
    """Prints how well the bodies of HTML pages are found."""
    gold = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    start = time.process_time()
    for key, row in gold.items():
        markup = gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()).decode("utf-8", "replace")
        found[key] = "\n".join(page.read(markup, row["url"]).paragraphs)
    took = time.process_time() - start
    report("pages", [counts(row["articleBody"], found[key]) for key, row in gold.items()], took)
    write(predictions, "pages.json", found)


def measure_scrapes(folder: Path, predictions: Path | None, *, titles: bool) -> None:
    """Prints how well the bodies of plain scrapes are found, in all and by shape, and for each half of the sites."""
    rows = [json.loads(line) for line in (folder / "furniture_dev.jsonl").open(encoding="utf-8")]
    found: dict[str, str] = {}
    scores: list[tuple[str, str, Counts]] = []
    sites = sorted({site(row["url"]) for row in rows})
    start = time.process_time()
    for row in rows:
        cleaned = scrape.clean(row["text"], row["title"] if titles else None)
        found[f"{row['id']}/{row['variant']}"] = "\n".join(cleaned.paragraphs)
    took = time.process_time() - start
    for row in rows:
        half = "sites A" if sites.index(site(row["url"])) % 2 == 0 else "sites B"
        scores.append((row["variant"], half, counts(row["gold"], found[f"{row['id']}/{row['variant']}"])))
    report("scrapes", [score for _, _, score in scores], took)
    for name in sorted({name for variant, half, _ in scores for name in (variant, half)}):
        report(f"  {name}", [score for variant, half, score in scores if name in (variant, half)])
    write(predictions, "scrapes.json", found)


def counts(gold: str, found: str) -> Counts:
    """Shingles found and wanted, found and not wanted, wanted and not found."""
    wanted, given = shingles(gold), shingles(found)
    both = sum((wanted & given).values())
    return both, sum(given.values()) - both, sum(wanted.values()) - both


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    """The text as a multiset of runs of four words; a shorter text is one run."""
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + size]) for at in range(max(1, len(words) - size + 1)))


def report(name: str, scores: list[Counts], seconds: float | None = None) -> None:
    """Prints one line: the means over documents, and F1 of the two means."""
    precision = statistics.fmean(hit / (hit + extra) for hit, extra, _ in scores if hit + extra)
    recall = statistics.fmean(hit / (hit + missed) for hit, _, missed in scores if hit + missed)
    f1 = 2 * precision * recall / (precision + recall)
    speed = "" if seconds is None else f"  {1000 * seconds / len(scores):.1f} ms each"
    print(f"{name:<12} n {len(scores):>4}  F1 {f1:.4f}  P {precision:.4f}  R {recall:.4f}{speed}")


def site(url: str) -> str:
    """The site of an address."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def write(folder: Path | None, name: str, found: dict[str, str]) -> None:
    """Writes what was found, where that was asked for."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        rows = {key: {"articleBody": text} for key, text in found.items()}
        (folder / name).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
