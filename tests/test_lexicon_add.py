"""Adding a row to a folder of one's own: completed, checked, written, told; and read with afterwards."""

from __future__ import annotations

import csv
import datetime as dt
import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman import cli
from dragoman.errors import LexiconError
from dragoman.lexicon import check, sheet, terms
from dragoman.lexicon.add import Added, add
from dragoman.lexicon.columns import CHOICES, KINDS, MEANINGS, columns, rows_of
from dragoman.lexicon.load import load
from dragoman.lexicon.rows import Person

if TYPE_CHECKING:
    from dragoman.parse.base import Parser

TODAY = dt.date(2024, 6, 1)
NOWAK = {"name": "Anna Nowak", "office": "foreign-minister", "actor": "POL", "from": "2024-05-13", "short": "Nowak"}


def put(folder: Path, kind: str = "person", /, **given: str) -> Added:
    return add(kind, {k.rstrip("_"): v for k, v in given.items()}, folder=folder, today=TODAY)


def nowak(folder: Path, /, **given: str) -> Added:
    return add("person", NOWAK | {k.rstrip("_"): v for k, v in given.items()}, folder=folder, today=TODAY)


def run(*arguments: str) -> int:
    return cli.run(["lexicon", *arguments])


class TestColumns:
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_column_is_explained(self, kind: str) -> None:
        assert all(column.meaning for column in columns(KINDS[kind].table))

    def test_nothing_is_explained_that_is_not_there(self) -> None:
        there = {c.name for kind in KINDS.values() for c in columns(kind.table)}
        there |= {
            f"{kind.table.rpartition('/')[2][:-4]}.{c.name}" for kind in KINDS.values() for c in columns(kind.table)
        }
        assert set(MEANINGS) | set(CHOICES) <= there

    def test_the_words_a_column_may_hold_are_those_of_the_readme(self) -> None:
        readme = (Path(check.__file__).parents[1] / "data" / "README.md").read_text("utf-8")
        for path, words in CHOICES.items():
            table = path.partition(".")[0]
            (line,) = [line for line in readme.splitlines() if line.startswith(f"| `{table}.csv`")]
            assert all(word in line for word in words), path

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_row_that_ships_stands_in_a_file_as_it_was(self, kind: str, tmp_path: Path) -> None:
        table = KINDS[kind].table
        page = sheet.read(tmp_path, table)
        rows = rows_of(load(), table)[:50]
        for row in rows:
            page.put(row)
        assert len(page.rows) == len(rows)
        shipped = Path(check.__file__).parents[1] / "data" / table
        with shipped.open(encoding="utf-8", newline="") as lines:
            wanted = list(csv.reader(lines))[: len(rows) + 1]
        assert page.header == wanted[0]
        assert sorted(page.rows) == sorted(wanted[1:])


def test_a_person_goes_into_a_folder_that_is_made(tmp_path: Path) -> None:
    added = nowak(tmp_path / "mine")

    assert (added.outcome, added.line, added.written) == ("added", 2, True)
    assert isinstance(added.row, Person)
    assert (added.row.title, added.row.sector, added.row.source) == (
        "Foreign Minister",
        "GOV",
        "added by hand, 2024-06-01",
    )
    assert set(added.filled) == {"title", "sector", "source"}
    text = (tmp_path / "mine" / "actors" / "people.csv").read_text("utf-8")
    assert text.splitlines()[0] == "name,spellings,short,gender,office,title,actor,sector,from,to,wikidata,source"
    assert check.faults(["builtin", str(tmp_path / "mine")])[0] == []


def test_the_same_row_again_is_no_change_and_another_replaces_it(tmp_path: Path) -> None:
    nowak(tmp_path)
    assert nowak(tmp_path).outcome == "unchanged"
    replaced = nowak(tmp_path, to="2025-01")
    assert replaced.outcome == "replaced" and isinstance(replaced.before, Person) and replaced.before.to == ""
    assert len((tmp_path / "actors" / "people.csv").read_text("utf-8").splitlines()) == 2


def test_nothing_is_written_in_a_dry_run(tmp_path: Path) -> None:
    added = add("person", NOWAK, folder=tmp_path / "mine", today=TODAY, dry_run=True)
    assert not added.written and added.line == 2 and not (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"actor": "Poland"}, "did you mean POL (Poland)?"),
        ({"actor": "IGO:NATOO"}, "IGO:NATO"),
        ({"office": "minister of foreign affairs"}, "did you mean foreign-minister"),
        ({"sector": "GVO"}, "one of AGR"),
        ({"to": "2023"}, "dates in order"),
        ({"from": "2024-02-31"}, "a day that the calendar has"),
        ({"from": "13 May 2024"}, "YYYY"),
        ({"gender": "x"}, "one of m, f"),
        ({"wikidata": "12"}, "a Q-number"),
        ({"office": ""}, "Key of an office"),
        ({"colour": "red"}, "name, spellings"),
    ],
)
def test_a_row_that_would_be_a_fault_is_refused(tmp_path: Path, given: dict[str, str], told: str) -> None:
    with pytest.raises(LexiconError) as caught:
        add("person", NOWAK | given, folder=tmp_path / "mine", today=TODAY)
    assert any(told in f"{fault.found}; {fault.wanted}" for fault in caught.value.faults)
    assert not (tmp_path / "mine").exists()


