"""Found against gold: what a careful reader expects of a page, held against its Reading.

A page's expectations are plain data (`[expect]` of a meta.toml): events, speakers, positions, furniture, must_not, and
title and published where the page tells them. A key that is missing is not asked for; `optional = true` is counted
neither as a miss nor as a fault.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from dragoman.evaluate.measures import Interval, interval, share
from dragoman.records import Event, Participant, Position, Reading, Statement

_WORD = re.compile(r"\w+")


class Tally(msgspec.Struct):
    """Counts of one kind of thing: how many were expected, how many of them found, how many were found in all."""

    expected: int = 0
    found: int = 0
    right: int = 0  # found with every detail the gold gives
    produced: int = 0
    wanted: int = 0  # of what was produced, how many the gold knows

    @property
    def recall(self) -> float:
        return self.found / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return self.wanted / self.produced if self.produced else 1.0


class Score(msgspec.Struct):
    """How one Reading does against its gold; `misses` and `extras` are lines for a person to read."""

    events: Tally
    speakers: Tally
    positions: Tally
    misses: list[str]
    extras: list[str]
    broken: list[str]  # what must never be: forbidden events, furniture left in the text, a wrong title or date

    def __add__(self, other: Score) -> Score:
        return Score(
            _sum(self.events, other.events),
            _sum(self.speakers, other.speakers),
            _sum(self.positions, other.positions),
            [*self.misses, *other.misses],
            [*self.extras, *other.extras],
            [*self.broken, *other.broken],
        )


class Group(msgspec.Struct, frozen=True):
    """The figures of one kind of thing over all pages. What the gold does not list may still be right."""

    expected: int
    found: int
    recall: float
    recall_interval: Interval
    detailed: float  # of what is expected, how much was found with every detail right
    produced: int
    precision: float
    precision_interval: Interval


class Pages:
    """How all pages do."""

    def __init__(self, pages: Sequence[Score]) -> None:
        self.pages = tuple(pages)
        self.total = sum(self.pages, empty())

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The figures of events, speakers and positions."""
        return {name: self._group(name) for name in ("events", "speakers", "positions")}

    def _group(self, name: str) -> Group:
        t: Tally = getattr(self.total, name)
        rows = [msgspec.structs.astuple(getattr(page, name)) for page in self.pages]
        return Group(
            expected=t.expected,
            found=t.found,
            recall=t.recall,
            recall_interval=interval(rows, lambda sums: Tally(*sums).recall),
            detailed=share(t.right, t.expected),
            produced=t.produced,
            precision=t.precision,
            precision_interval=interval(rows, lambda sums: Tally(*sums).precision),
        )


def measure(pages: Iterable[tuple[str, Mapping[str, Any], Reading]]) -> Pages:
    """The score of the Readings of many pages: each with its name and its expectations."""
    return Pages([page(reading, expect, name) for name, expect, reading in pages])


def empty() -> Score:
    """The score of nothing, to add to."""
    return Score(Tally(), Tally(), Tally(), [], [], [])


def page(reading: Reading, expect: Mapping[str, Any], name: str = "") -> Score:
    """The score of a Reading against the expectations of its page."""
    score = empty()
    _events(reading, expect.get("events", ()), score)
    _speakers(reading, expect.get("speakers", ()), score)
    _positions(reading, expect.get("positions", ()), score)
    _broken(reading, expect, score)
    if name:
        for lines in (score.misses, score.extras, score.broken):
            lines[:] = [f"{name}: {line}" for line in lines]
    return score


def _sum(a: Tally, b: Tally) -> Tally:
    return Tally(*(getattr(a, f) + getattr(b, f) for f in Tally.__struct_fields__))


# -- events --------------------------------------------------------------------------------------------------------


def _events(reading: Reading, gold: Sequence[Mapping[str, Any]], score: Score) -> None:
    used: set[str] = set()
    for want in gold:
        fits = [(_event_fit(event, want), event) for event in reading.events if event.id not in used]
        fits = [(fit, event) for fit, event in fits if fit > 0]
        optional = bool(want.get("optional"))
        if not optional:
            score.events.expected += 1
        if not fits:
            if not optional:
                score.misses.append(f"event {_event_words(want)}")
            continue
        _fit, event = max(fits, key=lambda f: f[0])
        used.add(event.id)
        score.events.wanted += 1
        if not optional:
            score.events.found += 1
            details = _details(event, want)
            if details:
                score.misses.append(f"event {_event_words(want)} found with {', '.join(details)}")
            else:
                score.events.right += 1
    score.events.produced += len(reading.events)
    score.extras.extend(f"event {_found_words(e, reading)}" for e in reading.events if e.id not in used)


