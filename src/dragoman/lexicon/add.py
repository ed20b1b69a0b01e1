"""One row put into a user's folder: completed, checked as `lexicon check` checks, written; and what it changes."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from dragoman.errors import Fault, LexiconError
from dragoman.lexicon import check, load, sheet, terms
from dragoman.lexicon.columns import KINDS, Column, columns, key_of, rows_of, short_name, table_of
from dragoman.lexicon.gazetteer import Gazetteer, gazetteer, name_key
from dragoman.lexicon.load import TABLES, Lexicon
from dragoman.lexicon.rows import Person, Row
from dragoman.lexicon.sheet import Sheet

SEVERAL = frozenset(
    "activist ambassador attache commander commissioner consul defence-ministry-spokesperson deputy-defence-minister "
    "deputy-foreign-minister deputy-minister deputy-prime-minister diplomat envoy expert foreign-ministry-spokesperson "
    "former-official general government-spokesperson governor journalist judge legislator mayor military-commander "
    "minister negotiator official opposition-leader party-leader presidential-aide press-secretary prosecutor "
    "rebel-leader regional-governor religious-leader special-representative spokesperson business-leader "
    "vice-president".split()
)  # offices that several people hold at a time


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a row: where it stands now, what it replaced, and what to know about it."""

    file: Path
    line: int
    row: Row
    filled: dict[str, str]  # columns that were not given, with why they hold what they hold
    before: Row | None = None  # the row of the folder that it replaced
    shadows: Row | None = None  # the row of the tables beneath that it stands before
    notes: tuple[str, ...] = ()
    written: bool = False

    @property
    def outcome(self) -> str:
        if self.before is None:
            return "added"
        return "unchanged" if _bare(self.before) == _bare(self.row) else "replaced"


def add(
    kind: str,
    given: Mapping[str, str | Sequence[str]],
    *,
    folder: str | Path,
    folders: Sequence[str] = ("builtin",),
    today: dt.date | None = None,
    dry_run: bool = False,
) -> Added:
    """What became of this row, given by column, in the table of its kind in `folder`, read together with `folders`.

    Raises LexiconError, and writes nothing, where the row would be a fault.
    """
    table = KINDS[kind].table
    folder = Path(folder)
    beneath, tables = tables_beneath(folder, folders)
    row, filled = _completed(table, given, tables, today or dt.date.today())
    its = sheet.read(folder, table)
    own = sheet.typed(its)
    before = own.get(key_of(row))
    at = its.put(row)
    file = folder / table
    row = msgspec.structs.replace(row, where=f"{table}:{its.line(at)}")
    refused = _faults_of(row, its, folder, beneath)
    if refused:
        raise LexiconError(refused)
    shadows = next((r for r in rows_of(tables, table) if key_of(r) == key_of(row)), None)
    added = Added(
        file=file,
        line=its.line(at),
        row=row,
        filled=filled,
        before=before,
        shadows=shadows,
        notes=tuple(_notes(row, tables, [r for r in own.values() if key_of(r) != key_of(row)])),
        written=not dry_run,
    )
    if not dry_run:
        sheet.write(folder, its)
        load._load.cache_clear()
    return added


def differences(old: Row, new: Row) -> Iterator[tuple[str, str, str]]:
    """(column, what stood there, what stands there now) for each column in which two rows differ."""
    for column in columns(table_of(type(new))):
        was, now = shown(old, column), shown(new, column)
        if was != now:
            yield column.name, was, now


def shown(row: Row, column: Column) -> str:
    """A cell as people read it."""
    value = getattr(row, column.field)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def same_place(one: str | Path, other: str | Path) -> bool:
    return Path(one).resolve() == Path(other).resolve()


