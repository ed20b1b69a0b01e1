"""What somebody does with words: states, promises, asks, denies.

The reporting word decides (`reporting.csv`). A plain word of saying leaves it to what is said: somebody whose own side
will or will not do something tells an intention, and a saying that is nothing but a question asks.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.find.base import References
from dragoman.find.said.reporting import Entry, ReportingWords, matched
from dragoman.find.said.saying import Saying
from dragoman.find.said.units import Page
from dragoman.records import Act, Participant


def act_of(
    page: Page, words: ReportingWords, references: References, saying: Saying, speakers: Sequence[Participant]
) -> Act:
    """The act of a saying by these speakers."""
    if saying.act == "question":
        return "statement" if _requests(page, saying) else "question"
    for act in _OTHERS:
        if saying.act == act:
            return act
    if saying.frame not in _OPEN:
        return "statement"
    if _asks(page, saying):
        return "question"
    main = _main_verb(page, saying)
    if main is None or not speakers:
        return "statement"
    if _untrue(page, main):
        return "denial"
    intends = _will(page, main) or _plans(page, words, main)
    return "intention" if intends and _own(page, references, main, saying, speakers) else "statement"


_OTHERS: tuple[Act, ...] = ("belief", "intention", "denial")
_OPEN = frozenset(["quote", "clause", "aside", "as", "colon", "turn", "loose"])  # a whole clause is told


def _requests(page: Page, saying: Saying) -> bool:
    """ "asked that supplies be handed over" is no question."""
    first = page.tokens[min(saying.content)[0]]
    return saying.frame == "clause" and first.lower in ("that", "for", "to")


def _asks(page: Page, saying: Saying) -> bool:
    """Whether all that is said is one question, in the very words."""
    first, last = saying.content[-1]
    marks = [k for a, b in saying.content for k in range(a, b) if page.tokens[k].text in ("?", ".", "!", "?!")]
    direct = saying.frame in ("turn", "loose") or page.quote_at[first] >= 0
    ends = [k for k in range(first, last) if page.tokens[k].pos != "PUNCT" or page.tokens[k].text == "?"]
    return direct and len(marks) == 1 and bool(ends) and page.tokens[ends[-1]].text == "?"


def _main_verb(page: Page, saying: Saying) -> int | None:
    """The verb of the first clause that is told."""
    tokens = page.tokens
    first, last = min(saying.content)
    for k in range(first, last):
        token = tokens[k]
        outside = not first <= token.head < last or token.head == k
        if outside and token.pos in ("VERB", "AUX"):
            return k
    return None


def _will(page: Page, verb: int) -> bool:
    """ "will answer", "would not go", "is going to leave": a coming deed, not a state."""
    tokens = page.tokens
    if tokens[verb].lemma == "go" and tokens[verb].tag == "VBG":
        deed = next((t for t in page.parsed.kids(verb, "xcomp")), None)
        return deed is not None and deed.lemma not in _STATES
    helpers = [t.lower for t in page.parsed.kids(verb, "aux", "auxpass")]
    if any(t.dep == "auxpass" for t in page.parsed.kids(verb)) or "have" in helpers or tokens[verb].lemma in _STATES:
        return False
    return any(h in _COMING for h in helpers)


_COMING = frozenset(["will", "wo", "'ll", "’ll", "would", "'d", "’d", "shall", "sha"])
# what one is or undergoes rather than does
_STATES = frozenset(
    "be have need know think believe hope fear like love seem appear become happen occur cost last lose suffer benefit "
    "gain die fall rise grow shrink face depend feel see find fail hear learn understand remember regret want wish "
    "mean matter remain exist belong lead require result take win survive deserve enjoy look".split()
)


def _plans(page: Page, words: ReportingWords, verb: int) -> bool:
    """ "plans to leave", "has no intention of leaving", "is ready to talk" """

    def told(entry: Entry) -> bool:
        if entry.row.act != "intention":
            return False
        rest = matched(page, verb, entry.rest)
        if rest is None:
            return False
        heads = (verb, *rest)
        return any(t.tag in ("VB", "VBG") or t.lower == "of" for h in heads for t in page.parsed.kids(h, *_AIMS))

    return any(told(entry) for entry in words.verb(page.tokens[verb]))


_AIMS = ("xcomp", "acl", "relcl", "ccomp", "prep")


def _own(page: Page, references: References, verb: int, saying: Saying, speakers: Sequence[Participant]) -> bool:
    """Whether the subject of the verb is the speaker or the speaker's own side."""
    subject = next((t for t in page.parsed.kids(verb, "nsubj")), None)
    if subject is None:
        return False
    quoted = page.quote_at[subject.i] >= 0 or saying.frame == "turn"
    if subject.lower in ("i", "we"):
        return quoted or saying.frame in ("colon", "loose")
    known = references.of(subject.i)
    actors = {p.actor for p in speakers if p.actor}
    if subject.lower in ("he", "she", "they", "it"):
        if quoted:
            return False
        if not known:
            return subject.lower != "it" and not any(p.actor for p in speakers)
        if any(p.name and p.name == s.name for p in known for s in speakers):
            return True
        return subject.lower in ("it", "they") and bool(actors & {p.actor for p in known})
    if not known or not actors & {p.actor for p in known}:
        owner = next((t for t in page.parsed.kids(subject.i, "poss")), None)
        return owner is not None and owner.lower in ("his", "her", "our", "its") and subject.lemma in _SIDES
    mention = references.mention(subject.i)
    return subject.lemma in _SIDES or (mention is not None and mention.kind not in ("person", "nationals"))


_SIDES = frozenset(
    "country government state side nation army ministry party cabinet kingdom republic union delegation".split()
)


def _untrue(page: Page, verb: int) -> bool:
    """ "is a lie", "is not true" """
    tokens = page.tokens
    if tokens[verb].lemma != "be":
        return False
    kids = page.parsed.kids(verb)
    negated = any(t.dep == "neg" for t in kids)
    told = next((t for t in kids if t.dep in ("attr", "acomp")), None)
    return told is not None and told.lemma.lower() in (_TRUE if negated else _FALSE)


_TRUE = frozenset(["true", "correct", "truth", "case", "right"])
_FALSE = frozenset(
    ["false", "untrue", "lie", "fabrication", "fiction", "invention", "fake", "slander", "baseless", "unfounded"]
)
