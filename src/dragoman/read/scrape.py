"""Plain text with page furniture in it: what of it is the article.

Each line gets a score: how much it reads like a sentence of an article, against how much like a menu, a link, a box
or a caption. The article is then the best stretch of lines, with holes: starting, leaving a gap and coming back all
cost something, and lines that usually stand before or after an article make running across them dear. So a short
heading between two paragraphs stays, a list of links between them goes, and prose in a comment far below stays out.
"""

from __future__ import annotations

import re

from dragoman.read import furniture, neighbours, prose, published, shapes
from dragoman.read.furniture import Table
from dragoman.read.lines import Line, ends_sentence, lines, plain
from dragoman.read.prose import Judged
from dragoman.records import Dropped, Published, Record

START = 1.0  # what it costs to begin
LEAVE = 1.2  # to leave a gap
RETURN = 1.2  # to come back from one
STAY = 0.2  # each line of the gap
ABOVE_TITLE = "line above the title"
ABOVE_TEXT = "line between title and text"
BELOW = "below: "
_BY = re.compile(r"\bby\s*:?\s+(\S.*)", re.IGNORECASE)
_AFTER_NAME = re.compile(
    r"\s*[|·•/(]\s*|\s+[-–—]\s+|,?\s+(?:on\s+)?\d|\s+(?:Published|Updated|Posted|Last|on)\b|"
    r",?\s+(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?\s+\d|,?\s+May\s+\d"
)
_SENTENCES = re.compile(r"[a-z][.!] +[A-Z“]")


class Cleaned(Record, frozen=True):
    """An article out of a scrape or a page: its title, its paragraphs, and all that was taken away."""

    title: str | None = None
    paragraphs: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    published: Published | None = None
    author: str | None = None
    site: str | None = None
    prose: bool = True  # False where nothing reads like a sentence
    paywalled: bool = False
    language: str | None = None  # as a page declares it
    url: str | None = None  # as a page declares it


def clean(text: str, title: str | None = None) -> Cleaned:
    """The article in a plain scrape, and everything that was removed from it with a reason."""
    table = furniture.table()
    rows = lines(text, standing=lambda row: _stands(row, table), open_words=table.open_words)
    if not rows:
        return Cleaned(title=plain(title) if title else None, prose=False)
    english = _english(rows, table)
    seen = [prose.judge(row, table, english=english) for row in rows]
    neighbours.mark(seen, title)
    inside = [kept and not row.passing for row, kept in zip(seen, _stretch(seen), strict=True)]
    if not any(inside):
        inside = [row.match is None and row.role not in ("title", "byline", "date") for row in seen]
    if not any(inside):
        # nothing but what looks like furniture: a single caption or notice is better kept than nothing at all
        inside = [row.role != "title" and (len(seen) == 1 or (row.n >= 6 and ends_sentence(row.text))) for row in seen]
    chosen = _title(seen, inside, title)
    if chosen is not None:
        inside[chosen] = False
    _explain(seen, inside, chosen)
    paragraphs, tail = without_sign_off([row.text for row, kept in zip(seen, inside, strict=True) if kept])
    return Cleaned(
        title=plain(title) if title else seen[chosen].text if chosen is not None else None,
        paragraphs=tuple(paragraphs),
        dropped=(
            *(
                Dropped(text=row.text, reason=row.reason)
                for at, (row, kept) in enumerate(zip(seen, inside, strict=True))
                if not kept and at != chosen
            ),
            *tail,
        ),
        published=_published(seen, inside),
        author=_author(seen, inside),
        prose=any(row.score > 0 for row, kept in zip(seen, inside, strict=True) if kept),
        paywalled=any(furniture.paywalled(row.words, table) for row in seen),
    )


def without_sign_off(paragraphs: list[str]) -> tuple[list[str], tuple[Dropped, ...]]:
    """The paragraphs without what a desk put behind their last sentence, and that."""
    tail = shapes.sign_off_after(paragraphs[-1]) if paragraphs else None
    if tail is None:
        return paragraphs, ()
    last = paragraphs[-1].removesuffix(tail).rstrip()
    return [*paragraphs[:-1], last], (Dropped(text=tail, reason="sign-off of the desk"),)


def _stands(row: str, table: Table) -> bool:
    words = furniture.tokens(row)
    return words in table.whole or published.is_date_line(row) or shapes.is_sign_off(row)


def _english(rows: list[Line], table: Table) -> bool:
    words = [w.lower() for row in rows if len(row.text) > 80 for w in row.text.split()][:600]
    if len(words) < 30:
        return True
    return sum(1 for w in words if w in table.function_words) / len(words) > 0.2


def _explain(seen: list[Judged], inside: list[bool], chosen: int | None) -> None:
    """Gives lines that only their place shut out a reason: the box they stand in, or where they stand."""
    first = inside.index(True) if True in inside else len(seen)
    heads = [at for at in range(first) if seen[at].role == "title" or at == chosen]
    box: str | None = None
    for at, row in enumerate(seen):
        if inside[at]:
            box = None
        elif row.match is not None:
            box = row.match.kind.reason if row.match.kind.ends else box
        elif row.reason == prose.UNKNOWN and row.role != "title":
            if at < first and heads:
                row.reason = ABOVE_TEXT if at > heads[-1] else ABOVE_TITLE
            elif at > first and box is not None:
                row.reason = BELOW + box


