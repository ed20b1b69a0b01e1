"""The pairs that the package itself would ask about in the examples, with the labels of the examples.

What the model is asked in use are phrases that a parser cut and a table resolved, around one verb. So it learns from
these too: a pair that meets an event of the labels on both sides and on its verb is that event; one that meets it on
one side only, or the wrong way round, or stands around another verb, tells nothing. Where that cannot be said for sure,
the pair is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from examples import Example, Span

TOGETHER = ("CONSULT", "COOPERATE")


class _Answer(NamedTuple):
    type: str = "NONE"
    share: float = 0.0  # it never denies
    mode: str | None = None
    status: str = "actual"


class _Listener:
    """Stands in the model's place and writes down what it is asked."""

    name = "listener"
    whole = False
    defined: Mapping[str, tuple[int, float]] = MappingProxyType({})

    def __init__(self) -> None:
        self.asks: list[Any] = []

    def answers(self, asks: Sequence[Any]) -> list[_Answer]:
        self.asks += asks
        return [_Answer() for _ in asks]


def asked(labelled: Sequence[Example]) -> list[Example]:
    """One Example for each pair asked of which the labels tell something; spans are of the whole text."""
    from dragoman.coder import Coder
    from dragoman.lexicon.load import load
    from dragoman.parse.spacy import SpacyParser
    from dragoman.read.sources import Given, article_from_text

    told: dict[str, list[Example]] = defaultdict(list)
    for one in labelled:
        told[one.text].append(one)
    listener = _Listener()
    coder = Coder(load(), SpacyParser(), judge=listener)
    out: list[Example] = []
    for reading in coder.code(article_from_text(text, Given(as_is=True)) for text in told):
        text = reading.article.text
        for n, (sentence, source, target, act, *_) in enumerate(listener.asks):
            shift = text.find(sentence)
            moved = [tuple((a + shift, b + shift) for a, b in spans) for spans in (source, target, act)]
            label = _label(*moved, told.get(text, []))
            if label is not None:
                first = told[text][0]
                kind, mode, status = label
                out.append(
                    Example(
                        f"{first.id}.{n}",
                        text,
                        moved[0],
                        moved[1],
                        moved[2][0],
                        kind,
                        mode,
                        status,
                        "asked",
                        first.file,
                    )
                )
        listener.asks = []
    return out


def _label(
    source: tuple[Span, ...], target: tuple[Span, ...], act: tuple[Span, ...], told: Sequence[Example]
) -> tuple[str, str, str] | None:
    """Type, mode and status of a pair; None where the labels leave it open."""
    nothing = ("NONE", "", "")
    for one in told:
        if one.type == "NONE":
            if _meet(source, one.source) and (_meet(target, one.target) or not one.target):
                return nothing
            continue
        around = one.trigger is not None and _meet(act, (one.trigger,))
        right = _meet(source, one.source) and (_meet(target, one.target) or not (target or one.target))
        if one.type in TOGETHER and not right:
            sides = (*one.source, *one.target)
            right = _meet(source, sides) and _meet(target, sides)
        if right:
            return (one.type, one.mode, one.status) if around else None
        if around and _meet(source, one.source):
            return None if not one.target or not target else nothing
    if any(one.trigger is not None and _meet(act, (one.trigger,)) for one in told):
        return nothing
    return nothing if told else None


def _meet(some: Sequence[Span], others: Sequence[Span]) -> bool:
    return any(a < d and c < b for a, b in some for c, d in others)
