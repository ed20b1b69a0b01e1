"""Measures of tallies: matrix, series, stock, reciprocity. The figures of the docs are reckoned anew."""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import SettingsError
from dragoman.relate.indices import MEASURES, Sums, between, by_article, goldstein, measure, sums, value, weight
from dragoman.relate.matrix import Reckoning, dyad, matrix, series
from dragoman.relate.reciprocity import correlation, reciprocity
from dragoman.relate.stock import acts, run_up, stock
from dragoman.store.base import Tally

ROOT = Path(__file__).parents[1]
DATA = ROOT / "src/dragoman/data/ontology"
DOC = (ROOT / "docs/explanation/measures.md").read_text("utf-8")
WEIGHTS = goldstein((DATA / "goldstein.csv").read_text("utf-8"))
KINDS: dict[str, tuple[int, float]] = {
    "AID": (2, 10.0),
    "CONSULT-visit": (1, 4.0),
    "SANCTION-discontinue": (4, -6.0),
    "ACCUSE-disapprove": (3, -2.0),
    "THREATEN": (3, -3.5),
    "ASSAULT-drone": (4, -9.5),
    "REQUEST": (3, 0.0),
    "COERCE-cyber": (4, -7.0),
}
MARCH = dt.date(2031, 3, 1)


def tally(kind: str, events: int = 1, *, article: str | None = "a1", **more: Any) -> Tally:
    quad, score = KINDS[kind]
    name, _, mode = kind.partition("-")
    values: dict[str, Any] = {"source": "NRD", "target": "VES", "period": MARCH} | more
    return Tally(
        events=events,
        score=events * score,
        cooperation=events * max(score, 0.0),
        conflict=events * min(score, 0.0),
        quads=tuple(events if quad == n else 0 for n in (1, 2, 3, 4)),
        confidence=float(events),
        type=name,
        mode=mode or None,
        article=article,
        **values,
    )  # fmt: skip


def example() -> list[Tally]:
    """The rows of the table in the docs."""
    found = []
    for line in re.findall(r"^\| a\d .*\|$", DOC, re.M):
        article, source, target, kind, events, _ = (cell.strip() for cell in line.strip("|").split("|"))
        found.append(tally(kind, int(events), article=article, source=source, target=target))
    return found


# ---- the worked example


def test_the_example_of_the_docs() -> None:
    rows = example()
    assert len(rows) == 6
    told = re.findall(r"^\| `(\w+)` \| (\S+) \| (\S+) \|$", DOC, re.M)
    assert {name for name, _, _ in told} == set(MEASURES)
    for name, there, back in told:
        for pair, printed in ((("NRD", "VES"), there), (("VES", "NRD"), back)):
            theirs = [r for r in rows if (r.source, r.target) == pair]
            found = value(name, sums(theirs, weights=WEIGHTS, wanted=name), read=400)
            assert found is not None
            assert f"{found:.2f}" == printed.replace("−", "-"), (name, pair)


def test_every_measure_is_told_with_formula_and_source() -> None:
    for name, one in MEASURES.items():
        assert f"| `{name}` | {one.formula} |" in DOC
        assert one.source and one.label and one.name == name


def test_nought_is_not_nothing() -> None:
    rows = example()
    found = matrix(rows, "score_sum", actors=["NRD", "VES", "KAL"])
    told = found.cell("NRD", "VES")
    assert told is not None and told.value == 0.0 and told.events == 5
    assert found.cell("NRD", "KAL") is None and found.cell("NRD", "NRD") is None


# ---- measures


def test_unknown_measure_names_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="score_mean"):
        measure("score_average")


def test_goldstein_asks_for_what_it_needs() -> None:
    with pytest.raises(SettingsError, match=r"goldstein\.csv"):
        sums(example(), wanted="goldstein_mean")
    untyped = [
        tally("AID", 1),
        Tally(**{n: getattr(tally("AID"), n) for n in Tally.__struct_fields__} | {"type": None}),
    ]
    with pytest.raises(SettingsError, match="type"):
        sums(untyped, weights=WEIGHTS, wanted="goldstein_sum")


def test_what_goldstein_does_not_weigh_is_left_out_of_the_mean() -> None:
    assert WEIGHTS[("COERCE", "cyber")] is None
    whole = sums([tally("AID"), tally("COERCE-cyber")], weights=WEIGHTS, wanted="goldstein_mean")
    assert (whole.events, whole.weighted) == (2, 1)
    assert value("goldstein_mean", whole) == 7.0
    assert value("goldstein_mean", sums([tally("COERCE-cyber")], weights=WEIGHTS)) is None


