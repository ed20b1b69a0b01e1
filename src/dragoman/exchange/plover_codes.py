"""PLOVER's own codes: types of older drafts, and actors, of which bodies have a class only (IGO, NGO, MNC, IMG).

act("investigate", [], codes)                        # ("ACCUSE", "investigate", [])
party("UNO", ["GOV"], "United Nations", codes)       # Party(code="IGO:UN", ...)
code_of(Party(code="IGO:NATO"), codes)               # "IGO"
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dragoman.exchange.crosswalk import Codes, schemes
from dragoman.exchange.event_rows import Party
from dragoman.exchange.set_aside import Unfit


def act(kind: str, modes: Sequence[str], codes: Codes) -> tuple[str, str | None, list[str]]:
    """Type, mode, and the modes given that are none of the type's or are more than one. Raises Unfit."""
    table = schemes()["plover"]["older"]
    name, follows = kind.strip().upper(), ""
    given = [mode for mode in modes if mode.strip()]
    if name not in codes.kinds and name in table:
        name, _, follows = (table[name] or _told_by(given, codes)).partition("-")
    if name not in codes.kinds:
        raise Unfit(f"the type is {kind!r}", f"one of {', '.join(codes.kinds)}")
    known = codes.kinds[name].modes
    fitting = [mode for mode in given if _plain(mode) in known]
    mode = _plain(fitting[0]) if fitting else follows or None
    return name, mode, [m for m in given if not fitting or m != fitting[0]]


def party(
    code: str, sectors: Iterable[str], name: str | None, codes: Codes, *, words: str | None = None
) -> Party | None:
    """Whom a PLOVER code, its sectors and a name mean; None where all are empty."""
    given = code.strip()
    distinct = tuple(dict.fromkeys(s.strip() for s in sectors if s.strip()))
    if not given and not name and not words:
        return None
    actor = schemes()["plover"]["bodies"].get(given) or given or None
    if given in schemes()["plover"]["classes"].values():
        named = codes.actor_named(name or "") or ""
        actor = named if _class(named) == given else given
    first = distinct[0] if distinct else None
    return Party(code=actor, sector=first, others=distinct[1:], name=name or None, words=words or None)


def code_of(party: Party) -> str:
    """PLOVER's code of a party; nothing where no actor is known."""
    bodies = {ours: theirs for theirs, ours in schemes()["plover"]["bodies"].items()}
    return bodies.get(party.code or "") or _class(party.code or "") or party.code or ""


def _class(code: str) -> str:
    prefix, colon, _ = code.partition(":")
    return str(schemes()["plover"]["classes"].get(prefix, prefix)) if colon else ""


def _plain(mode: str) -> str:
    return mode.strip().lower().replace(" ", "-").replace("_", "-")


def _told_by(modes: Sequence[str], codes: Codes) -> str:
    # what older drafts called YIELD is done where a mode says how, else nobody can tell whether it was only said
    if any(_plain(mode) in codes.kinds["RETREAT"].modes for mode in modes if "RETREAT" in codes.kinds):
        return "RETREAT"
    raise Unfit("the type is YIELD, and no mode tells it", "CONCEDE (in words) or RETREAT (in deeds)")
