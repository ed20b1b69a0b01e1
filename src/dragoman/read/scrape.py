"""Plain text with page furniture in it: what of it is the article.

Each line gets a score: how much it reads like a sentence of an article, against how much like a menu, a link, a box
or a caption. The article is then the best stretch of lines, with holes: starting, leaving a gap and coming back all
cost something, and lines that usually stand before or after an article make running across them dear. So a short
heading between two paragraphs stays, a list of links between them goes, and prose in a comment far below stays out.
"""

from __future__ import annotations

import re
from collections import Counter

from dragoman.read import furniture, prose, published, shapes
from dragoman.read.furniture import Table
from dragoman.read.lines import Line, ends_sentence, lines, plain
from dragoman.read.prose import Judged
from dragoman.records import Dropped, Published, Record

START = 1.0  # what it costs to begin
LEAVE = 1.2  # to leave a gap
RETURN = 1.2  # to come back from one
STAY = 0.2  # each line of the gap
_CAPTION_HEADS = {("image", "caption"), ("media", "caption"), ("caption",), ("image", "caption", ":"), ("caption", ":")}
_BY = re.compile(r"\bby\s*:?\s+(\S.*)", re.IGNORECASE)
_AFTER_NAME = re.compile(
    r"\s*[|·•/(]\s*|\s+[-–—]\s+|,?\s+(?:on\s+)?\d|\s+(?:Published|Updated|Posted|Last|on)\b|"
    r",?\s+(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?\s+\d|,?\s+May\s+\d"
)
_SENTENCES = re.compile(r"[a-z][.!] +[A-Z“]")
_SUFFIX = re.compile(r"\s+[-–—|•·»:]+\s+")


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
    _compare(seen, title)
    _comments(seen)
    _habit(seen)
    inside = _stretch(seen)
    if not any(inside):
        inside = [row.match is None and row.role not in ("title", "byline", "date") for row in seen]
    if not any(inside):
        # nothing but what looks like furniture: a single caption or notice is better kept than nothing at all
        inside = [row.role != "title" and (len(seen) == 1 or (row.n >= 6 and ends_sentence(row.text))) for row in seen]
    chosen = _title(seen, inside, title)
    if chosen is not None:
        inside[chosen] = False
    return Cleaned(
        title=plain(title) if title else seen[chosen].text if chosen is not None else None,
        paragraphs=tuple(row.text for row, kept in zip(seen, inside, strict=True) if kept),
        dropped=tuple(
            Dropped(text=row.text, reason=row.reason)
            for at, (row, kept) in enumerate(zip(seen, inside, strict=True))
            if not kept and at != chosen
        ),
        published=_published(seen, inside),
        author=_author(seen, inside),
        prose=any(row.score > 0 for row, kept in zip(seen, inside, strict=True) if kept),
        paywalled=any(furniture.paywalled(row.words, table) for row in seen),
    )


def _stands(row: str, table: Table) -> bool:
    words = furniture.tokens(row)
    return words in table.whole or published.is_date_line(row) or shapes.is_sign_off(row)


def _english(rows: list[Line], table: Table) -> bool:
    words = [w.lower() for row in rows if len(row.text) > 80 for w in row.text.split()][:600]
    if len(words) < 30:
        return True
    return sum(1 for w in words if w in table.function_words) / len(words) > 0.2


