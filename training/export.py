"""The trained model as the package holds it: model.onnx in 8-bit numbers, tokenizer.json, model.toml."""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from slim import Slim, joined
from torch import nn

if TYPE_CHECKING:
    from tokenizers import Tokenizer

HERE = Path(__file__).parent


class Whole(nn.Module):
    """The model for one row of pieces; what the answers are read from (`vector`) comes out beside them, for heads that
    users train."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.encoder = Slim(model.encoder)
        self.mix, self.types, self.modes, self.statuses = model.mix, model.types, model.modes, model.statuses

    def forward(self, ids: torch.Tensor) -> Any:
        vector = nn.functional.gelu(self.mix(joined(ids, self.encoder(ids))))
        return self.types(vector), self.modes(vector), self.statuses(vector), vector


def in_8_bits(model: nn.Module, answers: list[str], out: Path) -> None:
    """Writes a model of one row of pieces as ONNX with weights of eight bits."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    example = torch.tensor([[101, 1, 2054, 2, 2003, 3, 2023, 4, 102]])
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = str(Path(place) / "raw.onnx")
        torch.onnx.export(
            model.eval(), (example,), raw, input_names=["ids"], output_names=answers,
            dynamic_axes={"ids": {1: "pieces"}}, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(raw, str(out), weight_type=QuantType.QInt8, per_channel=True)


def export(
    model: nn.Module, tokenizer: Tokenizer, types: list[str], modes: list[str], statuses: list[str], temperature: float,
    folder: Path,
) -> None:  # fmt: skip
    """Writes the three files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    in_8_bits(Whole(model), ["types", "modes", "statuses", "vector"], folder / "model.onnx")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(HERE.glob("examples/*.txt"))))
    digest.update((HERE / "labels" / "settled.tsv").read_bytes() if (HERE / "labels" / "settled.tsv").exists() else b"")
    quoted = lambda names: "[" + ", ".join(f'"{n}"' for n in names) + "]"  # noqa: E731
    (folder / "model.toml").write_text(
        "# Made by training/train.py; do not edit.\n"
        f'name = "minilm-{digest.hexdigest()[:8]}"\n'
        'base = "all-MiniLM-L6-v2 (Apache-2.0)"\n'
        f'examples = "{digest.hexdigest()}"\n'
        f"temperature = {temperature:.3f}\n"
        f"types = {quoted(types)}\nmodes = {quoted(modes)}\nstatuses = {quoted(statuses)}\n",
        "utf-8",
    )
