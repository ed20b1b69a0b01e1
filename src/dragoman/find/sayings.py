"""Words that report, and the words they govern: the raw material of statements.

Which words report is data (`lang/en/reporting.csv`). What they govern is asked of the grammar, and of the order of the
words where the grammar gives no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from dragoman.find.units import DASHES, FRAGMENT, FULL_STOPS, PAUSES, Page, Range, Unit
from dragoman.lexicon.load import Reporting
from dragoman.parse.base import Parsed, Token

_FINITE = ("VBD", "VBZ", "VBP")
_NEAR = 25  # how far, in words, the search after a cue goes
_STEPS = 15  # how far up the tree; deeper ones come from broken parses


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A row of the table: `rest` is what must follow the first word."""

    row: Reporting
    rest: tuple[str, ...]
    frames: frozenset[str]


class ReportingWords(msgspec.Struct, frozen=True):
    """The table by first word, longest entries first. `channels` tell where it was said ("on Twitter")."""

    verbs: dict[str, tuple[Entry, ...]]
    nouns: dict[str, tuple[Entry, ...]]
    phrases: dict[str, tuple[Entry, ...]]
    channels: dict[str, tuple[Entry, ...]]
    speaking: frozenset[str]  # verbs that can stand after a passage
    forms: dict[str, str]  # regular forms of the verbs, for lemmatisers that take "hoped" for "hop"

    def verb(self, token: Token) -> tuple[Entry, ...]:
        """The rows for a verb; none if it does not report."""
        found = self.verbs.get(token.lemma.lower())
        if found is None and token.lower in self.forms:
            found = self.verbs[self.forms[token.lower]]
        return found or ()


class Saying(msgspec.Struct, gc=False):
    """A statement under way, in words rather than characters."""

    head: int  # the word that reports; for a passage without one, its first word
    cue: Range | None
    act: str
    frame: str  # by which construction the content was found
    content: list[Range]
    speaker: int | None = None
    addressee: int | None = None
    reason: str = ""
    clause: Range | None = None  # the words of the clause that reports, where it stands aside from the content
    follows: Saying | None = None  # take the speaker from there
    speech: bool = True  # a word of saying, rather than of thinking, wanting, judging

    def holds(self, i: int) -> bool:
        """Whether word `i` stands in the content."""
        return any(a <= i < b for a, b in self.content)

    @property
    def start(self) -> int:
        return min([self.head, *(a for a, _ in self.content)])

    @property
    def size(self) -> int:
        return sum(b - a for a, b in self.content)


def find_sayings(page: Page, words: ReportingWords) -> list[Saying]:
    """What the reporting words of a page govern, each word for itself, in order of the words."""
    out: list[Saying] = []
    for i, token in enumerate(page.tokens):
        found: Saying | None = None
        if token.lower in words.phrases:
            found = _by_phrase(page, words, i)
        if found is None and (token.tag[:2] == "VB" or token.pos in ("VERB", "AUX")):
            entries = words.verb(token)
            found = _by_verb(page, words, i, entries) if entries else None
        elif found is None and token.pos == "NOUN" and token.lemma in words.nouns:
            found = _by_noun(page, words, i)
        if found is not None:
            out.append(found)
    return out


@lru_cache(maxsize=4)
def reporting_words(rows: tuple[Reporting, ...]) -> ReportingWords:
    """The table in the shape that the search needs."""
    tables: dict[str, dict[str, list[Entry]]] = {"verb": {}, "noun": {}, "phrase": {}, "channel": {}}
    for row in rows:
        words = tuple(row.lemma.lower().replace("-", " - ").split())
        kind = "channel" if row.kind == "phrase" and not row.frame else row.kind
        if words and kind in tables:
            tables[kind].setdefault(words[0], []).append(Entry(row, words[1:], frozenset(row.frame)))
    verbs, nouns, phrases, channels = (
        {first: tuple(sorted(found, key=lambda e: -len(e.rest))) for first, found in table.items()}
        for table in tables.values()
    )
    speaking = frozenset(
        first for first, found in verbs.items() if any("quote" in e.frames and not e.rest for e in found)
    )
    forms = {form: first for first in verbs for form in _forms(first)}
    return ReportingWords(verbs, nouns, phrases, channels, speaking, forms)


def _forms(verb: str) -> tuple[str, ...]:
    if verb.endswith("e"):
        return verb + "s", verb + "d", verb[:-1] + "ing"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    return verb + "s", verb + "ed", verb + "ing"


def speaks(parsed: Parsed, words: ReportingWords, i: int) -> bool:
    """Whether word `i` is a verb that can stand after a passage, as in `“Why?” Holm asked.`"""
    token = parsed.tokens[i]
    return token.lemma.lower() in words.speaking or words.forms.get(token.lower) in words.speaking


def _matched(page: Page, i: int, rest: Sequence[str], gap: int = 4) -> list[int] | None:
    """Where the other words of an entry follow word `i`, each with at most `gap` words between."""
    out: list[int] = []
    at = i
    for word in rest:
        for k in range(at + 1, min(at + 2 + gap, len(page.tokens))):
            token = page.tokens[k]
            if (token.lower == word or token.lemma.lower() == word) and (k == at + 1 or _governed(page, k, i, at)):
                out.append(k)
                at = k
                break
            if token.pos == "PUNCT" or page.quote_at[k] != page.quote_at[i] or token.lower == "that":
                return None
        else:
            return None
    return out


def _governed(page: Page, k: int, i: int, at: int) -> bool:
    """Whether a preposition some words on belongs to the entry rather than to a noun between."""
    token = page.tokens[k]
    return token.pos != "ADP" or token.head in (i, at)


# --- verbs ------------------------------------------------------------------------------------------------------------


