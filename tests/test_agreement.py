"""Agreement: where two sides coincide and differ, in cases that read aloud, and properties that must always hold."""

from __future__ import annotations

import datetime as dt
import random
import re
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import a_reading
from dragoman.errors import SettingsError
from dragoman.records import EventDate, Published, Reading
from dragoman.relate.agreement import Agreement, Counts, Terms, Topic, agreement
from dragoman.relate.concepts import concept_of, once
from dragoman.relate.intervals import agreement_share, interval, wilson
from dragoman.relate.periods import beginning, inside, periods
from dragoman.relate.rows import Said, did, said

DOC = (Path(__file__).parents[1] / "docs/explanation/agreement.md").read_text("utf-8")
MARCH = dt.date(2031, 3, 1)


def says(actor: str, stance: str, article: str = "a1", issue: str = "sanctions", **more: Any) -> Said:
    day = more.pop("date", MARCH)
    more.setdefault("text", f"{actor} is {stance} {issue}")
    return Said(article=article, actor=actor, issue=issue, stance=stance, date=day, until=day, **more)  # type: ignore[arg-type]


def many(actor: str, stance: str, count: int, **more: Any) -> list[Said]:
    return [says(actor, stance, f"{actor}-{stance}-{n}", **more) for n in range(count)]


def only(found: Agreement) -> Topic:
    (topic,) = found.topics
    return topic


def outcome(rows: list[Said], **terms: Any) -> str:
    return only(agreement(rows, ["NRD", "VES"], terms=Terms(**terms))).pairs[0].outcome


# --- what comes out ---------------------------------------------------------------------------------------------------


def test_coincide_differ_mixed() -> None:
    assert outcome(many("NRD", "for", 3) + many("VES", "for", 3)) == "coincide"
    assert outcome(many("NRD", "against", 3) + many("VES", "against", 3)) == "coincide"
    assert outcome(many("NRD", "for", 3) + many("VES", "against", 3)) == "differ"
    assert outcome(many("NRD", "for", 3) + many("VES", "against", 3) + many("VES", "for", 3)) == "mixed"


def test_silence_is_told_from_too_little() -> None:
    assert outcome(many("NRD", "for", 5)) == "one silent"
    assert outcome(many("NRD", "for", 5) + many("VES", "for", 2)) == "not enough said"
    assert outcome(many("NRD", "for", 5) + many("VES", "neutral", 5)) == "not enough said"
    assert outcome(many("NRD", "for", 5) + many("VES", "for", 2), minimum=2) == "coincide"


def test_conditional_when_half_of_what_a_side_wants_hangs_on_a_condition() -> None:
    rows = many("NRD", "for", 4) + many("VES", "for", 2)
    assert outcome(rows + many("VES", "conditional", 2)) == "conditional"
    assert outcome(rows + many("VES", "conditional", 1)) == "coincide"


def test_minimum_is_carried_by_the_answer() -> None:
    assert agreement([], ["NRD", "VES"], terms=Terms(minimum=7)).terms.minimum == 7


def test_reports_by_others_are_never_the_sides_own() -> None:
    rows = many("NRD", "for", 4) + many("VES", "against", 6, reporter="NRD")
    topic = only(agreement(rows, ["NRD", "VES"]))
    vesper = topic.sides[1]
    assert topic.pairs[0].outcome == "one silent"
    assert topic.pairs[0].share is None
    assert (vesper.counts, vesper.first, vesper.leaning) == (Counts(), None, None)
    assert vesper.reported == Counts(against=6)
    # who reports of itself speaks for itself
    assert outcome([*rows, *many("VES", "for", 3, reporter="VES")]) == "coincide"


def test_shared_interests_claimed_by_one_side_are_a_claim() -> None:
    rows = many("NRD", "for", 3, shared_with=("VES",))
    (pair,) = only(agreement(rows, ["NRD", "VES"])).pairs
    assert pair.outcome == "one silent"
    assert pair.claims == (3, 0)


