"""Where the time of an ingest goes, as a flame graph: from a file of texts to a store, in one process.

python benchmarks/flame.py TEXTS [--articles 60] [--out benchmarks/ingest-flame.svg]

Each box is a function, as wide as its share of the CPU time, over the one that called it; hovering tells the share. A
signal every two milliseconds of CPU time looks where the program is; a look that comes late, because a library was at
work, counts for all the time since the last. Start-up counts, unless `--warm` codes one article first.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import FrameType

_EVERY = 0.002  # seconds of CPU time
_WIDTH, _ROW, _LETTER = 1400, 17, 6.6
_LEAST = 0.0008  # share of what is drawn
_OURS = ("#e8b06a", "#e59d4e", "#eec48c", "#dd8f4a")
_OTHERS = ("#b9c4cf", "#a9b7c4", "#c8d0d8", "#9fb0c0")


@dataclass
class Box:
    """A function where it was called: CPU seconds in it, and in what it called."""

    name: str
    seconds: float = 0.0
    inside: dict[str, Box] = field(default_factory=dict)


def main() -> int:
    """Writes the graph, and prints the largest shares."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("texts", nargs="+")
    asked.add_argument("--articles", type=int, default=60)
    asked.add_argument("--warm", action="store_true", help="leave start-up out")
    asked.add_argument("--out", type=Path, default=Path(__file__).with_name("ingest-flame.svg"))
    given = asked.parse_args()
    sys.path.insert(0, str(Path(__file__).parent))
    with tempfile.TemporaryDirectory(prefix="dragoman-flame-") as name:
        folder = Path(name)
        import ingest as bench

        texts, one = folder / "texts.jsonl", folder / "one.jsonl"
        articles, words = bench.taken_out(given.texts, texts, given.articles, "all")
        one.write_text(texts.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
        if given.warm:
            _ingest(one, folder / "warm")
        root = sampled(lambda: _ingest(texts, folder / "store"))
        shutil.rmtree(folder / "store", ignore_errors=True)
    title = f"dragoman ingest: {articles} articles, {words} words, {root.seconds:.1f} CPU seconds"
    given.out.write_text(drawn(root, title), "utf-8")
    print(title)
    for name, share in shares(root):
        print(f"{share:6.1%}  {name}")
    return 0


def _ingest(texts: Path, store: Path) -> None:
    from dragoman import desk
    from dragoman.engine.here import HereRunner

    desk.ingest([texts], store=store, runner=HereRunner())


def sampled(do: Callable[[], None]) -> Box:
    """What was called while this was done, as a tree of boxes."""
    root = Box("ingest")
    last = time.process_time()

    def look(_: int, frame: FrameType | None) -> None:
        nonlocal last
        now = time.process_time()
        spent, last = now - last, now
        stack = []
        while frame is not None:
            stack.append(_name(frame))
            frame = frame.f_back
        box = root
        box.seconds += spent
        for name in reversed(stack[: stack.index(_HERE)] if _HERE in stack else stack):
            box = box.inside.setdefault(name, Box(name))
            box.seconds += spent

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    try:
        do()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return root


_HERE = "flame:_ingest"


def _name(frame: FrameType) -> str:
    module = str(frame.f_globals.get("__name__", "?")).removeprefix("__main__")
    return f"{module or 'flame'}:{frame.f_code.co_qualname.replace('.<locals>', '')}"


def shares(root: Box) -> list[tuple[str, float]]:
    """The parts of the whole way by their share of CPU time, each function counted once however deep it stands."""
    sums: dict[str, float] = {}

    def add(box: Box, over: frozenset[str]) -> None:
        for inner in box.inside.values():
            if inner.name not in over:
                sums[inner.name] = sums.get(inner.name, 0.0) + inner.seconds
            add(inner, over | {inner.name})

    add(root, frozenset())
    ours = [(name, seconds / root.seconds) for name, seconds in sums.items() if name.startswith("dragoman.")]
    return sorted(ours, key=lambda one: -one[1])[:40]


def drawn(root: Box, title: str) -> str:
    """The graph as SVG, callers below."""
    boxes: list[tuple[Box, float, int]] = []

    def place(box: Box, left: float, level: int) -> None:
        boxes.append((box, left, level))
        for inner in sorted(box.inside.values(), key=lambda one: one.name):
            if inner.seconds >= _LEAST * root.seconds:
                place(inner, left, level + 1)
            left += inner.seconds

    place(root, 0.0, 0)
    height = (max(level for _, _, level in boxes) + 3) * _ROW
    scale = _WIDTH / root.seconds
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="monospace" '
        f'font-size="11"><rect width="100%" height="100%" fill="#fff"/><text x="8" y="14">{escape(title)}</text>'
    ]
    for box, left, level in boxes:
        x, wide = left * scale, box.seconds * scale
        y = height - (level + 1) * _ROW
        colours = _OURS if box.name.startswith(("dragoman", "ingest")) else _OTHERS
        fill = colours[sum(map(ord, box.name)) % len(colours)]
        told = escape(f"{box.name}: {box.seconds / root.seconds:.1%}")
        fits = int((wide - 4) / _LETTER)
        words = escape(box.name.removeprefix("dragoman.")[:fits]) if fits > 3 else ""
        rows.append(
            f'<g><title>{told}</title><rect x="{x:.1f}" y="{y}" width="{max(0.3, wide - 0.4):.1f}" height="{_ROW - 1}" '
            f'fill="{fill}"/>' + (f'<text x="{x + 2:.1f}" y="{y + 12}">{words}</text>' if words else "") + "</g>"
        )
    return "\n".join([*rows, "</svg>", ""])


if __name__ == "__main__":
    sys.exit(main())
