"""Names of actors in a text: every form of the tables, ambiguous ones by their surroundings, dates, compounds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from dragoman.find.actors import find_mentions
from dragoman.find.base import Mention
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import fold
from dragoman.parse.base import Parser

Find = Callable[..., list[Mention]]


@pytest.fixture(scope="module")
def find(parser: Parser, lexicon: Lexicon) -> Find:
    def found(text: str, published: str | None = None) -> list[Mention]:
        return find_mentions(next(iter(parser.parse([text]))), lexicon, published=published)

    return found


def codes(mentions: list[Mention]) -> list[str | None]:
    return [m.code for m in mentions if not m.bound]


# -- every form of the tables --------------------------------------------------------------------------------------


def forms(lexicon: Lexicon) -> Iterator[tuple[str, str, str]]:
    """(form, kind, code) of whatever stands in the tables and means one thing only."""
    organs = {o.code: o.part_of for o in lexicon.organisations if o.kind == "organ" and o.part_of}
    rows: list[tuple[str, str, str]] = []
    for s in lexicon.states:
        if not s.to:
            rows += [(f, "state", s.code) for f in (s.name, s.official, *s.aliases) if f]
            rows += [(f, "adjective", s.code) for f in s.adjectives]
            rows += [(f, "nationals", s.code) for f in s.nationals]
            rows += [(f, "capital", s.code) for f in s.capital]
    for o in lexicon.organisations:
        if not o.to:
            rows += [(f, "organisation", organs.get(o.code, o.code)) for f in (o.name, *o.aliases)]
    for g in lexicon.armed_groups:
        if not g.to:
            rows += [(f, "group", g.code) for f in (g.name, *g.aliases)]
    for seat in lexicon.seats:
        if not seat.to:
            rows += [(f, "seat", seat.code) for f in (seat.form, *seat.aliases)]
    meanings: dict[str, set[str]] = {}
    for form, _, code in rows:
        meanings.setdefault(fold(form), set()).add(code)
    doubtful = {fold(row.form) for row in lexicon.ambiguous}
    for row in lexicon.people:
        doubtful |= {fold(f) for f in (row.name, *row.spellings)}
    for form, kind, code in rows:
        if len(meanings[fold(form)]) == 1 and fold(form) not in doubtful:
            yield form, kind, code


@pytest.mark.parametrize("kind", ["state", "adjective", "nationals", "capital", "organisation", "group", "seat"])
def test_every_form_is_found_as_what_it_is(kind: str, lexicon: Lexicon, parser: Parser) -> None:
    wanted = [(form, code) for form, of, code in forms(lexicon) if of == kind and form != form.lower()]
    assert len(wanted) > 150
    assert not missed(wanted, lexicon, parser)


def test_forms_in_small_letters_are_found(lexicon: Lexicon, parser: Parser) -> None:
    wanted = [(form, code) for form, _, code in forms(lexicon) if form == form.lower() and form[0].isalpha()]
    assert len(wanted) > 10
    assert not missed(wanted, lexicon, parser)


def missed(wanted: list[tuple[str, str]], lexicon: Lexicon, parser: Parser) -> list[tuple[str, str, list[str]]]:
    """Forms that are not found as a name of their code, with what was found instead."""
    texts = [f"On Monday people spoke about {form} and left." for form, _ in wanted]
    out = []
    for (form, code), text, parsed in zip(wanted, texts, parser.parse(texts), strict=True):
        at = text.index(form)
        mentions = find_mentions(parsed, lexicon)
        if not any(m.code == code and m.start <= at and m.end >= at + len(form) for m in mentions):
            out.append((form, code, [f"{m.code} {text[m.start : m.end]}" for m in mentions]))
    return out


# -- ambiguous forms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Georgia accused Russia of moving the fence near Gori.", ["GEO", "RUS"]),
        ("Voters in Atlanta decide whom Georgia sends to the Senate.", ["USA"]),
        ("The governor of the US state of Georgia called Tokyo.", ["USA", "JPN"]),
        ("Jordan closed its border with Syria.", ["JOR", "SYR"]),
        ("Michael Jordan bought a team.", []),
        ("Fish returned to the Jordan River.", []),
        ("Chad recalled its ambassador from Paris.", ["TCD", "FRA"]),
        ("Chad Smith plays the drums.", []),
        ("Turkey summoned the Dutch envoy.", ["TUR", "NLD"]),
        ("She roasted the Thanksgiving Turkey.", []),
        ("Washington and Tehran will talk.", ["USA", "IRN"]),
        ("Denzel Washington will play the part.", []),
        ("Washington State beat Oregon.", []),
        ("They asked us to leave.", []),
        ("The US asked them to leave.", ["USA"]),
        ("IT IS UP TO US AND ONLY US", []),
        ("The UK left the EU.", ["GBR", "IGO:EU"]),
        ("A Polish minister polished the text.", ["POL"]),
        ("She put the china on the table.", []),
        ("The Republic of the Congo and DR Congo agreed.", ["COG", "COD"]),
        ("Congo-Brazzaville sent rice to Kinshasa.", ["COG", "COD"]),
        ("Niger expelled the envoy of Nigeria.", ["NER", "NGA"]),
        ("Nigerien soldiers met Nigerian soldiers.", ["NER", "NGA"]),
        ("North Korea and South Korea exchanged letters.", ["PRK", "KOR"]),
        ("Guinea-Bissau, Equatorial Guinea and Papua New Guinea voted.", ["GNB", "GNQ", "PNG"]),
        ("Dominica and the Dominican Republic voted.", ["DMA", "DOM"]),
        ("South Sudan asked Sudan for fuel.", ["SSD", "SDN"]),
        ("Swiss and Swedish diplomats left Swaziland.", ["CHE", "SWE", "SWZ"]),
        ("Austria is not Australia.", ["AUT", "AUS"]),
        ("Slovakia thanked Slovenia.", ["SVK", "SVN"]),
        ("Mauritania thanked Mauritius.", ["MRT", "MUS"]),
        ("Paris Hilton opened a shop.", []),
        ("The Kremlin called Number 10.", ["RUS", "GBR"]),
        pytest.param(
            "The European Union fined the company. Brussels wants more.",
            ["IGO:EU", "IGO:EU"],
        ),
        ("The Belgian police searched a house in Brussels.", ["BEL", "BEL"]),
    ],
)
def test_ambiguous(find: Find, text: str, expected: list[str]) -> None:
    assert codes(find(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "An Iran-backed group fired.",
        "The Moscow-based firm closed.",
        "A Beijing-brokered truce held.",
        "A US–led force landed.",
    ],
)
def test_a_name_in_a_compound_is_bound(find: Find, text: str) -> None:
    assert codes(find(text)) == []
    assert any(m.bound for m in find(text))


@pytest.mark.parametrize("text", ["The Paris Agreement holds.", "The Vienna Convention forbids it."])
def test_a_town_that_gave_its_name_is_no_actor(find: Find, text: str) -> None:
    assert codes(find(text)) == []


# -- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("The Soviet Union agreed.", "1991-02-01", ["SUN"]),
        ("The Soviet Union agreed.", "2019-02-01", ["SUN"]),
        ("South Sudan agreed.", "2015-02-01", ["SSD"]),
        ("Kosovo agreed.", "2019-02-01", ["KOS"]),
        ("The Lima Group met.", "2018-02-01", ["IGO:LIMAGROUP"]),
    ],
)
def test_a_state_or_body_in_its_time(find: Find, text: str, published: str, expected: list[str]) -> None:
    assert codes(find(text, published)) == expected


def test_a_body_is_not_read_before_its_time(find: Find) -> None:
    assert "IGO:AES" not in codes(find("The Alliance of Sahel States met.", "2015-02-01"))
    assert "IGO:AES" in codes(find("The Alliance of Sahel States met.", "2024-02-01"))


# -- lines in capitals, order --------------------------------------------------------------------------------------


def test_a_headline_in_capitals(find: Find) -> None:
    text = "SOUTH KOREA AND JAPAN END DISPUTE\n\nSeoul thanked Tokyo."
    assert codes(find(text)) == ["KOR", "JPN", "KOR", "JPN"]


def test_mentions_are_in_order_and_say_where_they_stand(parser: Parser, lexicon: Lexicon) -> None:
    text = "“Türkiye” and Côte d’Ivoire’s president met U.S. and UN envoys in N'Djamena; "
    text += "the Kremlin, Boko Haram and NATO did not."
    (parsed,) = parser.parse([text])
    found = find_mentions(parsed, lexicon)
    assert [text[m.start : m.end] for m in found] == [
        "Türkiye", "Côte d’Ivoire", "U.S.", "UN", "N'Djamena", "Kremlin", "Boko Haram", "NATO"
    ]  # fmt: skip
    for before, after in itertools.pairwise(found):
        assert before.end <= after.start and before.last <= after.first
    for m in found:
        assert parsed.tokens[m.first].start <= m.start and m.end <= parsed.tokens[m.last - 1].end
