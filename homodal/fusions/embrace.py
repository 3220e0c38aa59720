"""EmbraceNet: each feature is taken from one column, at random in training."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.columns import Projections
from homodal.layers.contracts import Fusion
from homodal.layers.presence import present_matrix, weights_of_present
from homodal.layers.stream import single


class Embrace(Fusion):
    """Each feature comes from one present column, drawn anew in training (EmbraceNet).

    y_i = d_{m_i, i}, d_m = relu(W_m drop(x_m) + b_m), with m_i drawn from the present
    columns, each as likely as the others, for every row and feature; x_m is the pooled
    column `(batch, 2 d)`. At prediction the expectation, the mean of d_m over the
    present columns, so that the same row has the same answer. Streams
    `(batch, T_m, d)` to one step `(batch, 1, width)`. Parameters: M (2 d + 1) width;
    cost: as many products a row. An absent column is never drawn; a row without any
    gives zeros. Choi and Lee, "EmbraceNet", 2019, arXiv:1904.09078.
    """

    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1):
        super().__init__()
        self.width = width
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        self.projections = Projections(self.width, self.dropout, activation="relu")
        self.projections.build(streams_shape)
        self.generator = keras.random.SeedGenerator()

    def call(self, streams, present, training=False):
        names = sorted(streams)
        docked = self.projections(streams, training=training)  # (batch, M, width)
        if training:
            chosen = self._drawn(docked, present_matrix(present, names))
        else:
            chosen = weights_of_present(present, names, docked.dtype)[..., None]
        return single(ops.sum(docked * chosen, axis=1))

    def _drawn(self, docked, there):
        """One-hot over the columns `(batch, M, width)`: the highest draw is taken."""
        draws = keras.random.uniform(
            ops.shape(docked), dtype="float32", seed=self.generator
        )
        draws = ops.where(there[..., None], draws, -1.0)
        chosen = ops.one_hot(
            ops.argmax(draws, axis=1), docked.shape[1], axis=1, dtype=docked.dtype
        )
        return chosen * ops.cast(there, docked.dtype)[..., None]
