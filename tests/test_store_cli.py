"""What a store is asked from the command line and from Python: right counts, forms that open again, plain errors."""

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

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dragoman
from dragoman import cli
from dragoman.errors import LexiconError, SettingsError
from dragoman.exchange import answers
from dragoman.records import EventDate, Reading
from dragoman.store import delta
from dragoman.store.arrow import Answer
from dragoman.store.base import StoreMissing, StoreRefused

sys.path.insert(0, str(Path(__file__).parent / "contracts"))

from store_readings import TEXT, event, position, reading, statement


def told(identity: str, *records: Any) -> Reading:
    """An article in words of its own, so that nobody takes it for a copy."""
    chance = random.Random(identity)
    words = ["".join(chance.choices("aeioubdklmnrst", k=6)) for _ in TEXT]
    return reading(identity, *records, text=f"Some words {' '.join(words)}"[: len(TEXT) - 1] + ".")


YEAR = EventDate(start="2024-01-01", end="2024-12-31", granularity="year", text="in 2024")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a few acts that anybody can count by hand."""
    place = tmp_path_factory.mktemp("asked") / "dragoman.store"
    with delta.create_store(place) as store:
        store.commit(
            [
                told("a1", event("USA", "RUS", "2024-03-05", score=4.0), statement("s1", "USA", to="RUS")),
                told("a2", event("USA", "RUS", "2024-03-20", score=-2.0, quad=3, type="ACCUSE")),
                told("a3", event("RUS", "USA", "2024-04-02", score=-9.0, quad=4, type="ASSAULT")),
                told("a4", event("USA RUS", None, "2024-04-10", score=2.5, mode="meet")),
                told("a5", event("USA", "RUS", "2024-04-11", score=-5.0, status="negated")),
                told("a6", event("FRA", "RUS", "2019-05-05", score=-5.0, quad=4, type="SANCTION")),
                told("a7", event("GBR", "RUS", "2019-05-05", score=-5.0, quad=4, type="SANCTION")),
                told("a8", event("GBR", "RUS", "2021-05-05", score=-5.0, quad=4, type="SANCTION")),
                told("a9", event("IGO:EU", "RUS", "2021-06-01", score=3.0)),
                told(
                    "b1",
                    event("CHN", "IND", None, score=1.0),
                    event("CHN", "IND", YEAR, score=1.0, evidence=((11, 60),)),
                ),
                reading(
                    "b2",
                    event("CHN", "JPN", "2024-02-02", score=-1.0, evidence=((0, 10),)),
                    position("CHN", "trade", toward="JPN", evidence=((0, 10),)),
                    statement("s1", "JPN", words=" =cmd|' /C calc'!A0 said nobody"),
                ),
            ]
        )
    return place


@pytest.fixture
def ask(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def asked(*arguments: str) -> tuple[int, str, str]:
        code = cli.run([*arguments, "--store", str(folder)])
        out, err = capsys.readouterr()
        return code, out, err

    return asked


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes standard output a terminal of so many columns; the test calls it, once its output is being captured."""

    def made(columns: int) -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        monkeypatch.setenv("COLUMNS", str(columns))

    return made


