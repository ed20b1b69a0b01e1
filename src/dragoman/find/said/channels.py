"""Where something was said, and to whom: "on Twitter", "in a letter to the council", "in reply to Holm"."""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.find.said.reporting import Entry, ReportingWords
from dragoman.find.said.saying import Saying
from dragoman.find.said.units import NOMINAL, Page


def channel_of(
    page: Page, words: ReportingWords, saying: Saying, outer: Saying | None
) -> tuple[str | None, int | None]:
    """The words that tell where it was said ("a joint statement"), and the word for the one it was said to.

    What tells it for `outer`, in which the saying stands, does not tell it for the saying.
    """
    if saying.cue is None or saying.frame == "adverb":
        return None, None
    tokens, unit = page.tokens, page.unit(saying.head)
    channel: str | None = None
    person: int | None = None
    for k in range(unit.first, unit.last - 1):
        lower = tokens[k].lower
        if lower not in words.channels and lower not in words.replies:
            continue
        if saying.holds(k) or (outer is not None and not outer.holds(k)):
            continue
        if channel is None:
            channel, found = _channel_at(page, words, k, unit.last)
            person = found if person is None else person
        if person is None:
            person = _answered(page, words, k, unit.last)
    return channel, person if person is None or tokens[person].lower not in _SELF else None


_SELF = frozenset(["himself", "herself", "itself", "themselves", "which", "that", "what", "this", "it"])


def _channel_at(page: Page, words: ReportingWords, k: int, limit: int) -> tuple[str | None, int | None]:
    """A channel whose first word is `k`, and who is at its other end."""
    for entry in words.channels.get(page.tokens[k].lower, ()):
        end = _channel_end(page, k, entry.rest, limit)
        if end is not None:
            text = page.text[page.tokens[k + 1].start : page.tokens[end].end]
            return text, _other_end(page, words, entry, end, limit)
    return None, None


def _other_end(page: Page, words: ReportingWords, entry: Entry, end: int, limit: int) -> int | None:
    """ "a letter to the council", "an interview with the Lantern" """
    if end + 2 >= limit:
        return None
    prep = page.tokens[end + 1]
    if prep.lower != "to" and not (prep.lower == "with" and "to-person" in entry.frames):
        return None
    return _somebody_after(page, words, prep.i, limit)


def _answered(page: Page, words: ReportingWords, k: int, limit: int) -> int | None:
    """ "In reply to Holm", "addressing students", "answering a question from Rell" """
    tokens = page.tokens
    for entry in words.replies.get(tokens[k].lower, ()):
        last = k + len(entry.rest)
        if last < limit and all(tokens[k + 1 + n].lower == word for n, word in enumerate(entry.rest)):
            found = _somebody_after(page, words, last, limit)
            if found is None or tokens[found].lemma.lower() not in words.nouns:
                return found
            asker = next((t.i for t in page.parsed.kids(found, "prep") if t.lower in ("from", "by", "of")), None)
            return None if asker is None else _somebody_after(page, words, asker, limit)
    return None


def _somebody_after(page: Page, words: ReportingWords, k: int, limit: int) -> int | None:
    """The head of the noun phrase right after word `k`."""
    tokens = page.tokens
    kids = page.parsed.kids(k, "pobj", "dobj")
    found = next((t.i for t in kids if k < t.i < limit and t.pos in NOMINAL), None)
    if found is None:
        for m in range(k + 1, min(k + 8, limit)):
            if tokens[m].pos in NOMINAL and (m + 1 >= limit or tokens[m + 1].pos not in ("NOUN", "PROPN", "PART")):
                found = m
                break
            if tokens[m].pos not in ("DET", "ADJ", "NOUN", "PROPN", "PRON", "NUM", "PART"):
                break
    if found is None or tokens[found].lemma.lower() in words.things:
        return None
    return found


def _channel_end(page: Page, k: int, rest: Sequence[str], limit: int) -> int | None:
    """The last word of a channel phrase that starts at `k`; an adjective may stand inside ("in a joint statement")."""
    wanted = [w for w in rest if w not in ("a", "an", "the", "its")]
    for m in range(k + 1, min(k + 8, limit)):
        token = page.tokens[m]
        if wanted and wanted[0] in (token.lower, token.lemma.lower()):
            wanted.pop(0)
            if not wanted:
                return _with_account(page, m, limit)
        elif token.pos not in ("DET", "ADJ", "NOUN", "PROPN", "PRON", "PART", "NUM") and token.text != "-":
            return None
    return None


def _with_account(page: Page, m: int, limit: int) -> int:
    """ "his Facebook page", "the Telegram channel": the last word of the whole."""
    return m + 1 if m + 1 < limit and page.tokens[m + 1].lower in _ACCOUNTS else m


_ACCOUNTS = frozenset(["page", "channel", "account", "feed", "profile", "post", "broadcast", "address"])
