"""Where readers' comments begin: a chain of lines that say who wrote and when, with words between them."""

from __future__ import annotations

from dragoman.read import prose
from dragoman.read.prose import Judged

_NEVER = 1000.0


def mark(seen: list[Judged]) -> None:
    """Makes it impossible to run into the first comment, and to begin below it."""
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
    while chain and not any(map(prose.is_told, seen[: chain[0]])):
        chain = chain[1:]  # the article's own date
    if not _is_chain(seen, chain):
        return
    first = chain[0]
    seen[first].barrier = _NEVER
    for row in seen[first:]:
        row.opener = -_NEVER


def _is_chain(seen: list[Judged], chain: list[int]) -> bool:
    posts = sum(1 for at in chain if seen[at].role == "post")
    dates = sum(1 for at in chain if seen[at].role == "date")
    return len(chain) >= 2 and (posts >= 1 or dates >= 3 or (dates >= 1 and len(chain) >= 3))
