"""Whom "she", "they" and "its" go back to, or look ahead to."""

from __future__ import annotations

from itertools import islice

from dragoman.find.who.people import PeoplePage, at
from dragoman.find.who.titles import Person
from dragoman.parse.base import Token
from dragoman.records import Participant


class PronounPage(PeoplePage):
    def _pronoun(self, token: Token) -> tuple[tuple[Participant, ...], Person | None]:
        kind = self.pronouns.get(token.lower)
        span = (token.start, token.end)
        if token.tag in ("WP", "WDT") or (token.lower == "that" and token.dep.startswith("nsubj")):
            verb = self.parsed.head(token.i)
            if verb.dep == "relcl":
                who = self.who.get(verb.head, ())
                return tuple(at(p, span, "pronoun", self.parsed.text) for p in who), self.person_at.get(verb.head)
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
            return tuple(at(p, span, "pronoun", self.parsed.text) for p in who), None
        if kind == "neuter" and token.lower != "itself":
            neuter = self._neuter(token)
            return ((at(neuter, span, "pronoun", self.parsed.text),), None) if neuter else ((), None)
        return (), None

    def _antecedent(self, token: Token, gender: str) -> Person | None:
        """The person a pronoun stands for: subjects and speakers before others, near before far."""
        sentence = token.sentence
        verb = self._clause(token.i)
        barred: set[int] = set()
        if token.dep in ("dobj", "pobj", "iobj", "dative") or (
            token.dep == "poss" and self.tokens[token.head].dep == "attr"
        ):
            barred |= self._subjects(token.i)
            # "Lavrov welcomed him": not the subject of the same verb
            barred |= {
                id(self.person_at[t.i]) for t in self.parsed.kids(verb, "nsubj", "nsubjpass") if t.i in self.person_at
            }
            barred |= {id(self.pronoun_at[t.i]) for t in self.parsed.kids(verb, "nsubj") if t.i in self.pronoun_at}
            for t in self.parsed.kids(verb, "nsubj", "nsubjpass"):
                barred |= {id(self.person_at[a.i]) for a in self.parsed.kids(t.i, "appos") if a.i in self.person_at}
        asked = self._asked(token, verb)
        best: tuple[float, int] | None = None
        chosen: Person | None = None
        for seen in reversed(self.flow):
            distance = sentence - seen.sentence
            if distance > 4:
                break
            person = seen.person
            if person is None or id(person) in barred:
                continue
            unlike = bool(person.gender) and person.gender != gender
            if unlike and person.sure:
                continue
            score = seen.weight - 1.6 * distance + (0.3 if person.gender == gender else 0.0)
            if unlike:
                score -= 4.0
            if person is asked and distance <= 1:
                score += 4.0
            elif not person.name:
                score -= 0.4
            if distance == 0 and token.dep in ("nsubj", "nsubjpass") and seen.token > token.i:
                # in "As he said, the Russian president deals ..." he is not the one the sentence goes on to speak of
                score -= 1.5
            rank = (score, seen.token)
            if best is None or rank > best:
                best, chosen = rank, person
        return chosen

    def _asked(self, token: Token, verb: int) -> Person | None:
        """ "Ferrand asked him to come. He agreed": the one who was asked answers."""
        if token.dep != "nsubj" or self.tokens[verb].lemma.lower() not in self.words["answers"]:
            return None
        for seen in reversed(self.flow):
            if token.sentence - seen.sentence > 1:
                return None
            word = self.tokens[seen.token]
            if seen.person is None or seen.sentence == token.sentence:
                continue
            while word.dep in ("compound", "appos", "conj") and word.head != word.i:
                word = self.tokens[word.head]
            if word.dep in ("dobj", "iobj", "dative", "pobj", "nsubj") and any(
                above.lemma.lower() in self.words["requests"] for above in islice(self.parsed.ancestors(word.i), 2)
            ):
                asker = self.parsed.kids(self._clause(word.i), "nsubj")
                if not any(self.person_at.get(t.i, self.pronoun_at.get(t.i)) is seen.person for t in asker):
                    return seen.person
        return None

    def _plural_antecedent(self, token: Token) -> tuple[Participant, ...]:
        """Those told of together: subjects before objects, near before far; never who does it to them."""
        doers: set[int] = set()
        if token.dep in ("dobj", "pobj", "iobj", "dative"):
            doers = {t.i for t in self.parsed.kids(self._clause(token.i), "nsubj", "nsubjpass")}
        best: tuple[float, int] | None = None
        chosen: tuple[Participant, ...] = ()
        for seen in reversed(self.flow[-30:]):
            distance = token.sentence - seen.sentence
            if distance > 2:
                break
            joined = self._joined(seen.token)
            who = joined if len(joined) > 1 else seen.who if seen.plural else ()
            if not who or seen.token in doers:
                continue
            rank = (min(seen.weight, 4.0) - 1.6 * distance, seen.token)
            if best is None or rank > best:
                best, chosen = rank, who
        return chosen

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
        near = self._by_clause(token)
        if near is not None:
            return near
        doers: set[int] = set()
        if token.dep in ("dobj", "pobj", "iobj", "dative"):
            # "Tehran has promised it": not the subject of the same verb
            doers = {t.i for t in self.parsed.kids(self._clause(token.i), "nsubj", "nsubjpass")}
        best: tuple[float, int] | None = None
        chosen: Participant | None = None
        for seen in reversed(self.flow[-25:]):
            distance = token.sentence - seen.sentence
            if distance > 1:
                break
            who = seen.who[0] if len(seen.who) == 1 and not seen.plural and seen.person is None else None
            if who is None or not who.actor or seen.token in doers or seen.weight < 2:
                continue
            if self.tokens[seen.token].dep not in ("nsubj", "nsubjpass"):
                continue
            rank = (min(seen.weight, 4.0) - 1.6 * distance, seen.token)
            if best is None or rank > best:
                best, chosen = rank, who
        return chosen

    def _by_clause(self, token: Token) -> Participant | None:
        """ "Iran said it had seized", "thanked Iran for its help": by the clause around, innermost first."""

        def single(k: int) -> Participant | None:
            if self.tokens[k].pos == "PRON" and k not in self.who:
                return None
            who = self.who.get(k, ())
            if len(who) != 1 or not who[0].actor or k in self.person_at or k in self.pronoun_at or who[0].office:
                return None
            return None if any(t.i < token.i for t in self.parsed.kids(k, "conj")) else who[0]

        k = token.i
        inside = {k}
        own_clause = True
        for above in self.parsed.ancestors(k):
            inside.add(above.i)
            if above.pos not in ("VERB", "AUX"):
                continue
            if any(t.i in inside and t.pos in ("VERB", "AUX") for t in self.parsed.kids(above.i, "conj")):
                own_clause = False  # "thanked Japan for its aid and expressed its hope"
            judged = own_clause  # "paid Tunisia to guard its coast": no subject between
            own_clause = own_clause and not self.parsed.kids(above.i, "nsubj", "nsubjpass")
            if token.dep == "poss" and judged and above.lemma.lower() in self.words["judging"]:
                subjects = {
                    s for t in self.parsed.kids(above.i, "nsubj", "nsubjpass") for s in self.parsed.subtree(t.i)
                }
                for j in range(k - 1, above.i, -1):
                    if j in inside or j in subjects or self.tokens[j].dep not in ("dobj", "dative", "pobj", "iobj"):
                        continue
                    if self.tokens[j].pos in ("PROPN", "NOUN", "PRON") and (found := single(j)):
                        return found
            for t in self.parsed.kids(above.i, "nsubj", "nsubjpass"):
                own = t.i in inside or t.i == k
                if own or (token.dep in ("dobj", "iobj", "dative") and above is self.tokens[self._clause(k)]):
                    continue
                if t.i < k and (found := single(t.i)):
                    return found
                if t.i < k and t.pos != "PRON":
                    return None  # somebody else does it: the older rule decides
        return None

    def _own_side(self, k: int) -> None:
        """ "From its side the government of Niger asked", "for her part, Mamani said": whoever the clause is about."""
        side = self.tokens[self.tokens[k].head]
        prep = self.tokens[side.head]
        if side.lemma.lower() not in ("side", "part", "turn") or prep.lower not in ("from", "for", "on", "in"):
            return
        for t in self.parsed.kids(self._clause(k), "nsubj", "nsubjpass"):
            who = self.who.get(t.i, ())
            if len(who) == 1 and t.pos != "PRON":
                person = next((s.person for s in self.flow[-12:] if s.token == t.i), None) or self.person_at.get(t.i)
                span = (self.tokens[k].start, self.tokens[k].end)
                self.who[k] = (at(who[0], span, "pronoun", self.parsed.text),)
                if person is not None:
                    self.pronoun_at[k] = person

    def _look_ahead(self, k: int) -> None:
        """ "Before he left Ankara, the Kyrgyz minister signed": a pronoun whose person comes after it."""
        token = self.tokens[k]
        kind = self.pronouns.get(token.lower)
        if kind not in ("masculine", "feminine"):
            return
        gender = "m" if kind == "masculine" else "f"
        for seen in self.flow:
            person = seen.person
            if (
                seen.sentence != token.sentence
                or seen.token < k
                or person is None
                or self.tokens[seen.token].pos == "PRON"
            ):
                continue
            top = self.tokens[seen.token]
            while top.dep in ("appos", "compound") and top.head != top.i:
                top = self.tokens[top.head]
            if top.dep in ("nsubj", "nsubjpass") and person.gender in ("", gender) and top.head != token.head:
                self.pronoun_at[k] = person
                person.gender = person.gender or gender
                self.who[k] = (self._as_person(person, (token.start, token.end), "pronoun"),)
                return
