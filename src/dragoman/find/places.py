"""Where: countries, towns and regions that stand in the text as places, with their country and coordinates.

A name is a place by its company: behind "in" or "near", behind "to" or "from" with a word of going, as what somebody
visits or shells, in a dateline, before "talks". "Washington said" names no place, nor do "Paris Hilton" and "the Bank
of Georgia". Of several places of one name a country or state named right behind it decides ("Paris, Texas"), then the
capital, then a country that the page speaks of, then the larger.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dragoman.lexicon.atlas import Atlas, Site, atlas_of
from dragoman.lexicon.gazetteer import gazetteer
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import fold
from dragoman.parse.base import Parsed, Token
from dragoman.records import Place


def find_places(parsed: Parsed, lexicon: Lexicon) -> list[Place]:
    """The places of the text in order, none overlapping another."""
    atlas = atlas_of(lexicon)
    hits = [*atlas.names.find(parsed.text), *_capital_datelines(parsed, atlas)]
    hits.sort(key=lambda hit: hit[:2])
    if not hits and "apital" not in parsed.text:
        return []
    return _Finder(parsed, lexicon, atlas, hits).places()


def _capital_datelines(parsed: Parsed, atlas: Atlas) -> Iterator[Hit]:
    """Names in capitals at the head of a line: "GENEVA, 3 May"."""
    line = -1
    for sentence in parsed.sentences:
        if sentence.paragraph == line:
            continue
        line = sentence.paragraph
        first = last = sentence.first
        while last < min(sentence.last, first + 4) and parsed.tokens[last].text.isupper():
            last += 1
        for stop in range(last, first, -1):
            start, end = parsed.span(range(first, stop))
            sites = atlas.in_capitals(parsed.text[start:end]) if end - start > 2 else ()
            if sites:
                yield start, end, sites
                break


_GAPS = (", ", " (", ", in ", " in ", ", the ", " in the ")
Hit = tuple[int, int, tuple[Site, ...]]


class _Finder:
    """One text: which of the names found are places, and which place each is."""

    def __init__(self, parsed: Parsed, lexicon: Lexicon, atlas: Atlas, hits: list[Hit]) -> None:
        self.parsed, self.lexicon, self.atlas, self.hits = parsed, lexicon, atlas, hits
        self.w = atlas.words
        self.tokens = parsed.tokens
        self._countries: frozenset[str] | None = None
        self._persons: frozenset[str] | None = None
        self._held: dict[tuple[str, ...], bool] = {}

    def places(self) -> list[Place]:
        out: list[Place] = []
        reached = 0
        for number, (start, end, named) in enumerate(self.hits):
            if start < reached:
                continue
            first = self.parsed.at(start)
            last = self.parsed.at(end - 1) + 1
            if first >= len(self.tokens) or self.tokens[first].start > start:
                continue
            sites = self._readings(start, end, named)
            if not sites or not self._stands_as_place(first, last, sites):
                continue
            behind, edge = self._behind(number, end)
            site = self._choose(sites, behind, self.parsed.text[start:end])
            reached = edge if self._fits(site, behind) else end
            out.append(self._place(site, start, reached))
        out.extend(self._capitals(out))
        out.sort(key=lambda p: p.span or (0, 0))
        return out

    def _place(self, site: Site, start: int, end: int) -> Place:
        return Place(
            name=site.name,
            country=site.country,
            latitude=site.latitude,
            longitude=site.longitude,
            geonames=site.geonames,
            kind=site.kind,
            text=self.parsed.text[start:end],
            span=(start, end),
        )

    # which place

    def _readings(self, start: int, end: int, sites: tuple[Site, ...]) -> tuple[Site, ...]:
        """The readings that the words around do not rule out ("Georgia" on a page about Atlanta)."""
        rows = self.atlas.ambiguous.get(fold(self.parsed.text[start:end]))
        if not rows:
            return sites
        text = self.parsed.text
        before, after = text[max(0, start - 40) : start].rstrip(), text[end : end + 40].lstrip()
        left = list(sites)
        for row in rows:
            near = any(before.endswith(w) and not before[: -len(w)][-1:].isalnum() for w in row.before) or any(
                after.startswith(w) and not after[len(w) : len(w) + 1].isalnum() for w in row.after
            )
            # words before a town that rule out the government do not rule out the town
            page = row.page and self._has(row.page) and not self._has(row.page_for)
            if near or page:
                left = [s for s in left if s.country != row.code or s.kind not in ("country",)]
                if not left:
                    left = list(self.atlas.names.get(f"{text[start:end]} state"))
        return tuple(left)

    def _has(self, words: tuple[str, ...]) -> bool:
        """Whether one of these words stands anywhere in the text, looked up once."""
        known = self._held.get(words)
        if known is None:
            known = self._held[words] = any(w in self.parsed.text for w in words)
        return known

    def _behind(self, number: int, end: int) -> tuple[tuple[Site, ...], int]:
        """What is named right behind and may hold the place (", Russia", " in Ontario"), and where the two end."""
        if number + 1 >= len(self.hits):
            return (), end
        start, edge, sites = self.hits[number + 1]
        gap = self.parsed.text[end:start]
        if gap not in _GAPS:
            return (), end
        token = self.tokens[min(self.parsed.at(start), len(self.tokens) - 1)]
        # "After the talks in Paris, France and Germany agreed": the comma closes a phrase, the country opens the next
        if gap == ", " and (
            token.dep in ("nsubj", "nsubjpass", "poss")
            or any(kid.pos == "PROPN" for kid in self.parsed.kids(token.i, "conj"))
        ):
            return (), end
        named = tuple(s for s in sites if s.kind in ("country", "province", "region") and s.country)
        return named, (end if gap[-3:] == "in " or gap[-4:] == "the " else edge)

    @staticmethod
    def _fits(site: Site, behind: tuple[Site, ...]) -> bool:
        """Whether one of the places behind holds this one."""
        return any(
            site.country == b.country
            and (b.kind == "country" or (site.kind in ("city", "site", "base") and site.admin in ("", b.name)))
            for b in behind
            if b.name != site.name and site.kind != "country"
        )

    def _choose(self, sites: tuple[Site, ...], behind: tuple[Site, ...], form: str) -> Site:
        inside = [s for s in sites if self._fits(s, behind)]
        if inside:
            return max(inside, key=lambda s: (s.capital, s.kind != "city", s.population))
        if any(s.kind == "city" for s in sites):
            for b in behind:
                if b.name in self.atlas.admins:
                    # a town that the table does not hold, in a division that it does
                    return Site("city", form, b.country, b.latitude, b.longitude, None, admin=b.name)
        if len(sites) == 1:
            return sites[0]
        return max(sites, key=self._weight)

    def _weight(self, site: Site) -> tuple[int, float]:
        if site.kind == "country":
            return 4, 0
        if site.capital:
            return 3, site.population
        if site.kind != "city":
            return 2, 0
        # a country that the page speaks of outweighs thirty times the people
        return 1, site.population * (30 if site.country in self._on_page() else 1)

    def _on_page(self) -> frozenset[str]:
        """Codes of the states that the page names."""
        if self._countries is None:
            codes = {
                s.country
                for _, _, sites in self.hits
                for s in sites
                if s.kind == "country" or s.capital or s.name in self.atlas.admins
            }
            words = {t.text for t in self.tokens if t.text[0].isupper()}
            codes |= {code for word in words if (code := self.atlas.adjectives.get(fold(word)))}
            self._countries = frozenset(c for c in codes if c)
        return self._countries

    # whether it stands as a place

    def _stands_as_place(self, first: int, last: int, sites: tuple[Site, ...]) -> bool:
        head = self._head(first, last)
        if self._in_name(first, last, head, sites):
            return False
        if self._dateline(first, last):
            return True
        return self._governed(head, sites, 0)

    def _head(self, first: int, last: int) -> Token:
        """The word of the name on which the others hang."""
        for k in range(last - 1, first - 1, -1):
            token = self.tokens[k]
            if not first <= token.head < last or token.head == k:
                return token
        return self.tokens[last - 1]

    def _in_name(self, first: int, last: int, head: Token, sites: tuple[Site, ...]) -> bool:
        """Whether the words are part of a longer name: of a person, a body, a treaty."""
        tokens, w = self.tokens, self.w
        after = tokens[last] if last < len(tokens) and tokens[last].sentence == head.sentence else None
        if after is not None:
            adjoining = after.start <= tokens[last - 1].end + 1
            if adjoining and after.text in w["tails"] and after.text[0].isupper():
                return True
            bound = adjoining and after.text in ("-", "–") and last + 1 < len(tokens)
            if bound and tokens[last + 1].start == after.end:
                return True  # "Iran-backed", "Moscow-based"
            if (
                adjoining
                and after.tag in ("NNP", "NNPS")
                and head.dep in ("compound", "nmod", "amod")
                and head.head >= last
            ):
                # "Paris Hilton"; but "Moscow President ..." is two phrases that the parser has joined
                up = tokens[head.head]
                apart = {t.text for t in tokens[last : head.head]} - {"International", "Air", "Naval"}
                if up.pos == "PROPN" and (apart or (up.lower not in w["nouns"] and up.lower not in w["meetings"])):
                    return True
        before = tokens[first - 1] if first and tokens[first - 1].sentence == head.sentence else None
        if before is not None and before.end + 1 >= tokens[first].start and before.text[0].isupper():
            joined = before.head in range(first, last) and before.dep in ("compound", "nmod")
            named = before.tag in ("NNP", "NNPS") and before.lower not in w["directions"]
            twins = before.head == head.head and before.dep == "compound" and head.dep == "compound"
            if named and (joined or twins) and before.lower not in w["nouns"]:
                return True
        if before is not None and before.lower in w["joints"]:
            return True  # "Davao del Sur"
        # a surname of somebody on the page: "Jack London ... London said"
        return all(s.kind == "city" and not s.capital for s in sites) and tokens[last - 1].text in self._surnames()

    def _surnames(self) -> frozenset[str]:
        """Words of the page that stand behind a given name."""
        if self._persons is None:
            given = gazetteer(self.lexicon).given_names
            tokens = self.tokens
            self._persons = frozenset(
                token.text
                for before, token in pairwise(tokens)
                if token.pos == "PROPN" and before.pos == "PROPN" and fold(before.text).lower() in given
            )
        return self._persons

    def _dateline(self, first: int, last: int) -> bool:
        """ "GENEVA, 3 May (Agency) -" at the head of a line."""
        tokens = self.tokens
        sentence = self.parsed.sentence_of(first)
        above = self.parsed.sentences[sentence.i - 1].paragraph if sentence.i else -1
        if sentence.first != first or above == sentence.paragraph:
            return False
        depth = 0
        for k in range(last, min(last + 14, len(tokens))):
            token = tokens[k]
            if self.parsed.sentences[token.sentence].paragraph != sentence.paragraph:
                return False
            if token.text == "(":
                depth += 1
            elif token.text == ")":
                depth -= 1
            elif not depth:
                if token.text in ("-", "–", "—", "--", "―", ":"):
                    return token.start > tokens[k - 1].end or token.text == ":"
                if token.text[0] == "/" and tokens[first].text.isupper():
                    return True
                if token.text[0].isalpha() and not token.text[0].isupper():
                    return False
        return False

    def _governed(self, head: Token, sites: tuple[Site, ...], depth: int) -> bool:
        """Whether the grammar puts the word where places stand."""
        if depth > 5:
            return False
        up = self.tokens[head.head]
        if up.i == head.i:
            return False
        dep, w = head.dep, self.w
        country = all(s.kind == "country" for s in sites)
        if dep == "pobj":
            return self._behind_preposition(head, up, sites, country, depth)
        if dep in ("conj", "appos") and up.pos in ("PROPN", "NOUN"):
            like = up.pos == "PROPN" or dep == "conj" or up.lemma in w["nouns"]
            return like and self._governed(up, sites, depth + 1)
        if dep in ("compound", "nmod", "amod", "npadvmod") and up.i > head.i:
            if up.lemma in w["nouns"] or up.lower in w["nouns"]:
                return self._governed(up, sites, depth + 1)
            return not country and up.pos == "NOUN" and up.lemma in w["meetings"]
        if dep == "poss":
            known = up.lemma in w["nouns"] or up.lower in w["nouns"] or up.pos == "PROPN"
            return known and self._governed(up, sites, depth + 1)
        if dep == "dobj":
            return up.lemma in w["reaching"] or (not country and up.lemma in w["taking"])
        if dep == "nsubjpass":
            return not country and up.lemma in w["taking"]
        return False

    def _behind_preposition(self, head: Token, prep: Token, sites: tuple[Site, ...], country: bool, depth: int) -> bool:
        w, word = self.w, prep.lower
        above = self.tokens[prep.head]
        if word in w["at"]:
            # some words take "in" and "at" of their own: "interest in Russia", "anger at Iran"
            return not (above.lemma in w["not-in"] and country)
        if word in w["at-regions"]:
            return not country and any(s.kind != "city" for s in sites) and above.lemma not in w["about"]
        if word == "of":
            if (above.lemma in w["nouns"] or above.lower in w["nouns"]) and (
                above.text[0].islower() or above.lower in w["lands"]
            ):
                return above.lower in w["directions"] or above.pos == "ADV" or self._governed(above, sites, depth + 1)
            return above.lower == "out" or (above.lower in w["directions"])
        if word not in w["ways"]:
            return False
        if above.pos == "ADP":  # "back to", "from near"
            above = self.tokens[above.head]
        if word == "for":
            return above.lemma in w["leaving"]
        if self._moves(above):
            return True
        return not country and not any(s.capital for s in sites) and above.pos in ("VERB", "NOUN") and word == "from"

    def _moves(self, above: Token) -> bool:
        """Whether this word, or the verb that the noun hangs on, is one of going, coming or sending somebody."""
        w = self.w
        for _ in range(3):
            sent = [above, *self.parsed.kids(above.i, "dobj", "nsubjpass")]
            if any(t.lemma in w["told"] for t in sent):
                return False  # "sent a message to Tehran"
            if above.lemma in w["moving"]:
                return True
            if above.pos != "NOUN" or above.head == above.i or above.dep not in ("dobj", "pobj", "prep"):
                return False
            above = self.parsed.head(above.i)
            if above.pos == "ADP":
                above = self.parsed.head(above.i)
        return False

    def _capitals(self, out: list[Place]) -> Iterator[Place]:
        """ "in the Syrian capital"."""
        taken = [p.span for p in out if p.span]
        for token in self.tokens:
            if token.lower != "capital" or token.pos != "NOUN":
                continue
            for kid in self.parsed.kids(token.i, "amod", "poss", "compound", "nmod"):
                code = self.atlas.adjectives.get(fold(kid.text))
                site = self.atlas.capitals.get(code or "")
                if site is None or not self._governed(token, (site,), 0):
                    continue
                start, end = kid.start, token.end
                if not any(a < end + 40 and start < b for a, b in taken):
                    yield self._place(site, start, end)
