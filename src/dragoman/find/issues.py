"""What a text speaks of: phrases of the issues where they stand. The phrases are data (`issues/*.toml`).

A phrase may give alternatives, "(close|shut) the border". "sailor|doctor ~ release|free" means one of the words behind
the mark where it is done to one of those before it: "released the two sailors", "the release of our doctors".
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from dragoman.find.about.phrases import Phrases
from dragoman.find.about.topics import Pointer, Topic, Topics
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed, Token


def find_issues(parsed: Parsed, lexicon: Lexicon) -> Topics:
    """The issues that a text speaks of, phrase by phrase, in order."""
    phrases, places, contexts, deeds = _compiled(lexicon)
    tokens = parsed.tokens
    mentions: list[Topic] = []
    pointers = [
        Pointer(place.issue, first, last, place.code) for first, last, found in places.find(parsed) for place in found
    ]
    nothing: set[tuple[str, int]] = set()
    for first, last, entries in phrases.find(parsed, lambda a, b: _whole(parsed, a, b)):
        start, end = tokens[first].start, tokens[last - 1].end
        verb = last - first == 1 and tokens[first].pos in ("VERB", "AUX")
        for entry in entries:
            if verb and not entry.verb:
                continue  # "strikes" is a noun here, "strikes a deal" no topic
            if entry.kind == "topic":
                mentions.append(Topic(entry.issue, first, last, start, end, entry.polarity, entry.clear))
            else:
                nothing.update((entry.issue, k) for k in range(first, last))
    for thing, topic in _deeds(parsed, deeds):
        if (topic.issue, thing) in nothing:
            continue
        # "the massacre of" may still be about anything
        mentions = [
            t for t in mentions if t.last - t.first > 2 or not _open(parsed, t) or not t.first <= thing < t.last
        ]
        longer = [t for t in mentions if t.last - t.first > 1 and t.issue != topic.issue and not t.deed]
        if any(t.first <= word < t.last for t in longer for word in (thing, topic.first)):
            continue  # "build a gas line" is no railway line
        if any(
            t.issue == topic.issue and t.polarity and t.last - t.first > 2 and t.first <= topic.first < t.last
            for t in mentions
        ):
            continue  # "non-interference in internal affairs"
        # "cut emissions": the deed says it all
        mentions = [t for t in mentions if t.issue != topic.issue or t.deed or not t.first <= thing < t.last]
        mentions.append(topic)
    mentions = [t for t in mentions if not _about_another(parsed, t, mentions)]
    mentions.sort(key=lambda t: (t.first, t.last))
    return Topics(parsed, tuple(mentions), tuple(pointers), contexts)


def _open(parsed: Parsed, topic: Topic) -> bool:
    return parsed.tokens[topic.last - 1].pos == "ADP"


def _about_another(parsed: Parsed, topic: Topic, mentions: list[Topic]) -> bool:
    """Whether an open phrase is filled by another issue: "an attack on | the freedom of the press".

    A name alone is no topic where it only tells whose another topic is: "the peace plan of the African Union".
    """
    if all(parsed.tokens[k].pos in ("PROPN", "DET", "ADP", "CCONJ") for k in range(topic.first, topic.last)):
        above = {t.i for t in parsed.ancestors(topic.last - 1)}
        return any(
            t.issue != topic.issue and above & set(range(t.first, t.last)) and not _open(parsed, t) for t in mentions
        )
    if not _open(parsed, topic):
        return False
    below = {t.i for t in parsed.kids(topic.last - 1, "pobj", "pcomp")}
    return any(t.issue != topic.issue and below & set(range(t.first, t.last)) for t in mentions)


def _deeds(parsed: Parsed, deeds: _Deeds) -> Iterator[tuple[int, Topic]]:
    """The words that tell what is done to something, where both stand together, and the word of that thing."""
    done: set[tuple[int, str]] = set()
    for token in parsed.tokens:
        if token.pos not in ("NOUN", "PROPN", "PRON", "NUM", "ADJ"):
            continue
        for name in _names(parsed, token):
            known = deeds.get(name)
            if known is None:
                continue
            above = _governing(parsed, token)
            for word in (above, *_joined(parsed, above)) if above is not None else ():
                for entry in _entries(parsed, word, known):
                    if (word.i, entry.issue) not in done:
                        done.add((word.i, entry.issue))
                        topic = Topic(
                            entry.issue,
                            word.i,
                            word.i + 1,
                            word.start,
                            word.end,
                            entry.polarity,
                            entry.clear,
                            deed=True,
                        )
                        yield token.i, topic
            break


def _names(parsed: Parsed, token: Token) -> Iterator[str]:
    """How the tables may name a thing: "asylum seeker", "seeker", and "*" for anything."""
    before = parsed.tokens[token.i - 1] if token.i else None
    if before is not None and before.head == token.i:
        yield f"{before.lower} {token.lemma.lower()}"
    yield token.lemma.lower()
    yield token.lower
    yield "*"


def _entries(parsed: Parsed, word: Token, known: dict[str, list[_Entry]]) -> list[_Entry]:
    particle = next((t.lower for t in parsed.kids(word.i, "prt")), "")
    if particle:
        return known.get(f"{word.lemma.lower()} {particle}", [])
    after = [t.lower for t in parsed.kids(word.i, "advmod", "prep") if t.i > word.i]
    stem = word.lower[:-3] if word.lower.endswith("ing") else word.lower
    for form in (*(f"{word.lemma.lower()} {p}" for p in after), word.lemma.lower(), word.lower, stem, stem + "e"):
        if form in known:
            return known[form]
    return []


def _governing(parsed: Parsed, token: Token) -> Token | None:
    """The verb or noun that has `token` as its object: "release them", "their release", "arms deliveries"."""
    for _ in range(6):
        above = parsed.head(token.i)
        if above.i == token.i:
            return None
        if token.dep in ("dobj", "nsubjpass", "compound", "poss", "amod", "nmod", "oprd"):
            return above
        if token.dep == "nsubj" and above.tag == "VB" and above.dep in ("ccomp", "xcomp"):
            return above  # "let the convoys through", "proposed that the ministers meet"
        if token.dep == "pobj":
            over = parsed.head(above.i)
            if above.lower == "of" and over.lemma in _MEASURES:
                token = over
                continue
            return over if above.lower in _OBJECT_OF or above.dep == "prt" or above.lower in _PARTICLES else None
        if token.dep not in ("conj", "appos"):
            return None
        token = above
    return None


def _joined(parsed: Parsed, above: Token) -> Iterator[Token]:
    """Verbs joined to this one that have no object of their own: "sold or | lent | tanks"."""
    if above.dep == "conj" and above.pos == "VERB" and not parsed.kids(parsed.head(above.i).i, "dobj"):
        yield parsed.head(above.i)


class _Entry(msgspec.Struct, frozen=True):
    """What one phrase stands for. "nothing" blocks a shorter phrase inside it ("trade minister")."""

    kind: Literal["topic", "pointer", "nothing"]
    issue: str
    polarity: int = 0
    clear: bool = False
    code: str = ""
    verb: bool = False


def _whole(parsed: Parsed, first: int, last: int) -> bool:
    """Whether a phrase stands as it was meant: not "stop the war | games", nor "the military struck"."""
    end = parsed.tokens[last - 1]
    if last - first > 1 and end.tag in ("VBD", "VBZ", "VBP") and parsed.tokens[first].pos != "VERB":
        return False
    return not (parsed.tokens[first].pos == "VERB" and end.dep == "compound" and end.head >= last)


def _unmistakable(phrase: str) -> bool:
    """Whether a phrase has two words of its own: "attack on", "the war" could still be anything."""
    words = [w for w in phrase.lower().split() if w not in ("the", "a", "an", "our", "its", "their", "his", "her")]
    return len(words) > 1 and words[-1] not in _OPEN_ENDS


_OPEN_ENDS = frozenset(["of", "on", "in", "with", "between", "to", "for", "against", "over", "from"])


_OBJECT_OF = frozenset(["of", "for", "to", "on", "in", "from", "into", "with", "at", "against", "over"])
_PARTICLES = frozenset(["off", "out", "up", "down", "back", "away"])
_MEASURES = frozenset(
    "ton tonne million billion dozen hundred thousand number batch shipment group lot lorry truck plane container tin "
    "sack load".split()
)
_CHOICE = re.compile(r"\(([^()]*)\)")

_Deeds = dict[str, dict[str, list[_Entry]]]
_Compiled = tuple[Phrases[_Entry], Phrases[_Entry], dict[str, tuple[str, ...]], _Deeds]


def _choices(phrase: str) -> Iterator[str]:
    """The phrases that "(close|shut) the border" stands for."""
    pieces = _CHOICE.split(phrase)
    for chosen in itertools.product(*(p.split("|") if n % 2 else [p] for n, p in enumerate(pieces))):
        yield " ".join("".join(chosen).split())


def _compiled(lexicon: Lexicon) -> _Compiled:
    """All phrases of all issues in one table, the contexts of each issue, the deeds; made once a lexicon."""
    known: _Compiled | None = lexicon.__dict__.get("issue_phrases")
    if known is not None:
        return known
    deeds: _Deeds = {}
    entries: list[tuple[str, _Entry]] = []
    pointing: list[tuple[str, _Entry]] = []
    for issue in lexicon.issues:
        unmistakable = {w.lower() for w in issue.table.get("clear_words", ())}
        verbs = frozenset(issue.table.get("verb_words", ()))
        for column, polarity in (("words", 0), ("aim_words", 1), ("against_words", -1)):
            for line in issue.table.get(column, ()):
                objects, mark, governing = line.partition("~")
                if mark:
                    entry = _Entry("topic", issue.key, polarity)
                    for thing, deed in itertools.product(objects.split("|"), governing.split("|")):
                        deeds.setdefault(thing.strip().lower(), {}).setdefault(deed.strip(), []).append(entry)
                    continue
                for phrase in _choices(line):
                    clear = phrase.lower() in unmistakable or _unmistakable(phrase)
                    entries.append((phrase, _Entry("topic", issue.key, polarity, clear, verb=phrase in verbs)))
        for line in issue.table.get("not_words", ()):
            entries.extend((phrase, _Entry("nothing", issue.key)) for phrase in _choices(line))
        for phrase, code in issue.table.get("regarding", {}).items():
            pointing.append((phrase, _Entry("pointer", issue.key, code=code)))
    for dispute in lexicon.disputes:
        pointing.extend(
            (dispute.words, _Entry("pointer", key, code=dispute.regarding)) for key in dispute.issues or ("",)
        )
    contexts = {issue.key: tuple(issue.table.get("contexts", ())) for issue in lexicon.issues}
    compiled = Phrases(entries), Phrases(pointing), contexts, deeds
    lexicon.__dict__["issue_phrases"] = compiled
    return compiled
