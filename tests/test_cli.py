"""The command line: forms of output, exit codes, one line for whatever goes wrong, quiet where nobody listens."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

import dragoman
from a_reading import READING
from dragoman import cli, desk
from dragoman.desk import pages, parts
from dragoman.exchange.words import Names
from dragoman.records import Article, Reading, from_json
from dragoman.settings import Settings

GONE = Reading(article=Article(id="gone", outcome="not_found", detail="there is no such file; check its name"))
GERMAN = Reading(
    article=Article(
        id="de",
        title="Titel",
        text="Titel\n\nEin Text.",
        body_start=7,
        language="de",
        outcome="unsupported_language",
        detail="this is German; Dragoman reads English",
    )
)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Reading]]:
    """What each source holds, for a desk that only looks things up here."""
    held: dict[str, list[Reading]] = {"page": [READING], "two": [READING, READING], "gone": [GONE], "german": [GERMAN]}
    held["empty"] = []

    def read_each(
        sources: Iterable[str], *, given: Mapping[str, object], settings: Settings | None = None
    ) -> Iterator[tuple[str, Reading]]:
        for source in sources:
            for reading in held[str(source)]:
                yield str(source), reading

    for place in (desk, pages):
        monkeypatch.setattr(place, "read_each", read_each)
    for place in (desk, parts):
        monkeypatch.setattr(place, "names", lambda settings=None: Names(actors={"VES": "Vesper"}))
    for place in (desk, pages):
        monkeypatch.setattr(place, "sentences", lambda reading, settings=None: [(0, len(reading.article.text))])
    return held


def run(*arguments: str) -> int:
    return cli.run(list(arguments))


def outside(code: str, *arguments: str, **given: Any) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, after some lines of preparation."""
    script = f"import sys\nfrom dragoman import cli, desk\n{code}\ncli.main(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=False, **given,
    )  # fmt: skip


def test_version_comes_at_once() -> None:
    started = time.perf_counter()
    done = outside("", "--version")
    elapsed = time.perf_counter() - started

    assert (done.returncode, done.stdout) == (0, f"dragoman {dragoman.__version__}\n")
    assert elapsed < 2, "0.05 s on an idle machine; this only tells a heavy import from a light one"


def test_without_arguments_it_says_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0

    shown = capsys.readouterr().out
    assert all(command in shown for command in ("read", "explain", "schema", "lexicon"))


