"""Whose words they are: the subject of a reporting verb, wherever the sentence keeps it."""

from __future__ import annotations

from dragoman.find.said.reporting import ReportingWords
from dragoman.find.said.units import FINITE, STEPS, Page


def subject_of(page: Page, words: ReportingWords, i: int) -> tuple[int | None, bool]:
    """The word that heads the subject of verb `i`, and whether the verb is passive."""
    tokens = page.tokens
    if tokens[i].dep == "auxpass":
        i = tokens[i].head
        subject = next((k.i for k in page.parsed.kids(i, "nsubjpass", "nsubj")), None)
        return (None if subject is None else _antecedent(page, subject, i)), False
    verb, passive = i, is_passive(page, i)
    for _ in range(STEPS):
        token = tokens[i]
        for k in token.children:
            if tokens[k].dep in ("nsubj", "csubj", "nsubjpass") and not quoted_away(page, k, i):
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
        if token.dep == "conj" and token.tag in FINITE:  # "urged him to go and vowed ..." hangs on the main verb
            while head.tag == "VB" and head.dep in ("xcomp", "ccomp", "conj", "advcl") and head.head != head.i:
                head = tokens[head.head]
        if head.pos in ("NOUN", "PROPN") and token.dep != "conj":
            owner = owner_of(page, head.i)
            if owner is not None:
                return owner, passive
        i = head.i
    if passive or tokens[i].pos not in ("VERB", "AUX") or tokens[i].tag not in FINITE:
        return None, passive
    return near_subject(page, i), passive


_INHERITING = frozenset(
    ["conj", "advcl", "xcomp", "pcomp", "prep", "ccomp", "dep", "parataxis", "pobj", "acomp", "attr", "acl", "relcl"]
)


def quoted_away(page: Page, k: int, i: int) -> bool:
    """Whether word `k` stands in a passage of several words in which word `i` does not stand."""
    return page.quote_at[k] != page.quote_at[i] and page.in_long_quote(k)


def is_passive(page: Page, i: int) -> bool:
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
    owner = owner_of(page, noun)
    if owner is not None:
        return owner
    above = tokens[token.head]
    if token.dep == "pobj":
        above = tokens[above.head]
    if above.pos in ("VERB", "AUX"):
        for kid in page.parsed.kids(above.i, "nsubj"):
            return _antecedent(page, kid.i, above.i) or noun
    return noun


def owner_of(page: Page, noun: int) -> int | None:
    return next((k for k in page.tokens[noun].children if page.tokens[k].dep == "poss"), None)


def agent_of(page: Page, i: int) -> int | None:
    """The noun after "by" of a passive."""
    for kid in page.parsed.kids(i, "agent", "prep"):
        if kid.lower == "by":
            return next((o.i for o in page.parsed.kids(kid.i, "pobj")), None)
    return None


def near_subject(page: Page, i: int) -> int | None:
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
