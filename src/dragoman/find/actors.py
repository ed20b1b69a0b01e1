"""Words that name an actor: a state, its people, capital or seat of power, a body, an armed group, a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dragoman.find.base import Mention
from dragoman.lexicon.gazetteer import Gazetteer, Known, gazetteer, rank
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.match import fold
from dragoman.lexicon.rows import Ambiguous
from dragoman.parse.base import Parsed, Token


def find_mentions(parsed: Parsed, lexicon: Lexicon, *, published: str | None = None) -> list[Mention]:
    """All names of the tables in the text, in order, none overlapping; ambiguous forms decided by their surroundings.

    `published` (ISO date) rules out states, bodies and seats that had ended a year before, and those yet to begin.
    """
    known = gazetteer(lexicon)
    tails = frozenset(lexicon.language.get("hyphen_tails", ()))
    hits = known.names.find(parsed.text)
    page = _Page(parsed.text)
    look = _Lookalikes(lexicon.lookalikes)
    out: list[Mention] = []
    surnames: set[str] = set()
    for start, end, known_as in hits:
        first = parsed.at(start)
        if first >= len(parsed.tokens):
            continue
        last = parsed.at(end - 1) + 1
        form = fold(parsed.text[start:end])
        rows = known.ambiguous.get(form, ())
        barred = [row.code for row in rows if _ruled_out(row, parsed.text, start, end, page)]
        values = tuple(v for v in known_as if v.code not in barred and (not v.to or not barred)) if all(barred) else ()
        if not values or look.plain_word(parsed.text, start, end, rows, page):
            continue
        if look.another_town(parsed.text, end, values):
            continue
        if _inside_name(parsed, first, last, values, known):
            surnames.add(form)
            continue
        if form in surnames and not any(m.code == v.code for m in out for v in values):
            continue  # "Jordan paid", on a page about Michael Jordan
        best = _choose(values, rows, published)
        if best is None:
            continue
        out.append(
            Mention(
                first,
                last,
                start,
                end,
                best.kind,
                best.code,
                best.sector,
                best.name,
                best.wikidata or None,
                _hyphened(parsed.tokens, last, tails) or look.named_after(parsed.text, start, end, best.kind),
            )
        )
    return out


class _Page:
    """The words of a page, folded once and only if an ambiguous form asks for them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded: str | None = None
        self._known: dict[tuple[str, ...], bool] = {}

    def has(self, words: tuple[str, ...]) -> bool:
        known = self._known.get(words)
        if known is None:
            if self._folded is None:
                self._folded = fold(self._text)
            known = self._known[words] = any(fold(word) in self._folded for word in words)
        return known


def _ruled_out(row: Ambiguous, text: str, start: int, end: int, page: _Page) -> bool:
    before, after = text[max(0, start - 40) : start].rstrip(), text[end : end + 40].lstrip()
    if any(before.endswith(w) and not before[: -len(w)][-1:].isalnum() for w in row.before):
        return True
    if any(after.startswith(w) and not after[len(w) : len(w) + 1].isalnum() for w in row.after):
        return True
    return bool(row.page and page.has(row.page) and not (row.page_for and page.has(row.page_for)))


def _inside_name(parsed: Parsed, first: int, last: int, values: Sequence[Known], known: Gazetteer) -> bool:
    """Whether a country's or a town's name is part of a person's: "Michael Jordan", "Paris Hilton"."""
    if last - first != 1 or any(v.kind not in ("state", "capital") for v in values):
        return False
    token = parsed.tokens[first]
    if first and token.i - 1 >= parsed.sentence_of(first).first:
        before = parsed.tokens[first - 1]
        if (
            before.pos == "PROPN"
            and before.dep == "compound"
            and before.head == first
            and fold(before.text).lower() in known.given_names
        ):
            return True
    return False


def _choose(values: Sequence[Known], rows: Sequence[Ambiguous], published: str | None) -> Known | None:
    """The reading of a form: the one an ambiguity row names, else the highest kind alive at the date."""
    if published:
        year = int(published[:4])
        alive = [
            v for v in values if not (v.to and int(v.to[:4]) < year - 1) and not (v.from_ and int(v.from_[:4]) > year)
        ]
        values = alive or ([] if all(v.kind in ("seat", "organisation", "group") for v in values) else list(values))
    if not values:
        return None
    meant = {row.code for row in rows if row.code}
    return min(values, key=lambda v: (bool(meant) and v.code not in meant, rank(v), not _runs(v, published)))


def _runs(known: Known, date: str | None) -> bool:
    """Whether a reading holds on a day; without a day, whether it still does."""
    if not date:
        return not known.to
    return known.from_ <= date[: len(known.from_)] and (not known.to or date[: len(known.to)] < known.to)


def _hyphened(tokens: Sequence[Token], last: int, tails: frozenset[str]) -> bool:
    """ "Iran-backed", "Moscow-based"."""
    return last + 1 < len(tokens) and tokens[last].text in ("-", "–", "‑") and tokens[last + 1].lower in tails


class _Lookalikes:
    """Names that are something else by the words around them: `actors/lookalikes.toml`."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._words = frozenset(table.get("words", ()))
        self._regions = tuple(f", {region}" for region in table.get("regions", ()))
        towns = (*table.get("after_capital", ()), *table.get("after_capital_in_capitals", ()))
        states = tuple(table.get("after_state", ()))
        before_states = tuple(table.get("before_state", ()))
        self._after = {"capital": towns, "state": states, "adjective": states, "nationals": states}
        self._before = {"capital": tuple(table.get("before_capital", ())), "state": before_states}

    def plain_word(self, text: str, start: int, end: int, rows: Sequence[Ambiguous], page: _Page) -> bool:
        """ "WHO WILL LEAD?": in capitals an abbreviation may be a word, if nothing on the page speaks for it."""
        if text[start:end] not in self._words or not rows:
            return False
        line = text[text.rfind("\n", 0, start) + 1 : end + (text[end:] + "\n").index("\n")]
        return (
            line.isupper() and line.count(" ") > 1 and not any(row.page_for and page.has(row.page_for) for row in rows)
        )

    def another_town(self, text: str, end: int, values: Sequence[Known]) -> bool:
        """ "Moscow, Idaho"."""
        after = text[end : end + 24]
        return any(v.kind in ("capital", "state") for v in values) and any(
            after.startswith(r) and not after[len(r) : len(r) + 1].isalnum() for r in self._regions
        )

    def named_after(self, text: str, start: int, end: int, kind: str) -> bool:
        """ "the Oslo accords", "Hotel Moscow", "the Iraq War": it only gave its name."""
        after, before = text[end : end + 24].lstrip(" "), text[max(0, start - 24) : start].rstrip(" ")
        return any(
            after.startswith(w) and not after[len(w) : len(w) + 1].isalnum() for w in self._after.get(kind, ())
        ) or any(before.endswith(w) and not before[: -len(w)][-1:].isalnum() for w in self._before.get(kind, ()))
