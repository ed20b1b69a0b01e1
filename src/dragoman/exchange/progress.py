"""How far a long run is, on a terminal: articles or events, how many a second, and what became of them.

with progress(sys.stderr) as step:
    step({"added": 12, "unchanged": 3})
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dragoman.exchange import terminal


@contextmanager
def progress(stream: Any, what: str = "article") -> Iterator[Callable[[Mapping[str, int]], None]]:
    """A function that shows these counts, and takes no line when all is done."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    shown = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    bar = Progress(*shown, console=terminal.console(stream), transient=True)
    task = bar.add_task("", total=None)
    began = time.monotonic()

    def step(counts: Mapping[str, int]) -> None:
        bar.start()
        bar.update(task, description=line(counts, time.monotonic() - began, what))

    try:
        yield step
    finally:
        bar.stop()


def line(counts: Mapping[str, int], seconds: float, what: str = "article") -> str:
    """`15 articles, 3.1 a second: 12 added, 3 unchanged`."""
    number = sum(counts.values())
    pace = f", {number / seconds:.1f} a second" if seconds > 0 else ""
    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count)
    return f"{number} {what}{'' if number == 1 else 's'}{pace}" + (f": {told}" if told else "")
