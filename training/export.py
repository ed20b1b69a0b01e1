"""The trained model as the package holds it: model.onnx in 8-bit numbers, tokenizer.json, model.toml."""

from __future__ import annotations

import hashlib
import os
import shutil
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
    """The model with its mask worked out from the numbers, so that one array goes in; what the answers are read from
    (`vector`) comes out beside them, for heads that users train."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        self.vector: Any = None
        model.types.register_forward_pre_hook(self._keep)

    def _keep(self, _: nn.Module, given: tuple[torch.Tensor, ...]) -> None:
        self.vector = given[0]

    def forward(self, ids: torch.Tensor) -> Any:
        types, modes, statuses = self.model(ids, (ids != 0).long())
        return types, modes, statuses, self.vector


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
            whole, (example,), raw, input_names=["ids"], output_names=["types", "modes", "statuses", "vector"],
            dynamic_axes={"ids": {0: "n", 1: "pieces"}}, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(raw, str(folder / "model.onnx"), weight_type=QuantType.QInt8, per_channel=True)
        keep = os.environ.get("DRAGOMAN_KEEP_RAW")
        if keep:
            shutil.copy(raw, keep)
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
