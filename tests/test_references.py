"""Who the words stand for: cases/en/references.toml, one half case by case, the other half counted only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dragoman.find.actors import find_mentions
from dragoman.find.base import References
from dragoman.find.references import resolve
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import fold
from dragoman.parse.base import Parsed, Parser
from dragoman.records import Span

Case = dict[str, Any]
Link = dict[str, Any]

CASES: list[Case] = tomllib.loads((Path(__file__).parent / "cases/en/references.toml").read_text("utf-8"))["case"]
TUNED = [case for case in CASES if not case.get("held_out")]
HELD_OUT = [case for case in CASES if case.get("held_out")]

# just below what was measured on the held-out half; raise them with the engine, lower them only aloud
ACTOR_FLOOR = 0.89
PERSON_FLOOR = 0.80

Read = dict[str, References]


class Answer(NamedTuple):
    actors: frozenset[str]
    names: frozenset[str]
    via: str | None
    remarked: bool


@pytest.fixture(scope="module")
def read(parser: Parser, lexicon: Lexicon) -> Read:
    """The references of every text, by text."""
    out: Read = {}
    for case, parsed in zip(CASES, parser.parse(case["text"] for case in CASES), strict=True):
        day = case.get("published")
        out[case["text"]] = resolve(parsed, find_mentions(parsed, lexicon, published=day), lexicon, published=day)
    return out


@pytest.mark.parametrize("case", TUNED, ids=[case["text"][:50] for case in TUNED])
def test_case(case: Case, read: Read) -> None:
    faults = {told(link): fault(case["text"], link, read) for link in case["links"]}
    known = {told(link) for link in case["links"] if "fault" in link}
    wrong = [f"{link}: {why}" for link, why in faults.items() if why and link not in known]
    assert not wrong, "\n".join(wrong)
    mended = [link for link in known if not faults[link]]
    assert not mended, f"mended, so the `fault` of these links can go: {mended}"


def test_the_held_out_half_is_right_as_often_as_it_was(read: Read) -> None:
    actor, person, lines = rates(HELD_OUT, read)
    report = f"actor {actor:.1%}, person {person:.1%}"
    assert actor >= ACTOR_FLOOR and person >= PERSON_FLOOR, f"{report}; " + "; ".join(lines)


def test_there_is_enough_to_measure() -> None:
    assert len(CASES) >= 200 and sum(len(case["links"]) for case in CASES) >= 400
    assert 2 * len(HELD_OUT) == len(CASES)
    assert sum(case["style"] == "translated" for case in CASES) * 3 >= len(CASES)
    assert not [case["text"] for case in HELD_OUT if any("fault" in link for link in case["links"])]


def test_names_in_dated_cases_are_those_of_the_tables(lexicon: Lexicon) -> None:
    known = {person.name for person in lexicon.people}
    dated = [link["name"] for case in CASES if "published" in case for link in case["links"] if link.get("name")]
    unknown = {name for joined in dated for name in joined.split("|")} - known
    # whom a page itself must tell
    assert unknown <= {"Chad Wolf"}


def rates(cases: Iterable[Case], read: Read) -> tuple[float, float, list[str]]:
    """The share of links with the right actor, of persons with the right name, and a line for each kind of text."""
    actors: dict[str, list[bool]] = {}
    persons: dict[str, list[bool]] = {}
    for case in cases:
        for link in case["links"]:
            found = answer(read[case["text"]], spot(case["text"], link))
            actors.setdefault(case["style"], []).append(_right_actor(found, link))
            if "name" in link:
                persons.setdefault(case["style"], []).append(_right_person(found, link))
    lines = [
        f"{style}: actor {_share(actors[style]):.1%} of {len(actors[style])}, "
        f"person {_share(persons[style]):.1%} of {len(persons[style])}"
        for style in sorted(actors)
    ]
    return _share(list(chain(*actors.values()))), _share(list(chain(*persons.values()))), lines


def fault(text: str, link: Link, read: Read) -> str:
    """What is wrong with the answer for a link; empty when nothing is."""
    found = answer(read[text], spot(text, link))
    out = []
    if not _right_actor(found, link):
        out.append(f"actor {'|'.join(sorted(found.actors)) or 'none'}{'' if found.remarked else ', no remark'}")
    if "name" in link and not _right_person(found, link):
        out.append(f"person {'|'.join(sorted(found.names)) or 'nobody'}")
    if "via" in link and found.via != link["via"]:
        out.append(f"via {found.via}")
    return ", ".join(out)


def answer(references: References, span: Span) -> Answer:
    """Whom the words of a span stand for, asked as the finders ask: by the head of the phrase."""
    parsed = references.parsed
    head = _head(parsed, span)
    joined = any(parsed.tokens[k].end <= span[1] for k in _conjuncts(parsed, head))
    who = references.of(head) if joined else references.alone(head)
    remarked = any(start < span[1] and span[0] < end for (start, end), _ in references.remarks)
    names = frozenset(_plain(p.name) for p in who if p.name)
    return Answer(frozenset(p.actor for p in who if p.actor), names, who[0].via if who else None, remarked)


def spot(text: str, link: Link) -> Span:
    """Where the words of a link stand."""
    found = list(re.finditer(rf"(?<!\w){re.escape(link['words'])}(?!\w)", text))
    return found[link.get("nth", 1) - 1].span()


def told(link: Link) -> str:
    nth = f" ({link['nth']})" if "nth" in link else ""
    return f"{link['words']!r}{nth} = {link['actor'] or 'no actor'}{' ' + link['name'] if link.get('name') else ''}"


def _right_actor(found: Answer, link: Link) -> bool:
    return found.actors == _set(link["actor"]) and (found.remarked or not link.get("remark"))


def _right_person(found: Answer, link: Link) -> bool:
    return found.names == frozenset(map(_plain, _set(link["name"])))


def _set(joined: str) -> frozenset[str]:
    return frozenset(joined.split("|")) if joined else frozenset()


def _plain(name: str) -> str:
    return fold(name).lower()


def _share(right: list[bool]) -> float:
    return sum(right) / len(right) if right else 1.0


def _head(parsed: Parsed, span: Span) -> int:
    """The word of the span that hangs on a word outside it; of several, a noun."""
    inside = [t for t in parsed.tokens if t.start < span[1] and span[0] < t.end]
    numbers = {t.i for t in inside}
    tops = [t for t in inside if (t.head not in numbers or t.head == t.i) and t.dep != "punct"] or inside
    nouns = [t for t in tops if t.pos in ("NOUN", "PROPN", "PRON")]
    return (nouns or tops)[-1 if len(tops) > 1 and tops[0].pos in ("DET", "ADJ", "PROPN") else 0].i


def _conjuncts(parsed: Parsed, i: int) -> list[int]:
    out: list[int] = []
    for token in parsed.kids(i, "conj"):
        out += [token.i, *_conjuncts(parsed, token.i)]
    return out
