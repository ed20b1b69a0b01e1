"""Addresses of file systems (s3://, gs://, memory://, file:// ...): what lies there, and its bytes."""

from __future__ import annotations

import io
import re
from typing import Any, BinaryIO

import msgspec

from dragoman.errors import DragomanError, MissingExtra, SourceError

# protocol -> the package that speaks it, and the extra that brings it, where there is one
DRIVERS: dict[str, tuple[str, str | None]] = {
    "file": ("fsspec", None),
    "local": ("fsspec", None),
    "memory": ("fsspec", None),
    "s3": ("s3fs", "s3"),
    "s3a": ("s3fs", "s3"),
    "gs": ("gcsfs", "gs"),
    "gcs": ("gcsfs", "gs"),
    "abfs": ("adlfs", None),
    "abfss": ("adlfs", None),
    "az": ("adlfs", None),
    "oss": ("ossfs", None),
    "oci": ("ocifs", None),
    "hdfs": ("pyarrow", None),
    "webhdfs": ("fsspec", None),
}
_PROTOCOL = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
_BLOCK = 4 << 20
_CHANGES = "ETag etag md5Hash mtime LastModified updated created".split()


class There(msgspec.Struct, frozen=True):
    """A file: its address, its size, and what changes when it changes."""

    address: str
    size: int
    stamp: str


def is_ours(address: str) -> bool:
    """Whether the address is one of a file system."""
    found = _PROTOCOL.match(address)
    return found is not None and found[1].lower() in DRIVERS and "::" not in address


def found(address: str) -> tuple[list[There], bool]:
    """The files an address means, in order, and whether it is a folder or pattern rather than one file.

    Raises SourceError where there is nothing or it cannot be looked at, MissingExtra where the driver is missing.
    """
    files, path = _system(address)
    pattern = any(mark in path for mark in "*?[")
    try:
        if pattern and not files.exists(path):
            listed = files.glob(path, detail=True)
        elif files.isdir(path):
            listed = files.find(path, detail=True)
        else:
            return [_there(files, files.info(path))], False
    except Exception as fault:
        raise _unreached(address, fault) from fault
    items = sorted((info for info in listed.values() if info.get("type") == "file"), key=lambda info: info["name"])
    if pattern and not items:
        raise SourceError("nothing is of this pattern", source=address, outcome="not_found", hint="check the pattern")
    return [_there(files, info) for info in items], True


def stream(address: str) -> BinaryIO:
    """The bytes at an address. Raises SourceError here, and OSError when reading fails."""
    files, path = _system(address)
    try:
        opened = files.open(path, "rb", block_size=_BLOCK)
    except TypeError:
        opened = files.open(path, "rb")
    except Exception as fault:
        raise _unreached(address, fault) from fault
    return io.BufferedReader(_Calm(opened), 1 << 19)


def _system(address: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    protocol = _PROTOCOL.match(address)
    package, extra = DRIVERS[protocol[1].lower()] if protocol else ("fsspec", None)
    try:
        files, path = url_to_fs(address)
    except ImportError as fault:
        if extra is not None:
            raise MissingExtra(package, extra) from fault
        raise DragomanError(f"this needs the package {package}", hint=f"pip install {package}") from fault
    except Exception as fault:
        raise _unreached(address, fault) from fault
    return files, path


def _there(files: Any, info: dict[str, Any]) -> There:
    size = int(info.get("size") or 0)
    changed = next((info[name] for name in _CHANGES if info.get(name)), "")
    return There(files.unstrip_protocol(info["name"]), size, f"{size}-{changed}")


def _unreached(address: str, fault: Exception) -> SourceError:
    if isinstance(fault, FileNotFoundError | NotADirectoryError | IsADirectoryError):
        return SourceError("there is no such file", source=address, outcome="not_found", hint="check the address")
    if isinstance(fault, PermissionError):
        return SourceError(
            "the file may not be opened", source=address, outcome="unreadable", hint="check the credentials"
        )
    return SourceError(
        f"the address could not be reached: {type(fault).__name__}: {str(fault)[:200]}",
        source=address,
        outcome="fetch_failed",
        hint="check the address, the credentials and the connection",
    )


class _Calm(io.RawIOBase):
    # drivers raise whatever their own libraries raise
    def __init__(self, opened: Any) -> None:
        self._opened = opened

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._opened.seekable())

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._opened.seek(offset, whence))

    def tell(self) -> int:
        return int(self._opened.tell())

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._opened.read(len(buffer))
        except OSError:
            raise
        except Exception as fault:
            raise OSError(f"{type(fault).__name__}: {str(fault)[:200]}") from fault
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._opened.close()
        super().close()
