"""Plain English for the codes of a record, the same in the terminal, on the page and in a notebook."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from dragoman.records import Article, Event, EventDate, Note, Participant, Place, Position, Reading, Statement


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """Readable names for codes: actors, issues, and what each event type means ("CONSULT", "CONSULT visit")."""

    actors: Mapping[str, str] = {}
    issues: Mapping[str, str] = {}
    meanings: Mapping[str, str] = {}

    def actor(self, code: str | None) -> str:
        if code is None:
            return "somebody"
        name = self.actors.get(code)
        if name and len(name) > 24 and code.startswith("IGO:"):
            return code.removeprefix("IGO:")  # NATO, not five lines of a table
        return name or (code.partition(":")[2].replace("_", " ").title() if ":" in code else code)

    def issue(self, key: str) -> str:
        return self.issues.get(key) or key.replace("-", " ")

    def meaning(self, kind: str, mode: str | None) -> str:
        return self.meanings.get(f"{kind} {mode}" if mode else kind) or self.meanings.get(kind, "")


def names_for(reading: Reading, names: Names | None) -> Names:
    """These names, with what the record itself tells about the actors it names filled in below them."""
    own: dict[str, str] = {}
    for event in reading.events:
        if event.place and event.place.kind == "country" and event.place.country:
            own[event.place.country] = event.place.name
    for one in reading.actors:
        if one.actor and one.name and one.via == "gazetteer" and not (one.role or one.office):
            own.setdefault(one.actor, one.name)
    names = names or Names()
    return msgspec.structs.replace(names, actors={**own, **names.actors})


def headline(article: Article) -> str:
    """The title, or what stands in for it."""
    return article.title or article.url or "An article without a title"


def published(article: Article) -> str:
    """When the article appeared and how that is known."""
    when = article.published
    if when is None:
        return "date not known"
    told = _words()["published"].get(when.source, f"from {when.source}")
    return f"{interval(when.start, when.end, when.granularity)} ({told})"


def interval(start: str | None, end: str | None, granularity: str) -> str:
    """A date or span of dates as people write it: 14 May 2019, 13-17 May 2019, May 2019, 2019."""
    first, last = _day(start), _day(end)
    if first is None:
        return start or ""
    if last is None or last < first:
        last = first
    if granularity == "year" and (first.month, first.day) == (1, 1) and (last.month, last.day) == (12, 31):
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    if granularity in ("month", "season", "quarter") and first.day == 1 and first != last:
        if (first.year, first.month) == (last.year, last.month):
            return f"{_MONTHS[first.month]} {first.year}"
        if first.year == last.year:
            return f"{_MONTHS[first.month]} – {_MONTHS[last.month]} {last.year}"
        return f"{_MONTHS[first.month]} {first.year} – {_MONTHS[last.month]} {last.year}"
    if first == last:
        clock = f", {start[11:16]}" if start and granularity in ("minute", "second", "hour") and "T" in start else ""
        return f"{_long(first)}{clock}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_long(last)}"
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month]} – {_long(last)}"
    return f"{_long(first)} – {_long(last)}"


def when(found: EventDate | None) -> str:
    """The date of an event; its own words where no calendar date follows from them."""
    if found is None:
        return ""
    return interval(found.start, found.end, found.granularity) or f"“{found.text}”"


def where(place: Place | None, names: Names) -> str:
    """A place with its country."""
    if place is None:
        return ""
    if place.kind == "country" or not place.country:
        return place.name
    return f"{place.name}, {names.actor(place.country)}"


def party(side: Sequence[Participant], names: Names) -> str:
    """One side of an event: each actor once, with the people who acted for it."""
    people: dict[str | None, list[str]] = {}
    for one in side:
        known = people.setdefault(one.actor, [])
        called = person(one, names)
        if called and called not in known:
            known.append(called)
    shown: list[str] = []
    for code, acting in people.items():
        if code is None:
            shown.append(listed(acting) or "somebody")
        else:
            shown.append(f"{names.actor(code)} ({', '.join(acting)})" if acting else names.actor(code))
    return listed(shown)


def actors_of(side: Sequence[Participant], names: Names) -> str:
    """One side of an event by its actors alone."""
    return listed(list(dict.fromkeys(names.actor(p.actor) if p.actor else p.name or p.text for p in side)))


def person(one: Participant, names: Names) -> str:
    """The person's or body's own name, where it is more than the name of the actor."""
    if one.actor is None:
        return one.name or one.text
    named = one.name or ""
    if one.via in ("name", "repair", "pronoun", "role", "description") or one.role or one.office:
        return "" if named.casefold() == names.actor(one.actor).casefold() else named
    return ""


def office(one: Participant) -> str:
    """The office in words: as the page put it, else as the tables call it."""
    return one.role or (one.office or "").replace("-", " ")


def sector(code: str | None) -> str:
    """A sector in words."""
    return str(_words()["sectors"].get(code, code)) if code else ""


def speaker(statement: Statement, names: Names) -> str:
    """Who speaks, in one line: Mike Pompeo, secretary of state, United States."""
    several = statement.speakers or ((statement.speaker,) if statement.speaker else ())
    if not several:
        return "Speaker not known"
    return listed([introduced(one, names) for one in several])


def introduced(one: Participant, names: Names) -> str:
    """A participant with office and actor, each told once."""
    parts = [person(one, names), office(one), names.actor(one.actor) if one.actor else ""]
    kept: list[str] = []
    for part in parts:
        if part and part.casefold() not in (k.casefold() for k in kept):
            kept.append(part)
    return ", ".join(kept) or one.text


def verb(event: Event) -> str:
    """What happened, as a verb that fits between the two sides."""
    table = _words()["types"].get(event.type)
    if table is None:
        return event.type.lower()
    forms = table.get("modes", {}).get(event.mode or "", table)
    key = "to" if event.target else ("together" if len({p.actor for p in event.source}) > 1 else "alone")
    past, plain = forms[key]
    several = len({p.actor for p in event.source}) > 1
    if event.status == "planned":
        return f"{'are' if several else 'is'} to {plain}"
    if event.status == "hypothetical":
        return f"may {plain}"
    if event.status == "negated":
        return f"did not {plain}"
    return str(past)


def sentence(event: Event, names: Names) -> str:
    """An event as one plain sentence."""
    words = [party(event.source, names) or "Somebody", verb(event)]
    if event.target:
        words.append(party(event.target, names))
    said = " ".join(words)
    place = event.place
    if place and place.kind != "country":
        there = any(p.actor == place.country for p in (*event.source, *event.target))
        said += f" in {place.name if there else where(place, names)}"
    if event.date and event.date.start:
        said += f"{_in(event.date)} {when(event.date)}"
    return said + (" (earlier)." if event.status == "historical" else ".")


def _in(found: EventDate) -> str:
    if found.start and found.end and found.start[:10] != found.end[:10]:
        return " in" if found.granularity in ("month", "season", "quarter", "year", "decade") else ","
    return " on"


def kind(event: Event) -> str:
    """The code of an event: CONSULT visit."""
    return f"{event.type} {event.mode}" if event.mode else event.type


def status(event: Event) -> str:
    """The status in a few words, nothing where it simply happened."""
    return str(_words()["status"][event.status])


def told(statement: Statement) -> str:
    """How a statement is made: quoted; thinks, reported; through Twitter, to journalists."""
    parts = [_words()["kinds"][statement.kind]]
    if statement.act != "statement":
        parts.insert(0, _words()["acts"][statement.act])
    if statement.channel:
        parts.append(f"through {statement.channel}")
    if statement.addressee:
        parts.append(f"to {statement.addressee.name or statement.addressee.text}")
    return ", ".join(parts)


def via(one: Participant) -> str:
    """How the actor was known."""
    return str(_words()["via"][one.via])


def stance(position: Position) -> str:
    """A stance in words."""
    return str(_words()["stances"][position.stance])


def sure(confidence: float) -> str:
    """A confidence as a percentage."""
    return f"{round(100 * confidence)}\N{NO-BREAK SPACE}%"


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """All positions on one issue (about one third party), and how they stand to each other."""

    issue: str
    regarding: str | None
    positions: tuple[Position, ...]
    agreement: str  # shared | opposed | apart | one side


def issues(reading: Reading) -> list[Issue]:
    """Positions by issue: shared ones first, then those that differ, then those on which one side alone speaks."""
    groups: dict[tuple[str, str | None], list[Position]] = {}
    for position in reading.positions:
        groups.setdefault((position.issue, position.regarding), []).append(position)
    found = [
        Issue(issue=key[0], regarding=key[1], positions=tuple(group), agreement=_agreement(group))
        for key, group in groups.items()
    ]
    return sorted(found, key=lambda issue: AGREEMENTS.index(issue.agreement))


AGREEMENTS = ("shared", "opposed", "apart", "one side")


def _agreement(group: Sequence[Position]) -> str:
    held: dict[str, set[str]] = {}
    for position in group:
        for actor in (position.actor, *position.shared_with):
            held.setdefault(actor, set()).add(position.stance)
    if len(held) == 1:
        return "one side"
    first = next(iter(held.values()))
    # two sides that each condemn the other hold "the same stance" only on paper
    at_each_other = any(
        a.toward == b.actor and b.toward == a.actor and "against" in (a.stance, b.stance) for a in group for b in group
    )
    if all(stances == first for stances in held.values()) and len(first) == 1 and not at_each_other:
        return "shared"
    every = set().union(*held.values())
    return "opposed" if at_each_other or {"for", "against"} <= every else "apart"


def position_line(position: Position, names: Names) -> str:
    """A position in words, without its issue: Russia: on conditions, toward United States."""
    said = f"{names.actor(position.actor)}: {stance(position)}"
    if position.toward:
        said += f", toward {names.actor(position.toward)}"
    if position.shared_with:
        said += f", shared with {listed([names.actor(code) for code in position.shared_with])}"
    return said


def by_speaker(reading: Reading, names: Names) -> list[tuple[str, list[Statement]]]:
    """Statements by who makes them, in the order in which each first speaks."""
    groups: dict[object, list[Statement]] = {}
    for statement in reading.statements:
        together = statement.speakers or ((statement.speaker,) if statement.speaker else ())
        key = tuple((one.name, one.actor) if one.name or one.actor else one.text for one in together)
        groups.setdefault(key, []).append(statement)
    return [(speaker(_fullest(group), names), group) for group in groups.values()]


def _fullest(group: Sequence[Statement]) -> Statement:
    return max(group, key=lambda s: (bool(s.speaker and office(s.speaker)), bool(s.speaker and s.speaker.actor)))


def notes(reading: Reading) -> list[Note]:
    """Notes on passages; one on the whole text only repeats what the outcome says."""
    whole = (0, len(reading.article.text))
    return [note for note in reading.notes if note.span != whole or reading.article.outcome == "read"]


def folded(notes: Iterable[Note]) -> list[tuple[str, int]]:
    """Reasons why things were not coded, with how often each was given, most frequent first; details are left out."""
    return Counter(_DETAIL.sub("", note.reason) for note in notes).most_common()


def listed(parts: Sequence[str]) -> str:
    """A, B and C."""
    return parts[0] if len(parts) == 1 else " and ".join([", ".join(parts[:-1]), parts[-1]]) if parts else ""


def counted(number: int, one: str, many: str | None = None) -> str:
    """1 event, 2 events."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def plain(text: str) -> str:
    """The text without control characters and direction overrides, which could rearrange a terminal or a page."""
    return text.translate(_HARMLESS)


_HARMLESS = {
    **{c: "�" for c in (*range(0x20), *range(0x7F, 0xA0)) if chr(c) not in "\n\t"},
    **{ord("\r"): " ", 0x85: " "},
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], "�"),
    **dict.fromkeys(range(0xD800, 0xE000), "�"),
}
_DETAIL = re.compile(r"\s*\(.*\)\s*$", re.S)
_MONTHS = (
    "", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _long(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month]} {day.year}"


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat((written or "")[:10])
    except ValueError:
        return None


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("dragoman.exchange").joinpath("words.toml").read_text("utf-8"))
