"""Convolutions over the columns of a block: of many a narrow view, and one step."""

import numpy as np

from homodal.encoders.cnn import Cnn


def test_many_columns_are_embedded_narrowly_and_read_as_one_step():
    assert Cnn.width_in_block(64, 64) == 64
    assert Cnn.width_in_block(100, 64) == 32
    assert Cnn.width_in_block(10_000, 64) == 8
    assert Cnn.width_in_block(100, 4) == 4
    values = np.ones((2, 100, 32), "float32")
    stream = Cnn(width=16, depth=1, ordered=False)(values, np.ones((2, 100), bool))
    assert stream.values.shape == (2, 1, 16)
