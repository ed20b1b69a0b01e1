"""What events Dragoman finds in texts with gold, in the form that outside scorers read.

    python benchmarks/predict.py GOLD.jsonl OUT.jsonl         {id, events: [{type, source, target}], root}

GOLD lines hold `id` and `text` (or `sentence`). Texts are taken to the letter. `root` is the type of the most certain
event, so that a scorer of one label a sentence can be used; pairs are not given to the coder. Statements are measured,
and written in such a form, by `dragoman evaluate statements`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dragoman.coder import Coder
from dragoman.lexicon.load import load
from dragoman.parse.spacy import SpacyParser
from dragoman.read import sources
from dragoman.records import Reading


def events(reading: Reading) -> dict[str, Any]:
    """Events with the codes of both sides, and the type of the surest."""
    told = [e for e in reading.events if e.status != "negated"]
    return {
        "events": [
            {"type": e.type, "source": [p.actor for p in e.source], "target": [p.actor for p in e.target]} for e in told
        ],
        "root": max(told, key=lambda e: e.confidence).type if told else None,
    }


def readings(rows: list[dict[str, Any]]) -> Iterator[Reading]:
    """One Reading a gold line."""
    articles = (
        sources.article_from_text(
            row.get("text") or row["sentence"], sources.Given(as_is=True, published=row.get("date"))
        )
        for row in rows
    )
    return Coder(load(), SpacyParser(), strict=True).code(articles)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    rows = [json.loads(line) for line in asked.gold.read_text("utf-8").splitlines() if line.strip()]
    with asked.out.open("w", encoding="utf-8") as out:
        for row, reading in zip(rows, readings(rows), strict=True):
            out.write(json.dumps({"id": row["id"], **events(reading)}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
