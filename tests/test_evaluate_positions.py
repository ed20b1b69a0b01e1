"""Positions against gold: pairing by hand, what holds for any gold, gold with faults, and the command."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman import cli, desk
from dragoman.desk import parts
from dragoman.errors import SourceError
from dragoman.evaluate import positions
from dragoman.evaluate.gold import GoldError
from dragoman.evaluate.positions import Score, Text, Wanted, pair_off
from dragoman.records import Article, Position, Reading
from dragoman.records import Coder as Stamp

TALKS = Wanted("NOR", "dialogue", "for", toward="DNK")
BAN = Wanted("NOR", "sanctions", "against", regarding="CHL")


def other(one: Wanted, **changed: Any) -> Wanted:
    return msgspec.structs.replace(one, **changed)


def scored(wanted: Iterable[Wanted], found: Iterable[Wanted], **given: Any) -> Score:
    return positions.measure([(Text(1, "Words.", tuple(wanted), **given), list(found))])


# -- pairs -----------------------------------------------------------------------------------------------------------


def test_gold_against_itself_is_right_in_everything() -> None:
    found = scored([TALKS, BAN], [BAN, TALKS]).groups["all"]

    assert (found.recall, found.precision, found.f1, found.all_three) == (1, 1, 1, 1)
    assert (found.issue, found.stance, found.actor, found.toward, found.toward_of) == (1, 1, 1, 1, 1)


@pytest.mark.parametrize(
    ("changed", "right"),
    [
        ({"issue": "trade"}, (0, 1, 1)),
        ({"stance": "conditional"}, (1, 0, 1)),
        ({"actor": "SWE"}, (1, 1, 0)),
        ({"reporter": "SWE"}, (1, 1, 0)),  # what another says of it is not its own word
    ],
)
def test_one_difference_is_a_pair_with_something_wrong(changed: dict[str, Any], right: tuple[int, int, int]) -> None:
    score = scored([TALKS], [other(TALKS, **changed)])
    found = score.groups["all"]

    assert (found.recall, found.precision) == (1, 1)
    assert (found.issue, found.stance, found.actor, found.all_three) == (*right, 0)
    assert [(miss.what, len(miss.parts)) for miss in score.misses] == [("differs", 1)]


def test_two_differences_are_a_miss_and_something_found_besides() -> None:
    score = scored([TALKS], [other(TALKS, issue="trade", stance="against")])

    assert (score.groups["all"].recall, score.groups["all"].precision) == (0, 0)
    assert [(miss.what, miss.wanted, miss.found) for miss in score.misses] == [
        ("missed", "NOR for dialogue, toward DNK", ""),
        ("extra", "", "NOR against trade, toward DNK"),
    ]


def test_the_best_pairs_are_found_not_the_first() -> None:
    # greedily, the first of the gold would take what alone fits the second
    wanted = [Wanted("NOR", "trade", "for"), Wanted("NOR", "trade", "against")]
    found = [Wanted("NOR", "trade", "against"), Wanted("NOR", "energy", "for")]

    assert pair_off(wanted, found) == [(0, 1), (1, 0)]


def test_details_settle_what_is_equal_otherwise() -> None:
    wanted = [other(TALKS, toward="SWE"), TALKS]

    assert pair_off(wanted, [TALKS, other(TALKS, toward="SWE")]) == [(0, 1), (1, 0)]
    assert pair_off([], [TALKS]) == pair_off([TALKS], []) == []


def test_details_count_where_the_gold_tells_them() -> None:
    joint = Wanted("NOR", "trade", "for", shared_with=("DNK", "SWE"), reporter="CHL")
    found = scored([joint, BAN], [other(joint, shared_with=("SWE", "DNK"), reporter="PER"), other(BAN, regarding=None)])

    group = found.groups["all"]
    assert (group.shared_with, group.shared_with_of) == (1, 1)
    assert (group.reporter, group.reporter_of) == (0, 1)
    assert (group.regarding, group.regarding_of, group.toward_of) == (0, 1, 0)
    assert group.all_three == 1


WANTED = st.builds(
    Wanted,
    actor=st.sampled_from(["NOR", "DNK", "CHL"]),
    issue=st.sampled_from(["trade", "energy"]),
    stance=st.sampled_from(["for", "against"]),
    toward=st.sampled_from([None, "PER"]),
)


def worth(wanted: list[Wanted], found: list[Wanted], pairs: Iterable[tuple[int, int]]) -> int:
    each = [sum(getattr(wanted[g], n) == getattr(found[f], n) for n in ("actor", "issue", "stance")) for g, f in pairs]
    return sum(n for n in each if n >= 2)


@settings(deadline=None, max_examples=150)
@given(st.lists(WANTED, max_size=4), st.lists(WANTED, max_size=4))
def test_no_other_pairs_agree_more(wanted: list[Wanted], found: list[Wanted]) -> None:
    pairs = pair_off(wanted, found)

    size = min(len(wanted), len(found))
    ways = (
        zip(g, f, strict=True)
        for g in combinations(range(len(wanted)), size)
        for f in permutations(range(len(found)), size)
    )
    assert worth(wanted, found, pairs) == max((worth(wanted, found, way) for way in ways), default=0)
    assert len({g for g, _ in pairs}) == len({f for _, f in pairs}) == len(pairs)


@settings(deadline=None, max_examples=50)
@given(st.lists(WANTED, max_size=6), st.lists(WANTED, max_size=6), st.randoms(use_true_random=False))
def test_scores_are_shares_and_the_order_does_not_matter(
    wanted: list[Wanted], found: list[Wanted], random: Any
) -> None:
    group = scored(wanted, found).groups["all"]
    shuffled = [random.sample(side, len(side)) for side in (wanted, found)]

    assert all(0 <= getattr(group, name) <= 1 for name in ("recall", "precision", "issue", "stance", "actor", "toward"))
    again = scored(*shuffled).groups["all"]
    assert (again.recall, again.precision) == (group.recall, group.precision)
    assert (again.issue + again.stance + again.actor) == pytest.approx(group.issue + group.stance + group.actor)


def test_many_positions_of_one_text_are_paired_at_once() -> None:
    many = [Wanted(actor, f"issue-{n}", "for") for n in range(60) for actor in ("NOR", "DNK")]

    assert len(pair_off(many, many[::-1])) == 120


# -- groups ----------------------------------------------------------------------------------------------------------


def test_groups_are_own_and_reported_words_and_issues() -> None:
    reported = other(BAN, reporter="SWE")
    score = scored([TALKS, reported], [TALKS, reported, other(TALKS, actor="PER", stance="against", issue="trade")])

    figures = {name: (g.gold, g.found, g.recall, g.precision) for name, g in score.groups.items()}
    assert figures == {
        "all": (2, 3, 1, 2 / 3),
        "own words": (1, 2, 1, 1 / 2),
        "reported": (1, 1, 1, 1),
        "dialogue": (1, 1, 1, 1),
        "sanctions": (1, 1, 1, 1),
        "trade": (0, 1, 0, 0),
    }


def test_traps_and_held_out_texts() -> None:
    score = positions.measure(
        [
            (Text(1, "A trap.", ()), []),
            (Text(2, "A trap.", ()), [TALKS]),
            (Text(3, "Held out.", (BAN,), held_out=True), []),
        ]
    )

    assert list(score.groups) == ["all", "held out", "tuned", "dialogue", "sanctions"]
    assert (score.groups["all"].silent, score.groups["all"].kept_silent) == (2, 0.5)
    assert [miss.id for miss in score.misses] == [2]


def test_an_interval_holds_the_figure_and_is_the_same_again() -> None:
    texts = [(Text(n, "Words.", (TALKS,)), [TALKS] if n % 3 else []) for n in range(30)]
    one, two = positions.measure(texts).groups["all"], positions.measure(texts).groups["all"]

    low, high = one.recall_interval
    assert 0 < low < one.recall == 2 / 3 < high < 1 and one == two


# -- the form of the gold --------------------------------------------------------------------------------------------

TOML = """\
[[case]]
text = "Norway wants talks with Denmark."
positions = [{ actor = "NOR", issue = "dialogue", stance = "for", toward = "DNK" }]

