"""Attention over columns: one weight for each column and row."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.columns import Projections, pooled_width
from homodal.layers.contracts import Fusion
from homodal.layers.pooling import Pooling
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single

_LOW = -1e4


class WeightedSum(Fusion):
    """Each row shares out one weight over its columns (attention over columns).

    y = sum_m a_m u_m, u_m = W_m drop(x_m) + b_m, a = softmax over the present columns
    of V [x_1; ...; x_M] + c, with x_m the pooled column `(batch, 2 d)`. Streams
    `(batch, T_m, d)` to one step `(batch, 1, width)`. Parameters: M (2 d + 1) width +
    (2 M d + 1) M, the second part for more than one column; cost: as many products a
    row. An absent column has no weight; its learned token tells the others' weights
    that it is missing. Bahdanau et al., 2015, arXiv:1409.0473, over columns.
    """

    cost = "quadratic"
    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1):
        super().__init__()
        self.width = width
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        count = len(streams_shape)
        self.projections = Projections(self.width, self.dropout)
        self.projections.build(streams_shape)
        self.pool = Pooling()
        if count > 1:  # a lone column has the whole weight
            self.scores = keras.layers.Dense(count)
            self.scores.build((None, count * pooled_width(streams_shape)))

    def call(self, streams, present, training=False):
        projected = self.projections(streams, training=training)  # (batch, M, width)
        weights = self.weights_of(streams, present)
        weights = ops.cast(weights, projected.dtype)[..., None]
        return single(ops.sum(projected * weights, axis=1))

    def weights_of(self, streams, present):
        """Weights `(batch, M)` in the order of the sorted names; zeros if absent."""
        names = sorted(streams)
        there = present_matrix(present, names)
        if len(names) == 1:
            return ops.cast(there, "float32")
        together = ops.concatenate([self.pool(streams[n]) for n in names], axis=-1)
        scores = ops.cast(self.scores(together), "float32")
        weights = ops.softmax(ops.where(there, scores, _LOW), axis=-1)
        return weights * ops.cast(there, "float32")
