"""Found events against sentences of which people said what happens in them, in two ways.

pair given      The line names a source and a target: which type stands between them? The patterns' event between these
                very sides is the answer, the most certain of several; where the patterns find none, the model is asked.
                A side named by words that do not stand in the sentence ("a recipient") is taken as none.
pair not given  The sentence is read like any other. A side is right where an event found has a participant whose
                words overlap those of the gold (of "he" and "the minister" also the words that name the same person),
                or, for gold in codes, shares a code with it; a side that the gold does not name is right whatever was
                found. In symmetric events either participant is either side.

Types are compared in the reading that the gold follows: a Scheme converts what was found. Negated events count nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice, pairwise
from typing import Any, Literal, Protocol

import msgspec

from dragoman.evaluate import gold, labels
from dragoman.evaluate.measures import Interval, Rates, interval, rates, share
from dragoman.records import Event, Participant, Reading, Span

NONE = "NONE"
BATCH = 64  # pairs put before the model at a time
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)  # of confidence
NEAR = 80  # characters around the sides and the act in which the words of a conversion may stand
FORM = '{"id": ..., "sentence": "...", "source": "...", "target": "...", "type": "..."}'

# a sentence, its source, its target, and what the patterns say of the pair
Question = tuple[str, tuple[Span, ...], tuple[Span, ...], tuple[str, ...]]
By = Literal["patterns", "model", "nobody"]
What = Literal["type", "missed", "sides", "extra"]


class Scheme(Protocol):
    """What types are called, and which quad class they have (dragoman.lexicon.profiles.Profile)."""

    def convert(self, kind: str, mode: str | None, near: str, status: str | None = None) -> str: ...
    def quad(self, kind: str | None) -> int | None: ...


class Answer(Protocol):
    """What a model says of one sentence and pair."""

    @property
    def type(self) -> str: ...
    @property
    def mode(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    def given_an_event(self) -> tuple[str, str | None, float]: ...


class Told(msgspec.Struct, frozen=True):
    """An event of the gold; sides are codes, or places in the sentence."""

    type: str | None
    source: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    at_source: tuple[Span, ...] = ()
    at_target: tuple[Span, ...] = ()
    status: str | None = None


class Line(msgspec.Struct, frozen=True):
    """One sentence of the gold. `told` is None where the gold does not say what happens in it."""

    id: str | int
    text: str
    date: str | None = None
    pair: bool = False
    source: tuple[Span, ...] = ()
    target: tuple[Span, ...] = ()
    type: str | None = None
    quad: int | None = None
    told: tuple[Told, ...] | None = None


class Found(msgspec.Struct, frozen=True):
    """What was found: the type in the reading of the gold, its quad class, and who found it.

    `named` are the other mentions of its participants: "he" is right where the gold marks the name.
    """

    type: str | None
    quad: int | None
    by: By
    event: Event | None = None
    named: tuple[Participant, ...] = ()


def read(source: str, *, pair_given: bool = True) -> list[Line]:
    """The gold in a JSONL file. Raises GoldError with every fault, by line.

    With `pair_given` the sides that lines name are handed over; all lines name them, or none does.
    """
    rows = gold.lines(source, _Row, FORM, _Check(pair_given=pair_given))
    return [_line(row, pair_given=pair_given) for row in rows]


# -- pair given ----------------------------------------------------------------------------------------------------


def ask(
    pairs: Iterable[tuple[Line, Reading]],
    scheme: Scheme,
    answers: Callable[[Sequence[Question]], Sequence[Answer]] | None,
    *,
    silence: bool,
    whole: bool = False,
) -> Iterator[tuple[Line, Reading, Found]]:
    """What is found between the sides of each line: by the patterns, or else by the model where there is one.

    Only with `silence` may the model say that nothing happens between them; with `whole` it answers every line.
    """
    flow = iter(pairs)
    nothing = Found(NONE if silence else None, None, "nobody")
    while batch := list(islice(flow, BATCH)):
        found = {id(line): None if whole else between(line, reading, scheme) for line, reading in batch}
        open_ones = [(line, reading) for line, reading in batch if found[id(line)] is None]
        if answers is not None and open_ones:
            said = answers([(x.text, x.source, x.target, hints(r, x.source, x.target)) for x, r in open_ones])
            for (line, _), answer in zip(open_ones, said, strict=True):
                found[id(line)] = asked(line, answer, scheme, silence=silence)
        for line, reading in batch:
            yield line, reading, found[id(line)] or nothing


def hints(reading: Reading, source: Sequence[Span], target: Sequence[Span]) -> tuple[str, ...]:
    """What the patterns say of a pair, as words for a model: type, mode and status; () where they say nothing."""
    event = _between(reading, source, target)
    if event is None:
        return ()
    return event.type, f"{event.type}-{event.mode}", f"{event.type} {event.status}"


def _between(reading: Reading, at_source: Sequence[Span], at_target: Sequence[Span]) -> Event | None:
    """The event between two sides: with both of them before one that has the source and knows no target; then the most
    certain."""
    ranked = []
    for event in _events(reading):
        source, target = _sides(event, _named_again(event, reading))
        right = _meet(source, at_source), _meet(target, at_target)
        if all(right) and (at_source or at_target):
            ranked.append((0, -event.confidence, event))
        elif right[0] and at_source and not target:
            ranked.append((1, -event.confidence, event))
    return min(ranked, key=lambda one: one[:2])[2] if ranked else None


def between(line: Line, reading: Reading, scheme: Scheme) -> Found | None:
    """The patterns' event between the sides of a line; None where there is none."""
    event = _between(reading, line.source, line.target)
    if event is None:
        return None
    return _named(event, _near(line, event.trigger), scheme, "patterns", reading)


