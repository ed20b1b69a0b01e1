"""Events against gold: figures by hand in both ways, gold with faults, other readings of the types, and the command."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dragoman import cli, desk, settings
from dragoman.desk import parts
from dragoman.errors import LexiconError, SettingsError
from dragoman.evaluate import events, labels
from dragoman.evaluate.gold import GoldError
from dragoman.lexicon import check, profiles
from dragoman.records import Article, Event, Participant, Reading, Span
from dragoman.records import Coder as Stamp

EXPELLED = "Norway expelled two Danish diplomats."
MET = "Ministers of Norway and Denmark met in Oslo."
RELEASED = "Norway agreed to release the Danish sailors."
RAIN = "It rained in Oslo."


@pytest.fixture(autouse=True)
def no_coders_kept() -> Iterator[None]:
    yield
    parts.forget()


def at(text: str, words: str) -> Span:
    start = text.index(words)
    return start, start + len(words)


def who(text: str, words: str, code: str) -> Participant:
    span = at(text, words)
    return Participant(actor=code, sector=None, name=None, role=None, text=words, span=span, via="name")


def happened(text: str, kind: str, trigger: str, source: Any, target: Any = (), **given: Any) -> Event:
    values: dict[str, Any] = {
        "id": "e1", "mode": None, "contexts": (), "quad": 1, "score": 0.0, "status": "actual", "date": None,
        "place": None, "statement": None, "evidence": ((0, len(text)),), "confidence": 0.9, "reason": "pattern",
    } | given  # fmt: skip
    sides = [tuple(who(text, words, code) for words, code in side) for side in (source, target)]
    return Event(type=kind, trigger=at(text, trigger), source=sides[0], target=sides[1], **values)


NOR, DNK = ("Norway", "NOR"), ("Danish", "DNK")
EXPULSION = happened(EXPELLED, "SANCTION", "expelled", [NOR], [DNK], mode="expel")
MEETING = happened(MET, "CONSULT", "met", [NOR, ("Denmark", "DNK")])
PROMISE = happened(RELEASED, "CONCEDE", "agreed", [NOR], [DNK])
READS = {EXPELLED: (EXPULSION,), MET: (MEETING,), RELEASED: (PROMISE,)}


def reading(text: str, *found: Event) -> Reading:
    return Reading(article=Article(id="x", text=text), events=found)


class Says(msgspec.Struct, frozen=True):
    """A model's answer."""

    type: str
    mode: str | None = None
    otherwise: str = "ACCUSE"

    status: str = "actual"

    def given_an_event(self) -> tuple[str, str | None, float]:
        return (self.otherwise if self.type == "NONE" else self.type), self.mode, 0.8


PLAIN = profiles.load()
PLV = profiles.load("plv")


def line(text: str, source: str = "", target: str = "", kind: str | None = None, **given: Any) -> events.Line:
    values: dict[str, Any] = {"id": text, "text": text, "pair": True, "type": kind} | given
    sides = {"source": source, "target": target}
    return events.Line(**values, **{name: (at(text, w),) if w else () for name, w in sides.items()})


# -- pair given ------------------------------------------------------------------------------------------------------


def test_the_patterns_event_between_the_sides_is_the_answer() -> None:
    found = events.between(line(EXPELLED, "Norway", "two Danish diplomats"), reading(EXPELLED, EXPULSION), PLAIN)

    assert found == events.Found("SANCTION", 4, "patterns", EXPULSION)


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("Danish", "Norway", False),
        ("Norway", "diplomats.", False),  # other words than the participant's
        ("Norway", "", True),  # the target does not stand in the sentence
        ("", "two Danish diplomats", True),
        ("", "", False),
    ],
)
def test_both_sides_that_stand_in_the_sentence_must_be_met(source: str, target: str, found: bool) -> None:
    asked = line(EXPELLED, source, target)

    assert (events.between(asked, reading(EXPELLED, EXPULSION), PLAIN) is not None) == found


def test_in_a_meeting_either_is_either_side() -> None:
    for source, target in (("Norway", "Denmark"), ("Denmark", "Norway")):
        found = events.between(line(MET, source, target), reading(MET, MEETING), PLAIN)
        assert found and found.type == "CONSULT"
    assert events.between(line(MET, "Norway", "Oslo"), reading(MET, MEETING), PLAIN) is None


