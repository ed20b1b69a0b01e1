"""What stands over and under the text: letterheads and dates of releases, the names of those who wrote."""

from __future__ import annotations

from dragoman.read import furniture, shapes
from dragoman.read.lines import ends_sentence
from dragoman.read.prose import Judged, is_paragraph


def mark(seen: list[Judged]) -> None:
    """Marks letterheads, signatures and places over the first paragraph, and the note on the author under the last."""
    first = next((at for at, row in enumerate(seen) if row.score > 2.0 and row.n >= 10), len(seen))
    _over(seen, first)
    _under(seen, first)


def _over(seen: list[Judged], first: int) -> None:
    last_head = max((at for at in range(first) if seen[at].role == "title"), default=-1)
    release = max((at for at in range(first) if _is_release(seen[at])), default=-1)
    for at in range(first):
        row = seen[at]
        if at < release and not row.role and row.match is None and row.n <= 12 and _is_office(row):
            row.role, row.reason, row.score, row.barrier = "letterhead", "letterhead of a release", -4.0, 2.0
        if row.role == "dateline" and row.n <= 8 and at + 1 < first and seen[at + 1].role != "byline":
            # a place and a date over a headline and not over the text: where a release is dated
            row.role, row.reason, row.score, row.barrier, row.opener = "date", "date line", -4.0, 3.0, 0.0
        if row.match is not None or row.role or row.n > 12 or ends_sentence(row.text):
            continue
        if at == first - 1 and first < len(seen) and row.n <= 3 and row.text.isupper() and _opens(seen, at):
            row.role, row.opener, row.score = "dateline", 2.0, 0.5
            continue
        near = seen[max(0, at - 2) : at + 3]
        dated = any(other.role in ("date", "title", "byline") or other.reason == "line with a date" for other in near)
        if shapes.signatory(row.text) and (dated or at > last_head >= 0) and _is_signature(row):
            row.role, row.reason, row.score, row.barrier = "byline", "byline", -4.0, 2.0


def _under(seen: list[Judged], first: int) -> None:
    last = next((at for at in range(len(seen) - 1, first, -1) if is_paragraph(seen[at])), -1)
    if last < 0:
        return
    over = " ".join(row.text for row in seen[:first] if row.role == "byline" or shapes.is_name(row.text))
    row = seen[last]
    name = shapes.first_person(row.text)
    if name and name in over and row.n <= 60 and shapes.is_about_author(row.text, furniture.table()):
        row.role, row.reason, row.score = "author", "note on the author", -4.0


def _is_release(row: Judged) -> bool:
    return row.match is not None and row.match.kind.name == "release"


def _is_office(row: Judged) -> bool:
    return row.text.isupper() or (row.n <= 8 and shapes.names_outlet(row.text, furniture.table()))


def _opens(seen: list[Judged], at: int) -> bool:
    """Whether the line is a place in capitals over the text: below a date or a name, and close to the paragraph."""
    headed = any(row.role in ("date", "title", "byline") or row.reason == "line with a date" for row in seen[:at])
    return headed and not seen[at + 1].line.gap and not shapes.names_outlet(seen[at].text, furniture.table())


def _is_signature(row: Judged) -> bool:
    return not shapes.names_outlet(row.text, furniture.table()) and row.n <= 9
