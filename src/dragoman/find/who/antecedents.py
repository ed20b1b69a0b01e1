"""What was said before: who a pronoun, "the two ministers" or a bare title goes back to. Step three."""

from __future__ import annotations

from dragoman.find.who.naming import NamedPage
from dragoman.find.who.titles import HEADS, MANY, Person, Seen
from dragoman.parse.base import Token
from dragoman.records import Participant, Span, Via


class Antecedents(NamedPage):
    """A page whose people are known; remembers who was spoken of, and answers for what stands for them."""

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

    def _conjuncts(self, k: int) -> list[int]:
        """A word and all that is joined on to it."""
        out = [k]
        for t in self.parsed.kids(k, "conj"):
            out.extend(self._conjuncts(t.i))
        return out

    def _person_record(self, person: Person, first: int, last: int, via: Via) -> Participant:
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        return Participant(
            actor=person.actor,
            sector=person.sector,
            name=person.name,
            role=person.role,
            text=self.parsed.text[start:end],
            span=(start, end),
            via=via,
            wikidata=person.wikidata,
            office=person.office,
        )

    def _as_person(self, person: Person, span: Span, via: Via) -> Participant:
        return Participant(
            actor=person.actor,
            sector=person.sector,
            name=person.name,
            role=person.role,
            text=self.parsed.text[span[0] : span[1]],
            span=span,
            via=via,
            wikidata=person.wikidata,
            office=person.office,
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
        held = [
            self._in_office(code, office) for office in ("supreme-leader", "president", "prime-minister", "chancellor")
        ]
        return next((p for p in held if p is not None), None)

    def _is_minister(self, person: Person) -> bool:
        office = self.known.offices.get(person.office or "")
        return office is not None and office.level == "minister"

    def _pronoun(self, token: Token) -> tuple[tuple[Participant, ...], Person | None]:
        kind = self.pronouns.get(token.lower)
        span = (token.start, token.end)
        if token.tag in ("WP", "WDT") or (token.lower == "that" and token.dep.startswith("nsubj")):
            verb = self.parsed.head(token.i)
            if verb.dep == "relcl":
                who = self.who.get(verb.head, ())
                return tuple(_at(p, span, "pronoun", self.parsed.text) for p in who), self.person_at.get(verb.head)
            return (), None
        if kind in ("masculine", "feminine"):
            person = self._antecedent(token, "m" if kind == "masculine" else "f")
            if person is None:
                return (), None
            self.pronoun_at[token.i] = person
            if not person.gender:
                person.gender = "m" if kind == "masculine" else "f"
            return (self._as_person(person, span, "pronoun"),), person
        if kind == "plural":
            who = self._plural_antecedent(token)
            return tuple(_at(p, span, "pronoun", self.parsed.text) for p in who), None
        if kind == "neuter" and token.lower != "itself":
            neuter = self._neuter(token)
            return ((_at(neuter, span, "pronoun", self.parsed.text),), None) if neuter else ((), None)
        return (), None

    def _antecedent(self, token: Token, gender: str) -> Person | None:
        """The person a pronoun stands for: subjects and speakers before others, near before far."""
        sentence = token.sentence
        verb = self._clause(token.i)
        barred = set()
        if token.dep in ("dobj", "pobj", "iobj", "dative"):
            # "Lavrov welcomed him": not the subject of the same verb
            barred = {
                id(self.person_at[t.i]) for t in self.parsed.kids(verb, "nsubj", "nsubjpass") if t.i in self.person_at
            }
            barred |= {id(self.pronoun_at[t.i]) for t in self.parsed.kids(verb, "nsubj") if t.i in self.pronoun_at}
            for t in self.parsed.kids(verb, "nsubj", "nsubjpass"):
                barred |= {id(self.person_at[a.i]) for a in self.parsed.kids(t.i, "appos") if a.i in self.person_at}
        best: tuple[float, int] | None = None
        chosen: Person | None = None
        for seen in reversed(self.flow):
            distance = sentence - seen.sentence
            if distance > 4:
                break
            person = seen.person
            if person is None or id(person) in barred or (person.gender and person.gender != gender):
                continue
            score = seen.weight - 1.6 * distance + (0.3 if person.gender == gender else 0.0)
            if distance == 0 and token.dep in ("nsubj", "nsubjpass") and seen.token > token.i:
                # in "As he said, the Russian president deals ..." he is not the one the sentence goes on to speak of
                score -= 1.5
            rank = (score, seen.token)
            if best is None or rank > best:
                best, chosen = rank, person
        return chosen

    def _clause(self, k: int) -> int:
        for above in self.parsed.ancestors(k):
            if above.pos in ("VERB", "AUX"):
                return above.i
        return k

    def _plural_antecedent(self, token: Token) -> tuple[Participant, ...]:
        for seen in reversed(self.flow[-30:]):
            if token.sentence - seen.sentence > 2:
                break
            who = seen.who
            joined = self._joined(seen.token)
            if len(joined) > 1:
                return joined
            if seen.plural and len(who) >= 1:
                return who
        return ()

    def _joined(self, k: int) -> tuple[Participant, ...]:
        """ "Washington and Moscow": the first of names joined by "and" gives them all."""
        out = list(self.who.get(k, ()))
        if self.tokens[k].dep == "conj":
            return ()
        for t in self.parsed.kids(k, "conj"):
            out.extend(p for p in self.who.get(t.i, ()) if p.actor not in {o.actor for o in out})
        return tuple(out)

    def _neuter(self, token: Token) -> Participant | None:
        """ "Iran said it had seized ...": the state or body that is subject before."""
        if token.dep == "expl":
            return None
        for seen in reversed(self.flow[-25:]):
            if token.sentence - seen.sentence > 1:
                break
            subject = self.tokens[seen.token]
            if (
                seen.person is None
                and len(seen.who) == 1
                and not seen.plural
                and seen.weight >= 2
                and seen.who[0].actor
                and (subject.dep in ("nsubj", "nsubjpass"))
            ):
                return seen.who[0]
        return None

    def _is_joint(self, k: int) -> bool:
        """ "Both leaders", "the two countries", "our three nations"; "two diplomats" are just two diplomats."""
        words = {t.lower for t in self.parsed.kids(k)}
        definite = words & {"the", "these", "those"} or any(t.dep == "poss" for t in self.parsed.kids(k))
        return "both" in words or bool(definite and words & self.numbers.keys())

    def _joint(self, k: int) -> tuple[Participant, ...]:
        """The actors lately spoken of, for "the two countries", "both sides", "the parties"."""
        token = self.tokens[k]
        lemma = token.lemma.lower()
        explicit = self._is_joint(k) or token.lower == "both"
        owners: tuple[Participant, ...] = ()
        if lemma in self.words["state_words"] and token.tag in ("NNS", "NNPS"):
            # "relations between our countries"
            explicit = explicit or any(
                self.pronouns.get(t.lower) == "first_plural" for t in self.parsed.kids(k, "poss")
            )
        for t in self.parsed.kids(k, "poss"):
            owners = self.who.get(t.i, ()) or (self._joint(t.i) if t.lemma.lower() in self.words["joint"] else ())
            if not owners and t.tag == "PRP$":
                owners = self._pronoun(t)[0]
        definite = any(t.lower in ("the", "these") for t in self.parsed.kids(k, "det"))
        loose = (
            definite
            and token.tag in ("NNS", "NNPS")
            and (lemma in self.words["state_words"] or lemma in self.words["joint"])
        )
        if not (explicit or len(owners) > 1 or loose):
            return ()
        count = max((self.numbers.get(t.lower, 2) for t in self.parsed.kids(k)), default=2)
        pair = (
            list(dict.fromkeys(p.actor for p in owners if p.actor)) if len(owners) > 1 else self._recent_pair(k, count)
        )
        if len(pair) < count:
            return ()
        first = min(
            [
                k,
                *(
                    t.i
                    for t in self.parsed.kids(k)
                    if t.i < k and t.dep in ("det", "nummod", "amod", "compound", "predet")
                ),
            ]
        )
        span = (self.tokens[first].start, token.end)
        title = None if lemma in self.words["state_words"] else self.title_at.get(k)
        out = []
        for code in pair[:count]:
            office = title.office if title else None
            person = self._in_office(code, office)
            if person is None and lemma in ("leader", "president"):
                person = self._head_of(code)
            if person is None and loose and not explicit and title is not None:
                return ()  # "the ministers" of nobody in particular
            if person is not None:
                out.append(self._as_person(person, span, "role"))
            else:
                out.append(
                    Participant(
                        actor=code,
                        sector=(title.sector if title else None),
                        name=self.known.state_names.get(code) or self.known.body_names.get(code) if not title else None,
                        role=title.role if title else None,
                        text=self.parsed.text[span[0] : span[1]],
                        span=span,
                        via="description",
                    )
                )
        return tuple(out)

    def _recent_pair(self, k: int, count: int) -> list[str]:
        """The actors that weigh most in this and the three sentences before."""
        sentence = self.tokens[k].sentence
        weight: dict[str, float] = {}
        doers: set[str | None] = set()
        if self.tokens[k].dep in ("dobj", "pobj"):
            # "Ramoutar spoke to both presidents": he is none of them
            for t in self.parsed.kids(self._clause(k), "nsubj"):
                doers = {p.actor for p in self.who.get(t.i, ())} if len(self.who.get(t.i, ())) == 1 else set()
        for seen in reversed(self.flow):
            distance = sentence - seen.sentence
            if distance > 3 and len(weight) >= count:
                break
            for who in seen.who:
                if (
                    who.actor
                    and who.actor not in doers
                    and (len(who.actor) == 3 or who.actor.startswith(("IGO:", "NSA:")))
                ):
                    weight[who.actor] = weight.get(who.actor, 0.0) + (1.0 + 0.25 * seen.weight) / (
                        1 + distance * distance
                    )
        # a pair told in one breath ("Riyadh and Tehran") stays what "the two" are
        for where, codes in reversed(self.pairs):
            if sentence - where > 10:
                break
            if len(codes) == count:
                for code in codes:
                    weight[code] = weight.get(code, 0.0) + 1.6 / (1 + 0.3 * (sentence - where))
                break
        pair = sorted(weight, key=lambda c: -weight[c])[:count]
        first = {c: n for n, c in reversed(list(enumerate(w.actor for seen in self.flow for w in seen.who)))}
        return sorted(pair, key=lambda c: first[c])


def _at(who: Participant, span: Span, via: Via, text: str) -> Participant:
    """The same participant, named by other words."""
    return Participant(
        actor=who.actor,
        sector=who.sector,
        name=who.name,
        role=who.role,
        text=text[span[0] : span[1]],
        span=span,
        via=via,
        wikidata=who.wikidata,
        office=who.office,
    )
