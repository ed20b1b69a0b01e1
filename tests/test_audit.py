"""Events judged by people: the draw, the keys, the sheet, precision by type, examples."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dragoman import cli, desk
from dragoman.cli import audit as command
from dragoman.coder import Coder
from dragoman.errors import SettingsError
from dragoman.read.sources import Given, article_from_text
from dragoman.records import Reading
from dragoman.relate.verdicts import Judged, Verdict, agreement, judged, precision
from dragoman.store import delta

TEXTS = (
    "France expelled two Russian diplomats on Monday. Norway's foreign minister met his Polish counterpart in Warsaw.",
    "Turkey imposed sanctions on Armenia on Friday.",
    "Kenya's president met his Ugandan counterpart in Kampala on Sunday.",
)


@pytest.fixture(scope="module")
def readings(coder: Coder) -> list[Reading]:
    return list(coder.code(article_from_text(text, Given(as_is=True, published="2021-03-06")) for text in TEXTS))


@pytest.fixture
def store(readings: list[Reading], tmp_path: Path) -> str:
    place = tmp_path / "s.store"
    with delta.create_store(place) as kept:
        kept.commit(readings)
    return str(place)


def run(*arguments: str) -> int:
    return cli.run(["audit", *arguments])


def keys_of(store: str, **asked: Any) -> list[tuple[str, str]]:
    return [(reading.article.id, event.id) for reading, event in desk.audit_sample(store=store, **asked)]


def test_every_event_can_be_drawn_and_a_seed_draws_the_same_again(store: str, readings: list[Reading]) -> None:
    every = {(reading.article.id, event.id) for reading in readings for event in reading.events}
    assert len(every) == 4
    assert set(keys_of(store)) == every
    assert keys_of(store, seed=7) == keys_of(store, seed=7)
    assert len({tuple(keys_of(store, seed=seed)) for seed in range(20)}) > 5
    assert keys_of(store, number=2, seed=3) == keys_of(store, seed=3)[:2]


def test_what_is_asked_for_is_drawn(store: str) -> None:
    types = [event.type for _, event in desk.audit_sample(store=store, types=["consult"])]
    assert types == ["CONSULT", "CONSULT"]
    assert len(keys_of(store, actors=["TUR"])) == 1
    assert keys_of(store, until="2020") == []


def test_who_has_judged_is_not_asked_again(store: str) -> None:
    (reading, event), *_ = desk.audit_sample(store=store)
    desk.judge(reading, event, "right", store=store, by="ann")
    assert len(keys_of(store, by="ann")) == 3
    assert len(keys_of(store, by="bob")) == 4
    assert len(keys_of(store, by="ann", again=True)) == 4


@pytest.mark.parametrize(("verdict", "field"), [("perhaps", None), ("wrong", "colour")])
def test_a_verdict_that_is_none(store: str, verdict: str, field: str | None) -> None:
    (reading, event), *_ = desk.audit_sample(store=store)
    with pytest.raises(SettingsError):
        desk.judge(reading, event, verdict, store=store, field=field)


def test_precision_by_type(store: str) -> None:
    for reading, event in desk.audit_sample(store=store):
        desk.judge(reading, event, "right" if event.type == "CONSULT" else "wrong", store=store, by="ann")
    found = desk.audit(store=store)
    rows = {row.type: row for row in found.precision}
    assert (rows["CONSULT"].right, rows["CONSULT"].share) == (2, 1.0)
    assert (rows["SANCTION"].wrong, rows["SANCTION"].share) == (2, 0.0)
    assert rows["all"].share == 0.5
    assert rows["all"].low < 0.5 < rows["all"].high  # type: ignore[operator]


def test_verdicts_on_what_was_coded_anew_are_left_out(store: str, readings: list[Reading]) -> None:
    (reading, event), *_ = desk.audit_sample(store=store)
    desk.judge(reading, event, "right", store=store, by="ann")
    moved = replace(event, trigger=(event.trigger[0] + 1, event.trigger[1]))
    other = replace(reading, events=tuple(moved if one.id == event.id else one for one in reading.events))
    with delta.open_store(store) as kept:
        kept.commit([other])
    found = desk.audit(store=store)
    assert (found.gone, found.precision) == (1, ())


def test_examples_are_what_people_said(store: str, tmp_path: Path) -> None:
    for reading, event in desk.audit_sample(store=store):
        if event.type == "CONSULT":
            desk.judge(reading, event, "wrong", field="event", store=store, by="ann")
        else:
            desk.judge(reading, event, "wrong", field="type", should="COERCE", store=store, by="ann")
    assert run("--store", store, "--examples", str(tmp_path / "x.jsonl")) == 0
    lines = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    assert {(line["source"], line["type"]) for line in lines} == {
        ("France", "COERCE"),
        ("Turkey", "COERCE"),
        ("Norway's foreign minister", "NONE"),
        ("Kenya's president", "NONE"),
    }
    for line in lines:
        assert line["source"] in line["sentence"] and line["target"] in line["sentence"]
    assert cli.run(["evaluate", "events", str(tmp_path / "x.jsonl"), "-q", "--model", "none"]) == 0


def test_a_sheet_goes_out_and_comes_back(store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "sheet.csv"
    assert run("--store", store, "--sheet", str(sheet)) == 0
    with sheet.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 4 and all(row["sentence"] and not row["verdict"] for row in rows)
    rows[0]["verdict"], rows[1]["verdict"], rows[1]["should_be"] = "Right", "wrong", "accuse"
    rows[2]["verdict"], rows[3]["verdict"], rows[3]["article"] = "maybe", "right", "gone"
    with sheet.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    capsys.readouterr()
    assert run("--store", store, "--filled", str(sheet), "--by", "ann") == 1
    told = capsys.readouterr().err
    assert f"{sheet}:4: a verdict cannot be 'maybe'" in told
    assert f"{sheet}:5: the store has no event" in told
    assert "2 verdicts kept" in told
    with delta.open_store(store) as kept:
        found = kept.corrections()
    assert [(one.verdict, one.by, one.field) for one in found] == [("right", "ann", None), ("wrong", "ann", "type")]
    assert json.loads(found[1].record or "")["type"] == "ACCUSE"


def test_a_sheet_of_something_else(store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    assert run("--store", store, "--filled", str(tmp_path / "x.csv")) == 2
    assert "no column article, id, verdict" in capsys.readouterr().err


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What somebody types at a terminal, key by key; what is left over would be a question never asked."""
    keys: list[str] = []
    monkeypatch.setattr(click, "getchar", lambda *given, **named: keys.pop(0))
    monkeypatch.setattr(click, "prompt", lambda *given, **named: keys.pop(0))
    monkeypatch.setattr(command, "_at_a_terminal", lambda: True)
    yield keys
    assert not keys


