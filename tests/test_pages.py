"""The thirty pages: golden Readings, and what a careful reader expects of them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import golden
from dragoman.evaluate import pages as evaluate
from dragoman.records import Reading

FLOORS = tomllib.loads((Path(__file__).parent / "pages" / "floors.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def readings(coder) -> dict[str, Reading]:
    return {folder.name: golden.reading_of(folder, coder) for folder in golden.folders()}


@pytest.mark.parametrize("folder", golden.folders(), ids=lambda f: f.name)
def test_golden(folder: Path, readings: dict[str, Reading]) -> None:
    expected = golden.unmarked((folder / "golden.txt").read_text("utf-8"))
    assert golden.view(readings[folder.name]) == expected, "look at it: python tests/golden.py; accept it: make golden"


@pytest.fixture(scope="module")
def score(readings: dict[str, Reading]) -> evaluate.Score:
    total = evaluate.empty()
    for name, reading in readings.items():
        expect = tomllib.loads((golden.PAGES / name / "meta.toml").read_text("utf-8"))["expect"]
        total = total + evaluate.page(reading, expect, name)
    return total


@pytest.mark.parametrize("kind", ["events", "speakers", "positions"])
def test_floors(kind: str, score: evaluate.Score) -> None:
    """Lowering a floor is a decision; it is written down in docs/results.md."""
    tally: evaluate.Tally = getattr(score, kind)
    assert tally.recall >= FLOORS[kind]["recall"], "\n".join(m for m in score.misses)
    assert tally.precision >= FLOORS[kind]["precision"], "\n".join(score.extras)


def test_nothing_forbidden(score: evaluate.Score) -> None:
    known = FLOORS["broken"]
    assert sorted(score.broken) == sorted(known), "what must never be"
