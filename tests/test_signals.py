"""Mixed signals: cooperation and pressure of one actor towards another on the same days."""

from __future__ import annotations

import datetime as dt
import random
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.errors import SettingsError
from dragoman.relate.rows import Did
from dragoman.relate.signals import Terms, mixedness, signals
from test_agreement import DOC, says

TYPES: dict[str, tuple[int, float]] = {
    "AID": (2, 10.0),
    "CONSULT-visit": (1, 4.0),
    "SANCTION": (4, -6.0),
    "ACCUSE-disapprove": (3, -2.0),
    "REQUEST-assist": (3, 0.5),
}


def act(kind: str, day: int = 4, article: str = "a1", **more: Any) -> Did:
    quad, score = TYPES[kind]
    name, _, mode = kind.partition("-")
    date = more.pop("date", dt.date(2031, 3, 1) + dt.timedelta(days=day - 1))
    values: dict[str, Any] = {
        "event": f"{kind}{day}",
        "source": "NRD",
        "target": "VES",
        "status": "actual",
        "text": f"{kind} on day {day}",
        "until": date,
    }
    return Did(
        article=article, type=name, mode=mode or None, quad=quad, score=score, date=date, **values | more
    )  # fmt: skip


EXAMPLE = [
    act("AID", 4, "a1"),
    act("CONSULT-visit", 5, "a2"),
    act("SANCTION", 7, "a3"),
    act("ACCUSE-disapprove", 8, "a4"),
]
BOTH = ["NRD", "VES"]


def test_worked_example_of_the_docs() -> None:
    (signal,) = signals(EXAMPLE, BOTH)
    assert (signal.source, signal.target) == ("NRD", "VES")
    assert (signal.start, signal.end) == (dt.date(2031, 3, 4), dt.date(2031, 3, 8))
    assert (signal.cooperation.weight, signal.coercion.weight) == (14, 8)
    told = re.search(r"balance = 16/22 = ([\d.]+), evidence = 2/\(2 \+ 1\), score = ([\d.]+)\.", DOC)
    assert told
    assert (f"{signal.balance:.3f}", f"{signal.score:.3f}") == told.groups()


def test_best_evidence_of_each_track() -> None:
    (signal,) = signals(EXAMPLE, BOTH, terms=Terms(show=1))
    assert [e.text for e in signal.cooperation.best] == ["AID on day 4"]
    assert [(e.what, e.article, e.words) for e in signal.coercion.best] == [("SANCTION", "a3", False)]
    assert (signal.coercion.acts, signal.coercion.words) == (1, 1)
    unsure = [act("AID", 4, confidence=0.1), *EXAMPLE[1:]]
    (signal,) = signals(unsure, BOTH, terms=Terms(show=1))
    assert signal.cooperation.best[0].what == "CONSULT-visit"


def test_each_way_by_itself_unless_asked_together() -> None:
    rows = [act("AID", 4), act("SANCTION", 5, "a2", source="VES", target="NRD")]
    assert signals(rows, BOTH) == ()
    (signal,) = signals(rows, BOTH, terms=Terms(directed=False))
    assert (signal.source, signal.target) == ("NRD", "VES")


def test_a_meeting_counts_once_where_both_ways_are_asked_together() -> None:
    meeting = [act("CONSULT-visit", event="m"), act("CONSULT-visit", event="m", source="VES", target="NRD")]
    (signal,) = signals([*meeting, act("SANCTION", 5, "a2")], BOTH, terms=Terms(directed=False))
    assert signal.cooperation.words == 1


def test_days_too_far_apart() -> None:
    rows = [act("AID", 1), act("SANCTION", 8, "a2")]
    assert signals(rows, BOTH) == ()
    assert len(signals(rows, BOTH, terms=Terms(days=8))) == 1


def test_what_is_known_to_no_finer_than_a_year_is_on_no_same_day() -> None:
    year = act("AID", date=dt.date(2031, 1, 1), until=dt.date(2031, 12, 31))
    assert signals([year, act("SANCTION", 4, "a2"), act("AID", date=None, until=None)], BOTH) == ()


def test_only_what_happened() -> None:
    for status in ("planned", "hypothetical", "negated", "historical"):
        assert signals([act("AID"), act("SANCTION", 5, "a2", status=status)], BOTH) == ()
    planned = [act("AID"), act("SANCTION", 5, "a2", status="planned")]
    assert len(signals(planned, BOTH, terms=Terms(statuses=("actual", "planned")))) == 1


def test_a_request_for_help_presses_nobody() -> None:
    assert signals([act("AID"), act("REQUEST-assist", 5, "a2")], BOTH, terms=Terms(weigh="count")) == ()


def test_a_strike_beside_a_phone_call_is_less_mixed_by_weight_than_by_count() -> None:
    rows = [act("AID", 4, "a1"), act("ACCUSE-disapprove", 5, "a2")]
    (by_count,) = signals(rows, BOTH, terms=Terms(weigh="count", least_score=0))
    (by_weight,) = signals(rows, BOTH, terms=Terms(least_score=0))
    assert by_count.balance == 1
    assert by_weight.balance == pytest.approx(4 / 12)


