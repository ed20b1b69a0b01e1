"""Quotation passages: every shape of marks, nested, broken and continued."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dragoman.find.said.quotes import Quote, find_quotes


def inner(text: str, depth: int | None = 0) -> list[str]:
    return [text[slice(*q.inner)] for q in find_quotes(text) if depth is None or q.depth == depth]


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("“We go,” he said. “We stay.”", ["We go,", "We stay."]),
        ('"We go," he said. "We stay."', ["We go,", "We stay."]),
        ("''We go,'' he said. ''We stay.''", ["We go,", "We stay."]),
        ("``We go,'' he said.", ["We go,"]),
        ("«We go», he said.", ["We go"]),
        ("»We go«, he said.", ["We go"]),
        ("„We go“, he said. „We stay“", ["We go", "We stay"]),
        ("„We go”, he said.", ["We go"]),
        ("”We go”, he said.", ["We go"]),
        ("‘We go,’ he said.", ["We go,"]),
        ("'We go,' he said.", ["We go,"]),
        ("‹We go›, he said.", ["We go"]),
        ("›We go‹, he said.", ["We go"]),
        ("「We go」, he said. 『We stay』", ["We go", "We stay"]),
        ("〝We go〟, he said.", ["We go"]),
        ('“We go," he said.', ["We go,"]),
        ('He called it "a farce".', ["a farce"]),
        ("He called it (“a farce”).", ["a farce"]),
        ("The 'cold peace' holds.", ["cold peace"]),
        ("“Why?” he asked. “Who?”", ["Why?", "Who?"]),
        ("A pause—“then go”—and silence.", ["then go"]),
    ],
)
def test_marks(text: str, passages: list[str]) -> None:
    assert inner(text) == passages


@pytest.mark.parametrize(
    "text",
    [
        "It's the workers' day and the ministers' turn.",
        "The ’90s and the '80s were quiet.",
        "Rock ’n’ roll isn’t dead.",
        "No marks at all.",
        "",
        "\n\n",
    ],
)
def test_apostrophes_open_nothing(text: str) -> None:
    assert find_quotes(text) == ()


def test_inches_are_no_marks() -> None:
    assert inner("The 5″ gun said “boom” twice.") == ["boom"]


def test_single_marks_are_told_apart() -> None:
    (quote,) = find_quotes("The ‘cold peace’ holds.")
    assert quote.single
    assert quote.closed


def test_a_plural_possessive_does_not_close() -> None:
    text = "‘We saw the soldiers’ guns,’ she said."
    assert inner(text) == ["We saw the soldiers’ guns,"]


def test_nested() -> None:
    text = "“He told me ‘go “now” please’ and left,” she said."
    assert inner(text, None) == ["He told me ‘go “now” please’ and left,", "go “now” please", "now"]
    assert [q.depth for q in find_quotes(text)] == [0, 1, 2]


def test_nested_in_the_same_marks() -> None:
    assert inner('"He said "yes" to me," she said.', None) == ['He said "yes" to me,', "yes"]


def test_left_open_ends_with_its_paragraph_and_is_continued() -> None:
    text = "“We go. We do not wait.\n“We stay,” he said."
    first, second = find_quotes(text)
    assert text[slice(*first.inner)] == "We go. We do not wait."
    assert not first.closed
    assert not first.continues
    assert second.closed
    assert second.continues


def test_continued_over_an_empty_line() -> None:
    first, second = find_quotes("“We go.\n\n“We stay.”")
    assert second.continues
    assert not first.continues


def test_closed_is_not_continued() -> None:
    assert not any(q.continues for q in find_quotes("“We go.”\n“We stay.”"))


def test_a_second_opening_mark_closes_the_first() -> None:
    assert inner("“We go. “We stay,” he said.") == ["We go.", "We stay,"]
    assert inner('"We go. "We stay," he said.') == ["We go.", "We stay,"]


def test_closed_and_never_opened() -> None:
    assert inner("We will never leave the port,” he said.") == ["We will never leave the port,"]


def sound(text: str, quotes: tuple[Quote, ...]) -> None:
    for q in quotes:
        assert 0 <= q.start <= q.inner[0] < q.inner[1] <= q.end <= len(text)
        assert "\n" not in text[q.start : q.end]
    outer = [q for q in quotes if not q.depth]
    assert all(a.end <= b.start for a, b in pairwise(outer))


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="ab .,\n“”„‟\"«»‹›‘’‚'`()s5″\u202e", max_size=60))
@example("“a”“")
@example("' '' ' ''")
@example("“«.“5“.«")
def test_any_marks(text: str) -> None:
    sound(text, find_quotes(text))


@pytest.mark.parametrize("piece", ['"', "“ ", "'", "''", "‘a ", '“a" ', 'a" ', "«„“"])
def test_time_grows_with_the_text_only(piece: str) -> None:
    text = piece * 20_000
    start = time.process_time()
    sound(text, find_quotes(text))
    assert time.process_time() - start < 3.0
