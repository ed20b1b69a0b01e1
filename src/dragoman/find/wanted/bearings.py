"""Toward whom and regarding what a position is: from the words around the topic, or from who was spoken of last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from dragoman.find.about.topics import Topic, Topics
from dragoman.find.base import References
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.sides import Sides, actors, codes, sides_of
from dragoman.find.wanted.voices import Voice, Voices
from dragoman.lexicon.rows import Issue
from dragoman.parse.base import Parsed
from dragoman.records import Event


class Bearing(msgspec.Struct, frozen=True, gc=False):
    """Toward whom, regarding whom or what, shared with whom."""

    toward: str | None
    regarding: str | None
    shared: tuple[str, ...]


class Bearings:
    """Finds the bearing of a claim. Who stands where is told by the issue: `named` in its file."""

    def __init__(
        self, parsed: Parsed, references: References, events: Sequence[Event], topics: Topics, voices: Voices
    ) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.references = references
        self.events = events
        self.topics = topics
        self.voices = voices

    def of(self, topic: Topic, claim: Claim, voice: Voice, issue: Issue, sign: int) -> Bearing:
        """The bearing of a claim on a topic, seen from the one who holds it."""
        me = voice.actor
        named = str(issue.table.get("named", "conduct"))
        pair = bool(issue.table.get("pair"))
        sides = sides_of(self.parsed, self.references, topic.first, topic.last, claim.path)
        shared = _not(me, voice.shared)
        addressed = _not(me, voice.addressed)
        if claim.event is not None and claim.kind in ("act", "deed"):
            struck = _not(me, actors(claim.event.target), addressed)
            if named == "regarding":
                sides.places.extend(c for c in struck if c not in sides.places)
            else:
                addressed += struck
        if claim.kind == "field":
            shared += _not(me, self._partners(claim), shared)
            if not shared and self.voices.together(claim):
                other = self._other_side(me, topic.first, voice.statement)
                shared = [other] if other else []
            sides.partners = _not(me, sides.partners, shared)
        elif claim.kind == "duty" and named != "toward":
            # that the others ought to is not yet that they agree
            addressed, shared = [*shared, *addressed], []
        toward, regarding = self._placed(named, me, sides, addressed, shared, for_it=sign > 0 and not claim.neutral)
        if pair:
            toward = toward or self._other_side(me, topic.first, voice.statement)
            shared = list(voice.shared)
        elif named == "toward" and shared and toward is None and self._agreed(claim):
            toward = shared[0]
        elif toward in shared and named != "toward":
            toward = None
        if toward is None and regarding is None and not shared:
            spoken_of = _not(me, self._spoken_of(voice.statement))[:1] or self._deeper(me, topic, claim)
            if named == "regarding":
                regarding = _first(spoken_of)
            else:
                toward = _first(spoken_of)
        if toward is None and claim.condition is not None:
            toward = _first(_not(me, self._named_in(*claim.condition), [regarding] if regarding else []))
        regarding = self._pointed(topic, told=regarding is not None) or regarding
        if regarding in (me, toward) or regarding in shared:
            regarding = None
        return Bearing(toward, regarding, tuple(shared))

    def _placed(
        self, named: str, me: str, sides: Sides, addressed: list[str], shared: list[str], *, for_it: bool
    ) -> tuple[str | None, str | None]:
        """(toward, regarding) by what those named around a topic are to it."""
        first = _first(addressed)
        if named == "toward":
            others = _not(me, sides.all())
            return first or _first(_not(me, others, shared)) or _first(shared) or _first(others), None
        if named == "target":
            targets = _not(me, [*sides.targets, *_not(me, sides.partners, shared)])
            places = _only(_not(me, sides.places))
            if for_it:
                return first or _first(targets), places
            return first or _first(_not(me, sides.doers)), _first(targets) or places
        if named == "regarding":
            places = _only(
                _not(me, [*sides.places, *sides.partners, *sides.targets, *sides.doers], [*shared, *addressed[:1]])
            )
            return first, places
        toward = first or _first(_not(me, sides.doers, shared))
        about = _not(me, [*sides.targets, *sides.places, *sides.partners], [*shared, *([toward] if toward else [])])
        return toward, _only(about)

    def _partners(self, claim: Claim) -> list[str]:
        """With whom: "cooperate with Chad on", "our interests and those of Niger", or the other side of the talks."""
        out: list[str] = []
        words = [claim.top, *[k for k in claim.path if self.tokens[k].pos in ("VERB", "NOUN")]]
        for k in words:
            for prep in self.parsed.kids(k, "prep"):
                if prep.lower == "with":
                    for pobj in self.parsed.kids(prep.i, "pobj"):
                        out.extend(c for c in codes(self.references, pobj.i) if c not in out)
        return out

    def _agreed(self, claim: Claim) -> bool:
        """Whether it is an agreement between those who share it, not only the same wish."""
        if claim.kind == "field" or (claim.event is not None and claim.event.type in ("AGREE", "COOPERATE")):
            return True
        return any(word.split()[0] in _AGREEING for word in claim.words)

    def _spoken_of(self, statement: str | None) -> list[str]:
        """ "..., the minister said of Myanmar": whom a statement is about by its own cue."""
        said = self.voices.by_id.get(statement or "")
        if said is None or said.cue is None:
            return []
        out: list[str] = []
        k = self.parsed.at(said.cue[0])
        for prep in self.parsed.kids(k, "prep"):
            if prep.lower in ("of", "about"):
                for pobj in self.parsed.kids(prep.i, "pobj"):
                    out.extend(codes(self.references, pobj.i))
        return out

    def _deeper(self, me: str, topic: Topic, claim: Claim) -> list[str]:
        """The only actor named in what hangs on the topic: "the winner declared by the council in Caracas"."""
        words = self.parsed.subtree(topic.last - 1)
        found = _not(
            me, [m.code for k in words if (m := self.references.mention(k)) is not None and m.code and not m.bound]
        )
        found = [c for c in found if ":" not in c]
        return found if len(found) == 1 else []

    def _named_in(self, start: int, end: int) -> list[str]:
        people = [p for p in self.references.everybody() if p.actor and start <= p.span[0] < end]
        return [p.actor for p in sorted(people, key=lambda p: p.span) if p.actor and ":" not in p.actor]

    def _pointed(self, topic: Topic, *, told: bool) -> str | None:
        """Whom a place beside the topic points at; where the words tell somebody, only a row for this issue counts."""
        sentence = self.tokens[topic.first].sentence
        return next(
            (
                p.code
                for p in self.topics.pointers
                if (p.issue == topic.issue or (not p.issue and not told)) and self.tokens[p.first].sentence == sentence
            ),
            None,
        )

    def _other_side(self, me: str, i: int, statement: str | None) -> str | None:
        """Who the other side is where the words do not say: the one spoken with, or the only other one around."""
        said = self.voices.by_id.get(statement or "")
        if said is not None and said.addressee is not None and said.addressee.actor not in (None, me):
            return said.addressee.actor
        sentence = self.tokens[i].sentence
        for event in self.events:
            sides = actors((*event.source, *event.target))
            if event.type in ("CONSULT", "AGREE", "SUPPORT", "COOPERATE") and me in sides:
                others = [c for c in sides if c != me]
                if len(others) == 1:
                    return others[0]
        for reach in (0, 1, 2, 3):
            first = self.parsed.sentences[max(0, sentence - reach)]
            last = self.parsed.sentences[sentence]
            near = [
                p.actor
                for p in self.references.everybody()
                if p.actor and p.actor != me and not p.actor.startswith("MNC:") and first.start <= p.span[0] < last.end
            ]
            near = list(dict.fromkeys(near))
            if len(near) == 1:
                return near[0]
            if near:
                return None
        return None


_AGREEING = frozenset(["agree", "sign", "conclude", "ratify", "seal", "intend", "plan"])


def _first(values: Iterable[str]) -> str | None:
    return next(iter(values), None)


def _only(values: Sequence[str]) -> str | None:
    distinct = list(dict.fromkeys(values))
    if len(distinct) > 1:
        distinct = [c for c in distinct if ":" not in c]  # "the accession of Turkey to the European Union"
    return distinct[0] if len(distinct) == 1 else None


def _not(me: str, values: Iterable[str], also: Iterable[str] = ()) -> list[str]:
    out = {me, *also}
    return [c for c in dict.fromkeys(values) if c not in out]
