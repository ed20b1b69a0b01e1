"""Which two sides of a sentence are worth a question to the trained model: a doer and somebody else around one verb."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from dragoman.find.done.acts import Acts
from dragoman.find.done.parties import apart, distinct
from dragoman.parse.base import Sentence
from dragoman.parse.frames import TIMES, Frame, subjects, verb_frame
from dragoman.records import Participant, Span

MOST = 6  # pairs of one sentence that are asked about
MOST_OF_A_VERB = 3
MOST_VERBS = 40  # of one sentence: real ones have fewer, and the work grows with their square
# what must be done by somebody is demanded of him
_DUTY = frozenset(["must", "should", "ought", "need", "have"])
# prepositions behind which somebody stands at whom an act may be aimed
_AIMED = frozenset(
    "against to on into with over of at from for in by between near toward towards among upon inside outside through"
    " across around".split()
)
_NOBODY = frozenset(["what", "which", "who", "that", "this", "these", "those", "it", "there", "one", "something"])


class Pair(msgspec.Struct, frozen=True, gc=False):
    """Two sides around a verb of a sentence; spans are characters of the sentence, the target may be nobody."""

    sentence: int
    verb: int
    source: tuple[Participant, ...]
    target: tuple[Participant, ...]
    at_source: tuple[Span, ...]
    at_target: tuple[Span, ...]
    at_act: tuple[Span, ...]
    scene: bool = False  # the target is only where it happened ("spoke in Hanoi")


class Pairs(Acts):
    """Finds the pairs of a sentence."""

    def pairs(self, sentence: Sentence, quiet: frozenset[str], without: frozenset[int]) -> list[Pair]:
        """The pairs worth a question, verb by verb, `without` some verbs; `quiet` are lemmas of verbs that only carry
        what is said."""
        out: list[Pair] = []
        verbs = [i for i in range(sentence.first, sentence.last) if self.tokens[i].pos == "VERB"]
        for i in verbs[:MOST_VERBS]:
            if i not in without:
                mine = self._of_verb(sentence, i, quiet)
                out += [p for p in mine if all((p.at_source, p.at_target) != (o.at_source, o.at_target) for o in out)]
        known = [p for p in out if any(s.actor for s in (*p.source, *p.target))]
        return sorted(known + [p for p in out if p not in known][: MOST // 2], key=lambda p: p.verb)[:MOST]

    def _of_verb(self, sentence: Sentence, i: int, quiet: frozenset[str]) -> list[Pair]:
        token = self.tokens[i]
        frame = verb_frame(self.parsed, i)
        if token.lemma in quiet and self.parsed.kids(i, "ccomp"):
            return list(self._demands(sentence, i, frame))
        doers = [k for k in frame.agents if sentence.first <= k < sentence.last]
        source = distinct(p for k in doers for p in self._doer(k))
        if not source:
            doers = self._who_says(doers, i, quiet)
            source = distinct(p for k in doers for p in self._doer(k))
        if not source:
            return []
        ranked: list[tuple[int, int, Pair]] = []
        for n, k in enumerate(self._around(frame, doers, sentence)):
            target = self._aim(k, source)
            if target:
                rank = 0 if any(p.actor for p in target) else 1
                ranked.append((rank, n, self._pair(sentence, i, doers, k, source, target)))
        found = [pair for *_, pair in sorted(ranked, key=lambda one: one[:2])[:MOST_OF_A_VERB]]
        if not found and any(p.actor or p.sector for p in source):
            found = [self._pair(sentence, i, doers, None, source, ())]
        return found

    def aims(self, sentence: Sentence, i: int, used: Sequence[int], source: tuple[Participant, ...]) -> list[Pair]:
        """The pairs of an act at word `i` whose doer is known; its other side is sought beyond the words `used`."""
        frame = verb_frame(self.parsed, i)
        spans = tuple((max(0, a - sentence.start), b - sentence.start) for a, b in (p.span for p in source))
        out = []
        for k in self._around(frame, [], sentence):
            if k in used:
                continue
            target = tuple(p for p in self._aim(k, source) if p.actor or p.sector)
            inside = target and all(not (a <= p.span[0] < b) for p in target for a, b in (s.span for s in source))
            if inside:
                pair = self._pair(sentence, i, [], k, source, target)
                out.append(msgspec.structs.replace(pair, at_source=spans))
        return out[:MOST_OF_A_VERB]

    def _demands(self, sentence: Sentence, i: int, frame: Frame) -> Iterator[Pair]:
        """ "Oslo said that Lima must pay": who says so, and who must."""
        doers = [k for k in frame.agents if sentence.first <= k < sentence.last]
        source = distinct(p for k in doers for p in self._doer(k))
        for clause in self.parsed.kids(i, "ccomp"):
            helps = self.parsed.kids(clause.i, "aux")
            # "demanded that Lima pay": the bare verb is a demand too
            duty = any(t.lemma in _DUTY or t.lower in _DUTY for t in helps) or (clause.tag == "VB" and not helps)
            if not source or not (duty or clause.lemma in ("need", "have")):
                continue
            for k in (*self.parsed.kids(clause.i, "nsubj", "nsubjpass"),):
                target = self._aim(k.i, source) if sentence.first <= k.i < sentence.last else ()
                if target:
                    yield self._pair(sentence, clause.i, doers, k.i, source, target)

    def _who_says(self, doers: Sequence[int], i: int, quiet: frozenset[str]) -> list[int]:
        """ "The guards said they would strike": whom a pronoun that stands for nobody we know goes back to."""
        if not doers or any(self.tokens[k].pos != "PRON" or self.tokens[k].lower in _NOBODY - {"it"} for k in doers):
            return []
        for above in self.parsed.ancestors(i):
            if above.pos == "VERB" and above.lemma in quiet:
                return [k for k in subjects(self.parsed, above.i) if self.tokens[k].pos != "PRON"]
        return []

    def _doer(self, k: int) -> list[Participant]:
        """Who does it: an actor, what belongs to one ("four Taliban members"), or somebody nobody can place."""
        who = self._who(k, loose=False)[0]
        if who:
            return who
        near = self.parsed.kids(k, "poss", "amod", "compound", "nmod") or any(
            t.lower == "of" for t in self.parsed.kids(k, "prep")
        )
        owners = self._owners(k) if near else []
        return [self._belonging(p, k) for p in owners] or self._unplaced(k)

    def _aim(self, k: int, source: Sequence[Participant]) -> tuple[Participant, ...]:
        """At whom it may be aimed: an actor, what is an actor's own, a place, or people and bodies nobody can place."""
        found = self._who(k, loose=True)[0] or self._unplaced(k)
        mine = {s.actor for s in source if s.actor}
        return tuple(p for p in distinct(found) if p.actor is None or p.actor not in mine or apart(p, source))

    def _unplaced(self, k: int) -> list[Participant]:
        """People, bodies and names that no table places: "the committee", "Mayor Ola Brun", "dozens of protesters"."""
        found = self._unknown(k, bodies=True)
        token = self.tokens[k]
        if found or token.pos != "PROPN" or token.text in TIMES or self.place_at.get(k) or not token.text[:1].isupper():
            return found
        start, end = self.references.phrase(k)
        text = self.parsed.text[start:end]
        return [
            Participant(
                actor=None, sector=None, name=text, role=None, text=text, span=(start, end), via="description",
            )
        ]  # fmt: skip

    def _around(self, frame: Frame, doers: Sequence[int], sentence: Sentence) -> list[int]:
        """The phrases below a verb that may be the other side, objects first, then by how far they stand."""
        own = {j for k in doers for j in self.parsed.subtree(k)}
        verb = frame.head
        first = (*frame.objects, *(k for word, ks in frame.preps.items() if word in _AIMED for k in ks))
        below = [k for k in self.parsed.subtree(verb) if self.tokens[k].pos in ("NOUN", "PROPN", "PRON") and k > verb]
        heads = [
            k for k in below if self.tokens[k].dep not in ("compound", "amod", "nmod", "poss", "npadvmod", "appos")
        ]
        return [
            k
            for k in dict.fromkeys((*first, *heads))
            if sentence.first <= k < sentence.last and k not in own and k != verb
        ]

    def _pair(
        self,
        sentence: Sentence,
        verb: int,
        doers: Sequence[int],
        k: int | None,
        source: tuple[Participant, ...],
        target: tuple[Participant, ...],
    ) -> Pair:
        def inside(span: Span) -> Span:
            return max(0, span[0] - sentence.start), min(sentence.end, span[1]) - sentence.start

        return Pair(
            sentence.i, verb, source, target,
            tuple(inside(self.references.phrase(d)) for d in doers),
            () if k is None else (inside(self.references.phrase(k)),),
            (inside((self.tokens[verb].start, self.tokens[verb].end)),),
            k is not None and self._is_scene(k),
        )  # fmt: skip

    def _is_scene(self, k: int) -> bool:
        token = self.tokens[k]
        place = k in self.place_at or (self.references.mention(k) is not None)
        return place and token.dep == "pobj" and self.tokens[token.head].lower in ("in", "at", "near", "outside")
