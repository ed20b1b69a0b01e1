"""An actor dictionary of PETRARCH or TABARI as rows of ours: states' names, people, seats, bodies, armed groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dragoman.lexicon.bring import LeftOut
from dragoman.lexicon.columns import CHOICES
from dragoman.lexicon.crosswalk import Cameo, cameo_actors, petrarch_words
from dragoman.lexicon.gazetteer import gazetteer, name_key
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import fold
from dragoman.lexicon.petrarch.lines import Code, Entry, entries
from dragoman.lexicon.petrarch.spelling import written
from dragoman.lexicon.rows import ArmedGroup, Organisation, Person, Row, Seat, State

REASONS = {
    "unknown_country": "the first three letters are no state, region or kind of CAMEO that we know",
    "region": "a region, which is no actor here",
    "unknown_sector": "the letters behind the country are no sector of CAMEO that we know",
    "unidentified": "an actor that the dictionary itself calls unidentified",
    "place": "a place, which the tables of places know",
    "composed": "a state's name with an office or a role, which is read without a row",
    "unclear": "one word with a sector: a person, a body or a group, which the dictionary does not say",
    "crowd": "a kind of people or an institution of society, for which the tables have no rows",
    "means_another": "the tables know this name as another actor's",
    "long_phrase": "too long for a name of a person, and no word says what it is",
}


class Read(NamedTuple):
    """A code taken apart."""

    country: str  # our code of the state, or nothing
    kind: str  # of an international actor: IGO, NGO, MNC, IMG ...
    body: str  # our code of a body that CAMEO has a code for
    sector: Cameo | None


def actors(lines: Iterable[str], name: str, tables: Lexicon) -> Iterator[Row | LeftOut]:
    """The rows that a dictionary's entries become, and what becomes none."""
    reader = _Reader(tables)
    for entry in entries(lines, name):
        if isinstance(entry, LeftOut):
            yield entry
        else:
            yield from reader.rows(entry)