def asked(line: Line, answer: Answer, scheme: Scheme, *, silence: bool) -> Found:
    """What the model says of the sides of a line; with `silence` it may say that there is nothing."""
    kind, mode = (answer.type, answer.mode) if silence else answer.given_an_event()[:2]
    if kind == NONE:
        return Found(NONE, None, "model")
    kind = scheme.convert(kind, mode, _near(line), answer.status)
    return Found(kind, scheme.quad(kind), "model")


def knows_silence(lines: Iterable[Line]) -> bool:
    """Whether some lines of the gold say that nothing happens between their sides."""
    return any(line.type == NONE for line in lines)


def measure_pairs(found: Iterable[tuple[Line, Found]], scheme: Scheme) -> PairScore:
    """The score of the type found for each pair of the gold."""
    return PairScore(tuple(found), scheme)


class PairMiss(msgspec.Struct, frozen=True):
    """One pair whose type is another in the gold."""

    id: str | int
    gold: str
    found: str | None
    by: By
    source: str
    target: str
    text: str


class Teller(msgspec.Struct, frozen=True):
    """How many answers come from the patterns, the model or nobody, and how many of those with gold are right."""

    answers: int
    gold: int
    right: int


class PairScore:
    """How all pairs do."""

    def __init__(self, found: Sequence[tuple[Line, Found]], scheme: Scheme) -> None:
        self.found = tuple(found)
        self.scheme = scheme

    @cached_property
    def groups(self) -> dict[str, labels.Labels]:
        """Root, quad and binary (cooperation, conflict), of the lines that have gold; empty where none has."""
        roots = [(line.type, found.type) for line, found in self.found if line.type]
        quads = [(quad, found.quad) for line, found in self.found if (quad := self._quad(line))]
        if not quads and not roots:
            return {}
        sorts = [(_sort(want), _sort(got) if got else None) for want, got in quads]
        named = [(f"quad {want}", f"quad {got}" if got else None) for want, got in quads]
        return {
            "root": labels.measure(roots),
            "quad": labels.measure(named),
            "binary": labels.measure(sorts),
        }

    @cached_property
    def tellers(self) -> dict[By, Teller]:
        """Who answered how often, and how often rightly."""
        out: dict[By, Teller] = {}
        for by in ("patterns", "model", "nobody"):
            mine = [(line.type, found.type) for line, found in self.found if found.by == by]
            known = [want == got for want, got in mine if want]
            out[by] = Teller(len(mine), len(known), sum(known))
        return out

    @property
    def misses(self) -> Iterator[PairMiss]:
        """Every pair with another type than in the gold."""
        for line, found in self.found:
            if line.type and found.type != line.type:
                sides = (_words(line.text, line.source), _words(line.text, line.target))
                yield PairMiss(line.id, line.type, found.type, found.by, *sides, line.text)

    def _quad(self, line: Line) -> int | None:
        return line.quad if line.quad is not None else self.scheme.quad(line.type)


