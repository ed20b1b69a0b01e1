"""How sure an event is: from the doubts of a pattern and the share of the model to how often such events are right.

Logistic curves fitted to events found in sentences of ours that the model had not seen, right meaning type and both
sides as labelled (Platt 1999). docs/results.md holds the reliability table.
"""

from __future__ import annotations

import math

# constant, slope of the model's log odds, slope of the pattern's own confidence
PATTERN_ALONE = (-0.55, 0.0, 1.79)
PATTERN = (-2.8, 0.77, 2.44)
MODEL = (-0.1, 0.5, 0.0)
LOW, HIGH = 0.02, 0.99


def of_pattern(confidence: float, share: float | None) -> float:
    """The confidence of an event that a pattern read; `share` is what the model gives its type, if it was asked."""
    return _curve(PATTERN_ALONE if share is None else PATTERN, share, confidence)


def of_model(share: float) -> float:
    """The confidence of an event that only the model sees."""
    return _curve(MODEL, share, 0.0)


def _curve(weights: tuple[float, float, float], share: float | None, confidence: float) -> float:
    base, slope, doubt = weights
    odds = 0.0
    if share is not None:
        inside = min(max(share, 0.001), 0.999)
        odds = math.log(inside / (1 - inside))
    raw = 1 / (1 + math.exp(-(base + slope * odds + doubt * confidence)))
    return round(min(HIGH, max(LOW, raw)), 2)
