"""Articles into a store: each once, none lost, whatever is in the folder and whenever the run ends."""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import ingest_work
from dragoman import cli, desk
from dragoman.cli import pace
from dragoman.coder import Coder
from dragoman.engine.base import Finished
from dragoman.engine.here import HereRunner
from dragoman.engine.keeper import Keeper
from dragoman.engine.local import LocalRunner
from dragoman.errors import DragomanError, SettingsError, StoreError
from dragoman.ingest import Ingested, expanded, ingest, recode, segments
from dragoman.ingest.ledger import Ledger
from dragoman.ingest.report import reported
from dragoman.ingest.run import AllLost, Progress
from dragoman.read.piece import Piece
from dragoman.records import Article, Note, Published, Reading
from dragoman.records import Coder as Stamp
from dragoman.store import delta
from dragoman.store.base import Question, StoreMissing, StoreUnwritable
from processes import below, command_of

EXPELLED = (
    "OSLO, March 4 - Norway expelled two Danish diplomats on Monday after a dispute over fishing rights in the North "
    "Sea. Denmark condemned the decision. The Danish foreign ministry summoned the Norwegian ambassador on Monday."
)
TALKS = (
    "COPENHAGEN, April 9 - The governments of Norway and Denmark held talks in Copenhagen on Tuesday. Norway said it "
    "wanted to end the dispute over fishing rights. Denmark welcomed the offer."
)
VISIT = (
    "HELSINKI, May 6 - The foreign minister of Sweden visited Finland on Monday. The two governments signed an "
    "agreement on rail links between their countries."
)
PAGE = f"""<!doctype html><html lang="en"><head><title>Sweden and Finland sign rail agreement</title>
<meta property="article:published_time" content="2024-05-06T09:00:00Z"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Sweden and Finland sign rail agreement</h1>
<p>{VISIT}</p><p>The line is to carry passengers and goods, and work on it is expected to last four years.</p>
</article></body></html>"""
TITLES = {"n1": ("Norway expels two Danish diplomats", "2024-03-04"), "n2": ("Norway and Denmark talk", "2024-04-09")}


