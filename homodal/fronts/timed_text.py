"""Timed text: word numbers to embedded words that know when they are said."""

import keras
from keras import ops

from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding
from homodal.layers.positions import waves_at

_PLACES_A_SECOND = 10.0  # a place of the sinusoids is a tenth of a second


class TimedText(Front):
    """Word numbers to embeddings with sinusoids of the time at which each begins.

    call(arrays, mask, training): `(batch, T, 3)` whole numbers: a word, 0 = padding,
    1 = unknown, below `tokens` (learned by the modality), and its begin and end in
    milliseconds; to `(batch, T, width)`. Parameters: tokens width + 1.
    """

    def __init__(self, tokens, width=64, dropout=0.1):
        super().__init__()
        self.tokens = tokens
        self.width = width
        self.dropout = dropout

    def build(self, arrays_shape):
        self.table = keras.layers.Embedding(
            self.tokens,
            self.width,
            embeddings_initializer=keras.initializers.RandomNormal(
                stddev=self.width**-0.5
            ),
        )
        self.table.build(arrays_shape[:2])
        self.drop = keras.layers.Dropout(self.dropout)
        self.gain = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(0.02), name="gain"
        )

    def call(self, arrays, mask, training=False):
        numbers = arrays[..., 0]
        mask = ops.logical_and(mask, numbers != 0)
        begins = self.seconds(arrays, mask, mask)[..., 0]
        values = self.table(numbers)  # (batch, T, width)
        waves = waves_at(_PLACES_A_SECOND * begins, self.width)
        waves = ops.cast(waves, values.dtype)
        values = values + ops.cast(self.gain, values.dtype) * waves
        return zero_padding(self.drop(values, training=training), mask), mask

    def seconds(self, arrays, mask, real):
        return ops.cast(arrays[..., 1:], "float32") / 1000.0