def test_both_sides_go_before_one_then_the_most_certain() -> None:
    alone = happened(EXPELLED, "PROTEST", "expelled", [NOR], confidence=0.99)
    doubtful = happened(EXPELLED, "COERCE", "expelled", [NOR], [DNK], confidence=0.5)
    negated = happened(EXPELLED, "AID", "expelled", [NOR], [DNK], confidence=0.99, status="negated")
    asked = line(EXPELLED, "Norway", "Danish")

    def best(*found: Event) -> str | None:
        answer = events.between(asked, reading(EXPELLED, *found), PLAIN)
        return answer.type if answer else None

    assert best(alone, doubtful, EXPULSION, negated) == "SANCTION"
    assert best(alone, doubtful) == "COERCE"
    assert best(alone, negated) == "PROTEST"
    assert best(negated) is None


def test_the_model_is_asked_where_the_patterns_are_silent() -> None:
    lines = [line(EXPELLED, "Norway", "Danish"), line(MET, "Oslo", "Norway"), line(RAIN)]
    pairs = [(one, reading(one.text, *READS.get(one.text, ()))) for one in lines]
    put: list[events.Question] = []

    def answers(asks: Sequence[events.Question]) -> Sequence[events.Answer]:
        put.extend(asks)
        return [Says("RETREAT", "release"), Says("NONE")]

    found = [one for _, _, one in events.ask(pairs, PLV, answers, silence=False)]
    assert [(one.type, one.quad, one.by) for one in found] == [
        ("SANCTION", 4, "patterns"), ("YIELD", 2, "model"), ("ACCUSE", 3, "model"),
    ]  # fmt: skip
    assert put == [(MET, (at(MET, "Oslo"),), (at(MET, "Norway"),), ()), (RAIN, (), (), ())]
    assert [one.type for _, _, one in events.ask(pairs, PLV, answers, silence=True)][-1] == "NONE"
    assert [one.type for _, _, one in events.ask(pairs, PLV, None, silence=False)] == ["SANCTION", None, None]


def test_figures_of_pairs_by_hand() -> None:
    told = [("SANCTION", "SANCTION"), ("SANCTION", "COERCE"), ("AID", "AID"), ("ACCUSE", None)]
    found = [
        (line(RAIN, kind=want, id=n), events.Found(got, PLAIN.quad(got), "model" if got else "nobody"))
        for n, (want, got) in enumerate(told)
    ]
    score = events.measure_pairs(found, PLAIN)
    root = score.groups["root"]

    assert (root.number, root.answered, root.accuracy) == (4, 3, 0.5)
    assert root.macro_f1 == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert root.classes["SANCTION"].rates == labels.Rates(1, 0.5, 2 / 3)
    assert [(c.gold, c.found, c.number, c.share) for c in root.confusions] == [
        ("ACCUSE", None, 1, 1), ("SANCTION", "COERCE", 1, 0.5),
    ]  # fmt: skip
    assert score.groups["quad"].accuracy == score.groups["binary"].accuracy == 0.75
    assert root.accuracy_interval[0] <= 0.5 <= root.accuracy_interval[1]
    assert score.tellers["model"] == events.Teller(3, 3, 2)
    assert [miss.id for miss in score.misses] == [1, 3]


def test_pairs_without_gold_have_no_figures() -> None:
    score = events.measure_pairs([(line(RAIN), events.Found("AID", 2, "model"))], PLAIN)

    assert score.groups == {} and list(score.misses) == []
    assert score.tellers["model"].answers == 1
    assert labels.measure([]).accuracy == 0


# -- pair not given --------------------------------------------------------------------------------------------------


def sentences(*told: tuple[events.Line, Sequence[Event]]) -> events.SentenceScore:
    return events.measure_sentences((one, events.found_in(one, reading(one.text, *seen), PLAIN)) for one, seen in told)


def gold(text: str, kind: str | None, source: Any = (), target: Any = ()) -> events.Line:
    """A line whose sides are codes or places."""
    spans = any(isinstance(one, tuple) for one in (*source, *target))
    names = ("at_source", "at_target") if spans else ("source", "target")
    return events.Line(id=text, text=text, told=(events.Told(kind, **dict(zip(names, (source, target), strict=True))),))


