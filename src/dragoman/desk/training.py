"""A model of one's own examples, and what a model is asked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dragoman.desk import parts
from dragoman.desk.parts import Source
from dragoman.records import Span
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.evaluate import labels


class Trained(msgspec.Struct, frozen=True):
    """A model that was made: where, of how many examples of each type, and how good it is by cross-validation.

    `undefined` are types that no table and no `define` knows: they can be measured, not coded; `few` have so little
    examples that their figures mean little.
    """

    name: str
    folder: str
    counts: dict[str, int]
    whole: bool
    undefined: tuple[str, ...]
    few: tuple[str, ...]
    score: labels.Labels
    left_out: int  # lines without a type, or of whose sides none stands in the sentence


def train(
    examples: Source,
    out: Source,
    *,
    define: Mapping[str, tuple[int, float]] | None = None,
    whole: bool | None = None,
    settings: Settings | None = None,
) -> Trained:
    """A model of one's own labels in the folder `out`, with the quality that five-fold cross-validation finds.

    Examples are lines as for `evaluate_events`: sentence, source, target, type (NONE where nothing is told). Types that
    the ontology does not have need a quad class and a score in `define` to be coded by `read`. Raises GoldError with
    every fault of the examples, SettingsError where they cannot teach anything or the folder cannot be written.
    """
    from dragoman.classify import model, teach
    from dragoman.evaluate import events, labels
    from dragoman.lexicon.load import load

    chosen = settings or parts.loaded()
    every = events.read(os.fspath(examples))
    lines = [line for line in every if line.type and (line.source or line.target)]
    types = [line.type or "" for line in lines]
    known = frozenset(load(chosen.lexicon).ontology)
    teach.check_place(Path(out))
    asks = [model.Ask(*ask) for ask in questions([(x.text, x.source, x.target) for x in lines], settings=chosen)]
    taught = teach.teach(asks, types, known, whole=whole)
    if os.fspath(examples) == "-":
        source = msgspec.json.encode([(line.text, line.type) for line in lines])
    else:
        source = Path(examples).read_bytes()
    name = teach.save(taught, Path(out), define or {}, source)
    parts.forget()  # a coder may hold what this folder held before
    new = tuple(sorted(set(taught.counts) - known - {model.NONE} - set(define or {})))
    return Trained(
        name, os.fspath(out), taught.counts, taught.whole, new, taught.few,
        labels.measure(zip(types, taught.crossed, strict=True)), len(every) - len(lines),
    )  # fmt: skip


def questions(
    pairs: Sequence[tuple[str, tuple[Span, ...], tuple[Span, ...]]], *, settings: Settings | None = None
) -> list[tuple[str, tuple[Span, ...], tuple[Span, ...], tuple[Span, ...], tuple[str, ...], tuple[str, ...]]]:
    """What a model is asked of sentences with two sides, with the traits of their grammar and the patterns' hints."""
    from dragoman.evaluate import events
    from dragoman.read.sources import Given, article_from_text

    chosen = msgspec.structs.replace(settings or parts.loaded(), model="none")
    texts = list(dict.fromkeys(text for text, *_ in pairs))
    articles = (article_from_text(text, Given(as_is=True)) for text in texts)
    read = dict(zip(texts, parts.coder(chosen).code(articles), strict=True))
    hinted = [(text, source, target, events.hints(read[text], source, target)) for text, source, target in pairs]
    return Asker(chosen).questions(hinted)


class Asker:
    # between evaluation, which knows sentences and sides, and a model, which wants the traits of their grammar too
    def __init__(self, settings: Settings) -> None:
        self._parser = parts.parser(settings.parser)
        self._model = None if settings.model == "none" else parts.AwaitedModel(settings.model)

    def questions(self, asks: Sequence[Any]) -> list[Any]:
        from dragoman.parse.traits import traits

        texts = list(dict.fromkeys(text for text, *_ in asks))
        parsed = dict(zip(texts, self._parser.parse(texts), strict=True))
        return [
            (text, source, target, (), tuple(traits(parsed[text], source, target)), hints)
            for text, source, target, hints in asks
        ]

    def answers(self, asks: Sequence[Any]) -> Any:
        assert self._model is not None
        return self._model.answers(self.questions(asks))
