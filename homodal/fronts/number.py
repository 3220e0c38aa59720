"""Number: one number to an embedding."""

import math

import keras
from keras import ops

from homodal.layers.contracts import Front, StackedFront
from homodal.layers.masking import zero_padding
from homodal.layers.stacked import StackedDense


class Number(Front):
    """One number to itself and waves of it, mixed.

    call(arrays, mask, training): `(batch, 1)`, standardised by the modality, to
    `(batch, 1, width)`: relu(W [x, sin 2 pi c x, cos 2 pi c x] + b), with learned
    frequencies c. A network on a bare number bends slowly; on waves of it, it tells
    near numbers apart. Parameters: frequencies + (2 frequencies + 2) width. Gorishniy
    et al., "On Embeddings for Numerical Features", 2022, arXiv:2203.05556.
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
        self.mix.build((None, 1, 1 + 2 * self.frequencies))

    def call(self, arrays, mask, training=False):
        exact = zero_padding(ops.cast(arrays, "float32"), mask)[..., None]
        waves = _waves(exact, self.rates)
        values = self.mix(ops.cast(waves, self.compute_dtype))  # (batch, 1, width)
        return zero_padding(values, mask), mask

    @classmethod
    def stack(cls, options, width):
        return _Numbers(**({"width": width} | options[0]))


class _Numbers(StackedFront):
    """The same for several numbers `(batch, M, 1)`, each with weights of its own."""

    def __init__(self, width=64, frequencies=8, spread=0.3):
        super().__init__(autocast=False)
        self.width = width
        self.frequencies = frequencies
        self.spread = spread

    def build(self, arrays_shape):
        columns = arrays_shape[1]
        self.rates = self.add_weight(
            shape=(columns, self.frequencies),
            initializer=keras.initializers.RandomNormal(stddev=self.spread),
            name="rates",
        )
        self.mix = StackedDense(self.width)
        self.mix.build((None, columns, 1 + 2 * self.frequencies))

    def call(self, arrays, mask, training=False):
        exact = zero_padding(ops.cast(arrays, "float32"), mask)
        waves = _waves(exact, self.rates)
        values = ops.relu(self.mix(ops.cast(waves, self.compute_dtype)))
        return zero_padding(values, mask), mask


def _waves(exact, rates):
    """A number `(..., 1)` and its sines and cosines, `(..., 1 + 2 frequencies)`."""
    angles = 2 * math.pi * exact * ops.cast(rates, "float32")
    return ops.concatenate([exact, ops.sin(angles), ops.cos(angles)], axis=-1)
