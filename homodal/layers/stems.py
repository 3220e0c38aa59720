"""From values of any rank to steps of one width, for trunks that read steps."""

import keras

from homodal.layers.convolution import Halving, Pyramid, RowSteps, cells
from homodal.layers.frames import PerFrame
from homodal.layers.masking import zero_padding
from homodal.layers.positions import Positions
from homodal.layers.stream import Stream

_STAGES = 2  # halvings of a picture before a trunk reads it: a cell is 4 x 4 pixels
_CELL_PX = 2**_STAGES


class RowStem(keras.layers.Layer):
    """Steps, pictures row by row, or frames, to steps of `width`.

    call(values, mask, training) -> Stream. `(batch, T, F)`: a projection.
    `(batch, H, W, C)`: two stages of a `Pyramid`, then each row of its map is a step;
    `row_halvings` of the stages halve the rows.
    `(batch, N, H, W, C)`: each frame through `depth` stages, mixed.
    channels: of the last map; None: half of `width` for pictures, `width` for frames.
    """

    def __init__(self, width, depth, dropout=0.0, row_halvings=_STAGES, channels=None):
        super().__init__()
        self.width = width
        self.depth = depth
        self.dropout = dropout
        self.row_halvings = row_halvings
        self.channels = channels

    def build(self, values_shape):
        rank = len(values_shape) - 2
        if rank == 3:
            self.frames = PerFrame(
                self.width, self.depth, dropout=self.dropout, channels=self.channels
            )
            self.frames.build(values_shape)
            return
        if rank == 2:
            self.pyramid = Pyramid(
                self.channels or self.width // 2,
                _STAGES,
                dropout=self.dropout,
                row_halvings=self.row_halvings,
            )
            self.pyramid.build(values_shape)
            self.rows = RowSteps(self.width)
            self.rows.build(self.pyramid.map_shape)
            return
        self.mix = keras.layers.Dense(self.width)
        self.mix.build(values_shape)

    def call(self, values, mask, training=False):
        rank = len(values.shape) - 2
        if rank == 3:
            return Stream(self.frames(values, mask, training=training), mask)
        if rank == 2:
            return self.rows(*self.pyramid(values, mask, training=training))
        return Stream(zero_padding(self.mix(values), mask), mask)


class PatchStem(keras.layers.Layer):
    """Steps, patches of pictures, or frames, to steps of `width` that know their place.

    call(values, mask, training) -> Stream. `(batch, T, F)`: a projection.
    `(batch, H, W, C)`: two stages of a `Pyramid`, halved on until a cell of its map is
    `patch` pixels wide; each cell is a step. Convolutions first: on small data, patches
    of bare pixels learn badly (Xiao et al., 2021, arXiv:2106.14881).
    `(batch, N, H, W, C)`: each frame through `depth` stages, mixed.
    """

    def __init__(self, width, depth, dropout=0.0, patch=8):
        super().__init__()
        self.width = width
        self.depth = depth
        self.dropout = dropout
        self.patch = patch

    def build(self, values_shape):
        rank = len(values_shape) - 2
        self.positions = Positions(gain=0.1)
        self.positions.build((None, None, self.width))
        if rank == 3:
            self.frames = PerFrame(self.width, self.depth, dropout=self.dropout)
            self.frames.build(values_shape)
            return
        if rank == 2:
            values_shape = self._build_patches(values_shape)
        self.mix = keras.layers.Dense(self.width)
        self.mix.build(values_shape)

    def _build_patches(self, values_shape):
        self.pyramid = Pyramid(self.width // 2, _STAGES, dropout=self.dropout)
        self.pyramid.build(values_shape)
        map_shape, self.halvings = self.pyramid.map_shape, []
        for _ in range((self.patch // _CELL_PX).bit_length() - 1):
            self.halvings.append(Halving(self.width))
            self.halvings[-1].build(map_shape)
            map_shape = self.halvings[-1].map_shape
        return map_shape

    def call(self, values, mask, training=False):
        rank = len(values.shape) - 2
        if rank == 3:
            values = self.frames(values, mask, training=training)
        elif rank == 2:
            values, mask = self.pyramid(values, mask, training=training)
            for halving in self.halvings:
                values, mask = halving(values, mask)
        if rank < 3:
            values = self.mix(values)
        values = zero_padding(self.positions(values), mask)
        return cells(values, mask) if rank == 2 else Stream(values, mask)
