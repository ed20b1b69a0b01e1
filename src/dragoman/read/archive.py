"""Archives (zip, tar) as folders: their members, each read as what it is."""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import msgspec

from dragoman.errors import SourceError
from dragoman.read import kinds, unpack
from dragoman.read.article import failure
from dragoman.read.opened import WHOLE, Cut, Found, Opened, Way, empty

_STEP = 1 << 16
_FAULTS = (OSError, EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError, NotImplementedError, RuntimeError)
_FAULTS += (ValueError, LookupError)  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: which one, its path, its size as the archive has it, and how to get at it."""

    index: int
    path: str
    size: int
    open: Callable[[], BinaryIO]


class Archive:
    """The reader of one kind of archive."""

    def __init__(self, members: Callable[[Opened, Way], Iterator[Member]]) -> None:
        self._members = members

    def cut(self, opened: Opened, size: int, way: Way) -> Iterator[Cut]:
        """Ranges of members, and the parts of a large one by themselves."""
        start, held = 0, 0
        try:
            for member in self._members(opened, way):
                if held and held + member.size > size:
                    yield Cut(start=start, stop=member.index, size=held)
                    start, held = member.index, 0
                if member.size > size:
                    inside = _opened(member, opened)
                    for part in way.cut_inside(inside, size, way):
                        yield msgspec.structs.replace(part, within=(member.index, *part.within))
                    start = member.index + 1
                else:
                    held += member.size
        except SourceError:  # whoever reads the last part comes upon it again
            pass
        yield Cut(start=start, size=held)

    def read(self, opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
        """The articles in a range of members, or in a part of one."""
        if opened.depth >= way.limits.max_depth:
            raise SourceError(
                "archives lie too deep in one another",
                source=opened.name,
                outcome="looping",
                hint="unpack it and name what comes out",
            )
        any_member = cut.start > 0 or bool(cut.within)
        for member in self._members(opened, way):
            if cut.within:
                if member.index == cut.within[0]:
                    part = msgspec.structs.replace(cut, within=cut.within[1:])
                    yield from _inside(member, part, opened, way)
                    return
                continue
            if cut.stop is not None and member.index >= cut.stop:
                return
            if member.index >= cut.start:
                any_member = True
                yield from _inside(member, WHOLE, opened, way)
        if not any_member:
            raise empty(
                opened.name, "the archive holds no file that is read", "it may hold pages, texts, tables, feeds"
            )


def zip_members(opened: Opened, way: Way) -> Iterator[Member]:
    """The readable members of a zip file. Raises SourceError."""
    with opened.seekable() as stream:
        try:
            archive = zipfile.ZipFile(stream)
        except _FAULTS as fault:
            if isinstance(fault, SourceError):
                raise
            raise SourceError(
                "the archive is damaged or cut off: its table of contents, which stands at the end, cannot be read",
                source=opened.name,
                outcome="truncated",
                hint="fetch or copy it anew",
            ) from fault
        with archive:
            for index, info in enumerate(archive.infolist()):
                if not info.is_dir() and _wanted(info.filename):
                    _count(index, opened, way)
                    opener = _opener(archive, info, f"{opened.name}/{info.filename}", way.limits.max_ratio)
                    yield Member(index, info.filename, info.file_size, opener)


def tar_members(opened: Opened, way: Way) -> Iterator[Member]:
    """The readable members of a tar file, packed or not. Raises SourceError, "truncated" at the end of one cut off."""
    counted: Any = _Counted(opened.content())
    archive: Any
    end = 0
    try:
        with tarfile.open(fileobj=counted, mode="r|") as archive:
            for index, info in enumerate(archive):
                end = info.offset_data + (0 if info.issparse() else info.size if info.isreg() else 0)
                if info.isreg() and _wanted(info.name):
                    _count(index, opened, way)
                    yield Member(index, info.name, info.size, _extracted(archive, info))
                archive.members = []  # the module keeps all of them otherwise
    except _FAULTS as fault:
        if isinstance(fault, SourceError):
            raise
        raise SourceError(
            f"the archive cannot be read on: {fault}",
            source=opened.name,
            outcome="truncated" if counted.at else "empty",
            hint="fetch or copy it anew",
        ) from fault
    if counted.at < end or counted.at % 512:
        raise SourceError(
            "the archive ends before it should", source=opened.name, outcome="truncated", hint="fetch or copy it anew"
        )


def _inside(member: Member, cut: Cut, opened: Opened, way: Way) -> Iterator[Found]:
    inside = _opened(member, opened)
    try:
        yield from way.inside(inside, cut, way)
    except SourceError as error:
        yield inside.name, failure(error, way.given)


def _opened(member: Member, opened: Opened) -> Opened:
    name = f"{opened.name}/{member.path}"
    raw: Any = _MemberStream(member, name, opened.budget)
    stream = io.BufferedReader(raw, _STEP)
    return Opened(name, stream, opened.budget, size=member.size, direct=False, depth=opened.depth + 1)


class _MemberStream(io.RawIOBase):
    # a member as a stream that cannot go back, counts against the budget, and has our errors
    def __init__(self, member: Member, name: str, budget: unpack.Budget) -> None:
        self._member, self._name, self._budget = member, name, budget
        self._stream: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            if self._stream is None:
                self._stream = self._member.open()
            data = self._stream.read(len(buffer))
        except _FAULTS as fault:
            if isinstance(fault, SourceError):
                raise
            locked = isinstance(fault, RuntimeError) and "password" in str(fault)
            raise SourceError(
                "it is locked with a password" if locked else f"it cannot be unpacked: {fault}",
                source=self._name,
                outcome="unreadable",
                hint="unpack it yourself" if locked else "fetch or copy the archive anew",
            ) from fault
        self._budget.spend(len(data), source=self._name)
        buffer[: len(data)] = data
        return len(data)


class _Counted:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.at = stream, 0

    def read(self, count: int) -> bytes:
        data = self._stream.read(count)
        self.at += len(data)
        return data


def _wanted(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return not any(part.startswith(".") and part not in (".", "..") for part in parts) and (
        "__MACOSX" not in parts and kinds.readable(parts[-1])
    )


def _count(index: int, opened: Opened, way: Way) -> None:
    if index >= way.limits.max_members:
        raise SourceError(
            f"the archive has more than {way.limits.max_members:,} members",
            source=opened.name,
            outcome="too_many",
            hint="unpack it and name the folder",
        )


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, ratio: int) -> Callable[[], Any]:
    def opener() -> Any:
        if info.file_size > unpack.FREE and info.file_size > ratio * max(1, info.compress_size):
            raise unpack.bomb(name)
        return archive.open(info)

    return opener


def _extracted(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[], Any]:
    return lambda: archive.extractfile(info)
