"""Bootstrap intervals: how far a score could move with other rows of the same kind.

Rows are resampled with replacement and the middle 95 % of the resampled scores are the
interval (percentile bootstrap). Rows that count alike are drawn together: a resample of
the confusion matrix is one multinomial draw over its cells, so the cost depends on the
number of different outcomes and not on the number of rows.
"""

import numpy as np

from homodal.evaluation.scores import class_scores

LEVEL = 0.95
_DRAWS_AT_ONCE = 2_000_000  # bounds memory: 16 MB of int64
_LOSS_BINS = 2000


def intervals(tally, *, resamples=1000, seed=0):
    """`{name: {"value", "low", "high"}}` for every score of a `Tally`.

    All three are NaN where no row was scored.
    """
    values = tally.scores()
    if not tally.scored:
        return {name: _entry(np.nan, np.nan, np.nan) for name in values}
    drawn = _resampled(tally, resamples, np.random.default_rng(seed))
    return {name: _interval(values[name], drawn[name], tally.scored) for name in values}


def share_interval(hits, rows, *, resamples=1000, seed=0):
    """`{"value", "low", "high"}` of a share of rows: the bootstrap of `hits / rows`."""
    if not rows:
        return _entry(np.nan, np.nan, np.nan)
    rng = np.random.default_rng(seed)
    return _interval(hits / rows, _shares(hits, rows, resamples, rng), rows)


def _resampled(tally, resamples, rng):
    """`{name: (resamples,)}`, scores of resampled rows."""
    drawn = _class_scores(tally.confusion, resamples, rng)
    drawn[f"top_{tally.top}_accuracy"] = _shares(
        tally.hits, tally.scored, resamples, rng
    )
    drawn["log_loss"] = _means(tally.losses, resamples, rng)
    return drawn


def _class_scores(confusion, resamples, rng):
    truth, predicted = np.nonzero(confusion)
    cells = confusion[truth, predicted]
    parts = [
        class_scores(*_class_counts(draws, truth, predicted, len(confusion)))
        for draws in _draws(cells, resamples, rng)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _draws(cells, resamples, rng):
    """Yield resampled `cells (cells,)`, as many at once as memory allows."""
    rows = int(cells.sum())
    chunk = max(1, _DRAWS_AT_ONCE // len(cells))
    for start in range(0, resamples, chunk):
        size = min(chunk, resamples - start)
        yield rng.multinomial(rows, cells / rows, size=size)


def _class_counts(draws, truth, predicted, classes):
    """`correct, truth, predicted`, each `(resamples, classes)`."""
    correct = draws * (truth == predicted)
    return (
        _by_class(correct, truth, classes),
        _by_class(draws, truth, classes),
        _by_class(draws, predicted, classes),
    )


def _by_class(draws, index, classes):
    """Sums of `draws (resamples, cells)` over the cells of each class."""
    order = np.argsort(index, kind="stable")
    present, first = np.unique(index[order], return_index=True)
    sums = np.zeros((len(draws), classes), draws.dtype)
    sums[:, present] = np.add.reduceat(draws[:, order], first, axis=1)
    return sums


def _shares(hits, rows, resamples, rng):
    return rng.binomial(rows, hits / rows, size=resamples) / rows


def _means(losses, resamples, rng):
    """Resampled means `(resamples,)`.

    Many rows are gathered in bins of equal width and stand for their bin's mean: the
    spread within a bin is at most 1/2000 of the range, far below the rows' own.
    """
    if len(losses) <= _LOSS_BINS:
        counts, means = np.ones(len(losses), np.int64), losses
    else:
        counts, means = _binned(losses)
    draws = _draws(counts, resamples, rng)
    return np.concatenate([draw @ means for draw in draws]) / len(losses)


def _binned(losses):
    counts, edges = np.histogram(losses, bins=_LOSS_BINS)
    sums, _ = np.histogram(losses, bins=edges, weights=losses)
    return counts[counts > 0], sums[counts > 0] / counts[counts > 0]


def _interval(value, drawn, rows):
    """The middle of the draws; it holds the value even where the draws lean to a side.

    Where all rows are right (or all wrong) every resample is the same and the bootstrap
    would claim certainty, after a single row too. The exact interval of a share
    (Clopper and Pearson) has a closed form there and takes its place.
    """
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    if value in (0, 1) and low == high:
        far = tail ** (1 / rows)
        low, high = (far, 1) if value else (0, 1 - far)
    return _entry(value, min(low, value), max(high, value))


def _entry(value, low, high):
    return {"value": float(value), "low": float(low), "high": float(high)}
