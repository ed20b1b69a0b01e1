"""Who stands where around a verb or an act noun: subjects, objects, prepositional phrases, past the detours.

Passives, control ("agreed to lift"), joined verbs, relative clauses, participles, reduced relatives and light verbs
("held talks") are undone here once, so that rules can speak of SOURCE and TARGET.
"""

from __future__ import annotations

import msgspec

from dragoman.parse.base import Parsed, Token

# verbs whose object, not whose subject, does what the infinitive after it says
OBJECT_CONTROL = frozenset(
    "ask urge order tell force allow permit invite persuade warn want expect help enable compel press call instruct "
    "authorize authorise encourage require oblige push advise convince challenge dare bar ban prohibit forbid "
    "implore".split()
)
# the parser's labels for a rare name it cannot place ("Nauru summoned the envoy")
_STRAY = ("npadvmod", "advmod", "dep")
TIMES = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December Christmas Easter Ramadan".split()
)
# "accused X of spying", "criticised X for spying": who spied is the object
_BLAMED = frozenset("accuse suspect convict stop prevent dissuade warn bar".split())
_JUDGED = frozenset(
    "condemn criticise criticize blame punish thank praise denounce rebuke sanction prosecute sentence fine "
    "commend".split()
)
_SUBJECTS = ("nsubj", "csubj")
_PASSIVE = ("nsubjpass", "csubjpass")
_VERBAL = ("VERB", "AUX")


class Frame(msgspec.Struct, frozen=True, gc=False):
    """A predicate and its surroundings; all numbers are token positions, phrases are given by their head words.

    `preps` maps a preposition to the phrases after it; `agents` are subjects in the sense of who acts.
    """

    head: int
    lemma: str
    noun: bool
    agents: tuple[int, ...]
    objects: tuple[int, ...]
    preps: dict[str, tuple[int, ...]]
    particle: str
    passive: bool
    support: int | None = None  # the light verb that carries a noun


def verb_frame(parsed: Parsed, i: int) -> Frame:
    """The frame of the verb at token `i`."""
    token = parsed.tokens[i]
    passive = is_passive(parsed, i)
    preps = phrases_after(parsed, i)
    if passive:
        agents = preps.get("by", ())
        objects = passive_subjects(parsed, i)
        # "was handed a note": an object left beside the passive subject
        objects += tuple(t.i for t in parsed.kids(i, "dobj", "oprd"))
    else:
        agents = subjects(parsed, i)
        objects = tuple(t.i for t in parsed.kids(i, "dobj", "dative", "attr", "oprd", "acomp") if t.pos != "ADP")
        if not objects:
            objects = tuple(
                t.i for t in parsed.kids(i, *_STRAY) if t.pos == "PROPN" and t.i > i and t.text not in TIMES
            )
        if not objects and not preps:
            objects = _shared_objects(parsed, i)
    # "provided two million in aid to Fiji": what belongs to the act may hang on a noun further in
    reach = [k for k in objects if parsed.tokens[k].pos in ("NOUN", "PROPN", "NUM")]
    for _ in range(3):
        deeper: list[int] = []
        for k in reach:
            for word, phrases in phrases_after(parsed, k).items():
                preps[word] = preps.get(word, ()) + phrases
                deeper.extend(phrases)
        reach = deeper
    return Frame(i, token.lemma, False, agents, objects, preps, _particle(parsed, i), passive)


def noun_frame(parsed: Parsed, i: int, light: frozenset[str], going: frozenset[str] = frozenset()) -> Frame:
    """The frame of the act noun at token `i`; `light` are lemmas of verbs that only carry it, `going` of motion."""
    token = parsed.tokens[i]
    preps = phrases_after(parsed, i)
    # "the visit of the president to Ukraine": what belongs to the act hangs on the nearer noun
    for k in preps.get("of", ()):
        for word, phrases in phrases_after(parsed, k).items():
            if word != "of":
                preps[word] = preps.get(word, ()) + phrases
    agents = [t.i for t in parsed.kids(i, "poss")]
    agents += [t.i for t in parsed.kids(i, "amod", "compound", "nmod")]
    agents += list(preps.get("by", ()))
    support = None
    carrier, role = _carrier(parsed, i)
    if role == "purpose" and carrier is not None:
        if parsed.tokens[carrier].lemma in going and not agents:
            agents = list(subjects(parsed, carrier))
    elif carrier is not None and parsed.tokens[carrier].lemma in light:
        support = carrier
        verb = verb_frame(parsed, carrier)
        if role == "object":
            agents = [*verb.agents, *[a for a in agents if parsed.tokens[a].dep == "poss" or not verb.agents]]
        for word, phrases in verb.preps.items():
            if word != "by":
                preps[word] = preps.get(word, ()) + tuple(p for p in phrases if p not in preps.get(word, ()))
    return Frame(i, token.lemma, True, tuple(agents), preps.get("of", ()), preps, "", False, support)


