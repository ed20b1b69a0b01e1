"""Reports of one act become one happening; nothing is lost, every report stays within reach.

found = happenings(reports(readings, wording), terms(kinds, wording), copies=index.originals())
found[0].outlets, found[0].reports, found[0].differences
standing = {happening.standing for happening in found}     # one report for each: count these, and acts count once
for members in acts(reports_in_order, terms): ...          # the same as it goes, however many reports there are

Reports are put in order of day, article and event. Each joins the happening it is most like, told by the mean of the
log-odds (relate/sameness.py) to its first few reports, if that is above the threshold; else it begins one of its own.
The mean keeps a chain of reports, each a little like the last, from becoming one act. What a copy tells in the same
words as its original is the same act without asking. A report without any day stands for itself.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from dragoman.records import Record, Status
from dragoman.relate import sameness
from dragoman.relate.reports import Key, Report
from dragoman.relate.rows import Did
from dragoman.relate.sameness import Kinds, Weights
from dragoman.relate.wording import Wording, figures, wording

Field = Literal["type", "status", "sources", "targets", "days", "place", "figures"]
_COMPARED = 5  # reports of a happening that a new one is held against
_SWEPT = 5_000  # acts that may be taken up before those that are over are let go of


class Terms(Record, frozen=True):
    """How reports are linked."""

    kinds: Kinds = Kinds()
    wording: Wording = Wording()
    weights: Weights = Weights()
    threshold: float = 0.0  # log-odds


class Told(Record, frozen=True):
    """One way of telling it, by which outlets and in which articles."""

    value: str
    outlets: tuple[str, ...]
    articles: tuple[str, ...]


class Difference(Record, frozen=True):
    """What the reports do not agree on, the way of most articles first."""

    field: Field
    told: tuple[Told, ...]


class Happening(Record, frozen=True):
    """One act. Type, mode, quad, score and status are those of the report that stands for it.

    `independent` counts reports with copies of one article counted once. `first` to `last` are the days that most
    reports leave possible; None where no report has a day.
    """

    id: str
    standing: Key
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    type: str
    mode: str | None
    quad: int
    score: float
    status: Status
    first: dt.date | None
    last: dt.date | None
    place: str | None
    country: str | None
    issues: tuple[str, ...]
    n_reports: int
    n_articles: int
    n_outlets: int
    independent: int
    outlets: tuple[str, ...]
    differences: tuple[Difference, ...]
    reports: tuple[Report, ...]


def terms(kinds: str, words: str, *, weights: Weights = Weights(), threshold: float = 0.0) -> Terms:  # noqa: B008
    """Terms from the texts of `data/ontology/happenings.toml` and `data/lang/LANGUAGE/happenings.toml`.

    Raises SettingsError for texts that are not those.
    """
    return Terms(kinds=sameness.kinds(kinds), wording=wording(words), weights=weights, threshold=threshold)


def happenings(
    reports: Iterable[Report],
    terms: Terms,
    *,
    copies: Mapping[str, str] | None = None,
) -> tuple[Happening, ...]:
    """All happenings in order of day. The same reports give the same happenings, in whatever order they come.

    `copies` says of which article another is a copy. A report handed over twice counts once.
    """
    kept = {report.key: report for report in reports}
    found = (happening(members, copies) for members in acts(sorted(kept.values(), key=_order), terms, copies=copies))
    return tuple(sorted(found, key=lambda h: (h.first is None, h.first or dt.date.min, h.id)))


def acts(
    reports: Iterable[Report],
    terms: Terms,
    *,
    copies: Mapping[str, str] | None = None,
) -> Iterator[tuple[Report, ...]]:
    """The reports of each act, once no later report can join it: holds only what is open.

    `reports` come in order of first day, article and event, each once, those without a day last.
    """
    originals = copies or {}
    near: dict[tuple[str, str], list[_Gathered]] = {}
    begun = kept = 0
    for report in reports:
        pairs = sameness.pairs(report)
        root = originals.get(report.article, report.article)
        act = _best(report, root, _possible(report, pairs, near, terms), terms)
        if act is None:
            act = _Gathered(number=begun)
            begun += 1
        act.take(report, root)
        for pair in pairs:
            beside = near.setdefault(pair, [])
            if act not in beside:
                beside.append(act)
                kept += 1
        if kept >= _SWEPT and report.first:
            yield from _over(near, report.first, terms)
            kept = 0
    yield from _over(near, None, terms)


def happening(members: Sequence[Report], copies: Mapping[str, str] | None = None) -> Happening:
    """The happening that these reports tell of, in the order in which they were linked."""
    return _happening(list(members), copies or {})


def ranked(members: Sequence[Report]) -> list[Report]:
    """The reports of an act, the one that stands for it first: it tells the day, is coded as most are, and the surest.

    An act whose day some report tells has a place in time, though most reports leave the day out.
    """
    codes = Counter((r.type, r.mode) for r in members)
    surest: dict[tuple[str, str | None], float] = defaultdict(float)
    for r in members:
        surest[(r.type, r.mode)] = max(surest[(r.type, r.mode)], r.confidence)
    return sorted(
        members,
        key=lambda r: (
            r.dated_by != "event",
            -codes[(r.type, r.mode)],
            -surest[(r.type, r.mode)],
            -r.confidence,
            _order(r),
        ),
    )


def linked(rows: Iterable[Did], found: Iterable[Happening]) -> Iterator[Did]:
    """The rows with the name of their happening, for measures that weigh an act once."""
    names = {report.key: happening.id for happening in found for report in happening.reports}
    for row in rows:
        name = names.get((row.article, row.event))
        yield row if name is None else replace(row, happening=name)


def _order(report: Report) -> tuple[bool, dt.date, str, str]:
    return report.first is None, report.first or dt.date.min, report.article, report.event


@dataclass(eq=False, slots=True)
class _Gathered:
    """The reports of one act so far."""

    number: int
    members: list[Report] = field(default_factory=list)
    latest: dt.date = dt.date.min
    told: set[tuple[str, str, frozenset[str]]] = field(default_factory=set)  # original, type, words
    articles: set[str] = field(default_factory=set)

    def take(self, report: Report, root: str) -> None:
        self.members.append(report)
        self.articles.add(report.article)
        self.latest = max(self.latest, report.last or report.first or dt.date.max)
        if report.tokens:
            self.told.add((root, report.type, report.tokens))


def _possible(
    report: Report,
    pairs: Iterable[tuple[str, str]],
    near: dict[tuple[str, str], list[_Gathered]],
    terms: Terms,
) -> list[_Gathered]:
    """Acts of these pairs that this report may belong to, oldest first."""
    mine = sameness.days(report, terms.weights)
    if mine is None:
        return []
    found: dict[int, _Gathered] = {}
    for pair in pairs:
        found |= {act.number: act for act in near.get(pair, ()) if (mine[0] - act.latest).days <= _slack(terms)}
    return [found[number] for number in sorted(found)]


def _over(
    near: dict[tuple[str, str], list[_Gathered]], day: dt.date | None, terms: Terms
) -> Iterator[tuple[Report, ...]]:
    """Lets go of the acts that no report of this day or a later one can join, oldest first; of all without a day."""
    gone: dict[int, _Gathered] = {}
    for pair in list(near):
        staying = []
        for act in near[pair]:
            if day is None or (day - act.latest).days > _slack(terms):
                gone[act.number] = act
            else:
                staying.append(act)
        if staying:
            near[pair] = staying
        else:
            del near[pair]
    for number in sorted(gone):
        yield tuple(gone[number].members)


def _slack(terms: Terms) -> int:
    # reports come in order of their first day, so what ended longer before that is over for all that follow
    return terms.weights.days_apart + terms.weights.days_late


def _best(report: Report, root: str, acts: Iterable[_Gathered], terms: Terms) -> _Gathered | None:
    best: tuple[float, _Gathered] | None = None
    for act in acts:
        if report.article in act.articles:
            continue  # the coder has told the acts of one article apart already
        if (root, report.type, report.tokens) in act.told:
            return act
        told = [
            sameness.sameness(member, report, terms.kinds, terms.wording, terms.weights)
            for member in act.members[:_COMPARED]
        ]
        scores = [score for score in told if score is not None]
        # what cannot be the same act as one of them is not the same as any
        if len(scores) < len(told):
            continue
        mean = sum(scores) / len(scores)
        if mean >= terms.threshold and (best is None or mean > best[0]):
            best = mean, act
    return best[1] if best else None


def _happening(members: list[Report], originals: Mapping[str, str]) -> Happening:
    standing = ranked(members)[0]
    first, last = _days(members)
    outlets = tuple(sorted({r.outlet for r in members if r.outlet}))
    return Happening(
        id="/".join(members[0].key),
        standing=standing.key,
        sources=standing.sources,
        targets=standing.targets,
        type=standing.type,
        mode=standing.mode,
        quad=standing.quad,
        score=standing.score,
        status=standing.status,
        first=first,
        last=last,
        place=_most(r.place for r in members),
        country=_most(r.country for r in members),
        issues=tuple(sorted({issue for r in members for issue in r.issues})),
        n_reports=len(members),
        n_articles=len({r.article for r in members}),
        n_outlets=len(outlets),
        independent=len({originals.get(r.article, r.article) for r in members}),
        outlets=outlets,
        differences=tuple(_differences(members)),
        reports=tuple(members),
    )


def _days(members: list[Report]) -> tuple[dt.date | None, dt.date | None]:
    """Of the days that reports name themselves the commonest stretch, the shortest first; else the first article's."""
    own = Counter((r.first, r.last or r.first) for r in members if r.first and r.dated_by == "event")
    if own:
        return min(own, key=lambda days: (-own[days], _long(days), str(days)))
    earliest = min((r for r in members if r.first), key=_order, default=None)
    return (earliest.first, earliest.last or earliest.first) if earliest else (None, None)