def _by_verb(page: Page, words: ReportingWords, i: int, entries: Iterable[Entry]) -> Saying | None:
    token = page.tokens[i]
    if token.dep in ("amod", "aux", "compound", "pobj") or (i and page.tokens[i - 1].text == "-"):
        return None  # "the so-called accord", "the reported attack"
    if token.dep == "auxpass":  # "was convinced that" has rows of its own
        entries = [e for e in entries if e.rest]
    quoted = page.in_long_quote(i)
    matches = [(entry, rest) for entry in entries if (rest := _matched(page, i, entry.rest)) is not None]
    matches.sort(key=lambda m: (-len(m[1]), m[1][-1:]))
    for entry, rest in matches:
        if quoted and not {"clause", "quote"} <= entry.frames:
            continue
        saying = _structure(page, words, i, rest, entry)
        if saying is None:
            continue
        if _unsaid(page, i, entry):
            return None
        if quoted and (saying.speaker is None or page.tokens[saying.speaker].lower in _FIRST_PERSON):
            return None
        if quoted and not _within_passage(page, saying):
            return None
        saying.reason = f"{entry.row.where}: {entry.row.lemma}"
        saying.speech = {"clause", "quote"} <= entry.frames and saying.frame in ("clause", "quote", "aside", "as")
        return saying
    return None


_FIRST_PERSON = frozenset(["i", "we", "you", "me", "us"])


def _within_passage(page: Page, saying: Saying) -> bool:
    """Cut the content to the passage in which the verb stands; False if nothing is left."""
    first, last = page.ranges[page.quote_at[saying.head]]
    saying.content = page.kept(
        *((max(a, first + 1), min(b, last - 1)) for a, b in saying.content if a < last and b > first)
    )
    return bool(saying.content)


def _unsaid(page: Page, i: int, entry: Entry) -> bool:
    """Whether the words tell that something was not said, or only might be: "did not say", "if he says"."""
    tokens = page.tokens
    kids = [tokens[k] for k in tokens[i].children]
    if entry.row.act == "statement" and "quote" in entry.frames and any(t.dep == "neg" for t in kids):
        return True
    if any(t.dep == "mark" and t.lower in ("if", "unless", "lest") for t in kids):
        return True
    return tokens[i].dep == "xcomp" and page.parsed.head(i).lemma in ("refuse", "decline", "fail", "forget")


def _structure(page: Page, words: ReportingWords, i: int, rest: list[int], entry: Entry) -> Saying | None:
    """The saying around verb `i`, by the first of the entry's frames that the words show."""
    frames = entry.frames
    if entry.rest[:1] == ("not",):  # "asked not to consider": the other words stand in the content
        rest = []
    if entry.rest[:1] == ("as",) and len(entry.rest) > 1 and not _passive(page, i):  # "quoted him as saying" holds two
        return None
    last = rest[-1] if rest else i
    subject, passive = _subject(page, words, i)
    saying = Saying(i, (i, last + 1), entry.row.act, "", [], subject)
    if "quote" in frames or "clause" in frames:
        aside = _as_clause(page, words, i, last)
        if aside is not None and subject is not None:
            saying.content, saying.clause = aside
            saying.frame = "as"
            return saying
    if "quote" in frames and not passive and _answers(page, i):
        around = _with_rest(page, saying, last)
        if around is not None:
            return _addressed(page, around, passive, entry)
    if "quote" in frames:
        passage = _quote_after(page, i, last)
        if passage is not None:
            saying.content, saying.frame = passage, "quote"
            return _addressed(page, saying, passive, entry)
    if "clause" in frames:
        clause = _clause_after(page, i, last, rest, "to-person" in frames)
        if clause is not None:
            saying.content, saying.frame = [clause], "clause"
            return _addressed(page, saying, passive, entry)
    if "infinitive" in frames:
        found = _infinitive_after(page, i, last, "to-person" in frames)
        if found is not None:
            return _with_infinitive(page, saying, passive, entry, *found)
    if "noun" in frames or "predicate" in frames:
        if rest and page.tokens[last].pos == "NOUN":
            return _with_noun(page, saying, last, passive, entry)
        nouns = _noun_after(page, i, last, passive, subject, "predicate" in frames)
        if nouns:
            saying.content, saying.frame = nouns, "noun"
            if passive:
                saying.speaker = _agent(page, i)
            elif nouns[0][0] <= last:
                saying.cue = (i, i + 1)
            return saying
    if "quote" in frames and not passive:
        around = _with_rest(page, saying, last)
        if around is not None:
            return _addressed(page, around, passive, entry)
    return None


def _with_rest(page: Page, saying: Saying, last: int) -> Saying | None:
    """The saying of a verb whose content is the rest of its unit: "..., he said." """
    around = _aside(page, saying.head, last)
    if around is None:
        return None
    speaker = saying.speaker if saying.speaker is not None else _near_subject(page, saying.head)
    if speaker is None:
        return None
    return msgspec.structs.replace(saying, content=around[0], clause=around[1], frame="aside", speaker=speaker)


def _answers(page: Page, i: int) -> bool:
    """Whether the clause of verb `i` comes right after a passage that hands over to it: `“...,” he said`."""
    end = _clause_start(page, i) - 1
    if page.ends(end):
        return page.last_sign(page.quote_at[end]) in ",?!"
    return end > 0 and page.tokens[end].text == "," and page.ends(end - 1) and page.unit(i).first < end


def _with_infinitive(
    page: Page, saying: Saying, passive: bool, entry: Entry, content: Range, obj: int | None
) -> Saying | None:
    """The saying with its "to do ..."; of a passive the subject is the one spoken to, or spoken of."""
    saying.content, saying.frame = [content], "infinitive"
    subject = saying.speaker
    if not passive:
        saying.addressee = obj if "to-person" in entry.frames else None
        return saying
    saying.speaker = _agent(page, saying.head)
    if "to-person" in entry.frames:
        saying.addressee = subject
    elif subject is not None and entry.row.act == "belief":  # "the talks are expected to fail"
        saying.content = [*page.kept((page.left[subject], min(page.right[subject] + 1, saying.head))), content]
    else:
        return None
    return saying


