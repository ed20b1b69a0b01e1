"""What the ledger tells of a store: every article by its outcome, in the last run and in all of them."""

from __future__ import annotations

from dragoman.ingest.ledger import Aside, Ledger, RunRow
from dragoman.records import Record

_RUNS = 20


class OutcomeRow(Record, frozen=True):
    """One outcome: how many articles met it last, and some that did, each with where it stands and why."""

    outcome: str
    kept: int
    not_kept: int
    examples: tuple[Aside, ...]


class Report(Record, frozen=True):
    """What became of the articles: `outcomes` counts each once, by what it met last; `runs` has the latest first."""

    outcomes: tuple[OutcomeRow, ...]
    runs: tuple[RunRow, ...]

    @property
    def articles(self) -> int:
        return sum(row.kept + row.not_kept for row in self.outcomes)


def reported(ledger: Ledger, examples: int = 3) -> Report:
    """The report; with so many examples of each outcome that is not plainly `read`."""
    totals = ledger.totals()
    return Report(
        outcomes=tuple(
            OutcomeRow(
                outcome=outcome,
                kept=kept,
                not_kept=not_kept,
                examples=tuple(ledger.examples(outcome, examples)),
            )
            for outcome, (kept, not_kept) in sorted(totals.items(), key=lambda item: (item[0] != "read", item[0]))
        ),
        runs=tuple(ledger.runs(_RUNS)),
    )
