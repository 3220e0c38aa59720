"""Date: a position in time and its cycles to an embedding."""

import math

import keras
from keras import ops

from homodal.layers.contracts import Front, StackedFront
from homodal.layers.masking import zero_padding
from homodal.layers.stacked import StackedDense


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
        features = ops.cast(_features(exact, self.rates), self.compute_dtype)
        return zero_padding(self.mix(features), mask), mask  # (batch, 1, width)

    @classmethod
    def stack(cls, options, width):
        return _Dates(**({"width": width} | options[0]))


class _Dates(StackedFront):
    """The same for several dates `(batch, M, 1, F)`, each with weights of its own."""

    def __init__(self, width, frequencies=8, spread=0.3):
        super().__init__(autocast=False)
        self.width = width
        self.frequencies = frequencies
        self.spread = spread

    def build(self, arrays_shape):
        self.rates = self.add_weight(
            shape=(arrays_shape[1], self.frequencies),
            initializer=keras.initializers.RandomNormal(stddev=self.spread),
            name="rates",
        )
        features = arrays_shape[-1] + 2 * self.frequencies
        self.mix = StackedDense(self.width)
        self.mix.build((None, arrays_shape[1], features))

    def call(self, arrays, mask, training=False):
        exact = zero_padding(ops.cast(arrays[:, :, 0], "float32"), mask)
        features = ops.cast(_features(exact, self.rates), self.compute_dtype)
        return zero_padding(ops.relu(self.mix(features)), mask), mask


def _features(exact, rates):
    """`(..., F)`, the position first, with its waves: `(..., F + 2 frequencies)`."""
    angles = 2 * math.pi * exact[..., :1] * ops.cast(rates, "float32")
    return ops.concatenate([exact, ops.sin(angles), ops.cos(angles)], axis=-1)
