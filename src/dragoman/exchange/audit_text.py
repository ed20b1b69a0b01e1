"""Events for people to judge, one by one on a terminal or as rows of a sheet, and what their verdicts come to.

show(reading, event, names, console, number=3, of=100)
row(reading, event, names)              # a row to fill in
table(audit)                            # precision by type, as columns
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from dragoman.exchange import tables, words
from dragoman.exchange.words import Names
from dragoman.records import Event, Participant, Reading, Span

if TYPE_CHECKING:
    from rich.console import Console

    from dragoman.relate.verdicts import Precision

COLUMNS = ("article", "id", "day", "type", "source", "target", "status", "place", "sentence", "reason", "url",
           "verdict", "field", "should_be", "note", "by")  # fmt: skip
_BEFORE = 220  # characters of what stands before the sentence, so that "they" can be understood


class Audited(Protocol):
    """What is told of an audit."""

    @property
    def precision(self) -> Sequence[Precision]: ...
    @property
    def agreed(self) -> int: ...
    @property
    def pairs(self) -> int: ...
    @property
    def disputed(self) -> int: ...
    @property
    def gone(self) -> int: ...


def show(reading: Reading, event: Event, names: Names, console: Console, *, number: int, of: int) -> None:
    """Print one event over its sentence: who and whom in one colour, the word that tells the act in another."""
    from rich.padding import Padding
    from rich.text import Text

    names = words.names_for(reading, names)
    text = reading.article.text
    start, end = _extent(event)
    before = text[
        max(reading.article.body_start if start >= reading.article.body_start else 0, start - _BEFORE) : start
    ]
    lead = Text(" ".join(words.plain(before).split())[-_BEFORE:], style="dim")
    told = Text(words.plain(text[start:end]).replace("\n", " "))
    for one in (*event.source, *event.target):
        if one.span and start <= one.span[0] and one.span[1] <= end:
            told.stylize("cyan", one.span[0] - start, one.span[1] - start)
    told.stylize("bold red", max(event.trigger[0], start) - start, min(event.trigger[1], end) - start)
    console.print()
    head = f"{number} of {of}  {words.headline(reading.article)}"
    console.print(Text(words.plain(head), style="bold"))
    about = [reading.article.site or "", words.published(reading.article)]
    console.print(Text(words.plain(" · ".join(part for part in about if part)), style="dim"))
    if lead.plain.strip():
        console.print(Padding(lead, (0, 0, 0, 2)))
    console.print(Padding(told, (0, 0, 0, 2)))
    parts = [_side(event.source), words.kind(event), _side(event.target), words.status(event), words.when(event.date)]
    parts += [words.where(event.place, names) if event.place else "", f"{event.confidence:.0%} sure"]
    console.print(Text(words.plain("coded: " + ", ".join(part for part in parts if part))))
    console.print(Text(words.plain(f"       {words.sentence(event, names)}"), style="dim"))


def row(reading: Reading, event: Event, names: Names) -> dict[str, str]:
    """One event as a row of a sheet; the last five columns are to be filled in."""
    names = words.names_for(reading, names)
    start, end = _extent(event)
    found = {
        "article": reading.article.id,
        "id": event.id,
        "day": words.when(event.date) or words.published(reading.article),
        "type": words.kind(event),
        "source": _side(event.source),
        "target": _side(event.target),
        "status": event.status,
        "place": event.place.name if event.place else "",
        "sentence": " ".join(words.plain(reading.article.text[start:end]).split()),
        "reason": event.reason,
        "url": reading.article.url or "",
    }
    return {name: found.get(name, "") for name in COLUMNS}


def table(audit: Audited) -> str:
    """Precision by type and of all, and what the verdicts leave open."""
    rows = [
        [one.type, str(one.there), str(one.right), str(one.wrong), str(one.unsure),
         tables.percent(one.share) if one.share is not None else "",
         tables.between((one.low, one.high)) if one.low is not None and one.high is not None else ""]
        for one in audit.precision
    ]  # fmt: skip
    out = tables.columns(["type", "in the store", "right", "wrong", "unsure", "precision", "95 %"], rows)
    if len(audit.precision) > 2:
        out += "\nall: the types judged, each weighted with its share of the events in the store\n"
    if audit.pairs:
        out += f"two people on one event say the same in {audit.agreed} of {audit.pairs} cases\n"
    if audit.disputed:
        out += f"{words.counted(audit.disputed, 'event')} with as many voices for as against: counted as unsure\n"
    if audit.gone:
        out += f"{words.counted(audit.gone, 'verdict')} left out: the article was coded anew since\n"
    return out


def _extent(event: Event) -> Span:
    inside = [span for span in event.evidence if span[0] <= event.trigger[0] < span[1]]
    return inside[0] if inside else event.evidence[0] if event.evidence else event.trigger


def _side(side: Sequence[Participant]) -> str:
    return " + ".join(dict.fromkeys(
        (one.actor or one.text) + (f" {one.sector}" if one.sector else "") for one in side
    ))  # fmt: skip
