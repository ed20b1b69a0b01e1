"""The trained model: what it answers, how it is asked, and what becomes of its answers."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from dragoman.classify import model as room
from dragoman.classify.model import Ask, EventModel, Question
from dragoman.coder import Coder
from dragoman.errors import SettingsError
from dragoman.find.done.judged import SURE, SURE_OF_ANYBODY
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parser
from dragoman.read.sources import Given, article_from_text
from dragoman.records import Reading, Span, Status

FOLDER = Path(str(files("dragoman"))) / "data/model"


def ask(text: str, source: str, target: str = "") -> Ask:
    def spans(words: str) -> tuple[Span, ...]:
        return ((text.index(words), text.index(words) + len(words)),) if words else ()

    return Ask(text, spans(source), spans(target))


@pytest.fixture(scope="module")
def model() -> EventModel:
    return room.load()


PLAIN = [
    ("Lima has expelled four Chadian diplomats over the leak.", "Lima", "four Chadian diplomats", "SANCTION"),
    ("Police in Harare arrested two organisers on Monday.", "Police in Harare", "two organisers", "COERCE"),
    ("Oslo will not take part in the talks with Minsk, the ministry said.", "Oslo", "Minsk", "REJECT"),
    ("Niger's junta has freed the ousted president's son.", "Niger's junta", "the ousted president's son", "RETREAT"),
    ("Ghana called on Togo to reopen the border.", "Ghana", "Togo", "REQUEST"),
    ("Denmark beat Peru 2-1 in the rain on Tuesday.", "Denmark", "Peru", "NONE"),
    ("Norway has more reindeer than Finland, a census shows.", "Norway", "Finland", "NONE"),
]


@pytest.mark.parametrize(("text", "source", "target", "wanted"), PLAIN, ids=[p[0][:30] for p in PLAIN])
def test_plain_sentences(text: str, source: str, target: str, wanted: str, model: EventModel) -> None:
    assert model.judge([ask(text, source, target)])[0].type == wanted


def test_answers_are_shares_and_do_not_hang_on_company(model: EventModel) -> None:
    asks = [ask(text, source, target) for text, source, target, _ in PLAIN]
    together = model.judge(asks)
    for one, alone in zip(together, (model.judge([a])[0] for a in asks), strict=True):
        assert math.isclose(sum(one.shares.values()), 1.0, abs_tol=1e-6)
        assert one.share == max(one.shares.values()) == one.shares[one.type]
        # sentences of a batch are padded to one length, which 8-bit numbers feel a little
        assert one.type == alone.type and abs(one.share - alone.share) < 0.2
        kind, _, share = one.given_an_event()
        assert kind != "NONE" and 0 < share <= 1


def test_any_text_gets_an_answer(model: EventModel) -> None:
    long = "and the envoys of Chad " * 400
    hostile = [ask("", ""), ask("!", "!"), ask(long, "Chad"), ask("日本 и Чад 🙂\u202e", "Чад"), ask("a" * 5000, "a")]
    assert len(model.judge(hostile)) == len(hostile)
    assert model.judge([]) == []


def test_labels_are_those_of_the_ontology(model: EventModel, lexicon: Lexicon) -> None:
    assert set(model.types) - {"NONE"} == set(lexicon.ontology)
    for label in model.modes:
        kind, _, mode = label.partition("-")
        assert not label or mode in lexicon.ontology[kind].modes


def test_weights_are_those_of_the_examples() -> None:
    table = tomllib.loads((FOLDER / "model.toml").read_text("utf-8"))
    assert table["name"].endswith(table["examples"][:8])
    assert sum(f.stat().st_size for f in FOLDER.iterdir()) < 30_000_000


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="holds no model"):
        EventModel(tmp_path)


class Said(NamedTuple):
    type: str
    share: float
    mode: str | None
    status: Status

    @property
    def shares(self) -> dict[str, float]:
        return {self.type: self.share}


class Judge:
    """Answers every question alike, and keeps what it was asked."""

    name = "judge"
    whole = False
    defined: Mapping[str, tuple[int, float]] = {}

    def __init__(self, answer: Said) -> None:
        self.answer = answer
        self.asked: list[Question] = []

    def answers(self, asks: Sequence[Question]) -> list[Said]:
        self.asked += asks
        return [self.answer] * len(asks)


def read(text: str, answer: Said, lexicon: Lexicon, parser: Parser) -> tuple[Reading, Judge]:
    judge = Judge(answer)
    article = article_from_text(text, Given(as_is=True))
    return next(Coder(lexicon, parser, judge=judge, strict=True).code([article])), judge


UNREAD = "Paraguay upstaged Bolivia at the ceremony."


def test_patterns_speak_first_and_it_is_told_what_they_said(lexicon: Lexicon, parser: Parser) -> None:
    text = f"Chile expelled two Peruvian diplomats. {UNREAD}"
    reading, judge = read(text, Said("ACCUSE", 0.95, "disapprove", "actual"), lexicon, parser)
    assert [(e.type, e.reason.split()[0]) for e in reading.events] == [("SANCTION", "pattern"), ("ACCUSE", "model")]
    hinted = {ask[0]: ask[5] for ask in judge.asked}
    assert hinted["Chile expelled two Peruvian diplomats."] == ("SANCTION", "SANCTION-expel", "SANCTION actual")
    assert hinted[UNREAD] == ()
    asked = [ask for ask in judge.asked if ask[0] == UNREAD]
    sides = [(UNREAD[a:b], UNREAD[c:d], UNREAD[e:f]) for _, ((a, b),), ((c, d),), ((e, f),), *_ in asked]
    assert ("Paraguay", "Bolivia", "upstaged") in sides
    assert all(ask[4] for ask in asked)


def test_whom_nobody_can_place_needs_a_surer_answer(lexicon: Lexicon, parser: Parser) -> None:
    _, judge = read(f"{UNREAD} The villagers upstaged Bolivia.", Said("NONE", 0.9, None, "actual"), lexicon, parser)
    assert {ask[0]: ask[6] for ask in judge.asked} == {UNREAD: SURE, "The villagers upstaged Bolivia.": SURE_OF_ANYBODY}


def test_what_could_be_no_event_is_not_asked_and_says_why(lexicon: Lexicon, parser: Parser) -> None:
    reading, judge = read("Brenton Okeke helped this team.", Said("AID", 0.99, None, "actual"), lexicon, parser)
    assert not judge.asked and not reading.events
    assert [note.reason for note in reading.notes] == ["no event: no table knows either side of 'helped'"]


def test_the_encoder_is_spared_where_the_head_leaves_too_little(model: EventModel) -> None:
    sung = Ask("Paraguay outsang Bolivia.", ((0, 8),), ((17, 24),), ((9, 16),), ("source dep=nsubj", "target dep=dobj"))
    (careful,), (spared,) = model.judge([sung]), model.judge([msgspec.structs.replace(sung, least=1.0)])
    assert spared.type == careful.type == "NONE" and spared.share != careful.share
    assert sum(spared.shares.values()) == pytest.approx(1, abs=0.01)


def test_what_a_pattern_read_is_dropped_where_the_model_is_sure(lexicon: Lexicon, parser: Parser) -> None:
    text = "Ghana slammed Togo in Kumasi."
    kept, _ = read(text, Said("NONE", 0.4, None, "actual"), lexicon, parser)
    dropped, _ = read(text, Said("NONE", 0.95, None, "actual"), lexicon, parser)
    assert [e.type for e in kept.events] == ["ACCUSE"] and dropped.events == ()
    assert any("is sure that 'slammed' tells none" in note.reason for note in dropped.notes)


def test_a_target_that_the_pattern_left_open_is_filled(lexicon: Lexicon, parser: Parser) -> None:
    text = "Canada mobilised troops for a move against Denmark."
    open_one, _ = read(text, Said("NONE", 0.4, None, "actual"), lexicon, parser)
    filled, _ = read(text, Said("MOBILIZE", 0.9, "troops", "actual"), lexicon, parser)
    assert [[p.actor for p in e.target] for e in open_one.events] == [[]]
    assert [[p.actor for p in e.target] for e in filled.events] == [["DNK"]]
    assert "the target by model judge (90%)" in filled.events[0].reason


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Said("NONE", 0.97, None, "actual"), "sees no event"),
        (Said("NONE", 0.3, None, "actual"), "is not 65% sure of any event"),
        (Said("ACCUSE", 0.5, "disapprove", "actual"), "is not sure"),
        (Said("ACCUSE", 0.95, "disapprove", "hypothetical"), "only supposed"),
    ],
)
def test_silence_has_a_reason(answer: Said, told: str, lexicon: Lexicon, parser: Parser) -> None:
    reading, _ = read(UNREAD, answer, lexicon, parser)
    assert not reading.events
    assert any(told in note.reason for note in reading.notes)


def test_what_is_only_planned_is_converted(lexicon: Lexicon, parser: Parser) -> None:
    reading, _ = read(UNREAD, Said("CONSULT", 0.95, None, "planned"), lexicon, parser)
    assert [e.type for e in reading.events] == ["AGREE"]


def test_a_meeting_has_all_on_one_side(lexicon: Lexicon, parser: Parser) -> None:
    reading, _ = read(UNREAD, Said("CONSULT", 0.95, None, "actual"), lexicon, parser)
    assert [({p.actor for p in e.source}, e.target) for e in reading.events] == [({"PRY", "BOL"}, ())]
