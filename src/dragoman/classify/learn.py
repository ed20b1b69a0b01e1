"""Trains a linear head from rows with labels, in seconds; and says by cross-validation how good it will be."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dragoman.classify.head import DENSE, WEIGHTS, Head, Row

SEED = 20261123
FOLDS = 5
LEAST = 2  # rows a word must stand in
LOWEST = 1e-9  # shares below are as good as this


def fit(rows: Sequence[Row], labels: Sequence[str], *, strength: float = 0.3, least: int = LEAST) -> Head:
    """The head that tells these labels apart; `strength` is the C of the regression (the inverse of its penalty).

    Labels weigh alike however many rows they have. Raises ValueError where there are not two labels.
    """
    import numpy as np
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    kinds = sorted(set(labels))
    if len(kinds) < 2:
        raise ValueError("two different labels at least are needed")
    terms, idf = [], []
    for k in range(len(WEIGHTS)):
        seen = Counter(word for one in rows for word in set(one.groups[k]))
        # a file of terms holds one a line
        mine = sorted(word for word, n in seen.items() if n >= least and "\n" not in word)
        terms.append(mine)
        idf += [float(np.log((1 + len(rows)) / (1 + seen[word])) + 1) for word in mine]
    empty = np.zeros((len(idf), len(kinds)), dtype=np.float32)
    plain = Head(kinds, terms, np.array(idf, dtype=np.float32), empty, np.zeros(len(kinds), dtype=np.float32))
    spread = [plain.sparse(one) for one in rows]
    where = np.array([k for columns, _ in spread for k in columns], dtype=np.int32)
    values = np.array([v for _, ones in spread for v in ones], dtype=np.float32)
    ends = np.cumsum([0, *(len(columns) for columns, _ in spread)])
    table: Any = csr_matrix((values, where, ends), shape=(len(rows), len(idf)))
    dense = None
    if rows[0].vector is not None:
        vectors = np.array([one.vector for one in rows], dtype=np.float32)
        mean, scale = vectors.mean(0), np.maximum(vectors.std(0), 1e-6)
        table = hstack([table, csr_matrix((vectors - mean) / scale * DENSE)]).tocsr()
        dense = (mean, scale)
    model = LogisticRegression(C=strength, max_iter=2000, class_weight="balanced")
    model.fit(table, np.array(labels))
    weights, bias = model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32)
    if len(kinds) == 2:  # one column of scores stands for both
        weights, bias = np.hstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    cut = len(idf)
    return Head(
        kinds, terms, plain.idf, weights[:cut], bias.astype(np.float32),
        None if dense is None else (*dense, weights[cut:]),
    )  # fmt: skip


def folds(groups: Sequence[str], labels: Sequence[str]) -> list[list[int]]:
    """Rows cut into at most five parts: rows of one group (a sentence) together, labels spread evenly.

    Raises ValueError where all rows are of one group.
    """
    import numpy as np
    from sklearn.model_selection import StratifiedGroupKFold

    if len(set(groups)) < 2:
        raise ValueError("two different groups at least are needed")
    number = max(2, min(FOLDS, *groups_of(groups, labels).values()))
    cut = StratifiedGroupKFold(number, shuffle=True, random_state=SEED)
    return [list(map(int, test)) for _, test in cut.split(np.zeros(len(labels)), np.array(labels), np.array(groups))]


def groups_of(groups: Sequence[str], labels: Sequence[str]) -> dict[str, int]:
    """In how many groups each label stands, the most frequent first."""
    return dict(Counter(label for _, label in dict.fromkeys(zip(groups, labels, strict=True))).most_common())


def crossed(rows: Sequence[Row], labels: Sequence[str], groups: Sequence[str], **how: Any) -> list[dict[str, float]]:
    """For each row the shares that a head gives which has not seen its group (see `folds`)."""
    out: list[dict[str, float]] = [{} for _ in rows]
    for test in folds(groups, labels):
        held = set(test)
        rest = [k for k in range(len(rows)) if k not in held]
        seen = {labels[k] for k in rest}
        if len(seen) == 1:  # what has seen one label only says that one
            for k in test:
                out[k] = dict.fromkeys(seen, 1.0)
            continue
        head = fit([rows[k] for k in rest], [labels[k] for k in rest], **how)
        for k, scores in zip(test, head.scores([rows[k] for k in test]), strict=True):
            out[k] = shares(head.labels, scores)
    return out


def shares(labels: Sequence[str], scores: Any) -> dict[str, float]:
    """Scores as shares that sum to one."""
    import numpy as np

    weights = np.exp(scores - scores.max())
    return dict(zip(labels, (weights / weights.sum()).tolist(), strict=True))


def temperature(found: Sequence[Mapping[str, float]], labels: Sequence[str]) -> float:
    """By what to divide scores so that their shares are honest: as often right as they say.

    Found on the shares of `crossed`: the value from 0.2 to 5 under which the labels are likeliest (Guo et al. 2017).
    """
    import numpy as np

    def surprise(value: float) -> float:
        total = 0.0
        for one, label in zip(found, labels, strict=True):
            scores = np.log(np.maximum(list(one.values()), LOWEST)) / value
            total += float(np.logaddexp.reduce(scores)) - math.log(max(one.get(label, 0.0), LOWEST)) / value
        return total

    return float(min(np.geomspace(0.2, 5.0, 33), key=surprise))
