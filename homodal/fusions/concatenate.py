"""Concatenation: the baseline that everything else is compared with."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.contracts import Fusion
from homodal.layers.pooling import Pooling
from homodal.layers.stream import single


class Concatenate(Fusion):
    """All columns side by side, through one hidden layer.

    y = W2 drop(relu(W1 [x_1; ...; x_M] + b1)) + b2, with x_m the pooled column
    `(batch, 2 d)`, in the order of the sorted column names. Streams
    `(batch, T_m, d)` to one step `(batch, 1, width)`. Parameters:
    (2 M d + 1) width + (width + 1) width; cost: as many products a row. An absent
    column is its learned token.
    """

    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1):
        super().__init__()
        self.width = width
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        total = sum(2 * s.values[-1] for s in streams_shape.values())
        self.pool = Pooling()
        self.hidden = keras.layers.Dense(self.width, activation="relu")
        self.drop = keras.layers.Dropout(self.dropout)
        self.out = keras.layers.Dense(self.width)
        self.hidden.build((None, total))
        self.out.build((None, self.width))

    def call(self, streams, present, training=False):
        pooled = [self.pool(streams[name]) for name in sorted(streams)]
        hidden = self.hidden(ops.concatenate(pooled, axis=-1))  # (batch, width)
        return single(self.out(self.drop(hidden, training=training)))