def _with_noun(page: Page, saying: Saying, noun: int, passive: bool, entry: Entry) -> Saying | None:
    """The saying of a verb with its noun: "expressed support for the plan", "rejected claims of fraud"."""
    unit = page.unit(noun)
    if passive:
        return None
    saying.frame = "noun"
    if entry.row.act == "denial":  # what is denied is the claim
        saying.cue = (saying.head, saying.head + 1)
        saying.content = page.kept((max(page.left[noun], saying.head + 1), min(page.right[noun] + 1, unit.last)))
    else:
        content = _noun_of(page, noun, unit) or _noun_of(page, saying.head, unit, noun)
        saying.content = [content] if content is not None else []
    return saying if saying.content else None


# who speaks, and to whom


def _subject(page: Page, words: ReportingWords, i: int) -> tuple[int | None, bool]:
    """The word that heads the subject of verb `i`, and whether the verb is passive."""
    tokens = page.tokens
    if tokens[i].dep == "auxpass":
        i = tokens[i].head
        subject = next((k.i for k in page.parsed.kids(i, "nsubjpass", "nsubj")), None)
        return (None if subject is None else _antecedent(page, subject, i)), False
    verb, passive = i, _passive(page, i)
    for _ in range(_STEPS):
        token = tokens[i]
        for k in token.children:
            if tokens[k].dep in ("nsubj", "csubj", "nsubjpass") and not _quoted_away(page, k, i):
                return _antecedent(page, k, i), passive or (i == verb and tokens[k].dep == "nsubjpass")
        head = tokens[token.head]
        if head.i == i:
            break
        if token.dep in ("acl", "relcl") and head.pos in ("NOUN", "PROPN", "PRON"):
            return (head.i if passive else _issuer(page, words, head.i)), passive
        if token.dep == "xcomp" and token.tag == "VB":
            objects = [k for k in head.children if tokens[k].dep == "dobj" and k < i]
            if objects:
                return objects[0], passive
        if token.dep == "pcomp" and head.lower == "as":  # "quoted the president as saying"
            quoted = next((k.i for k in page.parsed.kids(head.head, "dobj")), None)
            if quoted is not None and quoted < i:
                return quoted, passive
        if token.dep not in _INHERITING:
            break
        if token.dep == "conj" and token.tag in _FINITE:  # "urged him to go and vowed ..." hangs on the main verb
            while head.tag == "VB" and head.dep in ("xcomp", "ccomp", "conj", "advcl") and head.head != head.i:
                head = tokens[head.head]
        if head.pos in ("NOUN", "PROPN") and token.dep != "conj":
            owner = _owner(page, head.i)
            if owner is not None:
                return owner, passive
        i = head.i
    if passive or tokens[i].pos not in ("VERB", "AUX") or tokens[i].tag not in _FINITE:
        return None, passive
    return _near_subject(page, i), passive


_INHERITING = frozenset(
    ["conj", "advcl", "xcomp", "pcomp", "prep", "ccomp", "dep", "parataxis", "pobj", "acomp", "attr", "acl", "relcl"]
)


def _quoted_away(page: Page, k: int, i: int) -> bool:
    """Whether word `k` stands in a passage of several words in which word `i` does not stand."""
    return page.quote_at[k] != page.quote_at[i] and page.in_long_quote(k)


def _passive(page: Page, i: int) -> bool:
    tokens = page.tokens
    kids = [tokens[k].dep for k in tokens[i].children]
    if "auxpass" in kids:
        return True
    bare = tokens[i].dep in ("acl", "relcl", "advcl") and "aux" not in kids and "nsubj" not in kids
    return tokens[i].tag == "VBN" and bare  # "Asked whether", "a plan backed by"


def _antecedent(page: Page, k: int, verb: int) -> int | None:
    """The noun for which a relative pronoun stands; None for the "it" of "it was reported"."""
    tokens = page.tokens
    token = tokens[k]
    if token.lower in ("who", "which", "that") and tokens[verb].dep == "relcl":
        return _somebody(page, tokens[verb].head) if token.lower == "who" else tokens[verb].head
    if (
        token.lower in ("who", "which")
        and k > 1
        and tokens[k - 1].text == ","
        and tokens[k - 2].pos in ("PROPN", "NOUN")
    ):
        return k - 2
    if token.lower == "it" and token.dep in ("nsubjpass", "expl"):
        return None
    return k


def _somebody(page: Page, k: int) -> int:
    """For "who": past the place or body in which a person is ("a doctor from Lyon, who ...") to the person."""
    tokens = page.tokens
    prep = tokens[tokens[k].head]
    if (
        tokens[k].dep == "pobj"
        and tokens[k].pos == "PROPN"
        and tokens[prep.head].pos in ("NOUN", "PROPN")
        and prep.i < k
    ):
        k = prep.head
    return tokens[k].head if tokens[k].dep == "appos" else k


def _issuer(page: Page, words: ReportingWords, noun: int) -> int:
    """For "released a statement saying": the word for who released it; else the noun itself."""
    tokens = page.tokens
    token = tokens[noun]
    written = token.lemma in words.nouns or any(token.lemma in e.rest for e in words.channels.get("in", ()))
    if not written or token.dep not in ("dobj", "pobj"):
        return noun
    owner = _owner(page, noun)
    if owner is not None:
        return owner
    above = tokens[token.head]
    if token.dep == "pobj":
        above = tokens[above.head]
    if above.pos in ("VERB", "AUX"):
        for kid in page.parsed.kids(above.i, "nsubj"):
            return _antecedent(page, kid.i, above.i) or noun
    return noun


