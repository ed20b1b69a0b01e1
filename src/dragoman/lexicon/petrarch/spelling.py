"""Phrases in capitals as newspapers write them: particles small, abbreviations in capitals."""

from __future__ import annotations

import re
from collections.abc import Container

_SMALL = frozenset("OF THE AND FOR IN ON TO".split())
_VOWELS = frozenset("AEIOUY")


def written(phrase: str, particles: Container[str] = ()) -> str:
    """`OSAMA_BIN_LADEN_` as "Osama bin Laden", `U.N._` as "U.N."."""
    words = phrase.replace("_", " ").split()
    return " ".join(
        _word(word, first=at == 0, particles=particles, alone=len(words) == 1) for at, word in enumerate(words)
    )


def _word(word: str, *, first: bool, particles: Container[str], alone: bool) -> str:
    if word != word.upper():
        return word  # somebody wrote small letters on purpose
    if not first and (word in _SMALL or word.lower() in particles):
        return word.lower()
    if _abbreviation(word, alone=alone):
        return word
    head, mark, tail = word.partition("-")
    if mark and not first and head.lower() in particles:
        return f"{head.lower()}-{_capital(tail)}"
    return "-".join(_capital(part) for part in word.split("-"))


def _abbreviation(word: str, *, alone: bool) -> bool:
    letters = [c for c in word if c.isalpha()]
    if re.fullmatch(r"(?:\w\.){2,}", word) or re.fullmatch(r"\w\.", word):
        return True
    vowels = sum(c in _VOWELS for c in letters)
    return (
        bool(letters)
        and len(letters) > 1
        and (vowels == 0 or (alone and (len(letters) <= 4 or vowels * 4 < len(letters))))
    )


def _capital(word: str) -> str:
    lower = word[:1] + word[1:].lower()
    if lower.startswith("Mc") and len(lower) > 3:
        return "Mc" + lower[2].upper() + lower[3:]
    if re.match(r"[OD]'\w{2}", lower):
        return lower[:2] + lower[2].upper() + lower[3:]
    return lower
