"""What a sentence tells between two sides, by trained models: which type or none, which mode, which status.

Two models look at each question: a small encoder that reads the sentence (model.onnx), and a linear head that weighs
its words, its grammar and what the patterns said (light.npz); their shares are multiplied. Where the head leaves an
event less than the share it would need, the encoder is not asked. The weights are made by training/train.py from
sentences written for the purpose and stand in data/model/; model.toml beside them names the labels, the temperature
that makes the shares honest, and what they were trained on.

A folder made by `dragoman train` holds a head of the user's own labels (head.npz) over the encoder that ships.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from dragoman.classify import head as heads
from dragoman.classify.pieces import Pieces
from dragoman.errors import SettingsError
from dragoman.records import Span, Status

NONE = "NONE"
BUILTIN = "builtin"
LIGHT = 0.3  # how much the head's opinion weighs beside the encoder's

Question = tuple[
    str, tuple[Span, ...], tuple[Span, ...], tuple[Span, ...], tuple[str, ...], tuple[str, ...], float
]  # text, spans of the source, of the target, of the act; traits of the grammar, hints of the patterns; least share


Read = tuple[list[float], list[float], list[float], Any]  # scores of types, modes, statuses; the vector beneath


class Ask(msgspec.Struct, frozen=True, gc=False):
    """A sentence and the characters where its two sides stand, and the act; the target and the act may be empty.

    `traits` are what the grammar says of the pair, `hints` what the patterns say of it. Events below the share `least`
    are of no use to the one who asks: where the head leaves them less, the encoder is not asked.
    """

    text: str
    source: tuple[Span, ...]
    target: tuple[Span, ...] = ()
    act: tuple[Span, ...] = ()
    traits: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    least: float = 0.0

    @property
    def row(self) -> heads.Row:
        """The question as the linear head reads it."""
        return heads.row(self.text, self.source, self.target, self.traits, self.hints)


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

    whole = False  # the patterns speak first
    defined: Mapping[str, tuple[int, float]] = {}

    def __init__(self, folder: Path) -> None:
        try:
            table = table_of(folder)
            self.name: str = table["name"]
            self.types: list[str] = table["types"]
            self.modes: list[str] = table["modes"]
            self.statuses: list[Status] = table["statuses"]
            self.temperature: float = table["temperature"]
        except KeyError as fault:
            raise _none_in(folder, fault) from fault
        self._pieces = Pieces(folder)
        self._session = session(str(folder / "model.onnx"))
        light = folder / "light.npz"
        try:
            self._light = heads.load(light) if light.exists() else None
        except (OSError, ValueError) as fault:
            raise _none_in(folder, fault) from fault

    def answers(self, asks: Sequence[Question]) -> list[Judgement]:
        """As `judge`, of plain tuples."""
        return self.judge([Ask(*ask) for ask in asks])

    def judge(self, asks: Sequence[Ask]) -> list[Judgement]:
        """An answer for each, in order."""
        lights = self._lights(asks)
        out: list[Judgement | None] = [None] * len(asks)
        for k, shares in enumerate(lights):
            if shares is not None and 1.0 - shares.get(NONE, 0.0) < asks[k].least:
                out[k] = self._silence(shares)
        open_ones = [k for k, answer in enumerate(out) if answer is None]
        for k, (types, modes, statuses, _) in zip(open_ones, self.read([asks[k] for k in open_ones]), strict=True):
            out[k] = self._judgement(types, modes, statuses, lights[k])
        return [one for one in out if one is not None]

    def judgements(self, asks: Sequence[Ask], read: Sequence[Read]) -> list[Judgement]:
        """An answer for each, where the encoder has read all of them."""
        return [self._judgement(*one[:3], light) for one, light in zip(read, self._lights(asks), strict=True)]

    def read(self, asks: Sequence[Ask]) -> list[Read]:
        """What the encoder makes of each: scores of types, modes and statuses, and the vector they are read from."""
        import numpy as np

        out = []
        for ask in asks:
            # one at a time: nothing is padded, which is quicker here, and no answer hangs on what stands beside it
            ids = np.array([self._pieces.of(ask.text, ask.source, ask.target, ask.act)], dtype=np.int64)
            types, modes, statuses, *vectors = self._session.run(None, {"ids": ids})
            vector = vectors[0][0] if vectors else None
            out.append((types[0].tolist(), modes[0].tolist(), statuses[0].tolist(), vector))
        return out

    def _lights(self, asks: Sequence[Ask]) -> list[dict[str, float] | None]:
        """The shares of the linear head, of questions with traits."""
        out: list[dict[str, float] | None] = [None] * len(asks)
        if self._light is None:
            return out
        known = [k for k, ask in enumerate(asks) if ask.traits]
        for k, scores in zip(known, self._light.scores([asks[k].row for k in known]), strict=True):
            out[k] = shares_of(self._light.labels, scores.tolist())
        return out

    def _silence(self, shares: dict[str, float]) -> Judgement:
        event = max((t for t in self.types if t != NONE), key=lambda t: shares.get(t, 0.0))
        return Judgement(NONE, shares[NONE], None, "actual", {t: shares.get(t, 0.0) for t in self.types}, (event, None))

    def _judgement(
        self, types: list[float], modes: list[float], statuses: list[float], light: dict[str, float] | None
    ) -> Judgement:
        scores = [score / self.temperature for score in types]
        if light is not None:
            scores = [s + LIGHT * math.log(light.get(t, 0.0) + 1e-4) for t, s in zip(self.types, scores, strict=True)]
        shares = shares_of(self.types, scores)
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


class TrainedModel:
    """A head of a user's labels over the encoder that ships: head.npz, model.toml.

    Where most of its labels are types of the ontology, it answers alone (`whole`). Otherwise only its new ones count,
    and what they leave is the shipped model's to say.
    """

    def __init__(self, folder: Path) -> None:
        table = table_of(folder)
        try:
            self.name: str = table["name"]
            self.whole: bool = table["whole"]
            self.defined: Mapping[str, tuple[int, float]] = {
                name: (int(row["quad"]), float(row["score"])) for name, row in table.get("defined", {}).items()
            }
            self._head = heads.load(folder / "head.npz")
        except (KeyError, OSError, ValueError) as fault:
            raise _none_in(folder, fault) from fault
        self._base: EventModel = load()
        if table.get("over") != self._base.name:
            raise SettingsError(
                f"{folder} was trained over {table.get('over')}, and this is {self._base.name}",
                name="model",
                hint="train it again with `dragoman train`",
            )

    def answers(self, asks: Sequence[Question]) -> list[Judgement]:
        """An answer for each, in order."""
        return self.judge([Ask(*ask) for ask in asks])

    def judge(self, asks: Sequence[Ask]) -> list[Judgement]:
        """An answer for each, in order."""
        out = []
        read = self._base.read(asks)
        base = self._base.judgements(asks, read)
        for answer, own in zip(base, self._own(asks, read), strict=True):
            shares = own
            if not self.whole:
                new = {t: share for t, share in own.items() if t not in answer.shares}
                left = 1.0 - sum(new.values())
                shares = new | {t: share * left for t, share in answer.shares.items()}
            kind = max(shares, key=lambda t: shares[t])
            event = max((t for t in shares if t != NONE), key=lambda t: shares[t])
            modes = {answer.event[0]: answer.event[1]}
            out.append(
                Judgement(
                    kind, shares[kind], modes.get(kind), answer.status, shares, (event, modes.get(event))
                )
            )  # fmt: skip
        return out

    def shares(self, asks: Sequence[Ask]) -> list[dict[str, float]]:
        """What the head alone says of each."""
        return self._own(asks, self._base.read(asks))

    def _own(self, asks: Sequence[Ask], read: Sequence[Read]) -> list[dict[str, float]]:
        rows = _rows(asks, read)
        return [shares_of(self._head.labels, scores.tolist()) for scores in self._head.scores(rows)]


Model = EventModel | TrainedModel


def rows_of(base: EventModel, asks: Sequence[Ask]) -> list[heads.Row]:
    """Questions as rows for a head over an encoder: with the encoder's vector and its scores."""
    return _rows(asks, base.read(asks))


