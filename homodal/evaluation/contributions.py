"""What each column is worth: Shapley values and interactions of a game of columns.

Columns are players, and a subset's value is what the model scores when it is shown
those columns only. Pure NumPy; values may have trailing axes (rows, classes).

Shapley, "A Value for n-Person Games", 1953; Grabisch and Roubens, 1999 (interaction
index); of modalities: Hu, Li, Zhou, "SHAPE", 2022, arXiv:2205.00302.
"""

import itertools
from math import factorial

import numpy as np

MOST_EXACT = 10  # columns; with more, permutations are sampled
_PERMUTATIONS = 64
_MOST_SUBSETS = 2000  # that are asked for where permutations are sampled


def subsets(columns):
    """All subsets of so many columns: `(2 ** columns, columns)` bool.

    Row `i` holds column `j` where bit `j` of `i` is set: 0 is none, the last is all.
    """
    return (np.arange(2**columns)[:, None] >> np.arange(columns)) & 1 == 1


def shapley(values):
    """Shapley values `(columns, ...)` of `values (2 ** columns, ...)`.

    phi_m = sum over S without m of |S|! (M - |S| - 1)! / M! (v(S + m) - v(S)).
    They add up to v(all) - v(none).
    """
    values = np.asarray(values, float)
    columns = len(values).bit_length() - 1
    codes = np.arange(len(values))
    sizes = subsets(columns).sum(axis=1)
    found = np.zeros((columns, *values.shape[1:]))
    for column in range(columns):
        without = codes[(codes >> column) & 1 == 0]
        weights = np.array([_weight(size, columns, 1) for size in sizes[without]])
        gains = values[without | 1 << column] - values[without]
        found[column] = np.tensordot(weights, gains, axes=1)
    return found


def interactions(values):
    """Interaction indices `(columns, columns, ...)`; zero on the diagonal.

    I_ij = sum over S without i, j of |S|! (M - |S| - 2)! / (M - 1)!
    (v(S + i + j) - v(S + i) - v(S + j) + v(S)). Above zero: worth more together than
    apart; below: they say the same.
    """
    values = np.asarray(values, float)
    columns = len(values).bit_length() - 1
    codes = np.arange(len(values))
    sizes = subsets(columns).sum(axis=1)
    found = np.zeros((columns, columns, *values.shape[1:]))
    for i in range(columns):
        for j in range(i):
            first, second = 1 << i, 1 << j
            without = codes[codes & (first | second) == 0]
            weights = np.array([_weight(size, columns, 2) for size in sizes[without]])
            together = values[without | first | second] + values[without]
            apart = values[without | first] + values[without | second]
            found[i, j] = found[j, i] = np.tensordot(weights, together - apart, axes=1)
    return found


def removal_curve(values, rates):
    """Mean value when each cell is removed with a probability, for each of `rates`.

    values `(2 ** columns,)`. Not simulated: sum over S of r^(M - |S|) (1 - r)^|S| v(S).
    """
    values = np.asarray(values, float)
    columns = len(values).bit_length() - 1
    sizes = subsets(columns).sum(axis=1)
    rates = np.asarray(rates, float)[:, None]
    return (rates ** (columns - sizes) * (1 - rates) ** sizes) @ values


def sampled_orders(columns, seed=0, orders=None):
    """Random orders of columns, each with its reverse: `(orders, columns)`.

    orders: 64, or as many as pass through 2,000 subsets, and two at least.
    """
    if orders is None:
        orders = max(2, min(_PERMUTATIONS, _MOST_SUBSETS // columns))
    rng = np.random.default_rng(seed)
    drawn = np.array([rng.permutation(columns) for _ in range(orders // 2)])
    return np.concatenate([drawn, drawn[:, ::-1]])


def needed(orders):
    """Codes of the subsets that the orders pass through, sorted: bit j is column j."""
    passed = {0}
    for order in np.asarray(orders).tolist():
        passed.update(itertools.accumulate(1 << column for column in order))
    return sorted(passed)


def shown_by(code, columns):
    """Which of so many columns are in the subset of this code: `(columns,)` bool."""
    return np.array([code >> column & 1 for column in range(columns)], bool)


def sampled_shapley(values, orders):
    """Estimates `(columns, ...)` from `{code: value}` of the `needed` subsets.

    Castro, Gomez, Tejada, "Polynomial Calculation of the Shapley Value", 2009.
    """
    orders = np.asarray(orders)
    total = np.zeros((orders.shape[1], *np.shape(values[0])))
    for order in orders:
        code = 0
        for column in order:
            after = code | 1 << int(column)
            total[column] += np.asarray(values[after]) - values[code]
            code = after
    return total / len(orders)


def _weight(size, columns, players):
    rest = columns - int(size) - players
    whole = factorial(columns - players + 1)
    return factorial(int(size)) * factorial(rest) / whole
