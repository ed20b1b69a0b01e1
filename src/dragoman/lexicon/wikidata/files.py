"""Exports of Wikidata as rows of ours and what was left out.

    found = read(["people.json.gz", "positions.json"], tables)

Files of entities are gone through twice: first for the positions, states and organisations that statements point to by
number, then for the people. Answers of queries carry the names beside the numbers and are read once.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dragoman.lexicon.bring import LeftOut
from dragoman.lexicon.crosswalk import wikidata_items
from dragoman.lexicon.gazetteer import gazetteer
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import fold
from dragoman.lexicon.rows import Member, Organisation, Person, Row
from dragoman.lexicon.wikidata import entities as of
from dragoman.lexicon.wikidata.bindings import answer
from dragoman.lexicon.wikidata.positions import Position, Positions
from dragoman.lexicon.wikidata.stream import Item, items

REASONS = {
    "broken_json": "the file is no JSON from here on",
    "no_object": "neither an entity nor an answer of a query",
    "no_person": "an answer with neither a person nor a membership in it",
    "no_english_name": "no English name",
    "no_position": "a person without a position held",
    "unnamed_position": "a position told by number only; a file with the positions' own entities would name it",
    "unknown_position": "the words of the position name no office of offices.toml",
    "unknown_actor": "whose office it is shows neither in its name nor in its statements",
    "ambiguous_actor": "the name in the position has several meanings, and nothing tells which",
    "no_start": "no first day, month or year, which here would mean: since before 1990",
    "too_old": "ended before the year given by --since",
    "dates_backwards": "it ends before it begins",
    "alias_of_one_word": "another name that is one word, which would be found where it means something else",
    "other_script": "another name that is not in Latin letters",
    "unknown_member": "a membership of an organisation, or of a member, that the tables do not know",
    "other_entity": "neither a person, a position, a state nor an organisation",
}
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ .,'’ʼ`-]+")


class Place(NamedTuple):
    """What is known of a position's own entity."""

    label: str
    jurisdictions: tuple[str, ...]


class Fact(NamedTuple):
    """One term as an export tells it: items by number, the position by name."""

    where: str
    item: str
    name: str
    aliases: tuple[str, ...]
    gender: str
    position: str
    whose: tuple[str, ...]  # our codes, the surest first
    citizenships: tuple[str, ...]
    from_: str
    to: str


def read(
    files: Sequence[str | Path], tables: Lexicon, *, since: int = 1990, step: Callable[[int], None] | None = None
) -> Iterator[Row | LeftOut]:
    """The people, memberships and organisations in these exports."""
    return _Reader(tables, since).rows([Path(file) for file in files], step)