def line(id: str, text: str, **more: Any) -> str:
    title, published = TITLES.get(id, ("A report", "2024-04-09"))
    return json.dumps({"id": id, "title": title, "text": text, "published": published} | more) + "\n"


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder with a page, a text and a file of two articles."""
    folder = tmp_path / "news"
    (folder / "may").mkdir(parents=True)
    (folder / "may" / "rail.html").write_text(PAGE, "utf-8")
    (folder / "lines.jsonl").write_text(line("n1", EXPELLED) + line("n2", TALKS), "utf-8")
    (folder / "talks.txt").write_text(f"Denmark and Norway talk about fish\n\n{TALKS}\n", "utf-8")
    return folder


class Fake:
    """Codes nothing, and remembers what it was given. Text with `fault` in it fails."""

    def __init__(self, version: str = "1") -> None:
        self.stamp = Stamp(name="fake", version=version, lexicon="none")
        self.given: list[str] = []

    def code(self, articles: Iterable[Article]) -> Iterator[Reading]:
        for article in articles:
            self.given.append(article.id)
            wrong = "fault" in article.text
            coded = msgspec.structs.replace(article, outcome="failed", detail="a fault") if wrong else article
            yield Reading(article=coded, notes=(Note(span=(0, 4), reason="a note"),), coder=self.stamp)


def article(id: str, text: str = "Some words of a report.", **more: Any) -> Article:
    return Article(id=id, text=text, **more)


def items(*articles: Article | Reading) -> list[tuple[str, Article | Reading]]:
    return [("here", one) for one in articles]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[delta.DeltaStore]:
    with delta.create_store(tmp_path / "store") as made:
        yield made


def run(*arguments: object) -> int:
    return cli.run([str(one) for one in (*arguments, "--model", "none")])


def kept(folder: Path) -> dict[str, Reading]:
    with delta.open_store(folder) as opened:
        return {reading.article.id: reading for reading in opened.readings()}


def commit_of(folder: Path) -> int:
    with delta.open_store(folder) as opened:
        return opened.info().commit


# real articles, from the command line


def test_ingest_twice_changes_nothing(news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "store"

    assert run("ingest", news, "--store", folder) == 0
    first, before, said = kept(folder), commit_of(folder), capsys.readouterr().out
    assert run("ingest", news, "--store", folder, "--json") == 0
    again = json.loads(capsys.readouterr().out)

    assert set(TITLES) < set(first) and len(first) == 4
    assert "read            4      4         0          0         0" in said
    assert any(event.type == "SANCTION" and event.mode == "expel" for event in first["n1"].events)
    assert again["outcomes"] == {"read": {"unchanged": 4}} and again["commits"] == 0
    assert (kept(folder), commit_of(folder)) == (first, before)
    with delta.open_store(folder) as opened:
        assert opened.check().ok


def test_what_is_there_is_not_coded_again(news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("ingest", news, "--store", tmp_path / "store") == 0

    def never(*_: object) -> Reading:
        raise AssertionError("coded again")

    monkeypatch.setattr(Coder, "_read", never)
    monkeypatch.setenv("DRAGOMAN_TRACEBACK", "1")
    assert run("ingest", news, "--store", tmp_path / "store") == 0


def test_a_corrected_article_replaces_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, source = tmp_path / "store", tmp_path / "lines.jsonl"
    source.write_text(line("n1", EXPELLED) + line("n2", TALKS), "utf-8")
    assert run("ingest", source, "--store", folder) == 0
    before = kept(folder)
    source.write_text(line("n1", EXPELLED.replace("two Danish", "three Danish")) + line("n2", TALKS), "utf-8")
    capsys.readouterr()

    assert run("ingest", source, "--store", folder, "--json") == 0

    assert json.loads(capsys.readouterr().out)["outcomes"] == {"read": {"replaced": 1, "unchanged": 1}}
    after = kept(folder)
    assert "three Danish" in after["n1"].article.text and after["n2"] == before["n2"]
    with delta.open_store(folder) as opened:
        rows = opened.events(Question(articles=("n1",), undated=True)).to_pylist()
        assert rows and all("two Danish" not in row["words"] for row in rows)
        assert opened.check().ok


def test_another_date_of_publication_is_another_article(tmp_path: Path) -> None:
    folder, source = tmp_path / "store", tmp_path / "note.txt"
    source.write_text(f"Norway expels diplomats\n\n{EXPELLED.partition(' - ')[2]}", "utf-8")
    assert run("ingest", source, "--store", folder, "--published", "2024-03-04") == 0
    assert run("ingest", source, "--store", folder, "--published", "2025-03-03") == 0

    (reading,) = kept(folder).values()
    assert {event.date.start for event in reading.events if event.date} == {"2025-03-03"}


def test_a_broken_file_costs_only_itself(news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (news / "cut.jsonl.gz").write_bytes(gzip.compress(line("n3", VISIT).encode() * 50)[:-20])
    (news / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (news / "more.jsonl").write_text('{"id": "n4", "text": \n' + line("n5", VISIT), "utf-8")
    (news / "empty.txt").write_text("", "utf-8")

    assert run("ingest", news, "--store", tmp_path / "store", "--json") == 1

    out, err = capsys.readouterr()
    outcomes = json.loads(out)["outcomes"]
    assert outcomes["read"]["added"] >= 5 and outcomes["bad_json"] == {"not_kept": 1}
    assert outcomes["binary"] == outcomes["empty"] == {"not_kept": 1}
    assert "more.jsonl:1: not JSON" in err and "picture.html" in err
    assert {"n1", "n2", "n5"} <= set(kept(tmp_path / "store"))


def test_another_language_is_counted_and_not_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    german = (
        "Die Regierung in Oslo hat am Montag zwei Diplomaten ausgewiesen. Das Nachbarland kritisierte den Schritt. Am "
        "Abend wurde bekannt, dass beide Seiten in der kommenden Woche miteinander reden wollen, um den Streit über "
        "die Fischerei zu beenden."
    )
    (tmp_path / "bericht.txt").write_text(german, "utf-8")

    assert run("ingest", tmp_path / "bericht.txt", "--store", tmp_path / "store", "--json") == 3

    assert json.loads(capsys.readouterr().out)["outcomes"] == {"unsupported_language": {"not_kept": 1}}
    assert kept(tmp_path / "store") == {}


def test_a_store_among_the_pages_is_no_page(news: Path) -> None:
    first = desk.ingest(news, store=news / "my.store", settings=_without_model())
    again = desk.ingest(news, store=news / "my.store", settings=_without_model())

    assert first.outcomes == {"read": {"added": 4}} and again.outcomes == {"read": {"unchanged": 4}}


def test_nothing_named_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ingest", tmp_path / "no*.html", "--store", tmp_path / "store") == 3

    assert "there is no such file" in capsys.readouterr().err


def test_quiet_says_nothing(news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (news / "bad.jsonl").write_text("{\n", "utf-8")

    assert run("ingest", news, "--store", tmp_path / "store", "-q") == 1

    assert capsys.readouterr() == ("", "")


def test_records_are_kept_as_they_are(news: Path, tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    assert run("read", news / "lines.jsonl", "-o", records) == 0

    assert run("ingest", records, "--store", tmp_path / "a.store") == 0
    assert run("ingest", news / "lines.jsonl", "--store", tmp_path / "b.store") == 0

    assert kept(tmp_path / "a.store") == kept(tmp_path / "b.store")
    before = commit_of(tmp_path / "a.store")
    assert run("ingest", records, "--store", tmp_path / "a.store") == 0
    assert commit_of(tmp_path / "a.store") == before


def test_a_folder_in_use_is_refused(news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ingest", news, "--store", news) == 2

    assert "holds something else" in capsys.readouterr().err
    assert not (news / "commits").exists()


def test_recode_brings_old_articles_to_the_present_coder(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, mine = tmp_path / "store", tmp_path / "tables"
    assert run("ingest", news, "--store", folder) == 0
    # a table of one's own makes another coder
    (mine / "actors").mkdir(parents=True)
    (mine / "actors" / "seats.csv").write_text(
        "form,aliases,code,sector,kind,name,from,to,source\nTest House,,NOR,GOV,seat,a house,,,made for a test\n",
        "utf-8",
    )
    settings = tmp_path / "dragoman.toml"
    settings.write_text('lexicon = ["builtin", "tables"]\nmodel = "none"\n', "utf-8")
    before = kept(folder)
    capsys.readouterr()

    assert cli.run(["--settings", str(settings), "recode", "--store", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcomes"] == {"read": {"replaced": 4}}
    after = kept(folder)
    assert {r.article for r in after.values()} == {r.article for r in before.values()}
    assert {r.coder for r in after.values()}.isdisjoint({r.coder for r in before.values()})

    assert cli.run(["--settings", str(settings), "recode", "--store", str(folder)]) == 0
    assert "by the present coder" in capsys.readouterr().err
    # and ingest takes the old coder's articles for changed ones
    assert run("ingest", news, "--store", folder) == 0
    assert kept(folder) == before


def test_recode_without_a_store_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("recode", "--store", tmp_path / "nowhere") == 2

    assert "there is no store at" in capsys.readouterr().err
    with pytest.raises(StoreMissing):
        desk.recode(store=tmp_path / "nowhere")


# killed, stopped, interrupted: with processes of their own

SLOWLY = """
import sys, time
from dragoman import desk, settings
def watch(source, article, fate):
    print(article.id, fate, flush=True)
    if fate == "added":
        time.sleep(0.05)
