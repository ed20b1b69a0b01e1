"""The names of the tables, ready to be found: actors by name, offices and roles by word, people by any spelling."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import Matcher, fold
from dragoman.lexicon.rows import Ambiguous, Office, Person, Role

Kind = Literal["state", "organisation", "group", "seat", "adjective", "nationals", "capital", "person"]
_RANK: dict[str, int] = {k: i for i, k in enumerate(Kind.__args__)}  # type: ignore[attr-defined]


class Known(msgspec.Struct, frozen=True, gc=False):
    """What a form of words can name."""

    kind: Kind
    code: str
    sector: str | None
    name: str
    where: str
    from_: str = ""
    to: str = ""
    wikidata: str = ""


class Figure(msgspec.Struct, frozen=True):
    """A person with all terms of office we know."""

    name: str
    gender: str
    terms: tuple[Person, ...]

    def term(self, date: str | None) -> Person:
        """The office held on `date` (ISO); else the last one begun by then; else the latest."""
        if date:
            held = [
                t for t in self.terms if t.from_ <= date[: len(t.from_)] and (not t.to or date[: len(t.to)] <= t.to)
            ]
            if held:
                return max(held, key=lambda t: (_WEIGHT.get(t.office, 0), t.from_))
            begun = [t for t in self.terms if t.from_ <= date]
            if begun:
                return max(begun, key=lambda t: t.from_)
            return min(self.terms, key=lambda t: t.from_)
        return max(self.terms, key=lambda t: t.from_)

    def active(self, date: str | None, *, slack_years: int = 0) -> bool:
        """Whether some office was held on `date`, or within so many years of it. Always, without a date."""
        if not date:
            return True
        low, high = _shift(date, -slack_years), _shift(date, slack_years)
        return any(t.from_ <= high[: len(t.from_)] and (not t.to or low[: len(t.to)] <= t.to) for t in self.terms)


# when somebody held two offices on one day, the one the press names
_WEIGHT = {
    "president": 3,
    "prime-minister": 3,
    "chancellor": 3,
    "monarch": 3,
    "supreme-leader": 4,
    "foreign-minister": 2,
}


def _shift(date: str, years: int) -> str:
    return f"{int(date[:4]) + years:04d}{date[4:]}"


class Gazetteer:
    """All look-ups the finders need of the actor tables."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        # an organ speaks for the body it is part of
        self.body_of = {o.code: o.part_of for o in lexicon.organisations if o.kind == "organ" and o.part_of}
        self.names: Matcher[Known] = Matcher(_names(lexicon, self.body_of))
        self.ambiguous: dict[str, list[Ambiguous]] = defaultdict(list)
        for row in lexicon.ambiguous:
            self.ambiguous[fold(row.form)].append(row)
        self.state_names = {s.code: s.name for s in lexicon.states}
        self.group_states = {g.code: g.country for g in lexicon.armed_groups}
        self.body_names = {o.code: o.name for o in lexicon.organisations} | {
            g.code: g.name for g in lexicon.armed_groups
        }
        # short names that are also common words or surnames: not believed without a title beside them
        self.common_names = frozenset(form for form in self.ambiguous if form.islower()) | frozenset(
            fold(name).lower() for name in lexicon.language.get("common_surnames", ())
        )
        self._people(
            msgspec.structs.replace(p, actor=self.body_of[p.actor]) if p.actor in self.body_of else p
            for p in lexicon.people
        )
        self.offices: dict[str, Office] = {o.key: o for o in lexicon.offices}
        self.roles: dict[str, Role] = {r.role.lower(): r for r in lexicon.roles}
        self.office_words = _trie(
            [
                *((w, o.key) for o in lexicon.offices for w in (*o.words, *o.only)),
                *((r.role, "") for r in lexicon.roles),
            ]
        )
        self.abbreviations = frozenset(w.lower() for o in lexicon.offices for w in (*o.words, *o.only) if w.isupper())
        self.given_names = frozenset(
            fold(f.name.split()[0]).lower()
            for f in self.figures
            if len(f.name.split()) > 1 and len(f.name.split()[0]) > 2
        ) | frozenset(fold(n).lower() for n in lexicon.language.get("given_names", ()))
        genders: dict[str, set[str]] = defaultdict(set)
        for figure in self.figures:
            if figure.gender and " " in figure.name:
                genders[name_key(figure.name).split()[0]].add(figure.gender)
        # what a given name says of its bearer, where all we know agree
        self.gender_of = {given: next(iter(known)) for given, known in genders.items() if len(known) == 1}
        self.holders: dict[tuple[str, str], list[tuple[Person, Figure]]] = defaultdict(list)
        for figure in self.figures:
            for term in figure.terms:
                self.holders[term.actor, term.office].append((term, figure))

    def _people(self, people: Iterable[Person]) -> None:
        grouped: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in people:
            # two people of one name in two states are two people
            grouped[person.name, person.actor if person.actor.isalpha() else ""].append(person)
        merged: dict[str, list[Person]] = {}
        homonyms: list[list[Person]] = []
        for (name, _), rows in grouped.items():
            if name in merged and _far_apart(merged[name], rows):
                homonyms.append(rows)
            else:
                merged.setdefault(name, []).extend(rows)
        self.figures = tuple(
            Figure(rows[0].name, next((r.gender for r in rows if r.gender), ""), tuple(rows))
            for rows in (*merged.values(), *homonyms)
        )
        self.by_full: dict[str, list[Figure]] = defaultdict(list)
        self.by_short: dict[str, list[Figure]] = defaultdict(list)
        self._near: dict[str, list[tuple[str, str, Figure]]] | None = None
        for figure in self.figures:
            fulls = {figure.name, *(s for t in figure.terms for s in t.spellings)}
            for full in sorted(fulls):
                _add(self.by_full, name_key(full), figure)
            for short in sorted({s for t in figure.terms for s in t.short} | {figure.name.split()[-1]}):
                _add(self.by_short, name_key(short), figure)

    def near(self, last: str) -> list[tuple[str, str, Figure]]:
        """(sound of the last name, given name, person) whose last name sounds like `last`, give or take a letter.

        `last` is a `sound_key`. Looked up by leaving out one letter on either side, which finds every single edit.
        """
        if self._near is None:
            self._near = defaultdict(list)
            for figure in self.figures:
                forms = {name_key(f) for f in (figure.name, *(s for t in figure.terms for s in t.spellings))}
                for given, sound in sorted({(f.split()[0], sound_key(f.split()[-1])) for f in forms if " " in f}):
                    if len(sound) >= 4:
                        for key in (sound, *_shorter(sound)):
                            self._near[key].append((sound, given, figure))
        return [hit for key in (last, *_shorter(last)) for hit in self._near.get(key, ())]

    def office_at(self, lowers: Sequence[str], at: int) -> tuple[int, str] | None:
        """(length in words, office key or "" for a role) of the longest office or role phrase starting at word `at`."""
        node: dict[str, object] = self.office_words
        best: tuple[int, str] | None = None
        for i in range(at, min(at + 8, len(lowers))):
            following = node.get(lowers[i])
            if following is None and lowers[i] == "the" and i > at:
                continue  # "chief of the Polish diplomacy"
            if following is None:
                break
            node = following  # type: ignore[assignment]
            end = node.get("")
            if end is not None:
                best = (i - at + 1, str(end))
        return best

    def office_key(self, words: str, code: str | None) -> str | None:
        """The office these words name, for actor `code` where the words are one state's alone."""
        lower = words.lower()
        found = None
        for office in self.offices.values():
            only = next((codes for word, codes in office.only.items() if word.lower() == lower), None)
            if only is not None:
                if code is not None and code in only:
                    return office.key
            elif found is None and lower in {w.lower() for w in office.words}:
                found = office.key
        return found