def _compare(seen: list[Judged], title: str | None) -> None:
    """Marks lines that only other lines explain: the title, copies, lifted sentences, captions, headings, lists."""
    counts = Counter(row.text for row in seen)
    lifted = _lifted(seen)
    heads = _heads(title)
    long = {row.text for row in seen if row.n > 25 and row.match is None}
    twice = {text for text in long if counts[text] > 1}
    # a few long copies are teasers shown twice; many are a page that carries its article twice
    met: set[str] = twice.copy() if len(twice) <= 0.75 * len(long) else set()
    for at, row in enumerate(seen):
        text = row.text
        if heads and row.n >= 2 and _same_title(row.words, heads):
            row.role, row.reason, row.score, row.barrier, row.opener = "title", "title repeated", -6.0, 4.0, 0.0
            continue
        if row.match is not None or row.role not in ("", "dateline"):
            continue
        if counts[text] > 1:
            if row.n <= 25:
                row.score, row.reason = row.score - (2.5 if counts[text] <= 3 else 1.0), "repeated on the page"
            elif text in met:
                row.score, row.reason = -6.0, "repeated on the page"
            met.add(text)
        elif at in lifted:
            row.score, row.reason = row.score - 4.0, "said twice on the page"
        if at and row.n <= 40 and seen[at - 1].words in _CAPTION_HEADS:
            row.score, row.reason = row.score - 6.0, "picture caption"
        if at + 1 < len(seen) and row.n <= 60 and _credits(seen[at + 1]):
            near = 3.0 if not seen[at + 1].line.gap else 1.0
            row.score, row.reason = row.score - near - (3.5 if prose.pictures(text) else 0.0), "picture caption"
        if (
            0 < at < len(seen) - 1
            and 2 <= row.n <= 8
            and counts[text] == 1
            and min(seen[at - 1].score, seen[at + 1].score) > 2.0
        ):
            row.score += 1.2  # a heading: one short line between two paragraphs
    _lists(seen)
    _leads(seen)


def _leads(seen: list[Judged]) -> None:
    """Makes it cheaper to begin with the first paragraph after the lines that say who wrote it and when."""
    near = 0
    for row in seen:
        if row.role in ("byline", "date", "title"):
            near = 8
        elif near and row.score > 2.0:
            row.opener = max(row.opener, 2.0)
            near = 0
        elif near:
            near -= 1


def _lifted(seen: list[Judged]) -> set[int]:
    """Lines that stand inside other lines as well: sentences set apart as a quotation, or a copy of the whole text."""
    everything = "\n".join(row.text for row in seen)
    found: set[int] = set()
    for at, row in enumerate(seen):
        if 6 <= row.n <= 60 and row.match is None:
            core = row.text.strip("“”\"'‘’ .")
            if everything.count(core) > 1:
                found.add(at)
    prose_lines = sum(1 for row in seen if row.score > 1)
    if len([at for at in found if seen[at].score > 1]) <= max(2, 0.25 * prose_lines):
        return found
    # so many that the line they all stand in is the copy: a page that carries its text twice
    return {
        at
        for at, row in enumerate(seen)
        if row.n > 60 and sum(1 for k in found if seen[k].text.strip("“”\"'‘’ .") in row.text) >= 3
    }


def _lists(seen: list[Judged]) -> None:
    """Keeps the items of a list with the line that announces it by a colon."""
    left = 0
    shape = ""
    run: list[Judged] = []
    for row in (*seen, None):
        if row is not None and row.match is None and row.n >= 5 and row.score < 0.3 and _shape(row) == "date":
            run.append(row)
            continue
        if len(run) >= 4:
            for item in run:
                item.score = 0.3
        run = []
    for at, row in enumerate(seen):
        if row.match is not None or row.role in ("title", "byline", "post"):
            left = 0
            continue
        if left and row.score < 0.3 and row.n <= 25 and (not shape or _shape(row) == shape):
            row.score = max(row.score, 0.3)
            left -= 1
            continue
        left, shape = 0, ""
        if row.text.endswith(":") and row.n >= 3 and at + 1 < len(seen):
            left = 60
            # a heading with a colon is less sure: its items must look alike
            shape = "" if row.score > 1.5 else _shape(seen[at + 1])
            if row.score <= 1.5 and (shape == "" or at + 2 >= len(seen) or _shape(seen[at + 2]) != shape):
                left = 0
            elif row.score <= 1.5:
                row.score = max(row.score, 0.3)


def _shape(row: Judged) -> str:
    """How a list item opens: with a number, a bullet or a date."""
    if not row.words:
        return ""
    if row.words[0] in furniture.table().months:
        return "date"
    if row.words[0] == "#":
        return "number"
    return "bullet" if row.text[0] in "•‣▪●○◦*·–—-" else ""


