"""Measures for rows that bear any number of labels, and their intervals.

Definitions are scikit-learn's with `zero_division=0`. Average precision and its macro
mean are over the labels that occur.
"""

import numpy as np

from homodal.calibration import THRESHOLD
from homodal.evaluation.intervals import (
    SHARE,
    bootstrap_weights,
    interval_of,
    leans_of,
)
from homodal.evaluation.scores import each_class

NAMES = (
    "f1_macro",
    "f1_micro",
    "f1_samples",
    "precision_micro",
    "recall_micro",
    "subset_accuracy",
    "hamming_loss",
    "average_precision_macro",
)
_CELLS_AT_ONCE = 4_000_000


def multilabel_scores(truth, probabilities, threshold=THRESHOLD):
    """`{name: float}` for `NAMES`; truth `(rows, labels)` 0 or 1, NaN without rows.

    threshold: a number, or one for each label (`calibration.best_thresholds`).
    """
    truth, probabilities = _checked(truth, probabilities)
    if not len(truth):
        return dict.fromkeys(NAMES, np.nan)
    found = _counted(truth, probabilities >= threshold, np.ones((1, len(truth))))
    values = {name: float(each[0]) for name, each in found.items()}
    values["average_precision_macro"] = _macro_precision(truth, probabilities)
    return values


def multilabel_intervals(
    truth, probabilities, threshold=THRESHOLD, *, resamples=1000, seed=0
):
    """`{name: {"value", "low", "high"}}`: bootstrap over rows (BCa).

    Average precision, a ranking of all rows, is resampled a tenth as often, and its
    interval is the percentile one.
    """
    truth, probabilities = _checked(truth, probabilities)
    values = multilabel_scores(truth, probabilities, threshold)
    if not len(truth):
        empty = {"value": np.nan, "low": np.nan, "high": np.nan}
        return {name: dict(empty) for name in values}
    chosen = probabilities >= threshold
    chunk = max(1, _CELLS_AT_ONCE // truth.size)
    parts = []
    for begin in range(0, resamples, chunk):
        size = min(chunk, resamples - begin)
        weights = bootstrap_weights(len(truth), size, [seed, begin])
        parts.append(_counted(truth, chosen, weights))
    drawn = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    rng = np.random.default_rng(seed)
    picks = rng.integers(len(truth), size=(max(resamples // 10, 1), len(truth)))
    drawn["average_precision_macro"] = np.array(
        [_macro_precision(truth[rows], probabilities[rows]) for rows in picks]
    )
    leans = leans_of(lambda weights: _counted(truth, chosen, weights), len(truth))
    rows = len(truth)
    return {
        n: interval_of(values[n], drawn[n], leans.get(n), rows=rows, bounds=SHARE)
        for n in NAMES
    }


def average_precision(truth, scores):
    """Mean precision over the places of the true rows: `(rows,)` each; 0 without any.

    Rows of one score come together, as in scikit-learn.
    """
    order = np.argsort(-scores, kind="stable")
    sure, hits = scores[order], truth[order].cumsum()
    ends = np.flatnonzero(np.append(np.diff(sure) != 0, True))
    precision = hits[ends] / (ends + 1)
    total = hits[-1]
    if not total:
        return 0.0
    return float((np.diff(hits[ends], prepend=0) / total * precision).sum())


def _checked(truth, probabilities):
    truth, probabilities = np.asarray(truth, int), np.asarray(probabilities, float)
    if truth.shape != probabilities.shape or truth.ndim != 2:
        got = f"{truth.shape} and {probabilities.shape}"
        raise ValueError(f"Expected two of shape (rows, labels), got {got}")
    return truth, probabilities


def _counted(truth, chosen, weights):
    """`{name: (resamples,)}`, each row counted `weights (resamples, rows)` times."""
    hits, total = truth * chosen, weights.sum(axis=1)
    counts = [weights @ each.astype(float) for each in (hits, truth, chosen)]
    per_label = each_class(*counts)
    pooled = each_class(*(each.sum(axis=1) for each in counts))
    by_row = each_class(*(each.sum(axis=1) for each in (hits, truth, chosen)))
    wrong = (truth != chosen).mean(axis=1)
    return {
        "f1_macro": per_label["f1"].mean(axis=1),
        "f1_micro": pooled["f1"],
        "f1_samples": weights @ by_row["f1"] / total,
        "precision_micro": pooled["precision"],
        "recall_micro": pooled["recall"],
        "subset_accuracy": weights @ (wrong == 0) / total,
        "hamming_loss": weights @ wrong / total,
    }


def _macro_precision(truth, probabilities):
    occurs = np.flatnonzero(truth.any(axis=0))
    if not len(occurs):
        return 0.0
    pairs = (average_precision(truth[:, k], probabilities[:, k]) for k in occurs)
    return float(np.mean(list(pairs)))
