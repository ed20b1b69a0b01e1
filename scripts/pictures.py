"""Draws the pictures of the README anew: what a terminal shows of the demo page, and the page with its words marked.

    python scripts/pictures.py

Writes docs/images/terminal.png and docs/images/page.png; needs chromium.
"""

from __future__ import annotations

import subprocess
import tempfile
from io import StringIO
from pathlib import Path

import dragoman
from dragoman import desk
from dragoman.exchange import html, terminal

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "tests/pages/10-river-plate-drills/page.html"
IMAGES = ROOT / "docs/images"
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def main() -> None:
    from rich.console import Console
    from rich.text import Text

    reading = dragoman.read(PAGE)
    names = desk.names()
    seen = StringIO()
    screen = Console(file=seen, width=92, force_terminal=True, color_system="truecolor", highlight=False, markup=False)
    terminal.show(reading, names, screen)
    copy = Console(record=True, width=92, file=StringIO())
    copy.print(Text.from_ansi(seen.getvalue()))
    frame = "<body style='margin:28px;background:#fdfcf8;font:15px/1.4 monospace'><pre>{code}</pre></body>"
    shot(copy.export_html(inline_styles=True, code_format=frame), "terminal.png", "900,1260")
    shot(html.page(reading, names), "page.png", "1280,1000")


def shot(page: str, name: str, size: str) -> None:
    """A page as chromium shows it, written to docs/images."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page, "utf-8")
        where = [f"--screenshot={IMAGES / name}", f"--window-size={size}", f"--user-data-dir={folder}/profile"]
        subprocess.run(["chromium", *QUIET, *where, file.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    main()
