"""Acts and cues: every row of verbs.csv and cues.csv does with its example what it says."""

from __future__ import annotations

import csv
import re
from importlib.resources import files
from typing import Any

import msgspec
import pytest

from dragoman.coder import Coder
from dragoman.find.status import StatusReader
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parser
from dragoman.records import Article, Event, Reading

TABLES = files("dragoman").joinpath("data", "lang", "en")
STATUS = {
    "negation": "negated",
    "denial": "negated",
    "hedge": "hypothetical",
    "condition": "hypothetical",
    "future": "planned",
    "past": "historical",
}


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(TABLES.joinpath(name).read_text("utf-8").splitlines()))


VERBS, CUES = table("verbs.csv"), table("cues.csv")


def row(given: dict[str, str]) -> Any:
    """The row as a parameter, told by its pattern."""
    return pytest.param(given, id=f"{given['pattern'][:60]} {given['event']}")


@pytest.fixture(scope="module")
def readings(coder: Coder) -> dict[str, Reading]:
    """Example -> its Reading; all examples are read in one go."""
    texts = sorted({given["example"] for given in VERBS})
    return dict(zip(texts, coder.code(Article(id=str(n), text=t) for n, t in enumerate(texts)), strict=True))


@pytest.mark.parametrize("given", [row(r) for r in VERBS])
def test_row(given: dict[str, str], readings: dict[str, Reading]) -> None:
    events = readings[given["example"]].events
    if given["event"] == "NONE":
        assert not events
    elif given["event"] == "ANY":
        # no act by itself, but one with what is asked or promised
        assert any(" with '" in e.reason for e in events)
    else:
        assert any(coded_as(e, given) for e in events), [(e.type, e.mode, e.reason) for e in events]


def coded_as(event: Event, given: dict[str, str]) -> bool:
    """Type, mode and slots as the row says; an act inside another brings its own mode and target."""
    pattern = given["pattern"]
    if event.type != given["event"] or not event.source:
        return False
    if "ACT" in pattern:
        return True
    needed = re.sub(r"\[[^]]*\]", "", pattern)
    sides = len({p.actor for p in (*event.source, *event.target)})
    return (event.mode or "") == given["mode"] and ("TARGET" not in needed or bool(event.target) or sides > 1)


def test_patterns_are_told_apart() -> None:
    patterns = [r["pattern"] for r in VERBS]
    assert len(patterns) == len(set(patterns))


def test_enough_is_no_event() -> None:
    """The table also says what is no act; a table of acts alone finds them everywhere."""
    assert sum(r["event"] == "NONE" for r in VERBS) >= 60


@pytest.mark.parametrize("given", CUES, ids=lambda r: f"{r['words']} {r['kind']}")
def test_cue(given: dict[str, str], lexicon: Lexicon, parser: Parser) -> None:
    """Some word of the example has the status of the cue's kind, and loses it when the cue is taken from the table."""
    parsed = next(iter(parser.parse([given["example"]])))
    without = msgspec.structs.replace(lexicon, cues=tuple(c for c in lexicon.cues if c.words != given["words"]))
    reader, blind = StatusReader(parsed, lexicon), StatusReader(parsed, without)
    wanted = STATUS[given["kind"]]
    acts = [t.i for t in parsed.tokens if t.pos in ("VERB", "NOUN")]
    assert any(reader.of(i)[0] == wanted != blind.of(i)[0] for i in acts)
