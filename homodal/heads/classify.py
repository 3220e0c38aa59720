"""Classification: one of several classes."""

from typing import ClassVar

import keras
import numpy as np
from keras import ops

from homodal.errors import PartError, one_of
from homodal.layers.contracts import Head
from homodal.layers.pooling import Pooling

_WEIGHTS = ("none", "balanced")


class Classify(Head):
    """A Stream to one logit for each class.

    call(stream, training): `(batch, steps, width)` to `(batch, classes)`, float32
    under every precision. loss: cross-entropy `(batch,)` against class numbers
    `(batch,)`, with label smoothing (Szegedy et al., 2016, arXiv:1512.00567); rows
    whose truth is -1 (never seen in training) cost nothing. classes: their names, and
    counts: their training rows, both learned by the target. class_weights "balanced"
    weighs a row by rows / (classes * rows of its class). cosine_scale: the logits are
    so many times the cosine between the pooled stream and a vector for each class, so
    that no column's length outweighs another's (`training.balance: mmcosine`; Xu et
    al., "MMCosine", 2023, arXiv:2303.05338). Parameters: (2 width + 1) classes, or
    2 width classes.
    """

    progress_name = "accuracy"
    adds_up = True
    over_classes = True
    tunable: ClassVar = {"label_smoothing": [0.0, 0.1], "dropout": [0.0, 0.1, 0.3]}

    def __init__(
        self,
        classes,
        counts=None,
        label_smoothing=0.1,
        class_weights="none",
        dropout=0.1,
        cosine_scale=None,
    ):
        super().__init__()
        self.classes = classes
        self.counts = counts
        self.label_smoothing = label_smoothing
        self.class_weights = class_weights
        self.dropout = dropout
        self.cosine_scale = cosine_scale

    def build(self, stream_shape):
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.out = keras.layers.Dense(
            _size(self.classes), use_bias=self.cosine_scale is None, dtype="float32"
        )
        self.out.build((None, 2 * stream_shape.values[-1]))

    def call(self, stream, training=False):
        pooled = self.drop(self.pool(stream), training=training)
        if self.cosine_scale is None:
            return self.out(pooled)
        directions = ops.normalize(ops.convert_to_tensor(self.out.kernel), axis=0)
        pooled = ops.normalize(ops.cast(pooled, "float32"), axis=-1)
        return self.cosine_scale * ops.matmul(pooled, directions)

    def loss(self, logits, truth):
        """Cross-entropy of each row: logits `(batch, classes)`, truth `(batch,)`."""
        classes = logits.shape[-1]
        truth = ops.cast(truth, "int32")
        wanted = ops.one_hot(truth, classes, dtype="float32")  # zeros where -1
        share = self.label_smoothing
        target = (1.0 - share) * wanted + share / classes
        surprise = -ops.sum(target * ops.log_softmax(logits), axis=-1)
        return surprise * ops.sum(wanted * self._row_weights(classes), axis=-1)

    def progress(self, logits, truth):
        """1 where the most likely class is the true one, else 0: `(batch,)`."""
        best = ops.argmax(logits, axis=-1)
        return ops.cast(best == ops.cast(truth, best.dtype), "float32")

    def _row_weights(self, classes):
        if self.class_weights not in _WEIGHTS:
            raise PartError(
                "Unknown class_weights of head 'classify'",
                expected=one_of(_WEIGHTS),
                got=self.class_weights,
            )
        if self.class_weights == "none":
            return np.ones(classes, "float32")
        if self.counts is None:
            raise PartError("class_weights: balanced needs the counts of the classes")
        counts = np.asarray(self.counts, "float32")
        return counts.sum() / (classes * np.maximum(counts, 1.0))


def _size(classes):
    return classes if isinstance(classes, int) else len(classes)
