"""Files of PETRARCH as rows and what was left out; which kind of dictionary a file is shows in its first lines.

found = read(["Phoenix.Countries.actors.txt", "Phoenix.agents.txt"], tables)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from dragoman.errors import DragomanError
from dragoman.lexicon.bring import LeftOut
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.petrarch import actors, agents, lines, verbs
from dragoman.lexicon.rows import Row

KINDS: dict[str, Callable[[Iterable[str], str, Lexicon], Iterator[Row | LeftOut]]] = {
    "actors": actors.actors,
    "agents": agents.agents,
    "verbs": verbs.verbs,
}
REASONS = lines.REASONS | actors.REASONS | agents.REASONS | verbs.REASONS


def read(
    files: Sequence[str | Path], tables: Lexicon, *, kind: str | None = None, step: Callable[[int], None] | None = None
) -> Iterator[Row | LeftOut]:
    """The rows of these dictionaries. `kind` (actors, agents, verbs) is found out where it is not given."""
    held = []
    for file in files:
        path = Path(file)
        try:
            text = path.read_bytes()
        except OSError as fault:
            raise DragomanError(f"{path}: cannot be read: {fault.strerror or fault}") from fault
        held.append((path, _decoded(text)))  # a fault in naming a file should cost nobody the work on the others
    done = 0
    for path, content in held:
        found = KINDS[kind or kind_of(content)](content.splitlines(), path.name, tables)
        for one in found:
            done += 1
            if step is not None and done % 50 == 0:
                step(done)
            yield one


def kind_of(text: str) -> str:
    """Which kind of dictionary this is: actors, agents or verbs, by the lines that only one of them has."""
    counts: Counter[str] = Counter()
    for _, line in lines.plain_lines(text.splitlines(), ""):
        if "[~" in line or "~]" in line or re.match(r"!\w+!\s*=", line):
            counts["agents"] += 1
        elif re.match(r"-\s.*\*|---|&\w", line) or re.search(r"\[(\d{2,4}|---)(:\d+)?\]", line):
            counts["verbs"] += 1
        elif re.search(r"\[[A-Z]{3}", line):
            counts["actors"] += 1
    return counts.most_common(1)[0][0] if counts else "actors"


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # the older files were written before UTF-8 was usual