def test_keys_judge(store: str, typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    # an unknown key asks again; b goes back and judges anew; a wrong type is asked for until it is known
    typed += ["x", "r", "b", "w", "t", "nonsense", "accuse", "w", "\r", "s", "q"]
    assert run("--store", store, "--by", "ann") == 0
    shown = capsys.readouterr()
    assert "1 of 4" in shown.out and "4 of 4" in shown.out
    assert "precision" in shown.out
    assert "nonsense" in shown.err
    with delta.open_store(store) as kept:
        found = kept.corrections()
    assert [(one.verdict, one.field) for one in found] == [("right", None), ("wrong", "type"), ("wrong", None)]


def test_what_is_kept_stays_when_somebody_leaves(store: str, typed: list[str]) -> None:
    typed += ["r", "\x03"]
    assert run("--store", store, "--by", "ann") == 130
    with delta.open_store(store) as kept:
        assert len(kept.corrections()) == 1


def test_without_a_terminal_or_anything_to_judge(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--store", store) == 2
    assert "--sheet" in capsys.readouterr().err
    assert run("--store", store, "--until", "1999") == cli.codes.NOTHING_READ
    assert run("--store", store, "--report") == cli.codes.NOTHING_READ
    assert "no event" in capsys.readouterr().err


def said(event: str, word: Any, by: str) -> Verdict:
    return Verdict(event=(event, "e1"), type="AID", word=word, by=by)


def test_many_voices() -> None:
    voices = [
        said("a", "right", "x"), said("a", "wrong", "x"),  # the last word of a person counts
        said("b", "right", "x"), said("b", "wrong", "y"),
        said("c", "right", "x"), said("c", "unsure", "y"),
        said("d", "right", "x"), said("d", "right", "y"), said("d", "wrong", "z"),
    ]  # fmt: skip
    assert {one.event[0]: one.word for one in judged(voices)} == {
        "a": "wrong", "b": "disputed", "c": "right", "d": "right",
    }  # fmt: skip
    assert agreement(voices) == (1, 4)


def test_all_is_weighted_by_what_is_there() -> None:
    rows = [Judged((str(n), "e1"), "AID", "right") for n in range(10)]
    rows += [Judged((str(n), "e2"), "ASSAULT", "wrong") for n in range(10)]
    *_, whole = precision(rows, {"AID": 900, "ASSAULT": 100})
    assert whole.share == pytest.approx(0.9)
    assert whole.low is not None and whole.high is not None and whole.low < 0.9 < whole.high


@given(
    st.lists(st.tuples(st.sampled_from(["AID", "ASSAULT", "COERCE"]), st.sampled_from(["right", "wrong", "unsure"])))
)
def test_shares_lie_in_their_intervals(found: list[tuple[str, Any]]) -> None:
    rows = precision([Judged((str(n), "e1"), *one) for n, one in enumerate(found)], {"AID": 5, "ASSAULT": 500})
    for row in rows:
        if row.share is None:
            assert row.right + row.wrong == 0
        else:
            assert row.low is not None and row.high is not None
            assert 0 <= row.low <= row.share + 1e-9 and row.share <= row.high + 1e-9 <= 1 + 2e-9
    assert sum(row.right + row.wrong + row.unsure for row in rows[:-1]) == len(found)
