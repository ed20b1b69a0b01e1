"""Which language a text is in, and whether Dragoman reads it."""

from __future__ import annotations

import math
from functools import lru_cache
from importlib import resources

from dragoman.read import furniture

_LOOK_AT = 2000  # characters; more changes nothing
_SAME = {"pcm": "en", "sco": "en", "wuu": "zh", "yue": "zh"}  # near kin the identifier tells apart and we do not
_SHORT = 160  # under this the identifier is often wrong, and the words of the language decide first


def identify(text: str, *, declared: str | None = None) -> tuple[str | None, float]:
    """The language of the text (ISO 639-1) and how sure that is, from 0 to 1; None where nothing can be told."""
    sample = _sample(text)
    letters = sum(1 for char in sample if char.isalpha())
    if letters < 8:
        return (declared, 0.5) if declared else (None, 0.0)
    english = _english(sample)
    if english >= 0.3 or (letters < _SHORT and english >= 0.12):
        return "en", 0.99 if english >= 0.3 else 0.9
    ranked = _ranked(sample)
    code, share = _SAME.get(ranked[0][0], ranked[0][0]), ranked[0][1]
    if code == "zxx":
        return declared, 0.0  # no language at all
    if letters < _SHORT:
        # a headline of names: no language but the declared one, or English where English is at all likely
        if declared and any(found == declared for found, _ in ranked[:6]):
            return declared, 0.7
        ascii_only = all(ord(char) < 128 for char in sample if char.isalpha())
        if ascii_only and (code == "en" or not _marked(sample, code)):
            return "en", 0.5
    return code, share


def supported() -> frozenset[str]:
    """The languages that have tables."""
    return _supported()


def primary(tag: str | None) -> str | None:
    """`en` of `en-GB`; None for anything that is no language tag."""
    if not tag:
        return None
    code = tag.strip().replace("_", "-").split("-", 1)[0].lower()
    return code if 2 <= len(code) <= 3 and code.isalpha() and code.isascii() else None


@lru_cache(maxsize=1)
def _supported() -> frozenset[str]:
    folder = resources.files("dragoman") / "data" / "lang"
    return frozenset(
        entry.name for entry in folder.iterdir() if entry.is_dir() and (entry / "furniture.toml").is_file()
    )


def _sample(text: str) -> str:
    if len(text) <= _LOOK_AT:
        return text
    # from the beginning, but past a possible foreign title
    return text[200 : 200 + _LOOK_AT]


def _english(sample: str) -> float:
    known = furniture.table("en").function_words
    words = [word.strip(".,;:!?\"'“”‘’()[]").lower() for word in sample.split()]
    words = [word for word in words if word]
    return sum(1 for word in words if word in known) / len(words) if words else 0.0


def _marked(sample: str, code: str) -> bool:
    """Whether several short words in lower case speak for a real sentence of that language rather than for names."""
    small = [word for word in sample.split() if word.islower() and len(word) <= 4]
    return code != "en" and len(small) >= 3


def _ranked(sample: str) -> list[tuple[str, float]]:
    import py3langid

    scores = py3langid.rank(sample)[:10]
    top = scores[0][1]
    weights = [math.exp(max(-60.0, float(score - top))) for _, score in scores]
    total = sum(weights)
    return [(code, weight / total) for (code, _), weight in zip(scores, weights, strict=True)]
