"""The readers and the scrape cleaner under coverage-guided fuzzing.

    python fuzz/targets.py TARGET [options of libFuzzer]
    python fuzz/targets.py scrape -max_total_time=600 -timeout=20 /tmp/corpus/scrape

A target is handed bytes and may do nothing but return: any exception, any answer that breaks a promise, and any input
that takes longer than the timeout is a finding. See README.md beside this file.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["dragoman.read", "tarfile", "zipfile", "csv", "json"]):
    from dragoman.read import (
        archive,
        article,
        charset,
        feed_entries,
        formats,
        json_file,
        kinds,
        metadata,
        packed,
        page,
        parquet,
        pdf,
        pdf_text,
        published,
        robots,
        rows,
        scrape,
        single,
        sitemap,
        table,
        unpack,
        warc,
        warc_records,
        xml,
    )

from dragoman.errors import SourceError
from dragoman.read.article import OUTCOMES, Given
from dragoman.read.limits import Limits
from dragoman.read.opened import WHOLE, Opened, opened

del archive, json_file, kinds, metadata, packed, parquet, pdf, rows, single, table, warc, warc_records

SUFFIXES = ".jsonl .csv .json .tsv .warc .warc.gz .zip .tar .gz .xml .html .txt .parquet".split()
LIMITS = Limits(max_bytes=200_000, max_characters=100_000, max_members=50, timeout_seconds=5, max_ratio=20)
WAY = formats.way(Given(), LIMITS, lambda line: None)
article.suspicious = lambda markup: False  # type: ignore[assignment]  # no process for each input
# no address is asked for
formats.fetched = lambda url, way: iter(())  # type: ignore[assignment]
WAY = replace(WAY, fetched=lambda url, way: iter(()))
_CAUGHT = ("it could not be read: ", "it could not be read on: ")


def _page(raw: bytes) -> None:
    try:
        cleaned = page.read(charset.decode(raw), "https://harbour.example/2024/05/14/talks", None)
    except SourceError:
        return
    assert all(row.strip() and "\n" not in row for row in cleaned.paragraphs)


def _scrape(raw: bytes) -> None:
    cleaned = scrape.clean(charset.decode(raw))
    assert all(row.strip() and "\n" not in row for row in cleaned.paragraphs)
    again = scrape.clean("\n\n".join(cleaned.paragraphs), title=cleaned.title)
    assert all(row.strip() for row in again.paragraphs)


def _text(raw: bytes) -> None:
    text = charset.decode(raw)
    assert isinstance(text, str)
    made = article.from_text(text[:50_000], Given(), LIMITS, source="fuzz", isolated=False)
    assert made.outcome in OUTCOMES
    assert made.body_start <= len(made.text)


def _feed(raw: bytes) -> None:
    try:
        feed_entries.entries(charset.decode(raw), None)
    except (SourceError, ValueError):
        return


def _xml(raw: bytes) -> None:
    try:
        sitemap.links_in(raw, "https://harbour.example/sitemap.xml")
        xml.parse(charset.decode(raw), source="fuzz")
    except SourceError:
        return


def _dates(raw: bytes) -> None:
    text = raw.decode("utf-8", "replace")
    published.parse(text, source="given", confidence=1.0)
    published.written(text)
    published.of_dateline(text)
    published.of_path(text)
    published.is_date_line(text)
    robots.allowed(text, "/a/b?c", "Dragoman/0.1")


def _packed(raw: bytes) -> None:
    how = ("gz", "bz2", "xz", "zst")[raw[0] % 4] if raw else "gz"
    budget = unpack.Budget(len(raw), 20)
    try:
        stream = unpack.unpacked(io.BytesIO(raw[1:]), how, budget, source="fuzz")
        while stream.read(65536):
            pass
    except SourceError:
        return


def _pdf(raw: bytes) -> None:
    try:
        pdf_text.pdf_text(raw, 100_000)
    except Exception:  # it is called in a process of its own, which may end so; what counts is how long it takes
        return


def _source(raw: bytes) -> None:
    """A whole file of any kind, at once and in parts: the same articles, each with a named outcome."""
    if not raw:
        return
    name, body = "fuzz" + SUFFIXES[raw[0] % len(SUFFIXES)], raw[1:]
    whole = _articles(name, body, [WHOLE])
    try:
        cuts = list(WAY.cut_inside(_opened(name, body), 300, WAY))
    except SourceError:
        return
    if len(cuts) > 1:
        assert _articles(name, body, cuts) == whole, "parts give something else than the whole"


def _articles(name: str, body: bytes, cuts: list[object]) -> list[tuple[str, str, str]]:
    found = []
    for cut in cuts:
        try:
            for where, made in WAY.inside(_opened(name, body), cut, WAY):  # type: ignore[arg-type]
                assert made.outcome in OUTCOMES, made.outcome
                assert not any(mark in (made.detail or "") for mark in _CAUGHT), made.detail
                found.append((where, made.id, made.outcome))
        except SourceError as error:
            assert error.outcome in OUTCOMES, error.outcome
            found.append(("end", "", error.outcome))
    return found


def _opened(name: str, body: bytes) -> Opened:
    return opened(name, formats.in_memory(body), LIMITS, size=len(body))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "page": _page,
    "scrape": _scrape,
    "text": _text,
    "feed": _feed,
    "xml": _xml,
    "dates": _dates,
    "packed": _packed,
    "pdf": _pdf,
    "source": _source,
}


def main() -> None:
    """Fuzzes until told to stop; with a file as the last argument, runs that one input."""
    name = sys.argv.pop(1)
    for folder in sys.argv[1:]:
        if not folder.startswith("-") and not Path(folder).is_file():
            Path(folder).mkdir(parents=True, exist_ok=True)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
