"""The issues: each loads, has its words, and its own examples are coded as they say."""

from __future__ import annotations

import pytest

from dragoman.coder import Coder
from dragoman.find.issues import find_issues
from dragoman.lexicon.load import load
from dragoman.lexicon.rows import Issue
from dragoman.parse.base import Parsed
from dragoman.parse.spacy import SpacyParser
from dragoman.records import Article, Position

ISSUES = """
bilateral-relations dialogue diplomatic-presence recognition alliances military-posture armed-conflict peace-process
arms-control nonproliferation missile-programmes territory maritime sanctions trade economy energy migration
humanitarian health human-rights democracy election-interference media cyber terrorism crime justice detainees
technology space culture history institutions climate
""".split()
STANCES = {"for", "against", "conditional", "neutral"}


@pytest.fixture(scope="module")
def issues() -> dict[str, Issue]:
    return {issue.key: issue for issue in load().issues}


@pytest.fixture(scope="module")
def found(issues: dict[str, Issue]) -> dict[str, tuple[Position, ...]]:
    """Example -> its positions; all examples are read in one go."""
    texts = [example["text"] for issue in issues.values() for example in issue.table["examples"]]
    articles = [Article(id=str(n), text=text) for n, text in enumerate(texts)]
    readings = Coder(load(), SpacyParser()).code(articles)
    return {text: reading.positions for text, reading in zip(texts, readings, strict=True)}


def parse(text: str) -> Parsed:
    return next(iter(SpacyParser().parse([text])))


def test_all_issues_are_there(issues: dict[str, Issue]) -> None:
    assert sorted(issues) == sorted(ISSUES)


@pytest.mark.parametrize("key", ISSUES)
def test_an_issue_says_what_it_is(key: str, issues: dict[str, Issue]) -> None:
    issue = issues[key]
    table = issue.table
    for field in ("name", "pole", "covers", "not_covers"):
        assert table[field].strip()
    assert set(table["contexts"]) <= set(load().contexts)
    assert table["named"] in ("toward", "regarding", "target", "conduct")
    assert len(table["words"]) >= 25
    assert len(table["examples"]) >= 4
    phrases = [w.lower() for column in ("words", "aim_words", "against_words", "not_words") for w in table[column]]
    twice = sorted({w for w in phrases if phrases.count(w) > 1})
    assert not twice, f"said twice in {key}: {twice}"
    assert sum(" " in w or "-" in w for w in phrases) > 0.6 * len(phrases), "mostly phrases of several words"


@pytest.mark.parametrize("key", ISSUES)
def test_examples_are_coded(key: str, issues: dict[str, Issue], found: dict[str, tuple[Position, ...]]) -> None:
    for example in issues[key].table["examples"]:
        assert example["stance"] in STANCES
        wanted = {k: v for k, v in example.items() if k != "text"} | {"issue": key}
        got = found[example["text"]]
        assert any(all(_value(p, k) == _plain(v) for k, v in wanted.items()) for p in got), (
            f"{example['text']!r}: wanted {wanted}, got {got}"
        )


def test_topics_point_at_their_words() -> None:
    parsed = parse("Malawi and Zambia spoke about a free trade agreement, disarmament and the arms race.")
    topics = find_issues(parsed, load())
    said = [(t.issue, t.polarity, parsed.text[t.start : t.end]) for t in topics.mentions]
    assert said == [
        ("trade", 1, "free trade agreement"),
        ("arms-control", 1, "disarmament"),
        ("arms-control", -1, "arms race"),
    ]
    assert topics.contexts(0) == ("economic", "military")


def test_words_may_stand_between() -> None:
    parsed = parse("They saw the new Bolivian weapons and spoke of the release of all political prisoners.")
    assert [t.issue for t in find_issues(parsed, load()).mentions] == ["military-posture", "detainees"]


@pytest.mark.parametrize(
    "text",
    [
        "The trade minister of Togo gave a press release.",
        "Public relations and race relations were the subject.",
        "He strikes a deal and trades blows.",
        "The heart attack came during a world war film.",
    ],
)
def test_look_alikes_are_no_topics(text: str) -> None:
    assert find_issues(parse(text), load()).mentions == ()


def test_open_phrases_give_no_context() -> None:
    assert find_issues(parse("An attack on the plan was made in talks."), load()).contexts(0) == ()


def _value(position: Position, field: str) -> object:
    value = getattr(position, field)
    return sorted(value) if isinstance(value, tuple) else value


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, list) else value