def test_figures_of_sentences_by_hand() -> None:
    score = sentences(
        (gold(EXPELLED, "SANCTION", ("NOR",), ("DNK",)), [EXPULSION]),
        (gold(MET, "AID", ("DNK", "NOR")), [MEETING]),
        (gold(RELEASED, "CONCEDE", ("DNK",), ("NOR",)), [PROMISE]),
        (gold("Norway thanked Denmark.", "SUPPORT", ("NOR",), ("DNK",)), []),
        (events.Line(id=5, text=RAIN, told=()), []),
        (events.Line(id=6, text=EXPELLED, told=()), [EXPULSION]),
        (events.Line(id=7, text=EXPELLED), [EXPULSION]),
    )
    every = score.groups["all"]

    assert (every.sentences, every.with_events, every.events, every.eventful) == (7, 5, 5, 4)
    assert (every.some, every.type, every.sides, every.both) == (0.75, 0.5, 0.5, 0.25)
    assert (every.silent, every.kept_silent) == (2, 0.5)
    assert (every.rates.precision, every.rates.recall) == (0.25, 0.25)
    assert list(score.groups)[1:] == ["AID", "CONCEDE", "SANCTION", "SUPPORT"]
    assert [miss.what for miss in score.misses] == ["type", "sides", "missed", "extra"]


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (gold(EXPELLED, None, (at(EXPELLED, "Norway"),), (at(EXPELLED, "two Danish diplomats"),)), True),
        (gold(EXPELLED, None, (at(EXPELLED, "Danish"),), (at(EXPELLED, "Norway"),)), False),
        (gold(EXPELLED, None, (at(EXPELLED, "Norway"),)), True),  # the gold does not name the target
        (gold(EXPELLED, None, ("NOR",), ("DNK", "SWE")), True),
        (gold(EXPELLED, None, ("SWE",), ("DNK",)), False),
    ],
)
def test_when_sides_are_right(line: events.Line, right: bool) -> None:
    assert sentences((line, [EXPULSION])).groups["all"].sides == right


def test_a_meeting_needs_both_who_met() -> None:
    assert sentences((gold(MET, None, ("NOR", "DNK")), [MEETING])).groups["all"].sides == 1
    assert sentences((gold(MET, None, ("NOR", "SWE")), [MEETING])).groups["all"].sides == 0
    assert sentences((gold(MET, None, (at(MET, "Denmark"),), (at(MET, "Norway"),)), [MEETING])).groups["all"].sides == 1


# -- the gold --------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    def write(*rows: Any) -> str:
        file = tmp_path / "gold.jsonl"
        file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
        return str(file)

    return write


def test_sides_are_words_or_places(written: Callable[..., str]) -> None:
    text = "Norway and Norway's ally Denmark met a recipient."
    sides = [("Norway", "Norway"), ([0, 6], ["Denmark", [0, 6]]), ("Sweden", "a friend"), ("Norway", None)]
    rows = [{"id": n, "text": text, "source": s, "target": t} for n, (s, t) in enumerate(sides)]
    read = events.read(written(*rows))

    assert [(one.source, one.target) for one in read] == [
        (((0, 6),), ((11, 17),)),  # the second Norway, since the first is the source
        (((0, 6),), (at(text, "Denmark"), (0, 6))),
        ((), ()),
        (((0, 6),), ()),
    ]
    assert all(one.pair for one in read)
    assert not any(one.pair for one in events.read(written(*rows), pair_given=False))


def test_what_gold_says_in_other_words(written: Callable[..., str]) -> None:
    told = {"type": "aid", "source": ["NOR"], "target": ["DNK"]}
    read = events.read(
        written(
            {"id": 1, "sentence": RAIN, "gold_root": "Yield", "gold_quad": "2"},
            {"id": 2, "text": RAIN, "type": "NONE"},
            {"id": 3, "text": RAIN, "events": [told]},
            {"id": 4, "text": RAIN, "events": []},
            {"id": 5, "text": RAIN},
        )
    )

    assert (read[0].type, read[0].quad) == ("YIELD", 2) and read[0].told == (events.Told("YIELD"),)
    assert [one.told for one in read[1:]] == [(), (events.Told("AID", ("NOR",), ("DNK",)),), (), None]
    assert events.knows_silence(read)


