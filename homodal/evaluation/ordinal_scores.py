"""Measures for classes that have an order: how many ranks off, and by chance or not."""

import numpy as np

from homodal.evaluation.intervals import interval_of

NAMES = ("mae_ranks", "kappa_quadratic")
_COUNTS_AT_ONCE = 2_000_000


def ordinal_scores(confusion):
    """`{name: (...)}` of counts `(..., classes, classes)`, truth by prediction.

    mae_ranks: mean distance in ranks. kappa_quadratic: Cohen's kappa with quadratic
    weights, 1 - sum(w observed) / sum(w expected), w = (i - j)^2 (Cohen, 1968); 1 where
    truth and prediction are the one same class in every row. NaN without rows.
    """
    confusion = np.asarray(confusion, float)
    ranks = np.arange(confusion.shape[-1])
    apart = np.abs(ranks[:, None] - ranks)
    rows = confusion.sum(axis=(-2, -1))
    safe = np.where(rows > 0, rows, np.nan)
    truth, predicted = confusion.sum(axis=-1), confusion.sum(axis=-2)
    by_chance = truth[..., :, None] * predicted[..., None, :] / safe[..., None, None]
    observed = (apart**2 * confusion).sum(axis=(-2, -1))
    expected = (apart**2 * by_chance).sum(axis=(-2, -1))
    kappa = 1 - np.divide(
        observed, expected, out=np.zeros_like(rows), where=expected > 0
    )
    return {
        "mae_ranks": (apart * confusion).sum(axis=(-2, -1)) / safe,
        "kappa_quadratic": np.where(rows > 0, kappa, np.nan),
    }


def ordinal_intervals(confusion, *, resamples=1000, seed=0):
    """`{name: {"value", "low", "high"}}`: percentile bootstrap over rows."""
    confusion = np.asarray(confusion)
    values = {name: float(each) for name, each in ordinal_scores(confusion).items()}
    rows = int(confusion.sum())
    if not rows:
        empty = {"value": np.nan, "low": np.nan, "high": np.nan}
        return {name: dict(empty) for name in NAMES}
    rng, shares = np.random.default_rng(seed), confusion.ravel() / rows
    chunk = max(1, _COUNTS_AT_ONCE // confusion.size)
    parts = []
    for begin in range(0, resamples, chunk):
        drawn = rng.multinomial(rows, shares, size=min(chunk, resamples - begin))
        parts.append(ordinal_scores(drawn.reshape(-1, *confusion.shape)))
    farthest = max(len(confusion) - 1, 0)
    bounds = {"mae_ranks": (0.0, farthest), "kappa_quadratic": (-1.0, 1.0)}
    return {
        name: interval_of(
            values[name],
            np.concatenate([part[name] for part in parts]),
            rows=rows,
            bounds=bounds[name],
        )
        for name in NAMES
    }
