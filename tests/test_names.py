"""Misspelt names are repaired, near ones are left alone, ambiguous forms are read right: cases/en/names.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dragoman.find.actors import find_mentions
from dragoman.find.references import resolve
from dragoman.lexicon.gazetteer import gazetteer, name_key
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.sounds import Sounds
from dragoman.parse.base import Parser
from dragoman.records import Participant

Case = dict[str, Any]

CASES: dict[str, list[Case]] = tomllib.loads((Path(__file__).parent / "cases/en/names.toml").read_text("utf-8"))
# what the sentences cannot tell: the parser takes the name apart, or the state's name runs into the title
MISSED = {"Ursula fon der Lyayen", "Aung San Su Chi", "Mun Che In"}
# just below what was measured; raise it with the engine, lower it only aloud
REPAIRED_FLOOR = 0.95
WRONG_CEILING = 0.01


def people(case: Case, parser: Parser, lexicon: Lexicon) -> list[Participant]:
    """Everybody with a name in a case, each place once."""
    parsed = next(iter(parser.parse([case["text"]])))
    day = case["published"]
    references = resolve(parsed, find_mentions(parsed, lexicon, published=day), lexicon, published=day)
    found = {p.span: p for token in parsed.tokens for p in references.alone(token.i) if p.name}
    return list(found.values())


def repaired(case: Case, parser: Parser, lexicon: Lexicon) -> bool:
    at = case["text"].index(case["words"])
    end = at + len(case["words"])
    return any(p.name == case["name"] and p.span[0] < end and at < p.span[1] for p in people(case, parser, lexicon))


TUNED = [case for case in CASES["repair"] if not case.get("held_out")]
HELD_OUT = [case for case in CASES["repair"] if case.get("held_out")]


@pytest.mark.parametrize("case", TUNED, ids=[case["words"] for case in TUNED])
def test_a_misspelt_name_is_repaired(case: Case, parser: Parser, lexicon: Lexicon) -> None:
    assert repaired(case, parser, lexicon) == (case["words"] not in MISSED)


def test_the_held_out_half_is_repaired_as_often_as_it_was(parser: Parser, lexicon: Lexicon) -> None:
    share = sum(repaired(case, parser, lexicon) for case in HELD_OUT) / len(HELD_OUT)
    assert share >= REPAIRED_FLOOR, f"{share:.1%} of {len(HELD_OUT)}"


def test_repair_keeps_the_words_and_says_what_it_did(parser: Parser, lexicon: Lexicon) -> None:
    case = next(case for case in TUNED if case["words"] == "Emmanuel Makron")
    (found,) = [p for p in people(case, parser, lexicon) if p.name == "Emmanuel Macron"]
    assert (found.via, found.text, found.actor) == ("repair", "Emmanuel Makron", "FRA")


def test_near_names_are_left_alone(parser: Parser, lexicon: Lexicon) -> None:
    wrong = [c["text"] for c in CASES["keep"] if any(p.via == "repair" for p in people(c, parser, lexicon))]
    assert len(wrong) <= WRONG_CEILING * len(CASES["keep"]), "\n".join(wrong)


@pytest.mark.parametrize("case", CASES["form"], ids=[case["text"][:50] for case in CASES["form"]])
def test_a_form_with_several_meanings(case: Case, parser: Parser, lexicon: Lexicon) -> None:
    mentions = find_mentions(next(iter(parser.parse([case["text"]]))), lexicon)
    assert [m.code for m in mentions if not m.bound] == case["actors"].split()


def test_there_is_enough_to_measure(lexicon: Lexicon) -> None:
    known = gazetteer(lexicon)
    assert len(TUNED) >= 60 and len(HELD_OUT) >= 60 and len(CASES["keep"]) >= 200 and len(CASES["form"]) >= 80
    for case in CASES["repair"]:
        key = name_key(case["words"])
        assert key not in known.by_full and (" " in key or key not in known.by_short), f"{key} stands in the tables"
        assert case["name"] in {figure.name for figure in known.figures}, case["name"]


# -- sounds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "own", "state"),
    [
        ("Sijarto", "Szijjártó", "HUN"),
        ("Chavushoglu", "Çavuşoğlu", "TUR"),
        ("Swaradge", "Swaraj", "IND"),
        ("Shtaynmayer", "Steinmeier", "DEU"),
        ("Conson", "Johnson", "GBR"),
        ("Rakhoy", "Rajoy", "ESP"),
        ("Olland", "Hollande", "FRA"),
        ("Djukanovich", "Đukanović", "MNE"),
        ("Mnazakanjan", "Mnatsakanyan", "ARM"),
    ],
)
def test_spellings_of_one_name_sound_alike(lexicon: Lexicon, heard: str, own: str, state: str) -> None:
    sounds = Sounds(lexicon.sounds)
    assert sounds.apart(sounds.heard(heard), sounds.own(own, state)) < 0.05


@pytest.mark.parametrize(("heard", "own"), [("Boston", "Bolton"), ("Martin", "Macron"), ("Kerrigan", "Kerry")])
def test_other_names_do_not(lexicon: Lexicon, heard: str, own: str) -> None:
    sounds = Sounds(lexicon.sounds)
    assert sounds.apart(sounds.heard(heard), sounds.own(own, "USA")) > 0.15


def test_without_rules_nothing_is_near_but_the_same() -> None:
    sounds = Sounds({})
    assert sounds.apart(sounds.heard("Smith"), sounds.own("Smith", "GBR")) == 1.0


# -- groups of states ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "published", "members"),
    [
        ("Both sides in both Koreas agreed.", "2018-05-01", [("KOR", "PRK")]),
        ("The two Koreas will talk.", None, [("KOR", "PRK")]),
        ("Envoys of North and South Korea met.", "2018-05-01", [("KOR", "PRK")]),
        (
            "The Baltic states and the Nordics signed.",
            "2020-01-01",
            [("EST", "LVA", "LTU"), ("DNK", "FIN", "ISL", "NOR", "SWE")],
        ),
        ("The Baltic States signed.", "2020-01-01", [("EST", "LVA", "LTU")]),
        ("The two Sudans signed.", "2009-01-01", []),
        ("The two Sudans signed.", "2012-09-27", [("SDN", "SSD")]),
        ("Western countries and the Gulf states objected.", "2020-01-01", []),
        ("Ships crossed the Baltic Sea.", "2020-01-01", []),
    ],
)  # fmt: skip
def test_a_group_stands_for_its_members(
    lexicon: Lexicon, text: str, published: str | None, members: list[tuple[str, ...]]
) -> None:
    assert [group.members for _, _, group in gazetteer(lexicon).groups_in(text, published)] == members


@pytest.mark.parametrize(
    ("text", "published", "sector"),
    [
        ("The Taliban rejected the plan.", "2019-05-01", "REB"),
        ("The Taliban rejected the plan.", "2023-05-01", "GOV"),
        ("The Rapid Support Forces left the town.", "2022-05-01", "PRM"),
        ("The Rapid Support Forces left the town.", "2024-05-01", "REB"),
        ("The Wagner Group left the town.", "2023-05-01", "PRM"),
        ("The Sinaloa Cartel left the town.", "2023-05-01", "CRM"),
        ("The Polisario Front left the talks.", "2023-05-01", "PRE"),
    ],
)
def test_an_armed_group_is_what_it_was_on_the_day(
    parser: Parser, lexicon: Lexicon, text: str, published: str, sector: str
) -> None:
    (found,) = find_mentions(next(iter(parser.parse([text]))), lexicon, published=published)
    assert found.sector == sector
