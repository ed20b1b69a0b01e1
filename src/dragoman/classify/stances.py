"""Which side somebody takes on a topic, by trained models, where no pattern speaks.

A linear head (light.npz) weighs the words and the grammar around actor and topic; where it is not sure that no side is
taken, a small encoder (model.onnx) reads the sentence with both between marks, and what the two say is added up as
logarithms of their shares. The weights in data/model/stance/ are made by training/train_stance.py; model.toml beside
them names the stances, the temperature and the weight of the head, and what they were trained on. They cut words by
the vocabulary of the event model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from dragoman.classify import head as heads
from dragoman.classify.model import folder_of, session, shares_of, table_of
from dragoman.classify.pieces import Pieces
from dragoman.records import Span

NONE = "NONE"
QUIET = 0.4  # from this share of NONE on the head alone decides
SURE = 0.4  # from this share on a side is told
TOLD = 0.7  # the same of what the article tells in its own words, where deeds are easily taken for wishes

Question = tuple[str, tuple[Span, ...], tuple[Span, ...], tuple[str, ...]]


class Answer(msgspec.Struct, frozen=True, gc=False):
    """The stance toward the topic as worded; None where no side is taken, or where it is not sure."""

    stance: str | None
    share: float


class StanceModel:
    """The reader of stances in a folder. Raises SettingsError where one of its files is missing or damaged."""

    def __init__(self, folder: Path, vocabulary: Path) -> None:
        table = table_of(folder)
        self.name: str = table["name"]
        self.stances: list[str] = table["stances"]
        self.temperature: float = table["temperature"]
        self.weight: float = table["light"]
        self._light = heads.load(folder / "light.npz")
        self._pieces = Pieces(vocabulary)
        self._session = session(str(folder / "model.onnx"))

    def answers(self, asks: Sequence[Question]) -> list[Answer]:
        """An answer for each question, in order."""
        rows = [heads.row(text, source, topic, traits, ()) for text, source, topic, traits in asks]
        out = []
        for ask, scores in zip(asks, self._light.scores(rows), strict=True):
            light = shares_of(self._light.labels, scores.tolist())
            out.append(Answer(None, light[NONE]) if light[NONE] >= QUIET else self._read(ask, light))
        return out

    def _read(self, ask: Question, light: dict[str, float]) -> Answer:
        import numpy as np

        text, source, topic, traits = ask
        ids = np.array([self._pieces.of(text, source, topic)], dtype=np.int64)
        (found,) = self._session.run(None, {"ids": ids})
        scores = [
            score / self.temperature + self.weight * math.log(light[stance] + 1e-4)
            for stance, score in zip(self.stances, found[0].tolist(), strict=True)
        ]
        shares = shares_of(self.stances, scores)
        best = max(shares, key=lambda s: shares[s])
        least = TOLD if "told=article" in traits else SURE
        return Answer(None if best == NONE or shares[best] < least else best, shares[best])


def name_of() -> str:
    """What the reader that ships is called, without loading it."""
    return str(table_of(folder_of("builtin") / "stance")["name"])


@cache
def load() -> StanceModel:
    """The reader that ships; loaded once."""
    place = folder_of("builtin")
    return StanceModel(place / "stance", place)
