"""What a person at a terminal sees: plain words, 80 columns, colours only on a terminal, nothing that steers it."""

from __future__ import annotations

import io

import msgspec
import pytest

import a_reading
from dragoman.exchange import terminal, words
from dragoman.exchange.words import Names
from dragoman.records import Article, EventDate, Position, Reading

NAMES = Names(actors={"VES": "Vesper", "NRD": "Norland", "XYZ": "Xyland"}, issues={"crime": "Crime"})
SENTENCES = [
    a_reading.span(words)
    for words in (
        a_reading.TITLE,
        a_reading.BODY.split("\n")[0],
        '"We will send our inspectors home if the patrols stop," Tarrow told reporters.',
        "She added that Norland wants free passage.",
        "Quell welcomed the offer.",
        "According to the president, both countries share an interest in fighting smuggling.",
        "The island's navy held a parade in March.",
        "It rained during the visit.",
    )
]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_view_at_80_columns() -> None:
    assert (
        terminal.text(a_reading.READING, NAMES, width=80)
        == """\
Talks in Porto Vesper end with a promise on fishing rights
News Example · M. Ostler · 14 May 2031 (from the page's structured data) · en

Who met whom
  Norland (Ilse Tarrow) visited Vesper (João Quell) in Porto Vesper on 13 May
  2031.

Events
     Date         What       Who to whom       Status    Place         Sure
  1  13 May 2031  CONSULT    Norland → Vesper            Porto Vesper   90%
                  visit
  2               AGREE      Norland → Vesper  not                      62%
                                               certain

Statements
  Ilse Tarrow, foreign minister, Norland
    "We will send our inspectors home if the patrols stop," Tarrow told
    reporters.
      wants, quoted, to reporters
    She added that Norland wants free passage.
      reported
  João Quell, president, Vesper
    According to the president, both countries share an interest in fighting
    smuggling.
      reported

Positions by issue
  Crime     shared    Vesper: for, shared with Norland
  maritime  one side  Norland: for, toward Vesper

Not coded  1 × no event: only one side is political; 1 × no event: no actor
Removed    2 pieces of page furniture (related links; share button)
dragoman explain shows every sentence with its reasons
"""
    )


@pytest.mark.parametrize("width", [24, 40, 60, 80, 120, 300])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    shown = terminal.text(a_reading.READING, NAMES, width=width)

    assert max(len(line) for line in shown.split("\n")) <= width
    for word in ("CONSULT", "Norland", "Vesper"):
        assert word in shown
    assert not any(line != line.rstrip() for line in shown.split("\n"))


def test_every_code_of_the_ontology_fits_its_column() -> None:
    event = msgspec.structs.replace(a_reading.READING.events[0], type="COOPERATE", mode="misinformation")

    shown = terminal.text(msgspec.structs.replace(a_reading.READING, events=(event,)), NAMES)

    assert "COOPERATE" in shown


def test_colours_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen, pipe = Screen(), io.StringIO()

    terminal.show(a_reading.READING, NAMES, terminal.console(screen, width=80))
    terminal.show(a_reading.READING, NAMES, terminal.console(pipe, width=80))

    assert "\x1b[33m" in screen.getvalue()
    assert "\x1b" not in pipe.getvalue()

    monkeypatch.setenv("NO_COLOR", "1")
    plain = Screen()
    terminal.show(a_reading.READING, NAMES, terminal.console(plain, width=80))
    assert "\x1b[33m" not in plain.getvalue()


def test_quoted_words_stand_out_in_their_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Screen()

    terminal.show(a_reading.READING, NAMES, terminal.console(screen, width=120))

    assert '"\x1b[33mWe will send our inspectors home if the patrols stop\x1b[0m," Tarrow told' in screen.getvalue()


def test_a_page_cannot_steer_the_terminal() -> None:
    title = "\x1b]0;owned\x07\x1b[2JHello\r\x9b31m\u202e"
    article = Article(id="1", title=title, text=f"{title}\n\nBody", body_start=len(title) + 2, site="\x1b[31m")
    screen = Screen()

    terminal.show(Reading(article=article), None, terminal.console(screen, width=80))
    terminal.explain(Reading(article=article), [(0, len(title))], None, terminal.console(screen, width=80))

    own = screen.getvalue().replace("\x1b[0m", "").replace("\x1b[1m", "").replace("\x1b[2m", "")
    assert "\x1b" not in own and "\x07" not in own and "\x9b" not in own and "\u202e" not in own


def test_explain_gives_every_sentence_its_reason() -> None:
    out = io.StringIO()

    terminal.explain(a_reading.READING, SENTENCES, NAMES, terminal.console(out, width=100))

    blocks = [" ".join(block.split()) for block in out.getvalue().split("\n\n")]
    told = {block.split()[0]: block for block in blocks if block.split()[0].isdigit()}
    assert list(told) == [str(n) for n in range(1, 9)]
    assert "nothing found here" in told["1"]
    assert "verbs.csv:12" in told["2"] and "90 % sure" in told["2"] and "spelling repaired" in told["2"]
    assert "a quotation with its speaker after it" in told["3"] and "AGREE, not certain" in told["3"]
    assert "position maritime: Norland: for, toward Vesper" in told["4"]
    assert "not coded no event: only one side is political" in told["7"]


