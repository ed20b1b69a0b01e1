"""A linear head: words, traits of the grammar, what patterns said, and where there is one the encoder's vector.

It is light (no transformer in it) and quick to train, so it does two things: beside the encoder that ships it brings
the structure of the sentence in, and a user's own labels become a head of their own (`learn.py`).

Formula: each group of words is weighed by tf-idf (tf damped as 1 + ln tf, idf as ln((1 + n) / (1 + df)) + 1, rows of
length one; Salton and Buckley 1988), times the weight of the group; the vector is standardised; the scores are those of
a multinomial logistic regression.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from dragoman.records import Span

WORDS, TRAITS, HINTS = 0, 1, 2  # the groups
WEIGHTS = (5.0, 8.0, 3.0)
DENSE = 0.3
_WORD = re.compile(r"\w+|[?!]")


class Row(msgspec.Struct, frozen=True, gc=False):
    """What is known of one question, as words of each group; `vector` is the encoder's, or nothing."""

    groups: tuple[tuple[str, ...], ...]
    vector: Any = None


def row(
    text: str, source: Sequence[Span], target: Sequence[Span], traits: Sequence[str], hints: Sequence[str],
    vector: Any = None,
) -> Row:  # fmt: skip
    """The row of a sentence with two sides: runs of one to three words in which the sides are only sides."""
    words = _words(text, source, target)
    runs = [" ".join(words[k : k + n]) for n in (1, 2, 3) for k in range(len(words) - n + 1)]
    return Row((tuple(runs), tuple(traits), tuple(hints)), vector)


def _words(text: str, source: Sequence[Span], target: Sequence[Span]) -> list[str]:
    marks = sorted([(a, b, "xsource") for a, b in source] + [(a, b, "xtarget") for a, b in target])
    out: list[str] = []
    place = 0
    for start, end, word in marks:
        out += _WORD.findall(text[place:start].lower())
        out.append(word)
        place = max(place, end)
    return out + _WORD.findall(text[place:].lower())


class Head:
    """Scores of rows; made by `learn.fit`, kept by `save`."""

    def __init__(
        self, labels: Sequence[str], terms: Sequence[Sequence[str]], idf: Any, weights: Any, bias: Any,
        dense: tuple[Any, Any, Any] | None = None,
    ) -> None:  # fmt: skip
        self.labels = list(labels)
        self.terms = [list(group) for group in terms]
        self.idf, self.weights, self.bias, self.dense = idf, weights, bias, dense
        self._rare: list[float] = [float(x) for x in idf]
        self._place: list[dict[str, int]] = []
        first = 0
        for group in self.terms:
            self._place.append({term: first + k for k, term in enumerate(group)})
            first += len(group)

    def scores(self, rows: Sequence[Row]) -> Any:
        """Rows by labels, as logits."""
        import numpy as np

        out = np.tile(self.bias, (len(rows), 1))
        for n, one in enumerate(rows):
            where, values = self.sparse(one)
            if where:
                out[n] += np.asarray(values, dtype=np.float32) @ self.weights[where].astype(np.float32)
            if self.dense is not None and one.vector is not None:
                mean, scale, weights = self.dense
                out[n] += ((one.vector - mean) / scale * DENSE) @ weights
        return out

    def sparse(self, one: Row) -> tuple[list[int], list[float]]:
        """Columns and values of a row's words."""
        where: list[int] = []
        values: list[float] = []
        for place, words, weight in zip(self._place, one.groups, WEIGHTS, strict=True):
            counted: dict[int, int] = {}
            for word in words:
                k = place.get(word)
                if k is not None:
                    counted[k] = counted.get(k, 0) + 1
            mine = [self._rare[k] if n == 1 else (1.0 + math.log(n)) * self._rare[k] for k, n in counted.items()]
            length = math.sqrt(sum(v * v for v in mine)) or 1.0
            where += counted
            values += [weight * v / length for v in mine]
        return where, values

    def sharpened(self, temperature: float) -> Head:
        """The head whose scores are these divided by `temperature`."""
        dense = None if self.dense is None else (*self.dense[:2], self.dense[2] / temperature)
        return Head(self.labels, self.terms, self.idf, self.weights / temperature, self.bias / temperature, dense)

    def save(self, path: Path) -> None:
        """Writes one .npz file."""
        import numpy as np

        kept: dict[str, Any] = {f"terms{k}": np.array("\n".join(group)) for k, group in enumerate(self.terms)}
        kept |= {"labels": np.array(self.labels), "idf": self.idf.astype(np.float16), "bias": self.bias}
        kept["weights"] = self.weights.astype(np.float16)
        if self.dense is not None:
            kept |= zip(("mean", "scale", "dense"), self.dense, strict=True)
        np.savez_compressed(path, **kept)


def load(path: Path) -> Head:
    """The head that `save` wrote. Raises OSError or ValueError for a file that is none."""
    import zipfile
    import zlib

    import numpy as np

    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            terms = [str(kept[f"terms{k}"]).split("\n") if str(kept[f"terms{k}"]) else [] for k in range(len(WEIGHTS))]
            dense = tuple(kept[name] for name in ("mean", "scale", "dense")) if "dense" in kept else None
            return Head(
                [str(label) for label in kept["labels"]], terms, kept["idf"].astype(np.float32),
                kept["weights"].astype(np.float32), kept["bias"], dense,
            )  # fmt: skip
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, AttributeError, TypeError) as fault:
        raise ValueError(f"{path.name} is damaged, or was not written by Dragoman") from fault
