"""What a sentence tells between two sides, by a small trained model: which type or none, which mode, which status.

The weights are made by training/train.py from sentences written for the purpose and stand in data/model/. model.toml
beside them names the labels, the temperature that makes the shares honest, and what they were trained on.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from dragoman.classify.pieces import Pieces
from dragoman.errors import SettingsError
from dragoman.records import Span, Status

NONE = "NONE"
BATCH = 16
BUILTIN = "builtin"


class Ask(msgspec.Struct, frozen=True, gc=False):
    """A sentence and the characters where its two sides stand; the target may be empty."""

    text: str
    source: tuple[Span, ...]
    target: tuple[Span, ...] = ()


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """The answer for one Ask. `shares` holds each type's share, NONE included; they sum to one."""

    type: str
    share: float
    mode: str | None
    status: Status
    shares: dict[str, float]
    event: tuple[str, str | None]  # the likeliest type that is an event, and its mode

    def given_an_event(self) -> tuple[str, str | None, float]:
        """The likeliest type, its mode and its share where it is known that an event is told between these sides."""
        kind, mode = self.event
        return kind, mode, self.shares[kind] / max(1e-9, 1.0 - self.shares.get(NONE, 0.0))


class EventModel:
    """A model in a folder: model.onnx, tokenizer.json, model.toml. Raises SettingsError where one is missing."""

    def __init__(self, folder: Path) -> None:
        try:
            table = _table(folder)
            self.name: str = table["name"]
            self.types: list[str] = table["types"]
            self.modes: list[str] = table["modes"]
            self.statuses: list[Status] = table["statuses"]
            self.temperature: float = table["temperature"]
        except KeyError as fault:
            raise _none_in(folder, fault) from fault
        self._pieces = Pieces(folder)
        self._session = _session(str(folder / "model.onnx"))

    def answers(self, asks: Sequence[tuple[str, tuple[Span, ...], tuple[Span, ...]]]) -> list[Judgement]:
        """As `judge`, of (sentence, spans of the source, spans of the target)."""
        return self.judge([Ask(*ask) for ask in asks])

    def judge(self, asks: Sequence[Ask]) -> list[Judgement]:
        """An answer for each, in order."""
        import numpy as np

        coded = [self._pieces.of(ask.text, ask.source, ask.target) for ask in asks]
        order = sorted(range(len(coded)), key=lambda k: len(coded[k]))
        out: list[Judgement | None] = [None] * len(coded)
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            width = max(len(coded[k]) for k in some)
            ids = np.zeros((len(some), width), dtype=np.int64)
            for row, k in enumerate(some):
                ids[row, : len(coded[k])] = coded[k]
            types, modes, statuses = self._session.run(None, {"ids": ids})
            for row, k in enumerate(some):
                out[k] = self._judgement(types[row].tolist(), modes[row].tolist(), statuses[row].tolist())
        return [one for one in out if one is not None]

    def _judgement(self, types: list[float], modes: list[float], statuses: list[float]) -> Judgement:
        top = max(types)
        weights = [math.exp((score - top) / self.temperature) for score in types]
        total = sum(weights)
        shares = {name: weight / total for name, weight in zip(self.types, weights, strict=True)}
        kind = max(shares, key=lambda t: shares[t])
        event = max((t for t in shares if t != NONE), key=lambda t: shares[t])
        return Judgement(
            type=kind,
            share=shares[kind],
            mode=self.mode_of(kind, modes),
            status=self.statuses[max(range(len(statuses)), key=lambda k: statuses[k])],
            shares=shares,
            event=(event, self.mode_of(event, modes)),
        )

    def mode_of(self, kind: str, scores: Sequence[float]) -> str | None:
        """The likeliest mode of a type; None where the type has none."""
        own = [(score, name) for score, name in zip(scores, self.modes, strict=True) if name.startswith(kind + "-")]
        return max(own)[1].partition("-")[2] if own else None


@cache
def load(folder: str = BUILTIN) -> EventModel:
    """The model that ships, or the one in a folder; loaded once. Raises SettingsError where there is none."""
    return EventModel(_place(folder))


def name_of(folder: str = BUILTIN) -> str:
    """What the model in a folder is called, without loading it. Raises SettingsError where there is none."""
    return str(_table(_place(folder)).get("name", folder))


def _place(folder: str) -> Path:
    return Path(str(files("dragoman").joinpath("data/model"))) if folder == BUILTIN else Path(folder)


def _table(folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / "model.toml").read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise _none_in(folder, fault) from fault


def _none_in(folder: Path, fault: Exception) -> SettingsError:
    return SettingsError(
        f"{folder} holds no model of events: {fault}",
        name="model",
        hint="a folder with model.onnx, tokenizer.json and model.toml, or `builtin`, or `none`",
    )


def _session(path: str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # articles run beside each other, not the numbers of one
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