chosen = settings.Settings(model="none")
desk.ingest([sys.argv[1]], store=sys.argv[2], settings=chosen, batch=3, watch=watch)
"""


@pytest.fixture
def many(tmp_path: Path) -> Path:
    source = tmp_path / "many.jsonl"
    texts = (EXPELLED, TALKS, VISIT)
    source.write_text("".join(line(f"m{n}", f"Report {n}. {texts[n % 3]}") for n in range(40)), "utf-8")
    return source


def test_a_run_that_is_killed_goes_on_where_it_was(many: Path, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, str(many), str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(10):
        process.stdout.readline()
    process.kill()
    process.stdout.close()
    process.wait()
    there = kept(folder)
    assert 9 <= len(there) < 40

    done = desk.ingest([many], store=folder, settings=_without_model(), batch=3)

    assert done.outcomes == {"read": {"unchanged": len(there), "added": 40 - len(there)}}
    desk.ingest([many], store=tmp_path / "undisturbed", settings=_without_model())
    assert kept(folder) == kept(tmp_path / "undisturbed")


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(many: Path, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    code = (
        "import sys, time\nfrom dragoman import cli, coder\nread = coder.Coder._read\n"
        "def slowly(*given):\n    print('coding', flush=True)\n    time.sleep(0.05)\n    return read(*given)\n"
        "coder.Coder._read = slowly\ncli.main(sys.argv[1:])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "ingest", str(many), "--store", str(folder), "--model", "none", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for _ in range(5):
        assert process.stdout.readline() == "coding\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130
    told = json.loads(out.splitlines()[-1])
    assert told["stopped"] and told["outcomes"]["read"]["added"] == len(kept(folder)) < 40
    assert "stopping; what is done will be kept" in err and "goes on from here" in err and "Traceback" not in err


def _without_model() -> Any:
    from dragoman.settings import Settings

    return Settings(model="none")


# the run itself, with a coder that only remembers


def test_batches_are_kept_by_number_and_by_age(store: delta.DeltaStore) -> None:
    by_number = ingest(items(*(article(f"a{n}") for n in range(7))), Fake(), store, batch=3)
    by_age = ingest(items(*(article(f"b{n}") for n in range(4))), Fake(), store, seconds=0)

    assert by_number.commits == 3 and by_age.commits == 4
    assert by_number.articles == 7 and by_number.rows["notes"] == 7


def test_nothing_to_do_writes_nothing(store: delta.DeltaStore) -> None:
    assert ingest([], Fake(), store) == Ingested(
        outcomes={}, commits=0, rows={}, refused=(), seconds=pytest.approx(0, abs=1)
    )


def test_the_last_of_an_id_counts(store: delta.DeltaStore) -> None:
    coder = Fake()
    done = ingest(items(article("a", "first"), article("a", "second"), article("a", "second")), coder, store)

    assert store.reading("a") and store.reading("a").article.text == "second"  # type: ignore[union-attr]
    assert done.outcomes == {"read": {"added": 1, "replaced": 1, "unchanged": 1}}
    assert coder.given == ["a", "a"]
    # and back again, though the store has the first by then
    ingest(items(article("a", "first")), coder, store)
    ingest(items(article("a", "second"), article("a", "first")), coder, store, batch=1)
    assert store.reading("a").article.text == "first"  # type: ignore[union-attr]


def test_when_a_page_was_fetched_makes_no_other_article(store: delta.DeltaStore) -> None:
    coder = Fake()
    ingest(items(article("a", retrieved="2024-01-01T00:00:00Z")), coder, store)
    done = ingest(items(article("a", retrieved="2024-02-02T00:00:00Z")), coder, store)

    assert done.outcomes == {"read": {"unchanged": 1}} and coder.given == ["a"]


def test_an_article_that_cannot_be_read_leaves_the_one_that_could(store: delta.DeltaStore) -> None:
    ingest(items(article("a")), Fake(), store)
    done = ingest(items(article("a", "", outcome="bad_json"), article("", "no name")), Fake(), store)

    assert done.outcomes == {"read": {"not_kept": 1}, "bad_json": {"not_kept": 1}}
    assert done.refused == (("", "the article has no id"),)
    assert store.reading("a").article.outcome == "read"  # type: ignore[union-attr]


def test_what_failed_is_tried_again_and_told_once_it_is_the_same(store: delta.DeltaStore) -> None:
    first, second = Fake(), Fake()
    ingest(items(article("a", "a fault")), first, store)
    done = ingest(items(article("a", "a fault")), second, store)

    assert second.given == ["a"] and done.outcomes == {"failed": {"unchanged": 1}} and done.commits == 0
    later = Fake("2")
    later.code = lambda articles: (Reading(article=a, coder=later.stamp) for a in articles)  # type: ignore[method-assign]
    assert recode(later, store).outcomes == {"read": {"replaced": 1}}


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_keeps_what_is_coded(store: delta.DeltaStore, stopped: type[BaseException]) -> None:
    def flow() -> Iterator[tuple[str, Article | Reading]]:
        yield from items(*(article(f"a{n}") for n in range(70)))
        raise stopped

    with pytest.raises(stopped):
        ingest(flow(), Fake(), store)
    assert store.info().tables["articles"].rows == 64  # those that were asked for together


def test_stop_ends_the_run_after_the_article_at_hand(store: delta.DeltaStore) -> None:
    seen: list[str] = []
    done = ingest(
        items(*(article(f"a{n}") for n in range(9))), Fake(), store,
        stop=lambda: len(seen) == 4, watch=lambda source, one, fate: seen.append(one.id),
    )  # fmt: skip

    assert done.stopped and done.articles == 4 and store.info().tables["articles"].rows == 4


def test_a_store_that_cannot_be_written_ends_the_run_and_keeps_what_it_had(
    store: delta.DeltaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = [0]
    commit = delta.DeltaStore.commit

    def full(self: delta.DeltaStore, readings: Any, **given: Any) -> Any:
        commits[0] += 1
        if commits[0] == 3:
            raise StoreUnwritable("No space left on device", address=self.address)
        return commit(self, readings, **given)

    monkeypatch.setattr(delta.DeltaStore, "commit", full)
    with pytest.raises(StoreUnwritable):
        ingest(items(*(article(f"a{n}") for n in range(9))), Fake(), store, batch=2)
    assert commits == [3] and store.info().tables["articles"].rows == 4


def test_published_dates_place_articles(store: delta.DeltaStore) -> None:
    when = Published(start="2024-03-04", end="2024-03-04", granularity="day", source="given", confidence=1.0)
    ingest(items(article("a", published=when)), Fake(), store)

    assert [str(day) for day in store.articles(Question(since="2024-03")).column("day").to_pylist()] == ["2024-03-04"]


# many articles, by workers: killed, torn, full, poisoned


def lines_of(path: Path, number: int, **odd: str) -> Path:
    """A file of so many articles; `odd` gives some of them, by a5=, another text."""
    texts = (f"Report {n} of many. " + "Words of no weight follow here. " * 8 for n in range(number))
    path.write_text("".join(line(f"a{n}", odd.get(f"a{n}", text)) for n, text in enumerate(texts)), "utf-8")
    return path


def all_rows(folder: Path) -> dict[str, list[Any]]:
    """Every row of the store, but for the commit it came with."""
    with delta.open_store(folder) as opened:
        assert opened.check().ok
        return {
            table: opened.sql(f'SELECT * EXCLUDE ("commit") FROM {table} ORDER BY ALL').to_pylist()
            for table in ("articles", "notes", "events", "statements", "positions")
        }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[Any]]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    source = lines_of(folder / "many.jsonl", 1200)
    done = ingest_work.run(source, folder / "store", runner=HereRunner())
    assert done.outcomes == {"read": {"added": 1200}} and done.commits > 3
    return source, all_rows(folder / "store")


def test_workers_make_the_same_store(undisturbed: tuple[Path, dict[str, list[Any]]], tmp_path: Path) -> None:
    source, rows = undisturbed
    seen: list[str] = []
    done = ingest_work.run(source, tmp_path / "store", watch=lambda where, one, fate: seen.append(one.id))

    assert done.outcomes == {"read": {"added": 1200}} and seen == [f"a{n}" for n in range(1200)]
    assert all_rows(tmp_path / "store") == rows
    assert not list((tmp_path / "store" / "ingest" / "staged").iterdir())


def test_killed_at_random_moments_it_loses_nothing_and_keeps_nothing_twice(
    undisturbed: tuple[Path, dict[str, list[Any]]], tmp_path: Path
) -> None:
    source, rows = undisturbed
    pick = random.Random(20)
    kills = 0
    command = [sys.executable, str(Path(ingest_work.__file__)), str(source), str(tmp_path / "store")]
    for turn in range(60):
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, env={**os.environ, ingest_work.SLOWLY: "0.004"}, text=True
        )
        assert process.stdout is not None and process.stdout.readline() == "started\n"
        deadline = time.monotonic() + pick.uniform(0.3, 2.2)
        while process.poll() is None and time.monotonic() < deadline:
            workers = [p for p in below(process.pid) if b"engine.child" in command_of(p)]
            if workers and pick.random() < 0.05:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pick.choice(workers), signal.SIGKILL)
                    kills += 1
            time.sleep(0.05)
        ended = process.poll()
        if ended is None:
            process.kill()
            kills += 1
        process.communicate()
        if ended is not None:
            assert ended == 0
            if kills >= 20:
                break
            # it was quick: another store takes the rest of the kills
            assert all_rows(tmp_path / "store") == rows, turn
            shutil.rmtree(tmp_path / "store")
    # on a busy machine every run was killed before its end: one that nobody disturbs goes on from there
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=300)
    assert kills >= 20 and all_rows(tmp_path / "store") == rows
    again = ingest_work.run(source, tmp_path / "store")
    assert again.outcomes == {"read": {"unchanged": 1200}} and again.passed == 1200 and again.commits == 0


def test_what_kills_its_worker_is_set_aside_alone(tmp_path: Path) -> None:
    source = lines_of(
        tmp_path / "many.jsonl", 150, a20="This one crashes.", a40="This one hangs.", a41="This one grows.",
        a77="This one fails.", a78="This one fails.",
    )  # fmt: skip
    runner = LocalRunner(2, memory=400_000_000)
    events: list[dict[str, Any]] = []
    done = ingest_work.run(source, tmp_path / "store", runner=runner, patience=1.0, log=events.append)

    assert done.outcomes == {
        "read": {"added": 145},
        "failed": {"not_kept": 3},
        "hung": {"not_kept": 1},
        "too_much_memory": {"not_kept": 1},
    }
    assert set(kept(tmp_path / "store")) == {f"a{n}" for n in range(150)} - {"a20", "a40", "a41", "a77", "a78"}
    assert {"killed", "hung", "memory", "failed"} == set(done.losses) and any(e["event"] == "lost" for e in events)
    with contextlib.closing(Ledger(tmp_path / "store" / "ingest")) as ledger:
        told = reported(ledger)
    (hung,) = [row for row in told.outcomes if row.outcome == "hung"]
    assert hung.examples[0].article == "a40" and "many.jsonl:41" in hung.examples[0].where
    assert told.articles == 150 and sum(row.kept for row in told.outcomes) == 145

    # tried again when it is mended
    lines_of(source, 150, a20="This one crashes.")
    assert ingest_work.run(source, tmp_path / "store").outcomes["read"]["unchanged"] == 145
    assert len(kept(tmp_path / "store")) == 149


def test_workers_that_can_do_nothing_end_the_run(tmp_path: Path) -> None:
    source = lines_of(tmp_path / "many.jsonl", 60, **{f"a{n}": "This one fails." for n in range(60)})
    with pytest.raises(AllLost, match="25 articles in a row were lost, and none was coded: ValueError: a fault"):
        ingest_work.run(source, tmp_path / "store", runner=HereRunner())
    lines_of(source, 60)
    assert ingest_work.run(source, tmp_path / "store").outcomes == {"read": {"added": 60}}


def test_a_staged_file_that_was_torn_is_made_anew(
    undisturbed: tuple[Path, dict[str, list[Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, rows = undisturbed
    staged = tmp_path / "store" / "ingest" / "staged"

    def full(*_: object, **__: object) -> Any:
        raise StoreUnwritable("No space left on device", address="there")

    with monkeypatch.context() as patch:
        patch.setattr(delta.DeltaStore, "commit", full)
        with pytest.raises(StoreUnwritable):
            ingest_work.run(source, tmp_path / "store", runner=HereRunner(), batch=700)
    # what was done waits on disk; now some of it is torn, and a stranger lies beside it
    left = sorted(staged.iterdir())
    assert len(left) > 5 and kept(tmp_path / "store") == {}
    for number, path in enumerate(left[2:]):
        raw = path.read_bytes()
        path.write_bytes((raw[: len(raw) // 2], raw[:-1] + b"?", b"")[number % 3])
    (staged / "left.1.part").write_bytes(b"half")
    given: list[str] = []
    monkeypatch.setattr(ingest_work.FakeCoder, "code", remembering(given, ingest_work.FakeCoder.code))

    assert not ingest_work.run(source, tmp_path / "store", runner=HereRunner()).stopped
    assert all_rows(tmp_path / "store") == rows and not list(staged.iterdir())
    assert 700 < len(given) < 1200  # what was whole was taken as it was


def remembering(given: list[str], code: Any) -> Any:
    def remembered(self: Any, articles: Iterable[Article]) -> Iterator[Reading]:
        for reading in code(self, articles):
            given.append(reading.article.id)
            yield reading

    return remembered


def test_a_disk_that_is_full_ends_the_run_and_the_next_goes_on(
    undisturbed: tuple[Path, dict[str, list[Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, rows = undisturbed
    write, times = Path.write_bytes, [0]

    def full(path: Path, raw: bytes) -> int:
        times[0] += path.suffix == ".part"
        if times[0] > 9:
            write(path, raw[:100])
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, raw)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(StoreError, match="No space left"):
            ingest_work.run(source, tmp_path / "store", runner=HereRunner())
    assert 0 < len(kept(tmp_path / "store")) < 1200

    ingest_work.run(source, tmp_path / "store", runner=HereRunner())
    assert all_rows(tmp_path / "store") == rows


def test_two_at_once_make_one_store(undisturbed: tuple[Path, dict[str, list[Any]]], tmp_path: Path) -> None:
    source, rows = undisturbed
    command = [sys.executable, str(Path(ingest_work.__file__)), str(source), str(tmp_path / "store")]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]

    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert all_rows(tmp_path / "store") == rows


def test_a_second_run_is_told_of_the_first(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dragoman.desk import filling
    from dragoman.store import lock

    assert run("ingest", many, "--store", tmp_path / "store") == 0
    monkeypatch.setattr(filling, "_WAIT_SECONDS", 0.2)
    capsys.readouterr()
    with lock.writing(tmp_path / "store" / "ingest", 0):
        assert run("ingest", many, "--store", tmp_path / "store", "--workers", 1) == 2
        err = capsys.readouterr().err
        assert "waiting for process" in err and f"process {os.getpid()}" in err
        # a few articles more do not wait for a run of days
        assert run("ingest", many, "--store", tmp_path / "store") == 0


def test_a_stopped_run_goes_on(undisturbed: tuple[Path, dict[str, list[Any]]], tmp_path: Path) -> None:
    source, rows = undisturbed
    looks: list[Any] = []
    first = ingest_work.run(source, tmp_path / "store", look=looks.append, stop=lambda: len(looks) > 2)
    there = set(kept(tmp_path / "store"))
    done = ingest_work.run(source, tmp_path / "store", look=looks.append)

    assert first.stopped and first.articles == len(there) < 1200
    assert done.outcomes["read"].get("unchanged", 0) == done.passed == len(there)
    assert all_rows(tmp_path / "store") == rows
    assert looks[-1].articles == 1200 and looks[-1].outcomes == {"read": 1200} and looks[-1].relevant == 0


def test_a_ledger_that_is_gone_or_broken_costs_only_time(
    undisturbed: tuple[Path, dict[str, list[Any]]], tmp_path: Path
) -> None:
    source, rows = undisturbed
    ingest_work.run(source, tmp_path / "store", runner=HereRunner())
    ledger = tmp_path / "store" / "ingest" / "ledger.sqlite"
    for path in ledger.parent.glob("ledger.sqlite?*"):
        path.unlink()
    ledger.write_bytes(b"this is no data base, and never was one" * 100)
    done = ingest_work.run(source, tmp_path / "store", runner=HereRunner())

    assert done.outcomes == {"read": {"unchanged": 1200}} and done.passed == 0 and done.commits == 0
    assert all_rows(tmp_path / "store") == rows
    # what the ledger thinks is in the store, but is not, is coded anew
    with delta.open_store(tmp_path / "store") as opened:
        (reading,) = opened.readings(["a7"])
        opened.commit([msgspec.structs.replace(reading, notes=())])
    with contextlib.closing(Ledger(ledger.parent)) as other:
        other._base.execute("DELETE FROM pieces")
        other._base.commit()
    assert ingest_work.run(source, tmp_path / "store", runner=HereRunner()).outcomes["read"]["replaced"] == 1
    assert all_rows(tmp_path / "store") == rows


def test_workers_code_as_this_process_does(many: Path, news: Path, tmp_path: Path) -> None:
    looks: list[Any] = []
    with_workers = desk.ingest(
        [many, news], store=tmp_path / "a.store", settings=_without_model(), workers=2, look=looks.append
    )
    here = desk.ingest([many, news], store=tmp_path / "b.store", settings=_without_model())

    assert with_workers.outcomes == here.outcomes == {"read": {"added": 44}}
    assert kept(tmp_path / "a.store") == kept(tmp_path / "b.store")
    assert looks[-1].relevant > 30
    again = desk.ingest([many, news], store=tmp_path / "a.store", settings=_without_model(), workers=2)
    assert again.outcomes == {"read": {"unchanged": 44}} and again.passed == 44


def test_what_failed_is_told_and_tried_again_by_outcome(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "store"
    (news / "bad.jsonl").write_text('{"id": "n4", "text": \n' + line("n5", VISIT), "utf-8")
    (news / "empty.txt").write_text("", "utf-8")
    assert run("ingest", "--report", "--store", folder) == 2
    capsys.readouterr()
    assert run("ingest", news, "--store", folder) == 1
    capsys.readouterr()

    assert run("ingest", "--report", "--store", folder) == 0
    out = capsys.readouterr().out
    assert "bad json: " + str(news / "bad.jsonl") + ":1" in out and "empty: " in out and "last run: ingest of" in out
    assert run("ingest", "--report", "--json", "--store", folder) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["outcome"]: row["kept"] + row["not_kept"] for row in told["outcomes"]} == {
        "read": 5, "bad_json": 1, "empty": 1,
    }  # fmt: skip

    # nothing has changed: the same again, and only of those files
    assert run("ingest", "--retry", "bad_json", "--store", folder, "--json", "--workers", "1") == 1
    assert json.loads(capsys.readouterr().out)["outcomes"] == {
        "read": {"unchanged": 1}, "bad_json": {"not_kept": 1},
    }  # fmt: skip
    # mended, it is another file, which is told
    (news / "bad.jsonl").write_text(line("n4", TALKS) + line("n5", VISIT), "utf-8")
    run("ingest", "--retry", "bad_json", "--store", folder)
    assert "bad.jsonl has changed since" in capsys.readouterr().err
    assert run("ingest", news, "--store", folder) == 1
    run("ingest", "--report", "--json", "--store", folder)
    told = json.loads(capsys.readouterr().out.partition("{")[2].join(["{", ""]))
    assert {row["outcome"] for row in told["outcomes"]} == {"read", "empty"}


def test_runs_are_logged_for_programs(many: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.txt").write_text("", "utf-8")
    assert run("ingest", many, tmp_path / "none.txt", "--store", tmp_path / "store", "--log-json", "--json") == 1

    out, err = capsys.readouterr()
    events = [json.loads(one) for one in err.splitlines()]
    assert [one["event"] for one in events] == ["begin", "article", "end"] and events[1]["outcome"] == "empty"
    assert json.loads(out)["outcomes"] == events[2]["outcomes"]


def test_progress_is_one_line() -> None:
    shown = pace.line(
        Progress(
            articles=1204, coded=1190, relevant=595, passed=0, outcomes={"read": 1190, "empty": 14}, bytes=50,
            seconds=100.0, losses={"hung": 1},
        ),
        200,
    )  # fmt: skip
    assert shown == (
        "[######                  ] 1,204 articles, 12.0 a second, 50 % relevant, 5 min left: 14 empty, 1,190 read; "
        "1 worker lost"
    )
    assert [pace.span(n) for n in (40, 200, 8_000, 300_000)] == ["40 s", "3 min", "2 h 13 min", "3 d 11 h"]


def test_a_large_packed_file_is_not_unpacked_a_thousand_times(tmp_path: Path) -> None:
    packed = tmp_path / "many.jsonl.gz"
    packed.write_bytes(os.urandom(1_000_000))  # as large as it needs to be; nothing is read here
    cuts = [
        Piece(
            source="many", name=str(packed), address=str(packed), start=n, stop=n + 1000, first=n, size=1000, stamp="s"
        )
        for n in range(0, 4_000_000, 1000)
    ]
    found = list(segments.joined([*cuts, Piece(source="other", name="other.txt", address="other.txt")]))

    assert len(found) == 501 and all(piece.size == 8000 for piece in found[:-1])
    assert [(a.stop, a.first) for a in found[:-2]] == [(b.start, b.start - 8000) for b in found[1:-1]]
    plain = [msgspec.structs.replace(piece, name="many.jsonl") for piece in cuts]
    assert list(segments.joined(plain)) == plain


# patterns


def test_patterns_become_files(news: Path) -> None:
    assert list(expanded([f"{news}/*.txt", f"{news}/**/*.html"])) == [
        str(news / "talks.txt"),
        str(news / "may" / "rail.html"),
    ]
    assert list(expanded([f"{news}/**"])) == sorted(str(path) for path in news.rglob("*") if path.is_file())
    odd = news / "a[1].txt"
    odd.write_text("x", "utf-8")
    plain = [str(odd), "-", "https://news.example/?page=*", f"{news}/none*.html", "no\x00[a]me"]
    assert list(expanded(plain)) == plain


def test_settings_are_checked_before_anything_is_read(news: Path, tmp_path: Path) -> None:
    from dragoman.settings import Settings

    with pytest.raises(SettingsError):
        desk.ingest([news], store=tmp_path / "store", settings=Settings(parser="nobody", model="none"))


def test_columns_that_a_worker_guessed_are_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "news").mkdir()
    for name in ("a.csv", "b.csv"):
        rows = "".join(f'{n},Talks,"{TALKS} Round {n}."\n' for n in range(20))
        (tmp_path / "news" / name).write_text(f"Nr,Headline,Body\n{rows}", "utf-8")
    folder = tmp_path / "store"

    assert run("ingest", tmp_path / "news", "--store", folder, "--workers", 1) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "columns taken by their names" in line]
    assert [line.partition(": columns")[0].rpartition("/")[2] for line in told] == ["a.csv", "b.csv"]
    assert "text = Body, title = Headline" in told[0]


def test_a_worker_that_is_killed_while_it_starts_is_started_again(tmp_path: Path) -> None:
    keeper = Keeper(ingest_work.KilledAtStart(str(tmp_path), 5))
    try:
        assert keeper.do("it") == Finished("it", "it")
    finally:
        keeper.close()


def test_a_worker_that_crashes_whenever_it_starts_is_given_up(tmp_path: Path) -> None:
    keeper = Keeper(ingest_work.KilledAtStart(str(tmp_path), 99, signal.SIGSEGV))
    with pytest.raises(DragomanError, match="SIGSEGV"):
        keeper.do("it")
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="only some systems take such names")
def test_a_file_whose_name_is_no_text_does_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / os.fsdecode(b"caf\xe9.txt")).write_text(EXPELLED, "utf-8")
    (tmp_path / "news" / "talks.txt").write_text(TALKS, "utf-8")
    done = ingest_work.run(tmp_path / "news", tmp_path / "store", runner=HereRunner())
    assert done.outcomes == {"read": {"added": 2}}
