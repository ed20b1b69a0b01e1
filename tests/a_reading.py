"""A Reading made by hand, of a page about people and an island state that do not exist."""

from __future__ import annotations

from typing import Any

from dragoman.records import (
    Article,
    Coder,
    Dropped,
    Event,
    EventDate,
    Note,
    Participant,
    Place,
    Position,
    Published,
    Reading,
    Span,
    Statement,
)

TITLE = "Talks in Porto Vesper end with a promise on fishing rights"
BODY = """\
Norland's foreign minister, Ilse Tarrow, visited the Republic of Vesper on Tuesday and met President Joao Quell.

"We will send our inspectors home if the patrols stop," Tarrow told reporters. She added that Norland wants free passage.

Quell welcomed the offer. According to the president, both countries share an interest in fighting smuggling.

The island's navy held a parade in March. It rained during the visit."""
TEXT = f"{TITLE}\n\n{BODY}"
START = len(TITLE) + 2


def span(words: str, nth: int = 1) -> Span:
    """Where these words stand in the text, the nth time they do."""
    at = -1
    for _ in range(nth):
        at = TEXT.index(words, at + 1)
    return at, at + len(words)


def who(words: str, nth: int = 1, **given: Any) -> Participant:
    values: dict[str, Any] = {"actor": None, "sector": "GOV", "name": None, "role": None, "via": "gazetteer"} | given
    return Participant(text=words, span=span(words, nth), **values)


NORLAND = who("Norland", actor="NRD", name="Norland", sector=None)
TARROW = who(
    "Ilse Tarrow", actor="NRD", name="Ilse Tarrow", role="foreign minister", via="name", office="foreign-minister"
)
VESPER = who("the Republic of Vesper", actor="VES", name="Vesper", sector=None)
QUELL = who("Joao Quell", actor="VES", name="João Quell", role="President", via="repair", office="president")
SHE = who("She", actor="NRD", name="Ilse Tarrow", via="pronoun")
PRESIDENT = who("the president", actor="VES", name="João Quell", role="president", via="role", office="president")
REPORTERS = who("reporters", sector="JRN", via="description")

READING = Reading(
    article=Article(
        id="a1",
        url="https://news.example/vesper",
        title=TITLE,
        text=TEXT,
        body_start=START,
        language="en",
        site="News Example",
        author="M. Ostler",
        published=Published(start="2031-05-14", end="2031-05-14", granularity="day", source="json-ld", confidence=0.98),
        retrieved="2031-05-15T08:00:00Z",
        dropped=(Dropped(text="Share this", reason="share button"), Dropped(text="Read more", reason="related links")),
    ),
    actors=(NORLAND, TARROW, VESPER, QUELL, SHE, PRESIDENT),
    statements=(
        Statement(
            id="s1",
            kind="direct",
            act="intention",
            speaker=TARROW,
            cue=span("told"),
            content=(span("We will send our inspectors home if the patrols stop"),),
            addressee=REPORTERS,
            channel=None,
            evidence=(span('"We will send our inspectors home if the patrols stop," Tarrow told reporters.'),),
            reason="a quotation with its speaker after it",
        ),
        Statement(
            id="s2",
            kind="indirect",
            act="statement",
            speaker=SHE,
            cue=span("added"),
            content=(span("Norland wants free passage"),),
            addressee=None,
            channel=None,
            evidence=(span("She added that Norland wants free passage."),),
        ),
        Statement(
            id="s3",
            kind="indirect",
            act="statement",
            speaker=PRESIDENT,
            cue=span("According to"),
            content=(span("both countries share an interest in fighting smuggling"),),
            addressee=None,
            channel=None,
            evidence=(span("According to the president, both countries share an interest in fighting smuggling."),),
        ),
    ),
    events=(
        Event(
            id="e1",
            type="CONSULT",
            mode="visit",
            contexts=("diplomatic",),
            quad=1,
            score=2.0,
            source=(TARROW,),
            target=(VESPER, QUELL),
            status="actual",
            date=EventDate(
                start="2031-05-13", end="2031-05-13", granularity="day", text="on Tuesday", span=span("on Tuesday")
            ),
            place=Place(name="Porto Vesper", country="VES", latitude=1.5, longitude=-30.25, geonames=None, kind="city"),
            statement=None,
            trigger=span("visited"),
            evidence=(span("Norland's foreign minister, Ilse Tarrow, visited the Republic of Vesper on Tuesday"),),
            confidence=0.9,
            reason='verb "visit" with SOURCE and TARGET (verbs.csv:12)',
        ),
        Event(
            id="e2",
            type="AGREE",
            mode=None,
            contexts=("diplomatic", "natural_resource"),
            quad=1,
            score=3.0,
            source=(TARROW,),
            target=(VESPER,),
            status="hypothetical",
            date=None,
            place=None,
            statement="s1",
            trigger=span("send our inspectors home"),
            evidence=(span("We will send our inspectors home if the patrols stop"),),
            confidence=0.62,
            reason="a promise under a condition",
        ),
    ),
    positions=(
        Position(
            actor="VES",
            issue="crime",
            regarding=None,
            stance="for",
            toward=None,
            shared_with=("NRD",),
            statement="s3",
            evidence=(span("both countries share an interest in fighting smuggling"),),
            confidence=0.8,
        ),
        Position(
            actor="NRD",
            issue="maritime",
            regarding=None,
            stance="for",
            toward="VES",
            shared_with=(),
            statement="s2",
            evidence=(span("Norland wants free passage"),),
            confidence=0.7,
            condition=None,
            reason='"want" with its object',
        ),
    ),
    notes=(
        Note(span=span("The island's navy held a parade in March."), reason="no event: only one side is political"),
        Note(span=span("It rained during the visit."), reason="no event: no actor"),
    ),
    coder=Coder(name="dragoman", version="0.1.0", lexicon="0123456789ab"),
)
