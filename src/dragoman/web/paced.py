"""The commits of a store, looked at now and then: what one page asks, and the pages of some seconds, see one commit.

While an ingest commits every second, following each commit at once would cost more than the pages themselves: reports
are linked and sums reckoned anew. A commit after a quiet time is seen at once; what this app itself writes always is.
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

from dragoman.store import links
from dragoman.store.delta import DERIVED
from dragoman.store.snapshot import TABLE, Commits, Snapshot

SECONDS = 10.0  # how old a page may be while somebody else writes
_LOOK_SECONDS = 0.02  # looking costs milliseconds where a folder does not tell that nothing happened


class Paced(Commits):
    """The list of commits, followed every ten seconds at most while others write."""

    def __init__(self, address: str, options: dict[str, str], *, seconds: float = SECONDS) -> None:
        super().__init__(address, options)
        self._seconds = seconds
        self._pace = threading.Lock()
        self._seen: Snapshot | None = None
        self._followed = self._looked = float("-inf")
        self._place: tuple[int, ...] = ()
        self._linked: tuple[int, ...] = ()

    def latest(self) -> Snapshot:
        """The commit that pages show. Raises StoreMissing, StoreFormat, StoreDamaged."""
        with self._pace:
            now = time.monotonic()
            if self._seen is not None and now - self._followed < self._seconds and not self._outrun(self._seen):
                return self._seen
            place = self._written()
            if self._seen is not None and (place == self._place if place else now - self._looked < _LOOK_SECONDS):
                return self._seen
            found = super().latest()
            if self._seen is not None and found.commit != self._seen.commit:
                self._followed = now
            self._seen, self._place, self._looked = found, place, now
            return found

    def follow(self) -> None:
        """The next question looks at once."""
        with self._pace:
            self._followed, self._place, self._looked = float("-inf"), (), float("-inf")

    def _written(self) -> tuple[int, ...]:
        """Changes with every commit; nothing where that cannot be told without looking."""
        return () if "://" in self.address else _stamp(Path(self.address) / TABLE / "_delta_log")

    def _outrun(self, seen: Snapshot) -> bool:
        """Whether another process linked reports of a later commit: then nothing of it is known to the earlier one."""
        if "://" in self.address:
            return False
        file = Path(self.address) / DERIVED / links.STAMP
        stamp = _stamp(file)
        if stamp == self._linked:
            return False
        try:
            commit = json.loads(file.read_text("utf-8"))["commit"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        if commit > seen.commit:
            return True
        self._linked = stamp
        return False


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_ino
