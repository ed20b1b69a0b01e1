"""Who wants what on which issue: topics on which somebody takes sides, with whom, toward whom, in which words.

    1. every phrase of an issue is read upwards (`claims.py`): support, demand, rejection, duty, intention, deed;
    2. the one whose stance it is: the subject, the speaker for "we" and for what is said of nobody; never a third party;
    3. sides are named around the phrase, or are those who were spoken of last;
    4. "ready to do this, if ..." takes up what was just said; a denial that arms are aimed at somebody is kept as such;
    5. equal positions become one with several pieces of evidence.

A topic that is only mentioned gives no position.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from dragoman.find.base import References
from dragoman.find.claims import Claim, Climber
from dragoman.find.sides import Sides, actors, codes, sides_of
from dragoman.find.stances import Stances, stances
from dragoman.find.topics import Topic, Topics
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.rows import Issue
from dragoman.parse.base import Parsed, Sentence, Token
from dragoman.parse.frames import is_passive, passive_subjects, subjects, verb_frame
from dragoman.records import Event, Participant, Position, Span, Statement


def find_positions(
    parsed: Parsed,
    references: References,
    statements: Sequence[Statement],
    events: Sequence[Event],
    topics: Topics,
    lexicon: Lexicon,
) -> list[Position]:
    """The positions of a text, in the order of their first evidence."""
    if not topics.mentions and not events:
        return []
    return _Reader(parsed, references, statements, events, topics, lexicon).read()


class _Found(msgspec.Struct, gc=False):
    """A position in the making, and where it was read."""

    position: Position
    sentence: int
    follows: bool = False  # takes up, and so replaces, what was said just before


class _Holder(msgspec.Struct, gc=False):
    """Whose stance it is."""

    actor: str
    shared: tuple[str, ...] = ()
    addressed: tuple[str, ...] = ()
    statement: str | None = None
    doubt: float = 0.0
    flipped: bool = False


class _Reader:
    def __init__(
        self,
        parsed: Parsed,
        references: References,
        statements: Sequence[Statement],
        events: Sequence[Event],
        topics: Topics,
        lexicon: Lexicon,
    ) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.references = references
        self.statements = statements
        self.by_id = {s.id: s for s in statements}
        self.events = [e for e in events if e.status in ("actual", "planned")]
        self.topics = topics
        self.issues = {issue.key: issue for issue in lexicon.issues}
        self.stances: Stances = stances(lexicon)
        pronouns = lexicon.language.get("pronouns", {})
        self.first_person = frozenset(w for kind in ("first_singular", "first_plural") for w in pronouns.get(kind, ()))
        self.first_plural = frozenset(pronouns.get("first_plural", ()))
        self.joint_words = frozenset(lexicon.language.get("joint_words", ()))
        self.joint_nouns = frozenset(lexicon.language.get("joint", ()))
        triggers: dict[int, Event] = {}
        for event in events:
            for k in self._words(event.trigger):
                triggers.setdefault(k, event)
        self.climber = Climber(parsed, references, self.stances, triggers, self.first_person)

    def read(self) -> list[Position]:
        found: list[_Found] = []
        for topic in self.topics.mentions:
            if self._silent(topic):
                continue
            claim = self.climber.claim(topic.first, topic.last, topic.polarity)
            if claim is not None:
                found.extend(self._positions(topic, claim))
        found.extend(self._acts())
        found.extend(self._aims())
        found.extend(self._taken_up(found))
        return _merged(found)

    def _silent(self, topic: Topic) -> bool:
        """Whether the words are part of a longer name or of a question."""
        mention = self.references.mention(topic.first)
        if mention is not None and mention.first <= topic.first and mention.last >= topic.last:
            if mention.last - mention.first > topic.last - topic.first:
                return True
        sentence = self.parsed.sentence_of(topic.first)
        return self._asks(sentence)

    def _asks(self, sentence: Sentence) -> bool:
        end = [t.text for t in self.tokens[max(sentence.first, sentence.last - 3) : sentence.last]]
        return "?" in end

    # -- whose stance it is --------------------------------------------------------------------------------------

    def _positions(self, topic: Topic, claim: Claim) -> list[_Found]:
        issue = self.issues[topic.issue]
        out = []
        for holder in self._holders(claim, topic):
            sign = -claim.sign if holder.flipped else claim.sign
            condition = claim.condition or self._condition_after(claim)
            stance = (
                "neutral"
                if claim.neutral
                else "conditional"
                if condition is not None
                else "for"
                if sign > 0
                else "against"
            )
            toward, regarding, shared = self._named(topic, claim, holder, issue, sign)
            sentence = self.parsed.sentence_of(topic.first)
            evidence = [(sentence.start, sentence.end)]
            if condition is not None and not sentence.start <= condition[0] < sentence.end:
                after = self.parsed.sentence_of(self.parsed.at(condition[0]))
                evidence.append((after.start, after.end))
            confidence = (
                _TRUST[claim.kind]
                - holder.doubt
                - (0.25 if claim.neutral else 0.0)
                - (0.05 if topic.polarity == 0 else 0.0)
            )
            words = " + ".join([*reversed(claim.words), f"'{self.parsed.text[topic.start : topic.end]}'"])
            position = Position(
                actor=holder.actor,
                issue=topic.issue,
                regarding=regarding,
                stance=stance,  # type: ignore[arg-type]
                toward=toward,
                shared_with=shared,
                statement=holder.statement,
                evidence=tuple(evidence),
                confidence=round(max(0.2, confidence), 2),
                condition=condition,
                reason=f"{_HOW[claim.kind]}: {words}",
            )
            out.append(_Found(position, sentence.i))
        return out

    def _holders(self, claim: Claim, topic: Topic) -> list[_Holder]:
        statement, told = self._statement(claim.top)
        if told:
            return []  # what one side reports of another is not that other's position
        speakers = _officials(_speakers(statement)) if statement else []
        heads = self._subjects(claim)
        who: list[str] = []
        first = False
        for i in heads:
            if self.tokens[i].lower in self.first_person:
                first = True
            else:
                found, mine = self._codes_of(i)
                who.extend(c for c in found if c not in who)
                first = first or mine
        if not who and not first and statement is not None and heads and all(self._own(i) for i in heads):
            first = True
        if first:
            if not speakers:
                return []
            who = [*speakers, *[w for w in who if w not in speakers]]
        told_by = statement.id if statement is not None else self._cue_statement(claim.top)
        doubt = 0.1 if statement is None and told_by is None else 0.0
        if statement is not None:
            if claim.kind == "deed" and any(self.tokens[i].lower in ("it", "this", "that", "which") for i in heads):
                return []  # mostly a thing, whatever it was taken for
            mine_ = [w for w in who if w in speakers]
            others = tuple(w for w in who if w not in speakers)
            if mine_:
                return [_Holder(s, tuple(w for w in who if w != s), tuple(claim.addressed), told_by) for s in mine_]
            if not who:
                if (
                    heads
                    and claim.kind in ("attitude", "intent", "deed", "purpose", "field", "act")
                    and not claim.nobody
                ):
                    if not self._impersonal(heads, claim.kind):
                        return []
                elif not heads and claim.kind in ("deed", "purpose", "act"):
                    return []
                together = len(speakers) > 1
                return [
                    _Holder(
                        s,
                        tuple(x for x in speakers if x != s) if together else (),
                        tuple(claim.addressed),
                        told_by,
                        0.1,
                    )
                    for s in speakers
                ]
            if claim.kind == "duty":
                return [_Holder(s, (), others + tuple(claim.addressed), told_by, 0.05) for s in speakers]
            if claim.kind in ("judgement",):
                return [_Holder(s, (), tuple(claim.addressed), told_by, 0.05) for s in speakers]
            wrong = topic.issue and self.issues[topic.issue].table.get("wrong")
            if (
                wrong
                and claim.sign < 0
                and topic.polarity < 0
                and claim.kind in ("attitude", "deed")
                and claim.condition is None
                and not claim.neutral
            ):
                # "Ruritania sponsors terrorism", said by somebody else, is a complaint
                return [_Holder(s, (), others, told_by, 0.25, flipped=True) for s in speakers]
            return []
        if not who and not heads and claim.event is not None and claim.kind in ("act", "deed", "attitude"):
            who = _officials(claim.event.source)
        if not who:
            cue = self.by_id.get(told_by) if told_by else None
            if cue is not None and not heads:
                who = _officials(_speakers(cue))
        if claim.kind == "duty" or (claim.kind == "judgement"):
            return []  # nobody says so
        if (
            claim.sign < 0
            and topic.polarity < 0
            and claim.kind == "attitude"
            and claim.condition is None
            and not claim.addressed
        ):
            doubt += 0.2
        return [_Holder(w, tuple(x for x in who if x != w), tuple(claim.addressed), told_by, doubt) for w in who]

    def _statement(self, i: int) -> tuple[Statement | None, bool]:
        """The innermost statement in whose content word `i` stands, and whether another side reports it."""
        start = self.tokens[i].start
        inside = [
            s for s in self.statements
            if any(a <= start < b for a, b in s.content) and not _in(s.cue, start) and not _by_media(s)
        ]  # fmt: skip
        if not inside:
            return None, False
        inner = min(inside, key=lambda s: sum(b - a for a, b in s.content))
        mine = set(actors(_speakers(inner)))
        outer = self.by_id.get(inner.within or "")
        while outer is not None:
            if _by_media(outer):
                outer = self.by_id.get(outer.within or "")
                continue
            theirs = set(actors(_speakers(outer)))
            if outer.speaker is not None and not mine & theirs and theirs:
                return inner, True
            outer = self.by_id.get(outer.within or "")
        return inner, False

    def _cue_statement(self, i: int) -> str | None:
        start = self.tokens[i].start
        for s in self.statements:
            if _in(s.cue, start):
                return s.id
        return None

    def _subjects(self, claim: Claim) -> list[int]:
        """The words that stand for whoever holds the claim."""
        top = self.tokens[claim.top]
        if top.pos in ("VERB", "AUX"):
            if top.dep in ("acomp", "oprd", "attr"):
                return list(subjects(self.parsed, top.head))  # "are united in"
            if claim.quality and is_passive(self.parsed, top.i):
                heads = list(passive_subjects(self.parsed, top.i))
            else:
                heads = list(self._agents(top))
            # "Chad is committed": parsers hang the subject on "is" now and then
            return heads or [
                t.i for aux in self.parsed.kids(top.i, "aux", "auxpass") for t in self.parsed.kids(aux.i, "nsubj")
            ]
        if top.pos in ("NOUN", "PROPN"):
            owners = [t.i for t in self.parsed.kids(top.i, "poss")]
            owners += [t.i for t in self.parsed.kids(top.i, "amod", "compound", "nmod") if self._names(t)]
            if owners:
                return owners
            for k in claim.path[claim.path.index(top.i) + 1 :] if top.i in claim.path else ():
                if self.tokens[k].pos in ("VERB", "AUX"):
                    return list(self._agents(self.tokens[k]))
            above = self.parsed.head(top.i)
            if above.pos in ("VERB", "AUX") and top.dep in ("dobj", "attr") and above.lemma != "be":
                return list(self._agents(above))
            return []
        above = top
        for _ in range(4):
            if above.pos in ("VERB", "AUX") or above.head == above.i:
                break
            above = self.parsed.head(above.i)
        if above.pos in ("VERB", "AUX") and above.i != top.i:
            return (
                list(self._agents(above))
                if above.dep != "relcl" or not self.parsed.kids(above.i, "nsubj")
                else [t.i for t in self.parsed.kids(above.i, "nsubj")]
            )
        return list(subjects(self.parsed, top.i))

    def _agents(self, verb: Token) -> tuple[int, ...]:
        frame = verb_frame(self.parsed, verb.i)
        if frame.agents:
            return frame.agents
        return () if frame.passive else subjects(self.parsed, verb.i)

    def _names(self, token: Token) -> bool:
        mention = self.references.mention(token.i)
        return mention is not None and not mention.bound and mention.code is not None

    def _codes_of(self, i: int) -> tuple[list[str], bool]:
        """Actors a subject stands for, through "the interests of ..." and "our position"; whether the speaker is among them."""
        people = self.references.of(i)
        found = _officials(people)
        if people and not found:
            return [], False
        mention = self.references.mention(i)
        if not found and mention is not None and mention.code and not mention.bound:
            found = [mention.code]
        token = self.tokens[i]
        mine = False
        if token.pos in ("NOUN", "PROPN"):
            for owner in self.parsed.kids(i, "poss"):
                if owner.lower in self.first_person:
                    mine = True
                    if token.lemma in self.joint_nouns and token.tag == "NNS":
                        found = [c for c in found]
                elif not found:
                    found = codes(self.references, owner.i)
            if not found and not mine:
                for prep in self.parsed.kids(i, "prep"):
                    if prep.lower == "of":
                        for owner in self.parsed.kids(prep.i, "pobj"):
                            if any(t.lower in self.first_person for t in self.parsed.kids(owner.i, "poss")):
                                mine = True
                            found = found or codes(self.references, owner.i)
        return found, mine

    def _own(self, i: int) -> bool:
        """Whether "they" or "the government", told by its own spokesman, is the speaker's side."""
        token = self.tokens[i]
        if self.references.of(i):
            return False
        if token.lower in ("they", "he", "she"):
            return True
        owners = [t for t in self.parsed.kids(i, "poss", "amod", "compound", "nmod") if t.tag != "PRP$"]
        return token.lemma in self.joint_nouns and token.tag == "NN" and not owners and not self.parsed.kids(i, "prep", "relcl")

    def _impersonal(self, heads: Sequence[int], kind: str) -> bool:
        return all(self.tokens[i].lower in ("it", "there", "this", "that", "what", "which") for i in heads) or (
            kind == "field" and all(self.tokens[i].lower in ("they", "these", "both") for i in heads)
        )

    # -- toward whom, regarding what -----------------------------------------------------------------------------

    def _named(
        self, topic: Topic, claim: Claim, holder: _Holder, issue: Issue, sign: int
    ) -> tuple[str | None, str | None, tuple[str, ...]]:
        me = holder.actor
        named = str(issue.table.get("named", "conduct"))
        sides = sides_of(self.parsed, self.references, topic.first, topic.last, claim.path)
        shared = [c for c in holder.shared if c != me]
        addressed = [c for c in holder.addressed if c != me]
        if claim.event is not None and claim.kind in ("act", "deed"):
            addressed += [c for c in actors(claim.event.target) if c != me and c not in addressed]
        if claim.kind == "field":
            with_ = [c for c in self._partners(claim) if c != me]
            shared = list(dict.fromkeys([*shared, *with_]))
            if not shared and self._together(claim):
                other = self._other_side(me, topic.first, holder.statement)
                shared = [other] if other else []
            sides.partners = [c for c in sides.partners if c not in shared]
        elif claim.kind in ("duty", "purpose", "judgement") and named != "toward":
            # that the others ought to is not yet that they agree
            addressed = [*shared, *addressed] if claim.kind == "duty" else addressed
            shared = [] if claim.kind == "duty" else shared
        toward: str | None = None
        regarding: str | None = None
        others = [c for c in sides.all() if c != me]
        if named == "toward":
            toward = (
                _first(addressed) or _first(c for c in others if c not in shared) or _first(shared) or _first(others)
            )
            if topic.issue in _RELATIONS:
                if toward is None:
                    toward = self._other_side(me, topic.first, holder.statement)
                shared = []
            elif toward in shared:
                toward = None
        elif named == "target":
            targets = _not(me, [*sides.targets, *[c for c in sides.partners if c not in shared]])
            doers = _not(me, sides.doers)
            own = sign > 0 and not claim.neutral
            toward = _first(addressed) or (_first(targets) if own else _first(doers))
            regarding = None if own else _first(targets)
            regarding = regarding or _only(_not(me, sides.places))
        elif named == "regarding":
            toward = _first(addressed)
            places = _not(me, [*sides.places, *sides.partners, *sides.targets, *sides.doers])
            regarding = _only([c for c in places if c != toward and c not in shared])
        else:
            doers = _not(me, sides.doers)
            toward = _first(addressed) or _first(c for c in doers if c not in shared)
            regarding = _only(
                [
                    c
                    for c in _not(me, [*sides.targets, *sides.places, *sides.partners])
                    if c != toward and c not in shared
                ]
            )
        if regarding is None:
            regarding = self._pointed(topic)
        if toward is not None and toward in shared and topic.issue not in _RELATIONS:
            toward = None
        if regarding in (me, toward) or regarding in shared:
            regarding = None
        return toward, regarding, tuple(shared)

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

    def _together(self, claim: Claim) -> bool:
        """Whether the subject is "we", "our interests", "both sides"."""
        for i in self._subjects(claim):
            words = [self.tokens[i], *self.parsed.kids(i)]
            if any(t.lower in self.first_plural or t.lower in self.joint_words for t in words):
                return True
        return False

    def _pointed(self, topic: Topic) -> str | None:
        sentence = self.tokens[topic.first].sentence
        return next(
            (
                p.code
                for p in self.topics.pointers
                if p.issue == topic.issue and self.tokens[p.first].sentence == sentence
            ),
            None,
        )

    def _other_side(self, me: str, i: int, statement: str | None) -> str | None:
        """Who the other side is where the words do not say: the one spoken with, or the only other one around."""
        said = self.by_id.get(statement or "")
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
                if p.actor and p.actor != me and first.start <= p.span[0] < last.end
            ]
            near = list(dict.fromkeys(near))
            if len(near) == 1:
                return near[0]
            if near:
                return None
        return None

    # -- conditions, things taken up, aims denied -----------------------------------------------------------------

    def _condition_after(self, claim: Claim) -> Span | None:
        """ "We are ready. Of course, only if they are, too": a condition that stands as a sentence of its own."""
        number = self.tokens[claim.top].sentence + 1
        if number >= len(self.parsed.sentences):
            return None
        here, _ = self._statement(claim.top)
        sentence = self.parsed.sentences[number]
        if here is None or not any(a <= sentence.start < b for a, b in here.content):
            return None
        for k in range(sentence.first, min(sentence.first + 5, sentence.last)):
            token = self.tokens[k]
            if token.lower in self.stances.conditions and token.dep in ("mark", "advmod"):
                clause = self.parsed.head(k)
                above = self.parsed.head(clause.i)
                if clause.dep != "ROOT" and not _in(here.cue, above.start):
                    return None
                words = [
                    w
                    for w in self.parsed.subtree(clause.i)
                    if any(a <= self.tokens[w].start < b for a, b in here.content)
                ]
                while words and self.tokens[words[-1]].pos == "PUNCT":
                    words.pop()
                words = [w for w in words if w >= k]
                return self.parsed.span(words) if words else None
            if token.pos not in ("ADV", "ADP", "PUNCT", "CCONJ", "INTJ", "NOUN", "ADJ", "PRON"):
                return None
        return None

    def _taken_up(self, found: Sequence[_Found]) -> list[_Found]:
        """ "We are ready to do this, if ...": the stance on what the speaker said just before."""
        out: list[_Found] = []
        busy = {f.sentence for f in found}
        for sentence in self.parsed.sentences:
            if sentence.i in busy or self._asks(sentence):
                continue
            for token in self.parsed.words(sentence):
                if token.lower not in ("this", "that", "it", "so") or token.dep not in ("dobj", "pobj", "advmod"):
                    continue
                claim = self.climber.claim(token.i, token.i + 1, 0)
                if claim is None or claim.kind not in ("attitude", "intent", "duty"):
                    continue
                condition = claim.condition or self._condition_after(claim)
                if condition is None and claim.sign > 0:
                    continue
                pseudo = Topic("", token.i, token.i + 1, token.start, token.end, 0, False)
                for holder in self._holders(claim, pseudo):
                    before = [
                        f for f in found
                        if f.position.actor == holder.actor and 0 < sentence.i - f.sentence <= 2 and f.position.stance in ("for", "against")
                    ]  # fmt: skip
                    nearest = max((f.sentence for f in before), default=-1)
                    for earlier in before:
                        if earlier.sentence == nearest:
                            out.append(self._followed(earlier, claim, condition, holder, sentence))
                break
        return out

    def _followed(
        self, earlier: _Found, claim: Claim, condition: Span | None, holder: _Holder, sentence: Sentence
    ) -> _Found:
        evidence = [*earlier.position.evidence, (sentence.start, sentence.end)]
        if condition is not None and not sentence.start <= condition[0] < sentence.end:
            after = self.parsed.sentence_of(self.parsed.at(condition[0]))
            evidence.append((after.start, after.end))
        turned = "against" if earlier.position.stance == "for" else "for"
        position = msgspec.structs.replace(
            earlier.position,
            stance="conditional" if condition is not None else turned if claim.sign < 0 else earlier.position.stance,
            condition=condition,
            statement=holder.statement or earlier.position.statement,
            evidence=tuple(evidence),
            confidence=round(earlier.position.confidence - 0.1, 2),
            reason=f"{' + '.join(reversed(claim.words))} takes up: {earlier.position.reason}",
        )
        return _Found(position, sentence.i, follows=True)

    def _aims(self) -> list[_Found]:
        """Denials that a deployment, exercise or weapon is aimed at somebody: on the record, and neutral."""
        out: list[_Found] = []
        done: set[int] = set()
        for i, (first, last, row) in sorted(self.climber.idioms.items()):
            if "aim" not in row.kinds or first in done:
                continue
            done.add(first)
            if not self._denied(first, last):
                continue
            sentence = self.parsed.sentence_of(i)
            topics = [
                t for t in self.topics.mentions
                if self.tokens[t.first].sentence == sentence.i and self.issues[t.issue].table.get("aimed")
            ]  # fmt: skip
            target = next(
                (
                    c
                    for k in range(first, last)
                    for t in self.parsed.kids(k, "pobj", "dobj")
                    for c in codes(self.references, t.i)
                ),
                None,
            )
            if not topics or target is None:
                continue
            for actor, statement in self._deniers(first):
                if actor != target:
                    out.append(
                        _Found(self._denial(actor, topics[0], target, statement, row.row.words, sentence), sentence.i)
                    )
        return out

    def _denial(
        self, actor: str, topic: Topic, target: str, statement: str | None, words: str, sentence: Sentence
    ) -> Position:
        return Position(
            actor=actor,
            issue=topic.issue,
            regarding=target,
            stance="neutral",
            toward=None,
            shared_with=(),
            statement=statement,
            evidence=((sentence.start, sentence.end),),
            confidence=0.4,
            reason=f"denies that it is aimed: not {words} + '{self.parsed.text[topic.start : topic.end]}'",
        )

    def _denied(self, first: int, last: int) -> bool:
        start = self.tokens[first].start
        if any(s.act == "denial" and any(a <= start < b for a, b in s.content) for s in self.statements):
            return True
        for k in range(first, last):
            for at in (self.tokens[k], *self.parsed.ancestors(k)):
                if at.sentence != self.tokens[first].sentence:
                    break
                if (
                    any(t.dep == "neg" or (t.dep == "det" and t.lower == "no") for t in self.parsed.kids(at.i))
                    or at.lemma == "deny"
                ):
                    return True
        return False

    def _deniers(self, i: int) -> list[tuple[str, str | None]]:
        statement, told = self._statement(i)
        if told:
            return []
        if statement is None:
            for k in (self.tokens[i], *self.parsed.ancestors(i)):
                if k.pos == "VERB" and k.lemma in _ASKING:
                    return [
                        (c, None)
                        for c in dict.fromkeys(c for a in self._agents(k) for c in actors(self.references.of(a)))
                    ]
            return []
        return [(c, statement.id) for c in _officials(_speakers(statement))]

    # -- acts that are positions by themselves --------------------------------------------------------------------

    def _acts(self) -> list[_Found]:
        """Recognising, expelling diplomats, refusing to meet: rules stand with the issue (`acts`)."""
        out: list[_Found] = []
        for event in self.events:
            reporter = self.by_id.get(event.statement or "")
            sources = _officials(event.source)
            if reporter is not None:
                speakers = _officials(_speakers(reporter))
                sources = [s for s in sources if s in speakers]
            for issue in self.issues.values():
                for rule in issue.table.get("acts", ()):
                    if self._ruled(rule, event):
                        found = [self._by_act(issue, rule, event, source) for source in sources]
                        out.extend(f for f in found if f.position.toward or f.position.regarding)
        return out

    def _ruled(self, rule: dict[str, object], event: Event) -> bool:
        if rule["type"] != event.type or rule.get("mode", event.mode) != event.mode:
            return False
        words = self._words(event.trigger)
        lemmas = rule.get("lemmas")
        if isinstance(lemmas, list) and not any(self.tokens[k].lemma in lemmas for k in words):
            return False
        wanted = rule.get("words")
        if isinstance(wanted, list):
            below = {self.tokens[k].lemma.lower() for i in words for k in self.parsed.subtree(i)}
            return bool(below & set(wanted))
        return True

    def _by_act(self, issue: Issue, rule: dict[str, object], event: Event, source: str) -> _Found:
        other = _first(c for c in (*actors(event.target), *actors(event.source)) if c != source)
        about = issue.table.get("named") == "regarding"
        sentence = self.parsed.sentence_of(self._words(event.trigger)[0])
        position = Position(
            actor=source,
            issue=issue.key,
            regarding=other if about else None,
            stance=str(rule["stance"]),  # type: ignore[arg-type]
            toward=None if about else other,
            shared_with=(),
            statement=event.statement,
            evidence=event.evidence,
            confidence=round(min(0.7, event.confidence), 2),
            reason=f"act: {event.type}{'-' + event.mode if event.mode else ''} '{self.parsed.text[slice(*event.trigger)]}'",
        )
        return _Found(position, sentence.i)

    def _words(self, span: Span) -> list[int]:
        out = []
        k = self.parsed.at(span[0])
        while k < len(self.tokens) and self.tokens[k].start < span[1]:
            out.append(k)
            k += 1
        return out or [min(k, len(self.tokens) - 1)]


