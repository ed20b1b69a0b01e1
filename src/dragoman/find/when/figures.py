"""Readers of figures: years, decades, and dates written in numbers."""

from __future__ import annotations

import re

from dragoman.find.when.phrases import BREAK, DASHES, Phrase
from dragoman.find.when.scan import Scan, edge_granularity


class Figures(Scan):
    """Readers for words that begin with a figure, and for the names of decades."""

    def figure(self, i: int, floor: int, found: list[Phrase]) -> Phrase | None:
        """A year, a decade or a date; None for any other number."""
        word = self.low[i]
        if word[-1] == "s":
            return self._decade_figure(i, floor)
        if self.year_number(i) is not None:
            return self._year(i, floor, found)
        if "." in word or "/" in word:
            match = _DATE.match(word)
            if match:
                return self._numeric(i, match)
            match = _YEARS.match(word)
            if match and (self.low[i - 1] in self.w["year-before"] or self.low[i - 1] == "the"):
                start = int(match.group(1))
                if start // 100 * 100 + int(match.group(2)[-2:]) == start + 1:
                    far = Phrase(i, i + 1, "year", "year", year=start + 1)
                    return Phrase(self.the(i, floor), i + 1, "year", "year", year=start, to=far)
        return None

    def decade(self, i: int, floor: int, number: int) -> Phrase | None:
        """ "the nineties"."""
        if self.low[i - 1] not in ("the", "early", "mid", "late", "-"):
            return None
        return self._decade(i, floor, 1900 + number)

    def _decade_figure(self, i: int, floor: int) -> Phrase | None:
        """ "the 1990s", "the early 90s"."""
        word, before = self.low[i], self.low[i - 1]
        match = _DECADE.match(word.lstrip("'"))
        if not match or before in ("her", "his", "their", "my"):
            return None
        century = match.group(1)
        if century is None and word[0] != "'" and before not in ("'", "the", "-", "early", "late", "mid"):
            return None
        return self._decade(i, floor, int((century or "19") + match.group(2) + "0"))

    def _decade(self, i: int, floor: int, year: int) -> Phrase:
        j = i - 2 if self.low[i - 1] == "'" and i - 1 >= floor else i - 1
        edge, first = self.edge_before(j, floor)
        return Phrase(self.the(first if edge else j + 1, floor), i + 1, "decade", "decade", year=year, edge=edge)

    def _year(self, i: int, floor: int, found: list[Phrase]) -> Phrase | None:
        """Four figures that keep the company of years."""
        low, w = self.low, self.w
        year, before, after = int(low[i]), low[i - 1], low[i + 1]
        iso = self._iso(i)
        if iso is not None:
            return iso
        if self.counted(i + 1) or before in w["designators"]:
            return None
        first = self.the(i - 1, floor) if before == "year" and i - 1 >= floor else i
        edge, start = self.edge_before(first - 1, floor)
        if edge:
            return Phrase(start, i + 1, "year", edge_granularity(edge, "year"), year=year, edge=edge)
        if before in DASHES and low[i - 2] in ("pre", "post") and i - 2 >= floor:
            return Phrase(i - 2, i + 1, "year", "year", year=year, mode="before" if low[i - 2] == "pre" else "after")
        if not self._year_company(i, first, year, found):
            return None
        phrase = Phrase(first, i + 1, "year", "year", year=year)
        short = low[i + 2] if after in DASHES and i + 2 < self.n else ""
        if len(short) == 2 and short.isdecimal() and year < year // 100 * 100 + int(short) < year + 50:
            phrase.to = Phrase(i + 2, i + 3, "year", "year", year=year // 100 * 100 + int(short))
            phrase.last = i + 3
        return phrase

    def _year_company(self, i: int, first: int, year: int, found: list[Phrase]) -> bool:
        low, w = self.low, self.w
        before, after = low[i - 1], low[i + 1]
        likely = 1900 <= year < 2100
        if first < i or (before in w["year-before"] and (likely or before not in w["year-perhaps"])):
            return True
        joined = before in DASHES or before in ("and", "to", "or", ",")
        if found and joined and found[-1].kind == "year" and found[-1].last == i - 1:
            return True
        if not likely:
            return False
        far = after in DASHES and i + 2 < self.n and self.year_number(i + 2) is not None
        return far or after == "'s" or (before == "(" and after == ")") or self._qualifies(i)

    def _qualifies(self, i: int) -> bool:
        """Whether a bare year stands before the noun that it dates: "the 2015 deal", "its 2014 annexation"."""
        token = self.parsed.tokens[self.token[i]]
        head = self.parsed.tokens[token.head]
        if head.i <= token.i or head.pos not in ("NOUN", "PROPN") or head.sentence != token.sentence:
            return False
        before = self.tag(i - 1)
        if self.text[i - 1][0].isupper() and before.startswith("NNP") and self.low[i - 1] not in self.calendar.triggers:
            return False  # "the G20 2019 summit": part of its name
        return before in _BEFORE_YEAR or self.low[i - 1] == BREAK

    def _iso(self, i: int) -> Phrase | None:
        """2019-05-14, 2019-05-14T10:00; the words are cut at the dashes."""
        low = self.low
        if i + 4 >= self.n or low[i + 1] != "-" or low[i + 3] != "-":
            return None
        if len(low[i + 2]) != 2 or not low[i + 2].isdecimal():
            return None
        match = _ISO_DAY.match(low[i + 4])
        if not match:
            return None
        return Phrase(i, i + 5, "exact", "day", exact=(f"{low[i]}-{low[i + 2]}-{match.group(1)}",))

    def _numeric(self, i: int, match: re.Match[str]) -> Phrase | None:
        """14.05.2019, 14/05/2019; both readings where the order is open."""
        first, mark, second, third = match.groups()
        readings: list[tuple[int, int, int]] = []
        if len(first) == 4:
            if len(third) == 2:
                readings.append((int(first), int(second), int(third)))
        elif len(third) in (2, 4) and len(first) < 3:
            year = int(third) if len(third) == 4 else 2000 + int(third)
            order = self.calendar.dots if mark == "." else self.calendar.slashes
            if order != "month-day-year":
                readings.append((year, int(second), int(first)))
            if order != "day-month-year":
                readings.append((year, int(first), int(second)))
        good = [r for r in readings if 1 <= r[1] <= 12 and 1 <= r[2] <= 31 and 1000 <= r[0] < 2200]
        if not good or (len(third) == 2 and len(first) < 3 and good[0][0] > 2060):
            return None
        exact = tuple(dict.fromkeys(f"{y:04}-{m:02}-{d:02}" for y, m, d in good))
        # the order that this date shows, for the others of the page
        shows = mark == "/" and len(first) < 4 and len(exact) == 1 and int(first) != int(second)
        name = "" if not shows else "day-first" if good[0][2] == int(first) else "month-first"
        return Phrase(i, i + 1, "exact", "day", exact=exact, name=name)


_BEFORE_YEAR = ("DT", "PRP$", "POS", "JJ", "IN", "CC", "VBN", "VBD", "VBZ", "VBG", "")
_DATE = re.compile(r"(\d{1,4})([./])(\d{1,2})\2(\d{2,4})\.?$")
_YEARS = re.compile(r"(19\d\d|20\d\d)/(\d\d|\d{4})$")
_DECADE = re.compile(r"(1[0-9]|20)?([0-9])0'?s$")
_ISO_DAY = re.compile(r"(\d\d)(?:t\d.*)?$")
