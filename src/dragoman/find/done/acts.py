"""Acts: patterns of the tables held against the grammar of a clause, and acts inside other acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from dragoman.find.base import References, participant_of
from dragoman.find.done.codebook import stands
from dragoman.find.done.parties import PARTITIVE, Parties, apart, distinct
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.patterns import Part, Pattern, patterns
from dragoman.parse.base import Parsed
from dragoman.parse.frames import Frame, noun_frame, phrases_after, verb_frame
from dragoman.records import Participant, Place, Statement


@dataclass(frozen=True, slots=True)
class Act:
    """A pattern that matched: what, who, on which words."""

    head: int
    pattern: Pattern
    type: str
    mode: str | None
    source: tuple[Participant, ...]
    target: tuple[Participant, ...]
    symmetric: bool
    inner: Act | None = None
    support: int | None = None
    doubt: float = 0.0
    used: tuple[int, ...] = ()
    agents: tuple[str | None, ...] = ()  # actors that are the act's grammatical doers


class Acts(Parties):
    """Finds the act at a word, each word tried once. `failures` tell why a pattern that came near did not match."""

    def __init__(
        self,
        parsed: Parsed,
        references: References,
        statements: Sequence[Statement],
        places: Sequence[Place],
        lexicon: Lexicon,
    ) -> None:
        super().__init__(parsed, references, statements, places, lexicon)
        language = lexicon.language
        self.patterns = patterns(lexicon)
        self.light = frozenset(language.get("light_verbs", ()))
        self.going = frozenset(language.get("going_verbs", ()))
        self.act_nouns: dict[str, frozenset[str]] = {}
        for kind, nouns in language.get("act_nouns", {}).items():
            for noun in nouns:
                self.act_nouns[noun] = self.act_nouns.get(noun, frozenset()) | {kind}
        self.acts: dict[int, Act | None] = {}
        self.failures: dict[int, str] = {}
        self._far: dict[int, int] = {}

    def _candidate(self, i: int) -> bool:
        token = self.tokens[i]
        if token.pos in ("VERB", "AUX"):
            return token.lemma in self.patterns.verbs
        return token.pos in ("NOUN", "PROPN") and token.lemma.lower() in self.patterns.nouns

    def _act(self, i: int) -> Act | None:
        """The act at token `i`, tried once."""
        if i in self.acts:
            return self.acts[i]
        self.acts[i] = None  # a guard against circles
        token = self.tokens[i]
        if token.pos in ("VERB", "AUX"):
            frame = self._with_antecedent(verb_frame(self.parsed, i))
            rows = self.patterns.verbs.get(token.lemma, ())
        else:
            frame = self._with_compounds(noun_frame(self.parsed, i, self.light, self.going))
            rows = self.patterns.nouns.get(token.lemma.lower(), ())
        for pattern in rows:
            act = self._match(pattern, frame)
            if act is not None:
                if pattern.row.event == "NONE":
                    self.failures[i] = f"'{token.text}' is no act here"
                    return None
                self.acts[i] = act
                return act
        return None

    def _with_antecedent(self, frame: Frame) -> Frame:
        """ "The treaty which Peru signed": what the relative pronoun stands for, or the gap of a clause without one."""
        token = self.tokens[frame.head]
        noun = self.tokens[token.head]
        if token.dep != "relcl" or frame.passive or noun.i in frame.agents or noun.pos not in ("NOUN", "PROPN"):
            return frame
        if any(t.lower == "had" for t in self.parsed.kids(frame.head, "aux")):
            return frame  # "freed the sailors it had seized": what went before is not told
        relative = [k for k in frame.objects if self.tokens[k].tag in ("WDT", "WP") or self.tokens[k].lower == "that"]
        rest = tuple(k for k in frame.objects if k not in relative)
        stranded = any(not self.parsed.kids(t.i, "pobj", "pcomp") for t in self.parsed.kids(frame.head, "prep"))
        when = any(t.tag == "WRB" for t in self.parsed.kids(frame.head)) or noun.lemma in _WHEN
        if rest or when or (not relative and (stranded or self.parsed.kids(frame.head, "ccomp", "xcomp"))):
            return frame
        preps = dict(frame.preps)
        for word, phrases in phrases_after(self.parsed, noun.i).items():
            preps[word] = preps.get(word, ()) + phrases
        return msgspec.structs.replace(frame, objects=(noun.i,), preps=preps)

    def _with_compounds(self, frame: Frame) -> Frame:
        """ "A prisoner swap" is a swap of prisoners, "troop withdrawals" are withdrawals of troops."""
        parts = tuple(t.i for t in self.parsed.kids(frame.head, "compound") if t.pos == "NOUN")
        if not parts:
            return frame
        return msgspec.structs.replace(frame, preps={**frame.preps, "of": (*frame.preps.get("of", ()), *parts)})

    def _match(self, pattern: Pattern, frame: Frame) -> Act | None:
        if pattern.particle and frame.particle != pattern.particle and pattern.particle not in frame.preps:
            return None
        inner: Act | None = None
        filled: dict[str, list[Participant]] = {"SOURCE": [], "TARGET": []}
        doubt = 0.0
        used: list[int] = []
        taken: set[int] = set()
        around = dict(frame.preps)
        for part in pattern.parts:
            if part.slot == "ACT":
                inner = self._inner(part, frame, laws=pattern.row.event == "SANCTION")
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
            return Act(frame.head, pattern, "NONE", None, (), (), False)
        if not agents and pattern.row.event == "PROTEST" and filled["TARGET"]:
            # "protesters stormed the Maltese embassy in Tunis": nobody need say whose they are
            agents, doubt = self._locals(frame, used, filled["TARGET"]), doubt + 0.15
        if pattern.subject:
            # "an accord between Laos and Cambodia was sealed": nobody else need have done it
            between = any(part.slot == "SOURCE" and "between" in part.preps for part in pattern.parts)
            alone = frame.noun or (frame.passive and between)
            if not agents and not (alone and filled[pattern.subject]):
                self._fail(frame.head, "nobody we can name does it", pattern)
                return None
            filled[pattern.subject] = [*agents, *filled[pattern.subject]]
        elif (
            frame.noun
            and not pattern.symmetric
            and not filled["SOURCE"]
            and any(p.slot == "TARGET" for p in pattern.parts)
        ):
            filled["SOURCE"] = list(agents)
        elif frame.noun and pattern.symmetric:
            filled["SOURCE"] = [*agents, *filled["SOURCE"]]
        source = distinct(filled["SOURCE"])
        target = tuple(
            p for p in distinct(filled["TARGET"]) if p.actor not in {s.actor for s in source} or apart(p, source)
        )
        if pattern.symmetric and len({p.actor for p in source}) < 2:
            one = "both sides are one state" if len(source) > 1 else "only one side is named"
            self._fail(frame.head, one, pattern)
            return None
        if not source and inner is None:
            self._fail(frame.head, "nobody we can name does it", pattern)
            return None
        if not target and filled["TARGET"] and pattern.row.event in _FELT:
            target = tuple(p for p in self._soil(used) if p.actor not in {s.actor for s in source})
        target = tuple(p for p in target if stands(pattern.row.event, p))
        wants_target = any(p.slot == "TARGET" and not p.optional for p in pattern.parts) or pattern.subject == "TARGET"
        if wants_target and not target:
            own = bool(filled["TARGET"])
            self._fail(frame.head, "both sides are one state" if own else "only one side is political", pattern)
            return None
        return Act(
            frame.head, pattern, pattern.row.event, pattern.row.mode or None, source, target, pattern.symmetric, inner,
            frame.support, doubt, tuple(used), tuple(p.actor for p in agents),
        )  # fmt: skip

    def _locals(self, frame: Frame, used: Sequence[int], target: Sequence[Participant]) -> list[Participant]:
        """People nobody places, as those of the state where they act."""
        who = [p for k in frame.agents for p in self._unknown(k)]
        theirs = {p.actor for p in target}
        at = [p for k in frame.preps.get("in", ()) for p in self._who(k, loose=True)[0]]
        here = [p.actor for p in (*self._soil(used), *at) if p.actor not in theirs and len(p.actor or "") == 3]
        return [msgspec.structs.replace(p, actor=here[0], via="sentence") for p in who] if here else who

    def _soil(self, used: Sequence[int]) -> Iterator[Participant]:
        """Whose soil it is where one's own are struck: "struck Malian rebels in the Nigerien region of Tahoua"."""
        for k in used:
            for j in self.parsed.subtree(k):
                token = self.tokens[j]
                if token.dep == "pobj" and self.tokens[token.head].lower in ("in", "at", "near", "inside", "across"):
                    yield from self._who(j, loose=True)[0]

    def _fail(self, i: int, why: str, pattern: Pattern) -> None:
        if pattern.row.event in ("NONE", "ANY"):
            return
        # of the patterns that came near, the one that got furthest tells most
        far = _FAR.get(why, 1)
        if far > self._far.get(i, 0):
            self._far[i] = far
            self.failures[i] = f"{why} ('{self.tokens[i].text}')"

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
        self,
        part: Part,
        frame: Frame,
        taken: set[int],
        around: dict[str, tuple[int, ...]] | None = None,
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
            doers = self._doers(k, frame) if part.slot == "TARGET" and not self._owned(k) else []
            if doers:
                return doers, k, 0.15
            who, doubt = self._who(k, loose=part.slot != "SOURCE" and (not prep or prep in _BELONGS))
            if not who and not prep and part.slot == "TARGET" and self.tokens[k].lemma in _SITES:
                # "hit targets in the Iraqi province" hung on the verb
                around_it = [j for word in ("in", "inside", "near") for j in frame.preps.get(word, ())]
                who, doubt = next((w for j in around_it if (w := self._who(j, loose=True)[0])), []), 0.15
            if not who and not prep and part.slot == "TARGET":
                who, doubt = self._unknown(k), 0.2
            if who:
                return who, k, doubt
        return None

    def _owned(self, k: int) -> bool:
        """Whether a phrase itself names whose it is ("the Russian attack", "the raid by Israel")."""
        return any(
            self.references.mention(t.i) for t in self.parsed.kids(k, "amod", "compound", "poss", "nmod")
        ) or any(t.lower in ("by", "of", "from") for t in self.parsed.kids(k, "prep", "agent"))

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
        earliest = self.parsed.sentences[max(0, token.sentence - 12)].first
        for i in range(frame.head - 1, earliest - 1, -1):
            act = self.acts.get(i)
            if act is None or not act.source or any(t.lower == "to" for t in self.parsed.kids(i, "aux")):
                continue  # "will work to settle the row" is not yet "the agreement"
            if act.inner is not None and act.pattern.heads & _WISHING:
                continue
            if "ANY" not in types and act.type not in types:
                continue
            doers = [p for p in act.source if p.actor and p.actor not in mine]
            if ((doers and len(doers) == len(act.source)) or (doers and act.symmetric)) and len(doers) > len(best):
                best = doers
            if "ANY" in types:
                break
        start, end = self.references.phrase(k)
        here = {"text": self.parsed.text[start:end], "span": (start, end), "via": "description"}
        return [msgspec.structs.replace(p, **here) for p in best]

    def _fits(self, k: int, part: Part) -> bool:
        token = self.tokens[k]
        candidates = [token, *(t for t in self.parsed.kids(k, "conj"))]
        # "a series of strikes", "a package of sanctions"
        for t in self.parsed.kids(k, "prep"):
            if t.lower == "of" and token.lemma in PARTITIVE:
                candidates.extend(self.parsed.kids(t.i, "pobj"))
        for candidate in candidates:
            if candidate.lemma.lower() in part.words or candidate.lower in part.words:
                below = list(self.parsed.kids(candidate.i))
                words = {t.lemma.lower() for t in below} | {t.lower for t in below}
                if all(m & words for m in part.modifiers):
                    return True
        return False

    def _inner(self, part: Part, frame: Frame, *, laws: bool = False) -> Act | None:
        """The act that a verb such as "agree", "threaten" or "urge" takes: infinitive, gerund or noun; what `laws` say
        stands in relative clauses too ("a law that freezes Burmese funds")."""
        seen: list[int] = []
        above = {self.tokens[frame.head].head} if self.tokens[frame.head].dep == "relcl" else set()
        for t in self.parsed.kids(frame.head, "xcomp", "ccomp", "advcl", "acl", "oprd"):
            if t.dep == "ccomp" and t.i < frame.head and self._is_past(t.i):
                continue  # "It expelled two envoys, the minister promised to explain": reported, not promised
            # "Refusing to talk, he agreed ...": a participle beside the verb is no act inside it
            if t.dep != "advcl" or any(a.lower == "to" for a in self.parsed.kids(t.i, "aux")):
                seen.append(t.i)
        for k in frame.objects:
            seen.extend(t.i for t in self.parsed.kids(k, "acl", "xcomp", *(("relcl", "ccomp") if laws else ())))
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
        queue = [k for k in dict.fromkeys(seen) if k not in above]
        for k in list(queue):
            queue.extend(t.i for t in self.parsed.kids(k, "conj", "xcomp") if t.i not in queue)
            queue.extend(
                t.i for t in self.parsed.kids(k, "dobj") if t.i not in queue and self.tokens[k].lemma in self.light
            )
        for k in queue:
            if k != frame.head and self._candidate(k):
                act = self._act(k) or self._loose_act(k)
                if act is not None:
                    return act
        return None

    def _is_past(self, i: int) -> bool:
        return self.tokens[i].tag == "VBD" or any(
            t.lower in ("has", "have", "had", "was", "were") for t in self.parsed.kids(i, "aux", "auxpass")
        )

    def _loose_act(self, k: int) -> Act | None:
        """An act whose doer is the one who agrees to it, and so need not be named again."""
        token = self.tokens[k]
        noun = token.pos in ("NOUN", "PROPN")
        frame = noun_frame(self.parsed, k, self.light, self.going) if noun else verb_frame(self.parsed, k)
        rows = (self.patterns.nouns if noun else self.patterns.verbs).get(
            token.lemma.lower() if noun else token.lemma, ()
        )
        found: Act | None = None
        for pattern in rows:
            if pattern.act is not None:
                continue
            if pattern.row.event == "NONE":
                if self._match(pattern, frame) is not None:
                    return None
                continue
            if pattern.particle and frame.particle != pattern.particle:
                continue
            target: list[Participant] = []
            used: list[int] = []
            taken: set[int] = set()
            whole = True
            for part in pattern.parts:
                hit = self._part(part, frame, taken)
                if hit is None:
                    whole = whole and part.optional
                    # words must stand; a slot may be filled by whoever is asked or promised
                    if part.words and not part.optional:
                        bare = self._part(_wordless(part), frame, taken)
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
                act = Act(k, pattern, pattern.row.event, pattern.row.mode or None, (), distinct(target),
                          pattern.symmetric, None, frame.support, 0.1, tuple(used))  # fmt: skip
                if whole:
                    return act
                found = found or act
        return found


def _wordless(part: Part) -> Part:
    """The part without its slot: the words alone."""
    return Part(part.preps, part.words, part.modifiers, None, part.optional)


# how far a pattern got before it failed
_FAR = {
    "no target we can tell": 2,
    "no source we can tell": 1,
    "nobody we can name does it": 3,
    "only one side is named": 4,
    "only one side is political": 4,
    "both sides are one state": 5,
}
# verbs of trying and being ready: nothing that "the deal" or "the offer" goes back to
_WISHING = frozenset(["work", "be", "do"])
# nouns whose clause tells when, where or why: "the day Iran attacked"
_WHEN = frozenset(
    "day week month year time moment hour morning night evening way reason place hope fact number".split()
)
# what is struck, and belongs to those on whose soil it stands
_SITES = frozenset(
    "target site base camp position hideout depot location installation area facility town village".split()
)
# what is done to those whose soil it is
_FELT = frozenset(["ASSAULT", "COERCE", "MOBILIZE"])
# prepositions after which a thing stands for those it belongs to ("in Aleppo", "on Syrian positions")
_BELONGS = frozenset(["on", "against", "at", "in", "of", "to", "from", "into", "over", "near", "for"])
