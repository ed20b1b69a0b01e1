"""What many suites need and what is slow to make: the tables, the parser and the coder, once a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from dragoman.coder import Coder
    from dragoman.lexicon.load import Lexicon
    from dragoman.parse.base import Parser


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
