"""Codes of other schemes, cells of tables, lines of files."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import SourceError
from dragoman.exchange import cells, lines, plover_codes
from dragoman.exchange import given as told
from dragoman.exchange.crosswalk import cameo_quad, fips_of, schemes
from dragoman.exchange.event_rows import Party
from dragoman.exchange.set_aside import SetAside, Unfit
from exchange_material import SECTORS, STATES, an_event, codes, texts


@pytest.mark.parametrize(
    ("code", "actor", "sectors"),
    [
        ("USA", "USA", ()),
        ("USAGOV", "USA", ("GOV",)),
        ("SYRREBUAF", "SYR", ("REB", "UAF")),
        ("GZSREB", "PSE", ("REB",)),
        ("ROMMIL", "ROU", ("MIL",)),
        ("USAMED", "USA", ("JRN",)),  # media in CAMEO, medical in PLOVER
        ("USAHLH", "USA", ("MED",)),
        ("IGOUNO", "IGO:UN", ()),
        ("UNO", "IGO:UN", ()),
        ("IGOWSTNAT", "IGO:NATO", ()),
        ("IGOEUREEC", "IGO:EU", ()),
        ("IGOUNOHLHWHO", "IGO:WHO", ()),
        # not sure: kept as given
        ("EUR", "EUR", ()),
        ("IRQKUR", "IRQKUR", ()),
        ("USAUNK", "USAUNK", ()),
        ("NGOHRI", "NGOHRI", ()),
        ("IMGMUSALQ", "IMGMUSALQ", ()),
        ("---GOV", "---GOV", ()),
        ("XYZGOV", "XYZGOV", ()),
        ("usagov", "usagov", ()),
        ("GOV", "GOV", ()),
        ("MED", "MED", ()),
    ],
)
def test_actors_of_cameo(code: str, actor: str, sectors: tuple[str, ...]) -> None:
    found = codes().party(code)
    assert found is not None
    assert (found.code, found.sectors) == (actor, sectors)
    assert codes().cameo_actor(found) == (code, True)  # and it is written as it came


@pytest.mark.parametrize("code", ["", "---", "  ", "------"])
def test_nobody(code: str) -> None:
    assert codes().party(code) is None
    assert codes().party(code, "NOBODY KNOWN") == Party(name="NOBODY KNOWN")


def test_every_sector_and_state_reads_back() -> None:
    for state in STATES:
        for sector in [None, *SECTORS]:
            written, faithful = codes().cameo_actor(Party(code=state, sector=sector))
            assert faithful, written
    assert codes().cameo_actor(Party(code="NGO:REDCROSS")) == ("NGO", False)
    assert codes().cameo_actor(Party(code="NSA:SOMEBODY", sector="REB")) == ("IMGREB", False)


def test_leading_zeros_are_told_of() -> None:
    assert (codes().act("0211").type, codes().happened("030").type) == ("", "AGREE")
    with pytest.raises(Unfit) as fault:
        codes().act("211")
    assert "0211" in fault.value.wanted and "zero" in fault.value.wanted
    with pytest.raises(Unfit) as fault:
        codes().happened("010")
    assert fault.value.why == "no_event"
    assert codes().act("10").type == "REQUEST"  # a root of its own, and not 010
    with pytest.raises(Unfit):
        codes().act("999")


def test_every_type_and_mode_has_a_cameo_code() -> None:
    for kind, worth in codes().kinds.items():
        for mode in [None, *worth.modes]:
            row = an_event(type=kind, mode=mode)
            found = codes().cameo(row)
            assert found is not None, (kind, mode)
            act, lost = found
            read = codes().act(act.code)
            same = "mode" if read.type == kind else "type"
            assert lost == ("" if (read.type, read.mode) == (kind, mode) else same)
            assert lost != "type" or (kind, mode) == ("RETREAT", "resign")
            assert cameo_quad(act.code) in (1, 2, 3, 4)
    assert codes().cameo(an_event(type="CONSULT", mode="visit", cameo="043"))[0].swap  # type: ignore[index]
    assert codes().cameo(an_event(type="SKIRMISH", mode=None)) is None


def test_fips_reads_back() -> None:
    assert len(fips_of()) > 190
    for code, fips in fips_of().items():
        assert code in codes().states
        assert schemes()["fips"][fips] == code


def test_tables_name_what_there_is() -> None:
    sectors = {sector for (part, _), (_, sector) in codes().actors.items() if part == "sector"}
    for sector in schemes()["icews_sectors"]["words"].values():
        assert sector in sectors
    for word in schemes()["icews_sectors"]["wider"]:
        assert word in schemes()["icews_sectors"]["words"] or word == "Ideological"
    for body in schemes()["plover"]["bodies"].values():
        assert body in codes().labels


def test_names_that_several_bear_are_nobodys() -> None:
    assert codes().actor_named("russian  FEDERATION") == "RUS"
    assert codes().actor_named("North Atlantic Treaty Organization") == "IGO:NATO"
    assert codes().actor_named("Atlantis") is None


def test_plover_codes() -> None:
    assert plover_codes.act("DISAPPROVE", [], codes()) == ("ACCUSE", "disapprove", [])
    assert plover_codes.act("assault", ["Suicide attack", "beat"], codes()) == ("ASSAULT", "suicide-attack", ["beat"])
    assert plover_codes.act("AID", ["loudly"], codes()) == ("AID", None, ["loudly"])
    assert plover_codes.act("YIELD", ["release"], codes())[:2] == ("RETREAT", "release")
    for kind in ("YIELD", "SKIRMISH", ""):
        with pytest.raises(Unfit):
            plover_codes.act(kind, [], codes())
    assert plover_codes.party("UNO", ["GOV", "GOV"], None, codes()) == Party(code="IGO:UN", sector="GOV")
    nato = plover_codes.party("IGO", [], "North Atlantic Treaty Organization", codes())
    assert nato is not None and nato.code == "IGO:NATO"
    lost = plover_codes.party("IGO", [], "Some Body", codes())
    assert lost is not None and lost.code == "IGO"
    assert [plover_codes.code_of(Party(code=c)) for c in ("IGO:EU", "IGO:NATO", "NSA:X", "USA", None)] == [
        "EUR", "IGO", "IMG", "USA", ""
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("20240301", "2024-03-01"),
        ("2024-03-01", "2024-03-01"),
        ("2024-03-01 00:00:00", "2024-03-01"),
        ("2024-03-01T10:00:00Z", "2024-03-01"),
        ("20240301101500", "2024-03-01"),
        ("3/1/2024", "2024-03-01"),
        ("20240230", None),
        ("202403011", None),
        ("2024", None),
        ("", None),
        ("00000000", None),
    ],
)
def test_days(written: str, day: str | None) -> None:
    if day is None:
        with pytest.raises(Unfit):
            told.day(written)
    else:
        assert told.day(written).isoformat() == day


def test_sites() -> None:
    assert told.site("https://www.news.example/a?b") == "news.example"
    for address in (None, "", "BBC Monitoring", "http://[broken", "urn:x"):
        assert told.site(address) is None


# cells


@given(st.lists(texts, min_size=1, max_size=5))
def test_cells_of_a_table_with_tabs_come_back(found: list[str]) -> None:
    line = "\t".join(map(cells.tab_cell, found))
    assert "\n" not in line and "\r" not in line and len(line.splitlines()) <= 1
    back = cells.tab_cells(line)
    assert len(back) == len(found)
    for cell, again in zip(found, back, strict=True):
        if not cells.has_breaks([cell]):
            assert again == cell
        else:
            assert again.split() == cell.split()


@given(st.lists(texts, max_size=4))
def test_lists_in_a_cell_come_back(found: list[str]) -> None:
    assert cells.unlisted(cells.listed(found)) == found


@given(texts)
def test_no_cell_is_a_formula(cell: str) -> None:
    for written in (cells.sheet_cell(cell), cells.tab_cell(cell).strip('"')):
        assert re.fullmatch("-[0-9.e+-]+", written) or not written.lstrip("\u200b\ufeff \t\r\n\x0b\x0c").startswith(
            ("=", "+", "-", "@", "＝", "＋", "－", "＠")
        )
    assert cells.plain(cells.sheet_cell(cell)) == cell


def test_negative_numbers_stay_numbers() -> None:
    assert [cells.sheet_cell(c) for c in ("-10.0", "-3", "-1e-5", "-1+1", "-A1")] == [
        "-10.0", "-3", "-1e-5", "'-1+1", "'-A1",
    ]  # fmt: skip
    assert cells.tab_cell("-33.45") == "-33.45"


def test_quoted_and_unquoted_tables_are_read_alike() -> None:
    assert cells.tab_cells('"a ""b"" c"\tMo "X" Y\t"') == ['a "b" c', 'Mo "X" Y', '"']
    assert cells.sheet_cell("a\ud800") == "a\ufffd"


def test_numbers() -> None:
    assert cells.number(" -2.5 ", "x", low=-10, high=10) == -2.5
    assert cells.number("", "x", low=0, high=1) is None
    assert cells.whole("12.0", "x") == 12
    for cell in ("a", "nan", "inf", "11", "#"):
        with pytest.raises(Unfit):
            cells.number(cell, "x", low=-10, high=10)
    for cell in ("a", "1.5", "９９" * 30):
        with pytest.raises(Unfit):
            cells.whole(cell, "x")


# files


def all_lines(source: lines.Source) -> list[tuple[int, object]]:
    return list(lines.numbered(source))


@pytest.mark.parametrize("ending", ["", ".gz", ".zip"])
def test_packed_or_not(tmp_path: Path, ending: str) -> None:
    raw = b"\xef\xbb\xbfone\r\n\ntwo\xe2\x80\xa8still two\n\t\nlast"
    path = tmp_path / f"file{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("inside", raw)
    else:
        path.write_bytes(gzip.compress(raw) if ending else raw)
    assert all_lines(path) == [(1, "one"), (3, "two\u2028still two"), (4, "\t"), (5, "last")]
    assert lines.head(path, 2) == ["one", "two\u2028still two"]


def test_what_is_no_text_is_set_aside() -> None:
    found = all_lines(io.BytesIO(b"good\nb\xe4d\ngood"))
    assert [number for number, _ in found] == [1, 2, 3]
    bad = found[1][1]
    assert isinstance(bad, SetAside) and "0xe4" in bad.found and "UTF-8" in bad.wanted and bad.raw == "b\\xe4d"
    assert str(bad).startswith("stream:2: ")


def test_an_endless_line_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 10)
    found = all_lines(io.BytesIO(b"short\n" + b"x" * 55 + b"\nnext\n"))
    assert isinstance(found[1][1], SetAside)
    assert [found[0], found[2]] == [(1, "short"), (3, "next")]


def test_a_file_that_breaks_off_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress("".join(f"row {n}\n" for n in range(20_000)).encode())[:-2000])
    *before, (number, last) = all_lines(path)
    assert before and isinstance(last, SetAside) and last.line == number == len(before) + 1
    assert "breaks off" in last.found


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as fault:
        all_lines(tmp_path / "nowhere")
    assert fault.value.outcome == "not_found"
    with pytest.raises(SourceError) as fault:
        all_lines(tmp_path)
    assert fault.value.outcome == "unreadable"
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("one", "a")
        packed.writestr("two", "b")
    with pytest.raises(SourceError, match="2 files"):
        all_lines(path)
    path.write_bytes(b"PK\x03\x04broken")
    with pytest.raises(SourceError, match="damaged"):
        all_lines(path)


def test_a_stream_that_was_handed_over_stays_open() -> None:
    for raw in (b"one\n", gzip.compress(b"one\n")):
        stream = io.BytesIO(raw)
        assert all_lines(stream) == [(1, "one")]
        stream.seek(0)
        assert lines.head(stream) == ["one"]