def _owner(page: Page, noun: int) -> int | None:
    return next((k for k in page.tokens[noun].children if page.tokens[k].dep == "poss"), None)


def _agent(page: Page, i: int) -> int | None:
    """The noun after "by" of a passive."""
    for kid in page.parsed.kids(i, "agent", "prep"):
        if kid.lower == "by":
            return next((o.i for o in page.parsed.kids(kid.i, "pobj")), None)
    return None


def _near_subject(page: Page, i: int) -> int | None:
    """A noun right before or after a verb of saying to which the parser gave no subject."""
    tokens, unit = page.tokens, page.unit(i)
    for k in range(i - 1, max(unit.first, i - 6) - 1, -1):
        if tokens[k].pos in ("PROPN", "PRON", "NOUN") and page.quote_at[k] < 0:
            return k
        if tokens[k].pos not in ("ADV", "AUX"):
            break
    for k in range(i + 1, min(unit.last, i + 12)):
        if page.quote_at[k] >= 0 or tokens[k].pos in ("PUNCT", "VERB", "ADP"):
            break
        nominal = tokens[k].pos in ("PROPN", "NOUN", "PRON") or (tokens[k].text[0].isupper() and tokens[k].pos != "DET")
        if nominal and (k + 1 >= unit.last or tokens[k + 1].pos not in ("PROPN", "NOUN")):
            return k
    return None


def _addressed(page: Page, saying: Saying, passive: bool, entry: Entry) -> Saying:
    """The same saying with the one spoken to, where the words tell; of a passive the speaker stands after "by"."""
    tokens, i = page.tokens, saying.head
    person = "to-person" in entry.frames
    if passive:
        subject = saying.speaker
        saying.addressee = subject if person else None
        saying.speaker = subject if entry.rest[:1] == ("as",) else _agent(page, i)  # "was quoted as saying"
        return saying
    first = min((a for a, _ in saying.content), default=i)
    for kid in page.parsed.kids(i):
        if kid.i < i or (first > i and kid.i >= first):
            continue
        if (
            person
            and kid.dep in ("dobj", "dative", "iobj", "nsubj")
            and kid.pos in _NOMINAL
            and kid.i != saying.speaker
        ):
            saying.addressee = kid.i
        elif kid.dep in ("prep", "dative") and kid.lower == "to":
            saying.addressee = next(
                (o.i for o in page.parsed.kids(kid.i, "pobj") if o.pos in _NOMINAL), saying.addressee
            )
    # "told reporters it was over": the parser takes the one spoken to for a part of the clause
    unheard = person and saying.addressee is None and first > i + 1 and saying.frame == "clause"
    if unheard and tokens[i + 1].pos in _NOMINAL and page.quote_at[i + 1] < 0:
        saying.addressee = i + 1
    return saying


_NOMINAL = ("NOUN", "PROPN", "PRON")


# a passage or a clause after the verb


def _quote_after(page: Page, i: int, last: int) -> list[Range] | None:
    """A passage that follows the verb with nothing between but addressee, time, place, a comma or a colon."""
    tokens, unit = page.tokens, page.unit(i)
    k = last + 1
    while k < min(unit.last, last + _NEAR) and not page.opens(k):
        if tokens[k].text in FULL_STOPS:
            return None
        k += 1
    if k >= unit.last and tokens[unit.last - 1].text == ":" and page.opens(unit.last):
        return [page.ranges[page.quote_at[unit.last]]]  # a colon at the end of a line hands over to the next
    if k >= unit.last or not page.opens(k):
        return None
    q = page.quote_at[k]
    first, end = page.ranges[q]
    direct = k == last + 1 or tokens[k - 1].text in (",", ":")
    if not direct and page.words_in[q] <= FRAGMENT:
        return None
    if tokens[k - 1].text == "," and page.words_in[q] <= FRAGMENT and k - last > 6:
        return None
    if any(_tells(page, m, i, k, direct) for m in range(last + 1, k)):
        return None
    if end >= unit.last:
        return [(first, end)]
    sign = page.last_sign(q)
    if tokens[end].text not in PAUSES and tokens[end].text not in FULL_STOPS and sign not in ",.!?":
        return [(first, _end_of(page, i, end, unit.last))]  # what is quoted goes on without marks
    if sign not in ".!?":  # “...” and “...”
        m = end
        while m < unit.last and (tokens[m].text in PAUSES or tokens[m].lower in ("and", "but")):
            m += 1
        if page.opens(m):
            return [(first, end), page.ranges[page.quote_at[m]]]
    return [(first, end)]


def _tells(page: Page, m: int, i: int, k: int, direct: bool) -> bool:
    """Whether word `m`, between verb `i` and a passage at `k`, is content already, not to whom, when or where."""
    token = page.tokens[m]
    if token.lower == "that" and m == k - 1:
        return True
    if token.head == i and token.dep in ("ccomp", "xcomp"):
        return True
    finite = token.pos in ("VERB", "AUX") if not direct else token.tag in _FINITE
    if finite and not _aside_of(page, m, i):
        return True
    return not direct and token.dep in ("nsubj", "nsubjpass", "mark", "expl", "csubj") and token.head >= k


def _aside_of(page: Page, k: int, top: int) -> bool:
    """Whether word `k` stands in a relative clause, a time clause or a prepositional phrase that hangs on `top`."""
    tokens = page.tokens
    modifies = False
    for _ in range(_STEPS):
        if k == top:
            return modifies
        token = tokens[k]
        modifies = modifies or token.dep in ("relcl", "acl", "advcl", "prep", "agent", "npadvmod", "appos")
        if token.head == k or (token.dep == "ccomp" and not modifies):
            return False
        k = token.head
    return False


