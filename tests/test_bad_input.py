"""Bad input from end to end: the real command line, a named outcome and one line for each source, the exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dragoman.read.sources import OUTCOMES

SAID = "Norway and Chile will open talks on fishing rights next month, the two foreign ministries said on Monday."
GOOD = f"{SAID} “We have chosen the table,” said Norwegian Foreign Minister Ingrid Solvang."
ROWS = f"<p>{GOOD}</p>"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 40
GERMAN = (
    "<html lang=de><body><article><h1>Außenminister treffen sich in Wien</h1><p>Die Außenminister von Norwegen und "
    "Chile haben sich am Montag in Wien getroffen, um über die Fischerei im Südpolarmeer zu sprechen.</p><p>Man habe "
    "den Tisch gewählt und nicht das Gericht, sagte die Ministerin nach dem Gespräch.</p></article></body></html>"
)
LINES = [
    json.dumps({"id": "first", "text": GOOD}),
    '{"id": "second", broken',
    json.dumps({"id": "third", "text": SAID}),
]


@dataclass(frozen=True)
class Case:
    """A source, how it is named on the command line, and what should come of it, line by line."""

    name: str
    raw: bytes | None
    outcomes: tuple[str, ...]
    words: str = ""  # of the line on standard error


CASES = (
    Case("no-such-page.html", None, ("not_found",), "there is no such file"),
    Case("empty.html", b"", ("empty",), "there is nothing in it"),
    Case("blank.html", b"<html><head></head><body><div> </div></body></html>", ("empty",), "there is no text in it"),
    Case("good.txt", GOOD.encode(), ("read",)),
    Case("german.html", GERMAN.encode(), ("unsupported_language",), 'the text is in "de"'),
    Case("picture.html", PNG, ("binary",), "this is a PNG picture"),
    Case("picture", PNG, ("binary",), "this is a PNG picture"),
    Case("huge.html", b"<html><body>" + ROWS.encode() * 250_000, ("too_large",), "10,000,000 are allowed"),
    Case("nested.html", f"<body>{'<div>' * 100_000}{ROWS}{'</div>' * 100_000}".encode(), ("read",)),
    Case("wide.html", f"<body><div {' '.join(f'a{k}=x' for k in range(200_000))}>{ROWS}</div>".encode(), ("read",)),
    Case("charset.html", f'<meta charset="utf-8"><p>Tomás Müller was there. {SAID}</p>'.encode("cp1252"), ("read",)),
    Case("nul.txt", b"\x00".join(SAID.encode().partition(b"Chile")) + b"\x00", ("read",)),
    Case("wall.html", f"<h1>Talks on fish</h1>{ROWS}<p>Subscribe to read on</p>".encode(), ("paywall",), "subscribers"),
    Case("menu.txt", b"Home\nWorld\nSport\nWeather\nContact us\nMenu\n", ("not_news",), "nothing in it reads like"),
    Case("feed.xml", b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>', ("not_news",), "a feed"),
    Case("rows.jsonl", "\n".join(LINES).encode(), ("read", "bad_json", "read"), "rows.jsonl:2: not JSON"),
    Case("folder", None, ("empty",), "the folder holds no page"),
    Case("http://127.0.0.1:9/x", None, ("forbidden_address",), "127.0.0.1 is not on the open internet"),
    Case("http://[::1/x", None, ("unsupported_address",), "not an address"),
    Case("ftp://harbour.example/x", None, ("unsupported_address",), "only http and https addresses are read, not ftp"),
)  # fmt: skip


def dragoman(*arguments: object, folder: Path, given: bytes | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "dragoman", *map(str, arguments)],
        cwd=folder, input=given, capture_output=True, timeout=240, check=False,
    )  # fmt: skip
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sources")
    (place / "folder").mkdir()
    (place / "folder" / "picture.png").write_bytes(PNG)
    for case in CASES:
        if case.raw is not None:
            (place / case.name).write_bytes(case.raw)
    return place


@pytest.fixture(scope="module")
def together(folder: Path) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]], float]:
    """All the sources read in one go, as a user with a bad day would do it."""
    start = time.monotonic()
    done = dragoman("read", "--jsonl", *(case.name for case in CASES), folder=folder)
    return done, [json.loads(line)["article"] for line in done.stdout.splitlines()], time.monotonic() - start


def test_each_source_gives_its_lines_in_order(
    together: tuple[subprocess.CompletedProcess[str], list[dict[str, Any]], float],
) -> None:
    done, articles, _ = together
    assert [article["outcome"] for article in articles] == [outcome for case in CASES for outcome in case.outcomes]
    assert {article["outcome"] for article in articles} <= set(OUTCOMES)
    assert done.returncode == 1
    for article in articles:
        assert (article["detail"] is None) == (article["outcome"] == "read")
    failures = [article["id"] for article in articles if not article["text"]]
    assert len(set(failures)) == len(failures)


def test_each_failure_is_told_in_one_line_that_says_what_would_help(
    together: tuple[subprocess.CompletedProcess[str], list[dict[str, Any]], float],
) -> None:
    told = together[0].stderr.splitlines()
    bad = [case for case in CASES if case.words]
    assert len(told) == len(bad)
    for line, case in zip(told, bad, strict=True):
        assert line.startswith(f"dragoman: {case.name}")
        what, _, help_ = line.partition("; ")
        assert case.words in what
        assert len(help_) > 8
        assert len(case.name) < 10 or line.count(case.name) == 1


def test_what_can_be_saved_is_saved(
    together: tuple[subprocess.CompletedProcess[str], list[dict[str, Any]], float],
) -> None:
    names = [case.name for case in CASES for _ in case.outcomes]
    by_name: dict[str, dict[str, Any]] = {}
    for name, article in zip(names, together[1], strict=True):
        by_name.setdefault(name, article)
    assert by_name["german.html"]["text"].startswith("Außenminister treffen sich in Wien\n\nDie Außenminister")
    assert by_name["wall.html"]["text"] == f"Talks on fish\n\n{GOOD}"
    assert "Tomás Müller" in by_name["charset.html"]["text"]
    assert by_name["nul.txt"]["text"] == SAID
    assert by_name["nested.html"]["text"] == by_name["wide.html"]["text"] == GOOD
    assert by_name["http://127.0.0.1:9/x"]["url"] == "http://127.0.0.1:9/x"
    rows = [article for name, article in zip(names, together[1], strict=True) if name == "rows.jsonl"]
    assert [row["id"] for row in rows][::2] == ["first", "third"]


def test_bad_sources_do_not_take_long(
    together: tuple[subprocess.CompletedProcess[str], list[dict[str, Any]], float],
) -> None:
    assert together[2] < 60  # about 5 s; the rest is for slow machines


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("read", "good.txt"), 0),
        (("read", "no-such-page.html"), 3),
        (("read", "-q", "no-such-page.html", "ftp://harbour.example/x"), 3),
        (("read",), 2),
        (("read", "--no-such-option", "good.txt"), 2),
        (("read", "--published", "some day", "good.txt"), 2),
        (("read", "good.txt", "-o", "no-such-folder/out.json"), 2),
        (("--settings", "no-such-file.toml", "read", "good.txt"), 2),
        (("read", "--timeout", "0.05", "nested.html"), 3),
        (("explain", "no-such-page.html"), 3),
    ],
)
def test_exit_codes(folder: Path, arguments: tuple[str, ...], code: int) -> None:
    done = dragoman(*arguments, folder=folder)
    assert done.returncode == code
    told = done.stderr.splitlines()
    assert len(told) == (0 if code == 0 or "-q" in arguments else 1)
    assert all(line.startswith("dragoman: ") for line in told)
    if code:
        assert done.stdout == ""


def test_a_page_that_takes_too_long_says_so(folder: Path) -> None:
    done = dragoman("read", "--json", "--timeout", "0.05", "nested.html", folder=folder)
    assert json.loads(done.stdout)["article"]["outcome"] == "timed_out"
    assert "read.timeout_seconds" in done.stderr


@pytest.mark.parametrize(("given", "outcome"), [(b"", "empty"), (PNG, "binary"), (b"\x00\x00", "empty")])
def test_standard_input(folder: Path, given: bytes, outcome: str) -> None:
    done = dragoman("read", "--jsonl", "-", folder=folder, given=given)
    assert done.returncode == 3
    assert json.loads(done.stdout)["article"]["outcome"] == outcome
    assert done.stderr.startswith("dragoman: standard input: ")