# -- records -------------------------------------------------------------------------------------------------------

# issues that are about two sides: the other one stands as `toward`, not as somebody who shares the view
_RELATIONS = frozenset(["bilateral-relations", "diplomatic-presence", "dialogue"])
# sectors of people who are of a state but do not speak for it
_NO_STATE = frozenset("OPP REB CVL JRN BUS LAB EDU PTY ELI CRM AGR MED UAF PRM ACT NGO".split())  # noqa: SIM905
_ASKING = frozenset(["ask", "urge", "deny", "say", "insist", "tell", "request"])
_TRUST = {
    "attitude": 0.85, "field": 0.85, "judgement": 0.75, "duty": 0.8, "intent": 0.75, "purpose": 0.65, "deed": 0.65, "act": 0.65,
}  # fmt: skip
_HOW = {
    "attitude": "attitude", "field": "shared task", "judgement": "judgement", "duty": "what should be", "intent": "intention",
    "purpose": "purpose", "deed": "deed", "act": "act",
}  # fmt: skip


def _merged(found: Sequence[_Found]) -> list[Position]:
    """Equal positions become one; a position that takes up an earlier one replaces it."""
    out: list[Position] = []
    replaced = [f.position for f in found if f.follows and f.position.stance == "conditional"]
    for item in sorted(found, key=lambda f: (f.sentence, f.follows)):
        position = item.position
        if not item.follows and any(_same_matter(position, r) and _evidence_in(position, r) for r in replaced):
            continue
        for n, known in enumerate(out):
            if known.stance == position.stance and _same_matter(known, position):
                out[n] = _joined(known, position)
                break
        else:
            out.append(position)
    # "for" of the same matter, said on the day it was made conditional, is no second position
    kept = [
        p for p in out
        if not (p.stance == "for" and any(r.actor == p.actor and r.issue == p.issue and _agree(r.toward, p.toward) for r in replaced))
    ]  # fmt: skip
    return sorted(kept, key=lambda p: p.evidence[0])


