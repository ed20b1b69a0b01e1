"""Found against gold: figures worked out by hand, what holds for any gold, gold with faults, and the commands."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman import cli, desk
from dragoman.coder import Coder
from dragoman.desk import parts
from dragoman.errors import SourceError
from dragoman.evaluate import gold, page_gold, pages, references, statements
from dragoman.evaluate.measures import interval
from dragoman.evaluate.statements import Said, Score, Text
from dragoman.exchange import tables
from dragoman.records import Article, Participant, Reading, Span, Statement
from dragoman.records import Coder as Stamp

LEDGER = (
    "“The harbour will open before the first of May,” Ada Quill, the minister, said.\n"
    "Fishermen believe that nobody will come. It was reported that ships had sailed."
)


def at(text: str, words: str) -> Span:
    start = text.index(words)
    return start, start + len(words)


def said(text: str, source: str, cue: str, content: str) -> Said:
    """A statement by its words; none for no words."""
    return Said(*(((at(text, words),) if words else ()) for words in (source, cue, content)))


QUILL = said(LEDGER, "Ada Quill, the minister", "said", "“The harbour will open before the first of May,”")
FISHERMEN = said(LEDGER, "Fishermen", "believe", "that nobody will come")
NOBODY = said(LEDGER, "", "was reported", "that ships had sailed")
GOLD = Text(id="ledger", text=LEDGER, said=(QUILL, FISHERMEN, NOBODY))


def scored(*found: Said, of: Text = GOLD) -> Score:
    return statements.measure([(of, found)])


def told(score: Score) -> list[tuple[str, str]]:
    return [(miss.what, miss.content) for miss in score.misses]


# -- statements, by hand ---------------------------------------------------------------------------------------------


def test_gold_against_itself_is_right_in_every_group() -> None:
    groups = scored(QUILL, FISHERMEN, NOBODY).groups

    assert {name: (g.gold, g.content.f1, g.statement.f1, g.exact.f1) for name, g in groups.items()} == {
        "all": (3, 1, 1, 1),
        "speech cue": (2, 1, 1, 1),
        "other cue": (1, 1, 1, 1),
        "direct and mixed": (1, 1, 1, 1),
        "indirect": (2, 1, 1, 1),
    }
    assert (groups["all"].source_right, groups["all"].sourceless_right, groups["all"].cue_right) == (1, 1, 1)


def test_nothing_found_is_nothing_right() -> None:
    score = scored()

    assert (score.groups["all"].gold, score.groups["all"].found) == (3, 0)
    assert all(g.content.f1 == g.statement.f1 == g.exact.recall == 0 for g in score.groups.values())
    assert [what for what, _ in told(score)] == ["missed"] * 3


def test_marks_do_not_count_and_part_of_a_name_is_the_name() -> None:
    found = said(LEDGER, "Quill", "said", "The harbour will open before the first of May")
    group = scored(found, FISHERMEN, NOBODY).groups["all"]

    assert group.exact.f1 == group.statement.f1 == 1
    assert (group.source_right, group.source_exact, group.sourced) == (1, 0.5, 2)


@pytest.mark.parametrize(
    ("content", "met", "exact"),
    [
        ("that nobody will come", 1, 1),
        ("nobody will come", 1, 0),
        ("will come", 1, 0),  # two of four words: half is enough
        ("come", 0, 0),
        ("believe that nobody will come. It was reported", 1, 0),  # four of eight
        ("Fishermen believe that nobody will come. It was reported", 0, 0),  # four of nine
    ],
)
def test_half_of_the_words_of_both_together_is_enough(content: str, met: int, exact: int) -> None:
    group = scored(said(LEDGER, "Fishermen", "believe", content)).groups["all"]

    assert (group.content.precision, group.content.recall) == (met, met / 3)
    assert group.exact.precision == exact


def test_one_found_meets_one_of_the_gold_the_likest_first() -> None:
    score = scored(said(LEDGER, "", "", "nobody will come"), FISHERMEN, FISHERMEN)
    group = score.groups["all"]

    assert (group.content.precision, group.content.recall) == (1 / 3, 1 / 3)
    assert group.exact.precision == 1 / 3
    assert sorted(what for what, _ in told(score)) == ["extra", "extra", "missed", "missed"]


@pytest.mark.parametrize(
    ("source", "right"),
    [("Ada", True), ("the minister", True), ("the", False), ("Fishermen", False), ("", False)],
)
def test_a_function_word_makes_no_source_right(source: str, right: bool) -> None:
    score = scored(said(LEDGER, source, "said", "The harbour will open before the first of May"))

    assert score.groups["all"].statement.precision == right
    assert [miss.other for miss in score.misses if miss.what == "source"] == ([] if right else [source])


def test_where_the_gold_has_no_source_none_may_be_found() -> None:
    assert scored(NOBODY).groups["all"].statement.precision == 1
    assert scored(said(LEDGER, "ships", "was reported", "that ships had sailed")).groups["all"].statement.f1 == 0


@pytest.mark.parametrize(
    ("text", "cue", "content", "group"),
    [
        ("“We met here in the old town,” Ada said.", "said", "We met here in the old town", "direct and mixed"),
        ("“We met in town,” Ada said.", "said", "We met in town", "indirect"),  # four words
        ("Ada said they met ''here in the old market'' again.", "said", "they met ''here in the old market''",
         "direct and mixed"),
        ('"We met here in the old town\nNext day it rained hard again', "", "We met here in the old town",
         "direct and mixed"),
        ('"We met here in the old town\nOn the next day it rained', "", "On the next day it rained", "indirect"),
        ("Ada denies it all.", "denies", "it all", "speech cue"),
        ("Ada, stressing it all.", "stressing", "it all", "speech cue"),
        ("According to Ada it rained.", "According to", "it rained", "speech cue"),
        ("Ada saw it all.", "saw", "it all", "other cue"),
        ("Ada: it rained.", "", "it rained", "other cue"),
    ],
)  # fmt: skip
def test_groups(text: str, cue: str, content: str, group: str) -> None:
    one = said(text, "", cue, content)

    assert scored(of=Text("x", text, (one,))).groups[group].gold == 1
    assert scored(one, of=Text("x", text, ())).groups[group].found == 1


def test_pieces_of_one_statement_are_one() -> None:
    text = "“Come,” Ada said, “and bring the boat.”"
    one = Said((at(text, "Ada"),), (at(text, "said"),), (at(text, "Come"), at(text, "and bring the boat")))
    halves = [said(text, "Ada", "said", "Come"), said(text, "Ada", "said", "and bring the boat")]

    assert scored(one, of=Text("x", text, (one,))).groups["all"].statement.f1 == 1
    assert scored(*halves, of=Text("x", text, (one,))).groups["all"].content.precision == 0.5


def test_a_span_outside_of_the_text_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"ledger: the span \[0, 10000\] is outside of the text"):
        scored(Said((), (), ((0, 10_000),)))


def test_statements_inside_others_are_left_out() -> None:
    text = "Ada said that Bo had said that it rained."

    def one(id: str, who: str, content: str, within: str | None = None) -> Statement:
        span = at(text, who)
        speaker = Participant(actor=None, sector=None, name=who, role=None, text=who, span=span, via="name")
        return Statement(
            id=id, kind="indirect", act="statement", speaker=speaker, cue=at(text, "said"),
            content=(at(text, content),), addressee=None, channel=None, evidence=((0, len(text)),), within=within,
        )  # fmt: skip

    outer, inner = one("s1", "Ada", "that Bo had said that it rained"), one("s2", "Bo", "that it rained", "s1")
    found = statements.found_in(Reading(article=Article(id="x", text=text), statements=(outer, inner)))

    assert found == [said(text, "Ada", "said", "that Bo had said that it rained")]


def test_misses_tell_what_was_missed_found_besides_and_of_another_source() -> None:
    extra = said(LEDGER, "", "", "Ada Quill, the minister")
    score = scored(extra, said(LEDGER, "nobody", "believe", "that nobody will come"), NOBODY)

    assert [(m.article, m.what, m.groups, m.source, m.cue, m.other) for m in score.misses] == [
        ("ledger", "missed", ("speech cue", "direct and mixed"), "Ada Quill, the minister", "said", None),
        ("ledger", "extra", ("other cue", "indirect"), "", "", None),
        ("ledger", "source", ("other cue", "indirect"), "Fishermen", "believe", "nobody"),
    ]


# -- statements, any gold --------------------------------------------------------------------------------------------


@st.composite
def texts(draw: st.DrawFn) -> Text:
    """A text of short words and marks, cut into stretches, of which some are statements."""
    words = draw(
        st.lists(st.sampled_from(["the", "Ada", "said", "rain", "“sea", "sky”", "a\n", "d'or", "—"]), min_size=1)
    )
    ends: list[int] = []
    for word in words:
        ends.append((ends[-1] + 1 if ends else 0) + len(word))
    starts = [end - len(word) for end, word in zip(ends, words, strict=True)]
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=12)))
    spans = [(starts[a], ends[b - 1]) for a, b in pairwise(cuts)]
    found = []
    while spans:
        size = draw(st.integers(1, 3))
        part, spans = spans[:size], spans[size:]
        found.append(Said(tuple(part[1:2]), tuple(part[2:3]), tuple(part[:1])))
    return Text(draw(st.text(max_size=3)), " ".join(words), tuple(found))


def holds_words(text: Text, one: Said) -> bool:
    """Whether something is said in words, by somebody who is more than "the"."""
    named = set(" ".join(text.text[start:end] for start, end in one.source).lower().split())
    said = any(char.isalnum() for start, end in one.content for char in text.text[start:end])
    return said and (not named or bool(named - statements._speech().function_words))


@settings(deadline=None, max_examples=50)
@given(texts(), st.data())
def test_scores_are_shares(text: Text, data: st.DataObject) -> None:
    length = len(text.text)
    spans = st.tuples(st.integers(0, length), st.integers(0, length)).map(lambda two: (min(two), max(two)))
    some = st.lists(spans, max_size=2).map(tuple)
    found = data.draw(st.lists(st.builds(Said, some, some, some), max_size=6))

    for group in scored(*found, of=text).groups.values():
        for rates in (group.content, group.statement, group.exact):
            assert all(0 <= share <= 1 for share in msgspec.structs.astuple(rates))
            assert min(rates.precision, rates.recall) <= rates.f1 + 1e-12
            assert rates.f1 <= max(rates.precision, rates.recall) + 1e-12
        assert group.statement.recall <= group.content.recall and group.exact.recall <= group.content.recall
        for low, high in (group.content_interval, group.statement_interval):
            assert 0 <= low <= high <= 1


@settings(deadline=None, max_examples=50)
@given(texts())
def test_gold_with_words_against_itself_is_right(text: Text) -> None:
    text = msgspec.structs.replace(text, said=tuple(s for s in text.said if holds_words(text, s)))
    score = scored(*text.said, of=text)

    for group in score.groups.values():
        assert group.content.f1 == group.exact.f1 == group.statement.f1 == (1 if group.gold else 0)
    assert not list(score.misses)


@given(st.lists(st.tuples(texts(), texts()), max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_texts_does_not_matter(pairs: list[tuple[Text, Text]], random: Any) -> None:
    found = [(text, [s for s in other.said if fits(s, text)]) for text, other in pairs]
    mixed = list(found)
    random.shuffle(mixed)

    assert counted(statements.measure(found)) == counted(statements.measure(mixed))


@given(texts(), st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(text: Text, random: Any) -> None:
    shorter = [msgspec.structs.replace(s, content=((s.content[0][0], s.content[0][1] - 1),)) for s in text.said]
    mixed, again = list(text.said), list(shorter)
    random.shuffle(mixed)
    random.shuffle(again)
    other = msgspec.structs.replace(text, said=tuple(mixed))

    assert counted(scored(*shorter, of=text)) == counted(scored(*again, of=other))


def counted(score: Score) -> list[tuple[int, ...]]:
    rows = [[msgspec.structs.astuple(a.counts[name]) for name in statements.GROUPS] for a in score.articles]
    return [tuple(map(sum, zip(*group, strict=True))) for group in zip(*rows, strict=True)]


def fits(one: Said, text: Text) -> bool:
    return all(end <= len(text.text) for spans in (one.source, one.cue, one.content) for _, end in spans)


def test_an_interval_holds_the_figure_and_is_the_same_again() -> None:
    rows = [(n % 3, 2) for n in range(60)]

    def figure(sums: Any) -> float:
        return float(sums[0] / sums[1])

    low, high = interval(rows, figure)
    assert 0.35 < low < 0.5 < high < 0.65
    assert interval(rows, figure) == (low, high)
    assert interval([(1, 2)], figure) == (0.5, 0.5)
    assert interval([], figure) == (0.0, 0.0)


# -- gold with faults ------------------------------------------------------------------------------------------------

LINE = {
    "id": "a",
    "text": "Ada said it rained.",
    "attributions": [{"source": [[0, 3]], "cue": [[4, 8, "said"]], "content": [[9, 18]]}],
}


def changed(**parts: Any) -> str:
    return json.dumps(LINE | parts)


def attribution(**parts: Any) -> str:
    return changed(attributions=[LINE["attributions"][0] | parts])  # type: ignore[index]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{", "not JSON: "),
        ("[]", "expected object, got array"),
        ("\ufeff\x00", "not JSON: "),
        ('{"id": "b"}', "there is no text"),
        (changed(text=7), "text: expected str, got int"),
        (changed(), "a second line with the id 'a'"),
        (changed(id="b", attributions=None), "attributions: expected array, got null"),
        (attribution(content="it rained"), "attributions[0].content: expected array, got str"),
        (attribution(content=[[9]]), "attributions[0].content[0]: expected array of at least length 2, got 1"),
        (attribution(content=[[9, 99]]), "attributions[0].content: the span [9, 99] is outside of the text"),
        (attribution(cue=[[8, 4]]), "attributions[0].cue: the span [8, 4] is outside of the text"),
        (attribution(cue=[[4, 8, "told"]]), "attributions[0].cue: the span [4, 8] is 'said', not 'told'"),
        ('{"more": ' + "[" * 5000, "nested too deeply"),
    ],
)
def test_a_fault_is_told_by_file_and_line(line: str, found: str, tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    line = line.replace('"id": "a"', '"id": "b"') if "second" not in found else line
    file.write_text(f"{changed()}\n\n{line}\n", "utf-8")

    with pytest.raises(gold.GoldError) as caught:
        statements.read(str(file))

    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == (str(file), 3)
    assert fault.found.startswith(found) and fault.wanted


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + changed().encode() + b'\r\n{"id": 1}\r\n"\xff"\r\n7\r\n')

    with pytest.raises(gold.GoldError, match="3 fault") as caught:
        statements.read(str(file))
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4]


def test_spans_may_carry_their_words_and_sources_may_be_null(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(attribution(source=None, note="more") + "\n" + changed(id=7, date="2020-01-02") + "\n")

    one, other = statements.read(str(file))
    assert one.said == (Said((), ((4, 8),), ((9, 18),)),)
    assert (other.id, other.date, other.said[0].source) == (7, "2020-01-02", ((0, 3),))


def test_no_gold_is_no_figure(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n\n")
    for read in (statements.read, references.read):
        for source, outcome in (
            (empty, "empty"),
            (tmp_path / "gone", "not_found"),
            (tmp_path, "unreadable"),
            ("\x00", "unreadable"),
        ):
            with pytest.raises(SourceError) as caught:
                read(str(source))
            assert caught.value.outcome == outcome and caught.value.hint


# -- references ------------------------------------------------------------------------------------------------------

CASES = """
[[case]]
text = "Ada Quill left Vesper. She was late, Quill said."
links = [
  { words = "Quill", nth = 2, actor = "VES", name = "Ada Quill" },
  { words = "She", actor = "VES", name = "Ada Quill", via = "pronoun" },
  { words = "Vesper", actor = "VES" },
]

