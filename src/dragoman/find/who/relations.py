"""People by how they stand to others: "her counterpart", "the host", "his predecessor", "the Montenegrin"."""

from __future__ import annotations

from itertools import islice

from dragoman.find.base import Mention
from dragoman.find.who.bodies import BodyPage
from dragoman.find.who.titles import MANY, Person, Title
from dragoman.records import Participant, Span

_MEETING = frozenset(["host", "guest", "visitor"])


class RelationPage(BodyPage):
    def _counterpart(self, title: Title, span: Span) -> tuple[tuple[Participant, ...], Person | None]:
        """ "His Russian counterpart", "her counterpart", "their hosts"."""
        owner: Person | None = None
        owners: tuple[Participant, ...] = ()
        for token in self.parsed.kids(title.head, "poss"):
            owner = self.person_at.get(token.i)
            if owner is None:
                owners, owner = self._pronoun(token)
            break
        office = owner.office if owner else None
        meets = self.tokens[title.head].lemma.lower() in _MEETING
        if title.codes:
            code = title.codes[0]
            if title.plural:
                return tuple(self._described(c, title, span, None) for c in title.codes), None
            person = self._in_office(code, office) if office else None
            if person is None and not office:
                candidates = [p for p in self.people if p.actor == code and p is not owner]
                person = candidates[-1] if len(candidates) == 1 else None
            if person is None:
                person = self._spoken_of(code, title, title.head)
            if person is not None:
                return (self._as_person(person, span, "role"),), person
            return (
                Participant(actor=code, sector=(owner.sector if owner else None) or title.sector or "GOV", name=None,
                            role=title.role, text=self.parsed.text[span[0] : span[1]], span=span, via="description",
                            office=office),
            ), None  # fmt: skip
        if owner is None and not owners:
            definite = any(t.lower == "the" for t in self.parsed.kids(title.head, "det"))
            if title.plural and definite and meets:
                met = self._other_state(
                    title.head, self._doers(title.head) or set(self._last_state(self.tokens[title.head].sentence))
                )
                return ((self._described(met, title, span, None, "description"),), None) if met else ((), None)
            other = self._opposite(title)
            return ((self._as_person(other, span, "role"),), other) if other else ((), None)
        mine = {owner.actor} if owner else {p.actor for p in owners}
        if title.plural and meets:
            met = self._other_state(title.head, set(mine))
            return ((self._described(met, title, span, None, "description"),), None) if met else ((), None)
        for seen in reversed(self.flow[-40:]):
            other = seen.person
            if other is None or other is owner or not other.actor or other.actor in mine:
                continue
            if meets or office is None or other.office is None or other.office == office:
                return (self._as_person(other, span, "role"),), other
        return (), None

    def _opposite(self, title: Title) -> Person | None:
        """ "The guest", "the host", "the colleague" without a word whose: one of the last two who met."""
        token = self.tokens[title.head]
        if title.plural or not any(t.lower == "the" for t in self.parsed.kids(title.head, "det")):
            return None
        pair: list[Person] = []
        host: Person | None = None
        guest: Person | None = None
        for seen in reversed(self.flow):
            if token.sentence - seen.sentence > 3 or (len(pair) >= 2 and host is not None):
                break
            person = seen.person
            if person is None or not person.actor or (seen.sentence == token.sentence and seen.token > token.i):
                continue
            if person not in pair:
                pair.append(person)
            word = self.tokens[seen.token]
            while word.dep in ("appos", "compound", "conj") and word.head != word.i:
                word = self.tokens[word.head]
            acts = word.dep == "nsubj" or (word.dep == "pobj" and self.tokens[word.head].dep == "agent")
            if not acts and word.dep not in ("dobj", "nsubjpass"):
                continue
            verb = self.tokens[self._clause(word.i)].lemma.lower()
            if verb in self.words["host_verbs"]:
                host, guest = (person, guest) if acts else (host, person)
            elif verb in self.words["guest_verbs"] and acts:
                guest = person
        pair = pair[:2][::-1]  # as they came
        if len(pair) < 2 or pair[0].actor == pair[1].actor:
            return None
        lemma = token.lemma.lower()
        if lemma in _MEETING:
            wanted, known = (host, guest) if lemma == "host" else (guest, host)
            if wanted is not None:
                return wanted
            return next((p for p in pair if p is not known), None) if known is not None else None
        subjects = self._subjects(title.head)
        return next((p for p in reversed(pair) if id(p) not in subjects), None)

    def _related(self, title: Title, span: Span) -> tuple[Participant, ...]:
        """ "Its neighbour": the other of two states; whom several neighbours are, nobody can tell."""
        owners = [t for t in self.parsed.kids(title.head, "poss") if t.tag == "PRP$"]
        if title.plural or not owners or (title.last < len(self.tokens) and self.tokens[title.last].lower == "of"):
            return ()
        mine = {p.actor for t in owners for p in self._pronoun(t)[0]} or set(self._last_state(owners[0].sentence))
        other = self._other_state(title.head, mine) if mine else None
        return (self._described(other, title, span, None),) if other else ()

    def _friendly(self, title: Title, span: Span) -> tuple[Participant, ...]:
        """ "The friendly country": the other one of two."""
        if not any(t.lower in self.words["friendly"] for t in self.parsed.kids(title.head, "amod")):
            return ()
        mine = (self._doers(title.head) - {None}) or set(self._last_state(self.tokens[title.head].sentence))
        other = self._other_state(title.head, mine) if mine else None
        return (self._described(other, title, span, None),) if other else ()

    def _visited(self, title: Title, span: Span) -> tuple[Participant, ...]:
        """ "She is the first minister to visit the country": the one she came to, not her own."""
        verbs = [t.lemma.lower() for t in islice(self.parsed.ancestors(title.head), 3)]
        if not any(v in self.words["reaching"] | self.words["moving"] for v in verbs):
            return ()
        mine: set[str | None] = set()
        for above in self.parsed.ancestors(title.head):
            for t in self.parsed.kids(above.i, "nsubj", "nsubjpass", "poss"):
                mine |= {p.actor for p in self.who.get(t.i, ())}
        codes = [m.code for m in self.mentions if m.first < title.head and m.code and len(m.code) == 3]
        near = [c for c in codes[-6:] if c not in mine]
        return (self._described(near[-1], title, span, None, "sentence"),) if mine and near else ()

    def _of_another(self, title: Title) -> bool:
        """ "The neighbours of Ghana", "its rivals", "Iran's allies" are others than those whom the words name."""
        if title.last < len(self.tokens) and self.tokens[title.last].lower == "of":
            return True
        return any(t.dep == "poss" for t in self.parsed.kids(title.head))

    def _before_or_after(self, title: Title, span: Span, lemma: str) -> tuple[tuple[Participant, ...], Person | None]:
        """ "His predecessor": who held the office before, as far as the tables tell; at least of which state."""
        owner: Person | None = None
        for token in self.parsed.kids(title.head, "poss"):
            owner = self.person_at.get(token.i) or self._pronoun(token)[1]
        if owner is None or not owner.actor:
            return (), None
        terms = sorted(self.known.holders.get((owner.actor, owner.office or ""), ()), key=lambda held: held[0].from_)
        own = [n for n, (_, figure) in enumerate(terms) if figure is owner.known]
        if owner.known is not None and self.date and own:
            begun = [n for n in own if terms[n][0].from_ <= self.date[: len(terms[n][0].from_)]]
            place = (begun or own)[-1] + (-1 if lemma == "predecessor" else 1)
            if 0 <= place < len(terms):
                person = self._person_of(terms[place][1])
                return (self._as_person(person, span, "role"),), person
        someone = self._unnamed(owner.actor, title)
        return (self._described(owner.actor, title, span, None, "description"),), someone

    def _earlier(self, title: Title) -> Person | None:
        """The person last spoken of who holds the bare office ("the minister", "the spokesman", "the diplomat")."""
        wanted = title.office
        level = self.known.offices[wanted].level if wanted in self.known.offices else None
        lemma = self.tokens[title.head].lemma.lower()
        here = self.tokens[title.head].sentence
        doers = self._subjects(title.head)
        recent = sorted(
            (s for s in self.flow[-60:] if id(s.person) not in doers),
            key=lambda s: (min(s.weight, 4.0) - 1.2 * (here - s.sentence), s.token),
            reverse=True,
        )
        for seen in recent:
            person = seen.person
            near = here - seen.sentence <= 3
            if near and person is not None and person.role and person.role.lower().endswith(lemma) and not person.name:
                return person  # "a French diplomat ... the diplomat"
        for seen in recent:
            person = seen.person
            if person is None or not (person.office or person.role) or (person.sector == "ELI" and not title.former):
                continue
            if wanted and person.office == wanted:
                return person
            generic = wanted is None or wanted in MANY or wanted == "head" or person.office is None
            if person.role and generic and lemma in person.role.lower().split():
                return person
            if lemma in person.told and "deputy" not in person.told and "vice" not in person.told:
                return person  # "the crown prince ... the prince"
            own = self.known.offices[person.office].level if person.office in self.known.offices else None
            if wanted == "minister" and own == "minister":
                return person
            if (
                wanted is None
                and (lemma in ("leader", "politician", "official", "diplomat", "envoy", "statesman"))
                and own
            ):
                if lemma == "leader" and own not in ("head of state", "head of government"):
                    continue
                return person
            foreign = "foreign" in (person.office or "") or "mfa" in (person.role or "").lower()
            if wanted == "diplomat" and (own in ("envoy", "spokesperson") or foreign):
                return person
            if wanted == "spokesperson" and own == "spokesperson":
                return person
            if level and own == level and wanted not in MANY and level in ("spokesperson", "envoy"):
                return person
        return None

    def _national(self, mention: Mention, k: int) -> Person | None:
        """ "The Montenegrin thanked him": the one person of that state lately told of."""
        if mention.kind not in ("adjective", "nationals") or self.tokens[k].tag in ("NNS", "NNPS"):
            return None
        if mention.first == 0 or self.tokens[mention.first - 1].lower != "the":
            return None
        people: list[Person] = []
        for seen in reversed(self.flow):
            if self.tokens[k].sentence - seen.sentence > 3:
                break
            if seen.person is not None and seen.person.actor == mention.code and seen.person not in people:
                people.append(seen.person)
        return people[0] if len(people) == 1 else None
