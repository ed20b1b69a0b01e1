"""The phrase matcher: positions, word borders, longest phrase, letters with accents, lines in capitals."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.lexicon.match import Matcher, fold

PHRASES = {
    "Niger": "NER", "Nigeria": "NGA", "Guinea": "GIN", "Guinea-Bissau": "GNB", "Equatorial Guinea": "GNQ",
    "Papua New Guinea": "PNG", "New Guinea": "island", "Côte d'Ivoire": "CIV", "São Tomé": "STP", "Türkiye": "TUR",
    "US": "USA", "U.S.": "USA", "Korea": "KOR", "South Korea": "KOR2", "Łódź": "city", "Quai d'Orsay": "FRA",
    "African Union": "AU", "European Union": "EU", "Union": "union", "N'Djamena": "TCD", "G7": "G7", "OPEC+": "OPEC+",
}  # fmt: skip
MATCHER = Matcher(PHRASES.items())

quick = settings(max_examples=60, deadline=None)
accents = st.text(alphabet="aeiouncszéèêëáàâãåäíîïóôõöøúûüñçšžłŁđØİıÉÜŌ’‘–-‑ \n'.", max_size=40)


def found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], values[0]) for start, end, values in MATCHER.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Niger asked Nigeria.", [("Niger", "NER"), ("Nigeria", "NGA")]),
        ("Nigerien troops, the Nigers", []),
        ("Guinea-Bissau and Guinea", [("Guinea-Bissau", "GNB"), ("Guinea", "GIN")]),
        ("Papua New Guinea", [("Papua New Guinea", "PNG")]),
        ("a New Guinea road", [("New Guinea", "island")]),
        ("Equatorial Guinea's army", [("Equatorial Guinea", "GNQ")]),
        ("Cote d’Ivoire", [("Cote d’Ivoire", "CIV")]),
        ("Côte d'Ivoire", [("Côte d'Ivoire", "CIV")]),
        ("Sao Tomé, São Tome", [("Sao Tomé", "STP"), ("São Tome", "STP")]),
        ("Turkiye and Türkiye", [("Turkiye", "TUR"), ("Türkiye", "TUR")]),
        ("Lodz or Łódź", [("Lodz", "city"), ("Łódź", "city")]),
        ("Guinea‑Bissau (with a hard hyphen)", [("Guinea‑Bissau", "GNB")]),
        ("tell us, US and U.S. troops", [("US", "USA"), ("U.S.", "USA")]),
        ("the USS Ross, BUS, USB", []),
        ("US-led", [("US", "USA")]),
        ("anti-US", [("US", "USA")]),
        ("the African Union and a European Union", [("African Union", "AU"), ("European Union", "EU")]),
        ("the Union", [("Union", "union")]),
        ("G7, G77", [("G7", "G7")]),
        ("OPEC+ agreed", [("OPEC+", "OPEC+")]),
        ("N’Djamena’s market", [("N’Djamena", "TCD")]),
        ("NIGER\nNiger", [("Niger", "NER")]),
    ],
)
def test_what_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SOUTH KOREA WARNS NIGERIA", [("SOUTH KOREA", "KOR2"), ("NIGERIA", "NGA")]),
        ("TURKIYE AND CÔTE D’IVOIRE TALK", [("TURKIYE", "TUR"), ("CÔTE D’IVOIRE", "CIV")]),
        ("TELL US ABOUT NIGER\nniger in small letters", [("US", "USA"), ("NIGER", "NER")]),
        ("One line.\nAFRICAN UNION CALLS NIGER\nAnother one of NIGER.", [("AFRICAN UNION", "AU"), ("NIGER", "NER")]),
        ("NIGER WINS", []),
    ],
    ids=["states", "accents", "short forms", "one line of three", "too short a line"],
)
def test_lines_in_capitals(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_phrase_given_twice_has_both_values() -> None:
    matcher = Matcher([("Georgia", "GEO"), ("Georgia", "state"), ("Géorgia", "GEO")])
    assert matcher.get("Georgia") == ("GEO", "state")
    assert matcher.find("in Georgia")[0][2] == ("GEO", "state")
    assert matcher.get("georgia") == () and len(matcher) == 1


def test_nothing_to_find() -> None:
    assert Matcher([]).find("Niger") == []
    assert Matcher([("  ", 1), ("", 2)]).find("a b") == []
    assert MATCHER.find("") == []


@quick
@given(st.text(max_size=60))
def test_folding_keeps_length_and_settles(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@quick
@given(st.text(alphabet=string.printable, max_size=60))
def test_plain_letters_stay(text: str) -> None:
    assert fold(text) == text.replace("`", "'")


@quick
@given(
    st.lists(st.sampled_from(sorted(PHRASES)) | accents, max_size=8), st.sampled_from([" ", ", ", "\n", "", "-", "’s "])
)
def test_hits_are_in_order_whole_words_and_what_they_say(parts: list[str], joint: str) -> None:
    text = joint.join(parts)
    reached = 0
    for start, end, values in MATCHER.find(text):
        assert reached <= start < end <= len(text)
        reached = end
        words = fold(text[start:end])
        assert values
        assert values == MATCHER.get(text[start:end]) or words.isupper()
        assert not (start and text[start - 1].isalnum() and text[start].isalnum())
        assert not (end < len(text) and text[end].isalnum() and text[end - 1].isalnum())


@quick
@given(st.lists(st.sampled_from(sorted(PHRASES)), min_size=1, max_size=8))
def test_phrases_between_commas_are_all_found(parts: list[str]) -> None:
    # a small letter keeps the line from being one of capitals
    text = "x, " + ", ".join(parts)
    assert [text[start:end] for start, end, _ in MATCHER.find(text)] == parts


@quick
@given(accents, accents)
def test_what_stands_around_does_not_move_a_hit(before: str, after: str) -> None:
    text = f"{before} x Nigeria x {after}"
    at = text.index("Nigeria")
    assert (at, at + 7, ("NGA",)) in MATCHER.find(text)


@quick
@given(
    st.sets(st.text(alphabet="abc ", min_size=1, max_size=6).map(str.strip).filter(bool), max_size=8),
    st.text(alphabet="abc ", max_size=40),
)
def test_it_agrees_with_a_plain_search(phrases: set[str], text: str) -> None:
    """Leftmost, then longest, of whole words, as a slow search would have it."""
    expected = []
    at = 0
    while at < len(text):
        fits = [p for p in phrases if text.startswith(p, at) and _alone(text, at, at + len(p))]
        if fits:
            best = max(fits, key=len)
            expected.append((at, at + len(best)))
            at += len(best)
        else:
            at += 1
    assert [(start, end) for start, end, _ in Matcher((p, p) for p in phrases).find(text)] == expected


def _alone(text: str, start: int, end: int) -> bool:
    return not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum()
