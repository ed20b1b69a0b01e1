"""Which way the clause around a phrase of time looks: ahead, back, or neither."""

from __future__ import annotations

from dragoman.find.when.calendar import Calendar
from dragoman.find.when.phrases import Phrase, Words
from dragoman.parse.base import Parsed, Token


def lean(parsed: Parsed, words: Words, calendar: Calendar, p: Phrase) -> int:
    """1 where the clause looks ahead ("will meet on Friday"), -1 where it looks back, 0 where it does not say."""
    low = words.low
    before = low[p.first - 1] if p.prenominal else low[p.first]
    at = p.first - 1
    if p.prenominal and before == "the":
        at -= 1
        before = low[at]
    if p.prenominal and before == "of" and low[at - 1] == "ahead":
        return 1  # "ahead of Friday's talks"
    if before == "for" and not p.prenominal:
        return 1  # "set for Friday"
    if p.mode == "since":
        return -1
    teller = parsed.tokens[words.token[p.first - 1]] if words.token[p.first - 1] >= 0 else None
    if teller is not None and teller.tag == "VBD" and teller.lemma in calendar.tense["report"]:
        return -1  # "said on Friday he would ..."
    hung = _hung(parsed, words, p)
    return 0 if hung is None else _looks(parsed, calendar, hung, p)


def _hung(parsed: Parsed, words: Words, p: Phrase) -> Token | None:
    """The word on which the phrase hangs."""
    tokens = parsed.tokens
    inner = {words.token[k] for k in range(p.first, p.last)}
    for k in range(p.last - 1, p.first - 1, -1):
        token = tokens[words.token[k]]
        if token.head not in inner:
            return tokens[token.head]
    return None


def _looks(parsed: Parsed, calendar: Calendar, token: Token, p: Phrase) -> int:
    direct = not p.prenominal  # nothing but prepositions between the phrase and the verb
    for _ in range(12):
        if token.tag.startswith("VB") or token.pos in ("VERB", "AUX"):
            told = _verb_looks(parsed, calendar, token, p, direct)
            if told is not None:
                return told
            direct = False
        elif token.pos in ("ADJ", "NOUN", "PROPN"):
            if token.lemma in calendar.tense["scheduled"]:
                return 1
            direct = direct and token.pos == "ADJ"
        if token.head == token.i:
            return 0
        token = parsed.tokens[token.head]
    return 0


def _verb_looks(parsed: Parsed, calendar: Calendar, verb: Token, p: Phrase, direct: bool) -> int | None:
    """What a verb says of the time that hangs on it; None where the verb above it decides."""
    tense = calendar.tense
    helpers = {t.lower for t in parsed.kids(verb.i, "aux", "auxpass")}
    perfect = bool(helpers & tense["perfect_aux"])
    if helpers & tense["future_aux"]:
        if helpers & tense["certain_aux"]:
            return 1
        # "Tuesday's talks might help": the talks may be over
        return -1 if perfect else int(direct)
    if verb.lower in tense["future_aux"] and verb.pos == "AUX":
        return 1
    lasting = verb.lemma in tense["lasting"]
    if p.mode == "until":
        return -1 if lasting and (verb.tag in ("VBD", "VBN") or "was" in helpers) else 1
    if verb.tag in ("VBN", "VBD") and verb.lemma in tense["scheduled"]:
        return 1
    if not direct and verb.lemma in tense["calling-off"]:
        return 1  # "the visit on Friday was cancelled"
    if perfect:
        return -1
    if p.mode == "by":
        return -1 if verb.tag == "VBD" and lasting else 1
    if verb.tag == "VB" and "to" in helpers:
        above = parsed.head(verb.i)
        # "Leaders to meet on Friday", "agreed to meet", "plans to meet"; "came to meet" is decided by "came"
        ahead = above.i == verb.i or above.lemma in tense["future"] or above.pos in ("NOUN", "PROPN", "ADJ")
        return 1 if ahead else None
    if verb.tag == "VBG":
        return 1 if helpers & tense["present_aux"] else -1 if helpers & tense["past_aux"] else None
    if verb.tag in ("VBD", "VBN"):
        return -1
    if verb.tag in ("VBZ", "VBP"):
        # headlines tell the past in the present; a text does not
        sentence = parsed.sentence_of(verb.i)
        headline = sentence.paragraph == 0 and parsed.tokens[sentence.last - 1].text not in _ENDS
        return int(direct and not headline and verb.lemma not in tense["report"])
    return None


_ENDS = (".", "!", "?", "”", '"')
