"""Streams of different lengths on one clock.

The steps of a stream divide its span evenly: step i of n real ones covers the share
from i / n to (i + 1) / n of it. Columns of one row are taken to span the same time.
Weights are `(batch, target steps, source steps)`, each row of a real target step sums
to 1, and padding has none; they are plain arrays, to be looked at or drawn.
"""

import keras
from keras import ops

from homodal.layers.attention import Attention
from homodal.layers.convolution import ResidualConvolution
from homodal.layers.masking import zero_padding
from homodal.layers.stream import Stream


def lengths(mask):
    """How many real steps each row has: `(batch, T)` to `(batch, 1)`, float32."""
    return ops.sum(ops.cast(mask, "float32"), axis=1, keepdims=True)


def clock(masks):
    """The mask `(batch, T)` of the longest of the streams with these masks, by row."""
    count = lengths(masks[0])
    for mask in masks[1:]:
        count = ops.maximum(count, lengths(mask))
    steps = ops.shape(masks[0])[1]
    for mask in masks[1:]:
        steps = _longer(steps, ops.shape(mask)[1])
    return ops.cast(ops.arange(steps), "float32")[None, :] < ops.maximum(count, 1.0)


def _longer(one, other):
    if isinstance(one, int) and isinstance(other, int):
        return max(one, other)
    return ops.maximum(one, other)


def interpolating(source, target):
    """Weights of linear interpolation between the centres of the source's steps.

    source `(batch, S)`, target `(batch, T)`: masks. Beyond the first and the last
    centre the end step is kept.
    """
    count = lengths(source)
    place = (_ranks(target) + 0.5) * count / ops.maximum(lengths(target), 1.0) - 0.5
    place = ops.clip(place, 0.0, ops.maximum(count - 1.0, 0.0))  # (batch, T)
    away = ops.absolute(place[:, :, None] - _ranks(source)[:, None, :])
    return _only_real(ops.maximum(1.0 - away, 0.0), source, target)


def pooling(source, target):
    """Weights of the mean over what a target step covers of the source.

    source `(batch, S)`, target `(batch, T)`: masks. A source step that reaches over the
    edge counts by the share of it inside; a source that is shorter than the target is
    repeated.
    """
    cell = 1.0 / ops.maximum(lengths(target), 1.0)
    step = 1.0 / ops.maximum(lengths(source), 1.0)
    begin = (_ranks(target) * cell)[:, :, None]
    first = (_ranks(source) * step)[:, None, :]
    end, last = begin + cell[..., None], first + step[..., None]
    shared = ops.minimum(end, last) - ops.maximum(begin, first)
    shares = ops.maximum(shared, 0.0) / cell[..., None]
    return _only_real(shares, source, target)


def _ranks(mask):
    """The number of each real step among the real ones of its row, from 0."""
    return ops.cumsum(ops.cast(mask, "float32"), axis=1) - 1.0


def _only_real(weights, source, target):
    real = ops.logical_and(target[:, :, None], source[:, None, :])
    return ops.where(real, weights, 0.0)


def aligned(stream, weights, target):
    """The stream on the target's steps: `(batch, T, width)`, masked by `target`."""
    values = zero_padding(stream.values, stream.mask)
    moved = ops.matmul(ops.cast(weights, values.dtype), values)
    return Stream(moved, target)


class Align(keras.layers.Layer):
    """A stream on the steps of another: pooled, interpolated, convolved or attended.

    call(stream, target, queries): Stream `(batch, S, d)`, mask `(batch, T)` and, for
    "attend", the values `(batch, T, d)` that ask; to a Stream of T steps.
    pool, interpolate: as the functions above, no parameters. convolve: interpolated,
    then mixed with its neighbours, kernel 3: 4 d^2 + 3 d parameters. attend: each
    target step looks for what it needs, wherever it stands: 4 d^2 + 4 d.
    """

    ways = ("pool", "interpolate", "convolve", "attend")

    def __init__(self, way="interpolate", heads=4):
        super().__init__()
        self.way = way
        self.heads = heads

    def build(self, stream_shape, target_shape, queries_shape=None):
        if self.way == "convolve":
            self.mix = ResidualConvolution()
            self.mix.build((None, None, stream_shape.values[-1]))
        if self.way == "attend":
            self.attention = Attention(self.heads)
            self.attention.build(stream_shape.values, stream_shape.values)

    def call(self, stream, target, queries=None):
        if self.way == "attend":
            found = self.attention(queries, stream.values, stream.mask)
            return Stream(zero_padding(found, target), target)
        weigh = pooling if self.way == "pool" else interpolating
        moved = aligned(stream, weigh(stream.mask, target), target)
        if self.way == "convolve":
            return Stream(self.mix(moved.values, target), target)
        return moved
