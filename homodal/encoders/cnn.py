"""Residual convolutions for every rank of values."""

from math import log2
from typing import ClassVar

import keras

from homodal.errors import RecipeError
from homodal.layers.context import Context, Summary
from homodal.layers.contracts import Encoder
from homodal.layers.convolution import Pyramid, ResidualConvolution, RowSteps
from homodal.layers.frames import PerFrame
from homodal.layers.masking import zero_padding
from homodal.layers.normalisation import RmsNorm
from homodal.layers.stream import Stream

_MANY_STEPS = 64  # columns of a block that are a step each of its Stream
_NARROWEST = 8  # numbers that each of more columns is embedded in


class Cnn(Encoder):
    """Residual convolutions over steps, pictures or films.

    call(values, mask, training) -> Stream of `width`:
    `(batch, T, F)`: a convolution, then `depth` residual ones; T steps. Where the steps
    have no `ordered` neighbours, columns of a block, one dense layer over all of them
    and `depth` residual ones make a vector that is added to each step. Of more than 64
    columns, each embedded in fewer numbers, the vector alone is the Stream: one step.
    `(batch, H, W, C)`: `depth` stages that halve both axes; one step a map row.
    `(batch, N, H, W, C)`: the same for each frame, its map mixed to one step, then
    `depth` residual convolutions over time; N steps.
    """

    tunable: ClassVar = {
        "width": [32, 64, 128],
        "depth": [2, 3, 4],
        "dropout": [0.0, 0.1, 0.3],
    }

    unordered: ClassVar = {"ordered": False}

    @classmethod
    def width_in_block(cls, columns: int, width: int) -> int:
        """Of many columns all together are embedded in as many numbers as 64 are."""
        if columns <= _MANY_STEPS:
            return width
        narrow = 2 ** int(log2(_MANY_STEPS * width / columns))
        return min(width, max(_NARROWEST, narrow))

    def __init__(self, width=64, depth=3, kernel=3, dropout=0.1, ordered=True):
        super().__init__()
        self.width = width
        self.depth = depth
        self.kernel = kernel
        self.dropout = dropout
        self.ordered = ordered

    def share(self, other):
        """A convolution over steps and one over pictures have no weights in common."""
        raise RecipeError(
            "The encoder 'cnn' cannot share its weights between columns",
            do="Set 'share: structure', or take the encoder 'rnn' or 'transformer'",
        )

    def build(self, values_shape):
        options = (self.kernel, self.dropout)
        rank = len(values_shape) - 2
        if rank == 1 and not self.ordered:
            self._build_unordered(values_shape)
            return
        self.norm = RmsNorm()
        self.norm.build((None, self.width))
        if rank == 2:
            self.pyramid = Pyramid(self.width, self.depth, *options)
            self.pyramid.build(values_shape)
            self.rows = RowSteps(self.width)
            self.rows.build(self.pyramid.map_shape)
            return
        steps_shape = (*values_shape[:2], self.width)
        self.blocks = [ResidualConvolution(*options) for _ in range(self.depth)]
        for block in self.blocks:
            block.build(steps_shape)
        if rank == 1:
            kernel = 1 if values_shape[1] == 1 else self.kernel
            self.stem = keras.layers.Conv1D(self.width, kernel, padding="same")
            self.stem.build(values_shape)
        else:
            self.stem = PerFrame(self.width, self.depth, *options)
            self.stem.build(values_shape)

    def _build_unordered(self, values_shape):
        self.stem = None
        if values_shape[1] > _MANY_STEPS:
            self.context = Summary(self.width, self.depth, self.dropout)
            self.context.build(values_shape)
            return
        if values_shape[-1] != self.width:
            self.stem = keras.layers.Dense(self.width)
            self.stem.build(values_shape)
        self.context = Context(self.depth, self.dropout)
        self.context.build((*values_shape[:2], self.width))

    def _unordered(self, values, mask, training):
        if self.stem is not None:
            values = self.stem(values)
        return self.context(values, mask, training=training)

    def call(self, values, mask, training=False):
        values = zero_padding(values, mask)
        rank = len(values.shape) - 2
        if rank == 1 and not self.ordered:
            return self._unordered(values, mask, training)
        if rank == 2:
            stream = self.rows(*self.pyramid(values, mask, training=training))
            return Stream(self.norm(stream.values), stream.mask)
        if rank == 1:
            values = zero_padding(self.stem(values), mask)  # (batch, T, width)
        else:
            values = self.stem(values, mask, training=training)  # (batch, N, width)
        for block in self.blocks:
            values = block(values, mask, training=training)
        return Stream(self.norm(values), mask)
