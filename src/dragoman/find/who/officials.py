"""Whose an official is when the title does not say: by the sentence, or by who acts before."""

from __future__ import annotations

from dragoman.find.who.relations import RelationPage
from dragoman.find.who.titles import HEADS, OF_BODIES, Person, Title


class OfficialPage(RelationPage):
    def _place_official(self, person: Person, first: int) -> None:
        """ "China criticised the pact. Foreign ministry spokesman Li Wen said ...": of the state that acts before."""
        title = self.title_of.get(self.chunk_at[first])
        verb = self.tokens[self._clause(first)]
        if (
            title is None
            and person.actor is None
            and person.known is None
            and verb.lemma.lower() in self.words["headed"]
        ):
            person.actor = next(iter(self._part_of(first)), None)
        if title is not None and person.actor is None and person.known is None:
            beside = self._titled_before(title)
            if beside is not None and beside.codes:
                person.actor = beside.codes[0]  # "the spokesman of the NATO forces, the colonel X"
                if beside.office and not title.office:
                    person.office, person.sector, person.role = beside.office, beside.sector, beside.role
        if (
            person.actor is not None
            or person.known is not None
            or title is None
            or title.sector not in ("GOV", "MIL", "LEG", "JUD", "COP")
        ):
            return
        own = self._owner(title) or self._part_of(first)
        if not own and title.office in OF_BODIES | {"commissioner"}:
            own = self._last_body(self.tokens[first].sentence)
        if own:
            person.actor = own[0]
            return
        told = self._earlier(title) if title.kind == "person" else None
        if told is not None and not told.name:
            # "Cameroon's envoy ... The envoy, Pascal Mbarga"
            person.actor, told.name = told.actor, person.name
            return
        subject = any(t.dep in ("nsubj", "nsubjpass") for t in self.tokens[first : self.chunk_at[first][1]])
        token = self.tokens[first]
        for t in self.parsed.kids(self._clause(first), "prep"):
            # "met President X in Accra"
            for town in self.parsed.kids(t.i, "pobj"):
                mention = self.at.get(town.i)
                if t.lower == "in" and mention is not None and mention.kind == "capital" and title.office in HEADS:
                    person.actor = mention.code
                    return
        if not subject and verb.i < first and not self.parsed.kids(verb.i, "nsubj", "nsubjpass"):
            subject = True  # "affirmed the vice minister X"
        if not subject and verb.lemma not in self.words["own_verbs"]:
            person.actor = self._met_there(first, False)
            if person.actor is not None:
                return
        for seen in reversed(self.flow):
            distance = token.sentence - seen.sentence
            if distance > 2:
                break
            own_verb = distance == 0 and verb.lemma in self.words["own_verbs"]
            if distance == 0 and not subject and not own_verb:
                continue  # whom somebody meets is of another state
            code = seen.who[0].actor if len(seen.who) == 1 and not seen.plural else None
            inside = seen.who[0].role is not None and distance == 0 and seen.token < first  # "of the department"
            if own_verb and code and len(code) == 3:
                person.actor = code  # "replaced Admiral Barreiro"
                return
            if (seen.weight >= 2.5 or inside) and code and (len(code) == 3 or inside):
                if seen.person is None or (title.sector == "GOV" and distance > 0):
                    person.actor = code
                return
            if (
                distance == 1
                and code
                and len(code) == 3
                and seen.weight >= 1.5
                and title.sector == "GOV"
                and not subject
            ):
                person.actor = code  # "met the Iraqi president. Before, he talked to the deputy prime minister Y"
                return
        if subject and title.sector == "GOV":
            person.actor = self._met_there(first, True)

    def _met_there(self, first: int, subject: bool) -> str | None:
        """Whose an official without a state is: "in Seoul he met President X", "the ambassador to China"."""
        sentence = self.parsed.sentence_of(first)
        doers = self._doers(first)
        for k in range(sentence.first, sentence.last):
            sent = self.title_at.get(k)
            if sent is not None and sent.office == "ambassador" and sent.last < len(self.tokens) and k == sent.head:
                near = [self.at.get(j) for j in range(sent.last, min(sent.last + 4, sentence.last))]
                to = next((m for m in near if m is not None and m.code), None)
                if self.tokens[sent.last].lower in ("to", "in") and to is not None and to.code not in sent.codes:
                    return to.code
        for k in range(sentence.first, sentence.last):
            place = self.at.get(k)
            if place is None or place.kind not in ("capital", "seat") or k != place.last - 1 or place.bound:
                continue
            prep = self.tokens[self.tokens[k].head]
            if prep.lower in ("in", "at") and (subject or place.code not in doers):
                return place.code
        if not subject:
            codes = [m.code for m in self.mentions if m.last <= first and m.code and len(m.code) == 3 and not m.bound]
            near_codes = [c for c in codes[-4:] if c not in doers]
            return near_codes[-1] if doers and near_codes else None
        return None

    def _titled_before(self, title: Title) -> Title | None:
        """The title that stands before this one in apposition: "Thai army spokesman Colonel X"."""
        sentence = self.parsed.sentence_of(title.head)
        beside = self.title_at.get(title.first - 1)
        if beside is not None and beside is not title and beside.kind == "person" and not beside.plural:
            return beside
        comma = next((k for k in range(title.first - 1, sentence.first - 1, -1) if self.tokens[k].text == ","), None)
        if comma is None or title.first - comma > 3:
            return None
        for k in range(comma - 1, max(sentence.first - 1, comma - 12), -1):
            other = self.title_at.get(k)
            if other is not None and other.kind == "person" and not other.plural and not other.named:
                between = self.tokens[other.last : comma]
                return other if all(t.pos not in ("VERB", "AUX", "PUNCT") for t in between) else None
        return None

    def _part_of(self, first: int) -> list[str]:
        """ "The North Korean side was led by X", "from the side of Seoul X took part": whose part the sentence says."""
        for k in range(first - 1, self.parsed.sentence_of(first).first - 1, -1):
            token = self.tokens[k]
            if token.lemma.lower() not in self.words["parts"]:
                continue
            title = self.title_at.get(k)
            if title is not None and title.codes:
                return title.codes[:1]
            around = [k - 1, k + 2 if self.tokens[k + 1].lower == "of" else k - 1]
            for i in around:
                mention = self.at.get(i)
                if mention is not None and mention.code and mention.kind in ("adjective", "state", "capital"):
                    return [mention.code]
        return []

    def _modifies_title(self, k: int) -> bool:
        return self.tokens[k].head in self.title_at or k + 1 in self.title_at

    def _place_counterpart(self, person: Person, first: int) -> None:
        """ "Her Czech counterpart Jan Kral" holds the office that she holds."""
        title = self.title_at.get(first - 1) or self.title_at.get(first - 2)
        if title is None:
            return
        counterpart = self.tokens[title.head].lemma.lower() in self.words["counterparts"]
        if self.tokens[title.head].lemma.lower() == "successor":
            for token in self.parsed.kids(title.head, "poss") or self.parsed.kids(self.tokens[title.head].head, "poss"):
                owner = self.person_at.get(token.i) or self._pronoun(token)[1]
                if owner is not None and owner is not person:
                    person.actor = person.actor or owner.actor
                    person.office = owner.office or self.known.office_key(owner.role or "", owner.actor)
                    person.role, person.sector = owner.role, "GOV"
            return
        if person.actor is not None and (person.office or not counterpart):
            return
        for token in self.parsed.kids(title.head, "poss") or self.parsed.kids(self.tokens[title.head].head, "poss"):
            owner = self.person_at.get(token.i) or self._pronoun(token)[1]
            if owner is not None and owner is not person and not counterpart:
                person.actor = owner.actor  # "his spokeswoman Grace Mulenga"
                return
            if owner is not None and owner is not person and person.actor is None and person.known is None:
                person.actor = self._other_state(title.head, {owner.actor})
            if owner is not None and owner is not person:
                person.office, person.sector = owner.office, person.sector or owner.sector
                person.role = person.role or owner.role

    def _told_offices(self) -> None:
        """ "Chad Wolf was acting secretary", "was appointed ambassador": an office told of somebody, not set beside."""
        for title in self.titles:
            if title.named or title.plural or title.kind != "person" or title.former:
                continue
            head = self.tokens[title.head]
            above = self.tokens[head.head]
            if head.dep == "pobj" and above.lower == "as":
                above = self.tokens[above.head]
            elif head.dep not in ("attr", "oprd"):
                continue
            for token in self.parsed.kids(above.i, "nsubj", "nsubjpass"):
                person = self.person_at.get(token.i)
                if person is not None and person.known is None and person.office is None:
                    self._learn(person, title)
                    title.named = True
                    title.people.append(person)

    def _placed_later(self) -> None:
        """Words for somebody whose state the page told only further down: a surname in the headline."""
        people = {p.name: p for p in self.people if p.actor and p.name}
        for k, found in self.who.items():
            if any(w.actor is None and w.name in people for w in found):
                self.who[k] = tuple(
                    self._as_person(people[w.name], w.span, w.via) if w.actor is None and w.name in people else w
                    for w in found
                )
