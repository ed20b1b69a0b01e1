"""Change points: where a series changed, and how sure the place is."""

from __future__ import annotations

import datetime as dt
import random
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.errors import MissingExtra, SettingsError
from dragoman.relate.change import changes, noise, overdispersion

DOC = (Path(__file__).parents[1] / "docs/explanation/measures.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def _library(request: pytest.FixtureRequest) -> None:
    if "without" not in request.node.name:
        pytest.importorskip("ruptures")


def test_the_example_of_the_docs() -> None:
    told = re.search(
        r"the months ([\d ]+) change at the (\d+)th, from (\S+) to (\S+) events a month; "
        r".* between the\s+(\d+)th and the (\d+)th",
        DOC,
    )
    assert told
    counts = [float(n) for n in told[1].split()]
    starts = [dt.date(2031, n + 1, 1) for n in range(12)]
    (one,) = changes(counts, kind="counts", starts=starts).changes
    assert [one.at + 1, one.first + 1, one.last + 1] == [int(told[n]) for n in (2, 5, 6)]
    assert (f"{one.before:.2f}", f"{one.after:.2f}") == (told[3], told[4])
    assert (one.start, one.earliest, one.latest) == (dt.date(2031, 7, 1), dt.date(2031, 6, 1), dt.date(2031, 8, 1))


def poisson(chance: random.Random, rate: float) -> float:
    """A count, by Knuth's product of uniform numbers."""
    count, product, floor = 0, chance.random(), 2.718281828459045**-rate
    while product > floor:
        count += 1
        product *= chance.random()
    return float(count)


def test_the_place_is_held_as_often_as_is_said() -> None:
    chance, found, held = random.Random(5), 0, 0
    for _ in range(100):
        series = [poisson(chance, 3.0 if n < 30 else 7.0) for n in range(60)]
        near = [c for c in changes(series, kind="counts").changes if abs(c.at - 30) <= 6]
        found += bool(near)
        held += bool(near) and near[0].first <= 30 <= near[0].last
    assert found >= 88 and held >= 0.9 * found


def test_series_that_do_not_change_rarely_seem_to() -> None:
    chance = random.Random(6)
    calm = [changes([poisson(chance, 4.0) for _ in range(60)], kind="counts") for _ in range(60)]
    assert sum(bool(found.changes) for found in calm) <= 9
    assert next(found.empty for found in calm if not found.changes) == "no change is worth its penalty"


def test_counts_are_held_against_what_was_read() -> None:
    chance, alone, beside = random.Random(8), 0, 0
    read: list[float | None] = [float(100 if n < 20 else 400) for n in range(40)]
    for _ in range(20):
        told: list[float | None] = [poisson(chance, (r or 0) * 0.05) for r in read]
        alone += bool(changes(told, kind="counts").changes)
        beside += bool(changes(told, kind="counts", read=read).changes)
    assert alone == 20 and beside <= 3


def test_means_and_gaps() -> None:
    chance = random.Random(9)
    values: list[float | None] = [chance.gauss(0 if n < 25 else 3, 1) for n in range(50)]
    values[10:13] = [None, None, None]
    found = changes(values, kind="means")
    (one,) = found.changes
    assert found.left_out == 3 and abs(one.at - 25) <= 1 and one.first <= 25 <= one.last
    assert one.before == pytest.approx(0, abs=0.7) and one.after == pytest.approx(3, abs=0.7)


def test_what_never_moves_never_changes() -> None:
    assert changes([4.0] * 30, kind="means").changes == ()
    assert changes([0.0] * 30, kind="counts").changes == ()
    assert "2 of the 6 periods" in (changes([1.0, 2.0], kind="counts").empty or "")
    assert changes([], kind="means").periods == 0


def test_bouts_are_told_from_neighbours() -> None:
    chance = random.Random(10)
    assert overdispersion([poisson(chance, 5.0) for _ in range(400)], [1.0] * 400) < 1.25
    bouts = [4 * poisson(chance, 5.0) for _ in range(400)]
    assert 3.2 < overdispersion(bouts, [1.0] * 400) < 4.8
    assert noise([chance.gauss(0, 2) for _ in range(400)]) == pytest.approx(4, rel=0.25)


counts = st.lists(st.none() | st.integers(0, 40).map(float), max_size=40)


@settings(deadline=None, max_examples=60)
@given(counts, st.sampled_from(["counts", "means"]), st.integers(1, 4))
def test_changes_are_in_order_and_inside_their_intervals(values: list[float | None], kind: str, shortest: int) -> None:
    found = changes(values, kind=kind, shortest=shortest)  # type: ignore[arg-type]
    places = [change.at for change in found.changes]
    assert places == sorted(set(places)) and found.periods + found.left_out == len(values)
    for change in found.changes:
        assert 0 < change.first <= change.at <= change.last < len(values)
        assert values[change.at] is not None
    assert bool(found.changes) != bool(found.empty)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(SettingsError, match="kind"):
        changes([], kind="sums")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="starts"):
        changes([1.0], kind="counts", starts=[dt.date(2031, 1, 1)] * 2)
    with pytest.raises(SettingsError, match="nought"):
        changes([-1.0], kind="counts")
    for wrong in ({"penalty": 0.0}, {"shortest": 0}, {"level": 1.0}):
        with pytest.raises(SettingsError):
            changes([1.0], kind="counts", **wrong)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="read"):
        changes([1.0], kind="means", read=[1.0])


def test_without_the_library_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ruptures", None)
    with pytest.raises(MissingExtra, match=r"pip install 'dragoman\[change\]'"):
        changes([1.0, 2.0, 1.0, 9.0, 8.0, 9.0], kind="counts")
