"""A coder that costs next to nothing, and an ingest with it: `python ingest_work.py SOURCE STORE`.

Words in an article say what happens to the worker that codes it: crashes, hangs, grows, fails.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from dragoman.engine.local import LocalRunner
from dragoman.ingest import Ingested, segments
from dragoman.ingest.ledger import Ledger, folder_of
from dragoman.ingest.run import run_segments
from dragoman.ingest.work import IngestWork
from dragoman.read import pieces
from dragoman.read.article import Given
from dragoman.read.limits import Limits
from dragoman.records import Article, Note, Reading
from dragoman.records import Coder as Stamp
from dragoman.store import delta

STAMP = Stamp(name="fake", version="1", lexicon="none")
SLOWLY = "INGEST_WORK_SECONDS"
segments._SHARES = 16  # many segments of a few articles


class FakeCoder:
    """Notes the length of each article."""

    stamp = STAMP

    def code(self, articles: Iterable[Article]) -> Iterator[Reading]:
        for article in articles:
            time.sleep(float(os.environ.get(SLOWLY, "0")))
            if "crashes" in article.text:
                os.kill(os.getpid(), signal.SIGSEGV)
            if "hangs" in article.text:
                while True:
                    pass
            if "grows" in article.text:
                held = []
                while True:
                    held.append(bytearray(os.urandom(1000) * 10_000))
            if "fails" in article.text:
                raise ValueError("a fault of a coder that guards nothing")
            note = Note(span=(0, 4), reason=f"{len(article.text)} characters")
            yield Reading(article=article, notes=(note,), coder=self.stamp)


class KilledAtStart(msgspec.Struct, frozen=True):
    """Work whose process is killed the first times it starts, each of which leaves a file in the folder."""

    folder: str
    times: int
    with_signal: int = signal.SIGKILL

    def ready(self) -> Callable[[Any, Any], Any]:
        tries = len(list(Path(self.folder).iterdir()))
        if tries < self.times:
            (Path(self.folder) / str(tries)).touch()
            os.kill(os.getpid(), self.with_signal)
        return lambda segment, beat: segment


def work(ledger: Ledger, patience: float = 60.0, **more: Any) -> IngestWork:
    known: dict[str, Any] = {"given": Given(as_is=True), "limits": Limits(timeout_seconds=0.5)}
    return IngestWork(coder=FakeCoder, stamp=STAMP, ledger=str(ledger.file), patience=patience, **(known | more))


def run(source: Path, folder: Path, *, runner: Any = None, patience: float = 60.0, **control: Any) -> Ingested:
    """An ingest in small segments."""
    with delta.create_store(folder) as store:
        found = folder_of(store.address)
        assert found is not None
        ledger = Ledger(found)
        try:
            doing = work(ledger, patience)
            way = msgspec.json.encode(doing.given).decode()
            spans = (segments.spanned(piece, way) for piece in pieces.pieces([source], given=doing.given, size=2000))
            ledger.begin("ingest", STAMP, {}, [str(source)])
            with_runner = runner or LocalRunner(2)
            return run_segments(spans, doing, with_runner, store, ledger, **{"batch": 100, **control})
        finally:
            ledger.close()


if __name__ == "__main__":
    import ingest_work  # by the name under which workers find it

    print("started", flush=True)
    print(ingest_work.run(Path(sys.argv[1]), Path(sys.argv[2])), flush=True)