_COMPLEMENTIZERS = frozenset(["that", "whether", "how", "what", "why", "who", "which"])


def _clause_after(page: Page, i: int, last: int, rest: Sequence[int], person: bool) -> Range | None:
    """The clause that the verb governs and that follows it."""
    tokens, unit = page.tokens, page.unit(i)
    comp = _complement(page, (i, *rest), last, unit)
    if comp is not None:
        start = max(page.left[comp.i], last + 1)
        for k in range(start, min(comp.i, start + 14)):
            if tokens[k].lower in ("that", "whether") and tokens[k].dep == "mark" and tokens[k].head == comp.i:
                start = k  # what hangs before it is when and where it was said
                break
        if page.in_long_quote(comp.i) and any(
            tokens[k].tag in _FINITE and page.quote_at[k] < 0 for k in range(last + 1, start)
        ):
            start = last + 1
        inside = comp.i
    else:
        found = _complementizer(page, i, last, unit, person)
        if found is None:
            return None
        start = inside = found
    while start < unit.last and tokens[start].text in PAUSES:
        start += 1
    if start >= unit.last:
        return None
    limit = unit.last
    if i == unit.first and tokens[i].tag == "VBN":  # "Asked whether he would go, Rell said ..."
        limit = next((k for k in range(inside, unit.last) if tokens[k].text == ","), unit.last)
    first, end = page.trimmed(start, _end_of(page, i, max(inside, start), limit))
    return (first, end) if end > first and end > inside else None


def _complement(page: Page, heads: Sequence[int], last: int, unit: Unit) -> Token | None:
    """The verb of the clause that hangs on one of these words."""
    tokens = page.tokens
    for h in heads:
        for c in tokens[h].children:
            kid = tokens[c]
            if not last < c < unit.last or _infinite(page, c):
                continue
            if (
                kid.dep == "ccomp"
                or (kid.dep == "xcomp" and tokens[page.left[c]].tag == "VBG" and page.left[c] > last)
                or (
                    kid.dep in ("xcomp", "advcl", "acl", "relcl")
                    and tokens[max(page.left[c], last + 1)].lower in _COMPLEMENTIZERS
                )
            ):
                return kid
    return None


def _complementizer(page: Page, i: int, last: int, unit: Unit, person: bool) -> int | None:
    """Where a clause starts that the parser did not hang on the verb: at "that", or after a colon."""
    tokens = page.tokens
    for k in range(last + 1, min(last + 16, unit.last - 1)):
        token = tokens[k]
        if token.text in FULL_STOPS or page.opens(k) or token.pos in ("VERB", "AUX"):
            return None
        if token.lower == "that" and token.tag in ("IN", "DT", "WDT"):
            # after the object it opens a relative clause, unless the object is the one spoken to
            object_before = tokens[k - 1].dep in ("dobj", "dative") and tokens[k - 1].head == i
            return None if (object_before and not person) or token.dep == "det" else k
        if token.text == ":" and k - last < 10:
            return k + 1
    return None


def _infinite(page: Page, c: int) -> bool:
    """Whether the clause of word `c` is an infinitive ("how to leave" counts as a clause)."""
    kids = [page.tokens[k] for k in page.tokens[c].children if k < c]
    return any(t.tag == "TO" for t in kids) and page.tokens[page.left[c]].lower not in _COMPLEMENTIZERS


def _end_of(page: Page, i: int, inside: int, limit: int) -> int:
    """Where the content that holds `inside` ends: before what is joined to verb `i`, or with the clause `i` is in."""
    tokens = page.tokens
    end = limit
    at = i
    for _ in range(_STEPS):
        up = tokens[at]
        if up.head == at:
            break
        if up.dep in ("relcl", "acl", "advcl", "csubj", "pcomp", "appos") or (up.dep == "ccomp" and up.head < at):
            if page.right[at] > inside:
                end = min(end, page.right[at] + 1)
            break
        at = up.head
    for c in tokens[i].children:
        kid, edge = tokens[c], page.left[c]
        if edge <= inside:
            continue
        if kid.dep == "conj" and kid.pos in ("VERB", "AUX"):
            cut = edge
            while cut - 1 > inside and (tokens[cut - 1].dep == "cc" or tokens[cut - 1].text in (",", ";")):
                cut -= 1
            end = min(end, cut)
        elif kid.dep == "advcl" and (tokens[edge - 1].text == "," or page.ends(edge - 1)):
            end = min(end, edge)
    for k in range(inside + 1, min(end, inside + 60)):  # “..., ” adding that
        if page.ends(k - 1) and tokens[k].tag == "VBG" and page.last_sign(page.quote_at[k - 1]) == ",":
            end = k
            break
    end = max(end, inside + 1)
    if end < limit and page.quote_at[end] >= 0 and page.quote_at[end - 1] == page.quote_at[end]:
        opening, closing = page.ranges[page.quote_at[end]]
        if opening > i:  # never in the middle of a passage
            end = min(closing, limit)
    return end


# the rest of the unit around the verb


def _clause_start(page: Page, i: int) -> int:
    """First word of the clause of verb `i` itself: its subject, its auxiliaries and adverbs."""
    tokens, start = page.tokens, i
    for k in tokens[i].children:
        kid = tokens[k]
        if k > i or kid.dep not in ("nsubj", "nsubjpass", "aux", "auxpass", "neg", "advmod", "expl"):
            continue
        if _quoted_away(page, k, i):
            continue
        if kid.dep == "advmod" and any(tokens[m].text == "," for m in range(k, min(i, k + _NEAR))):
            continue
        edge = page.left[k]
        while edge < k and (page.in_long_quote(edge) or tokens[edge].pos == "PUNCT"):
            edge += 1
        start = min(start, edge)
    unit = page.unit(i)
    if start == i and page.quote_at[i] < 0:  # a subject that the parser hung elsewhere: “...,” Holm said
        k = i - 1
        while (
            k >= max(unit.first, i - 6)
            and tokens[k].pos in ("PROPN", "NOUN", "PRON", "DET", "ADJ")
            and page.quote_at[k] < 0
        ):
            k -= 1
        if page.ends(k) or (tokens[k].text == "," and page.ends(k - 1)):
            start = k + 1
    return max(start, unit.first)


