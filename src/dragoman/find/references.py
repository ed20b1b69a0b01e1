"""Who a noun phrase stands for: names, titles, seats, pronouns, "his counterpart", "the two ministers".

The story, once through the text:
1. offices and roles are found ("foreign minister", "troops"), each with the actors that modify it;
2. capitalised names are found and tied to an office beside them, to a person of the tables, to a person already
   on the page, or to a misspelt person of the tables (repair, under gates);
3. sentence by sentence, phrases without a name are tied to what was said before.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.find.base import Mention, References, participant_of, says
from dragoman.find.who.officials import OfficialPage
from dragoman.find.who.people import at
from dragoman.find.who.titles import Person, Title
from dragoman.lexicon.gazetteer import gazetteer
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed
from dragoman.records import Participant, Span, Statement, Via

_STATES = frozenset(["country", "state", "republic", "nation"])


def resolve(
    parsed: Parsed, mentions: Sequence[Mention], lexicon: Lexicon, *, published: str | None = None
) -> References:
    """Who each phrase of the text stands for. `published` (ISO date) tells who held an office then."""
    return _Page(parsed, tuple(mentions), gazetteer(lexicon), published).resolve()


def spoken(who: References, said: Sequence[Statement], lexicon: Lexicon) -> References:
    """The same, with "we", "I" and "our country" inside quotations tied to whoever is quoted.

    "I" is the person; "we" and "our country" are the actor the person speaks for, and nobody by name.
    """
    parsed = who.parsed
    pronouns = lexicon.language.get("pronouns", {})
    one, many = frozenset(pronouns.get("first_singular", ())), frozenset(pronouns.get("first_plural", ()))
    you = frozenset(pronouns.get("second", ()))
    own = frozenset(lexicon.language.get("own_nouns", ()))
    found: dict[int, tuple[Participant, ...]] = {}
    # the innermost statement is the last to speak
    for statement in sorted(said, key=lambda s: -sum(end - start for start, end in s.content)):
        speakers = tuple(p for p in statement.speakers or (statement.speaker,) if p is not None and p.actor)
        if statement.kind == "indirect" or not speakers:
            continue
        heard = statement.addressee if statement.addressee and statement.addressee.actor else None
        for start, end in statement.content:
            k = parsed.at(start)
            while k < len(parsed.tokens) and parsed.tokens[k].start < end:
                token = parsed.tokens[k]
                span = (token.start, token.end)
                if token.lower in one and len(speakers) == 1:
                    found[k] = (at(speakers[0], span, "pronoun", parsed.text),)
                elif token.lower in you and heard is not None:
                    found[k] = (_for_all(heard, span, "pronoun", parsed.text),)
                elif says(token, many):
                    found[k] = tuple(_for_all(p, span, "pronoun", parsed.text) for p in speakers)
                elif token.lemma.lower() in own and any(t.lower in many for t in parsed.kids(k, "poss")):
                    mine = min(t.start for t in parsed.kids(k, "poss") if t.lower in many)
                    if token.tag in ("NN", "NNP") and mine < token.start:
                        found[k] = tuple(_for_all(p, (mine, token.end), "description", parsed.text) for p in speakers)
                k += 1
    return who.also(found) if found else who


def _for_all(speaker: Participant, span: Span, via: Via, text: str) -> Participant:
    """Whom somebody speaks for, without the person."""
    return Participant(
        actor=speaker.actor, sector=speaker.sector, name=None, role=None, text=text[span[0] : span[1]], span=span,
        via=via,
    )  # fmt: skip


class _Page(OfficialPage):
    def resolve(self) -> References:
        self._find_titles()
        self._names_like_places()
        self._find_names()
        self._read_names_again()
        self._told_offices()
        self._name_the_rest()
        self._name_groups()
        self._walk()
        self._placed_later()
        return References(self.parsed, self.mentions, self.who, tuple(self.remarks))

    def _name_the_rest(self) -> None:
        """Names of states, bodies, seats and capitals stand for themselves."""
        for mention in self.mentions:
            head = mention.last - 1
            if mention.kind == "person" or mention.bound or mention.code is None or head in self.person_at:
                continue
            token = self.tokens[head]
            local = self.tokens[token.head].lemma.lower() in self.words["local_nouns"]
            within = head > 0 and self.tokens[mention.first - 1].lower == "in"
            if mention.kind == "capital" and token.dep == "compound" and (local or within):
                continue  # "a Moscow circus", "held in Minsk negotiations"
            if mention.kind == "adjective" and not self._adjective_as_noun(token):
                continue
            if mention.kind == "capital" and self._is_where(mention):
                continue
            if mention.kind == "seat" and head in self.title_at and self.title_at[head].head != head:
                continue
            who = participant_of(mention, self.parsed)
            if mention.kind == "seat":
                owner = self._whose_seat(mention)
                if owner is not None:
                    who = Participant(
                        actor=owner, sector=who.sector, name=None, role=who.text, text=who.text, span=who.span,
                        via="description",
                    )  # fmt: skip
            for k in range(mention.first, mention.last):
                self.who[k] = (who,)
        for k, inner in self.inner.items():
            if inner.codes:
                self.who[k] = (self._described(inner.codes[0], inner, self._title_span(inner), None),)

    def _name_groups(self) -> None:
        """ "Both Koreas", "the Baltic states": names of several states at once, each of which is meant."""
        for start, end, group in self.known.groups_in(self.parsed.text, self.date):
            first, last = self.parsed.at(start), self.parsed.at(end - 1)
            self.grouped.update(range(first, last + 1))
            head = next((k for k in range(last, first - 1, -1) if not first <= self.tokens[k].head <= last), last)
            words = self.parsed.text[start:end]
            self.who[head] = tuple(
                Participant(
                    actor=code, sector=None, name=self.known.state_names.get(code), role=None, text=words,
                    span=(start, end), via="description",
                )
                for code in group.members
            )  # fmt: skip

    def _walk(self) -> None:
        for sentence in self.parsed.sentences:
            self._remark_vague(sentence.first, sentence.last)
            for k in range(sentence.first, sentence.last):
                self._visit(k)
            for k in range(sentence.first, sentence.last):
                if self.tokens[k].tag == "PRP$":
                    self._own_side(k)
                if k not in self.who and self.tokens[k].tag in ("PRP", "PRP$"):
                    self._look_ahead(k)

    def _visit(self, k: int) -> None:
        token = self.tokens[k]
        if k in self.grouped:
            if k in self.who:
                self._note(k, self.who[k], None, True)
            return
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
                elif title is not None and person is title.people[-1] and title.head in self.who:
                    # "Presidents Bagayoko of Mali and Kafando of Burkina Faso": "they" are both
                    together = self.who[title.head]
                    if len(together) > 1:
                        self._note(title.head, together, None, True)
            elif k in self.title_at and k == self.title_at[k].head:
                named = self.title_at[k].people or [person]
                spans: dict[int, tuple[int, int]] = {}
                for j in range(
                    k + 1, min(k + 40, len(self.tokens))
                ):  # the names behind the title, each where it comes first
                    if j in self.chunk_at and j in self.person_at:
                        spans.setdefault(id(self.person_at[j]), self.chunk_at[j])
                self.who[k] = tuple(
                    self._person_record(p, *spans.get(id(p), (first, last)), self.via_at.get(k, "name")) for p in named
                )
            return
        mention = self.at.get(k)
        if mention is not None:
            if k == mention.last - 1 and not mention.bound:
                if k in self.who:
                    national = self._national(mention, k)
                    if national is not None:
                        for j in range(mention.first, mention.last):
                            self.who[j] = (self._as_person(national, (mention.start, mention.end), "description"),)
                    top = next((j for j in range(mention.first, k) if not mention.first <= self.tokens[j].head <= k), k)
                    self._note(top, self.who[k], national, False)
                elif mention.kind == "adjective" and mention.code and not self._modifies_title(k):
                    self._note(k, (participant_of(mention, self.parsed),), None, False, light=True)
            return
        if token.lower in ("former", "latter"):
            who, about = self._former_latter(k)
            if who:
                self.who[k] = who
                self._note(k, who, about, False)
                return
        if token.pos in ("NOUN", "PROPN", "ADJ"):
            who = self._called(k)
            if who:
                self.who[k] = who
                self._note(k, who, None, False)
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
            self.words["igo_nouns"] | self.words["group_nouns"] | self.words["company_nouns"]
        ):
            who = self._same_organisation(k)
            if who:
                self.who[k] = who
                self._note(k, who, None, False)
            return
        if token.lemma.lower() in self.words["persons"] and (
            token.tag in ("NNS", "NNPS") or token.lemma.lower() in ("pair", "duo", "trio", "couple")
        ):
            who = self._several_people(k)
            if who:
                self.who[k] = who
                self._note(k, who, None, True)
        elif token.lemma.lower() in self.words["joint"] and token.tag in ("NNS", "NNPS"):
            who = self._joint(k)
            if who:
                self.who[k] = who
                self._note(k, who, None, True)
        elif token.lower == "both" and not any(
            t.pos in ("NOUN", "PROPN", "CCONJ") for t in self.tokens[k + 1 : k + 3] if t.sentence == token.sentence
        ):
            who = self._joint(k)
            if who:
                self.who[k] = who

    def _titled(self, title: Title) -> tuple[tuple[Participant, ...], Person | None]:
        """Who "the US Secretary of State", "the minister", "both presidents", "Russian troops" stand for."""
        span = self._title_span(title)
        head = self.tokens[title.head]
        lemma = head.lemma.lower()
        if lemma in self.words["state_words"] and not title.plural and not title.codes:
            other = self._friendly(title, span)
            if other:
                return other, None
            if lemma in ("country", "nation") and head.dep in ("dobj", "pobj") and not self._indefinite(title):
                there = self._visited(title, span)
                if there:
                    return there, None
        if lemma in self.words["counterparts"]:
            return self._counterpart(title, span)
        if lemma in self.words["relational"] and self._of_another(title):
            return self._related(title, span), None
        if not title.codes:
            own = self._owner(title)
            if not own and not title.plural and title.office == "head" and _STATES & set(title.role.lower().split()):
                own = self._last_state(head.sentence)  # "the leader of the country"
            if own:
                title.codes = own
        if title.plural or title.kind != "person":
            if not title.codes and title.plural and self._vague(title):
                return (), None
            if not title.codes:
                if lemma in self.words["joint"] or self._is_joint(title.head):
                    both = self._joint(title.head)
                    if both or title.plural:
                        return both, None
                if lemma in self.words["igo_nouns"] | self.words["group_nouns"] | self.words["company_nouns"]:
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
        if lemma in ("predecessor", "successor"):
            return self._before_or_after(title, span, lemma)
        if title.codes:
            code = title.codes[0]
            provisional = not self.words["provisional"].isdisjoint(title.role.lower().split())
            person = None if title.former or self._indefinite(title) else self._in_office(code, title.office)
            if person is not None and person.known is not None and provisional:
                held = person.known.term(self.date).title.lower().split()
                provisional = self.words["provisional"].isdisjoint(held)
            if provisional and person is not None and all(s.person is not person for s in self.flow):
                person = None  # "the interim president" is not who the tables have
            if title.former and not self._indefinite(title):
                person = self._once(code, title.office)
            if person is None and lemma in ("leader", "head") and not title.former and not self._indefinite(title):
                person = self._head_of(code)
            if person is None and not title.former and not self._indefinite(title):
                person = self._spoken_of(code, title, title.head)
            if person is None:
                someone = self._unnamed(code, title)
                return (self._described(code, title, span, None),), someone
            return (self._described(code, title, span, person),), person
        person = None if self._indefinite(title) else self._earlier(title)
        if person is not None:
            return (self._as_person(person, span, "role"),), person
        return self._local(title, span), None


__all__ = ["References", "resolve", "spoken"]