def test_faults_that_were_there_do_not_hinder(tmp_path: Path) -> None:
    (tmp_path / "actors").mkdir()
    (tmp_path / "actors" / "seats.csv").write_text("form,code,kind\nRed House,QQQ,seat\n")

    assert nowak(tmp_path).outcome == "added"


def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "actors" / "people.csv"
    path.parent.mkdir()
    path.write_text("name,actor\nJo Quell\n")

    with pytest.raises(LexiconError, match="1 cells"):
        nowak(tmp_path)
    assert path.read_text() == "name,actor\nJo Quell\n"


def test_a_file_with_fewer_columns_gets_those_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "actors" / "people.csv"
    path.parent.mkdir()
    path.write_text("name,actor\nJo Quell,PER\n")

    nowak(tmp_path)

    with path.open(encoding="utf-8", newline="") as lines:
        rows = {row["name"]: row for row in csv.DictReader(lines)}
    assert rows["Jo Quell"]["actor"] == "PER" and rows["Anna Nowak"]["short"] == "Nowak"


class TestNotes:
    def test_another_holder_of_the_office(self, tmp_path: Path) -> None:
        put(tmp_path, name="Jan Kowal", office="finance-minister", actor="QAT", from_="2090-01-05", to="2092-01-05")
        added = put(tmp_path, name="Ed Rand", office="finance-minister", actor="QAT", from_="2091-01-05")
        assert any("also held by Jan Kowal, 2090-01-05 to 2092-01-05" in note for note in added.notes)

    def test_handing_over_is_no_overlap(self, tmp_path: Path) -> None:
        given = {"office": "justice-minister", "actor": "NRU"}
        put(tmp_path, name="Jan Kowal", from_="2090-01-05", to="2092-01-05", **given)
        assert put(tmp_path, name="Ed Rand", from_="2092-01-05", **given).notes == ()

    def test_a_spelling_that_the_tables_know(self, tmp_path: Path) -> None:
        added = put(tmp_path, name="Sergey Lavrov", office="envoy", actor="RUS", from_="2090-01-05")
        assert any("a spelling of Sergei Lavrov" in note for note in added.notes)

    def test_a_name_of_another(self, tmp_path: Path) -> None:
        added = put(tmp_path, "armed-group", name="Kremlin Brigade", aliases="NATO|KB", code="NSA:KB")
        assert any(note.startswith("NATO is also a name of") for note in added.notes)

    def test_a_row_in_front_of_a_built_in_one(self, tmp_path: Path) -> None:
        added = put(tmp_path, "seat", form="White House", code="USA", sector="GOV", kind="seat")
        assert added.shadows is not None and added.shadows.where.startswith("actors/seats.csv:")


def test_each_kind_of_row_can_be_added(tmp_path: Path) -> None:
    put(tmp_path, "state", name="Freedonia", code="FRD", adjectives="Freedonian", nationals="Freedonians")
    put(tmp_path, "organisation", name="Tide Council", code="IGO:TIDE", kind="forum")
    put(tmp_path, "member", org="IGO:TIDE", state="FRD", from_="2001")
    put(tmp_path, "armed-group", name="Red Llama Front", code="NSA:RLF", country="FRD|PER")
    put(tmp_path, "seat", form="Red House", code="FRD", kind="seat", sector="GOV")
    put(tmp_path, "role", role="tidewatcher", sector="GOV", kind="person", example="A Peruvian tidewatcher left.")
    put(tmp_path, "ambiguous", form="Freedonia", code="FRD", before="Duke of")
    put(tmp_path, "verb", pattern="SOURCE snub TARGET", event="REJECT", example="Peru snubbed Chile.")
    put(tmp_path, "reporting", lemma="burble", frame="clause|quote", example="Jo Quell burbled that it rained.")
    tables = check.check(["builtin", str(tmp_path)])
    assert {g.code: g.country for g in tables.armed_groups}["NSA:RLF"] == ("FRD", "PER")


def test_a_pattern_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="before the verb"):
        put(tmp_path, "verb", pattern="snub TARGET", event="REJECT", example="Peru snubbed Chile.")


