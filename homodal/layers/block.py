"""A block: columns that are one step each of one Stream."""

import keras
from keras import ops

from homodal.layers.masking import zero_padding
from homodal.layers.presence import StepTokens
from homodal.layers.stream import Stream


class BlockFront(keras.layers.Layer):
    """All columns of a block, each embedded to one step.

    fronts: `{input: layer}`, a `StackedFront` for several columns, `OneStep` for one.
    call(arrays, mask, training): `{input: arrays}` and `{input: mask}` (see
    `data.blocks.Group`) to values `(batch, M, width)` and mask `(batch, M)`, in the
    order of the inputs and of the columns in them. Steps of another width than the
    block's are projected.
    """

    def __init__(self, fronts, width):
        super().__init__(autocast=False)
        self.fronts = fronts
        self.width = width
        self.projections = {name: keras.layers.Dense(width) for name in fronts}

    def build(self, *shapes):
        """Nothing: each front is built when it is first asked."""

    def call(self, arrays, mask, training=False):
        values, real = [], []
        for name, front in self.fronts.items():
            steps, there = front(arrays[name], mask[name], training=training)
            if steps.shape[-1] != self.width:
                steps = zero_padding(self.projections[name](steps), there)
            values.append(steps)
            real.append(there)
        return ops.concatenate(values, axis=1), ops.concatenate(real, axis=1)

    def seconds(self, arrays, mask, real):
        """None: columns beside each other know no time."""
        return


class Block(keras.layers.Layer):
    """The columns of a block through one encoder.

    call(stream, there, training): the Stream of `BlockFront`, a step a column, and
    which cells a row has `(batch, M)`, to a Stream of the same steps. An absent column
    is its learned token at its step. Parameters: those of the encoder and M width.
    """

    def __init__(self, encoder, columns, width):
        super().__init__()
        self.encoder = encoder
        self.tokens = StepTokens(columns, width)

    def build(self, *shapes):
        """Nothing: the encoder is built when it is first asked."""

    def call(self, stream, there, training=False):
        values = self.tokens(stream.values, there)
        real = ops.ones_like(stream.mask)
        return Stream(*self.encoder(values, real, training=training)[:2])
