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
from dragoman.relate.goldstein import read as goldstein
from dragoman.relate.goldstein import weight
from dragoman.relate.indices import MEASURES, between, fitting, measure, value, values
from dragoman.relate.matrix import Cell, Reckoning, busiest, cells
from dragoman.relate.reciprocity import correlation, reciprocity
from dragoman.relate.series import halves, series
from dragoman.relate.stock import run_up, stocks
from dragoman.relate.sums import Counts, Sums, grouped, of_tallies, whole
from dragoman.relate.turns import Turn, best, shown, stretches, turns
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


def counted(rows: Sequence[Tally]) -> Counts:
    return of_tallies(rows, weights=WEIGHTS)


def by_article(rows: Sequence[Tally]) -> Any:
    """What each article told, a row of sums for each."""
    return grouped(counted(rows), ("article",)).parts


def table(rows: Sequence[Tally], by: str = "score_mean", *, intervals: bool = True, **more: Any) -> dict[Any, Cell]:
    """The cells of a matrix by source, target and period."""
    found = counted(rows)
    columns = cells(found, by, articles=found if intervals else None, **more)
    plain = {n: column.tolist() if hasattr(column, "tolist") else column for n, column in columns.items()}
    plain = {name: plain[name] or [None] * len(plain["source"]) for name in Cell.__struct_fields__}
    made = [Cell(*row) for row in zip(*plain.values(), strict=True)]
    return {(one.source, one.target, one.period): one for one in made}


def test_the_example_of_the_docs() -> None:
    rows = example()
    assert len(rows) == 6
    told = re.findall(r"^\| `(\w+)` \| (\S+) \| (\S+) \|$", DOC, re.M)
    assert {name for name, _, _ in told} == set(MEASURES) - {"stock"}
    for name, there, back in told:
        for pair, printed in ((("NRD", "VES"), there), (("VES", "NRD"), back)):
            theirs = counted([r for r in rows if (r.source, r.target) == pair])
            found = value(name, whole(fitting(theirs, name)), read=400)
            assert found is not None
            assert f"{found:.2f}" == printed.replace("−", "-"), (name, pair)


def test_every_measure_is_told_with_formula_and_source() -> None:
    for name, one in MEASURES.items():
        assert f"| `{name}` | {one.formula} |" in DOC
        assert one.source and one.label and one.unit and one.name == name


def test_nought_is_not_nothing() -> None:
    found = table(example(), "score_sum")
    assert found["NRD", "VES", MARCH].value == 0.0 and found["NRD", "VES", MARCH].events == 5
    assert {(source, target) for source, target, _ in found} == {("NRD", "VES"), ("VES", "NRD")}


# ---- measures


def test_unknown_measure_names_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="score_mean"):
        measure("score_average")


def test_goldstein_asks_for_what_it_needs() -> None:
    with pytest.raises(SettingsError, match="weights by type and mode"):
        cells(of_tallies(example()), "goldstein_mean")
    untyped = [Tally(**{n: getattr(tally("AID"), n) for n in Tally.__struct_fields__} | {"type": None, "mode": None})]
    with pytest.raises(SettingsError, match="type"):
        cells(counted(untyped), "goldstein_sum")


def test_what_goldstein_does_not_weigh_is_left_out_of_the_mean() -> None:
    assert WEIGHTS[("COERCE", "cyber")] is None
    both = whole(counted([tally("AID"), tally("COERCE-cyber")]))
    assert (both.events, both.weighted) == (2, 1)
    assert value("goldstein_mean", both) == 7.0
    assert value("goldstein_mean", whole(counted([tally("COERCE-cyber")]))) is None


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
    assert value("rate", whole(counted([tally("AID")]))) is None
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
    parts = [whole(counted(half)) for half in (one, other)]
    both = whole(counted([*one, *other]))
    for part in Sums.__struct_fields__:
        assert getattr(both, part) == pytest.approx(sum(getattr(half, part) for half in parts), abs=1e-9)
    for name, asked in MEASURES.items():
        if asked.additive:
            added = sum(value(name, half, read=10) or 0.0 for half in parts)
            assert value(name, both, read=10) == pytest.approx(added, abs=1e-9)


