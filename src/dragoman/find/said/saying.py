"""A statement under way: the words that report, what they govern, and by which construction it was found."""

from __future__ import annotations

import msgspec

from dragoman.find.said.units import Range


class Saying(msgspec.Struct, gc=False):
    """A statement under way, in words rather than characters."""

    head: int  # the word that reports; for a passage without one, its first word
    cue: Range | None
    act: str
    frame: str  # by which construction the content was found
    content: list[Range]
    speaker: int | None = None
    addressee: int | None = None
    reason: str = ""
    clause: Range | None = None  # the words of the clause that reports, where it stands aside from the content
    follows: Saying | None = None  # take the speaker from there
    speech: bool = True  # a word of saying, rather than of thinking, wanting, judging
    judges: bool = False  # a word that is for or against what it governs, be it only a person

    def holds(self, i: int) -> bool:
        """Whether word `i` stands in the content."""
        return any(a <= i < b for a, b in self.content)

    @property
    def start(self) -> int:
        return min([self.head, *(a for a, _ in self.content)])

    @property
    def size(self) -> int:
        return sum(b - a for a, b in self.content)
