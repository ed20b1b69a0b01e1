"""What many suites need and what is slow to make: the tables, the parser and the coder, once a run."""

from __future__ import annotations

import pytest

from dragoman.coder import Coder
from dragoman.lexicon.load import Lexicon, load
from dragoman.parse.base import Parser
from dragoman.parse.spacy import SpacyParser


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load()


@pytest.fixture(scope="session")
def parser() -> Parser:
    return SpacyParser()


@pytest.fixture(scope="session")
def coder(lexicon: Lexicon, parser: Parser) -> Coder:
    return Coder(lexicon, parser)
