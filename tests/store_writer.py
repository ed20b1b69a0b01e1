"""A process that commits without pause and says so, for tests that kill it: store_writer.py FOLDER NAME."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "contracts"))

from store_readings import event, position, reading, statement

from dragoman.store.delta import open_store


def batch(name: str, k: int) -> list[object]:
    """Three new articles, and one that every commit replaces."""
    new = [
        reading(
            f"{name}-{k}-{i}",
            event("USA", "RUS", f"2024-0{1 + k % 3}-05"),
            statement("s1", "USA"),
            position("USA", "trade"),
        )
        for i in range(3)
    ]
    return [*new, reading("same", event("CHN", "RUS"), text=f"The text of {name}, commit {k}, in many words.")]


if __name__ == "__main__":
    with open_store(sys.argv[1]) as store:
        k = 0
        while True:
            store.commit(batch(sys.argv[2], k))
            print(k, flush=True)
            k += 1
            if k % 7 == 0:
                store.compact()
