"""The sentences we wrote, as values: who, whom, which words, which event, or why none.

The files in examples/ hold blocks such as

    text: {a:Prague} has <expelled> three {b:Russian diplomats} over a depot blast.
    event: SANCTION-expel | actual | a > b

with participants in braces, the words of the act in angle brackets (numbered where there are several), and a line for
each event, or `none: REASON | a > b` for a pair that only looks like one. README.md tells the rules of labelling.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).parent
FOLDS = 5
HELD_OUT = 0  # this fifth is never looked at while tuning

Span = tuple[int, int]
_MARK = re.compile(r"\{([a-z]):([^{}<>]+)\}|<(?:(\d):)?([^{}<>]+)>")
_EVENT = re.compile(
    r"event: (?:(?P<n>\d) )?(?P<type>[A-Z]+)(?:-(?P<mode>[a-z-]+))? \| (?P<status>\w+) \| "
    r"(?P<source>[a-z](?:\+[a-z])*) >"
    r"(?: (?P<target>[a-z](?:\+[a-z])*))?"
)
_NONE = re.compile(r"none: (?P<reason>\w+) \| (?P<source>[a-z])(?: >(?: (?P<target>[a-z]))?)?")


@dataclass(frozen=True)
class Example:
    """One pair (or one side alone) in one sentence, and what is told between them."""

    id: str  # digest of the text, number of the line
    text: str
    source: tuple[Span, ...]
    target: tuple[Span, ...]
    trigger: Span | None
    type: str  # a PLOVER type, or NONE
    mode: str
    status: str  # "" for NONE
    reason: str  # why there is no event
    file: str

    @property
    def fold(self) -> int:
        """Which fifth: all lines of one text are in the same."""
        return int(self.id[:8], 16) % FOLDS

    @property
    def label(self) -> str:
        return f"{self.type}-{self.mode}" if self.mode else self.type


def examples(folder: Path = HERE / "examples") -> list[Example]:
    """All examples as first written. Raises ValueError with file and block for what cannot be read."""
    return [one for path in sorted(folder.glob("*.txt")) for one in _file(path)]


def settled(found: list[Example], table: Path = HERE / "labels" / "settled.tsv") -> list[Example]:
    """The examples with the labels that stand after both passes: a row of the table replaces what was first written."""
    given = {row[0]: row for row in _rows(table)}
    out = []
    for one in found:
        row = given.get(one.id)
        if row is not None and row[1] != "DROP":
            kind, _, mode = row[1].partition("-")
            status = "" if kind == "NONE" else row[2]
            out.append(replace(one, type=kind, mode=mode, status=status))
        elif row is None:
            out.append(one)
    return out


def _rows(table: Path) -> Iterator[list[str]]:
    if table.exists():
        for line in table.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                yield line.split("\t")


def _file(path: Path) -> Iterator[Example]:
    for number, block in enumerate(re.split(r"\n[ \t]*\n", path.read_text("utf-8").strip()), 1):
        lines = [line.rstrip() for line in block.split("\n") if line.strip() and not line.startswith("#")]
        if lines:
            yield from _block(lines, f"{path.name}, block {number}", path.stem)


def _block(lines: list[str], where: str, file: str) -> Iterator[Example]:
    if not lines[0].startswith("text: "):
        raise ValueError(f"{where}: {lines[0]!r} does not begin with 'text: '")
    raw = lines[0].removeprefix("text: ")
    text, people, triggers, place = "", {}, {}, 0
    for mark in _MARK.finditer(raw):
        text += raw[place : mark.start()]
        words = mark[2] or mark[4]
        span = (len(text), len(text) + len(words))
        text += words
        place = mark.end()
        if mark[1]:
            people[mark[1]] = span
        else:
            triggers[mark[3] or "1"] = span
    text += raw[place:]
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    for n, line in enumerate(lines[1:]):
        event, none = _EVENT.fullmatch(line), _NONE.fullmatch(line)
        found = event or none
        if found is None:
            raise ValueError(f"{where}: {line!r} is neither an event nor a none line")
        try:
            source = tuple(people[letter] for letter in found["source"].split("+"))
            target = tuple(people[letter] for letter in (found["target"] or "").split("+") if letter)
            trigger = triggers[event["n"] or "1"] if event else None
        except KeyError as missing:
            raise ValueError(f"{where}: no words are marked {missing}") from None
        yield Example(
            id=f"{digest}.{n}",
            text=text,
            source=source,
            target=target,
            trigger=trigger,
            type=event["type"] if event else "NONE",
            mode=(event["mode"] or "") if event else "",
            status=event["status"] if event else "",
            reason="" if event else none["reason"] if none else "",
            file=file,
        )
