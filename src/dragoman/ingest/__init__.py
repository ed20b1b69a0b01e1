"""Articles into a store: each once, none lost, whatever is in them and whenever the run ends.

    run = ingest(articles, coder, store)       # (source, Article or Reading) in, Ingested out; in this process
    run = recode(coder, store)                 # what another coder made is coded anew, in this process
    run = run_segments(...)                    # sources of any size, by a runner: see run.py
    names = expanded(["news/2019-*/*.html"])   # a pattern becomes the files it means

stream.py articles as they come, in this process | segments.py sources cut into segments of work | work.py what is done
to one | staged.py its result on disk | gate.py what is not worth coding | run.py segments -> runner -> committer |
lost.py what becomes of a segment that killed its worker | committer.py staged results into the store, in order, once |
ledger.py what became of every article, kept beside the store | watched.py the same of
what was watched | report.py what the ledger tells
"""

from __future__ import annotations

from dragoman.ingest.stream import Coding, Fate, Ingested, Item, expanded, ingest, recode

__all__ = ["Coding", "Fate", "Ingested", "Item", "expanded", "ingest", "recode"]
