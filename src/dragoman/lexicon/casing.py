"""A text in capitals as it would stand in small type, letter for letter, so that every position stays what it is.

Three things are mended: lines and long runs in capitals, headlines that give every word a capital, and last names in
capitals ("Anna NOWAK"). How the page itself writes a word counts first, then the tables, then whether it is common.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property

from dragoman.lexicon.gazetteer import Gazetteer, gazetteer, name_key
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import Matcher, fold
from dragoman.lexicon.printed import PrintedLine, PrintedWord, printed_lines, small_letters

_INSIDE = re.compile(r"(?<=[a-z,] )[^\W\d_]+")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|am|pm)$")
_TAILS = frozenset(["s", "t", "re", "ve", "ll", "d", "m"])


class Casing:
    """Rewrites texts; `common` tells whether a word in small letters is one of the language, and no name."""

    def __init__(self, lexicon: Lexicon, common: Callable[[str], bool]) -> None:
        self._lexicon = lexicon
        self._common_to_parser = common

    def plain(self, text: str) -> str:
        """The text with its capitals put right, of the same length; mostly the text itself."""
        lines = list(printed_lines(text))
        loud = [line for line in lines if line.shouts(3)]
        if loud and not any(line.small for line in lines):  # nothing but capitals: the short lines go with the long
            loud = [line for line in lines if line.words]
        rest = _without(lines, loud)
        runs = [run for line in rest for run in self._runs(line)]
        heads = [line for line in rest if line.like_a_headline(self.little)]
        normal = _without(rest, heads)
        names = [line for line in normal if line.words and line.has_capital_words()]
        if not (loud or runs or heads or names):
            return text
        out = list(text)
        page = _Page(self, out, normal)
        page.surnames(names)
        for line in loud:
            page.capitals(line, line.words[line.dateline() :])
        for line, words in runs:
            page.capitals(line, words)
        for line in heads:
            page.headline(line)
        return "".join(out)

    def _runs(self, line: PrintedLine) -> Iterator[tuple[PrintedLine, list[PrintedWord]]]:
        """Four and more words in capitals inside a line, two of them common words: no dateline, no row of names."""
        run: list[PrintedWord] = []
        for word in [*line.words, None]:
            if word is not None and (word.capitals or word.text.isdigit()):
                run.append(word)
                continue
            said = [w for w in run if w.capitals]
            if len(said) >= 4 and sum(len(w.text) > 1 and self.small(w.lower) for w in said) >= 2:
                yield line, run
            run = []

    def small(self, word: str) -> bool:
        """Whether a word, given in small letters, is a common one."""
        return word in self.small_words or self._common_to_parser(word)

    @cached_property
    def known(self) -> Gazetteer:
        return gazetteer(self._lexicon)

    @cached_property
    def small_words(self) -> frozenset[str]:
        """Words that the examples and phrases of the tables write small inside a sentence."""
        lexicon = self._lexicon
        told = [
            *(r.example for rows in (lexicon.verbs, lexicon.reporting, lexicon.cues, lexicon.stance) for r in rows),
            *(r.example for r in lexicon.roles),
            *(f"The {r.words}" for rows in (lexicon.cues, lexicon.stance) for r in rows),
            *(f"The {r.role}" for r in lexicon.roles),
            *(f"The {w}" for o in lexicon.offices for w in o.words),
        ]
        inside = (m.group() for text in told for m in _INSIDE.finditer(text))
        return frozenset(word for word in inside if word.islower())

    @cached_property
    def names(self) -> Matcher[tuple[str, int]]:
        """Names in small letters -> (as they are written, how sure: 2 and 1 even where they are common words)."""
        lexicon, table = self._lexicon, self._lexicon.casing

        def forms() -> Iterator[tuple[str, int]]:
            for state in lexicon.states:
                for form in (state.name, state.official, *state.aliases, *state.adjectives, *state.nationals):
                    yield form, 2
                yield from ((form, 2) for form in state.capital)
            for body in lexicon.organisations:
                yield from ((form, 2) for form in (body.name, *body.aliases, *body.adjectives))
            for group in lexicon.armed_groups:
                yield from ((form, 2) for form in (group.name, *group.aliases))
            for seat in lexicon.seats:
                yield from ((form, 2) for form in (seat.form, *seat.aliases))
            for region in lexicon.regions:
                yield from ((form, 2) for form in (region.name, *region.aliases))
            for word in (*table.get("names", ()), *table.get("abbreviations", ())):
                yield word, 2
            for part in ("days", "months"):
                yield from ((word.capitalize(), 2) for word in _names_in(lexicon.calendar.get(part, {})))
            for figure in self.known.figures:
                fulls = {figure.name, *(s for term in figure.terms for s in term.spellings)}
                yield from ((form, 1) for form in sorted(fulls) if " " in form)
                shorts = {s for term in figure.terms for s in term.short} | {figure.name.split()[-1]}
                yield from ((form, int(form.lower() not in self.small_words)) for form in sorted(shorts))
            for city in lexicon.cities:
                for form in {city.name, city.ascii, *city.aliases}:
                    yield form, int(" " in form or city.population > 1_000_000)

        return Matcher((small_letters(form), (fold(form), sure)) for form, sure in forms() if len(form) > 1)

    @cached_property
    def doubtful(self) -> dict[str, dict[str, object]]:
        return dict(self._lexicon.casing.get("doubtful", {}))

    @cached_property
    def bare_words(self) -> frozenset[str]:
        return frozenset(self._lexicon.casing.get("words", ()))

    @cached_property
    def abbreviations(self) -> frozenset[str]:
        return frozenset(w.lower() for w in self._lexicon.casing.get("abbreviations", ())) | self.known.abbreviations

    @cached_property
    def little(self) -> frozenset[str]:
        """Words of some letters that headlines write small."""
        return frozenset(self._lexicon.casing.get("little", ()))

    @cached_property
    def given_names(self) -> frozenset[str]:
        """Given names that are no common words."""
        return self.known.given_names - self.small_words - self.bare_words

    @cached_property
    def short_months(self) -> frozenset[str]:
        return frozenset(self._lexicon.calendar.get("months-short", ()))

    @cached_property
    def honorifics(self) -> frozenset[str]:
        return frozenset(w.strip(".") for w in self._lexicon.language.get("honorifics", ()))

    @cached_property
    def title_words(self) -> frozenset[str]:
        """Last words of offices: what stands right before a name."""
        return frozenset(w.lower().split()[-1] for o in self._lexicon.offices for w in (*o.words, *o.only))

    @cached_property
    def says(self) -> frozenset[str]:
        """Forms of the verbs of saying that follow a speaker in a headline."""
        lemmas = {r.lemma for r in self._lexicon.reporting if r.kind == "verb" and r.act == "statement"}
        return frozenset(f"{lemma}s" for lemma in lemmas) | {"said", "told", "warned", "urged", "added"}


class _Page:
    """The letters of a page while they are put right, and how its normal lines write each word."""

    def __init__(self, casing: Casing, out: list[str], normal: list[PrintedLine]) -> None:
        self.casing, self.out, self.normal = casing, out, normal

    @cached_property
    def habits(self) -> dict[str, bool]:
        """Word -> whether the page writes it with a capital inside sentences."""
        counts: Counter[str] = Counter()
        for line in self.normal:
            for word in line.words:
                if line.small and not line.opens(word) and not (word.capitals and len(word.text) > 1):
                    counts[word.lower] += 1 if word.text[0].isupper() else -1
        return {word: count > 0 for word, count in counts.items() if count}

    def capitals(self, line: PrintedLine, words: list[PrintedWord]) -> None:
        """Write these words, all in capitals, as a sentence would."""
        if not words:
            return
        casing = self.casing
        named = self._named(words, exact=False)
        before = ""  # "title", "given", "name" or "word": what the word before is
        forms: list[str] = []
        for n, word in enumerate(words):
            form = named.get(word.start)
            if form is None:
                form, kind = self._form(words, n, before)
            else:
                kind = "given" if word.lower in casing.given_names else "name"
            if line.opens(word) and form[0].islower():
                form = form[0].upper() + form[1:]
            self._write(word, form)
            forms.append(form)
            before = "title" if word.lower in casing.title_words or word.lower in casing.honorifics else kind
        self._titles(words, forms)

    def _titles(self, words: list[PrintedWord], forms: list[str]) -> None:
        """Give an office right before a name its capitals: "Foreign Minister Anna Nowak"."""
        lowers = [w.lower for w in words]
        n = 0
        while n < len(words):
            office = self.casing.known.office_at(lowers, n)
            end = n + (office[0] if office else 1)
            if office and office[1] and end < len(words) and forms[end][:1].isupper() and forms[n].islower():
                gap = "".join(self.out[words[end - 1].start + len(words[end - 1].text) : words[end].start])
                if gap == " ":
                    for word, form in zip(words[n:end], forms[n:end], strict=True):
                        if len(form) > 3 and form.islower():
                            self._write(word, form.capitalize())
            n = end

    def _form(self, words: list[PrintedWord], n: int, before: str) -> tuple[str, str]:
        """How a word that is in no table is written, and what it is."""
        casing, word = self.casing, words[n]
        low = word.lower
        base, _, tail = low.replace("’", "'").partition("'")
        if any(c.isdigit() for c in low):
            return (low if _ORDINAL.match(low) else word.text), "word"
        if len(low) == 1:
            pointed = self.out[word.start + 1 : word.start + 2] == ["."]
            return (low if low == "a" and not pointed else word.text), "word"
        capital = base.capitalize() + low[len(base) :]
        if tail and tail not in _TAILS:
            capital = f"{base.capitalize()}{low[len(base)]}{tail.capitalize()}"
        if base in casing.honorifics:
            return capital, "title"
        if base in casing.abbreviations and base not in casing.doubtful:
            return base.upper() + low[len(base) :], "name"
        habit = self.habits.get(low, self.habits.get(base))
        if base in casing.given_names:
            return capital, "given"
        if low in casing.short_months and (words[n + 1 : n + 2] or words)[0].text.isdigit():
            return capital, "word"
        if habit is not None:
            return (capital, "name") if habit else (low, "word")
        if not casing.small(base):
            if before in ("title", "given", "name") or self._before_given(words, n):
                return capital, "name"
            if len(base) <= 3 or (len(base) <= 5 and not re.search("[aeiouy]", fold(base))):
                return base.upper() + low[len(base) :], "name"
            return capital, "name"
        if before == "given" and base not in casing.small_words:
            return capital, "name"
        return low, "word"

    def _before_given(self, words: list[PrintedWord], n: int) -> bool:
        return n + 1 < len(words) and words[n + 1].lower in self.casing.given_names

    def _named(self, words: list[PrintedWord], *, exact: bool) -> dict[int, str]:
        """Start of each word that a name of the tables covers -> how that name writes it.

        With `exact`, only names that are written as the tables write them.
        """
        casing = self.casing
        start, end = words[0].start, words[-1].start + len(words[-1].text)
        written = "".join(self.out[start:end])
        index = {w.start: n for n, w in enumerate(words)}
        out: dict[int, str] = {}
        for a, b, values in casing.names.find(small_letters(written)):
            first = index.get(start + a)
            if first is None:
                continue
            covered = [w for w in words[first : first + 12] if w.start < start + b]
            form, sure = max(values, key=lambda v: v[1])
            if exact:
                same = [v for v in values if v[0] == fold(written[a:b])]
                if not same:
                    continue
                form, sure = same[0]
            if len(covered) == 1 and not self._is_name(words, first, form, sure):
                continue
            for word in covered:
                at = word.start - start - a
                part = form[at : at + len(word.text)]
                out[word.start] = "".join(
                    low if not (k < len(part) and part[k].isupper()) else up
                    for k, (low, up) in enumerate(zip(word.lower, word.text, strict=True))
                )
        return out

    def _is_name(self, words: list[PrintedWord], n: int, form: str, sure: int) -> bool:
        """Whether a word that is also a name stands for the name."""
        casing = self.casing
        base = words[n].lower.replace("’", "'").partition("'")[0]
        before = words[n - 1].lower if n else ""
        after = words[n + 1].lower if n + 1 < len(words) else ""
        rule = casing.doubtful.get(base)
        if rule is not None:
            held = (
                before in _texts(rule.get("after"))
                or after in _texts(rule.get("before"))
                or (bool(rule.get("figures")) and (before.isdigit() or after[:1].isdigit()))
            )
            return held or (rule.get("else") == "name" and before not in _texts(rule.get("unless_after")))
        if base in casing.bare_words or not (sure or not casing.small(base)):
            habit = self.habits.get(base)
            beside = before in casing.title_words or before in casing.honorifics or before in casing.given_names
            return bool(habit) or beside or (base in casing.bare_words and after in casing.says)
        return True

    def headline(self, line: PrintedLine) -> None:
        """Write the common words of a headline small."""
        casing, words = self.casing, line.words
        named = self._named(words, exact=True)
        lowers = [w.lower for w in words]
        titled = 0  # words of an office that a name follows keep their capitals
        for n, word in enumerate(words):
            office = casing.known.office_at(lowers, n)
            end = n + office[0] if office and office[1] else 0
            if n < end < len(words) and words[end].initial:
                after = lowers[end]
                name = words[end].start in named or after in casing.given_names or not casing.small(after)
                titled = max(titled, end if name else 0)
            if n < titled or word.start in named or not word.initial or line.opens(word):
                continue
            base = word.lower.replace("’", "'").partition("'")[0]
            if not casing.small(base) or base in casing.given_names or self.habits.get(word.lower, False):
                continue
            before = words[n - 1] if n else None
            given = before is not None and before.initial and before.lower in casing.given_names
            if given and base not in casing.small_words:
                continue
            self._write(word, word.lower)

    def surnames(self, lines: list[PrintedLine]) -> None:
        """Write last names in capitals ("Anna NOWAK", "NOWAK Anna") as names, there and where they stand alone."""
        found = {word.lower for line in lines for n, word in enumerate(line.words) if self._loud_name(line, n)}
        for word in (word for line in self.normal for word in line.words) if found else ():
            base = word.lower.replace("’", "'").partition("'")[0]
            if base in found and word.text[: len(base)].isupper():
                self._write(word, base.capitalize() + word.lower[len(base) :])

    def _loud_name(self, line: PrintedLine, n: int) -> bool:
        """Whether a word is a last name in capitals: no abbreviation we know, and a given name or title beside it."""
        casing, words, word = self.casing, line.words, line.words[n]
        if not (word.capitals and len(word.text) > 1 and word.text.isalpha()) or word.lower in casing.abbreviations:
            return False
        if any(form.isupper() for form, _ in casing.names.get(word.lower)):
            return False
        before = words[n - 1] if n else None
        after = words[n + 1] if n + 1 < len(words) else None
        long = len(word.text) > 3
        if after is not None and after.initial and after.lower in casing.given_names:
            # "TANAKA Hiroshi", and no "USS John"
            return long or word.lower in casing.known.by_short
        if self._told_in_full(before, word, after):
            return True
        if before is None:
            return False
        if before.lower in casing.honorifics or (before.initial and before.lower in casing.given_names):
            return True
        # an unknown word with a capital before it is a given name too ("Zdislav KREJCAR")
        unknown = before.initial and not casing.small(before.lower) and not casing.names.get(before.lower)
        return long and (before.lower in casing.title_words or (unknown and not line.opens(before)))

    def _told_in_full(self, before: PrintedWord | None, word: PrintedWord, after: PrintedWord | None) -> bool:
        """Whether the tables know somebody by these two words."""
        full = self.casing.known.by_full
        pairs = [(before, word), (word, after)]
        return any(a and b and a.capitals != b.capitals and name_key(f"{a.text} {b.text}") in full for a, b in pairs)

    def _write(self, word: PrintedWord, form: str) -> None:
        if len(form) == len(word.text):
            self.out[word.start : word.start + len(form)] = form


def _without(lines: list[PrintedLine], others: list[PrintedLine]) -> list[PrintedLine]:
    taken = {line.at for line in others}
    return [line for line in lines if line.at not in taken]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _names_in(table: object) -> Iterator[str]:
    """The words of a calendar table: keys, and lists of them."""
    for key in table if isinstance(table, dict) else ():
        if isinstance(key, str) and key.isalpha() and len(key) > 2:
            yield key
