"""The walk over a text that yields its phrases of time."""

from __future__ import annotations

from dragoman.find.when.calendar import Calendar
from dragoman.find.when.days import Days
from dragoman.find.when.figures import Figures
from dragoman.find.when.phrases import DASHES, Phrase, Words, words_of
from dragoman.find.when.units import Units
from dragoman.parse.base import Parsed


def find_phrases(parsed: Parsed, calendar: Calendar) -> tuple[Words, list[Phrase]]:
    """The words, and the phrases of time among them in order, none overlapping another."""
    words = words_of(parsed)
    return words, _Walk(words, parsed, calendar).phrases()


class _Walk(Days, Units, Figures):
    def __init__(self, words: Words, parsed: Parsed, calendar: Calendar) -> None:
        super().__init__(words, parsed, calendar)
        self.readers = {
            "month": self.month,
            "weekday": self.weekday,
            "deictic": self.deictic,
            "part": self.part,
            "eve": self.eve,
            "holiday": self.holiday,
            "unit": self.unit,
            "season": self.season,
            "adverb": self.adverb,
            "q": self.q,
            "figure": self.figure,
            "decade": self.decade,
        }

    def phrases(self) -> list[Phrase]:
        found: list[Phrase] = []
        triggers, names = self.calendar.triggers, self.calendar.names
        floor = 1
        for i, word in enumerate(self.low):
            if i < floor or not (word in triggers or word in names or word[0] in "0123456789'"):
                continue
            phrase, skip = self.at(i, floor, found)
            if phrase is not None:
                found.append(phrase)
                floor = phrase.last
            elif skip:
                floor = skip
        self._close(found)
        return self._ranges(found)

    def _close(self, found: list[Phrase]) -> None:
        """Take in parts of days, articles and prepositions at the left of each phrase."""
        floor = 1
        for p in found:
            if p.kind in ("date", "exact", "holiday") and p.weekday is None:
                p.first = self.day_left(p.first, floor, p)
            if p.part and p.granularity == "day":
                p.granularity = "part"
            if p.unit == "week" and p.kind in ("date", "exact"):
                p.granularity = "week"
            qualifies = p.type == "point" and p.kind != "offset" and self.before_noun(p.first, p.last)
            p.prenominal = qualifies or p.name == "happening"
            if p.prenominal and self.low[p.first] == "the" and p.kind not in ("window", "same", "decade"):
                p.first += 1
            if p.type == "point":
                if not p.prenominal:
                    self._preposition(p, floor)
            elif p.first > floor and self.low[p.first - 1] in _TAKEN[p.type]:
                p.first -= 1
            floor = p.last

    def _preposition(self, p: Phrase, floor: int) -> None:
        k = p.first - 1
        if k - 1 >= floor and self.low[k] == "the" and p.kind != "weekday":
            k -= 1
        if k < floor:
            return
        for parts, mode in self.calendar.modes.get(self.low[k], ()):
            start = k - len(parts) + 1
            if start >= floor and tuple(self.low[start : k + 1]) == parts:
                ranged = p.until_day is not None and mode == "from"
                p.mode, p.first = p.mode or ("" if ranged else mode), start
                return
        if self.low[k] == "between" and p.until_day is not None:
            p.first = k

    def _ranges(self, found: list[Phrase]) -> list[Phrase]:
        """Join "from A to B", "between A and B", "A-B"."""
        out: list[Phrase] = []
        for p in found:
            a = out[-1] if out else None
            if a is None or a.to is not None or not self._joined(a, p):
                out.append(p)
                continue
            a.to, a.last, a.mode = p, p.last, ""
            if a.first > 1 and self.low[a.first - 1] == "between":
                a.first -= 1
        return out

    def _joined(self, a: Phrase, b: Phrase) -> bool:
        if a.type != "point" or b.type != "point" or a.kind not in _RANGED or b.kind not in _RANGED:
            return False
        gap = self.low[a.last : b.first]
        if not gap and self.low[b.first] in self.w["range"]:
            gap = [self.low[b.first]]  # "from May through June": taken as the preposition of its far end
        if len(gap) == 2 and gap[1] == "the":
            gap.pop()
        if len(gap) != 1:
            return False
        if gap[0] == "and":
            return a.first > 1 and "between" in (self.low[a.first - 1], self.low[a.first])
        if gap[0] in DASHES:
            return a.kind == b.kind
        if gap[0] not in self.w["range"]:
            return False
        # "the talks were moved from Monday to Tuesday" is two days, not three
        sentence = self.parsed.sentence_of(self.token[a.last - 1])
        lemmas = {t.lemma for t in self.parsed.tokens[sentence.first : self.token[a.last - 1]]}
        return not lemmas & self.calendar.tense["shifting"]


_TAKEN = {"duration": ("for", "within", "during", "over"), "set": ("on", "in")}
_RANGED = frozenset(
    ["date", "month", "year", "weekday", "exact", "season", "decade", "century", "unit", "holiday", "quarter", "half"]
)
