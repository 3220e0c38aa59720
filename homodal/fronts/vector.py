"""Vector: several numbers to an embedding."""

import keras
from keras import ops

from homodal.layers.contracts import Front, StackedFront
from homodal.layers.masking import zero_padding
from homodal.layers.stacked import StackedDense


class Vector(Front):
    """All numbers of a vector in one projection.

    call(arrays, mask, training): `(batch, 1, length)`, standardised by the modality, to
    `(batch, 1, width)`: relu(W x + b). Parameters: (length + 1) width.
    """

    def __init__(self, width=64):
        super().__init__()
        self.width = width

    def build(self, arrays_shape):
        self.mix = keras.layers.Dense(self.width, activation="relu")
        self.mix.build((None, 1, arrays_shape[-1]))

    def call(self, arrays, mask, training=False):
        exact = zero_padding(ops.cast(arrays, self.compute_dtype), mask)
        return zero_padding(self.mix(exact), mask), mask

    @classmethod
    def stack(cls, options, width):
        return _Vectors(options[0].get("width", width))


class _Vectors(StackedFront):
    """The same for several vectors `(batch, M, 1, length)`."""

    def __init__(self, width):
        super().__init__()
        self.width = width

    def build(self, arrays_shape):
        self.mix = StackedDense(self.width)
        self.mix.build((None, arrays_shape[1], arrays_shape[-1]))

    def call(self, arrays, mask, training=False):
        exact = zero_padding(ops.cast(arrays[:, :, 0], self.compute_dtype), mask)
        return zero_padding(ops.relu(self.mix(exact)), mask), mask