def _comments(seen: list[Judged]) -> None:
    """Marks where readers' comments begin: a chain of lines that say who wrote and when, with words between."""
    chain: list[int] = []
    links: list[int] = []
    for at, row in enumerate(seen):
        if not prose.opens_post(row):
            continue
        if links and at - links[-1] > 14:
            if _is_chain(seen, chain):
                break
            chain = []
            links = []
        if not links or any(between.n >= 4 for between in seen[links[-1] + 1 : at]):
            chain.append(at)  # lines that follow each other at once, as "published" and "updated" do, count once
        links.append(at)
    # the article's own date may stand first in the chain, with the article before the first comment
    while _is_chain(seen, chain[1:]) and not _told(seen[: chain[0]]):
        chain = chain[1:]
    if not _is_chain(seen, chain):
        return
    first = chain[0]
    seen[first].barrier = 1000.0 if _told(seen[:first]) else 12.0
    for row in seen[first:]:
        row.opener = -seen[first].barrier


def _told(rows: list[Judged]) -> bool:
    """Whether at least one real paragraph stands among the lines."""
    return any(row.score > 2.5 and row.n >= 15 for row in rows)


def _is_chain(seen: list[Judged], chain: list[int]) -> bool:
    posts = sum(1 for at in chain if seen[at].role == "post")
    dates = sum(1 for at in chain if seen[at].role == "date")
    return len(chain) >= 2 and (posts >= 1 or dates >= 3 or (dates >= 1 and len(chain) >= 3))


def _habit(seen: list[Judged]) -> None:
    """Where nearly every long line ends as a sentence does, a long line that does not is a link or a caption."""
    long = [row for row in seen if row.n >= 12 and row.match is None]
    ended = sum(1 for row in long if ends_sentence(row.text) or row.text.endswith(":"))
    if len(long) >= 6 and ended >= 0.75 * len(long):
        for row in seen:
            open_end = not row.text.endswith((":", ",", ";")) and not ends_sentence(row.text)
            if 9 <= row.n <= 30 and row.match is None and open_end and not shapes.signed(row.text, furniture.table()):
                row.score -= 1.5


def _credits(row: Judged) -> bool:
    """Whether the line names who made the picture above it."""
    if row.role == "credit":
        return True
    return (
        row.match is not None
        and row.match.kind.name == "caption"
        and row.n <= 8
        and row.words[0] not in ("image", "media", "file", "caption", "getty")
    )


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


def _heads(title: str | None) -> list[tuple[str, ...]]:
    if not title:
        return []
    parts = _SUFFIX.split(plain(title))
    heads = [" ".join(parts[:k]) for k in range(len(parts), 0, -1)] + [parts[-1]]
    return [w for w in (tuple(t for t in furniture.tokens(h) if t.isalnum() or "'" in t) for h in heads) if len(w) >= 3]


def _same_title(words: tuple[str, ...], heads: list[tuple[str, ...]]) -> bool:
    plain_words = tuple(w for w in words if w.isalnum() or "'" in w)
    if len(plain_words) < 3:
        return False
    for head in heads:
        if plain_words == head:
            return True
        if len(head) >= 4 and abs(len(plain_words) - len(head)) <= 3:
            shared = sum((Counter(plain_words) & Counter(head)).values())
            if shared >= 0.8 * max(len(plain_words), len(head)):
                return True
    return False


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
        if (shared >= 0.3 or (at == 0 and first == 1)) and (best is None or mark > best[0]):
            best = (mark, at)
    return None if best is None else best[1]


def _headline(row: Judged) -> bool:
    return 3 <= row.n <= 25 and not row.role and not ends_sentence(row.text) and not row.text.endswith((":", ",", ";"))


def _published(seen: list[Judged], inside: list[bool]) -> Published | None:
    first = inside.index(True) if True in inside else len(seen)
    for at in sorted(range(len(seen)), key=lambda k: (abs(k - first), k)):
        if inside[at] or abs(at - first) > 15:
            continue
        row = seen[at]
        if row.role in ("date", "byline") or row.reason in ("date line", "line with a date"):
            found = published.written(row.text, confidence=0.6)
            if found is not None:
                return found
    return None


def _author(seen: list[Judged], inside: list[bool]) -> str | None:
    first = inside.index(True) if True in inside else len(seen)
    for row in seen[max(0, first - 15) : first]:
        found = _BY.search(row.text) if row.role == "byline" else None
        if found is None:
            continue
        name = _AFTER_NAME.split(found[1])[0].strip(" ,-–—|")
        if name and name[0].isupper():
            return name
    return None
