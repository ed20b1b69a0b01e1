"""Statements: the cases of tests/cases/en/statements.toml, the examples of the table, and input that nobody meant."""

from __future__ import annotations

import time
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from dragoman.find.actors import find_mentions
from dragoman.find.base import References
from dragoman.find.references import resolve
from dragoman.find.statements import find_statements
from dragoman.lexicon.load import Lexicon, load
from dragoman.parse.base import Parsed
from dragoman.parse.spacy import SpacyParser
from dragoman.records import Span, Statement

CASES = tomllib.loads((Path(__file__).parent / "cases/en/statements.toml").read_text(encoding="utf-8"))["case"]
TUNED = [case for case in CASES if not case.get("held_out")]
HELD_OUT = [case for case in CASES if case.get("held_out")]

# just below what was measured on the held-out cases; raise it with the finder, lower it only aloud
STATEMENT_FLOOR = 0.8


@cache
def parser() -> SpacyParser:
    return SpacyParser()


@cache
def lexicon() -> Lexicon:
    return load()


def parse(text: str) -> Parsed:
    return next(iter(parser().parse([text])))


def read(text: str, body_start: int = 0) -> list[Statement]:
    parsed = parse(text)
    references = resolve(parsed, find_mentions(parsed, lexicon(), published=None), lexicon(), published=None)
    return find_statements(parsed, references, lexicon(), body_start=body_start)


def plain(parsed: Parsed) -> list[Statement]:
    """The statements of a text in which nobody is known."""
    return find_statements(parsed, References(parsed, (), {}), lexicon())


def told(text: str, found: Statement, wanted: dict[str, Any]) -> dict[str, Any]:
    """A statement in the words of a case, with only the columns that the case names."""

    def words(span: Span | None) -> str:
        return "" if span is None else text[span[0] : span[1]]

    speaker = found.speaker.text if found.speaker else ""
    same = speaker and wanted["speaker"] and (speaker in wanted["speaker"] or wanted["speaker"] in speaker)
    addressee = found.addressee.text if found.addressee else ""
    row: dict[str, Any] = {
        "speaker": wanted["speaker"] if same else speaker,
        "kind": found.kind,
        "act": found.act,
        "cue": words(found.cue),
        "content": [words(c) for c in found.content],
        "addressee": wanted["addressee"] if addressee and addressee in wanted.get("addressee", "") else addressee,
        "channel": found.channel,
        "within": int(found.within[1:]) if found.within else None,
        "actor": found.speaker.actor if found.speaker else None,
        "actors": [p.actor for p in found.speakers],
    }
    return {key: row[key] for key in wanted}


def found_in(case: dict[str, Any]) -> tuple[str, list[Statement]]:
    """The text of a case, and the statements found in it."""
    title = case.get("title", "")
    text = f"{title}\n\n{case['text']}" if title else case["text"]
    return text, read(text, len(title) + 2 if title else 0)


@pytest.mark.parametrize("case", TUNED, ids=[c["name"] for c in TUNED])
def test_case(case: dict[str, Any]) -> None:
    text, found = found_in(case)
    wanted = case["statements"]
    shown = [(s.speaker and s.speaker.text, [text[a:b] for a, b in s.content], s.reason) for s in found]
    assert len(found) == len(wanted), shown
    assert [told(text, f, w) for f, w in zip(found, wanted, strict=True)] == wanted
    assert [f.id for f in found] == [f"s{n}" for n in range(1, len(found) + 1)]


def test_the_held_out_cases_are_right_as_often_as_they_were() -> None:
    """Right are the statements that agree in every column, of all that are wanted or found."""
    right = total = 0
    wrong = []
    for case in HELD_OUT:
        text, found = found_in(case)
        wanted = case["statements"]
        agree = sum(any(told(text, f, w) == w for f in found) for w in wanted)
        total += max(len(wanted), len(found), 1)
        right += agree if wanted else not found
        if agree < max(len(wanted), len(found)):
            wrong.append(f"{case['name']}: {[told(text, f, wanted[0]) if wanted else f.reason for f in found]}")
    assert right >= STATEMENT_FLOOR * total, "\n".join([f"{right} of {total} right", *wrong])