# -- pair not given ------------------------------------------------------------------------------------------------


def found_in(line: Line, reading: Reading, scheme: Scheme) -> list[Found]:
    """The events that a sentence is found to tell."""
    return [_named(event, _around(line.text, event), scheme, _teller(event), reading) for event in _events(reading)]


def measure_sentences(found: Iterable[tuple[Line, Sequence[Found]]]) -> SentenceScore:
    """The score of the events found in each sentence of the gold."""
    return SentenceScore([_sentence(line, events) for line, events in found])


class Counts(msgspec.Struct, frozen=True):
    """What is counted in one sentence."""

    sentences: int = 0
    with_events: int = 0
    events: int = 0
    eventful: int = 0  # the gold tells an event; the next four: of these, in how many ...
    some: int = 0
    type: int = 0
    sides: int = 0
    both: int = 0
    silent: int = 0  # the gold tells that there is none; in how many of these none was found
    kept_silent: int = 0
    gold_events: int = 0  # events of the gold, and how many were found with sides and type
    gold_right: int = 0
    judged: int = 0  # events found in sentences with gold, and how many of them the gold tells
    judged_right: int = 0
    statuses: int = 0  # events of the gold that tell a status and were found, and how many with this status
    statuses_right: int = 0


class SentenceMiss(msgspec.Struct, frozen=True):
    """What differs in one sentence: nothing found, another type, other sides, or an event where there is none."""

    id: str | int
    what: What
    gold: tuple[str, ...]
    found: tuple[str, ...]
    text: str


class Sentence(msgspec.Struct, frozen=True):
    """How one sentence does."""

    id: str | int
    counts: Counts
    groups: tuple[str, ...]
    misses: tuple[SentenceMiss, ...]
    trusted: tuple[tuple[float, bool], ...] = ()  # of each event found: its confidence, and whether the gold tells it


class Bin(msgspec.Struct, frozen=True):
    """Events whose confidence lies from `low` up to `high`: how sure they are on average, how many are right."""

    low: float
    high: float
    events: int
    confidence: float
    right: float
    interval: Interval


class Group(msgspec.Struct, frozen=True):
    """The figures of one group. Shares are of the sentences whose gold tells an event; rates are of single events."""

    sentences: int
    with_events: int
    events: int
    events_a_sentence: float
    eventful: int
    some: float
    type: float
    type_interval: Interval
    sides: float
    sides_interval: Interval
    both: float
    both_interval: Interval
    silent: int
    kept_silent: float
    rates: Rates
    statuses: int
    status: float