def _carrier(parsed: Parsed, i: int) -> tuple[int | None, str]:
    """The verb that governs a noun as its object or passive subject, through "the start of", "a series of", joins."""
    k = i
    for _ in range(4):
        token = parsed.tokens[k]
        above = parsed.tokens[token.head]
        if token.dep == "conj" and above.pos in ("NOUN", "PROPN"):
            k = above.i
            continue
        if token.dep == "pobj" and above.lower == "of" and parsed.tokens[above.head].lemma in _PARTITIVE:
            k = above.head
            continue
        if token.dep in ("dobj", "attr", "oprd") and above.pos in _VERBAL:
            return above.i, "object"
        if token.dep == "nsubjpass":
            return above.i, "passive"
        if token.dep == "pobj" and above.lower in ("in", "into") and parsed.tokens[above.head].pos in _VERBAL:
            # "engaged in talks", "entered into negotiations"
            return above.head, "object"
        if token.dep == "pobj" and above.lower == "for" and parsed.tokens[above.head].pos in _VERBAL:
            return above.head, "purpose"
        return None, ""
    return None, ""


_PARTITIVE = frozenset(
    "series round start beginning wave set number package string spate barrage end resumption kind form couple".split()
)


def is_passive(parsed: Parsed, i: int) -> bool:
    """Whether a verb is passive: "was expelled", "expelled by", "the diplomats expelled"."""
    token = parsed.tokens[i]
    deps = {t.dep for t in parsed.kids(i)}
    if deps & {"auxpass", "nsubjpass"}:
        return True
    if token.tag != "VBN":
        return False
    if "agent" in deps:
        return True
    if token.dep in ("acl", "amod"):
        return True
    if token.dep == "relcl":
        return not (deps & {"aux", "nsubj"})
    if token.dep == "conj" and not (deps & {"nsubj", "aux", "dobj"}):
        return parsed.tokens[token.head].pos in _VERBAL and is_passive(parsed, token.head)
    return False


def passive_subjects(parsed: Parsed, i: int) -> tuple[int, ...]:
    """Who or what a passive verb is done to."""
    own = tuple(t.i for t in parsed.kids(i, *_PASSIVE, "nsubj"))
    if own:
        return own
    token = parsed.tokens[i]
    above = parsed.tokens[token.head]
    if token.dep in ("acl", "relcl", "amod"):
        return (token.head,)
    if token.dep in ("conj", "xcomp", "advcl") and above.i != i and above.pos in _VERBAL:
        return passive_subjects(parsed, above.i) if is_passive(parsed, above.i) else subjects(parsed, above.i)
    return ()


