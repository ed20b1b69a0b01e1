"""Who a noun phrase stands for: names, titles, seats, pronouns, "his counterpart", "the two ministers".

The story, once through the text:
1. offices and roles are found ("foreign minister", "troops"), each with the actors that modify it;
2. capitalised names are found and tied to an office beside them, to a person of the tables, to a person already
   on the page, or to a misspelt person of the tables (repair, under gates);
3. sentence by sentence, phrases without a name are tied to what was said before.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.find.base import Mention, References, participant_of
from dragoman.find.who.antecedents import Antecedents
from dragoman.find.who.titles import HEADS, MANY, Person, Title
from dragoman.lexicon.gazetteer import gazetteer
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed, Token
from dragoman.records import Participant, Span, Via


def resolve(
    parsed: Parsed, mentions: Sequence[Mention], lexicon: Lexicon, *, published: str | None = None
) -> References:
    """Who each phrase of the text stands for. `published` (ISO date) tells who held an office then."""
    return _Page(parsed, tuple(mentions), gazetteer(lexicon), published).resolve()


class _Page(Antecedents):
    def resolve(self) -> References:
        self._find_titles()
        self._find_names()
        self._name_the_rest()
        self._walk()
        return References(self.parsed, self.mentions, self.who, tuple(self.remarks))

    def _name_the_rest(self) -> None:
        """Names of states, bodies, seats and capitals stand for themselves."""
        for mention in self.mentions:
            if mention.kind == "person" or mention.bound or mention.code is None:
                continue
            head = mention.last - 1
            token = self.tokens[head]
            if mention.kind == "adjective" and not self._adjective_as_noun(token):
                continue
            if mention.kind == "capital" and self._is_where(mention):
                continue
            if mention.kind == "seat" and head in self.title_at and self.title_at[head].head != head:
                continue
            who = participant_of(mention, self.parsed)
            for k in range(mention.first, mention.last):
                self.who[k] = (who,)

    def _is_where(self, mention: Mention) -> bool:
        """ "in Lisbon", "near Kyiv": the town, not the government."""
        token = self.tokens[mention.last - 1]
        first = token
        while first.dep == "conj" and first.head != first.i:
            first = self.tokens[first.head]
        prep = self.tokens[first.head]
        return first.dep == "pobj" and prep.lower in _WHERE and not self._speaks_through(prep.i)

    def _speaks_through(self, prep: int) -> bool:
        """ "interest in Moscow" is no place; "in" after such nouns keeps the government."""
        return self.parsed.head(prep).lemma in ("confidence", "trust", "faith", "interest", "believe")

    def _adjective_as_noun(self, token: Token) -> bool:
        """ "The Chinese agreed": an adjective that heads its phrase."""
        return token.dep in ("nsubj", "nsubjpass", "pobj", "dobj", "conj", "agent") and not any(
            t.pos in ("NOUN", "PROPN") and t.i > token.i for t in self.parsed.kids(token.i, "compound", "appos")
        )

    def _walk(self) -> None:
        for sentence in self.parsed.sentences:
            self._remark_vague(sentence.first, sentence.last)
            k = sentence.first
            while k < sentence.last:
                self._visit(k)
                k += 1

    def _visit(self, k: int) -> None:
        token = self.tokens[k]
        person = self.person_at.get(k)
        if person is not None and k in self.chunk_at:
            first, last = self.chunk_at[k]
            if k == last - 1 and first <= k:
                self._place_counterpart(person, first)
                self._place_official(person, first)
                who: tuple[Participant, ...] = (self._person_record(person, first, last, self.via_at.get(k, "name")),)
                for j in range(first, last):
                    self.who[j] = who
                self._note(k, who, person, False)
                title = self.title_of.get((first, last))
                if title is not None and not title.plural:
                    self.who[title.head] = who
            elif k in self.title_at and k == self.title_at[k].head:
                named = self.title_at[k].people or [person]
                spans = {
                    id(self.person_at[c[0]]): c for c in self.chunk_at.values() if c[0] > k and c[0] in self.person_at
                }
                self.who[k] = tuple(
                    self._person_record(p, *spans.get(id(p), (first, last)), self.via_at.get(k, "name")) for p in named
                )
            return
        mention = self.at.get(k)
        if mention is not None:
            if k == mention.last - 1 and not mention.bound:
                if k in self.who:
                    self._note(k, self.who[k], None, False)
                elif mention.kind == "adjective" and mention.code and not self._modifies_title(k):
                    self._note(k, (participant_of(mention, self.parsed),), None, False, light=True)
            return
        title = self.title_at.get(k)
        if title is not None:
            if k == title.head:
                who, about = self._titled(title)
                if who:
                    self.who[k] = who
                    self._note(k, who, about, title.plural)
            return
        if token.pos == "PRON" or token.tag in ("PRP", "PRP$", "WP", "WDT"):
            who, about = self._pronoun(token)
            if who:
                self.who[k] = who
                self._note(k, who, about, len(who) > 1)
            return
        if token.pos in ("NOUN", "PROPN") and token.lemma.lower() in (
            self.words["igo_nouns"] | self.words["group_nouns"]
        ):
            who = self._same_organisation(k)
            if who:
                self.who[k] = who
                self._note(k, who, None, False)
            return
        if token.lemma.lower() in self.words["joint"] and token.tag in ("NNS", "NNPS"):
            who = self._joint(k)
            if who:
                self.who[k] = who
                self._note(k, who, None, True)
        elif token.lower == "both" and token.dep in ("nsubj", "nsubjpass", "pobj", "dobj"):
            who = self._joint(k)
            if who:
                self.who[k] = who

    def _place_official(self, person: Person, first: int) -> None:
        """ "China criticised the pact. Foreign ministry spokesman Li Wen said ...": of the state that acts before."""
        title = self.title_of.get(self.chunk_at[first])
        if (
            person.actor is not None
            or person.known is not None
            or title is None
            or title.sector not in ("GOV", "MIL", "LEG", "JUD", "COP")
        ):
            return
        token = self.tokens[first]
        for t in self.parsed.kids(self._clause(first), "prep"):
            # "met President X in Accra"
            for town in self.parsed.kids(t.i, "pobj"):
                mention = self.at.get(town.i)
                if t.lower == "in" and mention is not None and mention.kind == "capital" and title.office in HEADS:
                    person.actor = mention.code
                    return
        subject = any(t.dep in ("nsubj", "nsubjpass") for t in self.tokens[first : self.chunk_at[first][1]])
        for seen in reversed(self.flow):
            distance = token.sentence - seen.sentence
            if distance > 2:
                return
            if distance == 0 and not subject:
                continue  # whom somebody meets is of another state
            code = seen.who[0].actor if len(seen.who) == 1 and not seen.plural else None
            inside = seen.who[0].role is not None and distance == 0 and seen.token < first  # "of the department"
            if (seen.weight >= 2.5 or inside) and code and (len(code) == 3 or inside):
                if seen.person is None or (title.sector == "GOV" and distance > 0):
                    person.actor = code
                return

    def _modifies_title(self, k: int) -> bool:
        return self.tokens[k].head in self.title_at or k + 1 in self.title_at

    def _place_counterpart(self, person: Person, first: int) -> None:
        """ "Her Czech counterpart Jan Kral" holds the office that she holds."""
        title = self.title_at.get(first - 1) or self.title_at.get(first - 2)
        if title is None:
            return
        counterpart = self.tokens[title.head].lemma.lower() in self.words["counterparts"]
        if (person.office or person.actor is None) if counterpart else person.actor is not None:
            return
        for token in self.parsed.kids(title.head, "poss") or self.parsed.kids(self.tokens[title.head].head, "poss"):
            owner = self.person_at.get(token.i) or self._pronoun(token)[1]
            if owner is not None and owner is not person and not counterpart:
                person.actor = owner.actor  # "his spokeswoman Grace Mulenga"
                return
            if owner is not None and owner is not person:
                person.office, person.sector = owner.office, person.sector or owner.sector
                person.role = person.role or owner.role

    def _titled(self, title: Title) -> tuple[tuple[Participant, ...], Person | None]:
        """Who "the US Secretary of State", "the minister", "both presidents", "Russian troops" stand for."""
        span = self._title_span(title)
        head = self.tokens[title.head]
        lemma = head.lemma.lower()
        if lemma in self.words["counterparts"]:
            return self._counterpart(title, span)
        if not title.codes:
            own = self._owner(title)
            if own:
                title.codes = own
        if title.plural or title.kind != "person":
            if not title.codes:
                if lemma in self.words["joint"] or self._is_joint(title.head):
                    both = self._joint(title.head)
                    if both or title.plural:
                        return both, None
                if lemma in self.words["igo_nouns"] | self.words["group_nouns"]:
                    same = self._same_organisation(title.head)
                    if same:
                        return same, None
                return self._same_body(title, span) or self._local(title, span), None
            people = (
                [self._in_office(code, title.office) for code in title.codes] if title.office and title.plural else []
            )
            return tuple(
                self._described(code, title, span, (people[i] if i < len(people) and len(title.codes) > 1 else None))
                for i, code in enumerate(title.codes)
            ), None
        if title.codes:
            code = title.codes[0]
            person = None if title.former or self._indefinite(title) else self._in_office(code, title.office)
            if person is None and lemma == "leader" and not title.former and not self._indefinite(title):
                person = self._head_of(code)
            return (self._described(code, title, span, person),), person
        person = None if self._indefinite(title) else self._earlier(title)
        if person is not None:
            return (self._as_person(person, span, "role"),), person
        return self._local(title, span), None

    def _indefinite(self, title: Title) -> bool:
        return any(
            self.tokens[k].lower in ("a", "an", "another", "one", "some", "any", "deputy", "senior")
            for k in range(max(0, title.first - 4), title.first)
            if self.tokens[k].head in (title.head, self.tokens[title.head].head)
        )

    def _owner(self, title: Title) -> list[str]:
        """Actors of a person or pronoun that owns a title: "Putin's government", "the Trump administration"."""
        for token in self.parsed.kids(title.head, "poss", "compound", "nmod"):
            person = self.person_at.get(token.i)
            if person is not None and person.actor and title.kind != "person":
                return [person.actor]
            if token.dep == "poss" and token.i in self.who:
                codes = [p.actor for p in self.who[token.i] if p.actor]
                if codes:
                    return list(dict.fromkeys(codes))
            if token.dep == "poss" and token.tag == "PRP$":
                who, _ = self._pronoun(token)
                codes = [p.actor for p in who if p.actor]
                if codes and not title.plural:
                    return list(dict.fromkeys(codes))
        for prep in self.parsed.kids(title.head, "prep"):
            if (prep.lower == "of" and title.kind != "person") or (prep.lower in ("for", "of", "to") and title.office):
                # "the government of Bashar al-Assad", "the office of the president"
                for token in self.parsed.kids(prep.i, "pobj"):
                    owner = self.person_at.get(token.i)
                    if owner is not None and owner.actor:
                        return [owner.actor]
        return []

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

    def _earlier(self, title: Title) -> Person | None:
        """The person last spoken of who holds the bare office ("the minister", "the spokesman", "the diplomat")."""
        wanted = title.office
        level = self.known.offices[wanted].level if wanted in self.known.offices else None
        lemma = self.tokens[title.head].lemma.lower()
        here = self.tokens[title.head].sentence
        recent = sorted(
            self.flow[-60:], key=lambda s: (min(s.weight, 4.0) - 1.2 * (here - s.sentence), s.token), reverse=True
        )
        for seen in recent:
            person = seen.person
            if person is None or not (person.office or person.role):
                continue
            if wanted and person.office == wanted:
                return person
            if person.role and lemma in person.role.lower().split():
                return person
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
            if wanted == "spokesperson" and own == "spokesperson":
                return person
            if level and own == level and wanted not in MANY and level in ("spokesperson", "envoy"):
                return person
        return None

    def _same_organisation(self, k: int) -> tuple[Participant, ...]:
        """ "The alliance", "the agency", "the militia": the organisation or armed group spoken of before."""
        token = self.tokens[k]
        if not any(t.lower in ("the", "this") for t in self.parsed.kids(k, "det")):
            return ()
        lemma = token.lemma.lower()
        prefixes = ("IGO:",) if lemma in self.words["igo_nouns"] else ("NSA:",)
        whose = {self.at[t.i].code for t in self.parsed.kids(k, "amod", "compound") if t.i in self.at}
        first = min([k, *(t.i for t in self.parsed.kids(k, "det", "amod", "compound") if t.i < k)])
        span = (self.tokens[first].start, token.end)
        for seen in reversed(self.flow):
            if token.sentence - seen.sentence > 5:
                return ()
            for who in seen.who:
                code = who.actor or ""
                if code.startswith(prefixes) and not (
                    whose and whose.isdisjoint(self.known.group_states.get(code, ()))
                ):
                    return (
                        Participant(
                            actor=code,
                            sector=who.sector,
                            name=self.known.body_names.get(code),
                            role=None,
                            text=self.parsed.text[span[0] : span[1]],
                            span=span,
                            via="description",
                        ),
                    )
        return ()

    def _same_body(self, title: Title, span: Span) -> tuple[Participant, ...]:
        """ "The ministry" for the foreign ministry spoken of before, "the troops" for those before."""
        lemma = self.tokens[title.head].lemma.lower()
        for seen in reversed(self.flow[-40:]):
            for who in seen.who:
                if (
                    who.actor
                    and who.role
                    and lemma in {w.lower().rstrip("s") for w in who.role.split()} | {who.role.lower()}
                ):
                    return (
                        Participant(
                            actor=who.actor, sector=who.sector, name=None, role=title.role,
                            text=self.parsed.text[span[0] : span[1]], span=span, via="sentence",
                        ),
                    )  # fmt: skip
        return ()

    def _local(self, title: Title, span: Span) -> tuple[Participant, ...]:
        """ "The junta", "the army", "the president" with nobody named: those of the state that acted before."""
        if title.office in ("ambassador", "un-ambassador", "envoy", "special-representative", "consul", "negotiator"):
            return ()  # sent by one state to another: the text must say by whom
        own_media = title.sector == "JRN" and title.role.lower().startswith("state ")
        if self._indefinite(title) or not (own_media or title.sector in ("GOV", "MIL", "LEG", "COP", "JUD")):
            return ()
        lemma = self.tokens[title.head].lemma.lower()
        if lemma in self.words["state_words"] and lemma != "country":
            return ()
        if not own_media and not any(t.lower in ("the", "its") for t in self.parsed.kids(title.head, "det", "poss")):
            return ()
        sentence = self.tokens[title.head].sentence
        for seen in reversed(self.flow):
            if sentence - seen.sentence > 3:
                break
            if seen.plural or len(seen.who) != 1 or seen.weight < 2.5:
                continue
            code = seen.who[0].actor
            if code and len(code) == 3 and code.isalpha():
                person = self._in_office(code, title.office) if title.kind == "person" else None
                return (self._described(code, title, span, person, "sentence"),)
        return ()

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
        if title.codes:
            code = title.codes[0]
            if title.plural:
                return tuple(self._described(c, title, span, None) for c in title.codes), None
            person = self._in_office(code, office) if office else None
            if person is None and not office:
                candidates = [p for p in self.people if p.actor == code and p is not owner]
                person = candidates[-1] if len(candidates) == 1 else None
            if person is not None:
                return (self._as_person(person, span, "role"),), person
            return (
                Participant(actor=code, sector=(owner.sector if owner else None) or title.sector or "GOV", name=None,
                            role=title.role, text=self.parsed.text[span[0] : span[1]], span=span, via="description",
                            office=office),
            ), None  # fmt: skip
        if owner is None and not owners:
            return (), None
        mine = {owner.actor} if owner else {p.actor for p in owners}
        for seen in reversed(self.flow[-40:]):
            other = seen.person
            if other is None or other is owner or not other.actor or other.actor in mine:
                continue
            if office is None or other.office is None or other.office == office:
                return (self._as_person(other, span, "role"),), other
        return (), None

    def _remark_vague(self, first: int, last: int) -> None:
        """Groups that are no states: "Western countries", "the international community"."""
        tokens = self.tokens
        for k in range(first, last):
            token = tokens[k]
            two = f"{token.lower} {tokens[k + 1].lower}" if k + 1 < last else ""
            if two in self.words["vague_actors"]:
                self.remarks.append(((token.start, tokens[k + 1].end), "a group that is no state"))
            elif (
                token.text == "West"
                and k
                and tokens[k - 1].lower == "the"
                and not (k + 1 < last and (k + 1) in self.at)
            ):
                nxt = tokens[k + 1].lower if k + 1 < last else ""
                if nxt not in ("bank", "african", "coast", "wing", "africa", "point", "end"):
                    self.remarks.append(((token.start, token.end), "a group that is no state"))


_WHERE = frozenset("in at near outside around inside across through throughout within".split())

__all__ = ["References", "resolve"]
