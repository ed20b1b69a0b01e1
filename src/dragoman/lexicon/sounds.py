"""How alike two spellings of a name sound, when each may follow the rules of another language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import combinations, permutations
from typing import Any

from dragoman.lexicon.match import fold

_VOWELS = frozenset("aeiou")
_NEVER = re.compile("(?!)")
_TWICE = re.compile(r"(.)\1+")
_NO_LETTER = re.compile("[^A-Za-z]")
# sounds that may begin two spellings of one name
_FAMILIES = ("kghC", "szSZcCJyt", "vfbpu", "tdcJ", "mn", "lr", "aeiouyh")


class Sounds:
    """The readings of `actors/sounds.toml`: from letters to sounds, and what lies between two of them."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._readings = {name: _reading(rules) for name, rules in table.get("readings", {}).items()}
        self._of_state = {code: name for name, codes in table.get("states", {}).items() for code in codes}
        self._page = [name for name in table.get("page", ()) if name in self._readings]
        self._prefixes = tuple(table.get("prefixes", ()))
        self.prefixes = frozenset(self._prefixes)
        close = table.get("close", {})
        self._vowel, self._loose = float(close.get("vowel", 1)), float(close.get("loose", 1))
        self._breath, self._swap = float(close.get("breath", 1)), float(close.get("swap", 2))
        self._close = {
            frozenset(pair): float(cost) for cost, pairs in close.items() if isinstance(pairs, list) for pair in pairs
        }
        self._close |= {
            frozenset(pair): self._vowel for pair in combinations("aeiou", 2) if frozenset(pair) not in self._close
        }
        # both ways round, each letter by itself
        self._costs = {p: cost for pair, cost in self._close.items() for p in permutations(pair)}
        self.heard = lru_cache(maxsize=20_000)(self._heard)
        self.own = lru_cache(maxsize=20_000)(self._own)
        self._between = lru_cache(maxsize=100_000)(self._measure)

    def _heard(self, word: str) -> frozenset[str]:
        """What a word on a page may sound like."""
        return self._read(word, self._page)

    def _own(self, word: str, state: str) -> frozenset[str]:
        """What a word of the tables sounds like: by its state's own spelling, and read plainly."""
        return self._read(word, ["plain", self._of_state.get(state, "plain")])

    def _read(self, word: str, names: Iterable[str]) -> frozenset[str]:
        lower = word.lower().replace("’", "").replace("'", "")
        forms = {lower, *(lower[len(p) :].lstrip("-") for p in self._prefixes if lower.startswith(p + "-"))}
        known = [self._readings[name] for name in dict.fromkeys(names) if name in self._readings]
        return frozenset(filter(None, (read(form) for form in forms for read in known)))

    def apart(self, one: Iterable[str], other: Iterable[str]) -> float:
        """How far the nearest of these sounds lie from each other: 0 the same, 1 nothing in common."""
        others = list(other)
        return min((self._between(a, b) for a in one for b in others), default=1.0)

    def _measure(self, a: str, b: str) -> float:
        """The cheapest way from one to the other, by their length; 1 where they begin too differently."""
        longest = max(len(a), len(b))
        if abs(len(a) - len(b)) > longest / 2 or _begins(a).isdisjoint(_begins(b)):
            return 1.0
        if a == b:
            return 0.0
        drops = [self._drop(y) for y in b]
        before: list[float] = []
        row = [0.0]
        for drop in drops:
            row.append(row[-1] + drop)
        close, far = self._costs, FAR * longest
        for i, x in enumerate(a, 1):
            earlier, before = before, row
            gone = self._drop(x)
            left = before[0] + gone
            row = [left]
            for j, y in enumerate(b, 1):
                cost = before[j - 1] if x == y else before[j - 1] + close.get((x, y), 1.0)
                other = before[j] + gone
                if other < cost:  # noqa: PLR1730 - twice as fast as min(), and this is the innermost loop
                    cost = other
                other = left + drops[j - 1]
                if other < cost:  # noqa: PLR1730 - twice as fast as min(), and this is the innermost loop
                    cost = other
                if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y and x != y:
                    cost = min(cost, earlier[j - 2] + self._swap)
                left = cost
                row.append(cost)
            if min(row) > far:
                return 1.0
        return min(1.0, row[-1] / longest)

    def _drop(self, sound: str) -> float:
        if sound in _VOWELS or sound == "y":
            return self._loose
        return self._breath if sound == "h" else 1.0


FAR = 0.6  # names further apart than this have nothing to do with each other


def first_sounds(words: Iterable[str]) -> frozenset[str]:
    """The families of sounds that these begin with."""
    out: set[str] = set()
    for word in words:
        out.update(family for family in _FAMILIES if word[:1] in family)
        out.add(word[:1])
        if word[:1] == "h":
            out.add(word[1:2])  # "Ollande"
    return frozenset(out)


@lru_cache(maxsize=20_000)
def _begins(word: str) -> frozenset[str]:
    return first_sounds((word,))


_KINDS = {"k": "kg", "s": "szSZcCJ", "v": "vfbp", "t": "td", "n": "mn"}
_BONES = str.maketrans({s: kind for kind, sounds in _KINDS.items() for s in sounds} | dict.fromkeys("aeiouyh"))


def bones(sound: str) -> str:
    """The hard sounds of a word by their kinds, which misspellings mostly leave."""
    return _TWICE.sub(r"\1", sound.translate(_BONES))


def _reading(rules: dict[str, str]) -> Callable[[str], str]:
    """A function from a word to its sounds."""
    parts, sounds = [], []
    for letters, sound in sorted(rules.items(), key=lambda rule: -len(rule[0].split("+")[0].strip("^$-")) * 4
                                 - sum(c in rule[0] for c in "^$+-")):  # fmt: skip
        body, _, follows = letters.partition("+")
        core = body.strip("^$-")
        pattern = ("^" if body.startswith("^") else "") + re.escape(core)
        if body.endswith("$"):
            pattern += "$"
        elif body.endswith("-"):
            pattern += "(?![aeiouyäöüéè])"
        elif follows:
            pattern += f"(?=[{follows}])"
        parts.append(f"({pattern})")
        sounds.append(sound)
    joined = re.compile("|".join(parts)) if parts else _NEVER
    plain: dict[str, str] = {}  # a letter by itself

    def read(word: str) -> str:
        said = []
        at = 0
        for found in joined.finditer(word):
            start, end = found.span()
            if end > start:
                said += [plain.get(c) or plain.setdefault(c, fold(c)) for c in word[at:start]]
                said.append(sounds[(found.lastindex or 1) - 1])
                at = end
        said += [plain.get(c) or plain.setdefault(c, fold(c)) for c in word[at:]]
        return _TWICE.sub(r"\1", _NO_LETTER.sub("", "".join(said)))

    return read