def test_what_was_added_is_read_with(tmp_path: Path, parser: Parser) -> None:
    from dragoman.coder import Coder
    from dragoman.records import Article, Published

    nowak(tmp_path, gender="f")
    text = "Talks\n\nAnna Nowak criticised Peru on Monday. She said that the port was closed."
    published = Published(start="2024-06-04", end="2024-06-04", granularity="day", source="given", confidence=1.0)
    article = Article(id="a", title="Talks", text=text, body_start=7, language="en", published=published)

    (reading,) = Coder(load(["builtin", str(tmp_path)]), parser).code([article])

    found = {(p.name, p.actor, p.office, p.via) for p in reading.actors}
    assert ("Anna Nowak", "POL", "foreign-minister", "name") in found


class TestCommands:
    def test_help_tells_every_column(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("add", "person", "--help") == 0
        told = capsys.readouterr().out
        assert all(column.option in told for column in columns(KINDS["person"].table) if column.name != "name")

    def test_what_was_added_is_told_and_how_to_use_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        given = [
            "person",
            "Ed Rand",
            "--office",
            "judge",
            "--actor",
            "NRU",
            "--from",
            "2090-01-05",
            "--spelling",
            "E R",
        ]
        assert run("add", *given, "--folder", "mine") == 0
        told = capsys.readouterr()
        assert "added to mine/actors/people.csv:2" in told.out and 'lexicon = ["builtin", "mine"]' in told.out
        assert told.err == ""

        (tmp_path / "dragoman.toml").write_text('lexicon = ["builtin", "mine"]\n')
        assert run("add", *given) == 0  # the folder of the settings
        assert capsys.readouterr().out == "mine/actors/people.csv:2 says so already\n"

        assert run("add", *given, "--to", "2091", "--dry-run") == 0
        told = capsys.readouterr()
        assert "would be replaced" in told.out and "to          (empty) -> 2091" in told.out
        assert "2091" not in (tmp_path / "mine" / "actors" / "people.csv").read_text("utf-8")

    def test_what_is_refused_is_told_by_cell(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        folder = str(tmp_path / "mine")
        assert run("add", "person", "Ed Rand", "--office", "jugde", "--actor", "NRU", "--folder", folder) == 2
        told = capsys.readouterr()
        assert told.out == "" and told.err.startswith("dragoman: not added: office 'jugde'; ")
        assert "did you mean judge?" in told.err

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["add", "person", "Ed Rand", "--office", "judge", "--actor", "NRU"], "--folder"),
            (["add", "person", "Ed Rand", "--office", "judge", "--actor", "NRU", "--folder", "builtin"], "of your own"),
            (["add", "person", "Ed Rand"], "--office"),
            (["add", "seat", "Red House", "--code", "NRU", "--kind", "hut", "--folder", "mine"], "'ministry'"),
        ],
    )
    def test_wrong_usage(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        arguments: list[str],
        told: str,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert run(*arguments) == 2
        assert told in capsys.readouterr().err and not (tmp_path / "mine").exists()


WORDS = st.text(string.ascii_letters + "éłø -'\",;#", min_size=1, max_size=20).map(lambda s: f"X{s.strip()}y")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(WORDS, min_size=1, max_size=4, unique=True), source=WORDS)
def test_whatever_the_words_they_come_back(tmp_path: Path, names: list[str], source: str) -> None:
    page = sheet.Sheet("actors/people.csv", [c.name for c in columns("actors/people.csv")])
    rows = [Person(name=name, actor="PER", office="judge", spellings=("A b", name), source=source) for name in names]
    for row in rows:
        at = page.put(row)
        assert page.key(at) == (row.name, "judge", "")
    sheet.write(tmp_path, page)

    back = sheet.typed(sheet.read(tmp_path, "actors/people.csv"))

    assert {(r.name, r.source) for r in back.values() if isinstance(r, Person)} == {(n, source) for n in names}
    assert [page.key(n) for n in range(len(page.rows))] == sorted(page.key(n) for n in range(len(page.rows)))
    lines = {row.where.rpartition(":")[2]: row for row in back.values()}
    assert set(lines) == {str(page.line(n)) for n in range(len(page.rows))}


DATES = st.builds(
    lambda day, cut: day.isoformat()[: {0: 4, 1: 7, 2: 10}[cut]],
    st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31)),
    st.integers(0, 2),
)


@given(DATES, DATES, DATES, DATES)
def test_terms_overlap_both_ways_and_not_when_one_may_end_before(a: str, b: str, c: str, d: str) -> None:
    one = Person(name="One", actor="PER", from_=min(a, b), to=max(a, b))
    other = Person(name="Other", actor="PER", from_=min(c, d), to=max(c, d))
    assert terms.together(one, other) == terms.together(other, one)
    if terms.span(one.to)[0] <= terms.span(other.from_)[1]:
        assert not terms.together(one, other)
