"""Readers of units: "last week", "two days ago", "the third quarter", "twice a year", "last spring"."""

from __future__ import annotations

import re

from dragoman.find.when.phrases import BREAK, DASHES, Phrase
from dragoman.find.when.scan import SHIFTS, Scan, edge_granularity, granularity
from dragoman.records import Granularity


class Units(Scan):
    """Readers for words such as day, week, quarter, year, spring."""

    def unit(self, i: int, floor: int, unit: str) -> Phrase | None:
        """A unit with whatever counts it, turns it to now, or takes a part of it."""
        low = self.low
        j, after = i - 1, low[i + 1]
        if after in ("old", "olds") or (after in DASHES and low[i + 2] in ("old", "olds")):
            return None
        if self.text[i][0].isupper() and self.text[i - 1][0].isupper() and not self.text[i].isupper():
            return None  # part of a name: "Unknown Day"
        gran = granularity(unit)
        if j >= floor and low[j] in DASHES:  # "a two-day visit", "mid-year"
            n, first, some = self.count(j - 1, floor)
            if some and low[first] not in ("a", "an"):
                return Phrase(first, i + 1, "duration", gran, type="duration", n=n)
            edge, first = self.edge_before(j, floor)
            timely = edge and unit not in ("hour", "minute", "quarter", "half")
            return Phrase(first, i + 1, "unit", gran, unit=unit, n=0, edge=edge) if timely else None
        if after in DASHES and low[i] == unit:  # "a week-long truce", "by year-end"
            if low[i + 2] == "long":
                return Phrase(i, i + 3, "duration", gran, type="duration", n=1)
            ends = low[i + 2] == "end" and unit in ("year", "month")
            return Phrase(self.the(i, floor), i + 3, "unit", gran, unit=unit, n=0, edge="late") if ends else None
        if unit in ("quarter", "half"):
            return self._ordinal(i, floor, unit)
        if unit == "century":
            return self._century(i, floor)
        return (
            self._repeated(i, floor, gran)
            or self._counted_off(i, floor, unit, gran)
            or self._related(i, floor, unit, gran)
            or self._defined(i, floor, unit, gran)
            or self._lasting(i, floor, gran)
        )

    def _repeated(self, i: int, floor: int, gran: Granularity) -> Phrase | None:
        """ "twice a year", "three times a week", "every two weeks", "each month"."""
        low, j = self.low, i - 1
        if j < floor:
            return None
        if low[j] in ("a", "an", "per", "each", "every") and j - 1 >= floor:
            if low[j - 1] in self.w["frequency"]:
                return Phrase(j - 1, i + 1, "set", gran, type="set")
            if low[j - 1] == "times":
                _, first, some = self.count(j - 2, floor)
                if some:
                    return Phrase(first, i + 1, "set", gran, type="set")
        k = j
        if low[k] == "other" or low[k] in self.calendar.ordinals:
            k -= 1
        elif low[k] not in self.w["every"]:
            _, first, some = self.count(k, floor)
            k = first - 1 if some else k
        if k >= floor and low[k] in self.w["every"]:
            return Phrase(k, i + 1, "set", gran, type="set")
        return None

    def _counted_off(self, i: int, floor: int, unit: str, gran: Granularity) -> Phrase | None:
        """ "two days ago", "a year earlier", "a week after the vote", "three months from now"."""
        low, after = self.low, self.low[i + 1]
        n, first, some = self.count(i - 1, floor)
        short = unit in ("hour", "minute")
        if after == "ago":
            first = self._more(first, floor) if some else i
            if n is not None and short and (unit == "minute" or n < 6):
                return Phrase(first, i + 2, "unit", "day", unit="day", n=0)
            if n is None or short:
                return Phrase(first, i + 2, "words", gran)
            return Phrase(first, i + 2, "ago", gran, unit=unit, n=-n)
        if not some:
            return None
        if after == "from" and low[i + 2] in ("now", "today"):
            return Phrase(first, i + 3, "words" if n is None or short else "ago", gran, unit=unit, n=n)
        if after not in ("earlier", "later", "before", "after"):
            return None
        return Phrase(first, i + 2, "words", gran) if short else self._offset(first, i + 1, n, unit)

    def _more(self, first: int, floor: int) -> int:
        """The start of a number with "more than", "about", "nearly" before it."""
        if first - 2 >= floor and self.low[first - 1] == "than" and self.low[first - 2] in ("more", "less"):
            return first - 2
        if first - 1 >= floor and self.low[first - 1] in self.w["approximate"]:
            return first - 1
        return first

    def _offset(self, first: int, at: int, n: int | None, unit: str) -> Phrase:
        """A time counted from another; `at` is the position of earlier, later, before or after."""
        word, gran = self.low[at], granularity(unit)
        signed = None if n is None else -n if word in ("earlier", "before") else n
        if word in ("before", "after"):
            base = self.following(at + 1)
            if base is not None and base.type == "point":
                return Phrase(first, base.last, "offset", gran, unit=unit, n=signed, base=base)
            if self.tag(at + 1)[:1] in ("D", "N", "P", "J", "V") or self.low[at + 1] in ("the", "a"):
                return Phrase(first, at + 1, "words", gran)  # "two days after the vote"
        return Phrase(first, at + 1, "offset", gran, unit=unit, n=signed, name=word)

    def _related(self, i: int, floor: int, unit: str, gran: Granularity) -> Phrase | None:
        """ "last week", "the past three days", "the next day", "that year", "earlier this month"."""
        low, w = self.low, self.w
        single = low[i] == unit
        n, k, some = self.count(i - 1, floor)
        k -= 1
        if (some and low[k + 1] in ("a", "an")) or k < floor or unit == "minute":
            return None
        word = low[k]
        the = k - 1 >= floor and low[k - 1] == "the"
        first = k - 1 if the or (k - 1 >= floor and low[k - 1] == "this") else k
        if some or not single or word in w["past"] or (the and word in w["last"] and unit not in ("day", "weekend")):
            if low[i + 1] == "of" and word in w["last"]:
                return None  # "the last week of May"
            return self._window(i, first, word, n if some else (1 if single else None), unit, gran)
        if unit == "hour" or (low[i + 1] == "of" and unit in ("day", "week", "weekend") and (the or word in w["same"])):
            return None  # "the last day of the visit"
        if word in w["same"]:
            first -= first > floor and low[first - 1] in w["sides"]
            return Phrase(first, i + 1, "same", gran, unit=unit, n=0)
        if word in w["previous"] or word in w["following"] or (the and word == "next"):
            return Phrase(first, i + 1, "same", gran, unit=unit, n=-1 if word in w["previous"] else 1)
        rel = self.rel(k)
        if not rel or unit == "day":
            return None
        return self._turned(i, floor, first, Phrase(first, i + 1, "unit", gran, unit=unit, n=SHIFTS[rel]))

    def _turned(self, i: int, floor: int, first: int, phrase: Phrase) -> Phrase:
        """ "last week" with what stands round it: "late last week", "earlier this year", "last week on Tuesday"."""
        low = self.low
        phrase.edge, start = self.edge_before(first - 1, floor)
        if phrase.edge:
            phrase.first = start
            phrase.granularity = edge_granularity(phrase.edge, phrase.granularity)
        else:
            k = first - 1 - (first - 2 >= floor and low[first - 1] == "in")
            if k >= floor and low[k] in self.w["sides"]:
                phrase.side, phrase.first = low[k], k
        if phrase.unit == "week":
            k = i + 1 + (low[i + 1] == "on")
            day = self.calendar.days.get(low[k]) if k < self.n else None
            if day is not None:
                return Phrase(phrase.first, k + 1, "weekday", "day", weekday=day, inside=phrase)
        return phrase

    def _window(self, i: int, first: int, word: str, n: int | None, unit: str, gran: Granularity) -> Phrase | None:
        """ "the past three days", "in recent weeks", "the coming months": a stretch that ends or begins now."""
        w = self.w
        back = word in w["last"] or word in w["past"] or word in w["previous"]
        if not back and not (word in w["next"] or word in w["following"]):
            return None
        if unit == "weekend":
            return Phrase(first, i + 1, "unit", "day", unit=unit, n=-1 if back else 1) if n == 1 else None
        if unit == "hour":
            unit, n = "day", (None if n is None else max(1, round(n / 24)))
        signed = None if n is None else -n if back else n
        return Phrase(first, i + 1, "window", gran, unit=unit, n=signed, side="earlier" if back else "later")

    def _defined(self, i: int, floor: int, unit: str, gran: Granularity) -> Phrase | None:
        """ "the end of the year", "later in the week", "the week of May 6", "the day after", "the weekend"."""
        low, j = self.low, i - 1
        if j < floor or low[j] != "the" or low[i] != unit:
            return None
        if unit == "weekend":
            return Phrase(j, i + 1, "unit", "day", unit="weekend", n=None)
        if unit not in ("day", "week", "month", "year"):
            return None
        edge, first = self.edge_before(j, floor)
        if edge:
            if unit == "day" or low[i + 1] == "of":
                return None
            return Phrase(first, i + 1, "unit", edge_granularity(edge, gran), unit=unit, n=0, edge=edge)
        if j - 2 >= floor and low[j - 1] == "in" and low[j - 2] in self.w["sides"]:
            return Phrase(j - 2, i + 1, "unit", gran, unit=unit, n=0, side="" if unit == "day" else low[j - 2])
        if unit == "week" and low[i + 1] == "of":
            sub = self.following(i + 2)
            if sub is not None and sub.kind in ("date", "exact") and sub.until_day is None:
                sub.first, sub.unit = j, "week"
                return sub
        return self._offset(j, i + 1, 1, unit) if low[i + 1] in ("before", "after") else None

    def _lasting(self, i: int, floor: int, gran: Granularity) -> Phrase | None:
        """ "for three days", "in two weeks", "in two weeks' time", "three days of talks"."""
        low = self.low
        n, first, some = self.count(i - 1, floor)
        unit = self.calendar.units[low[i]]
        plural = low[i] != unit
        if not some:
            if plural and i - 1 >= floor and low[i - 1] == "for":
                return Phrase(i - 1, i + 1, "duration", gran, type="duration")
            return None
        article = low[first] in ("a", "an")
        k = first - 1
        if k - 1 >= floor and (low[k] in self.w["approximate"] or low[k] == "the") and low[k - 1] in self.w["lasting"]:
            k -= 1
        preposition = low[k] if k >= floor and low[k] in self.w["lasting"] else ""
        if (article and not preposition) or not (article or plural):
            return None
        last = i + 1
        timed = low[last] in ("'", "'s") and low[last + 1] == "time"
        last += 2 * timed
        ahead = (preposition == "in" or timed) and unit not in ("hour", "minute")
        kind = "in" if ahead else "duration"
        start = k if preposition else first
        return Phrase(start, last, kind, gran, type="point" if ahead else "duration", n=n, unit=unit)

    def _ordinal(self, i: int, floor: int, unit: str) -> Phrase | None:
        """ "the third quarter", "last quarter", "the first half of 2019"."""
        low, j = self.low, i - 1
        if j < floor:
            return None
        rel = self.rel(j)
        if unit == "quarter" and rel and low[i + 1] not in ("-", "of"):
            return Phrase(self.the(j, floor), i + 1, "unit", "quarter", unit=unit, n=SHIFTS[rel])
        nth = self.calendar.ordinals.get(low[j], 9)
        if nth > (4 if unit == "quarter" else 2) or low[i + 1] in DASHES:
            return None
        first = self.the(j, floor)
        inside = self.container(i + 1, ("year",))
        if inside is None and (unit == "half" or low[i + 1] == "of" or low[first] != "the"):
            return None  # of anything; "the first half of May" is read from its month
        gran: Granularity = "quarter" if unit == "quarter" else "month"
        return Phrase(first, inside.last if inside else i + 1, unit, gran, n=nth, inside=inside)

    def q(self, i: int, floor: int, number: int) -> Phrase | None:
        """ "Q3 2018", "in Q3"."""
        inside = self.container(i + 1, ("year",))
        if inside is None and self.low[i - 1] not in ("in", "for", "since"):
            return None
        return Phrase(i, inside.last if inside else i + 1, "quarter", "quarter", n=number, inside=inside)

    def _century(self, i: int, floor: int) -> Phrase | None:
        low, j = self.low, i - 1
        match = _CENTURY.match(low[j]) if j >= floor else None
        number = int(match.group(1)) if match else self.calendar.ordinals.get(low[j] if j >= floor else "", 0)
        if not 10 <= number <= 21:
            return self._related(i, floor, "century", "decade") or self._counted_off(i, floor, "century", "decade")
        edge, first = self.edge_before(j - 1, floor)
        return Phrase(first if edge else self.the(j, floor), i + 1, "century", "decade", n=number, edge=edge)

    def season(self, i: int, floor: int, _: object) -> Phrase | None:
        """ "in the spring", "last summer", "the winter of 2014"."""
        low, j = self.low, i - 1
        if j < floor or self.tag(i)[:1] != "N":
            return None
        name = low[i]
        inside = self.container(i + 1, ("year",)) if low[i + 1] != "," else None
        if inside is None and low[i + 1] == "of":
            return None
        rel = self.rel(j)
        the = low[j] == "the"
        first = self.the(j, floor) if rel else j if the else i
        edge, start = self.edge_before(first - 1, floor)
        if edge in ("early", "mid", "late"):
            first = start
        else:
            edge = ""
        if not (rel or inside):
            if self.before_noun(i, i + 1):
                return None  # "the spring offensive"
            if not (the or edge) and (low[j] not in self.w["season-before"] or name == "fall"):
                return None
            if the and not edge and low[first - 1] not in self.w["season-the"]:
                return None
            if name == "fall" and low[i + 1] in ("in", "from"):
                return None
        last = inside.last if inside else i + 1
        return Phrase(first, last, "season", "season", name=name, rel=rel, edge=edge, inside=inside)

    def adverb(self, i: int, floor: int, word: str) -> Phrase | None:
        """ "daily", "annually"."""
        if self.tag(i) != "RB" or self.text[i][0].isupper() or self.low[i - 1] in DASHES or self.low[i - 1] == BREAK:
            return None
        return Phrase(i, i + 1, "set", _ADVERBS.get(word, "day"), type="set")


_ADVERBS: dict[str, Granularity] = {
    "annually": "year",
    "yearly": "year",
    "monthly": "month",
    "weekly": "week",
    "hourly": "hour",
}
_CENTURY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)$")
