"""When an article appeared: written dates of every common shape to a Published, with where it was read."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime

import msgspec

from dragoman.records import Granularity, Published

_ISO = re.compile(
    r"(?P<y>\d{4})(?:-?(?P<m>\d{2})(?:-?(?P<d>\d{2})"
    r"(?:[T ]+(?P<h>\d{1,2})[:.]?(?P<n>\d{2})(?:[:.]?(?P<s>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?)?)?$",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d{2})\b"
_WRITTEN = (
    re.compile(rf"\b{_MONTH}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b,?\s*(?:of\s+)?{_YEAR}", re.IGNORECASE),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+{_MONTH},?[\s-]*{_YEAR}", re.IGNORECASE),
    re.compile(rf"\b{_YEAR}[.,]?\s+{_MONTH}\s*(?P<day>\d{{1,2}})\b", re.IGNORECASE),
    re.compile(r"\b(?P<year>(?:19|20)\d{2})[-./](?P<number>0?[1-9]|1[0-2])[-./](?P<day>\d{1,2})\b"),
)
_SLASHED = re.compile(r"\b(?P<a>\d{1,2})(?P<by>[./-])(?P<b>\d{1,2})(?P=by)(?P<year>(?:19|20)\d{2}|\d{2})\b")
# what stands before the dash or bracket with which a report opens
_DATELINE = re.compile(r"(?P<head>[^\n]{5,90}?)(?:\s[-–—]{1,2}\s|\s?[—–]\s?|\)\s*[-–—:]?\s)")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})(?::\d{2})?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_PATH = re.compile(
    r"[/_-]((?:19|20)\d{2})[/_-]?(0[1-9]|1[0-2]|[1-9](?=[/_-]))[/_-]?(0[1-9]|[12]\d|3[01]|[1-9](?=[/_-]))?(?=[/_.-]|$)"
)
_NAMED_PATH = re.compile(
    r"/((?:19|20)\d{2})/(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")/(\d{1,2})(?=[/_.-]|$)",
    re.IGNORECASE,
)
_HEADLESS = re.compile(
    r"[\s,|·•()–—:;/-]+|\b(?:published|updated|posted|first|last|modified|created|date|release|issued|on|at|the|of|am|pm|a\.m|p\.m|noon|"
    r"gmt|utc|ist|est|edt|et|cst|cdt|ct|mst|mdt|pst|pdt|pt|bst|cet|cest|msk|hkt|jst|aest|eat|wat|sast|gst|local|time|hrs|hours|h|"
    r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|st|nd|rd|th)\b\.?",
    re.IGNORECASE,
)


def parse(text: str, *, source: str, confidence: float) -> Published | None:
    """The moment, day, month or year that the words name; None where they name none."""
    text = text.strip()
    if not text or len(text) > 200:
        return None
    found = _ISO.match(text)
    if found:
        return _from_iso(found, source, confidence)
    rfc = _rfc2822(text, source, confidence)
    if rfc is not None:
        return rfc
    return written(text, source=source, confidence=confidence)


def written(text: str, *, source: str = "text", confidence: float = 0.6) -> Published | None:
    """The first full date that stands in running words."""
    best: tuple[int, date] | None = None
    for pattern in _WRITTEN:
        found = pattern.search(text)
        if found and (best is None or found.start() < best[0]):
            groups = found.groupdict()
            month = int(groups["number"]) if groups.get("number") else _MONTHS[groups["month"].lower()]
            day = _day(int(groups["year"]), month, int(groups["day"]))
            if day is not None:
                best = (found.start(), day)
    if best is None:
        slashed = _SLASHED.search(text)
        if slashed:
            day = _slashed(slashed)
            if day is not None:
                best = (slashed.start(), day)
                confidence = min(confidence, 0.4)
    return None if best is None else _whole_day(best[1], source, confidence)


def of_dateline(paragraph: str) -> Published | None:
    """The date between the place and the dash with which a report opens; None where the year is missing."""
    found = _DATELINE.match(paragraph)
    head = found["head"] if found else paragraph if len(paragraph) <= 60 else ""
    # a date in a sentence is the date of something else
    if not head or not head[0].isupper() or sum(1 for word in head.split() if word.islower()) > 2:
        return None
    return written(head, confidence=0.5)


def of_path(url: str) -> Published | None:
    """The day or month in the path of an address, as in /2019/05/14/."""
    path = re.sub(r"^[a-z]+://[^/]*", "", url.split("?", 1)[0].split("#", 1)[0], flags=re.IGNORECASE)
    named = _NAMED_PATH.search(path)
    if named:
        day = _day(int(named[1]), _MONTHS[named[2].lower()], int(named[3]))
        return None if day is None else _whole_day(day, "url", 0.8)
    for found in _PATH.finditer(path):
        year, month = int(found[1]), int(found[2])
        if found[3]:
            day = _day(year, month, int(found[3]))
            if day is not None:
                return _whole_day(day, "url", 0.8)
        elif "/" in found[0]:
            return _span(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month", "url", 0.7)
    return None


def best(found: list[Published]) -> Published | None:
    """The surest of several dates: surer where another source agrees on the day, less sure where one differs."""
    if not found:
        return None
    first = max(found, key=lambda dated: dated.confidence)
    others = [dated for dated in found if dated.source != first.source]
    finer = [dated for dated in others if first.granularity in ("month", "year") and _within(dated, first)]
    if finer:
        # a month in the address, and a day of that month in the text
        return msgspec.structs.replace(finer[0], confidence=first.confidence)
    if any(_within(first, dated) for dated in others):
        return msgspec.structs.replace(first, confidence=round(min(0.99, first.confidence + 0.04), 2))
    if others:
        return msgspec.structs.replace(first, confidence=round(first.confidence - 0.2, 2))
    return first


def _within(one: Published, other: Published) -> bool:
    """Whether the days touch, give or take the one that time zones can shift."""
    apart = date.fromisoformat(one.start[:10]).toordinal() - date.fromisoformat(other.start[:10]).toordinal()
    return abs(apart) <= 1 or other.start[:10] <= one.start[:10] <= other.end[:10]


def is_date_line(text: str) -> bool:
    """Whether the line is a date, perhaps with a clock time and the words around it, and nothing else."""
    if len(text) > 90 or not _DIGIT.search(text):
        return False
    rest = text
    hits = 0
    for pattern in (*_WRITTEN, _SLASHED):
        rest, count = pattern.subn(" ", rest)
        hits += count
    rest = _CLOCK.sub(" ", rest)
    if not hits:
        # a day and a month without the year
        rest, hits = re.subn(
            rf"\b(?:{_MONTH}\s*\d{{1,2}}|\d{{1,2}}\s+{_MONTH.replace('month', 'month2')})",
            " ",
            rest,
            flags=re.IGNORECASE,
        )
    return hits > 0 and not re.sub(r"\d{3,4}", "", _HEADLESS.sub("", rest)).strip()


def has_date(text: str) -> bool:
    """Whether a full date stands in the words."""
    return any(pattern.search(text) for pattern in _WRITTEN) or bool(_SLASHED.search(text))


def _whole_day(day: date, source: str, confidence: float) -> Published:
    return _span(day, day, "day", source, confidence)


def _span(start: date, end: date, granularity: Granularity, source: str, confidence: float) -> Published:
    return Published(
        start=start.isoformat(), end=end.isoformat(), granularity=granularity, source=source, confidence=confidence
    )


def _from_iso(found: re.Match[str], source: str, confidence: float) -> Published | None:
    year = int(found["y"])
    if not 1500 <= year <= 2200:
        return None
    if found["m"] is None:
        return _span(date(year, 1, 1), date(year, 12, 31), "year", source, confidence)
    month = int(found["m"])
    if not 1 <= month <= 12:
        return None
    if found["d"] is None:
        return _span(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month", source, confidence)
    day = _day(year, month, int(found["d"]))
    if day is None:
        return None
    if found["h"] is None:
        return _whole_day(day, source, confidence)
    hour, minute, second = int(found["h"]), int(found["n"]), int(found["s"] or 0)
    if hour > 23 or minute > 59 or second > 59 or (hour == minute == second == 0 and not found["z"]):
        # midnight without a zone is how a plain day is often written
        return _whole_day(day, source, confidence)
    zone = (found["z"] or "").upper()
    if zone in ("Z", "UTC", "GMT"):
        zone = "+00:00"
    elif zone:
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    moment = f"{day.isoformat()}T{hour:02}:{minute:02}:{second:02}{zone}"
    granularity: Granularity = "second" if found["s"] else "minute"
    return Published(start=moment, end=moment, granularity=granularity, source=source, confidence=confidence)


def _rfc2822(text: str, source: str, confidence: float) -> Published | None:
    if not re.match(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{1,2}:\d{2}", text):
        return None
    from email.utils import parsedate_to_datetime

    try:
        moment: datetime = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    stamp = moment.isoformat()
    return Published(start=stamp, end=stamp, granularity="second", source=source, confidence=confidence)


def _slashed(found: re.Match[str]) -> date | None:
    a, b, year = int(found["a"]), int(found["b"]), int(found["year"])
    if year < 100:
        year += 2000
    if a > 12 >= b:
        return _day(year, b, a)
    if b > 12 >= a:
        return _day(year, a, b)
    if found["by"] == ".":
        return _day(year, b, a)  # nobody who writes dots puts the month first
    # day and month cannot be told apart, unless they are the same
    return _day(year, a, b) if a == b else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
