"""Agreement and mixed signals in plain lines, for people: each figure with what it rests on and the words behind it.

stream.write(agreement(found, names))
stream.write(signals(found, names))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dragoman.exchange.position_list import SHORT, day, under
from dragoman.exchange.tables import between, columns, percent
from dragoman.exchange.words import Names
from dragoman.relate.agreement import Agreement, Counts, Pair, Quote, Side, Topic
from dragoman.relate.mixed import Mixed
from dragoman.relate.signals import Evidence, Signal, Track


def agreement(found: Agreement, names: Names, *, empty: str | None = None) -> str:
    """What was counted, an overview of the topics, and each topic with what its sides said first and last."""
    lines = [_heading(found.actors, found.since, found.until, names), _counted(found)]
    if found.empty:
        return "".join([*lines[:1], f"{empty or found.empty}\n"])
    if overview := _overview(found):
        lines.append("\n" + overview)
    for topic in found.topics:
        lines += ["\n", *_topic(topic)]
    return "".join(lines)


def signals(found: Mixed, names: Names, *, empty: str | None = None) -> str:
    """Each stretch of days on which both tracks ran, with the best evidence of each."""
    lines = [_heading(found.actors, found.since, found.until, names)]
    told = f"{_many(found.acts, 'act')} and {_many(found.words, 'position')} between them; "
    told += f"both tracks within {_many(found.terms.days, 'day')}, score {found.terms.least_score:g} or more"
    lines.append(under(told, 0))
    if found.empty:
        lines.append(f"{empty or found.empty}\n")
    for signal in found.signals:
        lines += ["\n", *_signal(signal)]
    return "".join(lines)


def _heading(actors: Iterable[str], since: object, until: object, names: Names) -> str:
    told = (f"{names.actor(code)} ({code})" if names.actor(code) != code else code for code in actors)
    period = (f" from {since}" if since else "") + (f" until {until}" if until else "")
    return f"{' and '.join(told)}{period}\n"


def _counted(found: Agreement) -> str:
    once = {"document": "once an article", "all": "every time", "range": "once in all"}
    how = once.get(found.terms.once, f"once a {found.terms.once}")
    left = (
        (found.repeated, "said before"),
        (found.reported, "reported by others"),
        (found.elsewhere, "about somebody else"),
        (found.undated, "without a day close enough to tell"),
    )
    more = "".join(f", {number} {why}" for number, why in left if number)
    minimum = f"; at least {found.terms.minimum} of each side" if found.topics else ""
    return under(f"{_many(found.statements, 'statement')} of their own, counted {how}{more}{minimum}", 0)


def _overview(found: Agreement) -> str:
    rows = [
        [
            topic.label,
            pair.outcome,
            percent(pair.share) if pair.share is not None else "",
            _interval(pair),
            *(str(side.counts.all) for side in topic.sides if side.actor in pair.actors),
            str(pair.articles),
        ]
        for topic in found.topics
        for pair in topic.pairs
    ]
    if len(found.actors) > 2:
        for row, pair in zip(rows, (p for t in found.topics for p in t.pairs), strict=True):
            row[0] = f"{row[0]} {' '.join(pair.actors)}"
    sides = found.actors if len(found.actors) == 2 else ("one", "other")
    return columns(["topic", "outcome", "agree", "95 %", *sides, "articles"], rows) if rows else ""


def _interval(pair: Pair) -> str:
    return between((pair.low, pair.high)) if pair.low is not None and pair.high is not None else ""


def _topic(topic: Topic) -> Iterator[str]:
    yield f"{topic.label}\n"
    for pair in topic.pairs:
        told = f"{' and '.join(pair.actors)}: {pair.outcome}"
        told += f" since {pair.since}" if pair.since else ""
        if pair.share is not None and pair.interval:
            told += f"; they agree in {percent(pair.share)} % of pairings ({_interval(pair)}, {pair.interval})"
        claims = [
            f"{one} speaks for {other} as well in {_many(count, 'statement')}"
            for one, other, count in zip(pair.actors, pair.actors[::-1], pair.claims, strict=True)
            if count
        ]
        yield under("; ".join([told, *claims]), 4)
    for side in topic.sides:
        yield from _side(side)
    if topic.change:
        yield from ("    " + line for line in _change(topic).splitlines(keepends=True))


def _side(side: Side) -> Iterator[str]:
    head = f"{side.actor}: {_stances(side.counts)}"
    if side.counts.all:
        head += f", in {_many(side.articles, 'article')}"
    if side.leaning:
        head += f"; {side.leaning}"
    if side.reported.all:
        head += f"; others report of it: {_stances(side.reported)}"
    yield under(head, 4)
    if side.first:
        same = side.latest == side.first
        only = "only" if side.counts.all == 1 else "the one with a day"
        yield _quote(only if same else "first", side.first)
        if side.latest and not same:
            yield _quote("latest", side.latest)


def _quote(label: str, quote: Quote) -> str:
    where = ", ".join(part for part in (quote.outlet, quote.article[:SHORT]) if part)
    who = f", {quote.person}" if quote.person else ""
    head = under(f"{label}: {day(quote.date, quote.until)}, {quote.stance}{who} ({where})", 8)
    return head + under(f"“{quote.text}”", 12)


def _change(topic: Topic) -> str:
    actors = [side.actor for side in topic.sides]
    rows = [
        [
            f"{window.start} to {window.end}",
            *(f"{c.for_}/{c.against}/{c.conditional}" for c in window.counts),
            pair.outcome,
            percent(pair.share) if pair.share is not None else "",
        ]
        for window in topic.change
        for pair in window.pairs
        if any(c.all for c in window.counts)
    ]
    return columns(["for/against/conditional", *actors, "outcome", "agree"], rows) if rows else ""


def _stances(counts: Counts) -> str:
    told = [(counts.for_, "for"), (counts.against, "against"), (counts.conditional, "conditional")]
    told.append((counts.neutral, "neutral"))
    return ", ".join(f"{number} {stance}" for number, stance in told if number) or "silent"


def _signal(signal: Signal) -> Iterator[str]:
    arrow = "to" if signal.terms.directed else "and"
    yield (
        f"{day(signal.start, signal.end)}: {signal.source} {arrow} {signal.target}, score {signal.score:.2f}, "
        f"balance {signal.balance:.2f}\n"
    )
    yield from _track("cooperation", signal.cooperation)
    yield from _track("pressure", signal.coercion)


def _track(label: str, track: Track) -> Iterator[str]:
    parts = [_many(n, noun) for n, noun in ((track.acts, "act"), (track.words, "word")) if n]
    yield f"    {label}: weight {track.weight:g}, {' and '.join(parts)} in {_many(track.articles, 'article')}\n"
    for evidence in track.best:
        yield _evidence(evidence)


def _evidence(evidence: Evidence) -> str:
    where = ", ".join(part for part in (evidence.outlet, evidence.article[:SHORT]) if part)
    head = f"{evidence.date}, {evidence.source} to {evidence.target}, {evidence.what}, {evidence.weight:g} ({where})"
    return under(head, 8) + under(f"“{evidence.text}”", 12)


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
