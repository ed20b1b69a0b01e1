"""Capitals: a text in capitals, a headline, a last name in capitals say what the same words say in small type."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dragoman.coder import Coder
from dragoman.records import Article, Reading

CASES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "cases/en/capitals.toml").read_text("utf-8"))
SENTENCES: list[str] = CASES["sentences"] + CASES["headlines"]
HEADLINES: list[str] = CASES["headlines"] + [s.rstrip(".") for s in CASES["sentences"] if "“" not in s]
ALIKE = 0.85
LITTLE = frozenset("of the a an and on in for to from with over by at as".split())


def shout(text: str) -> str:
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


def headline(text: str) -> str:
    words = text.split(" ")
    return " ".join(w if n and w in LITTLE else w[:1].upper() + w[1:] for n, w in enumerate(words))


def read(coder: Coder, texts: list[str]) -> list[Reading]:
    return list(coder.code(Article(id=str(n), text=text) for n, text in enumerate(texts)))


def told(reading: Reading) -> Any:
    """What a record says, without the letters it says it with."""
    events = [
        (e.type, e.mode, e.status, e.trigger, {p.actor for p in e.source}, {p.actor for p in e.target})
        for e in reading.events
    ]
    speakers = [
        (s.kind, s.act, s.content, s.speaker and (s.speaker.actor, (s.speaker.name or "").casefold()))
        for s in reading.statements
    ]
    return events, speakers


def alike(coder: Coder, texts: list[str], others: list[str]) -> list[str]:
    """The texts that say what the other ones say."""
    pairs = zip(texts, read(coder, texts), read(coder, others), strict=True)
    return [text for text, one, other in pairs if told(one) == told(other)]


def test_capitals_say_what_small_letters_say(coder: Coder) -> None:
    good = alike(coder, SENTENCES, [shout(s) for s in SENTENCES])
    assert len(good) >= ALIKE * len(SENTENCES), set(SENTENCES) - set(good)


def test_a_page_in_capitals_says_what_its_lines_say(coder: Coder) -> None:
    page = "\n".join(SENTENCES)
    small, loud = read(coder, [page, shout(page)])
    same = sum(one in told(loud)[0] for one in told(small)[0])
    assert same >= ALIKE * len(small.events) > 10


def test_headlines_say_what_sentences_say(coder: Coder) -> None:
    good = alike(coder, HEADLINES, [headline(s) for s in HEADLINES])
    assert len(good) >= ALIKE * len(HEADLINES), set(HEADLINES) - set(good)


@pytest.mark.parametrize("case", CASES["surnames"], ids=lambda case: case["plain"][:40])
def test_last_names_in_capitals(coder: Coder, case: dict[str, str]) -> None:
    assert coder.casing.plain(case["loud"]) == case["plain"]
    assert alike(coder, [case["plain"]], [case["loud"]])


@pytest.mark.parametrize("text", CASES["unchanged"]["texts"])
def test_what_is_well_written_stays(coder: Coder, text: str) -> None:
    assert coder.casing.plain(text) == text


@pytest.mark.parametrize("case", CASES["pages"], ids=lambda case: case["text"][:40])
def test_pages(coder: Coder, case: dict[str, str]) -> None:
    assert coder.casing.plain(case["text"]) == case["plain"]


def test_the_record_has_the_words_of_the_page(coder: Coder) -> None:
    (reading,) = read(
        coder, ["“WE WILL STAY IN THE TREATY,” POLISH FOREIGN MINISTER ANNA NOWAK SAID ON TWITTER ON MONDAY."]
    )
    (said,) = reading.statements
    assert said.speaker is not None
    assert (said.speaker.actor, said.speaker.name) == ("POL", "Anna Nowak")
    assert said.speaker.text == reading.words(said.speaker.span) == said.speaker.text.upper()
    assert said.channel == "TWITTER"


def test_the_title_is_read_as_the_body_writes_it(coder: Coder) -> None:
    plain = coder.casing.plain(
        "FROST WARNS MALE OVER FISHING\n\nThe envoy, Mara Frost, met officials in Male and left."
    )
    assert plain.startswith("Frost warns Male over fishing\n")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("AÄBÇİIßŞa’'\n .,:-–“”1ǅ MOSCOW us") | st.characters(), max_size=80))
@example("İSTANBUL'DA ÜÇ ŞEHİR")
@example("O'BRIEN'S N'DJAMENA TRIP D'AFFAIRES")
def test_no_letter_moves(coder: Coder, text: str) -> None:
    plain = coder.casing.plain(text)
    assert len(plain) == len(text)
    assert all(a == b or a.lower() == b.lower() for a, b in zip(plain, text, strict=True))
