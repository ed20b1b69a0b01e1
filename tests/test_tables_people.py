"""The office-holders can all be true together, are enough to read world news by, and the check of them sees faults."""

from __future__ import annotations

import csv
import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
ACTORS = ROOT / "src" / "dragoman" / "data" / "actors"
HEADS = {"president", "prime-minister", "chancellor", "monarch", "emir", "supreme-leader"}
HEADER = "name,spellings,short,gender,office,title,actor,sector,from,to,wikidata,source"


@cache
def check_people() -> ModuleType:
    # scripts/ is no package, on purpose: what stands there is run, not shipped
    spec = importlib.util.spec_from_file_location("check_people", ROOT / "scripts" / "check_people.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def people() -> tuple[dict[str, str], ...]:
    with (ACTORS / "people.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines, strict=True))


def holders(actor: str, title: str, day: str) -> set[str]:
    terms = [row for row in people() if (row["actor"], row["title"]) == (actor, title)]
    return {row["name"] for row in terms if row["from"] <= day and (not row["to"] or day < row["to"])}


def checked(folder: Path, *rows: str) -> int:
    """The exit code for a table of these rows, beside small tables of two states that do not exist."""
    (folder / "states.csv").write_text("code,name\nAAA,Aland\nBBB,Beland\n", encoding="utf-8")
    (folder / "organisations.csv").write_text("code,name\nIGO:CO,Council\n", encoding="utf-8")
    (folder / "armed-groups.csv").write_text("code,name\nNSA:DD,Dawn\n", encoding="utf-8")
    (folder / "seats.csv").write_text("form,sector\nRed House,GOV\n", encoding="utf-8")
    (folder / "roles.csv").write_text("role,sector\nsoldier,MIL\n", encoding="utf-8")
    offices = '[president]\nsector = "GOV"\n[envoy]\nsector = "GOV"\n[spokesperson]\nsector = "GOV"\n'
    (folder / "offices.toml").write_text(offices, encoding="utf-8")
    (folder / "people.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    code = check_people().main([str(folder), "--all"])
    assert isinstance(code, int)
    return code


TARROW = "Ilse Tarrow,Ilse Tarow,Tarrow,f,president,President,AAA,GOV,2010-05-01,2014-05-01,Q1,made up"
QUELL = "Jo Quell,,Quell,m,president,President,AAA,GOV,2014-05-01,,,made up"


def test_the_table_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_people().main([]) == 0, capsys.readouterr().err


def test_one_hands_over_to_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, TARROW, QUELL) == 0
    assert "2 terms of 2 people, 0 faults, 0 notes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (QUELL.replace("2014-05-01", "2013-05-01"), "line 2 has Ilse Tarrow (2010-05-01 to 2014-05-01) in that office"),
        (QUELL.replace("2014-05-01", "2012"), "Jo Quell (2012 to today) as President of AAA"),
        (QUELL.replace("AAA", "CCC"), "actor 'CCC'"),
        (QUELL.replace(",president,", ",regent,"), "office 'regent'"),
        (QUELL.replace("GOV", "GVO"), "sector 'GVO'"),
        (QUELL.replace("2014-05-01", "2014-02-30"), "date '2014-02-30'"),
        (QUELL.replace("2014-05-01,", "2014-05-01,2014-04"), "from 2014-05-01 to 2014-04"),
        (TARROW, "Ilse Tarrow / president / 2010-05-01 again"),
        (TARROW.replace("2010-05-01,2014-05-01", "2016,2018").replace(",f,", ",m,"), "gender 'm'"),
        (QUELL.replace(",,made", ",Q1,made"), "wikidata 'Q1'"),
        (QUELL.replace(",,made", ",1,made"), "wikidata '1'"),
        (QUELL.replace(",Quell,", ",Quell|,"), "a cell 'Quell|'"),
        (QUELL.replace("made up", ""), "no source"),
        (QUELL.replace("Jo Quell,,", "Jo Quell,Jo Quell,"), "a name twice in spellings"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, told: str) -> None:
    assert checked(tmp_path, TARROW, row) == 1
    err = capsys.readouterr().err
    assert err.startswith("people.csv:3: ") and told in err


def test_a_wrong_header_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checked(tmp_path, TARROW)
    table = tmp_path / "people.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("wikidata,source", "source,wikidata"), encoding="utf-8")
    assert check_people().main([str(tmp_path)]) == 1
    assert "people.csv:1: columns name," in capsys.readouterr().err


def test_dates_cut_short_are_read_in_the_holders_favour(tmp_path: Path) -> None:
    assert checked(tmp_path, TARROW.replace("2014-05-01", "2014"), QUELL.replace("2014-05-01", "2014")) == 0


@pytest.mark.parametrize("more", ["Deputy President", "Acting President"])
def test_another_title_is_no_fault_but_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str) -> None:
    assert checked(tmp_path, TARROW, QUELL.replace("President", more).replace("2014-05-01", "2012")) == 0
    assert "info: AAA president: Ilse Tarrow (2010-05-01 to 2014-05-01), President, beside Jo Quell (2012 to " in (
        capsys.readouterr().out
    )


def test_several_may_speak_for_one_government_but_nobody_twice(tmp_path: Path) -> None:
    voice = "Jo Quell,,Quell,m,spokesperson,Spokesman,AAA,GOV,2014,2016,,made up"
    assert checked(tmp_path, voice, voice.replace("Jo Quell", "Ed Rand")) == 0
    assert checked(tmp_path, voice, voice.replace("2014,2016", "2013,2016")) == 1


def test_an_empty_office_is_noted_unless_somebody_acted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    late = QUELL.replace("2014-05-01", "2015-05-01")
    acting = "Ed Rand,,Rand,m,president,Acting President,AAA,GOV,2014-05-01,2015-05-01,,made up"
    assert checked(tmp_path, TARROW, late) == 0
    assert "info: AAA has no President between Ilse Tarrow" in capsys.readouterr().out
    assert checked(tmp_path, TARROW, acting, late) == 0
    assert "has no President" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("actor", "title", "day", "name"),
    [
        ("USA", "Secretary of State", "2013-06-01", "John Kerry"),
        ("USA", "Secretary of State", "2019-06-01", "Mike Pompeo"),
        ("USA", "National Security Adviser", "2018-10-23", "John Bolton"),
        ("USA", "Ambassador to the United Nations", "2018-04-14", "Nikki Haley"),
        ("RUS", "Foreign Minister", "2010-01-01", "Sergei Lavrov"),
        ("RUS", "President", "2010-06-24", "Dmitry Medvedev"),
        ("RUS", "Defence Minister", "2024-06-01", "Andrei Belousov"),
        ("DEU", "Chancellor", "2022-02-24", "Olaf Scholz"),
        ("GBR", "Foreign Secretary", "2018-03-12", "Boris Johnson"),
        ("FRA", "President", "2015-11-13", "François Hollande"),
        ("CHN", "Foreign Minister", "2023-03-07", "Qin Gang"),
        ("UKR", "Foreign Minister", "2022-03-10", "Dmytro Kuleba"),
        ("IRN", "Foreign Minister", "2015-07-14", "Mohammad Javad Zarif"),
        ("ISR", "Prime Minister", "2022-03-01", "Naftali Bennett"),
        ("IND", "External Affairs Minister", "2016-09-26", "Sushma Swaraj"),
        ("IGO:NATO", "Secretary-General", "2014-03-01", "Anders Fogh Rasmussen"),
        ("IGO:UN", "Secretary-General", "2012-09-25", "Ban Ki-moon"),
        ("IGO:EU", "High Representative for Foreign Affairs", "2013-11-24", "Catherine Ashton"),
        ("IGO:IAEA", "Director-General", "2022-09-01", "Rafael Grossi"),
    ],
)
def test_who_held_an_office_on_a_day(actor: str, title: str, day: str, name: str) -> None:
    assert holders(actor, title, day) == {name}


