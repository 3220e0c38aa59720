import keras
import numpy as np

from homodal.layers.pooling import Pooling
from homodal.layers.stream import Stream


def test_is_the_masked_mean_and_maximum():
    values = np.array([[[1, -4], [3, -2], [9, 9]], [[5, 5]] * 3], "float32")
    mask = np.array([[True, True, False], [False] * 3])
    got = Pooling()(Stream(*map(keras.ops.convert_to_tensor, (values, mask))))
    np.testing.assert_array_equal(got, [[2, -3, 3, -2], [0, 0, 0, 0]])
