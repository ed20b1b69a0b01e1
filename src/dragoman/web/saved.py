"""Views that somebody gave a name: addresses of this app, kept in one file beside the store.

    <store>/web/views.json       or, of a store at an address, in the user's folder for settings

The file is written whole or not at all; two apps over one store see each other's views.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import tempfile
import threading
from pathlib import Path

import msgspec

from dragoman.errors import SettingsError, StoreError

FOLDER, FILE = "web", "views.json"
PAGES = ("/matrix", "/pair", "/pair/wants", "/actor", "/issue", "/happenings", "/search")
_MOST, _LONGEST_NAME, _LONGEST = 200, 80, 2_000
_LARGEST = 2_000_000  # bytes of the file; one that is larger is not ours


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """A view: its name, the address that shows it, who kept it and when."""

    name: str
    address: str
    by: str | None = None
    at: str | None = None


class Views:
    """The views kept for one store."""

    def __init__(self, store: str) -> None:
        self.file = _folder(store) / FILE
        self._store = None if "://" in store else Path(store)
        self._guard = threading.Lock()

    def all(self) -> tuple[Saved, ...]:
        """All views by name; none where the file is not there or cannot be understood."""
        try:
            if self.file.stat().st_size > _LARGEST:
                return ()
            found = msgspec.json.decode(self.file.read_bytes(), type=tuple[Saved, ...])
        except (OSError, msgspec.DecodeError):
            return ()
        # the file is no form of ours: whoever can write it must not make a link lead elsewhere
        return tuple(sorted((one for one in found if _is_ours(one.address)), key=lambda one: one.name.casefold()))

    def stamp(self) -> tuple[int, ...]:
        """Changes whenever the views do."""
        try:
            found = self.file.stat()
        except OSError:
            return ()
        return found.st_mtime_ns, found.st_ino, found.st_size

    def keep(self, name: str, address: str, by: str | None = None) -> None:
        """Keeps a view; another of the same name is replaced. Raises SettingsError, StoreError."""
        if not name or len(name) > _LONGEST_NAME:
            raise SettingsError("a view needs a name", name="name", hint=f"up to {_LONGEST_NAME} letters")
        if not _is_ours(address):
            raise SettingsError("this is no view that can be kept", name="address", hint="keep one from its own page")
        at = dt.datetime.now(dt.UTC).isoformat("T", "seconds")
        with self._guard:
            others = [one for one in self.all() if one.name.casefold() != name.casefold()]
            if len(others) >= _MOST:
                raise SettingsError(f"{_MOST} views are kept already", name="name", hint="forget one of them")
            self._write([*others, Saved(name=name, address=address, by=by or None, at=at)])

    def forget(self, name: str) -> None:
        """The view of that name is kept no more. Raises StoreError."""
        with self._guard:
            self._write([one for one in self.all() if one.name != name])

    def _write(self, views: list[Saved]) -> None:
        try:
            if self._store is not None and not self._store.is_dir():
                raise FileNotFoundError(2, "there is no store", str(self._store))
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=".views-")
            try:
                with os.fdopen(handle, "wb") as out:
                    out.write(msgspec.json.format(msgspec.json.encode(views)))
                    out.flush()
                    os.fsync(out.fileno())
                Path(name).replace(self.file)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
                raise
        except OSError as cause:
            raise StoreError(
                f"the view cannot be kept: {cause.strerror or cause}", hint="check the store's folder and its room"
            ) from cause


def _folder(store: str) -> Path:
    if "://" not in store:
        return Path(store) / FOLDER
    import platformdirs

    return platformdirs.user_config_path("dragoman") / FOLDER / hashlib.sha256(store.encode()).hexdigest()[:16]


def _is_ours(address: str) -> bool:
    path = address.partition("?")[0]
    return path in PAGES and len(address) <= _LONGEST and "#" not in address and address.isprintable()
