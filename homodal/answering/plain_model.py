"""The plain model beside the network: linear in plain features of every column.

It is fitted to its optimum on the training rows, and its scores are added to the
network's logits, each in a share that rows which neither learned from have chosen. So a
model is no worse than what a few lines of linear regression reach, and gains where the
network sees more. An absent cell adds nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homodal.answering.plain_rows import (
    PlainRows,
    input_name,
    plain_features,
    slug_of,
)
from homodal.contracts import Target
from homodal.data.answers import answered
from homodal.data.preparation import Preparation, PreparedTarget
from homodal.optional import require
from homodal.plain.features import Learned, Sparse
from homodal.plain.linear import LOSSES, fit_linear
from homodal.plain.side_by_side import SideBySide

_MOST_ROWS = 50_000  # that it is fitted to
_EVEN = 0.5  # the share of each, before any row has spoken
_DOUBT = 20.0  # how many of the loss's own curvature the even shares weigh
_SHARES = "shares"

Array = NDArray[Any]


@dataclass(frozen=True)
class PlainColumn:
    """One column's part: what its features learned, and kernel `(features, units)`."""

    learned: Learned
    kernel: NDArray[np.float32]


@dataclass(frozen=True)
class PlainModel:
    """Scores of rows from their plain features.

    columns: by the name of their plain features. bias `(units,)`. shares: of the
    network's logits and of these scores in the answer.
    """

    columns: dict[str, PlainColumn]
    bias: NDArray[np.float32]
    shares: tuple[float, float] = (_EVEN, _EVEN)
    strength: float | None = None  # of its penalty, once it was fitted

    def parts(
        self, table: PlainRows, rows: Array, seen: Array | None = None
    ) -> NDArray[np.float32]:
        """What each column's cell adds to the scores: `(rows, columns, units)`.

        seen `(columns,)`: those that are read, the others add nothing.
        """
        added = np.zeros((len(rows), len(table.slugs), len(self.bias)), np.float32)
        places = {s: n for n, s in enumerate(table.slugs) if seen is None or seen[n]}
        read = [name for name in self.columns if slug_of(name) in places]
        for name, features, figures, there in table.of(rows, read):
            own = self.columns[name]
            matrix = features.matrix(figures, there, own.learned)
            added[:, places[slug_of(name)]] += matrix @ own.kernel
        return added

    def part(
        self, preparation: Preparation, slug: str, arrays: Array, mask: Array
    ) -> NDArray[np.float32]:
        """The same of one column's arrays as they are in a batch: `(rows, units)`.

        Of a column that a pretrained network reads, that of its features.
        """
        name = input_name(preparation, slug)
        own = self.columns.get(name)
        features = plain_features(preparation, [slug]).get(name)
        if own is None or features is None:
            return np.zeros((len(arrays), len(self.bias)), np.float32)
        pairs = zip(arrays, mask.sum(axis=1), strict=True)
        there = np.asarray(mask.any(axis=1))
        figures = [
            features.figures(each[:steps]) if steps else None for each, steps in pairs
        ]
        return features.matrix(figures, there, own.learned) @ own.kernel

    def scores(
        self, table: PlainRows, rows: Array, present: Array | None = None
    ) -> NDArray[np.float32]:
        """`(rows, units)`; present `(rows, columns)`: which cells may be seen."""
        seen = None if present is None else np.asarray(present.any(axis=0))
        return self.total(self.parts(table, rows, seen), present)

    def total(self, parts: Array, present: Array | None = None) -> NDArray[np.float32]:
        """The scores of `parts` of which some may be hidden."""
        if present is None:
            return parts.sum(axis=1) + self.bias
        return np.einsum("rcu,rc->ru", parts, present.astype(np.float32)) + self.bias

    def mixed(self, logits: Array, scores: Array) -> NDArray[np.float32]:
        """Logits `(rows, ...)` of the network with these scores, each by its share.

        Where a head gives several figures for a unit, the first of them is mixed.
        """
        figures = logits.reshape(len(logits), scores.shape[1], -1).copy()
        network, plain = self.shares
        figures[..., 0] = network * figures[..., 0] + plain * scores
        return figures.reshape(logits.shape)

    def to_arrays(self) -> dict[str, Array]:
        """All that it learned, by name."""
        arrays: dict[str, Array] = {"bias": self.bias}
        arrays[_SHARES] = np.array(self.shares, np.float64)
        for slug, column in self.columns.items():
            arrays[f"{slug}/kernel"] = column.kernel
            arrays |= {f"{slug}/learned/{k}": v for k, v in column.learned.items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> "PlainModel":
        """The one that `to_arrays` described. Raises `KeyError`, `ValueError`."""
        columns = {}
        for name in arrays:
            slug, _, rest = name.partition("/")
            if rest == "kernel":
                begin = f"{slug}/learned/"
                learned = {
                    each.removeprefix(begin): values
                    for each, values in arrays.items()
                    if each.startswith(begin)
                }
                columns[slug] = PlainColumn(learned, arrays[name])
        network, plain = arrays[_SHARES].tolist()
        return cls(columns, arrays["bias"], (network, plain))


def fit_plain_model(
    prepared: PreparedTarget,
    table: PlainRows,
    truth: Array,
    rows: Array,
    weights: Array | None = None,
    seed: int = 0,
    strength: float | None = None,
) -> PlainModel | None:
    """The `PlainModel` of training rows; None where no plain model can answer.

    truth: of all rows of the table, as the target encodes it; weights: of each.
    strength: see `plain.linear`; None chooses it on folds of the rows.
    """
    target, facts = prepared.reader(), prepared.facts
    loss = target.plain_loss(facts)
    rows = rows[answered(truth[rows])]
    if not loss or not len(rows) or not table:
        return None
    if len(rows) > _MOST_ROWS:
        chosen = np.random.default_rng(seed).permutation(len(rows))[:_MOST_ROWS]
        rows = rows[np.sort(chosen)]
    learned, matrices = {}, []
    for name, features, figures, there in table.of(rows):
        if there.any():
            learned[name] = features.learn(figures, there)
            matrices.append(features.matrix(figures, there, learned[name]))
    sizes = [matrix_width(matrix) for matrix in matrices]
    if not sum(sizes):
        return None
    linear = fit_linear(
        _side_by_side(matrices),
        wanted(target, truth[rows], facts),
        loss,
        None if weights is None else weights[rows],
        seed,
        strength,
    )
    kernels = np.split(linear.kernel, np.cumsum(sizes)[:-1])
    parts = zip(learned.items(), kernels, strict=True)
    fitted = {slug: PlainColumn(known, kernel) for (slug, known), kernel in parts}
    return PlainModel(fitted, linear.bias, strength=linear.strength)


def fit_shares(
    logits: Array,
    scores: Array,
    truth: Array,
    target: Target,
    facts: Any,
) -> tuple[float, float]:
    """The shares of network and plain model that rows of neither's training like best.

    logits, scores, truth: of those rows. The cost is their summed loss and a penalty
    for being far from even shares, so that a handful of rows changes little.
    """
    minimize = require("scipy.optimize", "the plain model").minimize
    first = logits.reshape(len(logits), scores.shape[1], -1)[..., 0].astype(np.float64)
    loss, aim = LOSSES[target.plain_loss(facts)], wanted(target, truth, facts)

    def cost(shares: Array) -> tuple[float, Array]:
        each, slopes = loss(shares[0] * first + shares[1] * scores, aim)
        away = shares - _EVEN
        slope = np.array([(slopes * first).sum(), (slopes * scores).sum()])
        return each.sum() + 0.5 * _DOUBT * away @ away, slope + _DOUBT * away

    bounds = [(0.0, None), (0.0, None)]
    begun = np.full(2, _EVEN)
    found = minimize(cost, begun, jac=True, method="L-BFGS-B", bounds=bounds)
    network, plain = found.x.tolist()
    return network, plain


def wanted(target: Target, truth: Array, facts: Any) -> Array:
    """What scores are compared with, `(rows, units)`, of encoded answers."""
    if target.plain_loss(facts) == "softmax":
        return np.eye(len(facts["classes"]))[truth.astype(int)]
    truth = np.asarray(truth, np.float64).reshape(len(truth), -1)
    return np.where(truth < 0, np.nan, truth) if target.dtype == "int32" else truth


def matrix_width(matrix: Any) -> int:
    """How many features a matrix of them has."""
    return matrix.shape[1] if isinstance(matrix, np.ndarray) else matrix.width


def _side_by_side(matrices: Iterable[Any]) -> SideBySide:
    """Features of several columns as one matrix; neighbouring arrays are one block."""
    blocks: list[Any] = []
    for dense, run in groupby(matrices, lambda matrix: isinstance(matrix, np.ndarray)):
        if dense:
            blocks.append(np.concatenate([*run], axis=1).astype(np.float64))
        else:
            blocks += map(_scipy, run)
    return SideBySide(blocks)


def _scipy(matrix: Sparse) -> Any:
    sparse = require("scipy.sparse", "the plain model")
    numbers = matrix.values, matrix.numbers, matrix.offsets
    return sparse.csr_array(numbers, shape=(len(matrix.offsets) - 1, matrix.width))
