"""Articles into a store: each once, none lost, whatever is in the folder and whenever the run ends."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dragoman import cli, desk
from dragoman.coder import Coder
from dragoman.errors import SettingsError
from dragoman.ingest import Ingested, expanded, ingest, recode
from dragoman.records import Article, Note, Published, Reading
from dragoman.records import Coder as Stamp
from dragoman.store import delta
from dragoman.store.base import Question, StoreMissing, StoreUnwritable

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
