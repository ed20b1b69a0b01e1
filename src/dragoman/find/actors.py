"""Words that name an actor: a state, its people, capital or seat of power, a body, an armed group, a person."""

from __future__ import annotations

from collections.abc import Sequence

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
        values = tuple(v for v in known_as if v.code not in barred) if all(barred) else ()
        if not values:
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
                _bound(parsed.tokens, last, tails, best.kind),
            )
        )
    return out


class _Page:
    """The words of a page, folded once and only if an ambiguous form asks for them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded: str | None = None

    def has(self, words: Sequence[str]) -> bool:
        if self._folded is None:
            self._folded = fold(self._text)
        return any(word in self._folded for word in map(fold, words))


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
    return min(values, key=lambda v: (bool(meant) and v.code not in meant, rank(v)))


def _bound(tokens: Sequence[Token], last: int, tails: frozenset[str], kind: str) -> bool:
    if last + 1 < len(tokens) and tokens[last].text in ("-", "–", "‑") and tokens[last + 1].lower in tails:
        return True
    # "Paris Agreement", "Geneva Conventions": a town that gave something its name
    return (
        kind == "capital"
        and last < len(tokens)
        and tokens[last - 1].dep in ("compound", "nmod")
        and tokens[last].pos == "PROPN"
        and tokens[last].lower in _NAMED_AFTER
    )


_NAMED_AFTER = frozenset(
    "agreement accord accords treaty convention conventions club protocol declaration summit pact charter consensus"
    " communique process conference statement format plan principles university times post stock airport".split()
)
