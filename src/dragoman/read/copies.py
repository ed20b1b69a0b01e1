"""Which articles are copies of which: the same page again, wire copy cut or reworded, and parts of it in others.

index = Copies()
for article in articles:
    index.add(article)                  # the links to what is held already
for group in index.groups():
    group.original, [(c.article, c.by, c.why) for c in group.copies]
kept = index.arrays()                   # plain arrays, for any file; Copies.of(kept) goes on from there
found = originals(articles)             # copy -> original, of more than can be held at a time

Two signs are looked for, as each misses what the other sees. Sentences that both articles hold, word by word, find copy
that was cut to half; MinHash over runs of three words finds copy that was reworded throughout (Broder 1997, On the
resemblance and containment of documents). From the resemblance J and the lengths n comes what both have in common,
J (n + n') / (1 + J), and so which share of the shorter one stands in the longer, and the other way round.

A copy holds much of the other both ways; where only the shorter is held, it is a part (a brief inside a round-up), is
told as such, and puts nobody into one group: two reports in one round-up are not copies of each other. Every member of
a group is a copy of its original, not only of another copy, so that a chain of likenesses never joins strangers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from dragoman.errors import SettingsError
from dragoman.read import furniture
from dragoman.records import Article, Record

Arrays = dict[str, "array[Any] | list[str]"]
By = Literal["agency", "date", "length", "name"]
FORMAT = 1

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|\n+")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_UNKNOWN = -(1 << 62)
_SURE = 0.2  # a smaller resemblance is estimated too roughly to tell what both have in common
_OFTEN = 2_000  # a sentence held by more articles is no way to find others by, only a sign among others


class Likeness(Record, frozen=True):
    """What makes a copy; the index carries what it was made with."""

    permutations: int = 128
    bands: int = 42  # of three values each: texts that resemble each other by 0.4 are found in 19 of 20 cases
    run: int = 3  # words
    least_sentence: int = 6  # words a sentence must have to be a sign
    least_words: int = 12  # articles with fewer are nobody's copy
    copied: float = 0.5  # share of the shorter that must stand in the longer
    returned: float = 0.25  # and share of the longer that must stand in the shorter, else it is a part
    days: int | None = 30  # articles further apart are not held against each other
    seed: int = 1

    def __post_init__(self) -> None:
        wanted: list[tuple[str, bool, str]] = [
            ("bands", 1 <= self.bands * 3 <= self.permutations, "at most a third of the permutations"),
            ("run", self.run >= 1, "1 or more"),
            ("least_sentence", self.least_sentence >= 1, "1 or more"),
            ("least_words", self.least_words >= 1, "1 or more"),
            ("copied", 0 < self.copied <= 1, "above 0, up to 1"),
            ("returned", 0 < self.returned <= self.copied, "above 0, up to `copied`"),
            ("days", self.days is None or self.days >= 0, "0 or more"),
        ]
        for name, fits, range_ in wanted:
            if not fits:
                raise SettingsError(f"{name} cannot be {getattr(self, name)!r}", name=name, hint=range_)


class Link(Record, frozen=True):
    """Two articles that share much. `held` is the share of the copy that stands in the original, `holds` the reverse.

    `by` tells from what it is known who copies: an agency's own page, the date, the length, or nothing (the name only
    keeps the order the same). `whole` is False where the copy is but a part of the other.
    """

    original: str
    copy: str
    held: float
    holds: float
    sentences: int  # that both have, word by word
    resemblance: float  # of runs of words, as MinHash estimates it
    whole: bool
    by: By
    why: str


class Copy(Record, frozen=True):
    """One member of a group, and how it hangs on the original."""

    article: str
    by: By
    why: str
    held: float


class Group(Record, frozen=True):
    """An article and its copies. `agency` is named where the original is its page or most of the members credit it."""

    original: str
    copies: tuple[Copy, ...]
    agency: str | None = None

    @property
    def articles(self) -> tuple[str, ...]:
        return (self.original, *(copy.article for copy in self.copies))


class Copies:
    """An index of articles that can be added to, and kept as plain arrays. What it answers hangs on no order.

    It holds about 8 kB an article; `forget` lets go of those too old to be copied.
    """

    def __init__(self, likeness: Likeness | None = None) -> None:
        self.likeness = likeness or Likeness()
        self._names: list[str] = []
        self._agencies: list[str] = []  # what an article credits, or whose page it is: "=AFP" for its own
        self._numbers: dict[str, int] = {}
        self._first, self._last = array("q"), array("q")  # minutes within which it appeared
        self._words, self._runs = array("L"), array("L")
        self._marks = array("Q")  # digests of sentences, one article after the other
        self._marked = array("L")  # words of each
        self._ends = array("Q")  # where an article's sentences end
        self._signs = array("I")  # MinHash values
        self._bands: dict[int, list[int] | int] = {}
        self._holders: dict[int, list[int] | int] = {}
        self._links: dict[tuple[int, int], tuple[float, float, int, float]] = {}

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, article: object) -> bool:
        return article in self._numbers

    def add(self, article: Article) -> tuple[Link, ...]:
        """Links of this article to those held already; none for one that is held or too short to tell."""
        return self.add_all([article])

    def add_all(self, articles: Iterable[Article]) -> tuple[Link, ...]:
        """Links of these articles to those held already and to each other."""
        found = []
        for article in articles:
            words = _WORD.findall(article.body.casefold())
            if article.id in self._numbers or len(words) < self.likeness.least_words:
                continue
            number = self._hold(article, words)
            for other in sorted(self._candidates(number)):
                shares = self._compare(number, other)
                if shares is not None:
                    self._links[(other, number)] = shares
                    found.append(self._link(other, number))
            self._enter(number)
        return tuple(found)

    def links(self) -> Iterator[Link]:
        """All links, parts among them, by name of the original and the copy."""
        yield from sorted((self._link(*pair) for pair in self._links), key=lambda link: (link.original, link.copy))

    def groups(self) -> tuple[Group, ...]:
        """All groups of two or more, by name of the original. Each article is in one group at most."""
        beside: dict[int, dict[int, Link]] = defaultdict(dict)
        for one, other in self._links:
            link = self._link(one, other)
            if link.whole:
                beside[one][other] = beside[other][one] = link
        heads: dict[int, list[int]] = {}
        for number in sorted(beside, key=self._precedence):
            mine = [head for head in beside[number] if head in heads]
            if mine:
                heads[min(mine, key=lambda h: (-beside[number][h].held, self._precedence(h)))].append(number)
            else:
                heads[number] = []
        found = [self._group(head, members, beside) for head, members in heads.items() if members]
        return tuple(sorted(found, key=lambda group: group.original))

    def originals(self) -> dict[str, str]:
        """Every copy -> its original."""
        return {copy.article: group.original for group in self.groups() for copy in group.copies}

    def forget(self, before: dt.date) -> Copies:
        """An index without the articles that appeared before this day; those without a day stay."""
        limit = _minutes(before.isoformat(), last=False)
        staying = [n for n in range(len(self)) if self._last[n] == _UNKNOWN or self._last[n] >= limit]
        return self._of(self.likeness, [self._row(n) for n in staying], self._links_among(staying))

    def later_half(self) -> Copies:
        """An index of the later half: without the articles that appeared before the day of the one in the middle."""
        known = sorted(first for first in self._first if first != _UNKNOWN)
        if not known:
            return self
        middle = dt.datetime(1970, 1, 1) + dt.timedelta(minutes=known[len(known) // 2])
        return self.forget(middle.date())

    def arrays(self) -> Arrays:
        """All that the index holds, as arrays of numbers and lists of strings; `Copies.of` makes the index of them."""
        pairs = sorted(self._links)
        return {
            "format": array("L", [FORMAT, _algorithm()]),
            "likeness": [msgspec.json.encode(self.likeness).decode()],
            "names": list(self._names),
            "agencies": list(self._agencies),
            "first": self._first[:],
            "last": self._last[:],
            "words": self._words[:],
            "runs": self._runs[:],
            "marks": self._marks[:],
            "marked": self._marked[:],
            "ends": self._ends[:],
            "signs": self._signs[:],
            "linked": array("Q", [n for pair in pairs for n in pair]),
            "shares": array("d", [float(x) for pair in pairs for x in self._links[pair]]),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, Any]) -> Copies:
        """The index that `arrays` came from, as any sequences of numbers. Raises SettingsError for another format."""
        if list(arrays["format"]) != [FORMAT, _algorithm()]:
            raise SettingsError(
                "this index of copies was made by another version", name="format", hint="make it anew from the articles"
            )
        likeness = msgspec.json.decode(str(arrays["likeness"][0]), type=Likeness)
        ends = [0, *map(int, arrays["ends"])]
        width = likeness.permutations
        rows = [
            _Row(
                name=str(name),
                agency=str(arrays["agencies"][n]),
                first=int(arrays["first"][n]),
                last=int(arrays["last"][n]),
                words=int(arrays["words"][n]),
                runs=int(arrays["runs"][n]),
                marks=[int(x) for x in arrays["marks"][ends[n] : ends[n + 1]]],
                marked=[int(x) for x in arrays["marked"][ends[n] : ends[n + 1]]],
                signs=[int(x) for x in arrays["signs"][n * width : (n + 1) * width]],
            )
            for n, name in enumerate(arrays["names"])
        ]
        flat, shares = [int(x) for x in arrays["linked"]], [float(x) for x in arrays["shares"]]
        links = {
            (flat[2 * n], flat[2 * n + 1]): (
                shares[4 * n],
                shares[4 * n + 1],
                int(shares[4 * n + 2]),
                shares[4 * n + 3],
            )
            for n in range(len(flat) // 2)
        }
        return cls._of(likeness, rows, links)

    @classmethod
    def _of(
        cls, likeness: Likeness, rows: Iterable[_Row], links: dict[tuple[int, int], tuple[float, float, int, float]]
    ) -> Copies:
        index = cls(likeness)
        for row in rows:
            index._enter(index._append(row))
        index._links = links
        return index

    def _hold(self, article: Article, words: list[str]) -> int:
        import rensa

        run = self.likeness.run
        runs = {" ".join(words[n : n + run]) for n in range(max(1, len(words) - run + 1))}
        (signs,) = rensa.RMinHash.digests_from_token_sets([list(runs)], self.likeness.permutations, self.likeness.seed)
        sentences: dict[int, int] = {}
        for sentence in _SENTENCE.split(article.body.casefold()):
            its_words = _WORD.findall(sentence)
            if len(its_words) >= self.likeness.least_sentence:
                digest = hashlib.blake2b(" ".join(its_words).encode(), digest_size=8).digest()
                sentences[int.from_bytes(digest, "big")] = len(its_words)
        start, end = _when(article)
        return self._append(
            _Row(
                name=article.id,
                agency=_agency(article),
                first=start,
                last=end,
                words=len(words),
                runs=len(runs),
                marks=list(sentences),
                marked=list(sentences.values()),
                signs=signs,
            )
        )

    def _append(self, row: _Row) -> int:
        self._numbers[row.name] = number = len(self._names)
        self._names.append(row.name)
        self._agencies.append(row.agency)
        self._first.append(row.first)
        self._last.append(row.last)
        self._words.append(row.words)
        self._runs.append(row.runs)
        self._marks.extend(row.marks)
        self._marked.extend(row.marked)
        self._ends.append(len(self._marks))
        self._signs.extend(row.signs)
        return number

    def _row(self, number: int) -> _Row:
        start, end = self._sentences(number)
        width = self.likeness.permutations
        return _Row(
            name=self._names[number],
            agency=self._agencies[number],
            first=self._first[number],
            last=self._last[number],
            words=self._words[number],
            runs=self._runs[number],
            marks=list(self._marks[start:end]),
            marked=list(self._marked[start:end]),
            signs=list(self._signs[number * width : (number + 1) * width]),
        )

    def _links_among(self, numbers: list[int]) -> dict[tuple[int, int], tuple[float, float, int, float]]:
        new = {old: n for n, old in enumerate(numbers)}
        return {(new[a], new[b]): found for (a, b), found in self._links.items() if a in new and b in new}

    def _sentences(self, number: int) -> tuple[int, int]:
        return (self._ends[number - 1] if number else 0), self._ends[number]

    def _keys(self, number: int) -> Iterator[int]:
        at = number * self.likeness.permutations
        for band in range(self.likeness.bands):
            yield hash((band, *self._signs[at + 3 * band : at + 3 * band + 3]))

    def _enter(self, number: int) -> None:
        start, end = self._sentences(number)
        for key in self._keys(number):
            _post(self._bands, key, number)
        for mark in self._marks[start:end]:
            _post(self._holders, mark, number)

    def _candidates(self, number: int) -> set[int]:
        start, end = self._sentences(number)
        found: set[int] = set()
        for key in self._keys(number):
            found.update(_posted(self._bands, key))
        for mark in self._marks[start:end]:
            holders = _posted(self._holders, mark)
            if len(holders) <= _OFTEN:
                found.update(holders)
        found.discard(number)
        return {other for other in found if self._near(number, other)}

    def _near(self, one: int, other: int) -> bool:
        if self.likeness.days is None or _UNKNOWN in {self._first[one], self._first[other]}:
            return True
        apart = max(self._first[one], self._first[other]) - min(self._last[one], self._last[other])
        return apart <= self.likeness.days * 1440

    def _compare(self, one: int, other: int) -> tuple[float, float, int, float] | None:
        """Share of one in the other, of the other in the one, sentences shared, resemblance; None for strangers."""
        (a, b), (c, d) = self._sentences(one), self._sentences(other)
        shared = Counter(dict(zip(self._marks[a:b], self._marked[a:b], strict=True)))
        shared &= Counter(dict(zip(self._marks[c:d], self._marked[c:d], strict=True)))
        width = self.likeness.permutations
        signs = zip(
            self._signs[one * width : one * width + width],
            self._signs[other * width : other * width + width],
            strict=True,
        )
        resemblance = sum(x == y for x, y in signs) / width
        common = 0.0
        if resemblance >= _SURE:
            common = resemblance / (1 + resemblance) * (self._runs[one] + self._runs[other])
        words = sum(shared.values())
        held = min(1.0, max(words / self._words[one], common / self._runs[one]))
        holds = min(1.0, max(words / self._words[other], common / self._runs[other]))
        if max(held, holds) < self.likeness.copied:
            return None
        return held, holds, len(shared), resemblance

    def _link(self, one: int, other: int) -> Link:
        # shares are kept as those of the later number in the earlier one, and the reverse
        held, holds, sentences, resemblance = self._links[(one, other)]
        original, copy = one, other
        if self._precedence(other) < self._precedence(one):
            original, copy, held, holds = other, one, holds, held
        whole = min(held, holds) >= self.likeness.returned
        by = self._told_by(original, copy)
        return Link(
            original=self._names[original],
            copy=self._names[copy],
            held=held,
            holds=holds,
            sentences=sentences,
            resemblance=resemblance,
            whole=whole,
            by=by,
            why=_why(held, holds, sentences, resemblance, whole, self._credit(original, copy)),
        )

    def _precedence(self, number: int) -> tuple[bool, bool, int, int, str]:
        """An agency's own page before others, then the earlier, then the longer."""
        own = self._agencies[number].startswith("=")
        start = self._first[number]
        return not own, start == _UNKNOWN, start, -self._words[number], self._names[number]

    def _told_by(self, original: int, copy: int) -> By:
        mine, theirs = self._agencies[original], self._agencies[copy]
        if mine.startswith("=") and not theirs.startswith("="):
            return "agency"
        if _UNKNOWN not in {self._first[original], self._first[copy]} and self._last[original] < self._first[copy]:
            return "date"
        return "length" if self._words[original] > self._words[copy] else "name"

    def _credit(self, original: int, copy: int) -> str | None:
        mine, theirs = self._agencies[original].removeprefix("="), self._agencies[copy].removeprefix("=")
        return theirs if theirs and theirs == mine else None

    def _group(self, head: int, members: list[int], beside: Mapping[int, Mapping[int, Link]]) -> Group:
        copies = [
            Copy(article=self._names[n], by=link.by, why=link.why, held=link.held)
            for n in members
            for link in (beside[head][n],)
        ]
        named = Counter(name for n in (head, *members) if (name := self._agencies[n].removeprefix("=")))
        agency = self._agencies[head].removeprefix("=") if self._agencies[head].startswith("=") else None
        if agency is None and named:
            most, count = min(named.items(), key=lambda item: (-item[1], item[0]))
            agency = most if count * 2 > len(members) + 1 else None
        return Group(
            original=self._names[head], copies=tuple(sorted(copies, key=lambda copy: copy.article)), agency=agency
        )


