"""Models of a user's own labels: the linear head, what teaches it, the traits it weighs, and the command."""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman import cli, desk
from dragoman import settings as choices
from dragoman.classify import head as heads
from dragoman.classify import learn, model, teach
from dragoman.classify.head import Row
from dragoman.desk import parts as desk_parts
from dragoman.errors import SettingsError
from dragoman.parse.base import Parsed, Parser, Sentence, Token
from dragoman.parse.traits import traits
from dragoman.records import Reading, Span

EXAMPLES = Path(__file__).parent / "cases/en/own_type.jsonl"
NEW = "EVACUATE"  # a state or a body takes people out of danger; the target is the place that is left
PAGE = (
    "Kenya evacuates students from Juba\n\n"
    "Ghana evacuated 40 nurses from Juba by road. Spain moved its embassy staff out of Caracas to safety. "
    "Zambia has a long border with Angola. Chile expelled two Peruvian diplomats.\n"
)


def examples() -> list[dict[str, Any]]:
    return [json.loads(line) for line in EXAMPLES.read_text("utf-8").splitlines()]


def written(path: Path, rows: Sequence[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(path)


def run(*arguments: str) -> int:
    return cli.run(list(arguments))


# -- rows ------------------------------------------------------------------------------------------------------------


def test_the_sides_are_only_sides() -> None:
    text = "Kenya flew its students out of Khartoum."
    row = heads.row(text, ((0, 5),), ((31, 39),), ("path=x",), ("AID",))

    assert row.groups[heads.TRAITS] == ("path=x",) and row.groups[heads.HINTS] == ("AID",)
    words = row.groups[heads.WORDS]
    assert {"xsource flew its", "out of xtarget", "students"} <= set(words)
    assert not any("kenya" in run or "khartoum" in run for run in words)


@st.composite
def sides(draw: st.DrawFn, text: str, most: int = 3) -> tuple[Span, ...]:
    ends = st.integers(0, len(text))
    drawn = draw(st.lists(st.tuples(ends, ends), max_size=most))
    return tuple((min(pair), max(pair)) for pair in drawn)


def set_of(word: str, there: object) -> set[str]:
    return {word} if there else set()


@given(st.data())
def test_no_word_of_a_side_is_left_in_a_row(data: st.DataObject) -> None:
    # every word of this text is another one, so that a side's words cannot stand elsewhere too
    text = " ".join(data.draw(st.permutations([f"w{n}" for n in range(12)])))
    words = text.split(" ")
    starts = [sum(len(w) + 1 for w in words[:k]) for k in range(len(words))]
    cuts = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)).map(sorted), max_size=3)
    both = [tuple((starts[a], starts[b] + len(words[b])) for a, b in data.draw(cuts)) for _ in range(2)]
    row = heads.row(text, both[0], both[1], (), ())

    hidden = {words[k] for k in range(12) for a, b in (*both[0], *both[1]) if a <= starts[k] < b}
    seen = {word for run in row.groups[heads.WORDS] for word in run.split()}
    assert seen == (set(words) - hidden) | set_of("xsource", both[0]) | set_of("xtarget", both[1])


@given(st.data())
def test_any_text_and_spans_make_the_same_row_twice(data: st.DataObject) -> None:
    text = data.draw(st.text(max_size=60))
    source, target = data.draw(sides(text)), data.draw(sides(text))
    row = heads.row(text, source, target, ("a",), ("b",))

    assert row == heads.row(text, source, target, ("a",), ("b",))
    words = [run for run in row.groups[heads.WORDS] if " " not in run]
    assert words.count("xsource") == len(source)
    assert words.count("xtarget") == len(target)


# -- heads -----------------------------------------------------------------------------------------------------------


def toy(number: int = 40, *, kinds: Sequence[str] = ("GIVE", "TAKE", "NONE"), dense: bool = True) -> tuple[Any, ...]:
    random = np.random.default_rng(7)
    rows, labels = [], []
    for k in range(number):
        kind = kinds[k % len(kinds)]
        words = (kind.lower(), "the", f"word{k}", f"word{k % 7}")
        vector = (random.normal(size=6) + kinds.index(kind)).astype(np.float32) if dense else None
        rows.append(Row((words, (f"verb={kind.lower()}", "dep=nsubj"), ()), vector))
        labels.append(kind)
    return rows, labels


