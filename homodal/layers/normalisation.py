"""Normalisation over channels only, so that rows and steps never see each other."""

import keras
from keras import ops

EPSILON = 1e-6


class RmsNorm(keras.layers.Layer):
    """Each position divided by the root mean square of its channels, then scaled.

    y = scale * x / sqrt(mean(x^2) + 1e-6), over the last axis; any shape. Padding and
    other rows cannot matter, zeros stay zeros (so that masked positions need no second
    masking), and several machines need not agree on averages. `width` parameters.
    Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019, arXiv:1910.07467.
    """

    def build(self, values_shape):
        self.scale = self.add_weight(
            shape=(values_shape[-1],), initializer="ones", name="scale"
        )

    def call(self, values):
        return evened(values) * self.scale


def evened(values):
    """Each position divided by the root mean square of its channels: `RmsNorm` bare."""
    # float16 overflows at 256 squared
    exact = ops.cast(values, "float32")
    power = ops.mean(ops.square(exact), axis=-1, keepdims=True)
    return values * ops.cast(ops.rsqrt(power + EPSILON), values.dtype)
