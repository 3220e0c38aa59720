"""Each frame of a film to one step."""

import math

import keras
from keras import ops

from homodal.layers.convolution import Pyramid
from homodal.layers.masking import zero_padding


class PerFrame(keras.layers.Layer):
    """Every frame through one `Pyramid`; its whole map mixed to one step.

    call(values, mask, training): `(batch, N, H, W, C)` and `(batch, N)` to
    `(batch, N, width)`. channels: of the map; None: `width`. The frames of a film are
    aligned, so where in the map something is tells as much as what it is; a pooled map
    learned nothing from small films.
    """

    def __init__(self, width, depth, kernel=3, dropout=0.0, channels=None):
        super().__init__()
        self.width = width
        self.depth = depth
        self.kernel = kernel
        self.dropout = dropout
        self.channels = width if channels is None else channels

    def build(self, values_shape):
        frame_shape = (None, *values_shape[2:])
        self.pyramid = Pyramid(self.channels, self.depth, self.kernel, self.dropout)
        self.mix = keras.layers.Dense(self.width)
        self.pyramid.build(frame_shape)
        self.map_size = math.prod(self.pyramid.map_shape[1:])
        self.mix.build((None, self.map_size))

    def call(self, values, mask, training=False):
        batch, frames = ops.shape(mask)
        pixels = ops.reshape(values, (-1, *values.shape[2:]))  # (batch * N, H, W, C)
        rows = ops.ones(ops.shape(pixels)[:2], dtype="bool")
        maps, _ = self.pyramid(pixels, rows, training=training)
        steps = self.mix(ops.reshape(maps, (-1, self.map_size)))  # (batch * N, width)
        steps = ops.reshape(steps, (batch, frames, self.width))
        return zero_padding(steps, mask)