@pytest.mark.parametrize("kinds", [("GIVE", "TAKE"), ("GIVE", "TAKE", "NONE")])
@pytest.mark.parametrize("dense", [True, False])
def test_a_head_tells_labels_apart_and_keeps_its_scores(kinds: tuple[str, ...], dense: bool, tmp_path: Path) -> None:
    rows, labels = toy(kinds=kinds, dense=dense)
    head = learn.fit(rows, labels)
    head.save(tmp_path / "head.npz")
    kept = heads.load(tmp_path / "head.npz")

    scores = head.scores(rows)
    assert scores.shape == (len(rows), len(kinds))
    assert [head.labels[k] for k in scores.argmax(1)] == labels
    assert kept.labels == head.labels == sorted(kinds) and kept.terms == head.terms
    np.testing.assert_allclose(kept.scores(rows), scores, atol=0.02)  # weights are kept in 16 bits
    again = learn.fit(rows, labels)
    again.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "head.npz").read_bytes()


def test_a_head_of_two_labels_gives_the_shares_of_the_regression() -> None:
    from scipy.special import expit

    rows, labels = toy(kinds=("GIVE", "TAKE"))
    head = learn.fit(rows, labels)
    for scores in head.scores(rows):
        shares = learn.shares(head.labels, scores)
        assert math.isclose(sum(shares.values()), 1.0, abs_tol=1e-6)
        assert math.isclose(shares["TAKE"], expit(scores[1] - scores[0]), rel_tol=1e-4)
        assert math.isclose(scores[0], -scores[1], abs_tol=1e-5)


def test_a_head_answers_rows_it_knows_nothing_of() -> None:
    rows, labels = toy(dense=False)
    head = learn.fit(rows, labels)
    unknown = Row((("never", "seen"), (), ()))

    assert head.sparse(unknown) == ([], [])
    assert np.array_equal(head.scores([unknown])[0], head.bias)
    assert head.scores([]).shape == (0, 3)


def test_a_label_weighs_alike_however_many_rows_it_has() -> None:
    rows = [Row((("same", "words"), (), ()))] * 40
    head = learn.fit(rows, ["GIVE"] * 36 + ["TAKE"] * 4)

    assert learn.shares(head.labels, head.scores(rows[:1])[0])["TAKE"] == pytest.approx(0.5, abs=0.01)


def test_terms_with_line_breaks_do_not_come_apart_in_the_file(tmp_path: Path) -> None:
    rows, labels = toy()
    broken = [Row((one.groups[0], (*one.groups[1], "root=\n"), ()), one.vector) for one in rows]
    head = learn.fit(broken, labels)
    head.save(tmp_path / "head.npz")

    assert heads.load(tmp_path / "head.npz").terms == head.terms


def test_one_label_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="two different labels"):
        learn.fit(toy()[0][:1], ["GIVE"])


@pytest.mark.parametrize("damage", [b"", b"no such thing", b"PK\x03\x04 cut off"])
def test_a_damaged_head_is_told(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / "head.npz").write_bytes(damage)

    with pytest.raises(ValueError):
        heads.load(tmp_path / "head.npz")


