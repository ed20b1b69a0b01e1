"""Dictionaries and exports of others become rows: what is brought over, what is left out and why; nothing is lost."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman import cli
from dragoman.lexicon import check
from dragoman.lexicon.bring import OUR_REASONS, Brought, LeftOut, bring
from dragoman.lexicon.crosswalk import cameo_actors, wikidata_items
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.nearest import sectors
from dragoman.lexicon.petrarch import files as petrarch
from dragoman.lexicon.petrarch.lines import Code, Entry, entries, read_code
from dragoman.lexicon.petrarch.spelling import written
from dragoman.lexicon.rows import Member, Organisation, Person, Row, Seat, State, VerbPattern
from dragoman.lexicon.wikidata import dates, stream
from dragoman.lexicon.wikidata import files as wikidata
from dragoman.lexicon.wikidata.positions import Positions

SAMPLES = Path(__file__).parent / "lexicon_samples"


def run(*arguments: str) -> int:
    return cli.run(["lexicon", "import", *arguments])


def sample(*names: str) -> list[str]:
    return [str(SAMPLES / name) for name in names]


def of_kind(found: Iterable[Row | LeftOut], kind: type) -> list[Any]:
    return [one for one in found if isinstance(one, kind)]


def table(folder: Path, name: str) -> dict[str, dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as lines:
        return {next(iter(row.values())): row for row in csv.DictReader(lines)}


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.csv"))}


class TestCrosswalks:
    def test_codes_are_those_of_our_tables(self, lexicon: Lexicon) -> None:
        actors = {s.code for s in lexicon.states} | {o.code for o in lexicon.organisations}
        for code in cameo_actors().values():
            assert not code.actor or code.actor in actors, code
            assert not code.sector or code.sector in sectors(lexicon), code
            assert not code.office or code.office in {o.key for o in lexicon.offices}, code

    def test_an_office_told_only_from_a_sector_is_one_that_many_hold(self) -> None:
        # the office alone ("the Polish official") must not become the one person an import happens to know
        from dragoman.find.who.titles import MANY

        assert {code.office for code in cameo_actors().values() if code.office} <= MANY

    def test_each_state_has_a_number_of_its_own(self, lexicon: Lexicon) -> None:
        states = wikidata_items()["state"]
        assert {s.code for s in lexicon.states} <= set(states.values()) <= {s.code for s in lexicon.states}


class TestLines:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("CHLGOV", ("CHLGOV", "", "")),
            ("CHLGOV <010301", ("CHLGOV", "", "2001-02-28")),
            ("CHLGOV >991231", ("CHLGOV", "2000-01-01", "")),
            ("CHLGOV 980101-20010228", ("CHLGOV", "1998-01-01", "2001-02-28")),
            ("chlgov>19980101", ("CHLGOV", "1998-01-02", "")),
        ],
    )
    def test_codes_and_their_days(self, text: str, wanted: tuple[str, str, str]) -> None:
        code = read_code(text, "x:1")
        assert isinstance(code, Code) and code[:3] == wanted

    @pytest.mark.parametrize(
        ("text", "reason"),
        [("---", "null_code"), ("CHL/PER", "several_codes"), ("CHL <019999", "unreadable_code"),
         ("c1", "unreadable_code"), ("CHL 020101-010101", "unreadable_code")],
    )  # fmt: skip
    def test_what_is_no_code_has_a_reason(self, text: str, reason: str) -> None:
        code = read_code(text, "x:1")
        assert isinstance(code, LeftOut) and code.reason == reason

    def test_a_code_on_the_line_and_codes_below_and_comments(self) -> None:
        lines = ["A_B_ [CHL] ; told", "<!-- C_ [PER]", "--> D_ # told", "+E_", "\t[PERGOV <010101]", "[PERELI >010101]"]
        found = of_kind(entries(lines, "f"), Entry)
        assert [(e.where, e.phrase, len(e.synonyms), len(e.codes)) for e in found] == [
            ("f:1", "A_B_", 0, 1),
            ("f:3", "D_", 1, 2),
        ]

    @given(st.lists(st.text("AB_+-[]<>!&*;#~ 019{}CHLGOV", max_size=24), max_size=12))
    def test_whatever_stands_there_is_read_or_told(self, lexicon: Lexicon, lines: list[str]) -> None:
        for kind, read in petrarch.KINDS.items():
            for one in read(lines, kind, lexicon):
                assert isinstance(one, Row | LeftOut)
                if isinstance(one, LeftOut):
                    assert one.reason in petrarch.REASONS
                assert re.match(rf"{kind}:\d+", one.where)


@pytest.mark.parametrize(
    ("phrase", "wanted"),
    [
        ("JO_BIN_QUELL_", "Jo bin Quell"),
        ("ED_AL-RAND", "Ed al-Rand"),
        ("AL-RAND_ED_", "Al-Rand Ed"),
        ("JO_MCRAND_", "Jo McRand"),
        ("JO_O'RAND_", "Jo O'Rand"),
        ("U.N._", "U.N."),
        ("RLF_", "RLF"),
        ("MINISTRY_OF_TIDES_", "Ministry of Tides"),
        ("J._QUELL", "J. Quell"),
        ("Jo_deQuell", "Jo deQuell"),
    ],
)
def test_capitals_become_what_papers_print(phrase: str, wanted: str) -> None:
    assert written(phrase, {"bin", "al", "van"}) == wanted


@pytest.fixture
def found(lexicon: Lexicon) -> list[Row | LeftOut]:
    return list(petrarch.read(sample("actors.txt", "agents.txt", "verbs.txt"), lexicon))


class TestPetrarch:
    def test_kinds_of_files_are_told_apart(self) -> None:
        for kind in ("actors", "agents", "verbs"):
            assert petrarch.kind_of((SAMPLES / f"{kind}.txt").read_text("utf-8")) == kind

    def test_a_person_has_a_term_for_each_code(self, found: list[Row | LeftOut]) -> None:
        terms = [p for p in of_kind(found, Person) if "Ilse Tarrow" in p.spellings]
        assert [(p.office, p.sector, p.from_, p.to) for p in terms] == [
            ("", "ELI", "", "2010-03-10"),
            ("official", "GOV", "2010-03-11", "2014-03-11"),
            ("", "ELI", "2014-03-12", ""),
        ]
        assert terms[1].short == ("Tarrow",) and terms[1].actor == "CHL"
        assert terms[1].source == "PETRARCH dictionary actors.txt:11, CHLGOV; office told only from the sector GOV"

    def test_other_names_of_a_state(self, found: list[Row | LeftOut]) -> None:
        (state,) = of_kind(found, State)
        assert (state.code, state.aliases) == ("CHL", ("Chilenitos",))

    def test_institutions_bodies_and_groups(self, found: list[Row | LeftOut]) -> None:
        assert [(s.form, s.code, s.sector, s.kind) for s in of_kind(found, Seat)] == [
            ("Ministry of Tides", "PER", "GOV", "ministry")
        ]
        bodies = {o.code: o for o in of_kind(found, Organisation)}
        assert bodies["IGO:UN"].aliases == ("The World Body",)
        assert bodies["IGO:PANPACIFICTIDECOUNCIL"].aliases == ("P.P.T.C.",)
        assert "NGO:TIDEWATCH" in bodies

    def test_patterns_say_the_same_in_our_language(self, found: list[Row | LeftOut]) -> None:
        assert {(v.pattern, v.event, v.mode, v.example) for v in of_kind(found, VerbPattern)} == {
            ("SOURCE snub TARGET", "REJECT", "", "Chile snubbed Peru."),
            ("SOURCE snub timber/blanket from TARGET", "SANCTION", "discontinue",
             "Chile snubbed the timber from Peru."),
            ("SOURCE snub talk with TARGET", "REJECT", "meet", "Chile snubbed the talk with Peru."),
            ("SOURCE snub treaty [of/with/to/against/from TARGET]", "REJECT", "meet",
             "Chile snubbed the treaty of Peru."),
            ("SOURCE snub letter from TARGET", "NONE", "", "Chile snubbed the letter from Peru."),
        }  # fmt: skip

    def test_what_is_left_out_has_its_line_and_reason(self, found: list[Row | LeftOut]) -> None:
        left = {(one.where, one.reason) for one in of_kind(found, LeftOut)}
        assert left >= {
            ("actors.txt:7", "place"),
            ("actors.txt:9", "unknown_country"),
            ("actors.txt:24", "composed"),
            ("actors.txt:32", "region"),
            ("actors.txt:34", "unclear"),
            ("actors.txt:35", "several_codes"),
            ("actors.txt:37", "no_code"),
            ("actors.txt:41", "unreadable_line"),
            ("agents.txt:5", "office"),
            ("agents.txt:7", "unknown_macro"),
            ("verbs.txt:15", "passive"),
            ("verbs.txt:16", "words_before"),
            ("verbs.txt:21", "two_codes"),
            ("verbs.txt:22", "no_event"),
        }

    def test_an_old_file_that_is_not_utf8(self, tmp_path: Path, lexicon: Lexicon) -> None:
        file = tmp_path / "actors.txt"
        file.write_bytes("JOSÉ_QUELL_ [CHLGOV]".encode("cp1252"))
        (person,) = of_kind(petrarch.read([file], lexicon), Person)
        assert person.name == "José Quell"


class TestDates:
    @pytest.mark.parametrize(
        ("time", "precision", "wanted"),
        [
            ("+2014-05-13T00:00:00Z", 11, "2014-05-13"),
            ("+2014-05-00T00:00:00Z", 10, "2014-05"),
            ("+2014-01-01T00:00:00Z", 9, "2014"),
            ("+2014-00-00T00:00:00Z", 9, "2014"),
            ("+2014-00-00T00:00:00Z", 11, "2014"),
            ("+2010-01-01T00:00:00Z", 8, ""),
            ("-0044-03-15T00:00:00Z", 11, ""),
            ("", 11, ""),
        ],
    )
    def test_of_entities(self, time: str, precision: int, wanted: str) -> None:
        assert dates.of_snak({"time": time, "precision": precision}) == wanted

    @pytest.mark.parametrize(
        ("text", "precision", "wanted"),
        [
            ("2014-05-13T00:00:00Z", "", "2014-05-13"),
            ("2014-05-01T00:00:00Z", "", "2014-05"),
            ("2014-01-01T00:00:00Z", "", "2014"),
            ("2014-01-01T00:00:00Z", "11", "2014-01-01"),
            ("2014-05", "", "2014-05"),
            ("http://www.wikidata.org/.well-known/genid/1", "", ""),
        ],
    )
    def test_of_queries(self, text: str, precision: str, wanted: str) -> None:
        assert dates.of_binding(text, precision) == wanted


@pytest.mark.parametrize(
    ("label", "office", "actor"),
    [
        ("Minister of Foreign Affairs of Poland", "foreign-minister", "POL"),
        ("United States Secretary of State", "foreign-minister", "USA"),
        ("Polish Minister of Defence", "defence-minister", "POL"),
        ("Minister for Foreign Affairs (Sweden)", "foreign-minister", "SWE"),
        ("Secretary-General of the United Nations", "secretary-general", "IGO:UN"),
        ("President of the European Commission", "commission-president", "IGO:EU"),
        ("Permanent Representative of France to the United Nations", "un-ambassador", "FRA"),
        ("Ambassador of Germany to France", "ambassador", "DEU"),
        ("14th President of Chile", "president", "CHL"),
        ("Minister of Defence", "defence-minister", ""),
    ],
)
def test_positions_by_their_names(lexicon: Lexicon, label: str, office: str, actor: str) -> None:
    position = Positions(lexicon).read(label)
    assert position is not None and (position.office, position.actor) == (office, actor)


@pytest.mark.parametrize(
    "label", ["President of FC Barcelona", "keeper of the tides of Peru", "", "of Peru", "mayor of Lima"]
)
def test_positions_that_are_none(lexicon: Lexicon, label: str) -> None:
    assert Positions(lexicon).read(label) is None


class TestWikidata:
    def test_entities(self, lexicon: Lexicon) -> None:
        found = list(wikidata.read(sample("entities.json"), lexicon))
        people = {p.name: p for p in of_kind(found, Person)}
        tarrow = people["Ilse Tarrow"]
        assert (tarrow.office, tarrow.actor, tarrow.from_, tarrow.to) == (
            "foreign-minister", "CHL", "2009-05-13", "2010",
        )  # fmt: skip
        assert (tarrow.title, tarrow.gender, tarrow.wikidata) == ("Minister of Foreign Affairs", "f", "Q900000001")
        assert tarrow.spellings == ("Ilse Tarow",) and tarrow.source == "Wikidata Q900000001; year only"
        assert people["Jo Quell"].actor == "PER"
        assert [(m.org, m.state, m.from_) for m in of_kind(found, Member)] == [("IGO:UN", "CHL", "")]
        assert [o.code for o in of_kind(found, Organisation)] == ["IGO:PANPACIFICTIDECOUNCIL"]
        assert {one.reason for one in of_kind(found, LeftOut)} == {
            "alias_of_one_word", "unknown_position", "unnamed_position", "other_entity", "no_english_name",
            "no_position", "unknown_member",
        }  # fmt: skip

    def test_answers_of_a_query(self, lexicon: Lexicon) -> None:
        found = list(wikidata.read(sample("query.json"), lexicon))
        people = {p.name: p for p in of_kind(found, Person)}
        assert set(people) == {"Ilse Tarrow", "Jo Quell"}
        assert people["Jo Quell"].source.endswith("state from the citizenship")
        assert {one.reason for one in of_kind(found, LeftOut)} >= {"unknown_position", "ambiguous_actor", "no_start"}

    def test_terms_of_long_ago_are_counted(self, lexicon: Lexicon) -> None:
        found = list(wikidata.read(sample("entities.json"), lexicon, since=2020))
        assert "too_old" in {one.reason for one in of_kind(found, LeftOut)}

    def test_people_and_positions_may_stand_in_two_files(self, tmp_path: Path, lexicon: Lexicon) -> None:
        held = json.loads((SAMPLES / "entities.json").read_text("utf-8"))
        people = tmp_path / "people.jsonl"
        people.write_text("".join(json.dumps(e) + "\n" for e in held if e["id"].startswith("Q9")))
        rest = tmp_path / "rest.json.gz"
        rest.write_bytes(gzip.compress(json.dumps({"entities": {e["id"]: e for e in held[1:]}}).encode()))

        assert {p.name for p in of_kind(wikidata.read([people, rest], lexicon), Person)} == {"Ilse Tarrow", "Jo Quell"}

    def test_a_file_that_breaks_off_gives_what_stands_before(self, tmp_path: Path, lexicon: Lexicon) -> None:
        file = tmp_path / "cut.json"
        file.write_text((SAMPLES / "query.json").read_text("utf-8")[:1200])
        found = list(wikidata.read([file], lexicon))
        assert "Ilse Tarrow" in {p.name for p in of_kind(found, Person)}
        assert [one.reason for one in of_kind(found, LeftOut)][-1] == "broken_json"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4).filter(lambda d: not set(d) & {
    "head", "results", "entities", "success", "claims", "id"}), max_size=6)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=OBJECTS,
    form=st.sampled_from(["array", "lines", "query", "pretty"]),
    packed=st.integers(0, 2),
    chunk=st.integers(1, 40),
)
def test_a_stream_is_cut_anywhere_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: list[Any], form: str, packed: int, chunk: int
) -> None:
    monkeypatch.setattr(stream, "CHUNK", chunk)
    text = {
        "array": json.dumps(values),
        "lines": "".join(json.dumps(v) + "\n" for v in values),
        "query": json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": values}}),
        "pretty": json.dumps({"results": {"x": 1, "bindings": values}, "more": [1]}, indent=2, ensure_ascii=False),
    }[form]
    file = tmp_path / "values"
    file.write_bytes((bytes, gzip.compress, bz2.compress)[packed](text.encode()))

    assert [one.value for one in stream.items(file) if isinstance(one, stream.Item)] == values


class TestBringing:
    def rows(self, **changes: str) -> Person:
        given = {"name": "Ed Rand", "office": "judge", "title": "Judge", "actor": "NRU", "from_": "2010-05"} | changes
        return Person(**given, where="f:1")  # type: ignore[arg-type]

    def test_again_changes_nothing_whatever_the_order(self, tmp_path: Path, lexicon: Lexicon) -> None:
        files = sample("actors.txt", "query.json")
        readers: list[Any] = [petrarch.read, wikidata.read]
        for read, file in zip(readers, files, strict=True):
            bring(read([file], lexicon), tmp_path)
        first = content(tmp_path)
        again = [bring(read([file], lexicon), tmp_path) for read, file in zip(readers, files, strict=True)]

        assert content(tmp_path) == first
        assert all(b.count("added", "widened") == 0 and not b.files for b in again)
        assert check.faults(["builtin", str(tmp_path)])[0] == []

    def test_what_stands_there_is_kept_and_what_is_missing_is_added(self, tmp_path: Path) -> None:
        bring([self.rows(gender="m", source="by hand")], tmp_path)
        brought = bring([self.rows(from_="2010-05-20", to="2012", gender="f", spellings=("Edd Rand",))], tmp_path)  # type: ignore[arg-type]
        assert brought.count("added") == 1  # another gender: another person of that name

        brought = bring([self.rows(from_="2010-05-02", to="2012", gender="m", spellings=("E. Rand",))], tmp_path)  # type: ignore[arg-type]
        assert brought.count("widened") == 1
        rows = (tmp_path / "actors" / "people.csv").read_text("utf-8").splitlines()
        assert any(row.startswith("Ed Rand,E. Rand,,m,judge,Judge,NRU,,2010-05,2012,") for row in rows)

    def test_a_known_person_keeps_the_name_of_the_tables(self, tmp_path: Path) -> None:
        new = self.rows(name="Sergey Lavrov", actor="RUS", from_="2090-01-02", spellings=("Serguei Lavroff",))  # type: ignore[arg-type]
        bring([new], tmp_path)
        row = table(tmp_path, "actors/people.csv")["Sergei Lavrov"]
        assert "Serguei Lavroff" in row["spellings"] and row["wikidata"] == "Q58217"

    def test_a_term_with_another_end_is_told(self, tmp_path: Path) -> None:
        bring([self.rows(to="2012-01")], tmp_path)
        brought = bring([self.rows(to="2013-01")], tmp_path)
        assert brought.left["dates_differ"] == 1 and not brought.files

    def test_a_row_that_contradicts_is_left_out(self, tmp_path: Path) -> None:
        brought = bring([Seat(form="White House", code="CHL", kind="seat", sector="GOV", where="f:1")], tmp_path)
        assert brought.left["known_differently"] == 1 and not brought.files

    def test_a_row_that_would_be_a_fault_is_left_out_and_the_others_are_not(self, tmp_path: Path) -> None:
        brought = bring([self.rows(), self.rows(name="Jo Quell", actor="QQQ", from_="2014-02-30")], tmp_path)
        assert brought.left["would_be_a_fault"] == 1 and brought.count("added") == 1 and not brought.faults
        assert list(table(tmp_path, "actors/people.csv")) == ["Ed Rand"]

    def test_a_dry_run_writes_only_the_report(self, tmp_path: Path) -> None:
        brought = bring(
            [self.rows(), LeftOut("f:2", "x", "place")], tmp_path / "m", report=tmp_path / "r.csv", dry_run=True
        )
        assert brought.count("added") == 1 and not (tmp_path / "m").exists()
        assert (tmp_path / "r.csv").read_text("utf-8") == "where,words,reason,more\nf:2,x,place,\n"

    def test_all_that_came_in_is_counted(self, tmp_path: Path, lexicon: Lexicon) -> None:
        found = list(petrarch.read(sample("actors.txt", "agents.txt", "verbs.txt"), lexicon))
        brought: Brought = bring(found, tmp_path)
        assert sum(brought.left.values()) == len(of_kind(found, LeftOut))
        assert set(brought.left) <= set(petrarch.REASONS) | set(OUR_REASONS)


class TestCommands:
    def test_petrarch(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        report = tmp_path / "left.csv"
        given = [*sample("actors.txt", "agents.txt"), "--to", str(tmp_path / "mine"), "--report", str(report)]
        assert run("petrarch", *given) == 0
        told = capsys.readouterr()
        assert told.err == "" and "people:" in told.out and "checked: no fault found" in told.out
        with report.open(encoding="utf-8", newline="") as lines:
            count = len(list(csv.DictReader(lines)))
        assert f"left out: {count}\n" in told.out
        assert cli.run(["lexicon", "check", str(tmp_path / "mine")]) == 0

    def test_wikidata(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("wikidata", *sample("entities.json", "query.json"), "--to", str(tmp_path), "--dry-run") == 0
        assert "would be 2 added" in capsys.readouterr().out and not content(tmp_path)

    def test_a_file_with_nothing_for_us(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file = tmp_path / "x.json"
        file.write_text('[{"a": "b"}]')
        assert run("wikidata", str(file), "--to", str(tmp_path / "mine")) == 3
        assert "nothing was brought over" in capsys.readouterr().out

    def test_a_file_that_is_not_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("petrarch", str(tmp_path / "none.txt"), "--to", str(tmp_path)) == 2
        assert "does not exist" in capsys.readouterr().err
