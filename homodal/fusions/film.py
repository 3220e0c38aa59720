"""Feature-wise linear modulation: the columns scale and shift one another."""

from typing import ClassVar

import keras
from keras import ops

from homodal.errors import PartError, did_you_mean, one_of
from homodal.layers.columns import Projections, pooled_width
from homodal.layers.contracts import Fusion
from homodal.layers.pooling import Pooling
from homodal.layers.presence import present_matrix, weights_of_present
from homodal.layers.stream import single


class Film(Fusion):
    """Each column is scaled and shifted by what the others say (FiLM).

    y = mean over the present m of (1 + g_m) * u_m + b_m, [g_m; b_m] = sum over the
    present j != m of F_j x_j + f_j, u_m = W_m drop(x_m) + c_m, with x_m the pooled
    column `(batch, 2 d)`. F starts at zero: at first nothing is modulated. anchor: the
    name of one column, in small letters, that alone is modulated, y = (1 + g) * u + b.
    Streams `(batch, T_m, d)` to one step `(batch, 1, width)`. Parameters:
    3 M (2 d + 1) width, with an anchor (1 + 2 (M - 1)) (2 d + 1) width; cost: as many
    products a row. An absent column modulates nothing and is left out of the mean; an
    absent anchor is its learned token. Perez et al., "FiLM: Visual Reasoning with a
    General Conditioning Layer", 2018, arXiv:1709.07871.
    """

    tunable: ClassVar = {"width": [64, 128, 256], "dropout": [0.0, 0.1, 0.3]}

    def __init__(self, width=128, dropout=0.1, anchor=None):
        super().__init__()
        self.width = width
        self.dropout = dropout
        self.anchor = anchor

    def build(self, streams_shape, present_shape):
        names = sorted(streams_shape)
        if self.anchor is not None and self.anchor not in names:
            raise PartError(
                f"There is no column '{self.anchor}' to be the anchor of fusion 'film'",
                expected=one_of(names),
                do=did_you_mean(self.anchor, names),
            )
        modulated = names if self.anchor is None else [self.anchor]
        self.projections = Projections(self.width, self.dropout)
        self.projections.build({n: streams_shape[n] for n in modulated})
        self.pool = Pooling()
        self.conditions = {}
        for name in names if len(names) > 1 else []:
            if name != self.anchor:
                dense = keras.layers.Dense(2 * self.width, kernel_initializer="zeros")
                dense.build((None, pooled_width(streams_shape)))
                self.conditions[name] = dense

    def call(self, streams, present, training=False):
        names = sorted(streams) if self.anchor is None else [self.anchor]
        projected = self.projections(
            {n: streams[n] for n in names}, training=training
        )  # (batch, modulated columns, width)
        if self.conditions:
            said = {n: self._said(n, streams, present) for n in self.conditions}
            heard = [sum(said[o] for o in said if o != n) for n in names]
            scales, shifts = ops.split(ops.stack(heard, axis=1), 2, axis=-1)
            projected = (1.0 + scales) * projected + shifts
        if self.anchor is not None:
            return single(projected[:, 0])
        weights = weights_of_present(present, names, projected.dtype)
        return single(ops.sum(projected * weights[..., None], axis=1))

    def _said(self, name, streams, present):
        said = self.conditions[name](self.pool(streams[name]))  # (batch, 2 width)
        return said * ops.cast(present_matrix(present, [name]), said.dtype)
