"""Positions: sentences and who wants what in them, the rows of stance.csv by their examples, signs and merging."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dragoman.coder import Coder
from dragoman.lexicon.load import load
from dragoman.parse.spacy import SpacyParser
from dragoman.records import Article, Position, Reading

FILE = Path(__file__).parent / "cases" / "en" / "positions.toml"
CASES: dict[str, list[dict[str, Any]]] = tomllib.loads(FILE.read_text("utf-8"))
# what the sentences that no rule was made with must reach
RECALL, PRECISION = 0.90, 0.85
MORE_RECALL, MORE_PRECISION = 0.84, 0.92
HELD_RECALL, HELD_PRECISION = 0.60, 0.85
# texts full of metaphor, headline and translation; written by people who had not seen the rules
HARD_FLOORS = {"press": (0.41, 0.74), "spoken": (0.29, 0.64)}
MORE: list[dict[str, Any]] = tomllib.loads((FILE.parent / "positions_more.toml").read_text("utf-8"))["case"]
HELD: list[dict[str, Any]] = tomllib.loads((FILE.parent / "positions_held.toml").read_text("utf-8"))["case"]


HARD: dict[str, list[dict[str, Any]]] = {
    name: tomllib.loads((FILE.parent / f"positions_{name}.toml").read_text("utf-8"))["case"] for name in HARD_FLOORS
}


@cache
def coder() -> Coder:
    return Coder(load(), SpacyParser())


def read(*texts: str) -> list[Reading]:
    return list(coder().code(Article(id=str(n), text=text) for n, text in enumerate(texts)))


def positions(text: str) -> tuple[Position, ...]:
    return read(text)[0].positions


def named(position: Position) -> tuple[str, str, str]:
    return position.actor, position.issue, position.stance


def fits(position: Position, wanted: dict[str, Any]) -> bool:
    shared = wanted.get("shared_with")
    return all(getattr(position, k) == v for k, v in wanted.items() if k != "shared_with") and (
        shared is None or set(shared) == set(position.shared_with)
    )


@pytest.fixture(scope="module")
def readings() -> dict[str, Reading]:
    """Every sentence of the cases and of the table, read in one go."""
    cases = [c for part in CASES.values() for c in part] + MORE + HELD + [c for part in HARD.values() for c in part]
    texts = [c["text"] for c in cases] + [row.example for row in (*load().stance, *load().disputes) if row.example]
    return dict(zip(texts, read(*texts), strict=True))


@pytest.mark.parametrize("case", CASES["case"], ids=lambda c: c["text"][:50])
def test_case(case: dict[str, Any], readings: dict[str, Reading]) -> None:
    got = readings[case["text"]].positions
    for wanted in case["positions"]:
        assert any(fits(p, wanted) for p in got), f"wanted {wanted}, got {got}"
    allowed = {(w["actor"], w["issue"], w["stance"]) for w in case["positions"]}
    assert {named(p) for p in got} <= allowed


def totals(cases: list[dict[str, Any]], readings: dict[str, Reading]) -> tuple[float, float]:
    """(recall, precision) of the positions that people hold in their own words."""
    right = found = wanted = 0
    for case in cases:
        got = {named(p) for p in readings[case["text"]].positions if p.reporter is None}
        gold = {(w["actor"], w["issue"], w["stance"]) for w in case["positions"] if "reporter" not in w}
        right, found, wanted = right + len(got & gold), found + len(got), wanted + len(gold)
    return right / wanted, right / found


def comes_out(case: dict[str, Any], reading: Reading) -> bool:
    """Whether a text has its positions, and no others; what is reported may be missing."""
    keys = {(*named(p), p.reporter) for p in reading.positions}
    allowed = {(w["actor"], w["issue"], w["stance"], w.get("reporter")) for w in case["positions"]}
    own = {key for key in allowed if key[3] is None}
    return own <= keys <= allowed


def test_more_texts_hold_their_level(readings: dict[str, Reading]) -> None:
    recall, precision = totals(MORE, readings)
    assert recall >= MORE_RECALL
    assert precision >= MORE_PRECISION


def test_no_text_that_came_out_right_fails(readings: dict[str, Reading]) -> None:
    """`fault = true` marks what comes out wrong today; mending a text means taking its mark away."""
    right = {case["text"]: comes_out(case, readings[case["text"]]) for case in MORE}
    assert [c["text"] for c in MORE if not c.get("fault") and not right[c["text"]]] == []
    assert [c["text"] for c in MORE if c.get("fault") and right[c["text"]]] == [], "no fault any more"


@pytest.mark.parametrize("name", HARD_FLOORS)
def test_hard_texts_hold_their_level(name: str, readings: dict[str, Reading]) -> None:
    recall, precision = totals(HARD[name], readings)
    assert recall >= HARD_FLOORS[name][0]
    assert precision >= HARD_FLOORS[name][1]


def test_blind_texts_hold_their_level(readings: dict[str, Reading]) -> None:
    """Only totals: nobody looks at these texts or at what goes wrong in them."""
    recall, precision = totals(HELD, readings)
    assert recall >= HELD_RECALL
    assert precision >= HELD_PRECISION


def test_held_out(readings: dict[str, Reading]) -> None:
    recall, precision = totals(CASES["held_out"], readings)
    assert recall >= RECALL
    assert precision >= PRECISION


def test_a_third_of_the_cases_are_traps() -> None:
    """A trap: nobody takes sides in words of his own."""
    for part in CASES.values():
        assert sum(all("reporter" in p for p in c["positions"]) for c in part) >= len(part) / 3


@pytest.mark.parametrize("row", [r for r in load().stance if r.example], ids=lambda r: f"{r.words}-{r.part}")
def test_rows_code_their_example(row: Any, readings: dict[str, Reading]) -> None:
    got = readings[row.example].positions
    if row.stance == "conditional":
        assert any(p.stance == "conditional" and p.condition for p in got)
    elif "naming" in row.complement and row.stance == "neutral":
        assert any(f"{row.words} " in (p.reason or "") for p in got)
    else:
        assert any(row.words in (p.reason or "") for p in got), f"{row.words!r} is not the reason of any of {got}"


@pytest.mark.parametrize("row", [r for r in load().disputes if r.example], ids=lambda r: r.words)
def test_disputes_tell_whom_a_position_regards(row: Any, readings: dict[str, Reading]) -> None:
    got = readings[row.example].positions
    assert any(row.regarding in (p.regarding, p.toward) for p in got), got


def test_disputes_name_states_and_issues() -> None:
    states, issues = {s.code for s in load().states}, {i.key for i in load().issues}
    for row in load().disputes:
        assert row.regarding in states, row
        assert set(row.issues) <= issues, row


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("The pipeline is out of the question for Malta.", "against"),
        ("For Malta, the pipeline is a mistake.", "against"),
        ("The pipeline met with resistance in Malta.", "against"),
        ("The pipeline won the backing of Malta.", "for"),
        ("Nothing will make Malta stop the pipeline.", "for"),
        ("Malta considers it wrong to build the pipeline.", "against"),
        ("Malta, a critic of the pipeline, stayed silent.", "against"),
        ("Malta links the pipeline to a lower price.", "conditional"),
        ("Malta would build the pipeline were Cyprus to pay.", "conditional"),
        ("Malta will not build the pipeline without guarantees.", "conditional"),
        ("Malta called for the pipeline to be built.", "for"),
        ("Malta and Cyprus have lived without a pipeline since 1978.", None),
    ],
)
def test_turns(text: str, stance: str | None) -> None:
    assert [p.stance for p in positions(text) if p.actor == "MLT"] == ([stance] if stance else [])


@pytest.mark.parametrize(
    ("said", "stance"),
    [
        ("Build the pipeline? Never", "against"),
        ("Build the pipeline? Only if Cyprus pays", "conditional"),
        ("A pipeline? Of course", "for"),
        ("No guarantees, no pipeline", "conditional"),
        ("Cut the price and we will build the pipeline", "conditional"),
        ("Only a pipeline can help us", "for"),
        ("What we need is a pipeline", "for"),
        ("The last thing we need is a pipeline", "against"),
        ("Building the pipeline would be a mistake", "against"),
        ("It is high time the pipeline was built", "for"),
    ],
)
def test_turns_of_speech(said: str, stance: str) -> None:
    got = positions(f"“{said},” Maltese minister Rita Camilleri said.")
    assert [(p.actor, p.stance) for p in got] == [("MLT", stance)]


def test_a_condition_may_fill_a_sentence() -> None:
    text = "Malta does not rule out talks with Cyprus. But first the sailors must return, minister Rita Camilleri said."
    found = [p for p in positions(text) if p.issue == "dialogue"]
    assert [(p.actor, p.stance) for p in found] == [("MLT", "conditional")]
    assert found[0].condition is not None
    assert text[slice(*found[0].condition)].startswith("But first the sailors")


def test_both_signed() -> None:
    got = positions("Malta signed a trade agreement with Chile.")
    assert {(named(p), p.shared_with) for p in got} == {
        (("MLT", "trade", "for"), ("CHL",)),
        (("CHL", "trade", "for"), ("MLT",)),
    }


def test_spans_and_reasons() -> None:
    reading = read("“We will lift the sanctions if the fighting stops,” Kenyan minister Abel Mutiso said.")[0]
    (position,) = reading.positions
    assert named(position) == ("KEN", "sanctions", "conditional")
    assert position.condition is not None
    assert reading.words(position.condition) == "if the fighting stops"
    assert [reading.words(e) for e in position.evidence] == [reading.article.text]
    assert position.statement == reading.statements[0].id
    assert position.reason
    assert "lift" in position.reason


def test_the_same_said_twice_is_one_position() -> None:
    text = (
        "Ghana condemned the coup in Niger. Later in the day the foreign minister of Ghana, Esi Quartey, also "
        "denounced the military takeover."
    )
    (position,) = positions(text)
    assert named(position) == ("GHA", "democracy", "for")
    assert len(position.evidence) == 2
    assert position.regarding == "NER"


def test_joint_speakers_have_one_position_each() -> None:
    got = positions("Peru and Chile called for free trade.")
    assert [(named(p), p.shared_with) for p in got] == [
        (("PER", "trade", "for"), ("CHL",)),
        (("CHL", "trade", "for"), ("PER",)),
    ]


def test_what_was_said_before_is_taken_up_with_its_condition() -> None:
    text = (
        "Georgia and Armenia must create a climate of mutual understanding, Georgian minister Levan Kapanadze said. "
        "“We are ready to do so. Naturally only if our Armenian friends are, too,” he added."
    )
    got = positions(text)
    assert [(named(p), p.toward) for p in got] == [(("GEO", "bilateral-relations", "conditional"), "ARM")]
    assert len(got[0].evidence) >= 2


def test_a_list_of_shared_tasks_gives_one_position_each() -> None:
    text = (
        "Kenyan minister Abel Mutiso met his colleague from Oman. According to Mutiso, the interests of the two "
        "countries coincide in the fight against piracy, the protection of shipping, the spread of nuclear weapons "
        "and the settlement of regional conflicts."
    )
    got = {p.issue: p for p in positions(text)}
    assert set(got) == {"maritime", "nonproliferation", "peace-process"}
    assert all((p.actor, p.stance, p.shared_with) == ("KEN", "for", ("OMN",)) for p in got.values())


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Malta supports the embargo.", "for"),
        ("Malta does not support the embargo.", "against"),
        ("Malta opposes the end of the embargo.", "for"),
        ("Malta welcomed the lifting of the embargo.", "against"),
        ("Malta demanded that the embargo be lifted.", "against"),
        ("Malta refuses to lift the embargo.", "for"),
        ("Malta no longer supports the embargo.", "against"),
        ("Malta is not opposed to the embargo.", "neutral"),
        ("Malta would support the embargo if its neighbours agreed.", "conditional"),
    ],
)
def test_signs(text: str, stance: str) -> None:
    assert [p.stance for p in positions(text) if p.issue == "sanctions"] == [stance]


@pytest.mark.parametrize(
    "text",
    [
        "Malta might support the embargo.",
        "Does Malta support the embargo?",
        "Malta denies that it supports the embargo.",
        "Malta and Cyprus talked about the embargo.",
        "An opposition leader in Malta rejected the embargo.",
    ],
)
def test_silence(text: str) -> None:
    assert positions(text) == ()


def test_what_is_said_of_others_names_who_says_it() -> None:
    (position,) = positions("Russian minister Gleb Sorokin said that Malta supported the embargo.")
    assert named(position) == ("MLT", "sanctions", "for")
    assert position.reporter == "RUS"


def test_a_vote_gives_each_voter_his_stance() -> None:
    got = positions("Mexico voted for the draft on nuclear disarmament, France against it, and Japan abstained.")
    assert {named(p) for p in got} == {
        ("MEX", "arms-control", "for"),
        ("FRA", "arms-control", "against"),
        ("JPN", "arms-control", "neutral"),
    }


def test_what_was_spoken_of_is_taken_up() -> None:
    got = positions(
        "Hungary wants to lift the sanctions against Belarus. Latvia rejected the plan, and Malta regrets it."
    )
    assert ("HUN", "sanctions", "against") in {named(p) for p in got}
    latvia = next(p for p in got if p.actor == "LVA")
    assert latvia.stance == "for"
    assert len(latvia.evidence) == 2


def test_nobody_has_a_position_toward_himself() -> None:
    for reading in read(
        "Peru wants better relations between Peru and Chile.", "Iran defends Iran's missile programme."
    ):
        for p in reading.positions:
            assert p.actor not in (p.toward, p.regarding, *p.shared_with)
