"""From raw text to lines worth judging: characters made plain, wrapped lines and torn sentences joined again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

# C0 and C1 controls but for tab and line feed, soft hyphen, zero-width and bidi marks, lone surrogates, noncharacters
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_LONE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\t\x1f \xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_END = re.compile(r"[.!?…。！？।۔][\"'”’»)\]]*$")
_CLOSING = re.compile(r"[,;:.!?…)\]}%’”»]")
# a place, an agency, or both, on a line of their own: "(Agency)", "GENEVA (Agency) -", "Oslo, Norway —"
_OPENING = re.compile(r"(?:[A-Z][\w.’'-]*(?:,? [A-Z][\w.’'-]*){0,4} ?)?(?:\([A-Z][^():]{1,30}\) ?[-–—]{0,2}|[–—]|--)$")
_INITIAL = re.compile(r"([A-Z]) ([a-z]{2,})\b")
_ONE_LETTER_WORDS = "AIOXKUETQVCSGJ"  # or that are names of things: K pop, E mail, X ray, G minor
_WORDS = re.compile(r"\w+")
_WORDLIKE = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on one line, or on several that belong together. `gap`: a blank line stood before it."""

    text: str
    gap: bool
    pieces: int = 1


def tidy(text: str) -> str:
    """The text with line ends, spaces and unseen characters made plain; what can be read is untouched."""
    text = _BREAKS.sub("\n", text)
    text = _UNSEEN.sub("", text)
    return whole(text)


def whole(text: str) -> str:
    """The text with a sign in place of each half of a character, which no encoding can write."""
    return _LONE.sub("\ufffd", text)


def plain(text: str) -> str:
    """One line: tidy, no line ends, no runs of spaces."""
    return " ".join(tidy(text).split())


def fold(text: str) -> str:
    """The words alone, in small letters: the same for two texts that differ in marks and spaces only."""
    return " ".join(_WORDS.findall(text.casefold()))


def lines(text: str, *, standing: Callable[[str], bool], open_words: frozenset[str]) -> list[Line]:
    """The lines of a text, joined where a sentence was torn.

    `standing` says of a line that it is furniture by itself and joins nothing.
    """
    raw = _split(tidy(text))
    if _hard_wrapped(raw):
        raw = _unwrap(raw, standing)
    found = _mend([line for line, _ in raw], standing, open_words)
    return [replace(line, text=whole_initial(line.text, text)) for line in found]


def whole_initial(paragraph: str, everything: str) -> str:
    """The paragraph with its first word made whole, where a large initial had torn it: "O slo and Santiago ..."."""
    torn = _INITIAL.match(paragraph)
    if torn is None or paragraph.count(" ") < 8:
        return paragraph
    word = torn[1] + torn[2]
    known = re.search(rf"\b{re.escape(word)}\b", everything) is not None
    return word + paragraph[torn.end() :] if known or torn[1] not in _ONE_LETTER_WORDS else paragraph


def ends_sentence(text: str) -> bool:
    """Whether the line ends as a sentence does."""
    return bool(_END.search(text))


def _split(text: str) -> list[tuple[Line, int]]:
    found: list[tuple[Line, int]] = []
    gap = False
    for row in text.split("\n"):
        line = _SPACES.sub(" ", row)
        indent = len(row) - len(row.lstrip())
        line = line.strip()
        if not line:
            gap = True
            continue
        found.append((Line(line, gap), indent))
        gap = False
    return found


def _hard_wrapped(raw: list[tuple[Line, int]]) -> bool:
    """Whether the text was broken at a column: many lines are full, none is much longer."""
    sizes = [len(line.text) for line, _ in raw]
    if len(sizes) < 3:
        return False
    width = max(sizes)
    if not 40 <= width <= 120:
        return False
    runs = [(a, b) for (a, _), (b, _) in pairwise(raw) if not b.gap]
    inside = [(a, b) for a, b in runs if len(a.text) >= 0.6 * width]
    if not inside or len(inside) < 0.4 * len(runs):
        return False
    torn = sum(1 for a, b in inside if _overflows(a.text, b.text, width) and not _END.search(a.text))
    return torn >= max(2, 0.5 * len(inside))


