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
    sure, covered, accuracy = _ends(confidence, right)
    if not len(sure):
        return []
    spread = np.linspace(0, len(sure) - 1, min(points, len(sure)))
    return [
        {
            "threshold": float(sure[end]),
            "coverage": float(covered[end]),
            "accuracy": float(accuracy[end]),
        }
        for end in np.unique(np.round(spread).astype(int))
    ]


def thresholds_for(confidence, right, wanted=_WANTED):
    """`[{"accuracy", "threshold", "coverage"}]`: the lowest threshold that reaches it.

    The widest coverage with at least this accuracy on these rows; accuracies that all
    rows together reach already, or that no threshold reaches, are left out.
    """
    sure, covered, accuracy = _ends(confidence, right)
    found = []
    for least in wanted:
        reached = np.flatnonzero(accuracy >= least)
        if len(reached) and accuracy[-1] < least:
            widest = reached[-1]
            found.append(
                {
                    "accuracy": least,
                    "threshold": float(sure[widest]),
                    "coverage": float(covered[widest]),
                }
            )
    return found


def _ends(confidence, right):
    """Confidence, coverage and accuracy at the last row of each tie, surest first."""
    confidence, right = np.asarray(confidence, float), np.asarray(right, bool)
    order = np.argsort(-confidence, kind="stable")
    sure, hits = confidence[order], np.cumsum(right[order])
    ends = np.flatnonzero(np.diff(sure, append=np.nan))  # the last differs from none
    return sure[ends], (ends + 1) / max(len(sure), 1), hits[ends] / (ends + 1)


def area_under_risk(confidence, right):
    """Mean error over all coverages, 0 at best; NaN without rows (AURC)."""
    right = np.asarray(right, float)
    if not len(right):
        return float("nan")
    order = np.argsort(-np.asarray(confidence, float), kind="stable")
    errors = np.cumsum(1 - right[order]) / np.arange(1, len(right) + 1)
    return float(errors.mean())
