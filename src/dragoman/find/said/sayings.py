"""Sayings: each reporting word of a text with its speaker, its content and the one spoken to."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dragoman.find.base import References
from dragoman.find.said.governed import (
    answers,
    as_clause,
    aside,
    clause_after,
    infinitive_after,
    noun_after,
    noun_clause,
    noun_infinitive,
    noun_is,
    noun_of,
    opens_only,
    quote_after,
    with_verb,
)
from dragoman.find.said.phrases import by_adverb, by_own_words, by_phrase, by_standpoint
from dragoman.find.said.reporting import Entry, ReportingWords, matched
from dragoman.find.said.saying import Saying
from dragoman.find.said.speakers import agent_of, is_passive, near_subject, owner_of, subject_of
from dragoman.find.said.units import FINITE, NOMINAL, Page, Range


def find_sayings(page: Page, words: ReportingWords, references: References) -> list[Saying]:
    """What the reporting words of a page govern, each word for itself, in order of the words."""
    out: list[Saying] = []
    for i, token in enumerate(page.tokens):
        found: Saying | None = None
        if token.lower in words.phrases:
            found = by_phrase(page, words, i)
        if found is None and token.lower in ("in", "by", "to"):
            found = by_own_words(page, words, i)
        if token.lower == "for":
            found = by_standpoint(page, references, i)
        elif token.lower in words.adverbs:
            found = by_adverb(page, words, i)
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
        saying = None
        if quoted and page.nested and "quote" in entry.frames and not rest:
            saying = _within_marks(page, words, i, entry)
        inner = saying is not None
        saying = saying or _structure(page, words, i, rest, entry)
        if saying is None:
            continue
        if (
            _unsaid(page, i, entry)
            or _of_a_thing(page, words, saying)
            or (saying.speaker is not None and page.tokens[saying.speaker].lower == "you")
        ):
            return None
        if quoted and (saying.speaker is None or page.tokens[saying.speaker].lower in _FIRST_PERSON):
            return None
        if quoted and not inner and not _within_passage(page, saying):
            return None
        saying.reason = f"{entry.row.where}: {entry.row.lemma}"
        saying.judges = entry.row.tone in ("for", "against") and "matter" not in entry.frames
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


def _within_marks(page: Page, words: ReportingWords, i: int, entry: Entry) -> Saying | None:
    """A verb inside a passage with a passage inside the passage: “He told us, ‘Go home,’ and we went”."""
    tokens = page.tokens
    first, start = page.ranges[page.quote_at[i]][0], i
    while start - 1 > first and tokens[start - 1].pos not in ("PUNCT", "CCONJ", "VERB"):
        start -= 1
    near = [r for r in page.inside.get(page.quote_at[i], ())[:_MANY] if not r[0] <= i < r[1]]
    for nested in near:
        inner = page.nested[nested]
        between = tokens[i + 1 : nested[0]] if nested[0] > i else tokens[nested[1] : start]
        ready = bool(between) and between[-1].text in (",", ":")
        if nested[0] < i:
            ready = not between and page.text[inner.inner[1] - 1] in ",?!"
        if not ready or len(between) > _BETWEEN or any(t.pos in ("VERB", "AUX") or t.dep == "mark" for t in between):
            continue
        speaker, passive = subject_of(page, words, i)
        if speaker is None or passive or tokens[speaker].lower in _FIRST_PERSON:
            return None
        saying = Saying(i, (i, i + 1), entry.row.act, "quote", [nested], speaker)
        return _addressed(page, saying, False, entry)
    return None


_MANY = 40  # passages inside one passage that are looked at
_BETWEEN = 8  # words between a verb and what is said: to whom, when, where


def _unsaid(page: Page, i: int, entry: Entry) -> bool:
    """Whether the words tell that something was not said, or only might be: "did not say", "if he says"."""
    tokens = page.tokens
    kids = [tokens[k] for k in tokens[i].children]
    if entry.row.act == "statement" and "quote" in entry.frames and any(t.dep == "neg" for t in kids):
        return True
    if any(t.dep == "mark" and t.lower in ("if", "unless", "lest") for t in kids):
        return True
    return tokens[i].dep == "xcomp" and page.parsed.head(i).lemma in ("refuse", "decline", "fail", "forget")


def _of_a_thing(page: Page, words: ReportingWords, saying: Saying) -> bool:
    """Whether a thing without words or wishes stands as the speaker: "the airplane wanted to land".

    Where it stands farther off ("the day after claiming that ..."), the speaker is only unknown.
    """
    if saying.speaker is None or saying.frame in ("quote", "aside", "as"):
        return False
    token = page.tokens[saying.speaker]
    if token.pos != "NOUN" or token.text[0].isupper() != (token.i == page.unit(token.i).first):
        return False
    if token.lemma.lower() not in words.things:
        return False
    listed = next((t.i for t in page.parsed.kids(token.i, "conj") if t.pos == "PROPN" and t.i < saying.head), None)
    if listed is not None:  # "After the talks Holm and her guest, Rell, said": the parser has "talks and Holm"
        saying.speaker = listed
        return False
    if saying.frame == "clause" and token.head != saying.head:
        saying.speaker = None
        return False
    return True


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
    if {"quote", "clause"} <= frames and not passive and page.tokens[last + 1 : last + 2]:
        around = _around_with_passage(page, saying, last)
        if around is not None:
            return _addressed(page, around, passive, entry)
    if "quote" in frames:
        passage = quote_after(page, i, last, "to-person" in frames)
        if passage is not None:
            saying.content, saying.frame = passage, "quote"
            return _addressed(page, saying, passive, entry)
    if "clause" in frames:
        clause = clause_after(page, words, i, last, rest, "to-person" in frames)
        sooner = infinitive_after(page, i, last, "to-person" in frames) if clause and "infinitive" in frames else None
        if clause is not None and sooner is not None and sooner[0][0] < clause[0]:
            return _with_infinitive(page, saying, passive, entry, *sooner)
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
    if frames & {"noun", "matter", "predicate"}:
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
        if around is not None and ("clause" in frames or _all_quoted(page, around)):
            return _addressed(page, around, passive, entry)
    return None


def _all_quoted(page: Page, saying: Saying) -> bool:
    return all(page.quote_at[k] >= 0 for a, b in saying.content for k in (a, b - 1))


def _with_rest(page: Page, saying: Saying, last: int) -> Saying | None:
    """The saying of a verb whose content is the rest of its unit: "..., he said." """
    around = aside(page, saying.head, last)
    if around is None:
        return None
    speaker = saying.speaker if saying.speaker is not None else near_subject(page, saying.head)
    if speaker is None:
        return None
    return msgspec.structs.replace(saying, content=around[0], clause=around[1], frame="aside", speaker=speaker)


def _around_with_passage(page: Page, saying: Saying, last: int) -> Saying | None:
    """The saying of "It had no wish, he said, “to wait”": a clause without marks before, a passage after."""
    around = _with_rest(page, saying, last)
    if around is None or around.clause is None or len(around.content) < 2:
        return None
    first, (opening, _) = around.content[0], around.content[-1]
    told = any(page.tokens[k].tag in FINITE or page.tokens[k].tag == "MD" for k in range(*first))
    plain = page.quote_at[first[0]] < 0 and page.quote_at[first[1] - 1] < 0
    after = page.opens(opening) and page.tokens[opening - 1].text == "," and page.starts_small(opening)
    if not (told and plain and after) or page.tokens[first[0]].pos in ("ADP", "SCONJ", "ADV"):
        return None
    return None if opens_only(page, saying.head, around.clause[0]) else around


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
            content = noun_clause(page, i, unit) or (noun_is(page, i, unit) if owned else None)
        if content is None and "infinitive" in entry.frames and (owned or carrier is not None):
            content = noun_infinitive(page, i, unit)
        light = carrier is not None and tokens[carrier].lemma in _LIGHT
        if content is None and "noun" in entry.frames and (light or (owned and carrier is None)):
            content = noun_of(page, i, unit)
            if content is None and speaker is not None and speaker > i:  # "the warning by Holm of a war"
                content = noun_of(page, speaker, unit)
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
