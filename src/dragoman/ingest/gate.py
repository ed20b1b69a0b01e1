"""The gate before the parse: articles in which nothing can be found are set aside, each with the reason."""

from __future__ import annotations

from typing import Protocol

from dragoman.records import Article

OUTCOME = "not_relevant"


class Gate(Protocol):
    """Says of an article why it need not be coded. `stamp` is another wherever it might answer otherwise."""

    stamp: str

    def why_not(self, article: Article) -> str | None:
        """The reason, in words; None where the article is to be coded."""


class Open:
    """Lets every article pass."""

    stamp = "open"

    def why_not(self, article: Article) -> str | None:
        """None."""
        return None
