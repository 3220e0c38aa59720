"""A gate that starts closed: concatenation, until the others are worth listening to."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.columns import SideBySide, pooled_width
from homodal.layers.contracts import Fusion
from homodal.layers.pooling import Pooling
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single


class TanhGate(Fusion):
    """Concatenation, to which each column may add what the others tell it.

    v_m = x_m + tanh(g_m) * W_m [p_k x_k for k != m], y = W2 drop(relu(W1 [v_1; ...;
    v_M] + b1)) + b2, with x_m the pooled column `(batch, 2 d)`. The gate g_m `(2 d,)`
    starts at zero: the fusion begins as `concatenate`, to the bit. Streams
    `(batch, T_m, d)` to one step `(batch, 1, width)`. Parameters: those of
    `concatenate` + M (M - 1) 4 d^2 + 2 M d; cost: as many products a row. An absent
    column tells the others nothing, and is its learned token itself. Alayrac et al.,
    "Flamingo", 2022, arXiv:2204.14198 (the gate).
    """

    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1):
        super().__init__()
        self.width = width
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        names, size = sorted(streams_shape), pooled_width(streams_shape)
        self.pool = Pooling()
        self.together = SideBySide(self.width, self.dropout)
        self.together.build([(None, size)] * len(names))
        self.told, self.gates = {}, {}
        for name in names if len(names) > 1 else []:
            self.told[name] = keras.layers.Dense(size, use_bias=False)
            self.told[name].build((None, size * (len(names) - 1)))
            self.gates[name] = self.add_weight(
                shape=(size,), initializer="zeros", name=f"{name}_gate_gain"
            )

    def call(self, streams, present, training=False):
        names = sorted(streams)
        pooled = {n: self.pool(streams[n]) for n in names}
        if self.told:
            there = ops.cast(present_matrix(present, names), pooled[names[0]].dtype)
            shown = {n: pooled[n] * there[:, i][:, None] for i, n in enumerate(names)}
            pooled = {n: pooled[n] + self._told(n, shown) for n in names}
        return single(self.together(list(pooled.values()), training=training))

    def _told(self, name, shown):
        others = [shown[other] for other in sorted(shown) if other != name]
        told = self.told[name](ops.concatenate(others, axis=-1))
        return ops.cast(ops.tanh(self.gates[name]), told.dtype) * told
