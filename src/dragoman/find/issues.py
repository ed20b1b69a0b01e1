"""What a text speaks of: phrases of the issues where they stand. The phrases are data (`issues/*.toml`)."""

from __future__ import annotations

from typing import Literal

import msgspec

from dragoman.find.about.phrases import Phrases
from dragoman.find.about.topics import Pointer, Topic, Topics
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed


def find_issues(parsed: Parsed, lexicon: Lexicon) -> Topics:
    """The issues that a text speaks of, phrase by phrase, in order."""
    phrases, contexts = _compiled(lexicon)
    tokens = parsed.tokens
    mentions: list[Topic] = []
    pointers: list[Pointer] = []
    for first, last, entries in phrases.find(parsed, lambda a, b: _whole(parsed, a, b)):
        start, end = tokens[first].start, tokens[last - 1].end
        verb = last - first == 1 and tokens[first].pos in ("VERB", "AUX")
        for entry in entries:
            if verb and not entry.verb:
                continue  # "strikes" is a noun here, "strikes a deal" no topic
            if entry.kind == "topic":
                mentions.append(Topic(entry.issue, first, last, start, end, entry.polarity, entry.clear))
            elif entry.kind == "pointer":
                pointers.append(Pointer(entry.issue, first, last, entry.code))
    return Topics(parsed, tuple(mentions), tuple(pointers), contexts)


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


def _compiled(lexicon: Lexicon) -> tuple[Phrases[_Entry], dict[str, tuple[str, ...]]]:
    """All phrases of all issues in one table, and the contexts of each issue; made once a lexicon."""
    known: tuple[Phrases[_Entry], dict[str, tuple[str, ...]]] | None = lexicon.__dict__.get("issue_phrases")
    if known is not None:
        return known
    entries: list[tuple[str, _Entry]] = []
    for issue in lexicon.issues:
        unmistakable = {w.lower() for w in issue.table.get("clear_words", ())}
        verbs = frozenset(issue.table.get("verb_words", ()))
        for column, polarity in (("words", 0), ("aim_words", 1), ("against_words", -1)):
            for phrase in issue.table.get(column, ()):
                clear = phrase.lower() in unmistakable or _unmistakable(phrase)
                entries.append((phrase, _Entry("topic", issue.key, polarity, clear, verb=phrase in verbs)))
        for phrase in issue.table.get("not_words", ()):
            entries.append((phrase, _Entry("nothing", issue.key)))
        for phrase, code in issue.table.get("regarding", {}).items():
            entries.append((phrase, _Entry("pointer", issue.key, code=code)))
    contexts = {issue.key: tuple(issue.table.get("contexts", ())) for issue in lexicon.issues}
    compiled = Phrases(entries), contexts
    lexicon.__dict__["issue_phrases"] = compiled
    return compiled
