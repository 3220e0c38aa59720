"""Leaving the unsure rows to a person: what coverage costs which accuracy.

El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification", 2010.
"""

import numpy as np

_POINTS = 50  # of a curve
_WANTED = (0.8, 0.9, 0.95, 0.98, 0.99)


def coverage_curve(confidence, right, points=_POINTS):
    """`[{"threshold", "coverage", "accuracy"}]`, from the surest rows to all of them.

    A row is answered if its confidence is at least the threshold; rows of one
    confidence are answered together or not at all.
    """
    confidence, right = np.asarray(confidence, float), np.asarray(right, float)
    if not len(confidence):
        return []
    order = np.argsort(-confidence, kind="stable")
    sure, hits = confidence[order], np.cumsum(right[order])
    ends = np.flatnonzero(np.append(np.diff(sure) != 0, True))  # last row of a tie
    spread = np.linspace(0, len(ends) - 1, min(points, len(ends)))
    chosen = ends[np.unique(np.round(spread).astype(int))]
    return [
        {
            "threshold": float(sure[end]),
            "coverage": float((end + 1) / len(sure)),
            "accuracy": float(hits[end] / (end + 1)),
        }
        for end in chosen
    ]


def thresholds_for(confidence, right, wanted=_WANTED):
    """`[{"accuracy", "threshold", "coverage"}]`: the lowest threshold that reaches it.

    The widest coverage with at least this accuracy on these rows; accuracies that all
    rows together reach already, or that no threshold reaches, are left out.
    """
    curve = coverage_curve(confidence, right, points=max(len(confidence), 1))
    if not curve:
        return []
    found = []
    for accuracy in wanted:
        reached = [point for point in curve if point["accuracy"] >= accuracy]
        if reached and curve[-1]["accuracy"] < accuracy:
            widest = max(reached, key=lambda point: point["coverage"])
            found.append(
                {
                    "accuracy": accuracy,
                    "threshold": widest["threshold"],
                    "coverage": widest["coverage"],
                }
            )
    return found


def area_under_risk(confidence, right):
    """Mean error over all coverages, 0 at best; NaN without rows (AURC)."""
    right = np.asarray(right, float)
    if not len(right):
        return float("nan")
    order = np.argsort(-np.asarray(confidence, float), kind="stable")
    errors = np.cumsum(1 - right[order]) / np.arange(1, len(right) + 1)
    return float(errors.mean())
