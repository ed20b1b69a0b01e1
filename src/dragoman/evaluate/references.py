"""Whom words stand for, against cases: short texts with links from words to an actor and, for a person, a name.

An actor is right when the codes are the same set (of a joint phrase, all), and where the gold asks for a remark, there
is one. A person is right when the names are the same, accents and apostrophes aside. `via` counts where the gold has
it.
Held-out cases (`held_out = true` in a case, or at the head of a file for all of it) are counted and never listed:
whoever looks at their misses has tuned to them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import msgspec

from dragoman.errors import Fault
from dragoman.evaluate import gold
from dragoman.evaluate.measures import Interval, interval, share
from dragoman.records import Participant, Span

FORM = '[[case]] with text = "...", style = "..." and links = [{ words = "...", actor = "..." }]'


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of a case and whom they stand for; `|` joins several."""

    words: str
    actor: str
    nth: int = 1
    name: str | None = None  # "" where it must be nobody by name
    via: str | None = None
    remark: bool = False
    fault: str | None = None  # what is known to be wrong with it at present

    def __str__(self) -> str:
        nth = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.words!r}{nth} = {self.actor or 'no actor'}{' ' + self.name if self.name else ''}"


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text with its links."""

    text: str
    links: list[Link]
    style: str = "plain"
    held_out: bool = False
    published: str | None = None


class Answer(NamedTuple):
    """Whom words were found to stand for."""

    actors: frozenset[str]
    names: frozenset[str]
    via: str | None
    remarked: bool


def read(source: str) -> list[Case]:
    """The cases of a TOML file. Raises GoldError with every fault, by line."""
    table, text = gold.table(source)
    rows = table.get("case")
    if not isinstance(rows, list) or not rows:
        raise gold.empty(source, f"write {FORM}")
    cases = gold.sound(one for n, row in enumerate(rows) for one in _case(source, text, n, row))
    return [msgspec.structs.replace(case, held_out=True) for case in cases] if table.get("held_out") else cases


def measure(cases: Iterable[tuple[Case, References]]) -> Score:
    """The score of what was found in the text of each case."""
    return Score([_scored(case, found) for case, found in cases])


def answer(found: References, span: Span) -> Answer:
    """Whom the words of a span stand for, asked as the finders ask: by the head of the phrase."""
    parsed = found.parsed
    head = _head(parsed, span)
    joined = any(parsed.tokens[k].end <= span[1] for k in _conjuncts(parsed, head))
    who = found.of(head) if joined else found.alone(head)
    remarked = any(start < span[1] and span[0] < end for (start, end), _ in found.remarks)
    names = frozenset(_plain(p.name) for p in who if p.name)
    return Answer(frozenset(p.actor for p in who if p.actor), names, who[0].via if who else None, remarked)


def spot(text: str, link: Link) -> Span:
    """Where the words of a link stand."""
    return _spots(text, link.words)[link.nth - 1]


def fault(link: Link, answer: Answer) -> str:
    """What is wrong with the answer for a link; empty when nothing is."""
    out = []
    if not _right_actor(link, answer):
        out.append(f"actor {'|'.join(sorted(answer.actors)) or 'none'}{'' if answer.remarked else ', no remark'}")
    if link.name is not None and not _right_person(link, answer):
        out.append(f"person {'|'.join(sorted(answer.names)) or 'nobody'}")
    if link.via is not None and answer.via != link.via:
        out.append(f"via {answer.via}")
    return ", ".join(out)


# -- the score -----------------------------------------------------------------------------------------------------


class Counts(msgspec.Struct, frozen=True):
    """Links, and how many are right; persons and ways count where the gold gives them."""

    links: int = 0
    actors: int = 0  # links with the right actor
    persons: int = 0
    named: int = 0  # persons with the right name
    ways: int = 0
    via: int = 0  # ways that are right


class Scored(msgspec.Struct, frozen=True):
    """How one case does; `misses` pairs a link with what is wrong."""

    case: Case
    counts: Counts
    misses: tuple[tuple[Link, str], ...]


class Group(msgspec.Struct, frozen=True):
    """The figures of one group of cases."""

    cases: int
    links: int
    actor: float
    actor_interval: Interval
    persons: int
    person: float
    person_interval: Interval
    ways: int
    via: float


class Score:
    """How all cases do."""

    def __init__(self, cases: Sequence[Scored]) -> None:
        self.cases = tuple(cases)

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The figures of all cases, of the held-out and the other ones, and of each style."""
        out = {"all": _group(self.cases)}
        held_out = [one for one in self.cases if one.case.held_out]
        if 0 < len(held_out) < len(self.cases):
            out["held out"] = _group(held_out)
            out["tuned"] = _group([one for one in self.cases if not one.case.held_out])
        styles = sorted({one.case.style for one in self.cases})
        if len(styles) > 1:
            out |= {style: _group([one for one in self.cases if one.case.style == style]) for style in styles}
        return out

    @property
    def misses(self) -> Iterator[tuple[Case, Link, str]]:
        """What is wrong, case by case, held-out cases left out."""
        return ((one.case, link, wrong) for one in self.cases if not one.case.held_out for link, wrong in one.misses)


