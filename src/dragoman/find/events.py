"""Who did what to whom: patterns of acts held against the grammar of each clause, coded by PLOVER, each with its reason.

    1. every verb and act noun that a pattern knows is tried, the pattern with most words first;
    2. an act inside another ("agreed to lift", "threatened to cut", "urged Iran to free") is read together with it;
    3. the status turns some types into others, as the codebook asks (a meeting to come is AGREE);
    4. reports of one act within the article become one event with several pieces of evidence;
    5. sentences without an event get a note with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from dragoman.find.base import References, participant_of
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.patterns import Part, Pattern, patterns
from dragoman.parse.base import Parsed, Sentence
from dragoman.parse.frames import Frame, noun_frame, phrases_after, verb_frame
from dragoman.records import Event, EventDate, Note, Participant, Place, Span, Statement, Status

StatusOf = Callable[[int], tuple[Status, str]]
Governs = Callable[[int, int], bool]


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
) -> tuple[list[Event], list[Note]]:
    """Events in the order of the text, and a note for every sentence that has none.

    `status(i)` tells whether the act at token `i` happened; `governs(i, k)` whether word `k` belongs to its clause;
    `contexts(sentence)` names PLOVER contexts of a sentence.
    """
    finder = _Finder(parsed, references, statements, dates, places, lexicon, status, governs, contexts)
    return finder.find()


@dataclass(frozen=True, slots=True)
class _Act:
    """A pattern that matched: what, who, on which words."""

    head: int
    pattern: Pattern
    type: str
    mode: str | None
    source: tuple[Participant, ...]
    target: tuple[Participant, ...]
    symmetric: bool
    inner: _Act | None = None
    support: int | None = None
    doubt: float = 0.0
    used: tuple[int, ...] = ()


@dataclass(slots=True)
class _Draft:
    """An event in the making."""

    act: _Act
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


class _Finder:
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
    ) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.references = references
        self.statements = statements
        self.lexicon = lexicon
        self.patterns = patterns(lexicon)
        self.light = frozenset(lexicon.language.get("light_verbs", ()))
        self.going = frozenset(lexicon.language.get("going_verbs", ()))
        self.first_person = frozenset(
            w
            for kind in ("first_singular", "first_plural")
            for w in lexicon.language.get("pronouns", {}).get(kind, ())
        )
        self.status = status
        self.governs = governs
        self.contexts = contexts
        self.dates = [(parsed.at(d.span[0]), d) for d in dates if d.span is not None]
        self.places = [(parsed.at(p.span[0]), p) for p in places if p.span is not None]
        self.place_at = {k: p for k, p in self.places}
        self.act_nouns: dict[str, frozenset[str]] = {}
        for kind, nouns in lexicon.language.get("act_nouns", {}).items():
            for noun in nouns:
                self.act_nouns[noun] = self.act_nouns.get(noun, frozenset()) | {kind}
        self.roles = {r.role.lower(): r for r in lexicon.roles}
        self.state_names = {s.code: s.name for s in lexicon.states}
        self.inside = _statement_index(parsed, statements)
        self.acts: dict[int, _Act | None] = {}
        self.failures: dict[int, str] = {}
        self.consumed: set[int] = set()

    def find(self) -> tuple[list[Event], list[Note]]:
        drafts: list[_Draft] = []
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
        merged = _merge(drafts)
        events = [self._event(n, d) for n, d in enumerate(merged, 1)]
        return events, self._notes(merged)

    # -- 1. patterns against frames ------------------------------------------------------------------------------

    def _candidate(self, i: int) -> bool:
        token = self.tokens[i]
        if token.pos in ("VERB", "AUX"):
            return token.lemma in self.patterns.verbs
        return token.pos in ("NOUN", "PROPN") and token.lemma.lower() in self.patterns.nouns

    def _act(self, i: int) -> _Act | None:
        """The act at token `i`, tried once."""
        if i in self.acts:
            return self.acts[i]
        self.acts[i] = None  # a guard against circles
        token = self.tokens[i]
        if token.pos in ("VERB", "AUX"):
            frame = verb_frame(self.parsed, i)
            rows = self.patterns.verbs.get(token.lemma, ())
        else:
            frame = noun_frame(self.parsed, i, self.light, self.going)
            rows = self.patterns.nouns.get(token.lemma.lower(), ())
        for pattern in rows:
            act = self._match(pattern, frame)
            if act is not None:
                if pattern.row.event == "NONE":
                    self.failures[i] = f"'{pattern.row.pattern}' is no event"
                    return None
                self.acts[i] = act
                return act
        return None

    def _match(self, pattern: Pattern, frame: Frame) -> _Act | None:
        if pattern.particle and frame.particle != pattern.particle and pattern.particle not in frame.preps:
            return None
        inner: _Act | None = None
        filled: dict[str, list[Participant]] = {"SOURCE": [], "TARGET": []}
        doubt = 0.0
        used: list[int] = []
        taken: set[int] = set()
        around = dict(frame.preps)
        for part in pattern.parts:
            if part.slot == "ACT":
                inner = self._inner(part, frame)
                if inner is None and not part.optional:
                    return None
                continue
            hit = self._part(part, frame, taken, around, pattern.particle)
            if hit is None:
                if part.optional:
                    continue
                if part.slot and not part.words:
                    self._fail(frame.head, f"no {part.slot.lower()} we can tell", pattern)
                return None
            who, k, uncertain = hit
            taken.add(k)
            used.append(k)
            if part.preps and part.words:
                # "walked out of talks with ...": what follows hangs on the noun just met
                for word, phrases in phrases_after(self.parsed, k).items():
                    around[word] = around.get(word, ()) + phrases
            if part.slot:
                filled[part.slot].extend(who)
                doubt += uncertain
        agents, unsure = self._agents(pattern, frame)
        doubt += unsure
        if pattern.row.event == "NONE":
            return _Act(frame.head, pattern, "NONE", None, (), (), False)
        if pattern.subject:
            if not agents and not (frame.noun and filled[pattern.subject]):
                self._fail(frame.head, "nobody we can name does it", pattern)
                return None
            filled[pattern.subject] = [*agents, *filled[pattern.subject]]
        elif frame.noun and not pattern.symmetric and not filled["SOURCE"] and any(
            p.slot == "TARGET" for p in pattern.parts
        ):
            filled["SOURCE"] = list(agents)
        elif frame.noun and pattern.symmetric:
            filled["SOURCE"] = [*agents, *filled["SOURCE"]]
        source = _distinct(filled["SOURCE"])
        target = tuple(p for p in _distinct(filled["TARGET"]) if p.actor not in {s.actor for s in source} or _apart(p, source))
        if pattern.symmetric and len({p.actor for p in source}) < 2:
            one = "both sides are one state" if len(source) > 1 else "only one side is named"
            self._fail(frame.head, one, pattern)
            return None
        if not source and inner is None:
            self._fail(frame.head, "nobody we can name does it", pattern)
            return None
        if any(p.actor is None for p in target) and pattern.row.event not in _ANYBODY:
            target = tuple(p for p in target if p.actor is not None)
        wants_target = any(p.slot == "TARGET" and not p.optional for p in pattern.parts) or pattern.subject == "TARGET"
        if wants_target and not target:
            own = bool(filled["TARGET"])
            self._fail(frame.head, "both sides are one state" if own else "only one side is political", pattern)
            return None
        return _Act(
            frame.head, pattern, pattern.row.event, pattern.row.mode or None, source, target, pattern.symmetric, inner,
            frame.support, doubt, tuple(used),
        )  # fmt: skip

    def _fail(self, i: int, why: str, pattern: Pattern) -> None:
        self.failures.setdefault(i, f"{why} ('{self.tokens[i].text}', pattern '{pattern.row.pattern}')")

    def _agents(self, pattern: Pattern, frame: Frame) -> tuple[list[Participant], float]:
        out: list[Participant] = []
        doubt = 0.0
        for k in frame.agents:
            if frame.noun and self.tokens[k].dep in ("amod", "compound", "nmod") and not self._is_actor_word(k):
                continue
            who, unsure = self._who(k, loose=False)
            if frame.noun and not who:
                mention = self.references.mention(k)
                if mention is not None and not mention.bound and mention.kind not in ("capital",):
                    who = [participant_of(mention, self.parsed)]
            out.extend(who)
            doubt += unsure
        return out, doubt

    def _is_actor_word(self, k: int) -> bool:
        return self.references.mention(k) is not None or bool(self.references.alone(k))

    def _part(
        self, part: Part, frame: Frame, taken: set[int], around: dict[str, tuple[int, ...]] | None = None,
        particle: str = "",
    ) -> tuple[list[Participant], int, float] | None:
        """(who fills the slot, which phrase, doubt) when some phrase of the frame fits the part."""
        if part.preps:
            phrases = [(k, p) for p in part.preps for k in (around or frame.preps).get(p, ())]
        else:
            phrases = [(k, "") for k in frame.objects]
            if particle and not phrases:
                # "called in the ambassador" read as a preposition
                phrases = [(k, "") for k in frame.preps.get(particle, ())]
        for k, prep in phrases:
            if k in taken and not part.slot:
                continue
            if part.words and not self._fits(k, part):
                continue
            if part.slot is None:
                return [], k, 0.0
            if part.words:
                who = self._owners(k)
                if not who:
                    continue
                return [self._belonging(p, k) for p in who], k, 0.05
            # who acts must be an actor; at whom it is aimed may be what belongs to one
            who, doubt = self._who(k, loose=part.slot != "SOURCE" and (not prep or prep in _BELONGS))
            if not who and part.slot == "TARGET":
                who, doubt = self._doers(k, frame), 0.15
            if not who and not prep and part.slot == "TARGET":
                who, doubt = self._unknown(k), 0.2
            if who:
                return who, k, doubt
        return None

    def _doers(self, k: int, frame: Frame) -> list[Participant]:
        """Who did what "the raid", "this step", "the agreement" goes back to: the last such act told before."""
        token = self.tokens[k]
        if not any(t.lower in ("the", "this", "these", "that", "those") for t in self.parsed.kids(k, "det")):
            return []
        types = self.act_nouns.get(token.lemma.lower())
        if types is None:
            return []
        best: list[Participant] = []
        mine = {p.actor for i in frame.agents for p in self._who(i, loose=False)[0]}
        for i in sorted((i for i in self.acts if i < frame.head), reverse=True):
            act = self.acts[i]
            if act is None or not act.source or self.tokens[k].sentence - self.tokens[i].sentence > 12:
                continue
            if "ANY" not in types and act.type not in types:
                continue
            doers = [p for p in act.source if p.actor and p.actor not in mine]
            if (doers and len(doers) == len(act.source) or doers and act.symmetric) and len(doers) > len(best):
                best = doers
            if "ANY" in types:
                break
        start, end = self.references.phrase(k)
        here = {"text": self.parsed.text[start:end], "span": (start, end), "via": "description"}
        return [msgspec.structs.replace(p, **here) for p in best]

    def _unknown(self, k: int) -> list[Participant]:
        """People whom no table can place ("a journalist", "dozens of demonstrators"): a target without an actor."""
        token = self.tokens[k]
        head = token
        if token.lemma in _PARTITIVE or token.pos == "NUM":
            inner = [p for t in self.parsed.kids(k, "prep") if t.lower == "of" for p in self.parsed.kids(t.i, "pobj")]
            head = inner[0] if inner else token
        role = self.roles.get(head.lemma.lower())
        if role is None or role.kind == "body":
            return []
        start, end = self.references.phrase(k)
        return [
            Participant(
                actor=None, sector=role.sector or None, name=None, role=head.text,
                text=self.parsed.text[start:end], span=(start, end), via="description",
            )
        ]  # fmt: skip

    def _fits(self, k: int, part: Part) -> bool:
        token = self.tokens[k]
        candidates = [token, *(t for t in self.parsed.kids(k, "conj"))]
        # "a series of strikes", "a package of sanctions"
        for t in self.parsed.kids(k, "prep"):
            if t.lower == "of" and token.lemma in _PARTITIVE:
                candidates.extend(self.parsed.kids(t.i, "pobj"))
        for candidate in candidates:
            if candidate.lemma.lower() in part.words or candidate.lower in part.words:
                below = [t for t in self.parsed.kids(candidate.i)]
                words = {t.lemma.lower() for t in below} | {t.lower for t in below}
                if all(m & words for m in part.modifiers):
                    return True
        return False

    def _who(self, k: int, *, loose: bool) -> tuple[list[Participant], float]:
        """Actors a phrase stands for, first person included; loosely also those it belongs to, and places."""
        token = self.tokens[k]
        if token.pos == "PRON" and token.lower in self.first_person:
            here = {"text": token.text, "span": (token.start, token.end), "via": "pronoun"}
            return [msgspec.structs.replace(p, **here) for p in self._speaker(k) if p.actor], 0.05
        who = [p for p in self.references.of(k) if p.actor]
        if who:
            return who, 0.15 if any(p.via == "sentence" for p in who) else 0.05 * any(p.via == "pronoun" for p in who)
        if not loose:
            return [], 0.0
        owners = self._owners(k)
        if owners:
            return [self._belonging(p, k) for p in owners], 0.1
        place = self.place_at.get(k)
        if place is not None and place.country and place.span is not None:
            return [self._of_place(place)], 0.1
        return [], 0.0

    def _belonging(self, owner: Participant, k: int) -> Participant:
        """"Afghan villages": not the state itself but what is its own, in the page's words."""
        token = self.tokens[k]
        if owner.span[0] <= token.start < owner.span[1] or token.pos not in ("NOUN", "PROPN", "NUM"):
            return owner
        start, end = self.references.phrase(k)
        if not start <= owner.span[0] < end:
            start, end = min(start, owner.span[0]), max(end, owner.span[1])
        role = self.roles.get(token.lemma.lower())
        return msgspec.structs.replace(
            owner, name=None, wikidata=None, office=None, role=token.text, sector=role.sector or None if role else None,
            text=self.parsed.text[start:end], span=(start, end), via="description",
        )  # fmt: skip

    def _of_place(self, place: Place) -> Participant:
        span = place.span or (0, 0)
        return Participant(
            actor=place.country,
            sector=None,
            name=self.state_names.get(place.country or ""),
            role=None,
            text=self.parsed.text[span[0] : span[1]],
            span=span,
            via="metonym",
        )

    def _owners(self, k: int) -> list[Participant]:
        """Actors a thing belongs to: "Russian diplomats", "the embassy of Chad", "ships from Iran"."""
        out: list[Participant] = []
        for t in self.parsed.kids(k, "poss", "amod", "compound", "nmod", "nummod"):
            mention = self.references.mention(t.i)
            if mention is not None and not mention.bound and mention.code:
                out.append(participant_of(mention, self.parsed))
            elif t.pos == "PRON" and t.lower in self.first_person:
                out.extend(p for p in self._speaker(t.i) if p.actor)
            else:
                out.extend(p for p in self.references.of(t.i) if p.actor)
            if t.dep in ("compound", "nmod", "amod") and not out:
                out.extend(self._owners(t.i))
        if out:
            return list(_distinct(out))
        for wanted in (("of",), ("by", "from"), ("against", "on"), ("in", "at", "near")):
            for t in self.parsed.kids(k, "prep", "agent"):
                if t.lower in wanted:
                    for pobj in self.parsed.kids(t.i, "pobj"):
                        who = [p for p in self.references.of(pobj.i) if p.actor]
                        place = self.place_at.get(pobj.i)
                        if not who and place is not None and place.country:
                            who = [self._of_place(place)]
                        if not who and wanted != ("in", "at", "near"):
                            who = self._owners(pobj.i)
                        out.extend(who)
            if out:
                break
        if not out:
            own = [p for p in self.references.alone(k) if p.actor]
            return own
        return list(_distinct(out))

    def _speaker(self, k: int) -> tuple[Participant, ...]:
        """Who says "we" at word `k`: the speaker of the statement around it."""
        for statement in self.inside.get(k, ()):
            if statement.kind != "indirect":
                who = statement.speakers or ((statement.speaker,) if statement.speaker else ())
                return tuple(p for p in who if p is not None)
        return ()

    # -- 2. acts inside acts -------------------------------------------------------------------------------------

    def _inner(self, part: Part, frame: Frame) -> _Act | None:
        """The act that a verb such as "agree", "threaten" or "urge" takes: infinitive, gerund or noun."""
        seen: list[int] = []
        for t in self.parsed.kids(frame.head, "xcomp", "ccomp", "advcl", "acl", "oprd"):
            seen.append(t.i)
        for k in frame.objects:
            seen.extend(t.i for t in self.parsed.kids(k, "acl", "xcomp"))
        for t in self.parsed.kids(frame.head, "acomp"):
            seen.extend(x.i for x in self.parsed.kids(t.i, "xcomp", "ccomp"))
            for p in self.parsed.kids(t.i, "prep"):
                seen.extend(x.i for x in self.parsed.kids(p.i, "pcomp", "pobj"))
        for t in self.parsed.kids(frame.head, "prep"):
            if not part.preps or t.lower in part.preps:
                seen.extend(x.i for x in self.parsed.kids(t.i, "pcomp", "pobj"))
        for k in frame.objects:
            for t in self.parsed.kids(k, "prep"):
                if t.lower in part.preps:
                    seen.extend(x.i for x in self.parsed.kids(t.i, "pcomp", "pobj"))
        if not part.preps or part.preps == ("to",):
            seen.extend(frame.objects)
        queue = list(dict.fromkeys(seen))
        for k in list(queue):
            queue.extend(t.i for t in self.parsed.kids(k, "conj", "xcomp") if t.i not in queue)
            queue.extend(t.i for t in self.parsed.kids(k, "dobj") if t.i not in queue and self.tokens[k].lemma in self.light)
        for k in queue:
            if k != frame.head and self._candidate(k):
                act = self._act(k) or self._loose_act(k)
                if act is not None:
                    return act
        return None

    def _loose_act(self, k: int) -> _Act | None:
        """An act whose doer is the one who agrees to it, and so need not be named again."""
        token = self.tokens[k]
        noun = token.pos in ("NOUN", "PROPN")
        frame = noun_frame(self.parsed, k, self.light, self.going) if noun else verb_frame(self.parsed, k)
        rows = (self.patterns.nouns if noun else self.patterns.verbs).get(token.lemma.lower() if noun else token.lemma, ())
        for pattern in rows:
            if pattern.row.event == "NONE" or pattern.act is not None:
                continue
            if pattern.particle and frame.particle != pattern.particle:
                continue
            target: list[Participant] = []
            used: list[int] = []
            taken: set[int] = set()
            for part in pattern.parts:
                hit = self._part(part, frame, taken)
                if hit is None:
                    # words must stand; a slot may be filled by whoever is asked or promised
                    if part.words and not part.optional:
                        bare = self._part(changed_part(part), frame, taken)
                        if bare is None:
                            break
                        taken.add(bare[1])
                    continue
                taken.add(hit[1])
                used.append(hit[1])
                if part.slot:
                    target.extend(hit[0])
            else:
                if not pattern.parts and not noun:
                    continue
                return _Act(k, pattern, pattern.row.event, pattern.row.mode or None, (), _distinct(target),
                            pattern.symmetric, None, frame.support, 0.1, tuple(used))  # fmt: skip
        return None

    # -- 3. status and conversion --------------------------------------------------------------------------------

    def _draft(self, act: _Act) -> _Draft | None:
        token = self.tokens[act.head]
        status, words = self.status(act.support if act.support is not None else act.head)
        kind, mode, source, target = act.type, act.mode, act.source, act.target
        how = f"pattern '{act.pattern.row.pattern}' on '{self._said(act)}'"
        if act.inner is not None:
            self._consume(act.inner)
            combined = combine(act.type, act.mode, act.inner.type, act.inner.mode)
            if combined is None:
                self.failures[act.head] = f"'{token.text}' takes the act '{self.tokens[act.inner.head].text}' back"
                return None
            kind, mode = combined
            target = self._other_side(act)
            how += f" with '{act.inner.pattern.row.pattern}' on '{self._said(act.inner)}'"
            if not target and kind in ("AGREE", "REJECT", "THREATEN"):
                target = self._partner(act)
            if not target and act.pattern.act is not None and kind not in _ALONE:
                self.failures[act.head] = f"only one side is political ('{token.text}')"
                return None
        if kind == "PROTEST" and all(p.sector in (None, "GOV") and p.role is None or p.office for p in source):
            # governments protest in words, people in the street
            kind, mode = "ACCUSE", "disapprove"
        after = kind in ("AGREE", "CONCEDE") and status in ("actual", "planned") and self._condition_after(act.head)
        if after:
            status, words = "hypothetical", "if"
        if status == "planned":
            turned = when_planned(kind, mode)
            if turned != (kind, mode):
                how += f"; '{words}' makes {kind} to come {turned[0]}"
                kind, mode = turned
        elif status == "hypothetical":
            conditional = after or self._own_condition(act.head)
            turned = when_planned(kind, mode)
            if conditional and turned[0] in ("AGREE", "CONCEDE", "THREATEN"):
                how += f"; '{words}' makes it conditional"
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
        if _one_state(source, target) and kind not in _DOMESTIC:
            self.failures[act.head] = f"both sides are one state ('{token.text}')"
            return None
        if not target and not act.symmetric and kind not in _ALONE and not act.pattern.noun:
            needs = any(p.slot == "TARGET" for p in act.pattern.parts)
            if needs and self.lexicon.ontology[kind].needs_target:
                self.failures[act.head] = f"only one side is political ('{token.text}')"
                return None
        # "held talks" is told by the verb; its noun is no second act
        self.consumed.update(k for k in act.used if self.tokens[k].pos in ("NOUN", "PROPN"))
        sentence = self.parsed.sentence_of(act.head)
        inside = self.inside.get(act.head, ())
        confidence = 0.9 - act.doubt - (0.1 if act.pattern.noun else 0.0) - (0.1 if act.inner is not None else 0.0)
        return _Draft(
            act, kind, mode, source, target, status, self._date(act), self._place(act),
            inside[0].id if inside else None, self._trigger(act), sentence.i,
            round(max(0.2, min(0.99, confidence)), 2), how, [(sentence.start, sentence.end)],
            self.contexts(sentence.i), act.pattern.noun,
        )  # fmt: skip

    def _consume(self, act: _Act) -> None:
        self.consumed.add(act.head)
        self.consumed.update(k for k in act.used if self.tokens[k].pos in ("NOUN", "PROPN"))
        if act.inner is not None:
            self._consume(act.inner)

    def _other_side(self, act: _Act) -> tuple[Participant, ...]:
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
        others = [p for p in _distinct(pool) if p.actor not in mine]
        return tuple(others[:1]) if act.type == "REQUEST" and len(others) > 1 else tuple(others)

    def _partner(self, act: _Act) -> tuple[Participant, ...]:
        """The other side of a promise told in somebody's own words, when those words name just one."""
        mine = {p.actor for p in act.source}
        for statement in self.inside.get(act.head, ()):
            if statement.kind == "indirect":
                continue
            others = _distinct(
                p
                for start, end in statement.content
                for k in range(self.parsed.at(start), self.parsed.at(end - 1) + 1)
                for p in self.references.of(k)
                if p.actor and p.actor not in mine
            )
            # the fullest name of the one other side
            return (max(others, key=lambda p: (bool(p.office), p.span[1] - p.span[0])),) if len({p.actor for p in others}) == 1 else ()
        return ()

    def _condition_after(self, i: int) -> bool:
        """"We are ready to do this. Of course, if our partners show interest too": the condition in a sentence of its own."""
        for statement in self.inside.get(i, ()):
            end = statement.content[-1][1]
            following = self.tokens[i].sentence + 1
            if following >= len(self.parsed.sentences) or self.parsed.sentences[following].start >= end:
                return False
            sentence = self.parsed.sentences[following]
            return any(
                t.lower in ("if", "unless", "provided") and t.dep == "mark"
                for t in self.tokens[sentence.first : min(sentence.first + 6, sentence.last)]
            )
        return False

    def _own_condition(self, i: int) -> bool:
        """"would lift the ban if ...": the doer's own act hangs on a condition that is stated."""
        chain = [i, *(t.i for t in self.parsed.ancestors(i) if t.pos in ("VERB", "AUX", "ADJ"))][:3]
        for k in chain:
            for t in self.parsed.kids(k, "advcl", "ccomp"):
                if t.i not in chain and any(m.dep == "mark" and m.lower in ("if", "unless", "provided") for m in self.parsed.kids(t.i)):
                    return True
        return False

    def _denied(self, i: int) -> bool:
        above = self.parsed.head(i)
        return self.tokens[i].dep in ("ccomp", "dobj", "xcomp", "pcomp") and above.lemma in ("deny", "dismiss", "reject")

    def _said(self, act: _Act) -> str:
        words = [act.head, *act.used]
        first, last = min(words), max(words)
        if last - first > 9:
            return " ... ".join(self.tokens[k].text for k in sorted(set(words)))
        return self.parsed.text[self.tokens[first].start : self.tokens[last].end]

    def _trigger(self, act: _Act) -> Span:
        if act.support is not None:
            a, b = sorted((act.support, act.head))
            if b - a <= 8:
                return self.tokens[a].start, self.tokens[b].end
        return self.tokens[act.head].start, self.tokens[act.head].end

    # -- where and when ------------------------------------------------------------------------------------------

    def _heads(self, act: _Act) -> list[int]:
        """The words whose clause tells when and where: a promise has the time and place of what is promised."""
        heads = [act.head] + ([act.support] if act.support is not None else [])
        inner = act.inner if act.type in ("AGREE", "THREATEN", "CONCEDE") else None
        while inner is not None:
            heads += [inner.head] + ([inner.support] if inner.support is not None else [])
            inner = inner.inner
        return heads

    def _date(self, act: _Act) -> EventDate | None:
        heads = self._heads(act)
        found = [
            d for k, d in self.dates
            if k < len(self.tokens) and self.tokens[k].sentence == self.tokens[act.head].sentence
            and d.type == "point" and any(self.governs(h, k) for h in heads) and not self._of_thing(k, heads)
        ]  # fmt: skip
        if not found:
            return None
        return min(found, key=lambda d: (d.start is None, abs((d.span or (0, 0))[0] - self.tokens[act.head].start)))

    def _of_thing(self, k: int, heads: Sequence[int]) -> bool:
        """Whether a date only names a thing: "left the 2015 deal"."""
        token = self.tokens[k]
        return token.dep in ("nummod", "compound", "amod", "poss", "nmod") and token.head not in heads

    def _place(self, act: _Act) -> Place | None:
        heads = self._heads(act)
        found = [
            p for k, p in self.places
            if k < len(self.tokens) and self.tokens[k].sentence == self.tokens[act.head].sentence
            and any(self.governs(h, k) for h in heads)
        ]  # fmt: skip
        if not found:
            return None
        # a town says more than a country
        return min(found, key=lambda p: (p.kind == "country", abs((p.span or (0, 0))[0] - self.tokens[act.head].start)))

    # -- records -------------------------------------------------------------------------------------------------

    def _event(self, number: int, draft: _Draft) -> Event:
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

    def _notes(self, drafts: Sequence[_Draft]) -> list[Note]:
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
        out = []
        for sentence in self.parsed.sentences:
            if (sentence.start, sentence.end) in told:
                continue
            out.append(Note(span=(sentence.start, sentence.end), reason=self._why(sentence, reasons, quoted | cues, actors)))
        return out

    def _why(self, sentence: Sentence, reasons: dict[int, str], said: set[int], actors: set[int]) -> str:
        if sentence.i in reasons:
            return f"no event: {reasons[sentence.i]}"
        if sentence.i in said:
            return "no event: a plain comment"
        if sentence.i not in actors:
            return "no event: names no political actor"
        return "no event: no act that the tables know"


