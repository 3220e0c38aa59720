"""Perceiver: a few learned vectors look at the steps of all columns."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.attention import TransformerTrunk
from homodal.layers.contracts import Fusion
from homodal.layers.cross import CrossBlock, TypedSequence
from homodal.layers.pooling import Pooling
from homodal.layers.stream import Stream, single


class Perceiver(Fusion):
    """A few learned vectors ask all steps of all columns, then each other.

    Z = transform(cross(Z0, [X_1 + e_1; ...; X_M + e_M])), y = W pool(Z) + b, with Z0
    `(latents, d)` and e_m learned, `depth` blocks in transform. Streams
    `(batch, T_m, d)` to one step `(batch, 1, width)`. Parameters: (1 + depth)
    (8 d^2 + 10 d) + (latents + M) d + (2 d + 1) width at most; cost a row: latents
    sum_m T_m 2 d + depth latents^2 2 d products more than the projections, so it grows
    with the steps and not with their square. The steps of an absent column are never
    looked at. Jaegle et al., "Perceiver IO", 2022, arXiv:2107.14795.
    """

    tunable: ClassVar = {
        "width": [64, 128, 256],
        "latents": [8, 16, 32],
        "depth": [1, 2],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, width=128, latents=16, depth=1, heads=4, dropout=0.1):
        super().__init__()
        self.width = width
        self.latents = latents
        self.depth = depth
        self.heads = heads
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        inside = next(iter(streams_shape.values())).values[-1]
        steps_shape = (None, None, inside)
        self.sequence = TypedSequence()
        self.sequence.build(streams_shape, present_shape)
        self.start = self.add_weight(
            shape=(self.latents, inside),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
            name="latent_token",
        )
        self.cross = CrossBlock(self.heads, self.dropout)
        self.cross.build(steps_shape)
        self.trunk = TransformerTrunk(self.depth, self.heads, self.dropout)
        self.trunk.build(steps_shape)
        self.pool = Pooling()
        self.out = keras.layers.Dense(self.width)
        self.out.build((None, 2 * inside))

    def call(self, streams, present, training=False):
        together = self.sequence(streams, present)
        rows = ops.shape(together.mask)[0]
        start = ops.cast(self.start, together.values.dtype)
        latents = ops.broadcast_to(start[None], (rows, *self.start.shape))
        asked = self.cross(latents, together.values, together.mask, training=training)
        real = ops.ones((rows, self.latents), "bool")
        thought = self.trunk(asked, real, training=training)
        return single(self.out(self.pool(Stream(thought.values, real))))
