"""Who a noun phrase stands for: names, titles, seats, pronouns, "his counterpart", "the two ministers".

The story, once through the text:
1. offices and roles are found ("foreign minister", "troops"), each with the actors that modify it;
2. capitalised names are found and tied to an office beside them, to a person of the tables, to a person already
   on the page, or to a misspelt person of the tables (repair, under gates);
3. sentence by sentence, phrases without a name are tied to what was said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dragoman.find.base import Mention, References, participant_of
from dragoman.lexicon.gazetteer import Figure, Gazetteer, gazetteer, name_key, sound_key
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed, Token
from dragoman.records import Participant, Span, Via


def resolve(
    parsed: Parsed, mentions: Sequence[Mention], lexicon: Lexicon, *, published: str | None = None
) -> References:
    """Who each phrase of the text stands for. `published` (ISO date) tells who held an office then."""
    return _Page(parsed, tuple(mentions), gazetteer(lexicon), published).resolve()


@dataclass(slots=True)
class _Title:
    """An office or a role where it stands: tokens `first` up to `last`, its head word, whose it is."""

    first: int
    last: int
    head: int
    office: str | None  # key, None for a plain role
    role: str
    sector: str | None
    kind: str  # person | group | body
    plural: bool
    codes: list[str] = field(default_factory=list)
    modifiers: list[int] = field(default_factory=list)  # tokens of the names that say whose
    former: bool = False
    named: bool = False  # a person's name is tied to it
    people: list[_Person] = field(default_factory=list)


@dataclass(slots=True)
class _Person:
    """Somebody on the page."""

    name: str
    keys: set[str]  # last names, as compared
    actor: str | None
    sector: str | None
    office: str | None
    role: str | None
    gender: str
    wikidata: str | None
    known: Figure | None
    seen: int = -1  # token of the latest mention


@dataclass(slots=True)
class _Seen:
    """A mention in the flow of the text, for pronouns and joint phrases."""

    token: int
    sentence: int
    who: tuple[Participant, ...]
    person: _Person | None
    plural: bool
    weight: float


class _Page:
    def __init__(self, parsed: Parsed, mentions: tuple[Mention, ...], known: Gazetteer, published: str | None) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.mentions = mentions
        self.known = known
        self.date = published
        language = known.lexicon.language
        self.words = {key: frozenset(language.get(key, ())) for key in (
            "honorifics", "feminine_titles", "masculine_titles", "particles", "not_names", "former", "joint",
            "vague_actors", "counterparts")}  # fmt: skip
        self.numbers: dict[str, int] = dict(language.get("joint_numbers", {}))
        self.pronouns = {w: kind for kind, words in language.get("pronouns", {}).items() for w in words}
        self.at = {k: m for m in mentions for k in range(m.first, m.last)}
        self.page_codes: dict[str, int] = {}
        for m in mentions:
            if m.code:
                self.page_codes[m.code] = self.page_codes.get(m.code, 0) + 1
        self.titles: list[_Title] = []
        self.title_at: dict[int, _Title] = {}
        self.people: list[_Person] = []
        self.person_at: dict[int, _Person] = {}
        self.via_at: dict[int, Via] = {}
        self.chunk_at: dict[int, tuple[int, int]] = {}
        self.who: dict[int, tuple[Participant, ...]] = {}
        self.flow: list[_Seen] = []
        self.remarks: list[tuple[Span, str]] = []

    def resolve(self) -> References:
        self._find_titles()
        self._find_names()
        self._name_the_rest()
        self._walk()
        return References(self.parsed, self.mentions, self.who, tuple(self.remarks))

    # -- 1. offices and roles ------------------------------------------------------------------------------------

    def _find_titles(self) -> None:
        tokens = self.tokens
        for sentence in self.parsed.sentences:
            # adjectives and states are stepped over, so that "head of US diplomacy" reads "head of diplomacy"
            order = [
                k
                for k in range(sentence.first, sentence.last)
                if not (k in self.at and self.at[k].kind in ("adjective", "state", "organisation"))
            ]
            lowers = [tokens[k].lower for k in order]
            place = 0
            while place < len(order):
                found = self.known.office_at(lowers, place) if tokens[order[place]].text[0].isalpha() else None
                if found is None:
                    place += 1
                    continue
                length, key = found
                span = order[place : place + length]
                if self._usable(span) and not self._needs_capitals(span):
                    self._add_title(span, key)
                    place += length
                else:
                    place += 1

    def _usable(self, span: list[int]) -> bool:
        """A title is a noun phrase: "US forces" but not "the plan forces", and stands in one piece."""
        tokens = self.tokens
        if any(self.at.get(k) is not None and self.at[k].kind == "person" for k in span):
            return False
        if span[-1] - span[0] > len(span) + 3:
            return False
        stepped = [k for k in range(span[0], span[-1]) if k not in span]
        if stepped and not any(tokens[k].lower in ("of", "for") for k in span):
            return False
        head = self._head_in(span)
        return tokens[head].pos in ("NOUN", "PROPN", "ADJ", "X") or (
            tokens[head].text[0].isupper() and tokens[head].dep in ("compound", "nsubj", "appos", "pobj", "dobj")
        )

    def _needs_capitals(self, span: list[int]) -> bool:
        """"5 pm" is no prime minister: abbreviations of offices are written in capitals."""
        return len(span) == 1 and self.tokens[span[0]].lower in self.known.abbreviations and not self.tokens[span[0]].text.isupper()

    def _head_in(self, span: Sequence[int]) -> int:
        inside = set(span)
        for k in span:
            if self.tokens[k].head not in inside or self.tokens[k].head == k:
                return k
        return span[-1]

    def _add_title(self, span: list[int], key: str) -> None:
        tokens = self.tokens
        head = self._head_in(span)
        # a title before a name hangs on the name; its own last noun is what counts
        nouns = [k for k in span if tokens[k].pos in ("NOUN", "PROPN")]
        core = head if head in nouns or not nouns else nouns[-1]
        counted = [core, *(nouns[:1] if any(tokens[k].lower == "of" for k in span) else ())]
        plural = any(tokens[k].tag in ("NNS", "NNPS") for k in counted)
        role_words = " ".join(tokens[k].text for k in span)
        phrase = "".join(f"{' ' if tokens[k].start > tokens[k - 1].end else ''}{tokens[k].lower}" for k in span[:-1]).strip()
        singular = f"{phrase}{' ' if tokens[span[-1]].start > tokens[span[-1] - 1].end else ''}{tokens[span[-1]].lemma.lower()}"
        role = (
            self.known.roles.get(role_words.lower())
            or self.known.roles.get(singular.strip())
            or self.known.roles.get(tokens[core].lemma.lower())
        )
        office = self.known.offices.get(key)
        title = _Title(
            span[0],
            span[-1] + 1,
            core,
            office.key if office else None,
            role_words,
            (office.sector if office else role.sector if role else "") or None,
            "person" if office else role.kind if role else "group",
            plural,
        )
        self._whose(title, span)
        if title.office and title.codes:
            title.office = self.known.office_key(role_words, title.codes[0]) or self.known.office_key(
                " ".join([*(tokens[k].lower for k in span[:-1]), tokens[span[-1]].lemma.lower()]), title.codes[0]
            ) or title.office
        self.titles.append(title)
        for k in range(title.first, title.last):
            if k in span:
                self.title_at[k] = title

    def _whose(self, title: _Title, span: list[int]) -> None:
        """The actors a title belongs to: before it (US, Russia's, Kremlin), inside it, or after "of", "for", "from"."""
        tokens = self.tokens
        found: list[Mention] = [
            self.at[k] for k in range(title.first, title.last) if k in self.at and not self.at[k].bound
        ]
        k = title.first - 1
        low = self.parsed.sentence_of(title.first).first
        while k >= max(low, title.first - 9):
            token = tokens[k]
            mention = self.at.get(k)
            if mention is not None:
                if mention.kind == "person" or mention.bound:
                    break
                found.insert(0, mention)
                k = mention.first - 1
                continue
            if token.lower in self.words["former"]:
                title.former = True
            elif token.pos in ("VERB", "AUX", "ADP", "PRON", "DET", "SCONJ") and token.tag != "POS":
                break
            elif token.text in (",", ";", ":", "“", '"', "”", "(", ")") and not self._between_names(k):
                break
            elif token.pos == "PROPN" and k not in self.title_at and token.lower not in self.words["honorifics"]:
                # "Lockheed spokesman": an unknown name stands between; it is not the state before it
                if token.tag != "POS" and not token.lower.startswith(("'", "’")):
                    break
            elif k in self.title_at and self.title_at[k].kind == "person":
                break
            k -= 1
        after = title.last
        if after < len(tokens) and tokens[after].lower in ("of", "for", "from", "at"):
            if not (title.office in ("ambassador", "envoy", "special-representative") and tokens[after].lower == "for"):
                found.extend(self._after(after, tokens[after].lower))
        if not found and title.kind in ("body", "group") and after < len(tokens) and tokens[after].lower == "in":
            # "the foreign ministry in Paris", "the authorities in Minsk"
            found.extend(m for m in self._after(after, "in") if m.kind in ("capital", "state"))
        for mention in found:
            if mention.code and mention.code not in title.codes and mention.kind != "person":
                title.codes.append(mention.code)
                title.modifiers.append(mention.last - 1)
                if title.sector is None and mention.sector:
                    title.sector = mention.sector

    def _between_names(self, k: int) -> bool:
        return self.tokens[k].text == "," and k - 1 in self.at and k + 1 in self.at

    def _after(self, prep: int, word: str) -> list[Mention]:
        """Names after "of": "of Poland", "of the Russian Foreign Ministry", "of Chad and Niger"."""
        tokens = self.tokens
        found: list[Mention] = []
        k = prep + 1
        while k < min(prep + 9, self.parsed.sentence_of(prep).last):
            mention = self.at.get(k)
            if mention is not None:
                if mention.kind == "person" or mention.bound:
                    break
                if word == "at" and mention.kind not in ("organisation", "seat"):
                    break
                found.append(mention)
                k = mention.last
                continue
            token = tokens[k]
            if token.lower in ("and", "the", "foreign", "defence", "defense", "&") or token.pos in ("DET", "ADJ"):
                k += 1
                continue
            if token.text == "," and k + 1 in self.at and found:
                k += 1
                continue
            break
        # "minister of the Czech Republic and ..." keeps what is joined; "of Russia, Mike ..." ends at the comma
        return found

    # -- 2. names of people --------------------------------------------------------------------------------------

    def _find_names(self) -> None:
        for chunk in self._chunks():
            self._name(chunk)

    def _chunks(self) -> Iterable[tuple[int, int]]:
        """Runs of capitalised words that may be a person's name."""
        tokens = self.tokens
        for sentence in self.parsed.sentences:
            words = [t for t in tokens[sentence.first : sentence.last] if t.text[:1].isalpha()]
            if len(words) > 2 and all(t.text.isupper() for t in words):
                shouting = True
            else:
                shouting = False
            k = sentence.first
            while k < sentence.last:
                mention = self.at.get(k)
                if mention is not None:
                    if mention.kind == "person":
                        yield mention.first, mention.last
                    k = mention.last
                    continue
                if shouting or not self._name_word(k, k == sentence.first):
                    k += 1
                    continue
                end = k + 1
                while end < sentence.last:
                    if self._name_word(end, False):
                        end += 1
                    elif (
                        (tokens[end].lower in self.words["particles"] or tokens[end].text in ("-", "‑"))
                        and end + 1 < sentence.last
                        and tokens[end].lower not in ("the",)
                        and (self._name_word(end + 1, False) or self._particle_pair(end, sentence.last))
                        and (tokens[end].text not in ("-", "‑") or tokens[end].start == tokens[end - 1].end)
                    ):
                        end += 2
                    else:
                        break
                while end > k + 1 and (tokens[end - 1].text in ("-",) or tokens[end - 1].lower in self.words["particles"]):
                    end -= 1
                follows = self.at.get(end)
                if end - k <= 6 and not (follows is not None and follows.kind == "person"):
                    yield k, end
                k = end

    def _particle_pair(self, k: int, last: int) -> bool:
        return k + 2 < last and self.tokens[k + 1].lower in (*self.words["particles"], "-") and self._name_word(k + 2, False)

    def _name_word(self, k: int, first: bool) -> bool:
        token = self.tokens[k]
        if k in self.at or k in self.title_at or not token.text[0].isupper() or not token.text[0].isalpha():
            return False
        if token.lower in self.words["not_names"] or token.lower in self.words["honorifics"]:
            return False
        if token.lower in ("may", "march") and token.pos != "PROPN":
            return False
        if len(token.text) > 1 and token.text.isupper() and len(token.text) <= 5 and not token.text.endswith("."):
            return False  # an abbreviation
        if token.pos == "PROPN":
            return True
        if first:
            return name_key(token.text) in self.known.by_short and token.pos in ("NOUN", "X", "ADJ")
        return token.pos in ("NOUN", "X", "ADJ", "VERB", "ADV") and (
            name_key(token.text) in self.known.by_short or (k > 0 and self.tokens[k - 1].lower in self.known.given_names)
        )

    def _name(self, chunk: tuple[int, int]) -> None:
        first, last = chunk
        title = self._title_beside(first, last)
        words = [t.text for t in self.tokens[first:last] if t.text not in ("-", "‑")]
        key = name_key(" ".join(t.text for t in self.tokens[first:last]))
        via: Via = "name"
        person: _Person | None = None
        figure, part = self._figure(key, title)
        if figure is not None:
            person = self._person_of(figure)
        if person is None:
            person = self._on_page(key, title)
        if person is None and len(words) == 1:
            figure = self._by_short(key, title)
            person = self._person_of(figure) if figure else None
        if person is None:
            figure = self._repaired(key, title)
            if figure is not None:
                person, via = self._person_of(figure), "repair"
        if person is None and (title is not None or self._like_a_person(chunk) or self._described_by_nation(chunk)):
            person = _Person(
                name=self.parsed.text[self.tokens[first].start : self.tokens[last - 1].end],
                keys={key.split()[-1]},
                actor=None,
                sector=None,
                office=None,
                role=None,
                gender="",
                wikidata=None,
                known=None,
            )
            self.people.append(person)
        if person is None:
            return
        if part and part < len(key.split()):
            first = last - part if self._figure(" ".join(key.split()[-part:]), None)[0] else first
        person.keys.add(key.split()[-1])
        if title is not None:
            self._learn(person, title)
            title.named = True
            title.people.append(person)
        if person.actor is None and last + 1 < len(self.tokens) and self.tokens[last].lower in ("of", "from"):
            # "Jan Kral of Czechia"
            state = self.at.get(last + 1) or (self.at.get(last + 2) if self.tokens[last + 1].lower == "the" else None)
            if state is not None and state.kind in ("state", "organisation"):
                person.actor = state.code
        if person.actor is None:
            person.actor = self._nationality(last - 1)
        self._learn_gender(person, first, title)
        if via == "name" and person.known is not None and not self._spelling_known(person.known, key):
            via = "repair"
        for k in range(first, last):
            self.person_at[k] = person
            self.via_at[k] = via
            self.chunk_at[k] = (first, last)
        if title is not None:
            for k in range(title.first, title.last):
                if self.title_at.get(k) is not title:
                    continue
                self.person_at.setdefault(k, person)
                self.chunk_at.setdefault(k, (first, last))
                self.via_at.setdefault(k, via)

    def _described_by_nation(self, chunk: tuple[int, int]) -> bool:
        """Two capitalised words with a nationality and a common noun for a person beside them."""
        first, last = chunk
        if last - first < 2 or self._nationality(last - 1) is None:
            return False
        before = self.tokens[first - 1] if first else None
        apposed = self.parsed.kids(last - 1, "appos")
        return bool(before is not None and before.pos == "NOUN" and before.dep == "compound" or any(t.pos == "NOUN" for t in apposed))

    def _nationality(self, k: int) -> str | None:
        """"Swedish activist Alva Berg", "Pavel Novak, a Czech engineer": whose somebody without an office is."""
        around = [k, *(t.i for t in self.parsed.kids(k, "appos"))]
        if self.tokens[k].dep == "appos":
            around.append(self.tokens[k].head)
        for i in around:
            for t in self.parsed.kids(i, "amod", "compound", "nmod", "poss"):
                mention = self.at.get(t.i)
                if mention is not None and mention.kind in ("adjective", "state") and not mention.bound:
                    return mention.code
        return None

    def _spelling_known(self, figure: Figure, key: str) -> bool:
        last = key.split()[-1]
        forms = {figure.name, *(s for t in figure.terms for s in (*t.spellings, *t.short))}
        return any(last in name_key(f).split() for f in forms)

    def _figure(self, key: str, title: _Title | None) -> tuple[Figure | None, int]:
        """A person of the tables by full name, and how many words at the end of `key` name them."""
        words = key.split()
        for size in range(len(words), 1, -1):
            for start in (len(words) - size, 0):
                found = self.known.by_full.get(" ".join(words[start : start + size]))
                if found:
                    return self._best(found, title), size
        if len(words) == 1 and words[0] in self.known.by_full:
            return None, 0
        return None, 0

    def _best(self, figures: Sequence[Figure], title: _Title | None) -> Figure:
        """Of several people of one name: whose state stands beside, whose state is on the page, who is in office."""

        def fit(figure: Figure) -> tuple[int, int, int]:
            term = figure.term(self.date)
            beside = int(bool(title and (term.actor in title.codes)))
            return beside, int(figure.active(self.date, slack_years=1)), self.page_codes.get(term.actor, 0)

        return max(figures, key=fit)

    def _on_page(self, key: str, title: _Title | None) -> _Person | None:
        """The latest person on the page with this last name, or this whole name."""
        words = key.split()
        for person in reversed(self.people):
            full = name_key(person.name).split()
            if words[-1] in person.keys or (len(words) == 1 and len(full) > 1 and words[0] in (full[-1],)):
                if len(words) > 1 and len(full) > 1 and not _given_agree(words[0], full[0]):
                    continue
                if len(words) > 1 and len(full) == 1:
                    person.name = self._title_case(key, person)
                if title is not None and title.codes and person.actor and person.actor not in title.codes:
                    continue
                return person
        return None

    def _title_case(self, key: str, person: _Person) -> str:
        return person.name if person.known else " ".join(w.capitalize() for w in key.split())

    def _by_short(self, key: str, title: _Title | None) -> Figure | None:
        """A person of the tables by the short form the press uses, when the page speaks of their state or office."""
        figures = self.known.by_short.get(key)
        if not figures:
            return None
        fits = []
        for figure in figures:
            term = figure.term(self.date)
            if not figure.active(self.date, slack_years=4):
                continue
            beside = bool(title and (term.actor in title.codes or (title.office and title.office == term.office)))
            contradicted = bool(title and title.codes and term.actor not in title.codes)
            on_page = self.page_codes.get(term.actor, 0)
            if contradicted or not (beside or on_page):
                continue
            if key in self.known_words and not beside:
                continue
            fits.append(((beside, figure.active(self.date), _LEVEL.get(term.office, 0), on_page), figure))
        if not fits:
            return None
        fits.sort(key=lambda f: f[0], reverse=True)
        if len(fits) > 1 and fits[0][0] == fits[1][0]:
            return None
        return fits[0][1]

    @property
    def known_words(self) -> frozenset[str]:
        """Short names that are also common words or common surnames, by the table of ambiguous forms."""
        return frozenset(k.lower() for k in self.known.ambiguous if k.islower() or k in ("May", "Major", "Park", "Brown"))

    def _repaired(self, key: str, title: _Title | None) -> Figure | None:
        """A misspelt or oddly transliterated person of the tables.

        Only when the candidate held office on the date, begins with the same letter, differs by one letter at most
        after transliteration, and the page speaks of their state, office or right spelling.
        """
        words = key.split()
        if len(words[-1]) < 4:
            return None
        last = sound_key(words[-1])
        best: list[tuple[tuple[int, int], Figure]] = []
        seen: set[int] = set()
        for sound, given, figure in self.known.near(last):
            if id(figure) in seen or sound[0] != last[0] or not _one_edit(last, sound):
                continue
            if (len(words) == 1 and len(last) < 5) or (len(words) > 1 and not _given_agree(words[0], given)):
                continue
            seen.add(id(figure))
            if not figure.active(self.date):
                continue
            now = figure.term(self.date)
            page_person = any(p.known is figure for p in self.people)
            beside = bool(title and (now.actor in title.codes or (title.office and title.office == now.office)))
            contradicted = bool(title and title.codes and now.actor not in title.codes)
            if contradicted or not (page_person or beside or (now.actor in self.page_codes and len(words) > 1)):
                continue
            best.append(((int(page_person) + int(beside), _LEVEL.get(now.office, 0)), figure))
        if not best:
            return None
        return max(best, key=lambda b: b[0])[1]

    def _person_of(self, figure: Figure) -> _Person:
        for person in self.people:
            if person.known is figure:
                return person
        term = figure.term(self.date)
        holds = figure.active(self.date)
        person = _Person(
            name=figure.name,
            keys={name_key(s).split()[-1] for s in (figure.name, *(x for t in figure.terms for x in t.short))},
            actor=term.actor,
            sector=(term.sector or None) if holds else ("ELI" if term.sector else None),
            office=term.office if holds else None,
            role=term.title or None,
            gender=figure.gender,
            wikidata=term.wikidata or None,
            known=figure,
        )
        self.people.append(person)
        return person

    def _like_a_person(self, chunk: tuple[int, int]) -> bool:
        first, last = chunk
        tokens = self.tokens
        if first and tokens[first - 1].lower in self.words["honorifics"]:
            return True
        if tokens[first].lower in self.known.given_names and last - first > 1:
            return True
        if tokens[last - 1].dep in ("nsubj",) and self.parsed.head(last - 1).lemma in ("say", "tell", "add") and last - first > 1:
            return True
        return last < len(tokens) and last - first > 1 and tokens[last].text == "," and tokens[min(last + 1, len(tokens) - 1)].text.isdigit()

    def _title_beside(self, first: int, last: int) -> _Title | None:
        """The title tied to a name: right before it, or in apposition on either side."""
        tokens = self.tokens
        before = first - 1
        sentence = self.parsed.sentence_of(first)
        while before >= sentence.first and (
            tokens[before].lower in self.words["honorifics"] or tokens[before].text in ("“", '"')
        ):
            before -= 1
        title = self.title_at.get(before) if before >= sentence.first else None
        if title is None and before > sentence.first and tokens[before].lower in ("and", ","):
            # "Presidents Putin and Xi"
            earlier = self.person_at.get(before - 1)
            plural = next((t for t in reversed(self.titles) if t.first < before and earlier in t.people), None)
            if plural is not None and plural.plural and earlier is not None:
                title = plural
        if title is None and before >= sentence.first and before in self.at and self.at[before].kind == "state":
            # "President of Russia Vladimir Putin"
            k = self.at[before].first - 1
            if k >= sentence.first and tokens[k].lower == "of" and k - 1 in self.title_at:
                title = self.title_at[k - 1]
                if tokens[title.head].head == title.head and title.named:
                    title = None
        if title is not None and title.kind != "body" and not (title.plural and not self._joined_after(title, first)):
            return title
        # "Sergei Lavrov, Russia's foreign minister," / "Sergei Lavrov (Russian foreign minister)"
        if last < sentence.last and tokens[last].text in (",", "(", "-", "–", "—"):
            k = last + 1
            while k < min(last + 8, sentence.last):
                title = self.title_at.get(k)
                if title is not None and title.kind == "person" and not title.plural:
                    follows = title.last
                    while follows < sentence.last and (
                        tokens[follows].lower in ("of", "for", "to", "at", "in", "the") or follows in self.at
                        or (tokens[follows].pos in ("ADJ", "NOUN", "PROPN") and follows in self.title_at)
                    ):
                        follows += 1
                    own_name = follows < sentence.last and self._name_word(follows, False)
                    closes = follows >= sentence.last or tokens[follows].text in (",", ".", ")", "-", "–", "—", ";", ":", "”", '"')
                    apposed = tokens[title.head].dep == "appos" or tokens[last].text == "("
                    if not own_name and (closes or apposed):
                        return title
                    break
                if k in self.at or tokens[k].pos in ("DET", "ADJ", "ADV", "PART", "NOUN") or tokens[k].tag in ("POS", "PRP$"):
                    k += 1
                    continue
                break
        # "the Kremlin spokesman, Dmitry Peskov,"
        edge = first
        while edge - 1 > sentence.first and tokens[edge - 1].lower in self.words["honorifics"]:
            edge -= 1
        if edge - 2 >= sentence.first and tokens[edge - 1].text == ",":
            k = edge - 2
            while k >= sentence.first and k in self.at and tokens[k - 1].lower in ("of", "for"):
                k = self.at[k].first - 2
            title = self.title_at.get(k)
            closes = last >= sentence.last or tokens[last].text in (",", ".", ")", ";") or last in self.title_at
            if title is not None and title.kind == "person" and not title.plural and not title.named and closes:
                definite = tokens[title.head].dep != "appos" or tokens[title.head].head == last - 1
                if definite and not any(self.person_at.get(j) for j in (title.head,)):
                    return title
        return None

    def _joined_after(self, title: _Title, first: int) -> bool:
        """"Presidents Putin and Xi": a plural title before joined names."""
        return title.last == first or self.tokens[first - 1].lower in ("and", ",")

    def _learn(self, person: _Person, title: _Title) -> None:
        """What a title beside the name tells: the page's own words come before the tables."""
        if title.codes:
            if person.actor is None or (person.known is None and len(title.codes) == 1):
                person.actor = title.codes[0]
            elif person.actor not in title.codes and person.known is not None and not person.known.active(self.date):
                person.actor = title.codes[0]
        counterpart = self.tokens[title.head].lemma.lower() in self.words["counterparts"]
        if title.office or not counterpart:
            if person.role is None or person.known is None:
                person.role = title.role.removesuffix("s") if title.plural else title.role
            if title.former:
                person.sector = "ELI"
            elif person.sector in (None, "ELI") or person.known is None:
                person.sector = title.sector or person.sector
            if title.office and (person.known is None or person.office is None) and not title.former:
                person.office = title.office

    def _learn_gender(self, person: _Person, first: int, title: _Title | None) -> None:
        if person.gender:
            return
        words = {self.tokens[k].lower for k in range(max(0, first - 2), first)}
        if title is not None:
            words |= {self.tokens[k].lower for k in range(title.first, title.last)}
        if words & self.words["feminine_titles"]:
            person.gender = "f"
        elif words & self.words["masculine_titles"]:
            person.gender = "m"

    # -- 3. the rest, in the order of the text -------------------------------------------------------------------

    def _name_the_rest(self) -> None:
        """Names of states, bodies, seats and capitals stand for themselves."""
        for mention in self.mentions:
            if mention.kind == "person" or mention.bound or mention.code is None:
                continue
            head = mention.last - 1
            token = self.tokens[head]
            if mention.kind == "adjective" and not self._adjective_as_noun(token):
                continue
            if mention.kind == "seat" and head in self.title_at and self.title_at[head].head != head:
                continue
            who = participant_of(mention, self.parsed)
            for k in range(mention.first, mention.last):
                self.who[k] = (who,)

    def _adjective_as_noun(self, token: Token) -> bool:
        """"The Chinese agreed": an adjective that heads its phrase."""
        return token.dep in ("nsubj", "nsubjpass", "pobj", "dobj", "conj", "agent") and not any(
            t.pos in ("NOUN", "PROPN") and t.i > token.i for t in self.parsed.kids(token.i, "compound", "appos")
        )

    def _walk(self) -> None:
        for sentence in self.parsed.sentences:
            self._remark_vague(sentence.first, sentence.last)
            k = sentence.first
            while k < sentence.last:
                self._visit(k)
                k += 1

    def _visit(self, k: int) -> None:
        token = self.tokens[k]
        person = self.person_at.get(k)
        if person is not None and k in self.chunk_at:
            first, last = self.chunk_at[k]
            if k == last - 1 and first <= k:
                self._place_counterpart(person, first)
                self._place_official(person, first)
                who = (self._person_record(person, first, last, self.via_at.get(k, "name")),)
                for j in range(first, last):
                    self.who[j] = who
                self._note(k, who, person, False)
                title = next((t for t in (self.title_at.get(first - 1), self.title_at.get(last + 1)) if t and t.named), None)
                if title is not None and not title.plural and self.person_at.get(title.head) is person:
                    self.who[title.head] = who
            elif k in self.title_at and k == self.title_at[k].head:
                named = self.title_at[k].people or [person]
                spans = {id(self.person_at[c[0]]): c for c in self.chunk_at.values() if c[0] > k and c[0] in self.person_at}
                self.who[k] = tuple(
                    self._person_record(p, *spans.get(id(p), (first, last)), self.via_at.get(k, "name")) for p in named
                )
            return
        mention = self.at.get(k)
        if mention is not None:
            if k == mention.last - 1 and not mention.bound:
                if k in self.who:
                    self._note(k, self.who[k], None, False)
                elif mention.kind == "adjective" and mention.code and not self._modifies_title(k):
                    self._note(k, (participant_of(mention, self.parsed),), None, False, light=True)
            return
        title = self.title_at.get(k)
        if title is not None:
            if k == title.head:
                who, about = self._titled(title)
                if who:
                    self.who[k] = who
                    self._note(k, who, about, title.plural)
            return
        if token.pos == "PRON" or token.tag in ("PRP", "PRP$", "WP", "WDT"):
            who, about = self._pronoun(token)
            if who:
                self.who[k] = who
                self._note(k, who, about, len(who) > 1)
            return
        if token.lemma.lower() in self.words["joint"] and token.tag in ("NNS", "NNPS"):
            who = self._joint(k)
            if who:
                self.who[k] = who
                self._note(k, who, None, True)
        elif token.lower == "both" and token.dep in ("nsubj", "nsubjpass", "pobj", "dobj"):
            who = self._joint(k)
            if who:
                self.who[k] = who

    def _place_official(self, person: _Person, first: int) -> None:
        """"China criticised the pact. Foreign ministry spokesman Zhao Lijian said ...": of the state that acts before."""
        title = self.title_at.get(first - 1)
        if person.actor is not None or person.known is not None or title is None or title.sector not in ("GOV", "MIL"):
            return
        sentence = self.tokens[first].sentence
        for seen in reversed(self.flow):
            if sentence - seen.sentence > 2:
                return
            if seen.weight >= 2.5 and len(seen.who) == 1 and not seen.plural:
                code = seen.who[0].actor
                if seen.person is None and code and len(code) == 3:
                    person.actor = code
                return

    def _modifies_title(self, k: int) -> bool:
        return self.tokens[k].head in self.title_at or k + 1 in self.title_at

    def _place_counterpart(self, person: _Person, first: int) -> None:
        """"Her Czech counterpart Jan Kral" holds the office that she holds."""
        title = self.title_at.get(first - 1) or self.title_at.get(first - 2)
        if person.office or person.actor is None or title is None:
            return
        if self.tokens[title.head].lemma.lower() not in self.words["counterparts"]:
            return
        for token in self.parsed.kids(title.head, "poss") or self.parsed.kids(self.tokens[title.head].head, "poss"):
            owner = self.person_at.get(token.i) or self._pronoun(token)[1]
            if owner is not None and owner is not person:
                person.office, person.sector = owner.office, person.sector or owner.sector
                person.role = person.role or owner.role

    def _person_record(self, person: _Person, first: int, last: int, via: Via) -> Participant:
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        return Participant(
            actor=person.actor,
            sector=person.sector,
            name=person.name,
            role=person.role,
            text=self.parsed.text[start:end],
            span=(start, end),
            via=via,
            wikidata=person.wikidata,
            office=person.office,
        )

    def _titled(self, title: _Title) -> tuple[tuple[Participant, ...], _Person | None]:
        """Who "the US Secretary of State", "the minister", "both presidents", "Russian troops" stand for."""
        span = self._title_span(title)
        head = self.tokens[title.head]
        lemma = head.lemma.lower()
        if lemma in self.words["counterparts"]:
            return self._counterpart(title, span)
        if not title.codes:
            own = self._owner(title)
            if own:
                title.codes = own
        if title.plural or title.kind != "person":
            if not title.codes:
                if lemma in self.words["joint"] or self._is_joint(title.head):
                    both = self._joint(title.head)
                    if both or title.plural:
                        return both, None
                return self._same_body(title, span) or self._local(title, span), None
            people = [self._in_office(code, title.office) for code in title.codes] if title.office and title.plural else []
            return tuple(
                self._described(code, title, span, (people[i] if i < len(people) and len(title.codes) > 1 else None))
                for i, code in enumerate(title.codes)
            ), None
        if title.codes:
            code = title.codes[0]
            person = None if title.former or self._indefinite(title) else self._in_office(code, title.office)
            return (self._described(code, title, span, person),), person
        person = None if self._indefinite(title) else self._earlier(title)
        if person is not None:
            return (self._as_person(person, span, "role"),), person
        return self._local(title, span), None

    def _indefinite(self, title: _Title) -> bool:
        return any(self.tokens[k].lower in ("a", "an", "another", "one", "some", "any", "deputy", "senior")
                   for k in range(max(0, title.first - 4), title.first)
                   if self.tokens[k].head in (title.head, self.tokens[title.head].head))

    def _owner(self, title: _Title) -> list[str]:
        """Actors of a person or pronoun that owns a title: "Putin's government", "the Trump administration"."""
        for token in self.parsed.kids(title.head, "poss", "compound", "nmod"):
            person = self.person_at.get(token.i)
            if person is not None and person.actor and title.kind != "person":
                return [person.actor]
            if token.dep == "poss" and token.i in self.who:
                codes = [p.actor for p in self.who[token.i] if p.actor]
                if codes:
                    return list(dict.fromkeys(codes))
            if token.dep == "poss" and token.tag == "PRP$":
                who, _ = self._pronoun(token)
                codes = [p.actor for p in who if p.actor]
                if codes and not title.plural:
                    return list(dict.fromkeys(codes))
        for prep in self.parsed.kids(title.head, "prep"):
            if prep.lower == "of" and title.kind != "person":
                # "the government of Bashar al-Assad", "the office of the president"
                for token in self.parsed.kids(prep.i, "pobj"):
                    owner = self.person_at.get(token.i)
                    if owner is not None and owner.actor:
                        return [owner.actor]
        return []

    def _title_span(self, title: _Title) -> Span:
        first = min([title.first, *(m for m in title.modifiers if m < title.first)])
        while first > 0 and first - 1 >= self.parsed.sentence_of(first).first and (
            self.at.get(first) is self.at.get(first - 1) is not None
        ):
            first -= 1
        k = first - 1
        while k >= self.parsed.sentence_of(title.first).first and self.tokens[k].pos in ("DET", "NUM", "ADJ") and title.first - k < 7:
            first = k
            k -= 1
        last = max([title.last - 1, *title.modifiers])
        return self.tokens[first].start, self.tokens[last].end

    def _described(
        self, code: str, title: _Title, span: Span, person: _Person | None, via: Via | None = None
    ) -> Participant:
        if person is not None:
            return self._as_person(person, span, via or "role")
        return Participant(
            actor=code,
            sector="ELI" if title.former and title.sector == "GOV" else title.sector,
            name=None,
            role=title.role,
            text=self.parsed.text[span[0] : span[1]],
            span=span,
            via=via or ("role" if title.office else "description"),
            office=title.office,
        )

    def _as_person(self, person: _Person, span: Span, via: Via) -> Participant:
        return Participant(
            actor=person.actor,
            sector=person.sector,
            name=person.name,
            role=person.role,
            text=self.parsed.text[span[0] : span[1]],
            span=span,
            via=via,
            wikidata=person.wikidata,
            office=person.office,
        )

    def _in_office(self, code: str, office: str | None) -> _Person | None:
        """Who holds the office for that actor: somebody of the page, else the tables at the date."""
        if not office:
            return None
        for person in reversed(self.people):
            if person.actor == code and (person.office == office or office == "minister" and self._is_minister(person)):
                return person
        if not self.date or office in _MANY:
            return None
        held = [
            (term, figure)
            for term, figure in self.known.holders.get((code, office), ())
            if term.from_ <= self.date[: len(term.from_)] and (not term.to or self.date[: len(term.to)] <= term.to)
            # a year alone does not tell who held it on the day
            and len(term.from_) > 4 and (not term.to or len(term.to) > 4)
        ]
        return self._person_of(held[0][1]) if len(held) == 1 else None

    def _is_minister(self, person: _Person) -> bool:
        office = self.known.offices.get(person.office or "")
        return office is not None and office.level == "minister"

    def _earlier(self, title: _Title) -> _Person | None:
        """The person last spoken of who holds the bare office ("the minister", "the spokesman", "the diplomat")."""
        wanted = title.office
        level = self.known.offices[wanted].level if wanted in self.known.offices else None
        lemma = self.tokens[title.head].lemma.lower()
        for seen in reversed(self.flow[-60:]):
            person = seen.person
            if person is None or not (person.office or person.role):
                continue
            if wanted and person.office == wanted:
                return person
            if person.role and lemma in person.role.lower().split():
                return person
            own = self.known.offices[person.office].level if person.office in self.known.offices else None
            if wanted == "minister" and own == "minister":
                return person
            if wanted is None and (lemma in ("leader", "politician", "official", "diplomat", "envoy", "statesman")) and own:
                if lemma == "leader" and own not in ("head of state", "head of government"):
                    continue
                return person
            if wanted == "spokesperson" and own == "spokesperson":
                return person
            if level and own == level and wanted not in _MANY and level in ("spokesperson", "envoy"):
                return person
        return None

    def _same_body(self, title: _Title, span: Span) -> tuple[Participant, ...]:
        """"The ministry" for the foreign ministry spoken of before, "the troops" for those before."""
        lemma = self.tokens[title.head].lemma.lower()
        for seen in reversed(self.flow[-40:]):
            for who in seen.who:
                if who.actor and who.role and lemma in {w.lower().rstrip("s") for w in who.role.split()} | {who.role.lower()}:
                    return (
                        Participant(
                            actor=who.actor, sector=who.sector, name=None, role=title.role,
                            text=self.parsed.text[span[0] : span[1]], span=span, via="sentence",
                        ),
                    )  # fmt: skip
        return ()

    def _local(self, title: _Title, span: Span) -> tuple[Participant, ...]:
        """"The junta", "the army", "the president" with nobody named: those of the state spoken of as acting before."""
        if title.sector not in ("GOV", "MIL", "LEG", "COP", "JUD") or self._indefinite(title):
            return ()
        if not any(t.lower in ("the", "its") for t in self.parsed.kids(title.head, "det", "poss")):
            return ()
        sentence = self.tokens[title.head].sentence
        for seen in reversed(self.flow):
            if sentence - seen.sentence > 3:
                break
            if seen.plural or len(seen.who) != 1 or seen.weight < 2.5:
                continue
            code = seen.who[0].actor
            if code and len(code) == 3 and code.isalpha():
                person = self._in_office(code, title.office) if title.kind == "person" else None
                return (self._described(code, title, span, person, "sentence"),)
        return ()

    def _counterpart(self, title: _Title, span: Span) -> tuple[tuple[Participant, ...], _Person | None]:
        """"His Russian counterpart", "her counterpart", "their hosts"."""
        owner: _Person | None = None
        owners: tuple[Participant, ...] = ()
        for token in self.parsed.kids(title.head, "poss"):
            owner = self.person_at.get(token.i)
            if owner is None:
                owners, owner = self._pronoun(token)
            break
        office = owner.office if owner else None
        if title.codes:
            code = title.codes[0]
            if title.plural:
                return tuple(self._described(c, title, span, None) for c in title.codes), None
            person = self._in_office(code, office) if office else None
            if person is None and not office:
                candidates = [p for p in self.people if p.actor == code and p is not owner]
                person = candidates[-1] if len(candidates) == 1 else None
            if person is not None:
                return (self._as_person(person, span, "role"),), person
            return (
                Participant(actor=code, sector=(owner.sector if owner else None) or title.sector or "GOV", name=None,
                            role=title.role, text=self.parsed.text[span[0] : span[1]], span=span, via="description",
                            office=office),
            ), None  # fmt: skip
        if owner is None and not owners:
            return (), None
        mine = {owner.actor} if owner else {p.actor for p in owners}
        for seen in reversed(self.flow[-40:]):
            other = seen.person
            if other is not None and other is not owner and other.actor and other.actor not in mine:
                if office is None or other.office is None or other.office == office:
                    return (self._as_person(other, span, "role"),), other
        return (), None

    def _pronoun(self, token: Token) -> tuple[tuple[Participant, ...], _Person | None]:
        kind = self.pronouns.get(token.lower)
        span = (token.start, token.end)
        if token.tag in ("WP", "WDT") or (token.lower == "that" and token.dep.startswith("nsubj")):
            verb = self.parsed.head(token.i)
            if verb.dep == "relcl":
                who = self.who.get(verb.head, ())
                return tuple(_at(p, span, "pronoun", self.parsed.text) for p in who), self._person_seen(verb.head)
            return (), None
        if kind in ("masculine", "feminine"):
            person = self._antecedent(token, "m" if kind == "masculine" else "f")
            if person is None:
                return (), None
            if not person.gender:
                person.gender = "m" if kind == "masculine" else "f"
            return (self._as_person(person, span, "pronoun"),), person
        if kind == "plural":
            who = self._plural_antecedent(token)
            return tuple(_at(p, span, "pronoun", self.parsed.text) for p in who), None
        if kind == "neuter" and token.lower != "itself":
            neuter = self._neuter(token)
            return ((_at(neuter, span, "pronoun", self.parsed.text),), None) if neuter else ((), None)
        return (), None

    def _person_seen(self, k: int) -> _Person | None:
        return self.person_at.get(k)

    def _antecedent(self, token: Token, gender: str) -> _Person | None:
        """The person a pronoun stands for: subjects and speakers before others, near before far."""
        sentence = token.sentence
        verb = self._clause(token.i)
        barred = set()
        if token.dep in ("dobj", "pobj", "iobj", "dative"):
            # "Lavrov welcomed him": not the subject of the same verb
            barred = {
                id(self.person_at[t.i]) for t in self.parsed.kids(verb, "nsubj", "nsubjpass") if t.i in self.person_at
            }
            for t in self.parsed.kids(verb, "nsubj", "nsubjpass"):
                barred |= {id(self.person_at[a.i]) for a in self.parsed.kids(t.i, "appos") if a.i in self.person_at}
        best: tuple[float, int] | None = None
        chosen: _Person | None = None
        for seen in reversed(self.flow):
            distance = sentence - seen.sentence
            if distance > 4:
                break
            person = seen.person
            if person is None or id(person) in barred or (person.gender and person.gender != gender):
                continue
            score = seen.weight - 1.4 * distance + (0.3 if person.gender == gender else 0.0)
            if distance == 0 and token.dep in ("nsubj", "nsubjpass") and self._is_appositive_speaker(token, seen):
                score -= 1.5
            rank = (score, seen.token)
            if best is None or rank > best:
                best, chosen = rank, person
        return chosen

    def _is_appositive_speaker(self, token: Token, seen: _Seen) -> bool:
        """In "As he said, the Russian president deals ..." he is not the one the sentence goes on to speak of."""
        return seen.token > token.i

    def _clause(self, k: int) -> int:
        for above in self.parsed.ancestors(k):
            if above.pos in ("VERB", "AUX"):
                return above.i
        return k

    def _plural_antecedent(self, token: Token) -> tuple[Participant, ...]:
        for seen in reversed(self.flow[-30:]):
            if token.sentence - seen.sentence > 2:
                break
            who = seen.who
            joined = self._joined(seen.token)
            if len(joined) > 1:
                return joined
            if seen.plural and len(who) >= 1:
                return who
        return ()

    def _joined(self, k: int) -> tuple[Participant, ...]:
        """"Washington and Moscow": the first of names joined by "and" gives them all."""
        out = list(self.who.get(k, ()))
        if self.tokens[k].dep == "conj":
            return ()
        for t in self.parsed.kids(k, "conj"):
            out.extend(p for p in self.who.get(t.i, ()) if p.actor not in {o.actor for o in out})
        return tuple(out)

    def _neuter(self, token: Token) -> Participant | None:
        """"Iran said it had seized ...": the state or body that is subject before."""
        if token.dep == "expl":
            return None
        for seen in reversed(self.flow[-25:]):
            if token.sentence - seen.sentence > 1:
                break
            subject = self.tokens[seen.token]
            if (
                seen.person is None
                and len(seen.who) == 1
                and not seen.plural
                and seen.weight >= 2
                and seen.who[0].actor
                and (subject.dep in ("nsubj", "nsubjpass"))
            ):
                return seen.who[0]
        return None

    def _is_joint(self, k: int) -> bool:
        return any(t.lower in self.numbers for t in self.parsed.kids(k))

    def _joint(self, k: int) -> tuple[Participant, ...]:
        """Both of the two actors lately spoken of, for "the two countries", "both sides", "the sides", "the parties"."""
        token = self.tokens[k]
        lemma = token.lemma.lower()
        explicit = self._is_joint(k) or token.lower == "both"
        owners: tuple[Participant, ...] = ()
        for t in self.parsed.kids(k, "poss"):
            owners = self.who.get(t.i, ()) or (self._joint(t.i) if t.lemma.lower() in self.words["joint"] else ())
            if not owners and t.tag == "PRP$":
                owners = self._pronoun(t)[0]
        definite = any(t.lower in ("the", "these") for t in self.parsed.kids(k, "det"))
        if not (explicit or len(owners) > 1 or (definite and lemma in ("side", "party", "counterpart", "leader"))):
            return ()
        count = max((self.numbers.get(t.lower, 2) for t in self.parsed.kids(k)), default=2)
        pair = list(dict.fromkeys(p.actor for p in owners if p.actor)) if len(owners) > 1 else self._recent_pair(k, count)
        if len(pair) < count:
            return ()
        first = min([k, *(t.i for t in self.parsed.kids(k) if t.i < k and t.dep in ("det", "nummod", "amod", "compound", "predet"))])
        span = (self.tokens[first].start, token.end)
        title = self.title_at.get(k)
        out = []
        for code in pair[:count]:
            office = title.office if title else None
            person = self._in_office(code, office)
            if person is None and lemma in ("leader", "man", "woman", "president"):
                heads = [p for p in self.people if p.actor == code and p.office in _HEADS]
                person = heads[-1] if heads else None
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

    def _recent_pair(self, k: int, count: int) -> list[str]:
        """The actors that weigh most in this and the three sentences before."""
        sentence = self.tokens[k].sentence
        weight: dict[str, float] = {}
        for seen in reversed(self.flow):
            distance = sentence - seen.sentence
            if distance > 3 and len(weight) >= count:
                break
            for who in seen.who:
                if who.actor and (len(who.actor) == 3 or who.actor.startswith(("IGO:", "NSA:"))):
                    weight[who.actor] = weight.get(who.actor, 0.0) + (1.0 + 0.25 * seen.weight) / (1 + distance * distance)
        pair = sorted(weight, key=lambda c: -weight[c])[:count]
        first = {c: n for n, c in reversed(list(enumerate(w.actor for seen in self.flow for w in seen.who)))}
        return sorted(pair, key=lambda c: first[c])

    def _note(self, k: int, who: tuple[Participant, ...], person: _Person | None, plural: bool, light: bool = False) -> None:
        token = self.tokens[k]
        weight = {"nsubj": 4.0, "nsubjpass": 3.5, "agent": 2.5, "dobj": 2.0, "pobj": 1.5, "conj": 1.5, "poss": 1.2}.get(token.dep, 1.0)
        top = token
        if token.dep in ("compound", "appos", "conj") and self.tokens[token.head].dep in ("nsubj", "nsubjpass"):
            top = self.tokens[token.head]
            weight = 3.5 if token.dep != "conj" else 2.5
        if top.dep in ("nsubj", "nsubjpass"):
            verb = self.tokens[top.head]
            if verb.dep in ("relcl", "acl", "advcl", "ccomp", "pcomp"):
                weight -= 1.5
            if verb.lemma in ("say", "tell", "add", "stress", "note", "state"):
                weight += 1.0
        elif token.dep == "pobj" and self.tokens[token.head].lower == "to":
            above = self.tokens[self.tokens[token.head].head]
            if "according" in (above.lower, self.tokens[max(0, token.head - 1)].lower):
                weight = 4.5
        if light:
            weight = 0.5
        self.flow.append(_Seen(k, token.sentence, who, person, plural, weight))
        if person is not None:
            person.seen = k

    def _remark_vague(self, first: int, last: int) -> None:
        """Groups that are no states: "Western countries", "the international community"."""
        tokens = self.tokens
        for k in range(first, last):
            token = tokens[k]
            two = f"{token.lower} {tokens[k + 1].lower}" if k + 1 < last else ""
            if two in self.words["vague_actors"]:
                self.remarks.append(((token.start, tokens[k + 1].end), "a group that is no state"))
            elif token.text == "West" and k and tokens[k - 1].lower == "the" and not (k + 1 < last and (k + 1) in self.at):
                nxt = tokens[k + 1].lower if k + 1 < last else ""
                if nxt not in ("bank", "african", "coast", "wing", "africa", "point", "end"):
                    self.remarks.append(((token.start, token.end), "a group that is no state"))


_HEADS = frozenset(["president", "prime-minister", "chancellor", "monarch", "supreme-leader", "emir", "crown-prince"])
_LEVEL = {"president": 5, "prime-minister": 5, "chancellor": 5, "supreme-leader": 5, "monarch": 4, "foreign-minister": 4,
          "defence-minister": 3, "secretary-general": 3, "commission-president": 3, "high-representative": 3}  # fmt: skip
_MANY = frozenset(["ambassador", "envoy", "minister", "legislator", "spokesperson", "judge", "general", "commander", "negotiator",
                   "governor", "mayor", "activist", "special-representative", "party-leader", "opposition-leader", "consul",
                   "government-spokesperson", "deputy-foreign-minister", "presidential-aide", "official"])  # fmt: skip


def _given_agree(a: str, b: str) -> bool:
    return a == b or sound_key(a) == sound_key(b) or a[0] == b[0] and (len(a) == 1 or len(b) == 1) or _one_edit(a, b)


def _one_edit(a: str, b: str) -> bool:
    """Damerau-Levenshtein distance of at most one."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    i = 0
    while i < min(len(a), len(b)) and a[i] == b[i]:
        i += 1
    if len(a) == len(b):
        return a[i + 1 :] == b[i + 1 :] or (a[i : i + 2] == b[i : i + 2][::-1] and a[i + 2 :] == b[i + 2 :])
    return a[i + 1 :] == b[i:] if len(a) > len(b) else a[i:] == b[i + 1 :]


def _at(who: Participant, span: Span, via: Via, text: str) -> Participant:
    """The same participant, named by other words."""
    return Participant(
        actor=who.actor,
        sector=who.sector,
        name=who.name,
        role=who.role,
        text=text[span[0] : span[1]],
        span=span,
        via=via,
        wikidata=who.wikidata,
        office=who.office,
    )


__all__ = ["References", "resolve"]
