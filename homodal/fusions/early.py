"""Early fusion: all columns side by side at every step of one clock."""

from typing import ClassVar

import keras
from keras import ops

from homodal.errors import PartError, one_of
from homodal.layers.alignment import Align, aligned, clock, interpolating
from homodal.layers.attention import TransformerTrunk
from homodal.layers.contracts import Fusion
from homodal.layers.presence import weights_of_present


class Early(Fusion):
    """Every column on one clock, side by side at each step, through one encoder.

    y_t = encode(relu(W [x_1(t); ...; x_M(t)] + b)), x_m(t) the column on the steps of
    the row's longest present one; all columns of a row are taken to span the same time.
    align: how it gets there, "interpolate", "pool", "convolve" or "attend" (see
    `layers.alignment`). encode: `depth` transformer blocks. Streams `(batch, T_m, d)`
    to `(batch, max T_m, width)`: time is kept. Parameters: (M d + 1) width + depth
    (8 width^2 + 9 width) + width, and those of align; cost: as many products a step,
    and max T^2 width for each block. An absent column is its learned token at every
    step. Ngiam et al., "Multimodal Deep Learning", 2011.
    """

    keeps_time = True
    tunable: ClassVar = {
        "width": [64, 128, 256],
        "align": ["interpolate", "pool", "convolve", "attend"],
        "depth": [1, 2],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, width=128, align="interpolate", depth=1, heads=4, dropout=0.1):
        super().__init__()
        self.width = width
        self.align = align
        self.depth = depth
        self.heads = heads
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        if self.align not in Align.ways:
            raise PartError(
                "Unknown align of fusion 'early'",
                expected=one_of(Align.ways),
                got=self.align,
            )
        names = sorted(streams_shape)
        inside = streams_shape[names[0]].values[-1]
        steps_shape = (None, None, self.width)
        self.aligned = {n: Align(self.align, self.heads) for n in names}
        for name in names:
            self.aligned[name].build(streams_shape[name], None)
        self.mix = keras.layers.Dense(self.width, activation="relu")
        self.drop = keras.layers.Dropout(self.dropout)
        self.trunk = TransformerTrunk(self.depth, self.heads, self.dropout)
        self.mix.build((None, None, inside * len(names)))
        self.trunk.build(steps_shape)

    def call(self, streams, present, training=False):
        names = sorted(streams)
        target = self._clock(streams, present, names)
        queries = None
        if self.align == "attend":
            queries = self._queries(streams, present, names, target)
        moved = [self.aligned[n](streams[n], target, queries).values for n in names]
        mixed = self.mix(ops.concatenate(moved, axis=-1))  # (batch, T, width)
        mixed = self.drop(mixed, training=training)
        return self.trunk(mixed, target, training=training)

    def _clock(self, streams, present, names):
        """The steps of the longest present column, and at least one."""
        shown = [
            ops.logical_and(streams[n].mask, ops.cast(present[n], "bool")[:, None])
            for n in names
        ]
        return clock(shown)

    def _queries(self, streams, present, names, target):
        """What the columns say at each step in the mean: it asks each of them."""
        moved = ops.stack(
            [
                aligned(s, interpolating(s.mask, target), target).values
                for s in (streams[n] for n in names)
            ],
            axis=1,
        )  # (batch, M, T, d)
        weights = weights_of_present(present, names, moved.dtype)
        return ops.sum(moved * weights[:, :, None, None], axis=1)