def originals(articles: Iterable[Article], likeness: Likeness | None = None, *, most: int = 20_000) -> dict[str, str]:
    """Every copy -> its original, of any number of articles that come in order of day.

    Only about `most` are held at a time, and all of one day; what was found of those let go of stays as it is. Articles
    without a day are held against `most` others of their kind.
    """
    index, undated = Copies(likeness), Copies(likeness)
    found: dict[str, str] = {}
    for article in articles:
        if article.published is None:
            undated.add(article)
            if len(undated) >= most:
                found |= undated.originals()
                undated = Copies(likeness)
            continue
        index.add(article)
        if len(index) >= most and len(index) % (most // 4) == 0:
            _settle(index, found)
            index = index.later_half()
    _settle(index, found)
    return found | undated.originals()


def _settle(index: Copies, found: dict[str, str]) -> None:
    """Takes in what an index found. What hangs on an article that is held no more goes on hanging on it."""
    for copy in [copy for copy, original in found.items() if copy in index and original in index]:
        del found[copy]
    fresh = {copy: original for copy, original in index.originals().items() if copy not in found}
    found |= {copy: found.get(original, original) for copy, original in fresh.items()}


class _Row(Record, frozen=True):
    name: str
    agency: str
    first: int
    last: int
    words: int
    runs: int
    marks: list[int]
    marked: list[int]
    signs: list[int]


def _why(held: float, holds: float, sentences: int, resemblance: float, whole: bool, agency: str | None) -> str:
    if min(held, holds) > 0.98:
        what = "the same words"
    elif not whole:
        what = "a part of the other" if held >= holds else "holds the other as a part"
    elif sentences:
        what = f"{sentences} sentence{'s' if sentences > 1 else ''} word by word"
    else:
        what = f"reworded, runs of words alike by {resemblance:.2f}"
    told = f"{what}; {held:.0%} of it stands in the other, {holds:.0%} the other way round"
    return f"{told}; both from {agency}" if agency else told


def _when(article: Article) -> tuple[int, int]:
    """Minutes within which the article appeared, both ends included."""
    if article.published is None:
        return _UNKNOWN, _UNKNOWN
    first = _minutes(article.published.start, last=False)
    last = _minutes(article.published.end or article.published.start, last=True)
    return (first, max(first, last)) if first != _UNKNOWN else (_UNKNOWN, _UNKNOWN)


def _minutes(written: str, *, last: bool) -> int:
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError:
        return _UNKNOWN
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    minutes = (moment - dt.datetime(1970, 1, 1)) // dt.timedelta(minutes=1)
    return minutes + 1439 if last and len(written) <= 10 else minutes


def _agency(article: Article) -> str:
    """The agency that the article credits at its head or foot; "=" stands before it where the page is its own."""
    table = furniture.table(article.language if article.language in _LANGUAGES else "en")
    site = (article.site or "").casefold()
    labels = site.split(".") if "." in site else [site]
    head, foot = article.body[:160], article.body[-120:]
    for agency in table.agencies:
        if agency.casefold() in labels or agency.casefold().replace(" ", "") in labels:
            return f"={agency}"
    for agency in table.agencies:
        name = re.escape(agency)
        if re.search(rf"\({name}\b[^)]*\)|\b{name}\s*[-–—]", head) or re.search(
            rf"\({name}\b[^)]*\)|\b{name}\W*$|[-–—]\s*with (?:inputs from )?{name}\b", foot
        ):
            return agency
    return ""


_LANGUAGES = frozenset({"en"})  # those with a table of furniture


def _post(postings: dict[int, list[int] | int], key: int, number: int) -> None:
    # nearly all keys are one article's; a list for each would double the size
    held = postings.setdefault(key, number)
    if isinstance(held, list):
        held.append(number)
    elif held != number:
        postings[key] = [held, number]


def _posted(postings: dict[int, list[int] | int], key: int) -> list[int]:
    held = postings.get(key)
    if held is None:
        return []
    return held if isinstance(held, list) else [held]


def _algorithm() -> int:
    import rensa

    return int(rensa.RMinHash.ALGORITHM_VERSION)
