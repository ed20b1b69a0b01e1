"""Offices and roles where they stand in a text, each with the actors it belongs to: step one of the references."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from dragoman.find.base import Mention
from dragoman.lexicon.gazetteer import Figure, Gazetteer, name_key
from dragoman.parse.base import Parsed
from dragoman.records import Participant, Span, Via

# offices that lead a state; how well known an office is; offices that several hold at once
HEADS = frozenset(["president", "prime-minister", "chancellor", "monarch", "supreme-leader", "emir", "crown-prince"])
LEVEL = {"president": 5, "prime-minister": 5, "chancellor": 5, "supreme-leader": 5, "monarch": 4, "foreign-minister": 4,
          "defence-minister": 3, "secretary-general": 3, "commission-president": 3,
          "high-representative": 3}  # fmt: skip
MANY = frozenset(
    "deputy-prime-minister vice-president deputy-minister ambassador envoy minister legislator spokesperson judge "
    "general commander negotiator governor mayor activist special-representative party-leader opposition-leader "
    "consul government-spokesperson deputy-foreign-minister presidential-aide official".split()
)

# held at an international body; sent by one state to another
OF_BODIES = frozenset(["secretary-general", "commission-president", "high-representative", "director-general"])
SENT = frozenset(["ambassador", "un-ambassador", "envoy", "special-representative", "consul", "negotiator"])


@dataclass(slots=True)
class Title:
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
    people: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class Person:
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
    told: set[str] = field(default_factory=set)  # words of the titles that the page gives them
    sure: bool = False  # the gender is told by a title or the tables, not guessed from the given name


@dataclass(slots=True)
class Seen:
    """A mention in the flow of the text, for pronouns and joint phrases."""

    token: int
    sentence: int
    who: tuple[Participant, ...]
    person: Person | None
    plural: bool
    weight: float


class TitledPage:
    """What is known of a page while its references are worked out; finds the titles."""

    def __init__(self, parsed: Parsed, mentions: tuple[Mention, ...], known: Gazetteer, published: str | None) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.mentions = mentions
        self.known = known
        self.date = published
        language = known.lexicon.language
        # every list of words in language.toml by its name; one that a language lacks is empty
        self.words: dict[str, frozenset[str]] = defaultdict(frozenset)
        self.words |= {key: frozenset(words) for key, words in language.items() if isinstance(words, list)}
        self.numbers: dict[str, int] = dict(language.get("joint_numbers", {}))
        self.pronouns = {w: kind for kind, words in language.get("pronouns", {}).items() for w in words}
        self.same_body = {w: frozenset(ws) for w, ws in language.get("same_body", {}).items()}
        self.modifying: set[int] = set()  # names of states that only say whose a title is
        self.at = {k: m for m in mentions for k in range(m.first, m.last)}
        self.page_codes: dict[str, int] = {}
        for m in mentions:
            if m.code:
                self.page_codes[m.code] = self.page_codes.get(m.code, 0) + 1
        self.titles: list[Title] = []
        self.title_at: dict[int, Title] = {}
        self.people: list[Person] = []
        self.person_at: dict[int, Person] = {}
        self.title_of: dict[tuple[int, int], Title] = {}  # name -> the title tied to it there
        self.pronoun_at: dict[int, Person] = {}
        self.via_at: dict[int, Via] = {}
        self.chunk_at: dict[int, tuple[int, int]] = {}
        self.who: dict[int, tuple[Participant, ...]] = {}
        self.inner: dict[int, Title] = {}  # "the Croatian foreign ministry" inside "spokesman for the ... ministry"
        self.grouped: set[int] = set()  # words of names such as "both Koreas"
        # words for an office that are somebody's last name here
        self.surnames = {parsed.tokens[m.last - 1].text for m in mentions if m.kind == "person"}
        self.flow: list[Seen] = []
        self.first_told: dict[str | None, int] = {}  # actor -> its place in the order in which they come up
        self.remarks: list[tuple[Span, str]] = []
        self.pairs: list[tuple[int, list[str]]] = []  # sentence, actors told together

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
                    length += self._portfolio(order, place, length, key)
                    span = order[place : place + length]
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
        if len(span) == 1 and span[0] > 0 and tokens[span[0]].text[0].isupper():
            # "Julia Bishop": after a given name it is a surname, whatever it means
            before = tokens[span[0] - 1]
            given = span[0] - 1 not in self.at and name_key(before.text) in self.known.given_names
            if given and before.text[0].isupper():
                self.surnames.add(tokens[span[0]].text)
                return False
        if len(span) == 1 and tokens[span[0]].text[0].isupper() and 0 < span[0] < len(tokens) - 1:
            # "Oman's foreign minister, Sultan al-Rawahi"
            arabic = tokens[span[0] + 1].lower in ("al", "bin", "ibn")
            if arabic and tokens[span[0] - 1].text == ",":
                return False
        if len(span) == 1 and tokens[span[0]].text in self.surnames:
            # "Bishop", once "Julie Bishop" is on the page, unless a name follows
            after = tokens[span[0] + 1] if span[0] + 1 < len(tokens) else None
            if after is None or not after.text[0].isupper():
                return False
        stepped = [k for k in range(span[0], span[-1]) if k not in span]
        if stepped and not any(tokens[k].lower in ("of", "for") for k in span):
            return False
        head = self._head_in(span)
        return tokens[head].pos in ("NOUN", "PROPN", "ADJ", "X") or (
            tokens[head].text[0].isupper() and tokens[head].dep in ("compound", "nsubj", "appos", "pobj", "dobj")
        )

    def _portfolio(self, order: list[int], place: int, length: int, key: str) -> int:
        """How many words more a title takes: "minister" + "of oil and gas", "for regional cooperation"."""
        office = self.known.offices.get(key)
        if office is None or office.level not in ("minister", "other", "official") or length > 4:
            return 0
        if office.level == "minister" and any(
            self.tokens[k].lower in ("of", "for") for k in order[place : place + length]
        ):
            # "minister of interior" + "affairs", "minister of energy" + "and mines"
            taken = 0
            for j in range(place + length, min(place + length + 5, len(order))):
                word = self.tokens[order[j]].lower
                if order[j] != order[j - 1] + 1:
                    break
                if word in self.words["portfolios"]:
                    taken = j - place - length + 1
                elif word not in ("and", "the", ",", "&", "of"):
                    break
            return taken
        if key not in ("minister", "deputy-minister", "head", "director-general", "official", "legislator"):
            return 0
        k = place + length
        if k + 1 >= len(order) or self.tokens[order[k]].lower not in ("of", "for"):
            return 0
        taken = 0
        for j in range(k + 1, min(k + 7, len(order))):
            i = order[j]
            token = self.tokens[i]
            if i != order[j - 1] + 1 and self.tokens[order[j - 1]].lower != "the":
                break  # a name of the tables stands between
            if i in self.at:
                return 0
            if token.lower in ("the", "and", ",", "of", "&") and token.pos != "VERB":
                continue
            known = token.lower in self.words["portfolios"]
            common = key in ("minister", "deputy-minister") and token.text.islower()
            if token.pos in ("NOUN", "ADJ", "PROPN") and (known or common):
                taken = j - k + 1
            else:
                break
        return taken

    def _needs_capitals(self, span: list[int]) -> bool:
        """ "5 pm" is no prime minister: abbreviations of offices are written in capitals."""
        return (
            len(span) == 1
            and self.tokens[span[0]].lower in self.known.abbreviations
            and not self.tokens[span[0]].text.isupper()
        )

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
        phrase = "".join(
            f"{' ' if tokens[k].start > tokens[k - 1].end else ''}{tokens[k].lower}" for k in span[:-1]
        ).strip()
        gap = " " if tokens[span[-1]].start > tokens[span[-1] - 1].end else ""
        singular = f"{phrase}{gap}{tokens[span[-1]].lemma.lower()}"
        role = (
            self.known.roles.get(role_words.lower())
            or self.known.roles.get(singular.strip())
            or self.known.roles.get(tokens[core].lemma.lower())
        )
        office = self.known.offices.get(key)
        title = Title(
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
        if (
            not title.codes
            and {"european", "eu"} & {tokens[k].lower for k in span}
            and "IGO:EU" in self.known.body_names
        ):
            title.codes.append("IGO:EU")  # "the European Commissioner"
        if title.office and title.codes:
            title.office = (
                self.known.office_key(role_words, title.codes[0])
                or self.known.office_key(
                    " ".join([*(tokens[k].lower for k in span[:-1]), tokens[span[-1]].lemma.lower()]), title.codes[0]
                )
                or title.office
            )
        self.titles.append(title)
        self._add_inner(title, span)
        for k in range(title.first, title.last):
            if k in span:
                self.title_at[k] = title

    def _add_inner(self, title: Title, span: list[int]) -> None:
        """The body named inside a title: "spokesman for the foreign ministry" names a ministry too."""
        lowers = [self.tokens[k].lower for k in span]
        for n, word in enumerate(lowers[:-1]):
            if word not in ("of", "for"):
                continue
            start = n + 1 + (lowers[n + 1] == "the")
            found = self.known.office_at(lowers, start)
            if found is None or start + found[0] != len(span):
                continue
            role = self.known.roles.get(" ".join(lowers[start:]))
            if role is None or role.kind == "person":
                continue
            first, head = span[start], self._head_in(span[start:])
            self.inner[head] = Title(
                first, span[-1] + 1, head, None, " ".join(self.tokens[k].text for k in span[start:]), role.sector,
                role.kind, False, title.codes, title.modifiers,
            )  # fmt: skip
            return

    def _whose(self, title: Title, span: list[int]) -> None:
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
            if token.lower == "and" and not (k - 1 in self.at and self.at[k - 1].kind == "adjective"):
                break
            if token.lower in self.words["former"]:
                title.former = True
            elif (token.pos in ("VERB", "AUX", "ADP", "PRON", "DET", "SCONJ") and token.tag != "POS") or (
                token.text in (",", ";", ":", "“", '"', "”", "(", ")") and not self._between_names(k)
            ):
                break
            elif token.pos == "PROPN" and k not in self.title_at and token.lower not in self.words["honorifics"]:
                # "Lockheed spokesman": an unknown name stands between; it is not the state before it
                if token.tag != "POS" and not token.lower.startswith(("'", "’")):
                    break
            elif k in self.title_at and self.title_at[k].kind == "person":
                # "the Croatian leader's adviser" is of Croatia too
                if not found and k + 1 < len(tokens) and tokens[k + 1].tag == "POS":
                    title.codes.extend(self.title_at[k].codes)
                break
            k -= 1
        after = title.last
        word = tokens[after].lower if after < len(tokens) else ""
        envoy_for = word == "for" and title.office in ("ambassador", "envoy", "special-representative")
        if word in ("of", "for", "from", "at") and not envoy_for:
            found.extend(self._after(after, word))
        sent = tokens[title.head].lemma.lower() in self.words["sent_bodies"]
        last = self.known.roles.get(tokens[title.last - 1].lower)
        body = title.kind in ("body", "group") or (last is not None and last.kind == "body" and word != "of")
        if not found and body and word == "in" and not sent:
            # "the foreign ministry in Paris", "the authorities in Minsk"
            found.extend(m for m in self._after(after, "in") if m.kind in ("capital", "state"))
        for mention in found:
            if mention.code and mention.code not in title.codes and mention.kind != "person":
                title.codes.append(mention.code)
                self.modifying.update(range(mention.first, mention.last))
                title.modifiers.append(mention.last - 1)
                if title.sector is None and mention.sector:
                    title.sector = mention.sector

    def _between_names(self, k: int) -> bool:
        """ "US, British and French": a list of owners; "with Pakistan, Indian Foreign Minister" is none."""
        one, other = self.at.get(k - 1), self.at.get(k + 1)
        if self.tokens[k].text != "," or one is None or other is None:
            return False
        return one.kind == other.kind or self.tokens[one.first].text.isupper()

    def _after(self, prep: int, word: str) -> list[Mention]:
        """Names after "of": "of Poland", "of the Russian Foreign Ministry", "of Chad and Niger"."""
        tokens = self.tokens
        found: list[Mention] = []
        k = prep + 1
        while k < min(prep + 24, self.parsed.sentence_of(prep).last):
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
            role = self.known.roles.get(token.lower)
            if (
                not found
                and word in ("of", "for")
                and (
                    (role is not None and role.kind == "body")
                    or token.lower in self.words["portfolios"]
                    or (token.lower == "of" and k > prep + 1)
                )
            ):
                k += 1  # "representative of the MFA of Belarus"
                continue
            break
        # "minister of the Czech Republic and ..." keeps what is joined; "of Russia, Mike ..." ends at the comma
        return found
