"""Questions to a store, and Answers that know how they are drawn: what the verbs that ask a store share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import IO, TYPE_CHECKING, Any

import msgspec

from dragoman.desk import parts, stores
from dragoman.desk.parts import Day
from dragoman.errors import MissingExtra, SettingsError
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.relate.goldstein import Weights
    from dragoman.store.arrow import Answer
    from dragoman.store.base import Question, Store

OURS = ("dragoman",)  # our own coding
PICTURES = ("png", "svg", "html")


def question(
    actors: Sequence[str],
    *,
    since: Day | None = None,
    until: Day | None = None,
    types: Sequence[str] = (),
    issues: Sequence[str] = (),
    status: Sequence[str] | None = None,
    origins: Sequence[str] = OURS,
    count: str = "happening",
    undated: bool = True,
    settings: Settings | None = None,
) -> tuple[Question, dict[str, str]]:
    """What is asked of events, in codes, and for each bloc in it what it stands for. Raises SettingsError."""
    if isinstance(origins, str):
        raise SettingsError(f"origins cannot be {origins!r}", name="origins", hint=f"a list: [{origins!r}]")
    asked, blocs = stores.question(
        actors, since=since, until=until, types=types, issues=issues, status=status, settings=settings
    )
    all_ = not origins or "all" in origins
    more: dict[str, Any] = {"origins": () if all_ else tuple(dict.fromkeys(origins)), "count": count}
    return msgspec.structs.replace(asked, undated=undated, **more), blocs


def check_origins(asked: Question, kept: Store) -> None:
    """Raises SettingsError for an origin of which the store has nothing, naming those it has."""
    if asked.origins == OURS or not asked.origins:
        return
    there = kept.info().origins
    for name in asked.origins:
        if name not in there and name not in OURS:
            has = f"the store has events of {', '.join(there)}" if there else "the store has no events"
            raise SettingsError(f"no event is of {name!r}", name="origin", hint=has)


def about(asked: Question, **more: Any) -> dict[str, Any]:
    """What an Answer is about: the question, and whatever else is to be told of it."""
    first, last = asked.days
    return {
        "actors": asked.actors,
        "since": first,
        "until": last,
        "by": asked.unit,
        "origins": asked.origins or ("all",),
        "count": asked.count,
    } | more


def answered(found: Answer, kind: str, **more: Any) -> Answer:
    """The Answer, which now says what it is and can be drawn."""
    from dataclasses import replace

    return replace(found, kind=kind, draw=_draw, **more)


def weights() -> Weights:
    """Goldstein's weights by the type and mode of our events."""
    from dragoman.relate import goldstein

    return goldstein.read((files("dragoman") / "data/ontology/goldstein.csv").read_text("utf-8"))


def save_plot(found: Answer, form: str, stream: IO[Any]) -> None:
    """Writes a chart of the answer as png, svg or html. Raises SettingsError where there is none for it."""
    _plots("save")(found, form, stream, names=_names())


def _draw(found: Answer, **given: Any) -> Any:
    return _plots("chart")(found, **{"names": _names()} | given)


def _names() -> dict[str, str]:
    names = parts.names()
    return {**names.issues, **names.actors}


def _plots(name: str) -> Callable[..., Any]:
    from importlib import import_module

    try:
        made: Callable[..., Any] = getattr(import_module("dragoman.plot"), name)
    except ImportError as cause:
        raise MissingExtra(getattr(cause, "name", None) or "dragoman.plot", "plot") from cause
    return made