def test_every_fault_of_the_gold_is_told(written: Callable[..., str]) -> None:
    path = written(
        {"id": 1, "sentence": RAIN, "source": "It", "target": [0, 99]},
        {"id": 1, "sentence": RAIN, "source": "It"},
        {"id": 2, "source": "It"},
        {"id": 3, "sentence": RAIN},
        {"id": 4, "sentence": RAIN, "source": [[1, 2, 3]], "quad": 7},
        "{",
    )
    with pytest.raises(GoldError) as caught:
        events.read(path)

    told = [(fault.line, fault.found) for fault in caught.value.faults]
    assert [number for number, _ in told] == [1, 2, 3, 4, 5, 5, 6]
    assert [found for _, found in told[:4]] == [
        "target: the span [0, 99] is outside of the sentence", "a second line with the id 1",
        "there is no sentence", "this line names no sides, the first does",
    ]  # fmt: skip
    assert told[4][1].startswith("source is [1, 2, 3]") and told[5][1] == "the quad is 7"


# -- other readings of the types -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode", "near", "called"),
    [
        ("RETREAT", "release", "Norway released the sailors.", "YIELD"),
        ("CONCEDE", None, "Norway apologised to Denmark.", "YIELD"),
        ("CONCEDE", None, "Norway AGREED to quickly lift the ban.", "AGREE"),
        ("SANCTION", "discontinue", "Norway imposed sanctions on Denmark.", "COERCE"),
        ("SANCTION", "discontinue", "Norway broke off ties with Denmark.", "SANCTION"),
        ("ACCUSE", "investigate", "Norway opened an inquiry into the sanctions.", "ACCUSE"),
    ],
)
def test_the_older_reading(kind: str, mode: str | None, near: str, called: str) -> None:
    assert PLV.convert(kind, mode, near) == called
    assert PLAIN.convert(kind, mode, near) == kind
    assert PLV.quad(called) is not None and PLV.quad("YIELD") == 2 and PLAIN.quad("YIELD") is None


def test_every_row_that_ships_has_an_example() -> None:
    assert PLV.conversions and all(row.example for row in PLV.conversions)


def laid(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "mine" / profiles.FILE
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    return ["builtin", str(tmp_path / "mine")]


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    folders = laid(
        tmp_path,
        "[ours]\nmeaning = 'x'\n[ours.quads]\nDEMAND = 3\n[[ours.conversions]]\nfrom = ['REQUEST', 'COERCE-seize']\n"
        "unless = 'polite'\nto = 'DEMAND'\n",
    )
    ours = profiles.load("ours", folders)

    assert [ours.convert(*one) for one in (("REQUEST", None, "now"), ("REQUEST", "meet", "a Polite word"))] == [
        "DEMAND", "REQUEST",
    ]  # fmt: skip
    assert (ours.convert("COERCE", "seize", ""), ours.convert("COERCE", "arrest", "")) == ("DEMAND", "COERCE")
    assert profiles.load("plv", folders).quad("YIELD") == 2
    with pytest.raises(SettingsError, match=r"no profile our \(did you mean ours\?"):
        profiles.load("our", folders)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("from = ['REQUESTS']\nto = 'AID'", "did you mean REQUEST?"),
        ("from = ['REQUEST']\nto = 'DEMAND'", "to DEMAND, which has no quad"),
        ("from = ['REQUEST']\nto = 'AID'\nwords = '('", "a regular expression"),
        ("from = ['REQUEST']\nto = 'AID'\nwords = 'x'\nexample = 'y'", "does not fit its row"),
        ("from = 'REQUEST'\nto = 'AID'", "[x]: Expected array"),
        ("from = ['REQUEST']\nto = 'AID'\nbut = 1", "unknown field"),
        ("from = ", "valid TOML"),
    ],
)
def test_faults_of_profiles_are_told(rows: str, told: str, tmp_path: Path) -> None:
    folders = laid(tmp_path, f"[x]\nmeaning = 'x'\n[[x.conversions]]\n{rows}\n")
    with pytest.raises(LexiconError) as caught:
        profiles.load("x", folders)
    assert told in str(caught.value)

    if "valid TOML" not in told:
        found, _ = check.faults(folders)
        assert told in str(found[0])


# -- the command -----------------------------------------------------------------------------------------------------


class Knower:
    """A coder that knows a few sentences, and fails on others that say so."""

    stamp = Stamp(name="knower", version="1", lexicon="none")

    def code(self, articles: Iterable[Article]) -> Iterator[Reading]:
        for article in articles:
            failed = msgspec.structs.replace(article, outcome="failed", detail="it broke")
            yield (
                Reading(article=failed)
                if "FAIL" in article.text
                else reading(article.text, *READS.get(article.text, ()))
            )


