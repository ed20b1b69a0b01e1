"""Who somebody of the page is, by office, state or table; and the flow of those told of so far."""

from __future__ import annotations

import msgspec

from dragoman.find.who.retold import RetoldPage
from dragoman.find.who.titles import HEADS, MANY, Person, Seen, Title
from dragoman.records import Participant, Span, Via


class PeoplePage(RetoldPage):
    def _note(
        self, k: int, who: tuple[Participant, ...], person: Person | None, plural: bool, light: bool = False
    ) -> None:
        token = self.tokens[k]
        weight = {"nsubj": 4.0, "nsubjpass": 3.5, "agent": 2.5, "dobj": 2.0, "pobj": 1.5, "conj": 1.5, "poss": 1.2}.get(
            token.dep, 1.0
        )
        top = token
        if token.dep in ("compound", "appos", "conj") and self.tokens[token.head].dep in ("nsubj", "nsubjpass"):
            top = self.tokens[token.head]
            weight = 4.0 if token.dep != "conj" else 2.5
        beside = self.title_of.get(self.chunk_at[k]) if person is not None and k in self.chunk_at else None
        if beside is not None and token.dep == "pobj" and self.tokens[beside.head].dep in ("nsubj", "nsubjpass"):
            # "the President of Ecuador Ramiro Cevallos broke": the parser hangs the name on "of"
            top = self.tokens[beside.head]
            weight = 4.0
        if top.dep in ("nsubj", "nsubjpass"):
            verb = self.tokens[top.head]
            if verb.dep in ("relcl", "acl", "advcl", "ccomp", "pcomp"):
                weight -= 1.5
            if verb.lemma in ("say", "tell", "add", "stress", "note", "state", "warn", "urge", "declare", "announce"):
                weight += 1.0
        elif token.dep == "pobj" and self.tokens[token.head].lower == "to":
            above = self.tokens[self.tokens[token.head].head]
            if "according" in (above.lower, self.tokens[max(0, token.head - 1)].lower):
                weight = 4.5
        if light:
            weight = 0.5
        if token.dep == "conj":
            first = token
            while first.dep == "conj" and first.head != first.i:
                first = self.tokens[first.head]
            codes = [
                p.actor for i in self._conjuncts(first.i) for p in self.who.get(i, ()) if p.actor and len(p.actor) == 3
            ]
            if len(set(codes)) > 1:
                self.pairs.append((token.sentence, list(dict.fromkeys(codes))))
        elif plural and len(who) > 1:
            self.pairs.append((token.sentence, [p.actor for p in who if p.actor]))
        self.flow.append(Seen(k, token.sentence, who, person, plural, weight))
        for one in who:
            self.first_told.setdefault(one.actor, len(self.first_told))

    def _conjuncts(self, k: int) -> list[int]:
        """A word and all that is joined on to it."""
        out = [k]
        for t in self.parsed.kids(k, "conj"):
            out.extend(self._conjuncts(t.i))
        return out

    def _person_record(self, person: Person, first: int, last: int, via: Via) -> Participant:
        return self._as_person(person, (self.tokens[first].start, self.tokens[last - 1].end), via)

    def _as_person(self, person: Person, span: Span, via: Via) -> Participant:
        return Participant(
            actor=person.actor,
            sector=person.sector,
            name=person.name or None,
            role=person.role,
            text=self.parsed.text[span[0] : span[1]],
            span=span,
            via=via,
            wikidata=person.wikidata,
            office=person.office,
        )

    def _unnamed(self, code: str, title: Title) -> Person:
        """Somebody told of by office alone ("the Israeli ambassador"), so that "him" and "the diplomat" can go back."""
        if not self._indefinite(title):
            for seen in reversed(self.flow):
                known = seen.person
                if known is None or known.name or known.actor != code:
                    continue
                if (known.office, (known.role or "").lower()) == (title.office, title.role.lower()):
                    return known
        words = {w.lower() for w in title.role.split()}
        gender = "f" if words & self.words["feminine_titles"] else "m" if words & self.words["masculine_titles"] else ""
        return Person(
            name="",
            keys=set(),
            actor=code,
            sector="ELI" if title.former and title.sector == "GOV" else title.sector,
            office=None if title.former else title.office,
            role=title.role,
            gender=gender,
            wikidata=None,
            known=None,
        )

    def _indefinite(self, title: Title) -> bool:
        return any(
            self.tokens[k].lower in ("a", "an", "another", "one", "some", "any", "deputy", "senior")
            for k in range(max(0, title.first - 4), title.first)
            if self.tokens[k].head in (title.head, self.tokens[title.head].head)
        )

    def _in_office(self, code: str, office: str | None) -> Person | None:
        """Who holds the office for that actor: somebody of the page, else the tables at the date."""
        if not office:
            return None
        for person in reversed(self.people):
            some = office == "minister" and self._is_minister(person)
            if person.actor == code and (some or person.office == office):
                return person
        if not self.date or office in MANY:
            return None
        held = [
            (term, figure)
            for term, figure in self.known.holders.get((code, office), ())
            if term.from_ <= self.date[: len(term.from_)]
            and (not term.to or self.date[: len(term.to)] <= term.to)
            # a year alone does not tell who held it on the day
            and len(term.from_) > 4
            and (not term.to or len(term.to) > 4)
        ]
        return self._person_of(held[0][1]) if len(held) == 1 else None

    def _head_of(self, code: str) -> Person | None:
        """Who leads a state, as far as the page tells, else the tables at the date."""
        heads = [p for p in self.people if p.actor == code and p.office in HEADS]
        if heads:
            return heads[-1]
        for seen in reversed(self.flow):
            told = seen.person
            if told is not None and told.actor == code and told.office in HEADS:
                return self._in_office(code, told.office) or told
        held = [
            self._in_office(code, office) for office in ("supreme-leader", "president", "prime-minister", "chancellor")
        ]
        return next((p for p in held if p is not None), None)

    def _is_minister(self, person: Person) -> bool:
        office = self.known.offices.get(person.office or "")
        return office is not None and office.level == "minister"

    def _subjects(self, k: int) -> set[int]:
        """Who does what is done to word `k`: an object is somebody else."""
        doers = {t.i for t in self.parsed.kids(self._clause(k), "nsubj", "nsubjpass") if t.i != k}
        doers |= {a.i for t in doers for a in self.parsed.kids(t, "appos")}
        return {id(s.person) for s in self.flow[-12:] if s.token in doers and s.person is not None}

    def _doers(self, k: int) -> set[str | None]:
        """The actors who do what is told in the clause of word `k`, that word aside."""
        return {p.actor for t in self.parsed.kids(self._clause(k), "nsubj") if t.i != k for p in self.who.get(t.i, ())}

    def _clause(self, k: int) -> int:
        for above in self.parsed.ancestors(k):
            if above.pos in ("VERB", "AUX"):
                return above.i
        return k

    def _spoken_of(self, code: str, title: Title, k: int) -> Person | None:
        """The one person of that actor told of lately whom the words may mean: "the Malaysian politician"."""
        wanted = self.known.offices[title.office].level if title.office in self.known.offices else None
        found: list[Person] = []
        for seen in reversed(self.flow):
            person = seen.person
            if self.tokens[k].sentence - seen.sentence > 6:
                break
            if person is None or not person.name or person.actor != code or person in found:
                continue
            own = self.known.offices[person.office].level if person.office in self.known.offices else None
            plain = title.office in (None, "head", "official", "diplomat") or person.office is None
            plain = plain or self.tokens[title.head].lemma.lower() in (person.role or "").lower().split()
            if plain or wanted == own or title.office == person.office:
                found.append(person)
        return found[0] if len(found) == 1 else None

    def _once(self, code: str, office: str | None) -> Person | None:
        """ "The former Dutch prime minister": somebody told of who held that office, whatever they hold now."""
        for seen in reversed(self.flow):
            figure = seen.person.known if seen.person is not None else None
            if figure is not None and any((t.actor, t.office) == (code, office) for t in figure.terms):
                return seen.person
        return None

    def _title_span(self, title: Title) -> Span:
        first = min([title.first, *(m for m in title.modifiers if m < title.first)])
        while (
            first > 0
            and first - 1 >= self.parsed.sentence_of(first).first
            and (self.at.get(first) is self.at.get(first - 1) is not None)
        ):
            first -= 1
        k = first - 1
        while (
            k >= self.parsed.sentence_of(title.first).first
            and self.tokens[k].pos in ("DET", "NUM", "ADJ")
            and title.first - k < 7
        ):
            first = k
            k -= 1
        last = max([title.last - 1, *title.modifiers])
        return self.tokens[first].start, self.tokens[last].end

    def _described(
        self, code: str, title: Title, span: Span, person: Person | None, via: Via | None = None
    ) -> Participant:
        if person is not None:
            return self._as_person(person, span, via or "role")
        state = self.tokens[title.head].lemma.lower() in self.words["state_words"]
        return Participant(
            actor=code,
            sector=None if state else "ELI" if title.former and title.sector == "GOV" else title.sector,
            name=(self.known.state_names.get(code) or self.known.body_names.get(code)) if state else None,
            role=None if state else title.role,
            text=self.parsed.text[span[0] : span[1]],
            span=span,
            via=via or ("role" if title.office else "description"),
            office=title.office,
        )


def at(who: Participant, span: Span, via: Via, text: str) -> Participant:
    """The same participant, named by other words."""
    return msgspec.structs.replace(who, text=text[span[0] : span[1]], span=span, via=via)
