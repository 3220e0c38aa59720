import numpy as np

from homodal.layers.masking import zero_padding


def test_zeros_replace_anything():
    for trailing in ((), (2,), (2, 3), (2, 3, 4)):
        values = np.full((2, 3, *trailing), np.nan, "float32")
        mask = np.array([[True, False, False], [False] * 3])
        values[0, 0] = 7
        got = np.asarray(zero_padding(values, mask))
        assert got.shape == values.shape
        assert np.all(got[0, 0] == 7) and np.all(got[~mask] == 0)