def test_linked_reports_of_one_happening_weigh_once() -> None:
    linked = [act("AID", 4, f"a{n}", happening="h1") for n in range(5)]
    (signal,) = signals([*linked, act("SANCTION", 5, "b")], BOTH)
    assert (signal.cooperation.acts, signal.cooperation.weight, signal.cooperation.articles) == (1, 10, 1)
    assert signal.cooperation.best[0].article == "a0"
    doubtful = [act("AID", 4, "a0", happening="h1", confidence=0.2), act("AID", 4, "a9", happening="h1")]
    (signal,) = signals([*doubtful, act("SANCTION", 5, "b")], BOTH)
    assert signal.cooperation.best[0].article == "a9"
    unlinked = [act("AID", 4, f"a{n}") for n in range(5)]
    (signal,) = signals([*unlinked, act("SANCTION", 5, "b")], BOTH, terms=Terms(least_score=0))
    assert signal.cooperation.acts == 5


def test_words_towards_the_other_count_where_the_issue_is_about_the_pair() -> None:
    words = [
        says("NRD", "for", "w1", "dialogue", toward="VES", text="Let us talk."),
        says("NRD", "for", "w2", "dialogue", toward="VES", reporter="KAL"),
        says("NRD", "conditional", "w3", "dialogue", toward="VES"),
        says("NRD", "for", "w4", "human-rights", toward="VES"),
    ]
    rows = [act("SANCTION", 2, "a2")]
    assert signals(rows, BOTH, said=words) == ()
    (signal,) = signals(rows, BOTH, said=words, terms=Terms(pair_issues=("dialogue",)))
    assert [(e.what, e.text, e.words) for e in signal.cooperation.best] == [("for dialogue", "Let us talk.", True)]
    # refusing to talk presses
    refusal = [says("NRD", "against", "w1", "dialogue", toward="VES")]
    (signal,) = signals([act("CONSULT-visit", 2)], BOTH, said=refusal, terms=Terms(pair_issues=("dialogue",)))
    assert signal.coercion.words == 1


def test_the_period_asked_for() -> None:
    assert signals(EXAMPLE, BOTH, since=dt.date(2031, 3, 6)) == ()
    assert signals(EXAMPLE, BOTH, until=dt.date(2031, 3, 6)) == ()
    assert len(signals(EXAMPLE, BOTH, since=dt.date(2031, 3, 4), until=dt.date(2031, 3, 8))) == 1


def test_of_windows_that_overlap_the_best_stands() -> None:
    rows = [*EXAMPLE, act("AID", 12, "b1"), act("SANCTION", 13, "b2"), act("AID", 40, "c1"), act("SANCTION", 40, "c2")]
    found = signals(rows, BOTH, terms=Terms(least_score=0.1))
    assert all(a.end < b.start for a, b in pairwise(found))
    assert dt.date(2031, 4, 9) in {s.start for s in found}


def test_the_end_of_the_calendar_is_no_trap() -> None:
    rows = [act("AID", date=dt.date.max), act("SANCTION", 5, "a2", date=dt.date.max)]
    assert len(signals(rows, BOTH)) == 1


@pytest.mark.parametrize(
    "wrong", [{"weigh": "feeling"}, {"days": 0}, {"half": 0}, {"least_score": 1}, {"word_weight": 0}, {"show": 0}]
)
def test_impossible_terms_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        Terms(**wrong)
    assert caught.value.name in wrong
    with pytest.raises(SettingsError):
        signals([], ["NRD"])


# --- properties -------------------------------------------------------------------------------------------------------

WEIGHT = st.floats(0, 1e6)


@given(WEIGHT, WEIGHT, st.integers(0, 10_000), st.floats(0.01, 100))
def test_the_score_lies_between_nought_and_one(c: float, k: float, articles: int, half: float) -> None:
    score, balance = mixedness(c, k, articles, half=half)
    assert 0 <= score <= balance <= 1
    assert score < 1
    assert mixedness(k, c, articles, half=half) == (score, balance)
    assert mixedness(c, k, articles + 1, half=half)[0] >= score
    if c == 0 or k == 0:
        assert score == 0


ACTS = st.lists(
    st.builds(
        act,
        st.sampled_from(sorted(TYPES)),
        st.integers(1, 40),
        st.sampled_from([f"a{n}" for n in range(12)]),
        source=st.sampled_from(["NRD", "VES"]),
        target=st.sampled_from(["NRD", "VES", "KAL"]),
        confidence=st.sampled_from([0.5, 0.9]),
        happening=st.sampled_from([None, None, "h1", "h2"]),
    ),
    max_size=25,
)


@given(ACTS, st.integers(1, 10), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_signals_fit_their_window_in_any_order(
    rows: list[Did], days: int, directed: bool, order: random.Random
) -> None:
    terms = Terms(days=days, directed=directed, least_score=0)
    found = signals(rows, ["NRD", "VES", "KAL"], terms=terms)
    for signal in found:
        assert 0 < signal.score <= signal.balance <= 1
        assert (signal.end - signal.start).days < days
        assert signal.cooperation.best
        assert signal.coercion.best
        assert all(signal.start <= e.date <= signal.end for e in (*signal.cooperation.best, *signal.coercion.best))
    shuffled = list(rows)
    order.shuffle(shuffled)
    assert signals(shuffled, ["NRD", "VES", "KAL"], terms=terms) == found
