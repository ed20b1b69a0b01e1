"""Dates: every case of cases/en/dates.toml, and what holds for any text."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.find.dates import Anchor, anchor_of, find_dates
from dragoman.find.when import intervals
from dragoman.lexicon.load import Lexicon, load
from dragoman.parse.base import Parsed
from dragoman.parse.spacy import SpacyParser
from dragoman.records import EventDate, Published

TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "cases/en/dates.toml").read_text("utf-8"))


@cache
def lexicon() -> Lexicon:
    return load()


@cache
def parsed_cases() -> dict[str, Parsed]:
    texts = [case["text"] for case in (*TABLE["case"], *TABLE["anchor_case"])]
    return dict(zip(texts, SpacyParser().parse(texts), strict=True))


def anchor(told: str) -> Anchor | None:
    if told == "none":
        return None
    if len(told) == 7:
        start, end = intervals.month(int(told[:4]), int(told[5:]))
        return Anchor(start=start.isoformat(), end=end.isoformat(), granularity="month")
    return Anchor(start=told, end=told)


def shown(found: EventDate) -> str:
    if found.type != "point":
        days = found.type
    elif found.start is None and found.end is None:
        days = "?"
    elif found.start == found.end:
        days = str(found.start)
    else:
        days = f"{found.start or ''}..{found.end or ''}"
    return f"{found.text} = {days}, {found.granularity}"


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: case.get("name", case["text"])[:60])
def test_case(case: dict[str, Any]) -> None:
    parsed = parsed_cases()[case["text"]]
    found = find_dates(parsed, anchor(case.get("anchor", TABLE["anchor"])), lexicon())
    assert [shown(d) for d in found] == case["dates"]
    for d in found:
        assert d.span is not None
        assert parsed.text[d.span[0] : d.span[1]] == d.text


@pytest.mark.parametrize("case", TABLE["anchor_case"], ids=lambda case: case["text"][:40].replace("\n", "/"))
def test_anchor(case: dict[str, Any]) -> None:
    told = case["published"]
    published = None
    if told != "none":
        published = Published(start=told, end=told, granularity="day", source="meta", confidence=0.9)
    found = anchor_of(published, parsed_cases()[case["text"]], lexicon())
    if case["anchor"] == "none":
        assert found is None
    else:
        assert found is not None
        assert (found.start, found.source) == (case["anchor"], case["source"])


def test_enough_cases() -> None:
    assert len(TABLE["case"]) >= 120


def test_nothing_in_an_empty_text() -> None:
    parsed = Parsed("", (), ())
    assert find_dates(parsed, None, lexicon()) == []
    assert anchor_of(None, parsed, lexicon()) is None


ODDMENTS = [
    *("on", "in", "since", "until", "from", "to", "by", "the", "last", "next", "two", "3", "14", "31", "99"),
    *("2014", "0", "1990s", "May", "March", "Tuesday", "Feb", ".", ",", "-", "–", "(", ")", "/", "year"),
    *("days", "week", "ago", "later", "31/12/9999", "9999", "2019-02-31", "30.02.2019", "end", "of", "early"),
    *("eve", "Easter", "Sunday", "quarter", "first", "century", "21st", "every", "each", "half", "weekend"),
    *("before", "after", "that", "overnight", "Q3", "'90s", "\n"),
]


@given(
    text=st.lists(
        st.sampled_from(ODDMENTS),
        max_size=14,
    ),
    when=st.dates(min_value=date(1000, 1, 1), max_value=date(9998, 12, 31)),
)
@settings(max_examples=60, deadline=None)
def test_any_words_give_ordered_spans(text: list[str], when: date) -> None:
    (parsed,) = SpacyParser().parse([" ".join(text)])
    end = 0
    for d in find_dates(parsed, anchor(when.isoformat()), lexicon()):
        assert d.span is not None
        assert end <= d.span[0] < d.span[1]
        assert d.start is None or d.end is None or d.start <= d.end
        end = d.span[1]


def test_easter_and_edges() -> None:
    assert intervals.easter(2019) == date(2019, 4, 21)
    assert intervals.easter(2024) == date(2024, 3, 31)
    assert intervals.nth_weekday(2019, 5, 1, -1) == date(2019, 5, 27)
    assert intervals.week(date(2019, 5, 14)) == (date(2019, 5, 13), date(2019, 5, 19))
    assert intervals.moved(date(2019, 3, 31), "month", -1) == date(2019, 2, 28)
    assert intervals.around("quarter", date(2019, 5, 14), -2) == (date(2018, 10, 1), date(2018, 12, 31))
