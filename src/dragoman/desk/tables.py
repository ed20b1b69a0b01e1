"""The tables of the lexicon: looked at, added to, brought in from other projects."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from dragoman.desk import parts
from dragoman.desk.parts import Source
from dragoman.settings import Settings

if TYPE_CHECKING:
    from dragoman.lexicon.add import Added
    from dragoman.lexicon.bring import Brought
    from dragoman.lexicon.load import Lexicon


def check_lexicon(settings: Settings) -> Lexicon:
    """The tables in use, looked at cell by cell. Raises LexiconError with every fault in them."""
    from dragoman.lexicon.check import check

    return check(settings.lexicon)


def add_to_lexicon(
    kind: str,
    row: Mapping[str, str | Sequence[str]],
    *,
    folder: Source,
    settings: Settings | None = None,
    dry_run: bool = False,
) -> Added:
    """What became of a row, given by column, in a folder of tables of the user's own.

    Raises LexiconError, and writes nothing, where the row would be a fault.
    """
    from dragoman.lexicon.add import add

    chosen = settings or parts.loaded()
    added = add(kind, row, folder=os.fspath(folder), folders=chosen.lexicon, dry_run=dry_run)
    if added.written:
        parts.forget()
    return added


def import_to_lexicon(
    form: Literal["petrarch", "wikidata"],
    files: Sequence[Source],
    *,
    folder: Source,
    settings: Settings | None = None,
    report: Source | None = None,
    dry_run: bool = False,
    **given: Any,
) -> Brought:
    """What came of the actors in these files, laid into a folder of tables; nothing that stands there is changed.

    Dictionaries of PETRARCH take `kind` (actors, agents, verbs), exports of Wikidata take `since` (a year).
    """
    from dragoman.lexicon import bring
    from dragoman.lexicon.petrarch import files as petrarch
    from dragoman.lexicon.wikidata import files as wikidata

    chosen = settings or parts.loaded()
    tables = bring.tables_with(os.fspath(folder), chosen.lexicon)
    read: Any = {"petrarch": petrarch.read, "wikidata": wikidata.read}[form]
    found = read([os.fspath(file) for file in files], tables, **given)
    brought = bring.bring(
        found, os.fspath(folder), chosen.lexicon, report=None if report is None else os.fspath(report), dry_run=dry_run
    )
    if brought.files:
        parts.forget()
    return brought
