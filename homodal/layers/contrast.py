"""Contrastive alignment: the columns of one row belong together."""

import keras
import numpy as np
from keras import ops

START = float(np.log(1 / 0.07))  # logarithms of 1 / temperature
HIGHEST = float(np.log(100.0))
_LOW = -1e9


def info_nce(one, other, both, scale):
    """Mean loss of telling each row's partner from those of the other rows, both ways.

    one, other: `(batch, d)` of unit length; both `(batch,)` bool, rows that have both
    columns, the others take no part; scale: 1 / temperature. 0 where fewer than two
    rows have both. van den Oord et al., 2018, arXiv:1807.03748; Radford et al., 2021,
    arXiv:2103.00020.
    """
    losses = info_nce_rows(one, other, both, scale)
    return ops.sum(losses) / ops.maximum(ops.sum(ops.cast(both, "float32")), 1.0)


def info_nce_rows(one, other, both, scale):
    """The same for each row, `(batch,)`; 0 for those that lack a column."""
    scores = scale * ops.matmul(one, ops.transpose(other))
    pairs = ops.logical_and(both[:, None], both[None, :])
    scores = ops.where(pairs, scores, _LOW)
    own = ops.eye(ops.shape(scores)[0], dtype="float32")
    losses = -ops.sum(own * (ops.log_softmax(scores) + ops.log_softmax(scores, 0)), 1)
    return 0.5 * losses * ops.cast(both, "float32")


class Contrast(keras.layers.Layer):
    """InfoNCE over all pairs of columns, with one learned temperature.

    call(pooled, there): `(batch, M, d)` and `(batch, M)` to one number, the mean over
    the pairs. Each column has a projection of its own to `width`; the temperature
    starts at 0.07 and stays between 0.01 and 1. Parameters: M d width + 1.
    """

    def __init__(self, width=64):
        super().__init__(dtype="float32", autocast=False)
        self.width = width

    def build(self, pooled_shape, there_shape):
        count = pooled_shape[1]
        self.projections = [
            keras.layers.Dense(self.width, use_bias=False, dtype="float32")
            for _ in range(count)
        ]
        for projection in self.projections:
            projection.build((None, pooled_shape[-1]))
        self.log_scale = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(START),
            dtype="float32",
            name="scale",
        )

    def call(self, pooled, there):
        pooled = ops.cast(pooled, "float32")
        placed = [
            ops.normalize(project(pooled[:, place]), axis=-1)
            for place, project in enumerate(self.projections)
        ]
        scale = ops.exp(ops.clip(self.log_scale, 0.0, HIGHEST))
        losses = []
        for first in range(len(placed)):
            for second in range(first + 1, len(placed)):
                both = ops.logical_and(there[:, first], there[:, second])
                losses.append(info_nce(placed[first], placed[second], both, scale))
        return sum(losses) / len(losses)
