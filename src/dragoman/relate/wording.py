"""The words of a report that can tell it from others: stems, figures, what is common and what is rare.

wording = wording(table)                               # the text of data/lang/en/happenings.toml
tokens("Two envoys were thrown out of Tallinn.", wording, without={"tallinn"})
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Mapping

import msgspec

from dragoman.errors import SettingsError
from dragoman.records import Record

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?:st|nd|rd|th)?\b|[^\W\d_]+(?:-[^\W\d_]+)*(?:['’][^\W\d_]+)?")
_RAREST = 0.4  # of 1,000 sentences, for words that the table does not have
_WIDEST = math.log(1000 / _RAREST)
_RECKONED = 20_000  # weights of tokens that are kept for each kind of act
_KEPT = 7  # letters of a stem: what follows is how the word is bent or derived


class Wording(Record, frozen=True):
    """What one language's words weigh beside each other. Keys are stems."""

    shares: Mapping[str, float] = {}  # stem -> in how many of 1,000 sentences it stands
    told: Mapping[str, Mapping[str, float]] = {}  # type, or type and mode -> the same among sentences that tell of it
    ignore: frozenset[str] = frozenset()  # words that say nothing of which act it is
    same: Mapping[str, str] = {}  # stem -> the stem that stands for all that mean the same
    numbers: Mapping[str, int] = {}  # word -> number
    scales: Mapping[str, int] = {}  # word -> what it multiplies the number before it by
    ordinals: Mapping[str, int] = {}
    # acts -> token -> weight, as far as reckoned: reports are held against many others
    reckoned: dict[tuple[str, ...], dict[str, float]] = msgspec.field(default_factory=dict)

    def weight(self, token: str, acts: Collection[str] = ()) -> float:
        """What sharing this token tells, 0 to 1: its rarity (Spärck Jones 1972, Journal of Documentation 28, 11-21).

        `acts` are types, and types with modes, that are known already: what is said of every such act tells little.
        """
        if token.startswith("#"):
            # small numbers stand everywhere; large and odd ones nearly name the act
            share = _RAREST if float(token[1:].rstrip("*")) > 20 else 10 * _RAREST
        else:
            share = self.shares.get(token, _RAREST)
        for act in acts:
            if act in self.told:
                share = max(share, self.told[act].get(token, 0.0))
        return math.log(1000 / max(_RAREST, min(1000.0, share))) / _WIDEST


def wording(table: str) -> Wording:
    """The wording of `data/lang/LANGUAGE/happenings.toml`, given as its text. Raises SettingsError for others."""
    try:
        raw = tomllib.loads(table)
        same = {stem(word): stem(group.split()[0]) for group in raw["same"]["groups"] for word in group.split()}
        shares: dict[str, float] = {}
        for share, words in raw["shares"].items():
            for word in words.split():
                # words that count as one are as common as all of them together
                shares[same.get(word, word)] = shares.get(same.get(word, word), 0.0) + float(share)
        told = {
            act: {word: float(share) for share, words in shared.items() for word in words.split()}
            for act, shared in raw["told"].items()
        }
        return Wording(
            shares=shares,
            told=told,
            ignore=frozenset(stem(word) for word in raw["ignore"]["words"].split()),
            same=same,
            numbers=raw["numbers"],
            scales=raw["scales"],
            ordinals=raw["ordinals"],
        )
    except (KeyError, ValueError, AttributeError, TypeError) as cause:
        raise SettingsError(
            f"the wording cannot be read: {cause}", name="happenings.toml", hint="shares, same, ignore, numbers"
        ) from cause


def tokens(text: str, wording: Wording, *, without: Collection[str] = ()) -> frozenset[str]:
    """Stems of the words, and figures as `#40`, ordinals as `#5*`. `without` are words to leave out, in any case."""
    left_out = {stem(word) for name in without for word in _TOKEN.findall(name.casefold())}
    found: set[str] = set()
    words = _TOKEN.findall(text.casefold())
    at = 0
    while at < len(words):
        figure, used = _figure(words, at, wording)
        if used:
            found.add(figure)
            at += used
            continue
        for part in words[at].split("-"):
            root = stem(part)
            root = wording.same.get(root, root)
            if len(root) > 2 and root not in wording.ignore and root not in left_out:
                found.add(root)
        at += 1
    return frozenset(found)


def figures(found: Collection[str]) -> tuple[str, ...]:
    """The figures among tokens, smallest first; ordinals and the number one are none."""
    plain = (token[1:] for token in found if token.startswith("#") and not token.endswith("*"))
    return tuple(sorted((figure for figure in plain if float(figure) != 1), key=float))


def alike(one: frozenset[str], other: frozenset[str], wording: Wording, acts: Collection[str] = ()) -> float:
    """How much two sets of tokens have in common by weight, 0 to 1 (Ochiai's coefficient)."""
    both = one & other
    if not both:
        return 0.0
    whole = weigh(one, wording, acts) * weigh(other, wording, acts)
    return min(1.0, weigh(both, wording, acts) / math.sqrt(whole)) if whole else 0.0


def weigh(found: Collection[str], wording: Wording, acts: Collection[str] = ()) -> float:
    """The weights of the tokens together."""
    known = wording.reckoned.setdefault(tuple(acts), {})
    if len(known) > _RECKONED:
        known.clear()
    for token in found:
        if token not in known:
            known[token] = wording.weight(token, acts)
    return math.fsum([known[token] for token in found])


def stem(word: str) -> str:
    """The word without its endings, seven letters at most: Harman 1991 (JASIS 42, 7-15), and -ed, -ing too."""
    word = re.sub(r"['’]\w*$", "", word.casefold())
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending, least in (("ing", 6), ("ed", 5)):
        if len(word) >= least and word.endswith(ending):
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
                word = word[:-1]
            break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return word[:_KEPT]


def _figure(words: list[str], at: int, wording: Wording) -> tuple[str, int]:
    """The figure that starts at this word, and how many words it takes; none where there is no figure."""
    word = words[at]
    if word in wording.ordinals:
        return f"#{wording.ordinals[word]}*", 1
    if found := re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word):
        return f"#{int(found[1])}*", 1
    number = _number(word, wording)
    if number is None:
        return "", 0
    used = 1
    while at + used < len(words) and words[at + used] in wording.scales:
        number *= wording.scales[words[at + used]]
        used += 1
    return f"#{number:g}" if number < 1e6 else f"#{number:.0f}", used


def _number(word: str, wording: Wording) -> float | None:
    if word[0].isdigit():
        plain = re.sub(r"[.,](?=\d{3}(?!\d))", "", word).replace(",", ".")
        try:
            return float(plain)
        except ValueError:
            return None
    parts = [wording.numbers.get(part) for part in word.split("-")]
    if any(part is None for part in parts):
        return None
    return float(sum(part for part in parts if part is not None))
