"""Found positions against texts of which people said who wants what: issue, stance and actor of each.

pairs      Every position found is held against every position of the gold in the same text. Two can be a pair when they
           agree on two or more of issue, stance and actor. Of all ways to pair them off, each in one pair only, the one
           with the most agreement counts (assignment problem, Kuhn 1955, Munkres 1957); what is equal there is settled
           by the details, then by order.
recall     Of the gold, how many are in a pair. precision: of what was found, how many are.
issue      Of the pairs, in how many the issue is the same; so stance.
actor      Of the pairs, in how many the actor is the same and the words are its own in both, or in both another's
           report of it: what somebody else ascribes to an actor is never its own.
all three  Right in issue, stance and actor.
details    Toward, regarding, shared with and reporter are looked at in pairs whose gold tells them.
silent     Texts without a position in the gold; how many of them were left without one.

Groups sort gold and found alike; recall counts over the gold of a group, precision over what was found of it, and pairs
belong to the group of their gold. Held-out texts (`held_out = true` in a case, or at the head of a file for all of it)
are counted and never listed: whoever looks at their misses has tuned to them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from dragoman.errors import Fault
from dragoman.evaluate import gold
from dragoman.evaluate.measures import Interval, f1, interval, share
from dragoman.records import Position, Reading, Stance

CASE = '[[case]] with text = "..." and positions = [{ actor = "...", issue = "...", stance = "..." }]'
LINE = '{"id": ..., "text": ..., "positions": [{"actor": ..., "issue": ..., "stance": ...}]}'
DETAILS = ("toward", "regarding", "shared_with", "reporter")
LEAST = 2  # of issue, stance and actor, that a pair agrees on

What = Literal["missed", "extra", "differs"]


class Wanted(msgspec.Struct, frozen=True):
    """A position as the gold tells it, or as it was found; details that are None are not looked at."""

    actor: str
    issue: str
    stance: Stance
    toward: str | None = None
    regarding: str | None = None
    shared_with: tuple[str, ...] | None = None
    reporter: str | None = None

    def __str__(self) -> str:
        told = [f"{self.actor} {self.stance} {self.issue}"]
        told += [f"toward {self.toward}"] if self.toward else []
        told += [f"regarding {self.regarding}"] if self.regarding else []
        told += [f"shared with {', '.join(self.shared_with)}"] if self.shared_with else []
        told += [f"as {self.reporter} reports"] if self.reporter else []
        return ", ".join(told)


class Text(msgspec.Struct, frozen=True):
    """One text of the gold with its positions; none is a trap."""

    id: str | int
    text: str
    positions: tuple[Wanted, ...]
    date: str | None = None
    held_out: bool = False


def read(source: str) -> list[Text]:
    """The gold in a TOML file of cases or a JSONL file. Raises GoldError with every fault, by line."""
    return _read_lines(source) if _is_lines(source) else _read_cases(source)


def found_in(reading: Reading) -> list[Wanted]:
    """The positions of a Reading, as they are held against gold."""
    return [_found(position) for position in reading.positions]


def prediction(text: Text, reading: Reading) -> dict[str, object]:
    """What was found in a text, in the form of the gold, with the places of the words."""
    rows = []
    for position in reading.positions:
        found = _found(position)
        row = {name: getattr(found, name) for name in found.__struct_fields__}
        rows.append(row | {"evidence": [list(span) for span in position.evidence]})
    return {"id": text.id, "positions": rows}


def measure(pairs: Iterable[tuple[Text, Sequence[Wanted]]]) -> Score:
    """The score of what was found in each text of the gold."""
    return Score([_scored(text, found) for text, found in pairs])


def pair_off(wanted: Sequence[Wanted], found: Sequence[Wanted]) -> list[tuple[int, int]]:
    """Pairs (gold, found), in the order of the gold, each side in one pair only, with the most agreement in all."""
    # one agreement more on issue, stance or actor outweighs whatever the details of all pairs can add up to
    unit = 1 + len(DETAILS) * min(len(wanted), len(found))
    worth = [[unit * main + fine if main >= LEAST else 0 for main, fine in _agreements(w, found)] for w in wanted]
    return [(g, f) for g, f in _assigned(worth) if worth[g][f]]


# -- the score -----------------------------------------------------------------------------------------------------


class Counts(msgspec.Struct):
    """What is counted of one text in one group."""

    gold: int = 0
    found: int = 0
    met: int = 0  # gold in a pair
    used: int = 0  # found in a pair
    issue: int = 0  # pairs that are right in it
    stance: int = 0
    actor: int = 0
    three: int = 0
    toward: int = 0
    toward_of: int = 0  # pairs whose gold tells it
    regarding: int = 0
    regarding_of: int = 0
    shared_with: int = 0
    shared_with_of: int = 0
    reporter: int = 0
    reporter_of: int = 0
    silent: int = 0  # 1 where the gold has none
    kept_silent: int = 0


class Group(msgspec.Struct, frozen=True):
    """The figures of one group; shares are of the pairs, details of those pairs whose gold tells them."""

    texts: int
    gold: int
    found: int
    recall: float
    recall_interval: Interval
    precision: float
    precision_interval: Interval
    f1: float
    pairs: int
    issue: float
    issue_interval: Interval
    stance: float
    stance_interval: Interval
    actor: float
    actor_interval: Interval
    all_three: float
    toward: float
    toward_of: int
    regarding: float
    regarding_of: int
    shared_with: float
    shared_with_of: int
    reporter: float
    reporter_of: int
    silent: int
    kept_silent: float


class Miss(msgspec.Struct, frozen=True):
    """One difference from the gold: `wanted` is the gold, `found` what was found; `parts` names what differs."""

    id: str | int
    what: What
    wanted: str
    found: str
    parts: tuple[str, ...]
    text: str


class Scored(msgspec.Struct, frozen=True):
    """How one text does: counts for each group it belongs to, and what differs."""

    text: Text
    counts: dict[str, Counts]
    misses: tuple[Miss, ...]


class Score:
    """How all texts do."""

    def __init__(self, texts: Sequence[Scored]) -> None:
        self.texts = tuple(texts)

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The figures of all texts, of the held-out and the other ones, of own and reported words, of each issue."""
        names = Counter(name for one in self.texts for name in one.counts)
        held = names["held out"]
        first = ["all", *(["held out", "tuned"] if 0 < held < len(self.texts) else [])]
        first += ["own words", "reported"] if names["reported"] else []
        issues = sorted(name for name in names if name not in ("all", "held out", "tuned", "own words", "reported"))
        return {name: self._group(name) for name in [*first, *issues]}

    @property
    def misses(self) -> Iterator[Miss]:
        """Everything that differs, text by text, held-out ones left out."""
        return (miss for one in self.texts if not one.text.held_out for miss in one.misses)

    def _group(self, name: str) -> Group:
        rows = [msgspec.structs.astuple(one.counts[name]) for one in self.texts if name in one.counts]
        c = Counts(*(sum(column) for column in zip(*rows, strict=True)))
        at = {field: n for n, field in enumerate(Counts.__struct_fields__)}

        def between(part: str, whole: str) -> Interval:
            # texts that have nothing to be right in cannot move the share, and draws of them alone have none
            pairs = [(row[at[part]], row[at[whole]]) for row in rows if row[at[whole]]]
            return interval(pairs, lambda sums: share(sums[0], sums[1]))

        recall, precision = share(c.met, c.gold), share(c.used, c.found)
        return Group(
            texts=len(rows),
            gold=c.gold,
            found=c.found,
            recall=recall,
            recall_interval=between("met", "gold"),
            precision=precision,
            precision_interval=between("used", "found"),
            f1=f1(precision, recall),
            pairs=c.met,
            issue=share(c.issue, c.met),
            issue_interval=between("issue", "met"),
            stance=share(c.stance, c.met),
            stance_interval=between("stance", "met"),
            actor=share(c.actor, c.met),
            actor_interval=between("actor", "met"),
            all_three=share(c.three, c.met),
            toward=share(c.toward, c.toward_of),
            toward_of=c.toward_of,
            regarding=share(c.regarding, c.regarding_of),
            regarding_of=c.regarding_of,
            shared_with=share(c.shared_with, c.shared_with_of),
            shared_with_of=c.shared_with_of,
            reporter=share(c.reporter, c.reporter_of),
            reporter_of=c.reporter_of,
            silent=c.silent,
            kept_silent=share(c.kept_silent, c.silent),
        )


