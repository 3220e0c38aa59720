"""Text: token numbers to embedded tokens with their positions."""

import keras
from keras import ops

from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding
from homodal.layers.positions import Positions


class Text(Front):
    """Token numbers to embeddings with sinusoidal positions.

    call(arrays, mask, training): `(batch, T)` whole numbers, 0 = padding, 1 = unknown,
    below `tokens` (learned by the modality), to `(batch, T, width)`.
    Parameters: tokens width + 1.
    """

    def __init__(self, tokens, width=64, dropout=0.1):
        super().__init__()
        self.tokens = tokens
        self.width = width
        self.dropout = dropout

    def build(self, arrays_shape):
        self.table = keras.layers.Embedding(
            self.tokens, self.width, embeddings_initializer=_normal(self.width)
        )
        self.drop = keras.layers.Dropout(self.dropout)
        self.positions = Positions(gain=0.02)
        self.table.build(arrays_shape)
        self.positions.build((*arrays_shape, self.width))

    def call(self, arrays, mask, training=False):
        mask = ops.logical_and(mask, arrays != 0)
        values = self.positions(self.table(arrays))  # (batch, T, width)
        return zero_padding(self.drop(values, training=training), mask), mask


def _normal(width):
    return keras.initializers.RandomNormal(stddev=width**-0.5)
