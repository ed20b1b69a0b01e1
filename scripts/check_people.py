"""Can the rows of people.csv all be true together? Prints what cannot, and ends with 1 if anything is at fault.

Faults: unknown actors, offices and sectors; dates that do not exist or run backwards; a key twice; two people in one
office of one actor at the same time. Information (`--all`): offices left empty between two holders, people who hold
one office side by side under different titles (rival governments, acting ministers, deputies), and for each state how
long since 2010 nobody stands as its head or its foreign minister (`--months`: from how many months it is told;
`--until`: the day to look until).

A date cut short is read in the holder's favour: who left in 2014 and who came in 2014 do not overlap. Nor do two who
share the day on which one hands over to the other.
"""

from __future__ import annotations

import argparse
import calendar
import csv
import datetime as dt
import itertools
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dragoman.errors import Fault

ACTORS = Path(__file__).parents[1] / "src" / "dragoman" / "data" / "actors"
COLUMNS = "name,spellings,short,gender,office,title,actor,sector,from,to,wikidata,source"
DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
# held by several at a time even under one title, everywhere or because a service has more than one spokesman
SHARED = {
    "activist", "commissioner", "defence-ministry-spokesperson", "deputy-foreign-minister", "deputy-prime-minister",
    "foreign-ministry-spokesperson", "government-spokesperson", "legislator", "opposition-leader", "party-leader",
    "presidential-aide", "press-secretary", "rebel-leader", "spokesperson",
}  # fmt: skip
SHARED_TITLES = re.compile(
    r"(First )?(Deputy|Vice|Assistant) .+|.+ Vice-President|Commander in .+|Leader of the Sinaloa Cartel"
    r"|Member of the Political Bureau|Member of the PLO Executive Committee|White House Deputy Chief of Staff"
)
# posts whose place or portfolio stands in the title: side by side is the rule
BY_TITLE = {"governor", "mayor", "minister", "regional-governor", "religious-leader"}
FIRST, LAST = dt.date(2010, 1, 1), dt.date(2026, 1, 1)  # the years the table is meant to cover
# a state has somebody in one of each
MAIN = {
    "head": {"president", "prime-minister", "chancellor", "monarch", "emir", "supreme-leader", "junta-leader",
             "crown-prince", "head", "religious-leader"},
    "foreign minister": {"foreign-minister"},
}  # fmt: skip
GAP = 31  # days; a shorter vacancy is the ordinary time between two ministers


class Term(NamedTuple):
    """The days of a term: the first and the last on which it may have begun, and on which it may have ended."""

    begins: dt.date
    begun: dt.date
    ends: dt.date
    ended: dt.date


@dataclass(frozen=True, slots=True)
class Holder:
    """One row and where it stands."""

    line: int
    row: dict[str, str]
    term: Term

    @property
    def who(self) -> str:
        return f"{self.row['name']} ({self.row['from'] or 'before 1990'} to {self.row['to'] or 'today'})"


