"""Measures asked of a store: matrix and dyad with intervals, coverage, changes, reciprocity, signals and agreement."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dragoman
from dragoman import cli
from dragoman.desk import counts
from dragoman.desk.dyads import PARTS
from dragoman.errors import SettingsError
from dragoman.records import Reading
from dragoman.relate.indices import MEASURES
from dragoman.store import delta

sys.path.insert(0, str(Path(__file__).parent / "contracts"))

from store_readings import TEXT, event, position, reading

KINDS: dict[str, tuple[str | None, int, float]] = {
    "CONSULT": (None, 1, 2.5),
    "AID": (None, 2, 10.0),
    "ACCUSE": ("disapprove", 3, -2.0),
    "ASSAULT": ("drone", 4, -9.5),
}


def article(identity: str, day: dt.date, *records: Any) -> Reading:
    """An article in words of its own, so that nobody takes it for a copy."""
    chance = random.Random(identity)
    words = " ".join("".join(chance.choices("aeioubdklmnrst", k=6)) for _ in range(12))
    return reading(identity, *records, text=f"Some words {words}"[: len(TEXT) - 1] + ".", published=day.isoformat())


def articles() -> list[Reading]:
    """Two years in which Norway helps Denmark, then a third in which it attacks; Denmark talks, and once does both."""
    found, chance = [], random.Random(5)
    for month in range(36):
        for n in range(6):
            day = dt.date(2031 + month // 12, month % 12 + 1, 3 + 4 * n)
            kind = chance.choice(["CONSULT", "AID"] if month < 24 else ["ACCUSE", "ASSAULT", "ASSAULT"])
            mode, quad, score = KINDS[kind]
            act = event("NOR", "DNK", day.isoformat(), type=kind, mode=mode, quad=quad, score=score)
            stance = position("NOR", "trade", toward="DNK", stance="for" if month < 30 else "against")
            found.append(article(f"n{month:02}{n}", day, act, *([stance] if n % 3 == 0 else [])))
            found.append(article(f"o{month:02}{n}", day))
        day = dt.date(2031 + month // 12, month % 12 + 1, 20)
        found.append(
            article(
                f"d{month:02}",
                day,
                event("DNK", "NOR", day.isoformat(), score=chance.choice([1.0, 2.5, 4.0])),
                position("DNK", "trade", toward="NOR"),
            )
        )
    # a month in which Denmark helps and presses
    mixed = (("AID", 2, 10.0), ("ASSAULT", 4, -9.5))
    acts = [event("DNK", "NOR", "2033-06-02", type=kind, quad=quad, score=score) for kind, quad, score in mixed]
    return [*found, *(article(f"m{n}", dt.date(2033, 6, 2), act) for n, act in enumerate(acts))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of them, and of what somebody else coded."""
    place = tmp_path_factory.mktemp("dyads") / "dragoman.store"
    with delta.create_store(place) as store:
        store.commit(articles())
        store.load([_imported()], origin="gdelt", name="gdelt.csv")
    return place


def _imported() -> Any:
    import pyarrow as pa

    rows = [{"type": "CONSULT", "quad": 1, "score": 2.5, "sources": ["NOR"], "targets": ["DNK"]} for _ in range(40)]
    return pa.Table.from_pylist([row | {"day": dt.date(2031, 1, 1 + n % 28)} for n, row in enumerate(rows)])


