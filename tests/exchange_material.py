"""Codes and invented events for the tests of formats; nobody did any of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from hypothesis import strategies as st

from dragoman.exchange.crosswalk import Codes, crosswalk
from dragoman.exchange.event_rows import EventRow, Party
from dragoman.exchange.set_aside import SetAside
from dragoman.lexicon.load import load

NASTY = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''=1", '"', '""', '"a"', "a\tb", "a\nb", "a\r\nb", "|", "a|b\\"),
    *(
        ";",
        "\\",
        "\x00",
        "\u2028",
        "\x85",
        "\ufeff",
        "None",
        "e\u0301",
        "普京",
        "\U0001f600",
        "<b>&amp;",
        "a,b",
        " a ",
        "'",
    ),
]
STATES = ["USA", "RUS", "FRA", "PSE", "KOS", "SRB", "COD"]
BODIES = ["IGO:UN", "IGO:NATO", "IGO:EU"]
SECTORS = ["GOV", "MIL", "REB", "JRN", "MED", "SOC", "CVL", "OPP"]


@cache
def codes() -> Codes:
    """The crosswalk of the tables that come with the package."""
    tables = load(("builtin",))
    folder = files("dragoman").joinpath("data/ontology")
    acts, actors = (
        list(csv.DictReader(io.StringIO(folder.joinpath(name).read_text("utf-8"), newline="")))
        for name in ("cameo.csv", "cameo-actors.csv")
    )
    named = [*tables.states, *tables.organisations, *tables.armed_groups]
    labels = {one.code: one.name for one in named}
    names = [(name, s.code) for s in tables.states for name in (s.official, *s.aliases) if name]
    names += [(name, o.code) for o in tables.organisations for name in o.aliases]
    return crosswalk(acts, actors, tables.ontology, labels, names)


def an_event(**more: Any) -> EventRow:
    """An invented event with every field that most formats carry."""
    given: dict[str, Any] = {
        "id": "e1",
        "type": "CONSULT",
        "mode": "visit",
        "quad": 1,
        "score": 4.0,
        "sources": (Party(code="USA", sector="GOV", name="Ada Quill"),),
        "targets": (Party(code="FRA", sector="MIL", name="Bel Orne"),),
        "day": dt.date(2031, 3, 9),
        "place": "Lower Vesper",
        "country": "FRA",
        "latitude": 48.5,
        "longitude": -2.25,
        "origin": "test",
    }
    return EventRow(**(given | more))


def events_in(found: Iterable[EventRow | SetAside]) -> list[EventRow]:
    """The events; nothing may have been set aside."""
    rows = list(found)
    assert [str(row) for row in rows if isinstance(row, SetAside)] == []
    return [row for row in rows if isinstance(row, EventRow)]


def aside_in(found: Iterable[EventRow | SetAside]) -> list[SetAside]:
    return [row for row in found if isinstance(row, SetAside)]


texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
maybe = st.none() | texts
days = st.dates(dt.date(1900, 1, 1), dt.date(2090, 1, 1))


@st.composite
def parties(draw: st.DrawFn, *, bodies: bool = True) -> Party:
    """A party whose actor every format knows, with a name of any kind."""
    code = draw(st.sampled_from(STATES + (BODIES if bodies else [])))
    sectors = [] if ":" in code else draw(st.lists(st.sampled_from(SECTORS), max_size=2, unique=True))
    return Party(code=code, sector=sectors[0] if sectors else None, others=tuple(sectors[1:]), name=draw(maybe))


@st.composite
def events(draw: st.DrawFn, *, one_each: bool = True, modes: bool = True) -> EventRow:
    """An event coded by our ontology; with `one_each` one actor on each side, and not the same."""
    known = codes().kinds
    kind = draw(st.sampled_from(sorted(known)))
    mode = draw(st.sampled_from([None, *sorted(known[kind].modes)])) if modes else None
    quad, score = codes().worth(kind, mode)
    if one_each:
        one, other = draw(parties()), draw(parties())
        if one.code == other.code:
            other = Party(code="BRA")
        sides: Any = {"sources": (one,), "targets": (other,)}
    else:
        sides = {
            "sources": tuple(draw(st.lists(parties(), min_size=1, max_size=3))),
            "targets": tuple(draw(st.lists(parties(), max_size=2))),
        }
    spot = draw(st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180))) or (None, None)
    return EventRow(
        id=draw(st.text("abc0123456789", min_size=1, max_size=8)),
        type=kind,
        mode=mode,
        quad=quad,
        score=score,
        **sides,
        day=draw(days),
        published=draw(st.none() | days),
        contexts=tuple(draw(st.lists(st.sampled_from(["military", "diplomatic", "cyber"]), unique=True))),
        issues=tuple(draw(st.lists(st.sampled_from(["trade", "arms-control"]), unique=True))),
        status=draw(st.sampled_from(["actual", "planned", "negated"])),
        place=draw(maybe),
        country=draw(st.none() | st.sampled_from(STATES)),
        latitude=spot[0],
        longitude=spot[1],
        geonames=draw(st.none() | st.integers(1, 10**9)),
        site=draw(maybe),
        url=draw(st.none() | st.just("https://news.example/a")),
        title=draw(maybe),
        words=draw(maybe),
        confidence=draw(st.floats(0, 1)),
        reason=draw(maybe),
        origin="test",
    )


def lines_of(rows: Iterable[Iterable[str]]) -> io.BytesIO:
    """Cells as a table with tabs."""
    return io.BytesIO("".join("\t".join(row) + "\n" for row in rows).encode())


def named(stream: io.BytesIO, name: str) -> io.BytesIO:
    stream.name = name  # type: ignore[attr-defined]
    return stream
