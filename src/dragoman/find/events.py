"""Who did what to whom: patterns of acts held against the grammar of each clause, coded by PLOVER.

1. every verb and act noun that a pattern knows is tried, the pattern with most words first;
2. an act inside another ("agreed to lift", "threatened to cut", "urged Iran to free") is read together with it;
3. the status turns some types into others, as the codebook asks (a meeting to come is AGREE);
4. what no pattern reads is put before the trained model, where there is one;
5. reports of one act within the article become one event with several pieces of evidence;
6. sentences without an event get a note with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dragoman.find.base import References
from dragoman.find.done.acts import Act
from dragoman.find.done.clauses import Governs, StatusOf
from dragoman.find.done.codebook import (
    ALONE,
    DOMESTIC,
    as_done_by,
    combine,
    combine_refrained,
    when_planned,
    when_refused,
)
from dragoman.find.done.judged import Judge, JudgedActs
from dragoman.find.done.parties import distinct, one_state
from dragoman.find.done.sameact import Draft, merge
from dragoman.find.done.trust import of_model, of_pattern
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.rows import EventType
from dragoman.parse.base import Parsed, Sentence
from dragoman.records import Event, EventDate, Note, Participant, Place, Statement


def find_events(
    parsed: Parsed,
    references: References,
    statements: Sequence[Statement],
    dates: Sequence[EventDate],
    places: Sequence[Place],
    lexicon: Lexicon,
    *,
    status: StatusOf,
    governs: Governs,
    contexts: Callable[[int], tuple[str, ...]] = lambda sentence: (),
    judge: Judge | None = None,
) -> tuple[list[Event], list[Note]]:
    """Events in the order of the text, and a note for every sentence that has none.

    `status(i)` tells whether the act at token `i` happened; `governs(i, k)` whether word `k` belongs to its clause;
    `contexts(sentence)` names PLOVER contexts of a sentence; `judge` answers for sentences that no pattern reads.
    """
    finder = _Finder(judge, parsed, references, statements, dates, places, lexicon, status, governs, contexts)
    return finder.find()


def _promiser(
    act: Act, source: tuple[Participant, ...], target: tuple[Participant, ...]
) -> tuple[tuple[Participant, ...], tuple[Participant, ...]]:
    """Of a meeting or treaty to come: who promises it, and to whom ("Chile wishes to meet Peru")."""
    if not act.symmetric or not act.agents:
        return source, target
    mine = tuple(p for p in source if p.actor in act.agents)
    others = tuple(p for p in source if p.actor not in act.agents)
    return (mine, others) if mine and others else (source, target)


class _Finder(JudgedActs):
    def __init__(self, judge: Judge | None, *given: Any) -> None:
        super().__init__(*given)
        self.judge = judge

    def find(self) -> tuple[list[Event], list[Note]]:
        drafts: list[Draft] = []
        order = [t.i for t in self.tokens if self._candidate(t.i)]
        for i in order:
            self._act(i)
        for i in order:
            act = self.acts.get(i)
            if act is None or i in self.consumed or act.type == "ANY":
                continue
            draft = self._draft(act)
            if draft is not None:
                drafts.append(draft)
        drafts = [d for d in drafts if d.act.head not in self.consumed]
        drafts += self._musts(drafts)
        if self.judge is not None:
            drafts = self._put_before(self.judge, drafts)
        for d in drafts:
            d.confidence = of_model(d.share or 0.0) if d.model else of_pattern(d.confidence, d.share)
        merged = merge(drafts, max(0, self.parsed.text.find("\n\n")))
        events = [self._event(n, d) for n, d in enumerate(merged, 1)]
        return events, self._notes(merged)

    def _draft(self, act: Act) -> Draft | None:
        token = self.tokens[act.head]
        status, words = self.status(act.support if act.support is not None else act.head)
        kind, mode, source, target = act.type, act.mode, act.source, act.target
        how = f"pattern '{self._rule(act)}' on '{self._said(act)}'"
        if act.inner is not None:
            self._consume(act.inner)
            if any(t.dep == "neg" for t in self.parsed.kids(act.inner.head)):
                combined = combine_refrained(act.type, act.inner.type)
            else:
                combined = combine(act.type, act.mode, act.inner.type, act.inner.mode)
            if combined is None:
                self.failures[act.head] = f"'{token.text}' takes the act '{self.tokens[act.inner.head].text}' back"
                return None
            kind, mode = combined
            target = self._other_side(act)
            how += f" with '{self._rule(act.inner)}' on '{self._said(act.inner)}'"
            if not target and kind in ("AGREE", "REJECT", "THREATEN"):
                target = self._partner(act)
            if not target and act.pattern.act is not None and kind not in ALONE:
                self.failures[act.head] = f"only one side is political ('{token.text}')"
                return None
        kind, mode = as_done_by(kind, mode, source)
        after = kind in ("AGREE", "CONCEDE") and status in ("actual", "planned") and self._condition_after(act.head)
        if after:
            status, words = "hypothetical", "if"
        if act.type == "REQUEST" and act.inner is not None and self.tokens[act.head].lemma == "order":
            inner = act.inner
            if inner.pattern.noun and inner.type in ("ASSAULT", "MOBILIZE", "RETREAT", "SANCTION", "COERCE"):
                # who orders a strike strikes
                kind, mode, target = inner.type, inner.mode, inner.target
        refused = when_refused(kind) if status in ("negated", "hypothetical") and self._will_not(act) else None
        demand = self._demanded(act) if status == "hypothetical" else None
        if refused is not None:
            how += f"; 'will not' makes {kind} a refusal"
            source, target = _promiser(act, source, target)
            (kind, mode), status = refused, "actual"
        elif demand is not None:
            how += f"; '{words}' in somebody's words makes it a demand"
            kind, mode = combine("REQUEST", None, kind, mode) or ("REQUEST", "change")
            source, target, status = demand, source, "actual"
        if status == "planned":
            turned = when_planned(kind, mode)
            if turned != (kind, mode):
                how += f"; '{words}' makes {kind} to come {turned[0]}"
                source, target = _promiser(act, source, target)
                kind, mode = turned
        elif status == "hypothetical":
            conditional = after or self._own_condition(act.head)
            turned = when_planned(kind, mode)
            if conditional and turned[0] in ("AGREE", "CONCEDE", "THREATEN"):
                how += f"; '{words}' makes it conditional"
                source, target = _promiser(act, source, target)
                kind, mode = turned
            else:
                self.failures[act.head] = f"only supposed, not reported as done ('{words}' before '{token.text}')"
                return None
        elif status == "negated":
            how += f"; negated by '{words}'"
            if self._denied(act.head):
                self.failures[act.head] = f"denied ('{words}')"
                return None
        elif status == "historical":
            how += f"; long past ('{words}')"
        if not source:
            return None
        if not target and not act.symmetric:
            target = self._felt_there(act)
        inside = kind in ("REQUEST", "ACCUSE") and all(p.sector in (None, "GOV") for p in (*source, *target))
        if one_state(source, target) and (inside or kind not in DOMESTIC):
            self.failures[act.head] = f"both sides are one state ('{token.text}')"
            return None
        if not target and not act.symmetric and kind not in ALONE and not act.pattern.noun:
            needs = any(p.slot == "TARGET" for p in act.pattern.parts)
            if needs and self.lexicon.ontology[kind].needs_target:
                self.failures[act.head] = f"only one side is political ('{token.text}')"
                return None
        # "held talks" is told by the verb; its noun is no second act
        self.consumed.update(k for k in act.used if self.tokens[k].pos in ("NOUN", "PROPN"))
        sentence = self.parsed.sentence_of(act.head)
        around = self.inside.get(act.head, ())
        confidence = 0.9 - act.doubt - (0.1 if act.pattern.noun else 0.0) - (0.1 if act.inner is not None else 0.0)
        place = self._place(act)
        if kind == "CONSULT" and mode is None and place is not None and place.country:
            hosts = {p.actor for p in (*source, *target)}
            if len(place.country) == 3 and place.country not in hosts and all(len(h or "") == 3 for h in hosts):
                mode, how = "third-party", f"{how}; held in {place.name}"
        return Draft(
            act, kind, mode, source, target, status, self._date(act), place,
            around[0].id if around else None, self._trigger(act), sentence.i,
            round(max(0.2, min(0.99, confidence)), 2), how, [(sentence.start, sentence.end)],
            self.contexts(sentence.i), act.pattern.noun,
        )  # fmt: skip

    def _other_side(self, act: Act) -> tuple[Participant, ...]:
        """At whom an act with an act inside is aimed."""
        mine = {p.actor for p in act.source}
        if act.target:
            return act.target
        inner = act.inner
        pool: list[Participant] = []
        while inner is not None:
            if act.type == "REQUEST":
                pool = [*inner.source, *inner.target, *pool]
            else:
                pool = [*inner.target, *inner.source, *pool]
            inner = inner.inner
        others = [p for p in distinct(pool) if p.actor not in mine]
        return tuple(others[:1]) if act.type == "REQUEST" and len(others) > 1 else tuple(others)

    def _partner(self, act: Act) -> tuple[Participant, ...]:
        """The other side of a promise told in somebody's own words, when those words name just one."""
        mine = {p.actor for p in act.source}
        for statement in self.inside.get(act.head, ()):
            if statement.kind == "indirect":
                continue
            others = distinct(
                p
                for start, end in statement.content
                for k in range(self.parsed.at(start), self.parsed.at(end - 1) + 1)
                for p in self.references.of(k)
                if p.actor and p.actor not in mine
            )
            # the fullest name of the one other side
            return (
                (max(others, key=lambda p: (bool(p.office), p.span[1] - p.span[0])),)
                if len({p.actor for p in others}) == 1
                else ()
            )
        return ()

    def _condition_after(self, i: int) -> bool:
        """ "We can talk. Naturally, if they want to": the condition in a sentence of its own."""
        for statement in self.inside.get(i, ()):
            end = statement.content[-1][1]
            following = self.tokens[i].sentence + 1
            if following >= len(self.parsed.sentences) or self.parsed.sentences[following].start >= end:
                return False
            sentence = self.parsed.sentences[following]
            return any(
                t.lower in ("if", "unless", "provided", "assuming", "providing")
                for t in self.tokens[sentence.first : min(sentence.first + 6, sentence.last)]
            )
        return False

    def _own_condition(self, i: int) -> bool:
        """ "would lift the ban if ...": the doer's own act hangs on a condition that is stated."""
        chain = [i, *(t.i for t in self.parsed.ancestors(i) if t.pos in ("VERB", "AUX", "ADJ"))][:3]
        for k in chain:
            for t in self.parsed.kids(k, "advcl", "ccomp"):
                if t.i not in chain and any(
                    m.dep == "mark" and m.lower in ("if", "unless", "provided") for m in self.parsed.kids(t.i)
                ):
                    return True
        return False

    def _denied(self, i: int) -> bool:
        above = self.parsed.head(i)
        return self.tokens[i].dep in ("ccomp", "dobj", "xcomp", "pcomp") and above.lemma in (
            "deny",
            "dismiss",
            "reject",
        )

    def _said(self, act: Act) -> str:
        words = [act.head, *act.used]
        first, last = min(words), max(words)
        if last - first > 9:
            return " ... ".join(self.tokens[k].text for k in sorted(set(words)))
        return self.parsed.text[self.tokens[first].start : self.tokens[last].end]

    def _rule(self, act: Act) -> str:
        """The pattern that matched, of its alternatives only those that stand in the text."""
        here = {self.tokens[k].lemma.lower() for k in (act.head, *act.used)} | {self.tokens[k].lower for k in act.used}

        def chosen(word: str) -> str:
            choices = word.strip("[]").split("/")
            found = next((c for c in choices if c.split("_")[0] in here), None)
            return word if len(choices) == 1 else found or f"{choices[0]}/…"

        return " ".join(chosen(word) for word in act.pattern.row.pattern.split())

    def _event(self, number: int, draft: Draft) -> Event:
        kind = self.lexicon.ontology.get(draft.type) or self._own_type(draft.type)
        mode = kind.modes.get(draft.mode or "")
        contexts = draft.contexts
        if draft.mode in ("misinformation", "cyber") and draft.mode not in contexts:
            contexts = (*contexts, draft.mode)
        return Event(
            id=f"e{number}",
            type=draft.type,
            mode=draft.mode if mode is not None else None,
            contexts=contexts,
            quad=kind.quad,
            score=mode.score if mode is not None else kind.score,
            source=draft.source,
            target=draft.target,
            status=draft.status,
            date=draft.date,
            place=draft.place,
            statement=draft.statement,
            trigger=draft.trigger,
            evidence=tuple(draft.evidence),
            confidence=draft.confidence,
            reason=draft.reason,
        )

    def _own_type(self, name: str) -> EventType:
        """A type that only the model knows."""
        quad, score = self.judge.defined[name] if self.judge is not None else (1, 0.0)
        return EventType(name=name, quad=quad, score=score)

    def _notes(self, drafts: Sequence[Draft]) -> list[Note]:
        """One note for each sentence without an event, with the best reason we have."""
        told = {span for d in drafts for span in d.evidence}
        reasons: dict[int, str] = {}
        for i, why in sorted(self.failures.items()):
            if i not in self.consumed:
                reasons.setdefault(self.tokens[i].sentence, why)
        quoted = {self.tokens[k].sentence for k in self.inside}
        cues = {
            self.tokens[self.parsed.at(s.cue[0])].sentence
            for s in self.statements
            if s.cue is not None and self.parsed.at(s.cue[0]) < len(self.tokens)
        }
        actors = {self.tokens[m.first].sentence for m in self.references.mentions}
        said = quoted | cues
        out = []
        for sentence in self.parsed.sentences:
            if (sentence.start, sentence.end) in told:
                continue
            out.append(Note(span=(sentence.start, sentence.end), reason=self._why(sentence, reasons, said, actors)))
        return out

    def _why(self, sentence: Sentence, reasons: dict[int, str], said: set[int], actors: set[int]) -> str:
        if sentence.i in reasons:
            return f"no event: {reasons[sentence.i]}"
        if sentence.i in said:
            return "no event: a plain comment"
        if sentence.i not in actors:
            return "no event: names no political actor"
        return "no event: no act that the tables know"


__all__ = ["Judge", "find_events"]