def _event_fit(event: Event, want: Mapping[str, Any]) -> float:
    """0 unless type and sides are right; more for each further detail."""
    if event.type not in (want["type"], *want.get("or", ())):
        return 0.0
    if set(want["source"]) != _codes(event.source):
        return 0.0
    if "target" in want and set(want["target"]) != _codes(event.target):
        return 0.0
    return 10.0 - len(_details(event, want))


def _details(event: Event, want: Mapping[str, Any]) -> list[str]:
    out = []
    if "mode" in want and event.type == want["type"] and event.mode != want["mode"]:
        out.append(f"mode {event.mode}")
    if "status" in want and event.status != want["status"]:
        out.append(f"status {event.status}")
    if "date" in want and not (event.date and event.date.start and event.date.start.startswith(str(want["date"]))):
        out.append(f"date {event.date.start if event.date else None}")
    if "place" in want and not (event.place and _loosely(str(want["place"]), event.place.name)):
        out.append(f"place {event.place.name if event.place else None}")
    return out


def _codes(who: Iterable[Participant]) -> set[str]:
    return {p.actor for p in who if p.actor}


def _event_words(want: Mapping[str, Any]) -> str:
    mode = f"-{want['mode']}" if "mode" in want else ""
    sides = f"{'+'.join(want['source'])} > {'+'.join(want.get('target', ['?'])) or 'nobody'}"
    more = " ".join(str(want[k]) for k in ("status", "date", "place") if k in want)
    return f"{want['type']}{mode} {sides} {more}".rstrip()


def _found_words(event: Event, reading: Reading) -> str:
    sides = f"{'+'.join(sorted(_codes(event.source)))} > {'+'.join(sorted(_codes(event.target))) or 'nobody'}"
    mode = f"-{event.mode}" if event.mode else ""
    return f"{event.type}{mode} {sides} {event.status} on '{reading.words(event.trigger)}': {event.reason}"


# -- statements ----------------------------------------------------------------------------------------------------


def _speakers(reading: Reading, gold: Sequence[Mapping[str, Any]], score: Score) -> None:
    used: set[str] = set()
    for want in gold:
        optional = bool(want.get("optional"))
        if not optional:
            score.speakers.expected += 1
        statement = next(
            (s for s in reading.statements if s.id not in used and _begins(reading, s, want["first_words"])), None
        )
        if statement is None:
            if not optional:
                score.misses.append(f"statement of {want['speaker']}: {want['first_words']!r}")
            continue
        used.add(statement.id)
        score.speakers.wanted += 1
        if optional:
            continue
        wrong = _statement_details(statement, want)
        if any(w.startswith("speaker") for w in wrong):
            score.misses.append(f"statement {want['first_words']!r} of {want['speaker']} found with {', '.join(wrong)}")
            continue
        score.speakers.found += 1
        if wrong:
            score.misses.append(f"statement {want['first_words']!r} found with {', '.join(wrong)}")
        else:
            score.speakers.right += 1
    score.speakers.produced += len(reading.statements)
    score.extras.extend(
        f"statement of {s.speaker.text if s.speaker else None}: {reading.words(s.content[0])[:60]!r}"
        for s in reading.statements
        if s.id not in used and s.evidence and s.evidence[0][0] >= reading.article.body_start
    )


def _begins(reading: Reading, statement: Statement, first: str) -> bool:
    """Whether the content begins with these words, give or take a small word before them."""
    wanted = [w.lower() for w in _WORD.findall(first)]
    for span in statement.content:
        words = [w.lower() for w in _WORD.findall(reading.words(span))]
        if any(words[k : k + len(wanted)] == wanted for k in range(4)):
            return True
    return False