def test_first_and_latest_words_of_each_side() -> None:
    rows = [
        says("NRD", "against", "a3", date=dt.date(2031, 5, 1), text="Never again."),
        says("NRD", "for", "a1", date=dt.date(2030, 5, 1), text="Gladly.", person="Ilse Tarrow", spans=((3, 10),)),
        says("NRD", "for", "a0", date=None, text="Some day."),
    ]
    side = only(agreement(rows, ["NRD", "VES"])).sides[0]
    assert side.first is not None
    assert side.latest is not None
    assert (side.first.text, side.first.article, side.first.person) == ("Gladly.", "a1", "Ilse Tarrow")
    assert side.first.spans == ((3, 10),)
    assert (side.latest.text, side.latest.article) == ("Never again.", "a3")


def test_of_what_is_said_twice_in_an_article_its_first_place_counts() -> None:
    twice = [says("NRD", "for", spans=((40, 50),), text="again"), says("NRD", "for", spans=((3, 10),), text="at first")]
    for rows in (twice, twice[::-1]):
        side = only(agreement(rows, ["NRD", "VES"])).sides[0]
        assert side.latest is not None
        assert side.latest.text == "at first"


def test_sanctions_on_another_state_are_another_matter() -> None:
    rows = many("NRD", "for", 3, regarding="KAL") + many("VES", "for", 3, regarding="OST")
    assert [t.pairs[0].outcome for t in agreement(rows, ["NRD", "VES"]).topics] == ["one silent", "one silent"]
    assert outcome(rows, regarding=False) == "coincide"


def test_talks_with_a_third_are_no_talks_with_each_other() -> None:
    talks: dict[str, Any] = {"issue": "dialogue"}
    rows = many("NRD", "for", 3, toward="VES", **talks) + many("VES", "for", 3, toward="KAL", **talks)
    found = agreement(rows, ["NRD", "VES"], terms=Terms(pair_issues=("dialogue",)))
    assert only(found).label == "dialogue/NRD+VES"
    assert only(found).pairs[0].outcome == "one silent"
    assert found.elsewhere == 3
    # a third actor is no side of what lies between two
    three = agreement(rows, ["NRD", "VES", "KAL"], terms=Terms(pair_issues=("dialogue",)))
    assert {t.label: [s.actor for s in t.sides] for t in three.topics} == {
        "dialogue/NRD+VES": ["NRD", "VES"],
        "dialogue/KAL+VES": ["VES", "KAL"],
    }


def test_several_actors_make_every_pair() -> None:
    rows = many("NRD", "for", 3) + many("VES", "for", 3) + many("KAL", "against", 3)
    topic = only(agreement(rows, ["NRD", "VES", "KAL"]))
    assert {p.actors: p.outcome for p in topic.pairs} == {
        ("NRD", "VES"): "coincide",
        ("NRD", "KAL"): "differ",
        ("VES", "KAL"): "differ",
    }


def test_repetition_in_an_article_counts_once_if_asked() -> None:
    rows = [says("NRD", "for"), says("NRD", "for", spans=((5, 9),)), says("NRD", "for", "a2"), says("VES", "for")]
    counted = {how: only(agreement(rows, ["NRD", "VES"], terms=Terms(once=how))).sides[0].counts.for_ for how in
               ("all", "document", "week", "range")}  # fmt: skip
    assert counted == {"all": 3, "document": 2, "week": 1, "range": 1}
    assert agreement(rows, ["NRD", "VES"]).repeated == 1


def test_a_period_without_data_says_so() -> None:
    found = agreement(many("NRD", "for", 3), ["NRD", "VES"], since=dt.date(2040, 1, 1), until=dt.date(2040, 12, 31))
    assert found.topics == ()
    assert found.empty == "no position of NRD or VES from 2040-01-01 until 2040-12-31"


def test_an_issue_asked_for_and_not_spoken_of() -> None:
    found = agreement([], ["NRD", "VES"], issues=["climate"])
    assert only(found).pairs[0].outcome == "both silent"
    assert found.empty


