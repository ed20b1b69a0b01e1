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
from dragoman.lexicon.rows import Ambiguous, ArmedGroup, Office, Person, Role, StateGroup
from dragoman.lexicon.sounds import Sounds, bones, first_sounds

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
        """Whether some office was held on `date`, or within so many years of it; without a date, since RECENT."""
        if not date:
            return any(not t.to or t.to >= RECENT for t in self.terms)
        low, high = _shift(date, -slack_years), _shift(date, slack_years)
        return any(t.from_ <= high[: len(t.from_)] and (not t.to or low[: len(t.to)] <= t.to) for t in self.terms)


_NAMES_HELD = 5_000  # names whose like are kept, so that a name that returns is not looked for again
# a page without a date is taken to be of no older time: a bare surname means somebody of these years
RECENT = "2010"

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
        self.groups: Matcher[StateGroup] = Matcher(_groups(lexicon))
        self.ambiguous: dict[str, list[Ambiguous]] = defaultdict(list)
        for row in lexicon.ambiguous:
            self.ambiguous[fold(row.form)].append(row)
        self.state_names = {s.code: s.name for s in lexicon.states}
        self.group_states = {g.code: g.country for g in lexicon.armed_groups}
        self.body_names = {o.code: o.name for o in lexicon.organisations} | {
            g.code: g.name for g in lexicon.armed_groups
        }
        # the words of a body's names and of its organs' names: "the Council" can be the United Nations
        self.body_words: dict[str, set[str]] = defaultdict(set)
        for o in lexicon.organisations:
            for name in (o.name, *o.aliases):
                self.body_words[self.body_of.get(o.code, o.code)].update(name.lower().split())
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
        ) | frozenset(fold(n).lower() for n in (
            *lexicon.language.get("given_names", ()), *(g.name for g in lexicon.given_names)
        ))  # fmt: skip
        genders: dict[str, set[str]] = defaultdict(set)
        for figure in self.figures:
            if figure.gender and " " in figure.name:
                genders[name_key(figure.name).split()[0]].add(figure.gender)
        # what a given name says of its bearer, where all we know agree
        self.gender_of = {given: next(iter(known)) for given, known in genders.items() if len(known) == 1}
        for known in lexicon.given_names:
            self.gender_of[name_key(known.name)] = known.gender if known.gender in ("m", "f") else ""
        self.descriptions = {fold(d.words).lower(): d.codes for d in lexicon.descriptions}
        self.longest_description = max((len(d.split()) for d in self.descriptions), default=0)
        self.holders: dict[tuple[str, str], list[tuple[Person, Figure]]] = defaultdict(list)
        for figure in self.figures:
            for term in figure.terms:
                self.holders[term.actor, term.office].append((term, figure))

        self.sounds = Sounds(lexicon.sounds)
        self._by_first: dict[str, dict[str, list[Figure]]] = {}
        self._forms: dict[int, tuple[tuple[frozenset[str], frozenset[str], frozenset[str]], ...]] = {}

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
        self._by_bones: dict[str, list[Figure]] | None = None
        self._actors_of = {id(f): frozenset(t.actor for t in f.terms) for f in self.figures}
        self._alike: dict[frozenset[str], tuple[Figure, ...]] = {}
        for figure in self.figures:
            fulls = {figure.name, *(s for t in figure.terms for s in t.spellings)}
            for full in sorted(fulls):
                _add(self.by_full, name_key(full), figure)
            for short in sorted({s for t in figure.terms for s in t.short} | {figure.name.split()[-1]}):
                _add(self.by_short, name_key(short), figure)

    def actors_of(self, figure: Figure) -> frozenset[str]:
        """For whom somebody ever held an office."""
        return self._actors_of[id(figure)]

    def sounding_alike(self, heard: frozenset[str]) -> tuple[Figure, ...]:
        """Everybody whose last name has the same hard sounds as one of these, give or take one."""
        known = self._alike.get(heard)
        if known is not None:
            return known
        if self._by_bones is None:
            self._by_bones = defaultdict(list)
            for figure in self.figures:
                for key in sorted({k for s in self._last_sounds(figure) for k in _near(bones(s))}):
                    self._by_bones[key].append(figure)
        found: dict[int, Figure] = {}
        for key in sorted({k for sound in heard for k in _near(bones(sound))}):
            found.update((id(f), f) for f in self._by_bones.get(key, ()))
        if len(self._alike) >= _NAMES_HELD:
            self._alike.clear()
        self._alike[heard] = tuple(found.values())
        return self._alike[heard]

    def beginning_alike(self, code: str, heard: Iterable[str]) -> list[Figure]:
        """Who ever held an office for `code` and has a last or first name that begins like one of these sounds."""
        if code not in self._by_first:
            if not self._by_first:
                self._figures_of: dict[str, list[Figure]] = defaultdict(list)
                for figure in self.figures:
                    for actor in dict.fromkeys(t.actor for t in figure.terms):
                        self._figures_of[actor].append(figure)
            index: dict[str, list[Figure]] = defaultdict(list)
            for figure in self._figures_of.get(code, ()):
                sounds = {s for _, last, whole in self._sounds_of(figure) for s in (*last, *whole)}
                for family in sorted(first_sounds(sounds)):
                    index[family].append(figure)
            self._by_first[code] = index
        index = self._by_first[code]
        found = {id(f): f for family in sorted(first_sounds(heard)) for f in index.get(family, ())}
        return list(found.values())

    def likeness(self, figure: Figure, words: Sequence[str]) -> tuple[float, float | None, float]:
        """How far these words lie from a person's last name, from the given name (None: there is none), from the whole.

        The whole counts for names of short words ("Kim Chen Yn") alone.
        """
        sounds = self.sounds
        heard = sounds.heard(words[-1])
        initial = len(words) > 1 and len(words[0].strip(".")) == 1
        best: tuple[float, float | None, float] = (1.0, None, 1.0)
        for given, last, whole in self._sounds_of(figure):
            far = sounds.apart(heard, last)
            near: float | None = None
            if initial:
                near = 0.0 if any(g[:1] == words[0][0].lower() for g in given) else 1.0
            elif len(words) > 1:
                near = sounds.apart(sounds.heard(words[0]), given)
            joined = 1.0
            if near is not None and min(map(len, (words[-1], *last))) <= 4:
                joined = sounds.apart(sounds.heard("".join(words)), whole)
            if (far + (near or 0)) < best[0] + (best[1] or 0):
                best = (far, near, min(joined, best[2]))
            elif joined < best[2]:
                best = (*best[:2], joined)
        return best

    def _last_sounds(self, figure: Figure) -> frozenset[str]:
        """The last names as they sound, of all spellings; the rest of a name is only asked of who is near."""
        state = next((t.actor for t in figure.terms if len(t.actor) == 3), "")
        forms = {figure.name, *(s for t in figure.terms for s in (*t.spellings, *t.short))}
        return frozenset().union(*(self._last(re.split(r"[ -]", form), state) for form in forms))

    def _last(self, words: list[str], state: str) -> frozenset[str]:
        last = self.sounds.own(words[-1], state)
        if len(words) > 1 and words[-2].lower() in self.sounds.prefixes:
            last |= self.sounds.own(words[-2] + words[-1], state)
        return last

    def _sounds_of(self, figure: Figure) -> tuple[tuple[frozenset[str], frozenset[str], frozenset[str]], ...]:
        """The given name, the last name and the whole as they sound, for each spelling."""
        known = self._forms.get(id(figure))
        if known is None:
            state = next((t.actor for t in figure.terms if len(t.actor) == 3), "")
            own = self.sounds.own
            forms = []
            for form in sorted({figure.name, *(s for t in figure.terms for s in (*t.spellings, *t.short))}):
                words = re.split(r"[ -]", form)
                forms.append((own(words[0], state), self._last(words, state), own("".join(words), state)))
            known = self._forms[id(figure)] = tuple(dict.fromkeys(forms))
        return known

    def holders_on(self, code: str, office: str, date: str | None) -> list[Figure]:
        """Who held an office of `code` on a day; without a day, who ever did."""
        return list(
            {
                id(figure): figure
                for term, figure in self.holders.get((code, office), ())
                if not date
                or (term.from_ <= date[: len(term.from_)] and (not term.to or date[: len(term.to)] <= term.to))
            }.values()
        )

    def groups_in(self, text: str, date: str | None = None) -> list[tuple[int, int, StateGroup]]:
        """(start, end, group) of names in a text that stand for several states at once: "both Koreas", "Baltic states".

        Each stands for its members. `date` rules out groups that were not yet, or had been a year before.
        """
        out = []
        for start, end, found in self.groups.find(text):
            for group in found[:1]:
                ended = date and group.to and int(group.to[:4]) < int(date[:4]) - 1
                begun = not (date and group.from_ and group.from_ > date[: len(group.from_)])
                if begun and not ended:
                    out.append((start, end, group))
        return out

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


def _near(word: str) -> list[str]:
    """The word, and the word without one of its sounds: two such lists meet if one edit parts the words."""
    return [word, *(word[:i] + word[i + 1 :] for i in range(len(word)) if len(word) > 3)]


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
            for sector, since, until in sectors_of(group):
                yield form, Known("group", group.code, sector, group.name, group.where, since, until)
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


def sectors_of(group: ArmedGroup) -> list[tuple[str, str, str]]:
    """(sector, from, to) of an armed group through the years: rebels may come to govern, or become a party."""
    cells = [(since, sector) for since, _, sector in (cell.rpartition(" ") for cell in group.sector)] or [("", "REB")]
    ends = [since for since, _ in cells[1:]]
    return [
        (sector, since or group.from_, until) for (since, sector), until in zip(cells, [*ends, group.to], strict=True)
    ]


def _groups(lexicon: Lexicon) -> Iterator[tuple[str, StateGroup]]:
    """The names of groups as they stand, and with capitals ("Baltic States")."""
    for group in lexicon.groups:
        for form in (group.form, *group.aliases):
            yield form, group
            yield form[0].upper() + form[1:], group
            *first, last = form.split()
            if last.islower():
                yield " ".join((*first, last.capitalize())), group


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
