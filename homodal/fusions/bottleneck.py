"""Attention bottlenecks: the columns meet in a few shared vectors only."""

from typing import ClassVar

import keras
from keras import ops

from homodal.errors import PartError, one_of
from homodal.layers.attention import TransformerBlock
from homodal.layers.contracts import Fusion
from homodal.layers.normalisation import RmsNorm
from homodal.layers.pooling import Pooling
from homodal.layers.presence import weights_of_present
from homodal.layers.stream import Stream, single

_SHARES = ("columns", "none")


class Bottleneck(Fusion):
    """Each column's own transformer; they exchange a few vectors a layer (MBT).

    In each of `depth` layers [X_m; Z_m] = block_m([X_m; Z]) for every column, then Z =
    the mean of Z_m over the present ones; y = the mean over the present columns of
    W_m pool(norm(X_m)) + b_m. Z `(bottlenecks, d)` starts learned. share: "columns"
    gives all columns the same blocks, "none" each its own. Without bottlenecks the
    columns are separate encoders. Streams `(batch, T_m, d)` to one step
    `(batch, 1, width)`. Parameters: depth M (8 d^2 + 9 d), or without the M where they
    share, + bottlenecks d + M (2 d + 1) width + M d; cost a row: depth sum_m
    (T_m + bottlenecks)^2 2 d products more than the projections. An absent column adds
    nothing to Z and is left out of the mean. Nagrani et al., "Attention Bottlenecks for
    Multimodal Fusion", 2021, arXiv:2107.00135.
    """

    tunable: ClassVar = {
        "width": [64, 128, 256],
        "bottlenecks": [2, 4, 8],
        "depth": [1, 2],
        "dropout": [0.0, 0.1, 0.3],
        "share": ["columns", "none"],
    }

    def __init__(
        self, width=128, depth=2, bottlenecks=4, heads=4, dropout=0.1, share="none"
    ):
        super().__init__()
        self.width = width
        self.depth = depth
        self.bottlenecks = bottlenecks
        self.heads = heads
        self.dropout = dropout
        self.share = share

    def build(self, streams_shape, present_shape):
        if self.share not in _SHARES:
            raise PartError(
                "Unknown share of fusion 'bottleneck'",
                expected=one_of(_SHARES),
                got=self.share,
            )
        names = sorted(streams_shape)
        inside = streams_shape[names[0]].values[-1]
        steps_shape = (None, None, inside)
        self.blocks = []
        for _ in range(self.depth):
            own = ["all"] if self.share == "columns" else names
            blocks = {n: TransformerBlock(self.heads, self.dropout) for n in own}
            for block in blocks.values():
                block.build(steps_shape)
            self.blocks.append(blocks)
        self.start = None
        if self.bottlenecks:
            self.start = self.add_weight(
                shape=(self.bottlenecks, inside),
                initializer=keras.initializers.RandomNormal(stddev=0.02),
                name="bottleneck_token",
            )
        self.pool = Pooling()
        self.norms = {n: RmsNorm() for n in names}
        self.projections = {n: keras.layers.Dense(self.width) for n in names}
        for name in names:
            self.norms[name].build(steps_shape)
            self.projections[name].build((None, 2 * inside))

    def call(self, streams, present, training=False):
        names = sorted(streams)
        values = {n: streams[n].values for n in names}
        weights = weights_of_present(present, names, values[names[0]].dtype)
        shared = self._started(values[names[0]])
        for blocks in self.blocks:
            after = []
            for name in names:
                block = blocks.get(name) or blocks["all"]
                values[name], met = self._through(
                    block, values[name], streams[name].mask, shared, training
                )
                after.append(met)
            # only now: all columns have used the old ones
            stacked = ops.stack(after, axis=1)  # (batch, M, bottlenecks, d)
            shared = ops.sum(stacked * weights[:, :, None, None], axis=1)
        answers = [self._answer(n, values[n], streams[n].mask) for n in names]
        return single(ops.sum(ops.stack(answers, axis=1) * weights[..., None], axis=1))

    def _started(self, values):
        rows, width = ops.shape(values)[0], values.shape[-1]
        if self.start is None:
            return ops.zeros((rows, 0, width), values.dtype)
        start = ops.cast(self.start, values.dtype)
        return ops.broadcast_to(start[None], (rows, self.bottlenecks, width))

    def _through(self, block, values, mask, shared, training):
        rows, count = ops.shape(mask)[0], self.bottlenecks
        joined = ops.concatenate([shared, values], axis=1)
        real = ops.concatenate([ops.ones((rows, count), "bool"), mask], axis=1)
        seen = block(joined, real, training=training)
        return seen[:, count:], seen[:, :count]

    def _answer(self, name, values, mask):
        return self.projections[name](self.pool(Stream(self.norms[name](values), mask)))
