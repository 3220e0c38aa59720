"""Bootstrap intervals: how far a score could move with other rows of the same kind.

Rows are resampled with replacement, and an interval holds the middle of the resampled
scores, shifted for their bias and skew (BCa: Efron, "Better Bootstrap Confidence
Intervals", 1987). Rows that count alike are drawn together: a resample of the confusion
matrix is one multinomial draw over its cells, so the cost depends on the number of
different outcomes and not on the number of rows.

Where all rows count alike, every resample is the same and a bootstrap would claim
certainty, after a single row too. An exact bound takes its place (`_exact`), for every
figure that is known to lie between two bounds.
"""

from statistics import NormalDist

import numpy as np

from homodal.evaluation.scores import class_counts, class_scores, each_class

LEVEL = 0.95
_DRAWS_AT_ONCE = 2_000_000  # bounds memory: 16 MB of int64
_LOSS_BINS = 2000
_BLOCKS = 200  # of rows that the jackknife leaves out
_SAME = 1e-12  # resamples that differ by less differ by rounding
SHARE = (0.0, 1.0)  # bounds of a share
_SHARES_OF_ROWS = ("accuracy", "precision_micro", "recall_micro", "f1_micro")


def intervals(tally, *, resamples=1000, seed=0, stratified=False, method="bca"):
    """`{name: {"value", "low", "high"}}` for every score of a `Tally`.

    stratified: draw within each true class, where a table holds a fixed number of each.
    method: "bca" or "percentile". All three are NaN where no row was scored.
    """
    values = tally.scores()
    if not tally.scored:
        return {name: _entry(np.nan, np.nan, np.nan) for name in values}
    drawn = _resampled(tally, resamples, np.random.default_rng(seed), stratified)
    leans = _accelerations(tally) if method == "bca" else {}
    bounds = {name: None if name == "log_loss" else SHARE for name in values}
    found = {
        name: _interval(
            values[name], drawn[name], tally.scored, leans.get(name), bounds[name]
        )
        for name in values
    }
    if method == "bca" and not stratified:  # to the digit what any share of rows gets
        hits = int(np.trace(tally.confusion))
        share = share_interval(hits, tally.scored, resamples=resamples, seed=seed)
        found |= {name: dict(share) for name in _SHARES_OF_ROWS}
    return found


def class_intervals(tally, *, resamples=1000, seed=0):
    """`{measure: [{"value", "low", "high"}]}`, an entry a class: precision, recall, F1.

    BCa over rows; a class without rows and without answers has a value of zero, and an
    interval from 0 to 1.
    """
    classes, scored = tally.classes, tally.scored
    values = each_class(*class_counts(tally.confusion))
    if not scored:
        return {name: [_entry(*[np.nan] * 3)] * classes for name in values}
    truth, predicted = np.nonzero(tally.confusion)
    cells = tally.confusion[truth, predicted]
    parts = [
        each_class(*_class_counts(draws, truth, predicted, classes))
        for draws in _draws(cells, resamples, np.random.default_rng(seed))
    ]
    leans = _class_leans(tally)
    found = {}
    for name, value in values.items():
        drawn = np.concatenate([part[name] for part in parts]).T
        rows = tally.confusion.sum(axis=0 if name == "precision" else 1)
        each = zip(value, drawn, rows, leans[name], strict=True)
        found[name] = [_interval(*one) for one in each]
    return found


def share_interval(hits, rows, *, resamples=1000, seed=0):
    """`{"value", "low", "high"}` of a share of rows: the bootstrap of `hits / rows`."""
    if not rows:
        return _entry(np.nan, np.nan, np.nan)
    rng = np.random.default_rng(seed)
    share = hits / rows
    lean = _lean([1 - share, -share], [hits, rows - hits])
    return _interval(share, _shares(hits, rows, resamples, rng), rows, lean)


def mean_interval(values, bounds=None, *, resamples=1000, seed=0):
    """`{"value", "low", "high"}` of the mean of a figure of each row `(rows,)`.

    bounds: what no row's figure can lie below and above, where that is known; then
    equal figures are no certainty. Of `SHARE` and rows of 0 or 1 it is their
    `share_interval`.
    """
    values = np.asarray(values, float)
    if not len(values):
        return _entry(np.nan, np.nan, np.nan)
    if bounds == SHARE and np.isin(values, (0.0, 1.0)).all():
        hits = int(values.sum())
        return share_interval(hits, len(values), resamples=resamples, seed=seed)
    drawn = _means(values, resamples, np.random.default_rng(seed))
    lean = _lean(values - values.mean(), 1)
    return _interval(values.mean(), drawn, len(values), lean, bounds)


def bootstrap_weights(rows, resamples, seed=0):
    """How often each row was drawn, `(resamples, rows)`: for paired comparisons.

    Whatever is computed from one set of weights is of the same resampled rows.
    """
    rng = np.random.default_rng(seed)
    return rng.multinomial(rows, np.full(rows, 1 / rows), size=resamples)


def leans_of(weighted, rows, blocks=_BLOCKS):
    """`{name: BCa's acceleration}` of figures of weighted rows.

    weighted: of `(n, rows)`, how often each row counts, to `{name: (n,)}`. Of many
    rows random blocks are left out: their influences are sums of independent rows',
    whose squares and cubes add up alike.
    """
    blocks = min(rows, blocks)
    if blocks < 2:
        return {}
    block = np.random.default_rng(0).permutation(rows) % blocks
    left = weighted((block != np.arange(blocks)[:, None]).astype(float))
    return {name: _lean(values.mean() - values, 1) for name, values in left.items()}


