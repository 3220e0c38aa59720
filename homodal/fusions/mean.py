"""The mean of what is there."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.contracts import Fusion
from homodal.layers.pooling import Pooling
from homodal.layers.presence import weights_of_present
from homodal.layers.stream import single


class Mean(Fusion):
    """The mean over the present columns' projections.

    y = sum_m p_m u_m / max(sum_m p_m, 1), u_m = W_m drop(x_m) + b_m, with x_m the
    pooled column `(batch, 2 d)`. Streams `(batch, T_m, d)` to one step
    `(batch, 1, width)`. Parameters: M (2 d + 1) width; cost: as many products a row.
    An absent column is left out: the answer is the mean of the rest.
    """

    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1):
        super().__init__()
        self.width = width
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.projections = {}
        for name in sorted(streams_shape):
            self.projections[name] = keras.layers.Dense(self.width)
            self.projections[name].build((None, 2 * streams_shape[name].values[-1]))

    def call(self, streams, present, training=False):
        names = sorted(streams)
        projected = [
            self.projections[n](self.drop(self.pool(streams[n]), training=training))
            for n in names
        ]
        stacked = ops.stack(projected, axis=1)  # (batch, M, width)
        weights = weights_of_present(present, names, stacked.dtype)
        return single(ops.sum(stacked * weights[..., None], axis=1))
