"""Streams of different lengths on one clock.

A `Timed` stream knows the seconds of its steps: samples and frames at a rate, words at
their own times. The steps of any other divide its span evenly: step i of n real ones
covers the share from i / n to (i + 1) / n of it, and it is taken to span the same time
as the other columns of its row.
Weights are `(batch, target steps, source steps)`, each row of a real target step sums
to 1, and padding has none; they are plain arrays, to be looked at or drawn.
"""

import math

import keras
from keras import ops

from homodal.layers.attention import Attention
from homodal.layers.convolution import ResidualConvolution
from homodal.layers.masking import zero_padding
from homodal.layers.stream import Stream

_FAR = 1e6  # shares or seconds: past everything
_TINY = 1e-6


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


def evenly_timed(rows, steps, seconds):
    """Begins and ends `(rows, steps, 2)` of steps that each take so many seconds."""
    begins = seconds * ops.cast(ops.arange(steps), "float32")
    each = ops.stack([begins, begins + seconds], axis=-1)
    return ops.broadcast_to(each[None], (rows, steps, 2))


def of_steps(seconds, real, mask, mixed):
    """Seconds `(batch, S, 2)` of a stream's steps from those of what was encoded.

    seconds `(batch, T, 2)`, real `(batch, T)`; mask `(batch, S)`. mixed: the encoder
    made other steps of the T; then they divide the time of the real ones evenly.
    """
    if not mixed:
        return seconds
    begin, end = span(seconds, real)
    return begin[..., None] + even(mask) * (end - begin)[..., None]


def span(seconds, real):
    """First begin and last end `(batch, 1)` of the real steps; zeros without any."""
    begins = ops.where(real, seconds[..., 0], _FAR)
    ends = ops.where(real, seconds[..., 1], 0.0)
    some = ops.any(real, axis=1, keepdims=True)
    first = ops.min(begins, axis=1, keepdims=True)
    return ops.where(some, first, 0.0), ops.max(ends, axis=1, keepdims=True)


def even(mask):
    """Begin and end `(batch, T, 2)` of each real step, as shares of the whole."""
    step = 1.0 / ops.maximum(lengths(mask), 1.0)
    begins = _ranks(mask) * step
    return ops.stack([begins, begins + step], axis=-1)


def interpolating(source, target, cells=None):
    """Weights of linear interpolation between the centres of the source's steps.

    source `(batch, S)`, target `(batch, T)`: masks. Beyond the first and the last
    centre the end step is kept. cells `(batch, S, 2)`: begin and end of each source
    step as shares of the target's time, rising, real ones first; without them, even.
    """
    if cells is not None:
        return _only_real(_between(cells, source, target), source, target)
    count = lengths(source)
    place = (_ranks(target) + 0.5) * count / ops.maximum(lengths(target), 1.0) - 0.5
    place = ops.clip(place, 0.0, ops.maximum(count - 1.0, 0.0))  # (batch, T)
    away = ops.absolute(place[:, :, None] - _ranks(source)[:, None, :])
    return _only_real(ops.maximum(1.0 - away, 0.0), source, target)


def _between(cells, source, target):
    """Linear between centres that stand anywhere: `(batch, T, S)`."""
    place = ops.mean(even(target), axis=-1)[:, :, None]  # (batch, T, 1)
    centres = ops.where(source, ops.mean(cells, axis=-1), _FAR)
    before = ops.concatenate([-_FAR + centres[:, :1] * 0.0, centres[:, :-1]], axis=1)
    after = ops.concatenate([centres[:, 1:], _FAR + centres[:, :1] * 0.0], axis=1)
    centres, before, after = (c[:, None, :] for c in (centres, before, after))
    rising = (place - before) / ops.maximum(centres - before, _TINY)
    falling = (after - place) / ops.maximum(after - centres, _TINY)
    found = ops.clip(ops.minimum(rising, falling), 0.0, 1.0)
    found = ops.where(source[:, None, :], found, 0.0)
    return found / ops.maximum(ops.sum(found, axis=-1, keepdims=True), _TINY)


def pooling(source, target, cells=None):
    """Weights of the mean over what a target step covers of the source.

    source `(batch, S)`, target `(batch, T)`: masks. A source step that reaches over the
    edge counts by the share of it inside; a source that is shorter than the target is
    repeated. cells: as above; a target step in which nothing lies has no weights.
    """
    aims = even(target)[:, :, None]  # (batch, T, 1, 2)
    given = (even(source) if cells is None else cells)[:, None]
    first, last = given[..., 0], given[..., 1]
    last = ops.maximum(last, first + _TINY)  # a word without length is said, too
    shared = ops.minimum(aims[..., 1], last) - ops.maximum(aims[..., 0], first)
    shared = _only_real(ops.maximum(shared, 0.0), source, target)
    total = ops.sum(shared, axis=-1, keepdims=True)
    return ops.where(total > 0.0, shared / ops.maximum(total, _TINY * _TINY), 0.0)


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


class Nearness(keras.layers.Layer):
    """How far apart two steps stand in their rows, as scores that attention adds.

    call(target, source): masks `(batch, T)` and `(batch, S)` to `(batch, heads, T, S)`:
    -(t - s)^2 / (2 r^2), with t and s the middles of the steps as shares of the real
    ones and r a number for each head that starts at `reach` and is learned by its
    logarithm. Parameters: one a head.
    """

    def __init__(self, heads, reach):
        super().__init__()
        self.heads = heads
        self.reach = reach

    def build(self, target_shape, source_shape):
        self.log_reach = self.add_weight(
            shape=(self.heads, 1, 1),
            initializer=keras.initializers.Constant(math.log(self.reach)),
            dtype="float32",
            autocast=False,
            name="log_reach",
        )

    def call(self, target, source):
        there, here = (ops.mean(even(mask), axis=-1) for mask in (target, source))
        apart = (there[:, :, None] - here[:, None, :])[:, None]  # (batch, 1, T, S)
        return -0.5 * (apart * ops.exp(-self.log_reach)) ** 2


class Align(keras.layers.Layer):
    """A stream on the steps of another: pooled, interpolated, convolved or attended.

    call(stream, target, queries, cells): Stream `(batch, S, d)`, mask `(batch, T)`, for
    "attend" the values `(batch, T, d)` that ask, and where each source step lies, as
    above; to a Stream of T steps.
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

    def call(self, stream, target, queries=None, cells=None):
        if self.way == "attend":
            found = self.attention(queries, stream.values, stream.mask)
            return Stream(zero_padding(found, target), target)
        moved = aligned(stream, self._placed(stream, target, cells), target)
        if self.way == "convolve":
            return Stream(self.mix(moved.values, target), target)
        return moved

    def shares(self, stream, target, queries=None, cells=None):
        """How much each target step takes of each source step: `(batch, T, S)`.

        Of "attend" the mean over its heads, which leaves a share to nothing; of
        "convolve" before neighbours are mixed.
        """
        if self.way == "attend":
            found = self.attention.shares(queries, stream.values, stream.mask)
            return _only_real(found, stream.mask, target)
        return self._placed(stream, target, cells)

    def _placed(self, stream, target, cells):
        weigh = pooling if self.way == "pool" else interpolating
        return weigh(stream.mask, target, cells)
