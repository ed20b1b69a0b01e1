"""Numbered lines of a file, packed (gzip, zip with one file in it) or not; what is no text comes as SetAside.

for number, line in numbered("20240301.export.CSV.zip"): ...
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from dragoman.errors import SourceError
from dragoman.exchange.event_rows import EventRow
from dragoman.exchange.set_aside import SetAside, Unfit

Source = str | os.PathLike[str] | IO[bytes]
LONGEST = 8 << 20  # bytes in a line; no row of events comes near it


def name_of(source: Source) -> str:
    """The name under which faults of this source are reported."""
    return os.fspath(source) if isinstance(source, str | os.PathLike) else str(getattr(source, "name", "stream"))


def numbered(source: Source) -> Iterator[tuple[int, str | SetAside]]:
    """Line numbers from 1, and the lines without their end; empty lines are passed over.

    A line that is not UTF-8 or is endless comes as SetAside, as does what a broken packing leaves out. Raises
    SourceError where the file cannot be opened.
    """
    name, number = name_of(source), 0
    with opened(source) as stream:
        try:
            while line := stream.readline(LONGEST):
                number += 1
                if len(line) == LONGEST and not line.endswith(b"\n"):
                    while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
                        pass
                    yield (
                        number,
                        SetAside(
                            file=name,
                            line=number,
                            found=f"a line of more than {LONGEST} bytes",
                            wanted="rows of events",
                        ),
                    )
                    continue
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                line = line.rstrip(b"\r\n")
                if line:
                    yield number, _decoded(line, name, number)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as fault:
            yield (
                number + 1,
                SetAside(
                    file=name,
                    line=number + 1,
                    found=f"the file breaks off: {fault}",
                    wanted="the whole file, fetched again",
                ),
            )


def taken(source: Source, take: Callable[[str, int], Iterable[EventRow]]) -> Iterator[EventRow | SetAside]:
    """What `take` makes of every line and its number; a line that raises Unfit comes as SetAside."""
    name = name_of(source)
    for number, line in numbered(source):
        if isinstance(line, SetAside):
            yield line
            continue
        try:
            found = tuple(take(line, number))
        except Unfit as fault:
            yield SetAside(file=name, line=number, found=fault.found, wanted=fault.wanted, why=fault.why, raw=line)
        else:
            yield from found


def head(source: Source, lines: int = 5) -> list[str]:
    """The first lines that are text, for guessing what a file holds. Raises SourceError."""
    found: list[str] = []
    for _, line in numbered(source):
        if isinstance(line, str):
            found.append(line)
        if len(found) == lines or isinstance(line, SetAside):
            break
    return found


def _decoded(line: bytes, name: str, number: int) -> str | SetAside:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as fault:
        return SetAside(
            file=name,
            line=number,
            found=f"byte {fault.start + 1} of the line, {line[fault.start]:#04x}, is not UTF-8",
            wanted="text in UTF-8",
            raw=line.decode("utf-8", "backslashreplace"),
        )


@contextmanager
def opened(source: Source) -> Iterator[IO[bytes]]:
    """The bytes of a source, unpacked. Raises SourceError where it cannot be opened."""
    if not isinstance(source, str | os.PathLike):
        handed: Any = source
        reader = None if hasattr(source, "peek") else io.BufferedReader(handed)
        try:
            yield _unpacked(reader or handed, name_of(source))
        finally:
            if reader is not None:
                reader.detach()  # a stream that was handed over is not closed here
        return
    name = os.fspath(source)
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 (a fault inside the block is not one of opening)
    except (OSError, ValueError) as fault:
        missing = isinstance(fault, FileNotFoundError)
        raise SourceError(
            "there is no such file" if missing else f"{name} cannot be read: {fault}",
            source=name,
            outcome="not_found" if missing else "unreadable",
            hint="check the name",
        ) from fault
    with stream:
        yield _unpacked(stream, name)


def _unpacked(stream: IO[bytes], name: str) -> IO[bytes]:
    plain: Any = stream
    start = plain.peek(4)[:4]
    if start[:2] == b"\x1f\x8b":
        plain = gzip.open(plain)  # noqa: SIM115 (closed with what it reads from)
    if start == b"PK\x03\x04":
        try:
            packed = zipfile.ZipFile(plain)
            members = [m for m in packed.namelist() if not m.endswith("/")]
            if len(members) == 1:
                return packed.open(members[0])
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as fault:
            raise SourceError(f"{name} is a damaged zip: {fault}", source=name, outcome="unreadable") from fault
        raise SourceError(
            f"{name} holds {len(members)} files", source=name, outcome="unreadable", hint="unpack it and name them"
        )
    found: IO[bytes] = plain
    return found
