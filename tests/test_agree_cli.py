"""positions, agree, signals and network: from small articles, and from records of them, to what is printed."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import dragoman
from dragoman import cli, desk
from dragoman.coder import Coder
from dragoman.desk import parts
from dragoman.errors import SettingsError
from dragoman.exchange import record_files, statements_csv
from dragoman.lexicon import asked
from dragoman.lexicon.load import Lexicon
from dragoman.records import Reading

# the ministers are invented
ARTICLES = [
    ("n1", "2030-01-10", "Norway rejects the sanctions on Chile, Norwegian foreign minister Ada Quill said."),
    ("n2", "2030-02-11", "Norwegian foreign minister Ada Quill called for the lifting of sanctions on Chile."),
    (
        "n3",
        "2031-03-05",
        "We would lift the sanctions if Chile released the sailors, Norwegian minister Ada Quill said.",
    ),
    ("d1", "2030-01-12", "Denmark backs the sanctions on Chile, Danish foreign minister Bo Thorsen said."),
    ("d2", "2031-02-01", "Danish foreign minister Bo Thorsen called for direct talks with Norway."),
    ("b1", "2030-05-01", "Norway and Denmark called for a ceasefire in Yemen."),
    ("b2", "2030-06-01", "Denmark called for a ceasefire in Yemen. Norway called for a ceasefire in Yemen."),
    (
        "m1",
        "2030-09-02",
        "Norway expelled two Danish diplomats. Norwegian foreign minister Ada Quill met Danish foreign minister Bo "
        "Thorsen in Oslo.",
    ),
    ("u1", None, "Norway called for free trade."),
]


@pytest.fixture
def at_desk(coder: Coder, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (desk, parts):
        monkeypatch.setattr(place, "coder", lambda settings: coder)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("articles") / "articles.jsonl"
    rows = [
        {"id": id, "text": text, "site": "The Skerry Post"} | ({"published": day} if day else {})
        for id, day, text in ARTICLES
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(file)


@pytest.fixture(scope="module")
def records(articles: str, coder: Coder) -> Iterator[str]:
    """What `dragoman read --jsonl` writes of the articles."""
    file = Path(articles).with_name("records.jsonl")
    with pytest.MonkeyPatch.context() as patch:
        for place in (desk, parts):
            patch.setattr(place, "coder", lambda settings: coder)
        assert run("read", articles, "--jsonl", "-o", str(file), "-q") == 0
    yield str(file)


def run(*arguments: str) -> int:
    return cli.run(list(arguments))


@pytest.fixture
def printed(at_desk: None, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command that goes well prints."""

    def printed(*arguments: str) -> str:
        assert run(*arguments) == 0
        out, err = capsys.readouterr()
        assert err == "" and "\x1b" not in out
        return out

    return printed


def topic(found: dict[str, Any], label: str) -> dict[str, Any]:
    return next(t for t in found["topics"] if t["label"] == label)


# -- sources ---------------------------------------------------------------------------------------------------------


def test_articles_and_records_of_them_give_the_same(articles: str, records: str, printed: Callable[..., str]) -> None:
    for command in (["agree", "NOR", "DNK"], ["positions"], ["signals", "NOR", "DNK"], ["network"]):
        assert printed(*command, records) == printed(*command, articles)


@pytest.mark.parametrize("form", ["--json", "gzip", "sorted", "marked"])
def test_records_are_known_in_every_form(form: str, records: str, tmp_path: Path, printed: Callable[..., str]) -> None:
    lines = Path(records).read_text("utf-8")
    other = tmp_path / "other.jsonl"
    if form == "--json":
        other.write_text(printed("read", records.replace("records", "articles"), "--json"), "utf-8")
    elif form == "gzip":
        other.write_bytes(gzip.compress(lines.encode()))
    elif form == "sorted":
        other.write_text("".join(json.dumps(json.loads(x), sort_keys=True) + "\n" for x in lines.splitlines()), "utf-8")
    else:
        other.write_text("\ufeff" + lines, "utf-8")

    assert printed("positions", str(other)) == printed("positions", records)


