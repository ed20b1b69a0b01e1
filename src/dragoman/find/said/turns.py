"""Transcripts, and questions and answers: lines that begin with who speaks, and a colon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from dragoman.find.base import References
from dragoman.find.said.reporting import ReportingWords
from dragoman.find.said.saying import Saying
from dragoman.find.said.units import NOMINAL, Page, Unit


class _Line(msgspec.Struct, frozen=True, gc=False):
    """A line that begins with a label and a colon."""

    first: Unit
    last: Unit
    colon: int
    label: str

    @property
    def name(self) -> str:
        """The last word of the label: after "KATE HOLM" it is only "HOLM"."""
        return self.label.rsplit(None, 1)[-1]


def find_turns(page: Page, words: ReportingWords, references: References) -> tuple[list[Saying], set[int]]:
    """What each speaker of a transcript says in a turn, and the units in which the turns stand.

    The one who answers without a name ("Answer: ...") is the person named last before the questions; what is only
    asked, without a name, is no statement of anybody.
    """
    lines = _labelled(page, words)
    if not _alternate(lines, words):
        return [], set()
    out: list[Saying] = []
    taken: set[int] = set()
    answerer = _answerer(page, references, lines[0])
    for line in lines:
        act = words.labels.get(line.label.lower())
        content = page.kept((line.colon + 1, line.last.last))
        taken.update(range(line.first.i, line.last.i + 1))
        if act == "question" or not content:
            continue
        head = answerer if act is not None else line.colon - 1
        cue = (line.colon, line.colon + 1)
        out.append(Saying(line.colon, cue, act or "statement", "turn", content, head, reason="a turn in a transcript"))
    return out, taken


def _labelled(page: Page, words: ReportingWords) -> list[_Line]:
    """The lines that may be turns: a name in capitals, a name that comes again, "Question" or "Answer"."""
    tokens = page.tokens
    found: list[_Line] = []
    for number, unit in enumerate(page.units):
        if number and page.units[number - 1].line == unit.line:
            continue
        colon = next((k for k in range(unit.first + 1, min(unit.first + 5, unit.last)) if tokens[k].text == ":"), None)
        if colon is None or any(page.quote_at[k] >= 0 for k in range(unit.first, colon + 1)):
            continue
        label = page.text[tokens[unit.first].start : tokens[colon - 1].end]
        if label.lower() not in words.labels and not all(
            tokens[k].text[:1].isupper() for k in range(unit.first, colon)
        ):
            continue
        last = unit
        while last.i + 1 < len(page.units) and page.units[last.i + 1].line == unit.line:
            last = page.units[last.i + 1]
        found.append(_Line(unit, last, colon, label))
    times = Counter(line.name for line in found)
    return [
        line for line in found if line.label.lower() in words.labels or line.label.isupper() or times[line.name] > 1
    ]


def _alternate(lines: Sequence[_Line], words: ReportingWords) -> bool:
    """Whether two speakers take turns: lines next to each other with different labels, one of which comes again."""
    if any(line.label.lower() in words.labels and words.labels[line.label.lower()] != "question" for line in lines):
        return True
    labels = [line.name for line in lines]
    if len(set(labels)) in (len(labels), 1):
        return False
    return any(
        b.first.line - a.first.line <= _NEXT and a.name != b.name
        for a, b in pairwise(lines)
    )  # fmt: skip


_NEXT = 2  # lines from one turn to the next, an empty one between


def _answerer(page: Page, references: References, first: _Line) -> int | None:
    """The person named last before the questions."""
    for k in range(first.first.first - 1, max(-1, first.first.first - _BEFORE), -1):
        if page.tokens[k].pos in NOMINAL and any(p.name and (p.role or p.office) for p in references.alone(k)):
            return k
    return None


_BEFORE = 120  # words before the questions in which the one who answers is named
