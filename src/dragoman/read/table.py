"""CSV and TSV to articles, a row each."""

from __future__ import annotations

import codecs
import csv
import io
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from dragoman.errors import SourceError
from dragoman.read import columns, rows, unpack
from dragoman.read.article import failure
from dragoman.read.columns import Columns
from dragoman.read.limits import too_large
from dragoman.read.opened import Cut, Found, Opened, Way, empty

_SEPARATORS = ",;|"
_WIDE = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LARGEST = (1 << 31) - 1
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its first line, the bytes it begins and ends at, what is in it; None for one without an end.

    `large`: there is no telling whether it has an end, for it is over the limit.
    """

    line: int
    start: int
    stop: int
    cells: list[str] | None
    large: bool = False


def cut(opened: Opened, size: int, way: Way) -> Iterator[Cut]:
    """Stretches of rows by bytes; `first` is the line of the first row."""
    found = _rows(opened, way)
    head = next(found, None)
    begin = head if head is not None and _columns(head, opened, way).headless else None
    last = begin
    try:
        for row in found:
            if begin is not None and row.stop - begin.start > size:
                yield Cut(start=begin.start, stop=row.start, first=begin.line, size=row.start - begin.start)
                begin = row
            begin, last = begin or row, row
    except SourceError:  # whoever reads the last part comes upon it again
        last = None
    if begin is None:
        yield Cut(size=opened.size)
    elif last is None:
        yield Cut(start=begin.start, first=begin.line, size=size)
    else:
        yield Cut(start=begin.start, stop=last.stop, first=begin.line, size=last.stop - begin.start)


def read(opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    """The articles of a stretch of rows."""
    stream, separator = _text(opened)
    lines = _Lines(stream, way.limits.max_bytes)
    head = next(_split(lines, separator), None)
    if head is None or head.cells is None:
        raise empty(opened.name, "there is no row in it", "write a row of column names, and an article a row")
    found = _columns(head, opened, way)
    if cut.first <= lines.number and found.guessed:
        way.tell(f"{opened.name}: {found.guessed}")
    if cut.start >= head.stop:
        lines.skip_to(cut.start, cut.first)
    elif found.headless:
        yield _article(head, found, opened, way)
    any_row = cut.start > 0 or found.headless
    for row in _split(lines, separator):
        if cut.stop is not None and row.start >= cut.stop:
            break
        any_row = True
        yield _article(row, found, opened, way)
    if not any_row:
        raise empty(opened.name, "there is no row under the names of the columns", "write an article a row")


def looks_like(head: bytes) -> bool:
    """Whether the first line names columns of which one holds text and another something we know."""
    line = head.split(b"\n", 1)[0]
    if not 5 < len(line) < 2000 or b"<" in line:
        return False
    try:
        cells = next(csv.reader([_decoded(line)], delimiter=_separator(line)), [])
    except csv.Error:  # a line that goes back to its beginning midway
        return False
    known = {field for field, names in columns.usual().items() for cell in cells if columns.fold(cell) in names}
    return len(known) >= 2 and bool(known & {"text", "html"}) and all(len(cell.split()) <= 4 for cell in cells)


def _article(row: Row, found: Columns, opened: Opened, way: Way) -> Found:
    where = f"{opened.name}:{row.line}"
    if row.large:
        return where, failure(too_large("the row", None, way.limits.max_bytes, source=where), way.given)
    if row.cells is None:
        error = SourceError(
            "the row has no end: a quotation mark in it is never closed",
            source=where,
            outcome="bad_row",
            hint="close it, or write two for one that is meant",
        )
        return where, failure(error, way.given)
    cells = row.cells
    return where, rows.article(
        {field: cells[at] for field, at in found.places.items() if at < len(cells)}, where, way.given, way.limits
    )


def _columns(head: Row, opened: Opened, way: Way) -> Columns:
    return columns.find(head.cells or [], way.given.columns, source=opened.name)


def _rows(opened: Opened, way: Way) -> Iterator[Row]:
    stream, separator = _text(opened)
    return _split(_Lines(stream, way.limits.max_bytes), separator)


def _text(opened: Opened) -> tuple[io.BufferedReader, str]:
    stream = opened.content()
    head = stream.peek(1 << 16)
    wide = next((name for mark, name in _WIDE if head.startswith(mark)), None)
    if wide:
        stream = unpack.recoded(stream, wide)
        head = stream.peek(1 << 16)
    return stream, _separator(head.split(b"\n", 1)[0])


def _separator(line: bytes) -> str:
    """What stands between the cells: a tab where there is one, for no text has tabs; else what is there most often."""
    bare = b"".join(line.split(b'"')[::2])
    if b"\t" in bare:
        return "\t"
    return max(_SEPARATORS, key=lambda separator: bare.count(separator.encode()))


class _Lines:
    """Lines of a table with the place of each, of which some may be handed back."""

    def __init__(self, stream: io.BufferedReader, most: int) -> None:
        self.stream, self.most = stream, most
        self.at, self.number = 0, 1
        self.back: deque[bytes] = deque()

    def next(self) -> bytes:
        """The next line; of one over the limit only as much as shows that it is."""
        line = self.back.popleft() if self.back else self.stream.readline(self.most + 1)
        self.at += len(line)
        self.number += line.endswith(b"\n")
        if len(line) > self.most and not line.endswith(b"\n"):
            end = line
            while end and not end.endswith(b"\n"):
                end = self.stream.readline(1 << 20)
                self.at += len(end)
            self.number += end.endswith(b"\n")
        return line

    def hand_back(self, lines: list[bytes]) -> None:
        self.back.extendleft(reversed(lines))
        self.at -= sum(map(len, lines))
        self.number -= sum(line.endswith(b"\n") for line in lines)

    def skip_to(self, at: int, number: int) -> None:
        if self.stream.seekable():
            self.stream.seek(at)
        else:
            unpack.skip(self.stream, at - self.at - sum(map(len, self.back)))
        self.back.clear()
        self.at, self.number = at, number


def _split(lines: _Lines, separator: str) -> Iterator[Row]:
    """The rows. One that never ends is given without cells, and the next begins on the line after its first."""
    _allow_long_cells()
    while True:
        start, number = lines.at, lines.number
        pulled: list[bytes] = []
        cells: list[str] | None = None
        try:
            cells = next(csv.reader(_feed(lines, pulled), delimiter=separator), [])
        except (_Endless, csv.Error):
            lines.hand_back(pulled[1:])
        if not pulled:
            return
        if cells is None or any(cell.strip() for cell in cells):
            yield Row(number, start, lines.at, cells, large=len(pulled[0]) > lines.most)


class _Endless(Exception):
    pass


def _feed(lines: _Lines, pulled: list[bytes]) -> Iterator[str]:
    held = 0
    while line := lines.next():
        held += len(line)
        pulled.append(line)
        if held > lines.most:
            raise _Endless
        text = _decoded(line.removeprefix(codecs.BOM_UTF8) if lines.at == len(line) else line)
        yield text.replace("\x00", "").replace("\r\n", "\n").replace("\r", " ")
    if len(pulled) > 1:  # the file ends inside a cell that a mark on an earlier line had opened
        raise _Endless


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _allow_long_cells() -> None:
    # the module keeps one limit for the whole process; ours stands in _feed
    with _lock:
        if csv.field_size_limit() < _LARGEST:
            csv.field_size_limit(_LARGEST)