def _statement_details(statement: Statement, want: Mapping[str, Any]) -> list[str]:
    out = []
    speakers = statement.speakers or ((statement.speaker,) if statement.speaker else ())
    names = [n.strip() for n in str(want["speaker"]).split("|")]
    actors = str(want.get("actor", "")).split("|") if want.get("actor") else []
    for name in names:
        if not any(p.actor == name or (p.name and _loosely(name, p.name)) or _loosely(name, p.text) for p in speakers):
            out.append(f"speaker {[(p.actor, p.name, p.text) for p in speakers]}")
            break
    if actors and not set(actors) <= _codes(speakers):
        out.append(f"speaker's actor {sorted(_codes(speakers))}")
    for key in ("kind", "act"):
        if key in want and getattr(statement, key) != want[key]:
            out.append(f"{key} {getattr(statement, key)}")
    return out


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()


def _loosely(a: str, b: str) -> bool:
    x, y = set(_WORD.findall(_plain(a))), set(_WORD.findall(_plain(b)))
    return bool(x and y) and (x <= y or y <= x)


# -- positions, furniture, what must not be --------------------------------------------------------------------------


def _positions(reading: Reading, gold: Sequence[Mapping[str, Any]], score: Score) -> None:
    used: set[int] = set()
    for want in gold:
        optional = bool(want.get("optional"))
        if not optional:
            score.positions.expected += 1
        near = [
            (n, p)
            for n, p in enumerate(reading.positions)
            if n not in used and p.actor == want["actor"] and p.issue == want["issue"]
        ]
        fits = [(len(_position_details(p, want)), n, p) for n, p in near]
        if not fits:
            if not optional:
                score.misses.append(f"position {_position_words(want)}")
            continue
        _, n, position = min(fits, key=lambda f: f[:2])
        wrong = _position_details(position, want)
        used.add(n)
        if any(w.startswith("stance") for w in wrong):
            if not optional:
                score.misses.append(f"position {_position_words(want)} found with {', '.join(wrong)}")
            continue
        score.positions.wanted += 1
        if optional:
            continue
        score.positions.found += 1
        if wrong:
            score.misses.append(f"position {_position_words(want)} found with {', '.join(wrong)}")
        else:
            score.positions.right += 1
    score.positions.produced += len(reading.positions)
    score.extras.extend(
        f"position {p.actor} {p.issue} {p.stance} toward {p.toward} regarding {p.regarding}"
        f" shared {p.shared_with}: {p.reason}"
        for n, p in enumerate(reading.positions)
        if n not in used
    )


def _position_details(position: Position, want: Mapping[str, Any]) -> list[str]:
    out = [] if position.stance == want["stance"] else [f"stance {position.stance}"]
    out += [
        f"{k} {getattr(position, k)}" for k in ("toward", "regarding") if k in want and getattr(position, k) != want[k]
    ]
    if "shared_with" in want and set(want["shared_with"]) != set(position.shared_with):
        out.append(f"shared_with {position.shared_with}")
    return out


def _position_words(want: Mapping[str, Any]) -> str:
    return " ".join(
        str(want[k]) for k in ("actor", "issue", "stance", "toward", "regarding", "shared_with") if k in want
    )


def _broken(reading: Reading, expect: Mapping[str, Any], score: Score) -> None:
    article = reading.article
    lines = {line.strip() for line in article.text.split("\n")}
    for line in expect.get("furniture", ()):
        # a tag of one word may well stand in a sentence too
        if line in lines or (line.count(" ") > 2 and line in article.text):
            score.broken.append(f"furniture left in the text: {line!r}")
    if "title" in expect and article.title != expect["title"]:
        score.broken.append(f"title {article.title!r} instead of {expect['title']!r}")
    if "published" in expect and (article.published is None or article.published.start[:10] != expect["published"]):
        score.broken.append(
            f"published {article.published and article.published.start} instead of {expect['published']}"
        )
    for rule in expect.get("must_not", ()):
        head, _, rest = rule.partition(" ")
        if head == "actor":
            bad = [e for e in reading.events if rest in _codes((*e.source, *e.target))]
        elif rest:
            a, _, b = rest.partition(">")
            bad = [
                e
                for e in reading.events
                if e.type == head and a in _codes(e.source) and b in _codes((*e.source, *e.target))
            ]
        else:
            bad = [e for e in reading.events if e.type == head and e.status == "actual"]
        score.broken.extend(f"must not be ({rule}): {_found_words(e, reading)}" for e in bad)