@given(rows, st.randoms(use_true_random=False))
def test_order_does_not_matter(found: list[Tally], chance: random.Random) -> None:
    mixed = list(found)
    chance.shuffle(mixed)
    assert whole(counted(found)) == whole(counted(mixed))
    how = Reckoning(resamples=100, least_articles=3)
    one, other = table(found, "balance", how=how), table(mixed, "balance", how=how)
    assert one.keys() == other.keys()
    for key, cell in one.items():
        for name in ("value", "low", "high", "events", "articles"):
            assert getattr(cell, name) == pytest.approx(getattr(other[key], name), abs=1e-9, nan_ok=True)


@given(rows)
def test_months_make_the_year_and_pairs_keep_their_direction(found: list[Tally]) -> None:
    year = {}
    for (source, target, _), cell in table(found, "score_sum", intervals=False).items():
        one = year.setdefault((source, target), [0.0, 0, 0.0])
        one[0], one[1], one[2] = one[0] + (cell.value or 0.0), one[1] + cell.events, one[2] + cell.cooperation
    all_ = counted(found)
    timeless = Counts({name: all_.keys[name] for name in ("source", "target")}, all_.parts)
    columns = cells(grouped(timeless, ("source", "target")), "score_sum")
    told = zip(*(columns[n] for n in ("source", "target", "value", "events", "cooperation")), strict=True)
    assert {(s, t) for s, t, *_ in zip(columns["source"], columns["target"], strict=True)} == set(year)
    for source, target, *sums in told:
        assert sums == pytest.approx(year[source, target], abs=1e-9)
        assert sums[1] == sum(r.events for r in found if (r.source, r.target) == (source, target))


@given(rows, st.integers(1, 500))
def test_measures_keep_their_bounds(found: list[Tally], read: int) -> None:
    articles = by_article(found)
    for name, asked in MEASURES.items():
        told = value(name, whole(counted(found)), read=read)
        if told is None:
            assert not found or asked.over
            continue
        assert asked.low <= told <= asked.high
        around = between(name, articles, read=read, resamples=100, least=3)
        if around:
            assert asked.low <= around.low <= told + 1e-9 and told - 1e-9 <= around.high <= asked.high


@given(rows)
def test_many_cells_at_once_are_each_of_them_alone(found: list[Tally]) -> None:
    each = grouped(counted(found), ("source", "target"))
    for name in MEASURES:
        alone = [value(name, Sums(*parts), read=100) for parts in each.parts.tolist()]
        together = values(name, each.parts, read=each.part("events") * 0 + 100).tolist()
        assert [None if math.isnan(one) else one for one in together] == alone


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


# ---- matrix and series


def test_the_matrix_is_directed_and_fades() -> None:
    found = table(example(), "score_mean", how=Reckoning(minimum=3))
    there, back = found["NRD", "VES", MARCH], found["VES", "NRD", MARCH]
    assert not there.faded and there.articles == 4
    assert back.faded and back.value == -6.5 and back.material_conflict == 1


def test_without_articles_reports_are_counted() -> None:
    (cell,) = table([tally("AID", 2, article=None)], "events", intervals=False).values()
    assert cell.faded and cell.articles is None and cell.reports == 2 and math.isnan(cell.low or 0)
    (cell,) = table([tally("AID", 2, article=None, reports=5)], "events", intervals=False).values()
    assert not cell.faded and (cell.events, cell.reports) == (2, 5)


def test_the_busiest_actors_are_kept() -> None:
    found = counted([tally("AID", 5), tally("AID", 1, source="KAL"), tally("AID", 2, target="KAL")])
    kept = busiest(found, 2)
    assert set(zip(kept.keys["source"], kept.keys["target"], strict=True)) == {("NRD", "VES")}


