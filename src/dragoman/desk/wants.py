"""Positions, and what they tell of two and of many: of Readings, wherever these come from, or of a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from dragoman.desk import answering, parts
from dragoman.desk.kept import kept_readings, kept_said, kept_told
from dragoman.desk.parts import Day
from dragoman.desk.stores import STORE, Kept
from dragoman.errors import SettingsError
from dragoman.records import Reading
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.relate.agreement import Agreement
    from dragoman.relate.concepts import StatementRow
    from dragoman.relate.listed import Listing
    from dragoman.relate.mixed import Mixed
    from dragoman.relate.networks import Kind, Network
    from dragoman.relate.networks import Terms as NetworkTerms
    from dragoman.relate.periods import Unit
    from dragoman.store.arrow import Answer


def positions(
    readings: Iterable[Reading] | None = None,
    *,
    store: Kept = STORE,
    actors: Sequence[str] = (),
    issues: Sequence[str] = (),
    regarding: Sequence[str] = (),
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
) -> Listing:
    """Each position of these actors, on these issues, regarding these third parties; empty lists ask for all.

    Without `readings` those of a store are taken, of an article and its copies the original. Actors and issues are
    given by code or name. Raises SettingsError, with the nearest known ones, for others, and for a day that cannot be
    understood; StoreError.
    """
    from dragoman.relate.listed import listed

    wanted = parts.codes(settings, actors=actors, issues=issues, regarding=regarding)
    first, last = parts.first_day(since), parts.last_day(until)
    if readings is None:
        readings = kept_readings(wanted["actors"], store=store, settings=settings)
    return listed(readings, **wanted, since=first, until=last)


def agree(
    readings: Iterable[Reading] | str,
    *actors: str,
    store: Kept = STORE,
    issues: Sequence[str] = (),
    by: Literal["topic", "issue"] = "topic",
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> Agreement:
    """Where two actors or more coincide and where they differ, in their own words.

    Of Readings, agree(readings, "USA", "RUS"), or of those of a store, agree("USA", "RUS", store="2019.store"); of an
    article and its copies a store gives the original. A topic is an issue with the third party or place it regards; by
    issue, that is left aside. `terms` are those of `dragoman.relate.agreement.Terms`: minimum, once, window and others.
    Raises SettingsError and StoreError as `positions` does.
    """
    from dragoman.relate.agreement import Terms, agreement
    from dragoman.relate.rows import said

    held, actors = _told(readings, actors)
    wanted = parts.codes(settings, actors=actors, issues=issues)
    made = parts.terms(Terms, terms | {"regarding": _by(by), "pair_issues": _about_pairs(settings)})
    first, last = parts.first_day(since), parts.last_day(until)
    rows = kept_said(wanted["actors"], store=store, settings=settings) if held is None else said(held)
    return agreement(rows, wanted["actors"], since=first, until=last, issues=wanted["issues"] or None, terms=made)


def signals(
    readings: Iterable[Reading] | str,
    *actors: str,
    store: Kept = STORE,
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> Mixed:
    """When one of these actors cooperated with another and pressed it on the same days, with the best evidence of each.

    Of Readings or of a store, as `agree`. `terms` are those of `dragoman.relate.signals.Terms`: days, least_score and
    others. Raises SettingsError and StoreError as `positions` does.
    """
    from dragoman.relate.mixed import mixed, mixed_rows
    from dragoman.relate.signals import Terms

    held, actors = _told(readings, actors)
    wanted = parts.codes(settings, actors=actors)
    made = parts.terms(Terms, terms | {"pair_issues": _about_pairs(settings)})
    first, last = parts.first_day(since), parts.last_day(until)
    if held is None:
        told = kept_told(wanted["actors"], store=store, since=first, until=last, settings=settings)
        return mixed_rows(told, wanted["actors"], since=first, until=last, terms=made)
    return mixed(held, wanted["actors"], since=first, until=last, terms=made)


def network(
    readings: Iterable[Reading] | None = None,
    kind: str = "congruence",
    *,
    store: Kept = STORE,
    of: Literal["actor", "person", "concept"] = "actor",
    by: Literal["topic", "issue"] = "topic",
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> Network:
    """Who stands with whom over all that was said: affiliation, congruence, conflict or subtract.

    Without `readings` those of a store are taken. `of` says what the nodes are; an affiliation network has concepts
    besides. `terms` are those of `dragoman.relate.networks.Terms`: normalise, once, binary, least_said and others.
    """
    from dragoman.relate import networks
    from dragoman.relate.rows import said

    whole, made = _network_terms(kind, of, by, settings, terms)
    rows = kept_said(store=store, settings=settings) if readings is None else said(readings)
    first, last = parts.first_day(since), parts.last_day(until)
    return networks.network(rows, whole, since=first, until=last, terms=made)


def networks(
    readings: Iterable[Reading] | None = None,
    kind: str = "congruence",
    *,
    store: Kept = STORE,
    window: Unit,
    width: int = 1,
    step: int | None = None,
    of: Literal["actor", "person", "concept"] = "actor",
    by: Literal["topic", "issue"] = "topic",
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> tuple[Network, ...]:
    """As `network`, one for each window of so many days, weeks, months, quarters or years, moving by `step` of them."""
    from dragoman.relate.networks import series
    from dragoman.relate.rows import said

    whole, made = _network_terms(kind, of, by, settings, terms)
    rows = kept_said(store=store, settings=settings) if readings is None else said(readings)
    first, last = parts.first_day(since), parts.last_day(until)
    return series(rows, whole, unit=window, width=width, step=step, since=first, until=last, terms=made)


def statement_rows(
    found: Listing, *, by: Literal["topic", "issue"] = "topic", settings: Settings | None = None
) -> Iterator[StatementRow]:
    """The positions of a listing as discourse network analysis lists them, for `exchange.statements_csv`."""
    from dragoman.relate import concepts

    return concepts.statement_rows(found.rows, regarding=_by(by), pair_issues=_about_pairs(settings))


def agreement_answer(found: Agreement | None) -> Answer:
    """The same as an Answer, a row for each topic and pair, which speaks Arrow and can be drawn."""
    from dragoman.relate.flat import Verdict, verdicts
    from dragoman.store import arrow

    made = arrow.answer(Verdict, list(verdicts(found)) if found else [])
    return _answered(made, "agreement", found, minimum=found.terms.minimum if found else None)


def signals_answer(found: Mixed | None) -> Answer:
    """The same as an Answer, a row for each signal, which speaks Arrow and can be drawn."""
    from dragoman.relate.flat import Mix, mixes
    from dragoman.store import arrow

    made = arrow.answer(Mix, list(mixes(found)) if found else [])
    return _answered(made, "signals", found, days=found.terms.days if found else None)


def _answered(made: Answer, kind: str, found: Agreement | Mixed | None, **more: Any) -> Answer:
    if found is None:
        return answering.answered(made, kind)
    about = {"actors": found.actors, "since": found.since, "until": found.until, "empty": found.empty, **more}
    return answering.answered(made, kind, actors=found.actors, about=about)


def _told(
    readings: Iterable[Reading] | str, actors: tuple[str, ...]
) -> tuple[Iterable[Reading] | None, tuple[str, ...]]:
    # who names an actor first has named no Readings
    return (None, (readings, *actors)) if isinstance(readings, str) else (readings, actors)


def _about_pairs(settings: Settings | None) -> tuple[str, ...]:
    from dragoman.lexicon import asked

    return asked.about_pairs(parts.lexicon(settings or parts.loaded()))


def _by(by: str) -> bool:
    if by not in ("topic", "issue"):
        raise SettingsError(f"by cannot be {by!r}", name="by", hint="topic, issue")
    return by == "topic"


def _network_terms(
    kind: str, of: str, by: str, settings: Settings | None, terms: Mapping[str, Any]
) -> tuple[Kind, NetworkTerms]:
    from dragoman.relate.networks import Terms

    if of not in ("actor", "person", "concept"):
        raise SettingsError(f"of cannot be {of!r}", name="of", hint="actor, person, concept")
    kinds = ("affiliation", "congruence", "conflict", "subtract")
    if kind not in kinds:
        raise SettingsError(f"no network is called {kind!r}", name="kind", hint=", ".join(kinds))
    node = "person" if of == "person" else "actor"
    given = {"regarding": _by(by), "pair_issues": _about_pairs(settings), "node": node}
    whole: Any = kind if kind == "affiliation" else f"{'concept' if of == 'concept' else 'actor'} {kind}"
    return whole, parts.terms(Terms, {**terms, **given})
