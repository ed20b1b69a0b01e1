"""Bodies and states by other words than their names: "the ministry", "the bloc", "the West African nation"."""

from __future__ import annotations

from dragoman.find.base import Mention
from dragoman.find.who.joint import JointPage
from dragoman.find.who.people import at
from dragoman.find.who.titles import OF_BODIES, SENT, Title
from dragoman.lexicon.match import fold
from dragoman.parse.base import Token
from dragoman.records import Participant, Span

_WAYS = frozenset(["from", "to", "between", "via", "into", "through", "for", "towards", "toward", "across"])
_WHERE = frozenset("in at near outside around inside across through throughout within".split())
_COMPASS = frozenset(["north", "south"])


class BodyPage(JointPage):
    def _called(self, k: int) -> tuple[Participant, ...]:
        """ "The West African nation", "the kingdom", "the world body": one of those spoken of whom the words fit."""
        first = next((t.i for t in self.parsed.kids(k, "det") if t.lower in ("the", "this") and t.i < k), None)
        if first is None or k - first > self.known.longest_description + 3:
            return ()
        if k + 1 < len(self.tokens) and (self.tokens[k + 1].lower == "of" or k + 1 in self.title_at):
            return ()
        token = self.tokens[k]
        span = (self.tokens[first].start, token.end)
        for start in range(first + 1, k + 1):
            words = fold(self.parsed.text[self.tokens[start].start : token.end]).lower()
            codes = self.known.descriptions.get(words)
            if codes is None or (words in _COMPASS and not token.text[0].isupper()):
                continue
            score: dict[str, float] = {}
            for seen in reversed(self.flow):
                distance = token.sentence - seen.sentence
                if distance > 4:
                    break
                for who in seen.who:
                    if who.actor in codes:
                        score[who.actor] = score.get(who.actor, 0.0) + (1 + 0.25 * seen.weight) / (1 + distance)
            best = max(score, key=lambda c: score[c]) if score else codes[0] if len(codes) == 1 else None
            if best is None and words in _COMPASS:
                best = next((c for c in codes if c in self.page_codes), None)
            if best is None:
                continue
            name = self.known.state_names.get(best) or self.known.body_names.get(best)
            return (
                Participant(
                    actor=best, sector=None, name=name, role=None, text=self.parsed.text[span[0] : span[1]], span=span,
                    via="description",
                ),
            )  # fmt: skip
        return ()

    def _owner(self, title: Title) -> list[str]:
        """Actors of a person or pronoun that owns a title: "Putin's government", "the Trump administration"."""
        if title.first > 0 and self.tokens[title.first - 1].lower == "whose":
            # "the Red Cross, whose delegate ..."
            for k in range(title.first - 2, max(-1, title.first - 6), -1):
                if k in self.who:
                    return [p.actor for p in self.who[k] if p.actor][:1]
        for token in self.parsed.kids(title.head, "poss", "compound", "nmod"):
            inner = self.title_at.get(token.i)
            if inner is not None and inner is not title and inner.kind == "body" and token.dep != "poss":
                # "a department official": of the department spoken of before
                codes = inner.codes or [p.actor for p in self._same_body(inner, (0, 0)) if p.actor]
                if codes:
                    return codes[:1]
            if token.dep == "compound" and token.lemma.lower() in self.words["igo_nouns"]:
                same = self._same_organisation(token.i)
                if same and same[0].actor:
                    return [same[0].actor]
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
        return self._of_what(title)

    def _of_what(self, title: Title) -> list[str]:
        """ "The leader of the country", "the head of the Alliance", "the spokeswoman of the mission"."""
        k = title.last
        if k >= len(self.tokens) or self.tokens[k].lower not in ("of", "for", "from", "at") or title.office in SENT:
            return []
        k += 1
        while k < len(self.tokens) and self.tokens[k].pos in ("DET", "ADJ", "PRON") and k not in self.title_at:
            if self.tokens[k].lower in ("a", "an", "another", "any", "some"):
                return []
            k += 1
        if k >= len(self.tokens) or k in self.at or self.tokens[k].sentence != self.tokens[title.head].sentence:
            return []
        token = self.tokens[k]
        lemma = token.lemma.lower()
        if token.tag in ("NNS", "NNPS"):
            return []
        if lemma in self.words["igo_nouns"] | self.words["group_nouns"] | self.words["company_nouns"]:
            return [p.actor for p in self._same_organisation(k) if p.actor][:1]
        inner = self.title_at.get(k)
        if inner is not None and inner is not title and inner.kind != "person":
            codes = inner.codes or [p.actor for p in self._same_body(inner, (0, 0)) if p.actor]
            if codes:
                return codes[:1]
        if lemma in self.words["state_words"] | {"republic", "kingdom", "government", "nation"}:
            return self._last_state(token.sentence)
        return []

    def _last_body(self, sentence: int) -> list[str]:
        """The international body spoken of last."""
        for seen in reversed(self.flow):
            if sentence - seen.sentence > 6:
                break
            for who in seen.who:
                if who.actor and who.actor.startswith("IGO:"):
                    return [who.actor]
        return []

    def _last_state(self, sentence: int) -> list[str]:
        """The state of whoever acted last."""
        for seen in reversed(self.flow):
            if sentence - seen.sentence > 3:
                break
            code = seen.who[0].actor if len(seen.who) == 1 and not seen.plural else None
            if code and len(code) == 3 and seen.weight >= 2.5:
                return [code]
        return []

    def _same_organisation(self, k: int) -> tuple[Participant, ...]:
        """ "The alliance", "the agency", "the militia": the organisation or armed group spoken of before."""
        token = self.tokens[k]
        modifies = token.dep == "compound"  # "agency director X"
        if not modifies and not any(t.lower in ("the", "this") for t in self.parsed.kids(k, "det")):
            return ()
        lemma = token.lemma.lower()
        prefixes: tuple[str, ...] = ()
        if lemma in self.words["igo_nouns"]:
            prefixes += ("IGO:", "NGO:")
        if lemma in self.words["group_nouns"]:
            prefixes += ("NSA:",)
        if lemma in self.words["company_nouns"]:
            prefixes += ("MNC:",)
        whose = {self.at[t.i].code for t in self.parsed.kids(k, "amod", "compound") if t.i in self.at}
        first = min([k, *(t.i for t in self.parsed.kids(k, "det", "amod", "compound") if t.i < k)])
        span = (self.tokens[first].start, token.end)
        for seen in reversed(self.flow):
            if token.sentence - seen.sentence > 5:
                return ()
            for who in seen.who:
                code = who.actor or ""
                if lemma in self.words["named_nouns"] and lemma not in self.known.body_words.get(code, ()):
                    continue
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
                # a seat by its name counts too: "the State Department ... a department official"
                told = who.role or (who.name if who.via == "metonym" else None)
                words = {w.lower().rstrip("s") for w in (told or "").split()} | {(told or "").lower()}
                if who.actor and (lemma in words or not words.isdisjoint(self.same_body.get(lemma, ()))):
                    if title.plural and len(seen.who) > 1:
                        return tuple(
                            at(p, span, "sentence", self.parsed.text)
                            for p in seen.who
                            if p.role == who.role and p.actor
                        )
                    return (
                        Participant(
                            actor=who.actor, sector=who.sector, name=None, role=title.role,
                            text=self.parsed.text[span[0] : span[1]], span=span, via="sentence",
                        ),
                    )  # fmt: skip
        return ()

    def _local(self, title: Title, span: Span) -> tuple[Participant, ...]:
        """ "The junta", "the army", "the president" with nobody named: those of the state that acted before."""
        if title.office in OF_BODIES:
            body = self._last_body(self.tokens[title.head].sentence)
            return tuple(
                self._described(code, title, span, self._in_office(code, title.office), "sentence") for code in body
            )
        if title.office in SENT or title.office == "diplomat":
            return ()  # sent by one state to another: the text must say by whom
        own_media = title.sector == "JRN" and title.role.lower().startswith("state ")
        bare = self.tokens[title.head].lower in self.words["bare_bodies"] and title.first == title.last - 1
        definite = any(self.tokens[k].lower == "the" for k in range(title.first, title.last))
        if self._indefinite(title) and not definite:
            return ()
        if not (own_media or title.sector in ("GOV", "MIL", "LEG", "COP", "JUD")):
            return ()
        lemma = self.tokens[title.head].lemma.lower()
        if lemma in self.words["state_words"] and lemma != "country":
            return ()
        host = self._summoned_to(title)
        if host is not None:
            return (self._described(host, title, span, None, "sentence"),)
        for prep in self.parsed.kids(self._clause(title.head), "prep"):
            for town in self.parsed.kids(prep.i, "pobj"):
                there = self.at.get(town.i)
                if prep.lower == "in" and prep.i < title.head and there is not None and there.kind == "capital":
                    assert there.code is not None
                    person = self._in_office(there.code, title.office) if title.kind == "person" else None
                    return (self._described(there.code, title, span, person, "sentence"),)  # "in Santiago the ministry"
        determined = any(t.lower in ("the", "its") for t in self.parsed.kids(title.head, "det", "poss"))
        bare = bare and not self.parsed.kids(title.head, "det", "poss", "amod", "nummod", "compound")
        if not (own_media or determined or definite or bare):
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
        alone = {c for c in self.page_codes if len(c) == 3}
        if len(alone) == 1:
            only = next(iter(alone))
            person = self._in_office(only, title.office) if title.kind == "person" else None
            return (self._described(only, title, span, person, "sentence"),)
        return ()

    def _summoned_to(self, title: Title) -> str | None:
        """ "Greece's ambassador in Ankara was called to the ministry": Turkey's."""
        if self.tokens[title.head].dep != "pobj" or title.kind != "body":
            return None
        for t in self.parsed.kids(self._clause(title.head), "nsubjpass", "dobj"):
            sent = self.title_at.get(t.i)
            if sent is None or sent.office != "ambassador":
                continue
            if sent.last + 1 < len(self.tokens) and self.tokens[sent.last].lower in ("in", "to"):
                there = next((self.at[j] for j in range(sent.last + 1, sent.last + 3) if j in self.at), None)
                if there is not None and there.code not in sent.codes:
                    return there.code
            return self._other_state(title.head, set(sent.codes))
        return None

    def _whose_seat(self, mention: Mention) -> str | None:
        """ "Argentina's Senate": what many states have belongs to the one named beside it, or alone on the page."""
        for token in self.parsed.kids(mention.last - 1, "poss", "amod", "compound"):
            beside = self.at.get(token.i)
            if (
                beside is not None
                and beside is not mention
                and beside.kind in ("state", "adjective")
                and not beside.bound
            ):
                return beside.code if beside.code != mention.code else None
        if self.parsed.text[mention.start : mention.end].lower().removeprefix("the ") not in self.words["common_seats"]:
            return None
        others = [
            m.code for m in self.mentions if m is not mention and m.code and m.kind != "seat" and len(m.code) == 3
        ]
        if mention.code in others or not others:
            return None
        before = [m.code for m in self.mentions if m.first < mention.first and m.code in others]
        return before[-1] if before else others[0]

    def _is_where(self, mention: Mention) -> bool:
        """ "in Lisbon", "near Kyiv": the town, not the government."""
        token = self.tokens[mention.last - 1]
        first = token
        while first.dep == "conj" and first.head != first.i:
            first = self.tokens[first.head]
        prep = self.tokens[first.head]
        if first.dep == "pobj" and prep.lower in _WAYS:
            # "a train from Caracas", "flew on to London", "led a delegation to Hanoi"
            above = self.tokens[prep.head]
            while above.dep in ("prep", "dobj", "advmod") and above.lemma.lower() not in self.words["carriers"]:
                if above.lemma.lower() in self.words["moving"] or above.head == above.i:
                    break
                above = self.tokens[above.head]
            return above.lemma.lower() in self.words["carriers"] | self.words["moving"]
        if first.dep == "dobj":
            return self.tokens[first.head].lemma.lower() in self.words["reaching"]
        return first.dep == "pobj" and prep.lower in _WHERE and not self._speaks_through(prep.i)

    def _speaks_through(self, prep: int) -> bool:
        """ "interest in Moscow" is no place; "in" after such nouns keeps the government."""
        return self.parsed.head(prep).lemma in ("confidence", "trust", "faith", "interest", "believe")

    def _adjective_as_noun(self, token: Token) -> bool:
        """ "The Chinese agreed": an adjective that heads its phrase."""
        return token.dep in ("nsubj", "nsubjpass", "pobj", "dobj", "conj", "agent") and not any(
            t.pos in ("NOUN", "PROPN") and t.i > token.i for t in self.parsed.kids(token.i, "compound", "appos")
        )

    def _vague(self, title: Title) -> bool:
        """ "European diplomats": of no state that the words tell; the record says so."""
        state = self.tokens[title.head].lemma.lower() in self.words["state_words"]
        words = self.words["vague_adjectives"] | (self.words["vague_numbers"] if state else frozenset())
        for k in range(max(0, title.first - 2), title.first):
            if self.tokens[k].lower in words and k not in self.at:
                span = (self.tokens[k].start, self.tokens[title.last - 1].end)
                self.remarks.append((span, "a group that is no state"))
                return True
        return False

    def _remark_vague(self, first: int, last: int) -> None:
        """Groups that are no states: "Western countries", "the international community"."""
        tokens = self.tokens
        for k in range(first, last):
            token = tokens[k]
            if k in self.grouped:
                continue
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
