"""Date: a position in time and its cycles to an embedding."""

import math

import keras
from keras import ops

from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding


class Date(Front):
    """A position in time, waves of it and its cycles, mixed.

    call(arrays, mask, training): `(batch, 1, F)`, the position x standardised by the
    modality and then sine and cosine of each cycle, to `(batch, 1, width)`:
    relu(W [x, sin 2 pi c x, cos 2 pi c x, cycles] + b), with learned frequencies c, as
    the front of numbers has them. Parameters: frequencies + (2 frequencies + F + 1)
    width. Gorishniy et al., "On Embeddings for Numerical Features", 2022,
    arXiv:2203.05556.
    """

    def __init__(self, width=64, frequencies=8, spread=0.3):
        super().__init__(autocast=False)
        self.width = width
        self.frequencies = frequencies
        self.spread = spread

    def build(self, arrays_shape):
        self.rates = self.add_weight(
            shape=(self.frequencies,),
            initializer=keras.initializers.RandomNormal(stddev=self.spread),
            name="rates",
        )
        self.mix = keras.layers.Dense(self.width, activation="relu")
        self.mix.build((None, 1, arrays_shape[-1] + 2 * self.frequencies))

    def call(self, arrays, mask, training=False):
        exact = zero_padding(ops.cast(arrays, "float32"), mask)
        angles = 2 * math.pi * exact[..., :1] * ops.cast(self.rates, "float32")
        features = ops.concatenate([exact, ops.sin(angles), ops.cos(angles)], axis=-1)
        values = self.mix(ops.cast(features, self.compute_dtype))  # (batch, 1, width)
        return zero_padding(values, mask), mask
