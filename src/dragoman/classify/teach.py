"""A user's labels become a model: a head over the encoder that ships, its quality by cross-validation, its folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from dragoman.classify import head as heads
from dragoman.classify import learn
from dragoman.classify.model import BUILTIN, NONE, Ask, EventModel, load, rows_of
from dragoman.errors import SettingsError

LEAST = 5  # sentences a type must have
FEW = 40  # with fewer of a type, the figures of cross-validation mean little


class Taught(msgspec.Struct, frozen=True):
    """A head, and for each example the type that a head gave it which had not seen its sentence.

    `counts` are examples by type, `new` the types that the ontology does not have, `few` those with fewer examples than
    make sound figures.
    """

    head: heads.Head
    crossed: tuple[str, ...]
    counts: dict[str, int]
    whole: bool
    few: tuple[str, ...]
    new: tuple[str, ...]


def teach(asks: Sequence[Ask], types: Sequence[str], known: frozenset[str], *, whole: bool | None = None) -> Taught:
    """Trains on examples of types; `known` are those of the ontology.

    The head answers alone (`whole`) where most of its examples of events are of known types, or where it is told so;
    otherwise only its new types count, beside the shipped model. Raises SettingsError where the examples cannot teach
    anything.
    """
    counts = dict(Counter(types).most_common())
    sentences = [" ".join(ask.text.casefold().split()) for ask in asks]
    new = tuple(sorted(set(counts) - known - {NONE}))
    _check(counts, learn.groups_of(sentences, types), new, whole=whole)
    rows = rows_of(load(BUILTIN), asks)
    shares = learn.crossed(rows, types, sentences)
    if whole is None:
        whole = sum(counts.get(kind, 0) for kind in known) > sum(counts[kind] for kind in new)
    few = tuple(kind for kind, n in counts.items() if n < FEW)
    crossed = tuple(max(one, key=lambda kind: one[kind]) for one in shares)
    head = learn.fit(rows, types).sharpened(learn.temperature(shares, types))
    return Taught(head, crossed, counts, whole, few, new)


def save(taught: Taught, folder: Path, defined: Mapping[str, tuple[int, float]], source: bytes) -> str:
    """Writes the folder of a model and returns its name, which tells what it was made from (`source`, and the rest).

    Raises SettingsError where it cannot be written, holds a model of another kind, or where what is defined is no new
    type of the examples.
    """
    for kind, (quad, score) in defined.items():
        _check_definition(kind, quad, score, taught.new)
    base: EventModel = load(BUILTIN)
    made_of = json.dumps([base.name, taught.whole, sorted(defined.items())]).encode() + source
    called = re.sub(r"[^\w.-]+", "-", folder.resolve().name, flags=re.ASCII).strip("-.") or "model"
    name = f"{called}-{hashlib.sha256(made_of).hexdigest()[:8]}"
    lines = [
        "# Made by `dragoman train`; do not edit.",
        f"name = {_quoted(name)}",
        f"over = {_quoted(base.name)}",
        f"whole = {'true' if taught.whole else 'false'}",
        f"examples = {sum(taught.counts.values())}",
        f"types = [{', '.join(_quoted(kind) for kind in taught.counts)}]",
    ]
    for kind, (quad, score) in defined.items():
        lines += ["", f"[defined.{_quoted(kind)}]", f"quad = {quad}", f"score = {float(score)}"]
    check_place(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taught.head.save(folder / "head.npz")
        (folder / "model.toml").write_text("\n".join(lines) + "\n", "utf-8")
    except OSError as fault:
        raise SettingsError(
            f"{folder}: cannot be written: {fault.strerror or fault}", name="out", hint="name a folder you may write to"
        ) from fault
    load.cache_clear()  # an older model of this folder may have been in use
    return name


def _check(counts: Mapping[str, int], sentences: Mapping[str, int], new: Sequence[str], *, whole: bool | None) -> None:
    """Raises SettingsError where these numbers of examples and of sentences, by type, cannot teach anything."""
    if not counts:
        raise SettingsError(
            "no example has a type, and a source or a target that stands in its sentence",
            name="examples",
            hint='write {"id": ..., "sentence": "...", "source": "...", "target": "...", "type": "..."}',
        )
    if len(counts) < 2:
        raise SettingsError(
            f"all examples are {next(iter(counts))}",
            name="examples",
            hint=f"add sentences of another type, or such as tell no event, with the type {NONE}",
        )
    thin = {kind: n for kind, n in sentences.items() if n < LEAST}
    if thin:
        listed = ", ".join(f"{kind} ({n})" for kind, n in thin.items())
        raise SettingsError(
            f"too few sentences of {listed}",
            name="examples",
            hint=f"each type needs {LEAST}, better {FEW}; or leave it out",
        )
    if whole is False and not new:
        raise SettingsError(
            "all types of the examples are the ontology's; beside the model that ships this one would say nothing",
            name="whole",
            hint="let it answer alone",
        )


def _check_definition(kind: str, quad: int, score: float, new: Sequence[str]) -> None:
    if kind not in new:
        raise SettingsError(
            f"{kind} is defined, and is no new type of the examples",
            name="define",
            hint=f"new in them: {', '.join(new) or 'none'}",
        )
    if quad not in (1, 2, 3, 4) or not -10 <= score <= 10:
        raise SettingsError(
            f"{kind} is defined with quad class {quad} and score {score}",
            name="define",
            hint="quad classes go from 1 to 4, scores from -10 to 10",
        )


def check_place(folder: Path) -> None:
    """Raises SettingsError where no model can be written into a folder, or one of another kind is there."""
    if (folder / "model.onnx").exists():
        raise SettingsError(f"{folder} holds a model of another kind", name="out", hint="name a folder of its own")
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        why = "no right to write there" if there.is_dir() else f"{there} is no folder"
        raise SettingsError(f"{folder}: cannot be written: {why}", name="out", hint="name a folder you may write to")


def _quoted(text: str) -> str:
    """A string as TOML writes it, which is as JSON does but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
