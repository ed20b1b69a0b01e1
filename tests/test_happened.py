"""Happenings in a store: linked as they come and all at once, asked by act and by report, from Python and the shell."""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dragoman import desk
from dragoman.cli.main import run
from dragoman.desk import happened
from dragoman.read.copies import Copies, originals
from dragoman.records import Article, Place, Published
from dragoman.relate.happenings import acts, happenings, terms
from dragoman.relate.reports import reports
from dragoman.relate.rows import did, said
from dragoman.relate.stored import row_did, row_said
from dragoman.store import delta
from dragoman.store.base import Question

sys.path.insert(0, str(Path(__file__).parent / "contracts"))

from store_readings import event, position, reading, statement

DATA = Path(__file__).parents[1] / "src/dragoman/data"
TERMS = terms(*((DATA / name).read_text("utf-8") for name in ("ontology/happenings.toml", "lang/en/happenings.toml")))
TENTS = "Norland sent Vesper 340 tents and blankets for the flood at Selby on Monday, officials said in the capital."
TENTS_TOO = "After the flood in Selby, a ministry said, Norland on Monday sent 360 tents and blankets to Vesper."
PIPES = "The president of Kalmora met the chancellor of Norland to talk of gas prices and a pipeline under the sea."
FERRY = "Vesper seized a ferry of Kalmora in the strait, the coast guard of the two islands told a local newspaper."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[delta.DeltaStore]:
    with delta.create_store(tmp_path / "news") as made:
        yield made


def told(name: str, text: str, sides: str = "NRD VES", day: str | None = "2031-03-03", **more: Any) -> Any:
    """A Reading of one event that is told in the whole text."""
    site, published = more.pop("site", f"{name}.example"), more.pop("published", "2031-03-04")
    source, target = sides.split()
    aid = {"type": "AID", "quad": 2, "score": 10.0} if sides == "NRD VES" else {}
    made = event(source, target, day, evidence=((0, len(text)),), **(aid | more))
    return reading(name, made, text=text, site=site, published=published)


def counted(store: delta.DeltaStore, **asked: Any) -> dict[tuple[str, str], tuple[int, int]]:
    rows = store.tally(Question(**({"unit": "all"} | asked))).rows
    return {(row.source, row.target): (row.events, row.reports) for row in rows}


