"""Rows from elsewhere laid into a user's folder: joined with what is known, checked, sorted, written; all counted.

    brought = bring(found, folder, ("builtin",))     # found: Rows, and what was left out with the reason

What stands in the folder, or else in the tables beneath, is the base: the other names, spellings and missing cells of
an imported row are added to it, and nothing that stands there is changed. Bringing the same rows again changes nothing.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dragoman.errors import DragomanError, Fault
from dragoman.lexicon import check, load, sheet, terms
from dragoman.lexicon.add import as_it_will_be, tables_beneath
from dragoman.lexicon.columns import KINDS, cells, columns, key_fields, key_of, rows_of, short_name, table_of
from dragoman.lexicon.gazetteer import name_key
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.rows import Person, Row, Seat, VerbPattern, Words
from dragoman.lexicon.sheet import Sheet

PEOPLE = KINDS["person"].table
OUR_REASONS = {
    "dates_differ": "the tables have this term with another last day, which stands",
    "known_differently": "the tables have a row of this name that says something else, which stands",
    "would_be_a_fault": "the check of the tables refuses it",
}


class LeftOut(NamedTuple):
    """Something of a file that was not brought over: where it stands, its words, the reason by name, and more on it."""

    where: str
    words: str
    reason: str
    more: str = ""


class Brought(msgspec.Struct, kw_only=True):
    """What came of an import: rows by table and by outcome, what was left out by reason, and faults of the folder."""

    folder: Path
    rows: dict[str, Counter[str]] = msgspec.field(default_factory=lambda: defaultdict(Counter))
    left: Counter[str] = msgspec.field(default_factory=Counter)
    examples: dict[str, list[LeftOut]] = msgspec.field(default_factory=lambda: defaultdict(list))
    files: list[Path] = msgspec.field(default_factory=list)
    faults: list[Fault] = msgspec.field(default_factory=list)
    version: str = ""
    written: bool = False

    def count(self, *outcomes: str) -> int:
        return sum(rows[outcome] for rows in self.rows.values() for outcome in outcomes)


def bring(
    found: Iterable[Row | LeftOut],
    folder: str | Path,
    folders: Sequence[str] = ("builtin",),
    *,
    report: str | Path | None = None,
    dry_run: bool = False,
) -> Brought:
    """What came of laying these rows into `folder`, read together with `folders`; `report` lists what was left out."""
    folder = Path(folder)
    beneath, tables = tables_beneath(folder, folders)
    brought = Brought(folder=folder)
    with _report(report) as tell:

        def leave(one: LeftOut) -> None:
            brought.left[one.reason] += 1
            if len(brought.examples[one.reason]) < 3:
                brought.examples[one.reason].append(one)
            tell(one)

        shelf = _Shelf(folder, tables)
        for one in found:
            if isinstance(one, LeftOut):
                leave(one)
            else:
                shelf.lay(one, leave)
        _drop_faults(shelf, folder, beneath, brought, leave)
        for table in shelf.files:
            if shelf.outcomes[table]:
                brought.rows[short_name(table)].update(shelf.outcomes[table].values())
        sheets = shelf.sheets()
        if sheets and not dry_run:
            brought.files = [sheet.write(folder, one) for one in sheets]
            load._load.cache_clear()
        brought.written = not dry_run
    return brought


def tables_with(folder: str | Path, folders: Sequence[str] = ("builtin",)) -> Lexicon:
    """The tables that an importer looks names up in: those in use and, where it has any, the folder's own."""
    folder = Path(folder)
    beneath, tables = tables_beneath(folder, folders)
    if folder.is_dir() and any((*folder.rglob("*.csv"), *folder.rglob("*.toml"))):
        return load.load([*beneath, str(folder)])
    return tables


