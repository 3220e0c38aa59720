"""Multiplicative interactions: one column chooses the matrix that another meets."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.columns import Projections
from homodal.layers.contracts import Fusion
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single


class Multiplicative(Fusion):
    """A bilinear form between what is fused so far and the next column (MI).

    f_1 = u_1; f_m = f_{m-1} W_m u_m + U_m f_{m-1} + V_m u_m + b_m, columns in the order
    of the sorted names; y = W f_M + b. u_m = p_m (P_m drop(x_m) + q_m) of `inside`
    features, with x_m the pooled column `(batch, 2 d)`, and f of as many. The order of
    the columns in the table does not matter, but their names decide which meet first.
    With every W_m = 0 it is a linear concatenation. Streams `(batch, T_m, d)` to one
    step `(batch, 1, width)`. Parameters: (M - 1) (inside^3 + 2 inside^2 + inside) +
    M (2 d + 1) inside + (inside + 1) width; cost: as many products a row. An absent
    column is a vector of zeros: what was fused before goes on through U_m. Jayakumar et
    al., "Multiplicative Interactions and Where to Find Them", 2020.
    """

    tunable: ClassVar = {
        "width": [64, 128, 256],
        "inside": [8, 16, 32],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, width=128, inside=16, dropout=0.1):
        super().__init__()
        self.width = width
        self.inside = inside
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        self.projections = Projections(self.inside, self.dropout)
        self.projections.build(streams_shape)
        self.products, self.sums = [], []
        for place in range(1, len(streams_shape)):
            self.products.append(
                self.add_weight(
                    shape=(self.inside,) * 3,
                    initializer=keras.initializers.RandomNormal(stddev=1 / self.inside),
                    name=f"product_{place}",
                )
            )
            self.sums.append(keras.layers.Dense(self.inside))
            self.sums[-1].build((None, 2 * self.inside))
        self.out = keras.layers.Dense(self.width)
        self.out.build((None, self.inside))

    def call(self, streams, present, training=False):
        projected = self.projections(streams, training=training)  # (batch, M, inside)
        there = present_matrix(present, sorted(streams))
        shown = projected * ops.cast(there, projected.dtype)[..., None]
        fused = shown[:, 0]
        for place, (product, plain) in enumerate(
            zip(self.products, self.sums, strict=True), start=1
        ):
            fused = self._met(fused, shown[:, place], product, plain)
        return single(self.out(fused))

    def _met(self, fused, column, product, plain):
        product = ops.cast(product, fused.dtype)
        both = ops.einsum("bi,ijo,bj->bo", fused, product, column)
        return both + plain(ops.concatenate([fused, column], axis=-1))