def _as_clause(page: Page, words: ReportingWords, i: int, last: int) -> tuple[list[Range], Range] | None:
    """ "As he said, ...": all of the unit but that clause."""
    tokens, unit = page.tokens, page.unit(i)
    opening = _clause_start(page, i) - 1
    if opening < unit.first:
        return None
    if not any("clause" in e.frames and not e.rest for e in words.phrases.get(tokens[opening].lower, ())):
        return None
    while opening > unit.first and tokens[opening - 1].lower in ("just", "but", "and", "yet"):
        opening -= 1
    if opening > unit.first and not (tokens[opening - 1].pos == "PUNCT" or page.ends(opening - 1)):
        return None
    for k in tokens[i].children:  # "as he said that ..." tells when, not what
        if (
            tokens[k].dep in ("ccomp", "dobj")
            and last < k < unit.last
            and not any(tokens[m].text in (",", ":") for m in range(last + 1, min(k, last + _NEAR)))
        ):
            return None
    close = _clause_close(page, i, last)
    content = page.kept((unit.first, opening), (close, unit.last))
    return (content, (opening, close)) if content else None


def _clause_close(page: Page, i: int, last: int) -> int:
    """Where the clause of verb `i`, which reports on the rest of its unit, ends: after a comma, or with the unit."""
    tokens, unit = page.tokens, page.unit(i)
    k = last + 1
    while k < unit.last:
        if page.opens(k) and page.words_in[page.quote_at[k]] > FRAGMENT:
            return k
        if tokens[k].text in PAUSES:
            inner = _apposed(page, last, k)
            if inner is None or inner >= unit.last:
                return k + 1
            k = inner
        else:
            k += 1
    return unit.last


def _apposed(page: Page, first: int, comma: int, last: int | None = None) -> int | None:
    """After a comma: where an apposition or relative clause on the words before it ends, if at a comma or `last`."""
    tokens = page.tokens
    for k in range(comma - 1, max(first, comma - 12), -1):
        for c in tokens[k].children:
            if c > comma and tokens[c].dep in ("appos", "relcl", "acl") and page.left[c] in (comma + 1, comma + 2):
                end = page.right[c] + 1
                if end < len(tokens) and (tokens[end].text == "," or (last is not None and end >= last)):
                    return end
    return None


def _aside(page: Page, i: int, last: int) -> tuple[list[Range], Range] | None:
    """ "..., he said.": what is said stands before the verb, or around it."""
    tokens, unit = page.tokens, page.unit(i)
    if tokens[i].tag in ("VBG", "VB") and not any(tokens[k].dep in ("nsubj", "aux") for k in tokens[i].children):
        return None
    start = _clause_start(page, i)
    while (
        start - 1 > unit.first
        and tokens[start - 1].dep in ("cc", "mark")
        and tokens[start - 1].lower in ("and", "but", "as")
    ):
        start -= 1
    before = start - 1
    if before < unit.first or not (tokens[before].text in PAUSES or page.ends(before)):
        return None
    close = _clause_close(page, i, last)
    more = _resumed(page, i, close) if close < unit.last else None
    passage = page.quote_at[before - (tokens[before].text in PAUSES)]
    if passage < 0 and more is None and _opening_phrase(page, i, unit.first, before):
        return None
    first = unit.first
    if passage >= 0:
        opening = page.ranges[passage][0]
        if opening > first and tokens[opening - 1].text == ":":  # "She was blunt: “...,” she said"
            first = opening
    content: list[Range] = [(first, start)]
    if more is not None:
        content.append(more)
    kept = page.kept(*content)
    return (kept, (start, close)) if kept and kept[0][0] < start else None


def _opening_phrase(page: Page, i: int, first: int, last: int) -> bool:
    """Whether the words before a verb of saying only tell when, where or why it was said."""
    tokens = page.tokens
    hanging = [
        tokens[k]
        for k in tokens[i].children
        if first <= k < last and page.left[k] >= first and tokens[k].pos != "PUNCT"
    ]
    if hanging and all(t.dep in _CIRCUMSTANCES for t in hanging):
        clauses = [t for t in hanging if t.dep == "advcl" and t.tag in _FINITE]
        return all(tokens[page.left[t.i]].dep == "mark" for t in clauses)
    return not any(tokens[k].tag in ("MD", *_FINITE) for k in range(first, last))


_CIRCUMSTANCES = frozenset(["prep", "advcl", "advmod", "npadvmod", "mark", "cc", "intj", "agent"])


def _resumed(page: Page, i: int, close: int) -> Range | None:
    """What goes on after ", he said,": a passage, or words that belong to the clause before it."""
    tokens, unit = page.tokens, page.unit(i)
    k = close
    if tokens[k].lower in ("and", "but", "that") and page.opens(k + 1):
        k += 1
    if page.opens(k):
        first, end = page.ranges[page.quote_at[k]]
        if end < unit.last and tokens[end].text not in PAUSES and tokens[end].text not in FULL_STOPS:
            end = unit.last
        return first, end
    if tokens[k].tag == "VBG" or tokens[k].dep == "cc":
        return None
    at = k
    for _ in range(2 * _STEPS):
        up = tokens[at]
        if up.head == i:  # on the left hangs what is said, on the right when and to whom
            return (k, unit.last) if up.dep == "ccomp" and up.i < i else None
        if at in (up.head, i):
            break
        at = up.head
    return k, unit.last