def main(arguments: list[str] | None = None) -> int:
    """0 when nothing is at fault; else 1, and the faults are on standard error."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ACTORS, help="where people.csv and its neighbours are")
    parser.add_argument("--all", action="store_true", help="print gaps and rival titles too")
    parser.add_argument("--months", type=int, default=6, help="a main office empty for longer is a gap (6)")
    parser.add_argument("--until", type=dt.date.fromisoformat, default=LAST, help=f"look for gaps until ({LAST})")
    chosen = parser.parse_args(arguments)

    file = chosen.folder / "people.csv"
    rows = list(read(file))
    faults = [*columns(file), *cells(rows), *codes(rows, chosen.folder), *days(rows), *doubles(rows)]
    holders = [Holder(line, row, term_of(row)) for line, row in rows if not faults]
    faults += overlaps(holders)
    for fault in sorted(faults, key=lambda fault: fault.line):
        print(fault, file=sys.stderr)
    states = [row["code"] for _, row in read(chosen.folder / "states.csv") if not row.get("to")]
    notes = [*gaps(holders), *rivals(holders)]
    empty = list(uncovered(holders, states, chosen.until, chosen.months))
    if chosen.all:
        for note in [*notes, *empty]:
            print(f"info: {note}")
    people = len({row["name"] for _, row in rows})
    print(
        f"people.csv: {len(rows)} terms of {people} people, {len(faults)} faults, {len(notes)} notes, "
        f"{len(empty)} gaps of more than {chosen.months} months in main offices"
    )
    return 1 if faults else 0


def read(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, restkey="", restval="", strict=True)
        for row in reader:
            yield reader.line_num, row


def columns(file: Path) -> Iterator[Fault]:
    with file.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines), [])
    if ",".join(header) != COLUMNS:
        yield Fault(file.name, 1, f"columns {','.join(header)}", f"write {COLUMNS}")


def cells(rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[Fault]:
    """What a cell may hold, looked at alone and beside the other rows of the same person."""
    genders: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for line, row in rows:
        wrong = [value for value in row.values() if value != value.strip(" |\n\t") or "||" in value]
        if wrong:
            yield Fault("people.csv", line, f"a cell {wrong[0]!r}", "no blanks at the ends, no bar without a value")
        for column in ("name", "short", "gender", "office", "title", "actor", "source"):
            if not row[column]:
                yield Fault("people.csv", line, f"no {column}", "only sector, from, to and wikidata may be empty")
        for column in ("spellings", "short"):
            values = row[column].split("|")
            if len(values) != len(set(values)) or (column == "spellings" and row["name"] in values):
                yield Fault("people.csv", line, f"a name twice in {column}", "write each form once")
        if row["gender"] not in {"m", "f"} or genders.setdefault(row["name"], row["gender"]) != row["gender"]:
            yield Fault("people.csv", line, f"gender {row['gender']!r}", "m or f, alike in all rows of a person")
        number = row["wikidata"]
        owner = numbers.setdefault(number, row["name"]) if number else row["name"]
        if owner != row["name"] or (number and not re.fullmatch(r"Q[1-9]\d*", number)):
            yield Fault("people.csv", line, f"wikidata {number!r}", "a Q-number, one for one person")


def codes(rows: Iterable[tuple[int, dict[str, str]]], folder: Path) -> Iterator[Fault]:
    """Actors, offices and sectors that the other tables do not know."""
    tables = ("states", "organisations", "armed-groups")
    actors = {row["code"] for name in tables for _, row in read(folder / f"{name}.csv")}
    offices = tomllib.loads((folder / "offices.toml").read_text(encoding="utf-8"))
    sectors = {office["sector"] for office in offices.values()} | {
        row["sector"] for name in ("roles", "seats") for _, row in read(folder / f"{name}.csv")
    }
    for line, row in rows:
        if row["actor"] not in actors:
            yield Fault("people.csv", line, f"actor {row['actor']!r}", "a code of the other tables")
        if row["office"] not in offices:
            yield Fault("people.csv", line, f"office {row['office']!r}", "a key of offices.toml")
        if row["sector"] not in sectors | {""}:
            yield Fault("people.csv", line, f"sector {row['sector']!r}", "a sector of PLOVER, or nothing")


def days(rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[Fault]:
    """Dates that do not exist, and terms that end before they begin."""
    for line, row in rows:
        written = [row[column] for column in ("from", "to") if row[column]]
        unread = [date for date in written if not exists(date)]
        for date in unread:
            yield Fault("people.csv", line, f"date {date!r}", "a day, month or year: 2014-02-27, 2014-02, 2014")
        if not unread and term_of(row).begins > term_of(row).ended:
            yield Fault("people.csv", line, f"from {row['from']} to {row['to']}", "the end is not before the beginning")


def doubles(rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[Fault]:
    seen: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        key = (row["name"], row["office"], row["from"])
        first = seen.setdefault(key, line)
        if first != line:
            yield Fault("people.csv", line, f"{' / '.join(key)} again", f"one row a term (see line {first})")


def overlaps(holders: Iterable[Holder]) -> Iterator[Fault]:
    """Two in one office of one actor on the same day, under the same title."""
    for (actor, office, title), terms in by_post(holders, title=True).items():
        # the same person twice at once is a slip even where several may serve together
        several = shared(office, title)
        for first, second in itertools.combinations(terms, 2):
            if together(first.term, second.term) and (not several or first.row["name"] == second.row["name"]):
                wanted = f"line {first.line} has {first.who} in that office"
                yield Fault("people.csv", second.line, f"{second.who} as {title} of {actor}", wanted)


def gaps(holders: Iterable[Holder]) -> Iterator[str]:
    """Times for which an office that one person holds has nobody, though it is held before and after."""
    holders = list(holders)
    posts = by_post(holders, title=False)
    for (actor, office, title), terms in by_post(holders, title=True).items():
        if shared(office, title):
            continue
        last = terms[0]
        for after in terms[1:]:
            if (after.term.begins - last.term.ended).days > GAP:
                empty = Term(last.term.ended, last.term.ended, after.term.begins, after.term.begins)
                # somebody who acted for the missing one has another title
                if not any(together(empty, other.term) for other in posts[actor, office, ""]):
                    yield f"{actor} has no {title} between {last.who} and {after.who}"
            last = max(last, after, key=lambda holder: holder.term.ended)


def rivals(holders: Iterable[Holder]) -> Iterator[str]:
    for (actor, office, _), terms in by_post(holders, title=False).items():
        if shared(office, "") or office in BY_TITLE or ":" in actor:
            continue
        for first, second in itertools.combinations(terms, 2):
            if first.row["title"] != second.row["title"] and together(first.term, second.term):
                yield f"{actor} {office}: {first.who}, {first.row['title']}, beside {second.who}, {second.row['title']}"


def uncovered(holders: Iterable[Holder], states: Iterable[str], until: dt.date, months: int) -> Iterator[str]:
    """Times for which a state has nobody in a main office; one without any row of the kind is told once."""
    terms: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for holder in holders:
        for kind, offices in MAIN.items():
            if holder.row["office"] in offices:
                terms[holder.row["actor"], kind].append(holder.term)
    for state, kind in itertools.product(states, MAIN):
        reached = FIRST
        if not terms[state, kind]:
            yield f"{state} has no {kind} at all"
            continue
        for term in [*sorted(terms[state, kind]), Term(until, until, dt.date.max, dt.date.max)]:
            begins = min(term.begins, until)
            if (begins - reached).days > months * 30.4:
                yield f"{state} has no {kind} from {reached} to {begins}"
            reached = max(reached, term.ended)


def by_post(holders: Iterable[Holder], *, title: bool) -> dict[tuple[str, str, str], list[Holder]]:
    posts: dict[tuple[str, str, str], list[Holder]] = defaultdict(list)
    for holder in holders:
        posts[holder.row["actor"], holder.row["office"], holder.row["title"] if title else ""].append(holder)
    return {post: sorted(terms, key=lambda holder: holder.term) for post, terms in posts.items()}


def shared(office: str, title: str) -> bool:
    return office in SHARED or SHARED_TITLES.fullmatch(title) is not None


def together(first: Term, second: Term) -> bool:
    """True when both must have been in office on one day, however their dates are completed."""
    return first.begun < second.ends and second.begun < first.ends


def term_of(row: dict[str, str]) -> Term:
    begins, begun = span(row["from"]) if row["from"] else (dt.date.min, dt.date.min)
    ends, ended = span(row["to"]) if row["to"] else (dt.date.max, dt.date.max)
    return Term(begins, begun, ends, ended)


def exists(date: str) -> bool:
    try:
        span(date)
    except ValueError:
        return False
    return True


def span(date: str) -> tuple[dt.date, dt.date]:
    """The first and the last day that a date, whole or cut short, can mean."""
    parts = DATE.fullmatch(date)
    if parts is None:
        raise ValueError(date)
    year, month, day = (int(part) if part else 0 for part in parts.groups())
    last_month = month or 12
    last_day = day or calendar.monthrange(year, last_month)[1]
    return dt.date(year, month or 1, day or 1), dt.date(year, last_month, last_day)


if __name__ == "__main__":
    sys.exit(main())