def interval_of(value, drawn, lean=None, *, rows=0, bounds=None):
    """`{"value", "low", "high"}` of a value and its resampled values `(resamples,)`.

    lean: BCa's acceleration; None for the plain percentile interval. rows: how many
    bear on the value; bounds: see `mean_interval`.
    """
    return _interval(value, np.asarray(drawn, float), rows, lean, bounds)


def _resampled(tally, resamples, rng, stratified):
    """`{name: (resamples,)}`, scores of resampled rows."""
    drawn = _class_scores(tally.confusion, resamples, rng, stratified)
    drawn[f"top_{tally.top}_accuracy"] = _shares(
        tally.hits, tally.scored, resamples, rng
    )
    drawn["log_loss"] = _means(tally.losses, resamples, rng)
    return drawn


def _class_scores(confusion, resamples, rng, stratified):
    truth, predicted = np.nonzero(confusion)
    cells = confusion[truth, predicted]
    groups = truth if stratified else np.zeros_like(truth)
    parts = [
        class_scores(*_class_counts(draws, truth, predicted, len(confusion)))
        for draws in _draws(cells, resamples, rng, groups)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _accelerations(tally):
    """`{name: BCa's acceleration}` from each score without one row (jackknife).

    Rows that count alike leave alike, so one row of each kind is taken out.
    """
    truth, predicted = np.nonzero(tally.confusion)
    share = tally.hits / tally.scored
    leans = {
        f"top_{tally.top}_accuracy": _lean(
            [1 - share, -share], [tally.hits, tally.scored - tally.hits]
        ),
        "log_loss": _lean(tally.losses - tally.losses.mean(), 1),
    }
    if len(truth) * tally.classes > _DRAWS_AT_ONCE or tally.scored < 2:
        return leans
    without = tally.confusion[truth, predicted] - np.eye(len(truth), dtype=np.int64)
    counts = _class_counts(without, truth, predicted, tally.classes)
    cells = tally.confusion[truth, predicted]
    for name, left in class_scores(*counts).items():
        leans[name] = _lean(np.average(left, weights=cells) - left, cells)
    return leans


def _class_leans(tally):
    """`{measure: (classes,)}`, BCa's acceleration of precision, recall and F1."""
    truth, predicted = np.nonzero(tally.confusion)
    cells = tally.confusion[truth, predicted]
    if len(truth) * tally.classes > _DRAWS_AT_ONCE or tally.scored < 2:
        nothing = np.zeros(tally.classes)
        return {"precision": nothing, "recall": nothing, "f1": nothing}
    without = cells - np.eye(len(truth), dtype=np.int64)
    left = each_class(*_class_counts(without, truth, predicted, tally.classes))
    leans = {}
    for name, values in left.items():
        influence = np.average(values, axis=0, weights=cells) - values
        leans[name] = np.array([_lean(each, cells) for each in influence.T])
    return leans


def _lean(influence, rows):
    """BCa's acceleration of the influence that each of `rows` rows has."""
    influence = np.asarray(influence, float)
    spread = (rows * influence**2).sum() ** 1.5
    return float((rows * influence**3).sum() / (6 * spread)) if spread > 0 else 0.0


def _draws(cells, resamples, rng, groups=None):
    """Yield resampled `cells (cells,)`, as many at once as memory allows.

    groups: `(cells,)`; the rows of each group are drawn among themselves.
    """
    groups = np.zeros(len(cells), int) if groups is None else groups
    chunk = max(1, _DRAWS_AT_ONCE // len(cells))
    for start in range(0, resamples, chunk):
        size = min(chunk, resamples - start)
        drawn = np.empty((size, len(cells)), np.int64)
        for group in np.unique(groups):
            inside = groups == group
            rows = int(cells[inside].sum())
            shares = cells[inside] / rows
            drawn[:, inside] = rng.multinomial(rows, shares, size=size)
        yield drawn


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


def _interval(value, drawn, rows, lean, bounds=SHARE):
    """The middle of the draws; it holds the value even where the draws lean to a side.

    Where no row differs it is that of `_exact`, if there are bounds: the draws are the
    same, or the value is at a bound and a draw leaves it only where it lacks a class.
    """
    tail = (1 - LEVEL) / 2
    tails = [tail, 1 - tail] if lean is None else _moved_tails(value, drawn, tail, lean)
    low, high = np.quantile(drawn, tails)
    if bounds is not None and (high - low <= _SAME or value in bounds):
        low, high = _exact(value, rows, bounds, tail)
    return _entry(value, min(low, value), max(high, value))


def _exact(value, rows, bounds, tail):
    """Low and high of a mean whose `rows` figures are all `value`.

    With a chance of `tail` so many rows show nothing of others that are a share of
    1 - tail^(1 / rows) of all rows; those may lie at either bound. Of a share it is the
    exact interval of Clopper and Pearson (1934), in its closed form for none or all.
    """
    unseen = 1 - tail ** (1 / rows) if rows else 1.0
    least, most = bounds
    return value - unseen * (value - least), value + unseen * (most - value)


def _moved_tails(value, drawn, tail, lean):
    """The two quantiles that BCa takes in place of `tail` and `1 - tail`."""
    normal = NormalDist()
    below = (drawn < value).mean() + (drawn == value).mean() / 2
    if not 0 < below < 1:
        return [tail, 1 - tail]
    bias = normal.inv_cdf(below)
    moved = []
    for quantile in (tail, 1 - tail):
        shifted = bias + normal.inv_cdf(quantile)
        moved.append(normal.cdf(bias + shifted / (1 - lean * shifted)))
    return moved


def _entry(value, low, high):
    return {"value": float(value), "low": float(low), "high": float(high)}
