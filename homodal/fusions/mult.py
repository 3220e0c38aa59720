"""MulT: every column seen through the eyes of every other."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.attention import TransformerTrunk
from homodal.layers.contracts import Fusion
from homodal.layers.cross import CrossBlock
from homodal.layers.pooling import Pooling
from homodal.layers.positions import Positions
from homodal.layers.presence import present_matrix, present_steps
from homodal.layers.stream import Stream, single


class Mult(Fusion):
    """Each pair of columns has its own cross-attention, then each its memory (MulT).

    X_i|j = `depth` cross-attention blocks of X_i over X_j for every j != i; M_i =
    transform([X_i|j for j != i]), `memory` blocks of width (M - 1) d; z = [p_i
    pool(M_i)]; y = W (z + drop(W2 relu(W1 z + b1)) + b2) + b, X with sinusoidal
    positions. Streams `(batch, T_m, d)` to one step `(batch, 1, width)`. It pools the
    memory where the paper reads its last step. Parameters: M (M - 1) depth
    (8 d^2 + 10 d) + M memory (8 (M - 1)^2 d^2 + ...) + that of the answer; cost a row:
    depth sum_{i != j} T_i T_j 2 d products more than the projections: the dearest
    fusion here, for two or three columns. The steps of an absent column are never
    looked at, and its own memory is left out. Tsai et al., "Multimodal Transformer for
    Unaligned Multimodal Language Sequences", 2019, arXiv:1906.00295.
    """

    cost = "quadratic"
    tunable: ClassVar = {
        "width": [64, 128, 256],
        "depth": [1, 2, 4],
        "memory": [1, 2],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, width=128, depth=2, memory=1, heads=4, dropout=0.1):
        super().__init__()
        self.width = width
        self.depth = depth
        self.memory = memory
        self.heads = heads
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        names = sorted(streams_shape)
        inside = streams_shape[names[0]].values[-1]
        joined = inside * max(len(names) - 1, 1)
        self.positions = {n: Positions(1.0) for n in names}
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.crosses, self.memories = {}, {}
        for name in names:
            self.positions[name].build((None, None, inside))
            for other in names:
                if other != name:
                    self.crosses[f"{name}_{other}"] = self._stack(inside)
            trunk = TransformerTrunk(self.memory, self.heads, self.dropout)
            trunk.build((None, None, joined))
            self.memories[name] = trunk
        total = 2 * joined * len(names)
        self.hidden = keras.layers.Dense(self.width, activation="relu")
        self.back = keras.layers.Dense(total)
        self.out = keras.layers.Dense(self.width)
        self.hidden.build((None, total))
        self.back.build((None, self.width))
        self.out.build((None, total))

    def _stack(self, inside):
        blocks = [CrossBlock(self.heads, self.dropout) for _ in range(self.depth)]
        for block in blocks:
            block.build((None, None, inside))
        return blocks

    def call(self, streams, present, training=False):
        names = sorted(streams)
        there = present_matrix(present, names)
        placed = {
            n: Stream(
                self.positions[n](streams[n].values),
                present_steps(streams[n], there[:, i]),
            )
            for i, n in enumerate(names)
        }
        remembered = [self._memory(n, placed, training) for n in names]
        answer = ops.concatenate(remembered, axis=-1)  # (batch, M 2 (M - 1) d)
        thought = self.drop(self.hidden(answer), training=training)
        return single(self.out(answer + self.back(thought)))

    def _memory(self, name, placed, training):
        """What the column remembers, pooled; zeros where it is absent."""
        own, views = placed[name], []
        for other in sorted(placed):
            if other != name:
                values = own.values
                for block in self.crosses[f"{name}_{other}"]:
                    seen = placed[other]
                    values = block(values, seen.values, seen.mask, training=training)
                views.append(values)
        values = ops.concatenate(views, axis=-1) if views else own.values
        kept = self.memories[name](values, own.mask, training=training)
        return self.pool(kept)