# infinitives and nouns


def _infinitive_after(page: Page, i: int, last: int, person: bool) -> tuple[Range, int | None] | None:
    """The "to do ..." that the verb governs, and the noun between the two."""
    tokens, unit = page.tokens, page.unit(i)
    for k in range(last + 1, min(last + 18, unit.last - 1)):
        token = tokens[k]
        if token.text in (";", ":") or token.text in FULL_STOPS or token.tag in _FINITE:
            return None
        if token.tag != "TO" or tokens[token.head].pos not in ("VERB", "AUX") or token.head < k:
            continue
        verb = token.head
        obj: int | None = None
        for m in range(last + 1, k):
            governed = tokens[m].dep in ("dobj", "pobj", "nsubj", "dative") and tokens[m].head in (i, last, verb)
            if governed and tokens[m].pos in _NOMINAL:
                obj = m
        if tokens[verb].head not in (i, last) and not (obj is not None and tokens[verb].head == obj and person):
            return None
        if tokens[verb].dep == "advcl" and not person and k > last + 2 and tokens[last].lower != "for":
            return None  # "in order to"
        start = k
        while start - 1 > last and (tokens[start - 1].dep == "neg" or tokens[start - 1].tag == "RB"):
            start -= 1
        if obj is not None and not person:
            start = max(last + 1, min(start, page.left[obj]))
        end = min(_end_of(page, i, verb, unit.last), page.right[verb] + 1)
        for c in tokens[verb].children:  # an infinitive is not joined to a finite verb
            if c > verb and tokens[c].dep == "conj" and tokens[c].tag in _FINITE:
                joint = next((m for m in range(c, verb, -1) if tokens[m].dep == "cc"), c)
                end = min(end, joint)
        first, end = page.trimmed(start, end)
        return ((first, end), obj) if end > first + 1 else None
    return None


_ARGUMENTS = frozenset(["of", "as", "for", "over", "to", "from", "against", "about", "with", "into"])


def _noun_after(page: Page, i: int, last: int, passive: bool, subject: int | None, predicate: bool) -> list[Range]:
    """The noun phrase that the verb is about, with what is said of it ("the plan as a stunt")."""
    tokens, unit = page.tokens, page.unit(i)
    if passive:
        if subject is None or _agent(page, i) is None or predicate:
            return []
        return page.kept((page.left[subject], min(page.right[subject] + 1, i)))
    objects = _objects(page, i, last)
    if not objects or objects[0] >= unit.last:
        return []
    start = max(page.left[objects[0]], (last if objects[0] > last else i) + 1)
    end = max(page.right[objects[0]], last) + 1
    told = len(objects) > 1 or tokens[objects[0]].dep == "ccomp"
    for c in tokens[i].children:
        kid, edge = tokens[c], page.left[c]
        if c <= objects[0] or edge > end + 1:
            continue
        if kid.dep in ("conj", "cc", "punct"):
            break
        argument = kid.dep in ("prep", "advcl", "dative") and kid.lower in _ARGUMENTS
        if argument or kid.dep in ("oprd", "dobj", "acomp", "xcomp", "ccomp", "pobj", "attr"):
            if tokens[edge - 1].text == "," and kid.dep != "oprd":
                break
            end = max(end, page.right[c] + 1)
            told = told or kid.dep in ("oprd", "acomp", "xcomp", "ccomp", "attr") or kid.lower == "as"
    end = min(end, unit.last)
    if page.opens(end):  # called the plan “a gamble”
        end = page.ranges[page.quote_at[end]][1]
        told = True
    elif page.quote_at[end - 1] >= 0 and page.quote_at[start] < 0:
        end = max(end, page.ranges[page.quote_at[end - 1]][1])
        told = True
    return page.kept((start, min(end, unit.last))) if told or not predicate else []


def _objects(page: Page, i: int, last: int) -> list[int]:
    tokens = page.tokens
    if last > i and tokens[last].pos in ("ADP", "PART", "SCONJ", "ADV"):
        found = [c for c in tokens[last].children if tokens[c].dep in ("pobj", "pcomp") and c > last]
        if found:
            return found
    found = [
        c
        for h in ((i, last) if last != i else (i,))
        for c in tokens[h].children
        if c > last and tokens[c].dep in ("dobj", "oprd", "attr", "dative") and tokens[c].pos not in ("ADP", "PUNCT")
    ]
    if found:
        return found
    if last > i:  # "held the army responsible"
        found = [c for c in tokens[i].children if i < c < last and tokens[c].dep in ("dobj", "nsubj")]
        if found:
            return found
    # a small clause: "called the plan a gamble"
    return [
        c
        for c in tokens[i].children
        if c > last and tokens[c].dep == "ccomp" and tokens[c].pos in ("NOUN", "ADJ", "PROPN")
    ]


# --- phrases ----------------------------------------------------------------------------------------------------------


def _by_phrase(page: Page, words: ReportingWords, i: int) -> Saying | None:
    """ "According to the ministry, ..." """
    tokens, unit = page.tokens, page.unit(i)
    if page.in_long_quote(i):
        return None
    for entry in words.phrases[tokens[i].lower]:
        rest = _matched(page, i, entry.rest, gap=0) if "noun" in entry.frames else None
        if rest is None:
            continue
        last = rest[-1] if rest else i
        head = _noun_from(page, last + 1, unit.last, last)
        if head is None:
            return None
        close = _phrase_close(page, head, unit)
        ranges = [(unit.first, i), (close, unit.last)]
        if i > unit.first and close + 1 < unit.last and tokens[close + 1].tag == "VBG":
            ranges.pop()
        content = page.kept(*ranges)
        if not content:
            return None
        owner = _owner(page, head)
        if owner is not None and tokens[head].lemma in words.nouns:  # "according to his words"
            head = owner
        where = f"{entry.row.where}: {entry.row.lemma}"
        return Saying(i, (i, last + 1), entry.row.act, "phrase", content, head, None, where, (i, close))
    return None


