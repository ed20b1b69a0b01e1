"""Readers of days and months: "14 May", "Tuesday night", "yesterday", "Victory Day", "on the eve of"."""

from __future__ import annotations

from functools import cached_property

from dragoman.find.when.phrases import BREAK, Phrase
from dragoman.find.when.scan import Scan, edge_granularity


class Days(Scan):
    """Readers for words that name a day, a part of one, or a month."""

    def month(self, i: int, floor: int, number: int) -> Phrase | None:
        """A month with its day and year, or alone in the company that months keep."""
        short = self.low[i] not in self.calendar.months
        capital = self.text[i][0].isupper()
        first, last = i, i + 1
        # "14 May", "the 14 of May", "3 to 5 May"; else "May 14", "May the 14th", "May 3-5"
        before = self._day_before(i, floor)
        day = until = None
        if before is not None:
            first, day, until = before
        else:
            after = self._day_after(last + (short and self.low[last] == "."))
            if after is not None:
                last, day, until = after
        if self.tag(i) == "MD" and not (capital and day is not None):
            return None
        if day is not None and not capital and self.low[i] in self.w["month-names"]:
            year = self.year_number(last) if last < self.n else None
            if year is None and self.low[first - 1] not in self.w["month-before"] | {"on", "of", "from", "by"}:
                return None
        inside = None
        if last < self.n:
            inside = self.container(last + (short and self.low[last] == "."), ("year",))
        if inside is not None:
            last = inside.last
        if day is not None:
            return Phrase(first, last, "date", "day", month=number, day=day, until_day=until, inside=inside)
        if not capital or (short and inside is None):
            return None
        return self._whole_month(i, floor, last, number, inside)

    def _whole_month(self, i: int, floor: int, last: int, number: int, inside: Phrase | None) -> Phrase | None:
        edge, first = self.edge_before(i - 1, floor)
        rel = ""
        if not edge:
            first = i
            if i - 1 >= floor:
                rel = self.rel(i - 1) or ("last" if self.low[i - 1] in self.w["past"] else "")
            if rel:
                first = self.the(i - 1, floor)
                if first > floor and self.low[first - 1] in ("early", "mid", "late"):
                    first -= 1
                    edge = self.low[first]
        if self.low[i - 1] == "of" and i - 2 >= floor and self.low[i - 2] == "month":
            first = self.the(i - 2, floor)
        if not (edge or rel or inside) and not self._month_company(i):
            return None
        gran = edge_granularity(edge, "month")
        return Phrase(first, last, "month", gran, month=number, rel=rel, edge=edge, inside=inside)

    def _day_before(self, i: int, floor: int) -> tuple[int, int, int | None] | None:
        """The first word, day and last day of "14th of May", "3 to 5 May", "3, 4 and 5 May"."""
        low = self.low
        j = i - 1
        if j - 1 >= floor and low[j] in ("of", "-"):
            j -= 1
        if j < floor or (low[i - 1] == "of" and low[j] in ("first", "second", "third")):
            return None
        day = self.day_number(j)
        if day is None or (low[j - 1] in self.w["designators"] and low[i - 1] != "of"):
            return None
        first, start = j, day
        while first - 2 >= floor:
            join = low[first - 1]
            other = self.day_number(first - 2)
            if other is None or other >= start or not (join in self.w["range"] or join in self.w["joins"]):
                break
            if join in self.w["joins"] and other != start - 1 and low[first - 3] != "between":
                break
            start, first = other, first - 2
        first = self.the(first, floor)
        return (first, start, day) if start != day else (first, day, None)

    def _day_after(self, k: int) -> tuple[int, int, int | None] | None:
        """The end, day and last day of "14", "the 14th", "3-5" behind a month."""
        low = self.low
        if low[k] == "the":
            k += 1
        if low[k].isalpha() and low[k - 1] != "the":
            return None
        day = self.day_number(k)
        if day is None or low[k + 1] == ":":
            return None
        last, start = k + 1, day
        while last + 1 < self.n and (low[last] in self.w["range"] or low[last] in ("and", "&", "or")):
            other = self.day_number(last + 1)
            if other is None or other <= start or low[last + 1].isalpha():
                break
            if self.tag(last + 2) in ("NN", "NNS") or low[last + 2] in self.calendar.triggers:
                break  # "May 3 and 12 soldiers", "May 30 - 2 June"
            if low[last] in ("and", "&") and other != start + 1:
                break
            start, last = other, last + 2
        return (last, day, start) if start != day else (last, day, None)

    def _month_company(self, i: int) -> bool:
        """Whether a bare capitalised month keeps the company of times, and is no surname, verb or given name."""
        low, w = self.low, self.w
        before, after = low[i - 1], low[i + 1]
        doubtful = low[i] in w["month-names"]
        if self.text[i + 1][0].isupper() and self.tag(i + 1) == "NNP" and after not in self.calendar.triggers:
            return False  # "June Smith"
        if before in w["month-before"]:
            return not (doubtful and before in ("before", "after", "between") and self._person_on_page(i))
        if before in w["month-perhaps"]:
            joined = before in ("and", "to", "-", "–")
            if joined and low[i - 2] not in self.calendar.months and self.year_number(i - 2) is None:
                return before == "to" and not doubtful
            return self.tag(i).startswith("NN") and not (doubtful and self._person_on_page(i))
        if after in ("'s", "'"):
            return not doubtful and before != BREAK
        # "the March referendum", "a May meeting"
        return (
            self.tag(i).startswith("NN")
            and before not in w["titles"]
            and self.tag(i - 1) in ("DT", "PRP$", "JJ", "POS", "CC", "IN")
            and self.before_noun(i, i + 1)
            and not (doubtful and self._person_on_page(i))
        )

    def _person_on_page(self, i: int) -> bool:
        """Whether this month stands somewhere on the page right behind a given name or a title ("Theresa May")."""
        return self.text[i] in self._named

    @cached_property
    def _named(self) -> frozenset[str]:
        """Words that stand right behind a given name or a title, their first part."""
        out = set()
        for k in range(1, self.n - 1):
            if not self.text[k - 1][0].isupper() or self.text[k + 1][0].isdigit():
                continue
            if self.tag(k - 1) != "NNP" or self.low[k - 1] in self.calendar.triggers:
                continue
            if self.parsed.tokens[self.token[k - 1]].head == self.token[k]:
                out.add(self.text[k])
        return frozenset(out)

    def weekday(self, i: int, floor: int, number: int) -> Phrase | None:
        """A day of the week, with its part of the day, its date, its week."""
        word = self.low[i]
        short = word in self.calendar.short_days
        if not self.text[i][0].isupper() and (short or self.tag(i - 1) not in ("IN", "JJ", "DT")):
            return None
        last = i + 1
        if word[:-1] in self.calendar.days:  # "on Tuesdays"
            return Phrase(i, last, "set", "day", type="set")
        if short and self.low[last] == ".":
            last += 1
        part = not short and self.low[last] in self.w["parts"]
        last += part
        # "Tuesday, May 14, 2019", "Tuesday (14 May)"
        opened = self.low[last] == "("
        dated = self._dated(last + (opened or self.low[last] == ","))
        if dated is not None:
            dated.weekday, dated.part = number, part
            if opened and self.low[dated.last] == ")":
                dated.last += 1
            dated.first = self._weekday_left(i, floor, dated)
            return dated
        if short:
            return None
        phrase = Phrase(i, last, "weekday", "day", weekday=number, part=part)
        inside = self.container(last, ("week",))
        if inside is not None:
            phrase.inside, phrase.last = inside, inside.last
        phrase.first = self._weekday_left(i, floor, phrase)
        return phrase

    def _dated(self, k: int) -> Phrase | None:
        """A day of a month that starts at word `k`, in letters or in figures."""
        if k + 1 >= self.n:
            return None
        key = k + 1 if self.low[k] == "the" else k
        word = self.low[key]
        if self.is_month(key):
            phrase = self.month(key, k, self.calendar.triggers[word][1])
            return phrase if phrase is not None and phrase.kind == "date" else None
        if not word[0].isdigit() and word not in self.calendar.ordinals:
            return None
        for at in (key + 1, key + 2):
            if self.is_month(at):
                phrase = self.month(at, k, self.calendar.triggers[self.low[at]][1])
                return phrase if phrase is not None and phrase.kind == "date" else None
            if at >= self.n or self.low[at] not in ("of", "-"):
                break
        phrase = self.readers["figure"](key, k, [])
        return phrase if phrase is not None and phrase.kind == "exact" else None

    def _weekday_left(self, i: int, floor: int, phrase: Phrase) -> int:
        """Where the phrase of a weekday starts, its "last", "every", "late on" taken in."""
        j = i - 1
        if j < floor:
            return i
        word, first = self.low[j], i
        if word in self.w["every"]:
            phrase.type, phrase.kind = "set", "set"
            return j
        if phrase.kind == "weekday" and phrase.inside is None:
            rel = self.rel(j)
            if rel:
                phrase.rel, first = rel, j
            elif word in self.w["past"]:
                phrase.rel, first = "last", j - (j > floor and self.low[j - 1] == "this")
            elif word in self.w["following"]:
                phrase.rel, phrase.name, first = "next", "memory", j
            elif word in self.w["previous"]:
                phrase.rel, phrase.name, first = "last", "memory", j
        return self.day_left(self.the(first, floor), floor, phrase)

    def day_left(self, first: int, floor: int, phrase: Phrase) -> int:
        """The start of a day's phrase with "early", "late on", "in the early hours of", "overnight on" before it."""
        low = self.low
        k = first - 1
        if k < floor:
            return first
        preposition = low[k] if low[k] in ("on", "of") and k - 1 >= floor else ""
        at = k - 1 if preposition else k
        word = low[at]
        if preposition == "of":
            if word in self.w["parts"]:
                phrase.part = True
                return self.the(at - (at > floor and low[at - 1] in ("early", "late", "small", "wee")), floor)
            if word == "week":
                phrase.unit = "week"
                return self.the(at, floor)
            return first
        if word in ("early", "late", "mid", "overnight"):
            phrase.part = True
            return at
        if word in self.w["sides"]:
            return at if preposition or low[at - 1] not in self.calendar.units else first
        if preposition and word in self.w["parts"] and word != "hours":
            phrase.part = True
            return self.the(at, floor)
        return first

    def deictic(self, i: int, floor: int, shift: int) -> Phrase | None:
        """today, yesterday, tomorrow, tonight, overnight."""
        low, word = self.low, self.low[i]
        titled = self.text[i] == word.capitalize() and self.text[i - 1][0].isupper()
        if titled and low[i - 1] not in ("“", '"', BREAK):
            return None  # "Korea Today"
        if word == "overnight":
            return self._overnight(i, floor)
        first, last = i, i + 1
        part = word == "tonight"
        if low[last] in self.w["parts"]:
            part, last = True, last + 1
        if shift and i - 2 >= floor and low[i - 1] in ("before", "after") and low[i - 2] == "day":
            shift += -1 if low[i - 1] == "before" else 1
            first = self.the(i - 2, floor)
        elif i - 1 >= floor and (low[i - 1] in self.w["sides"] or low[i - 1] in ("early", "late")):
            part = part or low[i - 1] in ("early", "late")
            first = i - 1
        return Phrase(first, last, "unit", "part" if part else "day", unit="day", n=shift, part=part)

    def _overnight(self, i: int, floor: int) -> Phrase:
        """ "overnight" alone, "overnight on Monday", "overnight into Tuesday"."""
        k = i + 1
        into = self.low[k] in ("into", "to")
        k += into or self.low[k] == "on"
        day = self.calendar.days.get(self.low[k]) if k < self.n else None
        if day is None:
            return Phrase(i, i + 1, "overnight", "part", part=True)
        return Phrase(i, k + 1, "weekday", "part", weekday=day, part=True, n=-1 if into else 0, name="overnight")

    def part(self, i: int, floor: int, word: str) -> Phrase | None:
        """ "this morning", "last night", "that evening", "every night"."""
        low, j = self.low, i - 1
        if j < floor:
            return None
        before = low[j]
        if before in self.w["every"] and word != "hours":
            return Phrase(j, i + 1, "set", "part", type="set")
        if word not in self.w["parts-of-now"]:
            return None
        if before in ("this", "last"):
            edge = j > floor and (low[j - 1] in self.w["sides"] or low[j - 1] in ("early", "late"))
            return Phrase(j - edge, i + 1, "unit", "part", unit="day", n=-1 if before == "last" else 0, part=True)
        if before in self.w["same"]:
            return Phrase(self.the(j, floor), i + 1, "same", "part", unit="day", n=0)
        if low[j - 1] == "the" and j - 1 >= floor:
            if before in self.w["previous"]:
                return Phrase(j - 1, i + 1, "same", "part", unit="day", n=-1)
            if before in self.w["following"] or before == "next":
                return Phrase(j - 1, i + 1, "same", "part", unit="day", n=1)
        return None

    def eve(self, i: int, floor: int, _: int) -> Phrase | None:
        """ "on the eve of Easter", "on the eve of the summit", "on the eve"."""
        low = self.low
        if i - 1 < floor or low[i - 1] != "the":
            return None
        if low[i + 1] != "of":
            return Phrase(i - 1, i + 1, "unit", "day", unit="day", n=-1) if low[i - 2] == "on" else None
        base = self.following(i + 2)
        if base is not None and base.type == "point":
            return Phrase(i - 1, base.last, "offset", "day", unit="day", n=-1, base=base)
        last = i + 2
        objects = self.parsed.kids(self.token[i + 1], "pobj")
        if objects:
            while last < self.n and low[last] != BREAK and self.token[last] <= objects[0].i:
                last += 1
        return Phrase(i - 1, last, "words", "day")

    def holiday(self, i: int, floor: int, name: tuple[int, str]) -> Phrase | None:
        """A day that has a name."""
        last, key = name
        token = self.parsed.tokens[self.token[last - 1]]
        if self.text[last][0].isupper() and token.dep == "compound" and self.tag(last).startswith("NNP"):
            return None  # part of a longer name
        rel = self.rel(i - 1) if i - 1 >= floor else ""
        first = i - 1 if rel else self.the(i, floor)
        inside = self.container(last, ("year",)) if last < self.n else None
        gran = edge_granularity("", "month" if self.calendar.holidays[key].length > 1 else "day")
        last = inside.last if inside else last
        return Phrase(first, last, "holiday", gran, name=key, rel=rel, inside=inside)
