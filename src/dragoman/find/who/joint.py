"""Words for two or more just told of: "the two ministers", "both sides", "the pair", "the latter"."""

from __future__ import annotations

from dragoman.find.who.people import at
from dragoman.find.who.pronouns import PronounPage
from dragoman.find.who.titles import HEADS, Person, Seen, Title
from dragoman.records import Participant


class JointPage(PronounPage):
    def _is_joint(self, k: int) -> bool:
        """ "Both leaders", "the two countries", "our three nations"; "two diplomats" are just two diplomats."""
        words = {t.lower for t in self.parsed.kids(k)}
        definite = words & {"the", "these", "those"} or any(t.dep == "poss" for t in self.parsed.kids(k))
        told = words & self.numbers.keys()
        opens = (
            k - 1 == self.parsed.sentence_of(k).first and self.tokens[k].dep == "nsubj"
        )  # "Two leaders planted a tree"
        plain = opens and self.tokens[k].lemma.lower() in (
            "leader",
            "side",
            "country",
            "minister",
            "president",
            "party",
        )
        return "both" in words or bool((definite or plain) and told)

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
        if title is not None and loose and not explicit:
            explicit = self._of_several(title)
        out = []
        for code in pair[:count]:
            office = title.office if title else None
            person = self._in_office(code, office)
            if person is None and lemma in ("leader", "president", "head", "chief"):
                person = self._head_of(code)
            if person is None and title is not None and title.kind == "person":
                person = self._spoken_of(code, title, k)
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

    def _of_several(self, title: Title) -> bool:
        """ "The heads of the states", "the leaders of both countries": those lately spoken of."""
        k = title.last
        if k >= len(self.tokens) or self.tokens[k].lower != "of":
            return False
        for token in self.tokens[k + 1 : k + 4]:
            if token.lemma.lower() in self.words["state_words"] | self.words["joint"]:
                return token.tag in ("NNS", "NNPS")
        return False

    def _several_people(self, k: int) -> tuple[Participant, ...]:
        """ "The two men", "the pair": the persons told of together lately."""
        token = self.tokens[k]
        kids = self.parsed.kids(k)
        definite = any(t.lower in ("the", "these", "both") for t in kids)
        told = {t.lower for t in kids} & self.numbers.keys()
        if not definite or any(t.dep in ("relcl", "prep", "acl") for t in kids):
            return ()
        count = max((self.numbers[w] for w in told), default=2)
        if token.lemma.lower() == "trio":
            count = 3
        score: dict[int, float] = {}
        people: dict[int, Person] = {}
        for seen in reversed(self.flow):
            distance = token.sentence - seen.sentence
            if distance > 3 or (distance > 1 and len(people) >= count):
                break
            if seen.person is not None and seen.person.actor:
                people[id(seen.person)] = seen.person
                score[id(seen.person)] = score.get(id(seen.person), 0.0) + (1 + 0.25 * seen.weight) / (1 + distance)
        best = sorted(people, key=lambda p: -score[p])[:count]
        if len(best) < count:
            return ()
        order = [id(s.person) for s in self.flow]
        first = min([k, *(t.i for t in kids if t.i < k)])
        span = (self.tokens[first].start, token.end)
        return tuple(self._as_person(people[p], span, "description") for p in sorted(best, key=order.index))

    def _recent_pair(self, k: int, count: int) -> list[str]:
        """The actors that weigh most in this and the three sentences before."""
        sentence = self.tokens[k].sentence
        weight: dict[str, float] = {}
        title = self.title_at.get(k)
        states = self.tokens[k].lemma.lower() in self.words["state_only"] or (
            title is not None and title.office in HEADS
        )
        doers: set[str | None] = set()
        if self.tokens[k].dep in ("dobj", "pobj", "iobj", "dative"):
            # "Ramoutar spoke to both presidents": he is none of them
            for t in self.parsed.kids(self._clause(k), "nsubj"):
                doers = {p.actor for p in self.who.get(t.i, ())} if len(self.who.get(t.i, ())) == 1 else set()
        for seen in reversed(self.flow):
            distance = sentence - seen.sentence
            if distance > 100 or (distance > 3 and len(weight) >= count):
                break
            for who in seen.who:
                if (
                    who.actor
                    and who.actor not in doers
                    and (len(who.actor) == 3 or (who.actor.startswith(("IGO:", "NSA:")) and not states))
                ):
                    share = (1.0 + 0.25 * seen.weight) / (1 + distance * distance)
                    if self._is_scene(seen.token):
                        share *= 0.3  # "in the war in Yemen the two countries ..."
                    weight[who.actor] = weight.get(who.actor, 0.0) + share
        # a pair told in one breath ("Riyadh and Tehran") stays what "the two" are
        for where, codes in reversed(self.pairs):
            if sentence - where > 10:
                break
            if len(codes) == count:
                for code in codes:
                    weight[code] = weight.get(code, 0.0) + 1.6 / (1 + 0.3 * (sentence - where))
                break
        pair = sorted(weight, key=lambda c: -weight[c])[:count]
        return sorted(pair, key=lambda c: self.first_told[c])

    def _is_scene(self, k: int) -> bool:
        token = self.tokens[k]
        return token.dep == "pobj" and self.tokens[token.head].lower in ("in", "at", "near", "off")

    def _other_state(self, k: int, not_these: set[str | None]) -> str | None:
        """The other of two states: "its neighbour", "the friendly country"."""
        score: dict[str, float] = {}
        for seen in reversed(self.flow):
            distance = self.tokens[k].sentence - seen.sentence
            if distance > 3:
                break
            for who in seen.who:
                if who.actor and len(who.actor) == 3 and who.actor not in not_these:
                    score[who.actor] = score.get(who.actor, 0.0) + (1 + 0.25 * seen.weight) / (1 + distance)
        return max(score, key=lambda c: score[c]) if score else None

    def _former_latter(self, k: int) -> tuple[tuple[Participant, ...], Person | None]:
        """ "The former", "the latter": of the last two told of side by side."""
        after = self.tokens[k + 1] if k + 1 < len(self.tokens) else None
        before = self.tokens[k - 1] if k else None
        noun = after is not None and (after.pos in ("NOUN", "PROPN", "ADJ") or k + 1 in self.title_at)
        if noun or before is None or before.lower != "the":
            return (), None
        here = self.tokens[k].sentence
        for distance in (0, 1):
            told: list[Seen] = []
            for seen in self.flow:
                if here - seen.sentence == distance and seen.token < k and seen.who and not seen.plural:
                    if self.tokens[seen.token].tag == "PRP$" or seen.weight < 1:
                        continue
                    if all(seen.who[0].actor != t.who[0].actor or seen.person is not t.person for t in told):
                        told.append(seen)
            joined = [t for t in told if self.tokens[t.token].dep == "conj"]
            pair = told
            if joined:
                top = self.tokens[joined[-1].token].head
                pair = [t for t in told if t.token in (top, joined[-1].token)] or told
            if len(pair) >= 2:
                chosen = pair[-2] if self.tokens[k].lower == "former" else pair[-1]
                span = (before.start, self.tokens[k].end)
                return tuple(at(p, span, "description", self.parsed.text) for p in chosen.who), chosen.person
        return (), None
