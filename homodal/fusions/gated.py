"""Gated multimodal unit: each row decides how much each column counts."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.contracts import Fusion
from homodal.layers.pooling import Pooling
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single


class Gated(Fusion):
    """A gate for each column and feature, opened by all columns together.

    y = sum_m p_m z_m * tanh(W_m x_m + b_m), z_m = sigmoid(V_m [x_1; ...; x_M] + c_m),
    with x_m the pooled column `(batch, 2 d)` and p_m its presence. Streams
    `(batch, T_m, d)` to one step `(batch, 1, width)`. Parameters:
    M (2 d + 1) width + M (2 M d + 1) width; cost: as many products a row. An absent
    column adds nothing itself; its learned token, seen by the other columns' gates,
    tells them that it is missing. With two columns and V_2 = -V_1 this is the bimodal
    unit, z and 1 - z. Arevalo et al., "Gated Multimodal Units for Information Fusion",
    2017, arXiv:1702.01992.
    """

    cost = "quadratic"
    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1):
        super().__init__()
        self.width = width
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        widths = {n: 2 * streams_shape[n].values[-1] for n in sorted(streams_shape)}
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.contents = {n: keras.layers.Dense(self.width, "tanh") for n in widths}
        self.gates = {n: keras.layers.Dense(self.width, "sigmoid") for n in widths}
        for name, width in widths.items():
            self.contents[name].build((None, width))
            self.gates[name].build((None, sum(widths.values())))

    def call(self, streams, present, training=False):
        names = sorted(streams)
        pooled = {n: self.drop(self.pool(streams[n]), training=training) for n in names}
        together = ops.concatenate(list(pooled.values()), axis=-1)
        gated = [self.gates[n](together) * self.contents[n](pooled[n]) for n in names]
        stacked = ops.stack(gated, axis=1)  # (batch, M, width)
        there = ops.cast(present_matrix(present, names), stacked.dtype)
        return single(ops.sum(stacked * there[..., None], axis=1))

    def weights_of(self, streams, present):
        """How far each column's gate is open in the mean, `(batch, M)`; sorted names.

        Zero for an absent column. Descriptive: a gate that is open may carry nothing.
        """
        names = sorted(streams)
        pooled = [self.pool(streams[n]) for n in names]
        together = ops.concatenate(pooled, axis=-1)
        opened = [ops.mean(self.gates[n](together), axis=-1) for n in names]
        there = ops.cast(present_matrix(present, names), opened[0].dtype)
        return ops.stack(opened, axis=1) * there
