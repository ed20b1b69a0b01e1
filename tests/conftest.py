"""What many suites need and what is slow to make: the tables, the parser and the coder, once a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from dragoman.coder import Coder
    from dragoman.lexicon.load import Lexicon
    from dragoman.parse.base import Parser
    from dragoman.records import Reading


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    from dragoman.lexicon.load import load

    return load()


@pytest.fixture(scope="session")
def parser() -> Parser:
    from dragoman.parse.spacy import SpacyParser

    return SpacyParser()


@pytest.fixture(scope="session")
def coder(lexicon: Lexicon, parser: Parser) -> Coder:
    from dragoman.coder import Coder

    return Coder(lexicon, parser)


@pytest.fixture(scope="session")
def page_reading(coder: Coder) -> Reading:
    """The Reading of one of the pages, with something of every kind in it."""
    import golden

    (folder,) = golden.folders("05")
    return golden.reading_of(folder, coder)
