"""Goldstein's weights, by the type and mode of our events.

weights = read(text)                         # of data/ontology/goldstein.csv
weight("CONSULT", "visit", weights)          # 1.9
"""

from __future__ import annotations

import csv
from collections.abc import Mapping

from dragoman.errors import SettingsError

Weights = Mapping[tuple[str, str | None], float | None]  # (PLOVER type, mode) -> weight, None where it has none


def read(table: str) -> Weights:
    """The weights of `data/ontology/goldstein.csv`, given as its text. Raises SettingsError naming the line."""
    found: dict[tuple[str, str | None], float | None] = {}
    for line, row in enumerate(csv.DictReader(table.splitlines()), 2):
        try:
            weighs = float(row["weight"]) if row["weight"] else None
            if weighs is not None and not -10 <= weighs <= 10:
                raise ValueError("out of range")
            found[(row["type"], row["mode"] or None)] = weighs
        except (KeyError, TypeError, ValueError) as cause:
            raise SettingsError(
                f"line {line} has no weight that can be read",
                name="goldstein.csv",
                hint="type, mode, and a weight from -10 to 10 or nothing",
            ) from cause
    return found


def weight(kind: str | None, mode: str | None, weights: Weights | None) -> float | None:
    """Goldstein's weight of a type and mode: the type's for a mode without a row; None where there is none."""
    if weights is None or kind is None:
        return None
    # a mode that the table names without a weight has none: that of its type would be a guess
    return weights[(kind, mode)] if (kind, mode) in weights else weights.get((kind, None))