def test_speakers_without_a_name_are_kept_apart() -> None:
    first, second, third = a_reading.READING.statements
    nameless = [
        msgspec.structs.replace(s, speaker=a_reading.who(text, nth), speakers=())
        for s, text, nth in ((first, "navy", 1), (second, "reporters", 1), (third, "navy", 1))
    ]

    groups = words.by_speaker(msgspec.structs.replace(a_reading.READING, statements=tuple(nameless)), NAMES)

    assert [(who, len(said)) for who, said in groups] == [("navy", 2), ("reporters", 1)]


def test_a_long_list_of_events_is_summed_up() -> None:
    event = a_reading.READING.events[0]
    many = tuple(msgspec.structs.replace(event, id=f"e{n}", type=kind) for n, kind in enumerate(("CONSULT", "AID") * 3))
    names = msgspec.structs.replace(NAMES)
    some = tuple(msgspec.structs.replace(e, mode=None, date=_day(n)) for n, e in enumerate(many, 1))

    shown = terminal.text(msgspec.structs.replace(a_reading.READING, events=some), names)

    assert "and 3 more, below" in shown


def _day(n: int) -> EventDate:
    return EventDate(start=f"2031-05-{n:02}", end=f"2031-05-{n:02}", granularity="day", text="then")


@pytest.mark.parametrize(
    ("start", "end", "granularity", "written"),
    [
        ("2019-05-14", "2019-05-14", "day", "14 May 2019"),
        ("2019-05-13", "2019-05-17", "day", "13–17 May 2019"),
        ("2019-05-30", "2019-06-02", "week", "30 May – 2 June 2019"),
        ("2019-12-30", "2020-01-02", "day", "30 December 2019 – 2 January 2020"),
        ("2019-05-01", "2019-05-31", "month", "May 2019"),
        ("2019-04-01", "2019-06-30", "quarter", "April – June 2019"),
        ("2019-01-01", "2019-12-31", "year", "2019"),
        ("2010-01-01", "2019-12-31", "decade", "1 January 2010 – 31 December 2019"),
        ("2019-05-14T15:30", "2019-05-14T15:30", "minute", "14 May 2019, 15:30"),
        ("soon", None, "day", "soon"),
        (None, None, "day", ""),
    ],
)
def test_dates_as_people_write_them(start: str | None, end: str | None, granularity: str, written: str) -> None:
    assert words.interval(start, end, granularity) == written


@pytest.mark.parametrize(
    ("status", "written"),
    [
        ("actual", "Norland visited Vesper."),
        ("planned", "Norland is to visit Vesper."),
        ("hypothetical", "Norland may visit Vesper."),
        ("negated", "Norland did not visit Vesper."),
        ("historical", "Norland visited Vesper (earlier)."),
    ],
)
def test_status_in_a_sentence(status: str, written: str) -> None:
    event = msgspec.structs.replace(
        a_reading.READING.events[0],
        source=(a_reading.NORLAND,),
        target=(a_reading.VESPER,),
        date=None,
        place=None,
        status=status,
    )

    assert words.sentence(event, NAMES) == written


def test_sides_that_act_together() -> None:
    event = msgspec.structs.replace(
        a_reading.READING.events[0],
        mode=None,
        source=(a_reading.TARROW, a_reading.QUELL),
        target=(),
        date=None,
        place=None,
    )

    assert words.sentence(event, NAMES) == "Norland (Ilse Tarrow) and Vesper (João Quell) held talks."


def _position(actor: str, stance: str, toward: str | None = None, *shared: str) -> Position:
    return Position(
        actor=actor, issue="trade", regarding=None, stance=stance, toward=toward, shared_with=shared, statement=None,
        evidence=(), confidence=0.5,
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("positions", "agreement"),
    [
        ([_position("NRD", "for")], "one side"),
        ([_position("NRD", "for", None, "VES")], "shared"),
        ([_position("NRD", "for"), _position("VES", "for")], "shared"),
        ([_position("NRD", "for"), _position("VES", "against")], "opposed"),
        ([_position("NRD", "for", "VES"), _position("VES", "conditional", "NRD")], "apart"),
        ([_position("NRD", "against", "VES"), _position("VES", "against", "NRD")], "opposed"),
    ],
)
def test_what_is_shared_and_what_is_not(positions: list[Position], agreement: str) -> None:
    found = words.issues(Reading(article=Article(id="x"), positions=tuple(positions)))

    assert [issue.agreement for issue in found] == [agreement]


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert Names().actor("FRA") == "FRA"
    assert Names().actor("IGO:AFRICAN_UNION") == "African Union"
    assert Names().actor(None) == "somebody"
    assert Names().issue("peace-process") == "peace process"
