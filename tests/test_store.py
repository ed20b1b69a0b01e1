"""The embedded store where it may hurt: killed writers, two writers, damage, disks that are full or read-only."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dragoman.desk import happened
from dragoman.errors import StoreError
from dragoman.records import EventDate
from dragoman.store import delta, lock, rollups, search, snapshot, tally
from dragoman.store.base import (
    Question,
    StoreDamaged,
    StoreFormat,
    StoreHeld,
    StoreMissing,
    StoreRefused,
    StoreUnwritable,
)

sys.path.insert(0, str(Path(__file__).parent / "contracts"))

from store_readings import event, position, reading, statement

WRITER = str(Path(__file__).with_name("store_writer.py"))
ALL = Question(unit="all")
COUNTS: tuple[Any, ...] = ("happening", "report")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[delta.DeltaStore]:
    with delta.create_store(tmp_path / "store") as made:
        yield made


# killed writers


def test_a_writer_killed_fifty_times_loses_nothing_it_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    delta.create_store(folder).close()
    chance = random.Random(5)
    told: dict[str, int] = {}
    stop, errors = threading.Event(), list[str]()
    reader = threading.Thread(target=_whole_commits_only, args=(folder, stop, errors))
    reader.start()
    waiting = [_writer(folder, str(round_)) for round_ in range(2)]
    try:
        for round_ in range(50):
            process = waiting.pop(0)
            assert process.stdout is not None
            # some die in their first commit, some later, some while the next one already waits for the lock
            for _ in range(chance.choice((0, 1, 1, 2))):
                assert process.stdout.readline()
            time.sleep(chance.random() * 0.15)
            process.kill()
            lines = process.stdout.read().split()
            process.stdout.close()
            process.wait()
            told[str(round_)] = int(lines[-1]) + 1 if lines else told.get(str(round_), 0)
            waiting.append(_writer(folder, str(round_ + 2)))
    finally:
        for process in waiting:
            process.kill()
            assert process.stdout is not None
            process.stdout.close()
            process.wait()
        stop.set()
        reader.join()

    assert errors == []
    with delta.open_store(folder) as store:
        assert store.check().findings == ()
        kept: dict[str, set[int]] = {}
        for (article,) in zip(store.articles(Question()).column("article").to_pylist(), strict=True):
            if article != "same":
                name, k, _ = article.split("-")
                kept.setdefault(name, set()).add(int(k))
        for name, number in told.items():
            assert kept.get(name, set()) >= set(range(number)), f"writer {name} told of {number} commits"
        assert sum(told.values()) > 20
        # and the next writer goes on as if nothing had been
        assert store.commit([reading("next")]).added == 1
        store.compact()
        store.vacuum(keep_hours=0)
        assert store.check().ok


def _writer(folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, WRITER, str(folder), name], stdout=subprocess.PIPE, text=True)


def _whole_commits_only(folder: Path, stop: threading.Event, errors: list[str]) -> None:
    """Reads without pause; what it sees must always be three articles a commit, with all their records, and `same`."""
    with delta.open_store(folder) as store:
        while not stop.is_set():
            try:
                counts = store.sql(
                    "SELECT (SELECT count(*) FROM articles WHERE article <> 'same') AS a,"
                    " (SELECT count(*) FROM events WHERE article <> 'same') AS e,"
                    " (SELECT count(*) FROM statements) AS s, (SELECT count(*) FROM positions) AS p,"
                    " (SELECT count(*) FROM articles WHERE article = 'same') AS same,"
                    " (SELECT count(*) FROM events WHERE article = 'same') AS acts"
                ).to_pylist()[0]
                if len({counts[k] for k in "aesp"}) != 1 or counts["a"] % 3 or counts["same"] != counts["acts"]:
                    errors.append(str(counts))
            except Exception as error:
                errors.append(repr(error))


def test_half_a_commit_is_never_seen_and_is_put_back(store: delta.DeltaStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.commit([reading("a", event("USA", "RUS"))])

    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(snapshot.Commits, "write", dies)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                store.commit([reading("b", event("CHN", "RUS")), reading("a", event("FRA", "RUS"))])
    for again in (store, delta.open_store(store.address)):
        assert [(r.source, r.target) for r in again.tally(ALL).rows] == [("USA", "RUS")]
        assert again.reading("b") is None
    store.commit([reading("c", event("CHN", "IND"))])
    assert {(r.source, r.target) for r in store.tally(ALL).rows} == {("USA", "RUS"), ("CHN", "IND")}
    assert store.check().ok


def test_what_a_dead_writer_left_is_put_back_once(store: delta.DeltaStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.commit([reading("a")])
    with monkeypatch.context() as patch:
        patch.setattr(snapshot.Commits, "write", lambda *_: (_ for _ in ()).throw(OSError("No space left on device")))
        with pytest.raises(StoreUnwritable, match="as it was before"):
            store.commit([reading("b")])
    log = Path(store.address) / "articles" / "_delta_log"
    store.commit([reading("a")])
    before = len(list(log.glob("*.json")))
    for _ in range(3):
        assert store.commit([reading("a")]).unchanged == 1
    assert len(list(log.glob("*.json"))) == before


def test_a_creation_that_died_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(snapshot.Commits, "write", dies)
        with pytest.raises(KeyboardInterrupt):
            delta.create_store(tmp_path / "store")
    with pytest.raises(StoreError):
        delta.open_store(tmp_path / "store")
    with delta.create_store(tmp_path / "store") as store:
        assert store.commit([reading("a")]).added == 1


# two at once


def test_the_second_writer_waits_and_is_told(store: delta.DeltaStore) -> None:
    told: list[str] = []
    with delta.open_store(store.address, wait_seconds=10, told=told.append) as second:
        done: list[int] = []
        with lock.writing(Path(store.address), 0):
            thread = threading.Thread(target=lambda: done.append(second.commit([reading("a")]).added))
            thread.start()
            time.sleep(0.2)
            assert done == []
        thread.join()

    assert done == [1]
    (line,) = told
    assert f"process {os.getpid()}" in line and store.address in line


def test_a_writer_that_waited_long_enough_is_refused(store: delta.DeltaStore) -> None:
    with (
        delta.open_store(store.address, wait_seconds=0.05) as second,
        lock.writing(Path(store.address), 0),
        pytest.raises(StoreHeld) as held,
    ):
        assert str(os.getpid()) in (second.info().writer or "")
        second.commit([reading("a")])
    assert str(os.getpid()) in held.value.owner and held.value.hint
    assert store.info().writer is None
    assert store.commit([reading("a")]).added == 1


def test_a_lock_is_free_when_its_holder_is_killed(store: delta.DeltaStore) -> None:
    code = "import sys; from pathlib import Path; from dragoman.store import lock\n"
    code += "with lock.writing(Path(sys.argv[1]), 5):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, store.address], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    assert str(holder.pid) in (store.info().writer or "")
    holder.kill()
    holder.wait()
    holder.stdout.close()
    holder.stdin.close()
    assert store.commit([reading("a")]).added == 1


def test_two_stores_take_turns_and_see_each_other(store: delta.DeltaStore) -> None:
    with delta.open_store(store.address) as other:
        for k in range(4):
            assert (store, other)[k % 2].commit([reading(f"a{k}"), reading("same", text=f"number {k}")]).added == 1 + (
                k == 0
            )
            assert (store, other)[(k + 1) % 2].commit([reading(f"a{k}")]).unchanged == 1
        assert other.check().ok
        back = store.reading("same")
        assert back is not None and back.article.text == "number 3"


def test_many_threads_ask_one_store(store: delta.DeltaStore) -> None:
    store.commit(
        [reading(f"a{k}", event("USA", "RUS"), statement("s1", "USA", words="grain corridor")) for k in range(20)]
    )
    errors: list[str] = []

    def ask() -> None:
        try:
            for _ in range(5):
                assert store.tally(ALL).rows[0].events == 20
                assert len(store.search("corridor", limit=5)) == 5
                assert store.events(Question(actors=("USA",)), limit=3).num_rows == 3
                assert store.reading("a7") is not None
        except Exception as error:
            errors.append(repr(error))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


# damage


def test_no_store(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        (tmp_path / "file").write_text("x")
        with pytest.raises(StoreMissing) as missing:
            delta.open_store(place)
        assert missing.value.address == str(place) and missing.value.hint


def test_a_folder_in_use_is_not_made_a_store(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(StoreRefused, match=r"thesis\.docx"):
        delta.create_store(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


@pytest.mark.parametrize("table", ["articles", "events", "statements"])
def test_a_missing_file_is_named(store: delta.DeltaStore, table: str) -> None:
    store.commit([reading("a", event("USA", "RUS"), statement("s1", "USA"))])
    file = next((Path(store.address) / table).rglob("*.parquet"))
    file.unlink()
    with delta.open_store(store.address) as again:
        with pytest.raises(StoreDamaged) as damaged:
            again.sql(f"SELECT * FROM {table}")
        assert damaged.value.files == (str(file),)
        assert "store check" in (damaged.value.hint or "")
        (finding,) = again.check().findings
        assert (finding.kind, finding.where) == ("file", str(file))


@pytest.mark.parametrize("table", ["events", "articles"])
def test_what_was_reckoned_before_does_not_hide_a_missing_file(store: delta.DeltaStore, table: str) -> None:
    second = event("USA", "RUS", "2020-01-01")
    store.commit([reading("a", event("USA", "RUS"), statement("s1", "USA")), reading("b", second)])
    asked = store.volume if table == "articles" else store.tally
    asked(Question()), store.search("words")
    missing = next((Path(store.address) / table).rglob("*.parquet"))
    missing.unlink()

    with delta.open_store(store.address) as again:
        ways = [lambda: again.commit([reading("c")]), again.compact]
        ways += [lambda: again.tally(Question()), lambda: again.search("words")] if table == "events" else []
        for way in ways:
            with pytest.raises(StoreDamaged, match="a file is missing") as damaged:
                way()
            assert damaged.value.files == (str(missing),)
            assert f"dragoman store check --store {store.address}" in (damaged.value.hint or "")


def test_a_torn_file_is_found(store: delta.DeltaStore) -> None:
    store.commit([reading("a", event("USA", "RUS"))])
    file = next((Path(store.address) / "events").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:100])
    with delta.open_store(store.address) as again:
        assert [finding.where for finding in again.check().findings] == [str(file)]
        with pytest.raises(StoreError):
            again.events(Question())


@pytest.mark.parametrize("table", ["articles", "events"])
def test_a_missing_table_is_named(store: delta.DeltaStore, table: str) -> None:
    store.commit([reading("a", event("USA", "RUS"))])
    shutil.rmtree(Path(store.address) / table)
    with delta.open_store(store.address) as again, pytest.raises(StoreDamaged) as damaged:
        again.events(Question()), again.articles(Question())
    assert table in damaged.value.files[0]


def test_a_store_without_its_list_of_commits_is_not_taken_for_an_empty_one(store: delta.DeltaStore) -> None:
    store.commit([reading("a")])
    shutil.rmtree(Path(store.address) / "commits")
    for way in (delta.open_store, delta.create_store):
        with pytest.raises(StoreDamaged, match="list of its commits is gone"):
            way(store.address)


def test_a_broken_list_of_commits(store: delta.DeltaStore) -> None:
    store.commit([reading("a")])
    for file in (Path(store.address) / "commits").glob("*.parquet"):
        file.unlink()
    with pytest.raises(StoreDamaged):
        delta.open_store(store.address)


@pytest.mark.parametrize(("found", "hint"), [(99, "pip install --upgrade"), (0, "dragoman store migrate")])
def test_another_format_is_refused_with_the_command_to_run(
    store: delta.DeltaStore, monkeypatch: pytest.MonkeyPatch, found: int, hint: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "FORMAT", found)
        commits = snapshot.Commits(store.address, {})
        commits._latest = lambda: None  # type: ignore[method-assign]
        from deltalake import DeltaTable

        commits._table = DeltaTable(f"{store.address}/commits")
        commits.write(snapshot.Snapshot(1, {}))
    for way in (delta.open_store, delta.create_store):
        with pytest.raises(StoreFormat, match=hint) as other:
            way(store.address)
        assert (other.value.found, other.value.wanted) == (found, snapshot.FORMAT)
    with pytest.raises(StoreFormat, match="no way"):
        delta.migrate(store.address)


def _as_format_1(address: str) -> None:
    """The store as Dragoman 0.1 kept it: positions without the columns that came with format 2."""
    from deltalake import DeltaTable, write_deltalake

    positions = DeltaTable(f"{address}/positions")
    rows = positions.to_pyarrow_table().drop_columns(["reporter", "person", "published_end"])
    write_deltalake(positions, rows, mode="overwrite", schema_mode="overwrite", partition_by=["month"])
    commits = snapshot.Commits(address, {})
    now = commits.latest()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "FORMAT", 1)
        commits.write(snapshot.Snapshot(now.commit, now.versions | {"positions": positions.version()}))


def _with_positions(store: delta.DeltaStore) -> list[dict[str, Any]]:
    for k in range(3):
        said = [position("USA", "trade", reporter="RUS"), position("FRA", "energy", toward="RUS")]
        store.commit([reading(f"a{k}", *said, event("USA", "RUS"), published=f"2024-0{k + 1}-05")])
    store.commit([reading("b", published=None)])
    return store.positions(Question()).to_pylist()


def test_a_store_of_format_1_is_migrated(store: delta.DeltaStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _with_positions(store)
    _as_format_1(store.address)
    with pytest.raises(StoreFormat, match="dragoman store migrate"):
        delta.open_store(store.address)
    # killed on the way, the old store is whole and the next try goes through
    with monkeypatch.context() as patch:
        patch.setattr(snapshot.Commits, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                delta.migrate(store.address)
    with pytest.raises(StoreFormat):
        delta.open_store(store.address)
    assert delta.migrate(store.address) == 1
    assert delta.migrate(store.address) == snapshot.FORMAT
    with delta.open_store(store.address) as again:
        assert again.positions(Question()).to_pylist() == before
        assert [row["reporter"] for row in before] == ["RUS", None] * 3
        assert again.check().ok
        assert again.commit([reading("c", position("USA", "trade", reporter="CHN"))]).added == 1
        again.compact()
        assert again.positions(Question(), newest=True, limit=1).to_pylist()[0]["article"] in ("c", "a2")
        assert again.check().ok


def test_an_empty_store_is_migrated(store: delta.DeltaStore) -> None:
    _as_format_1(store.address)
    assert delta.migrate(store.address) == 1
    with delta.open_store(store.address) as again:
        assert again.positions(Question()).column_names[-3:] == ["lexicon", "origin", "commit"]
        assert "reporter" in again.positions(Question()).column_names


def test_a_present_store_needs_no_migration(store: delta.DeltaStore) -> None:
    assert delta.migrate(store.address) == snapshot.FORMAT


def test_a_damaged_index_and_damaged_rollups_are_made_anew(store: delta.DeltaStore) -> None:
    store.commit([reading("a", event("USA", "RUS"), statement("s1", "USA", words="grain corridor"))])
    derived = Path(store.address) / "derived"
    for spoil in (
        lambda: shutil.rmtree(derived),
        lambda: (derived / rollups.STAMP).write_text("{"),
        lambda: [f.unlink() for f in derived.glob("*.parquet")],
        lambda: (derived / search.STAMP).write_text("[]"),
        lambda: shutil.rmtree(derived / search.FOLDER, ignore_errors=True),
    ):
        assert store.tally(ALL).rows[0].events == 1
        assert len(store.search("corridor")) == 1
        spoil()
    assert store.tally(ALL).rows[0].events == 1
    assert len(store.search("corridor")) == 1


def test_check_finds_rows_that_disagree(store: delta.DeltaStore) -> None:
    store.commit([reading("a", event("USA", "RUS"), event("USA", "CHN"), statement("s1", "USA"))])
    from deltalake import DeltaTable

    events = DeltaTable(f"{store.address}/events")
    events.delete("id = 'e2'")
    statements = DeltaTable(f"{store.address}/statements")
    statements.update(updates={"article": "'stranger'"})
    commits = snapshot.Commits(store.address, {})
    now = commits.latest()
    versions = now.versions | {"events": events.version(), "statements": statements.version()}
    commits.write(snapshot.Snapshot(now.commit + 1, versions))

    assert {(f.where, f.found, f.wanted) for f in store.check().findings} == {
        ("events of article a", "1 rows", "2 rows"),
        ("statements of article a", "0 rows", "1 rows"),
        ("statements of article stranger", "1 rows", "no row, there is no such article"),
    }


# disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("mounting a small disk needs rights this run does not have")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_loses_nothing(small_disk: Path) -> None:
    chance = random.Random(3)
    with delta.create_store(small_disk / "store") as store:
        kept = 0
        with pytest.raises(StoreUnwritable, match="No space left"):
            for k in range(200):
                text = "".join(chance.choices("abcdefghijklmnop ", k=20_000))
                store.commit([reading(f"a{k}-{i}", event("USA", "RUS"), text=text + str(i)) for i in range(5)])
                kept = k + 1
        assert kept > 0
    with delta.open_store(small_disk / "store") as again:
        assert again.info().tables["articles"].rows == 5 * kept
        assert again.tally(ALL).rows[0].events == 5 * kept  # roll-ups go elsewhere where there is no room
        assert again.check().ok
        subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
        assert again.commit([reading("later")]).added == 1
        assert again.check().ok


def test_a_read_only_folder_is_read_and_not_written(small_disk: Path) -> None:
    with delta.create_store(small_disk / "store") as store:
        store.commit([reading("a", event("USA", "RUS"), statement("s1", "USA", words="grain corridor"))])
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with delta.open_store(small_disk / "store") as store:
        assert store.tally(ALL).rows[0].events == 1
        assert len(store.search("corridor")) == 1
        assert store.reading("a") is not None
        assert store.check().ok
        assert store.info().commit == 1
        assert store.rebuild().commit == 1
        with pytest.raises(StoreUnwritable) as refused:
            store.commit([reading("b")])
        assert refused.value.address.endswith("store") and refused.value.hint
        with pytest.raises(StoreUnwritable):
            delta.create_store(small_disk / "other")


# what is derived says the same as the events


def test_rollups_and_events_give_the_same_answers(store: delta.DeltaStore) -> None:
    chance = random.Random(11)
    codes = ["USA", "RUS", "CHN", "FRA", "IGO:UN"]
    grains = ["day", "day", "day", "month", "year", "week", "decade"]

    def some(least: int) -> str:
        return " ".join(chance.sample(codes, chance.randint(least, 3)))

    def one() -> Any:
        year, month = chance.randint(2019, 2021), chance.randint(1, 12)
        day = f"{year}-{month:02d}-{chance.randint(1, 28):02d}"
        date = EventDate(start=day, end=day, granularity=chance.choice(grains), text=day)  # type: ignore[arg-type]
        kind, quad, score = chance.choice([("AID", 2, 10.0), ("ACCUSE", 3, -3.0), ("ASSAULT", 4, -9.5)])
        return event(
            some(1),
            chance.choice([some(1), some(1), ""]),
            chance.choice([date, date, date, None]),
            status=chance.choice(["actual", "actual", "planned", "negated"]),
            type=kind,
            quad=quad,
            score=score,
        )

    def article(k: int) -> Any:
        records = [one() for _ in range(chance.randint(0, 5))]
        records += [position(chance.choice(codes), issue) for issue in chance.sample(["trade", "energy", "health"], 2)]
        return reading(f"a{k}", *records, published=f"2021-0{1 + k % 9}-01")

    questions = [
        Question(unit=unit, **asked)
        for unit in ("month", "quarter", "year", "all")
        for asked in (
            {},
            {"actors": ("USA",)},
            {"actors": ("USA", "RUS", "FRA"), "since": "2020-02", "until": "2021-03"},
            {"acting": ("CHN",), "upon": ("IGO:UN", "USA"), "undated": True},
            {"types": ("AID", "ACCUSE"), "by": ("type", "status"), "since": "2020"},
            {"issues": ("trade",), "until": "2020"},
            {"issues": ("trade", "energy"), "by": ("issue", "origin")},
            {"status": ("negated",), "undated": True, "since": "2021-03"},
            {"within": True, "by": ("type",)},
        )
    ]
    for round_ in range(3):  # the second and third time only some partitions are made anew
        store.commit([article(k) for k in range(round_ * 30, round_ * 30 + 40)])
        for linked in (False, True):
            if linked:
                happened.link(store)
            for question in [msgspec.structs.replace(q, count=count) for q in questions for count in COUNTS]:
                assert tally.rollup_for(question)
                rolled = store.tally(question)
                raw = store._ask(
                    lambda view, c, q=question: tally.from_events(  # type: ignore[misc]
                        q, store._counted(q, view, c, view.months("events"))
                    )
                )
                whole = tally.answer(question, raw, 0)
                assert [_near(row) for row in rolled.rows] == [_near(row) for row in whole.rows], question
                assert (rolled.left_out, rolled.unlinked) == (whole.left_out, whole.unlinked), question
                assert rolled.unlinked == 0 or (question.count == "happening" and not linked)
        acts, told = (sum(r.events for r in store.tally(Question(unit="all", count=c)).rows) for c in COUNTS)
        reports = sum(r.reports for r in store.tally(ALL).rows)
        assert acts < told and reports >= acts


def _near(row: Any) -> dict[str, Any]:
    return {k: round(v, 6) if isinstance(v, float) else v for k, v in row.to_dict().items()}


def test_two_halves_make_the_whole(store: delta.DeltaStore) -> None:
    days = [f"{2020 + k % 4}-{1 + k % 12:02d}-{1 + k % 28:02d}" for k in range(200)]
    store.commit([reading(f"a{k}", event("USA RUS", "CHN" if k % 3 else "", day)) for k, day in enumerate(days)])

    def asked(**dates: str) -> int:
        return sum(row.events for row in store.tally(Question(unit="day", **dates)).rows)

    assert asked(until="2021-08-10") + asked(since="2021-08-11") == asked()


def test_only_partitions_that_changed_are_made_anew(store: delta.DeltaStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.commit([reading(f"a{k}", event("USA", "RUS", f"2024-0{k + 1}-01")) for k in range(5)])
    store.tally(Question())
    made: list[list[str]] = []
    portions = rollups._portions
    monkeypatch.setattr(rollups, "_portions", lambda v, t, months: made.append(list(months)) or portions(v, t, months))
    store.commit([reading("b", event("USA", "RUS", "2024-03-09"))])
    store.tally(Question())
    store.tally(Question(actors=("USA",)))
    assert made == [["2024-03"]]


def test_stamps_tell_the_commit(store: delta.DeltaStore) -> None:
    store.commit([reading("a", event("USA", "RUS"))])
    assert set(store.info().derived.values()) == {None}
    store.tally(Question())
    assert store.info().derived == {"pairs": 1, "details": 1, "volumes": None, "happenings": None, "sentences": None}


# the door


def test_names_duckdb_would_read_as_patterns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreRefused):
        delta.create_store(tmp_path / "store[1]")


def test_the_room_loads_nothing_heavy_before_it_is_used() -> None:
    code = "import dragoman.store.delta, dragoman.store.base, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"deltalake", "duckdb", "pyarrow", "tantivy", "numpy"}


def test_a_closed_store_leaves_no_folder_behind(tmp_path: Path) -> None:
    store = delta.create_store(f"file://{tmp_path}/news")
    store.commit([reading("a", event("USA", "RUS"))])
    store.tally(Question())
    place = store._place()
    assert any(place.iterdir())
    store.close()
    assert not place.exists()


def test_the_snapshot_is_one_row(store: delta.DeltaStore) -> None:
    for k in range(30):
        store.commit([reading(f"a{k}")])
    from deltalake import DeltaTable

    (row,) = DeltaTable(f"{store.address}/commits").to_pyarrow_table().to_pylist()
    assert row["commit"] == 30 and set(json.loads(row["versions"])) == set(store.info().tables)
