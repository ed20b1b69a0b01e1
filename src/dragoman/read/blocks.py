"""The visible text of a page, block by block, and what the page's own class names call its parts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from dragoman.read import furniture
from dragoman.read.lines import fold

_BLOCK_NAMES = """
address article aside blockquote br button caption dd details dialog div dl dt fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 header hr label legend li main menu nav ol option p pre section select summary table tbody td th
thead tr ul
"""
BLOCKS = frozenset(_BLOCK_NAMES.split())
_SKIP_NAMES = "script style noscript template svg head iframe textarea object canvas math video audio"
_SKIP = frozenset(_SKIP_NAMES.split())
_NAME = re.compile(r"[A-Za-z][a-z]*|[A-Z]+")
_PART = 1200  # characters: what is longer is no mere part, whatever it is called


def rows(tree: Any) -> Iterator[str]:
    """The text of each block on a line, blank lines between larger blocks. Without recursion: pages can be deep."""
    from lxml import etree  # type: ignore[import-untyped]

    held: list[str] = []
    skipping = None
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment")):
        if event == "comment":
            if skipping is None and element.tail:
                held.append(element.tail)
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        if skipping is not None:
            if event == "end" and element is skipping:
                skipping = None
                if element.tail:
                    held.append(element.tail)
            continue
        if event == "start":
            if tag in _SKIP or element.get("hidden") is not None:
                skipping = element
                continue
            if tag in BLOCKS:
                yield from _flush(held)
            if element.text:
                held.append(element.text)
        else:
            if tag in BLOCKS:
                yield from _flush(held)
                if tag not in ("br", "li", "option", "td", "th", "label", "button"):
                    yield ""
            if element.tail:
                held.append(element.tail)
    yield from _flush(held)


def called(tree: Any, page: list[str]) -> dict[str, str]:
    """Folded text of the small parts that the markup calls bylines, captions, boxes, with the reason to leave it out.

    What stands elsewhere among the rows of the page as well is not in it.
    """
    marks = furniture.table().marks
    parts: dict[Any, str] = {}
    for element in tree.iter():
        names = element.get("class") or element.get("id") if isinstance(element.tag, str) else None
        if not names or len(names) > 300 or len(parts) > 400:
            continue
        kind = next((marks[word] for word in map(str.lower, _NAME.findall(names)) if word in marks), None)
        if kind is None or sum(map(len, islice(element.itertext(), 500))) > _PART:
            continue
        if not any(parent in parts for parent in element.iterancestors()):
            parts[element] = kind.reason
    reasons: dict[str, str] = {}
    here: Counter[str] = Counter()
    for element, reason in parts.items():
        for row in filter(None, rows(element)):
            here[fold(row)] += 1
            reasons.setdefault(fold(row), reason)
    if not reasons:
        return reasons
    everywhere = Counter(folded for row in page if (folded := fold(row)) in reasons)
    return {folded: reason for folded, reason in reasons.items() if everywhere[folded] <= here[folded]}


def _flush(held: list[str]) -> Iterator[str]:
    row = " ".join("".join(held).split())
    held.clear()
    if row:
        yield row