[[case]]
text = "Neighbours complained."
style = "headline"
held_out = true
links = [{ words = "Neighbours", actor = "", remark = true }]
"""


class Looked:
    """References that look words up: word -> (actor, name, via); every word hangs on itself."""

    def __init__(self, text: str, known: dict[str, tuple[str | None, str | None, str]], remarks: tuple[str, ...] = ()):
        spans = [found.span() for found in re.finditer(r"\w+", text)]
        tokens = [
            SimpleNamespace(i=i, start=a, end=b, head=i, dep="ROOT", pos="PROPN") for i, (a, b) in enumerate(spans)
        ]
        self.parsed = SimpleNamespace(tokens=tokens, kids=lambda i, *deps: [])
        self.remarks = [(at(text, words), "no state") for words in remarks]
        self._words = [text[a:b] for a, b in spans]
        self._known = known

    def of(self, i: int) -> tuple[Participant, ...]:
        return self.alone(i)

    def alone(self, i: int) -> tuple[Participant, ...]:
        if self._words[i] not in self._known:
            return ()
        actor, name, via = self._known[self._words[i]]
        return (
            Participant(actor=actor, sector=None, name=name, role=None, text="", span=(0, 0), via=via),  # type: ignore[arg-type]
        )


@pytest.fixture
def cases(tmp_path: Path) -> list[references.Case]:
    file = tmp_path / "cases.toml"
    file.write_text(CASES, "utf-8")
    return references.read(str(file))


def test_links_are_counted_by_group_and_held_out_ones_are_not_listed(cases: list[references.Case]) -> None:
    first = Looked(cases[0].text, {"Quill": ("VES", "Ada Quill", "name"), "She": ("VES", "Ádá Quill", "role")})
    score = references.measure([(cases[0], first), (cases[1], Looked(cases[1].text, {}))])

    groups = score.groups
    assert list(groups) == ["all", "held out", "tuned", "headline", "plain"]
    assert (groups["all"].links, groups["all"].actor) == (4, 0.5)
    assert (groups["tuned"].actor, groups["tuned"].person, groups["tuned"].via) == (2 / 3, 1, 0)
    assert groups["held out"].actor == 0
    assert [(str(link), wrong) for _, link, wrong in score.misses] == [
        ("'She' = VES Ada Quill", "via role"),
        ("'Vesper' = VES", "actor none, no remark"),
    ]


def test_a_remark_is_asked_for(cases: list[references.Case]) -> None:
    remarked = Looked(cases[1].text, {}, ("Neighbours",))

    assert references.measure([(cases[1], remarked)]).groups["all"].actor == 1


def test_a_file_may_be_held_out_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "cases.toml"
    file.write_text("held_out = true\n" + CASES, "utf-8")

    assert all(case.held_out for case in references.read(str(file)))


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("[[case]]\ntext = ", 2, "not TOML: "),
        ("[[case]]\ntext = 'x'\nlinks = []\n[[case]]\ntext = 'x'\n", 4, "there is no links"),
        ("\n[[case]]\ntext = 'x'\nlink = []\nlinks = []", 2, "object contains unknown field link"),
        (
            "[[case]]\ntext = 'x'\nlinks = [{ words = 'y', actor = '' }]",
            1,
            "the link 'y' (nth 1), which stands 0 times",
        ),
        (
            "[[case]]\ntext = 'x'\nlinks = [{ words = 'x', actor = '', nth = 2 }]",
            1,
            "the link 'x' (nth 2), which stands 1",
        ),
        ("[[case]]\ntext = 'x'\nlinks = [{ words = '', actor = '' }]", 1, "the link '' (nth 1), which stands 0 times"),
        ("[[case]]\ntext = 'x'\nlinks = [{ words = 'x' }]", 1, "links[0]: there is no actor"),
    ],
)
def test_faults_of_cases(text: str, line: int, found: str, tmp_path: Path) -> None:
    file = tmp_path / "cases.toml"
    file.write_text(text, "utf-8")

    with pytest.raises(gold.GoldError) as caught:
        references.read(str(file))
    (fault,) = caught.value.faults
    assert fault.line == line and fault.found.startswith(found), fault


# -- pages -----------------------------------------------------------------------------------------------------------


def put_page(folder: Path, meta: str | None, page: str = "Ada said it rained.", name: str = "page.txt") -> Path:
    folder.mkdir(parents=True)
    (folder / name).write_text(page, "utf-8")
    if meta is not None:
        (folder / "meta.toml").write_text(meta, "utf-8")
    return folder


def test_pages_are_the_folders_that_hold_one(tmp_path: Path) -> None:
    put_page(tmp_path / "b", "[given]\npublished = '2020-01-02'\n[expect]\nmust_not = ['ASSAULT']\n", name="page.html")
    put_page(tmp_path / "a", "[expect]\n")
    (tmp_path / "notes").mkdir()

    one, other = page_gold.read(str(tmp_path))
    assert (one.name, one.given, one.expect) == ("a", {}, {})
    assert (other.given, Path(other.source).name) == ({"published": "2020-01-02"}, "page.html")
    assert page_gold.read(str(tmp_path / "a")) == [one]


@pytest.mark.parametrize(
    ("meta", "line", "found"),
    [
        (None, 1, "there is no such file"),
        ("[expect", 1, "not TOML: "),
        ("[given]\n", 1, "there is no expect"),
        ("\n[expect]\nevent = []\n", 2, "expect: object contains unknown field event"),
        ("[expect]\nevents = [{ type = 'AID' }]\n", 1, "expect.events[0]: there is no source"),
        (
            "[expect]\nspeakers = [{ speaker = 'Ada', first_words = 3 }]",
            1,
            "expect.speakers[0].first_words: expected str",
        ),
    ],
)
def test_faults_of_pages(meta: str | None, line: int, found: str, tmp_path: Path) -> None:
    put_page(tmp_path / "a", "[expect]\n")
    put_page(tmp_path / "b", meta)

    with pytest.raises(gold.GoldError) as caught:
        page_gold.read(str(tmp_path))
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == (str(tmp_path / "b" / "meta.toml"), line)
    assert fault.found.startswith(found), fault


def test_a_page_has_one_page_and_a_folder_some(tmp_path: Path) -> None:
    put_page(tmp_path / "shelf" / "a", "[expect]\n").joinpath("page.html").write_text("x")
    with pytest.raises(gold.GoldError, match="2 pages in it"):
        page_gold.read(str(tmp_path / "shelf"))
    (tmp_path / "bare").mkdir()
    for folder in (tmp_path / "bare", tmp_path / "gone", tmp_path / "shelf" / "a" / "page.txt"):
        with pytest.raises(SourceError):
            page_gold.read(str(folder))


def test_pages_are_counted_together() -> None:
    expect = {"speakers": [{"speaker": "Ada", "first_words": "it rained"}], "must_not": ["ASSAULT"]}
    right, blank = reading_of("Ada said it rained."), reading_of("Nothing was to be heard.")
    score = pages.measure([("a", expect, right), ("b", expect, blank)])

    speakers = score.groups["speakers"]
    assert (speakers.expected, speakers.found, speakers.recall, speakers.precision) == (2, 1, 0.5, 1)
    assert score.groups["events"].expected == 0
    assert score.total.misses == ["b: statement of Ada: 'it rained'"]


# -- the commands ----------------------------------------------------------------------------------------------------


def reading_of(text: str) -> Reading:
    """What stands as "NAME said WORDS." in a text."""
    out = []
    for n, found in enumerate(re.finditer(r"(\w+) (said) ([^.]+)\.", text), 1):
        name = found[1]
        speaker = Participant(actor=None, sector=None, name=name, role=None, text=name, span=found.span(1), via="name")
        out.append(
            Statement(
                id=f"s{n}", kind="indirect", act="statement", speaker=speaker, cue=found.span(2),
                content=(found.span(3),), addressee=None, channel=None, evidence=(found.span(),),
            )
        )  # fmt: skip
    return Reading(article=Article(id="x", text=text), statements=tuple(out))


class Listener:
    """A coder that finds only the plainest statements, and fails on texts that say so."""

    stamp = Stamp(name="listener", version="1", lexicon="none")

    def code(self, articles: Iterable[Article]) -> Iterator[Reading]:
        for article in articles:
            if "FAIL" in article.text:
                yield Reading(article=msgspec.structs.replace(article, outcome="failed", detail="it broke"))
            else:
                yield msgspec.structs.replace(reading_of(article.text), article=article)


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (desk, parts):
        monkeypatch.setattr(place, "coder", lambda settings: Listener())


@pytest.fixture
def written(tmp_path: Path, listening: None) -> Callable[..., str]:
    def write(*lines: str) -> str:
        file = tmp_path / "gold.jsonl"
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return str(file)

    return write


def run(*arguments: str) -> int:
    return cli.run(["evaluate", *arguments])


BO = changed(
    id="b",
    text="It rained, Bo thinks. Cy said no.",
    attributions=[{"source": [[11, 13]], "cue": [[14, 20]], "content": [[0, 9]]}],
)


def test_the_figures_stand_in_columns(written: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("statements", written(changed(), BO)) == 0

    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "2 texts, listener 1, tables none"
    assert lines[2].split() == ["content", "gold", "found", "P", "R", "F1", "95", "%"]
    assert lines[3].split() == ["all", "2", "2", "50.0", "50.0", "50.0", "0.0–100.0"]
    assert lines[4].split()[:7] == ["speech", "cue", "1", "2", "50.0", "100.0", "66.7"]
    assert err == "" and "\x1b" not in out and not any(line.endswith(" ") for line in lines)


def test_json_is_one_object(written: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("statements", written(changed(), BO), "--json", "--show", "misses") == 0

    figures = json.loads(capsys.readouterr().out)
    assert figures["texts"] == 2 and figures["coder"]["name"] == "listener"
    assert figures["groups"]["all"]["content"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert [(miss["article"], miss["what"]) for miss in figures["misses"]] == [("b", "missed"), ("b", "extra")]


def test_misses_are_listed_up_to_a_limit(written: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    path = written(changed(), BO)
    assert run("statements", path, "--show", "misses") == 0
    out = capsys.readouterr().out
    assert "\nb: missed (other cue, indirect): Bo | thinks\n    It rained\n" in out
    assert "\nb: found besides (speech cue, indirect): Cy | said\n    no\n" in out

    assert run("statements", path, "--show", "misses", "--limit", "1") == 0
    out = capsys.readouterr().out
    assert out.endswith("\n1 more; --limit 2 lists them all\n") and "Cy" not in out


def test_predictions_are_in_the_form_that_scorers_read(written: Callable[..., str], tmp_path: Path) -> None:
    out = tmp_path / "found.jsonl"
    assert (
        run("statements", written(changed(), changed(id=7, text="…", attributions=[])), "--predictions", str(out)) == 0
    )

    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == [
        {"id": "a", "statements": [{"source": [[0, 3]], "cue": [[4, 8]], "content": [[9, 18]]}]},
        {"id": 7, "statements": []},
    ]
    assert statements.prediction(GOLD, [NOBODY])["statements"][0]["source"] is None  # type: ignore[index]


def test_predictions_never_take_the_place_of_the_gold(written: Callable[..., str], tmp_path: Path) -> None:
    path = written(changed())
    before = Path(path).read_text()

    assert run("statements", path, "--predictions", path) == 2
    assert run("statements", path, "--predictions", "-") == 2
    assert run("statements", path, "--predictions", str(tmp_path / "none" / "x")) == 2
    assert Path(path).read_text() == before


def test_nothing_is_written_where_the_gold_has_faults(
    written: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found.jsonl"
    path = written(changed(), "{", *["7"] * 40)

    assert run("statements", path, "--predictions", str(out)) == 2

    shown = capsys.readouterr()
    told = shown.err.splitlines()
    assert shown.out == "" and not list(tmp_path.glob("found*"))
    assert told[0].startswith(f"dragoman: {path}:2: not JSON: ") and "; write {" in told[0]
    assert len(told) == 21 and told[-1] == "dragoman: and 21 more faults; nothing is measured until they are mended"
    assert run("statements", str(tmp_path / "gone.jsonl")) == 2
    assert capsys.readouterr().err.endswith("gone.jsonl: there is no such file; check the name\n")


def test_a_text_that_is_not_read_counts_as_one_without_statements(
    written: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = changed(id="c", text="FAIL " + str(LINE["text"]))
    broken = broken.replace("[0, 3]", "[5, 8]").replace('[4, 8, "said"]', "[9, 13]").replace("[9, 18]", "[14, 23]")

    assert run("statements", written(changed(), broken)) == 1
    out, err = capsys.readouterr()
    assert out.startswith("2 texts, 1 of them not read") and err.startswith("dragoman: c: it broke; it counts")
    assert out.splitlines()[3].split()[3:6] == ["100.0", "50.0", "66.7"]

    assert run("statements", written(broken), "--quiet") == 3
    assert capsys.readouterr().err == ""


def test_gold_comes_through_a_pipe(
    listening: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(changed().encode() + b"\n{")))
    assert run("statements", "-") == 2
    assert capsys.readouterr().err.startswith("dragoman: standard input:2: ")

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(changed().encode())))
    assert run("statements", "-") == 0
    assert capsys.readouterr().out.startswith("1 text, ")


def test_figures_go_through_a_pipe_that_closes(tmp_path: Path) -> None:
    file = tmp_path / "cases.toml"
    file.write_text(CASES, "utf-8")
    code = (
        "import os, sys\nfrom dragoman import cli\nfrom dragoman.exchange import tables\n"
        "tables.columns = lambda head, rows: 'x' * 1_000_000\n"
        "os.close(1); read, write = os.pipe(); os.close(read); os.dup2(write, 1)\n"
        f"cli.main(['evaluate', 'references', {str(file)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)

    assert (done.returncode, done.stderr) == (141, "")


def test_cases_and_pages_have_commands_of_the_same_shape(
    coder: Coder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (desk, parts):
        monkeypatch.setattr(place, "coder", lambda settings: coder)
    monkeypatch.setattr(parts, "parser", lambda name: coder.parser)
    file = tmp_path / "cases.toml"
    file.write_text(CASES.replace("Vesper", "Norway").replace("VES", "NOR"), "utf-8")

    assert run("references", str(file), "--json") == 0
    assert json.loads(capsys.readouterr().out)["groups"]["all"]["links"] == 4
    assert run("references", str(file), "--show", "misses") == 0
    out, err = capsys.readouterr()
    assert out.startswith("2 cases, ") and "\nheld out " in out and "Neighbours" not in out
    assert err == "dragoman: held-out cases are counted and not listed, so that nobody tunes to them\n"

    page = "Norwegian Foreign Minister Ada Quill met her Danish counterpart.\n\nShe said the talks went well.\n"
    meta = "[expect]\nspeakers = [{ speaker = 'Ada Quill', first_words = 'the talks went' }]"
    put_page(tmp_path / "shelf" / "a", meta, page)
    put_page(tmp_path / "shelf" / "b", meta, "")
    assert run("pages", str(tmp_path / "shelf"), "--show", "misses") == 1
    out, err = capsys.readouterr()
    assert out.startswith("2 pages, 1 of them not read") and "\nspeakers " in out
    assert "b: missed\n    statement of Ada Quill: 'the talks went'\n" in out
    assert err.startswith("dragoman: b: ")


def test_the_whole_way_on_a_text(coder: Coder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (desk, parts):
        monkeypatch.setattr(place, "coder", lambda settings: coder)
    file = tmp_path / "gold.jsonl"
    file.write_text(changed() + "\n", "utf-8")
    seen: list[str | int] = []

    score = desk.evaluate_statements(file, watch=lambda text, reading: seen.append(text.id))

    assert seen == ["a"] and score.groups["all"].statement.f1 == 1


# -- columns ---------------------------------------------------------------------------------------------------------


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    printed = tables.columns(["group", "n"], [["東京", "7"], ["a\x1b[31m\nb", "1000"]])

    assert printed.splitlines() == ["group        n", "東京         7", "a�[31m b  1000"]


def test_long_words_are_cut_in_the_middle() -> None:
    assert tables.cut("short", 10) == "short"
    assert tables.cut("from the very beginning to the end", 21) == "from the … o the end"
    assert tables.passage("label", "one two three", width=11) == "label\n    one two\n    three\n"
