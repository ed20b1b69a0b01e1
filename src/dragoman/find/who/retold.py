"""Names that only the rest of the page explains: a surname in the headline, "Jordan" after "Peter Jordan"."""

from __future__ import annotations

from dragoman.find.who.naming import NamedPage
from dragoman.find.who.titles import Person
from dragoman.lexicon.gazetteer import name_key
from dragoman.lexicon.match import fold


class RetoldPage(NamedPage):
    """A page whose full names are known; reads the shorter ones again in their light."""

    def _names_like_places(self) -> None:
        """ "British consul Chad Wilkes", "Desmond Washington, the minister": a state's name inside somebody's."""
        for mention in self.mentions:
            k = mention.first
            if (
                mention.kind == "adjective"
                and mention.last - k == 1
                and self.tokens[k].text != fold(self.tokens[k].text)
            ):
                if self._is_given(k) or k - 1 in self.title_at:
                    self.at.pop(k, None)  # "Defence Minister Germán Urdaneta"
                continue
            if mention.kind not in ("state", "capital") or mention.last - k > 1 or mention.bound:
                continue
            if fold(self.tokens[k].text) in self.known.ambiguous and (self._after_given(k) or self._is_given(k)):
                self.at.pop(k, None)

    def _after_given(self, k: int) -> bool:
        before = self.tokens[k - 1] if k else None
        return (
            before is not None
            and before.text[0].isupper()
            and before.pos == "PROPN"
            and k - 1 not in self.at
            and k - 1 not in self.title_at
            and name_key(before.text) in self.known.given_names
            and before.sentence == self.tokens[k].sentence
        )

    def _is_given(self, k: int) -> bool:
        if self.tokens[k].lower not in self.words["given_like_states"] or k + 1 >= len(self.tokens):
            return False
        after = self.tokens[k + 1]
        if after.pos != "PROPN" or not after.text[0].isupper() or k + 1 in self.at or k + 1 in self.title_at:
            return False
        before = self.tokens[k - 1] if k else None
        if before is not None and (k - 1 in self.title_at or (before.pos == "NOUN" and before.text.islower())):
            return True
        last = k + 2
        if last < len(self.tokens) and self.tokens[last].text == ",":
            return any(j in self.title_at for j in range(last + 1, min(last + 7, len(self.tokens))))
        return False

    def _read_names_again(self) -> None:
        self._names_before_introduction()
        self._surnames_like_states()

    def _names_before_introduction(self) -> None:
        """ "Gillis: we will pay" stands above the sentence that introduces Rhona Gillis."""
        full = {name_key(p.name).split()[-1]: p for p in self.people if len(p.name.split()) > 1}
        if not full:
            return
        for first, last in self._chunks():
            if first in self.person_at:
                known = self.person_at[first]
                if known.actor is not None or known.known is not None or last - first > 1:
                    continue
            if last - first > 1:
                continue
            person = full.get(name_key(self.tokens[first].text))
            if person is not None and person is not self.person_at.get(first):
                self._tie(first, last, person)

    def _surnames_like_states(self) -> None:
        """ "US envoy Peter Jordan ... Jordan, who speaks Arabic": somebody of the page, unless plainly the state."""
        bearers: dict[str, Person] = {}
        for person in self.people:
            words = name_key(person.name).split()
            if len(words) > 1 and person.known is None:
                bearers[words[-1]] = person
        if not bearers:
            return
        for mention in self.mentions:
            k = mention.first
            if mention.kind != "state" or mention.last - k > 1 or k in self.person_at:
                continue
            bearer = bearers.get(name_key(self.tokens[k].text))
            token = self.tokens[k]
            if bearer is None or token.dep not in ("nsubj", "nsubjpass", "poss", "appos") or k in self.modifying:
                continue
            if bearer.actor != mention.code:
                self._tie(k, k + 1, bearer)
                self.at.pop(k, None)

    def _tie(self, first: int, last: int, person: Person) -> None:
        for k in range(first, last):
            self.person_at[k] = person
            self.via_at[k] = "name"
            self.chunk_at[k] = (first, last)
