"""Quantities beside waves of themselves, mixed to embeddings."""

import math

import keras
from keras import ops

from homodal.layers.contracts import StackedFront
from homodal.layers.masking import zero_padding
from homodal.layers.stacked import StackedDense


class Waves(keras.layers.Layer):
    """Features, the first of them a quantity x, with waves of x, mixed.

    call(features, mask): `(batch, M, F)` and `(batch, M)` to values
    `(batch, M, units)`, zeros where the mask is False, and the mask:
    relu(W [features, sin 2 pi c x, cos 2 pi c x] + b), with learned frequencies c. A
    network on a bare quantity bends slowly; on waves of it, it tells near ones apart.
    each: every one of the M has frequencies and weights of its own. Parameters:
    frequencies + (F + 2 frequencies + 1) units, M times as many with each.
    Gorishniy et al., "On Embeddings for Numerical Features", 2022, arXiv:2203.05556.
    """

    def __init__(self, units, frequencies, spread, each=False):
        super().__init__(autocast=False)
        self.units = units
        self.frequencies = frequencies
        self.spread = spread
        self.each = each

    def build(self, features_shape):
        columns, inside = features_shape[1:]
        self.rates = self.add_weight(
            shape=(*([columns] if self.each else []), self.frequencies),
            initializer=keras.initializers.RandomNormal(stddev=self.spread),
            name="rates",
        )
        dense = StackedDense if self.each else keras.layers.Dense
        self.mix = dense(self.units)
        self.mix.build((None, columns, inside + 2 * self.frequencies))

    def call(self, features, mask):
        exact = zero_padding(ops.cast(features, "float32"), mask)
        angles = 2 * math.pi * exact[..., :1] * ops.cast(self.rates, "float32")
        waves = ops.concatenate([exact, ops.sin(angles), ops.cos(angles)], axis=-1)
        values = ops.relu(self.mix(ops.cast(waves, self.compute_dtype)))
        return zero_padding(values, mask), mask


class StackedWaves(StackedFront):
    """`Waves` of several columns, each with weights of its own.

    call: as every `StackedFront`, of arrays `(batch, M, F)` or `(batch, M, 1, F)`.
    """

    def __init__(self, width=64, frequencies=8, spread=0.3):
        super().__init__(autocast=False)
        self.width = width
        self.frequencies = frequencies
        self.spread = spread

    def build(self, arrays_shape):
        self.waves = Waves(self.width, self.frequencies, self.spread, each=True)
        self.waves.build((None, arrays_shape[1], arrays_shape[-1]))

    def call(self, arrays, mask, training=False):
        _, columns, *_, features = arrays.shape
        return self.waves(ops.reshape(arrays, (-1, columns, features)), mask)
