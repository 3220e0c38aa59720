"""Dropout of whole channels."""

import keras
from keras import ops


class ChannelDropout(keras.layers.Layer):
    """In training each channel of a row is zero with probability `rate`.

    call(values, training): `(batch, ..., F)`, shape kept; what stays is divided by
    1 - rate. Whole channels: neighbours would tell the value of a single one, and one
    draw a channel is cheap. One product with the draws: Keras's `Dropout` takes two
    passes over the values, and two over their gradient. No parameters. Tompson et al.,
    "Efficient Object Localization Using Convolutional Networks", 2015,
    arXiv:1411.4280.
    """

    def __init__(self, rate):
        super().__init__()
        self.rate = rate
        self.generator = keras.random.SeedGenerator() if rate else None
        self.built = True

    def call(self, values, training=False):
        if not training or not self.rate:
            return values
        shape = ops.shape(values)
        draws = keras.random.uniform(
            (shape[0], *[1] * (len(shape) - 2), shape[-1]),
            dtype="float32",
            seed=self.generator,
        )
        kept = ops.cast(draws >= self.rate, values.dtype)
        return values * (kept / (1.0 - self.rate))
