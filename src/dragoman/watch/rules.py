"""What a Reading tells that a rule asks for: one alert a rule and article, with each act once.

alerts = alerts_of(readings, plan.acts, names, now=..., fresh=..., known=state.knows_act)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from dragoman.records import Article, Event, Position, Reading, Span
from dragoman.watch.alerts import Alert, Told, digest
from dragoman.watch.plan import ActRule

if TYPE_CHECKING:
    from dragoman.lexicon.blocs import Meant

_MOST_TOLD = 20  # events and positions in one alert
_MOST_WORDS = 1000  # characters of one piece of evidence


def alerts_of(
    reading: Reading,
    rules: Iterable[ActRule],
    *,
    now: dt.datetime,
    fresh: float,
    known: Callable[[str], bool],
    issues_of: Callable[[Event, Reading], Sequence[str]],
) -> Iterator[tuple[Alert, list[str]]]:
    """Alerts of one article, each with keys of the acts in it. An act that is `known` to be told already is left out.

    An article older than `fresh` seconds raises none. `issues_of` says on which issues an event is.
    """
    article = reading.article
    appeared = _appeared(article)
    if appeared is not None and (now - appeared).total_seconds() > fresh:
        return
    for rule in rules:
        told, keys = [], []
        for found, key in _matching(reading, rule, issues_of):
            if key not in keys and (rule.every_report or not known(key)):
                keys.append(key)
                told.append(found)
        # an alert is named by its article: when it is made anew after a kill, it is the same one
        name = digest(rule.name, article.id, sorted(keys))
        if told and not known(name):
            yield _alert(name, rule, article, told[:_MOST_TOLD], now), [name, *keys]


def _matching(
    reading: Reading, rule: ActRule, issues_of: Callable[[Event, Reading], Sequence[str]]
) -> Iterator[tuple[Told, str]]:
    article = reading.article
    published = article.published.start[:10] if article.published else None
    for event in reading.events:
        day = event.date.start[:10] if event.date and event.date.start else published
        sources, targets = _codes(p.actor for p in event.source), _codes(p.actor for p in event.target)
        issues = tuple(issues_of(event, reading)) if rule.issues else ()
        if (
            event.status not in rule.status
            or (rule.types and event.type not in rule.types)
            or (rule.quads and event.quad not in rule.quads)
            or event.confidence < rule.confidence
            or (rule.issues and not set(issues) & set(rule.issues))
            or not _about(rule, sources, targets, day)
        ):
            continue
        spans = event.evidence or (event.trigger,)
        told = Told(
            article=article.id,
            kind="event",
            id=event.id,
            code=f"{event.type} {event.mode}" if event.mode else event.type,
            sources=sources,
            targets=targets,
            words=_words(reading, spans),
            spans=spans,
            status=event.status,
            quad=event.quad,
            issues=issues,
            day=day,
            confidence=event.confidence,
            title=article.title,
            url=article.url,
        )
        yield told, digest(rule.name, "event", sorted(sources), sorted(targets), event.type, event.status, day)
    if rule.positions:
        for position in reading.positions:
            if _holds(position, rule, published):
                yield _position(position, reading, published, rule)


def _holds(position: Position, rule: ActRule, day: str | None) -> bool:
    return (
        position.confidence >= rule.confidence
        and (not rule.issues or position.issue in rule.issues)
        and _about(rule, (position.actor,), (position.toward,) if position.toward else (), day)
    )


def _position(position: Position, reading: Reading, day: str | None, rule: ActRule) -> tuple[Told, str]:
    told = Told(
        article=reading.article.id,
        kind="position",
        id=f"{position.actor}/{position.issue}/{position.evidence[0][0] if position.evidence else 0}",
        code=f"{position.stance} {position.issue}",
        sources=(position.actor,),
        targets=(position.toward,) if position.toward else (),
        words=_words(reading, position.evidence),
        spans=position.evidence,
        issues=(position.issue,),
        day=day,
        confidence=position.confidence,
        title=reading.article.title,
        url=reading.article.url,
    )
    held = (position.actor, position.issue, position.stance, position.toward, position.regarding, day)
    return told, digest(rule.name, "position", held)


def _about(rule: ActRule, sources: Collection[str], targets: Collection[str], day: str | None) -> bool:
    """Whether the rule means these actors. A pair is meant either way round; who act together are a pair too."""
    if rule.actors:
        everybody = {*sources, *targets}
        return any(_is(code, one, day) for one in rule.actors for code in everybody)
    if not rule.pair:
        return True
    one, other = rule.pair
    ways = [(sources, targets), (targets, sources)] if targets else [(sources, sources)]
    return any(a != b and _is(a, one, day) and _is(b, other, day) for left, right in ways for a in left for b in right)


def _is(code: str, meant: Meant, day: str | None) -> bool:
    """Whether the code is the actor that is meant, or belonged to the bloc on that day."""
    if not meant.members:
        return code == meant.code
    when = day or dt.date.today().isoformat()
    return any(
        code == one.actor and (one.since or "") <= when and when[: len(one.until or when)] <= (one.until or when)
        for one in meant.members
    )


def _alert(name: str, rule: ActRule, article: Article, told: Sequence[Told], now: dt.datetime) -> Alert:
    first = told[0]
    who = ", ".join(first.sources) or "somebody"
    upon = f" > {', '.join(first.targets)}" if first.targets else ""
    status = f" ({first.status})" if first.status and first.status != "actual" else ""
    more = f" and {len(told) - 1} more" if len(told) > 1 else ""
    return Alert(
        id=name,
        rule=rule.name,
        kind="report",
        at=now.isoformat(timespec="seconds"),
        text=f"{rule.name}: {who}{upon} {first.code}{status}{more}",
        told=tuple(told),
        title=article.title,
        url=article.url,
        site=article.site,
        published=article.published.start if article.published else None,
        article=article.id,
    )


def _words(reading: Reading, spans: Sequence[Span]) -> tuple[str, ...]:
    return tuple(" ".join(reading.words(span).split())[:_MOST_WORDS] for span in spans)


def _codes(actors: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(actor for actor in actors if actor))


def _appeared(article: Article) -> dt.datetime | None:
    """The last moment at which the article may have appeared; one without a time zone is taken as UTC."""
    if article.published is None:
        return None
    try:
        found = dt.datetime.fromisoformat(article.published.end)
    except ValueError:
        return None
    if len(article.published.end) <= 10:
        found = found + dt.timedelta(days=1)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