class _Reader:
    def __init__(self, tables: Lexicon) -> None:
        self.tables = tables
        self.known = gazetteer(tables)
        self.codes = cameo_actors()
        self.words = petrarch_words()
        self.particles = frozenset(tables.language.get("particles", ())) - {"la", "le", "of the"}
        self.states = {s.code: s for s in tables.states}
        self.bodies = {o.code: o for o in tables.organisations}
        self.groups = {g.code: g for g in tables.armed_groups}
        self.places = frozenset(fold(n).lower() for c in tables.cities for n in (c.name, *c.aliases)) | frozenset(
            fold(n).lower() for r in tables.regions for n in (r.name, *r.aliases)
        )
        self.state_forms = frozenset(
            fold(f).lower() for s in tables.states for f in (s.name, s.official, *s.aliases, *s.adjectives)
        )
        self.taken = {*self.bodies, *self.groups}
        self.made: dict[str, str] = {}

    def rows(self, entry: Entry) -> Iterator[Row | LeftOut]:
        phrases = [written(p, self.particles) for p, _ in ((entry.phrase, ""), *entry.synonyms)]
        read: list[tuple[Code, Read]] = []
        for code in entry.codes:
            found = self._read(code.code)
            if isinstance(found, str):
                yield LeftOut(code.where, f"{entry.phrase} [{code.code}]", found)
            else:
                read.append((code, found))
        if not read:
            return
        first = read[0][1]
        if first.kind in ("IGO", "NGO", "NGM", "MNC", "ISM", "IMG"):
            yield from self._body(entry, phrases, read[0])
        elif first.kind:
            yield LeftOut(entry.where, f"{entry.phrase} [{entry.codes[0].code}]", "unidentified")
        elif first.sector is None:
            yield from self._state(entry, phrases, first.country)
        else:
            yield from self._sectored(entry, phrases, read)

    def _read(self, code: str) -> Read | str:
        parts = [code[at : at + 3] for at in range(0, len(code), 3)]
        head = parts[0]
        country = kind = ""
        if ("country", head) in self.codes:
            country = self.codes["country", head].actor
        elif head in self.states:
            country = head
        elif ("region", head) in self.codes:
            return "region"
        elif ("kind", head) in self.codes:
            kind = head
        elif ("sector", head) in self.codes:
            return "unidentified"  # a sector of no country
        else:
            return "unknown_country"
        if kind in ("UIS",):
            return "unidentified"
        body = self.codes["body", parts[-1]].actor if kind and ("body", parts[-1]) in self.codes else ""
        sector = next((self.codes["sector", p] for p in parts[1:] if ("sector", p) in self.codes), None)
        if country and len(parts) > 1 and sector is None:
            return "unknown_sector"
        return Read(country, kind, body, sector)

    def _state(self, entry: Entry, phrases: list[str], country: str) -> Iterator[Row | LeftOut]:
        state = self.states[country]
        more: dict[str, list[str]] = {"aliases": [], "adjectives": [], "nationals": []}
        for (phrase, where), form in zip(((entry.phrase, entry.where), *entry.synonyms), phrases, strict=True):
            known = self._codes_of(form)
            if known and country not in known:
                yield LeftOut(where, f"{phrase} [{country}]", "means_another", ", ".join(sorted(known)))
            elif not known and fold(form).lower() in self.places:
                yield LeftOut(where, f"{phrase} [{country}]", "place")
            elif not known:
                more[self._column(form)].append(form)
        yield State(
            code=country,
            name=state.name,
            where=entry.where,
            aliases=tuple(more["aliases"]),
            adjectives=tuple(more["adjectives"]),
            nationals=tuple(more["nationals"]),
            source=_source(entry, country),
        )

    def _column(self, form: str) -> str:
        if " " not in form:
            for column, endings in (("nationals", "nationals"), ("adjectives", "adjective")):
                if form.lower().endswith(tuple(self.words["endings"][endings])):
                    return column
        return "aliases"

    def _sectored(self, entry: Entry, phrases: list[str], read: list[tuple[Code, Read]]) -> Iterator[Row | LeftOut]:
        first = read[0][1]
        assert first.sector is not None
        kind = self._kind(phrases[0])
        told = f"{entry.phrase} [{entry.codes[0].code}]"
        known = [k for form in phrases for k in self.known.names.get(form)]
        if any(k.kind == "group" for k in known) or (kind == "group" and first.sector.sector in ("REB", "UAF", "PRM")):
            yield from self._armed(entry, phrases, first)
        elif any(k.kind == "person" for k in known) or not kind:
            yield from self._person(entry, phrases, read)
        elif self._composed(phrases[0]):
            yield LeftOut(entry.where, told, "composed")
        elif kind in ("crowd", "media", "company") or (len(phrases[0].split()) == 1 and kind != "parliament"):
            yield LeftOut(entry.where, told, "crowd" if kind in ("crowd", "media", "company") else "unclear")
        else:
            yield from self._seat(entry, phrases, first, kind)

    def _person(self, entry: Entry, phrases: list[str], read: list[tuple[Code, Read]]) -> Iterator[Row | LeftOut]:
        told = f"{entry.phrase} [{entry.codes[0].code}]"
        full = [p for p in phrases if " " in p]
        short = tuple(p for p in phrases if " " not in p)
        if not full:
            yield LeftOut(entry.where, told, "unclear")
            return
        if self._composed(full[0]):
            yield LeftOut(entry.where, told, "composed")
            return
        if len(full[0].split()) > 5:
            yield LeftOut(entry.where, told, "long_phrase")
            return
        for code, found in read:
            if found.sector is None or not found.country:
                yield LeftOut(
                    code.where, f"{entry.phrase} [{code.code}]", "unknown_sector", "a person without a sector"
                )
                continue
            if not found.sector.sector:
                yield LeftOut(code.where, f"{entry.phrase} [{code.code}]", "unidentified")
                continue
            office = found.sector.office
            why = f"office told only from the sector {found.sector.code}" if office else "no office told"
            yield Person(
                name=full[0],
                spellings=tuple(dict.fromkeys(full[1:])),
                short=short,
                office=office,
                actor=found.country,
                sector=found.sector.sector,
                from_=code.from_,
                to=code.to,
                where=code.where,
                source=f"{_source(entry, code.code)}; {why}",
            )

    def _seat(self, entry: Entry, phrases: list[str], read: Read, kind: str) -> Iterator[Row | LeftOut]:
        assert read.sector is not None
        code = entry.codes[0]
        yield Seat(
            form=phrases[0],
            aliases=tuple(dict.fromkeys(p for p in phrases[1:] if p != phrases[0])),
            code=read.country,
            sector=read.sector.sector,
            kind=kind if kind in CHOICES["seats.kind"] else "force" if kind == "group" else "seat",
            from_=code.from_,
            to=code.to,
            where=entry.where,
            source=_source(entry, code.code),
        )

    def _armed(self, entry: Entry, phrases: list[str], read: Read) -> Iterator[Row | LeftOut]:
        found = {k.code for form in phrases for k in self.known.names.get(form) if k.kind == "group"}
        code = sorted(found)[0] if found else self._code("NSA", phrases[0])
        name = self.groups[code].name if code in self.groups else phrases[0]
        yield ArmedGroup(
            code=code,
            name=name,
            aliases=tuple(dict.fromkeys(p for p in phrases if p != name)),
            country=(read.country,) if read.country else (),
            sector=(read.sector.sector,) if read.sector and read.sector.sector in ("PRM", "UAF", "CRM") else ("REB",),
            from_=entry.codes[0].from_,
            to=entry.codes[0].to,
            where=entry.where,
            source=_source(entry, entry.codes[0].code),
        )

    def _body(self, entry: Entry, phrases: list[str], first: tuple[Code, Read]) -> Iterator[Row | LeftOut]:
        code, read = first
        known = {k.code for form in phrases for k in self.known.names.get(form) if k.kind in ("organisation", "group")}
        ours = next((c for c in sorted(known) if c in self.bodies or c in self.groups), "")
        if read.kind == "IMG" or ours in self.groups:
            yield from self._armed(entry, phrases, read)
            return
        if not ours and read.body in self.bodies and not any(self._codes_of(form) for form in phrases):
            ours = read.body  # its other names; what is named after it has letters of its own at the end
        meant = {k for form in phrases for k in self._codes_of(form)} - ({ours} if ours else set())
        organ = self.known.body_of
        strangers = {m for m in meant if organ.get(ours) != m}
        forms = [p for p in phrases if not (self._codes_of(p) & strangers)]
        for phrase in phrases:
            if phrase not in forms:
                yield LeftOut(
                    entry.where, f"{phrase} [{code.code}]", "means_another", ", ".join(sorted(self._codes_of(phrase)))
                )
        if not forms:
            return
        prefix = {"IGO": "IGO", "MNC": "MNC"}.get(read.kind, "NGO")
        base = self.bodies.get(ours)
        name = base.name if base else forms[0]
        yield Organisation(
            code=base.code if base else self._code(prefix, name),
            name=name,
            aliases=tuple(dict.fromkeys(p for p in forms if p != name)),
            kind=base.kind if base else self.codes["kind", read.kind].kind,
            from_=code.from_,
            to=code.to,
            where=entry.where,
            source=_source(entry, code.code),
        )

    def _kind(self, phrase: str) -> str:
        words = phrase.lower().split()
        for kind, listed in self.words["kinds"].items():
            for word in words:
                if any(word == w or (w.endswith("*") and word.startswith(w[:-1])) for w in listed):
                    return str(kind)
        return ""

    def _composed(self, phrase: str) -> bool:
        """Whether a phrase is a state's name or adjective beside an office or a role, which needs no row."""
        words = fold(phrase).lower().split()
        for cut in range(1, len(words)):
            for state, rest in ((words[:cut], words[cut:]), (words[cut:], words[:cut])):
                if " ".join(state) in self.state_forms:
                    title = [w for w in rest if w not in ("of", "the", "for")] or rest
                    found = self.known.office_at(title, 0)
                    if found is not None and found[0] == len(title):
                        return True
        found = self.known.office_at(words, 0)
        return found is not None and found[0] == len(words)

    def _codes_of(self, form: str) -> set[str]:
        return {k.code for k in self.known.names.get(form) if k.kind != "person"}

    def _code(self, prefix: str, name: str) -> str:
        """A code of our own making, the same for the same name."""
        key = f"{prefix} {name_key(name)}"
        if key not in self.made:
            letters = re.sub(r"[^A-Z0-9]", "", fold(name).upper())[:24] or "UNNAMED"
            code, number = f"{prefix}:{letters}", 1
            while code in self.taken:
                number += 1
                code = f"{prefix}:{letters}{number}"
            self.taken.add(code)
            self.made[key] = code
        return self.made[key]


def _source(entry: Entry, code: str) -> str:
    return f"PETRARCH dictionary {entry.where}, {code}"
