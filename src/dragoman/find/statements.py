"""Statements: who says, thinks, wants, asks or denies what, and with which words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from dragoman.find.base import References
from dragoman.find.said.reporting import ReportingWords, reporting_words, speaks
from dragoman.find.said.sayings import Saying, find_sayings
from dragoman.find.said.units import DASHES, FRAGMENT, Page, Unit
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed
from dragoman.records import Act, Participant, Span, Statement, StatementKind


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
    sayings = _apart(page, find_sayings(page, words))
    sayings += _headlines(page, sayings, references, body_start)
    sayings = _with_loose_passages(page, sayings)
    return _records(page, words, sayings, references, body_start)


# --- which words belong to which saying -------------------------------------------------------------------------------

# where two sayings claim the same words, the construction that is told more surely wins
_RANK = {"quote": 0, "phrase": 1, "aside": 1, "as": 1, "clause": 2, "infinitive": 3, "noun": 4, "noun cue": 5}
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
        out.extend(s for s in kept if not any(_swallows(page, o, s) for o in kept[:_ROUND] if o is not s))
    out.sort(key=lambda s: s.head)
    return out


def _part_participles(page: Page, group: Sequence[Saying]) -> None:
    """Give ", adding that ..." back to whoever says what stands before it."""
    for saying in group:
        if saying.frame != "clause" or not saying.speech:
            continue
        for other in group[:_ROUND]:
            i = other.head
            a, b = saying.content[-1]
            if not (a < i < b and other.speech and page.tokens[i].tag == "VBG" and page.tokens[i - 1].text == ","):
                continue
            if other.frame in ("clause", "quote") and page.tokens[i].dep == "advcl":
                saying.content[-1] = page.trimmed(a, i)
                other.speaker = saying.speaker


def _without_carriers(page: Page, group: list[Saying]) -> list[Saying]:
    """The sayings without verbs whose object reports: "issued a statement saying", "declared her wish to"."""
    nouns = {s.cue[0] for s in group if s.cue is not None and s.frame == "noun cue" and s.cue[0] != s.head}
    told = [s for s in group[:_ROUND] if s.frame in ("clause", "quote") and page.tokens[s.head].dep == "acl"]
    return [
        s
        for s in group
        if s.frame != "noun" or not (s.head in nouns or any(s.holds(t.head) and t.speaker == s.speaker for t in told))
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


# --- headlines, and passages without a cue ----------------------------------------------------------------------------


def _headlines(page: Page, sayings: Sequence[Saying], references: References, body_start: int) -> list[Saying]:
    """Headline style: "Odeh: no deal before May", and in the title "No deal before May - Odeh"."""
    out: list[Saying] = []
    tokens = page.tokens
    reporting = {s.head for s in sayings}
    for unit in page.units:
        if page.tokens[unit.first].start < body_start:
            trailing = _named_last(page, unit, references, reporting)
            if trailing is not None:
                out.append(trailing)
                continue
        near = range(unit.first + 1, min(unit.first + 9, unit.last - 2))
        colon = next((k for k in near if tokens[k].text == ":" and page.quote_at[k] < 0), None)
        if colon is None:
            continue
        before = range(unit.first, colon)
        if any(k in reporting or (tokens[k].pos in _NOT_IN_NAMES and tokens[k].text not in DASHES) for k in before):
            continue
        head = next((k for k in reversed(before) if tokens[k].pos in ("PROPN", "NOUN", "PRON")), None)
        if head is None or (unit.i and page.units[unit.i - 1].line == unit.line and not page.opens(colon + 1)):
            continue
        quoted = tokens[head].pos == "PROPN" and page.opens(colon + 1)
        named = quoted or (tokens[head].text[0].isupper() and _acts(page, tokens[head].lower, colon))
        content = page.kept((colon + 1, unit.last))
        if content and (named or references.of(head)):
            out.append(
                Saying(colon, (colon, colon + 1), "statement", "colon", content, head, reason="a name and a colon")
            )
    return out


def _named_last(page: Page, unit: Unit, references: References, reporting: set[int]) -> Saying | None:
    """ "No deal before May - Odeh"."""
    tokens = page.tokens
    dash = next(
        (k for k in range(unit.last - 2, max(unit.first + 2, unit.last - 5), -1) if tokens[k].text in DASHES), None
    )
    if dash is None or any(tokens[k].pos != "PROPN" for k in range(dash + 1, unit.last)):
        return None
    head = unit.last - 1
    if any(k in reporting for k in range(unit.first, dash)):
        return None
    if not (references.of(head) or _acts(page, tokens[head].lower, head)):
        return None
    content = page.kept((unit.first, dash))
    return Saying(head, None, "statement", "colon", content, head, reason="a dash and a name") if content else None


_NOT_IN_NAMES = frozenset(["VERB", "AUX", "PUNCT", "NUM", "ADP"])
_AHEAD = 3000  # words of the text that are searched for a name


def _acts(page: Page, name: str, after: int) -> bool:
    """Whether this name is a subject or an owner further on in the text, as names of people are."""
    return any(t.lower == name and t.dep in ("nsubj", "nsubjpass", "poss") for t in page.tokens[after : after + _AHEAD])


def _with_loose_passages(page: Page, sayings: list[Saying]) -> list[Saying]:
    """The sayings, with each passage that has no cue joined to one or made one with its neighbour's speaker."""
    taken = bytearray(len(page.tokens))
    starts: dict[int, Saying] = {}  # unit -> the saying that takes its first words
    ends: dict[int, Saying] = {}  # unit -> the last saying in it that is not inside another
    for saying in sorted(sayings, key=lambda s: s.start):
        for a, b in saying.content:
            taken[a:b] = b"\x01" * (b - a)
            if a <= page.unit(a).first + 1:
                starts.setdefault(page.unit_at[a], saying)
            last = page.unit_at[b - 1]
            if last not in ends or not ends[last].holds(saying.head):
                ends[last] = saying
        ends.setdefault(page.unit_at[saying.head], saying)
    out = list(sayings)
    for unit in page.units:
        for q in page.passages(unit):
            first, last = page.ranges[q]
            if any(taken[first : min(last, first + 2)]):
                continue
            joined = _joined(page, unit, q, starts, ends)
            if joined is None:
                joined = _loose(page, unit, q, starts, ends)
                if joined is None:
                    continue
                out.append(joined)
            taken[first:last] = b"\x01" * (last - first)
            ends[unit.i] = joined
            if unit.quoted:
                starts.setdefault(unit.i, joined)
    out.sort(key=lambda s: s.start)
    return out


