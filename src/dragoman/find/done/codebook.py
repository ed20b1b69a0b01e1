"""The rules of the PLOVER codebook on types: which turn into which, and which need nobody on the other side."""

from __future__ import annotations

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
    return outer, mode


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