def test_one_article_is_shown(shelf: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("read", "page") == 0

    out, err = capsys.readouterr()
    assert "Who met whom" in out and "Vesper" in out and "\x1b" not in out
    assert err == ""


def test_json_is_an_object_for_one_and_an_array_for_several(shelf: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("read", "--json", "page") == 0
    assert from_json(capsys.readouterr().out) == READING

    assert run("read", "--json", "two", "page") == 0
    assert json.loads(capsys.readouterr().out) == [json.loads(READING.to_json())] * 3

    assert run("read", "--json", "empty") == 3
    assert json.loads(capsys.readouterr().out) == []


def test_jsonl_has_a_line_for_each_in_order_failures_included(
    shelf: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("read", "--jsonl", "gone", "page", "german", "two") == 1

    out, err = capsys.readouterr()
    assert [json.loads(line)["article"]["id"] for line in out.splitlines()] == ["gone", "a1", "de", "a1", "a1"]
    assert err.splitlines() == [
        "dragoman: gone: there is no such file; check its name",
        "dragoman: german: this is German; Dragoman reads English",
    ]


def test_a_line_stays_a_line(shelf: dict[str, list[Reading]], capsys: pytest.CaptureFixture[str]) -> None:
    text = "one\u2028two\x85three\u2029four\nfive"
    article = Article(id="x", text=text)
    shelf["odd"] = [Reading(article=article)]

    assert run("read", "--jsonl", "odd") == 0

    out = capsys.readouterr().out
    assert len(out.splitlines()) == 1
    assert from_json(out).article.text == text


@pytest.mark.parametrize(
    ("sources", "code"),
    [
        (["page"], 0),
        (["page", "gone"], 1),
        (["gone"], 3),
        (["gone", "german"], 3),
        (["empty"], 3),
        (["page", "empty"], 0),
    ],
)
def test_exit_codes(shelf: object, sources: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("read", *sources) == code
    assert run("read", "--jsonl", "--quiet", *sources) == code
    assert capsys.readouterr().err.count("\n") <= len(sources)


def test_what_cannot_be_coded_is_still_shown(shelf: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("read", "german") == 3

    out, err = capsys.readouterr()
    assert "Titel" in out and "this is German" in out
    assert err == "dragoman: german: this is German; Dragoman reads English\n"


def test_quiet_says_nothing_about_sources(shelf: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("read", "--quiet", "gone", "empty") == 3

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "start"),
    [("out.json", "{"), ("out.jsonl", '{"article"'), ("out.html", "<!doctype html>"), ("out.txt", "Talks in")],
)
def test_the_name_of_the_file_chooses_the_form(shelf: object, tmp_path: Path, name: str, start: str) -> None:
    assert run("read", "page", "-o", str(tmp_path / name)) == 0

    assert (tmp_path / name).read_text("utf-8").startswith(start)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_file_is_replaced_only_by_a_whole_one(
    shelf: dict[str, list[Reading]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("before")

    def interrupted(*_: object, **__: object) -> Iterator[tuple[str, Reading]]:
        yield "page", READING
        raise KeyboardInterrupt

    for place in (desk, pages):
        monkeypatch.setattr(place, "read_each", interrupted)

    assert run("read", "page", "-o", str(target)) == 130
    assert target.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]
    assert capsys.readouterr().err == "dragoman: interrupted\n"


def test_a_file_that_cannot_be_written(shelf: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("read", "page", "-o", str(tmp_path / "no" / "out.json")) == 2

    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "cannot be written" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["read"], "Missing argument"),
        (["read", "--jsno", "x"], "--jsno"),
        (["read", "--published", "tuesday", "x"], "'tuesday' is not a date"),
        (["read", "--url", "https://a.example", "x", "y"], "--url speaks of one page"),
        (["read", "--title", "A", "x", "y"], "--title speaks of one page"),
        (["read", "--max-bytes", "0", "x"], "read.max_bytes"),
        (["read", "--max-bytes", "many", "x"], "many"),
        (["read", "--timeout", "-1", "x"], "read.timeout_seconds"),
        (["--settings", "nowhere.toml", "read", "x"], "nowhere.toml: cannot be read"),
        (["raed", "x"], "raed"),
    ],
)
def test_wrong_usage_is_told_in_one_line(
    shelf: object, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2

    out, err = capsys.readouterr()
    assert out == "" and err.startswith("dragoman: ") and told in err
    assert err.count("\n") == 1 and len(err) < 400


def test_an_unknown_parser_lists_the_known_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dragoman.toml").write_text('parser = "parsley"')
    (tmp_path / "page.txt").write_text("A text.")
    monkeypatch.chdir(tmp_path)

    assert run("read", "page.txt") == 2
    assert capsys.readouterr().err == "dragoman: there is no parser 'parsley'; known: spacy\n"


def test_a_fault_of_ours_is_one_line_too(
    shelf: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> Iterator[tuple[str, Reading]]:
        raise TypeError("what\nnow")

    for place in (desk, pages):
        monkeypatch.setattr(place, "read_each", broken)

    assert run("read", "page") == 70
    err = capsys.readouterr().err
    assert err.startswith("dragoman: a fault in Dragoman itself: TypeError: what now") and err.count("\n") == 1

    monkeypatch.setenv("DRAGOMAN_TRACEBACK", "1")
    with pytest.raises(TypeError):
        run("read", "page")


def test_hostile_names_do_not_steer_the_terminal(
    shelf: dict[str, list[Reading]], capsys: pytest.CaptureFixture[str]
) -> None:
    source = "\x1b[31mred\nsecond line\udcff"
    shelf[source] = [GONE]

    assert run("read", source) == 3

    err = capsys.readouterr().err
    assert "\x1b" not in err and err.count("\n") == 1


ENDLESS = f"""
sys.path.insert(0, {str(Path(__file__).parent)!r})
from a_reading import READING
def read_each(*_, **__):
    while True:
        yield "page", READING
desk.read_each = read_each
"""


def test_a_closed_pipe_is_quiet() -> None:
    script = f"import sys\nfrom dragoman import cli, desk\n{ENDLESS}\ncli.main(['read', '--jsonl', 'page'])"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        assert from_json(process.stdout.readline()) == READING
        process.stdout.close()
        told = process.stderr.read()
        assert (process.wait(timeout=60), told) == (141, b"")


def test_an_interrupt_leaves_with_130() -> None:
    code = "def read_each(*_, **__):\n    raise KeyboardInterrupt\n    yield\ndesk.read_each = read_each"

    done = outside(code, "read", "x")

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "dragoman: interrupted\n")


@pytest.mark.parametrize("form", ["--json", "--html", "--jsonl"])
def test_records_are_utf_8_wherever_they_go(form: str) -> None:
    code = ENDLESS.replace("while True", "for _ in range(1)") + "desk.names = lambda settings=None: None"

    done = outside(code, "read", form, "page", env={"PYTHONIOENCODING": "ascii", "PATH": ""})

    assert done.returncode == 0 and "João Quell" in done.stdout and done.stderr == ""


def test_a_poor_terminal_gets_what_it_can_show() -> None:
    code = ENDLESS.replace("while True", "for _ in range(1)") + "desk.names = lambda settings=None: None"

    done = outside(code, "read", "page", env={"PYTHONIOENCODING": "ascii", "PATH": ""})

    assert done.returncode == 0 and "Ilse Tarrow" in done.stdout and done.stderr == ""


def test_the_bar_is_for_terminals_and_for_more_than_one(
    shelf: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    for arguments, shown in ((["two"], True), (["page"], False), (["two", "--quiet"], False)):
        screen = Screen()
        monkeypatch.setattr(sys, "stderr", screen)
        assert run("read", *arguments, "-o", str(tmp_path / "out.jsonl")) == 0
        assert ("read" in screen.getvalue()) is shown
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert run("read", "two", "-o", str(tmp_path / "out.jsonl")) == 0
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


def test_explain(shelf: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "page") == 0
    assert "verbs.csv:12" in " ".join(capsys.readouterr().out.split())

    assert run("explain", "gone") == 3
    assert capsys.readouterr() == ("", "dragoman: gone: there is no such file; check its name\n")


def test_the_schema_accepts_what_we_print(shelf: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)

    assert run("read", "--jsonl", "page", "gone", "german") == 1
    for line in capsys.readouterr().out.splitlines():
        jsonschema.validate(json.loads(line), schema, cls=jsonschema.Draft202012Validator)


def test_faults_in_a_folder_of_tables_are_named_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "actors").mkdir()
    (tmp_path / "actors" / "people.csv").write_text("name,actor\nIlse Tarrow,\nJo Quell,NOWHERE\n")

    assert run("lexicon", "check", str(tmp_path)) == 2

    told = capsys.readouterr().err.splitlines()
    assert all(line.startswith("dragoman: ") for line in told)
    assert any("actors/people.csv:2" in line for line in told)


def test_sound_tables_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lexicon", "check") == 0

    assert "no fault found" in capsys.readouterr().out


PAGE = Path(__file__).parent / "pages" / "05-oslo-fishing-talks" / "page.html"


def test_a_real_page_from_end_to_end(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.html")

    done = outside("", "read", "--jsonl", missing, str(PAGE))

    assert done.returncode == 1
    assert done.stderr == f"dragoman: {missing}: there is no such file; check the name\n"
    gone, reading = (from_json(line) for line in done.stdout.splitlines())
    assert (gone.article.outcome, gone.coder) == ("not_found", reading.coder)
    assert reading.article.published and reading.article.published.start == "2023-05-16"
    assert {p.actor for p in reading.actors} >= {"NOR", "CHL"}
    assert "CONSULT" in {e.type for e in reading.events}
    assert any(reading.words(span).startswith("We came to listen") for s in reading.statements for span in s.content)


def test_a_real_page_is_explained_by_the_parsers_sentences() -> None:
    done = outside("", "explain", str(PAGE))

    assert done.returncode == 0 and done.stderr == ""
    assert "  1  Norway and Chile look for common rules" in done.stdout
    told = " ".join(done.stdout.split())  # lines are wrapped
    assert "received" in told and "by name" in told


class TestInPython:
    def test_one_article(self, shelf: object) -> None:
        assert dragoman.read("page") == READING
        assert dragoman.read(Path("page")).to_dict()["events"][0]["type"] == "CONSULT"

    def test_many(self, shelf: object) -> None:
        assert [r.article.id for r in dragoman.read_many(["two", "gone", "page"])] == ["a1", "a1", "gone", "a1"]

    @pytest.mark.parametrize(("source", "outcome"), [("gone", "not_found"), ("two", "several"), ("empty", "empty")])
    def test_what_is_not_one_article_is_an_error(self, shelf: object, source: str, outcome: str) -> None:
        with pytest.raises(dragoman.SourceError) as caught:
            dragoman.read(source)
        assert (caught.value.outcome, caught.value.source) == (outcome, source)
        assert isinstance(caught.value, ValueError)

    def test_a_text_we_cannot_code_comes_back(self, shelf: object) -> None:
        assert dragoman.read("german").article.outcome == "unsupported_language"

    def test_explain(self, shelf: object) -> None:
        assert "Norland" in dragoman.explain("page", width=60)

    def test_records_survive_a_round_trip(self) -> None:
        assert from_json(READING.to_json()) == READING
        assert from_json(msgspec.json.encode(READING.to_dict())) == READING