def _scored(case: Case, found: References) -> Scored:
    answers = [(link, answer(found, spot(case.text, link))) for link in case.links]
    named = [(link, got) for link, got in answers if link.name is not None]
    ways = [(link, got) for link, got in answers if link.via is not None]
    return Scored(
        case=case,
        counts=Counts(
            links=len(answers),
            actors=sum(_right_actor(link, got) for link, got in answers),
            persons=len(named),
            named=sum(_right_person(link, got) for link, got in named),
            ways=len(ways),
            via=sum(got.via == link.via for link, got in ways),
        ),
        misses=tuple((link, wrong) for link, got in answers if (wrong := fault(link, got))),
    )


def _group(cases: Sequence[Scored]) -> Group:
    rows = [msgspec.structs.astuple(one.counts) for one in cases]
    c = Counts(*(sum(column) for column in zip(*rows, strict=True)))
    return Group(
        cases=len(cases),
        links=c.links,
        actor=share(c.actors, c.links),
        actor_interval=interval(rows, lambda sums: share(sums[1], sums[0])),
        persons=c.persons,
        person=share(c.named, c.persons),
        person_interval=interval(rows, lambda sums: share(sums[3], sums[2])),
        ways=c.ways,
        via=share(c.via, c.ways),
    )


def _right_actor(link: Link, answer: Answer) -> bool:
    return answer.actors == _set(link.actor) and (answer.remarked or not link.remark)


def _right_person(link: Link, answer: Answer) -> bool:
    return answer.names == frozenset(map(_plain, _set(link.name or "")))


def _set(joined: str) -> frozenset[str]:
    return frozenset(joined.split("|")) if joined else frozenset()


_LETTERS = str.maketrans("łđøıə’‘ʼ`‐‑–", "ldoia''''---")


def _plain(name: str) -> str:
    """A name in small letters, without accents, with plain apostrophes and hyphens."""
    letters = unicodedata.normalize("NFD", name.lower())
    return "".join(c for c in letters if not unicodedata.combining(c)).translate(_LETTERS)


# -- what was found: finders stand above this room, so it is known by what it can be asked -----------------------------


class References(Protocol):
    """The answers of the finder of references for one text, and the text as it was parsed."""

    @property
    def parsed(self) -> Any: ...
    @property
    def remarks(self) -> Sequence[tuple[Span, str]]: ...
    def of(self, i: int) -> tuple[Participant, ...]: ...
    def alone(self, i: int) -> tuple[Participant, ...]: ...


def _head(parsed: Any, span: Span) -> int:
    """The word of the span that hangs on a word outside it; of several, a noun."""
    inside = [t for t in parsed.tokens if t.start < span[1] and span[0] < t.end]
    numbers = {t.i for t in inside}
    tops = [t for t in inside if (t.head not in numbers or t.head == t.i) and t.dep != "punct"] or inside
    nouns = [t for t in tops if t.pos in ("NOUN", "PROPN", "PRON")]
    top: int = (nouns or tops)[-1 if len(tops) > 1 and tops[0].pos in ("DET", "ADJ", "PROPN") else 0].i
    return top


def _conjuncts(parsed: Any, i: int) -> list[int]:
    out: list[int] = []
    for token in parsed.kids(i, "conj"):
        out += [token.i, *_conjuncts(parsed, token.i)]
    return out


# -- the form of the gold --------------------------------------------------------------------------------------------


def _case(source: str, text: str, number: int, row: Any) -> Iterator[Case | Fault]:
    line = gold.line_of(text, "[[case]]", number)
    case = gold.typed(row, Case, FORM, file=source, line=line)
    yield case
    if isinstance(case, Fault):
        return
    for link in case.links:
        there = len(_spots(case.text, link.words)) if link.words.strip() else 0
        if not 0 < link.nth <= there:
            found = f"the link {link.words!r} (nth {link.nth}), which stands {there} times in the text"
            yield Fault(source, line, found, "write words as they stand in the text; nth counts them from 1")


def _spots(text: str, words: str) -> list[Span]:
    return [found.span() for found in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)]