class SentenceScore:
    """How all sentences do."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.sentences = tuple(sentences)

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The figures of all sentences, then by the type that the gold tells, the most frequent first."""
        sizes: dict[str, int] = {}
        for one in self.sentences:
            for name in one.groups:
                sizes[name] = sizes.get(name, 0) + 1
        names = sorted(sizes, key=lambda name: (-sizes[name], name))
        return {"all": self._group(None), **{name: self._group(name) for name in names}}

    @cached_property
    def reliability(self) -> tuple[Bin, ...]:
        """Whether events are right as often as their confidence says."""
        out = []
        for low, high in pairwise(BINS):
            mine = [one for s in self.sentences for one in s.trusted if low <= one[0] < high]
            if mine:
                spread = interval([(1, int(right)) for _, right in mine], lambda sums: share(sums[1], sums[0]))
                mean = sum(trust for trust, _ in mine) / len(mine)
                out.append(Bin(low, high, len(mine), mean, share(sum(r for _, r in mine), len(mine)), spread))
        return tuple(out)

    @property
    def misses(self) -> Iterator[SentenceMiss]:
        """Everything that differs, sentence by sentence."""
        return (miss for one in self.sentences for miss in one.misses)

    def _group(self, name: str | None) -> Group:
        mine = [one.counts for one in self.sentences if name is None or name in one.groups]
        columns = zip(*(msgspec.structs.astuple(one) for one in mine), strict=True)
        c = Counts(*(sum(column) for column in columns)) if mine else Counts()

        def spread(field: str) -> Interval:
            rows = [(one.eventful, getattr(one, field)) for one in mine]
            return interval(rows, lambda sums: share(sums[1], sums[0]))

        return Group(
            sentences=c.sentences,
            with_events=c.with_events,
            events=c.events,
            events_a_sentence=share(c.events, c.sentences),
            eventful=c.eventful,
            some=share(c.some, c.eventful),
            type=share(c.type, c.eventful),
            type_interval=spread("type"),
            sides=share(c.sides, c.eventful),
            sides_interval=spread("sides"),
            both=share(c.both, c.eventful),
            both_interval=spread("both"),
            silent=c.silent,
            kept_silent=share(c.kept_silent, c.silent),
            rates=rates(c.gold_events, c.judged, c.gold_right, c.judged_right),
            statuses=c.statuses,
            status=share(c.statuses_right, c.statuses),
        )


def prediction(line: Line, found: Found | Sequence[Found]) -> dict[str, object]:
    """What was found, in the form that scorers read."""
    if isinstance(found, Found):
        return {"id": line.id, "root": found.type, "quad": found.quad}
    told = [(one.type, one.event) for one in found if one.event]
    return {
        "id": line.id,
        "events": [{"type": kind, "source": _codes(e.source), "target": _codes(e.target)} for kind, e in told],
    }


def _sentence(line: Line, found: Sequence[Found]) -> Sentence:
    told = line.told
    counts = {"sentences": 1, "with_events": int(bool(found)), "events": len(found)}
    if told is None:
        return Sentence(line.id, Counts(**counts), (), ())
    seen = [(one.type, one.event) for one in found if one.event]
    sides = [[_same_sides(want, one.event, one.named) for one in found if one.event] for want in told]
    types = [[want.type is None or want.type == kind for kind, _ in seen] for want in told]
    both = [[s and t for s, t in zip(*rows, strict=True)] for rows in zip(sides, types, strict=True)]
    if told:
        counts |= {
            "eventful": 1,
            "some": int(bool(seen)),
            "type": int(any(map(any, types))),
            "sides": int(any(map(any, sides))),
            "both": int(any(map(any, both))),
        }
    else:
        counts |= {"silent": 1, "kept_silent": int(not seen)}
    counts |= {
        "gold_events": len(told),
        "gold_right": sum(map(any, both)),
        "judged": len(seen),
        "judged_right": sum(map(any, zip(*both, strict=True))) if told else 0,
    }
    rightly = [any(column) for column in zip(*both, strict=True)] if told else [False] * len(seen)
    events = [one.event for one in found if one.event]
    for want, row in zip(told, both, strict=True):
        if want.status and any(row):
            counts["statuses"] = counts.get("statuses", 0) + 1
            same = any(right and event.status == want.status for right, event in zip(row, events, strict=True))
            counts["statuses_right"] = counts.get("statuses_right", 0) + int(same)
    shown = tuple(_shown(kind, _named_by(e.source), _named_by(e.target)) for kind, e in seen)
    misses = []
    for want, side, right in zip(told, sides, both, strict=True):
        if not any(right):
            what: What = "missed" if not seen else "type" if any(side) else "sides"
            misses.append(SentenceMiss(line.id, what, (_told(line.text, want),), shown, line.text))
    if not told and seen:
        misses.append(SentenceMiss(line.id, "extra", (), shown, line.text))
    groups = tuple(dict.fromkeys(want.type for want in told if want.type))
    trusted = tuple((event.confidence, right) for event, right in zip(events, rightly, strict=True))
    return Sentence(line.id, Counts(**counts), groups, tuple(misses), trusted)


