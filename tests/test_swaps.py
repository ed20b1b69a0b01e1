"""The same page with other actors: states, towns, people, offices and days change, what was read stays.

Every state of a page becomes another (name, adjective, nationals, capital, seats, towns), every known person an
invented one, offices change places, days move on. Nothing in code or tables may hang on who the actors of a page are.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from dragoman.coder import Coder
from dragoman.lexicon.gazetteer import gazetteer, name_key
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import Matcher
from dragoman.lexicon.rows import Seat, State
from dragoman.parse.base import Parsed, Parser
from dragoman.read import sources
from dragoman.records import Article, Participant, Published, Reading

HERE = Path(__file__).parent
PAGES = "01 02 03 04 05 06 08 09 10 11 12 13 15 16 17 18 20 21 25".split()
SEEDS = (1, 2)
# just below what was measured; raise them with the coder, lower them only aloud
EVENTS_FLOOR = 0.93
STATEMENTS_FLOOR = 0.87
# what is read into a page that did not say it, until it is mended: (page, type)
# where the rewriting is read and the first was not: a visit, a meeting, and an order inside one government
NEW_TYPES = {("case-095", "CONSULT"), ("case-223", "CONSULT"), ("13-mexico-ecuador-break", "REQUEST")}

OFFICES = {"foreign minister": "trade minister", "defence minister": "interior minister", "president": "prime minister",
           "prime minister": "president"}  # fmt: skip
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
GIVEN = {
    "m": ["Marek", "Tomas", "Idris", "Anton", "Emil", "Jonas", "Farid", "Viktor", "Stefan", "Hugo", "Oskar", "Simon"],
    "f": ["Marta", "Lidia", "Ingrid", "Nora", "Elena", "Vera", "Amina", "Clara", "Sofia", "Helena", "Irina", "Judith"],
}
FAMILIES = ["Tarvenik", "Ostrandel", "Belkaris", "Mondrake", "Quillaba", "Varnholt", "Sedrani", "Lumakko", "Trevanca",
            "Zoltaire", "Hadrimov", "Corbessi", "Nyangoro", "Pellervik", "Ravondo", "Skarbeth", "Ulmander", "Wistrova",
            "Dornavec", "Fengelu", "Gardimo", "Jorvelin", "Kasandry", "Ambrovic"]  # fmt: skip


@dataclass(slots=True)
class Swap:
    """New words for old, and new codes for old."""

    words: list[tuple[str, Word]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)


class Word(NamedTuple):
    kind: str  # state | adjective | nationals | both | capital | seat | plain
    to: State | None
    text: str = ""


class Loss(NamedTuple):
    page: str
    what: str
    before: Counter[Any]
    after: Counter[Any]

    @property
    def kept(self) -> int:
        return (self.before & self.after).total()


# -- the tests -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [*map(_page, PAGES), *_cases()]


@pytest.fixture(scope="module")
def losses(articles: list[Article], coder: Coder, lexicon: Lexicon, parser: Parser) -> list[Loss]:
    """What was read of each page and of each of its rewritings, told in the codes of the first."""
    originals = list(coder.code(articles))
    out = []
    for seed in SEEDS:
        swaps = [swap_of(article, lexicon, seed) for article in articles]
        rewritten = [rewrite(a, s, parser) for a, s in zip(articles, swaps, strict=True)]
        for original, swap, again in zip(originals, swaps, coder.code(rewritten), strict=True):
            back = {new: old for old, new in swap.codes.items()}
            name = f"{original.article.id}/{seed}"
            out.append(Loss(name, "events", events(original, {}), events(again, back)))
            out.append(Loss(name, "statements", statements(original, {}), statements(again, back)))
    return out


@pytest.mark.parametrize(("what", "floor"), [("events", EVENTS_FLOOR), ("statements", STATEMENTS_FLOOR)])
def test_what_was_read_survives(what: str, floor: float, losses: list[Loss]) -> None:
    share, lost = survival(what, losses)
    assert share >= floor, f"{share:.1%} of {what} survive\n" + "\n".join(lost)


def test_no_new_type_of_event(losses: list[Loss]) -> None:
    new = set()
    for loss in losses:
        if loss.what == "events":
            known = {event[0] for event in loss.before}
            new |= {(loss.page.split("/")[0], event[0]) for event in loss.after if event[0] not in known}
    assert new == NEW_TYPES


def test_the_rewriting_changes_every_actor(articles: list[Article], lexicon: Lexicon, parser: Parser) -> None:
    for article in articles[: len(PAGES)]:
        swap = swap_of(article, lexicon, SEEDS[0])
        text = rewrite(article, swap, parser).text
        gone = [s for s in lexicon.states if s.code in swap.codes]
        assert len(gone) >= 2
        left = [form for s in gone for form in (s.name, *s.adjectives, *s.nationals) if _stands(form, text)]
        assert not left, article.id


# -- what is compared ----------------------------------------------------------------------------------------------


def survival(what: str, losses: Iterable[Loss]) -> tuple[float, list[str]]:
    """The share of what was read that is read again, and a line for each thing that is not."""
    kept = total = 0
    lost = []
    for loss in losses:
        if loss.what == what:
            kept += loss.kept
            total += loss.before.total()
            lost += [f"{loss.page} lost {thing}" for thing in (loss.before - loss.after).elements()]
            lost += [f"{loss.page} new {thing}" for thing in (loss.after - loss.before).elements()]
    return kept / max(1, total), lost


def events(reading: Reading, back: dict[str, str]) -> Counter[Any]:
    return Counter((e.type, e.mode, _codes(e.source, back), _codes(e.target, back), e.status) for e in reading.events)


def statements(reading: Reading, back: dict[str, str]) -> Counter[Any]:
    return Counter((s.kind, _codes(s.speakers or (s.speaker,) if s.speaker else (), back)) for s in reading.statements)


def _codes(who: Iterable[Participant], back: dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted({back.get(p.actor, p.actor) for p in who if p.actor}))


# -- the texts -----------------------------------------------------------------------------------------------------


def _page(number: str) -> Article:
    folder = next((HERE / "pages").glob(f"{number}-*"))
    given = _meta(folder.name).get("given", {})
    known = sources.Given(**{k: str(v) for k, v in given.items()})
    (article,) = sources.articles(next(folder.glob("page.*")), given=known)
    return msgspec.structs.replace(article, id=folder.name)


@cache
def _meta(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / "pages" / name / "meta.toml").read_text("utf-8"))


def _cases() -> Iterator[Article]:
    """Short texts of references.toml about invented people."""
    table = tomllib.loads((HERE / "cases/en/references.toml").read_text("utf-8"))["case"]
    texts = [c["text"] for c in table if not c.get("held_out") and not c.get("published") and len(c["links"]) > 2]
    day = Published(start="2022-06-15", end="2022-06-15", granularity="day", source="given", confidence=1.0)
    for n, text in enumerate(texts):
        yield Article(id=f"case-{n:03}", text=text, language="en", published=day)


# -- the rewriting -------------------------------------------------------------------------------------------------


def swap_of(article: Article, lexicon: Lexicon, seed: int) -> Swap:
    """What becomes what in an article, drawn by `seed`."""
    draw = random.Random(f"{article.id}{seed}")
    swap = Swap()
    text = article.text
    here = [s for s in lexicon.states if not s.to and any(_stands(f, text) for f in _forms(s, lexicon))]
    pool = [s for s in _plain_states(lexicon) if not any(_stands(f, text) for f in (s.name, *s.capital, *s.adjectives))]
    for old, new in zip(here, draw.sample(pool, len(here)), strict=True):
        swap.codes[old.code] = new.code
        _swap_state(swap, old, new, lexicon)
    _swap_people(swap, article, lexicon, draw)
    _swap_offices(swap, set(swap.codes), lexicon)
    _swap_towns(swap, text, lexicon)
    for n, day in enumerate(DAYS):
        swap.words.append((day, Word("plain", None, DAYS[(n + 3) % 7])))
    # what holds the name of a state and is none of its forms stays: "Gulf of Oman", "African Union"
    kept = [f for b in (*lexicon.organisations, *lexicon.armed_groups) for f in (b.name, *b.aliases)]
    kept += [f for r in lexicon.regions for f in (r.name, *r.aliases)]
    swap.words += [(form, Word("plain", None, form)) for form in kept if " " in form]
    return swap


def rewrite(article: Article, swap: Swap, parser: Parser) -> Article:
    """The article with the words of a swap put in."""
    (parsed,) = parser.parse([article.text])
    first: dict[str, Word] = {}
    for form, word in swap.words:
        first.setdefault(form, word)
    out = ""
    reached = 0
    body = 0
    for start, end, words in Matcher(first.items()).find(article.text):
        if start >= article.body_start and not body:
            body = len(out) + article.body_start - reached
        out += article.text[reached:start]
        new = _inflected(words[0], article.text[start:end], parsed, start, end)
        if (to := words[0].to) is not None and words[0].kind in ("state", "seat") and new in (to.name, to.capital[0]):
            out = re.sub(r"\b[Tt]he $", "", out)
        if article.text[start:end] != new:
            out = re.sub(r"\b([Aa])n? $", lambda m: f"{m[1]}n " if new[0] in "AEIOU" else f"{m[1]} ", out)  # noqa: B023
        out += new
        reached = end
    body = body or len(out) + article.body_start - reached
    out += article.text[reached:]
    return msgspec.structs.replace(article, text=out, body_start=body, title=None if body == 0 else out[:body].strip())


def _inflected(word: Word, old: str, parsed: Parsed, start: int, end: int) -> str:
    """The new word in the part of speech of the old one."""
    to = word.to
    if to is None:
        return word.text
    token = parsed.tokens[parsed.at(end - 1)]
    joined = parsed.text[end : end + 1] in ("-", "–")
    before_noun = (
        token.dep in ("compound", "amod", "nmod")
        and token.head > token.i
        and (parsed.tokens[token.i + 1].pos in ("NOUN", "ADJ") or old.replace(".", "").isupper())
        and not joined
        and parsed.text[end : end + 2] not in ("'s", "’s")
    )
    if word.kind == "seat":
        return to.capital[0]
    if word.kind == "capital":
        return to.capital[0].upper() if old.isupper() else to.capital[0]
    if word.kind == "state":
        return to.adjectives[0] if before_noun else to.name
    alone = parsed.text[max(0, start - 3) : start].lower().endswith((" a ", " an ", "an "))
    if word.kind == "both":
        return to.adjectives[0] if before_noun or joined or alone else to.nationals[0]
    return to.nationals[0] if word.kind == "nationals" else to.adjectives[0]


def _swap_state(swap: Swap, old: State, new: State, lexicon: Lexicon) -> None:
    for form in (old.name, old.official, *old.aliases):
        if form:
            swap.words.append((form, Word("state", new)))
    for form in {*old.adjectives, *old.nationals}:
        both = form in old.adjectives and form in old.nationals
        swap.words.append((form, Word("both" if both else "nationals" if form in old.nationals else "adjective", new)))
    for form in _own_capitals(old, lexicon):
        swap.words += [(form, Word("capital", new)), (form.upper(), Word("capital", new))]
    for seat in lexicon.seats:
        if seat.code == old.code:
            swap.words += [(form, _seat(seat, new)) for form in (seat.form, *seat.aliases)]


def _seat(seat: Seat, new: State) -> Word:
    if seat.kind == "seat":
        return Word("seat", new)
    ministry = "defence ministry" if seat.sector == "MIL" else "foreign ministry"
    what = {"ministry": ministry, "parliament": "parliament", "force": "army", "court": "supreme court"}
    return Word("plain", None, f"{new.adjectives[0]} {what.get(seat.kind, 'intelligence service')}")


def _swap_towns(swap: Swap, text: str, lexicon: Lexicon) -> None:
    """Towns become the larger towns of the other state, so that a host stays a host."""
    known = {form for form, _ in swap.words} | {row.form for row in lexicon.ambiguous}
    towns: dict[str, list[str]] = {}
    for city in sorted(lexicon.cities, key=lambda c: -c.population):
        if city.name not in known:
            towns.setdefault(city.country, []).append(city.name)
    for old, new in swap.codes.items():
        here = [town for town in towns.get(old, ()) if _stands(town, text)]
        swap.words += [(a, Word("plain", None, b)) for a, b in zip(here, towns.get(new, ()), strict=False)]


def _swap_people(swap: Swap, article: Article, lexicon: Lexicon, draw: random.Random) -> None:
    """Known people and those whom the page expects to speak get invented names."""
    known = gazetteer(lexicon)
    people: dict[str, tuple[str, set[str], set[str]]] = {}  # standard name -> gender, full forms, short forms
    for row in lexicon.people:
        forms = {f for f in (row.name, *row.spellings) if " " in f and _stands(f, article.text)}
        if forms:
            _, full, short = people.setdefault(row.name, (row.gender, set(), set()))
            full |= forms
            short |= {row.name.split()[-1], *row.short, *(f.split()[-1] for f in forms)}
    named = (
        "|".join(s["speaker"] for s in _meta(article.id)["expect"].get("speakers", ())) if article.body_start else ""
    )
    for name in (*named.split("|"), *_titled(article.text)):
        if " " in name and _stands(name, article.text) and not any(name in full for _, full, _ in people.values()):
            people[name] = ("", {name}, {name.split()[-1]})
    families = [f for f in FAMILIES if name_key(f) not in known.by_short]
    for (gender, full, short), family in zip(people.values(), draw.sample(families, len(families)), strict=False):
        for form in sorted(full):
            # of whom no table tells the gender keeps the given name, which the pronouns of the page fit
            given = draw.choice(GIVEN[gender]) if gender else form.split()[0]
            swap.words += [
                (form, Word("plain", None, f"{given} {family}")),
                (form.split()[0], Word("plain", None, given)),
            ]
        swap.words += [(form, Word("plain", None, family)) for form in sorted(short)]


def _titled(text: str) -> list[str]:
    """Names after an office: invented people, of whom no table tells."""
    office = (
        r"(?:[Mm]inister|[Pp]resident|[Aa]mbassador|[Ss]pokesman|[Ss]pokeswoman|[Ee]nvoy|[Cc]ounterpart|[Cc]olleague)"
    )
    return re.findall(rf"{office},? (?:M[rs]s?\.? )?((?:[A-Z][\w-]+ ){{1,2}}[A-Z][\w-]+)", text)


def _swap_offices(swap: Swap, codes: set[str], lexicon: Lexicon) -> None:
    swaps = dict(OFFICES)
    for office in lexicon.offices:
        for word, only in office.only.items():
            if codes & set(only) and office.words:
                # "Secretary of State" is a foreign minister only in Washington
                swaps.setdefault(word, OFFICES.get(office.words[0], office.words[0]))
    kept = {w: w for o in lexicon.offices for w in (*o.words, *o.only) if any(f" {s}" in f" {w}" for s in OFFICES)}
    for old, new in {**kept, **swaps}.items():
        for a, b in ((old, new), (f"{old}s", f"{new}s")):
            cased = [(a, b), (a.title(), b.title()), (a.capitalize(), b.capitalize())]
            cased.append((_titled_words(a), _titled_words(b)))
            swap.words += [(x, Word("plain", None, y)) for x, y in cased if not x.isupper()]


def _titled_words(words: str) -> str:
    return " ".join(w if w in ("of", "for", "the", "and", "to") else w.capitalize() for w in words.split())


def _forms(state: State, lexicon: Lexicon) -> Iterator[str]:
    yield from (state.name, *state.aliases, *state.adjectives, *state.nationals, *_own_capitals(state, lexicon))
    for seat in lexicon.seats:
        if seat.code == state.code:
            yield seat.form


def _own_capitals(state: State, lexicon: Lexicon) -> list[str]:
    """Capitals that stand for their state, as Brussels does not always."""
    others = {row.form for row in lexicon.ambiguous if row.code and row.code != state.code}
    return [form for form in state.capital if form not in others]


def _plain_states(lexicon: Lexicon) -> list[State]:
    """States whose every form is one word that means nothing else, and whose people are called as their things are."""
    odd = {row.form for row in lexicon.ambiguous}
    return [
        s
        for s in lexicon.states
        if not s.to
        and len(s.name) > 4
        and len(s.capital) >= 1
        and len(s.adjectives) >= 1
        and len(s.nationals) >= 1
        and s.nationals[0] == f"{s.adjectives[0]}s"
        and all(" " not in f and f not in odd for f in (s.name, s.adjectives[0], s.nationals[0], s.capital[0]))
    ]


def _stands(form: str, text: str) -> bool:
    return bool(form) and form in text and re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text) is not None
