"""Factorised bilinear pooling: products of projections, summed in small groups."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.bilinear import signed_root, unit_length
from homodal.layers.columns import Projections
from homodal.layers.contracts import Fusion
from homodal.layers.presence import present_matrix
from homodal.layers.stream import single


class Bilinear(Fusion):
    """Products of projections, summed in groups of `factors` (MFB; MLB with 1).

    z_i = the sum of the i-th `factors` entries of drop(prod over m with p_m of u_m),
    u_m = W_m x_m + b_m of factors * width entries; y = W n(s(z)) + b, with s(z) =
    sign(z) sqrt(|z|), n the division by the Euclidean length, and x_m the pooled column
    `(batch, 2 d)`. Streams `(batch, T_m, d)` to one step `(batch, 1, width)`.
    Parameters: M (2 d + 1) factors width + (width + 1) width; cost: as many products a
    row. An absent column is a factor of 1. Yu et al., "Multi-modal Factorized Bilinear
    Pooling", 2017, arXiv:1708.01471; Kim et al., "Hadamard Product for Low-rank
    Bilinear Pooling", 2017, arXiv:1610.04325.
    """

    tunable: ClassVar = {
        "width": [64, 128, 256],
        "factors": [1, 2, 5],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, width=128, factors=2, dropout=0.1):
        super().__init__()
        self.width = width
        self.factors = factors
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        self.projections = Projections(self.factors * self.width)
        self.projections.build(streams_shape)
        self.drop = keras.layers.Dropout(self.dropout)
        self.out = keras.layers.Dense(self.width)
        self.out.build((None, self.width))

    def call(self, streams, present, training=False):
        projected = self.projections(streams)  # (batch, M, factors * width)
        there = present_matrix(present, sorted(streams))[..., None]
        factors = ops.where(there, projected, ops.ones_like(projected))
        product = self.drop(ops.prod(factors, axis=1), training=training)
        groups = ops.reshape(product, (-1, self.width, self.factors))
        pooled = ops.cast(ops.sum(groups, axis=-1), "float32")
        return single(self.out(unit_length(signed_root(pooled))))
