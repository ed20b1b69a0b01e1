"""From texts with known positions to the weights of the stance reader, in one command.

    python training/train_stance.py            a tenth of the texts is held out; prints the scores on it
    python training/train_stance.py --quick    the linear head alone

A linear head (light.npz) weighs the words and the grammar of each question; where it is not sure that no side is taken,
a small encoder reads the sentence with the actor and the topic between marks (model.onnx). Seeded: two runs on one
machine give the same weights.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from export import in_8_bits
from slim import Slim, joined
from stances import Row, rows
from torch import nn
from train import PACKAGE, SEED, base, batches, scores_of

from dragoman.classify import head, learn
from dragoman.classify.pieces import SOURCE, TARGET, Pieces

OUT = PACKAGE / "stance"
STANCES = ["NONE", "against", "conditional", "for", "neutral"]
HELD_OUT = 0
FROZEN = 1  # lowest layers of the encoder that stay as they are


class Reader(nn.Module):
    """Encoder, then one answer from the mean of all pieces and the marks before the actor and the topic."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.drop = nn.Dropout(0.1)
        self.mix = nn.Linear(3 * width, width)
        self.stances = nn.Linear(width, len(STANCES))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        mask = (ids != 0).long()
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(states.dtype)
        parts = [(states * weight).sum(1) / weight.sum(1)]
        for left, _ in (SOURCE, TARGET):
            here = (ids == left).unsqueeze(-1).to(states.dtype)
            parts.append((states * here).sum(1) / here.sum(1).clamp(min=1.0))
        return self.stances(self.drop(nn.functional.gelu(self.mix(torch.cat(parts, dim=1)))))


class Slimmed(nn.Module):
    """The reader for one row of pieces."""

    def __init__(self, model: Reader) -> None:
        super().__init__()
        self.encoder = Slim(model.encoder)
        self.mix, self.stances = model.mix, model.stances

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.stances(nn.functional.gelu(self.mix(joined(ids, self.encoder(ids)))))


def recast(one: Row, parties: list[str], rng: random.Random) -> Row:
    """The same question of another actor: the stance must not hang on who it is."""
    if len(one.source) != 1 or one.source[0][1] > one.topic[0][0]:
        return one
    (start, end), words = one.source[0], rng.choice(parties)
    shift = len(words) - (end - start)
    topic = tuple((a + shift, b + shift) for a, b in one.topic)
    return replace(
        one, text=one.text[:start] + words + one.text[end:], source=((start, start + len(words)),), topic=topic
    )


def light_row(one: Row) -> head.Row:
    return head.row(one.text, one.source, one.topic, one.traits, ())


def report(found: list[str], test: list[Row], title: str) -> None:
    gold = [one.stance for one in test]
    accuracy, f1 = scores_of(gold, found)
    quiet = [f for g, f in zip(gold, found, strict=True) if g == "NONE"]
    told = [(g, f) for g, f in zip(gold, found, strict=True) if g != "NONE"]
    print(
        f"{title}: accuracy {accuracy:.3f}, macro-F1 {f1:.3f}; of {len(quiet)} without a side "
        f"{sum(f != 'NONE' for f in quiet)} got one; of {len(told)} with one {sum(g == f for g, f in told)} right, "
        f"{sum(f == 'NONE' for _, f in told)} missed",
        flush=True,
    )


def answers(model: nn.Module, given: list[tuple[list[int], int]]) -> np.ndarray:
    """Scores of rows."""
    model.eval()
    out = []
    with torch.no_grad():
        for batch in batches(given, 64, random.Random(0), train=False):
            out.append(model(padded(batch)).numpy())
    return np.concatenate(out)