def rows(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


Ask = Callable[..., tuple[int, str, str]]


# counts


def test_a_matrix_is_what_a_hand_counts(ask: Ask) -> None:
    code, out, err = ask("matrix", "USA", "RUS")

    assert (code, err) == (0, "")
    there, back = sorted(rows(out), key=lambda row: row["source"], reverse=True)
    # USA acts: +4, -2, and the meeting +2.5; RUS acts: -9 and the meeting; the negated one is not counted
    assert (there["source"], there["target"], there["events"]) == ("USA", "RUS", "3")
    assert (float(there["sum"]), float(there["mean"])) == (4.5, 1.5)
    assert (float(there["cooperation"]), float(there["conflict"])) == (6.5, -2.0)
    assert (back["source"], back["events"], float(back["sum"])) == ("RUS", "2", -6.5)
    assert [there[name] for name in there if "_" in name] == ["2", "0", "1", "0"]
    assert "period" not in there


def test_a_matrix_by_month_and_of_all_actors(ask: Ask) -> None:
    _, out, err = ask("matrix", "--by", "month", "--since", "2024", "--dated")

    found = {(row["period"], row["source"], row["target"]): float(row["sum"]) for row in rows(out)}
    assert found == {
        ("2024-02-01", "CHN", "JPN"): -1.0,
        ("2024-03-01", "USA", "RUS"): 2.0,
        ("2024-04-01", "RUS", "USA"): -6.5,
        ("2024-04-01", "USA", "RUS"): 2.5,
    }
    assert "left out: 1 without a day of their own (--undated counts them)" in err
    assert "left out: 1 with a date wider than a month" in err


def test_events_without_a_day_count_on_that_of_their_article_and_this_is_told(ask: Ask, folder: Path) -> None:
    _, out, err = ask("matrix", "China", "India", "--by", "month")

    assert [(row["period"], row["events"]) for row in rows(out)] == [("2024-03-01", "1")]
    assert "wider than a month" in err
    assert "dated by the article: 1 of 1 events has no day of its own, and counts on that of its article" in err
    assert "dated by the article" not in ask("matrix", "China", "India")[2]  # where nobody looks at days

    found = dragoman.matrix("CHN", "IND", store=folder, by="day")
    assert found.about["by_article"] == 1 and found.left_out == {"coarse": 1}
    newest = dragoman.events("CHN", store=folder, newest=True, limit=2).rows
    assert [row["day"] for row in newest] == [None, dt.date(2024, 2, 2)]
    assert dragoman.events("CHN", store=folder, since="2024-03", until="2024-03", undated=False).rows == []


def test_types_status_and_limits_narrow(ask: Ask) -> None:
    assert rows(ask("matrix", "USA", "RUS", "--status", "negated")[1])[0]["sum"] == "-5.0"
    _, out, err = ask("matrix", "USA", "RUS", "--status", "all")
    assert rows(out)[1]["events"] == "3" and "left out: 1 negated: told of as not done" in err
    code, _, err = ask("matrix", "USA", "RUS", "--status", "negated", "--status", "actual")
    assert code == 2 and "what is negated did not happen" in err
    assert "negated" in {row["status"] for row in rows(ask("events", "USA", "RUS", "--status", "all")[1])}
    assert {row["source"] for row in rows(ask("matrix", "--type", "sanction")[1])} == {"FRA", "GBR"}
    assert {row["source"] for row in rows(ask("matrix", "--limit", "2")[1])} == {"USA", "RUS"}
    assert {row["source"] for row in rows(ask("matrix", "--issue", "Trade", "--since", "2024")[1])} == {"CHN"}


def test_a_bloc_is_its_members_of_the_time(ask: Ask, tmp_path: Path) -> None:
    _, out, err = ask("matrix", "EU", "RUS", "--by", "year")

    # the United Kingdom left in January 2020; the body itself counts as well
    assert [(row["period"][:4], row["source"], row["events"]) for row in rows(out)] == [
        ("2019", "EU", "2"),
        ("2021", "EU", "1"),
    ]
    assert "EU: European Union and whoever belonged to it at the time" in err
    assert [row["events"] for row in rows(ask("matrix", "IGO:EU", "RUS")[1])] == ["1"]

    quad = tmp_path / "western.csv"
    quad.write_text("actor,from,to\nUnited States\n# a remark\nGBR,2020,2021-12-31\n", "utf-8")
    _, out, err = ask("matrix", str(quad), "RUS")
    assert {(row["source"], row["target"]): row["events"] for row in rows(out)}[("western", "RUS")] == "4"
    assert "western: whom western.csv names" in err


def test_who_belongs_to_two_blocs(tmp_path: Path, folder: Path, ask: Ask) -> None:
    for name, members in (("one", "USA\nFRA\nGBR,,2020"), ("two", "RUS\nFRA\nGBR,,2020")):
        (tmp_path / f"{name}.csv").write_text(members, "utf-8")
    place = tmp_path / "blocs.store"
    acts = [
        "USA RUS 2019-01-01",
        "FRA GBR 2019-01-02",
        "FRA RUS 2019-01-03",
        "GBR FRA 2021-01-01",
        "USA FRA 2021-01-02",
    ]
    with delta.create_store(place) as store:
        for n, (source, target, day) in enumerate(act.split() for act in acts):
            store.commit([told(f"a{n}", event(source, target, day, score=1.0))])

    found = dragoman.matrix(str(tmp_path / "one.csv"), str(tmp_path / "two.csv"), store=place)
    # France acts on Russia as one of the first, and is acted upon by the USA as one of the second; what France and the
    # United Kingdom do to each other lies inside both
    assert {(row["source"], row["target"]): row["events"] for row in found.rows} == {("one", "two"): 3}
    assert found.about["notes"][-1].startswith("2 actors belong to one and to two: what they do or suffer counts under")
    alone = dragoman.matrix(str(tmp_path / "one.csv"), "USA", "RUS", store=place)
    assert "USA belongs to one and USA: what it does or suffers counts under each" in alone.about["notes"]


def test_a_dyad_has_both_directions(ask: Ask) -> None:
    _, out, _ = ask("dyad", "United States", "Russia")

    # Russia did nothing in March: that has no value, which is not nought; five articles were read
    assert [(row["period"], row["source"], row["events"], row["value"]) for row in rows(out)] == [
        ("2024-03-01", "USA", "2", "1.0"),
        ("2024-04-01", "USA", "1", "2.5"),
        ("2024-03-01", "RUS", "0", ""),
        ("2024-04-01", "RUS", "2", "-3.25"),
    ]
    assert {row["read"] for row in rows(out)} == {"11", "0"}
    assert [row["period"] for row in rows(ask("dyad", "USA", "RUS", "--by", "year")[1])] == ["2024-01-01"] * 2


def test_events_come_by_day_or_the_newest_first(ask: Ask) -> None:
    found = rows(ask("events", "USA", "RUS")[1])
    assert [row["article"] for row in found] == ["a1", "a2", "a3", "a4"]
    assert (found[0]["sources"], found[3]["sources"], found[3]["targets"]) == ("USA", "USA|RUS", "")
    assert found[0]["evidence"] == "0-10" and found[0]["words"] == "Some words"
    newest = rows(ask("events", "USA", "RUS", "--newest", "--limit", "2")[1])
    assert [row["article"] for row in newest] == ["a4", "a3"]
    assert [row["article"] for row in rows(ask("events", "EU", "--since", "2021")[1])] == ["a9"]


def test_statements_and_sentences(ask: Ask) -> None:
    assert [row["speaker"] for row in rows(ask("statements", "RUS")[1])] == ["USA"]
    assert [row["article"] for row in rows(ask("statements", "USA", "RUS")[1])] == ["a1"]
    found = rows(ask("search", "nobody", "--actor", "JPN")[1])
    assert [row["article"] for row in found] == ["b2"] and found[0]["records"] == "statement s1"
    assert rows(ask("search", "nobody", "--actor", "USA")[1]) == []
    assert rows(ask("search", "nobody", "--until", "2023")[1]) == []


def test_sql_asks_and_cannot_write(ask: Ask, folder: Path) -> None:
    _, out, _ = ask("sql", "SELECT type, count(*) AS n FROM events GROUP BY type ORDER BY n DESC, type LIMIT 1")
    assert out == "type,n\nCONSULT,7\n"

    for query in ("DELETE FROM events", "DROP TABLE events", "SELECT 1; SELECT 2", "COPY events TO 'x.csv'", "selec"):
        code, out, err = ask("sql", query)
        assert (code, out) == (2, "") and "one SELECT" in err
    code, _, err = ask("sql", "SELECT * FROM '/etc/passwd'")
    assert code == 2 and "dragoman:" in err
    with delta.open_store(folder) as store:
        assert store.info().tables["events"].rows == 12


# forms


def test_every_form_opens_again(ask: Ask, tmp_path: Path) -> None:
    wanted = dragoman.events(store=_folder(ask)).table

    for name, opened in (
        ("e.parquet", pq.read_table),
        ("e.arrow", lambda path: pa.ipc.open_stream(path).read_all()),
        ("e.arrows", lambda path: pa.ipc.open_stream(path).read_all()),
    ):
        assert ask("events", "-o", str(tmp_path / name)) == (0, "", "")
        assert opened(str(tmp_path / name)).equals(wanted)
    assert ask("events", "-o", str(tmp_path / "e.json"))[0] == 0
    found = json.loads((tmp_path / "e.json").read_text("utf-8"))
    assert [row["sources"] for row in found] == wanted.column("sources").to_pylist()
    assert found[0]["day"] == "2019-05-05" and [row["day"] for row in found].count(None) == 1
    assert ask("events", "-o", str(tmp_path / "e.csv"))[0] == 0
    with (tmp_path / "e.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == wanted.num_rows
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("form", ["parquet", "arrow", "json"])
def test_forms_go_through_a_pipe(folder: Path, capfdbinary: pytest.CaptureFixture[bytes], form: str) -> None:
    assert cli.run(["matrix", "USA", "RUS", "--format", form, "--store", str(folder)]) == 0
    sys.stdout.flush()

    raw = capfdbinary.readouterr().out
    if form == "json":
        assert [row["source"] for row in json.loads(raw)] == ["RUS", "USA"]
    else:
        table = pq.read_table(io.BytesIO(raw)) if form == "parquet" else pa.ipc.open_stream(raw).read_all()
        assert table.column("events").to_pylist() == [2, 3]


def test_an_empty_answer_has_its_columns_and_says_so(ask: Ask, tmp_path: Path) -> None:
    code, out, err = ask("matrix", "USA", "RUS", "--since", "2030")
    assert code == 0 and out.startswith("source,target,value,low,high,events,") and out.count("\n") == 1
    assert "no event between two actors since 2030" in err
    assert ask("events", "NZL", "--format", "json", "-q") == (0, "[]\n", "")
    ask("search", "nowhere", "-o", str(tmp_path / "none.parquet"))
    assert pq.read_table(tmp_path / "none.parquet").column_names[:3] == ["article", "start", "end"]


def test_no_cell_runs_in_a_spreadsheet(ask: Ask) -> None:
    (row,) = rows(ask("statements", "JPN")[1])
    assert row["words"].startswith("' =cmd")
    assert answers.cell("=1+1") == "'=1+1" and answers.cell(["=1"]) == "'=1" and answers.cell(-2.5) == "-2.5"


def test_a_terminal_gets_a_table(ask: Ask, terminal: Callable[[int], None]) -> None:
    terminal(100)
    code, out, _ = ask("matrix", "USA", "RUS")
    assert code == 0 and out.splitlines()[:3] == [
        "           USA       RUS",
        "USA             +1.5 (3)",
        "RUS  ~-3.2 (2)",
    ]
    assert "Row acts on column: PLOVER score, mean" in out
    assert "~ rests on fewer than 3 articles" in " ".join(out.split())
    _, out, _ = ask("matrix", "USA", "RUS", "--measure", "score_sum", "--by", "month", "--minimum", "1")
    assert "2024-03" in out and "+2.0" in out and "2024-04" in out and "-6.5" in out and "~" not in out
    _, out, _ = ask("dyad", "USA", "RUS")
    assert out.splitlines()[0].split() == ["period", *"USA > RUS events RUS > USA events read".split()]
    assert out.splitlines()[1].split() == ["2024-03", "~+1.0", "2", "11"]
    assert "2024-04-10: USA – RUS, CONSULT meet, actual, +2.5, news.example, a4\n    “Some words”" in out
    _, out, _ = ask("events", "--limit", "1")
    assert out.startswith("2024-04-10: USA – RUS, CONSULT meet")
    _, out, _ = ask("statements", "USA")
    assert out.startswith("2024-03-05: Some (USA) to RUS, statement, news.example, a1")
    _, out, _ = ask("search", "nobody")
    assert "statement s1" in out
    _, out, _ = ask("sql", "SELECT 'x' AS a, [1, 2] AS b")
    assert out == "a    b\nx  1|2\n"
    code, out, err = ask("events", "NZL")
    assert (code, out) == (0, "") and "no event in " in err


def test_a_narrow_terminal_shows_fewer_actors(ask: Ask, terminal: Callable[[int], None]) -> None:
    terminal(30)
    _, out, err = ask("matrix")
    assert "no room here" in err and max(map(len, out.splitlines()[:3])) <= 30
    assert "no room" not in ask("matrix", "--limit", "0")[2]


def test_a_terminal_gets_no_bytes(ask: Ask, terminal: Callable[[int], None]) -> None:
    terminal(80)
    code, out, err = ask("events", "--format", "parquet")
    assert (code, out) == (2, "") and "name a file with --output" in err


def test_periods_without_a_word_are_one_line_and_lines_fit(ask: Ask, terminal: Callable[[int], None]) -> None:
    terminal(80)
    out = ask("dyad", "GBR", "RUS", "--part", "series")[1]
    assert [line.split()[0] for line in out.splitlines()[1:4]] == ["2019-05", "2019-06", "2021-05"]
    assert "2019-06 to 2021-04" in out
    out = ask("happenings", "USA", "RUS")[1] + ask("search", "words")[1] + ask("sql", "SELECT * FROM events")[1]
    assert max(map(len, out.splitlines())) <= 80
    whole = ask("matrix")[1].splitlines()
    terminal(max(map(len, whole[:-2])))
    assert ask("matrix")[1].splitlines()[0] == whole[0]  # what fits is shown
    terminal(max(map(len, whole[:-2])) - 1)
    assert len(ask("matrix")[1].splitlines()[0]) < len(whole[0])


# Python


def test_answers_speak_arrow(folder: Path) -> None:
    matrix = dragoman.matrix("USA", "RUS", store=folder)
    table = pa.table(matrix)
    assert table.column("sum").to_pylist() == [-6.5, 4.5] and len(matrix) == 2
    assert matrix.rows[1]["events"] == 3
    assert duckdb.sql("SELECT sum(events) FROM matrix").fetchall() == [(5,)]
    with dragoman.open_store(folder) as store:
        for found in (
            dragoman.dyad("USA", "RUS", store=store, by="year"),
            dragoman.events("USA", store=store, since=dt.date(2024, 3, 1), until="2024-03"),
            dragoman.statements(store=store),
            dragoman.search("words", store=store, limit=3),
            dragoman.sql("SELECT 1 AS one", store=store),
        ):
            assert isinstance(found, Answer) and pa.table(found).num_rows == len(found) > 0
    assert matrix.left_out == {} and dragoman.matrix("CHN", "IND", store=folder, by="day", undated=False).left_out == {
        "coarse": 1,
        "undated": 1,
    }


def test_python_raises_what_the_command_line_tells(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Norwy"):
        dragoman.matrix("Norwy", store=folder)
    with pytest.raises(SettingsError, match="are one actor"):
        dragoman.dyad("USA", "United States", store=folder)
    with pytest.raises(StoreMissing):
        dragoman.events(store=tmp_path / "nowhere")
    with pytest.raises(StoreRefused, match="unit"):
        dragoman.matrix(by="fortnight", store=folder)
    with pytest.raises(SettingsError, match="types cannot be 'CONSULT'"):
        dragoman.events(types="CONSULT", store=folder)
    with pytest.raises(StoreRefused, match="maybe"):
        dragoman.events(status=["maybe"], store=folder)


# errors


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("matrix", "Norwy", "RUS"), "did you mean NOR (Norway)"),
        (("events", "--type", "CONSLT"), "no event is called 'CONSLT'; did you mean CONSULT"),
        (("events", "--issue", "sanktions"), "did you mean sanctions"),
        (("events", "--since", "20x"), "'20x' is not a date"),
        (("events", "--since", "2024-02-31"), "is not a date"),
        (("matrix", "--since", "2024", "--until", "2020"), "lies after until"),
        (("matrix", "nowhere.csv"), "nowhere.csv: cannot be read"),
        (("matrix", "--by", "fortnight"), "'fortnight'"),
        (("events", "--status", "maybe"), "'maybe'"),
        (("events", "--limit", "-1"), "-1"),
        (("dyad", "USA", "usa"), "are one actor; name it once for all its pairs"),
        (("matrix", "USA", "USA"), "USA and USA are one actor"),
        (("search", " "), "no words to search for"),
        (("search", '"'), "cannot be searched for"),
        (("events", "-o", "no/such/folder/e.csv"), "cannot be written"),
    ],
)
def test_what_cannot_be_asked_is_told_in_a_line(ask: Ask, arguments: tuple[str, ...], told: str) -> None:
    code, out, err = ask(*arguments)

    assert (code, out) == (2, "") and told in err and err.count("\n") == 1


