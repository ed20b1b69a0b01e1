"""The lines of PETRARCH and TABARI dictionaries as entries: a phrase, its synonyms, its codes with their dates.

    ALAN_SMITHEE_  ; a comment
    +AL_SMITHEE_
        [USAELI <010120]
        [USAGOV 010120-050119]
        [USAELI >050119]

What cannot be read comes back as LeftOut, never lost.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dragoman.lexicon.bring import LeftOut

REASONS = {
    "unreadable_line": "the line is none that a dictionary of this kind has",
    "unreadable_code": "what stands in the brackets is no code with an optional date",
    "no_code": "no code stands with the phrase",
    "null_code": "the dictionary itself says that this is to be passed over",
    "several_codes": "one phrase for several actors at a time",
}


class Code(NamedTuple):
    """A code and the days on which it holds, ISO; an empty side is open."""

    code: str
    from_: str
    to: str
    where: str


class Entry(NamedTuple):
    """One phrase, other phrases for the same, and what they are coded as."""

    where: str
    phrase: str
    synonyms: tuple[tuple[str, str], ...]  # (phrase, where)
    codes: tuple[Code, ...]


_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_CODE = re.compile(
    r"(?P<code>[A-Z~/-]+)\s*(?:(?P<sign>[<>])\s*(?P<one>\d{8}|\d{6})"
    r"|(?P<first>\d{8}|\d{6})\s*-\s*(?P<last>\d{8}|\d{6}))?"
)
# a year of two digits is read as PETRARCH reads it
_CENTURY = 30


def entries(lines: Iterable[str], name: str) -> Iterator[Entry | LeftOut]:
    """The entries of an actor dictionary, in order."""
    head: tuple[str, str] | None = None
    synonyms: list[tuple[str, str]] = []
    codes: list[Code] = []
    faulty = False

    def closed() -> Iterator[Entry | LeftOut]:
        if head is None:
            return
        if codes:
            yield Entry(head[1], head[0], tuple(synonyms), tuple(codes))
        elif not faulty:
            yield LeftOut(head[1], head[0], "no_code")

    for where, line in plain_lines(lines, name):
        if line.startswith("["):
            if head is None:
                yield LeftOut(where, line, "unreadable_line", "a code before any phrase")
                continue
        elif line.startswith("+"):
            phrase = _BRACKETS.sub("", line[1:]).strip()
            if head is None or not phrase:
                yield LeftOut(where, line, "unreadable_line", "a synonym before any phrase")
                continue
            synonyms.append((phrase, where))
        elif line[0].isalpha() or line[0] in "'\"._0123456789":
            yield from closed()
            head, synonyms, codes, faulty = (_BRACKETS.sub("", line).strip(), where), [], [], False
            if "]" in _BRACKETS.sub("", line) or "[" in _BRACKETS.sub("", line):
                yield LeftOut(where, line, "unreadable_code", "a bracket that does not close")
                head = None
                continue
        else:
            yield LeftOut(where, line, "unreadable_line")
            continue
        for found in _BRACKETS.findall(line):
            code = read_code(found, where)
            if isinstance(code, LeftOut):
                faulty = True
                yield code._replace(words=f"{head[0] if head else ''} [{found}]")
            else:
                codes.append(code)
    yield from closed()


def plain_lines(lines: Iterable[str], name: str) -> Iterator[tuple[str, str]]:
    """(file:line, what stands on it) without comments and empty lines."""
    inside = False
    for number, line in enumerate(lines, 1):
        rest = line.replace("\ufeff", "")
        kept = ""
        while rest:
            if inside:
                _, ended, rest = rest.partition("-->")
                inside = not ended
            else:
                before, begun, rest = rest.partition("<!--")
                kept += before
                inside = bool(begun)
        # a code may not hold either sign, so what stands behind them is a comment wherever they stand
        kept = re.split(r"[#;]", kept, maxsplit=1)[0].strip()
        if kept:
            yield f"{name}:{number}", kept


def read_code(text: str, where: str) -> Code | LeftOut:
    """What stands in brackets: `AFGGOV`, `AFGGOV <060321`, `AFGGOV >20060321`, `AFGGOV 011001-060321`."""
    text = text.strip()
    if text in ("---", "", "###"):
        return LeftOut(where, text, "null_code")
    found = _CODE.fullmatch(text.upper())
    if found is None:
        return LeftOut(where, text, "unreadable_code")
    if "/" in found["code"]:
        return LeftOut(where, text, "several_codes")
    try:
        one = _day(found["one"]) if found["one"] else None
        first = _day(found["first"]) if found["first"] else None
        last = _day(found["last"]) if found["last"] else None
    except ValueError:
        return LeftOut(where, text, "unreadable_code", "no such day")
    if one is not None and found["sign"] == "<":
        last = one - dt.timedelta(days=1)  # "before": its first day is the first on which it holds no more
    elif one is not None:
        first = one + dt.timedelta(days=1)
    if first and last and first > last:
        return LeftOut(where, text, "unreadable_code", "the days run backwards")
    return Code(found["code"], first.isoformat() if first else "", last.isoformat() if last else "", where)


def _day(digits: str) -> dt.date:
    if len(digits) == 8:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    year = int(digits[:2])
    return dt.date(year + (2000 if year <= _CENTURY else 1900), int(digits[2:4]), int(digits[4:]))