def _long(days: tuple[dt.date | None, dt.date | None]) -> int:
    return (days[1] - days[0]).days if days[0] and days[1] else 0


def _most(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value)
    return min(counted, key=lambda value: (-counted[value], value)) if counted else None


def _differences(members: list[Report]) -> Iterator[Difference]:
    for part in ("type", "status", "sources", "targets", "days", "place", "figures"):
        by_value: dict[str, list[Report]] = defaultdict(list)
        for report in members:
            value = _value(report, part)
            if value:
                by_value[value].append(report)
        if len(by_value) > 1:
            told = (
                Told(
                    value=value,
                    outlets=tuple(sorted({r.outlet for r in theirs if r.outlet})),
                    articles=tuple(sorted({r.article for r in theirs})),
                )
                for value, theirs in by_value.items()
            )
            yield Difference(field=part, told=tuple(sorted(told, key=lambda t: (-len(t.articles), t.value))))


def _value(report: Report, part: Field) -> str | None:
    """How the report tells this; None where it does not."""
    if part == "type":
        return f"{report.type}-{report.mode}" if report.mode else report.type
    if part == "status":
        return report.status
    if part == "sources":
        return " ".join(sorted(report.sources))
    if part == "targets":
        return " ".join(sorted(report.targets))
    if part == "days":
        if report.dated_by != "event" or report.first is None:
            return None
        last = report.last or report.first
        return f"{report.first}" if last == report.first else f"{report.first} to {last}"
    return report.place if part == "place" else " ".join(figures(report.tokens)) or None
