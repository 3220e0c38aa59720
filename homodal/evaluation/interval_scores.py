"""Measures for answers that are a range: how often it holds the truth, how wide it is.

The two belong together: a range without end holds every truth.
"""

import numpy as np

from homodal.evaluation.intervals import SHARE, mean_interval, share_interval

NAMES = ("coverage", "width")


def interval_scores(truth, low, high, seed=0):
    """`{name: {"value", "low", "high"}}` for `NAMES`; each `(rows,)` or `(rows, n)`.

    coverage: the share of rows, or of their numbers, within low and high. width: mean
    of high - low.
    """
    truth, low, high = (np.asarray(each, float) for each in (truth, low, high))
    if not truth.shape == low.shape == high.shape:
        got = f"{truth.shape}, {low.shape} and {high.shape}"
        raise ValueError(f"Expected three of one shape, got {got}")
    inside = (low <= truth) & (truth <= high)
    if truth.ndim == 1:
        coverage = share_interval(int(inside.sum()), len(truth), seed=seed)
        return {"coverage": coverage, "width": mean_interval(high - low, seed=seed)}
    return {
        "coverage": mean_interval(inside.mean(axis=1), SHARE, seed=seed),
        "width": mean_interval((high - low).mean(axis=1), seed=seed),
    }