# -- one text ------------------------------------------------------------------------------------------------------


def _scored(text: Text, found: Sequence[Wanted]) -> Scored:
    whole = ["all", "held out" if text.held_out else "tuned"]
    counts = {name: Counts(silent=not text.positions, kept_silent=not text.positions and not found) for name in whole}

    def count(one: Wanted, **fields: int) -> None:
        for name in (*whole, "reported" if one.reporter else "own words", one.issue):
            to = counts.setdefault(name, Counts())
            for field, number in fields.items():
                setattr(to, field, getattr(to, field) + number)

    for one in text.positions:
        count(one, gold=1)
    for one in found:
        count(one, found=1)
    misses = []
    pairs = pair_off(text.positions, found)
    for g, f in pairs:
        want, got = text.positions[g], found[f]
        right, details = _main(want, got), _details(want, got)
        count(want, met=1, three=all(right.values()), **right)
        count(want, **details, **{f"{name}_of": 1 for name in details})
        count(got, used=1)
        if wrong := [name for name, fits in {**right, **details}.items() if not fits]:
            misses.append(Miss(text.id, "differs", str(want), str(got), tuple(wrong), text.text))
    met, used = {g for g, _ in pairs}, {f for _, f in pairs}
    missed = [one for g, one in enumerate(text.positions) if g not in met]
    extra = [one for f, one in enumerate(found) if f not in used]
    misses += [Miss(text.id, "missed", str(one), "", (), text.text) for one in missed]
    misses += [Miss(text.id, "extra", "", str(one), (), text.text) for one in extra]
    return Scored(text, counts, tuple(misses))


