"""Whatever the text, the record points at its words: spans slice, ids are unique, JSON goes both ways."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dragoman.coder import Coder
from dragoman.read import sources
from dragoman.records import Article, Participant, Published, Reading, Span, from_json, json_schema

HERE = Path(__file__).parent
SCHEMA = Draft202012Validator(json_schema())
DAY = Published(start="2021-03-04", end="2021-03-04", granularity="day", source="given", confidence=1.0)


def _sentences() -> list[str]:
    """Sentences of the pages and of the short cases, roughly cut."""
    texts = [
        article.text
        for folder in sorted((HERE / "pages").glob("[0-9]*"))
        for article in sources.articles(next(folder.glob("page.*")), given=sources.Given())
    ]
    texts += [case["text"] for case in tomllib.loads((HERE / "cases/en/references.toml").read_text("utf-8"))["case"]]
    return sorted({s for text in texts for s in re.split(r"(?<=[.!?”\"])\s+", text) if 10 < len(s) < 300})


SENTENCES = _sentences()
ODD = [
    "\u202e", "\u200f", "\u200b", "\ufeff", "\x00", "😀", "🇫🇷", "👩\u200d🚀", "“", "”", "‘", "’", "«", "»", '"', "'",
    "\n\n", "\n", "\t", "\xa0", "\u2028", "É", "ﬁ", "İ", "ß", "ａ", "القاهرة", "北京",
    "Москва", "\U0001d400", "e\u0301",
    "-", "…", "(", ")", ":", ";", "„",
]  # fmt: skip

sentences = st.sampled_from(SENTENCES)
marks = st.lists(st.sampled_from(ODD), min_size=1, max_size=4).map("".join)
noise = st.text(max_size=12)


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A sentence with something odd put in its middle."""
    sentence = draw(sentences)
    at = draw(st.integers(0, len(sentence)))
    return sentence[:at] + draw(marks | noise) + sentence[at:]


texts = st.lists(sentences | broken() | sentences.map(str.upper) | marks | noise, min_size=1, max_size=6).map(" ".join)
no_limits = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@no_limits
@given(texts, st.booleans())
def test_any_mix_of_sentences_gives_a_sound_record(coder: Coder, text: str, titled: bool) -> None:
    check(read(coder, text, titled))


@no_limits
@given(st.lists(sentences, min_size=2, max_size=6), st.sampled_from(ODD))
def test_sentences_joined_by_something_odd(coder: Coder, parts: list[str], joint: str) -> None:
    check(read(coder, joint.join(parts), False))


@no_limits
@given(noise)
def test_text_that_is_no_news(coder: Coder, text: str) -> None:
    check(read(coder, text, False))


@pytest.mark.parametrize("folder", sorted((HERE / "pages").glob("[0-9]*")), ids=lambda f: f.name)
def test_pages(coder: Coder, folder: Path) -> None:
    (article,) = sources.articles(next(folder.glob("page.*")), given=sources.Given())
    check(next(iter(coder.code([article]))))


@pytest.mark.parametrize(
    "text",
    [
        "“" * 2000 + "Poland expelled two Russian diplomats.",
        "Poland said \"it had expelled two Russians. " * 40,
        "POLAND EXPELS TWO RUSSIAN DIPLOMATS AFTER TALKS IN WARSAW FAIL " * 10,
        "\u202eWarsaw\u202c told \u200fMoscow\u200f “\U0001f600 no”.",
        "Poland expelled Russia " * 300,
        "",
        " \n\t ",
        "\ud7ff\ue000",
    ],
    ids=["marks", "unbalanced", "capitals", "directions", "no stop", "empty", "blank", "edges"],
)  # fmt: skip
def test_bad_input(coder: Coder, text: str) -> None:
    check(read(coder, text, False))


def read(coder: Coder, text: str, titled: bool) -> Reading:
    # reading removes what no page holds
    text = text.replace("\x00", "")
    title, body_start = None, 0
    if titled and "\n" not in text:
        title, _, rest = text.partition(" ")
        text, body_start = f"{title}\n\n{rest}", len(title) + 2
    article = Article(id="x", title=title, text=text, body_start=body_start, language="en", published=DAY)
    return next(iter(coder.code([article])))


def check(reading: Reading) -> None:
    """What holds of every record."""
    text = reading.article.text
    assert reading.article.outcome in ("read", "paywall") or not text.strip(), reading.article.detail
    for where, span in spans(reading):
        assert 0 <= span[0] < span[1] <= len(text), f"{where} {span}"
        assert text[span[0] : span[1]].strip(), f"{where} {span} is blank"
    for who in people(reading):
        assert text[who.span[0] : who.span[1]] == who.text
    for kind in (reading.statements, reading.events):
        ids = [thing.id for thing in kind]
        assert len(ids) == len(set(ids))
    told = {s.id for s in reading.statements}
    assert all(s.within in told and s.within != s.id for s in reading.statements if s.within)
    for thing in (*reading.events, *reading.positions):
        assert thing.statement is None or thing.statement in told
    for found in (*reading.statements, *reading.events, *reading.positions):
        assert list(found.evidence) == sorted(found.evidence)
        assert found.evidence
    for statement in reading.statements:
        assert statement.content and list(statement.content) == sorted(statement.content)
        assert not any(a[1] > b[0] for a, b in itertools.pairwise(statement.content))
    written = reading.to_json()
    assert from_json(written) == reading
    fault = next(SCHEMA.iter_errors(json.loads(written)), None)
    assert fault is None, fault and f"{fault.json_path}: {fault.message}"


def spans(reading: Reading) -> Iterator[tuple[str, Span]]:
    """Every span of a record, with where it stands."""
    for who in people(reading):
        yield "participant", who.span
    for s in reading.statements:
        yield from (("content", span) for span in s.content)
        yield from (("evidence", span) for span in s.evidence)
        if s.cue:
            yield "cue", s.cue
    for e in reading.events:
        yield "trigger", e.trigger
        yield from (("evidence", span) for span in e.evidence)
        for part in (e.date, e.place):
            if part and part.span:
                yield "date or place", part.span
                assert part.text is None or reading.words(part.span) == part.text
    for p in reading.positions:
        yield from (("evidence", span) for span in p.evidence)
        if p.condition:
            yield "condition", p.condition
    for note in reading.notes:
        # a note on a whole text that was not coded may stand on nothing
        if reading.article.text.strip():
            yield "note", note.span


def people(reading: Reading) -> Iterator[Participant]:
    yield from reading.actors
    for s in reading.statements:
        yield from (p for p in (s.speaker, s.addressee, *s.speakers) if p)
    for e in reading.events:
        yield from (*e.source, *e.target)
