"""The trained reader of stances: what it is asked, what becomes of its answers, and how well it reads unseen texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dragoman.classify import stances
from dragoman.coder import Coder
from dragoman.evaluate import positions as gold
from dragoman.find.wanted.asked import SPEAKER, Question
from dragoman.lexicon.load import load
from dragoman.parse.spacy import SpacyParser
from dragoman.records import Article, Reading

CASES = Path(__file__).parent / "cases/en"


class Said(NamedTuple):
    stance: str | None
    share: float


class Listener:
    """Writes down what it is asked, and gives one answer to everything."""

    name = "listener"

    def __init__(self, answer: Said) -> None:
        self.answer = answer
        self.asked: list[Question] = []

    def answers(self, asks: Sequence[Question]) -> list[Said]:
        self.asked += asks
        return [self.answer for _ in asks]


def coded(judge: Any, *texts: str) -> list[Reading]:
    return list(
        Coder(load(), SpacyParser(), stances=judge).code(Article(id=str(n), text=t) for n, t in enumerate(texts))
    )


@cache
def reading(text: str) -> Reading:
    return coded(stances.load(), text)[0]


def words(question: Question) -> tuple[list[str], list[str]]:
    text, source, topic, _ = question
    return [text[a:b] for a, b in source], [text[a:b] for a, b in topic]


def test_it_is_asked_of_whoever_stands_beside_the_topic() -> None:
    judge = Listener(Said(None, 0.9))
    coded(judge, "Lima and Quito spent the week on the fishing agreement.")
    assert [words(q) for q in judge.asked] == [(["Lima"], ["fishing agreement"]), (["Quito"], ["fishing agreement"])]


def test_a_speaker_named_elsewhere_stands_before_the_sentence() -> None:
    judge = Listener(Said(None, 0.9))
    text = "Kenyan foreign minister Peter Oduya spoke on Monday. “That trade agreement walks on three legs,” he said."
    coded(judge, text)
    asked = [q for q in judge.asked if q[0].startswith(SPEAKER)]
    assert all(q[1] == ((0, len(SPEAKER) - 2),) for q in asked)
    assert {w for q in judge.asked for w in words(q)[1]} == {"trade agreement"}


def test_what_a_pattern_reads_is_not_asked() -> None:
    judge = Listener(Said("for", 0.99))
    (found,) = coded(judge, "Norway opposes the sanctions.")
    assert judge.asked == []
    assert [p.stance for p in found.positions] == ["against"]


@pytest.mark.parametrize(
    ("text", "answer", "stance"),
    [
        ("Oslo has feelings about the trade agreement.", "against", "against"),
        ("Oslo has feelings about disarmament.", "against", "against"),
        ("Oslo has feelings about the arms race.", "against", "for"),
        ("Oslo has feelings about the arms race.", "for", "against"),
        ("Oslo has feelings about the trade agreement.", "neutral", "neutral"),
        ("Oslo has feelings about the trade agreement.", "conditional", "conditional"),
    ],
)
def test_answers_are_of_the_topic_as_worded(text: str, answer: str, stance: str) -> None:
    (found,) = coded(Listener(Said(answer, 0.71)), text)
    (position,) = found.positions
    assert (position.actor, position.stance, position.confidence) == ("NOR", stance, 0.5)
    assert position.reason.startswith(f"model listener: 71% for {answer} on ")
    assert [text[a:b] for a, b in position.evidence] == [text]


def test_what_one_side_says_of_another_is_kept_with_the_one_who_says_so() -> None:
    text = "Chad's foreign minister Idriss Mahamat said that Togo had feelings about the trade agreement."
    (found,) = coded(Listener(Said("for", 0.8)), text)
    assert {(p.actor, p.reporter) for p in found.positions} >= {("TGO", "TCD")}


def test_the_condition_is_kept_in_its_words() -> None:
    text = "Oslo has feelings about the trade agreement if the tariffs come down."
    (found,) = coded(Listener(Said("conditional", 0.8)), text)
    kept = [p.condition for p in found.positions if p.condition]
    assert kept and "the tariffs come down" in text[kept[0][0] : kept[0][1]]


def test_nothing_is_asked_where_nothing_is_spoken_of() -> None:
    judge = Listener(Said("for", 0.9))
    (found,) = coded(judge, "It rained all week, and the ferry was late.")
    assert (judge.asked, found.positions) == ([], ())


def test_names_in_the_record_tell_which_model_read_it() -> None:
    assert stances.load().name in reading("Lima and Quito spent the week on the fishing agreement.").coder.name


def test_of_a_long_list_a_few_are_asked_about() -> None:
    judge = Listener(Said("for", 0.9))
    coded(judge, "Oslo, Lima, Quito, Accra, Lagos, Tunis, Cairo and Rabat spent the week on the trade agreement.")
    assert 1 <= len(judge.asked) <= 4


# never read, only scored: recall and precision of patterns and reader together
FLOORS = {"press": (0.52, 0.79), "spoken": (0.48, 0.69)}


@pytest.mark.parametrize("name", FLOORS)
def test_unseen_texts_hold_their_level(name: str) -> None:
    texts = [text for text in gold.read(str(CASES / f"positions_{name}.toml")) if text.held_out]
    assert len(texts) > 100
    read = coded(stances.load(), *(text.text for text in texts))
    level = gold.measure((text, gold.found_in(one)) for text, one in zip(texts, read, strict=True)).groups["all"]
    recall, precision = FLOORS[name]
    assert level.recall >= recall
    assert level.precision >= precision
