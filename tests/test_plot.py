"""Charts of answers: every kind, with many rows, one and none, and what may be wrong with them."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dragoman import plot
from dragoman.errors import SettingsError
from dragoman.plot import colours, look, order, out, times
from dragoman.plot.sheet import Sheet

NAMES = {"AAA": "Arvonia", "BBB": "Borduria", "CCC": "Caldora", "IGO:EU": "European Union", "trade": "trade"}
STANCES = ("for", "against", "conditional", "neutral")
CODES = [a + b + c for a in "ABCDE" for b in "FGHI" for c in "KLM"]


@dataclass(frozen=True)
class Told:
    """An answer as a store gives it, without the store."""

    kind: str
    rows: Sequence[Mapping[str, Any]] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    actors: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    blocs: Mapping[str, str] = field(default_factory=dict)


def matrix(actors: Sequence[str], periods: Sequence[dt.date | None] = (None,), **about: Any) -> Told:
    chance = random.Random(1)
    rows = []
    for period in periods:
        for source in actors:
            for target in actors:
                if source != target and chance.random() < 0.8:
                    events = chance.randint(1, 40)
                    value = chance.uniform(-8, 8)
                    row = cell(source, target, value, events) | {"period": period}
                    rows.append(row | {"low": value - 1, "high": value + 1})
    return Told("matrix", rows, {"measure": "score_mean", "minimum": 3, "minimum_of": "articles"} | about)


def cell(source: str, target: str, value: float | None, events: int = 10) -> dict[str, Any]:
    return {
        "source": source,
        "target": target,
        "value": value,
        "low": None,
        "high": None,
        "events": events,
        "reports": events,
        "articles": events,
        "faded": events < 3,
    }


def dyad(count: int, unit: str = "month", **about: Any) -> Told:
    rows = []
    starts = times.all_starts(dt.date(2001, 1, 1), dt.date(2150, 1, 1), times.unit_of([], unit))[:count]
    for source, target in (("AAA", "BBB"), ("BBB", "AAA")):
        for n, start in enumerate(starts):
            told = n % 4 != 3
            row = cell(source, target, (n % 7) - 3.0 if told else None, n % 9 if told else 0)
            row |= {"period": start, "read": 0 if n % 11 == 10 else 100, "stretch": n // 10 if told else None}
            rows.append(row | ({"low": -4.0, "high": 4.0} if told and n % 3 else {}))
    about = {"measure": "score_mean", "by": unit, "level": 0.95, "minimum": 3} | about
    return Told("dyad", rows, about, ("AAA", "BBB"))


def agreement(count: int) -> Told:
    verdicts = ("coincide", "differ", "conditional", "one silent", "not enough said", "mixed", "both silent")
    rows = []
    for n in range(count):
        sides = {f"{side}_{stance}": (n + m) % 5 for side in "ab" for m, stance in enumerate(STANCES)}
        if verdicts[n % 7] == "one silent":
            sides |= {f"b_{stance}": 0 for stance in STANCES}
        rows.append({"issue": f"issue-{n}", "regarding": "CCC" if n % 2 else None, "a": "AAA", "b": "BBB", **sides,
                     "verdict": verdicts[n % 7], "n": sum(sides.values())})  # fmt: skip
    return Told("agreement", rows, {"minimum": 3}, ("AAA", "BBB"))


def signals(count: int) -> Told:
    first = dt.date(2015, 1, 1)
    rows = [
        {"source": "AAA", "target": "BBB", "start": first + dt.timedelta(40 * n),
         "end": first + dt.timedelta(40 * n + 5), "score": n / max(1, count),
         "cooperative": 1.0 + n, "coercive": 2.0 + n}
        for n in range(count)
    ]  # fmt: skip
    return Told("signals", rows, {"days": 7}, ("AAA", "BBB"))


def events(count: int) -> Told:
    rows = [{"day": dt.date(2015, 1, 1) + dt.timedelta(n * 9), "quad": n % 4 + 1} for n in range(count)]
    return Told("events", [*rows, {"day": None, "quad": 1}] if count else [], {}, ("AAA",))


def positions(count: int) -> Told:
    rows = [
        {"day": dt.date(2015, 1, 1) + dt.timedelta(n * 5), "issue": f"issue-{n % 20}", "stance": STANCES[n % 4]}
        for n in range(count)
    ]
    return Told("positions", rows, {}, ("AAA",))


def happenings(count: int) -> Told:
    rows = [
        {"first": dt.date(2015, 1, 1) + dt.timedelta(n), "last": None, "sources": ["AAA"], "targets": ["BBB"],
         "type": "CONSULT", "mode": "visit", "quad": n % 4 + 1, "n_reports": n * n % 97 + 1, "n_outlets": 2,
         "differences": ["place: Selby | Harrow"], "words": "words"}
        for n in range(count)
    ]  # fmt: skip
    return Told("happenings", rows)


YEARS = [dt.date(2000 + n, 1, 1) for n in range(12)]
DRAWN = {
    "matrix": matrix(["AAA", "BBB", "CCC", "IGO:EU"]),
    "matrix of two": matrix(["AAA", "BBB"]),
    "matrix by year": matrix(["AAA", "BBB", "CCC", "IGO:EU", "DDD"], YEARS[:4], by="year"),
    "matrix by many years": matrix(["AAA", "BBB", "CCC", "IGO:EU"], YEARS, by="year"),
    "a single cell": Told("matrix", [cell("AAA", "BBB", 2.0)]),
    "around one": Told("matrix", [cell("AAA", code, 1.0) for code in CODES[:12]], {}, ("AAA",)),
    "dyad": dyad(40),
    "dyad of one month": dyad(1),
    "dyad of days": dyad(60, "day"),
    "dyad of years": dyad(15, "year"),
    "dyad, long": dyad(200),
    "agreement": agreement(14),
    "agreement on one": agreement(1),
    "agreement on many": agreement(40),
    "signals": signals(12),
    "one signal": signals(1),
    "events": events(300),
    "one event": events(1),
    "positions": positions(200),
    "one position": positions(1),
    "happenings": happenings(120),
    "one happening": happenings(1),
}


def spec(told: Told, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = plot.chart(told, **{"names": NAMES, **given}).to_dict()
    return made


def texts(drawing: str) -> list[str]:
    """Everything a reader can read in an SVG."""
    nodes = (node for node in ET.fromstring(drawing).iter() if node.tag.endswith("}text"))
    return [text for node in nodes for text in node.itertext() if text.strip()]


def svg(told: Told, **given: Any) -> str:
    stream = io.StringIO()
    plot.save(told, "svg", stream, **{"names": NAMES, **given})
    return stream.getvalue()


@pytest.mark.parametrize("told", DRAWN.values(), ids=DRAWN)
@pytest.mark.parametrize("dark", [False, True])
def test_every_kind_is_drawn(told: Told, dark: bool, capfd: pytest.CaptureFixture[str]) -> None:
    import vl_convert

    made = vl_convert.vegalite_to_svg(spec(told, dark=dark), vl_version=out._version(), show_warnings=True)
    assert "WARN" not in "".join(capfd.readouterr())
    read = texts(made)
    assert not [text for text in read if text in ("null", "NaN", "undefined", "Invalid Date")]
    codes = {"AAA", "BBB", "CCC", "IGO:EU"}
    assert not codes & set(re.findall(r"[A-Z]+:?[A-Z]+", " ".join(read)))
    size = ET.fromstring(made).attrib
    assert 0.4 * 800 < float(size["width"]) < 800 * 1.1


@pytest.mark.parametrize("kind", plot.KINDS)
def test_nothing_is_told_with_its_reason(kind: str) -> None:
    about = {"since": dt.date(2019, 1, 1), "until": dt.date(2019, 12, 31), "empty": "no article was read"}
    read = " ".join(texts(svg(Told(kind, [], about, ("AAA", "BBB")))))
    assert "1 January 2019 to 31 December 2019" in read
    assert "No article was read." in read
    assert "Arvonia, Borduria" in read


@pytest.mark.parametrize("kind", ["events", "positions", "happenings"])
def test_rows_without_a_date_are_no_chart_but_no_fault(kind: str) -> None:
    row = {"day": None, "first": None, "quad": 1, "issue": "trade", "stance": "for", "n_reports": 2}
    assert texts(svg(Told(kind, [row])))


@pytest.mark.parametrize("kind", ["", "sql", "search", "statements"])
def test_no_chart_says_what_has_one(kind: str) -> None:
    with pytest.raises(SettingsError, match="there is one of matrix, dyad") as caught:
        plot.chart(Told(kind, [{"a": 1}]))
    assert caught.value.name == "plot"


@pytest.mark.parametrize(("given", "name"), [({"width": 10}, "width"), ({"order": "mood"}, "order")])
def test_impossible_wishes_are_named(given: dict[str, Any], name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        plot.chart(matrix(["AAA", "BBB"]), **given)
    assert caught.value.name == name and caught.value.hint


# -- the matrix --------------------------------------------------------------------------------------------------------


def cells_of(made: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row for rows in made["datasets"].values() for row in rows if "figure" in row]


def colour_of(made: Any) -> dict[str, Any]:
    """The first scale of a field of numbers by colour."""
    if isinstance(made, dict):
        if made.get("field") == "value" and "legend" in made and "scale" in made:
            return dict(made)
        made = list(made.values())
    found = (colour_of(part) for part in made) if isinstance(made, list) else iter(())
    return next((one for one in found if one), {})


def test_nought_is_the_middle_of_a_measure_that_has_one() -> None:
    scale = colour_of(spec(Told("matrix", [cell("AAA", "BBB", -1.0), cell("BBB", "AAA", 7.2)])))["scale"]
    assert scale["domain"][0] == -scale["domain"][-1]
    assert scale["domain"][3] == 0
    assert scale["range"] == list(look.LIGHT.diverging)


def test_counts_go_one_way_and_conflict_has_its_own_hue() -> None:
    rows = [cell("AAA", "BBB", 1.0), cell("BBB", "AAA", 9.0)]
    for measure, hues in (("events", look.LIGHT.more), ("material_conflict", look.LIGHT.worse)):
        scale = colour_of(spec(Told("matrix", rows, {"measure": measure})))["scale"]
        assert scale["domain"][0] == 0 and scale["range"] == list(hues)


def test_a_few_giants_do_not_drown_the_rest() -> None:
    rows = [cell("AAA", code, 2.0) for code in CODES[:10]] + [cell("BBB", "AAA", 5000.0)]
    scale = colour_of(spec(Told("matrix", rows, {"measure": "score_sum"})))["scale"]
    assert scale["type"] == "symlog"
    assert scale["domain"] == sorted(scale["domain"]) and scale["domain"][-1] >= 5000


def test_what_rests_on_little_does_not_stretch_the_colours() -> None:
    rows = [cell("AAA", "BBB", 2.0), cell("BBB", "AAA", -9.0, events=1)]
    assert colour_of(spec(Told("matrix", rows)))["scale"]["domain"][-1] == 2


def test_empty_is_not_nought() -> None:
    made = spec(Told("matrix", [cell("AAA", "BBB", 0.0), cell("BBB", "CCC", None), cell("CCC", "AAA", float("nan"))]))
    values = {(row["source"], row["target"]): row["value"] for row in cells_of(made)}
    assert values == {("Arvonia", "Borduria"): 0.0, ("Borduria", "Caldora"): None, ("Caldora", "Arvonia"): None}
    json.dumps(made, allow_nan=False)


def test_thin_cells_are_told_apart_in_figures_and_in_words() -> None:
    told = Told("matrix", [cell("AAA", "BBB", -2.04, events=1), cell("BBB", "AAA", 3.0)], {"minimum": 3})
    read = texts(svg(told))
    assert {"(−2.0)", "3.0"} <= set(read)
    assert "fewer than 3 articles" in " ".join(read)


def test_a_pointer_reads_number_and_interval() -> None:
    row = cell("AAA", "BBB", -2.25) | {"low": -3.1, "high": -1.4}
    (shown,) = cells_of(spec(Told("matrix", [row])))
    assert shown["measured"] == "−2.2 (−3.1 to −1.4)"
    assert shown["told"] == "10 events, 10 reports, 10 articles"


def test_names_that_look_alike_when_cut_stay_apart() -> None:
    long = "The United and Federated Republics of the "
    told = matrix(["AAA", "BBB", "CCC"])
    made = cells_of(spec(told, names={code: long + code for code in ("AAA", "BBB", "CCC")}))
    assert len({row["down"] for row in made}) == 3
    assert all(len(row["down"]) < 45 for row in made)


def test_names_come_from_blocs_and_codes_are_made_readable() -> None:
    sheet = Sheet.of(
        Told("matrix", blocs={"G7": "Group of Seven"}), names={}, width=800, look=look.LIGHT, title=None, order=None
    )
    assert sheet.name("G7") == "Group of Seven"
    assert sheet.name("IGO:AFRICAN_UNION") == "African Union"
    assert sheet.name("IGO:NATO") == "NATO"
    assert sheet.name("armed-conflict") == "armed conflict"


def test_actors_stand_as_they_were_asked_for_or_by_volume_or_like_by_like() -> None:
    rows = [cell("AAA", "BBB", 1.0, 1), cell("CCC", "DDD", 1.0, 50), cell("BBB", "DDD", 1.0, 9)]
    names = {"AAA": "Zed", "BBB": "Yan"}
    assert order.ordered(rows, "volume", given=(), names={}) == ["DDD", "CCC", "BBB", "AAA"]
    assert order.ordered(rows, "given", given=("BBB", "AAA"), names={}) == ["BBB", "AAA", "DDD", "CCC"]
    assert order.ordered(rows, "name", given=(), names=names)[-2:] == ["BBB", "AAA"]
    blocs = [
        cell(one, other, 5.0 if (one in "AC") == (other in "AC") else -5.0)
        for one in "ABCD"
        for other in "ABCD"
        if one != other
    ]
    found = order.ordered(blocs, "cluster", given=(), names={})
    assert {frozenset(found[:2]), frozenset(found[2:])} == {frozenset("AC"), frozenset("BD")}


def test_the_busiest_sixty_of_many_are_shown_and_that_is_said() -> None:
    codes = [f"A{a}{b}" for a in "ABCDEFGH" for b in "ABCDEFGHI"]
    rows = [cell(one, other, 1.0) for one, other in zip(codes, [*codes[5:], *codes[:5]], strict=True)]
    assert "Of 72 actors the 60 of most events are shown." in " ".join(texts(svg(Told("matrix", rows))))


def test_an_actor_with_itself_is_marked_unless_it_was_counted() -> None:
    made = spec(Told("matrix", [cell("AAA", "BBB", 1.0), cell("BBB", "AAA", 1.0), cell("AAA", "AAA", 2.0)]))
    marked = [row for rows in made["datasets"].values() for row in rows if set(row) == {"down", "across"}]
    assert marked == [{"down": "Borduria", "across": "Borduria"}]


def test_a_large_matrix_is_drawn_in_two_seconds() -> None:
    plot.save(matrix(["AAA", "BBB"]), "png", io.BytesIO())
    told = matrix(CODES)
    assert len(CODES) == 60
    began = time.process_time()
    stream = io.BytesIO()
    plot.save(told, "png", stream)
    assert time.process_time() - began < 6  # a second or two where it was made; machines differ
    assert stream.getvalue().startswith(b"\x89PNG")


# -- over time ---------------------------------------------------------------------------------------------------------


def test_changes_are_named_with_their_means() -> None:
    rows = []
    for n, start in enumerate(YEARS):
        rows.append(cell("AAA", "BBB", 2.0 if n < 6 else -4.0) | {"period": start, "read": 9, "stretch": n // 6})
    read = texts(svg(Told("dyad", rows, {"by": "year", "measure": "score_mean"}, ("AAA", "BBB"))))
    assert "2006: 2.0 → −4.0" in read
    assert "Arvonia and Borduria" in read


def test_silence_is_a_gap_and_what_was_not_read_is_shaded() -> None:
    made = spec(dyad(22))
    points = [row for rows in made["datasets"].values() for row in rows if "measured" in row]
    assert {row["value"] for row in points if not row["bar"] and row["when"] == "Apr 2001"} == {None}
    assert any(row["unread"] for row in points)
    assert "Grey: nothing was read." in " ".join(made["title"]["subtitle"])


def test_days_do_not_shift_with_the_clock_of_the_reader() -> None:
    assert times.stamp(dt.date(2019, 3, 1)) == "2019-03-01T00:00:00"  # local: no Z, no bare day
    assert times.middle(dt.date(2019, 3, 1), "day") == "2019-03-01T12:00:00"


@pytest.mark.parametrize(
    ("start", "unit", "called", "end"),
    [
        (dt.date(2020, 2, 1), "month", "Feb 2020", dt.date(2020, 3, 1)),
        (dt.date(2020, 10, 1), "quarter", "Q4 2020", dt.date(2021, 1, 1)),
        (dt.date(2020, 1, 1), "year", "2020", dt.date(2021, 1, 1)),
        (dt.date(2020, 12, 28), "week", "week of 28 Dec 2020", dt.date(2021, 1, 4)),
        (dt.date(2020, 2, 29), "day", "29 Feb 2020", dt.date(2020, 3, 1)),
        (dt.date(9999, 12, 1), "month", "Dec 9999", dt.date(9999, 12, 31)),
    ],
)
def test_periods_have_names_and_ends(start: dt.date, unit: Any, called: str, end: dt.date) -> None:
    assert times.label(start, unit) == called
    assert times.end_of(start, unit) == end


def test_an_axis_has_room_for_its_labels() -> None:
    for unit in times.UNITS:
        for count in (1, 2, 12, 50, 200):
            starts = times.all_starts(dt.date(1990, 1, 1), dt.date(2200, 1, 1), unit)[:count]
            shown, _ = times._shown(starts, unit, 700)
            assert 1 <= len(shown) <= 14, (unit, count)


def test_both_halves_of_agreement_and_who_is_silent() -> None:
    row = {"issue": "trade", "verdict": "one silent", "a_for": 7, "a_against": 1, "a_conditional": 0, "b_for": 0,
           "b_against": 0, "b_conditional": 0, "n": 8}  # fmt: skip
    told = Told("agreement", [row], {}, ("AAA", "BBB"))
    made = spec(told)
    bars = [bar for rows in made["datasets"].values() for bar in rows if "stance" in bar]
    assert [(bar["stance"], bar["begin"], bar["end"]) for bar in bars] == [("for", 0, -7), ("against", -7, -8)]
    assert "Borduria is silent" in texts(svg(told))


def test_conflict_hangs_below_the_line() -> None:
    bars = [bar for rows in spec(events(40))["datasets"].values() for bar in rows if "class" in bar]
    assert all((bar["to"] < 0) == bar["class"].startswith("conflict") for bar in bars)
    assert sum(abs(bar["to"] - bar["from"]) for bar in bars) == 40


def test_reports_of_happenings_are_drawn_as_events() -> None:
    rows = [{**row, "happening": "x"} for row in events(30).rows]
    assert "cooperation in deeds" in texts(svg(Told("happenings", rows)))


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    out.bundle.cache_clear()
    monkeypatch.setattr(out, "_cache", lambda: tmp_path)
    yield tmp_path
    out.bundle.cache_clear()


def test_every_form_is_written_to_bytes_and_to_text(cached: Path) -> None:
    told = matrix(["AAA", "BBB"])
    made = plot.chart(told, names=NAMES)
    for form, begins in (("svg", "<svg"), ("html", "<!DOCTYPE html>"), ("json", "{")):
        as_bytes, as_text = io.BytesIO(), io.StringIO()
        plot.save(made, form, as_bytes)
        plot.save(told, form, as_text, names=NAMES)
        assert as_bytes.getvalue().decode("utf-8") == as_text.getvalue()
        assert as_text.getvalue().startswith(begins)
    with pytest.raises(SettingsError, match="png, svg, html, json"):
        plot.save(made, "gif", io.BytesIO())


def test_a_page_needs_nothing_else_and_runs_nothing_else(cached: Path) -> None:
    stream = io.StringIO()
    hostile = "</script><script>alert(1)</script><!--"
    plot.save(matrix(["AAA", "BBB"]), "html", stream, names={"AAA": hostile}, title=f"x {hostile}")
    page = stream.getvalue().replace(out.bundle(), "")
    assert not re.search(r"<(script|link|img|iframe)[^>]*(src|href)=", page)
    assert "default-src 'none'" in page and "unsafe-eval" not in page
    assert page.count("<script") == 3 and hostile not in page
    (kept,) = cached.iterdir()
    kept.write_text("window.vegaEmbed = null;", "utf-8")
    out.bundle.cache_clear()
    assert out.bundle() == "window.vegaEmbed = null;"  # made once on a machine


def test_a_page_is_made_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    out.bundle.cache_clear()
    monkeypatch.setattr(out, "_cache", lambda: tmp_path / "file")
    try:
        assert len(out.bundle()) > 100_000
    finally:
        out.bundle.cache_clear()


def test_charts_cost_nothing_before_one_is_asked_for() -> None:
    code = "import dragoman.plot, sys; print(sorted({'altair', 'vl_convert', 'numpy', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


# -- small parts -------------------------------------------------------------------------------------------------------


def test_letters_can_be_read_on_all_colours() -> None:
    def light(hue: str) -> float:
        parts = [int(hue[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    def contrast(one: str, other: str) -> float:
        high, low = sorted((light(one), light(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for one in (look.LIGHT, look.DARK):
        assert contrast(one.ink, one.paper) > 12 and contrast(one.soft, one.paper) > 4.5
        assert all(contrast(a, b) >= 4 for a, b in zip(one.stances, one.on_stances, strict=True))
        assert all(contrast(way, one.paper) > 3 for way in one.ways)
        greys = [light(hue) ** (1 / 2.2) for hue in one.stances]
        assert min(abs(a - b) for n, a in enumerate(greys) for b in greys[:n]) > 0.1  # grey paper tells them apart


def test_texts_are_cut_and_wrapped_to_their_room() -> None:
    assert look.cut("Arvonia", 200, 12) == "Arvonia"
    short = look.cut("The Grand Duchy of Arvonia and Borduria", 100, 12)
    assert short.endswith("…") and look.text_width(short, 12) <= 100
    lines = look.wrapped("one two three four five six", 60, 12)
    assert " ".join(lines) == "one two three four five six" and len(lines) > 1


def test_the_end_of_a_scale_is_a_round_number() -> None:
    assert [colours._upward(value) for value in (0, 0.21, 1, 7.2, 9.1, 1234)] == [1.0, 0.25, 1, 8, 10, 1500]