[[case]]
held_out = true
published = "2030-01-02"
text = "It rained."
positions = []
"""
LINE = {"id": "a", "text": "Norway wants talks.", "positions": [{"actor": "NOR", "issue": "dialogue", "stance": "for"}]}


def put(tmp_path: Path, text: str, name: str = "gold.toml") -> str:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return str(file)


def test_cases_and_lines_say_the_same(tmp_path: Path) -> None:
    cases = positions.read(put(tmp_path, TOML))
    rows = [{"id": c.id, "text": c.text, "positions": msgspec.to_builtins(c.positions), "date": c.date} for c in cases]
    rows[1]["held_out"] = True

    assert cases[0].positions == (TALKS,) and (cases[1].held_out, cases[1].date) == (True, "2030-01-02")
    text = "".join(json.dumps(row) + "\n" for row in rows)
    assert positions.read(put(tmp_path, text, "gold.jsonl")) == positions.read(put(tmp_path, text, "gold")) == cases


def test_a_file_may_be_held_out_in_whole_or_in_part(tmp_path: Path) -> None:
    whole = positions.read(put(tmp_path, "held_out = true\n" + TOML))
    part = positions.read(put(tmp_path, TOML + '[[held_out]]\ntext = "Snow."\npositions = []\n'))

    assert [case.held_out for case in whole] == [True, True]
    assert [(case.id, case.held_out) for case in part] == [(1, False), (2, True), (3, True)]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        (TOML.replace('"for"', '"maybe"'), 1, "invalid enum value 'maybe'"),
        (TOML.replace("published", "printed"), 5, "unknown field"),
        (TOML.replace('actor = "NOR", ', ""), 1, "positions[0]: there is no actor"),
        (TOML.replace("toward", "towards"), 1, "unknown field"),
        (TOML.replace('"It rained."', '" "'), 5, "the text is empty"),
        (TOML.replace('"dialogue"', '""'), 1, "positions[0].issue is empty"),
        (TOML + "[[case", 10, "not TOML"),
    ],
)
def test_faults_of_cases(text: str, line: int, found: str, tmp_path: Path) -> None:
    path = put(tmp_path, text)
    with pytest.raises(GoldError) as caught:
        positions.read(path)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == (path, line)
    assert found in fault.found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{", "not JSON"),
        ("7", "expected object"),
        (
            json.dumps(LINE | {"positions": [{"actor": "NOR", "stance": "for"}]}),
            "positions[0]: there is no issue",
        ),
        (json.dumps(LINE | {"text": None}), "text: expected str"),
        (json.dumps(LINE), "a second line with the id 'a'"),
    ],
)
def test_faults_of_lines(line: str, found: str, tmp_path: Path) -> None:
    path = put(tmp_path, json.dumps(LINE) + "\n" + line + "\n", "gold.jsonl")
    with pytest.raises(GoldError) as caught:
        positions.read(path)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == (path, 2)
    assert found in fault.found


def test_other_keys_of_a_line_are_left_alone(tmp_path: Path) -> None:
    line = LINE | {"positions": [LINE["positions"][0] | {"evidence": [[0, 3]], "toward": None}], "by": "Ada"}  # type: ignore[index]
    (text,) = positions.read(put(tmp_path, json.dumps(line), "gold.jsonl"))

    assert text.positions == (Wanted("NOR", "dialogue", "for"),)


@pytest.mark.parametrize("name", ["gold.toml", "gold.jsonl"])
def test_no_gold_is_no_figure(name: str, tmp_path: Path) -> None:
    for path in (put(tmp_path, "", name), str(tmp_path / "gone")):
        with pytest.raises(SourceError):
            positions.read(path)


# -- the command -----------------------------------------------------------------------------------------------------


class Reader:
    """Reads a wish for talks wherever Norway stands, and breaks on FAIL."""

    stamp = Stamp(name="reader", version="1", lexicon="none")

    def code(self, articles: Iterable[Article]) -> Iterator[Reading]:
        for article in articles:
            if article.text.startswith("FAIL"):
                failed = msgspec.structs.replace(article, outcome="failed", detail="it broke")
                yield Reading(article=failed)
            elif "Norway" in article.text:
                yield Reading(article=article, positions=(WISH,))
            else:
                yield Reading(article=article)


WISH = Position(
    actor="NOR", issue="dialogue", regarding=None, stance="for", toward="SWE", shared_with=(), statement=None,
    evidence=((0, 6),), confidence=0.9,
)  # fmt: skip


@pytest.fixture(autouse=True)
def reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (desk, parts):
        monkeypatch.setattr(place, "coder", lambda settings: Reader())


def run(*arguments: str) -> int:
    return cli.run(["evaluate", "positions", *arguments])


def test_the_figures_stand_in_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(put(tmp_path, TOML)) == 0

    out, err = capsys.readouterr()
    lines = [line.split() for line in out.splitlines()]
    assert out.startswith("2 texts, reader 1, tables none\n") and err == ""
    assert ["positions", "gold", "found", "R", "95", "%", "P", "95", "%", "F1"] in lines
    assert ["all", "1", "1", "100.0", "100.0–100.0", "100.0", "100.0–100.0", "100.0"] in lines
    assert ["all", "0.0", "1", "0.0", "0", "0.0", "0", "0.0", "0"] in lines  # toward, regarding, shared with, reporter
    assert ["all", "1", "100.0"] in lines  # a trap, kept silent
    assert "\ndialogue " in out and not any(line.endswith(" ") for line in out.splitlines())


def test_misses_are_listed_and_held_out_ones_are_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = TOML.replace("It rained.", "It rained in Norway.")
    assert run(put(tmp_path, held), "--show", "misses") == 0
    out, err = capsys.readouterr()
    assert "\n1: another toward: NOR for dialogue, toward DNK; found was NOR for dialogue, toward SWE\n" in out
    assert "It rained" not in out
    assert err == "dragoman: held-out texts are counted and not listed, so that nobody tunes to them\n"

    assert run(put(tmp_path, held), "--show", "misses", "--json", "-q") == 0
    out, err = capsys.readouterr()
    figures = json.loads(out)
    assert figures["groups"]["held out"]["precision"] == 0 and err == ""
    assert [(miss["id"], miss["what"], miss["parts"]) for miss in figures["misses"]] == [(1, "differs", ["toward"])]


def test_predictions_are_in_the_form_of_the_gold(tmp_path: Path) -> None:
    out = tmp_path / "found.jsonl"
    path = put(tmp_path, TOML)
    assert run(path, "--predictions", str(out)) == 0

    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(line["id"], len(line["positions"])) for line in lines] == [(1, 1), (2, 0)]
    assert lines[0]["positions"][0] == {
        "actor": "NOR", "issue": "dialogue", "stance": "for", "toward": "SWE", "regarding": None, "shared_with": [],
        "reporter": None, "evidence": [[0, 6]],
    }  # fmt: skip
    assert run(path, "--predictions", path) == run(path, "--predictions", "-") == 2


def test_faults_of_the_gold_are_told_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(tmp_path, TOML.replace('"for"', '"maybe"'))
    assert run(path, "--predictions", str(tmp_path / "found.jsonl")) == 2

    out, err = capsys.readouterr()
    assert out == "" and err.startswith(f"dragoman: {path}:1: ") and not list(tmp_path.glob("found*"))
    assert run(str(tmp_path / "gone.toml")) == 2
    assert capsys.readouterr().err.endswith("gone.toml: there is no such file; check the name\n")


def test_a_text_that_is_not_read_and_an_issue_of_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        LINE,
        LINE | {"id": "b", "text": "FAIL Norway", "positions": [{"actor": "NOR", "issue": "kelp", "stance": "for"}]},
    ]
    path = put(tmp_path, "".join(json.dumps(line) + "\n" for line in lines), "gold.jsonl")

    assert run(path) == 1
    out, err = capsys.readouterr()
    assert out.startswith("2 texts, 1 of them not read")
    assert err.splitlines() == [
        "dragoman: b: it broke; it counts as one in which nothing was found",
        "dragoman: the gold has positions on kelp, an issue of no table; they can only be missed",
    ]


@pytest.mark.parametrize("text", [TOML, json.dumps(LINE)])
def test_gold_comes_through_a_pipe(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.BufferedReader(io.BytesIO(text.encode()))  # type: ignore[arg-type]
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))

    assert run("-", "--json") == 0
    assert json.loads(capsys.readouterr().out)["groups"]["all"]["recall"] == 1


def test_the_whole_way_on_real_texts(
    coder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (desk, parts):
        monkeypatch.setattr(place, "coder", lambda settings: coder)
    gold = """
    [[case]]
    text = "Denmark called for a ceasefire in Yemen."
    positions = [{ actor = "DNK", issue = "peace-process", stance = "for", regarding = "YEM" }]

    [[case]]
    text = "The Chilean minister flew home on Monday."
    positions = []
    """
    assert run(put(tmp_path, gold), "--json") == 0
    every = json.loads(capsys.readouterr().out)["groups"]["all"]
    assert (every["recall"], every["precision"], every["all_three"], every["kept_silent"]) == (1, 1, 1, 1)


def test_the_score_from_python(tmp_path: Path, coder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import dragoman

    seen: list[Callable[..., Any]] = []
    score = dragoman.evaluate_positions(put(tmp_path, TOML), watch=lambda text, reading: seen.append(text.id))
    assert score.groups["all"].recall == 1 and seen == [1, 2]
