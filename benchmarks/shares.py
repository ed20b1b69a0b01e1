"""What each stage of coding costs, as a share of what the parse costs, over real articles.

    python benchmarks/shares.py ARTICLES.jsonl [--articles 60] [--rounds 3] [--json]

ARTICLES is a JSONL file with `text` (and `title`, `published`) on each line. Measured is the CPU time of this process,
of every thread of it, round each stage of the coder; quoted are medians of the rounds as shares of the parse of the
same round, so a slower hour changes little. What one stage works out and keeps costs a later one nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dragoman import coder as room
from dragoman.desk.parts import AwaitedModel, AwaitedReader
from dragoman.exchange.tables import columns, percent
from dragoman.find import positions as positions_room
from dragoman.lexicon.load import load
from dragoman.parse.spacy import SpacyParser
from dragoman.read import sources
from dragoman.records import Article

# stage -> the functions that the coder calls for it; the status of events is asked for while events are found
STAGES: dict[str, list[tuple[Any, str]]] = {
    "capitals": [(room.Casing, "plain")],
    "actors": [(room.actors, "find_mentions")],
    "references": [(room.references, "resolve"), (room.references, "spoken")],
    "statements": [(room.statements, "find_statements")],
    "dates": [(room.dates, "anchor_of"), (room.dates, "find_dates")],
    "places": [(room.places, "find_places")],
    "issues": [(room.issues, "find_issues")],
    "events": [(room.status, "StatusReader"), (room.events, "find_events")],
    "positions": [(room.positions, "find_positions")],
}
# within a stage: what the trained models are asked, with the making of the questions
WITHIN: dict[str, list[tuple[Any, str]]] = {"(reader of stances)": [(positions_room._Reader, "_put_before")]}
WHO = ("actors", "references", "statements")
Spent = defaultdict[str, float]


def timed(function: Callable[..., Any], stage: str, spent: Spent) -> Callable[..., Any]:
    """The function, its CPU time counted for a stage."""

    def measured(*given: Any, **named: Any) -> Any:
        start = time.process_time()
        try:
            return function(*given, **named)
        finally:
            spent[stage] += time.process_time() - start

    return measured


def articles_of(path: Path, limit: int) -> list[Article]:
    """The articles of a JSONL file, kept to the letter."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    rows = [json.loads(line) for line in lines[: limit or None]]
    return [
        sources.article_from_text(
            row["text"],
            sources.Given(title=row.get("title") or None, published=row.get("published") or row.get("date")),
        )
        for row in rows
    ]


def measure(articles: list[Article], rounds: int, models: bool) -> list[Spent]:
    """CPU seconds of each stage, and of coding in all, for every round."""
    spent: Spent = defaultdict(float)
    parser = SpacyParser()
    judge, reader = (AwaitedModel("builtin"), AwaitedReader()) if models else (None, None)
    coder = room.Coder(load(), parser, judge=judge, stances=reader, strict=True)
    list(coder.code(articles))  # what is made once is made now
    parse = parser.parse
    parser.parse = timed(lambda texts: list(parse(texts)), "parse", spent)
    for stage, functions in (STAGES | WITHIN).items():
        for module, name in functions:
            setattr(module, name, timed(getattr(module, name), stage, spent))
    out = []
    for _ in range(rounds):
        spent.clear()
        start = time.process_time()
        for _reading in coder.code(articles):
            pass
        spent["in all"] = time.process_time() - start
        out.append(spent.copy())
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles_file", metavar="ARTICLES", type=Path)
    parser.add_argument("--articles", type=int, default=0, help="only the first so many")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--model", choices=("builtin", "none"), default="builtin", help="the models that ship, or none")
    asked = parser.parse_args()
    articles = articles_of(asked.articles_file, asked.articles)
    if not articles:
        raise SystemExit(f"no articles in {asked.articles_file}")
    rounds = measure(articles, asked.rounds, asked.model == "builtin")
    for spent in rounds:
        spent[" + ".join(WHO)] = sum(spent[stage] for stage in WHO)
        spent["all finders"] = sum(spent[stage] for stage in STAGES)
    names = ["parse", *STAGES, *WITHIN, "all finders", "in all", " + ".join(WHO)]
    seconds = {name: statistics.median(spent[name] for spent in rounds) for name in names}
    shares = {name: [spent[name] / spent["parse"] for spent in rounds] for name in names}
    middle = {name: statistics.median(found) for name, found in shares.items()}
    if asked.json:
        json.dump({"articles": len(articles), "cpu_seconds": seconds, "of_parse": middle}, sys.stdout, indent=1)
        print()
        return
    print(f"{len(articles)} articles, {sum(len(a.text.split()) for a in articles)} words, {asked.rounds} rounds\n")
    rows = [
        [name, f"{seconds[name]:.2f}", percent(middle[name]), f"{percent(min(found))}–{percent(max(found))}"]
        for name, found in shares.items()
    ]
    print(columns(["stage", "CPU s", "% of the parse", "range"], rows[:-1]), end="")
    print(f"\n{names[-1]}: {percent(middle[names[-1]])} % of the parse")


if __name__ == "__main__":
    main()
