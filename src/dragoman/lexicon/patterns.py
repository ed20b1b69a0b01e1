"""Patterns of acts, compiled from the words of verbs.csv. How a pattern is written stands in data/README.md."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

import msgspec

from dragoman.errors import Fault, LexiconError
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.rows import VerbPattern

Slot = Literal["SOURCE", "TARGET", "ACT"]
PREPOSITIONS = frozenset(
    "of on against to with from in into for over between by about at as toward towards through near inside behind "
    "within under across among around off onto upon along after before outside during without via past".split()
)
_TOKEN = re.compile(r"\[|\]|[^\s\[\]]+")


class Part(msgspec.Struct, frozen=True, gc=False):
    """One phrase after the head: behind one of `preps` (none: the object), its noun one of `words`, its `slot`."""

    preps: tuple[str, ...]
    words: frozenset[str]
    modifiers: tuple[frozenset[str], ...]
    slot: Slot | None
    optional: bool


class Pattern(msgspec.Struct, frozen=True, gc=False):
    """A row of verbs.csv, ready to be held against a frame."""

    row: VerbPattern
    heads: frozenset[str]
    noun: bool
    subject: Slot | None
    symmetric: bool
    particle: str
    parts: tuple[Part, ...]
    weight: int

    @property
    def act(self) -> Part | None:
        """The part that another act fills."""
        return next((p for p in self.parts if p.slot == "ACT"), None)


class Patterns:
    """All patterns by the lemma of their head."""

    def __init__(self, rows: Sequence[VerbPattern]) -> None:
        self.verbs: dict[str, list[Pattern]] = defaultdict(list)
        self.nouns: dict[str, list[Pattern]] = defaultdict(list)
        faults = []
        for row in rows:
            try:
                pattern = compile_pattern(row)
            except ValueError as fault:
                name, _, line = row.where.rpartition(":")
                faults.append(Fault(name, int(line or 0), f"pattern {row.pattern!r}", str(fault)))
                continue
            for head in pattern.heads:
                lemma, _, particle = head.partition("_")
                one = msgspec.structs.replace(pattern, particle=particle, weight=pattern.weight + 2 * bool(particle))
                (self.nouns if pattern.noun else self.verbs)[lemma].append(one)
        if faults:
            raise LexiconError(faults)
        for table in (self.verbs, self.nouns):
            for patterns in table.values():
                patterns.sort(key=lambda p: (-p.weight, not p.row.mode, len(p.heads)))


def patterns(lexicon: Lexicon) -> Patterns:
    """The compiled patterns of a lexicon, made once. Raises LexiconError naming the rows that cannot be read."""
    known = lexicon.__dict__.get("patterns")
    if known is None:
        known = lexicon.__dict__["patterns"] = Patterns(lexicon.verbs)
    assert isinstance(known, Patterns)
    return known


def compile_pattern(row: VerbPattern) -> Pattern:
    """One row as a Pattern. Raises ValueError saying what the pattern should look like."""
    text = row.pattern.strip()
    noun = text.startswith("NOUN:")
    words = _TOKEN.findall(text.removeprefix("NOUN:"))
    subject: Slot | None = None
    symmetric = False
    at = 0
    while at < len(words) and (words[at] in ("SOURCE", "TARGET") or words[at] == "and"):
        if words[at] == "and":
            symmetric = True
        else:
            subject = "SOURCE" if words[at] == "SOURCE" else "TARGET"
        at += 1
    if at >= len(words) or words[at] in ("[", "]", "ACT"):
        raise ValueError("a head word after the first slot, as in 'SOURCE expel TARGET diplomat'")
    if not noun and subject is None:
        raise ValueError("SOURCE or TARGET before the verb, or NOUN: before a noun")
    if words[at] != words[at].lower():
        raise ValueError("a head word in small letters")
    heads = frozenset(words[at].split("/"))
    at += 1
    parts = tuple(_parts(words[at:]))
    symmetric = symmetric or (subject == "SOURCE" and any(p.slot == "SOURCE" for p in parts))
    if noun and any(p.slot == "SOURCE" and {"between", "with", "among"} & set(p.preps) for p in parts):
        symmetric = True
    return Pattern(
        row,
        heads,
        noun,
        subject,
        symmetric,
        "",
        parts,
        1 + sum(_weigh(p) for p in parts),
    )


def _weigh(part: Part) -> int:
    """Words count most, filled slots next; what may be missing counts half."""
    full = 4 * bool(part.words) + 2 * len(part.modifiers) + 2 * bool(part.slot) + bool(part.preps)
    return full // 2 if part.optional else full


def _parts(words: Sequence[str]) -> list[Part]:
    out: list[Part] = []
    preps: tuple[str, ...] = ()
    nouns: list[str] = []
    slot: Slot | None = None
    optional = inside = False

    def close() -> None:
        nonlocal preps, nouns, slot
        if nouns or slot:
            *modifiers, noun = nouns or [""]
            out.append(
                Part(
                    preps,
                    frozenset(noun.split("/")) if noun else frozenset(),
                    tuple(frozenset(m.split("/")) for m in modifiers),
                    slot,
                    optional,
                )
            )
        elif preps:
            raise ValueError(f"a word or a slot after {'/'.join(preps)!r}")
        preps, nouns, slot = (), [], None

    for word in words:
        if word == "[":
            close()
            optional = inside = True
        elif word == "]":
            close()
            optional = inside = False
        elif word in ("SOURCE", "TARGET", "ACT"):
            if slot:
                close()
            if nouns and not slot:
                # "diplomat TARGET" has no meaning; the slot stands before its noun
                raise ValueError(f"a preposition between {nouns[-1]!r} and {word}")
            slot = word  # type: ignore[assignment]
        elif all(w in PREPOSITIONS for w in word.split("/")):
            close()
            preps = tuple(word.split("/"))
        else:
            nouns.append(word)
    close()
    if inside:
        raise ValueError("a closing bracket")
    return out
