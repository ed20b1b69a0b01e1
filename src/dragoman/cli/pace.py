"""How far an ingest is, in one line that is written over again and again."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dragoman.ingest.run import Progress

_WIDTH = 24
_EVERY_SECONDS = 0.25


def line(progress: Progress, total: int | None) -> str:
    """`[#####     ] 1,204 articles, 5.1 a second, 82 % relevant, 3 min left: 1,190 read, 14 empty`.

    `total`: bytes of all there is to do; None where nobody knows, and then there is no bar and no time left.
    """
    done = progress.articles - progress.passed
    pace = done / progress.seconds if progress.seconds else 0.0
    told = [f"{progress.articles:,} articles", f"{pace:.1f} a second"]
    if progress.coded:
        told.append(f"{progress.relevant / progress.coded:.0%} relevant".replace("%", " %"))
    share = min(1.0, progress.bytes / total) if total else 0.0
    if share and progress.seconds > 5:
        told.append(f"{span(progress.seconds * (1 - share) / share)} left")
    filled = round(_WIDTH * share)
    bar = f"[{'#' * filled}{' ' * (_WIDTH - filled)}] " if total else ""
    outcomes = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in sorted(progress.outcomes.items()))
    lost = sum(progress.losses.values())
    tail = f"; {lost} worker{'s' if lost != 1 else ''} lost" if lost else ""
    return f"{bar}{', '.join(told)}" + (f": {outcomes}" if outcomes else "") + tail


def span(seconds: float) -> str:
    """`40 s`, `3 min`, `2 h 10 min`, `3 d 4 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


class Line:
    """Shows how far a run is on standard error. `reckon` tells in its own time how much there is to do."""

    def __init__(self, reckon: Callable[[], int | None]) -> None:
        self._total: int | None = None
        self._shown = 0.0
        self._there = False
        self._reckon = reckon
        threading.Thread(target=self._count, daemon=True).start()

    def look(self, progress: Progress) -> None:
        """Shows it, if the last time was not just now."""
        if time.monotonic() - self._shown < _EVERY_SECONDS:
            return
        self._shown = time.monotonic()
        told = line(progress, self._total)[: shutil.get_terminal_size().columns - 1]
        self._write(f"\r\x1b[K{told}")
        self._there = True

    def clear(self) -> None:
        """Makes room for another line."""
        if self._there:
            self._write("\r\x1b[K")
            self._there = False

    def _count(self) -> None:
        with suppress(Exception):  # it is only for the time left
            self._total = self._reckon()

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()


def counts(progress: Progress) -> Mapping[str, object]:
    """The same for programs."""
    return {
        "articles": progress.articles,
        "passed": progress.passed,
        "coded": progress.coded,
        "relevant": progress.relevant,
        "outcomes": progress.outcomes,
        "bytes": progress.bytes,
        "seconds": round(progress.seconds, 3),
        "lost": progress.losses,
    }