def test_a_mode_without_a_row_weighs_as_its_type() -> None:
    assert weight("AGREE", "in-writing", WEIGHTS) == weight("AGREE", None, WEIGHTS) == 4.0
    assert weight("COERCE", "cyber", WEIGHTS) is None and weight("FIGHT", None, WEIGHTS) is None


def test_goldstein_table_is_the_crosswalk() -> None:
    with (DATA / "cameo.csv").open(encoding="utf-8", newline="") as file:
        cameo = list(csv.DictReader(file))
    with (DATA / "goldstein.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    written = {(r["type"], r["mode"]): r for r in cameo if r["direction"] in {"out", "both"}}
    assert len(table) == len(written) == 83
    for row in table:
        source = written[(row["type"], row["mode"])]
        assert (row["cameo"], row["weight"]) == (source["code"], source["goldstein"])
        read = [
            float(r["goldstein"])
            for r in cameo
            if r["direction"] in {"in", "both"}
            and r["type"] == row["type"]
            and (not row["mode"] or r["mode"] == row["mode"])
            and r["goldstein"]
        ]
        assert [float(x) for x in (row["low"], row["high"]) if x] == ([min(read), max(read)] if read else [])
        assert row["fit"] in {"plain", "span", "stand-in", "none"}
        assert (row["fit"] == "none") == (not row["weight"]) and (row["fit"] in {"plain", "span"} or row["note"])


@pytest.mark.parametrize("text", ["type,mode,weight\nAID,,11\n", "type,mode\nAID,\n", "type,mode,weight\nAID,,x\n"])
def test_a_table_that_cannot_be_read_names_the_line(text: str) -> None:
    with pytest.raises(SettingsError, match="line 2"):
        goldstein(text)


def test_no_articles_counted_no_rate() -> None:
    assert value("rate", sums([tally("AID")])) is None
    assert value("rate", Sums(), read=200) == 0.0
    assert value("events", Sums()) is None and value("events", Sums(), read=0) is None
    assert value("score_mean", Sums(), read=200) is None


rows = st.lists(
    st.builds(
        tally,
        st.sampled_from(sorted(KINDS)),
        st.integers(1, 4),
        article=st.sampled_from([f"a{n}" for n in range(30)]),
        source=st.sampled_from(["NRD", "VES", "KAL"]),
        target=st.sampled_from(["NRD", "VES", "KAL"]),
        period=st.sampled_from([dt.date(2031, month, 1) for month in (1, 2, 3, 5)]),
    ),
    max_size=40,
)


@given(rows, rows)
def test_two_halves_make_the_whole(one: list[Tally], other: list[Tally]) -> None:
    parts = [sums(half, weights=WEIGHTS) for half in (one, other)]
    whole = sums([*one, *other], weights=WEIGHTS)
    for part in Sums.__struct_fields__:
        assert getattr(whole, part) == pytest.approx(sum(getattr(half, part) for half in parts), abs=1e-9)
    for name, asked in MEASURES.items():
        if asked.additive:
            added = sum(value(name, half, read=10) or 0.0 for half in parts)
            assert value(name, whole, read=10) == pytest.approx(added, abs=1e-9)


@given(rows, st.randoms(use_true_random=False))
def test_order_does_not_matter(found: list[Tally], chance: random.Random) -> None:
    mixed = list(found)
    chance.shuffle(mixed)
    assert sums(found, weights=WEIGHTS) == sums(mixed, weights=WEIGHTS)
    how = Reckoning(resamples=100, least_articles=3)
    assert matrix(found, "balance", how=how) == matrix(mixed, "balance", how=how)


@given(rows, st.integers(1, 500))
def test_measures_keep_their_bounds(found: list[Tally], read: int) -> None:
    articles = by_article(found, weights=WEIGHTS)
    for name, asked in MEASURES.items():
        told = value(name, sums(found, weights=WEIGHTS), read=read)
        if told is None:
            assert not found or asked.over
            continue
        assert asked.low <= told <= asked.high
        around = between(name, articles, read=read, resamples=100, least=3)
        if around:
            assert asked.low <= around.low <= told + 1e-9 and told - 1e-9 <= around.high <= asked.high


# ---- intervals


def test_few_articles_have_wilson_for_a_share_and_nothing_else() -> None:
    articles = by_article([tally("AID", article="a1"), tally("SANCTION-discontinue", article="a2")])
    share = between("material_conflict", articles)
    assert share is not None and share.method == "wilson" and share.low < 0.5 < share.high
    assert between("score_mean", articles) is None


def test_an_article_that_says_much_widens_the_interval() -> None:
    spread = [tally("SANCTION-discontinue" if n % 2 else "AID", article=f"a{n}") for n in range(40)]
    heaped = [tally("SANCTION-discontinue" if n % 2 else "AID", article=f"a{n // 4}") for n in range(40)]
    heaped += [tally("AID", 8, article="a99")]
    wide, narrow = (between("score_sum", by_article(found)) for found in (heaped, spread))
    assert wide is not None and narrow is not None
    assert wide.high - wide.low > narrow.high - narrow.low


def test_intervals_of_counts_hold_the_true_mean_about_as_often_as_they_say() -> None:
    chance, held = random.Random(7), 0
    for _ in range(100):
        # a hundred articles, each of which tells of the pair in three cases of ten, and then of one to three events
        told = [tally("AID", chance.choice((1, 2, 3)), article=f"a{n}") for n in range(100) if chance.random() < 0.3]
        found = between("events", by_article(told), resamples=400)
        assert found is not None
        held += found.low <= 60 <= found.high
    assert held >= 90


def test_rows_without_articles_have_no_interval() -> None:
    with pytest.raises(SettingsError, match="article"):
        by_article([tally("AID", article=None)])


# ---- matrix and series


def test_the_matrix_is_directed_and_fades() -> None:
    found = matrix(example(), "score_mean", actors=["NRD", "VES", "KAL"], how=Reckoning(minimum=3))
    there, back = found.cell("NRD", "VES"), found.cell("VES", "NRD")
    assert found.counted_in == "articles"
    assert there is not None and not there.faded and there.articles == 4
    assert back is not None and back.faded and back.value == -6.5
    with pytest.raises(SettingsError, match="XYZ"):
        found.cell("XYZ", "NRD")


def test_acting_and_receiving_side_apart() -> None:
    found = matrix(example(), "events", acting=["VES"], upon=["NRD", "KAL"])
    assert (found.rows, found.columns) == (("VES",), ("NRD", "KAL"))
    assert found.cells[0][0] is not None and found.cells[0][1] is None
    assert matrix(example(), "events").rows == ("NRD", "VES")
    assert matrix([], "events").cells == ()


def test_without_articles_events_are_counted() -> None:
    (row,) = matrix([tally("AID", 2, article=None)], "events", acting=["NRD"], upon=["VES"]).cells
    assert row[0] is not None and row[0].faded and row[0].articles is None and row[0].interval is None


@given(rows, rows)
def test_cells_of_two_halves_make_the_whole(one: list[Tally], other: list[Tally]) -> None:
    names = ["NRD", "VES", "KAL"]
    how = Reckoning(intervals=False)
    first, second, whole = (matrix(part, "score_sum", actors=names, how=how) for part in (one, other, [*one, *other]))
    for n, row in enumerate(whole.cells):
        for m, cell in enumerate(row):
            halves = [c for c in (first.cells[n][m], second.cells[n][m]) if c]
            assert (cell is None) == (not halves)
            if cell:
                assert cell.events == sum(half.events for half in halves)
                assert cell.value == pytest.approx(sum(half.value or 0.0 for half in halves), abs=1e-9)


def test_periods_told_thin_silent_and_unread() -> None:
    months = {m: dt.date(2031, m, 1) for m in range(1, 6)}
    told = [tally("AID", article=f"a{n}", period=months[1]) for n in range(3)]
    told += [tally("AID", article="b", period=months[2])]
    read = {months[1]: 100, months[2]: 90, months[3]: 80}
    found = series(told, "NRD", "VES", "events", unit="month", since=months[1], until=dt.date(2031, 4, 30), read=read)
    assert [p.state for p in found.points] == ["told", "thin", "silent", "unread"]
    assert found.values == (3.0, 1.0, 0.0, None)
    means = series(told, "NRD", "VES", "score_mean", unit="month", since=months[1], until=months[3], read=read)
    assert means.values == (10.0, 10.0, None)
    blind = series(told, "NRD", "VES", "events", unit="month", since=months[1], until=months[3])
    assert [p.state for p in blind.points] == ["told", "thin", "unread"] and blind.values[2] is None


def test_both_directions_have_the_same_periods() -> None:
    found = [tally("AID"), tally("THREATEN", source="VES", target="NRD", period=dt.date(2031, 6, 1))]
    there, back = dyad(found, "NRD", "VES", "events", unit="month")
    assert (
        [p.start for p in there.points] == [p.start for p in back.points] == [dt.date(2031, m, 1) for m in (3, 4, 5, 6)]
    )
    with pytest.raises(SettingsError, match="period"):
        series([tally("AID", period=None)], "NRD", "VES", unit="month")
    assert series([], "NRD", "VES", unit="month").points == ()


def test_reckoning_refuses_what_cannot_be() -> None:
    for wrong in ({"minimum": 0}, {"level": 1.0}, {"resamples": 10}, {"least_articles": 1}):
        with pytest.raises(SettingsError):
            Reckoning(**wrong)  # type: ignore[arg-type]


# ---- stock

day = st.dates(dt.date(2031, 1, 1), dt.date(2032, 12, 31))
deeds = st.lists(st.tuples(day, st.floats(-50, 50)), max_size=30)


def test_the_stock_of_the_docs() -> None:
    told = re.search(r"after 20 days ([\d.]+) \+ ([\d.]+) = (\d+\.\d+)", DOC)
    assert told and (told[1], told[2]) == ("2.00", "3.00")
    found = stock([(dt.date(2031, 3, 1), 8.0), (dt.date(2031, 3, 11), 6.0)], 10, [dt.date(2031, 3, 21)])
    assert f"{found.values[0]:.2f}" == told[3] == "5.00"
    assert run_up(10) == 44 and "44 days" in DOC


@given(deeds, day)
def test_with_an_infinite_half_life_the_stock_is_the_sum(found: list[tuple[dt.date, float]], at: dt.date) -> None:
    (held,) = stock(found, math.inf, [at]).values
    assert held == pytest.approx(math.fsum(w for d, w in found if d <= at), abs=1e-9)


@given(deeds, st.lists(day, min_size=1, max_size=6, unique=True), st.floats(1, 1000), st.randoms(use_true_random=False))
def test_the_stock_is_the_sum_of_what_is_left(
    found: list[tuple[dt.date, float]], days: list[dt.date], half: float, chance: random.Random
) -> None:
    mixed = list(found)
    chance.shuffle(mixed)
    held = stock(mixed, half, days)
    assert held.days == tuple(sorted(days)) and held.values == stock(found, half, days).values
    for at, left in zip(held.days, held.values, strict=True):
        direct = math.fsum(w * 2 ** (-(at - d).days / half) for d, w in found if d <= at)
        assert left == pytest.approx(direct, abs=1e-6)


def test_only_sums_can_be_heaped_up() -> None:
    assert acts([tally("AID", 2), tally("SANCTION-discontinue")]) == [(MARCH, 14.0)]
    with pytest.raises(SettingsError, match="heaped"):
        acts([tally("AID")], "score_mean")
    with pytest.raises(SettingsError, match="half-life"):
        stock([], 0, [MARCH])
    assert run_up(math.inf) is None


# ---- reciprocity


def test_the_answer_a_month_later() -> None:
    told = re.search(r"x = ([\d ]+) and\s+y = ([\d ]+)", DOC)
    assert told
    there, back = ([float(n) for n in part.split()] for part in told.groups())
    found = reciprocity(there, back, lags=1)
    printed = re.search(r"r\(0\) = (\S+), r\(1\) = (\S+) over (\d+) months, d = (\S+)\.\s", DOC)
    assert printed
    later = found.lags[-1]
    assert found.same.correlation is not None and later.correlation is not None and found.difference is not None
    shown = (f"{found.same.correlation:.3f}", f"{later.correlation:.3f}", str(later.periods), f"{found.difference:.3f}")
    assert shown == tuple(part.replace("−", "-") for part in printed.groups())


series_pair = st.integers(8, 25).flatmap(
    lambda n: st.tuples(*[st.lists(st.none() | st.floats(-100, 100), min_size=n, max_size=n)] * 2)
)


@given(series_pair)
def test_reciprocity_is_bounded_and_mirrored(
    pair: tuple[Sequence[float | None], Sequence[float | None]],
) -> None:
    there, back = pair
    found, mirror = reciprocity(there, back, lags=2, least=4), reciprocity(back, there, lags=2, least=4)
    for lag, other in zip(found.lags, reversed(mirror.lags), strict=True):
        assert (lag.lag, lag.periods) == (-other.lag, other.periods)
        if lag.correlation is not None:
            assert lag.low is not None and lag.high is not None and other.correlation is not None
            assert -1 <= lag.low <= lag.correlation + 1e-12 and lag.correlation - 1e-12 <= lag.high <= 1
            assert lag.correlation == pytest.approx(other.correlation, abs=1e-9)
    if found.difference is not None:
        assert mirror.difference == pytest.approx(-found.difference, abs=1e-9)


def test_what_never_changes_goes_with_nothing() -> None:
    assert correlation([(1.0, 2.0), (1.0, 3.0), (1.0, 4.0)]) is None
    assert reciprocity([1.0] * 9, [float(n) for n in range(9)]).same.correlation is None
    assert reciprocity([], []).difference is None
    for wrong in ({"lags": -1}, {"least": 3}, {"level": 0.0}):
        with pytest.raises(SettingsError):
            reciprocity([1.0], [1.0], **wrong)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="periods"):
        reciprocity([1.0], [])