def _noun_from(page: Page, first: int, last: int, prep: int) -> int | None:
    """The head of the noun phrase that starts at `first`."""
    tokens = page.tokens
    for c in tokens[prep].children:
        if tokens[c].dep == "pobj" and first <= c < min(last, first + 12):
            return c
    best: int | None = None
    for k in range(first, min(last, first + 10)):
        if tokens[k].pos in ("NOUN", "PROPN", "PRON", "NUM"):
            best = k
            if k + 1 >= last or tokens[k + 1].pos not in ("NOUN", "PROPN", "PART"):
                break
        elif tokens[k].pos in ("PUNCT", "VERB", "AUX"):
            break
    return best


def _phrase_close(page: Page, head: int, unit: Unit) -> int:
    """Where the noun phrase headed by `head` ends, as the commas of its unit tell."""
    tokens = page.tokens
    k = head + 1
    while k < unit.last:
        if tokens[k].text in (",", ";", ":") or tokens[k].text in DASHES:
            inner = _apposed(page, head - 1, k, last=unit.last - 1 if head > unit.first + 6 else None)
            if inner is None:
                return k
            if inner >= unit.last - 1:
                return unit.last
            k = inner
        elif page.opens(k) and page.words_in[page.quote_at[k]] > FRAGMENT:
            return k
        else:
            k += 1
    return unit.last


# --- nouns ------------------------------------------------------------------------------------------------------------


def _by_noun(page: Page, words: ReportingWords, i: int) -> Saying | None:
    """ "His statement that ...", "gave a warning that ..." """
    if page.in_long_quote(i):
        return None
    tokens, unit = page.tokens, page.unit(i)
    speaker = _owner(page, i)
    for kid in page.parsed.kids(i, "prep"):
        if speaker is None and kid.lower in ("by", "from"):
            speaker = next((o.i for o in page.parsed.kids(kid.i, "pobj")), None)
    owned = speaker is not None
    carrier = _carrier(page, words, i)
    if carrier is not None:
        subject, passive = _subject(page, words, carrier)
        if subject is None or passive:
            carrier = None
        elif speaker is None or tokens[speaker].pos == "PRON":
            speaker = subject
    for entry in words.nouns[tokens[i].lemma]:
        content: Range | None = None
        if "clause" in entry.frames:
            content = _noun_clause(page, i, unit)
        if content is None and "infinitive" in entry.frames and (owned or carrier is not None):
            content = _noun_infinitive(page, i, unit)
        light = carrier is not None and tokens[carrier].lemma in _LIGHT
        if content is None and "noun" in entry.frames and (light or (owned and carrier is None)):
            content = _noun_of(page, i, unit)
        if content is None:
            continue
        cue = (i if carrier is None else carrier, i + 1)
        where = f"{entry.row.where}: {entry.row.lemma}"
        return Saying(i, cue, entry.row.act, "noun cue", [content], speaker, None, where, None, None, False)
    return None


_LIGHT = frozenset(["make", "give", "take"])  # verbs that add nothing to their noun


def _carrier(page: Page, words: ReportingWords, i: int) -> int | None:
    """The verb that only carries the noun: "made a promise", "gave a warning", "repeated the claim"."""
    tokens = page.tokens
    verb = page.parsed.head(i)
    if tokens[i].dep == "pobj" and verb.pos == "ADP":
        verb = tokens[verb.head]
    if verb.pos not in ("VERB", "AUX") or verb.i > i or tokens[i].dep not in ("dobj", "pobj", "attr"):
        return None
    if verb.lemma in _LIGHT:
        return verb.i
    entries = words.verb(verb)
    plain = any("noun" in e.frames and e.row.tone == "neutral" and e.row.act == "statement" for e in entries)
    return verb.i if plain else None


def _noun_clause(page: Page, i: int, unit: Unit) -> Range | None:
    tokens = page.tokens
    for k in range(i + 1, min(i + 8, unit.last - 1)):
        token = tokens[k]
        if token.lower in ("that", "whether") and (token.dep == "mark" or token.tag == "IN"):
            verb = tokens[token.head]
            return page.trimmed(k, min(page.right[verb.i] + 1 if verb.i > k else unit.last, unit.last))
        if token.pos in ("PUNCT", "VERB", "AUX"):
            return None
    return None


def _noun_infinitive(page: Page, i: int, unit: Unit) -> Range | None:
    tokens = page.tokens
    for k in range(i + 1, min(i + 6, unit.last - 1)):
        if tokens[k].tag == "TO" and tokens[tokens[k].head].tag == "VB":
            verb = tokens[tokens[k].head]
            fits = verb.head in (i, tokens[i].head) or verb.dep in ("acl", "relcl")
            return page.trimmed(k, min(page.right[verb.i] + 1, unit.last)) if fits else None
        if tokens[k].pos in ("PUNCT", "VERB", "AUX"):
            return None
    return None


_ABOUT = frozenset(["for", "of", "about", "to", "over", "against", "on", "at", "in", "with", "toward", "towards"])


def _noun_of(page: Page, i: int, unit: Unit, after: int | None = None) -> Range | None:
    tokens = page.tokens
    for kid in page.parsed.kids(i, "prep"):
        if (kid.i > i if after is None else kid.i == after + 1) and kid.lower in _ABOUT:
            for c in kid.children:
                if tokens[c].dep in ("pobj", "pcomp"):
                    start = max(page.left[c], kid.i + 1)
                    return page.trimmed(start, min(page.right[c] + 1, unit.last))
    return None
