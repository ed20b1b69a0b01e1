"""Near copies and wire copy: found when cut and when reworded, told from strangers, in whatever order they come."""

from __future__ import annotations

import datetime as dt
import random
from array import array
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.errors import SettingsError
from dragoman.read.copies import Copies, Likeness
from dragoman.records import Article, Published

WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "bdfgklmnprst"]
WIRE = [
    "The harbour of Port Selby was closed on Monday after a grain ship ran aground at its entrance.",
    "Tugs from three towns tried to free the vessel before the tide turned, the harbour master said.",
    "Norland sent a salvage crew by helicopter and asked Vesper to lend it a floating crane.",
    "No fuel has leaked so far, but booms were laid around the hull as a precaution.",
    "Fishermen complained that their boats could not leave and that the catch was spoiling.",
    "A second ship carrying fertiliser was sent on to Kalmora, two days away by sea.",
    "Insurers put the daily loss at four million crowns, most of it in spoiled fruit.",
    "The pilot, who had worked in the harbour for twenty years, was relieved of his duties.",
]


def article(
    name: str,
    sentences: Sequence[str],
    *,
    on: str | None = "2031-03-03",
    site: str = "example.org",
    title: str = "Title",
) -> Article:
    published = Published(start=on, end=on, granularity="day", source="given", confidence=1.0) if on else None
    text = f"{title}\n\n{' '.join(sentences)}"
    return Article(id=name, text=text, body_start=len(title) + 2, site=site, published=published, language="en")


def invented(chance: random.Random, count: int = 20) -> list[str]:
    return [" ".join(chance.choices(WORDS, k=chance.randint(10, 26))).capitalize() + "." for _ in range(count)]


def reworded(sentences: Sequence[str], share: float, chance: random.Random) -> list[str]:
    return [" ".join(chance.choice(WORDS) if chance.random() < share else w for w in s.split()) for s in sentences]


# ---- what is found


def test_the_same_words_under_another_title() -> None:
    index = Copies()
    assert index.add(article("a", WIRE)) == ()
    (link,) = index.add(article("b", WIRE, title="Ship aground", on="2031-03-04"))
    assert (link.original, link.copy, link.by, link.whole) == ("a", "b", "date", True)
    assert link.held == link.holds == 1.0 and "the same words" in link.why
    (group,) = index.groups()
    assert group.articles == ("a", "b") and index.originals() == {"b": "a"}


def test_a_copy_cut_to_a_few_sentences() -> None:
    index = Copies()
    (link,) = index.add_all([article("a", WIRE), article("b", WIRE[:3])])
    assert link.whole and link.sentences == 3 and link.held == 1.0 and link.holds < 0.5
    assert link.by == "length" and "3 sentences word by word" in link.why


@pytest.mark.parametrize(("share", "least"), [(0.1, 29), (0.15, 26)])
def test_a_copy_reworded_throughout(share: float, least: int) -> None:
    chance, found = random.Random(2), 0
    for _ in range(30):
        text = invented(chance)
        found += any(
            link.whole for link in Copies().add_all([article("a", text), article("b", reworded(text, share, chance))])
        )
    assert found >= least


def test_strangers_and_a_shared_quotation_are_no_copies() -> None:
    chance = random.Random(3)
    index = Copies()
    quoted = WIRE[1]
    for n in range(30):
        assert index.add(article(f"a{n}", [*invented(chance, 9), quoted])) == ()
    assert index.groups() == ()


def test_two_reports_in_one_round_up_are_not_copies_of_each_other() -> None:
    chance = random.Random(4)
    one, other = invented(chance, 6), invented(chance, 6)
    rest = invented(chance, 24)
    index = Copies()
    links = index.add_all([article("a", one), article("b", other), article("c", [*one, *other, *rest])])
    assert len(links) == 2 and not any(link.whole for link in links)
    assert all("part" in link.why for link in links) and index.groups() == ()


def test_a_chain_joins_no_strangers() -> None:
    chance = random.Random(5)
    one, other = invented(chance, 10), invented(chance, 10)
    index = Copies()
    index.add_all([
        article("a", one, on="2031-03-01"),
        article("b", [*one, *other], on="2031-03-02"),
        article("c", other, on="2031-03-03"),
    ])  # fmt: skip
    assert [group.articles for group in index.groups()] == [("a", "b")]