def gazetteer(lexicon: Lexicon) -> Gazetteer:
    """The gazetteer of a lexicon, made once."""
    known = lexicon.__dict__.get("gazetteer")
    if known is None:
        known = lexicon.__dict__["gazetteer"] = Gazetteer(lexicon)
    assert isinstance(known, Gazetteer)
    return known


def name_key(name: str) -> str:
    """A name as it is compared: no accents, capitals, hyphens, points or 's."""
    plain = fold(name).lower().replace("-", " ").replace(".", "").replace("'", "")
    return " ".join(plain.split())


_SOUNDS = [
    ("tsch", "ch"), ("tch", "ch"), ("sch", "sh"), ("zh", "j"), ("dj", "j"), ("kh", "h"), ("ck", "k"), ("ph", "f"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ij", "i"), ("yi", "i"), ("iy", "i"), ("yy", "i"), ("ii", "i"),
    ("ey", "ei"), ("ay", "ai"), ("oy", "oi"), ("ts", "z"), ("tz", "z"), ("x", "ks"), ("q", "k"), ("w", "v"), ("y", "i"),
    ("c", "k"),
]  # fmt: skip


def _shorter(word: str) -> list[str]:
    """The word without one letter, the first one kept."""
    return [word[:i] + word[i + 1 :] for i in range(1, len(word))]


@lru_cache(maxsize=20_000)
def sound_key(word: str) -> str:
    """A transliteration key: spellings that different romanisations give one name come out alike (Pescov, Peskow)."""
    key = fold(word).lower()
    key = re.sub(r"[^a-z]", "", key)
    key = re.sub(r"ch", "\0", key)
    for was, now in _SOUNDS:
        key = key.replace(was, now)
    key = key.replace("\0", "ch")
    key = re.sub(r"(.)\1+", r"\1", key)
    return re.sub(r"(?<=[aeiou])f$", "v", key)


def _names(lexicon: Lexicon, body_of: dict[str, str]) -> Iterator[tuple[str, Known]]:
    for state in lexicon.states:

        def known(kind: Kind) -> Known:
            return Known(kind, state.code, None, state.name, state.where, state.from_, state.to)  # noqa: B023

        for form in dict.fromkeys((state.name, state.official, *state.aliases)):
            yield form, known("state")
        for form in state.adjectives:
            yield form, known("adjective")
        for form in state.nationals:
            yield form, known("nationals")
        for form in state.capital:
            yield form, known("capital")
    for body in lexicon.organisations:
        for form in dict.fromkeys((body.name, *body.aliases)):
            yield (
                form,
                Known(
                    "organisation",
                    body_of.get(body.code, body.code),
                    None,
                    body.name,
                    body.where,
                    body.from_,
                    body.to,
                    body.wikidata,
                ),
            )
        for form in body.adjectives:
            yield form, Known("adjective", body.code, None, body.name, body.where, body.from_, body.to)
    for group in lexicon.armed_groups:
        for form in dict.fromkeys((group.name, *group.aliases)):
            yield form, Known("group", group.code, "REB", group.name, group.where, group.from_, group.to)
    for seat in lexicon.seats:
        for form in dict.fromkeys((seat.form, *seat.aliases)):
            yield (
                form,
                Known("seat", seat.code, seat.sector or None, seat.name or seat.form, seat.where, seat.from_, seat.to),
            )
    for person in lexicon.people:
        for form in dict.fromkeys((person.name, *person.spellings)):
            if " " in form:
                yield (
                    form,
                    Known(
                        "person",
                        body_of.get(person.actor, person.actor),
                        person.sector or None,
                        person.name,
                        "",
                        "",
                        "",
                        person.wikidata,
                    ),
                )


def rank(known: Known) -> int:
    """Which reading of a form comes first when nothing on the page decides."""
    return _RANK[known.kind]


def _trie(phrases: Iterable[tuple[str, str]]) -> dict[str, object]:
    root: dict[str, object] = {}
    for phrase, value in phrases:
        words = _WORDS.findall(phrase.lower())
        for form in (words, [*words[:-1], *_plural(words[-1])], _plural_head(words)):
            if not form:
                continue
            node = root
            for word in form:
                node = node.setdefault(word, {})  # type: ignore[assignment]
            if not node.get(""):
                node[""] = value
    return root


# cut as the parser cuts: "president's" in two, "d'affaires" and "u.s." whole
_WORDS = re.compile(r"(?:[a-z]\.){2,}|'s|’s|d['’]\w+|\w+|[^\w\s]")


def _plural(word: str) -> list[str]:
    if word.endswith("child"):
        return [word + "ren"]
    if word.endswith("man"):
        return [word[:-3] + "men"]
    if word.endswith(("s", "ch", "sh", "x")):
        return [word + "es"]
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return [word[:-1] + "ies"]
    return [word + "s"]


def _plural_head(words: list[str]) -> list[str]:
    """ "heads of state" from "head of state"."""
    for i, word in enumerate(words):
        if word in ("of", "for", "to", "in") and i:
            return [*words[: i - 1], *_plural(words[i - 1]), *words[i:]]
    return []


def _add(index: dict[str, list[Figure]], key: str, figure: Figure) -> None:
    if key and figure not in index[key]:
        index[key].append(figure)


def _far_apart(a: list[Person], b: list[Person]) -> bool:
    """Whether two rows of one name are about two people: different states, both of them states."""
    codes_a = {p.actor for p in a if len(p.actor) == 3}
    codes_b = {p.actor for p in b if len(p.actor) == 3}
    return bool(codes_a and codes_b and not codes_a & codes_b)
