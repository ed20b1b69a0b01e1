"""Discourse networks, the GraphML they become, and the statement list."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.errors import DragomanError, SettingsError, SourceError
from dragoman.exchange import graph, statements_csv
from dragoman.relate.concepts import StatementRow, statement_rows
from dragoman.relate.networks import Network, Terms, about_rows, edge_rows, network, node_rows, series
from dragoman.relate.rows import Said
from test_agreement import DOC, ROWS, example_rows, many, says

NS = {"g": "http://graphml.graphdrawing.org/xmlns"}
ONE_MODE: list[Any] = [
    f"{what} {how}" for what in ("actor", "concept") for how in ("congruence", "conflict", "subtract")
]


def weights(found: Network) -> dict[tuple[str, str], float]:
    return {(e.source, e.target): e.weight for e in found.edges}


def figures(table: str) -> list[tuple[tuple[str, str], list[float]]]:
    """Rows of a table of the docs, found by its first heading: two names, then numbers."""
    block = re.search(rf"^\| {table} \|.*\n\|[-|]+\n((?:\|.*\n)+)", DOC, re.M)
    assert block, table
    found = []
    for line in block[1].splitlines():
        names, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        one, two = names.split()
        found.append(((one, two), [float(cell.replace("−", "-")) for cell in cells]))
    return found


# --- the page of the docs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "kind", "normalise"),
    [
        (0, "actor congruence", "none"),
        (1, "actor conflict", "none"),
        (2, "actor congruence", "average"),
        (3, "actor conflict", "average"),
        (4, "actor congruence", "jaccard"),
        (5, "actor conflict", "jaccard"),
        (6, "actor subtract", "jaccard"),
        (7, "actor congruence", "cosine"),
        (8, "actor conflict", "cosine"),
    ],
)
def test_actors_of_the_worked_example(column: int, kind: Any, normalise: Any) -> None:
    found = weights(network(example_rows(), kind, terms=Terms(normalise=normalise)))
    told = {pair: row[column] for pair, row in figures("pair")}
    assert len(told) == 3
    assert {pair: round(found.get(pair, 0.0), 3) for pair in told} == told


@pytest.mark.parametrize(("column", "kind"), [(0, "concept congruence"), (1, "concept conflict")])
def test_concepts_of_the_worked_example(column: int, kind: Any) -> None:
    found = weights(network(example_rows(), kind))
    assert found == {pair: row[column] for pair, row in figures("concepts")}


def test_affiliation_of_the_worked_example() -> None:
    found = weights(network(example_rows(), "affiliation"))
    assert found == {
        ("NRD", "sanctions"): 2, ("NRD", "trade"): 1, ("NRD", "climate"): 0,
        ("VES", "sanctions"): -3, ("VES", "trade"): 2,
        ("KAL", "sanctions"): 1, ("KAL", "climate"): -2,
    }  # fmt: skip
    assert (
        weights(network(example_rows(), "affiliation", terms=Terms(normalise="activity")))["VES", "sanctions"] == -0.6
    )
    prominence = weights(network(example_rows(), "affiliation", terms=Terms(normalise="prominence")))
    assert prominence["NRD", "sanctions"] == pytest.approx(2 / 6)


def test_binary_jaccard_is_the_share_of_stances_both_take() -> None:
    # NRD takes s+ t+ c+ c-, KAL takes s+ c-: two of four
    terms = Terms(normalise="jaccard", binary=True)
    assert weights(network(example_rows(), "actor congruence", terms=terms))["KAL", "NRD"] == 0.5


def test_frequencies_on_the_nodes() -> None:
    nodes = {n.name: n for n in network(example_rows(), "affiliation").nodes}
    assert (nodes["NRD"].frequency, nodes["NRD"].agree, nodes["NRD"].disagree, nodes["NRD"].articles) == (5, 4, 1, 5)
    assert (nodes["sanctions"].kind, nodes["sanctions"].issue, nodes["sanctions"].frequency) == (
        "concept",
        "sanctions",
        6,
    )


# --- cases ------------------------------------------------------------------------------------------------------------


def test_perfect_opponents_reach_one_in_the_conflict_network() -> None:
    rows = many("NRD", "for", 4) + many("VES", "against", 4)
    for normalise in ("jaccard", "cosine"):
        terms = Terms(normalise=normalise)
        assert weights(network(rows, "actor conflict", terms=terms)) == {("NRD", "VES"): 1.0}
        assert weights(network(rows, "actor subtract", terms=terms)) == {("NRD", "VES"): -1.0}
        assert weights(network(rows, "actor congruence", terms=terms)) == {}


def test_a_tie_of_equal_weights_is_nought_and_not_absent() -> None:
    rows = [says("NRD", "for"), says("VES", "for", "b"), says("VES", "against", "c")]
    (edge,) = network(rows, "actor subtract").edges
    assert (edge.weight, edge.agree, edge.disagree) == (0.0, 1, 1)


def test_what_takes_no_side_is_counted_and_not_woven_in() -> None:
    rows = [
        says("NRD", "for"),
        says("NRD", "conditional", "b"),
        says("NRD", "neutral", "c"),
        says("VES", "for", "d"),
        says("VES", "against", "e", reporter="NRD"),
        says("KAL", "conditional", "f"),
    ]
    found = network(rows, "actor congruence")
    assert (found.statements, found.unsided, found.reported) == (2, 3, 1)
    assert [(n.name, n.frequency, n.conditional, n.neutral) for n in found.nodes] == [
        ("NRD", 1, 1, 1),
        ("VES", 1, 0, 0),
    ]


def test_thresholds_on_how_much_an_actor_said() -> None:
    rows = many("NRD", "for", 3) + many("VES", "for", 2) + many("KAL", "for", 1) + many("NRD", "for", 1, issue="trade")
    found = network(rows, "affiliation", terms=Terms(least_said=2, least_actors=2))
    assert [n.name for n in found.nodes] == ["NRD", "VES", "sanctions"]
    assert (found.statements, found.thin) == (5, 2)
    assert network(rows, "actor congruence", terms=Terms(least_weight=5)).edges[0].weight == 6
    assert len(network(rows, "actor congruence", terms=Terms(least_weight=5)).edges) == 1
    lone = many("NRD", "for", 1) + many("VES", "for", 1, issue="trade")
    assert network(lone, "actor congruence", terms=Terms(isolates=False)).nodes == ()


def test_persons_instead_of_actors() -> None:
    rows = [says("NRD", "for", person="Ilse Tarrow"), says("VES", "for", "b", person="João Quell"), says("KAL", "for")]
    found = network(rows, "actor congruence", terms=Terms(node="person"))
    assert weights(found) == {("Ilse Tarrow", "João Quell"): 1.0}
    assert (found.nodes[0].kind, found.nameless) == ("person", 1)


@pytest.mark.parametrize(
    ("how", "count"), [("all", 6), ("document", 5), ("week", 4), ("month", 3), ("year", 2), ("range", 1)]
)
def test_duplicates(how: Any, count: int) -> None:
    days = ["2031-03-03", "2031-03-03", "2031-03-05", "2031-03-12", "2031-04-20", "2032-01-01"]
    names = ["a", "a", "b", "c", "d", "e"]
    rows = [says("NRD", "for", n, date=dt.date.fromisoformat(d)) for n, d in zip(names, days, strict=True)]
    assert network(rows, "affiliation", terms=Terms(once=how)).statements == count


def test_windows_side_by_side_and_moving() -> None:
    rows = [
        says(actor, "for", f"{actor}{month}", date=dt.date(2031, month, 9))
        for actor, month in [("NRD", 1), ("VES", 2), ("NRD", 4), ("VES", 4)]
    ]
    fixed = series(rows, "actor congruence", unit="month")
    assert [len(n.edges) for n in fixed] == [0, 0, 0, 1]
    assert sum(n.statements for n in fixed) == 4
    moving = series(rows, "actor congruence", unit="month", width=2, step=1)
    assert [(n.since and n.since.month, len(n.edges)) for n in moving] == [(1, 1), (2, 0), (3, 1)]
    assert series([says("NRD", "for", date=None)], "affiliation", unit="month") == ()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(SettingsError):
        network([], "friendship")  # type: ignore[arg-type]
    with pytest.raises(SettingsError):
        network([], "affiliation", terms=Terms(normalise="jaccard"))
    with pytest.raises(SettingsError):
        network([], "actor conflict", terms=Terms(normalise="activity"))
    with pytest.raises(SettingsError):
        Terms(normalise="softmax")  # type: ignore[arg-type]
    with pytest.raises(SettingsError):
        Terms(least_said=-1)
    with pytest.raises(SettingsError):
        Terms(node="planet")  # type: ignore[arg-type]


# --- properties -------------------------------------------------------------------------------------------------------


@given(ROWS, st.sampled_from(ONE_MODE), st.sampled_from(["average", "jaccard", "cosine"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_normalised_weights_keep_their_bounds(rows: list[Said], kind: Any, normalise: Any, binary: bool) -> None:
    if normalise == "average":
        binary = True
    low = -1 if kind.endswith("subtract") else 0
    for edge in network(rows, kind, terms=Terms(normalise=normalise, binary=binary, once="all")).edges:
        assert low <= edge.weight <= 1
        assert edge.source < edge.target


@given(ROWS, st.sampled_from(["activity", "prominence"]))
@settings(max_examples=60, deadline=None)
def test_normalised_affiliations_keep_their_bounds(rows: list[Said], normalise: Any) -> None:
    found = network(rows, "affiliation", terms=Terms(normalise=normalise, once="all"))
    assert all(-1 <= edge.weight <= 1 for edge in found.edges)
    assert sum(e.agree + e.disagree for e in found.edges) == found.statements


@given(ROWS, st.sampled_from(["none", "average", "jaccard", "cosine"]), st.sampled_from(["actor", "concept"]))
@settings(max_examples=60, deadline=None)
def test_subtracted_is_congruence_less_conflict(rows: list[Said], normalise: Any, what: str) -> None:
    near, far, less = (
        weights(network(rows, f"{what} {how}", terms=Terms(normalise=normalise)))  # type: ignore[arg-type]
        for how in ("congruence", "conflict", "subtract")
    )
    assert less == {pair: near.get(pair, 0.0) - far.get(pair, 0.0) for pair in near.keys() | far.keys()}


@given(ROWS, st.sampled_from(["actor congruence", "actor conflict"]), st.sampled_from(["none", "jaccard", "cosine"]))
@settings(max_examples=60, deadline=None)
def test_congruence_is_symmetric(rows: list[Said], kind: Any, normalise: Any) -> None:
    """With the names of two actors exchanged, all that changes is who stands where."""
    other = {"NRD": "VES", "VES": "NRD"}
    exchanged = [
        Said(**{f: getattr(r, f) for f in r.__struct_fields__} | {"actor": other.get(r.actor, r.actor), "toward": None})
        for r in rows
    ]
    plain = [Said(**{f: getattr(r, f) for f in r.__struct_fields__} | {"toward": None}) for r in rows]
    there = weights(network(plain, kind, terms=Terms(normalise=normalise)))
    back = weights(network(exchanged, kind, terms=Terms(normalise=normalise)))
    moved = {tuple(sorted((other.get(a, a), other.get(b, b)))): w for (a, b), w in back.items()}
    assert there == moved


@given(ROWS, st.sampled_from(["affiliation", *ONE_MODE]), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_the_order_of_articles_does_not_matter(rows: list[Said], kind: Any, order: random.Random) -> None:
    shuffled = list(rows)
    order.shuffle(shuffled)
    assert network(rows, kind) == network(shuffled, kind)


@given(ROWS, st.sets(st.sampled_from([f"a{n}" for n in range(8)])))
@settings(max_examples=60, deadline=None)
def test_two_halves_make_the_whole(rows: list[Said], first: set[str]) -> None:
    def ties(some: list[Said]) -> dict[tuple[str, str], tuple[int, int]]:
        return {(e.source, e.target): (e.agree, e.disagree) for e in network(some, "affiliation").edges}

    one, two = (ties([r for r in rows if (r.article in first) == side]) for side in (True, False))
    added = {
        pair: (one.get(pair, (0, 0))[0] + two.get(pair, (0, 0))[0], one.get(pair, (0, 0))[1] + two.get(pair, (0, 0))[1])
        for pair in one.keys() | two.keys()
    }
    assert ties(rows) == added


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_every_row_is_woven_in_or_told_why_not(rows: list[Said]) -> None:
    since, until = dt.date(2030, 6, 1), dt.date(2031, 6, 1)
    found = network(rows, "affiliation", since=since, until=until, terms=Terms(least_said=2))
    told = found.statements + found.repeated + found.thin + found.unsided + found.reported + found.nameless
    assert told + found.undated == sum(r.date is None or since <= r.date <= until for r in rows)


# --- GraphML ----------------------------------------------------------------------------------------------------------


def parsed(nodes: Any, edges: Any, **more: Any) -> ET.Element:
    stream = io.StringIO()
    graph.write(nodes, edges, stream, **more)
    return ET.fromstring(stream.getvalue().encode("utf-8"))


def values(element: ET.Element, root: ET.Element) -> dict[str, str]:
    keys = {k.get("id"): str(k.get("attr.name")) for k in root.iterfind("g:key", NS)}
    return {keys[d.get("key")]: d.text or "" for d in element.iterfind("g:data", NS)}


def test_a_network_as_graphml() -> None:
    found = network(example_rows(), "affiliation")
    root = parsed(node_rows(found), edge_rows(found), directed=True, about=about_rows(found))
    body = root.find("g:graph", NS)
    assert body is not None
    assert body.get("edgedefault") == "directed"
    assert values(body, root)["kind"] == "affiliation"
    nodes = {n.get("id"): values(n, root) for n in body.iterfind("g:node", NS)}
    by_name = {v["label"]: v for v in nodes.values()}
    assert (by_name["NRD"]["frequency"], by_name["NRD"]["kind"], by_name["sanctions"]["kind"]) == (
        "5",
        "actor",
        "concept",
    )
    ties = {
        (nodes[e.get("source")]["label"], nodes[e.get("target")]["label"]): float(values(e, root)["weight"])
        for e in body.iterfind("g:edge", NS)
    }
    assert ties == weights(found)
    kinds = {(k.get("for"), k.get("attr.name")): k.get("attr.type") for k in root.iterfind("g:key", NS)}
    assert (kinds["node", "frequency"], kinds["edge", "weight"], kinds["node", "label"]) == ("long", "double", "string")


def test_an_empty_network_is_a_graph_too() -> None:
    found = network([], "actor conflict")
    root = parsed(node_rows(found), edge_rows(found), about=about_rows(found))
    assert root.find("g:graph", NS) is not None


def test_kinds_of_values() -> None:
    nodes = [
        ("a", {"whole": 1, "mixed": 1, "odd": True, "yes": True, "none": None, "huge": 10**30, "far": float("inf")}),
        ("b", {"whole": 2, "mixed": 0.5, "odd": 3, "yes": False, "far": float("nan")}),
    ]
    root = parsed(nodes, [])
    kinds = {k.get("attr.name"): k.get("attr.type") for k in root.iterfind("g:key", NS)}
    assert kinds == {
        "label": "string", "whole": "long", "mixed": "double", "odd": "string", "yes": "boolean", "huge": "string",
        "far": "double",
    }  # fmt: skip
    first, second = (values(n, root) for n in root.iterfind("g:graph/g:node", NS))
    assert (first["yes"], first["far"], second["far"], "none" in first) == ("true", "INF", "NaN", False)


def test_what_is_no_graph_is_refused_before_a_word_is_written() -> None:
    for nodes, edges in ([("a", {}), ("a", {})], []), ([("a", {})], [("a", "b", {})]):
        stream = io.StringIO()
        with pytest.raises(DragomanError):
            graph.write(nodes, edges, stream)  # type: ignore[arg-type]
        assert stream.getvalue() == ""


@given(st.lists(st.text(st.characters(), max_size=12), min_size=1, max_size=5, unique=True))
@settings(max_examples=100, deadline=None)
def test_any_name_survives_or_loses_only_what_xml_cannot_hold(names: list[str]) -> None:
    root = parsed([(n, {n or "x": n, "weight": 1.5}) for n in names if n not in {"label", "weight"}], [])
    found = [values(n, root)["label"] for n in root.iterfind("g:graph/g:node", NS)]
    wanted = ["".join(c if writable(c) else "\ufffd" for c in n) for n in names if n not in {"label", "weight"}]
    assert found == wanted


def writable(c: str) -> bool:
    return c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"


def test_markup_in_names_stays_text() -> None:
    name = "]]><!-- & \"'</data><evil/>"
    root = parsed([(name, {'"><key': name})], [(name, name, {"weight": -1.0})])
    (node,) = root.iterfind("g:graph/g:node", NS)
    assert values(node, root) == {"label": name, '"><key': name}


# --- the statement list -----------------------------------------------------------------------------------------------


def listed(rows: list[StatementRow]) -> tuple[str, statements_csv.Written]:
    stream = io.StringIO(newline="")
    written = statements_csv.write(rows, stream)
    return stream.getvalue(), written


def test_the_statement_list() -> None:
    rows = [
        says("NRD", "for", "a1", person="Ilse Tarrow", regarding="OST"),
        says("VES", "against", "a2", date=None),
        says("VES", "conditional", "a2"),
        says("VES", "neutral", "a2"),
        says("VES", "for", "a1", reporter="NRD"),
    ]
    text, written = listed(list(statement_rows(rows)))
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["document", "date", "person", "organisation", "concept", "agreement"],
        ["a1", "2031-03-01", "Ilse Tarrow", "NRD", "sanctions/OST", "1"],
        ["a2", "", "", "VES", "sanctions", "0"],
    ]
    assert written == statements_csv.Written(rows=2, conditional=1, neutral=1, reported=1, undated=1)


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "'=1", "\u200b=1", "\ufeff@x"],
)
def test_formulas_are_made_harmless(cell: str) -> None:
    assert statements_csv.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "plain", "a=b", "'tis", "2031-03-01", "1", "NGO:X-Y"])
def test_what_is_harmless_stays_as_it_is(cell: str) -> None:
    assert statements_csv.harmless(cell) == cell


CELL = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("=+-@'\t\r\n\",;")), max_size=8)


LISTED = st.builds(
    StatementRow,
    document=CELL,
    date=st.one_of(st.none(), st.dates()),
    person=st.one_of(st.none(), CELL.filter(bool)),
    organisation=CELL,
    concept=CELL,
    stance=st.sampled_from(["for", "against"]),
    reporter=st.none(),
)


@given(st.lists(LISTED, max_size=6))
@settings(max_examples=150, deadline=None)
def test_a_list_that_is_read_again_is_the_same(rows: list[StatementRow]) -> None:
    text, _ = listed(rows)
    back = list(statements_csv.read(io.StringIO(text, newline="")))
    assert [(b.document, b.date, b.person, b.organisation, b.concept, b.agreement) for b in back] == [
        (r.document, r.date, r.person, r.organisation, r.concept, r.stance == "for") for r in rows
    ]
    for line in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.lstrip()[:1] in tuple("=+-@") for cell in line)


def test_other_columns_and_another_order_are_read() -> None:
    text = "\ufeffid,agreement,concept,organisation,person,date,document\n7,yes,trade,NRD,,2031-03-01T00:00:00,d1\n\n"
    (line,) = statements_csv.read(io.StringIO(text))
    assert line == statements_csv.Line("d1", dt.date(2031, 3, 1), None, "NRD", "trade", True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: no column document"),
        ("document,date\n", "line 1: no column person"),
        ("document,date,person,organisation,concept,agreement\nd,2031-03-01,,NRD,trade,maybe\n", "line 2: agreement"),
        ("document,date,person,organisation,concept,agreement\nd,March,,NRD,trade,1\n", "line 2: date"),
        ("document,date,person,organisation,concept,agreement\n\nd,2031-03-01\n", "line 3: 2 cells"),
        ('document,date,person,organisation,concept,agreement\nd,"2031', "line 2"),
    ],
)
def test_a_broken_list_names_its_line(text: str, told: str) -> None:
    with pytest.raises(SourceError, match=re.escape(told)):
        list(statements_csv.read(io.StringIO(text, newline="")))