@given(rows, rows)
def test_cells_of_two_halves_make_the_whole(one: list[Tally], other: list[Tally]) -> None:
    first, second, both = (table(part, "score_sum", intervals=False) for part in (one, other, [*one, *other]))
    assert both.keys() == first.keys() | second.keys()
    for key, cell in both.items():
        halves_ = [half[key] for half in (first, second) if key in half]
        assert cell.events == sum(half.events for half in halves_)
        assert cell.value == pytest.approx(sum(half.value or 0.0 for half in halves_), abs=1e-9)


def test_periods_told_thin_silent_and_unread() -> None:
    months = {m: dt.date(2031, m, 1) for m in range(1, 6)}
    told = [tally("AID", article=f"a{n}", period=months[1]) for n in range(3)]
    told += [tally("AID", article="b", period=months[2])]
    read = {months[1]: 100, months[2]: 90, months[3]: 80, months[4]: 0}
    found = counted(told)
    asked: dict[str, Any] = {"unit": "month", "since": months[1], "until": dt.date(2031, 4, 30)}
    columns = series(found, "NRD", "VES", "events", articles=found, read=read, **asked)
    assert columns["period"] == list(months.values())[:4] * 2
    assert halves(columns, "value") == ([3.0, 1.0, 0.0, None], [0.0, 0.0, 0.0, None])
    assert halves(columns, "faded")[0] == [False, True, True, True]
    assert halves(columns, "read")[0] == [100, 90, 80, 0]
    assert halves(series(found, "NRD", "VES", "score_mean", read=read, **asked), "value")[0] == [10.0, 10.0, None, None]
    blind = series(found, "NRD", "VES", "events", **asked)
    assert halves(blind, "value")[0] == [3.0, 1.0] and blind["read"] is None


def test_both_directions_have_the_same_periods() -> None:
    found = counted([tally("AID"), tally("THREATEN", source="VES", target="NRD", period=dt.date(2031, 6, 1))])
    columns = series(found, "NRD", "VES", "events", unit="month")
    assert columns["period"] == [dt.date(2031, m, 1) for m in (3, 4, 5, 6)] * 2
    assert columns["source"] == ["NRD"] * 4 + ["VES"] * 4
    with pytest.raises(SettingsError, match="period"):
        series(counted([tally("AID", period=None)]), "NRD", "VES", unit="month")
    assert series(counted([]), "NRD", "VES", unit="month")["period"] == []


def test_a_period_nobody_read_costs_nothing() -> None:
    columns = series(counted([tally("AID")]), "NRD", "VES", unit="day", since=dt.date(1, 1, 1), until=dt.date.max)
    assert columns["period"] == [MARCH] * 2


def test_reckoning_refuses_what_cannot_be() -> None:
    for wrong in ({"minimum": 0}, {"level": 1.0}, {"resamples": 10}, {"least_articles": 1}):
        with pytest.raises(SettingsError):
            Reckoning(**wrong)  # type: ignore[arg-type]


# ---- changes of a series


