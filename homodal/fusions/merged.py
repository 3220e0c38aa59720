"""Merged attention: all columns' steps in one sequence, through one transformer."""

from typing import ClassVar

import keras

from homodal.layers.attention import TransformerTrunk
from homodal.layers.contracts import Fusion
from homodal.layers.cross import TypedSequence
from homodal.layers.pooling import Pooling
from homodal.layers.stream import single


class Merged(Fusion):
    """One transformer over the steps of all columns together (merged self-attention).

    y = W pool(transform([X_1 + e_1; ...; X_M + e_M])) + b, with e_m a learned vector
    that tells the columns apart. Streams `(batch, T_m, d)` to one step
    `(batch, 1, width)`. Parameters: depth (8 d^2 + 9 d) + M d + d + (2 d + 1) width;
    cost a row: depth (sum_m T_m)^2 2 d products more than the projections. The steps of
    an absent column are never looked at. Kiela et al., "Supervised Multimodal
    Bitransformers", 2019, arXiv:1909.02950.
    """

    cost = "quadratic"
    tunable: ClassVar = {
        "width": [64, 128, 256],
        "depth": [1, 2],
        "heads": [2, 4, 8],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, width=128, depth=1, heads=4, dropout=0.1):
        super().__init__()
        self.width = width
        self.depth = depth
        self.heads = heads
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        inside = next(iter(streams_shape.values())).values[-1]
        self.sequence = TypedSequence()
        self.sequence.build(streams_shape, present_shape)
        self.trunk = TransformerTrunk(self.depth, self.heads, self.dropout)
        self.trunk.build((None, None, inside))
        self.pool = Pooling()
        self.out = keras.layers.Dense(self.width)
        self.out.build((None, 2 * inside))

    def call(self, streams, present, training=False):
        together = self.sequence(streams, present)
        seen = self.trunk(together.values, together.mask, training=training)
        return single(self.out(self.pool(seen)))
