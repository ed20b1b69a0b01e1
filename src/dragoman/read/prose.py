"""How much a line reads like a sentence of an article, and how much like something around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dragoman.read import furniture, published
from dragoman.read.furniture import Match, Table
from dragoman.read.lines import Line, ends_sentence

UNKNOWN = "not part of the article"
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_BULLET = re.compile(r"(?:[•‣▪●○◦*·–—-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+\S")
_QUOTE = re.compile(r"[“”„«»\"]")
_CUT = re.compile(r"(?:\.\.\.|…|\[(?:\.\.\.|…)\])\s*(?:»|>|→)?$")
_GALLERY = re.compile(r"\d{1,3} (?:of|/) \d{1,3}(?: [A-Z“\"(]|$)")
_POSTED = re.compile(r"[—–-]{1,2} ?[^()]{2,60} \(@\w+\)")
_CREDITED = re.compile(r"\S [|/] ?(?:[A-Z][\w ]+)$")
_PICTURES = re.compile(
    r"\b(?:left|right|centre|center|pictured|is seen|are seen|poses?|looks? (?:on|at)|speaks|walks?|arrives?|attends?|"
    r"gestures?|holds?|shakes?|waves?|stands?|sits?|carry|carries|photo|photograph|image|file)\b",
    re.IGNORECASE,
)
_BARS = re.compile(r"\s[|»›>•·]\s|\s/\s.*\s/\s")
_DATELINE_OPENS = re.compile(
    r"(?:[A-Z][\w.’' -]{1,40}(?:,\s*[\w.’' -]{2,30}){0,3}\s*)?\([A-Z][^()]{1,40}\)\s*(?:[-–—:]|--)?\s*\S|"
    r"[A-Z][A-Z.’' -]{2,40}(?:,\s*[\w.’' -]{2,30}){0,3}\s*(?:[-–—]|--)\s*\S|"
    r"[A-Z][\w.’'-]{2,20}(?:\s[A-Z][\w.’'-]{2,20})?(?:,\s*[\w.’' ]{2,25}){0,2}\s*(?:[–—]|--)\s*[A-Z“\"]"
)
_DATELINE_ALONE = re.compile(
    r"[A-Z][\w.’' -]{2,30}(?:,\s*[A-Z][\w.’' -]{2,25})?(?:,\s*|\s*\()"
    r"(?:\d{1,2}\s+[A-Z][a-z]{2,8}\.?|[A-Z][a-z]{2,8}\.?\s+\d{1,2})"
    r"(?:,?\s*\d{4})?\)?[\s.:–—-]*(?:\([A-Z][^()]{1,30}\))?[\s.:–—-]*$"
)
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}")
_POST = re.compile(r"\b(?:says|said|wrote|writes)\s*:?$|\b\d{1,2}[:.]\d{2}\s*(?:am|pm)?\b|\bago$", re.IGNORECASE)
_BYLINE = re.compile(r"by\s*:?\s+(?=[A-ZÀ-Þ@])", re.IGNORECASE)


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
    role: str = ""  # title, byline, date, dateline

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
    if published.is_date_line(text):
        seen.role, seen.reason, seen.score, seen.barrier = "date", "date line", -4.0, 3.0
        return seen
    if is_credit(text, n, table):
        seen.role, seen.reason, seen.score, seen.barrier = "credit", "picture credit or agency", -4.0, 1.5
        return seen
    if is_byline(text, n, table):
        seen.role, seen.reason, seen.score, seen.barrier = "byline", "byline", -5.0, 3.0
        return seen
    if _POSTED.match(text):
        seen.role, seen.score = "quoted post", 0.3
        return seen
    if text.endswith(table.agencies) and _CREDITED.search(text):
        seen.reason, seen.score = "picture caption", -5.0
        return seen
    if _GALLERY.match(text):
        seen.reason, seen.score, seen.barrier = "picture caption", -6.0, 0.5
        return seen
    if n <= 7 and words[-2:] in (("said", ":"), ("says", ":"), ("wrote", ":")):
        seen.role, seen.reason, seen.score = "post", "comment box", -3.0
        return seen
    match = furniture.match(words, table, sentence=n >= 5 and (ends_sentence(text) or signed(text, table)))
    if match is not None and _believed(match, seen, text):
        seen.match, seen.reason = match, match.kind.reason
        seen.score = min(seen.score, 0.0) - match.kind.weight
        seen.barrier = 3.0 if match.kind.starts else 3.5 if match.kind.ends and n <= 12 else 0.5
        return seen
    if n >= 8 and _DATELINE_OPENS.match(text):
        seen.role, seen.opener = "dateline", 3.0
    elif is_dateline(text, table):
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
    ends = ends_sentence(text) or signed(text, table)
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
    if _BARS.search(text):
        score -= 1.5
    if _CUT.search(text):
        score -= 3.5 if n <= 60 else 1.0
    commas = text.count(",")
    if not ends and commas >= 5 and n < 4 * commas:
        score -= 2.5  # tags one after another
    if _BULLET.match(text):
        score += 0.6
    return max(-3.5, min(score, 6.0))


def signed(text: str, table: Table) -> bool:
    """Whether an agency's name stands after the last full stop, as where a report ends."""
    if not text.endswith(table.agencies):
        return False
    return any(
        text.endswith(agency) and ends_sentence(text[: -len(agency)].rstrip(" -–—(")) for agency in table.agencies
    )


def opens_post(row: Judged) -> bool:
    """Whether the line is one of those that stand over readers' comments: who wrote, when, "Reply"."""
    if row.role == "post":
        return True
    if row.role == "date":
        return bool(_CLOCK.search(row.text))
    return row.match is not None and row.match.kind.name == "comment" and row.n <= 8


def pictures(text: str) -> bool:
    """Whether the words describe a picture, as a caption does: a full date, sides, what somebody does in it."""
    return published.has_date(text) or bool(_PICTURES.search(text))


def is_byline(text: str, n: int, table: Table) -> bool:
    """Whether the line says who wrote it: "By" and a name."""
    if n > 16 or (ends_sentence(text) and n > 6):
        return False
    if _BYLINE.match(text):
        names = [w for w in text.split()[1:] if w[0].isalpha()]
        return bool(names) and sum(1 for w in names if w[0].isupper()) >= 0.6 * len(names)
    return False


def is_credit(text: str, n: int, table: Table) -> bool:
    """Whether the line is a name and an agency, as under pictures and over reports."""
    if not 3 <= n <= 8 or ends_sentence(text) or text.isupper() or not text[0].isupper():
        return False
    if not text.endswith(table.agencies):
        return False
    for agency in table.agencies:
        if text.endswith(agency) and len(text) > len(agency) + 4:
            head = text[: -len(agency)].rstrip(" ,/|-–—").split()
            return 2 <= len(head) <= 5 and all(w[0].isupper() for w in head)
    return False


def is_dateline(text: str, table: Table) -> bool:
    """Whether the line is a place and a date, or a place and an agency, as a report opens."""
    if len(text) > 70 or not text[0].isupper():
        return False
    if not _DATELINE_ALONE.match(text):
        return False
    rest = [w.strip(".,()").lower() for w in text.split()]
    return bool(table.months.intersection(rest)) and rest[0] not in table.months


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
