"""Whether probabilities mean what they say.

Guo et al., "On Calibration of Modern Neural Networks", 2017, arXiv:1706.04599; with
equally filled bins: Nixon et al., "Measuring Calibration in Deep Learning", 2019,
arXiv:1904.01685.
"""

import math

import numpy as np

from homodal.evaluation.intervals import mean_interval, share_interval
from homodal.evaluation.selection import area_under_risk, coverage_curve, thresholds_for

BINS = 15
_DRAWS = 500  # resamples of the rows
_RESAMPLED_ROWS = 20_000  # with more, the draws are of so many rows and scaled


def reliability(confidence, right, bins=BINS, adaptive=False):
    """The reliability diagram: `[{"low", "high", "rows", "confidence", "accuracy"}]`.

    confidence, right: `(rows,)`. Bins are of equal width, or, `adaptive`, hold equally
    many rows; empty ones are left out.
    """
    confidence = np.asarray(confidence, float)
    if not len(confidence):
        return []
    edges, place = _binned(confidence, bins, adaptive)
    return [
        {
            "low": float(edges[index]),
            "high": float(edges[index + 1]),
            "rows": int((place == index).sum()),
            "confidence": float(confidence[place == index].mean()),
            "accuracy": float(np.mean(np.asarray(right)[place == index])),
        }
        for index in np.unique(place)
    ]


def expected_calibration_error(diagram):
    """Mean distance of accuracy from confidence over the rows of a diagram."""
    rows = sum(each["rows"] for each in diagram)
    gaps = (
        each["rows"] * abs(each["accuracy"] - each["confidence"]) for each in diagram
    )
    return sum(gaps) / rows if rows else math.nan


def calibration_errors(confidence, right, *, seed=0):
    """`{"ece", "adaptive_ece"}`, each `{"value", "low", "high"}` by resampled rows.

    The error of a perfect model on few rows is above zero too: bins differ by luck.
    The interval is the percentile bootstrap's, stretched to hold the value.
    """
    found = {}
    for name, adaptive in (("ece", False), ("adaptive_ece", True)):
        value = expected_calibration_error(
            reliability(confidence, right, BINS, adaptive)
        )
        low, high = _error_interval(confidence, right, adaptive, seed)
        found[name] = {
            "value": value,
            "low": min(low, value) if len(confidence) else value,
            "high": max(high, value) if len(confidence) else value,
        }
    return found


def _binned(confidence, bins, adaptive):
    if adaptive:
        edges = np.quantile(confidence, np.linspace(0, 1, bins + 1))
    else:
        edges = np.linspace(0, 1, bins + 1)
    place = np.searchsorted(edges, confidence, side="left") - 1
    return edges, np.clip(place, 0, bins - 1)


def _error_interval(confidence, right, adaptive, seed):
    confidence, right = np.asarray(confidence, float), np.asarray(right, float)
    rows = len(confidence)
    if not rows:
        return math.nan, math.nan
    rng = np.random.default_rng(seed)
    _, place = _binned(confidence, BINS, adaptive)
    drawn = np.empty(_DRAWS)
    size = min(rows, _RESAMPLED_ROWS)
    for draw in range(_DRAWS):
        picked = rng.integers(rows, size=size)
        gaps = np.bincount(
            place[picked], right[picked] - confidence[picked], minlength=BINS
        )
        drawn[draw] = np.abs(gaps).sum() / size
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def calibration_of(outcomes, calibration, seed=0):
    """What an `Evaluation` says of the certainty of its scored rows, JSON-able.

    Brier score and errors with intervals, both diagrams, the curve of coverage and
    accuracy, and for every conformal set its measured coverage and size.
    """
    confidence, right = outcomes.confidence, outcomes.right
    found = {"temperature": calibration.temperature, "fitted_on": calibration.rows}
    if not len(outcomes):
        return found
    found |= calibration_errors(confidence, right, seed=seed)
    found["brier"] = mean_interval(outcomes.brier, seed=seed)
    found["confidence"] = float(confidence.mean())
    found["diagram"] = reliability(confidence, right)
    found["adaptive_diagram"] = reliability(confidence, right, adaptive=True)
    found["curve"] = coverage_curve(confidence, right)
    found["thresholds"] = thresholds_for(confidence, right)
    found["area_under_risk"] = area_under_risk(confidence, right)
    found["sets"] = sets_of(outcomes, seed)
    return found


def sets_of(outcomes, seed=0):
    """`[{"method", "level", "coverage", "size", "single"}]` of the conformal sets.

    coverage: the share of sets that hold the truth, with its interval. size: mean
    number of classes. single: share of sets of one class. worst_class: the lowest
    coverage of a class that has rows.
    """
    found = []
    sizes, covered = outcomes.sizes, outcomes.covered
    truth = outcomes.truth.astype(int)
    rows = np.bincount(truth)
    for (method, level), holds in covered.items():
        size = sizes[method, level]
        by_class = np.bincount(truth, holds)[rows > 0] / rows[rows > 0]
        found.append(
            {
                "method": method,
                "level": float(level),
                "coverage": share_interval(int(holds.sum()), len(holds), seed=seed),
                "size": float(size.mean()),
                "single": float((size == 1).mean()),
                "worst_class": float(by_class.min()),
            }
        )
    return found