@pytest.fixture
def ask(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def asked(*arguments: str) -> tuple[int, str, str]:
        code = cli.run([*arguments, "--store", str(folder)])
        out, err = capsys.readouterr()
        return code, out, err

    return asked


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def made(columns: int) -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        monkeypatch.setenv("COLUMNS", str(columns))

    return made


def rows(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def by_pair(found: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["source"], row["target"]): row for row in found.rows}


# the matrix


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_every_measure_comes_with_its_interval_and_what_it_rests_on(folder: Path, name: str) -> None:
    found = dragoman.matrix("NOR", "DNK", store=folder, measure=name)
    row = by_pair(found)["NOR", "DNK"]
    assert row["low"] <= row["value"] <= row["high"] and row["low"] < row["high"]
    # a stock holds what is left of, which of acts of three years ago is less than a thousandth
    told = 178 if name == "stock" else 216
    assert (row["events"], row["reports"], row["articles"], row["faded"]) == (told, told, told, False)
    assert found.kind == "matrix" and found.about["measure"] == name and found.about["unit"] and found.about["formula"]
    assert (found.about["minimum"], found.about["minimum_of"], found.about["seed"]) == (3, "articles", 1)
    assert found.about["notes"] == () and found.about["by"] == "all"


def test_values_are_those_of_the_sums_beside_them(folder: Path) -> None:
    def of(name: str) -> Any:
        return by_pair(dragoman.matrix("NOR", "DNK", store=folder, measure=name, intervals=False))["NOR", "DNK"]

    row = of("score_mean")
    quads = [row[n] for n in ("verbal_cooperation", "material_cooperation", "verbal_conflict", "material_conflict")]
    assert row["value"] == row["mean"] == pytest.approx(row["sum"] / row["events"])
    assert of("score_sum")["value"] == row["sum"] and of("cooperation")["value"] == row["cooperation"]
    assert of("conflict")["value"] == -row["conflict"] and of("events")["value"] == sum(quads) == 216
    assert of("net")["value"] == quads[0] + quads[1] - quads[2] - quads[3]
    assert of("material_conflict")["value"] == quads[3] / 216
    assert of("rate")["value"] == pytest.approx(1000 * 216 / len(articles()))
    assert (row["low"], row["articles"]) == (None, None)


def test_months_make_the_year(folder: Path) -> None:
    months, years = (
        dragoman.matrix("NOR", "DNK", store=folder, by=by, measure="score_sum", intervals=False).rows
        for by in ("month", "year")
    )
    for year in years:
        parts = [
            m for m in months
            if (m["source"], m["period"].year) == (year["source"], year["period"].year)
        ]  # fmt: skip
        for name in ("value", "events", "reports", "cooperation", "material_conflict"):
            assert year[name] == pytest.approx(sum(part[name] for part in parts))


def test_a_stock_remembers_what_was_before_the_period(folder: Path) -> None:
    def stock(half_life: float, **period: str) -> float:
        found = dragoman.matrix("NOR", "DNK", store=folder, measure="stock", half_life=half_life, **period)
        return float(by_pair(found)["NOR", "DNK"]["value"])

    acts = dragoman.events("NOR", "DNK", store=folder, until="2032").rows
    end = dt.date(2032, 12, 31)
    wanted = sum(a["score"] * 2 ** (-(end - a["day"]).days / 60) for a in acts if a["sources"] == ["NOR"])
    assert stock(60, until="2032") == pytest.approx(wanted, rel=1e-2)
    assert stock(60, since="2032-12", until="2032") == pytest.approx(wanted, rel=1e-2)
    assert stock(1e9, until="2032") == pytest.approx(sum(a["score"] for a in acts if a["sources"] == ["NOR"]), rel=1e-4)


def test_intervals_are_the_same_again_and_others_by_another_seed(folder: Path) -> None:
    one, again, other = (by_pair(dragoman.matrix(store=folder, seed=seed))["NOR", "DNK"] for seed in (1, 1, 2))
    assert one == again and one["low"] != other["low"] and one["value"] == other["value"]


def test_what_is_not_reckoned_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dragoman.desk import measured

    monkeypatch.setattr(measured, "MOST_REPORTS", 100)
    found = dragoman.matrix(store=folder)
    assert not found.about["intervals"] and "no intervals: 2 cells of 254 reports" in found.about["notes"][0]
    assert by_pair(found)["NOR", "DNK"]["low"] is None and found.about["minimum_of"] == "reports"
    assert dragoman.matrix(store=folder, intervals=True).about["intervals"]
    assert dragoman.matrix(store=folder, intervals=False).about["notes"] == ()


def test_origins_are_chosen_and_add_up(ask: Callable[..., tuple[int, str, str]], folder: Path) -> None:
    def events(*options: str) -> list[str]:
        return [row["events"] for row in rows(ask("matrix", "NOR", "DNK", *options)[1]) if row["source"] == "NOR"]

    assert events() == ["216"] and events("--origin", "gdelt") == ["40"]
    assert events("--origin", "gdelt", "--origin", "dragoman") == events("--origin", "all") == ["256"]
    code, out, err = ask("matrix", "NOR", "DNK", "--origin", "gdelt")
    assert "what was imported has no articles" in err and rows(out)[0]["low"] == rows(out)[0]["articles"] == ""
    assert len(rows(ask("events", "NOR", "DNK", "--origin", "gdelt")[1])) == 40
    assert "nobody counted the articles of gdelt" in ask("matrix", "--origin", "gdelt", "--measure", "rate")[2]
    code, _, err = ask("matrix", "--origin", "icews")
    assert code == 2 and "no event is of 'icews'" in err and "gdelt" in err
    with pytest.raises(SettingsError, match="origins cannot be 'gdelt'"):
        dragoman.matrix(store=folder, origins="gdelt")


def test_an_act_of_two_reports_counts_once_or_twice(tmp_path: Path) -> None:
    with delta.create_store(tmp_path / "s") as store:
        same = [reading(one, event("NOR", "DNK"), site=f"{one}.example") for one in ("a", "b")]
        store.commit(same)
    one, each = (dragoman.matrix(store=tmp_path / "s", count=count).rows[0] for count in ("happening", "report"))
    assert (one["events"], one["reports"], each["events"], each["reports"]) == (1, 2, 2, 2)


# the dyad


def test_a_series_has_every_period_both_ways_and_what_was_read(folder: Path) -> None:
    found = dragoman.dyad("Norway", "Denmark", store=folder)
    assert len(found) == 72 and found.kind == "dyad"
    assert [row["period"] for row in found.rows[:36]] == [row["period"] for row in found.rows[36:]]
    assert {row["read"] for row in found.rows} == {13, 15}
    there = found.rows[:36]
    assert [row["stretch"] for row in there] == [1] * 24 + [2] * 12
    assert {row["stretch"] for row in found.rows[36:]} == {None}
    assert all(row["events"] == 6 and row["value"] is not None for row in there)
    none = dragoman.dyad("Norway", "Denmark", store=folder, types=["AID"], measure="events").rows
    assert [row["value"] for row in none[-6:]] == [0.0] * 5 + [1.0]  # read, and nothing told: nought


def test_a_change_has_its_place_its_levels_and_its_act(folder: Path) -> None:
    (turn,) = dragoman.dyad("NOR", "DNK", store=folder, part="changes").rows
    assert (turn["source"], turn["target"], turn["period"]) == ("NOR", "DNK", dt.date(2033, 1, 1))
    assert turn["earliest"] <= turn["period"] <= turn["latest"] and turn["before"] > 0 > turn["after"]
    assert (turn["type"], turn["score"], turn["words"]) == ("ASSAULT", -9.5, "Some words")
    rise, *others = dragoman.dyad("NOR", "DNK", store=folder, part="changes", measure="conflict").rows
    assert rise["type"] == "ASSAULT" and rise["after"] > rise["before"] == 0
    # conflict that falls is shown by cooperation, or by nothing
    assert all((one["score"] or 1) > 0 for one in others if one["after"] < one["before"])


def test_the_other_parts(folder: Path) -> None:
    found = counts.dyad_parts("NOR", "DNK", store=folder, limit=4)
    assert tuple(found) == PARTS
    assert [row["lag"] for row in found["reciprocity"].rows] == [-3, -2, -1, 0, 1, 2, 3]
    assert found["reciprocity"].about["difference"] is not None
    (mix,) = (row for row in found["signals"].rows if row["source"] == "DNK")
    assert (mix["start"], mix["cooperative"], mix["coercive"]) == (dt.date(2033, 6, 2), 10.0, 9.5)
    trade = next(row for row in found["agreement"].rows if row["issue"] == "trade")
    assert (trade["a_for"], trade["a_against"], trade["b_for"], trade["verdict"]) == (60, 12, 36, "coincide")
    assert len(found["events"]) == 4
    for name, kind in (("series", "dyad"), ("signals", "signals"), ("agreement", "agreement"), ("events", "events")):
        assert found[name].kind == kind and found[name].actors == ("NOR", "DNK")


def test_parts_by_name_in_every_form(ask: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    for part in PARTS:
        code, out, err = ask("dyad", "NOR", "DNK", "--part", part, "--format", "json")
        assert (code, err) == (0, "") and json.loads(out)
        assert ask("dyad", "NOR", "DNK", "--part", part, "-o", str(tmp_path / f"{part}.parquet")) == (0, "", "")
    assert [row["period"] for row in rows(ask("dyad", "NOR", "DNK", "--by", "year")[1])][:3] == [
        "2031-01-01", "2032-01-01", "2033-01-01",
    ]  # fmt: skip


def test_more_than_can_be_looked_into_is_told(folder: Path) -> None:
    found = counts.dyad_parts("NOR", "DNK", ["signals", "agreement"], store=folder, most=10)
    for answer in found.values():
        assert not len(answer) and "articles are more than 10" in answer.about["notes"][0]
    of_a_bloc = dragoman.dyad("EU", "NOR", store=folder, part="agreement")
    assert "stand for several" in of_a_bloc.about["notes"][0]


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_gets_all_parts(
    ask: Callable[..., tuple[int, str, str]], terminal: Callable[[int], None], width: int
) -> None:
    terminal(width)
    code, out, err = ask("dyad", "NOR", "DNK", "--by", "quarter")
    assert (code, err) == (0, "") and max(map(len, out.splitlines())) <= width
    assert out.splitlines()[0].split() == ["period", *"NOR > DNK 95 % events DNK > NOR 95 % events read".split()]
    for head in ("Changes", "Do they answer each other?", "Agreement by issue", "Newest events"):
        assert f"\n\n{head}\n" in out
    assert "NOR > DNK, 2033-Q1" in out and "“Some words”" in out
    assert "  coercive 9.5" in out and "trade  coincide" in out
    out = ask("dyad", "NOR", "DNK", "--part", "reciprocity")[1]
    assert out.count("months\n") == 1 and "DNK 1 month after NOR" in out


def test_a_matrix_on_a_terminal_shows_intervals_and_what_is_faint(
    ask: Callable[..., tuple[int, str, str]], terminal: Callable[[int], None]
) -> None:
    terminal(80)
    _, out, _ = ask("matrix", "NOR", "DNK", "--minimum", "100", "--measure", "material_conflict")
    assert "~0.03 (38)" in out and "95 % interval" in out and "fewer than 100 articles" in " ".join(out.split())
    _, out, _ = ask("matrix", "--measure", "list")
    assert all(f"\n{name}: " in f"\n{out}" for name in MEASURES) and "Σ s / n" in out


# pictures


def test_answers_draw_themselves_by_what_the_desk_gave_them(folder: Path) -> None:
    from dataclasses import replace

    found = dragoman.matrix(store=folder, intervals=False)
    drawn = replace(found, draw=lambda answer, **given: (answer.kind, given)).plot(width=5)
    assert drawn == ("matrix", {"width": 5})
    with pytest.raises(SettingsError, match="no chart"):
        replace(found, draw=None).plot()


@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("svg", b"<svg"), ("html", b"<!")])
def test_a_picture_is_a_form_like_others(
    ask: Callable[..., tuple[int, str, str]], tmp_path: Path, form: str, begins: bytes
) -> None:
    for command in ("matrix", "dyad"):
        file = tmp_path / f"{command}.{form}"
        assert ask(command, "NOR", "DNK", "-o", str(file)) == (0, "", "")
        assert file.read_bytes().startswith(begins)