def _same_matter(a: Position, b: Position) -> bool:
    return a.actor == b.actor and a.issue == b.issue and _agree(a.toward, b.toward) and _agree(a.regarding, b.regarding)


def _agree(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a == b


def _evidence_in(a: Position, b: Position) -> bool:
    return set(a.evidence) <= set(b.evidence)


def _joined(a: Position, b: Position) -> Position:
    best = a if a.confidence >= b.confidence else b
    evidence = tuple(sorted(set(a.evidence) | set(b.evidence)))
    more = 0.03 if evidence != a.evidence else 0.0
    return msgspec.structs.replace(
        best,
        regarding=a.regarding or b.regarding,
        toward=a.toward or b.toward,
        shared_with=tuple(dict.fromkeys((*a.shared_with, *b.shared_with))),
        statement=a.statement or b.statement,
        evidence=evidence,
        condition=a.condition or b.condition,
        confidence=round(min(0.95, best.confidence + more), 2),
    )


def _speakers(statement: Statement) -> tuple[Participant, ...]:
    return statement.speakers or ((statement.speaker,) if statement.speaker else ())


def _by_media(statement: Statement) -> bool:
    """Whether a newspaper or agency reports it: its word is that of the article."""
    return all((p.actor or "").startswith("MNC:") or p.sector == "JRN" for p in _speakers(statement)) and bool(_speakers(statement))


def _officials(people: Iterable[Participant]) -> list[str]:
    """Codes of those who can speak for a state or body; an opposition leader or a journalist of a state cannot."""
    return actors(p for p in people if p.sector not in _NO_STATE or ":" in (p.actor or ""))


def _first(values: Iterable[str]) -> str | None:
    return next(iter(values), None)


def _only(values: Sequence[str]) -> str | None:
    distinct = list(dict.fromkeys(values))
    return distinct[0] if len(distinct) == 1 else None


def _not(me: str, values: Iterable[str]) -> list[str]:
    return [c for c in dict.fromkeys(values) if c != me]


def _in(span: Span | None, char: int) -> bool:
    return span is not None and span[0] <= char < span[1]


__all__ = ["Sides", "find_positions"]
