"""Features that a pretrained network made, as values that encoders take."""

from typing import Any

import keras

from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding


class Features(Front):
    """The features of each step, brought to one scale.

    call(arrays, mask, training): `(batch, T, F)` to the same shape: each step less its
    mean, divided by its deviation, with a learned gain and bias for each feature.
    cells: the front of the column's cells, which knows when their steps are.
    """

    def __init__(self, cells: Front | None = None) -> None:
        super().__init__()
        self.cells = cells

    def build(self, arrays_shape: Any) -> None:
        self.norm = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm.build((None, *arrays_shape[1:]))

    def call(self, arrays: Any, mask: Any, training: bool = False) -> Any:
        values = keras.ops.cast(arrays, self.compute_dtype)
        return zero_padding(self.norm(values), mask), mask

    def seconds(self, arrays: Any, mask: Any, real: Any) -> Any:
        return None if self.cells is None else self.cells.seconds(arrays, mask, real)