def _same_sides(want: Told, event: Event, named: tuple[Participant, ...]) -> bool:
    source, target = _sides(event, named)
    if want.source or want.target:
        mine, theirs = set(_codes(source)), set(_codes(target))
        if not want.target:  # the gold of a symmetric event has all in the source: two of them must be there
            return len((mine | theirs) & set(want.source)) >= min(2, len(set(want.source)))
        return bool(not want.source or mine & set(want.source)) and bool(theirs & set(want.target))
    return _meet(source, want.at_source) and _meet(target, want.at_target)


# -- events and their words ----------------------------------------------------------------------------------------


def _events(reading: Reading) -> list[Event]:
    return [event for event in reading.events if event.status != "negated"]


def _sides(
    event: Event, named: tuple[Participant, ...] = ()
) -> tuple[tuple[Participant, ...], tuple[Participant, ...]]:
    """Both sides of an event; of a symmetric one each side is everybody. Who is named elsewhere stands there too."""

    def whole(side: tuple[Participant, ...]) -> tuple[Participant, ...]:
        return *side, *(n for n in named if any(_retells(p, n) for p in side))

    together = len(event.source) > 1 and not event.target
    return whole(event.source), whole(event.source if together else event.target)


def _named_again(event: Event, reading: Reading) -> tuple[Participant, ...]:
    """Who in the cast of the text is the same as a participant told by a pronoun or a bare title."""
    return tuple(a for a in reading.actors if any(_retells(p, a) for p in (*event.source, *event.target)))


def _retells(who: Participant, named: Participant) -> bool:
    retold = who.actor is not None and who.via in ("pronoun", "role", "description", "sentence")
    return retold and who.actor == named.actor and (who.name is None or who.name == named.name)


def _meet(side: Sequence[Participant], spans: Sequence[Span]) -> bool:
    """Whether the words of some participant overlap these; no words ask for nothing."""
    return not spans or any(p.span[0] < end and start < p.span[1] for p in side for start, end in spans)


def _named(event: Event, near: str, scheme: Scheme, by: By, reading: Reading) -> Found:
    kind = scheme.convert(event.type, event.mode, near, event.status)
    return Found(kind, scheme.quad(kind), by, event, _named_again(event, reading))


def _teller(event: Event) -> By:
    return "model" if event.reason.startswith("model ") else "patterns"


def _near(line: Line, *act: Span) -> str:
    return _stretch(line.text, (*line.source, *line.target, *act))


def _around(text: str, event: Event) -> str:
    return _stretch(text, (event.trigger, *(p.span for p in (*event.source, *event.target))))


def _stretch(text: str, spans: Sequence[Span]) -> str:
    if not spans:
        return text
    return text[max(0, min(start for start, _ in spans) - NEAR) : max(end for _, end in spans) + NEAR]


def _codes(side: Iterable[Participant]) -> list[str]:
    return [p.actor for p in side if p.actor]


def _named_by(side: Iterable[Participant]) -> str:
    return ", ".join(p.actor or p.text for p in side)


def _shown(kind: str | None, source: str, target: str) -> str:
    return f"{kind or 'an event'}: {source or 'nobody'} > {target or 'nobody'}"


def _told(text: str, want: Told) -> str:
    source = ", ".join(want.source) or _words(text, want.at_source)
    return _shown(want.type, source, ", ".join(want.target) or _words(text, want.at_target))


def _words(text: str, spans: Iterable[Span]) -> str:
    return " … ".join(" ".join(text[start:end].split()) for start, end in spans)


def _sort(quad: int) -> str:
    return "conflict" if quad > 2 else "cooperation"


# -- the form of the gold ------------------------------------------------------------------------------------------

_Side = str | list[Any] | None


class _Event(msgspec.Struct, frozen=True):
    type: str
    source: list[str | list[int]] = []
    target: list[str | list[int]] = []
    status: str | None = None


class _Row(msgspec.Struct, frozen=True):
    id: str | int
    sentence: str | None = None
    text: str | None = None
    date: str | None = None
    source: _Side = None
    target: _Side = None
    type: str | None = None
    quad: int | str | None = None
    gold_root: str | None = None
    gold_quad: int | str | None = None
    events: list[_Event] | None = None

    @property
    def words(self) -> str:
        return self.sentence or self.text or ""


