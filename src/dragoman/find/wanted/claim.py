"""A claim on a topic, in the making: what is wanted of it, by which words, on which condition."""

from __future__ import annotations

import msgspec

from dragoman.records import Event, Span


class Claim(msgspec.Struct, gc=False):
    """A topic taken sides on: `sign` +1 for the issue's pole, -1 against; `top` is the word whose subject holds it."""

    sign: int
    top: int = -1
    kind: str = ""  # attitude | judgement | duty | intent | purpose | field | deed | act | model
    words: list[str] = msgspec.field(default_factory=list)
    path: list[int] = msgspec.field(default_factory=list)
    addressed: list[str] = msgspec.field(default_factory=list)  # who should do it, or is accused of it
    condition: Span | None = None
    neutral: bool = False
    nobody: bool = False  # may be said without anybody who wants it ("there is a need for")
    mild: bool = False  # doing it does not tell that one wants it ("held talks")
    quality: bool = False  # told as a quality of its subject ("is committed to")
    done: int = -1  # the verb that does something to the topic
    ended: bool = False  # nothing above changes it any more
    possible: bool = False  # only that it could be
    event: Event | None = None
    negated: bool = False
    verdict: bool = False  # a judgement that tells whose it is: "unacceptable to Chad"
    held_by: list[int] = msgspec.field(default_factory=list)  # the words for who holds it, where grammar does not say

    @property
    def takes_sides(self) -> bool:
        return bool(self.kind)

    @property
    def flimsy(self) -> bool:
        """Whether it takes sides by one open word only, too little to ascribe to others."""
        return self.nobody
