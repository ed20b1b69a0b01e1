"""The words that a reporting word governs: a passage, a clause, an infinitive, a noun phrase, or the rest of its unit.

The grammar is asked first, and the order of the words where the grammar gives no answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.find.said.reporting import ReportingWords
from dragoman.find.said.speakers import agent_of, quoted_away
from dragoman.find.said.units import FINITE, FRAGMENT, FULL_STOPS, NOMINAL, PAUSES, STEPS, Page, Range, Unit
from dragoman.parse.base import Token

_NEAR = 25  # how far, in words, the search after a cue goes


def answers(page: Page, i: int) -> bool:
    """Whether the clause of verb `i` comes right after a passage that hands over to it: `“...,” he said`."""
    end = _clause_start(page, i) - 1
    if page.ends(end):
        return page.last_sign(page.quote_at[end]) in ",?!" and not _only_named(page, i, page.quote_at[end])
    return end > 0 and page.tokens[end].text == "," and page.ends(end - 1) and page.unit(i).first < end


def _only_named(page: Page, i: int, q: int) -> bool:
    """Whether a passage before verb `i` is the name of something: "Asked on “The Hour,” Holm said she would go"."""
    first = page.ranges[q][0]
    if page.words_in[q] > FRAGMENT or first == page.unit(i).first:
        return False
    if page.tokens[first - 1].pos in ("PUNCT", "VERB", "AUX"):
        return False
    if page.tokens[i + 1 : i + 2] and page.tokens[i + 1].text == ":":
        return True
    return not page.starts_small(first) and any(t.i > i and t.dep == "ccomp" for t in page.parsed.kids(i))


def quote_after(page: Page, i: int, last: int, person: bool) -> list[Range] | None:
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
    if not direct and not person and any(last < t.i < k for t in page.parsed.kids(i, "dobj")):
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
    if token.lower == "that" and (m == k - 1 or token.dep == "mark"):
        return True
    if token.head == i and token.dep in ("ccomp", "xcomp"):
        return True
    finite = token.pos in ("VERB", "AUX") if not direct else token.tag in FINITE
    if finite and not _aside_of(page, m, i):
        return True
    return not direct and token.dep in ("nsubj", "nsubjpass", "mark", "expl", "csubj") and token.head >= k


def _aside_of(page: Page, k: int, top: int) -> bool:
    """Whether word `k` stands in a relative clause, a time clause or a prepositional phrase that hangs on `top`."""
    tokens = page.tokens
    modifies = False
    for _ in range(STEPS):
        if k == top:
            return modifies
        token = tokens[k]
        modifies = modifies or token.dep in ("relcl", "acl", "advcl", "prep", "agent", "npadvmod", "appos")
        if token.head == k or (token.dep == "ccomp" and not modifies):
            return False
        k = token.head
    return False


_COMPLEMENTIZERS = frozenset(["that", "whether", "how", "what", "why", "who", "which"])


def clause_after(
    page: Page, words: ReportingWords, i: int, last: int, rest: Sequence[int], person: bool
) -> Range | None:
    """The clause that the verb governs and that follows it."""
    tokens, unit = page.tokens, page.unit(i)
    comp = _complement(page, (i, *rest), last, unit)
    if comp is not None:
        start = max(page.left[comp.i], last + 1)
        for k in range(start, min(comp.i, start + 14)):
            if tokens[k].lower in ("that", "whether") and tokens[k].dep == "mark" and tokens[k].head == comp.i:
                start = k  # what hangs before it is when and where it was said
                break
        subjects = ("nsubj", "nsubjpass", "csubj", "expl")
        if not any(tokens[c].dep in subjects for c in comp.children) and comp.tag != "VBG" and start > last + 1:
            # "announced the deal was off": the parser takes the subject of the clause for the object of the verb
            lost = next((t for t in page.parsed.kids(i, "dobj", "nsubj", "attr") if last < t.i < start), None)
            if lost is not None and not (person and tokens[start].lower in _COMPLEMENTIZERS):
                start = max(last + 1, page.left[lost.i])
        if page.in_long_quote(comp.i) and any(
            tokens[k].tag in FINITE and page.quote_at[k] < 0 for k in range(last + 1, start)
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
    if start >= unit.last or (tokens[start].lower == "that" and tokens[start - 1].lower in _CONDITIONS):
        return None
    limit = unit.last
    if i == unit.first and tokens[i].tag == "VBN":  # "Asked whether he would go, Rell said ..."
        limit = next((k for k in range(inside, unit.last) if tokens[k].text == ","), unit.last)
    end = _end_of(page, i, max(inside, start), limit)
    first, end = page.trimmed(start, _next_report(page, words, i, max(inside, start), end))
    return (first, end) if end > first and end > inside else None


def _next_report(page: Page, words: ReportingWords, i: int, inside: int, end: int) -> int:
    """Where another report starts that the parser takes for a part of the clause: ", while Holm said", "and vowed"."""
    tokens = page.tokens
    for k in range(inside + 2, end):
        token = tokens[k]
        if token.tag not in FINITE or token.dep not in ("conj", "advcl", "ccomp"):
            continue
        if page.quote_at[k] != page.quote_at[i]:
            continue
        entries = words.verb(token)
        if not any({"clause", "quote"} <= e.frames and not e.rest and e.row.act != "belief" for e in entries):
            continue
        subject = next((t for t in page.parsed.kids(k, "nsubj")), None)
        if subject is None:
            bare = not any(tokens[c].dep in ("aux", "auxpass", "neg") for c in token.children)
            if bare and token.tag == tokens[i].tag and token.dep == "conj" and tokens[k - 1].lower == "and":
                return k - 1
            continue
        start = page.left[subject.i]
        joint = tokens[start - 1]
        if joint.lower not in ("while", "whereas", "and", "but") or tokens[start - 2].text not in (",", ";"):
            continue
        if subject.lower in ("he", "she", "it", "they", "who", "which") or start <= inside + 1:
            continue
        return start - 2
    return end


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
                or (kid.dep == "advcl" and tokens[h].lemma in _ASKING and tokens[page.left[c]].lower == "if")
                or (
                    kid.dep in ("xcomp", "advcl", "acl", "relcl")
                    and tokens[max(page.left[c], last + 1)].lower in _COMPLEMENTIZERS
                )
            ):
                return kid
    return None


_ASKING = frozenset(["ask", "wonder", "inquire", "enquire", "query"])  # "asked her if", not "will agree if"


def _complementizer(page: Page, i: int, last: int, unit: Unit, person: bool) -> int | None:
    """Where a clause starts that the parser did not hang on the verb: at "that", or after a colon."""
    tokens = page.tokens
    for k in range(last + 1, min(last + 16, unit.last - 1)):
        token = tokens[k]
        if token.text in FULL_STOPS or page.opens(k) or (token.pos in ("VERB", "AUX") and token.dep != "prep"):
            return None
        if token.lower == "that" and token.tag in ("IN", "DT", "WDT"):
            # after the object it opens a relative clause, unless the object is the one spoken to
            if token.tag == "WDT" and any(t.text == "," for t in tokens[last + 1 : k]):
                return None  # "said Holm, the head of a union that ..."
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
    for _ in range(STEPS):
        up = tokens[at]
        if up.head == at:
            break
        if up.dep in ("relcl", "acl", "advcl", "csubj", "pcomp", "appos") or (up.dep == "ccomp" and up.head < at):
            if page.right[at] >= inside:
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
    return page.whole(i, max(end, inside + 1), limit)


def _clause_start(page: Page, i: int) -> int:
    """First word of the clause of verb `i` itself: its subject, its auxiliaries and adverbs."""
    tokens, start = page.tokens, i
    for k in tokens[i].children:
        kid = tokens[k]
        if k > i or kid.dep not in ("nsubj", "nsubjpass", "aux", "auxpass", "neg", "advmod", "expl"):
            continue
        if quoted_away(page, k, i):
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


def as_clause(page: Page, words: ReportingWords, i: int, last: int) -> tuple[list[Range], Range] | None:
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
            tokens[k].dep in ("ccomp", "dobj", "xcomp")
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
            inner = apposed(page, last, k)
            if inner is None or inner >= unit.last:
                return k + 1
            k = inner
        else:
            k += 1
    return unit.last


def apposed(page: Page, first: int, comma: int, last: int | None = None) -> int | None:
    """After a comma: where an apposition or relative clause on the words before it ends, if at a comma or `last`."""
    tokens = page.tokens
    for k in range(comma - 1, max(first, comma - 12), -1):
        for c in tokens[k].children:
            if c > comma and tokens[c].dep in ("appos", "relcl", "acl") and page.left[c] in (comma + 1, comma + 2):
                end = page.right[c] + 1
                if end < len(tokens) and (tokens[end].text == "," or (last is not None and end >= last)):
                    return end
    return None


def aside(page: Page, i: int, last: int) -> tuple[list[Range], Range] | None:
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


def opens_only(page: Page, i: int, before: int) -> bool:
    """Whether the words of the unit up to `before` only tell when, where or why verb `i` was said."""
    return _opening_phrase(page, i, page.unit(i).first, before - 1)


def _opening_phrase(page: Page, i: int, first: int, last: int) -> bool:
    """Whether the words before a verb of saying only tell when, where or why it was said."""
    tokens = page.tokens
    hanging = [
        tokens[k]
        for k in tokens[i].children
        if first <= k < last and page.left[k] >= first and tokens[k].pos != "PUNCT"
    ]
    if hanging and all(t.dep in _CIRCUMSTANCES for t in hanging):
        clauses = [t for t in hanging if t.dep == "advcl" and t.tag in FINITE]
        return all(tokens[page.left[t.i]].dep == "mark" for t in clauses)
    return not any(tokens[k].tag in ("MD", *FINITE) for k in range(first, last))


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
    if tokens[k].tag == "VBG":
        return None
    if tokens[k].dep == "cc":  # ", he said, and should be", not ", he said, and left"
        verb = tokens[k + 1] if k + 1 < unit.last else None
        goes_on = verb is not None and verb.tag in ("MD", *FINITE) and not _hangs_on(page, verb.i, i)
        return (k, unit.last) if goes_on else None
    if tokens[k].lower in _CONDITIONS:  # "..., he said, provided that ..."
        return k, unit.last
    if tokens[k].lower in ("as", "so") and k + 2 < unit.last and tokens[k + 2].lower == "as":  # "as long as"
        return k, unit.last
    at = k
    for _ in range(2 * STEPS):
        up = tokens[at]
        if up.head == i:  # on the left hangs what is said, on the right when and to whom
            return (k, unit.last) if up.dep == "ccomp" and up.i < i else None
        if at in (up.head, i):
            break
        at = up.head
    return k, unit.last


# what follows ", he said," with these is a condition of what is said, not of the saying
_CONDITIONS = frozenset(["if", "unless", "provided", "providing", "until", "lest"])


def _hangs_on(page: Page, k: int, i: int) -> bool:
    """Whether word `k`, or the verb whose auxiliary it is, is joined to verb `i`."""
    token = page.tokens[k]
    return token.head == i or (token.dep in ("aux", "auxpass") and page.tokens[token.head].head == i)


def infinitive_after(page: Page, i: int, last: int, person: bool) -> tuple[Range, int | None] | None:
    """The "to do ..." that the verb governs, and the noun between the two."""
    tokens, unit = page.tokens, page.unit(i)
    for k in range(last + 1, min(last + 18, unit.last - 1)):
        token = tokens[k]
        if token.text in (";", ":") or token.text in FULL_STOPS or token.tag in FINITE:
            return None
        if token.tag != "TO" or tokens[token.head].pos not in ("VERB", "AUX") or token.head < k:
            continue
        verb = token.head
        obj: int | None = None
        for m in range(last + 1, k):
            governed = tokens[m].dep in ("dobj", "pobj", "nsubj", "dative") and tokens[m].head in (i, last, verb)
            if governed and tokens[m].pos in NOMINAL:
                obj = m
        if tokens[verb].head not in (i, last) and not (obj is not None and tokens[verb].head == obj and person):
            return None
        if tokens[verb].dep == "advcl" and not person and k > last + 2 and tokens[last].lower != "for":
            return None  # "in order to"
        start = k
        while start - 1 > last and (tokens[start - 1].dep == "neg" or tokens[start - 1].lower == "never"):
            start -= 1
        if obj is not None and not person:
            start = max(last + 1, min(start, page.left[obj]))
        end = min(_end_of(page, i, verb, unit.last), page.right[verb] + 1)
        for c in tokens[verb].children:  # an infinitive is not joined to a finite verb
            if c > verb and tokens[c].dep == "conj" and tokens[c].tag in FINITE and page.quote_at[c] < 0:
                joint = next((m for m in range(c, verb, -1) if tokens[m].dep == "cc"), c)
                end = min(end, joint)
        first, end = page.trimmed(start, page.whole(start, end, unit.last))
        return ((first, end), obj) if end > first + 1 else None
    return None


def _on_a_matter(page: Page, prep: Token) -> bool:
    """ "congratulated her on the victory", not "on Monday" or "on Twitter" """
    matter = next((t for t in page.parsed.kids(prep.i, "pobj")), None)
    if prep.lower != "on" or matter is None or matter.pos != "NOUN":
        return False
    return any(t.dep in ("det", "poss", "amod") for t in page.parsed.kids(matter.i)) and matter.lemma not in _OCCASIONS


_OCCASIONS = frozenset(
    "day morning evening night afternoon eve weekend occasion anniversary sideline trip visit tour show program "
    "programme television radio floor stage website site page channel medium network phone trail air".split()
)
_ARGUMENTS = frozenset(["of", "as", "for", "over", "to", "from", "against", "about", "with", "into"])


def noun_after(page: Page, i: int, last: int, passive: bool, subject: int | None, predicate: bool) -> list[Range]:
    """The noun phrase that the verb is about, with what is said of it ("the plan as a stunt")."""
    tokens, unit = page.tokens, page.unit(i)
    if passive:
        if subject is None or agent_of(page, i) is None or predicate:
            return []
        more = [
            (t.i, min(page.right[t.i] + 1, unit.last))
            for t in page.parsed.kids(i, "prep")
            if t.i > last and t.lower in ("as", "for", "of", "over")
        ]
        return page.kept((page.left[subject], min(page.right[subject] + 1, i)), *more[:1])
    objects = _objects(page, i, last)
    if not objects or objects[0] >= unit.last:
        return []
    start = max(page.left[objects[0]], (last if objects[0] > last else i) + 1)
    whole = page.glued(objects[0])
    end = max(page.right[objects[0]], page.right[whole], last) + 1
    objects = [k for k in objects if not objects[0] < k <= whole]
    told = len(objects) > 1 or tokens[objects[0]].dep == "ccomp"
    for c in tokens[i].children:
        kid, edge = tokens[c], page.left[c]
        if c <= whole or edge > end + 1:
            continue
        if kid.dep in ("conj", "cc", "punct"):
            break
        argument = kid.dep in ("prep", "advcl", "dative") and (kid.lower in _ARGUMENTS or _on_a_matter(page, kid))
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
    named = next((k for k in tokens[i].children if k < i and tokens[k].tag in ("WP", "WDT")), None)
    if predicate and named is not None and tokens[named].dep in ("dobj", "nsubj") and tokens[named].lower != "who":
        end = min(max(end, page.right[objects[0]] + 1), unit.last)
        return [(named, named + 1), *page.kept((start, end))]  # "what Holm called a farce"
    return page.kept((start, min(end, unit.last))) if told or not predicate else []


def with_verb(page: Page, i: int, noun: Range) -> Range:
    """The noun phrase, or the clause of which it is the subject: "announced the region would be free"."""
    unit = page.unit(i)
    k = noun[1]
    limit = _end_of(page, i, noun[1] - 1, unit.last)
    if k < limit and page.tokens[k].tag in ("MD", *FINITE) and not _hangs_on(page, k, i):
        return page.trimmed(noun[0], limit)
    return noun


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


_ABOUT = frozenset(["for", "of", "about", "to", "over", "against", "on", "at", "in", "with", "toward", "towards"])


def noun_of(page: Page, i: int, unit: Unit, after: int | None = None) -> Range | None:
    tokens = page.tokens
    for kid in page.parsed.kids(i, "prep"):
        if (kid.i > i if after is None else kid.i == after + 1) and kid.lower in _ABOUT:
            for c in kid.children:
                if tokens[c].dep in ("pobj", "pcomp"):
                    start = max(page.left[c], kid.i + 1)
                    return page.trimmed(start, min(page.right[c] + 1, unit.last))
    return None


def noun_clause(page: Page, i: int, unit: Unit) -> Range | None:
    tokens = page.tokens
    for k in range(i + 1, min(i + 8, unit.last - 1)):
        token = tokens[k]
        if token.lower in ("that", "whether") and (token.dep == "mark" or token.tag == "IN"):
            verb = tokens[token.head]
            return page.trimmed(k, min(page.right[verb.i] + 1 if verb.i > k else unit.last, unit.last))
        if token.pos in ("PUNCT", "VERB", "AUX"):
            return None
    return None


def noun_is(page: Page, i: int, unit: Unit) -> Range | None:
    """ "His main claim is that ...": what stands after the verb."""
    tokens = page.tokens
    verb = page.parsed.head(i)
    if tokens[i].dep != "nsubj" or verb.lemma != "be" or verb.i < i:
        return None
    clause = next((t for t in page.parsed.kids(verb.i, "ccomp") if t.i > verb.i), None)
    if clause is None or tokens[page.left[clause.i]].lower not in ("that", "whether"):
        return None
    return page.trimmed(page.left[clause.i], min(page.right[clause.i] + 1, unit.last))


def noun_infinitive(page: Page, i: int, unit: Unit) -> Range | None:
    tokens = page.tokens
    for k in range(i + 1, min(i + 6, unit.last - 1)):
        if tokens[k].tag == "TO" and tokens[tokens[k].head].tag == "VB":
            verb = tokens[tokens[k].head]
            fits = verb.head in (i, tokens[i].head) or verb.dep in ("acl", "relcl")
            return page.trimmed(k, min(page.right[verb.i] + 1, unit.last)) if fits else None
        if tokens[k].pos in ("PUNCT", "VERB", "AUX"):
            return None
    return None
