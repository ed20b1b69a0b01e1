"""Boxes between the paragraphs: newsletters, links, buttons. What stands in them, and what it costs to run across."""

from __future__ import annotations

from dragoman.read import furniture, shapes
from dragoman.read.lines import ends_sentence
from dragoman.read.prose import Judged, is_paragraph

_PASS = -0.8  # what a line of furniture between two paragraphs costs
_CLOSING = ("comment", "legal", "release_end", "author")  # nothing of the article comes after these
_UNDER = ("sign-off", "date", "byline")
_LONGEST = 9  # lines of a box


def mark(seen: list[Judged]) -> None:
    """Marks what stands in boxes, and makes it cheap to run across a small one between two paragraphs."""
    _passing(seen)
    _boxes(seen)


def _passing(seen: list[Judged]) -> None:
    """Lets one or two lines of furniture between two paragraphs go without counting as a gap."""
    at = 0
    while at < len(seen):
        end = at
        while end < len(seen) and _is_small(seen[end]):
            end += 1
        if 0 < at < end < len(seen) and end - at <= 2 and is_paragraph(seen[at - 1]):
            following = next((row for row in seen[end : end + 2] if row.role != "moment"), None)
            if following is not None and is_paragraph(following):
                for row in seen[at:end]:
                    row.passing, row.score, row.barrier = True, _PASS, 0.0
        at = max(end, at + 1)


def _boxes(seen: list[Judged]) -> None:
    """Lets a box between two paragraphs count for little, and its lines for links."""
    at = 0
    while at < len(seen):
        head = seen[at]
        if head.match is None or not head.match.kind.ends or head.match.kind.name in _CLOSING:
            at += 1
            continue
        end = at + 1
        while end < len(seen) and end - at <= _LONGEST and (seen[end].match is not None or _item(seen[end])):
            end += 1
        if head.match.how == "line" or head.n <= 4:
            for row in seen[at + 1 : end]:
                if row.match is None and row.score > -1.0 and head.match.kind.name == "related":
                    row.score = -1.0
        after = end
        while after < len(seen) and is_paragraph(seen[after]):
            after += 1
        closed = after == len(seen) or seen[after].match is not None or seen[after].role in _UNDER
        before = at - 1
        while before >= max(0, at - 2) and seen[before].match is None and _item(seen[before]):
            before -= 1  # the name of a newsletter over the words that ask for an address
        told = [row for row in seen[end:after] if not shapes.is_about_author(row.text, furniture.table())]
        if before >= 0 and is_paragraph(seen[before]) and told and closed:
            for row in seen[at:end]:
                row.barrier = 0.0
        at = end


def _is_small(row: Judged) -> bool:
    """Whether the line is furniture that is met inside articles: a button, a credit, an advertisement."""
    return row.match is not None and not row.match.kind.ends and not row.match.kind.starts


def _item(row: Judged) -> bool:
    """Whether the line could be a link, a field or a button in a box."""
    return not row.role and row.n <= 14 and not ends_sentence(row.text.rstrip("?!"))
