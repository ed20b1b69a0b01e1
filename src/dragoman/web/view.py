"""What an address asks for, and the address that asks for it: the whole state of a page stands there.

view = read(request.query_params)              # raises SettingsError that names the part it cannot take
link("/pair", view, a="USA", b="RUS")          # the same view of a pair
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

import msgspec

from dragoman.errors import SettingsError

UNITS = {"all": "the whole period", "year": "years", "quarter": "quarters", "month": "months", "week": "weeks",
         "day": "days"}  # fmt: skip
ORDERS = {"events": "most events first", "name": "by name", "like": "like beside like"}
STATUSES = ("actual", "planned", "hypothetical", "historical", "negated")
COUNTS = {"happening": "each act once", "report": "every report"}
_MOST_ACTORS = 60
_LONGEST = 200  # characters of one value


class Given(Protocol):
    """The part of an address after the question mark."""

    def getlist(self, key: Any) -> list[str]: ...
    def keys(self) -> Any: ...


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the store a page shows, and how. Actors, issues and types are as they were written."""

    actors: tuple[str, ...] = ()
    measure: str = "score_mean"
    since: str = ""
    until: str = ""
    by: str = ""
    issues: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    dated: bool = False  # without events that have no day of their own
    count: str = "happening"
    origin: str = "dragoman"  # whose events: our own coding, the name of an import, or all
    order: str = "events"
    most: int = 20
    page: int = 1


_LISTS = {"actor": "actors", "issue": "issues", "type": "types", "status": "status"}
_WORDS = {
    "measure": "measure",
    "since": "since",
    "until": "until",
    "by": "by",
    "count": "count",
    "order": "order",
    "origin": "origin",
}
_NUMBERS = {"most": (1, _MOST_ACTORS), "page": (1, 100_000)}
_NAMES = {field: name for name, field in {**_LISTS, **_WORDS}.items()}
_USUAL = View()


def read(given: Given) -> View:
    """The view that an address asks for. Raises SettingsError for what cannot be."""
    found: dict[str, Any] = {}
    for name, field in _LISTS.items():
        found[field] = tuple(dict.fromkeys(_each(name, given)))
    for name, field in _WORDS.items():
        if values := _each(name, given):
            found[field] = values[-1]
    for name, (low, high) in _NUMBERS.items():
        if values := _each(name, given):
            found[name] = _number(name, values[-1], low, high)
    found["dated"] = "dated" in given.keys()  # noqa: SIM118 (several values to a key)
    return checked(View(**found))


def checked(view: View) -> View:
    """The same view. Raises SettingsError that names the part that cannot be."""
    _known("by", view.by or "all", tuple(UNITS))
    _known("count", view.count, tuple(COUNTS))
    _known("order", view.order, tuple(ORDERS))
    for one in view.status:
        _known("status", one, (*STATUSES, "all"))
    if len(view.actors) > _MOST_ACTORS:
        raise SettingsError(f"{len(view.actors)} actors are too many for one page", name="actor", hint=f"up to {_MOST_ACTORS}")  # noqa: E501  # fmt: skip
    for one in view.actors:
        if one.lower().endswith((".csv", ".txt")):  # for the desk this would name a file of this machine
            raise SettingsError(f"no actor is called {one!r}", name="actor", hint="a code or name: USA, Russia, EU")
    return view


def asked(view: View, **change: Any) -> list[tuple[str, str]]:
    """The view as the pairs of an address, without what is usual; `change` replaces fields, others are added."""
    fields = {name: change.pop(name) for name in list(change) if name in View.__struct_fields__}
    shown = msgspec.structs.replace(view, **fields)
    found: list[tuple[str, str]] = [(name, str(value)) for name, value in change.items() if value not in (None, "")]
    for field in View.__struct_fields__:
        value = getattr(shown, field)
        if value == getattr(_USUAL, field):
            continue
        name = _NAMES.get(field, field)
        if isinstance(value, tuple):
            found += [(name, one) for one in value]
        else:
            found.append((name, "1" if value is True else str(value)))
    return found


def link(path: str, view: View | None = None, **change: Any) -> str:
    """The address of a page with this view."""
    pairs = asked(view or _USUAL, **change)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def one(given: Mapping[str, str], name: str) -> str:
    """One value of an address, without blanks; empty where it is not there. Raises SettingsError."""
    value = (given.get(name) or "").strip()
    if len(value) > _LONGEST or "\0" in value:
        raise SettingsError(f"what stands under {name} is too long", name=name, hint=f"up to {_LONGEST} letters")
    return value


def _each(name: str, given: Given) -> list[str]:
    values = [value.strip() for value in given.getlist(name)]
    if any(len(value) > _LONGEST or "\0" in value for value in values):
        raise SettingsError(f"what stands under {name} is too long", name=name, hint=f"up to {_LONGEST} letters")
    return [value for value in values if value]


def _number(name: str, written: str, low: int, high: int) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 8 and low <= int(written) <= high):
        raise SettingsError(f"{name} cannot be {written!r}", name=name, hint=f"a number from {low} to {high}")
    return int(written)


def _known(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise SettingsError(f"{name} cannot be {value!r}", name=name, hint=", ".join(known))