@pytest.fixture
def knowing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models of the coders that were asked for."""
    asked: list[str] = []

    def coder(chosen: settings.Settings) -> Knower:
        asked.append(chosen.model)
        return Knower()

    class Model:
        def __init__(self, folder: str) -> None:
            self.folder = folder

        def answers(self, asks: Any) -> Any:
            return [Says("AID") for _ in asks]

    for place in (desk, parts):
        monkeypatch.setattr(place, "coder", coder)
    monkeypatch.setattr(parts, "AwaitedModel", Model)
    return asked


PAIRS = (
    {"id": "a", "sentence": EXPELLED, "source": "Norway", "target": "Danish", "type": "SANCTION", "quad": 4},
    {"id": "b", "sentence": RAIN, "source": "It", "target": "a recipient", "type": "ACCUSE", "quad": 3},
    {"id": "c", "sentence": RELEASED, "source": "Norway", "target": "the Danish sailors", "type": "AGREE", "quad": 1},
)


def run(*arguments: str) -> int:
    return cli.run(["evaluate", "events", *arguments])


def test_pairs_in_columns_and_as_predictions(
    knowing: list[str], written: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found.jsonl"
    assert run(written(*PAIRS), "--profile", "plv", "--show", "misses", "--predictions", str(out)) == 0

    told = capsys.readouterr().out
    assert told.startswith("3 sentences, knower 1, tables none, profile plv\n") and knowing[0] == "none"
    assert "\npatterns          2          2  100.0\n" in told and "\nroot       3         3      66.7 " in told
    assert "\nb: ACCUSE, found AID (model): It > nobody\n    It rained in Oslo.\n" in told
    assert [json.loads(row) for row in out.read_text("utf-8").splitlines()] == [
        {"id": "a", "root": "SANCTION", "quad": 4},
        {"id": "b", "root": "AID", "quad": 2},
        {"id": "c", "root": "AGREE", "quad": 1},
    ]

    assert run(written(*PAIRS), "--model", "none", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["groups"]["root"]["accuracy"] == pytest.approx(1 / 3)
    assert figures["told_by"]["nobody"] == {"answers": 1, "gold": 1, "right": 0}


def test_sides_can_be_kept_out_of_sight(
    knowing: list[str], written: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found.jsonl"
    silent = {"id": "d", "sentence": RAIN, "events": []}
    assert run(written(*PAIRS, silent), "--pair-not-given", "--model", "x", "--predictions", str(out), "--json") == 0

    every = json.loads(capsys.readouterr().out)["groups"]["all"]
    assert knowing[0] == "x"
    assert (every["sentences"], every["kept_silent"]) == (4, 1)
    assert (every["sides"], every["type"]) == pytest.approx((2 / 3, 1 / 3))
    assert json.loads(out.read_text("utf-8").splitlines()[0]) == {
        "id": "a", "events": [{"type": "SANCTION", "source": ["NOR"], "target": ["DNK"]}],
    }  # fmt: skip


def test_sentences_without_gold_are_counted(
    knowing: list[str], written: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(written({"id": 1, "text": EXPELLED}, {"id": 2, "text": "FAIL"}), "--show", "misses") == 1

    told, err = capsys.readouterr()
    assert told == (
        "2 sentences, 1 of them not read, knower 1, tables none\n\n"
        "sentences  with events  events  a sentence\n2                    1       1        0.50\n"
    )
    assert err.startswith("dragoman: 2: it broke; ")


def test_wrong_usage_is_told(
    knowing: list[str], written: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(*PAIRS, {"id": "d", "sentence": RAIN})
    assert run(path) == 2
    assert "names no sides, the first does; give sides in all lines or in none" in capsys.readouterr().err
    assert run(path, "--predictions", path) == 2
    assert run(path, "--profile", "plw") == 2
    assert "there is no profile plw; did you mean plv?" in capsys.readouterr().err


def test_a_model_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.txt"
    page.write_text(EXPELLED, "utf-8")

    for command in ("read", "explain"):
        assert cli.run([command, str(page), "--model", str(tmp_path)]) == 2
        assert "holds no model of events" in capsys.readouterr().err


def test_the_whole_way(coder: Any, written: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (desk, parts):
        monkeypatch.setattr(place, "coder", lambda chosen: coder)
    chosen = settings.change(settings.defaults(), {"model": "none"})

    score = desk.evaluate_events(written(PAIRS[0]), settings=chosen)

    assert isinstance(score, events.PairScore) and score.groups["root"].accuracy == 1
