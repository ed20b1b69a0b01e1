"""The words of time of a language (`calendar.toml`), turned round for looking up."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from dragoman.lexicon.load import Lexicon


class Holiday(msgspec.Struct, frozen=True):
    """How the day of a holiday is told for a year: one of the fields is set, or none where nobody can tell."""

    date: tuple[int, int] | None = None  # month, day
    easter: int | None = None  # days after Easter Sunday
    nth: tuple[int, int, int] | None = None  # month, weekday, which
    dates: tuple[str, ...] = ()
    length: int = 1


class Name(msgspec.Struct, frozen=True):
    """A whole phrase: a holiday, a happening that goes by its day ("9/11"), or one that only looks like a time."""

    words: tuple[str, ...]
    capital: bool
    kind: str  # holiday | exact | none
    value: str


class Calendar(msgspec.Struct):
    """Words of time by form."""

    triggers: dict[str, tuple[str, Any]]  # word -> the reader that knows it, and what it is to it
    names: dict[str, list[Name]]  # by first word, longest first
    words: dict[str, frozenset[str]]
    modes: dict[str, list[tuple[tuple[str, ...], str]]]  # last word of a preposition -> all its words, mode
    months: dict[str, int]
    short_months: dict[str, int]
    days: dict[str, int]
    short_days: dict[str, int]
    units: dict[str, str]
    numbers: dict[str, int]
    ordinals: dict[str, int]
    seasons: dict[str, tuple[int, int]]
    holidays: dict[str, Holiday]
    tense: dict[str, frozenset[str]]
    dots: str
    slashes: str


def calendar_of(lexicon: Lexicon) -> Calendar:
    """The calendar of a lexicon, made once; empty where the table is."""
    known = lexicon.__dict__.get("calendar_words")
    if known is None:
        known = lexicon.__dict__["calendar_words"] = _calendar(lexicon.calendar)
    assert isinstance(known, Calendar)
    return known


_MODES = ("since", "until", "by", "before", "after", "from", "asof", "plain")


def _calendar(table: dict[str, Any]) -> Calendar:
    words = {k: frozenset(v) for part in ("words", "not-years") for k, v in table.get(part, {}).items()}
    holidays, names = _names(table)
    calendar = Calendar(
        triggers={},
        names=names,
        words=words,
        modes=_modes(table.get("words", {})),
        months=dict(table.get("months", {})),
        short_months=_with_points(table.get("months-short", {})),
        days=dict(table.get("days", {})),
        short_days=_with_points(table.get("days-short", {})),
        units=dict(table.get("units", {})),
        numbers=dict(table.get("numbers", {})),
        ordinals=dict(table.get("ordinals", {})),
        seasons={k: (int(v[0]), int(v[1])) for k, v in table.get("seasons", {}).items()},
        holidays=holidays,
        tense={k: frozenset(v) for k, v in table.get("tense", {}).items()},
        dots=table.get("numeric", {}).get("dots", ""),
        slashes=table.get("numeric", {}).get("slashes", ""),
    )
    known: tuple[tuple[str, dict[str, Any]], ...] = (
        ("part", {w: w for w in words.get("parts", ())}),
        ("adverb", {w: w for w in words.get("adverbs", ())}),
        ("unit", calendar.units),
        ("season", calendar.seasons),
        ("decade", table.get("decades", {})),
        ("deictic", table.get("deictic", {})),
        ("weekday", {f: n for k, n in calendar.days.items() for f in (k, k + "s")}),
        ("weekday", calendar.short_days),
        ("month", {**calendar.short_months, **calendar.months}),
        ("eve", {"eve": 0}),
        ("q", {f"q{n}": n for n in range(1, 5)}),
    )
    for reader, forms in known:
        calendar.triggers.update({form: (reader, value) for form, value in forms.items()})
    return calendar


def _with_points(forms: dict[str, int]) -> dict[str, int]:
    return {f: n for k, n in forms.items() for f in (k, k + ".")}


def _names(table: dict[str, Any]) -> tuple[dict[str, Holiday], dict[str, list[Name]]]:
    holidays: dict[str, Holiday] = {}
    names: dict[str, list[Name]] = {}

    def add(name: str, kind: str, value: str) -> None:
        # cut as the parser cuts: "New Year 's Eve", "Six - Day War"
        parts = tuple(re.sub(r"('s|')(?= |$)", r" \1", name.replace("-", " - ")).lower().split())
        names.setdefault(parts[0], []).append(Name(parts, name[0].isupper(), kind, value))

    for entry in table.get("holidays", ()):
        month_day = [int(part) for part in entry.get("date", "").split("-") if part]
        holiday = Holiday(
            date=(month_day[0], month_day[1]) if len(month_day) == 2 else None,
            easter=entry.get("easter"),
            nth=tuple(entry["nth"]) if "nth" in entry else None,
            dates=tuple(entry.get("dates", ())),
            length=entry.get("length", 1),
        )
        for name in entry["names"]:
            holidays[name] = holiday
            add(name, "holiday", name)
    for entry in table.get("happenings", ()):
        for name in entry["names"]:
            add(name, "exact", entry["date"])
    for name in table.get("names", {}).get("phrases", ()):
        add(name, "none", "")
    for rows in names.values():
        rows.sort(key=lambda row: -len(row.words))
    return holidays, names


def _modes(words: dict[str, list[str]]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    modes: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for mode in _MODES:
        for form in words.get(mode, ()):
            parts = tuple(form.split())
            modes.setdefault(parts[-1], []).append((parts, "" if mode == "plain" else mode))
    for rows in modes.values():
        rows.sort(key=lambda row: -len(row[0]))
    return modes