# -- rules of the codebook -----------------------------------------------------------------------------------------

_COOPERATIVE = ("CONSULT", "SUPPORT", "COOPERATE", "AID", "AGREE")
_YIELDING = ("CONCEDE", "RETREAT")
# types that need nobody on the other side
_ALONE = frozenset(["MOBILIZE", "PROTEST", "CONCEDE", "RETREAT", "AGREE", "REQUEST", "REJECT", "ACCUSE", "THREATEN", "COERCE"])
_DOMESTIC = frozenset(["COERCE", "ASSAULT", "PROTEST", "SANCTION", "ACCUSE", "REQUEST", "RETREAT", "CONCEDE"])
# types whose target may be somebody the tables cannot place
_ANYBODY = frozenset(["ASSAULT", "COERCE", "ACCUSE", "SANCTION", "RETREAT"])
# prepositions after which a thing stands for those it belongs to ("in Aleppo", "on Syrian positions")
_BELONGS = frozenset(["on", "against", "at", "in", "of", "to", "from", "into", "over", "near", "for"])
_PARTITIVE = frozenset("series round set number package string spate barrage wave couple group pair dozen dozens hundred hundreds thousand thousands score scores number majority member".split())  # noqa: SIM905


def combine(outer: str, mode: str | None, inner: str, inner_mode: str | None) -> tuple[str, str | None] | None:
    """The type and mode of an act that takes another act; None when the two cancel out.

    From the codebook: promised cooperation is AGREE, a promised concession CONCEDE, threatened force THREATEN with the
    matching mode, refusal REJECT and demand REQUEST with the mode of what is refused or demanded.
    """
    if inner == "ANY":
        return outer, mode or ("change" if outer in ("REQUEST", "REJECT") else None)
    if outer == "AGREE":
        return when_planned(inner, inner_mode)
    if outer == "THREATEN":
        return ("THREATEN", _threat_mode(inner, inner_mode)) if inner not in _COOPERATIVE + _YIELDING else ("THREATEN", None)
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


