"""Examples as rows for the light head: words, traits of the grammar, and what the patterns say of the pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from examples import Example


def rows(labelled: Sequence[Example]) -> list[Any]:
    """One row (dragoman.classify.head.Row) for each example, without the encoder's vector."""
    from dragoman import desk
    from dragoman.classify import head
    from dragoman.settings import change, load

    asks = desk.questions(
        [(one.text, one.source, one.target) for one in labelled], settings=change(load(None), {"model": "none"})
    )
    return [head.row(text, source, target, traits, hints) for text, source, target, _, traits, hints in asks]