def test_days_that_nobody_knows_closely_enough_are_counted() -> None:
    year = Said(
        article="y", actor="NRD", issue="trade", stance="for", date=dt.date(2031, 1, 1), until=dt.date(2031, 12, 31)
    )
    rows = [year, says("NRD", "for", date=None), says("NRD", "for", "a9")]
    found = agreement(rows, ["NRD", "VES"], since=MARCH, until=dt.date(2031, 3, 31))
    assert (found.statements, found.undated) == (1, 2)
    whole = agreement(rows, ["NRD", "VES"], since=dt.date(2031, 1, 1), until=dt.date(2031, 12, 31))
    assert (whole.statements, whole.undated) == (2, 1)


def test_change_by_year_and_since_when() -> None:
    def year(n: int, vesper: str) -> list[Said]:
        day = dt.date(n, 6, 15)
        return [says("NRD", "for", f"n{n}", date=day), says("VES", vesper, f"v{n}", date=day)]

    rows = [*year(2028, "against"), *year(2029, "for"), *year(2031, "for"), *year(2032, "for")]
    (pair,) = only(agreement(rows, ["NRD", "VES"], terms=Terms(window="year"))).pairs
    topic = only(agreement(rows, ["NRD", "VES"], terms=Terms(window="year")))
    assert [w.pairs[0].outcome for w in topic.change] == ["differ", "coincide", "both silent", "coincide", "coincide"]
    assert pair.outcome == "coincide"
    assert pair.since == dt.date(2029, 6, 15)


def test_moving_windows_overlap() -> None:
    rows = [says("NRD", "for", f"a{m}", date=dt.date(2031, m, 10)) for m in range(1, 7)]
    terms = Terms(window="month", window_width=3, window_step=1)
    change = only(agreement(rows, ["NRD", "VES"], terms=terms)).change
    assert [w.counts[0].for_ for w in change] == [3, 3, 3, 3]


def test_what_counts_once_in_all_counts_once_in_each_window() -> None:
    rows = [says("NRD", "for", f"a{y}", date=dt.date(y, 1, 1)) for y in (2029, 2030, 2031)]
    topic = only(agreement(rows, ["NRD", "VES"], terms=Terms(once="range", window="year")))
    assert topic.sides[0].counts.for_ == 1
    assert [w.counts[0].for_ for w in topic.change] == [1, 1, 1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimum": 0},
        {"agree_from": 0.4},
        {"differ_to": 0.9},
        {"level": 1.0},
        {"resamples": 3},
        {"window_minimum": 0},
        {"once": "fortnight"},
        {"window": "era"},
        {"window_width": 0},
        {"window_step": 2},
    ],
)
def test_impossible_terms_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        Terms(**wrong)
    assert caught.value.name in wrong


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(SettingsError):
        agreement([], ["NRD", "NRD"])
    with pytest.raises(SettingsError):
        agreement([], ["NRD", "VES"], since=dt.date(2031, 2, 1), until=dt.date(2031, 1, 1))


# --- the page of the docs ---------------------------------------------------------------------------------------------


def example_rows() -> list[Said]:
    """The statements of the worked example, read from its table; each in an article of its own."""
    rows: list[Said] = []
    issues = ("sanctions", "trade", "climate")
    for actor, *cells in re.findall(r"^\| ([A-Z]{3}) \| (\d, \d) \| (\d, \d) \| (\d, \d) \|$", DOC, re.M):
        for issue, cell in zip(issues, cells, strict=True):
            for stance, count in zip(("for", "against"), cell.split(", "), strict=True):
                rows += [says(actor, stance, f"{actor}-{issue}-{stance}-{n}", issue) for n in range(int(count))]
    assert len(rows) == 13
    return rows


