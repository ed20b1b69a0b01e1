"""Who did what to whom: patterns of acts held against the grammar of each clause, coded by PLOVER.

1. every verb and act noun that a pattern knows is tried, the pattern with most words first;
2. an act inside another ("agreed to lift", "threatened to cut", "urged Iran to free") is read together with it;
3. the status turns some types into others, as the codebook asks (a meeting to come is AGREE);
4. what no pattern reads is put before the trained model, where there is one;
5. reports of one act within the article become one event with several pieces of evidence;
6. sentences without an event get a note with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from dragoman.find.base import References
from dragoman.find.done.acts import Act
from dragoman.find.done.codebook import ALONE, DOMESTIC, combine, stands, when_planned, when_refused
from dragoman.find.done.judged import AIMED, DENIED, FELT, Answer, Judge, JudgedActs, Question
from dragoman.find.done.pairs import Pair
from dragoman.find.done.parties import distinct, one_state
from dragoman.find.done.sameact import Draft, merge
from dragoman.find.done.traits import traits
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.patterns import Pattern
from dragoman.lexicon.rows import VerbPattern
from dragoman.parse.base import Parsed, Sentence
from dragoman.parse.frames import verb_frame
from dragoman.records import Event, EventDate, Note, Participant, Place, Span, Statement, Status

StatusOf = Callable[[int], tuple[Status, str]]
Governs = Callable[[int, int], bool]
T = TypeVar("T")
DEMAND = Pattern(
    row=VerbPattern(pattern="SOURCE say TARGET must", event="REQUEST"), heads=frozenset(), noun=False, subject="SOURCE",
    symmetric=False, particle="", parts=(), weight=0,
)  # fmt: skip
_WILLS = frozenset(["will", "would", "wo", "shall", "'ll", "’ll", "'d", "’d"])
_DUTIES = frozenset(["must", "should", "ought"])


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
    finder = _Finder(parsed, references, statements, dates, places, lexicon, status, governs, contexts, judge)
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
    def __init__(
        self,
        parsed: Parsed,
        references: References,
        statements: Sequence[Statement],
        dates: Sequence[EventDate],
        places: Sequence[Place],
        lexicon: Lexicon,
        status: StatusOf,
        governs: Governs,
        contexts: Callable[[int], tuple[str, ...]],
        judge: Judge | None,
    ) -> None:
        super().__init__(parsed, references, statements, places, lexicon)
        self.status = status
        self.governs = governs
        self.contexts = contexts
        self.judge = judge
        self.dates_in = self._by_sentence((parsed.top(d.span), d) for d in dates if d.span is not None)
        self.places_in = self._by_sentence(self.places)
        self.consumed: set[int] = set()

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
        merged = merge(drafts)
        events = [self._event(n, d) for n, d in enumerate(merged, 1)]
        return events, self._notes(merged)

    def _put_before(self, judge: Judge, told: Sequence[Draft]) -> list[Draft]:
        """What the patterns told and the model does not deny, and events that it sees around other verbs."""
        quiet = frozenset(r.lemma for r in self.lexicon.reporting if r.kind == "verb" and r.act == "statement")
        taken = self._taken(told)
        found = [p for s in self.parsed.sentences for p in self.pairs(s, quiet) if p.verb not in taken]
        sought = [
            (d, pair)
            for d in told
            if not d.target and not d.act.symmetric and d.source and self.tokens[d.act.head].pos == "VERB"
            for pair in self.aims(self.parsed.sentences[d.sentence], d.act.head, d.source)
        ]
        pairs = [*(self._pair_of(d) for d in told), *(pair for _, pair in sought), *found]
        if not pairs:
            return []
        texts = {p.sentence: self.parsed.sentences[p.sentence] for p in pairs}
        hints = [(d.type, f"{d.type}-{d.mode}", f"{d.type} {d.status}") for d in (*told, *(d for d, _ in sought))]
        answers = judge.answers([self._question(p, h) for p, h in zip(pairs, [*hints, *([()] * len(pairs))], strict=False)])
        kept = [d for d, answer in zip(told, answers, strict=False) if not self._denied_by(judge, d, answer)]
        answered = iter(answers[len(told) :])
        self._aim_at(judge, [(d, pair, next(answered)) for d, pair in sought])
        best: dict[int, tuple[float, Draft]] = {}
        for pair, answer in zip(found, answered, strict=True):
            judged = self._judged(pair, answer)
            if isinstance(judged, str):
                self.failures.setdefault(pair.verb, judged)
                continue
            act, kind, mode, status = judged
            sentence = texts[pair.sentence]
            around = self.inside.get(act.head, ())
            draft = Draft(
                act, kind, mode, act.source, act.target, status, self._date(act), self._place(act),
                around[0].id if around else None, self._trigger(act), sentence.i, round(0.8 * answer.share, 2),
                f"model {judge.name}: {answer.share:.0%} for {answer.type} on '{self.tokens[act.head].text}'",
                [(sentence.start, sentence.end)], self.contexts(sentence.i), False,
            )  # fmt: skip
            # of one verb's pairs the one the model is surest of
            if pair.verb not in best or answer.share > best[pair.verb][0]:
                best[pair.verb] = (answer.share, draft)
        return [*kept, *(draft for _, draft in best.values())]

    def _aim_at(self, judge: Judge, sought: Sequence[tuple[Draft, Pair, Answer]]) -> None:
        """Gives acts that a pattern read without a target the one that the model sees."""
        best: dict[int, tuple[float, Draft, Pair]] = {}
        for draft, pair, answer in sought:
            same = answer.type == draft.type and answer.share >= AIMED
            aimed = same and not (pair.scene and draft.type not in FELT) and not one_state(draft.source, pair.target)
            if aimed and (id(draft) not in best or answer.share > best[id(draft)][0]):
                best[id(draft)] = (answer.share, draft, pair)
        for share, draft, pair in best.values():
            target = tuple(p for p in pair.target if stands(draft.type, p))
            if target:
                draft.target = target
                draft.reason += f"; the target by model {judge.name} ({share:.0%})"

    def _question(self, pair: Pair, hints: tuple[str, ...]) -> Question:
        """A pair as the model is asked of it."""
        sentence = self.parsed.sentences[pair.sentence]
        sides = [[(a + sentence.start, b + sentence.start) for a, b in side] for side in (pair.at_source, pair.at_target)]
        words = self.parsed.text[sentence.start : sentence.end]
        return words, pair.at_source, pair.at_target, pair.at_act, tuple(traits(self.parsed, *sides)), hints

    def _pair_of(self, draft: Draft) -> Pair:
        """The question whether an act that a pattern read is one."""
        sentence = self.parsed.sentences[draft.sentence]

        def inside(who: Sequence[Participant]) -> tuple[Span, ...]:
            here = [p.span for p in who if sentence.start <= p.span[0] and p.span[1] <= sentence.end]
            return tuple(dict.fromkeys((a - sentence.start, b - sentence.start) for a, b in here))

        start, end = draft.trigger
        act = ((max(0, start - sentence.start), min(end, sentence.end) - sentence.start),)
        return Pair(
            draft.sentence, draft.act.head, draft.source, draft.target, inside(draft.source), inside(draft.target), act
        )

    def _denied_by(self, judge: Judge, draft: Draft, answer: Answer) -> bool:
        """Whether the model is sure that what a pattern read is no event."""
        if answer.type != "NONE" or answer.share < DENIED:
            return False
        word = self.tokens[draft.act.head].text
        self.failures[draft.act.head] = (
            f"{draft.reason}, but model {judge.name} is sure that '{word}' tells none here ({answer.share:.0%})"
        )
        return True

    def _musts(self, told: Sequence[Draft]) -> list[Draft]:
        """ "Oslo said that Lima must take part": a demand, whatever it is that must be done."""
        taken = self._taken(told)
        out = []
        for t in self.tokens:
            verb = self.tokens[t.head]
            if t.lower != "must" or t.dep != "aux" or verb.pos != "VERB" or verb.i in taken:
                continue
            frame = verb_frame(self.parsed, verb.i)
            target = () if frame.passive else distinct(p for k in frame.agents for p in self._who(k, loose=True)[0])
            probe = Act(verb.i, DEMAND, "REQUEST", "change", target, (), False)
            source = self._demanded(probe)
            status = self.status(verb.i)
            if source is None or not target or (status[0] == "hypothetical" and status[1] != t.text):
                continue
            act = replace(probe, source=source, target=target)
            around = self.inside.get(verb.i, ())
            sentence = self.parsed.sentence_of(verb.i)
            out.append(
                Draft(
                    act, "REQUEST", "change", source, target, "actual", self._date(act), self._place(act),
                    around[0].id if around else None, self._trigger(act), sentence.i, 0.7,
                    f"'{t.text} {verb.text}' in somebody's words makes it a demand",
                    [(sentence.start, sentence.end)], self.contexts(sentence.i), False,
                )
            )  # fmt: skip
        return out

    def _taken(self, told: Sequence[Draft]) -> frozenset[int]:
        """The verbs that patterns have read: of their acts, of what these take along, and of the clauses around."""
        out: set[int] = set(self.consumed)
        for draft in told:
            act: Act | None = draft.act
            while act is not None:
                out |= {act.head, *act.used} | ({act.support} if act.support is not None else set())
                out |= {t.i for t in self.parsed.ancestors(act.head)}
                act = act.inner
        return frozenset(out)

    def _draft(self, act: Act) -> Draft | None:
        token = self.tokens[act.head]
        status, words = self.status(act.support if act.support is not None else act.head)
        kind, mode, source, target = act.type, act.mode, act.source, act.target
        how = f"pattern '{self._rule(act)}' on '{self._said(act)}'"
        if act.inner is not None:
            self._consume(act.inner)
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
        if kind == "PROTEST" and all(
            p.sector == "GOV" or (p.sector is None and p.via in ("gazetteer", "metonym")) for p in source
        ):
            # governments protest in words, people in the street
            kind, mode = "ACCUSE", "disapprove"
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
        if act.type != kind and kind in ("AGREE", "CONCEDE") and act.symmetric:
            target = ()
        if not source:
            return None
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

    def _will_not(self, act: Act) -> bool:
        """ "will not lift", "would not agree to meet": refused for the time to come, and not only supposed."""
        k = act.support if act.support is not None else act.head
        for _ in range(3):
            helps = {t.lower for t in self.parsed.kids(k, "aux")}
            if helps & _WILLS and not helps & {"have", "has", "had"} and self.parsed.kids(k, "neg"):
                return not self.parsed.kids(k, "mark") or self.tokens[k].dep == "ccomp"
            if self.tokens[k].dep not in ("xcomp", "dobj", "pobj", "prep"):
                return False
            k = self.tokens[k].head
        return False

    def _demanded(self, act: Act) -> tuple[Participant, ...] | None:
        """Who demands an act: "Oslo said that Lima must free the crew", told of another than the speaker."""
        k = act.support if act.support is not None else act.head
        helps = {t.lower for t in self.parsed.kids(k, "aux")}
        if not helps & _DUTIES or "have" in helps or self.parsed.kids(k, "neg"):
            return None
        if act.symmetric or act.inner is not None or not act.source:
            return None
        for statement in self.inside.get(act.head, ()):
            who = statement.speakers or ((statement.speaker,) if statement.speaker else ())
            told = tuple(p for p in who if p.actor)
            if statement.act == "statement" and told:
                mine = {p.actor for p in told}
                return told if all(p.actor not in mine for p in act.source) else None
        return None

    def _consume(self, act: Act) -> None:
        self.consumed.add(act.head)
        self.consumed.update(k for k in act.used if self.tokens[k].pos in ("NOUN", "PROPN"))
        if act.inner is not None:
            self._consume(act.inner)

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

    def _by_sentence(self, found: Iterable[tuple[int, T]]) -> dict[int, list[tuple[int, T]]]:
        out: dict[int, list[tuple[int, T]]] = {}
        for k, what in found:
            if k < len(self.tokens):
                out.setdefault(self.tokens[k].sentence, []).append((k, what))
        return out

    def _trigger(self, act: Act) -> Span:
        if act.support is not None:
            a, b = sorted((act.support, act.head))
            if b - a <= 8:
                return self.tokens[a].start, self.tokens[b].end
        return self.tokens[act.head].start, self.tokens[act.head].end

    def _heads(self, act: Act) -> list[int]:
        """The words whose clause tells when and where: a promise has the time and place of what is promised."""
        heads = [act.head] + ([act.support] if act.support is not None else [])
        inner = act.inner if act.type in ("AGREE", "THREATEN", "CONCEDE") else None
        while inner is not None:
            heads += [inner.head] + ([inner.support] if inner.support is not None else [])
            inner = inner.inner
        return heads

    def _date(self, act: Act) -> EventDate | None:
        heads = self._heads(act)
        found = [
            d for k, d in self.dates_in.get(self.tokens[act.head].sentence, ())
            if d.type == "point" and any(self.governs(h, k) for h in heads)
        ]  # fmt: skip
        if not found:
            return None
        return min(found, key=lambda d: (d.start is None, abs((d.span or (0, 0))[0] - self.tokens[act.head].start)))

    def _place(self, act: Act) -> Place | None:
        heads = self._heads(act)
        found = [
            p for k, p in self.places_in.get(self.tokens[act.head].sentence, ())
            if any(self.governs(h, k) for h in heads)
        ]  # fmt: skip
        if not found:
            return None
        # a town says more than a country
        return min(found, key=lambda p: (p.kind == "country", abs((p.span or (0, 0))[0] - self.tokens[act.head].start)))

    def _event(self, number: int, draft: Draft) -> Event:
        kind = self.lexicon.ontology[draft.type]
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
