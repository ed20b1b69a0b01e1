"""Points in time as Wikidata writes them, cut short to what is known of them."""

from __future__ import annotations

import re
from typing import Any

from dragoman.lexicon import terms

_TIME = re.compile(r"[+]?(\d{4,})-(\d\d)-(\d\d)(?:T.*)?")
DAY, MONTH, YEAR = 11, 10, 9


def of_snak(value: Any) -> str:
    """The date of a snak's `datavalue.value`: precision 11 is a day, 10 a month, 9 a year; coarser ones are none."""
    if not isinstance(value, dict):
        return ""
    return _date(str(value.get("time", "")), int(value.get("precision", 0) or 0))


def of_binding(text: str, precision: str = "") -> str:
    """The date of a query's answer. Without a precision beside it the first of January is taken for a year alone, and
    the first of a month for a month: a query writes so what is known no better."""
    if precision.isdigit():
        return _date(text, int(precision))
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return text if re.fullmatch(r"\d{4}(-\d\d){0,2}", text) and terms.exists(text) else ""
    precise = YEAR if found[2] in ("00", "01") and found[3] in ("00", "01") else MONTH if found[3] == "01" else DAY
    return _date(text, precise)


def _date(text: str, precision: int) -> str:
    found = _TIME.fullmatch(text.strip())
    if found is None or precision < YEAR or len(found[1]) > 4:
        return ""
    date = f"{found[1]}-{found[2]}-{found[3]}"
    for wanted in (precision, MONTH, YEAR):  # "2014-00-00" is a year whatever is said of it
        cut = date[: {DAY: 10, MONTH: 7, YEAR: 4}.get(min(wanted, DAY), 10)]
        if terms.exists(cut):
            return cut
    return ""
