"""Events given away and taken back: what every format carries, and that it says what it does not."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from a_reading import READING
from dragoman.errors import DragomanError
from dragoman.exchange import (
    account,
    citation,
    event_network,
    events_csv,
    events_jsonl,
    gdelt,
    gexf,
    icews,
    incoming,
    jsonl,
    outgoing,
    plover,
    polecat,
    readings_jsonl,
    set_aside,
)  # fmt: skip
from dragoman.exchange.account import Written
from dragoman.exchange.event_rows import EventRow, Party, distinct, of_reading, of_stored, pairs, stored
from dragoman.exchange.set_aside import SetAside
from dragoman.records import Article, Published
from exchange_material import NASTY, an_event, codes, events, events_in, parties, texts

FEW = settings(max_examples=60, deadline=None)
NAMESPACE = {"g": "http://gexf.net/1.3"}


def there_and_back(form: str, rows: Iterable[EventRow], **how: Any) -> tuple[list[EventRow], Written]:
    stream = io.StringIO(newline="")
    written = outgoing.FORMS[form].write(rows, stream, codes(), **how)
    if form == "csv":
        return events_in(events_csv.read(io.StringIO(stream.getvalue(), newline=""))), written
    reader = "events-jsonl" if form == "jsonl" else form
    return events_in(incoming.FORMS[reader](io.BytesIO(stream.getvalue().encode()), codes())), written


def blanks(text: str | None) -> str | None:
    """What is left of a text in a table with tabs."""
    return " ".join(text.replace("\x1f", " ").split()) if text is not None else None


def same(one: str | None, other: str | None) -> bool:
    """Whether a text came through a table with tabs as well as it can."""
    return (blanks(one) or None) == (blanks(other) or None)


def happened(row: EventRow) -> EventRow:
    return msgspec.structs.replace(row, status="planned") if row.status == "negated" else row


# everything


@FEW
@given(st.lists(events(one_each=False), max_size=3))
def test_jsonl_carries_everything(rows: list[EventRow]) -> None:
    back, written = there_and_back("jsonl", rows)
    assert back == rows
    assert not written.lost and not written.left_out and written.rows == len(rows)


@FEW
@given(st.lists(events(one_each=False), max_size=3))
def test_csv_carries_all_but_numbers_of_people(rows: list[EventRow]) -> None:
    back, written = there_and_back("csv", rows)
    assert back == rows
    assert not written.lost


@FEW
@given(st.lists(events(one_each=False), max_size=3))
def test_rows_of_a_store_come_back(rows: list[EventRow]) -> None:
    for row in rows:
        assert of_stored(stored(row) | {"origin": "test", "load": "a file"}) == msgspec.structs.replace(
            row, granularity="day", day_end=row.day_end if row.day_end != row.day else None
        )


# what each format carries


@FEW
@given(events(one_each=False))
def test_plover_round_trip(row: EventRow) -> None:
    (back,), written = there_and_back("plover", [row])
    assert back == msgspec.structs.replace(row, origin="plover", file="stream", line=1)
    assert set(written.lost) <= {"extra"}


@FEW
@given(events())
def test_polecat_round_trip(row: EventRow) -> None:
    row = happened(row)
    (back,), written = there_and_back("polecat", [row])
    for name in ("id", "type", "mode", "quad", "score", "day", "published", "contexts", "country", "geonames"):
        assert getattr(back, name) == getattr(row, name), name
    assert (back.latitude, back.longitude) == (row.latitude, row.longitude)
    if "None" not in (row.place, row.site):
        assert same(back.place, row.place) and same(back.site, row.site)
    for one, other in ((row.sources, back.sources), (row.targets, back.targets)):
        assert other[0].sectors == one[0].sectors
        assert "actors" in written.lost or other[0].code == one[0].code
        if one[0].name and one[0].name != "None":
            assert same(other[0].name, one[0].name)
    # a body has a class only, and is known again by its own name
    if not any((p.code or "").startswith("IGO:NATO") and p.name for p in (*row.sources, *row.targets)):
        assert "actors" not in written.lost


@FEW
@given(events())
@example(an_event(type="RETREAT", mode="resign"))
def test_icews_round_trip(row: EventRow) -> None:
    row = happened(row)
    (back,), written = there_and_back("icews", [row])
    assert (back.id, back.day, back.country) == (row.id, row.day, row.country)
    assert back.type == row.type or "type" in written.lost
    assert back.mode == row.mode or {"type", "mode"} & set(written.lost)
    assert (back.latitude, back.longitude) == (row.latitude, row.longitude)
    assert same(back.place, row.place) or (not row.place and back.place == codes().label(row.country or ""))
    assert same(back.site, row.site)
    for one, other in ((row.sources, back.sources), (row.targets, back.targets)):
        assert "sectors" in written.lost or set(other[0].sectors) == set(one[0].sectors)
        assert "actors" in written.lost or other[0].code == one[0].code
        assert not one[0].name or same(other[0].name, one[0].name)


@FEW
@given(events())
def test_gdelt_round_trip(row: EventRow) -> None:
    row = happened(row)
    (back,), written = there_and_back("gdelt", [row])
    assert (back.id, back.day, back.published, back.url) == (row.id, row.day, row.published, row.url)
    assert back.type == row.type or "type" in written.lost
    assert back.mode == row.mode or {"type", "mode"} & set(written.lost)
    assert (back.country, back.latitude, back.longitude) == (
        (None if row.country == "KOS" and "country" in written.lost else row.country), row.latitude, row.longitude
    )  # fmt: skip
    assert same(back.place, row.place)
    for one, other in ((row.sources, back.sources), (row.targets, back.targets)):
        assert (other[0].code, other[0].sectors) == (one[0].code, one[0].sectors)
        assert same(other[0].name, one[0].name)
    assert "actors" not in written.lost


@FEW
@given(st.sampled_from(["polecat", "icews", "gdelt"]), events(one_each=False, modes=False))
def test_pairs_stay_pairs(form: str, row: EventRow) -> None:
    row = happened(row)
    back, written = there_and_back(form, [row])
    wanted = Counter((a and a.code, b and b.code) for a, b in pairs(row))
    assert len(back) == written.rows == wanted.total()
    assert len({one.id for one in back}) == len(back)
    if "actors" not in written.lost:
        assert Counter((a and a.code, b and b.code) for one in back for a, b in pairs(one)) == wanted
    assert ("pairs" in written.lost) == (wanted.total() > 1)


def test_an_imported_code_is_written_as_it_came() -> None:
    hosted = an_event(cameo="043", goldstein=2.8)
    stream = io.StringIO()
    gdelt.write([hosted], stream, codes())
    row = dict(zip(gdelt.COLUMNS, stream.getvalue().rstrip("\n").split("\t"), strict=True))
    assert (row["EventCode"], row["EventBaseCode"], row["EventRootCode"], row["QuadClass"]) == ("043", "043", "04", "1")
    assert (row["Actor1Code"], row["Actor2Code"]) == ("FRAMIL", "USAGOV")  # the host is the source there
    (back,), _ = there_and_back("gdelt", [hosted])
    assert (back.sources[0].code, back.targets[0].code, back.cameo) == ("USA", "FRA", "043")


def test_columns_of_gdelt() -> None:
    stream = io.StringIO()
    row = an_event(
        sources=(Party(code="IGO:NATO", name="An Envoy"),), published=dt.date(2031, 3, 10), url="https://a.b/c"
    )
    gdelt.write([row], stream, codes())
    cut = dict(zip(gdelt.COLUMNS, stream.getvalue().rstrip("\n").split("\t"), strict=True))
    assert (cut["Actor1Code"], cut["Actor1KnownGroupCode"], cut["Actor1Type1Code"]) == ("IGONAT", "NAT", "IGO")
    assert (cut["Actor2CountryCode"], cut["Actor2Type1Code"]) == ("FRA", "MIL")
    assert (cut["SQLDATE"], cut["MonthYear"], cut["Year"], cut["DATEADDED"]) == (
        "20310309", "203103", "2031", "20310310000000"
    )  # fmt: skip
    assert (cut["ActionGeo_CountryCode"], cut["ActionGeo_Type"]) == ("FR", "4")


# what is left out, what is lost


@pytest.mark.parametrize("form", ["polecat", "icews", "gdelt", "plover"])
def test_events_without_a_day_are_left_out_and_counted(form: str) -> None:
    rows = [
        an_event(day=None),
        an_event(day=None, published=dt.date(2031, 3, 10)),
        an_event(granularity="year"),
        an_event(type="SKIRMISH", mode=None),
        an_event(),
    ]
    did_not = there_and_back(form, [an_event(status="negated")])
    assert [row.status for row in did_not[0]] == (["negated"] if form == "plover" else [])
    assert did_not[1].left_out == ({} if form == "plover" else {account.NEGATED: 1})
    back, written = there_and_back(form, rows)
    assert len(back) == 1
    assert written.left_out == {account.UNDATED: 2, account.COARSELY: 1, account.NO_CODE: 1}
    assert written.told()[0] == "1 of 5 events in 1 rows"
    back, written = there_and_back(form, rows, undated=True)
    assert [str(row.day) for row in back] == ["2031-03-10", "2031-03-09"]


def test_each_format_says_what_it_could_not_carry() -> None:
    full = an_event(
        status="planned",
        issues=("trade",),
        contexts=("economic",),
        words="a few words",
        confidence=0.5,
        reason="a rule",
        title="A headline",
        geonames=5,
        day_end=dt.date(2031, 3, 11),
        sources=(Party(code="NGO:VESPERRELIEF", name="Vesper\tRelief", wikidata="Q1"),),
    )
    lost = {form: set(there_and_back(form, [full])[1].lost) for form in ("csv", "polecat", "icews", "gdelt", "plover")}
    assert lost["csv"] == {"offices"}
    assert lost["plover"] == set()
    common = {"status", "issues", "words", "confidence", "reason", "title", "day_end", "offices", "controls"}
    assert lost["polecat"] == common | {"actors"}
    assert lost["icews"] == common | {"contexts", "geonames"}  # an actor without a name there stands by its code
    assert lost["gdelt"] == common | {"contexts", "geonames", "actors"}
    written = there_and_back("icews", [full])[1]
    assert "not carried in 1: contexts" in written.told()
    assert set().union(*lost.values()) <= set(account.FIELDS)


def test_modes_and_types_that_become_another_are_told_of() -> None:
    rows = [an_event(type="COERCE", mode="censor"), an_event(type="RETREAT", mode="resign"), an_event()]
    for form in ("icews", "gdelt"):
        lost = there_and_back(form, rows)[1].lost
        assert (lost["mode"], lost["type"]) == (1, 1)


# formulas


@pytest.mark.parametrize("cell", [c for c in NASTY if c.lstrip("'\t").startswith(tuple("=+-@"))])
@pytest.mark.parametrize("form", ["csv", "polecat", "icews", "gdelt"])
def test_no_cell_of_a_table_is_run(form: str, cell: str) -> None:
    row = an_event(
        id=cell, place=cell, site=cell, words=cell, title=cell, sources=(Party(code="USA", name=cell),), country=cell
    )
    stream = io.StringIO(newline="")
    outgoing.FORMS[form].write([row], stream, codes())
    table = csv.reader(io.StringIO(stream.getvalue(), newline=""), delimiter="," if form == "csv" else "\t")
    for line in table:
        for found in line:
            assert not found.lstrip().startswith(("=", "+", "@"))
            assert not found.lstrip().startswith("-") or float(found) < 0
    (back,), _ = there_and_back(form, [row])
    assert same(back.place, cell)


def test_csv_tells_of_faulty_rows() -> None:
    stream = io.StringIO(newline="")
    events_csv.write([an_event(), an_event(id="e2")], stream)
    good = stream.getvalue()
    for find, put, wanted in (
        ("CONSULT", "", "a type of event"),
        (",4.0,", ",40,", "from -10 to 10"),
        ("2031-03-09", "March", "a day"),
        (",USA,", ",USA|FRA,", "as many codes"),
        ("Lower Vesper", 'Low"er, Ve"s', "36 columns"),
    ):
        found = list(events_csv.read(io.StringIO(good.replace(find, put, 1), newline="")))
        assert len(found) == 2
        assert not isinstance(found[0], EventRow) and found[0].line == 2 and wanted in found[0].wanted
        assert isinstance(found[1], EventRow)
    (fault,) = events_csv.read(io.StringIO("a,b\n1,2\n"))
    assert "no column type" in str(fault)
    assert list(events_csv.read(io.StringIO(""))) == []


# texts


def test_the_text_leaves_only_where_it_is_meant_to() -> None:
    stream = io.StringIO()
    written = readings_jsonl.write([READING], stream)
    assert READING.article.body not in stream.getvalue() and "free passage" not in stream.getvalue()
    assert written.told() == ["1 articles", "not carried in 1: the text of the article, at which the spans point"]
    (back,) = jsonl.read(io.StringIO(stream.getvalue()))
    assert [e.evidence for e in back.events] == [e.evidence for e in READING.events]
    stream = io.StringIO()
    assert readings_jsonl.write([READING], stream, with_text=True).without_text == 0
    assert list(jsonl.read(io.StringIO(stream.getvalue()))) == [READING]

    rows = list(of_reading(READING))
    for form in outgoing.FORMS.values():
        given = io.BytesIO() if form.binary else io.StringIO(newline="")
        form.write(rows, given, codes())
        assert "It rained during the visit" not in str(given.getvalue()), form.name
    stream = io.StringIO()
    plover.write(rows, stream, codes(), text_of={READING.article.id: READING.article.text}.get, undated=True)
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert told and all(one["text"][0]["text_story"] == READING.article.text for one in told)


def test_events_of_a_reading() -> None:
    rows = list(of_reading(READING))
    assert [row.id for row in rows] == [event.id for event in READING.events]
    for row, event in zip(rows, READING.events, strict=True):
        assert row.article == READING.article.id and row.known_as == f"{row.article}/{row.id}"
        assert [p.code for p in row.sources] == [p.actor for p in event.source]
        assert row.words and all(READING.words(span) in row.words for span in event.evidence)
    back, _ = there_and_back("jsonl", rows)
    assert back == rows


def test_one_party_an_actor() -> None:
    found = distinct(
        [
            Party(code="USA", name="A"),
            Party(code="USA", sector="MIL"),
            Party(name="x"),
            Party(name="y"),
            Party(name="x"),
        ]
    )
    assert found == [Party(code="USA", name="A", sector="MIL"), Party(name="x"), Party(name="y")]
    assert pairs(an_event(sources=(), targets=())) == [(None, None)]


# networks and sources


def test_the_network_of_events() -> None:
    rows = [
        an_event(),
        an_event(day=dt.date(2031, 4, 1), type="ACCUSE", mode=None, quad=3, score=-3.0),
        an_event(sources=(Party(code="USA"), Party(code="FRA")), targets=()),
        an_event(status="negated"),
        an_event(targets=()),
    ]
    woven = event_network.weave(rows, {"USA": "United States"})
    edges = {(a, b): figures for a, b, figures in woven.edges}
    assert edges["USA", "FRA"]["weight"] == 3 and edges["FRA", "USA"]["weight"] == 1
    assert edges["USA", "FRA"]["conflict"] == -3.0 and edges["USA", "FRA"]["verbal_conflict"] == 1
    assert woven.nodes[1] == ("USA", {"name": "United States", "acts": 3, "acted_upon": 1})
    assert woven.about["until"] == "2031-04-01"
    assert sum(woven.written.left_out.values()) == 2
    for form in ("gexf", "graphml"):
        stream = io.StringIO()
        outgoing.FORMS[form].write(rows, stream, codes())
        ET.fromstring(stream.getvalue())


figures = st.dictionaries(texts, st.none() | st.booleans() | st.integers() | st.floats() | texts, max_size=3)


@FEW
@given(st.dictionaries(texts, figures, min_size=1, max_size=4), st.data())
def test_gexf_is_xml_that_says_what_went_in(nodes: dict[str, Any], data: st.DataObject) -> None:
    ends = st.sampled_from(list(nodes))
    edges = data.draw(st.lists(st.tuples(ends, ends, figures), max_size=4))
    stream = io.StringIO(newline="")
    assert gexf.write(nodes.items(), edges, stream, directed=True, about=data.draw(figures)) == len(edges)
    tree = ET.fromstring(stream.getvalue())
    labels = [node.get("label") for node in tree.findall(".//g:node", NAMESPACE)]
    assert len(labels) == len(nodes) and len(tree.findall(".//g:edge", NAMESPACE)) == len(edges)
    for label, name in zip(labels, nodes, strict=True):
        assert label == name or not name.isprintable()
    declared = {a.get("id") for a in tree.findall(".//g:attribute", NAMESPACE)}
    assert {v.get("for") for v in tree.findall(".//g:attvalue", NAMESPACE)} == declared
    for edge in tree.findall(".//g:edge", NAMESPACE):
        assert float(edge.get("weight", "0")) >= 0


def test_gexf_refuses_what_is_no_network() -> None:
    for nodes, edges in (([("a", {}), ("a", {})], []), ([("a", {})], [("a", "b", {})])):
        stream = io.StringIO()
        with pytest.raises(DragomanError):
            gexf.write(nodes, edges, stream)  # type: ignore[arg-type]
        assert not stream.getvalue()


def article(identity: str, **more: Any) -> Article:
    when = Published(start="2031-03-09", end="2031-03-10", granularity="day", source="given", confidence=1.0)
    given: dict[str, Any] = {
        "title": "Talks end",
        "site": "Vesper Wire",
        "author": "Ada Quill and Bel Orne",
        "published": when,
        "url": "https://news.example/a",
        "retrieved": "2031-03-11T08:00:00Z",
        "language": "en",
        "text": "Talks end\n\nNot to leave.",
    }
    return Article(id=identity, **(given | more))


def test_csl_json() -> None:
    month = Published(start="2031-03-01", end="2031-03-31", granularity="month", source="text", confidence=0.5)
    items = [
        article("a"),
        article("a"),
        article("b", site=None, author=None, published=month, retrieved="yesterday"),
        article("c", title=None, url=None),
    ]
    stream = io.StringIO()
    written = citation.write(items, stream)
    one, two = json.loads(stream.getvalue())
    assert one == {
        "id": "a",
        "type": "article-newspaper",
        "title": "Talks end",
        "author": [{"literal": "Ada Quill"}, {"literal": "Bel Orne"}],
        "container-title": "Vesper Wire",
        "issued": {"date-parts": [[2031, 3, 9], [2031, 3, 10]]},
        "accessed": {"date-parts": [[2031, 3, 11]]},
        "URL": "https://news.example/a",
        "language": "en",
    }
    assert two["type"] == "webpage" and two["issued"] == {"date-parts": [[2031, 3]]} and "accessed" not in two
    assert (written.events, written.rows, written.left_out) == (3, 2, {citation.NOTHING_TO_CITE: 1})
    stream = io.StringIO()
    citation.write([], stream)
    assert json.loads(stream.getvalue()) == []


@FEW
@given(st.lists(st.tuples(texts, texts, texts), max_size=3, unique_by=lambda t: t[0]))
def test_csl_json_is_json_whatever_the_title(found: list[tuple[str, str, str]]) -> None:
    stream = io.StringIO()
    citation.write([article(i, title=title, author=author) for i, title, author in found], stream)
    assert [(one["id"], one["title"]) for one in json.loads(stream.getvalue())] == [(i, t) for i, t, _ in found]


def test_sources_of_imported_events() -> None:
    rows = [an_event(url="https://a.example/1", site="a.example"), an_event(url="https://a.example/1"), an_event()]
    found = list(citation.articles_of(rows))
    assert [(a.id, a.site) for a in found] == [("https://a.example/1", "a.example")]


def test_half_a_character_does_not_stop_an_export() -> None:
    row = an_event(sources=(Party(code="USA", name="a\ud800"),), words="\udfff")
    for form in outgoing.FORMS.values():
        stream = io.BytesIO() if form.binary else io.StringIO(newline="")
        form.write([row], stream, codes())
        assert isinstance(stream, io.BytesIO) or stream.getvalue().encode("utf-8")


def test_parties_of_every_kind_read_back_from_cameo() -> None:
    @FEW
    @given(parties())
    def check(party: Party) -> None:
        written, faithful = codes().cameo_actor(party)
        again = codes().party(written, party.name)
        assert faithful and again is not None and (again.code, again.sectors) == (party.code, party.sectors)

    check()


def test_other_forms_take_what_ours_write() -> None:
    stream = io.StringIO()
    icews.write([an_event()], stream, codes())
    polecat_stream = io.StringIO()
    polecat.write([an_event()], polecat_stream, codes())
    jsonl_stream = io.StringIO()
    events_jsonl.write([an_event()], jsonl_stream)
    csv_stream = io.StringIO(newline="")
    events_csv.write([an_event(words="two\nlines")], csv_stream)
    for text, form in (
        (stream, "icews"),
        (polecat_stream, "polecat"),
        (jsonl_stream, "events-jsonl"),
        (csv_stream, "events-csv"),
    ):
        raw = text.getvalue().encode()
        assert incoming.form_of(io.BytesIO(raw)) == form
        handed = io.BytesIO(gzip.compress(raw))
        assert len(events_in(incoming.read(handed, codes(), form))) == 1
        assert not handed.closed
    cut = csv_stream.getvalue().encode() + b"\xff,"
    assert [type(found) for found in events_csv.read_file(io.BytesIO(cut))][-1] is SetAside


def test_the_docs_tell_of_every_format() -> None:
    page = (Path(__file__).parents[1] / "docs/reference/formats.md").read_text("utf-8")
    for name in (*outgoing.FORMS, *incoming.FORMS):
        assert f"`{name}`" in page, name
    for why in set_aside.WHY:
        assert f"`{why}`" in page, why
