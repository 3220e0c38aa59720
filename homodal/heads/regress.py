"""Regression: how much."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.contracts import Head
from homodal.layers.pooling import Pooling


class Regress(Head):
    """A Stream to a number, in standard deviations from the training rows' mean.

    call(stream, training): `(batch, steps, width)` to `(batch, 1)`. loss: half the
    squared error `(batch,)`; rows whose truth is NaN cost nothing. Parameters:
    2 width + 1.
    """

    progress_name = "error"
    adds_up = True
    tunable: ClassVar = {"dropout": [0.0, 0.1, 0.3]}

    def __init__(self, dropout=0.1):
        super().__init__()
        self.dropout = dropout

    def build(self, stream_shape):
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.out = keras.layers.Dense(1, dtype="float32")
        self.out.build((None, 2 * stream_shape.values[-1]))

    def call(self, stream, training=False):
        return self.out(self.drop(self.pool(stream), training=training))

    def loss(self, logits, truth):
        return 0.5 * self.progress(logits, truth) ** 2

    def progress(self, logits, truth):
        """Absolute error of each row, in standard deviations: `(batch,)`."""
        truth = ops.cast(truth, "float32")
        known = ops.logical_not(ops.isnan(truth))
        off = ops.abs(logits[:, 0] - ops.where(known, truth, 0.0))
        return ops.where(known, off, 0.0)
