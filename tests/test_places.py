"""Places: every case of cases/en/places.toml, and the two tables."""

from __future__ import annotations

import time
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from dragoman.find.places import find_places
from dragoman.lexicon.load import Lexicon, load
from dragoman.lexicon.match import fold
from dragoman.parse.base import Parsed
from dragoman.parse.spacy import SpacyParser
from dragoman.records import Place

TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "cases/en/places.toml").read_text("utf-8"))


@cache
def lexicon() -> Lexicon:
    return load()


@cache
def parsed_cases() -> dict[str, Parsed]:
    texts = [case["text"] for case in TABLE["case"]]
    return dict(zip(texts, SpacyParser().parse(texts), strict=True))


def shown(found: Place) -> str:
    return f"{found.text} = {found.name}, {found.country or '-'}, {found.kind}"


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: case["text"][:60])
def test_case(case: dict[str, Any]) -> None:
    parsed = parsed_cases()[case["text"]]
    found = find_places(parsed, lexicon())
    assert [shown(p) for p in found] == case["places"]
    for p in found:
        assert p.span is not None
        assert parsed.text[p.span[0] : p.span[1]] == p.text


def test_enough_cases() -> None:
    assert len(TABLE["case"]) >= 60


def test_nothing_in_an_empty_text() -> None:
    parsed = Parsed("", (), ())
    assert find_places(parsed, lexicon()) == []


def test_a_country_has_the_coordinates_of_its_capital() -> None:
    (parsed,) = SpacyParser().parse(["The mission was sent to Peru."])
    (place,) = find_places(parsed, lexicon())
    assert place.latitude is not None and abs(place.latitude + 12) < 1
    assert place.longitude is not None and abs(place.longitude + 77) < 1


def test_every_state_has_its_capital_among_the_towns() -> None:
    towns = {(c.country, fold(f)) for c in lexicon().cities for f in (c.name, c.ascii, *c.aliases)}
    without = [
        s.code
        for s in lexicon().states
        if not s.to and s.capital and not any((s.code, fold(c)) in towns for c in s.capital)
    ]
    assert without == []


def test_tables_are_sound() -> None:
    codes = {s.code for s in lexicon().states}
    assert len(lexicon().regions) >= 350
    for region in lexicon().regions:
        assert region.kind in ("province", "region", "sea", "strait", "river", "mountain", "base", "site"), region.where
        assert region.latitude is not None and -90 <= region.latitude <= 90, region.where
        assert region.longitude is not None and -180 <= region.longitude <= 180, region.where
        assert {c for c in (region.country, *region.countries) if c} <= codes | {"ESH"}, region.where
    for city in lexicon().cities:
        assert -90 <= city.latitude <= 90 and -180 <= city.longitude <= 180, city.where
        assert len(city.country) == 3, city.where
        assert fold(city.ascii).isascii(), city.where


def test_the_tables_are_small_and_read_fast() -> None:
    folder = files("dragoman").joinpath("data/places")
    assert sum(len(entry.read_bytes()) for entry in folder.iterdir()) < 3_000_000
    from dragoman.lexicon.load import read_table
    from dragoman.lexicon.rows import City

    raw = folder.joinpath("cities.csv").read_bytes()
    start = time.process_time()
    faults: list[Any] = []
    rows = read_table("places/cities.csv", raw, City, ("geonames",), faults)
    assert not faults and len(rows) > 5000
    assert time.process_time() - start < 0.5  # far above what it takes, so that a slow machine does not fail
