"""Tensor fusion: every product of features of all columns."""

from typing import ClassVar

import keras

from homodal.errors import PartError
from homodal.layers.bilinear import outer, with_one
from homodal.layers.columns import Projections
from homodal.layers.contracts import Fusion
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single

_LARGEST = 4096  # entries of the tensor, where `inside` is left to the fusion
_WIDEST = 32
_REFUSED = 2_000_000


class Tensor(Fusion):
    """The outer product of all columns, each with a 1 before it (TFN).

    y = W ([1; u_1] x ... x [1; u_M]) + b, u_m = p_m tanh(W_m drop(x_m) + b_m) of
    `inside` features, with x_m the pooled column `(batch, 2 d)`: products of any
    subset of the columns are among its entries. Streams `(batch, T_m, d)` to one step
    `(batch, 1, width)`. inside: null takes the most, up to 32, that keep the tensor
    within 4096 entries. Parameters: (inside + 1)^M width + M (2 d + 1) inside + width;
    cost: as many products a row, so for few columns only. An absent column is a vector
    of zeros: the 1 keeps the products of the others. Zadeh et al., "Tensor Fusion
    Network for Multimodal Sentiment Analysis", 2017, arXiv:1707.07250 (whose features
    are not bounded by tanh).
    """

    cost = "exponential"
    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1, inside=None):
        super().__init__()
        self.width = width
        self.dropout = dropout
        self.inside = inside

    def build(self, streams_shape, present_shape):
        count = len(streams_shape)
        inside = self.inside or min(_WIDEST, int(_LARGEST ** (1 / count) + 1e-9) - 1)
        if (inside + 1) ** count > _REFUSED or inside < 1:
            raise PartError(
                f"The tensor of {count} columns is too large for fusion 'tensor'",
                expected=f"at most {_REFUSED} entries",
                got=f"({inside} + 1)^{count}",
                do="Lower fusion.inside, or use fusion=low_rank",
            )
        self.projections = Projections(inside, self.dropout, activation="tanh")
        self.projections.build(streams_shape)
        self.out = keras.layers.Dense(self.width)
        self.out.build((None, (inside + 1) ** count))

    def call(self, streams, present, training=False):
        projected = self.projections(streams, training=training)  # (batch, M, inside)
        there = present_matrix(present, sorted(streams))
        shown = projected * keras.ops.cast(there, projected.dtype)[..., None]
        vectors = [with_one(shown[:, i]) for i in range(shown.shape[1])]
        return single(self.out(outer(vectors)))
