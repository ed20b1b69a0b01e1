"""Two codings of a pair beside each other: series, correlation, and the acts only one has."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.errors import SettingsError
from dragoman.exchange.compare_text import acts, text, write_csv
from dragoman.records import Record
from dragoman.relate.compare import Comparison, Terms, Way, compare, pearson, ranks
from exchange_material import an_event

PAIR = ("USA", "RUS")


class Told(Record, frozen=True):
    """An act between one pair."""

    source: str = "USA"
    target: str = "RUS"
    type: str = "AID"
    quad: int = 2
    score: float = 10.0
    date: dt.date | None = None
    until: dt.date | None = None
    text: str = ""


def act(day: str | None = "2031-03-09", **more: Any) -> Told:
    return Told(date=dt.date.fromisoformat(day) if day else None, **more)


def months(*counts: int, **more: Any) -> list[Told]:
    """So many acts in January, February ..., a day each."""
    return [
        act(f"2031-{month:02d}-{day:02d}", **more)
        for month, number in enumerate(counts, 1)
        for day in range(1, number + 1)
    ]


def way(found: Comparison, source: str | None) -> Way:
    return next(w for w in found.ways if w.source == source)


def test_acts_of_both_are_matched_once_and_the_nearest_first() -> None:
    ours = [act("2031-03-09"), act("2031-03-12"), act("2031-03-20", type="ACCUSE", quad=3, score=-3.0)]
    theirs = [act("2031-03-10"), act("2031-03-09"), act("2031-03-21", type="REJECT", quad=3, score=-2.0)]
    found = compare(ours, theirs, PAIR, since=dt.date(2031, 3, 1), until=dt.date(2031, 3, 31))
    assert [(m.ours.date.day, m.theirs.date.day, m.days) for m in found.matches] == [(9, 9, 0)]
    assert [a.date.day for a in found.only_ours] == [12, 20]
    assert [a.date.day for a in found.only_theirs] == [10, 21]
    assert (found.ours, found.theirs, found.ours_found, found.theirs_found) == (3, 3, 1 / 3, 1 / 3)

    wider = compare(ours, theirs, PAIR, until=dt.date(2031, 3, 31), terms=Terms(days=2, alike="quad"))
    assert [(m.ours.date.day, m.theirs.date.day) for m in wider.matches] == [(9, 9), (12, 10), (20, 21)]
    assert not wider.only_ours and not wider.only_theirs


def test_direction_matters() -> None:
    found = compare([act()], [act(source="RUS", target="USA")], PAIR)
    assert not found.matches
    assert [w.series[0].ours.events for w in found.ways] == [1, 1, 0]
    assert [w.series[0].theirs.events for w in found.ways] == [1, 0, 1]


def test_many_reports_of_one_act_count_once() -> None:
    theirs = [act(score=8.0)] * 3 + [act(score=10.0, text="a row")]
    found = compare([act()], theirs, PAIR)
    assert (found.theirs, found.matches[0].theirs.reports, found.matches[0].theirs.text) == (1, 4, "a row")
    assert found.matches[0].theirs.score == 8.5
    every = compare([act()], theirs, PAIR, terms=Terms(once=False))
    assert (every.theirs, len(every.matches), len(every.only_theirs)) == (4, 1, 3)


def test_series_and_correlations() -> None:
    ours = [*months(1, 2, 3, 4), *months(1, 1, 1, 1, source="RUS", target="USA", quad=4, score=-6.0, type="SANCTION")]
    theirs = months(2, 4, 6, 8)
    found = compare(ours, theirs, PAIR, until=dt.date(2031, 4, 30), since=dt.date(2031, 1, 1))
    there = way(found, "USA")
    assert [(p.ours.events, p.theirs.events) for p in there.series] == [(1, 2), (2, 4), (3, 6), (4, 8)]
    assert [p.ours.cooperation for p in there.series] == [10.0, 20.0, 30.0, 40.0]
    by = {c.measure: c for c in there.correlations}
    assert (by["events"].pearson, by["events"].spearman, by["events"].periods) == (
        pytest.approx(1),
        pytest.approx(1),
        4,
    )
    assert by["conflict"].pearson is None  # nothing to correlate
    back = {c.measure: c for c in way(found, "RUS").correlations}
    assert back["events"].pearson is None  # theirs is silent all along, ours never changes
    both = way(found, None).series[0].ours
    assert (both.events, both.cooperation, both.conflict, both.score) == (2, 10.0, -6.0, 4.0)


def test_intervals_by_fisher() -> None:
    found = compare(months(1, 3, 2, 5, 4, 6), months(2, 1, 4, 3, 6, 5), PAIR, until=dt.date(2031, 6, 30))
    (events, *_) = way(found, "USA").correlations
    assert events.pearson is not None and events.low is not None and events.high is not None
    r = events.pearson
    assert events.low == pytest.approx(math.tanh(math.atanh(r) - 1.959964 / math.sqrt(3)), abs=1e-6)
    assert events.low < r < events.high


def test_too_few_periods_have_no_correlation() -> None:
    found = compare(months(1, 2, 3), months(1, 2, 3), PAIR)
    assert all(c.pearson is None and c.low is None and c.spearman is None for w in found.ways for c in w.correlations)


def test_silence_before_a_coding_begins_is_no_nought() -> None:
    ours, theirs = months(1, 1, 1, 1, 1), months(0, 0, 1, 1)
    found = compare(ours, theirs, PAIR)
    assert (found.since, found.until) == (dt.date(2031, 3, 1), dt.date(2031, 4, 1))
    assert (found.ours, found.ours_left.outside, found.theirs_left.outside) == (2, 3, 0)


def test_what_has_no_place_is_counted() -> None:
    year = act("2031-01-01", until=dt.date(2031, 12, 31))
    over = act("2031-03-30", until=dt.date(2031, 4, 2))
    ours = [act(None), year, over, act("2031-03-09"), act("2030-01-01"), act(source="FRA")]
    found = compare(ours, [act()], PAIR, since=dt.date(2031, 1, 1), until=dt.date(2031, 12, 31))
    assert (found.ours, found.ours_left.undated, found.ours_left.coarse, found.ours_left.outside) == (1, 1, 2, 1)


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ([], [], "neither has anything between USA and RUS"),
        ([act()], [], "theirs has nothing"),
        ([], [act()], "ours has nothing"),
        ([act("2030-01-01")], [act("2031-01-01")], "no day on which both"),
        ([act()], [act()], None),
    ],
)
def test_nothing_to_compare_is_told(ours: list[Told], theirs: list[Told], told: str | None) -> None:
    found = compare(ours, theirs, PAIR)
    assert told in found.empty if told and found.empty else found.empty == told
    assert found.ways if told is None else True


def test_what_cannot_be_asked() -> None:
    with pytest.raises(SettingsError):
        compare([], [], ("USA", "USA"))
    with pytest.raises(SettingsError):
        compare([act()], [act()], PAIR, unit="fortnight")  # type: ignore[arg-type]
    with pytest.raises(SettingsError):
        compare([], [], PAIR, terms=Terms(days=-1))


def test_ranks() -> None:
    assert ranks([3.0, 1.0, 3.0, 2.0]) == [3.5, 1.0, 3.5, 2.0]
    assert pearson([1.0, 2.0], [5.0, 5.0]) is None
    assert pearson([1.0], [1.0]) is None


told = st.builds(
    Told,
    source=st.just("USA"),
    type=st.sampled_from(["AID", "ACCUSE"]),
    date=st.dates(dt.date(2031, 1, 1), dt.date(2031, 3, 31)),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(told, max_size=12), st.lists(told, max_size=12), st.integers(0, 5))
def test_every_act_is_matched_or_left(ours: list[Told], theirs: list[Told], days: int) -> None:
    span = {"since": dt.date(2031, 1, 1), "until": dt.date(2031, 3, 31)}
    found = compare(ours, theirs, PAIR, terms=Terms(days=days), **span)  # type: ignore[arg-type]
    assert len(found.matches) + len(found.only_ours) == found.ours == len({(a.type, a.date) for a in ours})
    assert len(found.matches) + len(found.only_theirs) == found.theirs == len({(a.type, a.date) for a in theirs})
    assert all(m.days <= days and m.ours.type == m.theirs.type for m in found.matches)
    again = compare(theirs, ours, PAIR, terms=Terms(days=days), **span)  # type: ignore[arg-type]
    assert len(again.matches) == len(found.matches) or days > 0
    whole = found.ways[0].series
    if whole:
        assert sum(p.ours.events for p in whole) == found.ours


# shown


def test_comparison_in_words_and_as_a_table() -> None:
    rows = [an_event(id=f"e{n}", day=dt.date(2031, n, 9), words="=words\tof the page") for n in range(1, 7)]
    rows += [an_event(status="negated"), an_event(targets=()), an_event(day=None, published=dt.date(2031, 2, 9))]
    theirs = [an_event(day=dt.date(2031, n, 10), file="day.csv", line=n, cameo="042") for n in range(2, 6)]
    found = compare(acts(rows), acts(theirs), ("USA", "FRA"), since=dt.date(2031, 1, 1), until=dt.date(2031, 6, 30))
    told = text(found, theirs="gdelt", show=1)
    assert "USA and FRA from 2031-01-01 until 2031-06-30" in told
    assert "ours: 1 left out without a day" in told
    assert "4 acts in both: 66.7 % of 6 in ours, 100.0 % of 4 in gdelt" in told
    assert "only in ours: 2\n    2031-01-09: USA to FRA, CONSULT: =words of the page (e1)\n    and 1 more" in told
    assert "only in gdelt: 0" in told
    assert found.matches[0].theirs.text == "042 (day.csv:2)"
    stream = io.StringIO(newline="")
    assert write_csv(found, stream) == 18
    table = list(csv.DictReader(io.StringIO(stream.getvalue(), newline="")))
    assert [row["ours_events"] for row in table if row["source"] == "USA"] == ["1"] * 6
    assert len(list(acts(rows, undated=True))) == 7
    assert "has nothing between" in text(compare(acts(rows), [], ("USA", "FRA")))
    assert found.to_dict()["matches"]
