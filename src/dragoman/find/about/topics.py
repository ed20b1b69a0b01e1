"""Values that the issue finder makes and others are handed: which issues a text speaks of, and where."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from dragoman.parse.base import Parsed


class Topic(msgspec.Struct, frozen=True, gc=False):
    """Words `first` up to `last` (not included) speak of `issue`; characters `start` up to `end`.

    `polarity` tells what the phrase names: the issue's pole itself (+1, "disarmament"), its reverse (-1, "arms race"),
    or only the topic (0, "New START").
    """

    issue: str
    first: int
    last: int
    start: int
    end: int
    polarity: int
    clear: bool  # the phrase cannot well mean something else
    deed: bool = False  # the word tells what is done to something ("release | the sailors")


class Pointer(msgspec.Struct, frozen=True, gc=False):
    """A place name that tells whom a position on `issue` (empty: on any) regards: "Strait of Hormuz" -> IRN."""

    issue: str
    first: int
    last: int
    code: str


class Topics:
    """The issues that a text speaks of. `mentions` and `pointers` stand in the order of the text."""

    def __init__(
        self,
        parsed: Parsed,
        mentions: tuple[Topic, ...],
        pointers: tuple[Pointer, ...],
        contexts: dict[str, tuple[str, ...]],
    ) -> None:
        self.mentions = mentions
        self.pointers = pointers
        self._contexts: dict[int, tuple[str, ...]] = {}
        gathered: dict[int, dict[str, None]] = defaultdict(dict)
        for topic in mentions:
            if topic.clear:
                gathered[parsed.tokens[topic.first].sentence].update(dict.fromkeys(contexts.get(topic.issue, ())))
        self._contexts = {k: tuple(v) for k, v in gathered.items()}

    def contexts(self, sentence_index: int) -> tuple[str, ...]:
        """PLOVER contexts of the issues that the sentence clearly speaks of."""
        return self._contexts.get(sentence_index, ())