class _Shelf:
    """The rows of the folder and of the tables beneath, with the new ones among them."""

    def __init__(self, folder: Path, tables: Lexicon) -> None:
        self.files = {kind.table: sheet.read(folder, kind.table) for kind in KINDS.values()}
        self.own = {table: sheet.typed(file) for table, file in self.files.items()}
        self.beneath = {table: {key_of(r): r for r in rows_of(tables, table)} for table in self.files}
        self.outcomes: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
        self.came_from: dict[tuple[str, tuple[str, ...]], Row] = {}
        self.people: dict[str, dict[tuple[str, ...], None]] = defaultdict(dict)
        self.loose: dict[tuple[str, str], tuple[str, ...]] = {}
        for source in (self.beneath, self.own):
            for rows in source.values():
                for row in rows.values():
                    self._index(row)

    def lay(self, new: Row, leave: Any) -> None:
        """Join one row with what is known, or add it."""
        table = table_of(type(new))
        base = self._term(new, leave) if isinstance(new, Person) else self._base(table, new)
        if isinstance(new, Person):
            if base is None:
                new = self._same_person(new)
            else:
                new = msgspec.structs.replace(new, spellings=tuple(dict.fromkeys((new.name, *new.spellings))))
        if base is None:
            self._set(table, new, "added", new)
            return
        if _contradicts(base, new):
            leave(LeftOut(new.where, _told(new), "known_differently", f"{base.where} says {_told(base)}"))
            return
        joined = _joined(base, new)
        if _content(joined) == _content(base):
            self.outcomes[table].setdefault(key_of(base), "known")
        else:
            self._set(table, joined, "widened", new)

    def sheets(self) -> list[Sheet]:
        """The files that change, sorted by key."""
        out = []
        for table, file in self.files.items():
            if not any(outcome != "known" for outcome in self.outcomes[table].values()):
                continue
            new = Sheet(table, list(file.header))
            wanted = [c.name for c in columns(table)]
            used = {n for row in self.own[table].values() for n in wanted if getattr(row, _field(n)) not in ("", ())}
            new.header += [n for n in wanted if n in used and n not in new.header]
            for row in self.own[table].values():
                new.rows.append(cells(row, tuple(new.header)))
            new.sort()
            if new.text() != file.text():
                out.append(new)
        return out

    def drop(self, table: str, key: tuple[str, ...]) -> Row | None:
        """Take an imported row out again; the one it came from, or None where the row is not an import."""
        came = self.came_from.pop((table, key), None)
        if came is not None:
            self.own[table].pop(key, None)
            self.outcomes[table].pop(key, None)
        return came

    def _set(self, table: str, row: Row, outcome: str, came: Row) -> None:
        key = key_of(row)
        self.own[table][key] = row
        if self.outcomes[table].get(key) != "added":
            self.outcomes[table][key] = outcome
        self.came_from[table, key] = came
        self._index(row)

    def _index(self, row: Row) -> None:
        table = table_of(type(row))
        key = key_of(row)
        if isinstance(row, Person):
            for form in _names_of(row):
                self.people[form][key] = None
        else:
            for loose in _loose(row):
                self.loose.setdefault((table, loose), key)

    def _row(self, table: str, key: tuple[str, ...]) -> Row:
        return self.own[table].get(key) or self.beneath[table][key]

    def _base(self, table: str, new: Row) -> Row | None:
        key = key_of(new)
        if key in self.own[table] or key in self.beneath[table]:
            return self._row(table, key)
        for loose in _loose(new):
            if (table, loose) in self.loose:
                return self._row(table, self.loose[table, loose])
        return None

    def _known_terms(self, new: Person) -> list[Person]:
        """The terms of the same person: one number, or one name for one actor."""
        keys = dict.fromkeys(key for form in _names_of(new) for key in self.people.get(form, ()))
        rows = [self._row(PEOPLE, key) for key in keys]
        return [
            row
            for row in rows
            if isinstance(row, Person)
            and ((row.wikidata and row.wikidata == new.wikidata) or (row.actor == new.actor and _agree(row, new)))
        ]

    def _term(self, new: Person, leave: Any) -> Person | None:
        """The row that tells of the same term."""
        known = [t for t in self._known_terms(new) if t.actor == new.actor]
        if not new.title:  # the office is only a guess from the sector: any term of that time is told better
            return next((t for t in known if terms.together(t, new) or terms.begin_together(t, new)), None)
        for term in known:
            if term.office == new.office and terms.begin_together(term, new):
                if term.to and new.to and not (term.to.startswith(new.to) or new.to.startswith(term.to)):
                    leave(
                        LeftOut(new.where, f"{_told(new)} to {new.to}", "dates_differ", f"{term.where} says {term.to}")
                    )
                return term
        return None

    def _same_person(self, new: Person) -> Person:
        """The row under the name by which the tables know the person."""
        known = self._known_terms(new)
        if not known:
            return new
        best = next((t for t in known if t.wikidata and t.wikidata == new.wikidata), known[0])
        spellings = dict.fromkeys((*new.spellings, new.name, *best.spellings))
        spellings.pop(best.name, None)
        return msgspec.structs.replace(
            new,
            name=best.name,
            spellings=tuple(spellings),
            short=tuple(dict.fromkeys((*best.short, *new.short))),
            gender=best.gender or new.gender,
            wikidata=best.wikidata or new.wikidata,
        )


