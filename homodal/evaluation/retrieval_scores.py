"""Measures for finding: is the right one among the first k, and how far down is it?

Of vectors that are equally near, the order is a coin's: scores are the mean over all
orders, so that a model which puts everything in one place finds as much as chance does.
"""

import numpy as np

from homodal.evaluation.intervals import SHARE, mean_interval

FIRST = (1, 5, 10)
MRR = "mrr"
_QUERIES_AT_ONCE = 1024
_TIE = 1e-6  # cosines this near are equal: two copies of a cell differ by rounding


def names(gallery):
    """Names of the scores for a gallery of so many; recall@k where k is less."""
    return [*(f"recall@{k}" for k in FIRST if k < gallery), MRR]


def places_of(query, gallery, own):
    """`(before, equal)`, each `(queries,)` int: how many are nearer than the right one.

    query `(queries, width)`, gallery `(rows, width)`, both of unit length; own
    `(queries,)` the right one's row. equal: as near, itself included.
    """
    before, equal = [], []
    for begin in range(0, len(query), _QUERIES_AT_ONCE):
        part = slice(begin, begin + _QUERIES_AT_ONCE)
        likeness = query[part] @ gallery.T
        right = np.take_along_axis(likeness, own[part, None], axis=1)
        before.append((likeness > right + _TIE).sum(axis=1))
        equal.append((np.abs(likeness - right) <= _TIE).sum(axis=1))
    if not before:
        return np.zeros(0, int), np.zeros(0, int)
    return np.concatenate(before), np.concatenate(equal)


def retrieval_figures(before, equal, gallery):
    """`{name: (queries,)}`, the figure of each query whose mean is the score."""
    found = {
        f"recall@{k}": np.clip((k - before) / equal, 0, 1) for k in FIRST if k < gallery
    }
    sums = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, gallery + 1))])
    found[MRR] = (sums[before + equal] - sums[before]) / equal
    return found


def retrieval_scores(query, gallery, own, seed=0):
    """`{name: {"value", "low", "high"}}`: intervals over the queries."""
    query, gallery = np.asarray(query, float), np.asarray(gallery, float)
    before, equal = places_of(query, gallery, np.asarray(own, int))
    figures = retrieval_figures(before, equal, len(gallery))
    return {
        name: mean_interval(each, SHARE, seed=seed) for name, each in figures.items()
    }


def by_chance(gallery):
    """`{name: float}` of choosing blindly among so many."""
    found = {f"recall@{k}": k / gallery for k in FIRST if k < gallery}
    found[MRR] = float((1 / np.arange(1, gallery + 1)).sum() / max(gallery, 1))
    return found