def _overflows(before: str, after: str, width: int) -> bool:
    return len(before) + 1 + len(after.split(" ", 1)[0]) > width - 2


def _unwrap(raw: list[tuple[Line, int]], standing: Callable[[str], bool]) -> list[tuple[Line, int]]:
    width = max(len(line.text) for line, _ in raw)
    everything = "\n".join(line.text for line, _ in raw)
    out: list[tuple[Line, int]] = []
    last = ""
    for line, indent in raw:
        joins = (
            out
            and not line.gap
            and indent < out[-1][1] + 2
            and (_overflows(last, line.text, width) or (line.text[0].islower() and not _END.search(last)))
            and not (len(line.text) < 0.6 * width and standing(line.text))
        )
        if joins:
            before, first_indent = out[-1]
            text = _join(before.text, line.text, everything)
            out[-1] = (Line(text, before.gap, before.pieces + 1), min(first_indent, indent))
        else:
            out.append((line, indent))
        last = line.text
    return out


def _join(before: str, after: str, everything: str) -> str:
    if before.endswith("-") and len(before) > 1 and before[-2].isalpha() and after[0].islower():
        # a word broken at the margin; kept with its hyphen where the text writes it so elsewhere
        head, tail = before.rsplit(" ", 1)[-1], re.split(r"\W", after, maxsplit=1)[0]
        return before + after if (head + tail) in everything else before[:-1] + after
    if _CLOSING.match(after) or before.endswith(("(", "[", "“", "‘", "«")):
        return before + after
    return before + " " + after


def _mend(found: list[Line], standing: Callable[[str], bool], open_words: frozenset[str]) -> list[Line]:
    """Lines with sentences that links and bold print had torn into pieces put together again."""

    @lru_cache(maxsize=4)
    def stands(text: str) -> bool:
        return standing(text)

    out: list[Line] = []
    at = 0
    count = len(found)
    listed = False
    while at < count:
        line = found[at]
        text, pieces = line.text, line.pieces
        step = at + 1
        # items in small letters under a line that ends in a colon are a list, not one sentence
        listed = bool(out) and (out[-1].text.endswith(":") or listed) and text[0].islower() and not line.gap
        while step < count and pieces < 400:
            following = found[step]
            if following.gap or stands(following.text) or (pieces == 1 and stands(text)):
                break
            after = found[step + 1] if step + 1 < count else None
            if listed and following.text[0].islower():
                break
            if not _torn(text, following.text, after, open_words):
                break
            text = _join(text, following.text, "")
            pieces += following.pieces
            step += 1
        out.append(Line(text, line.gap, pieces))
        at = step
    return out


def _torn(text: str, following: str, after: Line | None, open_words: frozenset[str]) -> bool:
    first = following[0]
    if not _WORDLIKE.search(following):
        # a full stop or a bracket left alone after a link
        if _CLOSING.match(following):
            return len(following) <= 3 and not _END.search(text) and text.count(" ") >= 2
        return len(following) <= 12 and text.count(" ") >= 3 and text.rsplit(" ", 1)[-1] in open_words
    if first in ",;" or (first in ".)" and following[1:2] in ("", " ", ",", ".", "”", '"')):
        return True
    if first in "’'" and following[1:3] in ("s ", "s,", "s"):
        return True
    if _END.search(text) or text.endswith((":", "|", "»", "›")):
        return False
    if text[0] in '“"‘«' and text[-1] in '”"’»':
        return first.islower() and not following.startswith("by ")  # a quotation by itself, as a headline may be
    words, more = text.count(" ") + 1, following.count(" ") + 1
    if words <= 6 and more >= 6 and (_OPENING.match(text) or (first in "–—" and text[0].isupper())):
        return True
    if first.islower() and max(words, more) >= 5:
        return True
    last = text.rsplit(" ", 1)[-1]
    if words >= 4 and (text.endswith((",", "(", "“", " –", " —", " -")) or last in open_words):
        return True
    # a name between two halves of a sentence, as where it was a link
    goes_on = after is not None and not after.gap and (after.text[0].islower() or after.text[0] in ",;.’)")
    return words >= 5 and more <= 12 and goes_on