def test_worked_example_of_the_docs() -> None:
    found = agreement(example_rows(), ["NRD", "VES", "KAL"], terms=Terms(minimum=2))
    pairs = {(t.issue, *p.actors): p for t in found.topics for p in t.pairs}
    sanctions = pairs["sanctions", "NRD", "VES"]
    assert (sanctions.outcome, sanctions.share, sanctions.interval) == ("differ", 0.0, "wilson")
    assert f"{sanctions.low:.3f} to {sanctions.high:.3f}" == "0.000 to 0.658"
    assert "0.000 to 0.658" in DOC
    climate = pairs["climate", "NRD", "KAL"]
    assert (climate.outcome, climate.share) == ("mixed", 0.5)
    assert pairs["trade", "VES", "KAL"].outcome == "one silent"
    assert pairs["trade", "NRD", "VES"].outcome == "not enough said"


# --- intervals --------------------------------------------------------------------------------------------------------


def test_wilson_by_hand() -> None:
    # 8 of 10 at 95 %: the textbook's 0.490 to 0.943
    low, high = wilson(0.8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


def test_bootstrap_draws_articles_and_not_statements() -> None:
    # the same twelve statements a side: in twelve articles each, or all in a few that say everything at once
    spread = interval([(1, 0, 0, 0)] * 9 + [(0, 1, 0, 0)] * 3 + [(0, 0, 1, 0)] * 12)
    packed = interval([(3, 0, 4, 0)] * 3 + [(0, 3, 0, 0)], least=2)
    assert spread is not None
    assert packed is not None
    assert (spread.method, packed.method) == ("bootstrap", "bootstrap")
    assert packed.high - packed.low > spread.high - spread.low


def test_all_of_one_mind_is_not_certainty() -> None:
    found = interval([(1, 0, 1, 0)] * 20)
    assert found is not None
    assert found.method == "wilson"
    assert found.high == 1.0
    assert 0.8 < found.low < 0.9


def test_draws_do_not_depend_on_which_article_came_first() -> None:
    cells = [(1, 0, 0, 0)] * 9 + [(0, 1, 0, 0)] * 3 + [(0, 0, 1, 0)] * 12 + [(2, 1, 0, 3)] * 4
    assert interval(cells) == interval(cells[::-1])


CELLS = st.lists(st.tuples(*[st.integers(0, 4)] * 4), max_size=30)


@given(CELLS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_interval_holds_its_share_in_any_order(cells: list[tuple[int, int, int, int]], order: random.Random) -> None:
    found = interval(cells, resamples=200)
    share = agreement_share([sum(c[n] for c in cells) for n in range(4)])
    assert (found is None) == (share is None)
    if found is not None and share is not None:
        assert 0 <= found.low <= share <= found.high <= 1
    shuffled = list(cells)
    order.shuffle(shuffled)
    assert interval(shuffled, resamples=200) == found


# --- properties -------------------------------------------------------------------------------------------------------

ROWS = st.lists(
    st.builds(
        says,
        st.sampled_from(["NRD", "VES", "KAL"]),
        st.sampled_from(["for", "against", "conditional", "neutral"]),
        st.sampled_from([f"a{n}" for n in range(8)]),
        st.sampled_from(["sanctions", "trade", "dialogue"]),
        date=st.one_of(st.none(), st.dates(dt.date(2030, 1, 1), dt.date(2031, 12, 31))),
        regarding=st.sampled_from([None, "OST"]),
        toward=st.sampled_from([None, "VES", "OST"]),
        reporter=st.sampled_from([None, None, None, "OST"]),
        spans=st.sampled_from([((0, 4),), ((9, 12),)]),
    ),
    max_size=40,
)
QUICK = Terms(resamples=100, pair_issues=("dialogue",), minimum=2)


def tallies(found: Agreement) -> dict[tuple[str, str, str], int]:
    return {
        (topic.label, side.actor, f"{kind} {stance}"): count
        for topic in found.topics
        for side in topic.sides
        for kind, counts in (("own", side.counts), ("reported", side.reported))
        for stance, count in counts.to_dict().items()
        if count
    }


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_articles_does_not_matter(rows: list[Said], order: random.Random) -> None:
    terms = replace(QUICK, window="quarter")
    shuffled = list(rows)
    order.shuffle(shuffled)
    asked = ["NRD", "VES", "KAL"]
    assert agreement(rows, asked, terms=terms) == agreement(shuffled, asked, terms=terms)


@given(ROWS, st.sets(st.sampled_from([f"a{n}" for n in range(8)])))
@settings(max_examples=60, deadline=None)
def test_two_halves_make_the_whole(rows: list[Said], first: set[str]) -> None:
    asked = ["NRD", "VES", "KAL"]
    halves = [[r for r in rows if (r.article in first) == side] for side in (True, False)]
    one, two = (agreement(half, asked, terms=QUICK) for half in halves)
    whole = agreement(rows, asked, terms=QUICK)
    added = tallies(one)
    for key, count in tallies(two).items():
        added[key] = added.get(key, 0) + count
    assert tallies(whole) == added
    assert whole.statements + whole.repeated == one.statements + one.repeated + two.statements + two.repeated


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_agreement_is_mutual(rows: list[Said]) -> None:
    there = agreement(rows, ["NRD", "VES"], terms=QUICK)
    back = agreement(rows, ["VES", "NRD"], terms=QUICK)
    for one, two in zip(there.topics, back.topics, strict=True):
        assert (one.label, one.sides) == (two.label, two.sides[::-1])
        for a, b in zip(one.pairs, two.pairs, strict=True):
            assert (a.outcome, a.share, a.articles, a.claims) == (b.outcome, b.share, b.articles, b.claims[::-1])


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_between_rows_and_answer(rows: list[Said]) -> None:
    since, until = dt.date(2030, 6, 1), dt.date(2031, 6, 1)
    found = agreement(rows, ["NRD", "VES"], since=since, until=until, terms=replace(QUICK, once="all"))
    here = [r for r in rows if r.actor != "KAL" and r.date and since <= r.date <= until]
    assert found.statements + found.reported + found.elsewhere == len(here)
    assert found.undated == sum(r.actor != "KAL" and r.date is None for r in rows)
    assert found.repeated == 0


@given(ROWS, st.sampled_from(["document", "week", "month", "year", "range"]))
@settings(max_examples=60, deadline=None)
def test_counting_once_twice_changes_nothing(rows: list[Said], how: Any) -> None:
    kept = once(rows, how, who=lambda r: r.actor, about=concept_of)
    assert once(kept, how, who=lambda r: r.actor, about=concept_of) == kept
    assert len(kept) <= len(once(rows, "all", who=lambda r: r.actor, about=concept_of)) == len(rows)


# --- periods ----------------------------------------------------------------------------------------------------------


def test_periods_follow_the_calendar_and_fit_the_ends() -> None:
    found = periods(dt.date(2030, 1, 10), dt.date(2030, 3, 2), "month")
    assert [(p.start.isoformat(), p.end.isoformat()) for p in found] == [
        ("2030-01-10", "2030-01-31"),
        ("2030-02-01", "2030-02-28"),
        ("2030-03-01", "2030-03-02"),
    ]
    assert beginning(dt.date(2031, 5, 14), "week") == dt.date(2031, 5, 12)
    assert beginning(dt.date(2031, 5, 14), "quarter") == dt.date(2031, 4, 1)


@given(
    st.dates(dt.date(2020, 1, 1), dt.date(2022, 1, 1)),
    st.integers(0, 500),
    st.sampled_from(["day", "week", "month", "quarter", "year"]),
    st.integers(1, 4),
)
@settings(deadline=None)
def test_every_day_lies_in_just_one_period(since: dt.date, length: int, unit: Any, width: int) -> None:
    until = since + dt.timedelta(days=length)
    found = periods(since, until, unit, width=width)
    assert (found[0].start, found[-1].end) == (since, until)
    assert all((b.start - a.end).days == 1 for a, b in pairwise(found))


def test_the_end_of_the_calendar_is_no_trap() -> None:
    assert periods(dt.date(9999, 12, 30), dt.date.max, "year")[-1].end == dt.date.max
    assert len(periods(dt.date(9999, 12, 30), dt.date.max, "day")) == 2


def test_a_year_lies_in_no_week() -> None:
    first, last = dt.date(2031, 1, 1), dt.date(2031, 12, 31)
    assert inside(first, last, first, last)
    assert not inside(first, last, first, dt.date(2031, 1, 7))
    assert not inside(None, None, first, last)
    assert inside(None, None, None, None)


# --- rows from Readings -----------------------------------------------------------------------------------------------


def test_rows_of_a_reading_carry_its_words() -> None:
    reading = a_reading.READING
    rows = list(said([reading]))
    assert len(rows) == len(reading.positions)
    for row, position in zip(rows, reading.positions, strict=True):
        assert (row.article, row.outlet, row.date) == ("a1", "News Example", dt.date(2031, 5, 14))
        assert (row.actor, row.issue, row.stance, row.spans) == (
            position.actor,
            position.issue,
            position.stance,
            position.evidence,
        )
        for span in row.spans:
            assert " ".join(reading.words(span).split()) in row.text
        assert row.reporter is None


def test_person_is_the_speaker_for_that_actor() -> None:
    reading = a_reading.READING
    position = replace(reading.positions[0], statement="s1", actor="NRD")
    other = replace(position, actor="VES")
    rows = list(said([replace(reading, positions=(position, other))]))
    assert [r.person for r in rows] == ["Ilse Tarrow", None]


def test_events_become_ordered_pairs() -> None:
    reading = a_reading.READING
    visit = reading.events[0]
    dated = replace(
        visit, date=EventDate(start="2031-05-12", end="2031-05-13", granularity="day", text="", type="point")
    )
    meeting = replace(dated, source=(a_reading.TARROW, a_reading.QUELL), target=())
    vague = replace(visit, date=EventDate(start=None, end=None, granularity="day", text="then"))
    undated = replace(visit, date=None)
    rows = [list(did([replace(reading, events=(event,))])) for event in (dated, meeting, vague, undated)]
    assert [(r.source, r.target) for r in rows[0]] == [("NRD", "VES")]
    assert (rows[0][0].date, rows[0][0].until, rows[0][0].dated_by) == (
        dt.date(2031, 5, 12),
        dt.date(2031, 5, 13),
        "event",
    )
    assert {(r.source, r.target) for r in rows[1]} == {("NRD", "VES"), ("VES", "NRD")}
    assert (rows[2][0].date, rows[2][0].dated_by) == (None, None)
    assert (rows[3][0].date, rows[3][0].dated_by) == (dt.date(2031, 5, 14), "article")


@pytest.mark.parametrize("start", ["", "soon", "2031", "2031-13-40", "٢٠٣١-٠٥-١٤"])
def test_a_day_that_is_none_stays_empty(start: str) -> None:
    article = replace(
        a_reading.READING.article,
        published=Published(start=start, end=start, granularity="day", source="given", confidence=1.0),
    )
    rows = list(said([Reading(article=article, positions=a_reading.READING.positions)]))
    assert all(row.date is None for row in rows)


def test_a_day_that_ends_before_it_starts_is_its_start() -> None:
    article = replace(
        a_reading.READING.article,
        published=Published(
            start="2031-05-14T10:00:00Z", end="2031-05-01", granularity="day", source="given", confidence=1.0
        ),
    )
    row = next(iter(said([Reading(article=article, positions=a_reading.READING.positions)])))
    assert (row.date, row.until) == (dt.date(2031, 5, 14), dt.date(2031, 5, 14))


def test_answers_become_plain_values() -> None:
    plain = agreement(many("NRD", "for", 3) + many("VES", "for", 3), ["NRD", "VES"]).to_dict()
    assert plain["topics"][0]["sides"][0]["counts"] == {"for": 3, "against": 0, "conditional": 0, "neutral": 0}
    assert plain["topics"][0]["sides"][0]["first"]["date"] == "2031-03-01"
    assert not any(a == b for a, b in combinations(plain["actors"], 2))
