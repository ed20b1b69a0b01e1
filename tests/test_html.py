"""The page: it holds the article's own words, explains each mark, loads nothing, runs nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import a_reading
from dragoman.exchange import html
from dragoman.exchange.words import Names
from dragoman.records import Article, Note, Participant, Position, Reading, Statement

NAMES = Names(actors={"VES": "Vesper", "NRD": "Norland"}, issues={"crime": "Crime"})
LOADS = {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping", "xlink:href"}
VOID = {"meta", "input", "br", "hr", "img", "link", "wbr"}


class Page(HTMLParser):
    """What a browser would make of a page: tags with attributes, ids, links, and the text under a tag."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[tuple[str, dict[str, str]]] = []
        self.paragraphs: list[str] = []
        self.styles = ""
        self.feed(source)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        if tag in VOID:
            return
        if tag in ("h1", "p") and any(t == "article" for t, _ in self.open):
            self.paragraphs.append("")
        self.open.append((tag, values))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop()[0] == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        names = [t for t, _ in self.open]
        if "style" in names:
            self.styles += data
        elif "article" in names and "sup" not in names and ("h1" in names or "p" in names):
            self.paragraphs[-1] += data

    @property
    def ids(self) -> list[str]:
        return [values["id"] for _, values in self.tags if "id" in values]

    def body(self) -> list[str]:
        """Title and paragraphs of the article, without the line under the title."""
        return [self.paragraphs[0], *self.paragraphs[2:]]


def assert_strict(source: str) -> Page:
    page = Page(source)
    for tag, values in page.tags:
        assert tag not in ("script", "iframe", "object", "embed", "link", "base", "img", "form", "svg"), tag
        for name, value in values.items():
            assert not name.startswith("on"), f"{tag} {name}"
            assert name not in LOADS and name != "style", f"{tag} {name}"
            if name == "href":
                assert value.startswith(("#", "https://", "http://")), value
    assert "url(" not in page.styles and "@import" not in page.styles
    assert len(page.ids) == len(set(page.ids)), "an id twice"
    links = {values["href"][1:] for tag, values in page.tags if tag == "a" and values["href"].startswith("#")}
    assert links <= set(page.ids), f"links to nowhere: {links - set(page.ids)}"
    return page


def test_the_page_holds_the_article_word_for_word() -> None:
    page = assert_strict(html.page(a_reading.READING, NAMES))

    assert page.body() == [line for line in a_reading.TEXT.split("\n") if line]


def test_each_thing_found_has_a_card_and_a_mark() -> None:
    source = html.page(a_reading.READING, NAMES)
    page = Page(source)

    keys = {"E1", "E2", "S1", "S2", "S3", "P1", "P2", "A1", "A2", "A3", "A4"}
    assert keys <= set(page.ids)
    assert {f"{key}-in" for key in keys | {"N1", "N2"}} <= set(page.ids)
    assert "Norland (Ilse Tarrow) visited Vesper (João Quell) in Porto Vesper on 13 May 2031." in source
    assert "“Joao Quell”" in source and "spelling repaired" in source
    assert "verb &quot;visit&quot; with SOURCE and TARGET (verbs.csv:12)" in source
    assert "2 pieces of page furniture" in source
    assert "no event: only one side is political" in source