def test_faults_in_a_file_of_actors_are_named_by_line(ask: Ask, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("USA\nNorwy\nGBR,last year\n", "utf-8")
    code, _, err = ask("matrix", str(bad))
    assert code == 2 and f"{bad}:2: no actor is called 'Norwy'" in err and f"{bad}:3: 'GBR,last year'" in err
    bad.write_text("# nobody\n", "utf-8")
    assert "no actor stands in it" in ask("matrix", str(bad))[2]
    eu = tmp_path / "EU.txt"
    eu.write_text("FRA\n", "utf-8")
    assert "EU would mean two things" in ask("matrix", str(eu), "EU")[2]
    with pytest.raises(LexiconError):
        bad.write_text("Norwy\n", "utf-8")
        dragoman.matrix(str(bad), store=_folder(ask))


@pytest.mark.parametrize("command", ["matrix", "events", "statements", "store info", "store check", "store compact"])
def test_no_store_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert cli.run([*command.split(), "--store", str(tmp_path / "nowhere")]) == 2

    err = capsys.readouterr().err
    assert "there is no store at" in err and "dragoman ingest makes one" in err and not (tmp_path / "nowhere").exists()


# looking after it


def test_a_store_is_looked_after(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "mine"
    shutil.copytree(folder, place)

    def store(*arguments: str) -> tuple[int, str]:
        code = cli.run(["store", *arguments, "--store", str(place)])
        return code, capsys.readouterr().out

    code, out = store("info")
    assert code == 0 and "events" in out and "dates of events: 2019-05-05 to 2024-04-11" in out
    assert json.loads(store("info", "--json")[1])["tables"]["events"]["rows"] == 12
    with delta.open_store(place) as opened:
        opened.commit([told("c1", event("USA", "RUS", "2023-01-07", type="AID"))])
        before = opened.tally(_all()).table
    assert store("compact")[1].startswith(tuple("0123456789"))
    code, out = store("vacuum", "--keep-hours", "0")
    assert code == 0 and int(out.split()[0]) > 0
    code, out = store("rebuild")
    assert code == 0 and "sentences" in out
    with delta.open_store(place) as opened:
        assert opened.tally(_all()).table.equals(before)
    code, out = store("check")
    assert code == 0 and out.startswith("nothing is wrong")
    assert json.loads(store("check", "--json")[1])["findings"] == []
    code, out = store("migrate")
    assert code == 0 and out.startswith("the store is of format ")

    next(place.glob("events/*/*.parquet")).unlink()
    code, out = store("check")
    assert code == 1 and "file:" in out and "1 thing is wrong" in out


def _all() -> Any:
    from dragoman.store.base import Question

    return Question(unit="all")


def _folder(ask: Any) -> Path:
    found: Path = ask.__closure__[1].cell_contents
    return found
