"""Are these the same? What two columns have in common, and what not."""

import itertools
from typing import ClassVar

import keras
from keras import ops

from homodal.layers.contracts import Fusion
from homodal.layers.pooling import Pooling
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single


class Match(Fusion):
    """Every pair of columns compared: difference, product and cosine.

    y = relu(V mean over the pairs of [|u_i - u_j|; u_i * u_j; cos(u_i, u_j)] + c), with
    u_m = W drop(x_m) + b, x_m the pooled column `(batch, 2 d)` and one W for all
    columns: which of a pair comes first never matters. For answers about two columns
    together, such as whether they are of the same thing (Mou et al., "Natural Language
    Inference by Tree-Based Convolution", 2016, arXiv:1512.08422). Streams
    `(batch, T_m, d)` to one step `(batch, 1, width)`. Parameters: (2 d + 1) inside +
    (2 inside + 2) width; cost: M times the one, once the other, and inside M^2 more. An
    absent column is in no pair; without a pair y is relu(c).
    """

    compares_columns = True
    cost = "quadratic"
    tunable: ClassVar = {
        "width": [64, 128, 256],
        "inside": [32, 64, 128],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, width=128, inside=64, dropout=0.1):
        super().__init__()
        self.width = width
        self.inside = inside
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        pooled = 2 * next(iter(streams_shape.values())).values[-1]
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.project = keras.layers.Dense(self.inside)
        self.project.build((None, pooled))
        self.out = keras.layers.Dense(self.width, activation="relu")
        self.out.build((None, 2 * self.inside + 1))

    def call(self, streams, present, training=False):
        names = sorted(streams)
        placed = [
            self.project(self.drop(self.pool(streams[name]), training=training))
            for name in names
        ]
        there = present_matrix(present, names)
        # of one column there is no pair, and the sum stays at nothing
        total = 0.0 * _compared(placed[0], placed[0])
        count = 0.0 * total[:, :1]
        for first, second in itertools.combinations(range(len(names)), 2):
            both = ops.logical_and(there[:, first], there[:, second])[:, None]
            pair = _compared(placed[first], placed[second])
            total = total + ops.where(both, pair, ops.zeros((), pair.dtype))
            count = count + ops.cast(both, pair.dtype)
        return single(self.out(total / ops.maximum(count, 1.0)))


def _compared(one, other):
    """`(batch, 2 inside + 1)`, the same for both orders."""
    cosine = ops.sum(_unit(one) * _unit(other), axis=-1, keepdims=True)
    cosine = ops.cast(cosine, one.dtype)
    return ops.concatenate([ops.abs(one - other), one * other, cosine], axis=-1)


def _unit(vectors):
    # in float32: the square of a small float16 is 0
    return ops.normalize(ops.cast(vectors, "float32"), axis=-1)
