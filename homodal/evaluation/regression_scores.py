"""Measures for numbers: how far off, how much explained, how the errors lean.

Definitions are scikit-learn's; a constant truth has an R2 of 0, or 1 where it is met.
Of several numbers a row each measure is the mean over the numbers.
"""

import numpy as np

from homodal.evaluation.intervals import bootstrap_weights, interval_of, leans_of

NAMES = ("mae", "rmse", "r2", "bias", "median_error", "correlation")
_ROWS_AT_ONCE = 2_000_000  # cells of weights in memory


def regression_scores(truth, predicted):
    """`{name: float}` for `NAMES`; NaN without rows. Both `(rows,)` or `(rows, n)`."""
    truth, predicted = _checked(truth, predicted)
    if not len(truth):
        return dict.fromkeys(NAMES, np.nan)
    weights = np.ones((1, len(truth)))
    found = _weighted(truth, predicted, weights)
    return {name: float(values[0]) for name, values in found.items()}


def regression_intervals(truth, predicted, *, resamples=1000, seed=0):
    """`{name: {"value", "low", "high"}}`: bootstrap over rows (BCa)."""
    truth, predicted = _checked(truth, predicted)
    values = regression_scores(truth, predicted)
    if not len(truth):
        empty = {"value": np.nan, "low": np.nan, "high": np.nan}
        return {name: dict(empty) for name in values}
    chunk = max(1, _ROWS_AT_ONCE // len(truth))
    parts = [
        _weighted(
            truth,
            predicted,
            bootstrap_weights(len(truth), min(chunk, resamples - begin), [seed, begin]),
        )
        for begin in range(0, resamples, chunk)
    ]
    drawn = {n: np.concatenate([part[n] for part in parts]) for n in values}
    leans = leans_of(lambda weights: _weighted(truth, predicted, weights), len(truth))
    return {n: interval_of(values[n], drawn[n], leans.get(n)) for n in values}


def _checked(truth, predicted):
    truth, predicted = np.asarray(truth, float), np.asarray(predicted, float)
    if truth.shape != predicted.shape or truth.ndim not in (1, 2):
        got = f"{truth.shape} and {predicted.shape}"
        raise ValueError(f"Expected two of one length, got {got}")
    return truth, predicted


def _weighted(truth, predicted, weights):
    """`{name: (resamples,)}`, each row counted `weights (resamples, rows)` times."""
    if truth.ndim == 1:
        return _of_one(truth, predicted, weights)
    each = [_of_one(*pair, weights) for pair in zip(truth.T, predicted.T, strict=True)]
    return {name: np.mean([one[name] for one in each], axis=0) for name in NAMES}


def _of_one(truth, predicted, weights):
    total = weights.sum(axis=1)
    error = predicted - truth
    mean = weights @ truth / total
    square = weights @ error**2 / total
    variance = np.maximum(weights @ truth**2 / total - mean**2, 0)
    tiny = 1e-12 * np.maximum(np.abs(mean), 1) ** 2
    return {
        "mae": weights @ np.abs(error) / total,
        "rmse": np.sqrt(square),
        "r2": np.where(
            variance > tiny,
            1 - square / np.maximum(variance, tiny),
            (square <= tiny).astype(float),
        ),
        "bias": weights @ error / total,
        "median_error": _medians(np.abs(error), weights),
        "correlation": _correlation(truth, predicted, weights / total[:, None]),
    }


def _medians(values, weights):
    """The median of values that each count so often: `(resamples,)`."""
    order = np.argsort(values)
    counts = weights[:, order].cumsum(axis=1)
    half = counts[:, -1:] / 2
    low = values[order][(counts >= half).argmax(axis=1)]
    high = values[order][(counts > half).argmax(axis=1)]
    return (low + high) / 2


def _correlation(truth, predicted, shares):
    """Pearson's; 0 where one of the two is constant."""
    a, b = truth - truth.mean(), predicted - predicted.mean()
    mean_a, mean_b = shares @ a, shares @ b
    spread_a = shares @ a**2 - mean_a**2
    spread_b = shares @ b**2 - mean_b**2
    both = np.sqrt(np.maximum(spread_a, 0) * np.maximum(spread_b, 0))
    covariance = shares @ (a * b) - mean_a * mean_b
    return np.divide(covariance, both, out=np.zeros_like(both), where=both > 1e-15)
