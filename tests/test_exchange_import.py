"""Other people's events: each format's rows, faulty rows, and the way into a store."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dragoman.errors import SettingsError, SourceError
from dragoman.exchange import events_csv, gdelt, icews, incoming, ngec, phoenix, plover, polecat, set_aside
from dragoman.exchange.event_rows import EventRow, Party, columns, of_stored
from dragoman.store.base import Question
from dragoman.store.delta import create_store
from exchange_material import an_event, aside_in, codes, events_in, lines_of, named, texts


def gdelt_row(version: int = 2, **more: str) -> list[str]:
    """A row of GDELT about two states, with these cells in place of the usual."""
    row = dict.fromkeys(gdelt.LAYOUTS[{2: 61, 1: 58, 0: 57}[version]], "")
    row |= {
        "GLOBALEVENTID": "100200300",
        "SQLDATE": "20310309",
        "Actor1Code": "USAGOV",
        "Actor1Name": "SECRETARY",
        "Actor2Code": "FRA",
        "Actor2Name": "FRANCE",
        "IsRootEvent": "1",
        "EventCode": "0311",
        "EventBaseCode": "031",
        "EventRootCode": "03",
        "QuadClass": "1",
        "GoldsteinScale": "5.2",
        "NumMentions": "7",
        "AvgTone": "-1.25",
        "ActionGeo_FullName": "Paris, France (general), France",
        "ActionGeo_CountryCode": "GM",
        "ActionGeo_Lat": "48.8667",
        "ActionGeo_Long": "2.33333",
        "DATEADDED": "20310310",
    }
    if version:
        row["SOURCEURL"] = "https://www.news.example/a"
    assert not set(more) - set(row)
    return list((row | more).values())


def read_gdelt(*rows: list[str]) -> Any:
    return list(gdelt.read(named(lines_of(rows), "day.csv"), codes()))


def test_gdelt() -> None:
    (row,) = events_in(read_gdelt(gdelt_row()))
    assert (row.type, row.mode, row.quad, row.score, row.cameo, row.goldstein) == ("AGREE", None, 1, 2.5, "0311", 5.2)
    assert row.sources == (Party(code="USA", sector="GOV", name="SECRETARY"),)
    assert row.targets == (Party(code="FRA", name="FRANCE"),)
    assert (str(row.day), str(row.published)) == ("2031-03-09", "2031-03-10")
    assert (row.place, row.country, row.latitude) == (
        "Paris, France (general), France",
        "DEU",
        48.8667,
    )  # FIPS, not ISO
    assert (row.site, row.url) == ("news.example", "https://www.news.example/a")
    assert (row.id, row.origin, row.file, row.line) == ("100200300", "gdelt", "day.csv", 1)
    assert row.extra["NumMentions"] == "7" and row.extra["AvgTone"] == "-1.25"


@pytest.mark.parametrize("version", [0, 1])
def test_gdelt_of_version_1(version: int) -> None:
    (row,) = events_in(read_gdelt(gdelt_row(version)))
    assert row.latitude == 48.8667 and bool(row.url) == bool(version)


def test_who_hosts_a_visit_is_visited() -> None:
    (row,) = events_in(read_gdelt(gdelt_row(EventCode="043", EventBaseCode="043", EventRootCode="04")))
    assert (row.type, row.mode) == ("CONSULT", "visit")
    assert [p.code for p in (*row.sources, *row.targets)] == ["FRA", "USA"]
    (row,) = events_in(read_gdelt(gdelt_row(EventCode="043", EventRootCode="04", Actor2Code="", Actor2Name="")))
    assert row.sources[0].code == "USA"  # nobody to change places with


@pytest.mark.parametrize(
    ("cells", "found", "wanted"),
    [
        ({"EventCode": "311", "EventRootCode": "3"}, "'311'", "zeros in front kept"),
        ({"EventCode": "10", "EventRootCode": "01"}, "'10'", "zeros in front kept"),
        ({"EventCode": "9999", "EventRootCode": "99"}, "'9999'", "a code of CAMEO"),
        ({"EventCode": "---", "EventRootCode": "--"}, "'---'", "a code of CAMEO"),
        ({"EventCode": "", "EventRootCode": ""}, "''", "a code of CAMEO"),
        ({"SQLDATE": "20311309"}, "SQLDATE is '20311309'", "as 20240301"),
        ({"DATEADDED": "soon"}, "DATEADDED is 'soon'", "as 20240301"),
        ({"QuadClass": "5"}, "QuadClass is '5'", "1, 2, 3 or 4"),
        ({"GoldsteinScale": "much"}, "GoldsteinScale is 'much'", "a number from -10 to 10"),
        ({"ActionGeo_Lat": "48.85#"}, "ActionGeo_Lat is '48.85#'", "a number from -90 to 90"),
        ({"ActionGeo_Long": "200"}, "ActionGeo_Long is '200'", "a number from -180 to 180"),
    ],
)
def test_rows_of_gdelt_that_cannot_be_read(cells: dict[str, str], found: str, wanted: str) -> None:
    whole = read_gdelt(gdelt_row(), gdelt_row(**cells), gdelt_row())
    assert len(whole) == 3
    (fault,) = aside_in(whole)
    assert (fault.file, fault.line, fault.why) == ("day.csv", 2, "malformed")
    assert found in fault.found and wanted in fault.wanted
    assert fault.raw.split("\t")[0] == "100200300"
    assert str(fault) == f"day.csv:2: {fault.found}; {fault.wanted}"


def test_what_is_no_event_here_is_counted_apart() -> None:
    whole = read_gdelt(
        gdelt_row(EventCode="010", EventRootCode="01"),
        gdelt_row(EventCode="0211", EventRootCode="02"),
        gdelt_row(Actor1Code="", Actor1Name="", Actor2Code="", Actor2Name=""),
        gdelt_row()[:30],
        gdelt_row(),
    )
    assert [f.why for f in aside_in(whole)] == ["no_event", "no_event", "no_actor", "malformed"]
    assert list(set_aside.counted(aside_in(whole)).values()) == [1, 2, 1]
    faults, rest = io.StringIO(), io.StringIO()
    assert set_aside.write(aside_in(whole), faults, rest) == 4
    assert faults.getvalue().splitlines()[3] == "day.csv:4: 30 columns; " + (
        "61 columns (GDELT 2) or 58 (GDELT 1) with a tab between each"
    )
    # what was set aside can be mended and read again
    again = list(gdelt.read(io.BytesIO(rest.getvalue().encode()), codes()))
    assert [f.why for f in aside_in(again)] == ["no_event", "no_event", "no_actor", "malformed"]


def test_codes_that_are_not_sure_stay_as_given() -> None:
    (row,) = events_in(read_gdelt(gdelt_row(Actor1Code="IRQKUR", Actor2Code="EUR", ActionGeo_CountryCode="OS")))
    assert [p.code for p in (*row.sources, *row.targets)] == ["IRQKUR", "EUR"]
    assert row.country is None and row.extra["ActionGeo_CountryCode"] == "OS"


# ICEWS


def icews_row(**more: str) -> list[str]:
    row = dict.fromkeys(icews.COLUMNS, "") | {
        "Event ID": "77",
        "Event Date": "2031-03-09",
        "Source Name": "Ada Quill",
        "Source Sectors": "Executive,Executive Office,Government",
        "Source Country": "Russian Federation",
        "Event Text": "Impose embargo, boycott, or sanctions",
        "CAMEO Code": "163",
        "Intensity": "-8.0",
        "Target Name": "Citizen (Vesper)",
        "Target Sectors": "General Population / Civilian / Social,Social",
        "Target Country": "Vesper",
        "Story ID": "5",
        "Publisher": "Vesper Wire",
        "City": "Lower Vesper",
        "Country": "France",
        "Latitude": "48.5",
        "Longitude": "-2.25",
    }
    return list((row | more).values())


def read_icews(*rows: list[str], head: tuple[str, ...] = icews.COLUMNS) -> Any:
    return list(icews.read(named(lines_of([head, *rows]), "events.tab"), codes()))


def test_icews() -> None:
    (row,) = events_in(read_icews(icews_row()))
    assert (row.type, row.mode, row.cameo, row.goldstein) == ("SANCTION", "discontinue", "163", -8.0)
    assert row.sources == (Party(code="RUS", sector="GOV", name="Ada Quill"),)
    assert row.targets == (Party(code="Vesper", sector="CVL", name="Citizen (Vesper)"),)  # no such country: as given
    assert (row.place, row.country, row.site, row.line) == ("Lower Vesper", "FRA", "Vesper Wire", 2)
    assert row.extra == {"Event Text": "Impose embargo, boycott, or sanctions", "Story ID": "5"}


def test_bodies_of_icews_stand_by_their_name() -> None:
    (row,) = events_in(read_icews(icews_row(**{"Source Name": "United Nations", "Source Country": ""})))
    assert row.sources[0].code == "IGO:UN"
    (row,) = events_in(read_icews(icews_row(**{"Source Name": "Vesper Guard", "Source Country": ""})))
    assert row.sources[0].code == "Vesper Guard"


def test_icews_with_quotes_and_other_columns() -> None:
    head = tuple(f'"{name}"' for name in icews.COLUMNS if name not in ("Latitude", "Longitude"))
    (row,) = events_in(read_icews([f'"{cell}"' for cell in icews_row()[:-2]], head=head))
    assert row.sources[0].name == "Ada Quill" and row.latitude is None


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({"CAMEO Code": "42"}, "042; the leading zero was lost"),
        ({"CAMEO Code": "20", "Intensity": "3.0"}, "zeros in front"),  # 020, an appeal, by its intensity
        ({"Event Date": "9.3.2031"}, "2024-03-01"),
        ({"Intensity": "-80"}, "from -10 to 10"),
    ],
)
def test_rows_of_icews_that_cannot_be_read(cells: dict[str, str], wanted: str) -> None:
    (fault,) = aside_in(read_icews(icews_row(), icews_row(**cells)))
    assert fault.line == 3 and wanted in fault.wanted


def test_a_table_without_its_first_line_is_told_of_once() -> None:
    found = list(icews.read(lines_of([icews_row(), icews_row()]), codes()))
    assert len(found) == 1
    assert "no column Event Date" in aside_in(found)[0].found


# POLECAT


def polecat_row(**more: str) -> list[str]:
    row = dict.fromkeys(polecat.COLUMNS, "None") | {
        "Event ID": "ES20310309",
        "Event Date": "2031-03-09",
        "Event Type": "COERCE",
        "Event Mode": "arrest",
        "Intensity": "-7.0",
        "Quad Code": "4",
        "Contexts": "military;human_rights",
        "Actor Name": "Vesper Police",
        "Actor Country": "USA",
        "Primary Actor Sector": "COP",
        "Actor Sectors": "COP;GOV",
        "Actor Name Raw": "the police",
        "Recipient Country": "FRA",
        "Primary Recipient Sector": "CVL",
        "Recipient Name Raw": "Ada Quill",
        "Placename": "Lower Vesper",
        "Country": "FRA",
        "Latitude": "48.5",
        "GeoNames ID": "123",
        "Source": "Vesper Wire",
        "Publication Date": "2031-03-10",
        "Language": "English",
    }
    return list((row | more).values())


def read_polecat(*rows: list[str]) -> Any:
    return list(polecat.read(named(lines_of([polecat.COLUMNS, *rows]), "week.txt"), codes()))


def test_polecat() -> None:
    (row,) = events_in(read_polecat(polecat_row()))
    assert (row.type, row.mode, row.quad, row.score) == ("COERCE", "arrest", 4, -7.0)
    assert row.sources == (Party(code="USA", sector="COP", others=("GOV",), name="Vesper Police", words="the police"),)
    assert row.targets == (Party(code="FRA", sector="CVL", words="Ada Quill"),)
    assert row.contexts == ("military", "human_rights")
    assert (row.geonames, row.country, row.site, str(row.published)) == (123, "FRA", "Vesper Wire", "2031-03-10")
    assert row.extra == {"Language": "English"}


def test_polecat_of_older_drafts() -> None:
    (row,) = events_in(read_polecat(polecat_row(**{"Event Type": "DEMAND", "Event Mode": "meet", "Intensity": "None"})))
    assert (row.type, row.mode, row.score) == ("REQUEST", "meet", 0.0)
    (row,) = events_in(read_polecat(polecat_row(**{"Event Type": "ASSAULT", "Event Mode": "beat;shout"})))
    assert (row.type, row.mode, row.extra["Event Mode"]) == ("ASSAULT", "beat", "beat;shout")
    assert row.extra["Intensity"] == "-7.0"  # not what the mode is worth here: kept beside
    (fault,) = aside_in(read_polecat(polecat_row(**{"Event Type": "SKIRMISH"})))
    assert fault.found == "the type is 'SKIRMISH'" and "ASSAULT" in fault.wanted


def test_bodies_of_polecat() -> None:
    found = events_in(
        read_polecat(
            polecat_row(**{"Actor Country": "UNO"}),
            polecat_row(**{"Actor Country": "IGO", "Actor Name": "North Atlantic Treaty Organization"}),
            polecat_row(**{"Actor Country": "IGO"}),
        )
    )
    assert [row.sources[0].code for row in found] == ["IGO:UN", "IGO:NATO", "IGO"]


# NGEC, PLOVER JSON


def test_ngec() -> None:
    told = {
        "id": "n1",
        "date": "2031-03-09",
        "event_type": "CONSULT",
        "event_mode": ["phone"],
        "contexts": ["diplomatic"],
        "event_text": "Ada Quill telephoned Bel Orne.",
        "pub_date": "2031-03-10",
        "publisher": "Vesper Wire",
        "attributes": {
            "ACTOR": [
                {"text": "Ada Quill", "wiki": "Ada Quill", "country": "USA", "code_1": "GOV", "code_2": "ELI"},
                {"text": "an aide", "country": "None"},
            ],
            "RECIP": [{"text": "Bel Orne", "country": "FRA", "code_1": "GOV"}],
        },
        "event_geolocation": {
            "name": "Lower Vesper",
            "lat": 48.5,
            "lon": -2.25,
            "country_code3": "FRA",
            "geonameid": "9",
        },
    }
    bad = [{"event_type": "AID"}, "[1]", "{", told | {"event_type": "AID", "date": "x"}, told | {"attributes": None}]
    lines = [json.dumps(told), *(b if isinstance(b, str) else json.dumps(b) for b in bad)]
    whole = list(ngec.read(io.BytesIO("\n".join(lines).encode()), codes()))
    (row, *_) = (found for found in whole if isinstance(found, EventRow))
    assert (row.type, row.mode, row.geonames, row.words) == ("CONSULT", "phone", 9, "Ada Quill telephoned Bel Orne.")
    assert row.sources[0] == Party(code="USA", sector="GOV", others=("ELI",), name="Ada Quill", words="Ada Quill")
    assert row.sources[1] == Party(words="an aide")
    assert [f.line for f in aside_in(whole)] == [2, 3, 4, 5, 6]


def test_plover_json_lists_several_types() -> None:
    told: dict[str, Any] = {
        "id": "p1",
        "date": "2031-03-09",
        "actor": [{"code": "USA", "sector": "GOV"}],
        "recipient": [{"code": "EUR"}],
        "event": ["ACCUSE", "SANCTION"],
        "mode": ["allege", "expel"],
        "event_scale": -3.0,
    }
    bad: list[Any] = [
        {k: v for k, v in told.items() if k != "event"},
        told | {"date": None},
        told | {"actor": "USA"},
        told | {"has_event": False},
        told | {"status": "perhaps"},
        told | {"actor": [], "recipient": []},
    ]
    whole = list(plover.read(io.BytesIO("\n".join(map(json.dumps, [told, *bad])).encode()), codes()))
    one, two = (found for found in whole if isinstance(found, EventRow))
    assert [(r.id, r.type, r.mode) for r in (one, two)] == [
        ("p1", "ACCUSE", "allege"), ("p1-2", "SANCTION", "expel")
    ]  # fmt: skip
    assert two.score == codes().worth("SANCTION", "expel")[1]  # the scale told cannot be that of both
    assert one.targets[0].code == "IGO:EU"
    assert [f.line for f in aside_in(whole)] == [2, 3, 4, 5, 6, 7]
    assert aside_in(whole)[3].why == "no_event"


# Phoenix


def test_petrarch_lines() -> None:
    rows = [
        ["20310309", "USAGOV", "FRA", "0211"],
        ["20310309", "USAGOV", "---GOV", "042", "ENERGY,1", "A1;A2", "vesper_wire", "https://news.example/a"],
        ["20310309", "---", "---", "042"],
        ["20310309", "USA", "FRA", "42"],
        ["20310309", "USA", "FRA"],
    ]
    whole = list(phoenix.read(lines_of(rows), codes()))
    (row,) = (found for found in whole if isinstance(found, EventRow))
    assert (row.type, row.mode, row.cameo, row.site) == ("CONSULT", "visit", "042", "vesper_wire")
    assert [p.code for p in (*row.sources, *row.targets)] == ["USA", "---GOV"]
    assert row.extra == {"Issues": "ENERGY,1", "StoryID": "A1;A2"}
    assert [f.why for f in aside_in(whole)] == ["no_event", "no_actor", "malformed", "malformed"]


def test_phoenix_daily_files() -> None:
    row = dict.fromkeys(phoenix.DAILY, "") | {
        "EventID": "20310309_1",
        "Date": "20310309",
        "SourceActorFull": "RUSMIL",
        "TargetActorFull": "UKR",
        "EventCode": "190",
        "EventRootCode": "19",
        "PentaClass": "4",
        "GoldsteinScore": "-10.0",
        "ActionLat": "48.5",
        "ActionLong": "-2.25",
        "LocationName": "Lower Vesper",
        "GeoCountryName": "FRA",
        "URLs": "https://news.example/a;https://news.example/b",
    }
    (found,) = events_in(phoenix.read(lines_of([row.values()]), codes()))
    assert (found.type, found.id, found.goldstein, found.country) == ("ASSAULT", "20310309_1", -10.0, "FRA")
    assert found.sources == (Party(code="RUS", sector="MIL"),)
    assert found.extra == {"PentaClass": "4", "URLs": row["URLs"]}


def test_phoenix_with_a_first_line_and_commas() -> None:
    text = (
        '"eid","story_date","source","target","code","root_code","placename"\n'
        '"1","3/9/2031","USAGOV","FRA","051","5","Vesper, Lower"\n'
        '"2","3/9/2031","USAGOV","FRA","051","05","Vesper, Lower"\n'
    )
    fault, row = list(phoenix.read(io.BytesIO(text.encode()), codes()))
    assert isinstance(row, EventRow) and row.place == "Vesper, Lower" and row.line == 3
    assert "zeros" in aside_in([fault])[0].wanted


# which format, and into a store


def test_files_tell_their_format(tmp_path: Path) -> None:
    samples = {
        "gdelt": lines_of([gdelt_row()]),
        "icews": lines_of([icews.COLUMNS]),
        "polecat": lines_of([polecat.COLUMNS]),
        "phoenix": lines_of([["20310309", "USA", "FRA", "042"]]),
        "ngec": io.BytesIO(b'{"event_type": "AID", "attributes": {}}'),
        "plover": io.BytesIO(b'{"event": ["AID"]}'),
    }
    for form, sample in samples.items():
        path = tmp_path / f"{form}.gz"
        path.write_bytes(gzip.compress(sample.getvalue()))
        assert incoming.form_of(path) == form
        assert list(incoming.read(path, codes())) or form in ("icews", "polecat")
    for text in (b"", b"a,b\n1,2\n", b"{}", b"\xff\xff"):
        path = tmp_path / "other"
        path.write_bytes(text)
        with pytest.raises(SourceError) as fault:
            incoming.form_of(path)
        assert "gdelt" in str(fault.value)
    with pytest.raises(SettingsError, match="known: gdelt"):
        incoming.read(tmp_path / "other", codes(), "excel")


def test_the_way_into_a_store_and_back(tmp_path: Path) -> None:
    rows = events_in(read_gdelt(gdelt_row(), gdelt_row(Actor1Code="IGOEUREEC", EventCode="163", EventRootCode="16")))
    several = an_event(
        id="e9",
        sources=(Party(code="USA", sector="GOV"), Party(code="RUS", sector="MIL", name="Ada Quill")),
        targets=(),
        file="f",
        line=3,
    )
    rows.append(several)
    with create_store(tmp_path / "store") as store:
        done = store.load(incoming.batches(rows, 2), origin="gdelt", name="day.csv")
        assert done.rows == {"events": 3}
        found = store.events(Question(origins=("gdelt",), unit="all")).to_pylist()
        pairs = {(t.source, t.target) for t in store.tally(Question(origins=("gdelt",))).rows}
        assert store.check().ok
    assert pairs == {("USA", "FRA"), ("IGO:EU", "FRA"), ("USA", "RUS"), ("RUS", "USA")}
    back = {row.id: row for row in map(of_stored, found)}
    assert back["e9"].sources == several.sources
    by_line = {row.cameo: row for row in map(of_stored, found)}
    for row in rows[:2]:
        again = by_line[row.cameo]
        assert again.granularity == "day"
        assert again == EventRow(**{f: getattr(row, f) for f in row.__struct_fields__} | {"granularity": "day"})


def test_rows_with_next_to_nothing_go_into_a_store(tmp_path: Path) -> None:
    bare = EventRow(id="1", type="PROTEST", quad=4, score=-5.0, sources=(Party(name="marchers"),), origin="test")
    with create_store(tmp_path / "store") as store:
        store.load(incoming.batches([bare, bare]), origin="test", name="one")
        found = store.events(Question(origins=("test",), unit="all", undated=True)).to_pylist()
        assert store.check().ok
    assert [of_stored(row) for row in found] == [bare, bare]


def test_no_rows_make_no_columns_of_another_kind() -> None:
    assert list(incoming.batches([])) == []
    assert set(columns([an_event()])) == set(columns([]))


HEADS = {
    "icews": "\t".join(icews.COLUMNS),
    "polecat": "\t".join(polecat.COLUMNS),
    "events-csv": ",".join(events_csv.COLUMNS),
}
SAMPLES = {
    "gdelt": "\t".join(gdelt_row()),
    "icews": "\t".join(icews_row()),
    "polecat": "\t".join(polecat_row()),
    "phoenix": "20310309\tUSA\tFRA\t042",
    "ngec": '{"event_type": "AID", "date": "20310309", "attributes": {"ACTOR": [{"country": "USA"}]}}',
    "plover": '{"event": ["AID"], "date": "20310309", "actor": [{"code": "USA"}]}',
    "events-jsonl": '{"id":"1","type":"AID","quad":2,"score":1.0}',
    "events-csv": "e1,2031-03-09" + "," * (len(events_csv.COLUMNS) - 2),
}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(incoming.FORMS)), st.data())
def test_whatever_a_file_holds_every_row_is_an_event_or_set_aside(form: str, data: st.DataObject) -> None:
    sample = SAMPLES[form]
    rows = []
    for _ in range(data.draw(st.integers(1, 4))):
        if data.draw(st.booleans()):
            start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(sample))] * 2)))
            put = data.draw(texts).replace("\n", " ").replace("\r", " ")
            rows.append((sample[:start] + put + sample[end:]).encode())
        else:
            rows.append(data.draw(st.binary(min_size=1, max_size=30)).replace(b"\n", b" ").replace(b"\r", b" "))
    head = [HEADS[form].encode()] if form in HEADS else []
    raw = b"\n".join([*head, *rows])
    assume(not raw.startswith((b"PK\x03\x04", b"\x1f\x8b", b"\xef\xbb\xbf")))  # packed, or marked as text
    found = list(incoming.read(io.BytesIO(raw), codes(), form))
    assert all(isinstance(one, EventRow | set_aside.SetAside) for one in found)
    if form not in ("events-csv", "plover", "phoenix"):  # these join or split lines, or take the first for a head
        assert len(found) == sum(bool(row) for row in rows)
