"""Sayings of phrases rather than verbs: "according to the ministry", "in his words"."""

from __future__ import annotations

from dragoman.find.base import References
from dragoman.find.said.governed import apposed
from dragoman.find.said.reporting import ReportingWords, matched
from dragoman.find.said.saying import Saying
from dragoman.find.said.speakers import owner_of
from dragoman.find.said.units import DASHES, FRAGMENT, NOMINAL, Page, Unit


def by_phrase(page: Page, words: ReportingWords, i: int) -> Saying | None:
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
        if head is None or tokens[head].lemma.lower() in words.manners:
            return None
        if tokens[head].lemma.lower() in words.rules and i > unit.first and tokens[i - 1].text != ",":
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


def by_own_words(page: Page, words: ReportingWords, i: int) -> Saying | None:
    """ "In his words, ...", "..., in Horvat's view": a noun of saying or thinking with its owner, with a comma."""
    tokens, unit = page.tokens, page.unit(i)
    noun = next((t for t in page.parsed.kids(i, "pobj") if t.lemma in words.nouns and t.lemma in _OWN), None)
    owner = next((t for t in page.parsed.kids(noun.i, "poss")), None) if noun is not None else None
    if noun is None or owner is None or page.in_long_quote(i):
        return None
    close = noun.i + 1
    leads = i == unit.first and close < unit.last and (tokens[close].text == "," or tokens[close].pos in _SUBJECTS)
    trails = i > unit.first and tokens[i - 1].text == "," and (close >= unit.last or tokens[close].text in (",", "."))
    if not (leads or trails):
        return None
    content = page.kept((unit.first, i), (close, unit.last))
    if not content:
        return None
    row = words.nouns[noun.lemma][0].row
    return Saying(i, (i, close), row.act, "phrase", content, owner.i, None, f"{row.where}: {row.lemma}", (i, close))


_SUBJECTS = ("DET", "PROPN", "PRON", "NOUN", "ADJ", "NUM")
_OWN = frozenset("word opinion view judgement judgment assessment estimation account telling".split())


def by_standpoint(page: Page, references: References, i: int) -> Saying | None:
    """ "For the delegation, the text is a step back.": somebody known, and a judgement on something else."""
    tokens, unit = page.tokens, page.unit(i)
    head = next((t.i for t in page.parsed.kids(i, "pobj") if t.pos in NOMINAL), None)
    if i != unit.first or head is None or not references.of(head):
        return None
    close = page.right[head] + 1
    judges = tokens[tokens[i].head]
    if close >= unit.last or tokens[close].text != "," or judges.lemma not in _JUDGING or judges.i < close:
        return None
    subject = next((t for t in page.parsed.kids(judges.i, "nsubj")), None)
    if subject is None or subject.lower in ("he", "she", "they", "i", "we") or page.parsed.kids(judges.i, "aux"):
        return None  # "For Moyo, the vote is a defeat", not "For Moyo, it would be wise to wait"
    content = page.kept((close, unit.last))
    return Saying(i, (i, i + 1), "belief", "phrase", content, head, reason="for somebody", clause=(i, close))


_JUDGING = frozenset(["be", "mean", "represent", "remain", "constitute", "amount"])


def by_adverb(page: Page, words: ReportingWords, i: int) -> Saying | None:
    """ "The ships are reportedly on their way.": somebody says so, and nobody tells who."""
    tokens, unit = page.tokens, page.unit(i)
    verb = page.parsed.head(i)
    if verb.pos not in ("VERB", "AUX") or page.in_long_quote(i) or not unit.first <= verb.i < unit.last:
        return None
    subject = next((t for t in page.parsed.kids(verb.i, "nsubj", "nsubjpass", "expl")), None)
    if subject is None or subject.tag in ("WDT", "WP") or verb.dep in ("relcl", "acl"):
        return None
    last = min(page.right[verb.i] + 1, unit.last)
    for kid in page.parsed.kids(verb.i, "advcl"):  # "... , leaving many in doubt"
        if kid.i > i and tokens[page.left[kid.i] - 1].text == ",":
            last = min(last, page.left[kid.i])
    first = max(min(page.left[subject.i], i), unit.first)
    content = page.kept((first, i), (i + 1, last))
    if not content:
        return None
    row = words.adverbs[tokens[i].lower][0].row
    return Saying(
        i, (i, i + 1), row.act, "adverb", content, reason=f"{row.where}: {row.lemma}: nobody tells who says so"
    )


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
