"""An agent dictionary of PETRARCH as roles: the nouns that say for whom somebody acts.

!MINIST! = MINISTER, MINISTERS, MINISTRY
AIRMAN_ {AIRMEN_} [~MIL]
FOREIGN_!MINIST!_ [~GOV]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from dragoman.lexicon.bring import LeftOut
from dragoman.lexicon.crosswalk import cameo_actors, petrarch_words
from dragoman.lexicon.gazetteer import gazetteer
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.petrarch.lines import plain_lines
from dragoman.lexicon.rows import Role, Row

REASONS = {
    "office": "the words of an office, which the tables know",
    "unknown_macro": "the macro is not defined in the file",
    "not_a_role": "an agent that goes with no country, or whose code is no sector",
}

_MACRO = re.compile(r"!([\w-]+)!\s*=\s*(.+)")
_AGENT = re.compile(r"([^\[\]{}]+?)\s*(?:\{([^{}]*)\})?\s*\[([^\[\]]*)\]")


def agents(lines: Iterable[str], name: str, tables: Lexicon) -> Iterator[Row | LeftOut]:
    """The roles that a dictionary's entries become, and what becomes none."""
    known = gazetteer(tables)
    codes = cameo_actors()
    words = petrarch_words()
    macros: dict[str, list[str]] = {}
    for where, line in plain_lines(lines, name):
        macro = _MACRO.fullmatch(line)
        if macro:
            macros[macro[1]] = _singular([w.strip(" _") for w in macro[2].split(",") if w.strip(" _")])
            continue
        found = _AGENT.fullmatch(line)
        if found is None:
            yield LeftOut(where, line, "unreadable_line")
            continue
        code = found[3].strip()
        sector = codes.get(("sector", code.replace("~", "")[:3]))
        if "~" not in code or sector is None or not sector.sector:
            yield LeftOut(where, line, "not_a_role")
            continue
        phrases = _expanded(found[1], macros)
        if not phrases:
            yield LeftOut(where, line, "unknown_macro")
        for phrase in phrases:
            role = " ".join(phrase.replace("_", " ").split()).lower()
            if known.office_at(role.split(), 0) == (len(role.split()), "") or role in known.roles:
                base = known.roles.get(role)
                if base is not None:
                    yield Role(role=role, sector=base.sector, number=base.number, kind=base.kind, where=where)
                    continue
            at = known.office_at(role.split(), 0)
            if at is not None and at[0] == len(role.split()):
                yield LeftOut(where, line, "office", role)
                continue
            yield Role(
                role=role,
                sector=sector.sector,
                number="both",
                kind=_kind(role, words),
                example=words["agents"]["example"].format(role=role),
                where=where,
            )


def _kind(role: str, words: dict[str, Any]) -> str:
    """What a noun names, by the words that tell institutions in actor dictionaries."""
    last = role.rsplit(maxsplit=1)[-1]
    if any(last in words["kinds"][kind] for kind in ("ministry", "parliament", "court", "party")):
        return "body"
    return "group" if any(last in words["kinds"][kind] for kind in ("force", "group", "service")) else "person"


def _expanded(phrase: str, macros: dict[str, list[str]]) -> list[str]:
    """The phrase with every word a macro stands for; none where a macro is unknown."""
    out = [phrase.strip()]
    while out and "!" in out[0]:
        found = re.search(r"!([\w-]+)!", out[0])
        if found is None or found[1] not in macros:
            return []
        out = [one.replace(found[0], word, 1) for one in out for word in macros[found[1]]]
    return out


def _singular(words: list[str]) -> list[str]:
    """The words whose singular is not among them too."""
    ends = {"MEN": "MAN", "IES": "Y", "ES": "", "S": ""}
    own = set(words)
    return [
        word
        for word in words
        if not any(word.endswith(plural) and word[: -len(plural)] + one in own - {word} for plural, one in ends.items())
    ]
