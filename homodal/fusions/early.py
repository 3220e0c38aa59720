"""Early fusion: all columns side by side at every step of one clock."""

from typing import ClassVar

import keras
from keras import ops

from homodal.errors import PartError, one_of
from homodal.layers.alignment import Align, aligned, clock, even, interpolating, span
from homodal.layers.attention import TransformerTrunk
from homodal.layers.contracts import Fusion
from homodal.layers.presence import present_steps, weights_of_present
from homodal.layers.stream import Timed


class Early(Fusion):
    """Every column on one clock, side by side at each step, through one encoder.

    y_t = encode(relu(W [x_1(t); ...; x_M(t)] + b)), x_m(t) the column on as many steps
    as the row's longest present one has, evenly from the first second to the last that
    a present column knows of. Columns that know no seconds are taken to span the same.
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
        cells = self._cells(streams, present, names)
        queries = None
        if self.align == "attend":
            queries = self._queries(streams, present, names, target, cells)
        moved = [
            self.aligned[n](streams[n], target, queries, cells[n]).values for n in names
        ]
        mixed = self.mix(ops.concatenate(moved, axis=-1))  # (batch, T, width)
        mixed = self.drop(mixed, training=training)
        return self.trunk(mixed, target, training=training)

    def _clock(self, streams, present, names):
        """The steps of the longest present column, and at least one."""
        return clock([present_steps(streams[n], present[n]) for n in names])

    def alignment_of(self, streams, present):
        """`{(None, column): (batch, T, S)}`: what each step takes of a column's steps.

        T: those of the clock, which is no column's own.
        """
        names = sorted(streams)
        target = self._clock(streams, present, names)
        cells = self._cells(streams, present, names)
        queries = None
        if self.align == "attend":
            queries = self._queries(streams, present, names, target, cells)
        return {
            (None, n): self.aligned[n].shares(streams[n], target, queries, cells[n])
            for n in names
        }

    def seconds_of(self, streams, present):
        """Begin and end `(batch, T, 2)` of the clock's steps, None if nobody knows."""
        names = sorted(streams)
        known = self._span(streams, present, names)
        if known is None:
            return None
        begin, end = (side[..., None] for side in known)
        return begin + even(self._clock(streams, present, names)) * (end - begin)

    def _span(self, streams, present, names):
        """First and last second `(batch, 1)` of the present columns that know them."""
        spans = []
        for name in names:
            if isinstance(streams[name], Timed):
                there = ops.cast(present[name], "bool")[:, None]
                real = present_steps(streams[name], present[name])
                spans.append((span(streams[name].seconds, real), there))
        if not spans:
            return None
        begin, end = 1e6, 0.0
        for (first, last), there in spans:
            begin = ops.minimum(begin, ops.where(there, first, 1e6))
            end = ops.maximum(end, ops.where(there, last, 0.0))
        return ops.minimum(begin, end), end

    def _cells(self, streams, present, names):
        """`{column: begins and ends as shares of the clock}`; None where evenly."""
        known = self._span(streams, present, names)
        cells = dict.fromkeys(names)
        for name in names:
            if isinstance(streams[name], Timed):
                begin, end = (side[..., None] for side in known)
                length = ops.maximum(end - begin, 1e-6)
                cells[name] = (streams[name].seconds - begin) / length
        return cells

    def _queries(self, streams, present, names, target, cells):
        """What the columns say at each step in the mean: it asks each of them."""
        moved = ops.stack(
            [
                aligned(
                    streams[n],
                    interpolating(streams[n].mask, target, cells[n]),
                    target,
                ).values
                for n in names
            ],
            axis=1,
        )  # (batch, M, T, d)
        weights = weights_of_present(present, names, moved.dtype)
        return ops.sum(moved * weights[:, :, None, None], axis=1)
