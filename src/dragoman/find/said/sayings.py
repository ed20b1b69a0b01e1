"""Sayings: each reporting word of a text with its speaker, its content and the one spoken to."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dragoman.find.said.governed import (
    answers,
    apposed,
    as_clause,
    aside,
    clause_after,
    infinitive_after,
    noun_after,
    noun_clause,
    noun_infinitive,
    noun_of,
    quote_after,
    with_verb,
)
from dragoman.find.said.reporting import Entry, ReportingWords, matched
from dragoman.find.said.speakers import agent_of, is_passive, near_subject, owner_of, subject_of
from dragoman.find.said.units import DASHES, FRAGMENT, NOMINAL, Page, Range, Unit


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
        if found is None and token.lower in ("in", "by", "to"):
            found = _by_own_words(page, words, i)
        if found is None and (token.tag[:2] == "VB" or token.pos in ("VERB", "AUX")):
            entries = words.verb(token)
            found = _by_verb(page, words, i, entries) if entries else None
        elif found is None and token.pos == "NOUN" and token.lemma in words.nouns:
            found = _by_noun(page, words, i)
        if found is not None:
            out.append(found)
    return out


def _by_verb(page: Page, words: ReportingWords, i: int, entries: Iterable[Entry]) -> Saying | None:
    token = page.tokens[i]
    if token.dep in ("amod", "aux", "compound", "pobj") or (i and page.tokens[i - 1].text == "-"):
        return None  # "the so-called accord", "the reported attack"
    if token.dep == "auxpass":  # "was convinced that" has rows of its own
        entries = [e for e in entries if e.rest]
    q = page.quote_at[i]
    quoted = q >= 0 and (page.long[q] or page.words_in[q] > 2)
    matches = [(entry, rest) for entry in entries if (rest := matched(page, i, entry.rest)) is not None]
    matches.sort(key=lambda m: (-len(m[1]), m[1][-1:]))
    for entry, rest in matches:
        if quoted and not {"clause", "quote"} <= entry.frames:
            continue
        saying = _structure(page, words, i, rest, entry)
        if saying is None:
            continue
        if _unsaid(page, i, entry) or (saying.speaker is not None and page.tokens[saying.speaker].lower == "you"):
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
    if (
        entry.rest[:1] == ("as",) and len(entry.rest) > 1 and not is_passive(page, i)
    ):  # "quoted him as saying" holds two
        return None
    last = rest[-1] if rest else i
    subject, passive = subject_of(page, words, i)
    saying = Saying(i, (i, last + 1), entry.row.act, "", [], subject)
    if "quote" in frames or "clause" in frames:
        aside = as_clause(page, words, i, last)
        if aside is not None and subject is not None:
            saying.content, saying.clause = aside
            saying.frame = "as"
            return saying
    if "quote" in frames and not passive and answers(page, i):
        around = _with_rest(page, saying, last)
        if around is not None:
            return _addressed(page, around, passive, entry)
    if "quote" in frames:
        passage = quote_after(page, i, last, "to-person" in frames)
        if passage is not None:
            saying.content, saying.frame = passage, "quote"
            return _addressed(page, saying, passive, entry)
    if "clause" in frames:
        clause = clause_after(page, i, last, rest, "to-person" in frames)
        if clause is not None:
            saying.content, saying.frame = [clause], "clause"
            return _addressed(page, saying, passive, entry)
    if "infinitive" in frames:
        found = infinitive_after(page, i, last, "to-person" in frames)
        if found is not None:
            return _with_infinitive(page, saying, passive, entry, *found)
    if passive and "clause" in frames and "to-person" not in frames:
        found = infinitive_after(page, i, last, False)
        if found is not None and subject is not None:  # "is reported to have left"
            saying.content = [*page.kept((page.left[subject], min(page.right[subject] + 1, i))), found[0]]
            saying.frame, saying.speaker = "infinitive", agent_of(page, i)
            return saying
    if "noun" in frames or "predicate" in frames:
        if rest and page.tokens[last].pos == "NOUN":
            return _with_noun(page, saying, last, passive, entry)
        nouns = noun_after(page, i, last, passive, subject, "predicate" in frames)
        if nouns and "clause" in frames and not passive:
            nouns[-1] = with_verb(page, i, nouns[-1])
        if nouns:
            saying.content, saying.frame = nouns, "noun"
            if passive:
                saying.speaker = agent_of(page, i)
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
    around = aside(page, saying.head, last)
    if around is None:
        return None
    speaker = saying.speaker if saying.speaker is not None else near_subject(page, saying.head)
    if speaker is None:
        return None
    return msgspec.structs.replace(saying, content=around[0], clause=around[1], frame="aside", speaker=speaker)


def _with_infinitive(
    page: Page, saying: Saying, passive: bool, entry: Entry, content: Range, obj: int | None
) -> Saying | None:
    """The saying with its "to do ..."; of a passive the subject is the one spoken to, or spoken of."""
    saying.content, saying.frame = [content], "infinitive"
    subject = saying.speaker
    if not passive:
        saying.addressee = obj if "to-person" in entry.frames else None
        return saying
    saying.speaker = agent_of(page, saying.head)
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
        content = noun_of(page, noun, unit) or noun_of(page, saying.head, unit, noun)
        saying.content = [content] if content is not None else []
    return saying if saying.content else None


def _addressed(page: Page, saying: Saying, passive: bool, entry: Entry) -> Saying:
    """The same saying with the one spoken to, where the words tell; of a passive the speaker stands after "by"."""
    tokens, i = page.tokens, saying.head
    person = "to-person" in entry.frames
    if passive:
        subject = saying.speaker
        saying.addressee = subject if person else None
        saying.speaker = subject if entry.rest[:1] == ("as",) else agent_of(page, i)  # "was quoted as saying"
        return saying
    first = min((a for a, _ in saying.content), default=i)
    for kid in page.parsed.kids(i):
        if kid.i < i or (first > i and kid.i >= first):
            continue
        if person and kid.dep in ("dobj", "dative", "iobj", "nsubj") and kid.pos in NOMINAL and kid.i != saying.speaker:
            saying.addressee = kid.i
        elif kid.dep in ("prep", "dative") and kid.lower == "to":
            saying.addressee = next(
                (o.i for o in page.parsed.kids(kid.i, "pobj") if o.pos in NOMINAL), saying.addressee
            )
    # "told reporters it was over": the parser takes the one spoken to for a part of the clause
    unheard = person and saying.addressee is None and first > i + 1 and saying.frame == "clause"
    if unheard and tokens[i + 1].pos in NOMINAL and page.quote_at[i + 1] < 0:
        saying.addressee = i + 1
    return saying


def _by_phrase(page: Page, words: ReportingWords, i: int) -> Saying | None:
    """ "According to the ministry, ..." """
    tokens, unit = page.tokens, page.unit(i)
    if page.in_long_quote(i):
        return None
    for entry in words.phrases[tokens[i].lower]:
        rest = matched(page, i, entry.rest, gap=0) if "noun" in entry.frames else None
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
        owner = owner_of(page, head)
        if owner is not None and tokens[head].lemma in words.nouns:  # "according to his words"
            head = owner
        where = f"{entry.row.where}: {entry.row.lemma}"
        return Saying(i, (i, last + 1), entry.row.act, "phrase", content, head, None, where, (i, close))
    return None


def _by_own_words(page: Page, words: ReportingWords, i: int) -> Saying | None:
    """ "In his words, ...", "..., in Horvat's view": a noun of saying or thinking with its owner, with a comma."""
    tokens, unit = page.tokens, page.unit(i)
    noun = next((t for t in page.parsed.kids(i, "pobj") if t.lemma in words.nouns and t.lemma in _OWN), None)
    owner = next((t for t in page.parsed.kids(noun.i, "poss")), None) if noun is not None else None
    if noun is None or owner is None or page.in_long_quote(i):
        return None
    close = noun.i + 1
    leads = i == unit.first and close < unit.last and tokens[close].text == ","
    trails = i > unit.first and tokens[i - 1].text == "," and (close >= unit.last or tokens[close].text in (",", "."))
    if not (leads or trails):
        return None
    content = page.kept((unit.first, i), (close, unit.last))
    if not content:
        return None
    row = words.nouns[noun.lemma][0].row
    return Saying(i, (i, close), row.act, "phrase", content, owner.i, None, f"{row.where}: {row.lemma}", (i, close))


_OWN = frozenset("word opinion view judgement judgment assessment estimation account telling".split())


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
            inner = apposed(page, head - 1, k, last=unit.last - 1 if head > unit.first + 6 else None)
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


def _by_noun(page: Page, words: ReportingWords, i: int) -> Saying | None:
    """ "His statement that ...", "gave a warning that ..." """
    if page.in_long_quote(i):
        return None
    tokens, unit = page.tokens, page.unit(i)
    speaker = owner_of(page, i)
    for kid in page.parsed.kids(i, "prep"):
        if speaker is None and kid.lower in ("by", "from"):
            speaker = next((o.i for o in page.parsed.kids(kid.i, "pobj")), None)
    owned = speaker is not None
    carrier = _carrier(page, words, i)
    if carrier is not None:
        subject, passive = subject_of(page, words, carrier)
        if subject is None or passive:
            carrier = None
        elif speaker is None or tokens[speaker].pos == "PRON":
            speaker = subject
    for entry in words.nouns[tokens[i].lemma]:
        content: Range | None = None
        if "clause" in entry.frames:
            content = noun_clause(page, i, unit)
        if content is None and "infinitive" in entry.frames and (owned or carrier is not None):
            content = noun_infinitive(page, i, unit)
        light = carrier is not None and tokens[carrier].lemma in _LIGHT
        if content is None and "noun" in entry.frames and (light or (owned and carrier is None)):
            content = noun_of(page, i, unit)
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
