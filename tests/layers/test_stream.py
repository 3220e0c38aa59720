import keras
import numpy as np

from homodal.layers.stream import Stream, max_pool, mean_pool, single


def test_pools_of_a_row_without_steps_are_zero():
    stream = Stream(keras.ops.ones((1, 2, 3)), keras.ops.zeros((1, 2), dtype="bool"))
    np.testing.assert_array_equal(mean_pool(stream), np.zeros((1, 3)))
    np.testing.assert_array_equal(max_pool(stream), np.zeros((1, 3)))


def test_single_is_one_real_step():
    stream = single(keras.ops.ones((2, 3)))
    assert stream.values.shape == (2, 1, 3)
    np.testing.assert_array_equal(stream.mask, [[True], [True]])