def test_a_terminal_gets_no_picture(ask: Callable[..., tuple[int, str, str]], terminal: Callable[[int], None]) -> None:
    terminal(80)
    code, out, err = ask("matrix", "--format", "png")
    assert (code, out) == (2, "") and "png is no text for a terminal" in err


def test_a_reader_who_may_not_write_gets_an_answer(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "fixed"
    shutil.copytree(folder, place)
    for file in [place, *place.rglob("*")]:
        file.chmod(0o555 if file.is_dir() else 0o444)
    try:
        assert len(dragoman.matrix("NOR", "DNK", store=place)) == 2
    finally:
        for file in [place, *place.rglob("*")]:
            file.chmod(0o755 if file.is_dir() else 0o644)


# errors


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("matrix", "--measure", "score"), "no measure is called 'score'; score_mean"),
        (("matrix", "--measure", "stock", "--half-life", "0"), "a half-life cannot be 0"),
        (("matrix", "--minimum", "0"), "0 is not in the range"),
        (("dyad", "NOR", "DNK", "--part", "trends"), "'trends' is not one of"),
        (("matrix", "--count", "rumour"), "'rumour' is not one of"),
    ],
)
def test_what_cannot_be_measured_is_told_in_a_line(
    ask: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...], told: str
) -> None:
    code, out, err = ask(*arguments)
    assert (code, out) == (2, "") and told in err and err.count("\n") == 1


def test_python_raises_what_cannot_be_asked(folder: Path) -> None:
    with pytest.raises(SettingsError, match="no part 'trends'"):
        dragoman.dyad("NOR", "DNK", store=folder, part="trends")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="told by period"):
        dragoman.dyad("NOR", "DNK", store=folder, by="all")
