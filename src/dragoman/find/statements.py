"""Statements: who says, thinks, wants, asks or denies what, and with which words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from dragoman.find.base import References
from dragoman.find.said.acts import act_of
from dragoman.find.said.channels import channel_of
from dragoman.find.said.headlines import find_headlines
from dragoman.find.said.loose import with_loose_passages
from dragoman.find.said.reporting import ReportingWords, reporting_words, speaks
from dragoman.find.said.saying import Saying
from dragoman.find.said.sayings import find_sayings
from dragoman.find.said.turns import find_turns
from dragoman.find.said.units import Page
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed
from dragoman.records import Participant, Span, Statement, StatementKind


def find_statements(
    parsed: Parsed, references: References, lexicon: Lexicon, *, body_start: int = 0
) -> list[Statement]:
    """The statements of a text in order of position; what stands before `body_start` is the title.

    A statement told inside another one has the outer one's id in `within`. What the title says is left out where the
    body says it too.
    """
    if not parsed.tokens:
        return []
    words = reporting_words(lexicon.reporting)
    page = Page(parsed, partial(speaks, parsed, words))
    sayings = _apart(page, find_sayings(page, words, references))
    turns, taken = find_turns(page, words, references)
    sayings = [s for s in sayings if s.speech or page.unit_at[s.head] not in taken] + turns
    sayings += find_headlines(page, sayings, references, body_start, taken)
    sayings = with_loose_passages(page, sayings)
    return _records(page, words, sayings, references, body_start, _persons(lexicon))


def _persons(lexicon: Lexicon) -> frozenset[str]:
    """Nouns for persons by what they do: "ambassador", "reporter"."""
    roles = (row.role for row in lexicon.roles if row.kind == "person")
    return frozenset([*roles, *(words for office in lexicon.offices for words in office.words)])


# --- which words belong to which saying -------------------------------------------------------------------------------

# where two sayings claim the same words, the construction that is told more surely wins
_RANK = {
    "quote": 0, "phrase": 1, "aside": 1, "as": 1, "clause": 2, "infinitive": 3, "noun": 4, "noun cue": 5, "adverb": 6,
}  # fmt: skip
_ROUND = 40  # sayings of one unit that are compared with each other; more come only from broken text


def _apart(page: Page, sayings: Sequence[Saying]) -> list[Saying]:
    """The sayings without doubles; one inside another stays where it is itself a report of speech."""
    by_unit: dict[int, list[Saying]] = {}
    for saying in sayings:
        by_unit.setdefault(page.unit_at[saying.head], []).append(saying)
    out: list[Saying] = []
    for found in by_unit.values():
        _part_participles(page, found)
        group = _without_carriers(page, found)
        kept: list[Saying] = []
        for saying in sorted(group, key=lambda s: (_RANK[s.frame], s.head)):
            if not any(_covers(other, saying) for other in kept[-_ROUND:]):
                kept.append(saying)
        _part_nested(page, kept)
        out.extend(s for s in kept if not any(_swallows(page, o, s) for o in kept[:_ROUND] if o is not s))
    out.sort(key=lambda s: s.head)
    return out


def _part_participles(page: Page, group: Sequence[Saying]) -> None:
    """Give ", adding that ..." and "and vowed to ..." back to whoever says what stands before."""
    after = {s.head - 1: s for s in group}
    for saying in group:
        if saying.frame != "clause" or not saying.speech:
            continue
        joined = after.get(saying.content[-1][1])
        if (
            joined is not None
            and page.tokens[joined.head - 1].lower == "and"
            and page.tokens[joined.head].dep == "conj"
        ):
            joined.speaker = saying.speaker
        for other in group[:_ROUND]:
            i = other.head
            a, b = saying.content[-1]
            if not (a < i < b and page.tokens[i].tag == "VBG" and page.tokens[i - 1].text == ","):
                continue
            judges = other.frame == "noun" and other.judges and other.act != "belief"
            if (judges or (other.speech and other.frame in ("clause", "quote"))) and page.tokens[i].dep == "advcl":
                saying.content[-1] = page.trimmed(a, i)
                other.speaker = saying.speaker


def _part_nested(page: Page, group: Sequence[Saying]) -> None:
    """Take ", the palace said" out of what "the envoy warned that ..." holds: the palace tells of the envoy."""
    some = group[:_ROUND]
    outers = [(s, s.clause) for s in some if s.clause is not None and s.frame != "as"]
    for outer, (first, last) in sorted(outers, key=lambda o: -o[1][0]):
        aside = last >= page.unit(outer.head).last - 1 or not page.parsed.kids(outer.head, "mark")
        for saying in some:
            if saying is outer or not outer.holds(saying.head):
                continue
            if not aside and page.left[saying.head] <= outer.head <= page.right[saying.head]:
                continue
            if any(a < last and first < b for a, b in saying.content):
                cut = [
                    (max(a, c), min(b, d))
                    for a, b in saying.content
                    for c, d in outer.content
                    if max(a, c) < min(b, d) and (c > last) <= (saying.head > last or len(outer.content) > 1)
                ]
                saying.content = page.kept(*cut) or saying.content


def _without_carriers(page: Page, group: list[Saying]) -> list[Saying]:
    """The sayings without verbs whose object reports: "issued a statement saying", "declared her wish to"."""
    nouns = {s.cue[0] for s in group if s.cue is not None and s.frame == "noun cue" and s.cue[0] != s.head}
    told = [s for s in group[:_ROUND] if s.frame in ("clause", "quote") and page.tokens[s.head].dep == "acl"]
    heads = {s.head for s in group}
    return [
        s
        for s in group
        if not (s.frame == "adverb" and page.tokens[s.head].head in heads)  # "reportedly said"
        and (
            s.frame != "noun" or not (s.head in nouns or any(s.holds(t.head) and t.speaker == s.speaker for t in told))
        )
    ]


def _covers(other: Saying, saying: Saying) -> bool:
    """Whether a surer saying leaves nothing for this one."""
    shared = sum(max(0, min(b, d) - max(a, c)) for a, b in saying.content for c, d in other.content)
    if other.holds(saying.head) or (saying.holds(other.head) and other.size < saying.size):
        return False
    return shared * 10 >= 9 * saying.size or (shared > 0 and saying.frame == "noun cue")


def _swallows(page: Page, outer: Saying, saying: Saying) -> bool:
    """Whether a saying inside another, or inside its reporting clause, is no report of its own."""
    if outer.holds(saying.head) and outer.size > saying.size:
        return not (saying.speech or saying.frame == "phrase")
    in_clause = outer.clause is not None and outer.clause[0] <= saying.head < outer.clause[1]
    return in_clause and saying.frame in ("noun", "infinitive") and page.tokens[saying.head].tag != "VBG"


# --- records ----------------------------------------------------------------------------------------------------------


def _records(
    page: Page,
    words: ReportingWords,
    sayings: Sequence[Saying],
    references: References,
    body_start: int,
    persons: frozenset[str],
) -> list[Statement]:
    """The sayings as records, in order, with what the title tells twice left out."""
    outer = _containers(sayings)
    found: list[Statement] = []
    for number, saying in enumerate(sayings):
        content = _content(page, saying)
        if not content or _nothing_told(page, references, persons, saying):
            continue
        speakers = _speakers(saying, references)
        cue = saying.cue
        channel, person = channel_of(page, words, saying, sayings[outer[number]] if number in outer else None)
        addressee = saying.addressee if saying.addressee is not None else person
        found.append(
            Statement(
                id=str(number),
                kind=_kind(page, saying),
                act=act_of(page, words, references, saying, speakers),
                speaker=speakers[0] if speakers else None,
                cue=(page.tokens[cue[0]].start, page.tokens[cue[1] - 1].end) if cue else None,
                content=tuple(content),
                addressee=None if addressee is None else _spoken_to(page, references, addressee),
                channel=channel,
                evidence=_evidence(page, saying),
                speakers=speakers,
                within=str(outer[number]) if number in outer else None,
                reason=saying.reason or None,
            )
        )
    kept = _without_repeats(page, found, body_start)
    kept.sort(key=lambda s: min(s.content[0][0], s.cue[0] if s.cue else s.content[0][0]))
    names = {s.id: f"s{n}" for n, s in enumerate(kept, 1)}
    return [msgspec.structs.replace(s, id=names[s.id], within=names.get(s.within or "")) for s in kept]


_SHORT = 6  # words of somebody's name and office; in more there is something told


def _nothing_told(page: Page, references: References, persons: frozenset[str], saying: Saying) -> bool:
    """Whether the content is only somebody or a pronoun, and nothing is said against or for them ("mentioned him")."""
    if saying.frame != "noun" or saying.judges:
        return False
    words = [page.tokens[k] for a, b in saying.content for k in range(a, b) if page.tokens[k].pos != "PUNCT"]
    if any(page.quote_at[t.i] >= 0 for t in words):
        return False
    if all(t.pos in ("PRON", "DET") for t in words):
        return True
    if (
        saying.judges
        or len(words) > _SHORT
        or any(t.pos not in ("PROPN", "NOUN", "DET", "ADJ", "PRON", "PART", "CCONJ") for t in words)
    ):
        return False
    head = next((t for t in words if not any(t.head == other.i for other in words)), words[-1])
    known = references.of(head.i)
    if not known:
        return all(t.pos == "PROPN" for t in words) or head.lemma.lower() in persons
    return all(p.role or p.office or p.via in ("name", "repair", "pronoun") for p in known)


def _spoken_to(page: Page, references: References, k: int) -> Participant:
    """The one spoken to, without a participle that the parser takes for a part of the name ("addressing students")."""
    found = references.anyone(k)
    first = page.parsed.at(found.span[0])
    if found.via != "description" or first >= k or page.tokens[first].lower not in ("addressing", "answering"):
        return found
    start = page.tokens[first + 1].start
    text = page.text[start : found.span[1]]
    return msgspec.structs.replace(found, text=text, span=(start, found.span[1]), name=text if found.name else None)


def _containers(sayings: Sequence[Saying]) -> dict[int, int]:
    """For each saying told inside another one, the number of the innermost that holds it."""
    sizes = [s.size for s in sayings]
    innermost: dict[int, int] = {}
    for n in sorted(range(len(sayings)), key=sizes.__getitem__):
        for a, b in sayings[n].content:
            for k in range(a, b):
                innermost.setdefault(k, n)
    out: dict[int, int] = {}
    for n, saying in enumerate(sayings):
        at = innermost.get(saying.cue[0] if saying.cue else saying.head)
        if at is not None and at != n and sizes[at] > sizes[n]:
            out[n] = at
    return out


def _speakers(saying: Saying, references: References) -> tuple[Participant, ...]:
    """Who speaks; for words without a cue, whoever spoke before."""
    for _ in range(_ROUND):
        if saying.speaker is not None or saying.follows is None:
            break
        saying = saying.follows
    if saying.speaker is None:
        return ()
    return references.of(saying.speaker) or (references.anyone(saying.speaker),)


def _content(page: Page, saying: Saying) -> list[Span]:
    """Characters of the content. Marks that enclose a whole piece, and a comma before the closing one, are left out."""
    out: list[Span] = []
    for a, b in sorted(saying.content):
        if b <= a:
            continue
        start, end = page.tokens[a].start, page.tokens[b - 1].end
        q = page.quote_at[a]
        if (a, b) in page.nested or (q >= 0 and q == page.quote_at[b - 1]):
            inner = page.nested[a, b].inner if (a, b) in page.nested else page.quotes[q].inner
            start, end = max(start, inner[0]), min(end, inner[1])
            while end > start and (page.text[end - 1].isspace() or page.text[end - 1] == ","):
                end -= 1
            while start < end and page.text[start].isspace():
                start += 1
        if end > start and out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        elif end > start:
            out.append((start, end))
    return out


def _kind(page: Page, saying: Saying) -> StatementKind:
    if saying.frame == "turn":
        return "direct"
    quoted = {page.quote_at[k] >= 0 for a, b in saying.content for k in range(a, b) if page.tokens[k].pos != "PUNCT"}
    return "mixed" if len(quoted) == 2 else "direct" if quoted == {True} else "indirect"


def _evidence(page: Page, saying: Saying) -> tuple[Span, ...]:
    """The units in which the cue and the content stand."""
    units = {page.unit_at[saying.head]} | {page.unit_at[k] for a, b in saying.content if b > a for k in (a, b - 1)}
    bounds = [page.units[u] for u in sorted(units)]
    return tuple((page.tokens[u.first].start, page.tokens[u.last - 1].end) for u in bounds)


def _without_repeats(page: Page, found: Sequence[Statement], body_start: int) -> list[Statement]:
    """The statements without those of the title of which the body tells the greater part."""
    title = [s for s in found if s.content[0][0] < body_start]
    if not title:
        return list(found)
    told = [_content_words(page, s) for s in found if s.content[0][0] >= body_start]
    out = [s for s in found if s.content[0][0] >= body_start]
    for statement in title:
        words = _content_words(page, statement)
        if words and not any(len(words & other) * 10 >= len(words) * 6 for other in told):
            out.append(statement)
    return out


def _content_words(page: Page, statement: Statement) -> set[str]:
    out: set[str] = set()
    for start, end in statement.content:
        k = page.parsed.at(start)
        while k < len(page.tokens) and page.tokens[k].start < end:
            token = page.tokens[k]
            if token.pos in ("NOUN", "PROPN", "VERB", "ADJ", "NUM"):
                out.add(token.lemma.lower())
            k += 1
    return out
