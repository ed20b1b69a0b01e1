"""Reports of one act within an article become one event with several pieces of evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dragoman.find.done.acts import Act
from dragoman.find.done.codebook import ALONE
from dragoman.find.done.parties import codes, distinct
from dragoman.records import EventDate, Participant, Place, Span, Status


@dataclass(slots=True)
class Draft:
    """An event in the making."""

    act: Act
    type: str
    mode: str | None
    source: tuple[Participant, ...]
    target: tuple[Participant, ...]
    status: Status
    date: EventDate | None
    place: Place | None
    statement: str | None
    trigger: Span
    sentence: int
    confidence: float
    reason: str
    evidence: list[Span] = field(default_factory=list)
    contexts: tuple[str, ...] = ()
    noun: bool = False
    share: float | None = None  # what the model gives the type, where it was asked
    model: bool = False  # only the model sees it


# deeds: a headline and a text seldom tell two of one kind by the same doer
_DEEDS = frozenset(["COERCE", "ASSAULT", "SANCTION", "RETREAT", "AID", "MOBILIZE"])


def merge(drafts: Sequence[Draft], headline: int = 0) -> list[Draft]:
    """Reports of one act become one event; a visit told as talks is one visit.

    `headline` is where the headline ends: what it tells shorter than the text ("Guards seize tanker") is the same act.
    """
    out: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: (d.noun and not _full(d), d.trigger[0])):
        for known in out:
            if _one_act(known, draft) or _announced(known, draft, headline):
                _absorb(known, draft)
                break
        else:
            if _full(draft) or not draft.noun:
                out.append(draft)
    out.sort(key=lambda d: d.trigger[0])
    return out


def _full(draft: Draft) -> bool:
    """Whether all sides that the type asks for are there."""
    if draft.type == "CONSULT":
        return len({p.actor for p in (*draft.source, *draft.target)}) > 1
    together = draft.act.symmetric and len(codes(draft.source)) > 1
    return together or bool(draft.target) or draft.type in ALONE


def _one_act(a: Draft, b: Draft) -> bool:
    if a.type != b.type:
        return False
    if a.status != b.status and not (a.type == "AGREE" and {a.status, b.status} == {"actual", "planned"}):
        return False
    if a.type != "CONSULT" and a.mode and b.mode and a.mode != b.mode:
        return False
    if a.type == "CONSULT" and "phone" in (a.mode, b.mode) and a.mode != b.mode:
        return False
    if not _dates_agree(a.date, b.date) or not _places_agree(a.place, b.place):
        return False
    sides_a, sides_b = codes(a.source), codes(b.source)
    targets_a, targets_b = codes(a.target), codes(b.target)
    if a.type == "CONSULT":
        all_a, all_b = sides_a | targets_a, sides_b | targets_b
        small, large = sorted((all_a, all_b), key=len)
        if not small <= large or (small != large and not (a.noun or b.noun)):
            return False
        return not (a.mode == b.mode == "visit" and targets_a and targets_b and targets_a != targets_b)
    if sides_a == sides_b and targets_a == targets_b:
        return True
    return b.noun and sides_b <= sides_a and targets_b <= targets_a


def _announced(a: Draft, b: Draft, headline: int) -> bool:
    """Whether one of two is the headline's word for the other, without saying to whom."""
    if (a.trigger[0] < headline) == (b.trigger[0] < headline) or a.type not in _DEEDS or a.act.symmetric:
        return False
    short, whole = (a, b) if a.trigger[0] < headline else (b, a)
    alike = a.type == b.type and a.status == b.status and (short.mode in (None, whole.mode))
    same = codes(short.source) == codes(whole.source) and None not in codes(short.source)
    return alike and same and codes(short.target) <= {None} and _dates_agree(a.date, b.date)


def _absorb(known: Draft, other: Draft) -> None:
    known.evidence.extend(e for e in other.evidence if e not in known.evidence)
    known.evidence.sort()
    if known.type == "CONSULT" and other.mode == "visit" and known.mode != "visit" and other.target:
        known.mode, known.source, known.target = other.mode, other.source, other.target
        known.reason = other.reason
    known.mode = known.mode or other.mode
    if known.date is None or (known.date.start is None and other.date is not None):
        known.date = other.date or known.date
    known.place = known.place or other.place
    if codes(known.target) <= {None} and other.target and other.type != "CONSULT":
        known.target, known.trigger, known.reason = other.target, other.trigger, other.reason
        known.sentence, known.act = other.sentence, other.act
    known.source = _named(known.source, other.source)
    known.target = _named(known.target, (*other.target, *other.source))
    if known.statement != other.statement:
        # what the article itself asserts is more than somebody's claim
        known.statement = None if known.statement is None or other.statement is None else known.statement
    known.confidence = round(min(0.99, known.confidence + 0.03), 2)
    known.contexts = tuple(dict.fromkeys((*known.contexts, *other.contexts)))


def _named(mine: tuple[Participant, ...], others: Iterable[Participant]) -> tuple[Participant, ...]:
    """Participants with a person's name instead of a bare state, where another report tells it."""
    out = []
    pool = list(others)
    for who in mine:
        better = next((p for p in pool if p.actor == who.actor and p.office and not who.office and p.name), None)
        out.append(better or who)
    return distinct(out)


def _dates_agree(a: EventDate | None, b: EventDate | None) -> bool:
    if a is None or b is None or not (a.start and a.end and b.start and b.end):
        return True
    return a.start <= b.end and b.start <= a.end


def _places_agree(a: Place | None, b: Place | None) -> bool:
    if a is None or b is None:
        return True
    return a.country == b.country or a.name == b.name
