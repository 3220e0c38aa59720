"""Measures for answers of two classes that do not depend on where the line is drawn."""

import numpy as np

from homodal.evaluation.intervals import SHARE, bootstrap_weights, interval_of

NAMES = ("eer", "roc_auc")
_CELLS_AT_ONCE = 2_000_000


def verification_scores(truth, score):
    """`{name: float}` for `NAMES`; truth `(rows,)` 0 or 1, score `(rows,)` of a 1.

    eer: the equal error rate, where as large a share of the zeros is let in as of the
    ones is turned away, on the straight lines between the points of the ROC curve.
    roc_auc: how often a one scores above a zero. NaN where one of the two is missing.
    """
    weights = np.ones((1, len(truth)))
    return {n: float(v[0]) for n, v in _weighted(truth, score, weights).items()}


def verification_intervals(truth, score, *, resamples=1000, seed=0):
    """`{name: {"value", "low", "high"}}`: percentile bootstrap over rows."""
    truth, score = np.asarray(truth, int), np.asarray(score, float)
    values = verification_scores(truth, score)
    if any(np.isnan(value) for value in values.values()):
        return {n: dict.fromkeys(("value", "low", "high"), np.nan) for n in NAMES}
    chunk = max(1, _CELLS_AT_ONCE // len(truth))
    parts = []
    for begin in range(0, resamples, chunk):
        size = min(chunk, resamples - begin)
        weights = bootstrap_weights(len(truth), size, [seed, begin])
        parts.append(_weighted(truth, score, weights))
    drawn = {n: np.concatenate([part[n] for part in parts]) for n in NAMES}
    # a resample without one of the classes says nothing
    rarer = int(min(truth.sum(), (1 - truth).sum()))
    return {
        n: interval_of(values[n], d[~np.isnan(d)], rows=rarer, bounds=SHARE)
        for n, d in drawn.items()
    }


def _weighted(truth, score, weights):
    """`{name: (resamples,)}`, each row counted `weights (resamples, rows)` times."""
    truth, score = np.asarray(truth, int), np.asarray(score, float)
    order = np.argsort(-score, kind="stable")
    ones = (weights * truth)[:, order].cumsum(axis=1)
    zeros = (weights * (1 - truth))[:, order].cumsum(axis=1)
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, len(score) > 0))
    start = np.zeros((len(weights), 1))
    ones = np.concatenate([start, ones[:, ends]], axis=1)
    zeros = np.concatenate([start, zeros[:, ends]], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        kept, let_in = ones / ones[:, -1:], zeros / zeros[:, -1:]
    area = (np.diff(let_in) * (kept[:, 1:] + kept[:, :-1]) / 2).sum(axis=1)
    known = ~np.isnan(kept[:, -1] + let_in[:, -1])
    return {
        "eer": np.where(known, _equal_errors(let_in, 1 - kept), np.nan),
        "roc_auc": np.where(known, area, np.nan),
    }


def _equal_errors(let_in, turned_away):
    """Where two lines cross, of which the one rises from 0 and the other falls to 0."""
    above = let_in - turned_away
    after = np.argmax(above >= 0, axis=1)  # the first is -1, the last 1
    rows = np.arange(len(above))
    before = np.maximum(after - 1, 0)
    low, high = above[rows, before], above[rows, after]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(high > low, -low / (high - low), 0.0)
    start, end = let_in[rows, before], let_in[rows, after]
    return start + share * (end - start)
