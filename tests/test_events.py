"""Events: the sentences of cases/en/events.toml and what is done in each of them, complete."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dragoman.coder import Coder
from dragoman.records import Article, Event, Published, Reading

CASES: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "cases/en/events.toml").read_text("utf-8")
)
# what the sentences that the tables were not tuned on must reach: wholly right, and of the silent ones left silent
RIGHT, SILENT = 0.6, 0.85


def shown(event: Event) -> str:
    """An event as the cases write it, without its words."""
    mode = f"-{event.mode}" if event.mode else ""
    sides = [" + ".join(sorted({p.actor or "?" for p in who})) for who in (event.source, event.target)]
    return f"{event.type}{mode} {' > '.join(s for s in sides if s)}: {event.status}".replace(" + ", "+")


def wanted(case: dict[str, Any]) -> list[tuple[str, str]]:
    """Each event of a case, and words that its trigger must hold."""
    out = []
    for told in case["events"]:
        what, _, words = told.rpartition(", '")
        kind, _, rest = what.partition(" ")
        sides, _, status = rest.rpartition(": ")
        ordered = " > ".join("+".join(sorted(side.split("+"))) for side in sides.split(" > "))
        out.append((f"{kind} {ordered}: {status}", words.rstrip("'")))
    return out


def right(case: dict[str, Any], reading: Reading) -> bool:
    """Whether just these events were found, on these words."""
    events = wanted(case)
    found = [(shown(e), reading.words(e.trigger)) for e in reading.events]
    if sorted(what for what, _ in events) != sorted(what for what, _ in found):
        return False
    return all(any(what == kind and words in trigger for kind, trigger in found) for what, words in events)


def parameter(case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(strict=True, reason=case["fault"])] if "fault" in case else []
    return pytest.param(case, marks=marks, id=case["text"][:60])


def article(number: int, case: dict[str, Any]) -> Article:
    day = case.get("published")
    published = Published(start=day, end=day, granularity="day", source="given", confidence=1.0) if day else None
    return Article(id=str(number), text=case["text"], published=published)


@pytest.fixture(scope="module")
def readings(coder: Coder) -> dict[str, Reading]:
    """Sentence -> its Reading; all are read in one go."""
    cases = [case for part in CASES.values() for case in part]
    found = coder.code(article(n, case) for n, case in enumerate(cases))
    return {case["text"]: reading for case, reading in zip(cases, found, strict=True)}


@pytest.mark.parametrize("case", [parameter(c) for c in CASES["dev"]])
def test_case(case: dict[str, Any], readings: dict[str, Reading]) -> None:
    reading = readings[case["text"]]
    assert right(case, reading), [(shown(e), reading.words(e.trigger), e.reason) for e in reading.events]


def test_held_out(readings: dict[str, Reading]) -> None:
    cases = CASES["held_out"]
    good = [case["text"] for case in cases if right(case, readings[case["text"]])]
    assert len(good) >= RIGHT * len(cases), f"{len(good)} of {len(cases)}"


def test_held_out_silence(readings: dict[str, Reading]) -> None:
    silent = [case["text"] for case in CASES["held_out"] if not case["events"]]
    kept = [text for text in silent if not readings[text].events]
    assert len(kept) >= SILENT * len(silent), f"{len(kept)} of {len(silent)}"


def test_sentences_are_told_apart() -> None:
    texts = [case["text"] for part in CASES.values() for case in part]
    assert len(texts) == len(set(texts))


def test_evidence_holds_the_trigger(readings: dict[str, Reading]) -> None:
    for reading in readings.values():
        for event in reading.events:
            assert any(start <= event.trigger[0] and event.trigger[1] <= end for start, end in event.evidence)
