"""What all units before say of the next one: a recurrence over units."""

import keras
from keras import ops

_SIZE = 64  # of its state: sentences of a table are few


class UnitRecurrence(keras.layers.Layer):
    """A gated recurrent unit over units, and what its state says of the next.

    call(places): int `(batch, any)`, units from 1, 0 where there is none, to logits
    `(batch, any, 1 + units)` after each of them. tables(): the same as three arrays,
    for a decoder that goes on unit by unit (`decoding.heard`). It says nothing before
    it is trained. With v = 1 + units and h = 64, parameters: 3 h (v + h + 2) + (h + 1)
    v. Cho et al., 2014, arXiv:1406.1078.
    """

    def __init__(self, units):
        super().__init__(dtype="float32")
        self.units = units

    def build(self, places_shape):
        size = 1 + self.units
        self.recurrence = keras.layers.GRU(
            _SIZE, return_sequences=True, use_cudnn=False, dtype="float32"
        )
        self.recurrence.build((None, None, size))
        self.out = keras.layers.Dense(
            size, kernel_initializer="zeros", dtype="float32", name="prior"
        )
        self.out.build((None, None, _SIZE))

    def call(self, places):
        seen = ops.one_hot(places, 1 + self.units, dtype="float32")
        return self.out(self.recurrence(seen))

    def tables(self):
        """`{"unit": (v, 3 h), "state": (h + 1, 3 h), "text": (h + 1, v)}`, float32.

        unit: what each unit gives to the gates update, reset and candidate; state: what
        the state gives to them, and in the last row what is added; text: what the state
        says, likewise.
        """
        cell = self.recurrence.cell
        added, more = ops.split(ops.convert_to_tensor(cell.bias), 2)
        return {
            "unit": ops.convert_to_tensor(cell.kernel) + added,
            "state": ops.concatenate(
                [ops.convert_to_tensor(cell.recurrent_kernel), more]
            ),
            "text": ops.concatenate(
                [
                    ops.convert_to_tensor(self.out.kernel),
                    ops.convert_to_tensor(self.out.bias)[None],
                ]
            ),
        }