def _stretch(seen: list[Judged]) -> list[bool]:
    """Which lines are inside the best stretch: a walk before -> in <-> gap -> after, by dynamic programming."""
    low = float("-inf")
    score_in, score_gap = low, low
    # for each line: whether "in" came from in (0), gap (1), before (2); whether "gap" came from in (0) or gap (1)
    back: list[tuple[int, int]] = []
    best, best_at = 0.0, -1
    for at, row in enumerate(seen):
        gain, cost = row.score, row.barrier
        from_in = score_in + gain - (cost if score_in > low else 0.0)
        from_gap = score_gap - RETURN + gain - (cost if score_gap > low else 0.0)
        fresh = -START + row.opener + gain
        options = (from_in, from_gap, fresh)
        entered = max(range(3), key=options.__getitem__)
        gap_from_in = score_in - LEAVE - STAY - cost
        gap_from_gap = score_gap - STAY - cost
        left = 0 if gap_from_in >= gap_from_gap else 1
        score_in, score_gap = options[entered], max(gap_from_in, gap_from_gap)
        back.append((entered, left))
        if score_in > best:
            best, best_at = score_in, at
    inside = [False] * len(seen)
    at, state = best_at, "in"
    while at >= 0:
        if state == "in":
            inside[at] = True
            came = back[at][0]
            if came == 2:
                break
            state = "in" if came == 0 else "gap"
        elif back[at][1] == 0:
            state = "in"
        at -= 1
    return inside


def _title(seen: list[Judged], inside: list[bool], given: str | None) -> int | None:
    """The line that is the title: before the article, and about the same things."""
    first = inside.index(True) if True in inside else len(seen)
    if given:
        for at in range(min(first + 1, len(seen)) - 1, -1, -1):
            if seen[at].role == "title":
                return at
        return None
    # a headline in plain sentence case can pass for the first line of the text
    if first + 1 < len(seen) and inside[first + 1] and _headline(seen[first]) and ends_sentence(seen[first + 1].text):
        first += 1
    body = {w for row, kept in zip(seen[first:], inside[first:], strict=True) if kept for w in row.words}
    table = furniture.table()
    best: tuple[float, int] | None = None
    for at in range(max(0, first - 60), first):
        row = seen[at]
        if row.match is not None or row.role or not 3 <= row.n <= 30 or row.text.endswith((".", "...", "…", ".”")):
            continue
        content = [w for w in row.words if w not in table.function_words and len(w) > 2]
        if not content:
            continue
        shared = sum(1 for w in content if w in body) / len(content)
        after = seen[at + 1 : at + 4]
        mark = (
            4.0 * shared
            + 0.12 * min(row.n, 12)
            - 0.05 * (first - at)
            + (1.0 if at == 0 else 0.0)
            + (0.8 if row.reason == "repeated on the page" else 0.0)
            + (1.2 if any(near.role in ("byline", "date") for near in after) else 0.0)
            - (2.0 if _SENTENCES.search(row.text) else 0.0)
            - (1.0 if row.reason == "picture caption" or prose.pictures(row.text) else 0.0)
        )
        if (shared >= 0.3 or _heads(seen, at, first)) and (best is None or mark > best[0]):
            best = (mark, at)
    return None if best is None else best[1]


def _heads(seen: list[Judged], at: int, first: int) -> bool:
    """Whether nothing but furniture parts the line from the text, and its place speaks for a headline."""
    text = seen[at].text
    if shapes.has_bars(text) or shapes.is_name(text) or " > " in text:
        return False
    if seen[at].n <= 6 and shapes.names_outlet(text, furniture.table()):
        return False
    if seen[at].n < 4 or not all(_known(row) for row in seen[at + 1 : first]):
        return False
    return at == 0 or any(_known(row) and row.n >= 2 for row in seen[max(0, at - 4) : at] + seen[at + 1 : first])


def _known(row: Judged) -> bool:
    return row.match is not None or bool(row.role) or row.n <= 3 or row.reason == "line with a date"


def _headline(row: Judged) -> bool:
    return 3 <= row.n <= 25 and not row.role and not ends_sentence(row.text) and not row.text.endswith((":", ",", ";"))


def _published(seen: list[Judged], inside: list[bool]) -> Published | None:
    """The date that stands nearest to the beginning of the text, else the one in its dateline."""
    first = inside.index(True) if True in inside else len(seen)
    for at in sorted(range(len(seen)), key=lambda k: (abs(k - first), k)):
        if inside[at] or abs(at - first) > 15:
            continue
        row = seen[at]
        dated = row.match is not None and row.match.kind.name in ("release", "date", "byline")
        if dated or row.role in ("date", "byline") or row.reason in ("date line", "line with a date"):
            found = published.written(row.text, confidence=0.6)
            if found is not None:
                return found
    return published.of_dateline(seen[first].text) if first < len(seen) else None


def _author(seen: list[Judged], inside: list[bool]) -> str | None:
    first = inside.index(True) if True in inside else len(seen)
    for row in seen[max(0, first - 15) : first]:
        if row.role != "byline":
            continue
        found = _BY.search(row.text)
        name = _AFTER_NAME.split(found[1])[0].strip(" ,-–—|") if found else shapes.signatory(row.text)
        if name and name[0].isupper():
            return name
    return None
