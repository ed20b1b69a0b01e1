"""The trained model as the package holds it: model.onnx in 8-bit numbers, tokenizer.json, model.toml."""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

if TYPE_CHECKING:
    from tokenizers import Tokenizer

HERE = Path(__file__).parent


class Whole(nn.Module):
    """The model with its mask worked out from the numbers, so that one array goes in."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor) -> Any:
        return self.model(ids, (ids != 0).long())


def export(
    model: nn.Module, tokenizer: Tokenizer, types: list[str], modes: list[str], statuses: list[str], temperature: float,
    folder: Path,
) -> None:  # fmt: skip
    """Writes the three files into `folder`."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    model.eval()
    whole = Whole(model).eval()
    example = torch.tensor([[101, 1, 2054, 2, 2003, 3, 2023, 4, 102, 0]])
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = str(Path(place) / "raw.onnx")
        torch.onnx.export(
            whole, (example,), raw, input_names=["ids"], output_names=["types", "modes", "statuses"],
            dynamic_axes={"ids": {0: "n", 1: "pieces"}}, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(raw, str(folder / "model.onnx"), weight_type=QuantType.QInt8)
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
