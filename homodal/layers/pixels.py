"""Pixels to numbers, and the mild augmentation of pictures."""

import math

import keras
from keras import ops

from homodal.layers.masking import zero_padding


def centred(pixels, dtype):
    """Pixels 0 to 255 of any shape to -1 to 1."""
    return ops.cast(pixels, dtype) / 127.5 - 1.0


def as_wide(figures, pixels):
    """`(batch,)` figures of cells, as wide as their pixels `(batch, ...)`."""
    return ops.reshape(figures, (-1, *[1] * (len(pixels.shape) - 1)))


def mean_of_real(pixels, mask):
    """The mean of each cell's real pixels, a number a cell, as wide as `pixels`.

    mask: `(batch, first axis)`, True = real.
    """
    axes = tuple(range(1, len(pixels.shape)))
    total = ops.sum(zero_padding(pixels, mask), axis=axes)
    size = math.prod(pixels.shape[2:])
    count = size * ops.sum(ops.cast(mask, pixels.dtype), axis=1)
    return as_wide(total / ops.maximum(count, 1.0), pixels)


def each_picture(change, pixels):
    """`change` of pictures `(batch, H, W, C)`; of films all frames alike."""
    if len(pixels.shape) == 4:
        return change(pixels)
    frames, height, width, channels = ops.shape(pixels)[1:]
    pictures = ops.transpose(pixels, (0, 2, 3, 1, 4))
    pictures = change(ops.reshape(pictures, (-1, height, width, frames * channels)))
    pictures = ops.reshape(pictures, (-1, height, width, frames, channels))
    return ops.transpose(pictures, (0, 3, 1, 2, 4))


class RandomShift(keras.layers.Layer):
    """Each picture moved by up to `shift_px` each way in training, border repeated.

    call(values, training): `(batch, H, W, C)`, or `(batch, N, H, W, C)` whose frames
    all move alike; shape kept. The move is a product with two matrices of zeros and
    ones, which every backend does alike. No parameters.
    """

    def __init__(self, shift_px):
        super().__init__()
        self.shift_px = shift_px

    def build(self, values_shape):
        self.generator = keras.random.SeedGenerator()

    def call(self, values, training=False):
        if not training or self.shift_px == 0:
            return values
        height, width = values.shape[-3:-1]
        rows = self._moves(ops.shape(values)[0], height, values.dtype)
        columns = self._moves(ops.shape(values)[0], width, values.dtype)
        if len(values.shape) == 5:
            return ops.einsum("bih,bjw,bnhwc->bnijc", rows, columns, values)
        return ops.einsum("bih,bjw,bhwc->bijc", rows, columns, values)

    def _moves(self, batch, size, dtype):
        moves = keras.random.randint(
            (batch, 1), -self.shift_px, self.shift_px + 1, seed=self.generator
        )
        source = ops.clip(ops.arange(size)[None, :] + moves, 0, size - 1)
        return ops.one_hot(source, size, dtype=dtype)  # (batch, size, size)
