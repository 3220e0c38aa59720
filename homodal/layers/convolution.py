"""Residual convolutions over steps, pictures and films, with explicit masks.

Requirements: padding never changes the result. So masked positions are zero before
every convolution, and strides are aligned with the start of the axis whatever its
length: with "same" padding a kernel of 2 or 4 and a stride of 2 puts the same number
of zeros in front of odd and even lengths (a kernel of 3 does not).
"""

import keras
from keras import ops

from homodal.layers.dropout import ChannelDropout
from homodal.layers.masking import zero_finite_padding, zero_padding
from homodal.layers.normalisation import RmsNorm, evened
from homodal.layers.stream import Stream

_LEAST_CHANNELS = 16
_CONVOLUTIONS = {1: keras.layers.Conv1D, 2: keras.layers.Conv2D}


class ResidualConvolution(keras.layers.Layer):
    """x + W2 drop(relu(W1 * norm(x))): mixes neighbours, then channels.

    call(values, mask, training): `(batch, steps, F)` or `(batch, H, W, F)`, shape kept.
    Parameters: kernel^rank F^2 + F^2 + 3 F.
    """

    def __init__(self, kernel=3, dropout=0.0):
        super().__init__()
        self.kernel = kernel
        self.dropout = dropout

    def build(self, values_shape):
        rank, width = len(values_shape) - 2, values_shape[-1]
        # taps that only ever see padding would be weights that never train
        kernel = [
            1 if size == 1 else self.kernel for size in values_shape[1 : 1 + rank]
        ]
        self.norm = RmsNorm()
        self.near = _CONVOLUTIONS[rank](width, kernel, padding="same")
        self.drop = ChannelDropout(self.dropout)
        self.mix = keras.layers.Dense(width)
        self.norm.build(values_shape)
        self.near.build(values_shape)
        self.mix.build(values_shape)

    def call(self, values, mask, training=False):
        inner = self.mix(self.drop(self._near(values), training=training))
        return zero_finite_padding(values + inner, mask)

    def _near(self, values):
        """relu(W1 * norm(x)), the norm's scale multiplied with W1 and not with x.

        The map is a thousand times larger, and its elementwise products, there and on
        the way back, take as long as convolutions do.
        """
        kernel = self.near.kernel * self.norm.scale[:, None]
        return ops.relu(
            self.near.convolution_op(evened(values), kernel) + self.near.bias
        )


class Halving(keras.layers.Layer):
    """Half of each spatial axis, unless that would leave fewer than two; to `width`.

    rows: False leaves the first axis, rows or time, as long as it is.

    call(values, mask): `(batch, H, W, C)` and `(batch, H)` to `(batch, ceil(H/2),
    ceil(W/2), width)` and `(batch, ceil(H/2))`.
    """

    def __init__(self, width, kernel=2, rows=True):
        super().__init__()
        self.width = width
        self.kernel = kernel
        self.rows = rows

    def build(self, values_shape):
        self.strides = [
            1 if size is not None and size <= 2 else 2 for size in values_shape[1:3]
        ]
        if not self.rows:
            self.strides[0] = 1
        kernel = [self.kernel if stride == 2 else 1 for stride in self.strides]
        self.convolution = keras.layers.Conv2D(
            self.width, kernel, strides=self.strides, padding="same"
        )
        self.convolution.build(values_shape)
        axes = zip(values_shape[1:3], self.strides, strict=True)
        halves = [size and -(-size // stride) for size, stride in axes]
        self.map_shape = (values_shape[0], *halves, self.width)

    def call(self, values, mask):
        mask = mask[:, :: self.strides[0]]
        return zero_finite_padding(self.convolution(values), mask), mask


class Pyramid(keras.layers.Layer):
    """A picture to a small map of `width` channels: halve, convolve, and again.

    call(values, mask, training): `(batch, H, W, C)` and `(batch, H)` to
    `(batch, h, w, width)` and `(batch, h)`, each axis divided by about `2^depth`. The
    channels double as the axes halve, so that every stage costs about the same; the
    first halving looks at 4 x 4 pixels and is the only layer at full size.
    row_halvings: how many stages, from the first on, halve the rows too; None: all.
    """

    def __init__(self, width, depth, kernel=3, dropout=0.0, row_halvings=None):
        super().__init__()
        self.width = width
        self.depth = depth
        self.kernel = kernel
        self.dropout = dropout
        self.row_halvings = depth if row_halvings is None else row_halvings

    def build(self, values_shape):
        least = min(_LEAST_CHANNELS, self.width)
        widths = [max(least, self.width >> i) for i in reversed(range(self.depth))]
        self.halvings = [
            Halving(width, 2 if stage else 4, rows=stage < self.row_halvings)
            for stage, width in enumerate(widths)
        ]
        self.blocks = [ResidualConvolution(self.kernel, self.dropout) for _ in widths]
        for halving, block in zip(self.halvings, self.blocks, strict=True):
            halving.build(values_shape)
            values_shape = self.map_shape = halving.map_shape
            block.build(values_shape)

    def call(self, values, mask, training=False):
        for halving, block in zip(self.halvings, self.blocks, strict=True):
            values, mask = halving(values, mask)
            values = block(values, mask, training=training)
        return values, mask


class RowSteps(keras.layers.Layer):
    """Each row of a map to one step of `width`: its cells side by side, mixed.

    call(values, mask): `(batch, h, w, F)` and `(batch, h)` to a Stream of h steps.
    Where in its row a cell stands is kept: of a spectrogram that is the pitch, and
    pooling over pitch would forget it. Parameters: (w F + 1) width.
    """

    def __init__(self, width):
        super().__init__()
        self.width = width

    def build(self, values_shape):
        self.mix = keras.layers.Dense(self.width)
        self.mix.build((None, None, values_shape[2] * values_shape[3]))

    def call(self, values, mask):
        batch, rows, columns, width = ops.shape(values)
        flat = ops.reshape(values, (batch, rows, columns * width))
        return Stream(zero_padding(self.mix(flat), mask), mask)


def cells(values, mask):
    """A map `(batch, h, w, F)` with rows `mask (batch, h)` as a Stream of its cells."""
    shape = ops.shape(values)
    steps = shape[1] * shape[2]
    mask = ops.repeat(mask, shape[2], axis=1)  # (batch, h * w)
    return Stream(ops.reshape(values, (shape[0], steps, values.shape[-1])), mask)
