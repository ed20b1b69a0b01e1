"""How much a line reads like a sentence of an article, and how much like something around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dragoman.read import furniture, published, shapes
from dragoman.read.furniture import Match, Table
from dragoman.read.lines import Line, ends_sentence

UNKNOWN = "not part of the article"
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_QUOTE = re.compile(r"[“”„«»\"]")
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}")
_MOMENT = re.compile(
    r"\W*\d{1,2}[:.h]\d{2}(?:\s?(?:[ap]\.?m\.?))?(?:\s?\(?(?:GMT|UTC|[A-Z]{2,4}|local time)\)?)?\W*$", re.IGNORECASE
)
_STOPPED = re.compile(r"[^.…][.!?][\"'”’)]*$")
_POST = re.compile(r"\b(?:says|said|wrote|writes)\s*:?$|\b\d{1,2}[:.]\d{2}\s*(?:am|pm)?\b|\bago$", re.IGNORECASE)


@dataclass(slots=True)
class Judged:
    """A line, its score (above nought: it reads like an article) and what was recognised in it.

    `barrier` is what a stretch of article pays for running across this line, `opener` what it gains by beginning here.
    """

    line: Line
    words: tuple[str, ...]
    n: int
    score: float
    reason: str = UNKNOWN
    match: Match | None = None
    barrier: float = 0.0
    opener: float = 0.0
    role: str = ""  # title, byline, date, dateline, credit, sign-off, post
    read: float = 0.0  # the score by its words alone
    passing: bool = False  # known not to be of the article, yet often met inside one: it goes, and breaks nothing off

    @property
    def text(self) -> str:
        return self.line.text


def judge(line: Line, table: Table, *, english: bool) -> Judged:
    """The line judged by itself, without its neighbours."""
    text = line.text
    words = furniture.tokens(text)
    found = _WORD.findall(text)
    n = len(found)
    seen = Judged(line, words, n, reading(text, found, table, english=english))
    seen.read = seen.score
    if published.is_date_line(text):
        seen.role, seen.reason, seen.score, seen.barrier = "date", "date line", -4.0, 3.0
        return seen
    if _MOMENT.match(text):
        seen.role, seen.reason, seen.score, seen.passing = "moment", "time of an entry", -0.2, True
        return seen
    if shapes.is_sign_off(text):
        seen.role, seen.reason, seen.score, seen.barrier = "sign-off", "sign-off of the desk", -5.0, 1.0
        return seen
    if shapes.is_trail(text) and not ends_sentence(text):
        seen.role, seen.reason, seen.score, seen.barrier = "trail", "navigation", -6.0, 0.5
        return seen
    if shapes.is_credit(text, n, table):
        seen.role, seen.reason, seen.score, seen.barrier = "credit", "picture credit or agency", -4.0, 1.5
        return seen
    if shapes.is_byline(text, n):
        seen.role, seen.reason, seen.score, seen.barrier = "byline", "byline", -5.0, 3.0
        return seen
    if shapes.is_post(text):
        seen.role, seen.score = "quoted post", 0.3
        return seen
    if shapes.ends_in_credit(text, table):
        seen.reason, seen.score = "picture caption or credit", -5.0
        return seen
    if shapes.asks_to_follow(words, table):
        seen.role, seen.reason, seen.score, seen.barrier = "follow", "subscription or newsletter box", -5.0, 0.5
        return seen
    if shapes.is_of_gallery(text):
        seen.reason, seen.score, seen.barrier = "picture caption or credit", -6.0, 0.5
        return seen
    if n <= 7 and words[-2:] in (("said", ":"), ("says", ":"), ("wrote", ":")):
        seen.role, seen.reason, seen.score = "post", "comment box", -3.0
        return seen
    match = furniture.match(words, table, sentence=n >= 5 and (ends_sentence(text) or shapes.signed(text, table)))
    if match is not None and _believed(match, seen, text):
        seen.match, seen.reason = match, match.kind.reason
        seen.score = min(seen.score, 0.0) - match.kind.weight
        seen.barrier = 3.0 if match.kind.starts else 3.5 if match.kind.ends and n <= 12 else 0.5
        return seen
    if n >= 8 and shapes.opens_with_dateline(text):
        seen.role, seen.opener = "dateline", 3.0
    elif shapes.is_dateline(text, table):
        if shapes.names_outlet(text, table):
            seen.role, seen.reason, seen.score, seen.barrier = "date", "date line", -4.0, 3.0
        else:
            seen.role, seen.opener, seen.score = "dateline", 2.0, 0.5
    elif n <= 14 and not ends_sentence(text) and published.has_date(text):
        seen.reason, seen.barrier = "line with a date", 2.5
        seen.score = min(seen.score, -2.5)
        if _POST.search(text):
            seen.role = "post"
        elif re.search(r"\bby [A-Z]", text):
            seen.role, seen.reason = "byline", "byline"
    return seen


def reading(text: str, found: list[str], table: Table, *, english: bool) -> float:
    """How much the words read like a sentence: about -3 for a menu entry, 5 for a full paragraph."""
    n = len(found)
    if n == 0:
        return -0.5
    lower = sum(1 for word in found if word[0].islower()) / n
    ends = ends_sentence(text) or shapes.signed(text, table) or shapes.sign_off_after(text) is not None
    score = -1.5 + 0.07 * min(n, 45)
    if ends:
        score += 2.0 if n >= 2 else 1.0
    elif text.endswith((":", ",", ";")):
        score += 0.8
    if n >= 4:
        score += 2.5 * (lower - 0.5)
        if english:
            known = table.function_words
            share = sum(1 for word in found if word.lower() in known) / n
            score += 4.0 * (min(share, 0.5) - 0.22)
    if _QUOTE.search(text):
        score += 0.4
    if not ends:
        if n >= 28:
            score += 1.2
        elif n >= 8:
            score -= 0.06 * (n - 7)
    if n >= 8 and text.upper() == text and text.lower() != text:
        score -= 1.5
    if shapes.has_bars(text):
        score -= 1.5
    if shapes.is_cut(text):
        score -= 3.5 if n <= 60 else 1.0
    commas = text.count(",")
    if not ends and commas >= 5 and n < 4 * commas:
        score -= 2.5  # tags one after another
    if shapes.has_bullet(text):
        score += 0.6
    if _STOPPED.search(text) and n >= 3 and any(word.islower() and len(word) > 2 for word in found):
        score = max(score, 0.3)  # a short sentence of names: "Norway thanked Chile."
    return max(-3.5, min(score, 6.0))


def opens_post(row: Judged) -> bool:
    """Whether the line is one of those that stand over readers' comments: who wrote, when, "Reply"."""
    if row.role == "post":
        return True
    if row.role == "date":
        return bool(_CLOCK.search(row.text))
    return row.match is not None and row.match.kind.name == "comment" and row.n <= 8


def is_told(row: Judged) -> bool:
    """Whether the line reads like a real paragraph."""
    return row.score > 2.5 and row.n >= 15


def is_paragraph(row: Judged) -> bool:
    """Whether the line reads like a paragraph, perhaps a short one."""
    return row.match is None and not row.role and row.score > 1.5 and row.n >= 6 and ends_sentence(row.text)


def pictures(text: str) -> bool:
    """Whether the words describe a picture, as a caption does: a full date, sides, what somebody does in it."""
    return published.has_date(text) or shapes.describes_picture(text)


def _believed(match: Match, seen: Judged, text: str) -> bool:
    """Whether a phrase of the table outweighs what the rest of the line reads like."""
    if match.how == "line":
        return True
    if text[0] in '“"‘«„':
        return False  # somebody speaks
    weight = match.kind.weight
    if match.how == "begins":
        return seen.n <= (26 if weight >= 6 else 22) or seen.score < 1.0 or weight >= 8
    if _QUOTE.search(text) and seen.n > 14 and weight < 8:
        return False
    return seen.n <= 24 or seen.score < 2.5 or weight >= 7
