"""An article's text cut into runs that carry their marks, and a card for every record found in it.

sheet = marked(reading, names)
sheet.paragraphs[0][0].text, sheet.paragraphs[0][0].keys       # the words, and which records they belong to
sheet.card("E1").facts

Spans may overlap as they like: the text is cut wherever one begins or ends, and each run names all that cover it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from dragoman.exchange import words
from dragoman.exchange.html import Item, pieces
from dragoman.exchange.words import Names
from dragoman.records import Participant, Reading, Span

QUADS = {
    1: "cooperation in words",
    2: "cooperation in deeds",
    3: "conflict in words",
    4: "conflict in deeds",
}
NOUNS = {"event": "Event", "said": "Statement", "position": "Position", "actor": "Actor"}


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Words that the same records cover. `pins` are the keys of the records that end here."""

    text: str
    keys: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tip: str = ""
    spots: tuple[str, ...] = ()  # records whose first words these are
    pins: tuple[tuple[str, str], ...] = ()  # key, kind


class Fact(msgspec.Struct, frozen=True):
    """One line of a card; `link` is the key of another card."""

    name: str
    value: str
    link: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One record as it is told beside the text. `kind` and `id` name it in the store."""

    key: str
    kind: str
    id: str
    head: str
    facts: tuple[Fact, ...]
    quote: bool = False
    under: str = ""
    label: str = ""
    code: str = ""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """The whole article, ready to be shown."""

    title: tuple[Run, ...]
    paragraphs: tuple[tuple[Run, ...], ...]
    events: tuple[Card, ...]
    statements: tuple[Card, ...]
    positions: tuple[Card, ...]
    actors: tuple[Card, ...]
    notes: tuple[tuple[str, str], ...]
    short: tuple[str, ...]

    def card(self, key: str) -> Card | None:
        """The card of that key."""
        every = (*self.events, *self.statements, *self.positions, *self.actors)
        return next((card for card in every if card.key == key), None)


def marked(reading: Reading, names: Names) -> Sheet:
    """The article with all that was found in it."""
    return _Marker(reading, words.names_for(reading, names)).sheet()


class _Marker:
    def __init__(self, reading: Reading, names: Names) -> None:
        self.reading, self.names = reading, names
        self.text = reading.article.text
        self.events = {e.id: f"E{n}" for n, e in enumerate(reading.events, 1)}
        self.statements = {s.id: f"S{n}" for n, s in enumerate(reading.statements, 1)}
        self.people = list(_people(reading, names))
        self.items = sorted(self._items(), key=lambda item: min((a for a, _ in item.spans), default=0))
        self.seen: set[str] = set()

    def sheet(self) -> Sheet:
        article = self.reading.article
        head = len(self.text[: article.body_start].rstrip())
        title = tuple(self._runs(0, head)) if head else (Run(text=words.plain(words.headline(article))),)
        paragraphs = []
        at = article.body_start
        for line in self.text[at:].split("\n"):
            if line.strip():
                paragraphs.append(tuple(self._runs(at, at + len(line))))
            at += len(line) + 1
        told = [words.sentence(e, self.names) for e in self.reading.events if e.status in ("actual", "planned")]
        return Sheet(
            title=title,
            paragraphs=tuple(paragraphs),
            events=tuple(self._event_cards()),
            statements=tuple(self._statement_cards()),
            positions=tuple(self._position_cards()),
            actors=tuple(self._actor_cards()),
            notes=tuple((_cut(self.reading.words(n.span)), n.reason) for n in words.notes(self.reading)),
            short=tuple(dict.fromkeys(told))[:4],
        )

    def _items(self) -> Iterator[Item]:
        reading, names = self.reading, self.names
        for n, (_, mentions) in enumerate(self.people, 1):
            yield self._item(f"A{n}", "actor", [m.span for m in mentions], words.introduced(mentions[0], names))
        for event in reading.events:
            tip = f"{words.kind(event)}: {words.sentence(event, names)}"
            yield self._item(self.events[event.id], "event", [event.trigger], tip)
        for statement in reading.statements:
            key, tip = self.statements[statement.id], f"{words.speaker(statement, names)}: {words.told(statement)}"
            if statement.cue:
                yield self._item(key, "cue", [statement.cue], tip)
            yield self._item(key, "said", statement.content or statement.evidence, tip)
        for n, position in enumerate(reading.positions, 1):
            tip = f"{names.issue(position.issue)}: {words.position_line(position, names)}"
            yield self._item(f"P{n}", "position", position.evidence, tip)

    def _item(self, key: str, kind: str, spans: Sequence[Span], tip: str) -> Item:
        kept = []
        for start, end in spans:  # begin and end on a letter
            first, last = max(start, 0), max(end, 0)
            found = self.text[first:last]
            first += len(found) - len(found.lstrip())
            last = first + len(found.strip())
            if first < last:
                kept.append((first, last))
        pin = max((b for _, b in kept), default=None) if kind in ("event", "said", "position") else None
        return Item(key=key, kind=kind, spans=tuple(kept), pin=pin, tip=words.plain(tip))

    def _runs(self, start: int, end: int) -> Iterator[Run]:
        near = [i for i in self.items if any(a < end and b > start for a, b in i.spans)]
        for piece in pieces(start, end, near):
            keys = tuple(dict.fromkeys(item.key for item in piece.items))
            fresh = tuple(key for key in keys if key not in self.seen)
            self.seen.update(fresh)
            pins = [(i.key, i.kind) for i in near if i.pin == piece.end]
            yield Run(
                text=words.plain(self.text[piece.start : piece.end]),
                keys=keys,
                kinds=tuple(dict.fromkeys(item.kind for item in piece.items)),
                tip="\n".join(dict.fromkeys(item.tip for item in piece.items if item.tip)),
                spots=fresh,
                pins=tuple(dict.fromkeys(pins)),
            )

    def _event_cards(self) -> Iterator[Card]:
        for event in self.reading.events:
            facts = [
                Fact("Kind", f"{self.names.meaning(event.type, event.mode) or words.kind(event)}"),
                Fact("Code", f"{words.kind(event)}: {QUADS.get(event.quad, '')}, score {event.score:g}"),
            ]
            if status := words.status(event):
                facts.append(Fact("Status", status))
            if event.date:
                found = words.when(event.date)
                facts.append(Fact("Date", f"{found}, from “{event.date.text}”" if event.date.start else found))
            if event.place:
                facts.append(Fact("Place", words.where(event.place, self.names)))
            if event.contexts:
                facts.append(Fact("About", ", ".join(c.replace("_", " ") for c in event.contexts)))
            if told := self.statements.get(event.statement or ""):
                facts.append(Fact("Told in", told, told))
            facts += [Fact("Confidence", words.sure(event.confidence)), Fact("Why", event.reason)]
            yield self._card(
                self.events[event.id], "event", event.id, words.sentence(event, self.names), facts,
                label="event", code=event.type,
            )  # fmt: skip

    def _statement_cards(self) -> Iterator[Card]:
        for who, said in words.by_speaker(self.reading, self.names):
            for one in said:
                quoted = " … ".join(self.reading.words(s) for s in one.content or one.evidence)
                facts = [Fact("How", words.told(one))]
                if one.cue:
                    facts.append(Fact("Told by", f"“{self.reading.words(one.cue)}”"))
                if one.speaker and one.speaker.text and one.speaker.text != one.speaker.name:
                    facts.append(Fact("Speaker", f"“{one.speaker.text}”, {words.via(one.speaker)}"))
                if inside := self.statements.get(one.within or ""):
                    facts.append(Fact("Within", inside, inside))
                if one.reason:
                    facts.append(Fact("Why", one.reason))
                key = self.statements[one.id]
                yield self._card(key, "statement", one.id, quoted, facts, quote=True, under=who, label="said")

    def _position_cards(self) -> Iterator[Card]:
        numbers = {id(p): n for n, p in enumerate(self.reading.positions, 1)}
        for issue in words.issues(self.reading):
            about = f", regarding {self.names.actor(issue.regarding)}" if issue.regarding else ""
            under = f"{self.names.issue(issue.issue)}{about}: {issue.agreement}"
            for one in issue.positions:
                facts = [Fact("Words", " … ".join(self.reading.words(s) for s in one.evidence))]
                if one.condition:
                    facts.append(Fact("Condition", self.reading.words(one.condition)))
                if told := self.statements.get(one.statement or ""):
                    facts.append(Fact("Said in", told, told))
                facts.append(Fact("Confidence", words.sure(one.confidence)))
                if one.reason:
                    facts.append(Fact("Why", one.reason))
                n = numbers[id(one)]
                line = words.position_line(one, self.names)
                yield self._card(f"P{n}", "position", str(n - 1), line, facts, under=under, label="position")

    def _actor_cards(self) -> Iterator[Card]:
        for n, (_, mentions) in enumerate(self.people, 1):
            best = max(mentions, key=lambda m: (bool(words.office(m)), bool(m.actor)))
            ways = Counter(words.via(m) for m in mentions)
            facts = [
                Fact("Stands for", self.names.actor(best.actor) if best.actor else "not known"),
                Fact("Sector", words.sector(best.sector)),
                Fact("Written", ", ".join(f"“{t}”" for t in dict.fromkeys(m.text for m in mentions))),
                Fact("Known", ", ".join(f"{way} ({count})" for way, count in ways.most_common())),
            ]
            head = words.introduced(best, self.names)
            yield self._card(f"A{n}", "actor", best.actor or "", head, facts, label="actor")

    def _card(
        self, key: str, kind: str, identity: str, head: str, facts: Sequence[Fact], *, quote: bool = False,
        under: str = "", label: str = "", code: str = "",
    ) -> Card:  # fmt: skip
        shown = tuple(Fact(f.name, words.plain(f.value), f.link) for f in facts if f.value)
        return Card(
            key=key, kind=kind, id=identity, head=words.plain(head), facts=shown, quote=quote,
            under=words.plain(under), label=label or kind, code=code,
        )  # fmt: skip


def _people(reading: Reading, names: Names) -> Iterator[tuple[object, list[Participant]]]:
    """Mentions of each actor or person, in the order in which each first appears."""
    mentions = [
        *reading.actors,
        *(one for s in reading.statements for one in (s.speaker, s.addressee, *s.speakers) if one),
        *(one for e in reading.events for one in (*e.source, *e.target)),
    ]
    groups: dict[object, dict[Span, Participant]] = {}
    for one in sorted(mentions, key=lambda p: p.span):
        groups.setdefault((one.actor, words.person(one, names)), {}).setdefault(one.span, one)
    for key, found in groups.items():
        yield key, list(found.values())


def _cut(text: str, most: int = 160) -> str:
    joined = " ".join(words.plain(text).split())
    return joined if len(joined) <= most else joined[: most - 1].rstrip() + "…"
