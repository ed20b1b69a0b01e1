"""The rules of the PLOVER codebook on types: which turn into which, and which need nobody on the other side."""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.records import Participant

_COOPERATIVE = ("CONSULT", "SUPPORT", "COOPERATE", "AID", "AGREE")

_YIELDING = ("CONCEDE", "RETREAT")

# types that need nobody on the other side
ALONE = frozenset(
    ["MOBILIZE", "PROTEST", "CONCEDE", "RETREAT", "AGREE", "REQUEST", "REJECT", "ACCUSE", "THREATEN", "COERCE"]
)

DOMESTIC = frozenset(["COERCE", "ASSAULT", "PROTEST", "SANCTION", "ACCUSE", "REQUEST", "RETREAT", "CONCEDE"])

# types whose target may be anybody whom the tables cannot place; of the others only who has an office or a side
ANYBODY = frozenset(["ASSAULT", "COERCE", "ACCUSE", "SANCTION", "RETREAT"])

# who acts for a state
_STATE = frozenset(["GOV", "MIL", "COP", "SPY"])
_FIGHTERS = frozenset(["REB", "UAF"])
# what is protest when people do it, and done by a state
_OFFICIAL = {"riot": ("COERCE", "seize"), "obstruct": ("COERCE", "restrict"), "boycott": ("SANCTION", "discontinue")}


def stands(kind: str, who: Participant) -> bool:
    """Whether somebody may be the target of an act: "urged people" is aimed at nobody in particular."""
    return who.actor is not None or kind in ANYBODY or (who.sector or "CVL") != "CVL"


def combine(outer: str, mode: str | None, inner: str, inner_mode: str | None) -> tuple[str, str | None] | None:
    """The type and mode of an act that takes another act; None when the two cancel out.

    From the codebook: promised cooperation is AGREE, a promised concession CONCEDE, threatened force THREATEN with the
    matching mode, refusal REJECT and demand REQUEST with the mode of what is refused or demanded.
    """
    if inner == "ANY":
        return outer, mode or ("change" if outer in ("REQUEST", "REJECT") else None)
    if outer == "AGREE":
        return ("AGREE", None) if inner == "MOBILIZE" else when_planned(inner, inner_mode)
    if outer == "THREATEN":
        return (
            ("THREATEN", _threat_mode(inner, inner_mode))
            if inner not in _COOPERATIVE + _YIELDING
            else ("THREATEN", None)
        )
    if outer in ("REJECT", "REQUEST"):
        if outer == "REJECT" and inner not in _COOPERATIVE + _YIELDING and inner not in ("REJECT", "REQUEST"):
            return None
        if outer == "REQUEST" and inner in ("SANCTION", "COERCE", "ASSAULT", "MOBILIZE"):
            return "REQUEST", "change"
        return outer, {
            "CONSULT": "meet", "AID": "assist", "COOPERATE": "assist", "SUPPORT": "assist", "CONCEDE": "yield",
            "RETREAT": "yield", "AGREE": "assist",
        }.get(inner, "change")  # fmt: skip
    if outer == "ACCUSE":
        return "ACCUSE", mode or "allege"
    if outer == "SANCTION" and mode != "expel":
        # a law, decree or notice does what stands in it
        return inner, inner_mode
    return outer, mode


def combine_refrained(outer: str, inner: str) -> tuple[str, str | None] | None:
    """The type and mode of an act that takes "not to" do another; None when nothing comes of it.

    From the codebook: a promise to give up a hostile move is a concession, one to hold back help or to yield nothing a
    refusal, the threat of it a threat, and who is asked to refrain is asked to change.
    """
    if outer == "REQUEST":
        return "REQUEST", "change"
    good = inner in _COOPERATIVE + _YIELDING
    if outer == "THREATEN":
        return ("THREATEN", None) if good else None
    if outer != "AGREE":
        return None
    return ("REJECT", "assist" if inner in _COOPERATIVE else "yield") if good else ("CONCEDE", None)


def as_done_by(kind: str, mode: str | None, source: Sequence[Participant]) -> tuple[str, str | None]:
    """The type and mode of an act in view of who does it.

    People protest in the street, governments in words; a crowd that storms an embassy riots, police seize it, fighters
    assault it.
    """
    if kind == "PROTEST" and source:
        if all(p.sector in _STATE or (p.sector is None and p.via in ("gazetteer", "metonym")) for p in source):
            # police may demonstrate over their pay
            others = any(p.sector in _STATE - {"GOV"} for p in source)
            return _OFFICIAL.get(mode or "", ("PROTEST", mode) if others else ("ACCUSE", "disapprove"))
        fighters = (p.sector in _FIGHTERS or ((p.actor or "").startswith("NSA:") and p.role is None) for p in source)
        if mode == "riot" and all(fighters):
            return "ASSAULT", None
    return kind, mode


def when_refused(kind: str) -> tuple[str, str] | None:
    """What an act is coded as that somebody says he will not do: REJECT, where it would have pleased the other side."""
    if kind not in (*_COOPERATIVE, *_YIELDING):
        return None
    return "REJECT", "meet" if kind == "CONSULT" else "yield" if kind in _YIELDING else "assist"


def when_planned(kind: str, mode: str | None) -> tuple[str, str | None]:
    """What an act to come is coded as: cooperation AGREE, yielding CONCEDE, force and sanctions THREATEN."""
    if kind in ("CONSULT", "SUPPORT", "COOPERATE", "AID"):
        return "AGREE", None
    if kind == "RETREAT":
        return "CONCEDE", None
    if kind in ("SANCTION", "COERCE", "ASSAULT"):
        return "THREATEN", _threat_mode(kind, mode)
    return kind, mode


def _threat_mode(kind: str, mode: str | None) -> str | None:
    if kind == "SANCTION":
        return {"expel": "expel", "withdraw": "relations"}.get(mode or "", "restrict")
    if kind == "COERCE":
        return {"arrest": "arrest", "seize": "territory", "deport": "expel"}.get(mode or "", "restrict")
    return "violence" if kind in ("ASSAULT", "MOBILIZE") else None