def test_the_policy_allows_this_style_and_nothing_else() -> None:
    page = Page(html.page(a_reading.READING))

    policy = next(v["content"] for t, v in page.tags if v.get("http-equiv") == "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(page.styles.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_overlapping_marks_cut_each_other() -> None:
    items = [
        html.Item(key="S1", kind="said", spans=((0, 10),)),
        html.Item(key="A1", kind="actor", spans=((5, 15),)),
        html.Item(key="E1", kind="event", spans=((5, 7), (20, 22))),
    ]

    cut = [(p.start, p.end, [i.key for i in p.items]) for p in html.pieces(0, 25, items)]

    assert cut == [
        (0, 5, ["S1"]),
        (5, 7, ["E1", "A1", "S1"]),  # the shortest on top
        (7, 10, ["A1", "S1"]),
        (10, 15, ["A1"]),
        (15, 20, []),
        (20, 22, ["E1"]),
        (22, 25, []),
    ]


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;</style>]]><!--\x00\x1b[31m\u202e"


def test_hostile_words_stay_words() -> None:
    who = msgspec.structs.replace(a_reading.TARROW, name=HOSTILE, role=HOSTILE, actor=HOSTILE)
    article = msgspec.structs.replace(
        a_reading.READING.article,
        title=HOSTILE,
        site=HOSTILE,
        author=HOSTILE,
        text=f"{HOSTILE}\n\nBy {HOSTILE} and more",
        body_start=len(HOSTILE) + 2,
        url='javascript:alert("1")',
        language='en" onload="x',
    )
    reading = msgspec.structs.replace(
        a_reading.READING,
        article=article,
        actors=(who,),
        notes=(Note(span=(0, 9), reason=HOSTILE),),
        events=(
            msgspec.structs.replace(a_reading.READING.events[0], source=(who,), reason=HOSTILE, contexts=(HOSTILE,)),
        ),
    )

    for source in (html.page(reading), html.fragment(reading)):
        page = assert_strict(source)
        assert "\x00" not in source and "\x1b" not in source and "\u202e" not in source
        assert page.paragraphs[0].startswith("<script>alert(1)</script>")


def test_an_article_that_could_not_be_coded_says_why() -> None:
    article = Article(
        id="x",
        title="Titel",
        text="Titel\n\nEin Text.",
        body_start=7,
        outcome="unsupported_language",
        detail="the page is in German; Dragoman reads English",
    )

    page = assert_strict(html.page(Reading(article=article)))

    assert page.paragraphs == ["Titel", "date not known", "the page is in German; Dragoman reads English", "Ein Text."]


def test_nothing_at_all_is_still_a_page() -> None:
    assert_strict(html.page(Reading(article=Article(id="", outcome="not_found", detail="there is no such file"))))


def test_several_articles_on_one_page_do_not_meet() -> None:
    source = html.pages([a_reading.READING, a_reading.READING, a_reading.READING])

    page = assert_strict(source)
    assert {"E1", "x2-E1", "x3-E1", "top", "x2-top", "x3-top"} <= set(page.ids)


def test_a_notebook_gets_a_fragment() -> None:
    source = a_reading.READING._repr_html_()

    page = assert_strict(source)
    assert "<html" not in source and "<body" not in source
    assert all(re.match(r"d[0-9a-f]{8}-", name) for name in page.ids)


@pytest.mark.parametrize("wanted", ["actor", "event", "said", "position"])
def test_each_kind_can_be_hidden_without_script(wanted: str) -> None:
    page = Page(html.page(a_reading.READING))

    assert any(tag == "input" and values["class"] == f"show-{wanted}" for tag, values in page.tags)
    assert f".show-{wanted}:not(:checked)" in page.styles


SPANS = st.tuples(st.integers(-3, 70), st.integers(-3, 70))
TEXTS = st.text(st.sampled_from("ab <&\n.é\U0001f600"), min_size=0, max_size=60)


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, spans=st.lists(SPANS, max_size=12), start=st.integers(0, 10))
def test_any_spans_leave_the_words_as_they_are(text: str, spans: list[tuple[int, int]], start: int) -> None:
    start = min(start, len(text))
    kinds = ("actor", "said", "position", "note")
    by = {kind: spans[n :: len(kinds)] for n, kind in enumerate(kinds)}
    reading = Reading(
        article=Article(id="p", text=text, title="T", body_start=start),
        actors=tuple(
            Participant(actor="NRD", sector=None, name=None, role=None, text="x", span=s, via="name")
            for s in by["actor"]
        ),
        statements=tuple(
            Statement(
                id=f"s{n}", kind="direct", act="statement", speaker=None, cue=s, content=(s,), addressee=None,
                channel=None, evidence=(s,),
            )
            for n, s in enumerate(by["said"])
        ),
        positions=tuple(
            Position(
                actor="NRD", issue="trade", regarding=None, stance="for", toward=None, shared_with=(), statement=None,
                evidence=(s,), confidence=0.5,
            )
            for s in by["position"]
        ),
        notes=tuple(Note(span=s, reason="r") for s in by["note"]),
    )  # fmt: skip

    page = assert_strict(html.page(reading))

    assert page.body()[1:] == [line for line in text[start:].split("\n") if line.strip()]
