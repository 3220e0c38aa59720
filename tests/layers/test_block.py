"""Columns of a block stand side by side, one step each, in the block's width."""

import keras
import numpy as np
from keras import ops

from homodal.layers.block import BlockFront
from homodal.layers.stacked import OneStep


class Plain(keras.layers.Layer):
    """Values as they are."""

    def call(self, arrays, mask, training=False):
        return arrays, mask


def test_inputs_become_steps_in_their_order():
    front = BlockFront({"a": OneStep(Plain()), "b": OneStep(Plain())}, 3)
    arrays = {n: np.full((2, 1, 3), v, "float32") for n, v in (("a", 1), ("b", 2))}
    mask = {"a": np.array([[True], [False]]), "b": np.ones((2, 1), bool)}
    values, real = front(arrays, mask)
    assert tuple(values.shape) == (2, 2, 3)
    np.testing.assert_array_equal(
        np.asarray(ops.convert_to_numpy(real)), [[True, True], [False, True]]
    )