def _rows(asks: Sequence[Ask], read: Sequence[Read]) -> list[heads.Row]:
    import numpy as np

    return [
        msgspec.structs.replace(ask.row, vector=np.concatenate([vector, types, modes, statuses]).astype(np.float32))
        for ask, (types, modes, statuses, vector) in zip(asks, read, strict=True)
    ]


@cache
def load(folder: str = BUILTIN) -> Any:
    """The model that ships, or the one in a folder; loaded once. Raises SettingsError where there is none."""
    place = folder_of(folder)
    return TrainedModel(place) if "whole" in table_of(place) else EventModel(place)


def name_of(folder: str = BUILTIN) -> str:
    """What the model in a folder is called, without loading it. Raises SettingsError where there is none."""
    place = folder_of(folder)
    table = table_of(place)
    for needed in ("head.npz",) if "whole" in table else ("model.onnx", "tokenizer.json"):
        if not (place / needed).is_file():
            raise _none_in(place, FileNotFoundError(f"{needed} is not there"))
    return str(table.get("name", folder))


def types_of(folder: str = BUILTIN) -> list[str]:
    """The types that a model answers. Raises SettingsError where there is none."""
    return list(table_of(folder_of(folder)).get("types", ()))


def is_whole(folder: str = BUILTIN) -> bool:
    """Whether the model in a folder answers for the patterns too. Raises SettingsError where there is none."""
    return bool(table_of(folder_of(folder)).get("whole", False))


def defined_by(folder: str = BUILTIN) -> dict[str, tuple[int, float]]:
    """The types that a model brings beyond the ontology: name, quad class and score."""
    return {
        name: (int(row["quad"]), float(row["score"]))
        for name, row in table_of(folder_of(folder)).get("defined", {}).items()
    }


def shares_of(labels: Sequence[str], scores: Sequence[float]) -> dict[str, float]:
    """Scores as shares that sum to one."""
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    total = sum(weights)
    return {label: weight / total for label, weight in zip(labels, weights, strict=True)}


def folder_of(folder: str) -> Path:
    """Where a model lies."""
    return Path(str(files("dragoman").joinpath("data/model"))) if folder == BUILTIN else Path(folder)


def table_of(folder: Path) -> dict[str, Any]:
    """What model.toml tells. Raises SettingsError where there is none."""
    try:
        return tomllib.loads((folder / "model.toml").read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise _none_in(folder, fault) from fault


def _none_in(folder: Path, fault: Exception) -> SettingsError:
    return SettingsError(
        f"{folder} holds no model of events: {fault}",
        name="model",
        hint="a folder that `dragoman train` made, one with model.onnx, tokenizer.json, model.toml; `builtin`, `none`",
    )


def session(path: str) -> Any:
    """An encoder ready to be asked, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # articles run beside each other, not the numbers of one
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # the fused form of this one takes ten times as long as its parts
    slow = ["SkipLayerNormFusion"]
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"], disabled_optimizers=slow)