def _drop_faults(shelf: _Shelf, folder: Path, beneath: Sequence[str], brought: Brought, leave: Any) -> None:
    """Leave out imported rows that the check refuses; what else it finds is the folder's own, and is told."""
    before: Counter[tuple[str, str]] = Counter()
    if folder.is_dir() and any(folder.rglob("*.csv")):
        before.update((f.file, f.found) for f in check.faults([*beneath, str(folder)])[0])
    for _ in range(3):
        sheets = {one.table: one for one in shelf.sheets()}
        if not sheets:
            break
        with as_it_will_be(folder, list(sheets.values())) as copy:
            found, tables = check.faults([*beneath, str(copy)])
        brought.version = tables.version if tables else ""
        brought.faults = found
        dropped = False
        for fault in found:
            if fault.file not in sheets or before[fault.file, fault.found]:
                continue
            one = sheets[fault.file]
            at = _lines(one).get(fault.line)
            came = None if at is None else shelf.drop(one.table, one.key(at))
            if came is not None:
                dropped = True
                leave(LeftOut(came.where, _told(came), "would_be_a_fault", f"{fault.found}; {fault.wanted}"))
        if not dropped:
            break


def _lines(one: Sheet) -> dict[int, int]:
    """Line of the file -> number of the row that ends there."""
    out, line = {}, 1
    for at, row in enumerate(one.rows):
        line += 1 + sum(cell.count("\n") for cell in row)
        out[line] = at
    return out


def _joined(base: Row, new: Row) -> Row:
    """The base with what the new row adds."""
    changes: dict[str, Any] = {}
    keys = key_fields(table_of(type(base)))
    own = {str(getattr(base, name)) for name in ("name", "form") if hasattr(base, name)}
    for column in columns(table_of(type(base))):
        was, now = getattr(base, column.field), getattr(new, column.field)
        if column.field in keys or column.name in ("source", "title", "sector", "example"):
            continue
        if column.many:
            more: Words = tuple(w for w in now if w not in was and w not in own)
            if more:
                changes[column.field] = (*was, *more)
        elif not was and now:
            changes[column.field] = now
    source = str(getattr(new, "source", ""))
    if changes and source and source not in getattr(base, "source", ""):
        changes["source"] = "; ".join(s for s in (getattr(base, "source", ""), source) if s)
    return msgspec.structs.replace(base, **changes)


def _contradicts(base: Row, new: Row) -> bool:
    """Whether two rows of one name say different things."""
    if isinstance(base, Person):
        return False
    return any(
        getattr(base, name) and getattr(new, name) and getattr(base, name) != getattr(new, name)
        for name in ("code", "sector", "event", "mode", "act")
        if isinstance(getattr(base, name, None), str)
    )


def _loose(row: Row) -> Iterator[str]:
    """Other ways in which a row of this table can be the same one."""
    if isinstance(row, Seat):
        yield row.form
    elif isinstance(row, VerbPattern):
        yield row.pattern


def _names_of(row: Person) -> set[str]:
    names = {name_key(form) for form in (row.name, *row.spellings) if " " in form}
    return {*names, name_key(row.name), *({row.wikidata} if row.wikidata else ())}


def _agree(one: Person, other: Person) -> bool:
    return not (one.wikidata and other.wikidata and one.wikidata != other.wikidata) and not (
        one.gender and other.gender and one.gender != other.gender
    )


def _told(row: Row) -> str:
    return ", ".join(str(getattr(row, c.field)) for c in columns(table_of(type(row))) if c.required and not c.many)


def _content(row: Row) -> Row:
    return msgspec.structs.replace(row, where="")


def _field(name: str) -> str:
    return {"from": "from_"}.get(name, name)


@contextmanager
def _report(path: str | Path | None) -> Iterator[Any]:
    if path is None:
        yield lambda one: None
        return
    try:
        Path(path).touch()
    except OSError as fault:
        raise DragomanError(f"{path}: cannot be written: {fault.strerror or fault}") from fault
    with Path(path).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(LeftOut._fields)
        yield writer.writerow