class _Reader:
    def __init__(self, tables: Lexicon, since: int) -> None:
        self.tables = tables
        self.since = str(since)
        self.known = gazetteer(tables)
        self.positions = Positions(tables)
        given = wikidata_items()
        self.state_of: dict[str, str] = dict(given["state"])
        self.gender_of = given["gender"] | {"male": "m", "female": "f"}
        self.classes = given["class"]
        self.body_of = {o.wikidata: o.code for o in tables.organisations if o.wikidata}
        self.codes = {s.code for s in tables.states}
        self.bodies = {o.code: o for o in tables.organisations}
        self.places: dict[str, Place] = {}
        held: dict[str, list[bool]] = defaultdict(list)
        for person in tables.people:
            held[person.office].append(":" in person.actor)
        # offices that bodies have rather than states: whose they are does not follow from a citizenship
        self.of_bodies = {office for office, bodies in held.items() if sum(bodies) * 2 > len(bodies)}

    def rows(self, files: Sequence[Path], step: Callable[[int], None] | None) -> Iterator[Row | LeftOut]:
        for file in files:
            for item in items(file, step):
                if isinstance(item, LeftOut):
                    break  # told in the second turn
                if item.shape == "binding":
                    break
                self._learn(item.value)
        for file in files:
            for item in items(file, step):
                if isinstance(item, LeftOut):
                    yield item
                elif item.shape == "binding":
                    yield from self._binding(item)
                else:
                    yield from self._entity(item)

    def _learn(self, entity: dict[str, Any]) -> None:
        """Keep what other entities point to by number."""
        number = str(entity.get("id", ""))
        if self._is_person(entity):
            return
        code = of.first(entity, of.ISO_CODE)
        if code in self.codes:
            self.state_of.setdefault(number, code)
            return
        label = of.label(entity)
        if not label:
            return
        body = self._body_named(label)
        if body:
            self.body_of.setdefault(number, body)
            return
        applies = [claim.value for claim in of.claims(entity, of.JURISDICTION)]
        # of a whole dump only what can be a position is kept
        if self._class(entity) is None and (applies or self.positions.read(label)):
            lies = (claim.value for claim in of.claims(entity, of.COUNTRY))
            self.places[number] = Place(label, tuple(dict.fromkeys((*applies, *lies))))

    def _is_person(self, entity: dict[str, Any]) -> bool:
        return any(self.classes.get(c.value) == "person" for c in of.claims(entity, of.INSTANCE_OF)) or bool(
            of.first(entity, of.POSITION)
        )

    def _class(self, entity: dict[str, Any]) -> str | None:
        found = (self.classes.get(c.value) for c in of.claims(entity, of.INSTANCE_OF))
        return next((kind for kind in found if kind and kind != "person"), None)

    def _entity(self, item: Item) -> Iterator[Row | LeftOut]:
        entity = item.value
        number = str(entity.get("id", ""))
        where = f"{item.where} {number}"
        if self._is_person(entity):
            yield from self._person(entity, where)
        elif number in self.state_of:
            yield from self._memberships(entity, where, self.state_of[number])
        elif number in self.body_of or self._class(entity) is not None:
            yield from self._body(entity, where)
        elif number in self.places:
            if self.positions.read(self.places[number].label) is None:
                yield LeftOut(where, self.places[number].label, "other_entity")
        else:
            yield LeftOut(where, of.label(entity) or number, "other_entity")

    def _person(self, entity: dict[str, Any], where: str) -> Iterator[Row | LeftOut]:
        name = of.label(entity)
        number = str(entity.get("id", ""))
        if not name:
            yield LeftOut(where, number, "no_english_name")
            return
        held = list(of.claims(entity, of.POSITION))
        if not held:
            yield LeftOut(where, name, "no_position")
            return
        spellings, others = _spellings(name, of.aliases(entity), where)
        yield from others
        citizenships = tuple(self._codes(c.value for c in of.claims(entity, of.CITIZENSHIP) if not c.to))
        for claim in held:
            place = self.places.get(claim.value)
            if place is None:
                yield LeftOut(where, f"{name}: {claim.value}", "unnamed_position")
                continue
            yield from self._term(
                Fact(
                    where,
                    number,
                    name,
                    spellings,
                    self.gender_of.get(of.first(entity, of.GENDER), ""),
                    place.label,
                    tuple(self._codes((*claim.of, *place.jurisdictions))),
                    citizenships,
                    claim.from_,
                    claim.to,
                )
            )

    def _binding(self, item: Item) -> Iterator[Row | LeftOut]:
        found = answer(item.value)
        told = ", ".join(found.names.values()) or ", ".join(found.items.values())
        if "org" in found.items | found.names and "member" in found.items | found.names:
            org = self.body_of.get(found.items.get("org", "")) or self._body_named(found.names.get("org", ""))
            state = next(iter(self._codes([found.items.get("member", "")])), "") or self._state_named(
                found.names.get("member", "")
            )
            yield from self._membership(item.where, told, org, state, found.start, found.end)
            return
        name = found.names.get("person", "")
        if not name:
            reason = "no_english_name" if found.items.get("person") else "no_person"
            yield LeftOut(item.where, told, reason, ", ".join(found.unread))
            return
        position = found.names.get("position", "")
        if not position:
            reason = "unnamed_position" if found.items.get("position") else "no_position"
            yield LeftOut(item.where, told, reason)
            return
        iso = found.texts.get("iso", "").upper()
        whose = [iso] if iso in self.codes else []
        whose += self._codes([found.items.get("country", "")])
        named = self._state_named(found.names.get("country", "")) or self._body_named(found.names.get("country", ""))
        citizenship = [*self._codes([found.items.get("citizenship", "")])]
        citizenship += [self._state_named(found.names.get("citizenship", ""))]
        gender = self.gender_of.get(found.items.get("gender", "")) or self.gender_of.get(
            found.names.get("gender", "").lower(), ""
        )
        spellings, others = _spellings(name, found.aliases, item.where)
        yield from others
        yield from self._term(
            Fact(
                item.where,
                found.items.get("person", ""),
                name,
                spellings,
                gender,
                position,
                tuple(code for code in (*whose, named) if code),
                tuple(code for code in dict.fromkeys(citizenship) if code),
                found.start,
                found.end,
            )
        )

    def _term(self, fact: Fact) -> Iterator[Row | LeftOut]:
        told = f"{fact.name}: {fact.position}"
        position = self.positions.read(fact.position, next(iter((*fact.whose, *fact.citizenships)), ""))
        if position is None:
            yield LeftOut(fact.where, told, "unknown_position", fact.position)
            return
        actor, why = self._actor(fact, position)
        if not actor:
            yield LeftOut(fact.where, told, why)
            return
        if fact.to and fact.to < self.since:
            yield LeftOut(fact.where, told, "too_old", fact.to)
            return
        if not fact.from_:
            yield LeftOut(fact.where, told, "no_start", fact.to and f"until {fact.to}")
            return
        if fact.to and fact.to < fact.from_[: len(fact.to)]:
            yield LeftOut(fact.where, told, "dates_backwards", f"{fact.from_} to {fact.to}")
            return
        office = self.known.offices[position.office]
        notes = [why] if why else []
        if len(fact.from_) == 4 or len(fact.to) == 4:
            notes.append("year only")
        yield Person(
            name=fact.name,
            spellings=fact.aliases,
            gender=fact.gender,
            office=position.office,
            title=position.title,
            actor=actor,
            sector="" if ":" in actor else office.sector,
            from_=fact.from_,
            to=fact.to,
            wikidata=fact.item,
            where=fact.where,
            source="; ".join([f"Wikidata {fact.item}".strip(), *notes]),
        )

    def _actor(self, fact: Fact, position: Position) -> tuple[str, str]:
        """(code, what the row should say of how it is known), or ("", the reason why there is none)."""
        if position.actor and (position.sure or position.actor in fact.whose):
            return position.actor, ""
        if fact.whose:
            return fact.whose[0], ""
        if position.actor:
            return (position.actor, "") if position.actor in fact.citizenships else ("", "ambiguous_actor")
        if position.office in self.of_bodies or len(set(fact.citizenships)) != 1:
            return "", "unknown_actor"
        return fact.citizenships[0], "state from the citizenship"

    def _memberships(self, entity: dict[str, Any], where: str, state: str) -> Iterator[Row | LeftOut]:
        for claim in of.claims(entity, of.MEMBER_OF):
            org = self.body_of.get(claim.value, "")
            yield from self._membership(where, f"{of.label(entity)}: {claim.value}", org, state, claim.from_, claim.to)

    def _membership(self, where: str, told: str, org: str, state: str, from_: str, to: str) -> Iterator[Row | LeftOut]:
        if not org or not state:
            yield LeftOut(where, told, "unknown_member")
        elif from_ and to and to < from_[: len(to)]:
            yield LeftOut(where, told, "dates_backwards", f"{from_} to {to}")
        else:
            # an empty beginning is right here: it reads "since before 1990", as all our own old memberships
            begun = "" if from_ and from_ < "1990" else from_
            yield Member(org=org, state=state, from_=begun, to=to, where=where, source="Wikidata")

    def _body(self, entity: dict[str, Any], where: str) -> Iterator[Row | LeftOut]:
        number = str(entity.get("id", ""))
        name = of.label(entity)
        if not name:
            yield LeftOut(where, number, "no_english_name")
            return
        aliases, others = _spellings(name, of.aliases(entity), where, one_word=str.isupper)
        yield from others
        code = self.body_of.get(number, "")
        base = self.bodies.get(code)
        prefix = self._class(entity) or "IGO"
        yield Organisation(
            code=code or f"{prefix}:{re.sub(r'[^A-Z0-9]', '', fold(name).upper())[:24]}",
            name=base.name if base else name,
            aliases=tuple(a for a in aliases if not self._means_another(a, code)),
            kind=base.kind if base else "ngo" if prefix == "NGO" else "forum",
            wikidata=number,
            where=where,
            source=f"Wikidata {number}",
        )

    def _means_another(self, form: str, code: str) -> bool:
        return any(k.code != code for k in self.known.names.get(form))

    def _codes(self, numbers: Iterable[str]) -> list[str]:
        found = (self.state_of.get(number) or self.body_of.get(number) for number in numbers if number)
        return [code for code in dict.fromkeys(found) if code]

    def _state_named(self, name: str) -> str:
        return next((k.code for k in self.known.names.get(name) if k.kind == "state"), "") if name else ""

    def _body_named(self, name: str) -> str:
        codes = Counter(k.code for k in self.known.names.get(name) if k.kind == "organisation") if name else Counter()
        own = [o.code for o in self.tables.organisations if name and name == o.name]
        return own[0] if own else next(iter(codes), "") if len(codes) == 1 else ""


def _spellings(
    name: str, aliases: Iterable[str], where: str, one_word: Callable[[str], bool] = lambda alias: False
) -> tuple[tuple[str, ...], list[LeftOut]]:
    """(the other names that can be looked for, those that cannot)."""
    kept: dict[str, None] = {}
    left = []
    for given in aliases:
        alias = " ".join(given.replace("|", " ").split())
        if not alias or alias == name:
            continue
        if not _LATIN.fullmatch(alias):
            left.append(LeftOut(where, f"{name}: {alias}", "other_script"))
        elif " " not in alias and not one_word(alias):
            left.append(LeftOut(where, f"{name}: {alias}", "alias_of_one_word"))
        else:
            kept[alias] = None
    return tuple(kept), left
