"""One table of a user's folder as it stands in its file: read, a row put in its place, written back whole."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.errors import DragomanError, Fault, LexiconError
from dragoman.lexicon.columns import cells, columns, key_fields, key_of
from dragoman.lexicon.load import TABLES, read_table
from dragoman.lexicon.rows import Row


@dataclass(slots=True)
class Sheet:
    """The columns and rows of a file; rows keep the order of the file."""

    table: str
    header: list[str]
    rows: list[list[str]] = field(default_factory=list)

    def put(self, row: Row, instead_of: Row | None = None) -> int:
        """Put a row in the place of the one with its key (or of `instead_of`); else where sorting has it, else last.

        Comes back with the number of the row, from 0.
        """
        names = [c.name for c in columns(self.table)]
        for name in names:
            value = getattr(row, {"from": "from_"}.get(name, name))
            if name not in self.header and value:
                self.header.append(name)  # older files may lack a column
                for other in self.rows:
                    other.append("")
        new = cells(row, tuple(self.header))
        wanted = key_of(row if instead_of is None else instead_of)
        keys = [self.key(at) for at in range(len(self.rows))]
        if wanted in keys:
            at = keys.index(wanted)
            self.rows[at] = new
            return at
        at = len(self.rows)
        if keys == sorted(keys):
            at = next((n for n, key in enumerate(keys) if key > wanted), at)
        self.rows.insert(at, new)
        return at

    def key(self, at: int) -> tuple[str, ...]:
        found = dict(zip(self.header, self.rows[at], strict=False))
        return tuple(found.get(n.rstrip("_"), "").strip() for n in key_fields(self.table))

    def sort(self) -> None:
        order = sorted(range(len(self.rows)), key=self.key)
        self.rows = [self.rows[at] for at in order]

    def line(self, at: int) -> int:
        """The line of the file on which a row ends, as faults count it."""
        return self.text(at + 1).count("\n")

    def text(self, count: int | None = None) -> str:
        """The file, or its first so many rows."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(self.rows[:count])
        return out.getvalue()


def read(folder: Path, table: str) -> Sheet:
    """The table of a folder; empty where there is no such file. Raises LexiconError on an unreadable one."""
    path = folder / table
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Sheet(table, [c.name for c in columns(table)])
    except OSError as fault:
        raise DragomanError(f"{path}: cannot be read: {fault.strerror or fault}") from fault
    faults: list[Fault] = []
    row_type, key = TABLES[table]
    read_table(table, raw, row_type, key, faults)
    if faults:  # a file that cannot be read right cannot be written back right
        raise LexiconError([Fault(str(folder / f.file), f.line, f.found, f.wanted) for f in faults])
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    header = rows[0] if rows else [c.name for c in columns(table)]
    return Sheet(table, list(header), [row for row in rows[1:] if any(row)])


def typed(sheet: Sheet) -> dict[tuple[str, ...], Row]:
    """The rows of a sheet by key."""
    row_type, key = TABLES[sheet.table]
    return {key_of(row): row for row in read_table(sheet.table, sheet.text().encode(), row_type, key, []).values()}


def write(folder: Path, sheet: Sheet) -> Path:
    """Where the sheet was written: into its folder, made where it is missing; all at once or not at all."""
    path = folder / sheet.table
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(sheet.text(), encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as fault:
        raise DragomanError(f"{path}: cannot be written: {fault.strerror or fault}") from fault
    return path
