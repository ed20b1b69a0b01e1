"""What every parser keeps to; a new backend adds itself to PARSERS."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragoman.parse.base import Parsed, Parser
from dragoman.parse.spacy import SpacyParser

PARSERS = [SpacyParser]
TEXTS = [
    "Ghana recalled its envoy. Togo did not.",
    "A title without a stop\n\nThe first line of the body\nand a second one, cut in the middle.",
    "",
    "   \n\n ",
    "“We agree,” she said.\n“We do not,” he said.",
    "🇫🇷 émigrés — ‘naïve’ …",
    "no-break space and\ttabs",
]


@pytest.fixture(scope="module", params=PARSERS, ids=lambda kind: kind.name)
def contract(request: pytest.FixtureRequest) -> Parser:
    made: Parser = request.param()
    return made


@pytest.fixture(scope="module")
def parses(contract: Parser) -> list[Parsed]:
    return list(contract.parse(TEXTS))


def test_one_parse_a_text_in_order(parses: list[Parsed]) -> None:
    assert [p.text for p in parses] == TEXTS


def test_words_slice_back(parses: list[Parsed]) -> None:
    for parsed in parses:
        for token in parsed.tokens:
            assert parsed.text[token.start : token.end] == token.text != ""
            assert not token.text.isspace()


def test_words_are_in_order_and_numbered(parses: list[Parsed]) -> None:
    for parsed in parses:
        assert [t.i for t in parsed.tokens] == list(range(len(parsed.tokens)))
        assert all(a.end <= b.start for a, b in zip(parsed.tokens, parsed.tokens[1:], strict=False))


def test_sentences_hold_all_words_and_never_cross_a_line(parses: list[Parsed]) -> None:
    for parsed in parses:
        covered = [k for s in parsed.sentences for k in range(s.first, s.last)]
        assert covered == list(range(len(parsed.tokens)))
        for sentence in parsed.sentences:
            assert "\n" not in parsed.text[sentence.start : sentence.end]
            assert all(t.sentence == sentence.i for t in parsed.words(sentence))


def test_trees_have_one_root_a_sentence_and_no_circles(parses: list[Parsed]) -> None:
    for parsed in parses:
        for token in parsed.tokens:
            assert len(list(parsed.ancestors(token.i))) <= len(parsed.tokens)
            assert all(parsed.tokens[k].head == token.i for k in token.children)


def test_a_long_text_is_parsed_in_pieces_with_right_offsets(contract: Parser) -> None:
    text = "\n".join(f"Envoy number {k} left the capital of Peru on Monday." for k in range(1500))
    (parsed,) = contract.parse([text])
    assert all(parsed.text[t.start : t.end] == t.text for t in parsed.tokens)
    assert len(parsed.sentences) == 1500


def test_at_finds_the_word_at_a_character(parses: list[Parsed]) -> None:
    for parsed in parses:
        for token in parsed.tokens:
            assert parsed.at(token.start) == token.i
        assert parsed.at(len(parsed.text)) == len(parsed.tokens)


def test_common_words_are_told_from_what_no_dictionary_has(contract: Parser) -> None:
    assert all(contract.common(word) for word in ("the", "envoys", "expelled", "said", "treaties", "leaving"))
    assert not any(contract.common(word) for word in ("lavrov", "kowalczyk", "xqzt", ""))


def test_no_sentence_is_endless(contract: Parser) -> None:
    text = "the envoy of Norway met the minister of Chile, who asked " * 200
    (parsed,) = contract.parse([text])
    assert len(parsed.tokens) > 2000
    assert all(parsed.text[t.start : t.end] == t.text for t in parsed.tokens)
    for sentence in parsed.sentences:
        assert sentence.last - sentence.first <= 500
        assert all(sentence.first <= t.head < sentence.last for t in parsed.words(sentence))


def test_a_word_without_end_is_cut_and_loses_nothing(contract: Parser) -> None:
    text = f"Peru {'“' * 900}{'a' * 5000} left."
    (parsed,) = contract.parse([text])
    assert "".join(t.text for t in parsed.tokens) == text.replace(" ", "")


def test_forms_are_what_the_pipeline_itself_says() -> None:
    """Part of speech, lemma, tag and relation of each word, against the components that are left out."""
    from dragoman.parse import spacy as room
    from dragoman.parse.forms import Forms

    whole = room._load()
    forms = Forms(whole, *(whole.get_pipe(name) for name in room._BY_FORM))
    pages = [path.read_text() for path in sorted((Path(__file__).parents[1] / "scrapes").glob("*.txt"))]
    odd = [
        "He's gonna go. I gotta run; c'mon, y'all ain't there. There's nobody. Let's go.\n\n  There are two.",
        "",
        " ",
    ]
    for text in [*pages, *odd, *odd]:
        doc = whole(text)
        found = forms.of(whole(text))
        for name in room._BY_FORM:
            doc = whole.get_pipe(name)(doc)
        assert [(t.lemma, t.pos, t.tag, t.dep) for t in doc] == found
