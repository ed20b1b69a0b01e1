"""Which sentences hold these words: an index of the words that records point at.

Derived from the tables and never the truth. Every entry knows the file of the table it was read from, so that the index
follows the tables file by file: entries of files that are gone are deleted, new files are read. Words are matched
without regard to case and to English endings ("threaten" finds "threatened"); words in quotation marks stand together.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dragoman.store import query
from dragoman.store.base import Hit, Question, StoreRefused
from dragoman.store.view import File, View, parquet

if TYPE_CHECKING:
    import duckdb
    import tantivy

STAMP = "sentences.json"
FOLDER = "sentences"
VERSION = 1
KINDS = {"events": "event", "statements": "statement", "positions": "position"}
_ACTORS = {
    "events": "list_distinct(list_concat(sources, targets))",
    "statements": "list_filter(list_append(speakers, addressee), lambda x: x IS NOT NULL)",
    "positions": "list_filter(list_append(list_prepend(actor, shared_with), toward), lambda x: x IS NOT NULL)",
}
_IDS = {"events": "id", "statements": "id", "positions": "CAST(n AS VARCHAR)"}
_HEAP_BYTES = 128_000_000
_ANALYZER = "words"


def find(folder: Path, words: str, question: Question | None, limit: int) -> tuple[Hit, ...]:
    """The sentences that hold all the words, most relevant first; each once, with all records that point at it."""
    import tantivy

    index = _open(folder)
    index.reload()
    try:
        asked = index.parse_query(words, ["words"], conjunction_by_default=True)
    except ValueError as cause:
        raise StoreRefused(
            f"{words!r} cannot be searched for: {cause}",
            name="words",
            value=words,
            hint='write words, or "words that stand together"; AND, OR, NOT and brackets combine them',
        ) from cause
    wanted = [(tantivy.Occur.Must, asked), *_narrowed(index, question)]
    whole = tantivy.Query.boolean_query(wanted)
    searcher = index.searcher()
    entries = limit * 4  # a sentence has one entry for each record that points at it
    while True:
        places = searcher.search(whole, limit=entries, count=False).hits
        hits = _merged(_hit(searcher.doc(place).to_dict(), float(relevance)) for relevance, place in places)
        if len(hits) >= limit or len(places) < entries:
            return tuple(hits[:limit])
        entries *= 4


def follow(folder: Path, view: View, connect: Callable[[], duckdb.DuckDBPyConnection]) -> None:
    """Brings the index up to what the view sees. Raises OSError where the folder cannot be written."""
    wanted = {file.name: (table, file) for table in KINDS for file in view.files(table)}
    if ready(folder, view):
        return
    stamp = read_stamp(folder)
    had = set(stamp.get("files", ()))
    if not had or not (folder / FOLDER).is_dir():
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        had = set()
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    # an index that dies half-way is made anew: the stamp comes back last
    (folder / STAMP).unlink(missing_ok=True)
    try:
        index = _open(folder)
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for name in had - set(wanted):
            writer.delete_documents_by_term("file", name)
        for name in sorted(set(wanted) - had):
            table, file = wanted[name]
            _add(writer, view, connect(), table, file)
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as cause:  # what tantivy raises when it cannot write
        raise OSError(str(cause)) from cause
    fresh = folder / f"{STAMP}.{os.getpid()}"
    fresh.write_text(json.dumps({"version": VERSION, "commit": view.snapshot.commit, "files": sorted(wanted)}), "utf-8")
    fresh.replace(folder / STAMP)


def ready(folder: Path, view: View) -> bool:
    """Whether the index is up to what the view sees."""
    stamp = read_stamp(folder)
    wanted = {file.name for table in KINDS for file in view.files(table)}
    return bool(stamp) and set(stamp["files"]) == wanted and (folder / FOLDER).is_dir()


def read_stamp(folder: Path) -> dict[str, Any]:
    """What the index was made from; empty where there is none."""
    try:
        found = json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("version") == VERSION else {}


def _hit(entry: dict[str, list[Any]], relevance: float) -> Hit:
    number = entry["day"][0]
    return Hit(
        article=entry["article"][0],
        start=entry["start"][0],
        end=entry["end"][0],
        words=entry["words"][0],
        relevance=relevance,
        day=date.fromordinal(number) if number else None,
        site=entry["site"][0] if entry.get("site") else None,
        actors=tuple(entry.get("actor", ())),
        records=((entry["kind"][0], entry["id"][0]),),
    )


def _merged(hits: Iterable[Hit]) -> list[Hit]:
    """Hits whose words lie within each other as one, with the longer words and all records."""
    found: list[Hit] = []
    by_article: dict[str, list[int]] = {}
    for hit in hits:
        places = by_article.setdefault(hit.article, [])
        for at in places:
            had = found[at]
            inside = had.start <= hit.start and hit.end <= had.end
            if inside or (hit.start <= had.start and had.end <= hit.end):
                found[at] = msgspec.structs.replace(
                    had if inside else hit,
                    relevance=had.relevance,
                    actors=tuple(dict.fromkeys((*had.actors, *hit.actors))),
                    records=(*had.records, *hit.records),
                )
                break
        else:
            places.append(len(found))
            found.append(hit)
    return found


def _add(
    writer: tantivy.IndexWriter, view: View, connection: duckdb.DuckDBPyConnection, table: str, file: File
) -> None:
    import tantivy

    if view.local:
        source = parquet([file.uri])
    else:
        import pyarrow.dataset as ds

        whole = view.sight(table).table.to_pyarrow_dataset()
        fragments = [f for f in whole.get_fragments() if f.path.endswith(file.name)]
        connection.register("one_file", ds.FileSystemDataset(fragments, whole.schema, whole.format, whole.filesystem))
        source = "one_file"
    rows = connection.execute(
        f"SELECT article, {_IDS[table]}, words, day, site, {_ACTORS[table]}, evidence[1].start, evidence[-1].end"
        f" FROM {source} WHERE words <> ''"
    )
    while batch := rows.fetchmany(10_000):
        for article, identity, words, day, site, actors, start, end in batch:
            entry = tantivy.Document()
            entry.add_text("file", file.name)
            entry.add_text("article", article)
            entry.add_text("kind", KINDS[table])
            entry.add_text("id", identity or "")
            entry.add_text("words", words)
            entry.add_integer("start", start or 0)
            entry.add_integer("end", end or 0)
            entry.add_integer("day", day.toordinal() if day else 0)
            if site:
                entry.add_text("site", site)
            for actor in dict.fromkeys(actors):
                entry.add_text("actor", actor)
            writer.add_document(entry)


def _open(folder: Path) -> tantivy.Index:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in ("file", "article", "kind", "id", "site", "actor"):
        builder.add_text_field(name, stored=name != "file", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", stored=True, tokenizer_name=_ANALYZER)
    for name in ("start", "end"):
        builder.add_integer_field(name, stored=True)
    builder.add_integer_field("day", stored=True, indexed=True, fast=True)
    index = tantivy.Index(builder.build(), path=str(folder / FOLDER))
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (tantivy.Filter.remove_long(60), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        analyzer = analyzer.filter(step)
    index.register_tokenizer(_ANALYZER, analyzer.filter(tantivy.Filter.stemmer("english")).build())
    return index


def _narrowed(index: tantivy.Index, question: Question | None) -> list[tuple[tantivy.Occur, tantivy.Query]]:
    import tantivy

    if question is None:
        return []
    found = []
    for codes in (question.actors, question.acting, question.upon):
        if codes:
            named = [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.term_set_query(index.schema, "actor", query.members(question, [code])),
                )
                for code in codes
            ]
            # several actors ask for what lies between them
            enough = min(2, len(codes)) if codes is question.actors else 1
            found.append(tantivy.Query.boolean_query(named, minimum_number_should_match=enough))
    if question.sites:
        found.append(tantivy.Query.term_set_query(index.schema, "site", list(question.sites)))
    if question.articles:
        found.append(tantivy.Query.term_set_query(index.schema, "article", list(question.articles)))
    first, last = question.days
    if first or last:
        bounds = (first.toordinal() if first else 1, last.toordinal() if last else date.max.toordinal())
        found.append(tantivy.Query.range_query(index.schema, "day", tantivy.FieldType.Integer, *bounds))
    return [(tantivy.Occur.Must, part) for part in found]