def when_planned(kind: str, mode: str | None) -> tuple[str, str | None]:
    """What an act to come is coded as: cooperation AGREE, yielding CONCEDE, force and sanctions THREATEN."""
    if kind in ("CONSULT", "SUPPORT", "COOPERATE", "AID"):
        return "AGREE", None
    if kind == "RETREAT":
        return "CONCEDE", None
    if kind in ("SANCTION", "COERCE", "ASSAULT", "MOBILIZE"):
        return "THREATEN", _threat_mode(kind, mode)
    return kind, mode


def _threat_mode(kind: str, mode: str | None) -> str | None:
    if kind == "SANCTION":
        return {"expel": "expel", "withdraw": "relations"}.get(mode or "", "restrict")
    if kind == "COERCE":
        return {"arrest": "arrest", "seize": "territory", "deport": "expel"}.get(mode or "", "restrict")
    return "violence" if kind in ("ASSAULT", "MOBILIZE") else None


def _merge(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Reports of one act become one event; a visit told as talks is one visit."""
    out: list[_Draft] = []
    for draft in sorted(drafts, key=lambda d: (d.noun and not _full(d), d.trigger[0])):
        for known in out:
            if _one_act(known, draft):
                _absorb(known, draft)
                break
        else:
            if _full(draft) or not draft.noun:
                out.append(draft)
    out.sort(key=lambda d: d.trigger[0])
    return out


def _full(draft: _Draft) -> bool:
    """Whether all sides that the type asks for are there."""
    if draft.type == "CONSULT":
        return len({p.actor for p in (*draft.source, *draft.target)}) > 1
    return bool(draft.target) or draft.type in _ALONE


def _one_act(a: _Draft, b: _Draft) -> bool:
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
    sides_a, sides_b = _codes(a.source), _codes(b.source)
    targets_a, targets_b = _codes(a.target), _codes(b.target)
    if a.type == "CONSULT":
        all_a, all_b = sides_a | targets_a, sides_b | targets_b
        small, large = sorted((all_a, all_b), key=len)
        if not small <= large or (small != large and not (a.noun or b.noun)):
            return False
        return not (a.mode == b.mode == "visit" and targets_a and targets_b and targets_a != targets_b)
    if sides_a == sides_b and targets_a == targets_b:
        return True
    return b.noun and sides_b <= sides_a and targets_b <= targets_a


def _absorb(known: _Draft, other: _Draft) -> None:
    known.evidence.extend(e for e in other.evidence if e not in known.evidence)
    known.evidence.sort()
    if known.type == "CONSULT" and other.mode == "visit" and known.mode != "visit" and other.target:
        known.mode, known.source, known.target = other.mode, other.source, other.target
        known.reason = other.reason
    known.mode = known.mode or other.mode
    known.date = known.date or other.date
    known.place = known.place or other.place
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
    return _distinct(out)


def _dates_agree(a: EventDate | None, b: EventDate | None) -> bool:
    if a is None or b is None or not (a.start and a.end and b.start and b.end):
        return True
    return a.start <= b.end and b.start <= a.end


def _places_agree(a: Place | None, b: Place | None) -> bool:
    if a is None or b is None:
        return True
    return a.country == b.country or a.name == b.name


def _codes(who: Iterable[Participant]) -> frozenset[str | None]:
    return frozenset(p.actor for p in who)


def _distinct(who: Iterable[Participant]) -> tuple[Participant, ...]:
    """Each actor and person once; a bare state gives way to its named people."""
    out: list[Participant] = []
    for p in who:
        if any(p.actor == o.actor and (p.name == o.name or p.office is None and p.role is None) for o in out):
            continue
        out = [o for o in out if not (o.actor == p.actor and o.office is None and o.role is None and p.name and p.office)]
        out.append(p)
    return tuple(out)


def _apart(who: Participant, others: Sequence[Participant]) -> bool:
    """Whether somebody of the same state is another person or branch: police and protesters."""
    return all(
        who.actor != o.actor or (who.sector and o.sector and who.sector != o.sector) or (who.office and o.office and who.name != o.name)
        for o in others
    )


def _one_state(source: Sequence[Participant], target: Sequence[Participant]) -> bool:
    return bool(target) and _codes(source) == _codes(target)


def _statement_index(parsed: Parsed, statements: Sequence[Statement]) -> dict[int, tuple[Statement, ...]]:
    """Word -> the statements whose content holds it, innermost first."""
    out: dict[int, list[Statement]] = {}
    for statement in statements:
        for start, end in statement.content:
            k = parsed.at(start)
            while k < len(parsed.tokens) and parsed.tokens[k].start < end:
                out.setdefault(k, []).append(statement)
                k += 1
    return {k: tuple(sorted(v, key=lambda s: sum(e - b for b, e in s.content))) for k, v in out.items()}


def changed_part(part: Part) -> Part:
    """The part without its slot: the words alone."""
    return Part(part.preps, part.words, part.modifiers, None, part.optional)


__all__ = ["combine", "find_events", "when_planned"]