def test_there_are_enough_cases_and_rows() -> None:
    assert len(TUNED) >= 60
    assert len(HELD_OUT) >= 40
    assert len(lexicon().reporting) >= 400


def test_every_row_codes_its_example() -> None:
    rows = lexicon().reporting
    missed = []
    for row, parsed in zip(rows, parser().parse(r.example for r in rows), strict=True):
        found = plain(parsed)
        named = [s for s in found if s.speaker]
        if row.kind in ("manner", "rule", "thing"):
            right = not named
        elif row.kind == "label":
            right = row.act == "question" or any(s.kind == "direct" and not s.speaker for s in found)
        elif row.kind == "adverb":
            right = any(not s.speaker and (s.reason or "").startswith(f"{row.where}:") for s in found)
        elif row.kind == "reply":
            right = any(s.speaker and s.addressee for s in found)
        elif row.kind == "phrase" and set(row.frame) <= {"to-person"}:
            right = any((s.channel or "").lower().endswith(row.lemma.split()[-1]) for s in found)
        elif row.lemma == "just as":
            right = bool(found)
        elif row.kind == "phrase" and "clause" in row.frame:
            right = any(s.content and s.speaker for s in found)
        else:
            right = any(row.act in (s.act, "statement") and (s.reason or "").startswith(f"{row.where}:") for s in found)
        if not right:
            missed.append(f"{row.where} {row.lemma}: {row.example}")
    assert not missed


def test_evidence_holds_cue_and_content() -> None:
    text = "“We will go,” Holm said. “We will not wait.”\nRell said the war was over."
    for statement in read(text):
        for start, end in (*statement.content, statement.cue or statement.content[0]):
            assert any(a <= start and end <= b for a, b in statement.evidence)


def test_speakers_follow_through_paragraphs_without_a_cue() -> None:
    text = "Holm said the port was closed.\n“It will stay closed until the talks are over.”"
    first, second = read(text)
    assert second.speaker == first.speaker
    assert second.cue is None
    assert second.kind == "direct"


def test_the_same_words_twice_give_the_same_statements() -> None:
    text = "Holm said that “the door is open”, adding that Rell had been told."
    assert read(text) == read(text)


REPORTING = (
    "he Holm minister said told that according to as adding wrote hope his vowed called on was quoted saying SAID"
)
OTHERS = "will go not asked whether expressed by is ready if 😀 \u202e \u200f שלום 和平"
SIGNS = ", . : ; - — “ ” \" '' ‘ ’ ' « » „ ? ! … ( )"
WORDS = st.sampled_from([*REPORTING.split(), *OTHERS.split(), *SIGNS.split(), "\n", "\n\n"])


def sound(text: str, found: list[Statement]) -> None:
    ids = [s.id for s in found]
    assert len(set(ids)) == len(ids)
    for s in found:
        assert s.content
        assert s.within is None or s.within in ids
        for start, end in (*s.content, *s.evidence, *((s.cue,) if s.cue else ())):
            assert 0 <= start < end <= len(text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS, min_size=1, max_size=50), st.booleans())
@example(["“", "he", "said", "that", "“"], False)
@example(['"'] * 50, True)
def test_any_words_in_any_order(words: list[str], joined: bool) -> None:
    text = " ".join(words).replace(" ” ", "” ").replace(" “ ", " “") if joined else " ".join(words)
    assume(text.strip())
    sound(text, plain(parse(text)))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    assume(text.strip())
    sound(text, plain(parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "“ " * 10_000,
        'He said "yes" and ' * 1_500,
        "He said that she said that they said that " * 700,
        "“he said that she said that " * 500,
        "according to him " * 1_500,
        "“Yes,” he said. " * 1_500,
        "A: b c\n" * 2_000,
    ],
    ids=["marks", "one sentence", "nested", "nested in marks", "phrases", "many", "colons"],
)
def test_time_grows_with_the_text_only(text: str) -> None:
    parsed = parse(text)
    plain(parse("He said so."))
    start = time.process_time()
    sound(text, plain(parsed))
    assert time.process_time() - start < 3.0
