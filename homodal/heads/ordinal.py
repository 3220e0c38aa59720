"""Ordered classes: one direction, cut into ranks."""

from typing import ClassVar

import keras
import numpy as np
from keras import ops

from homodal.layers.contracts import Head
from homodal.layers.pooling import Pooling

_GAP = 1e-3  # between two cuts at least, so that no class has a probability of 0


class Ordinal(Head):
    """A Stream to the log probability of each rank (cumulative link, logistic).

    P(y > k) = sigmoid(s - c_k) with one score s = w x and cuts c_0 < c_1 < ...:
    c_k = c_{k-1} + softplus(g_k), so that they are ordered whatever is learned. call:
    `(batch, steps, width)` to log(P(y > k - 1) - P(y > k)), `(batch, classes)`. loss:
    minus that of the truth `(batch,)`; rows of negative truth cost nothing. The cuts
    start where a score of 0 gives each class its share of the training rows (counts).
    McCullagh, "Regression Models for Ordinal Data", 1980. Parameters: 2 width +
    classes - 1.
    """

    progress_name = "accuracy"
    adds_up = True
    over_classes = True
    tunable: ClassVar = {"dropout": [0.0, 0.1, 0.3]}

    def __init__(self, classes, counts=None, dropout=0.1):
        super().__init__()
        self.classes = classes
        self.counts = counts
        self.dropout = dropout

    def build(self, stream_shape):
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.out = keras.layers.Dense(1, use_bias=False, dtype="float32")
        self.out.build((None, 2 * stream_shape.values[-1]))
        self.raw_cuts = self.add_weight(
            shape=(len(self.classes) - 1,),
            initializer=self._first_cuts,
            dtype="float32",
            autocast=False,
            name="cuts",
        )

    @property
    def cuts(self):
        """The scores between two ranks, `(classes - 1,)`, rising."""
        raw = ops.convert_to_tensor(self.raw_cuts)
        gaps = ops.softplus(raw[1:]) + _GAP
        return ops.cumsum(ops.concatenate([raw[:1], gaps]))

    def call(self, stream, training=False):
        score = self.out(self.drop(self.pool(stream), training=training))
        above = score - self.cuts  # (batch, classes - 1), the logits of P(y > k)
        lowest = -ops.softplus(above[:, :1])
        highest = -ops.softplus(-above[:, -1:])
        # log(sigmoid(u) - sigmoid(v)) =
        #     log sigmoid(u) + log sigmoid(-v) + log(1 - e^(v - u)), which loses nothing
        over, under = above[:, :-1], above[:, 1:]
        between = -ops.softplus(-over) - ops.softplus(under)
        between = between + ops.log(-ops.expm1(under - over))
        return ops.concatenate([lowest, between, highest], axis=-1)

    def loss(self, logits, truth):
        """Minus the log probability of the truth: `(batch,)`."""
        wanted = ops.one_hot(
            ops.cast(truth, "int32"), logits.shape[-1], dtype="float32"
        )
        return -ops.sum(wanted * ops.log_softmax(logits), axis=-1)

    def progress(self, logits, truth):
        """1 where the most likely rank is the true one, else 0: `(batch,)`."""
        best = ops.argmax(logits, axis=-1)
        return ops.cast(best == ops.cast(truth, best.dtype), "float32")

    def _first_cuts(self, shape, dtype=None):
        size = len(self.classes)
        counts = (
            np.ones(size) if self.counts is None else np.asarray(self.counts, float)
        )
        below = np.cumsum(counts + 0.5)[:-1] / (counts + 0.5).sum()
        cuts = np.log(below / (1 - below))
        gaps = np.maximum(np.diff(cuts) - _GAP, _GAP)
        raw = np.concatenate([cuts[:1], np.log(np.expm1(gaps))])
        return ops.convert_to_tensor(raw, dtype)