def turning() -> Any:
    """Twelve months of aid, then twelve of sanctions; the other side always the same."""
    months = [dt.date(2031 + n // 12, n % 12 + 1, 1) for n in range(24)]
    told = [tally("AID" if n < 12 else "SANCTION-discontinue", 3 + n % 2, period=m) for n, m in enumerate(months)]
    told += [tally("CONSULT-visit", 2, period=m, source="VES", target="NRD") for m in months]
    return series(counted(told), "NRD", "VES", "score_mean", unit="month"), months


def test_a_change_is_found_with_its_act_and_numbers_the_stretches() -> None:
    columns, months = turning()
    found = turns(columns, "score_mean")
    (turn,) = found.turns
    assert (turn.source, turn.period, turn.before, turn.after) == ("NRD", months[12], 10.0, -6.0)
    assert turn.earliest <= turn.period <= turn.latest
    assert found.empty == {("VES", "NRD"): "no change is worth its penalty"}
    assert stretches(found, columns) == [1] * 12 + [2] * 12 + [None] * 24
    acts = [
        {"score": 10.0, "confidence": 0.9, "words": "helped", "day": months[12], "type": "AID", "mode": None},
        {"score": -6.0, "confidence": 0.5, "words": "perhaps cut", "day": months[12], "type": "SANCTION", "mode": None},
        {"score": -6.0, "confidence": 0.9, "words": "cut", "day": months[12], "type": "SANCTION", "mode": None},
    ]
    assert shown(turn, acts, "score_mean").words == "cut" and shown(turn, [], "score_mean").words is None


def test_what_raises_a_measure_shows_its_rise() -> None:
    acts = [{"score": s, "confidence": 1.0} for s in (4.0, -9.0, 10.0)]
    rise = Turn(source="NRD", target="VES", period=MARCH, earliest=MARCH, latest=MARCH, before=0.1, after=0.9)
    scores = {name: [act["score"] for act in best(rise, acts, name)] for name in MEASURES}
    assert scores["conflict"] == scores["material_conflict"] == [-9.0]
    assert scores["cooperation"] == scores["score_mean"] == scores["events"] == [10.0]


# ---- stock

day = st.dates(dt.date(2031, 1, 1), dt.date(2032, 12, 31))
deeds = st.lists(st.tuples(day, st.sampled_from(sorted(KINDS)), st.integers(1, 9)), max_size=30)


def held(deeds: Sequence[tuple[dt.date, str, int]], half_life: float, days: Sequence[dt.date]) -> list[float]:
    """The stock on each of these days."""
    found = stocks(counted([tally(kind, n, period=d) for d, kind, n in deeds]), half_life, days)
    told = dict(zip(found.keys["period"], values("stock", found.parts).tolist(), strict=True))
    return [told.get(one, 0.0) for one in sorted(set(days))]


def test_the_stock_of_the_docs() -> None:
    told = re.search(r"after 20 days ([\d.]+) \+ ([\d.]+) = (\d+\.\d+)", DOC)
    assert told and (told[1], told[2]) == ("2.00", "5.00")
    acts = [(dt.date(2031, 3, 1), "CONSULT-visit", 2), (dt.date(2031, 3, 11), "AID", 1)]
    (found,) = held(acts, 10, [dt.date(2031, 3, 21)])
    assert f"{found:.2f}" == told[3] == "7.00"
    assert run_up(10) == 100 and "100 days" in DOC


@given(deeds, day)
def test_with_an_infinite_half_life_the_stock_is_the_sum(found: list[tuple[dt.date, str, int]], at: dt.date) -> None:
    (stock,) = held(found, math.inf, [at])
    assert stock == pytest.approx(math.fsum(KINDS[kind][1] * n for d, kind, n in found if d <= at), abs=1e-9)


@given(deeds, st.lists(day, min_size=1, max_size=6, unique=True), st.floats(1, 1000), st.randoms(use_true_random=False))
def test_the_stock_is_the_sum_of_what_is_left(
    found: list[tuple[dt.date, str, int]], days: list[dt.date], half: float, chance: random.Random
) -> None:
    mixed = list(found)
    chance.shuffle(mixed)
    stock = held(mixed, half, days)
    assert stock == pytest.approx(held(found, half, days), abs=1e-9)
    for at, left in zip(sorted(days), stock, strict=True):
        direct = math.fsum(KINDS[kind][1] * n * 2 ** (-(at - d).days / half) for d, kind, n in found if d <= at)
        forgotten = sum(abs(KINDS[kind][1]) * n for _, kind, n in found) / 1000
        assert abs(left - direct) <= forgotten + 1e-6


def test_a_stock_needs_days_and_a_half_life() -> None:
    with pytest.raises(SettingsError, match="by day"):
        cells(counted([tally("AID", period=None)]), "stock")
    with pytest.raises(SettingsError, match="half-life"):
        stocks(counted([]), 0, [MARCH])
    assert run_up(math.inf) is None
    assert len(stocks(counted([]), 10, [MARCH])) == 0


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
