"""Text: token numbers to embedded tokens with their positions."""

import keras
from keras import ops

from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding
from homodal.layers.positions import Positions

_HIDDEN = 0.1  # of spelled words


class Text(Front):
    """Token numbers to embeddings with sinusoidal positions.

    call(arrays, mask, training): `(batch, T)` whole numbers, 0 = padding, 1 = unknown,
    below `tokens` (learned by the modality), to `(batch, T, width)`. Spelled words
    `(batch, T, 1 + P)`, each its own number and those of its pieces, to the embedded
    word beside the mean of its embedded pieces, `(batch, T, 2 width)`.
    hide: the share of tokens that training takes for unknown, so that the unknown is
    learned and pieces are read; left out, 0.1 of spelled words and no others.
    Parameters: tokens width + 1.
    """

    def __init__(self, tokens, width=64, dropout=0.1, hide=None):
        super().__init__()
        self.tokens = tokens
        self.width = width
        self.dropout = dropout
        self.hide = hide

    def build(self, arrays_shape):
        spelled = len(arrays_shape) == 3
        self.hidden = self.hide
        if self.hide is None:
            self.hidden = _HIDDEN if spelled else 0.0
        self.table = keras.layers.Embedding(
            self.tokens, self.width, embeddings_initializer=_normal(self.width)
        )
        self.drop = keras.layers.Dropout(self.dropout)
        if self.hidden:
            self.generator = keras.random.SeedGenerator()
        self.positions = Positions(gain=0.02)
        self.table.build(arrays_shape)
        self.positions.build((*arrays_shape[:2], self.width * (2 if spelled else 1)))

    def call(self, arrays, mask, training=False):
        spelled = len(arrays.shape) == 3
        tokens = arrays[:, :, 0] if spelled else arrays
        mask = ops.logical_and(mask, tokens != 0)
        values = self.table(self._shown(tokens, training))  # (batch, T, width)
        if spelled:
            pieces = self._pieces(arrays[:, :, 1:])
            values = ops.concatenate([values, pieces], axis=-1)
        values = self.positions(values)
        return zero_padding(self.drop(values, training=training), mask), mask

    def _shown(self, tokens, training):
        """The tokens, in training some of them unknown."""
        if not training or not self.hidden:
            return tokens
        draws = keras.random.uniform(
            ops.shape(tokens), dtype="float32", seed=self.generator
        )
        hidden = ops.logical_and(draws < self.hidden, tokens != 0)
        return ops.where(hidden, ops.ones_like(tokens), tokens)

    def _pieces(self, numbers):
        """The mean of the embedded pieces of each word, zeros where none is known."""
        embedded = self.table(numbers)  # (batch, T, P, width)
        weights = ops.cast(numbers != 0, embedded.dtype)
        count = ops.maximum(ops.sum(weights, axis=2), 1.0)[..., None]
        return ops.sum(embedded * weights[..., None], axis=2) / count


def _normal(width):
    return keras.initializers.RandomNormal(stddev=width**-0.5)