@contextmanager
def as_it_will_be(folder: Path, sheets: Sequence[Sheet]) -> Iterator[Path]:
    """A copy of a folder's tables with these sheets in place, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="dragoman-") as made:
        copy = Path(made)
        if folder.is_dir():
            for path in sorted((*folder.rglob("*.csv"), *folder.rglob("*.toml"))):
                target = copy / path.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        for one in sheets:
            sheet.write(copy, one)
        yield copy


def tables_beneath(folder: Path, folders: Sequence[str]) -> tuple[list[str], Lexicon]:
    """(the folders in use beneath this one, their tables). Raises LexiconError where those are at fault."""
    beneath = [f for f in folders if f == "builtin" or not same_place(f, folder)] or ["builtin"]
    return beneath, load.load(beneath)


def _completed(
    table: str, given: Mapping[str, str | Sequence[str]], tables: Lexicon, today: dt.date
) -> tuple[Row, dict[str, str]]:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in columns(table):
        cell = given.get(column.name, ())
        if column.many:
            parts = [cell] if isinstance(cell, str) else cell
            parts = parts if any(parts) else [column.default]
            found = (" ".join(p.split()) for part in parts for p in part.split("|"))
            values[column.field] = tuple(dict.fromkeys(p for p in found if p))
        else:
            one = " ".join((cell if isinstance(cell, str) else "|".join(cell)).split())
            values[column.field] = one or column.default
        if column.required and not values[column.field]:
            faults.append(Fault(table, 0, f"no {column.name}", column.meaning))
    unknown = set(given) - {c.name for c in columns(table)}
    faults.extend(Fault(table, 0, f"no column {name}", ", ".join(c.name for c in columns(table))) for name in unknown)
    if faults:
        raise LexiconError(faults)
    filled: dict[str, str] = {}
    names = {c.name for c in columns(table)}
    if table == KINDS["person"].table:
        _complete_person(values, filled, tables)
    if "source" in names and not values["source"]:
        values["source"] = f"added by hand, {today.isoformat()}"
        filled["source"] = "no --source given"
    return TABLES[table][0](**values), filled


def _complete_person(values: dict[str, Any], filled: dict[str, str], tables: Lexicon) -> None:
    office = next((o for o in tables.offices if o.key == values["office"]), None)
    if office is None:
        return
    actor = values["actor"]
    if not values["title"]:
        own = next((w for w, codes in office.only.items() if actor in codes), None)
        values["title"] = (own or office.words[0]).title().replace(" Of ", " of ").replace(" The ", " the ")
        filled["title"] = "from the office"
    if not values["sector"] and ":" not in actor:
        values["sector"] = office.sector
        filled["sector"] = "from the office"


def _faults_of(row: Row, its: Sheet, folder: Path, beneath: Sequence[str]) -> list[Fault]:
    """What the row puts at fault: the faults with it in place, less those that were there before."""
    with as_it_will_be(folder, [its]) as copy:
        after, _ = check.faults([*beneath, str(copy)])
    if not after:
        return []
    before: Counter[tuple[str, str]] = Counter()
    if folder.is_dir() and any(folder.rglob("*.csv")):
        known, _ = check.faults([*beneath, str(folder)])
        before.update((f.file, f.found) for f in known)
    out = []
    for fault in after:
        if before[fault.file, fault.found]:
            before[fault.file, fault.found] -= 1
        else:
            out.append(fault)
    return out


def _notes(row: Row, tables: Lexicon, own: Sequence[Row]) -> Iterator[str]:
    if isinstance(row, Person):
        yield from _about_person(row, gazetteer(tables), [p for p in own if isinstance(p, Person)])
    elif short_name(table_of(type(row))) in ("states", "organisations", "armed-groups", "seats"):
        yield from _about_names(row, gazetteer(tables))


def _about_person(row: Person, known: Gazetteer, own: Sequence[Person]) -> Iterator[str]:
    if " " not in row.name:
        yield f"{row.name} is one word: a person is found by a full name, or by a short one beside a title"
    others = [f for f in known.by_full.get(name_key(row.name), ()) if f.name != row.name]
    for other in others:
        held = ", ".join(dict.fromkeys(t.title or t.office for t in other.terms))
        yield (
            f"the tables know {row.name} as a spelling of {other.name} ({held}): if that is who you mean, "
            f"write {other.name}, or there will be two people of that name"
        )
    if not row.from_:
        yield "no first day is given, which reads as: since before 1990"
    if row.office in SEVERAL:
        return
    if len(row.from_) == 4 or len(row.to) == 4:
        yield (
            f"a year alone does not tell who was {row.office} on a day: the name is found, "
            "but the office without the name is not tied to it"
        )
    holders = [term for term, _ in known.holders.get((row.actor, row.office), ())]
    holders += [p for p in own if (p.actor, p.office) == (row.actor, row.office)]
    if not all(terms.exists(date) for date in (row.from_, row.to) if date):
        return
    for other_term in holders:
        if key_of(other_term) != key_of(row) and terms.together(other_term, row):
            who = "the same person" if other_term.name == row.name else other_term.name
            yield (
                f"{row.office} of {row.actor} is also held by {who}, {other_term.from_ or 'before 1990'} to "
                f"{other_term.to or 'today'} ({other_term.where}); while two hold it, the office without a name "
                "is tied to neither"
            )


def _about_names(row: Row, known: Gazetteer) -> Iterator[str]:
    code = getattr(row, "code", "")
    for form in dict.fromkeys((getattr(row, "name", ""), getattr(row, "form", ""), *getattr(row, "aliases", ()))):
        for other in known.names.get(form) if form else ():
            if other.code != code:
                yield f"{form} is also a name of {other.name} ({other.code}, {other.where or 'actors/people.csv'})"


def _bare(row: Row) -> Row:
    return msgspec.structs.replace(row, where="")
