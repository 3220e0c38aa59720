"""Linear models fitted to their optimum: by L-BFGS, with a penalty chosen on folds.

The cost of kernel W and bias b over n rows is the mean of their losses plus
|W|^2 / (2 C n); the bias costs nothing. A loss is one of `LOSSES`.
Liu and Nocedal, "On the limited memory BFGS method", 1989.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homodal.optional import require
from homodal.plain.side_by_side import SideBySide

_STRENGTHS = (0.01, 0.1, 1.0, 10.0, 100.0)  # C, the strongest penalty first
_FOLDS = 5
_FEW_ROWS = 2000  # up to here each fold is left out once, above it only the first
_ITERATIONS = 100
_ENOUGH = 1e-4  # the largest slope at the end

Array = NDArray[Any]
Loss = Callable[[Array, Array], tuple[Array, Array]]


@dataclass(frozen=True)
class Linear:
    """kernel `(features, units)`, bias `(units,)`, float32, and the C they cost."""

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    strength: float


def fit_linear(
    features: Any,
    wanted: Array,
    loss: str,
    weights: Array | None = None,
    seed: int = 0,
    strength: float | None = None,
) -> Linear:
    """The `Linear` of features `(rows, features)`: an array, a SciPy sparse matrix, or
    several `SideBySide`.

    wanted: `(rows, units)`, what the scores are compared with: of "softmax" one 1 a
    row, else NaN where unknown. weights: of each row, `(rows,)`. strength: C; None
    chooses it on folds of the rows.
    """
    if not isinstance(features, SideBySide):
        features = SideBySide([features])
    weights = np.ones(len(wanted)) if weights is None else weights
    chosen = strength or _strength(features, wanted, loss, weights, seed)
    strengths = _STRENGTHS[: _STRENGTHS.index(chosen) + 1]
    *_, flat = _path(features, wanted, loss, weights, strengths)
    kernel = flat.reshape(features.shape[1] + 1, -1).astype(np.float32)
    return Linear(kernel[:-1], kernel[-1], chosen)


def _strength(
    features: Any, wanted: Array, loss: str, weights: Array, seed: int
) -> float:
    """The C of the smallest loss on rows that were left out.

    Of several within a hundredth of it the strongest penalty.
    """
    rows = len(wanted)
    fold = np.random.default_rng(seed).permutation(rows) % min(_FOLDS, rows)
    left_out = range(fold.max() + 1 if rows <= _FEW_ROWS else 1)
    costs = np.zeros(len(_STRENGTHS))
    for number in left_out if rows > 1 else ():
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        path = _path(
            features[inside], wanted[inside], loss, weights[inside], _STRENGTHS
        )
        for place, flat in enumerate(path):
            scores = _scores(flat, features[outside], wanted.shape[1])
            each, _ = LOSSES[loss](scores, wanted[outside])
            costs[place] += weights[outside] @ each
    return _STRENGTHS[int(np.flatnonzero(costs <= costs.min() * 1.01)[0])]


def _path(
    features: Any, wanted: Array, loss: str, weights: Array, strengths: Iterable[float]
) -> Iterator[Array]:
    """Yield the optimum for each C, each begun at the one before."""
    minimize = require("scipy.optimize", "the plain model").minimize
    units = wanted.shape[1]
    flat = np.zeros((features.shape[1] + 1) * units)
    transposed = features.transposed()
    total = weights.sum()

    def cost(flat: Array, penalty: float) -> tuple[float, Array]:
        each, slopes = LOSSES[loss](_scores(flat, features, units), wanted)
        slopes = slopes * (weights / total)[:, None]
        kernel = flat[:-units]
        upper = (transposed @ slopes).ravel() + penalty * kernel
        value = weights @ each / total + 0.5 * penalty * kernel @ kernel
        return value, np.concatenate([upper, slopes.sum(axis=0)])

    for strength in strengths:
        found = minimize(
            cost,
            flat,
            args=(1 / (strength * len(wanted)),),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": _ITERATIONS, "gtol": _ENOUGH, "maxcor": 6},
        )
        flat = found.x
        yield flat


def _scores(flat: Array, features: Any, units: int) -> Array:
    kernel = flat.reshape(-1, units)
    return features @ kernel[:-1] + kernel[-1]


def softmax_loss(scores: Array, wanted: Array) -> tuple[Array, Array]:
    """Cross-entropy `(rows,)` and its slopes: one of the units is 1, the others 0."""
    away = scores - scores.max(axis=1, keepdims=True)
    exponents = np.exp(away)
    sums = exponents.sum(axis=1, keepdims=True)
    each = ((np.log(sums) - away) * wanted).sum(axis=1)
    return each, exponents / sums - wanted


def sigmoid_loss(scores: Array, wanted: Array) -> tuple[Array, Array]:
    """Cross-entropy of each unit by itself, added up, `(rows,)`, and its slopes."""
    known = np.isfinite(wanted)
    wanted = np.where(known, wanted, 0.0)
    each = np.where(known, np.logaddexp(0.0, scores) - wanted * scores, 0.0)
    slopes = 0.5 * (1 + np.tanh(0.5 * scores)) - wanted
    return each.sum(axis=1), np.where(known, slopes, 0.0)


def squares_loss(scores: Array, wanted: Array) -> tuple[Array, Array]:
    """Half the squared error of each unit, added up, `(rows,)`, and its slopes."""
    away = np.where(np.isfinite(wanted), scores - wanted, 0.0)
    return 0.5 * (away**2).sum(axis=1), away


def bounded_loss(scores: Array, wanted: Array) -> tuple[Array, Array]:
    """The same, which grows as a line beyond one deviation (Huber, 1964)."""
    away = np.where(np.isfinite(wanted), scores - wanted, 0.0)
    near = np.clip(away, -1.0, 1.0)
    return (near * (away - 0.5 * near)).sum(axis=1), near


LOSSES: dict[str, Loss] = {
    "softmax": softmax_loss,
    "sigmoid": sigmoid_loss,
    "squares": squares_loss,
    "bounded": bounded_loss,
}
