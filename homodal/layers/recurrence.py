"""Residual recurrences with explicit masks.

Requirements: padding never changes the result. A masked step keeps the state as it is,
so that a padded row read backwards arrives at its last real step with a fresh state.
"""

import keras

from homodal.errors import PartError, one_of
from homodal.layers.masking import zero_padding
from homodal.layers.normalisation import RmsNorm
from homodal.layers.stream import Stream

_CELLS = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM}


class ResidualRecurrence(keras.layers.Layer):
    """x + drop(recurrence(norm(x))), forwards and, if `bidirectional`, backwards.

    call(values, mask, training): `(batch, T, width)` and `(batch, T)`, shape kept; each
    direction gives half of the width. With g = 3 gates (gru) or 4 (lstm) and d
    directions of u = width / d units, parameters: d g u (width + u + 1) + width, and
    3 d u more for a gru. Cho et al., 2014, arXiv:1406.1078; Hochreiter and
    Schmidhuber, "Long Short-Term Memory", 1997.
    """

    def __init__(self, cell="gru", dropout=0.0, bidirectional=True):
        super().__init__()
        self.cell = cell
        self.dropout = dropout
        self.bidirectional = bidirectional

    def build(self, values_shape):
        if self.cell not in _CELLS:
            raise PartError(
                "Unknown cell of a recurrence", expected=one_of(_CELLS), got=self.cell
            )
        width = values_shape[-1]
        units = width // 2 if self.bidirectional else width
        # cuDNN takes no row without a real step, and a row may lack its cell
        steps = _CELLS[self.cell](units, return_sequences=True, use_cudnn=False)
        self.steps = keras.layers.Bidirectional(steps) if self.bidirectional else steps
        self.norm = RmsNorm()
        self.drop = keras.layers.Dropout(self.dropout)
        self.norm.build(values_shape)
        self.steps.build(values_shape)

    def call(self, values, mask, training=False):
        inner = self.steps(self.norm(values), mask=mask, training=training)
        return zero_padding(values + self.drop(inner, training=training), mask)


class RecurrentTrunk(keras.layers.Layer):
    """`depth` residual recurrences, normalised: the trunk of the encoder `rnn`.

    call(values, mask, training): `(batch, T, width)` and `(batch, T)` to a Stream.
    """

    def __init__(self, depth, cell="gru", dropout=0.0, bidirectional=True):
        super().__init__()
        self.depth = depth
        self.cell = cell
        self.dropout = dropout
        self.bidirectional = bidirectional

    def build(self, values_shape):
        options = (self.cell, self.dropout, self.bidirectional)
        self.blocks = [ResidualRecurrence(*options) for _ in range(self.depth)]
        self.norm = RmsNorm()
        for layer in (*self.blocks, self.norm):
            layer.build(values_shape)

    def call(self, values, mask, training=False):
        for block in self.blocks:
            values = block(values, mask, training=training)
        return Stream(self.norm(values), mask)
