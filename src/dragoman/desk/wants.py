"""Positions, and what they tell of two and of many: of Readings, wherever these come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from dragoman.desk import parts
from dragoman.desk.parts import Day
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


def positions(
    readings: Iterable[Reading],
    *,
    actors: Sequence[str] = (),
    issues: Sequence[str] = (),
    regarding: Sequence[str] = (),
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
) -> Listing:
    """Each position of these actors, on these issues, regarding these third parties; empty lists ask for all.

    Actors and issues are given by code or name. Raises SettingsError, with the nearest known ones, for others, and for
    a day that cannot be understood.
    """
    from dragoman.relate.listed import listed

    wanted = parts.codes(settings, actors=actors, issues=issues, regarding=regarding)
    return listed(readings, **wanted, since=parts.first_day(since), until=parts.last_day(until))


def agree(
    readings: Iterable[Reading],
    *actors: str,
    issues: Sequence[str] = (),
    by: Literal["topic", "issue"] = "topic",
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> Agreement:
    """Where two actors or more coincide and where they differ, in their own words.

    A topic is an issue with the third party or place it regards; by issue, that is left aside. `terms` are those of
    `dragoman.relate.agreement.Terms`: minimum, once, window and others. Raises SettingsError as `positions` does.
    """
    from dragoman.relate.agreement import Terms, agreement
    from dragoman.relate.rows import said

    wanted = parts.codes(settings, actors=actors, issues=issues)
    made = parts.terms(Terms, terms | {"regarding": _by(by), "pair_issues": _about_pairs(settings)})
    return agreement(
        said(readings),
        wanted["actors"],
        since=parts.first_day(since),
        until=parts.last_day(until),
        issues=wanted["issues"] or None,
        terms=made,
    )


def signals(
    readings: Iterable[Reading],
    *actors: str,
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> Mixed:
    """When one of these actors cooperated with another and pressed it on the same days, with the best evidence of each.

    `terms` are those of `dragoman.relate.signals.Terms`: days, least_score and others. Raises SettingsError as
    `positions` does.
    """
    from dragoman.relate.mixed import mixed
    from dragoman.relate.signals import Terms

    wanted = parts.codes(settings, actors=actors)
    made = parts.terms(Terms, terms | {"pair_issues": _about_pairs(settings)})
    return mixed(readings, wanted["actors"], since=parts.first_day(since), until=parts.last_day(until), terms=made)


def network(
    readings: Iterable[Reading],
    kind: str = "congruence",
    *,
    of: Literal["actor", "person", "concept"] = "actor",
    by: Literal["topic", "issue"] = "topic",
    since: Day | None = None,
    until: Day | None = None,
    settings: Settings | None = None,
    **terms: Any,
) -> Network:
    """Who stands with whom over all that was said: affiliation, congruence, conflict or subtract.

    `of` says what the nodes are; an affiliation network has concepts besides. `terms` are those of
    `dragoman.relate.networks.Terms`: normalise, once, binary, least_said and others.
    """
    from dragoman.relate import networks
    from dragoman.relate.rows import said

    whole, made = _network_terms(kind, of, by, settings, terms)
    return networks.network(
        said(readings), whole, since=parts.first_day(since), until=parts.last_day(until), terms=made
    )


def networks(
    readings: Iterable[Reading],
    kind: str = "congruence",
    *,
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
    return series(
        said(readings),
        whole,
        unit=window,
        width=width,
        step=step,
        since=parts.first_day(since),
        until=parts.last_day(until),
        terms=made,
    )


def statement_rows(
    found: Listing, *, by: Literal["topic", "issue"] = "topic", settings: Settings | None = None
) -> Iterator[StatementRow]:
    """The positions of a listing as discourse network analysis lists them, for `exchange.statements_csv`."""
    from dragoman.relate import concepts

    return concepts.statement_rows(found.rows, regarding=_by(by), pair_issues=_about_pairs(settings))


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
