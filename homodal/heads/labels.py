"""Several labels a row, each there or not."""

from typing import ClassVar

import keras
import numpy as np
from keras import ops

from homodal.layers.contracts import Head
from homodal.layers.pooling import Pooling


class Labels(Head):
    """A Stream to one logit for each label, independent of the others.

    call(stream, training): `(batch, steps, width)` to `(batch, labels)`, float32. loss:
    the sum over the labels of the binary cross-entropy `(batch,)` against 0 or 1
    `(batch, labels)`; rows of negative truth cost nothing. labels: their names; counts
    and rows: how many of the training rows bear each, from which the bias starts, all
    learned by the target. Parameters: (2 width + 1) labels.
    """

    progress_name = "f1"
    adds_up = True
    tunable: ClassVar = {"dropout": [0.0, 0.1, 0.3]}

    def __init__(self, labels, counts=None, rows=None, dropout=0.1):
        super().__init__()
        self.labels = labels
        self.counts = counts
        self.rows = rows
        self.dropout = dropout

    def build(self, stream_shape):
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.out = keras.layers.Dense(
            len(self.labels), bias_initializer=self._prior, dtype="float32"
        )
        self.out.build((None, 2 * stream_shape.values[-1]))

    def call(self, stream, training=False):
        return self.out(self.drop(self.pool(stream), training=training))

    def loss(self, logits, truth):
        """Sum of -log(probability) of every label's truth: `(batch,)`."""
        wanted = ops.cast(truth, "float32")
        # log(1 + e^-|x|) cannot overflow
        each = ops.maximum(logits, 0.0) - logits * ops.maximum(wanted, 0.0)
        each = each + ops.log1p(ops.exp(-ops.abs(logits)))
        return ops.sum(each, axis=-1) * _answered(wanted)

    def progress(self, logits, truth):
        """F1 of each row's labels at a probability of 0.5, 1 where none meet none."""
        wanted = ops.maximum(ops.cast(truth, "float32"), 0.0)
        chosen = ops.cast(logits > 0, "float32")
        both = ops.sum(wanted, axis=-1) + ops.sum(chosen, axis=-1)
        hits = 2.0 * ops.sum(wanted * chosen, axis=-1)
        return ops.where(both > 0, hits / ops.maximum(both, 1.0), 1.0)

    def _prior(self, shape, dtype=None):
        if self.counts is None or not self.rows:
            return ops.zeros(shape, dtype)
        share = (np.asarray(self.counts, float) + 0.5) / (self.rows + 1.0)
        return ops.convert_to_tensor(np.log(share / (1 - share)), dtype)


def _answered(truth):
    return ops.cast(ops.all(truth >= 0, axis=-1), "float32")
