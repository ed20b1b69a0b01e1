"""Headline style: "Odeh: no deal before May", and in the title "No deal before May - Odeh", "No deal, says Odeh"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from dragoman.find.base import References
from dragoman.find.said.saying import Saying
from dragoman.find.said.units import DASHES, Page, Unit


def find_headlines(
    page: Page, sayings: Sequence[Saying], references: References, body_start: int, taken: set[int]
) -> list[Saying]:
    """What is told in headline style, in titles and at the start of lines, outside the units that are `taken`."""
    out: list[Saying] = []
    reporting = {s.head for s in sayings}
    for unit in page.units:
        if unit.i in taken:
            continue
        found: Saying | None = None
        if page.tokens[unit.first].start < body_start:
            found = _named_last(page, unit, references, reporting) or _says_last(page, unit, references, reporting)
        found = found or _named_first(page, unit, references, reporting)
        if found is not None:
            out.append(found)
    return out


def _named_first(page: Page, unit: Unit, references: References, reporting: set[int]) -> Saying | None:
    """ "Odeh: no deal before May", "Odeh on the truce: “It will hold”" """
    tokens = page.tokens
    near = range(unit.first + 1, min(unit.first + 9, unit.last - 2))
    colon = next((k for k in near if tokens[k].text == ":" and page.quote_at[k] < 0), None)
    if colon is None:
        return None
    about = next((k for k in range(unit.first + 1, colon) if tokens[k].lower in ("on", "about")), colon)
    before = range(unit.first, about)
    if any(k in reporting or (tokens[k].pos in _NOT_IN_NAMES and tokens[k].text not in DASHES) for k in before):
        return None
    head = next((k for k in reversed(before) if tokens[k].pos in ("PROPN", "NOUN", "PRON")), None)
    if head is None or (unit.i and page.units[unit.i - 1].line == unit.line and not page.opens(colon + 1)):
        return None
    quoted = tokens[head].pos == "PROPN" and page.opens(colon + 1)
    named = quoted or (tokens[head].text[0].isupper() and _acts(page, tokens[head].lower, colon))
    if not named and not references.of(head):
        return None
    content = page.kept((colon + 1, unit.last))
    if not content:
        return None
    return Saying(colon, (colon, colon + 1), "statement", "colon", content, head, reason="a name and a colon")


def _named_last(page: Page, unit: Unit, references: References, reporting: set[int]) -> Saying | None:
    """ "No deal before May - Odeh", "“No deal” - Lebanese minister" """
    tokens = page.tokens
    near = range(unit.last - 2, max(unit.first + 1, unit.last - 7), -1)
    dash = next((k for k in near if tokens[k].text in DASHES), None)
    if dash is None or tokens[dash].end == tokens[dash + 1].start:
        return None
    name = range(dash + 1, unit.last)
    head = unit.last - 1
    if any(tokens[k].pos not in ("PROPN", "NOUN", "ADJ") for k in name) or any(k in reporting for k in name):
        return None
    if any(k in reporting and page.quote_at[k] < 0 for k in range(unit.first, dash)):
        return None
    if not (references.of(head) or (tokens[head].pos == "PROPN" and _acts(page, tokens[head].lower, head))):
        return None
    content = page.kept((unit.first, dash))
    return Saying(head, None, "statement", "colon", content, head, reason="a dash and a name") if content else None


def _says_last(page: Page, unit: Unit, references: References, reporting: set[int]) -> Saying | None:
    """ "No deal before May, says Odeh": what stands before is no sentence, as is the way of titles."""
    tokens = page.tokens
    near = range(unit.last - 3, max(unit.first + 1, unit.last - 9), -1)
    comma = next((k for k in near if tokens[k].text == ","), None)
    if comma is None or comma + 1 in reporting or not page.speaks(comma + 1):
        return None
    name = range(comma + 2, unit.last)
    if any(tokens[k].pos not in ("PROPN", "NOUN", "ADJ", "DET") and tokens[k].text not in ".'’" for k in name):
        return None
    head = next((k for k in reversed(name) if tokens[k].pos in ("PROPN", "NOUN")), None)
    if head is None or not (references.of(head) or tokens[head].pos == "PROPN"):
        return None
    content = page.kept((unit.first, comma))
    verb = comma + 1
    return Saying(verb, (verb, verb + 1), "statement", "aside", content, head, reason="a title") if content else None


_NOT_IN_NAMES = frozenset(["VERB", "AUX", "PUNCT", "NUM", "ADP"])
_AHEAD = 3000  # words of the text that are searched for a name


def _acts(page: Page, name: str, after: int) -> bool:
    """Whether this name is a subject or an owner further on in the text, as names of people are."""
    places = page.doers.get(name, ())
    first = bisect_left(places, after)
    return first < len(places) and places[first] < after + _AHEAD