class _Check:
    """What is wrong with a row beyond its types; it remembers the ids and the shape it has seen."""

    def __init__(self, *, pair_given: bool) -> None:
        self.pair_given = pair_given
        self.seen: set[str | int] = set()
        self.pair: bool | None = None

    def __call__(self, row: _Row) -> Iterator[tuple[str, str]]:
        if row.id in self.seen:
            yield f"a second line with the id {row.id!r}", "give every sentence an id of its own"
        self.seen.add(row.id)
        if not row.words.strip():
            yield "there is no sentence", f"write {FORM}"
        for name in ("source", "target"):
            for place in _places(getattr(row, name)):
                if isinstance(place, str):
                    continue
                if not _is_span(place):
                    yield f"{name} is {place!r}", "words of the sentence, [start, end], or a list of these"
                elif not 0 <= place[0] <= place[1] <= len(row.words):
                    yield (
                        f"{name}: the span {place} is outside of the sentence",
                        f"a span is [start, end], from 0 to {len(row.words)} here",
                    )
        for place in (side for event in row.events or () for side in (*event.source, *event.target)):
            if not isinstance(place, str) and not (_is_span(place) and 0 <= place[0] <= place[1] <= len(row.words)):
                yield f"the side {place} of an event", "a code, or [start, end] inside the sentence"
        quad = row.gold_quad if row.gold_quad is not None else row.quad
        if quad not in (None, "") and _quad(quad) is None:
            yield f"the quad is {quad!r}", "a number from 1 to 4"
        pair = _has_pair(row)
        if self.pair is None:
            self.pair = pair
        elif self.pair_given and pair != self.pair:
            yield (
                "this line names its sides, the first does not" if pair else "this line names no sides, the first does",
                "give sides in all lines or in none, or use --pair-not-given",
            )


def _line(row: _Row, *, pair_given: bool) -> Line:
    text = row.words
    at_source = _spans(text, row.source, ())
    at_target = _spans(text, row.target, at_source)
    kind = row.gold_root or row.type
    kind = kind.strip().upper() if kind else None
    quad = row.gold_quad if row.gold_quad is not None else row.quad
    told: tuple[Told, ...] | None = None
    if row.events is not None:
        told = tuple(_gold_event(e) for e in row.events if e.status != "negated")
        if row.events and not told:
            told = None  # a negated event is nothing that could be found, and no silence either
    elif kind == NONE:
        told = ()
    elif kind or at_source or at_target:
        told = (Told(kind, at_source=at_source, at_target=at_target),)
    return Line(
        id=row.id, text=text, date=row.date, pair=pair_given and _has_pair(row), source=at_source, target=at_target,
        type=kind, quad=_quad(quad), told=told,
    )  # fmt: skip


def _gold_event(event: _Event) -> Told:
    codes = [tuple(side for side in sides if isinstance(side, str)) for sides in (event.source, event.target)]
    spans = [
        tuple((side[0], side[1]) for side in sides if not isinstance(side, str))
        for sides in (event.source, event.target)
    ]
    return Told(event.type.strip().upper(), codes[0], codes[1], spans[0], spans[1], event.status)


def _has_pair(row: _Row) -> bool:
    return row.source is not None or row.target is not None


def _quad(given: int | str | None) -> int | None:
    try:
        quad = int(given or 0)
    except ValueError:
        return None
    return quad if 1 <= quad <= 4 else None


def _is_span(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(n) is int for n in value)


def _places(side: _Side) -> list[Any]:
    if side is None or side == "":
        return []
    return [side] if isinstance(side, str) or _is_span(side) else list(side)


def _spans(text: str, side: _Side, others: Sequence[Span]) -> tuple[Span, ...]:
    """Where a side stands: of words that stand in several places the first that is none of the other side."""
    out: list[Span] = []
    for place in _places(side):
        if isinstance(place, str):
            found = [one.span() for one in re.finditer(re.escape(place), text)]
            free = [s for s in found if not any(s[0] < end and start < s[1] for start, end in others)]
            out += (free or found)[:1]
        else:
            out.append((place[0], place[1]))
    return tuple(span for span in out if span[0] < span[1])
