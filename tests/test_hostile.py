"""Hostile and odd texts: always a record, never an exception, every position right, and no more than linear time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dragoman.coder import Coder
from dragoman.records import Article, Reading
from test_spans import DAY, check

STATES = ["Norway", "Chile", "Peru", "Ghana", "Togo", "the United States", "US", "Georgia", "Russia", "the EU", "NATO"]
PEOPLE = [
    "Ingrid Solvang", "Anna NOWAK", "Sergey Lavrov", "Prime Minister Abena Quartey", "the two ministers", "she", "they",
    "Mr. O'Hara", "his counterpart", "the Kremlin", "a spokesman", "PHAM Binh Minh", "Zoë Ångström-d'Arc",
]  # fmt: skip
DONE = [
    "expelled two diplomats of", "met", "signed a treaty with", "condemned the raid by", "accused",
    "threatened to bomb",
    "will send aid to", "did not recall its envoy from", "held talks with", "bombed", "agreed to lift sanctions on",
]  # fmt: skip
SAID = ["said", "told reporters that", "added:", "denied", "asked,", "wants", "according to", "- says", "warned that"]
TIMES = [
    "on Monday",
    "in May",
    "on 3 May 2019",
    "last week,",
    "two days later",
    "in 99999",
    "on 31 February",
    "at 25:61",
]
MARKS = [*"“”„‟\"«»‹›‘’‚`'″()[]{}", "''", "``", "’’", "“‘", "’”", "\"'"]
NOISE = [
    "\x00", "\x07", "\x1b[31m", "\r", "\t", "\u2028", "\u2029", "\x85", "\xa0", "\u200b", "\ufeff", "\u00ad", "\u200e",
    "\u200f", "\u202a", "\u202e", "\u202c", "\u2066", "\u2069", "e\u0301", "o\u0308\u0323", "\u0301", "Z̷̢͑a̵l̶g̴o̸", "😀",
    "👩\u200d👩\u200d👧", "🇫🇷", "👍🏽", "\U0001d400", "\U000e0041", "\ufffd", "İ", "ı", "ß", "ﬁ", "ǅ", "ſ", "Å",
    "北京", "القاهرة", "ירושלים",
    "Москва", "Κύπρος", "กรุงเทพ", "नई दिल्ली", "ａｂｃ", "x" * 300, "-" * 60, "_" * 30, "." * 12, "!?!?", "…", "—",
    "http://a.b/?q=%00&r",
    "<b>", "</p>", "&amp;", "#include <x>", "for (i = 0; i < n; i++) {", "a,b;c\t1|2", "1,234.5%", "$€£", "\\",
    "=SUM(A1)", "'; --",
]  # fmt: skip
ENDS = [".", ".”", "”.", "!", "?", "...", "", ";", ":", ",", " -", "\n", "\n\n", " ", "\r\n"]

clauses = st.tuples(
    st.sampled_from(STATES + PEOPLE),
    st.sampled_from(DONE + SAID),
    st.sampled_from(STATES + PEOPLE),
    st.sampled_from(TIMES),
).map(" ".join)
quoted = st.tuples(st.sampled_from(MARKS), clauses, st.sampled_from([*MARKS, ",”", ".”", ""])).map("".join)
pieces = st.one_of(
    clauses,
    quoted,
    clauses.map(str.upper),
    clauses.map(str.title),
    st.sampled_from(MARKS),
    st.sampled_from(SAID),
    st.sampled_from(NOISE),
    st.text(max_size=8),
)
texts = st.lists(st.tuples(pieces, st.sampled_from([*ENDS, " ", " ", ", "])).map("".join), min_size=1, max_size=12).map(
    " ".join
)
unhurried = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def strict(coder: Coder) -> Coder:
    """The coder that lets every fault out."""
    return Coder(coder.lexicon, coder.parser, strict=True)


def read(strict: Coder, text: str) -> Reading:
    title, gap, _ = text.partition("\n\n")
    article = Article(id="x", text=text, body_start=len(title) + 2 if gap else 0, language="en", published=DAY)
    (reading,) = strict.code([article])
    return reading


@unhurried
@given(texts)
@example("“" * 7 + "Peru said" + "”" * 3)
@example("PERU’S ENVOY SAID: “İSTANBUL’A GİT”\n\nPeru’s envoy left.")
def test_fragments_of_news_in_any_order(strict: Coder, text: str) -> None:
    check(read(strict, text))


@unhurried
@given(st.lists(clauses | quoted, min_size=2, max_size=8), st.sampled_from([*NOISE, *MARKS, "", "\n", " . "]))
def test_sentences_with_one_thing_between_all(strict: Coder, parts: list[str], joint: str) -> None:
    check(read(strict, joint.join(parts)))


SENTENCE = "“We will not go,” said Norwegian Foreign Minister Ingrid Solvang on Monday, and Chile expelled two envoys. "
ROWS = "Country\tEnvoys\tYear\nNorway\t12\t2019\nChile\t9\t2020\nPeru\t-\t2021\n"
POEM = "O Norway of the snows,\n  who said the sea was mine?\nThe minister alone\n  expelled the tide of Chile.\n"
CODE = (
    'def expel(state="Norway"):\n    """Norway said."""\n    return [x for x in envoys if x["of"] != state]  # said\n'
)
NAMES = ["Norway", "Chile", "Peru", "Ghana", "Togo", "Laos", "Fiji", "Malta", "Qatar", "Nepal"]
ODD = {
    "an odd number of marks": SENTENCE * 3 + "“And so on, said Chile. " + SENTENCE * 3,
    "no paragraphs": SENTENCE * 60,
    "all in capitals": (SENTENCE * 20).upper(),
    "ten thousand marks": '"' * 10_000,
    "ten thousand marks apart": "“ " * 10_000,
    "marks in turn": "“”" * 2500 + "‘’" * 2500,
    "a long word": "Norway expelled " + "a" * 30_000 + " of Chile.",
    "a long word in capitals": "NORWAY EXPELLED " + "A" * 30_000 + " OF CHILE.",
    "punctuation": ".,;:!?-()[]{}…—" * 300,
    "five thousand words": " ".join(["Norway said that Chile which met Peru to ask whether"] * 500) + ".",
    "nested": "Norway said that " * 400 + "Chile left.",
    "chained": "Norway, " + "which met Chile, " * 400 + "left.",
    "of": "The envoy " + "of the minister " * 500 + "of Peru left.",
    "wanting": "Norway " + "wants to try to ask Chile to " * 300 + "leave.",
    "two hundred names": ", ".join(NAMES * 20) + " and Benin condemned the raid.",
    "names without commas": " ".join(NAMES * 60),
    "a table": ROWS * 40,
    "a poem": POEM * 20,
    "a program": CODE * 40,
    "accents": "N\u0301o\u0308" * 3000,
    "letters that grow": "İ" * 500 + " EXPELS CHİLE AND PERU TODAY " + "ß" * 500,
    "brackets": "(" * 3000 + "Peru" + ")" * 3000,
    "lines": "\n" * 5000 + "Peru thanked Chile." + "\n" * 5000,
    "full stops": "Peru. " * 2000,
    "dashes": "Peru - " * 1500,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_texts(strict: Coder, text: str) -> None:
    check(read(strict, text))


# --- with the models --------------------------------------------------------------------------------------------------

WORDY = {
    "five thousand words": ODD["five thousand words"],
    "two hundred names": ODD["two hundred names"],
    "verbs": "Norway " + ", ".join(["asked Chile", "met Peru", "left Ghana"] * 400) + ".",
    "a table": ROWS * 40,
    "a poem": POEM * 20,
    "a program": CODE * 40,
    "all in capitals": (SENTENCE * 20).upper(),
    "only headlines": "Norway slams Chile over fish\nPeru, Ghana in talks\nQatar to free nine, says Malta\n" * 40,
}
MOST_SECONDS = 20  # of CPU for such a text on one core, the parse included


@pytest.fixture(scope="module")
def asking(coder: Coder) -> Coder:
    """The coder with the models that ship, which lets every fault out."""
    from dragoman.classify import model

    return Coder(coder.lexicon, coder.parser, judge=model.load(), strict=True)


@pytest.mark.parametrize("text", WORDY.values(), ids=WORDY.keys())
def test_odd_texts_with_the_models(asking: Coder, text: str) -> None:
    start = time.process_time()
    reading = read(asking, text)
    assert time.process_time() - start < MOST_SECONDS
    check(reading)
    sentences = max(1, text.count(".") + text.count("\n"))
    assert len(reading.events) <= 6 * sentences  # no explosion of pairs


@settings(unhurried, max_examples=25)
@given(texts)
def test_fragments_with_the_models(asking: Coder, text: str) -> None:
    check(read(asking, text))


# --- time -------------------------------------------------------------------------------------------------------------

GROWING: dict[str, tuple[int, Callable[[int], str]]] = {
    "marks": (4000, lambda n: '"' * n),
    "one sentence": (150, lambda n: "the envoy of Norway met the minister of Chile and said that Peru would go " * n),
    "quotations in one line": (100, lambda n: SENTENCE * n),
    "people and acts": (
        100,
        lambda n: "".join(f"Minister Ana Kral{'abcde'[k % 5] * (k // 5)} accused Chile of spying. " for k in range(n)),
    ),
    "pairs": (120, lambda n: "They met and he signed it. The two countries condemned the raid in Georgia. " * n),
    "lines with a colon": (300, lambda n: "".join(f"May {k}: no deal before May\n" for k in range(n))),
}  # fmt: skip


@pytest.mark.parametrize("kind", GROWING)
def test_twice_the_text_takes_about_twice_the_time(strict: Coder, kind: str) -> None:
    size, text = GROWING[kind]

    def spent(n: int) -> float:
        given = text(n)
        start = time.process_time()
        read(strict, given)
        return time.process_time() - start

    # the best of some tries; what is squared comes out at four
    ratios = []
    spent(size)
    for _ in range(4):
        ratios.append(spent(2 * size) / max(spent(size), 0.01))
        if ratios[-1] < 2.6:
            return
    raise AssertionError(f"{kind}: {[round(r, 1) for r in ratios]}")
