"""The verbs of the Python API: from settings to parts, and from sources to Readings. No logic of its own.

read(source) -> Reading              one article; raises SourceError where there is none
read_many(sources) -> Readings       any number, in order; what cannot be read comes back with its outcome
explain(source) -> str               sentence by sentence: what was found, by which rule, or why nothing was
readings(sources) -> Readings        as read_many, and of files that hold records already the records themselves
positions(readings) -> Listing       each position with its words, person, day and document
agree(readings, a, b) -> Agreement   where they coincide and where they differ, issue by issue
signals(readings, a, b) -> Mixed     cooperation and pressure on the same days
network(readings, kind) -> Network   who stands with whom over all they said; networks(...) window by window
ingest(sources) -> Ingested          articles into a store, each once; recode() brings old ones to the present coder
watch(feeds) -> Watched               feeds asked again and again: what is new into a store, alerts by rule
matrix(*actors) -> Answer            who did what to whom, counted and summed from a store; dyad(a, b) over time
happenings(*actors) -> Answer        the acts behind the reports, each once; link() finds them, rebuild() makes all anew
events(*actors) -> Answer            the rows themselves; so do statements, search(words), sql(query)
import_events(files) -> [Imported]   other people's events into a store; export(form, out) gives events away
compare(ours, theirs, pair)          two codings of a pair side by side
evaluate_statements(gold) -> Score   how what is found compares with gold; so do evaluate_events, evaluate_positions,
                                     evaluate_references, evaluate_pages
"""

from __future__ import annotations

from dragoman.desk.audited import audit, audit_examples, audit_filled, audit_sample, audit_sheet, judge, type_named
from dragoman.desk.counts import dyad, dyad_parts, events, matrix, measures, search, sql, statements
from dragoman.desk.exchanged import compare, export, export_forms, import_events
from dragoman.desk.filling import ingest, recode
from dragoman.desk.gold import (
    evaluate_events,
    evaluate_pages,
    evaluate_positions,
    evaluate_references,
    evaluate_statements,
)
from dragoman.desk.happened import happenings, link, rebuild
from dragoman.desk.pages import (
    explain,
    read,
    read_each,
    read_many,
    readings,
    readings_each,
    sentences,
    understands_date,
)
from dragoman.desk.parts import coder, lexicon, names
from dragoman.desk.stores import migrate_store, open_store
from dragoman.desk.tables import add_to_lexicon, check_lexicon, import_to_lexicon
from dragoman.desk.training import Trained, questions, train
from dragoman.desk.wants import (
    agree,
    agreement_answer,
    network,
    networks,
    positions,
    signals,
    signals_answer,
    statement_rows,
)
from dragoman.desk.watching import watch

__all__ = [
    "Trained",
    "add_to_lexicon",
    "agree",
    "agreement_answer",
    "audit",
    "audit_examples",
    "audit_filled",
    "audit_sample",
    "audit_sheet",
    "check_lexicon",
    "coder",
    "compare",
    "dyad",
    "dyad_parts",
    "evaluate_events",
    "evaluate_pages",
    "evaluate_positions",
    "evaluate_references",
    "evaluate_statements",
    "events",
    "explain",
    "export",
    "export_forms",
    "happenings",
    "import_events",
    "import_to_lexicon",
    "ingest",
    "judge",
    "lexicon",
    "link",
    "matrix",
    "measures",
    "migrate_store",
    "names",
    "network",
    "networks",
    "open_store",
    "positions",
    "questions",
    "read",
    "read_each",
    "read_many",
    "readings",
    "readings_each",
    "rebuild",
    "recode",
    "search",
    "sentences",
    "signals",
    "signals_answer",
    "sql",
    "statement_rows",
    "statements",
    "train",
    "type_named",
    "understands_date",
    "watch",
]
