"""Whether an act happened: actual, planned, hypothetical, negated or historical, and by which words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed, Token
from dragoman.records import EventDate, Status

_BY_KIND: dict[str, Status] = {
    "negation": "negated",
    "denial": "negated",
    "hedge": "hypothetical",
    "condition": "hypothetical",
    "future": "planned",
    "past": "historical",
}
# the strongest wins where several words speak: "would not have attacked if"
_STRENGTH: dict[Status, int] = {"actual": 0, "historical": 1, "planned": 2, "negated": 3, "hypothetical": 4}


PAST_DAYS = 31  # an act dated longer ago than this is background, not the news of the day


class StatusReader:
    """Reads the status of the act at a word; made once a text."""

    def __init__(self, parsed: Parsed, lexicon: Lexicon, dates: Sequence[EventDate] = (), published: str | None = None):
        self._parsed = parsed
        self._published = published
        self._dates = [d for d in dates if d.span is not None and d.end and d.type == "point"]
        self._cues: dict[str, Status] = {}
        for row in lexicon.cues:
            if row.kind in _BY_KIND:
                self._cues.setdefault(row.words.lower(), _BY_KIND[row.kind])
        self._questions = {
            s.i for s in parsed.sentences if parsed.tokens[s.last - 1].text == "?" or _ends_in_question(parsed, s.last)
        }
        self._by_sentence: dict[int, list[EventDate]] = defaultdict(list)
        for time in self._dates:
            if time.span is not None:
                k = parsed.top(time.span)
                if k < len(parsed.tokens):
                    self._by_sentence[parsed.tokens[k].sentence].append(time)

    def of(self, i: int) -> tuple[Status, str]:
        """The status of the act whose head is token `i`, and the words that make it so ("" when it simply happened)."""
        status, words = self._climb(i)
        if self._parsed.tokens[i].sentence in self._questions and _STRENGTH[status] < 2:
            return "hypothetical", "?"
        if status == "actual" and self._published:
            old = self._old(i) or self._old(self._background(i))
            if old is not None:
                return "historical", old.text
        return status, words

    def _climb(self, i: int) -> tuple[Status, str]:
        best: tuple[Status, str] = ("actual", "")

        def take(status: Status | None, words: str) -> None:
            nonlocal best
            if status is not None and _STRENGTH[status] > _STRENGTH[best[0]]:
                best = (status, words)

        parsed = self._parsed
        k = i
        for _ in range(8):
            token = parsed.tokens[k]
            verbal = token.pos in ("VERB", "AUX")
            for child in parsed.kids(k):
                take(*self._child(child, verbal))
            above = parsed.tokens[token.head]
            if above.i == k:
                break
            if token.dep in (
                "xcomp",
                "ccomp",
                "acomp",
                "oprd",
                "acl",
                "pcomp",
                "advcl",
                "dobj",
                "pobj",
                "nsubjpass",
                "attr",
            ):
                status, goes_on = self._governor(token, above)
                take(status, above.text)
                if not goes_on:
                    break
                k = above.i
                continue
            if token.dep == "conj" and above.pos == token.pos and not parsed.kids(k, "nsubj", "nsubjpass", "aux"):
                k = above.i
                continue
            if token.dep == "prep":
                k = above.i if above.pos in ("VERB", "AUX", "ADJ") else k
                if k == token.i:
                    break
                continue
            break
        return best

    def _child(self, child: Token, verbal: bool) -> tuple[Status | None, str]:
        lower = child.lower
        if child.dep == "neg" or (
            child.dep in ("det", "preconj", "advmod") and lower in ("no", "neither", "never", "nor")
        ):
            return "negated", child.text
        if verbal and child.dep == "advmod" and any(t.lower == "never" for t in self._parsed.kids(child.i)):
            return "negated", "never"
        if verbal and child.dep == "aux" and lower == "to":
            verb = self._parsed.tokens[child.head]
            if verb.head == verb.i and self._parsed.kids(verb.i, "nsubj"):
                # headlines: "Rivals to resume talks"
                return "planned", child.text
        if verbal and child.dep in ("aux", "auxpass"):
            if lower in ("will", "shall", "'ll", "’ll", "wo", "wilt"):
                return "planned", child.text
            if lower in ("would", "could", "might", "may", "should", "must", "can", "ought", "'d", "’d", "need", "ca"):
                return "hypothetical", child.text
        if verbal and child.dep == "mark" and lower in ("if", "unless", "whether", "lest"):
            return "hypothetical", child.text
        if (
            verbal
            and child.dep == "advcl"
            and any(t.dep == "mark" and t.lower in ("if", "unless") for t in self._parsed.kids(child.i))
        ):
            return (
                ("hypothetical", "if")
                if any(
                    t.dep == "aux" and t.lower in ("will", "would", "could", "might", "may")
                    for t in self._parsed.kids(child.head)
                )
                else (None, "")
            )
        if not verbal and child.dep in ("amod", "compound", "nmod") and child.lower in self._cues:
            return self._cues[child.lower], child.text
        return None, ""

    def _governor(self, token: Token, above: Token) -> tuple[Status | None, bool]:
        """What a word above says of the act below it, and whether to look further up."""
        infinitive = any(t.dep == "aux" and t.lower == "to" for t in self._parsed.kids(token.i))
        cue = self._cues.get(above.lemma.lower()) or self._cues.get(above.lower)
        if token.dep == "advcl":
            marks = {t.lower for t in self._parsed.kids(token.i, "mark", "advmod")}
            if infinitive:
                return (cue or "hypothetical"), False
            if "before" in marks or "until" in marks:
                return None, False
            return None, False
        if token.dep == "ccomp":
            # what is said: only verbs that deny or wish change it, and no verb that looks like an adjective of the
            # table ("announced, radio announced" beside "an announced visit")
            cue = self._cues.get(above.lemma.lower())
            # "it expelled two envoys, the minister promised": what has happened is not what is promised
            return (None if cue == "planned" and self._is_past(token) else cue), False
        if token.dep == "xcomp" and infinitive and above.lemma == "be":
            # "are to meet"
            return cue or "planned", False
        if token.dep in ("xcomp", "acomp", "oprd", "acl"):
            return cue, above.pos in ("VERB", "AUX", "ADJ") and token.dep != "acl"
        if token.dep in ("dobj", "nsubjpass", "attr"):
            return cue, above.pos in ("VERB", "AUX")
        if token.dep == "pobj":
            if above.lower in ("without", "instead"):
                return "negated", False
            if above.lower in ("of", "in", "into", "on", "for", "to"):
                grand = self._parsed.tokens[above.head]
                inner = self._cues.get(grand.lemma.lower())
                return inner, False
            return self._cues.get(above.lower), False
        if token.dep == "pcomp":
            if above.lower in ("without", "instead", "against", "rather"):
                return "negated", False
            grand = self._parsed.tokens[above.head]
            if any(t.lower == "no" for t in self._parsed.kids(grand.i)) and grand.pos == "NOUN":
                return "negated", False
            return self._cues.get(grand.lemma.lower()), False
        return None, False

    def _background(self, i: int) -> int:
        """The verb whose time a pluperfect beside it has too: "broke ties in 2016 after a crowd had stormed it"."""
        token = self._parsed.tokens[i]
        before = token.dep == "advcl" and any(t.lower == "had" for t in self._parsed.kids(i, "aux"))
        return token.head if before else i

    def _is_past(self, token: Token) -> bool:
        helps = {t.lower for t in self._parsed.kids(token.i, "aux", "auxpass")}
        return (token.tag == "VBD" and not helps) or bool(helps & {"has", "have", "had", "was", "were"})

    def _old(self, i: int) -> EventDate | None:
        """A date in the clause of the act that ended more than PAST_DAYS before the article."""
        parsed = self._parsed
        for time in self._by_sentence.get(parsed.tokens[i].sentence, ()):
            if time.span is None or time.end is None or self._published is None:
                continue
            if time.end < _days_before(self._published, PAST_DAYS) and governs(parsed, i, parsed.top(time.span)):
                return time
        return None


def governs(parsed: Parsed, i: int, k: int) -> bool:
    """Whether word `k` (of a date, a place) belongs to the clause of the act at `i`.

    Going up from it no other verb may stand between, and it may not merely name a thing ("the storms of last winter",
    "the 2015 deal"). A prepositional phrase hung on a noun of the clause counts: parsers often hang it there.
    """
    if k >= len(parsed.tokens):
        return False
    clause = _verb_over(parsed, i)
    at = k
    for _ in range(12):
        if at in (i, clause):
            return True
        token = parsed.tokens[at]
        if token.head == at:
            return False
        if token.pos in ("VERB", "AUX") and at != k:
            return False
        above = parsed.tokens[token.head]
        names = token.dep in ("nummod", "compound", "amod", "poss", "nmod") or (
            token.dep == "prep" and token.lower == "of"
        )
        if names and above.pos in ("NOUN", "PROPN") and above.i not in (i, clause):
            return False
        at = token.head
    return False


def _verb_over(parsed: Parsed, i: int) -> int:
    token = parsed.tokens[i]
    if token.pos in ("VERB", "AUX"):
        return i
    for above in parsed.ancestors(i):
        if above.pos in ("VERB", "AUX"):
            return above.i
    return i


def _days_before(day: str, days: int) -> str:
    return (date.fromisoformat(day[:10]) - timedelta(days=days)).isoformat()


def _ends_in_question(parsed: Parsed, last: int) -> bool:
    return last >= 2 and parsed.tokens[last - 2].text == "?" and parsed.tokens[last - 1].text in ("”", '"', "'", "’")