def test_there_are_enough_to_read_world_news_by() -> None:
    def states_with(*offices: str) -> int:
        return len({row["actor"] for row in people() if row["office"] in offices and ":" not in row["actor"]})

    assert len(people()) >= 5000
    assert states_with(*HEADS) >= 190
    assert states_with("foreign-minister") >= 155
    assert states_with("defence-minister") >= 90
    assert states_with("un-ambassador") >= 80
    assert len({row["actor"] for row in people() if row["actor"].startswith("IGO:")}) >= 60
    assert len({row["actor"] for row in people() if row["actor"].startswith("NSA:")}) >= 60


def test_a_state_without_a_head_or_a_foreign_minister_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, TARROW, QUELL.replace("2014-05-01", "2015-05-01")) == 0
    out = capsys.readouterr().out
    assert "info: AAA has no head from 2014-05-01 to 2015-05-01" in out
    assert "info: AAA has no foreign minister at all" in out
    assert "info: BBB has no head at all" in out
    assert "4 gaps of more than 6 months in main offices" in out
    assert check_people().main([str(tmp_path), "--all", "--months", "14"]) == 0
    assert "AAA has no head" not in capsys.readouterr().out


def test_the_large_states_are_covered_without_a_gap(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_people().main(["--all", "--months", "6"]) == 0
    out = capsys.readouterr().out
    large = (
        "USA CHN RUS JPN DEU FRA GBR ITA CAN IND BRA MEX ARG KOR AUS TUR SAU IDN ZAF "  # the G20
        "ESP POL UKR ISR IRN EGY PAK NGA KEN ETH VNM THA PHL MYS SGP IRQ SYR LBN JOR QAT ARE BLR SRB HUN ROU BGR"
    ).split()
    assert not [
        line
        for line in out.splitlines()
        if " has no " in line and line.split()[1] in large and ("no head" in line or "no foreign minister" in line)
    ]
