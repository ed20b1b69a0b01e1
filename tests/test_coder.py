"""The coder: order, what cannot be coded, and that one bad page never ends a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import pytest

from dragoman.coder import Coder
from dragoman.parse.base import Parsed, Parser
from dragoman.read import sources
from dragoman.records import Article, Reading


def article(text: str, **more: str) -> Article:
    return sources.article_from_text(text, sources.Given(**more))


def test_readings_come_in_the_order_of_the_articles(coder: Coder) -> None:
    articles = [article(f"Peru expelled {k} diplomats of Chile.") for k in ("two", "three", "four")] * 20
    assert [r.article.id for r in coder.code(articles)] == [a.id for a in articles]


def test_what_was_not_read_comes_back_with_its_reason(coder: Coder) -> None:
    lost = Article(id="x", outcome="not_found", detail="there is no such file")
    (reading,) = coder.code([lost])
    assert reading.article == lost and "no such file" in reading.notes[0].reason and not reading.events


def test_every_sentence_has_an_event_or_a_reason(coder: Coder) -> None:
    (reading,) = coder.code([article("Peru expelled two Chilean diplomats. The weather was fine. Lima said little.")])
    told = {span for e in reading.events for span in e.evidence} | {n.span for n in reading.notes}
    assert len(reading.events) == 1
    assert {reading.words(s) for s in told} >= {"The weather was fine.", "Lima said little."}


def test_a_reading_says_which_coder_and_which_tables(coder: Coder) -> None:
    (reading,) = coder.code([article("Peru thanked Chile.")])
    assert reading.coder is not None
    assert reading.coder.name.startswith("dragoman+") and reading.coder.lexicon == coder.lexicon.version


class Stumbling:
    """A parser that breaks on one text."""

    def __init__(self, inner: Parser) -> None:
        self.inner, self.name, self.version = inner, inner.name, inner.version

    def parse(self, texts: Iterable[str]) -> Iterator[Parsed]:
        for text in texts:
            if "poison" in text:
                raise RuntimeError("a fault in the parser")
            yield from self.inner.parse([text])

    def common(self, word: str) -> bool:
        return self.inner.common(word)


def test_a_page_that_breaks_the_coder_costs_only_itself(coder: Coder) -> None:
    stumbling = Coder(coder.lexicon, Stumbling(coder.parser))
    texts = ["Peru thanked Chile.", "A poison pill.", "Chile thanked Peru."]
    readings: list[Reading] = list(stumbling.code([article(t) for t in texts]))
    assert [r.article.outcome for r in readings] == ["read", "failed", "read"]
    assert "a fault in the parser" in (readings[1].article.detail or "") and readings[1].article.text == texts[1]
    with pytest.raises(RuntimeError):
        list(Coder(coder.lexicon, Stumbling(coder.parser), strict=True).code([article(t) for t in texts]))


def test_without_a_table_of_people_the_pages_own_words_tell_the_state(coder: Coder) -> None:
    bare = Coder(msgspec.structs.replace(coder.lexicon, people=()), coder.parser)
    text = (
        "Peruvian Foreign Minister Rosa Quispel received her Danish partner Mikkel Brandt on Tuesday in Lima. "
        "According to Quispell, both countries want more trade. The Danish government's spokesman, Lars Holt, agreed."
    )
    (reading,) = bare.code([article(text, published="2021-03-02")])
    assert {p.actor for p in reading.actors} == {"PER", "DNK"}
    assert [(p.name, p.actor) for e in reading.events for p in (*e.source, *e.target)][:2] == [
        ("Mikkel Brandt", "DNK"),
        ("Rosa Quispel", "PER"),
    ]
    (said, *_) = reading.statements
    assert said.speaker is not None and (said.speaker.name, said.speaker.actor) == ("Rosa Quispel", "PER")


@pytest.mark.parametrize(
    ("text", "speaker", "content"),
    [
        (
            "Chancellor Eva Lorenz wants better relations with Peru, declared German Minister Tomas Gerber on Monday.",
            "Tomas Gerber",
            "Chancellor Eva Lorenz wants better relations with Peru",
        ),
        (
            "Chile's foreign minister Rosa Alcaraz came late. In her words, the sides must talk.",
            "Rosa Alcaraz",
            "the sides must talk",
        ),
        (
            "Moldova said three missiles had crossed its sky and summoned the Iraqi envoy.",
            "Moldova",
            "three missiles had crossed its sky",
        ),
    ],
)  # fmt: skip
def test_who_stands_behind_the_verb_says_what_stands_before(
    coder: Coder, text: str, speaker: str, content: str
) -> None:
    (reading,) = coder.code([article(text)])
    told = [(s.speaker.name, reading.words(s.content[0])) for s in reading.statements if s.speaker]
    assert (speaker, content) in told
