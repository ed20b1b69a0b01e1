"""Where keys and tables stand in a TOML text: the parser of the standard library does not tell."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_\-\".]+)\s*\]\]?")
_KEY = re.compile(r"\s*\"?([A-Za-z0-9_\-]+)\"?\s*=")
_LONG = re.compile(r"\"\"\"|'''")

Lines = dict[tuple[str, int, str], int]


def lines_of(text: str) -> Lines:
    """(table, its number from 0, key) -> line, counted from 1; the key "" is the header. Top level: ("", 0, key)."""
    found: Lines = {}
    counted: dict[str, int] = {}
    table, number = "", 0
    within: str | None = None
    for at, line in enumerate(text.splitlines(), 1):
        marks = _LONG.findall(line.split("#", 1)[0] if within is None else line)
        if within is not None:
            within = None if within in marks else within
            continue
        if header := _HEADER.match(line):
            table = header[2].strip('"')
            number = counted.get(table, -1) + 1 if header[1] == "[[" else 0
            counted[table] = number
            found.setdefault((table, number, ""), at)
        elif key := _KEY.match(line):
            found.setdefault((table, number, key[1]), at)
        if len(marks) % 2:
            within = marks[-1]
    return found