def test_records_come_through_a_pipe(
    records: str, monkeypatch: pytest.MonkeyPatch, printed: Callable[..., str]
) -> None:
    whole = printed("positions", records)
    for stream in (io.BytesIO(Path(records).read_bytes()), io.BufferedReader(io.BytesIO(Path(records).read_bytes()))):  # type: ignore[arg-type]
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
        assert printed("positions", "-") == whole


def test_articles_and_records_may_be_mixed(articles: str, records: str, tmp_path: Path, at_desk: None) -> None:
    text = tmp_path / "note.txt"
    text.write_text("Denmark called for a ceasefire in Yemen.", "utf-8")

    sources = [str(text), records, articles, records]
    ids = [(source, reading.article.id) for source, reading in desk.readings_each(sources, given={})]
    assert [source for source, _ in ids] == [str(text)] + 9 * [records] + 9 * [articles] + 9 * [records]
    assert ids[1][1] == "n1"


def test_a_line_that_is_no_record_ends_nothing(
    records: str, tmp_path: Path, at_desk: None, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = Path(records).read_text("utf-8").splitlines()
    broken = tmp_path / "broken.jsonl"
    broken.write_text("\n".join([lines[0], '{"article": 7}', lines[1][:50], "", *lines[2:]]), "utf-8")

    assert run("positions", str(broken), "--actor", "NOR") == 1
    out, err = capsys.readouterr()
    assert out.startswith("6 positions, 1 actor, 6 documents\n")
    told = err.splitlines()
    assert len(told) == 2 and told[0].startswith(f"dragoman: {broken}:2: this is no record: ")
    assert told[1].startswith(f"dragoman: {broken}:3: ") and "`dragoman read --jsonl`" in told[1]
    assert run("positions", str(broken), "-q", "--format", "csv") == 1
    assert capsys.readouterr().err == ""


def test_what_is_not_there_is_told(tmp_path: Path, at_desk: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("agree", "NOR", "DNK", str(tmp_path / "gone.jsonl")) == 3
    assert "gone.jsonl: there is no such file" in capsys.readouterr().err
    assert not record_files.holds_records(str(tmp_path)) and not record_files.holds_records("https://example.org/x")


# -- positions -------------------------------------------------------------------------------------------------------


def test_positions_have_their_words_person_day_and_document(records: str, printed: Callable[..., str]) -> None:
    out = printed("positions", records, "--actor", "Norway", "--issue", "Sanctions")

    assert out.startswith("3 positions, 1 actor, 3 documents\n")
    assert (
        "\n2030-01-10: NOR against sanctions, regarding CHL (Ada Quill)\n"
        "    “Norway rejects the sanctions on Chile, Norwegian foreign minister Ada Quill said.”\n"
        "    The Skerry Post, n1\n"
    ) in out
    assert "    on the condition “if Chile released the sailors”\n" in out


def test_positions_as_a_table_and_as_json(records: str, printed: Callable[..., str]) -> None:
    rows = list(csv.DictReader(io.StringIO(printed("positions", records, "--format", "csv"))))
    found = json.loads(printed("positions", records, "--format", "json"))

    assert [row["date"] for row in rows] == [*sorted(row["date"] for row in rows if row["date"]), ""]
    assert [row["article"] for row in rows] == [row["article"] for row in found["rows"]]
    first = rows[0]
    start, end = map(int, first["spans"].split("-"))
    assert first["text"] == {id: text for id, _, text in ARTICLES}[first["article"]][start:end]
    assert first["person"] == "Ada Quill" and found["undated"] == 0 and found["empty"] is None


def test_a_state_that_speaks_is_no_person(records: str) -> None:
    rows = desk.positions(desk.readings([records]), issues=["peace-process"]).rows

    assert {row.actor for row in rows} == {"NOR", "DNK"} and {row.person for row in rows} == {None}


def test_positions_regarding_and_in_a_period(records: str, printed: Callable[..., str]) -> None:
    rows = csv.DictReader(io.StringIO(printed("positions", records, "--regarding", "Yemen", "--format", "csv")))
    assert {(row["issue"], row["regarding"]) for row in rows} == {("peace-process", "YEM")}

    found = json.loads(printed("positions", records, "--since", "2030-02", "--until", "2030-05", "--format", "json"))
    assert {row["article"] for row in found["rows"]} == {"n2", "b1"}
    assert (found["since"], found["until"], found["undated"]) == ("2030-02-01", "2030-05-31", 1)


def test_the_statement_list_says_what_it_could_not_carry(
    records: str, tmp_path: Path, at_desk: None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    assert run("positions", records, "--format", "statements-csv", "-o", str(file), "--actor", "NOR") == 0

    with file.open(encoding="utf-8", newline="") as stream:
        lines = list(statements_csv.read(stream))
    assert lines[0] == statements_csv.Line("n1", date(2030, 1, 10), "Ada Quill", "NOR", "sanctions/CHL", False)
    assert capsys.readouterr().err == (
        f"dragoman: {len(lines)} statements written; the list has no place for others: 1 conditional\n"
    )
    assert run("positions", records, "--format", "statements-csv", "--by", "issue", "--actor", "NOR", "-q") == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1] == "n1,2030-01-10,Ada Quill,NOR,sanctions,0" and err == ""


# -- agree -----------------------------------------------------------------------------------------------------------


def test_agreement_by_issue_with_the_words_of_both(records: str, printed: Callable[..., str]) -> None:
    out = printed("agree", "Norway", "Denmark", records, "--by", "issue", "--minimum", "1")

    lines = out.splitlines()
    assert lines[0] == "Norway (NOR) and Denmark (DNK)"
    assert lines[1].endswith("; at least 1 of each side")
    table = {line.split()[0]: line.split() for line in lines[3:] if not line.startswith(" ") and "  " in line}
    assert table["peace-process"][1:3] == ["coincide", "100.0"]
    assert table["sanctions"][1:3] == ["differ", "0.0"]
    assert table["trade"][1:3] == ["one", "silent"]
    assert (
        "    NOR: 2 against, 1 conditional, in 3 articles; against\n"
        "        first: 2030-01-10, against, Ada Quill (The Skerry Post, n1)\n"
        "            “Norway rejects the sanctions on Chile, Norwegian foreign minister Ada Quill said.”\n"
        "        latest: 2031-03-05, conditional"
    ) in out
    assert "    DNK: 1 for, in 1 article; for\n        only: 2030-01-12, for, Bo Thorsen (" in out


def test_talks_are_between_two(records: str, printed: Callable[..., str]) -> None:
    found = json.loads(printed("agree", "NOR", "DNK", records, "--json"))

    assert topic(found, "dialogue/DNK+NOR")["pairs"][0]["outcome"] == "one silent"
    assert found["terms"]["minimum"] == 3
    assert topic(found, "peace-process/YEM")["pairs"][0]["outcome"] == "not enough said"
    # whoever asks about others hears nothing of these two
    assert json.loads(printed("agree", "DNK", "SWE", records, "--json"))["elsewhere"] == 1


def test_change_is_told_by_windows(records: str, printed: Callable[..., str]) -> None:
    out = printed(
        "agree", "NOR", "DNK", records, "--by", "issue", "--minimum", "1", "--window", "year", "--issue", "sanctions"
    )

    assert "    NOR and DNK: differ since 2030-01-10; " in out
    assert "    2030-01-10 to 2030-12-31  0/2/0  1/0/0      differ    0.0\n" in out
    assert "    2031-01-01 to 2031-03-05  0/0/1  0/0/0  one silent\n" in out


def test_a_period_without_data_says_so(records: str, at_desk: None, capsys: pytest.CaptureFixture[str]) -> None:
    days = ["--since", "2025", "--until", "2026-06"]
    there = "what was read is of 2030-01-10 to 2031-03-05; 1 article has no date"

    assert run("agree", "NOR", "DNK", records, *days) == 0
    out, err = capsys.readouterr()
    assert out == (
        "Norway (NOR) and Denmark (DNK) from 2025-01-01 until 2026-06-30\n"
        f"no position of NOR or DNK from 2025-01-01 until 2026-06-30; 1 without a day close enough to tell; {there}\n"
    )
    assert err == ""
    assert run("agree", "NOR", "DNK", records, *days, "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["topics"] == [] and err.endswith(f"; {there}\n")

    assert run("positions", records, *days, "--issue", "trade") == 0
    assert capsys.readouterr().out.startswith("no position on trade from 2025-01-01 until 2026-06-30; 1 without a day")
    assert run("signals", "NOR", "DNK", records, *days) == 0
    assert f"nothing between NOR and DNK from 2025-01-01 until 2026-06-30; {there}\n" in capsys.readouterr().out
    assert run("network", records, *days, "--format", "csv") == 0
    out, err = capsys.readouterr()
    assert out == "since,until,source,target,weight,agree,disagree\r\n"
    assert err.startswith("dragoman: no statement for or against from 2025-01-01 until 2026-06-30; ")
    assert err.endswith(f"{there}\n")


# -- signals and networks --------------------------------------------------------------------------------------------


def test_mixed_signals_show_the_evidence_of_both_tracks(records: str, printed: Callable[..., str]) -> None:
    out = printed("signals", "Norway", "Denmark", records)

    assert "2030-09-02: NOR to DNK, score 0.3" in out
    assert "    pressure: weight 5.5, " in out and "“Norway expelled two Danish diplomats.”" in out
    assert "    cooperation: weight 2.5, " in out
    (signal,) = json.loads(printed("signals", "NOR", "DNK", records, "--json"))["signals"]
    assert (signal["source"], signal["target"], signal["start"]) == ("NOR", "DNK", "2030-09-02")
    assert "no mixed signals between NOR and DNK; " in printed("signals", "NOR", "DNK", records, "--least-score", "0.9")


def test_networks_leave_in_three_forms(records: str, tmp_path: Path, printed: Callable[..., str]) -> None:
    rows = list(csv.DictReader(io.StringIO(printed("network", records, "--format", "csv"))))
    found = json.loads(printed("network", records, "--format", "json"))
    file = tmp_path / "net.graphml"
    assert printed("network", records, "-o", str(file)) == ""

    (edge,) = [row for row in rows if {row["source"], row["target"]} == {"NOR", "DNK"}]
    assert edge["weight"] == "4.0"  # two for a ceasefire in Yemen, each with each
    assert found["kind"] == "actor congruence" and found["terms"]["pair_issues"]
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    graph = ET.parse(file).getroot().find("g:graph", space)
    assert graph is not None
    assert len(graph.findall("g:node", space)) == len(found["nodes"])
    assert len(graph.findall("g:edge", space)) == len(found["edges"]) == len(rows)


@pytest.mark.parametrize(
    ("options", "kind", "node"),
    [
        (["--kind", "conflict", "--by", "issue"], "actor conflict", "actor"),
        (["--kind", "subtract", "--normalise", "jaccard"], "actor subtract", "actor"),
        (["--kind", "affiliation", "--of", "person"], "affiliation", "person"),
        (["--of", "concept"], "concept congruence", "concept"),
    ],
)
def test_kinds_of_networks(options: list[str], kind: str, node: str, records: str, printed: Callable[..., str]) -> None:
    found = json.loads(printed("network", records, *options, "--format", "json"))

    assert found["kind"] == kind and node in {n["kind"] for n in found["nodes"]}


def test_a_network_for_each_window(records: str, at_desk: None, printed: Callable[..., str]) -> None:
    years = json.loads(printed("network", records, "--window", "year", "--format", "json"))

    assert [year["since"] for year in years] == ["2030-01-10", "2031-01-01"]
    assert run("network", records, "--window", "year") == 2


# -- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["agree", "Norwey", "DNK"], "no actor is called 'Norwey'; did you mean NOR (Norway)?"),
        (["agree", "NOR", "Danish"], "no actor is called 'Danish'; did you mean DNK (Denmark)?"),
        (["positions", "--issue", "arms-controll"], "did you mean arms-control (Arms control)?"),
        (["positions", "--issue", "hotline"], "did you mean dialogue (Dialogue)?"),
        (["positions", "--issue", "zzz"], "no issue is called 'zzz'; one of alliances, armed-conflict, "),
        (["positions", "--regarding", "Atlantis?!"], "no actor is called 'Atlantis?!'"),
        (["agree", "NOR", "Norway"], "agreement needs two actors, not 1"),
        (["signals", "NOR", "Norway"], "mixed signals need two actors, not 1"),
        (["agree", "NOR", "DNK", "--since", "2031", "--until", "2030"], "the period ends on 2030-12-31, before it"),
        (["positions", "--since", "soon"], "'soon' is not a date; 2019-05-14, 2019-05 or 2019"),
        (["agree", "NOR", "DNK", "--minimum", "0"], "minimum cannot be 0; 1 or more"),
        (["signals", "NOR", "DNK", "--days", "0"], "days cannot be 0; 1 or more"),
        (["network", "--normalise", "activity"], "'activity' does not fit the actor congruence network; "),
        (["network", "--kind", "friends"], "'friends' is not one of "),
        (["positions", "-o", "no-such-folder/x.csv"], "no-such-folder/x.csv: cannot be written"),
    ],
)
def test_bad_input_is_told_before_anything_is_read(
    arguments: list[str],
    told: str,
    records: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def never(source: str) -> Iterator[Reading]:
        raise AssertionError("read although the question cannot be answered")
        yield

    monkeypatch.setattr(record_files, "read", never)
    assert run(*arguments, records) == 2
    out, err = capsys.readouterr()
    assert out == "" and told in err and err.startswith("dragoman: ") and err.count("\n") == 1


def test_without_a_source_and_a_store_it_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("agree", "NOR", "DNK") == 2
    assert "there is no store at" in capsys.readouterr().err


@pytest.fixture(scope="module")
def kept(records: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of the same records."""
    place = str(tmp_path_factory.mktemp("kept") / "dragoman.store")
    with desk.open_store(place, make=True) as store:
        store.commit(list(record_files.read(records)))
    return place


@pytest.mark.parametrize(
    "command",
    [
        ["agree", "NOR", "DNK"],
        ["agree", "NOR", "DNK", "--window", "year", "--json", "--minimum", "1"],
        ["signals", "Norway", "Denmark"],
        ["signals", "Norway", "Denmark", "--since", "2030-09", "--json"],
        ["positions", "--actor", "Norway"],
        ["positions", "--format", "csv", "--since", "2031"],
        ["network", "--kind", "conflict", "--format", "csv"],
        ["network", "--window", "year", "--format", "json"],
    ],
)
def test_a_store_answers_as_the_records_do(
    command: list[str], kept: str, records: str, printed: Callable[..., str]
) -> None:
    told = command.index("DNK" if "DNK" in command else "Denmark" if "Denmark" in command else command[0]) + 1
    of_records = printed(*command[:told], records, *command[told:])

    of_store = printed(*command, "--store", kept)

    if command[0] == "positions" and "csv" in command:
        assert sorted(of_store.splitlines()) == sorted(of_records.splitlines())
    else:
        assert of_store == of_records


def test_agreement_and_signals_as_rows(kept: str, printed: Callable[..., str], tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(printed("agree", "NOR", "DNK", "--store", kept, "--format", "csv"))))
    found = json.loads(printed("agree", "NOR", "DNK", "--store", kept, "--json"))
    assert len(rows) == len(found["topics"]) > 2
    for row, told in zip(rows, found["topics"], strict=True):
        a, b = told["sides"]
        assert (row["issue"], row["regarding"] or None) == (told["issue"], told["regarding"])
        assert (row["a"], row["b"], row["verdict"]) == ("NOR", "DNK", told["pairs"][0]["outcome"])
        for side, counts in (("a", a["counts"]), ("b", b["counts"])):
            assert [row[f"{side}_{stance}"] for stance in counts] == [str(number) for number in counts.values()]
        assert row["b_words"] == (b["latest"]["text"] if b["latest"] else "")

    (row,) = csv.DictReader(io.StringIO(printed("signals", "NOR", "DNK", "--store", kept, "--format", "csv")))
    assert (row["start"], row["source"], row["target"]) == ("2030-09-02", "NOR", "DNK")
    assert float(row["cooperative"]) > 0 and float(row["coercive"]) > 0


def test_python_asks_a_store_or_readings(kept: str, records: str) -> None:
    held = list(desk.readings([records]))

    assert desk.agree("NOR", "DNK", store=kept) == desk.agree(held, "NOR", "DNK")
    assert desk.signals("NOR", "DNK", store=kept) == desk.signals(held, "NOR", "DNK")
    assert sorted(desk.positions(store=kept).rows, key=str) == sorted(desk.positions(held).rows, key=str)
    assert desk.network(store=kept) == desk.network(held)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("NOR", "NOR"), ("nor", "NOR"), (" Norway ", "NOR"), ("the United States", "USA"), ("IGO:NATO", "IGO:NATO"),
        ("nato", "IGO:NATO"), ("european union", "IGO:EU"), ("Russian Federation", "RUS"),
    ],
)  # fmt: skip
def test_actors_by_code_or_name(written: str, code: str, lexicon: Lexicon) -> None:
    assert asked.actor(written, lexicon) == code


def test_every_code_and_issue_of_the_tables_means_itself(lexicon: Lexicon) -> None:
    for row in (*lexicon.states[::9], *lexicon.organisations[::25], *lexicon.armed_groups[::25]):
        assert asked.actor(row.code, lexicon) == row.code
    for issue in lexicon.issues:
        assert asked.issue(issue.key, lexicon) == asked.issue(issue.name.upper(), lexicon) == issue.key
    assert {"dialogue", "bilateral-relations"} <= set(asked.about_pairs(lexicon))


# -- from Python -----------------------------------------------------------------------------------------------------


def test_the_verbs_of_python(records: str) -> None:
    held = list(dragoman.readings([records]))

    found = dragoman.agree(iter(held), "Norway", "DNK", by="issue", minimum=1, window="year", since=date(2030, 1, 1))
    assert {t.label: t.pairs[0].outcome for t in found.topics}["sanctions"] == "differ"
    assert dragoman.positions(held, actors=["DNK"], issues=["sanctions"]).rows[0].person == "Bo Thorsen"
    assert dragoman.signals(held, "NOR", "DNK").signals[0].source == "NOR"
    assert dragoman.network(held, "subtract", normalise="cosine").kind == "actor subtract"
    assert len(dragoman.networks(held, window="year")) == 2
    nothing = dragoman.positions([], actors=["NOR"])
    assert nothing.rows == () and nothing.empty == "no position of NOR"


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (lambda: dragoman.agree([], "NOR", "DNK", minimun=1), "minimun"),
        (lambda: dragoman.agree([], "NOR", "DNK", by="actor"), "by"),
        (lambda: dragoman.positions([], actors="NOR"), "actors"),
        (lambda: dragoman.network([], "actor congruence"), "kind"),
        (lambda: dragoman.network([], of="state"), "of"),
        (lambda: dragoman.positions([], since="now"), "since"),
    ],
)
def test_bad_input_in_python(ask: Callable[[], Any], name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        ask()
    assert caught.value.name == name