def test_a_head_cut_short_is_told(tmp_path: Path) -> None:
    learn.fit(*toy()).save(tmp_path / "head.npz")
    whole = (tmp_path / "head.npz").read_bytes()
    (tmp_path / "head.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="damaged"):
        heads.load(tmp_path / "head.npz")

    np.savez(tmp_path / "head.npz", labels=np.array(["A"]))
    with pytest.raises(ValueError, match="damaged"):
        heads.load(tmp_path / "head.npz")


# -- cross-validation ------------------------------------------------------------------------------------------------


def test_folds_keep_groups_together_and_hold_every_row_once() -> None:
    labels = ["A", "B", "NONE", "A", "B"] * 20
    groups = [f"sentence {k // 2}" for k in range(100)]
    parts = learn.folds(groups, labels)

    assert sorted(k for part in parts for k in part) == list(range(100))
    where = {k: n for n, part in enumerate(parts) for k in part}
    assert all(len({where[k] for k in range(100) if groups[k] == g}) == 1 for g in set(groups))
    assert len(parts) == learn.FOLDS and parts == learn.folds(groups, labels)


def test_a_row_is_never_judged_by_a_head_that_has_seen_its_group() -> None:
    # every sentence has a word of its own that gives its label away, and stands there twice
    labels = [("A", "B")[k % 2] for k in range(40) for _ in range(2)]
    groups = [str(k) for k in range(40) for _ in range(2)]
    rows = [Row(((f"word{g}",), (), ())) for g in groups]

    apart = learn.crossed(rows, labels, groups, least=1)
    leaked = learn.crossed(rows, labels, [str(k) for k in range(80)], least=1)

    def right(found: list[dict[str, float]]) -> float:
        return sum(one[label] > 0.5 for one, label in zip(found, labels, strict=True)) / len(labels)

    assert right(apart) <= 0.5 and right(leaked) > 0.8
    assert all(math.isclose(sum(one.values()), 1.0, abs_tol=1e-6) for one in apart)


def test_a_label_in_one_group_only_is_judged_all_the_same() -> None:
    rows, _ = toy(12)
    found = learn.crossed(rows, ["A"] * 6 + ["B"] * 6, ["one"] * 6 + ["two"] * 6)

    assert [max(one) for one in found] == ["B"] * 6 + ["A"] * 6  # what has seen one label only says that one
    with pytest.raises(ValueError, match="two different groups"):
        learn.folds(["one"] * 4, ["A", "B"] * 2)


def test_shares_are_made_as_sure_as_they_are_right() -> None:
    labels = ["A"] * 90 + ["B"] * 10
    shy = [{"A": 0.6, "B": 0.4}] * 100
    bold = [{"A": 0.999, "B": 0.001}] * 100

    assert learn.temperature(shy, labels) < 1 < learn.temperature(bold, labels)
    head = learn.fit(*toy()).sharpened(0.5)
    plain = learn.fit(*toy())
    np.testing.assert_allclose(head.scores(toy()[0]), plain.scores(toy()[0]) * 2, rtol=1e-4, atol=1e-4)


# -- traits ----------------------------------------------------------------------------------------------------------

SENTENCES = [
    "Kenya flew 120 of its students out of Khartoum, and Ghana will not follow.",
    "KHARTOUM: Jordan evacuates 260 nationals from Khartoum",
    "Ilta Korpela, Finland's envoy, said Finland must bring two orphans home.",
    "The expulsion of three diplomats by Prague angered Moscow.\n\nMoscow was named Ambassador Korpela's host.",
    "  \n\n Oslo. ?! \t … 日本 и Чад 🙂",
    "He threatened to cut, and did cut, aid to them.",
]


@pytest.fixture(scope="module")
def parses(parser: Parser) -> list[Parsed]:
    return list(parser.parse(SENTENCES))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(st.data())
def test_any_spans_have_traits_and_none_holds_a_name(parses: list[Parsed], data: st.DataObject) -> None:
    parsed = data.draw(st.sampled_from(parses))
    source, target = data.draw(sides(parsed.text)), data.draw(sides(parsed.text))
    found = traits(parsed, source, target)

    assert found == traits(parsed, source, target)
    plain = {word for t in parsed.tokens if t.pos != "PROPN" for word in (t.lower, t.lemma.lower())}
    names = {word for t in parsed.tokens if t.pos == "PROPN" for word in (t.lower, t.lemma.lower())} - plain
    values = {word for one in found for word in one.partition("=")[2].replace("/", "_").split("_")}
    assert not names & values
    assert all("\n" not in one for one in found)


def word(i: int, text: str, pos: str, dep: str, top: int, start: int, children: tuple[int, ...] = ()) -> Token:
    return Token(i, start, start + len(text), text, text.lower(), text, pos, "", dep, top, 0, children)


def test_a_sentence_that_hangs_on_a_name_keeps_it_to_itself() -> None:
    tokens = (
        word(0, "Juba", "PROPN", "ROOT", 0, 0, (1, 2)),
        word(1, "Kenya", "PROPN", "nsubj", 0, 5),
        word(2, "Chad", "PROPN", "xcomp", 0, 11),
    )
    parsed = Parsed("Juba Kenya Chad", tokens, (Sentence(0, 0, 3, 0, 15, 0),))

    found = traits(parsed, ((5, 10),), ((11, 15),))
    assert found and not any(name in one.lower() for one in found for name in ("juba", "kenya", "chad"))
    assert traits(Parsed("", (), ()), ((0, 0),), ()) == ["source=nobody", "target=nobody"]


def test_traits_tell_what_each_side_does(parser: Parser) -> None:
    (parsed,) = parser.parse(["Prague has expelled three diplomats of Moscow."])
    found = traits(parsed, ((0, 6),), ((39, 45),))

    assert {"source verb=expel/nsubj", "source object=diplomat", "source with=have", "root=expel"} & set(found)
    assert any(one.startswith("path=nsubj|") for one in found)


# -- teaching --------------------------------------------------------------------------------------------------------

KNOWN = frozenset(["SANCTION", "AID"])


def asks(number: int) -> list[model.Ask]:
    return [model.Ask(f"Peru saw Chile for the {n}th time.", ((0, 4),), ((9, 14),)) for n in range(number)]


@pytest.mark.parametrize(
    ("types", "whole", "told"),
    [
        ([], None, "no example has a type"),
        (["AID"] * 9, None, "all examples are AID"),
        (["AID"] * 9 + ["NONE"] * 4, None, r"too few sentences of NONE \(4\)"),
        (["AID"] * 6 + ["NONE"] * 6, False, "would say nothing"),
    ],
)
def test_examples_that_teach_nothing(types: list[str], whole: bool | None, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        teach.teach(asks(len(types)), types, KNOWN, whole=whole)
    assert caught.value.hint


def test_pairs_of_one_sentence_are_one_sentence() -> None:
    same = [model.Ask("Peru saw  Chile.", ((0, 4),), ((10, 15),)), model.Ask("Peru saw Chile.", ((0, 4),), ((9, 14),))]
    with pytest.raises(SettingsError, match=r"AID \(1\)"):
        teach.teach([*same * 5, *asks(10)], ["AID"] * 10 + ["NONE"] * 10, KNOWN)


@pytest.mark.parametrize(
    ("types", "whole"),
    [
        (["AID"] * 12 + ["NONE"] * 6, True),
        (["AID"] * 12 + ["RESCUE"] * 6, True),
        (["AID"] * 6 + ["RESCUE"] * 8 + ["NONE"] * 20, False),
        (["RESCUE"] * 6 + ["NONE"] * 6, False),
    ],
)
def test_it_answers_alone_where_most_examples_are_of_known_types(types: list[str], whole: bool) -> None:
    taught = teach.teach(asks(len(types)), types, KNOWN)

    assert taught.whole == whole
    assert taught.new == (("RESCUE",) if "RESCUE" in types else ())
    assert set(taught.few) == set(types) and len(taught.crossed) == len(types)
    assert sum(taught.counts.values()) == len(types)


@pytest.mark.parametrize(
    ("defined", "told"),
    [
        ({"AID": (1, 1.0)}, "AID is defined"),
        ({"RESCU": (1, 1.0)}, "RESCU is defined"),
        ({"RESCUE": (5, 1.0)}, "quad class 5"),
        ({"RESCUE": (2, math.nan)}, "score nan"),
    ],
)
def test_definitions_speak_of_new_types(defined: dict[str, tuple[int, float]], told: str, tmp_path: Path) -> None:
    taught = teach.teach(asks(12), ["RESCUE"] * 6 + ["NONE"] * 6, KNOWN)
    with pytest.raises(SettingsError, match=told):
        teach.save(taught, tmp_path / "m", defined, b"")
    assert not (tmp_path / "m").exists()


def test_odd_names_come_back_as_they_were(tmp_path: Path) -> None:
    odd = 'RE"SC\\UE\n\x7fÜ🙂'
    taught = teach.teach(asks(12), [odd] * 6 + ["NONE"] * 6, KNOWN)
    folder = tmp_path / "ein Modell\udcff"
    try:
        name = teach.save(taught, folder, {odd: (2, 3.5)}, b"x")
    except (SettingsError, UnicodeError):  # a file system may refuse such a name
        folder = tmp_path / "ein Modell"
        name = teach.save(taught, folder, {odd: (2, 3.5)}, b"x")

    assert name.isascii() and name.startswith("ein-Modell")
    assert model.defined_by(str(folder)) == {odd: (2, 3.5)}
    assert set(model.types_of(str(folder))) == {odd, "NONE"}
    again = teach.save(taught, tmp_path / "ein Modell 2", {odd: (2, 1.0)}, b"x")
    assert again.rpartition("-")[2] != name.rpartition("-")[2]  # another score is another model


def test_a_model_of_another_kind_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"")
    taught = teach.teach(asks(12), ["RESCUE"] * 6 + ["NONE"] * 6, KNOWN)
    with pytest.raises(SettingsError, match="another kind"):
        teach.save(taught, tmp_path, {}, b"")
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="module")
def no_coders_kept() -> Iterator[None]:
    yield
    desk_parts.forget()


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Examples to learn from, and a third of those of the new type and of none, to measure on."""
    folder = tmp_path_factory.mktemp("examples")
    rows = examples()
    held = [row for n, row in enumerate(rows) if n % 3 == 0 and row["type"] in (NEW, "NONE")]
    rest = [row for row in rows if row not in held]
    return written(folder / "learn.jsonl", rest), written(folder / "held.jsonl", held)


@pytest.fixture(scope="module")
def trained(parts: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "rescues"
    assert run("train", parts[0], "--out", str(folder), "--define", f"{NEW.lower()}=2,3.5") == 0
    return folder


def read(text: str, folder: Path, tmp_path: Path) -> Reading:
    (tmp_path / "page.txt").write_text(text, "utf-8")
    chosen = choices.change(choices.load(), {"model": str(folder)})
    return desk.read(tmp_path / "page.txt", published="2023-05-02", settings=chosen)


def test_the_examples_are_sound() -> None:
    rows = examples()
    counts = {kind: sum(row["type"] == kind for row in rows) for kind in (NEW, "NONE")}

    assert counts == {NEW: 60, "NONE": 60} and len(rows) == 160
    assert len({row["sentence"] for row in rows}) == len(rows)
    assert all(row[side] in row["sentence"] for row in rows for side in ("source", "target"))


def test_a_part_teaches_the_rest(trained: Path, parts: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", "events", parts[1], "--model", str(trained), "--json", "-q") == 0
    figures = json.loads(capsys.readouterr().out)

    root = figures["groups"]["root"]
    assert figures["sentences"] == 40 and "rescues-" in figures["coder"]["name"]
    assert root["accuracy"] > 0.85 and root["classes"][NEW]["rates"]["f1"] > 0.85

    assert run("evaluate", "events", parts[1], "--model", str(trained), "--pair-not-given", "--json", "-q") == 0
    found = json.loads(capsys.readouterr().out)["groups"]["all"]
    assert found["both"] > 0.3 and found["kept_silent"] >= 0.85


def test_read_codes_the_new_type_beside_the_others(trained: Path, tmp_path: Path) -> None:
    reading = read(PAGE, trained, tmp_path)
    found = {PAGE[slice(*e.trigger)].split(maxsplit=1)[0]: e for e in reading.events}

    assert {found[verb].type for verb in ("evacuated", "moved")} == {NEW}
    assert found["expelled"].type == "SANCTION" and found["expelled"].quad == 4
    assert not any(verb in found for verb in ("has",))
    one = found["evacuated"]
    assert (one.quad, one.score, one.mode, one.status) == (2, 3.5, None, "actual")
    assert [p.actor for p in one.source] == ["GHA"]
    assert "rescues-" in one.reason and reading.coder is not None and "rescues-" in reading.coder.name


def test_beside_the_shares_of_all_types_sum_to_one(trained: Path) -> None:
    made = model.load(str(trained))
    rows = examples()[::8]
    pairs = []
    for row in rows:
        spans = [
            ((row["sentence"].index(row[s]), row["sentence"].index(row[s]) + len(row[s])),)
            for s in ("source", "target")
        ]
        pairs.append((row["sentence"], *spans))
    questions = [model.Ask(*ask) for ask in desk.questions(pairs)]

    assert not made.whole and made.defined == {NEW: (2, 3.5)}
    for answer, base, own in zip(
        made.judge(questions), model.load().judge(questions), made.shares(questions), strict=True
    ):
        assert math.isclose(sum(answer.shares.values()), 1.0, abs_tol=1e-6)
        assert set(answer.shares) == {*base.shares, NEW}
        assert math.isclose(answer.shares[NEW], own[NEW], abs_tol=1e-6)
        assert answer.share == max(answer.shares.values())


def test_alone_it_knows_no_other_types(
    parts: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "alone"
    arguments = ["train", parts[0], "--out", str(folder), "--define", f"{NEW}=2,3.5", "--alone", "--json"]
    assert run(*arguments) == 0
    told = json.loads(capsys.readouterr().out)

    assert told["whole"] is True and told["undefined"] == [] and told["folder"] == str(folder)
    assert told["counts"][NEW] == 40 and told["score"]["number"] == sum(told["counts"].values()) == 120
    assert told["score"]["accuracy"] > 0.7 and set(told["score"]["classes"]) == set(told["counts"])
    made = model.load(str(folder))
    assert made.whole
    question = model.Ask(*desk.questions([("Peru thanked Chile.", ((0, 4),), ((13, 18),))])[0])
    assert set(made.judge([question])[0].shares) == set(told["counts"])
    reading = read(PAGE, folder, tmp_path)
    assert NEW in {e.type for e in reading.events} <= set(told["counts"])

    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert run(*arguments) == 0
    assert first == {file.name: file.read_bytes() for file in folder.iterdir()}


def test_without_a_definition_nothing_can_be_coded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "undefined"
    few = written(tmp_path / "few.jsonl", [row for row in examples() if row["type"] in (NEW, "NONE")][20:100])
    assert run("train", few, "--out", str(folder)) == 0
    told = capsys.readouterr()
    assert f"--define {NEW}=QUAD,SCORE" in told.err
    assert "events of other types" in told.err  # whatever happens would be taken for the new type

    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    for what in (["read", str(tmp_path / "page.txt")], ["evaluate", "events", few, "-q"]):
        assert run(*what, "--model", str(folder)) == 2
        assert_one_line(capsys, NEW, "--define")


def assert_one_line(capsys: pytest.CaptureFixture[str], *told: str) -> None:
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1 and shown.err.startswith("dragoman: ")
    for words in told:
        assert words in shown.err
    assert "; " in shown.err or "`" in shown.err  # what would help
    assert "fault in Dragoman itself" not in shown.err


def some(kind: str | None, number: int) -> list[dict[str, Any]]:
    return [
        {"id": f"{kind}{n}", "sentence": f"Peru {n} saw Chile.", "source": "Peru", "target": "Chile"}
        | ({"type": kind} if kind else {})
        for n in range(number)
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (some(None, 6), "no example has a type"),
        (some("AID", 6), "all examples are AID"),
        (some("AID", 6) + some("NONE", 4), "too few sentences of NONE (4)"),
        ([row | {"source": "Oslo", "target": "Lima"} for row in some("AID", 6)], "no example has a type"),
    ],
)
def test_bad_examples(
    rows: list[dict[str, Any]], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", written(tmp_path / "bad.jsonl", rows), "--out", str(tmp_path / "m")) == 2
    assert_one_line(capsys, told)
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"id": 1, "sentence": "Peru saw Chile", "source": "Peru"', "bad.jsonl:1: not JSON"),
        (b'{"sentence": "Peru saw Chile"}\n', "there is no"),
        (b"\xff\xfe\n", "bad.jsonl:1:"),
        (b"\n\n", "there is no gold in it"),
    ],
)
def test_broken_files(content: bytes, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.jsonl").write_bytes(content)
    assert run("train", str(tmp_path / "bad.jsonl"), "--out", str(tmp_path / "m")) == 2
    assert_one_line(capsys, told)


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("train", str(tmp_path / "gone.jsonl"), "--out", str(tmp_path / "m")) == 2
    assert_one_line(capsys, "no such file")


@pytest.mark.parametrize(
    "given", ["EVACUATE", "=2,1", "EVACUATE=5,1", "EVACUATE=2,high", "EVACUATE=2,11", "EVACUATE=2,nan"]
)
def test_definitions_that_cannot_be(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("train", str(EXAMPLES), "--out", "m", "--define", given) == 2
    assert_one_line(capsys, "quad class 1 to 4")


def test_a_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    little = written(tmp_path / "few.jsonl", examples()[45:75])
    for out in (tmp_path / "file", tmp_path / "file/below"):
        assert run("train", little, "--out", str(out)) == 2
        assert_one_line(capsys, "cannot be written", "name a folder you may write to")


def test_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in examples()[45:75])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    assert run("train", "-", "--out", str(tmp_path / "m"), "--define", f"{NEW}=2,3.5") == 0
    assert model.types_of(str(tmp_path / "m")) == [NEW, "NONE"]
    assert "few examples of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("missing", "command"),
    [
        ("head.npz", "read"),
        ("head.npz", "evaluate"),
        ("model.toml", "read"),
        ("model.toml", "evaluate"),
    ],
)
def test_a_model_of_which_a_part_is_missing(
    missing: str,
    command: str,
    trained: Path,
    parts: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "part"
    folder.mkdir()
    for file in trained.iterdir():
        if file.name != missing:
            (folder / file.name).write_bytes(file.read_bytes())
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    what = {"read": ["read", str(tmp_path / "page.txt")], "evaluate": ["evaluate", "events", parts[1], "-q"]}[command]

    assert run(*what, "--model", str(folder)) == 2
    assert_one_line(capsys, "holds no model of events", missing, "dragoman train")
