"""Stacking: a regression over what each column's own head says."""

from typing import ClassVar

import keras
import numpy as np
from keras import ops

from homodal.layers.contracts import Fusion
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single


class Stacking(Fusion):
    """A logistic regression over the columns' own answers, fitted on held-out rows.

    y = log softmax(W [log softmax(l_1); ...; log softmax(l_M)] + b), with l_m a
    column's logits. W starts as the mean. In training it follows the training rows,
    and the columns learn from their own losses alone; afterwards it is fitted anew on
    the rows held out, whose answers no column has learned (`training.stacking`).
    Streams of one step `(batch, 1, classes)` to the same, in float32. Parameters:
    M classes^2 + classes; cost: as many products a row. An absent column says that all
    classes are alike. Wolpert, "Stacked Generalization", 1992.
    """

    level = "decision"
    needs_own_losses = True
    tunable: ClassVar = {}

    def __init__(self):
        super().__init__(dtype="float32", autocast=False)

    def build(self, streams_shape, present_shape):
        classes = next(iter(streams_shape.values())).values[-1]
        mean = np.tile(np.eye(classes), (len(streams_shape), 1)) / len(streams_shape)
        # not decayed: zero is no better than the mean
        self.kernel = self.add_weight(
            shape=mean.shape,
            initializer=keras.initializers.Constant(mean),
            dtype="float32",
            name="kernel_prior",
        )
        self.bias = self.add_weight(
            shape=(classes,), initializer="zeros", dtype="float32", name="bias"
        )

    def call(self, streams, present, training=False):
        said = self.said(streams, present)
        flat = ops.reshape(said, (-1, said.shape[1] * said.shape[2]))
        return single(ops.log_softmax(ops.matmul(flat, self.kernel) + self.bias))

    def said(self, streams, present):
        """`(batch, M, classes)` log-probabilities of the columns' own; not trained."""
        names = sorted(streams)
        logits = ops.stack([streams[n].values[:, 0] for n in names], axis=1)
        said = ops.log_softmax(ops.cast(ops.stop_gradient(logits), "float32"))
        there = present_matrix(present, names)[..., None]
        return ops.where(there, said, -float(np.log(said.shape[-1])))
