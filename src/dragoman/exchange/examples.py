"""Events as examples to train and to measure on: a sentence, its two sides as they stand in it, and the type.

example(reading, event)                 # None where a side does not stand in the sentence
write(examples, stream)                 # JSON lines, as `dragoman train` and `dragoman evaluate events` read them
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO

import msgspec

from dragoman.records import Event, Participant, Reading, Record, Span


class Example(Record, frozen=True):
    """One sentence, the words of both sides in it, and the type of what is told (NONE where nothing is)."""

    id: str
    sentence: str
    source: str
    target: str
    type: str


def example(reading: Reading, event: Event) -> Example | None:
    """The example that an event makes, from the sentence that holds its trigger."""
    text = reading.article.text
    inside = [span for span in event.evidence if span[0] <= event.trigger[0] < span[1]] or list(event.evidence[:1])
    if not inside:
        return None
    here = inside[0]
    source, target = _side(event.source, text, here), _side(event.target, text, here)
    if not event.target and len(event.source) > 1:  # a mutual act: its first two stand against each other
        source, target = (_side(event.source[n : n + 1], text, here) for n in (0, 1))
    if not source or not target:
        return None
    sentence = " ".join(text[slice(*here)].split())
    if source not in sentence or target not in sentence:
        return None
    return Example(f"{reading.article.id}/{event.id}", sentence, source, target, event.type)


def write(examples: Iterable[Example], stream: IO[str]) -> int:
    """How many lines were written."""
    written = 0
    for one in examples:
        stream.write(msgspec.json.encode(one).decode() + "\n")
        written += 1
    return written


def _side(people: Sequence[Participant], text: str, here: Span) -> str:
    for one in people:
        if one.span and here[0] <= one.span[0] and one.span[1] <= here[1]:
            return " ".join(text[slice(*one.span)].split())
    return ""
