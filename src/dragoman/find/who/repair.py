"""Whom a misspelt or oddly transliterated name means: by its sound, and by what else on the page agrees.

A name may lie the further from the tables the more agrees with it: the office beside it and its state, the given name,
the state on the page, the right spelling elsewhere. Whoever is introduced by a trade ("the Russian skater Lavronov")
is somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dragoman.find.who.titles import HEADS, LEVEL, Title, TitledPage
from dragoman.lexicon.gazetteer import Figure, name_key, sound_key
from dragoman.lexicon.rows import Person as Term

# how far a last name may lie from the candidate's, by what agrees; misspellings lie within a fifth of their length
_ONLY_HOLDER_AND_GIVEN = 0.20
_ONLY_HOLDER = 0.14
_OFFICE_AND_GIVEN = 0.17
_OFFICE = 0.12
_STATE = 0.10
_PERSON = 0.125
_GIVEN = 0.15
_NOTHING = 0.0
_GIVEN_NAMES = 0.20  # how far given names may lie from each other
_BOTH_NAMES = 0.25  # how far both together
_SURE_NAMES = 0.16  # and where no office agrees
_WHOLE = 0.12  # how far a name of short words may lie as a whole
_TRADES = frozenset(["BUS", "JRN", "EDU", "CVL", "REL", "MED", "LAB", "AGR", "CRM", "SOC"])


class RepairedPage(TitledPage):
    """A page whose titles are known; tells whom a name means that no table has."""

    def _repaired(self, words: Sequence[str], title: Title | None, chunk: tuple[int, int]) -> Figure | None:
        """The person of the tables whose name these words misspell: in office on the date, and the page agrees."""
        if (len(words[-1]) < 3 and len(words) < 2) or not all(c.isalpha() or c in ".'’-" for w in words for c in w):
            return None
        if len(words) == 1 and words[0].endswith("s") and name_key(words[0][:-1]) in self.known.by_short:
            return None  # "the Clintons"
        if self._has_a_trade(title, chunk):
            return None
        best: list[tuple[float, int, Figure]] = []
        for figure in self._candidates(words, title):
            room = self._room(figure, words, title)
            if room is not None:
                now = figure.term(self.date)
                best.append((room, LEVEL.get(now.office, 0), figure))
        if not best:
            return None
        best.sort(key=lambda b: b[:2], reverse=True)
        if len(best) > 1 and best[0][:2] == best[1][:2]:
            return None
        return best[0][2]

    def _candidates(self, words: Sequence[str], title: Title | None) -> Iterable[Figure]:
        """Who was in office on the date and may be meant: of the title's state, else whose name has these sounds."""
        known = self.known
        if title is not None and title.codes:
            heard = [w for k in {0, len(words) - 1} for w in known.sounds.heard(words[k])]
            found = {id(f): f for code in title.codes for f in known.beginning_alike(code, heard)}
        else:
            near = known.sounding_alike(known.sounds.heard(words[-1]))
            office = title.office if title is not None else None
            on_page = self.page_codes.keys()
            found = {
                id(f): f
                for f in near
                if not known.actors_of(f).isdisjoint(on_page)
                or (office is not None and any(t.office == office for t in f.terms))
            }
            if title is not None and title.office:
                found.update(
                    (id(f), f) for code in self.page_codes for _, f in known.holders.get((code, title.office), ())
                )
        former = title is not None and title.former
        here = {id(p.known) for p in self.people}
        return [f for f in found.values() if former or f.active(self.date) or id(f) in here]

    def _room(self, figure: Figure, words: Sequence[str], title: Title | None) -> float | None:
        """How much further apart the names could be, for all that agrees; None if they are too far apart."""
        terms = _held(figure, self.date)
        if not terms or (title is not None and title.codes and not any(t.actor in title.codes for t in terms)):
            return None
        in_codes = title is not None and any(t.actor in title.codes for t in terms)
        same_office = [t for t in terms if title is not None and _same_office(title, t)]
        on_page = any(t.actor in self.page_codes for t in terms)
        page_person = any(p.known is figure for p in self.people)
        famous = LEVEL.get(figure.term(self.date).office, 0) >= 4 and len(words[-1]) > 4
        if not (in_codes or same_office or page_person or (on_page and (len(words) > 1 or famous))):
            return None
        last, given, whole = self.known.likeness(figure, words)
        if in_codes and same_office and whole <= _WHOLE and whole < max(last, given or 0):
            last = given = whole
        if last >= 1.0:
            return None
        if given is not None and (given > _GIVEN_NAMES or given + last > _BOTH_NAMES):
            return None
        sure = given is not None and given + last <= _SURE_NAMES
        if title is None and _feminine(words[-1], figure):
            return None
        limit: float | None = None
        if in_codes and same_office:
            only = any(len(self.known.holders_on(t.actor, t.office, self.date)) == 1 for t in same_office)
            if only:
                limit = _ONLY_HOLDER if given is None else _ONLY_HOLDER_AND_GIVEN
            else:
                limit = _OFFICE if given is None else _OFFICE_AND_GIVEN
        elif in_codes or (same_office and (on_page or sure)):
            limit = _STATE if given is None else _OFFICE_AND_GIVEN if sure else None
        elif page_person and given is None:
            limit = _PERSON
        elif sure and (page_person or (on_page and title is None)):
            limit = _GIVEN
        elif title is None and given is None and famous and any(self.page_codes.get(t.actor, 0) > 1 for t in terms):
            limit = _NOTHING
        return limit - last if limit is not None and last <= limit else None

    def _has_a_trade(self, title: Title | None, chunk: tuple[int, int]) -> bool:
        """ "the skater", "the baker", "the company": what stands beside the name is no office."""
        first, last = chunk
        tokens = self.tokens
        if title is not None:
            return title.sector in _TRADES or (title.office is None and title.kind == "person")
        before = tokens[first - 1] if first else None
        if (
            before is not None
            and first - 1 not in self.title_at
            and before.lower not in self.words["honorifics"]
            and before.pos == "NOUN"
            and before.sentence == tokens[first].sentence
        ):
            return True
        apposed = self.parsed.kids(last - 1, "appos")
        return any(t.pos == "NOUN" and t.i not in self.title_at for t in apposed)


def _held(figure: Figure, date: str | None) -> list[Term]:
    """The terms of somebody that ran on a day, all without one; else the one that tells who they were."""
    if not date:
        return list(figure.terms)
    on = [t for t in figure.terms if t.from_ <= date[: len(t.from_)] and (not t.to or date[: len(t.to)] <= t.to)]
    return on or [figure.term(date)]


def _same_office(title: Title, term: Term) -> bool:
    if title.office is None:
        return False
    if title.office in ("head", "junta-leader"):
        return term.office in HEADS or term.office == title.office
    if title.office == "minister":
        return term.office.endswith("minister")
    if title.office.endswith("spokesperson"):
        return term.office.endswith(("spokesperson", "press-secretary"))
    return title.office == term.office


def _feminine(word: str, figure: Figure) -> bool:
    """ "Lavrova" is not Lavrov."""
    key = sound_key(word)
    return figure.gender == "m" and any(key == sound_key(name_key(n).split()[-1]) + "a" for n in (figure.name,))