def _joined(page: Page, unit: Unit, q: int, starts: dict[int, Saying], ends: dict[int, Saying]) -> Saying | None:
    """The saying that goes on in a passage which is a unit by itself; the passage becomes part of its content."""
    if not unit.quoted:
        return None
    before = ends.get(unit.i - 1)
    if before is not None and unit.line - page.units[unit.i - 1].line <= 1 and before.frame in _WITH_PASSAGES:
        a, b = before.content[-1]
        if page.quote_at[a] >= 0 and page.quote_at[b - 1] >= 0:
            before.content.append(page.ranges[q])
            return before
    after = starts.get(unit.i + 1)
    if after is not None and after.frame in ("aside", "quote"):
        left_open = not page.quotes[q].closed and page.quotes[min(q + 1, len(page.quotes) - 1)].continues
        if left_open or (after.frame == "aside" and page.units[unit.i + 1].line == unit.line):
            after.content.insert(0, page.ranges[q])
            return after
    return None


_WITH_PASSAGES = frozenset(["quote", "aside", "colon", "loose"])


def _loose(page: Page, unit: Unit, q: int, starts: dict[int, Saying], ends: dict[int, Saying]) -> Saying | None:
    """A new saying for a passage without a cue, spoken by whoever speaks or acts before it, or speaks after it."""
    words, long = page.ranges[q], page.words_in[q] > FRAGMENT

    def saying(reason: str, speaker: int | None = None, follows: Saying | None = None, colon: bool = False) -> Saying:
        cue = (words[0] - 1, words[0]) if colon else None
        return Saying(words[0], cue, "statement", "loose", [words], speaker, reason=reason, follows=follows)

    if not unit.quoted:
        handed_over = words[0] > unit.first and page.tokens[words[0] - 1].text == ":"
        if handed_over and long and not page.quotes[q].single:
            subject = _subject_of(page, unit)
            if subject is not None:
                return saying("a colon before the words", subject, colon=True)
        return None
    before = page.units[unit.i - 1] if unit.i else None
    if before is not None and unit.line - before.line <= 1:
        if before.i in ends and page.words_in[q] > 1:
            return saying("follows the speaker's words", follows=ends[before.i])
        subject = _subject_of(page, before) if before.line == unit.line and long else None
        if subject is not None:
            return saying("follows what the speaker did", subject)
    after = page.units[unit.i + 1] if unit.i + 1 < len(page.units) else None
    if after is not None and after.i in starts and after.line - unit.line <= 1 and long:
        return saying("stands before the speaker's words", follows=starts[after.i])
    return None


