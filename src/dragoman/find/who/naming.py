"""Whose names stand in a text: tied to a title beside them, to the tables, to the page, or repaired: step two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dragoman.find.who.repair import RepairedPage
from dragoman.find.who.titles import LEVEL, Person, Title
from dragoman.lexicon.gazetteer import Figure, name_key, sound_key
from dragoman.records import Via


class NamedPage(RepairedPage):
    """A page whose titles are known; finds its people."""

    def _find_names(self) -> None:
        for chunk in self._chunks():
            self._name(chunk)

    def _chunks(self) -> Iterable[tuple[int, int]]:
        """Runs of capitalised words that may be a person's name."""
        tokens = self.tokens
        for sentence in self.parsed.sentences:
            words = [t for t in tokens[sentence.first : sentence.last] if t.text[:1].isalpha()]
            shouting = bool(len(words) > 2 and all(t.text.isupper() for t in words))
            k = sentence.first
            while k < sentence.last:
                mention = self.at.get(k)
                if mention is not None:
                    if mention.kind == "person":
                        yield mention.first, mention.last
                    k = mention.last
                    continue
                if shouting or not self._name_word(k, k == sentence.first):
                    k += 1
                    continue
                end = k + 1
                while end < sentence.last:
                    if self._name_word(end, False):
                        end += 1
                    elif (
                        (tokens[end].lower in self.words["particles"] or tokens[end].text in ("-", "‑"))
                        and end + 1 < sentence.last
                        and tokens[end].lower not in ("the",)
                        and (
                            self._name_word(end + 1, False)
                            or self._particle_pair(end, sentence.last)
                            or (
                                tokens[end].text == "-"
                                and tokens[end + 1].text.isalpha()
                                and tokens[end + 1].pos == "PROPN"
                            )
                        )
                        and (tokens[end].text not in ("-", "‑") or tokens[end].start == tokens[end - 1].end)
                    ):
                        end += 2
                    else:
                        break
                while end > k + 1 and (
                    tokens[end - 1].text in ("-",) or tokens[end - 1].lower in self.words["particles"]
                ):
                    end -= 1
                follows = self.at.get(end)
                if end - k <= 6 and not (follows is not None and follows.kind == "person"):
                    yield k, end
                k = end

    def _particle_pair(self, k: int, last: int) -> bool:
        return (
            k + 2 < last
            and self.tokens[k + 1].lower in (*self.words["particles"], "-")
            and self._name_word(k + 2, False)
        )

    def _name_word(self, k: int, first: bool) -> bool:
        token = self.tokens[k]
        if k in self.at or k in self.title_at or not token.text[0].isupper() or not token.text[0].isalpha():
            return False
        if token.lower in self.words["not_names"] or token.lower in self.words["honorifics"]:
            return False
        if token.lower in ("may", "march") and token.pos != "PROPN":
            return False
        if len(token.text) > 1 and token.text.isupper() and len(token.text) <= 5 and not token.text.endswith("."):
            return False  # an abbreviation
        if token.pos == "PROPN":
            return True
        if first:
            key = name_key(token.text)
            known = key in self.known.by_short or any(key in name_key(p.name).split() for p in self.people)
            return known and token.pos in ("NOUN", "X", "ADJ")
        if token.pos == "INTJ" and k + 1 < len(self.tokens) and self.tokens[k + 1].pos == "PROPN":
            return True
        return token.pos in ("NOUN", "X", "ADJ", "VERB", "ADV") and (
            name_key(token.text) in self.known.by_short
            or (k > 0 and self.tokens[k - 1].lower in self.known.given_names)
        )

    def _name(self, chunk: tuple[int, int]) -> None:
        first, last = chunk
        title = self._title_beside(first, last)
        words = [t.text for t in self.tokens[first:last] if t.text not in ("-", "‑")]
        key = name_key(" ".join(t.text for t in self.tokens[first:last]))
        via: Via = "name"
        person: Person | None = None
        figure, part = self._figure(key, title)
        if figure is not None:
            person = self._person_of(figure)
        if person is None:
            person = self._on_page(key, title)
        if person is None and len(words) == 1:
            figure = self._by_short(key, title)
            person = self._person_of(figure) if figure else None
        if person is None:
            figure = self._repaired(words, title, chunk)
            if figure is not None:
                person = self._person_of(figure)
                via = "name" if self._as_written(figure, words) else "repair"
        if person is None and (title is not None or self._like_a_person(chunk) or self._described_by_nation(chunk)):
            person = Person(
                name=self.parsed.text[self.tokens[first].start : self.tokens[last - 1].end],
                keys={key.split()[-1]},
                actor=None,
                sector=None,
                office=None,
                role=None,
                gender="",
                wikidata=None,
                known=None,
            )
            self.people.append(person)
        if person is None:
            return
        if part and part < len(key.split()):
            first = last - part if self._figure(" ".join(key.split()[-part:]), None)[0] else first
        person.keys.add(key.split()[-1])
        if title is not None:
            self._learn(person, title)
            title.named = True
            title.people.append(person)
            self.title_of[first, last] = title
        if person.actor is None and last + 1 < len(self.tokens) and self.tokens[last].lower in ("of", "from", "("):
            # "Jan Kral of Czechia"
            state = self.at.get(last + 1) or (self.at.get(last + 2) if self.tokens[last + 1].lower == "the" else None)
            if state is not None and state.kind in ("state", "organisation"):
                person.actor = state.code
        if person.actor is None:
            person.actor = self._nationality(last - 1)
        self._learn_gender(person, first, title)
        if via == "name" and person.known is not None and not self._spelling_known(person.known, key):
            via = "repair"
        for k in range(first, last):
            self.person_at[k] = person
            self.via_at[k] = via
            self.chunk_at[k] = (first, last)
        if title is not None:
            for k in range(title.first, title.last):
                if self.title_at.get(k) is not title:
                    continue
                self.person_at.setdefault(k, person)
                self.chunk_at.setdefault(k, (first, last))
                self.via_at.setdefault(k, via)

    def _described_by_nation(self, chunk: tuple[int, int]) -> bool:
        """Two capitalised words with a nationality and a common noun for a person beside them."""
        first, last = chunk
        if last - first < 2 or self._nationality(last - 1) is None:
            return False
        before = self.tokens[first - 1] if first else None
        apposed = self.parsed.kids(last - 1, "appos")
        return bool(
            (before is not None and before.pos == "NOUN" and before.dep == "compound")
            or any(t.pos == "NOUN" for t in apposed)
        )

    def _nationality(self, k: int) -> str | None:
        """ "Swedish activist Alva Berg", "Pavel Novak, a Czech engineer": whose somebody without an office is."""
        around = [k, *(t.i for t in self.parsed.kids(k, "appos"))]
        if self.tokens[k].dep == "appos":
            around.append(self.tokens[k].head)
        for i in around:
            for t in self.parsed.kids(i, "amod", "compound", "nmod", "poss"):
                mention = self.at.get(t.i)
                if mention is not None and mention.kind in ("adjective", "state") and not mention.bound:
                    return mention.code
        return None

    def _as_written(self, figure: Figure, words: Sequence[str]) -> bool:
        """ "James B. Comey": no other spelling, only a longer one."""
        forms = {figure.name, *(s for t in figure.terms for s in t.spellings)}
        keys = [name_key(form).split() for form in forms]
        return len(words) > 1 and any((name_key(words[0]), name_key(words[-1])) == (k[0], k[-1]) for k in keys)

    def _spelling_known(self, figure: Figure, key: str) -> bool:
        last = key.rsplit(maxsplit=1)[-1]
        forms = {figure.name, *(s for t in figure.terms for s in (*t.spellings, *t.short))}
        return any(last in name_key(f).split() for f in forms)

    def _figure(self, key: str, title: Title | None) -> tuple[Figure | None, int]:
        """A person of the tables by full name, and how many words at the end of `key` name them."""
        words = key.split()
        for size in range(len(words), 1, -1):
            for start in (len(words) - size, 0):
                found = self.known.by_full.get(" ".join(words[start : start + size]))
                if found:
                    return self._best(found, title), size
        if len(words) == 1 and words[0] in self.known.by_full:
            return None, 0
        return None, 0

    def _best(self, figures: Sequence[Figure], title: Title | None) -> Figure:
        """Of several people of one name: whose state stands beside, whose state is on the page, who is in office."""

        def fit(figure: Figure) -> tuple[int, int, int]:
            term = figure.term(self.date)
            beside = int(bool(title and (term.actor in title.codes)))
            return beside, int(figure.active(self.date, slack_years=1)), self.page_codes.get(term.actor, 0)

        return max(figures, key=fit)

    def _on_page(self, key: str, title: Title | None) -> Person | None:
        """The latest person on the page with this last name, or this whole name."""
        words = key.split()
        if len(words) == 2 and words[0] in self.words["particles"]:
            words = words[1:]  # "Al-Sa'doun" after "Abdul Karim al-Saadoun"
        for person in reversed(self.people):
            full = name_key(person.name).split()
            alike = person.known is None and any(_same_sound(words[-1], key) for key in person.keys)
            if alike or words[-1] in person.keys or (len(words) == 1 and len(full) > 1 and words[0] in (full[-1],)):
                # "Cheikh Ould Sabar", later "Ould Sabar"
                if 1 < len(words) < len(full) and full[-len(words) :] == words:
                    return person
                if len(words) > 1 and len(full) > 1 and not _given_agree(words[0], full[0]):
                    continue
                if len(words) > 1 and len(full) == 1:
                    person.name = person.name if person.known else " ".join(w.capitalize() for w in words)
                if title is not None and title.codes and person.actor and person.actor not in title.codes:
                    continue
                return person
        return self._by_other_part(words, title)

    def _by_other_part(self, words: list[str], title: Title | None) -> Person | None:
        """Somebody called by the first part of the name: "Nurlan Askarovich", "Minister Tran", "Kerekes" of Hungary."""
        found = []
        for person in self.people:
            full = name_key(person.name).split()
            other = title is not None and title.codes and person.actor and person.actor not in title.codes
            begins = len(words) < len(full) and full[: len(words)] == words and len(words[0]) > 2
            if person.known is None and begins and not other:
                found.append(person)
        return found[0] if len(found) == 1 else None

    def _by_short(self, key: str, title: Title | None) -> Figure | None:
        """A person of the tables by the short form the press uses, when the page speaks of their state or office."""
        figures = self.known.by_short.get(key)
        if not figures:
            return None
        fits = []
        for figure in figures:
            term = figure.term(self.date)
            if not figure.active(self.date, slack_years=4):
                continue
            beside = bool(title and (term.actor in title.codes or (title.office and title.office == term.office)))
            contradicted = bool(title and title.codes and term.actor not in title.codes)
            on_page = self.page_codes.get(term.actor, 0)
            famous = len(figures) == 1 and LEVEL.get(term.office, 0) >= 4 and len(key) > 3 and figure.active(self.date)
            if contradicted or not (beside or on_page or famous):
                continue
            if key in self.known.common_names and not beside:
                continue
            fits.append(((beside, figure.active(self.date), LEVEL.get(term.office, 0), on_page), figure))
        if not fits:
            return None
        fits.sort(key=lambda f: f[0], reverse=True)
        if len(fits) > 1 and fits[0][0] == fits[1][0]:
            return None
        return fits[0][1]

    def _person_of(self, figure: Figure) -> Person:
        for person in self.people:
            if person.known is figure:
                return person
        term = figure.term(self.date)
        holds = figure.active(self.date)
        person = Person(
            name=figure.name,
            keys={name_key(s).split()[-1] for s in (figure.name, *(x for t in figure.terms for x in t.short))},
            actor=term.actor,
            sector=(term.sector or None) if holds else ("ELI" if term.sector else None),
            office=term.office if holds else None,
            role=term.title or None,
            gender=figure.gender,
            sure=bool(figure.gender),
            wikidata=term.wikidata or None,
            known=figure,
        )
        self.people.append(person)
        return person

    def _like_a_person(self, chunk: tuple[int, int]) -> bool:
        first, last = chunk
        tokens = self.tokens
        if first and tokens[first - 1].lower in self.words["honorifics"]:
            return True
        if tokens[first].lower in self.known.given_names and last - first > 1:
            return True
        above = self.parsed.head(last - 1)
        if last - first > 1 and (
            (tokens[last - 1].dep == "nsubj" and above.lemma in ("say", "tell", "add"))
            or (above.dep == "agent" and self.parsed.head(above.i).lemma in self.words["headed"])
        ):
            return True
        return (
            last < len(tokens)
            and last - first > 1
            and tokens[last].text == ","
            and tokens[min(last + 1, len(tokens) - 1)].text.isdigit()
        )

    def _title_beside(self, first: int, last: int) -> Title | None:
        """The title tied to a name: right before it, or in apposition on either side."""
        tokens = self.tokens
        before = first - 1
        sentence = self.parsed.sentence_of(first)
        while before >= sentence.first and (
            tokens[before].lower in self.words["honorifics"] or tokens[before].text in ("“", '"')
        ):
            before -= 1
        title = self.title_at.get(before) if before >= sentence.first else None
        if title is None and before > sentence.first and tokens[before].lower in ("and", ","):
            # "Presidents Putin and Xi"
            earlier = self.person_at.get(before - 1)
            owner = self.at.get(before - 1)
            if earlier is None and owner is not None and tokens[owner.first - 1].lower == "of":
                earlier = self.person_at.get(owner.first - 2)  # "Presidents Bagayoko of Mali and Kafando of ..."
            plural = next((t for t in reversed(self.titles) if t.first < before and earlier in t.people), None)
            if plural is not None and plural.plural and earlier is not None:
                title = plural
        if title is None and before >= sentence.first and before in self.at and self.at[before].kind != "person":
            title = self._title_across(before, sentence.first)
        if title is not None and title.kind != "person":
            # "the spokeswoman of the mission Ingrid Sollberger"
            title = self._title_across(title.first - 1, sentence.first, stateless=True) or title
        if title is not None and title.kind != "body" and not (title.plural and not self._joined_after(title, first)):
            return title
        # "Sergei Lavrov, Russia's foreign minister," / "Sergei Lavrov (Russian foreign minister)"
        if last < sentence.last and tokens[last].text in (",", "(", "-", "–", "—"):
            k = last + 1
            while k < min(last + 8, sentence.last):
                title = self.title_at.get(k)
                if title is not None and title.kind == "person" and not title.plural:
                    follows = title.last
                    through = False  # "the envoy for the Sahel": what follows "for" is no name of a person
                    while follows < sentence.last and (
                        tokens[follows].lower in ("of", "for", "to", "at", "in", "the")
                        or follows in self.at
                        or (tokens[follows].pos in ("ADJ", "NOUN", "PROPN") and (follows in self.title_at or through))
                    ):
                        through = through or tokens[follows].lower in ("of", "for", "to", "at", "in")
                        follows += 1
                    own_name = follows < sentence.last and self._name_word(follows, False)
                    closes = follows >= sentence.last or tokens[follows].text in (
                        ",",
                        ".",
                        ")",
                        "-",
                        "–",
                        "—",
                        ";",
                        ":",
                        "”",
                        '"',
                    )
                    apposed = tokens[title.head].dep == "appos" or tokens[last].text == "("
                    if not own_name and (closes or apposed):
                        return title
                    break
                if (
                    k in self.at
                    or tokens[k].pos in ("DET", "ADJ", "ADV", "PART", "NOUN")
                    or tokens[k].tag in ("POS", "PRP$")
                ):
                    k += 1
                    continue
                break
        # "the Kremlin spokesman, Dmitry Peskov,"
        edge = first
        while edge - 1 > sentence.first and tokens[edge - 1].lower in self.words["honorifics"]:
            edge -= 1
        if edge - 2 >= sentence.first and tokens[edge - 1].text == ",":
            k = edge - 2
            for _ in range(10):
                beside = self.title_at.get(k)
                if k < sentence.first or (beside is not None and beside.kind == "person"):
                    break
                if beside is not None:
                    k = beside.first - 1
                elif k in self.at and self.at[k].kind != "person":
                    k = self.at[k].first - 1
                elif tokens[k].lower in ("of", "for", "the", "to", "at", "in"):
                    k -= 1
                else:
                    break
            title = self.title_at.get(k)
            closes = last >= sentence.last or tokens[last].text in (",", ".", ")", ";") or last in self.title_at
            if title is not None and title.kind == "person" and not title.plural and not title.named and closes:
                definite = tokens[title.head].dep != "appos" or tokens[title.head].head == last - 1
                if definite and not any(self.person_at.get(j) for j in (title.head,)):
                    return title
        return None

    def _title_across(self, before: int, first: int, *, stateless: bool = False) -> Title | None:
        """ "the foreign minister of the Czech Republic Jan Kralik": a title whose state stands before the name."""
        k = before
        while k >= max(first, before - 8):
            mention = self.at.get(k)
            title = self.title_at.get(k)
            if title is not None and mention is None:
                if title.kind != "person" and title.first > first:
                    k = title.first - 1
                    continue  # "the head of the ministry of Finland Pirkko Salminen"
                free = title.kind == "person" and not title.plural and not title.named
                return title if free and (title.codes or stateless) else None
            if mention is not None and mention.kind != "person":
                k = mention.first - 1
            elif self.tokens[k].lower in ("of", "the", "for", "at", "to", "in"):
                k -= 1
            else:
                return None
        return None

    def _joined_after(self, title: Title, first: int) -> bool:
        """ "Presidents Putin and Xi": a plural title before joined names."""
        return title.last == first or self.tokens[first - 1].lower in ("and", ",")

    def _learn(self, person: Person, title: Title) -> None:
        """What a title beside the name tells: the page's own words come before the tables."""
        person.told.update(title.role.lower().split())
        other = next((t for t in person.known.terms if t.actor in title.codes), None) if person.known else None
        if title.codes and other is not None and person.actor not in title.codes and not self.date:
            # without a date the title tells which of somebody's offices is meant
            person.actor, person.sector = other.actor, other.sector or None
            person.office, person.role = other.office, other.title or None
        if title.codes:
            new = person.known is None and len(title.codes) == 1
            moved = person.actor not in title.codes and person.known is not None and not person.known.active(self.date)
            if person.actor is None or new or moved:
                person.actor = title.codes[0]
        counterpart = self.tokens[title.head].lemma.lower() in self.words["counterparts"]
        if title.office or not counterpart:
            if person.role is None or person.known is None:
                person.role = title.role.removesuffix("s") if title.plural else title.role
            if title.former:
                person.sector = "ELI"
            elif person.sector in (None, "ELI") or person.known is None:
                person.sector = title.sector or person.sector
            if title.office and (person.known is None or person.office is None) and not title.former:
                person.office = title.office

    def _gender_of_name(self, name: str) -> str:
        """What the given name tells: the first one, or in "Seo Min-gyu" and "Kerekes Balázs" the last."""
        words = name.split()
        if len(words) < 2:
            return ""
        known = self.known.gender_of
        first = name_key(words[0])
        return known.get(first) or known.get(name_key(words[-1])) or known.get(first.split()[0]) or ""

    def _learn_gender(self, person: Person, first: int, title: Title | None) -> None:
        if person.sure:
            return
        person.gender = person.gender or self._gender_of_name(person.name)
        words = {self.tokens[k].lower for k in range(max(0, first - 2), first)}
        if title is not None:
            words |= {self.tokens[k].lower for k in range(title.first, title.last)}
        if words & self.words["feminine_titles"]:
            person.gender, person.sure = "f", True
        elif words & self.words["masculine_titles"]:
            person.gender, person.sure = "m", True


def _same_sound(a: str, b: str) -> bool:
    """One page may spell one last name in two ways ("Pomeo", "Pompeo"); a final a makes it another's (Ivanova)."""
    one, other = sound_key(a), sound_key(b)
    if min(len(one), len(other)) < 5 or one[0] != other[0]:
        return False
    return one == other or (_one_edit(one, other) and one + "a" != other and other + "a" != one)


def _given_agree(a: str, b: str) -> bool:
    return a == b or sound_key(a) == sound_key(b) or (a[0] == b[0] and (len(a) == 1 or len(b) == 1)) or _one_edit(a, b)


def _one_edit(a: str, b: str) -> bool:
    """Damerau-Levenshtein distance of at most one."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    i = 0
    while i < min(len(a), len(b)) and a[i] == b[i]:
        i += 1
    if len(a) == len(b):
        return a[i + 1 :] == b[i + 1 :] or (a[i : i + 2] == b[i : i + 2][::-1] and a[i + 2 :] == b[i + 2 :])
    return a[i + 1 :] == b[i:] if len(a) > len(b) else a[i:] == b[i + 1 :]
