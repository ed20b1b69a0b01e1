"""What one web app serves, to whom and within which limits, as one frozen value; and the store it keeps open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from dragoman.errors import SettingsError
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.store.delta import DeltaStore
    from dragoman.web.paced import Paced

Role = Literal["read", "edit", "admin"]
ROLES: tuple[Role, ...] = ("read", "edit", "admin")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Key(msgspec.Struct, frozen=True):
    """A token, what its bearer may do, and whose it is."""

    token: str
    role: Role = "admin"
    name: str = ""


class Proxy(msgspec.Struct, frozen=True):
    """A header that a proxy sets to the name of who asks, from which addresses it is believed, and with which role."""

    header: str
    addresses: tuple[str, ...] = ("127.0.0.1", "::1")
    role: Role = "read"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one visitor may ask for."""

    body_bytes: int = 65_536
    page_bytes: int = 12_000_000  # of a page that is pasted, dropped or sent
    drained_bytes: int = 300_000_000  # what is read and thrown away so that a browser gets to see the answer
    a_second: float = 200.0
    at_once: int = 400
    coded_a_minute: float = 30.0
    coded_at_once: int = 6
    code_seconds: float = 60.0
    rows: int = 1_000_000  # of one download


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the app is told from outside."""

    store: str
    settings: Settings
    hosts: tuple[str, ...] = LOOPBACK  # names by which it may be asked for, without the port
    keys: tuple[Key, ...] = ()
    proxy: Proxy | None = None
    port: int = 0
    limits: Limits = Limits()

    @property
    def open(self) -> bool:
        """Whether everybody who reaches it may do everything: only ever on the machine itself."""
        return not self.keys and self.proxy is None


class Kept:
    """The store, opened when first asked for and again where it went away and came back."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._guard = threading.Lock()
        self._store: DeltaStore | None = None
        self._commits: Paced | None = None
        self._place: tuple[int, ...] = ()

    @contextmanager
    def store(self) -> Iterator[DeltaStore]:
        """The open store. Raises StoreError."""
        from dragoman.store.base import StoreMissing

        try:
            yield self._opened()[0]
        except StoreMissing:
            self.close()
            raise

    def stamp(self) -> tuple[int, ...]:
        """What stays the same as long as every answer does: the last commit, and which store it is of."""
        with self.store():
            _, commits, place = self._opened()
            return (commits.latest().commit, *place)

    def follow(self) -> None:
        """What was just written is seen by whoever asks next."""
        commits = self._commits
        if commits is not None:
            commits.follow()

    def commit(self) -> int:
        """The number of the store's last commit. Raises StoreError."""
        return self.stamp()[0]

    def close(self) -> None:
        """Lets go of the store."""
        with self._guard:
            self._let_go()

    def _opened(self) -> tuple[DeltaStore, Paced, tuple[int, ...]]:
        from dragoman import desk
        from dragoman.web.paced import Paced

        with self._guard:
            place = _place(self.address)
            if self._store is None or self._commits is None or place != self._place:
                self._let_go()
                self._store = desk.open_store(self.address, wait_seconds=10.0)
                self._commits = Paced(self._store.address, self._store._options)
                self._store._commits = self._commits  # so that all questions of a page are asked of one commit
                self._place = place
            return self._store, self._commits, place

    def _let_go(self) -> None:
        store, self._store, self._commits = self._store, None, None
        if store is not None:
            store.close()


def _place(address: str) -> tuple[int, ...]:
    """What tells a folder from another one that took its name; nothing for an address elsewhere."""
    if "://" in address:
        return ()
    log = Path(address) / "commits" / "_delta_log"
    try:
        found = log.stat()
    except OSError:
        return (-1,)
    try:  # a folder made anew may get the number of the one that went
        began = (log / f"{0:020}.json").stat().st_mtime_ns
    except OSError:
        began = 0
    return (found.st_dev, found.st_ino, began)


def role(written: str) -> Role:
    """The role of that name. Raises SettingsError."""
    for one in ROLES:
        if one == written:
            return one
    raise SettingsError(f"no role is called {written!r}", name="role", hint=", ".join(ROLES))