def _subject_of(page: Page, unit: Unit) -> int | None:
    """The first subject in a unit that can be somebody."""
    for k in range(unit.first, unit.last):
        token = page.tokens[k]
        if token.dep in ("nsubj", "nsubjpass") and page.quote_at[k] < 0 and token.lower not in _NOBODY:
            return k
    return None


_NOBODY = frozenset(["it", "that", "there", "this", "which", "what"])


# --- records ----------------------------------------------------------------------------------------------------------


def _records(
    page: Page, words: ReportingWords, sayings: Sequence[Saying], references: References, body_start: int
) -> list[Statement]:
    """The sayings as records, in order, with what the title tells twice left out."""
    outer = _containers(sayings)
    found: list[Statement] = []
    for number, saying in enumerate(sayings):
        content = _content(page, saying)
        if not content:
            continue
        speakers = _speakers(saying, references)
        cue = saying.cue
        found.append(
            Statement(
                id=str(number),
                kind=_kind(page, saying),
                act=_ACTS.get(saying.act, "statement"),
                speaker=speakers[0] if speakers else None,
                cue=(page.tokens[cue[0]].start, page.tokens[cue[1] - 1].end) if cue else None,
                content=tuple(content),
                addressee=None if saying.addressee is None else references.anyone(saying.addressee),
                channel=_channel(page, words, saying, sayings[outer[number]] if number in outer else None),
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


_ACTS: dict[str, Act] = {"belief": "belief", "intention": "intention", "question": "question", "denial": "denial"}


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
        if q >= 0 and q == page.quote_at[b - 1]:
            inner = page.quotes[q].inner
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
    quoted = {page.quote_at[k] >= 0 for a, b in saying.content for k in range(a, b) if page.tokens[k].pos != "PUNCT"}
    return "mixed" if len(quoted) == 2 else "direct" if quoted == {True} else "indirect"


def _evidence(page: Page, saying: Saying) -> tuple[Span, ...]:
    """The units in which the cue and the content stand."""
    units = {page.unit_at[saying.head]} | {page.unit_at[k] for a, b in saying.content if b > a for k in (a, b - 1)}
    bounds = [page.units[u] for u in sorted(units)]
    return tuple((page.tokens[u.first].start, page.tokens[u.last - 1].end) for u in bounds)


def _channel(page: Page, words: ReportingWords, saying: Saying, outer: Saying | None) -> str | None:
    """The words that tell where it was said: "Twitter", "a joint statement"; those of `outer` are not its own."""
    if saying.cue is None:
        return None
    tokens, unit = page.tokens, page.unit(saying.head)
    for k in range(unit.first, unit.last - 1):
        entries = words.channels.get(tokens[k].lower)
        if not entries or saying.holds(k) or (outer is not None and not outer.holds(k)):
            continue
        for entry in entries:
            end = _channel_end(page, k, entry.rest, unit.last)
            if end is not None:
                return page.text[tokens[k + 1].start : tokens[end].end]
    return None


def _channel_end(page: Page, k: int, rest: Sequence[str], limit: int) -> int | None:
    """The last word of a channel phrase that starts at `k`; an adjective may stand inside ("in a joint statement")."""
    wanted = [w for w in rest if w not in ("a", "an", "the", "its")]
    for m in range(k + 1, min(k + 8, limit)):
        token = page.tokens[m]
        if wanted and wanted[0] in (token.lower, token.lemma.lower()):
            wanted.pop(0)
            if not wanted:
                return m
        elif token.pos not in ("DET", "ADJ", "NOUN", "PROPN", "PRON", "PART", "NUM") and token.text != "-":
            return None
    return None


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
