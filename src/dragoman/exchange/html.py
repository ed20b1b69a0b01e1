"""A Reading as one page that needs nothing else: no script, no loads, readable on screen, by keyboard and on paper.

    html = page(reading)              # a whole document, with a content security policy that forbids everything
    html = pages(readings)            # several articles in one document
    html = fragment(reading)          # the same without head and body, for notebooks

The article stands beside what was found in it. Spans may overlap as they like: the text is cut at every boundary,
and each piece carries the classes of all items that cover it.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from itertools import pairwise
from string import Template

import msgspec

from dragoman.exchange import words
from dragoman.exchange.words import Names
from dragoman.records import Participant, Reading, Span


def page(reading: Reading, names: Names | None = None) -> str:
    """A document that shows this Reading."""
    return pages([reading], names)


def pages(readings: Iterable[Reading], names: Names | None = None) -> str:
    """A document that shows these Readings one after another, with a list of them on top where there are several."""
    shown = [_Sheet(reading, names, f"x{n}-" if n > 1 else "") for n, reading in enumerate(readings, 1)]
    style = _style() + "".join(sheet.rules for sheet in shown)
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    contents = ""
    if len(shown) > 1:
        entries = "".join(f'<li><a href="#{s.prefix}top">{_text(words.headline(s.article))}</a></li>' for s in shown)
        contents = f'<nav class="contents" aria-label="Articles"><ol>{entries}</ol></nav>'
    title = words.headline(shown[0].article) if len(shown) == 1 else words.counted(len(shown), "article")
    return Template(_data("page.html")).substitute(
        title=_text(title),
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        style=style,
        body=contents + "".join(sheet.html("main") for sheet in shown),
    )


def fragment(reading: Reading, names: Names | None = None) -> str:
    """The same inside one div that brings its own styles, for notebooks and other pages."""
    prefix = f"d{hashlib.sha256(reading.article.id.encode('utf-8', 'replace')).hexdigest()[:8]}-"
    sheet = _Sheet(reading, names, prefix)
    return f"<div><style>{_style()}{sheet.rules}</style>{sheet.html('div')}</div>"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing found: its key on the page (E1), its kind, and where its words are."""

    key: str
    kind: str
    spans: tuple[Span, ...]
    pin: int | None = None  # where its number stands in the text
    tip: str = ""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of text that the same items cover from end to end."""

    start: int
    end: int
    items: tuple[Item, ...]


def pieces(start: int, end: int, items: Sequence[Item]) -> Iterator[Piece]:
    """The text from `start` to `end` cut wherever an item begins, ends or is pinned."""
    cover: list[tuple[int, int, Item]] = []
    cuts = {start, end}
    for item in items:
        for a, b in item.spans:
            first, last = max(a, start), min(b, end)
            if first < last:
                cover.append((first, last, item))
                cuts |= {first, last}
        if item.pin is not None and start < item.pin < end:
            cuts.add(item.pin)
    cover.sort(key=lambda c: c[0])
    active: list[tuple[int, int, Item]] = []
    waiting = iter([*cover, None])
    coming = next(waiting)
    edges = sorted(cuts)
    for a, b in pairwise(edges):
        active = [c for c in active if c[1] > a]
        while coming is not None and coming[0] <= a:
            active.append(coming)
            coming = next(waiting)
        # the shortest span lies on top
        on = [c[2] for c in sorted(active, key=lambda c: (c[1] - c[0], _ORDER.index(c[2].kind)))]
        yield Piece(start=a, end=b, items=tuple(dict.fromkeys(on)))


_ORDER = ("event", "actor", "cue", "said", "position", "note")
_NOUNS = {"event": "Event", "said": "Statement", "position": "Position"}


class _Sheet:
    """One article with its findings, being written. Keys are E1, S1, P1, A1, N1 behind the prefix."""

    def __init__(self, reading: Reading, names: Names | None, prefix: str) -> None:
        self.reading = reading
        self.article = reading.article
        self.names = words.names_for(reading, names)
        self.prefix = prefix
        self.events = {e.id: f"{prefix}E{n}" for n, e in enumerate(reading.events, 1)}
        self.statements = {s.id: f"{prefix}S{n}" for n, s in enumerate(reading.statements, 1)}
        self.people = _people(reading, self.names)
        self.items = list(self._items())
        self.spots: set[str] = set()  # keys whose place in the text has been marked
        self.pins: dict[int, list[Item]] = {}
        for item in self.items:
            if item.pin is not None:
                self.pins.setdefault(item.pin, []).append(item)

    @property
    def rules(self) -> str:
        # an item that is jumped to lights up wherever its words stand, without script
        lit = [f".dragoman:has(:is(#{k},#{k}-in):target) .i-{k}" for k in dict.fromkeys(i.key for i in self.items)]
        return f"{','.join(lit)}{{background:var(--lit);outline:2px solid var(--lit);color:var(--ink)}}" if lit else ""

    def html(self, tag: str) -> str:
        p = self.prefix
        return (
            f'<{tag} class="dragoman" id="{p}top">'
            f'<nav class="skip"><a href="#{p}found">What was found</a> <a href="#{p}text">The article</a></nav>'
            f'<div class="sheet"><article class="text" id="{p}text" dir="auto"{self._language()}>{self._article()}'
            f"</article>{self._found()}</div></{tag}>"
        )

    def _language(self) -> str:
        return f' lang="{_text(self.article.language)}"' if self.article.language else ""

    def _items(self) -> Iterator[Item]:
        reading, names = self.reading, self.names
        for n, (_, mentions) in enumerate(self.people, 1):
            tip = words.introduced(mentions[0], names)
            yield self._item(f"{self.prefix}A{n}", "actor", [m.span for m in mentions], tip)
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
            yield self._item(f"{self.prefix}P{n}", "position", position.evidence, tip)
        for n, note in enumerate(words.notes(reading), 1):
            yield self._item(f"{self.prefix}N{n}", "note", [note.span], "")

    def _item(self, key: str, kind: str, spans: Sequence[Span], tip: str) -> Item:
        text = self.article.text
        kept = []
        for start, end in spans:  # begin and end on a letter, so that the marks stand on a line of the page
            found = text[max(start, 0) : max(end, 0)]
            first = max(start, 0) + len(found) - len(found.lstrip())
            last = max(start, 0) + len(found.rstrip())
            if first < last:
                kept.append((first, last))
        pin = max((b for _, b in kept), default=None) if kind in _NOUNS else None
        return Item(key=key, kind=kind, spans=tuple(kept), pin=pin, tip=tip)

    def _article(self) -> str:
        article = self.article
        title = article.text[: article.body_start].rstrip()
        head = self._run(0, len(title)) if title.strip() else _text(words.headline(article))
        byline = [_text(part) for part in (article.site, article.author) if part]
        byline.append(_text(words.published(article)))
        if article.url and article.url.lower().startswith(("http://", "https://")):
            byline.append(f'<a href="{_text(article.url)}" rel="noopener noreferrer">the page itself</a>')
        out = [f'<header><h1>{head}</h1><p class="byline">{" · ".join(byline)}</p></header>']
        if article.outcome != "read":
            out.append(f'<p class="outcome">{_text(article.detail or article.outcome.replace("_", " "))}</p>')
        at = article.body_start
        for line in article.text[at:].split("\n"):
            if line.strip():
                out.append(f"<p>{self._run(at, at + len(line))}</p>")
            at += len(line) + 1
        return "".join(out)

    def _run(self, start: int, end: int) -> str:
        near = [i for i in self.items if any(a < end and b > start for a, b in i.spans)]
        pinned = {i.key: i for at in range(start, end + 1) for i in self.pins.get(at, ())} if self.pins else {}
        out = []
        for piece in pieces(start, end, [*near, *(i for i in pinned.values() if i not in near)]):
            for key in dict.fromkeys(item.key for item in piece.items):
                if key not in self.spots:
                    self.spots.add(key)
                    out.append(f'<span class="spot" id="{key}-in"></span>')
            out.append(self._piece(piece))
            for item in self.pins.get(piece.end, ()):
                label = f"{_NOUNS[item.kind]} {self._number(item.key)[1:]}"
                out.append(
                    f'<sup class="pin {item.kind}"><a href="#{item.key}" aria-label="{label}">'
                    f"{self._number(item.key)}</a></sup>"
                )
        return "".join(out)

    def _piece(self, piece: Piece) -> str:
        shown = _text(self.article.text[piece.start : piece.end])
        marked = [item for item in piece.items if item.kind != "note"]
        if not piece.items:
            return shown
        kinds = " ".join(dict.fromkeys(f"k-{i.kind}" for i in marked))
        keys = " ".join(dict.fromkeys(f"i-{i.key}" for i in piece.items))
        if not marked:
            return f'<span class="{keys}">{shown}</span>'
        tip = _text("\n".join(dict.fromkeys(i.tip for i in marked if i.tip)))
        return f'<a class="m {kinds} {keys}" href="#{marked[0].key}" title="{tip}">{shown}</a>'

    def _number(self, key: str) -> str:
        return key.removeprefix(self.prefix)

    def _found(self) -> str:
        reading = self.reading
        parts = [self._kinds(), self._short(), self._events(), self._statements(), self._positions(), self._actors()]
        parts += [self._notes(), self._dropped()]
        if reading.coder:
            made = f"Made by {reading.coder.name} {reading.coder.version}, tables {reading.coder.lexicon}."
            parts.append(f'<p class="made">{_text(made)}</p>')
        return f'<aside class="found" id="{self.prefix}found" aria-label="What was found">{"".join(parts)}</aside>'

    def _kinds(self) -> str:
        reading = self.reading
        counts = (
            ("actor", "Actors", len(self.people)),
            ("event", "Events", len(reading.events)),
            ("said", "Statements", len(reading.statements)),
            ("position", "Positions", len(reading.positions)),
        )
        boxes = "".join(
            f'<label class="{kind}"><input type="checkbox" class="show-{kind}" checked> {label} <b>{n}</b></label>'
            for kind, label, n in counts
            if n
        )
        return f'<fieldset class="kinds"><legend>Marked in the text</legend>{boxes}</fieldset>' if boxes else ""

    def _short(self) -> str:
        told = [words.sentence(e, self.names) for e in self.reading.events if e.status in ("actual", "planned")]
        if not told:
            return ""
        lines = "".join(f"<p>{_text(line)}</p>" for line in dict.fromkeys(told[:4]))
        return f'<section class="short"><h2>In short</h2>{lines}</section>'

    def _events(self) -> str:
        cards = []
        for event in self.reading.events:
            facts = [("Code", f"{words.kind(event)}, {_QUADS.get(event.quad, '')}, score {event.score:g}")]
            if meaning := self.names.meaning(event.type, event.mode):
                facts.append(("Meaning", meaning))
            if status := words.status(event):
                facts.append(("Status", status))
            if event.date:
                found = words.when(event.date)
                facts.append(("Date", f"{found}, from “{event.date.text}”" if event.date.start else found))
            if event.place:
                facts.append(("Place", words.where(event.place, self.names)))
            if event.contexts:
                facts.append(("Contexts", ", ".join(c.replace("_", " ") for c in event.contexts)))
            facts += [("Confidence", words.sure(event.confidence)), ("Why", event.reason)]
            key = self.events[event.id]
            told = self.statements.get(event.statement or "")
            extra = (("Told in", f'<a href="#{told}">{self._number(told)}</a>'),) if told else ()
            cards.append(self._card(key, "event", words.sentence(event, self.names), facts, extra))
        return self._section("Events", cards)

    def _statements(self) -> str:
        groups = []
        for who, said in words.by_speaker(self.reading, self.names):
            cards = []
            for statement in said:
                key = self.statements[statement.id]
                quoted = " … ".join(self.reading.words(s) for s in statement.content or statement.evidence)
                facts = [("How", words.told(statement))]
                if statement.cue:
                    facts.append(("Told by", f"“{self.reading.words(statement.cue)}”"))
                one = statement.speaker
                if one and one.text and one.text != one.name:
                    facts.append(("Speaker", f"“{one.text}”, {words.via(one)}"))
                if statement.reason:
                    facts.append(("Why", statement.reason))
                inside = self.statements.get(statement.within or "")
                extra = (("Within", f'<a href="#{inside}">{self._number(inside)}</a>'),) if inside else ()
                cards.append(self._card(key, "said", quoted, facts, extra, quote=True))
            groups.append(f'<h3>{_text(who)}</h3><ol class="cards">{"".join(cards)}</ol>')
        return f"<section><h2>Statements</h2>{''.join(groups)}</section>" if groups else ""

    def _positions(self) -> str:
        numbers = {id(p): f"{self.prefix}P{n}" for n, p in enumerate(self.reading.positions, 1)}
        groups = []
        for issue in words.issues(self.reading):
            cards = []
            for position in issue.positions:
                facts = [("Words", " … ".join(self.reading.words(s) for s in position.evidence))]
                if position.condition:
                    facts.append(("Condition", self.reading.words(position.condition)))
                facts.append(("Confidence", words.sure(position.confidence)))
                if position.reason:
                    facts.append(("Why", position.reason))
                told = self.statements.get(position.statement or "")
                extra = (("Said in", f'<a href="#{told}">{self._number(told)}</a>'),) if told else ()
                line = words.position_line(position, self.names)
                cards.append(self._card(numbers[id(position)], "position", line, facts, extra))
            about = f" regarding {self.names.actor(issue.regarding)}" if issue.regarding else ""
            label = f'<span class="agreement {issue.agreement.replace(" ", "-")}">{issue.agreement}</span>'
            name = _text(self.names.issue(issue.issue) + about)
            groups.append(f'<h3>{name} {label}</h3><ol class="cards">{"".join(cards)}</ol>')
        return f"<section><h2>Positions by issue</h2>{''.join(groups)}</section>" if groups else ""

    def _actors(self) -> str:
        cards = []
        for n, (_, mentions) in enumerate(self.people, 1):
            best = max(mentions, key=lambda m: (bool(words.office(m)), bool(m.actor)))
            ways = Counter(words.via(m) for m in mentions)
            facts = [
                ("Stands for", "" if best.actor else "not known"),
                ("Sector", words.sector(best.sector)),
                ("Written", ", ".join(f"“{t}”" for t in dict.fromkeys(m.text for m in mentions))),
                ("Known", ", ".join(f"{way} ({count})" for way, count in ways.most_common())),
            ]
            if best.wikidata:
                facts.append(("Wikidata", best.wikidata))
            head = words.introduced(best, self.names)
            cards.append(self._card(f"{self.prefix}A{n}", "actor", head, [f for f in facts if f[1]]))
        return self._section("Actors", cards)

    def _notes(self) -> str:
        notes = words.notes(self.reading)
        if not notes:
            return ""
        lines = "".join(
            f"<li>{self._quoted(f'{self.prefix}N{n}', self.reading.words(note.span))} {_text(note.reason)}</li>"
            for n, note in enumerate(notes, 1)
        )
        reasons = "; ".join(f"{count} × {reason}" for reason, count in words.folded(notes))
        return (
            f'<section class="notes"><h2>Not coded</h2><p>{_text(reasons)}</p><details><summary>'
            f"{words.counted(len(notes), 'passage')}</summary><ul>{lines}</ul></details></section>"
        )

    def _quoted(self, key: str, text: str) -> str:
        shown = f"“{_text(_cut(text))}”"
        return f'<a href="#{key}-in">{shown}</a>' if key in self.spots else shown

    def _dropped(self) -> str:
        dropped = self.article.dropped
        if not dropped:
            return ""
        lines = "".join(f"<li>“{_text(_cut(d.text))}” {_text(d.reason)}</li>" for d in dropped)
        return (
            f'<section class="notes"><h2>Removed from the page</h2><details><summary>'
            f"{words.counted(len(dropped), 'piece')} of page furniture</summary><ul>{lines}</ul></details></section>"
        )

    def _section(self, title: str, cards: Sequence[str]) -> str:
        return f'<section><h2>{title}</h2><ol class="cards">{"".join(cards)}</ol></section>' if cards else ""

    def _card(
        self,
        key: str,
        kind: str,
        head: str,
        facts: Sequence[tuple[str, str]],
        extra: Sequence[tuple[str, str]] = (),
        *,
        quote: bool = False,
    ) -> str:
        # patterns are long rows of alternatives, which may break between two of them
        rows = [(name, _text(value).replace("/", "/<wbr>")) for name, value in facts if value] + list(extra)
        listing = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
        tag = "blockquote" if quote else "p"
        back = f'<a class="back" href="#{key}-in">in the text</a>' if key in self.spots else ""
        return (
            f'<li class="card {kind}" id="{key}"><a class="number" href="#{key}">{self._number(key)}</a>'
            f'<{tag} class="head">{_text(head)}</{tag}><dl>{listing}</dl>{back}</li>'
        )


_QUADS = {
    1: "cooperation in words",
    2: "cooperation in deeds",
    3: "conflict in words",
    4: "conflict in deeds",
}


def _people(reading: Reading, names: Names) -> list[tuple[object, list[Participant]]]:
    """Mentions of each actor or person, wherever the record holds one, in the order in which each first appears."""
    mentions = [
        *reading.actors,
        *(one for s in reading.statements for one in (s.speaker, s.addressee, *s.speakers) if one),
        *(one for e in reading.events for one in (*e.source, *e.target)),
    ]
    groups: dict[object, dict[Span, Participant]] = {}
    for one in sorted(mentions, key=lambda p: p.span):
        groups.setdefault((one.actor, words.person(one, names)), {}).setdefault(one.span, one)
    return [(key, list(found.values())) for key, found in groups.items()]


def _text(value: str | None) -> str:
    return escape(words.plain(value or ""), quote=True)


def _cut(text: str, most: int = 160) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= most else joined[: most - 1].rstrip() + "…"


@cache
def _style() -> str:
    return _data("page.css")


@cache
def _data(name: str) -> str:
    return files("dragoman.exchange").joinpath(name).read_text("utf-8")