def subjects(parsed: Parsed, i: int, depth: int = 0) -> tuple[int, ...]:
    """Heads of the phrases that do what the active verb at `i` says."""
    own = tuple(t.i for t in parsed.kids(i, *_SUBJECTS))
    if own:
        return own
    if depth > 6:
        return ()
    token = parsed.tokens[i]
    if token.tag in ("VBD", "VBZ", "VBP"):
        stray = tuple(t.i for t in parsed.kids(i, *_STRAY) if t.pos == "PROPN" and t.i < i and t.text not in TIMES)
        if stray:
            return stray
    if token.head == i:
        return ()
    above = parsed.tokens[token.head]
    if token.dep == "conj":
        if above.pos in _VERBAL:
            if is_passive(parsed, above.i) and not is_passive(parsed, i):
                return passive_subjects(parsed, above.i)
            return subjects(parsed, above.i, depth + 1)
        if above.pos in ("NOUN", "PROPN", "ADJ"):
            return subjects(parsed, above.i, depth + 1)
        return ()
    if token.dep in ("xcomp", "ccomp", "advcl", "oprd"):
        if above.pos in _VERBAL:
            if token.dep != "advcl" and above.lemma in OBJECT_CONTROL:
                inner = tuple(t.i for t in parsed.kids(above.i, "dobj", "dative", *_PASSIVE))
                if inner:
                    return inner
                if above.lemma == "call":
                    return phrases_after(parsed, above.i).get("on", ()) or subjects(parsed, above.i, depth + 1)
            if is_passive(parsed, above.i):
                return passive_subjects(parsed, above.i)
            return subjects(parsed, above.i, depth + 1)
        if above.pos == "ADJ":
            # "is ready to talk"
            verb = parsed.tokens[above.head]
            return subjects(parsed, verb.i, depth + 1) if verb.pos in _VERBAL else ()
        return ()
    if token.dep == "acl":
        if token.tag == "VBG":
            return (above.i,)
        # "its decision to leave", "made an offer to mediate"
        owners = tuple(t.i for t in parsed.kids(above.i, "poss"))
        if owners:
            return owners
        if above.dep in ("dobj", "attr", "pobj"):
            verb = parsed.tokens[above.head]
            if verb.pos == "ADP":
                verb = parsed.tokens[verb.head]
            if verb.pos in _VERBAL:
                return verb_frame(parsed, verb.i).agents
        return tuple(t.i for t in parsed.kids(above.i, "amod", "compound"))
    if token.dep == "relcl":
        return (above.i,)
    if token.dep == "pcomp" and above.pos in ("ADP", "SCONJ"):
        verb = parsed.tokens[above.head]
        if verb.pos in _VERBAL:
            blamed = above.lower in ("of", "from", "against") and verb.lemma in _BLAMED
            judged = above.lower == "for" and verb.lemma in _JUDGED
            if blamed or judged:
                return tuple(t.i for t in parsed.kids(verb.i, "dobj", *_PASSIVE)) or subjects(parsed, verb.i, depth + 1)
            return (
                verb_frame(parsed, verb.i).agents
                if not is_passive(parsed, verb.i)
                else passive_subjects(parsed, verb.i)
            )
        if verb.pos in ("NOUN", "PROPN"):
            return tuple(t.i for t in parsed.kids(verb.i, "poss"))
    return ()


def _shared_objects(parsed: Parsed, i: int) -> tuple[int, ...]:
    """ "condemned and sanctioned Russia": the object stands only behind the last verb."""
    for token in parsed.kids(i, "conj"):
        if token.pos in _VERBAL and not parsed.kids(token.i, *_SUBJECTS) and token.i - i <= 3:
            return tuple(t.i for t in parsed.kids(token.i, "dobj"))
    return ()


def phrases_after(parsed: Parsed, i: int) -> dict[str, tuple[int, ...]]:
    """Preposition -> heads of the phrases that hang on word `i` by it."""
    out: dict[str, tuple[int, ...]] = {}
    for prep in parsed.kids(i, "prep", "agent", "dative"):
        _collect(parsed, prep, out, 0)
    return out


def _collect(parsed: Parsed, prep: Token, out: dict[str, tuple[int, ...]], depth: int) -> None:
    phrases = tuple(t.i for t in parsed.kids(prep.i, "pobj"))
    if phrases:
        out[prep.lower] = out.get(prep.lower, ()) + phrases
    if depth < 2:
        for inner in parsed.kids(prep.i, "prep", "pcomp"):
            if inner.pos in ("ADP", "SCONJ"):
                # "along with", "from within"; also "because of"
                _collect(parsed, inner, out, depth + 1)
        for joined in parsed.kids(prep.i, "conj"):
            if joined.pos == "ADP":
                _collect(parsed, joined, out, depth + 1)


def _particle(parsed: Parsed, i: int) -> str:
    for token in parsed.kids(i, "prt", "advmod"):
        if token.dep == "prt" or token.lower in ("out", "off", "up", "down", "back", "away", "over"):
            return token.lower
    for token in parsed.kids(i, "prep"):
        if not parsed.kids(token.i, "pobj", "pcomp"):
            return token.lower
    return ""
