"""Articles into a store, and articles in it coded anew."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dragoman.desk import parts, stores
from dragoman.desk.parts import Source
from dragoman.desk.stores import STORE, Kept
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.ingest import Ingested, Item


def ingest(
    sources: Source | Iterable[Source],
    *,
    store: Kept = STORE,
    url: str | None = None,
    published: str | None = None,
    title: str | None = None,
    language: str | None = None,
    as_is: bool = False,
    settings: Settings | None = None,
    told: Callable[[str], None] | None = None,
    **control: Any,
) -> Ingested:
    """What became of the articles in these sources: files, folders, patterns, addresses, and files of records.

    An article that stands in the store with the same text, by the same coder, is passed over. `control` is that of
    `dragoman.ingest.ingest`: batch, seconds, stop, watch. Raises StoreError; what is wrong with a source is counted.
    """
    from dragoman.ingest import ingest as run

    chosen = settings or parts.loaded()
    given = {"url": url, "published": published, "title": title, "language": language, "as_is": as_is}
    named = [sources] if isinstance(sources, str | os.PathLike) else sources
    with stores.opened(store, make=True, told=told) as kept:
        return run(_items(named, given, chosen), parts.coder(chosen), kept, **control)


def recode(
    *,
    store: Kept = STORE,
    settings: Settings | None = None,
    told: Callable[[str], None] | None = None,
    **control: Any,
) -> Ingested:
    """What became of the articles in the store that another coder, version or lexicon had coded: all coded anew."""
    from dragoman.ingest import recode as run

    with stores.opened(store, told=told) as kept:
        return run(parts.coder(settings or parts.loaded()), kept, **control)


def _items(sources: Iterable[Source], given: Mapping[str, Any], chosen: Settings) -> Iterator[Item]:
    from dragoman.exchange import record_files
    from dragoman.ingest import expanded

    for source in expanded(os.fspath(source) for source in sources):
        if record_files.holds_records(source):
            yield from ((source, reading) for reading in record_files.read(source))
        else:
            yield from ((source, article) for article in parts.articles([source], given, chosen, []))
