"""Answers of a store for people at a terminal: a matrix as a grid, a pair over time, records with their words.

grid(rows, about, width=100)            # rows act on columns
series(rows, "USA", "RUS", about)       # both directions side by side
changes(rows, about); reciprocity(rows, "USA", "RUS", about); signals(rows, about); agreement(rows, about)
events(rows); statements(rows); sentences(rows); sheet(rows)

Rows are dictionaries, and `about` says what they are of, as an Answer holds them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from textwrap import indent, wrap
from typing import Any

from dragoman.exchange import answers
from dragoman.exchange.tables import WIDEST, between, columns, cut, passage, percent

Row = Mapping[str, Any]

_CELL = 60  # characters
_NARROWEST = 5  # columns that an actor takes in a grid
_SHORT = 14  # characters of an article's id: enough to find it by
FAINT = "~"  # before what rests on too little


def grid(
    rows: Sequence[Row],
    about: Mapping[str, Any],
    *,
    width: int,
    order: Sequence[str] = (),
    most: int | None = None,
) -> tuple[str, int]:
    """A grid for each period, row acts on column, and how many actors had no room in it.

    A cell has its value, in brackets how many events, and under it the interval, where there is one. Several actors
    stand in this order, else those of most events first: `most` of them, or as many as the width holds.
    """
    cells = [(row, _shown(row, about), _bounds(row, about)) for row in rows]
    actors = _by_events(rows)
    if len(order) > 1:
        actors = [name for name in order if name in actors]
    kept = actors[: _most(cells, actors, width) if most is None else most]
    out = []
    for period, group in groupby(cells, key=lambda one: one[0].get("period")):
        texts = {(row["source"], row["target"]): (text, bounds) for row, text, bounds in group}
        acting = [name for name in kept if any((name, other) in texts for other in kept)]
        upon = [name for name in kept if any((other, name) in texts for other in kept)]
        if acting:
            head = [_period(period, about["by"]) if period else "", *upon]
            lines = []
            for name in acting:
                both = [texts.get((name, other), ("", "")) for other in upon]
                lines.append([name, *(text for text, _ in both)])
                if any(bounds for _, bounds in both):
                    lines.append(["", *(bounds for _, bounds in both)])
            out.append(columns(head, lines))
    told = [f"Row acts on column: {_measure(about)}"]
    told += ["in brackets how many events"] if _bracketed(about) else []
    told += [f"under it the {100 * about['level']:g} % interval"] if any(bounds for _, _, bounds in cells) else []
    told += [_faint(about)] if any(row["faded"] for row in rows) else []
    out.append(_wrapped(f"{'; '.join(told)}. Empty: no event.", width))
    return "\n".join(out), len(actors) - len(kept)


def series(rows: Sequence[Row], one: str, other: str, about: Mapping[str, Any], *, width: int = WIDEST) -> str:
    """What the two did to each other, a line for each period: value, interval, events, and articles read."""
    ways = ((one, other), (other, one))
    with_bounds = any(row["low"] is not None for row in rows)
    empty: list[tuple[str, int | None]] = []  # periods in a row of which nothing is told
    parts = ([f"{100 * about['level']:g} %"] if with_bounds else []) + ["events"] * _bracketed(about)
    head = ["period", *(part for a, b in ways for part in (f"{a} > {b}", *parts)), "read"]
    lines = []
    for period, group in groupby(sorted(rows, key=lambda row: row["period"]), key=lambda row: row["period"]):
        found = {(row["source"], row["target"]): row for row in group}
        line = [_period(period, about["by"])]
        for way in ways:
            row = found.get(way)
            line.append(_value(row, about) if row else "")
            line += [_bounds(row, about) if row else ""] * with_bounds
            line += [str(row["events"]) if row and row["events"] else ""] * _bracketed(about)
        read = next((row["read"] for row in found.values()), None)
        if not any(line[1:]):
            empty.append((line[0], read))
            continue
        lines += _folded(empty, len(head))
        empty = []
        lines.append([*line, "" if read is None else str(read)])
    lines += _folded(empty, len(head))
    told = [_measure(about)]
    told += [_faint(about)] if any(row["faded"] and row["events"] for row in rows) else []
    told += [f"intervals from {about['least_articles']} articles on"] if with_bounds else []
    told += ["read: articles read in the period"]
    return columns(head, lines) + "\n" + _wrapped(f"{'; '.join(told)}. Empty: nothing told, or no value.", width)


def changes(rows: Sequence[Row], about: Mapping[str, Any], *, width: int = WIDEST) -> str:
    """Each change of level, between which periods it lies, and the act that shows it best."""
    out = []
    for row in rows:
        at, first, last = (_period(row[name], about["by"]) for name in ("period", "earliest", "latest"))
        place = f"{at}" if first == last else f"{at} (between {first} and {last})"
        levels = " to ".join(_number(row[name], about) for name in ("before", "after"))
        label = f"{row['source']} > {row['target']}, {place}: from {levels}"
        if row["words"] is None:
            out.append(passage(label, "no act of its first periods shows it", width=_width(width)))
            continue
        kind = f"{row['type']} {row['mode']}" if row["mode"] else row["type"]
        act = _label(row["day"], [kind, f"{row['score']:+.1f}", row["site"], str(row["article"])[:_SHORT]])
        out.append(f"{label}\n{_under(act, row['words'], width)}")
    for way, why in about.get("without_changes", {}).items():
        out.append(f"{way}: {why}\n")
    return "".join(out)


def reciprocity(rows: Sequence[Row], one: str, other: str, about: Mapping[str, Any], *, lags: int = 3) -> str:
    """How the two directions go together, in the same period and later."""
    unit = about["by"]
    lines = []
    for row in rows:
        lag = row["lag"]
        if abs(lag) > lags:
            continue
        later, first = (other, one) if lag > 0 else (one, other)
        name = f"in the same {unit}" if not lag else f"{later} {abs(lag)} {unit}{'s' * (abs(lag) > 1)} after {first}"
        found = ["", ""]
        if row["correlation"] is not None:
            found = [f"{row['correlation']:+.2f}", f"{row['low']:+.2f} to {row['high']:+.2f}"]
        lines.append([name, *found, str(row["periods"])])
    known = any(row["correlation"] is not None for row in rows)
    told = columns(["", "r", f"{100 * about.get('level', 0.95):g} %", f"{unit}s"], lines) if known else ""
    if about["difference"] is not None:
        apart = _number(about["difference"], {**about, "low": -1})
        told += f"{one} > {other} less {other} > {one}: {apart} on average\n"
    if not known:
        told += f"no correlation of fewer than {about['least']} shared {unit}s, nor where one side never changes\n"
    return told


def signals(rows: Sequence[Row], about: Mapping[str, Any], *, most: int | None = None, width: int = WIDEST) -> str:
    """Each stretch of days on which one cooperated with the other and pressed it; the `most` strongest of them."""
    if not rows:
        return f"{_why(about, 'none')}\n"
    kept = sorted(sorted(rows, key=lambda row: -row["score"])[:most], key=lambda row: (row["start"], row["end"]))
    out = [f"the {len(kept)} strongest of {len(rows)}\n"] if len(kept) < len(rows) else []
    for row in kept:
        days = f"{row['start']}" if row["start"] == row["end"] else f"{row['start']} to {row['end']}"
        out.append(f"{days}: {row['source']} > {row['target']}, score {row['score']:.2f}\n")
        for track, words in (("cooperative", "cooperative_words"), ("coercive", "coercive_words")):
            out.append(_under(f"{track} {row[track]:g}", row[words], width))
    return "".join(out)


def agreement(rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    """A line for each issue: the verdict, the share of agreement with its interval, and statements by stance."""
    if not rows:
        return f"{_why(about, 'neither has said anything of its own')}\n"
    several = len({(row["a"], row["b"]) for row in rows}) > 1
    sides = ("one", "other") if several else (rows[0]["a"], rows[0]["b"])
    lines = []
    for row in rows:
        name = row["issue"] + (f"/{row['regarding']}" if row["regarding"] else "")
        share = "" if row["share"] is None else percent(row["share"])
        bounds = "" if row["low"] is None else between((row["low"], row["high"]))
        counts = ["/".join(str(row[f"{s}_{stance}"]) for stance in ("for", "against", "conditional")) for s in "ab"]
        lines.append([f"{name} {row['a']} {row['b']}" if several else name, row["verdict"], share, bounds, *counts])
    told = columns(["issue", "verdict", "agree %", "95 %", *sides], lines)
    return (
        told + f"\n{' and '.join(sides)}: statements for/against/on a condition; at least {about['minimum']} of each\n"
    )


def measures(found: Iterable[Any], *, width: int = WIDEST) -> str:
    """Each measure: its name, what it is, its formula and where it comes from."""
    return "\n".join(
        f"{one.name}: {one.label} ({one.unit})\n"
        + indent(passage(one.formula, one.source, width=_width(width) - 4), "    ")
        for one in found
    )


def events(rows: Iterable[Row], *, width: int = WIDEST) -> str:
    """Each event: day, who and whom, type, status, score, and the words."""
    return "\n".join(passage(_event(row), f"“{row['words']}”", width=_width(width)) for row in rows)


def statements(rows: Iterable[Row], *, width: int = WIDEST) -> str:
    """Each statement: day, who says, to whom, and the words said."""
    return "\n".join(passage(_statement(row), f"“{row['said']}”", width=_width(width)) for row in rows)


def sentences(rows: Iterable[Row], *, width: int = WIDEST) -> str:
    """Each sentence that was found: day, where, whom it names, and the words."""
    out = []
    for row in rows:
        about = [", ".join(row["actors"]), ", ".join(f"{one['kind']} {one['id']}" for one in row["records"])]
        out.append(passage(_label(row["day"], [*about, *_where(row)]), f"“{row['words']}”", width=_width(width)))
    return "\n".join(out)


def sheet(names: Sequence[str], rows: Iterable[Row], *, width: int = 10**6) -> str:
    """Any rows as columns, long cells cut in the middle; where these are wider than the width, row by row instead."""
    cells = [[cut(answers.cell(value), _CELL) for value in row.values()] for row in rows]
    told = columns(names, cells)
    if max(map(len, told.splitlines()), default=0) <= width:
        return told
    label = max(map(len, names))
    return "\n".join(
        "".join(
            f"{line}\n"
            for name, cell in zip(names, row, strict=True)
            for line in wrap(f"{name:>{label}}  {cell}", width, subsequent_indent=" " * (label + 2))
            if cell
        )
        for row in cells
    )


def _period(first: dt.date | None, by: str) -> str:
    if first is None:
        return "all"
    if by == "quarter":
        return f"{first.year}-Q{(first.month + 2) // 3}"
    return first.isoformat()[: {"year": 4, "month": 7}.get(by, 10)]


def _folded(empty: Sequence[tuple[str, int | None]], cells: int) -> list[list[str]]:
    """The line that stands for periods of which nothing is told."""
    if not empty:
        return []
    (first, _), (last, _) = empty[0], empty[-1]
    read = [number for _, number in empty if number is not None]
    name = first if first == last else f"{first} to {last}"
    return [[name, *[""] * (cells - 2), str(sum(read)) if read else ""]]


def _most(cells: Sequence[tuple[Row, str, str]], actors: Sequence[str], width: int) -> int:
    """How many of these actors have room in a grid, but two at least."""
    place = {name: n for n, name in enumerate(actors)}
    texts = [
        (place[row["source"]], place[row["target"]], max(len(text), len(bounds)))
        for row, text, bounds in cells
        if row["source"] in place and row["target"] in place
    ]
    least = 10 if any(row.get("period") for row, *_ in cells) else 0
    for most in range(min(len(actors), width // _NARROWEST), 2, -1):
        wide: dict[int, int] = {}
        for source, target, number in texts:
            if source < most and target < most:
                wide[target] = max(wide.get(target, len(actors[target])), number)
        if max(least, *map(len, actors[:most])) + sum(2 + number for number in wide.values()) <= width:
            return most
    return 2


def _by_events(rows: Sequence[Row]) -> list[str]:
    count: Counter[str] = Counter()
    for row in rows:
        count[row["source"]] += row["events"]
        count[row["target"]] += row["events"]
    return sorted(count, key=lambda name: (-count[name], name))


def _shown(row: Row, about: Mapping[str, Any]) -> str:
    return _value(row, about) + (f" ({row['events']})" if _bracketed(about) else "")


def _value(row: Row, about: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return ""
    faint = FAINT if row["faded"] and row["events"] else ""
    return faint + _number(row["value"], about)


def _bounds(row: Row, about: Mapping[str, Any]) -> str:
    return "" if row["low"] is None else f"{_number(row['low'], about)} to {_number(row['high'], about)}"


def _number(value: float, about: Mapping[str, Any]) -> str:
    """With a sign where the measure has one, and as many digits as say something."""
    digits = 2 if about["high"] <= 1 else 1
    if about["measure"] in ("events", "net") and value == int(value):
        digits = 0
    return f"{value:{'+' if about['low'] < 0 else ''}.{digits}f}"


def _bracketed(about: Mapping[str, Any]) -> bool:
    return bool(about["measure"] != "events")


def _measure(about: Mapping[str, Any]) -> str:
    half = f", half-life {about['half_life']:g} days" if "half_life" in about else ""
    if about.get("taken_on") and about.get("by") == "all":
        half += f", on {about['taken_on']}"
    return str(about["label"]) + (f" ({about['unit']}{half})" if about["unit"] != about["label"] else "")


def _faint(about: Mapping[str, Any]) -> str:
    return f"{FAINT} rests on fewer than {about['minimum']} {about['minimum_of']}"


def _why(about: Mapping[str, Any], otherwise: str) -> str:
    return str(about.get("empty") or next(iter(about.get("notes", ())), otherwise))


def _under(label: str, said: str, width: int) -> str:
    return indent(passage(label, f"“{said}”", width=_width(width) - 4), "    ")


def _wrapped(told: str, width: int) -> str:
    return passage("", told, width=_width(width), indent=0).removeprefix("\n")


def _width(width: int) -> int:
    return min(width, WIDEST)


def _event(row: Row) -> str:
    mutual = not row["targets"]
    acting = ", ".join(row["sources"]) or "somebody"
    who = " – ".join(row["sources"]) if mutual else f"{acting} > {', '.join(row['targets'])}"
    kind = f"{row['type']} {row['mode']}" if row["mode"] else row["type"]
    told = row.get("n_reports") or 1
    parts = [who, kind, row["status"], f"{row['score']:+.1f}", f"{told} reports" if told > 1 else None]
    return _label(row["day"] or _about(row["published"]), [*parts, *_where(row)])


def _statement(row: Row) -> str:
    who = f"{row['speaker_name'] or 'somebody'}" + (f" ({row['speaker']})" if row["speaker"] else "")
    to = row["addressee"] or row["addressee_name"]
    return _label(row["day"], [who + (f" to {to}" if to else ""), row["act"], *_where(row)])


def _label(day: dt.date | str | None, parts: Sequence[str | None]) -> str:
    return f"{day or 'no date'}: {', '.join(part for part in parts if part)}"


def _about(published: dt.date | None) -> str | None:
    return f"no date, published {published}" if published else None


def _where(row: Row) -> list[str | None]:
    return [row["site"], str(row["article"])[:_SHORT]]
