"""Other people's events in, ours out, and the two compared: from the command line and from Python."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pyarrow import parquet

import dragoman
from dragoman import cli
from dragoman.cli import exchange
from dragoman.errors import SettingsError, SourceError
from dragoman.exchange import events_csv, icews, incoming
from dragoman.exchange.event_rows import EventRow, Party
from dragoman.exchange.set_aside import SetAside
from dragoman.store import delta
from dragoman.store.base import Question, StoreMissing
from exchange_material import an_event, codes

sys.path.insert(0, str(Path(__file__).parent / "contracts"))

from store_readings import event, position, reading, statement

PHOENIX = ("20240305\tUSA\tRUS\t042", "20240320\tUSAGOV\tRUSMIL\t0831", "20240402\tRUS\tUSA\t190")
BAD = ("20240406\tUSA\tRUS\t831", "20240407\tUSA\tRUS\t010", "2024-13-09\tUSA\tRUS\t042", "20240408\t---\t---\t042")


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = cli.run([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, so that stores and files are called as people call them."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ask(place: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    return lambda *arguments: run(capsys, *arguments)


Ask = Callable[..., tuple[int, str, str]]


def write(path: Path, lines: tuple[str, ...]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def stored(origin: str, place: str = "dragoman.store") -> list[dict[str, Any]]:
    found = dragoman.sql(f"SELECT * FROM events WHERE origin = '{origin}' ORDER BY n", store=place)
    return found.rows


def our_store(place: Path) -> None:
    """Three acts of our own coding; one has several on a side, one has no date, one did not happen."""
    several = event("USA FRA", "RUS", "2024-03-20", score=-2.0, quad=3, type="ACCUSE")
    minister = msgspec.structs.replace(several.source[0], sector="MIL", name="Ada Quill")
    several = msgspec.structs.replace(several, source=(minister, several.source[1]))
    with delta.create_store(place / "dragoman.store") as store:
        store.commit(
            [
                reading("a1", event("USA", "RUS", "2024-03-05", mode="visit", score=4.0)),
                reading("a2", several),
                reading("a3", event("RUS", "USA", None, type="ASSAULT", quad=4, score=-9.0)),
                reading("a4", event("USA", "RUS", "2024-04-11", type="SANCTION", quad=4, score=-5.0, status="negated")),
            ]
        )


# in


def test_rows_go_in_and_the_others_are_told_of(ask: Ask, place: Path) -> None:
    write(place / "day.tsv", PHOENIX + BAD)

    code, out, err = ask("import", "day.tsv", "--set-aside", "aside.tsv")

    assert code == 1  # rows that could not be read
    assert out.splitlines()[0].split() == ["file", "format", "fate", "events", *"malformed no event no actor".split()]
    assert out.splitlines()[1].split() == ["day.tsv", "phoenix", "added", "3", "2", "1", "1"]
    assert "day.tsv:4: the event code is '831'; 0831; the leading zero was lost on the way" in err
    assert "day.tsv:6" in err and "day.tsv:5" not in err
    assert (place / "aside.tsv").read_text("utf-8").splitlines() == list(BAD)
    assert [line.split(":")[1] for line in (place / "aside.tsv.txt").read_text("utf-8").splitlines()] == list("4567")
    assert [row["load"] for row in stored("phoenix")] == ["day.tsv"] * 3
    # what was set aside can be mended and read again
    write(place / "mended.tsv", (BAD[0].replace("831", "0831"),))
    assert ask("import", "mended.tsv")[0] == 0
    assert [json.loads(row["extra"])["cameo"] for row in stored("phoenix")].count("0831") == 2


def test_a_file_goes_in_once(ask: Ask, place: Path) -> None:
    path = write(place / "day.tsv", PHOENIX)
    assert ask("import", path)[0] == 0
    (place / "day.tsv.gz").write_bytes(gzip.compress(path.read_bytes()))

    code, out, err = ask("import", "day.tsv.gz")

    assert (code, out.split()[-3:]) == (0, ["day.tsv.gz", "unchanged", "0"])
    assert "--again reads it anew" in err
    write(path, PHOENIX[:2])
    code, out, _ = ask("import", path, "--again", "--json")
    assert (code, json.loads(out)[0]["fate"], json.loads(out)[0]["events"]) == (0, "replaced", 2)
    assert len(stored("phoenix")) == 2


def test_what_is_set_aside_keeps_its_head_and_forms_stay_apart(ask: Ask, place: Path) -> None:
    cells = dict.fromkeys(icews.COLUMNS, "") | {"Event ID": "1", "Event Date": "someday", "CAMEO Code": "042"}
    write(place / "a.tab", ("\t".join(icews.COLUMNS), "\t".join(cells[name] for name in icews.COLUMNS)))
    write(place / "b.tsv", PHOENIX[:1] + BAD[:1])

    code, out, _ = ask("import", "a.tab", "b.tsv", "--set-aside", "rest.tab")

    assert code == 1 and "empty" in out
    head, row = (place / "rest.tab").read_text("utf-8").splitlines()
    assert head.split("\t") == list(icews.COLUMNS) and "someday" in row
    assert (place / "rest-2.tab").read_text("utf-8").splitlines() == [BAD[0]]
    assert incoming.form_of(place / "rest.tab") == "icews"
    # a file without an event does not bar its own way
    assert ask("import", "a.tab")[1].split().count("empty") == 1


def test_files_that_are_none(ask: Ask, place: Path) -> None:
    (place / "other.csv").write_text("a,b\n1,2\n", "utf-8")
    (place / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    (place / "folder").mkdir()

    code, out, err = ask("import", "other.csv", "broken.zip", "folder", "gone.tsv")

    assert code == 3
    assert out.count("unreadable") == 4
    assert "other.csv holds no events in a format that is known; known: gdelt" in err
    assert "broken.zip" in err and "gone.tsv: there is no such file" in err and "folder" in err
    write(place / "day.tsv", PHOENIX)
    assert ask("import", "gone.tsv", "day.tsv")[0] == 1
    assert len(stored("phoenix")) == 3


def test_the_wrong_form_sets_every_row_aside(ask: Ask, place: Path) -> None:
    write(place / "day.tsv", tuple(PHOENIX[0] for _ in range(30)))

    code, out, err = ask("import", "day.tsv", "--format", "gdelt")

    assert code == 3 and out.splitlines()[1].split() == ["day.tsv", "gdelt", "empty", "0", "30"]
    assert err.count("dragoman: day.tsv:") == 11
    assert "day.tsv: 20 more such rows; --set-aside FILE keeps them all" in err
    assert ask("import", "day.tsv", "--format", "gdelt", "-q")[1:] == ("", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("import",), "Missing argument 'FILE"),
        (("import", "day.tsv", "--format", "excel"), "'excel' is not one of"),
        (("import", "day.tsv", "sub/day.tsv.gz"), "two files are called day.tsv"),
        (("import", "day.tsv", "--set-aside", "day.tsv"), "day.tsv is being imported"),
        (("import", "day.tsv", "--set-aside", "nowhere/rest.tsv"), "rest.tsv cannot be written"),
    ],
)
def test_imports_that_cannot_be(ask: Ask, place: Path, arguments: tuple[str, ...], told: str) -> None:
    path = write(place / "day.tsv", BAD + PHOENIX)
    before = path.read_bytes()

    code, _, err = ask(*arguments)

    assert (code, told in err) == (2, True), err
    assert path.read_bytes() == before
    assert "rest" not in " ".join(p.name for p in place.iterdir())


def test_forms_named_on_the_command_line_are_those_there_are() -> None:
    from dragoman import desk

    assert tuple(incoming.FORMS) == exchange.FORMS_IN
    assert tuple(desk.export_forms()) == exchange.FORMS_OUT


def test_from_python(place: Path) -> None:
    write(place / "day.tsv", PHOENIX + BAD)
    seen: list[EventRow | SetAside] = []

    (one,) = dragoman.import_events("day.tsv", watch=seen.append)

    assert (one.fate, one.events, one.aside) == ("added", 3, {"malformed": 2, "no_event": 1, "no_actor": 1})
    assert len(seen) == 7
    with pytest.raises(SettingsError, match="excel"):
        dragoman.import_events(["day.tsv"], form="excel")


# out


def test_our_coding_goes_out_with_what_readings_know(ask: Ask, place: Path) -> None:
    our_store(place)

    code, out, err = ask("export", "--format", "csv")

    rows = {row["article"]: row for row in csv.DictReader(io.StringIO(out))}
    assert code == 0 and set(rows) == {"a1", "a2", "a3", "a4"}
    assert (rows["a2"]["source"], rows["a2"]["source_sectors"]) == ("USA|FRA", "MIL|GOV")
    assert "4 of 4 events in 4 rows" in err


def test_what_a_format_cannot_hold_is_told(ask: Ask, place: Path) -> None:
    our_store(place)

    code, out, err = ask("export", "--format", "gdelt", "-o", "ours.csv")

    assert (code, out) == (0, "")
    lines = (place / "ours.csv").read_text("utf-8").splitlines()
    assert [line.count("\t") + 1 for line in lines] == [61] * 3
    assert "2 of 4 events in 3 rows" in err
    assert "1 left out: that did not happen" in err and "1 left out: without a date of their own" in err
    err = ask("export", "--format", "gdelt", "--undated", "-o", "ours.csv")[2]
    assert "3 of 4 events in 4 rows" in err
    assert ask("export", "--format", "gdelt", "-q", "-o", "ours.csv")[2] == ""
    assert [p.name for p in place.glob("*.part")] == []


@pytest.mark.parametrize("form", [form for form in exchange.FORMS_OUT if form != "parquet"])
def test_every_form_of_a_store_with_both(ask: Ask, place: Path, form: str) -> None:
    our_store(place)
    write(place / "day.tsv", PHOENIX)
    ask("import", "day.tsv")

    code, out, err = ask("export", "--format", form, "--origin", "all")

    assert code == 0 and out and "nothing of" not in err
    if form in ("jsonl", "csv", "plover", "polecat", "icews", "gdelt"):
        (place / "again").write_text(out, "utf-8")
        rows = list(incoming.read(place / "again", codes(), incoming.form_of(place / "again")))
        assert len(rows) >= 5
        assert [str(row) for row in rows if isinstance(row, SetAside)] == []


def test_parquet_has_the_columns_of_csv_and_lists_where_that_joins(ask: Ask, place: Path) -> None:
    our_store(place)

    code, out, err = ask("export", "--format", "parquet", "-o", "ours.parquet")
    assert (code, out) == (0, "") and "4 of 4 events in 4 rows" in err
    table = parquet.read_table(place / "ours.parquet")
    rows = {row["article"]: row for row in table.to_pylist()}
    assert table.column_names == list(events_csv.COLUMNS)
    assert (rows["a2"]["source"], rows["a2"]["source_sectors"]) == (["USA", "FRA"], [["MIL"], ["GOV"]])
    assert (rows["a2"]["date"], rows["a2"]["score"], rows["a3"]["date"]) == (dt.date(2024, 3, 20), -2.0, None)
    ask("export", "--format", "parquet", "--since", "2030", "-o", "none.parquet")
    assert parquet.read_table(place / "none.parquet").schema == table.schema

    stream = io.BytesIO()
    assert dragoman.export("parquet", stream).rows == 4
    assert parquet.read_table(io.BytesIO(stream.getvalue())).equals(table)


@pytest.mark.parametrize("kind", ["statements", "positions"])
def test_statements_and_positions_go_out(ask: Ask, place: Path, kind: str) -> None:
    with delta.create_store(place / "dragoman.store") as store:
        held = position("USA", "trade", toward="CHN", shared_with=("FRA",))
        store.commit([reading(name, statement("s1", "USA", to="RUS"), held) for name in ("a1", "a2")])
        wanted = getattr(store, kind)(Question(unit="all"))

    code, out, err = ask("export", "--format", "csv", "--of", kind)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0 and f"{len(rows)} of {len(rows)} {kind} in {len(rows)} rows" in err
    ask("export", "--format", "parquet", "--of", kind, "-o", "said.parquet")
    table = parquet.read_table(place / "said.parquet")
    assert table.to_pylist() == wanted.to_pylist() and rows
    assert table.column_names == list(rows[0])
    lines = [json.loads(line) for line in ask("export", "--format", "jsonl", "--of", kind)[1].splitlines()]
    assert [line["article"] for line in lines] == [row["article"] for row in rows]
    none = ask("export", "--format", "csv", "--of", kind, "--since", "2030")[1]
    assert none.splitlines() == out.splitlines()[:1]


def test_parquet_is_no_text_for_a_terminal(ask: Ask, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    our_store(place)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    code, out, err = ask("export", "--format", "parquet")
    assert (code, out) == (2, "") and "no text for a terminal; name a file with --output" in err


def test_periods_and_origins_narrow(ask: Ask, place: Path) -> None:
    our_store(place)
    write(place / "day.tsv", PHOENIX)
    ask("import", "day.tsv")

    def ids(*more: str) -> set[str]:
        return {json.loads(line)["id"] for line in ask("export", "--format", "jsonl", *more)[1].splitlines()}

    assert ids("--origin", "phoenix", "--since", "2024-03-10") == {"day.tsv:2", "day.tsv:3"}
    assert ids("--origin", "phoenix", "--until", "2024-03") == {"day.tsv:1", "day.tsv:2"}
    assert len(ids("--origin", "phoenix", "--origin", "dragoman")) == 4  # e1 of four articles is one id
    code, out, err = ask("export", "--format", "jsonl", "--since", "2030")
    assert (code, out) == (0, "") and "nothing of dragoman in dragoman.store" in err


def test_texts_stay_unless_they_are_meant_to_leave(ask: Ask, place: Path) -> None:
    our_store(place)
    words = "Some words that stand for a report"

    for form in exchange.FORMS_OUT:
        ask("export", "--format", form, "-o", "given")
        assert words.encode() not in (place / "given").read_bytes()
    assert ask("export", "--format", "plover", "--with-text")[1].count(words) == 3  # one event has no day
    assert ask("export", "--format", "readings", "--with-text")[1].count(words) == 4
    code, _, err = ask("export", "--format", "csv", "--with-text")
    assert code == 2 and "csv carries no text of articles; plover and readings do" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Missing option '--format'"),
        (("--format", "excel"), "'excel' is not one of"),
        (("--format", "csv", "--origin", "icews"), "no event is of 'icews'; the store has events of dragoman"),
        (("--format", "icews", "--of", "positions"), "icews holds no positions; csv, jsonl, parquet do"),
        (("--format", "csv", "--since", "some day"), "'some day' is not a date"),
        (("--format", "csv", "--since", "2025", "--until", "2024"), "lies after"),
        (("--format", "csv", "-o", "nowhere/ours.csv"), "cannot be written"),
        (("--format", "csv", "--store", "gone"), "gone"),
    ],
)
def test_exports_that_cannot_be(ask: Ask, place: Path, arguments: tuple[str, ...], told: str) -> None:
    our_store(place)
    (place / "kept.csv").write_text("what was there before", "utf-8")

    code, out, err = ask("export", "-o", "kept.csv", *arguments)

    assert (code, out) == (2, "") and told in err
    assert (place / "kept.csv").read_text("utf-8") == "what was there before"
    assert not (place / "gone").exists()


def test_export_from_python(place: Path) -> None:
    our_store(place)
    stream = io.StringIO(newline="")

    written = dragoman.export("polecat", stream)
    assert (written.events, written.rows) == (4, 3)
    assert stream.getvalue().startswith("Event ID\t")
    dragoman.export("polecat", place / "ours.tsv")
    assert (place / "ours.tsv").read_text("utf-8") == stream.getvalue()
    with pytest.raises(SettingsError, match="a list"):
        dragoman.export("csv", stream, origins="gdelt")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="cannot be written"):
        dragoman.export("csv", place / "nowhere" / "ours.csv")
    with pytest.raises(StoreMissing):
        dragoman.export("csv", stream, store="gone")


# side by side


def test_two_codings_side_by_side(ask: Ask, place: Path) -> None:
    our_store(place)
    write(place / "day.tsv", PHOENIX)
    ask("import", "day.tsv")

    code, out, err = ask("compare", "dragoman", "phoenix", "--pair", "USA", "Russia", "--format", "table")

    assert (code, err) == (0, "")
    assert out.startswith("USA and RUS from 2024-03-05 until 2024-03-20\n")
    assert "1 acts in both: 50.0 % of 2 in dragoman, 50.0 % of 2 in phoenix" in out
    assert "dragoman: 1 left out without a day" in out
    assert "only in dragoman: 1" in out and "ACCUSE" in out
    _, same, _ = ask("compare", "dragoman", "day.tsv", "--pair", "USA", "RUS", "--format", "json")
    _, kept, _ = ask("compare", "dragoman", "phoenix", "--pair", "USA", "RUS", "--format", "json")
    a, b = (json.loads(text) for text in (same, kept))
    assert a["matches"] == b["matches"] and a["only_theirs"] == b["only_theirs"] and a["ways"] == b["ways"]
    _, series, _ = ask("compare", "dragoman", "phoenix", "--pair", "USA", "RUS", "--by", "day", "--since", "2024-03")
    rows = list(csv.DictReader(io.StringIO(series)))
    assert sum(int(row["theirs_events"]) for row in rows if not row["source"]) == 2
    ask("compare", "dragoman", "phoenix", "--pair", "USA", "RUS", "-o", "both.json")
    assert json.loads((place / "both.json").read_text("utf-8"))["unit"] == "month"
    wide = ask("compare", "dragoman", "phoenix", "--pair", "USA", "RUS", "--alike", "any", "--format", "table")[1]
    assert "2 acts in both" in wide


def test_files_need_no_store(ask: Ask, place: Path) -> None:
    write(place / "day.tsv", PHOENIX + BAD)
    acts = [
        an_event(id="e1", day=gave.day, sources=gave.sources, targets=(Party(code="RUS"),), type=gave.type)
        for gave in incoming.read(place / "day.tsv", codes())
        if isinstance(gave, EventRow) and gave.sources[0].code == "USA"
    ]
    with (place / "mine.csv").open("w", encoding="utf-8", newline="") as stream:
        events_csv.write(acts, stream)
    records = [reading("a1", event("USA", "RUS", "2024-03-05", mode="visit"))]
    write(place / "records.jsonl", tuple(one.to_json() for one in records))

    code, out, err = ask("compare", "mine.csv", "day.tsv", "--pair", "USA", "RUS", "--format", "table")

    assert code == 1 and "day.tsv: 2 rows could not be read" in err
    assert "2 acts in both" in out
    code, out, _ = ask("compare", "records.jsonl", "mine.csv", "--pair", "USA", "RUS", "--format", "table")
    assert code == 0 and "1 acts in both: 100.0 % of 1 in records.jsonl" in out
    assert not (place / "dragoman.store").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("dragoman", "phoenix"), "Missing option '--pair'"),
        (("dragoman", "phoenix", "--pair", "USA", "USA"), "a pair needs two actors"),
        (("dragoman", "phoenix", "--pair", "USA", "Rusia"), "Rusia"),
        (("dragoman", "gdelt", "--pair", "USA", "RUS"), "called 'gdelt'; the store has events of dragoman"),
        (("dragoman", "gone.tsv", "--pair", "USA", "RUS"), "no file and no origin in the store is called 'gone.tsv'"),
        (("dragoman", "other.csv", "--pair", "USA", "RUS"), "holds no events in a format that is known"),
        (("dragoman", "dragoman", "--pair", "USA", "RUS", "--since", "2025", "--until", "2024"), ""),
        (("dragoman", "other.csv", "--pair", "USA", "RUS", "--store", "gone"), "gone"),
    ],
)
def test_comparisons_that_cannot_be(ask: Ask, place: Path, arguments: tuple[str, ...], told: str) -> None:
    our_store(place)
    (place / "other.csv").write_text("a,b\n1,2\n", "utf-8")

    code, out, err = ask("compare", *arguments)

    if told:
        assert (code, out) == (2, "") and told in err
    else:
        assert code == 0 and "there is no day on which both" in err


def test_comparing_from_python(place: Path) -> None:
    our_store(place)
    write(place / "day.tsv", PHOENIX)

    found = dragoman.compare("dragoman", place / "day.tsv", ("USA", "RUS"), by="year", days=3)

    assert (found.pair, found.unit, len(found.matches), found.terms.days) == (("USA", "RUS"), "year", 1, 3)
    with pytest.raises(SettingsError, match="no term is called 'nearby'"):
        dragoman.compare("dragoman", "day.tsv", ("USA", "RUS"), nearby=3)
    (place / "other.csv").write_text("a,b\n", "utf-8")
    with pytest.raises(SourceError):
        dragoman.compare("dragoman", "other.csv", ("USA", "RUS"))