# ---- who copies whom


def test_the_agency_s_own_page_comes_before_others() -> None:
    index = Copies()
    credited = ["PORT SELBY (AFP) - " + WIRE[0], *WIRE[1:]]
    index.add_all([article("b", credited, on="2031-03-03"), article("w", WIRE, on="2031-03-04", site="www.afp.com")])
    (group,) = index.groups()
    assert (group.original, group.agency, group.copies[0].by) == ("w", "AFP", "agency")
    assert "both from AFP" in group.copies[0].why


def test_the_agency_most_of_them_credit_is_named() -> None:
    credited = ["PORT SELBY (Reuters) - " + WIRE[0], *WIRE[1:]]
    index = Copies()
    index.add_all(
        [article("a", credited, on="2031-03-03"), article("b", credited, on="2031-03-04", site="other.example")]
    )
    (group,) = index.groups()
    assert group.agency == "Reuters" and group.original == "a"


def test_the_hour_tells_where_the_day_does_not() -> None:
    index = Copies()
    (link,) = index.add_all([
        article("a", WIRE, on="2031-03-03T18:00:00+00:00"),
        article("b", WIRE, on="2031-03-03T18:30:00+02:00"),
    ])  # fmt: skip
    assert (link.original, link.copy, link.by) == ("b", "a", "date")
    (alike,) = Copies().add_all([article("a", WIRE), article("b", WIRE)])
    assert alike.by == "name"


# ---- limits


def test_what_is_held_or_too_short_or_too_late() -> None:
    index = Copies()
    index.add(article("a", WIRE))
    assert index.add(article("a", WIRE)) == () and len(index) == 1 and "a" in index
    assert index.add(article("s", ["Rain again."])) == () and "s" not in index
    assert index.add(article("late", WIRE, on="2031-06-01")) == ()
    assert len(index.add(article("undated", WIRE, on=None))) == 2
    assert index.add(article("empty", [])) == ()


def test_forgetting_keeps_what_is_young_enough() -> None:
    index = Copies()
    index.add_all(
        [article("a", WIRE, on="2031-03-01"), article("b", WIRE, on="2031-03-10"), article("c", WIRE, on=None)]
    )
    young = index.forget(dt.date(2031, 3, 5))
    assert "a" not in young and len(young) == 2 and len(index) == 3
    assert [(link.original, link.copy) for link in young.links()] == [("b", "c")]
    assert len(young.add(article("d", WIRE, on="2031-03-11"))) == 2


@pytest.mark.parametrize("wrong", [{"bands": 60}, {"run": 0}, {"copied": 0.0}, {"returned": 0.9}, {"days": -1}])
def test_a_likeness_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        Likeness(**wrong)  # type: ignore[arg-type]


# ---- whatever the order, and on disk


def crowd() -> list[Article]:
    chance = random.Random(11)
    found = []
    for n in range(4):
        text = invented(chance, 10)
        found += [
            article(f"t{n}a", text, on=f"2031-03-0{n + 1}"),
            article(f"t{n}b", text[: 4 + n], on=f"2031-03-0{n + 2}"),
            article(f"t{n}c", reworded(text, 0.08, chance), on=None),
        ]
    return found


@settings(max_examples=20, deadline=None)
@given(st.permutations(crowd()), st.integers(0, 12))
def test_order_and_storing_between_make_no_difference(articles: list[Article], cut: int) -> None:
    straight = Copies()
    straight.add_all(crowd())
    stored = Copies()
    stored.add_all(articles[:cut])
    kept = {name: list(values) for name, values in stored.arrays().items()}
    again = Copies.of(kept)
    again.add_all(articles[cut:])
    assert again.groups() == straight.groups() and len(straight.groups()) == 4
    assert list(again.links()) == list(straight.links())


def test_arrays_are_plain_and_know_their_format() -> None:
    index = Copies(Likeness(days=None, copied=0.6))
    index.add_all(crowd())
    kept = index.arrays()
    assert all(isinstance(values, array) or all(isinstance(v, str) for v in values) for values in kept.values())
    assert Copies.of(kept).likeness == index.likeness
    kept["format"] = array("L", [0, 0])
    with pytest.raises(SettingsError, match="another version"):
        Copies.of(kept)
