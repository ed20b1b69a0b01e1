"""Whether two reports are of one act: six signs, each of which tells something, weighed into one score.

score = sameness(one, other, kinds, wording, weights)      # None where they cannot be, else log-odds
why = signs(one, other, kinds, wording)                    # the signs themselves

They cannot be of one act where they share no pair of actors in the same direction, where what one tells was done and
what the other tells was planned or denied, where their types are never told for each other, or where their days lie
apart. What is left is weighed as Fellegi and Sunter weigh records (1969, Journal of the American Statistical
Association 64, 1183-1210), by logistic weights.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from itertools import product

from dragoman.errors import SettingsError
from dragoman.records import Record
from dragoman.relate.reports import Report
from dragoman.relate.wording import Wording, alike

_STANDING = {"actual": "done", "historical": "done", "planned": "open", "hypothetical": "open", "negated": "denied"}


class Kinds(Record, frozen=True):
    """Which types are told for each other (`near`), and which modes of one type never are (`apart`)."""

    near: frozenset[frozenset[str]] = frozenset()
    apart: frozenset[tuple[str, frozenset[str]]] = frozenset()


class Weights(Record, frozen=True):
    """What each sign weighs, in log-odds, and how many days reports of one act may lie apart."""

    start: float = -2.55
    words: float = 11.0
    same_type: float = 0.6
    place: float = 2.0
    issue: float = 0.8
    actors: float = 0.8
    order: float = 2.0
    days_apart: int = 1  # own dates: time zones, and "on Monday" for what began on Sunday night
    days_late: int = 2  # an article without a date of its own may tell of days so long before it appeared


class Signs(Record, frozen=True):
    """The signs of two reports that may be of one act."""

    words: float  # how much of their words by weight they share, 0 to 1
    same_type: float  # 1 type and mode, 0.5 the type, or a mode is not known, 0 a type told for the other
    place: float  # 1 the same, or one names the other's; -1 two places; 0 not known
    issue: float  # 1 shared, -1 none of both shared, 0 not known
    actors: float  # the share of the actors of both that are in both, less 1: 0 where all are
    order: float  # -1 where they number it differently ("the fifth round", "the sixth")


def kinds(table: str) -> Kinds:
    """The kinds of `data/ontology/happenings.toml`, given as its text. Raises SettingsError if it is no such text."""
    try:
        raw = tomllib.loads(table)
        return Kinds(
            near=frozenset(frozenset((one, other)) for one, others in raw["near"].items() for other in others),
            apart=frozenset((one, frozenset(pair)) for one, pairs in raw["apart"].items() for pair in pairs),
        )
    except (KeyError, ValueError, AttributeError, TypeError) as cause:
        raise SettingsError(
            f"the kinds cannot be read: {cause}", name="happenings.toml", hint="tables near and apart"
        ) from cause


def sameness(one: Report, other: Report, kinds: Kinds, wording: Wording, weights: Weights) -> float | None:
    """Log-odds that the two are of one act; None where they cannot be."""
    found = signs(one, other, kinds, wording, weights)
    if found is None:
        return None
    speaks: float = sum(getattr(weights, sign) * getattr(found, sign) for sign in Signs.__struct_fields__)
    return weights.start + speaks


def signs(
    one: Report,
    other: Report,
    kinds: Kinds,
    wording: Wording,
    weights: Weights = Weights(),  # noqa: B008 (frozen)
) -> Signs | None:
    """What speaks for and against one act; None where it cannot be one."""
    if _STANDING[one.status] != _STANDING[other.status] or not _days_fit(one, other, weights):
        return None
    same_type, actors = _type(one, other, kinds), _actors(one, other)
    if same_type is None or actors is None:
        return None
    return Signs(
        words=alike(one.tokens, other.tokens, wording, _acts(one, other)),
        same_type=same_type,
        place=_place(one, other),
        issue=_issue(one, other),
        actors=actors - 1,
        order=_order(one, other),
    )


def pairs(report: Report) -> frozenset[tuple[str, str]]:
    """The ordered pairs of actors between whom the act is; both ways where it is mutual; (actor, "") where alone."""
    if report.sources and report.targets:
        return frozenset((s, t) for s, t in product(report.sources, report.targets))
    both = report.sources or report.targets
    return frozenset((s, t) for s, t in product(both, both) if s != t) or frozenset((s, "") for s in both)


def days(report: Report, weights: Weights) -> tuple[dt.date, dt.date] | None:
    """First and last day on which the act may have been; None where nothing is known."""
    if report.first is None:
        return None
    last = report.last or report.first
    if report.dated_by == "event":
        return report.first, last
    late = dt.timedelta(days=weights.days_late)
    return (report.first - late if report.first - dt.date.min > late else dt.date.min), last


def _days_fit(one: Report, other: Report, weights: Weights) -> bool:
    mine, theirs = days(one, weights), days(other, weights)
    if mine is None or theirs is None:
        return False
    apart = (max(mine[0], theirs[0]) - min(mine[1], theirs[1])).days
    # where a day was left open already, it is not stretched once more
    exact = one.dated_by == other.dated_by == "event"
    return apart <= (weights.days_apart if exact else 0)


def _type(one: Report, other: Report, kinds: Kinds) -> float | None:
    if one.type != other.type:
        return 0.0 if frozenset((one.type, other.type)) in kinds.near else None
    if one.mode == other.mode:
        return 1.0
    if one.mode and other.mode and (one.type, frozenset((one.mode, other.mode))) in kinds.apart:
        return None
    return 0.5


def _acts(one: Report, other: Report) -> list[str]:
    return [act for r in (one, other) for act in ((r.type, f"{r.type}-{r.mode}") if r.mode else (r.type,))]


def _actors(one: Report, other: Report) -> float | None:
    mine, theirs = pairs(one), pairs(other)
    if not mine & theirs:
        return None
    return len(mine & theirs) / len(mine | theirs) if bool(one.targets) == bool(other.targets) else _both(one, other)


def _both(one: Report, other: Report) -> float:
    # told as mutual by one and as done by one side by the other: the same people, in another order
    mine, theirs = {*one.sources, *one.targets}, {*other.sources, *other.targets}
    return len(mine & theirs) / len(mine | theirs)


def _place(one: Report, other: Report) -> float:
    if one.place and other.place and one.place.casefold() == other.place.casefold():
        return 1.0
    named = [
        there.place.casefold() in here.text.casefold() for here, there in ((one, other), (other, one)) if there.place
    ]
    if any(named):
        return 1.0
    return -1.0 if one.place and other.place else 0.0


def _issue(one: Report, other: Report) -> float:
    if not one.issues or not other.issues:
        return 0.0
    return 1.0 if set(one.issues) & set(other.issues) else -1.0


def _order(one: Report, other: Report) -> float:
    mine, theirs = ({token for token in report.tokens if token.endswith("*")} for report in (one, other))
    return -1.0 if mine and theirs and not mine & theirs else 0.0
