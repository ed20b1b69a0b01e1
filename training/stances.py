"""Who takes which side on what: the questions that the package asks, answered from texts whose positions we know.

The texts are those of positions/*.toml here and the tuned ones of tests/cases/en (cases marked `held_out` are left
out). What the model is asked in use are an actor and a topic that tables found; so it learns from just these, with the
stance that the text's positions give the actor on the issue. Where they leave it open the question is left out.
Examples of stance words and issues, which patterns read, and texts of events without any stance are added; and, of
texts of events, questions on which the reader was once unsure or wrong, each answered by somebody who read it
(positions/asked.csv; the stance there is toward the topic as worded).
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
CASES = HERE.parent / "tests/cases/en"
DATA = HERE.parent / "src/dragoman/data"
FOLDS = 10
SILENT = ("silent.txt", "quiet.txt", "at-home.txt", "coerce-assault.txt", "together.txt")
TURNED = {"for": "against", "against": "for"}

Span = tuple[int, int]


@dataclass(frozen=True)
class Row:
    """One question and its answer: `stance` is toward the topic as worded, NONE where no side is taken."""

    text: str
    source: tuple[Span, ...]
    topic: tuple[Span, ...]
    traits: tuple[str, ...]
    stance: str
    file: str
    fold: int


class _Answer(NamedTuple):
    stance: str | None = None
    share: float = 0.0


class _Listener:
    """Stands in the model's place and writes down what it is asked."""

    name = "listener"

    def __init__(self) -> None:
        self.asks: list[Any] = []

    def answers(self, asks: Sequence[Any]) -> list[_Answer]:
        return [_Answer() for _ in asks]

    def heard(self, asked: Any) -> None:
        self.asks.append(asked)


def texts() -> Iterator[tuple[str, list[Mapping[str, Any]] | None, str]]:
    """(text, its positions, file); positions are None where what the patterns read is taken for true."""
    for path in [*sorted(HERE.glob("positions/*.toml")), *sorted(CASES.glob("positions*.toml"))]:
        table = tomllib.loads(path.read_text("utf-8"))
        if table.get("held_out"):
            continue
        for case in table["case"]:
            if not case.get("held_out"):
                yield case["text"], list(case["positions"]), path.name
    with (DATA / "lang/en/stance.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for text in (row["example"] or "").split("|"):
                if text.strip():
                    yield text.strip(), None, "stance.csv"
    from examples import examples

    for text in dict.fromkeys(text for text, *_ in answered()):
        yield text, [], "asked.csv"
    for text in dict.fromkeys(one.text for one in examples() if f"{one.file.removesuffix('.txt')}.txt" in SILENT):
        yield text, [], "events"


def answered() -> dict[tuple[str, str, str], str]:
    """(text, actor, issue) -> stance toward the topic as worded, NONE where no side is taken."""
    with (HERE / "positions/asked.csv").open(encoding="utf-8", newline="") as stream:
        return {(row["text"], row["actor"], row["issue"]): row["stance"] for row in csv.DictReader(stream)}


def rows() -> list[Row]:
    """All questions of all texts that the known positions answer."""
    from dragoman.coder import Coder
    from dragoman.find.wanted import asked as asking
    from dragoman.lexicon.load import load
    from dragoman.parse.spacy import SpacyParser
    from dragoman.read.sources import Given, article_from_text

    known: dict[str, tuple[list[Mapping[str, Any]] | None, str]] = {}
    for text, positions, file in texts():
        known.setdefault(text, (positions, file))
    labels = answered()
    listener = _Listener()
    made = asking.Questions.of

    def listened(self: Any, topic: Any) -> Any:
        found = made(self, topic)
        for one in found:
            listener.heard(one)
        return found

    asking.Questions.of = listened  # type: ignore[method-assign]
    coder = Coder(load(), SpacyParser(), stances=listener)
    out: list[Row] = []
    for reading in coder.code(article_from_text(text, Given(as_is=True)) for text in known):
        text = reading.article.text
        positions, file = known.get(text, (None, ""))
        if positions is None:
            positions = [
                {"actor": p.actor, "issue": p.issue, "stance": p.stance, "reporter": p.reporter}
                for p in reading.positions
            ]
            if not positions:
                listener.asks = []
                continue
        for one in listener.asks:
            stance = _stance(one, positions)
            if file == "asked.csv":
                stance = labels.get((text, one.voice.actor, one.topic.issue))
            if stance is not None:
                fold = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % FOLDS
                out.append(Row(*one.question, stance=stance, file=file, fold=fold))
        listener.asks = []
    asking.Questions.of = made  # type: ignore[method-assign]
    return out


def _stance(asked: Any, positions: Sequence[Mapping[str, Any]]) -> str | None:
    mine = [p for p in positions if p["actor"] == asked.voice.actor]
    of_it = {p["stance"] for p in mine if p["issue"] == asked.topic.issue}
    if len(of_it) == 1:
        stance = str(next(iter(of_it)))
        return TURNED.get(stance, stance) if asked.topic.polarity < 0 else stance
    if of_it or mine:
        return None  # both sides, or another issue: the words may be the same
    return "NONE"