def _main(want: Wanted, got: Wanted) -> dict[str, bool]:
    return {
        "issue": want.issue == got.issue,
        "stance": want.stance == got.stance,
        "actor": want.actor == got.actor and (want.reporter is None) == (got.reporter is None),
    }


def _details(want: Wanted, got: Wanted) -> dict[str, bool]:
    """Which details are right, of those that the gold tells."""
    out = {}
    for name in DETAILS:
        told = getattr(want, name)
        if told is not None:
            there = getattr(got, name)
            out[name] = set(told) == set(there or ()) if name == "shared_with" else told == there
    return out


def _agreements(want: Wanted, found: Sequence[Wanted]) -> Iterator[tuple[int, int]]:
    for got in found:
        yield sum(_main(want, got).values()), sum(_details(want, got).values())


def _assigned(worth: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """(row, column) of the assignment of the greatest worth, each in one pair at most; the method of potentials.

    Rows come in one after the other, and each finds the cheapest chain of swaps that makes room for it: O(n² m).
    """
    if not worth or not worth[0]:
        return []
    turned = len(worth) > len(worth[0])
    cost = [[-value for value in row] for row in (zip(*worth, strict=True) if turned else worth)]
    rows, columns = len(cost), len(cost[0])
    row_price, column_price = [0] * (rows + 1), [0] * (columns + 1)
    holder = [0] * (columns + 1)  # the row that has each column, from 1; 0 is nobody
    for row in range(1, rows + 1):
        holder[0] = row
        least: list[float] = [float("inf")] * (columns + 1)
        came_by = [0] * (columns + 1)
        seen = [False] * (columns + 1)
        at = 0
        while holder[at]:
            seen[at] = True
            best, following = float("inf"), 0
            for column in range(1, columns + 1):
                if not seen[column]:
                    left = cost[holder[at] - 1][column - 1] - row_price[holder[at]] - column_price[column]
                    if left < least[column]:
                        least[column], came_by[column] = left, at
                    if least[column] < best:
                        best, following = least[column], column
            for column in range(columns + 1):
                if seen[column]:
                    row_price[holder[column]] += int(best)
                    column_price[column] -= int(best)
                else:
                    least[column] -= best
            at = following
        while at:
            holder[at] = holder[came_by[at]]
            at = came_by[at]
    pairs = [(holder[column] - 1, column - 1) for column in range(1, columns + 1) if holder[column]]
    return sorted((b, a) if turned else (a, b) for a, b in pairs)


def _found(position: Position) -> Wanted:
    return Wanted(
        actor=position.actor,
        issue=position.issue,
        stance=position.stance,
        toward=position.toward,
        regarding=position.regarding,
        shared_with=position.shared_with,
        reporter=position.reporter,
    )


# -- the form of the gold --------------------------------------------------------------------------------------------


class _Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    positions: list[_CasePosition]
    held_out: bool = False
    published: str | None = None
    fault: bool = False  # a mark of the project's own tests: comes out wrong today


class _CasePosition(Wanted, frozen=True, forbid_unknown_fields=True):
    pass


class _Row(msgspec.Struct, frozen=True):
    id: str | int
    text: str
    positions: list[Wanted]
    date: str | None = None
    held_out: bool = False


def _is_lines(source: str) -> bool:
    """Whether the gold is JSONL: by its name, else by its first character."""
    name = source.lower()
    if name.endswith((".jsonl", ".ndjson", ".toml")):
        return not name.endswith(".toml")
    if source != "-":
        try:
            with Path(source).open("rb") as file:
                head = file.read(4096)
        except (OSError, ValueError):
            return True  # whoever reads it tells what is wrong with it
        return _begins_as_json(head)
    stream: Any = sys.stdin.buffer
    return not hasattr(stream, "peek") or _begins_as_json(bytes(stream.peek(4096)))


def _begins_as_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _read_lines(source: str) -> list[Text]:
    rows = gold.lines(source, _Row, LINE, _Check())
    return [Text(row.id, row.text, tuple(row.positions), row.date, row.held_out) for row in rows]


def _read_cases(source: str) -> list[Text]:
    table, text = gold.table(source)
    # a file may keep its held-out cases in a table of their own
    parts: dict[str, Any] = {name: table.get(name) for name in ("case", "held_out")}
    rows = [(name, n, row) for name, part in parts.items() if isinstance(part, list) for n, row in enumerate(part)]
    if not rows:
        raise gold.empty(source, f"write {CASE}")
    read: list[tuple[str, _Case]] = []
    faults: list[_Case | Fault] = []
    for name, n, row in rows:
        line = gold.line_of(text, f"[[{name}]]", n)
        case = gold.typed(row, _Case, CASE, file=source, line=line)
        if isinstance(case, Fault):
            faults.append(case)
        else:
            faults += [Fault(source, line, found, wanted) for found, wanted in _wrong(case)]
            read.append((name, case))
    gold.sound(faults)
    return [
        Text(
            id=number,
            text=case.text,
            positions=tuple(Wanted(*msgspec.structs.astuple(one)) for one in case.positions),
            date=case.published,
            held_out=case.held_out or name == "held_out" or table.get("held_out") is True,
        )
        for number, (name, case) in enumerate(read, 1)
    ]


class _Check:
    """Faults of a line that its type cannot say; remembers the ids it has seen."""

    def __init__(self) -> None:
        self.seen: set[str | int] = set()

    def __call__(self, row: _Row) -> Iterator[tuple[str, str]]:
        if row.id in self.seen:
            yield f"a second line with the id {row.id!r}", "give every text an id of its own"
        self.seen.add(row.id)
        yield from _wrong(row)


def _wrong(case: _Case | _Row) -> Iterator[tuple[str, str]]:
    if not case.text.strip():
        yield "the text is empty", "write the words that are to be read"
    for number, one in enumerate(case.positions):
        for name in ("actor", "issue"):
            if not getattr(one, name).strip():
                yield f"positions[{number}].{name} is empty", "write its code" if name == "actor" else "write its key"
