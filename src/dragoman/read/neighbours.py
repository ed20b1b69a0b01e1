"""What a line is, seen from the lines around it: a copy, a caption, a heading, an item of a list."""

from __future__ import annotations

import re
from collections import Counter

from dragoman.read import boxes, comments, furniture, letterhead, prose, shapes
from dragoman.read.lines import ends_sentence, plain
from dragoman.read.prose import Judged

_CAPTION_HEADS = {("image", "caption"), ("media", "caption"), ("caption",), ("image", "caption", ":"), ("caption", ":")}
_SUFFIX = re.compile(r"\s+[-–—|•·»:]+\s+")


def mark(seen: list[Judged], title: str | None) -> None:
    """Corrects what was made of each line by what stands around it."""
    _doubts(seen)
    _compare(seen, title)
    boxes.mark(seen)
    letterhead.mark(seen)
    _lists(seen)
    _leads(seen)
    comments.mark(seen)
    _habit(seen)


def _doubts(seen: list[Judged]) -> None:
    """Takes back what was seen in a sentence of the text that speaks of such things itself."""
    address = furniture.table().address
    for at, row in enumerate(seen):
        if row.match is None or row.match.how != "edge" or row.n < 10 or at == 0 or not prose.is_told(seen[at - 1]):
            continue
        # notes of a site stand under the text and speak to the reader
        if (at + 1 < len(seen) and prose.is_told(seen[at + 1])) or address.isdisjoint(row.words):
            row.match, row.reason, row.score, row.barrier = None, prose.UNKNOWN, row.read, 0.0


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
        quoted = row.n >= 2 and row.text[0] in '“"‘«' and row.text[-1] in '”"’»'
        if (quoted or row.n >= 6) and row.n <= 60 and row.match is None:
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