def padded(batch: list[tuple[list[int], int]]) -> torch.Tensor:
    ids = torch.zeros(len(batch), max(len(one) for one, _ in batch), dtype=torch.long)
    for k, (one, _) in enumerate(batch):
        ids[k, : len(one)] = torch.tensor(one)
    return ids


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="the linear head alone")
    parser.add_argument("--layers", type=int, default=4, help="of the encoder's six, the lowest so many are used")
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    everything = rows()
    digest = hashlib.sha256(repr([(r.text, r.source, r.topic, r.stance) for r in everything]).encode()).hexdigest()
    test = [r for r in everything if r.fold == HELD_OUT and r.file != "stance.csv"]
    kept = [r for r in everything if r.fold != HELD_OUT]
    aside = [r for n, r in enumerate(kept) if n % 20 == 3]  # for the temperature
    inside = {r.text for r in aside}
    kept = [r for r in kept if r.text not in inside]
    print(len(kept), Counter(r.stance for r in kept), Counter(r.file for r in kept), flush=True)
    light = learn.fit([light_row(r) for r in kept], [r.stance for r in kept])
    order = [light.labels.index(s) for s in STANCES]
    shares = {id(r): learn.shares(light.labels, s) for part in (aside, test)
              for r, s in zip(part, light.scores([light_row(r) for r in part]), strict=True)}  # fmt: skip
    report([max(shares[id(r)], key=shares[id(r)].__getitem__) for r in test], test, "linear head")
    for least in (0.5, 0.8, 0.9, 0.95):
        quiet = [r for r in test if shares[id(r)]["NONE"] >= least]
        print(f"from {least} on the head is left alone: {len(quiet)} of {len(test)}, with a side "
              f"{sum(r.stance != 'NONE' for r in quiet)}", flush=True)  # fmt: skip
    if given.quick:
        return

    from transformers import AutoModel

    folder = base()
    pieces = Pieces(PACKAGE)
    rng = random.Random(SEED)
    parties = sorted({r.text[a:b] for r in kept for a, b in r.source if not r.text.startswith("The speaker")})

    def row(one: Row) -> tuple[list[int], int]:
        return pieces.of(one.text, one.source, one.topic), STANCES.index(one.stance)

    model = Reader(AutoModel.from_pretrained(folder))
    model.encoder.encoder.layer = model.encoder.encoder.layer[: given.layers]
    model.encoder.embeddings.requires_grad_(False)
    for layer in model.encoder.encoder.layer[:FROZEN]:
        layer.requires_grad_(False)
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    body = [p for p in model.encoder.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": given.rate}, {"params": heads, "lr": 1e-3}], weight_decay=0.01, fused=True
    )
    steps = given.epochs * (len(kept) // 32 + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, (s + 1) / (0.06 * steps)) * max(0.02, 1 - s / steps)
    )
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    began = time.time()
    tests = [row(r) for r in test]
    for epoch in range(given.epochs):
        model.train()
        shown = [row(recast(r, parties, rng) if rng.random() < 0.35 else r) for r in kept]
        for batch in batches(shown, 32, rng, train=True):
            loss = loss_of(model(padded(batch)), torch.tensor([kind for _, kind in batch]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        found = [STANCES[k] for k in answers(model, tests).argmax(1)]
        report(found, test, f"epoch {epoch + 1}, {time.time() - began:.0f} s")
    finish(model, light, order, aside, test, shares, row, digest, given.out)


def finish(model: nn.Module, light: head.Head, order: list[int], aside: list[Row], test: list[Row],
           shares: dict[int, dict[str, float]], row: Any, digest: str, out: Path) -> None:  # fmt: skip
    """Writes the reader into `out`, with the temperature and the weight of the head that suit what was set aside."""
    out.mkdir(parents=True, exist_ok=True)
    in_8_bits(Slimmed(model), ["stances"], out / "model.onnx")
    light.save(out / "light.npz")
    import onnxruntime

    session = onnxruntime.InferenceSession(str(out / "model.onnx"), providers=["CPUExecutionProvider"])

    def read(some: list[Row]) -> np.ndarray:
        return np.array([session.run(None, {"ids": np.array([row(r)[0]], dtype=np.int64)})[0][0] for r in some])

    def heads(some: list[Row]) -> np.ndarray:
        return np.log(np.array([[shares[id(r)][s] for s in STANCES] for r in some]) + 1e-4)

    kinds = torch.tensor([STANCES.index(r.stance) for r in aside])
    scores, beside = read(aside), heads(aside)
    warm, weight = min(
        ((t / 20, w / 10) for t in range(10, 60, 2) for w in range(0, 11)),
        key=lambda tw: float(nn.functional.cross_entropy(torch.tensor(scores / tw[0] + tw[1] * beside), kinds)),
    )
    (out / "model.toml").write_text(
        "# Made by training/train_stance.py; do not edit.\n"
        f'name = "stance-{digest[:8]}"\nbase = "all-MiniLM-L6-v2 (Apache-2.0)"\nexamples = "{digest}"\n'
        f"temperature = {warm:.3f}\nlight = {weight:.2f}\nstances = {STANCES}\n".replace("'", '"'),
        "utf-8",
    )
    both = read(test) / warm + weight * heads(test)
    report([STANCES[k] for k in both.argmax(1)], test, f"both, in 8 bits (temperature {warm}, weight {weight})")
    sure = np.exp(both - both.max(1, keepdims=True))
    sure /= sure.sum(1, keepdims=True)
    for least in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        given = [(r, STANCES[k]) for r, k, s in zip(test, both.argmax(1), sure.max(1), strict=True) if k and s >= least]
        right = sum(r.stance == s for r, s in given)
        told = sum(r.stance != "NONE" for r in test)
        print(f"from {least} on: {right} of {len(given)} right, of {told} with a side", flush=True)


if __name__ == "__main__":
    main()