def names(store: delta.DeltaStore) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What is known of every report."""
    rows = store.events(Question(count="report", status=())).to_pylist()
    return {
        (row["article"], row["id"]): (row["happening"], row["n_reports"], row["n_outlets"], row["copy_of"])
        for row in rows
    }


# linking


def test_acts_are_told_once(store: delta.DeltaStore) -> None:
    place = Place(name="Selby", country="VES", latitude=None, longitude=None, geonames=None)
    store.commit([told("a", TENTS, place=place), told("b", TENTS_TOO), told("c", PIPES, "KAL NRD")])
    done = desk.link(store)

    assert (done.reports, done.acts, done.repeated, done.copies, done.whole, done.waiting) == (3, 1, 1, 0, True, 0)
    assert counted(store) == {("NRD", "VES"): (1, 2), ("KAL", "NRD"): (1, 1)}
    found = desk.happenings(store=store)
    assert found.about["waiting"] == 0
    tents = next(row for row in found.rows if row["type"] == "AID")
    assert (tents["n_reports"], tents["n_outlets"], tents["outlets"]) == (2, 2, ["a.example", "b.example"])
    assert (tents["first"], tents["place"], tents["words"]) == (dt.date(2031, 3, 3), "Selby", TENTS)
    assert tents["differences"] == ["figures: 340 (a.example) | 360 (b.example)"]
    told_by = desk.happenings(types=["AID"], store=store, reports=True)
    assert told_by.table.column("article").to_pylist() == ["a", "b"]
    assert desk.happenings("CHN", store=store).rows == []


def test_copies_are_known_and_their_reports_are_one_act(store: delta.DeltaStore) -> None:
    store.commit([told("a", f"{TENTS} {PIPES}", published="2031-03-03"), told("c", FERRY, "VES KAL")])
    desk.link(store)
    store.commit([told("b", f"{TENTS} {PIPES}", published="2031-03-05")])
    done = desk.link(store)

    assert not done.whole and store.copies() == {"b": "a"}
    (act,) = desk.happenings(types=["AID"], store=store).rows
    assert (act["n_reports"], act["independent"]) == (2, 1)
    # the original comes later, and is found to be older
    store.commit([told("0", f"{TENTS} {PIPES}", published="2031-03-01")])
    desk.link(store)
    assert store.copies() == {"a": "0", "b": "0"}
    # and told otherwise it is nobody's original any more
    store.commit([told("0", "Nobody told of anything on that day, or on any other of that month.", "VES KAL")])
    desk.link(store)
    assert store.copies() == {"b": "a"}
    assert counted(store)["NRD", "VES"] == (1, 2)


def some(chance: random.Random, k: int, days: int) -> Any:
    sides = chance.choice(["NRD VES", "NRD VES", "KAL NRD", "VES KAL"])
    text = {"NRD VES": TENTS, "KAL NRD": PIPES, "VES KAL": FERRY}[sides]
    words = text.split()
    for _ in range(chance.randint(0, 4)):
        words[chance.randrange(len(words))] = chance.choice(["fog", "harvest", "lantern", "quarry", "marble"])
    day = dt.date(2031, 1, 1) + dt.timedelta(days=chance.randrange(days))
    late = day + dt.timedelta(days=chance.randrange(3))
    dated = day.isoformat() if chance.random() < 0.7 else None
    site = f"{chance.choice('pqrst')}.example"
    return told(f"a{k}", " ".join(words), sides, dated, published=late.isoformat(), site=site)


def of_acts(chance: random.Random, number: int) -> Iterator[Any]:
    """Acts among three over 100 days, each told by one to four outlets in nearly the same words."""
    vocabulary = [a + b + c for a in "bdfgklmnprst" for b in ("ar", "en", "il", "ol", "um") for c in "bdgkmnpt"]
    for n in range(number):
        words = chance.sample(vocabulary, 14)
        day = dt.date(2031, 1, 1) + dt.timedelta(days=chance.randrange(100))
        sides = chance.choice(["NRD VES", "KAL NRD", "VES KAL"])
        for k in range(chance.randint(1, 4)):
            mine = [word if chance.random() < 0.8 else chance.choice(vocabulary) for word in words]
            appeared = day + dt.timedelta(days=chance.randrange(2))
            dated = day.isoformat() if chance.random() < 0.6 else None
            published = appeared.isoformat()
            yield told(f"{n}-{k}", " ".join(mine), sides, dated, published=published, site=f"{'pqrs'[k]}.example")


def test_all_at_once_is_what_relate_finds(store: delta.DeltaStore) -> None:
    chance = random.Random(8)
    given = [some(chance, k, 90) for k in range(150)]
    for k in range(0, 150, 40):
        store.commit(given[k : k + 40])
    desk.link(store)
    found = happenings(reports(given, TERMS.wording), TERMS, copies=store.copies())
    wanted = {report.key: (one.id, one.n_reports, one.n_outlets) for one in found for report in one.reports}

    assert {key: value[:3] for key, value in names(store).items()} == wanted
    standing = {(row["article"], row["id"]) for row in store.events(Question()).to_pylist()}
    assert standing == {one.standing for one in found}
    assert any(one.n_reports > 1 for one in found)


def test_as_they_come_is_nearly_what_all_at_once_gives(store: delta.DeltaStore) -> None:
    chance = random.Random(9)
    given = list(of_acts(chance, 150))
    chance.shuffle(given)
    for k in range(0, len(given), 20):
        store.commit(given[k : k + 20])
        assert desk.link(store).whole == (k == 0)
    stepwise = names(store)
    assert store.tally(Question(unit="all")).unlinked == 0
    happened.rebuild(store)
    whole = names(store)

    assert stepwise.keys() == whole.keys()
    assert sum(stepwise[key] == whole[key] for key in whole) >= 0.98 * len(whole)
    assert len({one[0] for one in whole.values()}) < 0.7 * len(given)


def test_far_apart_as_they_come_is_all_at_once(store: delta.DeltaStore) -> None:
    for k, month in enumerate(["01", "04", "07", "10"]):
        day = f"2031-{month}-10"
        store.commit([told(f"{n}{k}", text, day=day, published=day) for n, text in enumerate([TENTS, TENTS_TOO])])
        done = desk.link(store)
        assert (done.reports, done.acts) == (2, 1)
    stepwise = names(store)
    desk.link(store, whole=True)
    assert names(store) == stepwise


def test_a_year_is_near_all_its_days_and_an_act_over_two_months_is_whole(store: delta.DeltaStore) -> None:
    year = event("NRD", "VES", None).date
    assert year is None
    from dragoman.records import EventDate

    wide = EventDate(start="2031-01-01", end="2031-12-31", granularity="year", text="in 2031")
    store.commit([told("a", TENTS, day=wide), told("b", TENTS, day="2031-05-31", published="2031-06-09")])  # type: ignore[arg-type]
    desk.link(store)
    store.commit([told("c", TENTS_TOO, day="2031-06-01", published="2031-06-02")])
    job = store.to_link(happened._terms(None)[1])
    assert [row["article"] for batch in store.reports(job) for row in batch] == ["a", "b", "c"]


def test_little_is_linked_while_one_asks_and_much_waits(
    store: delta.DeltaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit([told("a", TENTS), told("b", TENTS_TOO)])
    monkeypatch.setattr(happened, "CHEAP", 1)
    assert happened.ready(store) == 2
    assert desk.happenings(store=store).about["waiting"] == 2
    assert len(desk.happenings(store=store, reports=True)) == 2
    monkeypatch.undo()
    assert happened.ready(store) == 0
    assert len(desk.happenings(store=store)) == 1


def test_other_tables_link_everything_anew(store: delta.DeltaStore, tmp_path: Path) -> None:
    from dragoman.settings import Settings

    store.commit([told("a", TENTS), told("b", TENTS_TOO)])
    assert desk.link(store).acts == 1
    own = tmp_path / "mine/lang/en"
    own.mkdir(parents=True)
    text = (DATA / "lang/en/happenings.toml").read_text("utf-8")
    (own / "happenings.toml").write_text(f"{text}\n# of somebody's own\n", "utf-8")
    mine = Settings(lexicon=("builtin", str(tmp_path / "mine")))
    again = desk.link(store, settings=mine)
    assert again.whole and again.reports == 2
    assert not desk.link(store, settings=mine).whole


def test_a_store_made_in_the_place_of_another_knows_nothing_of_its_acts(tmp_path: Path) -> None:
    import shutil

    place = tmp_path / "news"
    with delta.create_store(place) as first:
        first.commit([told("a", TENTS), told("b", TENTS_TOO)])
        desk.link(first)
    shutil.move(place / "derived", tmp_path / "derived")
    shutil.rmtree(place)
    with delta.create_store(place) as second:
        shutil.move(tmp_path / "derived", place / "derived")
        second.commit([told("a", TENTS), told("b", FERRY, "VES KAL")])
        assert second.tally(Question(unit="all")).unlinked == 2
        assert desk.link(second).whole


def test_what_was_linked_may_be_deleted(store: delta.DeltaStore) -> None:
    store.commit([told("a", TENTS), told("b", TENTS_TOO)])
    desk.link(store)
    folder = Path(store.address) / "derived/links"
    for file in folder.iterdir():
        file.unlink()
    assert store.tally(Question(unit="all")).unlinked == 2
    assert desk.link(store).acts == 1
    assert counted(store) == {("NRD", "VES"): (1, 2)}


# in bounded memory


def test_acts_let_go_of_what_is_over() -> None:
    chance = random.Random(3)
    given = [some(chance, k, 700) for k in range(500)]
    ordered = sorted(reports(given, TERMS.wording), key=lambda r: (r.first is None, r.first or dt.date.min, *r.key))
    all_at_once = {frozenset(r.key for r in one.reports) for one in happenings(ordered, TERMS)}
    import dragoman.relate.happenings as room

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "_SWEPT", 7)
        seen = 0
        early = 0
        found = set()

        def counting() -> Iterator[Any]:
            nonlocal seen
            for report in ordered:
                seen += 1
                yield report

        for members in acts(counting(), TERMS):
            early += seen < len(ordered)
            found.add(frozenset(r.key for r in members))
    assert found == all_at_once
    assert early > 0.8 * len(found)


def test_copies_of_more_articles_than_are_held() -> None:
    chance = random.Random(4)
    words = [f"word{n}" for n in range(3000)]

    def article(name: str, day: dt.date, text: str) -> Article:
        when = Published(start=day.isoformat(), end=day.isoformat(), granularity="day", source="given", confidence=1.0)
        return Article(id=name, text=text, published=when)

    given = []
    for n in range(300):
        day = dt.date(2031, 1, 1) + dt.timedelta(days=n)
        text = ". ".join(" ".join(chance.choices(words, k=12)) for _ in range(4))
        given.append(article(f"a{n:03}", day, text))
        if n % 3 == 0:
            given.append(article(f"b{n:03}", day + dt.timedelta(days=1), text))
    given.sort(key=lambda a: (a.published.start if a.published else "", a.id))
    index = Copies()
    index.add_all(given)

    assert originals(given) == index.originals() == originals(given, most=80)
    bare = [Article(id=one.id, text=one.text) for one in given]
    assert originals(bare) == {f"b{n:03}": f"a{n:03}" for n in range(0, 300, 3)}


# rows of the store as rows to be counted


def test_rows_of_a_store_are_those_of_readings(store: delta.DeltaStore) -> None:
    given = [
        told("a", TENTS),
        told("b", PIPES, "KAL NRD", None),
        reading(
            "c",
            statement("s1", "USA", to="RUS"),
            position("USA", "trade", statement="s1", toward="RUS"),
            position("RUS", "trade", statement="s1", reporter="USA", shared_with=("CHN",)),
            event("USA RUS", ""),
            event("FRA", "FRA"),
        ),
    ]
    store.commit(given)
    desk.link(store)

    kept = sorted(row_said(store.positions(Question()).to_pylist()), key=str)
    assert kept == sorted(said(given), key=str)
    rows = sorted(row_did(store.events(Question(count="report")).to_pylist()), key=str)
    assert [row.happening for row in rows] == [f"{row.article}/{row.event}" for row in rows]
    from msgspec.structs import replace

    assert [replace(row, happening=None) for row in rows] == sorted(did(given), key=str)


# from the shell


def test_the_command(store: delta.DeltaStore, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    store.commit([told("a", TENTS), told("b", TENTS_TOO), told("c", PIPES, "KAL NRD")])
    at = ["--store", store.address]

    assert run(["store", "link", *at]) == 0
    assert "3 reports looked at" in (out := capsys.readouterr().out) and "1 act has several reports" in out
    assert run(["happenings", "--type", "AID", *at, "--format", "table"]) == 0
    out = capsys.readouterr().out
    assert "2031-03-03: NRD > VES, AID, actual, +10.0; 2 reports (a.example, b.example)" in out
    assert f"“{TENTS[:40]}" in out and "figures: 340 (a.example) | 360 (b.example)" in out
    assert run(["happenings", *at, "--reports", "--format", "table"]) == 0
    out = capsys.readouterr().out
    assert "; 2 reports\n" in out and "    b.example, b\n" in out and "; 1 report\n" in out
    assert run(["happenings", "--type", "AID", *at, "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["n_reports"], row["outlets"]) == (2, ["a.example", "b.example"])
    file = tmp_path / "acts.parquet"
    assert run(["happenings", *at, "-o", str(file)]) == 0
    import pyarrow.parquet as pq

    assert pq.read_table(file).num_rows == 2
    assert run(["happenings", "CHN", *at]) == 0
    assert "no act" in capsys.readouterr().err
    assert run(["store", "rebuild", *at]) == 0
    assert "made anew from commit 1" in capsys.readouterr().out


def test_the_command_says_what_waits(
    store: delta.DeltaStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit([told("a", TENTS), told("b", TENTS_TOO)])
    monkeypatch.setattr(happened, "CHEAP", 0)
    assert run(["happenings", "--store", store.address, "--format", "csv"]) == 0
    said = capsys.readouterr()
    assert said.out.count("\n") == 3
    assert "2 reports not linked yet" in said.err and "dragoman store link" in said.err
