"""Each frame of a film to one step."""

import keras
from keras import ops

from homodal.layers.convolution import Pyramid, cells
from homodal.layers.masking import zero_padding
from homodal.layers.pooling import Pooling


class PerFrame(keras.layers.Layer):
    """Every frame through one `Pyramid`, then pooled over space.

    call(values, mask, training): `(batch, N, H, W, C)` and `(batch, N)` to
    `(batch, N, width)`.
    """

    def __init__(self, width, depth, kernel=3, dropout=0.0):
        super().__init__()
        self.width = width
        self.depth = depth
        self.kernel = kernel
        self.dropout = dropout

    def build(self, values_shape):
        frame_shape = (None, *values_shape[2:])
        self.pyramid = Pyramid(self.width, self.depth, self.kernel, self.dropout)
        self.pool = Pooling()
        self.mix = keras.layers.Dense(self.width)
        self.pyramid.build(frame_shape)
        self.mix.build((None, 2 * self.width))

    def call(self, values, mask, training=False):
        batch, frames = ops.shape(mask)
        pixels = ops.reshape(values, (-1, *values.shape[2:]))  # (batch * N, H, W, C)
        rows = ops.ones(ops.shape(pixels)[:2], dtype="bool")
        stream = cells(*self.pyramid(pixels, rows, training=training))
        steps = self.mix(self.pool(stream))  # (batch * N, width)
        steps = ops.reshape(steps, (batch, frames, self.width))
        return zero_padding(steps, mask)
