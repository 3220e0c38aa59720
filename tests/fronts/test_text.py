import keras
import numpy as np

from homodal.fronts.text import Text


def test_padding_is_masked_whatever_the_mask_says():
    front = Text(tokens=9, width=4, dropout=0.0)
    values, mask = front(np.array([[3, 1, 0]]), np.ones((1, 3), bool))
    np.testing.assert_array_equal(mask, [[True, True, False]])
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(values)[0, 2], 0)
    assert front.count_params() == 9 * 4 + 1
